"""The editors' desk: who gets in, what it shows, and that it keeps nothing."""

from __future__ import annotations

import base64
import logging
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from bot.settings import Settings, SettingsError, load_settings
from bot.storage.database import migrate, open_database
from bot.storage.events import Event, Judged, Unanswered
from bot.storage.writing import write
from bot.web import desk_access
from bot.web.app import create_app
from bot.web.desk_access import TRIES_PER_MINUTE, hash_password, parse_hash
from tests.content.conftest import TODAY, make_town
from tests.web.conftest import MakeClient

PASSWORD = "ein langes Kennwort"
PAGES = ["", "/vorschau", "/pruefung", "/erklaeren", "/landkarte", "/faellig", "/unbeantwortet"]
PROXY = "192.0.2.9"
MARKER = "Zitronenfalterquark"


@pytest.fixture(scope="session")
def password_hash() -> str:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(desk_access, "PARALLEL", 1)  # a fifth of the time
        return hash_password(PASSWORD)


def basic(password: str, user: str = "redaktion") -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


@pytest.fixture
def local(make_client: MakeClient) -> TestClient:
    """The desk on an editor's own machine."""
    return make_client(desk_open=True, address="127.0.0.1", base="http://127.0.0.1")


# who gets in


@pytest.mark.parametrize("path", PAGES)
def test_without_a_setting_there_is_no_desk(client: TestClient, path: str) -> None:
    assert client.get(f"/redaktion{path}").status_code == 404


@pytest.mark.parametrize("path", PAGES)
def test_nobody_gets_in_without_the_password(make_client: MakeClient, password_hash: str, path: str) -> None:
    client = make_client(desk_password_hash=password_hash)
    found = client.get(f"/redaktion{path}")
    assert found.status_code == 401
    assert found.headers["www-authenticate"].startswith("Basic realm=")
    assert found.headers["cache-control"] == "no-store"
    assert "Bitte melden Sie sich an" in found.text
    assert client.post("/redaktion/erklaeren", data={"frage": "Was kostet die Kita?"}).status_code == 401


def test_the_password_lets_in_under_any_name(make_client: MakeClient, password_hash: str) -> None:
    client = make_client(desk_password_hash=password_hash)
    for user in ("redaktion", "mara", ""):
        assert client.get("/redaktion/faellig", headers=basic(PASSWORD, user)).status_code == 200
    assert "set-cookie" not in client.get("/redaktion/faellig", headers=basic(PASSWORD)).headers


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Basic",
        "Basic ???",
        "Basic " + "A" * 4000,
        "Bearer " + PASSWORD,
        "Basic //79",
        basic("falsch")["authorization"],
    ],
)
def test_whatever_else_is_sent_does_not(make_client: MakeClient, password_hash: str, header: str) -> None:
    client = make_client(desk_password_hash=password_hash)
    assert client.get("/redaktion", headers={"authorization": header}).status_code == 401


def test_who_guesses_has_to_wait_and_the_editor_does_not(make_client: MakeClient, password_hash: str) -> None:
    client = make_client(desk_password_hash=password_hash)
    assert client.get("/redaktion/faellig", headers=basic(PASSWORD)).status_code == 200
    tried = [client.get("/redaktion", headers=basic(f"falsch {n}")).status_code for n in range(TRIES_PER_MINUTE + 2)]
    assert tried[: TRIES_PER_MINUTE - 1] == [401] * (TRIES_PER_MINUTE - 1)
    assert tried[-2:] == [429, 429]
    assert client.get("/redaktion/faellig", headers=basic(PASSWORD)).status_code == 200


def test_a_trusted_proxy_names_the_editor(make_client: MakeClient) -> None:
    changes = {"desk_user_header": "X-Remote-User", "trusted_proxies": (PROXY,)}
    proxy = make_client(address=PROXY, **changes)
    assert proxy.get("/redaktion/faellig", headers={"x-remote-user": "mara"}).status_code == 200
    assert proxy.get("/redaktion/faellig").status_code == 403
    assert proxy.get("/redaktion/faellig", headers={"x-remote-user": " "}).status_code == 403
    twice = [("x-remote-user", "mara"), ("x-remote-user", "eva")]
    assert proxy.get("/redaktion/faellig", headers=twice).status_code == 403
    stranger = make_client(address="198.51.100.7", **changes)
    forged = {"x-remote-user": "mara", "x-forwarded-for": PROXY}
    assert stranger.get("/redaktion/faellig", headers=forged).status_code == 403


