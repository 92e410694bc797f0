"""What a fact's last day does: the same content, asked on that day and on the next."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.content.loading import Content
from bot.model import Answer, Decision, Entities, Kind, Question
from bot.replying.answer import compose, topic_page
from bot.replying.offers import known_of, list_records
from bot.replying.tables import compute
from bot.replying.timetable import Family, plan
from tests.content.conftest import Town, edited, make_town

LAST = date(2026, 12, 31)
NEXT = date(2027, 1, 1)
OFFICE = "Jugendamt Musterstadt, 0999 1-200"
UNTIL = "    valid_until: 2026-12-31\n"

FACTS = "knowledge/stadt/facts/alles.yaml"
PLANS = "knowledge/stadt/facts/fahrplan.yaml"
BEITRAG = "knowledge/stadt/entries/kita/kita-beitrag.yaml"
SHORT = "short: Die Kita kostet höchstens {{fact:stadt.beitrag}}.\n"


@pytest.fixture
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """A town whose fee and whose statement on registration end with the year."""
    town = make_town(tmp_path_factory.mktemp("expiry") / "town")
    edited(FACTS, "    kind: dated-amount\n", f"    kind: dated-amount\n{UNTIL}")(town)
    edited(FACTS, "  - id: stadt.notruf\n", f"    # bis zum Ende des Jahres\n{UNTIL}  - id: stadt.notruf\n")(town)
    return town


def asked(content: Content, day: date, topic: str = "kita-beitrag", aspect: str = "overview") -> Answer:
    now = datetime(day.year, day.month, day.day, 10, tzinfo=ZoneInfo("Europe/Berlin"))
    return compose(Decision(Kind.ANSWER, (topic,), (aspect,)), Question("?", now), content)


def words(answer: Answer) -> str:
    return "\n".join(block.text for block in answer.blocks)


def checking(content: Content) -> str:
    return content.texts.expired.format(office=OFFICE)


def test_the_clock_of_the_question_decides(town: Town) -> None:
    content = town.content()
    for day, on_air in ((LAST, True), (NEXT, False), (LAST, True)):  # nothing is remembered between two questions
        answer = asked(content, day)
        assert ("100 Euro" in words(answer)) is on_air
        assert (checking(content) in words(answer)) is not on_air
        assert ("Beitragssatzung" in {source.label for source in answer.sources}) is on_air


def test_that_it_is_being_checked_is_said_once(town: Town) -> None:
    edited(
        BEITRAG,
        "    facts: [stadt.beitrag]\n",
        "    list: ['Arm: {{fact:stadt.beitrag}}', 'Reich: {{fact:stadt.beitrag}}']\n    facts: [stadt.beitrag]\n",
    )(town)
    content = town.content()
    assert [b.type for b in asked(content, LAST, aspect="cost").blocks] == ["text", "list", "contact"]
    assert [b.type for b in asked(content, NEXT, aspect="cost").blocks] == ["text", "contact"]


@pytest.mark.parametrize(
    ("text", "facts", "on_air"),
    [
        ("Es sind hundert Euro im Monat.", "[stadt.beitrag, stadt.notruf]", False),  # a number of the fact, in words
        ("Wie viel es ist, sagt der Bescheid.", "[stadt.beitrag, stadt.notruf]", True),  # another fact still holds
        ("Angemeldet wird online.", "[stadt.anmeldung]", False),  # nothing that it rests on holds
        ("Angemeldet wird online.", "[stadt.notruf]", True),
    ],
)
def test_a_text_without_a_reference_rests_on_its_facts(town: Town, text: str, facts: str, on_air: bool) -> None:
    edited(BEITRAG, SHORT + "facts: [stadt.beitrag]", f"short: {text}\nfacts: {facts}")(town)
    content = town.content()
    assert text in words(asked(content, LAST))
    assert (text in words(asked(content, NEXT))) is on_air
    page = topic_page("kita-beitrag", content, Question("", datetime(2027, 1, 1, tzinfo=ZoneInfo("Europe/Berlin"))))
    assert (text in words(page)) is on_air


def test_a_fact_of_an_emergency_stays_wherever_it_stands(town: Town) -> None:
    fact = '    value: "112"\n    unit: phone\n'
    edited(FACTS, fact, f"{fact}{UNTIL}")(town)
    edited(BEITRAG, SHORT, "short: Im Notfall hilft {{fact:stadt.notruf}}.\n")(town)
    edited(BEITRAG, "facts: [stadt.beitrag]\naspects", "facts: [stadt.notruf]\naspects")(town)
    content = town.content()
    assert "stadt.notruf" in content.lasting
    assert "stadt.beitrag" not in content.lasting
    later = asked(content, NEXT)
    assert "Im Notfall hilft 112." in words(later)
    assert "§ 164 TKG" in {source.label for source in later.sources}


def test_a_table_is_not_computed_with_an_amount_that_ended(town: Town) -> None:
    town.write(
        "knowledge/stadt/tables/beitrag.yaml",
        "tables:\n  - id: stadt.je-kind\n    topic: kita-beitrag\n    title: Der Beitrag\n    kind: per_child\n"
        '    amount: "{{fact:stadt.beitrag}}"\n',
    )
    content = town.content()
    said = Entities(child_count=2)
    before, after = (compute(content.tables["stadt.je-kind"], said, content, day) for day in (LAST, NEXT))
    assert before is not None
    assert before.lines == ("2 Kinder × 100 Euro = 200 Euro im Monat",)
    assert after is not None
    assert after.lines == (
        f"Meine Tabelle galt nur bis zum 31. Dezember 2026. Die neue liegt mir nicht vor. Deshalb rechne ich keinen "
        f"Betrag aus. Ihren Betrag nennt Ihnen diese Stelle: {OFFICE}.",
    )
    assert after.rows == ()


def test_the_timetable_says_which_date_is_being_checked(town: Town) -> None:
    edited(PLANS, "    value: 08-01\n", f"    value: 08-01\n{UNTIL}")(town)
    content = town.content()
    assert content.timetable is not None
    found = {day: plan(Family(date(2026, 10, 5)), content, day) for day in (LAST, NEXT)}
    before, after = found[LAST], found[NEXT]
    assert before is not None
    assert after is not None
    assert [step.title for step in before.steps if step.id == "kita-start"] == ["Kita ab August 2028"]
    assert [step.title for step in after.steps if step.id == "kita-start"] == []
    assert after.notes[0].startswith("Kita ab August: Diese Angabe wird gerade geprüft.")
    assert len(after.notes) == len(before.notes) + 1


def test_the_number_of_all_offers_is_not_named_after_its_last_day(town: Town) -> None:
    edited(
        FACTS,
        "facts:\n",
        "facts:\n  - id: stadt.kitas\n    text: Zahl der Kitas\n    value: 73\n    unit: count\n"
        f"    source: {{label: Stadt}}\n    checked: 2026-11-20\n    kind: stable\n{UNTIL}",
    )(town)
    town.write(
        "knowledge/kinds.yaml", "kinds:\n  - {id: amt, title: Ämter, one: Amt, none: kein Amt, total: stadt.kitas}\n"
    )
    content = town.content()
    listing = list_records(content)
    assert known_of(("amt",), listing, content, LAST).of == 73
    assert known_of(("amt",), listing, content, NEXT).of is None
