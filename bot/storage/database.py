"""A database by its address: engine, transactions, migrations. The only place that knows SQLite from PostgreSQL."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from bot.storage.tables import HEAD, METADATA, VERSION_TABLE

BUSY_S = 5
"""How long to wait for another process that writes."""
LOCK = 4_630_113
"""Number of the advisory lock under which one process writes to PostgreSQL at a time."""

_VERSION = text(f"SELECT version_num FROM {VERSION_TABLE}")  # noqa: S608 - our constant
_migrating = Lock()
"""Alembic keeps the migration that runs in a global."""


def open_database(url: str) -> Engine:
    """An engine that holds no connection between two transactions: a database that comes back is found again.

    Values stay out of its errors. A new SQLite file is readable to its owner alone.

    raises  ArgumentError when the address is none, OSError when the folder of the file cannot be made
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        if parsed.database:
            _make_private(Path(parsed.database))
        engine = create_engine(parsed, poolclass=NullPool, hide_parameters=True, connect_args={"timeout": BUSY_S})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    options = f"-c statement_timeout={4 * BUSY_S}s -c lock_timeout={BUSY_S}s -c idle_in_transaction_session_timeout=60s"
    return create_engine(
        parsed.set(drivername="postgresql+psycopg"),
        poolclass=NullPool,
        hide_parameters=True,
        connect_args={"connect_timeout": BUSY_S, "options": options, "application_name": "familienbot"},
    )


def _make_private(file: Path) -> None:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not file.exists():
        os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # transactions begin in `_begin_sqlite`, and hold changes of tables, too
    connection.execute("PRAGMA secure_delete = ON")  # what is deleted is overwritten
    connection.execute("PRAGMA temp_store = MEMORY")


def _begin_sqlite(connection: Connection) -> None:
    reads = connection.get_execution_options().get("reads", False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that no other process writes beside."""
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction that sees one state and changes nothing."""
    level = {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}
    with engine.execution_options(reads=True, **level).begin() as connection:
        yield connection


def rewrite(engine: Engine, tables: tuple[str, ...]) -> None:
    """Writes the tables anew, so that deleted rows leave no bytes behind; SQLite overwrites them at once."""
    if engine.dialect.name != "postgresql":
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in tables:
            connection.execute(text(f"VACUUM FULL {table}"))


def is_current(engine: Engine) -> bool:
    """Whether the tables are those of this version."""
    with reading(engine) as connection:
        if not inspect(connection).has_table(VERSION_TABLE):
            return False
        found: str | None = connection.scalar(_VERSION)
        return found == HEAD


def migrate(engine: Engine) -> None:
    """Brings the tables to this version; safe for two processes at once, and nothing when they are.

    A database of a later version is left as it is: its tables only gain columns and tables.
    """
    if is_current(engine):
        return
    from alembic import command  # 12 MB that a service which finds its tables does without
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    with _migrating, writing(engine) as connection:
        known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
        if inspect(connection).has_table(VERSION_TABLE) and connection.scalar(_VERSION) not in {None, *known}:
            return
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def table_names() -> tuple[str, ...]:
    """The names of all tables with counts."""
    return tuple(table.name for table in METADATA.sorted_tables)
