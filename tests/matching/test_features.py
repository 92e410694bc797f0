"""The score while serving is the matrix product of training: for whole messages and for parts of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from bot.compiling import labelled_utterances, read, read_examples
from bot.matching.features import BLOCKS, Weights, concept_keys, pair_keys, piece_keys, word_keys
from bot.matching.training import block_keys, count_features, fit, to_matrix
from bot.model import Analysis, Token
from bot.pipeline import Bot

MESSAGES = (
    "Was kostet die Kita?",
    "was kostet der kindergarten im monat und wie melde ich mein kind an",
    "Kita Kita Kita",  # a feature that occurs more than once
    "Kindergartengebührenbescheid",  # a compound
    "KiGa Plaetze",  # an abbreviation and a repaired word
    "kita",  # no pair
    "qwrtzk vbnm",  # nothing known but pieces
    "中文",  # nothing known at all
    "",
)


def message_of(*words: str, concepts: tuple[str, ...] = ()) -> Analysis:
    """A message of words that are their own base forms."""
    tokens = tuple(Token(w, w, w) for w in words)
    return Analysis(text="", sentences=(tokens,), core=tokens, concepts=concepts)


def product(analysis: Analysis, weights: Weights) -> NDArray[np.float64]:
    """The scores as `fit` saw them: the row of the message times the weights before they were scaled."""
    idf = np.sqrt(weights.norms)
    row = to_matrix([block_keys(analysis)], dict(weights.rows), idf)
    return np.asarray(row @ (weights.values / idf[:, None]) + weights.bias, dtype=np.float64).ravel()


@pytest.mark.parametrize("message", MESSAGES)
def test_the_score_is_the_matrix_product_of_training(message: str, small_bot: Bot) -> None:
    analysis, weights = read(message, small_bot.language), small_bot.intents.weights
    scores = weights.score(analysis.core, analysis.concepts)
    np.testing.assert_allclose(scores, product(analysis, weights), atol=1e-4)


def test_the_score_of_any_words_is_the_matrix_product(small_bot: Bot) -> None:
    @given(
        words=st.lists(
            st.sampled_from(("kita", "kosten", "Kind", "anmelden", "xyz", "Gebuehr", "Müll", "und")), max_size=15
        )
    )
    def holds(words: list[str]) -> None:
        analysis, weights = read(" ".join(words), small_bot.language), small_bot.intents.weights
        scores = weights.score(analysis.core, analysis.concepts)
        np.testing.assert_allclose(scores, product(analysis, weights), atol=1e-4)

    holds()


def test_what_was_kept_scores_as_what_is_new(small_bot: Bot) -> None:
    weights = small_bot.intents.weights
    fresh = Weights(weights.rows, weights.values, weights.norms, weights.bias)
    for message in MESSAGES * 2:
        analysis = read(message, small_bot.language)
        again = weights.score(analysis.core, analysis.concepts)
        np.testing.assert_array_equal(again, fresh.score(analysis.core, analysis.concepts))


@pytest.mark.parametrize("start, end", [(0, 4), (4, 9), (2, 3), (0, 1), (5, 5), (0, 9)])
def test_a_part_scores_as_a_message_of_its_own(start: int, end: int, small_bot: Bot) -> None:
    weights = small_bot.intents.weights
    tokens = read("was kostet die kita wie melde ich sie an", small_bot.language).tokens
    part = weights.read(tokens).score(start, end)
    np.testing.assert_allclose(part, weights.score(tokens[start:end], ()), atol=1e-4)


def test_the_stored_scores_know_their_own_utterances(small_bot: Bot) -> None:
    classes = small_bot.intents.classes
    wrong = []
    for text, label, _ in labelled_utterances(small_bot.content):
        analysis = read(text, small_bot.language)
        scores = small_bot.intents.weights.score(analysis.core, analysis.concepts)[: len(classes)]
        if classes[int(scores.argmax())] != label:
            wrong.append((text, label))
    assert not wrong


def test_keys_of_each_block() -> None:
    token = Token("kitaplätze", "kitaplätze", "kitaplatz", ("kita", "platz"))
    assert word_keys(token) == ["w:kitaplatz", "w:kita", "w:platz"]
    assert pair_keys((token, Token("a", "a", "b"))) == ["b:kitaplatz b"]
    assert pair_keys((token,)) == []
    assert concept_keys(("kita", "kosten")) == ["c:kita", "c:kosten"]
    assert piece_keys("ab") == ["g: a", "g:ab", "g:b ", "g: ab", "g:ab ", "g: ab "]


def test_pairs_and_pieces_that_occur_once_are_no_features() -> None:
    once = message_of("eins", "zwei", concepts=("zahl",))
    rows, idf = count_features([block_keys(once)])
    assert set(rows) == {"w:eins", "w:zwei", "c:zahl"}
    assert len(idf) == 3
    rows, _ = count_features([block_keys(once)] * 4)
    assert {"b:eins zwei", "g:zwei"} < set(rows)


def test_a_rarer_feature_weighs_more() -> None:
    rows, idf = count_features([block_keys(message_of(*words)) for words in ("a", "a", "ab")])
    assert idf[rows["w:b"]] > idf[rows["w:a"]]


def test_each_block_has_its_weight_as_length() -> None:
    keys = [block_keys(message_of("ab", "cd", concepts=("c",)))] * 4
    rows, idf = count_features(keys)
    matrix = to_matrix(keys, rows, idf)
    for name, length in zip(BLOCKS, (1.0, 0.6, 1.0, 1.0), strict=True):
        first = {"word": "w", "pair": "b", "concept": "c", "piece": "g"}[name]
        columns = [row for key, row in rows.items() if key.startswith(f"{first}:")]
        assert np.linalg.norm(matrix[0, columns].toarray()) == pytest.approx(length)


def test_the_same_examples_give_the_same_weights(small_bot: Bot) -> None:
    examples = read_examples(small_bot.content, small_bot.language)
    harmless = [read(text, small_bot.language) for text in sorted(small_bot.content.harmless)]
    steps: list[str] = []
    fitted = fit(examples, harmless, small_bot.intents.alarms, steps.append)
    assert steps
    assert fitted.topics == small_bot.intents.classes
    assert fitted.aspects == small_bot.intents.aspects
    np.testing.assert_array_equal(fitted.weights.values, small_bot.intents.weights.values)


@pytest.mark.parametrize("message", ["Was kostet die Kita und wie beantrage ich Kindergeld", "Kita Kosten", "Kita"])
def test_halves_are_scored_as_if_each_was_a_message(message: str, small_bot: Bot) -> None:
    weights, analysis = small_bot.intents.weights, read(message, small_bot.language)
    tokens = analysis.core
    before, after = weights.score_halves(weights.read(tokens, analysis.concepts), analysis.spans)
    for place in range(len(tokens) + 1):
        for scores, half, first in ((before, tokens[:place], 0), (after, tokens[place:], place)):
            inside = [c for c, i, j in analysis.spans if first <= i and j <= first + len(half)]
            np.testing.assert_allclose(scores[place], weights.score(half, tuple(dict.fromkeys(inside))), atol=1e-3)
