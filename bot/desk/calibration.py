"""Fits the calibration on the fit half of the evaluation. What it writes stands beside the code and is reviewed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

from bot.desk.evaluation import NOW, SETS, Half, Labelled, load_dialogues, load_set
from bot.language.analysis import analyse
from bot.matching.confidence import Calibration, alarm_margin, foreign_features, split_scores
from bot.matching.context import corrects, need_features, shifts
from bot.matching.ranking import Intents, Ranking, rank
from bot.matching.segments import find_cuts
from bot.model import EMERGENCY_GROUP, OUTSIDE, Conversation, Question
from bot.pipeline import Bot, related_to

TEMPERATURES = np.linspace(1.0, 12.0, 111)
FOREIGN_C = 1.0
"""Inverse strength of the regularisation: ten parameters, some seven hundred questions."""


def _questions(bot: Bot, folder: Path, tuning: Path) -> list[Labelled]:
    """Single questions that no utterance was made from: the fit half, and lines kept back from the authors."""
    kept = [
        Labelled(row["q"], tuple(row["topics"]), "kept", bot.groups.get(row["topics"][0]) == EMERGENCY_GROUP)
        for row in _lines(tuning / "single.jsonl")
    ]
    return [q for name in SETS for q in load_set(folder, name, Half.FIT)] + kept


def _rankings(bot: Bot, folder: Path, tuning: Path) -> list[tuple[Labelled, Ranking]]:
    questions = _questions(bot, folder, tuning)
    rows = []
    for q in questions:
        analysis = analyse(Question(q.question, NOW), bot.language)
        if analysis.tokens:
            rows.append((q, rank(analysis, bot.intents)))
    return rows


@dataclass(frozen=True, slots=True)
class Turn:
    """A message that followed another one.

    shifts  (6, classes) as `context.shifts` gives them
    right   (classes,) whether the class is right
    weight  how much it counts: turns of conversations are few, single questions behind a random topic are many
    """

    ranking: Ranking
    need: NDArray[np.float64]
    shifts: NDArray[np.float64]
    right: NDArray[np.bool_]
    outside: bool
    weight: float


LATER_WEIGHT = 3.0
_SEED = 20261123


def _turn(labelled: Labelled, before: str, bot: Bot, weight: float) -> Turn | None:
    analysis = analyse(Question(labelled.question, NOW), bot.language)
    title = bot.titles.get(before)
    outside = OUTSIDE in labelled.topics
    right = np.array([name in labelled.topics for name in bot.intents.classes])
    if not analysis.tokens or title is None or corrects(analysis) or not (outside or right.any()):
        return None
    ranking = rank(analysis, bot.intents)
    related = related_to(Conversation(topic=before), bot)
    return Turn(
        ranking,
        need_features(ranking, analysis, bot.intents),
        shifts(ranking, analysis, before, title, related, bot.intents),
        right,
        outside,
        weight,
    )


def _turns(bot: Bot, folder: Path, tuning: Path) -> list[Turn]:
    """Later turns with the topic before, and single questions each behind a random one: those stand for themselves."""
    found = [
        _turn(Labelled(row["q"], tuple(row["topics"]), "turn", False), row["before"], bot, LATER_WEIGHT)
        for row in _lines(tuning / "turns.jsonl")
    ]
    talks = [
        [Labelled(t["q"], tuple(t["topics"]), "talk", False) for t in row["turns"]]
        for row in _lines(tuning / "talks.jsonl")
    ]
    for talk in (*talks, *load_dialogues(folder, Half.FIT)):
        before: str | None = None
        for turn in talk:
            if before is not None:
                found.append(_turn(turn, before, bot, LATER_WEIGHT))
            spoken_of = [t for t in turn.topics[:1] if t in bot.titles and bot.groups.get(t) != "gespraech"]
            before = spoken_of[0] if spoken_of else before
    topics = sorted(t for t in bot.titles if bot.groups.get(t) != "gespraech")
    chance = np.random.default_rng(_SEED)
    questions = [q for name in SETS for q in load_set(folder, name, Half.FIT) if not q.both]
    found += [_turn(q, str(chance.choice(topics)), bot, 1.0) for q in questions]
    return [turn for turn in found if turn is not None]


def fit_context(
    turns: Sequence[Turn], intents: Intents, temperature: float, foreign: Sequence[float]
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """The weights of `need_features` and of `shifts` that make the turns most likely."""
    scores = np.array([t.ranking.scores for t in turns], dtype=np.float64)
    needs = np.array([t.need for t in turns])
    rows = np.array([t.shifts for t in turns])
    right, outside = np.array([t.right for t in turns]), np.array([t.outside for t in turns])
    weights = np.array([t.weight for t in turns]) / sum(t.weight for t in turns)
    size = needs.shape[1]
    prior = np.array(NEED_PRIOR + SHIFT_PRIOR)

    def loss(parameters: NDArray[np.float64]) -> float:
        need = 1 / (1 + np.exp(-np.clip(needs @ parameters[:size], -30, 30)))
        shifted = scores + need[:, None] * np.einsum("k,nkc->nc", parameters[size:], rows)
        features = np.array(
            [foreign_features(replace(t.ranking, scores=s), intents) for t, s in zip(turns, shifted, strict=True)]
        )
        not_ours = 1 / (1 + np.exp(-np.clip(features @ np.array(foreign), -30, 30)))
        logits = np.where(intents.is_matter, -99.0, shifted) * temperature
        shares = np.exp(logits - logits.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        likely = outside * not_ours + (1 - not_ours) * (shares * right).sum(axis=1)
        return float(
            -(weights * np.log(np.maximum(likely, 1e-4))).sum() + CONTEXT_DECAY * ((parameters - prior) ** 2).sum()
        )

    bounds: list[tuple[float | None, float | None]] = [(None, None)] * len(prior)
    bounds[size + ALARM_SHIFT] = (ALARM_STAYS, None)
    found = minimize(loss, prior, method="L-BFGS-B", bounds=bounds, options={"maxiter": 15}).x
    fitted = tuple(round(float(w), 4) for w in found)
    return fitted[:size], fitted[size:]


NEED_PRIOR = (-2.0, 0.0, 0.0, 0.25, -1.3, 0.15, 1.25, 0.1, 0.05, -0.45)
SHIFT_PRIOR = (0.3, 0.8, 0.4, 1.0, -0.3, 0.3)
ALARM_SHIFT, ALARM_STAYS = 3, 1.2
"""What goes on about an emergency stays with it, however seldom it occurs among the turns."""
CONTEXT_DECAY = 0.03
"""Weights that the fit stays near, and what leaving them costs, in log likelihood per turn: the turns alone hardly tell
a message that needs the topic before from one that stands for itself, „und welche Elterncafés gibt es“."""


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def fit_second_question(bot: Bot, folder: Path, tuning: Path, temperature: float) -> tuple[float, ...]:
    """The weights of the features of `Halves`: messages that ask two things, against those that ask one."""
    messages = [(row["q"], set(row["topics"]), True) for row in _lines(tuning / "two_questions.jsonl")]
    messages += [(row["q"], set(row["topics"]), False) for row in _lines(tuning / "one_question.jsonl")]
    questions = _questions(bot, folder, tuning)
    messages += [(q.question, set(q.topics), q.both) for q in questions if not q.emergency]
    calibration = replace(bot.calibration, temperature=temperature)
    x: list[NDArray[np.float64]] = []
    y: list[bool] = []
    for message, topics, both in messages:
        analysis = analyse(Question(message, NOW), bot.language)
        if analysis.tokens:
            ranking = rank(analysis, bot.intents)
            cuts = find_cuts(analysis, ranking, bot.intents, calibration)
            if cuts is not None:
                x.extend(cuts.features)
                y.extend(both and {bot.intents.classes[t] for t in pair} == topics for pair in cuts.topics.tolist())
    model = LogisticRegression(C=1.0, fit_intercept=False, max_iter=5000).fit(np.array(x), np.array(y))
    return tuple(round(float(w), 4) for w in model.coef_[0])


def fit_calibration(bot: Bot, folder: Path, tuning: Path) -> Calibration:
    """The calibration that makes the fit half most likely.

    folder  the evaluation sets, of which the fit half is read
    tuning  conversations made for tuning
    """
    rows = _rankings(bot, folder, tuning)
    classes = bot.intents.classes
    ours = [(q, r) for q, r in rows if OUTSIDE not in q.topics and any(t in bot.intents.index for t in q.topics)]
    theirs = [(q, r) for q, r in rows if q.topics[0] == OUTSIDE]

    def loss(temperature: float) -> float:
        total = 0.0
        for q, r in ours:
            topics, _ = split_scores(r, bot.intents)
            logits = r.scores[topics].astype(np.float64) * temperature
            shares = np.exp(logits - logits.max())
            shares /= shares.sum()
            right = sum(float(p) for i, p in zip(topics.tolist(), shares, strict=True) if classes[i] in q.topics)
            total -= float(np.log(max(right, 1e-9)))
        return total

    temperature = float(min(TEMPERATURES, key=loss))

    calm = [(q, r) for q, r in ours if not q.emergency]
    x = np.array([foreign_features(r, bot.intents) for _, r in calm + theirs])
    y = np.array([0] * len(calm) + [1] * len(theirs))
    foreign = LogisticRegression(C=FOREIGN_C, fit_intercept=False, max_iter=5000).fit(x, y)
    alarm = LogisticRegression(C=10.0).fit(
        np.array([[r.emergency, alarm_margin(r, bot.intents)] for _, r in rows]), [int(q.emergency) for q, _ in rows]
    )
    return Calibration(
        round(temperature, 2),
        tuple(round(float(w), 4) for w in foreign.coef_[0]),
        (
            round(float(alarm.coef_[0][0]), 4),
            round(float(alarm.coef_[0][1]), 4),
            round(float(alarm.intercept_[0]), 4),
        ),
        *fit_context(_turns(bot, folder, tuning), bot.intents, temperature, foreign.coef_[0].tolist()),
        fit_second_question(bot, folder, tuning, temperature),
    )


def write_calibration(calibration: Calibration, path: Path) -> None:
    """Stores the parameters as JSON."""
    data = {
        "temperature": calibration.temperature,
        "foreign": list(calibration.foreign),
        "emergency": list(calibration.emergency),
        "context": list(calibration.context),
        "carried": list(calibration.carried),
        "second": list(calibration.second),
    }
    path.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
