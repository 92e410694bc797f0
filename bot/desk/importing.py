"""Tables of places and offers, CSV or GeoJSON, into the knowledge: first the difference, then the file."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console

from bot.content.documents import Document, KeyPath, read_document
from bot.content.editing import Edit, Value, reformats, with_edits
from bot.content.models import Fact, ImportMap, Offer, Place, Sourced
from bot.content.problems import Problem, Spot, unknown
from bot.content.validation import read_record, validate_records
from bot.desk.tabular import read_table

MODELS: Mapping[str, type[Sourced]] = {"places": Place, "offers": Offer}
RECORDS: Mapping[str, type[Sourced]] = {**MODELS, "facts": Fact}
"""All that a plan can change; facts come from the table that `familienbot facts` wrote."""
NESTED = ("age_months", "time")
"""Fields with `from` and `until`; a column names them as `time.from`."""

_AUTOMATIC = ("id", "source", "source_date", "checked")
_WEEKDAYS = {
    f"{short}{rest}": code
    for code, short, rest_of in (
        ("MO", "mo", "ntag"), ("TU", "di", "enstag"), ("WE", "mi", "ttwoch"), ("TH", "do", "nnerstag"),
        ("FR", "fr", "eitag"), ("SA", "sa", "mstag"), ("SU", "so", "nntag"),
    )
    for rest in ("", rest_of, f"{rest_of}s")
}  # fmt: skip
_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_CLOCK = re.compile(r"(\d{1,2})(?:[.:](\d{2}))?(?:\s*Uhr)?")
_COLUMN = re.compile(r"\{(slug:)?([^{}]+)\}")


@dataclass(frozen=True, slots=True)
class Change:
    """What one row does to one record.

    file    where the record stands or will stand
    index   which of the file's records; None: a new one
    fields  field → (old, new); an old None is a field that was not there, a new None one that goes
    """

    id: str
    name: str
    spot: Spot
    file: Path
    index: int | None
    fields: Mapping[str, tuple[Value | None, Value | None]]


@dataclass(frozen=True, slots=True)
class Plan:
    """The difference between a table and the knowledge; with problems, nothing may be written.

    missing  (id, name) of the records of the map's file that the table does not have: they stay
    same     how many rows change nothing
    hints    what may be meant, but hardly is
    """

    target: str = "places"
    changes: tuple[Change, ...] = ()
    missing: tuple[tuple[str, str], ...] = ()
    same: int = 0
    problems: tuple[Problem, ...] = ()
    hints: tuple[Problem, ...] = ()


@dataclass(slots=True)
class Existing:
    """The records of the knowledge as plain data, with the file and place of each."""

    records: list[tuple[Path, int, Mapping[str, Any]]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def slug(text: str) -> str:
    """The text as part of an id: `Kita „Löwenzahn“` → `kita-loewenzahn`."""
    lower = text.casefold()
    for letter, pair in (("ä", "ae"), ("ö", "oe"), ("ü", "ue")):
        lower = lower.replace(letter, pair)
    plain = unicodedata.normalize("NFKD", lower).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def _columns_in(template: str) -> tuple[str, ...]:
    return tuple(m[2] for m in _COLUMN.finditer(template)) or (template,)


def _filled(template: str, cells: Mapping[str, str]) -> str:
    """The template with the row's cells; empty when all of them are, and without the commas of those that are."""
    if _COLUMN.search(template) is None:
        return cells.get(template, "")
    if not any(cells.get(name) for name in _columns_in(template)):
        return ""
    text = _COLUMN.sub(lambda m: slug(cells.get(m[2], "")) if m[1] else cells.get(m[2], ""), template)
    text = re.sub(r"(\s*,)+", ",", " ".join(text.split()))
    return text.strip(" ,")


def _items(text: str, separators: str) -> tuple[str, ...]:
    return tuple(item for part in re.split(separators, text) if (item := part.strip()))


