"""Raw scores of a message: the right topic first, its nearest utterance, how much of it we know."""

from __future__ import annotations

import pytest

from bot.compiling import read
from bot.matching.confidence import split_scores
from bot.matching.ranking import MATTER, Ranking, coverage, lemmas, nearest_utterance, rank
from bot.model import Token
from bot.pipeline import Bot


def ranked(message: str, bot: Bot) -> Ranking:
    return rank(read(message, bot.language), bot.intents)


@pytest.mark.parametrize(
    "message, best",
    [
        ("Wie hoch sind die Gebühren für den Kindergarten?", "kita-beitrag"),
        ("Meinen Sohn in der Kita anmelden", "kita-anmeldung"),
        ("Antrag auf Kindergeld", "kindergeld"),
        ("Mein Baby ist ganz blau", "medizinischer-notfall"),
        ("Die Mülltonne wurde nicht abgeholt", "~muell"),
        ("neuer Reisepass", "~reisepass"),
    ],
)
def test_the_right_class_ranks_first(message: str, best: str, small_bot: Bot) -> None:
    assert small_bot.intents.classes[int(ranked(message, small_bot).scores.argmax())] == best


def test_the_side_asked_for_ranks_first(small_bot: Bot) -> None:
    aspects = small_bot.intents.aspects
    for message, side in (
        ("Was kostet der Kindergarten im Monat?", "cost"),
        ("Welche Nachweise brauche ich?", "documents"),
    ):
        assert aspects[int(ranked(message, small_bot).aspects.argmax())] == side


def test_an_emergency_scores_above_a_calm_question(small_bot: Bot) -> None:
    alarm, calm = (ranked(m, small_bot).emergency for m in ("Mein Sohn krampft", "Was kostet die Kita im Monat?"))
    assert alarm > calm


def test_the_nearest_of_several() -> None:
    found = nearest_utterance("a b c", ("a b", "a b c d", "x"))
    assert found is not None
    assert found[1] == 1
    assert 0.8 < found[0] < 0.9
    assert nearest_utterance("a", ()) is None


def test_the_order_of_words_does_not_count_for_the_nearest(small_bot: Bot) -> None:
    one, other = (
        lemmas(read(text, small_bot.language).core)
        for text in ("Wie hoch ist der Elternbeitrag?", "der Elternbeitrag ist wie hoch")
    )
    assert one == other


@pytest.mark.parametrize(
    "words, expected",
    [
        ((("kita", True), ("xyzw", False)), 0.5),
        ((("kita", True), ("kindergarten", True)), 1.0),
        ((("quatsch", False),), 0.0),
        ((("in", False), ("der", False)), 1.0),  # short words do not count
        ((), 1.0),
    ],
)
def test_coverage(words: tuple[tuple[str, bool], ...], expected: float) -> None:
    assert coverage(tuple(Token(w, w, w, known=known) for w, known in words)) == expected


def test_lemmas_are_compared_in_alphabetical_order() -> None:
    assert lemmas((Token("b", "b", "b"), Token("a", "a", "a"))) == "a b"


def test_topics_and_matters_are_told_apart_best_first(small_bot: Bot) -> None:
    found = ranked("Reisepass", small_bot)
    topics, matters = split_scores(found, small_bot.intents)
    classes = small_bot.intents.classes
    assert {classes[i] for i in matters} == {c for c in classes if c.startswith(MATTER)}
    assert len(topics) + len(matters) == len(classes)
    for order in (topics, matters):
        scores = found.scores[order].tolist()
        assert scores == sorted(scores, reverse=True)


def test_a_message_without_words_ranks_without_an_error(small_bot: Bot) -> None:
    assert ranked("?!", small_bot).words == 0
