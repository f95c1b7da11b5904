"""A guide in memory: a few questions, and the advice that a test lays out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gateway.application.errors import Unavailable
from gateway.openapi.guide_examples import COMPARISON, advice
from la_belle import DEEP, PARIS, SWEDISH


def _question(id_: str, field_: str, *answers: str, none: str | None = None, **more: Any) -> dict[str, Any]:
    return {
        "id": id_,
        "field": field_,
        "choose": "several",
        "none": none,
        "ask_if": [],
        "text": f"What about {id_}?",
        "answers": [{"id": word, "text": word.replace("_", " ")} for word in answers],
        **more,
    }


QUESTIONS = [
    _question("red_flags", "red_flags", "chest_pain", "no_red_flags", none="no_red_flags"),
    _question("needs", "needs", "stress", "chronic_pain", "unsure"),
    _question("diagnosis", "conditions", "arthritis", "no_diagnosis", none="no_diagnosis", ask_if=["chronic_pain"]),
    _question("conditions", "conditions", "pregnancy", "pacemaker", "no_conditions", none="no_conditions"),
    _question("trimester", "conditions", "first", "second", ask_if=["pregnancy"], choose="one"),
]


@dataclass
class FakeGuide:
    """Answers `says`, or raises it."""

    says: Any = field(default_factory=lambda: advice(location_id=PARIS, swedish=SWEDISH, deep_tissue=DEEP))
    away: bool = False
    heard: list[Mapping[str, Sequence[str]]] = field(default_factory=list)

    async def questions(self, *, languages: Sequence[str]) -> Any:
        self._meet()
        return {"rule_version": 1, "language": languages[0], "fallback": False, "questions": QUESTIONS}

    async def advice(self, *, location_id: str, answers: Mapping[str, Sequence[str]], languages: Sequence[str]) -> Any:
        self._meet()
        self.heard.append(answers)
        if isinstance(self.says, Exception):
            raise self.says
        return {**self.says, "location_id": location_id, "language": languages[0]}

    async def comparison(self, *, languages: Sequence[str]) -> Any:
        self._meet()
        return {**COMPARISON, "language": languages[0]}

    def _meet(self) -> None:
        if self.away:
            raise Unavailable("catalog")
