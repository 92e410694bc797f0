"""The safety rules, before all else; then a learned second net that may add an alarm and never removes one.

A rule is found in the words as typed, as repaired and in their base form, with and without umlauts. Its patterns are
sequences of elements in this order, up to `GAP` other words between two of them:

    word        this word in any of its known forms        word*      every word that begins so
    a|b         one of several                              <class>    one of the words of a class
    +word       directly behind the element before it      a b / c      one of several patterns

Messages are split at hyphens. A word with one, „e-mail“, is found as its parts one behind the other; in a class it
counts as one word, „email“, and by its last part, „mail“. A picture is no word: it is never found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from bot.language.text import fold
from bot.model import Analysis, Token

GAP = 3
"""Words that may stand between two elements of a pattern."""
WITHIN = 14
"""Words between the first and the last pattern of a rule that says nothing else."""


_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
"""A word as `language.analysis` reads it: what stands between two of them is never part of a token."""


class EmergencyRuleText(Protocol):
    """A rule as editors write it."""

    @property
    def id(self) -> str: ...
    @property
    def topic(self) -> str: ...
    @property
    def situation(self) -> str: ...
    @property
    def all(self) -> tuple[str, ...]: ...
    @property
    def unless(self) -> tuple[str, ...]: ...
    @property
    def within(self) -> int | None: ...
    @property
    def ordered(self) -> bool: ...
    @property
    def lang(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Element:
    """Words one of which must be there; `adjacent` when no word may stand before it.

    number     of its set of words in `Emergencies`
    sequences  words with a hyphen that are as good: for each the numbers of its parts, found one behind the other
    """

    number: int
    adjacent: bool
    sequences: tuple[tuple[int, ...], ...] = ()


Pattern = tuple[Element, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A compiled rule; see `EmergencyRule` for what its fields mean.

    all    for each thing that must be found, the patterns one of which is enough
    needs  the numbers of all sets of words without which it cannot fire
    """

    id: str
    topic: str
    situation: str
    all: tuple[tuple[Pattern, ...], ...]
    unless: tuple[Pattern, ...]
    within: int
    ordered: bool
    lang: str
    needs: frozenset[int]


@dataclass(frozen=True, slots=True)
class Emergencies:
    """The compiled rules in the order of their files.

    silent     settings in which the learned net is not believed without a rule: books, courses, animals, devices
    words      key of a word → numbers of the sets that it belongs to
    beginnings the first letters of words, longest first, with the numbers of their sets
    """

    rules: tuple[Rule, ...]
    silent: tuple[Pattern, ...]
    words: Mapping[str, tuple[int, ...]]
    beginnings: tuple[tuple[str, tuple[int, ...]], ...]
    any_beginning: tuple[str, ...]
    kept: dict[str, frozenset[int]] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Alarm:
    """An emergency: what it is about, and the id of the rule, `None` when the second net raised it.

    situation  None when only the topic is known: the entry's general situation is answered
    """

    topic: str
    situation: str | None
    rule: str | None
    lang: str = "de"


def key_of(word: str) -> str:
    """The form under which words of rules and of messages are compared."""
    return fold(word.lower())


def _is_class(option: str) -> bool:
    return option.startswith("<") and option.endswith(">")


def _parts(word: str) -> tuple[str, ...]:
    """The words that a message is split into where it says this; the last one keeps its `*`. Empty for a picture."""
    parts = _WORD.findall(word)
    if parts and word.endswith("*"):
        parts[-1] += "*"
    return tuple(parts)


