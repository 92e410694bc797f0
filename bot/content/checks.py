"""Rules across files: dead references, stale dates, utterances that spoil each other. Each yields problems."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date
from itertools import combinations

from bot.content.likeness import alike, plain
from bot.content.loading import TOPICS_STAND, Content, Loaded, classes_in
from bot.content.models import (
    REFERENCE,
    AgeRange,
    Aspect,
    AspectText,
    Entry,
    Fact,
    FactKind,
    Intent,
    Offer,
    Place,
    is_day,
    is_day_of_year,
)
from bot.content.problems import Problem, Spot, unknown
from bot.content.quality import check_quality
from bot.content.rendering import fact_ids, fits_unit, german_date, is_expired, next_day, render_text
from bot.content.tables import ComputingTable, amounts, fact_id
from bot.content.timetable import TimetableStep, facts_of, terms_of
from bot.content.tracing import by_hand, disagreements

SHORT_MAX = 320
"""Characters of a short answer that fit a phone screen; a little above 300 for a name that a fact brings."""

UTTERANCES_MIN = 40
UTTERANCES_MIN_PER_ASPECT = 3
WITHOUT_OWN_WORDS = 0.4
"""Share of a topic's utterances that do without its own technical words."""
NEAR_SIMILARITY = 0.7
"""From this trigram similarity on, the second utterance teaches the matcher nothing."""

PLACES_STAND = "Stellen stehen in places/*.yaml."
FACTS_STAND = "Tatsachen stehen in facts/*.yaml."
LINES_STAND = "Sie stehen in safety/lines.yaml."
KINDS_STAND = "Arten stehen in kinds.yaml."
DISTRICTS_STAND = "Stadtteile und Stadtbezirke stehen in districts.yaml."

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
GERMAN_WEEKDAYS = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")

OLDEST = 240
"""Months up to which an age range without an end goes."""

_UNIT_FORMS = {
    "date": "Schreiben Sie 2026, 2026-11 oder 2026-11-22.",
    "day_of_year": "Schreiben Sie Monat und Tag: 11-22.",
    "time": "Schreiben Sie 08:30.",
}
_NUMBER_FORM = "Schreiben Sie nur die Zahl, etwa 1000 oder 12.50."

_BRACES = re.compile(r"\{\{|\}\}|\{\}|\{\s*(?:fact|stand|place)\s*:")
"""What is left of references that cannot be read."""

SpotOf = Callable[..., Spot]


def _spot_of(spots: Mapping[str, Spot], kind: str, name: str) -> SpotOf:
    """Finds where a key of a record stands, or else what is around it."""

    def spot(*path: object) -> Spot:
        keys = [kind, name, *map(str, path)]
        while len(keys) > 2 and ":".join(keys) not in spots:
            keys.pop()
        return spots.get(":".join(keys)) or Spot(name, 1)

    return spot


def _known(kind: str, names: Iterable[tuple[str, Spot]], known: Collection[str], where: str) -> Iterator[Problem]:
    for name, spot in names:
        if name not in known:
            yield unknown(kind, name, known, spot, where)


def _known_kinds(names: Iterable[tuple[str, Spot]], content: Content) -> Iterator[Problem]:
    if content.kinds:  # without any, that alone is the cause
        yield from _known("Die Art", names, content.kinds, KINDS_STAND)


def _check_text(text: str, content: Content, spot: Spot, about: Iterable[str] = ()) -> Iterator[Problem]:
    """A text with references: each must lead somewhere, and no number stands beside them.

    about  ids of the facts and places that the text is about, besides those that it refers to
    """
    for kind, name, field, _ in REFERENCE.findall(text):
        if kind == "place":
            if name not in content.places:
                yield unknown("Den Ort", name, content.places, spot, "Orte stehen in places/*.yaml.")
            elif getattr(content.places[name], field or "name") is None:
                yield Problem(spot, f"Für „{name}“ ist „{field}“ nicht bekannt.", "Nehmen Sie den Verweis heraus.")
        elif name not in content.facts:
            yield unknown("Die Tatsache", name, content.facts, spot, FACTS_STAND)
        elif content.facts[name].kind is FactKind.UNCONFIRMED:
            message = f"„{name}“ ist unbestätigt und darf nicht erscheinen."
            yield Problem(spot, message, "Nennen Sie die Stelle, die es weiß.")
        elif kind == "fact" and content.facts[name].value is None:
            suggestion = "Ergänzen Sie „value“ und „unit“ oder nennen Sie sie in „facts“."
            yield Problem(spot, f"„{name}“ hat keinen Wert.", suggestion)
    rest = REFERENCE.sub("", text)
    if _BRACES.search(rest):
        suggestion = "Form: {{fact:herne.name}} oder {{place:herne.name.phone}}."
        yield Problem(spot, "Ein Verweis mit Klammern ist nicht lesbar.", suggestion)
    else:
        named = [name for _, name, _, _ in REFERENCE.findall(text)]
        yield from _check_by_hand(rest, content, spot, (*about, *named))


