"""The sessions of a series as a page lists them: those that are proposed, and those that were booked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from gateway.web.languages import Language
from gateway.web.presenters.together import AT_ONCE
from gateway.web.presenters.visit import extras_of_booking


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One session. Without a time it is `day`, when the rhythm wants it, and `near` are the times that come nearest."""

    number: int
    day: str
    clock: str
    service: str
    who: str
    price: str
    state: str
    standing: bool = False
    """Whether the guest comes to it: it may be moved or cancelled."""
    open: bool = False
    """Whether another time may fill it."""
    displaced: bool = False
    """Whether we cannot keep its time, and it is to be moved."""
    near: Sequence[str] = ()
    needs: Sequence[Any] = ()
    extras: str = ""
    """What is had with it."""
    guest: str = ""
    """Who has it, of a visit of several guests."""


def planned(plan: Mapping[str, Any], *, names: Mapping[str, str], today: date, language: Language) -> list[Row]:
    """The sessions of a plan, in order; `names` are those of who may serve, by id."""
    zone = plan["location"]["zone"]
    return [_planned(each, zone, names, today, language) for each in plan["sessions"]]


def _planned(each: Mapping[str, Any], zone: str, names: Mapping[str, str], today: date, language: Language) -> Row:
    slot = each["slot"]
    day, clock = _when(slot["start"] if slot else each["wanted"], zone, today, language)
    return Row(
        number=each["session"],
        day=day,
        clock=clock,
        service=each["service"]["name"],
        who=language.any_of([names[who] for who in slot["practitioner_ids"] if who in names]) if slot else "",
        price=language.price(each["price"]),
        state="planned" if slot else "missing",
        near=[spelt(near["start"], zone, today, language) for near in each["alternatives"]],
    )


def booked(
    series: Mapping[str, Any], *, now: datetime, today: date, language: Language, needs: Mapping[str, Sequence[Any]]
) -> list[Row]:
    """The sessions of a series as they stand now; `needs` are what each booking lacks, by its id."""
    zone, arrangement = series["location"]["zone"], series.get("arrangement")
    rows = [
        _booked(each, _when(_start(each), zone, today, language), now, language, needs) for each in series["sessions"]
    ]
    if arrangement is None:
        return rows
    # A visit has no rhythm that another time could keep: what is moved is moved by itself.
    told = [
        each["booking"]["guest"]["name"] if arrangement == AT_ONCE and each["booking"] else ""
        for each in series["sessions"]
    ]
    return [replace(row, open=False, guest=guest) for row, guest in zip(rows, told, strict=True)]


def _start(each: Mapping[str, Any]) -> str:
    start: str = each["booking"]["start"] if each["booking"] else each["wanted"]
    return start


def _booked(
    each: Mapping[str, Any],
    when: tuple[str, str],
    now: datetime,
    language: Language,
    needs: Mapping[str, Sequence[Any]],
) -> Row:
    booking = each["booking"]
    ahead = datetime.fromisoformat(_start(each)) > now
    return Row(
        number=each["session"],
        day=when[0],
        clock=when[1],
        service=each["service"]["name"],
        who=language.all_of([person["name"] for person in booking["practitioners"]]) if booking else "",
        price=language.price(booking["price"]) if booking else "",
        state=each["state"],
        standing=each["state"] == "confirmed" and ahead,
        open=each["state"] in {"open", "cancelled"} and datetime.fromisoformat(each["wanted"]) > now,
        displaced=ahead and bool(each.get("displaced")),
        needs=needs.get(booking["id"], ()) if booking else (),
        extras=language.all_of(extras_of_booking(booking)) if booking else "",
    )


def total(prices: Sequence[Mapping[str, str]], language: Language) -> str:
    """What they cost together; nothing where they are not all in one currency."""
    if len({each["currency"] for each in prices}) != 1:
        return ""
    amount = sum((Decimal(each["amount"]) for each in prices), Decimal())
    return language.price({"amount": str(amount), "currency": prices[0]["currency"]})


def spelt(at: str, zone: str, today: date, language: Language) -> str:
    """ "Tuesday 1 December, 10:30", by the branch's clock."""
    return ", ".join(_when(at, zone, today, language))


def _when(at: str, zone: str, today: date, language: Language) -> tuple[str, str]:
    local = datetime.fromisoformat(at).astimezone(ZoneInfo(zone))
    return language.full_day(local.date(), near=today), language.clock(local)
