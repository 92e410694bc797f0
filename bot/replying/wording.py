"""German words for days, times, ages, places and records. What belongs to a city stands in `texts.yaml`, not here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from bot.content.loading import Content
from bot.content.rendering import german_date
from bot.language.dates import WEEKDAYS
from bot.model import Source
from bot.replying.offers import Listing, Match, Record, Wish

WEEKLY = dict(zip(WEEKDAYS, "montags dienstags mittwochs donnerstags freitags samstags sonntags".split(), strict=True))
PARTS = {
    "morning": "vormittags",
    "noon": "mittags",
    "afternoon": "nachmittags",
    "evening": "abends",
    "night": "nachts",
}
LANGUAGES = {
    "ar": "Arabisch", "bg": "Bulgarisch", "de": "Deutsch", "en": "Englisch", "es": "Spanisch", "fa": "Persisch",
    "fr": "Französisch", "it": "Italienisch", "ku": "Kurdisch", "pl": "Polnisch", "ro": "Rumänisch",
    "ru": "Russisch", "sq": "Albanisch", "sr": "Serbisch", "tr": "Türkisch", "uk": "Ukrainisch",
}  # fmt: skip
FIELDS = {
    "weekdays": "Wochentag", "time": "Uhrzeit", "age": "Alter", "address": "Anschrift", "district": "Stadtteil",
    "hours": "Öffnungszeiten", "cost": "Kosten", "registration": "Anmeldung", "accessible": "Barrierefreiheit",
}  # fmt: skip
"""What may have to be asked, in the order in which it is named."""
_FIELD_OF_WISH = {"age": "age", "weekday": "weekdays", "part_of_day": "time", "district": "district"}
MOST_DATES = 3
OLD_MONTHS = 12
"""So many months after its source's date a record is to be asked about before one goes there."""
MOST_KINDS = 3
"""So many kinds are named; more are „Angebote“."""


def listed(parts: Sequence[str], joint: str = "und") -> str:
    """„a“, „a und b“, „a, b und c“."""
    return f" {joint} ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)


def capital(text: str) -> str:
    """The text with a capital first letter, the others as they are."""
    return text[:1].upper() + text[1:]


# wishes


def weekdays_text(days: Iterable[str], joint: str = "und") -> str:
    """„dienstags und freitags“, „montags bis freitags“ for three days in a row and more."""
    places = sorted({WEEKDAYS.index(day) for day in days})
    if len(places) > 2 and places[-1] - places[0] == len(places) - 1:
        return f"{WEEKLY[WEEKDAYS[places[0]]]} bis {WEEKLY[WEEKDAYS[places[-1]]]}"
    return listed([WEEKLY[WEEKDAYS[place]] for place in places], joint)


def when_text(wish: Wish) -> str:
    """When it is wished: „dienstags vormittags“, „am Wochenende“, „am 6. Januar 2027“; empty for any time."""
    if wish.date is not None:
        day = f"am {german_date(wish.date.isoformat())}"
    elif set(wish.weekdays) == {"SA", "SU"}:
        day = "am Wochenende"
    else:
        day = weekdays_text(wish.weekdays, "oder")
    return " ".join(word for word in (day, PARTS.get(wish.part_of_day or "")) if word)


def district_text(name: str, listing: Listing, content: Content) -> str:
    """„im Stadtteil …“, „im Stadtbezirk …“; of a name of both that the whole Stadtbezirk is meant."""
    texts = content.texts.offers
    if name not in listing.borough_names:
        return texts.quarter.format(name=name)
    return (texts.whole_borough if name in listing.boroughs else texts.borough).format(name=name)


def where_text(wish: Wish, listing: Listing, content: Content) -> str:
    """Where it is wished; empty for the whole city."""
    return listed([district_text(name, listing, content) for name in wish.districts], "oder")


def age_of_child(months: int) -> str:
    """„8 Monaten“, „3 Jahren“, „2 Jahren und 6 Monaten“."""
    years, rest = divmod(months, 12)
    if years < 2:
        return "1 Monat" if months == 1 else f"{months} Monaten"
    return f"{years} Jahren" + (f" und {rest} Monat{'en' if rest > 1 else ''}" if rest else "")


