"""Look at the messages that failed too often, and let them be tried again.

python -m messaging.parked --database-url postgresql://… list
python -m messaging.parked --database-url postgresql://… replay [ID]
"""

import argparse
import sys
from uuid import UUID

from sqlalchemy import MetaData, create_engine, make_url

from messaging.inbox import Inbox, inbox_table


def main(arguments: list[str] | None = None) -> int:
    """List parked messages or replay them; 1 if the one that was named is not parked."""
    parser = argparse.ArgumentParser(prog="python -m messaging.parked", description="Messages that failed too often.")
    parser.add_argument("--database-url", required=True, help="the consuming service's database")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="show what is parked, and why")
    replay = commands.add_parser("replay", help="try one message again, or all of them")
    replay.add_argument("id", nargs="?", type=UUID, help="leave out to replay all")
    asked = parser.parse_args(arguments)

    engine = create_engine(make_url(asked.database_url).set(drivername="postgresql+psycopg2"))
    try:
        inbox = Inbox(engine, inbox_table(MetaData()))
        if asked.command == "list":
            for message in inbox.parked():
                sys.stdout.write(
                    f"{message.id}  {message.name}  {message.received_at:%Y-%m-%d %H:%M:%S}Z"
                    f"  {message.attempts} attempts  {message.error}\n"
                )
            return 0
        count = inbox.replay(asked.id)
        sys.stdout.write(f"{count} to be tried again\n")
        return 0 if count or asked.id is None else 1
    finally:
        engine.dispose()


if __name__ == "__main__":
    raise SystemExit(main())
