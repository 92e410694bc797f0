"""What holds of every message: manners and typing change no topic, files have no order, and processes agree."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from bot.compiling import assemble, build, labelled_utterances, model_key
from bot.content import loading
from bot.content.loading import Content, load
from bot.language import lexicon
from bot.matching.decision import decide
from bot.model import OUTSIDE, Analysis, Candidate, Candidates, Decision, Kind, Question
from bot.pipeline import Bot, reply
from bot.settings import ROOT, Settings
from tests.conftest import NOW, SMALL

EVERY = 8
"""Of the editors' cases every eighth is asked in each way of typing: all of them take a minute."""
FRAGILE = Path(__file__).parent / "fragile.json"
"""Way of typing → cases that it changes the topic of today. One that no longer does has to be taken out."""

CHANGES: Mapping[str, Callable[[str], str]] = {
    "bitte behind": lambda text: f"{text} bitte",
    "bitte before": lambda text: f"Bitte, {text}",
    "hallo": lambda text: f"Hallo, {text}",
    "hallo, lower case": lambda text: f"hallo {text}",
    "emoji behind": lambda text: f"{text} 🙂",
    "emoji before": lambda text: f"👶 {text}",
    "upper case": str.upper,
    "doubled spaces": lambda text: text.replace(" ", "  "),
}


def decision_on(text: str, bot: Bot) -> Decision:
    return reply(Question(text, NOW), bot).decision


def topic_of(text: str, bot: Bot) -> str:
    """The topic that is answered or offered first, empty for none."""
    found = decision_on(text, bot)
    return next(iter((*found.topics, *(c.topic for c in found.choices))), "")


@cache
def cases() -> tuple[str, ...]:
    """The editors' cases: they are nobody's evaluation, and no utterances."""
    return tuple(c.question for c in load(ROOT / "knowledge", ROOT / "intents").cases)


@cache
def small_content() -> Content:
    found = load(SMALL / "knowledge", SMALL / "intents").content
    assert found is not None
    return found


# manners and typing

SENTENCES = tuple(text for text, _, _ in labelled_utterances(small_content()) if len(text.split()) >= 3)


@hypothesis_settings(max_examples=300)
@given(text=st.sampled_from(SENTENCES), names=st.lists(st.sampled_from(sorted(CHANGES)), min_size=1, max_size=3))
def test_manners_and_typing_change_no_topic(text: str, names: list[str], small_bot: Bot) -> None:
    changed = text
    for name in names:
        changed = CHANGES[name](changed)
    assert topic_of(changed, small_bot) == topic_of(text, small_bot)


@pytest.mark.parametrize("name", CHANGES)
def test_our_own_bot_keeps_the_topic(name: str, bot: Bot) -> None:
    """All but the known ones; the list is strict, so that it shrinks."""
    asked = cases()[::EVERY]
    changed = {text for text in asked if topic_of(CHANGES[name](text), bot) != topic_of(text, bot)}
    assert changed == set(json.loads(FRAGILE.read_text(encoding="utf-8")).get(name, ()))


# the question back

TOPICS = ("kita-beitrag", "kita-anmeldung", "kindergeld", "mensch-sprechen", OUTSIDE)


@st.composite
def candidates(draw: st.DrawFn) -> Candidates:
    """Up to five candidates, best first, whose confidences and the foreign one make one at most."""
    weights = draw(st.lists(st.floats(0.001, 1), min_size=1, max_size=5))
    foreign, topics = draw(st.floats(0.001, 1)), draw(st.permutations(TOPICS))
    total = sum(weights) + foreign + draw(st.floats(0, 0.5))
    shares = sorted((w / total for w in weights), reverse=True)
    best = tuple(Candidate(t, share) for t, share in zip(topics, shares, strict=False))
    return Candidates(best, foreign=foreign / total)


@hypothesis_settings(max_examples=500)
@given(found=candidates())
def test_a_question_back_offers_the_runner_up(found: Candidates) -> None:
    decision = decide(found, Analysis("", ()))
    if decision.kind is Kind.CLARIFY:
        ours = [c.topic for c in found.best if c.topic != OUTSIDE]
        assert [c.topic for c in decision.choices][:2] == ours[:2]


def test_our_own_bot_offers_the_runner_up(bot: Bot) -> None:
    back = [d for d in (decision_on(text, bot) for text in cases()) if d.kind is Kind.CLARIFY and d.asks == "topic"]
    assert len(back) > 10
    for found in back:
        ours = [c.topic for c in found.candidates if c.topic != OUTSIDE]
        assert len(ours) > 1
        assert [c.topic for c in found.choices][:2] == ours[:2]


# the order of files


@pytest.fixture
def few_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """A short list of general words: the long one takes most of the time."""
    words = lexicon.general_words()[: lexicon.GUARD_SIZE]
    monkeypatch.setattr(lexicon, "general_words", lambda: words)


def turned(content: Content) -> Content:
    """The content as if the files had been listed from the last to the first."""
    fields = {name: getattr(content, name) for name in type(content).model_fields}
    changed: dict[str, Any] = {n: dict(list(v.items())[::-1]) for n, v in fields.items() if isinstance(v, Mapping)}
    return content.model_copy(update={**changed, **{n: getattr(content, n)[::-1] for n in ("concepts", "harmless")}})


