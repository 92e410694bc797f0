"""The command line `familienbot`: arguments, exit codes, and the only `print`."""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from difflib import get_close_matches
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
    from bot.desk.importing import Plan
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


@contextmanager
def _progress(first: str) -> Iterator[Callable[[str], None]]:
    """A progress line on stderr; what it yields is told the name of each step."""
    bar = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
        console=errors,
        transient=True,
    )
    with bar:
        task = bar.add_task(first, total=None)
        yield lambda step: bar.update(task, description=step)


def _bot(settings: Settings) -> Bot:
    """The bot, with a progress line while its model is built for the first time."""
    from bot.compiling import NothingToServeError, load_bot

    try:
        with _progress("Modell laden") as step:
            return load_bot(settings, step)
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
    with suppress(typer.Exit):  # without knowledge the last resort answers
        _bot(settings)  # with its progress line, and so that several workers find the stored model
    errors.print(f"Familienbot {__version__}: http://{settings.host}:{settings.port}")
    serve_http(settings)


@app.command()
def desk(
    port: Annotated[int, typer.Option(help="Port auf diesem Rechner.")] = 8010,
    open_browser: Annotated[bool, typer.Option("--open", help="Die Seite gleich im Browser öffnen.")] = False,
) -> None:
    """Den Schreibtisch der Redaktion auf diesem Rechner öffnen: Vorschau, Prüfliste, Erklärungen, Landkarte, Fälliges.

    Nur dieser Rechner erreicht ihn. Er zeigt die Dateien, wie sie gerade sind, und ändert nichts.
    """
    from bot.web.app import serve_desk

    settings = replace(_settings(), port=port, workers=1)
    _bot(settings)  # with its progress line
    address = f"http://127.0.0.1:{port}/redaktion"
    errors.print(f"Schreibtisch der Redaktion: {address}")
    if open_browser:
        typer.launch(address)
    serve_desk(settings)


@app.command(name="desk-password")
def desk_password() -> None:
    """Ein Kennwort für /redaktion in einen Hash umrechnen, den FAMILIENBOT_DESK_PASSWORD_HASH braucht."""
    from bot.web.desk_access import MIN_PASSWORD_CHARS, hash_password

    password = typer.prompt("Kennwort", hide_input=True, confirmation_prompt="Noch einmal", err=True)
    if len(password) < MIN_PASSWORD_CHARS:
        errors.print(f"Bitte mindestens {MIN_PASSWORD_CHARS} Zeichen.")
        raise typer.Exit(2)
    print(f"FAMILIENBOT_DESK_PASSWORD_HASH={hash_password(password)}")


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
def at(
    digest: Annotated[str, typer.Argument(metavar="KENNUNG", help="Wie sie in der Antwort unter „knowledge“ steht.")],
    message: Annotated[str, typer.Argument(help="Die Frage.")],
    as_json: AsJson = False,
) -> None:
    """Zeigen, was der Bot mit einem früheren Stand des Wissens geantwortet hat; er wird in git gesucht."""
    from tempfile import TemporaryDirectory

    from bot.desk.history import HistoryError, find_revision, restore

    settings = _settings()
    with TemporaryDirectory() as folder:
        try:
            with Progress(TextColumn("Stände vergleichen"), BarColumn(), console=errors, transient=True) as bar:
                task = bar.add_task("", total=None)
                found = find_revision(
                    digest, settings, lambda done, total: bar.update(task, completed=done, total=total)
                )
            knowledge, intents = restore(found, settings, Path(folder))
        except HistoryError as error:
            errors.print(str(error), soft_wrap=True, markup=False)
            raise typer.Exit(2) from error
        settings = replace(settings, knowledge=knowledge, intents=intents)
        bot = _bot(settings)
    answer = _one(message, bot, settings)
    if as_json:
        print(json.dumps(_wire(answer, bot, settings), ensure_ascii=False, indent=1))
        return
    state = f"{found.commit[:10]} vom {found.day}" if found.commit else "die Dateien, wie sie jetzt sind"
    console.print(f"Wissen {found.digest}: {state}\n", style="dim", markup=False)
    _show(answer)


