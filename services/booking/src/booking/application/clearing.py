"""A yes to a safety question: whoever a clinician has cleared may book, others are refused or owe the clearance."""

from zoneinfo import ZoneInfo

from booking.application.ports import Transaction
from booking.domain.booking import Booking
from booking.domain.clinic import PHYSICAL_THERAPY, Clinic
from booking.domain.documents import CLEARANCE, best_for, patient
from booking.domain.need_rules import REFUSE, SELF_PAY, Rules
from booking.domain.screening import clearance_needed


def check_cleared(
    transaction: Transaction, made: Booking, clinic: Clinic, *, rules: Rules, payer: str = SELF_PAY, kept: bool = False
) -> None:
    """Refuse a guest who answered yes and whom no clinician has cleared for that day. Nothing is read for the others.

    A session of physical therapy may keep its time while the clearance is an open need: where the rules say so, or if
    it is `kept` anyway, since staff booked it or it stood before.
    """
    if made.screening is None or made.screening.all_clear:
        return
    location, service = clinic.locations[made.location_id], clinic.services[made.service_id]
    if service.modality == PHYSICAL_THERAPY:
        rule = rules.rule(CLEARANCE, region=location.region, payer=payer, evaluation=service.evaluates)
        if kept or rule.without != REFUSE:
            return
    documents = transaction.therapy.chart(patient(made.guest)).documents
    day = made.start.astimezone(ZoneInfo(made.zone)).date()
    if best_for(documents, kind=CLEARANCE, day=day, minutes=made.minutes) is None:
        raise clearance_needed(location)
