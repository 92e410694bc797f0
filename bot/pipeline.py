"""The order of the stages: `reply` turns a question into an answer. No rules, no thresholds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bot.content.loading import Content
from bot.content.models import Aspect
from bot.language.analysis import Language, analyse
from bot.matching.confidence import Calibration, calibrate
from bot.matching.context import leans, with_context
from bot.matching.decision import COSTS, Costs, alarm_decision, decide, second_net
from bot.matching.emergency import Emergencies, choose_alarm, find_emergency
from bot.matching.ranking import Intents, Ranking, rank
from bot.matching.segments import find_second_question
from bot.model import Analysis, Answer, Candidate, Candidates, Conversation, Decision, Kind, Question
from bot.replying.answer import compose
from bot.replying.direct import find_direct
from bot.replying.offers import Listing
from bot.replying.results import is_search
from bot.replying.tables import continue_table, prefer_fee
from bot.replying.timetable import with_timetable
from bot.replying.wishes import SearchWords, find_direct_search, find_search

LANGUAGE_TOPIC = "sprache"
"""What answers a message that is not in German and no emergency."""


@dataclass(frozen=True)
class Bot:
    """All that answers a question, loaded once.

    groups   the group of every topic
    titles   the title of every topic as it was read
    direct   messages of our own quick replies, as plain words → (topic, aspect)
    listing  the places and offers that a search may find, and `search_words` what they are called
    off      topics that are switched off
    all_off  whether the whole service is
    """

    content: Content
    language: Language
    intents: Intents
    emergencies: Emergencies
    calibration: Calibration
    groups: Mapping[str, str]
    titles: Mapping[str, Analysis]
    direct: Mapping[str, tuple[str, str]]
    costs: Costs = COSTS
    listing: Listing = field(default_factory=Listing)
    search_words: SearchWords = field(default_factory=SearchWords)
    off: frozenset[str] = frozenset()
    all_off: bool = False


@dataclass(frozen=True, slots=True)
class Trace:
    """Every step of one reply, for `explain`."""

    analysis: Analysis
    ranking: Ranking | None
    candidates: Candidates | None
    decision: Decision
    answer: Answer


def trace(question: Question, bot: Bot) -> Trace:
    """The answer with every step that led to it. The same question and bot always give the same."""
    analysis = analyse(question, bot.language)
    finding = find_emergency(analysis, bot.emergencies)  # first, by reviewed rules; scores may add, never remove
    said = question.conversation
    direct = None
    if not finding.alarms:
        direct = find_direct_search(question, analysis, bot.search_words, bot.content, bot.off)
        direct = direct or find_direct(question.message, analysis, said, bot.direct, bot.groups)
        direct = direct or continue_table(analysis, said, bot.content)
    ranking: Ranking | None = None
    candidates: Candidates | None = None
    if finding.alarms:
        ranking = rank(analysis, bot.intents)
        scores = {t: float(ranking.scores[bot.intents.index[t]]) for t in sorted(bot.intents.alarms)}
        decision = alarm_decision(choose_alarm(finding.alarms, scores), analysis)
        decision = with_calm_side(decision, calibrate(ranking, bot.intents, bot.calibration), bot.content)
    elif direct is not None:
        decision = direct
    elif analysis.lang != "de" and LANGUAGE_TOPIC in bot.content.entries:
        decision = Decision(
            Kind.ANSWER,
            (LANGUAGE_TOPIC,),
            ("overview",),
            candidates=(Candidate(LANGUAGE_TOPIC, 0.9),),
            confidence=0.9,
            lang=analysis.lang,
        )
    elif not analysis.tokens:
        decision = decide(Candidates((), foreign=1.0), analysis, bot.costs)
    else:
        ranking = with_context(
            rank(analysis, bot.intents), analysis, said, bot.intents, bot.titles, related_to(said, bot), bot.calibration
        )
        candidates = calibrate(ranking, bot.intents, bot.calibration)
        candidates = second_net(
            candidates, bot.groups, bot.costs, harmless_setting=finding.harmless_setting, before=said.topic
        )
        decision = decide(candidates, analysis, bot.costs)
        decision = find_second_question(decision, ranking, analysis, bot.intents, bot.calibration, bot.costs)
        if said.topic in decision.topics and leans(analysis):
            decision = follow_pointers(decision, bot.content)
        decision = prefer_fee(decision, bot.content)
        decision = find_search(decision, question, analysis, bot.search_words, bot.content, bot.off)
    if not is_search(decision):
        decision = replace(decision, entities=replace(analysis.entities, matter=decision.entities.matter))
        decision = with_timetable(decision, question, bot.content)
    return Trace(
        analysis,
        ranking,
        candidates,
        decision,
        compose(decision, question, bot.content, bot.off, all_off=bot.all_off, listing=bot.listing),
    )


CALM_SIDES = ("eligibility", "documents", "deadline", "cost", "duration", "place", "hours")
"""Sides of an emergency that are asked about calmly: what the line costs, when it answers, who may call."""


def with_calm_side(decision: Decision, candidates: Candidates, content: Content) -> Decision:
    """The emergency with the side that is surely asked for: it stands behind the help, and takes nothing from it."""
    entry = content.entries.get(decision.topics[0])
    known = entry is not None and Aspect(candidates.aspect) in entry.aspects
    if not known or not candidates.aspect_sure or candidates.aspect not in CALM_SIDES:
        return decision
    return replace(decision, aspects=(candidates.aspect,))


def related_to(said: Conversation, bot: Bot) -> tuple[str, ...]:
    """The topics that the entry of the topic spoken of names as related."""
    entry = bot.content.entries.get(said.topic or "")
    return tuple(entry.related) if entry else ()


def follow_pointers(decision: Decision, content: Content) -> Decision:
    """The decision with every topic whose asked side another topic owns replaced by that topic."""
    topics = []
    for topic, aspect in zip(decision.topics, decision.aspects, strict=True):
        entry = content.entries.get(topic)
        text = entry.aspects.get(Aspect(aspect)) if entry else None
        owner = text.see if text else None
        topics.append(owner if owner is not None and owner in content.entries else topic)
    named = {c.topic for c in decision.candidates}
    owners = tuple(Candidate(t, decision.confidence) for t in dict.fromkeys(topics) if t not in named)
    return replace(decision, topics=tuple(topics), candidates=(owners + decision.candidates)[:5])


def reply(question: Question, bot: Bot) -> Answer:
    """The answer to one question. The same question and bot always give the same answer."""
    return trace(question, bot).answer
