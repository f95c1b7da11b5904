"""Branches, services and practitioners, as clients see them."""

from typing import Any

import httpx
import pytest
from gateway.application.catalog_copy import CatalogCopy
from gateway_fakes import ANA, DEEP_TISSUE, EVALUATION, MONTREAL, PARIS, SOFIA, SWEDISH, FakeBus, MemoryStore


async def names(api: httpx.AsyncClient, path: str, **query: Any) -> list[str]:
    answer = await api.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return [item["name"] for item in answer.json()["items"]]


async def test_branches_are_listed_by_name(api: httpx.AsyncClient) -> None:
    assert await names(api, "/v1/locations") == ["La Belle Montréal", "La Belle Paris"]


async def test_branches_can_be_asked_for_by_what_they_offer(api: httpx.AsyncClient) -> None:
    assert await names(api, "/v1/locations", modality="physical_therapy") == ["La Belle Paris"]


async def test_what_is_booked_most_easily_is_listed_first(api: httpx.AsyncClient) -> None:
    assert await names(api, "/v1/services") == ["Swedish massage", "Deep tissue massage", "Evaluation"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"modality": "physical_therapy"}, ["Evaluation"]),
        ({"location_id": MONTREAL}, ["Swedish massage", "Deep tissue massage"]),
        ({"location_id": MONTREAL, "modality": "physical_therapy"}, []),
        ({"location_id": PARIS.upper()}, ["Swedish massage", "Deep tissue massage", "Evaluation"]),
    ],
)
async def test_services_can_be_asked_for_by_branch_and_modality(
    api: httpx.AsyncClient, query: dict[str, str], found: list[str]
) -> None:
    names_found = await names(api, "/v1/services", **query)
    assert set(names_found) == set(found)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["Ana Moreau", "Sofia Ribeiro"]),
        ({"service_id": DEEP_TISSUE}, ["Ana Moreau"]),
        ({"service_id": EVALUATION}, ["Sofia Ribeiro"]),
        ({"modality": "massage"}, ["Ana Moreau"]),
        ({"location_id": MONTREAL}, []),
        ({"location_id": PARIS, "service_id": SWEDISH}, ["Ana Moreau"]),
    ],
)
async def test_practitioners_can_be_asked_for_by_branch_service_and_modality(
    api: httpx.AsyncClient, query: dict[str, str], found: list[str]
) -> None:
    assert await names(api, "/v1/practitioners", **query) == found


async def test_a_licence_number_is_shown_to_nobody(api: httpx.AsyncClient) -> None:
    answer = await api.get("/v1/practitioners")
    assert "75-123456" not in answer.text
    assert {item["id"] for item in answer.json()["items"]} == {ANA, SOFIA}


async def test_one_service_is_shown_with_its_offers_and_questions(api: httpx.AsyncClient) -> None:
    shown = (await api.get(f"/v1/services/{DEEP_TISSUE}")).json()
    assert shown["offers"][0]["durations"][0] == {"minutes": 60, "price": {"amount": "95.00", "currency": "EUR"}}
    assert shown["screening"]["questions"]
    assert "requirements" not in shown


async def test_a_list_is_read_page_by_page_and_nothing_is_missed_or_repeated(api: httpx.AsyncClient) -> None:
    seen: list[str] = []
    cursor: str | None = None
    while True:
        query = {"limit": "1"} | ({"cursor": cursor} if cursor else {})
        page = (await api.get("/v1/services", params=query)).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == [SWEDISH, DEEP_TISSUE, EVALUATION]


async def test_the_catalog_is_answered_without_asking_anyone(api: httpx.AsyncClient, bus: FakeBus) -> None:
    bus.connected = False
    assert (await api.get("/v1/services")).status_code == 200


class TestBeforeTheFirstCatalog:
    @pytest.fixture
    async def catalog(self) -> CatalogCopy:
        return CatalogCopy(MemoryStore())

    async def test_the_answer_is_not_ready_rather_than_an_empty_list(self, api: httpx.AsyncClient) -> None:
        answer = await api.get("/v1/services")
        assert (answer.status_code, answer.json()["code"]) == (503, "not_ready")
        assert int(answer.headers["retry-after"]) >= 1

    async def test_a_head_request_has_the_headers_alone(self, api: httpx.AsyncClient) -> None:
        assert (await api.head("/v1/services")).status_code == 503


async def test_texts_come_in_the_language_asked_for_and_what_is_not_translated_is_named(api: httpx.AsyncClient) -> None:
    french = (await api.get(f"/v1/services/{DEEP_TISSUE}", params={"language": "fr"})).json()
    assert (french["name"], french["summary"]) == (
        "Massage en profondeur",
        "Slow, firm strokes that reach tight muscles.",
    )
    assert (french["language"], french["own_language"]) == ("fr", "en")
    assert french["untranslated"] == ["summary"]
    plain = (await api.get(f"/v1/services/{DEEP_TISSUE}")).json()
    assert (plain["name"], plain["language"], plain["untranslated"]) == ("Deep tissue massage", "en", [])
    listed = (await api.get("/v1/services", params={"language": "fr"})).json()["items"]
    assert "Massage en profondeur" in {item["name"] for item in listed}


async def test_a_language_that_nobody_writes_is_answered_in_the_clinics_own(api: httpx.AsyncClient) -> None:
    answer = (await api.get(f"/v1/services/{DEEP_TISSUE}", params={"language": "de"})).json()
    assert (answer["name"], answer["untranslated"]) == ("Deep tissue massage", ["name", "summary"])
    refused = await api.get("/v1/services", params={"language": "Deutsch"})
    assert refused.status_code == 422


async def test_a_branch_tells_where_to_go_for_what_is_not_done_there(api: httpx.AsyncClient) -> None:
    locations = (await api.get("/v1/locations")).json()["items"]
    paris = next(one for one in locations if one["id"] == PARIS)
    assert [clinic["name"] for clinic in paris["outside_clinics"]] == ["Cabinet Bastille"]
    assert "booking_rules" not in paris
