"""Two questions in one message: each part is read in the light of the whole, and both must be sure of themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from bot.matching.confidence import Calibration, split_scores
from bot.matching.decision import Costs, Cut
from bot.matching.ranking import FOREIGN, Intents, Ranking
from bot.model import EMERGENCY_GROUP, Analysis, Decision, Kind, Token

JOINTS = frozenset({"und", "außerdem", "ausserdem", "sowie", "zusätzlich", "nebenbei", "zweitens", "dann"})
MIN_WORDS, MAX_WORDS = 2, 40
"""Words of the shorter part where no word joins the two, and of the whole message."""
STARTS = frozenset(
    (
        "wo wie was wann wer welche welcher welches wieviel warum kann muss darf gibt gibts kriegt krieg "
        "bekommt kommt brauche"
    ).split()
)
"""Words that a second question may begin with when nothing joins it to the first."""
FAR = 12
"""One topic must be the best of the whole message, the other among the first so many."""
CONTEXT = 0.5
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
COURTESY = frozenset({"begruessung", "dank", "verabschiedung"})
"""What stands beside a question without being one."""


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
            yield i, i, Cut.QUESTION


def _only_tells(tokens: Sequence[Token]) -> bool:
    """Whether the part says something about somebody and asks nothing."""
    return any(t.text in SUBJECTS for t in tokens) and not any(t.text in ASKING for t in tokens)


def _part(start: int, end: int, ranking: Ranking, intents: Intents, calibration: Calibration) -> tuple[int, float, str]:
    """The best topic of a part of the message, read in the light of the whole, its share 0..1, and the side asked."""
    outputs = ranking.reading.score(start, end)
    topics = len(intents.classes)
    scores: NDArray[np.float32] = outputs[:topics] + np.float32(CONTEXT) * ranking.scores
    scores[intents.is_matter] = -9.0
    best = int(scores.argmax())
    share = 1.0 / float(np.exp((scores - scores[best]) * calibration.temperature).sum())
    return best, share, intents.aspects[int(outputs[topics:FOREIGN].argmax())]


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
    if decision.kind not in (Kind.ANSWER, Kind.CLARIFY, Kind.SMALLTALK) or not MIN_WORDS < n <= MAX_WORDS:
        return decision
    order, _ = split_scores(ranking, intents)
    whole = order[:FAR].tolist()
    best: tuple[float, Decision] | None = None
    for end, start, cut in _cuts(analysis):
        if min(end, n - start) < (1 if cut in (Cut.JOINED, Cut.JOINED_QUESTION) else MIN_WORDS):
            continue
        if _only_tells(analysis.core[:end]) or _only_tells(analysis.core[start:]):
            continue
        (a, a_share, a_aspect), (b, b_share, b_aspect) = (
            _part(low, high, ranking, intents, calibration) for low, high in ((0, end), (start, n))
        )
        names = (intents.classes[a], intents.classes[b])
        if a == b or whole[0] not in (a, b) or a not in whole or b not in whole or COURTESY & set(names):
            continue
        if any(groups.get(name) == EMERGENCY_GROUP for name in names):
            continue
        sure = min(a_share, b_share)
        lead = sure - costs.second_question[cut]
        if lead >= 0 and (best is None or lead > best[0]):
            found = replace(
                decision,
                kind=Kind.ANSWER,
                topics=names,
                aspects=(a_aspect, b_aspect),
                choices=(),
                asks=None,
                confidence=sure,
            )
            best = (lead, found)
    return best[1] if best else decision
