"""Events into the tables, and out of them when their time is over."""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Table, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.storage.database import rewrite, table_names, writing
from bot.storage.events import (
    COMMENT_DAYS,
    COUNT_DAYS,
    MOST_COMMENTS,
    MOST_RARE,
    SHOWN_FROM,
    Event,
    Judged,
    Replied,
    Unanswered,
    quarter_of,
)
from bot.storage.tables import COMMENTS, FEEDBACK, METADATA, RARE_WORDINGS, REPLIES, WORDINGS


def hash_of(words: tuple[str, ...], quarter: str, secret: str) -> str:
    """The keyed hash of a wording. Without the key nobody can try out which words it stands for.

    The key of a quarter is derived from the secret: hashes of two quarters cannot be compared.
    """
    key = hmac.digest(secret.encode(), f"familienbot wordings {quarter}".encode(), "sha256")
    return hmac.new(key, "\n".join(words).encode(), hashlib.sha256).hexdigest()[:32]


def write(engine: Engine, events: Iterable[Event], secret: str) -> None:
    """Counts the events in one transaction: all of them or none."""
    rows: Counter[tuple[Table, tuple[tuple[str, Any], ...]]] = Counter()
    wordings: Counter[tuple[str, tuple[str, ...]]] = Counter()
    comments: list[dict[str, Any]] = []
    for event in events:
        match event:
            case Replied(day, topic, kind, lang):
                rows[REPLIES, (("day", day), ("topic", topic), ("kind", kind), ("lang", lang))] += 1
            case Unanswered(day, words):
                wordings[quarter_of(day), words] += 1
            case Judged(day, topic, helpful, comment):
                rows[FEEDBACK, (("day", day), ("topic", topic), ("helpful", helpful))] += 1
                if comment:
                    comments.append({"day": day, "topic": topic, "helpful": helpful, "comment": comment})
    with writing(engine) as connection:
        for (table, keys), n in rows.items():
            _add(connection, table, dict(keys), n)
        room = MOST_RARE - _size(connection, RARE_WORDINGS) if wordings else 0
        for (quarter, words), n in wordings.items():
            room -= _add_wording(connection, quarter, words, n, secret, may_be_new=room > 0)
        if comments:
            comments = comments[: max(0, MOST_COMMENTS - _size(connection, COMMENTS))]
        if comments:
            connection.execute(insert(COMMENTS), comments)


def _size(connection: Connection, table: Table) -> int:
    return int(connection.scalar(select(func.count()).select_from(table)) or 0)


def _add(connection: Connection, table: Table, keys: Mapping[str, Any], n: int) -> int:
    """Adds to the count of a row, which may be new; the count after it."""
    make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = make(table).values(**keys, count=n)
    statement = statement.on_conflict_do_update(
        index_elements=list(keys), set_={"count": table.c.count + statement.excluded.count}
    )
    found = connection.scalar(statement.returning(table.c.count))
    assert isinstance(found, int)
    return found


def _add_wording(
    connection: Connection, quarter: str, words: tuple[str, ...], n: int, secret: str, *, may_be_new: bool
) -> bool:
    """Below five, only the hash is counted; the words are those of the fifth who asked, none of the four before.

    Returns whether a hash came to those that are kept.
    """
    shown = {"quarter": quarter, "words": " ".join(words)}
    known = update(WORDINGS).where(WORDINGS.c.quarter == quarter, WORDINGS.c.words == shown["words"])
    if connection.execute(known.values(count=WORDINGS.c.count + n)).rowcount:
        return False
    rare = {"quarter": quarter, "hash": hash_of(words, quarter, secret)}
    this = (RARE_WORDINGS.c.quarter == quarter) & (RARE_WORDINGS.c.hash == rare["hash"])
    if not may_be_new and connection.scalar(select(RARE_WORDINGS.c.count).where(this)) is None:
        return False
    count = _add(connection, RARE_WORDINGS, rare, n)
    if count < SHOWN_FROM:
        return count == n
    connection.execute(delete(RARE_WORDINGS).where(this))
    _add(connection, WORDINGS, shown, count)
    return False


def expire(engine: Engine, today: date) -> int:
    """Deletes what its time is over for: comments, old counts, the hashes of quarters past. How many comments went."""
    oldest, quarter = today - timedelta(days=COUNT_DAYS), quarter_of(today)
    with writing(engine) as connection:
        gone = connection.execute(delete(COMMENTS).where(COMMENTS.c.day <= today - timedelta(days=COMMENT_DAYS)))
        comments = gone.rowcount
        connection.execute(delete(RARE_WORDINGS).where(RARE_WORDINGS.c.quarter < quarter))
        connection.execute(delete(WORDINGS).where(WORDINGS.c.quarter < quarter_of(oldest)))
        for table in (REPLIES, FEEDBACK):
            connection.execute(delete(table).where(table.c.day < oldest))
    if comments:
        rewrite(engine, (COMMENTS.name,))
    return comments


def delete_all(engine: Engine) -> None:
    """Empties every table."""
    with writing(engine) as connection:
        for table in METADATA.sorted_tables:
            connection.execute(delete(table))
    rewrite(engine, table_names())
