"""What all routes share: the settings, the rate limit, and the bot once it is loaded."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event
from zoneinfo import ZoneInfo

from starlette.requests import Request

from bot.compiling import NothingToServeError, load_bot
from bot.content.loading import Content
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


@dataclass(slots=True)
class Service:
    """The one thing that changes while the process lives: without a bot at first, then with one.

    topics    the ids of all topics
    degraded  what was left out of the knowledge: topics, then problems with file and line
    finished  set when the bot is there, or will never be
    recorder  what counts replies and feedback; None where nothing is counted
    waiting   questions back that may still be answered
    """

    settings: Settings
    buckets: TokenBuckets
    trusted: Networks = ()
    bot: Bot | None = None
    topics: frozenset[str] = frozenset()
    degraded: tuple[str, ...] = ()
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
        """Loads the bot; what goes wrong stands in the log, and the service stays unready."""
        try:
            bot = load_bot(self.settings)
        except NothingToServeError as error:
            _log.error("no knowledge to serve: %s", error)
        except Exception as error:  # noqa: BLE001 - a thread has nobody to tell
            _log.error("the knowledge could not be loaded: %s", describe(error))
        else:
            self.degraded = (*bot.content.left_out, *bot.content.problems)[:MAX_DEGRADED]
            self.topics = frozenset(bot.groups)
            self.bot = bot
        finally:
            self.finished.set()


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
    if service.bot is None:
        headers = {"retry-after": str(RETRY_AFTER_S)}
        raise ProblemError(503, "The knowledge is not loaded yet. Please try again soon.", headers)
    return service.bot


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


def now_in(content: Content, settings: Settings) -> datetime:
    """The time of asking in the city's zone."""
    zone = ZoneInfo(content.city.timezone)
    return settings.now.astimezone(zone) if settings.now else datetime.now(zone)
