"""Rules across files: references that lead nowhere, numbers by hand, utterances that spoil each other, old dates."""

from __future__ import annotations

from datetime import date

import pytest

from .conftest import ENTRY, FACT, Change, Town, edited, written

NEW = "knowledge/stadt/facts/neu.yaml"
FACTS = "knowledge/stadt/facts/alles.yaml"
BEITRAG = "knowledge/stadt/entries/kita/kita-beitrag.yaml"
ANMELDUNG = "knowledge/stadt/entries/kita/kita-anmeldung.yaml"
KINDERGELD = "knowledge/stadt/entries/leistungen/kindergeld.yaml"
NOTFALL = "knowledge/stadt/entries/notfall/medizinischer-notfall.yaml"
NEIGHBOURS = "knowledge/stadt/neighbours.yaml"
LINES = "knowledge/safety/lines.yaml"
RULES = "knowledge/safety/rules.yaml"
CITY = "knowledge/city.yaml"
CASES = "knowledge/stadt/entries/kita/kita-beitrag.test.yaml"
ASKED = "intents/kita/kita-beitrag.yaml"

PLACE = "  - {id: land.amt, name: Amt, kind: office, checked: 2026-11-20, source: {label: Land}}\n"
BY_HAND = "Legen Sie eine Tatsache an und verweisen Sie mit {{fact:…}}."


def short(text: str) -> Change:
    """The town with this short answer about child benefit."""
    return edited(KINDERGELD, "short: Kindergeld beantragen Sie bei der Familienkasse.", f'short: "{text}"')


def side(text: str) -> Change:
    """The town with this side of child benefit, from line 8 on."""
    return edited(KINDERGELD, "short:", f"aspects:\n  cost:\n    {text}\nshort:")


def both(*changes: Change) -> Change:
    """All changes one after the other."""

    def apply(town: Town) -> None:
        for change in changes:
            change(town)

    return apply


def value(text: str, unit: str) -> Change:
    """The town with a fact of this value."""
    return written(NEW, FACT + f'    value: "{text}"\n    unit: {unit}\n')


