"""References in texts to the words that parents read: `{{fact:…}}`, `{{stand:…}}`, `{{place:…}}`."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date
from decimal import Decimal

from bot.content.loading import Content
from bot.content.models import REFERENCE, Fact, FactKind, is_day, is_day_of_year

MONTHS = (
    "Januar", "Februar", "März", "April", "Mai", "Juni",
    "Juli", "August", "September", "Oktober", "November", "Dezember",
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
    """`2026-11-22` → „22. November 2026“, `2026-11` → „November 2026“, `2026` → „2026“, `11-22` → „22. November“.

    Any other text comes back as it is: a check finds it.
    """
    if is_day_of_year(text):
        return f"{int(text[3:])}. {MONTHS[int(text[:2]) - 1]}"
    if not is_day(text):
        return text
    year, *rest = text.split("-")
    month = f"{MONTHS[int(rest[0]) - 1]} {year}" if rest else year
    return f"{int(rest[1])}. {month}" if len(rest) == 2 else month


def is_number(text: str) -> bool:
    """Whether it is a number as editors write it: `1000` or `12.50`."""
    return re.fullmatch(r"[0-9]+(\.[0-9]+)?", text) is not None


def _number(text: str) -> str:
    if not is_number(text):
        return text
    whole, _, fraction = text.partition(".")
    grouped = f"{int(whole):,}".replace(",", ".")
    return f"{grouped},{fraction}" if fraction else grouped


def fact_value(fact: Fact, *, bare: bool) -> str:
    """The value as parents read it, with its unit unless `bare`."""
    value, unit = fact.value or "", fact.unit or "text"
    if unit in ("date", "day_of_year"):
        return german_date(value)
    if unit == "time":
        value = re.sub(r"^0(?=\d)", "", value).replace(":", ".").removesuffix(".00")
        return value if bare else f"{value} Uhr"
    if unit in _UNITS:
        name = _UNITS[unit][0 if value == "1" else 1]
        return _number(value) if bare or not name else f"{_number(value)} {name}"
    return value


def fits_unit(value: str, unit: str) -> bool:
    """Whether a value can be read by its unit; what is no date, time or number can be anything."""
    if unit == "date":
        return is_day(value)
    if unit == "day_of_year":
        return is_day_of_year(value)
    if unit == "time":
        return re.fullmatch(r"([01]?\d|2[0-4]):[0-5]\d", value) is not None
    return unit not in _UNITS or is_number(value)


def quantity(number: Decimal | int, unit: str) -> str:
    """A number with its unit as parents read it: „518 Euro im Monat“, „1 Tag“, „120,50 Euro“."""
    text = f"{number:.2f}" if number != int(number) else str(int(number))
    name = _UNITS[unit][0 if text == "1" else 1]
    return f"{_number(text)} {name}".rstrip()


def next_day(fact: Fact, today: date) -> date | None:
    """The day that the fact means, of a day of the year the next one from today on; None when it is no whole day."""
    value = fact.value or ""
    if fact.unit == "date" and len(value) == 10 and is_day(value):
        return date.fromisoformat(value)
    if fact.unit != "day_of_year" or not is_day_of_year(value):
        return None
    for year in range(today.year, today.year + 9):  # 29 February is eight years off at most
        with suppress(ValueError):
            day = date.fromisoformat(f"{year:04}-{value}")
            if day >= today:
                return day
    return None


def stand(fact: Fact) -> str:
    """As of when the fact is known: „Stand März 2021“; without a date of the source, when it was taken over."""
    if fact.source_date:
        return f"Stand {german_date(fact.source_date)}"
    return f"abgerufen {german_date(fact.checked.isoformat()[:7])}"


def is_expired(fact: Fact, today: date) -> bool:
    """Whether the fact's validity ended before today; what is told as history does not end."""
    return fact.valid_until is not None and fact.valid_until < today and fact.kind is not FactKind.HISTORICAL


def is_off_air(fact: Fact, content: Content, today: date) -> bool:
    """Whether the fact may not be shown any more: it ended, and no emergency rests on it."""
    return is_expired(fact, today) and fact.id not in content.lasting


def fact_ids(text: str) -> tuple[str, ...]:
    """The ids of all facts that the text refers to, in order."""
    return tuple(name for kind, name, _, _ in REFERENCE.findall(text) if kind in ("fact", "stand"))


def render_text(text: str, content: Content, today: date | None = None, *, forever: bool = False) -> str:
    """The text with its references replaced, paragraphs kept. Dead references vanish: a check finds them before.

    today    values that ended before it raise `ExpiredFactError`; None: no value is expired
    forever  no value is expired; facts of emergencies never leave the air anyway
    """

    def replace(match: re.Match[str]) -> str:
        kind, name, field, bare = match.groups()
        if kind == "place":
            place = content.places.get(name)
            return str(getattr(place, field or "name") or "") if place else ""
        fact = content.facts.get(name)
        if fact is None:
            return ""
        if today is not None and not forever and is_off_air(fact, content, today):
            raise ExpiredFactError(name)
        return stand(fact) if kind == "stand" else fact_value(fact, bare=bool(bare))

    lines = (" ".join(line.split()) for line in REFERENCE.sub(replace, text).split("\n"))
    return re.sub(r"\n{2,}", "\n\n", "\n".join(lines)).strip()
