"""What web teams copy from the README and from the demo page, as it stands there."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from bot.web import widget
from bot.web.pages import STATIC
from tests.browser.conftest import FOCUSED, Chat, OpenChat

README = (widget.SOURCES / "README.md").read_text(encoding="utf-8")
SNIPPETS = re.findall(r"^```html\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
SCRIPTS = re.findall(r"^```js\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
FRAME = next(snippet for snippet in SNIPPETS if "<iframe" in snippet)
RESIZE = next(script for script in SCRIPTS if "familien-bot-height" in script)
OWN = ("/", "/einbetten", "/chat", "/themen", "/themen/kita-beitrag", "/themen/kita-beitrag/merkblatt", "/fahrplan")


def copied(text: str, page: Chat) -> str:
    """The lines with this service's address and hash in them."""
    if "sha384-…" in text:
        found = page.page.context.request.get(f"{page.site.bot}/widget/{widget.VERSION}/sri.json").json()
        text = text.replace("sha384-…", found["files"][widget.FILE])
    return text.replace("https://familienbot.example", page.site.bot)


@pytest.mark.parametrize("snippet", [one for one in SNIPPETS if "<script" in one])
def test_a_script_tag_of_the_readme(chat: OpenChat, snippet: str) -> None:
    page = chat()
    page.visit(copied(snippet, page)).open()
    page.ask("Was kostet die Kita?")
    assert page.errors == []


def test_the_element_of_the_readme(chat: OpenChat) -> None:
    page = chat()
    script, element = SNIPPETS[0], next(one for one in SNIPPETS if one.startswith("<familien-bot"))
    page.visit(copied(script + element, page))
    page.ask("Was kostet die Kita?")


def framed(chat: OpenChat, script: str = "") -> tuple[Page, FrameLocator]:
    """A page of the city with the frame of the README."""
    page = chat()
    body = copied(f"{FRAME}<script>{script}</script>", page)
    page.visit(body, policy="frame-src {bot}")
    frame = page.page.frame_locator("iframe")
    frame.locator("textarea").wait_for()
    return page.page, frame


def test_a_conversation_in_a_sandboxed_frame(chat: OpenChat) -> None:
    page, frame = framed(chat)
    assert "sandbox=" in FRAME
    assert page.evaluate(FOCUSED) == "body", "the page keeps its focus"
    frame.locator("textarea").fill("Was kostet die Kita?")
    frame.locator("textarea").press("Enter")
    turn = frame.locator("article.turn")
    expect(turn).to_contain_text("Beitrag")
    frame.get_by_label("Menü").click()
    with page.expect_popup() as opened:  # links leave the frame
        frame.get_by_role("link", name="Alle Themen").click()
    expect(opened.value.locator("h1")).to_be_visible()


def test_the_frame_is_never_higher_than_its_place(chat: OpenChat) -> None:
    _, frame = framed(chat)
    for _ in range(2):
        frame.locator("textarea").fill("Was kostet die Kita?")
        frame.locator("textarea").press("Enter")
    frame.locator("article.turn").first.wait_for()
    sizes = frame.locator("main").evaluate("""() => [
      innerHeight, document.documentElement.scrollHeight,
      document.querySelector('familien-bot').shadowRoot.querySelector('.panel').getBoundingClientRect().height,
    ]""")
    assert sizes == [640, 640, 640], "the conversation is scrolled, not the frame"


def test_a_frame_grows_with_the_conversation(chat: OpenChat) -> None:
    note = "window.told = []; addEventListener('message', event => told.push([event.origin, event.data]));"
    page, frame = framed(chat, note + RESIZE)
    page.wait_for_function("document.querySelector('iframe').height !== '640'")
    before = int(page.locator("iframe").get_attribute("height") or 0)
    scroll = frame.locator(".scroll")
    assert scroll.evaluate("e => e.scrollHeight - e.clientHeight") <= 1
    frame.locator("textarea").fill("Was kostet die Kita?")
    frame.locator("textarea").press("Enter")
    frame.locator("article.turn").wait_for()
    page.wait_for_function("before => document.querySelector('iframe').height > before", arg=before)
    told = page.evaluate("told")
    assert {origin for origin, _ in told} == {frame.owner.evaluate("e => new URL(e.src).origin")}
    assert [sorted(data) for _, data in told] == [["height", "type"]] * len(told)
    frame.get_by_label("Menü").click()
    frame.get_by_role("button", name="Neu beginnen").click()
    page.wait_for_function("before => document.querySelector('iframe').height <= before + 60", arg=before)


def test_no_page_but_the_one_around_learns_how_high_it_is() -> None:
    script = (STATIC / "embed.js").read_text(encoding="utf-8")
    assert re.findall(r"postMessage\(.*\)", script) == ["postMessage({ type: 'familien-bot-height', height }, around)"]
    assert "'*'" not in script


def test_the_demo_page_shows_what_attributes_do(chat: OpenChat) -> None:
    page = chat()
    page.page.goto(page.site.bot + "/")
    page.page.get_by_label("links").check()
    page.page.get_by_label("dunkel").check()
    assert [page.host.get_attribute(name) for name in ("position", "theme")] == ["left", "dark"]
    page.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.page.get_by_role("button", name="Zeile kopieren").click()
    expect(page.page.locator("#copied")).to_have_text("Kopiert.")
    line = page.page.evaluate("navigator.clipboard.readText()")
    assert line == f'<script defer src="{page.site.bot}/widget/v1/familien-bot.js"></script>'
    page.visit(line).open()


@pytest.mark.parametrize("path", OWN)
def test_nothing_is_missing_on_our_own_pages(chat: OpenChat, path: str) -> None:
    page = chat()
    missing: list[str] = []
    page.page.on("response", lambda response: missing.append(response.url) if response.status >= 400 else None)
    with page.page.expect_response("**/icon.svg"):
        page.page.goto(page.site.bot + path, wait_until="networkidle")
    assert missing == []
    assert page.errors == []


# without scripts


def test_a_conversation_without_scripts(chat: OpenChat) -> None:
    page = chat(java_script_enabled=False)
    element = next(one for one in SNIPPETS if one.startswith("<familien-bot"))
    page.visit(copied(SNIPPETS[0] + element, page))
    page.page.get_by_role("link", name="Frage stellen, ohne JavaScript").click()
    for question in ("Was kostet die Kita?", "Und bis wann?"):
        page.page.get_by_label("Ihre Frage").fill(question)
        page.page.get_by_role("button", name="Senden").click()
        expect(page.page.locator("#antwort")).to_contain_text(question)
        assert page.page.url == f"{page.site.bot}/chat#antwort"
    page.page.get_by_label("Ihre Frage").fill("Mein Baby atmet nicht")
    page.page.keyboard.press("Tab")
    page.page.keyboard.press("Enter")
    expect(page.page.locator("#antwort a").first).to_have_attribute("href", "tel:112")
    page.page.get_by_role("link", name="Neu beginnen").click()
    expect(page.page.locator("#antwort")).to_have_count(0)
    assert page.page.context.cookies() == []


def test_the_frame_without_scripts_leads_on(chat: OpenChat) -> None:
    page = chat(java_script_enabled=False)
    page.page.goto(page.site.bot + "/einbetten")
    link = page.page.get_by_role("link", name="Ohne JavaScript")
    assert (link.get_attribute("href"), link.get_attribute("target")) == ("/chat", "_blank")
