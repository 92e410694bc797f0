"""Utterances that the compiled model takes for another topic, and those whose words another one has already."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bot.compiling import labelled_utterances, read
from bot.content.loading import Loaded
from bot.content.problems import Problem
from bot.matching.ranking import MATTER, lemmas, rank
from bot.pipeline import Bot

LEAD = 0.2
"""Raw score by which another topic must lead: less is no misreading but a near thing."""

Progress = Callable[[], None]


def overlaps(loaded: Loaded, bot: Bot, progress: Progress = lambda: None) -> Iterator[Problem]:
    """Hints about single utterances, by topic; `progress` is called after each utterance."""
    first: dict[str, tuple[str, str]] = {}
    for text, label, _ in labelled_utterances(bot.content):
        progress()
        name = label.removeprefix(MATTER)
        spot = loaded.utterance_spots.get((name, text))
        if spot is None:
            continue
        analysis = read(text, bot.language)
        base = lemmas(analysis.core)
        owner, twin = first.setdefault(base, (label, text))
        if base and twin != text:
            if owner == label:
                message, suggestion = f"„{text}“ lehrt nichts Neues nach „{twin}“.", "Fragen Sie mit anderen Worten."
            else:
                message = f"„{text}“ liest der Bot genauso wie „{twin}“ bei „{owner.removeprefix(MATTER)}“."
                suggestion = "Fragen Sie hier nach etwas, das nur zu diesem Thema gehört."
            yield Problem(spot, message, suggestion, "warning")
            continue
        index = bot.intents.index
        scores = rank(analysis, bot.intents).scores
        best = bot.intents.classes[int(scores.argmax())]
        if label in index and best != label and scores[index[best]] - scores[index[label]] >= LEAD:
            message = f"„{text}“ passt besser zu „{best.removeprefix(MATTER)}“."
            yield Problem(spot, message, "Fragen Sie deutlicher oder stellen Sie die Frage dorthin.", "warning")
