"""`GET /api/v1/offers`, one record, and its calendar, against API.md; searches in the chat."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
from pydantic import TypeAdapter
from starlette.testclient import TestClient

from bot.pipeline import Bot
from bot.settings import Settings
from bot.web import schemas, service
from bot.web.app import create_app

from .test_problems import CHAT, check_problem

OFFERS = "/api/v1/offers"
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture(scope="module")
def city(sample_settings: Settings, sample_bot: Bot) -> Iterator[TestClient]:
    """A client of the invented city's app, on Sunday, 22 November 2026."""
    app = create_app(replace(sample_settings, secrets={"k1": "s" * 32}, rate_limit=0))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(service, "load_bot", lambda _: sample_bot)
        with TestClient(app) as found:
            assert app.state.service.finished.wait(60)
            yield found


def get(client: TestClient, query: str = "") -> dict[str, Any]:
    response = client.get(OFFERS + query)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/json"
    found: dict[str, Any] = response.json()
    TypeAdapter(schemas.OfferList).validate_python(found, strict=True)
    return found


def names(found: dict[str, Any]) -> list[str]:
    return [offer["id"].removeprefix("stadt.") for offer in found["offers"]]


# the list


def test_a_search_has_what_the_contract_says(city: TestClient) -> None:
    found = get(city, "?kind=spielgruppe&age_months=18&district=Unterbachen&weekday=TU&part_of_day=morning")
    assert list(found) == ["offers", "relaxed", "total", "known_of"]
    assert names(found) == ["samstagsspielgruppe"]
    assert found["relaxed"] == ["weekday"]
    assert found["total"] == 1
    assert found["known_of"] == {"count": 12, "of": None, "as_of": "2026-11-22"}


def test_a_record_has_all_that_is_known_of_it(city: TestClient) -> None:
    (offer,) = get(city, "?q=bachkiesel")["offers"]
    source = offer.pop("source")
    assert source == {"label": "Erfundenes Beispiel", "url": None, "date": None, "checked": "2026-11-22"}
    assert offer.pop("text").startswith("Spielgruppe Bachkiesel: freitags, ab 9.30 Uhr. Alter: ab 12 Monaten.")
    assert offer == {
        "id": "stadt.spielgruppe-bachkiesel", "name": "Spielgruppe Bachkiesel", "kind": "spielgruppe",
        "kind_title": "Krabbel- und Spielgruppen", "place": "Nachbarschaftshaus Bachstube",
        "address": "Talstraße 1, 00000 Beispielingen", "district": "Bachtal", "weekdays": ["FR"],
        "time": {"from": "09:30"}, "age": "ab 12 Monaten", "age_months": {"from": 12},
        "registration": "ohne Anmeldung", "operator": "Bachstube e. V.", "phone": "030 23125-503",
        "accessible": "ohne Stufen erreichbar", "fit": "sure", "ask": ["cost"], "ask_text": "Kosten",
        "when": "freitags, ab 9.30 Uhr",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?kind=familienzentrum&district=Bachtal", ["familienzentrum-unterbachen"]),
        ("?kind=hausbesuch&kind=fest&age_months=3", ["willkommensbesuch", "dreikoenigsfest", "lichterfest"]),
        ("?kind=kita&q=SONNEN", ["kita-sonnenkaefer"]),
        ("?kind=spielgruppe&weekday=SA&weekday=SU", ["samstagsspielgruppe", "krabbelgruppe-gaensekueken"]),
        ("?kind=spielgruppe&age_months=14&age_months=36&district=Altstadt&part_of_day=afternoon",
         ["zweisprachige-spielgruppe", "spielgruppe-muehlraedchen", "spielgruppe-kunterbunt"]),
        ("?kind=spielgruppe&q=turnen", []),
    ],
)  # fmt: skip
def test_searches(city: TestClient, query: str, expected: list[str]) -> None:
    assert names(get(city, query)) == expected


def test_empty_fields_are_no_wishes(city: TestClient) -> None:
    bare = get(city)
    assert get(city, "?kind=&age_months=&district=&weekday=&part_of_day=&q=") == bare
    assert bare["total"] == len(bare["offers"]) > 50
    assert {"kita", "spielgruppe"} <= {offer["kind"] for offer in bare["offers"]}


