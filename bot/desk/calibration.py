"""Fits the calibration on the fit half of the evaluation. What it writes stands beside the code and is reviewed."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from bot.desk.evaluation import NOW, SETS, Half, Labelled, ask, load_dialogues, load_set
from bot.language.analysis import analyse
from bot.matching.confidence import Calibration, alarm_margin, foreign_features, split_scores
from bot.matching.context import need_features
from bot.matching.ranking import Ranking, rank
from bot.matching.segments import cut_in_halves
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
    rows = [(turn["q"], turn["before"] in turn["topics"]) for turn in _lines(tuning / "turns.jsonl")]
    talks = [
        [Labelled(t["q"], tuple(t["topics"]), "talk", False) for t in row["turns"]]
        for row in _lines(tuning / "talks.jsonl")
    ]
    for talk in (*talks, *load_dialogues(folder, Half.FIT)):
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


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def fit_second_question(bot: Bot, folder: Path, tuning: Path, temperature: float) -> tuple[float, ...]:
    """The weights of the features of `Halves`: messages that ask two things, against those that ask one."""
    messages = [(row["q"], set(row["topics"]), True) for row in _lines(tuning / "two_questions.jsonl")]
    messages += [(row["q"], set(row["topics"]), False) for row in _lines(tuning / "one_question.jsonl")]
    for name in SETS:
        messages += [(q.question, set(q.topics), q.both) for q in load_set(folder, name, Half.FIT) if not q.emergency]
    calibration = replace(bot.calibration, temperature=temperature)
    x, y = [], []
    for message, topics, both in messages:
        analysis = analyse(Question(message, NOW), bot.language)
        if analysis.tokens:
            ranking = rank(analysis, bot.intents)
            for halves in cut_in_halves(analysis, ranking, bot.intents, bot.groups, calibration):
                x.append(halves.features)
                y.append(both and {bot.intents.classes[p.topic] for p in halves.parts} == topics)
    model = LogisticRegression(C=1.0, fit_intercept=False, max_iter=5000).fit(np.array(x), np.array(y))
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
        fit_second_question(bot, folder, tuning, temperature),
    )


def write_calibration(calibration: Calibration, path: Path) -> None:
    """Stores the parameters as JSON."""
    data = {
        "temperature": calibration.temperature,
        "foreign": list(calibration.foreign),
        "emergency": list(calibration.emergency),
        "context": list(calibration.context),
        "second": list(calibration.second),
    }
    path.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
