"""A conversation as people have it: with a mouse, with the keyboard alone, with a screen reader."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Route, expect

from tests.browser import replies
from tests.browser.conftest import OpenChat, Script

COUNT_ADDITIONS = """log => {
  new MutationObserver(records => {
    for (const record of records) window.additions += record.addedNodes.length
  }).observe(log, {childList: true, subtree: true, characterData: true})
}"""


def test_a_whole_conversation_by_keyboard(chat: OpenChat) -> None:
    page = chat().visit(f'<a id="davor" href="#">Davor</a>{Script}')
    keys = page.page.keyboard
    page.page.locator("#davor").focus()
    keys.press("Tab")
    assert page.focused() == "launcher"
    keys.press("Enter")
    page.panel.wait_for()
    assert page.focused() == "entry"
    keys.type("Was kostet die Kita?")
    keys.press("Enter")
    page.turns.first.wait_for()
    assert page.focused() == "entry"
    assert page.entry.input_value() == ""
    keys.press("Tab")
    assert page.focused() == "send"
    keys.press("Shift+Tab")
    keys.press("Shift+Tab")  # the last thing of the answer is what can be asked next
    before = page.page.evaluate("document.querySelector('familien-bot').shadowRoot.activeElement.textContent")
    assert page.turns.first.locator(".suggestions button").last.text_content() == before
    keys.press("Enter")
    page.turns.nth(1).wait_for()
    assert page.focused() == "entry"
    keys.press("Escape")
    expect(page.panel).to_be_hidden()
    assert page.focused() == "launcher"
    keys.press("Space")
    page.panel.wait_for()
    assert page.focused() == "entry"
    expect(page.turns).to_have_count(2)


def test_the_menu_by_keyboard(chat: OpenChat) -> None:
    page = chat().visit().open()
    page.ask("Was kostet die Kita?")
    keys = page.page.keyboard
    page.page.get_by_label("Menü").focus()
    keys.press("Enter")
    keys.press("Escape")
    expect(page.page.get_by_role("button", name="Neu beginnen")).to_be_hidden()
    expect(page.panel).to_be_visible()
    keys.press("Enter")
    keys.press("Tab")
    keys.press("Enter")
    expect(page.status).to_have_text("Es beginnt ein neues Gespräch.")
    expect(page.turns).to_have_count(0)
    assert page.focused() == "entry"
    page.page.get_by_label("Menü").focus()
    keys.press("Enter")
    keys.press("Tab")
    keys.press("Tab")
    keys.press("Enter")
    expect(page.status).to_have_text("Es gibt noch kein Gespräch.")
    assert page.focused() == "icon", "on the button of the menu, not lost with it"


def test_the_focus_stays_with_who_says_whether_it_helped(chat: OpenChat) -> None:
    page = chat().visit().open()
    page.ask("Was kostet die Kita?")
    yes = page.turns.first.get_by_role("button", name="Ja")
    yes.focus()
    page.page.keyboard.press("Enter")
    expect(page.status).not_to_be_empty()
    expect(yes).to_be_focused()


def test_after_another_language_one_can_type_on(chat: OpenChat) -> None:
    page = chat().visit().open()
    page.entry.fill("Entwurf")
    page.page.get_by_label("Menü").click()
    page.page.locator("select").select_option("en")
    expect(page.page.locator("h2")).not_to_have_text("Auskunft für Familien")
    expect(page.entry).to_be_focused()
    assert page.entry.input_value() == "Entwurf"


def test_every_reply_is_announced_once(chat: OpenChat) -> None:
    page = chat().visit().open()
    log = page.page.locator("[role=log]")
    assert log.inner_html() == ""  # a region that is mounted with its content is silent
    log.evaluate(COUNT_ADDITIONS)
    for name, reply in replies.ALL.items():
        page.reply_with(reply)
        page.page.evaluate("window.additions = 0")
        page.ask(f"Frage {name}")
        assert page.page.evaluate("window.additions") == 1, name
        assert page.status.text_content() == ""


def test_enter_with_shift_breaks_the_line(chat: OpenChat) -> None:
    page = chat().visit().open()
    page.entry.press_sequentially("eins")
    page.entry.press("Shift+Enter")
    page.entry.press_sequentially("zwei")
    assert page.entry.input_value() == "eins\nzwei"
    expect(page.turns).to_have_count(0)


def test_what_is_said_at_first_sight(chat: OpenChat) -> None:
    page = chat().visit().open()
    text = page.panel.inner_text()
    for part in ("kein Mensch", "Redaktion geschrieben", "nicht gespeichert"):
        assert part in text
    questions = page.page.locator(".first button")
    assert questions.all_text_contents() == ["Kita-Platz anmelden", "Was die Kita kostet"]
    questions.first.click()
    page.turns.first.wait_for()
    expect(page.turns.first.locator("h3")).to_contain_text("Kita-Platz anmelden")


def test_up_to_a_thousand_characters(chat: OpenChat) -> None:
    page = chat().visit().open()
    count = page.page.locator("#count")
    page.entry.fill("x" * 899)
    expect(count).to_have_text("")
    page.entry.fill("👶" * 990)
    expect(count).to_have_text("Noch 10 Zeichen")
    page.entry.fill("x" * 1003)
    expect(count).to_have_text("3 Zeichen zu viel")
    page.entry.press("Enter")
    expect(page.status).to_contain_text("kürzen Sie sie auf 1000 Zeichen")
    assert len(page.entry.input_value()) == 1003
    assert not [url for url in page.requests if "chat" in url]


def test_an_empty_question_is_not_sent(chat: OpenChat) -> None:
    page = chat().visit().open()
    page.entry.fill("  \n ")
    page.page.get_by_role("button", name="Senden").click()
    expect(page.status).to_contain_text("zuerst Ihre Frage")
    assert page.focused() == "entry"


def test_every_type_of_block(chat: OpenChat) -> None:
    page = chat().visit().open()
    page.reply_with(replies.ANSWER)
    turn = page.ask("Alles")
    assert turn.locator("a", has_text="www.example.org").get_attribute("href") == "https://www.example.org/"
    assert turn.locator("a", has_text="post@example.org").get_attribute("href") == "mailto:post@example.org"
    expect(turn.locator("ol.steps > li")).to_have_count(2)
    assert turn.locator("a", has_text="02323 16-0").get_attribute("href") == "tel:02323160"
    assert "openstreetmap.org/search?query=Hauptstra" in (turn.get_by_text("Karte").get_attribute("href") or "")
    expect(turn).to_contain_text("Deutsch und Türkisch")
    expect(turn.locator("th[scope=col]")).to_have_count(2)
    expect(turn.locator(".timeline")).to_contain_text("3. Mai bis 30. November 2026")
    expect(turn.locator(".notice")).to_have_count(2)
    outside = turn.locator("a[target=_blank]").first
    assert outside.get_attribute("rel") == "noopener noreferrer"
    expect(outside).to_contain_text("öffnet in neuem Tab")
    turn.locator("summary").click()
    expect(turn.locator(".sources li")).to_contain_text("§ 5 KiBiz")
    expect(turn.locator(".sources li")).to_contain_text("Stand August 2025, geprüft am 20. November 2026")
    page.reply_with(replies.OFFERS)
    expect(page.ask("Angebote").locator(".card")).to_contain_text("dienstags und freitags, 9.30 bis 11 Uhr")
    page.reply_with(replies.CLARIFY)
    expect(page.ask("Unklar").locator(".choices button")).to_have_count(2)
    expect(page.turns.first.locator(".suggestions")).to_have_count(0)  # only the newest reply has quick replies


def test_an_emergency_has_its_numbers_first(chat: OpenChat) -> None:
    page = chat().visit().open()
    turn = page.ask("Mein Baby atmet nicht")
    first = turn.locator(".answer a").first
    assert (first.get_attribute("href") or "").startswith("tel:112")
    expect(turn.locator(".emergency")).to_have_count(1)
    expect(turn.locator(".feedback")).to_have_count(0)
    box = first.bounding_box()
    assert box is not None
    assert box["height"] >= 44


def test_helpful_or_not(chat: OpenChat) -> None:
    page = chat().visit().open()
    sent: list[Any] = []

    def take(route: Route) -> None:
        sent.append(route.request.post_data_json)
        route.fulfill(status=204, headers={"access-control-allow-origin": "*"})

    page.page.route("**/api/v1/feedback", take)
    turn = page.ask("Was kostet die Kita?")
    turn.get_by_role("button", name="Ja").click()
    expect(page.status).to_have_text("Danke für Ihre Rückmeldung.")
    turn.get_by_role("button", name="Nein").click()
    assert [(one["helpful"], isinstance(one["state"], str)) for one in sent] == [(True, True)]


def test_it_can_be_printed_and_copied(chat: OpenChat) -> None:
    page = chat()
    page.page.add_init_script("""window.print = () => {
      top.printed = document.body.innerText
      window.dispatchEvent(new Event('afterprint'))
    }""")
    page.visit()
    page.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.open()
    page.ask("Was kostet die Kita?")
    page.page.get_by_label("Menü").click()
    page.page.get_by_role("button", name="Gespräch kopieren").click()
    expect(page.status).to_have_text("Das Gespräch ist kopiert.")
    copied = page.page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("Sie: Was kostet die Kita?\n\n")
    page.page.get_by_label("Menü").click()
    page.page.get_by_role("button", name="Gespräch drucken").click()
    printed = page.page.evaluate("window.printed")
    assert "Was kostet die Kita?" in printed
    assert "Der Beitrag richtet sich nach dem Einkommen" in printed
    expect(page.page.locator("iframe")).to_have_count(0)


@pytest.mark.parametrize("width", [320, 1280])
def test_everything_to_press_is_large_enough(chat: OpenChat, width: int) -> None:
    page = chat(width).visit()
    box = page.launcher.bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 44
    page.open()
    page.page.get_by_label("Menü").click()
    for reply in replies.ALL.values():
        page.reply_with(reply)
        page.ask("Frage")
        page.page.get_by_label("Menü").click()
        small = page.page.evaluate("""() => {
          const root = document.querySelector('familien-bot').shadowRoot
          for (const sources of root.querySelectorAll('.sources')) sources.open = true
          const inSentence = e => !e.closest('.links') && e.parentNode.textContent.trim() !== e.textContent.trim()
          return [...root.querySelectorAll('button, summary, select, textarea, a')]
            .filter(e => e.tagName !== 'A' || !inSentence(e))
            .map(e => [e.className || e.textContent, e.getBoundingClientRect()])
            .filter(([, box]) => box.width && Math.min(box.width, box.height) < 44).map(([name]) => name)
        }""")
        assert small == []


def test_nothing_is_lost_with_more_space_in_the_text(chat: OpenChat) -> None:
    page = chat(320, 640).visit().open()
    page.reply_with(replies.ANSWER)
    page.ask("Frage mit einem Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz")
    page.page.evaluate("""() => {
      const sheet = new CSSStyleSheet()
      sheet.replaceSync(`
        * { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
        p { margin-bottom: 2em !important }
      `)
      document.querySelector('familien-bot').shadowRoot.adoptedStyleSheets.push(sheet)
    }""")
    lost = page.page.evaluate("""() => {
      const root = document.querySelector('familien-bot').shadowRoot
      return [...root.querySelectorAll('button, h2, h3, p, dt, dd, li, label')]
        .filter(e => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== 'inline' && e.clientWidth)
        .map(e => e.className + e.textContent)
    }""")
    assert lost == []
    assert page.page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize(("height", "mode"), [(800, "bubble"), (256, "bubble"), (800, "inline"), (256, "inline")])
def test_an_answer_and_a_failure_are_brought_into_view(chat: OpenChat, height: int, mode: str) -> None:
    page = chat(320, height).visit(f'{Script}<familien-bot mode="{mode}"></familien-bot><p style="height: 3000px">')
    if mode == "bubble":
        page.open()
    page.reply_with(replies.ANSWER)
    for _ in range(2):
        turn = page.ask("Frage")
    top = turn.evaluate("e => e.getBoundingClientRect().top")
    assert 0 <= top < height / 2, "the question that is answered is at the top"
    page.reply_with({}, 413)
    page.entry.fill("Frage")
    page.entry.press("Enter")
    expect(page.status).to_contain_text("zu viel auf einmal")
    expect(page.status.locator("p").first).to_be_in_viewport()


def test_the_quick_exit(chat: OpenChat) -> None:
    page = chat()
    target = page.site.add("<h1>Wetter</h1>")
    page.visit(Script.replace("<script", f'<script data-exit-url="{target}"')).open()
    page.reply_with(replies.VIOLENCE)
    turn = page.ask("Er schlägt mich")
    expect(turn.locator(".emergency")).to_have_count(0)  # it stays neutral on the screen
    expect(turn.locator(".notice[lang=en]")).to_have_count(1)
    before = page.page.evaluate("history.length")
    page.page.get_by_role("button", name="Seite schnell verlassen").click()
    page.page.wait_for_url(target)
    assert page.page.evaluate("history.length") == before


def test_escape_twice_leaves_to_the_address(chat: OpenChat) -> None:
    page = chat()
    target = page.site.add("<h1>Wetter</h1>")
    page.visit(Script.replace("<script", f'<script data-exit-url="{target}"')).open()
    page.reply_with(replies.VIOLENCE)
    page.ask("Er schlägt mich")
    before = page.page.evaluate("history.length")
    page.page.keyboard.press("Escape")
    page.page.keyboard.press("Escape")
    page.page.wait_for_url(target)
    assert page.page.evaluate("history.length") == before


def test_escape_twice_wipes_the_conversation(chat: OpenChat) -> None:
    page = chat().visit().open()
    page.reply_with(replies.VIOLENCE)
    page.ask("Er schlägt mich")
    page.entry.fill("noch ein")
    page.page.keyboard.press("Escape")
    expect(page.panel).to_be_hidden()
    page.page.keyboard.press("Escape")
    page.open()
    expect(page.turns).to_have_count(0)
    assert page.entry.input_value() == ""
    expect(page.page.locator(".exit")).to_be_hidden()


def test_one_press_wipes_it_where_no_address_is_named(chat: OpenChat) -> None:
    page = chat().visit().open()
    page.reply_with(replies.VIOLENCE)
    page.ask("Er schlägt mich")
    page.page.get_by_role("button", name="Gespräch sofort löschen").click()
    expect(page.panel).to_be_hidden()
    expect(page.turns).to_have_count(0)


def test_it_opens_with_a_topic_without_naming_it_in_an_address(chat: OpenChat) -> None:
    page = chat().visit(Script.replace("<script", '<script data-topic="kita-beitrag"')).open()
    page.turns.first.wait_for()
    expect(page.turns.first.locator("h3")).to_contain_text("Was die Kita kostet")
    assert not [url for url in page.requests if "kita-beitrag" in url]


def test_other_languages_come_on_demand(chat: OpenChat) -> None:
    page = chat().visit(Script, html='lang="ar"')
    expect(page.launcher).to_have_text("اطرح سؤالاً")
    assert [url for url in page.requests if "widget" in url] == [f"{page.site.bot}/widget/v1/familien-bot.js"]
    page.open()
    assert page.panel.get_attribute("dir") == "rtl"
    assert page.requests[-1].endswith("/widget/v1/lang/ar.json")
    turn = page.ask("Was kostet die Kita?")
    assert turn.locator(".answer > div").first.get_attribute("dir") == "ltr"
    page.page.locator("summary.icon").click()
    page.page.locator("select").select_option("de")
    expect(page.page.locator("h2")).to_have_text("Auskunft für Familien")
    expect(page.turns).to_have_count(1)
