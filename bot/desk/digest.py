"""The digest of what was asked and not answered, in words for editors."""

from __future__ import annotations

from datetime import date

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.storage.digest import Digest, TopicCount
from bot.storage.events import COMMENT_DAYS, SHOWN_FROM

_KINDS = {
    "answer": "beantwortet",
    "offers": "mit Angeboten beantwortet",
    "clarify": "zurückgefragt",
    "fallback": "nicht gewusst",
    "emergency": "Notfall",
    "smalltalk": "Gruß und Dank",
}


def _on(day: date) -> str:
    return f"{day.day}.{day.month}.{day.year}"


def _quarter(quarter: str) -> str:
    year, n = quarter.split("-")
    return f"{n}. Quartal {year}"


def _share(topic: TopicCount) -> str:
    judged = topic.helpful + topic.unhelpful
    return f"{topic.helpful} von {judged}" if judged else ""


def describe(found: Digest, console: Console, most: int = 20) -> None:
    """Prints the digest in German; of topics and wordings the `most` frequent."""
    console.print(f"[bold]{_on(found.first)} bis {_on(found.last)}: {found.replies} Antworten[/bold]")
    if not found.replies:
        console.print("In dieser Zeit wurde nichts gezählt.")
    if found.kinds:
        console.print(", ".join(f"{n} {_KINDS.get(kind, kind)}" for kind, n in found.kinds), soft_wrap=True)
    if len(found.langs) > 1:
        console.print("Sprachen: " + ", ".join(f"{lang} {n}" for lang, n in found.langs), soft_wrap=True)
    if found.topics:
        table = Table("Thema", "Antworten", "half", box=None, title_justify="left")
        for topic in found.topics[:most]:
            table.add_row(topic.topic, str(topic.replies), _share(topic))
        console.print(table)
    console.print("\n[bold]Ohne Antwort[/bold] (Wörter nach dem Alphabet, das ganze Quartal)")
    for wording in found.wordings[:most]:
        console.print(f"{wording.count:>5}  {wording.words}  ({_quarter(wording.quarter)})", markup=False)
    if not found.wordings:
        console.print(f"Keine Frage kam {SHOWN_FROM}-mal in denselben Wörtern.")
    if found.rare:
        console.print(
            f"{found.rare} weitere Fragen ohne Antwort kamen seltener. Ihre Wörter sind nicht gespeichert.",
            soft_wrap=True,
        )
    if found.comments:
        console.print(f"\n[bold]Bemerkungen[/bold] (mit Einverständnis, nach {COMMENT_DAYS} Tagen gelöscht)")
    for comment in found.comments:
        verdict = "half" if comment.helpful else "half nicht"
        console.print(Text(f"{_on(comment.day)}  {comment.topic}, {verdict}: {comment.text}"), soft_wrap=True)
