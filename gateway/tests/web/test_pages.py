import json
from pathlib import Path

import httpx
import pytest
from gateway.web.assets import Assets
from gateway.web.presenters.house import house_of
from starlette.applications import Starlette

from gateway.web import assets, languages


def _built(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "page-abc.js").write_text("let a = 1")
    (folder / "manifest.json").write_text(json.dumps({"page.js": "page-abc.js"}))


async def test_without_a_build_the_page_is_plain_but_whole(
    browser: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(assets.ASSETS, "_folder", tmp_path / "none")
    page = await browser.get("/")
    assert page.status_code == 200
    assert "<script" not in page.text
    assert "<link" not in page.text
    assert (await browser.get("/static/page-abc.js")).status_code == 404


async def test_built_files_are_kept_for_ever_and_packed_where_the_client_unpacks(
    browser: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _built(tmp_path)
    (tmp_path / "page-abc.js.gz").write_bytes(b"packed")
    monkeypatch.setattr(assets.ASSETS, "_folder", tmp_path)
    assert 'src="/static/page-abc.js"' in (await browser.get("/")).text
    plain = await browser.get("/static/page-abc.js", headers={"Accept-Encoding": "identity"})
    assert plain.text == "let a = 1"
    assert "immutable" in plain.headers["cache-control"]
    async with browser.stream("GET", "/static/page-abc.js", headers={"Accept-Encoding": "gzip"}) as packed:
        assert packed.headers["content-encoding"] == "gzip"
        assert b"".join([chunk async for chunk in packed.aiter_raw()]) == b"packed"


async def test_only_what_the_manifest_names_is_served(
    browser: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _built(tmp_path)
    (tmp_path / "secret.txt").write_text("no")
    monkeypatch.setattr(assets.ASSETS, "_folder", tmp_path)
    for name in ("secret.txt", "manifest.json", "..%2Fsecret.txt"):
        assert (await browser.get(f"/static/{name}")).status_code == 404


def test_a_new_build_is_seen_without_a_restart(tmp_path: Path) -> None:
    found = Assets(tmp_path)
    assert found.address("page.js") is None
    _built(tmp_path)
    assert found.address("page.js") == "/static/page-abc.js"


def test_a_broken_manifest_counts_as_no_build(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text("{")
    assert Assets(tmp_path).address("page.js") is None


@pytest.mark.parametrize("asked", ["", "en-US,en;q=0.9", "xx", "*", "fr;q=abc", "de;q=0", "-" * 3000, "zh_Hant-TW"])
def test_whatever_the_browser_asks_for_the_page_has_a_language(asked: str) -> None:
    assert languages.preferred(asked).tag in languages.tags()


def test_prices_have_cents_only_where_there_are_some() -> None:
    english = languages.read("en")
    assert english.price({"amount": "95.00", "currency": "EUR"}) == "€95"
    assert english.price({"amount": "47.50", "currency": "EUR"}) == "€47.50"
    assert english.price({"amount": "1110.00", "currency": "CAD"}) == "CA$1,110"


def test_names_are_listed_as_people_say_them() -> None:
    english = languages.read("en")
    assert english.any_of(["Ana", "Bruno", "Chloé"]) == "Ana, Bruno or Chloé"
    assert english.all_of(["Ana", "Bruno"]) == "Ana and Bruno"
    assert english.all_of([]) == ""


def test_the_house_is_called_what_its_branches_share() -> None:
    assert house_of([{"name": "La Belle Paris"}, {"name": "La Belle Montréal"}]).name == "La Belle"
    assert house_of([{"name": "La Belle"}]).name == "La Belle"
    assert house_of([{"name": "North"}, {"name": "South"}]).name is None
    assert house_of([]).name is None


async def test_a_fault_before_anything_is_loaded_is_still_a_page(app: Starlette, browser: httpx.AsyncClient) -> None:
    app.state.slotwell.catalog.loaded = False
    page = await browser.get("/")
    assert page.status_code == 503
    assert "Your bookings are safe" in page.text
