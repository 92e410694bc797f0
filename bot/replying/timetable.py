"""The family timetable: dated steps for one child, or for twins, from rules that are data. Nothing of it is stored."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from bot.content.loading import Content
from bot.content.rendering import german_date, is_off_air
from bot.content.timetable import (
    ALONE,
    Calculations,
    Operation,
    Term,
    TimetableStep,
    TimetableTexts,
    facts_of,
    parse_length,
    parse_moment,
    parse_operation,
)
from bot.language.births import Birth, BirthProblem, Precision, parse_birth
from bot.model import Block, Candidate, Child, Conversation, Decision, Entities, Kind, Question, Source
from bot.replying.page import Page

TOPIC = "familienfahrplan"
ASKS = "date"
"""What a question back for a birth or due date wants to know."""
LEAD = timedelta(days=60)
"""A deadline without a beginning stands among what is to be done now from so long before it on."""
LATE = timedelta(days=365)
"""So long after its end it is said what can still be done."""
MOST_DATES = 3
"""Dates of a child that the answer to another topic mentions."""
_MULTIPLES = {"zwilling": 2, "drilling": 3, "vierling": 4, "mehrling": 2}
_BARE_DATE = 40
"""Characters of a message that answers the question for a date and asks nothing new."""


@dataclass(frozen=True, slots=True)
class Family:
    """The child, or several of one birth: born, or due; of a child that is born, the due date may be known besides."""

    birth: date | None = None
    due: date | None = None
    children: int = 1
    precision: Precision = Precision.DAY


class Stage(StrEnum):
    """Where a step stands today."""

    NOW = "now"
    LATER = "later"
    PAST = "past"


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """A step with its dates.

    start, end  one of them at least; both belong to it
    latest      until when it is still possible after its end
    last        the day that is over when nothing can be done any more; None: there is none
    when        the dates in words
    late        what can still be done when it is over
    calendar    which of its days stands in a calendar: `from`, `until`, or None for both
    """

    id: str
    title: str
    text: str
    rule: str
    topic: str
    start: date | None
    end: date | None
    latest: date | None
    last: date | None
    stage: Stage
    when: str
    late: str | None
    calendar: str | None
    source: Source

    @property
    def next_date(self) -> date:
        """The next day that counts: of what is open its last one, of what comes its first."""
        if self.stage is Stage.NOW:
            return self.last or date.max
        return self.start or self.end or date.max


@dataclass(frozen=True, slots=True)
class Plan:
    """All steps for a family.

    steps  what is open by its last day, then what comes by its first
    past   what is over, the latest first
    notes  what to know about the dates
    """

    family: Family
    heading: str
    steps: tuple[PlannedStep, ...]
    past: tuple[PlannedStep, ...]
    notes: tuple[str, ...]
    sources: tuple[Source, ...]


# Dates


class _NoValueError(Exception):
    """A fact that a step is computed from is missing or has no such value."""


class _EndedError(_NoValueError):
    """A fact that a step is computed from has ended."""


@dataclass(frozen=True, slots=True)
class _Rules:
    """What dates are computed with."""

    content: Content
    today: date

    def value(self, term: Term) -> tuple[str, str]:
        """The value with its unit.

        raises  _NoValueError; _EndedError
        """
        if term.fact is None:
            return term.value, term.unit
        fact = self.content.facts.get(term.fact)
        if fact is None or fact.value is None or fact.unit is None:
            raise _NoValueError(term.fact)
        if is_off_air(fact, self.content, self.today):
            raise _EndedError(term.fact)
        return fact.value, fact.unit

    def length(self, terms: Iterable[Term]) -> tuple[int, int]:
        """The sum as months and days; one of them may be negative."""
        months = days = 0
        for term in terms:
            value, unit = self.value(term)
            if not value.isdecimal():
                raise _NoValueError(value)
            number = term.sign * int(value)
            if unit in ("months", "years"):
                months += number * (12 if unit == "years" else 1)
            elif unit in ("days", "weeks"):
                days += number * (7 if unit == "weeks" else 1)
            else:
                raise _NoValueError(unit)
        return months, days

    def moment(self, term: Term) -> date:
        """The day; of a month or year its first."""
        value, unit = self.value(term)
        if unit != "date":
            raise _NoValueError(unit)
        return date.fromisoformat((value + "-01-01")[:10])

    def day_of_year(self, term: Term) -> tuple[int, int]:
        """Month and day."""
        value, unit = self.value(term)
        if unit not in ("day_of_year", "date") or len(value) < 5:
            raise _NoValueError(unit)
        return int(value[-5:-3]), int(value[-2:])


def _in_month(year: int, month: int, day: int) -> date:
    """That day, or the last one of the month when it has no such day."""
    return date(year, month, min(day, monthrange(year, month)[1]))


def add_months(day: date, months: int) -> date:
    """So many months later, or earlier when negative: the day with the same number, else the last one of the month."""
    index = day.year * 12 + day.month - 1 + months
    return _in_month(index // 12, index % 12 + 1, day.day)


def turns(birth: date, months: int) -> date:
    """The first day on which somebody is so many months old: the day after those months are complete.

    Born on 29 February, a year is complete at the end of 28 February (§ 187 section 2, § 188 sections 2 and 3 BGB).
    """
    found = add_months(birth, months)
    return found if found.day == birth.day else found + timedelta(days=1)


def _apply(operation: Operation, day: date, rules: _Rules) -> date:
    name = operation.name
    if name in ALONE:
        return day.replace(day=1 if name == "first_of_month" else monthrange(day.year, day.month)[1])
    if name in ("plus", "minus", "age"):
        months, days = rules.length(operation.terms)
        if name == "age":
            return turns(day, months) + timedelta(days=days)
        sign = -1 if name == "minus" else 1
        return add_months(day, sign * months) + timedelta(days=sign * days)
    month, number = rules.day_of_year(operation.terms[0])
    found = _in_month(day.year, month, number)
    if name == "next" and found < day:
        return _in_month(day.year + 1, month, number)
    if name == "before" and found > day:
        return _in_month(day.year - 1, month, number)
    return found


def _compute(calculations: Calculations | None, anchor: date, rules: _Rules) -> date | None:
    if calculations is None:
        return None
    for text in calculations:
        anchor = _apply(parse_operation(text), anchor, rules)
    return anchor


def _anchor(step: TimetableStep, family: Family) -> date | None:
    """The date from which the step is computed; None when it is not known."""
    if step.anchor == "due":
        return family.due
    if step.anchor == "term" and family.birth and family.due:
        return max(family.birth, family.due)
    return family.birth or family.due


def _early_days(family: Family) -> int:
    """How many days before the due date the child was born; 0 when it was not, or when that is not known."""
    return max(0, (family.due - family.birth).days) if family.birth and family.due else 0


def _concerns(step: TimetableStep, family: Family) -> bool:
    """Whether the step may be for this family, whatever its dates."""
    when = step.when
    if when.born is not None and when.born is not (family.birth is not None):
        return False
    return when.multiple is None or when.multiple is (family.children > 1)


def _counts(step: TimetableStep, family: Family, begins: date, rules: _Rules) -> bool:
    """Whether the step is for this family."""
    when, early = step.when, _early_days(family)
    if not _concerns(step, family):
        return False
    if when.since and begins < rules.moment(parse_moment(when.since)):
        return False
    if when.before and begins >= rules.moment(parse_moment(when.before)):
        return False
    for length, wanted in ((when.early_from, True), (when.early_below, False)):
        if length is not None:
            months, days = rules.length(parse_length(length))
            if (early >= months * 30 + days) is not wanted:
                return False
    return True


# Words


def _span(start: date, end: date, precision: Precision) -> str:
    """„3. bis 10. Mai 2025“, as short as it can be said."""
    if precision is Precision.MONTH:
        first, last = german_date(start.isoformat()[:7]), german_date(end.isoformat()[:7])
    else:
        first, last = german_date(start.isoformat()), german_date(end.isoformat())
    if first == last:
        return last
    if start.year == end.year:
        first = first.removesuffix(f" {start.year}")
        if precision is not Precision.MONTH and start.month == end.month:
            first = first.split(" ")[0]
    return f"{first} bis {last}"


def _day(day: date, precision: Precision) -> str:
    return german_date(day.isoformat()[:7] if precision is Precision.MONTH else day.isoformat())


def _in_words(
    start: date | None, end: date | None, latest: date | None, stage: Stage, today: date, precision: Precision
) -> str:
    if end is not None and end < today and latest is not None and stage is Stage.NOW:
        return f"nachholen bis {_day(latest, precision)}"
    if end is None:
        assert start is not None
        return f"{'seit' if start < today else 'ab'} {_day(start, precision)}"
    if start is None:
        return f"bis {_day(end, precision)}"
    if stage is Stage.NOW and start < end:
        return f"jetzt bis {_day(end, precision)}"
    if start == end and precision is not Precision.MONTH:
        return f"am {_day(end, precision)}"
    return _span(start, end, precision)


def _stage(start: date | None, end: date | None, latest: date | None, today: date) -> Stage:
    last = max((day for day in (end, latest) if day), default=None)
    if last is not None and last < today:
        return Stage.PAST
    if start is None:
        assert end is not None
        return Stage.NOW if end - today <= LEAD else Stage.LATER
    return Stage.LATER if start > today else Stage.NOW


def _fill(text: str, about: date | None) -> str:
    if about is None:
        return text
    years = f"{about.year}/{(about.year + 1) % 100:02}"
    return (
        text.replace("{date}", german_date(about.isoformat()))
        .replace("{year}", f"{about.year}")
        .replace("{years}", years)
    )


def heading(family: Family, texts: TimetableTexts) -> str:
    """For which child the dates are, without a mark at its end."""
    day = family.birth or family.due
    if day is None:
        return ""
    month = family.precision is Precision.MONTH
    born, due = (texts.born_in, texts.due_in) if month else (texts.born_on, texts.due_on)
    child = texts.one if family.children < 2 else texts.two if family.children == 2 else texts.more
    return (born if family.birth else due).replace("{child}", child).replace("{date}", _day(day, family.precision))


def _notes(family: Family, texts: TimetableTexts) -> tuple[str, ...]:
    by_precision = {Precision.MONTH: texts.note_month, Precision.ABOUT: texts.note_about}
    notes = [by_precision.get(family.precision)]
    notes += [texts.note_due if family.birth is None else None, texts.note_multiple if family.children > 1 else None]
    return tuple(note for note in (*notes, texts.note_law) if note)


# The plan


def _planned(step: TimetableStep, family: Family, page: Page) -> PlannedStep | None:
    """The step with its dates; None when it is not for this family or rests on a fact that is missing.

    raises  _EndedError when it rests on a fact that has ended
    """
    anchor = _anchor(step, family)
    if anchor is None:
        return None
    rules, today, precision = _Rules(page.content, page.today), page.today, family.precision
    try:
        start, end = _compute(step.start, anchor, rules), _compute(step.end, anchor, rules)
        latest, about = _compute(step.latest, anchor, rules), _compute(step.about, anchor, rules)
        if start is not None and end is not None and start > end:
            start = None
        begins = start or end
        if begins is None or not _counts(step, family, begins, rules):
            return None
    except _EndedError:
        if _concerns(step, family):
            raise
        return None
    except (_NoValueError, ValueError, OverflowError):
        return None
    latest = latest if latest and end and latest > end else None
    stage = _stage(start, end, latest, today)
    page.cite(facts_of(step))
    fact = page.content.facts.get(step.facts[0])
    if fact is None:
        return None
    entry = page.content.entries.get(step.topic)
    return PlannedStep(
        step.id,
        _fill(page.text(step.title, entry), about),
        _fill(page.text(step.text, entry, facts=step.facts), about),
        _fill(page.text(step.rule, entry, facts=step.facts), about),
        step.topic,
        start,
        end,
        latest,
        latest if end is not None and end < today and latest else end,
        stage,
        _in_words(start, end, latest, stage, today, precision),
        page.text(step.late, entry, facts=step.facts) if step.late and end and today - end <= LATE else None,
        step.calendar,
        Source(fact.source.label, fact.source.url, fact.source_date, fact.checked.isoformat()),
    )


def plan(family: Family, content: Content, today: date) -> Plan | None:
    """The dated steps for the family; None when the city has no timetable or neither date is known."""
    timetable = content.timetable
    if timetable is None or timetable.texts is None or not (family.birth or family.due):
        return None
    page = Page(content, today, frozenset())
    found: list[PlannedStep] = []
    checking: dict[str, None] = {}
    for rule in timetable.steps:
        try:
            step = _planned(rule, family, page)
        except _EndedError:
            entry = content.entries.get(rule.topic)
            title = re.sub(r"\s*\{\w+\}", "", page.text(rule.title, entry))  # its year is not known either
            checking[f"{title}: {page.ask_there(entry)}"] = None
        else:
            found += [step] if step else []
    coming = [s for s in found if s.stage is not Stage.PAST]
    past = [s for s in found if s.stage is Stage.PAST]
    return Plan(
        family,
        heading(family, timetable.texts),
        tuple(sorted(coming, key=lambda s: (s.stage is Stage.LATER, s.next_date))),
        tuple(sorted(past, key=lambda s: s.end or date.min, reverse=True)),
        (*checking, *_notes(family, timetable.texts)),
        tuple(page.sources.values()),
    )


# The reply


def _item(step: PlannedStep, precision: Precision) -> dict[str, object]:
    digits = 7 if precision is Precision.MONTH else 10
    first, source = step.start or step.end, step.source
    assert first is not None
    item: dict[str, object] = {
        "date": first.isoformat()[:digits],
        "until": step.end.isoformat()[:digits] if step.end else None,
        "latest": step.latest.isoformat()[:digits] if step.latest else None,
        "text": f"{step.title}: {step.text}",
        "source": {"label": source.label, "url": source.url, "date": source.date, "checked": source.checked},
        "id": step.id,
        "title": step.title,
        "when": step.when,
        "rule": step.rule,
        "topic": step.topic,
        "stage": step.stage.value,
    }
    return {key: value for key, value in item.items() if value is not None}


def blocks_of(found: Plan, texts: TimetableTexts, topic: str | None) -> tuple[Block, ...]:
    """The plan as blocks: for which child, the timeline, what is over, and what to know about the dates."""
    blocks = [
        Block("text", topic, "deadline", f"{found.heading}:" if found.steps else f"{found.heading}: {texts.all_past}")
    ]
    if found.steps:
        text = "\n".join(f"- {s.when}: {s.title}" for s in found.steps)
        items = [_item(s, found.family.precision) for s in found.steps]
        blocks.append(Block("timeline", topic, "deadline", text, {"items": items}))
    if found.past:
        lines = [" ".join(part for part in (f"{s.title} ({s.when}).", s.late) if part) for s in found.past]
        text = "\n".join([f"{texts.past}:", *(f"- {line}" for line in lines)])
        blocks.append(Block("list", topic, "deadline", text, {"items": lines, "title": texts.past}))
    blocks.append(Block("notice", topic, "deadline", " ".join(found.notes), {"level": "info"}))
    return tuple(blocks)


def children_in(message: str) -> int:
    """How many children are of one birth, by the words for twins and more; else 1."""
    text = message.lower()
    return next((number for word, number in _MULTIPLES.items() if word in text), 1)


def family_of(birth: Birth, children: int = 1) -> Family:
    """The family of a date."""
    return Family(birth.birth, birth.due, children, birth.precision)


def read_family(
    birth: str, due: str, children: int, today: date, expected: str | None = None
) -> Family | dict[str, BirthProblem]:
    """The family of what was typed into two fields, or what is wrong with each: `birth`, `due`.

    due       the due date, alone or beside the date of a birth that came early; empty: not typed
    expected  what a date in the first field is that says nothing of it; None: its past or future decides
    """
    if not birth.strip():
        found = parse_birth(due, today, "due")
        if isinstance(found, Birth):
            return family_of(found, children)
        return {"due" if due.strip() else "birth": found}
    found = parse_birth(birth, today, expected)
    if isinstance(found, BirthProblem):
        return {"birth": found}
    if not due.strip() or found.due is not None:
        return family_of(found, children)
    both = parse_birth(f"geboren {birth}; et {due}", today)
    if isinstance(both, BirthProblem):
        return {"due": both}
    if both.due is None:
        alone = parse_birth(due, today, "due")
        return {"due": alone if isinstance(alone, BirthProblem) else BirthProblem.MISMATCH}
    return family_of(replace(found, due=both.due), children)


def _child_to_birth(child: Child) -> Birth | None:
    def read(text: str | None) -> date | None:
        return date.fromisoformat((text + "-01")[:10]) if text else None

    if child.birth_date is None and child.due_date is None:
        return None
    short = len(child.birth_date or child.due_date or "") == 7
    return Birth(read(child.birth_date), read(child.due_date), Precision.MONTH if short else Precision.DAY)


def to_child(birth: Birth) -> Child:
    """The dates as they are remembered: the month alone where no more is known."""
    digits = 7 if birth.precision is Precision.MONTH else 10
    return Child(
        birth_date=birth.birth.isoformat()[:digits] if birth.birth else None,
        due_date=birth.due.isoformat()[: 10 if birth.birth else digits] if birth.due else None,
    )


def _was_asked(said: Conversation) -> bool:
    return said.pending == (TOPIC,)


def find_birth(question: Question) -> Birth | BirthProblem:
    """The date in the message, else the one that was said before, else why there is none."""
    said = question.conversation
    found = parse_birth(question.message, question.today, asked=_was_asked(said))
    if found is BirthProblem.NO_DATE:
        known = (birth for child in said.entities.children if (birth := _child_to_birth(child)))
        return next(known, found)
    return found


def with_timetable(decision: Decision, question: Question, content: Content) -> Decision:
    """The decision with the timetable's question back: without a date no step can be computed.

    A date alone, typed when it was asked for, is its answer. An emergency stays what it is.
    """
    about = decision.kind is Kind.ANSWER and decision.topics[:1] == (TOPIC,)
    bare = _was_asked(question.conversation) and (
        decision.kind in (Kind.FALLBACK, Kind.CLARIFY) or len(question.message) <= _BARE_DATE
    )
    if content.timetable is None or decision.kind in (Kind.EMERGENCY, Kind.OFFERS) or not (about or bare):
        return decision
    found = find_birth(question)
    if isinstance(found, Birth):
        entities = replace(decision.entities, children=(to_child(found),))
        if about:
            return replace(decision, entities=entities)
        return replace(
            decision, kind=Kind.ANSWER, topics=(TOPIC,), aspects=("deadline",), choices=(), asks=None,
            candidates=(Candidate(TOPIC, 1.0),), confidence=1.0, entities=entities,
        )  # fmt: skip
    named = decision.confidence == 1.0  # its title was typed: the entry says what to do
    if (about and found is BirthProblem.NO_DATE and named) or (not about and found is BirthProblem.NO_DATE):
        return decision
    confidence = decision.confidence if about else 1.0
    choice = Candidate(TOPIC, confidence)
    return replace(
        decision, kind=Kind.CLARIFY, topics=(), aspects=(), choices=(choice,), candidates=(choice,),
        confidence=confidence, asks=ASKS, oddity=found.value,
    )  # fmt: skip


def asks_for_date(decision: Decision) -> bool:
    """Whether the decision is the timetable's question for a date."""
    return decision.kind is Kind.CLARIFY and decision.asks == ASKS and decision.choices[0].topic == TOPIC


