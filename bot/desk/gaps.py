"""Where the coverage of wording is thin: what to write next, as data and in words for editors.

What is said of confusions and emergencies is held out: a model that was fitted without the utterance reads it. It is
harder than what parents ask, since no utterance says what another says already; what counts is the order. The model
is a light one, without pieces of words (`held_out`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import simplemma
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.compiling import read
from bot.content.checks import UTTERANCES_MIN, UTTERANCES_MIN_PER_ASPECT
from bot.content.likeness import similarity, trigrams
from bot.content.loading import Content
from bot.content.models import Aspect
from bot.desk.figures import Share, to_json
from bot.desk.held_out import FOLDS, hold_out
from bot.desk.utterances import training_rows
from bot.language.analysis import split_compound
from bot.language.lexicon import general_words
from bot.matching.confidence import calibrate
from bot.matching.decision import second_net
from bot.matching.emergency import find_emergency
from bot.matching.ranking import MATTER, Ranking, rank
from bot.matching.training import Example, HeldOut
from bot.model import OUTSIDE, Analysis
from bot.pipeline import Bot

LEANS_FROM = 0.2
"""Share of a topic's utterances from which on they lean on a word."""
OWN = 0.7
"""Share of a word's utterances from which on it belongs to one topic."""
TIMES = 3
"""Utterances from which on it is no accident that a word is in them."""
REPEATS_FROM = 0.55
"""Trigram similarity from which on an utterance without a word of its own only repeats another."""
FEWEST = 10
LISTED = 15
"""Rows of each table on the command line; one topic is shown whole, and `--json` has everything."""
EXAMPLES = 3

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Slip:
    """Held-out utterances that go to another topic or matter, with some of them."""

    to: str
    share: Share
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reach:
    """How many of its held-out utterances find a topic, or are known to be no topic of ours; where the others go."""

    topic: str
    right: Share
    slips: tuple[Slip, ...]


@dataclass(frozen=True, slots=True)
class Leaning:
    """A word that a topic's utterances lean on and hardly another topic has; how many are found with it and without.

    found    of the utterances that have the word; `without` of the others
    """

    topic: str
    word: str
    used: Share
    found: Share
    without: Share


@dataclass(frozen=True, slots=True)
class UnknownWord:
    """A word that neither a German word list nor our knowledge has: a slip of the pen, or one for the lexicon."""

    word: str
    times: int
    topics: tuple[str, ...]
    utterance: str


@dataclass(frozen=True, slots=True)
class ThinSide:
    """A side that an entry answers and that hardly an utterance asks for."""

    topic: str
    aspect: str
    utterances: int


@dataclass(frozen=True, slots=True)
class Repeat:
    """An utterance that adds nothing: all its words stand in another one of the same topic or matter."""

    topic: str
    utterance: str
    of: str
    similarity: float


@dataclass(frozen=True, slots=True)
class Alarms:
    """Held-out utterances of an emergency: found by a rule or the second net, or at least with a line of help."""

    topic: str
    rule: Share
    found: Share
    safe: Share
    missed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FalseAlarms:
    """Harmless texts, of the look-alikes or of ordinary utterances, that raise an alarm or a line of help."""

    name: str
    rule: Share
    alarms: Share
    help_lines: Share
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AlarmWord:
    """An everyday word that only emergencies have: a harmless sentence with it would be a look-alike."""

    word: str
    times: int
    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gaps:
    """What to write next, each list with what is most urgent first.

    utterances  how many there are, by topic and matter
    reach       empty where there are too few utterances to hold some out, as are `leaning` and `alarms` then
    """

    utterances: dict[str, int]
    reach: tuple[Reach, ...]
    leaning: tuple[Leaning, ...]
    sides: tuple[ThinSide, ...]
    repeats: tuple[Repeat, ...]
    unknown: tuple[UnknownWord, ...]
    alarms: tuple[Alarms, ...]
    false_alarms: tuple[FalseAlarms, ...]
    alarm_words: tuple[AlarmWord, ...]


def _silent(step: str) -> None:
    """No progress shown."""


