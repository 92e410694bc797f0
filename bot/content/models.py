"""The shapes of the editors' YAML. Every scalar arrives as text; these models convert it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, HttpUrl, StringConstraints, TypeAdapter


class Layer(StrEnum):
    """Where something holds; a later layer adds to or overrides an earlier one."""

    BUND = "bund"
    NRW = "nrw"
    HERNE = "herne"


class Aspect(StrEnum):
    """The side of a topic that is asked for."""

    OVERVIEW = "overview"
    ELIGIBILITY = "eligibility"
    PROCEDURE = "procedure"
    DOCUMENTS = "documents"
    DEADLINE = "deadline"
    COST = "cost"
    DURATION = "duration"
    PLACE = "place"
    CONTACT = "contact"
    HOURS = "hours"


class FactKind(StrEnum):
    """How long a fact can be relied on."""

    STABLE = "stable"
    MAY_HAVE_CHANGED = "may-have-changed"
    DATED_AMOUNT = "dated-amount"
    HISTORICAL = "historical"
    UNCONFIRMED = "unconfirmed"


UNITS = (
    "EUR", "EUR/month", "EUR/day", "EUR/year", "EUR/hour", "percent", "hours", "hours/week", "minutes", "days", "weeks",
    "months", "years", "count", "date", "day_of_year", "time", "phone", "email", "url", "address", "hours_text", "text",
)  # fmt: skip
Unit = Literal[
    "EUR", "EUR/month", "EUR/day", "EUR/year", "EUR/hour", "percent", "hours", "hours/week", "minutes", "days", "weeks",
    "months", "years", "count", "date", "day_of_year", "time", "phone", "email", "url", "address", "hours_text", "text",
]  # fmt: skip

_URL = TypeAdapter(HttpUrl)


def _official_url(text: object) -> object:
    _URL.validate_python(text)
    return text


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$")]
QualifiedId = Annotated[str, StringConstraints(pattern=r"^[a-z]+\.[a-z0-9][a-z0-9-]*$")]
Url = Annotated[str, BeforeValidator(_official_url)]
PartialDate = Annotated[str, StringConstraints(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")]
Flag = Annotated[bool, BeforeValidator(lambda v: {"true": True, "ja": True, "false": False, "nein": False}.get(v, v))]


class Record(BaseModel):
    """Base of every kind of YAML record: unknown keys are errors, nothing changes after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(Record):
    """What parents see as the source: a label, and a link only when the page is official."""

    label: Text
    url: Url | None = None


class Sourced(Record):
    """A record with its source and the day on which an editor checked it."""

    source: Source
    source_date: PartialDate | None = None
    checked: date
    evidence: Text | None = None
    note: Text | None = None


class Fact(Sourced):
    """One statement or one value with its source; a value is stated here and nowhere else.

    value, unit  both or none: a fact without them is a statement
    """

    id: QualifiedId
    text: Text
    value: Text | None = None
    unit: Unit | None = None
    valid_from: PartialDate | None = None
    valid_until: date | None = None
    kind: FactKind
    legal_basis: Text | None = None


class Place(Sourced):
    """An office, advice centre, Kita or meeting point. What no source states stays empty."""

    id: QualifiedId
    name: Text
    kind: Literal["office", "advice", "meeting_point", "family_centre", "kita"]
    address: Text | None = None
    district: Text | None = None
    quarter: Text | None = None
    phone: Text | None = None
    email: Text | None = None
    url: Url | None = None
    operator: Text | None = None
    hours: Text | None = None
    capacity: Text | None = None
    services: tuple[Text, ...] = ()


class Link(Record):
    """A page to read on or act."""

    label: Text
    url: Url


class Step(Record):
    """One step of a procedure."""

    text: Text
    deadline: Text | None = None
    link: Link | None = None


class AspectText(Record):
    """One side of a topic: a short text, then at most one of list and steps; or `see`, another topic that owns it."""

    text: Text | None = None
    list: tuple[Text, ...] = ()
    steps: tuple[Step, ...] = ()
    notice: Text | None = None
    contact: QualifiedId | None = None
    facts: tuple[QualifiedId, ...] = ()
    see: Id | None = None


class Situation(Record):
    """An emergency as it was recognised, with the help that answers it."""

    id: Id
    text: Text
    lines: tuple[Id, ...] = Field(min_length=1, max_length=4)
    door: Text | None = None
    facts: tuple[QualifiedId, ...] = ()


class Entry(Record):
    """One topic's knowledge, all layers merged."""

    topic: Id
    title: Annotated[Text, StringConstraints(max_length=60)]
    office: QualifiedId
    checked: date
    review_by: date
    related: tuple[Id, ...] = ()
    short: Text
    facts: tuple[QualifiedId, ...] = ()
    aspects: Mapping[Aspect, AspectText] = Field(default_factory=dict)
    links: tuple[Link, ...] = ()
    lines: tuple[Id, ...] = ()
    situations: tuple[Situation, ...] = ()
    off: Flag = False
    off_text: Text | None = None


class Intent(Record):
    """How parents ask about a topic, by the side asked for."""

    topic: Id
    own_words: tuple[Text, ...] = ()
    utterances: Mapping[Aspect, tuple[Text, ...]]


