"""Searches in a conversation: what a message asks for, what is asked back, and how the next one goes on."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.model import Answer, Child, Conversation, Decision, Entities, Kind, Question
from bot.pipeline import Bot, reply
from bot.replying.direct import direct_messages

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 22, 10, 0, tzinfo=BERLIN)


def ask(message: str, bot: Bot, said: Conversation | None = None, now: datetime = NOW) -> Answer:
    return reply(Question(message, now, conversation=said or Conversation()), bot)


def talk(bot: Bot, *messages: str) -> Answer:
    """The answer to the last of these messages of one conversation."""
    answer = ask(messages[0], bot)
    for message in messages[1:]:
        answer = ask(message, bot, answer.conversation)
    return answer


def offers(answer: Answer) -> list[str]:
    return [str(block.data["id"]).removeprefix("stadt.") for block in answer.blocks if block.type == "offer"]


def notices(answer: Answer) -> list[str]:
    return [block.text for block in answer.blocks if block.type == "notice"]


# what a message asks for


@pytest.mark.parametrize(
    ("message", "topic"),
    [
        ("Krabbelgruppe in Unterbachen", "eltern-kind-gruppe"),
        ("Gibt es hier Krabbelgruppen?", "eltern-kind-gruppe"),
        ("Wann ist die PEKiP-Gruppe?", "eltern-kind-gruppe"),
        ("Kindergärten im Bachtal", "kita-suche"),
        ("Ist morgen irgendwo Elterncafé?", "elterncafe"),
        ("Welche Babygruppen gibt es am Wochenende?", "eltern-kind-gruppe"),
    ],
)
def test_who_asks_for_places_or_dates_gets_a_search(message: str, topic: str, sample_bot: Bot) -> None:
    answer = ask(message, sample_bot)
    assert (answer.decision.kind, answer.decision.topics) == (Kind.OFFERS, (topic,))
    assert answer.decision.aspects[0] in ("place", "hours")
    assert answer.decision.candidates[0].topic == topic
    assert answer.blocks[0].type == "text"


@pytest.mark.parametrize(
    "message",
    [
        "Was ist eine Krabbelgruppe?",
        "Was kostet eine Krabbelgruppe?",
        "Was ist ein Familienzentrum?",
        "Wann hat die Kita morgen zu?",
        "Was kostet die Kita?",
        "Brauche ich für das Elterncafé eine Anmeldung?",
        "Hallo",
        "Wie beantrage ich Kindergeld in der Altstadt?",
    ],
)
def test_who_asks_something_else_gets_an_answer(message: str, sample_bot: Bot) -> None:
    assert ask(message, sample_bot).decision.kind is not Kind.OFFERS


def test_an_emergency_goes_before_a_search(sample_bot: Bot) -> None:
    assert ask("Krabbelgruppe in Unterbachen, mein Kind atmet nicht", sample_bot).decision.kind is Kind.EMERGENCY


def test_a_record_that_is_named_is_looked_for_by_its_name(sample_bot: Bot) -> None:
    answer = ask("Wo ist die Kita Sonnenkäfer?", sample_bot)
    assert offers(answer) == ["kita-sonnenkaefer"]
    assert answer.decision.entities.offer == "stadt.kita-sonnenkaefer"


def test_a_topic_that_is_switched_off_is_not_searched(sample_bot: Bot) -> None:
    bot = replace(sample_bot, off=frozenset({"eltern-kind-gruppe"}))
    answer = ask("Gibt es in Rehbühl eine Krabbelgruppe?", bot)
    assert answer.decision.kind is not Kind.OFFERS
    assert answer.blocks[0].text == bot.content.texts.topic_off


# what is shown


def test_five_are_shown_and_how_many_more_there_are_is_said(sample_bot: Bot) -> None:
    answer = ask("Gibt es hier Krabbelgruppen?", sample_bot)
    assert len(offers(answer)) == 5
    assert "Hier sehen Sie 5 von 12 Treffern." in notices(answer)
    assert {s.label for s in answer.suggestions} >= {"Im Stadtbezirk Altstadt", "Im Stadtbezirk Bachtal"}


def test_what_is_not_stated_is_to_be_asked(sample_bot: Bot) -> None:
    answer = ask("Gibt es in Rehbühl eine Krabbelgruppe?", sample_bot)
    one = next(block for block in answer.blocks if block.data.get("id") == "stadt.spielgruppe-kunterbunt")
    assert one.data["fit"] == "possible"
    assert one.data["ask"] == ["age", "district", "cost", "registration", "accessible"]
    assert "Bitte erfragen: Alter, Stadtteil, Kosten, Anmeldung und Barrierefreiheit." in one.text
    assert {"weekdays", "time", "phone", "source"} <= one.data.keys()
    assert "age" not in one.data


def test_an_empty_list_is_not_said_to_be_all_there_is(sample_bot: Bot) -> None:
    answer = ask("Gibt es eine Vorlesestunde für ein Kind mit 3 Monaten?", sample_bot)
    assert answer.decision.kind is Kind.OFFERS
    assert offers(answer) == []
    assert answer.blocks[0].text == "In unserer Liste steht für ein Kind mit 3 Monaten keine Vorlesestunde."
    assert any("ist nicht vollständig" in notice for notice in notices(answer))
    assert "Familienseite Beispielingen" in {link.label for link in answer.links}
    assert "Für jedes Alter" in {s.label for s in answer.suggestions}


def test_what_was_dropped_is_said(sample_bot: Bot) -> None:
    assert ask("Krabbelgruppe in Unterbachen, am liebsten dienstags", sample_bot).blocks[0].text == (
        "In unserer Liste steht dienstags im Stadtteil Unterbachen keine Krabbel- oder Spielgruppe. "
        "Samstags steht dort eine Krabbel- oder Spielgruppe:"
    )
    assert ask("Gibt es in Gänseried ein Familienzentrum?", sample_bot).blocks[0].text == (
        "In unserer Liste steht im Stadtteil Gänseried kein Familienzentrum. "
        "Im Stadtbezirk Bachtal steht dort ein Familienzentrum:"
    )


def test_how_many_of_all_the_list_has(sample_bot: Bot) -> None:
    answer = ask("Kitas in Sonnenhalde", sample_bot)
    assert "In unserer Liste stehen 7 von rund 9 Kitas, Stand November 2026." in notices(answer)


def test_a_name_of_both_means_the_stadtbezirk_and_says_so(sample_bot: Bot) -> None:
    assert "im ganzen Stadtbezirk Altstadt" in ask("Ich suche eine Kita in der Altstadt.", sample_bot).blocks[0].text


def test_a_public_holiday_is_told(sample_bot: Bot) -> None:
    answer = ask("Findet am 6. Januar eine Spielgruppe statt?", sample_bot)
    assert (answer.decision.entities.date, answer.decision.entities.weekday) == ("2027-01-06", "WE")
    assert notices(answer)[0] == (
        "Der 6. Januar 2027 ist hier ein Feiertag (Heilige Drei Könige). Fragen Sie nach, ob das Angebot stattfindet."
    )


def test_old_records_are_to_be_asked_about_once(sample_bot: Bot) -> None:
    old = sample_bot.content.texts.offers.old
    message = "Welche Kita gibt es in Sonnenhalde?"
    assert notices(ask(message, sample_bot, now=datetime(2027, 11, 30, tzinfo=BERLIN))).count(old) == 0
    assert notices(ask(message, sample_bot, now=datetime(2027, 12, 1, tzinfo=BERLIN))).count(old) == 1


# the conversation


def test_a_follow_up_keeps_what_it_does_not_change(sample_bot: Bot) -> None:
    said = Conversation()
    steps = [
        ("Gibt es dienstags vormittags in Sonnenhalde eine Spielgruppe?", ("Sonnenhalde", "TU", "morning", ())),
        ("und donnerstags?", ("Sonnenhalde", "TH", "morning", ())),
        ("und in Rehbühl?", ("Rehbühl", "TH", "morning", ())),
        ("für 2-jährige?", ("Rehbühl", "TH", "morning", (24,))),
        ("lieber nachmittags", ("Rehbühl", "TH", "afternoon", (24,))),
        ("und in ganz Beispielingen?", (None, "TH", "afternoon", (24,))),
    ]
    for message, expected in steps:
        answer = ask(message, sample_bot, said)
        found, said = answer.decision.entities, answer.conversation
        ages = tuple(child.age_months for child in found.children)
        assert answer.decision.kind is Kind.OFFERS, message
        assert (found.district, found.weekday, found.part_of_day, ages) == expected, message


def test_a_weekend_replaces_a_weekday(sample_bot: Bot) -> None:
    found = talk(sample_bot, "Gibt es dienstags eine Krabbelgruppe?", "und am Wochenende?").decision.entities
    assert (found.weekday, found.weekdays) == (None, ("SA", "SU"))


def test_a_new_kind_keeps_the_place_after_und(sample_bot: Bot) -> None:
    answer = talk(sample_bot, "Gibt es dienstags in Rehbühl eine Krabbelgruppe?", "und welche Elterncafés gibt es?")
    assert answer.decision.topics == ("elterncafe",)
    assert (answer.decision.entities.district, answer.decision.entities.weekday) == ("Rehbühl", "TU")


def test_a_new_search_keeps_the_family_but_not_the_day(sample_bot: Bot) -> None:
    first = "Gibt es dienstags in Rehbühl eine Krabbelgruppe für unseren Zweijährigen?"
    found = talk(sample_bot, first, "Welche Kitas gibt es?").decision.entities
    assert (found.weekday, found.district, found.children) == (None, "Rehbühl", (Child(age_months=24),))


def test_what_was_said_before_a_search_counts(sample_bot: Bot) -> None:
    answer = talk(sample_bot, "Mein Sohn ist 2 Jahre alt, was kostet die Kita?", "Krabbelgruppe in Unterbachen")
    assert answer.decision.entities.children == (Child(age_months=24),)


def test_an_ambiguous_district_is_asked_back(sample_bot: Bot) -> None:
    answer = ask("Krabbelgruppe mittwochs in Weiherfeld", sample_bot)
    decision = answer.decision
    assert (decision.kind, decision.asks, decision.topics) == (Kind.CLARIFY, "district", ())
    assert [c.topic for c in decision.candidates] == [c.topic for c in decision.choices] == ["eltern-kind-gruppe"]
    assert [s.label for s in answer.suggestions] == ["Weiherfeld-Nord", "Weiherfeld-Süd"]
    assert answer.blocks[0].text == "Welchen Stadtteil meinen Sie: Weiherfeld-Nord oder Weiherfeld-Süd?"


@pytest.mark.parametrize("said", ["Weiherfeld-Süd", "das zweite", "in Weiherfeld Süd", "2", "suggestion"])
def test_the_district_asked_back_goes_on_with_the_search(said: str, sample_bot: Bot) -> None:
    asked = ask("Krabbelgruppe mittwochs in Weiherfeld", sample_bot)
    message = asked.suggestions[1].message if said == "suggestion" else said
    found = ask(message, sample_bot, asked.conversation).decision
    assert (found.kind, found.topics) == (Kind.OFFERS, ("eltern-kind-gruppe",))
    assert (found.entities.district, found.entities.weekday) == ("Weiherfeld-Süd", "WE")


def test_two_districts_that_are_named_are_both_searched(sample_bot: Bot) -> None:
    answer = ask("Kitas in Sonnenhalde oder Gänseried", sample_bot)
    assert answer.decision.kind is Kind.OFFERS
    assert offers(answer)[:2] == ["kita-gaensebluemchen", "kita-sonnenkaefer"]
    again = ask("und am Vormittag?", sample_bot, answer.conversation)
    assert again.decision.entities.districts == ("Sonnenhalde", "Gänseried")


MESSAGES = (
    "Gibt es dienstags vormittags in Sonnenhalde eine Spielgruppe für 2-jährige?",
    "Gibt es hier Krabbelgruppen?",
    "Wir haben ein Baby mit 8 Monaten und ein Kind mit 30 Monaten. Welche Krabbelgruppe passt für beide?",
    "Findet am 6. Januar eine Spielgruppe statt?",
    "Gibt es am Wochenende eine Krabbelgruppe?",
    "Kitas in Sonnenhalde oder Gänseried",
    "Krabbelgruppe mittwochs in Weiherfeld",
    "Gibt es freitags eine Vorlesestunde in der Altstadt?",
    "Spielgruppe am 31. Februar",
    "Krabbelgruppe in Mustershausen",
)


@pytest.mark.parametrize("message", MESSAGES)
def test_every_quick_reply_is_understood_with_and_without_a_state(message: str, sample_bot: Bot) -> None:
    answer = ask(message, sample_bot)
    topic = (answer.decision.topics or tuple(c.topic for c in answer.decision.choices))[0]
    known = direct_messages(sample_bot.content)
    searches = [s for s in answer.suggestions if s.message.startswith(f"{sample_bot.content.entries[topic].title}: ")]
    found = []
    for suggestion in searches:
        alone, after = (ask(suggestion.message, sample_bot, said).decision for said in (None, answer.conversation))
        assert alone == after
        assert alone.topics == (topic,)
        assert alone.confidence == 1.0
        found.append(alone.kind)
    assert Kind.OFFERS in found
    assert all(ask(s.message, sample_bot).decision.confidence == 1.0 for s in answer.suggestions), known


def test_a_quick_reply_drops_one_wish_and_keeps_the_others(sample_bot: Bot) -> None:
    answer = ask(MESSAGES[0], sample_bot)
    by_label = {s.label: ask(s.message, sample_bot, answer.conversation).decision.entities for s in answer.suggestions}
    wish = answer.decision.entities
    assert by_label["An allen Tagen"] == replace(wish, weekday=None, kinds=())
    assert by_label["Zu jeder Tageszeit"] == replace(wish, part_of_day=None, kinds=())
    assert by_label["In ganz Beispielingen"] == replace(wish, district=None, kinds=())


def test_a_state_holds_the_wish_and_a_new_one_replaces_it(sample_bot: Bot) -> None:
    answer = talk(sample_bot, MESSAGES[0], "Krabbelgruppe, Spielgruppe und PEKiP: in ganz Beispielingen")
    assert answer.decision.kind is Kind.OFFERS
    assert answer.conversation.entities == Entities()


# what cannot be


BAD = [
    ("Spielgruppe am 31. Februar", "date", "impossible_date"),
    ("Krabbelgruppe am 32.1.", "date", "impossible_date"),
    ("Gibt es am 3.5.2019 eine Spielgruppe?", "date", "past_date"),
    ("Krabbelgruppe, mein Sohn ist am 3.5.2031 geboren", "child_age", "future_birth"),
    ("Krabbelgruppe, mein Sohn ist am 3.5.1986 geboren", "child_age", "old_birth"),
    ("Spielgruppe für mein Kind, -3 Jahre", "child_age", "negative_age"),
    ("Gibt es eine Spielgruppe für mein Kind, 25 Jahre alt?", "child_age", "grown_child"),
]


@pytest.mark.parametrize(("message", "asks", "oddity"), BAD)
def test_what_cannot_be_is_said_plainly_with_a_way_on(message: str, asks: str, oddity: str, sample_bot: Bot) -> None:
    answer = ask(message, sample_bot)
    decision = answer.decision
    assert (decision.kind, decision.asks, decision.oddity) == (Kind.CLARIFY, asks, oddity)
    assert answer.blocks[0].text == getattr(sample_bot.content.texts.offers, oddity)
    assert decision.entities.children == ()
    assert decision.entities.date is None
    assert any(block.type == "contact" for block in answer.blocks)
    on: Decision = ask(answer.suggestions[0].message, sample_bot, answer.conversation).decision
    assert on.kind is Kind.OFFERS


@pytest.mark.parametrize(
    ("first", "second"), [(BAD[0][0], "am 6. Januar"), (BAD[3][0], "8 Monate"), (BAD[5][0], "3 Jahre")]
)
def test_the_answer_to_it_goes_on_with_the_search(first: str, second: str, sample_bot: Bot) -> None:
    answer = talk(sample_bot, first, second)
    assert (answer.decision.kind, answer.decision.topics) == (Kind.OFFERS, ("eltern-kind-gruppe",))
    assert answer.decision.entities.date or answer.decision.entities.children


def test_a_parent_s_own_age_is_no_child_s(sample_bot: Bot) -> None:
    answer = ask("Ich bin 34 Jahre alt und suche eine Krabbelgruppe in Unterbachen", sample_bot)
    assert (answer.decision.kind, answer.decision.entities.children) == (Kind.OFFERS, ())


def test_two_children_must_both_fit_and_each_can_be_searched_alone(sample_bot: Bot) -> None:
    answer = ask(MESSAGES[2], sample_bot)
    assert offers(answer) == ["spielgruppe-kunterbunt"]
    assert "für Kinder mit 8 Monaten und mit 2 Jahren und 6 Monaten" in answer.blocks[0].text
    labels = {s.label: s.message for s in answer.suggestions}
    alone = ask(labels["Für ein Kind mit 8 Monaten"], sample_bot)
    assert alone.decision.entities.children == (Child(age_months=8),)


@pytest.mark.parametrize(
    "message", ["Krabbelgruppe in Mustershausen", "Gibt es in Probenheim an der Muster Krabbelgruppen?"]
)
def test_another_city_is_told_what_our_list_is(message: str, sample_bot: Bot) -> None:
    answer = ask(message, sample_bot)
    assert (answer.decision.kind, answer.decision.oddity) == (Kind.OFFERS, "other_city")
    assert offers(answer) == []
    assert answer.blocks[0].text == sample_bot.content.texts.offers.other_city.format(city="Beispielingen")
    assert answer.links


def test_who_moves_from_another_city_is_searched_for_here(sample_bot: Bot) -> None:
    answer = ask("Wir ziehen von Testlingen nach Beispielingen, welche Krabbelgruppen gibt es in Rehbühl?", sample_bot)
    assert answer.decision.oddity is None
    assert "babygruppe-rehkitz" in offers(answer)
