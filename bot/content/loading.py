"""YAML to content, with the line of every value; the only import of yaml. Scalars stay text."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from bot.content.files import files_below, mark_of
from bot.content.models import (
    REFERENCE,
    Abbreviation,
    AbbreviationFile,
    Cases,
    City,
    Concept,
    ConceptFile,
    District,
    DistrictFile,
    EmergencyLine,
    EmergencyRules,
    Entry,
    Fact,
    FactFile,
    Harmless,
    ImportMap,
    Intent,
    KindFile,
    LineFile,
    Neighbour,
    NeighbourFile,
    NeighbourIntent,
    Offer,
    OfferFile,
    OfferKind,
    Place,
    PlaceFile,
    Record,
    Texts,
    TopicInfo,
)
from bot.content.tables import ComputingTable, TableFile
from bot.content.timetable import Timetable, TimetableStep, TimetableTexts, facts_of

MAX_FILE_BYTES = 2_000_000
"""No knowledge file that a person edits is larger; a larger one is a mistake and is not read."""

MAX_DEPTH = 20
"""No knowledge file is nested deeper; one that is would exhaust the stack."""

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_R = TypeVar("_R", bound=BaseModel)


@dataclass(frozen=True, slots=True, order=True)
class Spot:
    """A place in a file that an editor can open."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One cause, in German, with what to write instead. A `warning` does not fail the check."""

    spot: Spot
    message: str
    suggestion: str = ""
    level: str = "error"

    def __str__(self) -> str:
        mark = "Hinweis: " if self.level == "warning" else ""
        return f"{self.spot}: {mark}{self.message} {self.suggestion}".rstrip()


def unknown(kind: str, name: str, known: Collection[str], spot: Spot, where: str) -> Problem:
    """The problem of a name that nobody defined, with the nearest known one, else where they stand."""
    near = get_close_matches(name, known, n=1)
    return Problem(spot, f"{kind} „{name}“ gibt es nicht.", f"Meinten Sie „{near[0]}“?" if near else where)


EMERGENCY_GROUP = "notfall"
TOPICS_STAND = "Alle Themen stehen in topics.yaml."


class Case(BaseModel):
    """One stored test question: the topic that must answer it, and where it stands."""

    model_config = ConfigDict(frozen=True)

    question: str
    topic: str
    known_failure: bool
    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class Content(BaseModel):
    """All that editors wrote, validated; what is invalid is left out.

    left_out  ids of the topics whose entry is
    problems  why, one text each with file and line: a stored model can still say so
    """

    model_config = ConfigDict(frozen=True)

    digest: str
    city: City
    texts: Texts
    topics: Mapping[str, TopicInfo]
    facts: Mapping[str, Fact]
    places: Mapping[str, Place]
    kinds: Mapping[str, OfferKind]
    offers: Mapping[str, Offer]
    tables: Mapping[str, ComputingTable]
    districts: tuple[District, ...]
    entries: Mapping[str, Entry]
    neighbours: Mapping[str, Neighbour]
    intents: Mapping[str, Intent]
    neighbour_intents: Mapping[str, NeighbourIntent]
    lines: Mapping[str, EmergencyLine]
    emergency_rules: tuple[EmergencyRules, ...]
    harmless: tuple[str, ...]
    concepts: tuple[Concept, ...]
    abbreviations: Mapping[str, str]
    timetable: Timetable | None = None
    left_out: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()

    @cached_property
    def lasting(self) -> frozenset[str]:
        """The ids of the facts that emergencies rest on: they stay on the air whatever their date."""
        found: set[str] = set()
        for line in self.lines.values():
            found.update(line.facts, _named(line.phone, line.note))
        for entry in self.entries.values():
            if self.topics[entry.topic].group != EMERGENCY_GROUP:
                continue
            found.update(entry.facts, _named(entry.short))
            for situation in entry.situations:
                found.update(situation.facts, _named(situation.text, situation.door))
            for side in entry.aspects.values():
                steps = (part for step in side.steps for part in (step.text, step.deadline))
                found.update(side.facts, _named(side.text, *side.list, *steps, side.notice))
        return frozenset(found)


def _named(*texts: str | None) -> Iterator[str]:
    """The ids of the facts that the texts refer to."""
    for text in texts:
        yield from (name for kind, name, _, _ in REFERENCE.findall(text or "") if kind in ("fact", "stand"))


KeyPath = tuple[str | int, ...]


@dataclass(slots=True)
class Document:
    """A YAML file as plain data, with the spot of every key and value by its path."""

    file: str
    data: Any = None
    spots: dict[KeyPath, Spot] = field(default_factory=dict)

    def spot(self, path: KeyPath) -> Spot:
        """The spot of the nearest known ancestor of the path."""
        while path and path not in self.spots:
            path = path[:-1]
        return self.spots.get(path, Spot(self.file, 1))


@dataclass(slots=True)
class Loaded:
    """What came of reading the folders: the content, all problems, the test cases, and where each record stands."""

    content: Content | None
    problems: list[Problem]
    cases: tuple[Case, ...]
    spots: Mapping[str, Spot]
    utterance_spots: Mapping[tuple[str, str], Spot]


