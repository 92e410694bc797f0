"""The evaluation report: asks the labelled questions, counts, writes `docs/evaluation/`: totals, no question text."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import track

from bot import __version__
from bot.desk.baselines import Baseline, Verdict, judge_message
from bot.desk.evaluation import (
    NOW,
    SETS,
    Half,
    Labelled,
    Outcome,
    Result,
    ask,
    is_alarm,
    is_served,
    load_dialogues,
    load_set,
    talk,
)
from bot.desk.figures import (
    Bin,
    Claim,
    Share,
    area_under_risk,
    bins,
    brier_score,
    calibration_error,
    half_width,
    risk_coverage,
    squares,
    to_json,
    to_mapping,
    with_typo,
)
from bot.matching.decision import COSTS
from bot.model import EMERGENCY_GROUP, OUTSIDE, TALK_GROUP, Answer, Kind
from bot.pipeline import Bot
from bot.settings import ROOT, Settings

if TYPE_CHECKING:
    from bot.desk.releases import Line

FOLDER = ROOT / "tests" / "evaluation"
OUT = Path("docs/evaluation")
PARAPHRASES = "emergency_paraphrases"
IN_SCOPE_SETS = ("forum", "phone", "faq")
SMALL_TOPICS = "small_topics"
TWO_QUESTIONS, TALKS = "two_questions", "talks"
WHOLE = (SMALL_TOPICS, TWO_QUESTIONS)
"""Sets by one author who saw no utterance. Nothing is fitted on them: all lines are measured."""
"""Questions on the topics that the other sets hardly ask about; read whole, since nothing is fitted on them."""
PART_1 = frozenset({"kita", TALK_GROUP, EMERGENCY_GROUP})
MIXED = "mixed"
"""Messages in two languages: reported apart."""
PAIRS = 20
CURVE_POINTS = 60
WIDE = 140
"""Columns of the tables where they go to no terminal."""
BOT = "familienbot"

GOOD = frozenset({Outcome.RIGHT, Outcome.REFUSED})
COST = {
    Outcome.RIGHT: 0.0,
    Outcome.REFUSED: 0.0,
    Outcome.ASKED: COSTS.ask,
    Outcome.ASKED_WRONG: COSTS.ask + COSTS.refuse,
    Outcome.WRONG: COSTS.wrong,
    Outcome.FELL_BACK: COSTS.refuse,
}
"""What each outcome costs, in questions back, as `matching.decision` counts."""


@dataclass(frozen=True, slots=True)
class Asked:
    """All replies to one half.

    sets       the name of a set → its results, in the order of the file
    variants   emergency lines and their look-alikes changed: „lower case“, „one typo“ → results, by set
    dialogues  the results of each conversation, turn by turn; `talks` those of the further set
    """

    sets: Mapping[str, tuple[Result, ...]]
    variants: Mapping[tuple[str, str], tuple[Result, ...]]
    dialogues: tuple[tuple[Result, ...], ...]
    talks: tuple[tuple[Result, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts over questions that are ours.

    top_1, top_3  the right topic is the best, or among the three best candidates, whatever the decision
    direct        answered without a question back, right or wrong
    """

    name: str
    questions: int
    top_1: Share
    top_3: Share
    right: Share
    direct: Share
    right_of_direct: Share
    asked: Share
    asked_wrong: Share
    wrong: Share
    fell_back: Share


@dataclass(frozen=True, slots=True)
class OutsideTally:
    """Counts over questions that are not ours; `accepted` were answered with a topic that the label allows."""

    name: str
    questions: int
    refused: Share
    accepted: Share
    asked: Share
    wrong: Share


@dataclass(frozen=True, slots=True)
class BothTally:
    """Counts over messages with two questions."""

    questions: int
    both: Share
    one_of_them: Share
    asked: Share
    wrong: Share
    fell_back: Share
    both_among_top_3: Share


@dataclass(frozen=True, slots=True)
class AlarmTally:
    """Counts over emergencies and harmless look-alikes.

    found       emergencies with an emergency reply; `right` of them on a right topic
    safe        emergencies with an emergency reply or a line of help
    false       harmless questions with an emergency reply; `help_lines` those with a line of help
    """

    name: str
    found: Share
    right: Share
    safe: Share
    false: Share
    help_lines: Share


