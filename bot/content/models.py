"""The shapes of the editors' YAML. Every scalar arrives as text; these models convert it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    HttpUrl,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError


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


Unit = Literal[
    "EUR", "EUR/month", "EUR/day", "EUR/year", "EUR/hour", "percent", "hours", "hours/week", "minutes", "days", "weeks",
    "months", "years", "count", "date", "day_of_year", "time", "phone", "email", "url", "address", "hours_text", "text",
]  # fmt: skip

_URL = TypeAdapter(HttpUrl)
_FLAGS = {"true": True, "ja": True, "false": False, "nein": False}


def is_day(text: str) -> bool:
    """Whether there is such a day, month or year: `2026`, `2026-11` or `2026-11-22`."""
    if re.fullmatch(r"\d{4}(-\d{2}){0,2}", text) is None:
        return False
    try:
        date.fromisoformat((text + "-01-01")[:10])
    except ValueError:
        return False
    return True


def is_day_of_year(text: str) -> bool:
    """Whether there is such a day in some year: `11-22`."""
    return re.fullmatch(r"\d{2}-\d{2}", text) is not None and is_day(f"2000-{text}")


def _address(text: object) -> object:
    try:
        _URL.validate_python(text)
    except ValidationError:
        raise PydanticCustomError("url_parsing", "no address of a page") from None
    return text


def _day(text: object) -> object:
    """Only ISO days: pydantic would take a bare number for seconds since 1970."""
    if isinstance(text, str) and not (len(text) == 10 and is_day(text)):
        raise PydanticCustomError("date_parsing", "no day")
    return text


def _existing_day(text: str) -> str:
    if not is_day(text):
        raise PydanticCustomError("date_parsing", "no day, month or year")
    return text


def _flag(text: object) -> object:
    return _FLAGS.get(text.lower(), text) if isinstance(text, str) else text


def _timezone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise PydanticCustomError("timezone", "no time zone") from None
    return name


def _with_placeholder(*names: str) -> Callable[[str], str]:
    """A check that the text can be filled in: no other placeholders in it than `{name}` of these."""

    def check(text: str) -> str:
        try:
            text.format(**dict.fromkeys(names, ""))
        except (ValueError, LookupError, AttributeError):
            expected = ", ".join(f"{{{name}}}" for name in names)
            raise PydanticCustomError("placeholder", "wrong placeholder", {"expected": expected}) from None
        return text

    return check


# The loader reads every scalar as text, an editor reads `112` as a number: the JSON Schemas allow both.
_PARTIAL = r"^\d{4}(-\d{2}(-\d{2})?)?$"
_SCALAR: dict[str, Any] = {"type": ["string", "number"], "minLength": 1}
_PARTIAL_DATE: dict[str, Any] = {
    "anyOf": [
        {"type": "string", "pattern": _PARTIAL},
        {"type": "integer", "minimum": 1000, "maximum": 9999},
    ]
}

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1), WithJsonSchema(_SCALAR)]
Title = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=60),
    WithJsonSchema({**_SCALAR, "maxLength": 60}),
]
Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$")]
QualifiedId = Annotated[str, StringConstraints(pattern=r"^[a-z]+\.[a-z0-9][a-z0-9-]*$")]


def _known(sort: str) -> Any:
    """Marks ids that must be known: the JSON Schemas name all of this sort."""
    return Field(json_schema_extra={"x-known": sort})


TopicId = Annotated[Id, _known("topic")]
PlaceId = Annotated[QualifiedId, _known("place")]
FactId = Annotated[QualifiedId, _known("fact")]
LineId = Annotated[Id, _known("line")]
KindId = Annotated[Id, _known("kind")]
MatterId = Annotated[Id, _known("matter")]
DistrictName = Annotated[Text, _known("district")]
Url = Annotated[str, BeforeValidator(_address), WithJsonSchema({"type": "string", "pattern": "^https?://"})]
Day = Annotated[date, BeforeValidator(_day)]
PartialDate = Annotated[
    str,
    StringConstraints(pattern=_PARTIAL),
    AfterValidator(_existing_day),
    WithJsonSchema(_PARTIAL_DATE),
]
Clock = Annotated[str, StringConstraints(pattern=r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$")]
Months = Annotated[int, Field(ge=0, le=240), WithJsonSchema({"type": ["string", "integer"]})]
Flag = Annotated[bool, BeforeValidator(_flag), WithJsonSchema({"enum": [True, False, "ja", "nein"]})]


def _about(german: str, **extra: Any) -> ConfigDict:
    """What an editor is shown about a record while typing."""
    return ConfigDict(json_schema_extra={"description": german, **extra})


class Record(BaseModel):
    """Base of every kind of YAML record: unknown keys are errors, nothing changes after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(Record):
    """What parents see as the source: a label, and a link only when the page is official."""

    model_config = _about("Die Quelle, wie Eltern sie sehen.")

    label: Text = Field(description="Name der Quelle, etwa „Stadt Herne“; bei einem Gesetz der Paragraf.")
    url: Url | None = Field(None, description="Adresse der amtlichen Seite mit https://. Keine Zeitungsseiten.")


