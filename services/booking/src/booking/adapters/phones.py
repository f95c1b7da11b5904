"""Phone numbers, read by Google's rules."""

import phonenumbers


def parse_phone(typed: str, region: str) -> str | None:
    """Return the number as E.164, with the region's country code where none was typed; None if it is no number."""
    try:
        number = phonenumbers.parse(typed, region)
    except phonenumbers.NumberParseException:
        return None
    if number.extension or not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