_QUOTE_IT = 'Setzen Sie den Text in „"…"“.'
_LIKE_NEIGHBOURS = "Rücken Sie die Zeile so ein wie ihre Nachbarn."
_INDENTATION = ("Die Einrückung passt nicht zu den Zeilen davor.", _LIKE_NEIGHBOURS)
_COLON = ("Hier steht ein Doppelpunkt mit Leerzeichen mitten im Text.", _QUOTE_IT)
_NO_COLON = ("Nach dem Schlüsselwort fehlt der Doppelpunkt.", "Schreiben Sie „schluessel: Text“.")
_BEHIND_QUOTE = ("Hinter dem schließenden Anführungszeichen steht noch etwas.", 'Setzen Sie den ganzen Text in „"…"“.')
_TAB = ("Hier steht ein Tabulator.", "Bitte mit Leerzeichen einrücken.")
_NO_YAML = ("Die Datei ist kein gültiges YAML.", "Prüfen Sie Einrückung und Anführungszeichen dieser Zeile.")
_ALIAS = ("Ein Stern am Anfang ist in YAML ein Verweis, kein Text.", _QUOTE_IT)
_ANCHOR = ("Ein „&“ am Anfang ist in YAML eine Sprungmarke, kein Text.", _QUOTE_IT)
_TAG = ("Ein Ausrufezeichen am Anfang ist in YAML ein Befehl, kein Text.", _QUOTE_IT)

_CAUSES: Mapping[str, tuple[str, str]] = {
    "tab character": _TAB,
    "found character '\\t'": _TAB,
    "could not find expected ':'": _NO_COLON,
    "while scanning an alias": _ALIAS,
    "while scanning an anchor": _ANCHOR,
    "scanning a quoted scalar": (
        "Ein Anführungszeichen wird nicht geschlossen.",
        "Ergänzen Sie das schließende Zeichen.",
    ),
    "unknown escape": ('Ein Schrägstrich „\\“ ist zwischen „"…"“ ein Befehl.', "Schreiben Sie „\\\\“."),
    "while parsing a flow": (
        "Eine Klammer wird nicht geschlossen.",
        "Ergänzen Sie sie, oder beginnen Sie jede Zeile mit „- “.",
    ),
    "scanning a block scalar": (
        "Hinter „>“ oder „|“ steht der Text erst in der nächsten Zeile.",
        "Beginnen Sie dort eine neue Zeile.",
    ),
    "sequence entries are not allowed": (
        "Hier steht ein „- “ hinter einem Doppelpunkt.",
        "Beginnen Sie die Liste in der nächsten Zeile.",
    ),
    "cannot start any token": ("Ein Sonderzeichen steht am Anfang.", _QUOTE_IT),
}
"""Part of YAML's own message → what it means and what to write."""

_AT_BEGIN = ("expected ':'", "an alias", "an anchor", "scanning a quoted scalar", "parsing a flow")
"""Messages about a piece that is to be mended where it begins, not where YAML stumbled."""


def _yaml_problem(error: yaml.YAMLError, file: str, text: str) -> Problem:
    """YAML's message as one cause that an editor understands."""
    position = getattr(error, "position", None)
    if position is not None:  # the reader counts bytes
        line = text.encode()[:position].count(b"\n") + 1
        return Problem(Spot(file, line), "Hier steht ein unsichtbares Steuerzeichen.", "Löschen Sie es.")
    begin, mark = getattr(error, "context_mark", None), getattr(error, "problem_mark", None)
    mark = mark or begin
    if mark is None:
        return Problem(Spot(file, 1), *_NO_YAML)
    spot = Spot(file, mark.line + 1)
    lines = _lines(text)
    before = _line(lines, mark.line)[: mark.column]
    message = str(error)
    if not before.strip() and "\t" in _line(lines, mark.line)[: mark.column + 1]:
        return Problem(spot, *_TAB)
    if "mapping values are not allowed" in message:
        if re.fullmatch(r"[\s-]*[a-z_]+", _line(lines, mark.line - 1)):
            return Problem(Spot(file, mark.line), *_NO_COLON)
        return Problem(spot, *(_INDENTATION if re.fullmatch(r"[\s-]*[a-z_]+", before) else _COLON))
    if any(part in message for part in ("expected key", "expected '-' indicator", "expected <block end>")):
        return Problem(spot, *(_BEHIND_QUOTE if before.rstrip().endswith(('"', "'")) else _INDENTATION))
    if begin is not None and any(part in message for part in _AT_BEGIN):
        spot = Spot(file, begin.line + 1)
    for part, cause in _CAUSES.items():
        if part in message:
            return Problem(spot, *cause)
    return Problem(spot, *_NO_YAML)


def _lines(text: str) -> list[str]:
    """The lines as YAML counts them."""
    return re.split(r"\r\n|[\n\r\x85\u2028\u2029]", text)


def _line(lines: list[str], number: int) -> str:
    return lines[number] if 0 <= number < len(lines) else ""


class _BrokenFileError(Exception):
    """A file of which nothing can be used."""

    def __init__(self, spot: Spot, message: str, suggestion: str) -> None:
        super().__init__(message)
        self.problem = Problem(spot, message, suggestion)


