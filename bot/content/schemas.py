"""JSON Schemas of the YAML files, for programs that complete and underline; and the line that names them."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from bot.content.loading import SCHEMAS, Content
from bot.content.models import Aspect

DRAFT = "http://json-schema.org/draft-07/schema#"
MODELINE = "# yaml-language-server: $schema="
UPDATE = "familienbot schema --modelines"

_KINDS = (
    (r"knowledge/.*\.test\.yaml", "cases"),
    (r"knowledge/(city|texts|timetable|topics|kinds)\.yaml", r"\1"),
    (r"knowledge/safety/lines\.yaml", "lines"),
    (r"knowledge/safety/rules.*", "emergency-rules"),
    (r"knowledge/[\w-]+/facts/.*", "fact"),
    (r"knowledge/[\w-]+/places/.*", "place"),
    (r"knowledge/[\w-]+/offers/.*", "offer"),
    (r"knowledge/[\w-]+/tables/.*", "tables"),
    (r"knowledge/[\w-]+/entries/.*", "entry"),
    (r"knowledge/[\w-]+/districts\.yaml", "districts"),
    (r"knowledge/[\w-]+/neighbours\.yaml", "neighbour"),
    (r"intents/neighbours/.*", "neighbour-intent"),
    (r"intents/lexicon/concepts.*", "concepts"),
    (r"intents/lexicon/abbreviations\.yaml", "abbreviations"),
    (r"intents/safety/.*", "harmless"),
    (r"intents/.*", "intent"),
)

_EXAMPLES: Mapping[str, str] = {
    r"^[a-z]+\.[a-z0-9][a-z0-9-]*$": "herne.familienbuero",
    r"^[a-z0-9][a-z0-9-]*$": "kita-anmeldung",
    r"^\d{4}(-\d{2}(-\d{2})?)?$": "2026-11",
    r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$": "08:30",
    "^https?://": "https://www.herne.de/",
    "date": "2026-11-22",
}
"""An example for each form of text, by its pattern or format."""
_FIELD_EXAMPLES: Mapping[str, list[str]] = {
    "value": ["297", "12.50", "2026-11-22", "08:30", "02323 16-0"],
    "phone": ["02323 16-0"],
    "address": ["Hauptstraße 241, 44649 Herne"],
    "hours": ["montags bis freitags von 8 bis 12 Uhr"],
    "legal_basis": ["§ 24 SGB VIII"],
    "short": ["Sie melden Ihr Kind im Kita-Navigator an. Das geht bis {{fact:nrw.name}}."],
    "cost": ["kostenfrei", "5 Euro je Termin"],
    "rhythm": ["jeden ersten Freitag im Monat"],
}


def kind_of(file: Path, knowledge: Path, intents: Path) -> str | None:
    """The name of the schema of a file in one of the two folders; None when no kind of file stands there."""
    if file.is_relative_to(knowledge):
        name = f"knowledge/{file.relative_to(knowledge).as_posix()}"
    else:
        name = f"intents/{file.relative_to(intents).as_posix()}"
    for pattern, kind in _KINDS:
        if found := re.fullmatch(pattern, name):
            return found.expand(kind)
    return None


def _topics_schema() -> dict[str, Any]:
    name = {"pattern": "^[a-z0-9][a-z0-9-]*$"}
    question = {"type": "string", "minLength": 1, "description": "Was Eltern wissen wollen, die danach fragen."}
    members = {
        "type": "object",
        "description": "Die Themen einer Gruppe: Name und Frage.",
        "propertyNames": name,
        "additionalProperties": question,
    }
    return {
        "description": "Alle Themen nach Gruppen. Ein Name bleibt für immer: er steht in Adressen und Testfragen.",
        "type": "object",
        "propertyNames": name,
        "additionalProperties": members,
        "examples": [{"kita": {"kita-anmeldung": "Wie melde ich mein Kind in einer Kita an?"}}],
    }


def _known_ids(content: Content | None) -> Mapping[str, tuple[str, ...]]:
    if content is None:
        return {}
    districts = {name for d in content.districts for name in (d.name, d.borough)}
    found: Mapping[str, Collection[str]] = {
        "topic": content.topics, "place": content.places, "fact": content.facts, "line": content.lines,
        "kind": content.kinds, "matter": content.neighbours, "district": districts,
    }  # fmt: skip
    return {sort: tuple(sorted(names)) for sort, names in found.items() if names}


class _Draft7:
    """Turns pydantic's schema of one model into draft 07 with the ids that are known."""

    def __init__(self, known: Mapping[str, tuple[str, ...]], aspects: Mapping[str, str]) -> None:
        self.known, self.aspects = known, aspects
        self.used: dict[str, None] = {}

    def node(self, given: Any, name: str | None = None) -> Any:
        """A schema; `name` is that of the field that it describes."""
        if isinstance(given, list):
            return [self.node(item) for item in given]
        if not isinstance(given, dict):
            return given
        node: dict[str, Any] = {}
        for key, value in given.items():
            if key in ("properties", "$defs", "patternProperties"):
                node["definitions" if key == "$defs" else key] = {k: self.node(v, k) for k, v in value.items()}
            elif key in ("enum", "const", "required", "examples", "default"):
                node[key] = value
            elif key != "title":
                node[key] = self.node(value)
        if "prefixItems" in node:
            node |= {"items": node.pop("prefixItems"), "additionalItems": False}
        if node.get("default", 0) is None:
            del node["default"]
        self._aspect_keys(node)
        self._examples(node, name)
        return self._reference(node)

    def _aspect_keys(self, node: dict[str, Any]) -> None:
        """Keys that are aspects are written out: programs complete what stands under `properties` alone."""
        names = node.get("propertyNames", {})
        if names.get("$ref", "").endswith("/Aspect"):
            value = node.pop("additionalProperties")
            del node["propertyNames"]
            node["properties"] = {
                aspect: {"allOf": [value], **({"description": label} if label else {})}
                for aspect, label in self.aspects.items()
            }
            node["additionalProperties"] = False

    def _examples(self, node: dict[str, Any], name: str | None) -> None:
        form = str(node.get("pattern") or node.get("format"))
        if name is not None and name in _FIELD_EXAMPLES:
            node.setdefault("examples", _FIELD_EXAMPLES[name])
        elif form in _EXAMPLES and "x-known" not in node:
            node.setdefault("examples", [_EXAMPLES[form]])

    def _reference(self, node: dict[str, Any]) -> dict[str, Any]:
        """The node with its reference alone: draft 07 ignores what stands beside one."""
        sort = node.pop("x-known", None)
        if sort in self.known:
            self.used[sort] = None
            for key in ("type", "pattern", "minLength"):
                node.pop(key, None)
            node["$ref"] = f"#/definitions/known-{sort}"
        if "$ref" not in node:
            return node
        reference = {"$ref": node.pop("$ref").replace("#/$defs/", "#/definitions/")}
        return {"allOf": [reference], **node} if node else reference


