"""The tables of the German analysis, compiled from our own texts and a word list. Never imported while serving."""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files

import simplemma
from HanTa import HanoverTagger

from bot.language.analysis import Tables, Word, read_word, split_compound
from bot.language.entities import EntityTables
from bot.language.spelling import build_speller
from bot.language.text import fold, normalise

GUARD_SIZE = 60_000
"""Most frequent German words that are never corrected."""
INFLECTED_FROM = 200_000
"""How far down the frequency list other forms of our lemmas are looked for."""
ATOMS_FROM = 25_000
"""How far down the frequency list a word may be part of a compound without standing in our own texts."""

NO_ATOMS = frozenset(
    (
        "den der die das dem des ein eine ist ich sie wir ihr und auch ent ver ung gen ter hei ren nen ern "
        "aus auf ab an bei mit nach vor von zu zum zur her hin innen ins als war hat bin man was wer wie wo "
        "nur nun oder in im am um so da es er"
    ).split()
)
"""Short function words and endings that would cut words where they have no seam."""

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?|\w+")


@cache
def general_words() -> tuple[str, ...]:
    """German words in lower case, most frequent first (spacy-lookups-data, MIT)."""
    path = files("spacy_lookups_data") / "data" / "de_lexeme_prob.json.gz"
    probabilities: dict[str, float] = json.loads(gzip.decompress(path.read_bytes()))
    best: dict[str, float] = {}
    for word, p in probabilities.items():
        low = word.lower()
        if low.isalpha() and p > best.get(low, -99.0):
            best[low] = p
    return tuple(sorted(best, key=lambda w: (-best[w], w))[:INFLECTED_FROM])


@cache
def _tagger() -> HanoverTagger.HanoverTagger:
    return HanoverTagger.HanoverTagger("morphmodel_ger.pgz")


def _lemma(surfaces: Counter[str]) -> str:
    """The base form, lower case, by the vote of two lemmatisers over the spellings that occur."""
    votes: Counter[str] = Counter()
    for surface, n in surfaces.items():
        for cased in {surface, surface.capitalize()}:
            votes[str(_tagger().analyze(cased)[0]).lower()] += 2 * n if cased == surface else n
            votes[simplemma.lemmatize(cased, lang="de").lower()] += n
    return max(votes, key=lambda lemma: (votes[lemma], -len(lemma), lemma))


CLIPPED_LEAD = 5
"""How many times as frequent the verb must be, for a clipped form to be read as it."""


def _mend_clipped(lemmas: dict[str, str], counts: dict[str, int]) -> None:
    """Verbs without their ending, as they are spoken („kost“, „krieg“), get the verb as base form, not a rarer word."""
    frequency: Counter[str] = Counter()
    for form, lemma in lemmas.items():
        frequency[lemma] += counts[form]
    for form, lemma in lemmas.items():
        verb = form + "en"
        if verb != lemma and frequency[verb] >= CLIPPED_LEAD * frequency[lemma]:
            lemmas[form] = verb


def build_tables(
    texts: Iterable[str],
    concepts: Mapping[str, tuple[str, ...]],
    abbreviations: Mapping[str, str],
    districts: Mapping[str, tuple[str, ...]],
) -> Tables:
    """The tables for this vocabulary.

    texts          all utterances and knowledge texts, as written
    concepts       id → terms
    abbreviations  short form, lower case → long form
    districts      name or alias as written → the districts it may mean
    """
    surfaces: dict[str, Counter[str]] = {}
    for text in texts:
        for word in _WORD.findall(normalise(text)):
            surfaces.setdefault(word.lower(), Counter())[word] += 1
    for terms in concepts.values():
        for term in terms:
            for word in _WORD.findall(normalise(term)):
                surfaces.setdefault(word.lower(), Counter())[word] += 1
    for name in districts:
        for word in _WORD.findall(normalise(name)):
            surfaces.setdefault(word.lower(), Counter())[word] += 1
    general = general_words()
    # frequent on the web are typos too („nciht“): only what a dictionary knows is right
    guard = frozenset(w for w in general[:GUARD_SIZE] if any(simplemma.is_known(c, "de") for c in (w, w.capitalize())))
    counts = {form: sum(c.values()) for form, c in surfaces.items()}
    order = sorted(surfaces, key=lambda f: (-counts[f], f))
    lemmas = {form: _lemma(surfaces[form]) if form.isalpha() else form for form in order}
    _mend_clipped(lemmas, counts)
    own = set(lemmas.values())
    inflected: dict[str, str] = {}
    for word in general:
        if word in lemmas:
            continue
        for cased in (word.capitalize(), word):
            lemma = simplemma.lemmatize(cased, lang="de").lower()
            if lemma in own and len(lemma) > 2:
                inflected[word] = lemma
                break
    for lemma in sorted(own):
        if lemma not in lemmas and lemma not in inflected:
            inflected[lemma] = lemma
    own_atoms = {f: lemma for f, lemma in inflected.items() if len(f) >= 4}
    own_atoms |= {f: lemma for f, lemma in lemmas.items() if len(f) >= 3 and f.isalpha()}
    for word in NO_ATOMS:
        own_atoms.pop(word, None)
    atoms = {w: w for w in general[:ATOMS_FROM] if len(w) >= 5} | own_atoms
    forms = {form: Word(lemmas[form], split_compound(form, own_atoms)) for form in order}
    # The repair may bring out our own words and the inflected forms of our lemmas, our own first.
    words = tuple(order) + tuple(w for w in general if w in inflected)
    tables = Tables(
        forms=forms,
        inflected=inflected,
        atoms=atoms,
        own_atoms=own_atoms,
        speller=build_speller(tuple(w for w in words if len(w) > 2), guard),
        abbreviations={},
        phrases={},
        entities=EntityTables(
            {_name(n): d for n, d in districts.items()} | {fold(_name(n)): d for n, d in districts.items()}
        ),
    )
    long_forms = {
        s: tuple(read_word(w.lower(), tables).lemma for w in _WORD.findall(normalise(v)))
        for s, v in abbreviations.items()
    }
    phrases: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for concept, terms in concepts.items():
        for term in terms:
            words_of = tuple(read_word(w.lower(), tables).lemma for w in _WORD.findall(normalise(term)))
            if words_of:
                phrases.setdefault(words_of[0], []).append((words_of, concept))
    return Tables(
        forms=tables.forms,
        inflected=tables.inflected,
        atoms=tables.atoms,
        own_atoms=tables.own_atoms,
        speller=tables.speller,
        abbreviations=long_forms,
        phrases={k: tuple(sorted(set(v), key=lambda p: (-len(p[0]), p[1]))) for k, v in phrases.items()},
        entities=tables.entities,
    )


def _name(name: str) -> str:
    return " ".join(_WORD.findall(normalise(name).lower()))
