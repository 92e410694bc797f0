"""`FAMILIENBOT_*`: the only reader of the environment."""

from __future__ import annotations

import os
import re
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parent.parent
"""The checkout, or wherever the package is installed."""


class SettingsError(Exception):
    """A setting that cannot be used; the message names it and says what to write."""


def _folder(name: str) -> Path:
    """`name` in the working directory when it is there, else beside the package."""
    here = Path.cwd() / name
    return here if here.is_dir() else ROOT / name


def _cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME")
    folder = (Path(base) if base else Path.home() / ".cache") / "familienbot"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        folder = Path(tempfile.gettempdir()) / "familienbot"
    return folder


@dataclass(frozen=True)
class Settings:
    """How this process runs.

    secrets     key id → key; the first one signs, all of them verify
    now         a fixed time of asking, for tests and the evaluation; None: the clock
    rate_limit  requests a minute from one address; 0: none
    database_url  where replies are counted, as SQLAlchemy writes addresses; empty: nowhere
    desk_password_hash  what `familienbot desk-password` printed; empty: nobody enters the desk by a password
    desk_user_header    where a trusted proxy names the editor; empty: no proxy does
    desk_open           the desk asks for nothing: only on an editor's own machine, never from the environment
    """

    knowledge: Path
    intents: Path
    cache: Path
    host: str = "127.0.0.1"
    port: int = 8000
    base_url: str = ""
    root_path: str = ""
    workers: int = 1
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    origins: tuple[str, ...] = ()
    frame_ancestors: tuple[str, ...] = ()
    rate_limit: int = 60
    trusted_proxies: tuple[str, ...] = ()
    database_url: str = field(default="", repr=False)
    desk_password_hash: str = field(default="", repr=False)
    desk_user_header: str = ""
    desk_open: bool = False
    spacy_model: str | None = None
    now: datetime | None = None
    off: bool = False
    disabled_topics: frozenset[str] = frozenset()
    log_level: str = "info"


