"""An offer as a calendar file (RFC 5545): every week on its weekdays, or on its single dates."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from bot.language.dates import WEEKDAYS
from bot.replying.offers import Record

YEARS_AHEAD = timedelta(days=10 * 365)
"""How far ahead the file knows when summer time begins."""


def _at(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(day + timedelta(minutes // 1440), time(minutes % 1440 // 60, minutes % 60), zone)


def _first_day(record: Record, today: date) -> date:
    """The first day from today on that is one of its weekdays."""
    days = (today + timedelta(ahead) for ahead in range(7))
    return next(day for day in days if WEEKDAYS[day.weekday()] in record.weekdays)


def has_dates(record: Record, today: date) -> bool:
    """Whether there are days to put into a calendar: single ones to come, or weekdays of every week.

    Of an offer with a rhythm of its own, such as „einmal im Monat“, nobody can compute the days.
    """
    if record.dates:
        return bool(record.dates_to_come(today))
    return bool(record.weekdays) and record.rhythm is None


def _days(record: Record, today: date) -> Iterator[tuple[date, bool]]:
    """The days to put in, and whether each is repeated every week."""
    if record.dates:
        yield from ((day, False) for day in record.dates_to_come(today))
    else:
        yield _first_day(record, today), True


def _event(record: Record, day: date, name: str, text: str, now: datetime, zone: ZoneInfo) -> Event:
    """The event on that day; `name` tells it apart from the record's others and stays the same in a later file."""
    event = Event()
    event.add("uid", f"{name}@familienbot")
    event.add("dtstamp", now)
    if record.starts is None:
        event.add("dtstart", day)
        event.add("dtend", day + timedelta(days=1))
    else:
        event.add("dtstart", _at(day, record.starts, zone))
        if record.ends is not None:
            event.add("dtend", _at(day, record.ends, zone))
    event.add("summary", record.name)
    place = ", ".join(part for part in (record.place, record.address) if part)
    if place:
        event.add("location", place)
    event.add("description", text)
    if record.url:
        event.add("url", record.url)
    return event


def offer_calendar(record: Record, text: str, now: datetime) -> bytes:
    """The file of a record that `has_dates`; the same record and time give the same bytes.

    text  what stands in the description
    now   aware, in the city's zone
    """
    zone = now.tzinfo
    assert isinstance(zone, ZoneInfo)
    calendar = Calendar()
    calendar.add("prodid", "-//Familienbot//Angebote//DE")
    calendar.add("version", "2.0")
    for day, weekly in _days(record, now.date()):
        name = record.id if weekly else f"{record.id}-{day:%Y%m%d}"
        event = _event(record, day, name, text, now, zone)
        if weekly:
            rule: dict[str, object] = {"freq": "weekly", "byday": list(record.weekdays)}
            if record.valid_until is not None:
                last = datetime.combine(record.valid_until, time(23, 59, 59), zone)
                rule["until"] = record.valid_until if record.starts is None else last.astimezone(ZoneInfo("UTC"))
            event.add("rrule", rule)
        calendar.add_component(event)
    if record.starts is not None:
        calendar.add_missing_timezones(first_date=now.date(), last_date=now.date() + YEARS_AHEAD)
    data: bytes = calendar.to_ical()
    return data
