"""Every refusal that this API can give: one table, code by code.

A code is a promise to programs: it never changes its meaning. The words are for people.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """What is common to all refusals of one code.

    `about` is the field or parameter at fault when the refusal names none; `extras` are the members that help to go
    on; `retry_after` is in seconds.
    """

    status: int
    title: str
    mend: str
    about: str | None = None
    extras: tuple[str, ...] = ()
    retry_after: int | None = None


_RETRY = "Ask again in a moment; nothing was done."
_CALL = "Call the branch; the number is in `phone`."

KINDS: Mapping[str, Kind] = {
    # What could not be read
    "malformed_json": Kind(400, "The body is not JSON", "Send one JSON object (RFC 8259) in UTF-8."),
    "body_too_large": Kind(413, "The body is too large", "Send less at once; `detail` says how much goes."),
    "unsupported_media_type": Kind(
        415,
        "The body is not announced as what it must be",
        "Send Content-Type: application/json, or what `detail` says.",
    ),
    "csv_unreadable": Kind(422, "The file cannot be used as a whole", "Mend what `detail` names; nothing was changed."),
    "callback_unreadable": Kind(400, "This callback cannot be read", "Send it as the provider's documentation says."),
    "invalid_request": Kind(422, "Something in the request is not valid", "Correct what `fields` names."),
    "range_inverted": Kind(422, "The range ends before it begins", "Give a `to` that is later than `from`.", "to"),
    "range_too_wide": Kind(422, "The range is too wide", "Ask for at most 62 days at once.", "to"),
    # What is not there
    "unknown_path": Kind(404, "There is nothing at this address", "See /docs for the addresses that exist."),
    "method_not_allowed": Kind(405, "This address does not do that", "Use a method that the Allow header names."),
    "unknown_location": Kind(404, "There is no such branch", "Take an id from GET /v1/locations.", "location_id"),
    "unknown_service": Kind(404, "There is no such service", "Take an id from GET /v1/services.", "service_id"),
    "unknown_practitioner": Kind(
        404, "There is no such practitioner", "Take an id from GET /v1/practitioners.", "practitioner_id"
    ),
    "unknown_booking": Kind(404, "There is no such booking", "Take the id from the answer that made the booking."),
    "unknown_call": Kind(404, "There is no such call", "Take a number from GET /v1/admin/calls.", "number"),
    "unknown_block": Kind(404, "There is no such block", "Take an id from GET /v1/admin/blocks."),
    "unknown_need": Kind(404, "This booking has no such need", "Take the id from the booking's `needs`."),
    "unknown_document": Kind(404, "There is no such document", "Take an id from the list of its kind."),
    "unknown_entry": Kind(404, "There is no such entry", "Take an id from the list of its kind."),
    "hook_not_set_up": Kind(
        404, "This provider is not set up here", "Set its secret in the gateway's environment; docs/sms.md says which."
    ),
    # What does not go together
    "template_invalid": Kind(
        422,
        "These words cannot be used",
        "Correct what `fields` names; GET /v1/admin/wordings lists the variables.",
        "words",
    ),
    "rule_invalid": Kind(
        422,
        "This rule could never work so",
        "Correct what `fields` names; GET /v1/admin/notification-rules shows every rule as it stands.",
        "terms",
    ),
    "contradictory_answers": Kind(
        422, "These answers cannot all be true", "Ask the guest again about what `fields` names."
    ),
    # Who asks
    "token_required": Kind(401, "A token is needed", "Send it as Authorization: Bearer <token>.", "Authorization"),
    "token_invalid": Kind(403, "This token opens nothing here", "Use the link of the newest message."),
    "calendar_token_invalid": Kind(
        403, "This token does not open this calendar", "Ask the clinic for the calendar's present address.", "token"
    ),
    "hold_token_invalid": Kind(
        403, "This token does not belong to this hold", "Send the token of the newest answer about the hold."
    ),
    "admin_token_invalid": Kind(
        403, "This token does not open the administration", "Send the token that the first start printed."
    ),
    "signature_invalid": Kind(
        403,
        "The signature does not fit this callback",
        "Sign with the secret that is set up here, and the address as it is reached from outside.",
    ),
    # What cannot be had
    "slot_taken": Kind(
        409, "This time has just been taken", "Choose one of `alternatives`.", "start", ("alternatives",)
    ),
    "offer_expired": Kind(
        409, "The offer has ended", "Hold one of `alternatives`, or wait on.", extras=("alternatives",)
    ),
    "no_offer": Kind(409, "There is no offer to answer", "Wait; the next offer comes by e-mail and text."),
    "waits_enough": Kind(
        409, "This contact waits for as many times as it can", "Give up an entry that is no longer of use.", "guest"
    ),
    "hold_expired": Kind(
        409, "The hold has ended and its time is taken", "Hold one of `alternatives`.", extras=("alternatives",)
    ),
    "hold_released": Kind(409, "This hold was given back", "Hold a time again."),
    "series_incomplete": Kind(
        409,
        "Not every session has a time",
        "Widen `cadence`, choose another start, or send mode: best_effort.",
        "cadence",
        ("sessions",),
    ),
    "no_rhythm": Kind(
        409, "A visit keeps no rhythm", "Reschedule the one booking, or book again what is missing.", "session"
    ),
    "session_stands": Kind(409, "This session has its time", "Reschedule its booking instead.", "session"),
    "outside_policy": Kind(
        409,
        "It is too late to change this free of charge",
        "To cancel for `fee` send accept_fee: true; to move it, call.",
        extras=("deadline", "fee", "phone"),
    ),
    "undo_expired": Kind(409, "It is too late to take the cancellation back", "Book again."),
    "not_cancellable": Kind(409, "This booking can no longer be cancelled", _CALL, extras=("phone",)),
    "not_reschedulable": Kind(409, "This booking can no longer be moved", _CALL, extras=("phone",)),
    "unknown_guest": Kind(404, "There is no such guest", "Count the booking's `guests` from 1.", "guest"),
    "guest_wrong_state": Kind(
        409, "This guest is not where this step begins", "Read the booking again.", "guest", ("state",)
    ),
    "last_guest": Kind(409, "Nobody else comes", "Cancel the booking instead.", "guest"),
    "no_single_counterpart": Kind(
        409, "This cannot become an appointment for one", "Keep the place, cancel for both, or call.", extras=("phone",)
    ),
    "revision_mismatch": Kind(
        412, "The booking has changed since", "Read it again and decide on what it is now.", extras=("revision",)
    ),
    "wrong_state": Kind(
        409, "The booking is not where this step begins", "Read it again; its state is in `state`.", extras=("state",)
    ),
    "not_yet": Kind(409, "It is too early for this", "Wait until `earliest`.", extras=("earliest",)),
    "outside_hours": Kind(
        409, "Nobody who could serve is at work then", "Choose another time, or send outside_hours: true and a reason."
    ),
    "reason_required": Kind(
        422,
        "This needs a reason",
        "Say in `reason` why the rules that `bends` names do not hold.",
        "reason",
        ("bends",),
    ),
    "no_fee": Kind(409, "This booking owes no fee", "There is nothing to waive."),
    "not_displaced": Kind(409, "This booking is not displaced", "Read the list again: it may fit by now."),
    "need_not_open": Kind(
        409, "This need is not open any more", "Read the booking again; nothing was changed.", extras=("state",)
    ),
    "need_stands": Kind(
        409,
        "Paying oneself does not lift this need",
        "Verify what is needed, or release the time.",
        extras=("rule",),
    ),
    "document_revoked": Kind(409, "This document was revoked", "Write the new one down instead."),
    "in_the_way": Kind(
        409,
        "Something else is there at that time",
        "Move what `in_the_way` names, or choose another time.",
        extras=("in_the_way",),
    ),
    "already_exists": Kind(409, "An entry of this name is there already", "Change that one, or choose another key."),
    "entry_changed": Kind(
        412, "The entry has changed since", "Read it again and decide on what it is now.", extras=("revision",)
    ),
    "invalid_entry": Kind(422, "The entry cannot stand like this", "Mend what `fields` names; nothing was changed."),
    "invalid_catalog": Kind(
        422, "The document cannot be loaded like this", "Mend what `fields` names; nothing was changed."
    ),
    # What the clinic does not do this way
    "by_phone_only": Kind(422, "This is booked by phone", _CALL, "service_id", ("phone",)),
    "on_request_only": Kind(422, "This is booked on request", _CALL, extras=("phone",)),
    "duration_not_offered": Kind(
        422, "This length is not offered", "Choose one of `durations`.", "duration_minutes", ("durations",)
    ),
    "party_size": Kind(
        422, "This is for another number of guests", "Name as many as `guests` says.", "guests", ("guests",)
    ),
    "practitioner_twice": Kind(
        422, "One practitioner cannot treat two guests at once", "Ask for another, or leave one choice to us.", "guests"
    ),
    "add_on_not_offered": Kind(
        422, "This add-on is not to be had here", "Choose among `add_ons`.", "add_on_ids", ("add_ons",)
    ),
    "not_a_start": Kind(422, "No appointment starts then", "Choose one of `nearest`.", "start", ("nearest",)),
    "in_the_past": Kind(422, "This time has passed", "Choose a later time.", "start"),
    "too_soon": Kind(
        422, "This is too soon to book", "Choose `earliest` or later, or call.", "start", ("earliest", "phone")
    ),
    "beyond_horizon": Kind(422, "This is too far ahead", "Choose `latest` or earlier.", "start", ("latest",)),
    "practitioner_cannot": Kind(
        422,
        "This practitioner does not give this, or not as wished",
        "Choose another, or leave the choice to us.",
        "practitioner_id",
    ),
    "screening_required": Kind(
        422,
        "This service asks safety questions first",
        "Ask the questions in `screening` and send {version, all_clear}.",
        "screening",
        ("screening", "guest", "part"),
    ),
    "clearance_needed": Kind(
        422,
        "Someone should look at this first",
        "Call the branch; once a clinician's clearance is written down there, send the same again.",
        "screening",
        ("phone", "guest"),
    ),
    "evaluation_required": Kind(
        422, "An evaluation comes first", "Book the evaluation; `reason` says why.", extras=("rule", "reason")
    ),
    "referral_required": Kind(
        422,
        "A doctor's referral is needed",
        "Send it as `referral`; `reason` says why.",
        "referral",
        extras=("rule", "reason"),
    ),
    "authorization_required": Kind(
        422,
        "The insurer must authorize this first",
        "Hand the authorization in at the branch; `reason` says why.",
        extras=("rule", "reason"),
    ),
    "contact_required": Kind(422, "We need a way to reach the guest", "Give an e-mail address or a phone.", "guest"),
    "phone_invalid": Kind(
        422,
        "This phone number cannot be read",
        "Write it as dialled at the branch, or with + and country.",
        "guest.phone",
    ),
    "email_invalid": Kind(422, "This e-mail address cannot be read", "Write it as name@example.com.", "guest.email"),
    "idempotency_key_reused": Kind(
        422,
        "This Idempotency-Key belongs to another request",
        "Repeat the same body, or use a new key.",
        "Idempotency-Key",
    ),
    # What we cannot say just now
    "unavailable": Kind(503, "A part of the platform cannot be reached", _RETRY, retry_after=1),
    "outcome_unknown": Kind(
        503,
        "We do not know yet whether it was done",
        "Repeat the request as it was: the same hold never makes two bookings, nor the same Idempotency-Key two holds.",
        retry_after=1,
    ),
    "not_ready": Kind(503, "The platform is still starting", _RETRY, retry_after=2),
    "internal_error": Kind(500, "Something went wrong on our side", "Tell us the correlation_id."),
}

EXTRAS = tuple(sorted({name for kind in KINDS.values() for name in kind.extras}))
