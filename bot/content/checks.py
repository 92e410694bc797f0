"""Rules across files: dead references, stale dates, utterances that spoil each other. Each yields problems."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date
from itertools import combinations

from bot.content.loading import TOPICS_STAND, Content, Loaded, Problem, Spot, classes_in, unknown
from bot.content.models import REFERENCE, Aspect, AspectText, Entry, Fact, FactKind, Intent, Place
from bot.content.rendering import fact_ids, fits_unit, german_date, is_expired, render_text

SHORT_MAX = 320
"""Characters of a short answer that fit a phone screen; a little above 300 for a name that a fact brings."""

UTTERANCES_MIN = 40
UTTERANCES_MIN_PER_ASPECT = 3
WITHOUT_OWN_WORDS = 0.4
"""Share of a topic's utterances that do without its own technical words."""
NEAR_SIMILARITY = 0.7
"""From this trigram similarity on, the second utterance teaches the matcher nothing."""

EMERGENCY_GROUP = "notfall"

PLACES_STAND = "Stellen stehen in places/*.yaml."
FACTS_STAND = "Tatsachen stehen in facts/*.yaml."
LINES_STAND = "Sie stehen in safety/lines.yaml."

_BARE_NUMBER = re.compile(r"(?<![\w§/.-])\d[\d.,:]*(?![\w-])")
_LABELS = re.compile(
    r"§+\s*\d+\w?(\s*(Abs\.|Absatz|Satz|Nr\.|bis|und|,)\s*\d+\w?)*"
    r"|\bU\d{1,2}\b|\bJ\d\b|\b115\b|H2Ö|\bArtikel \d+|\b8b\b"
)
"""Numbers that are names: paragraphs, check-ups, the authorities' number."""

_UNIT_FORMS = {
    "date": "Schreiben Sie 2026, 2026-11 oder 2026-11-22.",
    "day_of_year": "Schreiben Sie Monat und Tag: 11-22.",
    "time": "Schreiben Sie 08:30.",
}
_NUMBER_FORM = "Schreiben Sie nur die Zahl, etwa 1000 oder 12.50."

SpotOf = Callable[..., Spot]


def trigrams(text: str) -> frozenset[str]:
    """The character trigrams of the text's words, padded as pg_trgm does."""
    padded = "  " + " ".join(re.findall(r"\w+", text.lower())) + " "
    return frozenset(padded[i : i + 3] for i in range(len(padded) - 2))


def similarity(a: frozenset[str], b: frozenset[str]) -> float:
    """Jaccard similarity of two trigram sets, 0..1."""
    return len(a & b) / max(1, len(a | b))


def plain(text: str) -> str:
    """The words of a question in lower case: two questions with the same words are the same question."""
    return " ".join(re.findall(r"\w+", text.lower()))


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


def _check_text(text: str, content: Content, spot: Spot) -> Iterator[Problem]:
    """A text with references: each must lead somewhere, and no number stands beside them."""
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
    if "{{" in rest:
        suggestion = "Form: {{fact:herne.name}} oder {{place:herne.name.phone}}."
        yield Problem(spot, "Ein Verweis mit „{{“ ist nicht lesbar.", suggestion)
    else:
        yield from _check_numbers(rest, spot)


def _check_numbers(text: str, spot: Spot) -> Iterator[Problem]:
    if number := _BARE_NUMBER.search(_LABELS.sub("", text)):
        message = f"Die Zahl „{number[0].rstrip('.,:')}“ steht von Hand im Text."
        yield Problem(spot, message, "Legen Sie eine Tatsache an und verweisen Sie mit {{fact:…}}.")


def _check_plain(text: str | None, spot: Spot) -> Iterator[Problem]:
    """A text that is shown as it stands: references would be shown too."""
    if text and "{{" in text:
        yield Problem(spot, "Hier sind keine Verweise möglich.", "Nehmen Sie den Verweis heraus.")
    elif text:
        yield from _check_numbers(text, spot)


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
    sentences = [(text.text, spot(*base, "text")), (text.notice, spot(*base, "notice"))]
    sentences += [(item, spot(*base, "list", i)) for i, item in enumerate(text.list)]
    for i, step in enumerate(text.steps):
        sentences += [
            (step.text, spot(*base, "steps", i, "text")),
            (step.deadline, spot(*base, "steps", i, "deadline")),
        ]
    for sentence, here in sentences:
        if sentence:
            yield from _check_text(sentence, content, here)


