"""Whether an answer helped: counted by topic; a comment only with consent, redacted, and never near an emergency."""

from __future__ import annotations

import logging

import pytest
from starlette.testclient import TestClient

MARKER = "Zwetschgenkuchen"


def state_of(client: TestClient) -> str:
    found: str = client.post("/api/v1/chat", json={"message": "Was kostet die Kita?"}).json()["state"]
    return found


def test_it_is_counted_by_topic(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    state = state_of(client)
    with caplog.at_level(logging.INFO):
        body = {"state": state, "helpful": False, "comment": MARKER, "consent": True}
        response = client.post("/api/v1/feedback", json=body)
    assert (response.status_code, response.content) == (204, b"")
    assert "feedback topic=kita-beitrag helpful=no" in caplog.text
    assert MARKER not in caplog.text


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"helpful": True}, 422),
        ({"state": "x.y.z", "helpful": "ja"}, 422),
        ({"state": "x.y.z", "helpful": True, "comment": "x" * 1001}, 422),
        ({"state": "", "helpful": True}, 400),
        ({"state": "k1.gefälscht.x", "helpful": True}, 400),
    ],
)
def test_what_is_wrong_is_named(client: TestClient, body: dict[str, object], status: int) -> None:
    response = client.post("/api/v1/feedback", json=body)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"


def test_a_state_of_another_time_is_counted_without_its_topic(client: TestClient) -> None:
    assert client.post("/api/v1/feedback", json={"state": "fremd.x.y", "helpful": True}).status_code == 204