def test_at_most_a_hundred_are_listed(city: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.web.offers.MAX_OFFERS", 3)
    found = get(city, "?kind=spielgruppe")
    assert (len(found["offers"]), found["total"]) == (3, 12)


@pytest.mark.parametrize(
    ("query", "field", "allowed"),
    [
        ("kind=geheim", "kind", "spielgruppe"),
        ("kind=spielgruppe&kind=geheim", "kind", "spielgruppe"),
        ("district=geheim", "district", "Weiherfeld-Nord"),
        ("district=unterbachen", "district", "Unterbachen"),
        ("weekday=geheim", "weekday.0", "'MO'"),
        ("weekday=MO&weekday=geheim", "weekday.1", "'SU'"),
        ("part_of_day=geheim", "part_of_day", "'morning'"),
        ("age_months=geheim", "age_months.0", "integer"),
        ("age_months=-1", "age_months.0", "greater than or equal to 0"),
        ("age_months=241", "age_months.0", "less than or equal to 240"),
        ("q=" + "geheim" * 11, "q", "at most 60"),
        ("geheimnis=1", "geheimnis", "not known"),
    ],
)
def test_what_cannot_be_used_is_named_with_what_can(city: TestClient, query: str, field: str, allowed: str) -> None:
    response = city.get(f"{OFFERS}?{query}")
    (error,) = check_problem(response, 422)["errors"]
    assert error["field"] == field
    assert allowed in error["reason"]
    assert "geheim" not in error["reason"]


@pytest.mark.parametrize("q", ["%00", "%F0%9F%99%82", "a" * 60, "%3Cscript%3E", "%ED%A0%80", "+", "%E2%80%AE"])
def test_odd_names_find_nothing_or_all(city: TestClient, q: str) -> None:
    assert city.get(f"{OFFERS}?q={q}").status_code == 200


def test_the_same_query_gets_the_same_bytes(city: TestClient) -> None:
    assert len({city.get(f"{OFFERS}?kind=kita&weekday=MO").content for _ in range(20)}) == 1


def test_no_log_record_has_the_query(city: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for query in ("q=qwertzmarke", "kind=qwertzmarke", "district=qwertzmarke", "age_months=qwertzmarke"):
        city.get(f"{OFFERS}?{query}")
    city.get(f"{OFFERS}/qwertzmarke")
    ours = [record for record in caplog.records if not record.name.startswith("httpx")]  # the test's own client
    assert not any("qwertzmarke" in record.getMessage() for record in ours)


# one record


def test_a_record_by_its_id(city: TestClient) -> None:
    for name in ("stadt.spielgruppe-bachkiesel", "stadt.kita-sonnenkaefer"):
        offer = city.get(f"{OFFERS}/{name}").json()
        TypeAdapter(schemas.Offer).validate_python(offer, strict=True)
        assert offer["id"] == name
        assert "fit" not in offer
    assert offer["hours"] == "Mo–Fr 7–16 Uhr"


@pytest.mark.parametrize(
    "name",
    ["nothing", "stadt.nothing", "stadt.weiherfest", "stadt.osterferienprogramm", "stadt.spielgruppe-im-park", "%00"],
    ids=["unknown", "unknown in the city", "history", "all dates past", "ended", "zero"],
)
@pytest.mark.parametrize("ending", ["", ".ics"])
def test_what_is_unknown_or_over_is_not_found(city: TestClient, name: str, ending: str) -> None:
    check_problem(city.get(f"{OFFERS}/{name}{ending}"), 404)


def test_switched_off_there_is_no_list(sample_settings: Settings, sample_bot: Bot) -> None:
    app = create_app(replace(sample_settings, secrets={"k1": "s" * 32}))
    app.state.service.bot = replace(sample_bot, all_off=True)
    client = TestClient(app)
    for path in (OFFERS, f"{OFFERS}/stadt.kita-sonnenkaefer", f"{OFFERS}/stadt.spielgruppe-bachkiesel.ics"):
        response = client.get(path)
        check_problem(response, 503)
        assert int(response.headers["retry-after"]) > 0


# its calendar


def events(client: TestClient, name: str) -> list[Any]:
    response = client.get(f"{OFFERS}/stadt.{name}.ics")
    assert response.status_code == 200, response.text
    assert response.headers["content-type"].startswith("text/calendar")
    assert response.headers["content-disposition"] == f'attachment; filename="stadt.{name}.ics"'
    assert b"\r\n" in response.content
    return list(icalendar.Calendar.from_ical(response.content).walk("VEVENT"))


def test_weekdays_are_a_rule_for_every_week(city: TestClient) -> None:
    (event,) = events(city, "spielgruppe-sonnenstrahl")
    assert event["rrule"] == {"FREQ": ["WEEKLY"], "BYDAY": ["TU", "TH"]}
    assert event.start == datetime(2026, 11, 24, 9, 0, tzinfo=BERLIN)
    assert event.end == datetime(2026, 11, 24, 11, 30, tzinfo=BERLIN)
    assert str(event["summary"]) == "Spielgruppe Sonnenstrahl"
    assert str(event["location"]) == "Kita Sonnenkäfer, Höhenweg 30, 00000 Beispielingen"
    assert "Bitte erfragen: Barrierefreiheit." in str(event["description"])
    assert str(event["uid"]) == "stadt.spielgruppe-sonnenstrahl@familienbot"


def test_a_rule_ends_with_the_last_day_of_validity(city: TestClient) -> None:
    (event,) = events(city, "winterspielplatz")
    assert event.start == datetime(2026, 11, 22, 10, 0, tzinfo=BERLIN)  # a Sunday: today
    (until,) = event["rrule"]["UNTIL"]
    assert until.astimezone(BERLIN).date() == date(2027, 2, 28)


def test_single_dates_to_come_are_events_of_their_own(city: TestClient) -> None:
    found = events(city, "bilderbuchkino")
    assert [event.start.date() for event in found] == [date(2026, 11, 27), date(2026, 12, 18)]
    assert not any("rrule" in event for event in found)
    assert len({str(event["uid"]) for event in found}) == 2


def test_a_start_without_an_end_stays_without_one(city: TestClient) -> None:
    (event,) = events(city, "spielgruppe-bachkiesel")
    assert "dtend" not in event
    assert event["dtstart"].dt == datetime(2026, 11, 27, 9, 30, tzinfo=BERLIN)


@pytest.mark.parametrize(
    "name",
    ["kita-sonnenkaefer", "krabbelgruppe-gaensekueken", "samstagsspielgruppe"],
    ids=["place", "no weekday", "not every week"],
)
def test_without_days_that_can_be_computed_there_is_no_calendar(city: TestClient, name: str) -> None:
    assert "no dates" in check_problem(city.get(f"{OFFERS}/stadt.{name}.ics"), 404)["detail"]


# in the chat


REPLY: TypeAdapter[schemas.ChatReply] = TypeAdapter(schemas.ChatReply)


def test_the_chat_shows_the_records_as_blocks(city: TestClient) -> None:
    reply = city.post(CHAT, json={"message": "Gibt es mittwochs in Sonnenhalde eine Spielgruppe?"}).json()
    REPLY.validate_python(reply, strict=True)
    assert (reply["kind"], reply["topics"]) == ("offers", ["eltern-kind-gruppe"])
    assert reply["aspects"][0] in ("place", "hours")
    assert reply["entities"] == {"district": "Sonnenhalde", "weekday": "WE", "kinds": ["spielgruppe"]}
    assert [block["type"] for block in reply["blocks"]][:3] == ["text", "offer", "offer"]
    listed = get(city, "?kind=spielgruppe&district=Sonnenhalde&weekday=WE")
    blocks = [block for block in reply["blocks"] if block["type"] == "offer"]
    own = {"type", "topic", "aspect"}
    assert [{k: v for k, v in block.items() if k not in own} for block in blocks] == listed["offers"]


def test_a_follow_up_goes_on_with_the_search(city: TestClient) -> None:
    first = city.post(CHAT, json={"message": "Krabbelgruppe mittwochs in Weiherfeld"}).json()
    REPLY.validate_python(first, strict=True)
    assert (first["kind"], first["asks"], first["topics"], first["aspects"]) == ("clarify", "district", [], [])
    assert len(first["candidates"]) == 1
    second = city.post(CHAT, json={"message": "Weiherfeld-Süd", "state": first["state"]}).json()
    assert second["entities"] == {"district": "Weiherfeld-Süd", "weekday": "WE", "kinds": ["spielgruppe"]}
    assert len(second["state"]) <= 2048
