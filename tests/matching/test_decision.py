"""Each sort of reply from the confidences that lead to it, and what the second safety net adds."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.matching.decision import (
    MATTER_KNOWN,
    RULE_CONFIDENCE,
    SMALLTALK,
    Costs,
    alarm_decision,
    decide,
    expected_costs,
    second_net,
)
from bot.matching.emergency import Alarm
from bot.model import OUTSIDE, Analysis, Candidate, Candidates, Child, Decision, Entities, Kind

COSTS = Costs(wrong=4.0, ask=1.0, refuse=3.0, alarm=0.8, agree=0.2, help_line=0.5)
ANALYSIS = Analysis(text="?", sentences=(), entities=Entities(children=(Child(age_months=36),)), lang="tr")
GROUPS = {"kita": "kita", "geld": "leistungen", "gefahr": "notfall", "krise": "notfall", OUTSIDE: OUTSIDE}


def found(*confidences: float, foreign: float = 0.0, matter_score: float | None = None) -> Candidates:
    """Candidates with these confidences, named a, b, c …; with a matter of another office when it has a score."""
    best = [Candidate(name, confidence) for name, confidence in zip("abcde", confidences, strict=False)]
    if matter_score is not None:
        best.append(Candidate(OUTSIDE, foreign, matter_score, "muell"))
    return Candidates(best=tuple(sorted(best, key=lambda c: -c.confidence)), aspect="cost", foreign=foreign)


def test_a_sure_topic_is_answered_with_the_side_asked_for() -> None:
    decision = decide(found(0.95, 0.05), ANALYSIS, COSTS)
    assert (decision.kind, decision.topics, decision.aspects) == (Kind.ANSWER, ("a",), ("cost",))
    assert decision.confidence == 0.95


@pytest.mark.parametrize("topic", sorted(SMALLTALK))
def test_talk_is_answered_as_talk(topic: str) -> None:
    assert decide(Candidates((Candidate(topic, 0.95),)), ANALYSIS, COSTS).kind is Kind.SMALLTALK


def test_between_likely_topics_we_ask_back_with_the_best_three() -> None:
    decision = decide(found(0.4, 0.3, 0.2, 0.1), ANALYSIS, COSTS)
    assert (decision.kind, decision.asks, decision.topics) == (Kind.CLARIFY, "topic", ())
    assert [c.topic for c in decision.choices] == ["a", "b", "c"]


def test_another_office_is_never_a_choice() -> None:
    decision = decide(found(0.35, 0.3, foreign=0.3, matter_score=0.0), ANALYSIS, COSTS)
    assert decision.kind is Kind.CLARIFY
    assert OUTSIDE not in {c.topic for c in decision.choices}


def test_a_known_matter_of_another_office_is_named() -> None:
    decision = decide(found(0.05, foreign=0.9, matter_score=MATTER_KNOWN + 0.1), ANALYSIS, COSTS)
    assert (decision.kind, decision.topics, decision.entities.matter) == (Kind.ANSWER, (OUTSIDE,), "muell")


def test_a_doubtful_matter_is_not_named() -> None:
    decision = decide(found(0.05, foreign=0.9, matter_score=MATTER_KNOWN - 0.1), ANALYSIS, COSTS)
    assert (decision.kind, decision.topics, decision.entities.matter) == (Kind.FALLBACK, (), None)


def test_what_is_surely_not_ours_is_refused() -> None:
    assert decide(found(0.1, foreign=0.9), ANALYSIS, COSTS).kind is Kind.FALLBACK


def test_without_candidates_we_do_not_know() -> None:
    assert decide(Candidates(()), ANALYSIS, COSTS).kind is Kind.FALLBACK


def test_a_sure_second_net_is_an_emergency() -> None:
    candidates = Candidates((Candidate("gefahr", 0.9), Candidate("kita", 0.1)), sure_emergency=True)
    decision = decide(candidates, ANALYSIS, COSTS)
    assert (decision.kind, decision.topics, decision.rule) == (Kind.EMERGENCY, ("gefahr",), None)


@pytest.mark.parametrize("candidates", [found(0.95), found(0.4, 0.3, 0.2), found(0.1, foreign=0.9), Candidates(())])
def test_every_ordinary_reply_may_carry_the_line_of_help(candidates: Candidates) -> None:
    assert decide(replace(candidates, help_line=True), ANALYSIS, COSTS).help_line
    assert not decide(candidates, ANALYSIS, COSTS).help_line


@pytest.mark.parametrize("candidates", [found(0.95), found(0.4, 0.3, 0.2), found(0.1, foreign=0.9), Candidates(())])
def test_what_was_read_is_handed_on(candidates: Candidates) -> None:
    decision = decide(candidates, ANALYSIS, COSTS)
    assert (decision.entities.children, decision.lang) == (ANALYSIS.entities.children, "tr")
    assert decision.candidates == candidates.best


def test_the_expected_costs() -> None:
    options = expected_costs(found(0.5, 0.25, foreign=0.25), COSTS)
    assert options.answer == pytest.approx(0.5 * 4)
    assert options.clarify == pytest.approx(1 + 0.25 * 3)
    assert options.fallback == pytest.approx(0.75 * 3)


@pytest.mark.parametrize(
    "costs, kind",
    [
        (COSTS, Kind.CLARIFY),
        (replace(COSTS, wrong=1.0), Kind.ANSWER),
        (replace(COSTS, ask=9.0), Kind.ANSWER),
        (replace(COSTS, ask=9.0, wrong=9.0), Kind.FALLBACK),
        (replace(COSTS, refuse=0.1), Kind.FALLBACK),
    ],
)
def test_the_costs_decide(costs: Costs, kind: Kind) -> None:
    assert decide(found(0.5, 0.25, foreign=0.25), ANALYSIS, costs).kind is kind


SHARES = st.lists(st.floats(0.01, 1), min_size=1, max_size=5)


@given(SHARES, st.floats(0, 1))
def test_the_cheapest_act_is_chosen(weights: list[float], foreign: float) -> None:
    shares = sorted(((1 - foreign) * w / sum(weights) for w in weights), reverse=True)
    candidates = found(*shares, foreign=foreign)
    options = expected_costs(candidates, COSTS)
    price = {Kind.ANSWER: options.answer, Kind.CLARIFY: options.clarify, Kind.FALLBACK: options.fallback}
    assert price[decide(candidates, ANALYSIS, COSTS).kind] == pytest.approx(min(price.values()))


@given(SHARES, st.floats(0, 0.2))
def test_more_confidence_never_makes_an_answer_a_question(weights: list[float], more: float) -> None:
    shares = sorted((0.8 * w / sum(weights) for w in weights), reverse=True)
    before = decide(found(*shares), ANALYSIS, COSTS).kind
    after = decide(found(shares[0] + more, *shares[1:]), ANALYSIS, COSTS).kind
    assert before is not Kind.ANSWER or after is Kind.ANSWER


def test_an_alarm_is_an_emergency_whatever_else() -> None:
    decision = alarm_decision(Alarm("gefahr", "akut", "regel-1", "en"), ANALYSIS)
    assert (decision.kind, decision.topics, decision.situation) == (Kind.EMERGENCY, ("gefahr",), "akut")
    assert (decision.rule, decision.lang, decision.confidence) == ("regel-1", "en", RULE_CONFIDENCE)


def net(emergency: float, *topics: str, harmless: bool = False) -> Candidates:
    """What the second net makes of candidates in this order, when it is so sure of an emergency."""
    best = tuple(Candidate(t, 0.5 / (i + 1)) for i, t in enumerate(topics))
    alarming = [c.confidence for c in best if GROUPS[c.topic] == "notfall"]
    candidates = Candidates(
        best,
        foreign=0.1,
        alarm="gefahr",
        alarm_leads=GROUPS[topics[0]] == "notfall",
        alarm_share=sum(alarming) / 0.9,
        emergency=emergency,
    )
    return second_net(candidates, GROUPS, COSTS, harmless_setting=harmless)


def test_a_sure_net_makes_an_emergency_of_any_question() -> None:
    after = net(0.8, "kita", "geld")
    assert after.sure_emergency
    assert decide(after, ANALYSIS, COSTS).topics == ("gefahr",)


def test_a_net_that_agrees_with_the_ranking_takes_its_topic() -> None:
    after = net(0.2, "krise", "kita")
    assert after.sure_emergency
    assert decide(after, ANALYSIS, COSTS).topics == ("krise",)


def test_what_goes_on_about_an_emergency_stays_with_it() -> None:
    candidates = Candidates((Candidate("krise", 0.5), Candidate("kita", 0.4)), alarm="krise", emergency=0.01)
    for before, stays in (("krise", True), ("kita", False), (None, False)):
        after = second_net(candidates, GROUPS, COSTS, harmless_setting=False, before=before)
        assert after.sure_emergency is stays


def test_an_unsure_net_adds_the_line_of_help() -> None:
    after = net(0.5, "kita", "geld")
    assert (after.sure_emergency, after.help_line) == (False, True)
    assert [c.topic for c in after.best] == ["kita", "geld"]


def test_a_calm_net_adds_nothing() -> None:
    after = net(0.1, "kita", "geld")
    assert (after.sure_emergency, after.help_line, [c.topic for c in after.best]) == (False, False, ["kita", "geld"])


def test_in_a_harmless_setting_the_net_adds_the_line_of_help_alone() -> None:
    after = net(0.99, "kita", harmless=True)
    assert (after.sure_emergency, after.help_line) == (False, True)


def test_where_there_is_no_emergency_the_calm_topics_share_its_confidence() -> None:
    after = net(0.1, "gefahr", "kita")
    assert [c.topic for c in after.best] == ["kita"]
    assert after.best[0].confidence == pytest.approx(0.25 / (1 - 0.5 / 0.9), abs=1e-3)
    assert after.foreign == 0.1


def test_without_emergency_topics_there_is_no_emergency() -> None:
    after = second_net(Candidates((Candidate("kita", 0.9),), emergency=0.99), GROUPS, COSTS, harmless_setting=False)
    assert (after.sure_emergency, after.help_line) == (False, True)


def reply_of(candidates: Candidates) -> Decision:
    return decide(candidates, ANALYSIS, COSTS)


TOPICS = st.permutations(("kita", "geld", "gefahr", "krise", OUTSIDE)).flatmap(
    lambda names: st.integers(1, 5).map(lambda n: tuple(names[:n]))
)


@given(TOPICS, st.floats(0, 1), st.floats(0, 1), st.booleans())
def test_a_surer_net_takes_no_alarm_and_no_help_away(
    topics: tuple[str, ...], a: float, b: float, harmless: bool
) -> None:
    less, more = (net(x, *topics, harmless=harmless) for x in sorted((a, b)))
    assert more.sure_emergency or not less.sure_emergency
    assert more.help_line or more.sure_emergency or not less.help_line


@given(TOPICS, st.floats(0, 1), st.booleans())
def test_the_net_takes_no_ordinary_topic_away(topics: tuple[str, ...], emergency: float, harmless: bool) -> None:
    after = [c.topic for c in net(emergency, *topics, harmless=harmless).best]
    calm = [t for t in topics if GROUPS[t] != "notfall"]
    assert sorted(t for t in after if t in calm) == sorted(calm)
    assert [t for t in after if t in calm and t != OUTSIDE] == [t for t in calm if t != OUTSIDE]


@given(TOPICS, st.floats(0, 1), st.booleans())
def test_an_emergency_reply_comes_of_a_sure_net_alone(
    topics: tuple[str, ...], emergency: float, harmless: bool
) -> None:
    after = net(emergency, *topics, harmless=harmless)
    kind = reply_of(after).kind
    assert (kind is Kind.EMERGENCY) is after.sure_emergency
    assert GROUPS.get(next(iter(reply_of(after).topics), "")) != "notfall" or kind is Kind.EMERGENCY
