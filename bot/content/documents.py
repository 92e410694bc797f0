"""A YAML file as plain data with the spot of every key and value; the only import of yaml. Scalars stay text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from bot.content.causes import (
    ALIAS,
    ANCHOR,
    LIKE_NEIGHBOURS,
    QUESTION,
    REFERENCE_FIRST,
    TAG,
    foreign_format,
    line_at,
    lines_of,
    quoted,
    shortened,
    without_strange,
    wrong_encoding,
    yaml_problem,
)
from bot.content.problems import Problem, Spot

MAX_FILE_BYTES = 2_000_000
"""No knowledge file that a person edits is larger; a larger one is a mistake and is not read."""

MAX_DEPTH = 20
"""No knowledge file is nested deeper; one that is would exhaust the stack."""

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

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


class _BrokenFileError(Exception):
    """A file of which nothing can be used."""

    def __init__(self, spot: Spot, message: str, suggestion: str) -> None:
        super().__init__(message)
        self.problem = Problem(spot, message, suggestion)


def _refuse_odd_file(path: Path, spot: Spot) -> None:
    """Raises when the path is no file that could be read: a device or pipe would never end."""
    if path.is_file():
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            message = f"Die Datei ist mit {size / 1e6:.1f} MB zu groß.".replace(".", ",", 1)
            raise _BrokenFileError(spot, message, f"Teilen Sie sie: höchstens {MAX_FILE_BYTES // 10**6} MB.")
    elif path.is_dir():
        message = "Hier wird eine Datei erwartet, es ist aber ein Ordner."
        raise _BrokenFileError(spot, message, "Benennen Sie den Ordner um.")
    elif path.exists():
        message = "Das ist keine gewöhnliche Datei."
        raise _BrokenFileError(spot, message, "Löschen Sie sie und legen Sie eine neue an.")
    elif path.is_symlink():
        message = "Diese Verknüpfung führt zu keiner Datei."
        raise _BrokenFileError(spot, message, "Löschen Sie sie oder legen Sie die Datei an.")


def _read_text(path: Path, file: str) -> str:
    """The text of the file without a byte order mark.

    raises  _BrokenFileError
    """
    spot = Spot(file, 1)
    try:
        _refuse_odd_file(path, spot)
        raw = path.read_bytes()
    except FileNotFoundError:
        raise _BrokenFileError(spot, "Diese Datei fehlt.", "Legen Sie sie an.") from None
    except PermissionError:
        raise _BrokenFileError(spot, "Die Datei darf nicht gelesen werden.", "Geben Sie ihr Leserechte.") from None
    except OSError:
        raise _BrokenFileError(spot, "Die Datei lässt sich nicht lesen.", "Speichern Sie sie neu.") from None
    foreign = foreign_format(raw)
    if foreign is not None:
        raise _BrokenFileError(spot, *foreign)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        spot = Spot(file, raw[: error.start].count(b"\n") + 1)
        raise _BrokenFileError(spot, *wrong_encoding(raw, error)) from None


_IN_QUOTES = re.compile(r"[„“”»«](?![a-z0-9.-]*[„“”»«\"]$).*[“”»«\"]")
"""A text all between typographic quotes; an id between them has a problem of its own."""
_DASH = re.compile(r"([-–—•*·])\s*(\S.*)", re.DOTALL)


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

    def _refuse(self, event: Any, message: str) -> str:
        """The piece as it was typed; one problem a line is enough."""
        number = event.start_mark.line
        line = line_at(self.lines, number)
        if number not in self.strange:
            self.strange.add(number)
            self.problems.append(Problem(self.spot(event), message, quoted(line)))
        return line[event.start_mark.column :].strip()

    def _skip(self, event: Any) -> None:
        """Reads past the value that begins with this event."""
        depth = 0
        while True:
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth == 0:
                return
            event = next(self.events)

    def read(self, event: Any, path: KeyPath) -> Any:
        """The value that begins with this event.

        raises  _BrokenFileError when it is nested too deep
        """
        self.document.spots.setdefault(path, self.spot(event))
        if isinstance(event, yaml.AliasEvent):
            return self._refuse(event, ALIAS)
        if event.anchor is not None or event.tag is not None:
            typed = self._refuse(event, TAG if event.anchor is None else ANCHOR)
            if event.anchor is None or isinstance(event, yaml.ScalarEvent):
                self._skip(event)
                return typed
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
        if len(path) >= MAX_DEPTH:
            raise _BrokenFileError(self.spot(event), "Hier ist zu tief verschachtelt.", LIKE_NEIGHBOURS)
        if isinstance(event, yaml.SequenceStartEvent):
            items: list[Any] = []
            while not isinstance(item := next(self.events), yaml.SequenceEndEvent):
                items.append(self.read(item, (*path, len(items))))
            return items
        mark = event.start_mark
        if event.flow_style and line_at(self.lines, mark.line)[mark.column :].startswith("{{"):
            typed = self._refuse(event, REFERENCE_FIRST)
            self._skip(event)
            return typed
        return self._mapping(path)

    def _scalar(self, event: Any) -> str | list[str] | None:
        if not event.implicit[0]:
            return str(event.value)
        value, begin, end = str(event.value), event.start_mark, event.end_mark
        line = line_at(self.lines, end.line)
        lost = re.match(r"\s+(#\S.*)", line[end.column :])
        if lost is not None:
            message = f"Ab „{shortened(lost[1])}“ liest YAML einen Kommentar."
            spot = Spot(self.document.file, end.line + 1, end.column + lost.start(1) + 1)
            if not value:
                self.problems.append(Problem(spot, message, quoted(line)))
                return lost[1]
            self.problems.append(Problem(spot, message, f"Gehört es dazu? {quoted(line)}", "warning"))
        if begin.line != end.line and self._is_continued(begin.line, end.line):
            return value.split(" - ")[0]
        if value[:1] in "-–—•*·" and not line_at(self.lines, begin.line)[: begin.column].strip():
            return self._dashes(event, value)
        if _IN_QUOTES.fullmatch(value) and not line[: begin.column].rstrip().endswith("-"):
            spot = Spot(self.document.file, begin.line + 1, begin.column + 1)
            message = "Diese Anführungszeichen werden mit angezeigt."
            self.problems.append(Problem(spot, message, "Gehören sie nicht zum Text, löschen Sie sie.", "warning"))
        return None if value in ("", "~", "null") else value

    def _is_continued(self, first: int, last: int) -> bool:
        """Whether a text of several lines swallowed another item of its list; that is a problem."""
        if not line_at(self.lines, first).lstrip().startswith("- "):
            return False
        for number in range(first + 1, last + 1):
            if line_at(self.lines, number).lstrip().startswith("- "):
                message = "Dieser Punkt ist weiter eingerückt als die anderen und hängt sich an den davor."
                self.problems.append(Problem(Spot(self.document.file, number + 1), message, LIKE_NEIGHBOURS))
                return True
        return False

    def _dashes(self, event: Any, value: str) -> str | list[str]:
        """A text that begins with a dash at the beginning of a line: it was meant to be an item of a list."""
        found = _DASH.fullmatch(value)
        if found is None or (found[1] == "-" and value[1:2] == "-"):
            return value
        why = "Hinter dem Strich fehlt ein Leerzeichen." if found[1] == "-" else f"„{found[1]}“ beginnt keine Liste."
        first = line_at(self.lines, event.start_mark.line).strip()[1:].strip()
        self.problems.append(Problem(self.spot(event), why, f"Schreiben Sie „- {shortened(first)}“."))
        return [found[2]]

    def _mapping(self, path: KeyPath) -> dict[str, Any] | list[str] | str:
        result: dict[str, Any] = {}
        asked: list[str] = []
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            spot = self.spot(event)
            before = line_at(self.lines, event.start_mark.line)[: event.start_mark.column].strip()
            key = self.read(event, (*path, "?")) if not isinstance(event, yaml.ScalarEvent) else event.value
            value = next(self.events)
            if before.endswith("?") and isinstance(value, yaml.ScalarEvent) and not value.value:
                asked.append(self._refuse(event, QUESTION))
            elif not isinstance(key, str) or not key:
                self.problems.append(
                    Problem(spot, "Ein Schlüssel muss ein Wort sein.", "Schreiben Sie „schluessel: Text“.")
                )
                self._skip(value)
            elif key == "<<":
                message = "„<<“ holt in YAML Zeilen von anderswo; das geht hier nicht."
                self.problems.append(Problem(spot, message, "Schreiben Sie die Zeilen selbst hierher."))
                self._skip(value)
            elif key in result:
                first = self.document.spots[(*path, key)].line
                message = f"„{key}“ steht hier zweimal, zuerst in Zeile {first}."
                self.problems.append(Problem(spot, message, "Löschen oder verbinden Sie eines davon."))
                self._skip(value)
            else:
                self.document.spots[(*path, key)] = spot
                result[key] = self.read(value, (*path, key))
        if asked and not result:
            return asked[0] if isinstance(path[-1] if path else "", int) else asked
        return result


def read_document(path: Path, root: Path, problems: list[Problem], name: str | None = None) -> Document | None:
    """The file as plain data, or None with a problem added: every scalar is text, an empty value None.

    root, name  every place in the file begins with the folder's name, or with this one
    """
    file = (Path(name or root.name) / path.relative_to(root)).as_posix()
    try:
        text, strange = without_strange(_read_text(path, file), file)
        problems.extend(strange)
        document = Document(file)
        events = iter(yaml.parse(text, Loader=_Loader))
        reader = _NodeReader(document, lines_of(text), events, problems)
        next(events)  # the stream begins
        if isinstance(next(events), yaml.DocumentStartEvent):
            document.data = reader.read(next(events), ())
            next(events)  # the document ends
            if isinstance(more := next(events), yaml.DocumentStartEvent):
                message = "Mit „---“ beginnt hier ein zweites Dokument."
                raise _BrokenFileError(reader.spot(more), message, "Löschen Sie diese Zeile.")
        if document.data is None:
            raise _BrokenFileError(Spot(file, 1), "Die Datei ist leer.", "Füllen oder löschen Sie sie.")
    except _BrokenFileError as error:
        problems.append(error.problem)
        return None
    except yaml.YAMLError as error:
        problems.append(yaml_problem(error, file, text))
        return None
    return document
