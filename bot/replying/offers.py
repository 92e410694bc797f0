"""What our list has for a wish: places and offers in one shape, filtered, relaxed step by step and ordered. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from bot.content.loading import Content
from bot.content.models import Offer, Place, Sourced
from bot.content.rendering import is_off_air
from bot.language.dates import WEEKDAYS, age_in_months, weekday_of
from bot.language.text import fold
from bot.model import Entities, Source

PARTS_OF_DAY: Mapping[str, tuple[tuple[int, int], ...]] = {
    "morning": ((6 * 60, 12 * 60),),
    "noon": ((11 * 60 + 30, 14 * 60),),
    "afternoon": ((12 * 60, 18 * 60),),
    "evening": ((17 * 60, 22 * 60),),
    "night": ((22 * 60, 24 * 60), (0, 6 * 60)),
}
"""From when until when each part of the day lasts, in minutes after midnight, the end not included."""
STAGES = (
    ("part_of_day",),
    ("weekday",),
    ("district",),
    ("city",),
    ("weekday", "part_of_day"),
    ("part_of_day", "district"),
    ("weekday", "district"),
    ("part_of_day", "city"),
    ("weekday", "city"),
    ("weekday", "part_of_day", "district"),
    ("weekday", "part_of_day", "city"),
)
"""What is dropped, one stage after another, until something is sure. `district` widens to its Bezirk, `city` to all."""
RELAXABLE = ("part_of_day", "weekday", "district", "city")
NO_WEEKDAY = 7
"""The distance of a record without a weekday: behind all others."""


@dataclass(frozen=True, slots=True)
class Record:
    """A place or an offer as it is searched and shown. What no source states is None or empty.

    kind        id; `kinds` has those besides under which it is found, too
    place       name of the place where an offer is, or that in words
    district    Stadtteil or Stadtbezirk as shown
    quarter     Stadtteil, if it is known; `borough` its Stadtbezirk, if that is
    weekdays    of an offer on single `dates` empty: they have their own
    starts, ends  minutes after midnight
    age_from, age_until  months, both included
    is_place    a place has opening hours, but no weekdays of its own
    """

    id: str
    name: str
    kind: str
    kinds: tuple[str, ...]
    source: Source
    is_place: bool = False
    about: str | None = None
    place: str | None = None
    address: str | None = None
    district: str | None = None
    quarter: str | None = None
    borough: str | None = None
    weekdays: tuple[str, ...] = ()
    starts: int | None = None
    ends: int | None = None
    rhythm: str | None = None
    dates: tuple[date, ...] = ()
    age_from: int | None = None
    age_until: int | None = None
    cost: str | None = None
    registration: str | None = None
    languages: tuple[str, ...] = ()
    operator: str | None = None
    phone: str | None = None
    email: str | None = None
    url: str | None = None
    accessible: str | None = None
    hours: str | None = None
    services: tuple[str, ...] = ()
    valid_until: date | None = None

    def dates_to_come(self, today: date) -> tuple[date, ...]:
        """Its single dates from today on."""
        return tuple(day for day in self.dates if day >= today)

    def days(self, today: date) -> tuple[str, ...]:
        """The weekdays on which it is: those of its dates to come, where it has dates."""
        return tuple(map(weekday_of, self.dates_to_come(today))) if self.dates else self.weekdays

    def is_live(self, today: date) -> bool:
        """Whether it is not over yet."""
        over = self.valid_until is not None and self.valid_until < today
        return not over and (not self.dates or max(self.dates) >= today)


@dataclass(frozen=True)
class Listing:
    """All places and offers that a search may find, made once when the knowledge is loaded.

    boroughs  Stadtteil → Stadtbezirk
    totals    kind → how many there are in the city, as a fact states it
    """

    records: tuple[Record, ...] = ()
    boroughs: Mapping[str, str] = field(default_factory=dict)
    totals: Mapping[str, int] = field(default_factory=dict)

    @cached_property
    def by_kind(self) -> Mapping[str, tuple[Record, ...]]:
        """The records of each kind."""
        found: dict[str, list[Record]] = {}
        for record in self.records:
            for kind in record.kinds:
                found.setdefault(kind, []).append(record)
        return {kind: tuple(records) for kind, records in found.items()}

    @cached_property
    def by_id(self) -> Mapping[str, Record]:
        """The record of each id."""
        return {record.id: record for record in self.records}

    @cached_property
    def borough_names(self) -> frozenset[str]:
        """The names of all Stadtbezirke; a Stadtteil may bear one of them, too."""
        return frozenset(self.boroughs.values())

    def of(self, kinds: Iterable[str]) -> tuple[Record, ...]:
        """The records of these kinds, each once; without kinds all."""
        kinds = tuple(kinds)
        if not kinds:
            return self.records
        if len(kinds) == 1:
            return self.by_kind.get(kinds[0], ())
        return tuple({r.id: r for kind in kinds for r in self.by_kind.get(kind, ())}.values())


@dataclass(frozen=True, slots=True)
class Wish:
    """What is looked for; what is empty was not wished.

    kinds       one of them
    age_months  each of these children must fit
    districts   Stadtteile or Stadtbezirke, any of them; a name of both means the Bezirk
    weekdays    any of them; `date` has its own
    q           part of the name
    """

    kinds: tuple[str, ...] = ()
    age_months: tuple[int, ...] = ()
    districts: tuple[str, ...] = ()
    weekdays: tuple[str, ...] = ()
    part_of_day: str | None = None
    q: str | None = None
    date: date | None = None

    @property
    def days(self) -> tuple[str, ...]:
        """The weekdays wished."""
        return (weekday_of(self.date),) if self.date is not None else self.weekdays


@dataclass(frozen=True, slots=True)
class Match:
    """A record that was found.

    fit    `sure` all wishes hold, `possible` one at least is not stated, `relaxed` all hold but those that were dropped
    asks   the wishes that are not stated: `age`, `weekday`, `part_of_day`, `district`
    """

    record: Record
    fit: str
    asks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """What was found, in order.

    relaxed  the wishes that were dropped, a subset of `RELAXABLE` in its order
    """

    matches: tuple[Match, ...] = ()
    relaxed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """How much our list has.

    count  records of the wished kinds that are not over
    of     how many there are in the city, when that is known of the one kind wished
    as_of  ISO date of the newest check of one of them; None for an empty list
    """

    count: int
    of: int | None
    as_of: str | None


# the list


def _minutes(clock: str | None) -> int | None:
    return None if clock is None else int(clock[:2]) * 60 + int(clock[3:])


def _source(record: Sourced) -> Source:
    return Source(record.source.label, record.source.url, record.source_date, record.checked.isoformat())


def _where(district: str | None, quarter: str | None, boroughs: Mapping[str, str]) -> tuple[str | None, str | None]:
    """The Stadtteil and the Stadtbezirk that are meant. A name of both is the Bezirk, unless the quarter says more."""
    if quarter is not None and quarter in boroughs:
        return quarter, boroughs[quarter]
    if district is None or district in boroughs.values():
        return None, district
    return district, boroughs.get(district)


def _of_place(place: Place, boroughs: Mapping[str, str]) -> Record:
    quarter, borough = _where(place.district, place.quarter, boroughs)
    return Record(
        place.id, place.name, place.kind, (place.kind, *place.also), _source(place), is_place=True,
        address=place.address, district=place.quarter or place.district, quarter=quarter, borough=borough,
        languages=place.languages, operator=place.operator, phone=place.phone, email=place.email, url=place.url,
        accessible=place.accessible, hours=place.hours, services=place.services,
    )  # fmt: skip


def _of_offer(offer: Offer, places: Mapping[str, Place], boroughs: Mapping[str, str]) -> Record:
    place = places.get(offer.place or "")
    of_place = place if place and not offer.district else None
    district = offer.district or (place.district if place else None)
    quarter, borough = _where(district, of_place.quarter if of_place else None, boroughs)
    time = offer.time
    return Record(
        offer.id, offer.name, offer.kind, (offer.kind,), _source(offer), about=offer.about,
        place=place.name if place else offer.at, address=place.address if place else None,
        district=(of_place.quarter if of_place else None) or district, quarter=quarter, borough=borough,
        weekdays=tuple(offer.weekdays), starts=_minutes(time.start if time else None),
        ends=_minutes(time.end if time else None), rhythm=offer.rhythm, dates=tuple(sorted(offer.dates)),
        age_from=offer.age_months.start, age_until=offer.age_months.end, cost=offer.cost,
        registration=offer.registration, languages=offer.languages,
        operator=offer.operator or (place.operator if place else None),
        phone=offer.phone or (place.phone if place else None), email=offer.email or (place.email if place else None),
        url=offer.url or (place.url if place else None),
        accessible=offer.accessible or (place.accessible if place else None), valid_until=offer.valid_until,
    )  # fmt: skip


def list_records(content: Content) -> Listing:
    """The places and offers of the content; what is only kept as history is not among them."""
    boroughs = {district.name: district.borough for district in content.districts}
    places = [_of_place(place, boroughs) for place in content.places.values()]
    offers = [_of_offer(offer, content.places, boroughs) for offer in content.offers.values() if not offer.historical]
    totals = {}
    for kind in content.kinds.values():
        fact = content.facts.get(kind.total or "")
        if fact is not None and (fact.value or "").isdigit():
            totals[kind.id] = int(fact.value or "")
    return Listing((*offers, *places), boroughs, totals)


def known_of(kinds: tuple[str, ...], listing: Listing, content: Content, today: date) -> Known:
    """How much of these kinds our list has."""
    records = [record for record in listing.of(kinds) if record.is_live(today)]
    kind = content.kinds.get(kinds[0]) if len(kinds) == 1 else None
    fact = content.facts.get(kind.total or "") if kind else None
    total = listing.totals.get(kinds[0]) if fact is not None and not is_off_air(fact, content, today) else None
    return Known(len(records), total, max((record.source.checked for record in records), default=None))


def wish_of(entities: Entities, today: date) -> Wish:
    """What was understood of a message as a wish; ages are those of today."""
    ages: dict[int, None] = {}
    for child in entities.children:
        if child.birth_date is not None:
            age = age_in_months(date.fromisoformat((child.birth_date + "-01-01")[:10]), today)
        elif child.age_months is not None:
            age = child.age_months
        else:
            continue
        if age >= 0:
            ages[age] = None
    return Wish(
        kinds=entities.kinds,
        age_months=tuple(ages),
        districts=(entities.district,) if entities.district else entities.districts,
        weekdays=entities.weekdays or ((entities.weekday,) if entities.weekday else ()),
        part_of_day=entities.part_of_day,
        date=date.fromisoformat(entities.date) if entities.date else None,
    )


# three values: True yes, False no, None not stated


def _fits_age(record: Record, ages: tuple[int, ...]) -> bool | None:
    if record.age_from is None and record.age_until is None:
        return None
    low = record.age_from or 0
    return all(low <= age and (record.age_until is None or age <= record.age_until) for age in ages)


def _fits_weekday(record: Record, wish: Wish, today: date) -> bool | None:
    if record.dates:
        days = record.dates_to_come(today)
        return wish.date in days if wish.date is not None else any(weekday_of(day) in wish.weekdays for day in days)
    if not record.weekdays:
        return None
    return any(day in record.weekdays for day in wish.days)


def _fits_part_of_day(record: Record, part_of_day: str) -> bool | None:
    if record.starts is None:
        return None
    ends = record.ends if record.ends is not None else record.starts + 1  # a start alone is that moment
    return any(record.starts < until and since < ends for since, until in PARTS_OF_DAY[part_of_day])


def _fits_borough(record: Record, boroughs: frozenset[str]) -> bool | None:
    return None if record.borough is None and record.quarter is None else record.borough in boroughs


def _fits_district(record: Record, names: tuple[str, ...], listing: Listing) -> bool | None:
    if record.borough is None and record.quarter is None:
        return None
    quarters = [name for name in names if name not in listing.borough_names]
    boroughs = [name for name in names if name in listing.borough_names]
    if record.quarter in quarters or record.borough in boroughs:
        return True
    vague = record.quarter is None and any(listing.boroughs.get(name) == record.borough for name in quarters)
    return None if vague else False


@dataclass(frozen=True, slots=True)
class _Judged:
    """A record with what it says to each wish: by the wish's name, or by that of a wider one."""

    record: Record
    says: Mapping[str, bool | None]

    def asks(self, names: Iterable[str]) -> tuple[str, ...]:
        """The wishes among these that are not stated."""
        return tuple("district" if name == "borough" else name for name in names if self.says[name] is None)


