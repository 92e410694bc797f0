"""What the ranking sees of an analysis: words, pairs of words, concepts and pieces of words, in four blocks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

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
    return [f"g:{padded[i : i + n]}" for n in range(PIECES[0], PIECES[1] + 1) for i in range(len(padded) - n + 1)]


def pair_keys(tokens: tuple[Token, ...]) -> list[str]:
    """The pair block: neighbouring lemmas."""
    return [f"b:{a.lemma} {b.lemma}" for a, b in pairwise(tokens)]


def concept_keys(concepts: tuple[str, ...]) -> list[str]:
    """The concept block."""
    return [f"c:{c}" for c in concepts]


@dataclass(frozen=True)
class Weights:
    """A linear model over the blocks.

    rows     feature → row of `values` and `norms`
    values   (features, outputs): weight times inverse document frequency, in half precision: it halves the memory
    norms    (features,): squared inverse document frequency, for the length of a block
    bias     (outputs,)
    """

    rows: Mapping[str, int]
    values: NDArray[np.float16]
    norms: NDArray[np.float32]
    bias: NDArray[np.float32]
    _kept: dict[str, tuple[NDArray[np.float32], float, NDArray[np.float32], float]] = field(
        default_factory=dict, compare=False, repr=False
    )

    def _sum(self, keys: list[str]) -> tuple[NDArray[np.float32], float]:
        rows = [r for k in keys if (r := self.rows.get(k)) is not None]
        if not rows:
            return np.zeros(len(self.bias), dtype=np.float32), 0.0
        return self.values[rows].sum(axis=0, dtype=np.float32), float(self.norms[rows].sum())

    def _token(self, token: Token) -> tuple[NDArray[np.float32], float, NDArray[np.float32], float]:
        """The token's part of the word and of the piece block, each with its squared length.

        Kept for words of our own tables only: nothing else that a parent typed stays in memory.
        """
        key = f"{token.word} {token.lemma}"
        found = self._kept.get(key)
        if found is None:
            found = (*self._sum(word_keys(token)), *self._sum(piece_keys(token.word)))
            if token.listed:
                self._kept[key] = found
        return found

    def read(self, tokens: tuple[Token, ...], concepts: tuple[str, ...] = ()) -> Reading:
        """The message prepared for scoring as a whole or in parts."""
        parts = [self._token(t) for t in tokens]
        empty = np.zeros((1, len(self.bias)), dtype=np.float32)
        pairs = [self._sum([key]) for key in pair_keys(tokens)]
        concept = self._sum(concept_keys(concepts))
        return Reading(
            words=np.cumsum(np.vstack([empty, *(p[0] for p in parts)]), axis=0),
            word_norms=np.cumsum([0.0, *(p[1] for p in parts)]),
            pairs=np.cumsum(np.vstack([empty, *(p[0] for p in pairs)]), axis=0),
            pair_norms=np.cumsum([0.0, *(p[1] for p in pairs)]),
            pieces=np.cumsum(np.vstack([empty, *(p[2] for p in parts)]), axis=0),
            piece_norms=np.cumsum([0.0, *(p[3] for p in parts)]),
            concept=concept[0],
            concept_norm=concept[1],
            bias=self.bias,
        )

    def score(self, tokens: tuple[Token, ...], concepts: tuple[str, ...]) -> NDArray[np.float32]:
        """Raw score of every output, (outputs,)."""
        return self.read(tokens, concepts).score()


@dataclass(frozen=True, slots=True)
class Reading:
    """Running sums over the tokens of a message, so that any part of it is scored at once.

    words, pairs, pieces  (tokens + 1, outputs) sums up to a token; `…_norms` their squared lengths
    """

    words: NDArray[np.float32]
    word_norms: NDArray[np.float64]
    pairs: NDArray[np.float32]
    pair_norms: NDArray[np.float64]
    pieces: NDArray[np.float32]
    piece_norms: NDArray[np.float64]
    concept: NDArray[np.float32]
    concept_norm: float
    bias: NDArray[np.float32]

    def score(self, start: int = 0, end: int | None = None) -> NDArray[np.float32]:
        """Raw scores of the tokens from `start` to before `end`; concepts count for the whole message only."""
        n = len(self.words) - 1
        end = n if end is None else end
        last_pair = max(start, end - 1)
        total = self.bias.copy()
        for weight, sums, norms, stop in (
            (BLOCK_WEIGHTS[0], self.words, self.word_norms, end),
            (BLOCK_WEIGHTS[1], self.pairs, self.pair_norms, min(last_pair, len(self.pairs) - 1)),
            (BLOCK_WEIGHTS[3], self.pieces, self.piece_norms, end),
        ):
            norm = float(norms[stop] - norms[start]) if stop > start else 0.0
            if norm > 1e-6:
                total += (sums[stop] - sums[start]) * (weight / norm**0.5)
        if start == 0 and end == n and self.concept_norm > 0:
            total += self.concept * (BLOCK_WEIGHTS[2] / self.concept_norm**0.5)
        return total
