"""What is correct and could be better: texts hard to read, links, what nothing uses, topics without tests. Hints."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from bot.content.likeness import plain
from bot.content.loading import Content, Loaded
from bot.content.models import REFERENCE, Entry, Link
from bot.content.problems import Problem, Spot
from bot.content.readability import LIMITS, is_hard, reading_level, sentences, words
from bot.content.rendering import render_text
from bot.content.tables import amounts, fact_id
from bot.content.timetable import facts_of

SENTENCE_MAX = 25
"""Words of a sentence; from 20 on a tired reader begins again."""
LEVEL_MIN = 15
"""Words of a text from which on its reading level means something."""
TEXT_MAX = 1200
"""Characters of one side of a topic: three screens at the telephone."""

Texts = Iterator[tuple[str, tuple[object, ...]]]


def texts_of(entry: Entry) -> Texts:
    """Every text of an entry that parents read as prose, and where it stands in the entry."""
    yield entry.short, ("short",)
    for aspect, side in entry.aspects.items():
        base = ("aspects", aspect.value)
        yield side.text or "", (*base, "text")
        yield side.notice or "", (*base, "notice")
        yield from ((item, (*base, "list", i)) for i, item in enumerate(side.list))
        for i, step in enumerate(side.steps):
            yield step.text, (*base, "steps", i, "text")
            yield step.deadline or "", (*base, "steps", i, "deadline")
    for i, situation in enumerate(entry.situations):
        yield situation.text, ("situations", i, "text")
        yield situation.door or "", ("situations", i, "door")


def spot_of(spots: Mapping[str, Spot], record: str, path: tuple[object, ...]) -> Spot:
    """Where a key of a record such as `entry:kindergeld` stands, or else what is around it."""
    keys = [record, *map(str, path)]
    while len(keys) > 1 and ":".join(keys) not in spots:
        keys.pop()
    return spots.get(":".join(keys)) or Spot(record, 1)


def _check_reading(content: Content, spots: Mapping[str, Spot]) -> Iterator[Problem]:
    for entry in content.entries.values():
        record = f"entry:{entry.topic}"
        for text, path in texts_of(entry):
            for sentence in sentences(render_text(text, content)) if len(text) > SENTENCE_MAX * 4 else ():
                count = len(words(sentence))
                if count > SENTENCE_MAX:
                    message = f"Der Satz „{_begin(sentence)}“ hat {count} Wörter."
                    suggestion = f"Teilen Sie ihn: höchstens {SENTENCE_MAX}, besser 12."
                    yield Problem(spot_of(spots, record, path), message, suggestion, "warning")
            if len(text) > TEXT_MAX:
                message = f"Dieser Text hat {len(text)} Zeichen."
                suggestion = f"Kürzen Sie auf {TEXT_MAX} oder machen Sie Punkte daraus („list“, „steps“)."
                yield Problem(spot_of(spots, record, path), message, suggestion, "warning")
        short = render_text(entry.short, content)
        if entry.hard_because is None and len(short.split()) >= LEVEL_MIN and is_hard(short):
            message = f"Die kurze Antwort ist schwer zu lesen (Stufe {reading_level(short):.1f}".replace(".", ",")
            message += f" von höchstens {LIMITS[1]:.0f})."
            suggestion = (
                "Nehmen Sie kürzere Wörter und Sätze, oder schreiben Sie in „hard_because“, warum es so bleibt."
            )
            yield Problem(spot_of(spots, record, ("short",)), message, suggestion, "warning")


def _begin(sentence: str) -> str:
    return " ".join(sentence.split()[:6]) + " …"


def _links(content: Content) -> Iterator[tuple[Link, str, tuple[object, ...]]]:
    """Every link that parents are shown, with the record and the key where it stands."""
    for entry in content.entries.values():
        record = f"entry:{entry.topic}"
        yield from ((link, record, ("links", i)) for i, link in enumerate(entry.links))
        for aspect, side in entry.aspects.items():
            base = ("aspects", aspect.value, "steps")
            yield from ((s.link, record, (*base, i, "link")) for i, s in enumerate(side.steps) if s.link)
    for neighbour in content.neighbours.values():
        yield from ((link, f"neighbour:{neighbour.matter}", ("links", i)) for i, link in enumerate(neighbour.links))
    for kind in content.kinds.values():
        if kind.next:
            yield kind.next, f"kind:{kind.id}", ("next",)
    yield from ((link, "city", ("legal_links", i)) for i, link in enumerate(content.city.legal_links))
    if content.city.search_link:
        yield content.city.search_link, "city", ("search_link",)


def addresses(loaded: Loaded) -> Mapping[str, Spot]:
    """Every address of a page that parents may be shown, and where it stands first."""
    content, spots = loaded.content, loaded.spots
    found: dict[str, Spot] = {}
    if content is None:
        return found
    for link, record, path in _links(content):
        found.setdefault(link.url, spot_of(spots, record, (*path, "url")))
    groups = {"fact": content.facts, "place": content.places, "offer": content.offers, "line": content.lines}
    for kind, records in groups.items():
        for name, item in records.items():
            source = getattr(item, "source", None)
            if source is not None and source.url:
                found.setdefault(source.url, spot_of(spots, f"{kind}:{name}", ("source", "url")))
            if getattr(item, "url", None):
                found.setdefault(getattr(item, "url"), spot_of(spots, f"{kind}:{name}", ("url",)))  # noqa: B009
    return found


def malformed(url: str) -> tuple[str, str] | None:
    """What is wrong with an address that begins like one."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        port = parts.port
    except ValueError:
        return f"„{url}“ ist keine vollständige Adresse.", "Kopieren Sie sie aus der Adresszeile des Browsers."
    if re.search(r"\s", url):
        return f"In „{url}“ steht ein Leerzeichen.", "Löschen Sie es."
    if "." not in host or ".." in host or host.endswith("."):
        return f"„{url}“ ist keine vollständige Adresse.", "Kopieren Sie sie aus der Adresszeile des Browsers."
    if re.search(r"[.,;:)\]}>„“\"']$", url):
        return f"Die Adresse endet mit „{url[-1]}“.", f"Schreiben Sie {url[:-1]}"
    if re.search(r"(?<!:)//", parts.path):
        return f"In „{url}“ stehen zwei Schrägstriche hintereinander.", f"Schreiben Sie {re.sub('(?<!:)//+', '/', url)}"
    if parts.username or port is not None:
        return f"„{url}“ ist keine öffentliche Adresse.", "Kopieren Sie sie aus der Adresszeile des Browsers."
    if parts.scheme == "http":
        return f"„{url}“ ist unverschlüsselt.", f"Schreiben Sie https{url[4:]}"
    return None


