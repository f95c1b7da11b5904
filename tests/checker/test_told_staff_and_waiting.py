"""What practitioners, desks and those who wait are owed, and which messages contradict it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from tests.checker.account import Account, Finding, Message
from tests.checker.told_staff import Booked, Whose, address_of, agendas_told, days_of, desks_told
from tests.checker.told_waiting import Entry, judged

NOON = datetime(2030, 1, 7, 11, tzinfo=UTC)  # in Paris, in winter
T = NOON.timestamp()
ACCOUNT = Account()
BOOKED = Booked(
    id="b",
    location_id="paris",
    practitioner_ids=("ana",),
    start=NOON + timedelta(hours=3),
    zone="Europe/Paris",
    made_at=NOON - timedelta(days=2),
    cancelled_at=None,
    state="confirmed",
    revision=1,
    displaced=False,
)
WHOSE = Whose("ana", "paris", NOON.date())


def message(rule: str, about: str, *, hours: float = -1.0, to: str = "", channel: str = "email") -> Message:
    return Message(booking_id=about, revision=1, rule=rule, channel=channel, at=T + hours * 3600, to=to)


def kinds(findings: object) -> list[str]:
    return sorted(each.kind for each in findings if isinstance(each, Finding))  # type: ignore[attr-defined]


def agendas(*booked: Booked, arrived: tuple[Message, ...] = (), state: str = "sent", now: float = T) -> list[str]:
    known = {"d": (WHOSE, state), "d2": (WHOSE, "sent")}
    return kinds(agendas_told(ACCOUNT, days_of(booked), known, arrived, now=now))


def agenda(hours: float = -1.0, about: str = "d", to: str = "ana") -> Message:
    return message("daily_agenda", about, hours=hours, to=address_of(to))


def test_a_day_with_an_appointment_is_told_once_by_noon() -> None:
    assert agendas(BOOKED, arrived=(agenda(),)) == []
    assert agendas(BOOKED) == ["lost"]
    assert agendas(BOOKED, state="uncertain") == []
    assert agendas(BOOKED, arrived=(agenda(), agenda(about="d2"))) == ["doubled"]
    assert agendas(BOOKED, arrived=(agenda(to="bea"),)) == ["ghost"]
    assert agendas(arrived=(agenda(),)) == ["ghost"]


def test_nothing_is_concluded_of_what_was_booked_late_or_changed_or_is_over() -> None:
    assert agendas(replace(BOOKED, made_at=NOON - timedelta(hours=4))) == []
    assert agendas(replace(BOOKED, revision=3)) == []
    assert agendas(replace(BOOKED, state="cancelled", cancelled_at=NOON)) == []
    assert agendas(BOOKED, now=T + 86_400) == []
    assert agendas(BOOKED, now=T - 6 * 3600) == [], "before seven"


def test_an_agenda_is_stale_before_its_hour_and_after_its_day_and_when_nothing_stands() -> None:
    assert agendas(BOOKED, arrived=(agenda(hours=-6),)) == ["stale"]
    assert agendas(BOOKED, arrived=(agenda(hours=13),)) == ["stale"]
    gone = replace(BOOKED, state="cancelled", cancelled_at=NOON - timedelta(hours=3))
    assert agendas(gone, arrived=(agenda(),)) == ["stale"]
    early = replace(BOOKED, start=NOON - timedelta(hours=6))  # six in the morning: told at five
    assert agendas(early, arrived=(agenda(hours=-7),)) == []


def desks(booked: Booked, *arrived: Message, told: bool = True, state: str = "sent") -> list[str]:
    events = [("b", 1)] if told else []
    return kinds(desks_told(ACCOUNT, [booked], events, {("b", 1): state}, arrived, now=T))


def test_a_desk_is_told_of_each_displaced_booking_and_of_no_other() -> None:
    displaced, mail = replace(BOOKED, displaced=True), message("displaced", "b", to=address_of("paris"))
    assert desks(displaced, mail) == []
    assert desks(displaced) == ["lost"]
    assert desks(displaced, state="uncertain") == []
    assert desks(replace(displaced, displaced=False)) == [], "it fits again"
    assert desks(displaced, mail, told=False) == ["ghost"]
    assert desks(displaced, replace(mail, to=address_of("lyon"))) == ["ghost"]
    gone = replace(displaced, state="cancelled", cancelled_at=NOON - timedelta(hours=2))
    assert desks(gone, mail) == ["stale"]


WAITS = Entry(id="w", state="waiting", made_at=NOON - timedelta(hours=1), ended_at=None, offers=0, contacts=2)
MAIL, TEXT = (message("waitlist_joined", "w", channel=channel) for channel in ("email", "sms"))


def waits(entry: Entry | None, *arrived: Message, events: int = 1, acknowledged: bool = True) -> list[str]:
    account = Account(waits={"w": T - 3600} if acknowledged else {})
    entries = [entry] if entry else []
    return kinds(judged(account, entries, {"w": events}, set(), arrived, now=T))


def test_who_waits_has_it_on_both_channels_and_not_after_they_left() -> None:
    assert waits(WAITS, MAIL, TEXT) == []
    assert waits(WAITS, TEXT) == ["lost"]
    assert waits(WAITS, MAIL, TEXT, events=2) == ["doubled"]
    assert waits(WAITS, MAIL, TEXT, events=0) == ["lost"]
    assert waits(None) == ["lost"]
    assert waits(None, MAIL, events=0, acknowledged=False) == ["ghost"]
    left = replace(WAITS, state="withdrawn", ended_at=NOON - timedelta(minutes=70))
    assert waits(left) == []
    assert waits(left, MAIL) == ["stale"]
    assert waits(replace(WAITS, offers=1)) == [], "an offer says more"


def test_a_receipt_that_was_on_its_way_when_they_left_is_not_stale_though_the_clock_jumped() -> None:
    left = replace(WAITS, state="withdrawn", ended_at=NOON)
    for seconds, expected in ((10, []), (60, ["stale"])):
        account = Account(waits={"w": T - 3600}, jumps=[(T + 2, 6 * 3600.0)])
        mail = replace(MAIL, at=T + seconds)
        assert kinds(judged(account, [left], {"w": 1}, set(), [mail], now=T + 120)) == expected
