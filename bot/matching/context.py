"""What was said before: the topic spoken of, and the choices of the last question back, weigh in the next ranking."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from bot.matching.ranking import MATTER, Intents, Ranking
from bot.model import Analysis, Conversation

LEANS = frozenset(
    (
        "und aber oder auch dann das dafür davon dazu damit dabei dort da dahin die der den dem es sie ihn "
        "ihm er denn sonst ja nein nee doch ok okay eher lieber wenn also na gut ach"
    ).split()
)
"""Words that a message begins with, or consists of, when it leans on the one before."""

TALK = frozenset({"dank", "verabschiedung", "begruessung", "bot-identitaet", "datenschutz", "beschwerde-bot"})
"""Topics about the conversation itself: a few words say them whole."""

TOPIC_BOOST = 0.3
PENDING_BOOST = 0.6
"""Raw score that the earlier topic, and a choice of the last question back, are given."""
SHARE, SHARE_OF_SHORT, SHARE_OF_UNSURE = 0.6, 0.8, 0.5
"""How much the reading together with the earlier topic counts against the message alone, 0..1: of one that leans, of a
few words, and of one that does not lean but says little alone."""
UNSURE = 0.2
"""Raw score of the best class below which a message says little alone."""
DECISIVE = 0.45
"""Lead of the best topic over the next, raw, with which a leaning message of some length stands for itself."""
FEW = 4
"""Words up to which a message is too short to be decisive, thanks and the like excepted."""
FOREIGN_PENALTY = 0.3
"""Raw score taken from matters of other offices when a message leans on one that was ours."""
SHORT = 7
"""Words up to which a message that holds such a word leans on the one before."""


def leans(analysis: Analysis) -> bool:
    """Whether the message makes little sense alone: short, and beginning with or holding a word that points back."""
    words = [t.text for t in analysis.core]
    if not words or len(words) > 2 * SHORT:
        return False
    return words[0] in LEANS or (len(words) <= SHORT and any(w in LEANS for w in words)) or len(words) <= 3


def _decisive(ranking: Ranking, analysis: Analysis, intents: Intents) -> bool:
    first, second = np.argsort(-ranking.scores, kind="stable")[:2].tolist()
    lead = float(ranking.scores[first] - ranking.scores[second])
    if intents.classes[first] in TALK:
        return lead >= DECISIVE / 2
    return len(analysis.core) > FEW and lead >= DECISIVE and not intents.classes[first].startswith(MATTER)


def _share(ranking: Ranking, analysis: Analysis, intents: Intents) -> float:
    """How much of the score comes from the message read together with the earlier topic, 0..1."""
    if leans(analysis) and not _decisive(ranking, analysis, intents):
        return SHARE_OF_SHORT if len(analysis.core) <= FEW else SHARE
    unsure = len(analysis.core) <= 2 * SHORT and float(ranking.scores.max()) < UNSURE
    return SHARE_OF_UNSURE if unsure else 0.0


def with_context(
    ranking: Ranking, analysis: Analysis, conversation: Conversation, intents: Intents, titles: Mapping[str, Analysis]
) -> Ranking:
    """The ranking of a message that leans or says little, together with the topic before; any other stands for itself.

    titles  the title of every topic as it was read
    """
    scores = ranking.scores.copy()
    title = titles.get(conversation.topic or "")
    share = _share(ranking, analysis, intents) if title is not None else 0.0
    if title is not None and share:
        outputs = intents.weights.score(title.tokens + analysis.core, title.concepts + analysis.concepts)
        scores += share * (outputs[: len(scores)] - scores)
        scores[intents.is_matter] -= FOREIGN_PENALTY
    for topic in (conversation.topic, *conversation.pending):
        if topic is not None and topic in intents.index:
            scores[intents.index[topic]] += PENDING_BOOST if topic in conversation.pending else TOPIC_BOOST
    return replace(ranking, scores=scores)
