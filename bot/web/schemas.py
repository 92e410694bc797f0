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

Weekday = Literal["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
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


def _without_empty(value: object) -> object:
    """A list without empty texts: forms send the fields that nobody filled in."""
    return [item for item in value if item != ""] if isinstance(value, list) else value


def _or_none(value: object) -> object:
    return (clean(value) or None) if isinstance(value, str) else value


class OfferQuery(BaseModel):
    """What is looked for; a field that is empty or missing was not wished."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Annotated[list[str], BeforeValidator(_without_empty)] = Field(
        [], max_length=20, description="Kinds of places and offers, any of them; without one all."
    )
    age_months: Annotated[list[Annotated[int, Field(ge=0, le=240)]], BeforeValidator(_without_empty)] = Field(
        [], max_length=10, description="Age of each child that is to come along."
    )
    district: Annotated[str | None, BeforeValidator(_or_none)] = Field(
        None, max_length=60, description="A Stadtteil or a Stadtbezirk; a name of both means the Stadtbezirk."
    )
    weekday: Annotated[list[Weekday], BeforeValidator(_without_empty)] = Field(
        [], max_length=7, description="Any of these days."
    )
    part_of_day: Annotated[
        Literal["morning", "noon", "afternoon", "evening", "night"] | None, BeforeValidator(_or_none)
    ] = None
    q: Annotated[str | None, BeforeValidator(_or_none)] = Field(
        None, max_length=60, description="Part of the name, upper or lower case."
    )


class FeedbackRequest(BaseModel):
    """Whether an answer helped."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    state: Annotated[str, Field(max_length=MAX_STATE_CHARS, description="The `state` of the reply that is judged.")]
    helpful: Annotated[bool, Field(description="Whether it helped.")]
    comment: Annotated[
        str | None,
        Field(
            max_length=MAX_MESSAGE_CHARS,
            description="A remark for the editors. Without `consent` it is not kept; with it, for 30 days, without "
            "numbers, names and addresses.",
        ),
    ] = None
    consent: Annotated[bool | None, Field(description="Whether the parent ticked that the remark may be kept.")] = None


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
    title: NotRequired[str]


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


TimeSpan = TypedDict("TimeSpan", {"from": str, "until": NotRequired[str]})
"""HH:MM in the city's time; the end may not be stated."""

AgeSpan = TypedDict("AgeSpan", {"from": NotRequired[int], "until": NotRequired[int]})
"""Months, both ends included; an end may not be stated."""


class OfferFields(TypedDict):
    """A place or an offer; what no source states is missing.

    place  the place where an offer is, or that in words
    dates  single days from today on; an offer that has them has no `weekdays`
    fit    `sure`: all wishes hold, `possible`: one is not stated, `relaxed`: all hold but those in `relaxed`
    ask    the fields that are not stated and to be asked there; `ask_text` their names in words
    when   days and hours in words
    """

    id: str
    name: str
    kind: str
    kind_title: str
    about: NotRequired[str]
    place: NotRequired[str]
    address: NotRequired[str]
    district: NotRequired[str]
    weekdays: NotRequired[list[Weekday]]
    time: NotRequired[TimeSpan]
    rhythm: NotRequired[str]
    dates: NotRequired[list[str]]
    when: NotRequired[str]
    age: NotRequired[str]
    age_months: NotRequired[AgeSpan]
    cost: NotRequired[str]
    registration: NotRequired[str]
    languages: NotRequired[list[str]]
    operator: NotRequired[str]
    phone: NotRequired[str]
    email: NotRequired[str]
    url: NotRequired[str]
    accessible: NotRequired[str]
    hours: NotRequired[str]
    services: NotRequired[list[str]]
    source: Source
    fit: NotRequired[Literal["sure", "possible", "relaxed"]]
    ask: list[str]
    ask_text: NotRequired[str]


class Offer(OfferFields):
    """A place or an offer, with all of it in short sentences."""

    text: str


class OfferBlock(BaseBlock, OfferFields):
    """A place or an offer, with the fields of its record."""

    type: Literal["offer"]


class TableBlock(BaseBlock):
    """A table; every row is as long as its head."""

    type: Literal["table"]
    head: list[str]
    rows: list[list[str]]


class Moment(TypedDict):
    """A dated step of a timetable.

    date    its first day, of a deadline alone that day; where only the month of birth is known, a month
    until   its last day
    latest  until when it is still possible after that
    when    the dates in words, as of the day of asking
    rule    why it is these dates
    """

    date: str
    until: NotRequired[str]
    latest: NotRequired[str]
    text: str
    source: Source
    id: NotRequired[str]
    title: NotRequired[str]
    when: NotRequired[str]
    rule: NotRequired[str]
    topic: NotRequired[str]
    stage: NotRequired[Literal["now", "later"]]


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


class TimetableRequest(BaseModel):
    """A child's date of birth, or the due date; both for a child that came before its due date."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    birth_date: Annotated[
        str | None,
        Field(
            max_length=60, description="Day or month of birth in any usual form: `2025-05-03`, `3.5.25`, `Mai 2025`."
        ),
    ] = None
    due_date: Annotated[
        str | None, Field(max_length=60, description="The due date in any usual form: `2027-02-12`, `12.2.`.")
    ] = None
    children: Annotated[int, Field(ge=1, le=9, description="How many children of one birth: twins are 2.")] = 1


class TimetableReply(TypedDict):
    """The dated steps as blocks, and where they come from. Nothing of it is stored."""

    blocks: list[Block]
    links: list[Link]
    sources: list[Source]
    lang: str
    knowledge: str


Relaxed = Literal["part_of_day", "weekday", "district", "city"]


class KnownOf(TypedDict):
    """How much our list has of the kinds wished, of how many, if that is known, and when it was last checked."""

    count: int
    of: int | None
    as_of: str | None


class OfferList(TypedDict):
    """What was found, at most 100 of `total`, and the wishes that were dropped because nothing fits all of them."""

    offers: list[Offer]
    relaxed: list[Relaxed]
    total: int
    known_of: KnownOf


class Health(TypedDict):
    """The process lives."""

    status: Literal["ok"]


ReloadState = Literal["current", "building", "refused"]


class Reloading(TypedDict):
    """What became of edits since the start: whether the newest files answer, and how many versions did or did not.

    `refused`: the last good version answers; `problems` say in German why, with file and line.
    """

    state: ReloadState
    taken: int
    refused: int
    problems: NotRequired[list[str]]


class Readiness(TypedDict):
    """Questions can be answered; `degraded` names what was left out of the knowledge, if anything was.

    `reload` is there as soon as a file was edited.
    """

    status: Literal["ready"]
    knowledge: str
    degraded: NotRequired[list[str]]
    reload: NotRequired[Reloading]


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
TIMETABLE_EXAMPLE: TimetableReply = {
    "blocks": [
        {
            "type": "timeline",
            "topic": "familienfahrplan",
            "aspect": "deadline",
            "text": "- jetzt bis 30. November 2026: Kindergeld beantragen",
            "items": [
                {
                    "date": "2026-05-03",
                    "until": "2026-11-30",
                    "text": "Kindergeld beantragen: Sie stellen den Antrag bei der Familienkasse.",
                    "source": {"label": "§ 70 Abs. 1 EStG", "url": None, "date": None, "checked": "2026-11-22"},
                    "id": "kindergeld",
                    "title": "Kindergeld beantragen",
                    "when": "jetzt bis 30. November 2026",
                    "rule": "Höchstens 6 Monate vor dem Monat des Antrags werden nachgezahlt",
                    "topic": "kindergeld",
                    "stage": "now",
                }
            ],
        }
    ],
    "links": [],
    "sources": [{"label": "§ 70 Abs. 1 EStG", "url": None, "date": None, "checked": "2026-11-22"}],
    "lang": "de",
    "knowledge": "0f1e2d3c4b5a6978",
}
OFFER_EXAMPLE: Offer = {
    "id": "stadt.spielgruppe-bachkiesel",
    "name": "Spielgruppe Bachkiesel",
    "kind": "spielgruppe",
    "kind_title": "Krabbel- und Spielgruppen",
    "place": "Nachbarschaftshaus Bachstube",
    "address": "Talstraße 1, 00000 Beispielingen",
    "district": "Bachtal",
    "weekdays": ["FR"],
    "time": {"from": "09:30"},
    "when": "freitags, ab 9.30 Uhr",
    "age": "ab 12 Monaten",
    "age_months": {"from": 12},
    "registration": "ohne Anmeldung",
    "phone": "030 23125-503",
    "source": {"label": "Erfundenes Beispiel", "url": None, "date": None, "checked": "2026-11-22"},
    "fit": "sure",
    "ask": ["cost", "accessible"],
    "ask_text": "Kosten und Barrierefreiheit",
    "text": "Spielgruppe Bachkiesel: freitags, ab 9.30 Uhr. Alter: ab 12 Monaten. Ort: Nachbarschaftshaus Bachstube, "
    "Talstraße 1, 00000 Beispielingen, Bachtal. Ohne Anmeldung. Telefon: 030 23125-503. Bitte erfragen: Kosten und "
    "Barrierefreiheit. Abgerufen November 2026 (Erfundenes Beispiel).",
}
REQUEST_EXAMPLES: dict[str, object] = {
    "/api/v1/feedback": {"state": "k1.eyJ2IjoxfQ.c2lnbmF0dXJl", "helpful": True},
    "/api/v1/chat": {"message": "Was kostet die Kita?", "state": None, "lang": None},
    "/api/v1/timetable": {"birth_date": "2026-05-03"},
    "/api/v1/timetable.ics": {"due_date": "2027-02-12", "children": 2},
}
"""Bodies of requests by their path."""
EXAMPLES: dict[str, object] = {
    "chat": CHAT_EXAMPLE,
    "topics": [{"id": "kita-beitrag", "title": "Was die Kita kostet", "group": "kita", "lang": ["de"]}],
    "topic": TOPIC_EXAMPLE,
    "timetable": TIMETABLE_EXAMPLE,
    "offers": {
        "offers": [OFFER_EXAMPLE],
        "relaxed": [],
        "total": 1,
        "known_of": {"count": 12, "of": None, "as_of": "2026-11-22"},
    },
    "offer": {name: value for name, value in OFFER_EXAMPLE.items() if name != "fit"},
    "healthz": {"status": "ok"},
    "readyz": {
        "status": "ready",
        "knowledge": "0f1e2d3c4b5a6978",
        "degraded": ["kita-mittagessen"],
        "reload": {
            "state": "refused",
            "taken": 3,
            "refused": 1,
            "problems": [
                "knowledge/herne/entries/kita/kita-beitrag.yaml:7: Hier fehlt „short“. Ergänzen Sie „short: …“."
            ],
        },
    },
    "version": {"version": "1.0.0", "knowledge": "0f1e2d3c4b5a6978", "date": "2026-11-22"},
}
"""Successful responses by the id of their operation."""
