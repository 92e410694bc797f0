"""The copies of topics behind the measurement of cost, on the small town."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from bot.compiling import assemble
from bot.desk.evaluation import NOW
from bot.desk.scaling import SHARE, copies, figures_of, forget_words, widen_content, widen_intents
from bot.matching.ranking import MATTER
from bot.model import Question
from bot.pipeline import Bot, reply
from bot.settings import Settings

QUESTIONS = ("Was kostet die Kita?", "Wie melde ich mein Kind an?", "Mein Kind atmet nicht", "Wann kommt der Müll?")


def test_so_many_topics_and_the_same_replies(small_bot: Bot, small_settings: Settings, tmp_path: Path) -> None:
    extra = copies(small_bot.content, 60)
    intents = widen_intents(small_bot.intents, extra, tmp_path)
    topics = [name for name in intents.classes if not name.startswith(MATTER)]
    assert len(topics) == 60
    assert [n for n in intents.classes if n.startswith(MATTER)] == [
        n for n in small_bot.intents.classes if n.startswith(MATTER)
    ]
    column, source = intents.index["kindergeld"], small_bot.intents.index["kindergeld"]
    assert np.array_equal(intents.weights.values[:, column], small_bot.intents.weights.values[:, source])
    name = next(n for n, of in extra.items() if of == "kindergeld")
    half = small_bot.intents.weights.values[:, source] * np.float16(SHARE)
    assert np.array_equal(intents.weights.values[:, intents.index[name]], half)
    assert np.array_equal(intents.weights.values[:, -1], small_bot.intents.weights.values[:, -1])
    wide = assemble(widen_content(small_bot.content, extra), small_bot.language, intents, small_settings)
    for text in QUESTIONS:
        was, found = (reply(Question(text, NOW), bot).decision for bot in (small_bot, wide))
        assert next(iter(found.topics), "").partition("--")[0] in (*was.topics, "")


def test_none_are_made_when_ours_are_enough(small_bot: Bot) -> None:
    assert copies(small_bot.content, 1) == {}


def test_cold_words_are_kept_from_no_message(small_bot: Bot) -> None:
    found = figures_of(small_bot, QUESTIONS)
    assert set(found) == {f"{c}_{m}_ms" for c in ("cold_words", "warm") for m in ("median", "p99")}
    assert small_bot.intents.weights._kept
    forget_words(small_bot)
    assert not small_bot.intents.weights._kept
    assert not small_bot.emergencies.kept
