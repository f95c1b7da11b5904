"""A guest who does not know what they need: with a mouse, by keyboard on a phone, without script, and in danger."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.outside.platform import Platform
from tests.page.seeing import DESKTOP, PHONE, Visit, keep, look, press

SIZES = {"desktop": DESKTOP, "phone": PHONE}


def begin(page: Page, calm: Platform, branch: str = "Paris") -> None:
    page.goto(f"{calm.url}/guide")
    page.get_by_role("link", name=re.compile(f"La Belle {branch}")).click()
    expect(page.get_by_role("heading", name="First, your safety")).to_be_visible()


def answer(page: Page, *choices: str, then: str = "Continue") -> None:
    for choice in choices:
        page.get_by_text(choice, exact=True).click()
    page.get_by_role("button", name=then, exact=True).click()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_from_the_first_screen_to_free_times(calm: Platform, visit: Visit, size: str, scheme: str) -> None:
    page, kind = visit(viewport=SIZES[size], color_scheme=scheme), f"guide-{size}-{scheme}"
    page.goto(calm.url)
    look(page, f"{kind}-0-first")
    page.get_by_role("link", name="Let us help you choose").click()
    look(page, f"{kind}-1-where")
    page.get_by_role("link", name=re.compile("La Belle Paris")).click()
    look(page, f"{kind}-2-danger")
    answer(page, then="None of these")
    expect(page.get_by_role("heading", name="What brings you here?")).to_be_visible()
    answer(page)
    expect(page.get_by_role("alert")).to_be_visible()
    look(page, f"{kind}-3-needs")
    answer(page, "Sore, tight muscles", "Pain that stays or keeps coming back")
    answer(page, then="No")
    look(page, f"{kind}-4-conditions")
    answer(page, "I take blood thinners")
    expect(page.get_by_role("heading", name="A massage would suit you")).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("See free times.*Deep tissue"))).to_have_count(0)
    look(page, f"{kind}-5-advice")
    assert page.url == f"{calm.url}/guide"
    page.get_by_role("link", name=re.compile("See free times.*Swedish massage")).click()
    expect(page.locator("button[name=slot]").first).to_be_visible()
    assert "blood" not in page.url


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_danger_both_trades_and_the_comparison_look_right(calm: Platform, visit: Visit, size: str, scheme: str) -> None:
    page, kind = visit(viewport=SIZES[size], color_scheme=scheme), f"guide-{size}-{scheme}"
    begin(page, calm)
    answer(page, "Chest pain")
    expect(page.get_by_role("link", name="Call 112")).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("free times"))).to_have_count(0)
    look(page, f"{kind}-6-emergency")
    begin(page, calm, "Montréal")
    answer(page, then="None of these")
    answer(page, "Stress", "Recovery after surgery")
    answer(page, then="None of these")
    expect(page.get_by_role("heading", name="Physical therapy, and not here")).to_be_visible()
    expect(page.get_by_text("Physio Laurier", exact=True)).to_be_visible()
    look(page, f"{kind}-7-both-not-here")
    page.goto(f"{calm.url}/compare")
    look(page, f"{kind}-8-compare")


def test_by_keyboard_alone_there_and_back(calm: Platform, visit: Visit) -> None:
    page = visit(viewport=PHONE)
    page.goto(f"{calm.url}/guide")
    press(page, page.get_by_role("link", name=re.compile("La Belle Paris")))
    press(page, page.get_by_role("button", name="None of these"))
    press(page, page.get_by_role("checkbox", name="I am not sure"), key="Space")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=re.compile("Is any of these true"))).to_be_visible()
    press(page, page.get_by_role("button", name="Back"))
    expect(page.get_by_role("checkbox", name="I am not sure")).to_be_checked()
    press(page, page.get_by_role("button", name="Continue"))
    press(page, page.get_by_role("checkbox", name="I am pregnant"), key="Space")
    press(page, page.get_by_role("button", name="Continue"))
    press(page, page.get_by_role("radio", name="Up to week 13"), key="Space")
    look(page, "guide-keyboard-radio")
    press(page, page.get_by_role("button", name="Continue"))
    press(page, page.get_by_role("radio", name="Yes"), key="ArrowDown")  # Tab stops at a group once
    press(page, page.get_by_role("button", name="Continue"))
    expect(page.get_by_role("heading", name="Let us find out together")).to_be_visible()
    look(page, "guide-keyboard-unsure")
    press(page, page.get_by_role("button", name="Change my answers"))
    expect(page.get_by_role("radio", name="No")).to_be_checked()


def test_without_script(calm: Platform, visit: Visit) -> None:
    page = visit(script=False)
    page.goto(calm.url)
    page.get_by_role("link", name="Let us help you choose").click()
    page.get_by_role("link", name=re.compile("La Belle Paris")).click()
    answer(page, then="None of these")
    answer(page, "An injury: a sprain, a fracture that was treated, sport")
    answer(page, "A pacemaker or another implanted device")
    expect(page.get_by_role("heading", name="Physical therapy would serve you")).to_be_visible()
    keep(page, "guide-plain-advice")
    page.get_by_role("button", name="Change my answers").click()
    expect(page.get_by_role("checkbox", name="A pacemaker or another implanted device")).to_be_checked()
