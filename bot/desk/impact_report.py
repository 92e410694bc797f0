"""The impact of an edit for the terminal and as a page that needs nothing else."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.desk.impact import Change, Impact, Reply, counts, hidden, shown

MOST_ROWS = 40
"""So many changes stand in the terminal; all of them in the page and in the JSON."""
WHAT = {
    "topic": "anderes Thema",
    "kind": "andere Art",
    "aspect": "andere Seite",
    "wording": "anderer Text",
    "around": "andere Verweise",
}
KINDS = {
    "answer": "Antwort",
    "offers": "Angebote",
    "clarify": "Rückfrage",
    "fallback": "weiß der Bot nicht",
    "emergency": "Notfall",
    "smalltalk": "Gespräch",
}


def verdict(change: Change) -> str:
    """What became of the question, in a word or two."""
    if change.is_worse:
        return "jetzt falsch"
    if change.is_better:
        return "jetzt richtig"
    if change.before.verdict == "right" and change.after.verdict == "asked":
        return "fragt jetzt nach"
    return {"right": "weiter richtig", "asked": "fragt nach", "wrong": "weiter falsch"}[change.after.verdict]


def headline(impact: Impact) -> str:
    """The result in one German sentence."""
    if not impact.changes:
        return f"Von {impact.questions} gespeicherten Fragen ändert sich keine Antwort."
    changed, worse, better = len(impact.changes), len(impact.worse), len(impact.better)
    verb = "ändert sich die Antwort auf eine" if changed == 1 else f"ändern sich die Antworten auf {changed}"
    return (
        f"Von {impact.questions} gespeicherten Fragen {verb}: {worse} vorher richtig und jetzt falsch, "
        f"{better} jetzt richtig und vorher nicht."
    )


def _named(topics: tuple[str, ...], kind: str, titles: Mapping[str, str]) -> str:
    names = ", ".join(titles.get(t, t) for t in topics)
    if kind == "answer":
        return names or KINDS[kind]
    return f"{KINDS.get(kind, kind)}: {names}" if names else KINDS.get(kind, kind)


def differing_words(before: str, after: str) -> tuple[str, str]:
    """The first place where two texts differ, with a few words around, as the terminal has room for."""
    a, b = before.split(), after.split()
    for tag, i, k, m, n in difflib.SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if tag != "equal":

            def piece(words: list[str], start: int, end: int) -> str:
                first, last = max(0, start - 2), min(len(words), end + 2, start + 12)
                return f"{'… ' if first else ''}{' '.join(words[first:last])}{' …' if last < len(words) else ''}"

            return piece(a, i, k), piece(b, m, n)
    return "", ""


def _whole(reply: Reply) -> str:
    return f"{reply.text}\n{reply.around}".strip()


def _cells(change: Change, titles: Mapping[str, str]) -> tuple[str, str]:
    if change.what in ("wording", "around"):
        return differing_words(_whole(change.before), _whole(change.after))
    before, after = (_named(r.topics, r.kind, titles) for r in (change.before, change.after))
    if change.what == "aspect":
        before, after = (f"{n} ({', '.join(r.aspects)})" for n, r in ((before, change.before), (after, change.after)))
    return before, after


def describe(impact: Impact, titles: Mapping[str, str], console: Console) -> None:
    """Prints the impact in German, the result first."""
    console.print(f"[bold]{escape(headline(impact))}[/bold]", soft_wrap=True)
    if impact.changes:
        console.print(", ".join(f"{n} mal {WHAT[what]}" for what, n in counts(impact).items() if n) + ".")
    rows = shown(impact)
    if rows:
        table = Table("Frage", "Was sich ändert", "Vorher", "Nachher", "Urteil", show_lines=True)
        for change in rows[:MOST_ROWS]:
            style = "red" if change.is_worse else "green" if change.is_better else ""
            before, after = _cells(change, titles)
            cells = (
                f"{change.asked.question}\n{change.asked.source}",
                WHAT[change.what],
                before,
                after,
                verdict(change),
            )
            table.add_row(*map(escape, cells), style=style)
        console.print(table)
    if len(rows) > MOST_ROWS:
        console.print(f"… und {len(rows) - MOST_ROWS} weitere. Alle zeigt --html DATEI.", markup=False)
    secret = hidden(impact)
    if secret:
        title = "Fragen der Bewertung, deren Text verdeckt bleibt"
        table = Table(
            "Form", "Erwartet", "Was sich ändert", "Vorher", "Nachher", "Anzahl", title=title, title_justify="left"
        )
        for h in secret[:MOST_ROWS]:
            named = (h.form, h.wanted, WHAT[h.what], h.before, h.after, str(h.times))
            table.add_row(*map(escape, named), style="red" if h.worse else "")
        console.print(table)


# the page


def marked(before: str, after: str) -> tuple[Markup, Markup]:
    """Both texts with what is gone and what is new marked, word by word."""
    a, b = (re.findall(r"\s+|[^\s]+", text) for text in (before, after))
    old, new = [], []
    for tag, i, k, m, n in difflib.SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        gone, come = "".join(a[i:k]), "".join(b[m:n])
        if tag == "equal":
            old.append(Markup("{}").format(gone))
            new.append(Markup("{}").format(come))
        else:
            if gone:
                old.append(Markup("<del>{}</del>").format(gone))
            if come:
                new.append(Markup("<ins>{}</ins>").format(come))
    return Markup("").join(old), Markup("").join(new)


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _page_rows(impact: Impact, titles: Mapping[str, str]) -> Iterator[dict[str, object]]:
    for change in shown(impact):
        before, after = marked(_whole(change.before), _whole(change.after))
        yield {
            "question": change.asked.question,
            "source": change.asked.source,
            "what": WHAT[change.what],
            "class": "worse" if change.is_worse else "better" if change.is_better else "",
            "verdict": verdict(change),
            "before_topic": _named(change.before.topics, change.before.kind, titles),
            "after_topic": _named(change.after.topics, change.after.kind, titles),
            "before": before,
            "after": after,
        }


def to_html(impact: Impact, titles: Mapping[str, str], city: str) -> str:
    """The impact as one HTML page that loads nothing."""
    values = {
        "impact": impact,
        "city": city,
        "headline": headline(impact),
        "counts": [(WHAT[what], n) for what, n in counts(impact).items()],
        "rows": list(_page_rows(impact, titles)),
        "hidden": hidden(impact),
        "what": WHAT,
        "titles": titles,
    }
    return _templates().get_template("impact.html").render(values)
