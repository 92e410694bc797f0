"""The pages of topics: to read, to print, and for search engines."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any
from xml.etree import ElementTree

import pytest
from starlette.testclient import TestClient

from bot.content.loading import load
from bot.content.models import Aspect, AspectText, Fact
from bot.model import Block
from bot.pipeline import Bot
from bot.settings import Settings
from bot.web import markup
from bot.web.pages import _templates
from bot.web.topic_views import LEAFLET_SIZES

from .conftest import MakeClient
from .test_timetable import Page

BASE = "https://familien.musterstadt.example"
TOPICS = (
    "kita-anmeldung", "kita-beitrag", "kindergeld", "begruessung", "mensch-sprechen", "medizinischer-notfall",
    "ausserhalb",
)  # fmt: skip
SCHEMES = ("https://", "http://", "tel:", "mailto:")


class TopicPage(Page):
    """A page with its headings in order and its data for search engines."""

    def __init__(self, html: str) -> None:
        self.headings: list[int] = []
        self.data = ""
        super().__init__(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        super().handle_starttag(tag, attrs)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "script":
            self.data += data
        else:
            super().handle_data(data)

    def hrefs(self) -> list[str]:
        return [a["href"] or "" for a in self.all("a")]


def check_page(html: str) -> TopicPage:
    """What holds for every page of a topic; the text between elements is well-formed, too."""
    page = TopicPage(html)
    assert page.open == []
    assert html.startswith("<!DOCTYPE html>")
    assert next(page.all("html"))["lang"] == "de"
    assert page.hrefs()[0] == "#inhalt"
    assert all(a.get("type") == "application/ld+json" for a in page.all("script"))
    assert not [name for name, _ in page.found if name in ("style", "iframe", "img", "form")]
    assert not [a for _, attrs in page.found for a in attrs if a == "style" or a.startswith("on")]
    ids = page.ids()
    assert len(ids) == len(set(ids))
    assert {h[1:] for h in page.hrefs() if h.startswith("#")} <= set(ids)
    assert {a["aria-labelledby"] for _, a in page.found if "aria-labelledby" in a} <= set(ids)
    assert page.headings[0] == 1
    assert page.headings.count(1) == 1
    assert all(b <= a + 1 for a, b in zip(page.headings, page.headings[1:], strict=False))
    assert all(h.startswith(("#", "/", *SCHEMES)) for h in page.hrefs())
    for link in page.all("a"):
        outside = (link["href"] or "").startswith("http") and link.get("rel") != "noreferrer"  # legal links stay
        assert (link.get("target"), link.get("rel")) == (("_blank", "noopener") if outside else (None, link.get("rel")))
    assert html.count('target="_blank"') == html.count(markup.NEW_TAB)
    assert "{{" not in html
    assert "None" not in page.text
    return page


@pytest.fixture
def public(make_client: MakeClient) -> TestClient:
    """A client of the town with a public address."""
    return make_client(base_url=BASE)


def changed(client: TestClient, monkeypatch: pytest.MonkeyPatch, topic: str, **fields: Any) -> None:
    """Replaces fields of an entry."""
    service = client.app.state.service  # type: ignore[attr-defined]
    content = service.bot.content
    entries = {**content.entries, topic: content.entries[topic].model_copy(update=fields)}
    monkeypatch.setattr(service, "bot", replace(service.bot, content=content.model_copy(update={"entries": entries})))


# Reading


@pytest.mark.parametrize("topic", TOPICS)
def test_every_topic_is_a_page(public: TestClient, topic: str) -> None:
    response = public.get(f"/themen/{topic}")
    assert response.status_code == 200
    page = check_page(response.text)
    api = public.get(f"/api/v1/topics/{topic}").json()
    assert api["title"] in page.text
    for block in api["blocks"]:
        items = [i["text"] if isinstance(i, dict) else i for i in block.get("items", ())]
        shown = items or [block["name"] if block["type"] == "contact" else block["text"]]
        assert all(part in page.text for part in shown), block
    for source in api["sources"]:
        assert source["label"] in page.text
    assert f"{BASE}/themen/{topic}" in [a["href"] for a in page.all("link") if a["rel"] == "canonical"]
    (description,) = [a["content"] for a in page.all("meta") if a.get("name") == "description"]
    assert description
    assert not [a for a in page.all("meta") if a.get("name") == "robots"]


def test_the_sides_of_a_topic(client: TestClient) -> None:
    html = client.get("/themen/kita-anmeldung").text
    page = check_page(html)
    ids = page.ids()
    assert ids.index("procedure") < ids.index("documents") < ids.index("contact") < ids.index("quellen")
    assert '<h2 id="procedure">So geht es</h2>' in html
    assert "Wann: bis Januar" in page.text
    assert "https://example.org/formular" in page.hrefs()
    assert {"tel:09991200", "mailto:jugendamt@example.org"} <= set(page.hrefs())
    assert "/themen/kita-beitrag" in page.hrefs()
    assert "/themen/kita-anmeldung/merkblatt" in page.hrefs()
    other = check_page(client.get("/themen/kita-beitrag").text)
    assert "Beitragssatzung (öffnet in neuem Tab), Stand August 2026, geprüft am 20. November 2026" in other.text
    assert "canonical" not in html


def test_a_side_that_another_topic_owns_leads_there(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    sides = {Aspect.COST: AspectText(see="kita-beitrag")}
    changed(client, monkeypatch, "kita-anmeldung", aspects=sides, related=())
    page = check_page(client.get("/themen/kita-anmeldung").text)
    assert "cost" in page.ids()
    assert "/themen/kita-beitrag" in page.hrefs()


@pytest.mark.parametrize("path", ["/themen/medizinischer-notfall", "/themen/medizinischer-notfall/merkblatt"])
def test_in_an_emergency_the_numbers_come_first(client: TestClient, path: str) -> None:
    html = client.get(path).text
    page = check_page(html)
    main = html[html.index("<main") :]
    assert main.index('href="tel:112"') < main.index("Rufen Sie bei Lebensgefahr")
    assert page.hrefs().index("tel:112") < len(page.hrefs())
    assert "Bei Lebensgefahr" in page.text


def test_what_is_switched_off_says_so(make_client: MakeClient) -> None:
    off = make_client(disabled_topics=frozenset({"kita-beitrag", "medizinischer-notfall"}), base_url=BASE)
    for path in ("/themen/kita-beitrag", "/themen/kita-beitrag/merkblatt"):
        response = off.get(path)
        assert response.status_code == 200
        page = check_page(response.text)
        assert "Zu diesem Thema wird die Antwort gerade überarbeitet." in page.text
        assert "0999 1-0" in page.text
        assert "100 Euro" not in response.text
        assert page.data == ""
        assert [a["content"] for a in page.all("meta") if a.get("name") == "robots"] == ["noindex"]
    assert "/themen/kita-beitrag" not in check_page(off.get("/themen/kita-anmeldung").text).hrefs()
    assert "tel:112" in check_page(off.get("/themen/medizinischer-notfall").text).hrefs()
    paused = make_client(off=True)
    page = check_page(paused.get("/themen/kita-anmeldung").text)
    assert "Der Dienst macht gerade Pause." in page.text
    assert "tel:112" in page.hrefs()


def test_the_list_of_topics(public: TestClient) -> None:
    response = public.get("/themen")
    assert response.status_code == 200
    page = check_page(response.text)
    assert {f"/themen/{topic}" for topic in TOPICS} <= set(page.hrefs())
    assert page.text.index("Hilfe bei Lebensgefahr") < page.text.index("Kita-Platz anmelden")
    assert "Wie melde ich mein Kind in einer Kita an?" in page.text
    assert "Mein Kind ist in Lebensgefahr." not in page.text
    assert "Kita und Schule" in page.text
    assert [a["href"] for a in page.all("link") if a["rel"] == "canonical"] == [f"{BASE}/themen"]
    assert [a["href"] for a in page.all("a") if a.get("aria-current") == "page"] == ["/themen"]


def test_an_unknown_topic_has_a_page_with_a_way_on(client: TestClient) -> None:
    for path in (
        "/themen/kita-beitragg", "/themen/", "/themen/gibt/es/nicht", "/themen/kita-beitragg/merkblatt",
        "/themen/%3Cscript%3E",
    ):  # fmt: skip
        response = client.get(path)
        assert response.status_code == 404
        assert response.headers["content-type"].startswith("text/html")
        assert response.headers["cache-control"] == "no-store"
        page = check_page(response.text)
        assert "Diese Seite gibt es nicht" in page.text
        assert "/themen" in page.hrefs()
        assert "tel:099910" in page.hrefs()
        assert ("/themen/kita-beitrag" in page.hrefs()) == ("beitragg" in path)


def test_before_the_knowledge_is_there_a_page_says_so(make_client: MakeClient, monkeypatch: pytest.MonkeyPatch) -> None:
    starting = make_client()
    monkeypatch.setattr(starting.app.state.service, "bot", None)  # type: ignore[attr-defined]
    for path in ("/themen", "/themen/kindergeld", "/themen/kindergeld/merkblatt", "/themen/a/b"):
        response = starting.get(path)
        assert response.status_code == 503
        assert response.headers["retry-after"]
        assert "nicht bereit" in check_page(response.text).text
    assert starting.get("/sitemap.xml").status_code == 503


# Printing


def test_a_leaflet_has_what_one_takes_along(client: TestClient) -> None:
    html = client.get("/themen/kita-anmeldung/merkblatt").text
    page = check_page(html)
    for text in (
        "Melden Sie Ihr Kind online an.", "Wählen Sie eine Kita.", "bis Januar", "Geburtsurkunde", "0999 1-200",
        "Marktplatz 1", "Stadt Musterstadt", "Formular", "example.org/formular", "Strg und P",
        "Stand: geprüft am 20. November 2026, abgerufen am 22. November 2026.",
        "http://testserver/themen/kita-anmeldung",
    ):  # fmt: skip
        assert text in page.text, text
    assert "<nav" not in html
    assert [a["content"] for a in page.all("meta") if a.get("name") == "robots"] == ["noindex"]


def test_a_leaflet_tells_shortly_what_another_topic_owns(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    changed(client, monkeypatch, "kindergeld", aspects={Aspect.DOCUMENTS: AspectText(see="kita-beitrag")})
    page = check_page(client.get("/themen/kindergeld/merkblatt").text)
    assert "Die Kita kostet höchstens 100 Euro im Monat." in page.text
    assert "Mehr dazu: Was die Kita kostet, testserver/themen/kita-beitrag" in page.text
    assert "Beitragssatzung (Stand August 2026)" in page.text


@pytest.mark.parametrize("topic", TOPICS)
def test_every_leaflet_names_its_day_and_address(public: TestClient, topic: str) -> None:
    response = public.get(f"/themen/{topic}/merkblatt")
    assert response.status_code == 200
    page = check_page(response.text)
    assert "abgerufen am 22. November 2026" in page.text
    assert f"{BASE}/themen/{topic}" in page.text


def test_a_longer_leaflet_is_set_smaller(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert '<article class="leaflet ">' in client.get("/themen/kindergeld/merkblatt").text
    for lines, size in ((LEAFLET_SIZES[0][0] - 5, "dense"), (LEAFLET_SIZES[1][0], "densest")):
        changed(client, monkeypatch, "kindergeld", aspects={Aspect.PROCEDURE: AspectText(list=("Zeile.",) * lines)})
        assert f'<article class="leaflet {size}">' in client.get("/themen/kindergeld/merkblatt").text


# Escaping


def test_what_editors_wrote_is_text(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    evil = "</script><script>alert(1)</script> <b>fett</b> & mehr"
    step: dict[str, Any] = {
        "text": evil,
        "deadline": evil,
        "link": {"label": evil, "url": "https://example.org/a?b=1&c"},
    }
    sides = {Aspect.PROCEDURE: AspectText.model_validate({"text": evil, "steps": [step], "notice": evil})}
    changed(client, monkeypatch, "kindergeld", title=evil[:60], short=evil, aspects=sides)
    for path in ("/themen", "/themen/kindergeld", "/themen/kindergeld/merkblatt"):
        html = client.get(path).text
        assert "<script>" not in html
        assert "<b>" not in html
        page = check_page(html)
        assert evil[:60] in page.text
    assert json.loads(check_page(client.get("/themen/kindergeld").text).data)["@graph"][0]["name"] == evil[:60]


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//example.org",
        "JAVASCRIPT:x",
        " https://x",
        "http:///x",
        "",
        "ftp://a/b",
    ],
)
def test_other_schemes_are_no_links(url: str) -> None:
    assert markup.web_link(url, "<Seite>") == "&lt;Seite&gt;"


@pytest.mark.parametrize(
    "phone, url",
    [
        ("112", "tel:112"), ("02323 16-1616", "tel:02323161616"), ("0800 111 0 111", "tel:08001110111"),
        ("+49 2323 16-0", "tel:+492323160"), ("112 oder 110", None), ("02323 16-0 / 16-1", None), ("", None),
        (None, None), ("javascript:1", None),
    ],
)  # fmt: skip
def test_only_one_number_alone_can_be_called(phone: str | None, url: str | None) -> None:
    assert markup.tel_url(phone) == url


@pytest.mark.parametrize(
    "text, hrefs",
    [
        ("Sehen Sie auf www.example.org. Dort", ["https://www.example.org"]),
        ("(https://example.org/a?b=c&d)", ["https://example.org/a?b=c&d"]),
        ("Schreiben Sie an rat@example.org.", ["mailto:rat@example.org"]),
        ("Nichts & <b>", []),
        ("www.a.de und www.b.de", ["https://www.a.de", "https://www.b.de"]),
    ],
)
def test_addresses_in_texts_become_links(text: str, hrefs: list[str]) -> None:
    page = TopicPage(str(markup.linked(text)))
    assert page.hrefs() == hrefs
    assert page.text.replace(" (öffnet in neuem Tab)", "") == text


# Every type of block

SOURCE = {"label": "Satzung", "url": None, "date": "2026-08", "checked": "2026-11-20"}
OFFER = {
    "id": "stadt.x", "name": "Spielgruppe", "kind": "spielgruppe", "kind_title": "Spielgruppen", "place": "Haus Bach",
    "weekdays": ["TU", "FR"], "time": {"from": "09:30", "until": "11:00"}, "age": "ab 12 Monaten", "phone": "0999 5",
    "languages": ["de", "tr"], "source": SOURCE, "fit": "sure", "ask": ["cost", "accessible"],
    "when": "dienstags und freitags, 9.30 bis 11 Uhr", "ask_text": "Kosten und Barrierefreiheit",
}  # fmt: skip


@pytest.mark.parametrize(
    "block, texts",
    [
        (Block("text", None, None, "Eins.\n\nZwei\nDrei"), ["<p>Eins.</p>", "<p>Zwei<br>Drei</p>"]),
        (Block("list", None, None, "- a", {"items": ["a <b>"], "title": "Liste"}), ["Liste", "<li>a &lt;b&gt;</li>"]),
        (Block("steps", None, None, "1. a", {"items": [{"text": "Tun"}]}), ["<ol", "<p>Tun</p>"]),
        (
            Block("contact", None, "contact", "x", {"name": "Amt", "phone": "0999 5", "email": "a@b.de"}),
            ['href="tel:09995"', 'href="mailto:a@b.de"'],
        ),
        (Block("contact", None, "contact", "x", {"name": "Amt"}), ["Amt"]),
        (
            Block("contact", None, "contact", "x", {"name": "App", "purpose": "Ohne Sprechen", "url": "https://a.de/x/"}),
            ["Ohne Sprechen", ">a.de/x<"],
        ),
        (
            Block("offer", None, "place", "x", OFFER),
            ["<h3>Spielgruppe</h3>", "dienstags und freitags, 9.30 bis 11 Uhr", "Kosten und Barrierefreiheit",
             "Deutsch und Türkisch", "Stand August 2026", "Haus Bach"],
        ),
        (
            Block("table", None, "cost", "x", {"head": ["Alter", "Betrag"], "rows": [["1", "2 Euro"]]}),
            ['<th scope="col">Alter</th>', '<th scope="row">1</th>', "<td>2 Euro</td>"],
        ),
        (
            Block("timeline", None, "deadline", "x", {"items": [
                {"date": "2026-11-22", "until": "2026-12-01", "text": "Tun", "source": SOURCE},
                {"date": "2026-11-22", "when": "jetzt", "text": "Tun", "rule": "Eine Regel", "source": SOURCE},
            ]}),
            ["22. November 2026 bis 1. Dezember 2026", "jetzt", "Eine Regel"],
        ),
        (Block("notice", None, None, "Rufen Sie an.", {"level": "help"}), ['class="notice help"', "Rufen Sie an."]),
        (Block("notice", None, None, "Call.", {"level": "danger", "lang": "en"}), ['class="notice danger" lang="en"']),
        (Block("hologramm", None, None, "Was es sagt."), ["<p>Was es sagt.</p>"]),
    ],
    ids=lambda value: value.type if isinstance(value, Block) else "",
)  # fmt: skip
def test_every_type_of_block_can_be_shown(block: Block, texts: list[str]) -> None:
    template = _templates().from_string('{% import "blocks.html" as blocks %}{{ blocks.block(item) }}')
    html = template.render(item=block)
    page = TopicPage(html)
    assert page.open == []
    for text in texts:
        assert text in html
    assert page.text.strip()


# Search engines


@pytest.mark.parametrize("topic", TOPICS)
def test_search_engines_read_questions_and_the_office(public: TestClient, topic: str) -> None:
    data = json.loads(check_page(public.get(f"/themen/{topic}").text).data)
    page, office = data["@graph"]
    assert (data["@context"], page["@type"]) == ("https://schema.org", "FAQPage")
    assert page["@id"] == f"{BASE}/themen/{topic}"
    first = page["mainEntity"][0]
    api = public.get(f"/api/v1/topics/{topic}").json()
    assert first["name"] == api["title"]
    assert first["acceptedAnswer"]["text"] in [b["text"] for b in api["blocks"]]
    assert len({q["name"] for q in page["mainEntity"]}) == len(page["mainEntity"])
    assert office["@type"] == "GovernmentOffice"
    assert office["contactPoint"]["telephone"].startswith("0999 1-")


def sitemap(client: TestClient) -> list[str]:
    response = client.get("/sitemap.xml")
    assert response.headers["content-type"].startswith("application/xml")
    root = ElementTree.fromstring(response.text)
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    assert all(date.fromisoformat(day.text or "") for day in root.iter(f"{space}lastmod"))
    return [loc.text or "" for loc in root.iter(f"{space}loc")]


def test_the_sitemap_lists_all_topics(public: TestClient, client: TestClient) -> None:
    api = public.get("/api/v1/topics").json()
    assert sitemap(public) == [f"{BASE}/themen", *(f"{BASE}/themen/{topic['id']}" for topic in api)]
    assert sitemap(client)[0] == "http://testserver/themen"


def test_below_a_path_everything_leads_there(client: TestClient) -> None:
    below = TestClient(client.app, root_path="/bot")
    page = check_page(below.get("/bot/themen/kita-anmeldung").text)
    assert all(h.startswith("/bot/") for h in page.hrefs() if h.startswith("/"))
    assert all((a["href"] or "").startswith("/bot/") for a in page.all("link"))
    assert json.loads(page.data)["@graph"][0]["url"] == "http://testserver/bot/themen/kita-anmeldung"
    assert sitemap(TestClient(client.app, root_path="/bot", base_url="http://testserver/bot"))[1].startswith(
        "http://testserver/bot/themen/"
    )
    listed = check_page(below.get("/bot/themen").text)
    assert [a["href"] for a in listed.all("a") if a.get("aria-current") == "page"] == ["/bot/themen"]


# No trace


@pytest.mark.parametrize(
    "path", ["/themen", "/themen/kita-beitrag", "/themen/kita-beitrag/merkblatt", "/themen/nichts"]
)
def test_headers_and_log(client: TestClient, path: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "familienbot")
    response = client.get(path)
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["referrer-policy"] == "no-referrer"
    assert response.headers["x-content-type-options"] == "nosniff"
    policy = dict(part.strip().split(" ", 1) for part in response.headers["content-security-policy"].split(";"))
    assert policy == {
        "default-src": "'none'", "style-src": "'self'", "img-src": "'self'", "form-action": "'self'",
        "base-uri": "'none'", "frame-ancestors": "'none'",
    }  # fmt: skip
    assert "set-cookie" not in response.headers
    assert [r for r in caplog.records if r.name.startswith("familienbot")] == []
    assert client.head(path).status_code == response.status_code
    assert client.post(path).status_code == 405


# Our own knowledge


@pytest.fixture(scope="module")
def herne(small_settings: Settings, small_bot: Bot, settings: Settings) -> Iterator[TestClient]:
    """A client with our own content; nobody asks it questions, so the small town's model will do."""
    from bot.web.app import create_app

    content = load(settings.knowledge, settings.intents).content
    assert content is not None
    app = create_app(replace(small_settings, base_url=BASE))
    with TestClient(app) as found:
        assert app.state.service.finished.wait(30)
        groups = {name: info.group for name, info in content.topics.items()}
        app.state.service.bot = replace(small_bot, content=content, groups=groups)
        yield found