def _check_by_hand(text: str, content: Content, spot: Spot, about: Iterable[str] = ()) -> Iterator[Problem]:
    """What stands in the text by hand though it has, or should have, its home among facts and places."""
    ids = tuple(dict.fromkeys(about))
    facts = [content.facts[name] for name in ids if name in content.facts]
    places = [content.places[name] for name in ids if name in content.places]
    for message, suggestion in by_hand(text, facts, content, places):
        yield Problem(spot, message, suggestion)


def _check_plain(text: str | None, content: Content, spot: Spot) -> Iterator[Problem]:
    """A text that is shown as it stands: references would be shown too."""
    if text and "{{" in text:
        yield Problem(spot, "Hier sind keine Verweise möglich.", "Nehmen Sie den Verweis heraus.")
    elif text:
        yield from _check_by_hand(text, content, spot)


def _check_aspect(entry: Entry, aspect: Aspect, content: Content, spot: SpotOf) -> Iterator[Problem]:
    text: AspectText = entry.aspects[aspect]
    base = ("aspects", aspect.value)
    own = text.text or text.list or text.steps or text.notice
    if text.see is not None:
        here = spot(*base, "see")
        yield from _known("Das Thema", [(text.see, here)], content.topics, TOPICS_STAND)
        if own:
            message = "„see“ steht zusammen mit einem Text, den niemand sieht."
            yield Problem(here, message, "Nehmen Sie eines von beiden.")
        owner = content.entries.get(text.see)
        further = owner.aspects.get(aspect) if owner else None
        if text.see == entry.topic:
            yield Problem(here, "Das Thema verweist auf sich selbst.", "Schreiben Sie hier den Text.")
        elif further is not None and further.see is not None:
            message = f"„{text.see}“ verweist bei „{aspect}“ selbst weiter."
            yield Problem(
                here,
                message,
                f"Nennen Sie „{further.see}“." if further.see != entry.topic else "Eines der beiden braucht den Text.",
            )
    elif not own:
        suggestion = "Ergänzen Sie „text“, „list“, „steps“ oder „see“."
        yield Problem(spot(*base), "Diese Seite des Themas hat keinen Text.", suggestion)
    if text.list and text.steps:
        yield Problem(spot(*base), "„list“ und „steps“ stehen zusammen.", "Nehmen Sie eines von beiden.")
    if text.contact:
        yield from _known("Die Stelle", [(text.contact, spot(*base, "contact"))], content.places, PLACES_STAND)
    facts = [(f, spot(*base, "facts", i)) for i, f in enumerate(text.facts)]
    yield from _known("Die Tatsache", facts, content.facts, FACTS_STAND)
    if text.counts:
        yield from _check_counted(text.counts, content, spot(*base, "counts"))
    sentences = [(text.text, spot(*base, "text")), (text.notice, spot(*base, "notice"))]
    sentences += [(item, spot(*base, "list", i)) for i, item in enumerate(text.list)]
    for i, step in enumerate(text.steps):
        sentences += [
            (step.text, spot(*base, "steps", i, "text")),
            (step.deadline, spot(*base, "steps", i, "deadline")),
        ]
    for sentence, here in sentences:
        if sentence:
            named = (*text.facts, *fact_ids(" ".join(part for part, _ in sentences if part)), *entry.facts)
            contacts = (text.contact, entry.office) if text.contact else (entry.office,)
            yield from _check_text(sentence, content, here, (*named, *contacts))


def _check_counted(name: str, content: Content, spot: Spot) -> Iterator[Problem]:
    """The fact until whose day the days are counted: it must be one."""
    fact = content.facts.get(name)
    if fact is None:
        yield unknown("Die Tatsache", name, content.facts, spot, FACTS_STAND)
    elif fact.value is None or next_day(fact, date.min) is None:
        suggestion = "Nennen Sie eine Tatsache mit „date“ oder „day_of_year“ und einem ganzen Tag."
        yield Problem(spot, f"„{name}“ ist kein Tag, bis zu dem man zählen kann.", suggestion)