def _aspects() -> dict[str, str]:
    return {aspect.value: "" for aspect in Aspect}


def schemas(content: Content | None = None) -> dict[str, dict[str, Any]]:
    """The schema of each kind of file by its name; with content, ids are those that it knows."""
    known = _known_ids(content)
    labels = {aspect.value: label for aspect, label in content.texts.aspects.items()} if content else {}
    aspects = {aspect: labels.get(aspect, "") for aspect in _aspects()}
    found: dict[str, dict[str, Any]] = {}
    given = {name: model.model_json_schema(by_alias=True) for name, model in SCHEMAS.items()}
    for name, schema in {**given, "topics": _topics_schema()}.items():
        draft = _Draft7(known, aspects)
        node = draft.node(schema)
        definitions = {**node.pop("definitions", {})}
        definitions |= {f"known-{sort}": {"enum": list(known[sort])} for sort in draft.used}
        found[name] = {"$schema": DRAFT, **node} | ({"definitions": definitions} if definitions else {})
    return found


def files_of(knowledge: Path, intents: Path) -> Iterator[Path]:
    """All YAML files of the two folders."""
    for root in (knowledge, intents):
        yield from sorted(root.rglob("*.yaml"))


def modeline(file: Path, kind: str, out: Path) -> str:
    """The first line of a file that names its schema, seen from the file."""
    return f"{MODELINE}{Path(os.path.relpath(out / f'{kind}.json', file.parent)).as_posix()}"


def with_modeline(text: str, line: str) -> str:
    """The text with this as its first line, in place of an older one; mark and line ends stay."""
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    rest = text.removeprefix("\ufeff")
    end = "\r\n" if "\r\n" in rest else "\n"
    if rest.startswith(MODELINE):
        rest = rest.partition("\n")[2]
    return f"{mark}{line}{end}{rest}"


def without_modeline(knowledge: Path, intents: Path, out: Path) -> Iterator[tuple[Path, str]]:
    """Every file whose first line does not name its schema, and its text with that line."""
    for file in files_of(knowledge, intents):
        kind = kind_of(file, knowledge, intents)
        if kind is None:
            continue
        text = file.read_bytes().decode("utf-8")
        wanted = with_modeline(text, modeline(file, kind, out))
        if wanted != text:
            yield file, wanted
