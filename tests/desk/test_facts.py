"""Facts as a table and back: what ends when, what a changed cell does, and that nothing is lost when one is wrong."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path

import pytest
import yaml
from openpyxl import load_workbook

from bot.desk.due import FACT, OFFER, REVIEW, due, uses
from bot.desk.facts import HEAD, plan_facts, write_facts
from bot.desk.importing import write_import
from tests.content.conftest import Town, edited, make_town

TODAY = date(2026, 11, 22)
FACTS = "knowledge/stadt/facts/alles.yaml"
COMMENTED = """\
# Beträge, von Hand gepflegt
facts:
  # ändert sich jedes Jahr
  - id: stadt.beitrag   # der höchste
    text: Höchster Beitrag für einen Kita-Platz
    value: 100
    unit: EUR/month
    source:
      label: Beitragssatzung
      url: https://example.org/satzung
    source_date: 2026-08
    checked: 2026-11-20
    valid_from: 2026-01-01
    valid_until: 2026-12-31   # dann kommt die neue Satzung
    kind: dated-amount

  - id: stadt.anmeldung
    text: Angemeldet wird online
    source:
      label: Stadt Musterstadt
    checked: 2026-11-20
    kind: stable
  - id: stadt.notruf
    text: Nummer des Rettungsdienstes
    value: "112"
    unit: phone
    source:
      label: § 164 TKG
    checked: 2026-11-20
    kind: stable
  - id: stadt.stichtag
    text: Stichtag der Anmeldung
    value: 08-01
    unit: day_of_year
    source:
      label: § 164 TKG
    checked: 2026-11-20
    kind: stable
  - id: stadt.beginn
    text: Um so viel Uhr beginnt es
    value: "08:30"
    unit: time
    source:
      label: Satzung
    checked: 2026-11-20
    kind: stable
