"""A question in words that say nothing of who asked, and how long a question back is remembered."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.language.analysis import analyse
from bot.model import Question
from bot.pipeline import Bot
from bot.storage.events import Unanswered
from bot.storage.waiting import MOST, PATIENCE, Waiting
from bot.storage.wording import MOST_WORDS, normalised_words
from tests.conftest import NOW

KITA = Unanswered(NOW.date(), ("kita",))
KIND = Unanswered(NOW.date(), ("kind",))


def words(message: str, bot: Bot) -> tuple[str, ...]:
    return normalised_words(analyse(Question(message, NOW), bot.language), bot.language)


@pytest.mark.parametrize(
    "message",
    [
        "Kita Kind Kosten",
        "Was kostet die Kita für mein Kind?",
        "hallo, was kosten die kitas für 3 kinder, danke",
        "Kosten: Kita, Kind, Kita, Kita",
        "was kostet die kita für mein kind Xqzwtrpl Yılmaz 0172 123456",
        "Was kostet die Kita für mein Kind Anna Müller in der Hauptstraße 5, 44649?",
    ],
)
def test_the_same_words_whatever_stands_around_them(small_bot: Bot, message: str) -> None:
    assert words(message, small_bot) == words("Kita Kind Kosten", small_bot) != ()


def test_only_words_of_our_own_texts(small_bot: Bot) -> None:
    language = small_bot.language
    for message in (
        "Der Vulkan und die Raumfahrt von Frau Kita",
        "zwei drei 4 5,50 Euro",
        "Xqzwtrpl",
        "",
        "die der das",
    ):
        found = words(message, small_bot)
        assert set(found) <= language.tables.lemmas
        assert list(found) == sorted(set(found))
    assert "kita" not in words("Wo wohnt Frau Kita", small_bot)


def test_a_word_that_turns_the_question_stays(small_bot: Bot) -> None:
    assert "nicht" not in words("Kita", small_bot)
    assert words("Kita nicht", small_bot) in (("kita", "nicht"), ("kita",))  # if our texts have the word at all


def test_what_is_surely_nobody_elses_is_not_counted(small_bot: Bot) -> None:
    lemmas = sorted(w for w in small_bot.language.tables.lemmas if w.isalpha() and len(w) > 5)[: MOST_WORDS * 6]
    assert words(" ".join(lemmas), small_bot) == ()


# questions back


def test_a_choice_that_is_picked_was_understood() -> None:
    waiting = Waiting()
    assert waiting.hold("a", KITA, NOW) == ()
    assert waiting.settle("a", picked=True) is None
    assert waiting.settle("a", picked=False) is None


def test_another_question_instead_says_it_was_not() -> None:
    waiting = Waiting()
    waiting.hold("a", KITA, NOW)
    assert waiting.settle("b", picked=False) is None
    assert waiting.settle("a", picked=False) == KITA


def test_so_does_silence() -> None:
    waiting = Waiting()
    waiting.hold("a", KITA, NOW)
    assert waiting.overdue(NOW + PATIENCE - timedelta(seconds=1)) == ()
    assert waiting.hold("b", KIND, NOW + PATIENCE) == (KITA,)
    assert waiting.rest() == (KIND,)
    assert waiting.rest() == ()


def test_two_alike_are_two() -> None:
    waiting = Waiting()
    assert waiting.hold("a", KITA, NOW) == ()
    assert waiting.hold("a", KIND, NOW) == (KITA,)
    assert waiting.settle("a", picked=False) == KIND


def test_memory_is_bounded_and_has_no_state() -> None:
    waiting = Waiting()
    given_up = [one for i in range(MOST + 10) for one in waiting.hold(f"state-{i}", KITA, NOW)]
    assert (len(waiting.held), len(given_up)) == (MOST, 10)
    assert b"state" not in b"".join(waiting.held)
