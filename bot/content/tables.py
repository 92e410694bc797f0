"""The shapes of tables that compute: an amount for each child, by age or with a cap, and fees by income and hours."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, WithJsonSchema

from bot.content.models import (
    AgeRange,
    Aspect,
    Day,
    FactId,
    PartialDate,
    QualifiedId,
    Record,
    Source,
    Text,
    Title,
    TopicId,
    _about,
)

TableKind = Literal["per_child", "by_age", "per_child_capped", "fee"]

FactReference = Annotated[
    str,
    Field(pattern=r"^\{\{fact:[a-z]+\.[a-z0-9][a-z0-9-]*\}\}$", examples=["{{fact:bund.kg-hoehe}}"]),
]
"""A value that has its home among the facts."""

Years = Annotated[int, Field(ge=0, le=30), WithJsonSchema({"type": ["string", "integer"]})]
Euros = Annotated[int, Field(ge=0, le=1_000_000), WithJsonSchema({"type": ["string", "integer"]})]
WeekHours = Annotated[int, Field(ge=1, le=60), WithJsonSchema({"type": ["string", "integer"]})]
Amount = Annotated[
    Decimal, Field(ge=0, le=100_000, decimal_places=2), WithJsonSchema({"type": ["string", "number"], "minLength": 1})
]


def fact_id(reference: str) -> str:
    """The id of the fact that a reference names."""
    return reference.removeprefix("{{fact:").removesuffix("}}")


class AgeBand(Record):
    """What a child of this age gets: years completed, both ends included."""

    model_config = _about("Eine Altersstufe: vollendete Lebensjahre, beide Enden gehören dazu.")

    start: Years = Field(alias="from", description="Ab welchem Alter in Jahren.")
    end: Years = Field(alias="until", description="Bis zu welchem Alter in Jahren, einschließlich.")
    amount: FactReference = Field(description="Der Betrag als Verweis: {{fact:bund.name}}.")


class Share(Record):
    """What one parent gets for each child, and at most."""

    model_config = _about("Was ein Elternteil je Kind bekommt, und wie viel höchstens.")

    label: Text = Field(description="Für wen: „Jeder Elternteil“, „Alleinerziehend“.")
    amount: FactReference = Field(description="Je Kind, als Verweis: {{fact:bund.name}}.")
    cap: FactReference = Field(description="Höchstens, als Verweis: {{fact:bund.name}}.")


class FeeRow(Record):
    """The fee a month for an income, hours and age.

    income_until  the highest income of a year that this row is for; None: every income above the other rows
    """

    model_config = _about("Eine Zeile der Beitragstabelle: so viel im Monat.")

    income_until: Euros | None = Field(
        None, description="Bis zu welchem Einkommen im Jahr, in Euro. Ohne Angabe: alles darüber."
    )
    hours: WeekHours = Field(description="Stunden in der Woche.")
    age_months: AgeRange = Field(default_factory=AgeRange, description="Für welches Alter, in Monaten.")
    amount: Amount = Field(description="Der Beitrag im Monat, in Euro.")


class ComputingTable(Record):
    """A table that computes an answer out of what a message states.

    kind        which of the groups of fields below `facts` it has
    aspects     the sides on which it computes; on the first also with what was said in earlier messages
    under_age   the fact with the age from which on a child no longer counts
    rows        of a fee; empty: the table in force is not known to us, `how` says what is known
    """

    model_config = _about("Eine Tabelle, mit der gerechnet wird.")

    id: QualifiedId = Field(description="Eindeutiger Name: Ebene, Punkt, Name. Etwa herne.kita-beitrag.")
    topic: TopicId = Field(description="Das Thema, zu dem gerechnet wird, wie es in topics.yaml steht.")
    title: Title = Field(description="Überschrift der Rechnung. Höchstens 60 Zeichen.")
    kind: TableKind = Field(
        description="Wie gerechnet wird: per_child Betrag mal Kinder, by_age Betrag nach dem Alter jedes Kindes, "
        "per_child_capped je Kind mit einer Höchstzahl, fee Beitrag nach Einkommen, Stunden und Alter."
    )
    unit: Literal["EUR/month", "days"] = Field("EUR/month", description="Die Einheit des Ergebnisses.")
    aspects: tuple[Aspect, ...] = Field(
        (Aspect.COST, Aspect.OVERVIEW, Aspect.ELIGIBILITY, Aspect.DURATION),
        min_length=1,
        description="Bei welchen Seiten des Themas gerechnet wird, die wichtigste zuerst.",
    )
    valid_from: PartialDate | None = Field(None, description="Seit wann die Tabelle gilt.")
    valid_until: Day | None = Field(None, description="Letzter Tag, an dem sie gilt. Danach wird nicht mehr gerechnet.")
    how: Text | None = Field(None, description="Wie gerechnet wird, in Worten: steht dort, wo nicht gerechnet wird.")
    note: Text | None = Field(None, description="Was bei jedem Ergebnis dazugehört, etwa eine Bedingung.")
    facts: tuple[FactId, ...] = Field((), description="Tatsachen, auf denen die Texte beruhen.")
    source: Source | None = Field(None, description="Woher die Zeilen sind; bei Verweisen auf Tatsachen unnötig.")
    source_date: PartialDate | None = Field(None, description="Stand der Quelle: 2026, 2026-11 oder 2026-11-22.")
    checked: Day | None = Field(None, description="Wann zuletzt jemand von uns die Quelle gelesen hat: 2026-11-22.")
    under_age: FactReference | None = Field(
        None, description="Ab diesem Alter zählt ein Kind nicht mehr, als Verweis: {{fact:bund.name}}."
    )
    amount: FactReference | None = Field(None, description="Bei per_child: der Betrag je Kind als Verweis.")
    ages: tuple[AgeBand, ...] = Field((), description="Bei by_age: die Altersstufen.")
    shares: tuple[Share, ...] = Field((), description="Bei per_child_capped: wer wie viel bekommt.")
    rows: tuple[FeeRow, ...] = Field((), description="Bei fee: die Zeilen. Leer: die Tabelle liegt uns nicht vor.")

    def is_in_force(self, today: date) -> bool:
        """Whether it may be computed with today."""
        begun = self.valid_from is None or (self.valid_from + "-01-01")[:10] <= today.isoformat()
        return begun and (self.valid_until is None or today <= self.valid_until)


class TableFile(Record):
    """A file of tables."""

    model_config = _about("Tabellen, mit denen gerechnet wird.")

    tables: tuple[ComputingTable, ...] = Field(description="Die Tabellen.")


def amounts(table: ComputingTable) -> tuple[str, ...]:
    """All references to facts that it computes with."""
    found = (table.under_age, table.amount, *(band.amount for band in table.ages))
    shares = (reference for share in table.shares for reference in (share.amount, share.cap))
    return tuple(reference for reference in (*found, *shares) if reference is not None)