def _read_text(path: Path, file: str) -> str:
    """The text of the file without a byte order mark.

    raises  _BrokenFileError
    """
    spot = Spot(file, 1)
    try:
        if path.exists() and not path.is_file():
            raise _BrokenFileError(
                spot, "Hier wird eine Datei erwartet, es ist aber ein Ordner.", "Benennen Sie den Ordner um."
            )
        if path.stat().st_size > MAX_FILE_BYTES:
            raise _BrokenFileError(spot, "Die Datei ist zu groß.", "Teilen Sie sie in mehrere Dateien.")
        raw = path.read_bytes()
    except FileNotFoundError:
        raise _BrokenFileError(spot, "Diese Datei fehlt.", "Legen Sie sie an.") from None
    except PermissionError:
        raise _BrokenFileError(spot, "Die Datei darf nicht gelesen werden.", "Geben Sie ihr Leserechte.") from None
    except OSError:
        raise _BrokenFileError(spot, "Die Datei lässt sich nicht lesen.", "Speichern Sie sie neu.") from None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        spot = Spot(file, raw[: error.start].count(b"\n") + 1)
        raise _BrokenFileError(
            spot, "Die Datei ist nicht in UTF-8 gespeichert.", "Speichern Sie sie als UTF-8."
        ) from None


@dataclass(slots=True)
class _NodeReader:
    """Builds plain data from YAML's events: nothing is constructed, no alias is followed, the depth is limited."""

    document: Document
    lines: list[str]
    events: Iterator[Any]
    problems: list[Problem]
    strange: set[int] = field(default_factory=set)

    def spot(self, event: Any) -> Spot:
        """Where the event begins."""
        return Spot(self.document.file, event.start_mark.line + 1)

    def _refuse(self, event: Any, cause: tuple[str, str]) -> str:
        """The piece as it was typed; one problem a line is enough."""
        line = event.start_mark.line
        if line not in self.strange:
            self.strange.add(line)
            self.problems.append(Problem(self.spot(event), *cause))
        return _line(self.lines, line)[event.start_mark.column :].strip()

    def read(self, event: Any, path: KeyPath) -> Any:
        """The value that begins with this event.

        raises  _BrokenFileError when it is nested too deep
        """
        self.document.spots.setdefault(path, self.spot(event))
        if isinstance(event, yaml.AliasEvent):
            return self._refuse(event, _ALIAS)
        typed = None
        if event.anchor is not None or event.tag is not None:
            typed = self._refuse(event, _TAG if event.anchor is None else _ANCHOR)
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event) if typed is None else typed
        if len(path) >= MAX_DEPTH:
            raise _BrokenFileError(self.spot(event), "Hier ist zu tief verschachtelt.", _LIKE_NEIGHBOURS)
        if isinstance(event, yaml.SequenceStartEvent):
            items: list[Any] = []
            while not isinstance(item := next(self.events), yaml.SequenceEndEvent):
                items.append(self.read(item, (*path, len(items))))
            return items
        return self._mapping(path)

    def _scalar(self, event: Any) -> str | None:
        if not event.implicit[0]:
            return str(event.value)
        lost = re.match(r"\s+(#\S.*)", _line(self.lines, event.end_mark.line)[event.end_mark.column :])
        if lost is not None:
            message = f"Ab „{lost[1]}“ liest YAML einen Kommentar."
            self.problems.append(Problem(self.spot(event), message, f"Gehört es dazu? {_QUOTE_IT}", "warning"))
        return None if event.value in ("", "~", "null") else str(event.value)

    def _mapping(self, path: KeyPath) -> dict[str, Any]:
        result: dict[str, Any] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            spot = self.spot(event)
            key = self.read(event, (*path, "?")) if not isinstance(event, yaml.ScalarEvent) else event.value
            if not isinstance(key, str) or not key:
                self.problems.append(
                    Problem(spot, "Ein Schlüssel muss ein Wort sein.", "Schreiben Sie „schluessel: Text“.")
                )
                self.read(next(self.events), (*path, "?"))
            elif key in result:
                message = f"„{key}“ steht hier zweimal."
                self.problems.append(Problem(spot, message, "Löschen oder verbinden Sie eines davon."))
                self.read(next(self.events), (*path, "?"))
            else:
                self.document.spots[(*path, key)] = spot
                result[key] = self.read(next(self.events), (*path, key))
        return result


def read_document(path: Path, root: Path, problems: list[Problem], name: str | None = None) -> Document | None:
    """The file as plain data, or None with a problem added: every scalar is text, an empty value None.

    root, name  every place in the file begins with the folder's name, or with this one
    """
    file = (Path(name or root.name) / path.relative_to(root)).as_posix()
    try:
        text = _read_text(path, file)
        document = Document(file)
        events = iter(yaml.parse(text, Loader=_Loader))
        reader = _NodeReader(document, _lines(text), events, problems)
        next(events)  # the stream begins
        if isinstance(next(events), yaml.DocumentStartEvent):
            document.data = reader.read(next(events), ())
            next(events)  # the document ends
            if isinstance(more := next(events), yaml.DocumentStartEvent):
                raise _BrokenFileError(
                    reader.spot(more), "Mit „---“ beginnt hier ein zweites Dokument.", "Löschen Sie diese Zeile."
                )
        if document.data is None:
            raise _BrokenFileError(Spot(file, 1), "Die Datei ist leer.", "Füllen oder löschen Sie sie.")
    except _BrokenFileError as error:
        problems.append(error.problem)
        return None
    except yaml.YAMLError as error:
        problems.append(_yaml_problem(error, file, text))
        return None
    return document


