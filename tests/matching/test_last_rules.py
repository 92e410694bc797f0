"""The rules in the code, which hold when no reviewed one can be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from bot.compiling import build_emergencies
from bot.matching.last_rules import last_rules
from bot.model import Kind, Question
from bot.pipeline import Bot, reply
from bot.replying.answer import LAST_RESORT
from bot.replying.last_resort import MORE_LINES
from tests.conftest import NOW


@pytest.fixture(scope="module")
def unruly(small_bot: Bot) -> Bot:
    """The bot after a restart on a broken `safety/rules.yaml`."""
    content = small_bot.content.model_copy(update={"emergency_rules": ()})
    return replace(small_bot, content=content, emergencies=build_emergencies(content))


@pytest.mark.parametrize(
    "message",
    [
        "Mein Kind atmet nicht",
        "mein baby bekommt keine luft",
        "Meine Tochter ist bewusstlos",
        "Er hat Putzmittel verschluckt",
        "Mein Mann schlägt mich",
        "ich will nicht mehr leben",
        "Ich tue meinem Kind etwas an, ich könnte ihm was antun",
        "my baby is not breathing",
    ],
)
def test_without_reviewed_rules_those_in_the_code_raise_the_alarm(message: str, unruly: Bot) -> None:
    answer = reply(Question(message, NOW), unruly)
    assert answer.decision.kind is Kind.EMERGENCY
    assert "112" in {b.data.get("phone") for b in answer.blocks}


@pytest.mark.parametrize("message", ["Was kostet die Kita?", "Kindergeld", "Ich will mein Kind anmelden", "Guten Tag"])
def test_they_are_silent_otherwise(message: str, unruly: Bot) -> None:
    assert reply(Question(message, NOW), unruly).decision.kind is not Kind.EMERGENCY


def test_they_do_not_hold_beside_reviewed_ones(small_bot: Bot) -> None:
    assert [r.id for r in small_bot.emergencies.rules] == ["atmet-nicht"]


def test_a_city_without_emergency_topics_has_none() -> None:
    assert list(last_rules(())) == []
    assert {r.topic for r in last_rules(["hilfe"])} == {"hilfe"}


def test_the_situations_and_numbers_are_those_of_the_knowledge(settings: object) -> None:
    from bot.content.loading import load
    from bot.settings import Settings

    assert isinstance(settings, Settings)
    content = load(settings.knowledge, settings.intents).content
    assert content is not None
    emergencies: Mapping[str, object] = {t: i for t, i in content.topics.items() if i.group == "notfall"}
    for rule in last_rules(emergencies):
        assert rule.situation in {s.id for s in content.entries[rule.topic].situations}
    numbers = {phone for _, phone, _ in (*LAST_RESORT, *MORE_LINES)}
    facts = ("tel-112", "tel-110", "tel-hilfe-frauen", "tel-seelsorge")
    assert numbers == {content.facts[f"bund.{name}-nummer"].value for name in facts}
