"""Our own knowledge: every case of the editors, every emergency, and that nobody wrote from the evaluation."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from bot.compiling import read
from bot.content.checks import check
from bot.content.likeness import trigrams
from bot.content.loading import Case, Content, Loaded, load
from bot.language.text import plain
from bot.matching.emergency import find_emergency, rule_words
from bot.model import EMERGENCY_GROUP, Answer, Decision, Kind, Question
from bot.pipeline import Bot, reply
from bot.replying.answer import compose
from bot.settings import ROOT, Settings

EVALUATION = Path(__file__).parent / "evaluation"
TOO_NEAR = 0.85
"""Trigram similarity of an utterance and an evaluation question from which on one was copied from the other."""
MAX_FALSE_ALARMS, MAX_HARMLESS_ALARMS = 0.005, 0.03
"""Shares of calm utterances, and of alarming words that mean no harm, on which a rule may fire."""


@cache
def loaded() -> Loaded:
    """Our own knowledge as the editors wrote it."""
    return load(ROOT / "knowledge", ROOT / "intents")


def content() -> Content:
    found = loaded().content
    assert found is not None
    return found


def emergencies() -> list[tuple[str, str]]:
    """Every emergency topic with each of its situations."""
    topics = [topic for topic, info in content().topics.items() if info.group == EMERGENCY_GROUP]
    return [(topic, situation.id) for topic in topics for situation in content().entries[topic].situations]


@pytest.mark.parametrize("case", loaded().cases, ids=str)
def test_case(case: Case, bot: Bot, settings: Settings) -> None:
    assert settings.now is not None
    found = reply(Question(case.question, settings.now), bot).decision
    right = found.topics[:1] == (case.topic,)
    if case.known_failure:
        assert not right, "Bekannter Fehler ist behoben: Nehmen Sie die Zeile aus known_failures."
    else:
        offered = [c.topic for c in found.choices]
        assert right, f"„{case.question}“: {found.kind} {found.topics or offered}, erwartet {case.topic}"


def test_the_check_finds_no_error(settings: Settings) -> None:
    assert settings.now is not None
    problems = check(loaded(), settings.now.date())
    assert [str(p) for p in problems if p.level == "error"] == []


def test_every_topic_can_be_answered() -> None:
    assert content().left_out == ()
    assert set(content().topics) == set(content().entries)


# emergencies


def emergency_reply(topic: str, situation: str | None, years: int, settings: Settings) -> Answer:
    """The reply of a sure emergency so many years from now, when every fact has run out."""
    assert settings.now is not None
    facts = {name: f.model_copy(update={"valid_until": date(2026, 1, 1)}) for name, f in content().facts.items()}
    expired = content().model_copy(update={"facts": facts})
    decision = Decision(Kind.EMERGENCY, (topic,), ("overview",), situation=situation)
    return compose(decision, Question("?", settings.now.replace(year=settings.now.year + years)), expired)


@pytest.mark.parametrize("topic, situation", emergencies())
def test_every_emergency_is_answered_five_years_on(topic: str, situation: str, settings: Settings) -> None:
    now, later = (emergency_reply(topic, situation, years, settings) for years in (0, 5))
    phones = {b.data["phone"] for b in later.blocks if "phone" in b.data}
    assert phones == {b.data["phone"] for b in now.blocks if "phone" in b.data}
    assert phones & {"112", "110", "116 016"} or situation == "schwanger"
    assert not any(content().texts.expired[:20] in b.text for b in later.blocks)


@pytest.mark.parametrize(
    "message, phone",
    [
        ("Mein Kind atmet nicht", "112"),
        ("Mein Baby ist bewusstlos", "112"),
        ("Meine Tochter hat Spülmittel getrunken", "112"),
        ("Ich will nicht mehr leben", "112"),
        ("Mein Mann schlägt mich", "110"),
        ("Mein Mann schlägt mich", "116 016"),
        ("Der Nachbar verprügelt seine Kinder", "110"),
        ("Gibt es ein Hilfetelefon für geschlagene Frauen?", "116 016"),
    ],
)
def test_a_line_answers_five_years_on(message: str, phone: str, bot: Bot, settings: Settings) -> None:
    assert settings.now is not None
    alarms = find_emergency(read(message, bot.language), bot.emergencies).alarms
    assert alarms
    later = emergency_reply(alarms[0].topic, alarms[0].situation, 5, settings)
    assert phone in {b.data.get("phone") for b in later.blocks}


def test_every_rule_names_a_situation_that_exists() -> None:
    rules = [rule for file in content().emergency_rules for rule in file.rules]
    unknown = [rule.id for rule in rules if (rule.topic, rule.situation) not in set(emergencies())]
    assert rules
    assert unknown == []
    assert len({rule.id for rule in rules}) == len(rules)


def test_every_situation_has_a_line_that_is_always_open() -> None:
    lines = content().lines
    for topic, situation_id in emergencies():
        (situation,) = (s for s in content().entries[topic].situations if s.id == situation_id)
        assert any(lines[name].always_open for name in situation.lines), (topic, situation_id)


def test_every_rule_is_compiled(bot: Bot) -> None:
    assert len(bot.emergencies.rules) == sum(len(file.rules) for file in content().emergency_rules)


def test_every_word_of_a_rule_can_be_typed(bot: Bot) -> None:
    """A rule word without a letter or digit, a picture for example, is never found."""
    written: set[str] = set()
    for file in content().emergency_rules:
        patterns = [p for r in file.rules for p in (*r.all, *r.unless)] + list(file.silent)
        written |= rule_words(patterns, file.classes)
    apart = {w for w in written if not read(w, bot.language).tokens}
    assert sorted(apart) == []


def false_alarms(texts: list[str], bot: Bot) -> list[str]:
    return [text for text in texts if find_emergency(read(text, bot.language), bot.emergencies).alarms]


def test_rules_are_silent_on_calm_utterances(bot: Bot) -> None:
    groups = {topic: info.group for topic, info in content().topics.items()}
    calm = [
        utterance
        for topic, intent in content().intents.items()
        if groups[topic] != EMERGENCY_GROUP
        for utterances in intent.utterances.values()
        for utterance in utterances
    ]
    calm += [utterance for intent in content().neighbour_intents.values() for utterance in intent.utterances]
    assert len(calm) > 1000
    fired = false_alarms(calm, bot)
    assert len(fired) <= MAX_FALSE_ALARMS * len(calm), fired


def test_rules_are_silent_on_alarming_words_that_mean_no_harm(bot: Bot) -> None:
    harmless = list(content().harmless)
    assert len(harmless) > 100
    fired = false_alarms(harmless, bot)
    assert len(fired) <= MAX_HARMLESS_ALARMS * len(harmless), fired


# the evaluation


def evaluation_questions() -> list[str]:
    """Every question of the evaluation that has words, those within conversations too."""
    found: list[str] = []
    for path in sorted(EVALUATION.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            found += [turn["q"] for turn in row["turns"]] if "turns" in row else [row["q"]]
    return [question for question in found if plain(question)]


def utterances() -> list[tuple[str, str]]:
    """Every utterance with its place in the files."""
    return [(text, str(spot)) for (_, text), spot in loaded().utterance_spots.items()]


def nearest_utterances(questions: list[str], written: list[str]) -> list[tuple[int, float]]:
    """For each question the place of the utterance that shares most of its trigrams, and their similarity 0..1."""
    index: dict[str, list[int]] = {}
    sizes = np.zeros(len(written))
    for i, text in enumerate(written):
        grams = trigrams(text)
        sizes[i] = len(grams)
        for gram in grams:
            index.setdefault(gram, []).append(i)
    postings = {gram: np.array(places) for gram, places in index.items()}
    found: list[tuple[int, float]] = []
    for question in questions:
        grams = trigrams(question)
        places = [postings[gram] for gram in grams if gram in postings]
        shared = np.bincount(np.concatenate(places), minlength=len(written)) if places else np.zeros(len(written))
        similar = shared / (sizes + len(grams) - shared)
        best = int(similar.argmax())
        found.append((best, float(similar[best])))
    return found


def test_the_nearest_utterance_is_found() -> None:
    written = ["Was kostet die Kita?", "Kindergeld beantragen", "Was kostet der Hort?"]
    assert nearest_utterances(["was kostet die kita", "中文"], written) == [(0, 1.0), (0, 0.0)]


def test_no_evaluation_question_is_an_utterance() -> None:
    """Only the utterance is named: the reported half of the evaluation is read by `make eval` alone."""
    asked = {plain(question) for question in evaluation_questions()}
    assert len(asked) > 1000
    assert [f"{spot}: {text}" for text, spot in utterances() if plain(text) in asked] == []


def test_no_evaluation_question_is_near_an_utterance() -> None:
    """Only the utterance is named: the reported half of the evaluation is read by `make eval` alone."""
    written = utterances()
    found = nearest_utterances(evaluation_questions(), [text for text, _ in written])
    near = sorted({f"{written[i][1]}: {written[i][0]}" for i, similarity in found if similarity >= TOO_NEAR})
    assert near == []