def _check_links(loaded: Loaded, content: Content) -> Iterator[Problem]:
    for url, spot in addresses(loaded).items():
        wrong = malformed(url)
        if wrong is not None:
            yield Problem(spot, *wrong, "warning" if url.startswith("http://") else "error")
    for entry in content.entries.values():
        for text, path in texts_of(entry):
            found = re.search(r"https?://\S+|\bwww\.\S+", text)
            if found is not None:
                spot = spot_of(loaded.spots, f"entry:{entry.topic}", path)
                message = f"Die Adresse „{found[0]}“ steht im Text."
                yield Problem(spot, message, "Setzen Sie sie unter „links“, mit einem Namen.", "warning")


def _used(content: Content) -> tuple[frozenset[str], frozenset[str]]:
    """The ids of all facts and of all lines that anything rests on."""
    facts: set[str] = set()
    lines: set[str] = set()
    texts: list[str | None] = []
    for entry in content.entries.values():
        facts.update(entry.facts)
        lines.update(entry.lines)
        texts += [text for text, _ in texts_of(entry)]
        for side in entry.aspects.values():
            facts.update(side.facts, (side.counts or "",))
        for situation in entry.situations:
            facts.update(situation.facts)
            lines.update(situation.lines)
    for neighbour in content.neighbours.values():
        facts.update(neighbour.facts)
        texts.append(neighbour.text)
    for line in content.lines.values():
        facts.update(line.facts)
        texts += [line.phone, line.note]
    for table in content.tables.values():
        facts.update(table.facts, map(fact_id, amounts(table)))
        texts += [table.how, table.note]
    for step in content.timetable.steps if content.timetable else ():
        facts.update(facts_of(step))
        texts += [step.title, step.text, step.rule, step.late]
    facts.update(kind.total or "" for kind in content.kinds.values())
    facts.update(name for text in texts for kind, name, _, _ in REFERENCE.findall(text or "") if kind != "place")
    return frozenset(facts), frozenset(lines)


