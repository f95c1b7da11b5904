"""`make run`: the whole platform in this process, on a PostgreSQL and a Valkey that come with it.

The servers are children that end with us. Everything is prepared before the services' part begins, which
patches the standard library (`launcher.in_one_process`).
"""

import os
import signal
import sys
import time
from collections.abc import Collection

from servers import Postgres, Redis, ServerFailed

from launcher import front_end
from launcher.data_folder import DataFolder
from launcher.options import read_options, refuse_taken_port
from launcher.problem import Problem, say_and_exit
from launcher.progress import Progress
from launcher.servers_of_ours import Installation


def prepare(progress: Progress) -> tuple[Installation, dict[str, str]]:
    """Everything before the services start. Raises Problem or ServerFailed, and leaves nothing running."""
    options = read_options(os.environ)
    address = f"http://{options.host}:{options.port}"
    folder = DataFolder(options.data, address=address)
    refuse_taken_port(options)
    if not front_end.is_built():
        with progress.step("Building the booking page", "Booking page built"):
            front_end.build()
    installation = Installation(
        options=options,
        folder=folder,
        postgres=Postgres(folder.path / "postgres"),
        redis=Redis(folder.path / "redis", durable=True),
    )
    try:
        with progress.step("Starting PostgreSQL and Valkey", "PostgreSQL and Valkey started"):
            installation.start_servers()
        environment = installation.environment()
        folder.write_environment(environment)
        owners, stamp = installation.unmigrated(), installation.clinic_stamp()
        if owners or stamp:
            with progress.step("Preparing the databases", "Databases ready"):
                installation.prepare_databases(owners, stamp, environment)
    except BaseException:
        installation.stop_servers()
        raise
    return installation, environment


def main() -> None:
    """Run until Ctrl-C or SIGTERM; exit 0 then, 1 with one clear line when it can't start."""
    # Both, also where a script started us in the background, with SIGINT ignored.
    for how in (signal.SIGINT, signal.SIGTERM):
        signal.signal(how, signal.default_int_handler)
    started = time.monotonic()
    progress = Progress()
    try:
        installation, environment = prepare(progress)
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    except (Problem, ServerFailed) as problem:
        say_and_exit(problem)
    except OSError as error:
        say_and_exit(Problem(f"{error.filename or 'A file'}: {error.strerror}."))
    try:
        given = frozenset(os.environ)
        os.environ.update(environment)
        log_elsewhere(installation.folder)
        _serve(installation, progress, started=started, given=given)
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    except (Problem, ServerFailed) as problem:
        say_and_exit(problem)
    finally:
        installation.stop_servers()
        installation.folder.release()


def _serve(installation: Installation, progress: Progress, *, started: float, given: Collection[str]) -> None:
    progress.line("… Starting the services")
    # From here on the standard library is eventlet's.
    from launcher.in_one_process import Platform

    options = installation.options
    platform = Platform(installation, level=os.environ.get("SLOTWELL_LOG_LEVEL", "INFO"))
    try:
        platform.start()
        progress.ready(options, seconds=time.monotonic() - started)
        progress.admin_token(installation.folder, given="SLOTWELL_ADMIN_TOKEN_SHA256" in given)
        platform.wait()
        progress.line("Stopping…")
    finally:
        platform.stop()


def log_elsewhere(folder: DataFolder) -> None:
    """At a terminal the log goes to a file, so that the addresses stay in sight; elsewhere to standard error."""
    if not sys.stderr.isatty():
        return
    log = folder.logs / "slotwell.log"
    sys.stderr.flush()
    sys.stderr = log.open("a", encoding="utf-8", buffering=1)


if __name__ == "__main__":
    main()
