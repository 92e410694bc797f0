"""The conversation as a page: a form there and back, without scripts. What is typed is not kept, nor in an address."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.content.loading import Content
from bot.model import Answer, Block, Kind, Link, Question, Suggestion
from bot.pipeline import Bot
from bot.replying.conversation import MAX_STATE_CHARS, sign
from bot.replying.last_resort import emergency_numbers, last_resort
from bot.replying.page import Page
from bot.storage.events import COMMENT_DAYS
from bot.web import schemas
from bot.web.counting import VIOLENCE
from bot.web.forms import read_form
from bot.web.pages import HEADERS, page, path_of
from bot.web.routes import answer_safely, converse, is_switched_off, judge
from bot.web.service import Service, check_rate, find_bot, get_bot, get_service, now_in

METHODS = ["GET", "HEAD"]
MAX_QUESTIONS = 5

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Typed:
    """What came with the form.

    message  what is asked: the button that was pressed, else the text
    draft    the text that stands beside a button, to be shown again with the answer
    state    as it came; one that is too long is none
    """

    message: str = ""
    draft: str = ""
    state: str = ""


NOTHING = Typed()


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why there is no answer, in words for the one who asked.

    is_question  the question itself is to be changed
    in_danger    who asked may need help at once and did not get it: the emergency numbers stand beside
    """

    status: int
    text: str
    heading: str = "Das hat nicht geklappt"
    is_question: bool = False
    in_danger: bool = True
    headers: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer as the page shows it.

    question       what was asked; empty where it is not to be read on the screen
    question_lang  its language when it is not German
    alarm          an emergency that may be called so on the screen
    private        nobody else in the room is to see what it is about
    way_out        where the quick exit of such an answer leads
    """

    answer: Answer
    heading: str
    question: str
    question_lang: str | None
    alarm: bool
    private: bool
    way_out: Link | None

    @property
    def judged(self) -> bool:
        """Whether the page asks if it helped, as the widget does; someone in need is not asked."""
        return self.answer.decision.kind in (Kind.ANSWER, Kind.OFFERS) and not self.private


def _way_out(content: Content | None) -> Link | None:
    """A page on which nothing is to be seen of this one: the first of the town's own."""
    if content is None:
        return None
    links = (*content.city.legal_links, *([content.city.search_link] if content.city.search_link else []))
    return next((Link(link.label, link.url) for link in links), None)


def _shown(answer: Answer, content: Content | None, *, question: str = "", title: str = "") -> Shown:
    decision = answer.decision
    private = not VIOLENCE.isdisjoint(decision.topics)
    alarm = decision.kind is Kind.EMERGENCY and not private
    heading = "Hilfe, die jetzt da ist" if alarm else "Antwort" if private or not title else title
    return Shown(
        answer=answer,
        heading=heading,
        question="" if private else question,
        question_lang=decision.lang if content and decision.lang in content.texts.other_language else None,
        alarm=alarm,
        private=private,
        way_out=_way_out(content) if private else None,
    )


def _questions(bot: Bot) -> list[Suggestion]:
    """The first questions to choose from: titles of topics, each understood as a message."""
    entries = bot.content.entries
    topics = [t for t in bot.content.city.greeting_topics if t in entries and not is_switched_off(t, bot)]
    return [Suggestion(entries[topic].title, entries[topic].title) for topic in topics[:MAX_QUESTIONS]]


def _office(service: Service, content: Content) -> list[Block]:
    contact = Page(content, now_in(content, service.settings).date(), frozenset())
    contact.contact(content.city.default_contact, None, "contact")
    return contact.blocks


def _chat_page(
    request: Request,
    service: Service,
    bot: Bot | None,
    typed: Typed = NOTHING,
    *,
    shown: Shown | None = None,
    trouble: Trouble | None = None,
    thanks: str = "",
) -> Response:
    content = bot.content if bot else None
    values: dict[str, Any] = {
        "text": typed.message if trouble else typed.draft,
        "state": typed.state,
        "max_chars": schemas.MAX_MESSAGE_CHARS,
        "shown": shown,
        "thanks": thanks,
        "comment_days": COMMENT_DAYS,
        "counts": service.recorder is not None,
        "asks_back": shown is not None and shown.answer.decision.kind is Kind.CLARIFY,
        "questions": _questions(bot) if bot else (),
        "trouble": trouble,
        "office": _office(service, content) if trouble and content else (),
        "numbers": emergency_numbers() if trouble and trouble.in_danger else (),
        "topics": path_of(request, "topics_page") if content else None,
        "search_link": content.city.search_link if content else None,
    }
    headers = {**HEADERS, **((trouble.headers if trouble else None) or {})}
    return page(request, "chat.html", content, values, status=trouble.status if trouble else 200, headers=headers)


# what goes wrong


def _seconds(headers: Mapping[str, str] | None) -> str:
    seconds = int((headers or {}).get("retry-after", "60"))
    return "in einer Sekunde" if seconds == 1 else f"in {seconds} Sekunden"


def _unanswered(error: HTTPException, typed: Typed) -> Trouble:
    """Why a question that could be read was not answered."""
    kept = "Ihre Frage steht noch im Feld. " if typed.message else ""
    again = f"{kept}Bitte versuchen Sie es {_seconds(error.headers)} noch einmal."
    afresh = "Senden Sie sie noch einmal. Dann beginnt ein neues Gespräch."
    texts = {
        400: f"Das Gespräch ließ sich nicht fortsetzen. {kept}{afresh}",
        429: f"Gerade kommen sehr viele Fragen. {again}",
        503: f"Der Dienst ist gerade nicht bereit. {again}",
    }
    return Trouble(error.status_code, texts[error.status_code], headers=error.headers)


