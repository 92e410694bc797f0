"""Two questions in one message: found where both parts are sure of themselves and the whole knows of both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from bot.matching.confidence import Calibration, calibrate, split_scores
from bot.matching.decision import SMALLTALK, Costs
from bot.matching.ranking import Intents, Ranking, rank
from bot.model import EMERGENCY_GROUP, Analysis, Candidate, Decision, Kind, Token

JOINTS = frozenset({"und", "außerdem", "ausserdem", "sowie", "zusätzlich", "nebenbei", "zweitens", "dann"})
MIN_WORDS = 2
STARTS = frozenset("wo wie was wann wer welche welcher welches wieviel warum kann muss darf gibt gibts kriegt krieg bekommt kommt brauche".split())
"""Words that a second question may begin with when nothing joins it to the first."""
AMONG = 12
"""One topic must be the best of the whole message, the other among so many."""


def _parts(analysis: Analysis) -> Iterator[tuple[tuple[Token, ...], tuple[Token, ...]]]:
    """Every way to cut the message in two: between sentences and at joining words."""
    tokens = analysis.tokens
    cuts: list[tuple[int, int]] = []
    at = 0
    for sentence in analysis.sentences[:-1]:
        at += len(sentence)
        cuts.append((at, at))
    cuts += [(i, i + 1) for i, t in enumerate(tokens) if t.text in JOINTS]
    cuts += [(i, i) for i, t in enumerate(tokens) if t.text in STARTS and i > MIN_WORDS and tokens[i - 1].text not in JOINTS]
    for end, start in cuts:
        if end >= MIN_WORDS and len(tokens) - start >= MIN_WORDS:
            yield tokens[:end], tokens[start:]


def _alone(tokens: tuple[Token, ...], analysis: Analysis, intents: Intents, calibration: Calibration) -> tuple[Candidate, str]:
    part = replace(analysis, sentences=(tokens,), concepts=())
    candidates = calibrate(rank(part, intents), intents, calibration)
    return candidates.best[0], candidates.aspect


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
    if decision.kind not in (Kind.ANSWER, Kind.CLARIFY) or len(analysis.tokens) > 40:
        return decision
    topics, _ = split_scores(ranking, intents)
    whole = [intents.topics.classes[i] for i in topics[:AMONG].tolist()]
    best: tuple[float, Decision] | None = None
    for left, right in _parts(analysis):
        (a, a_aspect), (b, b_aspect) = (_alone(p, analysis, intents, calibration) for p in (left, right))
        if a.topic == b.topic or whole[0] not in (a.topic, b.topic) or not {a.topic, b.topic} <= set(whole) or {a.topic, b.topic} & SMALLTALK:
            continue
        if any(groups.get(t) == EMERGENCY_GROUP for t in (a.topic, b.topic)):
            continue
        sure = min(a.confidence, b.confidence)
        if sure >= costs.second_question and (best is None or sure > best[0]):
            found = replace(
                decision, kind=Kind.ANSWER, topics=(a.topic, b.topic), aspects=(a_aspect, b_aspect), choices=(), asks=None, confidence=sure
            )
            best = (sure, found)
    return best[1] if best else decision
