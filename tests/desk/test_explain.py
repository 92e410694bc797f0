"""How a reply came about: as data that is complete and true, and in words that need no programmer."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from io import StringIO
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from bot.compiling import assemble, build, read
from bot.content.loading import Case
from bot.content.models import Aspect
from bot.desk import lesson
from bot.desk.explain import STRONGEST, explanation, why
from bot.desk.explain_report import describe
from bot.language import lexicon
from bot.matching import training
from bot.model import Candidate, Kind, Question
from bot.pipeline import Bot, trace
from bot.settings import Settings
from tests.conftest import NOW

KEYS = [
    "message", "words", "repaired", "ignored", "concepts", "entities", "language", "emergency_rule",
    "second_net", "candidates", "leader", "nearest", "rival", "strongest", "costs", "decision", "why", "if_added",
]  # fmt: skip

MESSAGES = {
    "an answer": "Was kostet die Kita im Monat?",
    "two answers": "Wie melde ich mein Kind an und was kostet die Kita im Monat?",
    "another office": "Wann wird der Müll abgeholt?",
    "a word alone": "Antrag",
    "a rule": "Mein Kind atmet nicht",
    "the second net": "Mein Baby ist bewusstlos",
    "a title": "Was die Kita kostet",
    "a greeting": "hallo",
    "no word": "...",
    "nothing": "",
    "unknown words": "Quantenchromodynamik Gluonen",
    "another language": "How much does it cost to send my child there?",
    "markup": "[bold]Was[/bold] kostet [red]das?",
    "very long": "Was kostet die Kita? " * 60,
}


def explained(message: str, bot: Bot) -> dict[str, Any]:
    return explanation(message, bot, NOW)


def described(found: dict[str, Any]) -> str:
    out = StringIO()
    describe(found, Console(file=out, width=120, highlight=False))
    return out.getvalue()


@pytest.mark.parametrize("name", MESSAGES)
def test_every_message_is_explained(name: str, small_bot: Bot) -> None:
    found = explained(MESSAGES[name], small_bot)
    assert list(found) == KEYS
    assert json.loads(json.dumps(found)) == found
    assert found["why"].endswith(".")
    assert found["why"] in described(found).replace("\n", " ")


@pytest.mark.parametrize("name", MESSAGES)
def test_the_explanation_is_of_the_reply_that_is_given(name: str, small_bot: Bot) -> None:
    found, step = explained(MESSAGES[name], small_bot), trace(Question(MESSAGES[name], NOW), small_bot)
    assert found["decision"]["kind"] == step.decision.kind
    assert found["decision"]["topics"] == list(step.decision.topics)
    assert found["decision"]["aspects"] == list(step.decision.aspects)
    assert found["emergency_rule"] == step.decision.rule
    assert [w["text"] for w in found["words"]] == [t.text for t in step.analysis.tokens]


def test_an_answer(small_bot: Bot) -> None:
    found = explained("Was kostet die Kita?", small_bot)
    assert found["decision"]["kind"] == "answer"
    assert found["decision"]["topics"] == ["kita-beitrag"]
    assert found["decision"]["titles"] == ["Was die Kita kostet"]
    assert found["decision"]["aspects"] == ["cost"]
    assert found["decision"]["sides"] == ["Kosten"]
    assert found["candidates"][0]["topic"] == "kita-beitrag"
    assert found["nearest"] == {"utterance": "Was kostet die Kita?", "similarity": 1.0}
    assert found["why"].startswith("„Was die Kita kostet“ passt mit ")
    assert found["concepts"] == ["kosten", "kita"]
    assert found["language"] == "de"
    assert found["emergency_rule"] is None
    assert 0 <= found["second_net"] < 0.5


def test_the_cheapest_act_is_the_one_that_is_taken(small_bot: Bot) -> None:
    names = {"answer": "answer", "clarify": "ask", "fallback": "refuse"}
    seen = set()
    for message in ("Was kostet die Kita?", "Antrag", "Quantenchromodynamik Gluonen", "Kita oder Müll oder Pass"):
        found = explained(message, small_bot)
        if found["decision"]["topics"] != ["ausserhalb"]:
            costs = found["costs"]
            assert costs[names[found["decision"]["kind"]]] == min(costs.values()), message
            seen.add(found["decision"]["kind"])
    assert len(seen) > 1


def test_what_was_repaired(small_bot: Bot) -> None:
    found = explained("Was kostet die Kitta?", small_bot)
    assert found["repaired"] == [{"text": "kitta", "word": "kita"}]
    assert "kitta → kita" in described(found)
    word = found["words"][3]
    assert word.pop("effect") > 0
    assert word == {"text": "kitta", "word": "kita", "lemma": "kita", "parts": [], "known": True}


def test_what_was_found_in_the_message(small_bot: Bot) -> None:
    found = explained("Was kostet die Kita für meine dreijährige Tochter in der Altstadt?", small_bot)
    assert found["entities"]["district"] == "Altstadt"
    text = described(found)
    assert "Stadtteil: Altstadt" in text
    assert "age_months" not in text


def test_an_emergency_by_a_rule_names_the_rule(small_bot: Bot) -> None:
    found = explained("Mein Kind atmet nicht", small_bot)
    assert found["emergency_rule"] == "atmet-nicht"
    assert found["decision"]["kind"] == "emergency"
    assert found["decision"]["situation"] == "lebensgefahr"
    assert "atmet-nicht" in found["why"]
    assert found["candidates"] == []  # nothing was ranked: the rule came first
    assert found["second_net"] is None
    assert found["costs"] is None
    assert found["nearest"] is None
    assert found["strongest"] == []


def test_an_emergency_by_the_second_net_says_so(small_bot: Bot) -> None:
    bot = replace(small_bot, costs=replace(small_bot.costs, alarm=0.0))
    found = explained("Die Kleine krampft", bot)
    assert found["decision"]["kind"] == "emergency"
    assert found["emergency_rule"] is None
    assert found["why"].startswith("Keine Regel trifft zu, aber das gelernte Sicherheitsnetz")
    assert found["second_net"] > 0


def test_another_office_is_named_by_its_matter(small_bot: Bot) -> None:
    found = explained("Wann wird der Müll abgeholt?", small_bot)
    assert found["candidates"][0]["matter"] == "muell"
    assert found["candidates"][0]["title"] == "Müll und Abfall"
    assert found["nearest"]["utterance"] == "Wann wird der Müll abgeholt?"
    assert "„Müll und Abfall“" in found["why"]
    assert "andere Stelle: Müll und Abfall" in described(found)


def test_the_strongest_words_speak_for_the_winner(small_bot: Bot) -> None:
    found = explained("Guten Tag, wie viel kostet denn so ein Platz in der Kita im Monat bitte ungefähr?", small_bot)
    weights = [w["weight"] for w in found["strongest"]]
    assert 0 < len(weights) <= STRONGEST
    assert weights == sorted(weights, reverse=True)
    assert min(weights) > 0
    assert "kostet" in [w["word"] for w in found["strongest"]][:3]


def test_what_was_ignored_is_named_with_the_reason(small_bot: Bot) -> None:
    found = explained("Guten Tag, was kostet die Kita? Xyzzqpf. Vielen Dank", small_bot)
    reasons = {i["word"]: i["reason"] for i in found["ignored"]}
    assert {reasons[w] for w in ("guten", "tag", "vielen", "dank")} == {"courtesy"}
    assert {"kostet", "kita"}.isdisjoint(reasons)
    assert "Gruß, Dank oder Höflichkeit" in described(found)


def test_the_rival_is_named_with_what_pulled_to_it(small_bot: Bot) -> None:
    found = explained("Was kostet die Kita?", small_bot)
    assert found["rival"]["topic"] != "kita-beitrag"
    assert f"Danach kommt „{found['rival']['title']}“" in found["why"]
    assert found["rival"]["nearest"]["similarity"] < found["nearest"]["similarity"]


def test_the_estimate_comes_near_to_a_model_that_learned_the_utterance(
    small_bot: Bot, small_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The estimate is not a guess: fitted anew with the utterance, the bot decides the same."""
    words = lexicon.general_words()[: lexicon.GUARD_SIZE]
    monkeypatch.setattr(lexicon, "general_words", lambda: words)
    message, topic = "Wie viel Geld muss ich mitbringen", "kita-beitrag"
    (row,) = (r for r in explained(message, small_bot)["if_added"] if r["topic"] == topic)
    content = small_bot.content
    intent = content.intents[topic]
    more = {**intent.utterances, Aspect.COST: (*intent.utterances[Aspect.COST], message)}
    changed = content.model_copy(
        update={"intents": {**content.intents, topic: intent.model_copy(update={"utterances": more})}}
    )
    taught = assemble(changed, *build(changed), small_settings)
    found = explained(message, taught)
    assert (found["decision"]["topics"] == [topic]) is row["wins"]
    (now,) = (c for c in found["candidates"] if c["topic"] == topic)
    assert abs(now["confidence"] - row["then"]) < 0.2
    assert row["then"] > row["confidence"]


