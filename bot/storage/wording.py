"""A question that got no answer, in words that say nothing of who asked: known words of the domain, sorted."""

from __future__ import annotations

from collections.abc import Iterator

from bot.language.amounts import NUMBERS
from bot.language.analysis import Language
from bot.model import Analysis, Token
from bot.storage.names import TITLES, known_names

MOST_WORDS = 10
"""A question of more different words is nobody else's: it could only ever be a hash, so it is not counted."""
KEPT = frozenset("nicht kein keine keinen keiner ohne".split())
"""Function words that turn a question round."""


def normalised_words(analysis: Analysis, language: Language) -> tuple[str, ...]:
    """The base forms that stand in our own vocabulary, sorted, each once; empty where there is nothing to count.

    Out go function words, numbers, districts, first names, what follows „Frau“ or „Familie“, and
    every word that is not ours.
    """
    found: set[str] = set()
    for token, before in zip(analysis.core, (None, *analysis.core), strict=False):
        if before is not None and before.word in TITLES:
            continue
        found.update(_own_words(token, language))
    return tuple(sorted(found)) if len(found) <= MOST_WORDS else ()


def _own_words(token: Token, language: Language) -> Iterator[str]:
    """The token's base form if it is ours, else the parts of the compound that are."""
    ours, function_words = language.tables.lemmas, language.nlp.Defaults.stop_words
    districts, names = language.tables.entities.longest, known_names().first
    for word in (token.lemma,) if token.lemma in ours else token.parts:
        if word not in ours or not word.isalpha() or len(word) < 2 or word in NUMBERS:
            continue
        if word in districts or word in names:
            continue
        if word in KEPT or not {word, token.word} & function_words:
            yield word
