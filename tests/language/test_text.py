"""Unicode, case, ß/ss, ä/ae, white space: whatever is typed, the functions are total and idempotent."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.language.text import clean, fold, normalise, plain

ANY_TEXT = st.text(st.characters(), max_size=60)
"""All code points, lone surrogates, NUL and combining marks included."""
ODD_TEXT = st.text(
    st.sampled_from("aeouäß nN\0\ud800\u0301\u0308\u0338\u200b\u00ad\u2028´`’„‑…-/*:_()Iİſﬁ²½①"), max_size=30
)
GENDER_TEXT = st.text(st.sampled_from("aInrs*:_/-() "), max_size=14) | st.lists(
    st.sampled_from(("Lehrer", "in", "innen", "(in)", "*", ":", "_", "/-", "I", " ")), max_size=8
).map("".join)


@given(ANY_TEXT | ODD_TEXT)
def test_clean_is_idempotent(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(ANY_TEXT | ODD_TEXT)
def test_clean_leaves_only_what_can_be_shown_and_stored(text: str) -> None:
    cleaned = clean(text)
    cleaned.encode()  # no lone surrogate is left
    assert unicodedata.is_normalized("NFC", cleaned)
    assert cleaned == "\n".join(" ".join(line.split()) for line in cleaned.splitlines())
    assert not set(cleaned) & set("\0\x1b\u00ad\u200b\u202e\ufeff")


@given(ANY_TEXT | ODD_TEXT | GENDER_TEXT)
@example("Lehrer(in)*innen")
def test_normalise_is_idempotent(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(ANY_TEXT | ODD_TEXT)
def test_normalise_gives_compatibility_forms(text: str) -> None:
    assert unicodedata.is_normalized("NFKC", normalise(text))


@given(ANY_TEXT | ODD_TEXT)
def test_plain_is_idempotent(text: str) -> None:
    assert plain(plain(text)) == plain(text)


@given(st.text(st.sampled_from("abcdeou"), max_size=12))
def test_fold_leaves_words_without_umlaut_or_digraph_alone(word: str) -> None:
    digraph = any(pair in word for pair in ("ae", "oe", "ue"))
    assert digraph or fold(word) == word


@pytest.mark.parametrize(
    "typed, meant",
    [
        ("Erzieher*innen", "Erzieherinnen"),
        ("Erzieher:innen", "Erzieherinnen"),
        ("Erzieher_innen", "Erzieherinnen"),
        ("Erzieher/innen", "Erzieherinnen"),
        ("Erzieher/-innen", "Erzieherinnen"),
        ("Erzieher(innen)", "Erzieherinnen"),
        ("ErzieherInnen", "Erzieherinnen"),
        ("ErzieherIn", "Erzieherin"),
        ("Erzieher*in", "Erzieherin"),
        ("Erzieher/in", "Erzieherin"),
        ("Erzieher(in)", "Erzieherin"),
        ("Lehrer(in)*innen", "Lehrerinnen"),
        ("die Lehrer*innen und Erzieher:innen.", "die Lehrerinnen und Erzieherinnen."),
    ],
)
def test_gender_forms_are_written_out(typed: str, meant: str) -> None:
    assert normalise(typed) == meant


@pytest.mark.parametrize(
    "text", ["IN", "BIn da", "und/oder", "Mutter/Vater", "Kita (innen)", "Mo:Di", "a/b", "in", "WCs"]
)
def test_what_is_no_gender_form_stays(text: str) -> None:
    assert normalise(text) == text


@pytest.mark.parametrize(
    "typed, meant",
    [
        ("Ｋｉｔａ", "Kita"),
        ("ﬁnden", "finden"),
        ("²", "2"),
        ("Kita\u00a0Platz", "Kita Platz"),
        ("Pla\u0308tze", "Plätze"),
        ("gibt’s", "gibt's"),
        ("gibt`s", "gibt's"),
        ("gibt´s", "gibt's"),
        ("„Kita“", '"Kita"'),
        ("Kita–Platz", "Kita-Platz"),
        ("Kita\u2011Platz", "Kita-Platz"),
        ("na…", "na..."),
        ("Kinder\u00adgarten", "Kindergarten"),
        ("a\u00ad\u0308", "ä"),
        ("´Kita´", "'Kita'"),
        ("  zu \t viel\n\nRaum ", "zu viel\nRaum"),
    ],
)
def test_normalise_unifies(typed: str, meant: str) -> None:
    assert normalise(typed) == meant


def test_normalise_keeps_case() -> None:
    assert normalise("KITA Straße") == "KITA Straße"


@pytest.mark.parametrize(
    "typed, meant",
    [("neiiiin", "neiin"), ("Hilfeeee", "Hilfee"), ("Kaffee", "Kaffee"), ("1000 Euro", "1000 Euro"), ("!!!!", "!!!!")],
)
def test_letters_repeated_for_emphasis_are_shortened(typed: str, meant: str) -> None:
    assert normalise(typed) == meant


@pytest.mark.parametrize(
    "words",
    [
        ("plätze", "plaetze", "platze"),
        ("gebühren", "gebuehren", "gebuhren"),
        ("möchte", "moechte", "mochte"),
        ("straße", "strasse"),
        ("fuß", "fuss"),
    ],
)
def test_fold_finds_a_word_however_its_umlauts_are_typed(words: tuple[str, ...]) -> None:
    assert len({fold(word) for word in words}) == 1


@pytest.mark.parametrize("word", ["bauer", "neue", "quelle", "frauen", "kita"])
def test_fold_knows_digraphs_that_are_none(word: str) -> None:
    assert fold(word) == word


def test_plain_ignores_punctuation_and_case() -> None:
    assert plain("Was kostet die KITA?!") == plain("was kostet, die Kita")