@app.command()
def explain(
    message: Annotated[str, typer.Argument(help="Die Frage.")],
    as_json: AsJson = False,
) -> None:
    """Zeigen, wie eine Frage gelesen wurde, welche Themen in Frage kamen und warum eines gewann."""
    from bot.content.loading import load
    from bot.desk.explain import explanation
    from bot.desk.explain_report import describe

    settings = _settings()
    bot = _bot(settings)
    cases = load(settings.knowledge, settings.intents).cases
    found = explanation(message, bot, _now(settings, bot), cases)
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
def diff(
    revision: Annotated[str, typer.Argument(metavar="[REV]", help="Fassung in git, mit der verglichen wird.")] = "HEAD",
    html: Annotated[Path | None, typer.Option(help="Alle Unterschiede auch als Seite in diese Datei.")] = None,
    as_json: AsJson = False,
) -> None:
    """Zeigen, was eine Änderung bewirkt: alle gespeicherten Fragen vorher und nachher beantwortet.

    Verglichen wird das Wissen, wie es jetzt in den Dateien steht, mit der letzten Fassung in git oder mit REV. Ende mit
    0, wenn keine richtige Antwort verloren geht, mit 1, wenn eine Frage richtig war und jetzt falsch beantwortet wird,
    mit 2, wenn sich nichts vergleichen lässt.
    """
    from bot.desk.impact import ImpactError, as_data, preview
    from bot.desk.impact_report import describe, to_html

    settings = _settings()
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"), TimeElapsedColumn(),
        console=errors, transient=True,
    )  # fmt: skip
    try:
        with bar:
            task = bar.add_task("Wissen lesen", total=None)

            def show(step: str, done: int, of: int) -> None:
                bar.update(task, description=step, completed=done, total=of or None)

            found = preview(settings, revision, show)
    except ImpactError as error:
        errors.print(str(error), soft_wrap=True, markup=False)
        raise typer.Exit(2) from error
    if html is not None:
        html.parent.mkdir(parents=True, exist_ok=True)
        html.write_text(to_html(found.impact, found.titles, found.city), encoding="utf-8")
    if as_json:
        print(json.dumps(as_data(found.impact), ensure_ascii=False, indent=1))
    else:
        describe(found.impact, found.titles, console)
        if html is not None:
            console.print(f"Alle Unterschiede stehen in {html}.", markup=False, soft_wrap=True)
    raise typer.Exit(1 if found.impact.worse else 0)


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
        for problem in sorted(problems, key=lambda p: p.level == "error") if form is CheckFormat.TEXT else ():
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
    from bot.desk.importing import MODELS, plan_import

    if target not in MODELS:
        errors.print(f"„{target}“ lässt sich nicht übernehmen. Möglich: {', '.join(MODELS)}.", markup=False)
        raise typer.Exit(2)
    settings = _settings()
    today = (settings.now or datetime.now(ZoneInfo("Europe/Berlin"))).date()
    plan = plan_import(target, file, mapping, settings.knowledge, today)
    raise typer.Exit(_carry_out(plan, write=write, as_json=as_json))


def _carry_out(plan: Plan, *, write: bool, as_json: bool) -> int:
    """Shows what a plan would change, writes it when told, and gives the exit code."""
    from bot.desk.importing import as_data, describe, reformatted, write_import

    again = () if plan.problems else reformatted(plan)
    written: tuple[Path, ...] = ()
    if write and not plan.problems:
        try:
            written = write_import(plan)
        except OSError as error:
            errors.print(f"Das Schreiben ist misslungen: {error.strerror or error}", soft_wrap=True, markup=False)
            return 2
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
    return 2 if plan.problems else 1 if plan.changes and not written else 0


