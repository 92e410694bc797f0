"""Which files of a folder are read, and a cheap mark by which a change of any of them is seen."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path


def _walk(folder: Path) -> Iterator[tuple[str, list[str], list[str]]]:
    """Each folder once, with the names of the folders and of the files in it.

    Links to folders are followed: a mounted ConfigMap consists of them, and what they lead to stands beside them in a
    folder that begins with two dots. What begins with a dot is not read: locks and drafts of editing programs do, too.
    """
    seen: set[str] = set()
    for root, folders, names in os.walk(folder, followlinks=True):
        real = os.path.realpath(root)
        if real in seen:  # a link that leads back, or a second one to the same folder
            folders.clear()
            continue
        seen.add(real)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield root, folders, [name for name in names if not name.startswith(".")]


def files_below(folder: Path, suffixes: tuple[str, ...] = (".yaml",)) -> list[Path]:
    """All that ends so, sorted; a folder that does, too: somebody takes it for a file."""
    return sorted(
        Path(root, name)
        for root, folders, names in _walk(folder)
        for name in (*folders, *names)
        if name.lower().endswith(suffixes)
    )


def mark_of(folders: Iterable[Path], files: Iterable[Path] = ()) -> str:
    """A mark that another one replaces as soon as a file changes, comes, goes or is swapped. Nothing is opened.

    Compared are names, where links lead, sizes and times: events of the system would say nothing of a link above the
    folder that is swapped, nor of a network drive.
    """
    sha = hashlib.sha256()
    for folder in folders:
        sha.update(f"{os.path.realpath(folder)}\n".encode(errors="surrogateescape"))
        for path in files_below(folder):
            sha.update(_line(path))
    for path in files:
        sha.update(_line(path))
    return sha.hexdigest()[:16]


def _line(path: Path) -> bytes:
    try:
        found = path.stat()
    except OSError as error:
        return f"{path} {error.errno}\n".encode(errors="surrogateescape")
    times = f"{found.st_size} {found.st_mtime_ns} {found.st_ctime_ns}"
    return f"{path} {os.path.realpath(path) if path.is_symlink() else ''} {times} {found.st_mode}\n".encode(
        errors="surrogateescape"
    )
