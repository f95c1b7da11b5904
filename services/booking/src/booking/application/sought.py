"""What was asked for when a hold or a booking was made, to be asked for again."""

from booking.domain.booking import Booking
from booking.domain.hold import Hold
from booking.domain.ids import PractitionerId
from booking.domain.part import GuestSought
from booking.domain.party import staying
from booking.domain.wish import Sought


def sought_again(booking: Booking, practitioner_id: PractitionerId | None = None) -> Sought:
    """Return what the booking is of, with this practitioner or with anyone; of a party, in the same company."""
    guests = staying(booking.guests)
    if guests:
        alone = len(guests) == 1
        return Sought(
            location_id=booking.location_id,
            service_id=booking.service_id,
            practitioner_id=None if alone else practitioner_id,
            guests=tuple(each.sought(practitioner_id if alone else None) for each in guests),
        )
    return Sought(
        location_id=booking.location_id,
        service_id=booking.service_id,
        duration_minutes=booking.minutes,
        practitioner_id=practitioner_id,
        preference=booking.preference,
    )


def sought_of(hold: Hold) -> Sought:
    """Return what the hold was asked for."""
    return Sought(
        location_id=hold.location_id,
        service_id=hold.service_id,
        duration_minutes=None if hold.guests else hold.minutes,
        practitioner_id=None if hold.guests else hold.practitioner_id,
        preference=hold.preference,
        guests=tuple(
            GuestSought(
                duration_minutes=part.duration_minutes,
                practitioner_id=part.asked_for,
                add_on_ids=part.add_on_ids,
                preference=part.preference,
            )
            for part in hold.guests
        )
        or None,
    )
