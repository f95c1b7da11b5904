"""A seed must unfold to the same plan wherever and whenever it is unfolded."""

import subprocess
import sys

from tests.soak.faults import FAULTS
from tests.soak.plan import FAILPOINTS, MENU, PROCESSES, plan


def test_a_seed_replays_in_another_process_as_it_was() -> None:
    code = "from tests.soak.plan import plan; print(*plan(7).faults, sep=', ')"
    said = {
        subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout for _ in "ab"
    }
    assert said == {", ".join(map(str, plan(7).faults)) + "\n"}


def test_seeds_differ() -> None:
    assert len({str(plan(seed).faults) for seed in range(50)}) == 50


def test_there_is_a_way_to_begin_each_kind_of_fault() -> None:
    assert set(MENU) <= set(FAULTS)


def test_a_hundred_seeds_come_to_every_kind_every_failpoint_and_every_process() -> None:
    faults = [fault for seed in range(1, 121) for fault in plan(seed).faults]
    assert {fault.kind for fault in faults} >= set(MENU)
    assert {fault.how.get("failpoint") for fault in faults} >= set(FAILPOINTS)
    assert {fault.how.get("process") for fault in faults} >= set(PROCESSES)


def test_a_plan_can_be_narrowed_down_to_one_choice_of_one_kind() -> None:
    faults = plan(3, only=["process.failpoint=sender.after_claim"], faults=2).faults
    assert {str(fault.how.get("failpoint")) for fault in faults if fault.kind != "clock.jumps"} == {
        "sender.after_claim"
    }


def test_every_failpoint_of_the_plan_is_one_of_the_product() -> None:
    found = subprocess.run(
        ["grep", "-rhoE", r'failpoints\.hit\("[a-z_.]+"\)', "libs", "services", "gateway", "--include=*.py"],  # noqa: S607
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    named = {line.partition('"')[2].partition('"')[0] for line in found.splitlines() if "/tests/" not in line}
    assert named - {"here"} == set(FAILPOINTS)