_MESSAGES = {
    "missing": ("Hier fehlt „{name}“.", "Ergänzen Sie „{name}: …“."),
    "extra_forbidden": ("„{name}“ gibt es hier nicht.", "{near}"),
    "string_type": ("„{name}“ muss ein Text sein.", "Schreiben Sie „{name}: …“ in eine Zeile."),
    "tuple_type": ("„{name}“ muss eine Liste sein.", "Jede Zeile beginnt mit „- “."),
    "dict_type": ("„{name}“ muss Unterpunkte haben.", "Schreiben Sie „schluessel: Text“, eingerückt."),
    "mapping_type": ("„{name}“ muss Unterpunkte haben.", "Schreiben Sie „schluessel: Text“, eingerückt."),
    "model_type": ("„{name}“ muss Unterpunkte haben.", "Schreiben Sie „schluessel: Text“, eingerückt."),
    "model_attributes_type": ("„{name}“ muss Unterpunkte haben.", "Schreiben Sie „schluessel: Text“, eingerückt."),
    "date_from_datetime_parsing": ("„{value}“ ist kein Datum.", "Schreiben Sie es als 2026-11-22."),
    "date_parsing": ("„{value}“ ist kein Datum.", "Schreiben Sie es als 2026-11-22."),
    "date_type": ("„{name}“ muss ein Datum sein.", "Schreiben Sie es als 2026-11-22."),
    "date_from_datetime_inexact": ("„{value}“ ist kein Datum ohne Uhrzeit.", "Schreiben Sie es als 2026-11-22."),
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
    "mapping_item": ("Ein Punkt von „{name}“ ist kein Text, wohl wegen eines Doppelpunkts.", _QUOTE_IT),
    "list_item": ("Ein Punkt von „{name}“ ist eine Liste, kein Text.", _QUOTE_IT),
}


def _near(word: str, known: Collection[str]) -> str:
    near = get_close_matches(word, known, n=1)
    return f"Meinten Sie „{near[0]}“?" if near else ""


def _form(pattern: str) -> str:
    if "[0-5]" in pattern:
        return "Schreiben Sie Uhrzeiten als 08:30."
    if "d{4}" in pattern:
        return "Schreiben Sie 2026, 2026-11 oder 2026-11-22."
    if "fact:" in pattern:
        return "Schreiben Sie einen Verweis: {{fact:bund.name}}."
    if r"\." in pattern:
        return "Form: ebene.name, etwa herne.familienbuero, ohne Umlaute und Leerzeichen."
    return "Nur kleine Buchstaben, Ziffern und Bindestriche, ohne Umlaute." if pattern else ""


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


def _fields(model: type[BaseModel], loc: KeyPath) -> list[str]:
    """The names allowed beside the offending key, found by walking the model along its location."""
    current: Any = model
    for part in loc[:-1]:
        current = _step_into(current, part)
    if isinstance(current, type) and issubclass(current, BaseModel):
        return [f.alias or name for name, f in current.model_fields.items()]
    return []


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


def _validation_problems(
    error: ValidationError, model: type[BaseModel], document: Document, base: KeyPath
) -> Iterator[Problem]:
    for e in error.errors(include_url=False):
        is_key = e["loc"][-1:] == ("[key]",)
        loc: KeyPath = e["loc"][:-1] if is_key else e["loc"]
        name = next((str(p) for p in reversed(loc) if isinstance(p, str)), "Die Datei")
        value = e["input"] if isinstance(e["input"], str) else ""
        context = e.get("ctx", {})
        expected = str(context.get("expected", "")).replace("'", "").replace(" or ", ", ")
        message, suggestion = _message(e["type"], e["input"], loc, is_key=is_key)
        near = _near(value, expected.split(", ")) if expected else _near(name, _fields(model, loc))
        if e["type"] == "extra_forbidden" and not near:
            near = "Löschen Sie die Zeile."
        words = {
            "name": name, "value": value[:60], "near": near, "expected": expected,
            "form": _form(str(context.get("pattern", ""))), "max_length": str(context.get("max_length", "")),
            "ge": str(context.get("ge", "")), "le": str(context.get("le", "")),
            "possible": f"Möglich: {expected}." if expected else "",
        }  # fmt: skip
        spot = document.spot((*base, *(loc[:-1] if e["type"] == "missing" else loc)))
        yield Problem(spot, message.format(**words), " ".join(suggestion.format(**words).split()))


