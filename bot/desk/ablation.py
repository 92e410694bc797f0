"""What each part of the analysis and each source of utterances adds: the bot without it, on the reported half.

A part is switched off by its table or its cost, never by other code. What the models learn from changes with most of
them, so these are fitted anew; temperature and thresholds stay those of the whole bot. Two processes work at once, and
each bot takes about a minute of one core.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from math import sqrt
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from bot.compiling import assemble, build, fit_intents, labelled_utterances, load_bot, load_content, read
from bot.content.loading import Content
from bot.desk.evaluation import SETS, Half, Labelled, Outcome, Result, ask, is_alarm, load_dialogues, load_set, talk
from bot.desk.figures import Z_95, Share, with_typo
from bot.desk.report import IN_SCOPE_SETS, is_ours, is_plain, ranked_topics
from bot.language.analysis import Language, Tables, Word
from bot.language.spelling import Speller
from bot.pipeline import Bot
from bot.settings import Settings

ABLATION = "ablation.json"
WHOLE = "everything"
PROCESSES = 2
UNKNOWN = Share(0, 0)
EACH_MATTER = 10
"""Of so many matters of other offices one is left, when they are taken out: refusing must have something to learn."""


def _silent(step: str) -> None:
    """No progress shown."""


@dataclass(frozen=True, slots=True)
class Ablated:
    """The figures of a bot without one part.

    top_1, right, wrong  over the questions of the in-scope sets that are ours; `typos` is top-1 with one typo in each
    lost, gained         questions whose best candidate is wrong, or right, only without the part
    utterances           how many the models learned from
    found, false         alarms in emergencies, and in the harmless lines beside them
    """

    name: str
    utterances: int
    top_1: Share
    right: Share
    wrong: Share
    typos: Share
    refused: Share
    found: Share
    both: Share
    later: Share
    lost: int = 0
    gained: int = 0
    false: Share = UNKNOWN

    @property
    def change(self) -> tuple[float, float]:
        """The paired difference in top-1 to the whole bot, and half the width of its 95 % interval."""
        n, net = max(1, self.top_1.of), self.gained - self.lost
        return net / n, Z_95 * sqrt(max(0.0, self.gained + self.lost - net**2 / n)) / n


# parts of the analysis: tables

Change = Callable[[Tables], Tables]


class _Unjoined(Tables):
    """Tables without the lemmas that words typed apart are joined to."""

    @cached_property
    def lemmas(self) -> frozenset[str]:
        """None."""
        return frozenset()


def _without_repair(tables: Tables) -> Tables:
    nothing = Speller((), {}, np.array([], dtype=np.uint32), np.array([], dtype=np.int32), tables.speller.guard)
    return replace(tables, speller=nothing)


def _without_parts(tables: Tables) -> Tables:
    forms = {form: Word(word.lemma) for form, word in tables.forms.items()}
    return replace(tables, forms=forms, own_atoms={}, atoms={})


def _without_concepts(tables: Tables) -> Tables:
    return replace(tables, phrases={})


def _without_abbreviations(tables: Tables) -> Tables:
    return replace(tables, abbreviations={})


def _without_lemmas(tables: Tables) -> Tables:
    return replace(tables, forms={form: Word(form, word.parts) for form, word in tables.forms.items()}, inflected={})


def _without_joining(tables: Tables) -> Tables:
    return _Unjoined(**{name: getattr(tables, name) for name in Tables.__dataclass_fields__})


TABLES: Mapping[str, Change] = {
    "typo repair": _without_repair,
    "parts of compounds": _without_parts,
    "concepts": _without_concepts,
    "abbreviations": _without_abbreviations,
    "base forms": _without_lemmas,
    "separable verbs joined": _without_joining,
}


def _phrases(content: Content, language: Language) -> dict[str, tuple[tuple[tuple[str, ...], str], ...]]:
    """The terms of the concepts as these tables read them, longest first."""
    found: dict[str, set[tuple[tuple[str, ...], str]]] = {}
    for concept in content.concepts:
        for term in concept.terms:
            words = tuple(token.lemma for token in read(term, language).tokens)
            if words:
                found.setdefault(words[0], set()).add((words, concept.id))
    return {first: tuple(sorted(terms, key=lambda t: (-len(t[0]), t[1]))) for first, terms in found.items()}


def _with_tables(name: str, bot: Bot, settings: Settings) -> Bot:
    language = Language(bot.language.nlp, TABLES[name](bot.language.tables))
    if name == "base forms":  # the concepts stay: their terms are found as they are written
        language = Language(language.nlp, replace(language.tables, phrases=_phrases(bot.content, language)))
    return assemble(bot.content, language, fit_intents(bot.content, language), settings)


# what is decided: costs and calibration


def _one_question(bot: Bot) -> Bot:
    return replace(bot, costs=replace(bot.costs, second_question=2.0))  # surer than anything is


def _no_second_net(bot: Bot) -> Bot:
    return replace(bot, calibration=replace(bot.calibration, emergency=(0.0, 0.0, -30.0)))


CONTEXT = "context of a conversation"
DECISIONS: Mapping[str, Callable[[Bot], Bot]] = {
    "second question": _one_question,
    "second net for emergencies": _no_second_net,
    CONTEXT: lambda bot: bot,
}

# sources of utterances: content

Keep = Callable[[Sequence[str]], Sequence[str]]


def _thinned(content: Content, keep: Keep) -> Content:
    """The content with some of the utterances of every side of every topic, and all those of matters of others."""
    intents = {
        topic: intent.model_copy(update={"utterances": {a: tuple(keep(us)) for a, us in intent.utterances.items()}})
        for topic, intent in content.intents.items()
    }
    return content.model_copy(update={"intents": intents})


def _few_matters(content: Content) -> Content:
    left = sorted(content.neighbour_intents)[::EACH_MATTER]
    return content.model_copy(update={"neighbour_intents": {m: content.neighbour_intents[m] for m in left}})


SOURCES: Mapping[str, Callable[[Content], Content]] = {
    "half of the utterances": lambda content: _thinned(content, lambda us: us[::2]),
    "three quarters of the utterances": lambda content: _thinned(content, lambda us: us[::4]),
    "nine of ten matters of others": _few_matters,
    "look-alikes of emergencies": lambda content: content.model_copy(update={"harmless": ()}),
}

NAMES = (WHOLE, *TABLES, *DECISIONS, *SOURCES)


def without(name: str, settings: Settings) -> Bot:
    """The bot without the part of this name, all topics switched on."""
    if name in SOURCES:
        content = SOURCES[name](load_content(settings))
        bot = assemble(content, *build(content, settings.spacy_model), settings)
    else:
        bot = load_bot(settings)
        if name in TABLES:
            bot = _with_tables(name, bot, settings)
        elif name in DECISIONS:
            bot = DECISIONS[name](bot)
    return replace(bot, off=frozenset(), all_off=False)


# measuring


def _best_is_right(result: Result) -> bool:
    return ranked_topics(result.answer)[0][0] in result.labelled.topics


def _share(results: Iterable[Result], holds: Callable[[Result], bool]) -> Share:
    found = [holds(r) for r in results]
    return Share(sum(found), len(found))


def measure_without(name: str, bot: Bot, folder: Path, half: Half) -> tuple[Ablated, tuple[bool, ...]]:
    """The figures of this bot, and for each question of ours whether its best candidate is right."""
    sets = {s: load_set(folder, s, half) for s in SETS}
    ours = [q for s in IN_SCOPE_SETS for q in sets[s] if is_plain(q) and is_ours(q)]
    asked = [ask(q, bot) for q in ours]
    typos = [ask(replace(q, question=with_typo(q.question)), bot) for q in ours]
    foreign = [ask(q, bot) for s in SETS for q in sets[s] if is_plain(q) and not is_ours(q)]
    alarms = [ask(q, bot) for s in SETS for q in sets[s] if q.emergency]
    harmless = [ask(q, bot) for q in sets["emergencies"] if not q.emergency]
    both = [ask(q, bot) for s in SETS for q in sets[s] if q.both]
    later = [r for turns in load_dialogues(folder, half) for r in _talk(turns, bot, alone=name == CONTEXT)[1:]]
    hits = tuple(_best_is_right(r) for r in asked)
    figures = Ablated(
        name,
        len(labelled_utterances(bot.content)),
        top_1=Share(sum(hits), len(hits)),
        right=_share(asked, lambda r: r.outcome is Outcome.RIGHT),
        wrong=_share(asked, lambda r: r.outcome is Outcome.WRONG),
        typos=_share(typos, _best_is_right),
        refused=_share(foreign, lambda r: r.outcome is Outcome.REFUSED),
        found=_share(alarms, lambda r: is_alarm(r.answer, bot)),
        both=_share(both, lambda r: r.outcome is Outcome.RIGHT),
        later=_share(later, _best_is_right),
        false=_share(harmless, lambda r: is_alarm(r.answer, bot)),
    )
    return figures, hits


def _talk(turns: Sequence[Labelled], bot: Bot, *, alone: bool) -> list[Result]:
    return [ask(turn, bot) for turn in turns] if alone else list(talk(turns, bot))


def compare(figures: Ablated, hits: Sequence[bool], whole: Sequence[bool]) -> Ablated:
    """The figures with what changed, question by question."""
    pairs = list(zip(whole, hits, strict=True))
    return replace(figures, lost=pairs.count((True, False)), gained=pairs.count((False, True)))


def _work(name: str, settings: Settings, folder: Path, half: Half) -> tuple[Ablated, tuple[bool, ...]]:
    return measure_without(name, without(name, settings), folder, half)


def run_ablation(
    settings: Settings,
    folder: Path,
    progress: Callable[[str], None],
    half: Half = Half.REPORT,
    names: Sequence[str] = NAMES,
) -> tuple[Ablated, ...]:
    """The figures of every bot in the order of the names, the whole one first; the model must be stored already."""
    found: dict[str, tuple[Ablated, tuple[bool, ...]]] = {}
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        waiting = {pool.submit(_work, name, settings, folder, half): name for name in names}
        for done in as_completed(waiting):
            found[waiting[done]] = done.result()
            progress(f"Teile weglassen: {len(found)} von {len(names)}")
    whole = found[WHOLE][1]
    return tuple(compare(*found[name], whole) for name in names)


def write_ablation(rows: Sequence[Ablated], knowledge: str, out: Path) -> None:
    """Writes the figures; `knowledge` is the hash of what they were measured with."""
    out.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"knowledge": knowledge, "rows": [asdict(row) for row in rows]}, ensure_ascii=False, indent=1)
    (out / ABLATION).write_text(text + "\n", encoding="utf-8")


def read_ablation(out: Path) -> tuple[str, tuple[Ablated, ...]]:
    """The hash of the knowledge and the figures that were written last; empty when none were."""
    path = out / ABLATION
    if not path.is_file():
        return "", ()
    data = json.loads(path.read_text(encoding="utf-8"))
    return data["knowledge"], tuple(_from_json(row) for row in data["rows"])


def _from_json(row: Mapping[str, Any]) -> Ablated:
    values: dict[str, Any] = {n: Share(**value) if isinstance(value, dict) else value for n, value in row.items()}
    return Ablated(**values)
