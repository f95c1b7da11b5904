"""Looks for the words that the rules need, so that none is missed only when it is to be sent."""

from collections.abc import Iterable
from pathlib import Path

from notifications.adapters.jinja_letters import TEMPLATES
from notifications.application.ports import Unwritable
from notifications.domain.rules import RULES, Rule
from notifications.domain.values import Channel

_FILES = {Channel.EMAIL: ("subject.txt", "email.txt", "email.html"), Channel.SMS: ("sms.txt",)}


def check_templates(rules: Iterable[Rule] = RULES, folder: Path = TEMPLATES) -> None:
    """Raise `Unwritable` with every template that a rule may need, on any of its channels, and that is not there."""
    languages = sorted(path.name for path in folder.iterdir() if path.is_dir())
    missing = [
        f"the rule {rule.name} goes out by {channel.value}, and there is no {folder / language / rule.kind / name}"
        for rule in rules
        for channel in sorted(rule.carried_by)
        for language in languages
        for name in _FILES[channel]
        if not (folder / language / rule.kind / name).is_file()
    ]
    if missing:
        raise Unwritable(f"{'; '.join(missing)}. Write it, or take the channel from the rule in domain/rules.py.")
