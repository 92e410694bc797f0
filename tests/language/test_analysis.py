"""Words, base forms, compounds, separable verbs, abbreviations, concepts, sentences; and that nothing typed stays."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.language import Language as Pipeline
from spacy.tokens import Doc

from bot.compiling import read
from bot.language.analysis import MAX_TOKENS, Language, load_pipeline, split_compound
from bot.matching.ranking import rank
from bot.model import Analysis, Question, Token
from bot.pipeline import Bot, reply
from bot.settings import load_settings
from tests.conftest import NOW


def words_of(analysis: Analysis) -> list[list[str]]:
    return [[t.text for t in sentence] for sentence in analysis.sentences]


def token_of(text: str, bot: Bot) -> Token:
    """The one word of the text, as it is read."""
    (token,) = read(text, bot.language).tokens
    return token


ATOM_WORDS = "kinder garten kindergarten platz anmeldung eltern beitrag amt schwangerschaft beratung".split()
ATOMS = {word: word for word in ATOM_WORDS} | {"beiträge": "beitrag"}


@pytest.mark.parametrize(
    "word, parts",
    [
        ("kindergartenplatz", ("kindergarten", "platz")),  # the fewest parts
        ("elternbeitrag", ("eltern", "beitrag")),
        ("elternbeiträge", ("eltern", "beitrag")),  # the last part in its base form
        ("schwangerschaftsberatung", ("schwangerschaft", "beratung")),  # with a linking letter
        ("anmeldungsamt", ("anmeldung", "amt")),
        ("kindergartenplatzanmeldung", ("kindergarten", "platz", "anmeldung")),
        ("kindergarten", ("kinder", "garten")),
        ("platz", ()),  # no compound
        ("elternxyz", ()),  # a rest that is no word
        ("beitrags", ()),  # a linking letter at the end links nothing
        ("elterns", ()),
        ("", ()),
    ],
)
def test_compounds_are_split(word: str, parts: tuple[str, ...]) -> None:
    assert split_compound(word, ATOMS) == parts


@given(st.text("aeknrts", max_size=30))
def test_parts_of_a_compound_are_known_words(word: str) -> None:
    parts = split_compound(word, {w: w for w in ("kita", "tante", "rest", "kern", "ente")})
    assert len(parts) != 1
    assert set(parts) <= {"kita", "tante", "rest", "kern", "ente"}


def test_a_new_compound_of_our_words_is_read_by_its_parts(small_bot: Bot) -> None:
    token = token_of("Kindergartenanmeldung", small_bot)
    assert token.parts == ("kindergarten", "anmeldung")
    assert token.known


@pytest.mark.parametrize(
    "message, lemma",
    [
        ("Wie melde ich mein Kind in der Kita an?", "anmelden"),
        ("Ich melde meine Tochter an und frage dann", "anmelden"),
        ("Ich melde sie bald an", "anmelden"),
    ],
)
def test_a_separated_verb_is_joined(message: str, lemma: str, small_bot: Bot) -> None:
    assert lemma in {t.lemma for t in read(message, small_bot.language).tokens}


@pytest.mark.parametrize(
    "message", ["Ich melde mich an einem Montag", "Melde ich mich im Amt?", "An der Kita melde ich mich"]
)
def test_a_preposition_is_no_part_of_a_verb(message: str, small_bot: Bot) -> None:
    assert "anmelden" not in {t.lemma for t in read(message, small_bot.language).tokens}


def test_an_abbreviation_is_read_as_its_long_form(small_bot: Bot) -> None:
    analysis = read("Platz im KiGa", small_bot.language)
    assert analysis.tokens[-1].parts == ("kindergarten",)
    assert "kita" in analysis.concepts


@pytest.mark.parametrize(
    "message, concepts",
    [
        ("Was kostet der Kindergarten?", ("kosten", "kita")),  # in the order of the message
        ("Kita Kita Kita", ("kita",)),
        ("Gebuehren", ("kosten",)),  # through the repair
        ("Kitagebühr", ("kita", "kosten")),  # through the parts of a compound
        ("Kindertagesstätte", ("kita",)),
        ("Guten Tag", ()),
    ],
)
def test_concepts(message: str, concepts: tuple[str, ...], small_bot: Bot) -> None:
    assert read(message, small_bot.language).concepts == concepts


def test_a_concept_of_several_words_needs_them_side_by_side(small_bot: Bot) -> None:
    phrases = dict(small_bot.language.tables.phrases) | {"platz": ((("platz", "frei"), "freier-platz"),)}
    language = replace(small_bot.language, tables=replace(small_bot.language.tables, phrases=phrases))
    assert "freier-platz" in read("Ist ein Platz frei?", language).concepts
    assert "freier-platz" not in read("Ein Platz ist frei", language).concepts


@pytest.mark.parametrize(
    "message, sentences",
    [
        ("Hallo. Was kostet das? Danke!", [["hallo"], ["was", "kostet", "das"], ["danke"]]),
        ("kita: kosten; beginn", [["kita"], ["kosten"], ["beginn"]]),
        ("Kita-Platz", [["kita", "platz"]]),
        ("Wie geht's?", [["wie", "geht's"]]),
        ("?! ... ---", []),
        ("", []),
        ("👶🏽", []),
    ],
)
def test_sentences(message: str, sentences: list[list[str]], small_bot: Bot) -> None:
    assert words_of(read(message, small_bot.language)) == sentences


def test_a_word_is_known_repaired_or_left_as_it_is(small_bot: Bot) -> None:
    known, mended, german, foreign = (
        token_of(w, small_bot) for w in ("Unterlagen", "Unterlagn", "Schulbuch", "qwrtzk")
    )
    assert (known.word, known.lemma, known.known, known.german) == ("unterlagen", "unterlage", True, True)
    assert (mended.text, mended.word, mended.lemma, mended.known) == ("unterlagn", "unterlagen", "unterlage", True)
    assert (german.word, german.known, german.german) == ("schulbuch", False, True)
    assert (foreign.word, foreign.known, foreign.german) == ("qwrtzk", False, False)


def test_a_wall_of_words_is_read_up_to_a_limit(small_bot: Bot) -> None:
    assert len(read("kita " * 1000, small_bot.language).tokens) == MAX_TOKENS


def test_any_message_is_read(small_bot: Bot) -> None:
    @given(message=st.text(st.characters(), max_size=200))
    @settings(max_examples=200)
    def holds(message: str) -> None:
        analysis = read(message, small_bot.language)
        assert all(analysis.sentences)
        assert all(t.text and t.word and t.lemma for t in analysis.tokens)
        assert read(message, small_bot.language) == analysis

    holds()


def unique_messages(n: int = 200) -> list[tuple[str, str]]:
    """Messages with a word that no other has, and that word."""
    letters = "bdfgklmnprstvwxz"
    found = [f"zq{letters[i % 16]}u{letters[i // 16]}ax{letters[-1 - i % 16]}" for i in range(n)]
    return [(f"Mein Kind {word} wohnt am {word.upper()}weg, Kita?", word) for word in found]


def test_nothing_of_a_message_stays_in_the_string_store(small_bot: Bot) -> None:
    strings = small_bot.language.nlp.vocab.strings
    read("Mein Kind wohnt am Weg, Kita?", small_bot.language)
    before = len(strings)
    for message, _ in unique_messages():
        read(message, small_bot.language)
    assert len(strings) == before
    assert not any(word in strings or f"{word.upper()}weg" in strings for _, word in unique_messages())


def kept_keys(bot: Bot) -> str:
    """All that the matching keeps in memory between messages."""
    return "\n".join((*bot.intents.weights._kept, *bot.emergencies.kept))


def test_nothing_of_a_message_stays_in_the_matching(small_bot: Bot) -> None:
    for message, _ in unique_messages():
        reply(Question(message, NOW), small_bot)
    kept = kept_keys(small_bot)
    assert "kita" in kept
    assert not any(word in kept for _, word in unique_messages())


@pytest.mark.parametrize(
    "word", ["Kindergartengebührentabelle", "Unterlaggen", "Kindergeldgeldgeld", "Kitaplatzgarten"]
)
def test_a_typo_or_a_new_compound_does_not_stay_in_the_matching(word: str, small_bot: Bot) -> None:
    reply(Question(word, NOW), small_bot)
    assert word.lower() not in kept_keys(small_bot)


@Pipeline.component("familienbot_test_lemmas")
def _lemmas(doc: Doc) -> Doc:
    """A tiny model: two words that our tables do not know are given lemmas that they do, all others one of no use."""
    for token in doc:
        token.lemma_ = {"Sprösslingen": "Kind", "ablichten": "anmelden"}.get(token.text, f"x{token.text}")
    return doc


@pytest.fixture
def with_model(small_bot: Bot, tmp_path: Path) -> Language:
    """The language of the small town with a configured spaCy model from the disk."""
    nlp = spacy.blank("de")
    nlp.add_pipe("familienbot_test_lemmas")
    nlp.to_disk(tmp_path / "model")
    name = load_settings({"FAMILIENBOT_SPACY_MODEL": str(tmp_path / "model")}).spacy_model
    return replace(small_bot.language, nlp=load_pipeline(name))


def test_without_a_setting_the_pipeline_is_blank() -> None:
    assert load_settings({}).spacy_model is None
    assert load_pipeline(None).pipe_names == []


def test_a_configured_model_gives_lemmas_that_our_tables_lack(small_bot: Bot, with_model: Language) -> None:
    assert with_model.nlp.pipe_names == ["familienbot_test_lemmas"]
    (plain,), (helped,) = (read("Sprösslingen", language).tokens for language in (small_bot.language, with_model))
    assert (plain.lemma, plain.known) == ("sprösslingen", False)
    assert (helped.lemma, helped.known) == ("kind", True)


def test_our_own_tables_win_over_a_configured_model(with_model: Language) -> None:
    (token,) = read("Unterlagen", with_model).tokens
    assert token.lemma == "unterlage"


def test_a_configured_model_goes_the_same_way_to_a_topic(small_bot: Bot, with_model: Language) -> None:
    message = "Ich will unser Kind ablichten"
    without, helped = (rank(read(message, lang), small_bot.intents) for lang in (small_bot.language, with_model))
    column = small_bot.intents.index["kita-anmeldung"]
    assert helped.scores[column] > without.scores[column]


def test_nothing_of_a_message_stays_with_a_configured_model(small_bot: Bot, with_model: Language) -> None:
    strings = with_model.nlp.vocab.strings
    for message, _ in unique_messages():
        read(message, with_model)
    assert not any(word in strings or f"x{word}" in strings for _, word in unique_messages())


def test_an_unknown_word_with_a_known_lemma_does_not_stay_in_the_matching(small_bot: Bot, with_model: Language) -> None:
    reply(Question("Sprösslingen", NOW), replace(small_bot, language=with_model))
    assert "sprösslingen" not in kept_keys(small_bot)


def test_a_model_that_is_not_installed_is_named() -> None:
    with pytest.raises(OSError, match="de_no_such_model"):
        load_pipeline("de_no_such_model")


@pytest.mark.parametrize(
    "message, marks",
    [
        ("Kita, Geld", [",", ""]),
        ("Kita + Geld", ["+", ""]),
        ("Kita/Geld", ["/", ""]),
        ("Kita?! Geld", ["?", ""]),
        ("Kita\nGeld", ["\n", ""]),
        ("Kita,\n\nGeld", ["\n", ""]),  # the one that parts most
        ("Kita - Geld?", ["-", "?"]),
        ("Kita-Geld", ["", ""]),  # one word
        ("... Kita (Geld)", ["", ""]),
    ],
)
def test_marks_stay_with_the_word_before(message: str, marks: list[str], small_bot: Bot) -> None:
    assert [t.mark for t in read(message, small_bot.language).tokens] == marks


def test_concepts_are_where_they_stand(small_bot: Bot) -> None:
    analysis = read("Hallo, was kostet der Kindergarten und was kostet die Kita", small_bot.language)
    where = [(c, [t.text for t in analysis.core[i:j]]) for c, i, j in analysis.spans]
    assert ("kita", ["kindergarten"]) in where
    assert ("kita", ["kita"]) in where
    assert analysis.concepts == tuple(dict.fromkeys(c for c, _ in where))