def _check_entry(entry: Entry, content: Content, spots: Mapping[str, Spot]) -> Iterator[Problem]:
    spot = _spot_of(spots, "entry", entry.topic)
    shown = [
        (entry.title, spot("title")),
        *((link.label, spot("links", i, "label")) for i, link in enumerate(entry.links)),
    ]
    for text, here in shown:
        if _BRACES.search(text):
            yield Problem(here, "Hier sind keine Verweise möglich.", "Nehmen Sie den Verweis heraus.")
    for i, topic in enumerate(entry.related):
        if topic in entry.related[:i]:
            yield Problem(spot("related", i), f"„{topic}“ steht hier zweimal.", "Löschen Sie eines davon.", "warning")
    related = [(topic, spot("related", i)) for i, topic in enumerate(entry.related)]
    yield from _known("Das Thema", related, content.topics, TOPICS_STAND)
    if entry.topic in entry.related:
        yield Problem(spot("related"), "Das Thema ist mit sich selbst verwandt.", "Löschen Sie diesen Namen.")
    yield from _known("Die Stelle", [(entry.office, spot("office"))], content.places, PLACES_STAND)
    facts = [(f, spot("facts", i)) for i, f in enumerate(entry.facts)]
    yield from _known("Die Tatsache", facts, content.facts, FACTS_STAND)
    lines = [(line, spot("lines", i)) for i, line in enumerate(entry.lines)]
    yield from _known("Die Hilfe", lines, content.lines, LINES_STAND)
    yield from _known_kinds([(kind, spot("search", i)) for i, kind in enumerate(entry.search)], content)
    yield from _check_text(entry.short, content, spot("short"), (*entry.facts, entry.office))
    length = len(render_text(entry.short, content))
    if length > SHORT_MAX:
        message = f"Die kurze Antwort hat {length} Zeichen."
        yield Problem(spot("short"), message, "Höchstens 300: ein Bildschirm am Telefon.")
    yield from _check_plain(entry.off_text, content, spot("off_text"))
    for aspect in entry.aspects:
        yield from _check_aspect(entry, aspect, content, spot)
    for i, situation in enumerate(entry.situations):
        yield from _check_text(situation.text, content, spot("situations", i, "text"), situation.facts)
        yield from _check_plain(situation.door, content, spot("situations", i, "door"))
        lines = [(line, spot("situations", i, "lines", n)) for n, line in enumerate(situation.lines)]
        yield from _known("Die Hilfe", lines, content.lines, LINES_STAND)
        facts = [(fact, spot("situations", i, "facts", n)) for n, fact in enumerate(situation.facts)]
        yield from _known("Die Tatsache", facts, content.facts, FACTS_STAND)
    if entry.topic not in content.intents and entry.topic != "ausserhalb":
        suggestion = f"Legen Sie intents/…/{entry.topic}.yaml an."
        yield Problem(spot(), "Zu diesem Thema gibt es keine Beispielfragen.", suggestion)


def _check_titles(content: Content, spots: Mapping[str, Spot]) -> Iterator[Problem]:
    titles: dict[str, str] = {}
    for entry in content.entries.values():
        if entry.title in titles:
            spot = _spot_of(spots, "entry", entry.topic)("title")
            message = f"Den Titel „{entry.title}“ hat auch „{titles[entry.title]}“."
            yield Problem(spot, message, "Titel sind eindeutig.")
        titles.setdefault(entry.title, entry.topic)


def _check_owners(
    groups: Mapping[str, tuple[str, ...]], spots: Mapping[tuple[str, str], Spot], owner: dict[str, str]
) -> Iterator[Problem]:
    """An utterance belongs to one topic or matter; fills `owner`, the words of each utterance → its topic or matter."""
    for name, utterances in groups.items():
        seen: set[str] = set()
        for utterance in utterances:
            key = plain(utterance)
            if owner.setdefault(key, name) != name:
                message = f"„{utterance}“ steht auch bei „{owner[key]}“."
                yield Problem(spots[name, utterance], message, "Eine Beispielfrage gehört zu genau einem Thema.")
            elif key in seen:
                message = f"„{utterance}“ steht hier zweimal."
                yield Problem(spots[name, utterance], message, "Löschen Sie eine davon.", "warning")
            seen.add(key)


def _check_near(name: str, utterances: tuple[str, ...], spots: Mapping[tuple[str, str], Spot]) -> Iterator[Problem]:
    for first, second in alike(utterances, NEAR_SIMILARITY):
        u, v = utterances[first], utterances[second]
        if plain(u) != plain(v):
            message = f"„{v}“ ist fast gleich wie „{u}“."
            yield Problem(spots[name, v], message, "Fragen Sie mit anderen Worten.", "warning")


