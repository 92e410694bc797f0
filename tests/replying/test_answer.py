"""A decision to blocks: the asked side first, what leaves the air and what never does, what is switched off."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.content.loading import Content
from bot.content.models import Aspect, AspectText, EmergencyLine, Fact, FactKind
from bot.model import OUTSIDE, Answer, Block, Candidate, Conversation, Decision, Entities, Kind, Question
from bot.pipeline import Bot
from bot.replying.answer import compose, is_open, topic_page
from tests.conftest import NOW

BERLIN = ZoneInfo("Europe/Berlin")
SUNDAY = datetime(2026, 11, 22, 10, 0, tzinfo=BERLIN)
MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=BERLIN)
FIVE_YEARS_ON = datetime(2031, 11, 24, 10, 0, tzinfo=BERLIN)

EMERGENCY = Decision(Kind.EMERGENCY, ("medizinischer-notfall",), ("overview",), situation="lebensgefahr")


@pytest.fixture(scope="module")
def content(small_bot: Bot) -> Content:
    return small_bot.content


def answer_to(topic: str, aspect: str = "overview", **more: Any) -> Decision:
    return Decision(Kind.ANSWER, (topic,), (aspect,), **more)


def composed(decision: Decision, content: Content, now: datetime = SUNDAY, **more: Any) -> Answer:
    return compose(decision, Question("?", now), content, **more)


def with_facts(content: Content, *names: str, **changes: Any) -> Content:
    """The content with these facts changed; without names all of them."""
    facts: dict[str, Fact] = dict(content.facts)
    for name in names or tuple(facts):
        facts[name] = facts[name].model_copy(update=changes)
    return content.model_copy(update={"facts": facts})


def with_entry(content: Content, topic: str, **changes: Any) -> Content:
    entries = dict(content.entries) | {topic: content.entries[topic].model_copy(update=changes)}
    return content.model_copy(update={"entries": entries})


def texts(answer: Answer) -> str:
    return "\n".join(b.text for b in answer.blocks)


def contacts(answer: Answer) -> list[Block]:
    return [b for b in answer.blocks if b.type == "contact"]


def phones(answer: Answer) -> list[str]:
    return [str(b.data.get("phone")) for b in contacts(answer)]


# what was asked for


def test_the_side_asked_for_comes_first(content: Content) -> None:
    first, *_ = composed(answer_to("kita-anmeldung", "procedure"), content).blocks
    assert (first.type, first.topic, first.aspect, first.text) == (
        "text",
        "kita-anmeldung",
        "procedure",
        "So melden Sie an.",
    )


def test_a_side_that_is_a_guess_stands_behind_the_short_answer(content: Content) -> None:
    first, second, *_ = composed(answer_to("kita-anmeldung", "procedure", short_first=True), content).blocks
    assert [(b.aspect, b.text) for b in (first, second)] == [
        ("overview", "Melden Sie Ihr Kind online an."),
        ("procedure", "So melden Sie an."),
    ]


def test_steps_lists_and_notices_are_blocks_of_their_own(content: Content) -> None:
    procedure = composed(answer_to("kita-anmeldung", "procedure"), content)
    assert [b.type for b in procedure.blocks] == ["text", "steps", "notice", "contact"]
    steps = procedure.blocks[1]
    assert steps.text == "1. Wählen Sie eine Kita. (bis Januar.)\n2. Füllen Sie das Formular aus."
    assert steps.data["items"][0] == {"text": "Wählen Sie eine Kita.", "deadline": "bis Januar"}
    assert steps.data["items"][1]["link"] == {"label": "Formular", "url": "https://example.org/formular"}
    assert [link.label for link in procedure.links] == ["Formular", "Kita-Portal"]
    documents = composed(answer_to("kita-anmeldung", "documents"), content).blocks[1]
    assert (documents.type, documents.text) == ("list", "- Geburtsurkunde\n- Impfpass")


def test_a_side_without_a_text_gets_the_short_answer(content: Content) -> None:
    first, *_ = composed(answer_to("kindergeld", "duration"), content).blocks
    assert (first.aspect, first.text) == ("overview", "Kindergeld beantragen Sie bei der Familienkasse.")


def test_a_side_of_another_topic_is_pointed_to(content: Content) -> None:
    changed = with_entry(content, "kindergeld", aspects={Aspect.COST: AspectText(see="kita-beitrag")})
    answer = composed(answer_to("kindergeld", "cost"), changed)
    assert answer.blocks[0].text == "Kindergeld beantragen Sie bei der Familienkasse."
    assert answer.suggestions[0].label == "Was die Kita kostet"


def test_the_office_links_and_sources_stand_with_the_answer(content: Content) -> None:
    answer = composed(answer_to("kita-beitrag", "cost"), content)
    assert contacts(answer)[0].data["name"] == "Jugendamt Musterstadt"
    assert [(s.label, s.url, s.date, s.checked) for s in answer.sources] == [
        ("Beitragssatzung", "https://example.org/satzung", "2026-08", "2026-11-20"),
        ("Stadt Musterstadt", None, "2026-10", "2026-11-20"),
    ]


def test_values_are_written_out(content: Content) -> None:
    text = composed(answer_to("kita-beitrag", "cost"), content).blocks[0].text
    assert "100 Euro im Monat (Stand August 2026)" in text


def test_every_other_side_and_neighbour_is_offered(content: Content) -> None:
    answer = composed(answer_to("kita-anmeldung", "procedure"), content)
    assert [(s.label, s.message) for s in answer.suggestions] == [
        ("Unterlagen", "Kita-Platz anmelden: Unterlagen"),
        ("Was die Kita kostet", "Was die Kita kostet"),
    ]


def test_two_questions_are_answered_in_their_order(content: Content) -> None:
    decision = Decision(Kind.ANSWER, ("kindergeld", "kita-anmeldung"), ("overview", "documents"))
    answer = composed(decision, content)
    assert answer.blocks[0].text == content.texts.two_questions
    assert [b.topic for b in answer.blocks[1:]] == ["kindergeld"] * 2 + ["kita-anmeldung"] * 3
    assert (answer.conversation.topic, answer.conversation.aspect) == ("kita-anmeldung", "documents")


def test_an_office_is_named_once(content: Content) -> None:
    decision = Decision(Kind.ANSWER, ("kita-beitrag", "kita-anmeldung"), ("cost", "documents"))
    assert len(contacts(composed(decision, content))) == 1


def test_a_matter_of_another_office_gets_its_own_words(content: Content) -> None:
    decision = answer_to(OUTSIDE, entities=Entities(matter="muell"))
    answer = composed(decision, content)
    assert answer.blocks[0].text == "Um den Müll kümmert sich der Betriebshof."
    assert answer.links[0].label == "Abfallkalender"
    assert contacts(answer)[0].data["name"] == "Zentrale der Stadt Musterstadt"
    assert answer.conversation.topic is None


def test_a_matter_without_words_gets_the_general_ones(content: Content) -> None:
    answer = composed(answer_to(OUTSIDE, entities=Entities(matter="reisepass")), content)
    assert answer.blocks[0].text == "Dazu kann ich nichts sagen."


def test_who_does_not_know_shows_a_way_on(content: Content) -> None:
    answer = composed(Decision(Kind.FALLBACK, candidates=(Candidate("kindergeld", 0.2),)), content)
    assert answer.blocks[0].text == content.texts.fallback
    assert phones(answer) == ["0999 1-0"]
    assert answer.suggestions[0].label == "Kindergeld"


def test_a_question_back_offers_its_choices_and_remembers_them(content: Content) -> None:
    choices = (Candidate("kindergeld", 0.4), Candidate("kita-beitrag", 0.3))
    answer = composed(Decision(Kind.CLARIFY, choices=choices, asks="topic"), content)
    assert [s.message for s in answer.suggestions] == ["Kindergeld", "Was die Kita kostet"]
    assert answer.conversation.pending == ("kindergeld", "kita-beitrag")
    assert answer.titles == {"kindergeld": "Kindergeld", "kita-beitrag": "Was die Kita kostet"}


def test_only_choices_that_were_shown_are_remembered(content: Content) -> None:
    """„Das erste“ is the first that stands on the page, also when an entry was left out as invalid."""
    entries = {k: v for k, v in content.entries.items() if k != "kindergeld"}
    choices = (Candidate("kindergeld", 0.4), Candidate("kita-beitrag", 0.3))
    answer = composed(Decision(Kind.CLARIFY, choices=choices), content.model_copy(update={"entries": entries}))
    assert [s.message for s in answer.suggestions] == ["Was die Kita kostet"]
    assert answer.conversation.pending == ("kita-beitrag",)


def test_the_line_of_help_comes_first(content: Content) -> None:
    answer = composed(answer_to("kindergeld", help_line=True), content)
    first = answer.blocks[0]
    assert (first.type, first.data["level"]) == ("notice", "help")
    assert "112" in first.text


def test_another_language_is_told_where_to_call(content: Content) -> None:
    assert "112" in composed(Decision(Kind.FALLBACK, lang="en"), content).blocks[0].text
    first = composed(Decision(Kind.EMERGENCY, ("medizinischer-notfall",), ("overview",), lang="en"), content).blocks[0]
    assert (first.text, first.data["level"]) == ("In an emergency call 112 or 110.", "danger")


# what leaves the air


YESTERDAY = date(2026, 11, 21)


def test_an_expired_fact_leaves_the_air(content: Content) -> None:
    assert "100 Euro" in texts(composed(answer_to("kita-beitrag", "cost"), content))
    answer = composed(answer_to("kita-beitrag", "cost"), with_facts(content, "stadt.beitrag", valid_until=YESTERDAY))
    assert "100" not in texts(answer).replace("0999 1-200", "")
    assert answer.blocks[0].text == content.texts.expired.format(office="Jugendamt Musterstadt, 0999 1-200")


@pytest.mark.parametrize(
    "last_day, on_air",
    [(date(2026, 11, 21), False), (date(2026, 11, 22), True), (date(2026, 11, 23), True), (None, True)],
)
def test_a_fact_is_valid_to_the_end_of_its_last_day(content: Content, last_day: date | None, on_air: bool) -> None:
    answer = composed(answer_to("kita-beitrag"), with_facts(content, valid_until=last_day))
    assert ("100 Euro" in texts(answer)) is on_air


def test_what_is_told_as_history_does_not_expire(content: Content) -> None:
    changed = with_facts(content, valid_until=YESTERDAY, kind=FactKind.HISTORICAL)
    assert "100 Euro" in texts(composed(answer_to("kita-beitrag"), changed))


def test_an_expired_fact_is_not_cited(content: Content) -> None:
    answer = composed(answer_to("kita-beitrag"), with_facts(content, valid_until=YESTERDAY))
    assert "Beitragssatzung" not in {s.label for s in answer.sources}


def test_the_page_of_a_topic_hides_an_expired_fact_too(content: Content) -> None:
    page = topic_page("kita-beitrag", with_facts(content, valid_until=YESTERDAY), Question("", SUNDAY))
    assert "100 Euro" not in texts(page)


def test_an_expired_fact_of_an_emergency_stays(content: Content) -> None:
    answer = composed(EMERGENCY, with_facts(content, valid_until=YESTERDAY))
    assert "112" in phones(answer)
    assert "Rufen Sie jetzt die 112 an." in texts(answer)


@pytest.mark.parametrize("situation", ["lebensgefahr", "gibt-es-nicht", None])
def test_emergency_facts_answer_five_years_on(content: Content, situation: str | None) -> None:
    decision = Decision(Kind.EMERGENCY, ("medizinischer-notfall",), ("overview",), situation=situation)
    answer = composed(decision, with_facts(content, valid_until=YESTERDAY), FIVE_YEARS_ON)
    assert "112" in phones(answer)
    assert content.texts.expired[:20] not in texts(answer)


def test_the_page_of_an_emergency_stays_five_years_on(content: Content) -> None:
    changed = with_facts(content, valid_until=YESTERDAY)
    page = topic_page("medizinischer-notfall", changed, Question("", FIVE_YEARS_ON))
    assert "112" in phones(page)
    assert content.texts.expired[:20] not in texts(page)


def test_the_line_of_help_stays_five_years_on(content: Content) -> None:
    changed = with_facts(content, valid_until=YESTERDAY)
    first = composed(answer_to("kindergeld", help_line=True), changed, FIVE_YEARS_ON).blocks[0]
    assert first.text == content.texts.help_line.format(line="112")


def test_switched_off_the_emergency_lines_stay_five_years_on(content: Content) -> None:
    changed = with_facts(content, valid_until=YESTERDAY)
    assert "112" in phones(composed(answer_to("kindergeld"), changed, FIVE_YEARS_ON, all_off=True))


def test_a_source_of_emergencies_stays_five_years_on(content: Content) -> None:
    changed = with_facts(content, valid_until=YESTERDAY)
    for decision in (EMERGENCY, answer_to("medizinischer-notfall")):
        now = composed(decision, content).sources
        assert composed(decision, changed, FIVE_YEARS_ON).sources == now


# what is switched off


def test_a_topic_that_is_switched_off_hands_over(content: Content) -> None:
    answer = composed(answer_to("kita-beitrag", "cost"), content, off=frozenset({"kita-beitrag"}))
    assert answer.blocks[0].text == content.texts.topic_off
    assert phones(answer) == ["0999 1-0"]
    assert "100 Euro" not in texts(answer)


def test_an_entry_may_say_itself_why_it_is_off(content: Content) -> None:
    changed = with_entry(content, "kita-beitrag", off=True, off_text="Die Satzung ändert sich gerade.")
    assert composed(answer_to("kita-beitrag"), changed).blocks[0].text == "Die Satzung ändert sich gerade."


def test_a_topic_whose_entry_was_left_out_hands_over(content: Content) -> None:
    entries = {k: v for k, v in content.entries.items() if k != "kita-beitrag"}
    answer = composed(answer_to("kita-beitrag", "cost"), content.model_copy(update={"entries": entries}))
    assert answer.blocks[0].text == content.texts.topic_off
    assert phones(answer) == ["0999 1-0"]


def test_an_emergency_cannot_be_switched_off(content: Content) -> None:
    changed = with_entry(content, "medizinischer-notfall", off=True)
    off = frozenset({"medizinischer-notfall"})
    for answer in (composed(EMERGENCY, changed, off=off), composed(EMERGENCY, changed, off=off, all_off=True)):
        assert "112" in phones(answer)
        assert "Rufen Sie jetzt" in texts(answer)


@pytest.mark.parametrize(
    "decision",
    [
        answer_to("kita-anmeldung", "procedure"),
        answer_to("kindergeld", "cost"),
        answer_to(OUTSIDE),
        Decision(Kind.FALLBACK),
        Decision(Kind.FALLBACK, candidates=(Candidate("kita-beitrag", 0.3),)),
        Decision(Kind.CLARIFY, choices=(Candidate("kindergeld", 0.4), Candidate("kita-beitrag", 0.3))),
    ],
    ids=["related", "side elsewhere", "outside", "fallback", "near", "choices"],
)
def test_a_topic_that_is_switched_off_is_not_offered(decision: Decision, content: Content) -> None:
    changed = with_entry(content, "kindergeld", aspects={Aspect.COST: AspectText(see="kita-beitrag")})
    title = content.entries["kita-beitrag"].title
    assert title in {s.message for s in composed(decision, changed).suggestions}
    off = composed(decision, changed, off=frozenset({"kita-beitrag"}))
    assert title not in {s.message for s in off.suggestions}


def test_a_question_back_without_a_choice_shows_a_way_on(content: Content) -> None:
    decision = Decision(Kind.CLARIFY, choices=(Candidate("kita-beitrag", 0.4),), asks="topic")
    answer = composed(decision, content, off=frozenset({"kita-beitrag"}))
    assert answer.blocks[0].text == content.texts.fallback
    assert phones(answer) == ["0999 1-0"]
    assert answer.conversation.pending == ()


@pytest.mark.parametrize("off", [frozenset({"kindergeld"}), frozenset[str]()])
def test_a_choice_that_is_switched_off_is_not_remembered(off: frozenset[str], content: Content) -> None:
    changed = content if off else with_entry(content, "kindergeld", off=True)
    choices = (Candidate("kindergeld", 0.4), Candidate("kita-beitrag", 0.3))
    answer = composed(Decision(Kind.CLARIFY, choices=choices), changed, off=off)
    assert answer.conversation.pending == ("kita-beitrag",)


@pytest.mark.parametrize(
    "decision",
    [
        answer_to("kita-beitrag", "cost"),
        answer_to(OUTSIDE),
        Decision(Kind.FALLBACK),
        Decision(Kind.CLARIFY, choices=(Candidate("kindergeld", 0.4),)),
        Decision(Kind.SMALLTALK, ("begruessung",), ("overview",)),
    ],
)
def test_all_off_leaves_the_default_contact_and_the_emergency_lines(decision: Decision, content: Content) -> None:
    answer = composed(decision, content, all_off=True)
    assert answer.blocks[0].text == content.texts.all_off
    assert phones(answer) == ["0999 1-0", "112"]
    assert not answer.suggestions
    assert answer.conversation.pending == ()  # nothing was offered


# emergencies


def test_lines_that_are_open_now_come_first(content: Content) -> None:
    assert phones(composed(EMERGENCY, content, MONDAY)) == ["0999 200", "112"]
    assert phones(composed(EMERGENCY, content, SUNDAY)) == ["112", "0999 200"]


def test_a_line_of_unknown_hours_stands_between_open_and_closed_ones(content: Content) -> None:
    unknown = EmergencyLine.model_validate({"id": "unbekannt", "name": "?", "phone": "0999 300", "for": "Irgendwann"})
    lines = dict(content.lines) | {"unbekannt": unknown}
    (situation,) = content.entries["medizinischer-notfall"].situations
    situation = situation.model_copy(update={"lines": ("sorgentelefon", "unbekannt", "notruf-112")})
    changed = with_entry(content, "medizinischer-notfall", situations=(situation,)).model_copy(update={"lines": lines})
    assert phones(composed(EMERGENCY, changed, SUNDAY)) == ["112", "0999 300", "0999 200"]
    assert phones(composed(EMERGENCY, changed, MONDAY)) == ["0999 200", "112", "0999 300"]


@pytest.mark.parametrize("lines", [("sorgentelefon",), ("gibt-es-nicht",)])
def test_a_closed_or_missing_line_is_never_the_only_one(lines: tuple[str, ...], content: Content) -> None:
    (situation,) = content.entries["medizinischer-notfall"].situations
    changed = with_entry(content, "medizinischer-notfall", situations=(situation.model_copy(update={"lines": lines}),))
    assert {"112", "110"} <= set(phones(composed(EMERGENCY, changed, SUNDAY)))


def test_the_last_resort_stands_in_the_code(content: Content) -> None:
    changed = content.model_copy(update={"lines": {}, "entries": {}, "facts": {}})
    assert {"112", "110"} <= set(phones(composed(EMERGENCY, changed)))


def test_the_situation_that_was_recognised_is_answered(content: Content) -> None:
    (first,) = content.entries["medizinischer-notfall"].situations
    second = first.model_copy(
        update={"id": "vergiftung", "text": "Geben Sie nichts zu trinken.", "door": "Bleiben Sie da."}
    )
    changed = with_entry(content, "medizinischer-notfall", situations=(first, second))
    decision = Decision(Kind.EMERGENCY, ("medizinischer-notfall",), ("overview",), situation="vergiftung")
    assert "Geben Sie nichts zu trinken.\nBleiben Sie da." in texts(composed(decision, changed))
    assert "Bleiben Sie am Telefon." in texts(composed(EMERGENCY, changed))


@pytest.mark.parametrize(
    "now, expected",
    [
        (datetime(2026, 11, 23, 8, 59, tzinfo=BERLIN), False),
        (datetime(2026, 11, 23, 9, 0, tzinfo=BERLIN), True),
        (datetime(2026, 11, 23, 16, 59, tzinfo=BERLIN), True),
        (datetime(2026, 11, 23, 17, 0, tzinfo=BERLIN), False),
        (datetime(2026, 11, 22, 12, 0, tzinfo=BERLIN), False),  # a Sunday
    ],
)
def test_a_line_is_open_within_its_hours(now: datetime, expected: bool, content: Content) -> None:
    assert is_open(content.lines["sorgentelefon"], now) is expected


def test_a_line_is_always_open_or_its_hours_are_unknown(content: Content) -> None:
    line = content.lines["notruf-112"]
    assert is_open(line, NOW) is True
    assert is_open(line.model_copy(update={"always_open": False}), NOW) is None


def test_a_night_reaches_to_midnight() -> None:
    line = EmergencyLine.model_validate(
        {"id": "n", "name": "N", "for": "x", "hours": [{"days": ["MO"], "from": "18:00", "until": "24:00"}]}
    )
    midnight = datetime(2026, 11, 23, 23, 59, tzinfo=BERLIN)
    assert is_open(line, midnight) is True
    assert is_open(line, midnight + timedelta(minutes=1)) is False


def test_what_is_composed_is_the_same_every_time(content: Content) -> None:
    question = Question("?", NOW, conversation=Conversation(topic="kindergeld", turns=1))
    for decision in (EMERGENCY, answer_to("kita-anmeldung", "procedure"), Decision(Kind.FALLBACK)):
        assert compose(decision, question, content) == compose(decision, question, content)
