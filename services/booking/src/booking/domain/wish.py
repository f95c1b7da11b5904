"""What guests ask for, made sure against the clinic: a service, where, how long, with what besides, by whom."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from .booking import Claim
from .clinic import (
    ON_REQUEST,
    PHONE,
    PHYSICAL_THERAPY,
    AddOn,
    Clinic,
    Location,
    Offer,
    Practitioner,
    PractitionerNeed,
    Room,
    RoomNeed,
    Service,
)
from .errors import Problem, Refused
from .ids import LocationId, PractitionerId, ResourceId, ServiceId
from .money import Money
from .part import GuestSought, Part, parts
from .preference import ANYONE, Preference
from .ranges import Instant, Range
from .zones import local, local_day, local_midnight


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What is asked for, in ids: without a duration the first on offer, without a practitioner any.

    Where each guest asks for something else, `guests` names them one by one, and then nothing else is said for all.
    """

    location_id: LocationId
    service_id: ServiceId
    duration_minutes: int | None = None
    practitioner_id: PractitionerId | None = None
    add_on_ids: tuple[str, ...] = ()
    preference: Preference = ANYONE
    guests: tuple[GuestSought, ...] | None = None

    @property
    def by_anyone(self) -> "Sought":
        """The same, by whoever it may be."""
        if self.guests is None:
            return replace(self, practitioner_id=None)
        return replace(self, guests=tuple(replace(each, practitioner_id=None) for each in self.guests))

    @property
    def by_whoever_it_is(self) -> "Sought":
        """The same, whatever they who serve are like."""
        guests = self.guests and tuple(replace(each, preference=ANYONE) for each in self.guests)
        return replace(self, preference=ANYONE, guests=guests)

    def by_guest(self, service: Service) -> tuple[GuestSought, ...]:
        """Return what each guest asks for; refuse what is said both for all and one by one."""
        if self.guests is None:
            alike = GuestSought(
                duration_minutes=self.duration_minutes, add_on_ids=self.add_on_ids, preference=self.preference
            )
            if service.guests == 1:
                return (replace(alike, practitioner_id=self.practitioner_id),)
            return (alike,) * service.guests
        for_all = {
            "duration_minutes": self.duration_minutes,
            "practitioner_id": self.practitioner_id,
            "add_on_ids": self.add_on_ids,
            "preferences": self.preference.matters,
        }
        problems = [Problem(field=name, problem="Say it of each guest.") for name, value in for_all.items() if value]
        if problems:
            raise Refused("invalid_request", "What the guests want stands with each of them.", fields=problems)
        return self.guests


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One resource that a booking claims: the need, who or what could meet it, by whom it is had, and for how long."""

    need: PractitionerNeed | RoomNeed
    able: Sequence[Practitioner] | Sequence[Room]
    minutes: int
    """The length of the treatment that it serves."""
    licensed: bool = False
    """Whether who meets it must hold a licence for the region, on the day."""
    wished: Preference = ANYONE
    """What whoever it is should be like. Those who are able meet what of it is strict."""
    ruled_out: Sequence[Practitioner] = ()
    """Who would be able but for that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A service at a location, and what each guest gets of it.

    `minutes` is the longest treatment and `price` that of all. `practitioner_id` must be among those who serve,
    whomever of the guests; None: anyone.
    """

    location: Location
    service: Service
    offer: Offer
    guests: tuple[Part, ...]
    minutes: int
    price: Money
    practitioner_id: PractitionerId | None = None

    def treatment(self, start: Instant) -> Range:
        """Return the time the guests are there."""
        return start, start + self.minutes * 60

    def claim(self, start: Instant, minutes: int | None = None) -> Range:
        """Return the time a resource is taken: a treatment (None: the longest) with set-up before, clean-up after."""
        length = self.minutes if minutes is None else minutes
        return start - self.service.set_up_minutes * 60, start + (length + self.service.clean_up_minutes) * 60

    def units(self, clinic: Clinic) -> list[Unit]:
        """Return every single resource that one booking claims: first who serves each guest, in the guests' order."""
        service, location = self.service, self.location
        needs = [need for need in service.practitioner_needs for _ in range(need.count)]
        result = []
        for place, need in enumerate(needs):
            able = clinic.practitioners_for(service, location, need)
            own = len(self.guests) == len(needs)
            part = self.guests[place if own else 0]
            by = part.practitioner_id if own else None
            if by is not None:
                able = [who for who in able if who.id == by]
            minutes = part.minutes if own else self.minutes
            unit = Unit(need=need, able=able, minutes=minutes, licensed=service.asks_licence(need))
            result.append(_as_wished(unit, part.preference))
        result += [
            Unit(need=room_need, able=clinic.rooms_for(location, room_need), minutes=self.minutes)
            for room_need in service.room_needs
        ]
        for part in self.guests:
            for add_on in part.add_ons:
                result += self._units_of(add_on, part, clinic)
        return result

    def _units_of(self, add_on: AddOn, part: Part, clinic: Clinic) -> list[Unit]:
        people = [
            _as_wished(
                Unit(
                    need=need,
                    able=clinic.practitioners_for(self.service, self.location, need),
                    minutes=part.minutes,
                    licensed=self.service.asks_licence(need),
                ),
                part.preference,
            )
            for need in add_on.practitioner_needs
            for _ in range(need.count)
        ]
        things = [
            Unit(need=need, able=clinic.rooms_for(self.location, need), minutes=part.minutes)
            for need in add_on.room_needs
        ]
        return [*people, *things]

    def resources(self, clinic: Clinic) -> list[ResourceId]:
        """Return every resource that could play a part, by id."""
        return sorted({resource.id for unit in self.units(clinic) for resource in unit.able})

    def claims(self, clinic: Clinic, start: Instant, chosen: Sequence[ResourceId]) -> list[Claim]:
        """Return what is claimed if these serve, one for each unit in the units' order: by resource."""
        claims = [
            Claim(resource_id=each, during=self.claim(start, unit.minutes))
            for each, unit in zip(chosen, self.units(clinic), strict=True)
        ]
        return sorted(claims, key=lambda claim: claim.resource_id)

    def lasting(self, minutes: int) -> "Wish":
        """Return the wish as long as this: who is treated longest is treated so long, nobody else any longer."""
        if minutes == self.minutes:
            return self
        guests = tuple(
            part.lasting(minutes if part.minutes == self.minutes else min(part.minutes, minutes))
            for part in self.guests
        )
        return replace(self, guests=guests, minutes=minutes)

    @property
    def by_whoever_it_is(self) -> "Wish":
        """The wish, whatever they who serve are like."""
        return replace(self, guests=tuple(replace(part, preference=ANYONE) for part in self.guests))

    def served_by(self, practitioner_ids: Sequence[PractitionerId | None]) -> "Wish":
        """Return the wish of guests who ask each for the practitioner at their own place."""
        by = zip(self.guests, practitioner_ids, strict=True)
        return replace(self, guests=tuple(replace(part, practitioner_id=who) for part, who in by))


