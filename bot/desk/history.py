"""Earlier states of the knowledge, found in git by the hash that every reply carries."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import tarfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.content.loading import base_of, digest_of
from bot.settings import Settings

SHORTEST = 6
"""So many characters of a hash are enough to find it by."""
FILE = "revisions.json"

Progress = Callable[[int, int], None]


class HistoryError(Exception):
    """Why the state cannot be shown, in German with what to do instead."""


@dataclass(frozen=True, slots=True)
class Revision:
    """A state of the repository.

    day     of the commit, ISO; empty for the files as they are
    digest  the hash that the replies of this state carry
    """

    commit: str
    day: str
    digest: str


def _git(folder: Path, *arguments: str) -> bytes:
    """What git says.

    raises  HistoryError
    """
    git = shutil.which("git")
    if git is None:
        raise HistoryError("Hier fehlt das Programm git. Ohne es gibt es keine früheren Stände.")
    done = subprocess.run([git, "-C", str(folder), *arguments], capture_output=True, check=False)  # noqa: S603
    if done.returncode != 0:
        raise HistoryError(f"git meldet: {done.stderr.decode(errors='replace').strip() or done.returncode}")
    return done.stdout


def _root(folder: Path) -> Path:
    try:
        return Path(_git(folder, "rev-parse", "--show-toplevel").decode().strip()).resolve()
    except HistoryError as error:
        if "not a git repository" in str(error):
            raise HistoryError(f"{folder} steht nicht unter git: Frühere Stände sind nicht bekannt.") from None
        raise


def _within(settings: Settings) -> tuple[Path, tuple[Path, ...]]:
    """The repository, and the folders of knowledge and utterances as paths in it: knowledge first, intents second."""
    root = _root(settings.knowledge)
    base = base_of(settings.knowledge)
    folders = [settings.knowledge.resolve(), settings.intents.resolve(), *([base] if base else [])]
    if not all(folder.is_relative_to(root) for folder in folders):
        raise HistoryError(f"{settings.intents} steht nicht im selben Repository wie {settings.knowledge}.")
    return root, tuple(folder.relative_to(root) for folder in folders)


def _extract(root: Path, commit: str, folders: Sequence[Path], target: Path) -> None:
    """Writes the folders as they were; one that did not exist then is left out."""
    names = _git(root, "ls-tree", "-d", "--name-only", "-z", commit, *map(str, folders)).decode().split("\0")
    found = [name for name in names if name]
    if found:
        data = _git(root, "archive", "--format=tar", commit, "--", *found)
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            archive.extractall(target, filter="data")


def _remembered(cache: Path) -> dict[str, str]:
    """commit:folders → hash, as far as they were computed before."""
    try:
        found = json.loads((cache / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _remember(cache: Path, known: dict[str, str]) -> None:
    with suppress(OSError):  # it is only faster with it
        temporary = cache / f"{FILE}.{os.getpid()}.part"
        temporary.write_text(json.dumps(known), encoding="utf-8")
        temporary.replace(cache / FILE)


def _silent(done: int, total: int) -> None:
    """No progress shown."""


def find_revision(digest: str, settings: Settings, progress: Progress = _silent) -> Revision:
    """The latest state with this hash, or one that begins so.

    raises  HistoryError when there is none
    """
    wanted = digest.strip().lower()
    if len(wanted) < SHORTEST or not set(wanted) <= set("0123456789abcdef"):
        raise HistoryError(f"„{digest}“ ist keine Kennung des Wissens. Sie steht in jeder Antwort unter „knowledge“.")
    here = digest_of(settings.knowledge, settings.intents)
    if here.startswith(wanted):
        return Revision("", "", here)
    root, folders = _within(settings)
    log = _git(root, "log", "--all", "--format=%H %cs", "--", *map(str, folders)).decode().split("\n")
    commits = [line.split(" ", 1) for line in log if line]
    known = _remembered(settings.cache)
    where = " ".join(map(str, folders))
    try:
        for number, (commit, day) in enumerate(commits):
            progress(number, len(commits))
            key = f"{commit} {where}"
            if key not in known:
                with TemporaryDirectory() as folder:
                    _extract(root, commit, folders, Path(folder))
                    known[key] = digest_of(Path(folder) / folders[0], Path(folder) / folders[1])
            if known[key].startswith(wanted):
                return Revision(commit, day, known[key])
    finally:
        _remember(settings.cache, known)
    raise HistoryError(
        f"Kein Stand des Wissens hat die Kennung „{digest}“; verglichen wurden {len(commits)} Stände. "
        "Fehlt einer, holen Sie ihn mit „git fetch --all“; was nie eingecheckt war, lässt sich nicht zeigen."
    )


def restore(revision: Revision, settings: Settings, target: Path) -> tuple[Path, Path]:
    """Writes that state below the target; its folders of knowledge and utterances.

    raises  HistoryError
    """
    if not revision.commit:
        return settings.knowledge, settings.intents
    root, folders = _within(settings)
    _extract(root, revision.commit, folders, target)
    return target / folders[0], target / folders[1]
