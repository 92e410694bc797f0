"""Amounts computed from tables for what a message states: pure functions, and how a reply shows them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from bot.content.loading import Content
from bot.content.models import Aspect, Entry, TableTexts
from bot.content.rendering import german_date, is_off_air, next_day, quantity
from bot.content.tables import ComputingTable, FeeRow, amounts, fact_id
from bot.language.amounts import NUMBERS
from bot.language.text import fold
from bot.model import Analysis, Candidate, Child, Conversation, Decision, Entities, Kind, Source
from bot.replying.conversation import merge
from bot.replying.page import Page

MOST_INCOME = 1_000_000
"""Euros a year from which on nobody asks in earnest."""
MONTHLY_BELOW = 10_000
"""An income of fewer euros without a period is read as one of a month, and said to be."""
MOST_ROWS = 6
"""So many lines of a fee table are shown while something is not said yet; of more, only what is missing."""
RUNNER_UP = 0.05
"""Confidence of a second candidate that may go before the first, at least."""
COUNT_DAYS = 120
"""A day farther away than that is not counted down to."""


@dataclass(frozen=True, slots=True)
class Computation:
    """What a table says to what was stated.

    lines  the computation in words, at least one; the first is the result, or why there is none
    rows   of the table that shows it, each as long as `head`; empty: there is nothing to show
    notes  what belongs to it besides
    facts  ids of the facts that were computed with
    """

    lines: tuple[str, ...]
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    notes: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()


def age_in_months(child: Child, today: date) -> int | None:
    """The age on that day; None where it is not known, or the child is not born yet."""
    if child.birth_date is None or len(child.birth_date) < 10:
        return child.age_months
    born = date.fromisoformat(child.birth_date)
    months = (today.year - born.year) * 12 + today.month - born.month - (today.day < born.day)
    return months if months >= 0 else None


def ages_of(entities: Entities, today: date) -> tuple[int, ...]:
    """The ages in months that are known."""
    return tuple(age for child in entities.children if (age := age_in_months(child, today)) is not None)


def count_of(entities: Entities) -> int | None:
    """How many children were spoken of; None when none were."""
    if entities.child_count is None and not entities.children:
        return None
    return max(entities.child_count or 0, len(entities.children))


def find_table(tables: Iterable[ComputingTable], today: date) -> ComputingTable | None:
    """The table in force, else the one whose validity ended last, else the next one; None when there is none."""
    found = sorted(tables, key=lambda t: (t.is_in_force(today), t.valid_from or "", t.id))
    ended = [t for t in found if t.valid_until is not None and t.valid_until < today]
    if found and found[-1].is_in_force(today):
        return found[-1]
    return ended[-1] if ended else found[0] if found else None


def compute(table: ComputingTable, entities: Entities, content: Content, today: date) -> Computation | None:
    """What the table says to what was stated, or why it says nothing; None when nothing was stated that it needs.

    today  decides which age a birth date is, and whether the table still holds
    """
    texts, office = content.texts.tables, _office(table, content)
    wrong = _doubtful(table, entities, texts)
    if wrong is not None:
        return Computation((wrong,))
    if _says_nothing(table, entities):
        return None
    ended = _not_in_force(table, content, office, today)
    if ended is not None:
        return Computation((ended, *_how(table)), facts=table.facts)
    match table.kind:
        case "per_child":
            return _per_child(table, entities, content, today)
        case "by_age":
            return _by_age(table, entities, content, today)
        case "per_child_capped":
            return _capped(table, entities, content, today)
        case "fee":
            return _fee(table, entities, content, today)


def _office(table: ComputingTable, content: Content) -> str:
    """Who states the amount: name and number of the topic's office."""
    entry = content.entries.get(table.topic)
    place = content.places.get(entry.office if entry else content.city.default_contact)
    return ", ".join(part for part in (place.name, place.phone) if part) if place else content.city.name


def _doubtful(table: ComputingTable, entities: Entities, texts: TableTexts) -> str | None:
    if "age" in entities.doubtful:
        return texts.doubtful_age
    if "child_count" in entities.doubtful and table.kind != "fee":
        return texts.doubtful_count
    return texts.no_children if entities.child_count == 0 and table.kind != "fee" else None