def _check_used(content: Content, spots: Mapping[str, Spot]) -> Iterator[Problem]:
    facts, lines = _used(content)
    for name in content.facts.keys() - facts:
        message = f"Die Tatsache „{name}“ benutzt kein Text."
        yield Problem(spots[f"fact:{name}"], message, "Nennen Sie sie in „facts“ oder löschen Sie sie.", "warning")
    for name in content.lines.keys() - lines:
        message = f"Die Hilfe „{name}“ nennt keine Antwort."
        yield Problem(spots[f"line:{name}"], message, "Nennen Sie sie in „lines“ oder löschen Sie sie.", "warning")
    ruled = {(rule.topic, rule.situation) for file in content.emergency_rules for rule in file.rules}
    for entry in content.entries.values():
        for i, situation in enumerate(entry.situations):
            if (entry.topic, situation.id) not in ruled:
                spot = spot_of(spots, f"entry:{entry.topic}", ("situations", i))
                message = f"Die Lage „{situation.id}“ erkennt keine Regel."
                yield Problem(spot, message, "Ergänzen Sie eine in safety/rules.yaml.", "warning")
    for topic in content.topics.keys() - content.entries.keys() - set(content.left_out):
        message = f"Zum Thema „{topic}“ gibt es keinen Eintrag."
        yield Problem(spots[f"topic:{topic}"], message, f"Legen Sie entries/…/{topic}.yaml an.", "warning")


def _check_tests(loaded: Loaded, content: Content) -> Iterator[Problem]:
    first: dict[str, tuple[str, Spot]] = {}
    for case in loaded.cases:
        spot = Spot(case.file, case.line)
        topic, where = first.setdefault(plain(case.question), (case.topic, spot))
        if topic != case.topic:
            message = f"„{case.question}“ soll hier „{case.topic}“ sein und in {where} „{topic}“."
            yield Problem(spot, message, "Eine Frage hat eine Antwort: Löschen Sie eine der beiden.")
        elif where.file == spot.file and where != spot:
            message = f"„{case.question}“ steht schon in Zeile {where.line}."
            yield Problem(spot, message, "Löschen Sie eine davon.", "warning")
    tested = {case.topic for case in loaded.cases}
    for entry in content.entries.values():
        if entry.topic not in tested:
            spot = spot_of(loaded.spots, f"entry:{entry.topic}", ())
            message = f"Zum Thema „{entry.topic}“ gibt es keine Testfragen."
            yield Problem(spot, message, f"Legen Sie daneben {entry.topic}.test.yaml an.", "warning")


def _check_same_words(loaded: Loaded, content: Content) -> Iterator[Problem]:
    """Utterances of two topics with the same words in another order: the bot takes them for equal."""
    owner: dict[tuple[str, ...], tuple[str, str]] = {}
    groups = {t: [u for us in intent.utterances.values() for u in us] for t, intent in content.intents.items()}
    groups |= {matter: list(intent.utterances) for matter, intent in content.neighbour_intents.items()}
    for name, utterances in groups.items():
        for utterance in utterances:
            given = plain(utterance)
            other, text = owner.setdefault(tuple(sorted(given.split())), (name, utterance))
            if other != name and plain(text) != given:
                message = f"„{utterance}“ hat dieselben Wörter wie „{text}“ bei „{other}“."
                suggestion = "Fragen Sie hier nach etwas, das nur zu diesem Thema gehört."
                yield Problem(loaded.utterance_spots[name, utterance], message, suggestion, "warning")


def check_quality(loaded: Loaded, content: Content) -> Iterator[Problem]:
    """All of them, in no order; malformed links and tests that contradict each other are errors."""
    yield from _check_reading(content, loaded.spots)
    yield from _check_links(loaded, content)
    own = loaded.spots["city:name"].file.removesuffix("city.yaml")
    for problem in _check_used(content, loaded.spots):
        if content.city.base is None or problem.spot.file.startswith(own):  # what a base has is for others too
            yield problem
    yield from _check_tests(loaded, content)
    yield from _check_same_words(loaded, content)