def _is_right(label: str, found: str) -> bool:
    """Whether the topic is found, or for a matter that it is not ours."""
    return found == label or (label.startswith(MATTER) and found.startswith(MATTER))


def find_reach(examples: Sequence[Example], found: Sequence[str]) -> tuple[Reach, ...]:
    """For every topic and matter where its utterances go, those that go astray most first.

    found  the class that was found for each example
    """
    of = Counter(e.label for e in examples)
    astray: dict[str, dict[str, list[str]]] = {label: {} for label in of}
    for example, to in zip(examples, found, strict=True):
        if not _is_right(example.label, to):
            astray[example.label].setdefault(to, []).append(example.text)
    rows = [
        Reach(
            label,
            Share(n - sum(map(len, astray[label].values())), n),
            tuple(
                Slip(to, Share(len(texts), n), tuple(texts))
                for to, texts in sorted(astray[label].items(), key=lambda item: (-len(item[1]), item[0]))
            ),
        )
        for label, n in of.items()
    ]
    return tuple(sorted(rows, key=lambda r: (r.right.value, r.topic)))


def _words(analysis: Analysis) -> frozenset[str]:
    """The base forms of the words and of the parts of compounds."""
    return frozenset(w for t in analysis.tokens for w in (t.lemma, *t.parts))


def find_leaning(
    examples: Sequence[Example], words: Sequence[frozenset[str]], found: Sequence[str]
) -> tuple[Leaning, ...]:
    """The words that topics lean on, those first without which most utterances are lost."""
    of = Counter(e.label for e in examples)
    uses: dict[str, Counter[str]] = {}
    hits: Counter[tuple[str, str]] = Counter()
    right: Counter[str] = Counter()
    for example, has, to in zip(examples, words, found, strict=True):
        good = _is_right(example.label, to)
        right[example.label] += good
        for word in has:
            uses.setdefault(word, Counter())[example.label] += 1
            hits[example.label, word] += good
    rows = []
    for word, labels in uses.items():
        label, n = min(labels.items(), key=lambda item: (-item[1], item[0]))
        used = Share(n, of[label])
        if not label.startswith(MATTER) and n >= max(TIMES, OWN * labels.total()) and used.value >= LEANS_FROM:
            with_it = Share(hits[label, word], n)
            rows.append(Leaning(label, word, used, with_it, Share(right[label] - with_it.hits, of[label] - n)))
    return tuple(sorted(rows, key=lambda r: (r.without.value, r.topic, -r.used.hits, r.word)))


def find_thin_sides(content: Content) -> tuple[ThinSide, ...]:
    """The sides that entries answer themselves and fewer than three utterances ask for, the fewest first."""
    rows = []
    for topic, entry in content.entries.items():
        intent = content.intents.get(topic)
        for aspect, text in entry.aspects.items():
            asked = len(intent.utterances.get(aspect, ())) if intent else 0
            if text.see is None and asked < UTTERANCES_MIN_PER_ASPECT and topic != OUTSIDE:
                rows.append(ThinSide(topic, aspect.value, asked))
    return tuple(sorted(rows, key=lambda r: (r.utterances, r.topic, r.aspect)))


def find_repeats(examples: Sequence[Example], words: Sequence[frozenset[str]]) -> tuple[Repeat, ...]:
    """The utterances without a word of their own that are near to another one, the nearest first."""
    groups: dict[str, list[tuple[str, frozenset[str]]]] = {}
    for example, has in zip(examples, words, strict=True):
        groups.setdefault(example.label, []).append((example.text, has))
    rows = []
    for label, texts in groups.items():
        for (a, of_a), (b, of_b) in combinations(texts, 2):
            if not (of_a <= of_b or of_b <= of_a):
                continue
            near = similarity(trigrams(a), trigrams(b))
            if near >= REPEATS_FROM:
                less, more = (b, a) if of_b <= of_a else (a, b)
                rows.append(Repeat(label, less, more, round(near, 3)))
    return tuple(sorted(rows, key=lambda r: (-r.similarity, r.topic, r.utterance)))


