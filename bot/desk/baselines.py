"""What the bot is measured against: simple classifiers of the same utterances, without any analysis of ours.

They see the raw text in lower case. The strength of their regularisation is chosen by cross-validation over the
utterances; temperature and refusal threshold are fitted on the fit half, as the bot's calibration is.
"""

# mypy: disable-error-code="no-untyped-call"
# scikit-learn and rank_bm25 have no types
from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from rank_bm25 import BM25Okapi
from rapidfuzz import fuzz, process
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import FeatureUnion
from sklearn.svm import LinearSVC

from bot.desk.evaluation import Labelled
from bot.desk.utterances import Row
from bot.matching.decision import COSTS, Costs
from bot.matching.ranking import MATTER
from bot.model import OUTSIDE

SVC_GRID = (0.1, 1.0, 10.0)
LOGISTIC_GRID = (1.0, 10.0, 100.0)
"""Inverse strengths of the regularisation to choose from; logistic regression needs ten times as much."""
USUAL = 1
"""The place in its grid that is taken without cross-validation."""
FOLDS = 3
TUNED_ON = 2000
"""Utterances that the cross-validation looks at: all of them would take ten minutes."""
ROUNDS, TUNING_ROUNDS = 20, 8
"""Passes of the logistic regression over the utterances; more change nothing that could be seen."""
CHOICES = 5
TEMPERATURES = np.geomspace(0.01, 100.0, 121)
_SEED = 20261122

Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a baseline says to a message.

    ranked      (topic, share) best first, at most 5; `ausserhalb` has the shares of all matters together
    refused     whether it refuses: because a matter is most likely, or because the best topic is below the threshold
    confidence  of what is said, 0..1: the share of the best topic, or that of `ausserhalb` when it refuses
    """

    ranked: tuple[tuple[str, float], ...]
    refused: bool
    confidence: float


@dataclass(frozen=True)
class Baseline:
    """A classifier of messages.

    classes      topics and `~matters`, as `score` orders them
    score        raw scores of a message in lower case
    temperature  scale of the scores before they compete
    threshold    the share below which the best topic is not given
    strength     the C that the cross-validation chose, None where there is nothing to choose
    """

    name: str
    classes: tuple[str, ...]
    score: Callable[[str], Scores]
    temperature: float = 1.0
    threshold: float = 0.0
    strength: float | None = None


def _shares(scores: Scores, temperature: float) -> Scores:
    logits = scores * temperature
    shares: Scores = np.exp(logits - logits.max(axis=-1, keepdims=True))
    shares /= shares.sum(axis=-1, keepdims=True)
    return shares


def _merge(shares: Scores, classes: Sequence[str]) -> dict[str, float]:
    """The share of every topic, and of all matters together as `ausserhalb`."""
    merged = {OUTSIDE: 0.0}
    for name, share in zip(classes, shares.tolist(), strict=True):
        topic = OUTSIDE if name.startswith(MATTER) else name
        merged[topic] = merged.get(topic, 0.0) + share
    return merged


def judge_message(message: str, baseline: Baseline) -> Verdict:
    """What the baseline says to the message."""
    return judge_scores(baseline.score(message.lower()), baseline)


def judge_scores(scores: Scores, baseline: Baseline) -> Verdict:
    """What the baseline says to a message with these raw scores."""
    merged = _merge(_shares(scores, baseline.temperature), baseline.classes)
    ranked = tuple(sorted(merged.items(), key=lambda item: (-item[1], item[0]))[:CHOICES])
    topic, share = ranked[0]
    refused = topic == OUTSIDE or share < baseline.threshold
    return Verdict(ranked, refused, merged[OUTSIDE] if refused else share)


def best_threshold(verdicts: Sequence[tuple[Verdict, Labelled]], costs: Costs = COSTS) -> float:
    """The refusal threshold that would have cost least; the verdicts are those of a threshold of 0."""
    acts: list[tuple[float, float, float]] = []
    for verdict, labelled in verdicts:
        if not verdict.refused:
            topic, share = verdict.ranked[0]
            refusal = 0.0 if OUTSIDE in labelled.topics else costs.refuse
            acts.append((share, 0.0 if topic in labelled.topics else costs.wrong, refusal))

    def cost(threshold: float) -> float:
        return sum(refusal if share < threshold else answer for share, answer, refusal in acts)

    return min((0.0, *sorted({share for share, _, _ in acts}), 1.1), key=cost)


def best_temperature(scores: Scores, classes: Sequence[str], questions: Sequence[Labelled]) -> float:
    """The temperature that makes the labels most likely."""
    right = np.array(
        [[(OUTSIDE if c.startswith(MATTER) else c) in q.topics for c in classes] for q in questions], dtype=bool
    )

    def loss(temperature: float) -> float:
        shares = (_shares(scores, temperature) * right).sum(axis=1)
        return float(-np.log(np.maximum(shares, 1e-9)).sum())

    return float(min(TEMPERATURES, key=loss))


def fit_to_half(baseline: Baseline, questions: Sequence[Labelled]) -> Baseline:
    """The baseline with temperature and threshold fitted on these questions."""
    scores = np.array([baseline.score(q.question.lower()) for q in questions])
    fitted = replace(baseline, temperature=best_temperature(scores, baseline.classes, questions), threshold=0.0)
    verdicts = [(judge_scores(row, fitted), q) for row, q in zip(scores, questions, strict=True)]
    return replace(fitted, threshold=best_threshold(verdicts))


def _silent(step: str) -> None:
    """No progress shown."""


def _vectorizer() -> FeatureUnion:
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, dtype=np.float32)
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, dtype=np.float32)
    return FeatureUnion([("words", words), ("letters", letters)])


def _svc(c: float, rounds: int) -> LinearSVC:  # noqa: ARG001 - LinearSVC converges by itself
    return LinearSVC(C=c, random_state=_SEED)


def _logistic(c: float, rounds: int) -> LogisticRegression:
    return LogisticRegression(C=c, solver="saga", max_iter=rounds, random_state=_SEED)


def _choose(
    model: Callable[[float, int], object], grid: Sequence[float], matrix: object, labels: NDArray[np.str_]
) -> float:
    """The C with the most right answers on held-out utterances, the smaller one of equals."""
    rng = np.random.default_rng(_SEED)
    some = np.sort(rng.permutation(len(labels))[:TUNED_ON])
    part, wanted = matrix[some], labels[some]  # type: ignore[index]
    right = dict.fromkeys(grid, 0)
    for train, test in StratifiedKFold(FOLDS, shuffle=True, random_state=_SEED).split(part, wanted):
        for c in grid:
            fitted = model(c, TUNING_ROUNDS).fit(part[train], wanted[train])  # type: ignore[attr-defined]
            right[c] += int((fitted.predict(part[test]) == wanted[test]).sum())
    return max(grid, key=lambda c: (right[c], -c))


def _linear(rows: Sequence[Row], tune: bool, progress: Callable[[str], None]) -> list[Baseline]:
    progress("TF-IDF")
    vectorizer = _vectorizer()
    labels = np.array([label for _, label, _ in rows])
    matrix = vectorizer.fit_transform([text.lower() for text, _, _ in rows])
    found = []
    for name, model, grid in (
        ("TF-IDF + LinearSVC", _svc, SVC_GRID),
        ("TF-IDF + logistic regression", _logistic, LOGISTIC_GRID),
    ):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # so many rounds are near enough
            warnings.filterwarnings("ignore", "The least populated class", UserWarning)  # of the part tuned on
            progress(f"{name}: cross-validation" if tune else name)
            strength = _choose(model, grid, matrix, labels) if tune else grid[USUAL]
            progress(name)
            fitted = model(strength, ROUNDS).fit(matrix, labels)

        def score(text: str, fitted: LinearSVC | LogisticRegression = fitted) -> Scores:
            scores: Scores = fitted.decision_function(vectorizer.transform([text]))[0]
            return scores

        found.append(Baseline(name, tuple(map(str, fitted.classes_)), score, strength=strength))
    return found


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def _nearest(rows: Sequence[Row]) -> list[Baseline]:
    ordered = sorted(rows, key=lambda row: row[1])
    texts, labels = [text.lower() for text, _, _ in ordered], [label for _, label, _ in ordered]
    classes = tuple(dict.fromkeys(labels))
    starts = np.searchsorted(np.array(labels), np.array(classes))
    bm25 = BM25Okapi([_words(text) for text in texts])

    def by_bm25(text: str) -> Scores:
        best: Scores = np.maximum.reduceat(bm25.get_scores(_words(text)), starts)
        return best

    def by_letters(text: str) -> Scores:
        ratios = process.cdist([text], texts, scorer=fuzz.token_set_ratio)[0].astype(np.float64)
        best: Scores = np.maximum.reduceat(ratios, starts)
        return best

    return [Baseline("BM25", classes, by_bm25), Baseline("rapidfuzz token_set_ratio", classes, by_letters)]


def fit_baselines(
    rows: Sequence[Row],
    questions: Sequence[Labelled],
    progress: Callable[[str], None] = _silent,
    *,
    tune: bool = True,
) -> tuple[Baseline, ...]:
    """All baselines, fitted on the utterances and then to the questions of the fit half.

    rows       as `utterances.training_rows` gives them, and `familienbot utterances --jsonl` prints them: nothing else
               is learned from
    questions  of the fit half, for temperature and threshold alone
    tune       whether C is chosen by cross-validation; without it the usual one is taken, in half the time
    """
    fitted = []
    for baseline in (*_linear(rows, tune, progress), *_nearest(rows)):
        progress(f"{baseline.name}: threshold")
        fitted.append(fit_to_half(baseline, questions))
    return tuple(fitted)
