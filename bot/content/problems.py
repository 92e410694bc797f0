"""What an editor is told: a place in a file, one cause in German, what to write instead."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, slots=True, order=True)
class Spot:
    """A place in a file that an editor can open.

    column  from 1 on; 0 where the line alone says enough
    """

    file: str
    line: int
    column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.column else f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One cause, in German, with what to write instead. A `warning` does not fail the check."""

    spot: Spot
    message: str
    suggestion: str = ""
    level: str = "error"

    def __str__(self) -> str:
        mark = "Hinweis: " if self.level == "warning" else ""
        return f"{self.spot}: {mark}{self.message} {self.suggestion}".rstrip()


def nearest(word: str, known: Collection[str]) -> str | None:
    """The known name that is most like the word, whatever its case; None when none is like it."""
    by_lower = {name.lower().replace("_", "-"): name for name in known}
    near = get_close_matches(word.lower().replace("_", "-"), by_lower, n=1)
    return by_lower[near[0]] if near else None


def did_you_mean(word: str, known: Collection[str]) -> str:
    """The question whether the nearest known name was meant; empty when none is like it."""
    near = nearest(word, known)
    return f"Meinten Sie „{near}“?" if near else ""


def unknown(kind: str, name: str, known: Collection[str], spot: Spot, where: str) -> Problem:
    """The problem of a name that nobody defined, with the nearest known one, else where they stand."""
    return Problem(spot, f"{kind} „{name}“ gibt es nicht.", did_you_mean(name, known) or where)
