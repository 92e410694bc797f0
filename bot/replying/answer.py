"""A decision to blocks, links, sources and suggestions. No thresholds, no HTML."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from itertools import chain

from bot.content.loading import Content
from bot.content.models import Aspect, AspectText, EmergencyLine, Entry, Situation
from bot.content.rendering import ExpiredFactError, fact_ids, is_expired, render_text
from bot.model import EMERGENCY_GROUP, OUTSIDE, Answer, Block, Decision, Kind, Link, Question, Source, Suggestion
from bot.replying.conversation import remember

MAX_SUGGESTIONS = 5
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class _Page:
    """Collects the parts of one answer while it is composed."""

    def __init__(self, content: Content, today: date, off: frozenset[str]) -> None:
        self.content, self.today, self.off = content, today, off
        self.blocks: list[Block] = []
        self.links: dict[str, Link] = {}
        self.sources: dict[tuple[str, str | None], Source] = {}
        self.suggestions: dict[str, Suggestion] = {}

    def is_forever(self, entry: Entry | None) -> bool:
        """Whether the facts of this entry never leave the air."""
        return entry is not None and self.content.topics[entry.topic].group == EMERGENCY_GROUP

    def cite(self, ids: Iterable[str], *, forever: bool = False) -> None:
        """Adds the sources of these facts; one that is no longer valid is no source, unless it holds `forever`."""
        for name in ids:
            fact = self.content.facts.get(name)
            if fact is None or (not forever and is_expired(fact, self.today)):
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
        if entry is None or _is_off(topic, self):
            return False
        before = len(self.suggestions)
        self.suggest(entry.title, entry.title)
        return len(self.suggestions) > before

    def text(self, text: str, entry: Entry | None, *, forever: bool = False) -> str:
        """The text with its references; a value that ended gives way to whom to ask, unless it holds `forever`."""
        forever = forever or self.is_forever(entry)
        try:
            rendered = render_text(text, self.content, self.today, forever=forever)
        except ExpiredFactError:
            office = self.content.places.get(entry.office if entry else self.content.city.default_contact)
            name = ", ".join(p for p in (office.name, office.phone) if p) if office else self.content.city.name
            return self.content.texts.expired.format(office=name)
        self.cite(fact_ids(text), forever=forever)
        return rendered

    def add(self, kind: str, topic: str | None, aspect: str | None, text: str, **data: object) -> None:
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


def _is_off(topic: str, page: _Page) -> bool:
    entry = page.content.entries.get(topic)
    return topic in page.off or entry is None or entry.off


def _add_aspect(page: _Page, entry: Entry, aspect: Aspect, text: AspectText) -> None:
    topic = entry.topic
    if text.text:
        page.add("text", topic, aspect.value, page.text(text.text, entry))
    if text.list:
        items = [page.text(item, entry) for item in text.list]
        page.add("list", topic, aspect.value, "\n".join(f"- {item}" for item in items), items=items)
    if text.steps:
        steps: list[dict[str, object]] = []
        for step in text.steps:
            row: dict[str, object] = {"text": page.text(step.text, entry)}
            if step.deadline:
                row["deadline"] = page.text(step.deadline, entry)
            if step.link:
                row["link"] = {"label": step.link.label, "url": step.link.url}
                page.link(step.link.label, step.link.url)
            steps.append(row)
        page.add(
            "steps", topic, aspect.value, "\n".join(f"{i}. {s['text']}" for i, s in enumerate(steps, 1)), items=steps
        )
    if text.notice:
        page.add("notice", topic, aspect.value, page.text(text.notice, entry), level="info")
    page.cite(text.facts, forever=page.is_forever(entry))
    if text.contact:
        page.contact(text.contact, topic, aspect.value)


def add_entry(page: _Page, topic: str, aspect: str, *, short_first: bool = False) -> str:
    """Adds the answer to a topic, the side asked for first; returns the side that was answered.

    short_first  the side is a guess: the short answer stands before it
    """
    entry = page.content.entries[topic]
    asked = entry.aspects.get(Aspect(aspect))
    answered = aspect
    if asked is None or asked.see is not None or aspect == Aspect.OVERVIEW:
        answered = Aspect.OVERVIEW.value
        page.add("text", topic, answered, page.text(entry.short, entry))
        page.cite(entry.facts, forever=page.is_forever(entry))
        if asked is not None and asked.see is not None:
            page.suggest_topic(asked.see)
    else:
        if short_first:
            page.add("text", topic, Aspect.OVERVIEW.value, page.text(entry.short, entry))
            page.cite(entry.facts, forever=page.is_forever(entry))
        _add_aspect(page, entry, Aspect(aspect), asked)
    if page.content.topics[topic].group != "gespraech" or topic == "mensch-sprechen":
        page.contact(entry.office, topic, answered)
    for link in entry.links:
        page.link(link.label, link.url)
    return answered


def add_details(page: _Page, topic: str, now: datetime) -> None:
    """Adds every side of a topic, emergency lines first: the whole entry, for its page and `/api/v1/topics/{id}`."""
    entry = page.content.entries[topic]
    if page.content.topics[topic].group == EMERGENCY_GROUP:
        ids = dict.fromkeys((*entry.lines, *(line for s in entry.situations for line in s.lines)))
        add_lines(page, ids, now, topic)
    page.add("text", topic, Aspect.OVERVIEW.value, page.text(entry.short, entry))
    page.cite(entry.facts, forever=page.is_forever(entry))
    for aspect in Aspect:
        text = entry.aspects.get(aspect)
        if text is not None and text.see is None:
            _add_aspect(page, entry, aspect, text)
    page.contact(entry.office, topic, Aspect.CONTACT.value)
    for link in entry.links:
        page.link(link.label, link.url)


def _suggest_sides(page: _Page, topic: str, answered: str) -> None:
    entry = page.content.entries[topic]
    for aspect, text in entry.aspects.items():
        if aspect.value == answered or aspect is Aspect.OVERVIEW or len(page.suggestions) >= 3:
            continue
        if text.see is not None:
            page.suggest_topic(text.see)
            continue
        label = page.content.texts.aspects.get(aspect, aspect.value)
        page.suggest(label, side_message(entry.title, label))
    for related in entry.related:
        page.suggest_topic(related)


def side_message(title: str, label: str) -> str:
    """What a quick reply for one side of a topic sends: it is understood with and without a state."""
    return f"{title}: {label}"


def is_open(line: EmergencyLine, now: datetime) -> bool | None:
    """Whether somebody answers there now; None when its hours are not known."""
    if line.always_open:
        return True
    if not line.hours:
        return None
    day, clock = _DAYS[now.weekday()], now.strftime("%H:%M")
    return any(day in h.days and h.opens <= clock < h.closes for h in line.hours)


def _add_line(page: _Page, line: EmergencyLine, topic: str, entry: Entry | None) -> None:
    # a line is one of emergencies whatever topic it stands under: its facts never leave the air
    phone = page.text(line.phone, entry, forever=True) if line.phone else None
    note = page.text(line.note, entry, forever=True) if line.note else None
    text = ": ".join(p for p in (line.purpose, (phone and f"{phone} ({line.name})") or line.name) if p)
    page.add(
        "contact", topic, "contact", f"{text}. {note}." if note else f"{text}.", name=line.name, phone=phone,
        purpose=line.purpose, hours=note, url=line.url, languages=list(line.languages),
    )  # fmt: skip
    page.cite(line.facts, forever=True)


LAST_RESORT = (
    ("Notruf Rettungsdienst und Feuerwehr", "112", "Bei Lebensgefahr"),
    ("Notruf Polizei", "110", "Bei Gefahr durch einen Menschen"),
)
"""What is said in an emergency when no other line is open or known: as in the facts bund.tel-112 and bund.tel-110."""


def add_lines(page: _Page, ids: Iterable[str], now: datetime, topic: str) -> None:
    """Adds the lines: those open now first, those whose hours nobody knows next, closed ones last."""
    entry = page.content.entries.get(topic)
    found = [page.content.lines[i] for i in ids if i in page.content.lines]
    rank = {True: 0, None: 1, False: 2}
    ordered = sorted(found, key=lambda line: rank[is_open(line, now)])
    for line in ordered:
        _add_line(page, line, topic, entry)
    if not any(is_open(line, now) for line in found):
        for name, phone, purpose in LAST_RESORT:
            page.add(
                "contact", topic, "contact", f"{purpose}: {phone} ({name}).", name=name, phone=phone, purpose=purpose
            )


DEFAULT_SITUATIONS = ("allgemein", "verdacht", "akut", "suizid")
"""What is assumed when no rule says which situation it is: the first of these that the entry knows."""


def _situation(entry: Entry | None, wanted: str | None) -> Situation | None:
    if entry is None or not entry.situations:
        return None
    by_id = {s.id: s for s in entry.situations}
    known = (by_id[name] for name in (wanted, *DEFAULT_SITUATIONS) if name in by_id)
    return next(known, entry.situations[0])


def _emergency(page: _Page, decision: Decision, now: datetime) -> None:
    topic = decision.topics[0]
    entry = page.content.entries.get(topic)
    situation = _situation(entry, decision.situation)
    other = page.content.texts.other_language.get(decision.lang)
    if other:
        page.add("notice", topic, "contact", other, level="danger", lang=decision.lang)
    if situation is None:
        add_lines(page, ("notruf-112", "notruf-110"), now, topic)
        page.add("text", topic, "overview", page.content.texts.no_situation)
        return
    add_lines(page, situation.lines, now, topic)
    page.add("text", topic, "overview", page.text(situation.text, entry))
    page.cite(situation.facts, forever=True)
    side = Aspect(decision.aspects[0])
    asked = entry.aspects.get(side) if entry is not None else None
    if entry is not None and asked is not None and asked.see is None and side is not Aspect.OVERVIEW:
        _add_aspect(page, entry, side, asked)
    elif situation.door:
        page.add("text", topic, "overview", situation.door)
    if entry is not None:
        for aspect in (Aspect.CONTACT, Aspect.PLACE, Aspect.PROCEDURE):
            if aspect in entry.aspects:
                label = page.content.texts.aspects.get(aspect, aspect.value)
                page.suggest(label, side_message(entry.title, label))


def _outside(page: _Page, matter: str | None) -> None:
    texts = page.content.texts
    neighbour = page.content.neighbours.get(matter or "")
    entry = page.content.entries.get(OUTSIDE)
    if neighbour is not None and neighbour.text:
        page.add("text", OUTSIDE, "overview", page.text(neighbour.text, entry))
        page.cite(neighbour.facts)
    elif entry is not None:
        page.add("text", OUTSIDE, "overview", page.text(entry.short, entry))
        page.cite(entry.facts)
    else:
        page.add("text", OUTSIDE, "overview", texts.outside)
    for link in neighbour.links if neighbour else ():
        page.link(link.label, link.url)
    page.contact((neighbour.contact if neighbour else None) or page.content.city.default_contact, OUTSIDE, "contact")
    for related in chain(neighbour.related if neighbour else (), page.content.city.greeting_topics):
        page.suggest_topic(related)


def _fallback(page: _Page, decision: Decision) -> None:
    texts = page.content.texts
    page.add("text", None, None, texts.fallback)
    page.contact(page.content.city.default_contact, None, "contact")
    near = [c.topic for c in decision.candidates if c.topic != OUTSIDE and not _is_off(c.topic, page)][:2]
    for topic in (*near, *page.content.city.greeting_topics):
        if len(page.suggestions) < 3:
            page.suggest_topic(topic)


def _clarify(page: _Page, decision: Decision) -> tuple[str, ...]:
    """Adds the question back; returns the choices that are shown, in their order.

    Where none is left to choose from, what we say when we do not know stands instead.
    """
    shown = tuple(choice.topic for choice in decision.choices if page.suggest_topic(choice.topic))
    if shown:
        page.add("text", None, None, page.content.texts.clarify)
    else:
        _fallback(page, decision)
    return shown


def _help_line(page: _Page) -> None:
    line = page.content.lines.get("notruf-112")
    number = page.text(line.phone, None, forever=True) if line and line.phone else "112"
    page.add("notice", None, None, page.content.texts.help_line.format(line=number), level="help")


def compose(
    decision: Decision,
    question: Question,
    content: Content,
    off: frozenset[str] = frozenset(),
    *,
    all_off: bool = False,
) -> Answer:
    """The reply to a decision: what was asked for first, then the office, links, sources and quick replies.

    off      topics that are switched off: the default contact answers for them; emergencies cannot be switched off
    all_off  the whole service is switched off: the default contact and the emergency lines
    """
    page = _Page(content, question.today, off)
    topic: str | None = None
    aspect: str | None = None
    pending: tuple[str, ...] = ()
    if decision.help_line:
        _help_line(page)
    other = content.texts.other_language.get(decision.lang)
    if other and decision.kind is not Kind.EMERGENCY:
        page.add("notice", None, None, other, level="help", lang=decision.lang)
    if decision.kind is Kind.EMERGENCY:
        topic, aspect = decision.topics[0], "overview"
        _emergency(page, decision, question.now)
    elif all_off:
        page.add("text", None, None, content.texts.all_off)
        page.contact(content.city.default_contact, None, "contact")
        add_lines(page, ("notruf-112", "notruf-110"), question.now, OUTSIDE)
    elif decision.kind is Kind.CLARIFY:
        pending = _clarify(page, decision)
    elif decision.kind is Kind.FALLBACK:
        _fallback(page, decision)
    elif decision.topics[0] == OUTSIDE:
        topic, aspect = OUTSIDE, "overview"
        _outside(page, decision.entities.matter)
    else:
        if len(decision.topics) > 1:
            page.add("text", None, None, content.texts.two_questions)
        answered = []
        for name, side in zip(decision.topics, decision.aspects, strict=True):
            if _is_off(name, page):
                entry = content.entries.get(name)
                page.add("text", name, side, (entry.off_text if entry else None) or content.texts.topic_off)
                page.contact(content.city.default_contact, name, side)
                answered.append("overview")
            else:
                answered.append(add_entry(page, name, side, short_first=decision.short_first))
        topic, aspect = decision.topics[-1], answered[-1]
        if not _is_off(topic, page):
            _suggest_sides(page, topic, aspect)
    named = {c.topic for c in decision.candidates} | {c.topic for c in decision.choices}
    remembered = topic if topic != OUTSIDE else None
    return Answer(
        decision=decision,
        blocks=tuple(page.blocks),
        links=tuple(page.links.values()),
        sources=tuple(page.sources.values()),
        suggestions=tuple(page.suggestions.values()),
        titles={
            t: content.entries[t].title if t in content.entries else content.topics[t].description
            for t in sorted(named)
            if t in content.topics
        },
        conversation=remember(question.conversation, remembered, aspect, decision.entities, pending),
    )


def topic_page(topic: str, content: Content, question: Question) -> Answer:
    """The whole entry of a topic; of the question only the time counts.

    raises  KeyError when there is no such entry
    """
    page = _Page(content, question.today, frozenset())
    add_details(page, topic, question.now)
    decision = Decision(Kind.ANSWER, (topic,), ("overview",))
    return Answer(
        decision,
        tuple(page.blocks),
        tuple(page.links.values()),
        tuple(page.sources.values()),
        (),
        {},
        question.conversation,
    )
