"""Nothing that a parent typed is in any file, log or metric; the one exception is a comment with consent, redacted."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import create_engine, select, text
from sqlalchemy.pool import NullPool

from bot.pipeline import Bot
from bot.settings import Settings
from bot.storage.database import open_database
from bot.storage.events import COMMENT_DAYS
from bot.storage.tables import COMMENTS, METADATA
from tests.browser.conftest import free_port
from tests.conftest import SMALL

from .conftest import Server

ROOT = Path(__file__).parents[2]
MARKER = "Qwxzmarke"
"""In every message and comment; no German word."""
PHRASE = "Vulkan und Regenbogen"
"""German words that stand together nowhere else: they may stay in a comment."""
PRIVATE = "Regenbogen und Vulkan"
"""The same in a comment without consent, and in all messages."""
COMMENT = f"Die Antwort mit {PHRASE} war gut. Ich bin {MARKER} {MARKER}son, Tel. 0172 1234567."
REDACTED = "Die Antwort mit Vulkan und Regenbogen war gut. Ich bin […], Tel. […]"
MESSAGES = [
    f"Was kostet die Kita für {MARKER} {PRIVATE}?",
    f"Wer gewinnt mit {MARKER} die Bundesliga? {PRIVATE}",
    "Kind",
    f"{MARKER} {PRIVATE}",
    f"Mein Kind atmet nicht {MARKER} {PRIVATE}",
    f"{MARKER}@example.org 0172 1234567",
]
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


class Service:
    """A service in a process of its own, whose every folder lies in `home`."""

    def __init__(self, home: Path, cache: Path, url: str, now: datetime) -> None:
        port = free_port()
        (home / "tmp").mkdir(exist_ok=True)
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "PYTHONDONTWRITEBYTECODE": "1",
            "HOME": str(home),
            "TMPDIR": str(home / "tmp"),
            "FAMILIENBOT_KNOWLEDGE": str(SMALL / "knowledge"),
            "FAMILIENBOT_INTENTS": str(SMALL / "intents"),
            "FAMILIENBOT_CACHE": str(cache),
            "FAMILIENBOT_PORT": str(port),
            "FAMILIENBOT_DATABASE_URL": url,
            "FAMILIENBOT_NOW": now.isoformat(),
            "FAMILIENBOT_LOG_LEVEL": "debug",
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bot", "serve"], env=environment, cwd=home, stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30)
        self.log = ""
        assert self.process.stderr
        for line in self.process.stderr:
            self.log += line
            if "Uvicorn running" in line:
                break
        while self.client.get("/readyz").status_code == 503:
            assert self.process.poll() is None

    def end(self) -> None:
        """Ends it as an operator would; the log is whole then."""
        self.client.close()
        self.process.send_signal(signal.SIGTERM)
        _, rest = self.process.communicate(timeout=60)
        self.log += rest


@contextmanager
def serving(home: Path, cache: Path, url: str, now: datetime) -> Iterator[Service]:
    """A service that is ready; it has ended when the block has."""
    service = Service(home, cache, url, now)
    try:
        yield service
    finally:
        service.end()


def talk(client: httpx.Client) -> str:
    """A whole conversation over both ways in; what the service says of itself afterwards."""
    state = None
    for message in MESSAGES:
        reply = client.post("/api/v1/chat", json={"message": message, "state": state}).json()
        state = reply["state"]
        client.post("/chat", data={"frage": message, "stand": state}).raise_for_status()
    state = client.post("/api/v1/chat", json={"message": MESSAGES[0]}).json()["state"]
    silent = {"state": state, "helpful": False, "comment": f"{PRIVATE} {MARKER}"}
    for body in (silent, {**silent, "consent": False}, {**silent, "consent": None}):
        assert client.post("/api/v1/feedback", json=body).status_code == 204
    spoken = {"state": state, "helpful": False, "comment": COMMENT, "consent": True}
    assert client.post("/api/v1/feedback", json=spoken).status_code == 204
    form = {"bewertet": state, "hilfreich": "nein", "bemerkung": f"{PRIVATE} {MARKER}"}
    client.post("/chat/rueckmeldung", data=form).raise_for_status()
    client.post("/api/v1/chat", content=f'{{"message": "{MARKER} {PRIVATE}"')  # broken JSON
    client.post("/api/v1/chat", json={"message": f"{MARKER} {PRIVATE} " * 60})  # too long
    client.get(f"/api/v1/offers?q={MARKER}")
    paths = ("/metrics", "/readyz", "/healthz", "/version", "/openapi.json")
    return "".join(client.get(path).text for path in paths)


def found_in(home: Path, *needles: str) -> set[tuple[str, str]]:
    """The files below the folder that have one of the texts in any spelling of its letters."""
    files = [path for path in home.rglob("*") if path.is_file()]
    return {
        (path.name, needle)
        for path in files
        for needle in needles
        if needle.lower().encode() in path.read_bytes().lower()
    }


def tables(url: str) -> dict[str, str]:
    """Everything that stands in each table."""
    with open_database(url).connect() as connection:
        return {t.name: repr(connection.execute(select(t)).all()) for t in METADATA.sorted_tables}


def test_nothing_that_was_typed_is_found_anywhere(
    small_settings: Settings, small_bot: Bot, tmp_path: Path, url: str, request: pytest.FixtureRequest
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    if url.startswith("sqlite"):
        url = ""  # where it lies unless told otherwise
    file = home / ".local" / "state" / "familienbot" / "counts.sqlite3"
    address = url or f"sqlite:///{file}"
    with serving(home, small_settings.cache, url, NOW) as service:
        said = talk(service.client)
    log = service.log
    assert len([p for p in home.rglob("*") if p.is_file()]) == (0 if url else 1)
    assert "chat kind=emergency" in log
    assert "feedback topic=kita-beitrag helpful=no" in log
    for text_ in (said, log):
        assert [n for n in (MARKER, PHRASE, PRIVATE) if n.lower() in text_.lower()] == []
    for folder in (home, small_settings.cache):
        assert found_in(folder, MARKER, PRIVATE) == set()
    assert found_in(home, PHRASE) == ({(file.name, PHRASE)} if not url else set())
    found = tables(address)
    assert [name for name, rows in found.items() if PHRASE in rows] == [COMMENTS.name]
    assert REDACTED in found[COMMENTS.name]
    assert not any(needle in rows for rows in found.values() for needle in (MARKER, PRIVATE, "0172", "@"))
    assert "kita-beitrag" in found["familienbot_replies"]

    with serving(home, small_settings.cache, url, NOW + timedelta(days=COMMENT_DAYS - 1)):
        pass
    assert REDACTED in tables(address)[COMMENTS.name]
    with serving(home, small_settings.cache, url, NOW + timedelta(days=COMMENT_DAYS)):
        pass
    assert not any(PHRASE in rows for rows in tables(address).values())
    assert found_in(home, MARKER, PHRASE, PRIVATE) == set()
    if url:
        server: Server = request.getfixturevalue("postgres")
        with create_engine(url.replace("://", "+psycopg://"), poolclass=NullPool).connect() as connection:
            connection.execute(text("CHECKPOINT"))  # deleted files go with it; what the journal still has, goes later
        assert found_in(server.folder / "data" / "base", MARKER, PHRASE, PRIVATE) == set()
