"""`make soak-bugs`: plant one bug after the other, run seeds that should bring it to light, and say which were caught.

A checker that finds nothing proves nothing until it has been seen to find something.
"""

import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.checker.reading import change
from tests.soak.arena import Arena
from tests.soak.conductor import Result, conduct
from tests.soak.disk import own_mounts
from tests.soak.plan import plan

MOST_SEEDS = 6
SETTLED_WITHIN = 50.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Bug:
    """A planted bug: `sql` where it is one of a database, and a graft of the same name otherwise.

    `faults` are what brings it to light, `shows_as` the findings that count as having noticed it.
    """

    name: str
    faults: tuple[str, ...]
    shows_as: frozenset[str]
    sql: tuple[tuple[str, str], ...] = ()
    grafted: bool = True
    longer: float = 0.0


def _bug(
    name: str,
    *faults: str,
    shows_as: str,
    sql: tuple[tuple[str, str], ...] = (),
    grafted: bool = True,
    longer: float = 0.0,
) -> Bug:
    return Bug(name=name, faults=faults, shows_as=frozenset(shows_as.split()), sql=sql, grafted=grafted, longer=longer)


BUGS = (
    _bug(
        "constraint_dropped",
        "redis",
        shows_as="overlap",
        sql=(("booking", "ALTER TABLE allocations DROP CONSTRAINT allocations_no_overlap"),),
        grafted=False,
    ),
    _bug("event_before_commit", "postgres.commit_cut", "process.failpoint=booking.before_commit", shows_as="ghost"),
    _bug("event_after_commit", "process.failpoint=booking.after_commit_before_wake", shows_as="lost"),
    _bug("commit_failure_swallowed", "postgres.commit_cut", shows_as="lost"),
    _bug(
        "retries_not_recognised",
        "postgres.commit_cut",
        "process.failpoint=gateway.after_call",
        shows_as="doubled ghost",
    ),
    _bug("cancelling_keeps_the_time", "redis.flushed", shows_as="blocked"),
    _bug("undo_takes_nothing_back", "redis.flushed", shows_as="lost"),
    _bug("token_not_compared", "redis.flushed", shows_as="surprise"),
    _bug("hold_never_ends", "process.killed", shows_as="blocked"),
    _bug("ack_before_commit", "process.failpoint=inbox.inside_transaction", shows_as="stuck lost"),
    _bug(
        "inbox_off",
        "events.duplicated",
        "process.failpoint=relay.after_publish_before_mark",
        shows_as="doubled",
        sql=(("notifications", "ALTER TABLE messages DROP CONSTRAINT messages_key"),),
    ),
    # Longer than a statement waits for a lock.
    _bug("failures_forgotten", "postgres.table_locked=notifications.messages", shows_as="lost", longer=2.0),
    _bug("marked_before_published", "process.failpoint=relay.before_publish", "rabbitmq.killed", shows_as="stuck lost"),
    _bug("relay_goes_by_the_last_number", "postgres.commit_late", shows_as="stuck"),
    _bug("state_not_asked", "clock.jumps_while_events_wait=1200", shows_as="stale"),
    _bug("no_lease", "mail.moody", shows_as="doubled"),
    _bug("days_by_booking", "clock.jumps_while_events_wait=1200", shows_as="doubled"),
    _bug("staff_forgotten", "redis.flushed", shows_as="lost"),
    _bug("waiting_untold", "redis.flushed", shows_as="lost"),
    _bug("settled_before_sent", "mail", "process.failpoint=sender.after_hand_over", shows_as="lost"),
)


def main() -> None:
    """Plant the bugs named on the command line, or all; exit 0 if each was caught."""
    wanted = [bug for bug in BUGS if not sys.argv[1:] or bug.name in sys.argv[1:]]
    first = int(os.environ.get("FIRST") or 1)
    own_mounts()
    with tempfile.TemporaryDirectory(prefix="slotwell-soak-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        arena = Arena(Path(folder))
        try:
            arena.start()
            arena.keep_as_new()
            missed = [bug.name for bug in wanted if not _caught(arena, bug, first)]
        finally:
            arena.stop()
    _say(
        f"{len(wanted) - len(missed)} of {len(wanted)} planted bugs were caught"
        + "".join(f"; not {each}" for each in missed)
    )
    sys.exit(bool(missed))


def _caught(arena: Arena, bug: Bug, first: int) -> bool:
    arena.renew(bug=bug.name if bug.grafted else "")
    for owner, statement in bug.sql:
        change(arena.databases[owner], statement)
    seen: set[str] = set()
    for seed in range(first, first + MOST_SEEDS):
        result = conduct(
            arena, plan(seed, only=bug.faults, faults=3, longer=bug.longer), set(), settled_within=SETTLED_WITHIN
        )
        hits = [each for each in result.findings if each.kind in bug.shows_as]
        seen |= {each.kind for each in result.findings}
        if hits:
            _say(f"caught      {bug.name:<32} seed {seed}  {len(hits)} findings, the first: {hits[0]}")
            return True
        _say(f"            {bug.name:<32} seed {seed}  {_summary(result)}")
    _say(f"NOT CAUGHT  {bug.name:<32} in seeds {first} to {first + MOST_SEEDS - 1}; seen: {sorted(seen)}")
    return False


def _summary(result: Result) -> str:
    return f"{len(result.diary.operations)} operations, nothing of it; {[str(each) for each in result.findings[:2]]}"


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
