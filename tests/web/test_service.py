"""Readiness, versions, topics and the description of the interface."""

from __future__ import annotations

import shutil
import threading
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from pydantic import TypeAdapter
from starlette.testclient import TestClient

from bot import __version__
from bot.compiling import NothingToServeError, load_bot
from bot.pipeline import Bot
from bot.settings import Settings
from bot.web import schemas, service
from bot.web.app import create_app
from tests.conftest import NOW

from .conftest import MakeClient
from .test_problems import CHAT, check_problem

TOPICS = "/api/v1/topics"


def test_unready_until_the_bot_is_there(
    small_settings: Settings, small_bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()

    def load(settings: Settings) -> Bot:
        gate.wait(30)
        return small_bot

    monkeypatch.setattr(service, "load_bot", load)
    app = create_app(small_settings)
    with TestClient(app) as client:
        assert client.get("/healthz").json() == {"status": "ok"}
        assert client.get("/version").json() == {"version": __version__, "knowledge": None, "date": None}
        for response in (client.get("/readyz"), client.get(TOPICS), client.post(CHAT, json={"message": "hallo"})):
            check_problem(response, 503)
            assert int(response.headers["retry-after"]) > 0
        gate.set()
        assert app.state.service.finished.wait(30)
        assert client.get("/readyz").json() == {"status": "ready", "knowledge": small_bot.content.digest}
        assert client.post(CHAT, json={"message": "hallo"}).status_code == 200


@pytest.mark.parametrize("error", [NothingToServeError(("city.yaml:1",)), RuntimeError("geheim")])
def test_unready_for_good_without_knowledge(
    small_settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    def load(settings: Settings) -> None:
        raise error

    monkeypatch.setattr(service, "load_bot", load)
    app = create_app(small_settings)
    with TestClient(app) as client:
        assert app.state.service.finished.wait(30)
        assert client.get("/healthz").status_code == 200
        check_problem(client.get("/readyz"), 503)
    assert "geheim" not in caplog.text
    assert len(caplog.records) >= 1


def test_what_was_left_out_is_named(small_settings: Settings, small_bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    update = {"left_out": ("kita-u3",), "problems": ("x.yaml:3: Falsch. Richtig.",)}
    bot = replace(small_bot, content=small_bot.content.model_copy(update=update))
    monkeypatch.setattr(service, "load_bot", lambda _: bot)
    app = create_app(small_settings)
    with TestClient(app) as client:
        assert app.state.service.finished.wait(30)
        assert client.get("/readyz").json()["degraded"] == ["kita-u3", "x.yaml:3: Falsch. Richtig."]


def test_versions(client: TestClient, small_bot: Bot) -> None:
    assert client.get("/version").json() == {
        "version": __version__, "knowledge": small_bot.content.digest, "date": "2026-11-20",
    }  # fmt: skip


def test_the_first_page_is_for_people(client: TestClient) -> None:
    response = client.get("/")
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/html")


def test_all_topics(client: TestClient) -> None:
    found = client.get(TOPICS).json()
    TypeAdapter(list[schemas.TopicSummary]).validate_python(found)
    assert found[0] == {"id": "kita-anmeldung", "title": "Kita-Platz anmelden", "group": "kita", "lang": ["de"]}
    assert len(found) == 7


def test_every_topic_has_a_page(client: TestClient) -> None:
    for topic in client.get(TOPICS).json():
        page = client.get(f"{TOPICS}/{topic['id']}").json()
        assert list(page) == ["id", "title", "group", "blocks", "links", "sources", "related"]
        TypeAdapter(schemas.TopicPage).validate_python(page)
        assert (page["id"], page["title"], page["group"]) == (topic["id"], topic["title"], topic["group"])
        assert page["blocks"]


def test_the_page_of_a_topic_is_its_whole_entry(client: TestClient) -> None:
    page = client.get(f"{TOPICS}/kita-anmeldung").json()
    assert [b["type"] for b in page["blocks"]] == ["text", "text", "steps", "notice", "text", "list", "contact"]
    assert page["related"] == [{"id": "kita-beitrag", "title": "Was die Kita kostet"}]


def test_the_page_of_a_topic_that_is_off_says_so(make_client: MakeClient) -> None:
    client = make_client(disabled_topics=frozenset({"kindergeld", "medizinischer-notfall"}))
    blocks = client.get(f"{TOPICS}/kindergeld").json()["blocks"]
    assert blocks[0]["text"] == "Zu diesem Thema wird die Antwort gerade überarbeitet."
    assert "112" in client.get(f"{TOPICS}/medizinischer-notfall").json()["blocks"][0]["text"]


def test_the_service_is_restored_from_the_stored_model(small_settings: Settings, small_bot: Bot) -> None:
    steps: list[str] = []
    bot = load_bot(small_settings, steps.append)
    assert steps == ["Wissen lesen"]
    assert bot.content == small_bot.content


def test_the_time_is_the_town_s(small_settings: Settings, small_bot: Bot) -> None:
    assert service.now_in(small_bot.content, small_settings).isoformat() == "2026-11-22T10:00:00+01:00"
    assert service.now_in(small_bot.content, replace(small_settings, now=None)).tzinfo is not None
    assert service.now_in(small_bot.content, small_settings) == NOW


# The description


def test_the_description_lists_every_endpoint_with_an_example(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    assert set(document["paths"]) == {
        CHAT, TOPICS, TOPICS + "/{id}", "/api/v1/offers", "/api/v1/offers/{id}", "/api/v1/offers/{id}.ics",
        "/api/v1/timetable", "/api/v1/timetable.ics", "/api/v1/feedback", "/healthz", "/readyz", "/version",
    }  # fmt: skip
    for path, operations in document["paths"].items():
        expected = "text/calendar" if path.endswith(".ics") else "application/json"
        for operation in operations.values():
            for status, response in operation["responses"].items():
                if status == "204":
                    assert "content" not in response
                    continue
                (media_type,) = response["content"]
                assert media_type == (expected if status == "200" else "application/problem+json")
            if expected == "text/calendar" or "204" in operation["responses"]:
                continue
            content = operation["responses"]["200"]["content"]["application/json"]
            jsonschema.validate(content["example"], content["schema"] | {"components": document["components"]})


def test_replies_follow_the_description(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    content = document["paths"][CHAT]["post"]["responses"]["200"]["content"]["application/json"]
    schema = content["schema"] | {"components": document["components"]}
    for message in ("Was kostet die Kita?", "Kind", "Mein Kind atmet nicht", "Wer gewinnt die Bundesliga?"):
        jsonschema.validate(client.post(CHAT, json={"message": message}).json(), schema)


def test_nothing_is_loaded_from_elsewhere(client: TestClient) -> None:
    assert client.get("/docs").status_code == 404
    assert client.get("/redoc").status_code == 404


def test_a_proxy_may_serve_it_below_a_path(client: TestClient) -> None:
    client = TestClient(client.app, root_path="/bot")  # the server says so: `serve` hands the setting on
    assert client.post("/bot" + CHAT, json={"message": "hallo"}).status_code == 200
    assert client.get("/bot/openapi.json").json()["servers"] == [{"url": "/bot"}]


def test_broken_knowledge_is_left_out_and_the_rest_is_served(small_settings: Settings, tmp_path: Path) -> None:
    shutil.copytree(small_settings.knowledge, tmp_path / "knowledge")
    entry = tmp_path / "knowledge/stadt/entries/leistungen/kindergeld.yaml"
    entry.write_text("topic: kindergeld\ntitle: [", encoding="utf-8")
    from bot.content.loading import load

    loaded = load(tmp_path / "knowledge", small_settings.intents)
    assert loaded.content is not None
    assert loaded.content.left_out == ("kindergeld",)