@app.command()
def facts(
    word: Annotated[str | None, typer.Argument(metavar="[WORT]", help="Nur Tatsachen mit diesem Wort.")] = None,
    due: Annotated[bool, typer.Option("--due", help="Nur was bald endet oder zu prüfen ist, nach Tagen.")] = False,
    days: Annotated[int, typer.Option(help="Wie viele Tage „bald“ sind.")] = 90,
    out: Annotated[
        Path | None,
        typer.Option(
            "--csv", "--xlsx", help="Die Tatsachen als Tabelle zum Ändern schreiben: name.csv oder name.xlsx."
        ),
    ] = None,
    ics: Annotated[Path | None, typer.Option(help="Alle Prüf- und Endtage als Kalender schreiben: name.ics.")] = None,
    take: Annotated[Path | None, typer.Option(help="Eine geänderte Tabelle übernehmen.")] = None,
    write: Annotated[bool, typer.Option("--write", help="Mit --take: die Änderungen auch schreiben.")] = False,
    as_json: AsJson = False,
) -> None:
    """Alle Tatsachen zeigen, was wann endet, und neue Werte aus einer geänderten Tabelle übernehmen.

    Mit --take: Ende mit 0, wenn nichts zu tun ist oder geschrieben wurde, mit 1 bei Unterschieden, mit 2 bei Fehlern.
    """
    from bot.content.loading import load
    from bot.content.rendering import fact_value
    from bot.desk.due import FACT, as_data, describe
    from bot.desk.due import due as ending
    from bot.desk.facts import plan_facts, write_facts
    from bot.desk.review_calendar import review_calendar

    if out is not None and out.suffix.lower() not in (".csv", ".xlsx"):
        errors.print(f"„{out}“ endet nicht auf .csv oder .xlsx: Daran erkennt der Befehl die Form.", markup=False)
        raise typer.Exit(2)
    settings = _settings()
    loaded = load(settings.knowledge, settings.intents)
    content = loaded.content
    if content is None:
        errors.print("Das Wissen lässt sich nicht lesen. „familienbot check“ sagt, warum.", markup=False)
        raise typer.Exit(NOTHING_TO_SERVE)
    now = settings.now or datetime.now(ZoneInfo(content.city.timezone))
    today = now.astimezone(ZoneInfo(content.city.timezone)).date()
    if take is not None:
        raise typer.Exit(_carry_out(plan_facts(take, settings.knowledge, today), write=write, as_json=as_json))
    items = ending(content, loaded.spots, today, days if due else None)
    ends = {item.id for item in items if item.sort == FACT}
    chosen = [fact for fact in content.facts.values() if not due or fact.id in ends]
    if word:
        chosen = [fact for fact in chosen if word.lower() in f"{fact.id} {fact.text}".lower()]
        items = tuple(item for item in items if word.lower() in f"{item.id} {item.words}".lower())
    try:
        if ics is not None:
            ics.write_bytes(review_calendar(items, now, content.city.name))
            console.print(f"{len({item.day for item in items})} Tage in {ics}.", markup=False)
        if out is not None:
            write_facts(out, chosen, content, loaded.spots)
            console.print(f"{len(chosen)} Tatsachen in {out}.", markup=False)
    except OSError as error:
        errors.print(f"Das Schreiben ist misslungen: {error.strerror or error}", soft_wrap=True, markup=False)
        raise typer.Exit(2) from error
    if ics is not None or out is not None:
        return
    if due and as_json:
        print(json.dumps(as_data(items), ensure_ascii=False, indent=1))
    elif as_json:
        print(json.dumps([f.model_dump(mode="json") for f in chosen], ensure_ascii=False, indent=1))
    elif due:
        describe(items, today, console)
    else:
        for fact in chosen:
            value = f": {fact_value(fact, bare=False)}" if fact.value else ""
            until = f" (bis {fact.valid_until:%d.%m.%Y})" if fact.valid_until else ""
            console.print(f"{fact.id}  {fact.text}{value}{until}", soft_wrap=True, markup=False)
        console.print(f"{len(chosen)} {'Tatsache' if len(chosen) == 1 else 'Tatsachen'}.")


@app.command()
def new(
    sort: Annotated[str, typer.Argument(metavar="topic|place|offer|fact", help="Was angelegt wird.")],
    name: Annotated[str, typer.Argument(metavar="NAME", help="Etwa kita-fest, oder mit Ebene: herne.kita-fest.")],
    group: Annotated[str | None, typer.Option(help="Bei einem neuen Thema: seine Gruppe in topics.yaml.")] = None,
) -> None:
    """Ein neues Thema, eine Stelle, ein Angebot oder eine Tatsache anlegen: eine Datei mit Hinweisen zum Ausfüllen."""
    from bot.content.loading import load
    from bot.desk.drafts import DraftError, draft
    from bot.desk.importing import write_all

    settings = _settings()
    content = load(settings.knowledge, settings.intents).content
    if content is None:
        errors.print("Das Wissen lässt sich nicht lesen. „familienbot check“ sagt, warum.", markup=False)
        raise typer.Exit(NOTHING_TO_SERVE)
    today = (settings.now or datetime.now(ZoneInfo(content.city.timezone))).date()
    try:
        made = draft(sort, name, content, settings.knowledge, settings.intents, today, group)
        write_all({**made.files, **made.changed})
    except DraftError as error:
        errors.print(str(error), soft_wrap=True, markup=False)
        raise typer.Exit(2) from error
    except OSError as error:
        errors.print(f"Das Schreiben ist misslungen: {error.strerror or error}", soft_wrap=True, markup=False)
        raise typer.Exit(2) from error
    for file in (*made.files, *made.changed):
        console.print(f"Geschrieben: {file}", soft_wrap=True, markup=False)
    for number, step in enumerate(made.steps, start=1):
        console.print(f"{number}. {step}", soft_wrap=True, markup=False)


