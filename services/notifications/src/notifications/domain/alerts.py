"""What staff read about incidents: counts and names of providers, nothing of any guest."""

from collections.abc import Sequence
from dataclasses import dataclass

from notifications.domain.incidents import Incident, Kind

LANGUAGES = ("en", "fr", "es")

_TITLES = {
    "en": "{site}: messages to guests need a look",
    "fr": "{site} : des messages aux clients demandent votre attention",
    "es": "{site}: hay mensajes a clientes que revisar",
}
_SENTENCES = {
    Kind.PARKED: {
        "en": "Parked events, which failed too often: {count}. What they owe to guests waits until they are replayed.",
        "fr": "Événements mis de côté après trop d’échecs : {count}. Leurs messages attendent qu’on les reprenne.",
        "es": "Eventos apartados tras demasiados fallos: {count}. Los mensajes que deben esperan a que se repitan.",
    },
    Kind.BUDGET_SPENT: {
        "en": "The day's budget of {subject} ({count}) is spent: its messages wait until tomorrow or a higher limit.",
        "fr": "Budget du jour de {subject} ({count}) épuisé : ses messages attendent demain ou une autre limite.",
        "es": "Presupuesto diario de {subject} ({count}) agotado: sus mensajes esperan a mañana o a otro límite.",
    },
    Kind.PROVIDER_AWAY: {
        "en": "{subject} has failed for {count} minutes: its messages wait and are tried again now and then.",
        "fr": "{subject} échoue depuis {count} minutes : ses messages attendent et sont retentés de temps en temps.",
        "es": "{subject} falla desde hace {count} minutos: sus mensajes esperan y se reintentan de vez en cuando.",
    },
    Kind.CALLS_PILE_UP: {
        "en": "Guests who are owed a call that nobody has made: {count}.",
        "fr": "Clients à rappeler que personne n’a encore appelés : {count}.",
        "es": "Clientes a los que hay que llamar y nadie ha llamado: {count}.",
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One message to staff."""

    title: str
    body: str


def alert(found: Sequence[Incident], *, site: str, language: str) -> Alert:
    """All of them in one message; a language that is not ours reads English."""
    tongue = language if language in LANGUAGES else "en"
    lines = [_SENTENCES[one.kind][tongue].format(subject=one.subject, count=one.count) for one in found]
    return Alert(title=_TITLES[tongue].format(site=site), body="\n".join(lines))
