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
    _kept: dict[str, tuple[NDArray[np.float32], float, float]] = field(default_factory=dict, compare=False, repr=False)

    def _sum(self, keys: list[str]) -> tuple[NDArray[np.float32], float]:
        rows = [r for k in keys if (r := self.rows.get(k)) is not None]
        if not rows:
            return np.zeros(len(self.bias), dtype=np.float32), 0.0
        return self.values[rows].sum(axis=0, dtype=np.float32), float(self.norms[rows].sum())

    def _token(self, token: Token) -> tuple[NDArray[np.float32], float, float]:
        """The token's part of the word and of the piece block, (2, outputs), and their squared lengths.

        Kept for words of our own tables only: nothing else that a parent typed stays in memory.
        """
        key = f"{token.word} {token.lemma}"
        found = self._kept.get(key)
        if found is None:
            (words, word_norm), (pieces, piece_norm) = self._sum(word_keys(token)), self._sum(piece_keys(token.word))
            found = (np.stack([words, pieces]), word_norm, piece_norm)
            if token.listed:
                self._kept[key] = found
        return found

    def _pairs(self, tokens: tuple[Token, ...]) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
        """The pair block of every token and the next, (tokens, outputs), with their squared lengths."""
        sums = np.zeros((max(1, len(tokens)), len(self.bias)), dtype=np.float32)
        norms = np.zeros(len(sums))
        rows = [(i, r) for i, key in enumerate(pair_keys(tokens)) if (r := self.rows.get(key)) is not None]
        if rows:
            at, known = zip(*rows, strict=True)
            sums[list(at)] = self.values[list(known)]
            norms[list(at)] = self.norms[list(known)]
        return sums, norms

    def read(self, tokens: tuple[Token, ...], concepts: tuple[str, ...] = ()) -> Reading:
        """The message prepared for scoring as a whole or in parts."""
        parts = [self._token(t) for t in tokens]
        size = len(parts) + 1
        tokens_sum = np.zeros((size, 2, len(self.bias)), dtype=np.float32)
        token_norms = np.zeros((size, 2))
        if parts:
            np.cumsum([p[0] for p in parts], axis=0, out=tokens_sum[1:])
            np.cumsum([p[1:] for p in parts], axis=0, out=token_norms[1:])
        pairs, pair_norms = self._pairs(tokens)
        concept, concept_norm = self._sum(concept_keys(concepts))
        return Reading(
            tokens=tokens_sum,
            token_norms=token_norms,
            pairs=np.cumsum(pairs, axis=0),
            pair_norms=np.cumsum(pair_norms),
            concept=concept,
            concept_norm=concept_norm,
            bias=self.bias,
        )

    def score_halves(
        self, reading: Reading, spans: tuple[tuple[str, int, int], ...]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Raw scores of all tokens before each place, and of all from it on: twice (tokens + 1, outputs).

        spans  the concepts as in `Analysis`; they count for the half in which they stand whole
        """
        size = len(reading.tokens)
        concepts = np.zeros((2, size, len(self.bias)), dtype=np.float32)
        norms = np.zeros((2, size))
        ends: dict[int, int] = {}
        starts: dict[int, int] = {}
        for concept, start, end in spans:
            row = self.rows.get(f"c:{concept}")
            if row is not None:
                ends[row], starts[row] = min(end, ends.get(row, end)), max(start, starts.get(row, start))
        for half, places in enumerate((ends, starts)):
            for row, place in places.items():
                concepts[half, place] += self.values[row]
                norms[half, place] += self.norms[row]
        pairs = np.zeros((size, len(self.bias)), dtype=np.float32)
        pair_norms = np.zeros(size)
        if size > 2:
            pairs[2:], pair_norms[2:] = reading.pairs[: size - 2], reading.pair_norms[: size - 2]
        after = np.minimum(np.arange(size) + 1, size - 1)
        return (
            _in_blocks(
                self.bias, reading.tokens, reading.token_norms, pairs, pair_norms,
                np.cumsum(concepts[0], axis=0), np.cumsum(norms[0]),
            ),
            _in_blocks(
                self.bias, reading.tokens[-1] - reading.tokens, reading.token_norms[-1] - reading.token_norms,
                pairs[-1] - pairs[after], pair_norms[-1] - pair_norms[after],
                np.cumsum(concepts[1][::-1], axis=0)[::-1], np.cumsum(norms[1][::-1])[::-1],
            ),
        )  # fmt: skip

    def score(self, tokens: tuple[Token, ...], concepts: tuple[str, ...]) -> NDArray[np.float32]:
        """Raw score of every output, (outputs,)."""
        return self.read(tokens, concepts).score()


@dataclass(frozen=True, slots=True)
class Reading:
    """Running sums over the tokens of a message, so that any part of it is scored at once.

    tokens  (tokens + 1, 2, outputs) words and pieces before each token; `token_norms` their squared lengths
    pairs   (tokens, outputs) pairs up to each token and the next; `pair_norms` their squared lengths
    """

    tokens: NDArray[np.float32]
    token_norms: NDArray[np.float64]
    pairs: NDArray[np.float32]
    pair_norms: NDArray[np.float64]
    concept: NDArray[np.float32]
    concept_norm: float
    bias: NDArray[np.float32]

    def score(self, start: int = 0, end: int | None = None) -> NDArray[np.float32]:
        """Raw scores of the tokens from `start` to before `end`; concepts count for the whole message only."""
        n = len(self.tokens) - 1
        end = n if end is None else end
        total = self.bias.copy()
        if end > start:
            sums = self.tokens[end] - self.tokens[start]
            words, pieces = (self.token_norms[end] - self.token_norms[start]).tolist()
            if words > _NOTHING:
                total += sums[0] * np.float32(BLOCK_WEIGHTS[0] / words**0.5)
            if pieces > _NOTHING:
                total += sums[1] * np.float32(BLOCK_WEIGHTS[3] / pieces**0.5)
        if end - start > 1:
            before = start - 1
            norm = float(self.pair_norms[end - 2] - (self.pair_norms[before] if start else 0.0))
            if norm > _NOTHING:
                pairs = self.pairs[end - 2] - self.pairs[before] if start else self.pairs[end - 2]
                total += pairs * np.float32(BLOCK_WEIGHTS[1] / norm**0.5)
        if start == 0 and end == n and self.concept_norm > 0:
            total += self.concept * np.float32(BLOCK_WEIGHTS[2] / self.concept_norm**0.5)
        return total


_NOTHING = 1e-6
"""A squared length that is only rounding."""


def _in_blocks(
    bias: NDArray[np.float32],
    tokens: NDArray[np.float32],
    token_norms: NDArray[np.float64],
    pairs: NDArray[np.float32],
    pair_norms: NDArray[np.float64],
    concepts: NDArray[np.float32],
    concept_norms: NDArray[np.float64],
) -> NDArray[np.float32]:
    """The scores of several readings, a row each: every block scaled to its length and weighted."""
    total = np.tile(bias, (len(tokens), 1))
    blocks = (
        (tokens[:, 0], token_norms[:, 0]),
        (pairs, pair_norms),
        (concepts, concept_norms),
        (tokens[:, 1], token_norms[:, 1]),
    )  # fmt: skip
    for weight, (sums, norms) in zip(BLOCK_WEIGHTS, blocks, strict=True):
        scale = np.where(norms > _NOTHING, weight / np.sqrt(np.maximum(norms, _NOTHING)), 0.0)
        total += sums * scale[:, None].astype(np.float32)
    return total
