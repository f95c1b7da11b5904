"""Make the catalog say what a YAML or JSON file says: `python -m catalog.load FILE [--dry-run] [--database-url URL]`.

It works directly on the database, so that a clinic can be set up before anything else runs; the events wait in
the outbox for the relay. Exit code 1: the file has problems, each with its line; 2: it could not be tried.
"""

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from messaging.postgres import engine_for
from runtime import correlation
from runtime.clock import SystemClock
from sqlalchemy.exc import OperationalError, ProgrammingError

from catalog.adapters.postgres_catalog import PostgresCatalog
from catalog.adapters.yaml_documents import YamlDocument, read_yaml
from catalog.answers import MOST_TOLD
from catalog.application.difference import MOST_TOLD as MOST_CHANGES
from catalog.application.difference import EntityChanged
from catalog.application.errors import InvalidCatalog
from catalog.application.load import Load, Loaded, load, preview
from catalog.documents import parse
from catalog.domain.problem import Problem, spell
from catalog.fields import shown


def load_file(path: Path, *, database_url: str, dry_run: bool = False) -> tuple[Loaded, Sequence[EntityChanged]]:
    """Load the file, or raise `InvalidFile` and change nothing. A dry run changes nothing and tells the difference."""
    document = read_yaml(path.read_text(encoding="utf-8"))
    command = _command(document)
    engine = engine_for(database_url, application="slotwell-catalog")
    try:
        # Nobody to wake: a relay that runs finds the events at its next look.
        catalog = PostgresCatalog(engine, wake=lambda: None)
        if dry_run:
            tried = preview(command, catalog=catalog)
            return tried.summary, tried.difference
        now, correlation_id = SystemClock().now(), correlation.current() or correlation.new_id()
        return load(command, catalog=catalog, now=now, correlation_id=correlation_id), []
    except InvalidCatalog as refusal:
        raise InvalidFile(lines=tuple(_listed(path, document, refusal.problems))) from refusal
    finally:
        engine.dispose()


@dataclass(frozen=True)
class InvalidFile(Exception):
    """The file's problems as `file:line: place: message`, by line."""

    lines: tuple[str, ...]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m catalog.load", description="Load a catalog from a YAML file.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--database-url", default=os.environ.get("SLOTWELL_CATALOG_DATABASE_URL"))
    parser.add_argument("--dry-run", action="store_true", help="change nothing, print what would change")
    given = parser.parse_args(arguments)
    if not given.database_url:
        parser.error("name the database by --database-url or SLOTWELL_CATALOG_DATABASE_URL")
    try:
        done, told = load_file(given.file, database_url=given.database_url, dry_run=given.dry_run)
    except InvalidFile as refusal:
        return _fail(1, *refusal.lines)
    except UnicodeDecodeError:
        return _fail(2, f"{given.file} is not text in UTF-8.")
    except OSError as error:
        return _fail(2, f"{given.file} cannot be read: {error.strerror}.")
    except OperationalError as error:
        return _fail(2, f"The catalog's database does not answer: {str(error.orig).strip()}")
    except ProgrammingError:
        return _fail(2, "The catalog's database has no tables yet; run `python -m catalog.migrate` first.")
    sys.stdout.write("".join(f"{line}\n" for line in _difference(told)))
    sys.stdout.write(
        f"{given.file}: {done.added} added, {done.changed} changed, {done.withdrawn} withdrawn, "
        f"{done.unchanged} unchanged{' (dry run: nothing was changed)' if given.dry_run else ''}.\n"
    )
    return 0


def _difference(told: Sequence[EntityChanged]) -> Iterator[str]:
    for entity in told[:MOST_CHANGES]:
        yield f"{entity.what} {entity.kind} {entity.name}"
        for each in entity.fields:
            yield f"    {each.field}: {shown(each.before)} -> {shown(each.after)}"
    if len(told) > MOST_CHANGES:
        yield f"… and {len(told) - MOST_CHANGES} more"


def _command(document: YamlDocument) -> Load:
    if document.data is None and document.problems:  # not YAML at all: the rest would only repeat it
        return Load(draft=parse(None).draft, unreadable=document.problems)
    command = parse(document.data)
    return Load(draft=command.draft, unreadable=[*document.problems, *command.unreadable])


def _listed(path: Path, document: YamlDocument, problems: Sequence[Problem]) -> list[str]:
    placed = sorted(problems, key=lambda problem: document.line(problem.place))
    listed = [
        ": ".join(filter(None, (f"{path}:{document.line(item.place)}", spell(item.place), item.message)))
        for item in placed[:MOST_TOLD]
    ]
    left = len(placed) - len(listed)
    return [*listed, f"{path}: and {left} more problems"] if left else listed


def _fail(code: int, *lines: str) -> int:
    sys.stderr.write("".join(f"{line}\n" for line in lines))
    return code


if __name__ == "__main__":
    raise SystemExit(main())
