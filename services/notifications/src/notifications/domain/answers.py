"""What a guest says by answering a text message: a word that counts, in any of three languages, or anything else."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

LONGEST = 160  # a word that counts is short: what is longer is for a person to read


class Said(StrEnum):
    """What an answer means. `OTHER` is whatever only a person can understand."""

    STOP = "stop"
    START = "start"
    HELP = "help"
    CONFIRM = "confirm"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Understood:
    """What was said, and in which language if the word gives it away."""

    said: Said
    language: str | None = None


# English CANCEL silences: United States rules (47 CFR 64.1200(a)(10)) count it among the words that revoke consent.
# ANNULER and CANCELAR are no such words: who writes them wants to cancel an appointment, so a person reads them.
_WORDS: dict[Said, dict[str, str]] = {
    Said.STOP: {
        "en": "stop, stopall, stop all, unsubscribe, cancel, end, quit, revoke, optout, opt out",
        "fr": "arret, arreter, arretez, stop sms, desabonner, desinscrire, desinscription",
        "es": "baja, alto, parar, detener, no mas",
    },
    Said.START: {
        "en": "start, unstop, resume",
        "fr": "reprendre, demarrer, reabonner",
        "es": "iniciar, empezar, reanudar, alta",
    },
    Said.HELP: {"en": "help, info", "fr": "aide", "es": "ayuda"},
    Said.CONFIRM: {
        "en": "c, confirm, confirmed, i confirm, yes, y, ok, okay",
        "fr": "confirmer, confirme, je confirme, oui, d'accord",
        "es": "confirmar, confirmo, confirmado, si, vale",
    },
}
# Words of every country's networks, or of every language: they give no language away.
_EVERYWHERE = frozenset({"stop", "start", "c", "info", "ok", "y"})
_POLITE = re.compile(r"( (please|pls|svp|s il vous plait|por favor|merci|thanks|thank you|gracias))+$")
_NO_LETTER = re.compile(r"[^\w]+")


def _plain(text: str) -> str:
    """Letters only, without accents, case or punctuation: "ARRÊT !" and "arret" are one word."""
    bare = "".join(mark for mark in unicodedata.normalize("NFKD", text) if not unicodedata.combining(mark))
    return _NO_LETTER.sub(" ", bare.casefold()).strip()


_MEANINGS: dict[str, Understood] = {
    _plain(word): Understood(said, None if word.strip() in _EVERYWHERE else language)
    for said, languages in _WORDS.items()
    for language, words in languages.items()
    for word in words.split(",")
}


def understood(text: str) -> Understood:
    """What the answer means. Only the word alone counts, "please" aside: "stop by at five?" silences nobody."""
    if len(text) > LONGEST:
        return Understood(Said.OTHER)
    return _MEANINGS.get(_POLITE.sub("", _plain(text)), Understood(Said.OTHER))
