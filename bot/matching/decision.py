"""Answer, question back, or refusal; the only thresholds and costs.

A wrong answer costs a parent a wasted way, so it costs `WRONG`. A question back costs one tap, `ASK`, and when the right
topic is not among its choices, as much as a refusal besides. To refuse a question that we could have answered costs
`REFUSE`; to answer one that is not ours costs as much as a wrong answer. With calibrated confidences the cheapest act is
the right one; no other number decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.matching.emergency import Alarm
from bot.model import EMERGENCY_GROUP, OUTSIDE, TALK_GROUP, Analysis, Candidate, Candidates, Decision, Kind


@dataclass(frozen=True, slots=True)
class Costs:
    """What each mistake costs, in questions back; and from where on the second safety net speaks, 0..1."""

    wrong: float = 5.0
    ask: float = 1.0
    refuse: float = 2.5
    alarm: float = 0.8
    help_line: float = 0.45
    second_question: float = 0.6


COSTS = Costs()

SMALLTALK = frozenset({"begruessung", "dank", "verabschiedung", "bot-identitaet", "hilfe", "beschwerde-bot"})


@dataclass(frozen=True, slots=True)
class Options:
    """The expected cost of each act, for `explain`."""

    answer: float
    clarify: float
    fallback: float


def expected_costs(candidates: Candidates, costs: Costs) -> Options:
    """The expected cost of answering the best topic, of asking back among the best three, and of refusing."""
    topics = [c for c in candidates.best if c.topic != OUTSIDE]
    if not topics:
        return Options(costs.wrong, costs.wrong, 0.0)
    right = topics[0].confidence
    among = sum(c.confidence for c in topics[:3])
    return Options(
        answer=(1 - right) * costs.wrong,
        clarify=costs.ask + (1 - among) * costs.refuse,
        fallback=(1 - candidates.foreign) * costs.refuse,
    )


def decide(candidates: Candidates, analysis: Analysis, groups: Mapping[str, str], costs: Costs = COSTS) -> Decision:
    """The sort of reply to give.

    candidates  best first, at most 5, perhaps none
    groups      the group of every topic
    raises      nothing: every question gets a decision
    """
    topics = tuple(c for c in candidates.best if c.topic != OUTSIDE)
    outside = next((c for c in candidates.best if c.topic == OUTSIDE), None)
    options = expected_costs(candidates, costs)
    entities = analysis.entities
    help_line = candidates.emergency >= costs.help_line
    if topics and options.answer <= min(options.clarify, options.fallback):
        best = topics[0]
        kind = Kind.EMERGENCY if groups.get(best.topic) == EMERGENCY_GROUP else Kind.ANSWER
        if best.topic in SMALLTALK:
            kind = Kind.SMALLTALK
        return Decision(
            kind, (best.topic,), (candidates.aspect,), candidates=candidates.best, confidence=best.confidence,
            help_line=help_line and kind is not Kind.EMERGENCY, entities=entities, lang=analysis.lang,
        )  # fmt: skip
    if topics and options.clarify <= options.fallback:
        choices = topics[:3]
        return Decision(
            Kind.CLARIFY, choices=choices, candidates=candidates.best, confidence=min(1.0, sum(c.confidence for c in choices)),
            asks="topic", help_line=help_line, entities=entities, lang=analysis.lang,
        )  # fmt: skip
    return refuse(outside, candidates, analysis, help_line=help_line)


def refuse(outside: Candidate | None, candidates: Candidates, analysis: Analysis, *, help_line: bool) -> Decision:
    """A refusal: the matter of another office when it is recognised, else the admission that we do not know."""
    if outside is not None and outside.score > MATTER_KNOWN and outside.matter:
        return Decision(
            Kind.ANSWER, (OUTSIDE,), ("overview",), candidates=candidates.best, confidence=candidates.foreign,
            help_line=help_line, entities=replace(analysis.entities, matter=outside.matter), lang=analysis.lang,
        )  # fmt: skip
    return Decision(
        Kind.FALLBACK, candidates=candidates.best, confidence=candidates.foreign, help_line=help_line,
        entities=analysis.entities, lang=analysis.lang,
    )  # fmt: skip


MATTER_KNOWN = -0.35
"""Raw score from which a matter of another office is named; below it we say that we do not know."""


def alarm_decision(alarm: Alarm, analysis: Analysis) -> Decision:
    """An emergency reply, whatever else the message is about."""
    return Decision(
        Kind.EMERGENCY, (alarm.topic,), ("overview",), candidates=(Candidate(alarm.topic, 1.0),), confidence=1.0,
        situation=alarm.situation, rule=alarm.rule, entities=analysis.entities, lang=alarm.lang,
    )  # fmt: skip


def second_net(decision: Decision, candidates: Candidates, analysis: Analysis, costs: Costs) -> Decision:
    """The decision, turned into an emergency where the learned net is sure; it never turns one off."""
    if decision.kind is Kind.EMERGENCY or candidates.alarm is None or candidates.emergency < costs.alarm:
        return decision
    return Decision(
        Kind.EMERGENCY, (candidates.alarm,), ("overview",), candidates=candidates.best, confidence=candidates.emergency,
        entities=analysis.entities, lang=analysis.lang,
    )  # fmt: skip
