"""The alphabet of short messages (3GPP TS 23.038), and how many parts a text takes."""

import unicodedata

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


def parts(text: str) -> int:
    """How many parts a text is sent and billed as; 0 for no text."""
    if not text:
        return 0
    if _is_gsm7(text):
        size, single, joined = sum(2 if letter in _EXTENDED else 1 for letter in text), 160, 153
    else:
        size, single, joined = len(text.encode("utf-16-be")) // 2, 70, 67
    return 1 if size <= single else -(-size // joined)


def _is_gsm7(text: str) -> bool:
    return all(letter in _BASIC or letter in _EXTENDED for letter in text)


def _closest(letter: str) -> str:
    if letter in _BASIC or letter in _EXTENDED:
        return letter
    bare = "".join(part for part in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(part))
    return bare if bare.isascii() and bare else letter
