"""A service's safety questions: only the outcome and the version of the questions are ever kept."""

from dataclasses import dataclass
from typing import Any

from .clinic import Location, Screening
from .errors import Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """The guest answered no to every question of this version, or did not."""

    version: int
    all_clear: bool


def screened_again(
    asked: Screening | None,
    location: Location,
    kept: Answers | None,
    answers: Answers | None,
    *,
    guest: int | None = None,
) -> Answers | None:
    """Return what to keep of a booking that is moved: what was answered, or refuse if the questions are others now."""
    if asked is None or (kept is not None and kept.version == asked.version):
        return kept
    return screened(asked, location, answers, guest=guest)


def screened(
    asked: Screening | None, location: Location, answers: Answers | None, *, guest: int | None = None
) -> Answers | None:
    """Return what to keep, or refuse: unanswered or outdated questions, or a yes that staff must hear of first.

    In a party `guest` tells whose answers they are, counted from 1.
    """
    whose: dict[str, Any] = {} if guest is None else {"guest": guest}
    if asked is None:
        return None
    if answers is None or answers.version != asked.version:
        raise Refused("screening_required", "Please answer the safety questions first.", screening=asked, **whose)
    if not answers.all_clear:
        raise Refused(
            "clearance_needed",
            f"Because of an answer to the safety questions, please call us first: {location.phone}.",
            phone=location.phone,
            **whose,
        )
    return answers
