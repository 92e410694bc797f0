"""Replies and pages that mean harm, or were written without care."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser import replies
from tests.browser.conftest import OpenChat, Script

EVIL = '<img src=x onerror="window.harmed=1"><script>window.harmed=1</script>'
BAD_LINK = "javascript:window.harmed=1"
ELEMENT = "<familien-bot></familien-bot>"


def deep(levels: int) -> Any:
    """A list in a list in a list …"""
    found: Any = "unten"
    for _ in range(levels):
        found = [found]
    return found


HOSTILE = {
    "markup": replies.reply(
        replies.block("text", EVIL),
        replies.block("list", EVIL, items=[EVIL], title=EVIL),
        replies.block("table", EVIL, head=[EVIL], rows=[[EVIL]]),
        replies.block("offer", EVIL, name=EVIL, about=EVIL),
        links=[{"label": EVIL, "url": "https://example.org/"}],
        suggestions=[{"label": EVIL, "message": EVIL}],
    ),
    "links": replies.reply(
        replies.block("contact", "x", name="x", url=BAD_LINK, email=BAD_LINK, phone=BAD_LINK),
        replies.block("contact", "x", name="x", purpose="x", url=BAD_LINK, phone=BAD_LINK),
        replies.block("steps", "x", items=[{"text": "x", "link": {"label": "x", "url": BAD_LINK}}]),
        links=[
            {"label": "x", "url": BAD_LINK},
            {"label": "y", "url": "data:text/html,x"},
            {"label": "z", "url": "//x"},
        ],
        sources=[{"label": "x", "url": BAD_LINK, "date": None, "checked": "gestern"}],
    ),
    "long": replies.reply(replies.block("text", "Wort" * 25_000), replies.block("text", "a@" * 10_000)),
    "deep": replies.reply(
        replies.block("list", "Liste.", items=deep(500)),
        replies.block("table", "Tabelle.", head=deep(5), rows=deep(5)),
        replies.block("steps", "Schritte.", items=deep(9)),
    ),
    "unknown": replies.reply(
        replies.block("hologramm", "Text eines unbekannten Blocks."),
        replies.block("constructor", "Zweiter."),
        replies.block("__proto__", "Dritter."),
    ),
    "wrong": {
        "kind": 7,
        "topics": "x",
        "blocks": [
            None,
            3,
            "x",
            [],
            {"type": "offer", "source": 1, "time": 4, "weekdays": [1, "XX"]},
            {"type": "contact", "languages": ["nicht wahr!"], "text": "Mit Sprachen.", "name": "A"},
            {"type": "notice"},
        ],
        "links": {"a": 1},
        "sources": [None, 4],
        "suggestions": [None, {}],
        "lang": 4,
        "state": 5,
    },
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_reply_does_no_harm(chat: OpenChat, name: str) -> None:
    page = chat().visit(policy="").open()
    page.reply_with(HOSTILE[name])
    turn = page.ask("Frage")
    assert page.page.evaluate("window.harmed") is None
    expect(turn.locator("img, script, iframe")).to_have_count(0)
    hrefs = turn.locator("a").evaluate_all("links => links.map(link => link.protocol)")
    assert set(hrefs) <= {"https:", "http:", "tel:", "mailto:"}
    box = page.panel.bounding_box()
    assert box is not None
    assert box["width"] < 500
    assert page.page.locator(".scroll").evaluate("e => e.scrollWidth <= e.clientWidth")
    page.page.unroute_all()
    page.ask("Was kostet die Kita?")


def test_unknown_blocks_are_their_text(chat: OpenChat) -> None:
    page = chat().visit().open()
    page.reply_with(HOSTILE["unknown"])
    expect(page.ask("Frage")).to_contain_text("Text eines unbekannten Blocks.")


def test_a_page_that_unsets_everything(chat: OpenChat) -> None:
    head = "<style>* { all: unset } html { font-size: 62.5% }</style>"
    page = chat().visit(policy="", head=head).open()
    page.ask("Was kostet die Kita?")
    box = page.page.locator(".send").bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 44
    assert page.entry.evaluate("e => getComputedStyle(e).fontSize") == "16px"
    assert page.panel.evaluate("e => getComputedStyle(e).position") == "fixed"


def test_a_page_that_adds_to_all_objects(chat: OpenChat) -> None:
    head = """<script>
      const names = `extend each purpose phone url items title lang kind waitSeconds days open topic question class part
        hidden passive detail weekday hour style month slotAssignment delegatesFocus cache integrity window keepalive
        behavior colorSpace fallback server exit-url mode theme`.split(/\\s+/)
      for (const name of names) Object.prototype[name] = function () { return 'falsch' }
      Array.prototype.first = function () { return this[0] }
    </script>"""
    page = chat().visit(policy="", head=head).open()
    page.ask("Was kostet die Kita?")
    for reply in replies.ALL.values():
        page.reply_with(reply)
        page.ask("Und nun?")
    page.reply_with({}, 500)
    page.entry.fill("Und dann?")
    page.entry.press("Enter")
    expect(page.status).to_contain_text("Störung")
    page.page.get_by_label("Menü").click()
    expect(page.page.locator("option")).to_have_count(8)
    for word in ("falsch", "function"):
        assert word not in page.panel.inner_text()
    assert page.warnings == []


def test_a_page_stays_as_it_was(chat: OpenChat) -> None:
    page = chat()
    page.page.add_init_script("""
      window.look = () => [
        Object.getOwnPropertyNames(window).length, document.styleSheets.length, document.adoptedStyleSheets.length,
        document.documentElement.getAttributeNames().join(), document.body.getAttributeNames().join(),
        getComputedStyle(document.querySelector('p')).cssText,
        ...[Object, Array, String, Element, HTMLElement, Event, Promise].map(one =>
          Object.getOwnPropertyNames(one.prototype).length),
      ]
    """)
    page.visit("<p>Text</p>", policy="")
    before = page.page.evaluate("window.look()")
    page.page.add_script_tag(url=f"{page.site.bot}/widget/v1/familien-bot.js")
    page.open()
    page.ask("Was kostet die Kita?")
    assert page.page.evaluate("window.look()") == before


def test_two_widgets_keep_to_themselves(chat: OpenChat) -> None:
    page = chat().visit(
        f'{Script}{Script}<familien-bot position="left"></familien-bot><familien-bot mode="inline"></familien-bot>'
    )
    expect(page.page.locator("familien-bot")).to_have_count(2)
    page.open()
    page.ask("Was kostet die Kita?")
    expect(page.page.locator("familien-bot").nth(1).locator("article")).to_have_count(0)
    globals_left = page.page.evaluate("Object.keys(window).filter(name => /familien|bot/i.test(name))")
    assert globals_left == []


def test_removal_and_return(chat: OpenChat) -> None:
    page = chat()
    page.page.add_init_script("""
      window.listeners = 0
      for (const target of [document, window]) {
        const add = target.addEventListener
        target.addEventListener = function (type, listener, options) {
          if (options?.signal) {
            window.listeners += 1
            options.signal.addEventListener('abort', () => { window.listeners -= 1 })
          } else if (!options?.once) window.listeners += 100
          return add.call(this, type, listener, options)
        }
      }
    """)
    page.visit(f"{Script}{ELEMENT}").open()
    page.ask("Was kostet die Kita?")
    page.entry.fill("Entwurf")
    before = page.page.evaluate("window.listeners")
    for _ in range(5):
        page.page.evaluate(
            "() => { const e = document.querySelector('familien-bot'); e.remove(); document.body.append(e) }"
        )
    page.panel.wait_for()
    assert page.page.evaluate("window.listeners") == before
    expect(page.turns).to_have_count(1)
    page.page.evaluate("document.querySelector('familien-bot').remove()")
    assert page.page.evaluate("window.listeners") == 0


def test_removal_while_an_answer_is_on_its_way(chat: OpenChat) -> None:
    page = chat().visit(f"{Script}{ELEMENT}").open()
    waiting: list[Any] = []
    page.page.route("**/api/v1/chat", lambda route: waiting.append(route))
    page.entry.fill("Frage")
    with page.page.expect_request("**/api/v1/chat"):
        page.entry.press("Enter")
    with page.page.expect_event("requestfailed"):
        page.page.evaluate("window.kept = document.querySelector('familien-bot'); window.kept.remove()")
    page.page.unroute_all()
    page.page.evaluate("document.body.append(window.kept)")
    page.panel.wait_for()
    page.ask("Was kostet die Kita?")
