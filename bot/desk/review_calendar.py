"""The days on which knowledge ends or is to be checked, as a calendar file for the editors."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import groupby

from bot.desk.due import FACT, OFFER, REVIEW, TABLE, Due
from bot.replying.calendar_days import day_event, new_calendar, remind

REMIND: dict[str, timedelta] = {
    FACT: timedelta(28), TABLE: timedelta(28), OFFER: timedelta(14), REVIEW: timedelta(7),
}  # fmt: skip
"""How long before the day it reminds: new amounts have to be found and released by two people."""
_PLURAL = {FACT: "Tatsachen enden", TABLE: "Tabellen enden", OFFER: "Angebote enden", REVIEW: "Themen prüfen"}
_ONE = {FACT: "Tatsache endet", TABLE: "Tabelle endet", OFFER: "Angebot endet", REVIEW: "Thema prüfen"}


def review_calendar(items: Iterable[Due], now: datetime, city: str) -> bytes:
    """One event for each day and sort, what ends together in one; the same items and time give the same bytes.

    now  aware
    """
    calendar = new_calendar("Redaktion", f"Familienbot {city}: prüfen")
    for (day, sort), group in groupby(sorted(items), key=lambda item: (item.day, item.sort)):
        together = list(group)
        number = len(together)
        summary = f"Familienbot: {number} {_PLURAL[sort]}" if number > 1 else f"Familienbot: {_ONE[sort]}"
        lines = [f"{item.id}: {item.words} ({item.spot})" for item in together]
        event = day_event(f"{day}|{sort}", "familienbot-redaktion", summary, "\n".join(lines), day, day, now)
        if day - REMIND[sort] >= now.date():
            remind(event, summary, REMIND[sort])
        calendar.add_component(event)
    return bytes(calendar.to_ical())