def _day(text: str) -> str:
    """A German date as `2026-11-22`; any other text as it is: the model finds it."""
    found = _DAY.fullmatch(text)
    return f"{found[3]}-{int(found[2]):02d}-{int(found[1]):02d}" if found else text


def _clock(text: str) -> str:
    found = _CLOCK.fullmatch(text)
    return f"{int(found[1]):02d}:{found[2] or '00'}" if found else text


def _converted(name: str, text: str) -> Value:
    """The text of a cell in the form that the field has in YAML."""
    if name == "weekdays":
        words = _items(text, r"[,;/|+]|\bund\b")
        return tuple(_WEEKDAYS.get(word.casefold().rstrip("."), word) for word in words)
    if name == "dates":
        return tuple(_day(item) for item in _items(text, r"[,;|]"))
    if name in ("languages", "also"):
        return _items(text, r"[,;/|]")
    if name == "services":
        return _items(text, r"[;|]")
    if name in ("time.from", "time.until"):
        return _clock(text)
    if name == "valid_until":
        return _day(text)
    if name == "url" and text.startswith("www."):
        return f"https://{text}"
    return text


def _record(cells: Mapping[str, str], given: ImportMap) -> dict[str, Value]:
    """The fields that the row states; `time.from` and the like stand below their field."""
    found: dict[str, Value] = {}
    nested: dict[str, dict[str, str]] = {}
    texts = {name: given.lookup.get(name, {}).get(t := _filled(c, cells), t) for name, c in given.columns.items()}
    fixed = {**({"kind": given.kind} if given.kind else {}), **given.values}
    for name, text in {**fixed, **{k: v for k, v in texts.items() if v}}.items():
        value = _converted(name, text)
        outer, _, inner = name.partition(".")
        if inner and isinstance(value, str):
            nested.setdefault(outer, {})[inner] = value
        else:
            found[name] = value
    source = {"label": given.source.label} | ({"url": given.source.url} if given.source.url else {})
    dated: dict[str, Value] = {"source_date": given.source_date} if given.source_date else {}
    return {"id": _filled(given.id, cells), **found, **nested, "source": source, **dated}


def order_of(model: type[Sourced]) -> tuple[str, ...]:
    """The fields of a record in the order in which editors write them: the source and the notes last."""
    return tuple(n for n in model.model_fields if n not in Sourced.model_fields) + tuple(Sourced.model_fields)


def _fields_of(model: type[Sourced]) -> list[str]:
    names = [n for n in order_of(model) if n not in _AUTOMATIC and n not in NESTED]
    return names + [f"{n}.{end}" for n in NESTED if n in model.model_fields for end in ("from", "until")]


def _map_problems(given: ImportMap, document: Document, target: str, root: Path) -> Iterator[Problem]:
    if given.target != target:
        message = f"Die Zuordnung ist für „{given.target}“, der Befehl für „{target}“."
        yield Problem(document.spot(("target",)), message, f"Rufen Sie „import {given.target}“ auf.")
        return
    known = _fields_of(MODELS[target])
    for group in ("columns", "values", "lookup"):
        for name in getattr(given, group):
            if name in _AUTOMATIC:
                message = f"„{name}“ wird von selbst gesetzt."
                yield Problem(document.spot((group, name)), message, "Löschen Sie die Zeile.")
            elif name not in known:
                where = f"Möglich: {', '.join(known)}."
                yield unknown("Das Feld", name, known, document.spot((group, name)), where)
    if "name" not in {*given.columns, *given.values}:
        yield Problem(document.spot(("columns",)), "Hier fehlt „name“.", "Ergänzen Sie „name: …“.")
    parts = Path(given.file).parts
    inside = len(parts) >= 4 and parts[0] == root.name and parts[2] == target and ".." not in parts
    if not inside or not given.file.endswith(".yaml"):
        message = f"„{given.file}“ ist keine Datei für „{target}“."
        example = f"{root.name}/herne/{target}/name.yaml"
        yield Problem(document.spot(("file",)), message, f"Form: {example}.")