def find_unknown_words(examples: Sequence[Example], bot: Bot) -> tuple[UnknownWord, ...]:
    """The words of the German utterances that no table knows, the most frequent first."""
    tables = bot.language.tables
    written = bot.content.model_dump_json(exclude={"intents", "neighbour_intents", "harmless"})
    known = {*general_words(), *re.findall(r"[^\W\d_]+", written.lower()), *tables.abbreviations}
    atoms = {word: lemma for word, lemma in tables.atoms.items() if word in known}

    def is_known(word: str) -> bool:
        if len(word) < 3 or not word.isalpha() or word in known:
            return True
        return any(simplemma.is_known(w, "de") for w in (word, word.capitalize())) or bool(split_compound(word, atoms))

    found: dict[str, list[Example]] = {}
    for example in examples:
        if example.analysis.lang == "de":
            for word in dict.fromkeys(t.text for t in example.analysis.tokens):
                found.setdefault(word, []).append(example)
    rows = [
        UnknownWord(word, len(used), tuple(dict.fromkeys(e.label for e in used)), _some([e.text for e in used], 1))
        for word, used in found.items()
        if not is_known(word)
    ]
    return tuple(sorted(rows, key=lambda r: (-r.times, r.word)))


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What rules and second net say to a text."""

    text: str
    label: str
    rule: bool
    alarm: bool
    help_line: bool


def _judge(text: str, label: str, analysis: Analysis, ranking: Ranking, bot: Bot) -> _Verdict:
    """The verdict at the present thresholds, by the scores of this ranking."""
    finding = find_emergency(analysis, bot.emergencies)
    candidates = calibrate(ranking, bot.intents, bot.calibration)
    best = tuple(sorted(candidates.best, key=lambda c: -c.score))  # their confidences are not held out
    after = second_net(replace(candidates, best=best), bot.groups, bot.costs, harmless_setting=finding.harmless_setting)
    rule = bool(finding.alarms)
    return _Verdict(text, label, rule, rule or after.sure_emergency, after.help_line)


def _judge_all(
    examples: Sequence[Example], harmless: Sequence[Analysis], held_out: HeldOut, bot: Bot
) -> list[_Verdict]:
    """The verdicts on all utterances that were ranked, then on the look-alikes, with an empty label."""
    columns = [held_out.classes.index(name) for name in bot.intents.classes]
    verdicts = []
    for i, example in enumerate(examples):
        ranking = rank(example.analysis, bot.intents)
        scores, emergency = held_out.topics[i][columns], float(held_out.emergency[i])
        ranking = replace(ranking, scores=scores, emergency=emergency, foreign=0.0)
        verdicts.append(_judge(example.text, example.label, example.analysis, ranking, bot))
    for i, analysis in enumerate(harmless, len(examples)):  # no topic is fitted on them: only the net is held out
        ranking = replace(rank(analysis, bot.intents), emergency=float(held_out.emergency[i]))
        verdicts.append(_judge(analysis.text, "", analysis, ranking, bot))
    return verdicts


def _alarms(verdicts: Sequence[_Verdict], alarming: Iterable[str]) -> Iterator[Alarms]:
    for topic in sorted(alarming):
        found = [v for v in verdicts if v.label == topic]
        n = len(found)
        if n:
            yield Alarms(
                topic,
                Share(sum(v.rule for v in found), n),
                Share(sum(v.alarm for v in found), n),
                Share(sum(v.alarm or v.help_line for v in found), n),
                tuple(v.text for v in found if not v.alarm and not v.help_line),
            )


def _false_alarms(name: str, verdicts: Sequence[_Verdict]) -> FalseAlarms:
    n = len(verdicts)
    return FalseAlarms(
        name,
        Share(sum(v.rule for v in verdicts), n),
        Share(sum(v.alarm for v in verdicts), n),
        Share(sum(v.help_line and not v.alarm for v in verdicts), n),
        tuple(v.text for v in verdicts if v.alarm),
    )


def find_alarm_words(
    examples: Sequence[Example],
    words: Sequence[frozenset[str]],
    harmless: Sequence[Analysis],
    alarming: frozenset[str],
) -> tuple[AlarmWord, ...]:
    """The everyday words that several emergencies' utterances have, and no other utterance or look-alike."""
    calm = frozenset().union(
        *(_words(a) for a in harmless),
        *(has for e, has in zip(examples, words, strict=True) if e.label not in alarming),
    )
    everyday = frozenset(general_words())
    times: dict[str, Counter[str]] = {}
    for example, has in zip(examples, words, strict=True):
        if example.label in alarming:
            for word in has & everyday - calm:
                times.setdefault(word, Counter())[example.label] += 1
    rows = [AlarmWord(w, t.total(), tuple(sorted(t))) for w, t in times.items() if t.total() >= TIMES]
    return tuple(sorted(rows, key=lambda r: (-r.times, r.word)))


