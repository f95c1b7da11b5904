"""The guide's advice as the page tells it: what, why, where to book it, and what is held back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.domain.texts import in_language
from gateway.web.languages import Language, _
from gateway.web.presenters.choice import Choice
from gateway.web.presenters.rhythm import Rhythm


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A treatment to book. `address` leads to its free times; None where one calls."""

    name: str
    modality: str
    summary: str
    minutes: int | None
    price: str
    channel: str
    address: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A treatment that is held back: what to do about it, and why."""

    name: str
    what: str
    reasons: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Something to know; `general` marks what holds in general and decides nothing."""

    text: str
    general: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """The last screen of the guide."""

    kind: str
    title: str
    lead: str
    reasons: Sequence[str]
    suggestions: Sequence[Suggestion]
    others: Sequence[Suggestion]
    held: Sequence[Held]
    needs: Sequence[Told]
    emergency_number: str | None
    call: str | None
    outside: Sequence[Mapping[str, Any]]
    not_here: bool
    sources: Sequence[str]
    version: int
    series: "Series | None" = None
    """Several sessions of both, in one rhythm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Several sessions of two treatments: the first to recover, the second to stay well."""

    begin: str
    """What is had once before them, an evaluation; empty where nothing is."""
    first: str
    second: str
    address: str


_TITLES = {
    "emergency": (_("Please call %(number)s now"), _("This needs help at once. There is nothing to book for it.")),
    "same_day_advice": (
        _("Please let a doctor look at this today"),
        _("We book nothing now. Once a doctor has looked, you are welcome here."),
    ),
    "massage": (_("A massage would suit you"), ""),
    "physical_therapy": (_("Physical therapy would serve you"), ""),
    "both": (
        _("Both would serve you, one after the other"),
        _("Begin with physical therapy to recover; go on with massage for your well-being."),
    ),
    "unsure": (_("Let us find out together"), _("An evaluation, or a few words with us, is the best beginning.")),
}
_NOTHING = (_("Not today, we think"), _("For your safety there is nothing here to book online just now."))
_NOT_HERE = _("We do not give it at this branch.")
_VERDICTS = {
    "clearance": _("Only after a clinician agrees. Call us, and we note it."),
    "substitute": _("We suggest another treatment in its place."),
    "wait": _("Not now. Come when you are well."),
}


def advice_of(
    said: Mapping[str, Any],
    *,
    services: Mapping[str, Mapping[str, Any]],
    location: Mapping[str, Any],
    language: Language,
) -> Advice:
    """The page's view of what the guide said about `services` at `location`; what our copy lacks is left out."""
    named = {id_: in_language(view, language.tag) for id_, view in services.items()}
    reasons = {rule["id"]: rule["reason"] for rule in said["rules"]}
    offered = [
        (one["suggested"], _suggestion(one, named[one["service_id"]], location=location, language=language))
        for one in said["bookable"]
        if one["service_id"] in named
    ]
    title, lead = _heading(said, language)
    return Advice(
        kind=said["recommendation"],
        title=title,
        lead=lead,
        reasons=[rule["reason"] for rule in said["rules"] if rule["step"] in {"emergency", "urgent", "serve"}],
        suggestions=[suggestion for suggested, suggestion in offered if suggested],
        others=[suggestion for suggested, suggestion in offered if not suggested],
        held=[
            Held(
                name=named[one["service_id"]]["name"],
                what=language.text(_verdict(one)),
                reasons=[reasons[rule] for rule in one["rules"]],
            )
            for one in said["withheld"]
            if one["service_id"] in named
        ],
        needs=[Told(text=reasons[one["rule"]], general=one["general"]) for one in said["needs"]],
        emergency_number=said["emergency_number"],
        call=said["call"],
        outside=said["outside_clinics"],
        not_here=said["not_here"],
        sources=sorted({rule["source"] for rule in said["rules"]}),
        version=said["rule_version"],
        series=_series(said, named, location),
    )


def _verdict(withheld: Mapping[str, Any]) -> str:
    return _VERDICTS[withheld["verdict"]]


def _series(
    said: Mapping[str, Any], named: Mapping[str, Mapping[str, Any]], location: Mapping[str, Any]
) -> Series | None:
    """The series that the guide advises: of each modality the first treatment that can be booked online.

    Where an evaluation comes first it is had once, and the treatments after it are of the next.
    """
    online = [
        named[one["service_id"]]
        for one in sorted(said["bookable"], key=lambda one: not one["suggested"])
        if one["channel"] == "online" and one["service_id"] in named
    ]
    by_modality = [[one for one in online if one["modality"] == modality] for modality in said["series"]]
    if not by_modality or not all(by_modality):
        return None
    (first, *others), (second, *_) = by_modality
    begin = None
    if others and any(need["need"] == "evaluation" for need in said["needs"]):
        begin, first = first, others[0]
    rhythm = Rhythm(
        location=location["id"], begin=begin["id"] if begin else None, service=first["id"], also=second["id"]
    )
    return Series(
        begin=begin["name"] if begin else "", first=first["name"], second=second["name"], address=rhythm.address()
    )


def _heading(said: Mapping[str, Any], language: Language) -> tuple[str, str]:
    kind = said["recommendation"]
    title, lead = _TITLES[kind]
    if kind == "massage" and not said["bookable"]:
        title, lead = _NOTHING
    elif said["not_here"] and kind == "physical_therapy":
        lead = _NOT_HERE
    number = said["emergency_number"]
    words = language.text(title, number=number) if number else language.text(title)
    return words, language.text(lead) if lead else ""


def _suggestion(
    one: Mapping[str, Any], service: Mapping[str, Any], *, location: Mapping[str, Any], language: Language
) -> Suggestion:
    minutes = one["duration_minutes"]
    price = next(
        (
            duration["price"]
            for offer in service["offers"]
            for duration in offer["durations"]
            if offer["location_id"] == location["id"] and duration["minutes"] == minutes
        ),
        None,
    )
    choice = Choice(location=location["id"], service=service["id"], minutes=minutes)
    return Suggestion(
        name=service["name"],
        modality=service["modality"],
        summary=service["summary"],
        minutes=minutes,
        price=language.price(price) if price else "",
        channel=one["channel"],
        address=choice.address("when") if one["channel"] == "online" else None,
    )
