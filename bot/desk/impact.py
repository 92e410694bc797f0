"""What an edit changes before it is live: every stored question asked of the knowledge before and after."""

from __future__ import annotations

import subprocess
import tarfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any
from zoneinfo import ZoneInfo

from bot.compiling import NothingToServeError, assemble, load_bot, load_content, model_key
from bot.content.documents import read_document
from bot.content.loading import Case, Content, base_of, load
from bot.desk.evaluation import SETS, Half, Labelled, Outcome, half_of, judge, load_dialogues, load_set
from bot.model import Answer, Conversation, Kind, Question
from bot.pipeline import Bot, reply
from bot.settings import Settings

LISTED = ("overview", "place", "hours", "contact")
"""Sides that a list of places and offers answers: what, where, when, and whom to call."""
WHOLE_SETS = ("small_topics", "emergency_paraphrases")
"""Sets of the evaluation that are measured whole: nothing was fitted on them, nobody reads them."""

Progress = Callable[[str], None]


class ImpactError(Exception):
    """Why nothing can be compared, in German."""


# the version before


def _git(folder: Path, *arguments: str) -> bytes:
    """What git says.

    raises  ImpactError when there is no git, no repository or no such revision
    """
    try:
        done = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, check=False)  # noqa: S603, S607
    except OSError:
        raise ImpactError("Zum Vergleichen fehlt git auf diesem Rechner.") from None
    if done.returncode:
        raise ImpactError(done.stderr.decode("utf-8", "replace").strip() or "git konnte nicht antworten.")
    return done.stdout


