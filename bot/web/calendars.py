"""A timetable as one calendar file (RFC 5545): days only, nothing in it that names a child."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from icalendar import Alarm, Calendar, Event

from bot.replying.timetable import Plan, PlannedStep, Stage

MEDIA_TYPE = "text/calendar; charset=utf-8"
FILE_NAME = "familienfahrplan.ics"
LONGEST_SPAN = timedelta(days=31)
"""A longer step would fill the calendar for months: its first and its last day stand there instead."""
REMIND = timedelta(days=-7)


def _days(step: PlannedStep, today: date) -> Iterator[tuple[str, date, date]]:
    """What stands in the calendar: summary, first and last day."""
    start, end = step.start, step.last
    if start and end and end - start <= LONGEST_SPAN and step.calendar is None:
        yield step.title, start, end
        return
    if start and start >= today and (step.calendar != "until" or end is None):
        yield f"Beginn: {step.title}" if end and end != start else step.title, start, start
    if end and (step.calendar != "from" or start is None) and end != start:
        yield f"Letzter Tag: {step.title}", end, end


def _event(step: PlannedStep, summary: str, start: date, end: date, plan: Plan, now: datetime) -> Event:
    event = Event()
    # a calendar's server may use it as the name of a file: nobody reads a date in it
    digest = hashlib.sha256(f"{step.id}|{summary}|{start}|{end}".encode()).hexdigest()[:32]
    event.add("uid", f"{digest}@familienfahrplan")
    event.add("dtstamp", now)
    event.add("dtstart", start)
    event.add("dtend", end + timedelta(days=1))  # the first day that does not belong to it
    event.add("summary", summary)
    source = step.source.label + (f", {step.source.url}" if step.source.url else "")
    lines = (step.text, f"Zeitraum: {step.when}", f"Regel: {step.rule}", f"Quelle: {source}", *plan.notes)
    event.add("description", "\n".join(lines))
    event.add("transp", "TRANSPARENT")
    if summary.startswith("Letzter Tag") and start + REMIND > now.date():
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", summary)
        alarm.add("trigger", REMIND)
        event.add_component(alarm)
    return event


def timetable_calendar(plan: Plan, now: datetime) -> bytes:
    """The file with all steps that are not over; the same plan and time give the same bytes.

    now  aware
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Familienbot//Familienfahrplan//DE")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", "Familienfahrplan")
    for step in plan.steps:
        if step.stage is not Stage.PAST:
            for summary, start, end in _days(step, now.date()):
                calendar.add_component(_event(step, summary, start, end, plan, now))
    return bytes(calendar.to_ical())
