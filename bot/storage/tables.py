"""The tables as they are now; how they came about stands in `migrations/`.

No table has a time of day, an address, an id of a person or of a conversation; none but `COMMENTS` has words that
only one parent wrote.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, Integer, MetaData, Table, Text

HEAD = "0001"
"""The last migration: a database that stands there needs no Alembic at start."""
VERSION_TABLE = "familienbot_schema"
METADATA = MetaData()

REPLIES = Table(
    "familienbot_replies",
    METADATA,
    Column("day", Date, primary_key=True),
    Column("topic", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("lang", Text, primary_key=True),
    Column("count", Integer, nullable=False),
)
"""How many replies a day gave on a topic, of a kind, in a language; `-` is no topic."""

FEEDBACK = Table(
    "familienbot_feedback",
    METADATA,
    Column("day", Date, primary_key=True),
    Column("topic", Text, primary_key=True),
    Column("helpful", Boolean, primary_key=True),
    Column("count", Integer, nullable=False),
)
"""How often an answer on a topic helped or did not."""

RARE_WORDINGS = Table(
    "familienbot_rare_wordings",
    METADATA,
    Column("quarter", Text, primary_key=True),
    Column("hash", Text, primary_key=True),
    Column("count", Integer, nullable=False),
)
"""Unanswered wordings that came fewer than five times in a quarter: a keyed hash, whose key is not in the database."""

WORDINGS = Table(
    "familienbot_wordings",
    METADATA,
    Column("quarter", Text, primary_key=True),
    Column("words", Text, primary_key=True),
    Column("count", Integer, nullable=False),
)
"""Unanswered wordings that came five times or more: known words of the domain in alphabetical order. No day."""

COMMENTS = Table(
    "familienbot_comments",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("day", Date, nullable=False, index=True),
    Column("topic", Text, nullable=False),
    Column("helpful", Boolean, nullable=False),
    Column("comment", Text, nullable=False),
)
"""Comments with consent, redacted; gone after `events.COMMENT_DAYS`."""
