"""Fits the calibration on the fit half of the evaluation. What it writes stands beside the code and is reviewed."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from bot.desk.evaluation import NOW, SETS, Half, Labelled, ask, load_dialogues, load_set
from bot.language.analysis import analyse
from bot.matching.confidence import Calibration, alarm_margin, foreign_features, split_scores
from bot.matching.context import need_features
from bot.matching.ranking import Ranking, rank
from bot.model import OUTSIDE, Question
from bot.pipeline import Bot

TEMPERATURES = np.linspace(1.0, 12.0, 111)
FOREIGN_C = 1.0
"""Inverse strength of the regularisation: ten parameters, some seven hundred questions."""


def _rankings(bot: Bot, folder: Path) -> list[tuple[Labelled, Ranking]]:
    questions = [q for name in SETS for q in load_set(folder, name, Half.FIT)]
    rows = []
    for q in questions:
        analysis = analyse(Question(q.question, NOW), bot.language)
        if analysis.tokens:
            rows.append((q, rank(analysis, bot.intents)))
    return rows


def _needs(bot: Bot, folder: Path, tuning: Path) -> list[tuple[str, bool]]:
    """Messages, and whether each needs what was said before to be understood."""
    lines = (tuning / "turns.jsonl").read_text(encoding="utf-8").splitlines()
    turns = [json.loads(line) for line in lines]
    rows = [(turn["q"], turn["before"] in turn["topics"]) for turn in turns]
    for talk in load_dialogues(folder, Half.FIT):
        for before, turn in pairwise(talk):
            goes_on = bool(set(before.topics) & set(turn.topics))
            alone = ask(turn, bot).answer.decision.topics[:1]
            if not (goes_on and set(alone) & set(turn.topics)):  # what is right either way teaches nothing
                rows.append((turn.question, goes_on))
    for name in SETS:
        rows += [(q.question, False) for q in load_set(folder, name, Half.FIT) if not q.emergency]
    return rows


def fit_context(bot: Bot, folder: Path, tuning: Path) -> tuple[float, ...]:
    """The weights of `need_features`: what leans on the message before, against what stands for itself."""
    rows = []
    for message, needs in _needs(bot, folder, tuning):
        analysis = analyse(Question(message, NOW), bot.language)
        if analysis.tokens:
            rows.append((need_features(rank(analysis, bot.intents), analysis, bot.intents), needs))
    x, y = np.array([r[0] for r in rows]), np.array([r[1] for r in rows])
    model = LogisticRegression(C=1.0, fit_intercept=False, class_weight="balanced", max_iter=5000).fit(x, y)
    return tuple(round(float(w), 4) for w in model.coef_[0])


def fit_calibration(bot: Bot, folder: Path, tuning: Path) -> Calibration:
    """The calibration that makes the fit half most likely.

    folder  the evaluation sets, of which the fit half is read
    tuning  conversations made for tuning
    """
    rows = _rankings(bot, folder)
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
        fit_context(bot, folder, tuning),
    )


def write_calibration(calibration: Calibration, path: Path) -> None:
    """Stores the parameters as JSON."""
    data = {
        "temperature": calibration.temperature,
        "foreign": list(calibration.foreign),
        "emergency": list(calibration.emergency),
        "context": list(calibration.context),
    }
    path.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
