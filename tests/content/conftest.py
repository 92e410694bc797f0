"""A copy of the small town that a test may break."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from bot.content.checks import check
from bot.content.loading import Content, Loaded, load
from tests.conftest import SMALL

TODAY = date(2026, 11, 22)

FACT = """\
facts:
  - id: stadt.neu
    text: Eine neue Tatsache
    source:
      label: Stadt Musterstadt
    checked: 2026-11-20
    kind: stable
"""

ENTRY = """\
topic: kindergeld
title: Kindergeld
office: stadt.zentrale
checked: 2026-11-18
review_by: 2027-11-20
short: Kindergeld beantragen Sie bei der Familienkasse.
"""


SMALL_TOWN = re.compile(r"benutzt kein Text|nennt keine Antwort|erkennt keine Regel|keine Testfragen|schwer zu lesen")


@dataclass(frozen=True)
class Town:
    """Knowledge and intents of the small town below one folder; files are named from there."""

    root: Path

    def write(self, file: str, text: str | bytes) -> None:
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)

    def edit(self, file: str, old: str, new: str) -> None:
        text = (self.root / file).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"„{old}“ stands {text.count(old)} times in {file}"
        self.write(file, text.replace(old, new))

    def load(self) -> Loaded:
        return load(self.root / "knowledge", self.root / "intents")

    def content(self) -> Content:
        content = self.load().content
        assert content is not None
        return content

    def problems(self, today: date = TODAY, only: str | None = None) -> tuple[str, ...]:
        """All problems as an editor reads them."""
        return tuple(map(str, check(self.load(), today, only)))

    def new_problems(self, today: date = TODAY) -> tuple[str, ...]:
        """The problems that the untouched town does not have: it has few utterances, which is worth a hint each.

        Without the hints that follow from so small a town: what is new in it is used by nothing and has no tests.
        """
        return tuple(p for p in self.all_new_problems(today) if not SMALL_TOWN.search(p))

    def all_new_problems(self, today: date = TODAY) -> tuple[str, ...]:
        """The problems that the untouched town does not have."""
        return tuple(p for p in self.problems(today) if p not in _old_problems())


@cache
def _old_problems() -> frozenset[str]:
    with TemporaryDirectory() as folder:
        found = make_town(Path(folder) / "town").problems()
    assert not [p for p in found if "Hinweis:" not in p]
    return frozenset(found)


def make_town(root: Path) -> Town:
    """A copy of the small town without the two faults that other tests want in it."""
    shutil.copytree(SMALL, root)
    town = Town(root)
    lines = "knowledge/safety/lines.yaml"
    town.edit(lines, "0999 200", '"{{place:stadt.zentrale.phone}}"')
    neighbours = "knowledge/stadt/neighbours.yaml"
    town.edit(neighbours, "neighbours:\n", "neighbours:\n  - matter: reisepass\n    title: Pass und Ausweis\n")
    return town


@pytest.fixture
def town(tmp_path: Path) -> Town:
    """A town to break."""
    return make_town(tmp_path / "town")


Change = Callable[[Town], None]


def written(file: str, text: str | bytes) -> Change:
    """A town with this file."""
    return lambda town: town.write(file, text)


def edited(file: str, old: str, new: str) -> Change:
    """A town with a piece of a file replaced."""
    return lambda town: town.edit(file, old, new)
