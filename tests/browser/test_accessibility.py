"""axe finds nothing in any state, in any way to look at it."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser import replies
from tests.browser.conftest import Chat, OpenChat, Script

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
VIEWS: dict[str, dict[str, Any]] = {
    "desktop": {"width": 1280},
    "narrow": {"width": 320, "height": 640},
    "zoomed to 400 %": {"width": 320, "height": 256},
    "dark": {"color_scheme": "dark"},
    "forced colours": {"forced_colors": "active"},
    "reduced motion": {"reduced_motion": "reduce"},
    "right to left": {"html": 'lang="ar" dir="rtl"'},
}
INLINE = Script + '<main><h1>Stadt</h1><familien-bot mode="inline"></familien-bot></main>'
PAGE = "<main><h1>Stadt</h1></main>" + Script


def violations(page: Chat) -> list[str]:
    """What axe finds on the page: the rule and the first place."""
    found = Axe().run(page.page, options=RULES).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['target']} {one['nodes'][0]['failureSummary']}" for one in found]


def look(chat: OpenChat, view: str, body: str = PAGE) -> Chat:
    """The page, seen like this."""
    options = dict(VIEWS[view])
    html = options.pop("html", 'lang="de"')
    head = '<meta name="color-scheme" content="light dark">'
    return chat(**options).visit(body, head=head, html=html, policy="")


def test_axe_sees_into_the_widget(chat: OpenChat) -> None:
    page = look(chat, "desktop").open()
    page.entry.evaluate("e => e.labels[0].remove()")
    page.page.locator("h2").evaluate("e => { e.style.color = '#345' }")
    assert [one.partition(":")[0] for one in violations(page)] == ["color-contrast", "label"]


@pytest.mark.parametrize("view", VIEWS)
def test_no_violation_in_any_state(chat: OpenChat, view: str) -> None:
    page = look(chat, view)
    found = {"closed": violations(page)}
    page.open()
    found["open"] = violations(page)
    page.page.locator("summary.icon").click()
    found["menu"] = violations(page)
    page.page.keyboard.press("Escape")
    for name, reply in replies.ALL.items():
        page.reply_with(reply)
        page.ask(f"Frage {name}")
        found[name] = violations(page)
    page.reply_with({}, 500)
    page.entry.fill("x" * 1200)
    page.entry.press("Enter")
    found["too long"] = violations(page)
    page.entry.fill("Frage")
    page.entry.press("Enter")
    page.status.locator("button").wait_for()
    found["error"] = violations(page)
    assert {name: what for name, what in found.items() if what} == {}
    assert page.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("view", VIEWS)
def test_no_violation_inline(chat: OpenChat, view: str) -> None:
    page = look(chat, view, INLINE)
    page.reply_with(replies.ANSWER)
    page.ask("Frage")
    assert violations(page) == []


PATHS = ("/", "/einbetten", "/chat", "/chat?topic=kita-beitrag", "/chat?topic=gibt-es-nicht", "/themen",
         "/themen/kita-beitrag", "/themen/kita-beitrag/merkblatt", "/themen/medizinischer-notfall",
         "/themen/gibt-es-nicht", "/fahrplan")  # fmt: skip
OWN_VIEWS = [view for view in VIEWS if view != "right to left"]
"""Our own pages are German."""
QUESTIONS = {
    "answer": "Was kostet die Kita?",
    "clarify": "Kita",
    "fallback": "Wie backe ich einen Kuchen?",
    "smalltalk": "Hallo",
    "emergency": "Mein Baby atmet nicht",
    "other language": "my baby is not breathing",
    "too long": "x" * 1001,
    "nothing": "",
}


def lost(page: Chat) -> list[str]:
    """What goes beyond the window, or is cut off where more space in the text makes it longer."""
    page.page.evaluate("""() => {
      const sheet = new CSSStyleSheet()
      sheet.replaceSync(`
        * { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
        p { margin-bottom: 2em !important }
      `)
      document.adoptedStyleSheets = [sheet]
    }""")
    found: list[str] = page.page.evaluate("""() => [
      ...(document.documentElement.scrollWidth > innerWidth ? ['the page is wider than the window'] : []),
      ...[...document.querySelectorAll('main *, header *')]
        .filter(e => e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 1 && !e.closest('[tabindex="0"]')
          && getComputedStyle(e).overflow !== 'visible' && getComputedStyle(e).display !== 'inline')
        .map(e => `${e.tagName}.${e.className} is cut off`),
    ]""")
    return found


def small(page: Chat) -> list[str]:
    """What is to be pressed and is smaller than 44 px."""
    found: list[str] = page.page.evaluate("""() =>
      [...document.querySelectorAll('button, summary, select, textarea, nav a, a.button, a.call')]
        .concat(...document.querySelectorAll('.tiles a, dd > a, .step-link a'))
        .map(e => [e.textContent || e.name, e.getBoundingClientRect()])
        .filter(([, box]) => box.width > 1 && Math.min(box.width, box.height) < 44).map(([name]) => name)
    """)
    return found


@pytest.mark.parametrize("view", OWN_VIEWS)
def test_no_violation_on_our_own_pages(chat: OpenChat, view: str) -> None:
    page = chat(**VIEWS[view])
    found = {}
    for path in PATHS:
        page.page.goto(page.site.bot + path)
        found[path] = violations(page) + small(page) + lost(page)
    assert {path: what for path, what in found.items() if what} == {}


@pytest.mark.parametrize("view", OWN_VIEWS)
def test_no_violation_without_scripts(chat: OpenChat, view: str) -> None:
    page = chat(**VIEWS[view])
    found = {}
    for name, question in QUESTIONS.items():
        page.page.goto(page.site.bot + "/chat")
        page.page.locator("textarea").evaluate("(e, text) => { e.maxLength = 2000; e.value = text }", question)
        page.page.get_by_role("button", name="Senden").click()
        found[name] = violations(page) + small(page) + lost(page)
    assert {name: what for name, what in found.items() if what} == {}