def _check_amounts(intent: Intent, first: Spot) -> Iterator[Problem]:
    utterances = [u for us in intent.utterances.values() for u in us]
    if len(utterances) < UTTERANCES_MIN:
        yield Problem(first, f"Nur {len(utterances)} Beispielfragen.", f"Mindestens {UTTERANCES_MIN}.", "warning")
    for aspect, examples in intent.utterances.items():
        if len(examples) < UTTERANCES_MIN_PER_ASPECT:
            message = f"Nur {len(examples)} Beispielfragen zu „{aspect}“."
            yield Problem(first, message, "Mindestens drei.", "warning")
    words = [w.lower() for w in intent.own_words]
    without = sum(not any(w in u.lower() for w in words) for u in utterances)
    if words and without < WITHOUT_OWN_WORDS * len(utterances):
        message = f"Nur {without} von {len(utterances)} Beispielfragen kommen ohne {', '.join(intent.own_words)} aus."
        yield Problem(first, message, "Mindestens 40 von 100: Eltern kennen das Wort oft nicht.", "warning")


def _check_utterances(loaded: Loaded, content: Content, only: str | None) -> Iterator[Problem]:
    groups = {t: tuple(u for us in intent.utterances.values() for u in us) for t, intent in content.intents.items()}
    groups |= {matter: intent.utterances for matter, intent in content.neighbour_intents.items()}
    owner: dict[str, str] = {}
    yield from _check_owners(groups, loaded.utterance_spots, owner)
    for name, utterances in groups.items():
        if only is None or name == only:
            yield from _check_near(name, utterances, loaded.utterance_spots)
            if name in content.intents:
                yield from _check_amounts(content.intents[name], loaded.spots[f"intent:{name}"])
    for case in loaded.cases:
        spot = Spot(case.file, case.line)
        if (other := owner.get(plain(case.question))) is not None:
            message = f"„{case.question}“ ist auch eine Beispielfrage bei „{other}“."
            yield Problem(spot, message, "Ein Test muss etwas anderes fragen.")
        yield from _known("Das Thema", [(case.topic, spot)], content.topics, TOPICS_STAND)


def _check_dates(content: Content, spots: Mapping[str, Spot], today: date) -> Iterator[Problem]:
    for entry in content.entries.values():
        if entry.review_by < today:
            spot = _spot_of(spots, "entry", entry.topic)("review_by")
            message = f"Die Prüfung war am {german_date(entry.review_by.isoformat())} fällig."
            yield Problem(spot, message, "Prüfen Sie und setzen Sie ein neues Datum.", "warning")
    for fact in content.facts.values():
        if fact.valid_until and is_expired(fact, today):
            message = f"„{fact.id}“ galt bis zum {german_date(fact.valid_until.isoformat())}"
            spot = spots[f"fact:{fact.id}"]
            if fact.id in content.lasting:
                message += " und steht noch in der Hilfe bei Notfällen."
                yield Problem(spot, message, "Tragen Sie sofort den neuen Wert ein.")
            else:
                yield Problem(spot, f"{message}.", "Tragen Sie den neuen Wert ein.", "warning")
        elif fact.valid_from and fact.valid_from > today.isoformat() and "value" in fact.model_fields_set:
            message = f"„{fact.id}“ gilt erst ab {fact.valid_from}, der Bot nennt es aber schon."
            yield Problem(spots[f"fact:{fact.id}"], message, "Tragen Sie den neuen Wert erst dann ein.", "warning")


def _check_layer(record: Fact | Place | Offer | ComputingTable, folder: str, spot: Spot) -> Iterator[Problem]:
    parts = spot.file.split("/")
    layer = parts[parts.index(folder, 1) - 1]
    if not record.id.startswith(layer + "."):
        yield Problem(spot, f"„{record.id}“ steht in der Ebene „{layer}“.", f"Der Name beginnt mit „{layer}.“.")


def _check_facts(content: Content, spots: Mapping[str, Spot]) -> Iterator[Problem]:
    for fact in content.facts.values():
        spot = spots[f"fact:{fact.id}"]
        if (fact.value is None) != (fact.unit is None):
            message = f"„{fact.id}“ braucht „value“ und „unit“ zusammen."
            yield Problem(spot, message, "Ergänzen oder löschen Sie beide.")
        elif fact.value is not None and fact.unit is not None and not fits_unit(fact.value, fact.unit):
            message = f"Der Wert „{fact.value}“ passt nicht zu „{fact.unit}“."
            yield Problem(spot, message, _UNIT_FORMS.get(fact.unit, _NUMBER_FORM))
        if fact.valid_from and fact.valid_until and fact.valid_from > fact.valid_until.isoformat():
            message = f"„{fact.id}“ endet, bevor es beginnt."
            yield Problem(spot, message, "Tauschen Sie „valid_from“ und „valid_until“.")
        yield from _check_layer(fact, "facts", spot)
    for name, message, suggestion in disagreements(content):
        yield Problem(spots[f"fact:{name}"], message, suggestion)


