"""The JSON Schemas for editors: they allow what the loader reads, and say in German what belongs where."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from bot.compiling import model_key
from bot.content.documents import read_document
from bot.content.loading import SCHEMAS, Content, load
from bot.content.schemas import (
    MODELINE,
    UPDATE,
    files_of,
    kind_of,
    modeline,
    schemas,
    with_modeline,
    without_modeline,
)
from bot.settings import ROOT
from tests.conftest import SMALL

from .conftest import Town

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

TOWN = (SMALL / "knowledge", SMALL / "intents")
OURS = (ROOT / "knowledge", ROOT / "intents")
OUT = ROOT / "docs" / "schema"


@cache
def content(knowledge: Path, intents: Path) -> Content:
    found = load(knowledge, intents).content
    assert found is not None
    return found


@cache
def ours() -> dict[str, dict[str, Any]]:
    """The schemas with the ids of our own knowledge."""
    return schemas(content(*OURS))


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
    return schemas()[kind]


def problems(data: Any, schema: dict[str, Any]) -> list[str]:
    return [f"{error.json_path}: {error.message[:200]}" for error in Draft7Validator(schema).iter_errors(data)]


@pytest.mark.parametrize("kind", [*SCHEMAS, "topics"])
def test_a_schema_is_valid_and_german(kind: str) -> None:
    Draft7Validator.check_schema(schema(kind))
    assert schema(kind)["$schema"] == "http://json-schema.org/draft-07/schema#"
    assert schema(kind)["description"].endswith(".")
    assert not re.search(r"\b(the|and|of|what)\b", schema(kind)["description"])


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    """All mappings in a schema."""
    if isinstance(value, dict):
        yield value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from nodes(item)


@pytest.mark.parametrize("kind", [*SCHEMAS, "topics"])
def test_a_schema_keeps_to_draft_07(kind: str) -> None:
    whole = ours()[kind]
    for node in nodes(whole):
        assert not {"$defs", "prefixItems", "x-known"} & set(node)
        if "$ref" in node:  # what stands beside a reference is ignored
            assert list(node) == ["$ref"]
            assert node["$ref"].removeprefix("#/definitions/") in whole["definitions"]


def test_every_file_of_the_small_town_is_allowed() -> None:
    found = schemas(content(*TOWN))
    for file in files_of(*TOWN):
        kind = kind_of(file, *TOWN)
        assert kind is not None, file
        # one of its matters has no answer, on purpose: the schema underlines it too
        wrong = ["$.matter: 'reisepass' is not one of ['muell']"] if file.stem == "reisepass" else []
        assert problems(read(file), found[kind]) == wrong, file


def test_every_file_of_ours_is_allowed_and_names_its_schema() -> None:
    for file in files_of(*OURS):
        kind = kind_of(file, *OURS)
        assert kind is not None, file
        assert problems(read(file), ours()[kind]) == [], file
        first = file.read_text(encoding="utf-8").partition("\n")[0]
        assert first == modeline(file, kind, OUT), f"{file}: rufen Sie „{UPDATE}“ auf"
        assert (file.parent / first.removeprefix(MODELINE)).resolve() == OUT / f"{kind}.json"
    assert list(without_modeline(*OURS, OUT)) == []


def test_the_written_schemas_are_up_to_date() -> None:
    stored = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in OUT.glob("*.json")}
    old = [kind for kind in sorted({*stored, *ours()}) if stored.get(kind) != ours().get(kind)]
    assert old == [], f"rufen Sie „{UPDATE}“ auf"


@pytest.mark.parametrize(
    ("kind", "text", "wrong"),
    [
        ("entry", "{topic: kita-beitrag, related: [kindergeld], office: herne.jugendamt}", []),
        ("entry", "{topic: kita-beitrg}", ["$.topic"]),
        ("entry", "{topic: kita-beitrag, related: [kindergld]}", ["$.related[0]"]),
        ("entry", "{topic: kita-beitrag, office: herne.jugendmat}", ["$.office"]),
        ("entry", "{topic: kita-beitrag, aspects: {cost: {facts: [a.nein]}}}", ["$.aspects.cost.facts[0]"]),
        ("entry", "{topic: kita-beitrag, aspects: {kosten: {text: x}}}", ["$.aspects"]),
        ("kinds", "{kinds: [{id: kurs, title: a, one: b, none: c, total: bund.nein}]}", ["$.kinds[0].total"]),
        ("cases", "{belongs_elsewhere: {kita-beitrg: [Was?]}}", ["$.belongs_elsewhere"]),
        ("topics", "{kita: {kita-neu: Was ist neu?}}", []),
        ("topics", "{kita: [kita-neu]}", ["$.kita"]),
    ],
)  # fmt: skip
def test_an_unknown_id_is_underlined(kind: str, text: str, wrong: list[str], tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text(text, encoding="utf-8")
    found = Draft7Validator(ours()[kind]).iter_errors(read(tmp_path / "x.yaml"))
    assert [error.json_path for error in found] == wrong


def test_a_first_line_changes_nothing_that_is_built(town: Town) -> None:
    before = town.content()
    changed = list(without_modeline(town.root / "knowledge", town.root / "intents", town.root / "schema"))
    assert len(changed) == len(list(files_of(town.root / "knowledge", town.root / "intents")))
    for file, text in changed:
        file.write_text(text, encoding="utf-8")
    after = town.content()
    assert model_key(after, None) == model_key(before, None)
    assert after.model_copy(update={"digest": before.digest}) == before
    assert list(without_modeline(town.root / "knowledge", town.root / "intents", town.root / "schema")) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\n", "LINE\na: 1\n"),
        ("# yaml-language-server: $schema=alt.json\na: 1\n", "LINE\na: 1\n"),
        ("\ufeffa: 1\r\n", "\ufeffLINE\r\na: 1\r\n"),
        ("\ufeff# yaml-language-server: $schema=alt.json\r\na: 1\r\n", "\ufeffLINE\r\na: 1\r\n"),
        ("# oben\na: 1\n", "LINE\n# oben\na: 1\n"),
    ],
)
def test_the_first_line_is_added_or_replaced(text: str, expected: str) -> None:
    assert with_modeline(text, "LINE") == expected


@pytest.mark.parametrize("kind", DESCRIBED)
def test_every_field_of_the_editors_files_is_described(kind: str) -> None:
    whole = schema(kind)
    models = [whole, *whole.get("definitions", {}).values()]
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
    assert Draft7Validator(schema(kind)).is_valid(read(tmp_path / "x.yaml")) is fine
