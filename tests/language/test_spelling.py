"""Typos and lost umlauts are mended; right words, short words and words with digits are left alone."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.language.spelling import build_speller, repair
from bot.language.text import fold

WORDS = (
    "kindergarten", "anmeldung", "gebühren", "kindergeld", "unterlagen", "tabletten", "plätze", "beitrag", "straße",
    "atmet", "kita", "amt", "möchte",
)  # fmt: skip
GUARD = frozenset({"kindergartens", "betrag", "wußte", "mochte", "athmet"})
SPELLER = build_speller(WORDS, GUARD)


@pytest.mark.parametrize(
    "typed, meant",
    [
        ("kindergaten", "kindergarten"),  # a letter missing
        ("kinderrgarten", "kindergarten"),  # one too many
        ("kindergraten", "kindergarten"),  # two swapped
        ("kindergarden", "kindergarten"),  # a wrong one
        ("kindrgartn", "kindergarten"),  # two mistakes in a long word
        ("kindergartne", "kindergarten"),  # behind the indexed beginning
        ("anmeldug", "anmeldung"),
        ("unterlagn", "unterlagen"),
        ("atmmet", "atmet"),
        ("kitta", "kita"),
        ("ktia", "kita"),
    ],
)
def test_typos_are_mended(typed: str, meant: str) -> None:
    assert repair(typed, SPELLER) == meant


@pytest.mark.parametrize(
    "typed, meant",
    [
        ("gebuehren", "gebühren"),
        ("gebuhren", "gebühren"),
        ("plaetze", "plätze"),
        ("platze", "plätze"),
        ("strasse", "straße"),
        ("moechte", "möchte"),
        ("gebuerhen", "gebühren"),  # lost and mistyped
    ],
)
def test_lost_umlauts_are_mended(typed: str, meant: str) -> None:
    assert repair(typed, SPELLER) == meant


@pytest.mark.parametrize("typed", sorted(GUARD))
def test_right_words_are_left_alone(typed: str) -> None:
    assert repair(typed, SPELLER) is None


def test_the_same_word_is_mended_without_the_guard() -> None:
    assert repair("betrag", build_speller(WORDS, frozenset())) == "beitrag"


@pytest.mark.parametrize("typed", ["ami", "am", "a", "amz", "kit", "kta", ""])
def test_short_words_are_left_alone(typed: str) -> None:
    assert repair(typed, SPELLER) is None


@pytest.mark.parametrize("typed", ["kita2", "k1ta", "kindergart3n", "2026", "beitrag1"])
def test_words_with_digits_are_left_alone(typed: str) -> None:
    assert repair(typed, SPELLER) is None


@pytest.mark.parametrize("typed", ["kanada", "kxndxrgxrtxn", "kiste", "haus", "abmeldebescheinigung"])
def test_words_too_far_away_are_left_alone(typed: str) -> None:
    assert repair(typed, SPELLER) is None


def test_a_wrong_first_letter_costs_one_more_edit() -> None:
    assert repair("lindergeld", SPELLER) == "kindergeld"  # two edits are allowed in a long word
    assert repair("witmet", SPELLER) is None
    assert repair("nita", SPELLER) is None  # one edit, and it would be the first letter


def test_the_right_first_letter_wins() -> None:
    speller = build_speller(("windeldienst", "kindeldienst"), frozenset())
    assert repair("kindeldiens", speller) == "kindeldienst"


def test_the_more_frequent_of_two_near_words_comes_out() -> None:
    assert repair("platzer", build_speller(("platzes", "platzen"), frozenset())) == "platzes"
    assert repair("platzer", build_speller(("platzen", "platzes"), frozenset())) == "platzen"


@given(st.text(max_size=25))
def test_any_word_gives_a_word_of_ours_or_nothing(word: str) -> None:
    assert repair(word, SPELLER) in {None, *WORDS}


@given(st.sampled_from([w for w in WORDS if len(w) > 8]), st.data())
def test_one_letter_less_is_always_mended(word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(1, len(word) - 1))
    typed = word[:at] + word[at + 1 :]
    assume(len(fold(typed)) == len(fold(word)) - 1)  # „unterlaen“ would lose its „e“ as well
    assert repair(typed, SPELLER) == word
