"""The next version, made ready aside: read, judged and compiled to the cache, so that the service has only to fetch it.

`python -m bot.preparing` does it as a process of its own at the lowest priority: replies stay fast meanwhile, and no
file, however broken, can harm the service. A lock lets one of several build; the others find its work in the cache.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TextIO

from bot.compiling import (
    NothingToServeError,
    build,
    calibration_problems,
    content_path,
    load_content,
    model_path,
    save_model,
)
from bot.content.loading import Content, mark
from bot.content.models import REFERENCE
from bot.settings import Settings

NICENESS = 19
MAX_PROBLEMS = 50
MAX_PROBLEM_CHARS = 400
LEAST_KEPT = 0.5
"""A version that has lost more of the entries than this is a folder half copied, not an edit."""


@dataclass(frozen=True, slots=True)
class Served:
    """What is known of the version on the air when the next one is judged.

    problems  those it has itself: an edit is not blamed for them
    """

    problems: tuple[str, ...] = ()
    entries: int = 0
    lines: int = 0
    rules: int = 0


@dataclass(frozen=True, slots=True)
class Prepared:
    """What came of it.

    mark      of the files that were read; empty when they changed meanwhile and are to be read again
    digest    of the content, which is in the cache with its model; empty when it is not to be served
    problems  why not, in German; for one that is served, nothing
    """

    mark: str = ""
    digest: str = ""
    problems: tuple[str, ...] = ()


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)


def dead_references(content: Content) -> tuple[str, ...]:
    """References in answers and emergency lines that would leave a hole there. Where they stand, `check` tells."""
    found: dict[str, None] = {}
    for record in (*content.entries.values(), *content.lines.values(), *content.neighbours.values()):
        name = str(getattr(record, "topic", None) or getattr(record, "matter", None) or getattr(record, "id", ""))
        for text in _texts(record.model_dump()):
            for kind, target, _, _ in REFERENCE.findall(text):
                if target not in (content.places if kind == "place" else content.facts):
                    found[f"„{name}“ verweist auf „{kind}:{target}“, das es nicht gibt."] = None
    return tuple(found)


def describe_served(content: Content, flaws: tuple[str, ...]) -> Served:
    """What the next version is judged by.

    flaws  problems of what is served that the content does not know: those of its calibration
    """
    rules = sum(len(file.rules) for file in content.emergency_rules)
    problems = (*content.problems, *dead_references(content), *flaws)
    return Served(problems, len(content.entries), len(content.lines), rules)


def _without_line(problem: str) -> str:
    return re.sub(r":\d+: ", ": ", problem, count=1)


def objections(content: Content, knowledge: Path, served: Served | None) -> tuple[str, ...]:
    """Why this version is not to replace the one on the air; without one, whatever can be served is."""
    if served is None:
        return ()
    new = describe_served(content, calibration_problems(knowledge))
    known = Counter(map(_without_line, served.problems))
    found = []
    for problem in new.problems:
        key = _without_line(problem)
        known[key] -= 1
        if known[key] < 0:
            found.append(problem)
    if (served.lines and not new.lines) or (served.rules and not new.rules):
        found.append("Die Notfallregeln oder die Notfallnummern fehlen (safety/). Legen Sie sie wieder an.")
    if new.entries < LEAST_KEPT * served.entries:
        found.append(
            f"Von {served.entries} Einträgen sind nur {new.entries} da. Ist der Ordner vollständig? "
            "Wenn es so sein soll, starten Sie den Dienst neu."
        )
    return tuple(found)


@contextmanager
def _alone(cache: Path) -> Iterator[None]:
    """Holds the lock of this cache; where there is none, two build the same, and the last one's files stay."""
    lock: TextIO | None = None
    with suppress(ImportError, OSError):
        import fcntl

        cache.mkdir(parents=True, exist_ok=True)
        lock = (cache / "preparing.lock").open("w")
        fcntl.flock(lock, fcntl.LOCK_EX)  # freed by the system when the process ends, however it ends
    try:
        yield
    finally:
        if lock is not None:
            lock.close()


def _cut(problems: Iterable[str]) -> tuple[str, ...]:
    return tuple(p[:MAX_PROBLEM_CHARS] for p in problems)[:MAX_PROBLEMS]


def prepare(settings: Settings, served: Served | None) -> Prepared:
    """Makes the version in the folders ready to be fetched from the cache.

    served  the version on the air, None when there is none
    """
    with _alone(settings.cache):
        before = mark(settings.knowledge, settings.intents)
        try:
            content = load_content(settings)
            found = objections(content, settings.knowledge, served)
        except NothingToServeError as error:
            content, found = None, error.problems
        if mark(settings.knowledge, settings.intents) != before:
            return Prepared()
        if content is None or found:
            return Prepared(before, problems=_cut(found))
        if not content_path(settings, content.digest).exists():
            return Prepared(before, problems=("Der Cache-Ordner ist nicht beschreibbar (FAMILIENBOT_CACHE).",))
        path = model_path(content, settings)
        if not path.exists():
            save_model(path, *build(content, settings.spacy_model))
    return Prepared(before, content.digest)


def to_wire(settings: Settings, served: Served | None) -> bytes:
    """What the process is told on its standard input."""
    folders = {name: str(getattr(settings, name)) for name in ("knowledge", "intents", "cache")}
    body = {**folders, "spacy_model": settings.spacy_model, "served": asdict(served) if served else None}
    return json.dumps(body).encode()


def read_prepared(data: bytes) -> Prepared:
    """What the process said on its standard output.

    raises  ValueError when it said something else
    """
    try:
        found = json.loads(data)
        return Prepared(found["mark"], found["digest"], tuple(found["problems"]))
    except (KeyError, TypeError) as error:
        raise ValueError("not prepared") from error


def main() -> None:
    """The process."""
    with suppress(AttributeError, OSError):
        os.nice(NICENESS)
    told = json.load(sys.stdin)
    served = told["served"]
    prepared = prepare(
        Settings(Path(told["knowledge"]), Path(told["intents"]), Path(told["cache"]), spacy_model=told["spacy_model"]),
        Served(**{**served, "problems": tuple(served["problems"])}) if served else None,
    )
    json.dump(asdict(prepared), sys.stdout)


if __name__ == "__main__":
    main()
