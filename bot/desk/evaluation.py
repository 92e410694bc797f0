"""How good the bot is on questions nobody tuned for: labelled sets, the frozen split, and what counts as right."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.language.text import plain
from bot.model import EMERGENCY_GROUP, OUTSIDE, Answer, Conversation, Kind, Question
from bot.pipeline import Bot, reply

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=ZoneInfo("Europe/Berlin"))
"""The moment at which every evaluation asks."""

SETS = ("forum", "phone", "faq", "out_of_scope", "emergencies")


class Half(StrEnum):
    """The frozen split: `fit` may be read and fitted on, `report` is measured only."""

    FIT = "fit"
    REPORT = "report"
    ALL = "all"


class Outcome(StrEnum):
    """What became of a question. A refusal is right for what is not ours, and a `fell_back` for what is."""

    RIGHT = "right"
    ASKED = "asked back, right among the choices"
    ASKED_WRONG = "asked back, right not among the choices"
    WRONG = "wrong"
    FELL_BACK = "fell back"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Labelled:
    """A labelled question: any of `topics` is right as the main one; with `both` all of them are wanted."""

    question: str
    topics: tuple[str, ...]
    form: str
    emergency: bool
    both: bool = False
    ask: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """A labelled question with the reply to it."""

    labelled: Labelled
    answer: Answer
    outcome: Outcome

    @property
    def confidence(self) -> float:
        """The confidence of the reply, 0..1."""
        return self.answer.decision.confidence


def half_of(question: str) -> Half:
    """Fit when the first byte of the SHA-256 of the question's words is even."""
    return Half.FIT if hashlib.sha256(plain(question).encode()).digest()[0] % 2 == 0 else Half.REPORT


def _labelled(row: dict[str, Any], form: str) -> Labelled:
    return Labelled(
        row["q"],
        tuple(row["topics"]),
        row.get("style", form),
        bool(row.get("emergency")),
        bool(row.get("both")),
        bool(row.get("ask")),
    )


def load_set(folder: Path, name: str, half: Half) -> list[Labelled]:
    """The questions of one set and half, in the order of the file."""
    rows = [json.loads(line) for line in (folder / f"{name}.jsonl").read_text(encoding="utf-8").splitlines() if line]
    return [_labelled(r, name) for r in rows if half is Half.ALL or half_of(r["q"]) is half]


def load_dialogues(folder: Path, half: Half, name: str = "dialogues") -> list[list[Labelled]]:
    """The conversations of one half of a set, decided by their first turn."""
    rows = [json.loads(line) for line in (folder / f"{name}.jsonl").read_text(encoding="utf-8").splitlines() if line]
    return [
        [_labelled(turn, "dialogue") for turn in row["turns"]]
        for row in rows
        if half is Half.ALL or half_of(row["turns"][0]["q"]) is half
    ]


def judge(labelled: Labelled, answer: Answer) -> Outcome:
    """What became of the question."""
    decision = answer.decision
    refused = decision.kind is Kind.FALLBACK or decision.topics[:1] == (OUTSIDE,)
    if refused:
        return Outcome.REFUSED if OUTSIDE in labelled.topics else Outcome.FELL_BACK
    if decision.kind is Kind.CLARIFY:
        offered = {c.topic for c in decision.choices[:3]}
        return Outcome.ASKED if labelled.ask or offered & set(labelled.topics) else Outcome.ASKED_WRONG
    if labelled.both and decision.kind is not Kind.EMERGENCY:
        return Outcome.RIGHT if set(labelled.topics) <= set(decision.topics) else Outcome.WRONG
    return Outcome.RIGHT if decision.topics[0] in labelled.topics else Outcome.WRONG


def ask(labelled: Labelled, bot: Bot, conversation: Conversation | None = None) -> Result:
    """The reply to one labelled question."""
    answer = reply(Question(labelled.question, NOW, conversation=conversation or Conversation()), bot)
    return Result(labelled, answer, judge(labelled, answer))


def ask_all(questions: Iterable[Labelled], bot: Bot) -> Iterator[Result]:
    """The replies to labelled questions, each on its own."""
    for labelled in questions:
        yield ask(labelled, bot)


def talk(turns: Iterable[Labelled], bot: Bot) -> Iterator[Result]:
    """The replies to the turns of one conversation."""
    said = Conversation()
    for labelled in turns:
        result = ask(labelled, bot, said)
        said = result.answer.conversation
        yield result


def is_served(labelled: Labelled, bot: Bot) -> bool:
    """Whether one of the question's topics has an entry, or none of them is meant to."""
    return any(t in bot.content.entries or t == OUTSIDE for t in labelled.topics)


def is_alarm(answer: Answer, bot: Bot) -> bool:
    """Whether the reply is an emergency reply."""
    return answer.decision.kind is Kind.EMERGENCY and bot.groups.get(answer.decision.topics[0]) == EMERGENCY_GROUP