CHECKS: dict[str, tuple[Change, str]] = {
    # references
    "an unknown fact in a text": (
        short("Es gibt {{fact:stadt.beitrg}}."),
        f"{KINDERGELD}:6: Die Tatsache „stadt.beitrg“ gibt es nicht. Meinten Sie „stadt.beitrag“?",
    ),
    "an unknown fact that is like no other": (
        short("Es gibt {{fact:stadt.xyz-quark}}."),
        f"{KINDERGELD}:6: Die Tatsache „stadt.xyz-quark“ gibt es nicht. Tatsachen stehen in facts/*.yaml.",
    ),
    "a fact without a value in a text": (
        short("Es gilt {{fact:stadt.anmeldung}}."),
        f"{KINDERGELD}:6: „stadt.anmeldung“ hat keinen Wert. "
        "Ergänzen Sie „value“ und „unit“ oder nennen Sie sie in „facts“.",
    ),
    "an unconfirmed fact in a text": (
        both(written(NEW, FACT.replace("stable", "unconfirmed")), short("Das gilt ({{stand:stadt.neu}}).")),
        f"{KINDERGELD}:6: „stadt.neu“ ist unbestätigt und darf nicht erscheinen. Nennen Sie die Stelle, die es weiß.",
    ),
    "an unknown place in a text": (
        short("Fragen Sie: {{place:stadt.jugendmat.phone}}."),
        f"{KINDERGELD}:6: Den Ort „stadt.jugendmat“ gibt es nicht. Meinten Sie „stadt.jugendamt“?",
    ),
    "a field that a place does not have": (
        short("Geöffnet: {{place:stadt.jugendamt.hours}}."),
        f"{KINDERGELD}:6: Für „stadt.jugendamt“ ist „hours“ nicht bekannt. Nehmen Sie den Verweis heraus.",
    ),
    "a reference that cannot be read": (
        short("Es gibt {{Fakt:stadt.beitrag}}."),
        f"{KINDERGELD}:6: Ein Verweis mit Klammern ist nicht lesbar. "
        "Form: {{fact:herne.name}} oder {{place:herne.name.phone}}.",
    ),
    "an unknown office": (
        edited(KINDERGELD, "stadt.zentrale", "stadt.zentral"),
        f"{KINDERGELD}:3: Die Stelle „stadt.zentral“ gibt es nicht. Meinten Sie „stadt.zentrale“?",
    ),
    "an unknown related topic": (
        edited(BEITRAG, "kita-anmeldung, kindergeld", "kita-anmeldug, kindergeld"),
        f"{BEITRAG}:6: Das Thema „kita-anmeldug“ gibt es nicht. Meinten Sie „kita-anmeldung“?",
    ),
    "a topic related to itself": (
        edited(BEITRAG, "[kita-anmeldung,", "[kita-beitrag,"),
        f"{BEITRAG}:6: Das Thema ist mit sich selbst verwandt. Löschen Sie diesen Namen.",
    ),
    "an unknown fact below a text": (
        edited(BEITRAG, "facts: [stadt.beitrag]\naspects", "facts: [stadt.betrag]\naspects"),
        f"{BEITRAG}:8: Die Tatsache „stadt.betrag“ gibt es nicht. Meinten Sie „stadt.beitrag“?",
    ),
    "an unknown fact of a side": (
        side("{text: Nichts., facts: [stadt.betrag]}"),
        f"{KINDERGELD}:8: Die Tatsache „stadt.betrag“ gibt es nicht. Meinten Sie „stadt.beitrag“?",
    ),
    "an unknown office of a side": (
        side("{text: Nichts., contact: stadt.zentral}"),
        f"{KINDERGELD}:8: Die Stelle „stadt.zentral“ gibt es nicht. Meinten Sie „stadt.zentrale“?",
    ),
    "an unknown line of an emergency": (
        edited(NOTFALL, "[sorgentelefon, notruf-112]", "[sorgentelfon, notruf-112]"),
        f"{NOTFALL}:12: Die Hilfe „sorgentelfon“ gibt es nicht. Meinten Sie „sorgentelefon“?",
    ),
    "an unknown line of a topic": (
        edited(NOTFALL, "lines: [notruf-112]", "lines: [feuerwehr]"),
        f"{NOTFALL}:8: Die Hilfe „feuerwehr“ gibt es nicht. Sie stehen in safety/lines.yaml.",
    ),
    "an unknown fact of an emergency": (
        edited(NOTFALL, "    facts: [stadt.notruf]", "    facts: [stadt.notrf]"),
        f"{NOTFALL}:13: Die Tatsache „stadt.notrf“ gibt es nicht. Meinten Sie „stadt.notruf“?",
    ),
    "a number by hand in an emergency": (
        edited(
            NOTFALL, "    text: Rufen Sie jetzt die {{fact:stadt.notruf}} an.", "    text: Rufen Sie jetzt die 112 an."
        ),
        f"{NOTFALL}:11: Die Zahl „112“ steht von Hand im Text. Schreiben Sie {{{{fact:stadt.notruf}}}}.",
    ),
    "a number by hand for a topic that is off": (
        edited(KINDERGELD, "short:", "off_text: Rufen Sie 0999 an.\nshort:"),
        f"{KINDERGELD}:6: Die Zahl „0999“ steht von Hand im Text. {BY_HAND}",
    ),
    "a reference in what a line is for": (
        edited(LINES, "for: Zum Reden", 'for: "Zum Reden ({{fact:stadt.notruf}})"'),
        f"{LINES}:9: Hier sind keine Verweise möglich. Nehmen Sie den Verweis heraus.",
    ),
    "an unknown fact of another office": (
        edited(NEIGHBOURS, "title: Pass", "facts: [stadt.betrag]\n    title: Pass"),
        f"{NEIGHBOURS}:2: Die Tatsache „stadt.betrag“ gibt es nicht. Meinten Sie „stadt.beitrag“?",
    ),
    "an unknown topic near another office": (
        edited(NEIGHBOURS, "title: Pass", "related: [kindergld]\n    title: Pass"),
        f"{NEIGHBOURS}:2: Das Thema „kindergld“ gibt es nicht. Meinten Sie „kindergeld“?",
    ),
    "an unknown fact of a line": (
        edited(LINES, "facts: [stadt.notruf]", "facts: [stadt.notrf]"),
        f"{LINES}:2: Die Tatsache „stadt.notrf“ gibt es nicht. Meinten Sie „stadt.notruf“?",
    ),
    "an unknown office of the city": (
        edited(CITY, "stadt.zentrale", "stadt.zentrle"),
        f"{CITY}:5: Die Stelle „stadt.zentrle“ gibt es nicht. Meinten Sie „stadt.zentrale“?",
    ),
    "an unknown topic of the greeting": (
        edited(CITY, "[kita-anmeldung,", "[anmeldung,"),
        f"{CITY}:7: Das Thema „anmeldung“ gibt es nicht. Meinten Sie „kita-anmeldung“?",
    ),
    # texts
    "a number by hand": (
        short("Es gibt 250 Euro."),
        f"{KINDERGELD}:6: Die Zahl „250“ steht von Hand im Text. {BY_HAND}",
    ),
    "a number at the end of a sentence": (
        short("Die Antwort ist 250."),
        f"{KINDERGELD}:6: Die Zahl „250“ steht von Hand im Text. {BY_HAND}",
    ),
    "a number by hand in a step": (
        edited(ANMELDUNG, "deadline: bis Januar", "deadline: bis zum 15. Januar"),
        f"{ANMELDUNG}:14: Die Zahl „15“ steht von Hand im Text. {BY_HAND}",
    ),
    "a number by hand in an item": (
        edited(ANMELDUNG, "- Impfpass", "- 2 Fotos"),
        f"{ANMELDUNG}:25: Die Zahl „2“ steht von Hand im Text. {BY_HAND}",
    ),
    "a telephone number by hand in a line": (
        edited(LINES, '"{{place:stadt.zentrale.phone}}"', "0999 200"),
        f"{LINES}:9: Die Telefonnummer „0999 200“ steht von Hand im Text. "
        "Tragen Sie sie bei der Stelle ein und verweisen Sie mit {{place:….phone}}.",
    ),
    "a reference where none is resolved": (
        edited(
            NOTFALL,
            "    facts: [stadt.notruf]",
            '    door: "Oder {{place:stadt.zentrale}}."\n    facts: [stadt.notruf]',
        ),
        f"{NOTFALL}:13: Hier sind keine Verweise möglich. Nehmen Sie den Verweis heraus.",
    ),
    "a long short answer": (
        short("Ja. " * 80 + "Nein."),
        f"{KINDERGELD}:6: Die kurze Antwort hat 325 Zeichen. Höchstens 300: ein Bildschirm am Telefon.",
    ),
    "a short answer that a fact makes long": (
        both(
            edited("knowledge/stadt/places/alles.yaml", "name: Jugendamt Musterstadt", "name: " + "Jugendamt " * 33),
            short("{{place:stadt.jugendamt}}"),
        ),
        f"{KINDERGELD}:6: Die kurze Antwort hat 329 Zeichen. Höchstens 300: ein Bildschirm am Telefon.",
    ),
    "a title twice": (
        edited(KINDERGELD, "title: Kindergeld", "title: Kita-Platz anmelden"),
        f"{KINDERGELD}:2: Den Titel „Kita-Platz anmelden“ hat auch „kita-anmeldung“. Titel sind eindeutig.",
    ),
    # sides
    "a side without a text": (
        side("facts: [stadt.anmeldung]"),
        f"{KINDERGELD}:7: Diese Seite des Themas hat keinen Text. Ergänzen Sie „text“, „list“, „steps“ oder „see“.",
    ),
    "a list and steps together": (
        side("{list: [Eines], steps: [{text: Anderes}]}"),
        f"{KINDERGELD}:7: „list“ und „steps“ stehen zusammen. Nehmen Sie eines von beiden.",
    ),
    "a side of an unknown topic": (
        side("see: kita-beitag"),
        f"{KINDERGELD}:8: Das Thema „kita-beitag“ gibt es nicht. Meinten Sie „kita-beitrag“?",
    ),
    "a side with a text that nobody sees": (
        side("{see: kita-beitrag, text: Nichts.}"),
        f"{KINDERGELD}:8: „see“ steht zusammen mit einem Text, den niemand sieht. Nehmen Sie eines von beiden.",
    ),
    "a side that leads to itself": (
        side("see: kindergeld"),
        f"{KINDERGELD}:8: Das Thema verweist auf sich selbst. Schreiben Sie hier den Text.",
    ),
    "a side that leads further": (
        both(
            edited(ANMELDUNG, "  documents:\n", "  cost: {see: kita-beitrag}\n  documents:\n"),
            side("see: kita-anmeldung"),
        ),
        f"{KINDERGELD}:8: „kita-anmeldung“ verweist bei „cost“ selbst weiter. Nennen Sie „kita-beitrag“.",
    ),
    # facts
    "a value without a unit": (
        written(NEW, FACT + "    value: 3\n"),
        f"{NEW}:2: „stadt.neu“ braucht „value“ und „unit“ zusammen. Ergänzen oder löschen Sie beide.",
    ),
    "a day that does not exist": (
        value("2026-02-30", "date"),
        f"{NEW}:2: Der Wert „2026-02-30“ passt nicht zu „date“. Schreiben Sie 2026, 2026-11 oder 2026-11-22.",
    ),
    "a day of the year that does not exist": (
        value("31-12", "day_of_year"),
        f"{NEW}:2: Der Wert „31-12“ passt nicht zu „day_of_year“. Schreiben Sie Monat und Tag: 11-22.",
    ),
    "a time that does not exist": (
        value("8.30", "time"),
        f"{NEW}:2: Der Wert „8.30“ passt nicht zu „time“. Schreiben Sie 08:30.",
    ),
    "an amount with a comma": (
        value("12,50", "EUR"),
        f"{NEW}:2: Der Wert „12,50“ passt nicht zu „EUR“. Schreiben Sie nur die Zahl, etwa 1000 oder 12.50.",
    ),
    "a fact that ends before it begins": (
        written(NEW, FACT + "    valid_from: 2028-01\n    valid_until: 2027-12-31\n"),
        f"{NEW}:2: „stadt.neu“ endet, bevor es beginnt. Tauschen Sie „valid_from“ und „valid_until“.",
    ),
    "a fact that begins later": (
        written(NEW, FACT + "    value: 4\n    unit: EUR\n    valid_from: 2028-01\n"),
        f"{NEW}:2: Hinweis: „stadt.neu“ gilt erst ab 2028-01, der Bot nennt es aber schon. "
        "Tragen Sie den neuen Wert erst dann ein.",
    ),
    "a fact of another layer": (
        written(NEW, FACT.replace("stadt.neu", "land.neu")),
        f"{NEW}:2: „land.neu“ steht in der Ebene „stadt“. Der Name beginnt mit „stadt.“.",
    ),
    "a place of another layer": (
        edited("knowledge/stadt/places/alles.yaml", "places:\n", f"places:\n{PLACE}"),
        "knowledge/stadt/places/alles.yaml:2: „land.amt“ steht in der Ebene „stadt“. Der Name beginnt mit „stadt.“.",
    ),
    "a fact that has ended": (
        written(NEW, FACT + "    valid_until: 2026-11-21\n"),
        f"{NEW}:2: Hinweis: „stadt.neu“ galt bis zum 21. November 2026. Tragen Sie den neuen Wert ein.",
    ),
    "a fact of emergencies that has ended": (
        edited(FACTS, 'value: "112"', 'valid_until: 2026-11-21\n    value: "112"'),
        f"{FACTS}:18: „stadt.notruf“ galt bis zum 21. November 2026 und steht noch in der Hilfe bei Notfällen. "
        "Tragen Sie sofort den neuen Wert ein.",
    ),
    "a review that is due": (
        edited(KINDERGELD, "2027-11-20", "2026-11-21"),
        f"{KINDERGELD}:5: Hinweis: Die Prüfung war am 21. November 2026 fällig. "
        "Prüfen Sie und setzen Sie ein neues Datum.",
    ),
    # utterances and cases
    "an utterance in two topics": (
        edited(
            "intents/leistungen/kindergeld.yaml", "    - Kindergeld\n", "    - was kostet die Kita\n    - Kindergeld\n"
        ),
        "intents/leistungen/kindergeld.yaml:4: „was kostet die Kita“ steht auch bei „kita-beitrag“. "
        "Eine Beispielfrage gehört zu genau einem Thema.",
    ),
    "an utterance of a topic and of another office": (
        edited("intents/neighbours/muell.yaml", "  - Abfallkalender", "  - Abfallkalender\n  - Kindergeld!"),
        "intents/neighbours/muell.yaml:7: „Kindergeld!“ steht auch bei „kindergeld“. "
        "Eine Beispielfrage gehört zu genau einem Thema.",
    ),
    "an utterance twice": (
        edited(ASKED, "    - Elternbeitrag\n", "    - Elternbeitrag\n    - elternbeitrag?\n"),
        f"{ASKED}:5: Hinweis: „elternbeitrag?“ steht hier zweimal. Löschen Sie eine davon.",
    ),
    "utterances that are nearly equal": (
        edited(ASKED, "    - Was kostet die Kita?\n", "    - Was kostet die Kita?\n    - Was kostet die Kita denn?\n"),
        f"{ASKED}:9: Hinweis: „Was kostet die Kita denn?“ ist fast gleich wie „Was kostet die Kita?“. "
        "Fragen Sie mit anderen Worten.",
    ),
    "a test that is an utterance": (
        written(CASES, "asks:\n  - Was zahle ich?\n  - Was kostet die Kita\n"),
        f"{CASES}:3: „Was kostet die Kita“ ist auch eine Beispielfrage bei „kita-beitrag“. "
        "Ein Test muss etwas anderes fragen.",
    ),
    "a test for an unknown topic": (
        written(CASES, "belongs_elsewhere:\n  kindergld:\n    - Was bekomme ich?\n"),
        f"{CASES}:3: Das Thema „kindergld“ gibt es nicht. Meinten Sie „kindergeld“?",
    ),
    "an entry without utterances": (
        both(
            edited("knowledge/topics.yaml", "  kindergeld:", "  elterngeld: Wie bekomme ich es?\n  kindergeld:"),
            written(
                KINDERGELD.replace("kinderg", "elterng"), ENTRY.replace("indergeld", "X").replace("kX", "elterngeld")
            ),
        ),
        f"{KINDERGELD.replace('kinderg', 'elterng')}:1: Zu diesem Thema gibt es keine Beispielfragen. "
        "Legen Sie intents/…/elterngeld.yaml an.",
    ),
    # other offices
    "utterances of another office without an answer": (
        written("intents/neighbours/hund.yaml", "matter: hund\nutterances: [Hund anmelden]\n"),
        "intents/neighbours/hund.yaml:1: Zu „hund“ fehlt die Antwort. Ergänzen Sie sie in neighbours.yaml.",
    ),
    "an answer of another office without utterances": (
        edited(NEIGHBOURS, "neighbours:\n", "neighbours:\n  - {matter: hund, title: Hundesteuer}\n"),
        f"{NEIGHBOURS}:2: Zu „hund“ fehlen Beispielfragen. Legen Sie intents/neighbours/hund.yaml an.",
    ),
    "an unknown place of another office": (
        edited(NEIGHBOURS, "title: Pass", "contact: stadt.zentral\n    title: Pass"),
        f"{NEIGHBOURS}:2: Die Stelle „stadt.zentral“ gibt es nicht. Meinten Sie „stadt.zentrale“?",
    ),
    "a number by hand about another office": (
        edited(NEIGHBOURS, "der Betriebshof", "der Betriebshof ab 7 Uhr"),
        f"{NEIGHBOURS}:4: Die Zahl „7“ steht von Hand im Text. {BY_HAND}",
    ),
    # rules of emergencies
    "an unknown situation of a rule": (
        edited(RULES, "situation: lebensgefahr", "situation: lebensgefar"),
        f"{RULES}:4: Bei „medizinischer-notfall“: die Lage „lebensgefar“ gibt es nicht. Meinten Sie „lebensgefahr“?",
    ),
    "an unknown topic of a rule": (
        edited(RULES, "topic: medizinischer-notfall", "topic: medizinischer-notfal"),
        f"{RULES}:4: Das Thema „medizinischer-notfal“ gibt es nicht. Meinten Sie „medizinischer-notfall“?",
    ),
    "an unknown word class of a rule": (
        edited(RULES, "[<kind>,", "[<kinder>,"),
        f"{RULES}:4: Die Wortliste „kinder“ gibt es nicht. Meinten Sie „kind“?",
    ),
    "an unknown word class of a silent pattern": (
        edited(RULES, "rules:", 'silent: ["<tier>"]\nrules:'),
        f"{RULES}:3: Die Wortliste „tier“ gibt es nicht. Wortlisten stehen unter „classes“.",
    ),
    "an unknown word class of a word class": (
        edited(RULES, "sohn, tochter]", 'sohn, tochter]\n  leute: ["<kid>"]'),
        f"{RULES}:3: Die Wortliste „kid“ gibt es nicht. Meinten Sie „kind“?",
    ),
}


