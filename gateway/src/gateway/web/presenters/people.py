"""By whom: a row to choose from, or of two guests a row for each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.web.languages import Language
from gateway.web.presenters.choice import Choice, wishes

TWO = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A practitioner to ask for, or "anyone" (`id` None)."""

    id: str | None
    name: str
    chosen: bool
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Whom one guest, or all of them, can ask for; `key` tells the rows apart."""

    key: str
    label: str
    people: Sequence[Person]


def people_of(practitioners: Sequence[Mapping[str, Any]], *, choice: Choice, language: Language) -> list[Person]:
    """Anyone, then each practitioner of the service at the branch; empty where there is nothing to choose."""
    return people_for(practitioners, field="practitioner", choice=choice, language=language)


def rows_of(
    practitioners: Sequence[Mapping[str, Any]], *, guests: int, choice: Choice, language: Language
) -> list[Row]:
    """One row; of two guests one each, none of which offers whom the other has asked for."""
    if guests != TWO:
        people = people_of(practitioners, choice=choice, language=language)
        return [Row(key="person", label=language.text("With"), people=people)] if people else []
    labels = {"practitioner": language.text("You, with"), "second": language.text("Who comes with you, with")}
    rows = []
    for field, other in (("practitioner", "second"), ("second", "practitioner")):
        left = [person for person in practitioners if person["id"] != getattr(choice, other)]
        people = people_for(left, field=field, choice=choice, language=language)
        if people:
            rows.append(Row(key=field, label=labels[field], people=people))
    return rows


def each_asks(choice: Choice, *, guests: int) -> list[dict[str, Any]] | None:
    """What each of two guests asks for, as booking is told; None where all ask alike."""
    differ = choice.practitioner, choice.second, choice.minutes2, choice.gender, choice.gender2
    if guests != TWO or not any(differ):
        return None
    apart = choice.minutes2 is not None
    return [
        _asks(choice.minutes, choice.extras, choice.practitioner, wishes(choice.gender, choice.spoken)),
        _asks(
            choice.minutes2 if apart else choice.minutes,
            choice.extras2 if apart else choice.extras,
            choice.second,
            wishes(choice.gender2, choice.spoken),
        ),
    ]


def _asks(
    minutes: int | None, extras: Sequence[str], practitioner: str | None, wished: Mapping[str, Any] | None
) -> dict[str, Any]:
    asked = {"duration_minutes": minutes, "practitioner_id": practitioner, "add_on_ids": list(extras)}
    return {**asked, "preferences": wished} if wished and not practitioner else asked


def asked_for(choice: Choice, *, guests: int) -> dict[str, Any]:
    """What is asked for, as booking is told: of each of two where they differ, and of all alike where not."""
    each = each_asks(choice, guests=guests)
    if each:
        return {"guests": each}
    alike: dict[str, Any] = {"duration_minutes": choice.minutes, "practitioner_id": choice.practitioner}
    if choice.extras:
        alike["add_on_ids"] = list(choice.extras)
    if choice.preferences:
        alike["preferences"] = choice.preferences
    return alike


def hands(
    choice: Choice, names: Mapping[str, str], *, guests: int, wished: Sequence[str], language: Language
) -> list[tuple[str, str, int | None]]:
    """Who treats whom, in words, and for how long where it is not as long for both.

    `wished` is what whoever it is should be like, of the first guest and of the second.
    """
    anyone = [each or language.text("Anyone") for each in wished]
    if not each_asks(choice, guests=guests):
        return [(language.text("With"), names.get(choice.practitioner or "", anyone[0]), None)]
    lengths = (choice.minutes, choice.minutes2) if choice.minutes2 is not None else (None, None)
    return [
        (language.text("You, with"), names.get(choice.practitioner or "", anyone[0]), lengths[0]),
        (language.text("Who comes with you, with"), names.get(choice.second or "", anyone[1]), lengths[1]),
    ]


def people_for(
    practitioners: Sequence[Mapping[str, Any]], *, field: str, choice: Choice, language: Language
) -> list[Person]:
    """The same for `field` of the choice: `practitioner` or `second`."""
    chosen = getattr(choice, field)
    if len(practitioners) < 2 and chosen is None:
        return []
    anyone = Person(
        id=None,
        name=language.text("Anyone"),
        chosen=chosen is None,
        address=choice.address("when", **{field: None}),
    )
    return [
        anyone,
        *(
            Person(
                id=person["id"],
                name=person["name"],
                chosen=person["id"] == chosen,
                address=choice.address("when", **{field: person["id"]}),
            )
            for person in sorted(practitioners, key=lambda person: str(person["name"]))
        ),
    ]
