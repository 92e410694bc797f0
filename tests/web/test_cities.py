"""The same contract in two cities: our own, and the invented one in another Land. Nothing here knows either by name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from starlette.testclient import TestClient

from bot.model import EMERGENCY_GROUP
from bot.pipeline import Bot
from bot.settings import Settings
from bot.web.app import create_app

TODAY = date(2026, 11, 22)
"""The day of both settings."""
CITIES = ("settings", "sample_settings")
KINDS = {"answer", "offers", "clarify", "fallback", "emergency", "smalltalk"}
MESSAGES = (
    "Hallo",
    "Wie melde ich mein Kind in der Kita an?",
    "Wie hoch ist das Kindergeld?",
    "Gibt es eine Krabbelgruppe für mein 8 Monate altes Baby?",
    "Welche Kitas gibt es?",
    "Was kostet die Kita bei 45 Stunden und 48.000 Euro?",
    "Mein Kind ist am 3.5.2025 geboren. Wann muss es in die Schule?",
    "Wie wird das Wetter morgen?",
    "asdf qwer",
    "und dienstags?",
    "Vielen Dank, tschüss",
)
Page = dict[str, Any]


@pytest.fixture(scope="module", params=CITIES)
def town(request: pytest.FixtureRequest, bot: Bot, sample_bot: Bot) -> Iterator[tuple[TestClient, Bot]]:
    """A client of a city's app, and its bot."""
    settings: Settings = request.getfixturevalue(request.param)
    app = create_app(replace(settings, rate_limit=0))
    with TestClient(app) as client:
        assert app.state.service.finished.wait(60)
        yield client, {"settings": bot, "sample_settings": sample_bot}[request.param]


def ask(client: TestClient, message: str, state: str | None = None) -> Page:
    response = client.post("/api/v1/chat", json={"message": message, "state": state})
    assert response.status_code == 200, response.text
    found: Page = response.json()
    return found


def test_it_is_ready_and_complete(town: tuple[TestClient, Bot]) -> None:
    client, bot = town
    ready = client.get("/readyz")
    assert ready.status_code == 200
    assert ready.json()["knowledge"] == bot.content.digest
    assert not ready.json().get("degraded")


def test_every_topic_has_its_page(town: tuple[TestClient, Bot]) -> None:
    client, bot = town
    topics = client.get("/api/v1/topics").json()
    assert {t["id"] for t in topics} == set(bot.content.entries)
    for topic in topics:
        page = client.get(f"/api/v1/topics/{topic['id']}").json()
        assert page["title"] == topic["title"]
        assert page["blocks"], topic["id"]
        assert client.get(f"/themen/{topic['id']}").status_code == 200
    assert client.get("/api/v1/topics/gibt-es-nicht").status_code == 404


@pytest.mark.parametrize("message", MESSAGES)
def test_every_reply_keeps_the_contract(town: tuple[TestClient, Bot], message: str) -> None:
    client, bot = town
    reply = ask(client, message)
    assert reply["kind"] in KINDS
    assert reply["blocks"]
    assert all(block["text"] for block in reply["blocks"])
    assert len(reply["topics"]) == len(reply["aspects"])
    assert set(reply["topics"]) <= set(bot.groups)
    assert 0 <= reply["confidence"] <= 1
    assert len(reply["state"]) <= 2048
    again = ask(client, message)
    assert {k: v for k, v in again.items() if k != "state"} == {k: v for k, v in reply.items() if k != "state"}


def test_a_conversation_goes_on(town: tuple[TestClient, Bot]) -> None:
    client, _ = town
    first = ask(client, "Wie melde ich mein Kind in der Kita an?")
    assert first["topics"][:1] == ["kita-anmeldung"]
    second = ask(client, "Danke!", first["state"])
    assert second["kind"] == "smalltalk"


@pytest.mark.parametrize("message", ["Mein Kind ist bewusstlos", "Mein Mann schlägt mich", "Ich bringe mich um"])
def test_emergencies_are_answered_with_numbers(town: tuple[TestClient, Bot], message: str) -> None:
    client, bot = town
    reply = ask(client, message)
    assert (reply["kind"], reply["safety"]) == ("emergency", True)
    assert bot.groups[reply["topics"][0]] == EMERGENCY_GROUP
    phones = [block.get("phone", "") for block in reply["blocks"] if block["type"] == "contact"]
    assert any("11" in phone for phone in phones)


def test_emergency_numbers_stay_five_years_on(
    request: pytest.FixtureRequest, bot: Bot, sample_bot: Bot, settings: Settings, sample_settings: Settings
) -> None:
    for found in (settings, sample_settings):
        assert found.now is not None
        later = replace(found, now=found.now.replace(year=found.now.year + 5), rate_limit=0)
        app = create_app(later)
        with TestClient(app) as client:
            assert app.state.service.finished.wait(60)
            text = str(ask(client, "Mein Mann schlägt mich und mein Kind blutet")["blocks"])
            assert "110" in text or "112" in text


def test_offers_are_listed_and_found(town: tuple[TestClient, Bot]) -> None:
    client, bot = town
    everything = client.get("/api/v1/offers").json()
    assert everything["total"] == sum(record.is_live(TODAY) for record in bot.listing.records)
    for kind in bot.content.kinds:
        found = client.get("/api/v1/offers", params={"kind": kind}).json()
        assert {o["id"] for o in found["offers"]} <= {record.id for record in bot.listing.of((kind,))}
    assert client.get("/api/v1/offers", params={"kind": "raumschiff"}).status_code == 422
    record = everything["offers"][0]
    assert client.get(f"/api/v1/offers/{record['id']}").json()["name"] == record["name"]


def test_the_timetable_is_dated_by_the_citys_rules(town: tuple[TestClient, Bot]) -> None:
    client, _ = town
    plan = client.post("/api/v1/timetable", json={"birth_date": "2025-05-03"})
    assert plan.status_code == 200
    assert plan.json()["blocks"]
    assert client.post("/api/v1/timetable", json={"birth_date": "2025-02-31"}).status_code == 422
