"""Translates requests to questions and answers to JSON. What is replied, the pipeline decides."""

from __future__ import annotations

import json
import logging
from collections.abc import Collection
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any, TypeVar, cast

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ValidationError
from starlette.responses import Response

from bot import __version__
from bot.content.loading import Content
from bot.model import EMERGENCY_GROUP, Answer, Block, Candidate, Conversation, Decision, Kind, Question
from bot.pipeline import Bot, reply
from bot.replying.answer import compose, topic_page
from bot.replying.conversation import ForgedStateError, StateProblem, entities_to_wire, read_state, sign
from bot.replying.last_resort import last_resort
from bot.web import schemas
from bot.web.counting import count_judgement, count_turn
from bot.web.problems import ProblemError, describe, invalid
from bot.web.service import Reload, Service, check_rate, find_bot, get_bot, get_service, now_in

MAX_CANDIDATES = 5

router = APIRouter()
_log = logging.getLogger("familienbot")
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode
_M = TypeVar("_M", bound=BaseModel)


def responses(model: Any, *statuses: int) -> dict[int | str, dict[str, Any]]:
    """What a route answers, for the OpenAPI document."""
    problems: dict[int | str, dict[str, Any]] = {s: {"model": schemas.Problem} for s in statuses}
    return {200: {"model": model}, **problems}


_CHAT_BODY = {"application/json": {"schema": schemas.ChatRequest.model_json_schema()}}


def to_json(data: object) -> Response:
    return Response(_encode(data), media_type="application/json")


def _is_json(content_type: str) -> bool:
    name = content_type.partition(";")[0].strip().lower()
    return name == "application/json" or (name.startswith("application/") and name.endswith("+json"))


async def read_body(request: Request, model: type[_M]) -> _M:
    """The body as the model.

    raises  ProblemError 415, 400, 413 or 422 when it is not
    """
    if not _is_json(request.headers.get("content-type", "")):
        raise ProblemError(415, "The body must be JSON with the content type application/json.")
    try:
        data = json.loads(await request.body())
    except (ValueError, RecursionError):
        raise ProblemError(400, "The body is not well-formed JSON.") from None
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise invalid(error) from None


def _title(topic: str, answer: Answer, content: Content | None) -> str:
    entry = content.entries.get(topic) if content else None
    return answer.titles.get(topic) or (entry.title if entry else topic)


def _candidates(decision: Decision) -> list[Candidate]:
    """The candidates with the winner among them; the choices of a question back come first."""
    found = list(decision.candidates)
    if decision.topics and decision.topics[0] not in {c.topic for c in found}:
        found.insert(0, Candidate(decision.topics[0], decision.confidence))
    chosen = {c.topic for c in decision.choices}
    return [*decision.choices, *(c for c in found if c.topic not in chosen)][:MAX_CANDIDATES]


def blocks_to_wire(blocks: tuple[Block, ...]) -> list[schemas.Block]:
    """The blocks with the fields of their types beside the common ones."""
    return [
        cast(schemas.TextBlock, {"type": b.type, "topic": b.topic, "aspect": b.aspect, "text": b.text, **b.data})
        for b in blocks
    ]


def _links(answer: Answer) -> list[schemas.Link]:
    return [{"label": link.label, "url": link.url} for link in answer.links]


def _sources(answer: Answer) -> list[schemas.Source]:
    return [{"label": s.label, "url": s.url, "date": s.date, "checked": s.checked} for s in answer.sources]


def to_wire(answer: Answer, content: Content | None, state: str) -> schemas.ChatReply:
    """The reply under its wire names, always in the same order.

    content  None for the last resort: no knowledge answered
    """
    decision = answer.decision
    return {
        "kind": decision.kind.value,
        "topics": list(decision.topics),
        "aspects": [cast(schemas.Aspect, a) for a in decision.aspects],
        "candidates": [
            {"topic": c.topic, "title": _title(c.topic, answer, content), "confidence": round(c.confidence, 3)}
            for c in _candidates(decision)
        ],
        "asks": decision.asks,
        "confidence": round(decision.confidence, 3),
        "safety": is_safety(decision),
        "blocks": blocks_to_wire(answer.blocks),
        "links": _links(answer),
        "sources": _sources(answer),
        "suggestions": [{"label": s.label, "message": s.message} for s in answer.suggestions],
        "entities": entities_to_wire(decision.entities),
        "lang": answer.lang,
        "knowledge": content.digest if content else "",
        "state": state,
    }