@app.command(name="eval")
def evaluate(
    half: Annotated[str, typer.Option(help="Welche Hälfte gemessen wird: report, fit oder all.")] = "report",
    show: Annotated[int, typer.Option(help="So viele falsche Antworten einzeln zeigen.")] = 0,
    baselines: Annotated[bool, typer.Option(help="Auch die Vergleichsverfahren messen.")] = True,
    out: Annotated[Path, typer.Option(help="Ordner des Berichts.")] = Path("docs/evaluation"),
    ablation: Annotated[
        bool, typer.Option("--ablation", help="Auch messen, was jeder Teil beiträgt (etwa zehn Minuten mehr).")
    ] = False,
    check_only: Annotated[
        bool, typer.Option("--check", help="Nur mit dem gespeicherten Bericht vergleichen und nichts schreiben.")
    ] = False,
) -> None:
    """Messen, wie gut der Bot auf fremde Fragen antwortet; schreibt den Bericht mit Bildern.

    Mit --check: Ende mit 1, wenn eine Zahl um mehr als ihr Rauschen schlechter ist als die gespeicherte.
    """
    from bot.desk.report import run_check, run_evaluation

    if not check_only:
        run_evaluation(_settings(), half=half, show=show, baselines=baselines, out=out, ablation=ablation)
        return
    try:
        passed = run_check(_settings(), out, console)
    except FileNotFoundError as error:
        errors.print(f"In {out} sind keine Zahlen gespeichert: Dafür „familienbot eval“.", markup=False)
        raise typer.Exit(NOTHING_TO_SERVE) from error
    raise typer.Exit(0 if passed else 1)


@app.command()
def gaps(
    topic: Annotated[str | None, typer.Option(help="Nur dieses Thema, dafür alles.")] = None,
    as_json: AsJson = False,
) -> None:
    """Zeigen, wo Beispielfragen fehlen: Verwechslungen, unbekannte Wörter, Seiten ohne Frage, übersehene Notlagen."""
    from bot.desk.gaps import as_data, describe, find_gaps, of_topic

    bot = _bot(_settings())
    if topic is not None and topic not in bot.content.intents:
        near = get_close_matches(topic, bot.content.intents, n=1)
        hint = f" Meinten Sie „{near[0]}“?" if near else ""
        errors.print(f"Zum Thema „{topic}“ gibt es keine Beispielfragen.{hint}", markup=False)
        raise typer.Exit(2)
    with _progress("Beispielfragen lesen") as step:
        found = find_gaps(bot, step)
    found = found if topic is None else of_topic(found, topic)
    if as_json:
        print(json.dumps(as_data(found), ensure_ascii=False, indent=1))
    else:
        describe(found, bot, console, topic)


@app.command()
def utterances(
    jsonl: Annotated[bool, typer.Option("--jsonl", help="Je Zeile ein JSON-Objekt mit q und topic.")] = False,
) -> None:
    """Alle Beispielfragen ausgeben, aus denen der Bot lernt, nach Thema und Alphabet. Fremdes heißt „ausserhalb“."""
    from bot.compiling import NothingToServeError, load_content
    from bot.desk.utterances import to_lines, training_rows

    try:
        rows = training_rows(load_content(_settings()))
    except NothingToServeError as error:
        errors.print(f"Das Wissen lässt sich nicht lesen: {error}", soft_wrap=True, markup=False)
        raise typer.Exit(NOTHING_TO_SERVE) from error
    for line in to_lines(rows) if jsonl else (f"{label}\t{text}" for text, label, _ in rows):
        print(line)


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
    calibration = fit_calibration(_bot(settings), Path("tests/evaluation"), Path("tests/tuning"))
    write_calibration(calibration, Path(__file__).parent / "matching" / "calibration.json")
    console.print(str(calibration))