def _unread(error: HTTPException) -> Trouble:
    """Why the form could not be read."""
    text = "Das Formular kam nicht richtig an. Bitte schreiben Sie Ihre Frage noch einmal."
    if error.status_code == 413:
        text = f"Das war zu viel auf einmal. Bitte fragen Sie mit höchstens {schemas.MAX_MESSAGE_CHARS} Zeichen."
    return Trouble(error.status_code, text)


def _refused(error: ValidationError, typed: Typed) -> Trouble:
    """What is wrong with the question."""
    if any(found["type"] == "string_too_long" for found in error.errors(include_input=False)):
        count = len(unicodedata.normalize("NFC", typed.message).strip())
        most = schemas.MAX_MESSAGE_CHARS
        text = f"Ihre Frage hat {count} Zeichen. Bitte kürzen Sie sie auf {most} Zeichen."
        return Trouble(422, text, "Ihre Frage ist zu lang", is_question=True)
    text = "Bitte schreiben Sie zuerst Ihre Frage."
    return Trouble(422, text, "Es fehlt noch Ihre Frage", is_question=True, in_danger=False)


# the way there and back


def _typed(fields: Mapping[str, str]) -> Typed:
    text = fields.get("frage", "").replace("\r\n", "\n")  # a line's end is one character, as it was for the browser
    choice, state = fields.get("auswahl", ""), fields.get("stand", "")
    state = state if len(state) <= MAX_STATE_CHARS else ""
    return Typed(choice, text, state) if choice else Typed(text, "", state)


@router.api_route("/chat", methods=METHODS, name="chat_page")
async def chat_form(request: Request) -> Response:
    """The form with first questions to choose from, or with the answer to the topic that the address names."""
    service = get_service(request)
    try:
        bot = find_bot(service)
    except HTTPException as error:
        return _chat_page(request, service, None, trouble=_unanswered(error, NOTHING))
    if bot is None:
        now = now_in(None, service.settings)
        return _chat_page(request, service, None, shown=_shown(last_resort(Question("", now), None), None))
    topic = request.query_params.get("topic")
    if not topic:
        return _chat_page(request, service, bot)
    content = bot.content
    if topic not in content.entries:
        text = "Dieses Thema gibt es hier nicht. Schreiben Sie Ihre Frage bitte in eigenen Worten."
        return _chat_page(request, service, bot, trouble=Trouble(404, text, in_danger=False))
    title, now = content.entries[topic].title, now_in(content, service.settings)
    answer = answer_safely(Question(title, now), bot)
    typed = Typed(state=sign(answer.conversation, service.settings.secrets, now))
    return _chat_page(request, service, bot, typed, shown=_shown(answer, content, title=title))


@router.post("/chat")
async def chat_answer(request: Request) -> Response:
    """The answer to what was typed or chosen, with the form for the next question."""
    service = get_service(request)
    bot = service.bot
    try:
        typed = _typed(await read_form(request))
    except HTTPException as error:
        return _chat_page(request, service, bot, trouble=_unread(error))
    try:
        check_rate(request, service)
        bot = find_bot(service)
        body = schemas.ChatRequest(message=typed.message, state=typed.state or None)
        turn = converse(body, bot, service)
    except ValidationError as error:
        return _chat_page(request, service, bot, typed, trouble=_refused(error, typed))
    except HTTPException as error:
        kept = Typed(typed.message) if error.status_code == 400 else typed  # a forged state is of no use
        return _chat_page(request, service, bot, kept, trouble=_unanswered(error, typed))
    after = Typed("", typed.draft, turn.state)
    content = bot.content if bot else None
    return _chat_page(request, service, bot, after, shown=_shown(turn.answer, content, question=body.message))


THANKS = "Vielen Dank für Ihre Rückmeldung."
NOT_KEPT = "Ihre Bemerkung haben wir nicht behalten: Dafür fehlt Ihr Häkchen."


@router.post("/chat/rueckmeldung")
async def chat_feedback(request: Request) -> Response:
    """The form for the next question, with thanks for saying whether the answer helped."""
    service = get_service(request)
    bot = service.bot
    try:
        fields = await read_form(request)
    except HTTPException as error:
        return _chat_page(request, service, bot, trouble=_unread(error))
    typed = Typed(state=fields.get("bewertet", "")[: MAX_STATE_CHARS + 1])
    comment, consent = fields.get("bemerkung", "").strip(), fields.get("einverstanden") == "ja"
    try:
        check_rate(request, service)
        bot = get_bot(service)
        helpful = fields.get("hilfreich") == "ja"
        body = schemas.FeedbackRequest(
            state=typed.state, helpful=helpful, comment=comment[: schemas.MAX_MESSAGE_CHARS] or None, consent=consent
        )
        judge(body, bot, service)
    except ValidationError:
        return _chat_page(request, service, bot, trouble=_unread(HTTPException(400)))
    except HTTPException as error:
        return _chat_page(request, service, bot, trouble=_unanswered(error, NOTHING))
    thanks = f"{THANKS} {NOT_KEPT}" if comment and not consent else THANKS
    return _chat_page(request, service, bot, typed, thanks=thanks)
