"""Databases to count in, SQLite and PostgreSQL: every test that asks for `url` runs with both."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.pool import NullPool

from bot.storage.database import migrate, open_database

NUMBERS = count()


@dataclass
class Server:
    """A PostgreSQL of our own that listens on a socket in its folder alone."""

    folder: Path
    programs: Path
    user: tuple[str, ...] = field(default_factory=tuple)

    def run(self, program: str, *args: str) -> None:
        """Runs one of its programs as the user whom the cluster belongs to."""
        command = [*self.user, str(self.programs / program), "-D", str(self.folder / "data"), *args]
        done = subprocess.run(
            command, cwd=self.folder, env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, timeout=60,
            check=False,
        )  # fmt: skip
        log = self.folder / "log"
        assert done.returncode == 0, done.stdout + done.stderr + (log.read_text() if log.exists() else "")

    def url(self, database: str = "postgres") -> str:
        """The address of a database of it."""
        return f"postgresql://familienbot@/{database}?host={self.folder}"

    def make_database(self) -> str:
        """The address of a new database."""
        name = f"counts_{next(NUMBERS)}"
        engine = create_engine(self.url().replace("postgresql", "postgresql+psycopg", 1), poolclass=NullPool)
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        return self.url(name)


def programs() -> Path:
    """Where Debian, or the machine's path, has PostgreSQL."""
    found = [*sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)]
    here = shutil.which("initdb")
    assert found or here, "Für die Tests der Zählungen fehlt PostgreSQL: tools/postgres.sh"
    return (found[0] if found else Path(str(here)).resolve()).parent


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A server for this run, as a user who is not root, and so not in pytest's folder; it is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="familienbot-pg-"))
    user: tuple[str, ...] = ()
    if os.geteuid() == 0:
        owner = pwd.getpwnam("postgres")
        os.chown(folder, owner.pw_uid, owner.pw_gid)
        user = ("runuser", "-u", "postgres", "--")
    server = Server(folder, programs(), user)
    try:
        server.run("initdb", "--username=familienbot", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
        options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off -c max_connections=20"
        server.run("pg_ctl", "start", "-w", "-l", str(folder / "log"), "-o", options)
        try:
            yield server
        finally:
            server.run("pg_ctl", "stop", "-w", "-m", "immediate")
    finally:
        shutil.rmtree(folder)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'counts.sqlite3'}"
    server: Server = request.getfixturevalue("postgres")
    return server.make_database()


@pytest.fixture
def engine(url: str) -> Engine:
    """A database with its tables."""
    engine = open_database(url)
    migrate(engine)
    return engine
