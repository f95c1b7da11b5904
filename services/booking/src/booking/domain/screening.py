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
    """Return what to keep of a booking that is moved: what was answered, or refuse if the questions are others now.

    A yes of someone who comes alone is for the caller to see to.
    """
    if asked is None or (kept is not None and kept.version == asked.version):
        return kept
    if guest is None:
        return answered(asked, answers)
    return screened(asked, location, answers, guest=guest)


def screened(
    asked: Screening | None, location: Location, answers: Answers | None, *, guest: int | None = None
) -> Answers | None:
    """Return what to keep, or refuse: unanswered or outdated questions, or a yes that staff must hear of first.

    In a party `guest` tells whose answers they are, counted from 1.
    """
    kept = answered(asked, answers, guest=guest)
    if kept is not None and not kept.all_clear:
        raise clearance_needed(location, guest=guest)
    return kept


def answered(
    asked: Screening | None, answers: Answers | None, *, guest: int | None = None, part: int | None = None
) -> Answers | None:
    """Return what to keep, or refuse unanswered or outdated questions. A yes is for the caller to see to.

    In a party `guest` tells whose answers they are, in a visit `part` to what, each counted from 1.
    """
    if asked is None:
        return None
    if answers is None or answers.version != asked.version:
        whose: dict[str, Any] = {name: at for name, at in (("guest", guest), ("part", part)) if at is not None}
        raise Refused("screening_required", "Please answer the safety questions first.", screening=asked, **whose)
    return answers


def clearance_needed(location: Location, *, guest: int | None = None) -> Refused:
    """Return the refusal of someone whom a clinician must clear first."""
    whose: dict[str, Any] = {} if guest is None else {"guest": guest}
    return Refused(
        "clearance_needed",
        f"Because of an answer to the safety questions, please call us first: {location.phone}. "
        "A clinician may clear you; once that is written down here, you can book.",
        phone=location.phone,
        **whose,
    )
