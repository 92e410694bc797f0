"""Two questions in one message: found where both parts are sure of themselves and the whole knows of both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import accumulate

from bot.matching.confidence import Calibration, best_topic, split_scores
from bot.matching.decision import SMALLTALK, Costs
from bot.matching.ranking import FOREIGN, Intents, Ranking
from bot.model import EMERGENCY_GROUP, Analysis, Candidate, Decision, Kind

JOINTS = frozenset({"und", "außerdem", "ausserdem", "sowie", "zusätzlich", "nebenbei", "zweitens", "dann"})
MIN_WORDS, MAX_WORDS = 2, 40
STARTS = frozenset(
    (
        "wo wie was wann wer welche welcher welches wieviel warum kann muss darf gibt gibts kriegt krieg "
        "bekommt kommt brauche"
    ).split()
)
"""Words that a second question may begin with when nothing joins it to the first."""
NEAR, FAR = 3, 12
"""One topic must be the best of the whole message, the other among the first few, or further down but sure."""


def _cuts(analysis: Analysis) -> Iterator[tuple[int, int, bool]]:
    """Where the message may be cut in two: the end of the first and the start of the second part.

    The flag says that a word joins the two; between sentences the second is more often a remark on the first.
    """
    tokens = analysis.core
    ends = list(accumulate(len(s) for s in analysis.sentences))
    before = next((i for i, t in enumerate(analysis.tokens) if tokens and t is tokens[0]), 0)
    for end in ends[:-1]:
        if 0 < end - before < len(tokens):
            yield end - before, end - before, False
    for i, token in enumerate(tokens):
        if token.text in JOINTS:
            yield i, i + 1, True
        elif token.text in STARTS and i > MIN_WORDS and tokens[i - 1].text not in JOINTS:
            yield i, i, True


def _alone(start: int, end: int, ranking: Ranking, intents: Intents, calibration: Calibration) -> tuple[Candidate, str]:
    outputs = ranking.reading.score(start, end)
    topics = len(intents.classes)
    part = replace(
        ranking,
        scores=outputs[:topics],
        aspects=outputs[topics:FOREIGN],
        foreign=float(outputs[FOREIGN]),
        words=end - start,
    )
    return best_topic(part, intents, calibration), intents.aspects[int(part.aspects.argmax())]


def find_second_question(
    decision: Decision,
    ranking: Ranking,
    analysis: Analysis,
    intents: Intents,
    calibration: Calibration,
    groups: Mapping[str, str],
    costs: Costs,
) -> Decision:
    """The decision with two topics when the message asks two things, each in its order; else the decision itself."""
    n = len(analysis.core)
    if decision.kind not in (Kind.ANSWER, Kind.CLARIFY) or not 2 * MIN_WORDS <= n <= MAX_WORDS:
        return decision
    topics, _ = split_scores(ranking, intents)
    whole = [intents.classes[i] for i in topics[:FAR].tolist()]
    best: tuple[float, Decision] | None = None
    for end, start, joined in _cuts(analysis):
        if end < MIN_WORDS or n - start < MIN_WORDS:
            continue
        (a, a_aspect), (b, b_aspect) = (
            _alone(low, high, ranking, intents, calibration) for low, high in ((0, end), (start, n))
        )
        if a.topic == b.topic or whole[0] not in (a.topic, b.topic) or {a.topic, b.topic} & SMALLTALK:
            continue
        if any(groups.get(t) == EMERGENCY_GROUP for t in (a.topic, b.topic)):
            continue
        main, other = (a, b) if a.topic == whole[0] else (b, a)
        near = joined and other.topic in whole[:NEAR]
        needed = costs.near_question if near else costs.second_question
        sure = min(a.confidence, b.confidence)
        if main.confidence < costs.near_question or other.confidence < needed or other.topic not in whole:
            continue
        if best is None or sure > best[0]:
            found = replace(
                decision,
                kind=Kind.ANSWER,
                topics=(a.topic, b.topic),
                aspects=(a_aspect, b_aspect),
                choices=(),
                asks=None,
                confidence=sure,
            )
            best = (sure, found)
    return best[1] if best else decision
