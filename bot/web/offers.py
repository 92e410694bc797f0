"""The list of places and offers over HTTP: a search, one record, and its dates as a calendar file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, cast

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse
from starlette.responses import Response

from bot.model import Question
from bot.pipeline import Bot
from bot.replying.offers import Match, Record, Wish, known_of, search
from bot.replying.wording import record_data, record_text
from bot.web import schemas
from bot.web.offer_calendar import has_dates, offer_calendar
from bot.web.problems import ProblemError
from bot.web.routes import responses, to_json
from bot.web.service import get_bot, get_service, now_in

MAX_OFFERS = 100

router = APIRouter()


def _asked(request: Request) -> tuple[Bot, Question]:
    """The bot and the time of asking.

    raises  ProblemError 503 while there is no bot, or when the whole service is switched off
    """
    service = get_service(request)
    bot = get_bot(service)
    if bot.all_off:
        raise ProblemError(503, "The service is switched off.", {"retry-after": "3600"})
    return bot, Question("", now_in(bot.content, service.settings))


def _check_known(field: str, values: Iterable[str], allowed: Iterable[str]) -> None:
    known = sorted(allowed)
    if not set(values) <= set(known):
        reason = f"Allowed are: {', '.join(known)}"
        raise ProblemError(422, "The request has parameters that cannot be used.", errors=[(field, reason)])


def _offer(match: Match, bot: Bot, question: Question) -> schemas.Offer:
    data = record_data(match, bot.content, question.today)
    text = record_text(match.record, data["ask"], bot.content, question.today)
    return cast(schemas.Offer, {**data, "text": text})


@router.get(
    "/api/v1/offers",
    operation_id="offers",
    summary="Search places and offers",
    response_class=JSONResponse,
    responses=responses(schemas.OfferList, 422, 500, 503),
)
async def offers(request: Request, query: Annotated[schemas.OfferQuery, Query()]) -> Response:
    """What surely fits, then what may fit. Where nothing surely fits, as little as possible is dropped."""
    bot, question = _asked(request)
    _check_known("kind", query.kind, bot.content.kinds)
    areas = {*bot.listing.boroughs, *bot.listing.borough_names}
    _check_known("district", [query.district] if query.district else [], areas)
    wish = Wish(
        kinds=tuple(query.kind),
        age_months=tuple(query.age_months),
        districts=(query.district,) if query.district else (),
        weekdays=tuple(query.weekday),
        part_of_day=query.part_of_day,
        q=query.q,
    )
    found = search(wish, bot.listing, question.today)
    known = known_of(wish.kinds, bot.listing, bot.content, question.today)
    answer: schemas.OfferList = {
        "offers": [_offer(match, bot, question) for match in found.matches[:MAX_OFFERS]],
        "relaxed": [cast(schemas.Relaxed, name) for name in found.relaxed],
        "total": len(found.matches),
        "known_of": {"count": known.count, "of": known.of, "as_of": known.as_of},
    }
    return to_json(answer)


def _find(name: str, bot: Bot, question: Question) -> Record:
    record = bot.listing.by_id.get(name)
    if record is None or not record.is_live(question.today):
        raise ProblemError(404, "There is no such place or offer.")
    return record


@router.get(
    "/api/v1/offers/{id}.ics",
    operation_id="offer_calendar",
    summary="The dates of an offer as a calendar file",
    response_class=Response,
    responses={
        **responses(schemas.Problem, 404, 422, 500, 503),
        200: {"content": {"text/calendar": {"schema": {"type": "string"}}}},
    },
)
async def calendar(request: Request, id: str) -> Response:  # noqa: A002 - the name on the wire
    """Single dates, or a rule for every week. 404 also for what has no day that can be computed."""
    bot, question = _asked(request)
    record = _find(id, bot, question)
    if not has_dates(record, question.today):
        raise ProblemError(404, "This place or offer has no dates that can be put into a calendar.")
    text = _offer(Match(record, "sure"), bot, question)["text"]
    headers = {"content-disposition": f'attachment; filename="{record.id}.ics"'}
    return Response(offer_calendar(record, text, question.now), headers=headers, media_type="text/calendar")


@router.get(
    "/api/v1/offers/{id}",
    operation_id="offer",
    summary="A place or an offer",
    response_class=JSONResponse,
    responses=responses(schemas.Offer, 404, 422, 500, 503),
)
async def offer(request: Request, id: str) -> Response:  # noqa: A002 - the name on the wire
    """Everything that is known of a place or an offer. What is over, or only history, is not found."""
    bot, question = _asked(request)
    data = _offer(Match(_find(id, bot, question), "sure"), bot, question)
    data.pop("fit", None)
    return to_json(data)
