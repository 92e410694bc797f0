"""The editors' desk: what is live, what is wrong, why the bot answers so, and what ends soon. It changes nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import groupby
from threading import Lock
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.content.checks import check
from bot.content.loading import Case, Content, Loaded, digest_of, load
from bot.content.models import Aspect
from bot.content.problems import Problem
from bot.content.rendering import german_date
from bot.desk import explain_report as words
from bot.desk.atlas import LOOKS, Atlas, atlas
from bot.desk.due import Due, due
from bot.desk.explain import explanation
from bot.desk.impact import aspect_questions, tests_of
from bot.language.analysis import load_pipeline
from bot.model import Kind
from bot.pipeline import Bot
from bot.settings import Settings
from bot.web.desk_access import Doorkeeper
from bot.web.forms import read_form
from bot.web.pages import HEADERS, page, path_of
from bot.web.schemas import MAX_MESSAGE_CHARS
from bot.web.service import Service, check_rate, get_service, now_in
from bot.web.widget import policy

if TYPE_CHECKING:
    from bot.storage.digest import Digest

DAYS = 90
"""How far ahead the desk looks for what ends."""
FIRST = 6
"""So many of what is to be done stand on the first page."""
METHODS = ["GET", "HEAD"]
PRIVATE = {"x-robots-tag": "noindex, nofollow"}

router = APIRouter(prefix="/redaktion", include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Reading:
    """The files as they are now.

    digest    of the files that were read
    problems  of the whole check; None until somebody asked for them
    """

    digest: str
    today: date
    loaded: Loaded
    sides: frozenset[tuple[str, str]]
    problems: tuple[Problem, ...] | None = None


@dataclass(slots=True)
class Desk:
    """The door, and the last reading of the files: they are read again once they or the day changed."""

    door: Doorkeeper
    lock: Lock = field(default_factory=Lock)
    reading: Reading | None = None

    def read(self, settings: Settings, today: date, *, checked: bool = False) -> Reading:
        """The files as they are now; takes a second or two when they changed."""
        with self.lock:
            digest = digest_of(settings.knowledge, settings.intents)
            found = self.reading
            if found is None or (found.digest, found.today) != (digest, today):
                sides = frozenset(
                    (q.wanted[0], q.aspect or "") for q in aspect_questions(tests_of(settings) / "aspects.yaml")
                )
                found = Reading(digest, today, load(settings.knowledge, settings.intents), sides)
            if checked and found.problems is None:
                found = Reading(digest, today, found.loaded, found.sides, check(found.loaded, today))
            self.reading = found
            return found


@dataclass(frozen=True, slots=True)
class Visit:
    """An editor on one of the pages."""

    request: Request
    service: Service
    desk: Desk
    now: datetime

    async def read(self, *, checked: bool = False) -> Reading:
        """The files as they are now."""
        return await run_in_threadpool(self.desk.read, self.service.settings, self.now.date(), checked=checked)

    def show(
        self,
        template: str,
        content: Content | None,
        values: Mapping[str, object],
        *,
        status: int = 200,
        headers: Mapping[str, str] = HEADERS,
    ) -> Response:
        """The page, with the menu of the desk."""
        common = {"menu": _menu(self.request), "is_local": self.service.settings.desk_open}
        return page(
            self.request, template, content, {**common, **values}, status=status, headers={**headers, **PRIVATE}
        )


_MENU = {
    "desk_overview": "Übersicht",
    "desk_preview": "Vorschau",
    "desk_check": "Prüfliste",
    "desk_explain": "Erklären",
    "desk_map": "Landkarte",
    "desk_due": "Fällig",
    "desk_unanswered": "Unbeantwortet",
}


def _menu(request: Request) -> list[tuple[str, str]]:
    paths = ((label, path_of(request, name)) for name, label in _MENU.items())
    return [(label, path) for label, path in paths if path]


_REFUSED = {
    401: ("Bitte melden Sie sich an", "Diese Seiten sind für die Redaktion. Der Browser fragt nach dem Kennwort."),
    403: (
        "Bitte melden Sie sich an",
        "Diese Seiten sind für die Redaktion. Öffnen Sie sie über die Anmeldung der Stadt.",
    ),
    429: ("Zu viele Versuche", "Bitte warten Sie eine Minute, und versuchen Sie es dann noch einmal."),
}
_TROUBLE = ("Das hat nicht geklappt", "Bitte gehen Sie zurück, und versuchen Sie es noch einmal.")


async def _visit(request: Request, make: Callable[[Visit], Awaitable[Response]]) -> Response:
    """The page for an editor; for anyone else one that says why not."""
    service = get_service(request)
    desk: Desk = request.app.state.desk
    content = service.bot.content if service.bot else None
    zone = ZoneInfo("Europe/Berlin")
    settings = service.settings
    now = now_in(content, settings) if content else settings.now or datetime.now(zone)
    try:
        await desk.door.admit(request)
        return await make(Visit(request, service, desk, now))
    except HTTPException as error:
        title, text = _REFUSED.get(error.status_code, _TROUBLE)
        values = {"title": title, "text": text, "back": "/redaktion", "menu": []}
        headers = {**HEADERS, **PRIVATE, **(error.headers or {})}
        return page(request, "message.html", None, values, status=error.status_code, headers=headers)


def _sides(found: Atlas) -> tuple[int, int]:
    """How many sides of topics have a source or point to one that has, and of how many that are to be answered."""
    answered = sum(found.looks[look] for look in ("fresh", "aged", "old", "law", "points"))
    return answered, answered + found.looks["asks"] + found.looks["missing"]


def _due(reading: Reading) -> tuple[Due, ...]:
    content = reading.loaded.content
    return due(content, reading.loaded.spots, reading.today, DAYS) if content else ()


def _map(reading: Reading) -> Atlas | None:
    content = reading.loaded.content
    return atlas(content, reading.loaded.cases, reading.sides, reading.today) if content else None


@router.api_route("", methods=METHODS, name="desk_overview")
async def overview(request: Request) -> Response:
    """How the knowledge stands, and what is to be done first."""

    async def make(visit: Visit) -> Response:
        reading = await visit.read(checked=True)
        problems = reading.problems or ()
        errors = [p for p in problems if p.level == "error"]
        items, found = _due(reading), _map(reading)
        bot = visit.service.bot
        values = {
            "errors": len(errors),
            "hints": len(problems) - len(errors),
            "first_errors": errors[:FIRST],
            "overdue": sum(item.day < reading.today for item in items),
            "soon": sum(item.day >= reading.today for item in items),
            "first_due": items[:FIRST],
            "map": found,
            "looks": LOOKS,
            "sides": _sides(found) if found else (0, 0),
            "today": reading.today,
            "days": DAYS,
            "digest": reading.digest,
            "live": bot.content.digest if bot else None,
        }
        return visit.show("desk_overview.html", reading.loaded.content, values)

    return await _visit(request, make)


@router.api_route("/vorschau", methods=METHODS, name="desk_preview")
async def preview(request: Request) -> Response:
    """The real widget on what is served now."""

    async def make(visit: Visit) -> Response:
        digest = await run_in_threadpool(digest_of, visit.service.settings.knowledge, visit.service.settings.intents)
        bot = visit.service.bot
        live = bot.content.digest if bot else None
        values = {"live": live, "is_current": live == digest, "chat": path_of(request, "chat_page")}
        return visit.show("desk_preview.html", bot.content if bot else None, values, headers=policy("'none'"))

    return await _visit(request, make)


@router.api_route("/pruefung", methods=METHODS, name="desk_check")
async def problems_list(request: Request) -> Response:
    """All problems by their files, errors first."""

    async def make(visit: Visit) -> Response:
        reading = await visit.read(checked=True)
        problems = sorted(reading.problems or (), key=lambda p: (p.level != "error", p.spot))
        sections = []
        for level, title in (("error", "Fehler"), ("warning", "Hinweise")):
            of_level = [p for p in problems if p.level == level]
            files = [(file, tuple(group)) for file, group in groupby(of_level, key=lambda p: p.spot.file)]
            sections.append({"level": level, "title": title, "count": len(of_level), "files": files})
        values = {"sections": sections, "total": len(problems), "digest": reading.digest}
        return visit.show("desk_check.html", reading.loaded.content, values)

    return await _visit(request, make)


@router.api_route("/landkarte", methods=METHODS, name="desk_map")
async def knowledge_map(request: Request) -> Response:
    """Topics with their sides, languages, tests and reviews as one picture."""

    async def make(visit: Visit) -> Response:
        reading = await visit.read()
        content, found = reading.loaded.content, _map(reading)
        names = content.texts.aspects if content else {}
        values = {
            "map": found,
            "sides": _sides(found) if found else (0, 0),
            "looks": LOOKS,
            "aspects": [(a, names.get(a, a.value)) for a in Aspect],
            "today": reading.today,
        }
        return visit.show("desk_map.html", content, values)

    return await _visit(request, make)


@router.api_route("/faellig", methods=METHODS, name="desk_due")
async def due_list(request: Request) -> Response:
    """What ended, and what ends or is to be checked in the next weeks."""

    async def make(visit: Visit) -> Response:
        reading = await visit.read()
        days = [
            (german_date(day.isoformat()), (day - reading.today).days, tuple(group))
            for day, group in groupby(_due(reading), key=lambda item: item.day)
        ]
        return visit.show("desk_due.html", reading.loaded.content, {"days": days, "ahead": DAYS})

    return await _visit(request, make)


def unanswered(service: Service) -> Digest | None:
    """What was counted in the last weeks; None where nothing is counted.

    raises  StorageError when the counts cannot be read
    """
    from bot.storage.digest import digest  # SQLAlchemy only where something is counted

    settings = service.settings
    if not settings.database_url:
        return None
    content = service.bot.content if service.bot else None
    last = now_in(content, settings).date()
    return digest(settings.database_url, last - timedelta(days=COUNTED_DAYS - 1), last)


COUNTED_DAYS = 30


@router.api_route("/unbeantwortet", methods=METHODS, name="desk_unanswered")
async def unanswered_list(request: Request) -> Response:
    """The digest of what was not answered."""

    async def make(visit: Visit) -> Response:
        content = visit.service.bot.content if visit.service.bot else None
        from bot.storage.digest import StorageError

        try:
            found, trouble = await run_in_threadpool(unanswered, visit.service), ""
        except StorageError as error:
            found, trouble = None, str(error)
        titles = {t: e.title for t, e in content.entries.items()} if content else {}
        return visit.show("desk_unanswered.html", content, {"found": found, "trouble": trouble, "titles": titles})

    return await _visit(request, make)


def _explained(found: dict[str, Any]) -> dict[str, Any]:
    """An explanation with the sentences and lengths that the page shows."""
    reasons = {i["word"]: i["reason"] for i in found["ignored"]}
    most = max((abs(w["effect"]) for w in found["words"] if w["effect"] is not None), default=0) or 1
    tokens = []
    for word in found["words"]:
        effect = word["effect"]
        side = "ignored" if word["text"] in reasons else "" if effect is None else "for" if effect > 0 else "against"
        strength = 0 if effect is None or side == "ignored" else max(1, round(abs(effect) / most * 4))
        text = words.effect_text(word, found)
        tokens.append({**word, "side": side, "strength": strength, "text_effect": text})
    return {
        "found": found,
        "kind": words.KINDS[Kind(found["decision"]["kind"])],
        "heading": words.heading(found),
        "tokens": tokens,
        "entities": [(words.ENTITIES.get(k, k), words.value_text(v)) for k, v in found["entities"].items()],
        "lessons": [(words.lesson_text(row, found), row["harmed"]) for row in found["if_added"]],
        "estimate": words.ESTIMATE,
        "percent": words.percent,
        "number": words.number,
        "pull_text": words.pull_text,
    }


@router.api_route("/erklaeren", methods=METHODS, name="desk_explain")
async def explain_form(request: Request) -> Response:
    """The form for a question."""

    async def make(visit: Visit) -> Response:
        content = visit.service.bot.content if visit.service.bot else None
        values = {"text": "", "trouble": "", "shown": None, "max_chars": MAX_MESSAGE_CHARS}
        return visit.show("desk_explain.html", content, values)

    return await _visit(request, make)


def _explain_aside(text: str, bot: Bot, visit: Visit, cases: Sequence[Case]) -> dict[str, Any]:
    """The explanation, with a pipeline of its own: spaCy's bears one thread, and that one answers parents."""
    language = replace(bot.language, nlp=load_pipeline(visit.service.settings.spacy_model))
    return explanation(text, replace(bot, language=language), visit.now, cases)


