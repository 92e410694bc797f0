"""The command line: help in German, exit codes, JSON for programs."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
import uvicorn
from jsonschema import Draft7Validator
from ruamel.yaml import YAML
from typer.main import get_command
from typer.testing import CliRunner, Result

from bot import __version__
from bot.__main__ import app
from bot.content.loading import SCHEMAS
from bot.pipeline import Bot
from bot.settings import ROOT, Settings
from bot.storage.database import migrate, open_database
from bot.storage.events import Event, Judged, Replied, Unanswered
from bot.storage.writing import write
from bot.web.desk_access import parse_hash
from tests.conftest import SMALL
from tests.content.conftest import Town, make_town

HELP = {
    "serve": "Den Dienst starten.",
    "desk": "Den Schreibtisch der Redaktion auf diesem Rechner öffnen",
    "desk-password": "Ein Kennwort für /redaktion",
    "ask": "Eine Frage stellen",
    "at": "Zeigen, was der Bot mit einem früheren Stand des Wissens geantwortet hat",
    "explain": "Zeigen, wie eine Frage gelesen wurde",
    "diff": "Zeigen, was eine Änderung bewirkt",
    "check": "Alle Fehler in knowledge/ und intents/ mit Datei und Zeile.",
    "import": "Stellen oder Angebote aus einer Tabelle übernehmen.",
    "facts": "Alle Tatsachen zeigen, was wann endet",
    "new": "Ein neues Thema, eine Stelle, ein Angebot oder eine Tatsache anlegen",
    "eval": "Messen, wie gut der Bot auf fremde Fragen antwortet",
    "gaps": "Zeigen, wo Beispielfragen fehlen",
    "utterances": "Alle Beispielfragen ausgeben",
    "bench": "Geschwindigkeit und Speicher messen",
    "calibrate": "Die Zuversicht neu",
    "schema": "ein JSON-Schema schreiben",
    "cms": "Eine Konfiguration für das Redaktionssystem Decap CMS",
    "coverage": "Zeigen, was unser Wissen abdeckt",
    "digest": "Zeigen, was gefragt wurde, was half und was der Bot nicht wusste.",
    "version": "Die Version.",
}

COMMANDS: Sequence[str] = sorted(getattr(get_command(app), "commands"))  # noqa: B009 - typer's own type has no such field


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of this machine, and nothing written outside the test."""
    for name in [n for n in os.environ if n.startswith("FAMILIENBOT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("FAMILIENBOT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
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


# the desk


def test_a_password_becomes_a_hash() -> None:
    result = run("desk-password", typed="ein langes Kennwort\nein langes Kennwort\n")
    assert result.exit_code == 0
    name, _, text = result.stdout.strip().splitlines()[-1].partition("=")
    assert name == "FAMILIENBOT_DESK_PASSWORD_HASH"
    assert len(parse_hash(text).digest) == 32
    assert "Kennwort" not in text
    assert run("desk-password", typed="kurz\nkurz\n").exit_code == 2


@pytest.mark.usefixtures("_built")
def test_the_desk_is_served_on_this_machine_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    served: dict[str, object] = {}
    monkeypatch.setenv("FAMILIENBOT_HOST", "0.0.0.0")
    monkeypatch.setattr(uvicorn, "run", lambda app, **options: served.update(options, state=app.state.service.settings))
    result = run("desk", "--port", "8123")
    assert result.exit_code == 0
    assert "http://127.0.0.1:8123/redaktion" in result.stderr
    assert (served["host"], served["port"]) == ("127.0.0.1", 8123)
    assert getattr(served["state"], "desk_open") is True  # noqa: B009


# the CMS


def test_a_configuration_is_printed(town: Town) -> None:
    result = run("cms", "--backend", "gitlab", "--repo", "stadt/bot")
    assert result.exit_code == 0
    found = YAML(typ="safe", pure=True).load(result.stdout)
    assert found["backend"] == {"name": "gitlab", "branch": "main", "repo": "stadt/bot"}
    assert found["collections"][0]["files"][0]["file"].startswith("knowledge/stadt/entries/")
    assert run("cms", "--backend", "gitlab").exit_code == 2
    assert run("cms", "--backend", "ftp").exit_code == 2
    town.write("knowledge/city.yaml", "kaputt: [")
    assert run("cms").exit_code == 2


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


def test_without_knowledge_the_service_starts_for_emergencies(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    (town.root / "knowledge/city.yaml").unlink()
    served: list[object] = []
    monkeypatch.setattr("bot.web.app.serve", served.append)
    result = run("serve")
    assert (result.exit_code, len(served)) == (0, 1)
    assert "knowledge/city.yaml:1: Diese Datei fehlt." in words(result.stderr)


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


@pytest.mark.parametrize("value", ["mysql://a:geheim@b/c", "counts.db", "https://geheim"])
def test_an_address_of_no_database_is_refused_and_not_repeated(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAMILIENBOT_DATABASE_URL", value)
    result = run("digest")
    assert (result.exit_code, result.stdout, value in result.stderr) == (2, "", False)  # it may hold a password
    assert "FAMILIENBOT_DATABASE_URL ist keine Adresse einer Datenbank" in result.stderr


def test_schemas_are_written(tmp_path: Path, town: Town) -> None:
    out = tmp_path / "docs" / "schema"
    assert run("schema", "--out", str(out)).exit_code == 0
    assert sorted(p.stem for p in out.iterdir()) == sorted([*SCHEMAS, "topics"])
    for path in out.iterdir():
        schema = json.loads(path.read_text(encoding="utf-8"))
        Draft7Validator.check_schema(schema)
        assert schema["description"]
    entry = json.loads((out / "entry.json").read_text(encoding="utf-8"))
    assert entry["definitions"]["known-topic"]["enum"] == sorted(town.content().topics)
    assert run("schema", "--out", str(out), "--modelines").exit_code == 0
    file = town.root / "knowledge/stadt/facts/alles.yaml"
    first = file.read_text(encoding="utf-8").splitlines()[0]
    assert (file.parent / first.partition("$schema=")[2]).resolve() == (out / "fact.json").resolve()
    assert "0 Dateien nennen" in run("schema", "--out", str(out), "--modelines").output
    assert run("check").exit_code == 0


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


# facts


def test_facts_are_listed_and_found_by_a_word(town: Town) -> None:
    listed = run("facts")
    assert listed.exit_code == 0
    assert "stadt.beitrag  Höchster Beitrag für einen Kita-Platz: 100 Euro im Monat" in listed.output.splitlines()
    assert run("facts", "rettung").output.splitlines()[-1] == "1 Tatsache."
    assert [row["id"] for row in json.loads(run("facts", "rettung", "--json").output)] == ["stadt.notruf"]


def test_what_is_due_stands_together_by_day(town: Town) -> None:
    town.edit(
        "knowledge/stadt/facts/alles.yaml", "kind: dated-amount", "kind: dated-amount\n    valid_until: 2026-12-31"
    )
    shown = run("facts", "--due")
    assert shown.exit_code == 0
    assert shown.output.splitlines()[0] == "31. Dezember 2026 (in 39 Tagen): 1 Tatsache"
    assert "stadt.beitrag: Höchster Beitrag" in shown.output
    assert run("facts", "--due", "--days", "10").output == "Nichts fällig.\n"
    (row,) = json.loads(run("facts", "--due", "--json").output)
    assert (row["day"], row["id"], row["topics"]) == ("2026-12-31", "stadt.beitrag", ["kita-beitrag"])


@pytest.mark.parametrize("name", ["werte.csv", "werte.xlsx"])
def test_facts_go_out_as_a_table_and_come_back(town: Town, name: str) -> None:
    out = town.root / name
    option = f"--{out.suffix[1:]}"
    assert run("facts", option, str(out)).exit_code == 0
    untouched = run("facts", "--take", str(out))
    assert (untouched.exit_code, "0 geändert" in untouched.output) == (0, True)
    (town.root / "neu.csv").write_text("Kennung;Wert\nstadt.beitrag;120\n", encoding="utf-8")
    shown = run("facts", "--take", str(town.root / "neu.csv"))
    assert shown.exit_code == 1
    assert "    value: 100 → 120" in shown.output.splitlines()
    assert "Noch nichts geschrieben: Dafür --write anhängen." in shown.output
    assert town.content().facts["stadt.beitrag"].value == "100"
    assert run("facts", "--take", str(town.root / "neu.csv"), "--write").exit_code == 0
    assert town.content().facts["stadt.beitrag"].value == "120"
    (town.root / "neu.csv").write_text("Kennung;Wert\nstadt.beitrag;viel\n", encoding="utf-8")
    wrong = run("facts", "--take", str(town.root / "neu.csv"), "--write")
    assert wrong.exit_code == 2
    assert "neu.csv:2: Spalte „Wert“: „viel“ passt nicht zu „EUR/month“." in wrong.output
    assert "1 Fehler. Es wurde nichts geschrieben." in wrong.output
    assert run("facts", option, str(town.root / "kein" / "ordner" / name)).exit_code == 2
    assert "endet nicht auf .csv oder .xlsx" in run("facts", option, str(out.with_suffix(""))).stderr.replace("\n", " ")


def test_the_days_of_review_as_a_calendar(town: Town) -> None:
    out = town.root / "pruefen.ics"
    done = run("facts", "--ics", str(out))
    assert done.exit_code == 0
    assert out.read_bytes().startswith(b"BEGIN:VCALENDAR")
    assert b"SUMMARY:Familienbot: 7 Themen pr" in out.read_bytes()


# new


def test_a_new_fact_is_written_once(town: Town) -> None:
    first = run("new", "fact", "stadt.kita-fest")
    file = town.root / "knowledge/stadt/facts/kita-fest.yaml"
    assert first.exit_code == 0
    assert f"Geschrieben: {file}" in first.output.splitlines()
    assert "1. Füllen Sie die Stellen mit AUSFÜLLEN aus." in first.output
    before = file.read_bytes()
    again = run("new", "fact", "stadt.kita-fest")
    assert again.exit_code == 2
    assert "Sie wird nicht überschrieben" in again.stderr
    assert file.read_bytes() == before
    assert run("new", "thema", "x").exit_code == 2


def test_a_new_topic_is_known_and_its_blanks_are_named(town: Town) -> None:
    assert run("new", "topic", "kita-fest", "--group", "kita").exit_code == 0
    checked = run("check", "--only", "kita-fest")
    assert checked.exit_code == 1
    assert "knowledge/stadt/entries/kita/kita-fest.yaml:4: „title“ ist leer." in checked.output


@pytest.mark.parametrize("page", ["README.md", "docs/freigabe.md", "docs/eigene-stadt.md"])
def test_the_pages_name_commands_that_there_are(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    named = re.findall(r"familienbot ([a-z]+)((?: --?[a-z-]+(?: [\w.]+)?)*)", text)
    assert named
    for command, options in named:
        assert command in COMMANDS
        known = [o for p in getattr(get_command(app), "commands")[command].params for o in p.opts]  # noqa: B009
        assert [o for o in re.findall(r"--[a-z-]+", options) if o not in known] == []


# the digest


@pytest.fixture
def counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database in which something of everything was counted."""
    url = f"sqlite:///{tmp_path / 'counts.sqlite3'}"
    monkeypatch.setenv("FAMILIENBOT_DATABASE_URL", url)
    engine, day = open_database(url), date(2026, 11, 22)
    migrate(engine)
    events: list[Event] = [Replied(day, "ogs", "answer", "de"), Replied(day, "-", "fallback", "tr")]
    events += [Judged(day, "ogs", helpful=True), Judged(day, "ogs", helpful=False, comment="Die [Frist] fehlt.")]
    events += [Unanswered(day, ("pony", "reiten"))] * 5 + [Unanswered(day, ("zirkus",))] * 2
    write(engine, events, "s" * 32)
    return url


def test_the_digest_in_german(counts: str) -> None:
    result = run("digest")
    assert result.exit_code == 0
    for text in (
        "24.10.2026 bis 22.11.2026: 2 Antworten",
        "1 beantwortet, 1 nicht gewusst",
        "Sprachen: de 1, tr 1",
        "5  pony reiten  (4. Quartal 2026)",
        "2 weitere Fragen ohne Antwort kamen seltener. Ihre Wörter sind nicht gespeichert.",
        "22.11.2026  ogs, half nicht: Die [Frist] fehlt.",
    ):
        assert text in result.output, text
    assert re.search(r"ogs +1 +1 von 2", result.output)
    assert "zirkus" not in result.output


def test_the_digest_for_programs_and_of_other_days(counts: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = json.loads(run("digest", "--json").stdout)
    assert (found["replies"], found["unanswered"], found["rare"], found["shown_from"]) == (2, 1, 2, 5)
    assert found["wordings"] == [{"words": "pony reiten", "quarter": "2026-4", "count": 5}]
    assert found["comments"][0]["day"] == "2026-11-22"
    monkeypatch.setenv("FAMILIENBOT_NOW", "2026-11-23T10:00")
    assert "In dieser Zeit wurde nichts gezählt." in run("digest", "--days", "1").output
    assert run("digest", "--days", "0").exit_code == 2


def test_all_that_was_counted_can_be_deleted(counts: str) -> None:
    assert "Alles Gezählte ist gelöscht." in run("digest", "--delete-all").output
    assert json.loads(run("digest", "--json").stdout)["replies"] == 0


def test_the_digest_says_why_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAMILIENBOT_DATABASE_URL", "off")
    result = run("digest")
    assert (result.exit_code, "steht auf „off“" in result.stderr) == (2, True)
    for url in ("sqlite:////dev/null/counts.sqlite3", "postgresql://name:geheim@127.0.0.1:1/none"):
        monkeypatch.setenv("FAMILIENBOT_DATABASE_URL", url)
        for more in ([], ["--delete-all"]):
            result = run("digest", *more)
            assert result.exit_code == 2
            assert "Die Zählungen lassen sich nicht lesen" in result.stderr
            assert "geheim" not in result.output
