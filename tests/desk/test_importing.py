"""Tables into the knowledge: the difference first, then the file, and never a half of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from bot.content.checks import check
from bot.desk.importing import Plan, as_data, describe, plan_import, reformatted, slug, write_import
from bot.desk.tabular import read_table
from tests.content.conftest import Town, make_town

TODAY = date(2026, 11, 22)
KITAS = "knowledge/stadt/places/kitas.yaml"
TREFFS = "knowledge/stadt/offers/treffs.yaml"

KITAS_TEXT = """\
# Kitas, von Hand gepflegt
places:
  # am Markt
  - id: stadt.kita-loewenzahn
    name: "Kita Löwenzahn"   # so steht es an der Tür
    kind: kita
    phone: 0999 20
    source:
      label: Zeitung
    source_date: 2020-05
    checked: 2026-01-10
    note: Hausnummer fehlt.

  - id: stadt.fz-sued
    name: Familienzentrum Süd
    kind: familienzentrum
    also: [kita]
    source:
      label: Offene Daten
      url: https://example.org/daten
    source_date: 2026-10
    checked: 2026-01-10

  # wird bald geschlossen
  - id: stadt.kita-alt
    name: Kita Alt
    kind: kita
    source:
      label: Zeitung
    checked: 2026-01-10
"""

MAP = """\
target: places
file: knowledge/stadt/places/kitas.yaml
kind: kita
id: "stadt.{slug:Name}"
columns:
  name: Name
  address: "{Straße} {Nr}, {PLZ} Musterstadt"
  phone: Telefon
source:
  label: Offene Daten
  url: https://example.org/daten
source_date: 2026-10
"""

ROWS = """\
Name;Straße;Nr;PLZ;Telefon
Kita Löwenzahn;Am Markt;3;99999;0999 20
Familienzentrum Süd;;;;
"Kita „Groß & Klein“; Haus 2";Bergstraße;1a;99998;0999 30
"""

KINDS = """\
kinds:
  - {id: amt, title: Ämter, one: Amt, none: kein Amt}
  - {id: kita, title: Kitas, one: Kita, none: keine Kita}
  - {id: familienzentrum, title: Familienzentren, one: Familienzentrum, none: kein Familienzentrum}
  - {id: spielgruppe, title: Spielgruppen, one: Spielgruppe, none: keine Spielgruppe}