def _can_hold_out(of: Counter[str], alarming: Iterable[str]) -> bool:
    """Whether every fold leaves utterances to learn from: of two topics, and of emergencies."""
    return sum(n >= FOLDS for n in of.values()) > 1 and sum(of[topic] for topic in alarming) >= FOLDS


def find_gaps(bot: Bot, progress: Progress = _silent) -> Gaps:
    """All gaps; the cross-validation takes half a minute.

    progress  called with the name of each step
    """
    content = bot.content
    progress("Beispielfragen lesen")
    examples = [Example(u, read(u, bot.language), label, a) for u, label, a in training_rows(content)]
    harmless = [read(u, bot.language) for u in content.harmless]
    words = [_words(e.analysis) for e in examples]
    of = Counter(e.label for e in examples)
    reach: tuple[Reach, ...] = ()
    leaning: tuple[Leaning, ...] = ()
    alarms: tuple[Alarms, ...] = ()
    false_alarms: tuple[FalseAlarms, ...] = ()
    if _can_hold_out(of, bot.intents.alarms):
        held_out = hold_out(examples, harmless, bot.intents.alarms, progress)
        found = [held_out.classes[i] for i in held_out.topics.argmax(axis=1).tolist()]
        reach, leaning = find_reach(examples, found), find_leaning(examples, words, found)
        progress("Notlagen")
        verdicts = _judge_all(examples, harmless, held_out, bot)
        alarms = tuple(_alarms(verdicts, bot.intents.alarms))
        false_alarms = (
            _false_alarms("look-alikes", [v for v in verdicts if not v.label]),
            _false_alarms("ordinary", [v for v in verdicts if v.label and v.label not in bot.intents.alarms]),
        )
    progress("Wiederholungen")
    repeats = find_repeats(examples, words)
    progress("Wörter")
    return Gaps(
        dict(sorted(of.items(), key=lambda item: (item[1], item[0]))),
        reach,
        leaning,
        find_thin_sides(content),
        repeats,
        find_unknown_words(examples, bot),
        alarms,
        false_alarms,
        find_alarm_words(examples, words, harmless, bot.intents.alarms),
    )


def of_topic(gaps: Gaps, topic: str) -> Gaps:
    """What concerns one topic: its own gaps, and the utterances of others that go to it."""
    reach = [
        row if row.topic == topic else replace(row, slips=tuple(s for s in row.slips if s.to == topic))
        for row in gaps.reach
    ]
    return Gaps(
        {label: n for label, n in gaps.utterances.items() if label == topic},
        tuple(row for row in reach if row.topic == topic or row.slips),
        tuple(row for row in gaps.leaning if row.topic == topic),
        tuple(row for row in gaps.sides if row.topic == topic),
        tuple(row for row in gaps.repeats if row.topic == topic),
        tuple(row for row in gaps.unknown if topic in row.topics),
        tuple(row for row in gaps.alarms if row.topic == topic),
        (),
        tuple(row for row in gaps.alarm_words if topic in row.topics),
    )


def as_data(gaps: Gaps) -> Any:
    """The gaps as plain lists and dictionaries, ready for JSON; shares with their intervals."""
    return to_json(gaps)


