"""The arrows between the modules hold, and importing loads nothing."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def test_the_arrows_hold() -> None:
    """What `lint-imports` says of the contracts in pyproject.toml."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    assert f"Contracts: {len(contracts)} kept, 0 broken." in done.stdout


@pytest.mark.parametrize(
    ("module", "absent"),
    [
        ("bot.model", ["yaml", "spacy", "fastapi", "pydantic", "numpy"]),
        ("bot.settings", ["yaml", "spacy", "fastapi", "pydantic", "numpy"]),
        ("bot.content.checks", ["spacy", "fastapi", "numpy", "sklearn"]),
        ("bot.pipeline", ["fastapi", "sklearn", "scipy"]),
        ("bot.__main__", ["spacy", "fastapi", "sklearn", "yaml"]),
        ("bot.web.app", ["sklearn", "scipy", "sqlalchemy", "alembic", "psycopg", "faker"]),
    ],
)
def test_importing_loads_no_more_than_is_needed(module: str, absent: list[str]) -> None:
    code = f"import sys, {module}; print([m for m in {absent} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "[]"