def _archive(settings: Settings, revision: str) -> tuple[Path, bytes]:
    """The top folder of the repository, and its knowledge of that revision as a tar file."""
    try:
        top = Path(_git(settings.knowledge, "rev-parse", "--show-toplevel").decode().strip()).resolve()
    except ImpactError as error:
        raise ImpactError(f"{settings.knowledge} liegt in keinem git-Verzeichnis. ({error})") from None
    try:
        commit = _git(top, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    except ImpactError:
        raise ImpactError(
            f"Die Fassung „{revision}“ gibt es nicht. „git log --oneline“ zeigt, welche es gibt."
        ) from None
    base = base_of(settings.knowledge)
    folders = [settings.knowledge.resolve(), settings.intents.resolve(), *([base] if base else [])]
    if any(not folder.is_relative_to(top) for folder in folders):
        raise ImpactError(
            "knowledge, intents und die Stadt, auf der sie aufbauen, müssen im selben git-Verzeichnis liegen."
        )
    names = [folder.relative_to(top).as_posix() for folder in folders]
    known = [name for name in names if _git(top, "ls-tree", "--name-only", commit.decode().strip(), "--", name)]
    if names[0] not in known:
        raise ImpactError(f"In der Fassung „{revision}“ gibt es den Ordner {names[0]} noch nicht.")
    return top, _git(top, "archive", "--format=tar", commit.decode().strip(), "--", *known)


@contextmanager
def earlier(settings: Settings, revision: str) -> Iterator[Settings]:
    """Settings for the knowledge of a revision, laid out in a temporary folder as long as the context lasts.

    raises  ImpactError when it is not to be had
    """
    top, packed = _archive(settings, revision)
    with TemporaryDirectory(prefix="familienbot-") as folder:
        with tarfile.open(fileobj=BytesIO(packed)) as archive:
            archive.extractall(folder, filter="data")
        root = Path(folder)
        yield replace(
            settings,
            knowledge=root / settings.knowledge.resolve().relative_to(top),
            intents=root / settings.intents.resolve().relative_to(top),
        )


def load_both(before: Settings, after: Settings, progress: Progress) -> tuple[Bot, Bot, bool]:
    """Both bots, and whether one model serves both: so it is as long as only texts were edited.

    raises  ImpactError when one of the two knowledges cannot be read
    """
    try:
        old, new = load_content(before), load_content(after)
        later = load_bot(after, progress)
        if model_key(old, before.spacy_model) == model_key(new, after.spacy_model):
            return assemble(old, later.language, later.intents, before), later, True
        return load_bot(before, progress), later, False
    except NothingToServeError as error:
        raise ImpactError(f"Das Wissen lässt sich nicht lesen: {error}") from error


# the questions


@dataclass(frozen=True, slots=True)
class Asked:
    """A stored question.

    source    where it stands: a file with its line, or the name of a set of the evaluation
    group     `case`, `aspect` or the form of an evaluation question
    secret    its text is shown to nobody: it is measured on, and would be tuned on if it were read
    wanted    the topics of which one is right
    aspect    the side that the answer must show
    labelled  an evaluation question as it is judged there
    turns     what was asked before in the same conversation
    """

    question: str
    source: str
    group: str
    wanted: tuple[str, ...]
    known_failure: bool = False
    secret: bool = False
    aspect: str | None = None
    labelled: Labelled | None = None
    turns: tuple[str, ...] = ()


def _case_question(case: Case) -> Asked:
    return Asked(case.question, str(case), "case", (case.topic,), case.known_failure)


def aspect_questions(file: Path) -> Iterator[Asked]:
    """One question for each side of each topic; none where a city has no such file."""
    document = read_document(file, file.parent, []) if file.is_file() else None
    if document is None:
        return
    failures = frozenset(document.data.get("known_failures") or ())
    for topic, sides in document.data["questions"].items():
        for aspect, text in sides.items():
            spot = document.spot(("questions", topic, aspect))
            yield Asked(text, str(spot), "aspect", (topic,), f"{topic}.{aspect}" in failures, aspect=aspect)


def _evaluation_questions(folder: Path) -> Iterator[Asked]:
    def question(labelled: Labelled, name: str, turns: tuple[str, ...], *, secret: bool) -> Asked:
        return Asked(
            labelled.question, name, labelled.form, labelled.topics, secret=secret, labelled=labelled, turns=turns
        )

    for name in (*SETS, *WHOLE_SETS):
        if (folder / f"{name}.jsonl").is_file():
            for labelled in load_set(folder, name, Half.ALL):
                secret = name in WHOLE_SETS or half_of(labelled.question) is not Half.FIT
                yield question(labelled, name, (), secret=secret)
    if (folder / "dialogues.jsonl").is_file():
        for turns in load_dialogues(folder, Half.ALL):
            secret = half_of(turns[0].question) is not Half.FIT
            for i, labelled in enumerate(turns):
                yield question(labelled, "dialogues", tuple(t.question for t in turns[:i]), secret=secret)


def tests_of(settings: Settings) -> Path:
    """The folder of stored questions beside the knowledge."""
    return settings.knowledge.resolve().parent / "tests"


def stored_questions(settings: Settings) -> tuple[Asked, ...]:
    """All questions stored beside the knowledge: cases of the editors, one for each side, and the evaluation.

    The two latter stand in the folder `tests` beside `knowledge`; a city that has none is asked its cases alone.
    """
    tests = tests_of(settings)
    cases = load(settings.knowledge, settings.intents).cases
    return (
        *(_case_question(case) for case in cases),
        *aspect_questions(tests / "aspects.yaml"),
        *_evaluation_questions(tests / "evaluation"),
    )


# the comparison


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply as far as it is compared.

    verdict  `right`, `asked` (the right topic is among the choices) or `wrong`
    text     what a parent would read first, one block a line; `around` are links, sources and quick replies
    """

    kind: str
    topics: tuple[str, ...]
    aspects: tuple[str, ...]
    verdict: str
    text: str
    around: str


@dataclass(frozen=True, slots=True)
class Change:
    """A question whose reply is not the same; `what` is the weightiest difference, as in `_ORDER`."""

    asked: Asked
    before: Reply
    after: Reply
    what: str

    @property
    def is_worse(self) -> bool:
        """Whether a right answer was lost."""
        return self.before.verdict == "right" and self.after.verdict == "wrong"

    @property
    def is_better(self) -> bool:
        """Whether a right answer was won."""
        return self.before.verdict != "right" and self.after.verdict == "right"


@dataclass(frozen=True, slots=True)
class Impact:
    """All that changes.

    questions  how many were asked
    changes    the worst first
    reused     whether one model answered before and after
    seconds    how long the asking took
    """

    revision: str
    questions: int
    changes: tuple[Change, ...]
    reused: bool = False
    before: str = ""
    after: str = ""
    seconds: float = 0.0

    @property
    def worse(self) -> tuple[Change, ...]:
        """Questions that were right and are wrong."""
        return tuple(c for c in self.changes if c.is_worse)

    @property
    def better(self) -> tuple[Change, ...]:
        """Questions that were not right and are."""
        return tuple(c for c in self.changes if c.is_better)


def around(answer: Answer) -> str:
    """What stands below an answer, one link, source or quick reply a line."""
    lines = [f"→ {link.label}: {link.url}" for link in answer.links]
    lines += [f"Quelle: {s.label}{f' ({s.date})' if s.date else ''}" for s in answer.sources]
    lines += [f"Weiter: {s.label}" for s in answer.suggestions]
    return "\n".join(lines)


def _verdict(asked: Asked, answer: Answer, content: Content) -> str:
    decision = answer.decision
    if decision.topics and decision.topics[0] not in content.entries:
        return "wrong"  # the topic is known, but its entry is broken and left out
    if asked.labelled is not None:
        outcome = judge(asked.labelled, answer)
        if outcome in (Outcome.RIGHT, Outcome.REFUSED):
            return "right"
        return "asked" if outcome is Outcome.ASKED else "wrong"
    if decision.kind is Kind.CLARIFY and decision.asks != "topic":
        return "right" if [c.topic for c in decision.choices] == list(asked.wanted) else "wrong"
    if decision.topics[:1] != asked.wanted:
        return "wrong"
    if asked.aspect is None:
        return "right"
    listed = decision.kind is Kind.OFFERS and asked.aspect in LISTED
    shown = any(b.topic == asked.wanted[0] and b.aspect == asked.aspect for b in answer.blocks)
    return "right" if listed or shown else "wrong"


def ask(asked: Asked, bot: Bot, now: datetime) -> Reply:
    """The reply to a stored question."""
    said = Conversation()
    for turn in asked.turns:
        said = reply(Question(turn, now, conversation=said), bot).conversation
    answer = reply(Question(asked.question, now, conversation=said), bot)
    decision = answer.decision
    topics = decision.topics or tuple(c.topic for c in decision.choices)
    text = "\n".join(block.text for block in answer.blocks)
    verdict = _verdict(asked, answer, bot.content)
    return Reply(decision.kind.value, topics, decision.aspects, verdict, text, around(answer))


def _what(before: Reply, after: Reply) -> str | None:
    differs = (
        getattr(before, name) != getattr(after, name) for name in ("topics", "kind", "aspects", "text", "around")
    )
    return next((what for what, is_so in zip(_ORDER, differs, strict=True) if is_so), None)


_ORDER = ("topic", "kind", "aspect", "wording", "around")


def _rank(change: Change) -> tuple[int, int, str]:
    weight = 0 if change.is_worse else 1 if change.is_better else 2
    return weight, _ORDER.index(change.what), change.asked.source


def compare(
    questions: Sequence[Asked], before: Bot, after: Bot, now: datetime, step: Callable[[], None]
) -> tuple[Change, ...]:
    """What changes, the worst first.

    step  called after each question
    """
    found = []
    for asked in questions:
        old, new = ask(asked, before, now), ask(asked, after, now)
        what = _what(old, new)
        if what is not None:
            found.append(Change(asked, old, new, what))
        step()
    return tuple(sorted(found, key=_rank))


def titles_of(*contents: Content) -> dict[str, str]:
    """The title of every topic, the later content first."""
    found: dict[str, str] = {}
    for content in contents:
        found |= {topic: entry.title for topic, entry in content.entries.items()}
    return found


@dataclass(frozen=True, slots=True)
class Preview:
    """An impact with what is needed to show it."""

    impact: Impact
    titles: Mapping[str, str]
    city: str


def preview(settings: Settings, revision: str, progress: Callable[[str, int, int], None]) -> Preview:
    """What the edits since a revision change.

    progress  called with the step, how many questions are done, and of how many; 0: not known
    raises    ImpactError when nothing can be compared
    """
    with earlier(settings, revision) as before:
        old, new, reused = load_both(before, settings, lambda step: progress(step, 0, 0))
        old, new = (replace(bot, off=frozenset(), all_off=False) for bot in (old, new))
        questions = stored_questions(settings)
        done = 0

        def step() -> None:
            nonlocal done
            done += 1
            progress("Fragen stellen", done, len(questions))

        started_s = perf_counter()
        now = settings.now or datetime.now(ZoneInfo(new.content.city.timezone))
        changes = compare(questions, old, new, now, step)
        impact = Impact(
            revision,
            len(questions),
            changes,
            reused,
            old.content.digest,
            new.content.digest,
            perf_counter() - started_s,
        )
        return Preview(impact, titles_of(old.content, new.content), new.content.city.name)


# as data


def _reply_data(found: Reply) -> dict[str, Any]:
    return {
        "kind": found.kind,
        "topics": list(found.topics),
        "aspects": list(found.aspects),
        "verdict": found.verdict,
        "text": found.text,
        "around": found.around,
    }


def _change_data(change: Change) -> dict[str, Any]:
    asked = change.asked
    return {
        "question": asked.question,
        "source": asked.source,
        "wanted": list(asked.wanted),
        "aspect": asked.aspect,
        "what": change.what,
        "worse": change.is_worse,
        "better": change.is_better,
        "before": _reply_data(change.before),
        "after": _reply_data(change.after),
    }


@dataclass(frozen=True, slots=True)
class Hidden:
    """Changes of questions that nobody reads, as counts: by form, wanted topic, and what became of them."""

    form: str
    wanted: str
    what: str
    before: str
    after: str
    times: int
    worse: bool


def hidden(impact: Impact) -> tuple[Hidden, ...]:
    """The changes of secret questions, the worst first and then the most frequent."""
    counts: Counter[tuple[str, str, str, str, str, bool]] = Counter(
        (
            c.asked.group,
            ", ".join(c.asked.wanted),
            c.what,
            ", ".join(c.before.topics) or c.before.kind,
            ", ".join(c.after.topics) or c.after.kind,
            c.is_worse,
        )
        for c in impact.changes
        if c.asked.secret
    )
    rows = [Hidden(*key[:5], times, key[5]) for key, times in counts.items()]
    return tuple(sorted(rows, key=lambda h: (not h.worse, -h.times, h.form, h.wanted, h.what, h.before, h.after)))


def shown(impact: Impact) -> tuple[Change, ...]:
    """The changes whose question may be read."""
    return tuple(c for c in impact.changes if not c.asked.secret)


def counts(impact: Impact) -> dict[str, int]:
    """How many replies changed in which way."""
    found = Counter(c.what for c in impact.changes)
    return {what: found[what] for what in _ORDER}


def as_data(impact: Impact) -> dict[str, Any]:
    """The impact for programs; the text of secret questions is not in it."""
    return {
        "revision": impact.revision,
        "knowledge": {"before": impact.before, "after": impact.after},
        "model_reused": impact.reused,
        "questions": impact.questions,
        "seconds": round(impact.seconds, 2),
        "changed": counts(impact),
        "worse": len(impact.worse),
        "better": len(impact.better),
        "changes": [_change_data(c) for c in shown(impact)],
        "hidden": [
            {
                "form": h.form,
                "wanted": h.wanted,
                "what": h.what,
                "before": h.before,
                "after": h.after,
                "times": h.times,
                "worse": h.worse,
            }
            for h in hidden(impact)
        ],
    }
