"""La Belle's treatments as the guide sees them."""

from collections.abc import Iterable

from catalog.adapters.guide_book import rulebook
from catalog.domain.guide.treatments import Treatment, recognised
from catalog.domain.identity import ServiceId, derived_id
from catalog.domain.service import Modality

GENTLY = ("gentle_massage",)
FIRMLY = ("blood_thinners_or_clots", "severe_osteoporosis", "recent_surgery", "fever_or_infection", "open_wounds")
WARMLY = ("blood_thinners_or_clots", "neuropathy", "recent_surgery", "fever_or_infection", "open_wounds", "pregnancy")


def treatment(
    key: str, modality: Modality, *, shown_by: Iterable[str], minutes: Iterable[int], asks: Iterable[str]
) -> Treatment:
    return recognised(
        id_=ServiceId(derived_id("service", key)),
        modality=modality,
        shown_by=shown_by,
        minutes=minutes,
        question_ids=asks,
        book=rulebook(),
    )


MASSAGE, THERAPY = Modality.MASSAGE, Modality.PHYSICAL_THERAPY
SWEDISH = treatment("swedish", MASSAGE, shown_by=["swedish"], minutes=[30, 60, 90], asks=GENTLY)
DEEP = treatment("deep-tissue", MASSAGE, shown_by=["deep_tissue"], minutes=[60, 90], asks=[*FIRMLY, "pregnancy"])
PAIN = treatment("pain-relief", MASSAGE, shown_by=["pain_relief"], minutes=[60, 75], asks=WARMLY)
COUPLES = treatment("couples", MASSAGE, shown_by=["swedish", "couples"], minutes=[60, 90], asks=GENTLY)
PRENATAL = treatment("prenatal", MASSAGE, shown_by=["prenatal"], minutes=[60], asks=[])
EVALUATION = treatment("evaluation", THERAPY, shown_by=["evaluation"], minutes=[60], asks=[])
SESSION = treatment(
    "session",
    THERAPY,
    shown_by=["heat", "electrical_stimulation"],
    minutes=[30, 45],
    asks=["pacemaker", "neuropathy", "pregnancy"],
)
LA_BELLE = (SWEDISH, DEEP, PAIN, COUPLES, EVALUATION, SESSION)