def test_the_training_is_as_the_estimate_supposes() -> None:
    assert (lesson.TOPIC_C, lesson.FOREIGN_C) == (training.TOPIC_C, training.FOREIGN_C)


def test_a_message_is_seen_as_the_training_sees_it(small_bot: Bot) -> None:
    weights = small_bot.intents.weights
    read_ = read("Was kostet die Kita im Monat?", small_bot.language)
    keys = training.block_keys(read_)
    matrix = training.to_matrix([keys], dict(weights.rows), np.sqrt(weights.norms)).toarray()[0]
    assert {i: pytest.approx(v, rel=1e-4) for i, v in enumerate(matrix) if v} == lesson.vector(read_, weights)


def test_stored_questions_that_an_utterance_would_harm_are_named(small_bot: Bot) -> None:
    cases = tuple(
        Case(question=q, topic="kindergeld", known_failure=False, file="kindergeld.test.yaml", line=line)
        for line, q in enumerate(("Wie bekomme ich Kindergeld?", "Kindergeld beantragen bitte"), 2)
    )
    found = explanation("Wie bekomme ich Kindergeld für die Kita?", small_bot, NOW, cases)
    rows = {row["topic"]: row for row in found["if_added"]}
    assert {row["tested"] for row in rows.values()} == {2}
    assert rows["kindergeld"]["harmed"] == []
    named = [
        {**row, "harmed": [{"question": "Alt?", "topic": "a", "title": "A", "where": "a.test.yaml:2"}]}
        for row in rows.values()
    ]
    text = described({**found, "if_added": named})
    assert "falsch werden könnte: Alt? (a.test.yaml:2)" in text
    assert "Von 2 gespeicherten Testfragen zu diesen Themen könnte 1 falsch werden." in text


