"""New topics, places, offers and facts as commented files that an editor fills in."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path

from bot.content.loading import Content, base_of
from bot.content.schemas import kind_of, modeline

BLANK = "# AUSFÜLLEN:"
"""Marks each value that an editor has to fill in; the check names the same ones as empty."""
REVIEW_AFTER_YEARS = 1

_FACT = """\
# Eine neue Tatsache. Jede Stelle mit AUSFÜLLEN braucht einen Wert. Zeilen mit „#“ davor sind freiwillig.
facts:
  - id: {id}
    text:  {blank} die Tatsache als ganzer Satz
    # value: 297          # der Wert allein: 297, 12.50, 2026-11-22, 08:30; Telefonnummern in "…"
    # unit: EUR/month     # seine Einheit, immer zusammen mit „value“: EUR, EUR/month, percent, days, date, phone …
    source:
      label:  {blank} woher wir es wissen, etwa Stadt Herne; bei einem Gesetz der Paragraf
      # url: https://www.herne.de/    # nur amtliche Seiten, Eltern sehen sie
    # source_date: 2026-11            # Stand der Quelle: 2026, 2026-11 oder 2026-11-22
    checked: {today}               # wann Sie die Quelle gelesen haben
    # valid_from: 2026-01-01
    # valid_until: 2026-12-31         # letzter Tag; danach nennt der Bot den Wert nicht mehr
    kind: may-have-changed            # stable bleibt, may-have-changed kann sich ändern, dated-amount: Betrag mit Datum
    # legal_basis: § 24 SGB VIII
    # evidence:                       # Beleg für die Redaktion; Eltern sehen ihn nicht
    # note:                           # Notiz für die Redaktion
"""
_PLACE = """\
# Eine neue Stelle. Jede Stelle mit AUSFÜLLEN braucht einen Wert. Zeilen mit „#“ davor sind freiwillig:
# Was keine Quelle nennt, bleibt leer.
places:
  - id: {id}
    name:  {blank} der Name, wie er an der Tür steht
    kind:  {blank} eine dieser Arten: {kinds}
    # address: Hauptstraße 241, 44649 Herne
    # district: Wanne                 # Stadtbezirk oder Stadtteil
    # phone: 02323 16-0
    # email: name@herne.de
    # url: https://www.herne.de/
    # hours: montags bis freitags von 8 bis 12 Uhr
    # operator: Stadt Herne           # wer sie trägt
    # languages: [de, tr]
    # accessible: stufenlos           # was über Barrierefreiheit bekannt ist, in Worten
    # services:                       # was es dort gibt, ein Stichwort je Zeile
    #   - Beratung
    source:
      label:  {blank} woher wir es wissen, etwa Stadt Herne
      # url: https://www.herne.de/    # nur amtliche Seiten
    # source_date: 2026-11            # Stand der Quelle
    checked: {today}               # wann Sie die Quelle gelesen haben
"""
_OFFER = """\
# Ein neues Angebot. Jede Stelle mit AUSFÜLLEN braucht einen Wert. Zeilen mit „#“ davor sind freiwillig:
# Was keine Quelle nennt, bleibt leer; der Bot sagt dann, dass man dort fragt.
offers:
  - id: {id}
    name:  {blank} der Name, unter dem Eltern es finden
    kind:  {blank} eine dieser Arten: {kinds}
    # about: Singen und Spielen für Eltern mit Babys.
    # place: herne.familienbuero      # Name der Stelle aus places; oder der Ort in Worten:
    # at: Gemeindehaus am Markt
    # district: Wanne
    # age_months: {{from: 0, until: 36}}
    # weekdays: [MO, TH]              # MO, TU, WE, TH, FR, SA, SU
    # time: {{from: "15:30", until: "17:00"}}
    # rhythm: jeden ersten Freitag im Monat
    # dates: [2026-12-05]             # einzelne Termine
    # cost: kostenfrei
    # registration: ohne Anmeldung
    # operator: Stadt Herne
    # phone: 02323 16-0
    # url: https://www.herne.de/
    # valid_until: 2027-07-31         # letzter Tag; danach findet es keine Suche mehr
    source:
      label:  {blank} woher wir es wissen, etwa Stadt Herne
      # url: https://www.herne.de/    # nur amtliche Seiten
    # source_date: 2026-11            # Stand der Quelle
    checked: {today}               # wann Sie die Quelle gelesen haben
