"""The fewest emergency rules: they hold when no reviewed one can be read, so that no broken file silences the alarm."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

CLASSES: Mapping[str, tuple[str, ...]] = {
    "kind": (
        "kind",
        "kinder",
        "baby",
        "säugling",
        "sohn",
        "tochter",
        "er",
        "sie",
        "ich",
        "mann",
        "frau",
        "mama",
        "papa",
    ),
    "nicht": ("nicht", "nich", "kaum", "keine"),
    "mich": ("mich", "mir", "uns", "kind", "kinder", "sohn", "tochter", "baby"),
}


@dataclass(frozen=True, slots=True)
class LastRule:
    """A rule as editors would write it."""

    id: str
    topic: str
    situation: str
    all: tuple[str, ...]
    unless: tuple[str, ...] = ()
    within: int | None = None
    ordered: bool = False
    lang: str | None = None


_MEDICAL, _VIOLENCE, _CRISIS = "medizinischer-notfall", "haeusliche-gewalt", "akute-krise"

_RULES = (
    LastRule(
        "atmet-nicht", _MEDICAL, "lebensgefahr", ("<kind>", "atmet|atme|atmen <nicht> / <nicht> atmet|atmen|luft")
    ),
    LastRule("bewusstlos", _MEDICAL, "lebensgefahr", ("bewusstlos*|ohnmächtig / nicht ansprechbar / wacht nicht auf",)),
    LastRule("krampf", _MEDICAL, "lebensgefahr", ("<kind>", "krampft|krampfanfall|verblutet|erstickt|ertrinkt|blau")),
    LastRule(
        "vergiftet",
        _MEDICAL,
        "vergiftung",
        ("vergiftet|vergiftung / tabletten|gift|putzmittel verschluckt|geschluckt",),
    ),
    LastRule("notruf", _MEDICAL, "lebensgefahr", ("notarzt|krankenwagen|rettungswagen|stirbt",)),
    LastRule("gewalt", _VIOLENCE, "akut", ("<mich>", "schlägt|verprügelt|würgt|bedroht|misshandelt|vergewaltigt")),
    LastRule("suizid", _CRISIS, "suizid", ("umbringen|selbstmord|suizid|suizid* / will|möchte nicht +mehr +leben",)),
    LastRule("antun", _CRISIS, "kind-in-gefahr", ("<mich>", "etwas|was antun|antue|antut")),
    LastRule("atmet-nicht-en", _MEDICAL, "lebensgefahr", ("not breathing / unconscious / ambulance",), lang="en"),
    LastRule("suizid-en", _CRISIS, "suizid", ("kill myself / suicide",), lang="en"),
)


def last_rules(topics: Collection[str]) -> Iterator[LastRule]:
    """The rules for a city with these emergency topics; one whose topic it lacks leads to the first of them.

    topics  in their order; without any there is nothing to lead to
    """
    for rule in _RULES if topics else ():
        yield rule if rule.topic in topics else replace(rule, topic=next(iter(topics)))
