"""Who imports whom: the contracts in .importlinter, and what they cannot say."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.sources import LIBS, ROOT, SERVICES, imports, python, shown


def test_the_import_contracts_are_kept() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("service", SERVICES)
def test_a_domain_is_made_of_the_standard_library_alone(service: str) -> None:
    allowed = sys.stdlib_module_names | {service}
    for path in python(f"services/{service}/src/{service}/domain"):
        for module in imports(path):
            assert module.split(".")[0] in allowed, f"{shown(path)} imports {module}"
            if module.startswith(f"{service}."):
                assert module.startswith(f"{service}.domain"), f"{shown(path)} looks outward to {module}"


def test_nameko_is_met_at_the_edge_only() -> None:
    edge = {f"services/{service}/src/{service}/{name}.py" for service in SERVICES for name in ("service", "run")}
    for path in python("libs", "services", "gateway", "deploy"):
        meets = any(module.split(".")[0] == "nameko" for module in imports(path))
        if meets and "tests" not in path.parts:
            assert shown(path) in edge or "nameko_ext" in path.parts, f"{shown(path)} imports nameko"


# Describes the clinic file from its reader when somebody asks it to; no process of the platform runs it.
WRITES_A_CONTRACT = {"services/catalog/src/catalog/manual.py"}


def test_no_service_reads_the_contracts_at_run_time() -> None:
    for path in python("services", "gateway/src"):
        if "tests" not in path.parts and shown(path) not in WRITES_A_CONTRACT:
            assert "schema.json" not in path.read_text(encoding="utf-8"), shown(path)


@pytest.mark.parametrize("distribution", [*(f"libs/{lib}" for lib in LIBS), *(f"services/{s}" for s in SERVICES)])
def test_a_suite_needs_only_its_own_distribution(distribution: str) -> None:
    own = Path(distribution).name
    others = {*SERVICES, "gateway", "launcher", "tests"} - {own}
    for path in python(f"{distribution}/tests"):
        for module in imports(path):
            assert module.split(".")[0] not in others, f"{shown(path)} imports {module}"
