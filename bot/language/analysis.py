"""Language, tokens, lemmas, parts of compounds, concepts; the only import of spaCy."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import spacy
from spacy.language import Language as Pipeline

from bot.language.contrast import without_denied
from bot.language.courtesy import without_courtesy
from bot.language.entities import EntityTables, find_entities
from bot.language.guess import guess_language
from bot.language.spelling import Speller, repair
from bot.language.text import normalise
from bot.model import Analysis, Question, Token

MAX_TOKENS = 400
"""A message of 1000 characters has fewer words; more are a wall of punctuation."""
SHORTEST_COMPOUND, LONGEST_PART, LONGEST_WORD = 7, 24, 60
"""Letters of a compound, of one of its parts, and of anything that is still a word."""

PARTICLES = frozenset(
    (
        "ab an auf aus bei ein fest hin her mit nach vor weg weiter wieder zu zurück zurueck um unter durch "
        "bereit frei kennen statt"
    ).split()
)
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_WALL = re.compile(r"(?<=[^\w\s]{4})[^\w\s]+")
"""Punctuation and pictures behind the fourth in a row: they say nothing more and cost the tokenizer dearly."""
_MARKS = "\n?!.;:+/&-,"
"""Punctuation that may part two questions, the one that parts most first."""
_SENTENCE_END = frozenset("\n?!.;:")


@dataclass(frozen=True, slots=True)
class Word:
    """What is known of a form: its lemma and, for a compound, the lemmas of its parts."""

    lemma: str
    parts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Tables:
    """What is compiled from knowledge, intents and the general German word list.

    forms      every form of our own vocabulary, lower case
    inflected  other forms of our lemmas, lower case → lemma
    atoms      words that parts of compounds may be, lower case → lemma
    own_atoms  those of them that stand in our own texts or are forms of our lemmas
    phrases    concept terms by their first lemma: (lemmas, concept id), longest first
    """

    forms: Mapping[str, Word]
    inflected: Mapping[str, str]
    atoms: Mapping[str, str]
    own_atoms: Mapping[str, str]
    speller: Speller
    abbreviations: Mapping[str, tuple[str, ...]]
    phrases: Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]
    entities: EntityTables

    @cached_property
    def lemmas(self) -> frozenset[str]:
        """All lemmas of our own vocabulary."""
        return frozenset(w.lemma for w in self.forms.values())


@dataclass(frozen=True)
class Language:
    """The German pipeline with the compiled tables."""

    nlp: Pipeline
    tables: Tables


def load_pipeline(name: str | None = None) -> Pipeline:
    """spaCy's blank German pipeline, or the installed model of this name.

    raises  OSError when no such model is installed
    """
    if name is not None:
        return spacy.load(name)
    nlp = spacy.blank("de")
    setattr(nlp.vocab, "lex_attr_getters", {})  # noqa: B010 - not in the stubs; shapes and the like are never asked for, and cost more than the tokens
    return nlp


def split_compound(word: str, atoms: Mapping[str, str]) -> tuple[str, ...]:
    """The lemmas of the fewest known words that make up this one, linking letters allowed; empty when it is none."""
    n = len(word)
    if not SHORTEST_COMPOUND <= n <= LONGEST_WORD:
        return ()
    best: list[tuple[int, int, tuple[str, ...]] | None] = [None] * (n + 1)
    best[0] = (0, 0, ())
    for end in range(3, n + 1):
        for start in range(max(0, end - LONGEST_PART), end - 2):
            before = best[start]
            if before is None or (start == 0 and end == n):
                continue
            chunk = word[start:end]
            for link in ("", "s", "es", "n", "en", "er", "e"):
                if link and (end == n or not chunk.endswith(link) or len(chunk) - len(link) < 3):
                    continue
                lemma = atoms.get(chunk[: len(chunk) - len(link)] if link else chunk)
                if lemma is None:
                    continue
                rank = (before[0] + 1, before[1] + bool(link), (*before[2], lemma))
                old = best[end]
                if old is None or rank[:2] < old[:2]:
                    best[end] = rank
                break
    found = best[n]
    return found[2] if found is not None and len(found[2]) >= 2 else ()


def _strongest(text: str) -> str:
    """The mark of the text that parts most, or none."""
    return min((c for c in text if c in _MARKS), key=_MARKS.index, default="")


def _raw_words(text: str, nlp: Pipeline) -> Iterator[tuple[str, str | None, str]]:
    """Words with the lemma that a model gave them, or None, or, without a word, the mark behind the last one.

    Runs within `memory_zone`, so that nothing a parent types stays in spaCy's string store.
    """
    text = _WALL.sub(" ", text)
    has_lemmas = bool(nlp.pipe_names)
    with nlp.memory_zone():
        doc = nlp(text) if has_lemmas else nlp.make_doc(text)
        for token in doc:
            words = _WORD.findall(token.text)
            if not words:
                if mark := _strongest(token.text):
                    yield "", None, mark
                continue
            lemma = token.lemma_.lower() if has_lemmas and len(words) == 1 and token.lemma_ else None
            for word in words:
                yield word[:LONGEST_WORD].lower(), lemma, ""
            if token.text[-1] in _SENTENCE_END and len(token.text) > 3:
                yield "", None, token.text[-1]


def read_word(text: str, tables: Tables, lemma: str | None = None) -> Token:
    """One word: looked up, repaired, split; `lemma` is the one of a configured model, if any."""
    form = tables.forms.get(text)
    if form is not None:
        return Token(text, text, form.lemma, form.parts, known=True, german=True, listed=True)
    long = tables.abbreviations.get(text)
    if long is not None:
        return Token(text, text, text, long, known=True, german=True, listed=True)
    german = text in tables.speller.guard
    inflected = tables.inflected.get(text)
    if inflected is not None:
        known = tables.forms.get(inflected)
        return Token(text, text, inflected, known.parts if known else (), known=True, german=True, listed=True)
    parts = split_compound(text, tables.own_atoms)
    if parts:
        return Token(text, text, "".join(parts), parts, known=True, german=True)
    if lemma is not None and lemma in tables.lemmas:
        return Token(text, text, lemma, (), known=True, german=True)
    if not german:
        repaired = repair(text, tables.speller)
        if repaired is not None:
            word = tables.forms.get(repaired) or Word(tables.inflected.get(repaired, repaired))
            return Token(text, repaired, word.lemma, word.parts, known=True, german=True)
        parts = split_compound(text, tables.atoms)
        if parts:
            return Token(text, text, "".join(parts), parts, known=True, german=True)
    return Token(text, text, lemma or text, (), known=False, german=german)


def join_split_words(tokens: list[Token], tables: Tables) -> list[Token]:
    """Separable verbs and compounds typed apart, joined: „melde … an“ → anmelden, „Kita Platz“ → also Kitaplatz."""
    for i, token in enumerate(tokens):
        if token.text in PARTICLES and (
            i + 1 == len(tokens) or tokens[i + 1].text in ("und", "oder", "wenn", "weil", "bitte", "dass")
        ):
            for j in range(i - 1, max(-1, i - 9), -1):
                joined = token.word + tokens[j].lemma
                if tokens[j].lemma.endswith(("en", "ern", "eln", "tun")) and joined in tables.lemmas:
                    tokens[j] = replace(tokens[j], lemma=joined, parts=(tokens[j].lemma,))
                    break
    return tokens


def find_concepts(tokens: tuple[Token, ...], tables: Tables) -> tuple[tuple[str, int, int], ...]:
    """The concepts of the lemmas, of the parts of compounds and of phrases of several words.

    gives  (concept, first token, token behind the last), in order of the message; a concept for each place
    """
    found: dict[tuple[str, int, int], None] = {}
    lemmas = [t.lemma for t in tokens]
    for i, token in enumerate(tokens):
        for start in (token.lemma, token.word, *token.parts):
            for words, concept in tables.phrases.get(start, ()):
                if len(words) == 1 or (
                    start in (lemmas[i], token.word) and tuple(lemmas[i + 1 : i + len(words)]) == words[1:]
                ):
                    found[concept, i, i + len(words)] = None
    return tuple(found)


def tokenise(text: str, language: Language) -> tuple[tuple[Token, ...], ...]:
    """The words of a normalised text by sentence, read, repaired and joined."""
    tables = language.tables
    sentences: list[tuple[Token, ...]] = []
    current: list[Token] = []
    count = 0
    for word, lemma, mark in _raw_words(text, language.nlp):
        if mark:
            if current:
                current[-1] = replace(current[-1], mark=_strongest(current[-1].mark + mark))
                if mark in _SENTENCE_END:
                    sentences.append(tuple(join_split_words(current, tables)))
                    current = []
            continue
        count += 1
        if count > MAX_TOKENS:
            break
        current.append(read_word(word, tables, lemma))
    if current:
        sentences.append(tuple(join_split_words(current, tables)))
    return tuple(sentences)


def analyse(question: Question, language: Language) -> Analysis:
    """What can be read in the message: words, concepts, entities and the language it seems to be written in."""
    text = normalise(question.message)
    sentences = tokenise(text, language)
    tokens = tuple(t for s in sentences for t in s)
    core = without_denied(without_courtesy(tokens))
    spans = find_concepts(core, language.tables)
    return Analysis(
        text=text,
        sentences=sentences,
        core=core,
        concepts=tuple(dict.fromkeys(concept for concept, _, _ in spans)),
        spans=spans,
        entities=find_entities(text, tokens, language.tables.entities, question.today),
        lang=guess_language(text, tokens),
    )
