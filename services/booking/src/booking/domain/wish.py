"""What a guest asks for, made sure against the clinic: a service, where, how long, by whom."""

from dataclasses import dataclass

from .clinic import (
    ON_REQUEST,
    PHONE,
    Clinic,
    Duration,
    Location,
    Offer,
    Practitioner,
    PractitionerNeed,
    Room,
    RoomNeed,
    Service,
)
from .errors import Refused
from .ids import LocationId, PractitionerId, ResourceId, ServiceId
from .ranges import Instant, Range
from .zones import local, local_day, local_midnight


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What is asked for, in ids: without a duration the first on offer, without a practitioner any."""

    location_id: LocationId
    service_id: ServiceId
    duration_minutes: int | None = None
    practitioner_id: PractitionerId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A service at a location, for a duration, by a certain practitioner or (None) by any."""

    location: Location
    service: Service
    offer: Offer
    duration: Duration
    practitioner_id: PractitionerId | None = None

    @property
    def minutes(self) -> int:
        """The treatment's length."""
        return self.duration.minutes

    def treatment(self, start: Instant) -> Range:
        """Return the time the guest is there."""
        return start, start + self.duration.minutes * 60

    def claim(self, start: Instant) -> Range:
        """Return the time the resources are taken: the treatment with set-up before and clean-up after it."""
        since, until = self.treatment(start)
        return since - self.service.set_up_minutes * 60, until + self.service.clean_up_minutes * 60

    def units(self, clinic: Clinic) -> list[tuple[PractitionerNeed | RoomNeed, list[Practitioner] | list[Room]]]:
        """Return, for each single resource that one booking claims, the need and who or what could meet it."""
        result: list[tuple[PractitionerNeed | RoomNeed, list[Practitioner] | list[Room]]] = []
        alone = sum(need.count for need in self.service.practitioner_needs) == 1
        for need in self.service.practitioner_needs:
            able = clinic.practitioners_for(self.service, self.location, need)
            if alone and self.practitioner_id is not None:
                able = [who for who in able if who.id == self.practitioner_id]
            result += [(need, able)] * need.count
        for room_need in self.service.room_needs:
            result.append((room_need, clinic.rooms_for(self.location, room_need)))
        return result

    def resources(self, clinic: Clinic) -> list[ResourceId]:
        """Return every resource that could play a part, by id."""
        return sorted({resource.id for _, able in self.units(clinic) for resource in able})


def wish(clinic: Clinic, sought: Sought, *, by_staff: bool = False) -> Wish:
    """Return the wish, or refuse what does not exist, is not offered so or (but by staff) is not booked online."""
    location_id, service_id = sought.location_id, sought.service_id
    duration_minutes, practitioner_id = sought.duration_minutes, sought.practitioner_id
    location = clinic.location(location_id)
    service = clinic.service(service_id)
    offer = service.offer_at(location_id)
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
    duration = offer.durations[0]
    if duration_minutes is not None:
        lengths = {each.minutes: each for each in offer.durations}
        if duration_minutes not in lengths:
            offered = ", ".join(str(minutes) for minutes in sorted(lengths))
            raise Refused(
                "duration_not_offered",
                f"{service.name} is offered for {offered} minutes.",
                durations=sorted(lengths),
            )
        duration = lengths[duration_minutes]
    result = Wish(location=location, service=service, offer=offer, duration=duration, practitioner_id=practitioner_id)
    if practitioner_id is not None:
        who = clinic.practitioner(practitioner_id)
        if all(who not in clinic.practitioners_for(service, location, need) for need in service.practitioner_needs):
            raise Refused("practitioner_cannot", f"{who.name} does not give {service.name} at {location.name}.")
    return result


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
