"""The evaluation report as a page of Markdown and as tables on the command line: the same grids for both."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rich.table import Table

from bot.desk.ablation import WHOLE, Ablated
from bot.desk.baselines import TUNED_ON
from bot.desk.figures import Share
from bot.desk.releases import Line
from bot.desk.report import AlarmTally, Report, Tally

PLOTS = (
    (
        "outcomes.svg",
        "Outcomes per form",
        "Bars of the share right at once, asked back, wrong and refused for each form.",
    ),
    ("reliability.svg", "Reliability", "Share of right replies against announced confidence, with intervals."),
    (
        "risk-coverage.svg",
        "Risk and coverage",
        "Share of errors against the share of messages answered, bot and baselines.",
    ),
    ("confusion.svg", "Confusion by group", "Heat map: group wanted against group of the best candidate."),
)
"""File, title, and what is to be seen for those who do not see it."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: its first column are names, the others figures."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


HISTORY_PLOT = (
    "history.svg",
    "Chief figures, run after run",
    "Lines with intervals: top-1, right at once, wrong, foreign questions refused, emergencies found",
)


def percent(share: Share) -> str:
    """Such as „84.1 (80.5–87.1)“: per cent with the interval; a dash for nothing of nothing."""
    if not share.of:
        return "–"
    low, high = share.interval
    return f"{100 * share.value:.1f} ({100 * low:.1f}–{100 * high:.1f})"


_OUTCOMES = (
    "n",
    "top-1",
    "top-3",
    "right at once",
    "answered directly",
    "asked back",
    "asked, not it",
    "wrong",
    "fell back",
)


def _outcomes(t: Tally) -> tuple[str, ...]:
    shares = (t.top_1, t.top_3, t.right, t.direct, t.asked, t.asked_wrong, t.wrong, t.fell_back)
    return (t.name, str(t.questions), *map(percent, shares))


def _tallies(title: str, name: str, tallies: Iterable[Tally], note: str = "") -> Grid:
    return Grid(title, (name, *_OUTCOMES), tuple(_outcomes(t) for t in tallies if t.questions), note)


def _alarms(title: str, tallies: Iterable[AlarmTally], note: str = "") -> Grid:
    head = (
        "set",
        "n",
        "found",
        "of these on a right topic",
        "found or help line",
        "harmless n",
        "false alarms",
        "help lines",
    )
    rows = tuple(
        (
            t.name,
            str(t.found.of),
            *map(percent, (t.found, t.right, t.safe)),
            str(t.false.of),
            *map(percent, (t.false, t.help_lines)),
        )
        for t in tallies
    )
    return Grid(title, head, rows, note)


def _systems(report: Report) -> Grid:
    head = (
        "system", "top-1", "top-3", "right at once", "asked back", "wrong", "fell back", "not ours: refused",
        "cost", "Brier", "AURC", "ECE", "C", "threshold",
    )  # fmt: skip
    rows = tuple(
        (
            s.name,
            *map(percent, (s.top_1, s.top_3, s.right, s.asked, s.wrong, s.fell_back, s.outside_refused)),
            f"{s.cost:.2f}",
            *(f"{x:.3f}" for x in (s.brier, s.area, s.calibration_error)),
            "–" if s.strength is None else f"{s.strength:g}",
            "–" if s.threshold is None else f"{s.threshold:.2f}",
        )
        for s in report.systems
    )
    note = (
        f"Baselines learn from exactly the bot's utterances, raw and in lower case; C by threefold cross-validation on "
        f"{TUNED_ON} of them, temperature and refusal threshold (same costs) on the fit half. They cannot ask back. "
        "*Cost* is the mean per message in questions back. Brier score, area under the risk-coverage curve (AURC) "
        "and expected calibration error (ECE) are of “the best candidate is right” over all sets, "
        "ours or not; less is better."
    )
    return Grid("Bot and baselines", head, rows, note)


def _bins(report: Report) -> Grid:
    rows = tuple((f"{b.confidence:.3f}", str(b.right.of), percent(b.right)) for b in report.bins)
    note = (
        "The confidence that the reply announces: the main topic is right, the right one is among the choices, or it "
        f"is not ours. Calibration error {report.announced_error:.3f}, Brier score {report.announced_brier:.3f}."
    )
    return Grid("Calibration", ("mean confidence", "n", "right"), rows, note)


def grids(report: Report) -> Iterator[Grid]:
    """All tables in the order of the page."""
    yield _tallies(
        "In scope",
        "scope",
        report.scopes,
        f"Forum, phone and FAQ sets without double questions and mixed languages; {report.unserved} questions have no "
        "entry yet. *Top-1*: the right topic is the best candidate, whatever the decision.",
    )
    yield _systems(report)
    yield _alarms(
        "Emergencies",
        report.alarms,
        "Lower case and typo are generated from the same lines. *Harmless* are look-alikes and ordinary questions.",
    )
    yield _alarms("Emergency paraphrases", report.paraphrases)
    yield Grid(
        "Not ours",
        ("set", "n", "refused", "answered as the label allows", "asked back", "wrong"),
        tuple(
            (t.name, str(t.questions), *map(percent, (t.refused, t.accepted, t.asked, t.wrong)))
            for t in report.outside
            if t.questions
        ),
    )
    yield _tallies("Per set and form", "form", report.forms)
    yield _tallies("Per topic group", "group", report.groups)
    yield _tallies(
        "Conversations",
        "turns",
        report.turns,
        f"In {report.asks_wanted.of} turns a question back is the right act: it came in {percent(report.asks_wanted)}.",
    )
    yield Grid(
        "Two questions in one message",
        ("set", "n", "both answered", "one of them", "asked back", "wrong", "fell back", "both among top 3"),
        tuple(
            (
                name,
                str(b.questions),
                *map(percent, (b.both, b.one_of_them, b.asked, b.wrong, b.fell_back, b.both_among_top_3)),
            )
            for name, b in (("all sets", report.both), ("further set", report.both_further))
        ),
        f"Of {report.split_wrongly.of} messages that only look like two, answered as two: "
        f"{percent(report.split_wrongly)}.",
    )
    yield _bins(report)
    yield Grid(
        "Confidence by origin",
        ("decided by", "n", "mean confidence", "right"),
        tuple((o.name, str(o.right.of), f"{o.confidence:.3f}", percent(o.right)) for o in report.origins),
    )
    yield Grid(
        "Most frequent confusions",
        ("wanted", "best candidate", "times"),
        tuple((p.wanted, p.given, str(p.times)) for p in report.confusions),
    )