@pytest.mark.parametrize("name", CHECKS)
def test_one_fault_has_one_problem(name: str, town: Town) -> None:
    change, expected = CHECKS[name]
    change(town)
    found = [p for p in town.new_problems() if "Hinweis: Nur" not in p]  # another number of utterances
    assert found == [expected]


ALLOWED: dict[str, Change] = {
    "topics related to each other": edited(KINDERGELD, "short:", "related: [kita-beitrag]\nshort:"),
    "numbers that are names": short("Nach § 24 Abs. 2 SGB VIII und der U9 hilft die 115."),
    "a date of a fact without a value": short("Online ({{stand:stadt.anmeldung}})."),
    "a bare value": short("Höchstens {{fact:stadt.beitrag|value}} Euro."),
    "a side that another topic owns": side("see: kita-beitrag"),
    "history that has ended": written(NEW, FACT.replace("stable", "historical") + "    valid_until: 2020-12-31\n"),
    "a fact that ends today": written(NEW, FACT + "    valid_until: 2026-11-22\n"),
    "a review that is due today": edited(KINDERGELD, "2027-11-20", "2026-11-22"),
    "a value of many words": value("am 3. bis 10. Tag", "text"),
}


@pytest.mark.parametrize("name", ALLOWED)
def test_what_is_allowed(name: str, town: Town) -> None:
    ALLOWED[name](town)
    assert town.new_problems() == ()