def _check_entry(entry: Entry, content: Content, spots: Mapping[str, Spot]) -> Iterator[Problem]:
    spot = _spot_of(spots, "entry", entry.topic)
    related = [(topic, spot("related", i)) for i, topic in enumerate(entry.related)]
    yield from _known("Das Thema", related, content.topics, TOPICS_STAND)
    if entry.topic in entry.related:
        yield Problem(spot("related"), "Das Thema ist mit sich selbst verwandt.", "Löschen Sie diesen Namen.")
    yield from _known("Die Stelle", [(entry.office, spot("office"))], content.places, PLACES_STAND)
    facts = [(f, spot("facts", i)) for i, f in enumerate(entry.facts)]
    yield from _known("Die Tatsache", facts, content.facts, FACTS_STAND)
    lines = [(line, spot("lines", i)) for i, line in enumerate(entry.lines)]
    yield from _known("Die Hilfe", lines, content.lines, LINES_STAND)
    yield from _check_text(entry.short, content, spot("short"))
    length = len(render_text(entry.short, content))
    if length > SHORT_MAX:
        message = f"Die kurze Antwort hat {length} Zeichen."
        yield Problem(spot("short"), message, "Höchstens 300: ein Bildschirm am Telefon.")
    yield from _check_plain(entry.off_text, spot("off_text"))
    for aspect in entry.aspects:
        yield from _check_aspect(entry, aspect, content, spot)
    for i, situation in enumerate(entry.situations):
        yield from _check_text(situation.text, content, spot("situations", i, "text"))
        yield from _check_plain(situation.door, spot("situations", i, "door"))
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
    grams = [(u, trigrams(u)) for u in utterances]
    for (u, a), (v, b) in combinations(grams, 2):
        if similarity(a, b) >= NEAR_SIMILARITY and plain(u) != plain(v):
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


def _emergency_facts(content: Content) -> frozenset[str]:
    """The facts that emergency replies show: they stay on the air whatever their date."""
    found: set[str] = set()
    for line in content.lines.values():
        found.update(line.facts, fact_ids(f"{line.phone or ''} {line.note or ''}"))
    for entry in content.entries.values():
        if content.topics[entry.topic].group == EMERGENCY_GROUP:
            for situation in entry.situations:
                found.update(situation.facts, fact_ids(situation.text))
            found.update(entry.facts, fact_ids(entry.short))
    return frozenset(found)


def _check_dates(content: Content, spots: Mapping[str, Spot], today: date) -> Iterator[Problem]:
    for entry in content.entries.values():
        if entry.review_by < today:
            spot = _spot_of(spots, "entry", entry.topic)("review_by")
            message = f"Die Prüfung war am {german_date(entry.review_by.isoformat())} fällig."
            yield Problem(spot, message, "Prüfen Sie und setzen Sie ein neues Datum.", "warning")
    emergency = _emergency_facts(content)
    for fact in content.facts.values():
        if fact.valid_until and is_expired(fact, today):
            message = f"„{fact.id}“ galt bis zum {german_date(fact.valid_until.isoformat())}"
            spot = spots[f"fact:{fact.id}"]
            if fact.id in emergency:
                message += " und steht noch in der Hilfe bei Notfällen."
                yield Problem(spot, message, "Tragen Sie sofort den neuen Wert ein.")
            else:
                yield Problem(spot, f"{message}.", "Tragen Sie den neuen Wert ein.", "warning")


def _check_layer(record: Fact | Place, folder: str, spot: Spot) -> Iterator[Problem]:
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
    for place in content.places.values():
        yield from _check_layer(place, "places", spots[f"place:{place.id}"])


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
            yield from _check_text(neighbour.text, content, spot)


def _check_safety(content: Content, spots: Mapping[str, Spot]) -> Iterator[Problem]:
    for line in content.lines.values():
        spot = spots[f"line:{line.id}"]
        for text in (line.phone, line.note):
            if text:
                yield from _check_text(text, content, spot)
        yield from _check_plain(line.purpose, spot)
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


def _concerns(problem: Problem, only: str) -> bool:
    file = problem.spot.file
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
    problems += _check_neighbours(content, spots)
    problems += _check_safety(content, spots)
    problems += _check_city(content, spots)
    problems += _check_dates(content, spots, today)
    if only is not None:
        problems = [p for p in problems if _concerns(p, only)]
        known = {*content.topics, *content.neighbours, *content.neighbour_intents}
        problems += _known("Das Thema", [(only, Spot("topics.yaml", 1))], known, TOPICS_STAND)
    return tuple(sorted(set(problems)))