@dataclass(frozen=True, slots=True)
class System:
    """The bot or a baseline on the same questions.

    cost   mean cost of a question, in questions back
    brier, area, calibration_error  of „the best candidate is right“ over all questions, ours or not
    cost_noise, brier_noise  half the width of the 95 % interval of these means
    curve  (coverage, risk), thinned
    """

    name: str
    top_1: Share
    top_3: Share
    right: Share
    asked: Share
    wrong: Share
    fell_back: Share
    outside_refused: Share
    cost: float
    brier: float
    area: float
    calibration_error: float
    curve: tuple[tuple[float, float], ...]
    strength: float | None = None
    threshold: float | None = None
    cost_noise: float = 0.0
    brier_noise: float = 0.0


@dataclass(frozen=True, slots=True)
class Origin:
    """How far the announced confidence holds for replies decided in one way."""

    name: str
    confidence: float
    right: Share


@dataclass(frozen=True, slots=True)
class Pair:
    """A topic that was wanted, the best candidate that came instead, and how often."""

    wanted: str
    given: str
    times: int


@dataclass(frozen=True, slots=True)
class Report:
    """All figures of one half. Pure data: no question text.

    bins        of the confidence that the bot announces, by rising confidence
    confusions  the most frequent wrong pairs
    groups_to   group wanted → group of the best candidate → questions
    announced_brier_noise  half the width of the 95 % interval of `announced_brier`
    """

    half: str
    knowledge: str
    questions: int
    unserved: int
    scopes: tuple[Tally, ...]
    forms: tuple[Tally, ...]
    groups: tuple[Tally, ...]
    turns: tuple[Tally, ...]
    asks_wanted: Share
    both: BothTally
    both_further: BothTally
    split_wrongly: Share
    outside: tuple[OutsideTally, ...]
    alarms: tuple[AlarmTally, ...]
    paraphrases: tuple[AlarmTally, ...]
    systems: tuple[System, ...]
    bins: tuple[Bin, ...]
    origins: tuple[Origin, ...]
    announced_brier: float
    announced_error: float
    confusions: tuple[Pair, ...]
    groups_to: Mapping[str, Mapping[str, int]]
    announced_brier_noise: float = 0.0


def ranked_topics(answer: Answer) -> tuple[tuple[str, float], ...]:
    """(topic, confidence) best first; what was answered stands first, `ausserhalb` for what is not ours."""
    decision = answer.decision
    ranked = tuple((c.topic, c.confidence) for c in decision.candidates)
    if not ranked and not decision.topics:
        return ((OUTSIDE, decision.confidence),)
    if decision.topics and decision.topics[0] != OUTSIDE and ranked[:1] != ((decision.topics[0], decision.confidence),):
        main = decision.topics[0]
        return ((main, decision.confidence), *(r for r in ranked if r[0] != main))
    return ranked


def best_claim(ranked: Sequence[tuple[str, float]], labelled: Labelled) -> Claim:
    """That the best candidate is right."""
    return Claim(ranked[0][1], ranked[0][0] in labelled.topics)


def announced_claim(result: Result) -> Claim:
    """What the announced confidence is of: the main topic, the right one among the choices, or that it is not ours."""
    decision, wanted = result.answer.decision, set(result.labelled.topics)
    if decision.kind is Kind.FALLBACK:
        return Claim(decision.confidence, OUTSIDE in wanted)
    if decision.kind is Kind.CLARIFY:
        return Claim(decision.confidence, bool(wanted & {c.topic for c in decision.choices[:3]}))
    return Claim(decision.confidence, decision.topics[0] in wanted)


def judge_verdict(labelled: Labelled, verdict: Verdict) -> Outcome:
    """What became of the question with a baseline."""
    if verdict.refused:
        return Outcome.REFUSED if OUTSIDE in labelled.topics else Outcome.FELL_BACK
    return Outcome.RIGHT if verdict.ranked[0][0] in labelled.topics else Outcome.WRONG


