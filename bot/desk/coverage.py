"""What our knowledge covers, how old it is, and what is missing and whom to ask for it: as data and as a page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from html import escape

from bot.content.loading import Content
from bot.content.models import REFERENCE, Aspect, AspectText, Entry, Fact, FactKind, Place
from bot.content.readability import FORMULA, LIMITS, reading_level
from bot.content.rendering import fact_ids, fact_value, german_date, is_expired, render_text
from bot.model import OUTSIDE, TALK_GROUP

OLD_YEARS = 3
"""A source older than that is to be confirmed."""
ASKED = 3
"""So many example questions about a side show that parents ask for it."""
WORST = 10
EDITORS = "redaktion"
"""Who reads a source again that is not the city's."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One side of a topic.

    state    `facts`, `asks` (a text that only says whom to ask), `points` (another topic answers), `empty`
    sources  how many different sources stand behind it
    oldest   the oldest date of a source, ISO and perhaps only a year; None: statutes and pages without a date
    to       the topic pointed to
    asked    how many example questions ask for this side
    """

    state: str
    sources: int = 0
    oldest: str | None = None
    to: str | None = None
    asked: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """A topic with its sides and how easily its short answer is read."""

    topic: str
    title: str
    group: str
    cells: Mapping[Aspect, Cell]
    sources: int
    oldest: str | None
    checked: date
    review_by: date
    level: float
    short: str
    hard_because: str | None


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that an office could tell us.

    urgency  1 an amount or table without which we cannot answer, 2 parents ask and we only name the office,
             3 what we say is old and to be confirmed, 4 how the office can be reached
    """

    urgency: int
    office: str
    topic: str
    question: str
    today: str
    fact: str = ""


@dataclass(frozen=True, slots=True)
class Coverage:
    """The whole picture on one day."""

    city: str
    today: date
    rows: tuple[Row, ...]
    gaps: tuple[Gap, ...]
    facts: int
    sources: int


ASPECTS_GERMAN = {
    Aspect.OVERVIEW: "Was ist „{title}“?",
    Aspect.ELIGIBILITY: "Für wen gilt „{title}“, und ab wann?",
    Aspect.PROCEDURE: "Wie gehen Eltern bei „{title}“ vor?",
    Aspect.DOCUMENTS: "Welche Unterlagen brauchen Eltern für „{title}“?",
    Aspect.DEADLINE: "Welche Fristen und Termine gelten bei „{title}“?",
    Aspect.COST: "Was kostet „{title}“, oder wie viel gibt es?",
    Aspect.DURATION: "Wie lange dauert „{title}“?",
    Aspect.PLACE: "Wo gibt es „{title}“?",
    Aspect.CONTACT: "Wer ist bei „{title}“ zu erreichen, und wie?",
    Aspect.HOURS: "Zu welchen Zeiten ist bei „{title}“ jemand da?",
}
GROUPS_GERMAN = {
    "kita": "Kita und Schule",
    "fruehe-hilfen": "Frühe Hilfen",
    "familienzentrum": "Familienzentren und Angebote",
    "leistungen": "Geld und Ämter",
    "familienpolitik": "Familienpolitik",
    "notfall": "Notfälle",
}
URGENCIES = {
    1: "Ohne das kann der Bot nicht antworten",
    2: "Heute nennt der Bot nur die Stelle",
    3: "Alte Angabe: stimmt das noch?",
    4: "Wie ist die Stelle zu erreichen?",
}


def _texts(text: AspectText) -> str:
    steps = (part for step in text.steps for part in (step.text, step.deadline) if part)
    return " ".join(part for part in (text.text, *text.list, *steps, text.notice) if part)


def _facts(names: Iterable[str], content: Content) -> tuple[Fact, ...]:
    return tuple(content.facts[name] for name in dict.fromkeys(names) if name in content.facts)


def _oldest(facts: Iterable[Fact]) -> str | None:
    return min((fact.source_date for fact in facts if fact.source_date), default=None)


def _labels(facts: Iterable[Fact]) -> int:
    return len({fact.source.label for fact in facts})


def _is_sourced(text: AspectText, content: Content) -> bool:
    """Whether a fact stands behind the side, or what a place's own record says."""
    return bool(_side_facts(text, content)) or any(kind == "place" for kind, *_ in REFERENCE.findall(_texts(text)))


def _side_facts(text: AspectText, content: Content) -> tuple[Fact, ...]:
    return _facts((*text.facts, *fact_ids(_texts(text))), content)


