"""Takes what is to be counted off the path of a request, and writes it in batches on a thread of its own.

A reply waits for none of it: what finds no room is dropped and counted as dropped. A database that is missing, full,
read-only or locked is said once in the log, and tried again with the next batch.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from queue import Empty, Full, Queue
from threading import Event as Signal
from threading import Thread
from typing import TYPE_CHECKING

from bot.storage.events import Event

if TYPE_CHECKING:
    from sqlalchemy import Engine

CAPACITY = 2000
"""Events that wait at most, in the queue and once more while the database is away."""
BATCH_S = 1.0
"""How long a batch is gathered."""
WAKE_S = 60.0
"""How often an idle service looks whether a day is over, and whether a lost database is back."""
FLUSH_S, STOP_S = 30.0, 10.0

_log = logging.getLogger("familienbot")


@dataclass(slots=True)
class Recorder:
    """The queue and the thread behind it.

    url      of the database
    secret   key of the hashes of rare wordings
    today    the day by which comments grow old
    ready    what to wait for before the first work: the bot answers first
    prepare  what else is to be done on the thread before it writes
    written, dropped, failures  events written, events lost, batches that could not be written, since the start
    """

    url: str = field(repr=False)
    secret: str = field(repr=False)
    today: Callable[[], date]
    ready: Signal = field(default_factory=Signal)
    prepare: Callable[[], object] = field(default=lambda: None)
    written: int = 0
    dropped: int = 0
    failures: int = 0
    _queue: Queue[Event | Signal | None] = field(default_factory=lambda: Queue(CAPACITY), repr=False)
    _pending: deque[Event] = field(default_factory=lambda: deque(maxlen=CAPACITY), repr=False)
    _hurry: Signal = field(default_factory=Signal, repr=False)
    _thread: Thread | None = field(default=None, repr=False)
    _engine: Engine | None = field(default=None, repr=False)
    _expired: date | None = None
    _stopping: bool = False

    def start(self) -> None:
        """Starts the thread; it makes the tables, deletes what is too old, and waits for events."""
        self._thread = Thread(target=self._run, name="count", daemon=True)
        self._thread.start()

    def add(self, event: Event) -> None:
        """Takes an event to be counted, at once and without ever waiting."""
        try:
            self._queue.put_nowait(event)
        except Full:
            self.dropped += 1

    def flush(self, timeout_s: float = FLUSH_S) -> bool:
        """Waits until all that was added so far was tried to be written; False when that took too long."""
        done = Signal()
        if self._thread is None or not self._thread.is_alive():
            return False
        with suppress(Full):
            self._queue.put(done, timeout=timeout_s)
            self._hurry.set()
            return done.wait(timeout_s)
        return False

    def stop(self) -> None:
        """Writes what is left, and ends the thread; a database that does not answer is not waited for."""
        self.ready.set()
        if self._thread is not None and self._thread.is_alive():
            with suppress(Full):
                self._queue.put(None, timeout=STOP_S)
                self._hurry.set()
            self._thread.join(STOP_S)

    def _run(self) -> None:
        self.ready.wait()
        self._work()
        while not self._stopping:
            done = self._gather()
            self._work()
            for signal in done:
                signal.set()

    def _gather(self) -> list[Signal]:
        """The next batch into `_pending`; the signals of those who wait for it.

        After its first event it sleeps instead of taking each one as it comes: no reply wakes the thread.
        """
        done: list[Signal] = []
        with suppress(Empty):
            item = self._queue.get(timeout=WAKE_S)
            if not isinstance(item, Signal | None):
                self._hurry.wait(BATCH_S)
            self._hurry.clear()
            while True:
                if item is None:
                    self._stopping = True
                elif isinstance(item, Signal):
                    done.append(item)
                else:
                    self.dropped += len(self._pending) == CAPACITY  # the oldest makes room
                    self._pending.append(item)
                if len(self._pending) == CAPACITY and self._engine is not None:
                    break
                item = self._queue.get_nowait()
        return done

    def _work(self) -> None:
        """Tables, expiry and batch, as far as each is due; whatever fails stays due."""
        try:
            self._write()
        except Exception as error:  # noqa: BLE001 - a thread has nobody to tell, and a parent is not to notice
            if self._engine is not None or not self.failures:
                # its words stay out of the log: they may quote a value
                _log.error("counts cannot be stored: %s", _kind(error))
            self._engine = None
            self.failures += 1
            if not _may_pass(error):
                self.dropped += len(self._pending)
                self._pending.clear()

    def _write(self) -> None:
        today = self.today()
        if self._engine is not None and self._expired == today and not self._pending:
            return
        from bot.storage.database import migrate, open_database  # SQLAlchemy is loaded when the bot answers already
        from bot.storage.writing import expire, write

        engine = self._engine
        if engine is None:
            self.prepare()
            engine = open_database(self.url)
            migrate(engine)
        if self._expired != today:
            expire(engine, today)
            self._expired = today
        if self._pending:
            write(engine, self._pending, self.secret)
            self.written += len(self._pending)
            self._pending.clear()
        self._engine = engine


def _kind(error: Exception) -> str:
    """The kind of an error and of the one behind it."""
    behind = getattr(error, "orig", None)
    return type(error).__name__ + (f" ({type(behind).__name__})" if behind else "")


def _may_pass(error: Exception) -> bool:
    """Whether the same batch may be written later: the database is away, locked, full or read-only."""
    if isinstance(error, OSError):
        return True
    from sqlalchemy.exc import DBAPIError, OperationalError

    return isinstance(error, OperationalError) or (isinstance(error, DBAPIError) and error.connection_invalidated)