def test_a_page_elsewhere_does_not_reach_the_local_desk(local: TestClient) -> None:
    assert local.get("/redaktion/faellig").status_code == 200
    assert local.get("/redaktion/faellig", headers={"host": "boese.example"}).status_code == 400


@pytest.mark.parametrize(
    "text",
    ["", "geheim", "scrypt:16384:8:5:AA:AA", "scrypt:2:8:5:{salt}:{digest}", "scrypt:1048576:8:5:{salt}:{digest}",
     "md5:16384:8:5:{salt}:{digest}", "scrypt:x:8:5:{salt}:{digest}"],
)  # fmt: skip
def test_what_is_no_hash_is_refused_at_the_start(small_settings: Settings, text: str) -> None:
    text = text.format(salt="A" * 22, digest="A" * 43)
    with pytest.raises(SettingsError, match="desk-password"):
        parse_hash(text)
    if text:
        with pytest.raises(SettingsError):
            create_app(replace(small_settings, desk_password_hash=text))


def test_the_settings_of_the_environment() -> None:
    found = load_settings({"FAMILIENBOT_DESK_USER_HEADER": "X-User", "FAMILIENBOT_TRUSTED_PROXIES": "10.0.0.5",
                           "FAMILIENBOT_DESK_PASSWORD_HASH": " scrypt:x ", "FAMILIENBOT_DESK_OPEN": "1"})  # fmt: skip
    assert (found.desk_user_header, found.desk_password_hash, found.desk_open) == ("X-User", "scrypt:x", False)
    with pytest.raises(SettingsError, match="vertrauten Proxys"):
        load_settings({"FAMILIENBOT_DESK_USER_HEADER": "X-User"})
    with pytest.raises(SettingsError, match="X-Remote-User"):
        load_settings({"FAMILIENBOT_DESK_USER_HEADER": "X User:", "FAMILIENBOT_TRUSTED_PROXIES": "10.0.0.5"})


# what it shows


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_private_and_strict(local: TestClient, path: str) -> None:
    found = local.get(f"/redaktion{path}")
    assert found.status_code == 200
    assert found.headers["cache-control"] == "no-store"
    assert found.headers["x-robots-tag"] == "noindex, nofollow"
    policy = found.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert ("script-src" in policy) is (path == "/vorschau")
    assert 'content="noindex, nofollow"' in found.text
    assert not re.search(r"\sstyle=|<style|\son\w+=", found.text)
    assert f'href="/redaktion{path}" aria-current="page"' in found.text


def test_the_overview_counts(local: TestClient) -> None:
    text = local.get("/redaktion").text
    assert "Der Bot antwortet mit genau diesen Dateien." in text
    assert "Fehler" in text
    assert "Testfragen zu" in text


def test_the_map_has_every_topic_and_side(local: TestClient) -> None:
    text = local.get("/redaktion/landkarte").text
    assert 'href="/themen/kita-beitrag">Was die Kita kostet</a>' in text
    row = text[text.index("Was die Kita kostet") :].split("</tr>")[0]
    assert row.count('<td class="cell') == 10
    assert "Begrüßung" not in text


def test_a_question_is_explained(local: TestClient) -> None:
    text = local.post("/redaktion/erklaeren", data={"frage": "Guten Tag, was kostet die Kitta?"}).text
    assert "<del>kitta</del> kita" in text
    assert "Was die Kita kostet" in text
    assert "Stünde diese Frage als Beispielfrage da" in text
    assert 'class="ignored' in text


@pytest.mark.parametrize(
    "question, words",
    [
        ("Mein Kind atmet nicht", "atmet-nicht"),
        ("Wann wird der Müll abgeholt?", "andere Stelle: Müll und Abfall"),
        ("Antrag", "Kein Thema"),
        ("...", "kein lesbares Wort"),
        ("How much does it cost to send my child there?", "<dt>Sprache</dt>"),
        ("<b>Kita</b>", "&lt;b&gt;Kita&lt;/b&gt;"),
    ],
)
def test_each_sort_of_reply_is_explained(local: TestClient, question: str, words: str) -> None:
    found = local.post("/redaktion/erklaeren", data={"frage": question})
    assert found.status_code == 200
    assert words in found.text
    assert "<b>" not in found.text


