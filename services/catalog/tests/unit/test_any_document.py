"""Whatever stands anywhere in a document: it is read or refused with a place and a reason, and nothing breaks."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from catalog.adapters.yaml_documents import read_yaml
from catalog.application.states import states_of
from catalog.documents import parse
from catalog.domain.draft import problems_of
from hypothesis import given, settings
from hypothesis import strategies as st

DEMO = read_yaml((Path(__file__).parents[4] / "deploy" / "demo" / "clinic.yaml").read_text(encoding="utf-8")).data
SMALL = {**DEMO, "services": DEMO["services"][:2] + DEMO["services"][4:5], "rooms": DEMO["rooms"][:3]}

JUNK = st.one_of(
    st.sampled_from([None, True, -1, 0, 10**30, 1.5, "", " ", "\ud800", "\x00", "a" * 5_000, [], {}, [[]], {"": {}}]),
    st.sampled_from(["monday", "every day", "24:00", "00:00", "2026-02-30", "FR", "€", "paris", {"en": "x"}, {"x": 1}]),
    st.recursive(st.text(max_size=5) | st.integers(), lambda inner: st.lists(inner, max_size=3), max_leaves=5),
)


def places(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield place
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, each in inner:
        yield from places(each, (*place, step))


PLACES = list(places(SMALL))


@settings(max_examples=60, deadline=None)
@given(place=st.sampled_from(PLACES), junk=JUNK, at_key=st.none() | st.sampled_from(["key", "id", "surprise", "kind"]))
def test_junk_anywhere_is_refused_or_read_and_never_breaks(
    place: tuple[Any, ...], junk: Any, at_key: str | None
) -> None:
    document = copy.deepcopy(SMALL)
    holder: Any = document
    for step in place[:-1]:
        holder = holder[step]
    if at_key is not None and place and isinstance(holder, dict):
        holder[at_key] = junk
    elif place:
        holder[place[-1]] = junk
    else:
        document = junk
    command = parse(document)
    problems = [*command.unreadable, *problems_of(command.draft)]
    assert all(problem.message for problem in problems)
    if not problems:
        json.dumps([state for _, _, state in states_of(command.draft)])
