"""A guest's client: the calls of a booking in the order in which a guest makes them, through HTTP alone."""

import itertools
import random
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

Json = dict[str, Any]

LOOKS = 5
"""How often a guest who wants any time looks at the times before giving up."""

# 01 99 00 is the range that France keeps for fiction; nobody answers there.
_numbers = itertools.cycle(random.sample(range(10_000), 10_000))


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A start that was offered, for one service at one branch."""

    location_id: str
    service_id: str
    start: datetime
    end: datetime
    practitioner_ids: tuple[str, ...]
    duration_minutes: int

    def asked(self, **more: object) -> Json:
        """Return the body that asks for a hold of this slot."""
        return {
            "location_id": self.location_id,
            "service_id": self.service_id,
            "start": self.start.isoformat(),
            "duration_minutes": self.duration_minutes,
            **more,
        }


def a_guest(**more: object) -> Json:
    """Return a guest nobody has seen before, reachable by e-mail and SMS."""
    return {
        "name": "Ana Moreau",
        "email": f"ana.{uuid.uuid4().hex[:12]}@example.com",
        "phone": f"+33 1 99 00 {next(_numbers):04d}",
        **more,
    }


def all_clear(hold: Json) -> Json:
    """Return no to every safety question that the held service asks, if it asks any."""
    asked = hold.get("screening")
    return {"screening": {"version": asked["version"], "all_clear": True}} if asked else {}


def problem(answer: httpx.Response, status: int, code: str) -> Json:
    """Check that `answer` is an RFC 9457 problem with this status and code, and return its body."""
    assert answer.status_code == status, (
        f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text}"
    )
    assert answer.headers["content-type"].split(";")[0] == "application/problem+json"
    body: Json = answer.json()
    assert body["code"] == code, body
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
    return body


def away(readyz: httpx.Response) -> set[str]:
    """Return the names of the parts that an answer of /readyz says are not well, needed or not."""
    return {part["name"] for part in readyz.json()["parts"] if not part["ok"]}


def ok(answer: httpx.Response, status: int = 200) -> Json:
    """Check that `answer` has this status and return its JSON body."""
    assert answer.status_code == status, (
        f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text}"
    )
    body: Json = answer.json() if answer.content else {}
    return body


class Api:
    """The public API at one address; methods that return a Response let the test judge it."""

    def __init__(self, url: str, *, timeout: float = 30.0) -> None:
        self.http = httpx.Client(base_url=url, timeout=timeout, trust_env=False)

    def close(self) -> None:
        self.http.close()

    def is_ready(self) -> bool:
        """Say whether the platform answers that it is ready and misses no service; one that does not answer is not."""
        try:
            answer = self.http.get("/readyz")
        except httpx.TransportError:
            return False
        return answer.status_code == 200 and not any("." not in name for name in away(answer))

    def serves(self) -> bool:
        """Say whether the platform answers that guests can book, as a load balancer asks it."""
        try:
            return self.http.get("/readyz").status_code == 200
        except httpx.TransportError:
            return False

    # What is there to book

    def everything(self, path: str, **query: str) -> list[Json]:
        """Return all items of a list, following its cursors."""
        return list(self._pages(path, query))

    def _pages(self, path: str, query: Mapping[str, str]) -> Iterator[Json]:
        cursor: dict[str, str] = {}
        while True:
            page = ok(self.http.get(path, params={**query, **cursor}))
            yield from page["items"]
            if page["next_cursor"] is None:
                return
            cursor = {"cursor": page["next_cursor"]}

    def location(self, name: str = "Paris") -> Json:
        """Return the branch whose name contains `name`."""
        return next(one for one in self.everything("/v1/locations") if name in one["name"])

    def service(self, name: str = "Swedish") -> Json:
        """Return the service whose name contains `name`."""
        return next(one for one in self.everything("/v1/services") if name.lower() in one["name"].lower())

    def now(self) -> datetime:
        """Return the platform's own time, which the demo's clock may have moved forward."""
        return datetime.fromisoformat(ok(self.http.get("/demo/clock"))["now"]).astimezone(UTC)

    def forward(self, span: timedelta) -> datetime:
        """Move the demo's clock forward and return the platform's new time."""
        ok(self.http.post("/demo/clock", json={"forward_minutes": round(span.total_seconds() / 60)}))
        return self.now()

    def slots(
        self,
        *,
        location: str = "Paris",
        service: str = "Swedish",
        after: timedelta = timedelta(hours=3),
        span: timedelta = timedelta(days=6),
        duration_minutes: int | None = None,
        practitioner_id: str | None = None,
    ) -> list[Slot]:
        """Return the free slots between `after` and `after + span` from the platform's now."""
        place, treatment = self.location(location)["id"], self.service(service)["id"]
        begin = self.now() + after
        query = {
            "location_id": place,
            "service_id": treatment,
            "from": begin.isoformat(),
            "to": (begin + span).isoformat(),
        }
        if duration_minutes is not None:
            query["duration_minutes"] = str(duration_minutes)
        if practitioner_id is not None:
            query["practitioner_id"] = practitioner_id
        answer = ok(self.http.get("/v1/availability", params=query))
        return [
            Slot(
                location_id=place,
                service_id=treatment,
                start=datetime.fromisoformat(one["start"]),
                end=datetime.fromisoformat(one["end"]),
                practitioner_ids=tuple(one["practitioner_ids"]),
                duration_minutes=answer["duration_minutes"],
            )
            for one in answer["slots"]
        ]

    def a_slot(self, **where: Any) -> Slot:
        """Return one free slot, by default at Paris for a Swedish massage a few hours from now."""
        found = self.slots(**where)
        assert found, f"no free slot for {where}"
        return found[0]

    def a_morning(self, **where: Any) -> Slot:
        """Return the first free slot of a Monday to Thursday that lies wholly ahead; `where` as in `slots`.

        On these days so many work that several treatments find a time, one after the other.
        """
        found = self.slots(**where)
        return next(slot for slot in found if slot.start.date() > found[0].start.date() and slot.start.weekday() < 4)

    # A guest's way through

    def hold(self, slot: Slot, *, key: str | None = None, **more: object) -> httpx.Response:
        return self.http.post("/v1/holds", json=slot.asked(**more), headers=_keyed(key))

    def held(self, **where: Any) -> Json:
        """Hold a free slot and return the hold; `where` as in `slots`.

        Looks again as a guest would where the time turns out to be held by someone else: that is offered too while
        Redis is away or slow.
        """
        for _ in range(LOOKS):
            answer = self.hold(self.a_slot(**where))
            if answer.status_code != 409 or answer.json()["code"] != "slot_taken":
                break
        return ok(answer, 201)

    def extend(self, hold: Json) -> httpx.Response:
        return self.http.post(f"/v1/holds/{hold['id']}/extend", headers=_bearer(hold["token"]))

    def release(self, hold: Json) -> httpx.Response:
        return self.http.delete(f"/v1/holds/{hold['id']}", headers=_bearer(hold["token"]))

    def book(self, hold: Json, guest: Json | None = None, *, key: str | None = None, **more: object) -> httpx.Response:
        """Book what is held, with no to every safety question unless `screening` says something else."""
        body = {"hold_id": hold["id"], "hold_token": hold["token"], "guest": guest or a_guest(), **all_clear(hold)}
        return self.http.post("/v1/bookings", json={**body, **more}, headers=_keyed(key))

    def booked(self, slot: Slot | None = None, guest: Json | None = None) -> Json:
        """Hold and book a slot, and return the booking with its manage token."""
        hold = ok(self.hold(slot), 201) if slot else self.held()
        return ok(self.book(hold, guest), 201)

    def booking(self, booking: Json) -> httpx.Response:
        return self.http.get(f"/v1/bookings/{booking['id']}", headers=_bearer(booking["manage_token"]))

    def cancel(self, booking: Json, *, if_match: str | None = None, **body: object) -> httpx.Response:
        headers = _bearer(booking["manage_token"]) | ({"If-Match": if_match} if if_match else {})
        return self.http.post(f"/v1/bookings/{booking['id']}/cancel", json=body, headers=headers)

    def move(self, booking: Json, start: datetime, *, if_match: str | None = None, **body: object) -> httpx.Response:
        headers = _bearer(booking["manage_token"]) | ({"If-Match": if_match} if if_match else {})
        asked = {"start": start.isoformat(), **body}
        return self.http.post(f"/v1/bookings/{booking['id']}/reschedule", json=asked, headers=headers)

    def undo(self, booking: Json) -> httpx.Response:
        return self.http.post(
            f"/v1/bookings/{booking['id']}/undo-cancel", json={}, headers=_bearer(booking["manage_token"])
        )

    def calendar(self, booking: Json) -> httpx.Response:
        return self.http.get(f"/v1/bookings/{booking['id']}/calendar.ics", headers=_bearer(booking["manage_token"]))

    def messages(self) -> list[Json]:
        """Return everything that the demo's e-mail and SMS receivers were given, the oldest first."""
        found: list[Json] = ok(self.http.get("/demo/messages"))["items"]
        return sorted(found, key=lambda message: str(message["received_at"]))


def _keyed(key: str | None) -> dict[str, str]:
    return {} if key is None else {"Idempotency-Key": key}


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