def _boroughs_of(wish: Wish, listing: Listing) -> frozenset[str]:
    """The Stadtbezirke in which the wished districts are."""
    known = (listing.boroughs.get(name) if name not in listing.borough_names else name for name in wish.districts)
    return frozenset(name for name in known if name is not None)


def _judge(record: Record, wish: Wish, listing: Listing, today: date) -> _Judged:
    says: dict[str, bool | None] = {}
    if wish.age_months:
        says["age"] = _fits_age(record, wish.age_months)
    if wish.days:
        says["weekday"] = _fits_weekday(record, wish, today)
    if wish.part_of_day:
        says["part_of_day"] = _fits_part_of_day(record, wish.part_of_day)
    if wish.districts:
        says["district"] = _fits_district(record, wish.districts, listing)
        says["borough"] = _fits_borough(record, _boroughs_of(wish, listing))
    return _Judged(record, says)


def _is_named(record: Record, q: str) -> bool:
    name, part = record.name.lower(), q.lower().strip()
    return part in name or fold(part) in fold(name)


def _wishes(wish: Wish) -> tuple[str, ...]:
    """The names of the wishes made that not every record of the kind fulfils."""
    made = (
        ("age", wish.age_months),
        ("weekday", wish.days),
        ("part_of_day", wish.part_of_day),
        ("district", wish.districts),
    )
    return tuple(name for name, value in made if value)


