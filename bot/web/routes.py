"""Translates requests to questions and answers to JSON. What is replied, the pipeline decides."""

from __future__ import annotations

import json
import logging
from time import perf_counter
from typing import Any, TypeVar, cast

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, PlainTextResponse
from pydantic import BaseModel, ValidationError
from starlette.responses import Response

from bot import __version__
from bot.content.loading import Content
from bot.model import EMERGENCY_GROUP, Answer, Block, Candidate, Conversation, Decision, Kind, Question
from bot.pipeline import Bot, reply
from bot.replying.answer import LAST_RESORT, compose, topic_page
from bot.replying.conversation import ForgedStateError, StateProblem, entities_to_wire, read_state, sign
from bot.web import schemas
from bot.web.problems import ProblemError, describe, invalid
from bot.web.service import Service, check_rate, get_bot, get_service, now_in

MAX_CANDIDATES = 5

router = APIRouter()
_log = logging.getLogger("familienbot")
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode
_M = TypeVar("_M", bound=BaseModel)


def _responses(model: Any, *statuses: int) -> dict[int | str, dict[str, Any]]:
    """What a route answers, for the OpenAPI document."""
    problems: dict[int | str, dict[str, Any]] = {s: {"model": schemas.Problem} for s in statuses}
    return {200: {"model": model}, **problems}


_CHAT_BODY = {"application/json": {"schema": schemas.ChatRequest.model_json_schema()}}


def _json(data: object) -> Response:
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


def _title(topic: str, answer: Answer, content: Content) -> str:
    entry = content.entries.get(topic)
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


def to_wire(answer: Answer, content: Content, state: str) -> schemas.ChatReply:
    """The reply under its wire names, always in the same order."""
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
        "safety": decision.kind is Kind.EMERGENCY or decision.help_line,
        "blocks": blocks_to_wire(answer.blocks),
        "links": _links(answer),
        "sources": _sources(answer),
        "suggestions": [{"label": s.label, "message": s.message} for s in answer.suggestions],
        "entities": entities_to_wire(decision.entities),
        "lang": answer.lang,
        "knowledge": content.digest,
        "state": state,
    }


def add_notice(wire: schemas.ChatReply, text: str) -> None:
    """Puts a notice before the blocks; where someone may be in danger, behind them: help comes first."""
    notice: schemas.NoticeBlock = {"type": "notice", "topic": None, "aspect": None, "text": text, "level": "info"}
    wire["blocks"].insert(len(wire["blocks"]) if wire["safety"] else 0, notice)


def last_resort(question: Question, content: Content) -> Answer:
    """The reply when none could be made: whom to ask, and the numbers that help in an emergency."""
    blocks = [Block("text", None, None, content.texts.fallback)]
    office = content.places.get(content.city.default_contact)
    if office is not None:
        text = ", ".join(part for part in (office.name, office.phone) if part)
        phone = {"phone": office.phone} if office.phone else {}
        blocks.append(Block("contact", None, "contact", text, {"name": office.name, **phone}))
    for name, phone_number, purpose in LAST_RESORT:
        data = {"name": name, "phone": phone_number, "purpose": purpose}
        blocks.append(Block("contact", None, "contact", f"{purpose}: {phone_number} ({name}).", data))
    return Answer(Decision(Kind.FALLBACK), tuple(blocks), (), (), (), {}, question.conversation)


def answer_safely(question: Question, bot: Bot) -> Answer:
    """The answer of the pipeline; should it fail, the last resort."""
    try:
        return reply(question, bot)
    except Exception as error:  # noqa: BLE001 - a parent gets an answer, whatever is broken
        _log.error("reply failed: %s", describe(error))
        return last_resort(question, bot.content)


def _conversation(state: str | None, service: Service, question: Question) -> Conversation | StateProblem:
    if state is None:
        return question.conversation
    try:
        return read_state(state, service.settings.secrets, question.now, service.topics)
    except ForgedStateError:
        raise ProblemError(400, "The state was not made by this service.") from None