class Sourced(Record):
    """A record with its source and the day on which an editor checked it."""

    source: Source = Field(description="Woher wir es wissen.")
    source_date: PartialDate | None = Field(None, description="Stand der Quelle: 2026, 2026-11 oder 2026-11-22.")
    checked: Day = Field(description="Wann zuletzt jemand von uns die Quelle gelesen hat: 2026-11-22.")
    evidence: Text | None = Field(None, description="Beleg für die Redaktion; Eltern sehen ihn nicht.")
    note: Text | None = Field(None, description="Notiz für die Redaktion; Eltern sehen sie nicht.")


class Fact(Sourced):
    """One statement or one value with its source; a value is stated here and nowhere else.

    value, unit  both or none: a fact without them is a statement
    """

    model_config = _about(
        "Eine Tatsache. Zahlen, Beträge, Fristen und Nummern stehen nur hier; Texte verweisen darauf."
    )

    id: QualifiedId = Field(description="Eindeutiger Name: Ebene, Punkt, Name. Etwa herne.familienbuero-telefon.")
    text: Text = Field(description="Die Tatsache als ganzer Satz, für die Redaktion.")
    value: Text | None = Field(
        None, description="Der Wert allein: 300, 12.50, 2026-11-22, 08:30. Nur zusammen mit „unit“."
    )
    unit: Unit | None = Field(None, description="Die Einheit des Wertes. EUR/month: Euro im Monat. date: ein Tag.")
    valid_from: PartialDate | None = Field(None, description="Seit wann es gilt.")
    valid_until: Day | None = Field(
        None, description="Letzter Tag, an dem es gilt. Danach zeigt der Bot den Wert nicht mehr."
    )
    kind: FactKind = Field(
        description="Wie verlässlich: stable bleibt, may-have-changed kann sich ändern, dated-amount ist ein Betrag "
        "mit Datum, historical ist Vergangenheit, unconfirmed ist unbestätigt und darf nicht in Texte."
    )
    legal_basis: Text | None = Field(None, description="Der Paragraf, etwa „§ 24 SGB VIII“.")


class Place(Sourced):
    """An office, advice centre, Kita or meeting point. What no source states stays empty.

    also  further kinds under which it is found: a Kita that is a family centre too
    """

    model_config = _about("Eine Stelle, Beratung, Kita oder ein Treffpunkt. Was keine Quelle nennt, bleibt leer.")

    id: QualifiedId = Field(description="Eindeutiger Name: Ebene, Punkt, Name. Etwa herne.jugendamt.")
    name: Text = Field(description="Der Name, wie er an der Tür steht.")
    kind: KindId = Field(description="Art der Stelle, wie sie in kinds.yaml steht: amt, beratungsstelle, kita …")
    also: tuple[KindId, ...] = Field(
        (), description="Weitere Arten, unter denen Eltern sie finden: ein Haus ist auch kita."
    )
    address: Text | None = Field(None, description="Straße, Hausnummer, Postleitzahl und Ort.")
    district: DistrictName | None = Field(None, description="Stadtbezirk oder Stadtteil, wie die Quelle ihn nennt.")
    quarter: Text | None = Field(None, description="Stadtteil oder Quartier, wenn die Quelle ihn genauer nennt.")
    phone: Text | None = Field(None, description="Telefonnummer mit Vorwahl.")
    email: Text | None = Field(None, description="E-Mail-Adresse.")
    url: Url | None = Field(None, description="Internetseite mit https://.")
    operator: Text | None = Field(None, description="Wer die Stelle trägt, etwa die Stadt oder eine Kirche.")
    hours: Text | None = Field(None, description="Öffnungszeiten als Text.")
    capacity: Text | None = Field(None, description="Zahl der Plätze.")
    languages: tuple[Text, ...] = Field((), description="Sprachen, etwa de, tr.")
    accessible: Text | None = Field(None, description="Was über Barrierefreiheit bekannt ist, in Worten.")
    services: tuple[Text, ...] = Field((), description="Was es dort gibt, ein Stichwort je Zeile.")


