"""Utterances against the analysis: raw scores of topics, matters, sides and the second safety net. No thresholds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from bot.matching.features import Reading, Weights
from bot.model import Analysis, Token

MATTER = "~"
"""What a class begins with that is a matter of another office."""
FOREIGN, EMERGENCY = -2, -1
"""Where the last two outputs of the weights stand."""


@dataclass(frozen=True)
class Intents:
    """The fitted models.

    classes     topics, and matters with a leading `~`: the first outputs of `weights`
    aspects     the next outputs; the last two are `FOREIGN` and `EMERGENCY`
    alarms      topics of emergencies
    spreads     lemma → over how many classes it is spread; a word that is not listed says much alone
    """

    classes: tuple[str, ...]
    aspects: tuple[str, ...]
    weights: Weights
    alarms: frozenset[str]
    spreads: Mapping[str, float] = field(default_factory=dict)

    @cached_property
    def index(self) -> Mapping[str, int]:
        """The column of every class."""
        return {name: i for i, name in enumerate(self.classes)}

    @cached_property
    def is_alarm(self) -> NDArray[np.bool_]:
        """For every class whether it is a topic of emergencies."""
        return np.array([name in self.alarms for name in self.classes], dtype=bool)

    @cached_property
    def is_matter(self) -> NDArray[np.bool_]:
        """For every class whether it is a matter of another office."""
        return np.array([name.startswith(MATTER) for name in self.classes], dtype=bool)

    @cached_property
    def columns(self) -> tuple[NDArray[np.int_], NDArray[np.int_]]:
        """Where the topics stand among the classes, and where the matters of other offices."""
        return np.flatnonzero(~self.is_matter), np.flatnonzero(self.is_matter)


@dataclass(frozen=True, slots=True)
class Ranking:
    """Raw scores of one message.

    scores      (classes,)
    aspects     (aspects,)
    foreign     above 0 the message tends to be not ours
    emergency   of the second net; above 0 it tends to an emergency
    coverage    0..1, the share of the message's longer words that we know
    words       how many words the message has
    reading     the message prepared for scoring parts of it
    """

    scores: NDArray[np.float32]
    aspects: NDArray[np.float32]
    foreign: float
    emergency: float
    coverage: float
    words: int
    reading: Reading


def lemmas(tokens: tuple[Token, ...]) -> str:
    """The base forms in alphabetical order: what utterances and messages are compared by, whatever their word order."""
    return " ".join(sorted(t.lemma for t in tokens))


def coverage(tokens: tuple[Token, ...]) -> float:
    """The share of letters in words of four letters and more that stand in words we know."""
    letters = sum(len(t.text) for t in tokens if len(t.text) > 3)
    known = sum(len(t.text) for t in tokens if len(t.text) > 3 and t.known)
    return known / letters if letters else 1.0


def nearest_utterance(text: str, utterances: Sequence[str]) -> tuple[float, int] | None:
    """The similarity 0..1 and the place of the utterance that is nearest; both sides as `lemmas` gives them."""
    found = process.extractOne(text, utterances, scorer=fuzz.ratio, score_cutoff=50)
    return (found[1] / 100, found[2]) if found else None


def rank(analysis: Analysis, intents: Intents) -> Ranking:
    """The raw scores of the message without greeting and thanks around it."""
    tokens = analysis.core
    reading = intents.weights.read(tokens, analysis.concepts)
    outputs = reading.score()
    topics = len(intents.classes)
    return Ranking(
        scores=outputs[:topics],
        aspects=outputs[topics:FOREIGN],
        foreign=float(outputs[FOREIGN]),
        emergency=float(outputs[EMERGENCY]),
        coverage=coverage(tokens),
        words=len(tokens),
        reading=reading,
    )