def _stages(wish: Wish, listing: Listing) -> list[tuple[str, ...]]:
    """The stages that drop only what was wished; a Bezirk cannot be widened to itself."""
    made = set(_wishes(wish))
    if wish.districts:
        made.add("city")
    if not any(name in listing.boroughs and name not in listing.borough_names for name in wish.districts):
        made.discard("district")
    return [stage for stage in STAGES if made.issuperset(stage)]


def _left(wishes: tuple[str, ...], stage: tuple[str, ...]) -> tuple[str, ...]:
    """The wishes that a stage leaves, the district widened to its Bezirk where the stage says so."""
    names = []
    for name in wishes:
        if name == "district" and "city" in stage:
            continue
        if name == "district" and "district" in stage:
            names.append("borough")
        elif name not in stage:
            names.append(name)
    return tuple(names)


def distance(record: Record, base: tuple[str, ...], today: date) -> int:
    """Days from the nearest of these weekdays forward to the record's next one; `NO_WEEKDAY` when it has none."""
    first = [WEEKDAYS.index(day) for day in base or (weekday_of(today),)]
    return min(((WEEKDAYS.index(day) - b) % 7 for day in record.days(today) for b in first), default=NO_WEEKDAY)


def _ordered(found: Iterable[Match], wish: Wish, boroughs: frozenset[str], today: date) -> list[Match]:
    """The matches of one group: the surest first, then by weekday, start and name.

    boroughs  where the district was relaxed, those whose records stand first
    """

    def key(match: Match) -> tuple[int, bool, int, int, str, str]:
        record = match.record
        start = record.starts if record.starts is not None else 24 * 60
        away = bool(boroughs) and record.borough not in boroughs
        return len(match.asks), away, distance(record, wish.days, today), start, record.name.casefold(), record.id

    return sorted(found, key=key)


