"""The picture of what we know: each side of each topic, what is missing and whom to ask, and how easily it is read."""

from __future__ import annotations

from datetime import date
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.__main__ import app
from bot.content.loading import Content, load
from bot.content.models import Aspect
from bot.content.readability import prose, reading_level
from bot.desk.coverage import EDITORS, WORST, Coverage, coverage, open_questions, page
from bot.model import OUTSIDE, TALK_GROUP
from bot.settings import ROOT

TODAY = date(2026, 11, 22)


@cache
def content() -> Content:
    found = load(ROOT / "knowledge", ROOT / "intents").content
    assert found is not None
    return found


@cache
def found() -> Coverage:
    return coverage(content(), TODAY)


@cache
def html() -> str:
    return page(found(), content())


class Outline(HTMLParser):
    """Which elements are open: each must be closed in its order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.cells: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in ("td", "th"):
            self.cells.append(data)


def test_every_topic_with_an_answer_stands_in_the_picture() -> None:
    ours = {t for t, info in content().topics.items() if info.group != TALK_GROUP and t != OUTSIDE}
    assert {row.topic for row in found().rows} == ours
    assert all(set(row.cells) == set(Aspect) for row in found().rows)


def test_the_states_of_sides() -> None:
    row = next(row for row in found().rows if row.topic == "kindergeld")
    assert row.cells[Aspect.COST].state == "facts"
    assert (row.cells[Aspect.COST].oldest or "").startswith("2026")
    pointing = [c for row in found().rows for c in row.cells.values() if c.state == "points"]
    assert all(cell.to in content().entries for cell in pointing)
    assert {c.state for row in found().rows for c in row.cells.values()} == {"facts", "asks", "points", "empty"}


def test_what_is_missing_names_whom_to_ask() -> None:
    gaps = found().gaps
    assert all(gap.office in content().places or gap.office == EDITORS for gap in gaps)
    assert ("herne.jugendamt", "tables: herne.kita-beitrag") in {(g.office, g.fact) for g in gaps if g.urgency == 1}
    assert all(gap.question and gap.today for gap in gaps)
    assert len(set(gaps)) == len(gaps)


def test_a_value_that_ended_is_urgent() -> None:
    later = coverage(content(), date(2027, 1, 1))
    urgent = {gap.fact for gap in later.gaps if gap.urgency == 1}
    assert {"bund.uv-hoehe-klein", "bund.unterhaltsvorschuss"} <= urgent
    assert "bund.uv-hoehe-klein" not in {gap.fact for gap in found().gaps}


@pytest.mark.parametrize(
    ("text", "questions"),
    [
        ("Bringen Sie den Ausweis mit. Welche Papiere Sie noch brauchen, sagt Ihnen das Amt.",
         [("Welche Papiere Sie noch brauchen", "Welche Papiere Sie noch brauchen, sagt Ihnen das Amt.")]),
        ("Ob es das gibt, ist uns nicht bekannt.", [("Ob es das gibt", "Ob es das gibt, ist uns nicht bekannt.")]),
        ("Eine Gebühr ist uns nicht bekannt.", [("Ist das heute bekannt?", "Eine Gebühr ist uns nicht bekannt.")]),
        ("Das kostet nichts.", []),
    ],
)  # fmt: skip
def test_an_open_question_is_found_in_a_text(text: str, questions: list[tuple[str, str]]) -> None:
    assert list(open_questions(text)) == questions


def test_the_page_is_whole_and_the_same_every_time() -> None:
    outline = Outline()
    outline.feed(html())
    assert outline.open == []
    assert page(coverage(content(), TODAY), content()) == html()
    assert {row.title for row in found().rows} <= set(outline.cells)
    assert "<script" not in html()
    assert "http" not in html().split("</style>")[0]  # nothing is loaded from elsewhere


def test_the_hardest_answers_stay_for_a_reason() -> None:
    worst = sorted(found().rows, key=lambda row: -row.level)[:WORST]
    assert [row.topic for row in worst if not row.hard_because] == []
    assert all(row.hard_because and row.hard_because in html() for row in worst)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Tagesmutter oder Tagesvater (Kindertagespflege) helfen.", "Tagesmutter oder Tagesvater helfen."),
        ("Rufen Sie an: 02323 16-0. Das hilft.", "Rufen Sie an. Das hilft."),
        ("Ab 1. August sind es 5. Das ist viel.", "Ab 1 August sind es 5. Das ist viel."),
        ("Mehr steht auf www.herne.de/kita/.", "Mehr steht auf."),
    ],
)
def test_what_counts_as_prose(text: str, read: str) -> None:
    assert prose(text) == read


def test_short_words_read_more_easily() -> None:
    easy = "Das Geld kommt am Ersten. Sie müssen nichts tun. Rufen Sie uns an."
    hard = "Die Antragstellung erfolgt unter Vorlage der Einkommensnachweise bei der Unterhaltsvorschussstelle."
    assert reading_level(easy) < 5 < 12 < reading_level(hard)


def test_the_command_writes_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAMILIENBOT_NOW", "2026-11-22T10:00")
    out = tmp_path / "deep" / "coverage.html"
    done = CliRunner().invoke(app, ["coverage", "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert out.read_text(encoding="utf-8") == html()
