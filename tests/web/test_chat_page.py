"""The conversation without scripts: a form there and back. What was typed leaves no trace."""

from __future__ import annotations

import logging
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from bot.content.models import Link as CityLink
from bot.model import Answer, Block, Conversation, Decision, Kind, Link, Source, Suggestion
from bot.replying.conversation import sign
from bot.settings import Settings
from bot.web import markup, routes
from bot.web.counting import VIOLENCE
from bot.web.limits import MAX_BODY_BYTES
from tests.conftest import NOW

from .conftest import MakeClient
from .test_limits import Clock
from .test_pages import OFFER, SOURCE, TopicPage

PAGE = "/chat"
MESSAGES = {
    "answer": "Was kostet die Kita?",
    "two answers": "Was kostet die Kita und wie beantrage ich Kindergeld?",
    "steps": "Wie melde ich mein Kind in der Kita an?",
    "list": "Welche Unterlagen brauche ich für die Anmeldung?",
    "matter": "Wann kommt die Müllabfuhr?",
    "clarify": "Kind",
    "fallback": "Wer gewinnt die Bundesliga?",
    "emergency": "Mein Kind atmet nicht",
    "foreign": "My baby is not breathing",
    "smalltalk": "hallo",
}
POLICY = {
    "default-src": "'none'", "style-src": "'self'", "img-src": "'self'", "form-action": "'self'",
    "base-uri": "'none'", "frame-ancestors": "'none'",
}  # fmt: skip


class ChatPage(TopicPage):
    """The page with its form as a browser would send it."""

    def __init__(self, html: str) -> None:
        self.draft = ""
        super().__init__(html)
        self.draft = self.draft.removeprefix("\n")

    def handle_data(self, data: str) -> None:
        super().handle_data(data)
        if self.open and self.open[-1] == "textarea":
            self.draft += data

    @property
    def state(self) -> str:
        (state,) = [a["value"] or "" for a in self.all("input") if a["name"] == "stand"]
        return state

    @property
    def choices(self) -> list[str]:
        return [a["value"] or "" for a in self.all("button") if a.get("name") == "auswahl"]

    def statuses(self) -> list[str]:
        return [attrs["id"] or "" for _, attrs in self.found if attrs.get("id") == "antwort"]


def check_page(html: str) -> ChatPage:
    """What holds for the page in every state: whole elements, headings in order, one labelled field, no script."""
    page = ChatPage(html)
    assert page.open == []
    assert html.startswith("<!DOCTYPE html>")
    assert next(page.all("html"))["lang"] == "de"
    names = [name for name, _ in page.found]
    assert not {"script", "style", "iframe", "img"} & set(names)
    assert not [a for _, attrs in page.found for a in attrs if a == "style" or a.startswith("on")]
    assert names.count("main") == 1
    assert page.headings[0] == 1
    assert page.headings.count(1) == 1
    assert all(b <= a + 1 for a, b in zip(page.headings, page.headings[1:], strict=False))
    ids = page.ids()
    assert len(ids) == len(set(ids))
    assert page.hrefs()[0] == "#inhalt"
    assert {h[1:] for h in page.hrefs() if h.startswith("#")} <= set(ids)
    for attribute in ("aria-labelledby", "aria-describedby"):
        assert {i for _, a in page.found if attribute in a for i in (a[attribute] or "").split()} <= set(ids)
    assert all(h.startswith(("#", "/", "https://", "http://", "tel:", "mailto:")) for h in page.hrefs())
    assert html.count('target="_blank"') == html.count(markup.NEW_TAB)
    form, *others = page.all("form")
    assert (form["method"], (form["action"] or "")[-13:]) == ("post", "/chat#antwort")
    assert [(f["method"], (f["action"] or "")[-26:]) for f in others] in ([], [("post", "/chat/rueckmeldung#antwort")])
    field, *comments = page.all("textarea")
    assert (field["id"], field["name"], field["maxlength"]) == ("frage", "frage", "1000")
    assert len(comments) <= len(others)
    boxes = [a["id"] for a in page.all("input") if a.get("type") == "checkbox"]
    assert [a["for"] for a in page.all("label")] == ["frage", *(c["id"] for c in comments), *boxes]
    assert [a["content"] for a in page.all("meta") if a.get("name") == "robots"] == ["noindex"]
    assert "{{" not in html
    assert "None" not in page.text
    return page


