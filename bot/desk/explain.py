"""How a question was read, which topics came into question, why one won, and what one more utterance would change."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.content.loading import Case
from bot.content.models import Aspect
from bot.desk.lesson import Lesson, Vector, lessons, strongest_utterance, vector
from bot.matching.decision import expected_costs
from bot.matching.features import BLOCK_WEIGHTS, piece_keys, word_keys
from bot.matching.ranking import MATTER
from bot.model import OUTSIDE, Analysis, Candidate, Candidates, Decision, Kind, Question, Token
from bot.pipeline import Bot, Trace, trace
from bot.replying.conversation import entities_to_wire
from bot.replying.results import is_search
from bot.replying.tables import states_only_values

_ASKED = {"date": "ein Datum", "district": "der Stadtteil", "child_age": "das Alter des Kindes"}
"""What a question back may want to know besides the topic."""
STRONGEST = 5
"""How many words are named for the winner."""
NEUTRAL = 0.02
"""A word whose effect, raw, is smaller speaks for no topic more than for another."""
TAUGHT = 3
"""For so many topics it is estimated what the message as an utterance would change."""


def _title(topic: str, bot: Bot) -> str:
    entry, info = bot.content.entries.get(topic), bot.content.topics.get(topic)
    return entry.title if entry else info.description if info else topic


def _matter_title(matter: str, bot: Bot) -> str:
    neighbour = bot.content.neighbours.get(matter)
    return neighbour.title if neighbour else matter


def _percent(share: float) -> str:
    return f"{share * 100:.0f} %"


def _number(number: float) -> str:
    return f"{number:.2f}".replace(".", ",")


def _word(token: Token, effect: float | None) -> dict[str, Any]:
    return {
        "text": token.text,
        "word": token.word,
        "lemma": token.lemma,
        "parts": list(token.parts),
        "known": token.known,
        "effect": None if effect is None else round(effect, 3),
    }


def _winner(decision: Decision) -> str | None:
    """The class of the ranking that won: the topic answered or offered first, or a matter with its mark."""
    matter = decision.entities.matter
    if decision.topics[:1] == (OUTSIDE,):
        return MATTER + matter if matter else None
    named = (*decision.topics, *(c.topic for c in decision.choices), *(c.topic for c in decision.candidates))
    return next((topic for topic in named if topic != OUTSIDE), None)


def word_effects(analysis: Analysis, label: str, bot: Bot, rival: str | None = None) -> dict[Token, float | None]:
    """What each word of the message adds to the raw score of a class by itself and its pieces, less what it adds to a
    rival; None for a word that the model does not know at all."""
    weights, index = bot.intents.weights, bot.intents.index
    tokens = tuple(dict.fromkeys(analysis.core))
    found: dict[Token, float | None] = dict.fromkeys(tokens)
    for block_weight, keys_of in ((BLOCK_WEIGHTS[0], word_keys), (BLOCK_WEIGHTS[3], lambda t: piece_keys(t.word))):
        rows = {t: [r for k in keys_of(t) if (r := weights.rows.get(k)) is not None] for t in tokens}
        length = sum(float(weights.norms[rows[t]].sum()) for t in analysis.core) ** 0.5
        for token in tokens:
            if rows[token]:
                values = weights.values[rows[token]].astype(float).sum(axis=0)
                lead = float(values[index[label]]) - (float(values[index[rival]]) if rival else 0.0)
                found[token] = (found[token] or 0.0) + lead * float(block_weight) / length
    return found


def strongest_words(analysis: Analysis, winner: str, bot: Bot) -> list[dict[str, Any]]:
    """The words of the message that speak most for the winner, at most `STRONGEST`, by their share of its raw score.

    A word spoken for by its parts is named with them: „Kitabeitrag (kita, beitrag)“.
    """
    found = [
        {
            "word": f"{token.word} ({', '.join(token.parts)})" if token.parts else token.word,
            "weight": round(effect, 3),
        }
        for token, effect in word_effects(analysis, winner, bot).items()
        if effect is not None and round(effect, 3) > 0
    ]
    found.sort(key=lambda row: -float(str(row["weight"])))
    return found[:STRONGEST]


def _ignored(analysis: Analysis, effects: dict[Token, float | None]) -> list[dict[str, str]]:
    """The words that decided nothing, each with the reason: `courtesy`, `unknown` or `neutral`."""
    found = []
    for token in dict.fromkeys(analysis.tokens):
        effect = effects.get(token, 0.0)
        if token not in analysis.core:
            found.append({"word": token.text, "reason": "courtesy"})
        elif effects and effect is None:
            found.append({"word": token.text, "reason": "unknown"})
        elif effects and effect is not None and abs(effect) < NEUTRAL:
            found.append({"word": token.text, "reason": "neutral"})
    return found


def _pull(message: Vector, label: str, bot: Bot) -> dict[str, Any] | None:
    found = strongest_utterance(message, label, bot)
    return {"utterance": found.utterance, "similarity": round(found.likeness, 3)} if found else None


def _class_of(candidate: Candidate) -> str:
    return MATTER + candidate.matter if candidate.matter else candidate.topic


def _class_title(label: str, bot: Bot) -> str:
    return _matter_title(label.removeprefix(MATTER), bot) if label.startswith(MATTER) else _title(label, bot)


def _rival(candidates: Candidates | None, winner: str | None, bot: Bot) -> Candidate | None:
    """The candidate that came next to the winner."""
    found = (c for c in (candidates.best if candidates else ()) if _class_of(c) in bot.intents.index)
    return next((c for c in found if _class_of(c) != winner), None)


def _rival_row(rival: Candidate, message: Vector, bot: Bot) -> dict[str, Any]:
    return {
        "topic": rival.topic,
        "matter": rival.matter,
        "title": _class_title(_class_of(rival), bot),
        "confidence": round(rival.confidence, 4),
        "nearest": _pull(message, _class_of(rival), bot),
    }


def _case_rows(cases: Sequence[Case], bot: Bot) -> list[dict[str, str]]:
    return [{"question": c.question, "topic": c.topic, "title": _title(c.topic, bot), "where": str(c)} for c in cases]


def _lesson_row(lesson: Lesson, candidates: Candidates, bot: Bot) -> dict[str, Any]:
    after = lesson.after

    def of(best: Sequence[Candidate]) -> float:
        return round(next((c.confidence for c in best if c.topic == lesson.topic), 0.0), 4)

    return {
        "topic": lesson.topic,
        "title": _title(lesson.topic, bot),
        "confidence": of(candidates.best),
        "then": of(after.candidates),
        "kind": after.kind.value,
        "wins": after.topics[:1] == (lesson.topic,),
        "tested": lesson.tested,
        "harmed": _case_rows(lesson.harmed, bot),
        "helped": _case_rows(lesson.helped, bot),
    }


def _lessons(step: Trace, winner: str | None, bot: Bot, cases: Sequence[Case]) -> list[dict[str, Any]]:
    """What the message as an utterance of the winner and of the topics next to it would change, by an estimate."""
    candidates, ranking = step.candidates, step.ranking
    if candidates is None or ranking is None or not step.analysis.core:
        return []
    named = dict.fromkeys((winner or "", *(c.topic for c in candidates.best)))
    topics = [t for t in named if t in bot.content.intents and t in bot.intents.index][:TAUGHT]
    near = [case for case in cases if case.topic in named]
    return [_lesson_row(one, candidates, bot) for one in lessons(step.analysis, ranking, topics, bot, near)]


def _candidate_rows(candidates: Candidates | None, bot: Bot) -> list[dict[str, Any]]:
    return [
        {
            "topic": c.topic,
            "title": _matter_title(c.matter, bot) if c.matter else _title(c.topic, bot),
            "confidence": round(c.confidence, 4),
            "score": round(c.score, 3),
            "matter": c.matter,
        }
        for c in (candidates.best if candidates else ())
    ]


def _switched_off(decision: Decision, bot: Bot) -> str | None:
    if decision.kind is Kind.EMERGENCY:
        return None
    if bot.all_off:
        return "Der ganze Dienst ist abgeschaltet, deshalb nennt der Bot nur Zentrale und Notrufe."
    off = next((t for t in decision.topics if t in bot.off or (e := bot.content.entries.get(t)) is None or e.off), None)
    if off is None or off == OUTSIDE:
        return None
    return f"Die Frage gehört zu „{_title(off, bot)}“, aber dieses Thema ist abgeschaltet."


def _why_emergency(step: Trace, bot: Bot) -> str:
    decision, title = step.decision, _title(step.decision.topics[0], bot)
    if decision.rule is not None:
        return f"Die Notfall-Regel „{decision.rule}“ trifft zu, und Notfälle gehen allem anderen vor."
    if step.candidates is None:
        return f"Die Nachricht nennt „{title}“ wörtlich."
    return (
        f"Keine Regel trifft zu, aber das gelernte Sicherheitsnetz sieht zu {_percent(step.candidates.emergency)} "
        f"einen Notfall: „{title}“."
    )


def why(step: Trace, bot: Bot) -> str:
    """One German sentence on what decided."""
    decision, candidates = step.decision, step.candidates
    titles = [f"„{_title(t, bot)}“" for t in decision.topics]
    if (off := _switched_off(decision, bot)) is not None:
        return off
    if decision.kind is Kind.EMERGENCY:
        return _why_emergency(step, bot)
    if not step.analysis.tokens:
        return "Die Nachricht enthält kein lesbares Wort."
    if decision.kind is Kind.CLARIFY and decision.asks in _ASKED:
        title = _title(decision.choices[0].topic, bot)
        return f"Am besten passt „{title}“, für die Antwort fehlt aber eine Angabe: {_ASKED[decision.asks]}."
    if candidates is None and decision.lang != "de":
        return (
            "Die Nachricht ist nicht auf Deutsch geschrieben, deshalb antwortet der Bot mit den Sprachen, die es gibt."
        )
    if candidates is None and is_search(decision):
        return "Die Nachricht sagt nur, was gesucht wird: eine Art, ein Ort, ein Tag oder ein Alter."
    if candidates is None and titles and states_only_values(step.analysis):
        return f"Die Nachricht ergänzt nur Angaben zu {titles[0]}."
    if candidates is None:
        return (
            f"Die Nachricht nennt {' und '.join(titles)} wörtlich."
            if titles
            else "Die Nachricht lehnt alle Vorschläge ab."
        )
    if len(titles) > 1:
        return f"Die Nachricht enthält zwei Fragen: {' und '.join(titles)}."
    if decision.topics == (OUTSIDE,):
        matter = _matter_title(decision.entities.matter or OUTSIDE, bot)
        return f"Die Frage gehört zu {_percent(candidates.foreign)} nicht zu uns, am ehesten zu „{matter}“."
    if decision.kind is Kind.CLARIFY:
        first = decision.choices[0]
        return (
            f"Am besten passt „{_title(first.topic, bot)}“, mit {_percent(first.confidence)} aber nicht sicher genug: "
            "nachzufragen ist günstiger als falsch zu antworten."
        )
    if decision.kind is Kind.FALLBACK:
        return f"Kein Thema passt gut genug; zu {_percent(candidates.foreign)} gehört die Frage nicht zu uns."
    rival = _rival(candidates, decision.topics[0], bot)
    next_one = (
        f" Danach kommt „{_class_title(_class_of(rival), bot)}“ mit {_percent(rival.confidence)}." if rival else ""
    )
    sure = f"{titles[0]} passt mit {_percent(decision.confidence)} Zuversicht, das ist sicher genug für eine Antwort."
    return sure + next_one


def explanation(message: str, bot: Bot, now: datetime, cases: Sequence[Case] = ()) -> dict[str, Any]:
    """Every step from the message to the decision, ready for JSON.

    cases  stored test questions, to see which of them one more utterance would harm

    What was not computed, because a rule or a title decided before, is None or empty: the second net, the candidates,
    their costs, the nearest utterance and the strongest words.
    """
    step = trace(Question(message, now), bot)
    analysis, candidates, decision = step.analysis, step.candidates, step.decision
    winner = _winner(decision) if candidates is not None else None
    label = winner if winner is not None and winner in bot.intents.index else None
    rival = _rival(candidates, winner, bot)
    seen = vector(analysis, bot.intents.weights) if candidates is not None else {}
    effects = word_effects(analysis, label, bot, _class_of(rival) if rival else None) if label else {}
    options = expected_costs(candidates, bot.costs) if candidates is not None else None
    return {
        "message": message,
        "words": [_word(t, effects.get(t)) for t in analysis.tokens],
        "repaired": [{"text": t.text, "word": t.word} for t in analysis.tokens if t.word != t.text],
        "ignored": _ignored(analysis, effects),
        "concepts": list(analysis.concepts),
        "entities": entities_to_wire(decision.entities),
        "language": analysis.lang,
        "emergency_rule": decision.rule,
        "second_net": candidates.emergency if candidates else None,
        "candidates": _candidate_rows(candidates, bot),
        "leader": _class_title(label, bot) if label else None,
        "nearest": _pull(seen, label, bot) if label else None,
        "rival": _rival_row(rival, seen, bot) if rival else None,
        "strongest": strongest_words(analysis, label, bot) if label else [],
        "costs": {
            "answer": round(options.answer, 3),
            "ask": round(options.clarify, 3),
            "refuse": round(options.fallback, 3),
        }
        if options
        else None,
        "decision": {
            "kind": decision.kind.value,
            "topics": list(decision.topics),
            "titles": [_title(t, bot) for t in decision.topics],
            "aspects": list(decision.aspects),
            "sides": [bot.content.texts.aspects.get(Aspect(a), a) for a in decision.aspects],
            "choices": [_title(c.topic, bot) for c in decision.choices],
            "situation": decision.situation,
            "help_line": decision.help_line,
            "confidence": round(decision.confidence, 4),
        },
        "why": why(step, bot),
        "if_added": _lessons(step, winner, bot, cases),
    }