class NeighbourIntent(Record):
    """How people ask about a matter that is not ours."""

    matter: Id
    own_words: tuple[Text, ...] = ()
    utterances: tuple[Text, ...]


class Neighbour(Record):
    """A matter of another office: what we say of it, and the way on. Without a text, the topic `ausserhalb` answers."""

    matter: Id
    title: Text
    text: Text | None = None
    links: tuple[Link, ...] = ()
    contact: QualifiedId | None = None
    facts: tuple[QualifiedId, ...] = ()
    related: tuple[Id, ...] = ()


class Cases(Record):
    """Questions that an entry must answer, and near misses that belong elsewhere. None is an utterance."""

    asks: tuple[Text, ...] = ()
    belongs_elsewhere: Mapping[Id, tuple[Text, ...]] = Field(default_factory=dict)
    known_failures: tuple[Text, ...] = ()


class LineHours(Record):
    """When an emergency line answers: weekdays, from and until as HH:MM in the city's time."""

    days: tuple[Literal["MO", "TU", "WE", "TH", "FR", "SA", "SU"], ...]
    opens: Annotated[str, StringConstraints(pattern=r"^\d{2}:\d{2}$")] = Field(alias="from")
    closes: Annotated[str, StringConstraints(pattern=r"^\d{2}:\d{2}$")] = Field(alias="until")


class EmergencyLine(Record):
    """A number or service that helps in an emergency."""

    id: Id
    name: Text
    phone: Text | None = None
    purpose: Text = Field(alias="for")
    note: Text | None = None
    always_open: Flag = False
    hours: tuple[LineHours, ...] = ()
    languages: tuple[Text, ...] = ()
    url: Url | None = None
    facts: tuple[QualifiedId, ...] = ()


class EmergencyRule(Record):
    """A reviewed rule: it fires when every `all` pattern and none of `unless` is found in the message.

    all     patterns that must all be found; each a word class `<name>` or words, `|` between alternatives
    within  how many words apart the first and the last may stand; None: anywhere in one sentence
    """

    id: Id
    topic: Id
    situation: Id
    all: tuple[Text, ...] = Field(min_length=1)
    unless: tuple[Text, ...] = ()
    within: int | None = None
    ordered: Flag = False
    lang: Text | None = None


class EmergencyRules(Record):
    """All word classes and rules of one file."""

    classes: Mapping[Id, tuple[Text, ...]] = Field(default_factory=dict)
    rules: tuple[EmergencyRule, ...] = ()
    silent: tuple[Text, ...] = ()


class Harmless(Record):
    """Sentences with alarming words that are no emergency: counterexamples of the second net."""

    harmless: tuple[Text, ...]


class Concept(Record):
    """Different words for the same thing."""

    id: Id
    terms: tuple[Text, ...]


class Abbreviation(Record):
    """A short form and what it stands for."""

    short: Text
    long: Text


class City(Record):
    """What differs from city to city and is no topic."""

    name: Text
    timezone: Text
    languages: tuple[Text, ...]
    default_contact: QualifiedId
    layers: tuple[Text, ...]
    legal_links: tuple[Link, ...] = ()
    greeting_topics: tuple[Id, ...] = ()


class Texts(Record):
    """Sentences of the conversation itself, around the answers."""

    aspects: Mapping[Aspect, Text]
    clarify: Text
    clarify_none: Text
    fallback: Text
    fallback_near: Text
    outside: Text
    outside_contact: Text
    expired: Text
    help_line: Text
    state_expired: Text
    two_questions: Text
    topic_off: Text
    all_off: Text
    short_message: Text
    no_situation: Text
    other_language: Mapping[str, Text] = Field(default_factory=dict)


class FactFile(Record):
    """A file of facts."""

    facts: tuple[Fact, ...]


class PlaceFile(Record):
    """A file of places."""

    places: tuple[Place, ...]


class NeighbourFile(Record):
    """A file of neighbour matters."""

    neighbours: tuple[Neighbour, ...]


class LineFile(Record):
    """A file of emergency lines."""

    lines: tuple[EmergencyLine, ...]


class ConceptFile(Record):
    """A file of concepts."""

    concepts: tuple[Concept, ...]


class AbbreviationFile(Record):
    """A file of abbreviations."""

    abbreviations: tuple[Abbreviation, ...]


class District(Sourced):
    """A Stadtteil and the Stadtbezirk that it belongs to.

    aliases  other spellings; one that stands under several districts is ambiguous and is asked back
    """

    name: Text
    borough: Text
    aliases: tuple[Text, ...] = ()


class DistrictFile(Record):
    """A file of districts."""

    districts: tuple[District, ...]


class TopicInfo(Record):
    """A topic id with its group and what a parent wants to know who asks about it."""

    id: Id
    group: Id
    description: Text


REFERENCE = re.compile(r"\{\{\s*(fact|stand|place):([a-z0-9.-]+?)(?:\.(name|address|phone|email|url|hours))?(\|value)?\s*\}\}")
"""A reference in a text: kind, id, field of a place, `|value` for the bare number."""
