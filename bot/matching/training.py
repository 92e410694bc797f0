"""The linear models behind the ranking, fitted when the model is compiled. Never imported while serving."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC

from bot.matching.features import BLOCK_WEIGHTS, BLOCKS, Weights, concept_keys, pair_keys, piece_keys, word_keys
from bot.matching.ranking import MATTER
from bot.model import Analysis

TOPIC_C = 0.4
ASPECT_C = 0.2
FOREIGN_C = 0.2
EMERGENCY_C = 0.5
"""Inverse strengths of the regularisation, chosen by cross-validation over the utterances."""

HARMLESS_WEIGHT = 3.0
"""How many ordinary utterances a look-alike counts for in the second net: they are few and stand for many."""

FOLDS = 4
_SEED = 20261122
_MIN_COUNT = {"word": 1, "pair": 2, "concept": 1, "piece": 4}


@dataclass(frozen=True, slots=True)
class Example:
    """An utterance as it was read, and what it belongs to: a topic, or a matter with a leading `~`.

    weight  for how many utterances it counts
    """

    text: str
    analysis: Analysis
    label: str
    aspect: str | None
    weight: float = 1.0


def block_keys(analysis: Analysis) -> list[list[str]]:
    """The features of the message by block, in the order of `BLOCKS`."""
    tokens = analysis.core
    return [
        [k for t in tokens for k in word_keys(t)],
        pair_keys(tokens),
        concept_keys(analysis.concepts),
        [k for t in tokens for k in piece_keys(t.word)],
    ]


def count_features(keys: Sequence[list[list[str]]]) -> tuple[dict[str, int], NDArray[np.float32]]:
    """The rows of the features that are frequent enough, and the inverse document frequency of each."""
    counts: list[Counter[str]] = [Counter() for _ in BLOCKS]
    for message in keys:
        for block, found in zip(counts, message, strict=True):
            block.update(set(found))
    rows: dict[str, int] = {}
    frequencies: list[float] = []
    for name, block in zip(BLOCKS, counts, strict=True):
        for key in sorted(block):
            if block[key] >= _MIN_COUNT[name]:
                rows[key] = len(rows)
                frequencies.append(float(np.log((1 + len(keys)) / (1 + block[key])) + 1))
    return rows, np.array(frequencies, dtype=np.float32)


def to_matrix(keys: Sequence[list[list[str]]], rows: dict[str, int], idf: NDArray[np.float32]) -> sparse.csr_matrix:
    """The messages as (messages, features), each block scaled as `Weights.score` scales it."""
    data: list[float] = []
    columns: list[int] = []
    starts = [0]
    for message in keys:
        for weight, found in zip(BLOCK_WEIGHTS, message, strict=True):
            known = [rows[k] for k in found if k in rows]
            if known:
                scale = float(weight) / float((idf[known] ** 2).sum()) ** 0.5
                columns += known
                data += (idf[known] * scale).tolist()
        starts.append(len(columns))
    matrix = sparse.csr_matrix(
        (np.array(data, dtype=np.float32), np.array(columns, dtype=np.int32), np.array(starts, dtype=np.int32)),
        shape=(len(keys), len(rows)),
    )
    matrix.sum_duplicates()
    return matrix


def _fit(
    matrix: sparse.csr_matrix,
    labels: Sequence[str],
    c: float,
    *,
    balanced: bool = False,
    counts: NDArray[np.float64] | None = None,
) -> LinearSVC:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # a thousand rounds are near enough
        model = LinearSVC(C=c, class_weight="balanced" if balanced else None, random_state=_SEED)
        model.fit(matrix, np.array(labels), sample_weight=counts)
    return model


@dataclass(frozen=True, slots=True)
class Fitted:
    """The fitted models as one: outputs are topics and matters, aspects, foreign, emergency."""

    topics: tuple[str, ...]
    aspects: tuple[str, ...]
    weights: Weights
    spreads: dict[str, float]


NARROW = 5.0
"""Spread below which a word is not listed: it says much about what is meant."""


def spread_words(examples: Sequence[Example]) -> dict[str, float]:
    """For every word that says little, over how many classes it is spread: the perplexity of the class given it."""
    counts: dict[str, Counter[str]] = {}
    for example in examples:
        for lemma in {t.lemma for t in example.analysis.core}:
            counts.setdefault(lemma, Counter())[example.label] += 1
    spreads = {}
    for lemma, found in sorted(counts.items()):
        shares = np.array(list(found.values())) / found.total()
        spread = float(np.exp(-(shares * np.log(shares)).sum()))
        if spread >= NARROW:
            spreads[lemma] = round(spread, 1)
    return spreads


def fit(
    examples: Sequence[Example],
    harmless: Sequence[Analysis],
    emergency_topics: frozenset[str],
    progress: Callable[[str], None],
) -> Fitted:
    """The models for these examples, in their order.

    harmless  counterexamples of the second net alone
    progress  called with the name of each step
    """
    progress("Merkmale")
    keys = [block_keys(e.analysis) for e in examples]
    harmless_keys = [block_keys(a) for a in harmless]
    rows, idf = count_features(keys + harmless_keys)
    matrix = to_matrix(keys, rows, idf)
    labels = [e.label for e in examples]
    progress("Themen")
    topics = _fit(matrix, labels, TOPIC_C, counts=np.array([e.weight for e in examples]))
    progress("Seiten der Themen")
    asked = [i for i, e in enumerate(examples) if e.aspect is not None]
    aspects = _fit(matrix[asked], [examples[i].aspect or "" for i in asked], ASPECT_C, balanced=True)
    progress("Fremde Anliegen")
    foreign = _fit(matrix, ["1" if label.startswith(MATTER) else "0" for label in labels], FOREIGN_C, balanced=True)
    progress("Notlagen")
    everything = sparse.vstack([matrix, to_matrix(harmless_keys, rows, idf)]).tocsr()
    alarms = ["1" if label in emergency_topics else "0" for label in labels] + ["0"] * len(harmless)
    counts = np.array([1.0] * len(labels) + [HARMLESS_WEIGHT] * len(harmless))
    emergency = _fit(everything, alarms, EMERGENCY_C, balanced=True, counts=counts)
    models = (topics, aspects, foreign, emergency)
    values = np.hstack([m.coef_.T for m in models]) * idf[:, None]
    return Fitted(
        tuple(map(str, topics.classes_)),
        tuple(map(str, aspects.classes_)),
        Weights(
            rows,
            np.ascontiguousarray(values, dtype=np.float16),
            (idf**2).astype(np.float32),
            np.concatenate([m.intercept_ for m in models]).astype(np.float32),
        ),
        spread_words(examples),
    )


@dataclass(frozen=True, slots=True)
class HeldOut:
    """What models say of utterances that they were not fitted on, for the calibration and for `gaps`.

    classes    as in the fitted model
    topics     (examples, classes) raw scores
    emergency  (examples + harmless,) raw scores
    """

    classes: tuple[str, ...]
    topics: NDArray[np.float32]
    emergency: NDArray[np.float32]


def cross_validate(
    examples: Sequence[Example], harmless: Sequence[Analysis], emergency_topics: frozenset[str]
) -> HeldOut:
    """The scores of every example by a model that was fitted on the other folds."""
    keys = [block_keys(e.analysis) for e in examples]
    harmless_keys = [block_keys(a) for a in harmless]
    rows, idf = count_features(keys + harmless_keys)
    matrix = to_matrix(keys, rows, idf)
    labels = [e.label for e in examples]
    classes = tuple(sorted(set(labels)))
    everything = sparse.vstack([matrix, to_matrix(harmless_keys, rows, idf)]).tocsr()
    alarms = ["1" if label in emergency_topics else "0" for label in labels] + ["0"] * len(harmless)
    held_out = np.full((len(examples), len(classes)), -2.0, dtype=np.float32)
    held_out_emergency = np.zeros(len(examples) + len(harmless), dtype=np.float32)
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=_SEED)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # a class with fewer members than folds is left out of some
        for train, test in folds.split(matrix, labels):
            model = _fit(matrix[train], [labels[i] for i in train], TOPIC_C)
            held_out[np.ix_(test, np.searchsorted(classes, model.classes_))] = model.decision_function(matrix[test])
        counts = np.array([1.0] * len(labels) + [HARMLESS_WEIGHT] * len(harmless))
        for train, test in folds.split(everything, alarms):
            model = _fit(
                everything[train], [alarms[i] for i in train], EMERGENCY_C, balanced=True, counts=counts[train]
            )
            held_out_emergency[test] = model.decision_function(everything[test])
    return HeldOut(classes, held_out, held_out_emergency)
