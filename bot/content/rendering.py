"""References in texts to the words that parents read: `{{fact:…}}`, `{{stand:…}}`, `{{place:…}}`."""

from __future__ import annotations

import re
from datetime import date

from bot.content.loading import Content
from bot.content.models import REFERENCE, Fact, FactKind

MONTHS = (
    "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember",
)  # fmt: skip

_UNITS = {
    "EUR": ("Euro", "Euro"), "EUR/month": ("Euro im Monat",) * 2, "EUR/day": ("Euro am Tag",) * 2,
    "EUR/year": ("Euro im Jahr",) * 2, "EUR/hour": ("Euro in der Stunde",) * 2, "percent": ("Prozent", "Prozent"),
    "hours": ("Stunde", "Stunden"), "hours/week": ("Stunde in der Woche", "Stunden in der Woche"),
    "minutes": ("Minute", "Minuten"), "days": ("Tag", "Tage"), "weeks": ("Woche", "Wochen"),
    "months": ("Monat", "Monate"), "years": ("Jahr", "Jahre"), "count": ("", ""), "time": ("Uhr", "Uhr"),
}  # fmt: skip


class ExpiredFactError(Exception):
    """A text refers to a value that is no longer valid."""


def german_date(text: str) -> str:
    """`2026-11-22` → „22. November 2026“, `2026-11` → „November 2026“, `2026` → „2026“, `11-22` → „22. November“."""
    parts = [int(p) for p in text.split("-")]
    if len(text) == 5:
        return f"{parts[1]}. {MONTHS[parts[0] - 1]}"
    if len(parts) == 3:
        return f"{parts[2]}. {MONTHS[parts[1] - 1]} {parts[0]}"
    if len(parts) == 2:
        return f"{MONTHS[parts[1] - 1]} {parts[0]}"
    return text


def _number(text: str) -> str:
    if not re.fullmatch(r"\d+(\.\d+)?", text):
        return text
    whole, _, fraction = text.partition(".")
    grouped = f"{int(whole):,}".replace(",", ".")
    return f"{grouped},{fraction}" if fraction else grouped


def fact_value(fact: Fact, *, bare: bool) -> str:
    """The value as parents read it, with its unit unless `bare`."""
    value, unit = fact.value or "", fact.unit or "text"
    if unit in ("date", "day_of_year") and re.fullmatch(r"[\d-]+", value):
        return german_date(value)
    if unit == "time":
        value = value.replace(":", ".").removesuffix(".00")
        return value if bare else f"{value} Uhr"
    if unit in _UNITS:
        name = _UNITS[unit][0 if value == "1" else 1]
        return _number(value) if bare or not name else f"{_number(value)} {name}"
    return value


def stand(fact: Fact) -> str:
    """As of when the fact is known: „Stand März 2021“; without a date of the source, the day it was taken over."""
    return f"Stand {german_date(fact.source_date or fact.checked.isoformat()[:7])}"


def is_expired(fact: Fact, today: date) -> bool:
    """Whether the fact's validity ended before today."""
    return fact.valid_until is not None and fact.valid_until < today


def fact_ids(text: str) -> tuple[str, ...]:
    """The ids of all facts that the text refers to, in order."""
    return tuple(name for kind, name, _, _ in REFERENCE.findall(text) if kind in ("fact", "stand"))


def render_text(text: str, content: Content, today: date | None = None, *, forever: bool = False) -> str:
    """The text with its references replaced, paragraphs kept. Dead references vanish: a check finds them before they go live.

    today    values that ended before it raise `ExpiredFactError`; None: no value is expired
    forever  facts of emergencies never leave the air
    """

    def replace(match: re.Match[str]) -> str:
        kind, name, field, bare = match.groups()
        if kind == "place":
            place = content.places.get(name)
            return str(getattr(place, field or "name") or "") if place else ""
        fact = content.facts.get(name)
        if fact is None:
            return ""
        if today is not None and not forever and is_expired(fact, today) and fact.kind != FactKind.HISTORICAL:
            raise ExpiredFactError(name)
        return stand(fact) if kind == "stand" else fact_value(fact, bare=bool(bare))

    lines = (" ".join(line.split()) for line in REFERENCE.sub(replace, text).split("\n"))
    return re.sub(r"\n{2,}", "\n\n", "\n".join(lines)).strip()
