"""How easily a text is read: the first Wiener Sachtextformel, its syllables counted by pyphen.

`textstat` computes the same, but takes two seconds to import; a test holds the two together.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from pyphen import Pyphen

from bot.content.rendering import MONTHS

FORMULA = "Wiener Sachtextformel 1"
LIMITS = (6.0, 9.0)
"""Up to the first, a text is easy; beyond the second, hard. The numbers are about school years."""
LONG_LETTERS = 6
"""A word with more letters counts as long."""
MANY_SYLLABLES = 3
DOUBT = 0.6
"""By how much counting groups of vowels may be wrong."""

_BRACKETS = re.compile(r"\s*\([^()]*\)")
_CONTACT = re.compile(r"(?:\S+@\S+?|https?://\S+?|www\.\S+?)(?=[.,;]*(?:\s|$))|\b0\d[\d /-]{3,}\d\b")
_ORDINAL = re.compile(rf"(?<=\d)\.(?=\s+(?:{'|'.join(MONTHS)})\b)")
_ABBREVIATION = re.compile(r"\b(St|Dr|z|B|bzw|ca|Nr|Abs)\.\s")
_VOWEL = re.compile(r"ie|ei|ai|au|eu|äu|aa|ee|oo|[aeiouyäöü]")
_SENTENCE = re.compile(r"\b[^.!?]+[.!?]*")


def prose(text: str) -> str:
    """What a parent reads as sentences: official terms in brackets, numbers to call and addresses of pages left out.

    The point of „1. August“ ends no sentence.
    """
    text = _CONTACT.sub("", _BRACKETS.sub("", text))
    text = _ABBREVIATION.sub(r"\1 ", _ORDINAL.sub("", text))
    return " ".join(re.sub(r"[:,]?\s*(?=[.,;](?:\s|$))", "", text).split())


def words(text: str) -> list[str]:
    """The words without punctuation, a word with a hyphen as one."""
    return re.sub(r"[^\w\s]", "", text).split()


def sentences(text: str) -> list[str]:
    """The sentences of a text, of each line by itself."""
    return [found[0] for line in text.split("\n") for found in _SENTENCE.finditer(prose(line))]


@cache
def _german() -> Pyphen:
    return Pyphen(lang="de_DE")


@cache
def syllables(word: str) -> int:
    """How many syllables a word has, as German is hyphenated."""
    return len(_german().positions(word.lower())) + 1


def _vowels(word: str) -> int:
    """About how many syllables a word has: its groups of vowels that sound as one."""
    return len(_VOWEL.findall(word.lower()))


def reading_level(text: str) -> float:
    """The score of the text with one decimal: about the school year from which on it is understood, 4 to 15."""
    return _score(prose(text), syllables)


def is_hard(text: str) -> bool:
    """Whether the text is beyond the second limit. Clear cases do without the dictionary: it takes half a second."""
    text = prose(text)
    return _score(text, _vowels) > LIMITS[1] - DOUBT and _score(text, syllables) > LIMITS[1]


def _score(text: str, syllables_of: Callable[[str], int]) -> float:
    found = words(text)
    if not found:
        return 0.0
    ends = _SENTENCE.findall(text)
    count = max(1, sum(len(words(sentence)) > 2 for sentence in ends))
    share = 100 / len(found)
    many = share * sum(syllables_of(word) >= MANY_SYLLABLES for word in found)
    long = share * sum(len(word) > LONG_LETTERS for word in found)
    one = share * sum(syllables_of(word) < 2 for word in found)
    score = 0.1935 * many + 0.1672 * len(found) / count + 0.1297 * long - 0.0327 * one - 0.875
    return round(score, 1)
