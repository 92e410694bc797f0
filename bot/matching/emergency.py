"""The safety rules, before all else; then a learned second net that may add an alarm and never removes one.

A rule is found in the words as typed, as repaired and in their base form, with and without umlauts. Its patterns are
sequences of elements in this order, up to `GAP` other words between two of them:

    word        this word in any of its known forms        word*      every word that begins so
    a|b         one of several                              <class>    one of the words of a class
    +word       directly behind the element before it      a b / c      one of several patterns
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from bot.language.text import fold
from bot.model import Analysis, Token

GAP = 3
"""Words that may stand between two elements of a pattern."""
WITHIN = 14
"""Words between the first and the last pattern of a rule that says nothing else."""


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

    number  of its set of words in `Emergencies`
    """

    number: int
    adjacent: bool


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
    """An emergency: what it is about, and the id of the rule, `None` when the second net raised it."""

    topic: str
    situation: str
    rule: str | None
    lang: str = "de"


def key_of(word: str) -> str:
    """The form under which words of rules and of messages are compared."""
    return fold(word.lower())


@dataclass(slots=True)
class RuleCompiler:
    """Numbers the sets of words while rules are compiled."""

    numbers: dict[tuple[frozenset[str], frozenset[str]], int] = field(default_factory=dict)

    def _words(self, option: str, classes: Mapping[str, Iterable[str]]) -> Iterator[str]:
        if option.startswith("<") and option.endswith(">"):
            for word in classes[option[1:-1]]:
                yield from self._words(word, classes)
        else:
            yield option

    def _element(self, text: str, classes: Mapping[str, Iterable[str]]) -> Element:
        options = [w for o in text.removeprefix("+").split("|") for w in self._words(o, classes)]
        keys = frozenset(key_of(w) for w in options if not w.endswith("*"))
        prefixes = frozenset(key_of(w[:-1]) for w in options if w.endswith("*"))
        number = self.numbers.setdefault((keys, prefixes), len(self.numbers))
        return Element(number, text.startswith("+"))

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
        needs = frozenset(e.number for alternatives in patterns if len(alternatives) == 1 for e in alternatives[0])
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


def find_pattern(pattern: Pattern, words: list[frozenset[int]]) -> list[tuple[int, int]]:
    """Where the pattern stands: (first, last) position of each occurrence by its first word."""
    found: list[tuple[int, int]] = []
    for start, numbers in enumerate(words):
        if pattern[0].number not in numbers:
            continue
        last = start
        for element in pattern[1:]:
            reach = 1 if element.adjacent else GAP + 1
            nxt = next(
                (i for i in range(last + 1, min(len(words), last + reach + 1)) if element.number in words[i]), None
            )
            if nxt is None:
                break
            last = nxt
        else:
            found.append((start, last))
    return found


def _fires(rule: Rule, words: list[frozenset[int]], present: frozenset[int]) -> bool:
    if not rule.needs <= present:
        return False
    spots: list[list[tuple[int, int]]] = []
    for alternatives in rule.all:
        found = [spot for pattern in alternatives for spot in find_pattern(pattern, words)]
        if not found:
            return False
        spots.append(found)
    if len(spots) > 1 and not _near(spots, rule.within, rule.ordered):
        return False
    return not any(all(e.number in present for e in p) and find_pattern(p, words) for p in rule.unless)


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
    alarms = tuple(
        Alarm(r.topic, r.situation, r.id, r.lang) for r in emergencies.rules if _fires(r, words, present)
    )
    silent = not alarms and any(
        all(e.number in present for e in p) and find_pattern(p, words) for p in emergencies.silent
    )
    return Finding(alarms, silent)


TOPIC_LEAD = 0.5
"""Lead, raw, with which the ranking says which emergency it is against all rules that fired."""


def choose_alarm(alarms: tuple[Alarm, ...], scores: Mapping[str, float]) -> Alarm:
    """The alarm that is answered: the rules say that it is an emergency, the ranking which one of those they name.

    alarms  at least one, most urgent first
    scores  raw score of every emergency topic; empty when nothing is ranked
    """
    first = max(alarms, key=lambda alarm: scores.get(alarm.topic, 0.0))  # the first of the best
    best = max(scores, key=lambda topic: scores[topic], default=first.topic)
    if scores.get(best, 0.0) - scores.get(first.topic, 0.0) >= TOPIC_LEAD:
        return Alarm(best, "", first.rule, first.lang)
    return first
