"""What each guest of a visit gets: how long, with what besides, by whom, at which price."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from .clinic import ON_REQUEST, PHONE, AddOn, Duration, Location, Offer, Screening, Service
from .errors import Problem, Refused
from .ids import PractitionerId
from .money import Money
from .preference import ANYONE, Preference

ONLY_ADD_ON_QUESTIONS = 0
"""The version of the questions of a service that asks none by itself, but whose add-ons do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestSought:
    """What one guest asks for, in ids: without a duration the first on offer, without a practitioner any."""

    duration_minutes: int | None = None
    practitioner_id: PractitionerId | None = None
    add_on_ids: tuple[str, ...] = ()
    preference: Preference = ANYONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one guest gets, made sure against the clinic; `practitioner_id` None: by anyone."""

    duration: Duration
    price: Money
    add_ons: tuple[AddOn, ...] = ()
    practitioner_id: PractitionerId | None = None
    preference: Preference = ANYONE
    """Of whoever treats this guest, by whatever part they play."""

    @property
    def minutes(self) -> int:
        """The treatment's length, add-ons included."""
        return self.duration.minutes + sum(each.minutes for each in self.add_ons)

    def lasting(self, minutes: int) -> "Part":
        """Return the part at another length, add-ons included, at the same price."""
        return replace(self, duration=replace(self.duration, minutes=minutes - self.minutes + self.duration.minutes))


def parts(
    service: Service, offer: Offer, location: Location, guests: Sequence[GuestSought], *, by_staff: bool
) -> tuple[Part, ...]:
    """Return each guest's part, or refuse: another number of guests, a length or an add-on that is not to be had.

    A length's price is that of all guests together, so each bears a share of the price of their own length.
    """
    if len(guests) != service.guests:
        raise wrong_size(service, len(guests))
    people = [each.practitioner_id for each in guests if each.practitioner_id is not None]
    if len(people) != len(set(people)):
        raise Refused("practitioner_twice", "One practitioner cannot treat two guests at once.")
    found = []
    for place, each in enumerate(guests):
        duration = _duration(service, offer, each.duration_minutes)
        add_ons = tuple(_add_ons(service, offer, location, each.add_on_ids, by_staff=by_staff))
        prices = {priced.id: priced.price for priced in offer.add_ons}
        share = duration.price if service.guests == 1 else duration.price.shared_by(service.guests)[place]
        found.append(
            Part(
                duration=duration,
                price=share.plus(prices[add_on.id] for add_on in add_ons) if add_ons else share,
                add_ons=add_ons,
                practitioner_id=each.practitioner_id,
                preference=each.preference,
            )
        )
    return tuple(found)


def questions(service: Service, add_ons: Sequence[AddOn]) -> Screening | None:
    """Return what a guest is asked who has these add-ons: the service's questions and the add-ons' own."""
    more = tuple(question for add_on in add_ons for question in add_on.questions)
    if not more:
        return service.screening
    if service.screening is None:
        return Screening(version=ONLY_ADD_ON_QUESTIONS, questions=more)
    return Screening(version=service.screening.version, questions=service.screening.questions + more)


def wrong_size(service: Service, given: int) -> Refused:
    """Return the refusal of so many guests, to be raised by the caller."""
    return Refused(
        "party_size",
        f"{service.name} is for {service.guests} {'guest' if service.guests == 1 else 'guests'}; {given} were named.",
        guests=service.guests,
    )


def _duration(service: Service, offer: Offer, minutes: int | None) -> Duration:
    if minutes is None:
        return offer.durations[0]
    lengths = {each.minutes: each for each in offer.durations}
    if minutes not in lengths:
        offered = ", ".join(str(length) for length in sorted(lengths))
        raise Refused(
            "duration_not_offered", f"{service.name} is offered for {offered} minutes.", durations=sorted(lengths)
        )
    return lengths[minutes]


def _add_ons(
    service: Service, offer: Offer, location: Location, add_on_ids: Sequence[str], *, by_staff: bool
) -> list[AddOn]:
    if len(add_on_ids) != len(set(add_on_ids)):
        problem = Problem(field="add_on_ids", problem="Name each add-on once.")
        raise Refused("invalid_request", "An add-on is named twice.", fields=[problem])
    here = {each.id for each in offer.add_ons}
    known = {each.id: each for each in service.add_ons if each.id in here}
    found = []
    for wanted in add_on_ids:
        add_on = known.get(wanted)
        if add_on is None:
            raise Refused(
                "add_on_not_offered",
                f"{service.name} at {location.name} has no add-on of that name.",
                add_ons=sorted(known),
            )
        if add_on.channel in {PHONE, ON_REQUEST} and not by_staff:
            how = "is booked by phone" if add_on.channel == PHONE else "is arranged on request"
            raise Refused(
                "by_phone_only" if add_on.channel == PHONE else "on_request_only",
                f"{add_on.name} {how}: call {location.phone}.",
                phone=location.phone,
            )
        found.append(add_on)
    return found