def assert_same_model(a: Content, b: Content) -> None:
    (language_a, intents_a), (language_b, intents_b) = build(a), build(b)
    assert (intents_a.classes, intents_a.aspects, intents_a.alarms) == (
        intents_b.classes,
        intents_b.aspects,
        intents_b.alarms,
    )
    assert dict(intents_a.weights.rows) == dict(intents_b.weights.rows)
    for name in ("values", "norms", "bias"):
        assert np.array_equal(getattr(intents_a.weights, name), getattr(intents_b.weights, name)), name
    tables_a, tables_b = language_a.tables, language_b.tables
    for name in ("forms", "inflected", "atoms", "own_atoms", "abbreviations", "phrases", "entities"):
        assert getattr(tables_a, name) == getattr(tables_b, name), name
    assert tables_a.speller.words == tables_b.speller.words
    assert np.array_equal(tables_a.speller.keys, tables_b.speller.keys)


def test_the_listing_of_the_files_has_no_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file system may list a folder in any order."""
    usual, listed = small_content(), Path.rglob
    monkeypatch.setattr(Path, "rglob", lambda self, pattern: reversed(list(listed(self, pattern))))
    assert load(SMALL / "knowledge", SMALL / "intents").content == usual


@pytest.mark.usefixtures("few_words")
def test_files_read_from_the_last_to_the_first_make_the_same_model(monkeypatch: pytest.MonkeyPatch) -> None:
    files = loading._files
    monkeypatch.setattr(loading, "_files", lambda folder: files(folder)[::-1])
    backwards = load(SMALL / "knowledge", SMALL / "intents").content
    assert backwards is not None
    assert list(backwards.intents) != list(small_content().intents)
    assert model_key(backwards, None) == model_key(small_content(), None)
    assert_same_model(backwards, small_content())


@pytest.mark.usefixtures("few_words")
def test_whatever_the_order_of_the_records_the_model_is_the_same() -> None:
    assert_same_model(turned(small_content()), small_content())


def test_the_order_of_our_own_files_changes_no_model() -> None:
    """Everything that a model is built from, by the key under which it is stored; built it would take minutes."""
    content = load(ROOT / "knowledge", ROOT / "intents").content
    assert content is not None
    assert model_key(turned(content), None) == model_key(content, None)


# processes

CHILD = """
import json, sys, warnings
warnings.simplefilter("ignore")
from starlette.testclient import TestClient
from bot.settings import load_settings
from bot.web.app import create_app
app = create_app(load_settings())
with TestClient(app) as client:
    assert app.state.service.finished.wait(120)
    state, replies = None, []
    for message in json.load(sys.stdin):
        found = client.post("/api/v1/chat", json={"message": message, "state": state})
        state = found.json()["state"]
        replies.append(found.text)
print(json.dumps(replies))
"""


def replies_of(messages: list[str], seed: str, workers: str, **env: str) -> list[str]:
    """The whole replies of a process of its own, `state` included: one conversation."""
    own = {
        "FAMILIENBOT_NOW": "2026-11-22T10:00",
        "FAMILIENBOT_SECRETS": "k1:" + "s" * 32,
        "FAMILIENBOT_RATE_LIMIT": "0",
        "FAMILIENBOT_WORKERS": workers,
        "PYTHONHASHSEED": seed,
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run(
        [sys.executable, "-c", CHILD],
        env={**os.environ, **own, **env},
        input=json.dumps(messages).encode(),
        stdout=subprocess.PIPE,
        check=True,
    )
    return list(json.loads(done.stdout))


@pytest.mark.usefixtures("small_bot")
def test_one_worker_and_four_give_the_same_replies(small_settings: Settings) -> None:
    """With several workers each is a process of its own that has loaded the bot by itself and hashes differently."""
    env = {
        "FAMILIENBOT_KNOWLEDGE": str(small_settings.knowledge),
        "FAMILIENBOT_INTENTS": str(small_settings.intents),
        "FAMILIENBOT_CACHE": str(small_settings.cache),
    }
    messages = [*SENTENCES[::4], "Und was kostet das?", "Was brauche ich dafür?", "Mein Kind atmet nicht", "xyzzy"]
    alone = replies_of(messages, "0", "1", **env)
    assert len(set(alone)) > 10
    for seed in ("1", "2"):
        assert replies_of(messages, seed, "4", **env) == alone


@pytest.mark.usefixtures("bot")
def test_two_processes_of_our_own_bot_agree() -> None:
    messages = list(cases()[:: 4 * EVERY])
    assert replies_of(messages, "0", "1") == replies_of(messages, "1", "4")


@pytest.mark.usefixtures("few_words")
def test_a_bot_built_twice_answers_the_same(small_settings: Settings, small_bot: Bot) -> None:
    content = small_content()
    again = assemble(content, *build(content), small_settings)
    for text in SENTENCES[::3]:
        assert reply(Question(text, NOW), again) == reply(Question(text, NOW), small_bot)
