"""Baselines: what a ranking, a matter and a threshold lead to, on utterances made up here."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bot.desk.baselines import Baseline, Verdict, best_threshold, fit_baselines, judge_message
from bot.desk.evaluation import Labelled
from bot.model import OUTSIDE

WORDS = {"milch": "kakao trinken warm", "schuhe": "laufen sohle leder", "~garten": "beet rose giessen"}
ROWS = [
    (f"{word} und {name} {i}", name, None) for name, words in WORDS.items() for word in words.split() for i in "abc"
]


def question(text: str, *topics: str) -> Labelled:
    """A labelled question."""
    return Labelled(text, topics, "forum", emergency=False)


QUESTIONS = [question("Kakao", "milch"), question("Leder SOHLE", "schuhe"), question("rose", OUTSIDE)]


def scored(*scores: float) -> Baseline:
    """A baseline that says the same to everything."""
    return Baseline("same", ("milch", "schuhe", "~beet", "~rose"), lambda _: np.array(scores))


def test_matters_compete_together_and_refuse() -> None:
    verdict = judge_message("?", scored(1.0, 0.0, 0.9, 0.9))
    assert verdict.refused
    assert verdict.ranked[0][0] == OUTSIDE
    assert verdict.confidence == pytest.approx(sum(share for t, share in verdict.ranked if t == OUTSIDE))


def test_a_topic_below_the_threshold_is_refused() -> None:
    baseline = scored(2.0, 0.0, 0.0, 0.0)
    assert not judge_message("?", baseline).refused
    unsure = judge_message("?", replace(baseline, threshold=0.99))
    assert unsure.refused
    assert unsure.ranked[0][0] == "milch"


def test_the_threshold_is_the_cheapest() -> None:
    def sure(share: float) -> Verdict:
        return Verdict((("milch", share),), refused=False, confidence=share)

    right, outside = question("?", "milch"), question("?", OUTSIDE)
    assert best_threshold([(sure(0.9), right), (sure(0.8), right), (sure(0.4), outside)]) == 0.8
    assert best_threshold([(sure(0.9), right), (sure(0.3), right)]) == 0.0
    assert best_threshold([(sure(0.9), outside)]) > 1


def test_all_baselines_learn_the_utterances() -> None:
    fitted = fit_baselines(ROWS, QUESTIONS, tune=True)
    assert len({b.name for b in fitted}) == 4
    for baseline in fitted:
        assert [judge_message(q.question, baseline).ranked[0][0] for q in QUESTIONS] == ["milch", "schuhe", OUTSIDE]
        assert [judge_message(q.question, baseline).refused for q in QUESTIONS] == [False, False, True]
