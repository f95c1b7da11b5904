"""One service, one therapist, a few appointments, and guests who are logged in. Prints what they are as JSON."""

import json
import sys
from datetime import date, time, timedelta

import django  # type: ignore[import-not-found]  # the peer's, not ours

django.setup()

from appointment.models import (  # type: ignore[import-not-found]  # noqa: E402
    Appointment,
    AppointmentRequest,
    Service,
    StaffMember,
    WorkingHours,
)
from django.contrib.auth import (  # type: ignore[import-not-found]  # noqa: E402
    BACKEND_SESSION_KEY,
    HASH_SESSION_KEY,
    SESSION_KEY,
    get_user_model,
)
from django.contrib.sessions.backends.db import SessionStore  # type: ignore[import-not-found]  # noqa: E402


def main() -> None:
    """Fill an empty database; the first argument says how many guests, the second which day has appointments."""
    people = get_user_model().objects
    service = Service.objects.create(name="Massage", duration=timedelta(hours=1), price=85)
    therapist = StaffMember.objects.create(
        user=people.create_user("therapist", first_name="Ana"), work_on_saturday=True, work_on_sunday=True
    )
    therapist.services_offered.add(service)
    for day in range(7):
        WorkingHours.objects.create(staff_member=therapist, day_of_week=day, start_time=time(9), end_time=time(18))
    guests = [people.create_user(f"guest{number}", f"guest{number}@example.com") for number in range(int(sys.argv[1]))]
    for hour in (9, 11, 14, 16):
        wish = AppointmentRequest.objects.create(
            date=date.fromisoformat(sys.argv[2]),
            start_time=time(hour),
            end_time=time(hour + 1),
            service=service,
            staff_member=therapist,
        )
        Appointment.objects.create(client=guests[0], appointment_request=wish, phone="+33199001010")
    sessions = [logged_in(guest) for guest in guests]
    sys.stdout.write(json.dumps({"service": service.pk, "therapist": therapist.pk, "sessions": sessions}))


def logged_in(guest: object) -> str:
    """The key of a session in which the guest has logged in."""
    session = SessionStore()
    session[SESSION_KEY] = str(guest.pk)  # type: ignore[attr-defined]
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = guest.get_session_auth_hash()  # type: ignore[attr-defined]
    session.create()
    return str(session.session_key)


main()
