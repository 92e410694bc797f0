"""The timetable as a page: a form, and the dated steps below it. What is typed is not kept."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.content.loading import Content
from bot.replying.timetable import Family, Stage, heading, plan, read_family
from bot.web.forms import read_form
from bot.web.pages import error_page, page, path_of
from bot.web.service import check_rate, get_bot, get_service, now_in
from bot.web.timetable import calendar_response, sentence, timetable_texts

MAX_FIELD_CHARS = 60

router = APIRouter(include_in_schema=False)


def _children(text: str) -> int:
    return int(text) if text in {"1", "2", "3"} else 1


def _form_page(request: Request, content: Content, values: Mapping[str, object], status: int = 200) -> Response:
    empty = {"birth": "", "due": "", "children": 1, "errors": {}, "plan": None}
    return page(request, "timetable.html", content, {**empty, **values}, status=status)


@router.get("/fahrplan", name="timetable_page")
async def timetable_form(request: Request) -> Response:
    """The form of the timetable."""
    content = None
    try:
        bot = get_bot(get_service(request))
        content = bot.content
        timetable_texts(bot)
    except HTTPException as error:
        return error_page(request, error, content, "/fahrplan")
    return _form_page(request, content, {})


async def _answer(request: Request, *, as_calendar: bool) -> Response:
    service = get_service(request)
    content = None
    try:
        check_rate(request, service)
        bot = get_bot(service)
        content = bot.content
        texts = timetable_texts(bot)
        fields = {name: value[:MAX_FIELD_CHARS] for name, value in (await read_form(request)).items()}
    except HTTPException as error:
        return error_page(request, error, content, "/fahrplan")
    now = now_in(content, service.settings)
    birth, due, children = fields.get("geburt", ""), fields.get("termin", ""), _children(fields.get("kinder", ""))
    typed: dict[str, object] = {"birth": birth, "due": due, "children": children}
    family = read_family(birth, due, children, now.date())
    if not isinstance(family, Family):
        errors = {name: sentence(texts, problem) for name, problem in family.items()}
        return _form_page(request, content, {**typed, "errors": errors}, 422)
    found = plan(family, content, now.date())
    assert found is not None
    if as_calendar:
        return calendar_response(found, now)
    groups = [
        (texts.now, [s for s in found.steps if s.stage is Stage.NOW]),
        (texts.later, [s for s in found.steps if s.stage is Stage.LATER]),
    ]
    shown = {
        "plan": found,
        "heading": heading(family, texts),
        "groups": [(name, steps) for name, steps in groups if steps],
        "texts": texts,
        "titles": {t: e.title for t, e in content.entries.items()},
        "links": {s.topic: path_of(request, "topic_page", id=s.topic) for s in found.steps},
    }
    return _form_page(request, content, {**typed, **shown})


@router.post("/fahrplan")
async def timetable_result(request: Request) -> Response:
    """The timetable for what was typed, or the form again with what is wrong."""
    return await _answer(request, as_calendar=False)


@router.post("/fahrplan/kalender")
async def timetable_file(request: Request) -> Response:
    """The same as a file for the calendar."""
    return await _answer(request, as_calendar=True)
