"""How a question was read, which topics came into question and why one won: as data, and in words for editors."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.compiling import labelled_utterances, read
from bot.content.models import Aspect
from bot.matching.decision import expected_costs
from bot.matching.features import BLOCK_WEIGHTS, word_keys
from bot.matching.ranking import MATTER, lemmas, nearest_utterance
from bot.model import OUTSIDE, Analysis, Candidates, Decision, Kind, Question, Token
from bot.pipeline import Bot, Trace, trace
from bot.replying.conversation import entities_to_wire
from bot.replying.results import is_search
from bot.replying.tables import states_only_values

_ASKED = {"date": "ein Datum", "district": "der Stadtteil", "child_age": "das Alter des Kindes"}
"""What a question back may want to know besides the topic."""
STRONGEST = 5
"""How many words are named for the winner."""

_KINDS = {
    Kind.ANSWER: "Antwort",
    Kind.OFFERS: "Angebote",
    Kind.CLARIFY: "Rückfrage",
    Kind.FALLBACK: "Das weiß der Bot nicht",
    Kind.EMERGENCY: "Notfall",
    Kind.SMALLTALK: "Gespräch",
}

_ENTITIES = {
    "children": "Kind",
    "age_months": "Alter in Monaten",
    "birth_date": "geboren",
    "due_date": "Geburtstermin",
    "district": "Stadtteil",
    "districts": "Stadtteile",
    "weekday": "Wochentag",
    "weekdays": "Wochentage",
    "part_of_day": "Tageszeit",
    "date": "Tag",
    "hours_per_week": "Stunden in der Woche",
    "income_eur": "Einkommen in Euro",
    "income_period": "Einkommen je",
    "child_count": "Zahl der Kinder",
    "doubtful": "Nicht möglich",
    "kinds": "Arten",
    "offer": "Stelle oder Angebot",
    "matter": "Sache einer anderen Stelle",
}


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


def _word(token: Token) -> dict[str, Any]:
    return {
        "text": token.text,
        "word": token.word,
        "lemma": token.lemma,
        "parts": list(token.parts),
        "known": token.known,
    }


def _winner(decision: Decision) -> str | None:
    """The class of the ranking that won: the topic answered or offered first, or a matter with its mark."""
    matter = decision.entities.matter
    if decision.topics[:1] == (OUTSIDE,):
        return MATTER + matter if matter else None
    named = (*decision.topics, *(c.topic for c in decision.choices), *(c.topic for c in decision.candidates))
    return next((topic for topic in named if topic != OUTSIDE), None)


def strongest_words(analysis: Analysis, winner: str, bot: Bot) -> list[dict[str, Any]]:
    """The words of the message that speak most for the winner, at most `STRONGEST`, by their share of its raw score.

    A word spoken for by its parts is named with them: „Kitabeitrag (kita, beitrag)“.
    """
    weights, column = bot.intents.weights, bot.intents.index[winner]
    tokens = analysis.core or analysis.tokens
    rows = {t: [r for k in word_keys(t) if (r := weights.rows.get(k)) is not None] for t in tokens}
    length = sum(float(weights.norms[r]) for t in tokens for r in rows[t]) ** 0.5
    found = [
        {
            "word": f"{token.word} ({', '.join(token.parts)})" if token.parts else token.word,
            "weight": round(float(weights.values[rows[token], column].sum() * BLOCK_WEIGHTS[0]) / length, 3),
        }
        for token in dict.fromkeys(tokens)
        if rows[token] and length > 0
    ]
    found.sort(key=lambda row: -float(str(row["weight"])))
    return [row for row in found if float(str(row["weight"])) > 0][:STRONGEST]


def _nearest(analysis: Analysis, winner: str, bot: Bot) -> dict[str, Any] | None:
    texts = [text for text, label, _ in labelled_utterances(bot.content) if label == winner]
    found = nearest_utterance(
        lemmas(analysis.core or analysis.tokens), [lemmas(read(text, bot.language).core) for text in texts]
    )
    return {"utterance": texts[found[1]], "similarity": round(found[0], 3)} if found else None


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
    return f"{titles[0]} passt mit {_percent(decision.confidence)} Zuversicht, das ist sicher genug für eine Antwort."


def explanation(message: str, bot: Bot, now: datetime) -> dict[str, Any]:
    """Every step from the message to the decision, ready for JSON.

    What was not computed, because a rule or a title decided before, is None or empty: the second net, the candidates,
    their costs, the nearest utterance and the strongest words.
    """
    step = trace(Question(message, now), bot)
    analysis, candidates, decision = step.analysis, step.candidates, step.decision
    winner = _winner(decision) if candidates is not None else None
    ranked = winner is not None and winner in bot.intents.index
    options = expected_costs(candidates, bot.costs) if candidates is not None else None
    return {
        "message": message,
        "words": [_word(t) for t in analysis.tokens],
        "repaired": [{"text": t.text, "word": t.word} for t in analysis.tokens if t.word != t.text],
        "concepts": list(analysis.concepts),
        "entities": entities_to_wire(decision.entities),
        "language": analysis.lang,
        "emergency_rule": decision.rule,
        "second_net": candidates.emergency if candidates else None,
        "candidates": _candidate_rows(candidates, bot),
        "nearest": _nearest(analysis, winner, bot) if ranked and winner else None,
        "strongest": strongest_words(analysis, winner, bot) if ranked and winner else [],
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
    }


def _words_table(words: list[dict[str, Any]]) -> Table:
    table = Table("Getippt", "Gelesen als", "Grundform", "Teile", "Bekannt", title="Wörter", title_justify="left")
    for word in words:
        read = word["word"] if word["word"] != word["text"] else ""
        cells = (word["text"], read, word["lemma"], " + ".join(word["parts"]), "ja" if word["known"] else "nein")
        table.add_row(*map(escape, cells))
    return table


def _candidates_table(candidates: list[dict[str, Any]]) -> Table:
    table = Table("Thema", "Zuversicht", "Rohwert", title="Was in Frage kam", title_justify="left")
    for c in candidates:
        title = f"andere Stelle: {c['title']}" if c["matter"] else c["title"]
        table.add_row(escape(title), _percent(c["confidence"]), _number(c["score"]))
    return table


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{_ENTITIES.get(name, name)}: {_value(v)}" for name, v in value.items())
    return " und ".join(map(_value, value)) if isinstance(value, list) else str(value)


def describe(found: dict[str, Any], console: Console) -> None:
    """Prints an explanation in German, the result first."""

    def line(label: str, text: str) -> None:
        if text:
            console.print(f"[bold]{label}:[/bold] {escape(text)}", soft_wrap=True)

    decision = found["decision"]
    line("Ergebnis", _KINDS[Kind(decision["kind"])])
    line("Warum", found["why"])
    line("Thema", " und ".join(decision["titles"]))
    line("Gefragt ist", ", ".join(decision["sides"]))
    line("Zur Auswahl", ", ".join(decision["choices"]))
    line("Notfall-Regel", found["emergency_rule"] or "")
    line("Lage", decision["situation"] or "")
    console.print()
    if found["words"]:
        console.print(_words_table(found["words"]))
    line("Berichtigt", ", ".join(f"{r['text']} → {r['word']}" for r in found["repaired"]))
    line("Begriffe", ", ".join(found["concepts"]))
    line("Erkannte Angaben", _value(found["entities"]))
    line("Sprache", found["language"])
    if found["second_net"] is not None:
        help_line = ", die Antwort beginnt mit einem Hinweis auf Hilfe" if decision["help_line"] else ""
        line("Notfall laut Sicherheitsnetz", _percent(found["second_net"]) + help_line)
    if found["candidates"]:
        console.print()
        console.print(_candidates_table(found["candidates"]))
    if found["nearest"]:
        near = found["nearest"]
        line("Ähnlichste Beispielfrage", f"{near['utterance']} (zu {_percent(near['similarity'])} gleich)")
    line("Stärkste Wörter", ", ".join(f"{w['word']} {_number(w['weight'])}" for w in found["strongest"]))
    if found["costs"]:
        costs = found["costs"]
        text = ", ".join(
            f"{label} {_number(costs[name])}"
            for name, label in (("answer", "antworten"), ("ask", "nachfragen"), ("refuse", "ablehnen"))
        )
        line("Erwarteter Schaden, der kleinste gewinnt", text)
