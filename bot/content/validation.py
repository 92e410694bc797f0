"""Plain data to records, and what pydantic says of it in an editor's words: one cause each, what to write instead."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from bot.content.causes import QUOTE_IT, shortened
from bot.content.documents import Document, KeyPath, read_document
from bot.content.problems import Problem, Spot, did_you_mean, nearest

_R = TypeVar("_R", bound=BaseModel)

_MONTHS = (
    "Januar", "Februar", "März", "April", "Mai", "Juni",
    "Juli", "August", "September", "Oktober", "November", "Dezember",
)  # fmt: skip

_MESSAGES = {
    "missing": ("Hier fehlt „{name}“.", "Ergänzen Sie „{name}: …“."),
    "extra_forbidden": ("„{name}“ gibt es hier nicht.", "{near}"),
    "string_type": ("„{name}“ muss ein Text sein.", "Schreiben Sie „{name}: …“ in eine Zeile."),
    "tuple_type": ("„{name}“ muss eine Liste sein.", "{as_list}"),
    "dict_type": ("„{name}“ muss Unterpunkte haben.", "Schreiben Sie „schluessel: Text“, eingerückt."),
    "mapping_type": ("„{name}“ muss Unterpunkte haben.", "Schreiben Sie „schluessel: Text“, eingerückt."),
    "model_type": ("„{name}“ muss Unterpunkte haben.", "Schreiben Sie „schluessel: Text“, eingerückt."),
    "model_attributes_type": ("„{name}“ muss Unterpunkte haben.", "Schreiben Sie „schluessel: Text“, eingerückt."),
    "date_from_datetime_parsing": ("„{value}“ ist kein Datum.", "{day}"),
    "date_parsing": ("„{value}“ ist kein Datum.", "{day}"),
    "date_type": ("„{name}“ muss ein Datum sein.", "Schreiben Sie es als 2026-11-22."),
    "date_from_datetime_inexact": ("„{value}“ ist kein Datum ohne Uhrzeit.", "{day}"),
    "decimal_parsing": ("„{value}“ ist kein Betrag.", "Schreiben Sie 120 oder 120.50."),
    "decimal_max_places": ("„{value}“ hat zu viele Stellen nach dem Punkt.", "Höchstens zwei: 120.50."),
    "greater_than_equal": ("„{value}“ ist für „{name}“ zu klein.", "Mindestens {ge}."),
    "less_than_equal": ("„{value}“ ist für „{name}“ zu groß.", "Höchstens {le}."),
    "int_parsing": ("„{value}“ ist keine ganze Zahl.", "Schreiben Sie nur Ziffern."),
    "bool_type": ("„{value}“ ist weder ja noch nein.", "Schreiben Sie „true“ oder „false“."),
    "bool_parsing": ("„{value}“ ist weder ja noch nein.", "Schreiben Sie „true“ oder „false“."),
    "operation": ("„{value}“ ist keine Rechnung mit Tagen.", "Schreiben Sie etwa „plus 3 months“ oder „next 09-30“."),
    "length": (
        "„{value}“ ist keine Zeitspanne.",
        "Schreiben Sie etwa „6 weeks“ oder „{{{{fact:bund.name}}}} + 1 days“.",
    ),
    "moment": ("„{value}“ ist kein Tag.", "Schreiben Sie 2026-11-22 oder „{{{{fact:bund.name}}}}“."),
    "timezone": ("Die Zeitzone „{value}“ gibt es nicht.", "Schreiben Sie etwa „Europe/Berlin“."),
    "placeholder": ("Ein Platzhalter in „{name}“ ist nicht lesbar.", "Möglich ist nur {expected}."),
    "url_parsing": ("„{value}“ ist keine Internetadresse.", "Sie beginnt mit https://"),
    "string_too_short": ("„{name}“ ist leer.", "Füllen Sie es oder löschen Sie die Zeile."),
    "string_too_long": ("„{name}“ ist zu lang.", "Höchstens {max_length} Zeichen."),
    "too_short": ("„{name}“ ist leer.", "Mindestens ein Eintrag gehört hinein."),
    "too_long": ("„{name}“ hat zu viele Einträge.", "Höchstens {max_length}."),
    "string_pattern_mismatch": ("„{value}“ hat nicht die richtige Form für „{name}“.", "{form}"),
    "enum": ("„{value}“ ist für „{name}“ nicht vorgesehen.", "{near} Möglich: {expected}."),
    "literal_error": ("„{value}“ ist für „{name}“ nicht vorgesehen.", "{near} Möglich: {expected}."),
}


_FIELD_MESSAGES = {
    "key": ("„{value}“ ist hier nicht vorgesehen.", "{near} {form}{possible}"),
    "empty": ("„{name}“ ist leer.", "Füllen Sie es oder löschen Sie die Zeile."),
    "empty_item": ("Ein Punkt von „{name}“ ist leer.", "Füllen oder löschen Sie ihn."),
    "mapping_item": ("Ein Punkt von „{name}“ ist kein Text, wohl wegen eines Doppelpunkts.", QUOTE_IT),
    "list_item": ("Ein Punkt von „{name}“ ist eine Liste, kein Text.", QUOTE_IT),
}


def _id_instead(value: str, pattern: str) -> str:
    """The value without what an id must not have, when that makes it one."""
    word = value.strip(" \"'„“”‚‘’»«").lower()
    for letter, plain in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss"), (" ", "-"), ("_", "-")):
        word = word.replace(letter, plain)
    word = re.sub(r"[^a-z0-9.-]", "", word)
    return f"Schreiben Sie „{word}“." if word and re.fullmatch(pattern, word) else ""


def _form(pattern: str, value: str) -> str:
    """What a value of this pattern looks like, or this value as it should be."""
    if "[0-5]" in pattern:
        return "Schreiben Sie Uhrzeiten als 08:30."
    if "d{4}" in pattern:
        return "Schreiben Sie 2026, 2026-11 oder 2026-11-22."
    if "fact:" in pattern:
        return "Schreiben Sie einen Verweis: {{fact:bund.name}}."
    if not pattern:
        return ""
    if instead := _id_instead(value, pattern):
        return instead
    if r"\." in pattern:
        return "Form: ebene.name, etwa herne.familienbuero, ohne Umlaute und Leerzeichen."
    return "Nur kleine Buchstaben, Ziffern und Bindestriche, ohne Umlaute."


def _day_instead(value: str) -> str:
    """The day that was meant, as it is written here; how many days the month has where there is no such day."""
    numbers = re.match(r"\s*(\d{4})\D(\d{1,2})\D(\d{1,2})(?!\d)", value)
    if numbers:
        year, month, day = map(int, numbers.groups())
    elif numbers := re.match(r"\s*(\d{1,2})\.\s*(\d{1,2})\.\s*(\d{4})(?!\d)", value):
        day, month, year = map(int, numbers.groups())
    else:
        return "Schreiben Sie es als 2026-11-22."
    if not 1 <= month <= len(_MONTHS):
        return f"Einen {month}. Monat gibt es nicht."
    last = monthrange(max(year, 1), month)[1]
    if not 1 <= day <= last:
        return f"Der {_MONTHS[month - 1]} {year} hat {last} Tage."
    return f"Schreiben Sie {year:04}-{month:02}-{day:02}."


def _as_list(value: Any, name: str) -> str:
    """The value as the list that it should be."""
    if isinstance(value, dict):
        return "Jede Zeile beginnt mit „- “, ohne Doppelpunkt."
    if not isinstance(value, str) or not value:
        return "Jede Zeile beginnt mit „- “."
    if re.fullmatch(r"[\w.-]+(\s*[,;]\s*[\w.-]+)*", value) and len(value) < 80:
        return f"Schreiben Sie „{name}: [{', '.join(re.split(r'[,; ]+', value))}]“."
    return f"Schreiben Sie in die nächste Zeile „- {shortened(value)}“."


def _step_into(annotation: Any, part: str | int) -> Any:
    """The type of one field, item or value of a type; None where there is nothing to step into."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        fields = annotation.model_fields
        found = next((f for name, f in fields.items() if part in (name, f.alias)), None)
        annotation = found.annotation if found else None
    else:
        annotation = next((a for a in reversed(get_args(annotation)) if a is not Ellipsis), None)
    if get_origin(annotation) in (Union, UnionType):
        annotation = next((a for a in get_args(annotation) if a is not type(None)), None)
    return annotation