Weekday = Literal["MO", "TU", "WE", "TH", "FR", "SA", "SU"]


class AgeRange(Record):
    """For which age in months, both ends included; an end that is not stated is None."""

    model_config = _about("Für welches Alter, in Monaten; beide Enden gehören dazu.")

    start: Months | None = Field(None, alias="from", description="Ab wie vielen Monaten.")
    end: Months | None = Field(None, alias="until", description="Bis zu wie vielen Monaten, einschließlich.")


class TimeRange(Record):
    """From when until when in the city's time; the end may not be stated."""

    model_config = _about("Von wann bis wann. Uhrzeiten in Anführungszeichen.")

    start: Clock = Field(alias="from", description='Beginn, etwa "15:30".')
    end: Clock | None = Field(None, alias="until", description='Ende, etwa "17:00".')


class Offer(Sourced):
    """A regular or dated offer. What no source states stays empty and is shown as to be asked.

    place       id of the place where it is; `at` says it in words where that place is no record of ours
    historical  kept as a record, found by no search
    """

    model_config = _about("Ein regelmäßiges Angebot oder ein Termin. Was keine Quelle nennt, bleibt leer.")

    id: QualifiedId = Field(description="Eindeutiger Name: Ebene, Punkt, Name. Etwa herne.bauklotzparty-mitte.")
    name: Text = Field(description="Der Name, unter dem Eltern es finden.")
    kind: KindId = Field(description="Art des Angebots, wie sie in kinds.yaml steht: spielgruppe, kurs, elterncafe …")
    about: Text | None = Field(None, description="Worum es geht und für wen, in einem Satz. Eltern lesen ihn.")
    place: PlaceId | None = Field(None, description="Name der Stelle aus places, in der es stattfindet.")
    at: Text | None = Field(None, description="Der Ort in Worten, wenn er nicht unter places steht.")
    district: DistrictName | None = Field(None, description="Stadtteil oder Stadtbezirk; leer: der des Ortes.")
    age_months: AgeRange = Field(default_factory=AgeRange, description="Für welches Alter, in Monaten.")
    weekdays: tuple[Weekday, ...] = Field((), description="Wochentage: MO, TU, WE, TH, FR, SA, SU.")
    time: TimeRange | None = Field(None, description="Uhrzeit: von wann bis wann.")
    rhythm: Text | None = Field(None, description="Wenn es nicht jede Woche ist: „an einzelnen Freitagen“.")
    dates: tuple[Day, ...] = Field((), description="Einzelne Termine: 2026-12-05.")
    cost: Text | None = Field(None, description="Was es kostet, in Worten.")
    registration: Text | None = Field(None, description="Wie man sich anmeldet, in Worten.")
    languages: tuple[Text, ...] = Field((), description="Sprachen, etwa de, tr.")
    operator: Text | None = Field(None, description="Wer es anbietet.")
    phone: Text | None = Field(None, description="Telefonnummer mit Vorwahl.")
    email: Text | None = Field(None, description="E-Mail-Adresse.")
    url: Url | None = Field(None, description="Internetseite mit https://.")
    accessible: Text | None = Field(None, description="Was über Barrierefreiheit bekannt ist, in Worten.")
    valid_until: Day | None = Field(None, description="Letzter Tag, an dem es gilt. Danach findet es keine Suche mehr.")
    historical: Flag = Field(False, description="true: nur noch zur Erinnerung, keine Suche findet es.")


class Link(Record):
    """A page to read on or act."""

    model_config = _about("Ein Verweis auf eine amtliche Seite.")

    label: Text = Field(description="Was man dort findet, in wenigen Worten.")
    url: Url = Field(description="Adresse mit https://.")


