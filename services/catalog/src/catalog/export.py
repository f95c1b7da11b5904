"""Write the whole clinic as one file: `python -m catalog.export [FILE] [--json] [--database-url URL]`.

Without a file it goes to standard output. What was exported can be loaded again, here or elsewhere.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from messaging.postgres import engine_for
from sqlalchemy.exc import OperationalError, ProgrammingError

from catalog.adapters.postgres_catalog import PostgresCatalog
from catalog.adapters.yaml_documents import write_yaml
from catalog.application.export import export


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m catalog.export", description="Write the catalog as one file.")
    parser.add_argument("file", type=Path, nargs="?")
    parser.add_argument("--json", action="store_true", help="JSON instead of YAML")
    parser.add_argument("--database-url", default=os.environ.get("SLOTWELL_CATALOG_DATABASE_URL"))
    given = parser.parse_args(arguments)
    if not given.database_url:
        parser.error("name the database by --database-url or SLOTWELL_CATALOG_DATABASE_URL")
    engine = engine_for(given.database_url, application="slotwell-catalog")
    try:
        document = export(PostgresCatalog(engine, wake=lambda: None).snapshot())
        text = json.dumps(document, ensure_ascii=False, indent=2) + "\n" if given.json else write_yaml(document)
        if given.file is None:
            sys.stdout.write(text)
        else:
            given.file.write_text(text, encoding="utf-8")
    except OperationalError as error:
        sys.stderr.write(f"The catalog's database does not answer: {str(error.orig).strip()}\n")
        return 2
    except ProgrammingError:
        sys.stderr.write("The catalog's database has no tables yet; run `python -m catalog.migrate` first.\n")
        return 2
    except OSError as error:
        sys.stderr.write(f"{given.file} cannot be written: {error.strerror}.\n")
        return 2
    finally:
        engine.dispose()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
