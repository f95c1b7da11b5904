"""A small clinic with physical therapy: an evaluation, a session, a therapist and an assistant."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from booking.application.book import Book, book
from booking.application.hold import hold
from booking.application.needs import NO_PAPERS, Papers
from booking.domain.booking import Booking
from booking.domain.clinic import Clinic
from booking.domain.documents import Terms
from booking.domain.guest import Contact
from booking.domain.wish import Sought

from services.booking.tests.clinic_data import (
    PARIS,
    an_id,
    clinic,
    location,
    offer,
    practitioner,
    price,
    room,
    schedule,
    service,
)
from services.booking.tests.fakes import Office

EVALUATION, TREATMENT = an_id("evaluation"), an_id("treatment")
JULIEN, ALEX = an_id("julien"), an_id("alex")
GYM = an_id("gym")
TEN = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Europe/Paris"))  # 25 hours ahead
DAY = timedelta(days=1)
LISA = Contact(name="Lisa Roy", email="lisa@example.com")


def entities(region: str = "FR") -> list[dict[str, Any]]:
    """Return what there is beside the massage clinic."""

    def therapy(service_id: str, name: str, skill: str) -> dict[str, Any]:
        return service(
            service_id,
            name=name,
            modality="physical_therapy",
            requirements=[
                {"kind": "practitioner", "count": 1, "skill": skill},
                {"kind": "room", "room_kind": "physiotherapy", "capacity": 1, "count": 1},
            ],
            offers=[offer(durations=[{"minutes": 60, "price": price("80.00")}, {"minutes": 40, "price": price("60")}])],
        )

    licence = {"number": "FR-1", "region": region, "expires_on": "2029-01-01"}
    return [
        location(region=region),
        therapy(EVALUATION, "Evaluation", "evaluation"),
        therapy(TREATMENT, "Session", "physical_therapy"),
        practitioner(JULIEN, name="Julien", skills=["evaluation", "physical_therapy"], licence=licence),
        # An assistant whose entry says too much is still an assistant.
        practitioner(ALEX, name="Alex", skills=["evaluation", "physical_therapy", "assistant"], licence=licence),
        schedule(JULIEN),
        schedule(ALEX),
        room(GYM, name="Gym", room_kind="physiotherapy"),
        room(an_id("gym 2"), name="Gym 2", room_kind="physiotherapy"),
    ]


def therapy_clinic(region: str = "FR") -> Clinic:
    return clinic(*entities(region))


def referral(**changes: Any) -> Terms:
    terms = {"issuer": "Dr. Petit", "issued_on": date(2026, 11, 1), "expires_on": date(2027, 3, 1), "allowance": 10}
    return Terms(**{**terms, **changes})


def booked(
    here: Office,
    service_id: str = EVALUATION,
    start: datetime = TEN,
    *,
    papers: Papers = NO_PAPERS,
    contact: Contact = LISA,
    minutes: int = 60,
) -> Booking:
    sought = Sought(location_id=PARIS, service_id=service_id, duration_minutes=minutes)  # type: ignore[arg-type]
    held = hold(sought, start=start, desk=here.desk)
    command = Book(hold_id=held.hold.id, hold_token=held.token, contact=contact, papers=papers)
    return book(command, desk=here.desk).booking