def add_question(page: Page, decision: Decision) -> None:
    """Adds the question for a birth or due date, or what is wrong with the one that was typed."""
    texts = page.content.timetable.texts if page.content.timetable else None
    if texts is None:
        return
    problem = decision.oddity or BirthProblem.NO_DATE.value
    page.add("text", TOPIC, "deadline", texts.ask if problem == BirthProblem.NO_DATE else getattr(texts, problem))


def add_plan(page: Page, question: Question) -> bool:
    """Adds the timetable for the date in the question; returns whether there is one."""
    birth = find_birth(question)
    if isinstance(birth, BirthProblem):
        return False
    found = plan(family_of(birth, children_in(question.message)), page.content, page.today)
    if found is None or page.content.timetable is None or page.content.timetable.texts is None:
        return False
    page.blocks += blocks_of(found, page.content.timetable.texts, TOPIC)
    for source in found.sources:
        page.sources.setdefault((source.label, source.url), source)
    for topic in list(dict.fromkeys(step.topic for step in found.steps))[:3]:
        page.suggest_topic(topic)
    return True


def add_dates(page: Page, topic: str, entities: Entities) -> None:
    """Adds to the answer of a topic what it means for a child whose day of birth the message names."""
    timetable = page.content.timetable
    births = [b for child in entities.children if (b := _child_to_birth(child)) and b.birth]
    if timetable is None or timetable.texts is None or len(births) != 1 or births[0].precision is Precision.MONTH:
        return
    found = plan(family_of(births[0]), page.content, page.today)
    steps = [step for step in found.steps if step.topic == topic][:MOST_DATES] if found else []
    if found and steps:
        lines = "; ".join(f"{step.title} {step.when}" for step in steps)
        page.add("notice", topic, "deadline", f"{found.heading}: {lines}.", level="info")
        page.cite(fact for rule in timetable.steps if rule.id in {s.id for s in steps} for fact in facts_of(rule))
