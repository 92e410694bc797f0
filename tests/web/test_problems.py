"""Every error is `application/problem+json`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from bot.web import routes

CHAT = "/api/v1/chat"
JSON = {"content-type": "application/json"}


def check_problem(response: Any, status: int) -> dict[str, Any]:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert set(body) - {"errors"} == {"type", "title", "status", "detail"}
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
    return body


@pytest.mark.parametrize(
    "body",
    ["", "{", '{"message": "hallo"', "hallo", "[" * 20_000, '{"a":' * 4_000, "9" * 5_000, b"\xff\xfe\x00"],
    ids=lambda b: ascii(b)[:16],
)
def test_malformed_json(client: TestClient, body: str | bytes) -> None:
    check_problem(client.post(CHAT, content=body, headers=JSON), 400)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "message"), ({"message": None}, "message"), ({"message": 5}, "message"), ({"message": True}, "message"),
        ({"message": {"text": "hallo"}}, "message"), ({"message": "geheim" * 200}, "message"),
        ({"message": "hallo", "extra": "geheim"}, "extra"), ({"message": "hallo", "state": "geheim" * 400}, "state"),
        ({"message": "hallo", "state": 5}, "state"), ({"message": "hallo", "lang": "geheim!"}, "lang"),
        ([], "body"), ("geheim", "body"), (5, "body"), (None, "body"),
    ],
)  # fmt: skip
def test_invalid_fields_are_named_without_their_value(client: TestClient, body: object, field: str) -> None:
    response = client.post(CHAT, content=json.dumps(body), headers=JSON)
    (error,) = check_problem(response, 422)["errors"]
    assert error["field"] == field
    assert error["reason"]
    assert "geheim" not in response.text


def test_all_invalid_fields_are_named_at_once(client: TestClient) -> None:
    body = check_problem(client.post(CHAT, json={"state": 1, "lang": 1, "x" * 500: 1}), 422)
    assert [e["field"] for e in body["errors"]] == ["message", "state", "lang", "x" * 64]


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", "", None]
)
def test_wrong_content_type(client: TestClient, content_type: str | None) -> None:
    headers = {} if content_type is None else {"content-type": content_type}
    check_problem(client.post(CHAT, content='{"message": "hallo"}', headers=headers), 415)


@pytest.mark.parametrize(
    "content_type", ["application/json; charset=utf-8", "Application/JSON", "application/vnd.x+json"]
)
def test_json_by_its_other_names(client: TestClient, content_type: str) -> None:
    response = client.post(CHAT, content='{"message": "hallo"}', headers={"content-type": content_type})
    assert response.status_code == 200


def test_a_large_body_is_refused_by_its_length(client: TestClient) -> None:
    check_problem(client.post(CHAT, content=b" " * 25 * 1024, headers=JSON), 413)


def test_a_large_body_is_refused_without_its_length(client: TestClient) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(25):
            yield b" " * 1024

    response = client.post(CHAT, content=chunks(), headers=JSON)
    assert "content-length" not in response.request.headers
    check_problem(response, 413)


def test_a_body_of_24_kb_is_read(client: TestClient) -> None:
    body = b'{"message": "hallo"}'.ljust(24 * 1024)
    assert client.post(CHAT, content=body, headers=JSON).status_code == 200
    assert client.post(CHAT, content=iter([body]), headers=JSON).status_code == 200


@pytest.mark.parametrize(
    "path", ["/nothing", "/api/v1/topics/", "/api/v1/topics/nothing", "/docs", "/redoc", "/%ff%00"]
)
def test_unknown_addresses(client: TestClient, path: str) -> None:
    check_problem(client.get(path), 404)


@pytest.mark.parametrize(("method", "path"), [("GET", CHAT), ("PUT", CHAT), ("POST", "/healthz"), ("OPTIONS", CHAT)])
def test_wrong_methods(client: TestClient, method: str, path: str) -> None:
    response = client.request(method, path)
    check_problem(response, 405)
    assert response.headers["allow"]


def test_an_unforeseen_error_shows_no_details(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*args: object) -> None:
        raise ValueError("geheim")

    monkeypatch.setattr(routes, "to_wire", fail)
    response = client.post(CHAT, json={"message": "hallo"})
    check_problem(response, 500)
    assert "geheim" not in response.text + caplog.text
    assert "ValueError at test_problems.py" in caplog.text
