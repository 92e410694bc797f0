"""What was said before: when a message leans on it, and how much it then weighs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.compiling import read
from bot.matching.context import leans, with_context
from bot.matching.ranking import Ranking, rank
from bot.model import Analysis, Conversation
from bot.pipeline import Bot, related_to


def in_context(ranking: Ranking, analysis: Analysis, said: Conversation, bot: Bot) -> Ranking:
    return with_context(ranking, analysis, said, bot.intents, bot.titles, related_to(said, bot), bot.calibration)


def ranked(message: str, bot: Bot, said: Conversation) -> Ranking:
    analysis = read(message, bot.language)
    return in_context(rank(analysis, bot.intents), analysis, said, bot)


def best(message: str, bot: Bot, said: Conversation) -> str:
    return bot.intents.classes[int(ranked(message, bot, said).scores.argmax())]


@pytest.mark.parametrize(
    "message, expected",
    [
        ("und was kostet das", True),
        ("und wo bekomme ich dann so einen langen Antrag her", True),
        ("welche Unterlagen", True),
        ("was kostet das", True),
        ("brauche ich den dafür nicht mehr", True),
        ("bis wann geht die eigentlich?", True),
        ("Bis wann ist der Spielplatz geöffnet?", False),
        ("Wie viel muss ich im Monat bezahlen?", False),
        ("Wann und wo kann ich mein Kind in einer der vielen Kitas der Stadt anmelden oder abmelden?", False),
        ("", False),
    ],
)
def test_leans(message: str, expected: bool, small_bot: Bot) -> None:
    assert leans(read(message, small_bot.language)) is expected


@pytest.mark.parametrize(
    "message, topic, expected",
    [
        ("und was kostet das", "kita-anmeldung", "kita-beitrag"),
        ("und welche Unterlagen", "kita-anmeldung", "kita-anmeldung"),
        ("und der Antrag dafür?", "kindergeld", "kindergeld"),
        ("und wann denn", "kita-anmeldung", "kita-anmeldung"),
        ("und wann denn", "kindergeld", "kindergeld"),
    ],
)
def test_a_leaning_message_is_read_with_the_topic_before(
    message: str, topic: str, expected: str, small_bot: Bot
) -> None:
    assert best(message, small_bot, Conversation(topic=topic)) == expected


def test_a_question_of_its_own_keeps_its_topic(small_bot: Bot) -> None:
    assert best("Wie beantrage ich Kindergeld?", small_bot, Conversation(topic="kita-anmeldung")) == "kindergeld"


def test_a_topic_that_is_taken_back_is_the_least_likely(small_bot: Bot) -> None:
    index = small_bot.intents.index["kindergeld"]
    said = Conversation(topic="kindergeld")
    kept, taken_back = (ranked(m, small_bot, said).scores[index] for m in ("ich meine das Geld", "falsch, das Geld"))
    assert taken_back < kept - 0.3


def test_words_that_nobody_knows_speak_against_the_topic_before(small_bot: Bot) -> None:
    index = small_bot.intents.index["kita-anmeldung"]
    said = Conversation(topic="kita-anmeldung")
    known, unknown = (ranked(m, small_bot, said).scores[index] for m in ("und wann das", "und wann Quetschkommode"))
    assert unknown < known


def test_without_a_conversation_nothing_changes(small_bot: Bot) -> None:
    analysis = read("und was kostet das", small_bot.language)
    alone = rank(analysis, small_bot.intents)
    same = in_context(alone, analysis, Conversation(), small_bot)
    np.testing.assert_array_equal(same.scores, alone.scores)


def test_the_topic_before_and_the_choices_of_the_last_question_back_weigh(small_bot: Bot) -> None:
    index, message = (
        small_bot.intents.index["kindergeld"],
        "Wie ist das mit dem Antrag in diesem Fall eigentlich genau?",
    )
    found = [
        ranked(message, small_bot, said).scores
        for said in (Conversation(), Conversation(topic="kindergeld"), Conversation(pending=("kindergeld",)))
    ]
    nothing, topic, pending = (float(scores[index] - np.delete(scores, index).max()) for scores in found)
    assert nothing < min(topic, pending)  # the lead over all other classes


def test_a_topic_that_is_gone_changes_nothing(small_bot: Bot) -> None:
    said = Conversation(topic="gibt-es-nicht", pending=("auch-nicht",))
    a, b = ranked("und was kostet das", small_bot, said), ranked("und was kostet das", small_bot, Conversation())
    np.testing.assert_array_equal(a.scores, b.scores)


def test_the_ranking_itself_is_left_as_it_was(small_bot: Bot) -> None:
    analysis = read("und was kostet das", small_bot.language)
    ranking = rank(analysis, small_bot.intents)
    before = ranking.scores.copy()
    in_context(ranking, analysis, Conversation(topic="kindergeld"), small_bot)
    np.testing.assert_array_equal(ranking.scores, before)


def test_any_message_in_any_conversation_is_ranked(small_bot: Bot) -> None:
    @given(message=st.text(max_size=60), topic=st.sampled_from(("kindergeld", "kita-beitrag", "x", None)))
    def holds(message: str, topic: str | None) -> None:
        said = Conversation(topic=topic, pending=("kita-anmeldung",))
        assert np.isfinite(ranked(message, small_bot, said).scores).all()

    holds()
