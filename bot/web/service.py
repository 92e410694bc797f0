"""What all routes share: the settings, the rate limit, and the bot once it is loaded."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Event
from zoneinfo import ZoneInfo

from starlette.requests import Request

from bot.compiling import NothingToServeError, calibration_problems, load_bot
from bot.content.loading import Content
from bot.content.switches import NONE, Switches, switch_problems
from bot.pipeline import Bot
from bot.settings import Settings
from bot.storage.recorder import Recorder
from bot.storage.waiting import Waiting
from bot.web.counting import make_recorder
from bot.web.limits import Networks, TokenBuckets, client_address, parse_networks
from bot.web.problems import ProblemError, describe

RETRY_AFTER_S = 5
"""When to ask again while the knowledge is being loaded."""
MAX_DEGRADED = 100

_log = logging.getLogger("familienbot")


@dataclass(frozen=True, slots=True)
class Reload:
    """What became of the last edit.

    building  a new version is being made ready
    problems  why the last one is not on the air, in German; empty when it is
    taken     new versions put on the air since the start, and `refused`
    """

    building: bool = False
    problems: tuple[str, ...] = ()
    taken: int = 0
    refused: int = 0


@dataclass(slots=True)
class Service:
    """The one thing that changes while the process lives. A request takes the bot once and keeps it.

    bot       None until it is loaded; and for as long as there is nothing to serve
    degraded  what was left out of the knowledge: topics, then problems with file and line
    flaws     problems with the calibration it was loaded with
    failure   why there is nothing to serve
    switches  what is switched off by hand
    finished  set when the bot is there, or had nothing to be made of
    recorder  what counts replies and feedback; None where nothing is counted
    waiting   questions back that may still be answered
    """

    settings: Settings
    buckets: TokenBuckets
    trusted: Networks = ()
    bot: Bot | None = None
    degraded: tuple[str, ...] = ()
    flaws: tuple[str, ...] = ()
    failure: tuple[str, ...] = ()
    switches: Switches = NONE
    reload: Reload = Reload()
    finished: Event = field(default_factory=Event)
    recorder: Recorder | None = None
    waiting: Waiting = field(default_factory=Waiting)

    def stop_counting(self) -> None:
        """Writes what is not yet written; questions back that nobody answered count as not understood."""
        if self.recorder is not None:
            for asked in self.waiting.rest():
                self.recorder.add(asked)
            self.recorder.stop()

    def load(self) -> None:
        """Loads the bot; what goes wrong stands in the log, and the last resort answers."""
        try:
            bot = load_bot(self.settings)
        except NothingToServeError as error:
            self.failure = error.problems[:MAX_DEGRADED]
            _log.error("no knowledge to serve: %s", error)
        except Exception as error:  # noqa: BLE001 - a thread has nobody to tell
            self.failure = ("Das Wissen ließ sich nicht laden. Der Grund steht im Protokoll.",)
            _log.error("the knowledge could not be loaded: %s", describe(error))
        else:
            self.flaws = calibration_problems(self.settings.knowledge)
            self.publish(bot)
            for problem in self.degraded:
                _log.warning("left out: %s", problem)
        finally:
            self.finished.set()

    def publish(self, bot: Bot) -> None:
        """Lets this bot answer from now on, with what is switched off by the environment and by hand."""
        knowledge, switches = self.settings.knowledge, self.switches
        off = self.settings.disabled_topics | {name for name, _ in switches.topics}
        self.degraded = (
            *bot.content.left_out,
            *bot.content.problems,
            *self.flaws,
            *switch_problems(switches, bot.groups, knowledge),
        )[:MAX_DEGRADED]
        self.bot = replace(bot, off=off, all_off=self.settings.off or switches.all_off)
        self.failure = ()


def make_service(settings: Settings, clock: Callable[[], float]) -> Service:
    """A service that has loaded nothing yet.

    raises  SettingsError when a trusted proxy is no address
    """
    service = Service(settings, TokenBuckets(settings.rate_limit, clock), parse_networks(settings.trusted_proxies))
    service.recorder = make_recorder(settings, service.finished)
    return service


def get_service(request: Request) -> Service:
    """The service of the app that was asked."""
    service = request.app.state.service
    assert isinstance(service, Service)
    return service


def get_bot(service: Service) -> Bot:
    """The bot.

    raises  ProblemError 503 while there is none
    """
    bot = service.bot
    if bot is None:
        headers = {"retry-after": str(RETRY_AFTER_S)}
        if service.failure:
            detail = "There is no knowledge to serve. Only the last resort answers."
            raise ProblemError(503, detail, headers, (("knowledge", problem) for problem in service.failure))
        raise ProblemError(503, "The knowledge is not loaded yet. Please try again soon.", headers)
    return bot


def find_bot(service: Service) -> Bot | None:
    """The bot; None when there is nothing to make it of, and the last resort is to answer.

    raises  ProblemError 503 while it is not decided
    """
    return None if service.failure and service.bot is None else get_bot(service)


def check_rate(request: Request, service: Service) -> None:
    """Counts the request.

    raises  ProblemError 429 when its address asked too often
    """
    if service.settings.rate_limit == 0:
        return
    wait_s = service.buckets.take(client_address(request.scope, service.trusted))
    if wait_s:
        detail = "Too many questions from this address. Please try again later."
        raise ProblemError(429, detail, {"retry-after": str(wait_s)})


def now_in(content: Content | None, settings: Settings) -> datetime:
    """The time of asking in the city's zone."""
    zone = ZoneInfo(content.city.timezone if content else "Europe/Berlin")
    return settings.now.astimezone(zone) if settings.now else datetime.now(zone)
