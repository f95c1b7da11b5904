"""What a refusal or a failure means to a guest: what happened, what is safe, what to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from gateway.application.errors import OutcomeUnknown, Refused, Unavailable
from gateway.web.languages import Language, _


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A box at the top of a page. `tone` is its colour; the title says the same."""

    title: str
    text: str = ""
    phone: str | None = None
    tone: Literal["warn", "bad"] = "warn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A page that says why there is nothing else to see. `again` is worth another try, `back` leads on."""

    title: str
    text: str
    status: int
    again: str | None = None
    back: str | None = None
    phone: str | None = None


# code: (title, text, status)
_NOTICES: Mapping[str, tuple[str, str, int]] = {
    "slot_taken": (_("That time was just taken"), _("These are near it."), 409),
    "hold_expired": (
        _("Somebody else took that time meanwhile"),
        _("Your hold had ended. What you typed is kept; choose a time near it."),
        409,
    ),
    "hold_released": (
        _("That time is no longer held for you"),
        _("What you typed is kept. Choose a time again and go on from there."),
        409,
    ),
    "hold_token_invalid": (
        _("That time is no longer held for you"),
        _("What you typed is kept. Choose a time again and go on from there."),
        403,
    ),
    "in_the_past": (_("That time has passed"), _("Please choose a later one."), 422),
    "too_soon": (
        _("That is too soon for us"),
        _("We need a little time to prepare. Please choose a later one, or call us."),
        422,
    ),
    "beyond_horizon": (
        _("That is further ahead than we plan"),
        _("Please choose an earlier day, or call us."),
        422,
    ),
    "not_a_start": (_("No visit starts at that time"), _("Please choose one of the times below."), 422),
    "duration_not_offered": (
        _("We do not offer that length here"),
        _("Please choose one of those below."),
        422,
    ),
    "by_phone_only": (
        _("We book this with you by phone"),
        _("Call us and we will find a time together."),
        422,
    ),
    "on_request_only": (_("We arrange this on request"), _("Call us and we will find a time together."), 422),
    "practitioner_cannot": (
        _("That practitioner does not give this treatment here"),
        _("Choose another, or anyone."),
        422,
    ),
    "unknown_practitioner": (
        _("That practitioner is no longer with us"),
        _("Choose another, or anyone."),
        404,
    ),
    "unknown_service": (
        _("We no longer offer that treatment here"),
        _("These are the treatments that we do offer."),
        404,
    ),
    "unknown_location": (_("We have no such branch"), _("These are our branches."), 404),
    "clearance_needed": (
        _("Please call us before this treatment"),
        _(
            "Because of one of your answers we would like a word with you first, to be sure that it does you good. "
            "Once a clinician has cleared you and we have that in writing, it can be booked. "
            "Nothing is booked yet, and your answers were not kept."
        ),
        422,
    ),
    "evaluation_required": (
        _("An evaluation comes first"),
        _("Nothing is booked yet. Please choose the evaluation, or call us if you have had one."),
        422,
    ),
    "authorization_required": (
        _("Your insurer must authorize this first"),
        _("Nothing is booked yet. Please hand the authorization in, or call us."),
        422,
    ),
    "contradictory_answers": (
        _("Some of your answers cannot all be true"),
        _("Please go back and look at them again."),
        422,
    ),
    "offer_expired": (
        _("This offer has ended"),
        _("Its time went to the next guest who waits. You still wait; these are free now."),
        409,
    ),
    "no_offer": (_("There is no offer to answer just now"), _("You still wait, and we write when there is one."), 409),
    "waits_enough": (
        _("You already wait for three times"),
        _("Open the link in one of our messages and give up one that you no longer need, or call us."),
        409,
    ),
    "undo_expired": (
        _("This cancellation can no longer be undone"),
        _("The few minutes for it are over. You are welcome to book again."),
        409,
    ),
    "not_reschedulable": (_("This booking can no longer be moved"), _("Please call us."), 409),
    "too_late_to_move": (
        _("It is too late to move it free of charge"),
        _("Nothing was moved: your time is still yours. Please call us."),
        409,
    ),
    "not_cancellable": (_("This booking can no longer be cancelled"), _("Please call us."), 409),
    "revision_mismatch": (
        _("This booking changed meanwhile"),
        _("Nothing was done. This is how it stands now."),
        412,
    ),
    "series_incomplete": (
        _("Not every session has a free time now"),
        _("Nothing is booked yet. See below which, and the times near it; or take those that there are."),
        409,
    ),
    "series_too_long": (
        _("That would reach more than a year ahead"),
        _("Please choose fewer sessions, or have them closer together."),
        422,
    ),
    "session_stands": (
        _("This session has its time"),
        _("Nothing was done. Open the session to move or cancel it."),
        409,
    ),
    "party_size": (
        _("This treatment is for more than one guest"),
        _("Several sessions of it are arranged by phone. Call us and we will find the times together."),
        422,
    ),
    "outside_policy": (
        _("Free cancellation has just ended"),
        _("Nothing was cancelled. You can still cancel for a fee."),
        409,
    ),
}

