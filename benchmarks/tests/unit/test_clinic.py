"""The clinic that is measured."""

import json
from datetime import date
from itertools import islice

from catalog.documents import parse
from catalog.domain.draft import problems_of

from benchmarks.clinic import BUSY_PRACTITIONERS, document, places

TODAY = date(2026, 11, 24)


def test_no_two_places_are_the_same() -> None:
    found = list(places(TODAY))
    assert len(found) > 100_000
    assert len(set(found)) == len(found)


def test_a_time_is_offered_no_more_often_than_there_are_practitioners() -> None:
    times = [(place.branch, place.start) for place in islice(places(TODAY), 20_000)]
    assert max(times.count(one) for one in times[:20]) <= BUSY_PRACTITIONERS


def test_neighbours_do_not_meet() -> None:
    found = list(islice(places(TODAY), 64))
    for first in range(len(found) - 16):
        assert len({(one.branch, one.start) for one in found[first : first + 16]}) == 16


def test_the_catalog_takes_the_document_as_it_is() -> None:
    load = parse(json.loads(json.dumps(document())))
    assert [*load.unreadable, *problems_of(load.draft)] == []