"""
_ENTRY = """\
# Was wir zu diesem Thema wissen. Jede Stelle mit AUSFÜLLEN braucht einen Wert. Zeilen mit „#“ davor sind freiwillig.
# Zahlen, Beträge und Nummern stehen nie im Text, er verweist: {{{{fact:herne.name}}}}, {{{{place:herne.name.phone}}}}.
topic: {id}
title:  {blank} Überschrift, die Eltern sehen; höchstens 60 Zeichen, jede nur einmal
office: {office}   # Name der zuständigen Stelle aus places
checked: {today}
review_by: {review}   # bis wann Sie es wieder prüfen
# related: [kita-anmeldung]   # verwandte Themen, die danach angeboten werden
short:  {blank} die kurze Antwort, höchstens 300 Zeichen
# facts: [herne.name]         # Tatsachen, auf denen die kurze Antwort beruht
# aspects:                    # die Seiten des Themas; nehmen Sie die, nach denen Eltern fragen
#   overview:                 # worum es geht, in zwei oder drei Sätzen
#     text: Das gibt es.
#   eligibility:              # für wen
#     text: Das ist für alle Familien.
#   procedure:                # so geht es
#     steps:
#       - text: Rufen Sie an.
#   documents:                # Unterlagen
#     list:
#       - Ausweis
#   deadline:                 # Fristen
#     text: Melden Sie sich früh.
#   cost:                     # Kosten
#     text: Es kostet nichts.
# links:
#   - label: Antrag
#     url: https://www.herne.de/
"""
_INTENT = """\
# So fragen Eltern nach diesem Thema: ganze Sätze, Stichworte, auch mit Tippfehlern. Mindestens 40 zusammen, mindestens
# drei je Seite; vier von zehn kommen ohne das Fachwort aus. Keine davon steht bei einem anderen Thema oder Test.
topic: {id}
# own_words: [fachwort]   # Fachwörter des Themas
utterances:
  overview:
    -  {blank} die erste Frage, dann eine je Zeile
  # eligibility:
  #   - wer kriegt das
  # procedure:
  #   - wie geht das
  # cost:
  #   - was kostet das
"""
_CASES = """\
# Testfragen, die dieses Thema beantworten muss: andere Worte als in den Beispielfragen, eine je Zeile.
asks:
  -  {blank} die erste Testfrage
# belongs_elsewhere:          # ähnliche Fragen, die zu einem anderen Thema gehören
#   kita-anmeldung:
#     - wie melde ich mein kind an
"""
_RECORDS = {"fact": ("facts", _FACT), "place": ("places", _PLACE), "offer": ("offers", _OFFER)}
SORTS = ("topic", *_RECORDS)


class DraftError(Exception):
    """Why nothing was written, in German with what to do instead."""


@dataclass(frozen=True, slots=True)
class Draft:
    """Files with their whole text, and what to do next. Only `changed` exist already.

    changed  the file of topics with its new line
    """

    files: Mapping[Path, str]
    steps: tuple[str, ...]
    changed: Mapping[Path, str]


def _near(word: str, known: Collection[str]) -> str:
    near = get_close_matches(word, known, n=1)
    return f"Meinten Sie „{near[0]}“?" if near else f"Möglich: {', '.join(known)}."


def draft(
    sort: str, name: str, content: Content, knowledge: Path, intents: Path, today: date, group: str | None = None
) -> Draft:
    """What is to be written for a new record of that sort.

    raises  DraftError when the name is wrong or taken, or a file is there
    """
    if sort == "topic":
        made = _topic(name, content, knowledge, intents, today, group)
    elif sort in _RECORDS:
        made = _record(sort, name, content, knowledge, today)
    else:
        raise DraftError(f"„{sort}“ lässt sich nicht anlegen. {_near(sort, SORTS)}")
    for file in made.files:
        if file.exists():
            raise DraftError(f"{file} gibt es schon. Sie wird nicht überschrieben: Ändern Sie sie dort.")
    out = knowledge.parent / "docs" / "schema"
    files = {file: _with_schema(text, file, knowledge, intents, out) for file, text in made.files.items()}
    return Draft(files, made.steps, made.changed)


def _with_schema(text: str, file: Path, knowledge: Path, intents: Path, out: Path) -> str:
    kind = kind_of(file, knowledge, intents)
    return f"{modeline(file, kind, out)}\n{text}" if kind is not None and out.is_dir() else text


def _own_folder(layer: str, knowledge: Path) -> Path:
    """The layer's folder of this city: one that the base has must not be hidden by a new one."""
    base = base_of(knowledge)
    if base is not None and (base / layer).is_dir() and not (knowledge / layer).is_dir():
        raise DraftError(f"Die Ebene „{layer}“ gehört der Stadt, auf der Ihre aufbaut. Nehmen Sie Ihre eigene Ebene.")
    return knowledge / layer


