"""Growth: free times over ever more practitioners and days, with ever more appointments in the past."""

from collections.abc import Sequence

from benchmarks import clinic, diary, plans
from benchmarks.figures import Figure, at_most, median, percentile
from benchmarks.load import times
from benchmarks.rows.availability import asked, p50, select
from benchmarks.run import PLANS, Run

DAYS = (1, 14, 31)
BEYOND_PAST = 1.2
# More practitioners, then more days, each time on top of a question that is no longer small.
STEPS = (((10, 14), (1, 14)), ((100, 14), (10, 14)), ((10, 31), (10, 14)), ((100, 31), (100, 14)))

Sizes = dict[tuple[int, int], float]
"""Milliseconds by practitioners and days."""


def growth(run: Run) -> None:
    """Measure each size of question at each size of the past, in turn; keep the query's plans."""
    ten = run.ground.crew("look-10", 10, "look")
    rounds: dict[int, list[Sizes]] = {past: [] for past in run.size.past}
    bare: dict[int, list[Sizes]] = {past: [] for past in run.size.past}
    explained: dict[int, str] = {}
    for past in run.size.past:
        _load(run, past)
    for number in range(min(3, run.size.rounds)):
        run.say(f"looking, round {number + 1}")
        for past in _from(run.size.past, number):
            with diary.in_place_of_allocations(run.ground.booking, _table(past)):
                ours, select_alone = _looked(run)
                rounds[past].append(ours)
                bare[past].append(select_alone)
                explained[past] = plans.plan(run.ground.booking, ten, run.tomorrow, days=14)
    plans.keep(PLANS, {past: explained[past] for past in run.size.past})
    middle = {past: _middle(found) for past, found in rounds.items()}
    _add_past(run, middle, {past: _middle(found) for past, found in bare.items()})
    _add_questions(run, middle[run.size.past[-1]])


def _load(run: Run, past: int) -> None:
    """Spread the past over everyone whose free times are looked at."""
    run.say(f"loading {past:,} past bookings")
    crews = [run.ground.crew(f"look-{size}", size, "look") for size in clinic.SIZES]
    resources = [one for crew in crews for one in (*crew.practitioners, *crew.rooms)]
    diary.look_back(run.ground.booking, _table(past), resources, each=max(1, past // sum(clinic.SIZES)))


def _table(past: int) -> str:
    return f"allocations_after_{past}"


def _from(past: Sequence[int], number: int) -> list[int]:
    first = number % len(past)
    return [*past[first:], *past[:first]]


def _middle(rounds: Sequence[Sizes]) -> Sizes:
    """The median round of each size."""
    return {size: median([found[size] for found in rounds]) for size in rounds[0]}


def _looked(run: Run) -> tuple[Sizes, Sizes]:
    """One round over all sizes: ours, and the bare query's."""
    ours: Sizes = {}
    bare: Sizes = {}
    for size in clinic.SIZES:
        crew = run.ground.crew(f"look-{size}", size, "look")
        for days in DAYS:
            request, _ = asked(crew, run.tomorrow, days)
            count = max(6, run.size.alone * 3 // (2 + size * days // 10))
            p50(run, run.ground.urls[0], request, 3)
            took = run.ground.driver.run(times, run.ground.urls[:1], [request] * count, 1)
            ours[size, days] = percentile(took.each, 0.5) * 1000
            bare[size, days] = select(run, crew, run.tomorrow, days, count)
    return ours, bare


def _add_past(run: Run, ours: dict[int, Sizes], bare: dict[int, Sizes]) -> None:
    least, most = run.size.past[0], run.size.past[-1]
    for (size, days), now in ours[most].items():
        run.add(
            Figure(
                row=f"growth-past-{size}x{days}",
                what=f"{size} practitioners × {days} days with {most:,} past bookings",
                unit="ms",
                value=now,
                limit=ours[least][size, days],
                limit_is=f"with {least:,}",
                target=at_most(BEYOND_PAST),
                note=f"bare SELECT {bare[least][size, days]:.2f} → {bare[most][size, days]:.2f} ms",
            )
        )


def _add_questions(run: Run, now: Sizes) -> None:
    for (size, days), (smaller, fewer) in STEPS:
        work = size * days / (smaller * fewer)
        run.add(
            Figure(
                row=f"growth-question-{size}x{days}",
                what=f"{size} practitioners × {days} days, {work:.3g} times the work of {smaller} × {fewer}",
                unit="ms",
                value=now[size, days],
                limit=now[smaller, fewer] * work,
                limit_is="linear",
                target=at_most(1),
            )
        )
