"""Writes messages from the templates in `templates/<language>/<kind>/`; a further language is a further folder."""

import re
from datetime import datetime
from pathlib import Path
from typing import Any

import invites
from babel import Locale
from jinja2 import FileSystemLoader, StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from notifications.adapters import wording
from notifications.application.ports import Attachment, Letter, Unwritable
from notifications.domain.facts import Facts
from notifications.domain.gsm7 import simplified
from notifications.domain.rules import Rule
from notifications.domain.values import Channel, Key

TEMPLATES = Path(__file__).parent.parent / "templates"

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


class JinjaLetters:
    """The `Writer`. Templates are sandboxed, see only what `context` names, and may name nothing else."""

    def __init__(self, *, public_url: str, organizer: str, folder: Path = TEMPLATES) -> None:
        """Read and compile every template, so that a broken one shows at start and sending reads no files."""
        self._public_url = public_url.rstrip("/")
        self._organizer = organizer
        self._jinja = ImmutableSandboxedEnvironment(
            loader=FileSystemLoader(folder),
            autoescape=lambda name: name is not None and name.endswith(".html"),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            cache_size=-1,
        )
        self.languages = frozenset(path.name for path in folder.iterdir() if path.is_dir())
        for name in self._jinja.list_templates(filter_func=lambda name: name.endswith((".html", ".txt"))):
            try:
                self._jinja.get_template(name)
            except TemplateError as problem:
                raise Unwritable(f"{name}: {problem}") from problem

    def write(self, rule: Rule, key: Key, facts: Facts, *, now: datetime) -> Letter:
        locale = wording.locale_of(facts.guest.locale, self.languages)
        context = self.context(facts, locale, now)
        language = locale.language

        def part(name: str) -> str:
            path = f"{language}/{rule.kind}/{name}"
            try:
                return self._jinja.get_template(path).render(context).strip()
            except TemplateError as problem:
                raise Unwritable(f"{path}: {type(problem).__name__}: {problem}") from None

        to = facts.guest.address(key.channel) or ""
        to_name = _line(facts.guest.name)
        if key.channel is Channel.SMS:
            text = simplified(part("sms.txt"))
            return Letter(key=key, written_at=now, to=to, to_name=to_name, text=text, language=language)
        return Letter(
            key=key,
            written_at=now,
            to=to,
            to_name=to_name,
            subject=_line(part("subject.txt")),
            text=part("email.txt") + "\n",
            html=part("email.html") + "\n",
            attachment=self._invite(rule, facts, now),
            language=language,
        )

    def context(self, facts: Facts, locale: Locale, now: datetime) -> dict[str, Any]:
        """All that templates may see: texts of one line, and a few yes or no."""
        place, guest = facts.place, facts.guest
        elsewhere = not wording.same_clock(facts.start, place.zone, guest.zone)
        own_day = wording.day(facts.start, guest.zone, locale)
        day = wording.day(facts.start, place.zone, locale)
        own_time = wording.clock(facts.start, guest.zone, locale)
        return {
            "language": locale.language,
            "guest": _line(guest.name),
            "service": _line(facts.discreet_name),
            "people": wording.people(tuple(_line(name) for name in facts.practitioners), locale),
            "place": _line(place.name),
            "address": tuple(_line(line) for line in place.address),
            "phone": wording.telephone(place.phone),
            "phone_link": f"tel:{_line(place.phone)}",
            "day": day,
            "short_day": wording.short_day(facts.start, place.zone, locale),
            "time": wording.clock(facts.start, place.zone, locale),
            "end": wording.clock(facts.end, place.zone, locale),
            "city": wording.city(place.zone, locale),
            "elsewhere": elsewhere,
            "own_time": own_time if own_day == day else f"{own_day}, {own_time}",
            "own_city": wording.city(guest.zone, locale),
            "minutes": facts.duration_minutes,
            "price": wording.price(facts.price, locale) if facts.price else "",
            "fee": wording.price(facts.fee, locale) if facts.fee and facts.fee.amount else "",
            "free": now < facts.free_until,
            "free_until_day": wording.day(facts.free_until, place.zone, locale),
            "free_until_time": wording.clock(facts.free_until, place.zone, locale),
            "manage_url": f"{self._public_url}/m/{facts.booking_id}/{facts.manage_token}",
            "site_url": self._public_url,
        }

    def _invite(self, rule: Rule, facts: Facts, now: datetime) -> Attachment | None:
        if rule.calendar is None:
            return None
        content = invites.build(
            uid=f"{facts.booking_id}@slotwell",
            sequence=facts.revision,
            method=rule.calendar,
            summary=_line(facts.discreet_name),
            start=facts.start,
            end=facts.end,
            zone=facts.place.zone,
            location=_line(", ".join((facts.place.name, *facts.place.address))),
            description=None,
            # Calendars are shared: the address without its token.
            url=f"{self._public_url}/bookings/{facts.booking_id}",
            organizer=self._organizer,
            stamp=now,
        )
        return Attachment(filename="appointment.ics", content_type=invites.content_type(rule.calendar), content=content)


def _line(text: str) -> str:
    """One line without control characters, so that no fact can start a header or a line of its own."""
    return _UNPRINTABLE.sub(" ", text).strip()
