"""The timetable over HTTP: as JSON, as a calendar, and as a page without scripts. What was typed leaves no trace."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import icalendar
import pytest
from pydantic import TypeAdapter
from starlette.testclient import TestClient

from bot.web import schemas

from .conftest import MakeClient

API, ICS, PAGE, FILE = "/api/v1/timetable", "/api/v1/timetable.ics", "/fahrplan", "/fahrplan/kalender"
BORN = {"kindergeld", "vorsorge", "kita-start"}
REPLY: TypeAdapter[schemas.TimetableReply] = TypeAdapter(schemas.TimetableReply)


def errors_of(client: TestClient, **body: object) -> list[dict[str, str]]:
    response = client.post(API, json=body)
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    found: list[dict[str, str]] = response.json()["errors"]
    return found


# JSON


def test_the_steps_of_a_child(client: TestClient) -> None:
    response = client.post(API, json={"birth_date": "2026-10-03"})
    assert response.status_code == 200
    reply = response.json()
    REPLY.validate_python(reply, strict=True)
    assert [b["type"] for b in reply["blocks"]] == ["text", "timeline", "notice"]
    assert reply["blocks"][0]["text"] == "Für ein Kind, geboren am 3. Oktober 2026:"
    assert reply["blocks"][1]["items"][0] == {
        "date": "2026-10-03", "until": "2027-01-31",
        "text": "Kindergeld beantragen: Sie stellen den Antrag bei der Familienkasse.",
        "source": {
            "label": "Kindergeldgesetz", "url": "https://example.org/kindergeld", "date": "2026-08",
            "checked": "2026-11-20",
        },
        "id": "kindergeld", "title": "Kindergeld beantragen", "when": "jetzt bis 31. Januar 2027",
        "rule": "3 Monate nach dem Monat der Geburt", "topic": "kindergeld", "stage": "now",
    }  # fmt: skip
    kita = reply["blocks"][1]["items"][-1]
    assert (kita["date"], kita["text"]) == (
        "2028-08-01", "Kita ab August 2028: Das Kita-Jahr 2028/29 beginnt am 1. August 2028.",
    )  # fmt: skip
    assert "until" not in kita
    assert [s["label"] for s in reply["sources"]] == ["Kindergeldgesetz", "Stadt Musterstadt", "Satzung"]


def test_what_is_over_stands_in_a_list(client: TestClient) -> None:
    blocks = client.post(API, json={"birth_date": "2026-03-03"}).json()["blocks"]
    past = next(b for b in blocks if b["type"] == "list")
    assert (
        past["items"]
        == [
            "Vorsorge (3. Mai bis 2. Juni 2026).",
            "Kindergeld beantragen (3. März bis 30. Juni 2026). Der Antrag geht auch später.",
        ][::-1]
    )
    assert past["title"] == "Vorbei"


@pytest.mark.parametrize(
    "body, first, ids",
    [
        ({"birth_date": "3.10.26"}, "Für ein Kind, geboren am 3. Oktober 2026:", BORN),
        ({"birth_date": "Oktober 2026"}, "Für ein Kind, geboren im Oktober 2026:", BORN),
        (
            {"due_date": "12.2."},
            "Für ein Kind mit Termin am 12. Februar 2027:",
            BORN | {"frist-vor-der-geburt"},
        ),
        (
            {"birth_date": "2026-11-20", "due_date": "2026-12-10", "children": 2},
            "Für Zwillinge, geboren am 20. November 2026:",
            BORN | {"zwillinge"},
        ),
    ],
)  # fmt: skip
def test_dates_may_come_in_any_usual_form(
    client: TestClient, body: dict[str, object], first: str, ids: set[str]
) -> None:
    blocks = client.post(API, json=body).json()["blocks"]
    assert blocks[0]["text"] == first
    assert {item["id"] for item in blocks[1]["items"]} == ids


def test_a_due_date_beside_a_birth_counts_for_what_depends_on_it(client: TestClient) -> None:
    body = {"birth_date": "2026-11-20", "due_date": "2026-12-10", "children": 2}
    items = client.post(API, json=body).json()["blocks"][1]["items"]
    assert next(i for i in items if i["id"] == "zwillinge")["date"] == "2026-12-24"


@pytest.mark.parametrize(
    "body, field, reason",
    [
        ({}, "birth_date", "Ich erkenne kein Datum."),
        ({"birth_date": "31.2.2025"}, "birth_date", "Diesen Tag gibt es nicht."),
        ({"birth_date": "2027-03-01"}, "birth_date", "Das liegt in der Zukunft."),
        ({"birth_date": "1986-03-01"}, "birth_date", "Das Kind ist zu alt."),
        ({"due_date": "2028-03-01"}, "due_date", "Das liegt zu weit in der Zukunft."),
        ({"due_date": "2026-03-01"}, "due_date", "Der Termin ist lange vorbei."),
        ({"birth_date": "2026-10-03", "due_date": "2027-10-03"}, "due_date", "Beides passt nicht zusammen."),
        ({"birth_date": "2026-10-03", "due_date": "bald"}, "due_date", "Ich erkenne kein Datum."),
    ],
)
def test_a_date_that_cannot_be_used_is_named_by_its_field(
    client: TestClient, body: dict[str, object], field: str, reason: str
) -> None:
    assert errors_of(client, **body) == [{"field": field, "reason": reason}]


@pytest.mark.parametrize(
    "body", [{"birth_date": 20261003}, {"birth_date": "x" * 61}, {"children": 0}, {"children": "2"}, {"name": "Tim"}]
)
def test_other_fields_and_values_are_refused(client: TestClient, body: dict[str, object]) -> None:
    assert errors_of(client, **body)


def test_a_plain_form_or_broken_json_is_refused(client: TestClient) -> None:
    assert client.post(API, data={"birth_date": "3.5.25"}).status_code == 415
    assert client.post(API, content="{", headers={"content-type": "application/json"}).status_code == 400
    assert client.get(API).status_code == 405


# The calendar


def events(text: str) -> list[icalendar.Event]:
    return [e for e in icalendar.Calendar.from_ical(text).walk("VEVENT") if isinstance(e, icalendar.Event)]


def test_the_calendar_has_days_only_and_names_no_child(client: TestClient) -> None:
    response = client.post(ICS, json={"birth_date": "2026-10-03"})
    assert response.headers["content-type"] == "text/calendar; charset=utf-8"
    assert response.headers["content-disposition"] == 'attachment; filename="familienfahrplan.ics"'
    found = events(response.text)
    assert [str(e["summary"]) for e in found] == [
        "Letzter Tag: Kindergeld beantragen", "Vorsorge", "Kita ab August 2028",
    ]  # fmt: skip
    days = [(e.start, e.end) for e in found]
    assert days == [
        (date(2027, 1, 31), date(2027, 2, 1)),
        (date(2026, 12, 3), date(2027, 1, 3)),
        (date(2028, 8, 1), date(2028, 8, 2)),
    ]
    assert all(e["dtstart"].params["VALUE"] == "DATE" for e in found)
    assert "Regel: 3 Monate" in str(found[0]["description"])
    assert "TRIGGER:-P7D" in response.text


def test_the_same_request_gives_the_same_bytes_and_a_child_has_its_own_events(client: TestClient) -> None:
    first, again = (client.post(ICS, json={"birth_date": "2026-10-03"}).content for _ in range(2))
    assert first == again
    other = client.post(ICS, json={"birth_date": "2026-10-04"}).text
    uids = {str(e["uid"]) for e in events(first.decode())}
    assert len(uids) == 3
    own = {str(e["uid"]) for e in events(other) if str(e["summary"]) == "Vorsorge"}
    assert {str(e["uid"]) for e in events(other)} - uids == own  # the other days are the same for both
    assert not [uid for uid in uids if "2026" in uid or not re.fullmatch(r"[0-9a-f]{32}@familienfahrplan", uid)]


def test_a_wrong_date_gives_no_file(client: TestClient) -> None:
    response = client.post(ICS, json={"birth_date": "31.2.2025"})
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"


# The page


class Page(HTMLParser):
    """The elements of a page with their attributes, and its text."""

    VOID = frozenset({"meta", "link", "input", "br"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> Iterator[dict[str, str | None]]:
        return (attrs for name, attrs in self.found if name == tag)

    def ids(self) -> list[str]:
        return [attrs["id"] or "" for _, attrs in self.found if "id" in attrs]


def check_page(html: str) -> Page:
    """What holds for every page: whole elements, one language, labels, no script and nothing from elsewhere."""
    page = Page(html)
    assert page.open == []
    assert html.startswith("<!DOCTYPE html>")
    assert next(page.all("html"))["lang"] == "de"
    assert [name for name, _ in page.found].count("h1") == 1
    assert not [name for name, _ in page.found if name in ("script", "style", "iframe", "img")]
    assert not [a for _, attrs in page.found for a in attrs if a == "style" or a.startswith("on")]
    ids = page.ids()
    assert len(ids) == len(set(ids))
    labelled = {a.get("for") for a in page.all("label")}
    fields = [a for tag in ("input", "select") for a in page.all(tag) if a.get("type") != "hidden"]
    assert all(a["id"] in labelled for a in fields)
    described = [i for a in fields for i in (a.get("aria-describedby") or "").split()]
    assert set(described) <= set(ids)
    links = [a["href"] or "" for a in page.all("a")]
    assert links[0] == "#inhalt"
    assert "inhalt" in ids
    assert all(href.startswith(("#", "/", "https://")) for href in links)
    assert all((a["href"] or "").startswith(("/static/pages.css?v=", "/static/icon")) for a in page.all("link"))
    return page


def test_the_form(client: TestClient) -> None:
    response = client.get(PAGE)
    assert response.status_code == 200
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["referrer-policy"] == "no-referrer"
    assert response.headers["content-security-policy"].startswith("default-src 'none'; style-src 'self';")
    page = check_page(response.text)
    (form,) = page.all("form")
    assert (form["method"], form["action"]) == ("post", "/fahrplan#ergebnis")
    assert "Familien in Musterstadt" in response.text
    assert "nicht gespeichert" in page.text


def test_what_is_typed_is_answered_on_the_page(client: TestClient) -> None:
    response = client.post(PAGE, data={"geburt": "3.10.2026", "termin": "", "kinder": "1"})
    assert response.status_code == 200
    assert response.headers["cache-control"] == "no-store"
    page = check_page(response.text)
    for text in (
        "Für ein Kind, geboren am 3. Oktober 2026", "Kindergeld beantragen", "jetzt bis 31. Januar 2027",
        "Regel: 3 Monate nach dem Monat der Geburt", "Kindergeldgesetz", "Stand August 2026", "Das Amt entscheidet.",
    ):  # fmt: skip
        assert text in page.text
    assert page.text.index("Jetzt") < page.text.index("Später")
    download = list(page.all("form"))[1]
    assert (download["method"], download["action"]) == ("post", FILE)
    hidden = {a["name"]: a["value"] for a in page.all("input") if a.get("type") == "hidden"}
    file = client.post(FILE, data=hidden)
    assert file.headers["content-disposition"] == 'attachment; filename="familienfahrplan.ics"'
    assert len(events(file.text)) == 3


@pytest.mark.parametrize(
    "typed, field, sentence",
    [
        ({"geburt": "31.2.2025"}, "geburt", "Diesen Tag gibt es nicht."),
        ({"geburt": ""}, "geburt", "Ich erkenne kein Datum."),
        ({"geburt": "geboren am 1.3.2027"}, "geburt", "Das liegt in der Zukunft."),
        ({"geburt": "1.3.1986"}, "geburt", "Das Kind ist zu alt."),
        ({"geburt": "3.10.2026", "termin": "3.10.2027"}, "termin", "Beides passt nicht zusammen."),
    ],
)
@pytest.mark.parametrize("path", [PAGE, FILE])
def test_a_wrong_date_is_said_at_its_field(
    client: TestClient, path: str, typed: dict[str, str], field: str, sentence: str
) -> None:
    response = client.post(path, data=typed)
    assert response.status_code == 422
    page = check_page(response.text)
    given = next(a for a in page.all("input") if a["id"] == field)
    assert given["aria-invalid"] == "true"
    assert f"{field}-fehler" in (given["aria-describedby"] or "")
    assert given["value"] == typed[field]
    assert page.text.count(sentence) == 2
    assert "Fehler:" in page.text
    assert [a["role"] for _, a in page.found if "role" in a] == ["alert"]


def test_what_was_typed_is_shown_as_text(client: TestClient) -> None:
    response = client.post(PAGE, data={"geburt": '"><script>alert(1)</script>'})
    assert "<script>" not in response.text
    check_page(response.text)


def test_older_children_and_twins(client: TestClient) -> None:
    twins = check_page(client.post(PAGE, data={"geburt": "20.11.2026", "kinder": "2"}).text)
    assert "Für Zwillinge" in twins.text
    assert [a["value"] for a in twins.all("option") if "selected" in a] == ["2"]
    past = check_page(client.post(PAGE, data={"geburt": "20.11.2020"}).text)
    assert "Vorbei (2)" in past.text


@pytest.mark.parametrize("headers", [{"content-type": "application/json"}, {"content-type": "multipart/form-data"}])
def test_another_body_is_refused_on_a_page(client: TestClient, headers: dict[str, str]) -> None:
    response = client.post(PAGE, content=b"{}", headers=headers)
    assert response.status_code == 415
    assert "kam nicht richtig an" in check_page(response.text).text


def test_a_form_with_too_much_in_it_is_refused_on_a_page(client: TestClient) -> None:
    many = client.post(PAGE, data={f"feld{i}": "1" for i in range(30)})
    assert many.status_code == 400
    assert "kam nicht richtig an" in check_page(many.text).text
    large = client.post(PAGE, data={"geburt": "1" * 30_000})
    assert large.status_code == 413
    assert "zu viel auf einmal" in check_page(large.text).text


def test_a_page_says_when_it_cannot_be_shown(make_client: MakeClient) -> None:
    busy = make_client(rate_limit=1)
    assert busy.post(PAGE, data={"geburt": "3.10.2026"}).status_code == 200
    response = busy.post(PAGE, data={"geburt": "3.10.2026"})
    assert response.status_code == 429
    assert response.headers["retry-after"]
    assert "sehr viele Anfragen" in check_page(response.text).text
    off = make_client(off=True)
    assert off.get(PAGE).status_code == 503
    assert off.post(API, json={"birth_date": "2026-10-03"}).status_code == 503
    starting = TestClient(off.app)
    starting.app.state.service.bot = None  # type: ignore[attr-defined]
    assert "nicht bereit" in check_page(starting.get(PAGE).text).text


def test_a_city_without_a_timetable_has_no_such_page(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    service = client.app.state.service  # type: ignore[attr-defined]
    content = service.bot.content.model_copy(update={"timetable": None})
    monkeypatch.setattr(service, "bot", replace(service.bot, content=content))
    assert client.get(PAGE).status_code == 404
    assert client.post(API, json={"birth_date": "2026-10-03"}).status_code == 404


def test_below_a_path_the_page_finds_its_parts(client: TestClient) -> None:
    below = TestClient(client.app, root_path="/bot")
    page = Page(below.get("/bot/fahrplan").text)
    assert next(page.all("form"))["action"] == "/bot/fahrplan#ergebnis"
    assert all((a["href"] or "").startswith("/bot/static/") for a in page.all("link"))


def test_the_sheet_is_served(client: TestClient) -> None:
    response = client.get("/static/pages.css")
    assert response.headers["content-type"].startswith("text/css")
    for needed in ("prefers-color-scheme: dark", "@media print", ":focus-visible", "--target: 2.75rem"):
        assert needed in response.text
    assert "url(" not in response.text
    assert client.get("/static/gibt-es-nicht.css").status_code == 404


# No trace


def test_nothing_typed_is_logged_or_stands_in_an_address(
    client: TestClient, caplog: pytest.LogCaptureFixture, tmp_path_factory: pytest.TempPathFactory
) -> None:
    caplog.set_level(logging.DEBUG)
    secret = ("2025-05-17", "17.5.2025", "17.05.2025", "17. Mai 2025", "31.2.2025")
    for text in secret:
        for path in (API, ICS):
            client.post(path, json={"birth_date": text})
        for path in (PAGE, FILE):
            response = client.post(path, data={"geburt": text, "kinder": "1"})
            assert "2025" not in str(response.url)
            assert "location" not in response.headers
    own = [r for r in caplog.records if r.name == "familienbot"]
    assert own
    assert all(re.fullmatch(r"timetable ms=\d+\.\d\d", r.getMessage()) for r in own)
    logged = " ".join(r.getMessage() for r in caplog.records)
    assert not any(text in logged for text in (*secret, "Mai 2025", "2025-05"))