def _validate(model: type[_R], data: Any, document: Document, problems: list[Problem], base: KeyPath = ()) -> _R | None:
    """The record, or None with problems added; `data` stands at the path `base` of the document."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        problems.extend(_validation_problems(error, model, document, base))
        return None


def read_record(model: type[_R], path: Path, problems: list[Problem]) -> tuple[_R, Document] | None:
    """The record that the whole file is, for files outside of the knowledge; None with problems added."""
    document = read_document(path, path.parent, problems, path.parent.as_posix())
    record = _validate(model, document.data, document, problems) if document else None
    return (record, document) if document and record else None


def validate_records(model: type[_R], key: str, document: Document, problems: list[Problem]) -> list[tuple[int, _R]]:
    """The valid records of a list file with their index; the invalid ones become problems and are left out."""
    records: list[tuple[int, _R]] = []
    data = document.data
    if not isinstance(data, dict) or not isinstance(data.get(key), list):
        message = f"Diese Datei braucht eine Liste „{key}:“."
        problems.append(Problem(Spot(document.file, 1), message, f"Die erste Zeile lautet „{key}:“."))
        return records
    for other in data.keys() - {key}:
        near = _near(other, [key]) or "Löschen Sie die Zeile."
        problems.append(Problem(document.spot((other,)), f"„{other}“ gibt es hier nicht.", near))
    for i, item in enumerate(data[key]):
        record = _validate(model, item, document, problems, (key, i))
        if record is not None:
            records.append((i, record))
    return records


def _files(folder: Path) -> list[Path]:
    return [p for p in files_below(folder) if p.suffix == ".yaml"]


_BASE = re.compile(r"^base:\s*['\"]?([^'\"#\n]+?)['\"]?\s*(?:#.*)?$", re.MULTILINE)


def base_of(knowledge: Path) -> Path | None:
    """The folder that this city builds on, as its `city.yaml` names it."""
    try:
        found = _BASE.search((knowledge / "city.yaml").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return (knowledge / found[1]).resolve() if found else None


def digest_of(knowledge: Path, intents: Path) -> str:
    """Hash over the names and bytes of all knowledge and intent files: 16 hex digits."""
    sha = hashlib.sha256()
    base = base_of(knowledge)
    for root in (knowledge, *((base,) if base else ()), intents):
        for path in _files(root):
            sha.update(path.relative_to(root).as_posix().encode())
            try:
                sha.update(hashlib.sha256(path.read_bytes()).digest() if path.is_file() else b"no file")
            except OSError:
                sha.update(b"unreadable")
    return sha.hexdigest()[:16]


CALIBRATION = "calibration.json"


def mark(knowledge: Path, intents: Path) -> str:
    """A mark that changes with the files that `load` reads: a few milliseconds, nothing is opened but `city.yaml`."""
    base = base_of(knowledge)
    return mark_of((knowledge, *((base,) if base else ()), intents), (knowledge / CALIBRATION,))


class _Reader:
    """Collects records, problems and spots while the folders are read; `seen` are the files that were."""

    def __init__(self, knowledge: Path, intents: Path) -> None:
        self.knowledge, self.intents = knowledge, intents
        self.problems: list[Problem] = []
        self.spots: dict[str, Spot] = {}
        self.utterance_spots: dict[tuple[str, str], Spot] = {}
        self.seen: set[Path] = set()
        base = base_of(knowledge)
        self.base = None if base == knowledge.resolve() else base

    def base_problem(self, given: str, spot: Spot) -> Problem | None:
        """Why the folder that the city names as its base is none; its own base is never followed."""
        if self.base is None:
            return Problem(spot, "Eine Stadt kann nicht auf sich selbst aufbauen.", "Löschen Sie die Zeile.")
        if not (self.base / "city.yaml").is_file():
            suggestion = "Nennen Sie den Ordner der anderen Stadt, von diesem aus: ../../knowledge."
            return Problem(spot, f"In „{given}“ liegt keine city.yaml.", suggestion)
        if base_of(self.base) is not None:
            message = f"„{given}“ baut selbst auf einem Ordner auf: dort sucht niemand."
            return Problem(spot, message, "Nennen Sie jenen.", "warning")
        return None

    def find(self, name: str) -> Path:
        """This file or folder of the knowledge; where the city has none of its own, that of its base."""
        own = self.knowledge / name
        return self.base / name if self.base and not own.exists() and (self.base / name).exists() else own

    def rule_files(self) -> list[Path]:
        """The files of emergency rules: the city's own, else those of its base."""
        for folder in (self.knowledge, self.base):
            found = [p for p in _files(folder / "safety") if p.name.startswith("rules")] if folder else []
            if found:
                return found
        return []

    def is_borrowed(self, document: Document) -> bool:
        """Whether all layers of this entry are those of the base: the city itself has nothing to say to that topic."""
        own = f"{self.knowledge.name}/"
        return self.base is not None and not any(spot.file.startswith(own) for spot in document.spots.values())

    def document(self, path: Path) -> Document | None:
        self.seen.add(path)
        roots = (self.knowledge, self.base, self.intents)
        root = next(r for r in roots if r is not None and path.is_relative_to(r))
        # two folders of the same name: only with its parent's is the base another file than the city's own
        name = f"{root.parent.name}/{root.name}" if root == self.base and root.name == self.knowledge.name else None
        return read_document(path, root, self.problems, name)

    def one(self, model: type[_R], path: Path) -> tuple[_R, Document] | None:
        document = self.document(path)
        if document is None:
            return None
        record = _validate(model, document.data, document, self.problems)
        return None if record is None else (record, document)

    def report_unread(self) -> None:
        """Files that an editor may believe in, though nothing reads them."""
        for root in (self.knowledge, self.intents):
            for path in files_below(root, (".yaml", ".yml")):
                spot = Spot((Path(root.name) / path.relative_to(root)).as_posix(), 1)
                if path in self.seen:
                    continue
                if path.suffix != ".yaml":
                    self.problems.append(
                        Problem(spot, f"Dateien auf „{path.suffix}“ liest niemand.", "Benennen Sie sie in .yaml um.")
                    )
                else:
                    message = "Diese Datei liest niemand."
                    self.problems.append(Problem(spot, message, "Steht sie im richtigen Ordner?", "warning"))

    def records(self, model: type[_R], key: str, paths: list[Path], id_field: str, kind: str) -> dict[str, _R]:
        """All records of the files by their id; a second record with the same id is a problem."""
        found: dict[str, _R] = {}
        for path in paths:
            document = self.document(path)
            if document is None:
                continue
            kept: dict[str | int, str] = {}
            for i, record in validate_records(model, key, document, self.problems):
                name = str(getattr(record, id_field))
                spot = document.spot((key, i))
                if name in found:
                    first = self.spots[f"{kind}:{name}"]
                    self.problems.append(
                        Problem(spot, f"„{name}“ steht schon in {first}.", "Löschen oder verbinden Sie eines davon.")
                    )
                    continue
                found[name] = record
                self.spots[f"{kind}:{name}"] = spot
                kept[i] = f"{kind}:{name}"
            for where, at in document.spots.items():
                if len(where) > 2 and where[1] in kept:
                    self.spots[":".join([kept[where[1]], *map(str, where[2:])])] = at
        return found


