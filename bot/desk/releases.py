"""The figures of earlier evaluations: what got worse by more than its noise, and one line of history for each run."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console

from bot.desk.figures import Share, to_json
from bot.desk.report import BOT, Report

METRICS = "metrics.json"
HISTORY = "history.jsonl"

SECTIONS = ("scopes", "forms", "groups", "turns", "outside", "alarms", "paraphrases", "systems")
"""Lists of named rows in the metrics; of the systems only the bot itself is watched."""
HIGHER = frozenset(
    ("top_1 top_3 right right_of_direct refused found safe both both_among_top_3 asks_wanted outside_refused").split()
)
MEANS = ("cost", "brier")
LOWER = frozenset(("wrong", "asked_wrong", "fell_back", "false", "help_lines", "announced_brier", *MEANS))
"""Figures that had better be high, and low. The others say how the bot answers, not how well."""
LOWER_CHIEF = frozenset(("wrong", "false alarms"))
UNWATCHED_CHIEF = frozenset(("asked back", "best baseline: top-1"))
"""Of the figures of a line: those that had better be low, and those that are no achievement of the bot."""
NOISE = "_noise"
"""How the name of a figure ends that is the noise of a mean; a share has its interval."""

LAST = "history: "
"""How the name of a figure begins that is compared with the last line of the history."""


@dataclass(frozen=True, slots=True)
class Fall:
    """A figure that is worse than the stored one by more than its noise; `after` is None when it is gone."""

    name: str
    before: float
    after: float | None
    noise: float


def _rows(metrics: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """(name, figures) of everything that is watched."""
    for section in SECTIONS:
        for row in metrics.get(section, ()):
            if section != "systems" or row["name"] == BOT:
                yield f"{section}: {row['name']}", row
    yield "both", metrics.get("both", {})
    yield "both, further set", metrics.get("both_further", {})
    yield "all", metrics


def watched(metrics: Mapping[str, Any]) -> dict[str, tuple[float, float]]:
    """The figures of a `metrics.json` that are watched: value and noise, both in its unit; those of nothing left out.

    The noise is half the width of the 95 % interval. A mean without its noise is not watched.
    """
    found: dict[str, tuple[float, float]] = {}
    for name, row in _rows(metrics):
        for key in row.keys() & (HIGHER | LOWER):
            value = row[key]
            if isinstance(value, Mapping) and value.get("of"):
                found[f"{name}, {key}"] = (value["share"], (value["high"] - value["low"]) / 2)
            elif isinstance(value, float) and f"{key}{NOISE}" in row:
                found[f"{name}, {key}"] = (value, row[f"{key}{NOISE}"])
    return dict(sorted(found.items()))


def _falls(old: Mapping[str, tuple[float, float]], new: Mapping[str, tuple[float, float]]) -> Iterator[Fall]:
    """The figures that are worse than before by more than the larger noise of both, or that are gone."""
    for name, (value, noise) in old.items():
        if name not in new:
            yield Fall(name, value, None, noise)
            continue
        now, its_noise = new[name]
        low = name.rpartition(", ")[2] in LOWER or name.removeprefix(LAST) in LOWER_CHIEF
        if (now - value if low else value - now) > max(noise, its_noise):
            yield Fall(name, value, now, max(noise, its_noise))


def find_falls(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Fall, ...]:
    """The figures of a `metrics.json` that are worse after than before by more than their noise, or that are gone."""
    return tuple(_falls(watched(before), watched(after)))


def describe_falls(falls: Sequence[Fall], of: int, console: Console) -> None:
    """Prints what fell, in per cent where it is a share, and how many figures were compared."""
    for fall in falls:
        now = "fehlt" if fall.after is None else _number(fall.name, fall.after)
        noise = _number(fall.name, fall.noise)
        console.print(
            f"{fall.name}: {_number(fall.name, fall.before)} → {now} (Rauschen {noise})", soft_wrap=True, markup=False
        )
    if falls:
        console.print(f"{len(falls)} von {of} Zahlen sind um mehr als ihr Rauschen schlechter als gespeichert.")
    else:
        console.print(f"Keine von {of} Zahlen ist um mehr als ihr Rauschen schlechter als gespeichert.")


def _number(name: str, value: float) -> str:
    return f"{value:.3f}" if name.endswith(MEANS) else f"{100 * value:.1f}"


@dataclass(frozen=True, slots=True)
class Line:
    """The chief figures of one run.

    knowledge  hash of all that editors wrote
    day        ISO date of the run
    """

    version: str
    knowledge: str
    day: str
    questions: int
    figures: Mapping[str, Share]


def to_line(report: Report, version: str, day: date) -> Line:
    """The chief figures of a report: those of its first rows."""
    figures: dict[str, Share] = {}
    for scope in report.scopes[:1]:
        figures |= {"top-1": scope.top_1, "top-3": scope.top_3, "right at once": scope.right}
        figures |= {"asked back": scope.asked, "wrong": scope.wrong}
    for system in report.systems:
        if system.name == BOT:
            figures["not ours: refused"] = system.outside_refused
    for alarms in report.alarms[:1]:
        figures |= {"emergencies found": alarms.found, "false alarms": alarms.false}
    for turns in report.turns[1:2]:
        figures["later turns: top-1"] = turns.top_1
    figures["two questions: both"] = report.both.both
    rivals = [s.top_1 for s in report.systems if s.name != BOT]
    if rivals:
        figures["best baseline: top-1"] = max(rivals, key=lambda share: share.value)
    return Line(version, report.knowledge, day.isoformat(), report.questions, figures)


def watched_line(line: Line) -> dict[str, tuple[float, float]]:
    """The figures of a line that are watched: value and noise."""
    found = {}
    for name, share in line.figures.items():
        if share.of and name not in UNWATCHED_CHIEF:
            low, high = share.interval
            found[LAST + name] = (share.value, (high - low) / 2)
    return found


def find_line_falls(before: Line, after: Line) -> tuple[Fall, ...]:
    """The chief figures that are worse than in an earlier line by more than their noise, or that are gone."""
    return tuple(_falls(watched_line(before), watched_line(after)))


def read_history(path: Path) -> tuple[Line, ...]:
    """The lines in their order, none when there is no file."""
    if not path.is_file():
        return ()
    lines = []
    for text in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(text)
        figures = {name: Share(f["hits"], f["of"]) for name, f in row["figures"].items()}
        lines.append(Line(row["version"], row["knowledge"], row["day"], row["questions"], figures))
    return tuple(lines)


def with_line(history: Sequence[Line], line: Line) -> tuple[Line, ...]:
    """The history with this run at its end; it takes the place of one of the same version, knowledge and day."""
    same = (line.version, line.knowledge, line.day)
    return (*(old for old in history if (old.version, old.knowledge, old.day) != same), line)


def write_history(history: Sequence[Line], path: Path) -> None:
    """Writes one line for each run."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "".join(json.dumps(to_json(line), ensure_ascii=False) + "\n" for line in history)
    path.write_text(text, encoding="utf-8")


def read_metrics(out: Path) -> dict[str, Any] | None:
    """The stored figures, None when there are none."""
    path = out / METRICS
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else None
