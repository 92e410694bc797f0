"""What was said before: the topic spoken of, and the choices of the last question back, weigh in the next ranking."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bot.matching.confidence import Calibration, sigmoid
from bot.matching.ranking import Intents, Ranking
from bot.model import Analysis, Conversation, Token

BEGINS = frozenset(
    (
        "und aber oder auch dann das dafür davon dazu damit dabei dort da dahin die der den dem es sie ihn "
        "ihm er denn sonst ja nein nee doch ok okay eher lieber wenn also na gut ach"
    ).split()
)
"""Words that a message begins with when it leans on the one before."""
POINTERS = frozenset("dafür davon dazu damit dabei dort da dahin daran darauf darüber es sie ihn ihm er".split())
"""Words within a short message that stand for something said before."""
ARTICLES = frozenset("das die der den dem".split())
"""Words that do so at the end or before one of `NO_NOUNS`; before any other word they are its article."""
NO_NOUNS = frozenset(
    (
        "ist sind war kostet kosten geht gehen dauert gilt gelten muss müssen kann können soll sollen darf dürfen auch "
        "denn dann nicht noch für bei mit von zu in im an am auf aus nach vor ich man wir du sie er es jetzt mal so "
        "was eigentlich wirklich schon alles und oder wer wie wo wann hin her statt macht machen gibt hat haben will "
        "zahlt zahlen was welche bekommt kommt wird werden braucht hilft überhaupt trotzdem weiter immer nur wieder "
        "genau"
    ).split()
)
"""Words that are no noun and say nothing alone."""
NOTHING_ALONE = BEGINS | POINTERS | NO_NOUNS
CORRECTS = frozenset("falsch verwechselt missverstanden vertan verschrieben quatsch irrtum verkehrt".split())
"""Words that take back what was understood before: its topic is the least likely one."""

ENDINGS = frozenset({"dank", "verabschiedung"})
"""What ends a conversation, whatever it was about."""

PENDING_BOOST = 0.6
CORRECTED = -0.6
"""Raw score that a choice of the last question back, and a topic that is taken back are given."""
SPREAD = 50.0
"""Classes over which a word is spread from which on it says nothing of its own."""
SHORT = 7
"""Words up to which a message that holds such a word leans on the one before."""


def _points_back(tokens: Sequence[Token]) -> bool:
    words = [t.text for t in tokens]
    if any(w in POINTERS for w in words):
        return True
    return any(w in ARTICLES and (i + 1 == len(words) or words[i + 1] in NO_NOUNS) for i, w in enumerate(words))


def leans(analysis: Analysis) -> bool:
    """Whether the message makes little sense alone: short, and beginning with or holding a word that points back."""
    tokens = analysis.core
    if not tokens or len(tokens) > 2 * SHORT:
        return False
    return tokens[0].text in BEGINS or (len(tokens) <= SHORT and _points_back(tokens)) or len(tokens) <= 3


def corrects(analysis: Analysis) -> bool:
    """Whether the message says that the reply before was about the wrong thing."""
    return len(analysis.core) <= 2 * SHORT and any(t.text in CORRECTS for t in analysis.core)


def need_features(ranking: Ranking, analysis: Analysis, intents: Intents) -> NDArray[np.float64]:
    """What shows that a message needs what was said before: (10,) with a constant at the end."""
    tokens = analysis.core
    words = sorted(intents.spreads.get(t.lemma, 1.0) for t in tokens if t.text not in NOTHING_ALONE)
    first, second = (*words, *2 * [EVERYWHERE])[:2]
    runner_up, best = np.partition(ranking.scores, -2)[-2:].tolist()
    return np.array(
        [
            best,
            best - runner_up,
            np.log(1.0 + len(tokens)),
            float(leans(analysis)),
            min(3, sum(spread < SPREAD for spread in words)),
            np.log(first),
            np.log(second),
            float(bool(tokens) and tokens[0].text in BEGINS),
            float(_points_back(tokens)),
            1.0,
        ]
    )


EVERYWHERE = 100.0
"""Spread of a word that is not there."""


def shifts(
    ranking: Ranking,
    analysis: Analysis,
    before: str,
    title: Analysis,
    related: Collection[str],
    intents: Intents,
) -> NDArray[np.float64]:
    """How the topic before may change the raw scores: (6, classes), one row for each weight of `Calibration.carried`.

    The reading together with its title, the topic itself, topics that its entry names as related, the topic when it is
    an emergency, matters of other offices, and thanks or goodbye.
    """
    outputs = intents.weights.score(title.tokens + analysis.core, title.concepts + analysis.concepts)
    rows = np.zeros((6, len(intents.classes)))
    rows[0] = outputs[: len(intents.classes)] - ranking.scores
    place = intents.index.get(before)
    if place is not None:
        rows[3 if before in intents.alarms else 1, place] = 1.0
    rows[2, [intents.index[topic] for topic in related if topic in intents.index]] = 1.0
    rows[4] = intents.is_matter
    rows[5, [intents.index[topic] for topic in ENDINGS if topic in intents.index]] = 1.0
    return rows


def with_context(
    ranking: Ranking,
    analysis: Analysis,
    conversation: Conversation,
    intents: Intents,
    titles: Mapping[str, Analysis],
    related: Collection[str],
    calibration: Calibration,
) -> Ranking:
    """The ranking of a message, as much as it needs that together with the topic before.

    titles   the title of every topic as it was read
    related  the topics that the entry of the topic before names as related
    """
    before, scores = conversation.topic, ranking.scores.copy()
    title = titles.get(before or "")
    if before is not None and title is not None:
        if corrects(analysis):
            if before in intents.index:
                scores[intents.index[before]] += CORRECTED
        else:
            need = sigmoid(float(need_features(ranking, analysis, intents) @ np.array(calibration.context)))
            rows = shifts(ranking, analysis, before, title, related, intents)
            scores += (need * (np.array(calibration.carried) @ rows)).astype(np.float32)
    for topic in conversation.pending:
        if topic in intents.index:
            scores[intents.index[topic]] += PENDING_BOOST
    return replace(ranking, scores=scores)
