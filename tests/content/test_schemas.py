"""The JSON Schemas for editors: they allow what the loader reads, and say in German what belongs where."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from bot.content.documents import read_document
from bot.content.loading import SCHEMAS
from tests.conftest import SMALL

DESCRIBED = (
    "fact",
    "place",
    "offer",
    "kinds",
    "entry",
    "intent",
    "neighbour-intent",
    "neighbour",
    "cases",
    "tables",
    "timetable",
)

KIND_OF_FILE = (
    (r".*\.test\.yaml", "cases"),
    (r"knowledge/city\.yaml", "city"),
    (r"knowledge/texts\.yaml", "texts"),
    (r"knowledge/timetable\.yaml", "timetable"),
    (r"knowledge/safety/lines\.yaml", "lines"),
    (r"knowledge/safety/rules.*", "emergency-rules"),
    (r"knowledge/\w+/facts/.*", "fact"),
    (r"knowledge/\w+/places/.*", "place"),
    (r"knowledge/\w+/offers/.*", "offer"),
    (r"knowledge/kinds\.yaml", "kinds"),
    (r"knowledge/\w+/entries/.*", "entry"),
    (r"knowledge/\w+/districts\.yaml", "districts"),
    (r"knowledge/\w+/neighbours\.yaml", "neighbour"),
    (r"intents/neighbours/.*", "neighbour-intent"),
    (r"intents/lexicon/concepts.*", "concepts"),
    (r"intents/lexicon/abbreviations\.yaml", "abbreviations"),
    (r"intents/safety/.*", "harmless"),
    (r"intents/.*", "intent"),
)


def files() -> list[tuple[str, str]]:
    """Every file of the small town with its kind; the list of topics has no schema."""
    names = sorted(p.relative_to(SMALL).as_posix() for p in SMALL.rglob("*.yaml"))
    return [
        (name, next(kind for pattern, kind in KIND_OF_FILE if re.fullmatch(pattern, name)))
        for name in names
        if name != "knowledge/topics.yaml"
    ]


def as_an_editor_reads(data: Any) -> Any:
    """The data with numbers and truth values where a program of our editors would see them."""
    if isinstance(data, dict):
        return {key: as_an_editor_reads(value) for key, value in data.items()}
    if isinstance(data, list):
        return [as_an_editor_reads(value) for value in data]
    if data in ("true", "false"):
        return data == "true"
    if isinstance(data, str) and re.fullmatch(r"\d+(\.\d+)?", data):
        return float(data) if "." in data else int(data)
    return data


def read(file: Path) -> Any:
    document = read_document(file, file.parent, [])
    assert document is not None
    return as_an_editor_reads(document.data)


def schema(kind: str) -> dict[str, Any]:
    return SCHEMAS[kind].model_json_schema(by_alias=True)


@pytest.mark.parametrize("kind", SCHEMAS)
def test_a_schema_is_valid_and_german(kind: str) -> None:
    Draft202012Validator.check_schema(schema(kind))
    assert schema(kind)["description"].endswith(".")
    assert not re.search(r"\b(the|and|of|what)\b", schema(kind)["description"])


@pytest.mark.parametrize(("file", "kind"), files())
def test_what_the_loader_reads_is_allowed(file: str, kind: str) -> None:
    errors = list(Draft202012Validator(schema(kind)).iter_errors(read(SMALL / file)))
    assert [e.message for e in errors] == []


@pytest.mark.parametrize("kind", DESCRIBED)
def test_every_field_of_the_editors_files_is_described(kind: str) -> None:
    whole = schema(kind)
    models = [whole, *whole.get("$defs", {}).values()]
    fields = [(name, field) for model in models for name, field in model.get("properties", {}).items()]
    assert fields
    assert [name for name, field in fields if len(field.get("description", "")) < 10] == []


@pytest.mark.parametrize(
    ("kind", "text", "fine"),
    [
        ("entry", "topic: kindergeld\naspects: {cost: {text: Nichts.}}\n", True),  # one layer of several
        ("entry", "title: Kindergeld\n", False),
        ("entry", "topic: kindergeld\ntitel: Kindergeld\n", False),
        ("entry", "topic: kindergeld\noff: ja\n", True),
        ("entry", "topic: kindergeld\noff: vielleicht\n", False),
        ("entry", "topic: kindergeld\naspects: {kosten: {text: Nichts.}}\n", False),
        ("intent", "topic: x\nutterances: {cost: [Was kostet es?, 115]}\n", True),
        ("intent", "topic: x\nutterances: [Was kostet es?]\n", False),
        ("cases", "asks: [Was kostet es?]\n", True),
        ("cases", "ask: [Was kostet es?]\n", False),
        (
            "fact",
            "facts: [{id: a.b, text: T, kind: stable, checked: 2026-11-22, source: {label: L}, source_date: 2026}]",
            True,
        ),
        ("fact", "facts: [{id: a.b, text: T, kind: fest, checked: 2026-11-22, source: {label: L}}]", False),
        ("fact", "facts: [{id: Ä, text: T, kind: stable, checked: 2026-11-22, source: {label: L}}]", False),
    ],
)
def test_what_a_schema_tells_apart(kind: str, text: str, fine: bool, tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text(text, encoding="utf-8")
    assert Draft202012Validator(schema(kind)).is_valid(read(tmp_path / "x.yaml")) is fine