def cell_of(entry: Entry, aspect: Aspect, content: Content) -> Cell:
    """What we say about one side of a topic."""
    intent = content.intents.get(entry.topic)
    asked = len(intent.utterances.get(aspect, ())) if intent else 0
    text = entry.aspects.get(aspect)
    if text is None and aspect is Aspect.OVERVIEW:
        facts = _facts((*entry.facts, *fact_ids(entry.short)), content)
        return Cell("facts" if facts else "asks", _labels(facts), _oldest(facts), asked=asked)
    if text is None:
        return Cell("empty", asked=asked)
    if text.see is not None:
        return Cell("points", to=text.see, asked=asked)
    facts = _side_facts(text, content)
    state = "facts" if _is_sourced(text, content) else "asks"
    return Cell(state, _labels(facts) or 1, _oldest(facts), asked=asked)


def _row(entry: Entry, content: Content) -> Row:
    names = [*entry.facts, *fact_ids(entry.short)]
    for text in entry.aspects.values():
        names += [*text.facts, *fact_ids(_texts(text))]
    facts = _facts(names, content)
    short = render_text(entry.short, content)
    return Row(
        entry.topic,
        entry.title,
        content.topics[entry.topic].group,
        {aspect: cell_of(entry, aspect, content) for aspect in Aspect},
        _labels(facts),
        _oldest(facts),
        entry.checked,
        entry.review_by,
        reading_level(short),
        short,
        entry.hard_because,
    )


_OPEN = re.compile(
    r"^(?P<open>(?:Ob|Wann|Wie|Welche[nrms]?|Wer|Wo|Was|Bis wann|Ab wann|Zu welche[nrm])\b.*),\s"
    r"(?:sagt|sagen|nennt|nennen|weiß|wissen|erfragen|fragen|steht|ist uns nicht bekannt|muss man erfragen)\b"
    r"|^(?P<unknown>.*\b(?:uns nicht bekannt|liegen? uns nicht vor|kennen wir nicht|keiner unserer Quellen)\b)"
)
"""A sentence that says what we do not know, and whom to ask."""


def open_questions(text: str) -> tuple[tuple[str, str], ...]:
    """What a text leaves to somebody else to say: the question, and the sentence that it stands in."""
    found = []
    for sentence in re.split(r"(?<=[.:?])\s+", " ".join(text.split())):
        match = _OPEN.match(sentence)
        if match is not None:
            found.append((match["open"] or "Ist das heute bekannt?", sentence.rstrip(":")))
    return tuple(found)


def _table_gaps(content: Content, today: date) -> Iterator[Gap]:
    for table in content.tables.values():
        entry = content.entries.get(table.topic)
        if entry is None:
            continue
        if table.kind == "fee" and not table.rows:
            question = f"Die geltende Tabelle: {table.title}. Mit Gültigkeit, Einkommensstufen, Stunden und Alter."
            yield Gap(1, entry.office, entry.topic, question, "Die Tabelle liegt uns nicht vor.", f"tables: {table.id}")
        elif table.valid_until is not None and table.valid_until < today:
            ended = german_date(table.valid_until.isoformat())
            yield Gap(1, entry.office, entry.topic, f"{table.title}: die neue Tabelle", f"galt bis {ended}", table.id)


def _side_gaps(entry: Entry, content: Content) -> Iterator[Gap]:
    intent = content.intents.get(entry.topic)
    for aspect in Aspect:
        asked = len(intent.utterances.get(aspect, ())) if intent else 0
        question = ASPECTS_GERMAN[aspect].format(title=entry.title)
        text = entry.aspects.get(aspect)
        if text is None:
            if asked >= ASKED and aspect is not Aspect.OVERVIEW:
                yield Gap(2, entry.office, entry.topic, question, "Dazu sagen wir nichts.")
        elif text.see is None:
            office = text.contact or entry.office
            open_ones = open_questions(render_text(_texts(text), content))
            yield from (Gap(2, office, entry.topic, wanted, said) for wanted, said in open_ones)
            if not open_ones and not _is_sourced(text, content):
                yield Gap(2, office, entry.topic, question, " ".join(render_text(_texts(text), content).split()))


def _is_old(fact: Fact, today: date) -> bool:
    """Whether it is a value that may have changed since its source was written."""
    if fact.kind in (FactKind.STABLE, FactKind.HISTORICAL) or not fact.source_date:
        return False
    return int(fact.source_date[:4]) <= today.year - OLD_YEARS


