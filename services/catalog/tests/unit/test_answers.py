"""Answers are JSON, and name every problem's place."""

import json

from catalog import answers
from catalog.application.errors import InvalidCatalog
from catalog.application.load import Loaded
from catalog.domain.problem import Problem


def test_a_refusal_carries_its_code_and_every_problem() -> None:
    place = ("services", 2, "offers", 0, "channel")
    answer = answers.refusal(InvalidCatalog([Problem(place=place, message="is not one of: online, phone")]))
    assert json.loads(json.dumps(answer)) == {
        "code": "invalid_catalog",
        "detail": "The document has one problem; nothing was changed.",
        "fields": [{"field": "services[2].offers[0].channel", "problem": "is not one of: online, phone"}],
        "extra": {},
    }


def test_a_load_says_what_it_did() -> None:
    answer = answers.loaded(Loaded(added=1, changed=2, withdrawn=3, unchanged=4))
    assert answer == {"added": 1, "changed": 2, "withdrawn": 3, "unchanged": 4}
