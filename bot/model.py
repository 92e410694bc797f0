"""The five types that a message passes through, and their parts. Sequences are tuples, best first."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """The sort of a reply, as the HTTP contract names it."""

    ANSWER = "answer"
    OFFERS = "offers"
    CLARIFY = "clarify"
    FALLBACK = "fallback"
    EMERGENCY = "emergency"
    SMALLTALK = "smalltalk"


OUTSIDE = "ausserhalb"
"""The topic of all that is not ours."""

EMERGENCY_GROUP = "notfall"
TALK_GROUP = "gespraech"


@dataclass(frozen=True, slots=True)
class Child:
    """A child spoken of: its age in months, or a birth or due date (ISO, perhaps only year and month)."""

    age_months: int | None = None
    birth_date: str | None = None
    due_date: str | None = None


@dataclass(frozen=True, slots=True)
class Entities:
    """Values found in a message; None means not mentioned.

    districts      those that an ambiguous name may mean, or several that were named
    weekday        `MO` to `SU`: the first one named, or that of `date`
    weekdays       all of them where several were named, as by „am Wochenende“
    date           ISO date of a day to come
    kinds          ids of the kinds of places or offers that were named; looked for only where something is searched
    offer          id of the place or offer that was named; looked for only there, too
    child_count    how many children are spoken of, whether or not their ages are
    income_period  `month` or `year` where the message says so
    doubtful       names of values that cannot be as they were typed, such as `age` for a negative one
    """

    children: tuple[Child, ...] = ()
    district: str | None = None
    districts: tuple[str, ...] = ()
    weekday: str | None = None
    weekdays: tuple[str, ...] = ()
    part_of_day: str | None = None
    date: str | None = None
    hours_per_week: int | None = None
    income_eur: int | None = None
    income_period: str | None = None
    child_count: int | None = None
    doubtful: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    offer: str | None = None
    matter: str | None = None


@dataclass(frozen=True, slots=True)
class Conversation:
    """What is remembered of the turns before: no more than the page shows, never message text.

    pending  the topics that the last question back offered, in the order shown
    turns    how many replies were given, this conversation's age
    """

    topic: str | None = None
    aspect: str | None = None
    entities: Entities = Entities()
    pending: tuple[str, ...] = ()
    turns: int = 0


@dataclass(frozen=True, slots=True)
class Question:
    """What a parent typed, when, and what was said before."""

    message: str
    now: datetime
    lang: str | None = None
    conversation: Conversation = Conversation()

    @property
    def today(self) -> date:
        """The day of the question in the city's zone."""
        return self.now.date()


@dataclass(frozen=True, slots=True)
class Token:
    """A word of the message.

    text     as typed, lower case
    word     after repair of the spelling; the same as `text` when nothing was repaired
    lemma    base form of `word`
    parts    lemmas of its parts when it is a compound, of the long form when it is an abbreviation
    known    whether the word, or each of its parts, occurs in our knowledge or utterances
    german   whether it is a known German word at all
    listed   whether it was typed exactly as it stands in our tables: what is computed for it may be kept in memory
    mark     punctuation behind it, or the end of the line; the one that parts most when there are several
    """

    text: str
    word: str
    lemma: str
    parts: tuple[str, ...] = ()
    known: bool = False
    german: bool = False
    listed: bool = False
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Analysis:
    """What was read in a message.

    sentences  the tokens by sentence, none empty
    core       the tokens without greeting and thanks around them
    concepts   ids of the concepts found, in order of the message
    spans      where they stand in `core`: concept, first token, token behind the last
    lang       BCP 47 tag of the language that it seems to be written in
    """

    text: str
    sentences: tuple[tuple[Token, ...], ...]
    core: tuple[Token, ...] = ()
    concepts: tuple[str, ...] = ()
    spans: tuple[tuple[str, int, int], ...] = ()
    entities: Entities = Entities()
    lang: str = "de"

    @property
    def tokens(self) -> tuple[Token, ...]:
        """All tokens in order."""
        return tuple(t for s in self.sentences for t in s)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A topic that the message may be about; for `ausserhalb` with the matter of another office.

    score       raw, comparable within one message only
    confidence  0..1, calibrated: how often such a candidate is right
    """

    topic: str
    confidence: float
    score: float = 0.0
    matter: str | None = None


@dataclass(frozen=True, slots=True)
class Candidates:
    """What a message may be about.

    best       by confidence, at most 5
    aspect     the side asked for, `overview` when none is
    aspect_sure  whether the answer may begin with that side alone
    foreign    how likely the message is not ours at all, 0..1
    alarm      the emergency topic that comes nearest, if there is any
    alarm_leads  whether it comes nearer than anything else
    alarm_share  the share of the emergency topics among the topics, 0..1
    emergency  how likely the message is an emergency, by the second net, 0..1
    sure_emergency  whether the second net takes it for one
    help_line       whether it is unsure, so that the ordinary reply begins with a line of help
    """

    best: tuple[Candidate, ...]
    aspect: str = "overview"
    aspect_sure: bool = True
    foreign: float = 0.0
    alarm: str | None = None
    alarm_leads: bool = False
    alarm_share: float = 0.0
    emergency: float = 0.0
    sure_emergency: bool = False
    help_line: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """The sort of reply to give and what it is about.

    topics      what is answered, the main one first, each with its aspect in `aspects`
    choices     for a question back: the topics offered
    short_first whether the short answer stands before the side asked for, because that side is not sure
    situation   for an emergency: which of the entry's situations
    help_line   whether the reply begins with a line of help because the second net was unsure
    oddity      what keeps a search from being done as it was asked: the name of the sentence that says so
    """

    kind: Kind
    topics: tuple[str, ...] = ()
    aspects: tuple[str, ...] = ()
    choices: tuple[Candidate, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    confidence: float = 0.0
    asks: str | None = None
    short_first: bool = False
    situation: str | None = None
    rule: str | None = None
    help_line: bool = False
    oddity: str | None = None
    entities: Entities = Entities()
    lang: str = "de"


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of an answer: its type, what it belongs to, its text, and the fields of its type."""

    type: str
    topic: str | None
    aspect: str | None
    text: str
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Link:
    """A page to read on or act."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Source:
    """Where an answer comes from, as of when, and when the editors checked it."""

    label: str
    url: str | None
    date: str | None
    checked: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A quick reply: what it says and what it sends."""

    label: str
    message: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The reply as data, never HTML, and what is remembered after it."""

    decision: Decision
    blocks: tuple[Block, ...]
    links: tuple[Link, ...]
    sources: tuple[Source, ...]
    suggestions: tuple[Suggestion, ...]
    titles: dict[str, str]
    conversation: Conversation
    lang: str = "de"