class OfferKind(Record):
    """A kind of places or offers, with the words of it in a sentence.

    words  what parents call it: compared with the words of a message, their base forms and parts
    total  the fact that states how many there are
    """

    model_config = _about("Eine Art von Stellen oder Angeboten, nach der Eltern suchen.")

    id: Id = Field(description="Name der Art, deutsch und klein: spielgruppe.")
    title: Text = Field(description="Mehrzahl, wie in einem Satz: „Krabbel- und Spielgruppen“.")
    one: Text = Field(description="Einzahl ohne „ein“: „Krabbel- oder Spielgruppe“.")
    none: Text = Field(description="Verneint, wie in „In unserer Liste steht …“: „kein Kurs“, „keine Spielgruppe“.")
    words: tuple[Text, ...] = Field((), description="Wie Eltern es nennen, ein Wort je Zeile.")
    total: FactId | None = Field(None, description="Tatsache mit der Gesamtzahl in der Stadt.")
    next: Link | None = Field(None, description="Wo man weitersucht, wenn unsere Liste nicht reicht.")


class Step(Record):
    """One step of a procedure."""

    model_config = _about("Ein Schritt einer Anleitung.")

    text: Text = Field(description="Was zu tun ist: ein Satz, am Anfang das Verb.")
    deadline: Text | None = Field(None, description="Bis wann, wenn es eine Frist gibt.")
    link: Link | None = Field(None, description="Die Seite, auf der man den Schritt erledigt.")


class AspectText(Record):
    """One side of a topic: a short text, then at most one of list and steps; or `see`, another topic that owns it."""

    model_config = _about("Eine Seite des Themas: ein kurzer Text, dann höchstens eines von „list“ und „steps“.")

    text: Text | None = Field(None, description="Der Text. Zahlen als Verweis: {{fact:herne.name}}.")
    list: tuple[Text, ...] = Field((), description="Aufzählung, ein Punkt je Zeile.")
    steps: tuple[Step, ...] = Field((), description="Anleitung in der Reihenfolge der Schritte.")
    notice: Text | None = Field(None, description="Ein Hinweis, der nicht übersehen werden soll.")
    contact: PlaceId | None = Field(None, description="Name der Stelle, die dazu Auskunft gibt, aus places.")
    facts: tuple[FactId, ...] = Field((), description="Tatsachen, auf denen der Text beruht: sie werden Quellen.")
    counts: FactId | None = Field(
        None, description="Tatsache mit einem Tag, bis zu dem die Tage gezählt werden: „noch 23 Tage“."
    )
    see: TopicId | None = Field(None, description="Ein anderes Thema beantwortet das. Dann steht hier sonst nichts.")


class Situation(Record):
    """An emergency as it was recognised, with the help that answers it."""

    model_config = _about("Eine Notlage und die Hilfe dafür.")

    id: Id = Field(description="Name der Lage, wie die Regeln in safety/rules.yaml sie nennen.")
    text: Text = Field(description="Was jetzt zu tun ist, in kurzen Sätzen.")
    lines: tuple[LineId, ...] = Field(
        min_length=1, max_length=4, description="Hilfen aus safety/lines.yaml, die wichtigste zuerst."
    )
    door: Text | None = Field(None, description="Ein Satz, der zum Weiterreden einlädt.")
    facts: tuple[FactId, ...] = Field((), description="Tatsachen, auf denen der Text beruht.")