# in words

_NUMBERS = frozenset(
    (
        *("Fragen", "richtig", "Anteil", "steht in", "gefunden", "gefunden mit", "gefunden ohne"),
        *("durch eine Regel", "oder mit Hinweis", "Notfall", "nur Hinweis"),
    )
)
"""Columns that are set to the right."""


@dataclass(frozen=True, slots=True)
class _Section:
    """A table, and what to do about it."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    advice: str


def _name(label: str, content: Content) -> str:
    """The topic's id, which is the name of its file too; a matter of another office by its title."""
    if not label.startswith(MATTER):
        return label
    matter = label.removeprefix(MATTER)
    neighbour = content.neighbours.get(matter)
    return f"andere Stelle: {neighbour.title if neighbour else matter}"


def _percent(share: Share) -> str:
    return f"{100 * share.value:.0f} %" if share.of else "–"


def _of(share: Share) -> str:
    return f"{share.hits} von {share.of} ({_percent(share)})"


def _some(texts: Sequence[str], count: int) -> str:
    """The shortest of the texts, one in each line: they say most at a glance."""
    return "\n".join(sorted(texts, key=lambda text: (len(text), text))[:count])


def _reach_section(title: str, rows: Iterable[Reach], content: Content) -> _Section:
    return _Section(
        title,
        ("Thema", "Fragen", "richtig", "die anderen"),
        tuple(
            (
                _name(row.topic, content),
                str(row.right.of),
                _percent(row.right),
                ", ".join(f"{_name(s.to, content)} {_percent(s.share)}" for s in row.slips[:EXAMPLES]),
            )
            for row in rows
        ),
        "Schreiben Sie Fragen, die das eine vom anderen unterscheiden.",
    )


def _pair_section(title: str, rows: Iterable[Reach], content: Content) -> _Section:
    pairs = [(row.topic, slip) for row in rows for slip in row.slips]
    pairs.sort(key=lambda pair: (-pair[1].share.value, pair[0], pair[1].to))
    return _Section(
        title,
        ("Thema", "landet bei", "Anteil", "etwa"),
        tuple(
            (_name(topic, content), _name(slip.to, content), _of(slip.share), _some(slip.examples, EXAMPLES))
            for topic, slip in pairs
        ),
        "Lesen Sie beide Dateien: Gehört die Frage dorthin, oder fehlen hier die Worte?",
    )


def _wording_sections(gaps: Gaps, content: Content) -> Iterator[_Section]:
    yield _Section(
        "Worte, an denen ein Thema hängt",
        ("Thema", "Wort", "steht in", "gefunden mit", "gefunden ohne"),
        tuple((r.topic, r.word, _of(r.used), _percent(r.found), _percent(r.without)) for r in gaps.leaning),
        "Schreiben Sie Fragen von Eltern, die dieses Wort nicht kennen.",
    )
    names = content.texts.aspects
    yield _Section(
        "Seiten mit Antwort, nach denen kaum eine Frage fragt",
        ("Thema", "Seite", "Fragen"),
        tuple((r.topic, f"{names.get(Aspect(r.aspect), '')} ({r.aspect})", str(r.utterances)) for r in gaps.sides),
        f"Jede Seite braucht mindestens {UTTERANCES_MIN_PER_ASPECT} Fragen.",
    )
    few = [(label, str(n)) for label, n in gaps.utterances.items() if not label.startswith(MATTER)]
    yield _Section(
        "Themen mit den wenigsten Fragen",
        ("Thema", "Fragen"),
        tuple(few[:FEWEST]),
        f"Mindestens {UTTERANCES_MIN}; was oft gefragt wird, braucht mehr.",
    )
    yield _Section(
        "Fragen, die nur wiederholen",
        ("Thema", "Frage", "sagt nichts anderes als"),
        tuple((_name(r.topic, content), r.utterance, r.of) for r in gaps.repeats),
        "Fragen Sie anders, oder streichen Sie eine.",
    )
    yield _Section(
        "Wörter, die keine Tabelle kennt",
        ("Wort", "Fragen", "Thema", "etwa"),
        tuple(
            (r.word, str(r.times), ", ".join(_name(t, content) for t in r.topics[:EXAMPLES]), r.utterance)
            for r in gaps.unknown
        ),
        "Ein Tippfehler? Sonst gehört es mit seinen Geschwistern nach intents/lexicon/.",
    )


