"""What was counted in a span of days, for those who write the answers."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Column, Connection, Engine, func, select
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from bot.storage.database import migrate, open_database, reading
from bot.storage.events import COMMENT_DAYS, NO_TOPIC, SHOWN_FROM, quarter_of
from bot.storage.tables import COMMENTS, FEEDBACK, RARE_WORDINGS, REPLIES, WORDINGS
from bot.storage.writing import delete_all


class StorageError(Exception):
    """The counts cannot be read; the message says so in German, without address or password."""


@dataclass(frozen=True, slots=True)
class TopicCount:
    """How often a topic was answered, and how often the answer helped or did not."""

    topic: str
    replies: int
    helpful: int
    unhelpful: int


@dataclass(frozen=True, slots=True)
class Wording:
    """Known words in alphabetical order that at least five questions without an answer had, in a quarter."""

    words: str
    quarter: str
    count: int


@dataclass(frozen=True, slots=True)
class Comment:
    """What a parent wrote with consent, redacted."""

    day: date
    topic: str
    helpful: bool
    text: str


@dataclass(frozen=True, slots=True)
class Digest:
    """The counts of the days from `first` to `last`, both of them included.

    replies    of all kinds; `kinds` and `langs` divide them, most frequent first
    topics     most answered first, then those that were judged only; `-` is no topic
    wordings   most frequent first; of every quarter that the span touches, for they have no day
    rare       how many questions without an answer had a wording that is too rare to be shown
    comments   newest first, none older than 30 days before `last`
    """

    first: date
    last: date
    replies: int
    kinds: tuple[tuple[str, int], ...]
    langs: tuple[tuple[str, int], ...]
    topics: tuple[TopicCount, ...]
    wordings: tuple[Wording, ...]
    rare: int
    comments: tuple[Comment, ...]

    @property
    def unanswered(self) -> int:
        """How many questions were not known at all."""
        return dict(self.kinds).get("fallback", 0)

    def as_data(self) -> dict[str, Any]:
        """The digest for JSON."""
        data = asdict(self)
        data["first"], data["last"] = self.first.isoformat(), self.last.isoformat()
        data["kinds"], data["langs"] = dict(self.kinds), dict(self.langs)
        data["unanswered"], data["shown_from"] = self.unanswered, SHOWN_FROM
        data["comments"] = [{**asdict(c), "day": c.day.isoformat()} for c in self.comments]
        return data


def digest(url: str, first: date, last: date) -> Digest:
    """What was counted from the first to the last day, both included.

    url     `Settings.database_url`; not empty
    raises  StorageError when the database cannot be read
    """
    try:
        engine = open_database(url)
        migrate(engine)
        return read_digest(engine, first, last)
    except (SQLAlchemyError, ArgumentError, OSError, ImportError) as error:
        raise StorageError(_unreadable(error)) from None


def delete_counts(url: str) -> None:
    """Deletes everything that was counted.

    raises  StorageError when the database cannot be written
    """
    try:
        engine = open_database(url)
        migrate(engine)
        delete_all(engine)
    except (SQLAlchemyError, ArgumentError, OSError, ImportError) as error:
        raise StorageError(_unreadable(error)) from None


def _unreadable(error: Exception) -> str:
    return f"Die Zählungen lassen sich nicht lesen ({type(error).__name__}). Bitte prüfen Sie FAMILIENBOT_DATABASE_URL."


def read_digest(engine: Engine, first: date, last: date) -> Digest:
    """The digest of a database whose tables are there."""
    with reading(engine) as connection:
        kinds, langs = _sums(connection, REPLIES.c.kind, first, last), _sums(connection, REPLIES.c.lang, first, last)
        topics = _topics(connection, first, last)
        quarters = WORDINGS.c.quarter.between(quarter_of(first), quarter_of(last))
        wordings = connection.execute(
            select(WORDINGS.c.words, WORDINGS.c.quarter, WORDINGS.c.count)
            .where(quarters, WORDINGS.c.count >= SHOWN_FROM)
            .order_by(WORDINGS.c.count.desc(), WORDINGS.c.quarter.desc(), WORDINGS.c.words)
        ).all()
        rare = connection.scalar(
            select(func.sum(RARE_WORDINGS.c.count)).where(
                RARE_WORDINGS.c.quarter.between(quarter_of(first), quarter_of(last))
            )
        )
        oldest = max(first, last - timedelta(days=COMMENT_DAYS - 1))
        comments = connection.execute(
            select(COMMENTS.c.day, COMMENTS.c.topic, COMMENTS.c.helpful, COMMENTS.c.comment)
            .where(COMMENTS.c.day.between(oldest, last))
            .order_by(COMMENTS.c.day.desc(), COMMENTS.c.topic, COMMENTS.c.comment)  # not in the order of writing
        ).all()
    return Digest(
        first=first,
        last=last,
        replies=sum(n for _, n in kinds),
        kinds=kinds,
        langs=langs,
        topics=topics,
        wordings=tuple(Wording(*row) for row in wordings),
        rare=int(rare or 0),
        comments=tuple(Comment(*row) for row in comments),
    )


def _sums(connection: Connection, column: Column[str], first: date, last: date) -> tuple[tuple[str, int], ...]:
    n = func.sum(REPLIES.c.count)
    rows = connection.execute(
        select(column, n).where(REPLIES.c.day.between(first, last)).group_by(column).order_by(n.desc(), column)
    )
    return tuple((name, int(count)) for name, count in rows)


def _topics(connection: Connection, first: date, last: date) -> tuple[TopicCount, ...]:
    judged: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
    for topic, helpful, n in connection.execute(
        select(FEEDBACK.c.topic, FEEDBACK.c.helpful, func.sum(FEEDBACK.c.count))
        .where(FEEDBACK.c.day.between(first, last))
        .group_by(FEEDBACK.c.topic, FEEDBACK.c.helpful)
    ):
        judged[helpful][topic] = int(n)
    replies = dict(_sums(connection, REPLIES.c.topic, first, last))
    replies.pop(NO_TOPIC, None)
    found = [TopicCount(t, replies.get(t, 0), judged[True][t], judged[False][t])
             for t in {*replies, *judged[True], *judged[False]}]  # fmt: skip
    return tuple(sorted(found, key=lambda t: (-t.replies, -(t.helpful + t.unhelpful), t.topic)))
