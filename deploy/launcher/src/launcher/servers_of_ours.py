"""An installation in a data folder: the servers that come with it, and what was done to them before."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from servers import Postgres, Redis

from launcher.data_folder import DataFolder
from launcher.environment import platform_environment
from launcher.one_shots import clinic, migration, migrations_hash, run
from launcher.options import Options
from launcher.problem import Problem
from launcher.processes import DATABASE_OWNERS


@dataclass(slots=True, kw_only=True)
class Installation:
    """Its parts are prepared step by step; each step is skipped when an earlier start did it."""

    options: Options
    folder: DataFolder
    postgres: Postgres
    redis: Redis

    def environment(self) -> dict[str, str]:
        """The settings for all parts; what the person set in the environment stays."""
        return platform_environment(
            self.options,
            databases={
                owner: self.postgres.url(f"slotwell_{owner}", user=f"slotwell_{owner}") for owner in DATABASE_OWNERS
            },
            redis_url=self.redis.url,
            amqp_url="embedded://",
            secret_key=os.environ.get("SLOTWELL_SECRET_KEY") or self.folder.secret_key(),
            admin_token_sha256=os.environ.get("SLOTWELL_ADMIN_TOKEN_SHA256") or self.folder.admin_token().sha256,
            demo_clock=self.folder.path / "demo-clock",
        )

    def start_servers(self) -> None:
        if self.postgres.is_new:
            self.folder.forget_all()
        self.postgres.start()
        self.redis.start()

    def stop_servers(self) -> None:
        self.redis.close()
        self.postgres.close()

    def restart_dead_servers(self) -> list[str]:
        """Start again what died under us, and name it."""
        dead = []
        for name, server in (("PostgreSQL", self.postgres), ("Redis", self.redis)):
            if not server.running:
                server.start()
                dead.append(name)
        return dead

    def unmigrated(self) -> dict[str, str]:
        """The owners whose migrations changed since they last ran here, with the hash to remember."""
        done = self.folder.remembered("migrations") or {}
        hashes = {owner: migrations_hash(owner) for owner in DATABASE_OWNERS}
        return {owner: found for owner, found in hashes.items() if done.get(owner) != found}

    def prepare_databases(self, owners: Mapping[str, str], clinic_stamp: str, environment: Mapping[str, str]) -> None:
        """Migrate these owners' databases, load the clinic if it has a stamp, and remember that."""
        for owner in owners:
            self.postgres.create_database(f"slotwell_{owner}", owner=f"slotwell_{owner}")
        jobs = [migration(owner) for owner in owners]
        if clinic_stamp and self.options.clinic is not None:
            jobs.append(clinic(self.options.clinic))
        run(jobs, environment)
        self.folder.remember("migrations", (self.folder.remembered("migrations") or {}) | dict(owners))
        if clinic_stamp:
            self.folder.remember("clinic", clinic_stamp)

    def clinic_stamp(self) -> str:
        """What identifies the clinic's document; empty when there is none to load, or it is loaded."""
        if self.options.clinic is None:
            return ""
        try:
            status = self.options.clinic.stat()
        except FileNotFoundError:
            raise Problem(f"SLOTWELL_CLINIC={self.options.clinic} does not exist.") from None
        stamp = f"{self.options.clinic} {status.st_size} {status.st_mtime_ns}"
        return "" if self.folder.remembered("clinic") == stamp else stamp