def _column_problems(given: ImportMap, document: Document, columns: Collection[str]) -> Iterator[Problem]:
    named: list[tuple[tuple[str, ...], str]] = [(("id",), given.id)]
    named += [(("columns", name), template) for name, template in given.columns.items()]
    used = [(path, column) for path, template in named for column in _columns_in(template)]
    used += [(("where", column), column) for column in given.where]
    for path, column in used:
        if column not in columns:
            where = f"Vorhanden: {', '.join(columns)}."
            yield unknown("Die Spalte", column, columns, document.spot(path), where)


def existing(root: Path, target: str) -> Existing:
    """All records of this sort in the city's own folder, as they are typed."""
    found = Existing()
    for path in sorted(root.glob(f"*/{target}/**/*.yaml")):
        document = read_document(path, root, found.problems)
        records = document.data.get(target) if document and isinstance(document.data, dict) else None
        for i, record in enumerate(records if isinstance(records, list) else ()):
            if isinstance(record, dict):
                found.records.append((path, i, record))
    return found


def _plain(name: str) -> str:
    return " ".join(re.findall(r"\w+", name.casefold()))


def _frozen(value: Any) -> Value | None:
    if isinstance(value, list):
        return tuple(map(str, value))
    return {str(k): str(v) for k, v in value.items()} if isinstance(value, dict) else value


def _differences(old: Mapping[str, Any], new: Mapping[str, Value]) -> dict[str, tuple[Value | None, Value | None]]:
    """Field by field; what the table leaves open stays, and so does a kind under which the place is found too."""
    found: dict[str, tuple[Value | None, Value | None]] = {}
    for name, value in new.items():
        before = _frozen(old.get(name))
        if name in NESTED and isinstance(value, Mapping) and isinstance(before, Mapping):
            value = {**before, **value}
        if name == "id" or before == value or (name == "kind" and value in (old.get("also") or ())):
            continue
        found[name] = (before, value)
    if "source" in found and "source_date" not in new and old.get("source_date"):
        found["source_date"] = (str(old["source_date"]), None)
    return found


def _match(
    record: Mapping[str, Value], by_id: Mapping[str, int], by_name: Mapping[str, list[int]]
) -> int | list[int] | None:
    """The number of the record with this id, else with this name; several numbers when the name is not enough."""
    if str(record["id"]) in by_id:
        return by_id[str(record["id"])]
    found = by_name.get(_plain(str(record.get("name", ""))), [])
    return found[0] if len(found) == 1 else found or None


def _row_problems(records: Sequence[tuple[Spot, Mapping[str, Value]]]) -> Iterator[Problem]:
    first: dict[str, Spot] = {}
    for spot, record in records:
        for key, german in (("id", "Kennung"), ("name", "Name")):
            if not record.get(key):
                yield Problem(spot, f"Hier fehlt der Wert für „{key}“.", f"Ohne {german} lässt sich nichts zuordnen.")
        name = str(record["id"])
        if name and first.setdefault(name, spot) != spot:
            message = f"„{name}“ entsteht schon aus {first[name]}."
            yield Problem(spot, message, "Nehmen Sie eine weitere Spalte in „id“ auf.")


def plan_import(target: str, data: Path, mapping: Path, knowledge: Path, today: date) -> Plan:
    """What the table would change in the knowledge. Never raises: what is wrong becomes a problem.

    target  `places` or `offers`
    today   the day on which added and changed records count as checked
    """
    problems: list[Problem] = []
    read = read_record(ImportMap, mapping, problems)
    if read is None:
        return Plan(target, problems=tuple(sorted(problems)))
    given, document = read
    problems += _map_problems(given, document, target, knowledge)
    if problems:
        return Plan(target, problems=tuple(sorted(problems)))
    needed = {c for template in (given.id, *given.columns.values()) for c in _columns_in(template)}
    table = read_table(data, needed, given.delimiter, given.encoding)
    problems += table.problems
    if table.columns:
        problems += _column_problems(given, document, table.columns)
    if problems:
        return Plan(target, problems=tuple(sorted(problems)))
    rows = [(s, cells) for s, cells in table.rows if all(cells.get(c, "") in vs for c, vs in given.where.items())]
    records = [(spot, _record(cells, given)) for spot, cells in rows]
    if not records:
        message = "Keine Zeile erfüllt „where“."
        return Plan(target, problems=(Problem(document.spot(("where",)), message, "Prüfen Sie die Werte."),))
    known = existing(knowledge, target)
    problems += [*_row_problems(records), *(p for p in known.problems if p.level == "error")]
    if problems:
        return Plan(target, problems=tuple(sorted(problems)))
    return _compared(target, records, known, knowledge.parent / given.file, today)


