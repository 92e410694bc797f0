"""What a text says by hand against the facts of its subject: numbers, telephone numbers, addresses, e-mail."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from fractions import Fraction

from bot.content.loading import Content
from bot.content.models import REFERENCE, Fact, Place
from bot.content.numbers import Written, account_in, digits_in, phone_in, written_numbers
from bot.content.rendering import fact_value

_SAME = {"EUR": ("EUR", "EUR/month", "EUR/day", "EUR/year", "EUR/hour"), "hours": ("hours", "hours/week")}
"""Units that the same word may mean."""
_SHARES = {Fraction(1, 2): 50, Fraction(1, 3): Fraction(100, 3), Fraction(1, 4): 25, Fraction(3, 4): 75}
"""Fractions in words and the per cent that they are."""
_NEAR = Fraction(1, 2)
"""A number between half a fact's value and twice as much is meant to be that fact."""
_ALIKE = 0.8
"""From this similarity on, two telephone numbers or addresses are meant to be the same one."""

_PHONE = re.compile(r"(?<![\w.,-])(?:\+49[\s/-]?(?:\(0\))?|0)\d{2,5}[\s/()-]*\d[\d\s/-]{1,}\d(?!\w)")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_STREET = re.compile(
    r"(?:[A-ZÄÖÜ][\wäöüß.-]*(?:[ -][A-ZÄÖÜ][\wäöüß.-]*)* (?:Straße|Str\.|Weg|Platz|Allee|Ring)"
    r"|[A-ZÄÖÜ][\wäöüß.-]*(?:straße|str\.|weg|platz|allee|ring|gasse|damm|markt))\s+\d+\s?[a-z]?\b"
)
_FORMS = {"phone": _PHONE, "email": _EMAIL, "address": _STREET}
_KINDS = {"phone": "Die Telefonnummer", "email": "Die E-Mail-Adresse", "address": "Die Anschrift"}


@dataclass(frozen=True, slots=True)
class Home:
    """Where a telephone number, an e-mail address or an address is stated: the words and how to refer to them."""

    id: str
    words: str
    reference: str


def homes(content: Content) -> Mapping[str, tuple[Home, ...]]:
    """All of them by kind: `phone`, `email`, `address`."""
    found: dict[str, list[Home]] = {kind: [] for kind in _FORMS}
    for place in content.places.values():
        for kind in _FORMS:
            words = getattr(place, kind)
            if words:
                found[kind].append(Home(place.id, words, f"{{{{place:{place.id}.{kind}}}}}"))
    for fact in content.facts.values():
        if fact.unit in _FORMS and fact.value:
            found[fact.unit].append(Home(fact.id, fact.value, f"{{{{fact:{fact.id}}}}}"))
    return {kind: tuple(items) for kind, items in found.items()}


def number_of(fact: Fact) -> Fraction | None:
    """The fact's value as a number; None when it is none."""
    try:
        return Fraction(fact.value or "")
    except (ValueError, ZeroDivisionError):
        return None


def _month_of(fact: Fact) -> int | None:
    """The month of a day or month that a fact states."""
    value = fact.value or ""
    if fact.unit == "day_of_year":
        return int(value[:2])
    return int(value[5:7]) if fact.unit == "date" and len(value) >= 7 else None


def _is_same(written: Written, own: Written) -> bool:
    if written.month is not None or written.value is None:
        return written.month is not None and written.month == own.month
    return written.value == own.value and (None in (written.unit, own.unit) or written.unit == own.unit)


def traces_to(written: Written, fact: Fact) -> bool:
    """Whether the fact has this value and unit, or says it in its own words: a statement has no value besides."""
    if any(_is_same(written, own) for own in written_numbers(fact.text)):
        return True
    return has_value(written, fact)


def has_value(written: Written, fact: Fact) -> bool:
    """Whether the number is the fact's value, in its unit where the words name one."""
    if written.month is not None:
        return _month_of(fact) == written.month
    value, unit = number_of(fact), fact.unit or "text"
    if unit == "date" and written.value is not None and written.value == Fraction((fact.value or "0")[:4]):
        return True
    if written.value in _SHARES and unit == "percent":
        return value == _SHARES[written.value]
    if value is None or written.value != value:
        return False
    return written.unit is None or unit in _SAME.get(written.unit, (written.unit, "count"))


def contradicted(written: Written, facts: Sequence[Fact]) -> Fact | None:
    """The fact that the number was meant to be, though it says something else; None when there is none.

    facts  those of the number's subject
    """
    if written.value is None or written.unit is None or any(traces_to(written, fact) for fact in facts):
        return None
    units = _SAME.get(written.unit, (written.unit,))
    near: list[tuple[Fraction, str, Fact]] = []
    for fact in facts:
        value = number_of(fact)
        if fact.unit in units and value and _NEAR <= written.value / value <= 1 / _NEAR:
            near.append((abs(written.value / value - 1), fact.id, fact))
    return min(near)[2] if near else None


