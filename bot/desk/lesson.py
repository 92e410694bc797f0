"""What utterances pull a message, and what one more utterance would change: computed without fitting the model anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bot.compiling import labelled_utterances, read
from bot.content.loading import Case
from bot.matching.confidence import calibrate
from bot.matching.decision import decide, second_net
from bot.matching.features import BLOCK_WEIGHTS, Weights, concept_keys, pair_keys, piece_keys, word_keys
from bot.matching.ranking import MATTER, Ranking, rank
from bot.model import Analysis, Decision
from bot.pipeline import Bot

TOPIC_C, FOREIGN_C = 0.4, 0.2
"""As in `matching.training`, which is not imported: it brings the whole of scikit-learn. A test compares them."""
SETTLED = 0.68
"""How much of the step remains once all other utterances have adjusted to the new one: measured on 80 utterances of 80
topics that a model was fitted without. On 80 others the estimate met the fitted scores to 0.06, and every decision."""
INTERCEPT = 1.0
"""What the constant feature of a linear model adds to the squared length of every message."""

Vector = Mapping[int, float]


def vector(analysis: Analysis, weights: Weights) -> Vector:
    """The message as the model sees it: row of a feature → value, each block scaled to its weight."""
    tokens = analysis.core
    blocks = (
        [k for t in tokens for k in word_keys(t)],
        pair_keys(tokens),
        concept_keys(analysis.concepts),
        [k for t in tokens for k in piece_keys(t.word)],
    )
    found: dict[int, float] = {}
    for block_weight, keys in zip(BLOCK_WEIGHTS, blocks, strict=True):
        rows = [r for k in keys if (r := weights.rows.get(k)) is not None]
        if rows:
            idf = np.sqrt(weights.norms[rows])
            scale = float(block_weight) / float((idf**2).sum()) ** 0.5
            for row, value in zip(rows, (idf * scale).tolist(), strict=True):
                found[row] = found.get(row, 0.0) + value
    return found


def product(a: Vector, b: Vector) -> float:
    """The inner product."""
    small, large = (a, b) if len(a) < len(b) else (b, a)
    return sum(value * large[row] for row, value in small.items() if row in large)


def likeness(a: Vector, b: Vector) -> float:
    """How much one message pulls another, 0..1; 1 for messages that the model cannot tell apart."""
    length = (product(a, a) * product(b, b)) ** 0.5
    return product(a, b) / length if length else 0.0


@dataclass(frozen=True, slots=True)
class Pull:
    """An utterance and how like it is to the message, 0..1."""

    utterance: str
    likeness: float


def strongest_utterance(message: Vector, label: str, bot: Bot) -> Pull | None:
    """The utterance of a class that pulls the message most; None where none has anything in common with it."""
    texts = [text for text, of, _ in labelled_utterances(bot.content) if of == label]
    pulls = [Pull(t, likeness(message, vector(read(t, bot.language), bot.intents.weights))) for t in texts]
    best = max(pulls, key=lambda p: p.likeness, default=None)
    return best if best is not None and best.likeness > 0 else None


@dataclass(frozen=True, slots=True)
class Step:
    """How far one more utterance of a class moves each score: times the product of the message with that utterance.

    topics   (classes,)
    foreign  of the output for matters that are not ours
    squared  length of the utterance
    """

    topics: np.ndarray[tuple[int], np.dtype[np.float64]]
    foreign: float
    squared: float


def _pushes(
    scores: np.ndarray[tuple[int], np.dtype[np.float64]],
    signs: np.ndarray[tuple[int], np.dtype[np.float64]],
    squared: float,
    c: float,
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """One step of dual coordinate ascent for the squared hinge, all other utterances left as they are."""
    return signs * np.maximum(0.0, (1.0 - signs * scores) / (squared + 1.0 / (2.0 * c)))


def step_for(message: Vector, ranking: Ranking, label: str, bot: Bot) -> Step:
    """What the message as an utterance of this class would do."""
    length = product(message, message)
    squared = length + INTERCEPT
    signs = np.full(len(bot.intents.classes), -1.0)
    signs[bot.intents.index[label]] = 1.0
    is_matter = label.startswith(MATTER)
    labels = [of.startswith(MATTER) for _, of, _ in labelled_utterances(bot.content)]
    same = max(1, sum(one == is_matter for one in labels))
    balance = len(labels) / (2.0 * same)
    foreign = _pushes(np.array([ranking.foreign]), np.array([1.0 if is_matter else -1.0]), squared, FOREIGN_C * balance)
    return Step(_pushes(ranking.scores.astype(float), signs, squared, TOPIC_C), float(foreign[0]), length)


def moved(ranking: Ranking, step: Step, nearness: float) -> Ranking:
    """The ranking after the step; `nearness` is the product of its message with the added utterance.

    The constant moves with the utterance alone: for all others the many utterances that are there hold it.
    """
    by = SETTLED * nearness * (1.0 + INTERCEPT / (step.squared or 1.0))
    scores = (ranking.scores + step.topics * by).astype(np.float32)
    return replace(ranking, scores=scores, foreign=ranking.foreign + step.foreign * by)


def decision_for(ranking: Ranking, analysis: Analysis, bot: Bot) -> Decision:
    """What is decided on such scores, without conversation, second question and search."""
    candidates = second_net(
        calibrate(ranking, bot.intents, bot.calibration), bot.groups, bot.costs, harmless_setting=False
    )
    return decide(candidates, analysis, bot.costs)


@dataclass(frozen=True, slots=True)
class Lesson:
    """What the message as an utterance of a topic would change.

    after   the decision on the same message
    tested  how many stored test questions were looked at
    harmed  those that are right today and would not be
    helped  those that are wrong today and would be right
    """

    topic: str
    after: Decision
    tested: int = 0
    harmed: tuple[Case, ...] = ()
    helped: tuple[Case, ...] = ()


def lessons(
    analysis: Analysis, ranking: Ranking, topics: Iterable[str], bot: Bot, cases: Sequence[Case] = ()
) -> tuple[Lesson, ...]:
    """For each topic what the message as one more utterance of it would change.

    An estimate: one step of the training for the new utterance, with all others left as they are.
    """
    weights = bot.intents.weights
    message = vector(analysis, weights)
    readings = [(case, read(case.question, bot.language)) for case in cases]
    asked = [(case, found, rank(found, bot.intents), vector(found, weights)) for case, found in readings if found.core]
    result = []
    for topic in topics:
        step = step_for(message, ranking, topic, bot)
        harmed, helped = [], []
        for case, found, before, seen in asked:
            then = moved(before, step, product(message, seen))
            is_right = decision_for(before, found, bot).topics[:1] == (case.topic,)
            stays = decision_for(then, found, bot).topics[:1] == (case.topic,)
            if is_right and not stays:
                harmed.append(case)
            elif stays and not is_right:
                helped.append(case)
        after = decision_for(moved(ranking, step, product(message, message)), analysis, bot)
        result.append(Lesson(topic, after, len(asked), tuple(harmed), tuple(helped)))
    return tuple(result)
