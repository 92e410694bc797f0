"""Hot reload: the folders are watched, a new version is made ready aside and put on the air between two requests."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from threading import Event
from typing import Protocol

from bot.compiling import (
    assemble,
    calibration_problems,
    load_calibration,
    load_model,
    model_path,
    settle,
    stored_content,
)
from bot.content.loading import Content, mark
from bot.content.switches import Switches, read_switches
from bot.language.analysis import Language, load_pipeline
from bot.matching.ranking import Intents
from bot.pipeline import Bot
from bot.preparing import Prepared, Served, describe_served, read_prepared, to_wire
from bot.settings import ROOT, Settings
from bot.web.problems import describe
from bot.web.service import Service

POLL_S = 1.0
CALM_S = 2.0
"""How long nothing may change before the files are read: editing programs and copies write in several steps."""
BUILD_S = 1800.0
MAX_LOGGED = 5

_log = logging.getLogger("familienbot")


class Preparation(Protocol):
    """A version that is being made ready."""

    def poll(self) -> Prepared | None:
        """What came of it; None while it goes on."""

    def stop(self) -> None:
        """Gives it up."""


class PreparationProcess:
    """A version that is being made ready by a process of its own; what fails in it is told on our standard error."""

    def __init__(self, settings: Settings, served: Served | None) -> None:
        path = os.pathsep.join(part for part in (str(ROOT), os.environ.get("PYTHONPATH")) if part)
        self._until_s = time.monotonic() + BUILD_S
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - closed when the process has ended; a pipe may fill
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bot.preparing"],
            stdin=subprocess.PIPE,
            stdout=self._said,
            env={**os.environ, "PYTHONPATH": path},
        )
        stdin = self._process.stdin
        assert stdin is not None
        try:
            stdin.write(to_wire(settings, served))
            stdin.close()
        except OSError:
            pass  # it ended at once, which `poll` tells

    def poll(self) -> Prepared | None:
        """What came of it; None while it goes on."""
        code = self._process.poll()
        if code is None:
            if time.monotonic() < self._until_s:
                return None
            self.stop()
            return Prepared(problems=(f"Die neue Fassung war nach {BUILD_S / 60:.0f} Minuten nicht fertig.",))
        self._said.seek(0)
        said = self._said.read()
        self._said.close()
        try:
            if code == 0:
                return read_prepared(said)
        except ValueError:
            pass
        return Prepared(problems=(f"Die neue Fassung ließ sich nicht bauen (Code {code}); reicht der Speicher?",))

    def stop(self) -> None:
        """Ends the process."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        self._said.close()


@dataclass(slots=True)
class Reloader:
    """Watches the folders of a service and keeps it up to date. Only one thread may call it.

    tried    the mark of the files that are on the air or were refused
    seen     the newest mark, since when it has been the same
    """

    service: Service
    start: Callable[[Settings, Served | None], Preparation] = PreparationProcess
    clock: Callable[[], float] = time.monotonic
    tried: str = ""
    seen: str = ""
    since_s: float = 0.0
    running: Preparation | None = None
    stopped: Event = field(default_factory=Event)

    def run(self) -> None:
        """Loads, then watches until `stop`."""
        self.load()
        failure = ""
        while not self.stopped.wait(POLL_S):
            try:
                self.step()
                failure = ""
            except Exception as error:  # noqa: BLE001 - the watch must not end; the same error is told once
                if failure != describe(error):
                    failure = describe(error)
                    _log.error("the folders could not be watched: %s", failure)
        if self.running is not None:
            self.running.stop()

    def load(self) -> None:
        """Loads what there is at the start."""
        settings = self.service.settings
        self.tried = self.seen = mark(settings.knowledge, settings.intents)  # before: what changes meanwhile is seen
        self._read_switches()
        self.service.load()

    def step(self) -> None:
        """What there is to do now: never waits for anything."""
        if self._read_switches() and self.service.bot is not None:
            self.service.publish(self.service.bot)
            _log.warning("switches changed: all_off=%s topics=%d", self.service.bot.all_off, len(self.service.bot.off))
        if self.running is not None:
            prepared = self.running.poll()
            if prepared is not None:
                self.running = None
                self._take(prepared)
            return
        settings, now_s = self.service.settings, self.clock()
        seen = mark(settings.knowledge, settings.intents)
        if seen != self.seen:
            self.seen, self.since_s = seen, now_s
        if seen == self.tried or now_s - self.since_s < CALM_S:
            return
        bot = self.service.bot
        served = describe_served(bot.content, self.service.flaws) if bot else None
        self.service.reload = replace(self.service.reload, building=True)
        self.running = self.start(settings, served)

    def _read_switches(self) -> bool:
        """Reads what is switched off; returns whether it changed. While it cannot be read, what was off stays so."""
        switches: Switches
        try:
            switches = read_switches(self.service.settings.knowledge)
        except OSError:
            return False
        changed = switches != self.service.switches
        self.service.switches = switches
        return changed

    def _take(self, prepared: Prepared) -> None:
        """Puts the version on the air, or says why not."""
        service = self.service
        service.reload = replace(service.reload, building=False)
        if not prepared.mark and not prepared.problems:  # files changed while they were read
            self.seen = ""
            return
        self.tried = prepared.mark or self.seen
        if prepared.problems:
            self._refuse(prepared.problems)
            return
        try:
            bot = self._fetch(prepared.digest)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with it, the last good version stays
            _log.error("the new version could not be fetched: %s", describe(error))
            self._refuse(("Die neue Fassung ließ sich nicht laden. Der Grund steht im Protokoll.",))
            return
        if bot is None:
            service.reload = replace(service.reload, problems=())
            return
        service.flaws = calibration_problems(service.settings.knowledge)
        service.publish(bot)
        service.reload = replace(service.reload, problems=(), taken=service.reload.taken + 1)
        _log.info("knowledge on the air: %s", prepared.digest)
        del bot
        settle()

    def _refuse(self, problems: tuple[str, ...]) -> None:
        reload = self.service.reload
        self.service.reload = replace(reload, problems=problems, refused=reload.refused + 1)
        for problem in problems[:MAX_LOGGED]:
            _log.error("new knowledge refused, the last good version stays: %s", problem)

    def _fetch(self, digest: str) -> Bot | None:
        """The bot with this content, from the cache; None when it is the one on the air."""
        settings, old = self.service.settings, self.service.bot
        if old and old.content.digest == digest and old.calibration == load_calibration(settings.knowledge):
            return None
        content = stored_content(settings, digest)
        return assemble(content, *self._model(content, old), settings)

    def _model(self, content: Content, old: Bot | None) -> tuple[Language, Intents]:
        """The model: that of the bot on the air where only texts changed.

        spaCy's pipeline is always a new one: requests read with the old one meanwhile, and it bears one thread only.
        """
        settings = self.service.settings
        if old is not None and model_path(old.content, settings) == model_path(content, settings):
            return Language(load_pipeline(settings.spacy_model), old.language.tables), old.intents
        return load_model(content, settings)