class Entry(Record):
    """One topic's knowledge, all layers merged."""

    model_config = _about(
        "Was wir zu einem Thema wissen. Eine spätere Ebene (nrw, dann herne) ergänzt oder ersetzt einzelne Seiten; "
        "alle Ebenen zusammen brauchen title, office, checked, review_by und short.",
        required=["topic"],
    )

    topic: TopicId = Field(description="Das Thema, wie es in topics.yaml steht; so heißt auch die Datei.")
    title: Title = Field(description="Überschrift, die Eltern sehen. Höchstens 60 Zeichen, jede nur einmal.")
    office: PlaceId = Field(description="Name der zuständigen Stelle aus places.")
    checked: Day = Field(description="Wann der Eintrag zuletzt geprüft wurde: 2026-11-22.")
    review_by: Day = Field(description="Bis wann er wieder geprüft wird: 2027-07-31.")
    related: tuple[TopicId, ...] = Field((), description="Verwandte Themen, die danach angeboten werden.")
    short: Text = Field(description="Die kurze Antwort: höchstens 300 Zeichen, ein Bildschirm am Telefon.")
    facts: tuple[FactId, ...] = Field((), description="Tatsachen, auf denen die kurze Antwort beruht.")
    aspects: Mapping[Aspect, AspectText] = Field(
        default_factory=dict,
        description="Die Seiten des Themas: overview Überblick, eligibility für wen, procedure so geht es, documents "
        "Unterlagen, deadline Fristen, cost Kosten, duration Dauer, place Ort, contact Kontakt, hours Öffnungszeiten.",
    )
    links: tuple[Link, ...] = Field((), description="Amtliche Seiten zum Weiterlesen oder Erledigen.")
    lines: tuple[LineId, ...] = Field((), description="Hilfen aus safety/lines.yaml, die zum Thema gehören.")
    situations: tuple[Situation, ...] = Field((), description="Nur bei Notfällen: die Lagen und ihre Hilfen.")
    search: tuple[KindId, ...] = Field(
        (), description="Arten aus kinds.yaml, unter denen gesucht wird, wenn Eltern nach einem Ort oder Termin fragen."
    )
    off: Flag = Field(False, description="true schaltet das Thema ab: es antwortet nur noch „off_text“.")
    hard_because: Text | None = Field(
        None,
        description="Warum die kurze Antwort schwer zu lesen ist und trotzdem so bleibt; steht in docs/coverage.html.",
    )
    off_text: Text | None = Field(None, description="Was gesagt wird, solange das Thema abgeschaltet ist.")


class Intent(Record):
    """How parents ask about a topic, by the side asked for."""

    model_config = _about(
        "Wie Eltern nach einem Thema fragen. Keine dieser Fragen steht bei einem anderen Thema oder Test."
    )

    topic: TopicId = Field(description="Das Thema, wie es in topics.yaml steht; so heißt auch die Datei.")
    own_words: tuple[Text, ...] = Field((), description="Fachwörter des Themas. 40 von 100 Fragen kommen ohne sie aus.")
    utterances: Mapping[Aspect, tuple[Text, ...]] = Field(
        description="Beispielfragen nach der Seite, nach der gefragt wird; mindestens drei je Seite und 40 zusammen."
    )


class NeighbourIntent(Record):
    """How people ask about a matter that is not ours."""

    model_config = _about("Wie Menschen nach etwas fragen, für das eine andere Stelle zuständig ist.")

    matter: MatterId = Field(description="Name der Sache, wie er in neighbours.yaml steht; so heißt auch die Datei.")
    own_words: tuple[Text, ...] = Field((), description="Fachwörter der Sache.")
    utterances: tuple[Text, ...] = Field(description="Beispielfragen, eine je Zeile.")


class Neighbour(Record):
    """A matter of another office: what we say of it, and the way on. Without a text, the topic `ausserhalb` answers."""

    model_config = _about("Eine Sache, für die eine andere Stelle zuständig ist, und der Weg dorthin.")

    matter: Id = Field(description="Name der Sache; die Beispielfragen stehen in intents/neighbours/<Name>.yaml.")
    title: Text = Field(description="Überschrift.")
    text: Text | None = Field(None, description="Wer zuständig ist, in ein oder zwei Sätzen.")
    links: tuple[Link, ...] = Field((), description="Die amtliche Seite der zuständigen Stelle.")
    contact: PlaceId | None = Field(None, description="Name der Stelle aus places; ohne sie die Zentrale der Stadt.")
    facts: tuple[FactId, ...] = Field((), description="Tatsachen, auf denen der Text beruht.")
    related: tuple[TopicId, ...] = Field((), description="Unsere Themen, die in der Nähe liegen.")


class Cases(Record):
    """Questions that an entry must answer, and near misses that belong elsewhere. None is an utterance."""

    model_config = _about("Testfragen zu einem Eintrag. Keine davon ist auch eine Beispielfrage.")

    asks: tuple[Text, ...] = Field((), description="Fragen, die dieses Thema beantworten muss, eine je Zeile.")
    belongs_elsewhere: Mapping[TopicId, tuple[Text, ...]] = Field(
        default_factory=dict, description="Ähnliche Fragen, die zu einem anderen Thema gehören, unter dessen Namen."
    )
    known_failures: tuple[Text, ...] = Field((), description="Fragen, die heute noch falsch beantwortet werden.")


class LineHours(Record):
    """When an emergency line answers: weekdays, from and until as HH:MM in the city's time."""

    model_config = _about("Wann dort jemand antwortet.")

    days: tuple[Weekday, ...]
    opens: Clock = Field(alias="from")
    closes: Clock = Field(alias="until")


