"""Ages, birth and due dates, districts, weekdays, hours and income, each in the many ways in which they are written."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language.entities import EntityTables, find_entities
from bot.language.text import fold, normalise
from bot.model import Child, Entities, Token

TODAY = date(2026, 11, 22)
NAMES = {
    "wanne": ("Wanne",),
    "eickel": ("Eickel",),
    "wanne eickel": ("Wanne", "Eickel"),
    "wanne süd": ("Wanne-Süd",),
    "herne süd": ("Herne-Süd",),
    "süd": ("Herne-Süd",),
    "baukau": ("Baukau-West", "Baukau-Ost"),
    "baukau ost": ("Baukau-Ost",),
    "röhlinghausen": ("Röhlinghausen",),
    "unser fritz": ("Unser Fritz",),
    "crange": ("Crange",),
}
TABLES = EntityTables(NAMES | {fold(name): districts for name, districts in NAMES.items()})


def entities_of(message: str) -> Entities:
    text = normalise(message)
    words = "".join(c.lower() if c.isalnum() else " " for c in text).split()
    return find_entities(text, tuple(Token(w, w, w) for w in words), TABLES, TODAY)


def months(*ages: int) -> dict[str, Any]:
    """What is expected of a message that names children of these ages."""
    return {"children": tuple(Child(age_months=age) for age in ages)}


def born(iso: str) -> dict[str, Any]:
    return {"children": (Child(birth_date=iso),)}


def due(iso: str) -> dict[str, Any]:
    return {"children": (Child(due_date=iso),)}


NOTHING: dict[str, Any] = {}

PHRASES: list[tuple[str, dict[str, Any]]] = [
    # ages
    ("Mein Sohn ist 3 Jahre alt", months(36)),
    ("Meine Tochter ist drei Jahre", months(36)),
    ("er ist 18 Monate", months(18)),
    ("sie ist zehn Monate alt", months(10)),
    ("Sie ist 11 mon alt", months(11)),
    ("Unser Baby ist 6 Wochen alt", months(1)),
    ("zwei Wochen alt", months(0)),
    ("1,5 Jahre", months(18)),
    ("2.5 Jahre alt", months(30)),
    ("anderthalb Jahre", months(18)),
    ("eineinhalb Jahre", months(18)),
    ("zweieinhalb Jahre alt", months(30)),
    ("dreieinhalb Jahre", months(42)),
    ("zwei und ein halbes Jahr", months(30)),
    ("ein halbes Jahr alt", months(6)),
    ("ein Jahr alt", months(12)),
    ("einjähriges Kind", months(12)),
    ("ein dreijähriger Junge", months(36)),
    ("unsere 2-jährige Tochter", months(24)),
    ("unsere 2jährige Tochter", months(24)),
    ("unsere 2-jaehrige", months(24)),
    ("zweieinhalbjähriges Kind", months(30)),
    ("mein 8-monatiges Baby", months(8)),
    ("mein 6-wöchiges Baby", months(1)),
    ("Meine Tochter ist 4.", months(48)),
    ("mein kind is jetzt 2", months(24)),
    ("er wird bald 3", months(36)),
    ("Mein Sohn (5 J.)", months(60)),
    ("fünf Jahre und zwölf Jahre", months(60, 144)),
    ("fuenf Jahre", months(60)),
    ("zwölfjährige", months(144)),
    ("2 Jahre, noch mal: 2 Jahre", months(24)),
    ("2 Jahre und 8 Monate", months(32)),
    ("ein Jahr und drei Monate", months(15)),
    ("1 Jahr 3 Monate alt", months(15)),
    ("2 Jahre alt und 8 Monate alt", months(24, 8)),
    ("2 Jahre, 8 Monate", months(24, 8)),
    ("1½ Jahre", months(18)),
    ("ein ½ Jahr", months(6)),
    ("zwei und halb Jahre", months(30)),
    ("ab 3", months(36)),
    ("Sie wird 4. Was nun?", months(48)),
    ("20 Wochen schwanger", NOTHING),
    ("ein Kitahalbjahr", NOTHING),
    ("Dreimonatskoliken", NOTHING),
    ("Das ist 2,20 zu viel", NOTHING),
    ("Ich bin 34 Jahre alt", NOTHING),
    ("Wir wohnen hier seit 1999", NOTHING),
    ("um 3 Uhr", NOTHING),
    ("Das kostet 3 Euro", NOTHING),
    ("mit 2 Kindern", {"child_count": 2}),
    ("Wir brauchen ab 1.8. einen Platz", NOTHING),
    ("ab 1. August", NOTHING),
    ("Kita ab dem 01.08.", NOTHING),
    # several children
    ("meine Kinder sind 4 und 8 Jahre alt", months(48, 96)),
    ("4, 8 und 12 Jahre", months(48, 96, 144)),
    ("zwei und vier Jahre alt", months(24, 48)),
    ("6 und 18 Monate", months(6, 18)),
    ("1,5 und 3 Jahre", months(18, 36)),
    ("2 Kinder (3 und 5)", months(36, 60) | {"child_count": 2}),
    ("zwei Kinder im Alter von 3 und 5", months(36, 60) | {"child_count": 2}),
    ("Die Kinder sind 3 und 3", months(36, 36)),
    ("Sohn (4) und Tochter (8)", months(48, 96)),
    ("Tochter 4, Sohn 8", months(48, 96)),
    ("sie ist 3 und er ist 5", months(36, 60)),
    ("4 und 8 Jahre, das Baby 6 Monate", months(48, 96, 6)),
    ("zwischen 2 und 3 Jahren", months(36)),
    ("2-3 Jahre", months(36)),
    ("3 und 45 Stunden", {"hours_per_week": 45}),
    ("Kinder 3 und 45 Stunden", {"hours_per_week": 45}),
    ("unsere Zwillinge sind 4", months(48, 48) | {"child_count": 2}),
    ("Zwillinge, der große Bruder ist 5", months(60) | {"child_count": 2}),
    ("Drillinge", {"child_count": 3}),
    ("für drei Kinder", {"child_count": 3}),
    ("Mutter von vier Kindern", {"child_count": 4}),
    ("3 kleine Kinder", {"child_count": 3}),
    ("unsere 4 kids", {"child_count": 4}),
    ("1 Kind", {"child_count": 1}),
    ("null Kinder", {"child_count": 0}),
    ("zwei Söhne und eine Tochter", {"child_count": 3}),
    ("einen Sohn und eine Tochter", {"child_count": 2}),
    ("ein Kind", NOTHING),
    ("fürs dritte Kind", NOTHING),
    ("ab dem 3. Kind", NOTHING),
    ("eine Kita mit 60 Kindern", NOTHING),
    # what cannot be
    ("mein Kind ist -3 Jahre alt", {"doubtful": ("age",)}),
    ("mein Kind ist minus 3 Jahre alt", {"doubtful": ("age",)}),
    ("mein Kind ist -3", {"doubtful": ("age",)}),
    ("-2 Kinder", {"doubtful": ("child_count",)}),
    ("0-3 Jahre", months(36)),
    # birth and due dates
    ("geboren am 12.03.2024", born("2024-03-12")),
    ("geb. 1.2.24", born("2024-02-01")),
    ("Geburtsdatum: 12. März 2024", born("2024-03-12")),
    ("am 3. Maerz 2024 geboren", born("2024-03-03")),
    ("*05.06.2023", born("2023-06-05")),
    ("kam am 22.11.2026 zur Welt", born("2026-11-22")),
    ("ET 5.2.2027", due("2027-02-05")),
    ("Entbindungstermin ist der 5. Februar 2027", due("2027-02-05")),
    ("errechneter Termin 23.11.2026", due("2026-11-23")),
    ("Ich erwarte am 1.4.2027 ein Kind", due("2027-04-01")),
    ("geboren am 31.02.2024", NOTHING),
    ("geboren am 30.2.2024", NOTHING),
    ("geboren am 12.13.2024", NOTHING),
    ("geboren am 0.1.2024", NOTHING),
    ("geboren am 29.02.2023", NOTHING),
    ("geboren am 29.02.2024", born("2024-02-29")),
    ("geboren am 12.3.", NOTHING),
    ("geboren am 12.3.1990", NOTHING),
    ("Termin am 12.03.2027 beim Amt", {"date": "2027-03-12", "weekday": "FR"}),
    ("Elternabend war am 12.03.2024", NOTHING),
    # districts
    ("Kita in Crange", {"district": "Crange"}),
    ("kita in RÖHLINGHAUSEN", {"district": "Röhlinghausen"}),
    ("kita in rohlinghausen", {"district": "Röhlinghausen"}),
    ("kita in roehlinghausen", {"district": "Röhlinghausen"}),
    ("Kita in Herne Süd", {"district": "Herne-Süd"}),
    ("Kita in Wanne-Süd", {"district": "Wanne-Süd"}),
    ("Kita in Baukau-Ost", {"district": "Baukau-Ost"}),
    ("Kita in Baukau", {"districts": ("Baukau-West", "Baukau-Ost")}),
    ("Kita in Wanne-Eickel", {"districts": ("Wanne", "Eickel")}),
    ("Kita in Wanne oder Crange", {"districts": ("Wanne", "Crange")}),
    ("Kita in Wanne, ja, Wanne", {"district": "Wanne"}),
    ("Spielplatz Unser Fritz", {"district": "Unser Fritz"}),
    ("unser Sohn Fritz", NOTHING),
    ("Kita in wanne sued", {"district": "Wanne-Süd"}),
    ("Wanne-Süd und Herne-Süd", {"districts": ("Wanne-Süd", "Herne-Süd")}),
    ("Roehlıngshausen, Roehlınghausen", {"district": "Röhlinghausen"}),
    ("Kita in Berlin", NOTHING),
    # weekdays and parts of the day
    ("am Montag", {"weekday": "MO"}),
    ("immer dienstags", {"weekday": "TU"}),
    ("MITTWOCH", {"weekday": "WE"}),
    ("Donnerstagvormittag", {"weekday": "TH", "part_of_day": "morning"}),
    ("Freitag Nachmittag", {"weekday": "FR", "part_of_day": "afternoon"}),
    ("samstagabends", {"weekday": "SA", "part_of_day": "evening"}),
    ("Sonnabend", {"weekday": "SA"}),
    ("am Sonntag mittags", {"weekday": "SU", "part_of_day": "noon"}),
    ("vormittags", {"part_of_day": "morning"}),
    ("nachts", {"part_of_day": "night"}),
    ("morgens", {"part_of_day": "morning"}),
    ("am Abend", {"part_of_day": "evening"}),
    ("Guten Abend", NOTHING),
    ("Guten Morgen", NOTHING),
    ("Guten Abend, was gibt es nachmittags?", {"part_of_day": "afternoon"}),
    ("Abends, schon montags abends", {"weekday": "MO", "part_of_day": "evening"}),
    ("Montag Morgen", {"weekday": "MO", "part_of_day": "morning"}),
    ("Abendessen", NOTHING),
    ("morgen", NOTHING),
    ("Elternabend", NOTHING),
    # hours of care
    ("35 Stunden", {"hours_per_week": 35}),
    ("45 Wochenstunden", {"hours_per_week": 45}),
    ("25h", {"hours_per_week": 25}),
    ("ein 35-Stunden-Platz", {"hours_per_week": 35}),
    ("40 Stunden Arbeit", NOTHING),
    # income
    ("Wir verdienen 50.000 Euro brutto", {"income_eur": 50000}),
    ("Wir verdienen 50.000 € brutto", {"income_eur": 50000}),
    ("Einkommen 37500€", {"income_eur": 37500}),
    ("Jahreseinkommen 60 tausend Euro", {"income_eur": 60000, "income_period": "year"}),
    ("netto 45k", {"income_eur": 45000}),
    ("Wir verdienen 62 000 EUR", {"income_eur": 62000}),
    ("Miete 1200 Euro, Einkommen 37.500,00 €, Auto 9000 €", {"income_eur": 37500}),
    ("Einkommen 45k€", {"income_eur": 45000}),
    ("5000 Euro " + "und so weiter " * 6 + "Gehalt", NOTHING),
    ("Die Reparatur kostet 5000 Euro", NOTHING),
    ("bei 45 Stunden und 48.000 Euro", {"hours_per_week": 45, "income_eur": 48000}),
    ("48.000 Euro", {"income_eur": 48000}),
    ("48.000 Euro im Jahr", {"income_eur": 48000, "income_period": "year"}),
    ("Das Auto kostet 15.000 Euro", NOTHING),
    ("3000 netto im Monat", {"income_eur": 3000, "income_period": "month"}),
    ("Wir verdienen 3.000 € monatlich", {"income_eur": 3000, "income_period": "month"}),
    ("Monatsgehalt 2800 Euro", {"income_eur": 2800, "income_period": "month"}),
    ("Jahreseinkommen 37500€", {"income_eur": 37500, "income_period": "year"}),
    ("Wir haben 800 Euro Einkommen im Monat", {"income_eur": 800, "income_period": "month"}),
    ("Einkommen 2025", NOTHING),
    ("Einkommen: 0 Euro", {"income_eur": 0}),
    ("Einkommen 0", {"income_eur": 0}),
    ("ohne Einkommen", {"income_eur": 0}),
    ("Einkommen 1 Milliarde Euro", {"income_eur": 1_000_000_000}),
    ("Einkommen 1.000.000.000 Euro", {"income_eur": 1_000_000_000}),
    ("wir verdienen eine Million", {"income_eur": 1_000_000}),
    ("netto 1,5 Mio", {"income_eur": 1_500_000}),
    # typed on a Turkish keyboard
    ("Mein Sohn ist dreı Jahre alt", months(36)),
    ("geboren am 5. Maı 2024", born("2024-05-05")),
    ("am Dıenstag", {"weekday": "TU"}),
    # several at once, and none
    (
        "Meine Tochter ist 2 Jahre, wir suchen in Wanne 45 Stunden, montags nachmittags",
        months(24) | {"district": "Wanne", "hours_per_week": 45, "weekday": "MO", "part_of_day": "afternoon"},
    ),
    ("Was kostet die Kita?", NOTHING),
    ("", NOTHING),
]


@pytest.mark.parametrize("message, expected", PHRASES, ids=[message or "(nothing)" for message, _ in PHRASES])
def test_phrase(message: str, expected: dict[str, Any]) -> None:
    assert entities_of(message) == Entities(**expected)


def test_the_same_date_is_a_due_date_before_and_a_birth_after_it() -> None:
    text = "geboren am 22.11.2026"
    before = find_entities(text, (), TABLES, date(2026, 11, 21))
    after = find_entities(text, (), TABLES, date(2026, 11, 22))
    assert before.children == (Child(due_date="2026-11-22"),)
    assert after.children == (Child(birth_date="2026-11-22"),)


def test_at_most_four_children_are_remembered() -> None:
    assert len(entities_of("1 Jahr, 2 Jahre, 3 Jahre, 4 Jahre, 5 Jahre und 6 Jahre alt").children) == 4


@given(st.integers(0, 31), st.integers(0, 13), st.integers(1900, 2100))
def test_a_date_that_does_not_exist_is_no_birth(day: int, month: int, year: int) -> None:
    found = entities_of(f"geboren am {day}.{month}.{year}").children
    try:
        iso = date(year, month, day).isoformat()
    except ValueError:
        iso = None
    assert {c.birth_date or c.due_date for c in found} <= {iso}


@given(
    st.lists(
        st.sampled_from(
            (*"0123456789.,- *€½ı", "drei", "eın", "halb", " Jahre", "Monat", "geb.", "ET", "Maı", "Freıtag", "süd")
        ),
        max_size=12,
    ).map("".join)
    | st.text(max_size=60)
)
def test_any_text_gives_values_in_their_ranges(text: str) -> None:
    found = entities_of(text)
    assert all(0 <= c.age_months <= 216 for c in found.children if c.age_months is not None)
    assert found.district is None or not found.districts
    assert found.income_eur is None or found.income_eur >= 0
