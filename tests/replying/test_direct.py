"""Messages that name their answer themselves: titles, sides, ordinals, yes and no."""

from __future__ import annotations

import pytest

from bot.compiling import read
from bot.content.models import Aspect
from bot.model import Analysis, Conversation, Decision, Kind, Question
from bot.pipeline import Bot, reply
from bot.replying.answer import side_message
from bot.replying.direct import direct_messages, find_direct
from tests.conftest import NOW

THREE = ("kindergeld", "kita-beitrag", "kita-anmeldung")


def found(message: str, bot: Bot, *pending: str) -> Decision | None:
    analysis: Analysis = read(message, bot.language)
    return find_direct(message, analysis, Conversation(pending=pending), bot.direct, bot.groups)


def test_every_title_is_its_own_answer(small_bot: Bot) -> None:
    for topic, entry in small_bot.content.entries.items():
        decision = found(entry.title, small_bot)
        assert decision is not None
        assert (decision.topics, decision.aspects, decision.confidence) == ((topic,), ("overview",), 1.0)


def test_every_side_is_its_own_answer(small_bot: Bot) -> None:
    for topic, entry in small_bot.content.entries.items():
        for aspect, label in small_bot.content.texts.aspects.items():
            decision = found(side_message(entry.title, label), small_bot)
            assert decision is not None
            assert (decision.topics, decision.aspects) == ((topic,), (aspect.value,))


def test_every_suggestion_leads_where_it_says(small_bot: Bot) -> None:
    for topic in small_bot.content.entries:
        for suggestion in reply(Question(small_bot.content.entries[topic].title, NOW), small_bot).suggestions:
            assert found(suggestion.message, small_bot) is not None


@pytest.mark.parametrize("message", ["KINDERGELD", " kindergeld ", "Kindergeld?", "„Kindergeld“!", "Kindergeld."])
def test_case_and_punctuation_do_not_count(message: str, small_bot: Bot) -> None:
    decision = found(message, small_bot)
    assert decision is not None
    assert decision.topics == ("kindergeld",)


def test_the_title_of_an_emergency_is_an_emergency(small_bot: Bot) -> None:
    decision = found("Hilfe bei Lebensgefahr", small_bot)
    assert decision is not None
    assert decision.kind is Kind.EMERGENCY


def test_the_title_of_talk_is_talk(small_bot: Bot) -> None:
    assert reply(Question("hallo", NOW), small_bot).decision.kind is Kind.SMALLTALK
    assert reply(Question("Guten Tag", NOW), small_bot).decision.kind is Kind.SMALLTALK


@pytest.mark.parametrize(
    "message, place",
    [
        ("1", 0),
        ("1.", 0),
        ("eins", 0),
        ("das erste", 0),
        ("Das Erste!", 0),
        ("ich meine das erste", 0),
        ("Nummer 2", 1),
        ("2", 1),
        ("das zweite", 1),
        ("zweitens", None),
        ("das mittlere", 1),
        ("3", 2),
        ("das dritte", 2),
        ("das letzte", 2),
        ("letzteres", 2),
        ("4", None),
        ("das vierte", None),
        ("ja", None),  # three choices, no yes
        ("vielleicht", None),
    ],
)
def test_an_ordinal_names_a_choice(message: str, place: int | None, small_bot: Bot) -> None:
    decision = found(message, small_bot, *THREE)
    assert (None if decision is None else decision.topics) == (None if place is None else (THREE[place],))


def test_an_ordinal_beyond_the_choices_names_none(small_bot: Bot) -> None:
    assert found("das dritte", small_bot, "kindergeld", "kita-beitrag") is None
    last = found("das letzte", small_bot, "kindergeld", "kita-beitrag")
    assert last is not None
    assert last.topics == ("kita-beitrag",)


@pytest.mark.parametrize("message", ["1", "das erste", "ja", "nein", "keins davon"])
def test_without_a_question_back_these_words_name_nothing(message: str, small_bot: Bot) -> None:
    assert found(message, small_bot) is None


@pytest.mark.parametrize("message", ["ja", "Ja!", "genau", "ja bitte", "richtig", "das meine ich", "stimmt"])
def test_yes_takes_the_only_choice(message: str, small_bot: Bot) -> None:
    decision = found(message, small_bot, "kindergeld")
    assert decision is not None
    assert decision.topics == ("kindergeld",)


@pytest.mark.parametrize("message", ["ich", "meine", "das", "bitte", "vielleicht", "ja aber was kostet das"])
def test_no_other_word_is_a_yes(message: str, small_bot: Bot) -> None:
    assert found(message, small_bot, "kindergeld") is None


@pytest.mark.parametrize("message", ["nein", "Nein.", "keins davon", "weder noch", "etwas anderes"])
def test_no_takes_none_of_them(message: str, small_bot: Bot) -> None:
    for pending in (("kindergeld",), THREE):
        decision = found(message, small_bot, *pending)
        assert decision is not None
        assert (decision.kind, decision.topics) == (Kind.FALLBACK, ())


def test_the_choices_hold_for_one_turn(small_bot: Bot) -> None:
    said = Conversation(pending=THREE)
    first = reply(Question("das zweite", NOW, conversation=said), small_bot)
    assert first.decision.topics == ("kita-beitrag",)
    assert first.conversation.pending == ()


def test_no_two_entries_share_a_message(small_bot: Bot) -> None:
    entries = small_bot.content.entries
    assert len(direct_messages(small_bot.content)) == len(entries) * (1 + len(Aspect))
