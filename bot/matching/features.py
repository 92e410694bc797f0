"""What the ranking sees of an analysis: words, pairs of words, concepts and pieces of words, in four blocks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from bot.model import Token

BLOCKS = ("word", "pair", "concept", "piece")
"""Each block is scaled to length one and then by its weight, so that many pieces do not drown few words."""
BLOCK_WEIGHTS = np.array([1.0, 0.6, 1.0, 1.0], dtype=np.float32)

PIECES = (2, 5)
"""Shortest and longest piece of a word, in letters, the space around the word included."""

Row = tuple[int, ...]


def word_keys(token: Token) -> list[str]:
    """The word block: the lemma, and the parts of a compound or a long form."""
    return [f"w:{token.lemma}", *(f"w:{part}" for part in token.parts)]


def piece_keys(word: str) -> list[str]:
    """The piece block: all pieces of the word and its surrounding spaces."""
    padded = f" {word} "
    return [
        f"g:{padded[i : i + n]}" for n in range(PIECES[0], PIECES[1] + 1) for i in range(len(padded) - n + 1)
    ]


def pair_keys(tokens: tuple[Token, ...]) -> list[str]:
    """The pair block: neighbouring lemmas."""
    return [f"b:{a.lemma} {b.lemma}" for a, b in zip(tokens, tokens[1:], strict=False)]


def concept_keys(concepts: tuple[str, ...]) -> list[str]:
    """The concept block."""
    return [f"c:{c}" for c in concepts]


@dataclass(frozen=True)
class Weights:
    """A linear model over the blocks.

    classes  topic ids, and matters of other offices with a leading `~`
    rows     feature → row of `values` and `norms`
    values   (features, classes): weight times inverse document frequency
    norms    (features,): squared inverse document frequency, for the length of a block
    bias     (classes,)
    """

    classes: tuple[str, ...]
    rows: Mapping[str, int]
    values: NDArray[np.float32]
    norms: NDArray[np.float32]
    bias: NDArray[np.float32]
    _known: dict[tuple[str, str], tuple[NDArray[np.float32], float, NDArray[np.float32], float]] = field(
        default_factory=dict, compare=False, repr=False
    )

    def _sum(self, keys: list[str]) -> tuple[NDArray[np.float32], float]:
        rows = [r for k in keys if (r := self.rows.get(k)) is not None]
        if not rows:
            return np.zeros(len(self.classes), dtype=np.float32), 0.0
        return self.values[rows].sum(axis=0, dtype=np.float32), float(self.norms[rows].sum())

    def token(self, token: Token) -> tuple[NDArray[np.float32], float, NDArray[np.float32], float]:
        """The token's part of the word and the piece block, each with its squared length.

        Kept for words of our own vocabulary only: nothing else that a parent typed stays in memory.
        """
        key = (token.word, token.lemma)
        found = self._known.get(key)
        if found is None:
            found = (*self._sum(word_keys(token)), *self._sum(piece_keys(token.word)))
            if token.known and token.text == token.word and not token.parts:
                self._known[key] = found
        return found

    def score(self, tokens: tuple[Token, ...], concepts: tuple[str, ...]) -> NDArray[np.float32]:
        """Raw score of every class, (classes,)."""
        sums = [np.zeros(len(self.classes), dtype=np.float32) for _ in BLOCKS]
        norms = [0.0] * len(BLOCKS)
        for token in tokens:
            words, word_norm, pieces, piece_norm = self.token(token)
            sums[0] += words
            norms[0] += word_norm
            sums[3] += pieces
            norms[3] += piece_norm
        sums[1], norms[1] = self._sum(pair_keys(tokens))
        sums[2], norms[2] = self._sum(concept_keys(concepts))
        total = self.bias.copy()
        for weight, block, norm in zip(BLOCK_WEIGHTS, sums, norms, strict=True):
            if norm > 0:
                total += block * (weight / norm**0.5)
        return total
