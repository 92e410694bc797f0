"""The command line `familienbot`: arguments, exit codes, and the only `print`."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Auskunft für Familien: kuratierte Antworten auf Fragen in eigenen Worten.")


@app.command()
def check(
    only: Annotated[str | None, typer.Option(help="Nur dieses Thema prüfen.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Ausgabe als JSON.")] = False,
) -> None:
    """Alle Fehler in knowledge/ und intents/ mit Datei und Zeile. Ende mit 1, wenn etwas zu beheben ist."""
    from bot.content.checks import check as check_content
    from bot.content.loading import load

    problems = check_content(load(Path("knowledge"), Path("intents")), datetime.now(UTC).date(), only)
    if as_json:
        print(json.dumps([asdict(p) for p in problems], ensure_ascii=False, indent=1))
    else:
        for problem in problems:
            print(problem)
        errors = sum(p.level == "error" for p in problems)
        print(f"{errors} Fehler, {len(problems) - errors} Hinweise.")
    raise typer.Exit(1 if any(p.level == "error" for p in problems) else 0)


@app.command()
def version() -> None:
    """Die Version."""
    from bot import __version__

    print(__version__)


def main() -> None:
    """Entry point of the command."""
    app()


if __name__ == "__main__":
    main()