def is_ours(labelled: Labelled) -> bool:
    """Whether the question is ours to answer: `ausserhalb` is not even one of its right topics."""
    return OUTSIDE not in labelled.topics


def is_plain(labelled: Labelled) -> bool:
    """Whether the question counts in the totals: one question in German; the others are reported apart."""
    return not labelled.both and labelled.form != MIXED


Track = Callable[[Sequence[Labelled], str], Iterable[Labelled]]


def _untracked(items: Sequence[Labelled], step: str) -> Iterable[Labelled]:  # noqa: ARG001 - the shape of `Track`
    return items


def _tracked(console: Console) -> Track:
    return lambda items, step: track(items, step, console=console, transient=True)


def ask_half(bot: Bot, folder: Path, half: Half, tracked: Track = _untracked) -> Asked:
    """The replies to all questions of one half, conversations and changed emergency lines among them."""
    sets = {
        name: tuple(ask(q, bot) for q in tracked(load_set(folder, name, Half.ALL if name in WHOLE else half), name))
        for name in (*SETS, PARAPHRASES, SMALL_TOPICS, TWO_QUESTIONS)
        if (folder / f"{name}.jsonl").is_file()
    }
    variants: dict[tuple[str, str], tuple[Result, ...]] = {}
    for name, results in sets.items():
        own = name in ("emergencies", PARAPHRASES)  # look-alikes only there: elsewhere emergency lines alone
        lines = [r.labelled for r in results if own or r.labelled.emergency]
        for variant, change in (("lower case", str.lower), ("one typo", with_typo)):
            changed = [replace(q, question=change(q.question)) for q in lines]
            variants[name, variant] = tuple(ask(q, bot) for q in tracked(changed, f"{name}, {variant}"))
    dialogues = tuple(tuple(talk(turns, bot)) for turns in load_dialogues(folder, half))
    talks: tuple[tuple[Result, ...], ...] = ()
    if (folder / f"{TALKS}.jsonl").is_file():
        talks = tuple(tuple(talk(turns, bot)) for turns in load_dialogues(folder, Half.ALL, TALKS))
    return Asked(sets, variants, dialogues, talks)


def tally(name: str, results: Iterable[Result]) -> Tally:
    """The counts over these results."""
    found = list(results)
    n = len(found)
    outcomes = Counter(r.outcome for r in found)
    ranked = [(r, [t for t, _ in ranked_topics(r.answer)]) for r in found]
    good = sum(outcomes[o] for o in GOOD)
    direct = good + outcomes[Outcome.WRONG]

    def among(places: int) -> Share:
        return Share(sum(bool(set(topics[:places]) & set(r.labelled.topics)) for r, topics in ranked), n)

    return Tally(
        name=name,
        questions=n,
        top_1=among(1),
        top_3=among(3),
        right=Share(good, n),
        direct=Share(direct, n),
        right_of_direct=Share(good, direct),
        asked=Share(outcomes[Outcome.ASKED], n),
        asked_wrong=Share(outcomes[Outcome.ASKED_WRONG], n),
        wrong=Share(outcomes[Outcome.WRONG], n),
        fell_back=Share(outcomes[Outcome.FELL_BACK], n),
    )


def tally_outside(name: str, results: Iterable[Result]) -> OutsideTally:
    """The counts over these results, to questions that are not ours."""
    outcomes = Counter(r.outcome for r in results)
    n = outcomes.total()
    return OutsideTally(
        name,
        n,
        refused=Share(outcomes[Outcome.REFUSED], n),
        accepted=Share(outcomes[Outcome.RIGHT], n),
        asked=Share(outcomes[Outcome.ASKED] + outcomes[Outcome.ASKED_WRONG], n),
        wrong=Share(outcomes[Outcome.WRONG], n),
    )