_FIELD_WORDS: Mapping[str, tuple[str, str]] = {
    "contact_required": ("email", _("Give an e-mail address or a phone number: we need one of the two.")),
    "email_invalid": ("email", _("This does not look like an e-mail address. One looks like ana@example.com.")),
    "phone_invalid": (
        "phone",
        _("We cannot read this as a phone number. Add the country code, such as +33, if it is not from here."),
    ),
}

UNAVAILABLE = Notice(
    title=_("We cannot reach our calendar just now"),
    text=_("Nothing was booked, and what you typed is kept. Please press again in a moment."),
    tone="bad",
)
OUTCOME_UNKNOWN = Notice(
    title=_("We did not hear back in time"),
    text=_(
        "Your booking may or may not have gone through. Press the button again: "
        "it is safe, and you are never booked twice."
    ),
    tone="bad",
)
OTHER_HOLD = Notice(
    title=_("You chose another time since"),
    text=_("This is the time that is held for you now. Look at it, then book."),
)


def notice_of(refused: Refused, language: Language) -> tuple[Notice, int]:
    """What to say about a refusal, and the page's status."""
    title, text, status = _NOTICES.get(
        refused.code, (_("That did not work"), _("Nothing was changed. Please try again, or call us."), 422)
    )
    phone = refused.extra.get("phone")
    tone: Literal["warn", "bad"] = "warn"
    return Notice(
        title=language.text(title), text=language.text(text), phone=str(phone) if phone else None, tone=tone
    ), status


def field_error_of(refused: Refused, language: Language) -> tuple[str, str] | None:
    """The form's field that a refusal is about, and what to say under it."""
    known = _FIELD_WORDS.get(refused.code)
    if known:
        field, text = known
        return field, language.text(text)
    return None


def unheard(error: Unavailable | OutcomeUnknown, language: Language) -> Notice:
    """What to say where booking did not answer: nothing was done, or nobody knows."""
    return said(UNAVAILABLE if isinstance(error, Unavailable) else OUTCOME_UNKNOWN, language)


def said(notice: Notice, language: Language) -> Notice:
    """One of the notices above, in this language."""
    return Notice(
        title=language.text(notice.title),
        text=language.text(notice.text),
        phone=notice.phone,
        tone=notice.tone,
    )


def problem(kind: str, language: Language, **changes: Any) -> Problem:
    """A page that says `kind`, one of the kinds in `_PROBLEMS`."""
    title, text, status = _PROBLEMS[kind]
    return Problem(title=language.text(title), text=language.text(text), status=status, **changes)


_PROBLEMS: Mapping[str, tuple[str, str, int]] = {
    "not_found": (
        _("There is no page here"),
        _("The address may have been cut off. Your bookings are safe: open them from the messages we sent."),
        404,
    ),
    "method": (
        _("This address is not a page"),
        _("It only takes what one of our forms sends. Nothing was changed."),
        405,
    ),
    "form": (
        _("We could not read that form"),
        _("Nothing was changed. Please go back and send it again from our page."),
        400,
    ),
    "foreign_form": (
        _("That did not come from our page"),
        _("For your safety nothing was changed. Please start again here."),
        403,
    ),
    "too_large": (
        _("That was more than we can read"),
        _("Nothing was changed. Please go back and shorten what you typed."),
        413,
    ),
    "unavailable": (
        _("We cannot reach our calendar just now"),
        _("Your bookings are safe. Please try again in a moment, or call us."),
        503,
    ),
    "guide_away": (
        _("Our guide is not there just now"),
        _("You can still see the free times and book, or call us: we are glad to help you choose."),
        503,
    ),
    "outcome_unknown": (
        _("We did not hear back in time"),
        _("It may or may not have gone through. Trying again is safe: nothing is ever done twice."),
        503,
    ),
    "fault": (
        _("Something went wrong on our side"),
        _("Your bookings are safe. Please try again, or call us."),
        500,
    ),
    "no_hold": (
        _("No time is held for you now"),
        _("Choose one and we will hold it while you give your details."),
        404,
    ),
    "link_needed": (
        _("This page needs your private link"),
        _("Open it from the message that we sent you about the booking, or call us."),
        401,
    ),
    "unsubscribe_link_wrong": (
        _("This link ends no messages"),
        _("It may have been cut off. Copy it whole from our message, or call us."),
        403,
    ),
    "waiting_link_wrong": (
        _("This link does not open a place on the waitlist"),
        _("It may have been cut off, or the waiting ended a while ago. You are welcome to look for a time again."),
        403,
    ),
    "series_link_wrong": (
        _("This link does not open a series"),
        _("It may have been cut off or replaced by a newer one. Open the link in our latest message, or call us."),
        403,
    ),
    "link_wrong": (
        _("This link does not open a booking"),
        _("It may have been cut off or replaced by a newer one. Open the link in our latest message, or call us."),
        403,
    ),
}
