"""The command line `familienbot`: arguments, exit codes, and the only `print`."""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from bot import __version__
from bot.settings import Settings, SettingsError, load_settings

if TYPE_CHECKING:
    from bot.content.loading import Loaded
    from bot.content.problems import Problem
    from bot.model import Answer, Conversation
    from bot.pipeline import Bot

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Auskunft für Familien: kuratierte Antworten auf Fragen in eigenen Worten.",
)
console = Console(highlight=False)
errors = Console(stderr=True, highlight=False)

AsJson = Annotated[bool, typer.Option("--json", help="Ausgabe als JSON, für Programme.")]

NOTHING_TO_SERVE = 2
"""Exit code when neither knowledge nor settings can be used."""


def _settings() -> Settings:
    try:
        return load_settings()
    except SettingsError as error:
        errors.print(str(error), soft_wrap=True, markup=False)
        raise typer.Exit(NOTHING_TO_SERVE) from error


def _bot(settings: Settings) -> Bot:
    """The bot, with a progress line while its model is built for the first time."""
    from bot.compiling import NothingToServeError, load_bot

    bar = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
        console=errors,
        transient=True,
    )
    with bar:
        task = bar.add_task("Modell laden", total=None)
        try:
            return load_bot(settings, lambda step: bar.update(task, description=step))
        except NothingToServeError as error:
            errors.print(f"Das Wissen lässt sich nicht lesen: {error}", soft_wrap=True, markup=False)
            raise typer.Exit(NOTHING_TO_SERVE) from error


def _now(settings: Settings, bot: Bot) -> datetime:
    return settings.now or datetime.now(ZoneInfo(bot.content.city.timezone))


def _show(answer: Answer) -> None:
    for block in answer.blocks:
        mark = {"contact": "☎ ", "notice": "❗ "}.get(block.type, "")
        console.print(f"{mark}{block.text}\n")
    for link in answer.links:
        console.print(f"→ {link.label}: {link.url}")
    if answer.sources:
        console.print("Quellen: " + "; ".join(s.label for s in answer.sources), style="dim")
    if answer.suggestions:
        console.print("Weiter: " + " · ".join(s.label for s in answer.suggestions), style="cyan")


def _one(message: str, bot: Bot, settings: Settings, said: Conversation | None = None) -> Answer:
    from bot.model import Conversation, Question
    from bot.pipeline import reply

    return reply(Question(message, _now(settings, bot), conversation=said or Conversation()), bot)


@app.command()
def serve(
    port: Annotated[int | None, typer.Option(help="Port, sonst FAMILIENBOT_PORT oder 8000.")] = None,
    host: Annotated[str | None, typer.Option(help="Adresse, sonst FAMILIENBOT_HOST oder 127.0.0.1.")] = None,
) -> None:
    """Den Dienst starten. Beim ersten Mal wird das Modell gebaut, das dauert unter einer Minute."""
    from bot.web.app import serve as serve_http

    settings = _settings()
    settings = replace(settings, port=settings.port if port is None else port, host=host or settings.host)
    _bot(settings)  # with its progress line, and so that several workers find the stored model
    errors.print(f"Familienbot {__version__}: http://{settings.host}:{settings.port}")
    serve_http(settings)


@app.command()
def ask(
    message: Annotated[str | None, typer.Argument(help="Die Frage. Ohne sie beginnt ein Gespräch.")] = None,
    as_json: AsJson = False,
) -> None:
    """Eine Frage stellen, oder ohne Frage ein Gespräch führen (leere Zeile beendet es)."""
    settings = _settings()
    bot = _bot(settings)
    if message is not None:
        answer = _one(message, bot, settings)
        if as_json:
            print(json.dumps(_wire(answer, bot, settings), ensure_ascii=False, indent=1))
        else:
            _show(answer)
        return
    said = None
    while True:
        try:
            typed = console.input("[bold]Sie:[/bold] ").strip()
        except (EOFError, KeyboardInterrupt):
            break
        if not typed:
            break
        answer = _one(typed, bot, settings, said)
        said = answer.conversation
        _show(answer)


def _wire(answer: Answer, bot: Bot, settings: Settings) -> dict[str, Any]:
    from bot.replying.conversation import sign
    from bot.web.routes import to_wire

    state = sign(answer.conversation, settings.secrets, _now(settings, bot))
    return dict(to_wire(answer, bot.content, state))


