"""Two guests at once: through the API, and on the page with nothing but links and forms."""

from datetime import datetime, timedelta

from tests.outside.calendar_file import entry
from tests.outside.client import Api, ok, problem
from tests.outside.messages import about, rule_of
from tests.outside.until import until


def test_a_couple_is_found_held_booked_and_one_of_them_comes_alone(api: Api) -> None:
    couples, paris = api.service("Couples"), api.location("Paris")
    day = api.a_slot(after=timedelta(days=3)).start
    asked = {
        "service_id": couples["id"],
        "location_id": paris["id"],
        "from": day.isoformat(),
        "to": (day + timedelta(days=3)).isoformat(),
        "guests": [{"duration_minutes": 60}, {"duration_minutes": 90}],
    }
    found = ok(api.http.post("/v1/availability/search", json=asked), 200)
    slot = found["slots"][0]
    assert [guest["duration_minutes"] for guest in found["guests"]] == [60, 90]
    assert all(guest["practitioner_ids"] for guest in slot["guests"])

    who = slot["guests"][0]["practitioner_ids"][0]
    wanted = {name: asked[name] for name in ("service_id", "location_id")} | {"start": slot["start"]}
    twice = [{"practitioner_id": who}, {"practitioner_id": who}]
    problem(api.http.post("/v1/holds", json=wanted | {"guests": twice}), 422, "practitioner_twice")
    assert problem(api.http.post("/v1/holds", json=wanted | {"guests": []}), 422, "party_size")["guests"] == 2
    problem(api.http.post("/v1/holds", json=wanted | {"guests": [{}] * 50}), 422, "party_size")
    unknown = [{"add_on_ids": ["mud"]}, {}]
    problem(api.http.post("/v1/holds", json=wanted | {"guests": unknown}), 422, "add_on_not_offered")

    guests = [{"duration_minutes": 60, "practitioner_id": who}, {"duration_minutes": 90}]
    hold = ok(api.http.post("/v1/holds", json=wanted | {"guests": guests}), 201)
    assert hold["guests"][0]["practitioner"]["id"] == who
    assert len({guest["practitioner"]["id"] for guest in hold["guests"]}) == 2
    clear = {"version": hold["screening"]["version"], "all_clear": True}
    body = {
        "hold_id": hold["id"],
        "hold_token": hold["token"],
        "guest": {"name": "Ana Moreau", "email": "ana@example.com"},
        "screening": clear,
    }
    assert problem(api.http.post("/v1/bookings", json=body), 422, "party_size")["guests"] == 2
    luc = {"name": "Luc Moreau"}
    half = problem(api.http.post("/v1/bookings", json=body | {"guests": [luc]}), 422, "screening_required")
    assert half["guest"] == 2
    made = ok(api.http.post("/v1/bookings", json=body | {"guests": [luc | {"screening": clear}]}), 201)
    assert [guest["name"] for guest in made["guests"]] == ["Ana Moreau", "Luc Moreau"]

    mine = {"Authorization": f"Bearer {made['manage_token']}"}
    at = f"/v1/bookings/{made['id']}"
    kept = ok(api.http.post(f"{at}/cancel-guest", json={"guest": 2, "then": "keep_place"}, headers=mine), 200)
    assert kept["guests"][1]["state"] == "kept_free"
    nora = {"guest": 2, "who": {"name": "Nora Petit", "screening": clear}}
    named = ok(api.http.post(f"{at}/name-guest", json=nora, headers=mine), 200)
    assert named["guests"][1]["name"] == "Nora Petit"
    alone = ok(api.http.post(f"{at}/cancel-guest", json={"guest": 2, "then": "single"}, headers=mine), 200)
    assert alone["service"]["name"] == "Swedish massage"
    assert [each["id"] for each in alone["practitioners"]] == [who]
    assert alone["start"] == made["start"]
    assert alone["revision"] == made["revision"] + 3
    # Of changes that follow each other at once, the last is told.
    files = until(
        lambda: [
            entry(part["text"])
            for one in about(api, alone)
            if rule_of(one) == "party_change"
            for part in one["attachments"]
        ],
        within=30,
        expecting="to be told how the booking stands now",
        enough=lambda found: any(file.sequence == alone["revision"] for file in found),
    )
    assert files[-1].begin == datetime.fromisoformat(made["start"])
