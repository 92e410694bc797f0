"""A search as blocks: one sentence on what was found, the records, what our list is, and ways on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.content.models import Entry
from bot.content.rendering import german_date
from bot.model import Decision, Kind, Source
from bot.replying.holidays import holiday_on
from bot.replying.offers import Found, Listing, Match, Wish, distance, known_of, search, wish_of
from bot.replying.page import Page
from bot.replying.wording import (
    WEEKLY,
    ages_text,
    capital,
    is_old,
    kinds_text,
    listed,
    none_text,
    one_text,
    record_data,
    record_text,
    when_text,
    where_text,
    wish_text,
)

SEARCHED = ("place", "hours")
"""The sides that a search answers; one of them is remembered of a topic when it was searched."""
DETAILS = ("district", "child_age", "date")
"""What a search may ask back."""
SHOWN = 5
"""So many records are shown in a conversation; how many more there are is said."""
MOST_BOROUGHS = 4
"""So many Stadtbezirke at most are offered to look in."""


def is_search(decision: Decision) -> bool:
    """Whether the decision is a search, or asks for a detail of one: then its entities are the whole wish."""
    return decision.kind is Kind.OFFERS or (decision.kind is Kind.CLARIFY and decision.asks in DETAILS)


def wished(decision: Decision, entry: Entry, listing: Listing, today: date) -> Wish:
    """The wish of a decision: of a record that was named that record, else the kinds named or those of the topic."""
    wish = wish_of(decision.entities, today)
    record = listing.by_id.get(decision.entities.offer or "")
    if record is not None:
        return replace(wish, kinds=(record.kind,), q=record.name)
    return replace(wish, kinds=wish.kinds or entry.search)


def add_results(page: Page, decision: Decision, listing: Listing) -> None:
    """Adds what the list has for the first topic of a decision, and quick replies that search on."""
    topic, aspect = decision.topics[0], decision.aspects[0]
    entry, texts = page.content.entries[topic], page.content.texts.offers
    wish = wished(decision, entry, listing, page.today)
    if decision.oddity == "other_city":
        page.add("text", topic, aspect, texts.other_city.format(city=page.content.city.name))
        _suggest(page, entry, replace(wish, districts=()), listing, _whole_city(page))
    else:
        found = search(wish, listing, page.today)
        page.add("text", topic, aspect, intro(wish, found, listing, page))
        _add_records(page, topic, aspect, found.matches[:SHOWN])
        _add_notices(page, topic, aspect, wish, found)
        _suggest_searches(page, entry, wish, found, listing)
    _add_list(page, topic, aspect, wish, listing)
    for link in entry.links:
        page.link(link.label, link.url)
    kinds = [page.content.kinds[kind] for kind in wish.kinds if kind in page.content.kinds]
    for more in (*(kind.next for kind in kinds), page.content.city.search_link):
        if more is not None:
            page.link(more.label, more.url)


def intro(wish: Wish, found: Found, listing: Listing, page: Page) -> str:
    """What was found, in one or two sentences; it speaks of what is shown."""
    texts, content = page.content.texts.offers, page.content
    shown = found.matches[:SHOWN]
    words = wish_text(wish, listing, content)
    kinds, one = kinds_text(wish.kinds, content), one_text(wish.kinds, content)
    none = texts.none.format(wish=words, none=none_text(wish.kinds, content))
    if not shown:
        return none
    relaxed = [match for match in shown if match.fit == "relaxed"]
    possible = [match for match in shown if match.fit == "possible"]
    how = how_relaxed(wish, found, relaxed, listing, page) if relaxed else ""
    if relaxed and not possible:
        sentence = texts.instead_one if len(relaxed) == 1 else texts.instead
        return f"{none} {capital(sentence.format(how=how, one=one))}"
    if len(possible) + len(relaxed) == len(shown):
        sentence = texts.possible.format(kinds=kinds, wish=words)
        return capital(f"{sentence.removesuffix(':')}. {texts.behind.format(how=how)}" if relaxed else sentence)
    sentence = texts.found_one if len(shown) == 1 else texts.found
    sentence = sentence.format(wish=words, kinds=kinds, one=one)
    return f"{sentence.removesuffix(':')}. {texts.incomplete}" if possible else sentence


def how_relaxed(wish: Wish, found: Found, relaxed: Sequence[Match], listing: Listing, page: Page) -> str:
    """What is different about these: „mittwochs“, „an anderen Tagen im Stadtbezirk …“."""
    texts = page.content.texts.offers
    words: list[str] = []
    if "weekday" in found.relaxed:
        days = {day for match in relaxed for day in match.record.days(page.today)}
        near = {distance(match.record, wish.days, page.today) for match in relaxed}
        words.append(WEEKLY[days.pop()] if len(days) == len(near) == 1 else texts.other_day)
    elif wish.days:
        words.append(when_text(replace(wish, part_of_day=None)))
    if "part_of_day" in found.relaxed:
        words.append(texts.other_time)
    if "city" in found.relaxed:
        words.append(texts.other_district.format(city=page.content.city.name))
    elif "district" in found.relaxed:
        boroughs = dict.fromkeys(listing.boroughs[name] for name in wish.districts if name in listing.boroughs)
        words.append(listed([texts.borough.format(name=name) for name in boroughs], "oder"))
    return " ".join(words)


def _add_records(page: Page, topic: str, aspect: str, matches: Sequence[Match]) -> None:
    for match in matches:
        data = record_data(match, page.content, page.today)
        page.add("offer", topic, aspect, record_text(match.record, data["ask"], page.content, page.today), **data)
        source: Source = match.record.source
        page.sources.setdefault((source.label, source.url), source)
    if any(not (match.record.phone or match.record.email or match.record.url) for match in matches):
        page.contact(page.content.entries[topic].office, topic, aspect)  # whom to ask where no way is known


def _add_notices(page: Page, topic: str, aspect: str, wish: Wish, found: Found) -> None:
    texts, shown = page.content.texts.offers, found.matches[:SHOWN]
    holiday = holiday_on(wish.date, page.content.city.land) if wish.date else None
    notes = []
    if holiday and wish.date:
        notes.append(texts.holiday.format(day=german_date(wish.date.isoformat()), name=holiday))
    if any(is_old(match.record.source, page.today) for match in shown):
        notes.append(texts.old)
    if len(found.matches) > len(shown):
        notes.append(texts.shown.format(shown=len(shown), total=len(found.matches)))
    for note in notes:
        page.add("notice", topic, aspect, note, level="info")


def _add_list(page: Page, topic: str, aspect: str, wish: Wish, listing: Listing) -> None:
    """How much our list has: nothing in it does not mean that there is nothing."""
    texts = page.content.texts.offers
    known = known_of(wish.kinds, listing, page.content, page.today)
    as_of = known.as_of or page.today.isoformat()
    sentence = texts.list if known.of is None else texts.list_of
    text = sentence.format(
        count=known.count, of=known.of, kinds=kinds_text(wish.kinds, page.content), as_of=german_date(as_of[:7])
    )
    page.add("notice", topic, aspect, text, level="info")
    kind = page.content.kinds.get(wish.kinds[0]) if known.of is not None else None
    page.cite([kind.total] if kind and kind.total else [])


# quick replies


def search_message(entry: Entry, wish: Wish, listing: Listing, page: Page) -> str:
    """What a quick reply sends: it is read again as this very wish, with and without a state."""
    kinds = [page.content.kinds[kind].one for kind in wish.kinds if kind in page.content.kinds]
    parts = (
        listed(kinds) if set(wish.kinds) != set(entry.search) else "",
        when_text(wish),
        where_text(wish, listing, page.content) if wish.districts else _whole_city(page),
        ages_text(wish.age_months),
    )
    return f"{entry.title}: {' '.join(part for part in parts if part)}"


def _whole_city(page: Page) -> str:
    return page.content.texts.offers.whole_city.format(city=page.content.city.name)


def _suggest(page: Page, entry: Entry, wish: Wish, listing: Listing, label: str) -> None:
    page.suggest(capital(label), search_message(entry, replace(wish, q=None), listing, page))


def suggest_search(page: Page, entry: Entry) -> None:
    """Offers to search the whole list of a topic."""
    if entry.search:
        _suggest(page, entry, Wish(kinds=entry.search), Listing(), page.content.texts.offers.show)


def _suggest_searches(page: Page, entry: Entry, wish: Wish, found: Found, listing: Listing) -> None:
    """Offers the same search with a wish less; where none was made, the Stadtbezirke."""
    texts = page.content.texts.offers
    if wish.days:
        _suggest(page, entry, replace(wish, weekdays=(), date=None), listing, texts.every_day)
    if wish.part_of_day:
        _suggest(page, entry, replace(wish, part_of_day=None), listing, texts.any_time)
    if wish.districts:
        _suggest(page, entry, replace(wish, districts=()), listing, _whole_city(page))
    elif len(found.matches) > SHOWN:
        boroughs = dict.fromkeys(match.record.borough for match in found.matches)
        for borough in sorted(name for name in boroughs if name)[:MOST_BOROUGHS]:
            narrower = replace(wish, districts=(borough,))
            _suggest(page, entry, narrower, listing, texts.borough.format(name=borough))
    if len(wish.age_months) > 1:
        for age in wish.age_months:
            _suggest(page, entry, replace(wish, age_months=(age,)), listing, ages_text((age,)))
    elif wish.age_months and not found.matches:
        _suggest(page, entry, replace(wish, age_months=()), listing, texts.any_age)


# a detail is missing


def ask_detail(page: Page, decision: Decision, listing: Listing) -> None:
    """Adds the question for a detail of a search that is missing or cannot be, and ways on."""
    topic = decision.choices[0].topic
    entry, texts = page.content.entries[topic], page.content.texts.offers
    wish = wished(decision, entry, listing, page.today)
    if decision.asks == "district":
        page.add("text", topic, None, texts.which_district.format(districts=listed(wish.districts, "oder")))
        for name in wish.districts:
            narrower = replace(wish, districts=(name,))
            page.suggest(name, search_message(entry, narrower, listing, page))
        return
    page.add("text", topic, None, str(getattr(texts, decision.oddity or "")))
    _suggest(page, entry, wish, listing, texts.every_day if decision.asks == "date" else texts.any_age)
    page.suggest_topic(topic)
    page.contact(entry.office, topic, None)