def _read_topics(reader: _Reader) -> dict[str, TopicInfo]:
    document = reader.document(reader.find("topics.yaml"))
    topics: dict[str, TopicInfo] = {}
    if document is None:
        return topics
    groups = document.data if isinstance(document.data, dict) else {"": None}
    for group, members in groups.items():
        if not isinstance(members, dict):
            message = f"Die Gruppe „{group}“ hat keine Themen." if group else "Diese Datei braucht Gruppen mit Themen."
            reader.problems.append(
                Problem(document.spot((group,)), message, "Schreiben Sie „thema: Frage“, eingerückt.")
            )
            continue
        for topic, description in members.items():
            data = {"id": topic, "group": group, "description": topic if description is None else description}
            info = _validate(TopicInfo, data, document, reader.problems, (group, topic))
            if info is None:
                continue
            if topic in topics:
                message = f"Das Thema „{topic}“ steht schon bei „{topics[topic].group}“."
                reader.problems.append(Problem(document.spot((group, topic)), message, "Löschen Sie eines davon."))
                continue
            topics[topic] = info
            reader.spots[f"topic:{topic}"] = document.spot((group, topic))
    return topics


def _take(target: Document, layer: Document, path: KeyPath) -> None:
    """Replaces the spots at and below the path by the layer's."""
    n = len(path)
    target.spots = {p: s for p, s in target.spots.items() if p[:n] != path}
    target.spots |= {p: s for p, s in layer.spots.items() if p[:n] == path}


def _merge(target: Document, layer: Document) -> None:
    """Adds a later layer to an entry: it overrides keys and whole aspects, and facts are united."""
    target.file = layer.file
    target.spots[()] = Spot(layer.file, 1)
    for key, value in layer.data.items():
        old = target.data.get(key)
        if key == "aspects" and isinstance(value, dict) and isinstance(old, dict):
            for aspect, text in value.items():
                old[aspect] = text
                _take(target, layer, (key, aspect))
        elif key == "facts" and isinstance(value, list) and isinstance(old, list):
            for i, fact in enumerate(value):
                if fact not in old:
                    old.append(fact)
                    target.spots[key, len(old) - 1] = layer.spot((key, i))
        else:
            target.data[key] = value
            _take(target, layer, (key,))


def _read_layers(reader: _Reader, layers: tuple[str, ...]) -> tuple[dict[str, Document], set[str]]:
    """Every entry with all its layers merged, and the ids of those of which a layer is broken."""
    merged: dict[str, Document] = {}
    broken: set[str] = set()
    for layer in layers:
        for path in _files(reader.find(layer) / "entries"):
            if path.name.endswith(".test.yaml"):
                continue
            document = reader.document(path)
            if document is None:
                broken.add(path.stem)
                continue
            name = document.data.get("topic") if isinstance(document.data, dict) else None
            if name != path.stem:
                message = f"„topic“ ist „{name}“, die Datei heißt aber {path.name}." if name else "Hier fehlt „topic“."
                spot = document.spot(("topic",))
                reader.problems.append(Problem(spot, message, f"Schreiben Sie „topic: {path.stem}“."))
                broken.add(path.stem)
                continue
            _merge(merged.setdefault(path.stem, Document(document.file, {})), document)
    return merged, broken


def _read_entries(
    reader: _Reader, layers: tuple[str, ...], topics: Collection[str]
) -> tuple[dict[str, Entry], list[str]]:
    """The entries with all layers merged, and the ids of those left out."""
    merged, broken = _read_layers(reader, layers)
    entries: dict[str, Entry] = {}
    for topic, document in merged.items():
        if topic in broken or reader.is_borrowed(document):
            continue
        entry = _validate(Entry, document.data, document, reader.problems)
        if topics and topic not in topics:  # without any topics, that alone is the cause
            reader.problems.append(unknown("Das Thema", topic, topics, document.spot(("topic",)), TOPICS_STAND))
        if entry is None or topic not in topics:
            broken.add(topic)
            continue
        entries[topic] = entry
        for path, spot in document.spots.items():
            reader.spots[":".join(["entry", topic, *map(str, path)])] = spot
    return entries, sorted(broken)


def _read_cases(reader: _Reader, layers: tuple[str, ...]) -> list[Case]:
    cases: list[Case] = []
    for layer in layers:
        for path in _files(reader.find(layer) / "entries"):
            if not path.name.endswith(".test.yaml"):
                continue
            found = reader.one(Cases, path)
            if found is None:
                continue
            record, document = found
            topic = path.name.removesuffix(".test.yaml")
            groups: list[tuple[KeyPath, str, tuple[str, ...], bool]] = [
                (("asks",), topic, record.asks, False),
                (("known_failures",), topic, record.known_failures, True),
            ]
            groups += [
                (("belongs_elsewhere", other), other, questions, False)
                for other, questions in record.belongs_elsewhere.items()
            ]
            for where, target, questions, failure in groups:
                for i, question in enumerate(questions):
                    spot = document.spot((*where, i))
                    cases.append(
                        Case(question=question, topic=target, known_failure=failure, file=spot.file, line=spot.line)
                    )
    return cases