def test_nothing_is_estimated_where_a_rule_decided(small_bot: Bot) -> None:
    assert explained("Mein Kind atmet nicht", small_bot)["if_added"] == []


def test_a_topic_that_is_switched_off(small_bot: Bot) -> None:
    found = explained("Was kostet die Kita?", replace(small_bot, off=frozenset({"kita-beitrag"})))
    assert found["why"] == "Die Frage gehört zu „Was die Kita kostet“, aber dieses Thema ist abgeschaltet."


def test_a_service_that_is_switched_off_still_names_emergencies(small_bot: Bot) -> None:
    off = replace(small_bot, all_off=True)
    assert "ganze Dienst ist abgeschaltet" in explained("Was kostet die Kita?", off)["why"]
    assert "atmet-nicht" in explained("Mein Kind atmet nicht", off)["why"]


def test_the_description_is_for_people(small_bot: Bot) -> None:
    text = described(explained("Was kostet die Kita?", small_bot))
    lines = text.splitlines()
    assert lines[0] == "Ergebnis: Antwort"
    assert lines[1].startswith("Warum: „Was die Kita kostet“")
    for word in (
        "Gefragt ist: Kosten",
        "Ähnlichste Beispielfrage",
        "Stärkste Wörter",
        "Zuversicht",
        "Erwarteter Schaden",
    ):
        assert word in text
    for word in ("None", "True", "topic", "lemma", "confidence"):
        assert word not in text


def test_what_a_parent_typed_is_no_markup(small_bot: Bot) -> None:
    assert "[red]" not in described(explained("[red]Kita[/red]", small_bot))
    describe({**explained("x", small_bot), "why": "[/kaputt]"}, Console(file=StringIO()))  # raises when not escaped


def test_the_moment_is_given_from_outside(small_bot: Bot) -> None:
    message = "Mein Kind ist am 22.11.2024 geboren, was kostet die Kita?"
    now, later = (
        explained(message, small_bot),
        explanation(message, small_bot, datetime.fromisoformat("2030-01-01T10:00+01:00")),
    )
    assert now == explained(message, small_bot)
    assert later["decision"]["topics"] == now["decision"]["topics"]


def test_a_missing_detail_is_named(small_bot: Bot) -> None:
    step = trace(Question("Was kostet die Kita?", NOW), small_bot)
    asks = replace(step.decision, kind=Kind.CLARIFY, choices=(Candidate("kita-beitrag", 0.9),), asks="date")
    assert why(replace(step, decision=asks), small_bot) == (
        "Am besten passt „Was die Kita kostet“, für die Antwort fehlt aber eine Angabe: ein Datum."
    )
