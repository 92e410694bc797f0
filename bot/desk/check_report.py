"""The problems of a check for other readers than a terminal: JSON, and what code hosts show beside the changed line."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from bot.content.problems import Problem

SEVERITY = {"error": "major", "warning": "minor"}
_ESCAPES = {"%": "%25", "\r": "%0D", "\n": "%0A"}


def path_in_repository(file: str, roots: Iterable[Path], here: Path) -> str:
    """The file of a spot as the code host names it: from the working folder on, where the file lies below it."""
    for root in roots:
        if file.startswith(f"{root.name}/"):
            path = root.resolve().parent / file
            return path.relative_to(here).as_posix() if path.is_relative_to(here) else path.as_posix()
    return file


def as_json(problems: Iterable[Problem]) -> str:
    """A list of objects; `column` is 0 where the line alone says enough."""
    rows = [
        {
            "file": p.spot.file,
            "line": p.spot.line,
            "column": p.spot.column,
            "level": p.level,
            "message": p.message,
            "suggestion": p.suggestion,
        }
        for p in problems
    ]
    return json.dumps(rows, ensure_ascii=False, indent=1)


def _escaped(text: str, more: str = "") -> str:
    for sign in ("%", "\r", "\n", *more):
        text = text.replace(sign, _ESCAPES.get(sign, f"%{ord(sign):02X}"))
    return text


def as_github(problems: Iterable[Problem], roots: Iterable[Path], here: Path) -> str:
    """Workflow commands of GitHub, Gitea and Forgejo Actions, one a line."""
    folders = tuple(roots)
    lines: list[str] = []
    for p in problems:
        place = f"file={_escaped(path_in_repository(p.spot.file, folders, here), ':,')},line={p.spot.line}"
        if p.spot.column:
            place += f",col={p.spot.column}"
        text = _escaped(f"{p.message} {p.suggestion}".rstrip())
        lines.append(f"::{p.level} {place},title=familienbot check::{text}")
    return "\n".join(lines)


def as_gitlab(problems: Iterable[Problem], roots: Iterable[Path], here: Path) -> str:
    """A code quality report of GitLab. The fingerprint does not know the line: an edit above makes no problem new."""
    folders = tuple(roots)
    seen: Counter[str] = Counter()
    rows = []
    for p in problems:
        path = path_in_repository(p.spot.file, folders, here)
        mark = f"{path}\n{p.message}"
        seen[mark] += 1
        rows.append(
            {
                "description": f"{p.message} {p.suggestion}".rstrip(),
                "check_name": "familienbot-check",
                "fingerprint": hashlib.sha256(f"{mark}\n{seen[mark]}".encode()).hexdigest(),
                "severity": SEVERITY[p.level],
                "location": {"path": path, "lines": {"begin": p.spot.line}},
            }
        )
    return json.dumps(rows, ensure_ascii=False, indent=1)
