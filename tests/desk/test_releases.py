"""What got worse by more than its noise, and the history of the figures, from reports made by hand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

from bot.__main__ import app
from bot.desk import report as reporting
from bot.desk.evaluation import Half
from bot.desk.figures import Share, half_width, to_mapping
from bot.desk.page import to_page
from bot.desk.releases import (
    METRICS,
    describe_falls,
    find_falls,
    find_line_falls,
    read_history,
    read_metrics,
    to_line,
    watched,
    with_line,
    write_history,
)
from bot.desk.report import Report, run_check, run_evaluation, write_report
from bot.settings import ROOT, Settings
from tests.desk.test_report import REPORT, TALLY

DAY = date(2026, 11, 22)


def metrics(report: Report) -> dict[str, Any]:
    return dict(to_mapping({name: getattr(report, name) for name in Report.__dataclass_fields__}))


def with_scope(**shares: Share) -> Report:
    """The report with other figures in scope."""
    return replace(REPORT, scopes=(replace(TALLY, **shares),))  # type: ignore[arg-type]


def fallen(before: Report, after: Report) -> list[str]:
    return [fall.name for fall in find_falls(metrics(before), metrics(after))]


def test_the_same_figures_are_no_fall() -> None:
    assert fallen(REPORT, REPORT) == []
    assert "scopes: forum, right" in watched(metrics(REPORT))


@pytest.mark.parametrize("hits, is_fall", [(900, False), (880, False), (870, True), (950, False)])
def test_a_share_may_fall_by_its_noise(hits: int, is_fall: bool) -> None:
    """Of 1000 right ones 900: the 95 % interval is 1.9 wide on either side."""
    names = fallen(with_scope(right=Share(900, 1000)), with_scope(right=Share(hits, 1000)))
    assert (names == ["scopes: forum, right"]) is is_fall


def test_what_had_better_be_low_may_not_rise() -> None:
    low, high = with_scope(wrong=Share(20, 1000)), with_scope(wrong=Share(50, 1000))
    assert fallen(low, high) == ["scopes: forum, wrong"]
    assert fallen(high, low) == []


def test_of_none_the_first_two_are_noise() -> None:
    assert fallen(with_scope(wrong=Share(0, 480)), with_scope(wrong=Share(2, 480))) == []


def test_how_often_it_asks_back_is_not_watched() -> None:
    assert fallen(with_scope(asked=Share(0, 1000)), with_scope(asked=Share(500, 1000))) == []


def test_a_figure_that_is_gone_is_a_fall() -> None:
    assert set(fallen(REPORT, replace(REPORT, forms=()))) >= {"forms: forum, right", "forms: forum, wrong"}
    assert fallen(replace(REPORT, forms=()), REPORT) == []


def test_means_are_watched_by_their_own_noise() -> None:
    def with_cost(cost: float) -> Report:
        return replace(REPORT, systems=(replace(REPORT.systems[0], cost=cost, cost_noise=0.1),))

    assert fallen(with_cost(0.5), with_cost(0.55)) == []
    assert fallen(with_cost(0.5), with_cost(0.65)) == ["systems: familienbot, cost"]
    without: Mapping[str, Any] = {"systems": [{"name": "familienbot", "cost": 0.5}]}
    assert watched(without) == {}


def test_half_the_interval_of_a_mean() -> None:
    assert half_width([0.0, 1.0] * 50) == pytest.approx(1.96 * 0.5025 / 10, abs=1e-3)
    assert half_width([1.0]) == half_width([]) == 0.0


def test_a_baseline_may_fall() -> None:
    other = replace(REPORT.systems[1], top_1=Share(0, 10))
    assert fallen(REPORT, replace(REPORT, systems=(REPORT.systems[0], other))) == []


def test_falls_are_told_with_their_noise() -> None:
    out = StringIO()
    after = with_scope(right=Share(500, 1000))
    falls = find_falls(metrics(with_scope(right=Share(900, 1000))), metrics(after))
    describe_falls(falls, 7, Console(file=out, width=200))
    assert out.getvalue().splitlines() == [
        "scopes: forum, right: 90.0 → 50.0 (Rauschen 3.1)",
        "1 von 7 Zahlen sind um mehr als ihr Rauschen schlechter als gespeichert.",
    ]


# the history


def test_the_history_survives_its_file(tmp_path: Path) -> None:
    lines = (to_line(REPORT, "0.1.0", DAY), to_line(REPORT, "0.2.0", DAY))
    path = tmp_path / "docs" / "history.jsonl"
    assert read_history(path) == ()
    write_history(lines, path)
    assert read_history(path) == lines
    first = json.loads(path.read_text(encoding="utf-8").splitlines()[0])
    assert (first["version"], first["knowledge"], first["day"]) == ("0.1.0", "0" * 16, "2026-11-22")
    assert first["figures"]["top-1"]["hits"] == 5
    assert "best baseline: top-1" in first["figures"]


def test_a_run_takes_the_place_of_one_of_the_same_version_knowledge_and_day() -> None:
    first = to_line(REPORT, "0.1.0", DAY)
    again = to_line(with_scope(top_1=Share(6, 10)), "0.1.0", DAY)
    later = to_line(REPORT, "0.1.0", date(2026, 11, 23))
    assert with_line(with_line((), first), again) == (again,)
    assert with_line((again,), later) == (again, later)
    other = to_line(replace(REPORT, knowledge="1" * 16), "0.1.0", DAY)
    assert with_line((again, later), other) == (again, later, other)


def test_the_page_has_a_row_for_each_run_the_newest_first(tmp_path: Path) -> None:
    old = to_line(replace(REPORT, systems=REPORT.systems[:1]), "0.1.0", DAY)
    history = (old, to_line(REPORT, "0.2.0", DAY))
    page = to_page(REPORT, history)
    assert page.index("| 0.2.0, 2026-11-22 |") < page.index("| 0.1.0, 2026-11-22 |")
    assert next(line for line in page.splitlines() if line.startswith("| 0.1.0,")).endswith("| – |")
    assert "## History" not in to_page(REPORT)
    write_report(REPORT, tmp_path, history)
    assert read_history(tmp_path / "history.jsonl") == history
    assert "![" in page
    assert "(history.svg)" in page
    assert (tmp_path / "history.svg").is_file()


# the command


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Half, bool]]:
    """The evaluations that were asked for; each gives the same report."""
    asked: list[tuple[Half, bool]] = []

    def run(settings: Settings, half: Half, baselines: bool, console: Console) -> tuple[Report, reporting.Asked]:
        asked.append((half, baselines))
        return replace(REPORT, half=half.value), reporting.Asked({}, {}, ())

    monkeypatch.setattr(reporting, "run_questions", run)
    return asked


def test_an_evaluation_adds_its_line(tmp_path: Path, small_settings: Settings, runs: list[tuple[Half, bool]]) -> None:
    for _ in range(2):
        run_evaluation(small_settings, out=tmp_path)
    (line,) = read_history(tmp_path / "history.jsonl")
    assert line.day == "2026-11-22"
    run_evaluation(small_settings, baselines=False, out=tmp_path)
    run_evaluation(small_settings, half="fit", out=tmp_path)
    assert read_history(tmp_path / "history.jsonl") == (line,)
    assert "## History" in (tmp_path / "README.md").read_text(encoding="utf-8")


def test_the_check_passes_and_writes_nothing(
    tmp_path: Path, small_settings: Settings, runs: list[tuple[Half, bool]]
) -> None:
    run_evaluation(small_settings, out=tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    assert run_check(small_settings, tmp_path)
    assert runs[-1] == (Half.REPORT, False)
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.usefixtures("runs")
def test_the_command_ends_with_1_when_a_figure_fell(tmp_path: Path) -> None:
    better = with_scope(right=Share(1000, 1000))
    write_report(better, tmp_path, (to_line(better, "0.1.0", DAY),))
    result = CliRunner().invoke(app, ["eval", "--check", "--out", str(tmp_path)])
    assert result.exit_code == 1
    assert "scopes: forum, right: 100.0 → 50.0" in result.stdout
    assert "history: right at once: 100.0 → 50.0" in result.stdout
    write_report(REPORT, tmp_path, (to_line(REPORT, "0.1.0", DAY),))
    assert CliRunner().invoke(app, ["eval", "--check", "--out", str(tmp_path)]).exit_code == 0


@pytest.mark.usefixtures("runs")
def test_without_stored_figures_of_the_reported_half_it_ends_with_2(tmp_path: Path) -> None:
    missing = CliRunner().invoke(app, ["eval", "--check", "--out", str(tmp_path)])
    assert missing.exit_code == 2
    write_report(replace(REPORT, half="fit"), tmp_path)
    assert read_metrics(tmp_path) is not None
    assert (tmp_path / METRICS).is_file()
    assert CliRunner().invoke(app, ["eval", "--check", "--out", str(tmp_path)]).exit_code == 2
    write_report(REPORT, tmp_path)  # figures without a history
    assert CliRunner().invoke(app, ["eval", "--check", "--out", str(tmp_path)]).exit_code == 2


def test_the_chief_figures_are_compared_with_the_last_line() -> None:
    def falls(**shares: Share) -> list[str]:
        before = with_scope(right=Share(900, 1000), wrong=Share(20, 1000), asked=Share(0, 1000))
        after = with_scope(**{"right": Share(900, 1000), "wrong": Share(20, 1000), **shares})
        return [f.name for f in find_line_falls(to_line(before, "0.1.0", DAY), to_line(after, "0.2.0", DAY))]

    assert (
        falls() == falls(right=Share(885, 1000)) == falls(wrong=Share(0, 1000)) == falls(asked=Share(500, 1000)) == []
    )
    assert falls(right=Share(860, 1000)) == ["history: right at once"]
    assert falls(wrong=Share(60, 1000)) == ["history: wrong"]
    assert falls(right=Share(0, 0)) == ["history: right at once"]  # gone


def test_a_stored_report_can_be_compared() -> None:
    """What `make eval` wrote last: every part that the check watches is in it."""
    stored = read_metrics(ROOT / "docs" / "evaluation")
    assert stored is not None
    assert stored["half"] == "report"
    assert len(watched(stored)) > 100
    assert find_falls(stored, stored) == ()
