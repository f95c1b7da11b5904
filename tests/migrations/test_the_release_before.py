"""While a release is replaced, the one before it runs on the new schema: what it says must go on to work.

There is no package of a former release to install, so each one's statements are kept as it spoke them (docs/adr/0131).
"""

import re
from collections.abc import Callable
from pathlib import Path

import psycopg2
import pytest
from booking.migrate import migrate

RELEASES = sorted((Path(__file__).parent / "releases").glob("booking_*.sql"))
_STATEMENT = re.compile(r"^-- (\d+): [^\n]*\n(.*?;)\n(?=\n|\Z)", re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("release", RELEASES, ids=lambda file: file.stem)
def test_a_guest_books_cancels_and_takes_it_back_with_the_release_before_on_the_newest_schema(
    fresh_database: Callable[[], str], release: Path
) -> None:
    url = fresh_database()
    migrate(url)
    said = _STATEMENT.findall(release.read_text(encoding="utf-8"))
    assert len(said) >= 10, "the file could not be read"
    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        for rows, statement in said:
            cursor.execute(statement)
            assert cursor.rowcount == int(rows), statement
