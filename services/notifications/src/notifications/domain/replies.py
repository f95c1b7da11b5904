"""What answers a guest's text message: one part long, no name of a service, no time, nobody's name."""

from notifications.domain.answers import Said
from notifications.domain.gsm7 import simplified

LANGUAGES = ("en", "fr", "es")

_REPLIES = {
    Said.STOP: {
        "en": "You get no more texts from us. Your appointments stand. To change one, use its link or call us."
        " START brings texts back.",
        "fr": "Vous ne recevrez plus de SMS. Vos rendez-vous restent pris. Pour en changer, suivez leur lien"
        " ou appelez-nous. START pour reprendre.",
        "es": "No recibirá más SMS. Sus citas siguen en pie. Para cambiar una, use su enlace o llámenos."
        " START para volver a recibirlos.",
    },
    Said.START: {
        "en": "You get texts about your appointments again. STOP ends them.",
        "fr": "Vous recevez de nouveau des SMS sur vos rendez-vous. STOP pour arrêter.",
        "es": "Vuelve a recibir SMS sobre sus citas. STOP para dejar de recibirlos.",
    },
    Said.HELP: {
        "en": "Texts about your appointments, booked at {site}. C confirms the next one, STOP ends texts.",
        "fr": "SMS sur vos rendez-vous pris sur {site}. C confirme le prochain, STOP arrête les SMS.",
        "es": "SMS sobre sus citas reservadas en {site}. C confirma la próxima, STOP termina los SMS.",
    },
    Said.CONFIRM: {
        "en": "Thank you, your appointment is confirmed.",
        "fr": "Merci, votre rendez-vous est confirmé.",
        "es": "Gracias, su cita está confirmada.",
    },
}
_NOTHING_TO_CONFIRM = {
    "en": "We know of no appointment to confirm for this number.",
    "fr": "Nous ne trouvons pas de rendez-vous à confirmer pour ce numéro.",
    "es": "No encontramos ninguna cita que confirmar para este número.",
}


def reply_to(said: Said, *, language: str | None, site: str, found: bool = True) -> str | None:
    """The text to answer with; None where silence is better: an automatic answer to an automatic one never ends.

    `found` says whether there was an appointment to confirm. A language that is not ours reads English.
    """
    if said is Said.OTHER:
        return None
    texts = _NOTHING_TO_CONFIRM if said is Said.CONFIRM and not found else _REPLIES[said]
    return simplified(texts[language if language in LANGUAGES else "en"].format(site=site))
