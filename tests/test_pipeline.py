"""From a message to an answer in the small town: nothing breaks it, nothing but the question changes it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.compiling import labelled_utterances
from bot.matching.decision import Costs
from bot.model import Answer, Child, Conversation, Entities, Kind, Question
from bot.pipeline import Bot, reply, trace
from bot.replying.conversation import MAX_TURNS, read_state, sign
from tests.conftest import NOW

ASKS = {
    "kita-anmeldung": (
        "Wo melde ich meine Tochter für den Kindergarten an?",
        "Ich möchte einen Kitaplatz für meinen Sohn",
        "Welche Nachweise braucht man für die Kita?",
        "anmeldung im kindergarten",
    ),
    "kita-beitrag": (
        "Wie viel kostet der Kindergarten?",
        "Wie hoch sind die Gebühren für die Kita?",
        "Was muss ich für den Kitaplatz bezahlen?",
        "Beitrag für die Kita im Monat",
    ),
    "kindergeld": ("Wo stelle ich den Antrag auf Kindergeld?", "Bekomme ich Kindergeld?", "kindergeld familienkasse"),
    "mensch-sprechen": ("Kann ich mit einem Mitarbeiter sprechen?", "Ich möchte angerufen werden von einem Menschen"),
}
"""Questions that the entries of the small town answer; none is an utterance."""
CASES = [(question, topic) for topic, questions in ASKS.items() for question in questions]

TEXT = st.text(st.characters(), max_size=120) | st.text(
    st.sampled_from("kita was kostet 3Jahre atmet nicht.?!\0\ud800\u0301ıßẞ👶🏽ﷺ\u202e"), max_size=60
)
TOPIC = st.sampled_from(
    ("kita-beitrag", "kindergeld", "medizinischer-notfall", "ausserhalb", "begruessung", "gibt-es-nicht")
)
CONVERSATIONS = st.builds(
    Conversation,
    topic=st.none() | TOPIC,
    aspect=st.none() | st.sampled_from(("overview", "cost", "documents")),
    entities=st.builds(
        Entities,
        children=st.lists(st.builds(Child, age_months=st.none() | st.integers(0, 216)), max_size=4).map(tuple),
        district=st.none() | st.just("Altstadt"),
        matter=st.none() | st.sampled_from(("muell", "gibt-es-nicht")),
    ),
    pending=st.lists(TOPIC, max_size=3).map(tuple),
    turns=st.integers(0, MAX_TURNS),
)


def ask(message: str, bot: Bot, said: Conversation | None = None) -> Answer:
    return reply(Question(message, NOW, conversation=said or Conversation()), bot)


def topics_of(message: str, bot: Bot) -> tuple[str, ...]:
    return ask(message, bot).decision.topics


def test_any_message_in_any_conversation_gets_a_reply(small_bot: Bot) -> None:
    @given(message=TEXT, said=CONVERSATIONS)
    @example(message="am Dıenstag", said=Conversation())  # with the „ı“ of a Turkish keyboard
    @example(message="das letzte", said=Conversation(pending=("gibt-es-nicht",)))
    @settings(max_examples=300)
    def holds(message: str, said: Conversation) -> None:
        answer = ask(message, small_bot, said)
        assert any(block.text.strip() for block in answer.blocks)
        assert 0.0 <= answer.decision.confidence <= 1.0
        assert len(answer.decision.topics) == len(answer.decision.aspects)
        assert answer.conversation.turns < MAX_TURNS
        token = sign(answer.conversation, {"k1": "s" * 32}, NOW)
        assert (
            read_state(token, {"k1": "s" * 32}, NOW, frozenset({*small_bot.groups, "gibt-es-nicht"}))
            == answer.conversation
        )

    holds()


def test_the_same_question_gets_the_same_answer(small_bot: Bot) -> None:
    @given(message=TEXT, said=CONVERSATIONS)
    def holds(message: str, said: Conversation) -> None:
        assert ask(message, small_bot, said) == ask(message, small_bot, said)

    holds()


def test_what_was_asked_before_by_others_changes_nothing(small_bot: Bot) -> None:
    before = [ask(question, small_bot) for question, _ in CASES]
    for text, _, _ in labelled_utterances(small_bot.content):
        ask(f"{text} krawuttke", small_bot)
    assert [ask(question, small_bot) for question, _ in reversed(CASES)] == before[::-1]


@pytest.mark.parametrize("question, topic", CASES)
def test_a_question_finds_its_topic(question: str, topic: str, small_bot: Bot) -> None:
    assert question not in {text for text, _, _ in labelled_utterances(small_bot.content)}
    assert topics_of(question, small_bot) == (topic,)


@pytest.mark.parametrize("question, topic", CASES)
@pytest.mark.parametrize(
    "variant",
    [
        "{} bitte",
        "bitte {}",
        "hallo {}",
        "Hallo, {}",
        "Guten Tag! {} Danke",
        "{}???",
        "  {}  ",
        "\u201e{}\u201c",
        "{} 🙂",
    ],
)
def test_courtesy_keeps_the_topic(variant: str, question: str, topic: str, small_bot: Bot) -> None:
    assert topics_of(variant.format(question), small_bot) == (topic,)


@pytest.mark.parametrize("question, topic", CASES)
def test_case_and_space_keep_the_topic(question: str, topic: str, small_bot: Bot) -> None:
    for variant in (question.upper(), question.lower(), question.replace(" ", "  "), question.replace(" ", "\t")):
        assert topics_of(variant, small_bot) == (topic,)
    assert topics_of(question.replace(" ", "\n"), small_bot)[0] == topic  # a new line may begin another question


@pytest.mark.parametrize("question, topic", CASES)
def test_lost_umlauts_keep_the_topic(question: str, topic: str, small_bot: Bot) -> None:
    for written in ("ae oe ue ss", "a o u s"):
        variant = question
        for umlaut, letters in zip("äöüß", written.split(), strict=True):
            variant = variant.replace(umlaut, letters)
        assert topics_of(variant, small_bot) == (topic,)


# emergencies


@pytest.mark.parametrize(
    "message",
    [
        "Was kostet die Kita? Mein Sohn atmet nicht",
        "Mein Baby atmet nicht. Wie hoch ist der Elternbeitrag?",
        "Kindergeld, Kindergeld, Kindergeld! Und mein Kind atmet nicht.",
        "hallo, bitte, mein KIND ATMET NICHT, danke",
    ],
)
def test_emergency_wins_over_a_better_match(message: str, small_bot: Bot) -> None:
    decision = ask(message, small_bot).decision
    assert (decision.kind, decision.rule, decision.situation) == (Kind.EMERGENCY, "atmet-nicht", "lebensgefahr")
    assert decision.topics == ("medizinischer-notfall",)


@pytest.mark.parametrize(
    "said",
    [
        Conversation(topic="kindergeld", aspect="cost", turns=4),
        Conversation(pending=("kindergeld", "kita-beitrag")),
    ],
)
def test_emergency_wins_over_a_conversation(said: Conversation, small_bot: Bot) -> None:
    answer = ask("mein baby atmet nicht", small_bot, said)
    assert answer.decision.kind is Kind.EMERGENCY
    assert answer.conversation.pending == ()


def test_no_words_around_it_hide_an_emergency(small_bot: Bot) -> None:
    @given(message=st.text(max_size=40), said=CONVERSATIONS)
    def holds(message: str, said: Conversation) -> None:
        decision = ask(f"{message} . Mein Kind atmet nicht . {message}", small_bot, said).decision
        assert decision.kind is Kind.EMERGENCY

    holds()


def test_emergency_wins_when_all_is_switched_off(small_bot: Bot) -> None:
    bot = replace(small_bot, all_off=True, off=frozenset(small_bot.groups))
    answer = ask("Mein Kind atmet nicht", bot)
    assert answer.decision.kind is Kind.EMERGENCY
    assert "112" in {b.data.get("phone") for b in answer.blocks}


def test_the_second_net_finds_what_no_rule_says(small_bot: Bot) -> None:
    steps = trace(Question("Die Kleine krampft, reagiert nicht und ist bewusstlos", NOW), small_bot)
    assert steps.decision.rule is None
    assert steps.decision.kind is Kind.EMERGENCY or steps.decision.help_line


# conversations


def test_two_questions_are_both_answered(small_bot: Bot) -> None:
    answer = ask("Was kostet die Kita und wie beantrage ich Kindergeld?", small_bot)
    assert answer.decision.topics == ("kita-beitrag", "kindergeld")
    assert {"kita-beitrag", "kindergeld"} <= {block.topic for block in answer.blocks}


@pytest.mark.parametrize(
    "first, second, topic",
    [
        ("Wie melde ich mein Kind in der Kita an?", "und welche Unterlagen?", "kita-anmeldung"),
        ("Wie beantrage ich Kindergeld?", "und wo stelle ich den Antrag?", "kindergeld"),
        ("Wie melde ich mein Kind in der Kita an?", "und was kostet das?", "kita-beitrag"),
        ("Wie melde ich mein Kind in der Kita an?", "Wie beantrage ich Kindergeld?", "kindergeld"),
    ],
)
def test_a_follow_up_is_read_with_its_state(first: str, second: str, topic: str, small_bot: Bot) -> None:
    said = ask(first, small_bot).conversation
    assert ask(second, small_bot, said).decision.topics == (topic,)


def test_a_follow_up_means_less_without_its_state(small_bot: Bot) -> None:
    said = ask("Wie beantrage ich Kindergeld?", small_bot).conversation
    with_state, without = (ask("und wie geht das?", small_bot, s).decision for s in (said, None))
    assert with_state.topics == ("kindergeld",)
    assert without.topics != ("kindergeld",)


def test_what_was_said_of_the_family_is_remembered(small_bot: Bot) -> None:
    said = ask("Meine Tochter ist 2 Jahre alt, was kostet die Kita?", small_bot).conversation
    said = ask("und in der Altstadt?", small_bot, said).conversation
    assert said.entities == Entities(children=(Child(age_months=24),), district="Altstadt")


def test_a_question_back_is_answered_by_an_ordinal(small_bot: Bot) -> None:
    doubtful = replace(small_bot, costs=Costs(wrong=1000.0, ask=0.0, refuse=1.0))
    asked = ask("Wie kann ich anmelden und beantragen", doubtful)
    assert asked.decision.kind is Kind.CLARIFY
    assert len(asked.suggestions) == len(asked.conversation.pending) == 3
    for place, word in enumerate(("das erste", "2", "das letzte")):
        chosen = ask(word, doubtful, asked.conversation).decision
        assert chosen.topics == asked.conversation.pending[place : place + 1]


# what we do not know


@pytest.mark.parametrize("message", ["Quantenphysik", "xyz", "???", "", "中文", "👶"])
def test_who_does_not_know_shows_a_way_on(message: str, small_bot: Bot) -> None:
    answer = ask(message, small_bot)
    assert answer.decision.kind is Kind.FALLBACK
    assert "0999 1-0" in {block.data.get("phone") for block in answer.blocks}
    assert answer.suggestions


@pytest.mark.parametrize("message, matter", [("Die Mülltonne ist voll", "muell"), ("Reisepass verloren", "reisepass")])
def test_a_matter_of_another_office_is_named(message: str, matter: str, small_bot: Bot) -> None:
    decision = ask(message, small_bot).decision
    assert (decision.topics, decision.entities.matter) == (("ausserhalb",), matter)


def test_nothing_is_answered_when_all_is_off(small_bot: Bot) -> None:
    answer = ask("Was kostet die Kita?", replace(small_bot, all_off=True))
    assert answer.blocks[0].text == small_bot.content.texts.all_off
    assert answer.conversation.topic is None


def test_every_step_is_told(small_bot: Bot) -> None:
    steps = trace(Question("Was kostet die Kita?", NOW), small_bot)
    assert steps.ranking is not None
    assert steps.candidates is not None
    assert steps.candidates.best[0].topic == "kita-beitrag"
    assert steps.answer.decision == steps.decision
    assert steps.analysis.concepts == ("kosten", "kita")