@app.command()
def schema(
    out: Annotated[Path, typer.Option(help="Zielordner.")] = Path("docs/schema"),
    modelines: Annotated[
        bool, typer.Option("--modelines", help="Auch in jede YAML-Datei die erste Zeile schreiben, die es nennt.")
    ] = False,
) -> None:
    """Für jede Art von YAML-Datei ein JSON-Schema schreiben: Editoren ergänzen und unterstreichen damit."""
    from bot.content.loading import load
    from bot.content.schemas import schemas, without_modeline

    settings = _settings()
    found = schemas(load(settings.knowledge, settings.intents).content)
    out.mkdir(parents=True, exist_ok=True)
    for name, data in found.items():
        text = json.dumps(data, ensure_ascii=False, indent=1)
        (out / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    console.print(f"{len(found)} Schemas in {out}.")
    if modelines:
        changed = list(without_modeline(settings.knowledge, settings.intents, out.absolute()))
        for file, text in changed:
            file.write_bytes(text.encode())
        console.print(f"{len(changed)} Dateien nennen jetzt ihr Schema.")


@app.command()
def cms(
    backend: Annotated[
        str, typer.Option(help="Wie Decap an die Dateien kommt: git-gateway, gitlab, github …")
    ] = "git-gateway",
    repo: Annotated[str, typer.Option(help="Name des Repositorys beim Anbieter, etwa stadt/familienbot.")] = "",
    branch: Annotated[str, typer.Option(help="Zweig, aus dem veröffentlicht wird.")] = "main",
) -> None:
    """Eine Konfiguration für das Redaktionssystem Decap CMS ausgeben: familienbot cms > admin/config.yml.

    Sie nennt jede Datei einzeln; nach einem neuen Thema ist sie neu zu erzeugen.
    """
    from bot.content.editing import dump
    from bot.content.loading import load
    from bot.desk.cms import BACKENDS, configuration

    if backend not in BACKENDS:
        errors.print(f"„{backend}“ kennt Decap nicht. Möglich: {', '.join(BACKENDS)}.", markup=False)
        raise typer.Exit(2)
    if backend != "git-gateway" and not repo:
        errors.print(f"Für {backend} fehlt --repo, etwa stadt/familienbot.", markup=False)
        raise typer.Exit(2)
    settings = _settings()
    content = load(settings.knowledge, settings.intents).content
    if content is None:
        errors.print("Das Wissen lässt sich nicht lesen. „familienbot check“ sagt, warum.", markup=False)
        raise typer.Exit(NOTHING_TO_SERVE)
    host = {"name": backend, "branch": branch, **({"repo": repo} if repo else {})}
    found = configuration(content, settings.knowledge, settings.intents, settings.knowledge.resolve().parent, host)
    print("# Erzeugt von „familienbot cms“ aus den Modellen des Wissens; nicht von Hand ändern.")
    print("# Decap schreibt eine Datei neu: Kommentare darin gehen verloren.")
    print(dump(found), end="")


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
def digest(
    days: Annotated[int, typer.Option(min=1, max=731, help="So viele Tage zurück, heute eingeschlossen.")] = 30,
    as_json: AsJson = False,
    delete_all: Annotated[bool, typer.Option("--delete-all", help="Alles Gezählte sofort löschen.")] = False,
) -> None:
    """Zeigen, was gefragt wurde, was half und was der Bot nicht wusste. Ohne Fragen im Wortlaut und ohne Personen."""
    from bot.desk.digest import describe
    from bot.storage.digest import StorageError, delete_counts
    from bot.storage.digest import digest as read

    settings = _settings()
    if not settings.database_url:
        errors.print("Es wird nichts gezählt: FAMILIENBOT_DATABASE_URL steht auf „off“.", markup=False)
        raise typer.Exit(NOTHING_TO_SERVE)
    today = (settings.now or datetime.now(ZoneInfo("Europe/Berlin"))).date()
    try:
        if delete_all:
            delete_counts(settings.database_url)
            console.print("Alles Gezählte ist gelöscht.")
            return
        found = read(settings.database_url, today - timedelta(days=days - 1), today)
    except StorageError as error:
        errors.print(str(error), soft_wrap=True, markup=False)
        raise typer.Exit(NOTHING_TO_SERVE) from error
    if as_json:
        print(json.dumps(found.as_data(), ensure_ascii=False, indent=1))
    else:
        describe(found, console)


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
