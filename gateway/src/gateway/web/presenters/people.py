"""By whom: a row to choose from, or of two guests a row for each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.web.languages import Language
from gateway.web.presenters.choice import Choice

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
    if guests != TWO or not (choice.practitioner or choice.second):
        return None
    return [
        {"duration_minutes": choice.minutes, "practitioner_id": asked_for, "add_on_ids": list(choice.extras)}
        for asked_for in (choice.practitioner, choice.second)
    ]


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
    choice: Choice, names: Mapping[str, str], *, guests: int, wished: str, language: Language
) -> list[tuple[str, str]]:
    """Who treats whom, in words; `wished` is what whoever it is should be like."""
    anyone = wished or language.text("Anyone")
    if not each_asks(choice, guests=guests):
        return [(language.text("With"), names.get(choice.practitioner or "", anyone))]
    return [
        (language.text("You, with"), names.get(choice.practitioner or "", anyone)),
        (language.text("Who comes with you, with"), names.get(choice.second or "", anyone)),
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
