"""Two folders of YAML to content, with the line of every value: layers merged, what is broken left out."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from bot.content.documents import Document, KeyPath, read_document
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
from bot.content.problems import Problem, Spot, unknown
from bot.content.switches import FILE as SWITCHES
from bot.content.tables import ComputingTable, TableFile
from bot.content.timetable import Timetable, TimetableStep, TimetableTexts, facts_of
from bot.content.validation import not_keys, validate, validate_records, validation_problems

_R = TypeVar("_R", bound=BaseModel)

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


@dataclass(slots=True)
class Loaded:
    """What came of reading the folders: the content, all problems, the test cases, and where each record stands."""

    content: Content | None
    problems: list[Problem]
    cases: tuple[Case, ...]
    spots: Mapping[str, Spot]
    utterance_spots: Mapping[tuple[str, str], Spot]


def _files(folder: Path) -> list[Path]:
    return [p for p in files_below(folder) if p.suffix == ".yaml"]


_ODD_NAME = re.compile(r"([^.].*?)(\.ya?ml(?:\.\w+|~)|\.(?:txt|docx?|odt|rtf))", re.IGNORECASE)
"""Names that editors' programs give to a file that was to be YAML."""

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
        record = validate(model, document.data, document, self.problems)
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

    def report_odd_names(self) -> None:
        """Files that were meant to be YAML, though their name says otherwise."""
        for root in (self.knowledge, self.intents):
            for path in sorted(root.rglob("*")) if root.is_dir() else ():
                found = _ODD_NAME.fullmatch(path.name)
                if found is not None and path != self.knowledge / SWITCHES:
                    spot = Spot((Path(root.name) / path.relative_to(root)).as_posix(), 1)
                    suggestion = f"Benennen Sie sie um in {found[1]}.yaml, oder löschen Sie sie."
                    self.problems.append(Problem(spot, f"Dateien auf „{found[2]}“ liest niemand.", suggestion))

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
            info = validate(TopicInfo, data, document, reader.problems, (group, topic))
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


def _misnamed(key: str, name: object, path: Path, known: Collection[str], spot: Spot) -> Problem:
    """The problem of a file that is named otherwise than what it is about."""
    if not name or not isinstance(name, str):
        return Problem(spot, f"Hier fehlt „{key}“.", f"Schreiben Sie „{key}: {path.stem}“.")
    message = f"„{key}“ ist „{name}“, die Datei heißt aber {path.name}."
    if name in known and path.stem not in known:
        return Problem(spot, message, f"Benennen Sie die Datei um in {name}.yaml.")
    return Problem(spot, message, f"Schreiben Sie „{key}: {path.stem}“.")


def _read_layers(
    reader: _Reader, layers: tuple[str, ...], topics: Collection[str]
) -> tuple[dict[str, Document], set[str]]:
    """Every entry with all its layers merged, and the ids of those of which a layer is broken."""
    merged: dict[str, Document] = {}
    broken: set[str] = set()
    for layer in layers:
        here: dict[str, str] = {}
        for path in _files(reader.find(layer) / "entries"):
            if path.name.endswith(".test.yaml"):
                continue
            document = reader.document(path)
            if document is None:
                broken.add(path.stem)
                continue
            if not isinstance(document.data, dict):
                reader.problems.append(not_keys(document.spot(())))
                broken.add(path.stem)
                continue
            name = document.data.get("topic")
            if name != path.stem:
                reader.problems.append(_misnamed("topic", name, path, topics, document.spot(("topic",))))
                broken.add(path.stem)
                continue
            if name in here:
                message = f"Das Thema „{name}“ steht in dieser Ebene schon in {here[name]}."
                reader.problems.append(Problem(document.spot(()), message, "Behalten Sie eine der beiden Dateien."))
                continue
            here[name] = document.file
            _merge(merged.setdefault(path.stem, Document(document.file, {})), document)
    return merged, broken


def _read_entries(
    reader: _Reader, layers: tuple[str, ...], topics: Collection[str]
) -> tuple[dict[str, Entry], list[str]]:
    """The entries with all layers merged, and the ids of those left out."""
    merged, broken = _read_layers(reader, layers, topics)
    entries: dict[str, Entry] = {}
    for topic, document in merged.items():
        if topic in broken or reader.is_borrowed(document):
            continue
        entry = validate(Entry, document.data, document, reader.problems)
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
            known = topics if key == "topic" else ()
            reader.problems.append(_misnamed(key, name, path, known, document.spot((key,))))
            continue
        if (first := reader.spots.get(f"intent:{name}")) is not None:
            message = f"Beispielfragen zu „{name}“ stehen schon in {first.file}."
            reader.problems.append(Problem(document.spot(()), message, "Verbinden Sie beide zu einer Datei."))
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
            reader.problems.extend(validation_problems(error, EmergencyRules, document, ()))
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
            texts = validate(TimetableTexts, document.data["texts"], document, reader.problems, ("texts",)) or texts
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
        reader.report_odd_names()
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