def _says_nothing(table: ComputingTable, entities: Entities) -> bool:
    if table.kind == "fee":
        return entities.income_eur is None and entities.hours_per_week is None
    return count_of(entities) is None


def _not_in_force(table: ComputingTable, content: Content, office: str, today: date) -> str | None:
    """Why the table may not be computed with today; None when it may."""
    texts = content.texts.tables
    facts = [content.facts[fact_id(r)] for r in amounts(table) if fact_id(r) in content.facts]
    ends = [day for day in (table.valid_until, *(f.valid_until for f in facts if is_off_air(f, content, today))) if day]
    if ends and min(ends) < today:
        return texts.expired.format(day=german_date(min(ends).isoformat()), office=office)
    if not table.is_in_force(today) and table.valid_from:
        return texts.not_yet.format(day=german_date(table.valid_from), office=office)
    return None


def _how(table: ComputingTable) -> tuple[str, ...]:
    return (table.how,) if table.how else ()


def _value(reference: str, content: Content) -> Decimal:
    return Decimal(content.facts[fact_id(reference)].value or "0")


def _children(count: int, texts: TableTexts) -> str:
    return (texts.child if count == 1 else texts.children).format(count=count)


def _facts(table: ComputingTable) -> tuple[str, ...]:
    return (*(fact_id(reference) for reference in amounts(table)), *table.facts)


def _limit(table: ComputingTable, content: Content) -> int | None:
    """The age in months from which on a child does not count; None: there is none."""
    return int(_value(table.under_age, content)) * 12 if table.under_age else None


def _too_old(table: ComputingTable, content: Content) -> str:
    age = quantity(_value(table.under_age or "", content), "years")
    return content.texts.tables.too_old.format(age=age.replace("Jahre", "Jahren"))


def _counted(table: ComputingTable, entities: Entities, content: Content, today: date) -> tuple[int, tuple[str, ...]]:
    """How many of the children count, and what is said of the others."""
    limit = _limit(table, content)
    old = [age for age in ages_of(entities, today) if limit is not None and age >= limit]
    return (count_of(entities) or 0) - len(old), (_too_old(table, content),) if old else ()


def _notes(table: ComputingTable, content: Content) -> tuple[str, ...]:
    until = table.valid_until
    texts = content.texts.tables
    valid = texts.valid_until.format(day=german_date(until.isoformat())) if until else None
    return tuple(note for note in (table.note, valid) if note)


def _per_child(table: ComputingTable, entities: Entities, content: Content, today: date) -> Computation:
    texts = content.texts.tables
    count, aside = _counted(table, entities, content, today)
    if count == 0:
        return Computation(aside, notes=_notes(table, content), facts=_facts(table))
    amount = _value(table.amount or "", content)
    bare = "EUR" if table.unit == "EUR/month" else table.unit
    children, each = _children(count, texts), quantity(amount, bare)
    total = quantity(count * amount, table.unit)
    return Computation(
        (f"{children} × {each} = {total}", *aside),
        texts.per_child_head,
        ((children, each, total),),
        _notes(table, content),
        _facts(table),
    )


