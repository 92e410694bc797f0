"""A birth or due date as parents type it, read on 22 November 2026."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language.births import Birth, BirthProblem, Precision, fits, parse_birth

TODAY = date(2026, 11, 22)
DAY, ABOUT, MONTH = Precision.DAY, Precision.ABOUT, Precision.MONTH


def born(text: str, precision: Precision = DAY, due: str | None = None) -> Birth:
    return Birth(date.fromisoformat(text), date.fromisoformat(due) if due else None, precision)


def due(text: str, precision: Precision = DAY) -> Birth:
    return Birth(None, date.fromisoformat(text), precision)


TYPED: list[tuple[str, Birth | BirthProblem]] = [
    # whole dates
    ("3.5.25", born("2025-05-03")),
    ("03.05.2025", born("2025-05-03")),
    ("3. 5. 2025", born("2025-05-03")),
    ("2025-05-03", born("2025-05-03")),
    ("3/5/2025", born("2025-05-03")),
    ("3-5-25", born("2025-05-03")),
    ("03052025", born("2025-05-03")),
    ("030525", born("2025-05-03")),
    ("3. Mai 2025", born("2025-05-03")),
    ("3 Mai 25", born("2025-05-03")),
    ("1. Jänner 2026", born("2026-01-01")),
    ("*3.5.25", born("2025-05-03")),
    ("geb. 3.5.25", born("2025-05-03")),
    ("Geburtsdatum: 03.05.2025", born("2025-05-03")),
    ("29.2.2024", born("2024-02-29")),
    ("22.11.2026", born("2026-11-22")),
    ("23.11.2026", due("2026-11-23")),
    ("heute", born("2026-11-22")),
    ("gestern geboren", born("2026-11-21")),
    # months
    ("Mai 2025", born("2025-05-01", MONTH)),
    ("im Mai 2025", born("2025-05-01", MONTH)),
    ("5/2025", born("2025-05-01", MONTH)),
    ("05.2025", born("2025-05-01", MONTH)),
    ("2025-05", born("2025-05-01", MONTH)),
    ("05/25", born("2025-05-01", MONTH)),
    ("Mrz 24", born("2024-03-01", MONTH)),
    ("November 2026", born("2026-11-01", MONTH)),
    ("Dezember 2026", due("2026-12-01", MONTH)),
    # birthdays by age
    ("wird im März drei", born("2024-03-01", MONTH)),
    ("wird im märz 3 jahre alt", born("2024-03-01", MONTH)),
    ("im März wird sie 3", born("2024-03-01", MONTH)),
    ("wird im November zwei", born("2024-11-01", MONTH)),
    ("wird im Dezember ein Jahr", born("2025-12-01", MONTH)),
    ("wird am 3. März drei", born("2024-03-03")),
    ("wird am 3.3. drei", born("2024-03-03")),
    ("ist im März drei geworden", born("2023-03-01", MONTH)),
    ("wurde im August 2 Jahre", born("2024-08-01", MONTH)),
    # how long ago
    ("vor 3 Wochen geboren", born("2026-11-01", ABOUT)),
    ("vor drei Tagen", born("2026-11-19", ABOUT)),
    ("8 Monate alt", born("2026-03-01", MONTH)),
    ("acht Wochen alt", born("2026-09-27", ABOUT)),
    # due dates
    ("ET 12.2.", due("2027-02-12")),
    ("et 12.2.2027", due("2027-02-12")),
    ("Entbindungstermin 12. Februar", due("2027-02-12")),
    ("errechneter Termin: 12.02.27", due("2027-02-12")),
    ("ET Februar", due("2027-02-01", MONTH)),
    ("ET 10.11.", due("2026-11-10")),  # overdue, still on its way
    ("30. SSW", due("2027-02-04", ABOUT)),
    ("in der 30. Woche schwanger", due("2027-02-04", ABOUT)),
    ("Wir erwarten im April 2027 Zwillinge", due("2027-04-01", MONTH)),
    # without a year: the nearest sensible one
    ("12. Februar", due("2027-02-12")),
    ("12.2", due("2027-02-12")),
    ("12/02", due("2027-02-12")),
    ("geboren am 12.2.", born("2026-02-12")),
    ("1. Oktober", born("2026-10-01")),
    ("29.2.", born("2024-02-29")),
    ("Februar", due("2027-02-01", MONTH)),
    # both dates
    ("geboren am 3.5.25, ET war der 20.6.25", born("2025-05-03", DAY, "2025-06-20")),
    ("am 1.11.2026, ET war der 20.11.2026", born("2026-11-01", DAY, "2026-11-20")),
    ("am 3.5.25 geboren, ET 20.6.", born("2025-05-03", DAY, "2025-06-20")),
    ("geboren 28.12.2025, ET 10.1.", born("2025-12-28", DAY, "2026-01-10")),
    # what cannot be
    ("", BirthProblem.NO_DATE),
    ("hallo", BirthProblem.NO_DATE),
    ("er ist 2 Jahre alt", BirthProblem.NO_DATE),
    ("31.2.2025", BirthProblem.NO_SUCH_DAY),
    ("29.2.2025", BirthProblem.NO_SUCH_DAY),
    ("15.13.2025", BirthProblem.NO_SUCH_DAY),
    ("0.0.00", BirthProblem.NO_SUCH_DAY),
    ("2025-13-01", BirthProblem.NO_SUCH_DAY),
    ("geboren am 3.5.2027", BirthProblem.FUTURE),
    ("3.5.1986", BirthProblem.TOO_OLD),
    ("3.5.99", BirthProblem.TOO_OLD),
    ("ET 1.8.2028", BirthProblem.TOO_FAR),
    ("1.8.2028", BirthProblem.TOO_FAR),
    ("ET 3.1.2026", BirthProblem.OVERDUE),
    ("geboren 3.5.2025, ET 3.5.2026", BirthProblem.MISMATCH),
]


@pytest.mark.parametrize("text, expected", TYPED)
def test_what_was_typed_is_read(text: str, expected: Birth | BirthProblem) -> None:
    assert parse_birth(text, TODAY) == expected


@pytest.mark.parametrize(
    "text, expected",
    [
        ("3.5.2025", born("2025-05-03")),
        ("12.2.", born("2026-02-12")),
        ("3.5.2027", BirthProblem.FUTURE),
        ("ET 3.5.2027", due("2027-05-03")),
    ],
)
def test_a_field_for_births_takes_a_date_for_one(text: str, expected: Birth | BirthProblem) -> None:
    assert parse_birth(text, TODAY, "birth") == expected


@pytest.mark.parametrize(
    "text, expected",
    [
        ("12.2.", due("2027-02-12")),
        ("1.10.", BirthProblem.OVERDUE),  # last October is over, the next one is too far
        ("3.5.2025", BirthProblem.OVERDUE),
    ],
)
def test_a_field_for_due_dates_takes_a_date_for_one(text: str, expected: Birth | BirthProblem) -> None:
    assert parse_birth(text, TODAY, "due") == expected


@pytest.mark.parametrize(
    "text, expected",
    [
        ("Was muss ich wann machen, Tim ist am 3.5.25 geboren", born("2025-05-03")),
        ("mein Sohn wird im März drei, was kommt da alles", born("2024-03-01", MONTH)),
        ("ET 12.2., was muss ich wann erledigen", due("2027-02-12")),
        ("mein kind kommt im märz", due("2027-03-01", MONTH)),
        ("Wir bekommen im April 2027 Zwillinge, was kommt wann?", due("2027-04-01", MONTH)),
        ("Wir bekommen im April ein Baby", due("2027-04-01", MONTH)),
        ("Welche Termine kommen im April?", BirthProblem.NO_DATE),
        ("Baby 8 Wochen alt, was ist fällig", born("2026-09-27", ABOUT)),
        ("kommt im August in die Kita", BirthProblem.NO_DATE),
        ("Welche Termine sind im August 2027?", BirthProblem.NO_DATE),
        ("Was gilt ab dem 1.8.2027?", BirthProblem.NO_DATE),
        ("geboren am 31.2.2025, was nun?", BirthProblem.NO_SUCH_DAY),
    ],
)
def test_in_a_question_a_date_needs_a_word_that_says_what_it_is(text: str, expected: Birth | BirthProblem) -> None:
    assert parse_birth(text, TODAY, asked=False) == expected


@given(st.text(max_size=80), st.dates(date(2020, 1, 1), date(2035, 12, 31)), st.booleans())
def test_no_text_raises(text: str, today: date, asked: bool) -> None:
    assert parse_birth(text, today, asked=asked)


@given(st.dates(date(2020, 1, 1), date(2035, 12, 31)), st.integers(0, 17 * 365))
def test_every_birthday_is_read_in_every_usual_form(today: date, days: int) -> None:
    day = today - timedelta(days=days)
    forms = (
        day.isoformat(),
        f"{day.day}.{day.month}.{day.year}",
        f"{day:%d.%m.%Y}",
        f"{day.day}/{day.month}/{day.year}",
    )
    assert {parse_birth(text, today) for text in forms} == {Birth(birth=day)}


@given(st.dates(date(2020, 1, 1), date(2035, 12, 31)), st.integers(1, 290))
def test_a_date_to_come_is_a_due_date(today: date, days: int) -> None:
    day = today + timedelta(days=days)
    assert parse_birth(day.isoformat(), today) == Birth(due=day)
    assert parse_birth(f"ET {day.day}.{day.month}.", today) == Birth(due=day)


def test_a_due_date_belongs_to_a_birth_when_they_are_near() -> None:
    assert fits(born("2026-05-03"))
    assert fits(born("2026-05-03", DAY, "2026-09-20"))
    assert not fits(born("2026-05-03", DAY, "2026-09-21"))
    assert fits(born("2026-05-03", DAY, "2026-04-12"))
    assert not fits(born("2026-05-03", DAY, "2026-04-11"))