"""


@pytest.fixture
def town(tmp_path: Path) -> Town:
    town = make_town(tmp_path / "town")
    town.write(FACTS, COMMENTED)
    return town


@pytest.fixture(params=["csv", "xlsx"])
def table(request: pytest.FixtureRequest, town: Town) -> Path:
    path = town.root / f"werte.{request.param}"
    written(town, path)
    return path


def written(town: Town, path: Path) -> None:
    loaded = town.load()
    assert loaded.content is not None
    write_facts(path, loaded.content.facts.values(), loaded.content, loaded.spots)


def change(path: Path, name: str, cells: dict[str, str]) -> None:
    """Changes cells in the row of this fact, as an editor would in Excel."""
    if path.suffix == ".xlsx":
        book = load_workbook(path)
        sheet = book.worksheets[0]
        (row,) = [row for row in sheet.iter_rows(min_row=2) if row[0].value == name]
        for column, text in cells.items():
            row[HEAD.index(column)].value = text
        book.save(path)
        return
    raw = path.read_bytes()
    text = raw.decode("utf-8-sig" if raw.startswith(b"\xef\xbb\xbf") else "cp1252")
    rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))
    for row_ in rows:
        if row_["Kennung"] == name:
            row_.update(cells)
    with path.open("w", encoding="cp1252", newline="") as file:  # as Excel saves it
        writer = csv.DictWriter(file, HEAD, delimiter=";")
        writer.writeheader()
        writer.writerows(rows)


def problems(town: Town, path: Path) -> list[str]:
    return [
        str(p).removeprefix(f"{path.as_posix()}:") for p in plan_facts(path, town.root / "knowledge", TODAY).problems
    ]


def test_an_untouched_table_changes_nothing(town: Town, table: Path) -> None:
    plan = plan_facts(table, town.root / "knowledge", TODAY)
    assert (plan.changes, plan.problems, plan.hints) == ((), (), ())
    assert plan.same == len(town.content().facts)


def test_new_values_reach_the_yaml_and_comments_stay(town: Town, table: Path) -> None:
    change(table, "stadt.beitrag", {
        "Wert": "1.234,50 €", "Gilt ab": "01.01.2026", "Gilt bis": "31.12.2027", "Stand der Quelle": "11.2026",
        "Quelle": "Neue Satzung", "Adresse der Quelle": "www.example.org/neu",
    })  # fmt: skip
    plan = plan_facts(table, town.root / "knowledge", TODAY)
    assert [str(p) for p in (*plan.problems, *plan.hints)] == []
    assert (town.root / FACTS).read_text(encoding="utf-8") == COMMENTED  # planned only
    assert write_import(plan) == (town.root / FACTS,)
    expected = (
        COMMENTED.replace("value: 100", 'value: "1234.50"', 1)
        .replace(
            "label: Beitragssatzung\n      url: https://example.org/satzung",
            "label: Neue Satzung\n      url: https://www.example.org/neu",
        )
        .replace("source_date: 2026-08", "source_date: 2026-11")
        .replace("checked: 2026-11-20", "checked: 2026-11-22", 1)
        .replace("valid_until: 2026-12-31", "valid_until: 2027-12-31")
    )
    assert (town.root / FACTS).read_text(encoding="utf-8") == expected
    fact = town.content().facts["stadt.beitrag"]
    assert (fact.value, fact.valid_until, fact.checked) == ("1234.50", date(2027, 12, 31), TODAY)
    assert town.new_problems() == ()


@pytest.mark.parametrize(
    ("name", "cell", "typed", "field", "value"),
    [
        ("stadt.beitrag", "Wert", "120", "value", "120"),
        ("stadt.beitrag", "Wert", "99,50", "value", "99.50"),
        ("stadt.beitrag", "Wert", "1.250 Euro", "value", "1250"),
        ("stadt.stichtag", "Wert", "01.09.", "value", "09-01"),
        ("stadt.stichtag", "Wert", "01. Sep", "value", "09-01"),
        ("stadt.stichtag", "Wert", "01.09.2026", "value", "09-01"),
        ("stadt.beginn", "Wert", "9 Uhr", "value", "09:00"),
        ("stadt.beginn", "Wert", "09:15:00", "value", "09:15"),
        ("stadt.notruf", "Wert", "02323 16-0", "value", "02323 16-0"),
        ("stadt.beitrag", "Stand der Quelle", "Dez 26", "source_date", "2026-12"),
        ("stadt.beitrag", "Stand der Quelle", "Mrz 26", "source_date", "2026-03"),
        ("stadt.beitrag", "Stand der Quelle", "3. Dezember 2026", "source_date", "2026-12-03"),
        ("stadt.beitrag", "Stand der Quelle", "2027", "source_date", "2027"),
        ("stadt.beitrag", "Stand der Quelle", "", "source_date", None),
        ("stadt.beitrag", "Gilt bis", "", "valid_until", None),
        ("stadt.beitrag", "Geprüft", "21.11.2026", "checked", "2026-11-21"),
        ("stadt.anmeldung", "Tatsache", "Angemeldet wird: online", "text", "Angemeldet wird: online"),
    ],
)
def test_a_cell_as_excel_leaves_it(town: Town, name: str, cell: str, typed: str, field: str, value: str | None) -> None:
    table = town.root / "werte.csv"
    written(town, table)
    change(table, name, {cell: typed})
    plan = plan_facts(table, town.root / "knowledge", TODAY)
    assert plan.problems == ()
    write_import(plan)
    record = next(
        r for r in yaml.load((town.root / FACTS).read_text("utf-8"), yaml.BaseLoader)["facts"] if r["id"] == name
    )
    assert record.get(field) == value
    assert record["checked"] == ("2026-11-21" if field == "checked" else "2026-11-22")


EMPTY = "Die Zelle ist leer. Löschen Sie die Zeile, wenn sich nichts ändern soll."
FEE = "stadt.beitrag"
WRONG: tuple[tuple[str, str, str, int, str], ...] = (
    (FEE, "Wert", "zwölf", 2, "„zwölf“ passt nicht zu „EUR/month“. Schreiben Sie etwa 297 oder 12,50."),
    (FEE, "Wert", "", 2, EMPTY),
    (
        "stadt.anmeldung",
        "Wert",
        "5",
        3,
        "Diese Tatsache hat keine Einheit und damit keinen Wert. Leeren Sie die Zelle.",
    ),
    ("stadt.stichtag", "Wert", "31.02.", 5, "„31.02.“ passt nicht zu „day_of_year“. Schreiben Sie etwa 1. August."),
    ("stadt.beginn", "Wert", "25:00", 6, "„25:00“ passt nicht zu „time“. Schreiben Sie etwa 08:30."),
    (FEE, "Gilt bis", "31.02.2027", 2, "„31.02.2027“ ist kein Datum. Schreiben Sie 31.12.2026."),
    (FEE, "Gilt bis", "2027", 2, "„2027“ ist kein Datum. Schreiben Sie 31.12.2026."),
    (FEE, "Gilt ab", "bald", 2, "„bald“ ist kein Datum. Schreiben Sie 31.12.2026, 12.2026 oder 2026."),
    (FEE, "Geprüft", "", 2, EMPTY),
    (FEE, "Quelle", "", 2, EMPTY),
    (FEE, "Adresse der Quelle", "Satzung", 2, "„Satzung“ ist keine Internetadresse. Sie beginnt mit https://"),
    (FEE, "Kennung", "", 2, "Die Zelle ist leer. Die Spalte „Kennung“ bleibt, wie sie war."),
)


def refused(town: Town, table: Path, name: str, cells: dict[str, str]) -> list[str]:
    """The problems of a table with these cells and a right change beside them; nothing of it is written."""
    change(table, "stadt.notruf", {"Wert": "110"})
    assert len(plan_facts(table, town.root / "knowledge", TODAY).changes) == 1
    change(table, name, cells)
    plan = plan_facts(table, town.root / "knowledge", TODAY)
    assert plan.changes == ()
    assert write_import(plan) == ()
    assert (town.root / FACTS).read_text(encoding="utf-8") == COMMENTED
    return problems(town, table)


@pytest.mark.parametrize(("name", "column", "typed", "line", "problem"), WRONG)
def test_a_wrong_cell_is_named_and_nothing_is_written(
    town: Town, table: Path, name: str, column: str, typed: str, line: int, problem: str
) -> None:
    assert refused(town, table, name, {column: typed}) == [f"{line}: Spalte „{column}“: {problem}"]


def test_a_row_that_belongs_to_nothing_else(town: Town, table: Path) -> None:
    unknown = "2: Die Tatsache „stadt.beitrg“ gibt es nicht. Meinten Sie „stadt.beitrag“?"
    assert refused(town, table, FEE, {"Kennung": "stadt.beitrg"}) == [unknown]


def test_a_fact_stands_in_one_row(town: Town, table: Path) -> None:
    change(table, FEE, {"Kennung": "stadt.notruf"})
    assert problems(town, table)[-1] == (
        f"4: „stadt.notruf“ steht schon in {table.as_posix()}:2. Löschen Sie eine der Zeilen."
    )


def test_an_end_before_the_beginning(town: Town, table: Path) -> None:
    assert refused(town, table, FEE, {"Gilt ab": "2027-01-01"}) == [
        "2: Spalte „Gilt bis“: „stadt.beitrag“ endet, bevor es beginnt. Prüfen Sie „Gilt ab“ und „Gilt bis“."
    ]


def test_every_wrong_cell_is_named_in_one_run(town: Town, table: Path) -> None:
    change(table, "stadt.beitrag", {"Wert": "x", "Gilt bis": "y"})
    change(table, "stadt.notruf", {"Geprüft": "gestern"})
    assert [line.split(" ")[2] for line in problems(town, table)] == ["„Gilt", "„Wert“:", "„Geprüft“:"]


def test_a_fact_changed_since_is_not_overwritten(town: Town, table: Path) -> None:
    change(table, "stadt.beitrag", {"Wert": "120"})
    edited(FACTS, "value: 100", "value: 110")(town)
    assert problems(town, table) == [
        "2: „stadt.beitrag“ wurde geändert, seit die Tabelle geschrieben wurde. "
        "Lassen Sie die Tabelle neu schreiben und tragen Sie es dort ein."
    ]


def test_a_few_columns_and_rows_are_enough(town: Town) -> None:
    town.write("werte.csv", "Kennung;Wert\nstadt.beitrag;120\n")
    plan = plan_facts(town.root / "werte.csv", town.root / "knowledge", TODAY)
    assert [c.fields for c in plan.changes] == [{"value": ("100", "120"), "checked": ("2026-11-20", "2026-11-22")}]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("Kennung;Wrt\nstadt.beitrag;120\n", "1: Die Spalte „Wrt“ gibt es nicht. Meinten Sie „Wert“?"),
        ("Name;Wert\nstadt.beitrag;120\n", "1: Die Spalte „Kennung“ fehlt. Ohne sie lässt sich nichts zuordnen."),
        ("", "1: Die Datei ist leer. Ist es die richtige Datei?"),
        ("Kennung;Wert\n", "1: In der Datei steht kein einziger Eintrag. Ist es die richtige Datei?"),
    ],
)
def test_a_table_that_is_none(town: Town, text: str, problem: str) -> None:
    town.write("werte.csv", text)
    assert problem in problems(town, town.root / "werte.csv")


def test_a_file_that_is_no_workbook(town: Town) -> None:
    town.write("werte.xlsx", "Kennung;Wert\n")
    expected = "1: Die Datei ist keine lesbare Excel-Datei. Speichern Sie sie neu als XLSX."
    assert problems(town, town.root / "werte.xlsx") == [expected]


def test_what_is_hardly_meant_is_said(town: Town) -> None:
    town.write("werte.csv", "Kennung;Gilt ab;Gilt bis\nstadt.beitrag;2027;31.12.2027\nstadt.notruf;;1.1.2026\n")
    plan = plan_facts(town.root / "werte.csv", town.root / "knowledge", TODAY)
    assert [hint.message for hint in plan.hints] == [
        "„stadt.beitrag“ gilt erst ab 2027, der Bot nennt es aber sofort.",
        "„stadt.notruf“ ist auch damit schon abgelaufen.",
    ]


def test_several_files_are_written_all_or_none(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    town.write("werte.csv", "Kennung;Wert\nstadt.beitrag;120\nstadt.frist;4\n")
    plan = plan_facts(town.root / "werte.csv", town.root / "knowledge", TODAY)
    files = sorted({change.file for change in plan.changes})
    assert len(files) == 2
    before = [file.read_bytes() for file in files]
    replace = Path.replace

    def fails_on_the_second(self: Path, target: Path) -> Path:
        if target == files[1]:
            raise OSError(28, "No space left on device")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", fails_on_the_second)
    with pytest.raises(OSError, match="No space"):
        write_import(plan)
    assert [file.read_bytes() for file in files] == before
    assert not list(files[0].parent.glob(".*"))


def test_what_ends_when(town: Town) -> None:
    edited("knowledge/stadt/entries/leistungen/kindergeld.yaml", "2027-11-20", "2027-01-15")(town)
    town.write(
        "knowledge/stadt/offers/a.yaml",
        "offers:\n  - {id: stadt.kurs, name: Ein Kurs, kind: kurs, valid_until: 2026-12-31, checked: 2026-11-20, "
        "source: {label: Stadt}}\n",
    )
    loaded = town.load()
    assert loaded.content is not None
    found = due(loaded.content, loaded.spots, TODAY, 90)
    assert [(item.day.isoformat(), item.sort, item.id) for item in found] == [
        ("2026-12-31", OFFER, "stadt.kurs"),
        ("2026-12-31", FACT, "stadt.beitrag"),
        ("2027-01-15", REVIEW, "kindergeld"),
    ]
    assert found[1].topics == ("kita-beitrag",)
    assert str(found[1].spot) == f"{FACTS}:4"
    assert due(loaded.content, loaded.spots, TODAY, 10) == ()
    assert due(loaded.content, loaded.spots, date(2027, 6, 1), 0)[0].day == date(2026, 12, 31)  # what is past stays
    assert uses(loaded.content)["stadt.kita-jahr"] == ("kita-anmeldung",)