def is_safety(decision: Decision) -> bool:
    """Whether someone may be in danger."""
    return decision.kind is Kind.EMERGENCY or decision.help_line


def with_notice(answer: Answer, text: str) -> Answer:
    """The answer with a notice before its blocks; where someone may be in danger, behind them: help comes first."""
    notice = Block("notice", None, None, text, {"level": "info"})
    blocks = (*answer.blocks, notice) if is_safety(answer.decision) else (notice, *answer.blocks)
    return replace(answer, blocks=blocks)


def answer_safely(question: Question, bot: Bot | None) -> Answer:
    """The answer of the pipeline; should it fail, or where there is no bot, the last resort."""
    if bot is None:
        return last_resort(question, None)
    try:
        return reply(question, bot)
    except Exception as error:  # noqa: BLE001 - a parent gets an answer, whatever is broken
        _log.error("reply failed: %s", describe(error))
        return last_resort(question, bot.content)


def _conversation(
    state: str | None, service: Service, question: Question, topics: Collection[str]
) -> Conversation | StateProblem:
    if state is None:
        return question.conversation
    try:
        return read_state(state, service.settings.secrets, question.now, topics)
    except ForgedStateError:
        raise ProblemError(400, "The state was not made by this service.") from None


@dataclass(frozen=True, slots=True)
class Turn:
    """An answer and the state to send along with the next message."""

    answer: Answer
    state: str


def converse(body: schemas.ChatRequest, bot: Bot | None, service: Service) -> Turn:
    """One turn of a conversation, with its line in the log. A state that ran out starts afresh and says so.

    bot     None when there is none: the last resort answers
    raises  ProblemError 400 when the state is forged
    """
    started_s = perf_counter()
    now = now_in(bot.content if bot else None, service.settings)
    question = Question(body.message, now, body.lang)
    found = _conversation(body.state, service, question, bot.groups if bot else ())
    if isinstance(found, Conversation):
        question = Question(body.message, now, body.lang, found)
    answer = answer_safely(question, bot)
    if bot is not None and isinstance(found, StateProblem):
        answer = with_notice(answer, bot.content.texts.state_expired)
    turn = Turn(answer, sign(answer.conversation, service.settings.secrets, now))
    decision, took_ms = answer.decision, (perf_counter() - started_s) * 1000
    main = decision.topics[0] if decision.topics else "-"
    _log.info("chat kind=%s topic=%s confidence=%.3f ms=%.2f", decision.kind.value, main, decision.confidence, took_ms)
    if bot is not None:
        count_turn(service.recorder, service.waiting, bot, question, answer, (body.state or "", turn.state))
    return turn


@router.post(
    "/api/v1/chat",
    operation_id="chat",
    summary="Answer a question",
    response_class=JSONResponse,
    responses=responses(schemas.ChatReply, 400, 413, 415, 422, 429, 500, 503),
    openapi_extra={"requestBody": {"required": True, "content": _CHAT_BODY}},
)
async def chat(request: Request) -> Response:
    """The reply to a message, with the state to send along with the next one."""
    service = get_service(request)
    check_rate(request, service)
    body = await read_body(request, schemas.ChatRequest)
    bot = find_bot(service)
    turn = converse(body, bot, service)
    return to_json(to_wire(turn.answer, bot.content if bot else None, turn.state))


@router.post(
    "/api/v1/feedback",
    operation_id="feedback",
    summary="Say whether an answer helped",
    status_code=204,
    response_class=Response,
    responses={s: {"model": schemas.Problem} for s in (400, 413, 415, 422, 429, 500, 503)},
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": schemas.FeedbackRequest.model_json_schema()}},
        }
    },
)
async def feedback(request: Request) -> Response:
    """Nothing; counts the topic and whether it helped. A comment is kept with consent, redacted, for 30 days."""
    service = get_service(request)
    check_rate(request, service)
    body = await read_body(request, schemas.FeedbackRequest)
    judge(body, get_bot(service), service)
    return Response(status_code=204)