class EmergencyLine(Record):
    """A number or service that helps in an emergency."""

    model_config = _about("Eine Notrufnummer oder Hilfe.")

    id: Id
    name: Text
    phone: Text | None = None
    purpose: Text = Field(alias="for")
    note: Text | None = None
    always_open: Flag = False
    hours: tuple[LineHours, ...] = ()
    languages: tuple[Text, ...] = ()
    url: Url | None = None
    facts: tuple[FactId, ...] = ()


class EmergencyRule(Record):
    """A reviewed rule: it fires when every `all` pattern and none of `unless` is found in the message.

    all     patterns that must all be found; each a word class `<name>` or words, `|` between alternatives
    within  how many words apart the first and the last may stand; None: anywhere in one sentence
    """

    model_config = _about("Eine geprüfte Regel. Ihre Muster erklärt der Anfang von safety/rules.yaml.")

    id: Id
    topic: TopicId
    situation: Id
    all: tuple[Text, ...] = Field(min_length=1)
    unless: tuple[Text, ...] = ()
    within: int | None = None
    ordered: Flag = False
    lang: Text | None = None


class EmergencyRules(Record):
    """All word classes and rules of one file.

    silent  patterns of settings in which the learned net is not believed without a rule
    """

    model_config = _about("Wortlisten und Regeln, an denen Notfälle erkannt werden.")

    classes: Mapping[Id, tuple[Text, ...]] = Field(default_factory=dict)
    rules: tuple[EmergencyRule, ...] = ()
    silent: tuple[Text, ...] = ()


class Harmless(Record):
    """Sentences with alarming words that are no emergency: counterexamples of the second net."""

    model_config = _about("Sätze mit schlimmen Wörtern, die kein Notfall sind.")

    harmless: tuple[Text, ...]


class Concept(Record):
    """Different words for the same thing."""

    model_config = _about("Verschiedene Wörter für dieselbe Sache.")

    id: Id
    terms: tuple[Text, ...]


class Abbreviation(Record):
    """A short form and what it stands for."""

    model_config = _about("Eine Abkürzung und ihre Langform.")

    short: Text
    long: Text


class City(Record):
    """What differs from city to city and is no topic.

    land          code of the Land, such as `NW`: its public holidays are known
    other_cities  names of towns around: a search there is told that our list is of this city
    search_link   where to search on when our list has nothing
    base          another city's folder, seen from this one: files and layers that are missing here are taken from there
    """

    model_config = _about("Was von Stadt zu Stadt verschieden ist.")

    name: Text
    timezone: Annotated[Text, AfterValidator(_timezone)]
    languages: tuple[Text, ...]
    default_contact: PlaceId
    layers: tuple[Text, ...]
    legal_links: tuple[Link, ...] = ()
    greeting_topics: tuple[TopicId, ...] = ()
    land: Text | None = None
    other_cities: tuple[Text, ...] = ()
    search_link: Link | None = None
    base: Text | None = None


class TableTexts(Record):
    """Sentences and headings around what tables compute."""

    model_config = _about("Sätze und Überschriften rund um Rechnungen.")

    per_child_head: tuple[Text, Text, Text]
    by_age_head: tuple[Text, Text]
    capped_head: tuple[Text, Text, Text]
    fee_head: tuple[Text, Text, Text, Text]
    child: Annotated[Text, AfterValidator(_with_placeholder("count"))]
    children: Annotated[Text, AfterValidator(_with_placeholder("count"))]
    total: Text
    at_most: Annotated[Text, AfterValidator(_with_placeholder("amount"))]
    up_to: Annotated[Text, AfterValidator(_with_placeholder("income"))]
    above: Annotated[Text, AfterValidator(_with_placeholder("income"))]
    from_age: Annotated[Text, AfterValidator(_with_placeholder("age"))]
    under_age: Annotated[Text, AfterValidator(_with_placeholder("age"))]
    no_longer: Text
    too_old: Annotated[Text, AfterValidator(_with_placeholder("age"))]
    ages_missing: Annotated[Text, AfterValidator(_with_placeholder("children"))]
    ask_ages: Text
    no_children: Text
    doubtful_age: Text
    doubtful_count: Text
    income_zero: Annotated[Text, AfterValidator(_with_placeholder("office"))]
    income_huge: Text
    income_monthly: Annotated[Text, AfterValidator(_with_placeholder("month", "year"))]
    income_read_as_month: Annotated[Text, AfterValidator(_with_placeholder("month"))]
    fee_unknown: Annotated[Text, AfterValidator(_with_placeholder("office"))]
    fee_missing: Annotated[Text, AfterValidator(_with_placeholder("missing"))]
    fee_ask: Annotated[Text, AfterValidator(_with_placeholder("missing"))]
    missing_income: Text
    missing_hours: Annotated[Text, AfterValidator(_with_placeholder("hours"))]
    missing_age: Text
    conjunction: Text
    disjunction: Text
    no_row: Annotated[Text, AfterValidator(_with_placeholder("office"))]
    expired: Annotated[Text, AfterValidator(_with_placeholder("day", "office"))]
    not_yet: Annotated[Text, AfterValidator(_with_placeholder("day", "office"))]
    valid_until: Annotated[Text, AfterValidator(_with_placeholder("day"))]