def _fact_gaps(content: Content, today: date) -> Iterator[Gap]:
    """Facts that ended or are old, each once, with the office of the first topic that shows it.

    What is not the city's own fact, no office of the city can confirm: the editors read its source again.
    """
    own = f"{content.city.layers[-1]}."
    seen: set[str] = set()
    for entry in content.entries.values():
        shown = [(entry.office, name) for name in (*entry.facts, *fact_ids(entry.short))]
        for text in entry.aspects.values():
            office = text.contact or entry.office
            shown += [(office, name) for name in (*text.facts, *fact_ids(_texts(text)))]
        for office, name in shown:
            fact = content.facts.get(name)
            if fact is None or name in seen:
                continue
            seen.add(name)
            office = office if name.startswith(own) else EDITORS
            value = f"{fact.text}: {fact_value(fact, bare=False)}" if fact.value else fact.text
            if is_expired(fact, today) and fact.valid_until:
                ended = german_date(fact.valid_until.isoformat())
                yield Gap(1, office, entry.topic, f"Der neue Wert: {fact.text}", f"galt bis {ended}", name)
            elif _is_old(fact, today):
                yield Gap(3, office, entry.topic, value, f"Stand {german_date(fact.source_date or '')}", name)


_REACHED = {"phone": "Telefonnummer", "address": "Anschrift", "hours": "Öffnungszeiten", "email": "E-Mail-Adresse"}


def _office_gaps(content: Content) -> Iterator[Gap]:
    used = {entry.office: entry.topic for entry in reversed(list(content.entries.values()))}
    for office, topic in used.items():
        place = content.places.get(office)
        if place is not None:
            missing = [german for name, german in _REACHED.items() if getattr(place, name) is None]
            if missing:
                yield Gap(4, office, topic, ", ".join(missing), "nicht bekannt", f"places: {office}")


def coverage(content: Content, today: date) -> Coverage:
    """What is covered on that day; topics of the conversation itself and what is not ours are left out."""
    groups = {topic: info.group for topic, info in content.topics.items()}
    order = list(dict.fromkeys(groups.values()))
    entries = [e for t, e in content.entries.items() if groups[t] != TALK_GROUP and t != OUTSIDE]
    entries.sort(key=lambda e: (order.index(groups[e.topic]), e.title.casefold()))
    gaps = [*_table_gaps(content, today), *_fact_gaps(content, today), *_office_gaps(content)]
    gaps += [gap for entry in entries for gap in _side_gaps(entry, content)]
    gaps = [gap for gap in gaps if groups[gap.topic] != TALK_GROUP and gap.topic != OUTSIDE]
    gaps = list(dict.fromkeys(gaps))
    gaps.sort(key=lambda g: (g.office, g.urgency, content.entries[g.topic].title.casefold(), g.question))
    return Coverage(
        content.city.name,
        today,
        tuple(_row(entry, content) for entry in entries),
        tuple(gaps),
        len(content.facts),
        _labels(content.facts.values()),
    )


# the page

_STYLE = """
:root{color-scheme:light dark;--fresh:#c9e7cb;--aged:#f3e6a8;--old:#f3c9a0;--law:#cfe3f2;--asks:#e7d3ee;
--line:#8886;--text:#1b1b1b;--back:#fff}
@media(prefers-color-scheme:dark){:root{--fresh:#1f4d2a;--aged:#5a4c12;--old:#6b3d13;--law:#1d3f5c;--asks:#4b2a57;
--text:#eee;--back:#161616}}
body{font:1rem/1.5 system-ui,sans-serif;color:var(--text);background:var(--back);margin:2rem auto;max-width:90rem;
padding:0 1rem}
.wide{overflow-x:auto}
table{border-collapse:collapse;font-size:.85rem}
th,td{border:1px solid var(--line);padding:.3rem .45rem;text-align:left;vertical-align:top}
tbody th{font-weight:600}
.fresh{background:var(--fresh)}.aged{background:var(--aged)}.old{background:var(--old)}.law{background:var(--law)}
.asks{background:var(--asks)}.group th{background:var(--line);font-size:1rem}.key td{min-width:9rem}
caption{text-align:left;padding:.5rem 0}
summary{cursor:pointer;font-weight:600;padding:.4rem 0}
td.answer{min-width:16rem}
"""

_KEY = (
    ("fresh", "2 Quellen · 2026", "Es gibt eine Antwort. Ihre älteste Quelle ist höchstens ein Jahr alt."),
    ("aged", "2 Quellen · 2024", "Die älteste Quelle ist höchstens drei Jahre alt."),
    ("old", "2 Quellen · 2014", "Die älteste Quelle ist älter als drei Jahre. Das ist bei Geschichtlichem in Ordnung."),
    ("law", "2 Quellen", "Die Quellen haben kein Datum, etwa Gesetze."),
    ("asks", "nennt die Stelle", "Wir sagen nur, wen man fragt: Keine Quelle nennt die Antwort."),
    ("", "→ Thema", "Ein anderes Thema beantwortet diese Seite."),
    ("", "fehlt", "Eltern fragen danach, wir sagen dazu nichts."),
    ("", "–", "Danach fragt hier kaum jemand."),
)


