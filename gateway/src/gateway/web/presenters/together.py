"""What a guest wishes of a visit of two parts. All of it stands in the address, as every choice of a guest does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from gateway.web.languages import Language
from gateway.web.presenters.choice import Choice, minutes_in, read_choice
from gateway.web.presenters.offers import Treatment, treatments_of
from gateway.web.presenters.people import Row, people_for

ONE_AFTER_ANOTHER, AT_ONCE = "one_after_another", "at_once"
"""One guest has both parts; or two guests begin together, in rooms of their own."""
_FIELDS = (("service", "minutes", "practitioner"), ("also", "also_minutes", "second"))
"""By which names the address has the first part and the second: what, how long, by whom."""
ANCHORS = ("first", "then")
"""Where on the page each part is chosen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Together(Choice):
    """A choice of two services and the time that was pressed; `second` is by whom the second is given."""

    page: str = "/visits"
    arrangement: str = ONE_AFTER_ANOTHER
    also: str | None = None
    also_minutes: int | None = None
    slot: str | None = None

    @property
    def at_once(self) -> bool:
        """Whether two guests come."""
        return self.arrangement == AT_ONCE

    def parts(self) -> list[dict[str, Any]]:
        """The parts as booking is asked for them."""
        named = [[getattr(self, name) for name in names] for names in _FIELDS]
        return [
            {"service_id": service, "duration_minutes": minutes, "practitioner_id": practitioner}
            for service, minutes, practitioner in named
        ]

    def with_part(self, place: int, **named: Any) -> "Together":
        """The same with one part as given: its `service`, `minutes` and `practitioner`."""
        return replace(self, **{_FIELDS[place][_FIELDS[0].index(name)]: value for name, value in named.items()})

    def carried(self) -> list[tuple[str, str]]:
        """The hidden fields of a form that keep all of it but the time."""
        return [(name, value) for name, value in self.said().items() if name not in {"day", "week", "slot"}]


def read_together(query: Mapping[str, str]) -> Together:
    """The wish in a query string or a form; what cannot be read counts as not said."""
    choice, at_once = read_choice(query), query.get("arrangement") == AT_ONCE
    return Together(
        location=choice.location,
        service=choice.service,
        minutes=choice.minutes,
        practitioner=choice.practitioner,
        # At once nobody treats two; one after another whoever gave the first part may give the second.
        second=choice.second if at_once else query.get("second") or None,
        day=choice.day,
        week=choice.week,
        arrangement=AT_ONCE if at_once else ONE_AFTER_ANOTHER,
        also=query.get("also") or None,
        also_minutes=minutes_in(query.get("also_minutes", "")),
        slot=query.get("slot", "")[:100] or None,
    )


def treatments_for(
    place: int,
    services: Sequence[Mapping[str, Any]],
    *,
    location: Mapping[str, Any],
    wish: Together,
    language: Language,
) -> list[Treatment]:
    """What one part can be: for one guest, booked online. Physical therapy for two at once is arranged by phone."""
    service, minutes, practitioner = _FIELDS[place]
    choice = Choice(location=wish.location, service=getattr(wish, service), minutes=getattr(wish, minutes))
    others = {minutes: None, practitioner: None}
    return [
        replace(
            one,
            extras=(),
            address=wish.address(ANCHORS[place], **{service: one.id}, **others),
            lengths=[replace(each, address=wish.address("when", **{minutes: each.minutes})) for each in one.lengths],
        )
        for one in treatments_of(services, location=location, choice=choice, language=language)
        if one.address is not None and one.guests == 1 and not (wish.at_once and one.modality == "physical_therapy")
    ]


def hands_for(
    places: Sequence[tuple[str, Sequence[Mapping[str, Any]]]], *, wish: Together, language: Language
) -> list[Row]:
    """By whom: a row for each part, of its service's name and those who give it."""
    labels = (language.text("You, with"), language.text("Who comes with you, with"))
    rows = []
    for place, (service, practitioners) in enumerate(places):
        field, other = (_FIELDS[place][2], _FIELDS[1 - place][2])
        left = [one for one in practitioners if not (wish.at_once and one["id"] == getattr(wish, other))]
        people = people_for(left, field=field, choice=wish, language=language)
        label = labels[place] if wish.at_once else language.text("%(service)s, with", service=service)
        if people:
            rows.append(Row(key=field, label=label, people=people))
    return rows


@dataclass(frozen=True, slots=True, kw_only=True)
class PartRow:
    """One part of a visit at its time; `whose` says of two guests who has it."""

    number: int
    clock: str
    clock_end: str
    service: str
    minutes: int
    who: str
    whose: str
    price: str


def rows_of_visit(
    visit: Mapping[str, Any],
    parts: Sequence[Mapping[str, Any]],
    *,
    services: Sequence[str],
    names: Mapping[str, str],
    wish: Together,
    zone: str,
    language: Language,
) -> list[PartRow]:
    """The parts of a visit that can be had: `visit` says when and by whom, `parts` what each is."""
    whose = (language.text("You"), language.text("Who comes with you")) if wish.at_once else ("", "")

    def clock(at: str) -> str:
        return language.clock(datetime.fromisoformat(at).astimezone(ZoneInfo(zone)))

    return [
        PartRow(
            number=place + 1,
            clock=clock(at["start"]),
            clock_end=clock(at["end"]),
            service=services[place],
            minutes=part["duration_minutes"],
            who=language.any_of([names[who] for who in at["practitioner_ids"] if who in names]),
            whose=whose[place],
            price=language.price(part["price"]),
        )
        for place, (at, part) in enumerate(zip(visit["parts"], parts, strict=True))
    ]