def _compared(
    target: str, records: Sequence[tuple[Spot, Mapping[str, Value]]], known: Existing, file: Path, today: date
) -> Plan:
    """The plan of valid rows against the records of the knowledge."""
    by_id = {str(r.get("id")): n for n, (_, _, r) in enumerate(known.records)}
    by_name: dict[str, list[int]] = {}
    for n, (_, _, record) in enumerate(known.records):
        by_name.setdefault(_plain(str(record.get("name"))), []).append(n)
    problems: list[Problem] = []
    changes: list[Change] = []
    taken: dict[int, Spot] = {}
    merged: list[tuple[Spot, dict[str, Any]]] = []
    checked: Value = today.isoformat()
    for spot, record in records:
        name = str(record.get("name"))
        number = _match(record, by_id, by_name)
        if isinstance(number, list):
            ids = ", ".join(str(known.records[n][2].get("id")) for n in number)
            message = f"„{name}“ heißen mehrere Einträge: {ids}."
            problems.append(Problem(spot, message, "Ordnen Sie über „id“ zu."))
            continue
        if number is None:
            fields: dict[str, tuple[Value | None, Value | None]] = {k: (None, v) for k, v in record.items()}
            fields["checked"] = (None, checked)
            changes.append(Change(str(record["id"]), name, spot, file, None, fields))
            merged.append((spot, {k: _typed(v) for k, v in {**record, "checked": checked}.items()}))
            continue
        if number in taken:
            message = f"„{name}“ gehört zu demselben Eintrag wie {taken[number]}."
            problems.append(Problem(spot, message, "Löschen Sie eine der Zeilen, oder ordnen Sie über „id“ zu."))
            continue
        taken[number] = spot
        path, index, old = known.records[number]
        found = _differences(old, record)
        if found:
            found["checked"] = (_frozen(old.get("checked")), checked)
            changes.append(Change(str(old.get("id")), name, spot, path, index, found))
            after = {**old, **{k: new for k, (_, new) in found.items()}}
            merged.append((spot, {k: _typed(v) for k, v in after.items() if v is not None}))
    problems += invalid(target, merged)
    missing = tuple(
        (str(record.get("id")), str(record.get("name")))
        for n, (path, _, record) in enumerate(known.records)
        if path.resolve() == file.resolve() and n not in taken
    )
    if problems:
        return Plan(target, problems=tuple(sorted(problems)))
    return Plan(target, tuple(changes), missing, len(records) - len(changes))


