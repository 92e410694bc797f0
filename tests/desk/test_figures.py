"""The statistics of the evaluation, on figures that can be checked by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.figures import (
    MIN_BIN,
    Claim,
    Share,
    area_under_risk,
    bins,
    brier_score,
    calibration_error,
    risk_coverage,
    with_typo,
)

CLAIMS = st.lists(st.builds(Claim, st.floats(0, 1), st.booleans()), max_size=400)


def test_wilson_interval_as_in_the_books() -> None:
    low, high = Share(81, 263).interval
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)


def test_wilson_interval_of_none_and_of_all_stays_within_0_and_1() -> None:
    assert Share(0, 10).interval == pytest.approx((0.0, 0.2775), abs=1e-4)
    assert Share(10, 10).interval == pytest.approx((0.7225, 1.0), abs=1e-4)
    assert Share(0, 0).interval == (0.0, 1.0)


def test_brier_score() -> None:
    assert brier_score([Claim(1.0, True), Claim(0.5, False)]) == pytest.approx(0.125)
    assert brier_score([]) == 0.0


def test_bins_are_about_equal_and_hold_equal_confidences_together() -> None:
    claims = [Claim(1.0, True)] * 100 + [Claim(i / 1000, False) for i in range(200)]
    found = bins(claims)
    assert [b.right.of for b in found] == [30] * 6 + [120]  # 20 that are left would be too few
    assert found[-1].right.hits == 100


@given(CLAIMS)
def test_every_claim_is_in_one_bin(claims: list[Claim]) -> None:
    found = bins(claims)
    assert sum(b.right.of for b in found) == len(claims)
    assert len(found) < 2 or all(b.right.of >= MIN_BIN for b in found)
    assert list(found) == sorted(found, key=lambda b: b.confidence)


def test_calibration_error_is_the_weighed_gap() -> None:
    claims = [Claim(0.2, i < 12) for i in range(30)] + [Claim(0.9, i < 90) for i in range(90)]
    assert calibration_error(claims) == pytest.approx((30 * 0.2 + 90 * 0.1) / 120)
    assert calibration_error([]) == 0.0


def test_risk_grows_where_the_unsure_are_wrong() -> None:
    claims = [Claim(0.1, False), Claim(0.9, True), Claim(0.5, True), Claim(0.3, False)]
    assert risk_coverage(claims) == ((0.25, 0.0), (0.5, 0.0), (0.75, 1 / 3), (1.0, 0.5))
    assert area_under_risk(claims) == pytest.approx((1 / 3 + 1 / 2) / 4)


def test_equal_confidences_have_no_order() -> None:
    claims = [Claim(0.5, True), Claim(0.5, False)]
    assert area_under_risk(claims) == area_under_risk(claims[::-1]) == pytest.approx(0.5)


@pytest.mark.parametrize(
    "text", ["Mein Kind atmet nicht mehr!", "Hilfe", "çocuğum nefes almıyor", "дитина не дихає", "Kita"]
)
def test_a_typo_is_one_edit_in_the_longest_word_and_always_the_same(text: str) -> None:
    changed = with_typo(text)
    assert changed != text
    assert changed == with_typo(text)
    differing = [(a, b) for a, b in zip(text.split(), changed.split(), strict=True) if a != b]
    assert len(differing) == 1
    before, after = differing[0]
    assert (before[0], before[-1]) == (after[0], after[-1])
    assert abs(len(before) - len(after)) <= 1


def test_a_short_message_stays_without_a_typo() -> None:
    assert with_typo("er ist da") == "er ist da"


@given(st.text())
def test_any_text_can_be_given_a_typo(text: str) -> None:
    assert abs(len(with_typo(text)) - len(text)) <= 1
