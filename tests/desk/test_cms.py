"""The configuration for the CMS: of the form that Decap reads, complete, and made from the models."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from ruamel.yaml import YAML

from bot.content.editing import dump
from bot.content.loading import SCHEMAS, load
from bot.desk.cms import LABELS, LEFT_OUT, SORTS, configuration
from bot.settings import ROOT
from tests.content.conftest import make_town

WIDGETS = {"string", "text", "select", "boolean", "number", "datetime", "list", "object"}
UNSHOWN = {"belongs_elsewhere"}
"""Mappings by free names: they have no form, and Decap leaves them as they are."""


@pytest.fixture(scope="module")
def config() -> dict[str, Any]:
    """The configuration of our own knowledge, as it is read again."""
    return written(ROOT)


def written(root: Path) -> dict[str, Any]:
    content = load(root / "knowledge", root / "intents").content
    assert content is not None
    made = configuration(content, root / "knowledge", root / "intents", root, {"name": "gitlab", "repo": "stadt/bot"})
    found = YAML(typ="safe", pure=True).load(dump(made))  # YAML 1.2, as Decap reads it: `off` is a word
    assert found == made
    assert isinstance(found, dict)
    return found


def walk(fields: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for field in fields:
        yield field
        yield from walk(field.get("fields", []))
        yield from walk([field["field"]] if "field" in field else [])


def forms(config: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    return {c["name"]: c["files"][0]["fields"] for c in config["collections"]}


def by_name(fields: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {field["name"]: field for field in fields}


def test_every_kind_of_file_has_a_form_or_a_reason() -> None:
    assert {sort.kind for sort in SORTS} | set(LEFT_OUT) == set(SCHEMAS)
    assert {sort.kind for sort in SORTS} & set(LEFT_OUT) == set()


def test_it_has_what_decap_asks_for(config: dict[str, Any]) -> None:
    assert config["backend"] == {"name": "gitlab", "repo": "stadt/bot", "branch": "main"}
    assert config["publish_mode"] == "editorial_workflow"
    names = [c["name"] for c in config["collections"]]
    assert sorted(set(names)) == sorted(names)
    for collection in config["collections"]:
        files = [f["name"] for f in collection["files"]]
        assert sorted(set(files)) == sorted(files), collection["name"]
        assert collection["label"]


def test_every_field_is_well_formed(config: dict[str, Any]) -> None:
    for name, fields in forms(config).items():
        for field in walk(fields):
            assert field["widget"] in WIDGETS, (name, field)
            assert re.fullmatch(r"[a-z_]+", field["name"])
            assert field["label"], (name, field)
            assert ("options" in field) is (field["widget"] == "select"), (name, field)
            if field["widget"] == "list":
                assert ("field" in field) is not ("fields" in field), (name, field)
            if field["widget"] == "object":
                assert field["fields"], (name, field)
            if "pattern" in field:
                re.compile(field["pattern"][0])
                assert "(?P" not in field["pattern"][0]  # JavaScript knows no such groups
            if "summary" in field:
                assert field["summary"][9:-2] in by_name(field["fields"])


def test_every_label_is_used(config: dict[str, Any]) -> None:
    used = {field["name"] for fields in forms(config).values() for field in walk(fields)}
    assert set(LABELS) - used <= UNSHOWN


def test_every_file_of_the_knowledge_is_in_one_collection(config: dict[str, Any]) -> None:
    named = [f["file"] for c in config["collections"] for f in c["files"]]
    assert len(set(named)) == len(named)
    there = {p.relative_to(ROOT).as_posix() for r in ("knowledge", "intents") for p in (ROOT / r).rglob("*.yaml")}
    rest = there - set(named)
    assert set(named) <= there
    left_out = r"(city|texts|topics|timetable|rules|harmless)\.yaml$|/tables/|/safety/"
    assert [file for file in sorted(rest) if not re.search(left_out, file)] == []


def test_every_key_that_stands_in_a_file_has_a_widget(config: dict[str, Any]) -> None:
    """Nothing that an editor may change is missing in the form."""

    def missing(data: Any, fields: list[dict[str, Any]]) -> Iterator[str]:
        known = by_name(fields)
        for key, value in data.items():
            if key not in known:
                yield key
            elif isinstance(value, dict):
                yield from missing(value, known[key]["fields"])
            elif isinstance(value, list) and value and isinstance(value[0], dict):
                for item in value:
                    yield from missing(item, known[key]["fields"])

    found: set[str] = set()
    for collection in config["collections"]:
        for file in collection["files"]:
            data = yaml.load((ROOT / file["file"]).read_text(encoding="utf-8"), yaml.CBaseLoader)
            found |= set(missing(data or {}, file["fields"]))
    assert found <= UNSHOWN


def test_fields_come_from_the_models(config: dict[str, Any]) -> None:
    entry = by_name(forms(config)["eintraege"])
    assert entry["short"]["widget"] == "text"
    assert "höchstens 300 Zeichen" in entry["short"]["hint"]
    assert entry["review_by"]["widget"] == "datetime"
    assert (entry["review_by"]["date_format"], entry["review_by"]["time_format"]) == ("YYYY-MM-DD", False)
    assert "required" not in entry["topic"]
    assert entry["title"]["required"] is False  # another layer may have it
    assert {o["value"] for o in entry["office"]["options"]} >= {"herne.jugendamt"}
    assert entry["facts"]["multiple"] is True
    sides = by_name(entry["aspects"]["fields"])
    assert next(iter(sides)) == "overview"
    assert sides["cost"]["label"] == "Kosten"
    assert by_name(by_name(sides["cost"]["fields"])["steps"]["fields"])["link"]["widget"] == "object"
    fact = by_name(by_name(forms(config)["tatsachen"])["facts"]["fields"])
    assert fact["kind"]["options"][0] == "stable"
    assert "EUR/month" in fact["unit"]["options"]
    assert "required" not in fact["checked"]
    offer = by_name(by_name(forms(config)["angebote"])["offers"]["fields"])
    assert offer["kind"]["options"][0].keys() == {"label", "value"}
    assert offer["weekdays"]["options"] == ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
    assert offer["historical"]["widget"] == "boolean"
    assert by_name(offer["time"]["fields"])["from"]["pattern"][0].startswith("^")
    questions = by_name(forms(config)["beispielfragen"])["utterances"]
    assert by_name(questions["fields"])["cost"]["field"]["widget"] == "string"


def test_any_city_gets_one(tmp_path: Path) -> None:
    town = make_town(tmp_path / "town")
    found = written(town.root)
    assert {"eintraege", "tatsachen", "beispielfragen"} <= set(forms(found))
    files = [f for c in found["collections"] if c["name"] == "eintraege" for f in c["files"]]
    assert {
        "file": "knowledge/stadt/entries/kita/kita-beitrag.yaml",
        "label": "Was die Kita kostet (stadt)",
    }.items() <= (next(f for f in files if f["name"].endswith("kita-beitrag")).items())
