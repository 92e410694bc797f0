"""Tables from nothing, once, whoever comes first; and what a database does that cannot be used."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text

from bot.storage import database
from bot.storage.database import is_current, migrate, open_database, table_names, writing
from bot.storage.tables import HEAD, METADATA, VERSION_TABLE

ROOT = Path(__file__).parents[2]
MIGRATE = """
import sys
from bot.storage.database import migrate, open_database
engine = open_database(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
migrate(engine)
migrate(engine)
"""


def test_the_tables_come_from_nothing_and_are_those_of_the_code(url: str) -> None:
    engine = open_database(url)
    assert not is_current(engine)
    migrate(engine)
    assert is_current(engine)
    with engine.connect() as connection:
        assert set(inspect(connection).get_table_names()) == {*table_names(), VERSION_TABLE}
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE, "compare_type": True})
        assert compare_metadata(context, METADATA) == []


def test_a_second_time_changes_nothing(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    with writing(engine) as connection:
        connection.execute(text("INSERT INTO familienbot_wordings VALUES ('2026-4', 'kind', 5)"))
    migrate(engine)
    monkeypatch.setattr(database, "is_current", lambda _: False)  # as another process sees it that asked a moment ago
    migrate(engine)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count FROM familienbot_wordings")) == 5


def test_the_last_migration_is_the_one_the_code_expects() -> None:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "bot" / "storage" / "migrations"))
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_two_processes_at_once(url: str) -> None:
    children = [
        subprocess.Popen(
            [sys.executable, "-c", MIGRATE, url], cwd=ROOT, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )
        for _ in range(2)
    ]  # fmt: skip
    for child in children:
        assert child.stdout
        assert child.stdout.readline() == "ready\n"
    for child in children:
        assert child.stdin
        child.stdin.write("\n")
        child.stdin.flush()
    for child in children:
        _, errors = child.communicate(timeout=60)
        assert (child.returncode, errors) == (0, "")
    assert is_current(open_database(url))


def test_tables_of_a_later_version_are_left_alone(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'"))
    migrate(engine)
    with engine.connect() as connection:
        assert connection.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}")) == "9999"


def test_a_failed_migration_leaves_nothing_half_done(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError

    engine = open_database(url)
    monkeypatch.setattr("alembic.runtime.migration.HeadMaintainer.update_to_step", fail)
    with pytest.raises(RuntimeError):
        migrate(engine)
    assert inspect(engine).get_table_names() == []


def test_a_new_file_is_its_owners_alone(tmp_path: Path) -> None:
    file = tmp_path / "state" / "familienbot" / "counts.sqlite3"
    migrate(open_database(f"sqlite:///{file}"))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert sorted(p.name for p in file.parent.iterdir()) == ["counts.sqlite3"]
