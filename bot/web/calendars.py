"""A timetable as one calendar file (RFC 5545): days only, nothing in it that names a child."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from icalendar import Event

from bot.replying.calendar_days import day_event, new_calendar, remind
from bot.replying.timetable import Plan, PlannedStep, Stage

MEDIA_TYPE = "text/calendar; charset=utf-8"
FILE_NAME = "familienfahrplan.ics"
LONGEST_SPAN = timedelta(days=31)
"""A longer step would fill the calendar for months: its first and its last day stand there instead."""
REMIND = timedelta(days=7)


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
    source = step.source.label + (f", {step.source.url}" if step.source.url else "")
    lines = (step.text, f"Zeitraum: {step.when}", f"Regel: {step.rule}", f"Quelle: {source}", *plan.notes)
    key = f"{step.id}|{summary}|{start}|{end}"
    event = day_event(key, "familienfahrplan", summary, "\n".join(lines), start, end, now)
    if summary.startswith("Letzter Tag") and start - REMIND > now.date():
        remind(event, summary, REMIND)
    return event


def timetable_calendar(plan: Plan, now: datetime) -> bytes:
    """The file with all steps that are not over; the same plan and time give the same bytes.

    now  aware
    """
    calendar = new_calendar("Familienfahrplan", "Familienfahrplan")
    for step in plan.steps:
        if step.stage is not Stage.PAST:
            for summary, start, end in _days(step, now.date()):
                calendar.add_component(_event(step, summary, start, end, plan, now))
    return bytes(calendar.to_ical())
