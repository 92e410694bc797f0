"""How alike texts are by their trigrams, and which of many texts are nearly equal."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice


@lru_cache(65_536)
def plain(text: str) -> str:
    """The words of a question in lower case: two questions with the same words are the same question."""
    return " ".join(re.findall(r"\w+", text.lower()))


def trigrams(text: str) -> frozenset[str]:
    """The character trigrams of the text's words, padded as pg_trgm does."""
    padded = f"  {plain(text)} "
    return frozenset(map("".join, zip(padded, padded[1:], padded[2:], strict=False)))


def similarity(a: frozenset[str], b: frozenset[str]) -> float:
    """Jaccard similarity of two trigram sets, 0..1."""
    return len(a & b) / max(1, len(a | b))


class _Bits(dict[str, int]):
    """A bit of its own for each trigram, in the order in which they are first asked for."""

    def __missing__(self, gram: str) -> int:
        bit = self[gram] = 1 << len(self)
        return bit


def alike(texts: Sequence[str], least: float) -> Iterator[tuple[int, int]]:
    """The places of all pairs that are at least so similar, the earlier one first.

    The sets are bits of a number: a few hundred thousand pairs take a fraction of a second.
    """
    bits = _Bits()
    masks = [sum(map(bits.__getitem__, trigrams(text))) for text in texts]
    sized = sorted((mask.bit_count(), here, mask) for here, mask in enumerate(masks))
    for i, (size, here, mask) in enumerate(sized):
        for other, there, its_mask in islice(sized, i + 1, None):
            if other * least > size:  # all further ones are larger still
                break
            shared = (mask & its_mask).bit_count()
            if shared >= least * (size + other - shared):
                yield min(here, there), max(here, there)