def _to_markdown(grid: Grid) -> str:
    lines = [f"## {grid.title}", ""]
    if grid.note:
        lines += [grid.note, ""]
    lines.append("| " + " | ".join(grid.head) + " |")
    lines.append("| --- |" + " ---: |" * (len(grid.head) - 1))
    lines += ["| " + " | ".join(row) + " |" for row in grid.rows]
    return "\n".join(lines)


def history_grid(history: Sequence[Line]) -> Grid:
    """A row for each run, the newest first; a figure that a run does not have is a dash."""
    newest = history[::-1]
    names = tuple(dict.fromkeys(name for line in newest for name in line.figures))
    rows = tuple(
        (
            f"{line.version}, {line.day}",
            f"`{line.knowledge}`",
            str(line.questions),
            *(percent(line.figures.get(name, Share(0, 0))) for name in names),
        )
        for line in newest
    )
    note = (
        "A line for each version, knowledge and day; machine-readable: [history.jsonl](history.jsonl). "
        "`familienbot eval --check` fails where a figure of the bot is worse than in the newest line, or than in "
        "metrics.json, by more than its noise: half the width of the wider 95 % interval (binomial; the questions are "
        "the same, so a paired interval would be narrower)."
    )
    return Grid("History", ("version and day", "knowledge", "n", *names), rows, note)


def ablation_grid(rows: Sequence[Ablated], knowledge: str) -> Grid:
    """A row for each part that was left out."""
    cells = tuple(
        (
            row.name,
            str(row.utterances),
            percent(row.top_1),
            "–" if row.name == WHOLE else _change(row),
            f"{row.lost} / {row.gained}",
            *map(_brief, (row.right, row.wrong, row.typos, row.refused, row.found, row.false, row.both, row.later)),
        )
        for row in rows
    )
    note = (
        "The bot without one part, by `familienbot eval --ablation`, on the reported half, with knowledge "
        f"`{knowledge}`. Models are fitted anew without the part where they learn from it; temperature and thresholds "
        "stay. *Change* is in top-1, in points, with the 95 % interval of the paired difference: an interval that "
        "holds 0 shows nothing. *Lost / gained*: questions whose best candidate is wrong, or right, only without the "
        "part. *Typos*: top-1 of the same questions with one typo each."
    )
    head = ("without", "utterances", "top-1", "change", "lost / gained", "right", "wrong", "typos", "not ours: refused")
    return Grid(
        "What each part adds", (*head, "emergencies found", "false alarms", "two questions", "later turns"), cells, note
    )


def _brief(share: Share) -> str:
    return f"{100 * share.value:.1f}" if share.of else "–"


def _change(row: Ablated) -> str:
    net, half = row.change
    return f"{100 * net:+.1f} ({100 * (net - half):+.1f} to {100 * (net + half):+.1f})"


def to_page(report: Report, history: Sequence[Line] = (), ablation: tuple[str, Sequence[Ablated]] = ("", ())) -> str:
    """`README.md`: all tables and plots.

    ablation  the hash of the knowledge that it was measured with, and its rows
    """
    parts = [
        "# Evaluation",
        f"Written by `make eval`; do not edit. The **{report.half}** half of the labelled questions "
        f"({report.questions} messages), knowledge `{report.knowledge}`. Figures are per cent with their 95 % interval "
        "(Wilson). What the questions are: [tests/evaluation](../../tests/evaluation/README.md). "
        "About 3 to 4 % of the labels are debatable. Machine-readable: [metrics.json](metrics.json).",
        *map(_to_markdown, grids(report)),
        *([_to_markdown(ablation_grid(ablation[1], ablation[0]))] if ablation[1] else []),
        *([_to_markdown(history_grid(history))] if history else []),
        "## Plots",
        *(f"**{title}**\n\n![{seen}]({file})" for file, title, seen in (*PLOTS, *([HISTORY_PLOT] if history else []))),
    ]
    return "\n\n".join(parts) + "\n"


def to_tables(report: Report) -> Iterator[Table]:
    """The tables for the command line, intervals below their figures."""
    for grid in grids(report):
        table = Table(title=grid.title, title_justify="left", title_style="bold")
        for i, name in enumerate(grid.head):
            table.add_column(name, justify="right" if i else "left", overflow="fold")
        for first, *others in grid.rows:
            table.add_row(first, *(cell.replace(" (", "\n").removesuffix(")") for cell in others))
        yield table