def tally_both(results: Iterable[Result]) -> BothTally:
    """The counts over these results, to messages with two questions."""
    found = list(results)
    n = len(found)
    outcomes = Counter(r.outcome for r in found)
    one = sum(
        r.outcome is Outcome.WRONG and bool(set(r.answer.decision.topics) & set(r.labelled.topics)) for r in found
    )
    among = sum(set(r.labelled.topics) <= {t for t, _ in ranked_topics(r.answer)[:3]} for r in found)
    return BothTally(
        n,
        both=Share(outcomes[Outcome.RIGHT], n),
        one_of_them=Share(one, n),
        asked=Share(outcomes[Outcome.ASKED] + outcomes[Outcome.ASKED_WRONG], n),
        wrong=Share(outcomes[Outcome.WRONG] - one, n),
        fell_back=Share(outcomes[Outcome.FELL_BACK], n),
        both_among_top_3=Share(among, n),
    )


def tally_alarms(name: str, results: Iterable[Result], bot: Bot) -> AlarmTally:
    """The counts over these results, to emergencies and harmless questions."""
    found = [(r, is_alarm(r.answer, bot)) for r in results]
    emergencies = [(r, alarm) for r, alarm in found if r.labelled.emergency]
    harmless = [(r, alarm) for r, alarm in found if not r.labelled.emergency]
    alarms = [r for r, alarm in emergencies if alarm]
    return AlarmTally(
        name,
        found=Share(len(alarms), len(emergencies)),
        right=Share(sum(r.answer.decision.topics[0] in r.labelled.topics for r in alarms), len(alarms)),
        safe=Share(sum(alarm or r.answer.decision.help_line for r, alarm in emergencies), len(emergencies)),
        false=Share(sum(alarm for _, alarm in harmless), len(harmless)),
        help_lines=Share(sum(not alarm and r.answer.decision.help_line for r, alarm in harmless), len(harmless)),
    )


Act = tuple[Labelled, Sequence[tuple[str, float]], Outcome]
"""A question, what a system ranked with its confidence, and what became of it."""