def _by_age(table: ComputingTable, entities: Entities, content: Content, today: date) -> Computation:
    texts = content.texts.tables
    ages = sorted(ages_of(entities, today))
    if not ages:
        return Computation((texts.ask_ages,), facts=table.facts)
    bare = "EUR" if table.unit == "EUR/month" else table.unit
    rows: list[tuple[str, str]] = []
    parts: list[Decimal] = []
    for months in ages:
        label = quantity(months // 12, "years") if months >= 12 else quantity(months, "months")
        band = next((b for b in table.ages if b.start <= months // 12 <= b.end), None)
        if band is None:
            rows.append((label, texts.no_longer))
        else:
            parts.append(_value(band.amount, content))
            rows.append((label, quantity(parts[-1], bare)))
    lines = [f"{label}: {amount}" for label, amount in rows]
    total = quantity(sum(parts, Decimal(0)), table.unit)
    if len(parts) > 1:
        lines.append(" + ".join(quantity(part, bare) for part in parts) + f" = {total}")
    if len(rows) > 1:
        rows.append((texts.total, total))
    elif parts:
        rows = [(rows[0][0], total)]
        lines = [f"{rows[0][0]}: {total}"]
    unknown = (count_of(entities) or 0) - len(ages)
    if len(parts) < len(ages) and table.under_age:
        lines.append(_too_old(table, content))
    if unknown > 0:
        lines.append(texts.ages_missing.format(children=_children(unknown, texts)))
    return Computation(tuple(lines), texts.by_age_head, tuple(rows), _notes(table, content), _facts(table))


def _capped(table: ComputingTable, entities: Entities, content: Content, today: date) -> Computation:
    texts = content.texts.tables
    count, aside = _counted(table, entities, content, today)
    if count == 0:
        return Computation(aside, notes=_notes(table, content), facts=_facts(table))
    lines: list[str] = []
    rows: list[tuple[str, str, str]] = []
    for share in table.shares:
        amount, cap = _value(share.amount, content), _value(share.cap, content)
        whole, result = count * amount, min(count * amount, cap)
        formula = f"{count} × {quantity(amount, table.unit)} = {quantity(whole, table.unit)}"
        if whole > cap:
            formula += ", " + texts.at_most.format(amount=quantity(cap, table.unit))
        rows.append((share.label, formula, quantity(result, table.unit)))
        lines.append(f"{share.label}: {formula}")
    return Computation((*lines, *aside), texts.capped_head, tuple(rows), _notes(table, content), _facts(table))


# fees


def income_of_a_year(entities: Entities) -> tuple[int | None, bool]:
    """Euros a year, and whether the amount was read as one of a month."""
    income = entities.income_eur
    monthly = entities.income_period == "month" or (
        entities.income_period is None and income is not None and 0 < income < MONTHLY_BELOW
    )
    return (income * 12 if monthly and income is not None else income), monthly


def _rows_for(
    table: ComputingTable, income: int | None, hours: int | None, ages: tuple[int, ...]
) -> tuple[FeeRow, ...]:
    """The rows that what was said leaves, in the order of the table."""

    def fits(row: FeeRow) -> bool:
        if hours is not None and row.hours != hours:
            return False
        ranges = row.age_months
        return not ages or any((ranges.start or 0) <= a <= (a if ranges.end is None else ranges.end) for a in ages)

    rows = [row for row in table.rows if fits(row)]
    if income is None:
        return tuple(rows)
    steps = sorted({row.income_until for row in rows if row.income_until is not None})
    step = next((limit for limit in steps if income <= limit), None)
    return tuple(row for row in rows if row.income_until == step)


def _age_label(row: FeeRow, texts: TableTexts) -> str:
    """„unter 3 Jahre“, „ab 3 Jahre“, „ab 2 Jahre, unter 3 Jahre“; empty for every age."""

    def age(months: int) -> str:
        return quantity(months // 12, "years") if months % 12 == 0 else quantity(months, "months")

    parts = []
    if row.age_months.start:
        parts.append(texts.from_age.format(age=age(row.age_months.start)))
    if row.age_months.end is not None:
        parts.append(texts.under_age.format(age=age(row.age_months.end + 1)))
    return ", ".join(parts).replace("Jahre", "Jahren").replace("Monate", "Monaten")


def _income_label(row: FeeRow, table: ComputingTable, texts: TableTexts) -> str:
    if row.income_until is not None:
        return texts.up_to.format(income=quantity(row.income_until, "EUR"))
    highest = max((r.income_until for r in table.rows if r.income_until is not None), default=0)
    return texts.above.format(income=quantity(highest, "EUR")) if highest else ""


def _listed(parts: list[str], conjunction: str) -> str:
    return f" {conjunction} ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)


def missing_for_fee(table: ComputingTable, entities: Entities, texts: TableTexts, today: date) -> str:
    """What is still to be said, as words in a sentence; empty when all is."""
    hours = [str(h) for h in sorted({row.hours for row in table.rows})]
    by_age = any(row.age_months.start is not None or row.age_months.end is not None for row in table.rows)
    parts = []
    if entities.income_eur is None:
        parts.append(texts.missing_income)
    if entities.hours_per_week is None and len(hours) > 1:
        parts.append(texts.missing_hours.format(hours=_listed(hours, texts.disjunction)))
    if by_age and not ages_of(entities, today):
        parts.append(texts.missing_age)
    return _listed(parts, texts.conjunction)


def _fee(table: ComputingTable, entities: Entities, content: Content, today: date) -> Computation:
    texts, office = content.texts.tables, _office(table, content)
    income, monthly = income_of_a_year(entities)
    if income == 0:
        return Computation((texts.income_zero.format(office=office),))
    if income is not None and income > MOST_INCOME:
        return Computation((texts.income_huge,))
    if not table.rows:
        return Computation((texts.fee_unknown.format(office=office), *_how(table)), facts=table.facts)
    rows = _rows_for(table, income, entities.hours_per_week, ages_of(entities, today))
    missing = missing_for_fee(table, entities, texts, today)
    if not rows:
        return Computation((texts.no_row.format(office=office),), facts=table.facts)
    if missing and len(rows) > MOST_ROWS:
        return Computation((texts.fee_ask.format(missing=missing), *_how(table)), facts=table.facts)
    shown = tuple(
        (
            _income_label(row, table, texts),
            quantity(row.hours, "hours"),
            _age_label(row, texts),
            quantity(row.amount, table.unit),
        )
        for row in rows
    )
    lines = [", ".join(cell for cell in cells[:-1] if cell) + f": {cells[-1]}" for cells in shown]
    if monthly and entities.income_eur is not None and income is not None:
        month, year = quantity(entities.income_eur, "EUR"), quantity(income, "EUR")
        lines.append(texts.income_monthly.format(month=month, year=year))
        if entities.income_period is None:
            lines.append(texts.income_read_as_month.format(month=month))
    if missing:
        lines.append(texts.fee_missing.format(missing=missing))
    return Computation(tuple(lines), texts.fee_head, shown, _notes(table, content), table.facts)


# in a reply


def prefer_fee(decision: Decision, content: Content) -> Decision:
    """The decision, about a fee where the message names an income and asks, or may ask, what something costs.

    A fee needs an income, its neighbours do not: the second candidate with a fee table goes before the first without.
    """
    fees = {t.topic for t in content.tables.values() if t.kind == "fee"}
    if decision.entities.income_eur is None:
        return decision
    if decision.kind is Kind.CLARIFY and decision.asks == "topic":
        near = decision.candidates[:2]
    elif decision.kind is Kind.ANSWER and len(decision.topics) == 1 and decision.aspects[0] == Aspect.COST:
        near = () if decision.topics[0] in fees else decision.candidates[1:2]
    else:
        return decision
    better = next((c for c in near if c.topic in fees and c.confidence >= RUNNER_UP), None)
    if better is None:
        return decision
    winner = replace(better, confidence=max(decision.confidence, better.confidence))
    others = (c for c in decision.candidates if c is not better)
    return replace(
        decision,
        kind=Kind.ANSWER,
        topics=(better.topic,),
        aspects=(Aspect.COST.value,),
        candidates=(winner, *others),
        choices=(),
        asks=None,
    )


_VALUE_WORDS = frozenset(
    """mein meine meinem meinen unser unsere sohn tochter kind kinder kindern kids baby zwillinge drillinge ist
    sind jahr jahre jahren jahrig monat monate monaten woche wochen wochentlich wochenstunden alt stunden
    stunde std h euro eur k tausend million monatlich jahrlich pro im in der die das wir ich haben habe hat
    verdiene verdienen brauche brauchen fur mit bei und oder etwa ca circa rund ungefahr einkommen
    jahreseinkommen monatseinkommen brutto netto gehalt er sie es eins dann also zusammen insgesamt""".split()
)
"""Words beside which a message states values and asks nothing; folded."""


def states_only_values(analysis: Analysis) -> bool:
    """Whether the message is nothing but values that tables compute with: „45 Stunden“, „mein Kind ist 2“."""
    said = analysis.entities
    stated = (said.income_eur, said.hours_per_week, said.child_count)
    if not said.children and all(value is None for value in stated):
        return False
    return all(t.text.isdigit() or t.text in NUMBERS or fold(t.text) in _VALUE_WORDS for t in analysis.tokens)


def continue_table(analysis: Analysis, said: Conversation, content: Content) -> Decision | None:
    """The decision of a message that only adds values to what was just asked about a topic with a table, or None."""
    entry = content.entries.get(said.topic or "")
    table = next((t for t in content.tables.values() if entry is not None and t.topic == entry.topic), None)
    if entry is None or table is None or not states_only_values(analysis):
        return None
    return Decision(
        Kind.ANSWER,
        (entry.topic,),
        (table.aspects[0].value,),
        candidates=(Candidate(entry.topic, 1.0),),
        confidence=1.0,
        entities=analysis.entities,
        lang=analysis.lang,
    )


def _is_new(table: ComputingTable, said: Entities) -> bool:
    """Whether this message states what the table computes with, or what cannot be."""
    if table.kind == "fee":
        return said.income_eur is not None or said.hours_per_week is not None or "age" in said.doubtful
    by_age = table.kind == "by_age" and bool(said.children)
    return said.child_count is not None or len(said.children) > 1 or by_age or bool(said.doubtful)


def add_tables(page: Page, entry: Entry, aspect: str, said: Entities, before: Entities) -> bool:
    """Adds what the topic's tables compute; returns whether there was anything.

    said    what this message states
    before  what earlier ones did: it counts on the table's main side, or beside what is new
    """
    tables = [t for t in page.content.tables.values() if t.topic == entry.topic]
    added = False
    for kind in dict.fromkeys(t.kind for t in tables):
        table = find_table((t for t in tables if t.kind == kind), page.today)
        if table is None or aspect not in table.aspects:
            continue
        known = merge(before, said)
        known = Entities(
            children=known.children,
            hours_per_week=known.hours_per_week,
            income_eur=known.income_eur,
            income_period=known.income_period,
            child_count=known.child_count if said.child_count is not None or not said.children else None,
            doubtful=said.doubtful,
        )
        if not _is_new(table, said) and (aspect != table.aspects[0] or not _is_new(table, known)):
            continue
        found = compute(table, known, page.content, page.today)
        if found is not None:
            _add(page, entry, table, aspect, found)
            added = True
    return added


def _add(page: Page, entry: Entry, table: ComputingTable, aspect: str, found: Computation) -> None:
    lines = [page.text(line, entry) for line in found.lines]
    if found.rows:
        text = "\n".join([f"{table.title}:", *lines])
        rows = [list(row) for row in found.rows]
        used = [i for i in range(len(found.head)) if any(row[i] for row in rows)]
        page.add(
            "table", entry.topic, aspect, text, head=[found.head[i] for i in used],
            rows=[[row[i] for i in used] for row in rows],
        )  # fmt: skip
    else:
        page.add("text", entry.topic, aspect, "\n\n".join(lines))
    if found.notes:
        page.add("notice", entry.topic, aspect, " ".join(page.text(n, entry) for n in found.notes), level="info")
    page.cite(found.facts)
    if table.source is not None and table.checked is not None and found.rows:
        source = Source(table.source.label, table.source.url, table.source_date, table.checked.isoformat())
        page.sources.setdefault((source.label, source.url), source)


def add_countdown(page: Page, entry: Entry, aspect: Aspect) -> None:
    """Adds how many days are left until the day that this side counts to, when it is near."""
    text = entry.aspects.get(aspect)
    fact = page.content.facts.get(text.counts) if text and text.counts else None
    if fact is None or is_off_air(fact, page.content, page.today):
        return
    day = next_day(fact, page.today)
    if day is None or not 0 <= (day - page.today).days <= COUNT_DAYS:
        return
    texts, left = page.content.texts, (day - page.today).days
    sentence = texts.days_left if left else texts.last_day
    written = german_date(day.isoformat())
    page.add(
        "notice", entry.topic, aspect.value, sentence.format(day=written, days=quantity(left, "days")), level="info"
    )
    page.cite([fact.id])
