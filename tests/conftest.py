"""Fixtures for all tests: a small fictitious town, compiled once in a session."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings

from bot.compiling import load_bot
from bot.language import lexicon
from bot.pipeline import Bot
from bot.settings import Settings, load_settings

SMALL = Path(__file__).parent / "fixtures" / "small"
SAMPLE = Path(__file__).parents[1] / "examples" / "beispielingen"
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
"""A Sunday morning, ten o'clock in the town."""

# The same examples in every run, and no limit of time: a busy machine fails no test.
hypothesis_settings.register_profile("familienbot", derandomize=True, deadline=None, database=None)
hypothesis_settings.load_profile("familienbot")


@pytest.fixture(scope="session")
def small_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of the small town at a fixed time: no rate limit, one secret, a cache of its own."""
    return Settings(
        knowledge=SMALL / "knowledge",
        intents=SMALL / "intents",
        cache=tmp_path_factory.mktemp("cache"),
        secrets={"k1": "s" * 32},
        rate_limit=0,
        now=NOW,
    )


@pytest.fixture(scope="session")
def small_bot(small_settings: Settings) -> Bot:
    """The bot of the small town; its model is in the cache of `small_settings` from then on."""
    words = lexicon.general_words()[: lexicon.GUARD_SIZE]  # rare words take most of the time
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lexicon, "general_words", lambda: words)
        return load_bot(small_settings)


@pytest.fixture(scope="session")
def settings() -> Settings:
    """Settings of our own knowledge, whatever the environment says, at a fixed time."""
    return load_settings({"FAMILIENBOT_NOW": "2026-11-22T10:00", "FAMILIENBOT_DATABASE_URL": "off"})


@pytest.fixture(scope="session")
def sample_settings() -> Settings:
    """Settings of the invented city with our own utterances, at a fixed time."""
    changes = {"FAMILIENBOT_KNOWLEDGE": str(SAMPLE), "FAMILIENBOT_DATABASE_URL": "off"}
    return load_settings({"FAMILIENBOT_NOW": "2026-11-22T10:00", **changes})


@pytest.fixture(scope="session")
def sample_bot(sample_settings: Settings) -> Bot:
    """The bot of the invented city; built once for each state of the knowledge, about a minute."""
    return load_bot(sample_settings)


@pytest.fixture(scope="session")
def bot(settings: Settings) -> Bot:
    """The bot with our own knowledge; built once for each state of the knowledge, about a minute."""
    return load_bot(settings)