@dataclass(slots=True)
class RuleCompiler:
    """Numbers the sets of words while rules are compiled."""

    numbers: dict[tuple[frozenset[str], frozenset[str]], int] = field(default_factory=dict)

    def _words(self, name: str, classes: Mapping[str, Iterable[str]]) -> Iterator[str]:
        """The words of a class and of the classes in it; one with a hyphen joined, and its last part."""
        for word in classes[name]:
            if _is_class(word):
                yield from self._words(word[1:-1], classes)
            elif parts := _parts(word):
                yield from dict.fromkeys(("".join(parts), parts[-1]))

    def _number(self, options: Iterable[str]) -> int:
        words = tuple(options)
        keys = frozenset(key_of(w) for w in words if not w.endswith("*"))
        prefixes = frozenset(key_of(w[:-1]) for w in words if w.endswith("*"))
        return self.numbers.setdefault((keys, prefixes), len(self.numbers))

    def _element(self, text: str, classes: Mapping[str, Iterable[str]]) -> Element:
        single: list[str] = []
        sequences: list[tuple[int, ...]] = []
        for option in text.removeprefix("+").split("|"):
            if _is_class(option):
                single += self._words(option[1:-1], classes)
                continue
            parts = _parts(option)
            if len(parts) > 1:
                sequences.append(tuple(self._number((part,)) for part in parts))
            else:
                single += parts
        return Element(self._number(single), text.startswith("+"), tuple(sequences))

    def pattern(self, text: str, classes: Mapping[str, Iterable[str]]) -> Pattern:
        """The elements of a pattern.

        raises  KeyError when a class is unknown
        """
        return tuple(self._element(word, classes) for word in text.split())

    def rule(self, rule: EmergencyRuleText, classes: Mapping[str, Iterable[str]]) -> Rule:
        """The compiled rule.

        raises  KeyError when a class is unknown
        """
        patterns = tuple(tuple(self.pattern(p, classes) for p in text.split(" / ")) for text in rule.all)
        unless = tuple(self.pattern(p, classes) for text in rule.unless for p in text.split(" / "))
        sole = (alternatives[0] for alternatives in patterns if len(alternatives) == 1)
        needs = frozenset(e.number for pattern in sole for e in pattern if not e.sequences)
        within = WITHIN if rule.within is None else rule.within
        return Rule(
            rule.id, rule.topic, rule.situation, patterns, unless, within, rule.ordered, rule.lang or "de", needs
        )

    def finish(self, rules: Iterable[Rule], silent: Iterable[Pattern]) -> Emergencies:
        """All rules with the index of their words."""
        words: dict[str, list[int]] = {}
        beginnings: dict[str, list[int]] = {}
        for (keys, prefixes), number in self.numbers.items():
            for key in keys:
                words.setdefault(key, []).append(number)
            for prefix in prefixes:
                beginnings.setdefault(prefix, []).append(number)
        ordered = sorted(beginnings.items(), key=lambda item: (-len(item[0]), item[0]))
        return Emergencies(
            tuple(rules),
            tuple(silent),
            {k: tuple(v) for k, v in words.items()},
            tuple((k, tuple(v)) for k, v in ordered),
            tuple(k for k, _ in ordered),
        )


def rule_words(patterns: Iterable[str], classes: Mapping[str, Iterable[str]]) -> frozenset[str]:
    """All whole words of the patterns and classes: they join the vocabulary, so that typos in them are mended."""
    words = [w for names in classes.values() for w in names]
    words += [w.removeprefix("+") for p in patterns for e in p.replace(" / ", " ").split() for w in e.split("|")]
    return frozenset(w for w in words if not w.startswith("<") and not w.endswith("*"))


def _numbers(token: Token, emergencies: Emergencies) -> frozenset[int]:
    """The sets of words that a token belongs to, as typed, repaired, in its base form and by its last part.

    Kept for words of our own tables only.
    """
    name = f"{token.text} {token.lemma}"
    kept = emergencies.kept.get(name)
    if kept is not None:
        return kept
    found: set[int] = set()
    for form in {token.text, token.word, token.lemma, *token.parts[-1:]}:
        key = key_of(form)
        found.update(emergencies.words.get(key, ()))
        if key.startswith(emergencies.any_beginning):
            for beginning, numbers in emergencies.beginnings:
                if key.startswith(beginning):
                    found.update(numbers)
    result = frozenset(found)
    if token.listed:
        emergencies.kept[name] = result
    return result