def test_all_our_topics_are_whole_pages_and_leaflets(herne: TestClient) -> None:
    content = herne.app.state.service.bot.content  # type: ignore[attr-defined]
    listed = set(check_page(herne.get("/themen").text).hrefs())
    for topic, entry in content.entries.items():
        assert f"/themen/{topic}" in listed
        page = check_page(herne.get(f"/themen/{topic}").text)
        assert json.loads(page.data)["@graph"][0]["name"] == entry.title
        assert {h for h in page.hrefs() if h.startswith("/themen/")} <= listed | {f"/themen/{topic}/merkblatt"}
        leaflet = check_page(herne.get(f"/themen/{topic}/merkblatt").text)
        assert f"{BASE}/themen/{topic}" in leaflet.text
    assert set(content.texts.groups) == {info.group for info in content.topics.values()}


def test_every_number_and_page_of_ours_can_be_reached(herne: TestClient) -> None:
    content = herne.app.state.service.bot.content  # type: ignore[attr-defined]
    facts: list[Fact] = [fact for fact in content.facts.values() if fact.unit == "phone"]
    numbers = {place.phone for place in content.places.values()} | {fact.value for fact in facts}
    assert [n for n in numbers if n and markup.tel_url(n) is None] == []
    links = [link.url for entry in content.entries.values() for link in entry.links]
    assert [url for url in links if markup.web_url(url) is None] == []
    assert [p.email for p in content.places.values() if p.email and markup.mail_url(p.email) is None] == []


@pytest.mark.parametrize("path", ["/themen/haeusliche-gewalt", "/themen/haeusliche-gewalt/merkblatt"])
def test_what_concerns_a_conversation_stands_on_no_page(herne: TestClient, path: str) -> None:
    content = herne.app.state.service.bot.content  # type: ignore[attr-defined]
    said = [situation.text for situation in content.entries["haeusliche-gewalt"].situations]
    assert all("Dieses Gespräch" in text for text in said)
    assert "Dieses Gespräch" not in herne.get(path).text