def test_two_sides_that_lead_to_each_other(town: Town) -> None:
    side("see: kita-anmeldung")(town)
    town.edit(ANMELDUNG, "  documents:\n", "  cost: {see: kindergeld}\n  documents:\n")
    assert town.new_problems() == (
        f"{ANMELDUNG}:21: „kindergeld“ verweist bei „cost“ selbst weiter. Eines der beiden braucht den Text.",
        f"{KINDERGELD}:8: „kita-anmeldung“ verweist bei „cost“ selbst weiter. Eines der beiden braucht den Text.",
    )


def test_all_problems_come_in_one_run(town: Town) -> None:
    short("Es gibt 250 Euro und {{fact:stadt.xyz-quark}}.")(town)
    town.edit(BEITRAG, "kindergeld]", "kindergld]")
    town.write(NEW, "facts:\n\t- id\n")
    assert [p.split(": ")[0] for p in town.new_problems()] == [
        f"{BEITRAG}:6",
        f"{KINDERGELD}:6",
        f"{KINDERGELD}:6",
        f"{NEW}:2",
    ]


def test_one_topic_alone(town: Town) -> None:
    short("Es gibt 250 Euro.")(town)
    town.edit(BEITRAG, "kindergeld]", "kindergld]")
    problems = town.problems(only="kindergeld")
    assert f"{KINDERGELD}:6: Die Zahl „250“ steht von Hand im Text. {BY_HAND}" in problems
    assert all("kindergeld" in p.split(":")[0] for p in problems)


