"""The command for events that an inbox has given up:

    python -m messaging.parked --database-url postgresql://… list
    python -m messaging.parked --database-url postgresql://… replay <id> … | --all

A replayed event is tried again by the service's next retry.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from uuid import UUID

from runtime.clock import SystemClock
from sqlalchemy import MetaData, NullPool, create_engine

from messaging.inbox import DatabaseAway, Inbox, inbox_table


def main(arguments: Sequence[str]) -> int:
    asked = _parser().parse_args(arguments)
    url = asked.database_url.replace("postgresql://", "postgresql+psycopg2://", 1)
    engine = create_engine(url, poolclass=NullPool, connect_args={"connect_timeout": 5})
    inbox = Inbox(engine, inbox_table(MetaData()), SystemClock())
    try:
        if asked.command == "list":
            _list(inbox)
        elif asked.all or asked.ids:
            count = inbox.replay(None if asked.all else asked.ids)
            sys.stdout.write(f"{count} events will be tried again.\n")
        else:
            sys.stderr.write("Name the events to replay, or --all.\n")
            return 2
    except DatabaseAway:
        sys.stderr.write("The database does not answer.\n")
        return 1
    return 0


def _list(inbox: Inbox) -> None:
    for event in inbox.parked():
        line = {
            "id": str(event.id),
            "name": event.name,
            "attempts": event.attempts,
            "received_at": event.received_at.isoformat(),
            "parked_at": event.parked_at.isoformat(),
            "error": event.error,
        }
        sys.stdout.write(json.dumps(line) + "\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m messaging.parked", description="Events that an inbox gave up.")
    parser.add_argument("--database-url", required=True, help="the service's database")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="one JSON object a line, oldest first")
    replay = commands.add_parser("replay", help="try them again")
    replay.add_argument("ids", nargs="*", type=UUID, metavar="id")
    replay.add_argument("--all", action="store_true", help="every parked event")
    return parser


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
