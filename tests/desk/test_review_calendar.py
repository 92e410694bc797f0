"""The editors' calendar: one event for what ends together, with the files in it."""

from __future__ import annotations

from datetime import date, timedelta

from icalendar import Calendar

from bot.content.problems import Spot
from bot.desk.due import FACT, REVIEW, Due
from bot.desk.review_calendar import review_calendar
from tests.conftest import NOW

YEAR = date(2026, 12, 31)
ITEMS = (
    Due(YEAR, FACT, "bund.a", "Höchster Betrag: 297 Euro im Monat", ("kinderzuschlag",), Spot("knowledge/a.yaml", 7)),
    Due(date(2026, 11, 25), REVIEW, "kindergeld", "Kindergeld", ("kindergeld",), Spot("knowledge/k.yaml", 5)),
    Due(YEAR, FACT, "bund.b", "Betrag: 227 Euro im Monat"),
)


def test_what_ends_together_is_one_event() -> None:
    data = review_calendar(ITEMS, NOW, "Herne")
    review, end = Calendar.from_ical(data.decode()).walk("VEVENT")
    assert str(review["summary"]) == "Familienbot: Thema prüfen"
    assert str(end["summary"]) == "Familienbot: 2 Tatsachen enden"
    assert (end.decoded("dtstart"), end.decoded("dtend")) == (YEAR, YEAR + timedelta(1))
    assert "bund.a: Höchster Betrag: 297 Euro im Monat (knowledge/a.yaml:7)" in str(end["description"])
    assert [alarm.decoded("trigger") for alarm in end.walk("VALARM")] == [timedelta(-28)]
    assert review.walk("VALARM") == []  # seven days before is past


def test_the_same_days_are_the_same_events_in_a_later_file() -> None:
    names = [[str(e["uid"]) for e in Calendar.from_ical(review_calendar(i, NOW, "Herne").decode()).walk("VEVENT")]
             for i in (ITEMS, ITEMS[::-1])]  # fmt: skip
    assert names[0] == names[1]
    assert review_calendar(ITEMS, NOW, "Herne") == review_calendar(ITEMS[::-1], NOW, "Herne")
    assert b"VEVENT" not in review_calendar((), NOW, "Herne")
