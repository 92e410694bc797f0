"""All utterances as JSON lines: complete, in an order of their own, and what the baselines learn from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from bot.__main__ import app
from bot.compiling import labelled_utterances
from bot.content.loading import Content, load
from bot.desk import report
from bot.desk.baselines import Baseline
from bot.desk.evaluation import SETS, Half
from bot.desk.utterances import Row, to_lines, training_rows
from bot.matching.ranking import MATTER
from bot.model import OUTSIDE
from bot.pipeline import Bot
from bot.settings import Settings
from tests.conftest import SMALL


def content() -> Content:
    found = load(SMALL / "knowledge", SMALL / "intents").content
    assert found is not None
    return found


def exported() -> list[dict[str, str]]:
    return [json.loads(line) for line in to_lines(training_rows(content()))]


def label_of(row: dict[str, str]) -> str:
    return MATTER + row["matter"] if row["topic"] == OUTSIDE else row["topic"]


def test_every_utterance_is_exported_once_with_its_topic() -> None:
    expected = sorted((text, label) for text, label, _ in labelled_utterances(content()))
    assert sorted((row["q"], label_of(row)) for row in exported()) == expected


def test_what_is_not_ours_names_its_matter() -> None:
    rows = exported()
    assert {row["matter"] for row in rows if row["topic"] == OUTSIDE} == {"muell", "reisepass"}
    assert all(list(row) == ["q", "topic"] for row in rows if row["topic"] != OUTSIDE)


def test_topics_come_first_each_by_its_text() -> None:
    rows = exported()
    assert rows == sorted(rows, key=lambda r: (r["topic"] == OUTSIDE, r.get("matter", r["topic"]), r["q"]))


@pytest.fixture
def _small_town(small_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAMILIENBOT_KNOWLEDGE", str(SMALL / "knowledge"))
    monkeypatch.setenv("FAMILIENBOT_INTENTS", str(SMALL / "intents"))
    monkeypatch.setenv("FAMILIENBOT_CACHE", str(small_settings.cache))


@pytest.mark.usefixtures("_small_town")
def test_the_command_prints_the_same_lines_each_time() -> None:
    first, again = (CliRunner().invoke(app, ["utterances", "--jsonl"]) for _ in range(2))
    assert (first.exit_code, first.stdout) == (0, again.stdout)
    assert first.stdout.splitlines() == list(to_lines(training_rows(content())))
    plain = CliRunner().invoke(app, ["utterances"])
    assert "kindergeld\tWer bekommt Kindergeld?" in plain.stdout.splitlines()


@pytest.mark.usefixtures("_small_town")
def test_without_knowledge_it_ends_with_2(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAMILIENBOT_KNOWLEDGE", str(tmp_path))
    assert CliRunner().invoke(app, ["utterances", "--jsonl"]).exit_code == 2


def test_the_baselines_learn_from_exactly_these(
    small_bot: Bot, small_settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    learned: list[Row] = []

    def fit(rows: list[Row], *_: Any) -> tuple[Baseline, ...]:
        learned.extend(rows)
        classes = tuple(sorted({label for _, label, _ in rows}))
        return (Baseline("first", classes, lambda _: np.arange(len(classes), dtype=np.float64)),)

    for name in (*SETS, "dialogues"):
        (tmp_path / f"{name}.jsonl").touch()
    monkeypatch.setattr("bot.desk.baselines.fit_baselines", fit)
    monkeypatch.setattr(report, "FOLDER", tmp_path)
    assert report.run_evaluation(small_settings, half=Half.ALL, out=None).questions == 0
    assert list(to_lines(learned)) == list(to_lines(training_rows(small_bot.content)))
