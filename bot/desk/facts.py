"""Facts as a table that an editor changes in Excel, and the changed table back into the YAML."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from bot.content.editing import Value
from bot.content.loading import Content
from bot.content.models import Fact, is_day, is_day_of_year
from bot.content.problems import Problem, Spot, unknown
from bot.content.rendering import MONTHS, fits_unit, is_number
from bot.desk.due import uses
from bot.desk.importing import Change, Plan, existing, invalid
from bot.desk.tabular import read_table, write_table

ID = "Kennung"
VERSION = "Fassung"
COLUMNS: Mapping[str, str] = {
    "Tatsache": "text", "Wert": "value", "Gilt ab": "valid_from", "Gilt bis": "valid_until", "Geprüft": "checked",
    "Quelle": "source.label", "Adresse der Quelle": "source.url", "Stand der Quelle": "source_date",
}  # fmt: skip
"""The columns that may be changed, and the field of each."""
READ_ONLY = ("Einheit", "Themen", "Datei")
HEAD = (ID, *list(COLUMNS)[:2], "Einheit", *list(COLUMNS)[2:], "Themen", "Datei", VERSION)
WIDTHS = (34, 60, 16, 12, 12, 12, 12, 24, 40, 16, 30, 40, 10)

_REQUIRED = ("text", "checked", "source.label")
_DATES = ("valid_from", "valid_until", "checked", "source_date")
_WHOLE_DAYS = ("valid_until", "checked")
_KEEP = "Löschen Sie die Zeile, wenn sich nichts ändern soll."


class _CellError(Exception):
    """A cell that cannot be read: why, and what to write instead."""

    def __init__(self, message: str, suggestion: str) -> None:
        super().__init__(message)
        self.message, self.suggestion = message, suggestion


def _field(record: Mapping[str, Any], name: str) -> str:
    outer, _, inner = name.partition(".")
    value = record.get(outer)
    if inner:
        value = value.get(inner) if isinstance(value, Mapping) else None
    return " ".join(str(value).split()) if value is not None else ""


def _shown(name: str, text: str, unit: str | None) -> str:
    """The value as Excel leaves it alone: days and amounts in the German way."""
    day = name in _DATES or (name == "value" and unit == "date")
    if day and len(text) == 10 and is_day(text):
        return f"{text[8:]}.{text[5:7]}.{text[:4]}"
    if name == "value" and unit == "day_of_year" and is_day_of_year(text):
        return f"{text[3:]}.{text[:2]}."
    if name == "value" and unit not in ("phone", "text", None) and re.fullmatch(r"\d+\.\d+", text):
        return text.replace(".", ",")
    return text


def _version(record: Mapping[str, Any]) -> str:
    """What tells whether a fact was changed since it was put into a table."""
    texts = [_field(record, name) for name in COLUMNS.values()]
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:8]


def _as_typed(fact: Fact) -> dict[str, Any]:
    return fact.model_dump(mode="json", exclude_none=True)


def rows_of(facts: Iterable[Fact], content: Content, spots: Mapping[str, Spot]) -> list[list[str]]:
    """The cells of each fact, as long as `HEAD`."""
    shown = uses(content)
    rows = []
    for fact in facts:
        record = _as_typed(fact)
        cells = {column: _shown(name, _field(record, name), fact.unit) for column, name in COLUMNS.items()}
        cells |= {
            ID: fact.id,
            "Einheit": fact.unit or "",
            "Themen": ", ".join(shown.get(fact.id, ())),
            "Datei": str(spots.get(f"fact:{fact.id}", "")),
            VERSION: _version(record),
        }
        rows.append([cells[name] for name in HEAD])
    return rows


def write_facts(path: Path, facts: Iterable[Fact], content: Content, spots: Mapping[str, Spot]) -> None:
    """Writes the facts as a table, CSV or Excel by the name's end.

    raises  OSError
    """
    write_table(path, HEAD, rows_of(facts, content, spots), WIDTHS)


# and back


def _number(text: str) -> str:
    """„1.250,50 €“ as `1250.50`; what is no number as it is."""
    bare = re.sub(r"\s*(€|Euro|Prozent|%)( im Monat)?$", "", text)
    if re.fullmatch(r"\d{1,3}(\.\d{3})+(,\d+)?|\d+,\d+", bare):
        bare = bare.replace(".", "").replace(",", ".")
    return bare if is_number(bare) else text


def _date(text: str) -> str:
    """A German day, month or year as `2026-11-22`, `2026-11`, `2026`; any other text as it is."""
    if found := re.fullmatch(r"(\d{1,2})\.\s*(\d{1,2})\.\s*(\d{4})", text):
        return f"{found[3]}-{int(found[2]):02}-{int(found[1]):02}"
    if found := re.fullmatch(r"(\d{1,2})[./](\d{4})", text):
        return f"{found[2]}-{int(found[1]):02}"
    if (found := re.fullmatch(r"(?:(\d{1,2})\.\s*)?(\w{3,})\.?\s+(\d{4}|\d{2})", text)) and _month(found[2]):
        year = found[3] if len(found[3]) == 4 else f"20{found[3]}"
        return f"{year}-{_month(found[2])}" + (f"-{int(found[1]):02}" if found[1] else "")
    return text


def _month(name: str) -> str | None:
    """The number of a month, also as Excel shortens it: „Dez“, „Mrz“."""
    known = {month.lower()[:3]: f"{n:02}" for n, month in enumerate(MONTHS, start=1)} | {"mrz": "03"}
    return known.get(name.lower()[:3])


def _value(text: str, unit: str | None) -> str:
    """The value in the form that it has in YAML.

    raises  _CellError
    """
    if unit is None:
        raise _CellError("Diese Tatsache hat keine Einheit und damit keinen Wert.", "Leeren Sie die Zelle.")
    found = text
    if unit == "date":
        found = _date(text)
    elif unit == "day_of_year":
        day = re.fullmatch(r"(\d{1,2})\.\s*(\d{1,2})\.(?:\s*\d{4})?", text)
        words = re.fullmatch(r"(\d{1,2})\.\s*(\w{3,})\.?", text)
        if day:
            found = f"{int(day[2]):02}-{int(day[1]):02}"
        elif words and _month(words[2]):
            found = f"{_month(words[2])}-{int(words[1]):02}"
    elif unit == "time":
        clock = re.fullmatch(r"(\d{1,2})(?:[.:](\d{2}))?(?::00)?(?:\s*Uhr)?", text)
        found = f"{int(clock[1]):02}:{clock[2] or '00'}" if clock else text
    elif unit not in ("phone", "email", "url", "address", "hours_text", "text"):
        found = _number(text)
    if not fits_unit(found, unit):
        forms = {"date": "31.12.2026", "day_of_year": "1. August", "time": "08:30"}
        raise _CellError(
            f"„{text}“ passt nicht zu „{unit}“.", f"Schreiben Sie etwa {forms.get(unit, '297 oder 12,50')}."
        )
    return found


def _read(name: str, text: str, unit: str | None) -> str | None:
    """The cell's text in the form that the field has in YAML; None for an empty cell.

    raises  _CellError
    """
    if not text:
        if name in _REQUIRED or (name == "value" and unit is not None):
            raise _CellError("Die Zelle ist leer.", _KEEP)
        return None
    if name == "value":
        return _value(text, unit)
    if name in _DATES:
        day = _date(text)
        if not is_day(day) or (name in _WHOLE_DAYS and len(day) != 10):
            partly = "" if name in _WHOLE_DAYS else ", 12.2026 oder 2026"
            raise _CellError(f"„{text}“ ist kein Datum.", f"Schreiben Sie 31.12.2026{partly}.")
        return day
    if name == "source.url":
        address = f"https://{text}" if text.startswith("www.") else text
        if re.fullmatch(r"https?://[^\s/]+\.[^\s]+", address) is None:
            raise _CellError(f"„{text}“ ist keine Internetadresse.", "Sie beginnt mit https://")
        return address
    return text


def _changes(
    record: Mapping[str, Any], cells: Mapping[str, str], spot: Spot, problems: list[Problem]
) -> dict[str, str | None]:
    """The fields that the row changes, with their new texts; a wrong cell becomes a problem."""
    unit = record.get("unit")
    found: dict[str, str | None] = {}
    for column, name in COLUMNS.items():
        if column not in cells:
            continue
        before = _field(record, name)
        text = cells[column]
        if text in (before, _shown(name, before, unit)):
            continue
        try:
            after = _read(name, text, unit)
        except _CellError as error:
            problems.append(Problem(spot, f"Spalte „{column}“: {error.message}", error.suggestion))
            continue
        if (after or "") != before:
            found[name] = after
    return found


def _fields(record: Mapping[str, Any], found: Mapping[str, str | None]) -> dict[str, tuple[Value | None, Value | None]]:
    """The changes by field, old and new; those of the source as a whole."""
    fields: dict[str, tuple[Value | None, Value | None]] = {
        name: (_field(record, name) or None, text) for name, text in found.items() if not name.startswith("source.")
    }
    source = {key: _field(record, f"source.{key}") for key in ("label", "url")}
    changed = {key: found.get(f"source.{key}", text) for key, text in source.items()}
    if any(name.startswith("source.") for name in found):
        fields["source"] = (
            {key: text for key, text in source.items() if text},
            {key: text for key, text in changed.items() if text},
        )
    return fields


def _hints(name: str, after: Mapping[str, Any], spot: Spot, today: date) -> Iterator[Problem]:
    """What may be meant, but hardly is."""
    begins, ends = str(after.get("valid_from") or ""), str(after.get("valid_until") or "")
    if begins and (begins + "-01-01")[:10] > today.isoformat():
        message = f"„{name}“ gilt erst ab {begins}, der Bot nennt es aber sofort."
        yield Problem(spot, message, "Übernehmen Sie die Zeile erst dann.", "warning")
    if ends and ends < today.isoformat():
        message = f"„{name}“ ist auch damit schon abgelaufen."
        yield Problem(spot, message, "Tragen Sie „Gilt bis“ neu ein.", "warning")


def plan_facts(table: Path, knowledge: Path, today: date) -> Plan:
    """What the table would change in the facts. Never raises: with any problem in it, nothing may be written.

    today  the day on which a changed fact counts as checked, unless the table says another
    """
    read = read_table(table, HEAD)
    problems: list[Problem] = [*read.problems]
    if not problems:
        problems += _column_problems(read.columns, table.as_posix())
    known = existing(knowledge, "facts")
    problems += [problem for problem in known.problems if problem.level == "error"]
    if problems:
        return Plan("facts", problems=tuple(sorted(problems)))
    numbers = {str(record.get("id")): n for n, (_, _, record) in enumerate(known.records)}
    changes: list[Change] = []
    merged: list[tuple[Spot, dict[str, Any]]] = []
    hints: list[Problem] = []
    first: dict[str, Spot] = {}
    for spot, cells in read.rows:
        name = cells.get(ID, "")
        if name not in numbers:
            where = "Die Spalte „Kennung“ bleibt, wie sie war."
            missing = Problem(spot, "Spalte „Kennung“: Die Zelle ist leer.", where)
            problems.append(unknown("Die Tatsache", name, numbers, spot, where) if name else missing)
            continue
        if first.setdefault(name, spot) != spot:
            problems.append(Problem(spot, f"„{name}“ steht schon in {first[name]}.", "Löschen Sie eine der Zeilen."))
            continue
        path, index, record = known.records[numbers[name]]
        found = _changes(record, cells, spot, problems)
        if not found:
            continue
        version = cells.get(VERSION, "")
        if version and version != _version(record):
            message = f"„{name}“ wurde geändert, seit die Tabelle geschrieben wurde."
            problems.append(Problem(spot, message, "Lassen Sie die Tabelle neu schreiben und tragen Sie es dort ein."))
            continue
        found.setdefault("checked", today.isoformat())
        fields = _fields(record, found)
        after = {**record, **{key: new for key, (_, new) in fields.items()}}
        after = {key: value for key, value in after.items() if value is not None}
        begins, ends = str(after.get("valid_from", "")), str(after.get("valid_until", ""))
        if begins and ends and begins > ends:
            message = f"Spalte „Gilt bis“: „{name}“ endet, bevor es beginnt."
            problems.append(Problem(spot, message, "Prüfen Sie „Gilt ab“ und „Gilt bis“."))
        hints += _hints(name, after, spot, today)
        changes.append(Change(name, str(record.get("text", "")), spot, path, index, fields))
        merged.append((spot, after))
    if not problems:  # what no single cell shows
        problems += invalid("facts", merged)
    if problems:
        return Plan("facts", problems=tuple(sorted(problems)))
    return Plan("facts", tuple(changes), same=len(read.rows) - len(changes), hints=tuple(hints))


def _column_problems(columns: Sequence[str], file: str) -> Iterator[Problem]:
    spot = Spot(file, 1)
    if ID not in columns:
        yield Problem(spot, f"Die Spalte „{ID}“ fehlt.", "Ohne sie lässt sich nichts zuordnen.")
    for column in columns:
        if column not in HEAD:
            yield unknown("Die Spalte", column, HEAD, spot, f"Möglich: {', '.join(HEAD)}.")
    if not set(columns) & set(COLUMNS):
        yield Problem(spot, "Keine Spalte lässt sich übernehmen.", f"Möglich: {', '.join(COLUMNS)}.")
