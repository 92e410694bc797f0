"""How often may be asked, by whom, and from which pages."""

from __future__ import annotations

from typing import Any

import pytest

from bot.settings import SettingsError
from bot.web.limits import TokenBuckets, client_address, parse_networks

from .conftest import MakeClient
from .test_problems import CHAT, check_problem


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


def test_a_bucket_empties_and_fills_again() -> None:
    clock = Clock()
    buckets = TokenBuckets(3, clock)
    assert [buckets.take("a") for _ in range(4)] == [0, 0, 0, 20]
    assert buckets.take("b") == 0
    clock.now_s += 19.5
    assert buckets.take("a") == 1
    clock.now_s += 0.5
    assert [buckets.take("a") for _ in range(2)] == [0, 20]
    clock.now_s += 3600
    assert [buckets.take("a") for _ in range(4)] == [0, 0, 0, 20]


def test_so_many_addresses_are_kept_and_no_more() -> None:
    buckets = TokenBuckets(1, Clock(), max_addresses=10)
    for i in range(1000):
        buckets.take(str(i))
    assert len(buckets) == 10
    assert buckets.take("999") > 0


def test_too_many_questions_are_refused_for_a_while(make_client: MakeClient) -> None:
    clock = Clock()
    client = make_client(clock, rate_limit=2)
    question = {"message": "hallo"}
    assert [client.post(CHAT, json=question).status_code for _ in range(2)] == [200, 200]
    response = client.post(CHAT, json=question)
    check_problem(response, 429)
    assert response.headers["retry-after"] == "30"
    assert client.get("/api/v1/topics").status_code == 200
    clock.now_s += 30
    assert client.post(CHAT, json=question).status_code == 200


def test_a_limit_of_zero_is_none(make_client: MakeClient) -> None:
    client = make_client(rate_limit=0)
    assert {client.post(CHAT, json={"message": "hallo"}).status_code for _ in range(100)} == {200}


@pytest.mark.parametrize(("trusted", "expected"), [((), [200, 429]), (("192.0.2.0/24",), [200, 200])])
def test_a_proxy_may_name_its_clients_when_it_is_trusted(
    make_client: MakeClient, trusted: tuple[str, ...], expected: list[int]
) -> None:
    client = make_client(Clock(), rate_limit=1, trusted_proxies=trusted)
    statuses = [
        client.post(CHAT, json={"message": "hallo"}, headers={"x-forwarded-for": address}).status_code
        for address in ("203.0.113.1", "203.0.113.2")
    ]
    assert statuses == expected


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        ("203.0.113.9", ["198.51.100.1"], "203.0.113.9"),
        ("10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["6.6.6.6, 198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["6.6.6.6, 198.51.100.1, 10.0.0.2"], "198.51.100.1"),
        ("10.0.0.1", ["6.6.6.6", "198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["198.51.100.1, nonsense"], "10.0.0.1"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["2001:db8:1:2:3:4:5:6"], "2001:db8:1:2::/64"),
        ("::ffff:10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        (None, ["198.51.100.1"], ""),
    ],
)
def test_who_asks(peer: str | None, forwarded: list[str], expected: str) -> None:
    scope: dict[str, Any] = {
        "type": "http",
        "client": (peer, 1) if peer else None,
        "headers": [(b"x-forwarded-for", value.encode()) for value in forwarded],
    }
    assert client_address(scope, parse_networks(("10.0.0.0/8",))) == expected


def test_a_trusted_proxy_must_be_an_address() -> None:
    with pytest.raises(SettingsError, match=r"proxy\.example"):
        parse_networks(("proxy.example",))


# Other pages


def test_other_pages_may_not_ask_by_default(make_client: MakeClient) -> None:
    client = make_client()
    headers = {"origin": "https://example.org", "access-control-request-method": "POST"}
    assert not [h for h in client.options(CHAT, headers=headers).headers if h.startswith("access-control")]
    response = client.post(CHAT, json={"message": "hallo"}, headers={"origin": "https://example.org"})
    assert "access-control-allow-origin" not in response.headers


def test_configured_pages_may_ask(make_client: MakeClient) -> None:
    client = make_client(origins=("https://example.org",), rate_limit=1)
    asked = {
        "origin": "https://example.org",
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type",
    }
    preflight = client.options(CHAT, headers=asked)
    assert preflight.status_code == 200
    assert preflight.headers["access-control-allow-origin"] == "https://example.org"
    assert "access-control-allow-credentials" not in preflight.headers
    for status in (200, 429):  # errors can be read as well
        response = client.post(CHAT, json={"message": "hallo"}, headers={"origin": "https://example.org"})
        assert response.status_code == status
        assert response.headers["access-control-allow-origin"] == "https://example.org"
    large = client.post(CHAT, content=b" " * 30_000, headers={"origin": "https://example.org"})
    assert large.headers["access-control-allow-origin"] == "https://example.org"


@pytest.mark.parametrize(
    "changes",
    [
        {"origin": "https://example.com"},
        {"access-control-request-method": "DELETE"},
        {"access-control-request-headers": "authorization"},
    ],
)
def test_other_preflights_are_refused(make_client: MakeClient, changes: dict[str, str]) -> None:
    client = make_client(origins=("https://example.org",))
    asked = {"origin": "https://example.org", "access-control-request-method": "POST"}
    response = client.options(CHAT, headers=asked | changes)
    check_problem(response, 400)
