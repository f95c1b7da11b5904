"""What physical therapy asks beside the guest's details: who pays, and a doctor's referral if there is one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from starlette.requests import Request

from gateway.application.errors import Refused
from gateway.web.held import today_at
from gateway.web.languages import Language, _
from gateway.web.words import Notice, notice_of

FIELDS = ("payer", "referral-issuer", "referral-issued_on", "referral-expires_on", "referral-visits")
_PAYERS = (
    ("self_pay", _("I pay myself")),
    ("public_insurance", _("My public health insurance")),
    ("private_insurance", _("My private insurance")),
)
_WRONG = {
    "referral-issuer": _("Say who issued the referral, such as Dr. Petit."),
    "referral-issued_on": _("Give the day on which it was issued; it cannot lie ahead."),
    "referral-expires_on": _("The referral must still be good on the day of your visit. Please check its last day."),
    "referral-visits": _("Give the number of visits, at least 1, or leave it empty."),
    "payer": _("Please choose who pays."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lacking:
    """An open need: what is asked for, why, and until when."""

    kind: str
    reason: str
    until: str
    overdue: bool


def payers(service: Mapping[str, Any], language: Language) -> Sequence[tuple[str, str]]:
    """The payers to choose from; none where nothing of this is asked."""
    if service["modality"] != "physical_therapy":
        return []
    return [(payer, language.text(name)) for payer, name in _PAYERS]


def kept_papers(form: Mapping[str, str]) -> dict[str, str]:
    """What was typed, to be shown again."""
    return {name: form.get(name, "") for name in FIELDS}


def papers_of(form: Mapping[str, str]) -> dict[str, Any]:
    """What the guest filled in, as `book` takes it; nothing where they were not asked."""
    if "payer" not in form:
        return {}
    said = {name: form.get(f"referral-{name}") or None for name in ("issuer", "issued_on", "expires_on", "visits")}
    visits = said["visits"]
    referral = {**said, "visits": int(visits) if visits and visits.isdecimal() else visits}
    given = {name: value for name, value in referral.items() if value is not None}  # 0 visits are said, and refused
    return {"payer": form.get("payer") or None, "referral": given or None}


def wrong_in(refused: Refused, language: Language) -> list[tuple[str, str]]:
    """The fields of a referral that were refused, by their ids on the page, and what to say under each."""
    if refused.code == "referral_required":
        return [("referral-issuer", reason_of(refused.extra, language))]
    named = [one.field.replace(".", "-") for one in refused.fields]
    return [(name, language.text(_WRONG[name])) for name in dict.fromkeys(named) if name in _WRONG]


def refused_notice(refused: Refused, language: Language) -> tuple[Notice, int]:
    """What to say where something must come first: the rule's own reason."""
    notice, status = notice_of(refused, language)
    if "reason" not in refused.extra:
        return notice, status
    return Notice(title=notice.title, text=f"{reason_of(refused.extra, language)} {notice.text}"), status


def reason_of(told: Mapping[str, Any], language: Language) -> str:
    """A rule's reason in the reader's language."""
    reason: Mapping[str, str] = told["reason"]
    return reason.get(language.tag.partition("-")[0]) or reason["en"]


def lacking_of(request: Request, booking: Mapping[str, Any], language: Language) -> list[Lacking]:
    """What the guest still has to bring, the soonest first."""
    zone, now = booking["location"]["zone"], request.app.state.slotwell.clock.now()
    found = []
    for need in booking.get("needs") or ():
        due = datetime.fromisoformat(need["due"])
        local = due.astimezone(ZoneInfo(zone))
        day = language.full_day(local.date(), near=today_at(request, zone))
        if need["state"] == "open":
            until = f"{day}, {language.clock(local)}"
            reason = reason_of(need, language)
            found.append(Lacking(kind=need["kind"], reason=reason, until=until, overdue=due <= now))
    return found
