"""Which bookings no longer fit the clinic after it has changed, and why.

A booking is displaced by a change if something is wrong with it after the change that was not wrong before: what staff
knowingly booked outside hours stays theirs to answer for. Nothing here changes or cancels a booking.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from .booking import Booking
from .choice import assignment
from .clinic import Clinic, Location, Practitioner, Room, Service
from .hours import licensed, opening, working
from .ids import ResourceId
from .ranges import Range, covers, overlaps
from .zones import instant, local_day

K = TypeVar("K")
T = TypeVar("T")


class Reason(StrEnum):
    """What is wrong, as the contract and the API write it."""

    LOCATION_WITHDRAWN = "location_withdrawn"
    CLOSURE = "closure"
    OUTSIDE_OPENING_HOURS = "outside_opening_hours"
    SERVICE_WITHDRAWN = "service_withdrawn"
    PRACTITIONER_WITHDRAWN = "practitioner_withdrawn"
    TIME_OFF = "time_off"
    OUTSIDE_WORKING_HOURS = "outside_working_hours"
    NOT_LICENSED = "not_licensed"
    RESOURCE_WITHDRAWN = "resource_withdrawn"
    NOT_SUITABLE = "not_suitable"
    """Who or what was booked has no longer the skill, the kind or the size that the service requires."""


_SERVES_NO_MORE = {Reason.PRACTITIONER_WITHDRAWN, Reason.RESOURCE_WITHDRAWN, Reason.NOT_LICENSED}


ABOUT_THE_TIME = frozenset(
    {
        Reason.CLOSURE,
        Reason.OUTSIDE_OPENING_HOURS,
        Reason.PRACTITIONER_WITHDRAWN,
        Reason.TIME_OFF,
        Reason.OUTSIDE_WORKING_HOURS,
        Reason.NOT_LICENSED,
    }
)
"""What another time or other hands set right. The rest is for the clinic to see to: another room, another service."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Misfit:
    """One thing that is wrong, and with which practitioner or room (empty: with the place or the service)."""

    reason: Reason
    resource_id: ResourceId | str = ""