def ages_text(ages: Sequence[int]) -> str:
    """„für ein Kind mit 8 Monaten“, „für Kinder mit 14 Monaten und mit 3 Jahren“; empty without ages."""
    if not ages:
        return ""
    if len(ages) == 1:
        return f"für ein Kind mit {age_of_child(ages[0])}" if ages[0] else "für ein neugeborenes Kind"
    return "für Kinder " + listed([f"mit {age_of_child(age)}" for age in ages])


def wish_text(wish: Wish, listing: Listing, content: Content) -> str:
    """All wishes but the kind, with a space before them; empty when there are none."""
    named = f"unter dem Namen „{wish.q}“" if wish.q else ""
    words = (named, when_text(wish), where_text(wish, listing, content), ages_text(wish.age_months))
    return "".join(f" {word}" for word in words if word)


def kinds_text(kinds: Sequence[str], content: Content) -> str:
    """The kinds in the plural, or „Angebote“ for many."""
    if not 0 < len(kinds) <= MOST_KINDS:
        return content.texts.offers.things
    return listed([content.kinds[kind].title for kind in kinds if kind in content.kinds])


def one_text(kinds: Sequence[str], content: Content) -> str:
    """One of the kinds with its article: „eine Kita“."""
    none = none_text(kinds, content)
    return none[1:] if none.startswith("kein") else content.texts.offers.thing


def none_text(kinds: Sequence[str], content: Content) -> str:
    """None of the kinds: „keine Kita“."""
    kind = content.kinds.get(kinds[0]) if len(kinds) == 1 else None
    return kind.none if kind else content.texts.offers.no_thing


# records


def clock_text(minutes: int) -> str:
    """„9.30“, „16“."""
    hours, rest = divmod(minutes, 60)
    return f"{hours}.{rest:02}" if rest else str(hours)


def time_text(record: Record) -> str | None:
    """„15.30 bis 17 Uhr“, „ab 9.30 Uhr“."""
    if record.starts is None:
        return None
    if record.ends is None:
        return f"ab {clock_text(record.starts)} Uhr"
    return f"{clock_text(record.starts)} bis {clock_text(record.ends)} Uhr"


