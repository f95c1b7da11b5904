"""A time that is full: two wait, one cancels, the first is offered it, and nobody else can have it meanwhile."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from tests.checker.offers import offers_kept
from tests.checker.overlaps import overlaps
from tests.outside.client import Api, Json, Slot, ok, problem
from tests.outside.front_desk import FrontDesk
from tests.outside.messages import about, kinds, sent_about
from tests.outside.platform import Platform
from tests.outside.until import until
from tests.outside.waiting_guest import WaitingGuest

PAST_THE_UNDO = timedelta(minutes=4)


def _a_full_time(api: Api, *, days: int) -> tuple[Slot, str, Json]:
    slot = api.a_slot(after=timedelta(days=days))
    therapist = slot.practitioner_ids[0]
    return slot, therapist, ok(api.book(ok(api.hold(slot, practitioner_id=therapist), 201)), 201)


def test_a_cancelled_time_is_offered_to_the_first_who_waits_and_accepted(platform: Platform, api: Api) -> None:
    slot, therapist, booking = _a_full_time(api, days=3)
    first = WaitingGuest(api, slot, therapist, phone=None)
    second = WaitingGuest(api, slot, therapist, phone=None)
    for waiting in (first, second):
        sent_about(api, waiting.entry, count=1)  # while they only wait
    ok(api.cancel(booking))
    api.forward(PAST_THE_UNDO)

    offer = first.offered()["offer"]
    assert datetime.fromisoformat(offer["start"]) == slot.start
    assert second.seen()["offer"] is None
    problem(api.hold(slot, practitioner_id=therapist), 409, "slot_taken")
    assert kinds(sent_about(api, first.entry, count=2)) == [("waitlist_joined", "email"), ("waitlist_offer", "email")]
    assert first.link()

    problem(first.accept(), 422, "screening_required")
    made = first.accepted()
    again = first.accepted()
    assert (made["id"], made["start"]) == (again["id"], offer["start"])
    assert made["guest"]["email"] == first.guest["email"]
    assert kinds(sent_about(api, made, count=1)) == [("confirmation", "email")]
    assert first.seen()["booking_id"] == made["id"]
    assert ok(api.booking(made))["state"] == "confirmed"
    assert kinds(about(api, second.entry)) == [("waitlist_joined", "email")]
    assert overlaps(platform.databases["booking"]) == []
    assert offers_kept(platform.databases["booking"]) == []


def test_who_begins_to_wait_has_it_in_writing_with_the_way_out(api: Api) -> None:
    slot, therapist, _ = _a_full_time(api, days=3)
    waiting = WaitingGuest(api, slot, therapist, locale="fr")
    letters = sent_about(api, waiting.entry, count=2)
    assert kinds(letters) == [("waitlist_joined", "email"), ("waitlist_joined", "sms")]
    (mail,) = [each for each in letters if each["channel"] == "email"]
    assert mail["subject"].startswith("Vous êtes sur la liste d’attente")
    assert "Swedish" not in mail["text"]
    link = waiting.link()
    assert all(link in each["text"] for each in letters)
    page = api.http.get(urlsplit(link).path, follow_redirects=True)
    assert (page.status_code, "/leave" in page.text) == (200, True)
    ok(waiting.leave(), 204)


def test_an_offer_that_nobody_answers_goes_to_the_next_and_a_declined_one_at_once(platform: Platform, api: Api) -> None:
    slot, therapist, booking = _a_full_time(api, days=4)
    silent, unsure, last = (WaitingGuest(api, slot, therapist, phone=None) for _ in range(3))
    ok(api.cancel(booking))
    api.forward(PAST_THE_UNDO)
    deadline = datetime.fromisoformat(silent.offered()["offer"]["deadline"])
    api.forward(deadline - api.now() + timedelta(minutes=1))
    refusal = problem(silent.accept(), 409, "offer_expired")
    assert "alternatives" in refusal

    unsure.offered()
    assert ok(unsure.decline())["state"] == "waiting"
    made = last.offered() and last.accepted()
    assert datetime.fromisoformat(made["start"]) == slot.start
    problem(unsure.accept(), 409, "offer_expired")
    ok(unsure.leave(), 204)
    assert overlaps(platform.databases["booking"]) == []
    assert offers_kept(platform.databases["booking"]) == []


def test_staff_see_who_waits_and_what_was_looked_for_in_vain(platform: Platform, api: Api) -> None:
    slot, therapist, _ = _a_full_time(api, days=5)
    waiting = WaitingGuest(api, slot, therapist)
    desk = FrontDesk(platform)
    items: list[Json] = []
    cursor: dict[str, str] = {}
    while True:
        page = ok(desk.http.get("/v1/admin/waitlist", params={"state": "waiting", "limit": "2", **cursor}))
        items += page["items"]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    [mine] = [one for one in items if one["id"] == waiting.entry["id"]]
    assert mine["guest"]["email"] == waiting.guest["email"]
    problem(api.http.get("/v1/admin/waitlist"), 401, "token_required")

    hour = api.now().replace(minute=0, second=0, microsecond=0)
    asked = {"from": hour.isoformat(), "to": (hour + timedelta(hours=2)).isoformat(), "location_id": slot.location_id}

    def counted() -> int:
        found = ok(desk.http.get("/v1/admin/reports/unmet-demand", params=asked))["items"]
        return sum(one["entries"] for one in found if one["service_id"] == slot.service_id)

    assert until(counted, within=10, expecting="an entry counted", enough=lambda count: count >= 1)
    desk.http.close()


def test_bad_wishes_are_refused(api: Api) -> None:
    slot = api.a_slot(after=timedelta(days=6))
    therapist = slot.practitioner_ids[0]
    asked = {
        "service_id": slot.service_id,
        "location_id": slot.location_id,
        "from": (api.now() - timedelta(days=2)).isoformat(),
        "to": (api.now() - timedelta(days=1)).isoformat(),
        "guest": {"name": "Ana", "email": "bad.wishes@example.com"},
    }
    problem(api.http.post("/v1/waitlist", json=asked), 422, "in_the_past")
    unknown = {**asked, "to": slot.end.isoformat(), "service_id": slot.location_id}
    problem(api.http.post("/v1/waitlist", json=unknown), 404, "unknown_service")
    three = [WaitingGuest(api, slot, therapist, email="three.times@example.com", phone=None) for _ in range(3)]
    fourth = {**asked, "to": slot.end.isoformat(), "guest": {"name": "Ana", "email": "Three.Times@example.com"}}
    problem(api.http.post("/v1/waitlist", json=fourth), 409, "waits_enough")
    ok(three[0].leave(), 204)
    ok(api.http.post("/v1/waitlist", json=fourth), 201)


def test_a_party_waits_as_one_and_the_offer_asks_everyone(platform: Platform, api: Api) -> None:
    couples, paris = api.service("Couples"), api.location("Paris")
    slot = api.a_slot(service="Couples", after=timedelta(days=8))
    guests = [{"duration_minutes": 60}, {"duration_minutes": 90}]
    asked = {
        "service_id": couples["id"],
        "location_id": paris["id"],
        "from": slot.start.isoformat(),
        "to": (slot.start + timedelta(days=3)).isoformat(),
        "guests": guests,
        "guest": {"name": "Ana Moreau", "email": "party.waits@example.com"},
    }
    assert problem(api.http.post("/v1/waitlist", json=asked), 422, "party_size")["guests"] == 2
    crowd = [{"name": "Luc Moreau"}] * 50
    problem(api.http.post("/v1/waitlist", json=asked | {"companions": crowd}), 422, "party_size")
    nameless = {"companions": [{"name": " "}]}
    problem(api.http.post("/v1/waitlist", json=asked | nameless), 422, "invalid_request")
    luc = {"companions": [{"name": "Luc Moreau"}]}
    unknown = {"guests": [{"add_on_ids": ["mud"]}, {}]}
    problem(api.http.post("/v1/waitlist", json=asked | luc | unknown), 422, "add_on_not_offered")
    entry = ok(api.http.post("/v1/waitlist", json=asked | luc), 201)
    assert [(one["name"], one["duration_minutes"]) for one in entry["guests"]] == [
        ("Ana Moreau", 60),
        ("Luc Moreau", 90),
    ]
    mine, at = {"Authorization": f"Bearer {entry['token']}"}, f"/v1/waitlist/{entry['id']}"

    def seen() -> Json:
        return ok(api.http.get(at, headers=mine))

    offered = until(seen, within=30, expecting="an offer for two", enough=lambda entry: entry["offer"] is not None)
    assert len(offered["offer"]["practitioners"]) == 2
    wanted = {name: asked[name] for name in ("service_id", "location_id", "guests")}
    wanted["start"] = offered["offer"]["start"]
    by_them = [
        {**each, "practitioner_id": one["practitioner"]["id"]}
        for each, one in zip(guests, offered["guests"], strict=True)
    ]
    problem(api.http.post("/v1/holds", json={**wanted, "guests": by_them}), 409, "slot_taken")

    clear = {"screening": {"version": offered["screening"]["version"], "all_clear": True}}
    problem(api.http.post(f"{at}/accept", json=clear, headers=mine), 422, "party_size")
    half = problem(
        api.http.post(f"{at}/accept", json=clear | {"guests": [{}]}, headers=mine), 422, "screening_required"
    )
    assert half["guest"] == 2
    both = clear | {"guests": [clear]}
    made = ok(api.http.post(f"{at}/accept", json=both, headers=mine), 201)
    assert ok(api.http.post(f"{at}/accept", json=both, headers=mine), 201)["id"] == made["id"]
    assert [one["name"] for one in made["guests"]] == ["Ana Moreau", "Luc Moreau"]
    assert kinds(sent_about(api, made, count=1)) == [("confirmation", "email")]
    assert overlaps(platform.databases["booking"]) == []
    assert offers_kept(platform.databases["booking"]) == []
