"""What the report writes, from a report made by hand: no model is needed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from bot.desk.bench import free_port, percentile, time_each
from bot.desk.figures import Bin, Share, to_json
from bot.desk.page import percent, to_page, to_tables
from bot.desk.report import (
    AlarmTally,
    BothTally,
    Origin,
    OutsideTally,
    Pair,
    Report,
    System,
    Tally,
    write_report,
)

HALF = Share(5, 10)
TALLY = Tally("forum", 10, HALF, HALF, HALF, HALF, HALF, HALF, HALF, HALF, HALF)
ALARMS = AlarmTally("emergencies", HALF, HALF, HALF, HALF, Share(0, 0))
SYSTEM = System(
    "familienbot", HALF, HALF, HALF, HALF, HALF, HALF, HALF, 1.5, 0.1, 0.05, 0.02, ((0.5, 0.0), (1.0, 0.5))
)  # fmt: skip
REPORT = Report(
    half="report",
    knowledge="0" * 16,
    questions=10,
    unserved=1,
    scopes=(TALLY,),
    forms=(TALLY,),
    groups=(replace(TALLY, name="kita"),),
    turns=(TALLY,),
    asks_wanted=HALF,
    both=BothTally(10, HALF, HALF, HALF, HALF, HALF, HALF),
    both_further=BothTally(10, HALF, HALF, HALF, HALF, HALF, HALF),
    split_wrongly=HALF,
    outside=(OutsideTally("out_of_scope", 10, HALF, HALF, HALF, HALF),),
    alarms=(ALARMS,),
    paraphrases=(ALARMS,),
    systems=(SYSTEM, replace(SYSTEM, name="BM25", threshold=0.4)),
    bins=(Bin(0.4, HALF), Bin(0.9, Share(10, 10))),
    origins=(Origin("answer", 0.8, HALF),),
    announced_brier=0.1,
    announced_error=0.05,
    confusions=(Pair("kita-beitrag", "kita-mittagessen", 3),),
    groups_to={"kita": {"kita": 5, "ausserhalb": 5}},
)


def test_a_percentage_has_its_interval() -> None:
    assert percent(HALF) == "50.0 (23.7–76.3)"
    assert percent(Share(0, 0)) == "–"


def test_json_has_hits_and_interval() -> None:
    assert to_json(Share(1, 4)) == {"hits": 1, "of": 4, "share": 0.25, "low": 0.04559, "high": 0.69936}


def test_page_names_every_table_and_plot(tmp_path: Path) -> None:
    write_report(REPORT, tmp_path)
    page = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert "| kita-beitrag | kita-mittagessen | 3 |" in page
    for plot in tmp_path.glob("*.svg"):
        assert f"({plot.name})" in page
    assert len(list(tmp_path.glob("*.svg"))) == 4
    assert json.loads((tmp_path / "metrics.json").read_text(encoding="utf-8"))["scopes"][0]["top_1"]["hits"] == 5


def test_the_same_report_is_the_same_bytes(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        write_report(REPORT, tmp_path / folder)
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()


def test_page_and_tables_have_the_same_titles() -> None:
    page = to_page(REPORT)
    assert all(f"## {table.title}" in page for table in to_tables(REPORT))


def test_bench_helpers() -> None:
    assert percentile([3.0, 1.0, 2.0], 0.99) == 3.0
    assert percentile([1.0], 0.5) == 1.0
    assert len(time_each(["a", "b"], str.upper)) == 2
    assert 0 < free_port() < 65536
