"""Two questions in one message, and what looks like two and is one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.matching.segments import find_second_question
from bot.model import Decision, Kind, Question
from bot.pipeline import Bot, trace
from tests.conftest import NOW


def decided(message: str, bot: Bot) -> Decision:
    return trace(Question(message, NOW), bot).decision


@pytest.mark.parametrize(
    "message, topics, aspects",
    [
        (
            "Was kostet die Kita und wie beantrage ich Kindergeld?",
            ("kita-beitrag", "kindergeld"),
            ("cost", "procedure"),
        ),
        (
            "Wie beantrage ich Kindergeld? Was kostet die Kita?",
            ("kindergeld", "kita-beitrag"),
            ("procedure", "cost"),
        ),
        (
            "Wie beantrage ich Kindergeld, außerdem welche Unterlagen brauche ich für die Anmeldung im Kindergarten?",
            ("kindergeld", "kita-anmeldung"),
            ("procedure", "documents"),
        ),
    ],
)
def test_two_questions_are_answered_each_in_its_order(
    message: str, topics: tuple[str, ...], aspects: tuple[str, ...], small_bot: Bot
) -> None:
    decision = decided(message, small_bot)
    assert (decision.kind, decision.topics, decision.aspects) == (Kind.ANSWER, topics, aspects)
    assert not decision.choices


@pytest.mark.parametrize(
    "message",
    [
        "Was kostet die Kita?",
        "Was kostet die Kita und der Kindergarten?",
        "Was kostet die Kita und wie hoch ist der Elternbeitrag?",
        "Hallo. Was kostet die Kita? Danke!",
        "Mein Mann und ich suchen einen Kitaplatz",
        "Mein Sohn geht in die Kita und wo beantrage ich Kindergeld?",
        "Wir haben den Kindergarten bezahlt. Wie beantrage ich Kindergeld?",
        "und und und",
        "und",
    ],
)
def test_one_question_stays_one(message: str, small_bot: Bot) -> None:
    assert len(decided(message, small_bot).topics) <= 1


def test_a_wall_of_text_is_not_cut(small_bot: Bot) -> None:
    message = "Was kostet die Kita und wie beantrage ich Kindergeld? " + "Ich wohne hier. " * 20
    assert len(decided(message, small_bot).topics) <= 1


@pytest.mark.parametrize("kind", [Kind.EMERGENCY, Kind.FALLBACK])
def test_other_decisions_are_left_alone(kind: Kind, small_bot: Bot) -> None:
    steps = trace(Question("Was kostet die Kita und wie beantrage ich Kindergeld?", NOW), small_bot)
    assert steps.ranking is not None
    decision = replace(steps.decision, kind=kind)
    bot = small_bot
    after = find_second_question(decision, steps.ranking, steps.analysis, bot.intents, bot.calibration, bot.costs)
    assert after is decision


def test_an_emergency_is_no_second_question(small_bot: Bot) -> None:
    decision = decided("Was kostet die Kita und mein Kind ist bewusstlos?", small_bot)
    assert decision.kind is Kind.EMERGENCY or "medizinischer-notfall" not in decision.topics
