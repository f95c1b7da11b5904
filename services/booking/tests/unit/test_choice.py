"""Who serves whom, where several must serve at once."""

from itertools import product

import pytest
from booking.domain.choice import assignment, beside
from hypothesis import given, settings
from hypothesis import strategies as st

UNITS = st.lists(st.lists(st.sampled_from("abcde"), max_size=5, unique=True), max_size=4)


def by_trying_everything(units: list[list[str]], including: str | None = None) -> list[tuple[str, ...]]:
    every = [tried for tried in product(*units) if len(set(tried)) == len(tried)]
    return [tried for tried in every if including is None or including in tried]


@settings(max_examples=300, deadline=None)
@given(units=UNITS)
def test_the_first_of_all_that_trying_everything_finds(units: list[list[str]]) -> None:
    assert assignment(units) == next(iter(by_trying_everything(units)), None)


@settings(max_examples=200, deadline=None)
@given(units=UNITS, including=st.sampled_from("abcde"))
def test_whoever_is_wanted_is_among_them_if_that_can_be(units: list[list[str]], including: str) -> None:
    possible = by_trying_everything(units, including)
    found = assignment(units, including=including)
    assert found in possible if possible else found is None


@settings(max_examples=200, deadline=None)
@given(units=UNITS, including=st.sampled_from("abcde"))
def test_beside_whom_is_wanted_serves_only_who_can(units: list[list[str]], including: str) -> None:
    possible = {each for tried in by_trying_everything(units, including) for each in tried}
    assert set(beside(units, including, "abcde")) == possible


def test_who_alone_can_do_a_thing_is_kept_for_it() -> None:
    assert assignment([["ana", "bea"], ["ana"]]) == ("bea", "ana")


@pytest.mark.timeout(10)  # trying everything would take 10 ^ 19 steps
def test_one_too_few_is_found_without_trying_everything() -> None:
    people = [f"{each:02}" for each in range(20)]
    assert assignment([people] * 21) is None
    assert assignment([people[:-1]] * 20) is None
    assert assignment([people] * 20) == tuple(people)


@pytest.mark.timeout(10)
def test_everyone_moves_up_one_to_let_the_last_one_in() -> None:
    people = [f"{each:03}" for each in range(100)]
    units = [[people[at], people[at + 1]] for at in range(99)] + [[people[0]]]
    assert assignment(units) == (*people[1:], people[0])
