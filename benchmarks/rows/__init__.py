"""The rows of the table, one file a subject. Each is a function that measures and adds figures to a run."""

from collections.abc import Callable

from benchmarks.rows.availability import availability
from benchmarks.rows.booking import booking
from benchmarks.rows.growth import growth
from benchmarks.rows.memory import memory
from benchmarks.rows.relay import relay
from benchmarks.rows.reminders import reminders
from benchmarks.rows.scaling import scaling
from benchmarks.run import Run

ROWS: dict[str, Callable[[Run], None]] = {
    "availability": availability,
    "booking": booking,
    "relay": relay,
    "scaling": scaling,
    "reminders": reminders,
    "memory": memory,
    "growth": growth,
}
"""By the name that `make bench ROWS=…` knows, in the order in which they run."""
