"""Wishing for a visit of several parts: which services, how long, with what, by whom, and when it begins."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from gateway.application.errors import Refused
from gateway.web.held import today_at
from gateway.web.languages import Language, _
from gateway.web.looking import Slots, times_ahead
from gateway.web.pages import language_of, page
from gateway.web.presenters.choice import Choice
from gateway.web.presenters.people import Row
from gateway.web.presenters.times import Times, said_of
from gateway.web.presenters.together import ANCHORS, PartOf, Together, of_a_part
from gateway.web.presenters.wishes import rows_with_wishes, wished_in_words
from gateway.web.visit_wanted import Picked, Wanted
from gateway.web.words import Notice, notice_of

# Visits are looked for 14 days at once at most, and a day may have 25 hours.
_LOOK_AHEAD = timedelta(days=13)
_IN_TURN = (_("First"), _("Then"), _("After that"), _("Last"))
_AT_ONCE = (_("For you"), _("For who comes with you"))
_ROOMS = _("Two rooms at the same time")
_TITLES = (_("Two treatments in one visit"), _("Three treatments in one visit"), _("Four treatments in one visit"))


async def wish_page(
    request: Request, found: Wanted, *, notice: Notice | None = None, status: int = 200, private: bool = False
) -> Response:
    """What the parts are; once all are chosen, the times at which the visit can begin."""
    language, wish, location = language_of(request), replace(found.wish, slot=None), found.location
    found = replace(found, wish=wish)
    times: Times | None = None
    price = ""
    if found.complete:
        try:
            times, price = await _times(request, found, language)
        except Refused as refused:
            notice, status = notice_of(refused, language)
    sections = _sections(found, language)
    # Two guests have one treatment each; others come once those before them are known.
    further = found.offered[len(found.picked) :] if found.complete and not wish.at_once else []
    return page(
        request,
        "visit_wish.html",
        status,
        private=private,
        wish=wish,
        title=language.text(_ROOMS if wish.at_once else _TITLES[len(found.picked) - 2]),
        said=said_of(times, language) or sections[-1]["heading"],
        parts=sections,
        further=[{"anchor": ANCHORS[len(found.picked)], "offered": offered} for offered in further],
        branch=location["name"],
        times=times,
        price=price,
        zone=location["zone"],
        zone_place=location["address"]["city"],
        phone=location["phone"],
        notice=notice,
        back=_just_one(wish).address("when"),
    )


def _sections(found: Wanted, language: Language) -> list[dict[str, Any]]:
    wish = found.wish
    headings = [language.text(words) for words in (_AT_ONCE if wish.at_once else _IN_TURN)]
    sections = []
    for part, picked, offered in zip(wish.parts, found.picked, found.offered, strict=False):
        sections.append(
            {
                "heading": headings[part.place],
                "anchor": ANCHORS[part.place],
                "treatment": next((one for one in offered if one.chosen), None),
                "offered": offered,
                "rows": _rows(part, picked, language) if picked else [],
                "who": _who(part, found.names, language),
                "leave_out": wish.without(part.place).address("when") if len(found.picked) > len(_AT_ONCE) else None,
            }
        )
    # The second is asked for once the first is known.
    return sections if wish.service is not None else sections[:1]


def _rows(part: PartOf, picked: Picked, language: Language) -> list[Row]:
    """By whom, and in which language."""
    rows = rows_with_wishes(picked.people, guests=1, choice=part, language=language)
    return [replace(row, key=f"{ANCHORS[part.place]}-{row.key}") for row in rows]


def _who(part: Choice, names: Mapping[str, str], language: Language) -> str:
    """ "Ana Moreau", "A woman, Spanish", "Anyone"."""
    return names.get(part.practitioner or "") or wished_in_words(part, language) or language.text("Anyone")


async def _times(request: Request, found: Wanted, language: Language) -> tuple[Times, str]:
    """The times, and what all parts come to: minutes of treatment, and the price."""
    wish, zone, comes_to = found.wish, found.location["zone"], ""

    async def ask(since: datetime, until: datetime) -> Slots:
        nonlocal comes_to
        answer = await visits_between(request, wish, since, until)
        minutes, price = sum(part["duration_minutes"] for part in answer["parts"]), language.price(answer["price"])
        comes_to = (
            language.text("Both together: %(price)s", price=price)
            if wish.at_once
            else language.text("All together: %(count)d min, %(price)s", count=minutes, price=price)
        )
        return [{**each, "practitioner_ids": ()} for each in answer["visits"]]

    chosen = [one for listed in found.offered for one in listed if one.chosen]
    times = await times_ahead(
        ask,
        choice=wish,
        zone=zone,
        today=today_at(request, zone),
        horizon_days=min(one.horizon_days for one in chosen),
        names={},
        language=language,
        look_ahead=_LOOK_AHEAD,
    )
    return times, comes_to


async def visits_between(request: Request, wish: Together, since: datetime, until: datetime) -> Mapping[str, Any]:
    """The visits that begin in `[since, until)`, as booking answers."""
    answer: Mapping[str, Any] = await request.app.state.slotwell.series.visits(
        location_id=wish.location, arrangement=wish.arrangement, parts=wish.asked(), since=since, until=until
    )
    return answer


def _just_one(wish: Together) -> Choice:
    """The first treatment by itself, on the first screen."""
    return Choice(location=wish.location, day=wish.day, week=wish.week, **of_a_part(wish))