def measure(name: str, acts: Sequence[Act], in_scope: Sequence[Act]) -> System:
    """The figures of one system.

    acts      over all questions
    in_scope  those of the in-scope sets that are ours, for the shares
    """
    claims = [best_claim(ranked, labelled) for labelled, ranked, _ in acts]
    n = len(in_scope)
    outcomes = Counter(outcome for _, _, outcome in in_scope)
    outside = [outcome for labelled, _, outcome in acts if not is_ours(labelled)]

    def among(places: int) -> Share:
        return Share(sum(bool({t for t, _ in ranked[:places]} & set(q.topics)) for q, ranked, _ in in_scope), n)

    curve = risk_coverage(claims)
    step = max(1, len(curve) // CURVE_POINTS)
    return System(
        name,
        top_1=among(1),
        top_3=among(3),
        right=Share(outcomes[Outcome.RIGHT], n),
        asked=Share(outcomes[Outcome.ASKED] + outcomes[Outcome.ASKED_WRONG], n),
        wrong=Share(outcomes[Outcome.WRONG], n),
        fell_back=Share(outcomes[Outcome.FELL_BACK], n),
        outside_refused=Share(sum(o is Outcome.REFUSED for o in outside), len(outside)),
        cost=sum(COST[outcome] for _, _, outcome in acts) / max(1, len(acts)),
        brier=brier_score(claims),
        area=area_under_risk(claims),
        calibration_error=calibration_error(claims),
        curve=curve[step - 1 :: step],
        cost_noise=half_width([COST[outcome] for _, _, outcome in acts]),
        brier_noise=half_width(squares(claims)),
    )


def _measure_baseline(baseline: Baseline, questions: Sequence[Labelled], tracked: Track) -> System:
    acts: list[Act] = []
    for q in tracked(questions, baseline.name):
        verdict = judge_message(q.question, baseline)
        acts.append((q, verdict.ranked, judge_verdict(q, verdict)))
    found = measure(baseline.name, acts, [a for a in acts if is_ours(a[0]) and _in_scope_form(a[0])])
    return replace(found, strength=baseline.strength, threshold=baseline.threshold)


def _in_scope_form(labelled: Labelled) -> bool:
    return labelled.form != "emergencies"


def _forms(asked: Asked, served: Callable[[Result], bool]) -> Iterator[Tally]:
    """A row for each in-scope set, each form of the phone set, and the emergency set."""
    for name in (*IN_SCOPE_SETS, "emergencies"):
        results = [r for r in asked.sets.get(name, ()) if served(r) and is_ours(r.labelled) and not r.labelled.both]
        yield tally(name, [r for r in results if is_plain(r.labelled)])
        forms = sorted({r.labelled.form for r in results} - {name})
        for form in forms:
            yield tally(f"{name}: {form}", [r for r in results if r.labelled.form == form])


def _outside(asked: Asked) -> Iterator[OutsideTally]:
    results = [r for r in asked.sets.get("out_of_scope", ()) if not is_ours(r.labelled)]
    yield tally_outside("out_of_scope", results)
    for form in sorted({r.labelled.form for r in results}):
        yield tally_outside(f"out_of_scope: {form}", [r for r in results if r.labelled.form == form])
    others = [r for name in (*IN_SCOPE_SETS, "emergencies") for r in asked.sets.get(name, ())]
    yield tally_outside("other sets", [r for r in others if not is_ours(r.labelled)])


def _alarms(asked: Asked, bot: Bot) -> Iterator[AlarmTally]:
    own = "emergencies"
    yield tally_alarms(own, asked.sets.get(own, ()), bot)
    for variant in ("lower case", "one typo"):
        yield tally_alarms(f"{own}, {variant}", asked.variants.get((own, variant), ()), bot)
    others = [name for name in asked.sets if name not in (own, PARAPHRASES)]
    yield tally_alarms("other sets", [r for name in others for r in asked.sets[name]], bot)
    for variant in ("lower case", "one typo"):
        changed = [r for name in others for r in asked.variants.get((name, variant), ())]
        yield tally_alarms(f"emergencies of other sets, {variant}", changed, bot)
    yield tally_alarms("dialogues, all turns", [r for turns in asked.dialogues for r in turns], bot)


def _paraphrases(asked: Asked, bot: Bot) -> Iterator[AlarmTally]:
    if PARAPHRASES in asked.sets:
        yield tally_alarms(PARAPHRASES, asked.sets[PARAPHRASES], bot)
        for variant in ("lower case", "one typo"):
            yield tally_alarms(f"{PARAPHRASES}, {variant}", asked.variants[PARAPHRASES, variant], bot)


def _origin(result: Result) -> str:
    decision = result.answer.decision
    if decision.kind is Kind.EMERGENCY:
        return "emergency rule" if decision.rule else "second net or ranking, emergency"
    if decision.topics[:1] == (OUTSIDE,):
        return "matter of another office"
    if decision.kind in (Kind.CLARIFY, Kind.FALLBACK):
        return str(decision.kind)
    return "answer"


def _origins(results: Iterable[Result]) -> Iterator[Origin]:
    found: dict[str, list[Claim]] = {}
    for result in results:
        found.setdefault(_origin(result), []).append(announced_claim(result))
    for name, claims in sorted(found.items()):
        right = Share(sum(c.right for c in claims), len(claims))
        yield Origin(name, sum(c.confidence for c in claims) / len(claims), right)


def summarise(
    asked: Asked, bot: Bot, half: Half, baselines: Sequence[Baseline] = (), tracked: Track = _untracked
) -> Report:
    """All figures of what was asked, and those of the baselines on the same questions."""

    def served(result: Result) -> bool:
        return is_served(result.labelled, bot)

    def group(topic: str) -> str:
        return bot.groups.get(topic, OUTSIDE)

    singles = [r for name in SETS for r in asked.sets.get(name, ())]
    plain = [r for r in singles if is_plain(r.labelled)]
    everything = [r for r in plain if is_ours(r.labelled) and _in_scope_form(r.labelled)]
    in_scope = [r for r in everything if served(r)]
    part_1 = [r for r in in_scope if group(r.labelled.topics[0]) in PART_1]
    counted = [r for r in plain if served(r)]
    acts: list[Act] = [(r.labelled, ranked_topics(r.answer), r.outcome) for r in counted]
    claims = [announced_claim(r) for r in counted]
    later = [r for turns in asked.dialogues for r in turns[1:] if served(r)]
    wrong_pairs: Counter[tuple[str, str]] = Counter()
    groups_to: dict[str, Counter[str]] = {}
    for labelled, ranked, _ in acts:
        best = ranked[0][0]
        wanted = best if best in labelled.topics else labelled.topics[0]
        groups_to.setdefault(group(wanted), Counter())[group(best)] += 1
        if best != wanted:
            wrong_pairs[wanted, best] += 1
    further = asked.sets.get(TWO_QUESTIONS, ())
    alike = [r for r in further if not r.labelled.both]
    ask_turns = [r for turns in asked.dialogues for r in turns if r.labelled.ask]
    return Report(
        half=half.value,
        knowledge=bot.content.digest,
        questions=len(singles) + sum(map(len, asked.dialogues)),
        unserved=len(everything) - len(in_scope),
        scopes=(
            tally("in scope, with an entry", in_scope),
            tally("Part 1 groups: kita, gespraech, notfall", part_1),
            tally("in scope, all", everything),
            tally(
                "small topics: familienpolitik, gespraech, all new questions",
                [r for r in asked.sets.get(SMALL_TOPICS, ()) if served(r)],
            ),
        ),
        forms=tuple(_forms(asked, served)),
        groups=tuple(
            tally(name, [r for r in in_scope if group(r.labelled.topics[0]) == name])
            for name in sorted({group(r.labelled.topics[0]) for r in in_scope})
        ),
        turns=(
            tally("first turns", [t[0] for t in asked.dialogues if served(t[0])]),
            tally("later turns", later),
            tally("later turns, further set", [r for turns in asked.talks for r in turns[1:] if served(r)]),
            tally("Part 1 groups, later turns", [r for r in later if group(r.labelled.topics[0]) in PART_1]),
        ),
        asks_wanted=Share(sum(r.answer.decision.kind is Kind.CLARIFY for r in ask_turns), len(ask_turns)),
        both=tally_both(r for r in singles if r.labelled.both and served(r)),
        both_further=tally_both(r for r in further if r.labelled.both),
        split_wrongly=Share(sum(len(r.answer.decision.topics) > 1 for r in alike), len(alike)),
        outside=tuple(_outside(asked)),
        alarms=tuple(_alarms(asked, bot)),
        paraphrases=tuple(_paraphrases(asked, bot)),
        systems=(
            measure(BOT, acts, [a for a in acts if is_ours(a[0]) and _in_scope_form(a[0])]),
            *(_measure_baseline(b, [r.labelled for r in counted], tracked) for b in baselines),
        ),
        bins=bins(claims),
        origins=tuple(_origins(counted)),
        announced_brier=brier_score(claims),
        announced_error=calibration_error(claims),
        confusions=tuple(
            Pair(wanted, given, times)
            for (wanted, given), times in sorted(wrong_pairs.items(), key=lambda item: (-item[1], item[0]))[:PAIRS]
        ),
        groups_to={wanted: dict(sorted(given.items())) for wanted, given in sorted(groups_to.items())},
        announced_brier_noise=half_width(squares(claims)),
    )


def evaluate(bot: Bot, folder: Path, half: Half, baselines: Sequence[Baseline] = ()) -> Report:
    """All figures of the bot, and of the baselines beside it, on one half of the labelled questions."""
    return summarise(ask_half(bot, folder, half), bot, half, baselines)


def write_report(report: Report, out: Path, history: Sequence[Line] = ()) -> None:
    """Writes `README.md`, `metrics.json`, the plots, and `history.jsonl` where there is a history.

    The ablation of the page is the one that was written last.
    """
    from bot.desk.ablation import read_ablation
    from bot.desk.page import to_page
    from bot.desk.plots import draw
    from bot.desk.releases import HISTORY, METRICS, write_history

    out.mkdir(parents=True, exist_ok=True)
    (out / METRICS).write_text(json.dumps(to_json(report), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    (out / "README.md").write_text(to_page(report, history, read_ablation(out)), encoding="utf-8")
    if history:
        write_history(history, out / HISTORY)
    draw(report, out, history)


def wrong_lines(asked: Asked, count: int) -> list[str]:
    """So many single mistakes, chosen by the hash of the question: nobody picks them."""
    results = [r for name in SETS for r in asked.sets.get(name, ())]
    wrong = [r for r in results if r.outcome in (Outcome.WRONG, Outcome.FELL_BACK, Outcome.ASKED_WRONG)]
    wrong.sort(key=lambda r: hashlib.sha256(r.labelled.question.encode()).digest())
    return [
        f"{r.labelled.form} · {r.labelled.question} · wanted {', '.join(r.labelled.topics)} · "
        f"{r.outcome.value}: {', '.join(t for t, _ in ranked_topics(r.answer)[:3])}"
        for r in wrong[:count]
    ]


def fit_questions(bot: Bot, folder: Path) -> list[Labelled]:
    """The questions of the fit half that the baselines' temperatures and thresholds are fitted to."""
    return [q for name in SETS for q in load_set(folder, name, Half.FIT) if is_plain(q) and is_served(q, bot)]


def run_questions(settings: Settings, half: Half, baselines: bool, console: Console) -> tuple[Report, Asked]:
    """All replies to one half and their figures; the baselines are fitted first if they are wanted."""
    from bot.compiling import load_bot
    from bot.desk.baselines import fit_baselines
    from bot.desk.utterances import training_rows

    with console.status("…") as status:
        bot = load_bot(settings, status.update)
        bot = replace(bot, off=frozenset(), all_off=False)
        rows = training_rows(bot.content)
        fitted = fit_baselines(rows, fit_questions(bot, FOLDER), status.update) if baselines else ()
    tracked = _tracked(console) if console.is_terminal else _untracked
    asked = ask_half(bot, FOLDER, half, tracked)
    return summarise(asked, bot, half, fitted, tracked), asked


def run_evaluation(
    settings: Settings,
    half: str = "report",
    show: int = 0,
    baselines: bool = True,
    out: Path | None = OUT,
    console: Console | None = None,
    *,
    ablation: bool = False,
) -> Report:
    """The command `familienbot eval`: asks, prints totals, and writes the report to `out` unless it is None.

    The history grows by a line for the reported half with its baselines, and for no other run.

    show      so many single mistakes are printed, for the closing note; 0: none
    ablation  whether each part is left out in turn, too, always on the reported half
    """
    from bot.desk.ablation import run_ablation, write_ablation
    from bot.desk.page import to_tables
    from bot.desk.releases import HISTORY, read_history, to_line, with_line

    console = console or Console()
    if not console.is_terminal:
        console.width = max(console.width, WIDE)
    report, asked = run_questions(settings, Half(half), baselines, console)
    if out is not None and ablation:
        with console.status("…") as status:
            write_ablation(run_ablation(settings, FOLDER, status.update), report.knowledge, out)
    if out is not None:
        history = read_history(out / HISTORY)
        if baselines and report.half == Half.REPORT:
            history = with_line(history, to_line(report, __version__, _day(settings)))
        write_report(report, out, history)
    for table in to_tables(report):
        console.print(table)
    for line in wrong_lines(asked, show):
        console.print(line, markup=False)
    return report


def run_check(settings: Settings, out: Path = OUT, console: Console | None = None) -> bool:
    """The command `familienbot eval --check`: whether no figure fell below the stored one; nothing is written.

    The chief figures are compared with the last line of the history, all of them with the stored report.

    raises  FileNotFoundError when no figures of the reported half are stored
    """
    from bot.desk import releases

    console = console or Console()
    stored, lines = releases.read_metrics(out), releases.read_history(out / releases.HISTORY)
    if stored is None or stored["half"] != Half.REPORT:
        raise FileNotFoundError(out / releases.METRICS)
    if not lines:
        raise FileNotFoundError(out / releases.HISTORY)
    report, _ = run_questions(settings, Half.REPORT, baselines=False, console=console)
    metrics = dict(to_mapping({f.name: getattr(report, f.name) for f in fields(report)}))
    line = releases.to_line(report, __version__, _day(settings))
    falls = (*releases.find_line_falls(lines[-1], line), *releases.find_falls(stored, metrics))
    releases.describe_falls(falls, len(releases.watched_line(lines[-1])) + len(releases.watched(stored)), console)
    return not falls


def _day(settings: Settings) -> date:
    return (settings.now or datetime.now(NOW.tzinfo)).date()
