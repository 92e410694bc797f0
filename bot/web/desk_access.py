"""Who may see the desk: by a password over HTTP Basic, or because a trusted proxy says so. No cookies."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import BoundedSemaphore

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request

from bot.settings import Settings, SettingsError
from bot.web.limits import Networks, TokenBuckets, client_address, is_from, parse_networks

TRIES_PER_MINUTE = 10
"""So many wrong passwords from one address."""
MAX_HEADER_CHARS = 1024
MAX_CHECKS = 2
"""So many passwords are hashed at the same time, whoever asks: each takes memory and a fifth of a second."""
CHECK_WAIT_S = 2.0
COST, BLOCK, PARALLEL = 2**14, 8, 5
"""Of scrypt, as OWASP advises for 16 MB."""
MAX_MEMORY_BYTES = 256 * 2**20
CHALLENGE = {"www-authenticate": 'Basic realm="Redaktion", charset="UTF-8"'}
MIN_PASSWORD_CHARS = 12


@dataclass(frozen=True, slots=True)
class PasswordHash:
    """A salted scrypt hash with its parameters."""

    cost: int
    block: int
    parallel: int
    salt: bytes
    digest: bytes


def _scrypt(password: str, salt: bytes, cost: int, block: int, parallel: int) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=cost, r=block, p=parallel, maxmem=MAX_MEMORY_BYTES, dklen=32)


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def hash_password(password: str) -> str:
    """What `FAMILIENBOT_DESK_PASSWORD_HASH` is set to; without a dollar sign, which shells and Compose would read."""
    salt = secrets.token_bytes(16)
    digest = _scrypt(password, salt, COST, BLOCK, PARALLEL)
    return f"scrypt:{COST}:{BLOCK}:{PARALLEL}:{_text(salt)}:{_text(digest)}"


def parse_hash(text: str) -> PasswordHash:
    """The hash of the settings.

    raises  SettingsError when it is none, or one that takes more than a login may take
    """
    try:
        name, cost, block, parallel, salt, digest = text.split(":")
        found = PasswordHash(
            int(cost), int(block), int(parallel), *(base64.urlsafe_b64decode(f"{part}==") for part in (salt, digest))
        )
        memory = 128 * found.cost * found.block
        bounded = found.cost >= 2**14 and memory * 2 <= MAX_MEMORY_BYTES and 1 <= found.parallel <= 16
        if name != "scrypt" or not bounded or len(found.salt) < 16 or len(found.digest) != 32:
            raise ValueError
    except (ValueError, binascii.Error):
        raise SettingsError(
            "FAMILIENBOT_DESK_PASSWORD_HASH ist kein Hash; „familienbot desk-password“ macht einen."
        ) from None
    return found


def _is_right(password: str, known: PasswordHash) -> bool:
    digest = _scrypt(password, known.salt, known.cost, known.block, known.parallel)
    return hmac.compare_digest(digest, known.digest)


@dataclass(slots=True)
class Doorkeeper:
    """Lets editors in.

    open   everyone may enter: the desk on an editor's own machine
    known  a keyed hash of the password that was right, so that not every page costs a password check
    """

    open: bool
    password: PasswordHash | None
    user_header: str
    trusted: Networks
    tries: TokenBuckets
    key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    known: bytes = field(default=b"", repr=False)
    checks: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(MAX_CHECKS), repr=False)

    async def admit(self, request: Request) -> None:
        """Returns for an editor.

        raises  HTTPException 401 without or with a wrong password, 403 where only the proxy could have named an editor,
            429 after too many tries, 503 while too many passwords are checked
        """
        if self.open or self._is_named(request):
            return
        if self.password is None:
            raise HTTPException(403)
        password = _password_in(request.headers.get("authorization", ""))
        if password is None:
            raise HTTPException(401, headers=CHALLENGE)
        mark = hmac.digest(self.key, password.encode(), "sha256")
        if self.known and hmac.compare_digest(mark, self.known):
            return
        wait_s = self.tries.take(client_address(request.scope, self.trusted))
        if wait_s:
            raise HTTPException(429, headers={"retry-after": str(wait_s)})
        if not await run_in_threadpool(self._check, password, self.password):
            raise HTTPException(401, headers=CHALLENGE)
        self.known = mark

    def _check(self, password: str, known: PasswordHash) -> bool:
        if not self.checks.acquire(timeout=CHECK_WAIT_S):
            raise HTTPException(503)
        try:
            return _is_right(password, known)
        finally:
            self.checks.release()

    def _is_named(self, request: Request) -> bool:
        """Whether a trusted proxy names an editor, once and not empty."""
        if not self.user_header or not is_from(request.scope, self.trusted):
            return False
        names = request.headers.getlist(self.user_header)
        return len(names) == 1 and bool(names[0].strip())


def _password_in(header: str) -> str | None:
    scheme, _, data = header.partition(" ")
    if scheme.lower() != "basic" or len(header) > MAX_HEADER_CHARS:
        return None
    try:
        return base64.b64decode(data.strip(), validate=True).decode().partition(":")[2]
    except (ValueError, binascii.Error):
        return None


def make_doorkeeper(settings: Settings, clock: Callable[[], float]) -> Doorkeeper | None:
    """Who watches the door by these settings; None where there is no desk at all.

    raises  SettingsError when the hash is none
    """
    if not (settings.desk_open or settings.desk_password_hash or settings.desk_user_header):
        return None
    return Doorkeeper(
        settings.desk_open,
        parse_hash(settings.desk_password_hash) if settings.desk_password_hash else None,
        settings.desk_user_header,
        parse_networks(settings.trusted_proxies),
        TokenBuckets(TRIES_PER_MINUTE, clock),
    )
