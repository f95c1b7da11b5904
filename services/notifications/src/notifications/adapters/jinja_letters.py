"""Writes messages from the templates in `templates/<language>/<kind>/`; a further language is a further folder.

A location's own words, where it has some, take the place of the house's.
"""

import copy
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Self

import invites
from babel import Locale
from jinja2 import FileSystemLoader, StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from notifications.adapters import wording
from notifications.adapters.jinja_wordings import filled
from notifications.adapters.sample_facts import (
    ADVISED,
    AGENDA,
    BARE,
    EARLY,
    FULL,
    LACKING,
    LATE,
    OFFERED,
    SERIES,
    WAITING,
)
from notifications.adapters.unsubscribe_links import PREVIEW
from notifications.application.ports import Attachment, Letter, Unwritable
from notifications.domain.facts import Appointment, Facts, Guest, Session
from notifications.domain.gsm7 import simplified
from notifications.domain.rules import Rule
from notifications.domain.values import Channel, Key
from notifications.domain.wordings import Spot, Wording

TEMPLATES = Path(__file__).parent.parent / "templates"

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


class JinjaLetters:
    """The `Writer`. Templates are sandboxed, see only what `context` names, and may name nothing else."""

    def __init__(
        self,
        *,
        public_url: str,
        organizer: str,
        folder: Path = TEMPLATES,
        words: Callable[[], Mapping[Spot, Wording]] = dict,
        answers: bool = False,
        unsubscribe: Callable[[str, Guest], str] | None = None,
    ) -> None:
        """Read and compile every template, so that a broken one shows at start and sending reads no files.

        `words` tells the locations' own words as they stand; `answers` whether what guests reply to a text is heard;
        `unsubscribe` by which link a guest ends a kind of messages (otherwise one that opens nothing).
        """
        self._unsubscribe = unsubscribe
        self._answers = answers
        self._words = words
        self._public_url = public_url.rstrip("/")
        self._organizer = organizer
        self._jinja = _compiled(folder)
        self.languages = frozenset(path.name for path in folder.iterdir() if path.is_dir())

    def write(self, rule: Rule, key: Key, facts: Facts, *, now: datetime) -> Letter:
        locale = wording.locale_of(facts.guest.locale, self.languages)
        ending = self._ending(rule, facts.guest)
        context = self.context(facts, locale, now, unsubscribe_url=ending)
        language = locale.language
        own = self._words().get(
            Spot(location_id=facts.location_id, kind=rule.kind, channel=key.channel, language=language)
        )

        def part(name: str) -> str:
            path = f"{language}/{rule.kind}/{name}"
            try:
                if own is not None:
                    return self._own(own, name, context)
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
            unsubscribe_url=ending,
        )

    def _ending(self, rule: Rule, guest: Guest) -> str:
        if not rule.optional:
            return ""
        return self._unsubscribe(rule.kind, guest) if self._unsubscribe else f"{self._public_url}/u/{PREVIEW}"

    def context(self, facts: Facts, locale: Locale, now: datetime, *, unsubscribe_url: str = "") -> dict[str, Any]:
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
            "last_day": _last_day(facts, locale),
            "city": wording.city(place.zone, locale),
            "elsewhere": elsewhere,
            "own_time": own_time if own_day == day else f"{own_day}, {own_time}",
            "own_city": wording.city(guest.zone, locale),
            "sessions": tuple(_session_line(each, place.zone, locale) for each in _sessions(facts)),
            "appointments": tuple(_appointment_line(each, place.zone, locale) for each in facts.appointments),
            "count": len(facts.appointments or _sessions(facts)),
            "minutes": facts.duration_minutes,
            "price": wording.price(facts.price, locale) if facts.price else "",
            "fee": wording.price(facts.fee, locale) if facts.fee and facts.fee.amount else "",
            "free": now < facts.free_until,
            "free_until_day": wording.day(facts.free_until, place.zone, locale),
            "free_until_time": wording.clock(facts.free_until, place.zone, locale),
            **self._answer_by(facts, locale),
            "preparation": _advice(facts.preparation, locale),
            "aftercare": _advice(facts.aftercare, locale),
            "answers": self._answers,
            "manage_url": self._link(facts),
            "site_url": self._public_url,
            "unsubscribe_url": unsubscribe_url,
        }

    def _link(self, facts: Facts) -> str:
        """The guest's own address of what the message is about."""
        kind = "s" if facts.sessions else "m"
        where = f"w/{facts.offer.entry_id}" if facts.offer else f"{kind}/{facts.booking_id}"
        return f"{self._public_url}/{where}/{facts.manage_token}"

    def _answer_by(self, facts: Facts, locale: Locale) -> dict[str, str]:
        """Until when an offer can be accepted or a document is needed, by the guest's own clock."""
        deadline, zone = facts.offer.deadline if facts.offer else facts.document_due, facts.guest.zone
        if deadline is None:
            return {"deadline_day": "", "deadline_time": ""}
        return {
            "deadline_day": wording.day(deadline, zone, locale),
            "deadline_time": wording.clock(deadline, zone, locale),
        }

    def _own(self, own: Wording, name: str, context: dict[str, Any]) -> str:
        """One part of a message in a location's own words; its HTML is its text in the house's look."""
        if name == "email.txt":
            ending = self._jinja.get_template(f"{context['language']}/unsubscribe.txt").render(context).strip()
            return "\n\n".join(filter(None, [filled(own.text, context), ending]))
        if name != "email.html":
            return filled(own.subject if name == "subject.txt" else own.text, context)
        text, links = filled(own.text, context), (context["manage_url"], context["site_url"])
        plain = {
            **context,
            "subject": _line(filled(own.subject, context)),
            "paragraphs": [
                [_pieces(line, links) for line in paragraph.splitlines()] for paragraph in re.split(r"\n\s*\n", text)
            ],
        }
        return self._jinja.get_template("plain.html").render(plain).strip()

    def language_of(self, facts: Facts) -> str:
        """The language that this guest is written to in."""
        return str(wording.locale_of(facts.guest.locale, self.languages).language)

    def knowing(self, words: Mapping[Spot, Wording]) -> Self:
        """The same writer with these locations' words."""
        other = copy.copy(self)
        other._words = lambda: words  # noqa: SLF001  (it is our own)
        return other

    def samples(self) -> list[dict[str, Any]]:
        """Bookings and guests of every sort, as words see them: on them a location's own words are tried."""
        return [
            {**self.context(facts, wording.locale_of(language, self.languages), now), "answers": answers}
            for answers in (True, False)
            for language in sorted(self.languages)
            for facts in (FULL, BARE, OFFERED, LACKING, SERIES, ADVISED, AGENDA, WAITING)
            for now in (EARLY, LATE)
        ]

    def _invite(self, rule: Rule, facts: Facts, now: datetime) -> Attachment | None:
        if rule.calendar is None:
            return None
        entries = [
            invites.Entry(
                uid=f"{each.booking_id}@slotwell",
                sequence=each.revision,
                summary=_line(each.discreet_name),
                start=each.start,
                end=each.end,
                zone=facts.place.zone,
                location=_line(", ".join((facts.place.name, *facts.place.address))),
                # Calendars are shared: the address without its token.
                url=f"{self._public_url}/bookings/{each.booking_id}",
            )
            for each in _sessions(facts)
        ]
        content = invites.build_all(entries, method=rule.calendar, organizer=self._organizer, stamp=now)
        name = "appointments.ics" if len(entries) > 1 else "appointment.ics"
        return Attachment(filename=name, content_type=invites.content_type(rule.calendar), content=content)


