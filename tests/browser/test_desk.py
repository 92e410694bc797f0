"""The editors' desk in a real browser: axe finds nothing, it needs no JavaScript, and its policy holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from bot.pipeline import Bot
from bot.settings import Settings
from bot.web.app import create_app
from tests.browser.conftest import Chat, OpenChat, free_port, serving
from tests.browser.test_accessibility import VIEWS, violations

PAGES = ["", "/vorschau", "/pruefung", "/erklaeren", "/landkarte", "/faellig", "/unbeantwortet"]
LOOKS = ["desktop", "narrow", "dark", "forced colours"]
QUESTIONS = {
    "answer": "Guten Tag, was kostet die Kitta im Monat?",
    "emergency": "Mein Kind atmet nicht",
    "nothing": "Antrag",
    "empty": "",
}


@pytest.fixture(scope="module")
def desk(small_settings: Settings, small_bot: Bot) -> Iterator[str]:
    """Address of a desk as an editor has it on the own machine."""
    app = create_app(replace(small_settings, desk_open=True))
    with serving(app, free_port()) as address:
        assert app.state.service.finished.wait(30)
        yield f"{address}/redaktion"


def explain(page: Page, desk: str, question: str) -> None:
    page.goto(f"{desk}/erklaeren")
    page.get_by_label("Eine Frage").fill(question)
    page.get_by_role("button", name="Erklären").click()
    page.wait_for_load_state()


def fits(page: Chat) -> bool:
    return bool(page.page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.mark.parametrize("view", LOOKS)
def test_no_violation_on_any_page(chat: OpenChat, desk: str, view: str) -> None:
    page = chat(**VIEWS[view])
    found, wide = {}, []
    for path in PAGES:
        page.page.goto(desk + path)
        found[path] = violations(page)
        wide += [] if fits(page) else [path]
    for name, question in QUESTIONS.items():
        explain(page.page, desk, question)
        found[name] = violations(page)
        wide += [] if fits(page) else [name]
    assert {name: what for name, what in found.items() if what} == {}
    assert wide == []


def test_nothing_is_blocked_and_nothing_is_loaded_from_elsewhere(chat: OpenChat, desk: str) -> None:
    page = chat()
    for path in PAGES:
        page.page.goto(desk + path)
    explain(page.page, desk, QUESTIONS["answer"])
    unmeant = [e for e in page.errors if "404" not in e]
    assert unmeant == []
    origin = desk.removesuffix("/redaktion")
    assert [url for url in page.requests if not url.startswith(origin)] == []
    assert page.page.context.cookies() == []


def test_it_works_without_javascript(chat: OpenChat, desk: str) -> None:
    page = chat(java_script_enabled=False)
    explain(page.page, desk, QUESTIONS["answer"])
    expect(page.page.get_by_role("heading", name="Was gelesen wurde")).to_be_visible()
    page.page.get_by_role("link", name="Landkarte", exact=True).click()
    expect(page.page.get_by_role("heading", name="Landkarte des Wissens")).to_be_visible()
    page.page.goto(f"{desk}/vorschau")
    expect(page.page.get_by_role("link", name="Ohne JavaScript")).to_be_visible()


def test_the_preview_is_the_real_widget(chat: OpenChat, desk: str) -> None:
    page = chat()
    page.page.goto(f"{desk}/vorschau")
    turn = page.ask("Was kostet die Kita?")
    assert "höchstens 100 Euro im Monat" in turn.inner_text()


def test_the_form_says_what_is_missing(chat: OpenChat, desk: str) -> None:
    page = chat()
    explain(page.page, desk, "")
    entry = page.page.get_by_label("Eine Frage")
    assert entry.get_attribute("aria-invalid") == "true"
    assert page.page.locator("#fehler").inner_text() == "Bitte schreiben Sie zuerst eine Frage."
