"""Clients of the small town's app."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest

from bot.pipeline import Bot
from bot.settings import Settings
from bot.web.app import create_app

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # Starlette would like a successor of httpx that we do not have
    from starlette.testclient import TestClient

MakeClient = Callable[..., TestClient]


@pytest.fixture(scope="session")
def client(small_settings: Settings, small_bot: Bot) -> Iterator[TestClient]:
    """A client of the app, ready to answer."""
    app = create_app(small_settings)
    with TestClient(app) as found:
        assert app.state.service.finished.wait(30)
        yield found


@pytest.fixture
def make_client(small_settings: Settings, small_bot: Bot) -> Iterator[MakeClient]:
    """Makes clients of apps with other settings, ready to answer."""
    with ExitStack() as stack:

        def make(
            clock: Callable[[], float] = lambda: 0.0,
            address: str = "192.0.2.1",
            base: str = "http://testserver",
            **changes: Any,
        ) -> TestClient:
            app = create_app(replace(small_settings, **changes), clock)
            found = stack.enter_context(TestClient(app, base, client=(address, 50000)))
            assert app.state.service.finished.wait(30)
            return found

        yield make
