"""CSV, Excel and GeoJSON files as rows of text; encoding and delimiter are recognised. And rows as such a file."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from bot.content.problems import Problem, Spot

MAX_BYTES = 20_000_000
"""No table of a town's places is larger; a larger one is another file."""


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a file with the line each begins in; every cell is text, the missing ones are empty."""

    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Spot, Mapping[str, str]], ...] = ()
    problems: tuple[Problem, ...] = ()


def _decoded(raw: bytes, encoding: str | None) -> str:
    """The text in the named encoding, or in the one that fits: Excel writes UTF-8, Windows-1252 or UTF-16.

    raises  UnicodeDecodeError
    """
    if encoding == "utf-16" or (encoding is None and raw[:2] in (b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16")
    if encoding == "latin-1":
        return raw.decode("cp1252", errors="replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        if encoding is not None:
            raise
        return raw.decode("cp1252", errors="replace")


def _delimiter(text: str, needed: Collection[str]) -> str:
    """The delimiter with which the first line has most of the needed columns, then most columns at all."""

    def found(delimiter: str) -> tuple[int, int]:
        header = next(csv.reader(io.StringIO(text), delimiter=delimiter), [])
        names = {name.strip() for name in header}
        return len(names & set(needed)), len(header)

    return max((";", ",", "\t", "|"), key=found)


def _csv(text: str, file: str, delimiter: str | None, needed: Collection[str]) -> Table:
    separator = ("\t" if delimiter == "tab" else delimiter) or _delimiter(text, needed)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    header = [name.strip() for name in next(reader, [])]
    problems = [
        Problem(Spot(file, 1), f"Die Spalte „{name}“ gibt es zweimal.", "Benennen Sie eine davon um.")
        for name, n in Counter(header).items()
        if n > 1 and name
    ]
    rows = []
    before = reader.line_num
    for cells in reader:
        spot, before = Spot(file, before + 1), reader.line_num
        if not any(cell.strip() for cell in cells):
            continue
        if any(cell.strip() for cell in cells[len(header) :]):
            message = f"Die Zeile hat {len(cells)} Felder, die Kopfzeile {len(header)}."
            problems.append(Problem(spot, message, 'Setzen Sie Felder mit Trennzeichen in „"…"“.'))
        rows.append((spot, {name: " ".join(cell.split()) for name, cell in zip(header, cells, strict=False) if name}))
    return Table(tuple(name for name in header if name), tuple(rows), tuple(problems))


def _xlsx(path: Path) -> Table:
    """The first sheet of a workbook."""
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    file = path.as_posix()
    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, BadZipFile, KeyError, ValueError):
        problem = Problem(Spot(file, 1), "Die Datei ist keine lesbare Excel-Datei.", "Speichern Sie sie neu als XLSX.")
        return Table(problems=(problem,))
    try:
        lines = book.worksheets[0].iter_rows(values_only=True) if book.worksheets else iter(())
        header = [_cell(value) for value in next(lines, ())]
        problems = tuple(
            Problem(Spot(file, 1), f"Die Spalte „{name}“ gibt es zweimal.", "Benennen Sie eine davon um.")
            for name, n in Counter(header).items()
            if n > 1 and name
        )
        rows = tuple(
            (Spot(file, number), {name: _cell(v) for name, v in zip(header, values, strict=False) if name})
            for number, values in enumerate(lines, start=2)
            if any(_cell(value) for value in values)
        )
    finally:
        book.close()
    return Table(tuple(name for name in header if name), rows, problems)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime) and value.time() == time():
        value = value.date()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, bool):
        return "ja" if value else "nein"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, list):
        return "; ".join(map(_cell, value))
    return " ".join(str(value).split())


def _geojson(text: str, file: str) -> Table:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        return Table(problems=(Problem(Spot(file, line), "Die Datei ist kein gültiges JSON.", "Laden Sie sie neu."),))
    features = data.get("features") if isinstance(data, dict) and data.get("type") == "FeatureCollection" else None
    if not isinstance(features, list):
        problem = Problem(Spot(file, 1), "Die Datei ist keine „FeatureCollection“.", "Exportieren Sie sie als GeoJSON.")
        return Table(problems=(problem,))
    properties = [f.get("properties") if isinstance(f, dict) else None for f in features]
    starts = [text.count("\n", 0, m.start()) + 1 for m in re.finditer(r'"properties"\s*:', text)]
    lines = starts if len(starts) == len(features) else [1] * len(features)
    rows = tuple(
        (Spot(file, line), {str(k).strip(): _cell(v) for k, v in p.items()})
        for line, p in zip(lines, properties, strict=True)
        if isinstance(p, dict) and p
    )
    return Table(tuple(dict.fromkeys(name for _, cells in rows for name in cells)), rows)


def read_table(
    path: Path, needed: Collection[str] = (), delimiter: str | None = None, encoding: str | None = None
) -> Table:
    """The rows of a CSV, Excel or GeoJSON file; what it is, its encoding and delimiter are recognised.

    needed  the columns that tell the right delimiter from a wrong one
    """
    file = path.as_posix()

    def failed(message: str, suggestion: str) -> Table:
        return Table(problems=(Problem(Spot(file, 1), message, suggestion),))

    try:
        if path.stat().st_size > MAX_BYTES:
            return failed("Die Datei ist zu groß.", "Höchstens 20 MB: ist es die richtige Datei?")
        if path.suffix.lower() == ".xlsx":
            table = _xlsx(path)
            empty = not table.rows and not table.problems
            return failed("In der Datei steht kein einziger Eintrag.", "Ist es die richtige Datei?") if empty else table
        text = _decoded(path.read_bytes(), encoding)
    except FileNotFoundError:
        return failed("Diese Datei gibt es nicht.", "Prüfen Sie den Namen.")
    except OSError:
        return failed("Die Datei lässt sich nicht lesen.", "Ist es eine Datei mit Leserecht?")
    except UnicodeError:
        return failed("Der Zeichensatz stimmt nicht.", "Ändern Sie „encoding“ in der Zuordnung.")
    text = text.removeprefix("\ufeff")
    if not text.strip():
        return failed("Die Datei ist leer.", "Ist es die richtige Datei?")
    try:
        is_json = path.suffix.lower() in (".geojson", ".json") or text.lstrip().startswith("{")
        table = _geojson(text, file) if is_json else _csv(text, file, delimiter, needed)
    except csv.Error:
        return failed("Die Datei ist keine lesbare Tabelle.", "Speichern Sie sie neu als CSV.")
    if not table.rows and not table.problems:
        return failed("In der Datei steht kein einziger Eintrag.", "Ist es die richtige Datei?")
    return table


def write_table(path: Path, head: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[int] = ()) -> None:
    """Writes the rows as Excel file where the name ends so, else as CSV that Excel opens: semicolons, UTF-8 with mark.

    widths  of the columns of an Excel file, in characters
    raises  OSError
    """
    if path.suffix.lower() != ".xlsx":
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
            writer.writerows([head, *rows])
        return
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.worksheets[0]
    for row in (head, *rows):
        sheet.append(list(row))
    for line in sheet.iter_rows():
        for cell in line:
            cell.data_type, cell.number_format = "s", "@"  # text: Excel would take 02323 for a number, 12.50 for a day
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for number, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.freeze_panes = "B2"
    book.save(path)
