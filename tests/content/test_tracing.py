"""What stands by hand against the facts: what contradicts one, what repeats one, and what is neither."""

from __future__ import annotations

import pytest

from .conftest import FACT, Change, Town, edited, written

NEW = "knowledge/stadt/facts/neu.yaml"
PLACES = "knowledge/stadt/places/alles.yaml"
BEITRAG = "knowledge/stadt/entries/kita/kita-beitrag.yaml"
SHORT = "short: Die Kita kostet höchstens {{fact:stadt.beitrag}}."
REFER = "Schreiben Sie {{fact:stadt.beitrag}}."


def short(text: str) -> Change:
    """The town with this short answer about the fee; its fact is 100 euros a month, its office the Jugendamt."""
    return edited(BEITRAG, SHORT, f'short: "{text}"')


def new_fact(value: str, unit: str, text: str = "Eine neue Tatsache", name: str = "stadt.neu") -> Change:
    fact = FACT.replace("Eine neue Tatsache", text).replace("stadt.neu", name)
    return written(NEW, f'{fact}    value: "{value}"\n    unit: {unit}\n')


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("Es sind 110 Euro im Monat.", f"„110“ widerspricht „stadt.beitrag“: 100 Euro im Monat. {REFER}"),
        ("Es sind sechzig Euro.", f"„sechzig“ widerspricht „stadt.beitrag“: 100 Euro im Monat. {REFER}"),
        ("Es sind 100 Euro.", f"Die Zahl „100“ steht von Hand im Text. {REFER}"),
        (
            "Es sind 900 Euro.",
            "Die Zahl „900“ steht von Hand im Text. Legen Sie eine Tatsache an und verweisen Sie mit {{fact:…}}.",
        ),
        (
            "Rufen Sie an: 0999 1-200.",
            "Die Telefonnummer „0999 1-200“ steht von Hand im Text. Schreiben Sie {{place:stadt.jugendamt.phone}}.",
        ),
        (
            "Rufen Sie an: +49 999 1200.",
            "Die Telefonnummer „+49 999 1200“ steht von Hand im Text. Schreiben Sie {{place:stadt.jugendamt.phone}}.",
        ),
        (
            "Rufen Sie an: 0999 1-201.",
            "Die Telefonnummer „0999 1-201“ widerspricht „stadt.jugendamt“: „0999 1-200“. "
            "Schreiben Sie {{place:stadt.jugendamt.phone}}.",
        ),
        (
            "Schreiben Sie an jugendamt@example.org.",
            "Die E-Mail-Adresse „jugendamt@example.org“ steht von Hand im Text. "
            "Schreiben Sie {{place:stadt.jugendamt.email}}.",
        ),
        (
            "Schreiben Sie an jugendaemter@example.org.",
            "Die E-Mail-Adresse „jugendaemter@example.org“ widerspricht „stadt.jugendamt“: „jugendamt@example.org“. "
            "Schreiben Sie {{place:stadt.jugendamt.email}}.",
        ),
        (
            "Gehen Sie zum Marktplatz 1.",
            "Die Anschrift „Marktplatz 1“ steht von Hand im Text. Schreiben Sie {{place:stadt.jugendamt.address}}.",
        ),
        (
            "Gehen Sie zum Marktplatz 11.",
            "Die Anschrift „Marktplatz 11“ widerspricht „stadt.jugendamt“: „Marktplatz 1, 99999 Musterstadt“. "
            "Schreiben Sie {{place:stadt.jugendamt.address}}.",
        ),
    ],
)
def test_what_stands_by_hand(text: str, problem: str, town: Town) -> None:
    short(text)(town)
    assert town.new_problems() == (f"{BEITRAG}:7: {problem}",)


@pytest.mark.parametrize(
    "text",
    [
        "Es sind hundert Euro.",  # in words beside the fact that says so
        "Es kommen zwei Kinder, im ersten Jahr nach § 90 SGB VIII.",
        "Die Nummer 115 hilft, und {{place:stadt.jugendamt.phone}}.",
        "Sie zahlen {{fact:stadt.beitrag}}, nach {{stand:stadt.beitrag}}.",
    ],
)
def test_what_is_no_contradiction(text: str, town: Town) -> None:
    short(text)(town)
    assert town.new_problems() == ()


def test_the_only_fact_of_that_value_is_named_wherever_it_stands(town: Town) -> None:
    new_fact("37", "days")(town)
    short("Warten Sie 37 Tage.")(town)
    assert town.new_problems() == (
        f"{BEITRAG}:7: Die Zahl „37“ steht von Hand im Text. Schreiben Sie {{{{fact:stadt.neu}}}}.",
    )


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (
            new_fact("259", "EUR/month", "Kindergeld von 255 Euro im Monat"),
            "„255“ im Text widerspricht dem Wert: 259 Euro im Monat. Eines von beiden ist alt.",
        ),
        (
            new_fact("0999 1-300", "phone", name="stadt.jugendamt-telefon"),
            "„0999 1-300“ widerspricht „stadt.jugendamt“: „0999 1-200“. "
            "Behalten Sie eines; Texte verweisen mit {{place:stadt.jugendamt.phone}}.",
        ),
        (
            new_fact("0999 1200", "phone", name="stadt.jugendamt-telefon"),
            "„0999 1200“ steht auch bei „stadt.jugendamt“. "
            "Behalten Sie eines; Texte verweisen mit {{place:stadt.jugendamt.phone}}.",
        ),
    ],
)
def test_facts_that_disagree(change: Change, problem: str, town: Town) -> None:
    change(town)
    assert town.new_problems() == (f"{NEW}:2: {problem}",)


def test_a_fact_that_agrees_with_its_text(town: Town) -> None:
    new_fact("259", "EUR/month", "Kindergeld von 259 Euro im Monat für jedes der ersten zwei Kinder")(town)
    assert town.new_problems() == ()