class OfferTexts(Record):
    """Sentences around a search for places and offers."""

    model_config = _about("Sätze rund um die Suche nach Stellen und Angeboten.")

    things: Text
    thing: Text
    no_thing: Text
    found: Annotated[Text, AfterValidator(_with_placeholder("wish", "kinds"))]
    found_one: Annotated[Text, AfterValidator(_with_placeholder("wish", "one"))]
    incomplete: Text
    possible: Annotated[Text, AfterValidator(_with_placeholder("kinds", "wish"))]
    none: Annotated[Text, AfterValidator(_with_placeholder("wish", "none"))]
    instead: Annotated[Text, AfterValidator(_with_placeholder("how"))]
    instead_one: Annotated[Text, AfterValidator(_with_placeholder("how", "one"))]
    behind: Annotated[Text, AfterValidator(_with_placeholder("how"))]
    other_day: Text
    other_time: Text
    other_district: Annotated[Text, AfterValidator(_with_placeholder("city"))]
    quarter: Annotated[Text, AfterValidator(_with_placeholder("name"))]
    borough: Annotated[Text, AfterValidator(_with_placeholder("name"))]
    whole_borough: Annotated[Text, AfterValidator(_with_placeholder("name"))]
    whole_city: Annotated[Text, AfterValidator(_with_placeholder("city"))]
    shown: Annotated[Text, AfterValidator(_with_placeholder("shown", "total"))]
    list: Annotated[Text, AfterValidator(_with_placeholder("kinds", "count", "as_of"))]
    list_of: Annotated[Text, AfterValidator(_with_placeholder("count", "of", "kinds", "as_of"))]
    old: Text
    holiday: Annotated[Text, AfterValidator(_with_placeholder("day", "name"))]
    other_city: Annotated[Text, AfterValidator(_with_placeholder("city"))]
    which_district: Annotated[Text, AfterValidator(_with_placeholder("districts"))]
    impossible_date: Text
    past_date: Text
    future_birth: Text
    old_birth: Text
    grown_child: Text
    negative_age: Text
    ask: Annotated[Text, AfterValidator(_with_placeholder("fields"))]
    show: Text
    every_day: Text
    any_time: Text
    any_age: Text


class Texts(Record):
    """Sentences of the conversation itself, around the answers."""

    model_config = _about("Die Sätze des Gesprächs um die Antworten herum.")

    aspects: Mapping[Aspect, Text]
    clarify: Text
    clarify_none: Text
    fallback: Text
    fallback_near: Text
    outside: Text
    outside_contact: Text
    expired: Annotated[Text, AfterValidator(_with_placeholder("office"))]
    help_line: Annotated[Text, AfterValidator(_with_placeholder("line"))]
    state_expired: Text
    two_questions: Text
    topic_off: Text
    all_off: Text
    short_message: Text
    no_situation: Text
    days_left: Annotated[Text, AfterValidator(_with_placeholder("day", "days"))]
    last_day: Annotated[Text, AfterValidator(_with_placeholder("day"))]
    tables: TableTexts
    offers: OfferTexts
    other_language: Mapping[str, Text] = Field(default_factory=dict)
    groups: Mapping[Id, Text] = Field(
        default_factory=dict, description="Überschriften der Gruppen aus topics.yaml auf der Seite aller Themen."
    )