def _check_kinds(content: Content, spots: Mapping[str, Spot]) -> Iterator[Problem]:
    if not content.kinds and (content.offers or any(entry.search for entry in content.entries.values())):
        message = "Es gibt keine Arten, nach denen man suchen kann."
        yield Problem(Spot("kinds.yaml", 1), message, "Nennen Sie sie in kinds.yaml.")
    owner: dict[str, str] = {}
    for kind in content.kinds.values():
        spot = _spot_of(spots, "kind", kind.id)
        if kind.total is not None:
            yield from _known("Die Tatsache", [(kind.total, spot("total"))], content.facts, FACTS_STAND)
            fact = content.facts.get(kind.total)
            if fact is not None and fact.unit != "count":
                yield Problem(spot("total"), f"„{kind.total}“ ist keine Anzahl.", "Die Tatsache braucht „unit: count“.")
        for i, word in enumerate(kind.words):
            first = owner.setdefault(plain(word), kind.id)
            if first != kind.id:
                message = f"Das Wort „{word}“ steht auch bei „{first}“."
                yield Problem(spot("words", i), message, "Ein Wort gehört zu genau einer Art.")
            elif plain(word) in map(plain, kind.words[:i]):
                message = f"Das Wort „{word}“ steht hier zweimal."
                yield Problem(spot("words", i), message, "Löschen Sie eines davon.", "warning")


def _check_district(district: str | None, content: Content, spot: Spot) -> Iterator[Problem]:
    """The name of a Stadtteil or Stadtbezirk itself: another name for it may mean several."""
    known = {name for d in content.districts for name in (d.name, d.borough)}
    if district is None or not known or district in known:
        return
    meant = [d.name for d in content.districts if district in d.aliases]
    if meant:
        message = f"„{district}“ ist nur ein anderer Name für {' und '.join(meant)}."
        yield Problem(spot, message, f"Schreiben Sie „{meant[0]}“." if len(meant) == 1 else "Schreiben Sie, welches.")
    else:
        yield unknown("Den Stadtteil", district, known, spot, DISTRICTS_STAND)


def _check_places(content: Content, spots: Mapping[str, Spot]) -> Iterator[Problem]:
    for place in content.places.values():
        spot = _spot_of(spots, "place", place.id)
        yield from _check_layer(place, "places", spot())
        also = [(kind, spot("also", i)) for i, kind in enumerate(place.also)]
        yield from _known_kinds([(place.kind, spot("kind")), *also], content)
        if place.kind in place.also:
            yield Problem(spot("also"), f"„{place.kind}“ steht schon unter „kind“.", "Löschen Sie es hier.")
        yield from _check_district(place.district, content, spot("district"))


def _check_times(offer: Offer, spot: SpotOf) -> Iterator[Problem]:
    age, time = offer.age_months, offer.time
    if age.start is not None and age.end is not None and age.start > age.end:
        message = f"Das Alter beginnt mit {age.start} Monaten und endet mit {age.end}."
        yield Problem(spot("age_months"), message, "Tauschen Sie „from“ und „until“.")
    if time is not None and time.end is not None and time.start >= time.end:
        message = f"Die Zeit beginnt um {time.start} und endet um {time.end}."
        yield Problem(spot("time"), message, "Prüfen Sie „from“ und „until“.")
    for i, day in enumerate(offer.dates):
        if offer.weekdays and WEEKDAYS[day.weekday()] not in offer.weekdays:
            message = f"Der {german_date(day.isoformat())} ist ein {GERMAN_WEEKDAYS[day.weekday()]}."
            suggestion = "Berichtigen Sie den Termin, oder löschen Sie „weekdays“: der Wochentag folgt aus dem Termin."
            yield Problem(spot("dates", i), message, suggestion)


