"""What booking knows of the clinic: the catalog's state as its events told it, ready to be asked.

A `Clinic` is one version of all of it and never changes; what is derived from it may therefore be remembered on it.
Entities that the catalog deleted stay, marked: old bookings still name them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar, cast

from .errors import Refused
from .ids import LocationId, PractitionerId, ResourceId, RoomId, ServiceId
from .money import Money
from .ranges import Range

T = TypeVar("T")

_MOST_REMEMBERED = 50_000

MASSAGE = "massage"
PHYSICAL_THERAPY = "physical_therapy"
EVALUATION = "evaluation"
ASSISTANT = "assistant"
"""Skills with a meaning of their own: who evaluates, and who treats under a therapist but never evaluates."""
ONLINE = "online"
PHONE = "phone"
ON_REQUEST = "on_request"


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyHours:
    """Wall-clock hours of one weekday, in minutes after its midnight; past 1440 they run into the next day."""

    weekday: int
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """Weekly working hours of a practitioner at one location, with breaks in minutes after the same midnight.

    With `every_weeks` above one they hold only every so many weeks, from the week that begins on `counted_from`.
    """

    location_id: LocationId
    hours: DailyHours
    breaks: tuple[tuple[int, int], ...] = ()
    first_day: int | None = None
    last_day: int | None = None
    every_weeks: int = 1
    counted_from: int = 0

    def applies_on(self, day: int) -> bool:
        """Say whether the shift is valid on a local day (its weekday aside)."""
        if self.every_weeks > 1 and (day - self.counted_from) // 7 % self.every_weeks:
            return False
        return (self.first_day is None or day >= self.first_day) and (self.last_day is None or day <= self.last_day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When a practitioner works, and when they are off (sorted, disjoint instants)."""

    shifts: tuple[Shift, ...]
    time_off: tuple[Range, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a location is."""

    street: str
    postal_code: str
    city: str
    country: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A branch. `closures` are first and last closed days; hours past midnight belong to the day they begin on."""

    id: LocationId
    name: str
    zone: str
    region: str
    phone: str
    address: Address
    opening_hours: tuple[DailyHours, ...]
    closures: tuple[tuple[int, int], ...] = ()
    deleted: bool = False

    @property
    def country(self) -> str:
        """The country of its region: `US` of `US-NY`."""
        return self.region.partition("-")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Duration:
    """A length a service is sold in, and what it costs."""

    minutes: int
    price: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class AddOnPrice:
    """What an add-on costs at a location."""

    id: str
    price: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """How a service is offered at a location. The grid counts from midnight on the wall."""

    location_id: LocationId
    channel: str
    minimum_notice_minutes: int
    horizon_days: int
    start_grid_minutes: int
    durations: tuple[Duration, ...]
    add_ons: tuple[AddOnPrice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PractitionerNeed:
    """`count` practitioners with a skill, and `licensed` for the region if the clinic asks for it."""

    skill: str
    count: int
    licensed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomNeed:
    """One room of a kind for at least `capacity` guests."""

    room_kind: str
    capacity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Screening:
    """A service's safety questions (id and text), in one version."""

    version: int
    questions: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AddOn:
    """What a guest may have with a service: it takes longer, claims more, and asks more."""

    id: str
    name: str
    minutes: int
    channel: str
    practitioner_needs: tuple[PractitionerNeed, ...] = ()
    room_needs: tuple[RoomNeed, ...] = ()
    questions: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CancellationPolicy:
    """Free until so many hours before the start, then so many percent of the price; others for not coming at all."""

    free_until_hours: int
    fee_percent: int
    no_show_fee_percent: int | None = None
    """None: as for a late cancellation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """What can be booked."""

    id: ServiceId
    modality: str
    name: str
    discreet_name: str
    set_up_minutes: int
    clean_up_minutes: int
    practitioner_needs: tuple[PractitionerNeed, ...]
    room_needs: tuple[RoomNeed, ...]
    screening: Screening | None
    cancellation: CancellationPolicy
    offers: tuple[Offer, ...]
    add_ons: tuple[AddOn, ...] = ()
    deleted: bool = False
    preparation: tuple[tuple[str, str], ...] = ()
    """What a guest does before, by language, that of the service first; nothing where nothing is to be done."""
    aftercare: tuple[tuple[str, str], ...] = ()
    """What a guest does after, likewise."""

    @property
    def guests(self) -> int:
        """How many guests come to one booking: as many as its room is for, if each has a practitioner of their own."""
        places = max((need.capacity for need in self.room_needs), default=1)
        return places if places == sum(need.count for need in self.practitioner_needs) else 1

    @property
    def evaluates(self) -> bool:
        """Whether it is an evaluation, with which physical therapy begins."""
        return self.modality == PHYSICAL_THERAPY and any(each.skill == EVALUATION for each in self.practitioner_needs)

    def asks_licence(self, need: PractitionerNeed) -> bool:
        """Whether who meets the need must hold a licence for the region: physical therapy always asks for it."""
        return need.licensed or self.modality == PHYSICAL_THERAPY

    def offer_at(self, location_id: LocationId) -> Offer | None:
        """Return how the service is offered at a location, if it is."""
        return next((offer for offer in self.offers if offer.location_id == location_id), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Licence:
    """The right to practise: valid in one region up to and including its last local day."""

    region: str
    last_day: int

    def holds_in(self, location: Location) -> bool:
        """Say whether it is for the location's region, or for the whole country of which that is a part."""
        return self.region in {location.region, location.country}


@dataclass(frozen=True, slots=True, kw_only=True)
class Practitioner:
    """Who treats."""

    id: PractitionerId
    name: str
    skills: frozenset[str]
    location_ids: frozenset[LocationId]
    licences: tuple[Licence, ...] = ()
    gender: str | None = None
    """As they want it told; None: not said."""
    languages: frozenset[str] = frozenset()
    deleted: bool = False

    def licensed_until(self, location: Location) -> int | None:
        """Return the last local day on which they may practise what asks for a licence there; None: never."""
        return max((each.last_day for each in self.licences if each.holds_in(location)), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """Where a treatment takes place; a room for two is one room of capacity two.

    Pieces of equipment and places of a pool are claimed the same way, under kinds such as `equipment:stone_heater`.
    """

    id: RoomId
    location_id: LocationId
    name: str
    room_kind: str
    capacity: int
    deleted: bool = False


Entity = Location | Service | Practitioner | Room | Schedule


@dataclass(frozen=True, slots=True, kw_only=True)
class Clinic:
    """One version of everything booking needs of the catalog."""

    version: int
    locations: Mapping[LocationId, Location] = field(default_factory=dict)
    services: Mapping[ServiceId, Service] = field(default_factory=dict)
    practitioners: Mapping[PractitionerId, Practitioner] = field(default_factory=dict)
    rooms: Mapping[RoomId, Room] = field(default_factory=dict)
    schedules: Mapping[PractitionerId, Schedule] = field(default_factory=dict)
    memory: dict[object, object] = field(default_factory=dict, compare=False, repr=False)
    """What was derived from this version, so that it need not be derived again; dies with it."""

    def changed(self, version: int, entities: Iterable[tuple[str, Entity]]) -> "Clinic":
        """Return the next version of the clinic, with these entities by their ids in the place of what they were."""
        locations, services = dict(self.locations), dict(self.services)
        practitioners, rooms, schedules = dict(self.practitioners), dict(self.rooms), dict(self.schedules)
        for entity_id, entity in entities:
            match entity:
                case Location():
                    locations[LocationId(entity_id)] = entity
                case Service():
                    services[ServiceId(entity_id)] = entity
                case Practitioner():
                    practitioners[PractitionerId(ResourceId(entity_id))] = entity
                case Room():
                    rooms[RoomId(ResourceId(entity_id))] = entity
                case Schedule():
                    schedules[PractitionerId(ResourceId(entity_id))] = entity
        return Clinic(
            version=version,
            locations=locations,
            services=services,
            practitioners=practitioners,
            rooms=rooms,
            schedules=schedules,
        )

    def location(self, location_id: LocationId) -> Location:
        """Return a location that is in business, or refuse `unknown_location`."""
        found = self.locations.get(location_id)
        if found is None or found.deleted:
            raise Refused("unknown_location", "There is no such location.")
        return found

    def service(self, service_id: ServiceId) -> Service:
        """Return a service that is on offer somewhere, or refuse `unknown_service`."""
        found = self.services.get(service_id)
        if found is None or found.deleted:
            raise Refused("unknown_service", "There is no such service.")
        return found

    def practitioner(self, practitioner_id: PractitionerId) -> Practitioner:
        """Return a practitioner who works here, or refuse `unknown_practitioner`."""
        found = self.practitioners.get(practitioner_id)
        if found is None or found.deleted:
            raise Refused("unknown_practitioner", "There is no such practitioner.")
        return found

    def practitioners_for(self, service: Service, location: Location, need: PractitionerNeed) -> list[Practitioner]:
        """Return, by id, who has the skill, works at the location and may practise the modality there."""

        def derive() -> list[Practitioner]:
            return [
                who
                for _, who in sorted(self.practitioners.items())
                if not who.deleted
                and need.skill in who.skills
                and not (need.skill == EVALUATION and ASSISTANT in who.skills)
                and location.id in who.location_ids
                and (not service.asks_licence(need) or who.licensed_until(location) is not None)
            ]

        return self.remembered(("practitioners", service.modality, location.id, need), derive)

    def rooms_for(self, location: Location, need: RoomNeed) -> list[Room]:
        """Return the rooms that serve, the smallest first (so that the room for two stays free for two), then by id."""

        def derive() -> list[Room]:
            fitting = (
                room
                for room in self.rooms.values()
                if not room.deleted
                and room.location_id == location.id
                and room.room_kind == need.room_kind
                and room.capacity >= need.capacity
            )
            return sorted(fitting, key=lambda room: (room.capacity, room.id))

        return self.remembered(("rooms", location.id, need), derive)

    def remembered(self, key: object, derive: Callable[[], T]) -> T:
        """Return what was derived from this version before, or derive it. What is returned must not be changed."""
        found = self.memory.get(key)
        if found is None:
            if len(self.memory) > _MOST_REMEMBERED:
                self.memory.clear()
            found = self.memory[key] = derive()
        return cast("T", found)


def resource_name(clinic: Clinic, resource_id: ResourceId) -> str:
    """Return the name of a practitioner, a room or a piece of equipment; empty if the catalog never mentioned it."""
    found = clinic.practitioners.get(PractitionerId(resource_id)) or clinic.rooms.get(RoomId(resource_id))
    return found.name if found is not None else ""


def names(clinic: Clinic, practitioner_ids: Sequence[PractitionerId]) -> list[tuple[PractitionerId, str]]:
    """Return id and name of each; one whom the catalog never mentioned has an empty name."""
    known = clinic.practitioners
    return [(who, known[who].name if who in known else "") for who in practitioner_ids]