def _read_intents(reader: _Reader, topics: Collection[str]) -> tuple[dict[str, Intent], dict[str, NeighbourIntent]]:
    """The utterances of topics and of matters."""
    intents: dict[str, Intent] = {}
    neighbours: dict[str, NeighbourIntent] = {}
    for path in _files(reader.intents):
        folder = path.relative_to(reader.intents).parts[0]
        if folder in ("lexicon", "safety"):
            continue
        model: type[Record] = NeighbourIntent if folder == "neighbours" else Intent
        found = reader.one(model, path)
        if found is None:
            continue
        record, document = found
        name = record.matter if isinstance(record, NeighbourIntent) else getattr(record, "topic", "")
        if name != path.stem:
            key = "matter" if isinstance(record, NeighbourIntent) else "topic"
            message = f"„{key}“ ist „{name}“, die Datei heißt aber {path.name}."
            reader.problems.append(Problem(document.spot((key,)), message, f"Schreiben Sie „{key}: {path.stem}“."))
            continue
        if isinstance(record, NeighbourIntent):
            neighbours[name] = record
            for i, utterance in enumerate(record.utterances):
                reader.utterance_spots[name, utterance] = document.spot(("utterances", i))
        elif isinstance(record, Intent):
            if name not in topics:
                if topics:
                    spot = document.spot(("topic",))
                    reader.problems.append(unknown("Das Thema", name, topics, spot, TOPICS_STAND))
                continue
            intents[name] = record
            for aspect, utterances in record.utterances.items():
                for i, utterance in enumerate(utterances):
                    reader.utterance_spots[name, utterance] = document.spot(("utterances", aspect.value, i))
        reader.spots[f"intent:{name}"] = document.spot(())
    return intents, neighbours


def _without_broken(error: ValidationError, data: Mapping[str, Any]) -> dict[str, Any]:
    """The data without the items of its lists and mappings that an error is about."""
    broken = {e["loc"][:2] for e in error.errors(include_url=False)}
    kept: dict[str, Any] = {}
    for key, value in data.items():
        if (key,) in broken:
            continue
        if isinstance(value, list):
            kept[key] = [item for i, item in enumerate(value) if (key, i) not in broken]
        elif isinstance(value, dict):
            kept[key] = {name: item for name, item in value.items() if (key, name) not in broken}
    return kept


def classes_in(*patterns: str) -> dict[str, None]:
    """The word classes `<…>` that patterns of emergency rules name, in order."""
    return {name: None for text in patterns for name in re.findall(r"<([^<>]*)>", text)}


def _circular(classes: Mapping[str, tuple[str, ...]]) -> list[str]:
    """The word classes that contain themselves: whoever expanded them would never end."""

    def reaches(name: str, target: str, seen: set[str]) -> bool:
        inner = [c for c in classes_in(*classes.get(name, ())) if c not in seen]
        seen.update(inner)
        return target in inner or any(reaches(c, target, seen) for c in inner)

    return [name for name in classes if reaches(name, name, set())]


def _read_rules(reader: _Reader) -> tuple[EmergencyRules, ...]:
    """The emergency rules by file; a broken rule or word class is left out, all others stay."""
    files: list[EmergencyRules] = []
    for path in reader.rule_files():
        document = reader.document(path)
        if document is None:
            continue
        try:
            found = EmergencyRules.model_validate(document.data)
        except ValidationError as error:
            reader.problems.extend(_validation_problems(error, EmergencyRules, document, ()))
            if not isinstance(document.data, dict):
                continue
            found = EmergencyRules.model_validate(_without_broken(error, document.data))
        for name in _circular(found.classes):
            spot = document.spot(("classes", name))
            reader.problems.append(
                Problem(spot, f"Die Wortliste „{name}“ enthält sich selbst.", "Löschen Sie den Verweis.")
            )
            found = found.model_copy(update={"classes": {k: v for k, v in found.classes.items() if k != name}})
        reader.spots[f"rules:{len(files)}"] = document.spot(())
        reader.spots[f"rules:{len(files)}:silent"] = document.spot(("silent",))
        for name in found.classes:
            reader.spots[f"rules:{len(files)}:classes:{name}"] = document.spot(("classes", name))
        files.append(found)
        given = document.data.get("rules") or ()
        for i, rule_id in enumerate(rule.get("id") if isinstance(rule, dict) else None for rule in given):
            spot = document.spot(("rules", i))
            first = reader.spots.setdefault(f"rule:{rule_id}", spot)
            if rule_id and first != spot:
                message = f"„{rule_id}“ steht schon in {first}."
                reader.problems.append(Problem(spot, message, "Geben Sie der Regel einen anderen Namen."))
    return tuple(files)


