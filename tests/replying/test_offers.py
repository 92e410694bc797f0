"""A search in our list: three values for each wish, what is dropped and in which order, and searches done by hand."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from timeit import timeit
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.compiling import load_content
from bot.content.loading import Content
from bot.content.models import Offer, Place
from bot.model import Child, Conversation, Entities, Kind, Question, Source
from bot.pipeline import Bot, reply
from bot.replying.holidays import holiday_on
from bot.replying.offers import (
    NO_WEEKDAY,
    PARTS_OF_DAY,
    RELAXABLE,
    STAGES,
    Found,
    Listing,
    Record,
    Wish,
    distance,
    known_of,
    list_records,
    search,
    wish_of,
)
from bot.replying.results import SHOWN, wished
from bot.settings import Settings

HERE = Path(__file__).parent
TODAY = date(2026, 11, 22)
"""A Sunday."""
BOROUGHS = {"Nord": "Nord", "Hafen": "Nord", "Wald": "Süd", "Wiese": "Süd"}
"""„Nord“ is a Stadtteil and a Stadtbezirk, „Süd“ only a Stadtbezirk."""


def record(name: str, **fields: Any) -> Record:
    """A group in the Stadtteil Wald on Tuesdays, 10 to 11.30, for 6 to 36 months, unless said otherwise."""
    known: dict[str, Any] = {
        "id": f"stadt.{name}", "name": name, "kind": "gruppe", "kinds": ("gruppe",),
        "source": Source("Stadt", None, None, "2026-11-20"), "quarter": "Wald", "borough": "Süd",
        "weekdays": ("TU",), "starts": 600, "ends": 690, "age_from": 6, "age_until": 36,
    }  # fmt: skip
    return Record(**(known | fields))


def found_names(wish: Wish, *records: Record, today: date = TODAY) -> tuple[list[str], tuple[str, ...]]:
    """The names of what is found, in order, and what was dropped."""
    found = search(wish, Listing(records, BOROUGHS), today)
    return [match.record.name for match in found.matches], found.relaxed


def fit(wish: Wish, one: Record, today: date = TODAY) -> str:
    """How a single record fits: `sure`, `possible`, `relaxed` or `none`."""
    matches = search(wish, Listing((one,), BOROUGHS), today).matches
    return matches[0].fit if matches else "none"


# three values


@pytest.mark.parametrize(
    ("wish", "fields", "expected"),
    [
        # the age is never relaxed, both ends belong to it, an end that is missing has no limit
        ({"age_months": (6,)}, {}, "sure"),
        ({"age_months": (36,)}, {}, "sure"),
        ({"age_months": (5,)}, {}, "none"),
        ({"age_months": (37,)}, {}, "none"),
        ({"age_months": (8, 36)}, {}, "sure"),
        ({"age_months": (8, 37)}, {}, "none"),
        ({"age_months": (200,)}, {"age_until": None}, "sure"),
        ({"age_months": (0,)}, {"age_from": None}, "sure"),
        ({"age_months": (8,)}, {"age_from": None, "age_until": None}, "possible"),
        ({"weekdays": ("TU",)}, {}, "sure"),
        ({"weekdays": ("WE",)}, {}, "relaxed"),
        ({"weekdays": ("SA", "TU")}, {}, "sure"),
        ({"weekdays": ("TU",)}, {"weekdays": ()}, "possible"),
        ({"date": date(2026, 11, 24)}, {}, "sure"),
        ({"date": date(2026, 11, 25)}, {}, "relaxed"),
        ({"districts": ("Wald",)}, {}, "sure"),
        ({"districts": ("Süd",)}, {}, "sure"),
        ({"districts": ("Wiese",)}, {}, "relaxed"),
        ({"districts": ("Wiese",)}, {"quarter": None}, "possible"),
        ({"districts": ("Wiese",)}, {"quarter": None, "borough": None}, "possible"),
        ({"districts": ("Nord",)}, {}, "relaxed"),
        ({"districts": ("Nord",)}, {"quarter": "Hafen", "borough": "Nord"}, "sure"),
        ({"districts": ("Hafen",)}, {"quarter": None, "borough": "Nord"}, "possible"),
        ({"districts": ("Hafen", "Wald")}, {}, "sure"),
        ({"q": "wal"}, {"name": "Waldzwerge"}, "sure"),
        ({"q": " ZWERGE"}, {"name": "Waldzwerge"}, "sure"),
        ({"q": "baeren"}, {"name": "Bärenhöhle"}, "sure"),
        ({"q": "wiese"}, {"name": "Waldzwerge"}, "none"),
        ({"kinds": ("kurs",)}, {}, "none"),
        ({"kinds": ("kurs",)}, {"kinds": ("gruppe", "kurs")}, "sure"),
        ({"kinds": ("kurs", "gruppe")}, {}, "sure"),
    ],
)  # fmt: skip
def test_a_record_fits_a_wish(wish: dict[str, Any], fields: dict[str, Any], expected: str) -> None:
    assert fit(Wish(**wish), record(fields.pop("name", "x"), **fields)) == expected


@pytest.mark.parametrize(
    ("starts", "ends", "parts"),
    [
        ("09:00", "10:00", {"morning"}),
        ("06:00", None, {"morning"}),
        ("05:59", None, {"night"}),
        ("10:00", "11:30", {"morning"}),
        ("10:00", "11:31", {"morning", "noon"}),
        ("11:30", None, {"morning", "noon"}),
        ("12:00", None, {"noon", "afternoon"}),
        ("11:00", "12:00", {"morning", "noon"}),
        ("14:00", "16:00", {"afternoon"}),
        ("15:30", "17:00", {"afternoon"}),
        ("15:30", "17:01", {"afternoon", "evening"}),
        ("18:00", "22:00", {"evening"}),
        ("22:00", None, {"night"}),
    ],
)
def test_a_part_of_day_is_the_overlap_of_its_span(starts: str, ends: str | None, parts: set[str]) -> None:
    def minutes(clock: str | None) -> int | None:
        return None if clock is None else int(clock[:2]) * 60 + int(clock[3:])

    one = record("x", starts=minutes(starts), ends=minutes(ends))
    assert {part for part in PARTS_OF_DAY if fit(Wish(part_of_day=part), one) == "sure"} == parts


def test_without_a_time_the_part_of_day_is_not_stated() -> None:
    assert fit(Wish(part_of_day="morning"), record("x", starts=None, ends=None)) == "possible"


def test_what_is_not_stated_is_named_to_be_asked() -> None:
    one = record("x", weekdays=(), quarter=None, borough=None)
    wish = Wish(age_months=(8,), weekdays=("MO",), districts=("Wald",))
    (match,) = search(wish, Listing((one,), BOROUGHS), TODAY).matches
    assert match.asks == ("weekday", "district")


# dates


DATES = (date(2026, 11, 20), date(2026, 12, 5))  # a Friday that is over, a Saturday


@pytest.mark.parametrize(
    ("wish", "today", "expected"),
    [
        (Wish(), TODAY, "sure"),
        (Wish(weekdays=("SA",)), TODAY, "sure"),
        (Wish(weekdays=("FR",)), TODAY, "relaxed"),
        (Wish(date=date(2026, 12, 5)), TODAY, "sure"),
        (Wish(date=date(2026, 12, 12)), TODAY, "relaxed"),
        (Wish(), date(2026, 12, 5), "sure"),
        (Wish(), date(2026, 12, 6), "none"),
    ],
)
def test_single_dates_count_from_today_on(wish: Wish, today: date, expected: str) -> None:
    assert fit(wish, record("x", weekdays=(), dates=DATES), today) == expected


@pytest.mark.parametrize(("today", "expected"), [(date(2026, 12, 31), "sure"), (date(2027, 1, 1), "none")])
def test_the_last_day_of_validity_still_counts(today: date, expected: str) -> None:
    assert fit(Wish(), record("x", valid_until=date(2026, 12, 31)), today) == expected


# stages


def test_what_surely_fits_stands_before_what_may_fit() -> None:
    vague, sure = record("a", weekdays=()), record("b")
    assert found_names(Wish(weekdays=("TU",)), vague, sure) == (["b", "a"], ())


def test_without_a_sure_one_what_may_fit_stands_before_what_was_relaxed() -> None:
    vague, other = record("z", weekdays=()), record("b", weekdays=("FR",))
    assert found_names(Wish(weekdays=("TU",)), vague, other) == (["z", "b"], ("weekday",))


def test_a_stage_that_adds_nothing_counts_for_nothing() -> None:
    vague = record("a", weekdays=())
    assert found_names(Wish(weekdays=("TU",)), vague) == (["a"], ())


def test_only_the_first_stage_that_helps_is_used() -> None:
    at_noon, on_friday = record("a", starts=750, ends=800), record("b", weekdays=("FR",))
    wish = Wish(weekdays=("TU",), part_of_day="morning")
    assert found_names(wish, at_noon, on_friday) == (["a"], ("part_of_day",))
    assert found_names(wish, on_friday) == (["b"], ("weekday",))


def test_a_stage_adds_only_what_is_sure() -> None:
    other, vague = record("a", weekdays=("FR",)), record("b", weekdays=("FR",), quarter=None)
    assert found_names(Wish(weekdays=("TU",), districts=("Wald",)), other, vague) == (["a"], ("weekday",))


def test_a_stadtteil_widens_to_its_bezirk_before_the_city() -> None:
    near, far = record("a", quarter="Wiese"), record("b", quarter="Hafen", borough="Nord")
    assert found_names(Wish(districts=("Wald",)), near, far) == (["a"], ("district",))
    assert found_names(Wish(districts=("Wald",)), far) == (["b"], ("city",))


def test_a_bezirk_widens_to_the_city_at_once() -> None:
    assert found_names(Wish(districts=("Nord",)), record("a")) == (["a"], ("city",))


def test_dropping_the_weekday_keeps_the_part_of_day_and_the_other_way_round() -> None:
    wish = Wish(weekdays=("MO",), part_of_day="evening")
    assert found_names(wish, record("a"))[1] == ("part_of_day", "weekday")
    assert found_names(wish, record("a", starts=1080, ends=None))[1] == ("weekday",)
    assert found_names(wish, record("a", weekdays=("MO",)))[1] == ("part_of_day",)


def test_an_age_a_kind_and_a_name_are_never_dropped() -> None:
    assert {name for stage in STAGES for name in stage} == set(RELAXABLE)
    for wish in (Wish(age_months=(99,)), Wish(kinds=("kurs",)), Wish(q="y")):
        assert found_names(wish, record("x")) == ([], ())


# order


def test_the_surest_come_first_then_the_weekday_from_the_day_of_asking() -> None:
    days = [record(day, weekdays=(day,)) for day in ("SA", "MO", "SU", "TU")]
    assert found_names(Wish(), *days, record("?", weekdays=()))[0] == ["SU", "MO", "TU", "SA", "?"]
    one, two = record("a", weekdays=(), quarter=None), record("b", weekdays=())
    assert found_names(Wish(weekdays=("TU",), districts=("Wald",)), one, two)[0] == ["b", "a"]


def test_a_weekday_counts_forward_from_the_one_wished() -> None:
    days = [record(day, weekdays=(day,)) for day in ("MO", "TU", "TH", "SU")]
    assert found_names(Wish(weekdays=("WE",)), *days) == (["TH", "SU", "MO", "TU"], ("weekday",))
    several = record("x", weekdays=("TU", "TH"))
    assert distance(several, ("WE",), TODAY) == 1
    assert distance(several, ("TU", "FR"), TODAY) == 0
    assert distance(record("x", weekdays=()), ("TU",), TODAY) == NO_WEEKDAY


def test_then_the_start_then_the_name_then_the_id() -> None:
    late, none = record("a", starts=900, ends=None), record("b", starts=None, ends=None)
    assert found_names(Wish(), none, late, record("c"))[0] == ["c", "a", "b"]
    assert found_names(Wish(), record("b"), record("A"))[0] == ["A", "b"]
    same = [record("x", id=f"stadt.{name}") for name in "ba"]
    assert [m.record.id for m in search(Wish(), Listing(tuple(same)), TODAY).matches] == ["stadt.a", "stadt.b"]


# the list


def test_records_are_made_of_places_and_offers(sample_content: Content) -> None:
    listing = list_records(sample_content)
    historical = {offer.id for offer in sample_content.offers.values() if offer.historical}
    assert historical
    assert set(listing.by_id) == {*sample_content.offers, *sample_content.places} - historical


def test_an_offer_takes_from_its_place_what_it_does_not_state(small_bot: Bot) -> None:
    source = {"label": "Stadt"}
    place = Place.model_validate(
        {
            "id": "stadt.haus", "name": "Haus", "kind": "treffpunkt", "also": ["kita"], "address": "Weg 1",
            "district": "Süd", "quarter": "Wald", "phone": "0999 1", "source": source, "checked": "2026-11-20",
        }
    )  # fmt: skip
    offer = Offer.model_validate(
        {
            "id": "stadt.kurs", "name": "Kurs", "kind": "kurs", "place": "stadt.haus", "time": {"from": "09:30"},
            "phone": "0999 2", "source": source, "checked": "2026-11-20",
        }
    )  # fmt: skip
    districts = tuple(
        small_bot.content.districts[0].model_copy(update={"name": name, "borough": borough})
        for name, borough in BOROUGHS.items()
    )
    update = {"places": {place.id: place}, "offers": {offer.id: offer}, "districts": districts}
    listing = list_records(small_bot.content.model_copy(update=update))
    one, house = listing.by_id["stadt.kurs"], listing.by_id["stadt.haus"]
    assert (one.place, one.address, one.phone, one.district) == ("Haus", "Weg 1", "0999 2", "Wald")
    assert (one.quarter, one.borough, one.starts, one.ends) == ("Wald", "Süd", 570, None)
    assert house.kinds == ("treffpunkt", "kita")
    assert house.is_place


def test_how_much_the_list_has(sample_content: Content) -> None:
    listing = list_records(sample_content)
    kitas = known_of(("kita",), listing, sample_content, TODAY)
    assert (kitas.count, kitas.of, kitas.as_of) == (7, 9, "2026-11-22")
    assert known_of(("kita", "kurs"), listing, sample_content, TODAY).of is None
    assert known_of(("spielgruppe",), listing, sample_content, TODAY).count == 12
    assert known_of(("spielgruppe",), listing, sample_content, date(2026, 12, 9)).count == 11


def test_a_wish_has_the_ages_of_today() -> None:
    children = (Child(birth_date="2024-02-29"), Child(age_months=8), Child(due_date="2027-02-01"), Child(age_months=8))
    entities = Entities(children=children, weekday="WE", date="2027-01-06", district="Wald", kinds=("kurs",))
    wish = wish_of(entities, date(2026, 2, 28))
    assert wish == Wish(("kurs",), (23, 8), ("Wald",), ("WE",), date=date(2027, 1, 6))
    assert wish_of(entities, date(2026, 3, 1)).age_months == (24, 8)


@pytest.mark.parametrize(
    ("day", "land", "name"),
    [
        (date(2027, 1, 6), "BW", "Heilige Drei Könige"),
        (date(2027, 1, 6), "NW", None),
        (date(2026, 11, 1), "NW", "Allerheiligen"),
        (date(2027, 5, 6), "NW", "Christi Himmelfahrt"),
        (date(2027, 5, 6), None, None),
        (date(2027, 5, 6), "XX", None),
    ],
)
def test_public_holidays_are_those_of_the_land(day: date, land: str | None, name: str | None) -> None:
    assert holiday_on(day, land) == name


# searches worked out by hand


def load_searches(name: str) -> list[dict[str, Any]]:
    with (HERE / name).open(encoding="utf-8") as file:
        found: list[dict[str, Any]] = yaml.safe_load(file)["searches"]
    return found


SAMPLE, HERNE = load_searches("offer_searches.yaml"), load_searches("herne_searches.yaml")


def as_wish(wish: dict[str, Any]) -> Wish:
    days = wish.get("weekday", ())
    return Wish(
        kinds=tuple(wish.get("kinds", ())),
        age_months=tuple(wish.get("age_months", ())),
        districts=tuple(wish[key] for key in ("district", "borough") if key in wish),
        weekdays=(days,) if isinstance(days, str) else tuple(days),
        part_of_day=wish.get("part_of_day"),
        q=wish.get("q"),
        date=wish.get("date"),
    )


def outcome(found: Found) -> tuple[list[str], set[str]]:
    return [match.record.id for match in found.matches], set(found.relaxed)


@pytest.fixture(scope="module")
def sample_content(sample_settings: Settings) -> Content:
    return load_content(sample_settings)


@pytest.fixture(scope="module")
def listing(sample_content: Content) -> Listing:
    return list_records(sample_content)


@pytest.mark.parametrize("case", SAMPLE, ids=[str(case["wish"]) for case in SAMPLE])
def test_search_in_the_invented_city(case: dict[str, Any], listing: Listing) -> None:
    found = search(as_wish(case["wish"]), listing, case.get("today", TODAY))
    assert outcome(found) == (case["offers"], set(case["relaxed"])), case["why"]


@pytest.mark.parametrize("case", HERNE, ids=[str(case["wish"]) for case in HERNE])
def test_search_in_our_own_list(case: dict[str, Any], settings: Settings) -> None:
    found = search(as_wish(case["wish"]), list_records(load_content(settings)), TODAY)
    assert outcome(found) == ([f"herne.{name}" for name in case["offers"]], set(case["relaxed"])), case["why"]


ASKED = [case for case in SAMPLE if "message" in case]


@pytest.mark.parametrize("case", ASKED, ids=[case["message"] for case in ASKED])
def test_a_sentence_is_searched_as_it_was_meant(case: dict[str, Any], sample_bot: Bot) -> None:
    today = case.get("today", TODAY)
    now = datetime(today.year, today.month, today.day, 10, tzinfo=ZoneInfo("Europe/Berlin"))
    answer = reply(Question(case["message"], now), sample_bot)
    assert answer.decision.kind is Kind.OFFERS
    entry = sample_bot.content.entries[answer.decision.topics[0]]
    found = search(wished(answer.decision, entry, sample_bot.listing, today), sample_bot.listing, today)
    assert outcome(found) == (case["offers"], set(case["relaxed"])), case["why"]
    shown = [block.data["id"] for block in answer.blocks if block.type == "offer"]
    assert shown == case["offers"][:SHOWN]
    assert answer.conversation == Conversation(
        answer.decision.topics[0], answer.decision.aspects[0], answer.decision.entities
    )


# what holds for every search


NAMES = ("Altstadt", "Bachtal", "Rehbühl", "Weiherfeld-Süd", "Nirgends")
WISHES = st.builds(
    Wish,
    kinds=st.lists(st.sampled_from(("spielgruppe", "kita", "kurs", "gibt-es-nicht")), max_size=2).map(tuple),
    age_months=st.lists(st.integers(0, 240), max_size=2).map(tuple),
    districts=st.lists(st.sampled_from(NAMES), max_size=2).map(tuple),
    weekdays=st.lists(st.sampled_from(("MO", "TU", "SA", "SU")), max_size=2).map(tuple),
    part_of_day=st.none() | st.sampled_from(tuple(PARTS_OF_DAY)),
    q=st.none() | st.text(max_size=5),
    date=st.none() | st.dates(TODAY, date(2028, 1, 1)),
)


def test_every_wish_has_a_result(listing: Listing) -> None:
    @given(WISHES, st.dates(date(2026, 1, 1), date(2028, 1, 1)))
    def holds(wish: Wish, today: date) -> None:
        found = search(wish, listing, today)
        records = [match.record for match in found.matches]
        assert len({record.id for record in records}) == len(records)
        assert all(not wish.kinds or set(wish.kinds) & set(record.kinds) for record in records)
        assert all(record.is_live(today) for record in records)
        assert set(found.relaxed) <= set(RELAXABLE)
        assert tuple(name for name in RELAXABLE if name in found.relaxed) == found.relaxed
        groups = [match.fit for match in found.matches]
        order = ("possible", "relaxed") if "sure" not in groups else ("sure", "possible")
        assert groups == sorted(groups, key=order.index)
        assert bool(found.relaxed) == ("relaxed" in groups)
        assert all(bool(match.asks) == (match.fit == "possible") for match in found.matches)

    holds()


def test_a_search_takes_well_under_a_millisecond(listing: Listing) -> None:
    wish = Wish(("spielgruppe",), (60,), ("Mühlenviertel",), ("MO",), "evening")
    assert min(timeit(lambda: search(wish, listing, TODAY), number=20) for _ in range(10)) / 20 < 0.001
