"""Dates, times, prices and lists as a guest's locale writes them."""

import re
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time, get_timezone_location
from babel.lists import format_list
from babel.numbers import format_currency
from phonenumbers import NumberParseException, PhoneNumberFormat, format_number, parse

from notifications.domain.facts import Money

# English that names no country reads as in the design: "Tuesday 1 December, 10:30".
_USUAL = {"en": "en_GB"}
_YEAR = re.compile(r"[\s,]*('de')?[\s,]*y+$")


@cache
def locale_of(tag: str, languages: frozenset[str]) -> Locale:
    """The locale of a BCP 47 tag if its language is one of ours, else British English."""
    try:
        locale = Locale.parse(tag, sep="-")
    except (ValueError, UnknownLocaleError):
        return Locale.parse("en_GB")
    if locale.language not in languages:
        return Locale.parse("en_GB")
    return Locale.parse(_USUAL.get(str(locale), str(locale)))


def day(moment: datetime, zone: str, locale: Locale) -> str:
    """The weekday and date without its year, in full: "Tuesday 1 December"."""
    return _written(moment, zone, _without_year(locale), locale)


def short_day(moment: datetime, zone: str, locale: Locale) -> str:
    """The same for a text message: "Tue 1 Dec"."""
    pattern = _without_year(locale).replace("EEEE", "EEE").replace("MMMM", "MMM")
    return _written(moment, zone, pattern, locale)


def clock(moment: datetime, zone: str, locale: Locale) -> str:
    """The time of day in a zone: "10:30"."""
    return format_time(moment.astimezone(ZoneInfo(zone)), "short", locale=locale)


def city(zone: str, locale: Locale) -> str:
    """The city that names a zone: "Paris"."""
    return get_timezone_location(ZoneInfo(zone), locale=locale, return_city=True)


def same_clock(moment: datetime, one: str, other: str) -> bool:
    """Whether two zones show the same time then."""
    return moment.astimezone(ZoneInfo(one)).utcoffset() == moment.astimezone(ZoneInfo(other)).utcoffset()


def price(money: Money, locale: Locale) -> str:
    """A price, without cents when there are none: "€95"."""
    if money.amount != money.amount.to_integral_value():
        return format_currency(money.amount, money.currency, locale=locale)
    pattern = locale.currency_formats["standard"].pattern.replace(".00", "")
    return format_currency(money.amount, money.currency, pattern, locale=locale, currency_digits=False)


def telephone(number: str) -> str:
    """A number as one dials it from anywhere, in groups: "+33 1 99 00 10 10"; any other text as it stands."""
    try:
        return format_number(parse(number), PhoneNumberFormat.INTERNATIONAL)
    except NumberParseException:
        return " ".join(number.split())


def people(names: tuple[str, ...], locale: Locale) -> str:
    """Names in a row: "Ana and Marc"."""
    return format_list(names, locale=locale)


def _written(moment: datetime, zone: str, pattern: str, locale: Locale) -> str:
    local = moment.astimezone(ZoneInfo(zone))
    if locale.language == "fr" and local.day == 1:
        pattern = re.sub(r"\bd\b", "d'er'", pattern)  # le 1er décembre, as nobody says "le un"
    return format_date(local, pattern, locale=locale)


def _without_year(locale: Locale) -> str:
    pattern = _YEAR.sub("", locale.date_formats["full"].pattern)
    # The house writes "Tuesday 1 December"; other languages keep the comma that they need.
    return pattern.replace("EEEE, d", "EEEE d") if locale.language == "en" else pattern