def _read_timetable(reader: _Reader, layers: tuple[str, ...]) -> Timetable | None:
    """The base's steps that rest on layers of this city alone, then its own; one with the same id replaces the base's.

    None without such a file, and without the sentences around the steps
    """
    texts: TimetableTexts | None = None
    given = False
    steps: dict[str, TimetableStep] = {}
    document = None
    for folder in (reader.base, reader.knowledge):
        path = folder / "timetable.yaml" if folder else reader.knowledge
        document = reader.document(path) if path.is_file() else None
        if document is None:
            continue
        rest = document
        if isinstance(document.data, dict) and "texts" in document.data:
            given = True
            texts = _validate(TimetableTexts, document.data["texts"], document, reader.problems, ("texts",)) or texts
            rest = Document(document.file, {k: v for k, v in document.data.items() if k != "texts"}, document.spots)
        own: dict[str, TimetableStep] = {}
        for i, step in validate_records(TimetableStep, "steps", rest, reader.problems):
            spot = document.spot(("steps", i))
            if step.id in own:
                message = f"„{step.id}“ steht schon in {reader.spots[f'timetable:{step.id}']}."
                reader.problems.append(Problem(spot, message, "Geben Sie dem Schritt einen anderen Namen."))
                continue
            if folder == reader.base and not {fact.partition(".")[0] for fact in facts_of(step)} <= {*layers}:
                continue
            own[step.id] = step
            for at, place in document.spots.items():
                if at[:2] == ("steps", i):
                    reader.spots[":".join(["timetable", step.id, *map(str, at[2:])])] = place
        steps |= own
    if steps and texts is None and not given:
        spot = next(spot for name, spot in reader.spots.items() if name.startswith("timetable:"))
        reader.problems.append(
            Problem(Spot(spot.file, 1), "Hier fehlt „texts“.", "Ergänzen Sie die Sätze des Fahrplans.")
        )
    return Timetable(texts=texts, steps=tuple(steps.values())) if steps and texts else None


def load(knowledge: Path, intents: Path) -> Loaded:
    """All content of the two folders. Never raises: what is broken becomes a problem and is left out.

    The content is None only when `city.yaml`, `texts.yaml` or `topics.yaml` is missing or broken: then there is nothing
    to serve.
    """
    reader = _Reader(knowledge, intents)
    city = reader.one(City, knowledge / "city.yaml")
    unfounded = reader.base_problem(city[0].base, city[1].spot(("base",))) if city and city[0].base else None
    texts = reader.one(Texts, reader.find("texts.yaml"))
    topics = _read_topics(reader)
    layers = city[0].layers if city else ()
    if city:
        reader.spots |= {":".join(["city", *map(str, path)]): spot for path, spot in city[1].spots.items()}
    folders = [reader.find(layer) for layer in layers]

    def below(name: str) -> list[Path]:
        return [p for folder in folders for p in _files(folder / name)]

    def in_layers(name: str) -> list[Path]:
        return [folder / name for folder in folders if (folder / name).exists()]

    def lexicon(name: str) -> list[Path]:
        folder = intents / "lexicon"
        return [p for p in _files(folder) if p.relative_to(folder).parts[0].startswith(name)]

    facts = reader.records(Fact, "facts", below("facts"), "id", "fact")
    places = reader.records(Place, "places", below("places"), "id", "place")
    kind_files = [p for p in [reader.find("kinds.yaml")] if p.exists()]
    kinds = reader.records(OfferKind, "kinds", kind_files, "id", "kind")
    offers = reader.records(Offer, "offers", below("offers"), "id", "offer")
    tables = reader.records(ComputingTable, "tables", below("tables"), "id", "table")
    districts = reader.records(District, "districts", in_layers("districts.yaml"), "name", "district")
    entries, left_out = _read_entries(reader, layers, topics)
    neighbours = reader.records(Neighbour, "neighbours", in_layers("neighbours.yaml"), "matter", "neighbour")
    topic_intents, neighbour_intents = _read_intents(reader, topics)
    lines = reader.records(EmergencyLine, "lines", [reader.find("safety/lines.yaml")], "id", "line")
    rules = _read_rules(reader)
    harmless = reader.one(Harmless, intents / "safety" / "harmless.yaml")
    concepts = reader.records(Concept, "concepts", lexicon("concepts"), "id", "concept")
    short_forms = [intents / "lexicon" / "abbreviations.yaml"]
    abbreviations = reader.records(Abbreviation, "abbreviations", short_forms, "short", "abbreviation")
    cases = _read_cases(reader, layers)
    timetable = _read_timetable(reader, layers)
    if city:  # without its layers, nearly every file would be called unread
        reader.report_unread()
    if unfounded is not None:
        reader.problems.append(unfounded)
        if not (texts and topics):  # all else may follow from it
            reader.problems = [unfounded]
    problems = sorted(reader.problems)
    content = None
    if city and texts and topics:
        content = Content(
            digest=digest_of(knowledge, intents),
            city=city[0],
            texts=texts[0],
            topics=topics,
            facts=facts,
            places=places,
            kinds=kinds,
            offers=offers,
            tables=tables,
            districts=tuple(districts.values()),
            entries=entries,
            neighbours=neighbours,
            intents=topic_intents,
            neighbour_intents=neighbour_intents,
            lines=lines,
            emergency_rules=rules,
            harmless=harmless[0].harmless if harmless else (),
            concepts=tuple(concepts.values()),
            abbreviations={a.short.lower(): a.long for a in abbreviations.values()},
            timetable=timetable,
            left_out=tuple(left_out),
            problems=tuple(str(p) for p in problems if p.level == "error"),
        )
    return Loaded(content, problems, tuple(cases), reader.spots, reader.utterance_spots)


SCHEMAS: Mapping[str, type[BaseModel]] = {
    "fact": FactFile, "place": PlaceFile, "entry": Entry, "intent": Intent, "neighbour-intent": NeighbourIntent,
    "neighbour": NeighbourFile, "cases": Cases, "lines": LineFile, "emergency-rules": EmergencyRules, "city": City,
    "concepts": ConceptFile, "abbreviations": AbbreviationFile, "districts": DistrictFile, "harmless": Harmless,
    "texts": Texts, "kinds": KindFile, "offer": OfferFile,
    "tables": TableFile, "import-map": ImportMap, "timetable": Timetable,
}  # fmt: skip
"""The model of each kind of file, by the name of its JSON Schema."""