@app.command()
def explain(
    message: Annotated[str, typer.Argument(help="Die Frage.")],
    as_json: AsJson = False,
) -> None:
    """Zeigen, wie eine Frage gelesen wurde, welche Themen in Frage kamen und warum eines gewann."""
    from bot.desk.explain import describe, explanation

    settings = _settings()
    bot = _bot(settings)
    found = explanation(message, bot, _now(settings, bot))
    if as_json:
        print(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        describe(found, console)


class CheckFormat(StrEnum):
    """How the problems are shown."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"
    GITLAB = "gitlab"


@app.command()
def check(
    only: Annotated[str | None, typer.Option(help="Nur dieses Thema prüfen.")] = None,
    as_json: AsJson = False,
    form: Annotated[
        CheckFormat,
        typer.Option("--format", help="github und gitlab zeigen die Fehler neben der geänderten Zeile."),
    ] = CheckFormat.TEXT,
    strict: Annotated[bool, typer.Option("--strict", help="Auch Hinweise gelten als Fehler.")] = False,
    links: Annotated[bool, typer.Option("--links", help="Auch nachsehen, ob jede verlinkte Seite antwortet.")] = False,
    deep: Annotated[
        bool, typer.Option("--deep", help="Auch mit dem Modell: welche Beispielfragen besser zu anderen Themen passen.")
    ] = False,
) -> None:
    """Alle Fehler in knowledge/ und intents/ mit Datei und Zeile. Ende mit 1, wenn etwas zu beheben ist.

    Ende mit 0: kein Fehler, höchstens Hinweise. 1: Fehler, mit --strict auch Hinweise. 2: falscher Aufruf oder
    falsche Einstellung.
    """
    from bot.content.checks import check as check_content
    from bot.content.loading import load

    settings = _settings()
    gc.disable()  # a fifth of the time, and the process ends at once
    today = (settings.now or datetime.now(ZoneInfo("Europe/Berlin"))).date()
    loaded = load(settings.knowledge, settings.intents)
    problems = check_content(loaded, today, only)
    if links:
        problems = tuple(sorted({*problems, *_dead_links(loaded, only)}))
    gc.enable()
    if deep and loaded.content is not None:
        problems = tuple(sorted({*problems, *_overlaps(loaded, settings, only)}))
    failures = [p for p in problems if strict or p.level == "error"]
    _show_problems(problems, CheckFormat.JSON if as_json else form, settings)
    raise typer.Exit(1 if failures else 0)


def _show_problems(problems: tuple[Problem, ...], form: CheckFormat, settings: Settings) -> None:
    from bot.desk.check_report import as_github, as_gitlab
    from bot.desk.check_report import as_json as problems_as_json

    roots = (settings.knowledge, settings.intents)
    if form is CheckFormat.JSON:
        print(problems_as_json(problems))
    elif form is CheckFormat.GITLAB:
        print(as_gitlab(problems, roots, Path.cwd()))
    else:
        for line in as_github(problems, roots, Path.cwd()).splitlines() if form is CheckFormat.GITHUB else ():
            print(line)
        for problem in problems if form is CheckFormat.TEXT else ():
            console.print(str(problem), soft_wrap=True, markup=False)
        failures = sum(p.level == "error" for p in problems)
        console.print(f"{failures} Fehler, {len(problems) - failures} Hinweise.")


@contextmanager
def _counted(task: str, total: int) -> Iterator[Callable[[], None]]:
    """A progress bar on the error stream, and what moves it on."""
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total}"))
    with Progress(*columns, TimeElapsedColumn(), console=errors, transient=True) as bar:
        one = bar.add_task(task, total=total)
        yield lambda: bar.advance(one)


def _dead_links(loaded: Loaded, only: str | None) -> list[Problem]:
    from bot.content.checks import concerns
    from bot.content.quality import addresses
    from bot.desk.links import dead_links

    asked = {url: spot for url, spot in addresses(loaded).items() if only is None or concerns(spot, only)}
    with _counted("Links", len(asked)) as step:
        return list(dead_links(asked, step))


def _overlaps(loaded: Loaded, settings: Settings, only: str | None) -> list[Problem]:
    from bot.compiling import labelled_utterances
    from bot.content.checks import concerns
    from bot.desk.overlap import overlaps

    bot = _bot(settings)
    with _counted("Beispielfragen", len(labelled_utterances(bot.content))) as step:
        return [p for p in overlaps(loaded, bot, step) if only is None or concerns(p.spot, only)]


@app.command(name="import")
def import_records(
    target: Annotated[str, typer.Argument(metavar="places|offers", help="Was in der Datei steht.")],
    file: Annotated[Path, typer.Argument(help="CSV oder GeoJSON.")],
    mapping: Annotated[Path, typer.Option("--map", help="Zuordnung der Spalten, eine YAML-Datei.")],
    write: Annotated[bool, typer.Option("--write", help="Die Änderungen auch schreiben.")] = False,
    as_json: AsJson = False,
) -> None:
    """Stellen oder Angebote aus einer Tabelle übernehmen. Ohne --write zeigt es nur, was sich ändern würde.

    Ende mit 0, wenn nichts zu tun ist oder geschrieben wurde, mit 1 bei Unterschieden, mit 2 bei Fehlern.
    """
    from bot.desk.importing import MODELS, as_data, describe, plan_import, reformatted, write_import

    if target not in MODELS:
        errors.print(f"„{target}“ lässt sich nicht übernehmen. Möglich: {', '.join(MODELS)}.", markup=False)
        raise typer.Exit(2)
    settings = _settings()
    today = (settings.now or datetime.now(ZoneInfo("Europe/Berlin"))).date()
    plan = plan_import(target, file, mapping, settings.knowledge, today)
    again = () if plan.problems else reformatted(plan)
    written: tuple[Path, ...] = ()
    if write and not plan.problems:
        try:
            written = write_import(plan)
        except OSError as error:
            errors.print(f"Das Schreiben ist misslungen: {error.strerror or error}", soft_wrap=True, markup=False)
            raise typer.Exit(2) from error
    if as_json:
        print(json.dumps(as_data(plan, written), ensure_ascii=False, indent=1))
    else:
        describe(plan, console)
        for path in again:
            console.print(f"Hinweis: {path.name} wird dabei einheitlich eingerückt und umbrochen.", markup=False)
        if written:
            console.print("Geschrieben. Prüfen Sie mit „familienbot check“.")
        elif plan.changes:
            console.print("Noch nichts geschrieben: Dafür --write anhängen.", markup=False)
    raise typer.Exit(2 if plan.problems else 1 if plan.changes and not written else 0)


@app.command(name="eval")
def evaluate(
    half: Annotated[str, typer.Option(help="Welche Hälfte gemessen wird: report, fit oder all.")] = "report",
    show: Annotated[int, typer.Option(help="So viele falsche Antworten einzeln zeigen.")] = 0,
    baselines: Annotated[bool, typer.Option(help="Auch die Vergleichsverfahren messen.")] = True,
    out: Annotated[Path, typer.Option(help="Ordner des Berichts.")] = Path("docs/evaluation"),
) -> None:
    """Messen, wie gut der Bot auf fremde Fragen antwortet; schreibt den Bericht mit Bildern."""
    from bot.desk.report import run_evaluation

    run_evaluation(_settings(), half=half, show=show, baselines=baselines, out=out)


@app.command()
def bench(
    compile_too: Annotated[bool, typer.Option("--compile", help="Auch das Bauen des Modells messen.")] = False,
) -> None:
    """Geschwindigkeit und Speicher messen, im Verhältnis zu den Vergleichsverfahren."""
    from bot.desk.bench import run_bench

    run_bench(_settings(), compiling=compile_too)


@app.command()
def calibrate() -> None:
    """Die Zuversicht neu an der Anpassungshälfte der Bewertung ausrichten; schreibt bot/matching/calibration.json."""
    from bot.desk.calibration import fit_calibration, write_calibration

    settings = _settings()
    calibration = fit_calibration(_bot(settings), Path("tests/evaluation"))
    write_calibration(calibration, Path(__file__).parent / "matching" / "calibration.json")
    console.print(str(calibration))


@app.command()
def schema(out: Annotated[Path, typer.Option(help="Zielordner.")] = Path("docs/schema")) -> None:
    """Für jede Art von YAML-Datei ein JSON-Schema schreiben: Editoren ergänzen und unterstreichen damit."""
    from bot.content.loading import SCHEMAS

    out.mkdir(parents=True, exist_ok=True)
    for name, model in SCHEMAS.items():
        text = json.dumps(model.model_json_schema(by_alias=True), ensure_ascii=False, indent=1)
        (out / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    console.print(f"{len(SCHEMAS)} Schemas in {out}.")


@app.command()
def coverage(out: Annotated[Path, typer.Option(help="Zieldatei.")] = Path("docs/coverage.html")) -> None:
    """Zeigen, was unser Wissen abdeckt, wie alt es ist, und was fehlt und wen man dazu fragt; schreibt eine Seite."""
    from bot.content.loading import load
    from bot.desk.coverage import coverage as cover
    from bot.desk.coverage import page

    settings = _settings()
    content = load(settings.knowledge, settings.intents).content
    if content is None:
        errors.print("Das Wissen lässt sich nicht lesen. „familienbot check“ sagt, warum.", markup=False)
        raise typer.Exit(NOTHING_TO_SERVE)
    today = (settings.now or datetime.now(ZoneInfo(content.city.timezone))).date()
    found = cover(content, today)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(page(found, content), encoding="utf-8")
    console.print(f"{len(found.rows)} Themen und {len(found.gaps)} offene Angaben in {out}.")


@app.command()
def version() -> None:
    """Die Version."""
    print(__version__)


def main() -> None:
    """Entry point of the command."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8")
    app()


if __name__ == "__main__":
    main()