"""


@dataclass(frozen=True)
class Desk:
    """A town with two files to import: a table and the map of its columns."""

    town: Town

    def plan(self, rows: str | bytes = ROWS, mapping: str = MAP, target: str = "places", name: str = "d.csv") -> Plan:
        self.town.write(name, rows)
        self.town.write("map.yaml", mapping)
        root = self.town.root
        return plan_import(target, root / name, root / "map.yaml", root / "knowledge", TODAY)

    def problems(self, *args: Any, **more: Any) -> tuple[str, ...]:
        return tuple(str(p).replace(f"{self.town.root.as_posix()}/", "") for p in self.plan(*args, **more).problems)

    def text(self, file: str = KITAS) -> str:
        return (self.town.root / file).read_bytes().decode()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    town = make_town(tmp_path / "town")
    town.write(KITAS, KITAS_TEXT)
    town.write("knowledge/kinds.yaml", KINDS)
    return Desk(town)


def summary(plan: Plan) -> dict[str, str]:
    return {c.id: "new" if c.index is None else ",".join(c.fields) for c in plan.changes}


def test_the_difference_is_shown_first(desk: Desk) -> None:
    plan = desk.plan()
    assert plan.problems == ()
    assert summary(plan) == {
        "stadt.kita-loewenzahn": "address,source,source_date,checked",
        "stadt.kita-gross-klein-haus-2": "new",
    }
    assert plan.missing == (("stadt.kita-alt", "Kita Alt"),)
    assert plan.same == 1
    assert desk.text() == KITAS_TEXT
    out = StringIO()
    describe(plan, Console(file=out, width=200))
    lines = [line.strip() for line in out.getvalue().splitlines()]
    assert "~ stadt.kita-loewenzahn: Kita Löwenzahn (Zeile 2)" in lines
    assert "address: Am Markt 3, 99999 Musterstadt" in lines
    assert "source: Zeitung → Offene Daten, https://example.org/daten" in lines
    assert "source_date: 2020-05 → 2026-10" in lines
    assert "+ stadt.kita-gross-klein-haus-2: Kita „Groß & Klein“; Haus 2 (Zeile 4)" in lines
    assert "- stadt.kita-alt: Kita Alt fehlt in den Daten und bleibt stehen" in lines
    assert lines[-1] == "1 neu, 1 geändert, 1 gleich, 1 fehlen in den Daten."


def test_writing_keeps_comments_order_and_quotes(desk: Desk) -> None:
    plan = desk.plan()
    assert reformatted(plan) == ()
    (file,) = write_import(plan)
    assert file == desk.town.root / KITAS
    assert desk.text() == KITAS_TEXT.replace(
        "    phone: 0999 20\n    source:\n      label: Zeitung\n    source_date: 2020-05\n    checked: 2026-01-10\n",
        "    address: Am Markt 3, 99999 Musterstadt\n    phone: 0999 20\n    source:\n      label: Offene Daten\n"
        "      url: https://example.org/daten\n    source_date: 2026-10\n    checked: 2026-11-22\n",
        1,
    ) + (
        "\n  - id: stadt.kita-gross-klein-haus-2\n    name: Kita „Groß & Klein“; Haus 2\n    kind: kita\n"
        "    address: Bergstraße 1a, 99998 Musterstadt\n    phone: 0999 30\n    source:\n      label: Offene Daten\n"
        "      url: https://example.org/daten\n    source_date: 2026-10\n    checked: 2026-11-22\n"
    )
    assert [p for p in check(desk.town.load(), TODAY) if p.level == "error"] == []
    assert not list(desk.town.root.glob("**/*.neu"))


def test_a_second_run_has_nothing_to_do(desk: Desk) -> None:
    write_import(desk.plan())
    written = desk.text()
    again = desk.plan()
    assert (again.changes, again.same) == ((), 3)
    assert write_import(again) == ()
    assert desk.text() == written


@pytest.mark.parametrize(
    ("encoding", "delimiter"),
    [("utf-8", ";"), ("utf-8-sig", ","), ("latin-1", ";"), ("cp1252", "\t"), ("utf-16", "\t"), ("utf-8", "|")],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_encoding_and_delimiter_are_recognised(desk: Desk, encoding: str, delimiter: str, newline: str) -> None:
    rows = ["Name;Straße;Nr;PLZ;Telefon", "Kita Größe;Käthestraße;5;99999;0999 5"]
    text = newline.join(rows).replace(";", delimiter) + newline
    (change,) = desk.plan(text.encode(encoding)).changes
    assert change.id == "stadt.kita-groesse"
    assert change.fields["address"] == (None, "Käthestraße 5, 99999 Musterstadt")


def test_the_map_may_name_encoding_and_delimiter(desk: Desk) -> None:
    mapping = MAP + 'delimiter: "|"\nencoding: latin-1\n'
    (change,) = desk.plan("Name|Straße|Nr|PLZ|Telefon\nKita Süß|||1;2|\n".encode("latin-1"), mapping).changes
    assert change.fields["address"] == (None, "1;2 Musterstadt")
    assert desk.problems("Name|ß".encode("latin-1"), MAP + "encoding: utf-8\n") == (
        "d.csv:1: Der Zeichensatz stimmt nicht. Ändern Sie „encoding“ in der Zuordnung.",
    )


def test_geojson(desk: Desk) -> None:
    def feature(**properties: Any) -> Mapping[str, Any]:
        return {"type": "Feature", "geometry": {"type": "Point", "coordinates": [7, 51]}, "properties": properties}

    features = [
        feature(Name="Kita Wolke", Straße="Weg", Nr=7, PLZ=99999.0, Telefon=None, Plätze=[1, True]),
        feature(Name="Kita Alt", Straße=None, Nr=None, PLZ=None),
        {"type": "Feature", "geometry": None, "properties": {}},
    ]
    text = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False, indent=1)
    plan = desk.plan(text, name="kitas.geojson")
    assert plan.problems == ()
    assert summary(plan) == {"stadt.kita-wolke": "new", "stadt.kita-alt": "source,source_date,checked"}
    new = plan.changes[0]
    assert new.fields["address"] == (None, "Weg 7, 99999 Musterstadt")
    assert "phone" not in new.fields
    assert '"properties"' in text.splitlines()[new.spot.line - 1]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"type": "FeatureCollection",\n "features": [', "2: Die Datei ist kein gültiges JSON. Laden Sie sie neu."),
        ('{"type": "Feature"}', "1: Die Datei ist keine „FeatureCollection“. Exportieren Sie sie als GeoJSON."),
        (
            '{"type": "FeatureCollection", "features": []}',
            "1: In der Datei steht kein einziger Eintrag. Ist es die richtige Datei?",
        ),
    ],
)
def test_broken_geojson(desk: Desk, text: str, message: str) -> None:
    assert desk.problems(text, name="k.geojson") == (f"k.geojson:{message}",)


WRONG_ROWS: dict[str, tuple[str | bytes, tuple[str, ...]]] = {
    "an empty file": ("", ("d.csv:1: Die Datei ist leer. Ist es die richtige Datei?",)),
    "only blanks": ("\ufeff \n\n", ("d.csv:1: Die Datei ist leer. Ist es die richtige Datei?",)),
    "only the first line": (
        "Name;Straße;Nr;PLZ;Telefon\n;;;;\n",
        ("d.csv:1: In der Datei steht kein einziger Eintrag. Ist es die richtige Datei?",),
    ),
    "a missing column": (
        ROWS.replace("Telefon", "Telefonnr."),
        ("map.yaml:8: Die Spalte „Telefon“ gibt es nicht. Meinten Sie „Telefonnr.“?",),
    ),
    "a missing column in a text": (
        ROWS.replace("PLZ", "Ort"),
        ("map.yaml:7: Die Spalte „PLZ“ gibt es nicht. Vorhanden: Name, Straße, Nr, Ort, Telefon.",),
    ),
    "a column twice": (
        ROWS.replace("Nr;", "Name;"),
        (
            "d.csv:1: Die Spalte „Name“ gibt es zweimal. Benennen Sie eine davon um.",
            "map.yaml:7: Die Spalte „Nr“ gibt es nicht. Vorhanden: Name, Straße, Name, PLZ, Telefon.",
        ),
    ),
    "too many fields": (
        ROWS + "Kita X;Weg;1;99999;0999;mehr\n",
        ('d.csv:5: Die Zeile hat 6 Felder, die Kopfzeile 5. Setzen Sie Felder mit Trennzeichen in „"…"“.',),
    ),
    "a row without a name": (
        ROWS + ";Weg;1;99999;\n",
        (
            "d.csv:5: Hier fehlt der Wert für „id“. Ohne Kennung lässt sich nichts zuordnen.",
            "d.csv:5: Hier fehlt der Wert für „name“. Ohne Name lässt sich nichts zuordnen.",
        ),
    ),
    "the same id twice": (
        ROWS + "Kita Löwenzahn!;Weg;1;99999;\n",
        ("d.csv:5: „stadt.kita-loewenzahn“ entsteht schon aus d.csv:2. Nehmen Sie eine weitere Spalte in „id“ auf.",),
    ),
}


@pytest.mark.parametrize(("rows", "problems"), WRONG_ROWS.values(), ids=WRONG_ROWS.keys())
def test_wrong_rows(desk: Desk, rows: str | bytes, problems: tuple[str, ...]) -> None:
    found = desk.plan(rows)
    assert desk.problems(rows) == problems
    assert found.changes == ()
    assert desk.text() == KITAS_TEXT


def test_a_line_is_counted_where_a_row_begins(desk: Desk) -> None:
    rows = 'Name;Straße;Nr;PLZ;Telefon\n\n"Kita\nEins";;;;\nKita Zwei;;;;\n'
    assert [(c.name, c.spot.line) for c in desk.plan(rows).changes] == [("Kita Eins", 3), ("Kita Zwei", 5)]


WRONG_MAPS: dict[str, tuple[Callable[[str], str], str]] = {
    "another target": (
        lambda m: m.replace("target: places", "target: offers"),
        "map.yaml:1: Die Zuordnung ist für „offers“, der Befehl für „places“. Rufen Sie „import offers“ auf.",
    ),
    "an unknown target": (
        lambda m: m.replace("target: places", "target: place"),
        "map.yaml:1: „place“ ist für „target“ nicht vorgesehen. Meinten Sie „places“? Möglich: places, offers.",
    ),
    "an unknown field": (
        lambda m: m.replace("  phone: Telefon", "  phon: Telefon"),
        "map.yaml:8: Das Feld „phon“ gibt es nicht. Meinten Sie „phone“?",
    ),
    "a field of offers": (
        lambda m: m.replace("  phone: Telefon", "  weekdays: Telefon"),
        "map.yaml:8: Das Feld „weekdays“ gibt es nicht. Möglich: name, kind, also, address, district, quarter, phone, "
        "email, url, operator, hours, capacity, languages, accessible, services, evidence, note.",
    ),
    "a field that is set by itself": (
        lambda m: m.replace("  phone: Telefon", "  checked: Telefon"),
        "map.yaml:8: „checked“ wird von selbst gesetzt. Löschen Sie die Zeile.",
    ),
    "no name": (
        lambda m: m.replace("  name: Name\n", ""),
        "map.yaml:5: Hier fehlt „name“. Ergänzen Sie „name: …“.",
    ),
    "no source": (
        lambda m: m.replace("source:\n  label: Offene Daten\n  url: https://example.org/daten\n", ""),
        "map.yaml:1: Hier fehlt „source“. Ergänzen Sie „source: …“.",
    ),
    "a file elsewhere": (
        lambda m: m.replace("file: knowledge/stadt/places", "file: knowledge/stadt/../../places"),
        "map.yaml:2: „knowledge/stadt/../../places/kitas.yaml“ ist keine Datei für „places“. "
        "Form: knowledge/herne/places/name.yaml.",
    ),
    "a file of another sort": (
        lambda m: m.replace("file: knowledge/stadt/places", "file: knowledge/stadt/facts"),
        "map.yaml:2: „knowledge/stadt/facts/kitas.yaml“ ist keine Datei für „places“. "
        "Form: knowledge/herne/places/name.yaml.",
    ),
    "no YAML": (
        lambda m: m.replace("columns:", "columns"),
        "map.yaml:5: Nach dem Schlüsselwort fehlt der Doppelpunkt. Schreiben Sie „columns: …“.",
    ),
    "no row is meant": (
        lambda m: m + "where:\n  PLZ: [12345]\n",
        "map.yaml:13: Keine Zeile erfüllt „where“. Prüfen Sie die Werte.",
    ),
    "a condition on no column": (
        lambda m: m + "where:\n  Telephon: [99999]\n",
        "map.yaml:14: Die Spalte „Telephon“ gibt es nicht. Meinten Sie „Telefon“?",
    ),
}


@pytest.mark.parametrize(("change", "message"), WRONG_MAPS.values(), ids=WRONG_MAPS.keys())
def test_a_wrong_map(desk: Desk, change: Callable[[str], str], message: str) -> None:
    assert change(MAP) != MAP
    assert desk.problems(mapping=change(MAP)) == (message,)


def test_missing_files(desk: Desk) -> None:
    desk.plan()
    root = desk.town.root
    (problem,) = plan_import("places", root / "x.csv", root / "map.yaml", root / "knowledge", TODAY).problems
    assert str(problem).endswith("x.csv:1: Diese Datei gibt es nicht. Prüfen Sie den Namen.")
    (problem,) = plan_import("places", root / "d.csv", root / "x.yaml", root / "knowledge", TODAY).problems
    assert str(problem).endswith("x.yaml:1: Diese Datei fehlt. Legen Sie sie an.")
    (problem,) = plan_import("places", root, root / "map.yaml", root / "knowledge", TODAY).problems
    assert str(problem).endswith("Die Datei lässt sich nicht lesen. Ist es eine Datei mit Leserecht?")


def test_a_value_that_no_place_may_have(desk: Desk) -> None:
    mapping = MAP.replace("  phone: Telefon", "  url: Telefon").replace("{slug:Name}", "{Name}")
    assert desk.problems("Name;Straße;Nr;PLZ;Telefon\nKita X;;;;www.x.de\nb;;;;x.de\n", mapping) == (
        "d.csv:2: „stadt.Kita X“ hat nicht die richtige Form für „id“. Schreiben Sie „stadt.kita-x“.",
        "d.csv:3: „x.de“ ist keine Internetadresse. Sie beginnt mit https://",
    )


def test_a_name_of_several_records_needs_the_id(desk: Desk) -> None:
    desk.town.edit(KITAS, "name: Kita Alt", "name: Familienzentrum Süd")
    assert desk.problems() == (
        "d.csv:3: „Familienzentrum Süd“ heißen mehrere Einträge: stadt.fz-sued, stadt.kita-alt. "
        "Ordnen Sie über „id“ zu.",
    )


def test_two_rows_for_one_record(desk: Desk) -> None:
    mapping = MAP.replace('"stadt.{slug:Name}"', '"stadt.{slug:Name}-{slug:Nr}"')
    rows = "Name;Straße;Nr;PLZ;Telefon\nKita Alt;;1;;\nKITA ALT;;2;;\n"
    assert desk.problems(rows, mapping) == (
        "d.csv:3: „KITA ALT“ gehört zu demselben Eintrag wie d.csv:2. "
        "Löschen Sie eine der Zeilen, oder ordnen Sie über „id“ zu.",
    )


def test_a_record_in_another_file_is_changed_there(desk: Desk) -> None:
    plan = desk.plan("Name;Straße;Nr;PLZ;Telefon\nJugendamt Musterstadt;;;;0999 7\n", MAP.replace("kind: kita\n", ""))
    (change,) = plan.changes
    assert change.file == desk.town.root / "knowledge/stadt/places/alles.yaml"
    assert change.fields["phone"] == ("0999 1-200", "0999 7")
    assert len(plan.missing) == 3
    write_import(plan)
    assert desk.text() == KITAS_TEXT
    assert "phone: 0999 7\n" in desk.text("knowledge/stadt/places/alles.yaml")


def test_a_broken_knowledge_file_is_not_touched(desk: Desk) -> None:
    desk.town.write(KITAS, "places:\n  - id: [\n")
    (problem,) = desk.problems()
    assert problem.startswith(f"{KITAS}:")
    assert desk.text() == "places:\n  - id: [\n"


def test_a_new_file(desk: Desk) -> None:
    mapping = MAP.replace("kitas.yaml", "neu/kitas.yaml")
    write_import(desk.plan("Name;Straße;Nr;PLZ;Telefon\nKita Neu;;;;\n", mapping))
    assert desk.text("knowledge/stadt/places/neu/kitas.yaml").startswith("places:\n  - id: stadt.kita-neu\n")
    assert "stadt.kita-neu" in desk.town.content().places


def test_a_source_without_a_date_takes_the_old_date_away(desk: Desk) -> None:
    plan = desk.plan("Name;Straße;Nr;PLZ;Telefon\nKita Löwenzahn;;;;\n", MAP.replace("source_date: 2026-10\n", ""))
    assert plan.changes[0].fields["source_date"] == ("2020-05", None)
    write_import(plan)
    assert desk.town.content().places["stadt.kita-loewenzahn"].source_date is None


def test_fixed_values_translations_and_conditions(desk: Desk) -> None:
    mapping = MAP.replace("kind: kita\n", "").replace("  phone: Telefon", "  kind: Art\n  services: Angebot")
    mapping += "values:\n  operator: Stadt Musterstadt\n"
    mapping += "lookup:\n  kind: {Tageseinrichtung: kita, Familienhaus: familienzentrum}\n"
    mapping += "where:\n  Art: [Tageseinrichtung, Familienhaus]\n"
    rows = (
        "Name;Straße;Nr;PLZ;Art;Angebot\nA;;;;Tageseinrichtung;Wald; \n".replace("; \n", "\n")
        + 'B;;;;Familienhaus;"Musik; Turnen, Tanz"\nC;;;;Schule;\n'
    )
    plan = desk.plan(rows, mapping)
    assert plan.problems == ()
    assert [(c.name, c.fields["kind"][1], c.fields["services"][1]) for c in plan.changes] == [
        ("A", "kita", ("Wald",)),
        ("B", "familienzentrum", ("Musik", "Turnen, Tanz")),
    ]
    assert {c.fields["operator"][1] for c in plan.changes} == {"Stadt Musterstadt"}


OFFER_MAP = """\
target: offers
file: knowledge/stadt/offers/treffs.yaml
kind: spielgruppe
id: "stadt.{slug:Angebot}"
columns:
  name: Angebot
  place: Ort
  weekdays: Tage
  time.from: von
  time.until: bis
  age_months.from: ab
  age_months.until: höchstens
  dates: Termine
  languages: Sprachen
