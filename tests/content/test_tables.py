"""Tables that compute: what the loader reads, and what is wrong with one."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from bot.content.tables import amounts, fact_id

from .conftest import FACT, Town

FILE = "knowledge/stadt/tables/beitrag.yaml"
AMOUNT = FACT.replace("stadt.neu", "stadt.betrag") + '    value: "259"\n    unit: EUR/month\n'
AGE = AMOUNT.replace("facts:\n", "").replace("stadt.betrag", "stadt.alter").replace("259", "18")
FACTS = AMOUNT + AGE.replace("EUR/month", "years")

HEAD = "tables:\n  - id: stadt.rechnung\n    topic: kindergeld\n    title: Was es gibt\n"
PER_CHILD = HEAD + '    kind: per_child\n    amount: "{{fact:stadt.betrag}}"\n'
BY_AGE = HEAD + '    kind: by_age\n    ages:\n      - {from: 0, until: 5, amount: "{{fact:stadt.betrag}}"}\n'
FEE = (
    HEAD + "    kind: fee\n    source: {label: Satzung}\n    checked: 2026-11-20\n    rows:\n"
    "      - {income_until: 24000, hours: 45, age_months: {until: 35}, amount: 66.50}\n"
)

FORM = "Schreiben Sie einen Verweis: {{fact:bund.name}}."

FAULTS = {
    "an amount by hand": (
        PER_CHILD.replace('"{{fact:stadt.betrag}}"', "259"),
        f"{FILE}:6: „259“ hat nicht die richtige Form für „amount“. {FORM}",
    ),
    "a fact that nobody defined": (
        PER_CHILD.replace("betrag", "betrg"),
        f"{FILE}:2: Die Tatsache „stadt.betrg“ gibt es nicht. Meinten Sie „stadt.betrag“?",
    ),
    "a fact of another unit": (
        PER_CHILD.replace("betrag", "alter"),
        f"{FILE}:2: Mit „stadt.alter“ lässt sich nicht rechnen. Gebraucht wird eine Zahl mit „EUR/month“.",
    ),
    "an age that is none": (
        PER_CHILD + '    under_age: "{{fact:stadt.beitrag}}"\n',
        f"{FILE}:2: Mit „stadt.beitrag“ lässt sich nicht rechnen. Gebraucht wird eine Zahl mit „years“.",
    ),
    "an unknown topic": (
        PER_CHILD.replace("topic: kindergeld", "topic: kindergel"),
        f"{FILE}:2: Das Thema „kindergel“ gibt es nicht. Meinten Sie „kindergeld“?",
    ),
    "an unknown kind": (
        PER_CHILD.replace("per_child", "per_kind"),
        f"{FILE}:5: „per_kind“ ist für „kind“ nicht vorgesehen. Meinten Sie „per_child“? "
        "Möglich: per_child, by_age, per_child_capped, fee.",
    ),
    "a kind without its part": (
        HEAD + "    kind: per_child\n",
        f"{FILE}:2: Hier fehlt „amount“. Ohne „amount“ rechnet „per_child“ nicht.",
    ),
    "a part of another kind": (
        PER_CHILD + "    source: {label: S}\n    checked: 2026-11-20\n    rows: [{hours: 45, amount: 3}]\n",
        f"{FILE}:2: „rows“ gehört nicht zu „per_child“. Nehmen Sie „kind: fee“ oder löschen Sie es.",
    ),
    "a fee of which nothing is known": (
        HEAD + "    kind: fee\n",
        f"{FILE}:2: Weder „rows“ noch „how“. Schreiben Sie in „how“, wie der Beitrag entsteht.",
    ),
    "rows without a source": (
        FEE.replace("    source: {label: Satzung}\n", ""),
        f"{FILE}:2: Die Zeilen haben keine Quelle. Ergänzen Sie „source“ und „checked“.",
    ),
    "a fee that is no amount": (
        FEE.replace("66.50", "viel"),
        f"{FILE}:9: „viel“ ist kein Betrag. Schreiben Sie 120 oder 120.50.",
    ),
    "a fee below zero": (
        FEE.replace("66.50", "-1"),
        f"{FILE}:9: „-1“ ist für „amount“ zu klein. Mindestens 0.",
    ),
    "two rows for the same": (
        FEE + "      - {income_until: 24000, hours: 45, age_months: {from: 30}, amount: 3}\n",
        f"{FILE}:2: Zwei Zeilen gelten für 45 Stunden und Einkommen bis 24000. Löschen Sie eine davon.",
    ),
    "two steps for one age": (
        BY_AGE + '      - {from: 5, until: 9, amount: "{{fact:stadt.betrag}}"}\n',
        f"{FILE}:2: Zwei Altersstufen überschneiden sich bei 5. Jedes Alter steht in einer Stufe.",
    ),
    "a step that ends before it begins": (
        BY_AGE.replace("from: 0, until: 5", "from: 5, until: 0"),
        f"{FILE}:2: Eine Altersstufe endet bei 0, bevor sie beginnt. Tauschen Sie die Zahlen.",
    ),
    "a table that ends before it begins": (
        PER_CHILD + "    valid_from: 2026-12-01\n    valid_until: 2026-11-30\n",
        f"{FILE}:2: „stadt.rechnung“ endet, bevor es beginnt. Tauschen Sie die Daten.",
    ),
    "a table that ended": (
        PER_CHILD + "    valid_until: 2026-11-21\n",
        f"{FILE}:2: Hinweis: „stadt.rechnung“ galt bis zum 21. November 2026. Tragen Sie die neue Tabelle ein.",
    ),
    "two tables for one topic": (
        PER_CHILD + PER_CHILD.replace("tables:\n", "").replace("stadt.rechnung", "stadt.zweite"),
        f"{FILE}:7: „stadt.rechnung“ und „stadt.zweite“ gelten beide für „kindergeld“. "
        "Setzen Sie bei einer davon „valid_until“.",
    ),
    "a number by hand in a note": (
        PER_CHILD + "    note: Ab 18 nicht mehr.\n",
        f"{FILE}:2: Die Zahl „18“ steht von Hand im Text. "
        "Legen Sie eine Tatsache an und verweisen Sie mit {{fact:…}}.",
    ),
    "a table of another layer": (
        PER_CHILD.replace("stadt.rechnung", "land.rechnung"),
        f"{FILE}:2: „land.rechnung“ steht in der Ebene „stadt“. Der Name beginnt mit „stadt.“.",
    ),
}


@pytest.fixture
def facts(town: Town) -> Town:
    """The small town with an amount and an age to compute with."""
    town.write("knowledge/stadt/facts/neu.yaml", FACTS)
    return town


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_named(name: str, facts: Town) -> None:
    text, problem = FAULTS[name]
    facts.write(FILE, text)
    assert problem in facts.problems()


@pytest.mark.parametrize("text", [PER_CHILD, BY_AGE, FEE, HEAD + "    kind: fee\n    how: Nach dem Einkommen.\n"])
def test_a_sound_table_is_read(text: str, facts: Town) -> None:
    facts.write(FILE, text)
    assert facts.new_problems() == ()
    assert list(facts.content().tables) == ["stadt.rechnung"]


def test_values_arrive_as_numbers(facts: Town) -> None:
    facts.write(FILE, FEE)
    (row,) = facts.content().tables["stadt.rechnung"].rows
    assert (row.income_until, row.hours, row.amount) == (24000, 45, Decimal("66.50"))
    facts.write(FILE, BY_AGE)
    table = facts.content().tables["stadt.rechnung"]
    assert [fact_id(reference) for reference in amounts(table)] == ["stadt.betrag"]


@pytest.mark.parametrize(
    ("since", "until", "today", "holds"),
    [
        ("", "", "2026-11-22", True),
        ("2026-08", "2027-07-31", "2026-08-01", True),
        ("2026-08", "2027-07-31", "2027-07-31", True),
        ("2026-08", "2027-07-31", "2026-07-31", False),
        ("2026-08", "2027-07-31", "2027-08-01", False),
        ("2027", "", "2026-12-31", False),
    ],
)
def test_when_a_table_is_in_force(since: str, until: str, today: str, holds: bool, facts: Town) -> None:
    dates = "".join(f"    {key}: {value}\n" for key, value in (("valid_from", since), ("valid_until", until)) if value)
    facts.write(FILE, PER_CHILD + dates)
    assert facts.content().tables["stadt.rechnung"].is_in_force(date.fromisoformat(today)) is holds


@pytest.mark.parametrize(
    ("fact", "problem"),
    [
        ("stadt.betrag", "„stadt.betrag“ ist kein Tag, bis zu dem man zählen kann."),
        ("stadt.anmeldung", "„stadt.anmeldung“ ist kein Tag, bis zu dem man zählen kann."),
        ("stadt.betrg", "Die Tatsache „stadt.betrg“ gibt es nicht."),
    ],
)
def test_only_a_day_is_counted_to(fact: str, problem: str, facts: Town) -> None:
    entry = "knowledge/stadt/entries/leistungen/kindergeld.yaml"
    facts.edit(entry, "short:", f"aspects:\n  deadline:\n    text: Bald.\n    counts: {fact}\nshort:")
    assert [p for p in facts.new_problems() if problem in p]
