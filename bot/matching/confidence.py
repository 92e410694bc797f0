"""Raw scores to calibrated confidences. How well they are calibrated, `make eval` shows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.matching.ranking import MATTER, Intents, Ranking
from bot.model import OUTSIDE, Candidate, Candidates

CHOICES = 5
"""How many candidates are worth naming."""

ASPECT_LEAD = 0.25
"""Lead, raw, of the side asked for over the next one, from which the answer begins with it alone."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Parameters fitted by `familienbot calibrate` on held-out utterances and the fit half of the evaluation.

    temperature  scale of the scores before they compete
    foreign      weights of `foreign_features`, the last one constant
    emergency    weights of the second net, of `alarm_margin`, and the constant
    """

    temperature: float
    foreign: tuple[float, ...]
    emergency: tuple[float, float, float]


def _sigmoid(x: float) -> float:
    return 1.0 / (1.0 + float(np.exp(-max(-30.0, min(30.0, x)))))


def foreign_features(
    best_topic: float, second_topic: float, best_matter: float, ranking: Ranking
) -> NDArray[np.float64]:
    """What speaks for a message being not ours: (8,) with a constant at the end."""
    return np.array(
        [
            best_topic,
            best_matter,
            best_topic - best_matter,
            best_topic - second_topic,
            ranking.foreign,
            ranking.coverage,
            np.log(1.0 + ranking.words),
            1.0,
        ]
    )


def alarm_margin(ranking: Ranking, intents: Intents) -> float:
    """Lead, raw, of the best emergency topic over the best of all other classes; negative when another leads."""
    if not intents.is_alarm.any():
        return -2.0
    return float(ranking.scores[intents.is_alarm].max() - ranking.scores[~intents.is_alarm].max())


def split_scores(ranking: Ranking, intents: Intents) -> tuple[NDArray[np.int_], NDArray[np.int_]]:
    """The classes that are topics and those that are matters, best first."""
    order = np.argsort(-ranking.scores, kind="stable")
    matters = intents.is_matter[order]
    return order[~matters], order[matters]


def best_topic(ranking: Ranking, intents: Intents, calibration: Calibration) -> Candidate:
    """The best topic alone, with its confidence: what a part of a message is about."""
    topics = np.where(intents.is_matter, -9.0, ranking.scores)
    first, second = np.argpartition(-topics, 1)[:2].tolist()
    if topics[second] > topics[first]:
        first, second = second, first
    matters = ranking.scores[intents.is_matter]
    best_matter = float(matters.max()) if len(matters) else -2.0
    features = foreign_features(float(topics[first]), float(topics[second]), best_matter, ranking)
    foreign = _sigmoid(float(features @ np.array(calibration.foreign)))
    share = 1.0 / float(np.exp((topics - topics[first]) * calibration.temperature).sum())
    return Candidate(intents.classes[first], round((1 - foreign) * share, 4), float(topics[first]))


def calibrate(ranking: Ranking, intents: Intents, calibration: Calibration) -> Candidates:
    """The candidates with the confidence that each is right, and how likely the message is not ours."""
    topics, matters = split_scores(ranking, intents)
    classes, scores = intents.classes, ranking.scores
    best_matter = float(scores[matters[0]]) if len(matters) else -2.0
    features = foreign_features(float(scores[topics[0]]), float(scores[topics[1]]), best_matter, ranking)
    foreign = _sigmoid(float(features @ np.array(calibration.foreign)))
    logits = scores[topics].astype(np.float64) * calibration.temperature
    shares = np.exp(logits - logits.max())
    shares /= shares.sum()
    candidates = [
        Candidate(classes[i], round((1 - foreign) * float(share), 4), float(scores[i]))
        for i, share in zip(topics[:CHOICES].tolist(), shares[:CHOICES], strict=True)
    ]
    if len(matters):
        matter = classes[int(matters[0])].removeprefix(MATTER)
        candidates.append(Candidate(OUTSIDE, round(foreign, 4), best_matter, matter))
    candidates.sort(key=lambda c: -c.confidence)
    sides = np.argsort(-ranking.aspects, kind="stable")
    net, margin, offset = calibration.emergency
    return Candidates(
        best=tuple(candidates[:CHOICES]),
        aspect=intents.aspects[sides[0]],
        aspect_sure=bool(ranking.aspects[sides[0]] - ranking.aspects[sides[1]] >= ASPECT_LEAD),
        foreign=round(foreign, 4),
        alarm=max(intents.alarms, key=lambda name: (float(scores[intents.index[name]]), name), default=None),
        emergency=round(_sigmoid(net * ranking.emergency + margin * alarm_margin(ranking, intents) + offset), 4),
    )
