"""A decision to blocks, links, sources and suggestions. No thresholds, no HTML."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import chain

from bot.content.loading import Content
from bot.content.models import Aspect, AspectText, EmergencyLine, Entry, Situation
from bot.model import EMERGENCY_GROUP, OUTSIDE, Answer, Decision, Kind, Question
from bot.replying.conversation import remember
from bot.replying.offers import Listing, list_records
from bot.replying.page import Page, is_off
from bot.replying.results import SEARCHED, add_results, ask_detail, is_search, suggest_search
from bot.replying.tables import add_countdown, add_tables
from bot.replying.timetable import TOPIC as TIMETABLE
from bot.replying.timetable import add_dates, add_plan, add_question, asks_for_date

_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def _step_line(number: int, step: dict[str, object]) -> str:
    if "deadline" not in step:
        return f"{number}. {step['text']}"
    return f"{number}. {step['text']} ({str(step['deadline']).rstrip('.')}.)"


def _add_aspect(page: Page, entry: Entry, aspect: Aspect, text: AspectText) -> None:
    topic = entry.topic
    if text.text:
        page.add("text", topic, aspect.value, page.text(text.text, entry, facts=text.facts))
    if text.list:
        items: list[str] = []
        for item in text.list:
            words = page.text(item, entry, facts=text.facts)
            if words not in page.checking or words not in items:  # that a figure is being checked is said once
                items.append(words)
        if page.checking.issuperset(items):  # one sentence, and no list of it
            page.add("text", topic, aspect.value, items[0])
        else:
            page.add("list", topic, aspect.value, "\n".join(f"- {item}" for item in items), items=items)
    if text.steps:
        steps: list[dict[str, object]] = []
        for step in text.steps:
            row: dict[str, object] = {"text": page.text(step.text, entry, facts=text.facts)}
            if step.deadline:
                row["deadline"] = page.text(step.deadline, entry, facts=text.facts)
            if step.link:
                row["link"] = {"label": step.link.label, "url": step.link.url}
                page.link(step.link.label, step.link.url)
            steps.append(row)
        page.add("steps", topic, aspect.value, "\n".join(_step_line(i, s) for i, s in enumerate(steps, 1)), items=steps)
    if text.notice:
        page.add("notice", topic, aspect.value, page.text(text.notice, entry, facts=text.facts), level="info")
    add_countdown(page, entry, aspect)
    page.cite(text.facts, forever=page.is_forever(entry))
    if text.contact:
        page.contact(text.contact, topic, aspect.value)


def add_entry(page: Page, topic: str, aspect: str, *, short_first: bool = False) -> str:
    """Adds the answer to a topic, the side asked for first; returns the side that was answered.

    short_first  the side is a guess: the short answer stands before it
    """
    entry = page.content.entries[topic]
    asked = entry.aspects.get(Aspect(aspect))
    answered = aspect
    if asked is None or asked.see is not None or aspect == Aspect.OVERVIEW:
        answered = Aspect.OVERVIEW.value
        page.add("text", topic, answered, page.text(entry.short, entry, facts=entry.facts))
        page.cite(entry.facts, forever=page.is_forever(entry))
        if asked is not None and asked.see is not None:
            page.suggest_topic(asked.see)
    else:
        if short_first:
            page.add("text", topic, Aspect.OVERVIEW.value, page.text(entry.short, entry, facts=entry.facts))
            page.cite(entry.facts, forever=page.is_forever(entry))
        _add_aspect(page, entry, Aspect(aspect), asked)
    if page.content.topics[topic].group != "gespraech" or topic == "mensch-sprechen":
        page.contact(entry.office, topic, answered)
    for link in entry.links:
        page.link(link.label, link.url)
    return answered


def add_details(
    page: Page, topic: str, now: datetime, sides: Iterable[Aspect] = tuple(Aspect), *, borrow: bool = False
) -> None:
    """Adds these sides of a topic, emergency lines first: for its page, its leaflet and `/api/v1/topics/{id}`.

    borrow  a side that another topic owns is told by that one's short answer, in a block of that topic
    """
    entry = page.content.entries[topic]
    if page.content.topics[topic].group == EMERGENCY_GROUP:
        ids = dict.fromkeys((*entry.lines, *(line for s in entry.situations for line in s.lines)))
        add_lines(page, ids, now, topic)
    page.add("text", topic, Aspect.OVERVIEW.value, page.text(entry.short, entry, facts=entry.facts))
    page.cite(entry.facts, forever=page.is_forever(entry))
    for aspect in sides:
        text = entry.aspects.get(aspect)
        if text is not None and text.see is None:
            _add_aspect(page, entry, aspect, text)
        elif text is not None and text.see is not None and borrow and not is_off(text.see, page):
            owner = page.content.entries[text.see]
            page.add("text", owner.topic, aspect.value, page.text(owner.short, owner, facts=owner.facts))
            page.cite(owner.facts, forever=page.is_forever(owner))
    page.contact(entry.office, topic, Aspect.CONTACT.value)
    for link in entry.links:
        page.link(link.label, link.url)


def _suggest_sides(page: Page, topic: str, answered: str, *, searched: bool = False) -> None:
    entry = page.content.entries[topic]
    if not searched:
        suggest_search(page, entry)
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


def _add_line(page: Page, line: EmergencyLine, topic: str, entry: Entry | None) -> None:
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


def add_lines(page: Page, ids: Iterable[str], now: datetime, topic: str) -> None:
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


def _emergency(page: Page, decision: Decision, now: datetime) -> None:
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


def _outside(page: Page, matter: str | None) -> None:
    texts = page.content.texts
    neighbour = page.content.neighbours.get(matter or "")
    entry = page.content.entries.get(OUTSIDE)
    if neighbour is not None and neighbour.text:
        page.add("text", OUTSIDE, "overview", page.text(neighbour.text, entry, facts=neighbour.facts))
        page.cite(neighbour.facts)
    elif entry is not None:
        page.add("text", OUTSIDE, "overview", page.text(entry.short, entry, facts=entry.facts))
        page.cite(entry.facts)
    else:
        page.add("text", OUTSIDE, "overview", texts.outside)
    for link in neighbour.links if neighbour else ():
        page.link(link.label, link.url)
    page.contact((neighbour.contact if neighbour else None) or page.content.city.default_contact, OUTSIDE, "contact")
    for related in chain(neighbour.related if neighbour else (), page.content.city.greeting_topics):
        page.suggest_topic(related)


def _fallback(page: Page, decision: Decision) -> None:
    texts = page.content.texts
    page.add("text", None, None, texts.fallback)
    page.contact(page.content.city.default_contact, None, "contact")
    near = [c.topic for c in decision.candidates if c.topic != OUTSIDE and not is_off(c.topic, page)][:2]
    for topic in (*near, *page.content.city.greeting_topics):
        if len(page.suggestions) < 3:
            page.suggest_topic(topic)


def _clarify(page: Page, decision: Decision) -> tuple[str, ...]:
    """Adds the question back; returns the choices that are shown, in their order.

    Where none is left to choose from, what we say when we do not know stands instead.
    """
    shown = tuple(choice.topic for choice in decision.choices if page.suggest_topic(choice.topic))
    if shown:
        page.add("text", None, None, page.content.texts.clarify)
    else:
        _fallback(page, decision)
    return shown


def _offers(page: Page, decision: Decision, listing: Listing) -> None:
    """What was found for the first topic, the answer to a second one, and quick replies for the first."""
    add_results(page, decision, listing)
    for topic, aspect in zip(decision.topics[1:], decision.aspects[1:], strict=True):
        if not is_off(topic, page):
            add_entry(page, topic, aspect)
    _suggest_sides(page, decision.topics[0], "", searched=True)


def _help_line(page: Page) -> None:
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
    listing: Listing | None = None,
) -> Answer:
    """The reply to a decision: what was asked for first, then the office, links, sources and quick replies.

    off      topics that are switched off: the default contact answers for them; emergencies cannot be switched off
    all_off  the whole service is switched off: the default contact and the emergency lines
    listing  the content's places and offers; without it they are put together anew for a search
    """
    page = Page(content, question.today, off)
    topic: str | None = None
    aspect: str | None = None
    pending: tuple[str, ...] = ()
    searched = False
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
    elif asks_for_date(decision):
        topic, aspect, pending = TIMETABLE, Aspect.DEADLINE.value, (TIMETABLE,)
        add_question(page, decision)
    elif is_search(decision):
        listing = listing or list_records(content)
        searched = True
        if decision.kind is Kind.CLARIFY:
            topic, aspect = decision.choices[0].topic, SEARCHED[0]
            pending = (topic,)
            ask_detail(page, decision, listing)
        else:
            topic, aspect = decision.topics[0], decision.aspects[0]
            _offers(page, decision, listing)
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
            if is_off(name, page):
                entry = content.entries.get(name)
                page.add("text", name, side, (entry.off_text if entry else None) or content.texts.topic_off)
                page.contact(content.city.default_contact, name, side)
                answered.append("overview")
            elif name == TIMETABLE and add_plan(page, question):
                answered.append(Aspect.DEADLINE.value)
            else:
                add_tables(page, content.entries[name], side, decision.entities, question.conversation.entities)
                answered.append(add_entry(page, name, side, short_first=decision.short_first))
                add_dates(page, name, decision.entities)
                pending = (TIMETABLE,) if name == TIMETABLE else pending
        topic, aspect = decision.topics[-1], answered[-1]
        if not is_off(topic, page):
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
        conversation=remember(question.conversation, remembered, aspect, decision.entities, pending, searched=searched),
    )


def topic_page(
    topic: str,
    content: Content,
    question: Question,
    sides: Iterable[Aspect] = tuple(Aspect),
    *,
    borrow: bool = False,
    off: frozenset[str] = frozenset(),
) -> Answer:
    """The whole entry of a topic, or these sides of it; of the question only the time counts.

    borrow  a side that another topic owns is told by that one's short answer, unless that topic is `off`
    raises  KeyError when there is no such entry
    """
    page = Page(content, question.today, off)
    add_details(page, topic, question.now, sides, borrow=borrow)
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
