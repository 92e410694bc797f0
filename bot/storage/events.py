"""What is reported to be counted, and for how long it is kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

NO_TOPIC = "-"
SHOWN_FROM = 5
"""Equal wordings from which on they are written in words."""
COMMENT_DAYS = 30
"""A comment is deleted so many days after the day it was written."""
COUNT_DAYS = 731
"""Counts and wordings are deleted after two years: last year can be compared with the one before."""

MOST_COMMENTS = 5_000
MOST_RARE = 200_000
"""So many comments, and rare wordings in a quarter, fill no disk; whoever sends more is nobody who asks."""


@dataclass(frozen=True, slots=True)
class Replied:
    """A reply: its main topic (`-` without one), kind, and the language of the message."""

    day: date
    topic: str
    kind: str
    lang: str


@dataclass(frozen=True, slots=True)
class Unanswered:
    """The normalised wording of a question that got no answer: known words of the domain, sorted, each once."""

    day: date
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """Whether an answer helped; `comment` only with consent, and redacted already."""

    day: date
    topic: str
    helpful: bool
    comment: str | None = field(default=None, repr=False)


Event = Replied | Unanswered | Judged


def quarter_of(day: date) -> str:
    """The quarter of a day, `2026-4`: as long as hashes of wordings can be compared."""
    return f"{day.year}-{(day.month + 2) // 3}"
