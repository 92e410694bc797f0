"""All utterances as others read them: what the bot's ranking and every baseline learn from, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from bot.compiling import labelled_utterances
from bot.content.loading import Content
from bot.matching.ranking import MATTER
from bot.model import OUTSIDE

Row = tuple[str, str, str | None]
"""An utterance, its class (a topic, or a matter with a leading `~`) and the side asked for."""


def training_rows(content: Content) -> list[Row]:
    """The utterances that are learned from, by class and then by text, whatever the order of the files."""
    return sorted(labelled_utterances(content), key=lambda row: (row[1].startswith(MATTER), row[1], row[0]))


def to_lines(rows: Iterable[Row]) -> Iterator[str]:
    """Each row as one line of JSON: `q` and `topic`; what is not ours is `ausserhalb`, with its `matter`."""
    for text, label, _ in rows:
        line = {"q": text, "topic": label}
        if label.startswith(MATTER):
            line = {"q": text, "topic": OUTSIDE, "matter": label.removeprefix(MATTER)}
        yield json.dumps(line, ensure_ascii=False)
