"""The rules of the family timetable, `timetable.yaml`: its records, and its operations on dates as data.

A step begins and ends on days that are computed from a birth or a due date, one operation after the other:

    plus X, minus X     so much later or earlier; a day that the month lacks is its last one
    age X               the first day on which the child is X old
    next X, before X    the first such day of a year on or after it, the last one on or before it
    in_year X           that day of the same year
    first_of_month, end_of_month

X is a length of time, `3 months`, or a fact with one, `{{fact:bund.eg-rueckwirkend}}`; several are joined by + and -.
For the last three X is a day of the year, `09-30`, or a fact with one; of a whole date, day and month count.

Two ways to count months, because the law has two (§§ 187 and 188 BGB). A period after an event ends on the day with the
same number; where the month lacks it, on the last day of the month: `plus`. A child's age counts the day of birth: a
year is complete at the end of the day before the birthday. Born on 29 February, it is complete at the end of
28 February, so the child is a year older from 1 March on: `age`. The last day of a month of life is `age`, then
`minus 1 days`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from bot.content.models import REFERENCE, FactId, Flag, Id, Record, Text, TopicId, _about, is_day, is_day_of_year

LENGTHS = ("days", "weeks", "months", "years")
"""The units of facts that are a length of time."""

WITH_LENGTH = ("plus", "minus", "age")
WITH_DAY_OF_YEAR = ("next", "before", "in_year")
ALONE = ("first_of_month", "end_of_month")

_FACT = r"\{\{\s*fact:([a-z]+\.[a-z0-9][a-z0-9-]*)\s*\}\}"
_TERM = re.compile(rf"\s*([+-]?)\s*(?:(\d{{1,3}}) (day|week|month|year)s?|{_FACT})(?=\s|$)")
_DAY_OF_YEAR = re.compile(rf"(\d\d-\d\d)|{_FACT}")
_MOMENT = re.compile(rf"(\d{{4}}-\d\d-\d\d)|{_FACT}")


@dataclass(frozen=True, slots=True)
class Term:
    """A value as written, or the fact that has it.

    value  a number with a unit of `LENGTHS`, `09-30` with `day_of_year`, or `2026-08-01` with `date`
    sign   1 or -1
    """

    value: str = ""
    unit: str = ""
    fact: str | None = None
    sign: int = 1


@dataclass(frozen=True, slots=True)
class Operation:
    """One step from a date to another."""

    name: str
    terms: tuple[Term, ...] = ()


def parse_length(text: str) -> tuple[Term, ...]:
    """The terms of a length of time, at least one.

    raises  ValueError when it cannot be read
    """
    terms: list[Term] = []
    at = 0
    while at < len(text.rstrip()):
        found = _TERM.match(text, at)
        if found is None or bool(found[1]) != bool(terms):  # a sign stands between two terms, not before the first
            raise ValueError(text)
        sign = -1 if found[1] == "-" else 1
        terms.append(Term(fact=found[4], sign=sign) if found[4] else Term(found[2], f"{found[3]}s", sign=sign))
        at = found.end()
    if not terms:
        raise ValueError(text)
    return tuple(terms)


def parse_moment(text: str) -> Term:
    """A day as a term.

    raises  ValueError when it cannot be read
    """
    found = _MOMENT.fullmatch(text.strip())
    if found is None or (found[1] and not is_day(found[1])):
        raise ValueError(text)
    return Term(fact=found[2]) if found[2] else Term(found[1], "date")


def parse_operation(text: str) -> Operation:
    """The operation.

    raises  ValueError when it cannot be read
    """
    name, _, rest = text.strip().partition(" ")
    if name in WITH_LENGTH:
        return Operation(name, parse_length(rest))
    if name in WITH_DAY_OF_YEAR:
        found = _DAY_OF_YEAR.fullmatch(rest.strip())
        if found is None or (found[1] and not is_day_of_year(found[1])):
            raise ValueError(text)
        return Operation(name, (Term(fact=found[2]) if found[2] else Term(found[1], "day_of_year"),))
    if name in ALONE and not rest:
        return Operation(name)
    raise ValueError(text)


def _operation(text: str) -> str:
    try:
        parse_operation(text)
    except ValueError:
        raise PydanticCustomError("operation", "no operation on dates") from None
    return text


def _length(text: str) -> str:
    try:
        parse_length(text)
    except ValueError:
        raise PydanticCustomError("length", "no length of time") from None
    return text


def _moment(text: str) -> str:
    try:
        parse_moment(text)
    except ValueError:
        raise PydanticCustomError("moment", "no day") from None
    return text


_STRING = WithJsonSchema({"type": "string", "minLength": 1})
Calculation = Annotated[Text, AfterValidator(_operation), _STRING]
Length = Annotated[Text, AfterValidator(_length), _STRING]
Moment = Annotated[Text, AfterValidator(_moment), _STRING]
Calculations = tuple[Calculation, ...]


class When(Record):
    """For which families a step counts; all that is given must hold.

    born           whether the child is born
    multiple       whether there are twins or more
    early_from, early_below  how long before the due date the child was born: at least, and less than
    since, before  the step's own beginning (else its end): on that day or later, and earlier
    """

    model_config = _about("Für welche Familien der Schritt gilt. Alles, was hier steht, muss zutreffen.")

    born: Flag | None = Field(None, description="true: nur nach der Geburt. false: nur vor der Geburt.")
    multiple: Flag | None = Field(None, description="true: nur bei Zwillingen und mehr. false: nur bei einem Kind.")
    early_from: Length | None = Field(None, description="Das Kind kam mindestens so lange vor dem Termin: 1 days.")
    early_below: Length | None = Field(None, description="Das Kind kam weniger lange als so vor dem Termin: 6 weeks.")
    since: Moment | None = Field(None, description="Nur wenn der Schritt an diesem Tag oder später beginnt.")
    before: Moment | None = Field(None, description="Nur wenn der Schritt vor diesem Tag beginnt.")


class TimetableStep(Record):
    """One dated step.

    anchor        the date from which it is computed: `birth` (before it the due date), `due`, or `term`, the later of
                  the two
    start, end    None: open at that end; an empty list: the anchor itself
    latest        until when it is still possible after its end
    calendar      which of its days stands in a calendar file; None: both, a short step as a whole
    late          what is said of it in the year after that
    about         a date that the texts name as `{date}`, `{year}`, or `{years}` for the Kita or school year from then
    """

    model_config = _about("Ein Schritt des Familienfahrplans. Wie gerechnet wird, erklärt der Anfang der Datei.")

    id: Id = Field(description="Eindeutiger Name des Schritts.")
    title: Text = Field(description="Was zu tun ist oder was beginnt, in wenigen Worten.")
    text: Text = Field(description="Ein oder zwei Sätze dazu. Zahlen als Verweis: {{fact:bund.name}}.")
    rule: Text = Field(description="Die Regel, nach der gerechnet wird, in Worten.")
    topic: TopicId = Field(description="Das Thema, das mehr dazu sagt.")
    facts: tuple[FactId, ...] = Field(
        min_length=1, description="Tatsachen, auf denen der Schritt beruht. Die Quelle der ersten steht dabei."
    )
    anchor: Literal["birth", "due", "term"] = Field(
        "birth", description="Wovon gerechnet wird: birth Geburt, due errechneter Termin, term der spätere von beiden."
    )
    start: Calculations | None = Field(None, alias="from", description="Ab wann, eine Rechnung je Zeile.")
    end: Calculations | None = Field(None, alias="until", description="Bis wann, eine Rechnung je Zeile.")
    latest: Calculations | None = Field(None, description="Bis wann es danach noch geht.")
    about: Calculations | None = Field(None, description="Ein Tag, den der Text als {date}, {year} oder {years} nennt.")
    calendar: Literal["from", "until"] | None = Field(
        None, description="Was in den Kalender kommt: from der erste Tag, until der letzte. Ohne Angabe beide."
    )
    late: Text | None = Field(None, description="Was noch geht, wenn die Frist vorbei ist: ein Satz.")
    when: When = Field(default_factory=lambda: When.model_validate({}), description="Für wen der Schritt gilt.")


class TimetableTexts(Record):
    """The sentences around the steps. `{date}` is filled in where it stands."""

    model_config = _about("Die Sätze um die Schritte herum. {date} wird ausgefüllt.")

    ask: Text = Field(description="Frage nach dem Datum, wenn keines genannt wurde.")
    one: Text = Field(description="Ein Kind, im Wen-Fall: wird als {child} in die Überschriften gesetzt.")
    two: Text = Field(description="Zwei Kinder einer Geburt, im Wen-Fall.")
    more: Text = Field(description="Mehr als zwei Kinder einer Geburt, im Wen-Fall.")
    born_on: Text = Field(description="Überschrift bei einem Geburtstag: {date} ist der Tag.")
    born_in: Text = Field(description="Überschrift bei einem Geburtsmonat: {date} ist der Monat.")
    due_on: Text = Field(description="Überschrift bei einem errechneten Termin: {date} ist der Tag.")
    due_in: Text = Field(description="Überschrift, wenn nur der Monat des Termins bekannt ist.")
    now: Text = Field(description="Überschrift über dem, was jetzt ansteht.")
    later: Text = Field(description="Überschrift über dem, was später kommt.")
    past: Text = Field(description="Überschrift über dem, was vorbei ist.")
    all_past: Text = Field(description="Wenn alles vorbei ist.")
    note_month: Text = Field(description="Hinweis, wenn nur der Monat bekannt ist.")
    note_about: Text = Field(description="Hinweis, wenn nur das ungefähre Alter bekannt ist.")
    note_due: Text = Field(description="Hinweis, wenn mit dem errechneten Termin gerechnet wird.")
    note_multiple: Text = Field(description="Hinweis bei Zwillingen und mehr.")
    note_law: Text = Field(description="Hinweis, dass die Auskunft der Ämter gilt.")
    no_date: Text = Field(description="Wenn kein Datum zu erkennen ist.")
    no_such_day: Text = Field(description="Wenn es den Tag nicht gibt.")
    future: Text = Field(description="Wenn ein Geburtsdatum in der Zukunft liegt.")
    too_far: Text = Field(description="Wenn ein Termin zu weit in der Zukunft liegt.")
    too_old: Text = Field(description="Wenn das Kind zu alt für den Fahrplan ist.")
    overdue: Text = Field(description="Wenn ein errechneter Termin lange vorbei ist.")
    mismatch: Text = Field(description="Wenn Geburtsdatum und Termin nicht zusammenpassen.")


class Timetable(Record):
    """The file of the family timetable. A city that builds on another's folder may leave out the texts."""

    model_config = _about("Der Familienfahrplan: Schritte mit ihren Regeln, dazu die Sätze darum herum.")

    texts: TimetableTexts | None = Field(None, description="Die Sätze um die Schritte herum.")
    steps: tuple[TimetableStep, ...] = Field((), description="Die Schritte.")


