"""What web teams write: attributes, properties, methods, and what they are told when they err."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenChat, Script

ELEMENT = Script + "<familien-bot {attributes}></familien-bot>"


@pytest.mark.parametrize(
    ("attribute", "value", "allowed", "default"),
    [
        ("api", "nirgends", "https://", "{bot}"),
        ("api", "javascript:alert(1)", "https://", "{bot}"),
        ("lang", "klingonisch", "de, en, tr, ar, uk, ru, pl, ro", "de"),
        ("theme", "blau", "auto, light, dark", "auto"),
        ("position", "oben", "right, left", "right"),
        ("mode", "popup", "bubble, inline", "bubble"),
        ("open", "vielleicht", "true, false", "false"),
        ("topic", "Wie geht das?", "the id of a topic", "none"),
        ("exit-url", "javascript:alert(1)", "https://", "none"),
    ],
)
def test_a_bad_value_is_named(chat: OpenChat, attribute: str, value: str, allowed: str, default: str) -> None:
    page = chat().visit(ELEMENT.replace("{attributes}", f'{attribute}="{value}"'))
    told = [warning for warning in page.warnings if warning.startswith("familien-bot")]
    assert len(told) == 1
    assert f'{attribute}="{value}"' in told[0]
    assert allowed in told[0]
    assert told[0].endswith(f"Default taken: {default.replace('{bot}', page.site.bot)}")
    page.open()
    page.ask("Was kostet die Kita?")


def test_a_topic_that_there_is_not(chat: OpenChat) -> None:
    page = chat().visit(ELEMENT.replace("{attributes}", 'topic="kita-anmeldungen"'))
    with page.page.expect_console_message(lambda message: 'topic="kita-anmeldungen"' in message.text) as told:
        page.open()
    assert "kita-anmeldung, kita-beitrag" in told.value.text
    page.ask("Was kostet die Kita?")


def test_a_script_tag_with_data_attributes(chat: OpenChat) -> None:
    page = chat().visit(Script.replace("<script", '<script data-position="left" data-theme="dark" data-lang="auto"'))
    box = page.launcher.bounding_box()
    assert box is not None
    assert box["x"] < 100
    assert page.launcher.evaluate("e => getComputedStyle(e).colorScheme") == "dark"
    assert page.warnings == []


def test_a_script_in_the_head_that_does_not_wait(chat: OpenChat) -> None:
    page = chat().visit("<p>Text</p>", head='<script src="{bot}/widget/v1/familien-bot.js"></script>')
    page.open()


def test_inline_it_stands_in_the_page(chat: OpenChat) -> None:
    page = chat().visit(ELEMENT.replace("{attributes}", 'mode="inline"'))
    expect(page.panel).to_be_visible()
    expect(page.launcher).to_have_count(0)
    assert page.panel.evaluate("e => getComputedStyle(e).position") == "static"
    assert page.focused() == "body"
    page.ask("Was kostet die Kita?")
    page.entry.press("Escape")
    expect(page.panel).to_be_visible()
    assert [url for url in page.requests if "/lang/" in url] == []


def test_open_from_the_beginning_leaves_the_focus(chat: OpenChat) -> None:
    page = chat().visit(ELEMENT.replace("{attributes}", "open"))
    expect(page.panel).to_be_visible()
    assert page.focused() == "body"
    page.page.get_by_label("Schließen").click()
    expect(page.panel).to_be_hidden()
    assert page.host.get_attribute("open") is None


def test_no_dialog_covers_a_phone_by_itself(chat: OpenChat) -> None:
    page = chat(390, 800).visit(ELEMENT.replace("{attributes}", "open"))
    expect(page.panel).to_be_hidden()
    assert page.host.get_attribute("open") is None
    page.open()
    assert page.page.evaluate(
        "document.querySelector('familien-bot').shadowRoot.querySelector('dialog').matches(':modal')"
    )


def test_methods(chat: OpenChat) -> None:
    page = chat().visit(ELEMENT)
    page.page.evaluate("document.querySelector('familien-bot').ask('Was kostet die Kita?')")
    expect(page.panel).to_be_visible()
    expect(page.turns).to_have_count(1)
    page.page.evaluate("document.querySelector('familien-bot').close()")
    expect(page.panel).to_be_hidden()
    page.page.evaluate("document.querySelector('familien-bot').show()")
    expect(page.panel).to_be_visible()
    expect(page.turns).to_have_count(1)
    page.page.evaluate("document.querySelector('familien-bot').reset()")
    expect(page.turns).to_have_count(0)
    page.page.evaluate("document.querySelector('familien-bot').open = false")
    expect(page.panel).to_be_hidden()


def test_attributes_may_change_at_any_time(chat: OpenChat) -> None:
    page = chat().visit(ELEMENT).open()
    page.ask("Was kostet die Kita?")
    for name, value in (
        ("theme", "dark"),
        ("position", "left"),
        ("mode", "inline"),
        ("mode", "bubble"),
        ("lang", "tr"),
    ):
        page.host.evaluate("(e, [name, value]) => e.setAttribute(name, value)", [name, value])
    expect(page.page.locator("h2")).to_have_text("Aileler için bilgi")
    expect(page.turns).to_have_count(1)


def test_the_page_sets_colours_and_layer(chat: OpenChat) -> None:
    own = "--familien-bot-accent: #006b3c; --familien-bot-z-index: 7; --familien-bot-inset: 100px"
    head = f"<style>familien-bot {{ {own} }}</style>"
    page = chat().visit(Script, policy="", head=head)
    style = page.launcher.evaluate("e => [getComputedStyle(e).backgroundColor, getComputedStyle(e).zIndex]")
    assert style == ["rgb(0, 107, 60)", "7"]
    box = page.launcher.bounding_box()
    assert box is not None
    assert box["x"] + box["width"] == pytest.approx(1180, abs=1)


def test_colours_fall_back_to_those_of_kern(chat: OpenChat) -> None:
    head = (
        "<style>:root { --kern-color-action-default: oklch(40% 0.1 150); --kern-color-action-on-default: #fff }</style>"
    )
    page = chat().visit(Script, policy="", head=head)
    assert "oklch(0.4" in page.launcher.evaluate("e => getComputedStyle(e).backgroundColor")
    page.open()
    assert page.warnings == []


def test_unreadable_colours_are_named(chat: OpenChat) -> None:
    head = "<style>familien-bot { --familien-bot-accent: #9cf; --familien-bot-on-accent: white }</style>"
    page = chat().visit(Script, policy="", head=head).open()
    assert any("contrast" in warning for warning in page.warnings)


@pytest.mark.parametrize(("scheme", "expected"), [("light", "rgb(255, 255, 255)"), ("dark", "rgb(23, 26, 32)")])
def test_dark_follows_the_page(chat: OpenChat, scheme: str, expected: str) -> None:
    page = chat(color_scheme="dark").visit(Script, head=f'<meta name="color-scheme" content="{scheme}">').open()
    assert page.panel.evaluate("e => getComputedStyle(e).backgroundColor") == expected
