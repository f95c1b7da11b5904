"""The alphabet of short messages (3GPP TS 23.038), and how many parts a text takes."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€\f")  # each costs two
_PLAIN = str.maketrans(
    {
        "‘": "'",
        "’": "'",
        "“": '"',
        "”": '"',
        "«": '"',
        "»": '"',
        "–": "-",
        "—": "-",
        "…": "...",
        "·": "-",
        "œ": "oe",
        "Œ": "OE",
        "\u00a0": " ",
        "\u2009": " ",
        "\u202f": " ",
    }
)


def simplified(text: str) -> str:
    """The text in the alphabet of short messages, if plain punctuation and dropped accents get it there.

    One letter outside that alphabet more than halves what fits into a part. A text in another script is
    answered unchanged: better long than wrong.
    """
    plain = "".join(_closest(letter) for letter in text.translate(_PLAIN))
    return plain if _is_gsm7(plain) else text


@dataclass(frozen=True, slots=True, kw_only=True)
class Segments:
    """What a text is sent and billed as: its alphabet, its length in that alphabet's units, its parts."""

    alphabet: Literal["GSM-7", "UCS-2"]
    units: int
    count: int


def segments(text: str) -> Segments:
    """The parts that networks make of a text; none for no text.

    A letter is never cut in two: an extended one of GSM-7 and a pair of UCS-2 go over to the next part whole.
    """
    plain = _is_gsm7(text)
    single, joined = (160, 153) if plain else (70, 67)
    costs = [_cost(letter, plain=plain) for letter in text]
    units = sum(costs)
    return Segments(
        alphabet="GSM-7" if plain else "UCS-2",
        units=units,
        count=min(units, 1) if units <= single else _packed(costs, joined),
    )


def _cost(letter: str, *, plain: bool) -> int:
    return 2 if (letter in _EXTENDED if plain else ord(letter) > 0xFFFF) else 1


def _packed(costs: Iterable[int], size: int) -> int:
    """How many parts of `size` units letters of these costs fill, one after the other."""
    count, room = 1, size
    for cost in costs:
        if cost > room:
            count, room = count + 1, size
        room -= cost
    return count


def _is_gsm7(text: str) -> bool:
    return all(letter in _BASIC or letter in _EXTENDED for letter in text)


def _closest(letter: str) -> str:
    if letter in _BASIC or letter in _EXTENDED:
        return letter
    bare = "".join(part for part in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(part))
    return bare if bare.isascii() and bare else letter
