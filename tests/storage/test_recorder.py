"""Counting off the path of a request: whatever is wrong with the database, who adds an event does not notice."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from threading import Event as Signal
from time import perf_counter
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError, OperationalError

from bot.storage import recorder as module
from bot.storage import writing
from bot.storage.database import open_database
from bot.storage.digest import Digest, digest, read_digest
from bot.storage.events import COMMENT_DAYS, Event, Judged, Replied
from bot.storage.recorder import Recorder

DAY = date(2026, 11, 22)
REPLY = Replied(DAY, "ogs", "answer", "de")
COMMENT = Judged(DAY, "ogs", helpful=False, comment="Die Frist fehlt.")
Make = Any


@pytest.fixture
def make() -> Iterator[Make]:
    """Makes recorders that are ended with the test."""
    made: list[Recorder] = []

    def make(url: str, today: Any = lambda: DAY, *, ready: bool = True) -> Recorder:
        found = Recorder(url, "s" * 32, today)
        if ready:
            found.ready.set()
        found.start()
        made.append(found)
        return found

    yield make
    for one in made:
        one.stop()


def read(url: str, last: date = DAY) -> Digest:
    return digest(url, DAY, last)


def test_events_are_written_in_the_background(make: Make, url: str) -> None:
    recorder = make(url)
    for _ in range(20):
        recorder.add(REPLY)
    assert recorder.flush()
    assert read(url).replies == 20
    assert (recorder.written, recorder.dropped, recorder.failures) == (20, 0, 0)


def test_what_is_left_is_written_at_the_end(make: Make, url: str) -> None:
    recorder = make(url, ready=False)
    recorder.add(REPLY)
    recorder.stop()
    assert read(url).replies == 1


def test_nothing_is_done_before_the_bot_is_loaded(make: Make, tmp_path: Path) -> None:
    recorder = make(f"sqlite:///{tmp_path / 'counts.sqlite3'}", ready=False)
    recorder.add(REPLY)
    assert list(tmp_path.iterdir()) == []
    recorder.ready.set()
    assert recorder.flush()
    assert [p.name for p in tmp_path.iterdir()] == ["counts.sqlite3"]


def test_comments_grow_old_by_the_clock_alone(make: Make, url: str) -> None:
    clock = [DAY]
    recorder = make(url, lambda: clock[0])
    recorder.add(COMMENT)
    assert recorder.flush()
    for days, left in ((COMMENT_DAYS - 1, 1), (COMMENT_DAYS, 0)):
        clock[0] = DAY + timedelta(days=days)
        assert recorder.flush()
        assert len(read(url).comments) == left


def test_a_service_that_slept_deletes_at_its_start(make: Make, url: str) -> None:
    first = make(url)
    first.add(COMMENT)
    first.stop()
    assert len(read(url).comments) == 1
    make(url, lambda: DAY + timedelta(days=400)).stop()
    assert read(url).comments == ()


def test_a_deleted_comment_leaves_no_bytes_in_the_file(make: Make, tmp_path: Path) -> None:
    file = tmp_path / "counts.sqlite3"
    clock = [DAY]
    recorder = make(f"sqlite:///{file}", lambda: clock[0])
    recorder.add(COMMENT)
    assert recorder.flush()
    assert b"Frist" in file.read_bytes()
    clock[0] = DAY + timedelta(days=COMMENT_DAYS)
    assert recorder.flush()
    assert [p.name for p in tmp_path.iterdir() if b"Frist" in p.read_bytes()] == []


def test_a_full_queue_drops_and_never_waits(make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held, go = Signal(), Signal()

    def slow(*_: object) -> None:
        held.set()
        go.wait(30)

    monkeypatch.setattr(writing, "write", slow)
    recorder = make(f"sqlite:///{tmp_path / 'counts.sqlite3'}")
    recorder.add(REPLY)
    assert recorder.flush(0.0) is False
    assert held.wait(30)
    started = perf_counter()
    for _ in range(module.CAPACITY + 100):
        recorder.add(REPLY)
    assert perf_counter() - started < 1
    assert 99 <= recorder.dropped <= 101
    go.set()
    assert recorder.flush(30)


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> list[Exception]:
    """What writing raises as long as something stands in the list."""
    errors: list[Exception] = []
    write = writing.write

    def failing(engine: Engine, events: list[Event], secret: str) -> None:
        if errors:
            raise errors[0]
        write(engine, events, secret)

    monkeypatch.setattr(writing, "write", failing)
    return errors


@pytest.mark.parametrize(
    "error",
    [
        OperationalError("INSERT Pflaumenmus", {}, Exception("database or disk is full: Pflaumenmus")),
        OSError(28, "No space left on device: Pflaumenmus"),
    ],
    ids=["database", "disk"],
)
def test_what_could_not_be_written_is_written_later_and_said_once(
    make: Make, tmp_path: Path, broken: list[Exception], error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    url = f"sqlite:///{tmp_path / 'counts.sqlite3'}"
    recorder = make(url)
    assert recorder.flush()
    broken.append(error)
    for _ in range(3):
        recorder.add(REPLY)
        assert recorder.flush()
    assert recorder.failures == 3
    assert [r.getMessage() for r in caplog.records if r.levelno == logging.ERROR] == [
        f"counts cannot be stored: {module._kind(error)}"
    ]
    assert "Pflaumenmus" not in caplog.text
    broken.clear()
    recorder.add(REPLY)
    assert recorder.flush()
    assert read(url).replies == 4
    assert (recorder.written, recorder.dropped) == (4, 0)


def test_a_batch_that_can_never_be_written_is_dropped(make: Make, tmp_path: Path, broken: list[Exception]) -> None:
    url = f"sqlite:///{tmp_path / 'counts.sqlite3'}"
    recorder = make(url)
    broken.append(IntegrityError("INSERT", {}, Exception()))
    recorder.add(REPLY)
    assert recorder.flush()
    broken.clear()
    recorder.add(REPLY)
    assert recorder.flush()
    assert (read(url).replies, recorder.dropped) == (1, 1)


def test_while_the_database_is_away_memory_is_bounded(make: Make, tmp_path: Path, broken: list[Exception]) -> None:
    recorder = make(f"sqlite:///{tmp_path / 'counts.sqlite3'}")
    broken.append(OSError(28, "full"))
    for _ in range(3):
        for _ in range(module.CAPACITY // 2):
            recorder.add(REPLY)
        assert recorder.flush()
    assert len(recorder._pending) == module.CAPACITY
    assert recorder.dropped == module.CAPACITY // 2


def test_a_database_that_comes_back_is_found(make: Make, tmp_path: Path) -> None:
    file = tmp_path / "counts.sqlite3"
    url = f"sqlite:///{file}"
    recorder = make(url)
    recorder.add(REPLY)
    assert recorder.flush()
    file.unlink()
    recorder.add(REPLY)
    assert recorder.flush()  # finds a file without tables
    assert recorder.flush()
    assert read(url).replies == 1


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:////dev/null/familienbot/counts.sqlite3",
        "sqlite:////proc/counts.sqlite3",
        "postgresql://nobody@127.0.0.1:1/none",
        "postgresql://nobody@/none?host=/nowhere",
    ],
)
def test_a_database_that_cannot_be_reached_is_no_trouble(
    make: Make, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    recorder = make(url)
    recorder.add(REPLY)
    assert recorder.flush(30)
    assert recorder.failures > 0
    assert caplog.text.count("counts cannot be stored") == 1
    assert "nobody" not in caplog.text


def test_a_file_that_is_no_database(make: Make, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = tmp_path / "counts.sqlite3"
    file.write_bytes(b"this is no database, and the page it would need is not there" * 100)
    recorder = make(f"sqlite:///{file}")
    recorder.add(REPLY)
    assert recorder.flush()
    assert recorder.failures > 0
    assert "counts cannot be stored" in caplog.text


def test_a_new_process_reads_what_another_wrote(make: Make, url: str) -> None:
    for _ in range(2):
        recorder = make(url)
        recorder.add(REPLY)
        recorder.stop()
    assert read_digest(open_database(url), DAY, DAY).replies == 2