def _record(sort: str, name: str, content: Content, knowledge: Path, today: date) -> Draft:
    layers = content.city.layers
    found = re.fullmatch(r"([a-z]+)\.([a-z0-9][a-z0-9-]*)", name)
    if found is None:
        example = f"{layers[-1]}.familienbuero"
        raise DraftError(f"„{name}“ ist kein Name. Form: {example}, ohne Umlaute und Leerzeichen.")
    if found[1] not in layers:
        raise DraftError(f"Die Ebene „{found[1]}“ gibt es nicht. {_near(found[1], layers)}")
    taken = {"fact": content.facts, "place": content.places, "offer": content.offers}[sort]
    if name in taken:
        raise DraftError(f"„{name}“ gibt es schon. Nehmen Sie einen anderen Namen.")
    folder, template = _RECORDS[sort]
    file = _own_folder(found[1], knowledge) / folder / f"{found[2]}.yaml"
    kinds = ", ".join(content.kinds) or "wie in kinds.yaml"
    text = template.format(id=name, blank=BLANK, today=today.isoformat(), kinds=kinds)
    use = {
        "fact": f"Verweisen Sie in Texten mit {{{{fact:{name}}}}}.",
        "place": f"Verweisen Sie in Texten mit {{{{place:{name}.phone}}}}, oder nennen Sie sie als „office“.",
        "offer": "Die Suche findet das Angebot von selbst.",
    }[sort]
    return Draft({file: text}, ("Füllen Sie die Stellen mit AUSFÜLLEN aus.", use, *_LAST_STEPS), {})


_LAST_STEPS = ("Prüfen: familienbot check", "Namen in die Schemas aufnehmen: familienbot schema --modelines")


def _topic(name: str, content: Content, knowledge: Path, intents: Path, today: date, group: str | None) -> Draft:
    if re.fullmatch(r"[a-z0-9][a-z0-9-]*", name) is None:
        raise DraftError(f"„{name}“ ist kein Name. Form: kita-anmeldung, ohne Umlaute und Leerzeichen.")
    known = content.topics.get(name)
    groups = tuple(dict.fromkeys(info.group for info in content.topics.values()))
    if known is None and group is None:
        raise DraftError(f"In welche Gruppe gehört „{name}“? Nennen Sie sie mit --group. Möglich: {', '.join(groups)}.")
    if known is None and group not in groups:
        raise DraftError(f"Die Gruppe „{group}“ gibt es nicht. {_near(group or '', groups)}")
    if known is not None and group not in (None, known.group):
        raise DraftError(f"„{name}“ steht in topics.yaml bei „{known.group}“. Lassen Sie --group weg.")
    group = known.group if known else group
    topics = knowledge / "topics.yaml"
    changed = {}
    if known is None:
        if not topics.is_file():
            raise DraftError(f"{topics} gibt es nicht: Die Themen stehen in der Stadt, auf der Ihre aufbaut.")
        changed[topics] = _with_topic(topics.read_bytes().decode(), name, group or "")
    entries = _own_folder(content.city.layers[-1], knowledge) / "entries" / (group or "")
    review = today.replace(year=today.year + REVIEW_AFTER_YEARS, day=min(today.day, 28))
    words = {
        "id": name, "blank": BLANK, "today": today.isoformat(), "review": review.isoformat(),
        "office": content.city.default_contact,
    }  # fmt: skip
    files = {
        entries / f"{name}.yaml": _ENTRY,
        entries / f"{name}.test.yaml": _CASES,
        intents / (group or "") / f"{name}.yaml": _INTENT,
    }
    steps = ["Füllen Sie in allen drei Dateien die Stellen mit AUSFÜLLEN aus."]
    steps += [f"Schreiben Sie in {topics.name} hinter „{name}:“, was Eltern dazu wissen wollen."] if changed else []
    last = (f"Prüfen: familienbot check --only {name}", _LAST_STEPS[1], 'Ausprobieren: familienbot ask "…"')
    return Draft({file: text.format(**words) for file, text in files.items()}, (*steps, *last), changed)


def _with_topic(text: str, name: str, group: str) -> str:
    """The file of topics with a new one at the end of its group."""
    end = "\r\n" if "\r\n" in text else "\n"
    lines = text.split(end)
    start = next(i for i, line in enumerate(lines) if re.match(rf"{re.escape(group)}\s*:", line))
    last = start
    for i in range(start + 1, len(lines)):
        if lines[i] and not lines[i].startswith((" ", "#")):
            break
        if lines[i].startswith(" ") and lines[i].strip() and not lines[i].strip().startswith("#"):
            last = i
    lines.insert(last + 1, f"  {name}:  {BLANK} was wissen will, wer danach fragt")
    return end.join(lines)
