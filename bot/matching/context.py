"""What was said before: the topic spoken of, and the choices of the last question back, weigh in the next ranking."""

from __future__ import annotations

from dataclasses import replace

from bot.matching.ranking import Intents, Ranking
from bot.model import Analysis, Conversation

LEANS = frozenset(
    "und aber oder auch dann das dafür davon dazu damit dabei dort da dahin die der den dem es sie ihn ihm er denn sonst ja nein nee doch ok okay eher lieber "
    "wenn also na gut ach".split()
)
"""Words that a message begins with, or consists of, when it leans on the one before."""

TOPIC_BOOST = 0.3
LEANING_BOOST = 0.45
PENDING_BOOST = 0.6
"""Raw score that the earlier topic, a leaning message, and a choice of the last question back are given."""
SHORT = 7
"""Words up to which a message that begins with such a word leans on the one before."""


def leans(analysis: Analysis) -> bool:
    """Whether the message makes little sense alone: short, and beginning with or holding a word that points back."""
    words = [t.text for t in analysis.tokens]
    if not words or len(words) > 2 * SHORT:
        return False
    return words[0] in LEANS or (len(words) <= SHORT and any(w in LEANS for w in words)) or len(words) <= 3


def with_context(ranking: Ranking, analysis: Analysis, conversation: Conversation, intents: Intents) -> Ranking:
    """The ranking with what was said before; the same when nothing was."""
    boosts: dict[str, float] = {}
    if conversation.topic is not None:
        boosts[conversation.topic] = TOPIC_BOOST + (LEANING_BOOST if leans(analysis) else 0.0)
    for topic in conversation.pending:
        boosts[topic] = max(boosts.get(topic, 0.0), PENDING_BOOST)
    if not boosts:
        return ranking
    scores = ranking.scores.copy()
    for topic, boost in boosts.items():
        if topic in intents.index:
            scores[intents.index[topic]] += boost
    return replace(ranking, scores=scores)