def ask(client: TestClient, message: str = "", status: int = 200, **fields: str) -> ChatPage:
    response = client.post(PAGE, data={"frage": message, "auswahl": "", "stand": "", **fields})
    assert response.status_code == status, response.text
    assert str(response.url).endswith(PAGE)
    return check_page(response.text)


def answered(monkeypatch: pytest.MonkeyPatch, answer: Answer) -> None:
    """Every question gets this answer."""
    monkeypatch.setattr(routes, "reply", lambda *_: answer)


def make_answer(decision: Decision, *blocks: Block, **parts: Any) -> Answer:
    empty: dict[str, Any] = {"links": (), "sources": (), "suggestions": (), "titles": {}}
    return Answer(decision, blocks=blocks, conversation=Conversation(), **(empty | parts))


# The first sight


def test_the_first_sight(client: TestClient) -> None:
    response = client.get(PAGE)
    assert response.status_code == 200
    page = check_page(response.text)
    for text in ("automatischer Auskunftsdienst, kein Mensch", "Redaktion", "nicht gespeichert", "keine Cookies"):
        assert text in page.text
    assert page.choices == ["Kita-Platz anmelden", "Was die Kita kostet"]
    assert (page.state, page.draft, page.statuses()) == ("", "", [])
    assert [a["href"] for a in page.all("a") if a.get("aria-current") == "page"] == [PAGE]
    assert client.head(PAGE).status_code == 200
    assert client.put(PAGE).status_code == 405


def test_first_questions_that_are_switched_off_are_not_offered(make_client: MakeClient) -> None:
    off = make_client(disabled_topics=frozenset({"kita-beitrag"}))
    assert check_page(off.get(PAGE).text).choices == ["Kita-Platz anmelden"]


def test_a_topic_in_the_address_is_answered(client: TestClient) -> None:
    response = client.get(f"{PAGE}?topic=kita-anmeldung")
    assert response.status_code == 200
    page = check_page(response.text)
    assert '<h2 id="antwort-titel">Kita-Platz anmelden</h2>' in response.text
    assert "Melden Sie Ihr Kind online an." in page.text
    assert "Sie haben gefragt" not in page.text
    assert "Geburtsurkunde" in ask(client, "Und welche Unterlagen brauche ich?", stand=page.state).text


def test_an_unknown_topic_in_the_address_leads_on(client: TestClient) -> None:
    response = client.get(f"{PAGE}?topic={quote('<b>Was kostet das?')}")
    assert response.status_code == 404
    page = check_page(response.text)
    assert "Dieses Thema gibt es hier nicht." in page.text
    assert "Was kostet das" not in response.text
    assert "/themen" in page.hrefs()
    assert "tel:09991" + "0" in page.hrefs()


# There and back


@pytest.mark.parametrize("message", MESSAGES.values(), ids=MESSAGES.keys())
def test_every_reply_is_a_whole_page_with_all_that_the_api_says(client: TestClient, message: str) -> None:
    page = ask(client, message)
    reply = client.post("/api/v1/chat", json={"message": message}).json()
    assert page.statuses() == ["antwort"]
    assert message in page.text
    assert page.choices == [s["message"] for s in reply["suggestions"]]
    for block in reply["blocks"]:
        shown = (
            [block["name"]] if block["type"] == "contact" else re.split(r"\n(?:- |\d+\. )?|^- |^1\. ", block["text"])
        )
        assert all(re.sub(r" \(.*\)$", "", part) in page.text for part in shown), block
    assert {link["url"] for link in reply["links"]} <= set(page.hrefs())
    if reply["kind"] != "smalltalk":
        assert all(source["label"] in page.text for source in reply["sources"])
    assert page.draft == ""


