"""What of a conversation is counted, and what never is. Nothing here delays a reply, and nothing makes one fail."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import wraps
from threading import Event
from typing import ParamSpec

import numpy as np

from bot.language.analysis import analyse
from bot.matching.emergency import find_emergency
from bot.matching.ranking import Ranking, rank
from bot.model import EMERGENCY_GROUP, Analysis, Answer, Decision, Kind, Question
from bot.pipeline import Bot
from bot.settings import Settings
from bot.storage.events import NO_TOPIC, Judged, Replied, Unanswered
from bot.storage.names import known_names
from bot.storage.recorder import Recorder
from bot.storage.redaction import redact
from bot.storage.waiting import Waiting
from bot.storage.wording import normalised_words
from bot.web.problems import describe

VIOLENCE = frozenset({"haeusliche-gewalt", "kinderschutz"})
"""Topics of replies that someone in the room must not see, as in the widget."""
NEAR = 3
"""A message that has an emergency among so many topics nearest to it is never kept as a wording."""

_log = logging.getLogger("familienbot")
_P = ParamSpec("_P")


def make_recorder(settings: Settings, ready: Event) -> Recorder | None:
    """What counts for these settings; None where nothing is counted.

    ready  set when the bot is loaded: until then the thread waits
    """
    if not settings.database_url:
        return None

    def today() -> date:
        return (settings.now or datetime.now(UTC)).date()

    secret = next(iter(settings.secrets.values()))
    return Recorder(settings.database_url, secret, today, ready, prepare=known_names)


def _never_fails(count: Callable[_P, None]) -> Callable[_P, None]:
    @wraps(count)
    def counted(*args: _P.args, **kwargs: _P.kwargs) -> None:
        try:
            count(*args, **kwargs)
        except Exception as error:  # noqa: BLE001 - a parent gets the answer, counted or not
            _log.error("counting failed: %s", describe(error))

    return counted


@_never_fails
def count_turn(
    recorder: Recorder | None, waiting: Waiting, bot: Bot, question: Question, answer: Answer, states: tuple[str, str]
) -> None:
    """Counts a reply, and the wording of a question that got no answer.

    A question back counts as an answer when one of its choices is picked in the next message.

    question  with the conversation before it
    states    the state that came with the message, and the one that goes out with the reply
    """
    if recorder is None:
        return
    decision, now = answer.decision, question.now
    topic = decision.topics[0] if decision.topics else NO_TOPIC
    recorder.add(Replied(question.today, topic, decision.kind.value, decision.lang))
    before = waiting.settle(states[0], picked=topic in question.conversation.pending)
    given_up = (*((before,) if before else ()), *waiting.overdue(now))
    wording = find_wording(question, decision, bot)
    if wording is not None and decision.kind is Kind.CLARIFY:
        given_up = (*given_up, *waiting.hold(states[1], wording, now))
    elif wording is not None:
        given_up = (*given_up, wording)
    for one in given_up:
        recorder.add(one)


def find_wording(question: Question, decision: Decision, bot: Bot) -> Unanswered | None:
    """The normalised wording of a German question that got no answer; None for all else, and near an emergency."""
    asked_back = decision.kind is Kind.CLARIFY and decision.asks == "topic"
    if not (asked_back or decision.kind is Kind.FALLBACK) or decision.help_line:
        return None
    if any(is_sensitive(c.topic, bot) for c in (*decision.choices, *decision.candidates)):
        return None
    analysis = analyse(question, bot.language)
    words = normalised_words(analysis, bot.language)
    if not words or analysis.lang != "de":
        return None
    ranking = rank(analysis, bot.intents)
    if _sounds_alarming(analysis, ranking, bot) or _is_near_an_emergency(ranking, bot):
        return None
    return Unanswered(question.today, words)


def is_sensitive(topic: str, bot: Bot) -> bool:
    """Whether nothing that was typed about it is kept in any form."""
    return topic in VIOLENCE or bot.groups.get(topic) == EMERGENCY_GROUP


def _sounds_alarming(analysis: Analysis, ranking: Ranking, bot: Bot) -> bool:
    """Whether a rule fires or the second net tends to an emergency, even where the reply came to another end."""
    return ranking.emergency > 0 or bool(find_emergency(analysis, bot.emergencies).alarms)


def _is_near_an_emergency(ranking: Ranking, bot: Bot) -> bool:
    """Whether an emergency is among the topics nearest to it, however far they are."""
    nearest = np.argsort(-ranking.scores)[:NEAR]
    return any(is_sensitive(bot.intents.classes[i], bot) for i in nearest.tolist())


@_never_fails
def count_judgement(
    recorder: Recorder | None, bot: Bot, now: datetime, topic: str | None, *, helpful: bool, comment: str | None
) -> None:
    """Counts whether an answer helped.

    topic    None where the state says none, or none that is known
    comment  what was typed, with consent; kept redacted, and only beside a topic of no emergency and no violence
    """
    if recorder is None:
        return
    kept = _redacted(comment, bot, now) if comment and topic is not None and not is_sensitive(topic, bot) else None
    recorder.add(Judged(now.date(), topic or NO_TOPIC, helpful, kept))


def _redacted(comment: str, bot: Bot, now: datetime) -> str | None:
    analysis = analyse(Question(comment, now), bot.language)
    if _sounds_alarming(analysis, rank(analysis, bot.intents), bot):
        return None
    return redact(comment, bot.language) or None
