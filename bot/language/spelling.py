"""Typos and lost umlauts mended, with a guard for right words."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA

from bot.language.text import fold

PREFIX = 8
"""Only the beginning of a word is indexed by deletions; typos behind it are found by the distance alone."""


@dataclass(frozen=True, slots=True)
class Speller:
    """Compiled tables of the repair.

    words   the words that may come out, most frequent first
    folded  index of the best word by its folded key
    keys    sorted CRC-32 of every key of the deletion index; `targets[i]` is the word of `keys[i]`
    guard   right German words that are left alone
    """

    words: tuple[str, ...]
    folded: dict[str, int]
    keys: NDArray[np.uint32]
    targets: NDArray[np.int32]
    guard: frozenset[str]


def _reach(length: int) -> int:
    """How many edits a word of this length may need: 0 up to 3 letters, 1 up to 8, 2 above."""
    return 0 if length <= 3 else 1 if length <= 8 else 2


def deletions(key: str) -> set[str]:
    """The key's beginning and all strings that come of it by deleting as many letters as may be wrong."""
    head = key[:PREFIX]
    found = {head}
    for n in range(1, _reach(len(key)) + 1):
        found |= {"".join(c for i, c in enumerate(head) if i not in drop) for drop in combinations(range(len(head)), n)}
    return found


def build_speller(words: tuple[str, ...], guard: frozenset[str]) -> Speller:
    """The tables for these words, given most frequent first."""
    folded: dict[str, int] = {}
    pairs: list[tuple[int, int]] = []
    for i, word in enumerate(words):
        key = fold(word)
        if folded.setdefault(key, i) == i and len(key) > 3:
            pairs += [(crc32(d.encode()), i) for d in deletions(key)]
    pairs.sort()
    keys = np.array([k for k, _ in pairs], dtype=np.uint32)
    return Speller(words, folded, keys, np.array([t for _, t in pairs], dtype=np.int32), guard)


def repair(word: str, speller: Speller) -> str | None:
    """The word that was meant, or None when none is near or the word is right as it is.

    word  lower case, not one of `speller.words`
    """
    key = fold(word)
    same = speller.folded.get(key)
    if same is not None and word not in speller.guard:
        return speller.words[same]
    if word in speller.guard or len(key) <= 3 or any(c.isdigit() for c in word):
        return None
    wanted = np.fromiter((crc32(d.encode()) for d in deletions(key)), dtype=np.uint32)
    left = np.searchsorted(speller.keys, wanted)
    right = np.searchsorted(speller.keys, wanted, side="right")
    best: tuple[int, int] | None = None
    reach = _reach(len(key))
    for start, end in zip(left.tolist(), right.tolist(), strict=True):
        for target in speller.targets[start:end].tolist():
            candidate = fold(speller.words[target])
            if abs(len(candidate) - len(key)) > reach:
                continue
            distance = OSA.distance(key, candidate, score_cutoff=reach)
            # a wrong first letter is rare: it counts as one more edit
            rank = (distance + (candidate[0] != key[0]), target)
            if distance <= reach and rank[0] <= reach and (best is None or rank < best):
                best = rank
    return None if best is None else speller.words[best[1]]