def test_the_state_in_the_form_carries_the_conversation_on(client: TestClient) -> None:
    first = ask(client, MESSAGES["steps"])
    assert "Wählen Sie eine Kita." in first.text
    followed = ask(client, "Und welche Unterlagen brauche ich?", stand=first.state)
    assert "Geburtsurkunde" in followed.text
    assert first.state != followed.state != ""


def test_a_quick_reply_is_a_button_of_the_form(client: TestClient) -> None:
    first = ask(client, MESSAGES["steps"])
    chosen = next(message for message in first.choices if "Unterlagen" in message)
    page = ask(client, "", auswahl=chosen, stand=first.state)
    assert "Geburtsurkunde" in page.text
    assert chosen in page.text


def test_a_draft_beside_a_pressed_button_is_kept(client: TestClient) -> None:
    page = ask(client, "Was ich noch wissen will", auswahl="Kindergeld")
    assert "Familienkasse" in page.text
    assert page.draft == "Was ich noch wissen will"


def test_a_question_back_is_answered_by_a_button_or_a_word(client: TestClient) -> None:
    page = ask(client, MESSAGES["clarify"])
    assert "Bitte wählen Sie" in page.text
    assert len(page.choices) >= 2
    pressed = ask(client, "", auswahl=page.choices[0], stand=page.state)
    said = ask(client, "das erste", stand=page.state)
    assert pressed.choices == said.choices
    assert "Bitte wählen Sie" not in pressed.text


def test_links_and_sources_stand_under_their_headings(client: TestClient) -> None:
    page = ask(client, MESSAGES["answer"])
    assert "Beitragssatzung" in page.text
    assert "Stand August 2026, geprüft am 20. November 2026" in page.text
    assert page.text.index("Quellen") < page.text.index("Weiter fragen")
    assert "Weiterlesen" not in page.text
    assert "https://example.org/abfall" in ask(client, MESSAGES["matter"]).hrefs()
    assert "Quellen" not in re.sub("Sie nennen ihre Quellen", "", ask(client, MESSAGES["smalltalk"]).text)


