"""A service's safety questions: only the outcome and the version of the questions are ever kept."""

from dataclasses import dataclass

from .clinic import Location, Service
from .errors import Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """The guest answered no to every question of this version, or did not."""

    version: int
    all_clear: bool


def screened_again(
    service: Service, location: Location, kept: Answers | None, answers: Answers | None
) -> Answers | None:
    """Return what to keep of a booking that is moved: what was answered, or refuse if the questions are others now."""
    if service.screening is None or (kept is not None and kept.version == service.screening.version):
        return kept
    return screened(service, location, answers)


def screened(service: Service, location: Location, answers: Answers | None) -> Answers | None:
    """Return what to keep, or refuse: unanswered or outdated questions, or a yes that staff must hear of first."""
    if service.screening is None:
        return None
    if answers is None or answers.version != service.screening.version:
        raise Refused("screening_required", "Please answer the safety questions first.", screening=service.screening)
    if not answers.all_clear:
        raise Refused(
            "clearance_needed",
            f"Because of an answer to the safety questions, please call us first: {location.phone}.",
            phone=location.phone,
        )
    return answers
