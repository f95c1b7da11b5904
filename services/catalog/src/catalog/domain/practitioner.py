"""A person who treats."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from catalog.domain.identity import LocationId, PractitionerId
from catalog.domain.problem import Place, Problem
from catalog.domain.wording import Wording


class Gender(StrEnum):
    """As the practitioner wants it told to guests who have a preference."""

    FEMALE = "female"
    MALE = "male"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Licence:
    """The right to practise: its number, where it holds and its last day."""

    number: str
    region: str
    expires_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Practitioner:
    id: PractitionerId
    key: str | None = None
    language: str
    name: str
    title: Wording
    gender: Gender | None
    skills: tuple[str, ...]
    languages: tuple[str, ...]
    location_ids: tuple[LocationId, ...]
    licences: tuple[Licence, ...]


def problems_of_practitioner(practitioner: Practitioner, place: Place) -> Iterator[Problem]:
    """Everything that is wrong with the person's entry by itself."""
    lists: dict[str, tuple[object, ...]] = {
        "skills": practitioner.skills,
        "languages": practitioner.languages,
        "locations": practitioner.location_ids,
        "licences": tuple(licence.region for licence in practitioner.licences),
    }
    for field, values in lists.items():
        if len(set(values)) < len(values):
            yield Problem(place=(*place, field), message="names the same one twice")
