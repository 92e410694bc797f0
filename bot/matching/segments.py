"""Two questions in one message: each part is read in the light of the whole; how sure both are is learned."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from bot.matching.confidence import Calibration, sigmoid, split_scores
from bot.matching.decision import Costs
from bot.matching.ranking import FOREIGN, Intents, Ranking
from bot.model import EMERGENCY_GROUP, Analysis, Decision, Kind, Token

JOINTS = frozenset({"und", "außerdem", "ausserdem", "sowie", "zusätzlich", "nebenbei", "zweitens", "dann"})
MIN_WORDS, MAX_WORDS = 2, 40
"""Words before a second question that nothing joins to the first, and of the whole message."""
STARTS = frozenset(
    (
        "wo wie was wann wer welche welcher welches wieviel warum kann muss darf gibt gibts kriegt krieg "
        "bekommt kommt brauche"
    ).split()
)
"""Words that a second question may begin with when nothing joins it to the first."""
ASKS_WITH = frozenset("wo wie was wann wer welche welcher welches wieviel warum".split())
INVERTED = 5
"""Words up to which a verb still belongs to the question word at the beginning."""
CONTEXT = 0.25
"""How much the whole message counts beside the part: „und wie lange noch“ says little alone."""
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
"""Without one of these a part that speaks of somebody tells a story: „ich bin seit Mai zu Hause und …“."""
IN_ORDER = 0.7
"""From here on the answers stand in the order of the questions; below it the likelier one is first."""
COURTESY = frozenset({"begruessung", "dank", "verabschiedung"})
"""What stands beside a question without being one."""


class Cut(StrEnum):
    """What parts a message in two: a joining word before a question word, either of them alone, or a full stop."""

    JOINED_QUESTION = "joined-question"
    JOINED = "joined"
    QUESTION = "question"
    SENTENCE = "sentence"


def _cuts(analysis: Analysis) -> Iterator[tuple[int, int, Cut]]:
    """Where the message may be cut in two: end of the first part, start of the second, and what parts them."""
    tokens = analysis.core
    ends = list(accumulate(len(s) for s in analysis.sentences))
    before = next((i for i, t in enumerate(analysis.tokens) if tokens and t is tokens[0]), 0)
    for end in ends[:-1]:
        if 0 < end - before < len(tokens):
            yield end - before, end - before, Cut.SENTENCE
    for i, token in enumerate(tokens):
        if token.text in JOINTS:
            asks = i + 1 < len(tokens) and tokens[i + 1].text in STARTS
            yield i, i + 1, Cut.JOINED_QUESTION if asks else Cut.JOINED
        elif token.text in STARTS and i > MIN_WORDS and tokens[i - 1].text not in JOINTS:
            inverted = token.text not in ASKS_WITH and i <= INVERTED and tokens[0].text in ASKS_WITH
            if not inverted:  # „wie viel Geld gibt es“ asks once
                yield i, i, Cut.QUESTION


def _only_tells(tokens: Sequence[Token]) -> bool:
    """Whether the part says something about somebody and asks nothing."""
    return any(t.text in SUBJECTS for t in tokens) and not any(t.text in ASKING for t in tokens)


@dataclass(frozen=True, slots=True)
class Part:
    """The best topic of a part of the message, read in the light of the whole.

    share  0..1, of the topic among all
    score  raw, of the part alone
    lead   raw, of the matters of other offices over the topics, of the part alone
    asks   whether a question word stands in it
    """

    topic: int
    share: float
    score: float
    lead: float
    aspect: str
    asks: bool


def _part(start: int, end: int, ranking: Ranking, analysis: Analysis, intents: Intents, temperature: float) -> Part:
    outputs = ranking.reading.score(start, end)
    alone = outputs[: len(intents.classes)]
    scores: NDArray[np.float32] = alone + np.float32(CONTEXT) * ranking.scores
    scores[intents.is_matter] = -9.0
    best = int(scores.argmax())
    matters = alone[intents.is_matter]
    return Part(
        best,
        share=1.0 / float(np.exp((scores - scores[best]) * temperature).sum()),
        score=float(alone[best]),
        lead=float(matters.max() - alone[~intents.is_matter].max()) if len(matters) else -2.0,
        aspect=intents.aspects[int(outputs[len(intents.classes) : FOREIGN].argmax())],
        asks=any(t.text in STARTS for t in analysis.core[start:end]),
    )


def _odds(share: float) -> float:
    return float(np.log(share / (1 - share + 1e-4)))


@dataclass(frozen=True, slots=True)
class Halves:
    """A message cut in two that are about different topics, and what speaks for two questions."""

    parts: tuple[Part, Part]
    features: NDArray[np.float64]


def cut_in_halves(
    analysis: Analysis, ranking: Ranking, intents: Intents, groups: Mapping[str, str], calibration: Calibration
) -> Iterator[Halves]:
    """Every cut with different topics on both sides, courtesy and emergencies excepted; 16 features each."""
    n = len(analysis.core)
    if not MIN_WORDS < n <= MAX_WORDS:
        return
    topics, _ = split_scores(ranking, intents)
    places = {int(topic): place for place, topic in enumerate(topics)}
    for end, start, cut in _cuts(analysis):
        if not 0 < end <= start < n:
            continue
        first, second = (
            _part(low, high, ranking, analysis, intents, calibration.temperature)
            for low, high in ((0, end), (start, n))
        )
        names = {intents.classes[first.topic], intents.classes[second.topic]}
        if len(names) < 2 or COURTESY & names or any(groups.get(name) == EMERGENCY_GROUP for name in names):
            continue
        near, far = sorted((places[first.topic], places[second.topic]))
        tells = _only_tells(analysis.core[:end]) or _only_tells(analysis.core[start:])
        features = [
            _odds(min(first.share, second.share)),
            _odds(max(first.share, second.share)),
            min(first.score, second.score),
            max(first.score, second.score),
            max(first.lead, second.lead),
            float(tells),
            np.log1p(near),
            np.log1p(far),
            float(first.asks and second.asks),
            np.log(min(end, n - start)),
            np.log(n),
            *(float(cut is kind) for kind in Cut),
            1.0,
        ]
        yield Halves((first, second), np.array(features))


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
    if decision.kind not in (Kind.ANSWER, Kind.CLARIFY, Kind.SMALLTALK):
        return decision
    best: tuple[float, tuple[Part, ...]] | None = None
    for halves in cut_in_halves(analysis, ranking, intents, groups, calibration):
        sure = sigmoid(float(halves.features @ np.array(calibration.second)))
        if sure >= costs.second_question and (best is None or sure > best[0]):
            best = (sure, halves.parts)
    if best is None:
        return decision
    sure, parts = best
    if sure < IN_ORDER:
        parts = tuple(sorted(parts, key=lambda p: -ranking.scores[p.topic]))
    return replace(
        decision,
        kind=Kind.ANSWER,
        topics=tuple(intents.classes[p.topic] for p in parts),
        aspects=tuple(p.aspect for p in parts),
        choices=(),
        asks=None,
        confidence=sure,
    )
