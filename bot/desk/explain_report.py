"""An explanation in German: the sentences that terminal and browser share, and the terminal's tables."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.model import Kind

KINDS = {
    Kind.ANSWER: "Antwort",
    Kind.OFFERS: "Angebote",
    Kind.CLARIFY: "Rückfrage",
    Kind.FALLBACK: "Das weiß der Bot nicht",
    Kind.EMERGENCY: "Notfall",
    Kind.SMALLTALK: "Gespräch",
}

ENTITIES = {
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

REASONS = {
    "courtesy": "Gruß, Dank oder Höflichkeit",
    "unknown": "kennt der Bot nicht",
    "neutral": "spricht für kein Thema mehr als für ein anderes",
}
"""Why a word decided nothing."""
ESTIMATE = "Geschätzt mit einem einzigen Lernschritt, ohne das Modell neu zu bauen. „familienbot diff“ rechnet genau."
ALREADY = 0.9
"""From this likeness on, an utterance that is there says the same."""


def percent(share: float) -> str:
    """Such as „94 %“."""
    return f"{share * 100:.0f} %"


def number(value: float) -> str:
    """Such as „1,23“."""
    return f"{value:.2f}".replace(".", ",")


def value_text(value: Any) -> str:
    """Values found in a message, as words."""
    if isinstance(value, dict):
        return ", ".join(f"{ENTITIES.get(name, name)}: {value_text(v)}" for name, v in value.items())
    return " und ".join(map(value_text, value)) if isinstance(value, list) else str(value)


def heading(found: dict[str, Any]) -> str:
    """What came of the question: its topics, or that there is none."""
    decision = found["decision"]
    if decision["kind"] == "clarify":
        return "Welches Thema ist gemeint?" if len(decision["choices"]) > 1 else str(decision["choices"][0])
    if decision["topics"] == ["ausserhalb"]:
        return f"andere Stelle: {found['leader']}" if found["leader"] else str(decision["titles"][0])
    return " und ".join(decision["titles"]) or "Kein Thema"


def effect_text(word: dict[str, Any], found: dict[str, Any]) -> str:
    """What a word did: for whom it speaks, and how much."""
    reason = next((i["reason"] for i in found["ignored"] if i["word"] == word["text"]), None)
    if reason is not None:
        return REASONS[reason]
    effect, rival = word["effect"], found["rival"]
    if effect is None:
        return ""
    target = found["leader"] if effect > 0 else rival["title"] if rival else "etwas anderes"
    return f"spricht für „{target}“ ({number(abs(effect))})"


def pull_text(near: dict[str, Any]) -> str:
    """An utterance with how like it is."""
    return f"„{near['utterance']}“ (zu {percent(near['similarity'])} gleich)"


def _cases_text(row: dict[str, Any]) -> str:
    if not row["tested"]:
        return ""
    harmed, helped = len(row["harmed"]), len(row["helped"])
    if not harmed and not helped:
        return f" Von {row['tested']} gespeicherten Testfragen zu diesen Themen bliebe jede, wie sie ist."
    parts = [f"{harmed} falsch" if harmed else "", f"{helped} richtig" if helped else ""]
    verb = "könnte" if harmed + helped == 1 else "könnten"
    changed = " und ".join(filter(None, parts))
    return f" Von {row['tested']} gespeicherten Testfragen zu diesen Themen {verb} {changed} werden."


def lesson_text(row: dict[str, Any], found: dict[str, Any]) -> str:
    """What the message as an utterance of a topic would change, in a sentence or two."""
    near, title = found["nearest"], row["title"]
    is_winner = row["topic"] in found["decision"]["topics"]
    if is_winner and near and near["similarity"] >= ALREADY:
        return f"Bei „{title}“ brächte sie nichts: Fast dieselbe Beispielfrage steht schon da.{_cases_text(row)}"
    change = f"Zuversicht {percent(row['then'])} statt {percent(row['confidence'])}"
    if is_winner:
        return f"Bei „{title}“ bliebe die Antwort dieselbe, {change}.{_cases_text(row)}"
    if row["wins"]:
        return f"Bei „{title}“ würde der Bot damit antworten, {change}.{_cases_text(row)}"
    then = KINDS[Kind(row["kind"])]
    return f"Bei „{title}“ würde sie allein noch nicht reichen ({then}), {change}.{_cases_text(row)}"


# the terminal


def _effect_cell(word: dict[str, Any], reasons: dict[str, str]) -> str:
    if word["text"] in reasons:
        return REASONS[reasons[word["text"]]]
    return "" if word["effect"] is None else f"{word['effect']:+.2f}".replace(".", ",")


def _words_table(found: dict[str, Any]) -> Table:
    table = Table(
        "Getippt", "Gelesen als", "Grundform", "Teile", "Bekannt", "Wirkung", title="Wörter", title_justify="left"
    )
    reasons = {i["word"]: i["reason"] for i in found["ignored"]}
    for word in found["words"]:
        read = word["word"] if word["word"] != word["text"] else ""
        known = "ja" if word["known"] else "nein"
        cells = (word["text"], read, word["lemma"], " + ".join(word["parts"]), known, _effect_cell(word, reasons))
        table.add_row(*map(escape, cells))
    if any(word["effect"] is not None for word in found["words"]):
        against = f", − für „{found['rival']['title']}“" if found["rival"] else ""
        table.caption = escape(f"Wirkung: + spricht für „{found['leader']}“{against}")
        table.caption_justify = "left"
    return table


def _candidates_table(candidates: list[dict[str, Any]]) -> Table:
    table = Table("Thema", "Zuversicht", "Rohwert", title="Was in Frage kam", title_justify="left")
    for c in candidates:
        title = f"andere Stelle: {c['title']}" if c["matter"] else c["title"]
        table.add_row(escape(title), percent(c["confidence"]), number(c["score"]))
    return table


def costs_text(costs: dict[str, float]) -> str:
    """The expected cost of each act."""
    names = (("answer", "antworten"), ("ask", "nachfragen"), ("refuse", "ablehnen"))
    return ", ".join(f"{label} {number(costs[name])}" for name, label in names)


def describe(found: dict[str, Any], console: Console) -> None:
    """Prints an explanation in German, the result first."""

    def line(label: str, text: str) -> None:
        if text:
            console.print(f"[bold]{label}:[/bold] {escape(text)}", soft_wrap=True)

    decision = found["decision"]
    line("Ergebnis", KINDS[Kind(decision["kind"])])
    line("Warum", found["why"])
    line("Thema", " und ".join(decision["titles"]))
    line("Gefragt ist", ", ".join(decision["sides"]))
    line("Zur Auswahl", ", ".join(decision["choices"]))
    line("Notfall-Regel", found["emergency_rule"] or "")
    line("Lage", decision["situation"] or "")
    console.print()
    if found["words"]:
        console.print(_words_table(found))
    line("Berichtigt", ", ".join(f"{r['text']} → {r['word']}" for r in found["repaired"]))
    line("Begriffe", ", ".join(found["concepts"]))
    line("Erkannte Angaben", value_text(found["entities"]))
    line("Sprache", found["language"])
    if found["second_net"] is not None:
        help_line = ", die Antwort beginnt mit einem Hinweis auf Hilfe" if decision["help_line"] else ""
        line("Notfall laut Sicherheitsnetz", percent(found["second_net"]) + help_line)
    if found["candidates"]:
        console.print()
        console.print(_candidates_table(found["candidates"]))
    if found["nearest"]:
        line(f"Ähnlichste Beispielfrage bei „{found['leader']}“", pull_text(found["nearest"]))
    if found["rival"] and found["rival"]["nearest"]:
        line(f"Ähnlichste bei „{found['rival']['title']}“", pull_text(found["rival"]["nearest"]))
    line("Stärkste Wörter", ", ".join(f"{w['word']} {number(w['weight'])}" for w in found["strongest"]))
    if found["costs"]:
        line("Erwarteter Schaden, der kleinste gewinnt", costs_text(found["costs"]))
    if found["if_added"]:
        console.print("\n[bold]Stünde diese Frage als Beispielfrage da:[/bold]")
        for row in found["if_added"]:
            console.print(f"• {lesson_text(row, found)}", soft_wrap=True, markup=False)
            for case in row["harmed"]:
                console.print(
                    f"    falsch werden könnte: {case['question']} ({case['where']})", soft_wrap=True, markup=False
                )
        console.print(ESTIMATE, style="dim", soft_wrap=True)
