"""Amounts out of tables: computed for what was said, refused in a plain sentence for what cannot be."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content.loading import Content, load
from bot.content.models import Aspect
from bot.content.tables import ComputingTable
from bot.model import Answer, Child, Conversation, Decision, Entities, Kind, Question
from bot.pipeline import Bot, reply
from bot.replying.answer import compose
from bot.replying.tables import Computation, compute, find_table, prefer_fee
from bot.settings import ROOT

TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 10, 0, tzinfo=ZoneInfo("Europe/Berlin"))


@cache
def content(city: str = "knowledge") -> Content:
    found = load(ROOT / city, ROOT / "intents").content
    assert found is not None
    return found


SAMPLE = "examples/beispielingen"


def table(name: str) -> ComputingTable:
    return content(SAMPLE if name.startswith("stadt.") else "knowledge").tables[name]


def computed(name: str, said: Entities, today: date = TODAY) -> Computation | None:
    return compute(table(name), said, content(SAMPLE if name.startswith("stadt.") else "knowledge"), today)


def said(*ages: int, **more: Any) -> Entities:
    """What was said of children of these ages in years."""
    return Entities(children=tuple(Child(age_months=12 * age) for age in ages), **more)


def first(name: str, entities: Entities, today: date = TODAY) -> str:
    found = computed(name, entities, today)
    assert found is not None
    return found.lines[0]


# an amount for each child


@pytest.mark.parametrize(
    ("entities", "line"),
    [
        (Entities(child_count=2), "2 Kinder × 259 Euro = 518 Euro im Monat"),
        (Entities(child_count=1), "1 Kind × 259 Euro = 259 Euro im Monat"),
        (Entities(child_count=5), "5 Kinder × 259 Euro = 1.295 Euro im Monat"),
        (said(3, 8), "2 Kinder × 259 Euro = 518 Euro im Monat"),
        (said(3, child_count=3), "3 Kinder × 259 Euro = 777 Euro im Monat"),
        (said(3, 18), "1 Kind × 259 Euro = 259 Euro im Monat"),
        (said(18), "Ab 18 Jahren zählt ein Kind hier nicht mehr mit."),
        (Entities(children=(Child(birth_date="2020-05-01"),)), "1 Kind × 259 Euro = 259 Euro im Monat"),
    ],
)
def test_child_benefit(entities: Entities, line: str) -> None:
    assert first("bund.kindergeld", entities) == line


def test_who_is_too_old_is_said() -> None:
    found = computed("bund.kindergeld", said(3, 18))
    assert found is not None
    assert "Ab 18 Jahren zählt ein Kind hier nicht mehr mit." in found.lines


@pytest.mark.parametrize(
    ("entities", "lines", "last_row"),
    [
        (said(4), ("4 Jahre: 227 Euro im Monat",), ("4 Jahre", "227 Euro im Monat")),
        (
            said(8, 4),
            ("4 Jahre: 227 Euro", "8 Jahre: 299 Euro", "227 Euro + 299 Euro = 526 Euro im Monat"),
            ("Zusammen", "526 Euro im Monat"),
        ),
        (
            said(4, 4, 17),
            (
                "4 Jahre: 227 Euro",
                "4 Jahre: 227 Euro",
                "17 Jahre: 394 Euro",
                "227 Euro + 227 Euro + 394 Euro = 848 Euro im Monat",
            ),
            ("Zusammen", "848 Euro im Monat"),
        ),
        (
            said(5, 18),
            ("5 Jahre: 227 Euro", "18 Jahre: zählt nicht mehr mit", "Ab 18 Jahren zählt ein Kind hier nicht mehr mit."),
            ("Zusammen", "227 Euro im Monat"),
        ),
        (
            Entities(children=(Child(age_months=7),), child_count=2),
            (
                "7 Monate: 227 Euro im Monat",
                "Für 1 Kind kenne ich das Alter nicht. Schreiben Sie es dazu, dann rechne ich auch das aus.",
            ),
            ("7 Monate", "227 Euro im Monat"),
        ),
    ],
)
def test_advance_maintenance(entities: Entities, lines: tuple[str, ...], last_row: tuple[str, ...]) -> None:
    found = computed("bund.unterhaltsvorschuss", entities)
    assert found is not None
    assert (found.lines, found.rows[-1]) == (lines, last_row)


@pytest.mark.parametrize(("years", "euros"), [(0, 227), (5, 227), (6, 299), (11, 299), (12, 394), (17, 394)])
def test_the_steps_of_age_begin_on_the_birthday(years: int, euros: int) -> None:
    born = date(TODAY.year - years, TODAY.month, TODAY.day)
    found = computed("bund.unterhaltsvorschuss", Entities(children=(Child(birth_date=born.isoformat()),)))
    assert found is not None
    assert found.rows[0][1] == f"{euros} Euro im Monat"


def test_without_an_age_it_is_asked() -> None:
    found = computed("bund.unterhaltsvorschuss", Entities(child_count=2))
    assert found is not None
    assert found.rows == ()
    assert "wie alt Ihre Kinder sind" in found.lines[0]


@pytest.mark.parametrize(
    ("entities", "rows"),
    [
        (
            Entities(child_count=1),
            (
                ("Jeder Elternteil", "1 × 15 Tage = 15 Tage", "15 Tage"),
                ("Alleinerziehend", "1 × 30 Tage = 30 Tage", "30 Tage"),
            ),
        ),
        (
            Entities(child_count=3),
            (
                ("Jeder Elternteil", "3 × 15 Tage = 45 Tage, höchstens 35 Tage", "35 Tage"),
                ("Alleinerziehend", "3 × 30 Tage = 90 Tage, höchstens 70 Tage", "70 Tage"),
            ),
        ),
        (
            said(3, 12),
            (
                ("Jeder Elternteil", "1 × 15 Tage = 15 Tage", "15 Tage"),
                ("Alleinerziehend", "1 × 30 Tage = 30 Tage", "30 Tage"),
            ),
        ),
    ],
)
def test_sick_child_days(entities: Entities, rows: tuple[tuple[str, ...], ...]) -> None:
    found = computed("bund.kinderkrankentage", entities)
    assert found is not None
    assert found.rows == rows


# fees of the sample city

NEW = "stadt.kita-beitrag-2026"


@pytest.mark.parametrize(
    ("entities", "amounts"),
    [
        (said(1, income_eur=48000, hours_per_week=45), ["236 Euro im Monat"]),
        (said(4, income_eur=48000, hours_per_week=45), ["118 Euro im Monat"]),
        (said(4, income_eur=50000, hours_per_week=45), ["118 Euro im Monat"]),  # the end of a step belongs to it
        (said(4, income_eur=50001, hours_per_week=45), ["193 Euro im Monat"]),
        (said(4, income_eur=900_000, hours_per_week=25), ["156 Euro im Monat"]),
        (said(4, income_eur=3000, income_period="month", hours_per_week=45), ["66,50 Euro im Monat"]),
        (said(4, income_eur=3000, hours_per_week=45), ["66,50 Euro im Monat"]),  # nobody has that a year
        (said(4, income_eur=30000, income_period="year", hours_per_week=35), ["52 Euro im Monat"]),
        (said(1, 4, income_eur=48000, hours_per_week=45), ["236 Euro im Monat", "118 Euro im Monat"]),
        (Entities(income_eur=48000, hours_per_week=45), ["236 Euro im Monat", "118 Euro im Monat"]),
        (said(4, income_eur=20000, hours_per_week=45), ["0 Euro im Monat"]),
    ],
)
def test_fee(entities: Entities, amounts: list[str]) -> None:
    found = computed(NEW, entities)
    assert found is not None
    assert [row[-1] for row in found.rows] == amounts


def test_a_monthly_income_is_spelled_out() -> None:
    found = computed(NEW, said(4, income_eur=3000, income_period="month", hours_per_week=45))
    assert found is not None
    assert "Ihr Einkommen: 3.000 Euro im Monat × 12 = 36.000 Euro im Jahr." in found.lines
    guessed = computed(NEW, said(4, income_eur=3000, hours_per_week=45))
    assert guessed is not None
    assert guessed.lines[-1].startswith("3.000 Euro lese ich als Einkommen im Monat.")


@pytest.mark.parametrize(
    ("entities", "missing"),
    [
        (Entities(income_eur=48000, hours_per_week=45), "das Alter Ihres Kindes"),
        (said(2, income_eur=48000), "die Stunden in der Woche (25, 35 oder 45)"),
        (said(2, hours_per_week=45), "Ihr Einkommen im Jahr"),
        (Entities(hours_per_week=45), "Ihr Einkommen im Jahr und das Alter Ihres Kindes"),
        (Entities(income_eur=48000), "die Stunden in der Woche (25, 35 oder 45) und das Alter Ihres Kindes"),
    ],
)
def test_what_is_missing_is_named(entities: Entities, missing: str) -> None:
    found = computed(NEW, entities)
    assert found is not None
    assert f" {missing}." in " ".join(found.lines)


def test_the_fee_says_until_when_it_holds() -> None:
    found = computed(NEW, said(4, income_eur=48000, hours_per_week=45))
    assert found is not None
    assert found.notes[-1] == "Diese Rechnung gilt bis zum 31. Juli 2027."


# what cannot be computed: a plain sentence, and a way on


@pytest.mark.parametrize(
    ("name", "entities", "sentence"),
    [
        (NEW, Entities(income_eur=0), "Ohne Einkommen rechne ich keinen Beitrag aus."),
        (NEW, Entities(income_eur=1_000_000_000), "Mit diesem Einkommen kann ich nicht rechnen."),
        ("herne.kita-beitrag", Entities(income_eur=0), "Ohne Einkommen rechne ich keinen Beitrag aus."),
        ("herne.kita-beitrag", Entities(income_eur=10**9), "Mit diesem Einkommen kann ich nicht rechnen."),
        ("herne.kita-beitrag", Entities(income_eur=48000), "Die Tabelle, die gerade gilt, liegt mir nicht vor."),
        ("herne.ogs-beitrag", Entities(income_eur=48000), "Die Tabelle, die gerade gilt, liegt mir nicht vor."),
        (NEW, Entities(income_eur=48000, doubtful=("age",)), "Dieses Alter kann nicht stimmen."),
        ("bund.kindergeld", Entities(doubtful=("age",)), "Dieses Alter kann nicht stimmen."),
        ("bund.kindergeld", Entities(doubtful=("child_count",)), "Diese Zahl von Kindern kann nicht stimmen."),
        ("bund.kindergeld", Entities(child_count=0), "Zum Rechnen brauche ich mindestens ein Kind."),
        ("bund.kinderkrankentage", Entities(child_count=0), "Zum Rechnen brauche ich mindestens ein Kind."),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(name: str, entities: Entities, sentence: str) -> None:
    found = computed(name, entities)
    assert found is not None
    assert found.lines[0].startswith(sentence)
    assert found.rows == ()


def test_who_states_the_amount_is_named_where_we_do_not_know_it() -> None:
    found = computed("herne.kita-beitrag", Entities(income_eur=48000, hours_per_week=45))
    assert found is not None
    assert "Jugendamt" in found.lines[0]
    assert found.lines[1].startswith("So entsteht der Beitrag:")


@pytest.mark.parametrize("name", ["bund.kindergeld", "bund.unterhaltsvorschuss", "bund.kinderkrankentage", NEW])
def test_a_table_that_ended_is_not_computed_with(name: str) -> None:
    entities = said(4, child_count=2, income_eur=48000, hours_per_week=45)
    found = computed(name, entities, date(2028, 1, 1))
    assert found is not None
    assert found.rows == ()
    assert found.lines[0].startswith("Meine Tabelle galt nur bis zum ")
    assert "Ihren Betrag nennt Ihnen diese Stelle" in found.lines[0]


def test_a_table_that_has_not_begun_is_not_computed_with() -> None:
    assert first(NEW, Entities(income_eur=48000), date(2026, 7, 1)).startswith("Meine Tabelle gilt erst ab dem")


def test_the_table_in_force_is_taken() -> None:
    tables = [table(NEW), table("stadt.kita-beitrag-2025")]
    chosen = [find_table(order, day) for order in (tables, tables[::-1]) for day in (TODAY, date(2026, 1, 1))]
    assert [t.id if t else None for t in chosen] == [NEW, "stadt.kita-beitrag-2025"] * 2
    after = find_table(tables, date(2030, 1, 1))
    assert after is not None
    assert after.id == NEW
    assert find_table([], TODAY) is None


CHILDREN = st.lists(
    st.builds(Child, age_months=st.none() | st.integers(0, 216), birth_date=st.none() | st.just("2019-02-28")),
    max_size=4,
).map(tuple)
ANYTHING = st.builds(
    Entities,
    children=CHILDREN,
    child_count=st.none() | st.integers(0, 20),
    hours_per_week=st.none() | st.sampled_from((25, 35, 45)),
    income_eur=st.none() | st.integers(0, 10**12),
    income_period=st.none() | st.sampled_from(("month", "year")),
    doubtful=st.sampled_from(((), ("age",), ("child_count",))),
)


@pytest.mark.parametrize("name", ["bund.kindergeld", "bund.unterhaltsvorschuss", "bund.kinderkrankentage", NEW])
def test_anything_that_was_said_gets_a_sentence(name: str) -> None:
    @given(ANYTHING)
    def holds(entities: Entities) -> None:
        found = computed(name, entities)
        if found is None:
            return
        assert all(line.strip() for line in found.lines)
        assert found.lines
        assert all(len(row) == len(found.head) for row in found.rows)
        assert not any(piece in line for line in found.lines for piece in ("None", "{", " -"))

    holds()


# in a reply


def answer(topic: str, aspect: str, said_now: Entities, before: Entities | None = None, city: str = SAMPLE) -> Answer:
    decision = Decision(Kind.ANSWER, (topic,), (aspect,), entities=said_now)
    conversation = Conversation(topic, aspect, before or Entities())
    return compose(decision, Question("?", NOW, conversation=conversation), content(city))


def test_the_computation_comes_first_as_a_table() -> None:
    block, notice, text, *_ = answer("kindergeld", "cost", Entities(child_count=2), city="knowledge").blocks
    assert (block.type, block.aspect) == ("table", "cost")
    assert block.text == "Kindergeld für Ihre Kinder:\n2 Kinder × 259 Euro = 518 Euro im Monat"
    assert block.data == {
        "head": ["Kinder", "Je Kind", "Zusammen"],
        "rows": [["2 Kinder", "259 Euro", "518 Euro im Monat"]],
    }
    assert (notice.type, text.type) == ("notice", "text")


def test_the_sources_of_a_computation_are_named() -> None:
    labels = {s.label for s in answer("kindergeld", "cost", Entities(child_count=2), city="knowledge").sources}
    assert "§ 66 EStG; § 6 BKGG" in labels
    fee = answer("kita-beitrag", "cost", said(4, income_eur=48000, hours_per_week=45))
    assert ("Erfundene Beitragstabelle", "2026-06") in {(s.label, s.date) for s in fee.sources}


def test_a_column_that_says_nothing_is_left_out() -> None:
    one = table(NEW).model_copy(
        update={"rows": tuple(r.model_copy(update={"age_months": type(r.age_months)()}) for r in table(NEW).rows[::2])}
    )
    town = content(SAMPLE).model_copy(update={"tables": {one.id: one}})
    decision = Decision(
        Kind.ANSWER, ("kita-beitrag",), ("cost",), entities=Entities(income_eur=48000, hours_per_week=45)
    )
    block = compose(decision, Question("?", NOW), town).blocks[0]
    assert block.data["head"] == ["Einkommen im Jahr", "Stunden in der Woche", "Beitrag"]
    assert block.data["rows"] == [["bis 50.000 Euro", "45 Stunden", "236 Euro im Monat"]]


def test_what_was_said_before_counts_beside_what_is_new() -> None:
    before = Entities(income_eur=48000, hours_per_week=45)
    block = answer("kita-beitrag", "cost", said(4), before).blocks[0]
    assert block.data["rows"] == [["bis 50.000 Euro", "45 Stunden", "ab 3 Jahren", "118 Euro im Monat"]]


def test_nothing_is_computed_where_nothing_was_said_or_another_side_is_asked() -> None:
    assert answer("kita-beitrag", "cost", Entities()).blocks[0].type != "table"
    assert answer("kindergeld", "procedure", Entities(child_count=2), city="knowledge").blocks[0].type != "table"
    assert answer("kindergeld", "overview", Entities(), said(2, 3), city="knowledge").blocks[0].type != "table"


def test_an_income_in_the_question_makes_it_one_about_the_fee(bot: Bot) -> None:
    found = reply(Question("was kostet die Kita bei 45 Stunden und 48.000 Euro", NOW), bot)
    assert found.decision.topics == ("kita-beitrag",)
    assert found.blocks[0].text.startswith("Die Tabelle, die gerade gilt, liegt mir nicht vor.")
    no_income = Decision(Kind.ANSWER, ("kita-betreuungszeiten",), ("cost",))
    assert prefer_fee(no_income, bot.content) == no_income


def test_an_income_moves_no_other_topic(bot: Bot) -> None:
    for message, topic in (
        ("Wie hoch fällt das Elterngeld bei 2.000 Euro netto aus?", "elterngeld"),
        ("Bekomme ich mit 1.900 Euro brutto Kinderzuschlag?", "kinderzuschlag"),
    ):
        assert reply(Question(message, NOW), bot).decision.topics[0] == topic


def test_values_alone_continue_what_was_asked(bot: Bot) -> None:
    conversation = reply(Question("Wie viel Kindergeld gibt es?", NOW), bot).conversation
    for message, line in (
        ("3 Kinder", "3 Kinder × 259 Euro = 777 Euro im Monat"),
        ("zwei Kinder, 4 und 8 Jahre", "2 Kinder × 259 Euro = 518 Euro im Monat"),
    ):
        found = reply(Question(message, NOW, conversation=conversation), bot)
        assert found.decision.topics == ("kindergeld",)
        assert line in found.blocks[0].text
    other = reply(Question("Wie melde ich 3 Kinder in der Kita an?", NOW, conversation=conversation), bot)
    assert other.decision.topics != ("kindergeld",)


@pytest.mark.parametrize(
    ("message", "line"),
    [
        ("Wie viel Kindergeld bekomme ich für drei Kinder?", "3 Kinder × 259 Euro = 777 Euro im Monat"),
        ("Wie hoch ist der Unterhaltsvorschuss für meine Kinder, 4 und 8 Jahre?", "= 526 Euro im Monat"),
        ("Wie viele Kinderkrankentage haben wir mit drei Kindern?", "3 × 15 Tage = 45 Tage, höchstens 35 Tage"),
        ("Wie viel Kindergeld gibt es für -2 Kinder?", "Diese Zahl von Kindern kann nicht stimmen."),
        ("Unterhaltsvorschuss, mein Kind ist -3 Jahre alt, wie viel?", "Dieses Alter kann nicht stimmen."),
        ("Wie hoch ist der Kita-Beitrag mit 0 Euro Einkommen?", "Ohne Einkommen rechne ich keinen Beitrag aus."),
        ("Kita-Beitrag bei einem Einkommen von einer Milliarde?", "Mit diesem Einkommen kann ich nicht rechnen."),
    ],
)
def test_a_parent_asks_for_a_number(message: str, line: str, bot: Bot) -> None:
    answered = reply(Question(message, NOW), bot)
    assert line in answered.blocks[0].text
    assert any(block.type == "contact" for block in answered.blocks)


# days that are left


@pytest.mark.parametrize(
    ("today", "sentence"),
    [
        (date(2026, 11, 22), "Bis zum 1. Februar 2027: noch 71 Tage."),
        (date(2027, 1, 31), "Bis zum 1. Februar 2027: noch 1 Tag."),
        (date(2027, 2, 1), "Heute, am 1. Februar 2027, ist der letzte Tag."),
        (date(2027, 2, 2), None),  # a year on
        (date(2026, 10, 4), "Bis zum 1. Februar 2027: noch 120 Tage."),
        (date(2026, 10, 3), None),  # too far away to be counted
    ],
)
def test_days_are_counted_to_a_deadline_that_is_near(today: date, sentence: str | None) -> None:
    now = datetime(today.year, today.month, today.day, 23, 59, tzinfo=ZoneInfo("Europe/Berlin"))
    decision = Decision(Kind.ANSWER, ("kita-anmeldefrist",), ("deadline",))
    texts = [b.text for b in compose(decision, Question("?", now), content()).blocks if b.type == "notice"]
    assert [t for t in texts if "Februar 2027" in t] == ([sentence] if sentence else [])


def test_a_day_that_passed_is_not_counted() -> None:
    decision = Decision(Kind.ANSWER, ("kinder-krankengeld",), ("deadline",))
    found = [
        [b.text for b in compose(decision, Question("?", now), content()).blocks if ": noch " in b.text]
        for now in (NOW, NOW.replace(year=2027))
    ]
    assert found == [["Bis zum 31. Dezember 2026: noch 39 Tage."], []]


def test_what_counts_is_a_day() -> None:
    counted = [t.counts for e in content().entries.values() for t in e.aspects.values() if t.counts]
    assert len(counted) >= 4
    assert all(a is Aspect.DEADLINE for e in content().entries.values() for a, t in e.aspects.items() if t.counts)
