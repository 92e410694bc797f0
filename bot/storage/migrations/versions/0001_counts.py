"""Counts of replies and feedback, wordings from five equal ones on, comments with consent."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Makes the first tables."""
    op.create_table(
        "familienbot_replies",
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("topic", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("lang", sa.Text, primary_key=True),
        sa.Column("count", sa.Integer, nullable=False),
    )
    op.create_table(
        "familienbot_feedback",
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("topic", sa.Text, primary_key=True),
        sa.Column("helpful", sa.Boolean, primary_key=True),
        sa.Column("count", sa.Integer, nullable=False),
    )
    op.create_table(
        "familienbot_rare_wordings",
        sa.Column("quarter", sa.Text, primary_key=True),
        sa.Column("hash", sa.Text, primary_key=True),
        sa.Column("count", sa.Integer, nullable=False),
    )
    op.create_table(
        "familienbot_wordings",
        sa.Column("quarter", sa.Text, primary_key=True),
        sa.Column("words", sa.Text, primary_key=True),
        sa.Column("count", sa.Integer, nullable=False),
    )
    op.create_table(
        "familienbot_comments",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("day", sa.Date, nullable=False, index=True),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("helpful", sa.Boolean, nullable=False),
        sa.Column("comment", sa.Text, nullable=False),
    )


def downgrade() -> None:
    """Drops them."""
    for name in ("comments", "wordings", "rare_wordings", "feedback", "replies"):
        op.drop_table(f"familienbot_{name}")
