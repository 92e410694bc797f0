"""Calendar files of whole days (RFC 5545), for the family timetable and for the editors' dates."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta

from icalendar import Alarm, Calendar, Event


def new_calendar(product: str, name: str) -> Calendar:
    """An empty calendar."""
    calendar = Calendar()
    calendar.add("prodid", f"-//Familienbot//{product}//DE")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    return calendar


def day_event(key: str, domain: str, summary: str, text: str, first: date, last: date, now: datetime) -> Event:
    """An event on these days, both included, that does not make its owner busy.

    key  what tells it apart from others and stays the same in a later file: its digest becomes the name
    now  aware
    """
    event = Event()
    # a calendar's server may use it as the name of a file: nobody reads a date in it
    digest = hashlib.sha256(key.encode()).hexdigest()[:32]
    event.add("uid", f"{digest}@{domain}")
    event.add("dtstamp", now)
    event.add("dtstart", first)
    event.add("dtend", last + timedelta(days=1))  # the first day that does not belong to it
    event.add("summary", summary)
    event.add("description", text)
    event.add("transp", "TRANSPARENT")
    return event


def remind(event: Event, summary: str, before: timedelta) -> None:
    """Adds an alarm so long before the event."""
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", summary)
    alarm.add("trigger", -before)
    event.add_component(alarm)