source: {label: Offene Daten}
"""

OFFER_ROWS = """\
Angebot,Ort,Tage,von,bis,ab,höchstens,Termine,Sprachen
Krabbelkreis,stadt.jugendamt,Dienstag und donnerstags,9.30 Uhr,11:00,6,18,,"de, tr"
Kinderfest,,,15 Uhr,,,,05.12.2026; 6.12.2026,
"""


def test_offers(desk: Desk) -> None:
    plan = desk.plan(OFFER_ROWS, OFFER_MAP, "offers")
    assert plan.problems == ()
    write_import(plan)
    offers = desk.town.content().offers
    group = offers["stadt.krabbelkreis"]
    assert group.weekdays == ("TU", "TH")
    assert group.time is not None
    assert (group.time.start, group.time.end) == ("09:30", "11:00")
    assert (group.age_months.start, group.age_months.end, group.languages) == (6, 18, ("de", "tr"))
    feast = offers["stadt.kinderfest"]
    assert feast.dates == (date(2026, 12, 5), date(2026, 12, 6))
    assert feast.time is not None
    assert (feast.time.start, feast.time.end, feast.place) == ("15:00", None, None)
    assert [p for p in check(desk.town.load(), TODAY) if p.level == "error"] == []
    assert desk.plan(OFFER_ROWS, OFFER_MAP, "offers").changes == ()
    assert '    weekdays: [TU, TH]\n    time:\n      from: "09:30"\n      until: "11:00"\n' in desk.text(TREFFS)


def test_one_end_of_a_time_changes(desk: Desk) -> None:
    write_import(desk.plan(OFFER_ROWS, OFFER_MAP, "offers"))
    plan = desk.plan(OFFER_ROWS.replace("11:00", "11.30 Uhr").replace("9.30 Uhr", ""), OFFER_MAP, "offers")
    (change,) = plan.changes
    assert change.fields["time"] == ({"from": "09:30", "until": "11:00"}, {"from": "09:30", "until": "11:30"})
    write_import(plan)
    assert 'from: "09:30"\n      until: "11:30"\n' in desk.text(TREFFS)


def test_wrong_values_of_offers_stand_at_their_row(desk: Desk) -> None:
    rows = OFFER_ROWS.replace("Dienstag", "Diensttag").replace("05.12.2026", "35.12.2026")
    first, second = desk.problems(rows, OFFER_MAP, "offers")
    assert first.startswith("d.csv:2: „Diensttag“ ist für „weekdays“ nicht vorgesehen.")
    assert second == "d.csv:3: „2026-12-35“ ist kein Datum. Der Dezember 2026 hat 31 Tage."


def test_the_plan_as_data(desk: Desk) -> None:
    data = json.loads(json.dumps(as_data(desk.plan(), ()), ensure_ascii=False))
    assert [(c["id"], c["action"], c["row"]) for c in data["changes"]] == [
        ("stadt.kita-loewenzahn", "changed", 2),
        ("stadt.kita-gross-klein-haus-2", "added", 4),
    ]
    assert data["changes"][0]["fields"]["source_date"] == {"old": "2020-05", "new": "2026-10"}
    assert data["missing"] == [{"id": "stadt.kita-alt", "name": "Kita Alt"}]
    assert (data["same"], data["problems"], data["written"]) == (1, [], [])


def test_a_file_with_its_own_indentation_is_announced(desk: Desk) -> None:
    desk.town.write(KITAS, KITAS_TEXT.replace("\n  ", "\n"))
    plan = desk.plan()
    assert reformatted(plan) == (desk.town.root / KITAS,)
    write_import(plan)
    assert "# wird bald geschlossen" in desk.text()
    assert desk.plan().changes == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Kita „Löwenzahn“", "kita-loewenzahn"),
        ("Große Straße 3/5", "grosse-strasse-3-5"),
        ("Çocuk É", "cocuk-e"),
        ("–", ""),
        ("ÄÖÜ", "aeoeue"),
    ],
)
def test_slug(text: str, expected: str) -> None:
    assert slug(text) == expected


def test_a_table_that_is_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.desk.tabular.MAX_BYTES", 10)
    (tmp_path / "a.csv").write_text("Name;Telefon\n", encoding="utf-8")
    (problem,) = read_table(tmp_path / "a.csv").problems
    assert problem.message == "Die Datei ist zu groß."
