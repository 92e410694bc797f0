"""The signed state: what it holds, for how long, and that nobody else can write one."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import datetime, timedelta
from string import ascii_letters, digits
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Child, Conversation, Entities, Question
from bot.pipeline import Bot, reply
from bot.replying.conversation import (
    MAX_AGE,
    MAX_STATE_CHARS,
    MAX_TURNS,
    TOGETHER,
    ForgedStateError,
    StateProblem,
    entities_to_wire,
    merge,
    read_state,
    remember,
    sign,
)
from tests.conftest import NOW

SECRETS = {"k1": "a" * 32, "k2": "b" * 32}
TOPICS = ("kita-anmeldung", "kita-beitrag", "kindergeld", "unterhaltsvorschuss-und-beistandschaft")
KNOWN = frozenset(TOPICS)
DISTRICTS = (
    "Wanne",
    "Eickel",
    "Röhlinghausen",
    "Unser Fritz",
    "Herne-Mitte",
    "Holsterhausen",
    "Baukau-West",
    "Sodingen",
)

DATES = st.dates().map(lambda day: day.isoformat())
CHILDREN = st.builds(
    Child,
    age_months=st.none() | st.integers(0, 216),
    birth_date=st.none() | DATES,
    due_date=st.none() | DATES,
)
ENTITIES = st.builds(
    Entities,
    children=st.lists(CHILDREN, max_size=4).map(tuple),
    district=st.none() | st.sampled_from(DISTRICTS),
    districts=st.lists(st.sampled_from(DISTRICTS), unique=True).map(tuple),
    weekday=st.none() | st.sampled_from(("MO", "SU")),
    weekdays=st.sampled_from(((), ("SA", "SU"))),
    part_of_day=st.none() | st.sampled_from(("morning", "night")),
    date=st.none() | DATES,
    hours_per_week=st.none() | st.sampled_from((25, 35, 45)),
    income_eur=st.none() | st.integers(0, 999_999),
    income_period=st.none() | st.sampled_from(("month", "year")),
    child_count=st.none() | st.integers(0, 20),
    kinds=st.lists(st.sampled_from(("kita", "familienzentrum", "beratungsstelle", "elternbildung")), unique=True).map(
        tuple
    ),
    offer=st.none() | st.just("herne.elterncafe-familienzentrum-mittendrin"),
    matter=st.none(),
)
CONVERSATIONS = st.builds(
    Conversation,
    topic=st.sampled_from(TOPICS),
    aspect=st.none() | st.sampled_from(("overview", "cost")),
    entities=ENTITIES,
    pending=st.lists(st.sampled_from(TOPICS), max_size=3).map(tuple),
    turns=st.integers(0, MAX_TURNS),
)

SAID = Conversation(
    "kita-beitrag",
    "cost",
    Entities(children=(Child(age_months=0),), district="Wanne", hours_per_week=35),
    ("kindergeld",),
    2,
)


def opened(token: str) -> dict[str, Any]:
    """What anybody can read in a state."""
    payload = token.split(".")[1]
    body: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return body


@given(CONVERSATIONS)
def test_what_was_signed_is_read_again(said: Conversation) -> None:
    assert read_state(sign(said, SECRETS, NOW), SECRETS, NOW, KNOWN) == said


@given(CONVERSATIONS)
def test_a_state_is_at_most_two_kilobytes(said: Conversation) -> None:
    assert len(sign(said, SECRETS, NOW).encode()) <= MAX_STATE_CHARS == 2048


@given(ENTITIES)
def test_what_was_not_said_is_not_written(entities: Entities) -> None:
    wire = entities_to_wire(entities)
    assert not any(value in (None, [], {}, "") for value in wire.values())
    assert set(wire) == {name for name in Entities.__slots__ if getattr(entities, name) not in (None, ())}


def test_the_first_key_signs_and_all_of_them_verify() -> None:
    old = sign(SAID, {"k2": SECRETS["k2"]}, NOW)
    assert sign(SAID, SECRETS, NOW).startswith("k1.")
    assert read_state(old, SECRETS, NOW, KNOWN) == SAID


@pytest.mark.parametrize(
    "age, expected",
    [
        (timedelta(0), SAID),
        (MAX_AGE, SAID),
        (MAX_AGE + timedelta(seconds=1), StateProblem.EXPIRED),
        (timedelta(days=900), StateProblem.EXPIRED),
        (timedelta(minutes=-5), SAID),  # another machine's clock
        (timedelta(minutes=-6), StateProblem.EXPIRED),
    ],
)
def test_a_state_expires_after_two_hours(age: timedelta, expected: Conversation | StateProblem) -> None:
    assert timedelta(hours=2) == MAX_AGE
    assert read_state(sign(SAID, SECRETS, NOW), SECRETS, NOW + age, KNOWN) == expected


def test_a_state_of_a_key_that_is_gone_starts_afresh() -> None:
    assert read_state(sign(SAID, {"old": "c" * 32}, NOW), SECRETS, NOW, KNOWN) is StateProblem.UNKNOWN_KEY


def test_a_state_of_another_key_under_a_known_name_is_forged() -> None:
    with pytest.raises(ForgedStateError):
        read_state(sign(SAID, {"k1": "c" * 32}, NOW), SECRETS, NOW, KNOWN)


def test_a_change_at_any_place_is_never_accepted() -> None:
    token = sign(SAID, SECRETS, NOW)
    for at, char in enumerate(token):
        for other in sorted({*ascii_letters, *digits, *"-_.=ä\0"} - {char}):
            try:
                found = read_state(token[:at] + other + token[at + 1 :], SECRETS, NOW, KNOWN)
            except ForgedStateError:
                continue
            assert found is StateProblem.UNKNOWN_KEY


@pytest.mark.parametrize("cut", [1, 2, 10, 40])
def test_a_cut_or_longer_state_is_forged(cut: int) -> None:
    token = sign(SAID, SECRETS, NOW)
    for text in (token[:-cut], token + "A" * cut, token.replace(".", "..", 1)):
        with pytest.raises(ForgedStateError):
            read_state(text, SECRETS, NOW, KNOWN)


@given(st.text(max_size=80) | st.text(st.sampled_from("k1.eyJ9-_="), max_size=40))
def test_what_is_no_state_is_never_read(token: str) -> None:
    try:
        found = read_state(token, SECRETS, NOW, KNOWN)
    except ForgedStateError:
        return
    assert found is StateProblem.UNKNOWN_KEY


def test_a_state_that_is_too_long_is_not_even_looked_at() -> None:
    with pytest.raises(ForgedStateError):
        read_state("unknown." + "a" * MAX_STATE_CHARS, SECRETS, NOW, KNOWN)


def test_a_topic_that_is_gone_is_forgotten() -> None:
    token = sign(replace(SAID, pending=("kindergeld", "kita-beitrag")), SECRETS, NOW)
    found = read_state(token, SECRETS, NOW, frozenset({"kindergeld"}))
    assert found == replace(SAID, topic=None, aspect=None, pending=("kindergeld",))


def test_a_topic_is_forgotten_after_five_turns_without_one() -> None:
    said = Conversation("kita-beitrag", "cost", Entities(district="Wanne"))
    for _ in range(MAX_TURNS - 1):
        said = remember(said, None, None, Entities(), ())
        assert (said.topic, said.entities.district) == ("kita-beitrag", "Wanne")
    assert MAX_TURNS == 5
    assert remember(said, None, None, Entities(), ()) == Conversation()


def test_a_new_topic_starts_the_count_again() -> None:
    said = Conversation("kita-beitrag", turns=4)
    assert remember(said, "kindergeld", "overview", Entities(), ()).turns == 0
    assert remember(said, None, None, Entities(), ()).topic is None


def test_a_topic_asked_again_is_never_forgotten() -> None:
    said = Conversation("kita-beitrag")
    for _ in range(3 * MAX_TURNS):
        said = remember(said, "kita-beitrag", "cost", Entities(), ())
        assert (said.topic, said.aspect) == ("kita-beitrag", "cost")
        assert said.turns < MAX_TURNS


def test_at_most_three_choices_are_remembered_for_one_turn() -> None:
    said = remember(Conversation(), None, None, Entities(), (*TOPICS, "x"))
    assert said.pending == TOPICS[:3]
    assert remember(said, None, None, Entities(), ()).pending == ()


def test_newer_values_win_and_older_ones_stay() -> None:
    old = Entities(district="Wanne", hours_per_week=35, matter="muell")
    new = Entities(district="Eickel", children=(Child(age_months=3),))
    assert merge(old, new) == Entities(district="Eickel", hours_per_week=35, children=(Child(age_months=3),))


def test_a_new_amount_does_not_inherit_the_period_of_the_old_one() -> None:
    old = Entities(income_eur=3000, income_period="month")
    assert merge(old, Entities(income_eur=48000)).income_period is None
    assert merge(old, Entities(district="Wanne")).income_period == "month"


def test_a_new_day_or_district_forgets_all_of_the_old_one() -> None:
    old = Entities(date="2027-01-06", weekday="WE", districts=("Wanne", "Eickel"), part_of_day="morning")
    merged = merge(old, Entities(weekdays=("SA", "SU"), district="Wanne"))
    assert merged == Entities(weekdays=("SA", "SU"), district="Wanne", part_of_day="morning")


def test_after_a_search_only_its_own_wishes_are_remembered() -> None:
    said = Conversation("elterncafe", "place", Entities(district="Wanne", weekday="MO", hours_per_week=35))
    wish = Entities(children=(Child(age_months=8),), kinds=("elterncafe",))
    after = remember(said, "elterncafe", "place", wish, (), searched=True)
    assert after.entities == replace(wish, hours_per_week=35)


def test_what_cannot_be_is_not_remembered() -> None:
    assert merge(Entities(), Entities(doubtful=("age",))).doubtful == ()


@given(ENTITIES, ENTITIES)
def test_merging_loses_nothing_that_was_said(old: Entities, new: Entities) -> None:
    merged = merge(old, new)
    for name in Entities.__slots__:
        if name == "income_period":  # belongs to its amount
            continue
        group = next((names for names in TOGETHER if name in names), (name,))
        newer = any(getattr(new, one) not in (None, ()) for one in group)
        if newer:
            assert getattr(merged, name) == getattr(new, name)
            continue
        said = [getattr(e, name) for e in (new, old) if getattr(e, name) not in (None, ())]
        assert getattr(merged, name) == (said[0] if said else getattr(old, name))


MESSAGES = (
    "Was kostet die Kita Regenbogenzauber für Finnegan Krawuttke?",
    "ich wohne am Krawuttkeweg in der Altstadt, mein Sohn Finnegan ist 3 Jahre alt",
    "Finnegan Krawuttke Regenbogenzauber",
    "Hallo Krawuttke",
    "Mein Sohn Finnegan atmet nicht, Krawuttkeweg!",
    "Und wann wird der Müll am Krawuttkeweg abgeholt?",
)


def test_no_word_of_a_message_stands_in_a_state(small_bot: Bot) -> None:
    said = Conversation()
    for message in MESSAGES:
        said = reply(Question(message, NOW, conversation=said), small_bot).conversation
        text = json.dumps(opened(sign(said, SECRETS, NOW)), ensure_ascii=False).lower()
        assert not any(word in text for word in ("finnegan", "krawuttke", "regenbogen"))
    assert said.entities.district == "Altstadt"  # what is remembered is a name of ours


def test_a_state_holds_what_the_contract_says() -> None:
    body = opened(sign(SAID, SECRETS, NOW))
    assert set(body) == {"v", "kid", "issued_at", "topic", "aspect", "entities", "pending", "turns"}
    assert datetime.fromtimestamp(body["issued_at"], tz=NOW.tzinfo) == NOW
    assert body["entities"] == {"children": [{"age_months": 0}], "district": "Wanne", "hours_per_week": 35}
