"""The family timetable over HTTP: as JSON and as a calendar. A date of birth comes in a body, never in an address."""

from __future__ import annotations

import json
import logging
from datetime import datetime
from time import perf_counter
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from starlette.responses import Response

from bot.content.timetable import TimetableTexts
from bot.language.births import BirthProblem
from bot.pipeline import Bot
from bot.replying.timetable import TOPIC, Plan, blocks_of, plan, read_family
from bot.web import schemas
from bot.web.calendars import FILE_NAME, MEDIA_TYPE, timetable_calendar
from bot.web.problems import ProblemError
from bot.web.routes import blocks_to_wire, read_body
from bot.web.service import check_rate, get_bot, get_service, now_in

FIELDS = {"birth": "birth_date", "due": "due_date"}
"""What the two dates are called on the wire."""
PRIVATE = {"cache-control": "no-store", "referrer-policy": "no-referrer"}

router = APIRouter()
_log = logging.getLogger("familienbot")

_PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": schemas.Problem} for status in (400, 404, 413, 415, 422, 429, 500, 503)
}
_BODY = {"application/json": {"schema": schemas.TimetableRequest.model_json_schema()}}
_REQUEST = {"requestBody": {"required": True, "content": _BODY}}


def timetable_texts(bot: Bot) -> TimetableTexts:
    """The sentences of the timetable.

    raises  ProblemError 404 when this city has none, 503 while it is switched off
    """
    timetable = bot.content.timetable
    if timetable is None or timetable.texts is None:
        raise ProblemError(404, "This city has no timetable.")
    entry = bot.content.entries.get(TOPIC)
    if bot.all_off or TOPIC in bot.off or (entry is not None and entry.off):
        raise ProblemError(503, "The timetable is switched off.", {"retry-after": "3600"})
    return timetable.texts


def sentence(texts: TimetableTexts, problem: BirthProblem) -> str:
    """What a parent is told of a date that cannot be used. It does not repeat the date."""
    return str(getattr(texts, problem.value))


async def _planned(request: Request) -> tuple[Plan, Bot, datetime]:
    """The plan that the request asks for.

    raises  ProblemError
    """
    service = get_service(request)
    check_rate(request, service)
    body = await read_body(request, schemas.TimetableRequest)
    bot = get_bot(service)
    texts = timetable_texts(bot)
    now = now_in(bot.content, service.settings)
    family = read_family(body.birth_date or "", body.due_date or "", body.children, now.date(), "birth")
    if isinstance(family, dict):
        errors = [(FIELDS[name], sentence(texts, problem)) for name, problem in family.items()]
        raise ProblemError(422, "The request has fields that cannot be used.", errors=errors)
    found = plan(family, bot.content, now.date())
    assert found is not None
    return found, bot, now


@router.post(
    "/api/v1/timetable",
    operation_id="timetable",
    summary="The dated steps for a child",
    response_class=JSONResponse,
    responses={200: {"model": schemas.TimetableReply}, **_PROBLEMS},
    openapi_extra=_REQUEST,
)
async def timetable(request: Request) -> Response:
    """What is to be done when, with rule and source of each step. Nothing of it is stored."""
    started_s = perf_counter()
    found, bot, _ = await _planned(request)
    topic = TOPIC if TOPIC in bot.content.entries else None
    reply: schemas.TimetableReply = {
        "blocks": blocks_to_wire(blocks_of(found, timetable_texts(bot), topic)),
        "links": [],
        "sources": [{"label": s.label, "url": s.url, "date": s.date, "checked": s.checked} for s in found.sources],
        "lang": "de",
        "knowledge": bot.content.digest,
    }
    _log.info("timetable ms=%.2f", (perf_counter() - started_s) * 1000)
    return Response(json.dumps(reply, ensure_ascii=False, separators=(",", ":")), 200, PRIVATE, "application/json")


def calendar_response(found: Plan, now: datetime) -> Response:
    """The plan as a file to keep; its name says nothing of the child."""
    headers = {**PRIVATE, "content-disposition": f'attachment; filename="{FILE_NAME}"'}
    return Response(timetable_calendar(found, now), 200, headers, MEDIA_TYPE)


@router.post(
    "/api/v1/timetable.ics",
    operation_id="timetable_calendar",
    summary="The dated steps for a child as a calendar",
    response_class=Response,
    responses={200: {"content": {"text/calendar": {"schema": {"type": "string"}}}}, **_PROBLEMS},
    openapi_extra=_REQUEST,
)
async def timetable_ics(request: Request) -> Response:
    """The same steps as all-day events of one iCalendar file."""
    found, _, now = await _planned(request)
    return calendar_response(found, now)
