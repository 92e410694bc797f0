"""Each side of each topic is reached by a question in a parent's words: `aspects.yaml` has one for every side."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from bot.content.documents import read_document
from bot.content.likeness import plain
from bot.content.loading import Content, load
from bot.content.models import Aspect
from bot.model import Kind, Question
from bot.pipeline import Bot, reply
from bot.settings import ROOT, Settings

FILE = Path(__file__).parent / "aspects.yaml"
LISTED = ("overview", "place", "hours", "contact")
"""Sides that a list of places and offers answers: what, where, when, and whom to call."""
REACHED = 0.9
"""Share of the sides that a question in everyday words reaches, at least."""


@cache
def document() -> tuple[dict[str, dict[str, str]], frozenset[str]]:
    """The questions by topic and side, and the names of those that miss it today."""
    read = read_document(FILE, FILE.parent, [])
    assert read is not None
    return read.data["questions"], frozenset(read.data["known_failures"] or ())


def questions() -> list[tuple[str, str, str]]:
    return [(topic, aspect, text) for topic, sides in document()[0].items() for aspect, text in sides.items()]


@cache
def content() -> Content:
    found = load(ROOT / "knowledge", ROOT / "intents").content
    assert found is not None
    return found


def is_reached(topic: str, aspect: str, question: str, bot: Bot, settings: Settings) -> bool:
    """Whether the answer is about this topic and shows this side."""
    assert settings.now is not None
    answer = reply(Question(question, settings.now), bot)
    decision = answer.decision
    if decision.asks is not None and [c.topic for c in decision.choices] == [topic]:
        return True  # the topic is right, a detail is asked back
    if decision.topics[:1] != (topic,):
        return False
    listed = decision.kind is Kind.OFFERS and aspect in LISTED
    return listed or any(block.topic == topic and block.aspect == aspect for block in answer.blocks)


@pytest.mark.parametrize(("topic", "aspect", "question"), questions(), ids=[f"{t}.{a}" for t, a, _ in questions()])
def test_a_side_is_reached(topic: str, aspect: str, question: str, bot: Bot, settings: Settings) -> None:
    reached = is_reached(topic, aspect, question, bot, settings)
    if f"{topic}.{aspect}" in document()[1]:
        assert not reached, "Bekannter Fehler ist behoben: Nehmen Sie die Zeile aus known_failures."
    else:
        assert reached, f"„{question}“ erreicht „{topic}“, „{aspect}“ nicht."


def test_every_side_with_an_answer_has_its_question() -> None:
    sides = {(t, a.value) for t, e in content().entries.items() for a, text in e.aspects.items() if text.see is None}
    asked = {(topic, aspect) for topic, aspect, _ in questions()}
    assert sides - asked == set()
    assert {side for side in asked - sides if side[1] != Aspect.OVERVIEW} == set()


def test_no_question_is_an_utterance_or_stands_twice() -> None:
    utterances = {plain(u) for i in content().intents.values() for us in i.utterances.values() for u in us}
    texts = [plain(text) for _, _, text in questions()]
    assert [text for text in texts if text in utterances] == []
    assert len(set(texts)) == len(texts)


def test_most_sides_are_reached() -> None:
    names = {f"{topic}.{aspect}" for topic, aspect, _ in questions()}
    assert document()[1] <= names
    assert 1 - len(document()[1]) / len(names) >= REACHED
