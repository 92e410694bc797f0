"""Answer, question back, or refusal; the only thresholds and costs.

A wrong answer costs a parent a wasted way: `wrong`. A question back costs one tap, `ask`, and when the right topic is
not among its choices, as much as a refusal besides. To refuse a question that we could have answered costs `refuse`; to
answer one that is not ours costs as much as a wrong answer. With calibrated confidences the cheapest act is the right
one; no other number decides between them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.matching.emergency import Alarm
from bot.model import EMERGENCY_GROUP, OUTSIDE, Analysis, Candidate, Candidates, Decision, Kind


@dataclass(frozen=True, slots=True)
class Costs:
    """What each mistake costs, in questions back; and from where on the second safety net speaks, 0..1.

    alarm      the net alone turns the reply into an emergency
    alarm_in_setting  the same where the setting looks harmless
    agree      the net does not contradict a ranking that says so
    help_line  the ordinary reply begins with a line of help
    second_question  from where on, 0..1, a message is answered as two questions: a second answer too much costs little
    """

    wrong: float = 4.0
    ask: float = 1.0
    refuse: float = 4.0
    alarm: float = 0.6
    alarm_in_setting: float = 0.85
    agree: float = 0.15
    help_line: float = 0.15
    second_question: float = 0.45


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


def decide(candidates: Candidates, analysis: Analysis, costs: Costs = COSTS) -> Decision:
    """The sort of reply to give.

    candidates  best first, at most 5, perhaps none
    raises      nothing: every question gets a decision
    """
    topics = tuple(c for c in candidates.best if c.topic != OUTSIDE)
    outside = next((c for c in candidates.best if c.topic == OUTSIDE), None)
    options = expected_costs(candidates, costs)
    entities, help_line = analysis.entities, candidates.help_line
    if candidates.sure_emergency:
        return Decision(
            Kind.EMERGENCY, (topics[0].topic,), ("overview",), candidates=candidates.best,
            confidence=topics[0].confidence, entities=entities, lang=analysis.lang,
        )  # fmt: skip
    if topics and options.answer <= min(options.clarify, options.fallback):
        best = topics[0]
        return Decision(
            Kind.SMALLTALK if best.topic in SMALLTALK else Kind.ANSWER, (best.topic,), (candidates.aspect,),
            candidates=candidates.best, confidence=best.confidence, help_line=help_line, entities=entities,
            lang=analysis.lang, short_first=not candidates.aspect_sure,
        )  # fmt: skip
    if topics and options.clarify <= options.fallback:
        choices = topics[:3]
        return Decision(
            Kind.CLARIFY, choices=choices, candidates=candidates.best,
            confidence=min(1.0, sum(c.confidence for c in choices)),
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


RULE_CONFIDENCE = 0.9
"""How often a rule that fires names the right one of the emergencies, on the fit half of the evaluation."""


def alarm_decision(alarm: Alarm, analysis: Analysis) -> Decision:
    """An emergency reply, whatever else the message is about."""
    return Decision(
        Kind.EMERGENCY, (alarm.topic,), ("overview",), candidates=(Candidate(alarm.topic, RULE_CONFIDENCE),),
        confidence=RULE_CONFIDENCE,
        situation=alarm.situation, rule=alarm.rule, entities=analysis.entities, lang=alarm.lang,
    )  # fmt: skip


def second_net(
    candidates: Candidates,
    groups: Mapping[str, str],
    costs: Costs,
    *,
    harmless_setting: bool,
    before: str | None = None,
) -> Candidates:
    """The candidates with the learned net's word on emergencies: sure, it is one; else no emergency topic remains.

    harmless_setting  books, courses, animals, devices: there it must be very sure, else it only adds the line of help
    before  the topic spoken of: a message that goes on about an emergency stays with it, „geht das anonym“
    """
    alarming = [c for c in candidates.best if groups.get(c.topic) == EMERGENCY_GROUP]
    sure = candidates.emergency >= costs.alarm or (candidates.alarm_leads and candidates.emergency >= costs.agree)
    if harmless_setting:
        sure = candidates.emergency >= costs.alarm_in_setting and candidates.alarm_leads
    sure = sure or (bool(alarming) and alarming[0].topic == before and alarming[0] is candidates.best[0])
    if sure and candidates.alarm is not None:
        topic = alarming[0].topic if alarming else candidates.alarm
        others = tuple(c for c in candidates.best if c.topic != topic)
        confidence = max(candidates.emergency, alarming[0].confidence if alarming else 0.0)
        return replace(candidates, best=(Candidate(topic, confidence), *others)[:5], foreign=0.0, sure_emergency=True)
    calm = tuple(c for c in candidates.best if c not in alarming)
    unsure = candidates.emergency >= costs.help_line or (candidates.alarm_leads and candidates.emergency >= costs.agree)
    factor = 1 / max(0.001, 1 - candidates.alarm_share)  # what the calm topics say among themselves
    rest = tuple(
        c if c.topic == OUTSIDE else replace(c, confidence=min(1.0, round(c.confidence * factor, 4))) for c in calm
    )
    return replace(candidates, best=tuple(sorted(rest, key=lambda c: -c.confidence)), help_line=unsure)
