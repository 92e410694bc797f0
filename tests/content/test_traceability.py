"""Every number that parents read comes from a fact: by reference, or written out beside a fact of that value and unit.

What is neither stands with its reason in `untraced.yaml`: numbers that are part of a name, and words that only look so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from bot.content.documents import read_document
from bot.content.loading import Content, load
from bot.content.models import REFERENCE, AspectText
from bot.content.numbers import Written, written_numbers
from bot.content.rendering import fact_ids
from bot.content.tables import amounts, fact_id
from bot.content.timetable import facts_of
from bot.content.tracing import traces_to
from bot.settings import ROOT

UNTRACED = Path(__file__).parent / "untraced.yaml"


@dataclass(frozen=True, slots=True)
class Passage:
    """A text that parents read, and the facts that it names."""

    where: str
    text: str
    facts: tuple[str, ...]


@cache
def content() -> Content:
    found = load(ROOT / "knowledge", ROOT / "intents").content
    assert found is not None
    return found


def aspect_texts(text: AspectText) -> tuple[str, ...]:
    steps = [part for step in text.steps for part in (step.text, step.deadline)]
    return tuple(part for part in (text.text, *text.list, *steps, text.notice) if part)


def entry_passages(content: Content) -> Iterator[Passage]:
    for topic, entry in content.entries.items():
        facts = (*entry.facts, *fact_ids(entry.short))
        yield from (
            Passage(f"{topic}.{key}", text, facts) for key, text in (("title", entry.title), ("short", entry.short))
        )
        if entry.off_text:
            yield Passage(f"{topic}.off", entry.off_text, facts)
        for aspect, side in entry.aspects.items():
            texts = aspect_texts(side)
            named = (*side.facts, *fact_ids(" ".join(texts)))
            yield from (Passage(f"{topic}.{aspect.value}", text, named) for text in texts)
        for situation in entry.situations:
            named = (*situation.facts, *fact_ids(situation.text))
            texts = tuple(text for text in (situation.text, situation.door) if text)
            yield from (Passage(f"{topic}.{situation.id}", text, named) for text in texts)


def strings(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Every string in nested data with its path."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from strings(item, f"{path}.{key}")
    elif isinstance(value, list | tuple):
        for item in value:
            yield from strings(item, path)


def passages(content: Content) -> Iterator[Passage]:
    """All that parents read, but for the records of places and offers: each of these has its own source."""
    yield from entry_passages(content)
    for matter, neighbour in content.neighbours.items():
        named = (*neighbour.facts, *fact_ids(neighbour.text or ""))
        yield from (Passage(f"neighbours.{matter}", text, named) for text in (neighbour.title, neighbour.text) if text)
    for name, line in content.lines.items():
        named = (*line.facts, *fact_ids(f"{line.phone} {line.note}"))
        yield from (Passage(f"lines.{name}", text, named) for text in (line.purpose, line.note) if text)
    for table in content.tables.values():
        used = (*table.facts, *(fact_id(r) for r in amounts(table)), *fact_ids(f"{table.how} {table.note}"))
        labels = (share.label for share in table.shares)
        yield from (Passage(f"tables.{table.id}", t, used) for t in (table.title, table.how, table.note, *labels) if t)
    for kind in content.kinds.values():
        named = (kind.total,) if kind.total else ()
        yield from (Passage(f"kinds.{kind.id}", text, named) for text in (kind.title, kind.one, kind.none))
    if content.timetable:
        for step in content.timetable.steps:
            read = (step.title, step.text, step.rule, step.late)
            yield from (Passage(f"timetable.{step.id}", text, facts_of(step)) for text in read if text)
        texts_of_it = content.timetable.texts
        shown = strings(texts_of_it.model_dump(mode="json") if texts_of_it else {}, "timetable.texts")
        yield from (Passage(path, text, ()) for path, text in shown)
    texts = content.texts.model_dump(mode="json")
    texts.pop("other_language")  # the numbers of emergencies, in words that this test cannot read
    yield from (Passage(path, text, ()) for path, text in strings(texts, "texts"))


def untraced(passage: Passage, content: Content) -> Iterator[Written]:
    """The numbers of a text for which none of its facts stands."""
    facts = [content.facts[name] for name in passage.facts if name in content.facts]
    for written in written_numbers(passage.text):
        if not any(traces_to(written, fact) for fact in facts):
            yield written


def allowed() -> dict[tuple[str, str], str]:
    """Where a number may stand untraced, and why: (place, words around it) → reason."""
    document = read_document(UNTRACED, UNTRACED.parent, [])
    assert document is not None
    return {(row["in"], row["words"]): row["because"] for row in document.data["untraced"]}


def is_allowed(passage: Passage, written: Written, rule: tuple[str, str]) -> bool:
    place, words = rule
    around = " ".join(REFERENCE.sub("", passage.text).split())
    return place in ("everywhere", passage.where) and words in around and written.text in words


def all_untraced() -> list[tuple[Passage, Written]]:
    return [(p, w) for p in passages(content()) for w in untraced(p, content())]


def test_every_number_traces_to_a_fact() -> None:
    rules = allowed()
    found = [
        f"{p.where}: „{w.text}“ in „{' '.join(p.text.split())}“"
        for p, w in all_untraced()
        if not any(is_allowed(p, w, rule) for rule in rules)
    ]
    assert found == []


def test_every_exception_is_needed_and_has_its_reason() -> None:
    found = all_untraced()
    idle = [rule for rule in allowed() if not any(is_allowed(p, w, rule) for p, w in found)]
    assert idle == []
    assert [rule for rule, reason in allowed().items() if len(reason) < 20] == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Es gibt 259 Euro.", [("259", 259, "EUR")]),
        ("Es gibt {{fact:bund.kg-hoehe-2026}}.", []),
        ("Die letzten beiden Kita-Jahre", [("beiden", 2, "years")]),
        ("bis zum dritten Geburtstag", [("dritten", 3, "years")]),
        ("zweimal am Tag eine halbe Stunde", [("zweimal", 2, None), ("halbe", Fraction(1, 2), "hours")]),
        ("ein zweijähriges Kind", [("zweijähriges", 2, "years")]),
        ("Die Hälfte", [("Hälfte", Fraction(1, 2), None)]),
        ("§ 24 Abs. 2 SGB VIII, U3 und U9", []),
        ("noch einmal, beides, Achten Sie darauf, Doppelname", []),
    ],
)
def test_what_is_a_number(text: str, found: list[tuple[str, int | Fraction, str | None]]) -> None:
    assert [(w.text, w.value, w.unit) for w in written_numbers(text)] == found


def test_a_month_is_one_too() -> None:
    assert [w.month for w in written_numbers("im August und im Mai, nicht im maiglöckchen")] == [8, 5]


@pytest.mark.parametrize(
    ("text", "value", "unit", "traced"),
    [
        ("sechs Monate vorher", "6", "months", True),
        ("sechs Wochen vorher", "6", "months", False),
        ("sieben Monate vorher", "6", "months", False),
        ("20 Euro", "20", "EUR/month", True),
        ("ab August", "08-01", "day_of_year", True),
        ("ab August", "2026-07-31", "date", False),
        ("die Hälfte", "50", "percent", True),
        ("die Konferenz 2012", "2012-09-11", "date", True),
        ("vier Plätze", "4", "count", True),
    ],
)
def test_a_fact_stands_for_its_value_and_unit_alone(text: str, value: str, unit: str, traced: bool) -> None:
    some = next(iter(content().facts.values()))
    fact = some.model_copy(update={"text": "Eine Tatsache", "value": value, "unit": unit})
    (written,) = written_numbers(text)
    assert traces_to(written, fact) is traced