def age_class(oldest: str | None, today: date) -> str:
    """How old a source is: `fresh`, `aged`, `old`, or `law` for one without a date."""
    if oldest is None:
        return "law"
    years = today.year - int(oldest[:4])
    return "fresh" if years <= 1 else "aged" if years <= OLD_YEARS else "old"


def _cell_html(cell: Cell, titles: Mapping[str, str], today: date) -> str:
    if cell.state == "facts":
        plural = "Quelle" if cell.sources == 1 else "Quellen"
        year = f" · {cell.oldest[:4]}" if cell.oldest else ""
        return f'<td class="{age_class(cell.oldest, today)}">{cell.sources} {plural}{year}</td>'
    if cell.state == "asks":
        return '<td class="asks">nennt die Stelle</td>'
    if cell.state == "points":
        return f"<td>→ {escape(titles.get(cell.to or '', cell.to or ''))}</td>"
    return f"<td>{'fehlt' if cell.asked >= ASKED else '–'}</td>"


def _day(day: date) -> str:
    return german_date(day.isoformat())


def _picture(found: Coverage, content: Content) -> Iterator[str]:
    titles = {row.topic: row.title for row in found.rows}
    heads = "".join(f'<th scope="col">{escape(content.texts.aspects.get(a, a.value))}</th>' for a in Aspect)
    yield '<div class="wide"><table><caption>Themen und ihre Seiten</caption><thead><tr><th scope="col">Thema</th>'
    yield f'{heads}<th scope="col">Quellen</th><th scope="col">Älteste</th>'
    yield '<th scope="col">Wieder prüfen bis</th></tr></thead><tbody>'
    group = None
    for row in found.rows:
        if row.group != group:
            group = row.group
            name = escape(GROUPS_GERMAN.get(group, group))
            yield f'<tr class="group"><th scope="rowgroup" colspan="{len(Aspect) + 4}">{name}</th></tr>'
        cells = "".join(_cell_html(row.cells[aspect], titles, found.today) for aspect in Aspect)
        oldest = german_date(row.oldest) if row.oldest else "ohne Datum"
        due = " (fällig)" if row.review_by < found.today else ""
        yield (
            f'<tr id="{escape(row.topic)}"><th scope="row">{escape(row.title)}</th>{cells}<td>{row.sources}</td>'
            f"<td>{oldest}</td><td>{_day(row.review_by)}{due}</td></tr>"
        )
    yield "</tbody></table></div>"


def _office_name(office: str, places: Mapping[str, Place]) -> str:
    place = places.get(office)
    if place is None:
        return "Redaktion, aus den Quellen von Bund und Land"
    return ", ".join(part for part in (place.name, place.phone) if part)


def _missing(found: Coverage, content: Content) -> Iterator[str]:
    titles = {topic: entry.title for topic, entry in content.entries.items()}
    by_office: dict[str, list[Gap]] = {}
    for gap in found.gaps:
        by_office.setdefault(gap.office, []).append(gap)
    offices = sorted(by_office, key=lambda o: (-sum(g.urgency <= 2 for g in by_office[o]), o))
    for office in offices:
        gaps = by_office[office]
        counts = (f"{sum(g.urgency == u for g in gaps)} {label}" for u, label in _SHORT.items())
        name = escape(_office_name(office, content.places))
        yield f"<details><summary>{name}: {', '.join(c for c in counts if not c.startswith('0 '))}</summary>"
        yield '<div class="wide"><table><thead><tr><th scope="col">Nr.</th><th scope="col">Thema</th>'
        yield '<th scope="col">Was wir wissen möchten</th><th scope="col">Was wir heute sagen</th>'
        yield '<th scope="col">Ihre Antwort</th><th scope="col">Eintrag</th></tr></thead><tbody>'
        urgency = 0
        for i, gap in enumerate(gaps, 1):
            if gap.urgency != urgency:
                urgency = gap.urgency
                yield f'<tr class="group"><th colspan="6" scope="rowgroup">{URGENCIES[urgency]}</th></tr>'
            yield (
                f"<tr><td>{i}</td><td>{escape(titles[gap.topic])}</td><td>{escape(gap.question)}</td>"
                f'<td>{escape(gap.today)}</td><td class="answer"></td><td>{escape(gap.fact or gap.topic)}</td></tr>'
            )
        yield "</tbody></table></div></details>"