def _fields_of(annotation: Any) -> list[str]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [f.alias or name for name, f in annotation.model_fields.items()]
    return []


def _fields(model: type[BaseModel], loc: KeyPath) -> list[str]:
    """The names allowed at this place, found by walking the model along its location."""
    current: Any = model
    for part in loc:
        current = _step_into(current, part)
    return _fields_of(current)


def _message(kind: str, given: Any, loc: KeyPath, *, is_key: bool) -> tuple[str, str]:
    """The words for one error of pydantic: about a key, an item of a list, or a field."""
    if is_key:
        return _FIELD_MESSAGES["key"]
    is_item = bool(loc) and isinstance(loc[-1], int)
    if given is None and kind != "missing":
        return _FIELD_MESSAGES["empty_item" if is_item else "empty"]
    if is_item and kind == "string_type":
        return _FIELD_MESSAGES["mapping_item" if isinstance(given, dict) else "list_item"]
    if is_item and kind == "string_too_short":
        return _FIELD_MESSAGES["empty_item"]
    return _MESSAGES.get(kind, ("„{name}“ ist so nicht gültig.", "Prüfen Sie diese Zeile."))


@dataclass(frozen=True, slots=True)
class _Error:
    """One error of pydantic: what kind, where, about which value."""

    kind: str
    loc: KeyPath
    value: Any
    context: Mapping[str, Any]
    is_key: bool

    @property
    def name(self) -> str:
        """The nearest key of the place."""
        return next((str(p) for p in reversed(self.loc) if isinstance(p, str)), "")


