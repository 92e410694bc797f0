"""What is left when a part is switched off, on the small town and questions made for it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bot.compiling import labelled_utterances, read
from bot.desk.ablation import (
    CONTEXT,
    DECISIONS,
    SOURCES,
    TABLES,
    WHOLE,
    Ablated,
    compare,
    measure_without,
    read_ablation,
    without,
    write_ablation,
)
from bot.desk.evaluation import SETS, Half
from bot.desk.figures import Share
from bot.desk.page import to_page
from bot.language.analysis import Language
from bot.pipeline import Bot
from bot.settings import Settings
from tests.desk.test_report import REPORT

HALF = Share(5, 10)
ROW = Ablated(WHOLE, 100, HALF, HALF, HALF, HALF, HALF, HALF, HALF, HALF)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few labelled questions to the small town."""
    found = tmp_path_factory.mktemp("evaluation")
    rows = {
        "forum": [{"q": "Was zahle ich für die Kita?", "topics": ["kita-beitrag"]}],
        "out_of_scope": [{"q": "Wann kommt die Müllabfuhr?", "topics": ["ausserhalb"]}],
    }
    for name in SETS:
        text = "".join(json.dumps(row) + "\n" for row in rows.get(name, ()))
        (found / f"{name}.jsonl").write_text(text, encoding="utf-8")
    turns = [{"q": "Was kostet die Kita?", "topics": ["kita-beitrag"]}, {"q": "und wo?", "topics": ["kita-beitrag"]}]
    (found / "dialogues.jsonl").write_text(json.dumps({"turns": turns}) + "\n", encoding="utf-8")
    return found


def off(name: str, bot: Bot) -> Language:
    return Language(bot.language.nlp, TABLES[name](bot.language.tables))


def test_without_its_table_a_part_is_off(small_bot: Bot) -> None:
    def words(text: str, name: str) -> list[tuple[str, str, bool]]:
        return [(t.word, t.lemma, bool(t.parts)) for t in read(text, off(name, small_bot)).tokens]

    whole = [(t.word, t.lemma, bool(t.parts)) for t in read("anmedlung kitaplatz kiga", small_bot.language).tokens]
    assert whole[0][0] == "anmeldung"
    assert (whole[1][2], whole[2][2]) == (True, True)
    assert words("anmedlung", "typo repair")[0][0] == "anmedlung"
    assert not words("kitaplatz", "parts of compounds")[0][2]
    assert not words("kiga", "abbreviations")[0][2]
    assert words("anmelden meldet", "base forms") == [("anmelden", "anmelden", False), ("meldet", "meldet", False)]
    assert read("Kita", small_bot.language).concepts == ("kita",)
    assert read("Kita", off("concepts", small_bot)).concepts == ()
    separable = "Wie melde ich mein Kind an?"
    assert "anmelden" in [t.lemma for t in read(separable, small_bot.language).tokens]
    assert "anmelden" not in [t.lemma for t in read(separable, off("separable verbs joined", small_bot)).tokens]


def test_sources_shrink(small_bot: Bot) -> None:
    content = small_bot.content
    whole = len(labelled_utterances(content))
    few = {name: len(labelled_utterances(change(content))) for name, change in SOURCES.items()}
    assert few["three quarters of the utterances"] < few["half of the utterances"] < whole
    assert few["nine of ten matters of others"] < whole
    assert few["look-alikes of emergencies"] == whole
    assert SOURCES["look-alikes of emergencies"](content).harmless == ()
    assert all(us for intent in SOURCES["half of the utterances"](content).intents.values() for us in intent.utterances)


def test_each_bot_is_measured(folder: Path, small_bot: Bot, small_settings: Settings) -> None:
    whole, hits = measure_without(WHOLE, without(WHOLE, small_settings), folder, Half.ALL)
    assert (whole.top_1.of, whole.refused.of, whole.later.of) == (1, 1, 1)
    assert whole.utterances == len(labelled_utterances(small_bot.content))
    for name in ("concepts", "base forms", *DECISIONS):
        row, others = measure_without(name, without(name, small_settings), folder, Half.ALL)
        found = compare(row, others, hits)
        assert found.gained - found.lost == found.top_1.hits - whole.top_1.hits


def test_a_conversation_without_context_is_each_turn_alone(folder: Path, small_bot: Bot) -> None:
    spoken, _ = measure_without(WHOLE, small_bot, folder, Half.ALL)
    alone, _ = measure_without(CONTEXT, small_bot, folder, Half.ALL)
    assert (spoken.later.hits, alone.later.hits) == (1, 0)


def test_the_difference_is_paired() -> None:
    row = compare(ROW, [False] * 6 + [True] * 4, [True] * 5 + [False] * 5)
    assert (row.lost, row.gained) == (5, 4)
    net, half = row.change
    assert net == pytest.approx(-0.1)
    assert half == pytest.approx(1.96 * (9 - 0.1) ** 0.5 / 10, abs=1e-3)
    assert compare(ROW, [True], [True]).change == (0.0, 0.0)


def test_the_page_has_what_was_measured_last(tmp_path: Path) -> None:
    assert read_ablation(tmp_path) == ("", ())
    rows = (ROW, replace(ROW, name="concepts", lost=3, gained=1))
    write_ablation(rows, "0" * 16, tmp_path)
    assert read_ablation(tmp_path) == ("0" * 16, rows)
    page = to_page(REPORT, ablation=read_ablation(tmp_path))
    assert "| concepts | 100 | 50.0 (23.7–76.3) | -20.0 (-" in page
    assert "## What each part adds" not in to_page(REPORT)
