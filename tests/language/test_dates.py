"""Days, weekdays and parts of the day in the many ways in which parents name them; a child's age on a day."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language.dates import WEEKDAYS, age_in_months, find_doubts, find_when, weekday_of

SUNDAY = "2026-11-22"
MONDAY = "2026-11-30"
WEDNESDAY = "2026-12-30"
SATURDAY = "2027-02-27"

PHRASES = [
    # phrase, day of asking, expected: day with its weekday, or weekdays, then the part of the day
    # weekdays
    ("am Montag", SUNDAY, "MO"),
    ("immer dienstags", SUNDAY, "TU"),
    ("MITTWOCH", SUNDAY, "WE"),
    ("jeden Donnerstag", SUNDAY, "TH"),
    ("freitags", SUNDAY, "FR"),
    ("am Sonnabend", SUNDAY, "SA"),
    ("Sonntag", SUNDAY, "SU"),
    ("dienstags oder mittwochs", SUNDAY, "TU WE"),
    ("dienstags und donnerstags vormittags", SUNDAY, "TU TH morning"),
    ("montags bis freitags", SUNDAY, "MO TU WE TH FR"),
    ("Montag-Mittwoch", SUNDAY, "MO TU WE"),
    ("nicht mittwochs, lieber freitags", SUNDAY, "FR"),
    ("außer dienstags", SUNDAY, ""),
    ("letzten Dienstag war zu", SUNDAY, ""),
    ("der erste Dienstag im Monat", SUNDAY, "TU"),
    ("am Wochenende", SUNDAY, "SA SU"),
    ("wochenends", SUNDAY, "SA SU"),
    ("nächstes Wochenende", SUNDAY, "SA SU"),
    ("Samstag am Wochenende", SUNDAY, "SA"),
    ("unter der Woche", SUNDAY, "MO TU WE TH FR"),
    ("nur werktags", SUNDAY, "MO TU WE TH FR"),
    ("an Wochentagen", SUNDAY, "MO TU WE TH FR"),
    ("Feiertag", SUNDAY, ""),
    ("am Tag der offenen Tür", SUNDAY, ""),
    ("ganztags", SUNDAY, ""),
    # parts of the day
    ("vormittags", SUNDAY, "morning"),
    ("am Vormittag", SUNDAY, "morning"),
    ("morgens", SUNDAY, "morning"),
    ("am Morgen", SUNDAY, "morning"),
    ("am frühen Morgen", SUNDAY, "morning"),
    ("in der Früh", SUNDAY, "morning"),
    ("frühmorgens", SUNDAY, "morning"),
    ("mittags", SUNDAY, "noon"),
    ("über Mittag", SUNDAY, "noon"),
    ("nachmittags", SUNDAY, "afternoon"),
    ("am späten Nachmittag", SUNDAY, "afternoon"),
    ("am Spätnachmittag", SUNDAY, "afternoon"),
    ("abends", SUNDAY, "evening"),
    ("am frühen Abend", SUNDAY, "evening"),
    ("nachts", SUNDAY, "night"),
    ("in der Nacht", SUNDAY, "night"),
    ("Guten Abend", SUNDAY, ""),
    ("Guten Morgen, was gibt es nachmittags?", SUNDAY, "afternoon"),
    ("Schönen Nachmittag", SUNDAY, ""),
    ("Abendessen und Mittagessen", SUNDAY, ""),
    ("Elternabend", SUNDAY, ""),
    ("Frühstück und Frühe Hilfen", SUNDAY, ""),
    ("Dienstagvormittag", SUNDAY, "TU morning"),
    ("Dienstag früh", SUNDAY, "TU morning"),
    ("Dienstag Frühstück", SUNDAY, "TU"),
    ("Donnerstagmittag", SUNDAY, "TH noon"),
    ("Freitag Nachmittag", SUNDAY, "FR afternoon"),
    ("samstagabends", SUNDAY, "SA evening"),
    ("Montag Morgen", SUNDAY, "MO morning"),
    ("vormittags, am liebsten mittwochs", SUNDAY, "WE morning"),
    # today and tomorrow
    ("heute", SUNDAY, "2026-11-22 SU"),
    ("heute Nachmittag", SUNDAY, "2026-11-22 SU afternoon"),
    ("heute Morgen", SUNDAY, "2026-11-22 SU morning"),
    ("heut Abend", SUNDAY, "2026-11-22 SU evening"),
    ("und morgen?", SUNDAY, "2026-11-23 MO"),
    ("morgen früh", SUNDAY, "2026-11-23 MO morning"),
    ("Gibt es morgen Vormittag etwas?", SUNDAY, "2026-11-23 MO morning"),
    ("was ist morgen los", WEDNESDAY, "2026-12-31 TH"),
    ("übermorgen", SUNDAY, "2026-11-24 TU"),
    ("uebermorgen", WEDNESDAY, "2027-01-01 FR"),
    ("übermorgen", SATURDAY, "2027-03-01 MO"),
    ("heute oder morgen", SUNDAY, "SU MO"),
    ("Morgen!", SUNDAY, ""),
    ("morgen", SUNDAY, ""),
    ("Guten Morgen", SUNDAY, ""),
    ("ab morgen", SUNDAY, ""),
    ("bis heute", SUNDAY, ""),
    ("heutzutage", SUNDAY, ""),
    ("heute in einer Woche", SUNDAY, "2026-11-29 SU"),
    ("heute in zwei Wochen", WEDNESDAY, "2027-01-13 WE"),
    # coming weekdays
    ("nächsten Dienstag", SUNDAY, "2026-11-24 TU"),
    ("naechsten Dienstag", SUNDAY, "2026-11-24 TU"),
    ("nächsten Sonntag", SUNDAY, "2026-11-29 SU"),
    ("diesen Sonntag", SUNDAY, "2026-11-22 SU"),
    ("kommenden Montag", MONDAY, "2026-12-07 MO"),
    ("am kommenden Samstag", SATURDAY, "2027-03-06 SA"),
    ("diesen Freitagnachmittag", WEDNESDAY, "2027-01-01 FR afternoon"),
    ("übernächsten Montag", SUNDAY, "2026-11-30 MO"),
    ("nächste Woche Dienstag", SUNDAY, "2026-11-24 TU"),
    ("nächste Woche am Montag", WEDNESDAY, "2027-01-04 MO"),
    ("Dienstag nächste Woche", MONDAY, "2026-12-08 TU"),
    ("am Freitag in der nächsten Woche", MONDAY, "2026-12-11 FR"),
    ("übernächste Woche Mittwoch", MONDAY, "2026-12-16 WE"),
    ("diese Woche Donnerstag", MONDAY, "2026-12-03 TH"),
    ("diese Woche Donnerstag", SUNDAY, "TH"),  # that day is over
    ("Dienstag in einer Woche", SUNDAY, "2026-12-01 TU"),
    ("am Mittwoch in zwei Wochen", MONDAY, "2026-12-16 WE"),
    # dates
    ("am 24.12.", SUNDAY, "2026-12-24 TH"),
    ("am 24.12", SUNDAY, "2026-12-24 TH"),
    ("24.12.2026", SUNDAY, "2026-12-24 TH"),
    ("am 24.12.26 nachmittags", SUNDAY, "2026-12-24 TH afternoon"),
    ("am 6. Januar", SUNDAY, "2027-01-06 WE"),
    ("am 6.1.", WEDNESDAY, "2027-01-06 WE"),
    ("am 6 Januar 2027", SUNDAY, "2027-01-06 WE"),
    ("am sechsten Januar", SUNDAY, "2027-01-06 WE"),
    ("am einundzwanzigsten März", SUNDAY, "2027-03-21 SU"),
    ("am 1. Mai", SUNDAY, "2027-05-01 SA"),
    ("am 22.11.", SUNDAY, "2026-11-22 SU"),
    ("am 21.11.", SUNDAY, "2027-11-21 SU"),
    ("am 3. Dez.", SUNDAY, "2026-12-03 TH"),
    ("der 5. Dezember 2026", SUNDAY, "2026-12-05 SA"),
    ("am 2027-02-14", SUNDAY, "2027-02-14 SU"),
    ("am 29. Februar", SUNDAY, "2028-02-29 TU"),
    ("am 28.2.", SATURDAY, "2027-02-28 SU"),
    ("Dienstag, den 24.11.", SUNDAY, "2026-11-24 TU"),
    ("am 24.12. um 10.30 Uhr", SUNDAY, "2026-12-24 TH"),
    ("am 28.11. oder am 29.11.", SUNDAY, "SA SU"),
    ("an Heiligabend", SUNDAY, "2026-12-24 TH"),
    ("an Silvester", SUNDAY, "2026-12-31 TH"),
    ("am Neujahrstag", SUNDAY, "2027-01-01 FR"),
    ("am Nikolaustag", SUNDAY, "2026-12-06 SU"),
    ("Termin am 12.03.2027 beim Amt", SUNDAY, "2027-03-12 FR"),
    # no days to go somewhere
    ("am 31.2.", SUNDAY, ""),
    ("am 30. Februar", SUNDAY, ""),
    ("am 12.13.2027", SUNDAY, ""),
    ("Elternabend war am 12.03.2024", SUNDAY, ""),
    ("ab 1.8. einen Platz", SUNDAY, ""),
    ("ab dem 1. August", SUNDAY, ""),
    ("bis zum 31.12.", SUNDAY, ""),
    ("geboren am 12.3.", SUNDAY, ""),
    ("am 3. März geboren", SUNDAY, ""),
    ("ET ist der 12.2.", SUNDAY, ""),
    ("um 9.10. geöffnet", SUNDAY, ""),
    ("um 3 Uhr", SUNDAY, ""),
    ("das kostet 2.50 Euro", SUNDAY, ""),
    ("im Januar", SUNDAY, ""),
    ("", SUNDAY, ""),
]


def described(text: str, today: str) -> str:
    """What was found, as the table above writes it."""
    found = find_when(text.lower(), date.fromisoformat(today))
    days = " ".join(found.weekdays) or found.weekday or ""
    return " ".join(word for word in (found.day, days, found.part_of_day) if word)


@pytest.mark.parametrize(("phrase", "today", "expected"), PHRASES, ids=[f"{p} ({t[5:]})" for p, t, _ in PHRASES])
def test_phrase(phrase: str, today: str, expected: str) -> None:
    assert described(phrase, today) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Spielgruppe am 31. Februar", ("impossible_date",)),
        ("geboren am 31.2.2025", ("impossible_date",)),
        ("am 32.1.", ("impossible_date",)),
        ("am 15.13.2026", ("impossible_date",)),
        ("am 3.5.2019", ("past_date",)),
        ("seit dem 3.5.2019", ()),
        ("mein Sohn ist am 3.5.2031 geboren", ("future_birth",)),
        ("wird am 3.5.2027 geboren", ()),
        ("meine Tochter, geboren am 3.5.1986", ("old_birth",)),
        ("ich bin am 3.5.1986 geboren", ()),
        ("geboren am 3.5.2024", ()),
        ("mein Kind ist 40 Jahre alt", ("grown_child",)),
        ("für 25-Jährige", ("grown_child",)),
        ("mein Kind ist 17 Jahre alt", ()),
        ("ich bin 40 Jahre alt und habe ein Kind", ()),
        ("mein Kind ist 2019 geboren", ()),
        ("am 6. Januar", ()),
        ("um 10.30.", ()),
        ("", ()),
    ],
)
def test_what_cannot_be(text: str, expected: tuple[str, ...]) -> None:
    assert find_doubts(text.lower(), date(2026, 11, 22)) == expected


@pytest.mark.parametrize(
    ("birth", "today", "months"),
    [
        ("2026-11-22", "2026-11-22", 0),
        ("2026-10-23", "2026-11-22", 0),
        ("2026-10-22", "2026-11-22", 1),
        ("2024-11-23", "2026-11-22", 23),
        ("2024-11-22", "2026-11-22", 24),
        ("2026-01-31", "2026-02-28", 0),  # a month without a 31st: one month older from the first of the next
        ("2026-01-31", "2026-03-01", 1),
        ("2026-01-31", "2026-03-31", 2),
        ("2026-08-31", "2026-09-30", 0),
        ("2026-08-31", "2026-10-01", 1),
        ("2024-02-29", "2025-02-28", 11),
        ("2024-02-29", "2025-03-01", 12),
        ("2024-02-29", "2028-02-28", 47),
        ("2024-02-29", "2028-02-29", 48),
        ("2025-12-31", "2026-01-01", 0),
        ("2026-11-23", "2026-11-22", -1),
    ],
)
def test_an_age_is_in_completed_months(birth: str, today: str, months: int) -> None:
    assert age_in_months(date.fromisoformat(birth), date.fromisoformat(today)) == months


DAYS = st.dates(date(2000, 1, 1), date(2099, 1, 1))


@given(DAYS, DAYS)
def test_an_age_never_falls_as_time_goes_on(birth: date, today: date) -> None:
    assert age_in_months(birth, today) <= age_in_months(birth, date.fromordinal(today.toordinal() + 1))


@given(st.text(max_size=80) | st.text(st.sampled_from("am nächsten dienstag 31.2.2026 morgen uhr"), max_size=60), DAYS)
def test_any_text_gives_a_day_to_come_or_none(text: str, today: date) -> None:
    found = find_when(text.lower(), today)
    assert found.day is None or date.fromisoformat(found.day) >= today
    assert found.day is None or found.weekday == weekday_of(date.fromisoformat(found.day))
    assert {*found.weekdays, *([found.weekday] if found.weekday else [])} <= set(WEEKDAYS)
    find_doubts(text.lower(), today)