def _errors(error: ValidationError) -> list[_Error]:
    found: list[_Error] = []
    for e in error.errors(include_url=False):
        is_key = e["loc"][-1:] == ("[key]",)
        loc: KeyPath = e["loc"][:-1] if is_key else e["loc"]
        found.append(_Error(e["type"], loc, e["input"], e.get("ctx", {}), is_key))
    return found


def _without_consequences(
    errors: list[_Error], model: type[BaseModel], document: Document, base: KeyPath
) -> tuple[list[_Error], list[Problem]]:
    """The errors that have a cause of their own, and one problem for those that are two sides of the same slip.

    Keys that stand beside an empty one belong below it; a missing key is there under a misspelt name.
    """
    problems: list[Problem] = []
    gone: set[int] = set()
    extra = [(i, e) for i, e in enumerate(errors) if e.kind == "extra_forbidden"]
    for i, empty in enumerate(errors):
        inner = _fields(model, empty.loc) if empty.value is None and empty.kind != "missing" else []
        moved = [n for n, e in extra if e.loc[:-1] == empty.loc[:-1] and e.name in inner and n not in gone]
        if moved:
            message = f"„{errors[moved[0]].name}“ gehört unter „{empty.name}“."
            spot = document.spot((*base, *errors[moved[0]].loc))
            problems.append(Problem(spot, message, f"Rücken Sie die Zeile weiter ein als „{empty.name}:“."))
            gone.update((i, *moved))
    for i, missing in enumerate(errors):
        if missing.kind == "missing":
            names = {e.name for n, e in extra if n not in gone and e.loc[:-1] == missing.loc[:-1]}
            known = _fields(model, missing.loc[:-1])
            if any(nearest(name, known) == missing.name for name in names):
                gone.add(i)
    return [e for i, e in enumerate(errors) if i not in gone], problems