_SHORT = {1: "dringend", 2: "offen", 3: "zu bestätigen", 4: "zur Stelle"}


def _reading(found: Coverage) -> Iterator[str]:
    rows = sorted(found.rows, key=lambda row: (-row.level, row.topic))
    levels = sorted(row.level for row in rows)
    middle = levels[len(levels) // 2]
    easy, hard = LIMITS
    counts = (sum(v <= easy for v in levels), sum(easy < v <= hard for v in levels), sum(v > hard for v in levels))
    yield (
        f"<p>Formel: {FORMULA} (Bamberger und Vanecek 1984), gerechnet mit der Bibliothek textstat. Die Zahl steht "
        "ungefähr für das Schuljahr, ab dem man einen Text versteht. Amtliche Begriffe in Klammern, Telefonnummern und "
        f"Adressen zählen nicht mit. Von {len(rows)} kurzen Antworten sind {counts[0]} leicht (bis {_number(easy)}), "
        f"{counts[1]} mittel und {counts[2]} schwer (über {_number(hard)}). In der Mitte liegt {_number(middle)}.</p>"
    )
    yield '<div class="wide"><table><caption>Die zehn schwersten, und warum sie so bleiben</caption><thead><tr>'
    yield '<th scope="col">Thema</th><th scope="col">Zahl</th><th scope="col">Kurze Antwort</th>'
    yield '<th scope="col">Warum</th></tr></thead><tbody>'
    for row in rows[:WORST]:
        reason = escape(row.hard_because or "Noch nicht begründet: bitte umschreiben oder begründen.")
        yield f'<tr><th scope="row">{escape(row.title)}</th><td>{_number(row.level)}</td>'
        yield f"<td>{escape(row.short)}</td><td>{reason}</td></tr>"
    yield "</tbody></table></div><details><summary>Alle kurzen Antworten</summary><table><thead><tr>"
    yield '<th scope="col">Thema</th><th scope="col">Zahl</th></tr></thead><tbody>'
    for row in rows:
        yield f"<tr><td>{escape(row.title)}</td><td>{_number(row.level)}</td></tr>"
    yield "</tbody></table></details>"


def _number(number: float) -> str:
    return f"{number:.1f}".replace(".", ",")


def page(found: Coverage, content: Content) -> str:
    """The picture as one HTML page that needs nothing else; the same for the same content and day."""
    sides = [cell for row in found.rows for cell in row.cells.values()]
    counts = {state: sum(cell.state == state for cell in sides) for state in ("facts", "asks", "points")}
    lacking = sum(cell.state == "empty" and cell.asked >= ASKED for cell in sides)
    urgent = {u: sum(gap.urgency == u for gap in found.gaps) for u in URGENCIES}
    key = "".join(f'<tr><td class="{c}">{escape(t)}</td><td>{escape(m)}</td></tr>' for c, t, m in _KEY)
    parts = [
        '<!doctype html><html lang="de"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>Was der Familienbot {escape(found.city)} weiß</title><style>{_STYLE}</style></head><body>",
        f"<h1>Was der Familienbot {escape(found.city)} weiß, und was fehlt</h1>",
        f"<p>Stand {_day(found.today)}. Diese Seite schreibt der Befehl <code>familienbot coverage</code>.</p>",
        f"<p>{len(found.rows)} Themen, {found.facts} Tatsachen aus {found.sources} Quellen. Hinter {counts['facts']} "
        f"Seiten von Themen steht eine Quelle, {counts['points']} beantwortet ein anderes Thema, bei {counts['asks']} "
        f"nennen wir nur die Stelle, bei {lacking} fragen Eltern und wir sagen nichts.</p>",
        f'<h2>Das Bild</h2><table class="key"><tbody>{key}</tbody></table>',
        *_picture(found, content),
        "<h2>Was fehlt, und wen man fragt</h2>",
        f"<p>{urgent[1]} dringende und {urgent[2]} offene Fragen, {urgent[3]} alte Angaben zum Bestätigen, {urgent[4]} "
        "Stellen, von denen etwas fehlt. Jede Stelle hat eine Liste zum Ausfüllen, das Dringende zuerst.</p>",
        *_missing(found, content),
        "<h2>Wie leicht die kurzen Antworten zu lesen sind</h2>",
        *_reading(found),
        "</body></html>",
    ]
    return "\n".join(parts) + "\n"