def _plain(words: str, kind: str) -> str:
    """What counts when two are compared: the digits of a number, the street and number of an address."""
    if kind == "phone":
        digits = re.sub(r"\D", "", words.replace("(0)", ""))
        return f"0{digits[2:]}" if words.startswith("+49") else digits
    if kind == "address":
        street = _STREET.search(words)
        return re.sub(r"[\s.-]|(?<=str)aße", "", (street[0] if street else words).lower())
    return words.lower()


def _contact(words: str, kind: str, subject: Sequence[str], known: Sequence[Home]) -> tuple[str, str] | None:
    """What is wrong with one that stands by hand; None when nobody states it.

    subject  ids of the places and facts that the text is about
    """
    plain = _plain(words, kind)
    same = [home for home in known if _plain(home.words, kind) == plain]
    same.sort(key=lambda home: home.id not in subject)
    if same:
        home = same[0]
        return f"{_KINDS[kind]} „{words}“ steht von Hand im Text.", f"Schreiben Sie {home.reference}."
    for home in known:
        if home.id in subject and SequenceMatcher(None, _plain(home.words, kind), plain).ratio() >= _ALIKE:
            message = f"{_KINDS[kind]} „{words}“ widerspricht „{home.id}“: „{home.words}“."
            return message, f"Schreiben Sie {home.reference}."
    return None


def by_hand(
    text: str, facts: Sequence[Fact], content: Content, places: Sequence[Place] = ()
) -> Iterator[tuple[str, str]]:
    """What stands in a text by hand though a fact or place states it: message and suggestion.

    facts, places  those of the text's subject
    """
    rest = REFERENCE.sub(" ", text)
    subject = [*(fact.id for fact in facts), *(place.id for place in places)]
    for kind, known in homes(content).items() if re.search(r"[\d@]", rest) else ():
        for match in _FORMS[kind].finditer(rest):
            problem = _contact(match[0].strip(), kind, subject, known)
            if problem is not None:
                yield problem
                rest = rest.replace(match[0], " ")
    digits = digits_in(rest)
    if account := account_in(rest):
        digits = None
        yield f"Die Kontonummer „{account}“ steht von Hand im Text.", _FACT
    elif phone := phone_in(rest):
        digits = None
        suggestion = "Tragen Sie sie bei der Stelle ein und verweisen Sie mit {{place:….phone}}."
        yield f"Die Telefonnummer „{phone}“ steht von Hand im Text.", suggestion
    for written in written_numbers(rest) if facts else ():
        fact = contradicted(written, facts)
        if fact is not None:
            message = f"„{written.text}“ widerspricht „{fact.id}“: {fact_value(fact, bare=False)}."
            yield message, f"Schreiben Sie {{{{fact:{fact.id}}}}}."
            digits = None if written.text == digits else digits
    if digits is not None:
        yield f"Die Zahl „{digits}“ steht von Hand im Text.", _instead(digits, rest, facts, content)


def _instead(digits: str, text: str, facts: Sequence[Fact], content: Content) -> str:
    """How to say it: the reference to the fact with that value, one of the subject or the only one there is."""
    written = next((w for w in written_numbers(text) if w.text == digits), None)
    if written is not None:
        own = [fact for fact in facts if has_value(written, fact)]
        every = [f for f in content.facts.values() if written.unit and has_value(written, f)] if not own else []
        found = own[:1] or (every if len(every) == 1 else [])
        if found:
            return f"Schreiben Sie {{{{fact:{found[0].id}}}}}."
    return _FACT


_FACT = "Legen Sie eine Tatsache an und verweisen Sie mit {{fact:…}}."


def disagreements(content: Content) -> Iterator[tuple[str, str, str]]:
    """Facts that contradict themselves or a place: id of the fact, message and suggestion."""
    for fact in content.facts.values():
        value = number_of(fact)
        numbers = written_numbers(fact.text) if value is not None else ()
        if not any(has_value(written, fact) for written in numbers):
            bare = fact.model_copy(update={"text": ""})
            wrong = next((w for w in numbers if contradicted(w, (bare,))), None)
            if wrong is not None:
                message = f"„{wrong.text}“ im Text widerspricht dem Wert: {fact_value(fact, bare=False)}."
                yield fact.id, message, "Eines von beiden ist alt."
        place = content.places.get(fact.id.rpartition("-")[0])
        other = getattr(place, fact.unit or "") if place is not None and fact.unit in _FORMS else None
        if place is None or other is None or fact.unit is None:
            continue
        if _plain(other, fact.unit) == _plain(fact.value or "", fact.unit):
            message = f"„{fact.value}“ steht auch bei „{place.id}“."
        else:
            message = f"„{fact.value}“ widerspricht „{place.id}“: „{other}“."
        suggestion = f"Behalten Sie eines; Texte verweisen mit {{{{place:{place.id}.{fact.unit}}}}}."
        yield fact.id, message, suggestion
