"""Numbers that stand in a text by hand: digits, number words, fractions and months. Names that contain one are none."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from bot.content.models import REFERENCE
from bot.content.rendering import MONTHS

_BARE = re.compile(r"(?<![\w§/.-])\d[\d.,:]*(?![\w-])")
_LABELS = re.compile(
    r"§+\s*\d+\w?(\s*(Abs\.|Absatz|Satz|Nr\.|bis|und|,)\s*\d+\w?)*"
    r"|\bU\d{1,2}\b|\bJ\d\b|\b115\b|H2Ö|\bArtikel \d+|\b8b\b"
)
"""Numbers that are names: paragraphs, check-ups, the authorities' number."""

_CARDINALS = (
    "null ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn "
    "achtzehn neunzehn zwanzig"
).split()
_TENS = {"dreißig": 30, "vierzig": 40, "fünfzig": 50, "sechzig": 60, "hundert": 100, "tausend": 1000}
_VALUES: dict[str, Fraction] = {word: Fraction(n) for n, word in enumerate(_CARDINALS) if n > 1}
_VALUES |= {word: Fraction(n) for word, n in _TENS.items()}
_STEMS = "|".join(sorted(_VALUES, key=len, reverse=True))
_ORDINALS = {"dritt": 3, "siebt": 7} | {f"{_CARDINALS[n]}t": n for n in (2, 4, 5, 6, 9, 10, 11, 12)}
_PARTS = {
    "beide": Fraction(2), "doppelt": Fraction(2), "doppelte": Fraction(2), "hälfte": Fraction(1, 2),
    "halb": Fraction(1, 2), "drittel": Fraction(1, 3), "viertel": Fraction(1, 4), "dreiviertel": Fraction(3, 4),
    "anderthalb": Fraction(3, 2), "dutzend": Fraction(12), "einmal": Fraction(1), "einmalig": Fraction(1),
}  # fmt: skip
_WORD = re.compile(
    rf"\b(?:(?P<cardinal>{_STEMS})(?P<tail>mal(?:ig)?|fach\w*|jährig\w*|tägig\w*|monatig\w*|wöchig\w*|stündig\w*)?"
    rf"|(?P<ordinal>{'|'.join(sorted(_ORDINALS, key=len, reverse=True))})e[nrsm]?"
    r"|(?P<part>beide(?!s)|doppelte?|hälfte|halb|drittel|viertel|dreiviertel|anderthalb|dutzend|(?<!noch )(?<!nicht )"
    r"(?<!auf )(?<!erst )einmal(?:ig)?)(?:[rnsm]|e[nrsm]?)?(?:jahr(?:es)?|stunden?)?"
    rf"|(?P<month>{'|'.join(MONTHS)}))\b",
    re.IGNORECASE,
)
_UNIT_WORDS = {
    "geburtstag": "years",
    "euro": "EUR", "prozent": "percent", "stunde": "hours", "minute": "minutes", "tag": "days", "werktag": "days",
    "woche": "weeks", "monat": "months", "jahr": "years", "uhr": "time",
}  # fmt: skip
_NOUN = re.compile(r"[\s-]+(?:[a-zäöüß]+e[nrsm]?\s+){0,2}((?:[A-ZÄÖÜ]\w*-)?[A-ZÄÖÜ]\w*)")


@dataclass(frozen=True, slots=True)
class Written:
    """A number in a text.

    value  None for a month alone and for digits that are no plain number
    unit   of what is counted: one of `models.Unit` without its period, None when the words name none
    month  1..12 where it is a month's name
    """

    text: str
    value: Fraction | None
    unit: str | None = None
    month: int | None = None


def _unit_after(text: str) -> str | None:
    """The unit that the noun behind a number names: „zwei Kita-Jahre“ → years."""
    found = _NOUN.match(text)
    if found is None:
        return None
    noun = found[1].lower()
    return next((unit for word, unit in _UNIT_WORDS.items() if re.search(rf"{word}(?:e?n?|es)$", noun)), None)


def without_names(text: str) -> str:
    """The text without references to facts and without numbers that are names."""
    return _LABELS.sub("", REFERENCE.sub("", text))


_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:[ ]?[0-9A-Z]{4}){3,7}(?:[ ]?[0-9A-Z]{1,3})?\b")
_PHONE = re.compile(r"(?<![\w.,-])(?:\+49[ /-]?(?:\(0\))?|\(?0)\d{2,5}[ )/-]*\d[\d /-]{2,}\d(?!\w)")


def account_in(text: str) -> str | None:
    """The first bank account (IBAN) that stands in the text by hand."""
    found = _IBAN.search(text)
    return found[0].strip() if found else None


def phone_in(text: str) -> str | None:
    """The first telephone number with its area code that stands in the text by hand."""
    found = _PHONE.search(text)
    return found[0] if found else None


def digits_in(text: str) -> str | None:
    """The first number in digits that stands in the text by hand."""
    found = _BARE.search(without_names(text))
    return found[0].rstrip(".,:") if found else None


def written_numbers(text: str) -> tuple[Written, ...]:
    """Every number in the text that no reference brings, in order."""
    text = without_names(text)
    found: list[tuple[int, Written]] = []
    for match in _BARE.finditer(text):
        digits = match[0].rstrip(".,:")
        value = Fraction(digits.replace(".", "").replace(",", ".")) if re.fullmatch(r"[\d.]+(,\d+)?", digits) else None
        found.append((match.start(), Written(digits, value, _unit_after(text[match.end() :]))))
    for match in _WORD.finditer(text):
        groups = match.groupdict()
        unit = _unit_after(text[match.end() :])
        if groups["month"]:
            name = groups["month"].capitalize()
            found.append((match.start(), Written(match[0], None, None, MONTHS.index(name) + 1)))
        elif groups["ordinal"]:
            found.append((match.start(), Written(match[0], Fraction(_ORDINALS[groups["ordinal"].lower()]), unit)))
        elif groups["part"]:
            found.append((match.start(), Written(match[0], _PARTS[groups["part"].lower()], unit)))
        else:
            tail = (groups["tail"] or "").lower()
            tails = {"jähr": "years", "täg": "days", "monat": "months", "wöch": "weeks", "stünd": "hours"}
            unit = next((u for piece, u in tails.items() if tail.startswith(piece)), unit)
            found.append((match.start(), Written(match[0], _VALUES[groups["cardinal"].lower()], unit)))
    return tuple(written for _, written in sorted(found, key=lambda item: item[0]))
