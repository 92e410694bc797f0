"""What Alembic runs: the steps within the transaction of the caller, who holds the lock."""

from __future__ import annotations

from alembic import context

from bot.storage.tables import METADATA, VERSION_TABLE

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    version_table=VERSION_TABLE,
    transactional_ddl=True,  # SQLite can, too, since `database.py` begins the transactions itself
)
with context.begin_transaction():
    context.run_migrations()
