"""What parents read in place of a reference."""

from __future__ import annotations

from datetime import date

import pytest

from bot.content.loading import Content
from bot.content.models import Fact
from bot.content.rendering import ExpiredFactError, fact_ids, fact_value, german_date, render_text, stand

from .conftest import TODAY, make_town


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> Content:
    """The content of the small town."""
    return make_town(tmp_path_factory.mktemp("rendering") / "town").content()


def fact(**fields: object) -> Fact:
    """A fact with these fields beside the necessary ones."""
    data = {"id": "stadt.x", "text": "X", "kind": "stable", "checked": "2026-11-20", "source": {"label": "Stadt"}}
    return Fact.model_validate(data | fields)


def with_fact(content: Content, **fields: object) -> Content:
    """The content with that fact besides."""
    return content.model_copy(update={"facts": {**content.facts, "stadt.x": fact(**fields)}})


VALUES = [
    ("15", "EUR", "15 Euro", "15"),
    ("1", "EUR", "1 Euro", "1"),
    ("110000", "EUR", "110.000 Euro", "110.000"),
    ("12.50", "EUR", "12,50 Euro", "12,50"),
    ("1234.5", "EUR/month", "1.234,5 Euro im Monat", "1.234,5"),
    ("5", "EUR/day", "5 Euro am Tag", "5"),
    ("4260", "EUR/year", "4.260 Euro im Jahr", "4.260"),
    ("6", "EUR/hour", "6 Euro in der Stunde", "6"),
    ("65", "percent", "65 Prozent", "65"),
    ("1", "hours", "1 Stunde", "1"),
    ("48", "hours", "48 Stunden", "48"),
    ("45", "hours/week", "45 Stunden in der Woche", "45"),
    ("90", "minutes", "90 Minuten", "90"),
    ("1", "days", "1 Tag", "1"),
    ("10", "days", "10 Tage", "10"),
    ("6", "weeks", "6 Wochen", "6"),
    ("1", "months", "1 Monat", "1"),
    ("12", "months", "12 Monate", "12"),
    ("3", "years", "3 Jahre", "3"),
    ("73", "count", "73", "73"),
    ("1000", "count", "1.000", "1.000"),
    ("2026-11-22", "date", "22. November 2026", "22. November 2026"),
    ("2026-03", "date", "März 2026", "März 2026"),
    ("2008", "date", "2008", "2008"),
    ("08-01", "day_of_year", "1. August", "1. August"),
    ("16:45", "time", "16.45 Uhr", "16.45"),
    ("09:00", "time", "9 Uhr", "9"),
    ("8:30", "time", "8.30 Uhr", "8.30"),
    ("00:30", "time", "0.30 Uhr", "0.30"),
    ("10:00", "time", "10 Uhr", "10"),
    ("02323 16-0", "phone", "02323 16-0", "02323 16-0"),
    ("Mo bis Fr 9 bis 17 Uhr", "hours_text", "Mo bis Fr 9 bis 17 Uhr", "Mo bis Fr 9 bis 17 Uhr"),
    ("am 3. bis 10. Tag", "text", "am 3. bis 10. Tag", "am 3. bis 10. Tag"),
]


@pytest.mark.parametrize(("value", "unit", "expected", "bare"), VALUES)
def test_a_value_with_its_unit(value: str, unit: str, expected: str, bare: str, content: Content) -> None:
    found = fact(value=value, unit=unit)
    assert fact_value(found, bare=False) == expected
    assert fact_value(found, bare=True) == bare
    town = with_fact(content, value=value, unit=unit)
    assert render_text("({{fact:stadt.x}}) ({{ fact:stadt.x|value }})", town) == f"({expected}) ({bare})"


@pytest.mark.parametrize("text", ["2026-13", "13-01", "2026-02-30", "bald", "11-31"])
def test_a_date_that_does_not_exist_is_shown_as_it_stands(text: str) -> None:
    assert german_date(text) == text


def test_as_of_when_a_fact_is_known() -> None:
    assert stand(fact(source_date="2021-03")) == "Stand März 2021"
    assert stand(fact(source_date="2021-03-05")) == "Stand 5. März 2021"
    assert stand(fact(source_date="2021")) == "Stand 2021"
    assert stand(fact()) == "abgerufen November 2026"  # the month in which it was taken over


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("{{fact:stadt.beitrag}}", "100 Euro im Monat"),
        ("{{stand:stadt.beitrag}}", "Stand August 2026"),
        ("{{place:stadt.jugendamt}}", "Jugendamt Musterstadt"),
        ("{{place:stadt.jugendamt.name}}", "Jugendamt Musterstadt"),
        ("{{place:stadt.jugendamt.phone}}", "0999 1-200"),
        ("{{place:stadt.jugendamt.email}}", "jugendamt@example.org"),
        ("{{place:stadt.jugendamt.address}}", "Marktplatz 1, 99999 Musterstadt"),
        ("{{place:stadt.zentrale.url}}", "https://example.org"),
        ("{{ place:stadt.zentrale }}", "Zentrale der Stadt Musterstadt"),
        ("{{place:stadt.jugendamt.hours}}", ""),
        ("{{place:stadt.gibt-es-nicht}}", ""),
        ("{{fact:stadt.gibt-es-nicht}}", ""),
    ],
)
def test_a_reference_in_a_text(reference: str, expected: str, content: Content) -> None:
    assert render_text(f"({reference})", content) == f"({expected})"


def test_paragraphs_are_kept_and_spaces_are_not(content: Content) -> None:
    text = "  Erster   Satz.\nZweite Zeile.\n\n\n\nNeuer  Absatz. \n"
    assert render_text(text, content) == "Erster Satz.\nZweite Zeile.\n\nNeuer Absatz."


def test_a_value_is_shown_up_to_its_last_day(content: Content) -> None:
    town = with_fact(content, value="5", unit="EUR", valid_until="2026-11-22")
    assert render_text("{{fact:stadt.x}}", town, TODAY) == "5 Euro"
    with pytest.raises(ExpiredFactError):
        render_text("{{fact:stadt.x}}", town, date(2026, 11, 23))


def test_the_date_of_an_expired_value_leaves_with_it(content: Content) -> None:
    town = with_fact(content, value="5", unit="EUR", valid_until="2020-01-01")
    with pytest.raises(ExpiredFactError):
        render_text("Das galt ({{stand:stadt.x}}).", town, TODAY)


def test_what_helps_in_emergencies_never_expires(content: Content) -> None:
    town = with_fact(content, value="112", unit="phone", valid_until="2020-01-01")
    assert render_text("{{fact:stadt.x}}", town, TODAY, forever=True) == "112"


def test_history_never_expires(content: Content) -> None:
    town = with_fact(content, value="5", unit="EUR", valid_until="2020-01-01", kind="historical")
    assert render_text("{{fact:stadt.x}}", town, TODAY) == "5 Euro"


def test_without_a_day_nothing_has_expired(content: Content) -> None:
    town = with_fact(content, value="5", unit="EUR", valid_until="2020-01-01")
    assert render_text("{{fact:stadt.x}}", town) == "5 Euro"


def test_the_facts_of_a_text_in_order() -> None:
    text = "{{stand:a.eins}} {{place:a.ort.phone}} {{fact:a.zwei|value}} {{fact:a.eins}}"
    assert fact_ids(text) == ("a.eins", "a.zwei", "a.eins")
