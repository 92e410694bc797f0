"""What counts as right, and the frozen split, on replies made by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.desk.evaluation import Half, Labelled, Outcome, Result, half_of, judge, load_dialogues, load_set
from bot.desk.report import announced_claim, best_claim, ranked_topics, tally, tally_both, tally_outside
from bot.model import OUTSIDE, Answer, Candidate, Conversation, Decision, Kind


def answer(kind: Kind, *topics: str, among: tuple[str, ...] = (), confidence: float = 0.8) -> Answer:
    """A reply of this kind on these topics; `among` are its choices or candidates."""
    candidates = tuple(Candidate(t, round(0.6 - 0.1 * i, 1)) for i, t in enumerate(among))
    decision = Decision(
        kind,
        topics,
        ("overview",) * len(topics),
        choices=candidates if kind is Kind.CLARIFY else (),
        candidates=candidates,
        confidence=confidence,
    )
    return Answer(decision, (), (), (), (), {}, Conversation())


def labelled(*topics: str, both: bool = False, ask: bool = False) -> Labelled:
    """A question with this label."""
    return Labelled("?", topics, "forum", emergency=False, both=both, ask=ask)


def result(label: Labelled, reply: Answer) -> Result:
    """A reply as the evaluation keeps it."""
    return Result(label, reply, judge(label, reply))


@pytest.mark.parametrize(
    "label, reply, outcome",
    [
        (labelled("a", "b"), answer(Kind.ANSWER, "b"), Outcome.RIGHT),
        (labelled("a"), answer(Kind.ANSWER, "b", "a"), Outcome.WRONG),
        (labelled("a"), answer(Kind.EMERGENCY, "a"), Outcome.RIGHT),
        (labelled("a"), answer(Kind.FALLBACK), Outcome.FELL_BACK),
        (labelled("a"), answer(Kind.ANSWER, OUTSIDE), Outcome.FELL_BACK),
        (labelled("a"), answer(Kind.CLARIFY, among=("b", "c", "a")), Outcome.ASKED),
        (labelled("a"), answer(Kind.CLARIFY, among=("b", "c", "d", "a")), Outcome.ASKED_WRONG),
        (labelled("a", ask=True), answer(Kind.CLARIFY, among=("b", "c")), Outcome.ASKED),
        (labelled(OUTSIDE), answer(Kind.FALLBACK), Outcome.REFUSED),
        (labelled(OUTSIDE), answer(Kind.ANSWER, OUTSIDE), Outcome.REFUSED),
        (labelled(OUTSIDE), answer(Kind.ANSWER, "a"), Outcome.WRONG),
        (labelled(OUTSIDE, "a"), answer(Kind.ANSWER, "a"), Outcome.RIGHT),
        (labelled("a", "b", both=True), answer(Kind.ANSWER, "b", "a"), Outcome.RIGHT),
        (labelled("a", "b", both=True), answer(Kind.ANSWER, "a"), Outcome.WRONG),
        (labelled("a", "b", both=True), answer(Kind.EMERGENCY, "a"), Outcome.RIGHT),
    ],
)
def test_judge(label: Labelled, reply: Answer, outcome: Outcome) -> None:
    assert judge(label, reply) is outcome


def test_the_split_depends_on_the_words_alone() -> None:
    assert half_of("Wann hat das Büro auf?") is half_of("wann hat  das büro auf")
    assert {half_of(f"Frage {i}") for i in range(20)} == {Half.FIT, Half.REPORT}


def test_the_halves_are_all_and_share_nothing(tmp_path: Path) -> None:
    rows = [{"q": f"Frage {i}", "topics": ["a"]} for i in range(20)]
    (tmp_path / "forum.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    talks = [{"turns": [row, {"q": "Und dann?", "topics": ["a"]}]} for row in rows]
    (tmp_path / "dialogues.jsonl").write_text("\n".join(map(json.dumps, talks)), encoding="utf-8")
    fit, report, both = ([q.question for q in load_set(tmp_path, "forum", half)] for half in Half)
    assert sorted(fit + report) == sorted(both)
    assert not set(fit) & set(report)
    assert [turns[0].question for turns in load_dialogues(tmp_path, Half.REPORT)] == report


def test_what_was_answered_stands_before_better_candidates() -> None:
    assert ranked_topics(answer(Kind.EMERGENCY, "c", among=("a", "c"))) == (("c", 0.8), ("a", 0.6))
    assert ranked_topics(answer(Kind.ANSWER, OUTSIDE, among=("a", OUTSIDE))) == (("a", 0.6), (OUTSIDE, 0.5))
    assert ranked_topics(answer(Kind.FALLBACK)) == ((OUTSIDE, 0.8),)


def test_confidence_is_of_what_the_contract_says() -> None:
    asked = result(labelled("b"), answer(Kind.CLARIFY, among=("a", "b"), confidence=0.9))
    assert announced_claim(asked).right
    assert not best_claim(ranked_topics(asked.answer), asked.labelled).right
    assert announced_claim(result(labelled(OUTSIDE), answer(Kind.FALLBACK))).right
    assert not announced_claim(result(labelled("a"), answer(Kind.ANSWER, OUTSIDE))).right


def test_tally_counts_candidates_whatever_the_decision() -> None:
    found = tally(
        "forum",
        [
            result(labelled("a"), answer(Kind.ANSWER, "a", among=("a",), confidence=0.6)),
            result(labelled("a"), answer(Kind.FALLBACK, among=("a", "b"))),
            result(labelled("c"), answer(Kind.CLARIFY, among=("a", "b", "c"))),
            result(labelled("c"), answer(Kind.ANSWER, "a", among=("a",), confidence=0.6)),
        ],
    )
    assert [s.hits for s in (found.top_1, found.top_3, found.right, found.direct)] == [2, 3, 1, 2]
    assert [s.hits for s in (found.asked, found.asked_wrong, found.wrong, found.fell_back)] == [1, 0, 1, 1]
    assert found.right_of_direct.of == 2


def test_tallies_of_what_is_reported_apart() -> None:
    both = tally_both(
        [
            result(labelled("a", "b", both=True), answer(Kind.ANSWER, "a", "b")),
            result(labelled("a", "b", both=True), answer(Kind.ANSWER, "a", among=("a", "b"))),
            result(labelled("a", "b", both=True), answer(Kind.ANSWER, "c")),
        ]
    )
    assert [s.hits for s in (both.both, both.one_of_them, both.wrong)] == [1, 1, 1]
    outside = tally_outside(
        "out_of_scope",
        [
            result(labelled(OUTSIDE), answer(Kind.FALLBACK)),
            result(labelled(OUTSIDE, "a"), answer(Kind.ANSWER, "a")),
            result(labelled(OUTSIDE), answer(Kind.CLARIFY, among=("a",))),
        ],
    )
    assert [s.hits for s in (outside.refused, outside.accepted, outside.asked, outside.wrong)] == [1, 1, 1, 0]
