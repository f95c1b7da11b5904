"""The comparison and the guide: one question to the catalog service, kept nowhere."""

import json
from typing import Any

import httpx
import pytest
from gateway.openapi.examples import ANSWERS
from gateway.schemas.guide import Advice, Comparison, GuideQuestions
from gateway_fakes import PARIS, FakeBus
from messaging.bus import BrokerAway, DeadlinePassed, RemoteFault

ASKED: dict[str, Any] = {"location_id": PARIS, "red_flags": ["no_red_flags"], "needs": ["stress"], "conditions": []}
INNER = {"an_inner_fact": "for the services alone"}


@pytest.fixture(autouse=True)
def answering(bus: FakeBus) -> FakeBus:
    """A catalog service that answers."""
    bus.answers |= {
        "catalog.comparison": {"ok": {**ANSWERS[Comparison], **INNER}},
        "catalog.guide_questions": {"ok": {**ANSWERS[GuideQuestions], **INNER}},
        "catalog.guide": {"ok": {**ANSWERS[Advice], **INNER}},
    }
    return bus


async def test_advice_is_handed_on_and_nothing_inner_with_it(api: httpx.AsyncClient, bus: FakeBus) -> None:
    answer = await api.post("/v1/guide", json=ASKED)
    assert answer.status_code == 200
    assert answer.json() == ANSWERS[Advice]
    [call] = bus.calls
    assert (call.service, call.method) == ("catalog", "guide")
    given = {name: ASKED[name] for name in ("red_flags", "needs", "conditions")}
    assert call.kwargs == {"location_id": PARIS, "given": given, "languages": []}


async def test_no_answer_about_health_may_be_kept_by_anything_between(api: httpx.AsyncClient) -> None:
    answer = await api.post("/v1/guide", json=ASKED)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-language"] == "en"
    assert answer.headers["vary"] == "Accept-Language"


@pytest.mark.parametrize(
    ("query", "header", "languages"),
    [
        ({}, "fr-CA, es;q=0.5, en;q=0.8", ["fr-CA", "en", "es"]),
        ({"language": "es"}, "fr", ["es"]),
        ({}, "de;q=0, fr;q=x, *, en", ["en"]),
        ({}, "", []),
    ],
)
async def test_the_language_is_asked_for_by_address_or_header(
    api: httpx.AsyncClient, bus: FakeBus, query: dict[str, str], header: str, languages: list[str]
) -> None:
    for path in ("/v1/comparison", "/v1/guide"):
        answer = await api.get(path, params=query, headers={"Accept-Language": header})
        assert answer.status_code == 200
        assert bus.calls[-1].kwargs == {"languages": languages}


async def test_a_language_that_is_none_is_refused(api: httpx.AsyncClient) -> None:
    answer = await api.get("/v1/comparison", params={"language": "no language"})
    assert (answer.status_code, answer.json()["fields"][0]["field"]) == (422, "language")


async def test_contradictory_answers_are_named(api: httpx.AsyncClient, bus: FakeBus) -> None:
    wrong = [{"field": "conditions", "problem": "cannot all be true: no_conditions, pacemaker"}]
    bus.refuse("catalog.guide", "contradictory_answers", fields=wrong)
    told = (await api.post("/v1/guide", json=ASKED)).json()
    assert (told["status"], told["code"]) == (422, "contradictory_answers")
    assert told["fields"][0]["pointer"] == "#/conditions"


async def test_an_unknown_answer_is_pointed_at(api: httpx.AsyncClient, bus: FakeBus) -> None:
    bus.refuse("catalog.guide", "invalid_request", fields=[{"field": "needs[1]", "problem": "is not an answer"}])
    told = (await api.post("/v1/guide", json=ASKED)).json()
    assert (told["code"], told["fields"][0]["pointer"]) == ("invalid_request", "#/needs/1")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"location_id": "here"}, "location_id"),
        ({"needs": "stress"}, "needs"),
        ({"needs": ["<script>"]}, "needs.0"),
        ({"needs": [None]}, "needs.0"),
        ({"conditions": ["pregnancy"] * 41}, "conditions"),
        ({"red_flags": None}, "red_flags"),
        ({"diagnosis": "arthritis"}, "diagnosis"),
    ],
)
async def test_a_malformed_answer_is_refused_at_its_place(
    api: httpx.AsyncClient, bus: FakeBus, changed: dict[str, Any], field: str
) -> None:
    answer = await api.post("/v1/guide", json={**ASKED, **changed})
    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["fields"]] == [field]
    assert "script" not in answer.text
    assert not bus.calls


@pytest.mark.parametrize("fault", [BrokerAway("rabbitmq"), DeadlinePassed("catalog.guide"), RemoteFault("KeyError")])
async def test_without_the_catalog_service_the_guide_says_so(
    api: httpx.AsyncClient, bus: FakeBus, fault: Exception
) -> None:
    bus.answers["catalog.guide"] = fault
    answer = await api.post("/v1/guide", json=ASKED)
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")


async def test_no_answer_reaches_the_log(
    api: httpx.AsyncClient, bus: FakeBus, capfd: pytest.CaptureFixture[str]
) -> None:
    await api.post("/v1/guide", json={**ASKED, "conditions": ["severe_osteoporosis"]})
    bus.refuse("catalog.guide", "contradictory_answers", fields=[{"field": "conditions", "problem": "pacemaker"}])
    await api.post("/v1/guide", json={**ASKED, "conditions": ["pacemaker", "no_conditions"]})
    bus.answers["catalog.guide"] = RemoteFault("KeyError")
    await api.post("/v1/guide", json={**ASKED, "conditions": ["pregnancy"]})
    logged = json.dumps(capfd.readouterr())
    assert not any(word in logged for word in ("osteoporosis", "pacemaker", "pregnancy", "stress"))
