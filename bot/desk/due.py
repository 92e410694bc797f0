"""What ends when: facts, tables and offers by their last day, topics by the day of their next review."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby

from rich.console import Console

from bot.content.loading import Content
from bot.content.models import FactKind
from bot.content.problems import Spot
from bot.content.rendering import fact_ids, fact_value, german_date
from bot.content.tables import amounts, fact_id
from bot.content.timetable import facts_of

FACT = "Tatsache"
TABLE = "Tabelle"
OFFER = "Angebot"
REVIEW = "Prüfung"
NOWHERE = Spot("", 0)


@dataclass(frozen=True, slots=True, order=True)
class Due:
    """One thing that ends or is to be checked on a day.

    sort    one of the four words above
    words   what it is, with its value
    topics  where it is shown
    """

    day: date
    sort: str
    id: str
    words: str
    topics: tuple[str, ...] = ()
    spot: Spot = field(default=NOWHERE)


def uses(content: Content) -> Mapping[str, tuple[str, ...]]:
    """The topics on which each fact is shown or computed with."""
    found: dict[str, dict[str, None]] = defaultdict(dict)

    def add(topic: str, *names: str) -> None:
        for name in names:
            found[name].setdefault(topic)

    for topic, entry in content.entries.items():
        add(topic, *entry.facts, *fact_ids(entry.short))
        for side in entry.aspects.values():
            steps = (part for step in side.steps for part in (step.text, step.deadline or ""))
            texts = " ".join((side.text or "", *side.list, *steps, side.notice or ""))
            add(topic, *side.facts, *fact_ids(texts), *((side.counts,) if side.counts else ()))
        for situation in entry.situations:
            add(topic, *situation.facts, *fact_ids(situation.text))
        for line in (content.lines[name] for name in entry.lines if name in content.lines):
            add(topic, *line.facts)
    for table in content.tables.values():
        add(table.topic, *table.facts, *map(fact_id, amounts(table)))
    for step in content.timetable.steps if content.timetable else ():
        add(step.topic, *facts_of(step))
    return {name: tuple(topics) for name, topics in found.items()}


def _all(content: Content, spots: Mapping[str, Spot]) -> Iterator[Due]:
    shown = uses(content)
    for fact in content.facts.values():
        if fact.valid_until is not None and fact.kind is not FactKind.HISTORICAL:
            words = f"{fact.text}: {fact_value(fact, bare=False)}" if fact.value else fact.text
            spot = spots.get(f"fact:{fact.id}", NOWHERE)
            yield Due(fact.valid_until, FACT, fact.id, words, shown.get(fact.id, ()), spot)
    for table in content.tables.values():
        if table.valid_until is not None:
            spot = spots.get(f"table:{table.id}", NOWHERE)
            yield Due(table.valid_until, TABLE, table.id, table.title, (table.topic,), spot)
    for offer in content.offers.values():
        if offer.valid_until is not None and not offer.historical:
            yield Due(offer.valid_until, OFFER, offer.id, offer.name, (), spots.get(f"offer:{offer.id}", NOWHERE))
    for entry in content.entries.values():
        spot = spots.get(f"entry:{entry.topic}:review_by", NOWHERE)
        yield Due(entry.review_by, REVIEW, entry.topic, entry.title, (entry.topic,), spot)


def due(content: Content, spots: Mapping[str, Spot], today: date, days: int | None = None) -> tuple[Due, ...]:
    """What ends within so many days from today on, and what is past; by day. None: all that ends ever."""
    last = date.max if days is None else today + timedelta(days)
    return tuple(sorted(item for item in _all(content, spots) if item.day <= last))


def _distance(day: date, today: date) -> str:
    days = (day - today).days
    if days == 0:
        return "heute"
    number = f"{abs(days)} Tag{'en' if abs(days) != 1 else ''}"
    return f"seit {number} vorbei" if days < 0 else f"in {number}"


def describe(items: tuple[Due, ...], today: date, console: Console) -> None:
    """The list as an editor reads it: one heading a day, what ends together stands together."""
    for day, group in groupby(items, key=lambda item: item.day):
        together = tuple(group)
        counts = {sort: sum(item.sort == sort for item in together) for sort in (FACT, TABLE, OFFER, REVIEW)}
        plural = {FACT: "Tatsachen", TABLE: "Tabellen", OFFER: "Angebote", REVIEW: "Prüfungen"}
        named = ", ".join(f"{n} {plural[sort] if n > 1 else sort}" for sort, n in counts.items() if n)
        style = "bold red" if day < today else "bold"
        heading = f"{german_date(day.isoformat())} ({_distance(day, today)}): {named}"
        console.print(heading, style=style, soft_wrap=True, markup=False)
        for item in together:
            where = f"  [{', '.join(item.topics)}]" if item.topics and item.sort != REVIEW else ""
            text = f"  {item.sort:<8}  {item.id}: {item.words}{where}"
            console.print(text, soft_wrap=True, markup=False)
    if not items:
        console.print("Nichts fällig.")


def as_data(items: tuple[Due, ...]) -> list[dict[str, object]]:
    """The list for programs."""
    return [
        {
            "day": item.day.isoformat(),
            "sort": item.sort,
            "id": item.id,
            "words": item.words,
            "topics": list(item.topics),
            "file": item.spot.file,
            "line": item.spot.line,
        }
        for item in items
    ]
