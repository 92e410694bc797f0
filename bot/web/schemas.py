"""The wire names: what strangers send, checked by pydantic, and what they get, as the OpenAPI document shows it."""

from __future__ import annotations

import unicodedata
from typing import Annotated, Any, Literal, NotRequired

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from typing_extensions import TypedDict  # pydantic needs this one before Python 3.12

from bot.language.text import clean
from bot.replying.conversation import MAX_STATE_CHARS

MAX_MESSAGE_CHARS = 1000

LANGUAGE_TAG = (
    r"^(?:(?:[A-Za-z]{2,3}(?:-[A-Za-z]{3}){0,3}|[A-Za-z]{4,8})"  # language
    r"(?:-[A-Za-z]{4})?(?:-(?:[A-Za-z]{2}|[0-9]{3}))?"  # script, region
    r"(?:-(?:[A-Za-z0-9]{5,8}|[0-9][A-Za-z0-9]{3}))*"  # variants
    r"(?:-[0-9A-WY-Za-wy-z](?:-[A-Za-z0-9]{2,8})+)*(?:-[xX](?:-[A-Za-z0-9]{1,8})+)?"  # extensions, private use
    r"|[xX](?:-[A-Za-z0-9]{1,8})+)$"
)
"""What a well-formed tag looks like, RFC 5646 section 2.1; the irregular old ones are left out."""

Kind = Literal["answer", "offers", "clarify", "fallback", "emergency", "smalltalk"]
Aspect = Literal[
    "overview", "eligibility", "procedure", "documents", "deadline", "cost", "duration", "place", "contact", "hours"
]


def _readable(value: object) -> object:
    """The message without what nobody can see; one that is too long stays as it is and is refused."""
    if not isinstance(value, str):
        return value
    text = unicodedata.normalize("NFC", value).strip()
    return clean(text) if len(text) <= MAX_MESSAGE_CHARS else "x" * len(text)


class ChatRequest(BaseModel):
    """A question to the bot."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    message: Annotated[
        str,
        Field(
            min_length=1,
            max_length=MAX_MESSAGE_CHARS,
            description="What the parent typed; counted in code points after NFC and trimming.",
        ),
        BeforeValidator(_readable),
    ]
    state: Annotated[
        str | None,
        Field(max_length=MAX_STATE_CHARS, description="The `state` of the previous reply; null starts a conversation."),
    ] = None
    lang: Annotated[
        str | None,
        Field(max_length=64, pattern=LANGUAGE_TAG, description="BCP 47 tag of the language to answer in."),
    ] = None


class Link(TypedDict):
    """A page to read on or act."""

    label: str
    url: str


class Source(TypedDict):
    """Where an answer comes from, as of when, and when the editors checked it."""

    label: str
    url: str | None
    date: str | None
    checked: str


class Suggestion(TypedDict):
    """A quick reply: what it says and what it sends."""

    label: str
    message: str


class Candidate(TypedDict):
    """A topic that the message may be about."""

    topic: str
    title: str
    confidence: float


class BaseBlock(TypedDict):
    """What every block has; `text` is what a client shows that does not know the type."""

    topic: str | None
    aspect: Aspect | None
    text: str


class TextBlock(BaseBlock):
    """A paragraph."""

    type: Literal["text"]


class ListBlock(BaseBlock):
    """Points in no order."""

    type: Literal["list"]
    items: list[str]


class Step(TypedDict):
    """One step of a procedure."""

    text: str
    deadline: NotRequired[str]
    link: NotRequired[Link]


class StepsBlock(BaseBlock):
    """A procedure, in order."""

    type: Literal["steps"]
    items: list[Step]


class ContactBlock(BaseBlock):
    """An office or a line to call."""

    type: Literal["contact"]
    name: str
    phone: NotRequired[str]
    email: NotRequired[str]
    address: NotRequired[str]
    hours: NotRequired[str]
    url: NotRequired[str]
    purpose: NotRequired[str]
    languages: NotRequired[list[str]]


class OfferBlock(BaseBlock):
    """A place or regular date, with the fields of its record."""

    type: Literal["offer"]


class TableBlock(BaseBlock):
    """A table; every row is as long as its head."""

    type: Literal["table"]
    head: list[str]
    rows: list[list[str]]


class Moment(TypedDict):
    """A dated step of a timetable."""

    date: str
    until: NotRequired[str]
    text: str
    source: Source


class TimelineBlock(BaseBlock):
    """Dated steps, earliest first."""

    type: Literal["timeline"]
    items: list[Moment]


class NoticeBlock(BaseBlock):
    """Something to know besides; `help` and `danger` name who helps at once."""

    type: Literal["notice"]
    level: Literal["info", "help", "danger"]
    lang: NotRequired[str]


Block = Annotated[
    TextBlock | ListBlock | StepsBlock | ContactBlock | OfferBlock | TableBlock | TimelineBlock | NoticeBlock,
    Field(discriminator="type"),
]


class ChatReply(TypedDict):
    """The reply as data, never HTML. All but `state` is the same for the same question, knowledge and time."""

    kind: Kind
    topics: list[str]
    aspects: list[Aspect]
    candidates: list[Candidate]
    asks: str | None
    confidence: float
    safety: bool
    blocks: list[Block]
    links: list[Link]
    sources: list[Source]
    suggestions: list[Suggestion]
    entities: dict[str, Any]
    lang: str
    knowledge: str
    state: str


class TopicSummary(TypedDict):
    """A topic that has an entry, and the languages in which it is answered."""

    id: str
    title: str
    group: str
    lang: list[str]


class RelatedTopic(TypedDict):
    """A topic to read on."""

    id: str
    title: str


class TopicPage(TypedDict):
    """The whole entry of a topic."""

    id: str
    title: str
    group: str
    blocks: list[Block]
    links: list[Link]
    sources: list[Source]
    related: list[RelatedTopic]


class Health(TypedDict):
    """The process lives."""

    status: Literal["ok"]


class Readiness(TypedDict):
    """Questions can be answered; `degraded` names what was left out of the knowledge, if anything was."""

    status: Literal["ready"]
    knowledge: str
    degraded: NotRequired[list[str]]


class Version(TypedDict):
    """The version of the code, the hash of the knowledge and the day of its newest check; null until it is loaded."""

    version: str
    knowledge: str | None
    date: str | None


class FieldError(TypedDict):
    """A field and why it was refused."""

    field: str
    reason: str


class Problem(TypedDict):
    """An error, RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    errors: NotRequired[list[FieldError]]