@cache
def _compiled(folder: Path) -> ImmutableSandboxedEnvironment:
    """All templates of the folder, compiled once a process: it takes most of a second. Raises `Unwritable`."""
    found = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(folder),
        autoescape=lambda name: name is not None and name.endswith(".html"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
    )
    for name in found.list_templates(filter_func=lambda name: name.endswith((".html", ".txt"))):
        try:
            found.get_template(name)
        except TemplateError as problem:
            raise Unwritable(f"{name}: {problem}") from problem
    return found


def _sessions(facts: Facts) -> tuple[Session, ...]:
    """The appointments that a message is about: all of a series, or the one."""
    if facts.sessions:
        return facts.sessions
    alone = Session(
        booking_id=facts.booking_id,
        revision=facts.revision,
        start=facts.start,
        end=facts.end,
        discreet_name=facts.discreet_name,
        practitioners=facts.practitioners,
    )
    return (alone,)


def _session_line(session: Session, zone: str, locale: Locale) -> str:
    when = f"{wording.day(session.start, zone, locale)}, {wording.clock(session.start, zone, locale)}"
    people = wording.people(tuple(_line(name) for name in session.practitioners), locale)
    return f"{when}, {people}" if people else when


def _last_day(facts: Facts, locale: Locale) -> str:
    """The last day on which a guest waits; of their window the end is no more in it."""
    if facts.offer is None or facts.offer.entry_id != facts.booking_id:
        return ""
    return wording.day(facts.end - timedelta(seconds=1), facts.place.zone, locale)


def _appointment_line(each: Appointment, zone: str, locale: Locale) -> str:
    """ "10:30–11:30, Appointment (60 min), Tilleul, C. R.": the time stands before the first comma."""
    when = f"{wording.clock(each.start, zone, locale)}–{wording.clock(each.end, zone, locale)}"
    what = f"{_line(each.discreet_name)} ({each.minutes} min)"
    return ", ".join(filter(None, [when, what, *(_line(room) for room in each.rooms), _line(each.guest)]))


def _advice(texts: Mapping[str, str], locale: Locale) -> str:
    """A text of the catalog in the reader's language, else in its own; the only one that may have several lines."""
    said = texts.get(locale.language) or next(iter(texts.values()), "")
    return "\n".join(filter(None, (_line(line) for line in said.splitlines())))


def _pieces(line: str, links: tuple[str, ...]) -> list[dict[str, Any]]:
    """The line in pieces; those that are an address of ours are links. The longest comes first: one begins another."""
    pattern = "|".join(re.escape(link) for link in sorted(links, key=len, reverse=True))
    return [{"text": piece, "link": piece in links} for piece in re.split(f"({pattern})", line) if piece]


def _line(text: str) -> str:
    """One line without control characters, so that no fact can start a header or a line of its own."""
    return _UNPRINTABLE.sub(" ", text).strip()