@router.post("/erklaeren")
async def explain_question(request: Request) -> Response:
    """How a question was read and decided on. It is not kept, nor in an address or a log."""

    async def make(visit: Visit) -> Response:
        text = (await read_form(request)).get("frage", "").replace("\r\n", "\n").strip()
        check_rate(request, visit.service)
        bot = visit.service.bot
        trouble = ""
        if not text:
            trouble = "Bitte schreiben Sie zuerst eine Frage."
        elif len(text) > MAX_MESSAGE_CHARS:
            trouble = f"Die Frage hat {len(text)} Zeichen. Bitte kürzen Sie sie auf {MAX_MESSAGE_CHARS} Zeichen."
        elif bot is None:
            trouble = "Der Bot wird gerade geladen. Bitte versuchen Sie es gleich noch einmal."
        values: dict[str, Any] = {"text": text, "trouble": trouble, "shown": None, "max_chars": MAX_MESSAGE_CHARS}
        if bot is not None and not trouble:
            cases = (await visit.read()).loaded.cases
            found = await run_in_threadpool(_explain_aside, text, bot, visit, cases)
            values["shown"] = _explained(found)
        status = 503 if bot is None else 422 if trouble else 200
        return visit.show("desk_explain.html", bot.content if bot else None, values, status=status)

    return await _visit(request, make)
