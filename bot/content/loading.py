"""YAML to content, with the line of every value; the only import of yaml. Scalars stay text."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from bot.content.models import (
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
    Intent,
    LineFile,
    Neighbour,
    NeighbourFile,
    NeighbourIntent,
    Place,
    PlaceFile,
    Record,
    Texts,
    TopicInfo,
)

MAX_FILE_BYTES = 2_000_000
"""No knowledge file that a person edits is larger; a larger one is a mistake and is not read."""

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
    """All that editors wrote, validated; what is invalid is left out and stands in `problems` of the loading."""

    model_config = ConfigDict(frozen=True)

    digest: str
    city: City
    texts: Texts
    topics: Mapping[str, TopicInfo]
    facts: Mapping[str, Fact]
    places: Mapping[str, Place]
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
    left_out: tuple[str, ...] = ()


Path_ = tuple[str | int, ...]


@dataclass(slots=True)
class Document:
    """A YAML file as plain data, with the spot of every key and value by its path."""

    file: str
    data: Any = None
    spots: dict[Path_, Spot] = field(default_factory=dict)

    def spot(self, path: Path_) -> Spot:
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


_YAML_CAUSES = (
    ("found character '\\t'", "Hier steht ein Tabulator.", "Bitte mit Leerzeichen einrücken."),
    ("mapping values are not allowed", "Hier steht ein Doppelpunkt mit Leerzeichen mitten im Text.", "Setzen Sie den Text in „\"…\"“."),
    ("could not find expected ':'", "Nach dem Schlüsselwort fehlt der Doppelpunkt.", "Schreiben Sie „schluessel: Text“."),
    ("found undefined alias", "Der Stern am Anfang ist in YAML ein Verweis.", "Setzen Sie den Text in „\"…\"“."),
    ("while scanning a quoted scalar", "Ein Anführungszeichen wird nicht geschlossen.", "Ergänzen Sie das schließende „\"“."),
    ("found unexpected end of stream", "Ein Anführungszeichen wird nicht geschlossen.", "Ergänzen Sie das schließende „\"“."),
    ("expected <block end>", "Die Einrückung passt nicht zu den Zeilen davor.", "Rücken Sie die Zeile so ein wie ihre Nachbarn."),
    ("found character that cannot start any token", "Ein Sonderzeichen steht am Anfang.", "Setzen Sie den Text in „\"…\"“."),
    ("special characters are not allowed", "Hier steht ein unsichtbares Steuerzeichen.", "Löschen Sie es."),
)  # fmt: skip


def _yaml_problem(error: yaml.YAMLError, file: str) -> Problem:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    spot = Spot(file, mark.line + 1 if mark else 1)
    text = str(error)
    for pattern, message, suggestion in _YAML_CAUSES:
        if pattern in text:
            return Problem(spot, message, suggestion)
    return Problem(spot, "Die Datei ist kein gültiges YAML.", "Prüfen Sie Einrückung und Anführungszeichen dieser Zeile.")


def read_document(path: Path, root: Path, problems: list[Problem]) -> Document | None:
    """The file as plain data, or None with a problem added: every scalar is text, an empty value None."""
    file = path.relative_to(root.parent).as_posix()
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            problems.append(Problem(Spot(file, 1), "Die Datei ist zu groß.", "Teilen Sie sie in mehrere Dateien."))
            return None
        raw = path.read_bytes()
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        problems.append(
            Problem(Spot(file, line), "Die Datei ist nicht in UTF-8 gespeichert.", "Speichern Sie sie als UTF-8.")
        )
        return None
    except OSError:
        problems.append(Problem(Spot(file, 1), "Die Datei lässt sich nicht lesen.", "Prüfen Sie Art und Leserechte."))
        return None
    document = Document(file)
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as error:
        problems.append(_yaml_problem(error, file))
        return None
    if node is None:
        problems.append(Problem(Spot(file, 1), "Die Datei ist leer.", "Füllen oder löschen Sie sie."))
        return None
    document.data = _plain(node, (), document, problems, set())
    return document


def _plain(node: yaml.Node, path: Path_, document: Document, problems: list[Problem], seen: set[int]) -> Any:
    spot = Spot(document.file, node.start_mark.line + 1)
    document.spots.setdefault(path, spot)
    if id(node) in seen:  # an alias is the same node again: stopping here also defuses an alias bomb
        problems.append(Problem(spot, "Verweise mit & und * sind nicht erlaubt.", "Schreiben Sie den Inhalt aus."))
        return None
    seen.add(id(node))
    if isinstance(node, yaml.ScalarNode):
        if node.style is None and node.value in ("", "~", "null"):
            return None
        return node.value
    if isinstance(node, yaml.SequenceNode):
        return [_plain(child, (*path, i), document, problems, seen) for i, child in enumerate(node.value)]
    result: dict[str, Any] = {}
    assert isinstance(node, yaml.MappingNode)  # noqa: S101 - the three kinds of nodes that YAML has
    for key_node, value_node in node.value:
        key = key_node.value if isinstance(key_node, yaml.ScalarNode) else ""
        key_spot = Spot(document.file, key_node.start_mark.line + 1)
        if not key:
            problems.append(Problem(key_spot, "Ein Schlüssel muss ein Wort sein.", "Schreiben Sie „schluessel: Text“."))
            continue
        if key in result:
            problems.append(Problem(key_spot, f"„{key}“ steht hier zweimal.", "Löschen oder verbinden Sie eines davon."))
            continue
        document.spots[(*path, key)] = key_spot
        result[key] = _plain(value_node, (*path, key), document, problems, seen)
    return result


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
    "int_parsing": ("„{value}“ ist keine ganze Zahl.", "Schreiben Sie nur Ziffern."),
    "bool_type": ("„{value}“ ist weder ja noch nein.", "Schreiben Sie „true“ oder „false“."),
    "url_parsing": ("„{value}“ ist keine Internetadresse.", "Sie beginnt mit https://"),
    "url_scheme": ("„{value}“ ist keine Internetadresse.", "Sie beginnt mit https://"),
    "string_too_short": ("„{name}“ ist leer.", "Füllen Sie es oder löschen Sie die Zeile."),
    "string_too_long": ("„{name}“ ist zu lang.", "Höchstens {max_length} Zeichen."),
    "too_short": ("„{name}“ ist leer.", "Mindestens ein Eintrag gehört hinein."),
    "too_long": ("„{name}“ hat zu viele Einträge.", "Höchstens {max_length}."),
    "string_pattern_mismatch": ("„{value}“ hat nicht die richtige Form für „{name}“.", "{form}"),
    "enum": ("„{value}“ ist für „{name}“ nicht vorgesehen.", "{near} Möglich: {expected}."),
    "literal_error": ("„{value}“ ist für „{name}“ nicht vorgesehen.", "{near} Möglich: {expected}."),
}


def _near(word: str, known: list[str]) -> str:
    near = get_close_matches(word, known, n=1)
    return f"Meinten Sie „{near[0]}“?" if near else ""


def _form(pattern: str) -> str:
    if "d{2}:" in pattern:
        return "Schreiben Sie Uhrzeiten als 08:30."
    if "d{4}" in pattern:
        return "Schreiben Sie 2026, 2026-11 oder 2026-11-22."
    if r"\." in pattern:
        return "Form: ebene.name, etwa herne.familienbuero, ohne Umlaute und Leerzeichen."
    return "Nur kleine Buchstaben, Ziffern und Bindestriche, ohne Umlaute."


def _fields(model: type[BaseModel], loc: Path_) -> list[str]:
    """The names allowed beside the offending key, found by walking the model along its location."""
    current: Any = model
    for part in loc[:-1]:
        if isinstance(part, str) and isinstance(current, type) and issubclass(current, BaseModel):
            found = current.model_fields.get(part)
            current = found.annotation if found else None
        arguments = [a for a in getattr(current, "__args__", ()) if isinstance(a, type) and issubclass(a, BaseModel)]
        if arguments:
            current = arguments[-1]
    if isinstance(current, type) and issubclass(current, BaseModel):
        return [f.alias or name for name, f in current.model_fields.items()]
    return []


def _validation_problems(error: ValidationError, model: type[BaseModel], document: Document) -> Iterator[Problem]:
    for e in error.errors(include_url=False):
        loc = tuple(part for part in e["loc"] if part not in ("[key]",))
        name = next((str(p) for p in reversed(loc) if isinstance(p, str)), document.file)
        value = e["input"] if isinstance(e["input"], str) else ""
        context = e.get("ctx", {})
        expected = str(context.get("expected", "")).replace("'", "").replace(" or ", ", ")
        message, suggestion = _MESSAGES.get(e["type"], ("„{name}“ ist so nicht gültig.", "Prüfen Sie diese Zeile."))
        options = [part.strip() for part in expected.split(",")]
        near = _near(value, options) if expected else _near(name, _fields(model, loc))
        if e["type"] == "extra_forbidden" and not near:
            near = "Löschen Sie die Zeile."
        words = {
            "name": name, "value": value[:60], "near": near, "expected": expected,
            "form": _form(str(context.get("pattern", ""))), "max_length": str(context.get("max_length", "")),
        }  # fmt: skip
        missing_parent = loc[:-1] if e["type"] == "missing" else loc
        yield Problem(
            document.spot(missing_parent), message.format(**words), " ".join(suggestion.format(**words).split())
        )


def _validate(model: type[_R], document: Document, problems: list[Problem]) -> _R | None:
    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        problems.extend(_validation_problems(error, model, document))
        return None


def _validate_records(model: type[_R], key: str, document: Document, problems: list[Problem]) -> list[tuple[int, _R]]:
    """The valid records of a list file with their index; the invalid ones become problems and are left out."""
    records: list[tuple[int, _R]] = []
    data = document.data
    if not isinstance(data, dict) or not isinstance(data.get(key), list) or set(data) != {key}:
        message = f"Diese Datei braucht genau eine Liste „{key}:“."
        problems.append(Problem(Spot(document.file, 1), message, f"Die erste Zeile lautet „{key}:“."))
        if not isinstance(data, dict) or not isinstance(data.get(key), list):
            return records
    for i, item in enumerate(data[key]):
        inner = Document(document.file, item, {(): document.spot((key, i))})
        inner.spots |= {p[2:]: s for p, s in document.spots.items() if p[:2] == (key, i)}
        record = _validate(model, inner, problems)
        if record is not None:
            records.append((i, record))
    return records


def _files(folder: Path) -> list[Path]:
    return sorted(p for p in folder.rglob("*.yaml")) if folder.is_dir() else []


def digest_of(knowledge: Path, intents: Path) -> str:
    """Hash over the names and bytes of all knowledge and intent files: 16 hex digits."""
    sha = hashlib.sha256()
    for root in (knowledge, intents):
        for path in _files(root):
            sha.update(path.relative_to(root).as_posix().encode())
            try:
                sha.update(hashlib.sha256(path.read_bytes()).digest())
            except OSError:
                sha.update(b"unreadable")
    return sha.hexdigest()[:16]


class _Reader:
    """Collects records, problems and spots while the folders are read."""

    def __init__(self, knowledge: Path, intents: Path) -> None:
        self.knowledge, self.intents = knowledge, intents
        self.problems: list[Problem] = []
        self.spots: dict[str, Spot] = {}
        self.utterance_spots: dict[tuple[str, str], Spot] = {}

    def document(self, path: Path) -> Document | None:
        return read_document(path, self.knowledge if path.is_relative_to(self.knowledge) else self.intents, self.problems)

    def one(self, model: type[_R], path: Path) -> tuple[_R, Document] | None:
        if not path.is_file():
            file = f"{path.parent.name}/{path.name}"
            self.problems.append(Problem(Spot(file, 1), "Diese Datei fehlt.", "Ohne sie kann der Bot nicht antworten."))
            return None
        document = self.document(path)
        if document is None:
            return None
        record = _validate(model, document, self.problems)
        return None if record is None else (record, document)

    def records(self, model: type[_R], key: str, paths: list[Path], id_field: str, kind: str) -> dict[str, _R]:
        """All records of the files by their id; a second record with the same id is a problem."""
        found: dict[str, _R] = {}
        for path in paths:
            document = self.document(path)
            if document is None:
                continue
            for i, record in _validate_records(model, key, document, self.problems):
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
        return found


def _read_topics(reader: _Reader) -> dict[str, TopicInfo]:
    document = reader.document(reader.knowledge / "topics.yaml")
    topics: dict[str, TopicInfo] = {}
    if document is None or not isinstance(document.data, dict):
        return topics
    for group, members in document.data.items():
        for topic, description in (members or {}).items():
            topics[topic] = TopicInfo(id=topic, group=group, description=description or topic)
    return topics


def _read_entries(reader: _Reader, layers: tuple[str, ...]) -> tuple[dict[str, Entry], list[str]]:
    """The entries with all layers merged: a later layer overrides keys and whole aspects. Also the ids left out."""
    data: dict[str, dict[str, Any]] = {}
    merged: dict[str, Document] = {}
    broken: set[str] = set()
    for layer in layers:
        for path in _files(reader.knowledge / layer / "entries"):
            if path.name.endswith(".test.yaml"):
                continue
            document = reader.document(path)
            if document is None or not isinstance(document.data, dict):
                broken.add(path.stem)
                continue
            topic = document.data.get("topic")
            if topic != path.stem:
                reader.problems.append(
                    Problem(
                        document.spot(("topic",)),
                        f"„topic“ ist „{topic}“, die Datei heißt aber {path.name}.",
                        f"Schreiben Sie „topic: {path.stem}“.",
                    )
                )
                broken.add(path.stem)
                continue
            target = data.setdefault(topic, {})
            spots = merged.setdefault(topic, Document(document.file, target))
            spots.file = document.file
            for key, value in document.data.items():
                if key == "aspects" and isinstance(value, dict) and isinstance(target.get("aspects"), dict):
                    target["aspects"] |= value
                elif key == "facts" and isinstance(value, list) and isinstance(target.get("facts"), list):
                    target["facts"] = list(dict.fromkeys(target["facts"] + value))
                else:
                    target[key] = value
            spots.spots |= document.spots
            reader.spots[f"entry:{topic}"] = Spot(document.file, 1)
    entries: dict[str, Entry] = {}
    for topic, document in merged.items():
        entry = None if topic in broken else _validate(Entry, document, reader.problems)
        if entry is None:
            broken.add(topic)
            continue
        entries[topic] = entry
        for aspect in entry.aspects:
            reader.spots[f"entry:{topic}:{aspect}"] = document.spot(("aspects", aspect.value))
        for key in ("title", "short", "office", "related", "links", "review_by", "situations", "lines"):
            reader.spots[f"entry:{topic}:{key}"] = document.spot((key,))
    return entries, sorted(broken)


def _read_cases(reader: _Reader, layers: tuple[str, ...]) -> list[Case]:
    cases: list[Case] = []
    for layer in layers:
        for path in _files(reader.knowledge / layer / "entries"):
            if not path.name.endswith(".test.yaml"):
                continue
            found = reader.one(Cases, path)
            if found is None:
                continue
            record, document = found
            topic = path.name.removesuffix(".test.yaml")
            groups: list[tuple[Path_, str, tuple[str, ...], bool]] = [
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


def _read_intents(reader: _Reader) -> tuple[dict[str, Intent], dict[str, NeighbourIntent]]:
    intents: dict[str, Intent] = {}
    neighbours: dict[str, NeighbourIntent] = {}
    for path in _files(reader.intents):
        folder = path.parent.name
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
            intents[name] = record
            for aspect, utterances in record.utterances.items():
                for i, utterance in enumerate(utterances):
                    reader.utterance_spots[name, utterance] = document.spot(("utterances", aspect.value, i))
        reader.spots[f"intent:{name}"] = document.spot(())
    return intents, neighbours


def load(knowledge: Path, intents: Path) -> Loaded:
    """All content of the two folders. Never raises: what is broken becomes a problem and is left out.

    The content is None only when `city.yaml`, `texts.yaml` or `topics.yaml` is missing or broken: then there is nothing to serve.
    """
    reader = _Reader(knowledge, intents)
    city = reader.one(City, knowledge / "city.yaml")
    texts = reader.one(Texts, knowledge / "texts.yaml")
    topics = _read_topics(reader)
    layers = city[0].layers if city else ()
    folders = [knowledge / layer for layer in layers]

    def below(name: str) -> list[Path]:
        return [p for folder in folders for p in _files(folder / name)]

    facts = reader.records(Fact, "facts", below("facts"), "id", "fact")
    places = reader.records(Place, "places", below("places"), "id", "place")
    district_files = [f / "districts.yaml" for f in folders if (f / "districts.yaml").is_file()]
    districts = reader.records(District, "districts", district_files, "name", "district")
    entries, left_out = _read_entries(reader, layers)
    neighbour_files = [f / "neighbours.yaml" for f in folders if (f / "neighbours.yaml").is_file()]
    neighbours = reader.records(Neighbour, "neighbours", neighbour_files, "matter", "neighbour")
    topic_intents, neighbour_intents = _read_intents(reader)
    lines = reader.records(EmergencyLine, "lines", [knowledge / "safety" / "lines.yaml"], "id", "line")
    rules = [
        found[0]
        for path in _files(knowledge / "safety")
        if path.name.startswith("rules") and (found := reader.one(EmergencyRules, path)) is not None
    ]
    harmless = reader.one(Harmless, intents / "safety" / "harmless.yaml")
    concepts = reader.records(Concept, "concepts", _files(intents / "lexicon" / "concepts")
                              or [p for p in _files(intents / "lexicon") if p.name.startswith("concepts")], "id", "concept")
    abbreviation_file = reader.one(AbbreviationFile, intents / "lexicon" / "abbreviations.yaml")
    cases = _read_cases(reader, layers)
    content = None
    if city and texts and topics:
        content = Content(
            digest=digest_of(knowledge, intents),
            city=city[0],
            texts=texts[0],
            topics=topics,
            facts=facts,
            places=places,
            districts=tuple(districts.values()),
            entries=entries,
            neighbours=neighbours,
            intents=topic_intents,
            neighbour_intents=neighbour_intents,
            lines=lines,
            emergency_rules=tuple(rules),
            harmless=harmless[0].harmless if harmless else (),
            concepts=tuple(concepts.values()),
            abbreviations={a.short.lower(): a.long for a in abbreviation_file[0].abbreviations}
            if abbreviation_file
            else {},
            left_out=tuple(left_out),
        )
    return Loaded(content, sorted(reader.problems), tuple(cases), reader.spots, reader.utterance_spots)


SCHEMAS: Mapping[str, type[BaseModel]] = {
    "fact": FactFile, "place": PlaceFile, "entry": Entry, "intent": Intent, "neighbour-intent": NeighbourIntent,
    "neighbour": NeighbourFile, "cases": Cases, "lines": LineFile, "emergency-rules": EmergencyRules, "city": City,
    "concepts": ConceptFile, "abbreviations": AbbreviationFile, "districts": DistrictFile, "harmless": Harmless,
    "texts": Texts,
}  # fmt: skip
"""The model of each kind of file, by the name of its JSON Schema."""
