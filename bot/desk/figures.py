"""The statistics of the evaluation: intervals, calibration, risk against coverage, and typos made on purpose."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from math import sqrt
from statistics import stdev

Z_95 = 1.959964
MIN_BIN = 30
"""Questions that a bin of the calibration holds at least."""
MAX_BINS = 10


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many. `of` may be 0: then nothing is known, and the interval is all of 0..1."""

    hits: int
    of: int

    @property
    def value(self) -> float:
        """The share, 0..1."""
        return self.hits / self.of if self.of else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval after Wilson."""
        if not self.of:
            return 0.0, 1.0
        centre = (self.value + Z_95**2 / (2 * self.of)) / (1 + Z_95**2 / self.of)
        half = (
            Z_95 / (1 + Z_95**2 / self.of) * sqrt(self.value * (1 - self.value) / self.of + Z_95**2 / (4 * self.of**2))
        )
        return max(0.0, centre - half), min(1.0, centre + half)


@dataclass(frozen=True, slots=True)
class Claim:
    """What a system said with which confidence, 0..1, and whether it was right."""

    confidence: float
    right: bool


@dataclass(frozen=True, slots=True)
class Bin:
    """Claims of about the same confidence: their mean confidence, and how many were right."""

    confidence: float
    right: Share


def squares(claims: Sequence[Claim]) -> list[float]:
    """The squared difference of confidence and truth of each claim."""
    return [(c.confidence - c.right) ** 2 for c in claims]


def brier_score(claims: Sequence[Claim]) -> float:
    """The mean squared difference of confidence and truth, 0 (best) to 1; 0 for no claims."""
    return sum(squares(claims)) / len(claims) if claims else 0.0


def half_width(values: Sequence[float]) -> float:
    """Half the width of the 95 % interval of the mean of these values; 0 for fewer than two."""
    return Z_95 * stdev(values) / sqrt(len(values)) if len(values) > 1 else 0.0


def bins(claims: Sequence[Claim]) -> tuple[Bin, ...]:
    """The claims in at most ten bins of about the same size and at least 30, by rising confidence.

    Equal confidences share a bin, so there may be fewer; the last bin takes what would be too small for one of its own.
    """
    ordered = sorted(claims, key=lambda c: c.confidence)
    size = max(MIN_BIN, -(-len(ordered) // MAX_BINS))
    groups: list[list[Claim]] = [[]]
    for claim in ordered:
        if len(groups[-1]) >= size and claim.confidence > groups[-1][-1].confidence:
            groups.append([])
        groups[-1].append(claim)
    if len(groups) > 1 and len(groups[-1]) < MIN_BIN:
        tail = groups.pop()
        groups[-1] += tail
    return tuple(
        Bin(sum(c.confidence for c in group) / len(group), Share(sum(c.right for c in group), len(group)))
        for group in groups
        if group
    )


def calibration_error(claims: Sequence[Claim]) -> float:
    """The expected calibration error: how far confidence and truth lie apart in a bin, weighed by its size."""
    return sum(abs(b.confidence - b.right.value) * b.right.of for b in bins(claims)) / max(1, len(claims))


def risk_coverage(claims: Sequence[Claim]) -> tuple[tuple[float, float], ...]:
    """(coverage, risk) after each claim, the surest first: the share of errors if only so many were answered.

    Among claims of equal confidence no order is better than another: each counts as their mean.
    """
    risks: dict[float, list[bool]] = {}
    for claim in claims:
        risks.setdefault(claim.confidence, []).append(not claim.right)
    curve: list[tuple[float, float]] = []
    errors = 0.0
    for confidence in sorted(risks, reverse=True):
        equal = risks[confidence]
        for _ in equal:
            errors += sum(equal) / len(equal)
            curve.append(((len(curve) + 1) / len(claims), errors / (len(curve) + 1)))
    return tuple(curve)


def area_under_risk(claims: Sequence[Claim]) -> float:
    """The area under the risk-coverage curve, 0 (best) to 1; 0 for no claims."""
    curve = risk_coverage(claims)
    return sum(risk for _, risk in curve) / len(curve) if curve else 0.0


def to_json(value: object) -> object:
    """Figures as plain lists and dictionaries; a share with its interval, figures with five digits."""
    if isinstance(value, Share):
        low, high = value.interval
        return {"hits": value.hits, "of": value.of, **to_mapping({"share": value.value, "low": low, "high": high})}
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: to_json(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return to_mapping(value)
    if isinstance(value, tuple | list):
        return [to_json(v) for v in value]
    return round(value, 5) if isinstance(value, float) else value


def to_mapping(value: Mapping[str, object]) -> dict[str, object]:
    """The mapping with its values as `to_json` gives them."""
    return {str(k): to_json(v) for k, v in value.items()}


def with_typo(text: str) -> str:
    """The text with one letter of its longest word swapped with the next, dropped or doubled; always the same one.

    A word of fewer than four letters stays as it is. The first and the last letter stay, as they mostly do.
    """
    words = text.split(" ")
    at = max(range(len(words)), key=lambda i: sum(map(str.isalpha, words[i])))
    word = words[at]
    letters = [i for i, letter in enumerate(word) if letter.isalpha()]
    if len(letters) < 4:
        return text
    digest = hashlib.sha256(text.encode()).digest()
    inner = letters[1:-2]
    i = inner[digest[1] % len(inner)]
    swap = digest[0] % 3 == 0 and word[i] != word[i + 1] and word[i + 1].isalpha()
    if swap:
        word = word[:i] + word[i + 1] + word[i] + word[i + 2 :]
    elif digest[0] % 2:
        word = word[:i] + word[i + 1 :]
    else:
        word = word[: i + 1] + word[i:]
    return " ".join((*words[:at], word, *words[at + 1 :]))