def _check_offers(content: Content, spots: Mapping[str, Spot], today: date) -> Iterator[Problem]:
    for offer in content.offers.values():
        spot = _spot_of(spots, "offer", offer.id)
        yield from _check_layer(offer, "offers", spot())
        if offer.id in content.places:
            message = f"„{offer.id}“ heißt schon eine Stelle in {spots[f'place:{offer.id}']}."
            yield Problem(spot("id"), message, "Geben Sie dem Angebot einen anderen Namen.")
        yield from _known_kinds([(offer.kind, spot("kind"))], content)
        if offer.place is not None:
            yield from _known("Die Stelle", [(offer.place, spot("place"))], content.places, PLACES_STAND)
        yield from _check_district(offer.district, content, spot("district"))
        yield from _check_times(offer, spot)
        for key in ("name", "about", "at", "rhythm", "cost", "registration", "accessible"):
            if "{{" in (getattr(offer, key) or ""):
                yield Problem(spot(key), "Hier sind keine Verweise möglich.", "Nehmen Sie den Verweis heraus.")
        if offer.historical:
            continue
        last = max(offer.dates, default=None) if offer.valid_until is None else offer.valid_until
        if last is not None and last < today:
            key = "dates" if offer.valid_until is None else "valid_until"
            message = f"„{offer.id}“ war zuletzt am {german_date(last.isoformat())} und wird nicht mehr gefunden."
            yield Problem(spot(key), message, "Tragen Sie den neuen Termin oder „historical: true“ ein.", "warning")


def _check_references(table: ComputingTable, content: Content, spot: Spot) -> Iterator[Problem]:
    """The facts that a table computes with: each is a number of the table's unit."""
    for reference in amounts(table):
        name = fact_id(reference)
        unit = "years" if reference == table.under_age else table.unit
        fact = content.facts.get(name)
        if fact is None:
            yield unknown("Die Tatsache", name, content.facts, spot, FACTS_STAND)
        elif fact.value is None or fact.unit != unit or not fits_unit(fact.value, unit):
            yield Problem(spot, f"Mit „{name}“ lässt sich nicht rechnen.", f"Gebraucht wird eine Zahl mit „{unit}“.")
        elif fact.kind is FactKind.UNCONFIRMED:
            yield Problem(spot, f"„{name}“ ist unbestätigt.", "Damit darf der Bot nicht rechnen.")


_PARTS_OF_TABLES = {"per_child": "amount", "by_age": "ages", "per_child_capped": "shares", "fee": "rows"}


def _check_parts(table: ComputingTable, spot: Spot) -> Iterator[Problem]:
    """Each kind of table has its own part and none of the others'."""
    for kind, part in _PARTS_OF_TABLES.items():
        given = bool(getattr(table, part))
        if given and kind != table.kind:
            yield Problem(
                spot, f"„{part}“ gehört nicht zu „{table.kind}“.", f"Nehmen Sie „kind: {kind}“ oder löschen Sie es."
            )
        elif not given and kind == table.kind and kind != "fee":
            yield Problem(spot, f"Hier fehlt „{part}“.", f"Ohne „{part}“ rechnet „{kind}“ nicht.")
    if table.kind == "fee" and not table.rows and table.how is None:
        yield Problem(spot, "Weder „rows“ noch „how“.", "Schreiben Sie in „how“, wie der Beitrag entsteht.")
    if table.rows and (table.source is None or table.checked is None):
        yield Problem(spot, "Die Zeilen haben keine Quelle.", "Ergänzen Sie „source“ und „checked“.")


def _check_rows(table: ComputingTable, spot: Spot) -> Iterator[Problem]:
    """For an income, hours and age there is one fee at most."""

    def overlap(a: AgeRange, b: AgeRange) -> bool:
        return (a.start or 0) <= (b.end or OLDEST) and (b.start or 0) <= (a.end or OLDEST)

    for a, b in combinations(table.rows, 2):
        if (a.income_until, a.hours) == (b.income_until, b.hours) and overlap(a.age_months, b.age_months):
            income = "darüber" if a.income_until is None else f"bis {a.income_until}"
            message = f"Zwei Zeilen gelten für {a.hours} Stunden und Einkommen {income}."
            yield Problem(spot, message, "Löschen Sie eine davon.")
    for first, second in combinations(table.ages, 2):
        if first.start <= second.end and second.start <= first.end:
            message = f"Zwei Altersstufen überschneiden sich bei {max(first.start, second.start)}."
            yield Problem(spot, message, "Jedes Alter steht in einer Stufe.")
    for band in table.ages:
        if band.start > band.end:
            yield Problem(
                spot, f"Eine Altersstufe endet bei {band.end}, bevor sie beginnt.", "Tauschen Sie die Zahlen."
            )