def terms_of(step: TimetableStep) -> Iterator[tuple[tuple[str, ...], Term, tuple[str, ...]]]:
    """Every term of a step with its path in the step and the units that a fact in its place may have."""
    for key, operations in (("from", step.start), ("until", step.end), ("latest", step.latest), ("about", step.about)):
        for i, text in enumerate(operations or ()):
            operation = parse_operation(text)
            units = LENGTHS if operation.name in WITH_LENGTH else ("day_of_year", "date")
            for term in operation.terms:
                yield (key, str(i)), term, units
    for key, length in (("early_from", step.when.early_from), ("early_below", step.when.early_below)):
        for term in parse_length(length) if length else ():
            yield ("when", key), term, LENGTHS
    for key, moment in (("since", step.when.since), ("before", step.when.before)):
        if moment:
            yield ("when", key), parse_moment(moment), ("date",)


def facts_of(step: TimetableStep) -> tuple[str, ...]:
    """The ids of all facts that a step rests on, those it names first, each once."""
    named = [term.fact for _, term, _ in terms_of(step) if term.fact]
    read = [
        m[2]
        for text in (step.title, step.text, step.rule, step.late or "")
        for m in REFERENCE.finditer(text)
        if m[1] != "place"
    ]
    return tuple(dict.fromkeys((*step.facts, *named, *read)))
