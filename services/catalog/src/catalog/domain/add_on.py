"""What a guest may have with a service: it makes it longer, dearer, and may need more."""

from dataclasses import dataclass

from catalog.domain.channel import Channel
from catalog.domain.money import Money
from catalog.domain.requirement import Requirement
from catalog.domain.screening import Question
from catalog.domain.wording import Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class AddOn:
    """So many minutes more, needs and safety questions of its own; each branch that offers it names the price."""

    id: str
    name: Wording
    summary: Wording | None
    minutes: int
    channel: Channel
    requirements: tuple[Requirement, ...]
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AddOnPrice:
    """What an add-on costs at one branch."""

    id: str
    price: Money