def judge(body: schemas.FeedbackRequest, bot: Bot, service: Service) -> None:
    """Counts whether the answer helped.

    raises  ProblemError 400 when the state is forged
    """
    now = now_in(bot.content, service.settings)
    found = _conversation(body.state, service, Question("", now), bot.groups)
    topic = found.topic if isinstance(found, Conversation) else None
    _log.info("feedback topic=%s helpful=%s", topic or "-", "yes" if body.helpful else "no")
    comment = body.comment if body.consent else None
    count_judgement(service.recorder, bot, now, topic, helpful=body.helpful, comment=comment)


@router.get(
    "/api/v1/topics",
    operation_id="topics",
    summary="All topics",
    response_class=JSONResponse,
    responses=responses(list[schemas.TopicSummary], 500, 503),
)
async def topics(request: Request) -> Response:
    """Every topic that has an entry."""
    content = get_bot(get_service(request)).content
    languages = list(content.city.languages[:1])  # entries have no translations yet
    found: list[schemas.TopicSummary] = [
        {
            "id": name,
            "title": content.entries[name].title,
            "group": info.group,
            "lang": languages,
        }
        for name, info in content.topics.items()
        if name in content.entries
    ]
    return to_json(found)


def is_switched_off(topic: str, bot: Bot) -> bool:
    """Whether the topic says only that it is switched off; emergencies cannot be."""
    if bot.groups[topic] == EMERGENCY_GROUP:
        return False
    return bot.all_off or topic in bot.off or bot.content.entries[topic].off


def off_answer(topic: str, bot: Bot, question: Question) -> Answer:
    """What a topic that is switched off says, as it does in a conversation."""
    return compose(Decision(Kind.ANSWER, (topic,), ("overview",)), question, bot.content, bot.off, all_off=bot.all_off)


@router.get(
    "/api/v1/topics/{id}",
    operation_id="topic",
    summary="The whole entry of a topic",
    response_class=JSONResponse,
    responses=responses(schemas.TopicPage, 404, 422, 500, 503),
)
async def topic(request: Request, id: str) -> Response:  # noqa: A002 - the name on the wire
    """Everything that is known of a topic."""
    service = get_service(request)
    bot = get_bot(service)
    content = bot.content
    if id not in content.entries:
        raise ProblemError(404, "There is no such topic.")
    entry = content.entries[id]
    question = Question("", now_in(content, service.settings))
    answer = off_answer(id, bot, question) if is_switched_off(id, bot) else topic_page(id, content, question)
    page: schemas.TopicPage = {
        "id": id,
        "title": entry.title,
        "group": bot.groups[id],
        "blocks": blocks_to_wire(answer.blocks),
        "links": _links(answer),
        "sources": _sources(answer),
        "related": [{"id": r, "title": content.entries[r].title} for r in entry.related if r in content.entries],
    }
    return to_json(page)


@router.get(
    "/healthz",
    operation_id="healthz",
    summary="Whether the process lives",
    response_class=JSONResponse,
    responses=responses(schemas.Health),
)
async def healthz() -> Response:
    """Always 200."""
    return to_json({"status": "ok"})


@router.get(
    "/readyz",
    operation_id="readyz",
    summary="Whether questions can be answered",
    response_class=JSONResponse,
    responses=responses(schemas.Readiness, 503),
)
async def readyz(request: Request) -> Response:
    """200 once the knowledge is loaded; `reload` tells of edits since the start."""
    service = get_service(request)
    found: schemas.Readiness = {"status": "ready", "knowledge": get_bot(service).content.digest}
    if service.degraded:
        found["degraded"] = list(service.degraded)
    last = service.reload
    if last != Reload():
        state: schemas.ReloadState = "building" if last.building else "refused" if last.problems else "current"
        found["reload"] = {"state": state, "taken": last.taken, "refused": last.refused}
        if last.problems:
            found["reload"]["problems"] = list(last.problems)
    return to_json(found)


@router.get(
    "/version",
    operation_id="version",
    summary="What is running",
    response_class=JSONResponse,
    responses=responses(schemas.Version),
)
async def version(request: Request) -> Response:
    """The versions of code and knowledge."""
    bot = get_service(request).bot
    checked = [e.checked for e in bot.content.entries.values()] if bot else []
    found: schemas.Version = {
        "version": __version__,
        "knowledge": bot.content.digest if bot else None,
        "date": max(checked).isoformat() if checked else None,
    }
    return to_json(found)
