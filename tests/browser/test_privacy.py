"""What a conversation leaves behind, whom it tells, and that a strict policy stays strict."""

from __future__ import annotations

from urllib.parse import urlsplit

from playwright.sync_api import expect

from tests.browser import replies
from tests.browser.conftest import OpenChat

ELEMENT = '<script defer src="{bot}/widget/v1/familien-bot.js"></script><familien-bot></familien-bot>'
NOTE_VIOLATIONS = """
  window.violations = []
  document.addEventListener('securitypolicyviolation', event => {
    window.violations.push(`${event.violatedDirective} ${event.blockedURI}`)
  })
"""


def test_a_conversation_under_a_strict_policy(chat: OpenChat) -> None:
    page = chat()
    page.page.add_init_script(NOTE_VIOLATIONS)
    page.visit()
    assert [url for url in page.requests if "favicon" not in url][1:] == [f"{page.site.bot}/widget/v1/familien-bot.js"]
    page.open()
    page.ask("Was kostet die Kita?")
    for reply in replies.ALL.values():
        page.reply_with(reply)
        page.ask("Und nun?")
    page.page.get_by_label("Menü").click()
    page.page.get_by_role("button", name="Gespräch drucken").click()
    assert page.page.evaluate("window.violations") == []
    assert page.errors == []
    hosts = {urlsplit(url).netloc for url in page.requests if url.startswith("http")}
    assert hosts <= {urlsplit(page.site.bot).netloc, urlsplit(page.site.address).netloc}
    stored = page.page.evaluate("""async () => [
      document.cookie, localStorage.length, sessionStorage.length,
      (await indexedDB.databases()).length, (await caches.keys()).length,
    ]""")
    assert stored == ["", 0, 0, 0, 0]
    assert page.page.context.cookies() == []


def test_questions_stand_in_no_address_and_no_event(chat: OpenChat) -> None:
    page = chat().visit(ELEMENT)
    page.page.evaluate("""() => {
      window.told = []
      for (const name of ['open', 'reply', 'close', 'error']) {
        document.addEventListener(`familien-bot-${name}`, event => {
          window.told.push([event.type, event.detail === undefined, event.bubbles, event.composed])
        })
      }
    }""")
    page.open()
    page.ask("Was kostet die Kita?")
    page.page.keyboard.press("Escape")
    told = page.page.evaluate("window.told")
    assert told == [[f"familien-bot-{name}", True, True, True] for name in ("open", "reply", "close")]
    assert not [url for url in page.requests if "kostet" in url.lower() or "?" in url]


def test_the_service_learns_not_where_the_parent_is(chat: OpenChat) -> None:
    page = chat().visit().open()
    with page.page.expect_request("**/api/v1/chat") as asked:
        page.ask("Was kostet die Kita?")
    headers = asked.value.all_headers()
    assert "referer" not in headers
    assert "cookie" not in headers


def test_a_fixed_version_with_its_hash(chat: OpenChat) -> None:
    page = chat()
    api = page.page.context.request
    hashes = api.get(f"{page.site.bot}/widget/1.0.0/sri.json").json()
    integrity = hashes["files"]["familien-bot.js"]
    source = "{bot}/widget/1.0.0/familien-bot.js"
    page.visit(f'<script defer src="{source}" integrity="{integrity}" crossorigin="anonymous"></script>').open()
    page.ask("Was kostet die Kita?")


def test_it_works_in_a_frame_where_the_settings_allow_it(chat: OpenChat) -> None:
    page = chat()
    page.visit('<iframe src="{bot}/einbetten" title="Auskunft"></iframe>', policy="frame-src {bot}")
    frame = page.page.frame_locator("iframe")
    frame.locator("textarea").fill("Was kostet die Kita?")
    frame.locator("textarea").press("Enter")
    expect(frame.locator("article.turn")).to_contain_text("Beitrag")