def test_a_topic_that_does_not_exist_is_not_sound(town: Town) -> None:
    expected = "topics.yaml:1: Das Thema „kita-beitag“ gibt es nicht. Meinten Sie „kita-beitrag“?"
    assert town.problems(only="kita-beitag") == (expected,)


def test_few_utterances_and_few_without_the_own_words(town: Town) -> None:
    town.edit(ASKED, "utterances:", "own_words: [beitrag, kosten, kostet, Kita]\nutterances:")
    assert town.new_problems() == (
        f"{ASKED}:1: Hinweis: Nur 1 von 7 Beispielfragen kommen ohne beitrag, kosten, kostet, Kita aus. "
        "Mindestens 40 von 100: Eltern kennen das Wort oft nicht.",
    )
    assert f"{ASKED}:1: Hinweis: Nur 7 Beispielfragen. Mindestens 40." in town.problems()
    town.edit(ASKED, "    - Kita-Gebühren\n", "")
    assert f"{ASKED}:1: Hinweis: Nur 2 Beispielfragen zu „overview“. Mindestens drei." in town.problems()


def test_what_is_due_depends_on_the_day_of_the_check(town: Town) -> None:
    assert not [p for p in town.problems(date(2027, 11, 20)) if "fällig" in p]
    assert len([p for p in town.problems(date(2027, 11, 21)) if "fällig" in p]) == 7