@router.post(
    "/api/v1/chat",
    operation_id="chat",
    summary="Answer a question",
    response_class=JSONResponse,
    responses=_responses(schemas.ChatReply, 400, 413, 415, 422, 429, 500, 503),
    openapi_extra={"requestBody": {"required": True, "content": _CHAT_BODY}},
)
async def chat(request: Request) -> Response:
    """The reply to a message, with the state to send along with the next one."""
    started_s = perf_counter()
    service = get_service(request)
    check_rate(request, service)
    body = await read_body(request, schemas.ChatRequest)
    bot = get_bot(service)
    now = now_in(bot.content, service.settings)
    question = Question(body.message, now, body.lang)
    found = _conversation(body.state, service, question)
    if isinstance(found, Conversation):
        question = Question(body.message, now, body.lang, found)
    answer = answer_safely(question, bot)
    wire = to_wire(answer, bot.content, sign(answer.conversation, service.settings.secrets, now))
    if isinstance(found, StateProblem):
        add_notice(wire, bot.content.texts.state_expired)
    main, took_ms = wire["topics"][0] if wire["topics"] else "-", (perf_counter() - started_s) * 1000
    _log.info("chat kind=%s topic=%s confidence=%.3f ms=%.2f", wire["kind"], main, wire["confidence"], took_ms)
    return _json(wire)


@router.get(
    "/api/v1/topics",
    operation_id="topics",
    summary="All topics",
    response_class=JSONResponse,
    responses=_responses(list[schemas.TopicSummary], 500, 503),
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
    return _json(found)


def _topic_answer(topic: str, bot: Bot, question: Question) -> Answer:
    """The whole entry; what is switched off says so, as it does in a conversation."""
    emergency = bot.groups[topic] == EMERGENCY_GROUP
    if not emergency and (bot.all_off or topic in bot.off or bot.content.entries[topic].off):
        decision = Decision(Kind.ANSWER, (topic,), ("overview",))
        return compose(decision, question, bot.content, bot.off, all_off=bot.all_off)
    return topic_page(topic, bot.content, question)


@router.get(
    "/api/v1/topics/{id}",
    operation_id="topic",
    summary="The whole entry of a topic",
    response_class=JSONResponse,
    responses=_responses(schemas.TopicPage, 404, 422, 500, 503),
)
async def topic(request: Request, id: str) -> Response:  # noqa: A002 - the name on the wire
    """Everything that is known of a topic."""
    service = get_service(request)
    bot = get_bot(service)
    content = bot.content
    if id not in content.entries:
        raise ProblemError(404, "There is no such topic.")
    entry = content.entries[id]
    answer = _topic_answer(id, bot, Question("", now_in(content, service.settings)))
    page: schemas.TopicPage = {
        "id": id,
        "title": entry.title,
        "group": bot.groups[id],
        "blocks": blocks_to_wire(answer.blocks),
        "links": _links(answer),
        "sources": _sources(answer),
        "related": [{"id": r, "title": content.entries[r].title} for r in entry.related if r in content.entries],
    }
    return _json(page)


@router.get(
    "/healthz",
    operation_id="healthz",
    summary="Whether the process lives",
    response_class=JSONResponse,
    responses=_responses(schemas.Health),
)
async def healthz() -> Response:
    """Always 200."""
    return _json({"status": "ok"})


@router.get(
    "/readyz",
    operation_id="readyz",
    summary="Whether questions can be answered",
    response_class=JSONResponse,
    responses=_responses(schemas.Readiness, 503),
)
async def readyz(request: Request) -> Response:
    """200 once the knowledge is loaded."""
    service = get_service(request)
    found: schemas.Readiness = {"status": "ready", "knowledge": get_bot(service).content.digest}
    if service.degraded:
        found["degraded"] = list(service.degraded)
    return _json(found)


@router.get(
    "/version",
    operation_id="version",
    summary="What is running",
    response_class=JSONResponse,
    responses=_responses(schemas.Version),
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
    return _json(found)


@router.get("/", include_in_schema=False)
async def root() -> Response:
    """Where the description of this service is."""
    return PlainTextResponse("Familienbot. The interface is described at /openapi.json.\n")
