"""What stands in a practitioner's diary, in PostgreSQL."""

from sqlalchemy import Engine, func, select
from sqlalchemy.dialects.postgresql import insert

from booking.adapters.booking_rows import WHOLE_BOOKINGS, booking_of
from booking.adapters.storage import Reader, storage
from booking.adapters.tables import allocations, bookings, calendar_feeds
from booking.domain.booking import Booking
from booking.domain.feed import FIRST_GENERATION
from booking.domain.ids import PractitionerId
from booking.domain.ranges import Range


class PostgresDiaries:
    """The port `Diaries`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._read = Reader(engine)

    def booked(self, practitioner_id: PractitionerId, during: Range) -> list[Booking]:
        """See `Diaries.booked`. The exclusion constraint's own index finds them."""
        query = (
            WHOLE_BOOKINGS.join(allocations, allocations.c.booking_id == bookings.c.id)
            .where(
                allocations.c.resource_id == practitioner_id,
                allocations.c.active,
                allocations.c.during.op("&&")(func.tstzrange(*(func.to_timestamp(each) for each in during))),
            )
            .order_by(bookings.c.starts_at, bookings.c.id)
        )
        rows = self._read(lambda connection: connection.execute(query).mappings().all())
        return [booking_of(row) for row in rows]

    def generation(self, practitioner_id: PractitionerId) -> int:
        """See `Diaries.generation`."""
        query = select(calendar_feeds.c.generation).where(calendar_feeds.c.practitioner_id == practitioner_id)
        return self._read(lambda connection: connection.execute(query).scalar()) or FIRST_GENERATION

    def revoke(self, practitioner_id: PractitionerId) -> None:
        """See `Diaries.revoke`."""
        first = insert(calendar_feeds).values(practitioner_id=practitioner_id, generation=FIRST_GENERATION + 1)
        raised = first.on_conflict_do_update(
            index_elements=["practitioner_id"], set_={"generation": calendar_feeds.c.generation + 1}
        )
        with storage(), self._engine.begin() as connection:
            connection.execute(raised)
