"""What a guest wishes of a visit of several parts. All of it stands in the address, as every choice of a guest does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from gateway.web.languages import Language
from gateway.web.presenters.choice import Choice, read_choice
from gateway.web.presenters.offers import Treatment, treatments_of

ONE_AFTER_ANOTHER, AT_ONCE = "one_after_another", "at_once"
"""One guest has all parts; or two guests begin together, in rooms of their own."""
MOST = 4
"""Parts that one guest can have in a visit, as booking has it. Two guests at once have one each."""
ANCHORS = ("first", "then", "after-that", "last")
"""Where on the page each part is chosen."""
_OF_A_PART = ("service", "minutes", "extras", "practitioner", "gender", "spoken")
"""What is chosen of each part. In the address the second's have a 2 behind their names, the third's a 3."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Together(Choice):
    """The choice of a first part, of `others`, and the time that was pressed."""

    page: str = "/visits"
    arrangement: str = ONE_AFTER_ANOTHER
    others: tuple[Choice, ...] = ()
    slot: str | None = None

    @property
    def at_once(self) -> bool:
        """Whether two guests come."""
        return self.arrangement == AT_ONCE

    @property
    def parts(self) -> list["PartOf"]:
        """All of them, in order."""
        return [self.part(place) for place in range(1 + len(self.others))]

    def part(self, place: int) -> "PartOf":
        """One of them. What would come next is wished to be by someone like whoever gives the first."""
        known = [self, *self.others]
        like = Choice(gender=None if self.at_once else self.gender, spoken=self.spoken)
        chosen = of_a_part(known[place] if place < len(known) else like)
        return PartOf(visit=self, place=place, location=self.location, **chosen)

    def with_parts(self, parts: Sequence[Choice]) -> "Together":
        """The same with these parts in place of its own, and no time pressed yet."""
        first, *others = (of_a_part(each) for each in parts)
        return replace(self, slot=None, others=tuple(Choice(**each) for each in others), **first)

    def without(self, place: int) -> "Together":
        """The same with one part left out."""
        return self.with_parts([each for each in self.parts if each.place != place])

    def asked(self) -> list[dict[str, Any]]:
        """The parts as booking is asked for them."""
        return [
            {
                "service_id": part.service,
                "duration_minutes": part.minutes,
                "practitioner_id": part.practitioner,
                **({"add_on_ids": list(part.extras)} if part.extras else {}),
                **({"preferences": part.preferences} if part.preferences else {}),
            }
            for part in self.parts
        ]

    def said(self) -> dict[str, str]:
        """What was chosen, by the names that the address has for it."""
        said = Choice.said(replace(self, others=()))
        for number, part in enumerate(self.others, start=2):
            said |= {f"{name}{number}": value for name, value in part.said().items()}
        return said

    def carried(self) -> list[tuple[str, str]]:
        """The hidden fields of a form that keep all of it but the time."""
        return [(name, value) for name, value in self.said().items() if name not in {"day", "week", "slot"}]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartOf(Choice):
    """One part, as if it were the choice of a single treatment; its addresses keep the rest of the visit."""

    visit: Together
    place: int

    def address(self, fragment: str = "", **changes: Any) -> str:
        """The address of the visit with `changes` made to this part. It leads back to where the part is chosen."""
        parts = [*self.visit.parts[: self.place], replace(self, **changes), *self.visit.parts[self.place + 1 :]]
        return self.visit.with_parts(parts).address(fragment and ANCHORS[self.place])


def of_a_part(choice: Choice) -> dict[str, Any]:
    """What is chosen of a part, by the names that a `Choice` has for it."""
    return {name: getattr(choice, name) for name in _OF_A_PART}


def read_together(query: Mapping[str, str]) -> Together:
    """The wish in a query string or a form; what cannot be read counts as not said."""
    first, at_once = read_choice(query), query.get("arrangement") == AT_ONCE
    others = [_read_part(query, number) for number in range(2, (2 if at_once else MOST) + 1)]
    if at_once and others[0].practitioner == first.practitioner:  # nobody treats two
        others[0] = replace(others[0], practitioner=None)
    return Together(
        location=first.location,
        day=first.day,
        week=first.week,
        arrangement=AT_ONCE if at_once else ONE_AFTER_ANOTHER,
        # A second part has its place before it is chosen, with what is wished of whoever gives it.
        others=tuple([each for each in others if each.service] or others[:1]),
        slot=query.get("slot", "")[:100] or None,
        **of_a_part(first),
    )


def _read_part(query: Mapping[str, str], number: int) -> Choice:
    return Choice(**of_a_part(read_choice({name: query.get(f"{name}{number}", "") for name in _OF_A_PART})))


def treatments_for(
    place: int,
    services: Sequence[Mapping[str, Any]],
    *,
    location: Mapping[str, Any],
    wish: Together,
    language: Language,
) -> list[Treatment]:
    """What one part can be: for one guest, booked online. Physical therapy for two at once is arranged by phone."""
    part = wish.part(place)
    return [
        # By whom it should be stays wished, where they give this one, too.
        replace(one, address=part.address(service=one.id, minutes=None, extras=()))
        for one in treatments_of(services, location=location, choice=part, language=language)
        if one.address is not None and one.guests == 1 and not (wish.at_once and one.modality == "physical_therapy")
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartRow:
    """One part of a visit at its time; `whose` says of two guests who has it, `extras` what is had with it."""

    number: int
    clock: str
    clock_end: str
    service: str
    extras: str
    minutes: int
    who: str
    whose: str
    price: str


def rows_of_visit(
    visit: Mapping[str, Any],
    parts: Sequence[Mapping[str, Any]],
    *,
    services: Sequence[str],
    extras: Sequence[Sequence[str]],
    names: Mapping[str, str],
    wish: Together,
    zone: str,
    language: Language,
) -> list[PartRow]:
    """The parts of a visit that can be had: `visit` says when and by whom, `parts` what each is."""
    whose = (language.text("You"), language.text("Who comes with you")) if wish.at_once else ("",) * MOST

    def clock(at: str) -> str:
        return language.clock(datetime.fromisoformat(at).astimezone(ZoneInfo(zone)))

    return [
        PartRow(
            number=place + 1,
            clock=clock(at["start"]),
            clock_end=clock(at["end"]),
            service=services[place],
            extras=language.all_of(extras[place]),
            minutes=part["duration_minutes"],
            who=language.any_of([names[who] for who in at["practitioner_ids"] if who in names]),
            whose=whose[place],
            price=language.price(part["price"]),
        )
        for place, (at, part) in enumerate(zip(visit["parts"], parts, strict=True))
    ]
