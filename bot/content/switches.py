"""The switches that work at once and whatever else is broken: `knowledge/aus.txt`, one topic a line."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

FILE = "aus.txt"
ALL = "alles"
MAX_BYTES = 20_000


@dataclass(frozen=True, slots=True)
class Switches:
    """What is switched off.

    topics  as they stand in the file, with their lines; perhaps none of ours
    """

    all_off: bool = False
    topics: tuple[tuple[str, int], ...] = ()


NONE = Switches()


def read_switches(knowledge: Path) -> Switches:
    """The switches of this knowledge; without the file, nothing is switched off.

    raises  OSError when it is there and cannot be read
    """
    try:
        with (knowledge / FILE).open("rb") as file:
            text = file.read(MAX_BYTES).decode("utf-8-sig", "replace")
    except FileNotFoundError:
        return NONE
    names = [(line.partition("#")[0].strip().lower(), i) for i, line in enumerate(text.splitlines(), 1)]
    named = tuple((name, i) for name, i in names if name)
    return Switches(any(name == ALL for name, _ in named), tuple((n, i) for n, i in named if n != ALL))


def switch_problems(switches: Switches, known: Collection[str], knowledge: Path) -> tuple[str, ...]:
    """Lines of the file that switch nothing off, in German."""
    found = []
    for name, line in switches.topics:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            advice = f"Meinten Sie „{near[0]}“?" if near else "Alle Themen stehen in topics.yaml."
            found.append(f"{knowledge.name}/{FILE}:{line}: Das Thema „{name}“ gibt es nicht. {advice}")
    return tuple(found)
