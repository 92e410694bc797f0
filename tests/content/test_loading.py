"""Files that cannot be read, or hold what does not belong there: one fault, one message, one remedy."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from bot.content.loading import Content

from .conftest import ENTRY, FACT, Change, Town, edited, written

NEW = "knowledge/stadt/facts/neu.yaml"
CASES = "knowledge/stadt/entries/kita/kita-beitrag.test.yaml"
KINDERGELD = "knowledge/stadt/entries/leistungen/kindergeld.yaml"
PLACES = "knowledge/stadt/places/alles.yaml"
RULES = "knowledge/safety/rules.yaml"

QUOTE_IT = 'Setzen Sie den Text in „"…"“.'
LIKE_NEIGHBOURS = "Rücken Sie die Zeile so ein wie ihre Nachbarn."

STRANGE: dict[str, tuple[str, str, object]] = {
    "a star": (
        "*wichtig",
        'Ein Stern am Anfang ist in YAML ein Verweis, kein Text. Schreiben Sie „text: "*wichtig"“.',
        "*wichtig",
    ),
    "an ampersand": (
        "&wichtig",
        'Ein „&“ am Anfang ist in YAML eine Sprungmarke, kein Text. Schreiben Sie „text: "&wichtig"“.',
        "&wichtig",
    ),
    "an exclamation mark": (
        "!Achtung jetzt",
        'Ein Ausrufezeichen am Anfang ist in YAML ein Befehl, kein Text. Schreiben Sie „text: "!Achtung jetzt"“.',
        "!Achtung jetzt",
    ),
    "a lost comment": (
        "Raum #3 links",
        'Hinweis: Ab „#3 links“ liest YAML einen Kommentar. Gehört es dazu? Schreiben Sie „text: "Raum #3 links"“.',
        "Raum",
    ),
}


@pytest.mark.parametrize("name", STRANGE)
def test_a_text_that_yaml_takes_for_something_else(name: str, town: Town) -> None:
    text, expected, kept = STRANGE[name]
    town.edit(NEW.replace("neu", "alles"), "Angemeldet wird online", text)
    spot = "knowledge/stadt/facts/alles.yaml:13" + (":16" if "Kommentar" in expected else "")
    assert town.new_problems() == (f"{spot}: {expected}",)
    assert town.content().facts["stadt.anmeldung"].text == kept


INVALID: dict[str, tuple[Change, str]] = {
    "a key twice": (
        edited(KINDERGELD, "title: Kindergeld\n", "title: Kindergeld\ntitle: Geld\n"),
        f"{KINDERGELD}:3: „title“ steht hier zweimal, zuerst in Zeile 2. Löschen oder verbinden Sie eines davon.",
    ),
    "a key that is no word": (
        written(CASES, "asks: []\n[a, b]: c\n"),
        f"{CASES}:2: Ein Schlüssel muss ein Wort sein. Schreiben Sie „schluessel: Text“.",
    ),
    "an unknown key": (
        edited(KINDERGELD, "title:", "titel: Geld\ntitle:"),
        f"{KINDERGELD}:2: „titel“ gibt es hier nicht. Meinten Sie „title“?",
    ),
    "an unknown key that is like no other": (
        edited(KINDERGELD, "title:", "xyz: Geld\ntitle:"),
        f"{KINDERGELD}:2: „xyz“ gibt es hier nicht. Löschen Sie die Zeile. Möglich: topic, title, office, checked, "
        "review_by, related, short, facts, aspects, links, lines, situations, search, off, hard_because, off_text.",
    ),
    "an unknown key in a side": (
        edited(KINDERGELD, "short:", "aspects:\n  cost:\n    txt: Nichts.\nshort:"),
        f"{KINDERGELD}:8: „txt“ gibt es hier nicht. Meinten Sie „text“?",
    ),
    "an unknown key in a step": (
        edited(KINDERGELD, "short:", "aspects:\n  cost:\n    steps:\n      - text: A\n        dedline: B\nshort:"),
        f"{KINDERGELD}:10: „dedline“ gibt es hier nicht. Meinten Sie „deadline“?",
    ),
    "an unknown side": (
        edited(KINDERGELD, "short:", "aspects:\n  costs:\n    text: Nichts.\nshort:"),
        f"{KINDERGELD}:7: „costs“ ist hier nicht vorgesehen. Meinten Sie „cost“? Möglich: overview, eligibility, "
        "procedure, documents, deadline, cost, duration, place, contact, hours.",
    ),
    "a missing key": (
        edited(KINDERGELD, "short: Kindergeld beantragen Sie bei der Familienkasse.\n", ""),
        f"{KINDERGELD}:1: Hier fehlt „short“. Ergänzen Sie „short: …“.",
    ),
    "a missing key in a record": (
        written(NEW, FACT.replace("    kind: stable\n", "")),
        f"{NEW}:2: Hier fehlt „kind“. Ergänzen Sie „kind: …“.",
    ),
    "a list instead of a text": (
        edited(KINDERGELD, "short: Kindergeld", "short:\n  - Kindergeld"),
        f"{KINDERGELD}:6: „short“ muss ein Text sein. Schreiben Sie „short: …“ in eine Zeile.",
    ),
    "a text instead of a list": (
        edited(KINDERGELD, "short:", "related: kita-beitrag\nshort:"),
        f"{KINDERGELD}:6: „related“ muss eine Liste sein. Schreiben Sie „related: [kita-beitrag]“.",
    ),
    "a text instead of keys": (
        written(NEW, FACT.replace("\n      label: Stadt Musterstadt", " Stadt Musterstadt")),
        f"{NEW}:4: „source“ muss Unterpunkte haben. Schreiben Sie „schluessel: Text“, eingerückt.",
    ),
    "a colon in an item": (
        written(CASES, "asks:\n  - Was kostet das?\n  - Noch etwas: was kostet das?\n"),
        f"{CASES}:3: Ein Punkt von „asks“ ist kein Text, wohl wegen eines Doppelpunkts. {QUOTE_IT}",
    ),
    "brackets in an item": (
        written(CASES, "asks:\n  - [Kita, Tagespflege]\n"),
        f"{CASES}:2: Ein Punkt von „asks“ ist eine Liste, kein Text. {QUOTE_IT}",
    ),
    "an empty item": (
        written(CASES, "asks:\n  - Was kostet das?\n  -\n"),
        f"{CASES}:3: Ein Punkt von „asks“ ist leer. Füllen oder löschen Sie ihn.",
    ),
    "an item of spaces": (
        written(CASES, 'asks:\n  - "  "\n'),
        f"{CASES}:2: Ein Punkt von „asks“ ist leer. Füllen oder löschen Sie ihn.",
    ),
    "an empty text": (
        edited(KINDERGELD, "title: Kindergeld", "title:"),
        f"{KINDERGELD}:2: „title“ ist leer. Füllen Sie es oder löschen Sie die Zeile.",
    ),
    "a text of spaces": (
        edited(KINDERGELD, "title: Kindergeld", 'title: " "'),
        f"{KINDERGELD}:2: „title“ ist leer. Füllen Sie es oder löschen Sie die Zeile.",
    ),
    "a long title": (
        edited(KINDERGELD, "title: Kindergeld", "title: " + "Geld " * 13),
        f"{KINDERGELD}:2: „title“ ist zu lang. Höchstens 60 Zeichen.",
    ),
    "a day that does not exist": (
        edited(KINDERGELD, "2027-11-20", "2027-02-29"),
        f"{KINDERGELD}:5: „2027-02-29“ ist kein Datum. Der Februar 2027 hat 28 Tage.",
    ),
    "a day as Germans write it": (
        edited(KINDERGELD, "2027-11-20", "20.11.2027"),
        f"{KINDERGELD}:5: „20.11.2027“ ist kein Datum. Schreiben Sie 2027-11-20.",
    ),
    "a day as a bare number": (
        edited(KINDERGELD, "2027-11-20", "20271120"),
        f"{KINDERGELD}:5: „20271120“ ist kein Datum. Schreiben Sie es als 2026-11-22.",
    ),
    "a month that does not exist": (
        written(NEW, FACT + "    source_date: 2026-13\n"),
        f"{NEW}:8: „2026-13“ ist kein Datum. Schreiben Sie es als 2026-11-22.",
    ),
    "a partial day in the wrong form": (
        written(NEW, FACT + "    source_date: November 2026\n"),
        f"{NEW}:8: „November 2026“ hat nicht die richtige Form für „source_date“. "
        "Schreiben Sie 2026, 2026-11 oder 2026-11-22.",
    ),
    "an emoji in an id": (
        written(NEW, FACT.replace("stadt.neu", "stadt.neu😀")),
        f"{NEW}:2: „stadt.neu😀“ hat nicht die richtige Form für „id“. Schreiben Sie „stadt.neu“.",
    ),
    "an umlaut in a topic": (
        edited("knowledge/topics.yaml", "  kindergeld:", "  gebühr: Was kostet es?\n  kindergeld:"),
        "knowledge/topics.yaml:5: „gebühr“ hat nicht die richtige Form für „id“. Schreiben Sie „gebuehr“.",
    ),
    "a topic in two groups": (
        edited("knowledge/topics.yaml", "\nnotfall:", "\n  kindergeld: Geld\nnotfall:"),
        "knowledge/topics.yaml:9: Das Thema „kindergeld“ steht schon bei „leistungen“. Löschen Sie eines davon.",
    ),
    "a group without topics": (
        edited("knowledge/topics.yaml", "\nnotfall:", "\nleer:\nnotfall:"),
        "knowledge/topics.yaml:9: Die Gruppe „leer“ hat keine Themen. Schreiben Sie „thema: Frage“, eingerückt.",
    ),
    "an address without https": (
        written(NEW, FACT.replace("label: Stadt Musterstadt", "label: Stadt\n      url: www.example.org")),
        f"{NEW}:6: „www.example.org“ ist keine Internetadresse. Sie beginnt mit https://",
    ),
    "a kind that does not exist": (
        written(NEW, FACT.replace("stable", "stabel")),
        f"{NEW}:7: „stabel“ ist für „kind“ nicht vorgesehen. Meinten Sie „stable“? "
        "Möglich: stable, may-have-changed, dated-amount, historical, unconfirmed.",
    ),
    "a unit that does not exist": (
        written(NEW, FACT + "    value: 3\n    unit: Euro\n"),
        f"{NEW}:9: „Euro“ ist für „unit“ nicht vorgesehen. Meinten Sie „EUR“? "
        "Möglich: EUR, EUR/month, EUR/day, EUR/year, EUR/hour, percent, hours, hours/week, minutes, days, weeks, "
        "months, years, count, date, day_of_year, time, phone, email, url, address, hours_text, text.",
    ),
    "neither yes nor no": (
        edited(KINDERGELD, "short:", "off: vielleicht\nshort:"),
        f"{KINDERGELD}:6: „vielleicht“ ist weder ja noch nein. Schreiben Sie „true“ oder „false“.",
    ),
    "a list instead of yes or no": (
        edited(KINDERGELD, "short:", "off: [ja]\nshort:"),
        f"{KINDERGELD}:6: „“ ist weder ja noch nein. Schreiben Sie „true“ oder „false“.",
    ),
    "no list of facts": (
        written(NEW, FACT.replace("facts:", "fakten:")),
        f"{NEW}:1: Diese Datei braucht eine Liste „facts:“. Die erste Zeile lautet „facts:“.",
    ),
    "something beside the list of facts": (
        written(NEW, FACT + "fact: []\n"),
        f"{NEW}:8: „fact“ gibt es hier nicht. Meinten Sie „facts“?",
    ),
    "an id twice": (
        written(NEW, FACT.replace("stadt.neu", "stadt.beitrag")),
        f"{NEW}:2: „stadt.beitrag“ steht schon in knowledge/stadt/facts/alles.yaml:2. "
        "Löschen oder verbinden Sie eines davon.",
    ),
    "a time that does not exist": (
        edited("knowledge/safety/lines.yaml", '"17:00"', '"17:60"'),
        "knowledge/safety/lines.yaml:16: „17:60“ hat nicht die richtige Form für „until“. "
        "Schreiben Sie Uhrzeiten als 08:30.",
    ),
    "a file named otherwise than its topic": (
        edited(KINDERGELD, "topic: kindergeld", "topic: kinder-geld"),
        f"{KINDERGELD}:1: „topic“ ist „kinder-geld“, die Datei heißt aber kindergeld.yaml. "
        "Schreiben Sie „topic: kindergeld“.",
    ),
    "an entry without its topic": (
        edited(KINDERGELD, "topic: kindergeld\n", ""),
        f"{KINDERGELD}:1: Hier fehlt „topic“. Schreiben Sie „topic: kindergeld“.",
    ),
    "utterances named otherwise than their topic": (
        edited("intents/leistungen/kindergeld.yaml", "topic: kindergeld", "topic: kita-beitrag"),
        "intents/leistungen/kindergeld.yaml:1: „topic“ ist „kita-beitrag“, die Datei heißt aber kindergeld.yaml. "
        "Schreiben Sie „topic: kindergeld“.",
    ),
    "an unknown topic of an entry": (
        written("knowledge/stadt/entries/kita/kita-beitag.yaml", ENTRY.replace("kindergeld", "kita-beitag")),
        "knowledge/stadt/entries/kita/kita-beitag.yaml:1: Das Thema „kita-beitag“ gibt es nicht. "
        "Meinten Sie „kita-beitrag“?",
    ),
    "an unknown topic of utterances": (
        written("intents/kita/xyz.yaml", "topic: xyz\nutterances: {}\n"),
        "intents/kita/xyz.yaml:1: Das Thema „xyz“ gibt es nicht. Alle Themen stehen in topics.yaml.",
    ),
    "another ending": (
        written("knowledge/stadt/facts/neu.yml", FACT),
        "knowledge/stadt/facts/neu.yml:1: Dateien auf „.yml“ liest niemand. Benennen Sie sie in .yaml um.",
    ),
    "a file in a folder that nobody reads": (
        written("knowledge/stadt/fakten/neu.yaml", FACT),
        "knowledge/stadt/fakten/neu.yaml:1: Hinweis: Diese Datei liest niemand. Steht sie im richtigen Ordner?",
    ),
    "a broken rule": (
        edited(RULES, "    situation: lebensgefahr\n", ""),
        f"{RULES}:4: Hier fehlt „situation“. Ergänzen Sie „situation: …“.",
    ),
    "a rule twice": (
        edited(
            RULES,
            "rules:\n",
            "rules:\n  - {id: atmet-nicht, topic: medizinischer-notfall, situation: lebensgefahr, all: [a]}\n",
        ),
        f"{RULES}:5: „atmet-nicht“ steht schon in {RULES}:4. Geben Sie der Regel einen anderen Namen.",
    ),
    "a word class within itself": (
        edited(RULES, "sohn, tochter]", 'sohn, tochter]\n  ding: [uhr, "<ding>"]'),
        f"{RULES}:3: Die Wortliste „ding“ enthält sich selbst. Löschen Sie den Verweis.",
    ),
}


@pytest.mark.parametrize("name", INVALID)
def test_a_file_with_one_fault_has_one_problem(name: str, town: Town) -> None:
    change, expected = INVALID[name]
    change(town)
    assert [p for p in town.new_problems() if p.split(":")[0] in expected] == [expected]


FATAL: dict[str, tuple[Change, str]] = {
    "a time zone that does not exist": (
        edited("knowledge/city.yaml", "Europe/Berlin", "Europa/Berlin"),
        "knowledge/city.yaml:3: Die Zeitzone „Europa/Berlin“ gibt es nicht. Schreiben Sie etwa „Europe/Berlin“.",
    ),
    "a wrong placeholder": (
        edited("knowledge/texts.yaml", "Fragen Sie dort nach: {office}", "Fragen Sie dort nach: {amt}"),
        "knowledge/texts.yaml:20: Ein Platzhalter in „expired“ ist nicht lesbar. Möglich ist nur {office}.",
    ),
    "an open placeholder": (
        edited("knowledge/texts.yaml", "{line}", "{line"),
        "knowledge/texts.yaml:21: Ein Platzhalter in „help_line“ ist nicht lesbar. Möglich ist nur {line}.",
    ),
    "no texts": (
        lambda town: (town.root / "knowledge/texts.yaml").unlink(),
        "knowledge/texts.yaml:1: Diese Datei fehlt. Legen Sie sie an.",
    ),
    "no topics": (
        lambda town: (town.root / "knowledge/topics.yaml").unlink(),
        "knowledge/topics.yaml:1: Diese Datei fehlt. Legen Sie sie an.",
    ),
    "topics without groups": (
        written("knowledge/topics.yaml", "- kindergeld\n"),
        "knowledge/topics.yaml:1: Diese Datei braucht Gruppen mit Themen. Schreiben Sie „thema: Frage“, eingerückt.",
    ),
}


@pytest.mark.parametrize("name", FATAL)
def test_without_city_texts_or_topics_nothing_is_served(name: str, town: Town) -> None:
    change, expected = FATAL[name]
    change(town)
    assert town.problems() == (expected,)  # and no list of all that follows from it
    assert town.problems(only="kindergeld") == (expected,)  # whatever was asked for
    assert town.load().content is None


@pytest.mark.parametrize(
    "file",
    [
        "knowledge/safety/lines.yaml",
        "intents/safety/harmless.yaml",
        "intents/lexicon/abbreviations.yaml",
    ],
)
def test_every_missing_file_is_named_from_the_root(file: str, town: Town) -> None:
    (town.root / file).unlink()
    assert f"{file}:1: Diese Datei fehlt. Legen Sie sie an." in town.problems()
    assert town.load().content is not None


FINE: dict[str, tuple[Change, Callable[[Content], object], object]] = {
    "a time without quotes": (
        written(NEW, FACT + "    value: 08:30\n    unit: time\n"),
        lambda c: c.facts["stadt.neu"].value,
        "08:30",
    ),
    "a time that YAML takes for 1005": (
        edited(PLACES, "0999 1-200", "16:45"),
        lambda c: c.places["stadt.jugendamt"].phone,
        "16:45",
    ),
    "a dialling code without quotes": (
        edited(PLACES, "0999 1-200", "02323"),
        lambda c: c.places["stadt.jugendamt"].phone,
        "02323",
    ),
    "a word that YAML takes for no": (
        edited(PLACES, "Jugendamt Musterstadt", "no"),
        lambda c: c.places["stadt.jugendamt"].name,
        "no",
    ),
    "a day": (written(NEW, FACT), lambda c: c.facts["stadt.neu"].checked, date(2026, 11, 20)),
    "a year alone": (
        written(NEW, FACT + "    source_date: 2026\n"),
        lambda c: c.facts["stadt.neu"].source_date,
        "2026",
    ),
    "an empty optional value": (
        written(NEW, FACT + "    note:\n    evidence: ~\n    legal_basis: null\n"),
        lambda c: (c.facts["stadt.neu"].note, c.facts["stadt.neu"].evidence, c.facts["stadt.neu"].legal_basis),
        (None, None, None),
    ),
    "Windows line ends": (
        written(NEW, FACT.replace("\n", "\r\n")),
        lambda c: c.facts["stadt.neu"].text,
        "Eine neue Tatsache",
    ),
    "a byte order mark": (
        written(NEW, b"\xef\xbb\xbf" + FACT.encode()),
        lambda c: c.facts["stadt.neu"].text,
        "Eine neue Tatsache",
    ),
    "ja": (edited(KINDERGELD, "short:", "off: ja\nshort:"), lambda c: c.entries["kindergeld"].off, True),
    "a reference at the beginning, in quotes": (
        edited(KINDERGELD, "short: Kind", 'short: "{{place:stadt.zentrale}} hilft."\nrelated: []\nfacts: []\n#'),
        lambda c: c.entries["kindergeld"].short,
        "{{place:stadt.zentrale}} hilft.",
    ),
}


@pytest.mark.parametrize("name", FINE)
def test_what_is_written_is_what_is_read(name: str, town: Town) -> None:
    change, read, expected = FINE[name]
    change(town)
    assert town.new_problems() == ()
    assert read(town.content()) == expected


def test_lines_are_counted_right_with_windows_line_ends(town: Town) -> None:
    town.write(NEW, FACT.replace("stable", "stabel").replace("\n", "\r\n"))
    (found,) = town.new_problems()
    assert found.startswith(f"{NEW}:7: ")


def test_a_broken_rule_leaves_the_others_on_the_air(town: Town) -> None:
    town.edit(RULES, "rules:\n", "rules:\n  - id: kaputt\nsilent: []\n".replace("silent: []\n", ""))
    (rules,) = town.content().emergency_rules
    assert [r.id for r in rules.rules] == ["atmet-nicht"]
    assert list(rules.classes) == ["kind"]
    assert len([p for p in town.new_problems() if p.startswith(f"{RULES}:4: Hier fehlt")]) == 3


def test_a_broken_abbreviation_leaves_the_others(town: Town) -> None:
    town.edit("intents/lexicon/abbreviations.yaml", "abbreviations:\n", "abbreviations:\n  - {short: bg}\n")
    assert town.content().abbreviations == {"kiga": "kindergarten"}


def test_what_is_broken_is_left_out_and_the_content_says_why(town: Town) -> None:
    town.edit(KINDERGELD, "short:", "shrt:")
    town.write("knowledge/stadt/facts/neu.yml", FACT)
    town.edit("knowledge/stadt/facts/alles.yaml", "wird online", "wird #online")  # a hint, no error
    content = town.content()
    assert content.left_out == ("kindergeld",)
    assert "kindergeld" not in content.entries
    assert content.problems == (
        f"{KINDERGELD}:6: „shrt“ gibt es hier nicht. Meinten Sie „short“?",
        "knowledge/stadt/facts/neu.yml:1: Dateien auf „.yml“ liest niemand. Benennen Sie sie in .yaml um.",
    )
    assert Content.model_validate_json(content.model_dump_json(by_alias=True)) == content


def test_a_sound_town_has_no_problems_to_report(town: Town) -> None:
    assert town.content().problems == ()
    assert town.content().left_out == ()


def test_the_digest_knows_every_file_and_name(town: Town) -> None:
    digests = [town.content().digest]
    town.write(NEW, FACT)
    digests.append(town.content().digest)
    (town.root / NEW).rename(town.root / NEW.replace("neu", "anders"))
    digests.append(town.content().digest)
    town.edit("intents/safety/harmless.yaml", "tot", "schief")
    digests.append(town.content().digest)
    assert len(set(digests)) == 4


def test_cases_know_where_they_stand(town: Town) -> None:
    asks = "asks:\n  - Was zahle ich?\nbelongs_elsewhere:\n  kindergeld:\n    - Was bekomme ich?\n"
    town.write(CASES, asks + "known_failures:\n  - Und wenn?\n")
    assert [(str(c), c.topic, c.known_failure) for c in town.load().cases] == [
        (f"{CASES}:2", "kita-beitrag", False),
        (f"{CASES}:7", "kita-beitrag", True),
        (f"{CASES}:5", "kindergeld", False),
    ]
