"""How the tables came about, step by step, for Alembic; run by `bot.storage.database.migrate`."""
