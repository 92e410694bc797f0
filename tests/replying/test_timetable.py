"""The family timetable: every rule with its boundaries, worked out by hand, and what a parent is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache

import pytest
from hypothesis import assume, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from bot.content.loading import Content, load
from bot.content.timetable import Operation, Timetable, TimetableStep, parse_length, parse_operation
from bot.language.births import BirthProblem, Precision
from bot.model import Candidate, Child, Conversation, Decision, Entities, Kind, Question
from bot.replying.answer import compose
from bot.replying.timetable import (
    TOPIC,
    Family,
    Plan,
    PlannedStep,
    Stage,
    add_months,
    children_in,
    plan,
    read_family,
    turns,
    with_timetable,
)
from bot.settings import ROOT

TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)


@cache
def content() -> Content:
    """Our own knowledge: its rules are what is tested here."""
    found = load(ROOT / "knowledge", ROOT / "intents").content
    assert found is not None
    return found


def day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def planned(birth: str | None, due: str | None = None, children: int = 1, today: date = TODAY) -> Plan:
    found = plan(Family(day(birth), day(due), children), content(), today)
    assert found is not None
    return found


def find(found: Plan, step: str) -> PlannedStep | None:
    return next((s for s in (*found.steps, *found.past) if s.id == step), None)


# Each row: rule, birth, due date, children, first day, last day.
Row = tuple[str, str | None, str | None, int, str | None, str | None]
ROWS: list[Row] = [
    # one week after the birth
    ("geburt-anmelden", "2026-11-22", None, 1, "2026-11-22", "2026-11-29"),
    ("geburt-anmelden", "2024-02-22", None, 1, "2024-02-22", "2024-02-29"),
    ("geburt-anmelden", "2025-02-22", None, 1, "2025-02-22", "2025-03-01"),
    ("geburt-anmelden", "2024-12-28", None, 1, "2024-12-28", "2025-01-04"),
    # child benefit: six months before the month of the application
    ("kindergeld", "2025-05-03", None, 1, "2025-05-03", "2025-11-30"),
    ("kindergeld", "2025-07-01", None, 1, "2025-07-01", "2026-01-31"),
    ("kindergeld", "2025-08-31", None, 1, "2025-08-31", "2026-02-28"),
    ("kindergeld", "2023-08-31", None, 1, "2023-08-31", "2024-02-29"),
    ("kindergeld", "2025-12-31", None, 1, "2025-12-31", "2026-06-30"),
    # parental allowance: the end of the fourth month of life
    ("elterngeld", "2023-07-09", None, 1, "2023-07-09", "2023-11-08"),
    ("elterngeld", "2025-05-03", None, 1, "2025-05-03", "2025-09-02"),
    ("elterngeld", "2025-05-01", None, 1, "2025-05-01", "2025-08-31"),
    ("elterngeld", "2025-10-31", None, 1, "2025-10-31", "2026-02-28"),
    ("elterngeld", "2025-10-29", None, 1, "2025-10-29", "2026-02-28"),
    ("elterngeld", "2025-10-28", None, 1, "2025-10-28", "2026-02-27"),
    ("elterngeld", "2023-10-30", None, 1, "2023-10-30", "2024-02-29"),
    ("elterngeld", "2024-02-29", None, 1, "2024-02-29", "2024-06-28"),
    ("elterngeld", "2025-01-31", None, 1, "2025-01-31", "2025-05-30"),
    # more months from six weeks too early on
    ("elterngeld-fruehchen", "2026-09-01", "2026-10-13", 1, "2026-09-01", "2026-12-31"),
    ("elterngeld", "2026-09-01", "2026-10-12", 1, "2026-09-01", "2026-12-31"),
    ("elterngeld-mehrlinge", "2026-09-01", None, 2, "2026-09-01", "2026-12-31"),
    # the check-ups: days, weeks and months of life
    ("u1", "2025-05-03", None, 1, "2025-05-03", "2025-05-03"),
    ("u2", "2025-05-03", None, 1, "2025-05-05", "2025-05-12"),
    ("u3", "2025-05-03", None, 1, "2025-05-24", "2025-06-06"),
    ("u4", "2025-05-03", None, 1, "2025-07-03", "2025-09-02"),
    ("u5", "2025-05-03", None, 1, "2025-10-03", "2025-12-02"),
    ("u6", "2025-05-03", None, 1, "2026-02-03", "2026-05-02"),
    ("u7", "2025-05-03", None, 1, "2027-01-03", "2027-05-02"),
    ("u7a", "2025-05-03", None, 1, "2028-02-03", "2028-05-02"),
    ("u8", "2025-05-03", None, 1, "2029-02-03", "2029-05-02"),
    ("u9", "2025-05-03", None, 1, "2030-04-03", "2030-09-02"),
    ("u4", "2025-12-31", None, 1, "2026-03-01", "2026-04-30"),
    ("u6", "2024-02-29", None, 1, "2024-11-29", "2025-02-28"),
    ("u7", "2024-02-29", None, 1, "2025-10-29", "2026-02-28"),
    ("u8", "2024-02-29", None, 1, "2027-11-29", "2028-02-28"),
    ("willkommensbesuch", "2025-05-03", None, 1, "2025-06-14", "2025-06-28"),
    # birthdays: a year is complete at the end of the day before
    ("rechtsanspruch-u3", "2025-05-03", None, 1, "2026-05-03", "2028-05-02"),
    ("rechtsanspruch-u3", "2024-02-29", None, 1, "2025-03-01", "2027-02-28"),
    ("rechtsanspruch-ue3", "2021-09-30", None, 1, "2024-09-30", "2027-07-31"),
    ("rechtsanspruch-ue3", "2021-10-01", None, 1, "2024-10-01", "2028-07-31"),
    ("rechtsanspruch-ue3", "2024-02-29", None, 1, "2027-03-01", "2030-07-31"),
    ("masern-erster-nachweis", "2025-11-22", None, 1, "2026-11-22", "2027-11-21"),
    ("masern-erster-nachweis", "2024-02-29", None, 1, "2025-03-01", "2026-02-28"),
    ("masern-zweiter-nachweis", "2024-02-29", None, 1, "2026-03-01", "2027-02-28"),
    # Kita: six months before the first birthday; the answers of the Kitas on 1 February; the Kita year from 1 August
    ("kita-bedarf-erster-geburtstag", "2025-05-03", None, 1, "2025-05-03", "2025-11-03"),
    ("kita-bedarf-erster-geburtstag", "2025-08-31", None, 1, "2025-08-31", "2026-02-28"),
    ("kita-bedarf-erster-geburtstag", "2024-02-29", None, 1, "2024-02-29", "2024-09-01"),
    ("kita-vormerken-u3", "2025-07-31", None, 1, "2025-07-31", "2026-01-31"),
    ("kita-vormerken-u3", "2025-08-01", None, 1, "2025-08-01", "2026-01-31"),
    ("kita-vormerken-u3", "2025-08-02", None, 1, "2025-08-02", "2027-01-31"),
    ("kita-vormerken-u3", "2026-02-01", None, 1, "2026-02-01", "2027-01-31"),
    ("kita-vormerken-ue3", "2025-07-31", None, 1, "2025-08-01", "2027-01-31"),
    ("kita-vormerken-ue3", "2025-08-01", None, 1, "2026-08-01", "2028-01-31"),
    ("kita-vormerken-ue3", "2025-08-02", None, 1, "2026-08-01", "2028-01-31"),
    ("kita-vormerken-ue3", "2024-02-29", None, 1, "2024-08-01", "2026-01-31"),
    # the years without a fee: four years old by 30 September
    ("beitragsfrei", "2021-09-29", None, 1, "2025-08-01", "2027-07-31"),
    ("beitragsfrei", "2021-09-30", None, 1, "2025-08-01", "2027-07-31"),
    ("beitragsfrei", "2021-10-01", None, 1, "2026-08-01", "2028-07-31"),
    ("beitragsfrei", "2022-01-15", None, 1, "2026-08-01", "2028-07-31"),
    ("beitragsfrei", "2020-02-29", None, 1, "2024-08-01", "2026-07-31"),
    # school: six years old by 30 September, registered by 15 November of the year before
    ("schulanmeldung", "2021-09-30", None, 1, None, "2026-11-15"),
    ("schulanmeldung", "2021-10-01", None, 1, None, "2027-11-15"),
    ("schulanmeldung", "2022-09-30", None, 1, None, "2027-11-15"),
    ("schulanmeldung-fruehjahr", "2022-10-01", None, 1, None, "2028-11-15"),
    ("einschulung", "2020-09-30", None, 1, "2026-08-01", "2026-08-01"),
    ("einschulung", "2020-10-01", None, 1, "2027-08-01", "2027-08-01"),
    ("einschulung", "2020-02-29", None, 1, "2026-08-01", "2026-08-01"),
    ("erster-schultag-2027", "2020-10-01", None, 1, "2027-09-01", "2027-09-01"),
    ("erster-schultag-2027", "2021-09-30", None, 1, "2027-09-01", "2027-09-01"),
    ("ganztag", "2020-09-30", None, 1, "2026-08-01", "2030-07-31"),
    ("ganztag", "2019-10-01", None, 1, "2026-08-01", "2030-07-31"),
    # maternity protection before the birth, and what is to be done until then
    ("mutterschutz-vor-geburt", None, "2027-02-12", 1, "2027-01-01", "2027-02-12"),
    ("mutterschutz-vor-geburt", None, "2027-03-11", 1, "2027-01-28", "2027-03-11"),
    ("elternzeit-ab-geburt", None, "2027-02-12", 1, None, "2026-12-24"),
    ("hebamme-suchen", None, "2027-02-12", 1, "2026-04-18", "2027-02-12"),
    # after it: eight weeks, twelve with twins, and the days that were missing before the due date, at most six weeks
    ("mutterschutz-nach-geburt", "2025-05-03", None, 1, "2025-05-03", "2025-06-28"),
    ("mutterschutz-nach-geburt", "2026-11-20", "2026-11-20", 1, "2026-11-20", "2027-01-15"),
    ("mutterschutz-nach-geburt", "2026-11-22", "2026-11-15", 1, "2026-11-22", "2027-01-17"),
    ("mutterschutz-nach-geburt-frueher", "2026-11-19", "2026-11-20", 1, None, "2027-01-15"),
    ("mutterschutz-nach-geburt-frueher", "2026-11-01", "2026-11-20", 1, None, "2027-01-15"),
    ("mutterschutz-nach-geburt-frueher", "2026-09-01", "2026-10-13", 1, None, "2026-12-08"),
    ("mutterschutz-nach-geburt-fruehchen", "2026-09-01", "2026-10-14", 1, "2026-09-01", "2027-01-05"),
    ("mutterschutz-nach-geburt-fruehchen", "2026-09-01", "2026-10-14", 2, "2026-09-01", "2027-01-05"),
    ("mutterschutz-nach-geburt-mehrlinge", "2026-11-01", None, 2, None, "2027-01-24"),
    ("mutterschutz-nach-geburt-mehrlinge", "2026-11-01", "2026-11-20", 2, None, "2027-02-12"),
    ("mutterschutz-nach-geburt-mehrlinge", "2026-11-22", "2026-11-15", 3, None, "2027-02-14"),
    ("mutterschutz-nach-geburt-mehrlinge", None, "2027-02-12", 2, None, "2027-05-07"),
    # parental leave after it: seven whole weeks before
    ("elternzeit-nach-mutterschutz", "2025-05-03", None, 1, None, "2025-05-10"),
    ("elternzeit-nach-mutterschutz-frueher", "2026-11-01", "2026-11-20", 1, None, "2026-11-27"),
    ("elternzeit-nach-mutterschutz-mehrlinge", "2026-11-01", None, 2, None, "2026-12-06"),
    ("elternzeit-nach-mutterschutz-fruehchen", "2026-09-01", "2026-10-14", 1, None, "2026-11-17"),
    # before the birth the due date stands for it
    ("geburt-anmelden", None, "2027-02-12", 1, "2027-02-12", "2027-02-19"),
    ("elterngeld", None, "2027-02-12", 1, "2027-02-12", "2027-06-11"),
    ("kindergeld", None, "2027-02-12", 1, "2027-02-12", "2027-08-31"),
    ("einschulung", None, "2027-09-30", 1, "2033-08-01", "2033-08-01"),
]


@pytest.mark.parametrize("step, birth, due, children, start, end", ROWS)
def test_a_rule_gives_these_dates(
    step: str, birth: str | None, due: str | None, children: int, start: str | None, end: str | None
) -> None:
    found = find(planned(birth, due, children), step)
    assert found is not None
    assert (found.start, found.end) == (day(start), day(end))


@pytest.mark.parametrize(
    "step, birth, latest",
    [
        ("u2", "2025-05-03", "2025-05-16"),
        ("u3", "2025-05-03", "2025-06-27"),
        ("u4", "2025-05-03", "2025-09-17"),
        ("u4", "2025-12-31", "2026-05-15"),
        ("u5", "2025-05-03", "2026-01-02"),
        ("u6", "2025-05-03", "2026-07-02"),
        ("u7", "2025-05-03", "2027-08-02"),
        ("u7a", "2025-05-03", "2028-07-02"),
        ("u8", "2025-05-03", "2029-07-02"),
        ("u9", "2025-05-03", "2030-11-02"),
    ],
)
def test_the_tolerance_of_a_check_up_ends_then(step: str, birth: str, latest: str) -> None:
    found = find(planned(birth), step)
    assert found is not None
    assert found.latest == day(latest)


@pytest.mark.parametrize(
    "step, birth, due, children",
    [
        ("mutterschutz-vor-geburt", "2026-11-01", None, 1),
        ("hebamme-suchen", "2026-11-01", "2026-11-20", 1),
        ("elterngeld-mehrlinge", "2026-11-01", None, 1),
        ("elterngeld-fruehchen", "2026-09-01", "2026-10-12", 1),
        ("elterngeld", "2026-09-01", "2026-10-13", 1),
        ("mutterschutz-nach-geburt", "2026-11-01", "2026-11-20", 1),
        ("mutterschutz-nach-geburt", "2026-11-01", None, 2),
        ("mutterschutz-nach-geburt-frueher", "2026-09-01", "2026-10-14", 1),
        ("mutterschutz-nach-geburt-fruehchen", "2026-09-01", "2026-10-13", 1),
        ("ganztag", "2019-09-30", None, 1),
        ("schulanmeldung", "2022-10-01", None, 1),
        ("schulanmeldung-fruehjahr", "2022-09-30", None, 1),
        ("erster-schultag-2027", "2020-09-30", None, 1),
        ("erster-schultag-2027", "2021-10-01", None, 1),
    ],
)
def test_a_rule_is_not_for_this_family(step: str, birth: str, due: str | None, children: int) -> None:
    assert find(planned(birth, due, children), step) is None


def test_exactly_one_variant_of_a_step_is_for_a_family() -> None:
    for children in (1, 2):
        for early in range(-14, 120):
            due = date(2026, 9, 1) + timedelta(days=early)
            found = planned("2026-09-01", due.isoformat(), children)
            ids = [s.id for s in (*found.steps, *found.past)]
            for group in ("mutterschutz-nach-geburt", "elternzeit-nach-mutterschutz", "elterngeld"):
                variants = [i for i in ids if i.startswith(group) and i != "elterngeld-mehrlinge"]
                assert len(variants) == 1, (children, early, variants)


def test_maternity_protection_never_shrinks_with_an_earlier_birth() -> None:
    """In all it is fourteen weeks, however early the child came, and eighteen with twins."""
    for children, weeks in ((1, 14), (2, 18)):
        for early in range(43):
            birth = date(2026, 9, 1)
            found = planned(birth.isoformat(), (birth + timedelta(days=early)).isoformat(), children)
            end = max(s.end for s in (*found.steps, *found.past) if s.id.startswith("mutterschutz-nach") and s.end)
            assert end == birth + timedelta(days=early + (weeks - 6) * 7)


def test_every_step_named_in_the_leaflet_is_there() -> None:
    unborn, child = planned(None, "2027-02-12"), planned("2026-11-20")
    ids = {s.id for s in (*unborn.steps, *child.steps, *child.past)}
    wanted = {
        "mutterschutz-vor-geburt", "geburt-anmelden", "kindergeld", "elterngeld", "kita-vormerken-u3",
        "kita-vormerken-ue3", "rechtsanspruch-u3", "masern-erster-nachweis", "beitragsfrei", "schulanmeldung-fruehjahr",
        "einschulung", "ganztag", *(f"u{n}" for n in ("1", "2", "3", "4", "5", "6", "7", "7a", "8", "9")),
    }  # fmt: skip
    assert wanted <= ids


# operations


@pytest.mark.parametrize(
    "start, months, clamped, age",
    [
        ("2025-01-31", 1, "2025-02-28", "2025-03-01"),
        ("2024-01-31", 1, "2024-02-29", "2024-03-01"),
        ("2024-02-29", 12, "2025-02-28", "2025-03-01"),
        ("2024-02-29", 48, "2028-02-29", "2028-02-29"),
        ("2025-08-31", -6, "2025-02-28", "2025-03-01"),
        ("2025-12-31", 2, "2026-02-28", "2026-03-01"),
        ("2025-12-15", 1, "2026-01-15", "2026-01-15"),
        ("2025-05-03", 0, "2025-05-03", "2025-05-03"),
    ],
)
def test_two_ways_to_count_months(start: str, months: int, clamped: str, age: str) -> None:
    begin = date.fromisoformat(start)
    assert add_months(begin, months) == day(clamped)
    assert turns(begin, months) == day(age)


def computed(*calculations: str, birth: str = "2025-09-30") -> date | None:
    """The end of a step with these calculations."""
    known = content().timetable
    assert known is not None
    data = {"id": "x", "title": "X", "text": "X", "rule": "X", "topic": "kindergeld", "facts": ["bund.kg-rueckwirkend"]}
    step = TimetableStep.model_validate({**data, "until": calculations})
    own = content().model_copy(update={"timetable": Timetable(texts=known.texts, steps=(step,))})
    found = plan(Family(day(birth)), own, TODAY)
    assert found is not None
    return next((s.end for s in (*found.steps, *found.past)), None)


@pytest.mark.parametrize(
    "calculations, birth, expected",
    [
        (["next 09-30"], "2025-09-30", "2025-09-30"),
        (["next 09-30"], "2025-10-01", "2026-09-30"),
        (["before 09-30"], "2025-09-30", "2025-09-30"),
        (["before 09-30"], "2025-09-29", "2024-09-30"),
        (["in_year 02-29"], "2025-09-30", "2025-02-28"),
        (["in_year 02-29"], "2024-09-30", "2024-02-29"),
        (["first_of_month"], "2025-09-30", "2025-09-01"),
        (["end_of_month"], "2024-02-01", "2024-02-29"),
        (["plus 1 months"], "2025-01-31", "2025-02-28"),
        (["minus 1 months"], "2025-03-31", "2025-02-28"),
        (["age 1 months"], "2025-01-31", "2025-03-01"),
        (["plus 1 years + 1 weeks - 1 days"], "2025-09-30", "2026-10-06"),
        (["plus {{fact:bund.kg-rueckwirkend}}"], "2025-09-30", "2026-03-30"),
        ([], "2025-09-30", "2025-09-30"),
    ],
)
def test_an_operation(calculations: list[str], birth: str, expected: str) -> None:
    assert computed(*calculations, birth=birth) == day(expected)


@pytest.mark.parametrize(
    "calculation",
    ["plus {{fact:bund.gibt-es-nicht}}", "next {{fact:bund.kg-rueckwirkend}}", "plus {{fact:bund.eg-hoehe}}"],
)
def test_a_step_whose_value_is_missing_is_left_out(calculation: str) -> None:
    assert computed(calculation) is None


@pytest.mark.parametrize(
    "text",
    ["", "plus", "plus 3", "plus 3 monate", "plus -3 days", "plus 3 days +", "next 30-09", "next 13-01", "in_year",
     "first_of_month 3", "after 09-30", "plus {{fact:falsch}}", "minus 3 days 2 weeks", "3 months"],
)  # fmt: skip
def test_what_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        parse_operation(text)


def test_what_can_be_read() -> None:
    assert parse_operation("end_of_month") == Operation("end_of_month")
    assert [t.sign for t in parse_length("1 months + {{fact:bund.x}} - 2 days")] == [1, 1, -1]
    assert parse_operation("age 1 day").terms[0].unit == "days"


# words


def test_what_is_open_comes_first_and_what_is_over_last() -> None:
    found = planned("2025-05-03")
    assert [s.stage for s in found.steps] == sorted((s.stage for s in found.steps), key=[Stage.NOW, Stage.LATER].index)
    assert {s.stage for s in found.past} == {Stage.PAST}
    assert found.steps[0].when == "jetzt bis 31. Januar 2027"
    assert found.steps[0].title == "Im Kita-Navigator vormerken für August 2027"
    assert "2027/28" in found.steps[0].text


@pytest.mark.parametrize(
    "step, birth, due, today, when, stage",
    [
        ("u3", "2025-05-03", None, "2025-05-23", "24. Mai bis 6. Juni 2025", Stage.LATER),
        ("u3", "2025-05-03", None, "2025-05-24", "jetzt bis 6. Juni 2025", Stage.NOW),
        ("u3", "2025-05-03", None, "2025-06-06", "jetzt bis 6. Juni 2025", Stage.NOW),
        ("u3", "2025-05-03", None, "2025-06-07", "nachholen bis 27. Juni 2025", Stage.NOW),
        ("u3", "2025-05-03", None, "2025-06-27", "nachholen bis 27. Juni 2025", Stage.NOW),
        ("u3", "2025-05-03", None, "2025-06-28", "24. Mai bis 6. Juni 2025", Stage.PAST),
        ("u2", "2025-05-03", None, "2025-05-04", "5. bis 12. Mai 2025", Stage.LATER),
        ("u4", "2025-11-03", None, "2025-11-04", "3. Januar bis 2. März 2026", Stage.LATER),
        ("u6", "2026-01-03", None, "2026-02-01", "3. Oktober 2026 bis 2. Januar 2027", Stage.LATER),
        ("einschulung", "2021-09-30", None, "2026-11-22", "am 1. August 2027", Stage.LATER),
        ("schulanmeldung", "2021-09-30", None, "2026-09-15", "bis 15. November 2026", Stage.LATER),
        ("schulanmeldung", "2021-09-30", None, "2026-09-16", "bis 15. November 2026", Stage.NOW),
        ("schulanmeldung", "2021-09-30", None, "2026-11-15", "bis 15. November 2026", Stage.NOW),
        ("schulanmeldung", "2021-09-30", None, "2026-11-16", "bis 15. November 2026", Stage.PAST),
    ],
)
def test_dates_in_words(step: str, birth: str, due: str | None, today: str, when: str, stage: Stage) -> None:
    found = find(planned(birth, due, today=date.fromisoformat(today)), step)
    assert found is not None
    assert (found.when, found.stage) == (when, stage)


def test_the_month_alone_gives_months() -> None:
    found = plan(Family(birth=date(2025, 5, 1), precision=Precision.MONTH), content(), TODAY)
    assert found is not None
    assert found.heading == "Für ein Kind, geboren im Mai 2025"
    assert "nur den Monat" in found.notes[0]
    assert not [s.when for s in (*found.steps, *found.past) if ". " in s.when]
    step = find(found, "u7")
    assert step is not None
    assert step.when == "Januar bis April 2027"


@pytest.mark.parametrize(
    "family, expected",
    [
        (Family(birth=date(2025, 5, 3)), "Für ein Kind, geboren am 3. Mai 2025"),
        (Family(birth=date(2025, 5, 3), children=2), "Für Zwillinge, geboren am 3. Mai 2025"),
        (Family(due=date(2027, 2, 12)), "Für ein Kind mit errechnetem Termin am 12. Februar 2027"),
        (
            Family(due=date(2027, 2, 1), children=3, precision=Precision.MONTH),
            "Für Mehrlinge mit errechnetem Termin im Februar 2027",
        ),
    ],
)
def test_it_says_for_which_child(family: Family, expected: str) -> None:
    found = plan(family, content(), TODAY)
    assert found is not None
    assert found.heading == expected


def test_what_can_still_be_done_is_said_for_a_year() -> None:
    late = find(planned("2025-10-01", today=date(2026, 11, 22)), "kindergeld")
    assert late is not None
    assert late.stage is Stage.PAST
    assert late.late is not None
    assert "6 Monate" in late.late
    older = find(planned("2024-01-01"), "kindergeld")
    assert older is not None
    assert older.late is None


def test_every_step_has_its_rule_and_source() -> None:
    for family in (("2025-05-03", None, 1), (None, "2027-02-12", 2), ("2026-09-01", "2026-10-14", 2)):
        for step in (*(found := planned(*family)).steps, *found.past):
            assert step.text
            assert step.rule
            assert step.source.label
            assert "{" not in step.title + step.text + step.rule
            assert step.topic in content().entries


def test_a_value_that_ended_leaves_the_air() -> None:
    facts = dict(content().facts)
    facts["bund.kg-rueckwirkend"] = facts["bund.kg-rueckwirkend"].model_copy(update={"valid_until": date(2026, 1, 1)})
    found = plan(Family(date(2026, 11, 1)), content().model_copy(update={"facts": facts}), TODAY)
    assert found is not None
    assert find(found, "kindergeld") is None
    assert find(found, "elterngeld") is not None


def test_without_a_timetable_there_is_no_plan() -> None:
    assert plan(Family(TODAY), content().model_copy(update={"timetable": None}), TODAY) is None
    assert plan(Family(), content(), TODAY) is None


# properties


@given(st.dates(date(2008, 11, 23), TODAY), st.integers(1, 3), st.integers(-21, 140) | st.none())
@hypothesis_settings(max_examples=150)
def test_a_birth_in_range_has_a_sound_plan(birth: date, children: int, early: int | None) -> None:
    due = birth + timedelta(days=early) if early is not None else None
    _check(plan(Family(birth, due, children), content(), TODAY))


@given(
    st.integers(-21, 300), st.integers(1, 3), st.sampled_from(Precision), st.dates(date(2024, 1, 1), date(2032, 12, 31))
)
@hypothesis_settings(max_examples=150)
def test_a_due_date_in_range_has_a_sound_plan(days: int, children: int, precision: Precision, today: date) -> None:
    _check(plan(Family(None, today + timedelta(days=days), children, precision), content(), today))


def _check(found: Plan | None) -> None:
    assert found is not None
    for step in (*found.steps, *found.past):
        assert step.start or step.end
        assert step.start is None or step.end is None or step.start <= step.end
        assert step.latest is None or (step.end is not None and step.end < step.latest)
        assert step.when
    now = [s.next_date for s in found.steps if s.stage is Stage.NOW]
    later = [s.next_date for s in found.steps if s.stage is Stage.LATER]
    assert (now, later) == (sorted(now), sorted(later))
    assert len({s.id for s in (*found.steps, *found.past)}) == len(found.steps) + len(found.past)


@given(st.dates(date(2009, 1, 1), TODAY), st.integers(1, 60))
def test_a_younger_child_is_never_earlier(birth: date, days: int) -> None:
    """Who is born later has no step earlier than who was born before, as long as the same rules count for both."""
    assume(birth + timedelta(days=days) <= TODAY)
    older, younger = (planned(b.isoformat()) for b in (birth, birth + timedelta(days=days)))
    ends = {s.id: s.end for s in (*older.steps, *older.past)}
    for step in (*younger.steps, *younger.past):
        before = ends.get(step.id)
        assert before is None or step.end is None or before <= step.end


# what was typed


@pytest.mark.parametrize(
    "birth, due, expected",
    [
        ("3.10.2026", "", Family(date(2026, 10, 3))),
        ("", "12.2.2027", Family(None, date(2027, 2, 12))),
        ("3.5.2027", "", Family(None, date(2027, 5, 3))),
        ("1.11.2026", "20.11.2026", Family(date(2026, 11, 1), date(2026, 11, 20))),
        ("Mai 2026", "", Family(date(2026, 5, 1), precision=Precision.MONTH)),
        ("31.2.2025", "x", {"birth": BirthProblem.NO_SUCH_DAY}),
        ("3.5.25", "3.5.26", {"due": BirthProblem.MISMATCH}),
        ("3.5.25", "hallo", {"due": BirthProblem.NO_DATE}),
        ("", "", {"birth": BirthProblem.NO_DATE}),
        ("", "ET 3.1.2026", {"due": BirthProblem.OVERDUE}),
    ],
)
def test_two_fields_make_a_family(birth: str, due: str, expected: Family | dict[str, BirthProblem]) -> None:
    assert read_family(birth, due, 1, TODAY) == expected


@pytest.mark.parametrize("problem", BirthProblem)
def test_every_problem_is_a_plain_sentence_with_a_way_on(problem: BirthProblem) -> None:
    known = content().timetable
    assert known is not None
    sentence = str(getattr(known.texts, problem.value))
    assert sentence.endswith(".")
    assert sentence.count(".") >= 2


# the conversation


def ask(message: str, decision: Decision, said: Conversation | None = None) -> Decision:
    return with_timetable(decision, Question(message, NOW, conversation=said or Conversation()), content())


ABOUT = Decision(Kind.ANSWER, (TOPIC,), ("deadline",), candidates=(Candidate(TOPIC, 0.9),), confidence=0.9)
UNKNOWN = Decision(Kind.FALLBACK)
ASKED = Conversation(topic=TOPIC, aspect="deadline", pending=(TOPIC,))


def test_without_a_date_it_asks_back() -> None:
    found = ask("Was muss ich wann machen?", ABOUT)
    assert (found.kind, found.topics, found.asks) == (Kind.CLARIFY, (), "date")
    assert [c.topic for c in found.candidates] == [TOPIC]
    answer = compose(found, Question("Was muss ich wann machen?", NOW), content())
    assert answer.blocks[0].text.startswith("Wann ist Ihr Kind geboren")
    assert answer.conversation.pending == (TOPIC,)


@pytest.mark.parametrize(
    "message, child",
    [
        ("3.5.25", Child(birth_date="2025-05-03")),
        ("Mai 2025", Child(birth_date="2025-05")),
        ("12.2.", Child(due_date="2027-02-12")),
        ("am 1.11.2026, ET war der 20.11.2026", Child(birth_date="2026-11-01", due_date="2026-11-20")),
    ],
)
def test_a_date_alone_answers_the_question(message: str, child: Child) -> None:
    found = ask(message, UNKNOWN, ASKED)
    assert (found.kind, found.topics, found.entities.children) == (Kind.ANSWER, (TOPIC,), (child,))
    answer = compose(found, Question(message, NOW, conversation=ASKED), content())
    assert [b.type for b in answer.blocks][:2] == ["text", "timeline"]
    assert answer.conversation.pending == ()


def test_what_is_wrong_with_a_date_is_said_and_asked_again() -> None:
    found = ask("31.2.2025", UNKNOWN, ASKED)
    assert (found.kind, found.asks, found.oddity) == (Kind.CLARIFY, "date", "no_such_day")
    answer = compose(found, Question("31.2.2025", NOW, conversation=ASKED), content())
    assert answer.blocks[0].text == "Diesen Tag gibt es im Kalender nicht. Prüfen Sie bitte Tag und Monat."
    assert answer.conversation.pending == (TOPIC,)


def test_the_date_may_stand_in_the_question_or_have_been_said_before() -> None:
    message = "Unser Kind ist am 3.5.2025 geboren, welche Termine kommen?"
    assert ask(message, ABOUT).entities.children == (Child(birth_date="2025-05-03"),)
    said = Conversation(entities=Entities(children=(Child(birth_date="2025-05-03"),)))
    answer = compose(
        ask("Was kommt wann?", ABOUT, said), Question("Was kommt wann?", NOW, conversation=said), content()
    )
    assert answer.blocks[0].text == "Für ein Kind, geboren am 3. Mai 2025:"


def test_twins_are_heard() -> None:
    message = "Wir erwarten im April 2027 Zwillinge, was kommt wann?"
    answer = compose(ask(message, ABOUT), Question(message, NOW), content())
    assert answer.blocks[0].text == "Für Zwillinge mit errechnetem Termin im April 2027:"
    assert [children_in(m) for m in ("Zwillinge", "unsere drillinge", "ein Kind")] == [2, 3, 1]


def test_an_emergency_and_another_answer_stay() -> None:
    emergency = Decision(Kind.EMERGENCY, ("medizinischer-notfall",), ("overview",))
    assert ask("3.5.25", emergency, ASKED) is emergency
    other = Decision(Kind.ANSWER, ("kita-beitrag",), ("cost",), confidence=0.9)
    message = "Und was kostet eigentlich die Kita für ein Kind, geboren am 3.5.25?"
    assert ask(message, other, ASKED) is other
    assert ask("Danke schön", UNKNOWN, ASKED) is UNKNOWN


def test_its_title_is_answered_with_how_to_ask() -> None:
    title = content().entries[TOPIC].title
    direct = replace(ABOUT, aspects=("overview",), confidence=1.0)
    assert ask(title, direct) is direct
    answer = compose(direct, Question(title, NOW), content())
    assert answer.blocks[0].text.startswith("Schreiben Sie mir das Geburtsdatum")
    assert answer.conversation.pending == (TOPIC,)


def test_another_topic_mentions_the_dates_of_the_child_in_the_question() -> None:
    entities = Entities(children=(Child(birth_date="2026-10-03"),))
    decision = Decision(Kind.ANSWER, ("elterngeld",), ("deadline",), confidence=0.9, entities=entities)
    answer = compose(decision, Question("Elterngeld, geboren am 3.10.2026", NOW), content())
    notices = [b.text for b in answer.blocks if b.type == "notice"]
    assert "Für ein Kind, geboren am 3. Oktober 2026: Elterngeld beantragen jetzt bis 2. Februar 2027." in notices
    several = replace(decision, entities=Entities(children=(Child(birth_date="2026-10-03"), Child(age_months=30))))
    assert compose(replace(decision, entities=Entities()), Question("Elterngeld", NOW), content()).blocks
    assert compose(several, Question("Elterngeld", NOW), content()).blocks


def test_a_plan_is_blocks_that_any_client_can_show() -> None:
    found = ask("geboren am 3.10.2026", ABOUT)
    answer = compose(found, Question("geboren am 3.10.2026", NOW), content())
    timeline = next(b for b in answer.blocks if b.type == "timeline")
    assert timeline.text.startswith("- ")
    for item in timeline.data["items"]:
        assert {"date", "text", "source"} <= set(item)
        assert item["text"].startswith(item["title"])
        assert item["source"]["label"]
    assert "Schon vorbei" in next(b.text for b in answer.blocks if b.type == "list")
    assert {"§ 7 Abs. 1 BEEG", "§ 70 Abs. 1 EStG"} <= {s.label for s in answer.sources}
