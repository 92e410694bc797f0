"""When something goes wrong, a parent reads a German sentence, keeps the question and learns whom to call."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser import replies
from tests.browser.conftest import Chat, OpenChat, Script

QUESTION = "Was kostet die Kita?"


def fail(page: Chat, sentence: str, *, contact: bool = True) -> None:
    """Asks, and expects this sentence with all that belongs to it."""
    page.entry.fill(QUESTION)
    page.entry.press("Enter")
    expect(page.status).to_contain_text(sentence)
    assert page.entry.input_value() == QUESTION
    expect(page.status).to_contain_text("Ihre Frage steht noch im Feld.")
    assert page.focused() == "entry"
    if contact:
        expect(page.status.locator("a[href='tel:099910']")).to_have_count(1)
        expect(page.status.locator("a[href='tel:112']")).to_have_count(1)
    expect(page.turns).to_have_count(0)


@pytest.mark.parametrize(
    ("status", "sentence", "contact"),
    [
        (500, "Störung", True),
        (404, "nicht erreichbar", True),
        (413, "kürzen Sie Ihre Frage", False),
        (422, "schreiben Sie sie anders", False),
        (400, "schreiben Sie sie anders", False),
    ],
)
def test_a_status(chat: OpenChat, status: int, sentence: str, contact: bool) -> None:
    page = chat().visit().open()
    page.reply_with({"status": status}, status)
    fail(page, sentence, contact=contact)
    asked = [url for url in page.requests if url.endswith("/chat")]
    assert len(asked) == (2 if status == 500 else 1), "one more try, where that can help"


@pytest.mark.parametrize("body", ["<html>", "", "null", "[]", '{"blocks": 1}', "[" * 20_000])
def test_an_answer_that_is_none(chat: OpenChat, body: str) -> None:
    page = chat().visit().open()
    page.reply_with(body)
    fail(page, "kam nicht richtig an")


def test_offline(chat: OpenChat) -> None:
    page = chat().visit().open()
    page.page.context.set_offline(True)
    fail(page, "ohne Internet")
    page.page.context.set_offline(False)
    page.page.get_by_role("button", name="Noch einmal senden").click()
    page.turns.first.wait_for()
    assert page.entry.input_value() == ""
    assert page.status.text_content() == ""


def test_the_connection_breaks(chat: OpenChat) -> None:
    page = chat().visit().open()
    page.page.route("**/api/v1/chat", lambda route: route.abort())
    fail(page, "nicht erreichbar")


def test_a_refused_origin(chat: OpenChat) -> None:
    page = chat()
    page.page.goto(page.site.add(Script).replace("127.0.0.1", "localhost"))  # not one of FAMILIENBOT_ORIGINS
    page.open()
    fail(page, "nicht erreichbar")
    assert any("FAMILIENBOT_ORIGINS" in warning for warning in page.warnings)


def test_too_slow(chat: OpenChat) -> None:
    page = chat()
    page.page.clock.install()
    page.visit().open()
    page.page.evaluate("""() => {
      AbortSignal.timeout = ms => {  // the browser's own does not follow the clock of the test
        window.limit = ms
        const stop = new AbortController()
        setTimeout(() => stop.abort(), ms)
        return stop.signal
      }
    }""")
    waiting: list[Any] = []
    page.page.route("**/api/v1/chat", lambda route: waiting.append(route))
    page.entry.fill(QUESTION)
    with page.page.expect_request("**/api/v1/chat"):
        page.entry.press("Enter")
    assert page.page.evaluate("window.limit") == 5000
    page.page.clock.run_for(600)
    expect(page.status).to_have_text("Die Antwort wird gesucht …")
    with page.page.expect_request("**/api/v1/chat"):
        page.page.clock.run_for(5000)
    page.page.clock.run_for(5100)
    expect(page.status).to_contain_text("dauert zu lange")
    assert page.entry.input_value() == QUESTION


@pytest.mark.parametrize("status", [429, 503])
def test_too_many_questions(chat: OpenChat, status: int) -> None:
    page = chat().visit()
    page.page.clock.install()
    page.open()
    page.reply_with({}, status, {"retry-after": "7"})
    page.entry.fill(QUESTION)
    page.entry.press("Enter")
    expect(page.status).to_contain_text("in 7 Sekunden noch einmal")
    page.reply_with(replies.ANSWER)
    page.page.clock.run_for(7000)
    page.turns.first.wait_for()


def test_far_too_many_questions(chat: OpenChat) -> None:
    page = chat().visit().open()
    page.reply_with({}, 429, {"retry-after": "240"})
    fail(page, "in 4 Minuten noch einmal")


def test_a_state_that_was_tampered_with(chat: OpenChat) -> None:
    page = chat().visit().open()
    with page.page.expect_response("**/api/v1/chat") as first:
        page.ask(QUESTION)
    state = first.value.json()["state"]
    page.reply_with({**replies.ANSWER, "state": state[:-2] + ("AA" if state[-2:] != "AA" else "BB")})
    page.ask("Zweite Frage")
    page.page.unroute_all()
    turn = page.ask(QUESTION)
    expect(turn).to_contain_text("Das Gespräch beginnt hier neu.")
    expect(turn).to_contain_text("Einkommen")


def test_a_state_that_is_too_old(chat: OpenChat) -> None:
    page = chat().visit().open()
    page.reply_with({**replies.ANSWER, "state": "alt.eyJ2IjoxfQ.c2lnbmF0dXJl"})  # a key that was there before a restart
    page.ask("Erste Frage")
    page.page.unroute_all()
    turn = page.ask(QUESTION)
    expect(turn.locator(".notice").first).to_be_visible()
    expect(turn).to_contain_text("Einkommen")


def test_a_draft_in_the_field_survives_a_failing_quick_reply(chat: OpenChat) -> None:
    page = chat().visit().open()
    page.reply_with({}, 500)
    page.entry.fill("mein Entwurf")
    page.page.locator(".first button").first.click()
    expect(page.status).to_contain_text("Störung")
    assert page.entry.input_value() == "mein Entwurf"
    expect(page.status).not_to_contain_text("steht noch im Feld")
    page.page.unroute_all()
    page.page.get_by_role("button", name="Noch einmal senden").click()
    expect(page.turns.first.locator("h3")).to_contain_text("Kita-Platz anmelden")
    assert page.entry.input_value() == "mein Entwurf"


def test_a_language_that_does_not_come(chat: OpenChat) -> None:
    page = chat()
    page.page.route("**/lang/tr.json", lambda route: route.abort())
    page.visit(Script, html='lang="tr"').open()
    expect(page.page.locator("h2")).to_have_text("Auskunft für Familien")