def test_every_type_of_block_is_shown(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = (
        Block("text", None, None, "Ein Absatz."),
        Block("list", None, None, "- a", {"items": ["Ein Punkt"]}),
        Block("steps", None, None, "1. a", {"items": [{"text": "Ein Schritt", "deadline": "bald"}]}),
        Block("contact", None, "contact", "x", {"name": "Das Amt", "phone": "0999 5"}),
        Block("offer", None, "place", "x", OFFER),
        Block("table", None, "cost", "x", {"head": ["Alter", "Betrag"], "rows": [["1", "2 Euro"]]}),
        Block("timeline", None, None, "x", {"items": [{"date": "2026-12-01", "text": "Ein Tag", "source": SOURCE}]}),
        Block("notice", None, None, "Ein Hinweis.", {"level": "info"}),
        Block("hologramm", None, None, "Was keiner kennt."),
    )
    decision = Decision(Kind.OFFERS, ("kita-anmeldung",), ("place",))
    answered(monkeypatch, make_answer(decision, *blocks))
    page = ask(client, "Was gibt es?")
    for text in ("Ein Absatz.", "Ein Punkt", "Ein Schritt", "Wann: bald", "Das Amt", "Spielgruppe", "2 Euro", "Ein Tag",
                 "Ein Hinweis.", "Was keiner kennt."):  # fmt: skip
        assert text in page.text


# In need


def test_in_an_emergency_help_comes_first_and_can_be_called(client: TestClient) -> None:
    response = client.post(PAGE, data={"frage": MESSAGES["emergency"]})
    html = response.text
    page = check_page(html)
    assert '<section id="antwort" class="reply alarm"' in html
    main = html[html.index("<main") :]
    order = [
        main.index(t) for t in ("Hilfe, die jetzt da ist", 'href="tel:112"', "Bleiben Sie am Telefon", "Weiter fragen")
    ]
    assert order == sorted(order)
    assert main.index('href="tel:112"') < main.index(MESSAGES["emergency"])
    assert "Seite schnell verlassen" not in page.text
    assert "Drucken" not in page.text


def test_a_notice_in_another_language_says_which(client: TestClient) -> None:
    html = client.post(PAGE, data={"frage": MESSAGES["foreign"]}).text
    page = check_page(html)
    assert [a["dir"] for _, a in page.found if a.get("lang") == "en" and "notice" in (a.get("class") or "")] == ["auto"]
    assert '<span dir="auto" lang="en">' in html


def test_a_line_of_help_begins_the_reply_when_the_second_net_was_unsure(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = Block("notice", None, None, "Rufen Sie die 112 an.", {"level": "help"})
    answered(
        monkeypatch, make_answer(Decision(Kind.FALLBACK, help_line=True), line, Block("text", None, None, "Nein."))
    )
    text = ask(client, "hm").text
    assert text.index("Rufen Sie die 112 an.") < text.index("Nein.")


@pytest.fixture
def town(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    """A client of the town with a page of its own on the web."""
    service = client.app.state.service  # type: ignore[attr-defined]
    links = (CityLink.model_validate({"label": "Stadt", "url": "https://stadt.example"}),)
    city = service.bot.content.city.model_copy(update={"legal_links": links})
    content = service.bot.content.model_copy(update={"city": city})
    monkeypatch.setattr(service, "bot", replace(service.bot, content=content))
    return client


@pytest.mark.parametrize("kind", [Kind.EMERGENCY, Kind.ANSWER])
@pytest.mark.parametrize("topic", sorted(VIOLENCE))
def test_a_reply_about_violence_is_neutral_and_can_be_left_at_once(
    town: TestClient, monkeypatch: pytest.MonkeyPatch, topic: str, kind: Kind
) -> None:
    number = Block("contact", topic, "contact", "x", {"name": "Polizei", "phone": "110", "purpose": "Bei Gefahr"})
    answered(monkeypatch, make_answer(Decision(kind, (topic,), ("overview",)), number))
    html = town.post(PAGE, data={"frage": "er schlägt mich"}).text
    page = check_page(html)
    assert '<h2 id="antwort-titel">Antwort</h2>' in html
    assert "er schlägt mich" not in html
    assert "Drucken" not in page.text
    main = page.hrefs()[page.hrefs().index("/chat") :]
    assert main.index("https://stadt.example") < main.index("tel:110")
    (way_out,) = [a for a in page.all("a") if a.get("href") == "https://stadt.example" and a.get("class") == "button"]
    assert way_out["rel"] == "noreferrer"
    assert "target" not in way_out


def test_without_a_page_to_leave_to_there_is_no_such_button(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered(monkeypatch, make_answer(Decision(Kind.EMERGENCY, ("kinderschutz",), ("overview",))))
    assert "verlassen" not in ask(client, "hm").text


def test_the_widget_hides_the_same_replies() -> None:
    script = (Path(__file__).parents[2] / "web_widget" / "src" / "element.js").read_text(encoding="utf-8")
    found = re.search(r"VIOLENCE = \[(.*?)\]", script)
    assert found
    assert set(re.findall(r"[a-z-]+", found[1])) == VIOLENCE


def test_what_is_switched_off_says_so_but_help_stays(make_client: MakeClient) -> None:
    off = make_client(off=True)
    assert "Der Dienst macht gerade Pause." in ask(off, MESSAGES["answer"]).text
    assert "Hilfe, die jetzt da ist" in ask(off, MESSAGES["emergency"]).text
    assert check_page(off.get(PAGE).text).choices == []


# What goes wrong


def check_trouble(page: ChatPage, *texts: str) -> None:
    """The sentences stand where the form leads to, and there is a way on."""
    assert page.statuses() == ["antwort"]
    (alert,) = [a for _, a in page.found if a.get("role") == "alert"]
    assert (alert["id"], alert["tabindex"]) == ("antwort", "-1")
    assert "#frage" in page.hrefs()
    assert "Fehler:" in page.text
    for text in texts:
        assert text in page.text, text


def check_field(page: ChatPage, *, wrong: bool) -> None:
    field, *_ = page.all("textarea")
    assert ("frage-fehler" in (field["aria-describedby"] or "").split()) is wrong
    assert (field.get("aria-invalid") == "true") is wrong


@pytest.mark.parametrize("message", ["", " \r\n\t", "\u00a0\u2003", "\x00", "\u200b\u200d"])
def test_nothing_to_read_is_said_at_the_field(client: TestClient, message: str) -> None:
    state = ask(client, MESSAGES["answer"]).state
    page = ask(client, message, 422, stand=state)
    check_trouble(page, "Bitte schreiben Sie zuerst Ihre Frage.", "0999 1-0")
    check_field(page, wrong=True)
    assert page.state == state
    assert "/themen" in page.hrefs()
    assert "tel:112" not in page.hrefs()


@pytest.mark.parametrize("message", ["x" * 1001, "🙂" * 1001, "ä " * 600 + "!"])
def test_a_question_that_is_too_long_can_be_shortened(client: TestClient, message: str) -> None:
    page = ask(client, message, 422)
    check_trouble(page, f"Ihre Frage hat {len(message)} Zeichen. Bitte kürzen Sie sie auf 1000 Zeichen.", "0999 1-0")
    check_field(page, wrong=True)
    assert page.draft == message
    assert {"tel:112", "tel:110"} <= set(page.hrefs())


@pytest.mark.parametrize("message", ["x" * 1000, "Kita?\r\n" + "\r\n".join("x" * 497), "e\u0301" * 1000])
def test_a_thousand_characters_are_counted_as_the_browser_does(client: TestClient, message: str) -> None:
    ask(client, message)


@pytest.mark.parametrize("which", ["expired", "foreign key"])
def test_an_unreadable_state_starts_afresh_and_says_so(
    client: TestClient, small_settings: Settings, which: str
) -> None:
    secrets, when = small_settings.secrets, NOW
    if which == "expired":
        when -= timedelta(hours=3)
    else:
        secrets = {"k9": "other" * 8}
    state = sign(Conversation(topic="kindergeld"), secrets, when)
    page = ask(client, MESSAGES["answer"], stand=state)
    assert "Unser Gespräch ist eine Weile her." in page.text
    assert "Beitragssatzung" in page.text
    urgent = ask(client, MESSAGES["emergency"], stand=state).text
    assert urgent.index("112") < urgent.index("Unser Gespräch ist eine Weile her.")


def test_a_forged_state_is_refused_once(client: TestClient) -> None:
    kid, payload, signature = ask(client, "hallo").state.split(".")
    for state in (f"{kid}.{payload}.{signature[::-1]}", "kindergeld", '"><script>'):
        page = ask(client, MESSAGES["answer"], 400, stand=state)
        check_trouble(page, "Das Gespräch ließ sich nicht fortsetzen.", "Ihre Frage steht noch im Feld.", "0999 1-0")
        check_field(page, wrong=False)
        assert (page.draft, page.state) == (MESSAGES["answer"], "")
        ask(client, page.draft, stand=page.state)


def test_a_state_that_is_too_long_is_none(client: TestClient) -> None:
    assert "Beitragssatzung" in ask(client, MESSAGES["answer"], stand="x" * 2049).text


def test_too_many_questions_are_refused_for_a_while(make_client: MakeClient) -> None:
    clock = Clock()
    client = make_client(clock, rate_limit=2)
    state = ask(client, MESSAGES["steps"]).state
    ask(client, "hallo")
    response = client.post(PAGE, data={"auswahl": "Kindergeld", "stand": state})
    assert response.status_code == 429
    assert response.headers["retry-after"] == "30"
    page = check_page(response.text)
    check_trouble(page, "Gerade kommen sehr viele Fragen.", "in 30 Sekunden noch einmal", "0999 1-0")
    assert (page.draft, page.state) == ("Kindergeld", state)
    assert {"tel:112", "tel:110", "/themen"} <= set(page.hrefs())
    assert client.get(PAGE).status_code == 200
    clock.now_s += 29
    assert "in einer Sekunde" in ask(client, "hallo", 429).text
    clock.now_s += 1
    ask(client, page.draft, stand=page.state)


def test_before_the_knowledge_is_there_the_page_says_so(
    make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    starting = make_client()
    monkeypatch.setattr(starting.app.state.service, "bot", None)  # type: ignore[attr-defined]
    for response in (starting.get(PAGE), starting.get(f"{PAGE}?topic=kindergeld")):
        assert (response.status_code, response.headers["retry-after"]) == (503, "5")
        page = check_page(response.text)
        check_trouble(page, "Der Dienst ist gerade nicht bereit.")
        assert "im Feld." not in page.text
        assert {"tel:112", "tel:110"} <= set(page.hrefs())
    page = ask(starting, "Was kostet die Kita?", 503, stand="k1.a.b")
    assert (page.draft, page.state) == ("Was kostet die Kita?", "k1.a.b")


def test_a_reply_that_fails_still_names_whom_to_ask(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(question: object, bot: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(routes, "reply", fail)
    page = ask(client, "hallo")
    assert {"tel:09991" + "0", "tel:112", "tel:110"} <= set(page.hrefs())


@pytest.mark.parametrize("announced", [True, False])
def test_a_body_that_is_too_large_gets_a_page(client: TestClient, announced: bool) -> None:
    body = b"frage=" + b"x" * MAX_BODY_BYTES
    headers = {"content-type": "application/x-www-form-urlencoded"}
    response = client.post(PAGE, content=body if announced else iter([body]), headers=headers)
    assert response.status_code == 413
    check_trouble(check_page(response.text), "Das war zu viel auf einmal.", "höchstens 1000 Zeichen", "0999 1-0")


@pytest.mark.parametrize(
    "body, content_type, status",
    [
        (b'{"message": "hallo"}', "application/json", 415),
        (b"--x\r\n\r\n--x--", "multipart/form-data; boundary=x", 415),
        (b"hallo", "", 415),
        (b"&".join(b"a%d=1" % i for i in range(30)), "application/x-www-form-urlencoded", 400),
    ],
)
def test_another_body_is_refused_on_the_page(client: TestClient, body: bytes, content_type: str, status: int) -> None:
    response = client.post(PAGE, content=body, headers={"content-type": content_type} if content_type else {})
    assert response.status_code == status
    check_trouble(check_page(response.text), "Das Formular kam nicht richtig an.", "0999 1-0")


# Escaping


@pytest.mark.parametrize(
    "message",
    [
        "<script>alert(1)</script><b>Kita</b>",
        '"><img src=x onerror=alert(1)>',
        "</textarea><script>x</script>",
        "{{ 7*7 }}",
    ],
)
def test_what_was_typed_is_text(client: TestClient, message: str) -> None:
    page = ChatPage(client.post(PAGE, data={"frage": message}).text)
    assert message in page.text
    for fields in (
        {"frage": message * 120},
        {"frage": message, "stand": message},
        {"frage": message, "auswahl": "hallo"},
    ):
        response = client.post(PAGE, data=fields)
        page = ChatPage(response.text)
        assert page.open == []
        assert not [name for name, _ in page.found if name in ("script", "img", "b")]
        assert page.draft == fields["frage"]


def test_what_editors_wrote_is_text(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    evil = '"><script>alert(1)</script>'
    parts = {
        "links": (Link(evil, "javascript:alert(1)"), Link(evil, "https://example.org/?a=1&b")),
        "sources": (Source(evil, "javascript:x", None, "2026-11-20"),),
        "suggestions": (Suggestion(evil, evil),),
    }
    answered(
        monkeypatch,
        make_answer(Decision(Kind.ANSWER, ("kindergeld",), ("cost",)), Block("text", None, None, evil), **parts),
    )
    response = client.post(PAGE, data={"frage": "hallo"})
    page = check_page(response.text)
    assert page.choices == [evil]
    assert page.text.count(evil) == 5


@pytest.mark.parametrize(
    "body",
    [b"frage=Kita%00beitrag", b"frage=%ED%A0%80 Kita", b"frage=%FF%FE", b"frage=\xff\xfe", b"frage=Kita&frage=x",
     b"frage=%", "frage=Kita\u202ebeitrag".encode(), b"frage=" + b"%F0%9F%99%82" * 1000],
)  # fmt: skip
def test_odd_bytes_get_an_ordinary_page(client: TestClient, body: bytes) -> None:
    response = client.post(PAGE, content=body, headers={"content-type": "application/x-www-form-urlencoded; charset=x"})
    assert response.status_code == 200
    page = check_page(response.text)
    assert "\x00" not in page.text
    assert "\u202e" not in page.text


# No trace


def test_headers(client: TestClient) -> None:
    forged = {"frage": "hallo", "stand": "x"}
    for response in (
        client.get(PAGE), client.get(f"{PAGE}?topic=kindergeld"), client.get(f"{PAGE}?topic=x"),
        client.post(PAGE, data={"frage": "hallo"}), client.post(PAGE, data={"frage": ""}),
        client.post(PAGE, data=forged), client.post(PAGE, json={}),
    ):  # fmt: skip
        assert response.headers["cache-control"] == "no-store"
        assert response.headers["referrer-policy"] == "no-referrer"
        assert response.headers["x-content-type-options"] == "nosniff"
        policy = response.headers["content-security-policy"].split(";")
        assert dict(part.strip().split(" ", 1) for part in policy) == POLICY
        assert "set-cookie" not in response.headers
        assert "location" not in response.headers


def test_no_log_record_has_the_message_or_the_path(
    client: TestClient, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    marker = "qwertzmarke"
    client.get(f"{PAGE}?topic=kindergeld")
    client.get(f"{PAGE}?topic={marker}")
    ask(client, f"Was kostet die Kita? {marker}")
    ask(client, marker, auswahl=marker)
    ask(client, marker * 200, 422)
    ask(client, "hallo", 400, stand=f"k1.{marker}.x")

    def fail(question: object, bot: object) -> None:
        raise KeyError(marker, question)

    monkeypatch.setattr(routes, "reply", fail)
    ask(client, marker)
    ours = [r.getMessage() for r in caplog.records if r.name == "familienbot"]
    assert [line.split(" ")[0] for line in ours] == ["chat", "chat", "reply", "chat"]
    assert ours[0].startswith("chat kind=answer topic=kita-beitrag confidence=")
    for record in caplog.records:
        if record.name.startswith("httpx"):
            continue  # the test's own client
        assert marker not in record.getMessage() + str(record.args) + str(record.exc_info)
        assert PAGE not in record.getMessage()


def test_below_a_path_everything_leads_there(client: TestClient) -> None:
    below = TestClient(client.app, root_path="/bot")
    for response in (below.get("/bot/chat"), below.post("/bot/chat", data={"frage": "hallo"})):
        page = check_page(response.text)
        assert next(page.all("form"))["action"] == "/bot/chat#antwort"
        assert all(h.startswith("/bot/") for h in page.hrefs() if h.startswith("/"))
        assert [a["href"] for a in page.all("a") if a.get("aria-current") == "page"] == ["/bot/chat"]