Misfits = frozenset[Misfit]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A booking that is to take place, and what it claims."""

    booking: Booking
    resource_ids: tuple[ResourceId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Displaced:
    """A booking that a change left without what it needs: since when, and what is wrong."""

    standing: Standing
    since: datetime
    misfits: Misfits

    @property
    def booking(self) -> Booking:
        """The booking, as it stands."""
        return self.standing.booking


def displaced(before: Clinic, after: Clinic, standing: Standing, *, known: Misfits = frozenset()) -> Misfits:
    """Return what is wrong with a booking after the change and was not before, or was `known` to be wrong and still is.

    Nothing: the change has not displaced it, or has set right what had.
    """
    wrong = misfits(after, standing)
    return frozenset(wrong & known | wrong - misfits(before, standing)) if wrong else frozenset()


def touched(before: Clinic, after: Clinic) -> frozenset[ResourceId]:
    """Return the resources whose bookings a change may have displaced; every one, if a place or a service changed.

    A new name, price or text displaces nobody, nor does what was not there before.
    """
    if _changed(before.locations, after.locations, _of_location) | _changed(
        before.services, after.services, _of_service
    ):
        return frozenset({*before.practitioners, *after.practitioners, *before.rooms, *after.rooms})
    people = _changed(before.practitioners, after.practitioners, _of_practitioner)
    hours = _changed(before.schedules, after.schedules, lambda schedule: schedule)
    return frozenset({*people, *hours, *_changed(before.rooms, after.rooms, _of_room)})


def misfits(clinic: Clinic, standing: Standing) -> Misfits:
    """Return everything that is wrong with a booking, other bookings aside. Hours are judged on the treatment alone.

    Price, duration and policy are the booking's own, and its start need not be on the grid: they are never wrong.
    """
    return frozenset(_misfits(clinic, standing))


def _misfits(clinic: Clinic, standing: Standing) -> Iterator[Misfit]:
    booking = standing.booking
    during = instant(booking.start), instant(booking.end)
    service, location = clinic.services.get(booking.service_id), clinic.locations.get(booking.location_id)
    if service is None or service.deleted or service.offer_at(booking.location_id) is None:
        yield Misfit(reason=Reason.SERVICE_WITHDRAWN)
    if location is None or location.deleted:
        yield Misfit(reason=Reason.LOCATION_WITHDRAWN)
        return
    shut = _shut(clinic, location, during)
    if shut is not None:
        yield Misfit(reason=shut)
    missing = False
    for each in standing.resource_ids:
        who, what = clinic.practitioners.get(each), clinic.rooms.get(each)  # type: ignore[call-overload]
        if who is not None:
            wrong = _wrong_with(clinic, who, location, service, during, open_then=shut is None)
        else:
            wrong = _wrong_with_room(what, location)
        if wrong is not None:
            yield Misfit(reason=wrong, resource_id=each)
            missing = missing or wrong in _SERVES_NO_MORE
    if service is not None and not missing and not _suffices(clinic, service, location, standing):
        yield Misfit(reason=Reason.NOT_SUITABLE)


def _shut(clinic: Clinic, location: Location, during: Range) -> Reason | None:
    first, last = local_day(during[0], location.zone), local_day(during[1] - 1, location.zone)
    if covers(opening(clinic, location, first - 1, last), during):
        return None
    if any(since <= last and first <= until for since, until in location.closures):
        return Reason.CLOSURE
    return Reason.OUTSIDE_OPENING_HOURS


def _wrong_with(
    clinic: Clinic, who: Practitioner, location: Location, service: Service | None, during: Range, *, open_then: bool
) -> Reason | None:
    if who.deleted or location.id not in who.location_ids:
        return Reason.PRACTITIONER_WITHDRAWN
    schedule = clinic.schedules.get(who.id)
    if schedule is not None and overlaps(schedule.time_off, during):
        return Reason.TIME_OFF
    first, last = local_day(during[0], location.zone), local_day(during[1] - 1, location.zone)
    if open_then and not covers(working(clinic, who, location, first - 1, last), during):
        return Reason.OUTSIDE_WORKING_HOURS
    if service is not None and _needs_licence(service, who) and not _is_licensed(who, location, during):
        return Reason.NOT_LICENSED
    return None


def _needs_licence(service: Service, who: Practitioner) -> bool:
    """Say whether everything that they could be there for asks for a licence."""
    could_meet = [need for need in service.practitioner_needs if need.skill in who.skills]
    return all(service.asks_licence(need) for need in could_meet or service.practitioner_needs)


def _is_licensed(who: Practitioner, location: Location, during: Range) -> bool:
    return covers(licensed(who, location, [during]), during)


def _wrong_with_room(room: Room | None, location: Location) -> Reason | None:
    return Reason.RESOURCE_WITHDRAWN if room is None or room.deleted or room.location_id != location.id else None


def _suffices(clinic: Clinic, service: Service, location: Location, standing: Standing) -> bool:
    """Say whether what is claimed still meets every need of the service; it may be more than that."""
    during = instant(standing.booking.start), instant(standing.booking.end)
    people = [clinic.practitioners[each] for each in standing.resource_ids if each in clinic.practitioners]  # type: ignore[index]
    rooms = [clinic.rooms[each] for each in standing.resource_ids if each in clinic.rooms]  # type: ignore[index]
    units: list[list[ResourceId]] = []
    for need in service.practitioner_needs:
        able = [who for who in people if need.skill in who.skills]
        if service.asks_licence(need):
            able = [who for who in able if _is_licensed(who, location, during)]
        units += [[who.id for who in able]] * need.count
    for room_need in service.room_needs:
        units.append(
            [room.id for room in rooms if room.room_kind == room_need.room_kind and room.capacity >= room_need.capacity]
        )
    return assignment(units) is not None


def _changed(before: Mapping[K, T], after: Mapping[K, T], judged: Callable[[T], object]) -> set[K]:
    """Return which of those that were there changed in what bookings are judged by."""
    return {each for each, was in before.items() if each not in after or judged(was) != judged(after[each])}


# What `_misfits` reads of each; a field that it comes to read belongs here too.


def _of_location(location: Location) -> object:
    return location.zone, location.region, location.opening_hours, location.closures, location.deleted


def _of_service(service: Service) -> object:
    places = {offer.location_id for offer in service.offers}
    return service.modality, service.practitioner_needs, service.room_needs, places, service.deleted


def _of_practitioner(who: Practitioner) -> object:
    return who.skills, who.location_ids, who.licences, who.deleted


def _of_room(room: Room) -> object:
    return room.location_id, room.room_kind, room.capacity, room.deleted