CHAT_EXAMPLE: ChatReply = {
    "kind": "answer",
    "topics": ["kita-beitrag"],
    "aspects": ["cost"],
    "candidates": [{"topic": "kita-beitrag", "title": "Was die Kita kostet", "confidence": 0.97}],
    "asks": None,
    "confidence": 0.97,
    "safety": False,
    "blocks": [
        {
            "type": "text",
            "topic": "kita-beitrag",
            "aspect": "cost",
            "text": "Der Beitrag richtet sich nach Ihrem Einkommen.",
        },
        {
            "type": "contact",
            "topic": "kita-beitrag",
            "aspect": "cost",
            "text": "Jugendamt, 0999 1-200",
            "name": "Jugendamt",
            "phone": "0999 1-200",
        },
    ],
    "links": [{"label": "Elternbeiträge", "url": "https://example.org/beitrag"}],
    "sources": [{"label": "Beitragssatzung", "url": None, "date": "2026-08", "checked": "2026-11-20"}],
    "suggestions": [{"label": "Unterlagen", "message": "Was die Kita kostet: Unterlagen"}],
    "entities": {"children": [{"age_months": 24}]},
    "lang": "de",
    "knowledge": "0f1e2d3c4b5a6978",
    "state": "k1.eyJ2IjoxfQ.c2lnbmF0dXJl",
}
PROBLEM_EXAMPLE: Problem = {
    "type": "about:blank",
    "title": "Unprocessable Entity",
    "status": 422,
    "detail": "The request has fields that cannot be used.",
    "errors": [{"field": "message", "reason": "String should have at least 1 character"}],
}
TOPIC_EXAMPLE: TopicPage = {
    "id": "kita-beitrag",
    "title": "Was die Kita kostet",
    "group": "kita",
    "blocks": CHAT_EXAMPLE["blocks"],
    "links": CHAT_EXAMPLE["links"],
    "sources": CHAT_EXAMPLE["sources"],
    "related": [{"id": "kita-beitrag-befreiung", "title": "Beitragsfreiheit"}],
}
CHAT_REQUEST_EXAMPLE = {"message": "Was kostet die Kita?", "state": None, "lang": None}
EXAMPLES: dict[str, object] = {
    "chat": CHAT_EXAMPLE,
    "topics": [{"id": "kita-beitrag", "title": "Was die Kita kostet", "group": "kita", "lang": ["de"]}],
    "topic": TOPIC_EXAMPLE,
    "healthz": {"status": "ok"},
    "readyz": {"status": "ready", "knowledge": "0f1e2d3c4b5a6978", "degraded": ["kita-mittagessen"]},
    "version": {"version": "1.0.0", "knowledge": "0f1e2d3c4b5a6978", "date": "2026-11-22"},
}
"""Successful responses by the id of their operation."""