def test_what_cannot_be_explained_is_said(local: TestClient) -> None:
    assert "Bitte schreiben Sie zuerst eine Frage." in local.post("/redaktion/erklaeren", data={"frage": " "}).text
    found = local.post("/redaktion/erklaeren", data={"frage": "x" * 1200})
    assert found.status_code == 422
    assert "1200 Zeichen" in found.text
    assert local.post("/redaktion/erklaeren", content=b"{}").status_code == 415


def test_what_an_editor_types_is_nowhere(local: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    found = local.post("/redaktion/erklaeren", data={"frage": f"Was kostet die Kita? {MARKER}"})
    assert MARKER in found.text
    assert MARKER.lower() not in caplog.text.lower()
    assert "?" not in str(found.url)


def test_edited_files_are_read_afresh(
    small_settings: Settings, make_client: MakeClient, tmp_path: Any, small_bot: object
) -> None:
    town = make_town(tmp_path / "town")
    client = make_client(
        desk_open=True, address="127.0.0.1", base="http://127.0.0.1",
        knowledge=town.root / "knowledge", intents=town.root / "intents",
    )  # fmt: skip
    assert "0</strong> Fehler<" in client.get("/redaktion").text
    town.edit("knowledge/stadt/entries/kita/kita-beitrag.yaml", "office: ", "offize: ")
    text = client.get("/redaktion/pruefung").text
    assert "kita-beitrag.yaml" in text
    assert "offize" in text
    overview = client.get("/redaktion").text
    assert "zu beheben" in overview
    assert "Die Dateien sind neuer" in overview
    town.write("knowledge/city.yaml", "kaputt: [")
    for path in PAGES:
        assert client.get(f"/redaktion{path}").status_code == 200


def test_what_ends_is_listed(make_client: MakeClient, tmp_path: Any) -> None:
    town = make_town(tmp_path / "town")
    entry = "knowledge/stadt/entries/kita/kita-beitrag.yaml"
    text = (town.root / entry).read_text(encoding="utf-8")
    town.write(entry, re.sub(r"review_by: .*", "review_by: 2026-11-01", text))
    client = make_client(
        desk_open=True, address="127.0.0.1", base="http://127.0.0.1",
        knowledge=town.root / "knowledge", intents=town.root / "intents",
    )  # fmt: skip
    found = client.get("/redaktion/faellig").text
    assert "seit 21 Tagen vorbei" in found
    assert "(überfällig)" in client.get("/redaktion/landkarte").text


def test_the_digest_is_shown_where_there_is_one(local: TestClient, make_client: MakeClient, tmp_path: Path) -> None:
    assert "Es wird nichts gezählt" in local.get("/redaktion/unbeantwortet").text
    url = f"sqlite:///{tmp_path / 'counts.sqlite3'}"
    engine = open_database(url)
    migrate(engine)
    events: list[Event] = [*7 * [Unanswered(TODAY, ("hort", "ferien"))], *3 * [Unanswered(TODAY, ("zirkus",))]]
    events.append(Judged(TODAY, "kindergeld", helpful=False, comment="Die [Frist] fehlt."))
    write(engine, events, "s" * 32)
    counting = make_client(desk_open=True, address="127.0.0.1", base="http://127.0.0.1", database_url=url)
    text = counting.get("/redaktion/unbeantwortet").text
    for shown in ("hort ferien", "22. November 2026", "3 Fragen", "Kindergeld, half nicht: Die [Frist] fehlt."):
        assert shown in text, shown
    assert "zirkus" not in text


def test_a_digest_that_cannot_be_read_says_so(make_client: MakeClient) -> None:
    url = "sqlite:////dev/null/counts.sqlite3"
    counting = make_client(desk_open=True, address="127.0.0.1", base="http://127.0.0.1", database_url=url)
    page = counting.get("/redaktion/unbeantwortet")
    assert (page.status_code, "Die Zählungen lassen sich nicht lesen" in page.text) == (200, True)


def test_the_desk_is_not_in_the_public_description(local: TestClient) -> None:
    assert "redaktion" not in local.get("/openapi.json").text
    assert "redaktion" not in local.get("/sitemap.xml").text
