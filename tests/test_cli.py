"""The command line: help in German, exit codes, JSON for programs."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from typer.main import get_command
from typer.testing import CliRunner, Result

from bot import __version__
from bot.__main__ import app
from bot.content.loading import SCHEMAS
from bot.pipeline import Bot
from bot.settings import Settings
from tests.conftest import SMALL
from tests.content.conftest import Town, make_town

HELP = {
    "serve": "Den Dienst starten.",
    "ask": "Eine Frage stellen",
    "explain": "Zeigen, wie eine Frage gelesen wurde",
    "check": "Alle Fehler in knowledge/ und intents/ mit Datei und Zeile.",
    "import": "Stellen oder Angebote aus einer Tabelle übernehmen.",
    "eval": "Messen, wie gut der Bot auf fremde Fragen antwortet",
    "bench": "Geschwindigkeit und Speicher messen",
    "calibrate": "Die Zuversicht neu",
    "schema": "ein JSON-Schema schreiben",
    "coverage": "Zeigen, was unser Wissen abdeckt",
    "version": "Die Version.",
}

COMMANDS: Sequence[str] = sorted(getattr(get_command(app), "commands"))  # noqa: B009 - typer's own type has no such field


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of this machine, and nothing written outside the test."""
    for name in [n for n in os.environ if n.startswith("FAMILIENBOT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("FAMILIENBOT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("FAMILIENBOT_NOW", "2026-11-22T10:00")


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Town:
    """A sound town that the commands work on."""
    found = make_town(tmp_path / "town")
    monkeypatch.setenv("FAMILIENBOT_KNOWLEDGE", str(found.root / "knowledge"))
    monkeypatch.setenv("FAMILIENBOT_INTENTS", str(found.root / "intents"))
    return found


@pytest.fixture
def _built(small_bot: Bot, small_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The small town with its model ready in the cache."""
    monkeypatch.setenv("FAMILIENBOT_KNOWLEDGE", str(SMALL / "knowledge"))
    monkeypatch.setenv("FAMILIENBOT_INTENTS", str(SMALL / "intents"))
    monkeypatch.setenv("FAMILIENBOT_CACHE", str(small_settings.cache))


def run(*arguments: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(app, arguments, input=typed)


def words(text: str) -> str:
    """The text without frames and line ends."""
    return " ".join(re.sub(r"[│╭╮╰╯─┃]", " ", text).split())


def test_every_command_is_tested_here() -> None:
    assert sorted(HELP) == COMMANDS


@pytest.mark.parametrize("command", COMMANDS)
def test_help_is_german(command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0
    assert HELP[command] in words(result.stdout)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_argument_and_option_is_explained(command: str) -> None:
    found = getattr(get_command(app), "commands")[command]  # noqa: B009
    assert [p.name for p in found.params if not getattr(p, "help", None)] == []


def test_without_a_command_all_are_listed() -> None:
    result = run()
    assert "Auskunft für Familien" in words(result.stdout + result.stderr)
    assert all(command in result.stdout + result.stderr for command in COMMANDS)


def test_an_unknown_command_or_option_is_refused() -> None:
    assert run("frage").exit_code == 2
    assert run("check", "--alles").exit_code == 2


# check


def test_sound_knowledge_ends_with_0(town: Town) -> None:
    result = run("check")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1].startswith("0 Fehler, ")


def test_broken_knowledge_ends_with_1_and_names_file_and_line(town: Town) -> None:
    town.edit("knowledge/stadt/entries/kita/kita-beitrag.yaml", "kindergeld]", "kindergld]")
    result = run("check")
    assert result.exit_code == 1
    file = "knowledge/stadt/entries/kita/kita-beitrag.yaml"
    expected = f"{file}:6: Das Thema „kindergld“ gibt es nicht. Meinten Sie „kindergeld“?"
    assert expected in result.stdout.splitlines()  # in one line, however narrow the window is
    assert result.stdout.splitlines()[-1].startswith("1 Fehler, ")


def test_a_hint_alone_is_no_failure(town: Town) -> None:
    town.edit("knowledge/stadt/entries/leistungen/kindergeld.yaml", "2027-11-20", "2026-01-01")
    result = run("check")
    assert result.exit_code == 0
    assert "Hinweis: Die Prüfung war am 1. Januar 2026 fällig." in result.stdout


def test_square_brackets_are_no_markup(town: Town) -> None:
    town.write("knowledge/stadt/facts/neu.yaml", "facts: [rot\n")
    town.edit("knowledge/stadt/entries/leistungen/kindergeld.yaml", "title:", '"[red]": x\ntitle:')
    result = run("check")
    assert "„[red]“ gibt es hier nicht." in result.stdout


def test_problems_as_json(town: Town) -> None:
    town.edit("knowledge/stadt/entries/kita/kita-beitrag.yaml", "kindergeld]", "kindergld]")
    result = run("check", "--json")
    assert result.exit_code == 1
    errors = [row for row in json.loads(result.stdout) if row["level"] == "error"]
    assert errors == [
        {
            "file": "knowledge/stadt/entries/kita/kita-beitrag.yaml",
            "line": 6,
            "column": 0,
            "level": "error",
            "message": "Das Thema „kindergld“ gibt es nicht.",
            "suggestion": "Meinten Sie „kindergeld“?",
        }
    ]


def test_problems_beside_the_changed_line(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(town.root)
    town.edit("knowledge/stadt/entries/kita/kita-beitrag.yaml", "kindergeld]", "kindergld]")
    result = run("check", "--format", "github")
    assert result.exit_code == 1
    place = "::error file=knowledge/stadt/entries/kita/kita-beitrag.yaml,line=6,title=familienbot check::"
    assert f"{place}Das Thema „kindergld“ gibt es nicht. Meinten Sie „kindergeld“?" in result.stdout.splitlines()
    result = run("check", "--format", "gitlab")
    assert result.exit_code == 1
    rows = [row for row in json.loads(result.stdout) if row["severity"] == "major"]
    assert [row["location"]["path"] for row in rows] == ["knowledge/stadt/entries/kita/kita-beitrag.yaml"]


def test_a_hint_is_a_failure_when_strict(town: Town) -> None:
    assert "Hinweis: " in run("check").stdout
    assert run("check").exit_code == 0
    assert run("check", "--strict").exit_code == 1


def test_the_exit_codes_are_in_the_help() -> None:
    text = words(run("check", "--help").stdout)
    assert "Ende mit 0: kein Fehler, höchstens Hinweise. 1: Fehler, mit --strict auch Hinweise." in text
    assert "2: falscher Aufruf oder falsche Einstellung." in text


def test_links_are_asked_for_only_when_wanted(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def visit(url: str, until: float) -> tuple[str, str, str] | None:
        asked.append(url)
        return ("Die Seite gibt es nicht mehr.", "", "error") if url == "https://example.org/fort" else None

    monkeypatch.setattr("bot.desk.links.visit", visit)
    town.edit(
        "knowledge/stadt/entries/leistungen/kindergeld.yaml",
        "short:",
        "links:\n  - {label: Fort, url: https://example.org/fort}\nshort:",
    )
    assert run("check").exit_code == 0
    assert asked == []
    result = run("check", "--links")
    assert result.exit_code == 1
    assert "knowledge/stadt/entries/leistungen/kindergeld.yaml:7: Die Seite gibt es nicht mehr." in result.stdout
    assert len(asked) == len(set(asked)) > 1


def test_one_topic_alone_is_checked(town: Town) -> None:
    town.edit("knowledge/stadt/entries/kita/kita-beitrag.yaml", "kindergeld]", "kindergld]")
    assert run("check", "--only", "kita-beitrag").exit_code == 1
    assert run("check", "--only", "kindergeld").exit_code == 0
    assert run("check", "--only", "gibt-es-nicht").exit_code == 1


@pytest.mark.parametrize("file", ["city.yaml", "texts.yaml", "topics.yaml"])
def test_knowledge_that_cannot_be_served(file: str, town: Town) -> None:
    (town.root / "knowledge" / file).unlink()
    assert run("check").exit_code == 1
    result = run("ask", "Was kostet die Kita?")
    assert result.exit_code == 2
    assert f"knowledge/{file}:1: Diese Datei fehlt." in words(result.stderr)
    assert result.stdout == ""


# ask and explain


@pytest.mark.usefixtures("_built")
def test_a_question_is_answered() -> None:
    result = run("ask", "Was kostet die Kita?")
    assert result.exit_code == 0
    assert "höchstens 100 Euro im Monat" in words(result.stdout)
    assert "☎ Jugendamt Musterstadt" in result.stdout
    assert "Quellen:" in result.stdout


@pytest.mark.usefixtures("_built")
def test_an_answer_as_json_is_what_the_web_gets() -> None:
    result = run("ask", "--json", "Was kostet die Kita?")
    assert result.exit_code == 0
    reply = json.loads(result.stdout)
    assert reply["kind"] == "answer"
    assert reply["topics"] == ["kita-beitrag"]
    assert reply["blocks"][0]["type"] == "text"
    assert reply["state"].count(".") >= 2


@pytest.mark.usefixtures("_built")
def test_a_conversation_ends_with_an_empty_line() -> None:
    result = run("ask", typed="Was kostet die Kita?\nhallo\n\nWird nicht mehr gelesen\n")
    assert result.exit_code == 0
    assert result.stdout.count("Sie:") == 3
    assert "höchstens 100 Euro im Monat" in words(result.stdout)
    assert "Guten Tag." in result.stdout


@pytest.mark.usefixtures("_built")
def test_an_explanation() -> None:
    result = run("explain", "Was kostet die Kita?")
    assert result.exit_code == 0
    assert result.stdout.startswith("Ergebnis: Antwort\nWarum: ")


@pytest.mark.usefixtures("_built")
def test_an_explanation_as_json() -> None:
    result = run("explain", "--json", "Mein Kind atmet nicht")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["emergency_rule"] == "atmet-nicht"


# settings, schema, version


@pytest.mark.parametrize(
    ("name", "value"),
    [("PORT", "achtzig"), ("PORT", "70000"), ("WORKERS", "0"), ("NOW", "gestern"), ("RATE_LIMIT", "-1")],
)
@pytest.mark.parametrize("command", [("check",), ("ask", "hallo"), ("serve",)])
def test_a_wrong_setting_ends_with_2_and_one_line(
    command: tuple[str, ...], name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"FAMILIENBOT_{name}", value)
    result = run(*command)
    assert result.exit_code == 2
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert line.startswith(f"FAMILIENBOT_{name} ist „{value}“; erwartet wird ")


def test_schemas_are_written(tmp_path: Path) -> None:
    out = tmp_path / "docs" / "schema"
    assert run("schema", "--out", str(out)).exit_code == 0
    assert sorted(p.stem for p in out.iterdir()) == sorted(SCHEMAS)
    for path in out.iterdir():
        schema = json.loads(path.read_text(encoding="utf-8"))
        Draft202012Validator.check_schema(schema)
        assert schema["description"]


def test_the_version_of_the_command_as_it_is_called() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bot", "version"], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == f"{__version__}\n"
    assert done.stderr == ""


KITAS_MAP = """\
target: places
file: knowledge/stadt/places/kitas.yaml
kind: kita
id: "stadt.{slug:Name}"
columns: {name: Name}
source: {label: Offene Daten}
"""


@pytest.fixture
def table(town: Town) -> tuple[str, str]:
    """A table of one Kita and the map of its columns."""
    town.write("kitas.csv", "Name;Telefon\nKita Wolke;0999 1\n")
    town.write("kitas.yaml", KITAS_MAP)
    return str(town.root / "kitas.csv"), str(town.root / "kitas.yaml")


def test_import_shows_the_difference_and_writes_when_told(town: Town, table: tuple[str, str]) -> None:
    file, mapping = table
    shown = run("import", "places", file, "--map", mapping)
    assert shown.exit_code == 1
    assert "+ stadt.kita-wolke: Kita Wolke (Zeile 2)" in shown.output
    assert "Noch nichts geschrieben: Dafür --write anhängen." in shown.output
    assert not (town.root / "knowledge/stadt/places/kitas.yaml").exists()
    written = run("import", "places", file, "--map", mapping, "--write")
    assert (written.exit_code, "Geschrieben." in written.output) == (0, True)
    assert town.content().places["stadt.kita-wolke"].checked.isoformat() == "2026-11-22"
    again = run("import", "places", file, "--map", mapping, "--json")
    assert again.exit_code == 0
    assert (json.loads(again.output)["changes"], json.loads(again.output)["same"]) == ([], 1)


def test_import_with_faults_ends_with_two(town: Town, table: tuple[str, str]) -> None:
    file, mapping = table
    wrong = run("import", "offers", file, "--map", mapping, "--write")
    assert wrong.exit_code == 2
    assert "Die Zuordnung ist für „places“, der Befehl für „offers“." in wrong.output
    assert "1 Fehler. Es wurde nichts geschrieben." in wrong.output
    unknown = run("import", "orte", file, "--map", mapping)
    assert unknown.exit_code == 2
    assert "„orte“ lässt sich nicht übernehmen. Möglich: places, offers." in unknown.output
    missing = run("import", "places", file + "x", "--map", mapping, "--json")
    assert missing.exit_code == 2
    assert json.loads(missing.output)["problems"][0]["message"] == "Diese Datei gibt es nicht."


def test_import_says_when_it_cannot_write(town: Town, table: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    file, mapping = table
    done = run("import", "places", file, "--map", mapping, "--write")
    assert done.exit_code == 2
    assert "Das Schreiben ist misslungen" in done.output
    assert not list((town.root / "knowledge/stadt/places").glob("*kitas*"))