def _typed(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def invalid(target: str, records: Sequence[tuple[Spot, Mapping[str, Any]]]) -> list[Problem]:
    """What the models say of the records as they would be, at the lines of the table."""
    problems: list[Problem] = []
    if records:
        spots: dict[KeyPath, Spot] = {(target, i): spot for i, (spot, _) in enumerate(records)}
        file = records[0][0].file
        data = {target: [record for _, record in records]}
        validate_records(RECORDS[target], target, Document(file, data, spots), problems)
    return problems


def _edits(plan: Plan) -> dict[Path, list[Edit]]:
    found: dict[Path, list[Edit]] = {}
    for change in plan.changes:
        new = {name: after for name, (_, after) in change.fields.items()}
        found.setdefault(change.file, []).append(Edit(change.index, new))
    return found


def _text(file: Path) -> str:
    return file.read_bytes().decode() if file.exists() else ""


def reformatted(plan: Plan) -> tuple[Path, ...]:
    """The files of which writing changes the indentation or line breaks too."""
    return tuple(file for file in _edits(plan) if reformats(_text(file)))


def write_import(plan: Plan) -> tuple[Path, ...]:
    """Makes the plan's changes, each file at once; the files written.

    raises  OSError when a file cannot be written
    """
    order = order_of(RECORDS[plan.target])
    texts = {file: with_edits(_text(file), plan.target, edits, order) for file, edits in _edits(plan).items()}
    write_all(texts)
    return tuple(texts)


def write_all(texts: Mapping[Path, str]) -> None:
    """Writes all files or none: what was replaced before one fails gets its old text back.

    raises  OSError when a file cannot be written
    """
    before = {file: file.read_bytes() if file.exists() else None for file in texts}
    temporary = {file: file.with_name(f".{file.name}.neu") for file in texts}
    done: list[Path] = []
    try:
        for file, text in texts.items():
            file.parent.mkdir(parents=True, exist_ok=True)
            temporary[file].write_bytes(text.encode())
        for file in texts:
            temporary[file].replace(file)
            done.append(file)
    except OSError:
        for file in done:
            old = before[file]
            if old is None:
                file.unlink(missing_ok=True)
            else:
                file.write_bytes(old)
        raise
    finally:
        for path in temporary.values():
            path.unlink(missing_ok=True)


def _shown(value: Value | None) -> str:
    if value is None:
        return "–"
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return ", ".join(value.values())
    return "; ".join(value)


def as_data(plan: Plan, written: Collection[Path]) -> dict[str, Any]:
    """The plan for programs."""
    return {
        "target": plan.target,
        "problems": [
            {"file": p.spot.file, "line": p.spot.line, "message": p.message, "suggestion": p.suggestion}
            for p in plan.problems
        ],
        "changes": [
            {
                "id": c.id,
                "name": c.name,
                "action": "added" if c.index is None else "changed",
                "row": c.spot.line,
                "file": c.file.as_posix(),
                "fields": {k: {"old": _typed(old), "new": _typed(new)} for k, (old, new) in c.fields.items()},
            }
            for c in plan.changes
        ],
        "missing": [{"id": i, "name": name} for i, name in plan.missing],
        "same": plan.same,
        "written": [file.as_posix() for file in written],
    }


def describe(plan: Plan, console: Console) -> None:
    """The difference as an editor reads it: + new, ~ changed, - missing in the table."""

    def line(text: str, style: str = "") -> None:
        console.print(text, style=style, soft_wrap=True, markup=False)

    for problem in plan.problems:
        line(str(problem))
    if plan.problems:
        line(f"{len(plan.problems)} Fehler. Es wurde nichts geschrieben.")
        return
    for file in dict.fromkeys(c.file for c in plan.changes):
        line(os.path.relpath(file), "bold")
        for change in (c for c in plan.changes if c.file == file):
            sign, style = ("+", "green") if change.index is None else ("~", "yellow")
            line(f"{sign} {change.id}: {change.name} (Zeile {change.spot.line})", style)
            for name, (old, new) in change.fields.items():
                if name not in ("id", "checked"):
                    line(f"    {name}: {_shown(new)}" if old is None else f"    {name}: {_shown(old)} → {_shown(new)}")
    for missing, name in plan.missing:
        line(f"- {missing}: {name} fehlt in den Daten und bleibt stehen", "dim")
    for hint in plan.hints:
        line(str(hint))
    added = sum(c.index is None for c in plan.changes)
    changed = len(plan.changes) - added
    counts = [f"{added} neu"] if plan.target in MODELS else []
    counts += [f"{changed} geändert", f"{plan.same} gleich"]
    counts += [f"{len(plan.missing)} fehlen in den Daten"] if plan.target in MODELS else []
    line(f"{', '.join(counts)}.")
