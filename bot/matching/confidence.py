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
    context      weights of `context.need_features`, the last one constant
    carried      weights of `context.shifts`
    second       weights of the features of `segments.Cuts`, the last one constant
    """

    temperature: float
    foreign: tuple[float, ...]
    emergency: tuple[float, float, float]
    context: tuple[float, ...]
    carried: tuple[float, ...]
    second: tuple[float, ...]


def sigmoid(x: float) -> float:
    """The logistic function, 0..1."""
    return 1.0 / (1.0 + float(np.exp(-max(-30.0, min(30.0, x)))))


NEAR = 10
"""Best classes whose kind is counted: a message amid matters of other offices is hardly ours."""


def foreign_features(ranking: Ranking, intents: Intents) -> NDArray[np.float64]:
    """What speaks for a message being not ours, given that it is no emergency: (10,) with a constant at the end."""
    scores, matters = ranking.scores, intents.is_matter
    second, first = np.partition(scores[~matters], -2)[-2:].tolist()
    matter = float(scores[matters].max()) if matters.any() else NOTHING
    nearest = np.argpartition(-scores, min(NEAR, len(scores)) - 1)[:NEAR]
    alarm = float(scores[intents.is_alarm].max()) if intents.is_alarm.any() else NOTHING
    return np.array(
        [
            first,
            matter,
            first - matter,
            first - second,
            ranking.foreign,
            ranking.coverage,
            np.log(1.0 + ranking.words),
            float(matters[nearest].mean()),
            alarm,
            1.0,
        ]
    )


NOTHING = -2.0
"""Raw score of a kind of class that there is none of."""


def alarm_margin(ranking: Ranking, intents: Intents) -> float:
    """Lead, raw, of the best emergency topic over the best of all other classes; negative when another leads."""
    if not intents.is_alarm.any():
        return NOTHING
    return float(ranking.scores[intents.is_alarm].max() - ranking.scores[~intents.is_alarm].max())


def split_scores(ranking: Ranking, intents: Intents) -> tuple[NDArray[np.int_], NDArray[np.int_]]:
    """The classes that are topics and those that are matters, best first."""
    order = np.argsort(-ranking.scores, kind="stable")
    matters = intents.is_matter[order]
    return order[~matters], order[matters]


def calibrate(ranking: Ranking, intents: Intents, calibration: Calibration) -> Candidates:
    """The candidates with the confidence that each is right, and how likely the message is not ours."""
    topics, matters = split_scores(ranking, intents)
    classes, scores = intents.classes, ranking.scores
    foreign = sigmoid(float(foreign_features(ranking, intents) @ np.array(calibration.foreign)))
    logits = scores[topics].astype(np.float64) * calibration.temperature
    shares = np.exp(logits - logits.max())
    shares /= shares.sum()
    candidates = [
        Candidate(classes[i], round((1 - foreign) * float(share), 4), float(scores[i]))
        for i, share in zip(topics[:CHOICES].tolist(), shares[:CHOICES], strict=True)
    ]
    if len(matters):
        matter = classes[int(matters[0])].removeprefix(MATTER)
        candidates.append(Candidate(OUTSIDE, round(foreign, 4), float(scores[matters[0]]), matter))
    candidates.sort(key=lambda c: -c.confidence)
    sides = np.argsort(-ranking.aspects, kind="stable")
    net, margin, offset = calibration.emergency
    lead = alarm_margin(ranking, intents)
    return Candidates(
        best=tuple(candidates[:CHOICES]),
        aspect=intents.aspects[sides[0]],
        aspect_sure=bool(ranking.aspects[sides[0]] - ranking.aspects[sides[1]] >= ASPECT_LEAD),
        foreign=round(foreign, 4),
        alarm=max(intents.alarms, key=lambda name: (float(scores[intents.index[name]]), name), default=None),
        emergency=round(sigmoid(net * ranking.emergency + margin * lead + offset), 4),
        alarm_leads=lead > 0,
        alarm_share=round(float(shares[intents.is_alarm[topics]].sum()), 4),
    )
