"""Collects the parts of one answer while it is composed: blocks, links, sources, quick replies."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from bot.content.loading import Content
from bot.content.models import Entry
from bot.content.numbers import written_numbers
from bot.content.rendering import ExpiredFactError, fact_ids, is_off_air, render_text
from bot.content.tracing import traces_to
from bot.model import EMERGENCY_GROUP, Block, Link, Source, Suggestion

MAX_SUGGESTIONS = 5


class Page:
    """Collects the parts of one answer while it is composed."""

    def __init__(self, content: Content, today: date, off: frozenset[str]) -> None:
        self.content, self.today, self.off = content, today, off
        self.blocks: list[Block] = []
        self.links: dict[str, Link] = {}
        self.sources: dict[tuple[str, str | None], Source] = {}
        self.suggestions: dict[str, Suggestion] = {}
        self.checking: set[str] = set()

    def is_forever(self, entry: Entry | None) -> bool:
        """Whether the facts of this entry never leave the air."""
        return entry is not None and self.content.topics[entry.topic].group == EMERGENCY_GROUP

    def cite(self, ids: Iterable[str], *, forever: bool = False) -> None:
        """Adds the sources of these facts; one that is no longer valid is no source, unless it holds `forever`."""
        for name in ids:
            fact = self.content.facts.get(name)
            if fact is None or (not forever and is_off_air(fact, self.content, self.today)):
                continue
            source = Source(fact.source.label, fact.source.url, fact.source_date, fact.checked.isoformat())
            self.sources.setdefault((source.label, source.url), source)

    def link(self, label: str, url: str) -> None:
        self.links.setdefault(url, Link(label, url))

    def suggest(self, label: str, message: str) -> None:
        if len(self.suggestions) < MAX_SUGGESTIONS:
            self.suggestions.setdefault(message, Suggestion(label, message))

    def suggest_topic(self, topic: str) -> bool:
        """Offers a topic unless it is switched off or left out; returns whether it is a new quick reply."""
        entry = self.content.entries.get(topic)
        if entry is None or is_off(topic, self):
            return False
        before = len(self.suggestions)
        self.suggest(entry.title, entry.title)
        return len(self.suggestions) > before

    def text(self, text: str, entry: Entry | None, *, forever: bool = False, facts: Iterable[str] = ()) -> str:
        """The text with its references; a value that ended gives way to whom to ask, unless it holds `forever`.

        facts  those that it rests on besides: a number in words may be one of theirs
        """
        forever = forever or self.is_forever(entry)
        try:
            if not forever and self._rests_on_ended(text, tuple(facts)):
                return self.ask_there(entry)
            rendered = render_text(text, self.content, self.today, forever=forever)
        except ExpiredFactError:
            return self.ask_there(entry)
        self.cite(fact_ids(text), forever=forever)
        return rendered

    def _rests_on_ended(self, text: str, names: tuple[str, ...]) -> bool:
        """Whether no fact that the text rests on holds any more, or a number in it is of one that does not."""
        facts = [self.content.facts[name] for name in names if name in self.content.facts]
        ended = [fact for fact in facts if is_off_air(fact, self.content, self.today)]
        if len(ended) == len(facts):
            return bool(facts)
        if not ended:
            return False
        living = [fact for fact in facts if fact not in ended]
        return any(
            any(traces_to(number, fact) for fact in ended) and not any(traces_to(number, fact) for fact in living)
            for number in written_numbers(text)
        )

    def ask_there(self, entry: Entry | None) -> str:
        """That a figure is being checked, and the office to ask: that of the entry, else the city's."""
        office = self.content.places.get(entry.office if entry else self.content.city.default_contact)
        name = ", ".join(p for p in (office.name, office.phone) if p) if office else self.content.city.name
        sentence = self.content.texts.expired.format(office=name)
        self.checking.add(sentence)
        return sentence

    def add(self, kind: str, topic: str | None, aspect: str | None, text: str, /, **data: object) -> None:
        if text in self.checking and any(block.text == text for block in self.blocks):
            return  # that a figure is being checked is said once
        self.blocks.append(Block(kind, topic, aspect, text, {k: v for k, v in data.items() if v not in (None, (), [])}))

    def contact(self, place_id: str, topic: str | None, aspect: str | None) -> None:
        place = self.content.places.get(place_id)
        if place is None or any(b.type == "contact" and b.data.get("name") == place.name for b in self.blocks):
            return
        parts = [place.name, place.phone, place.address, place.hours, None if place.phone else place.url]
        self.add(
            "contact", topic, aspect, ", ".join(p for p in parts if p), name=place.name, phone=place.phone,
            email=place.email, address=place.address, hours=place.hours, url=place.url,
        )  # fmt: skip
        source = Source(place.source.label, place.source.url, place.source_date, place.checked.isoformat())
        self.sources.setdefault((source.label, source.url), source)


def is_off(topic: str, page: Page) -> bool:
    """Whether the topic is switched off, or has no entry."""
    entry = page.content.entries.get(topic)
    return topic in page.off or entry is None or entry.off
