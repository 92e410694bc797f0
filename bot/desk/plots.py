"""The plots of the evaluation report as SVG: small, and the same bytes for the same figures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bot.desk.figures import Share
from bot.desk.releases import Line
from bot.desk.report import Report, Tally

HISTORY_PLOT = "history.svg"

STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",  # letters stay text
    "svg.hashsalt": "familienbot",
    "font.size": 9,
    "font.family": "sans-serif",
    "axes.spines.top": False,
    "axes.spines.right": False,
}
RIGHT, ASKED, WRONG, REFUSED = "#0072b2", "#56b4e9", "#d55e00", "#999999"
LINES = ("#0072b2", "#d55e00", "#e69f00", "#009e73", "#cc79a7")
"""Colours that people with a colour vision deficiency can tell apart (Okabe and Ito)."""
DASHES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)))


def _save(figure: Figure, path: Path) -> None:
    figure.savefig(path, format="svg", bbox_inches="tight", metadata={"Date": None})


def _error(share: Share) -> tuple[float, float]:
    low, high = share.interval
    return max(0.0, share.value - low), max(0.0, high - share.value)


def _bars(axes: Axes, tallies: list[Tally]) -> None:
    names = [f"{t.name} ({t.questions})" for t in tallies]
    parts = (
        ("right at once", RIGHT, [t.right.value for t in tallies]),
        ("asked back, right among", ASKED, [t.asked.value for t in tallies]),
        ("fell back or asked without it", REFUSED, [t.fell_back.value + t.asked_wrong.value for t in tallies]),
        ("wrong", WRONG, [t.wrong.value for t in tallies]),
    )
    left = [0.0] * len(tallies)
    for label, colour, widths in parts:
        axes.barh(names, widths, left=left, color=colour, label=label, height=0.7)
        left = [a + b for a, b in zip(left, widths, strict=True)]
    errors = [_error(t.right) for t in tallies]
    axes.errorbar(
        [t.right.value for t in tallies], names, xerr=([e[0] for e in errors], [e[1] for e in errors]),
        fmt="none", ecolor="black", elinewidth=1, capsize=2,
    )  # fmt: skip
    axes.invert_yaxis()
    axes.set(xlim=(0, 1), xlabel="share of questions, interval of “right at once”")
    axes.legend(loc="lower center", bbox_to_anchor=(0.4, 1), ncols=2, frameon=False)


def _reliability(axes: Axes, report: Report) -> None:
    axes.plot([0, 1], [0, 1], color="#999999", linestyle=":", label="perfect")
    errors = [_error(b.right) for b in report.bins]
    axes.errorbar(
        [b.confidence for b in report.bins], [b.right.value for b in report.bins],
        yerr=([e[0] for e in errors], [e[1] for e in errors]), marker="o", capsize=2, color=RIGHT, label="announced",
    )  # fmt: skip
    axes.set(xlim=(0, 1.02), ylim=(0, 1.02), xlabel="confidence", ylabel="share right")
    axes.legend(loc="upper left", frameon=False)


def _risk(axes: Axes, report: Report) -> None:
    for system, colour, dash in zip(report.systems, LINES, DASHES, strict=False):
        coverage, risk = zip(*system.curve, strict=True) if system.curve else ((), ())
        axes.plot(coverage, risk, color=colour, linestyle=dash, label=f"{system.name} ({system.area:.3f})")
    axes.set(
        xlim=(0, 1), xlabel="coverage: share of messages, the surest first", ylabel="risk: share of errors among them"
    )
    axes.set_ylim(bottom=0)
    axes.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False, title="area under the curve")


def _heat(axes: Axes, report: Report) -> None:
    names = sorted({*report.groups_to, *(g for row in report.groups_to.values() for g in row)})
    shares = []
    for wanted in names:
        row = report.groups_to.get(wanted, {})
        total = sum(row.values()) or 1
        shares.append([row.get(given, 0) / total for given in names])
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    axes.set_xticks(range(len(names)), names, rotation=40, ha="right")
    axes.set_yticks(range(len(names)), names)
    for y, wanted in enumerate(names):
        for x, given in enumerate(names):
            count = report.groups_to.get(wanted, {}).get(given, 0)
            if count:
                axes.text(x, y, str(count), ha="center", va="center", color="white" if shares[y][x] > 0.5 else "black")
    axes.set(xlabel="best candidate", ylabel="wanted")


HISTORY_LINES = (
    ("top-1", "-"),
    ("right at once", "-"),
    ("wrong", "--"),
    ("not ours: refused", "-."),
    ("emergencies found", ":"),
)
"""The figures of a line that are drawn; the others stand in the table."""


def _history(axes: Axes, history: Sequence[Line]) -> None:
    runs = range(len(history))
    for (name, dash), colour in zip(HISTORY_LINES, LINES, strict=True):
        points = [(i, line.figures[name]) for i, line in zip(runs, history, strict=True) if name in line.figures]
        errors = [_error(share) for _, share in points]
        axes.errorbar(
            [i for i, _ in points], [share.value for _, share in points],
            yerr=([e[0] for e in errors], [e[1] for e in errors]),
            marker="o", markersize=3, capsize=2, color=colour, linestyle=dash, label=name,
        )  # fmt: skip
    axes.set_xticks(runs, [f"{line.version}\n{line.day}\n{line.knowledge[:6]}" for line in history], fontsize=7)
    axes.set(ylim=(0, 1.02), ylabel="share, with its interval")
    axes.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False)


def draw(report: Report, out: Path, history: Sequence[Line] = ()) -> None:
    """Writes the plots into the folder; that of the history where there is one."""
    tallies = [t for t in (*report.forms, *report.groups) if t.questions]
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(7, 0.28 * len(tallies) + 1))
        _bars(figure.subplots(), tallies)
        _save(figure, out / "outcomes.svg")
        figure = Figure(figsize=(4.5, 4.5))
        _reliability(figure.subplots(), report)
        _save(figure, out / "reliability.svg")
        figure = Figure(figsize=(6, 4))
        _risk(figure.subplots(), report)
        _save(figure, out / "risk-coverage.svg")
        figure = Figure(figsize=(5.5, 5))
        _heat(figure.subplots(), report)
        _save(figure, out / "confusion.svg")
        if history:
            figure = Figure(figsize=(max(4.0, 0.9 * len(history)), 3.5))
            _history(figure.subplots(), history)
            _save(figure, out / HISTORY_PLOT)