def _end_of_age(months: int) -> tuple[int, str]:
    """The last month of an age: to the end of a year of life, or that month; years from two on."""
    for years in (months // 12, (months + 1) // 12 - 1):
        if years >= 2 and months in (years * 12, years * 12 + 11):
            return years, "Jahre"
    return months, "Monate"


def age_text(record: Record) -> str | None:
    """„3 bis 5 Jahre“, „6 Monate bis 3 Jahre“, „ab 18 Monaten“; None when it is not stated."""
    low, high = record.age_from, record.age_until
    if low is None and high is None:
        return None
    if high is None:
        return f"ab {age_of_child(low or 0)}" if low else "ab der Geburt"
    last, last_unit = _end_of_age(high)
    first, unit = (low // 12, "Jahre") if low and low >= 24 and low % 12 == 0 else (low, "Monate")
    if not first:
        return f"bis {last} {last_unit}"
    if (first, unit) == (last, last_unit):
        return f"{last} {last_unit}"
    return f"{first} bis {last} {unit}" if unit == last_unit else f"{first} {unit} bis {last} {last_unit}"


def days_text(record: Record, today: date) -> str | None:
    """„dienstags und freitags“, „am 5. Dezember 2026“, with the rhythm when it is not every week; None: not stated."""
    dates = record.dates_to_come(today)
    if dates:
        written = [german_date(day.isoformat()) for day in dates[:MOST_DATES]]
        days = "am " + listed(written) + (" und später" if len(dates) > MOST_DATES else "")
    else:
        days = weekdays_text(record.weekdays)
    if record.rhythm:
        return f"{days} ({record.rhythm})" if days else record.rhythm
    return days or None


def stand_text(source: Source) -> str:
    """As of when a record is known: „Stand September 2018“, „Abgerufen November 2026“."""
    return f"Stand {german_date(source.date)}" if source.date else f"Abgerufen {german_date(source.checked[:7])}"


def is_old(source: Source, today: date) -> bool:
    """Whether more than a year may have passed since."""
    year, month, *_ = [int(part) for part in (source.date or source.checked).split("-")] + [1]
    return (today.year - year) * 12 + today.month - month > OLD_MONTHS


def to_ask(record: Record, asks: Iterable[str], today: date) -> tuple[str, ...]:
    """The fields that are to be asked there: what is not stated, in the order of `FIELDS`.

    asks  the wishes that the record does not state
    """
    has_time = record.is_place and record.hours
    missing = {_FIELD_OF_WISH[wish] for wish in asks if not (has_time and wish in ("weekday", "part_of_day"))}
    stated: dict[str, object] = {"address": record.address or record.place, "accessible": record.accessible}
    if record.is_place:
        stated["hours"] = record.hours
    else:
        stated |= {
            "weekdays": days_text(record, today), "time": time_text(record), "age": age_text(record),
            "cost": record.cost, "registration": record.registration,
        }  # fmt: skip
    missing |= {name for name, value in stated.items() if not value}
    return tuple(name for name in FIELDS if name in missing)


def _sentence(label: str, value: str | None, *own: str) -> str:
    """„Kosten: 5 Euro.“; the value alone when it says itself what it is, as „ohne Anmeldung“ does."""
    if not value:
        return ""
    text = capital(value) if any(word in value.lower() for word in own) else f"{label}: {value}"
    return text if text.endswith(".") else text + "."


def when_held(record: Record, today: date) -> str:
    """„dienstags und freitags, 9.30 bis 11 Uhr“; empty: not stated."""
    return ", ".join(word for word in (days_text(record, today), time_text(record)) if word)


def record_text(record: Record, ask: Sequence[str], content: Content, today: date) -> str:
    """All that is known of a record, in short sentences."""
    when = when_held(record, today)
    where = ", ".join(part for part in (record.place, record.address) if part)
    if record.district and not re.search(rf"\b{re.escape(record.district)}\b", where):
        where = ", ".join(part for part in (where, record.district) if part)
    languages = [LANGUAGES.get(code, code) for code in record.languages]
    sentences = (
        f"{record.name}: {when}." if when else _sentence("", record.name, ""),
        _sentence("", record.about, ""),
        _sentence("Alter", age_text(record)),
        _sentence("Ort", where),
        _sentence("Kosten", record.cost, "kosten", "frei"),
        _sentence("Anmeldung", record.registration, "anmeld"),
        _sentence("Öffnungszeiten", record.hours),
        _sentence("Sprachen", listed(languages) if record.languages not in ((), ("de",)) else None),
        _sentence("Barrierefreiheit", record.accessible, "barrierefrei", "stufen", "rollstuhl"),
        _sentence("Träger", record.operator),
        _sentence("Telefon", record.phone),
        _sentence("E-Mail", record.email if not record.phone else None),
        content.texts.offers.ask.format(fields=ask_text(ask)) if ask else "",
        f"{stand_text(record.source)} ({record.source.label}).",
    )
    return " ".join(sentence for sentence in sentences if sentence)


def ask_text(ask: Sequence[str]) -> str:
    """„Kosten und Barrierefreiheit“ for the names of fields."""
    return listed([FIELDS[name] for name in ask])


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def record_data(match: Match, content: Content, today: date) -> dict[str, Any]:
    """The fields of a record on the wire, without those that are not stated."""
    record, source = match.record, match.record.source
    ask = to_ask(record, match.asks, today)
    kind = content.kinds.get(record.kind)
    time = {"from": record.starts, "until": record.ends}
    ages = {"from": record.age_from, "until": record.age_until}
    data: dict[str, Any] = {
        "id": record.id,
        "name": record.name,
        "kind": record.kind,
        "kind_title": kind.title if kind else record.kind,
        "about": record.about,
        "place": record.place,
        "address": record.address,
        "district": record.district,
        "weekdays": list(record.days(today)) if not record.dates else None,
        "time": {name: _clock(value) for name, value in time.items() if value is not None},
        "rhythm": record.rhythm,
        "dates": [day.isoformat() for day in record.dates_to_come(today)],
        "when": when_held(record, today),
        "age": age_text(record),
        "age_months": {name: value for name, value in ages.items() if value is not None},
        "cost": record.cost,
        "registration": record.registration,
        "languages": list(record.languages),
        "operator": record.operator,
        "phone": record.phone,
        "email": record.email,
        "url": record.url,
        "accessible": record.accessible,
        "hours": record.hours,
        "services": list(record.services),
        "ask_text": ask_text(ask),
    }
    found = {name: value for name, value in data.items() if value}
    found["source"] = {"label": source.label, "url": source.url, "date": source.date, "checked": source.checked}
    found["fit"] = match.fit
    found["ask"] = list(ask)
    return found