def _as_wished(unit: Unit, wished: Preference) -> Unit:
    """Return the unit without those whom a strict wish rules out."""
    if not wished.matters:
        return unit
    people = [who for who in unit.able if isinstance(who, Practitioner)]
    able = [who for who in people if wished.allows(who)]
    return replace(unit, able=able, wished=wished, ruled_out=[who for who in people if who not in able])


def wish(clinic: Clinic, sought: Sought, *, by_staff: bool = False) -> Wish:
    """Return the wish, or refuse what does not exist, is not offered so or (but by staff) is not booked online."""
    location = clinic.location(sought.location_id)
    service = clinic.service(sought.service_id)
    offer = service.offer_at(sought.location_id)
    if offer is None or not offer.durations:
        raise Refused("unknown_service", f"{service.name} is not offered at {location.name}.")
    if offer.channel == PHONE and not by_staff:
        raise Refused(
            "by_phone_only", f"{service.name} is booked by phone: call {location.phone}.", phone=location.phone
        )
    if offer.channel == ON_REQUEST and not by_staff:
        raise Refused(
            "on_request_only", f"{service.name} is arranged on request: call {location.phone}.", phone=location.phone
        )
    if service.modality == PHYSICAL_THERAPY and service.guests > 1 and not by_staff:
        raise Refused(  # each of them may need documents of their own, and is asked about nothing online
            "by_phone_only",
            f"{service.name} for {service.guests} is arranged by phone: call {location.phone}.",
            phone=location.phone,
        )
    guests = parts(service, offer, location, sought.by_guest(service), by_staff=by_staff)
    for asked_for in {sought.practitioner_id, *(part.practitioner_id for part in guests)}:
        if asked_for is not None:
            _check_gives(clinic, service, location, asked_for)
    for asked_for, wished in (
        (sought.practitioner_id, sought.preference),
        *((g.practitioner_id, g.preference) for g in guests),
    ):
        if asked_for is not None and not wished.allows(who := clinic.practitioner(asked_for)):
            raise Refused("practitioner_cannot", f"{who.name} is not as wished. Name nobody, or wish for less.")
    return Wish(
        location=location,
        service=service,
        offer=offer,
        guests=guests,
        minutes=guests[0].minutes if len(guests) == 1 else max(part.minutes for part in guests),
        price=guests[0].price.plus(part.price for part in guests[1:]),
        practitioner_id=guests[0].practitioner_id if len(guests) == 1 else sought.practitioner_id,
    )


def _check_gives(clinic: Clinic, service: Service, location: Location, practitioner_id: PractitionerId) -> None:
    who = clinic.practitioner(practitioner_id)
    if all(who not in clinic.practitioners_for(service, location, need) for need in service.practitioner_needs):
        raise Refused("practitioner_cannot", f"{who.name} does not give {service.name} at {location.name}.")


def bookable_between(asked: Wish, now: Instant) -> Range:
    """Return the starts that notice and horizon allow: the horizon includes all of its last local day."""
    zone = asked.location.zone
    last_day = local_day(now, zone) + asked.offer.horizon_days
    return now + asked.offer.minimum_notice_minutes * 60, local_midnight(last_day + 1, zone)


def check_start(asked: Wish, start: Instant, now: Instant) -> None:
    """Refuse a start that is past, too soon or too far ahead."""
    if start <= now:
        raise Refused("in_the_past", "This time has passed.")
    earliest, end = bookable_between(asked, now)
    zone = asked.location.zone
    if start < earliest:
        raise Refused(
            "too_soon",
            f"Online booking closes {asked.offer.minimum_notice_minutes} minutes before the start.",
            earliest=local(earliest, zone),
            phone=asked.location.phone,
        )
    if start >= end:
        raise Refused(
            "beyond_horizon",
            f"Bookings open {asked.offer.horizon_days} days ahead.",
            latest=local(end - 1, zone),
        )
