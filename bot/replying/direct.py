"""Messages that name their answer themselves: a title, a side of a topic, or a choice of the last question back."""

from __future__ import annotations

from collections.abc import Mapping

from bot.content.loading import Content
from bot.language.text import plain
from bot.matching.decision import SMALLTALK
from bot.model import EMERGENCY_GROUP, Analysis, Candidate, Conversation, Decision, Kind
from bot.replying.answer import side_message

ORDINALS = {
    "1": 0, "eins": 0, "erste": 0, "ersten": 0, "erster": 0, "erstes": 0, "das erste": 0, "die erste": 0,
    "das obere": 0, "ersteres": 0,
    "2": 1, "zwei": 1, "zweite": 1, "zweiten": 1, "zweiter": 1, "zweites": 1, "das zweite": 1, "die zweite": 1,
    "das mittlere": 1,
    "3": 2, "drei": 2, "dritte": 2, "dritten": 2, "dritter": 2, "drittes": 2, "das dritte": 2, "die dritte": 2,
    "das letzte": -1, "letzteres": -1,
}  # fmt: skip
YES = frozenset(
    {
        "ja",
        "jo",
        "jep",
        "genau",
        "richtig",
        "stimmt",
        "ja bitte",
        "ja genau",
        "genau das",
        "das meine ich",
    }
)
"""Whole answers: a word out of one of them is no yes."""
NONE_OF_THEM = frozenset(
    {
        "nein",
        "nee",
        "ne",
        "keins",
        "keines",
        "nichts davon",
        "keins davon",
        "keines davon",
        "weder noch",
        "was anderes",
        "etwas anderes",
        "nein keins",
    }
)


def direct_messages(content: Content) -> dict[str, tuple[str, str]]:
    """Messages of our own quick replies, as plain words → (topic, aspect)."""
    found: dict[str, tuple[str, str]] = {}
    for topic, entry in content.entries.items():
        found.setdefault(plain(entry.title), (topic, "overview"))
        for aspect, label in content.texts.aspects.items():
            found[plain(side_message(entry.title, label))] = (topic, aspect.value)
    return found


def _answer(topic: str, aspect: str, groups: Mapping[str, str], analysis: Analysis) -> Decision:
    if groups.get(topic) == EMERGENCY_GROUP:
        kind = Kind.EMERGENCY
    else:
        kind = Kind.SMALLTALK if topic in SMALLTALK else Kind.ANSWER
    return Decision(
        kind,
        (topic,),
        (aspect,),
        candidates=(Candidate(topic, 1.0),),
        confidence=1.0,
        entities=analysis.entities,
        lang=analysis.lang,
    )


def find_direct(
    message: str,
    analysis: Analysis,
    conversation: Conversation,
    messages: Mapping[str, tuple[str, str]],
    groups: Mapping[str, str],
) -> Decision | None:
    """The decision of a message that needs no ranking, or None."""
    words = plain(message)
    named = messages.get(words)
    if named is not None:
        return _answer(*named, groups, analysis)
    if not conversation.pending:
        return None
    place = ORDINALS.get(words.removeprefix("ich meine ").removeprefix("nummer "))
    if place is not None and place < len(conversation.pending):
        return _answer(conversation.pending[place], "overview", groups, analysis)
    if words in YES and len(conversation.pending) == 1:
        return _answer(conversation.pending[0], "overview", groups, analysis)
    if words in NONE_OF_THEM:
        return Decision(Kind.FALLBACK, confidence=0.5, entities=analysis.entities, lang=analysis.lang)
    return None