def _check_tables(content: Content, spots: Mapping[str, Spot], today: date) -> Iterator[Problem]:
    for table in content.tables.values():
        spot = spots[f"table:{table.id}"]
        yield from _check_layer(table, "tables", spot)
        yield from _known("Das Thema", [(table.topic, spot)], content.topics, TOPICS_STAND)
        yield from _known("Die Tatsache", [(f, spot) for f in table.facts], content.facts, FACTS_STAND)
        yield from _check_references(table, content, spot)
        yield from _check_parts(table, spot)
        yield from _check_rows(table, spot)
        for text in (table.how, table.note):
            if text:
                yield from _check_text(text, content, spot, (*table.facts, *map(fact_id, amounts(table))))
        if table.valid_from and table.valid_until and table.valid_from > table.valid_until.isoformat():
            yield Problem(spot, f"„{table.id}“ endet, bevor es beginnt.", "Tauschen Sie die Daten.")
        elif table.valid_until and table.valid_until < today:
            message = f"„{table.id}“ galt bis zum {german_date(table.valid_until.isoformat())}."
            yield Problem(spot, message, "Tragen Sie die neue Tabelle ein.", "warning")
    for a, b in combinations(content.tables.values(), 2):
        if (a.topic, a.kind) == (b.topic, b.kind) and a.is_in_force(today) and b.is_in_force(today):
            message = f"„{a.id}“ und „{b.id}“ gelten beide für „{a.topic}“."
            yield Problem(spots[f"table:{b.id}"], message, "Setzen Sie bei einer davon „valid_until“.")


def _check_neighbours(content: Content, spots: Mapping[str, Spot]) -> Iterator[Problem]:
    for matter in content.neighbour_intents:
        if matter not in content.neighbours:
            spot = spots[f"intent:{matter}"]
            yield Problem(spot, f"Zu „{matter}“ fehlt die Antwort.", "Ergänzen Sie sie in neighbours.yaml.")
    for neighbour in content.neighbours.values():
        spot = spots[f"neighbour:{neighbour.matter}"]
        if neighbour.matter not in content.neighbour_intents:
            suggestion = f"Legen Sie intents/neighbours/{neighbour.matter}.yaml an."
            yield Problem(spot, f"Zu „{neighbour.matter}“ fehlen Beispielfragen.", suggestion)
        if neighbour.contact:
            yield from _known("Die Stelle", [(neighbour.contact, spot)], content.places, PLACES_STAND)
        yield from _known("Die Tatsache", [(f, spot) for f in neighbour.facts], content.facts, FACTS_STAND)
        yield from _known("Das Thema", [(t, spot) for t in neighbour.related], content.topics, TOPICS_STAND)
        if neighbour.text:
            contact = (neighbour.contact,) if neighbour.contact else ()
            yield from _check_text(neighbour.text, content, spot, (*neighbour.facts, *contact))


def _check_safety(content: Content, spots: Mapping[str, Spot]) -> Iterator[Problem]:
    for line in content.lines.values():
        spot = spots[f"line:{line.id}"]
        for text in (line.phone, line.note):
            if text:
                yield from _check_text(text, content, spot, line.facts)
        yield from _check_plain(line.purpose, content, spot)
        yield from _known("Die Tatsache", [(f, spot) for f in line.facts], content.facts, FACTS_STAND)
    where = "Wortlisten stehen unter „classes“."
    for n, rules in enumerate(content.emergency_rules):
        spot_of = _spot_of(spots, "rules", str(n))
        named = [(c, spot_of("silent")) for c in classes_in(*rules.silent)]
        named += [(c, spot_of("classes", name)) for name, words in rules.classes.items() for c in classes_in(*words)]
        yield from _known("Die Wortliste", named, rules.classes, where)
        for rule in rules.rules:
            spot = spots[f"rule:{rule.id}"]
            yield from _known("Das Thema", [(rule.topic, spot)], content.topics, TOPICS_STAND)
            named = [(c, spot) for c in classes_in(*rule.all, *rule.unless)]
            yield from _known("Die Wortliste", named, rules.classes, where)
            entry = content.entries.get(rule.topic)
            if entry is not None:
                known = [s.id for s in entry.situations]
                possible = f"Möglich: {', '.join(known)}."
                yield from _known(f"Bei „{rule.topic}“: die Lage", [(rule.situation, spot)], known, possible)


def _check_city(content: Content, spots: Mapping[str, Spot]) -> Iterator[Problem]:
    spot, city = _spot_of(spots, "city", "default_contact"), content.city
    yield from _known("Die Stelle", [(city.default_contact, spot())], content.places, PLACES_STAND)
    spot = _spot_of(spots, "city", "greeting_topics")
    greeting = [(topic, spot(i)) for i, topic in enumerate(city.greeting_topics)]
    yield from _known("Das Thema", greeting, content.topics, TOPICS_STAND)