def _alarm_sections(gaps: Gaps) -> Iterator[_Section]:
    yield _Section(
        "Notlagen, ohne sich selbst gelernt",
        ("Thema", "durch eine Regel", "gefunden", "oder mit Hinweis", "übersehen"),
        tuple(
            (r.topic, _percent(r.rule), _of(r.found), _percent(r.safe), _some(r.missed, EXAMPLES)) for r in gaps.alarms
        ),
        "Übersehene brauchen eine Regel in knowledge/safety/ oder mehr Fragen wie diese.",
    )
    names = {"look-alikes": "ähnlich klingenden Sätzen", "ordinary": "gewöhnlichen Fragen"}
    yield _Section(
        "Fehlalarme",
        ("bei", "durch eine Regel", "Notfall", "nur Hinweis", "etwa"),
        tuple(
            (names[r.name], _percent(r.rule), _of(r.alarms), _of(r.help_lines), _some(r.examples, 2 * EXAMPLES))
            for r in gaps.false_alarms
        ),
        "Schreiben Sie ähnliche harmlose Sätze in intents/safety/.",
    )
    yield _Section(
        "Alltagswörter, die nur Notlagen haben",
        ("Wort", "Fragen", "Thema"),
        tuple((r.word, str(r.times), ", ".join(r.topics)) for r in gaps.alarm_words),
        "Schreiben Sie harmlose Sätze mit diesen Wörtern in intents/safety/.",
    )


def _sections(gaps: Gaps, content: Content, topic: str | None) -> Iterator[_Section]:
    if topic is not None:
        yield _reach_section("Was gefunden wird", [r for r in gaps.reach if r.topic == topic], content)
        yield _pair_section("Verwechslungen", gaps.reach, content)
    else:
        ours = [r for r in gaps.reach if not r.topic.startswith(MATTER)]
        others = [r for r in gaps.reach if r.topic.startswith(MATTER)]
        yield _reach_section("Themen, deren Fragen am öftesten woanders landen", ours, content)
        yield _pair_section("Verwechslungen", ours, content)
        yield _pair_section("Fremde Anliegen, die bei uns landen", others, content)
    yield from _wording_sections(gaps, content)
    yield from _alarm_sections(gaps)


def describe(gaps: Gaps, bot: Bot, console: Console, topic: str | None = None) -> None:
    """Prints the gaps in German, each table with what to do about it; what is empty is left out.

    topic  the one that they are of, shown whole; None: all, and of each table what is most urgent
    """
    what = "allen Themen und anderen Stellen" if topic is None else f"„{topic}“"
    console.print(f"{sum(gaps.utterances.values())} Beispielfragen zu {what}.", markup=False)
    if gaps.reach:
        console.print(
            "Die Gegenprobe liest jede Frage mit einem leichten Modell, das sie nicht gelernt hat. Es kennt nur ganze "
            "Wörter: Was zählt, ist die Reihenfolge, nicht die Zahl."
        )
    if not gaps.reach:
        console.print("Zu wenige Beispielfragen für eine Gegenprobe.")
    for section in _sections(gaps, bot.content, topic):
        shown = section.rows[:LISTED] if topic is None else section.rows
        if not shown:
            continue
        table = Table(title=section.title, title_justify="left", title_style="bold")
        for name in section.head:
            table.add_column(name, justify="right" if name in _NUMBERS else "left", overflow="fold")
        for row in shown:
            table.add_row(*map(escape, row))
        console.print()
        console.print(table)
        left = len(section.rows) - len(shown)
        more = f" Dies sind {len(shown)} von {len(section.rows)}, --json zeigt alle." if left else ""
        console.print(section.advice + more, markup=False)