def _int(env: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    text = env.get(f"FAMILIENBOT_{name}", "").strip()
    if not text:
        return default
    if not text.isdigit() or not low <= int(text) <= high:
        raise SettingsError(f"FAMILIENBOT_{name} ist „{text}“; erwartet wird eine ganze Zahl von {low} bis {high}.")
    return int(text)


def _list(env: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(part for part in env.get(f"FAMILIENBOT_{name}", "").replace(",", " ").split() if part)


def _frame_ancestors(env: Mapping[str, str]) -> tuple[str, ...]:
    found = _list(env, "FRAME_ANCESTORS")
    for source in found:
        if re.fullmatch(r"(?:https?://)?(?:\*\.)?[A-Za-z0-9.-]+(?::\d+)?", source) is None:
            raise SettingsError(
                f"FAMILIENBOT_FRAME_ANCESTORS: „{source}“ ist keine Herkunft; erwartet wird etwa https://www.herne.de."
            )
    return found


def _desk_user_header(env: Mapping[str, str]) -> str:
    name = env.get("FAMILIENBOT_DESK_USER_HEADER", "").strip()
    if name and re.fullmatch(r"[A-Za-z0-9-]+", name) is None:
        raise SettingsError(f"FAMILIENBOT_DESK_USER_HEADER ist „{name}“; erwartet wird etwa X-Remote-User.")
    if name and not _list(env, "TRUSTED_PROXIES"):
        raise SettingsError(
            "FAMILIENBOT_DESK_USER_HEADER gilt nur von vertrauten Proxys; diese nennt FAMILIENBOT_TRUSTED_PROXIES."
        )
    return name


def _now(env: Mapping[str, str]) -> datetime | None:
    text = env.get("FAMILIENBOT_NOW", "").strip()
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise SettingsError(f"FAMILIENBOT_NOW ist „{text}“; erwartet wird etwa 2026-11-22T10:00.") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo("Europe/Berlin"))


def _secrets(env: Mapping[str, str], workers: int) -> dict[str, str]:
    given = _list(env, "SECRETS")
    if not given:
        if workers > 1:
            raise SettingsError(
                "Mehrere Prozesse brauchen FAMILIENBOT_SECRETS: „kennung:schluessel“, mindestens 32 Zeichen."
            )
        return {secrets.token_hex(4): secrets.token_hex(32)}
    found: dict[str, str] = {}
    for pair in given:
        kid, _, key = pair.partition(":")
        if not kid.isalnum() or len(kid) > 16 or len(key) < 32:
            raise SettingsError(
                "FAMILIENBOT_SECRETS braucht „kennung:schluessel“ mit mindestens 32 Zeichen im Schlüssel."
            )
        found[kid] = key
    return found


def _state() -> Path:
    """Our file of counts; where there is no home, one that cannot be made: nothing is counted, and the log says so."""
    base = os.environ.get("XDG_STATE_HOME")
    try:
        folder = Path(base) if base else Path.home() / ".local" / "state"
    except RuntimeError:
        folder = Path(os.devnull)
    return folder / "familienbot" / "counts.sqlite3"


def _database_url(env: Mapping[str, str]) -> str:
    """The address as given, or a file of our own: what is counted holds no text of parents, so it is on unless off."""
    text = env.get("FAMILIENBOT_DATABASE_URL", "").strip()
    if text.lower() in ("off", "aus", "0", "no", "nein"):
        return ""
    if not text:
        return f"sqlite:///{_state()}"
    scheme, found, rest = text.partition("://")
    if not found or not rest or scheme not in ("sqlite", "postgresql", "postgres", "postgresql+psycopg"):
        raise SettingsError(
            "FAMILIENBOT_DATABASE_URL ist keine Adresse einer Datenbank; erwartet wird etwa "
            "sqlite:////var/lib/familienbot/counts.sqlite3, postgresql://name:passwort@rechner/datenbank oder off."
        )
    return f"postgresql://{rest}" if scheme == "postgres" else text


def load_settings(env: Mapping[str, str] | None = None) -> Settings:
    """The settings of the environment.

    raises  SettingsError when one of them cannot be used
    """
    env = os.environ if env is None else env
    workers = _int(env, "WORKERS", 1, 1, 64)
    knowledge, intents = env.get("FAMILIENBOT_KNOWLEDGE"), env.get("FAMILIENBOT_INTENTS")
    return Settings(
        knowledge=Path(knowledge) if knowledge else _folder("knowledge"),
        intents=Path(intents) if intents else _folder("intents"),
        cache=Path(env["FAMILIENBOT_CACHE"]) if env.get("FAMILIENBOT_CACHE") else _cache(),
        host=env.get("FAMILIENBOT_HOST", "127.0.0.1"),
        port=_int(env, "PORT", 8000, 0, 65535),
        base_url=env.get("FAMILIENBOT_BASE_URL", "").rstrip("/"),
        root_path=env.get("FAMILIENBOT_ROOT_PATH", "").rstrip("/"),
        workers=workers,
        secrets=_secrets(env, workers),
        origins=_list(env, "ORIGINS"),
        frame_ancestors=_frame_ancestors(env),
        rate_limit=_int(env, "RATE_LIMIT", 60, 0, 100_000),
        trusted_proxies=_list(env, "TRUSTED_PROXIES"),
        database_url=_database_url(env),
        desk_password_hash=env.get("FAMILIENBOT_DESK_PASSWORD_HASH", "").strip(),
        desk_user_header=_desk_user_header(env),
        spacy_model=env.get("FAMILIENBOT_SPACY_MODEL") or None,
        now=_now(env),
        off=env.get("FAMILIENBOT_OFF", "").strip().lower() in ("1", "true", "ja", "yes"),
        disabled_topics=frozenset(_list(env, "DISABLED_TOPICS")),
        log_level=env.get("FAMILIENBOT_LOG_LEVEL", "info").lower(),
    )
