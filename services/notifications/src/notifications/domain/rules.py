"""Which change of a booking owes which message, when, and for how long it is of use. A new rule is one row."""

from dataclasses import dataclass
from datetime import time, timedelta
from typing import Literal

from notifications.domain.moments import At, Earliest, Moment, after, before, on_day
from notifications.domain.quiet_hours import QuietHours
from notifications.domain.values import Channel, Happening, Recipient

PHYSICAL_THERAPY = "physical_therapy"
MODALITIES = ("massage", PHYSICAL_THERAPY)
QUIET_HOURS = {Channel.SMS: QuietHours(begin=time(21), end=time(8))}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One reason to write to somebody: to the guest, unless `recipient` says otherwise.

    `name` is part of every message's key and stays for ever; `kind` names the templates. `owed_by` says which
    changes owe it, and `state` which state the booking must still have when it goes out. A `reminder` is not
    owed to someone who booked or moved it after it would have been due, and keeps out of quiet hours; everything
    else answers an action and goes at once. `unsaid_by` names the rules after whose message this one, although
    told before, has to be told again; `said_by` those whose message says all that this one would. `calendar` is
    what its e-mail does to the guest's calendar, if anything. `fallback_after` is how long after its text the same is
    written by e-mail, if the text is not known to have arrived and no e-mail is owed anyway. `off` says that nothing
    goes out, and `silent_on` on which channels nothing does: such a message is written down as skipped, so that
    whoever asks why it did not come reads why.
    With `modalities` it is owed for these alone, unless a location has it for others. A reminder that is `even_late`
    says what nothing else has said: who booked when it would have been due gets it at once. `tells` names the text of
    the treatment that it is there for; where there is none, nothing is sent.
    With `lacking` it is of use only as long as a document is needed, with `ending` as long as one runs out, with
    `displacing` as long as the clinic cannot keep the booking as it stands. An
    `optional` one is nothing that the appointment needs: its e-mail says how to have no more of its kind (RFC
    8058), and who said so gets none.
    `of_series` says what becomes of it where sessions were booked as one wish: `each` session owes it as any booking
    does; it is `gathered`, so that a session's own is skipped; or it is the one for the `whole`, owed under the id of
    the series by whichever session is heard of first. With `once_a_visit` the first part of a visit is reminded of, and
    those that follow it that day are not.
    What a `receipt` says its guest has just been shown: if nothing can carry it, nobody is called about it.
    One that is `of_day` is about all of a practitioner's appointments on one day at one location: whichever booking is
    heard of first owes it, under the day's own id, and it tells of those that stand when it goes out.

    The rules below are the defaults; `domain.terms` says what a location may have otherwise.
    """

    name: str
    kind: str
    owed_by: frozenset[Happening]
    state: Literal["confirmed", "cancelled", "waiting", "offered", "completed"]
    due: Moment
    useful_until: Moment
    channels: frozenset[Channel] = frozenset(Channel)
    reminder: bool = False
    unsaid_by: frozenset[str] = frozenset()
    said_by: frozenset[str] = frozenset()
    calendar: Literal["PUBLISH", "CANCEL"] | None = None
    fallback_after: timedelta | None = timedelta(minutes=10)
    off: bool = False
    silent_on: frozenset[Channel] = frozenset()
    lacking: bool = False
    ending: bool = False
    displacing: bool = False
    optional: bool = False
    of_series: Literal["each", "gathered", "whole"] = "each"
    once_a_visit: bool = False
    recipient: Recipient = Recipient.GUEST
    modalities: frozenset[str] | None = None
    even_late: bool = False
    tells: Literal["preparation", "aftercare"] | None = None
    of_day: bool = False
    receipt: bool = False

    @property
    def carried_by(self) -> frozenset[Channel]:
        """Every channel that it can go out on, also those on which it is silent here."""
        return self.channels | self.silent_on

    def concerns(self, modality: str | None) -> bool:
        """Whether it is owed for treatments of this modality (None: of one that is not known)."""
        return self.modalities is None or modality in self.modalities


_STANDS = frozenset({Happening.BOOKED, Happening.REINSTATED, Happening.REVERTED})
_STANDS_THEN = _STANDS | {Happening.RESCHEDULED, Happening.PARTY_CHANGED}

RULES: tuple[Rule, ...] = (
    Rule(
        name="confirmation",
        kind="confirmation",
        owed_by=_STANDS,  # after a step back it is told only to someone who has read of a cancellation, or of nothing
        state="confirmed",
        due=At("happened_at"),
        useful_until=At("start"),
        unsaid_by=frozenset({"cancellation"}),
        said_by=frozenset({"change"}),
        calendar="PUBLISH",
        of_series="gathered",
    ),
    Rule(
        name="series_confirmation",
        kind="series_confirmation",
        owed_by=frozenset({Happening.BOOKED}),
        state="confirmed",  # as long as one session to come is
        due=At("happened_at"),
        useful_until=after("happened_at", hours=7 * 24),  # it tells of what is still to come, whenever it goes out
        calendar="PUBLISH",
        of_series="whole",
    ),
    Rule(
        name="change",
        kind="change",
        owed_by=frozenset({Happening.RESCHEDULED}),
        state="confirmed",
        due=At("happened_at"),
        useful_until=At("start"),
        unsaid_by=frozenset({"change", "cancellation"}),  # moved there, away and back again: told three times
        calendar="PUBLISH",
    ),
    Rule(
        name="party_change",
        kind="party_change",
        owed_by=frozenset({Happening.PARTY_CHANGED}),
        state="confirmed",
        due=At("happened_at"),
        useful_until=At("start"),
        calendar="PUBLISH",
    ),
    Rule(
        name="first_reminder",
        kind="reminder",
        owed_by=_STANDS_THEN,
        state="confirmed",
        due=Earliest(before("start", hours=24), before("free_until", hours=12)),  # with time left to cancel free
        useful_until=before("start", hours=2),  # from then on the second says it all
        unsaid_by=frozenset({"change"}),
        reminder=True,
        once_a_visit=True,
    ),
    Rule(
        name="second_reminder",
        kind="reminder",
        owed_by=_STANDS_THEN,
        state="confirmed",
        due=before("start", hours=2),
        useful_until=At("start"),
        unsaid_by=frozenset({"change"}),
        reminder=True,
        once_a_visit=True,
    ),
    Rule(
        name="cancellation",
        kind="cancellation",
        owed_by=frozenset({Happening.CANCELLED}),
        state="cancelled",
        due=At("undo_until"),
        useful_until=after("undo_until", hours=7 * 24),  # a receipt: worth having late
        unsaid_by=frozenset({"confirmation"}),
        calendar="CANCEL",
    ),
    Rule(
        name="waitlist_joined",
        kind="waitlist_joined",
        owed_by=frozenset({Happening.WAITLIST_JOINED}),
        state="waiting",  # who is offered a time already reads that
        due=At("happened_at"),
        useful_until=Earliest(after("happened_at", hours=24), At("deadline")),
        receipt=True,
    ),
    Rule(
        name="waitlist_offer",
        kind="waitlist_offer",
        owed_by=frozenset({Happening.WAITLIST_OFFERED}),
        state="offered",
        due=At("happened_at"),
        useful_until=At("deadline"),
        reminder=True,  # nobody asked for it at this hour, and a deadline counts from the end of quiet hours
    ),
    Rule(
        name="document_due",
        kind="document",
        owed_by=frozenset({Happening.NEED_DUE_SOON}),
        state="confirmed",
        due=At("happened_at"),
        useful_until=At("deadline"),
        unsaid_by=frozenset({"change"}),
        reminder=True,
        lacking=True,
    ),
    Rule(
        name="document_running_out",
        kind="document_ending",
        owed_by=frozenset({Happening.DOCUMENT_RUNNING_OUT}),
        state="confirmed",
        due=At("happened_at"),
        useful_until=At("start"),
        unsaid_by=frozenset({"change"}),
        reminder=True,
        ending=True,
    ),
    Rule(
        name="displaced",
        kind="displaced",
        owed_by=frozenset({Happening.DISPLACED}),
        state="confirmed",
        due=At("happened_at"),
        useful_until=At("start"),
        channels=frozenset({Channel.EMAIL}),
        silent_on=frozenset({Channel.SMS}),
        fallback_after=None,
        displacing=True,
        recipient=Recipient.DESK,
    ),
    Rule(
        name="displaced_guest",
        kind="displaced_guest",
        owed_by=frozenset({Happening.DISPLACED}),
        state="confirmed",
        due=At("happened_at"),
        useful_until=At("start"),
        unsaid_by=frozenset({"change"}),
        reminder=True,
        displacing=True,
        off=True,  # guests hear of it when staff have decided, by a move or a cancellation; unless a branch wants more
    ),
    Rule(
        name="preparation",
        kind="preparation",
        owed_by=_STANDS_THEN,
        state="confirmed",
        due=on_day("start", -2),
        useful_until=At("start"),
        channels=frozenset({Channel.EMAIL}),
        silent_on=frozenset({Channel.SMS}),
        fallback_after=None,
        unsaid_by=frozenset({"change"}),
        reminder=True,
        even_late=True,
        modalities=frozenset({PHYSICAL_THERAPY}),
        tells="preparation",
    ),
    Rule(
        name="aftercare",
        kind="aftercare",
        owed_by=frozenset({Happening.COMPLETED}),
        state="completed",  # whoever did not come, or cancelled, has nothing to take care of
        due=on_day("end", 1, clock=time(10)),
        useful_until=on_day("end", 4),
        channels=frozenset({Channel.EMAIL}),
        silent_on=frozenset({Channel.SMS}),
        fallback_after=None,
        reminder=True,
        optional=True,
        tells="aftercare",
    ),
    Rule(
        name="daily_agenda",
        kind="daily_agenda",
        owed_by=_STANDS_THEN,
        state="confirmed",
        # Whose day begins early hears of it sooner.
        due=Earliest(on_day("start", 0, clock=time(7)), before("start", hours=1)),
        useful_until=on_day("start", 1, clock=time()),
        channels=frozenset({Channel.EMAIL}),
        silent_on=frozenset({Channel.SMS}),
        fallback_after=None,
        reminder=True,
        recipient=Recipient.PRACTITIONER,
        of_day=True,
    ),
)

BY_NAME = {rule.name: rule for rule in RULES}