def _problem(e: _Error, model: type[BaseModel], document: Document, base: KeyPath) -> Problem:
    value = e.value if isinstance(e.value, str) else ""
    if not e.loc and not isinstance(e.value, dict):
        return not_keys(document.spot(base))
    expected = str(e.context.get("expected", "")).replace("'", "").replace(" or ", ", ")
    message, suggestion = _message(e.kind, e.value, e.loc, is_key=e.is_key)
    near = did_you_mean(value, expected.split(", ")) if expected else did_you_mean(e.name, _fields(model, e.loc[:-1]))
    if e.kind == "extra_forbidden" and not near:
        possible = _fields(model, e.loc[:-1])
        near = f"Löschen Sie die Zeile. Möglich: {', '.join(possible)}." if possible else "Löschen Sie die Zeile."
    words = {
        "name": e.name, "value": shortened(value), "near": near, "expected": expected,
        "form": _form(str(e.context.get("pattern", "")), value), "max_length": str(e.context.get("max_length", "")),
        "ge": str(e.context.get("ge", "")), "le": str(e.context.get("le", "")),
        "possible": f"Möglich: {expected}." if expected else "",
        "day": _day_instead(value) if "{day}" in suggestion else "", "as_list": _as_list(e.value, e.name),
    }  # fmt: skip
    spot = document.spot((*base, *(e.loc[:-1] if e.kind == "missing" else e.loc)))
    return Problem(spot, message.format(**words), " ".join(suggestion.format(**words).split()))


def not_keys(spot: Spot) -> Problem:
    """The problem of a file or record that is a text or list where keys are expected."""
    return Problem(
        spot, "Hier werden Angaben mit Schlüsselwort erwartet.", "Schreiben Sie je Zeile „schluessel: Text“."
    )


def validation_problems(
    error: ValidationError, model: type[BaseModel], document: Document, base: KeyPath
) -> Iterator[Problem]:
    """What pydantic found, one problem for each cause; the data stands at the path `base` of the document."""
    errors, problems = _without_consequences(_errors(error), model, document, base)
    yield from problems
    for e in errors:
        yield _problem(e, model, document, base)


def validate(model: type[_R], data: Any, document: Document, problems: list[Problem], base: KeyPath = ()) -> _R | None:
    """The record, or None with problems added; `data` stands at the path `base` of the document."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        problems.extend(validation_problems(error, model, document, base))
        return None


def read_record(model: type[_R], path: Path, problems: list[Problem]) -> tuple[_R, Document] | None:
    """The record that the whole file is, for files outside of the knowledge; None with problems added."""
    document = read_document(path, path.parent, problems, path.parent.as_posix())
    record = validate(model, document.data, document, problems) if document else None
    return (record, document) if document and record else None


def _no_list(data: Any, key: str, document: Document) -> Problem:
    """Why a file has no list of this name."""
    if not isinstance(data, dict) or key not in data:
        message = f"Diese Datei braucht eine Liste „{key}:“."
        return Problem(Spot(document.file, 1), message, f"Die erste Zeile lautet „{key}:“.")
    if data[key] is None:
        message = f"Die Liste „{key}“ ist leer."
        return Problem(document.spot((key,)), message, "Füllen oder löschen Sie die Datei.")
    return Problem(document.spot((key,)), f"„{key}“ muss eine Liste sein.", "Jeder Eintrag beginnt mit „- “.")


def validate_records(model: type[_R], key: str, document: Document, problems: list[Problem]) -> list[tuple[int, _R]]:
    """The valid records of a list file with their index; the invalid ones become problems and are left out."""
    records: list[tuple[int, _R]] = []
    data = document.data
    if not isinstance(data, dict) or not isinstance(data.get(key), list):
        problems.append(_no_list(data, key, document))
        return records
    for other in data.keys() - {key}:
        near = did_you_mean(other, [key]) or f"In dieser Datei steht nur „{key}:“."
        problems.append(Problem(document.spot((other,)), f"„{other}“ gibt es hier nicht.", near))
    for i, item in enumerate(data[key]):
        record = validate(model, item, document, problems, (key, i))
        if record is not None:
            records.append((i, record))
    return records
