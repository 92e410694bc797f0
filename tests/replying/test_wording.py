"""German words for days, times, ages and records."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from bot.model import Source
from bot.replying.offers import Record
from bot.replying.wording import age_text, ages_text, days_text, is_old, listed, time_text, weekdays_text

TODAY = date(2026, 11, 22)


def record(**fields: Any) -> Record:
    source = Source("Stadt", None, None, "2026-11-20")
    return Record("stadt.x", "X", "kurs", ("kurs",), source, **fields)


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (None, None, None),
        (0, None, "ab der Geburt"),
        (1, None, "ab 1 Monat"),
        (6, None, "ab 6 Monaten"),
        (18, None, "ab 18 Monaten"),
        (36, None, "ab 3 Jahren"),
        (None, 12, "bis 12 Monate"),
        (0, 36, "bis 3 Jahre"),
        (6, 18, "6 bis 18 Monate"),
        (6, 36, "6 Monate bis 3 Jahre"),
        (36, 71, "3 bis 5 Jahre"),
        (36, 72, "3 bis 6 Jahre"),
        (36, 47, "3 Jahre"),
        (30, 42, "30 bis 42 Monate"),
    ],
)
def test_ages_of_a_record(low: int | None, high: int | None, text: str | None) -> None:
    assert age_text(record(age_from=low, age_until=high)) == text


@pytest.mark.parametrize(
    ("ages", "text"),
    [
        ((), ""),
        ((0,), "für ein neugeborenes Kind"),
        ((1,), "für ein Kind mit 1 Monat"),
        ((18,), "für ein Kind mit 18 Monaten"),
        ((24,), "für ein Kind mit 2 Jahren"),
        ((31,), "für ein Kind mit 2 Jahren und 7 Monaten"),
        ((8, 36), "für Kinder mit 8 Monaten und mit 3 Jahren"),
    ],
)
def test_ages_of_children(ages: tuple[int, ...], text: str) -> None:
    assert ages_text(ages) == text


@pytest.mark.parametrize(
    ("starts", "ends", "text"),
    [(None, None, None), (570, None, "ab 9.30 Uhr"), (930, 1020, "15.30 bis 17 Uhr"), (545, 600, "9.05 bis 10 Uhr")],
)
def test_times(starts: int | None, ends: int | None, text: str | None) -> None:
    assert time_text(record(starts=starts, ends=ends)) == text


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({}, None),
        ({"weekdays": ("TH", "TU")}, "dienstags und donnerstags"),
        ({"weekdays": ("MO", "TU", "WE", "TH", "FR")}, "montags bis freitags"),
        ({"weekdays": ("SA", "SU")}, "samstags und sonntags"),
        ({"weekdays": ("FR",), "rhythm": "an einzelnen Freitagen"}, "freitags (an einzelnen Freitagen)"),
        ({"rhythm": "einmal im Monat"}, "einmal im Monat"),
        ({"dates": (date(2026, 11, 1), date(2026, 12, 5))}, "am 5. Dezember 2026"),
        (
            {"dates": tuple(date(2026, 12, day) for day in (1, 2, 3, 4))},
            "am 1. Dezember 2026, 2. Dezember 2026 und 3. Dezember 2026 und später",
        ),
    ],
)
def test_days(fields: dict[str, Any], text: str | None) -> None:
    assert days_text(record(**fields), TODAY) == text


def test_lists() -> None:
    assert [listed(parts) for parts in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a und b", "a, b und c"]
    assert weekdays_text(("TU", "MO"), "oder") == "montags oder dienstags"


@pytest.mark.parametrize(
    ("source_date", "checked", "old"),
    [
        ("2026-10", "2026-11-20", False),
        ("2025-11", "2026-11-20", False),
        ("2025-10-31", "2026-11-20", True),
        ("2025", "2026-11-20", True),
        ("2018-09", "2026-11-20", True),
        (None, "2025-11-20", False),
        (None, "2025-10-20", True),
    ],
)
def test_a_source_is_old_after_a_year(source_date: str | None, checked: str, old: bool) -> None:
    assert is_old(Source("Stadt", None, source_date, checked), TODAY) is old
