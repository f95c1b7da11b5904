"""docker-compose.yml starts what `make stack` starts, with the same commands and variables, and keeps its promises."""

import re
import stat
import subprocess
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml
from launcher.environment import platform_environment
from launcher.one_shots import TOPOLOGY, OneShot, clinic, migration, topology
from launcher.options import DEMO_CLINIC, read_options
from launcher.processes import DATABASE_OWNERS, SERVICES, Process, processes
from messaging.nameko_ext.run import STOPPING_SECONDS

from tests.architecture.sources import ROOT

FILE = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load(FILE)["services"]
PROCESSES = {process.name: process for process in processes(demo=False)}
JOBS: dict[str, OneShot] = {
    **{f"migrate-{owner}": migration(owner) for owner in DATABASE_OWNERS},
    "topology": topology(),
    "clinic": clinic(DEMO_CLINIC),
}
OTHERS = {"edge", "postgres", "redis", "rabbitmq", "mailpit"}
SECRET = re.compile(r"\$\{(\w*(?:PASSWORD|SECRET_KEY))([^}]*)\}")
every_process = pytest.mark.parametrize("process", PROCESSES.values(), ids=list(PROCESSES))
every_one_of_ours = pytest.mark.parametrize("name", [*PROCESSES, *JOBS])


def test_it_starts_the_processes_and_jobs_of_make_stack_and_no_others() -> None:
    assert set(COMPOSE) == set(PROCESSES) | set(JOBS) | OTHERS


@every_process
def test_a_process_has_the_same_command(process: Process) -> None:
    assert COMPOSE[process.name]["command"] == ["python", "-m", process.module]


@every_process
def test_a_process_is_told_all_that_make_stack_tells_it_and_nothing_that_it_does_not_read(process: Process) -> None:
    told = set(COMPOSE[process.name]["environment"])
    module, _, name = process.settings.partition(":")
    read = {f"SLOTWELL_{field.upper()}" for field in getattr(import_module(module), name).model_fields}
    assert told <= read, f"{process.name} does not read {told - read}"
    assert told >= read & _told_by_make_stack(), f"{process.name} is not told {(read & _told_by_make_stack()) - told}"
    assert COMPOSE[process.name]["environment"]["SLOTWELL_PROCESS"] == process.name


@every_process
def test_a_process_runs_its_owners_image_after_its_owners_jobs(process: Process) -> None:
    owner = process.module.split(".")[0]
    service = COMPOSE[process.name]
    assert service["image"].startswith(f"slotwell/{owner}:")
    for job in (f"migrate-{owner}", "topology"):
        assert service["depends_on"][job]["condition"] == "service_completed_successfully"
    for name, needed in service["depends_on"].items():
        assert needed["condition"] != "service_started", f"{process.name} does not wait for {name}"


@pytest.mark.parametrize("name", JOBS)
def test_a_job_is_the_one_that_make_stack_runs(name: str) -> None:
    job, command = JOBS[name], COMPOSE[name]["command"]
    assert command[:3] == ["python", "-m", job.module]
    assert [Path(one).name for one in command[3:]] == [Path(one).name for one in job.arguments]
    assert COMPOSE[name]["restart"] == "no"


def test_the_topologys_image_brings_the_contract() -> None:
    dockerfile = (ROOT / "deploy" / "containers" / "Dockerfile").read_text(encoding="utf-8")
    assert f"COPY {TOPOLOGY.relative_to(ROOT)} {COMPOSE['topology']['command'][-1]}\n" in dockerfile


@pytest.mark.parametrize("owner", [*SERVICES, "gateway"])
def test_each_image_is_built_once_for_its_own_distribution(owner: str) -> None:
    builds = [
        service["build"]
        for service in COMPOSE.values()
        if service["image"].startswith(f"slotwell/{owner}:")
        if "build" in service
    ]
    assert len(builds) == 1
    assert builds[0]["target"] == "gateway" if owner == "gateway" else builds[0]["args"]["SERVICE"] == owner


@every_one_of_ours
def test_what_is_ours_may_write_nothing_and_gain_nothing(name: str) -> None:
    service = COMPOSE[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "user" not in service, "the image says who it runs as"
    assert service["init"] is True, "a signal before its handlers stand must end it too"


def test_our_images_run_as_nobody_of_importance() -> None:
    dockerfile = (ROOT / "deploy" / "containers" / "Dockerfile").read_text(encoding="utf-8")
    final = re.split(r"^FROM .* AS runtime$", dockerfile, flags=re.MULTILINE)[1]
    assert re.findall(r"^USER (.*)$", final, flags=re.MULTILINE) == ["10001:10001"]
    assert set(re.findall(r"^FROM (\S+)", final, flags=re.MULTILINE)) == {"runtime"}


@every_process
def test_a_process_is_given_time_to_finish(process: Process) -> None:
    assert _seconds(COMPOSE[process.name]["stop_grace_period"]) >= STOPPING_SECONDS + 5


@pytest.mark.parametrize("name", [*PROCESSES, *OTHERS])
def test_what_stays_up_is_looked_after_and_bounded(name: str) -> None:
    service = COMPOSE[name]
    assert service["restart"] == "unless-stopped"
    assert service["healthcheck"]["test"]
    assert {"cpus", "memory", "pids"} <= set(service["deploy"]["resources"]["limits"])


def test_only_the_edge_may_be_reached_from_outside_this_machine() -> None:
    for name, service in COMPOSE.items():
        for port in service.get("ports", []):
            assert name == "edge" or port.startswith("127.0.0.1:"), f"{name} publishes {port}"


def test_no_secret_has_a_default() -> None:
    found = SECRET.findall(FILE)
    assert {rest for _, rest in found} <= {"", ":?is not set. Run `make env` first"}
    required = {name for name, rest in found if rest}
    assert {name for name, _ in found} == required, "each is asked for where it is missing"


def test_make_env_writes_every_secret_once_and_never_the_same(tmp_path: Path) -> None:
    first, second = (_env(tmp_path / name) for name in ("one", "two"))
    required = {name for name, rest in SECRET.findall(FILE) if rest}
    secrets = [first[name] for name in required]
    assert len(set(secrets)) == len(secrets)
    assert all(len(one) >= 32 for one in secrets)
    assert all(first[name] != second[name] for name in required)
    assert set(first) <= set(re.findall(r"\$\{(\w+)", FILE)) | {"COMPOSE_PROFILES"}, "a line that nothing reads"


def test_make_env_keeps_the_secrets_that_are_there(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    _env(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    kept = file.read_text()
    again = subprocess.run([ROOT / "deploy" / "env", file], capture_output=True, text=True, check=False)
    assert again.returncode == 1
    assert "stays" in again.stderr
    assert file.read_text() == kept


def _told_by_make_stack() -> set[str]:
    options = read_options({"SLOTWELL_DEMO": "0"})
    servers = dict.fromkeys(DATABASE_OWNERS, "postgresql://")
    told = platform_environment(
        options,
        databases=servers,
        redis_url="",
        amqp_url="",
        secret_key="",
        admin_token_sha256="",
        demo_clock=Path("unused"),
    )
    return {*told, "SLOTWELL_PROCESS"}


def _env(file: Path) -> dict[str, str]:
    subprocess.run([ROOT / "deploy" / "env", file], check=True, capture_output=True)
    lines = [line for line in file.read_text().splitlines() if line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


def _seconds(text: str) -> int:
    return int(text.removesuffix("s"))
