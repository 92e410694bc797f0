"""Two questions in one message: every place where it may be cut; how sure the best cut is has been learned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from math import log

import numpy as np
from numpy.typing import NDArray

from bot.matching.confidence import NOTHING, Calibration, sigmoid
from bot.matching.decision import SMALLTALK, Costs
from bot.matching.ranking import FOREIGN, Intents, Ranking
from bot.model import Analysis, Decision, Kind, Token

JOINTS = frozenset("und außerdem ausserdem sowie zusätzlich nebenbei zweitens dann noch auch".split())
"""Words that may join a second question to the first; they belong to neither."""
MAX_WORDS = 60
"""Words of the whole message at most."""
STARTS = frozenset(
    (
        "wo wie was wann wer welche welcher welches wieviel warum kann muss darf gibt gibts kriegt krieg "
        "bekommt kommt brauche"
    ).split()
)
"""Words that a second question may begin with when nothing joins it to the first."""
MARKS = ("\n", "?", "!.;:", "+/&", ",", "-")
"""What may part two questions, by how much it parts."""
NO_MARKS = (False,) * len(MARKS)
CONTEXT = 0.25
"""How much the whole message counts beside the half: „und wie lange noch“ says little alone."""
SUBJECTS = frozenset(
    "ich wir er sie es mein meine meiner unser unsere unserer mann frau sohn tochter kind kinder baby".split()
)
ASKING = frozenset(
    (
        "wo wie was wann wer wen wem wessen welche welcher welches welchen wieviel wieviele wieso weshalb warum wofür "
        "wohin woher womit ob kann können darf dürfen muss müssen soll sollen gibt gibts kriegt kriege krieg kriegen "
        "bekomme bekommen bekommt will wollen möchte möchten würde suche suchen such brauche brauchen brauch "
        "frage fragen wissen sagen bitte steht hilft"
    ).split()
)
"""A half that speaks of somebody without one of these tells a story: „ich bin seit Mai zu Hause und …“."""
IN_ORDER = 0.7
"""From here on the answers stand in the order of the questions; below it the likelier one is first."""
VALUES = frozenset(
    (
        "euro eur stunde stunden std h netto brutto jahr jahre jahren monat monate monaten monatlich jährlich woche "
        "wochen kind kinder kindern prozent uhr bei mit im in pro und von zu bis ein eine einem zwei drei"
    ).split()
)
"""A half with nothing but numbers and these is a value of the other half: „bei 45 Stunden und 3000 Euro“."""
TELLING = 50.0
"""Classes over which a word is spread up to which it says what a half is about."""


@dataclass(frozen=True, slots=True)
class Cuts:
    """The places where a message may be cut in two that are about different topics.

    topics    (cuts, 2) classes of the halves
    aspects   (cuts, 2) what is asked about them
    features  (cuts, 31) what speaks for two questions, a constant at the end
    """

    topics: NDArray[np.int_]
    aspects: NDArray[np.int_]
    features: NDArray[np.float64]


def _places(tokens: Sequence[Token]) -> NDArray[np.int_]:
    """End of the first half and start of the second, joining words between them left out: (cuts, 2).

    Nothing parts a question from its own rest: „Bis wann muss ich mein Kind | für die Kita anmelden“.
    """
    says = [t.text not in VALUES and not t.text.isdigit() for t in tokens]
    if True not in says:
        return np.zeros((0, 2), dtype=int)
    asks = [t.text in STARTS or t.text in ASKING for t in tokens]
    first_asks, last_asks = (
        (asks.index(True), len(asks) - 1 - asks[::-1].index(True)) if True in asks else (len(asks), -1)
    )
    found = []
    for start in range(says.index(True) + 1, len(says) - says[::-1].index(True)):
        end = start
        while end > 0 and tokens[end - 1].text in JOINTS:
            end -= 1
        parted = end < start or tokens[start - 1].mark or not first_asks < start or last_asks >= start
        if parted and end > 0 and tokens[start].text not in JOINTS:
            found.append((end, start))
    return np.array(found, dtype=int).reshape(-1, 2)


def _odds(shares: NDArray[np.float64]) -> NDArray[np.float64]:
    odds: NDArray[np.float64] = np.log(shares / (1 - shares + 1e-4))
    return odds


def find_cuts(analysis: Analysis, ranking: Ranking, intents: Intents, calibration: Calibration) -> Cuts | None:
    """Every cut with different topics on both sides, small talk and emergencies excepted; None when there is none."""
    tokens = analysis.core
    n = len(tokens)
    places = _places(tokens) if n <= MAX_WORDS else np.zeros((0, 2), dtype=int)
    if not len(places):
        return None
    ours, theirs = intents.columns
    before, after = intents.weights.score_halves(ranking.reading, analysis.spans)
    outputs = np.stack([before[places[:, 0]], after[places[:, 1]]], axis=1)  # (cuts, 2, outputs)
    whole = ranking.scores[ours]
    scores = outputs[:, :, ours] + np.float32(CONTEXT) * whole
    best = scores.argmax(axis=2)
    barred = [intents.index[name] for name in SMALLTALK | intents.alarms if name in intents.index]
    kept = (best[:, 0] != best[:, 1]) & ~np.isin(ours[best], barred).any(axis=1)
    if not kept.any():
        return None
    places, outputs, scores, best = places[kept], outputs[kept], scores[kept], best[kept]
    alone = outputs[:, :, ours]
    at = best[:, :, None]
    shares = 1.0 / np.exp((scores - np.take_along_axis(scores, at, 2)) * calibration.temperature).sum(axis=2)
    own = np.take_along_axis(alone, at, 2)[:, :, 0]
    other = np.take_along_axis(alone[:, ::-1], at, 2)[:, :, 0]  # the same topic in the other half
    leads = outputs[:, :, theirs].max(axis=2, initial=NOTHING) - alone.max(axis=2)
    rank = np.empty(len(ours), dtype=int)
    rank[np.argsort(-whole, kind="stable")] = np.arange(len(ours))
    near = np.sort(rank[best], axis=1)
    behind = np.sort(whole.max() - whole[best], axis=1)
    return Cuts(
        ours[best],
        outputs[:, :, len(intents.classes) : FOREIGN].argmax(axis=2),
        np.column_stack(
            [
                np.sort(_odds(shares), axis=1), np.sort(own, axis=1), leads.max(axis=1), np.log1p(near), behind,
                np.sort(own - other, axis=1), own.sum(axis=1) - alone.sum(axis=1).max(axis=1),
                _shape(tokens, places, intents.spreads),
            ]
        ),
    )  # fmt: skip


def _shape(tokens: Sequence[Token], places: NDArray[np.int_], spreads: Mapping[str, float]) -> NDArray[np.float64]:
    """What is to be seen without knowing any topic: (cuts, 19)."""
    n = len(tokens)
    starts = [t.text in STARTS for t in tokens]
    asks, asking, subjects, telling, numbers = (
        [0, *accumulate(flags)]
        for flags in (
            starts,
            [t.text in ASKING for t in tokens],
            [t.text in SUBJECTS for t in tokens],
            [t.text.isalpha() and spreads.get(t.lemma, 1.0) < TELLING for t in tokens],
            [not t.text.isalpha() for t in tokens],
        )
    )
    rows = []
    for end, start in places.tolist():
        marks = {t.mark for t in tokens[end - 1 : start] if t.mark}
        first, second = asks[end] > 0, asks[n] > asks[start]
        joined, begins = end < start, starts[start]
        rows.append(
            (
                *([any(mark in kind for mark in marks) for kind in MARKS] if marks else NO_MARKS),
                joined,
                joined and begins,
                begins,
                not marks and not joined,
                first and second,
                first or second,
                subjects[end] > 0 and asking[end] == 0,
                subjects[n] > subjects[start] and asking[n] == asking[start],
                log(1 + min(telling[end], telling[n] - telling[start])),
                numbers[end] > 0 and numbers[n] > numbers[start],
                log(min(end, n - start)),
                log(n),
                1.0,
            )
        )
    return np.array(rows, dtype=np.float64)


def find_second_question(
    decision: Decision,
    ranking: Ranking,
    analysis: Analysis,
    intents: Intents,
    calibration: Calibration,
    costs: Costs,
) -> Decision:
    """The decision with two topics when the message asks two things, each in its order; else the decision itself."""
    if decision.kind not in (Kind.ANSWER, Kind.CLARIFY, Kind.SMALLTALK):
        return decision
    cuts = find_cuts(analysis, ranking, intents, calibration)
    if cuts is None:
        return decision
    sure = cuts.features @ np.array(calibration.second)
    best = int(sure.argmax())
    confidence = sigmoid(float(sure[best]))
    if confidence < costs.second_question:
        return decision
    halves = list(zip(cuts.topics[best].tolist(), cuts.aspects[best].tolist(), strict=True))
    if confidence < IN_ORDER:
        halves.sort(key=lambda half: -float(ranking.scores[half[0]]))
    return replace(
        decision,
        kind=Kind.ANSWER,
        topics=tuple(intents.classes[topic] for topic, _ in halves),
        aspects=tuple(intents.aspects[aspect] for _, aspect in halves),
        choices=(),
        asks=None,
        confidence=confidence,
    )
