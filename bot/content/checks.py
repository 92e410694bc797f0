"""Rules across files: dead references, stale dates, utterances that spoil each other. Each yields problems, none raises."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from datetime import date
from difflib import get_close_matches
from itertools import combinations

from bot.content.loading import Content, Loaded, Problem, Spot
from bot.content.models import REFERENCE, AspectText, Entry, Intent
from bot.content.rendering import render_text

SHORT_MAX = 320
"""Characters of a short answer that fit a phone screen; a little above 300 for a name that a fact brings."""

UTTERANCES_MIN = 40
NEAR_SIMILARITY = 0.7
"""From this trigram similarity on, the second utterance teaches the matcher nothing."""

_BARE_NUMBER = re.compile(r"(?<![\w§/.-])\d[\d.,:]*(?![\w-])")
_LABELS = re.compile(r"§+\s*\d+\w?(\s*(Abs\.|Absatz|Satz|Nr\.|bis|und|,)\s*\d+\w?)*|\bU\d{1,2}\b|\bJ\d\b|\b115\b|H2Ö|\bArtikel \d+|\b8b\b")


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


def _unknown(kind: str, name: str, known: Collection[str], spot: Spot, where: str) -> Problem:
    near = get_close_matches(name, known, n=1)
    return Problem(spot, f"{kind} „{name}“ gibt es nicht.", f"Meinten Sie „{near[0]}“?" if near else where)


def _texts(aspect: AspectText) -> Iterator[str]:
    yield from (t for t in (aspect.text, aspect.notice, *aspect.list) if t)
    for step in aspect.steps:
        yield from (t for t in (step.text, step.deadline) if t)


def _check_text(text: str, content: Content, spot: Spot) -> Iterator[Problem]:
    for kind, name, field, _ in REFERENCE.findall(text):
        if kind == "place":
            if name not in content.places:
                yield _unknown("Den Ort", name, content.places, spot, "Orte stehen in places/*.yaml.")
            elif getattr(content.places[name], field or "name") is None:
                yield Problem(spot, f"Für „{name}“ ist „{field}“ nicht bekannt.", "Nehmen Sie den Verweis heraus.")
        elif name not in content.facts:
            yield _unknown("Die Tatsache", name, content.facts, spot, "Tatsachen stehen in facts/*.yaml.")
        elif kind == "fact" and content.facts[name].value is None:
            yield Problem(spot, f"„{name}“ hat keinen Wert.", "Ergänzen Sie „value“ und „unit“ oder nennen Sie sie in „facts“.")
        elif kind == "fact" and content.facts[name].kind == "unconfirmed":
            yield Problem(spot, f"„{name}“ ist unbestätigt und darf nicht erscheinen.", "Nennen Sie die Stelle, die es weiß.")
    rest = _LABELS.sub("", REFERENCE.sub("", text))
    if "{{" in rest:
        yield Problem(spot, "Ein Verweis mit „{{“ ist nicht lesbar.", "Form: {{fact:herne.name}} oder {{place:herne.name.phone}}.")
    elif number := _BARE_NUMBER.search(rest):
        yield Problem(
            spot,
            f"Die Zahl „{number[0]}“ steht von Hand im Text.",
            "Legen Sie eine Tatsache an und verweisen Sie mit {{fact:…}}.",
        )


def _check_entry(entry: Entry, content: Content, spots: dict[str, Spot]) -> Iterator[Problem]:
    base = f"entry:{entry.topic}"

    def spot(key: str) -> Spot:
        return spots.get(f"{base}:{key}") or spots[base]

    if entry.topic not in content.topics:
        yield _unknown("Das Thema", entry.topic, content.topics, spots[base], "Alle Themen stehen in topics.yaml.")
    for related in entry.related:
        if related not in content.topics:
            yield _unknown("Das Thema", related, content.topics, spot("related"), "Alle Themen stehen in topics.yaml.")
    if entry.office not in content.places:
        yield _unknown("Die Stelle", entry.office, content.places, spot("office"), "Stellen stehen in places/*.yaml.")
    for fact in entry.facts:
        if fact not in content.facts:
            yield _unknown("Die Tatsache", fact, content.facts, spot("short"), "Tatsachen stehen in facts/*.yaml.")
    yield from _check_text(entry.short, content, spot("short"))
    length = len(render_text(entry.short, content))
    if length > SHORT_MAX:
        yield Problem(spot("short"), f"Die kurze Antwort hat {length} Zeichen.", "Höchstens 300: ein Bildschirm am Telefon.")
    for aspect, text in entry.aspects.items():
        where = spot(aspect.value)
        if text.see is not None:
            if text.see not in content.topics:
                yield _unknown("Das Thema", text.see, content.topics, where, "Alle Themen stehen in topics.yaml.")
        elif not (text.text or text.list or text.steps or text.notice):
            yield Problem(where, "Diese Seite des Themas hat keinen Text.", "Ergänzen Sie „text“, „list“, „steps“ oder „see“.")
        if text.list and text.steps:
            yield Problem(where, "„list“ und „steps“ stehen zusammen.", "Nehmen Sie eines von beiden.")
        if text.contact and text.contact not in content.places:
            yield _unknown("Die Stelle", text.contact, content.places, where, "Stellen stehen in places/*.yaml.")
        for fact in text.facts:
            if fact not in content.facts:
                yield _unknown("Die Tatsache", fact, content.facts, where, "Tatsachen stehen in facts/*.yaml.")
        for sentence in _texts(text):
            yield from _check_text(sentence, content, where)
    for situation in entry.situations:
        yield from _check_text(situation.text, content, spot("situations"))
        for line in situation.lines:
            if line not in content.lines:
                yield _unknown("Die Hilfe", line, content.lines, spot("situations"), "Sie stehen in safety/lines.yaml.")
    if entry.topic not in content.intents and content.topics.get(entry.topic) and entry.topic != "ausserhalb":
        yield Problem(spots[base], "Zu diesem Thema gibt es keine Beispielfragen.", f"Legen Sie intents/…/{entry.topic}.yaml an.")


def _check_utterances(loaded: Loaded, content: Content, only: str | None) -> Iterator[Problem]:
    spots = loaded.utterance_spots
    owner: dict[str, str] = {}
    groups: list[tuple[str, tuple[str, ...], Intent | None]] = [
        (topic, tuple(u for us in intent.utterances.values() for u in us), intent)
        for topic, intent in content.intents.items()
    ]
    groups += [(matter, intent.utterances, None) for matter, intent in content.neighbour_intents.items()]
    for name, utterances, intent in groups:
        first = loaded.spots[f"intent:{name}"]
        for utterance in utterances:
            key = plain(utterance)
            if key in owner and owner[key] != name:
                yield Problem(
                    spots[name, utterance],
                    f"„{utterance}“ steht auch bei „{owner[key]}“.",
                    "Eine Beispielfrage gehört zu genau einem Thema.",
                )
            owner.setdefault(key, name)
        if only is not None and name != only:
            continue
        grams = [(u, trigrams(u)) for u in utterances]
        for (u, a), (v, b) in combinations(grams, 2):
            if similarity(a, b) >= NEAR_SIMILARITY:
                yield Problem(
                    spots[name, v], f"„{v}“ ist fast gleich wie „{u}“.", "Fragen Sie mit anderen Worten.", "warning"
                )
        if intent is None:
            continue
        if len(utterances) < UTTERANCES_MIN:
            yield Problem(first, f"Nur {len(utterances)} Beispielfragen.", f"Mindestens {UTTERANCES_MIN}.", "warning")
        for aspect, examples in intent.utterances.items():
            if len(examples) < 3:
                yield Problem(first, f"Nur {len(examples)} Beispielfragen zu „{aspect}“.", "Mindestens drei.", "warning")
        words = [w.lower() for w in intent.own_words]
        without = sum(not any(w in u.lower() for w in words) for u in utterances)
        if words and without < 0.4 * len(utterances):
            yield Problem(
                first,
                f"Nur {without} von {len(utterances)} Beispielfragen kommen ohne {', '.join(intent.own_words)} aus.",
                "Mindestens 40 von 100: Eltern kennen das Wort oft nicht.",
                "warning",
            )
    for case in loaded.cases:
        key = plain(case.question)
        if key in owner:
            yield Problem(
                Spot(case.file, case.line),
                f"„{case.question}“ ist auch eine Beispielfrage bei „{owner[key]}“.",
                "Ein Test muss etwas anderes fragen.",
            )
        if case.topic not in content.topics:
            yield _unknown("Das Thema", case.topic, content.topics, Spot(case.file, case.line), "Siehe topics.yaml.")


def _check_dates(content: Content, spots: dict[str, Spot], today: date) -> Iterator[Problem]:
    for entry in content.entries.values():
        if entry.review_by < today:
            spot = spots.get(f"entry:{entry.topic}:review_by") or spots[f"entry:{entry.topic}"]
            yield Problem(spot, f"Die Prüfung war am {entry.review_by} fällig.", "Prüfen Sie und setzen Sie ein neues Datum.", "warning")
    for fact in content.facts.values():
        if fact.valid_until and fact.valid_until < today:
            yield Problem(spots[f"fact:{fact.id}"], f"„{fact.id}“ galt bis {fact.valid_until}.", "Tragen Sie den neuen Wert ein.", "warning")


def _check_facts(content: Content, spots: dict[str, Spot]) -> Iterator[Problem]:
    for fact in content.facts.values():
        spot = spots[f"fact:{fact.id}"]
        if (fact.value is None) != (fact.unit is None):
            yield Problem(spot, f"„{fact.id}“ braucht „value“ und „unit“ zusammen.", "Ergänzen oder löschen Sie beide.")
        layer = Spot(spot.file, spot.line).file.split("/")[1]
        if not fact.id.startswith(layer + "."):
            yield Problem(spot, f"„{fact.id}“ steht in der Ebene „{layer}“.", f"Der Name beginnt mit „{layer}.“.")


def _check_neighbours(content: Content, spots: dict[str, Spot]) -> Iterator[Problem]:
    for matter in content.neighbour_intents:
        if matter not in content.neighbours:
            yield Problem(spots[f"intent:{matter}"], f"Zu „{matter}“ fehlt die Antwort.", "Ergänzen Sie sie in neighbours.yaml.")
    for neighbour in content.neighbours.values():
        spot = spots[f"neighbour:{neighbour.matter}"]
        if neighbour.matter not in content.neighbour_intents:
            yield Problem(spot, f"Zu „{neighbour.matter}“ fehlen Beispielfragen.", f"Legen Sie intents/neighbours/{neighbour.matter}.yaml an.")
        if neighbour.contact and neighbour.contact not in content.places:
            yield _unknown("Die Stelle", neighbour.contact, content.places, spot, "Stellen stehen in places/*.yaml.")
        for fact in neighbour.facts:
            if fact not in content.facts:
                yield _unknown("Die Tatsache", fact, content.facts, spot, "Tatsachen stehen in facts/*.yaml.")
        if neighbour.text:
            yield from _check_text(neighbour.text, content, spot)


def _check_safety(content: Content, spots: dict[str, Spot]) -> Iterator[Problem]:
    for line in content.lines.values():
        for text in (line.phone, line.note, line.purpose):
            if text:
                yield from _check_text(text, content, spots[f"line:{line.id}"])
    for rules in content.emergency_rules:
        for rule in rules.rules:
            entry = content.entries.get(rule.topic)
            if entry is not None and rule.situation not in {s.id for s in entry.situations}:
                yield Problem(
                    Spot("knowledge/safety/rules.yaml", 1),
                    f"Die Regel „{rule.id}“ nennt die Lage „{rule.situation}“, die es bei „{rule.topic}“ nicht gibt.",
                    f"Möglich: {', '.join(s.id for s in entry.situations)}.",
                )


def check(loaded: Loaded, today: date, only: str | None = None) -> tuple[Problem, ...]:
    """All problems of the content, by file and line: those of loading and those across files.

    only  a topic or matter: its utterances alone are compared with each other, and its files alone are reported
    """
    problems = list(loaded.problems)
    content = loaded.content
    if content is not None:
        spots = dict(loaded.spots)
        titles: dict[str, str] = {}
        for entry in content.entries.values():
            problems += _check_entry(entry, content, spots)
            if entry.title in titles:
                spot = spots.get(f"entry:{entry.topic}:title") or spots[f"entry:{entry.topic}"]
                problems.append(Problem(spot, f"Den Titel „{entry.title}“ hat auch „{titles[entry.title]}“.", "Titel sind eindeutig."))
            titles[entry.title] = entry.topic
        problems += _check_utterances(loaded, content, only)
        problems += _check_facts(content, spots)
        problems += _check_neighbours(content, spots)
        problems += _check_safety(content, spots)
        problems += _check_dates(content, spots, today)
    if only is not None:
        problems = [p for p in problems if f"/{only}." in p.spot.file or "/facts/" in p.spot.file or "neighbours.yaml" in p.spot.file]
    return tuple(sorted(set(problems)))
