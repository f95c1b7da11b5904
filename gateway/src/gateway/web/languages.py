"""The reader's language: texts from a catalog, dates and prices from CLDR.

English is the source. Another language is data: `locale/<tag>/page.po` and a line in `_SPELLINGS`; a test says which
words a catalog lacks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from io import BytesIO
from pathlib import Path

from babel import Locale, negotiate_locale
from babel.core import UnknownLocaleError
from babel.dates import format_date, format_time
from babel.messages.pofile import read_po
from babel.numbers import format_currency
from babel.support import NullTranslations, Translations

from gateway.domain.accept_language import accepted

_CATALOGS = Path(__file__).parent / "locale"


def _(message: str) -> str:
    """Mark a text for translation; it is translated where it is used."""
    return message


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelling:
    """How a language writes days: CLDR patterns, which have no skeleton for a full weekday without a year."""

    locale: str
    full_day: str
    full_day_with_year: str
    day_and_month: str


_SPELLINGS = {
    "en": Spelling(
        locale="en_GB",
        full_day="EEEE d MMMM",
        full_day_with_year="EEEE d MMMM y",
        day_and_month="d MMMM",
    ),
    "fr": Spelling(
        locale="fr_FR",
        full_day="EEEE d MMMM",
        full_day_with_year="EEEE d MMMM y",
        day_and_month="d MMMM",
    ),
    "es": Spelling(
        locale="es_ES",
        full_day="EEEE, d 'de' MMMM",
        full_day_with_year="EEEE, d 'de' MMMM 'de' y",
        day_and_month="d 'de' MMMM",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """One language's words, dates and prices."""

    tag: str
    locale: Locale
    spelling: Spelling
    translations: NullTranslations

    def text(self, message: str, **values: object) -> str:
        """`message` in this language, its `%(name)s` filled in."""
        return str(self.translations.gettext(message)) % values

    def several(self, one: str, many: str, count: int) -> str:
        """`one` or `many`, by this language's rule, with `%(count)d` filled in."""
        return str(self.translations.ngettext(one, many, count)) % {"count": count}

    def full_day(self, day: date, *, near: date | None = None) -> str:
        """ "Tuesday 1 December"; with the year when it is another than `near`'s."""
        with_year = near is not None and day.year != near.year
        pattern = self.spelling.full_day_with_year if with_year else self.spelling.full_day
        return format_date(day, pattern, locale=self.locale)

    def day_and_month(self, day: date) -> str:
        """ "1 December"."""
        return format_date(day, self.spelling.day_and_month, locale=self.locale)

    def weekday(self, day: date) -> str:
        """ "Tue"."""
        return format_date(day, "ccc", locale=self.locale)

    def clock(self, at: datetime) -> str:
        """ "10:30", in `at`'s own zone."""
        return format_time(at.replace(tzinfo=None), "short", locale=self.locale)

    def price(self, money: Mapping[str, str]) -> str:
        """ "€95", "€95.50", "CA$110": no cents where there are none."""
        amount = Decimal(money["amount"])
        pattern = self.locale.currency_formats["standard"].pattern
        if amount == amount.to_integral_value():
            pattern = pattern.replace("0.00", "0")
            return format_currency(amount, money["currency"], pattern, self.locale, currency_digits=False)
        return format_currency(amount, money["currency"], pattern, self.locale)

    def any_of(self, names: Sequence[str]) -> str:
        """ "Ana, Bruno or Chloé"."""
        return self._listed(names, "or")

    def all_of(self, names: Sequence[str]) -> str:
        """ "Ana and Bruno"."""
        return self._listed(names, "standard")

    def _listed(self, names: Sequence[str], style: str) -> str:
        patterns = self.locale.list_patterns[style]
        if len(names) < 2:
            return "".join(names)
        if len(names) == 2:
            return str(patterns["2"].format(*names))
        listed = str(patterns["start"].format(names[0], names[1]))
        for name in names[2:-1]:
            listed = str(patterns["middle"].format(listed, name))
        return str(patterns["end"].format(listed, names[-1]))


def tags() -> list[str]:
    """The languages that can be read: English, and those that have a catalog."""
    return ["en", *sorted(tag for tag in _SPELLINGS if (_CATALOGS / tag / "page.po").is_file())]


def preferred(accept_language: str) -> Language:
    """The reader's language by `Accept-Language`, English where none of theirs can be read."""
    wanted = [tag.replace("-", "_") for tag in accepted(accept_language, most=20)]
    try:
        return read(negotiate_locale(wanted, tags(), sep="_") or "en")
    except (UnknownLocaleError, ValueError):
        return read("en")


@cache
def read(tag: str) -> Language:
    """The language of `tag`, one of `tags()`."""
    spelling = _SPELLINGS[tag]
    catalog = _CATALOGS / tag / "page.po"
    translations = NullTranslations()
    if catalog.is_file():
        translations = _translations(catalog)
    return Language(tag=tag, locale=Locale.parse(spelling.locale), spelling=spelling, translations=translations)


def _translations(catalog: Path) -> Translations:
    from babel.messages.mofile import write_mo

    compiled = BytesIO()
    with catalog.open("rb") as source:
        write_mo(compiled, read_po(source))
    compiled.seek(0)
    return Translations(compiled)
