"""The safety rules, before all else; then a learned second net that may add an alarm and never removes one.

A rule is found in the words as typed, as repaired and in their base form, with and without umlauts. Its patterns are
sequences of elements in this order, up to `GAP` other words between two of them:

    word        this word in any of its known forms        word*      every word that begins so
    a|b         one of several                              <class>    one of the words of a class
    +word       directly behind the element before it
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.language.text import fold
from bot.model import Analysis, Token

GAP = 3
"""Words that may stand between two elements of a pattern."""
WITHIN = 14
"""Words between the first and the last pattern of a rule that says nothing else."""


@dataclass(frozen=True, slots=True)
class Element:
    """Words one of which must be there: whole keys and beginnings; `adjacent` when no word may stand before it."""

    keys: frozenset[str]
    prefixes: tuple[str, ...]
    adjacent: bool


Pattern = tuple[Element, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A compiled rule; see `EmergencyRule` for what its fields mean."""

    id: str
    topic: str
    situation: str
    all: tuple[Pattern, ...]
    unless: tuple[Pattern, ...]
    within: int
    ordered: bool
    lang: str


@dataclass(frozen=True, slots=True)
class Emergencies:
    """The compiled rules in the order of their files, and the thresholds of the second net."""

    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Alarm:
    """An emergency: what it is about, and the id of the rule, `None` when the second net raised it."""

    topic: str
    situation: str
    rule: str | None
    lang: str = "de"


def key_of(word: str) -> str:
    """The form under which words of rules and of messages are compared."""
    return fold(word.lower())


def _element(text: str, classes: Mapping[str, Iterable[str]]) -> Element:
    adjacent = text.startswith("+")
    keys: set[str] = set()
    prefixes: set[str] = set()
    for option in text.removeprefix("+").split("|"):
        words = classes[option[1:-1]] if option.startswith("<") and option.endswith(">") else (option,)
        for word in words:
            if word.startswith("<") and word.endswith(">"):
                inner = _element(word, classes)
                keys |= inner.keys
                prefixes |= set(inner.prefixes)
            elif word.endswith("*"):
                prefixes.add(key_of(word[:-1]))
            else:
                keys.add(key_of(word))
    return Element(frozenset(keys), tuple(sorted(prefixes)), adjacent)


def compile_pattern(text: str, classes: Mapping[str, Iterable[str]]) -> Pattern:
    """The elements of a pattern.

    raises  KeyError when a class is unknown
    """
    return tuple(_element(word, classes) for word in text.split())


def rule_words(patterns: Iterable[str], classes: Mapping[str, Iterable[str]]) -> frozenset[str]:
    """All whole words that the patterns and classes name: they join the vocabulary, so that typos in them are mended."""
    words = [w for names in classes.values() for w in names]
    words += [w for p in patterns for e in p.split() for w in e.removeprefix("+").split("|")]
    return frozenset(w for w in words if not w.startswith("<") and not w.endswith("*"))


def _keys(token: Token) -> tuple[str, ...]:
    return tuple({key_of(token.text), key_of(token.word), key_of(token.lemma), *map(key_of, token.parts)})


def _hits(element: Element, keys: tuple[str, ...]) -> bool:
    return any(k in element.keys for k in keys) or (
        bool(element.prefixes) and any(k.startswith(element.prefixes) for k in keys)
    )


def find_pattern(pattern: Pattern, words: list[tuple[str, ...]]) -> list[tuple[int, int]]:
    """Where the pattern stands: (first, last) position of each occurrence by its first word."""
    found: list[tuple[int, int]] = []
    for start, keys in enumerate(words):
        if not _hits(pattern[0], keys):
            continue
        last = start
        for element in pattern[1:]:
            reach = 1 if element.adjacent else GAP + 1
            nxt = next((i for i in range(last + 1, min(len(words), last + reach + 1)) if _hits(element, words[i])), None)
            if nxt is None:
                break
            last = nxt
        else:
            found.append((start, last))
    return found


def _fires(rule: Rule, words: list[tuple[str, ...]]) -> bool:
    spots: list[list[tuple[int, int]]] = []
    for pattern in rule.all:
        found = find_pattern(pattern, words)
        if not found:
            return False
        spots.append(found)
    if any(find_pattern(p, words) for p in rule.unless):
        return False
    if len(spots) == 1:
        return True
    return _near(spots, rule.within, rule.ordered)


def _near(spots: list[list[tuple[int, int]]], within: int, ordered: bool) -> bool:
    def reach(i: int, low: int, high: int, after: int) -> bool:
        if i == len(spots):
            return True
        for start, end in spots[i]:
            if ordered and start <= after:
                continue
            if max(high, end) - min(low, start) <= within and reach(i + 1, min(low, start), max(high, end), end):
                return True
        return False

    return any(reach(1, start, end, end) for start, end in spots[0])


def find_emergency(analysis: Analysis, emergencies: Emergencies) -> Alarm | None:
    """The alarm of the first rule that fires, or None. Rules stand in the order of their urgency."""
    words = [_keys(t) for t in analysis.tokens]
    if not words:
        return None
    for rule in emergencies.rules:
        if _fires(rule, words):
            return Alarm(rule.topic, rule.situation, rule.id, rule.lang)
    return None
