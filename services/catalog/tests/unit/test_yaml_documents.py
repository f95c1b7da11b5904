"""YAML gives the author's data, and the line of every value."""

from typing import Any

import pytest
from catalog.adapters.yaml_documents import read_yaml


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("from: 09:00", {"from": "09:00"}),
        ("from: 12:30", {"from": "12:30"}),
        ("on: 2026-12-24", {"on": "2026-12-24"}),
        ("at: 2026-12-24T00:00:00+01:00", {"at": "2026-12-24T00:00:00+01:00"}),
        ("amount: 95.00", {"amount": "95.00"}),
        ("count: 60", {"count": 60}),
        ('postal_code: "01001"', {"postal_code": "01001"}),
        ("postal_code: 01001", {"postal_code": "01001"}),
        ("country: NO", {"country": "NO"}),
        ("open: true", {"open": True}),
        ("licence: null", {"licence": None}),
        ("licence:", {"licence": None}),
        ('licence: ""', {"licence": ""}),
        ("- [a, 1]", [["a", 1]]),
    ],
)
def test_plain_values_are_what_their_author_meant(text: str, value: Any) -> None:
    document = read_yaml(text)
    assert document.data == value
    assert document.problems == ()


def test_every_value_knows_its_line() -> None:
    document = read_yaml("rooms:\n  - key: duo\n    name: Duo\n  - {key: solo,\n     name: Solo}\n")
    assert document.line(("rooms", 0)) == 2
    assert document.line(("rooms", 0, "name")) == 3
    assert document.line(("rooms", 1, "name")) == 5


def test_what_is_missing_is_shown_where_it_should_be() -> None:
    document = read_yaml("rooms:\n  - key: duo\n")
    assert document.line(("rooms", 0, "capacity")) == 2
    assert document.line(("services",)) == 1


def test_a_key_that_is_written_twice_is_a_problem_at_its_second_line() -> None:
    document = read_yaml("name: Duo\nkey: duo\nname: Solo\n")
    assert [(document.line(problem.place), problem.message) for problem in document.problems] == [
        (3, "is written twice")
    ]


def test_an_alias_is_read_at_both_places_and_one_that_holds_itself_is_a_problem() -> None:
    assert read_yaml("one: &a [1]\ntwo: *a").data == {"one": [1], "two": [1]}
    circular = read_yaml("one: &a\n  two: *a")
    assert [problem.message for problem in circular.problems] == ["refers to itself"]


@pytest.mark.parametrize(
    ("text", "line"), [("a: [1", 1), ("a: 1\nb: {", 2), ("a: 1\n\tb: 2", 2), ("a: 1\n---\nb: 2", 2)]
)
def test_what_is_not_one_yaml_document_is_a_problem_and_no_data(text: str, line: int) -> None:
    document = read_yaml(text)
    assert document.data is None
    [problem] = document.problems
    assert problem.message.startswith("is not YAML")
    assert line <= document.line(problem.place) <= line + 1


def test_an_empty_file_is_no_data() -> None:
    assert read_yaml("").data is None
    assert read_yaml("# nothing\n").problems == ()


def test_tags_make_no_objects() -> None:
    assert read_yaml("a: !!python/object/apply:os.system [ls]").data == {"a": ["ls"]}