def _ends(element: Element, start: int, words: list[frozenset[int]]) -> Iterator[int]:
    """The last positions of the element where its first word stands at `start`."""
    if element.number in words[start]:
        yield start
    for sequence in element.sequences:
        if start + len(sequence) <= len(words) and all(n in words[start + i] for i, n in enumerate(sequence)):
            yield start + len(sequence) - 1


def find_pattern(pattern: Pattern, words: list[frozenset[int]]) -> list[tuple[int, int]]:
    """Where the pattern stands: for each position of its first word the (first, last) of its shortest occurrence.

    Every way to go on is followed, but each position once only: no message makes it slow.
    """
    found: list[tuple[int, int]] = []
    if not pattern:  # nothing between two slashes
        return found
    first, *others = pattern
    for start, numbers in enumerate(words):
        if first.number not in numbers and not first.sequences:
            continue
        lasts = set(_ends(first, start, words))
        for element in others:
            reach = 1 if element.adjacent else GAP + 1
            ahead = {i for last in lasts for i in range(last + 1, min(len(words), last + reach + 1))}
            lasts = {end for i in ahead for end in _ends(element, i, words)}
            if not lasts:
                break
        if lasts:
            found.append((start, min(lasts)))
    return found


def _may_stand(pattern: Pattern, present: frozenset[int]) -> bool:
    """Whether the words of every element are there at all."""
    return all(e.number in present or e.sequences for e in pattern)


def _fires(rule: Rule, words: list[frozenset[int]], present: frozenset[int]) -> bool:
    if not rule.needs <= present:
        return False
    spots: list[list[tuple[int, int]]] = []
    for alternatives in rule.all:
        found = [spot for p in alternatives if _may_stand(p, present) for spot in find_pattern(p, words)]
        if not found:
            return False
        spots.append(found)
    if len(spots) > 1 and not _near(spots, rule.within, rule.ordered):
        return False
    return not any(_may_stand(p, present) and find_pattern(p, words) for p in rule.unless)


def _near(spots: list[list[tuple[int, int]]], within: int, ordered: bool) -> bool:
    def reach(i: int, low: int, high: int, after: int, taken: frozenset[int]) -> bool:
        if i == len(spots):
            return True
        for start, end in spots[i]:
            if start in taken or (ordered and start <= after):  # one word is not two
                continue
            if max(high, end) - min(low, start) <= within and reach(
                i + 1, min(low, start), max(high, end), end, taken | {start}
            ):
                return True
        return False

    return any(reach(1, start, end, end, frozenset({start})) for start, end in spots[0])


@dataclass(frozen=True, slots=True)
class Finding:
    """What the rules say: the alarms of all that fire, most urgent first; and whether the setting is a harmless one."""

    alarms: tuple[Alarm, ...]
    harmless_setting: bool


def find_emergency(analysis: Analysis, emergencies: Emergencies) -> Finding:
    """The alarms of the rules that fire. Rules stand in the order of their urgency."""
    words = [_numbers(t, emergencies) for t in analysis.tokens]
    present = frozenset().union(*words) if words else frozenset()
    alarms = tuple(Alarm(r.topic, r.situation, r.id, r.lang) for r in emergencies.rules if _fires(r, words, present))
    silent = not alarms and any(_may_stand(p, present) and find_pattern(p, words) for p in emergencies.silent)
    return Finding(alarms, silent)


TOPIC_LEAD = 0.5
"""Lead, raw, with which the ranking says which emergency it is against all rules that fired."""


def choose_alarm(alarms: tuple[Alarm, ...], scores: Mapping[str, float]) -> Alarm:
    """The alarm that is answered: the rules say that it is an emergency, the ranking which one of those they name.

    Where the ranking leads to a topic that no rule named, the situation is None: the ranking knows topics only.

    alarms  at least one, most urgent first
    scores  raw score of every emergency topic; empty when nothing is ranked
    """
    first = max(alarms, key=lambda alarm: scores.get(alarm.topic, 0.0))  # the first of the best
    best = max(scores, key=lambda topic: scores[topic], default=first.topic)
    if scores.get(best, 0.0) - scores.get(first.topic, 0.0) >= TOPIC_LEAD:
        return Alarm(best, None, first.rule, first.lang)
    return first