_PLACEHOLDER = re.compile(r"\{(\w*)\}")
_STEP_PLACEHOLDERS = frozenset({"date", "year", "years"})


def _check_step_texts(step: TimetableStep, content: Content, spot: SpotOf) -> Iterator[Problem]:
    for key, text in (("title", step.title), ("text", step.text), ("rule", step.rule), ("late", step.late or "")):
        plain_text = _PLACEHOLDER.sub("", text)
        yield from _check_text(plain_text, content, spot(key), facts_of(step))
        for name in dict.fromkeys(_PLACEHOLDER.findall(REFERENCE.sub("", text))):
            if name not in _STEP_PLACEHOLDERS:
                yield Problem(
                    spot(key), f"Den Platzhalter „{name}“ gibt es nicht.", "Möglich: {date}, {year}, {years}."
                )
            elif step.about is None:
                yield Problem(spot(key), f"„{name}“ braucht einen Tag.", "Ergänzen Sie „about“.")


def _check_timetable(content: Content, spots: Mapping[str, Spot]) -> Iterator[Problem]:
    for step in content.timetable.steps if content.timetable else ():
        spot = _spot_of(spots, "timetable", step.id)
        yield from _known("Das Thema", [(step.topic, spot("topic"))], content.topics, TOPICS_STAND)
        facts = [(fact, spot("facts", i)) for i, fact in enumerate(step.facts)]
        yield from _known("Die Tatsache", facts, content.facts, FACTS_STAND)
        yield from _check_step_texts(step, content, spot)
        if step.start is None and step.end is None:
            yield Problem(spot(), f"„{step.id}“ hat keinen Tag.", "Ergänzen Sie „from“ oder „until“.")
        if step.latest is not None and step.end is None:
            yield Problem(spot("latest"), "„latest“ steht ohne „until“.", "Nennen Sie das Ende „until“.")
        for path, term, units in terms_of(step):
            fact = content.facts.get(term.fact or "")
            if term.fact is not None and fact is None:
                yield unknown("Die Tatsache", term.fact, content.facts, spot(*path), FACTS_STAND)
            elif fact is not None and not _can_compute(fact, units, whole=path[0] != "when"):
                found = f"{fact.value or 'ohne Wert'}, {fact.unit or 'ohne Einheit'}"
                message = f"Mit „{fact.id}“ ({found}) lässt sich hier nicht rechnen."
                yield Problem(spot(*path), message, f"Möglich: {', '.join(units)}, mit einem ganzen Wert.")


def _can_compute(fact: Fact, units: tuple[str, ...], *, whole: bool) -> bool:
    """Whether the fact has a value with one of these units that dates are computed with; `whole`: a date has a day."""
    value = fact.value or ""
    if fact.unit not in units:
        return False
    if fact.unit == "date":
        return is_day(value) and (len(value) == 10 or not whole)
    return is_day_of_year(value) if fact.unit == "day_of_year" else value.isdecimal()


def concerns(spot: Spot, only: str) -> bool:
    """Whether a problem at this spot belongs into the report of one topic or matter."""
    file = spot.file
    return f"/{only}." in file or "/facts/" in file or "neighbours.yaml" in file


def check(loaded: Loaded, today: date, only: str | None = None) -> tuple[Problem, ...]:
    """All problems of the content, by file and line: those of loading and those across files.

    only  a topic or matter: its utterances alone are compared with each other, and its files alone are reported
    """
    problems = list(loaded.problems)
    content, spots = loaded.content, loaded.spots
    if content is None:  # nothing can be served: whatever was asked for, this comes first
        return tuple(problems)
    for entry in content.entries.values():
        problems += _check_entry(entry, content, spots)
    problems += _check_titles(content, spots)
    problems += _check_utterances(loaded, content, only)
    problems += _check_facts(content, spots)
    problems += _check_kinds(content, spots)
    problems += _check_places(content, spots)
    problems += _check_offers(content, spots, today)
    problems += _check_neighbours(content, spots)
    problems += _check_safety(content, spots)
    problems += _check_city(content, spots)
    problems += _check_timetable(content, spots)
    problems += _check_dates(content, spots, today)
    problems += _check_tables(content, spots, today)
    problems += check_quality(loaded, content)
    if only is not None:
        problems = [p for p in problems if concerns(p.spot, only)]
        known = {*content.topics, *content.neighbours, *content.neighbour_intents}
        problems += _known("Das Thema", [(only, Spot("topics.yaml", 1))], known, TOPICS_STAND)
    return tuple(sorted(set(problems)))
