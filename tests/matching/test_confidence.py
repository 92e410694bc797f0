"""Calibrated confidences: shares of one, ordered as the scores, and falling with what speaks for another office."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.compiling import load_calibration, read
from bot.matching.confidence import CHOICES, Calibration, calibrate
from bot.matching.ranking import rank
from bot.model import OUTSIDE, Candidates
from bot.pipeline import Bot
from tests.conftest import SMALL

FLAT = Calibration(1.0, (0.0,) * len(load_calibration(SMALL / "knowledge").foreign), (1.0, 0.0, 0.0), (), (), ())
"""Scores compete as they are; half of all messages are not ours."""
SCORE = st.floats(-20, 20, width=32)


def with_scores(scores: list[float], bot: Bot, calibration: Calibration, emergency: float = 0.0) -> Candidates:
    ranking = rank(read("Was kostet die Kita?", bot.language), bot.intents)
    changed = replace(ranking, scores=np.array(scores, dtype=np.float32), emergency=emergency)
    return calibrate(changed, bot.intents, calibration)


def test_confidences_are_shares_of_one(small_bot: Bot) -> None:
    @given(scores=st.lists(SCORE, min_size=8, max_size=8), emergency=SCORE)
    def holds(scores: list[float], emergency: float) -> None:
        assert len(scores) == len(small_bot.intents.classes)
        for calibration in (FLAT, small_bot.calibration):
            found = with_scores(scores, small_bot, calibration, emergency)
            assert 0.0 <= found.foreign <= 1.0
            assert 0.0 <= found.emergency <= 1.0
            assert all(0.0 <= c.confidence <= 1.0 for c in found.best)
            assert (
                sum(c.confidence for c in found.best if c.topic != OUTSIDE) + found.foreign <= 1.0 + 5e-4
            )  # four digits

    holds()


def test_the_best_five_stand_best_first(small_bot: Bot) -> None:
    @given(scores=st.lists(SCORE, min_size=8, max_size=8))
    def holds(scores: list[float]) -> None:
        found = with_scores(scores, small_bot, FLAT)
        confidences = [c.confidence for c in found.best]
        assert len(found.best) == CHOICES
        assert confidences == sorted(confidences, reverse=True)
        topics = [c for c in found.best if c.topic != OUTSIDE]
        assert [c.score for c in topics] == sorted((c.score for c in topics), reverse=True)

    holds()


def test_without_features_half_of_the_confidence_is_foreign(small_bot: Bot) -> None:
    found = with_scores([0.0] * 8, small_bot, FLAT)
    assert found.foreign == 0.5
    assert {c.confidence for c in found.best if c.topic != OUTSIDE} == {round(0.5 / 6, 4)}


def test_the_nearest_matter_is_named(small_bot: Bot) -> None:
    scores = [-1.0] * 8
    scores[small_bot.intents.index["~muell"]] = 1.0
    outside = next(c for c in with_scores(scores, small_bot, FLAT).best if c.topic == OUTSIDE)
    assert (outside.matter, outside.score) == ("muell", 1.0)


def test_a_higher_temperature_makes_the_best_surer(small_bot: Bot) -> None:
    scores = [0.1 * i for i in range(8)]
    cold, hot = (with_scores(scores, small_bot, replace(FLAT, temperature=t)) for t in (1.0, 9.0))
    assert max(c.confidence for c in hot.best if c.topic != OUTSIDE) > max(
        c.confidence for c in cold.best if c.topic != OUTSIDE
    )


def test_a_rising_matter_raises_what_is_foreign(small_bot: Bot) -> None:
    found = []
    for score in (-2.0, -1.0, 0.0, 1.0):
        scores = [-1.0] * 8
        scores[small_bot.intents.index["~muell"]] = score
        found.append(with_scores(scores, small_bot, small_bot.calibration).foreign)
    assert found == sorted(found)
    assert found[0] < found[-1]


@pytest.mark.parametrize("low, high", [(-3.0, -1.0), (-1.0, 0.0), (0.0, 2.0)])
def test_the_second_net_rises_with_its_score(low: float, high: float, small_bot: Bot) -> None:
    a, b = (with_scores([0.0] * 8, small_bot, small_bot.calibration, score) for score in (low, high))
    assert a.emergency < b.emergency


def test_the_alarm_is_the_nearest_emergency_topic(small_bot: Bot) -> None:
    assert with_scores([0.0] * 8, small_bot, FLAT).alarm == "medizinischer-notfall"


def test_any_message_has_confidences(small_bot: Bot) -> None:
    @given(message=st.text(max_size=80))
    def holds(message: str) -> None:
        found = calibrate(
            rank(read(message, small_bot.language), small_bot.intents), small_bot.intents, small_bot.calibration
        )
        assert sum(c.confidence for c in found.best if c.topic != OUTSIDE) + found.foreign <= 1.0 + 5e-4

    holds()