class ImportMap(Record):
    """Which column of a table becomes which field of a record, and where the records stand.

    columns  field → column, or a text with columns in braces: `{Straße} {Nr}, {PLZ} Herne`, `{slug:Name}`
    """

    model_config = _about("Zuordnung für „familienbot import“: welche Spalte zu welchem Feld gehört.")

    target: Literal["places", "offers"] = Field(description="Was die Datei enthält: places oder offers.")
    file: Text = Field(description="In welcher Datei neue Einträge stehen: knowledge/herne/places/kitas.yaml.")
    kind: KindId | None = Field(None, description="Art aller Einträge, wie sie in kinds.yaml steht.")
    id: Text = Field(description="Name eines Eintrags aus Spalten: „herne.{slug:Name}“.")
    columns: Mapping[str, Text] = Field(
        description="Feld und Spalte: „phone: Telefon“; oder mit Text: „address: {Straße} {Nr}, {PLZ} Herne“."
    )
    values: Mapping[str, Text] = Field(default_factory=dict, description="Feld und fester Wert für alle Einträge.")
    lookup: Mapping[str, Mapping[str, Text]] = Field(
        default_factory=dict, description="Feld, dann Wert der Spalte und Wert bei uns: „Tageseinrichtung: kita“."
    )
    where: Mapping[str, tuple[Text, ...]] = Field(
        default_factory=dict, description="Nur Zeilen, in deren Spalte einer dieser Werte steht."
    )
    source: Source = Field(description="Woher die Daten kommen, wie Eltern es sehen.")
    source_date: PartialDate | None = Field(None, description="Stand der Daten: 2026, 2026-11 oder 2026-11-22.")
    delimiter: Literal[";", ",", "|", "tab"] | None = Field(
        None, description="Trennzeichen, wenn es nicht erkannt wird."
    )
    encoding: Literal["utf-8", "latin-1", "utf-16"] | None = Field(
        None, description="Zeichensatz, wenn er nicht erkannt wird."
    )


class FactFile(Record):
    """A file of facts."""

    model_config = _about("Eine Datei mit Tatsachen.")

    facts: tuple[Fact, ...] = Field(description="Die Tatsachen.")


class PlaceFile(Record):
    """A file of places."""

    model_config = _about("Eine Datei mit Stellen und Orten.")

    places: tuple[Place, ...] = Field(description="Die Stellen und Orte.")


class OfferFile(Record):
    """A file of offers."""

    model_config = _about("Eine Datei mit Angeboten.")

    offers: tuple[Offer, ...] = Field(description="Die Angebote.")


class KindFile(Record):
    """The file of kinds."""

    model_config = _about("Die Arten von Stellen und Angeboten.")

    kinds: tuple[OfferKind, ...] = Field(description="Die Arten.")


class NeighbourFile(Record):
    """A file of neighbour matters."""

    model_config = _about("Sachen, für die andere Stellen zuständig sind.")

    neighbours: tuple[Neighbour, ...] = Field(description="Die Sachen anderer Stellen.")


class LineFile(Record):
    """A file of emergency lines."""

    model_config = _about("Notrufnummern und Hilfetelefone.")

    lines: tuple[EmergencyLine, ...]


class ConceptFile(Record):
    """A file of concepts."""

    model_config = _about("Verschiedene Wörter für dieselbe Sache.")

    concepts: tuple[Concept, ...]


class AbbreviationFile(Record):
    """A file of abbreviations."""

    model_config = _about("Abkürzungen und ihre Langform.")

    abbreviations: tuple[Abbreviation, ...]


class District(Sourced):
    """A Stadtteil and the Stadtbezirk that it belongs to.

    aliases  other spellings; one that stands under several districts is ambiguous and is asked back
    """

    model_config = _about("Ein Stadtteil und sein Stadtbezirk.")

    name: Text
    borough: Text
    aliases: tuple[Text, ...] = ()


class DistrictFile(Record):
    """A file of districts."""

    model_config = _about("Die Stadtteile.")

    districts: tuple[District, ...]


class TopicInfo(Record):
    """A topic id with its group and what a parent wants to know who asks about it."""

    id: Id
    group: Id
    description: Text


REFERENCE = re.compile(
    r"\{\{\s*(fact|stand|place):([a-z0-9.-]+?)(?:\.(name|address|phone|email|url|hours))?(\|value)?\s*\}\}"
)
"""A reference in a text: kind, id, field of a place, `|value` for the bare number."""
