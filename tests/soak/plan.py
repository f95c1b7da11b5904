"""What a seed decides: which faults strike when, for how long, and what the clients are like.

Everything is drawn here or from dice that are seeded here, so that a seed printed by one run replays in another.
How the parts' work interleaves is nobody's choice: that differs from run to run.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

CLIENTS = 5
SPAN = 8.0  # seconds of load at the least; it goes on until the last fault has been over for a while
PROCESSES = (
    "gateway",
    "gateway.2",
    "booking",
    "booking.2",
    "notifications",
    "notifications.2",
    "notifications-sender",
    "notifications-sender.2",
    "booking-relay",
    "catalog",
    "catalog-relay",
)
FAILPOINTS = (
    "gateway.after_call",
    "booking.after_claim",
    "booking.before_commit",
    "booking.after_commit_before_wake",
    "relay.before_publish",
    "relay.after_publish_before_mark",
    "inbox.inside_transaction",
    "inbox.after_commit_before_ack",
    "sender.after_claim",
    "sender.after_hand_over",
    "sender.after_provider_accepts",
)
# How far the clinic's clock jumps once in every seed, in minutes. Never over a whole reminder's window, which is the
# twenty-two hours between the first reminder and the second.
JUMPS = (4, 30, 100, 6 * 60, 20 * 60)
OWNERS = ("booking", "booking", "booking", "notifications", "notifications", "gateway", "catalog")
MOODS = ("slow", "hanging", "takes_and_hangs", "takes_and_hangs_up", "puts_off")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault: it begins `at` seconds into the seed and lasts for about `lasts`. `how` is its kind's own business."""

    kind: str
    at: float
    lasts: float
    how: dict[str, Any] = field(default_factory=dict)

    @property
    def family(self) -> str:
        """The part of the platform that it strikes."""
        return self.kind.partition(".")[0]

    def __str__(self) -> str:
        how = " ".join(str(value) for value in self.how.values())
        return f"{self.kind}{f'({how})' if how else ''}@{self.at:.1f}+{self.lasts:.1f}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A seed, unfolded."""

    seed: int
    faults: Sequence[Fault]
    clients: int = CLIENTS
    span: float = SPAN


Menu = dict[str, tuple[int, dict[str, Sequence[Any]]]]
"""Kind: its weight, and what of it there is to choose."""

MENU: Menu = {
    "process.killed": (5, {"process": PROCESSES}),
    "process.failpoint": (9, {"failpoint": FAILPOINTS}),
    "process.hangs": (4, {"process": PROCESSES}),
    "rabbitmq.restarted": (1, {}),
    "rabbitmq.killed": (1, {}),
    "rabbitmq.down": (1, {}),
    "rabbitmq.silent": (1, {"direction": ("both", "to_server", "to_client")}),
    "rabbitmq.hangs": (1, {}),
    "rabbitmq.disk_full": (1, {}),
    "postgres.restarted": (1, {}),
    "postgres.killed": (1, {}),
    "postgres.hangs": (1, {}),
    "postgres.down": (1, {"owner": OWNERS}),
    "postgres.silent": (1, {"owner": OWNERS, "direction": ("both", "to_server", "to_client")}),
    "postgres.commit_cut": (3, {"owner": OWNERS[:5], "swallow": (True, True, False), "count": (1, 3)}),
    "postgres.commit_late": (1, {"owner": OWNERS[:5]}),
    "postgres.table_locked": (1, {"table": ("notifications.messages", "notifications.inbox", "booking.bookings")}),
    "postgres.disk_full": (1, {}),
    "redis.flushed": (2, {}),
    "redis.hangs": (1, {}),
    "redis.restarted": (1, {}),
    "redis.killed": (1, {}),
    "redis.silent": (1, {"direction": ("both", "to_server", "to_client")}),
    "mail.moody": (3, {"mood": MOODS}),
    "mail.down": (1, {}),
    "text.moody": (3, {"mood": (*MOODS, "stumbles")}),
    "text.down": (1, {}),
    "events.duplicated": (2, {}),
    "events.reordered": (2, {}),
    "clock.jumps_while_events_wait": (1, {"minutes": JUMPS[2:]}),
    "clock.skewed": (2, {"process": PROCESSES[2:9], "seconds": (-20, -5, 5, 20)}),
}


def plan(seed: int, *, only: Sequence[str] = (), faults: int | None = None, longer: float = 0.0) -> Plan:
    """Unfold a seed. `only` narrows down what may strike, `longer` draws it out; each has the clock's jump besides.

    It names families (`redis`), kinds (`redis.flushed`), or one choice (`process.failpoint=sender.after_claim`).
    """
    dice = random.Random(f"plan {seed}")  # noqa: S311 - repeats by its seed
    menu = _narrowed(only) if only else MENU
    chosen = [_drawn(dice, menu, longer) for _ in range(faults if faults is not None else dice.choice((2, 3, 3, 4)))]
    jump = Fault(kind="clock.jumps", at=dice.uniform(4, SPAN - 1), lasts=0, how={"minutes": dice.choice(JUMPS)})
    return Plan(seed=seed, faults=sorted([*_apart(chosen), jump], key=lambda fault: fault.at))


def _narrowed(only: Sequence[str]) -> Menu:
    wanted = {name.partition("=")[0]: name.partition("=")[2] for name in only}
    menu = {}
    for kind, (weight, choices) in MENU.items():
        if kind in wanted or kind.partition(".")[0] in wanted:
            one = wanted.get(kind)
            menu[kind] = (
                weight,
                {name: [each for each in every if str(each) == one] or every for name, every in choices.items()},
            )
    return menu


def _drawn(dice: random.Random, menu: Menu, longer: float) -> Fault:
    [kind] = dice.choices(list(menu), [weight for weight, _ in menu.values()])
    how = {name: dice.choice(list(choices)) for name, choices in menu[kind][1].items()}
    return Fault(kind=kind, at=dice.uniform(0.5, SPAN - 2), lasts=dice.uniform(0.5, 3.5) + longer, how=how)


def _apart(chosen: Sequence[Fault]) -> list[Fault]:
    """Leave out what strikes a server that is struck already; processes may die as they like."""
    kept: list[Fault] = []
    for fault in chosen:
        if fault.family in {"process", "clock"} or all(fault.family != other.family for other in kept):
            kept.append(fault)
    return kept
