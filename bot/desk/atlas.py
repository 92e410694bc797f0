"""The map of the knowledge: every topic with its sides, languages, test questions and the day of its review."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from bot.content.loading import Case, Content
from bot.content.models import Aspect
from bot.desk.coverage import ASKED, GROUPS_GERMAN, Cell, age_class, cell_of
from bot.model import OUTSIDE, TALK_GROUP

SOON = timedelta(90)
"""A review within this time is soon."""
FEW_TESTS = 3
"""A topic with fewer test questions is not guarded."""


@dataclass(frozen=True, slots=True)
class Field:
    """One side of a topic on the map.

    look    `fresh`, `aged`, `old`, `law` by the oldest source, `asks`, `points`, `missing` or `none`
    words   the same as a sentence
    tested  whether a stored question must reach this side
    """

    look: str
    words: str
    tested: bool


@dataclass(frozen=True, slots=True)
class TopicRow:
    """A topic on the map.

    languages  in which its answer exists
    tests      how many stored questions it must answer
    review     `overdue`, `soon` or `later`
    """

    topic: str
    title: str
    fields: Mapping[Aspect, Field]
    languages: tuple[str, ...]
    tests: int
    review_by: date
    review: str


@dataclass(frozen=True, slots=True)
class GroupRows:
    """The topics of a group, and how many of their sides look how."""

    title: str
    rows: tuple[TopicRow, ...]
    looks: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Atlas:
    """The whole map, with its sums."""

    groups: tuple[GroupRows, ...]
    looks: Mapping[str, int]
    topics: int
    tests: int
    untested: int
    overdue: int


LOOKS = {
    "fresh": "Antwort mit Quelle von diesem oder vom letzten Jahr",
    "aged": "Quelle höchstens drei Jahre alt",
    "old": "Quelle älter als drei Jahre",
    "law": "Quelle ohne Datum, etwa ein Gesetz",
    "asks": "nennt nur die Stelle",
    "points": "ein anderes Thema antwortet",
    "missing": "Eltern fragen danach, wir sagen nichts",
    "none": "danach fragt kaum jemand",
}


def _look(cell: Cell, today: date) -> str:
    if cell.state == "facts":
        return age_class(cell.oldest, today)
    if cell.state == "empty":
        return "missing" if cell.asked >= ASKED else "none"
    return cell.state


def _field(cell: Cell, today: date, titles: Mapping[str, str], *, tested: bool) -> Field:
    look = _look(cell, today)
    words = LOOKS[look]
    if cell.state == "facts":
        count = "1 Quelle" if cell.sources == 1 else f"{cell.sources} Quellen"
        words = f"{count}, die älteste von {cell.oldest[:4]}" if cell.oldest else f"{count} ohne Datum"
    elif cell.state == "points":
        words = f"steht bei „{titles.get(cell.to or '', cell.to or '')}“"
    return Field(look, words, tested)


def _review(day: date, today: date) -> str:
    return "overdue" if day < today else "soon" if day <= today + SOON else "later"


def atlas(content: Content, cases: Iterable[Case], sides: Collection[tuple[str, str]], today: date) -> Atlas:
    """The map on that day; topics of the conversation itself and what is not ours are left out.

    sides  the (topic, side) pairs that a stored question must reach
    """
    tests = Counter(case.topic for case in cases if not case.known_failure)
    tests.update(topic for topic, _ in sides)
    titles = {topic: entry.title for topic, entry in content.entries.items()}
    grouped: dict[str, list[TopicRow]] = {}
    for topic, info in content.topics.items():
        entry = content.entries.get(topic)
        if entry is None or info.group == TALK_GROUP or topic == OUTSIDE:
            continue
        fields = {
            a: _field(cell_of(entry, a, content), today, titles, tested=(topic, a.value) in sides) for a in Aspect
        }
        review = _review(entry.review_by, today)
        languages = content.city.languages[:1]  # answers are written in the first language; `sprache` names the others
        row = TopicRow(topic, entry.title, fields, languages, tests[topic], entry.review_by, review)
        grouped.setdefault(info.group, []).append(row)
    names = content.texts.groups
    groups = []
    for group, rows in grouped.items():
        rows.sort(key=lambda row: row.title.casefold())
        looks = Counter(f.look for row in rows for f in row.fields.values())
        title = names.get(group) or GROUPS_GERMAN.get(group, group)
        groups.append(GroupRows(title, tuple(rows), {look: looks[look] for look in LOOKS}))
    every = [row for group in groups for row in group.rows]
    return Atlas(
        tuple(groups),
        {look: sum(group.looks[look] for group in groups) for look in LOOKS},
        len(every),
        sum(row.tests for row in every),
        sum(row.tests < FEW_TESTS for row in every),
        sum(row.review == "overdue" for row in every),
    )
