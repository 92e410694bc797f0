"""New files for editors: the loader misses nothing in them but the blanks that they name."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from bot.desk.drafts import BLANK, SORTS, Draft, DraftError, draft
from bot.desk.importing import write_all
from tests.content.conftest import Town, make_town

TODAY = date(2026, 11, 22)
NEW = {
    "topic": ("kita-fest", "kita", ["kita/kita-fest.yaml", "kita/kita-fest.test.yaml", "kita/kita-fest.yaml"]),
    "place": ("stadt.kita-fest", None, ["places/kita-fest.yaml"]),
    "offer": ("stadt.kita-fest", None, ["offers/kita-fest.yaml"]),
    "fact": ("stadt.kita-fest", None, ["facts/kita-fest.yaml"]),
}
KINDS = "kinds:\n  - {id: amt, title: Ämter, one: Amt, none: kein Amt}\n"


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return make_town(tmp_path / "town")


def made(town: Town, sort: str, name: str, group: str | None = None) -> Draft:
    return draft(sort, name, town.content(), town.root / "knowledge", town.root / "intents", TODAY, group)


@pytest.mark.parametrize("sort", SORTS)
def test_the_loader_misses_the_blanks_alone(sort: str, town: Town) -> None:
    town.write("knowledge/kinds.yaml", KINDS)
    before = set(town.problems())
    name, group, ends = NEW[sort]
    new = made(town, sort, name, group)
    assert [file.as_posix().endswith(end) for file, end in zip(new.files, ends, strict=True)] == [True] * len(ends)
    write_all({**new.files, **new.changed})
    blanks = {
        f"{file.relative_to(town.root)}:{number}"
        for file, text in new.files.items()
        for number, line in enumerate(text.splitlines(), start=1)
        if BLANK in line
    }
    problems = [p for p in town.load().problems if str(p) not in before]
    assert {str(problem.spot) for problem in problems} == blanks
    assert all("leer" in problem.message for problem in problems)
    assert len(new.steps) >= 3


@pytest.mark.parametrize("sort", SORTS)
def test_filled_in_nothing_is_missed(sort: str, town: Town) -> None:
    town.write("knowledge/kinds.yaml", KINDS)
    before = set(town.problems())
    name, group, _ = NEW[sort]
    new = made(town, sort, name, group)
    for file, text in {**new.files, **new.changed}.items():
        word = iter("Fest in der Kita|Feiern mit Kindern|Worum es beim Feiern geht|Was es sonst gibt".split("|"))
        filled = [
            re.sub(rf" *{BLANK}.*", f" {'amt' if 'kind:' in line else next(word)}", line) if BLANK in line else line
            for line in text.splitlines()
        ]
        ask = "" if "test" not in file.name else " am Wochenende"
        town.write(file.relative_to(town.root).as_posix(), "\n".join(filled).replace("  - Fest", f"  - Ein Fest{ask}"))
    later = ("Hinweis: Nur", "benutzt kein Text")  # what a new record still waits for
    found = [p for p in town.problems() if p not in before and not any(words in p for words in later)]
    assert found == []
    content = town.content()
    assert name in {**content.entries, **content.places, **content.offers, **content.facts}


def test_a_new_topic_stands_at_the_end_of_its_group(town: Town) -> None:
    new = made(town, "topic", "kita-fest", "kita")
    ((file, text),) = new.changed.items()
    assert file == town.root / "knowledge" / "topics.yaml"
    before = file.read_text(encoding="utf-8").splitlines()
    (line,) = [line for line in text.splitlines() if line not in before]
    assert line.startswith("  kita-fest:  # AUSFÜLLEN")
    assert [other for other in text.splitlines() if other != line] == before
    file.write_text(text, encoding="utf-8")
    assert town.content().topics["kita-fest"].group == "kita"
    again = made(town, "topic", "kita-fest")  # known by now: its group needs no name
    assert again.changed == {}


def test_a_file_names_its_schema_where_there_are_schemas(town: Town) -> None:
    assert "yaml-language-server" not in "".join(made(town, "fact", "stadt.neu").files.values())
    (town.root / "docs" / "schema").mkdir(parents=True)
    (text,) = made(town, "fact", "stadt.neu").files.values()
    assert text.startswith("# yaml-language-server: $schema=../../../docs/schema/fact.json\n")


@pytest.mark.parametrize(
    ("sort", "name", "group", "message"),
    [
        ("thema", "x", None, "„thema“ lässt sich nicht anlegen. Möglich: topic, fact, place, offer."),
        ("fact", "Gebühr", None, "„Gebühr“ ist kein Name. Form: stadt.familienbuero, ohne Umlaute und Leerzeichen."),
        ("fact", "stdt.neu", None, "Die Ebene „stdt“ gibt es nicht. Meinten Sie „stadt“?"),
        ("fact", "stadt.beitrag", None, "„stadt.beitrag“ gibt es schon. Nehmen Sie einen anderen Namen."),
        ("place", "stadt.jugendamt", None, "„stadt.jugendamt“ gibt es schon. Nehmen Sie einen anderen Namen."),
        ("topic", "Kita", None, "„Kita“ ist kein Name. Form: kita-anmeldung, ohne Umlaute und Leerzeichen."),
        ("topic", "kita-fest", "kta", "Die Gruppe „kta“ gibt es nicht. Meinten Sie „kita“?"),
        ("topic", "kindergeld", "kita", "„kindergeld“ steht in topics.yaml bei „leistungen“. Lassen Sie --group weg."),
    ],
)
def test_what_cannot_be_made(sort: str, name: str, group: str | None, message: str, town: Town) -> None:
    with pytest.raises(DraftError, match=re.escape(message)):
        made(town, sort, name, group)


def test_without_a_group_the_groups_are_named(town: Town) -> None:
    with pytest.raises(DraftError, match=re.escape("Nennen Sie sie mit --group. Möglich: kita, ")):
        made(town, "topic", "kita-fest")


@pytest.mark.parametrize(("sort", "name"), [("topic", "kindergeld"), ("fact", "stadt.alles"), ("place", "stadt.alles")])
def test_no_file_is_overwritten(sort: str, name: str, town: Town) -> None:
    with pytest.raises(DraftError, match=r"gibt es schon\. Sie wird nicht überschrieben"):
        made(town, sort, name)


def test_a_layer_of_another_city_is_not_hidden(town: Town) -> None:
    """A city that builds on the town has no folder of its layer: a new one would hide the town's."""
    knowledge: Path = town.root / "andere"
    knowledge.mkdir()
    (knowledge / "city.yaml").write_text("base: ../knowledge\n", encoding="utf-8")
    with pytest.raises(DraftError, match="gehört der Stadt, auf der Ihre aufbaut"):
        draft("fact", "stadt.neu", town.content(), knowledge, town.root / "intents", TODAY)
