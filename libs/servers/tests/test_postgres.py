"""The private PostgreSQL, on the real programs of both flavours."""

import os
import shutil
import signal
import stat
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from servers import Postgres, ServerFailed
from servers.programs import EMBEDDED, INSTALLED


@pytest.fixture(params=[EMBEDDED, INSTALLED])
def postgres(request: pytest.FixtureRequest, spaced: Path) -> Iterator[Postgres]:
    server = Postgres(spaced / "pg", flavour=request.param, durable=False)
    server.start()
    yield server
    server.discard()


def test_it_starts_in_a_folder_with_spaces_and_answers(postgres: Postgres) -> None:
    assert postgres.execute("SELECT 6 * 7") == "42"


def test_it_syncs_and_brings_the_extension_that_refuses_overlaps(postgres: Postgres) -> None:
    postgres.create_database("clinic", owner="clinic")
    assert postgres.execute("SHOW fsync") == "on"
    postgres.execute("SET ROLE clinic; CREATE EXTENSION btree_gist;", database="clinic")


def test_committed_rows_survive_a_kill(postgres: Postgres) -> None:
    postgres.execute("CREATE TABLE kept AS SELECT 1 AS one")
    url = postgres.url("postgres")
    postgres.kill()
    postgres.start()
    assert postgres.execute("SELECT one FROM kept") == "1"
    assert postgres.url("postgres") == url


def test_creating_a_database_twice_changes_nothing(postgres: Postgres) -> None:
    postgres.create_database("slotwell_booking", owner="slotwell_booking")
    postgres.create_database("slotwell_booking", owner="slotwell_booking")
    assert postgres.execute("SELECT count(*) FROM pg_database WHERE datname = 'slotwell_booking'") == "1"


def test_a_name_is_never_taken_for_sql(postgres: Postgres) -> None:
    postgres.create_database('x"; DROP ROLE postgres; --')
    assert postgres.execute("SELECT count(*) FROM pg_database WHERE datname LIKE 'x\"; DROP%'") == "1"


def test_refused_sql_says_why(postgres: Postgres) -> None:
    with pytest.raises(ServerFailed, match="syntax error"):
        postgres.execute("SELEC 1")


def test_it_runs_without_roots_rights_but_one_to_pass_closed_folders(postgres: Postgres) -> None:
    status = dict(
        line.split(":\t", 1) for line in Path(f"/proc/{postgres.pid}/status").read_text().splitlines() if ":\t" in line
    )
    assert psutil.Process(postgres.pid).uids().effective != 0
    assert int(status["CapPrm"], 16).bit_count() <= 1
    assert int(status["CapEff"], 16).bit_count() <= 1


def test_the_sockets_are_private(postgres: Postgres) -> None:
    folder = Path(postgres.url().partition("host=")[2])
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_it_stops_when_its_owner_is_killed(
    spaced: Path, killed_owner: Callable[[str], None], eventually: Callable[[Callable[[], bool]], bool]
) -> None:
    killed_owner(
        "import pathlib, time\n"
        "from servers import Postgres\n"
        f"Postgres(pathlib.Path({str(spaced / 'pg')!r}), durable=False).start()\n"
        "print('ready', flush=True)\n"
        "time.sleep(60)\n"
    )
    assert eventually(lambda: not (spaced / "pg" / "cluster" / "postmaster.pid").exists())
    after = Postgres(spaced / "pg")
    after.start()
    after.discard()


def test_an_orphan_is_stopped_and_its_data_kept(spaced: Path) -> None:
    orphan = Postgres(spaced / "pg", durable=False)
    orphan.start()
    orphan.execute("CREATE TABLE kept AS SELECT 1 AS one")
    successor = Postgres(spaced / "pg")
    successor.start()
    assert not orphan.running
    assert successor.execute("SELECT one FROM kept") == "1"
    successor.discard()


def test_a_stale_pid_file_that_names_another_live_program_is_no_obstacle(spaced: Path) -> None:
    server = Postgres(spaced / "pg", durable=False)
    server.start()
    pid_file = spaced / "pg" / "cluster" / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    server.kill()
    bystander = next(p.pid for p in psutil.process_iter() if p.pid not in {server.pid, psutil.Process().pid})
    pid_file.write_text("\n".join([str(bystander), *lines[1:]]) + "\n")
    server.start()
    assert server.execute("SELECT 1") == "1"
    server.discard()


def test_a_cluster_half_made_by_a_killed_first_start_is_made_again(spaced: Path) -> None:
    (spaced / "pg" / "cluster.new" / "base").mkdir(parents=True)
    server = Postgres(spaced / "pg", durable=False)
    server.start()
    assert server.execute("SELECT 1") == "1"
    server.discard()


def test_an_initdb_that_outlived_its_owner_writes_into_the_new_cluster_no_more(
    spaced: Path, tmp_path: Path, eventually: Callable[[Callable[[], bool]], bool]
) -> None:
    (spaced / "pg").mkdir()
    program = tmp_path / "initdb"
    shutil.copy(os.path.realpath("/bin/sh"), program)
    writes = ["-c", 'while :; do mkdir -p "cluster.new/base/$((i = i + 1))"; done']
    with subprocess.Popen([program, *writes], cwd=spaced / "pg", stderr=subprocess.DEVNULL) as orphan:
        assert eventually((spaced / "pg" / "cluster.new").exists)
        server = Postgres(spaced / "pg", durable=False)
        try:
            server.start()
            assert orphan.wait(10) == -signal.SIGKILL
        finally:
            orphan.kill()
    assert server.execute("SELECT 1") == "1"
    server.discard()


def test_a_cluster_of_another_version_is_refused_in_words(spaced: Path) -> None:
    server = Postgres(spaced / "pg", durable=False)
    server.start()
    server.stop()
    (spaced / "pg" / "cluster" / "PG_VERSION").write_text("13\n")
    with pytest.raises(ServerFailed, match="made by PostgreSQL 13"):
        server.start()
    server.discard()


def test_a_wrong_setting_fails_with_what_postgres_said(spaced: Path) -> None:
    server = Postgres(spaced / "pg", durable=False, settings={"shared_buffers": "much"})
    with pytest.raises(ServerFailed, match="shared_buffers"):
        server.start()
    server.discard()


def test_its_log_says_which_rule_a_row_broke_and_not_what_stood_in_it(postgres: Postgres) -> None:
    postgres.execute("CREATE TABLE guests (id int PRIMARY KEY, email text CHECK (email <> 'ana@example.com'))")
    with pytest.raises(ServerFailed):
        postgres.execute("INSERT INTO guests VALUES (1, 'ana@example.com')")
    log = (postgres.folder / "postgres.log").read_text()
    assert "guests_email_check" in log
    assert "ana@example.com" not in log


def test_a_paused_server_answers_again_after_resume(postgres: Postgres) -> None:
    postgres.pause()
    assert psutil.Process(postgres.pid).status() == psutil.STATUS_STOPPED
    postgres.resume()
    assert postgres.execute("SELECT 1") == "1"


def test_discarding_leaves_no_process_and_no_file(spaced: Path) -> None:
    server = Postgres(spaced / "pg", durable=False, death_signal=signal.SIGQUIT)
    sockets = Path(server.url().partition("host=")[2])
    server.start()
    pid = server.pid
    server.discard()
    assert not psutil.pid_exists(pid)
    assert not sockets.exists()
    assert not (spaced / "pg").exists()