def search(wish: Wish, listing: Listing, today: date) -> Found:
    """What the list has for a wish. The kind, the ages and the name are never relaxed.

    What surely fits comes first, then what may fit. Where nothing surely fits, what may fit comes first, and then what
    surely fits when as little as possible is dropped.
    """
    records = [r for r in listing.of(wish.kinds) if r.is_live(today) and (not wish.q or _is_named(r, wish.q))]
    judged = [_judge(record, wish, listing, today) for record in records]
    wishes = _wishes(wish)
    sure: list[Match] = []
    possible: list[Match] = []
    for one in judged:
        said = [one.says[name] for name in wishes]
        if all(said):
            sure.append(Match(one.record, "sure"))
        elif False not in said:
            possible.append(Match(one.record, "possible", one.asks(wishes)))
    first = _ordered(sure, wish, frozenset(), today)
    second = _ordered(possible, wish, frozenset(), today)
    if first:
        return Found((*first, *second))
    listed = {match.record.id for match in possible}
    others = [one for one in judged if one.record.id not in listed and one.says.get("age", True)]
    for stage in _stages(wish, listing):
        left = _left(wishes, stage)
        new = [Match(one.record, "relaxed") for one in others if all(map(one.says.__getitem__, left))]
        if new:
            boroughs = _boroughs_of(wish, listing) if "city" in stage else frozenset()
            relaxed = tuple(name for name in RELAXABLE if name in stage)
            return Found((*second, *_ordered(new, wish, boroughs, today)), relaxed)
    return Found(tuple(second))
