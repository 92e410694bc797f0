"""Utterances against the analysis: raw scores of topics, matters, sides and the second safety net. No thresholds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from bot.matching.features import Weights
from bot.model import Analysis, Token

MATTER = "~"
"""What a class begins with that is a matter of another office."""


@dataclass(frozen=True)
class Intents:
    """The fitted models and the utterances they were fitted on.

    utterances  topic or matter → its utterances as lemmas, and as written in the same order
    alarms      topics of emergencies
    """

    topics: Weights
    aspects: Weights
    emergency: Weights
    utterances: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]
    alarms: frozenset[str]

    @cached_property
    def index(self) -> Mapping[str, int]:
        """The column of every class."""
        return {name: i for i, name in enumerate(self.topics.classes)}

    @cached_property
    def matters(self) -> NDArray[np.int_]:
        """The columns of the matters of other offices."""
        return np.array([i for i, name in enumerate(self.topics.classes) if name.startswith(MATTER)], dtype=np.int_)


@dataclass(frozen=True, slots=True)
class Ranking:
    """Raw scores of one message.

    scores      (classes,) of `Intents.topics`
    aspects     (aspects,) of `Intents.aspects`
    emergency   of the second net; above 0 it tends to an emergency
    similarity  0..1, of the nearest utterance of the best class
    nearest     that utterance as written
    coverage    0..1, the share of the message's longer words that we know
    words       how many words the message has
    """

    scores: NDArray[np.float32]
    aspects: NDArray[np.float32]
    emergency: float
    similarity: float
    nearest: str
    coverage: float
    words: int


def lemmas(tokens: tuple[Token, ...]) -> str:
    """The base forms in a row: what utterances and messages are compared by."""
    return " ".join(t.lemma for t in tokens)


def coverage(tokens: tuple[Token, ...]) -> float:
    """The share of letters in words of four letters and more that stand in words we know."""
    letters = sum(len(t.text) for t in tokens if len(t.text) > 3)
    known = sum(len(t.text) for t in tokens if len(t.text) > 3 and t.known)
    return known / letters if letters else 1.0


def nearest_utterance(text: str, utterances: tuple[tuple[str, ...], tuple[str, ...]]) -> tuple[float, str]:
    """The similarity 0..1 of the utterance whose base forms are nearest, and that utterance as written."""
    found = process.extractOne(text, utterances[0], scorer=fuzz.token_sort_ratio)
    return (found[1] / 100, utterances[1][found[2]]) if found else (0.0, "")


def rank(analysis: Analysis, intents: Intents) -> Ranking:
    """The raw scores of the whole message."""
    tokens, concepts = analysis.tokens, analysis.concepts
    scores = intents.topics.score(tokens, concepts)
    best = intents.topics.classes[int(scores.argmax())]
    similarity, nearest = nearest_utterance(lemmas(tokens), intents.utterances[best])
    return Ranking(
        scores=scores,
        aspects=intents.aspects.score(tokens, concepts),
        emergency=float(intents.emergency.score(tokens, concepts)[0]),
        similarity=similarity,
        nearest=nearest,
        coverage=coverage(tokens),
        words=len(tokens),
    )
