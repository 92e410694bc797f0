"""Limits of strangers' requests: the size of a body, how many questions a minute, and which origins may ask."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.settings import SettingsError
from bot.web.forms import is_form
from bot.web.problems import ProblemError, problem

MAX_BODY_BYTES = 24 * 1024
MAX_ADDRESSES = 10_000
"""So many addresses are remembered; beyond that the one that asked longest ago is forgotten."""

Networks = tuple[IPv4Network | IPv6Network, ...]


class BodyLimit:
    """ASGI middleware: a body over the limit is a 413, announced by its length or found while it is read.

    A form comes from a page of ours: its route finds the same while it reads, and answers with a page.
    """

    def __init__(self, app: ASGIApp, max_bytes: int = MAX_BODY_BYTES) -> None:
        self.app, self.max_bytes = app, max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        length = next((value for name, value in scope["headers"] if name == b"content-length"), None)
        if length is None or not length.isdigit():
            await self.app(scope, self._counted(receive), send)
        elif int(length[:20]) > self.max_bytes and is_form(Headers(scope=scope).get("content-type", "")):
            await self.app(scope, self._refused, send)
        elif int(length[:20]) > self.max_bytes:
            await problem(413, self._detail())(scope, receive, send)
        else:
            await self.app(scope, receive, send)  # the server reads no more than was announced

    def _detail(self) -> str:
        return f"The body may have at most {self.max_bytes} bytes."

    async def _refused(self) -> Message:
        raise ProblemError(413, self._detail())

    def _counted(self, receive: Receive) -> Receive:
        read = 0

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self.max_bytes:
                raise ProblemError(413, self._detail())
            return message

        return counted


@dataclass(slots=True)
class _Bucket:
    tokens: float
    filled_at_s: float


class TokenBuckets:
    """Who asked how much: each address may ask `per_minute` times at once and gets that many anew every minute.

    per_minute  0: no limit
    clock       seconds that never run backwards
    """

    def __init__(self, per_minute: int, clock: Callable[[], float], max_addresses: int = MAX_ADDRESSES) -> None:
        self.per_minute, self.clock, self.max_addresses = per_minute, clock, max_addresses
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def __len__(self) -> int:
        return len(self._buckets)

    def take(self, address: str) -> int:
        """0 when the address may ask now, else in how many seconds it may."""
        now_s, per_second = self.clock(), self.per_minute / 60
        bucket = self._buckets.get(address)
        if bucket is None:
            bucket = self._buckets[address] = _Bucket(self.per_minute, now_s)
            if len(self._buckets) > self.max_addresses:
                self._buckets.popitem(last=False)
        else:
            self._buckets.move_to_end(address)
            bucket.tokens = min(self.per_minute, bucket.tokens + (now_s - bucket.filled_at_s) * per_second)
            bucket.filled_at_s = now_s
        if bucket.tokens >= 1:
            bucket.tokens -= 1
            return 0
        return math.ceil((1 - bucket.tokens) / per_second)


def parse_networks(entries: Iterable[str]) -> Networks:
    """The addresses and networks of trusted proxies.

    raises  SettingsError when one of them is neither
    """
    networks = []
    for entry in entries:
        try:
            networks.append(ip_network(entry, strict=False))
        except ValueError as error:
            raise SettingsError(
                f"FAMILIENBOT_TRUSTED_PROXIES: „{entry}“ ist keine Adresse; erwartet wird etwa 10.0.0.5 oder 10.0.0.0/8"
            ) from error
    return tuple(networks)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text.strip().strip("[]"))
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


def is_from(scope: Scope, networks: Networks) -> bool:
    """Whether the peer itself, whatever it claims, is in one of the networks."""
    address = _address(str((scope.get("client") or ("",))[0]))
    return address is not None and any(address in network for network in networks)


def client_address(scope: Scope, trusted: Networks) -> str:
    """Who asks: the peer, or whom the trusted proxies name. An IPv6 address stands for its /64, which is one household.

    `X-Forwarded-For` is read from its end, and only as far as trusted proxies wrote it.
    """
    peer = (scope.get("client") or ("",))[0]
    address = _address(peer)
    if address is None:
        return str(peer)
    if any(address in network for network in trusted):
        hops = ",".join(Headers(scope=scope).getlist("x-forwarded-for")).split(",")
        for hop in reversed(hops):
            before = _address(hop)
            if before is None:
                break
            address = before
            if not any(address in network for network in trusted):
                break
    if isinstance(address, IPv6Address):
        return str(ip_network((int(address) >> 64 << 64, 64)))
    return str(address)


class Origins(CORSMiddleware):
    """CORS for the origins of the settings; a refused preflight is a problem, too."""

    def __init__(self, app: ASGIApp, origins: tuple[str, ...]) -> None:
        super().__init__(
            app,
            origins,
            allow_methods=("GET", "POST"),
            allow_headers=("content-type",),
            expose_headers=("retry-after",),
        )

    def preflight_response(self, request_headers: Headers) -> Response:
        """The answer to a browser that asks whether it may ask."""
        response = super().preflight_response(request_headers)
        if response.status_code < 400:
            return response
        return problem(400, "This origin, method or header is not allowed.", {"vary": "Origin"})
