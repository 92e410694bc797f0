"""What was said before: the topic spoken of, and the choices of the last question back, weigh in the next ranking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.matching.ranking import Intents, Ranking
from bot.model import Analysis, Conversation, Token

BEGINS = frozenset(
    (
        "und aber oder auch dann das dafür davon dazu damit dabei dort da dahin die der den dem es sie ihn "
        "ihm er denn sonst ja nein nee doch ok okay eher lieber wenn also na gut ach"
    ).split()
)
"""Words that a message begins with when it leans on the one before."""
POINTERS = frozenset("dafür davon dazu damit dabei dort da dahin daran darauf darüber es sie ihn ihm er".split())
"""Words within a short message that stand for something said before."""
ARTICLES = frozenset("das die der den dem".split())
"""Words that do so at the end or before one of `NO_NOUNS`; before any other word they are its article."""
NO_NOUNS = frozenset(
    (
        "ist sind war kostet kosten geht gehen dauert gilt gelten muss müssen kann können soll sollen darf dürfen auch "
        "denn dann nicht noch für bei mit von zu in im an am auf aus nach vor ich man wir du sie er es jetzt mal so "
        "was eigentlich wirklich schon alles und oder wer wie wo wann hin her statt macht machen gibt hat haben will "
        "zahlt zahlen was welche bekommt kommt wird werden braucht hilft überhaupt trotzdem weiter immer nur wieder "
        "genau"
    ).split()
)
"""Words that say nothing alone."""
CORRECTS = frozenset("falsch verwechselt missverstanden vertan verschrieben quatsch irrtum verkehrt".split())
"""Words that take back what was understood before: its topic is the least likely one."""

TOPIC_BOOST = 0.5
PENDING_BOOST = 0.6
CORRECTED = -0.6
"""Raw score that the earlier topic, a choice of the last question back, and a topic that is taken back are given."""
SHARE, SHARE_OF_SHORT, SHARE_OF_UNSURE = 0.6, 0.8, 0.5
"""How much the reading together with the earlier topic counts against the message alone, 0..1: of one that leans, of a
few words, and of one that does not lean."""
ALONE_OF_LEANING, ALONE = (-0.2, 0.4), (-0.45, -0.2)
"""Raw score of the best class, of a message that leans and of one that does not: up to the first it says nothing alone,
from the second on it needs no context."""
UNKNOWN = 4
"""How much words that nobody knows speak against a message being about what was said before."""
FEW = 4
"""Words up to which a message is short."""
FOREIGN_PENALTY = 0.1
"""Raw score taken from matters of other offices when a message leans on one that was ours."""
SHORT = 7
"""Words up to which a message that holds such a word leans on the one before."""


def _points_back(tokens: Sequence[Token]) -> bool:
    words = [t.text for t in tokens]
    if any(w in POINTERS for w in words):
        return True
    return any(w in ARTICLES and (i + 1 == len(words) or words[i + 1] in NO_NOUNS) for i, w in enumerate(words))


def leans(analysis: Analysis) -> bool:
    """Whether the message makes little sense alone: short, and beginning with or holding a word that points back."""
    tokens = analysis.core
    if not tokens or len(tokens) > 2 * SHORT:
        return False
    return tokens[0].text in BEGINS or (len(tokens) <= SHORT and _points_back(tokens)) or len(tokens) <= 3


def corrects(analysis: Analysis) -> bool:
    """Whether the message says that the reply before was about the wrong thing."""
    return len(analysis.core) <= 2 * SHORT and any(t.text in CORRECTS for t in analysis.core)


def _need(ranking: Ranking, analysis: Analysis) -> float:
    """How much the message needs what was said before, 0..1: it says little alone."""
    if all(t.text in BEGINS | POINTERS | NO_NOUNS for t in analysis.core):
        return 1.0
    low, high = ALONE_OF_LEANING if leans(analysis) else ALONE
    return min(1.0, max(0.0, (high - float(ranking.scores.max())) / (high - low))) * ranking.coverage**UNKNOWN


def _share(analysis: Analysis) -> float:
    """How much of the score comes from the message read together with the earlier topic, 0..1."""
    if not leans(analysis):
        return SHARE_OF_UNSURE
    return SHARE_OF_SHORT if len(analysis.core) <= FEW else SHARE


def with_context(
    ranking: Ranking, analysis: Analysis, conversation: Conversation, intents: Intents, titles: Mapping[str, Analysis]
) -> Ranking:
    """The ranking of a message that leans or says little, together with the topic before; any other stands for itself.

    titles  the title of every topic as it was read
    """
    scores = ranking.scores.copy()
    need = _need(ranking, analysis)
    title = titles.get(conversation.topic or "")
    if title is not None and need:
        outputs = intents.weights.score(title.tokens + analysis.core, title.concepts + analysis.concepts)
        scores += need * _share(analysis) * (outputs[: len(scores)] - scores)
        scores[intents.is_matter] -= need * FOREIGN_PENALTY
    if conversation.topic is not None and conversation.topic in intents.index:
        scores[intents.index[conversation.topic]] += CORRECTED if corrects(analysis) else need * TOPIC_BOOST
    for topic in conversation.pending:
        if topic in intents.index:
            scores[intents.index[topic]] += PENDING_BOOST
    return replace(ranking, scores=scores)
