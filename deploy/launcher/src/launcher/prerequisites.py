"""The programs that the tests need besides Python: installed if they are missing and we may, else named."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from servers import ProgramMissing, programs

from launcher.problem import Problem, say_and_exit


@dataclass(frozen=True, slots=True, kw_only=True)
class Prerequisite:
    """A program, the Debian package that brings it, and how to see that it is there."""

    package: str
    is_there: Callable[[], bool]


def _found(look: Callable[[], object]) -> bool:
    try:
        look()
    except ProgramMissing:
        return False
    return True


PREREQUISITES = (
    Prerequisite(package="postgresql", is_there=lambda: _found(lambda: programs.postgres(programs.INSTALLED))),
    Prerequisite(package="redis-server", is_there=lambda: _found(lambda: programs.redis(programs.INSTALLED))),
    Prerequisite(package="rabbitmq-server", is_there=lambda: _found(programs.rabbitmq)),
    Prerequisite(package="chromium", is_there=lambda: shutil.which("chromium") is not None),
)


def missing() -> list[str]:
    """The Debian packages whose programs are not on this machine."""
    return [one.package for one in PREREQUISITES if not one.is_there()]


def provide() -> None:
    """Install what is missing; raises Problem naming it when we may not or it fails."""
    packages = missing()
    if not packages:
        return
    command = f"apt-get install {' '.join(packages)}"
    rights = _rights()
    if rights is None:
        raise Problem(f"The tests need programs that are not installed here. Install them: {command}")
    print(f"  Installing {', '.join(packages)} ...", flush=True)  # noqa: T201 - a command's output
    for arguments in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *packages]):
        done = subprocess.run(
            [*rights, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise Problem(f"{command} failed:\n{(done.stdout + done.stderr).strip()}")
    if still := missing():
        raise Problem(f"apt-get installed {', '.join(still)}, and the programs are still not to be found.")


def _rights() -> Sequence[str] | None:
    """What to put before apt-get, or None when there is no apt-get or no right to use it."""
    if shutil.which("apt-get") is None:
        return None
    if os.geteuid() == 0:
        return ()
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True, check=False).returncode == 0:
        return (sudo, "-n")
    return None


def main() -> None:
    try:
        provide()
    except Problem as problem:
        say_and_exit(problem)
    sys.exit(0)


if __name__ == "__main__":
    main()
