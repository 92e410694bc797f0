"""A child's age, dates, district, weekday, hours and income out of the words of a message. Guesses at no intent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from bot.model import Child, Entities, Token

NUMBERS = {
    word: n
    for n, words in enumerate(
        (
            "null ein,eins,eine,einen,einem,einer,nem zwei,zwo drei vier fünf,fuenf,funf sechs sieben acht neun "
            "zehn elf zwölf,zwoelf,zwolf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn zwanzig"
        ).split()
    )
    for word in words.split(",")
}
_NUM = (
    r"(\d{1,2}(?:[.,]5)?|"
    + "|".join(sorted(NUMBERS, key=len, reverse=True))
    + r"|halbes|dreiviertel|anderthalb|eineinhalb|zweieinhalb)"
)
_HALVES = {"halbes": 6, "dreiviertel": 9, "anderthalb": 18, "eineinhalb": 18, "zweieinhalb": 30}
_AGE = re.compile(
    rf"\b{_NUM}\s*(?:(und|,)?\s*(?:ein\s*)?halb(?:es)?\s*)?(monat\w*|mon\b|mo\b|woche\w*|jahr\w*|j\b)(\s+alt|\s+jung)?",
    re.IGNORECASE,
)
_AGE_ADJECTIVE = re.compile(rf"\b{_NUM}-?\s?(jährig|jaehrig|jahrig|monatig|wöchig)\w*", re.IGNORECASE)
_IS_AGE = re.compile(
    rf"\b(?:ist|is|sind|mit|ab|jetzt|gerade|schon|erst|fast|bald)\s+{_NUM}\b(?!\s*(?:uhr|euro|€|prozent|%|std|stunden|kinder|tage|mal|kitas|monat|woche|jahr|wochen|grad))(?=\s*(?:$|[.,!?;]|und|jahre|geworden|alt))",
    re.IGNORECASE,
)
_MONTHS = "januar|februar|märz|maerz|marz|april|mai|juni|juli|august|september|oktober|november|dezember"
_MONTH_NUMBER = {
    name: i
    for i, names in enumerate(
        (
            "januar",
            "februar",
            "märz,maerz,marz",
            "april",
            "mai",
            "juni",
            "juli",
            "august",
            "september",
            "oktober",
            "november",
            "dezember",
        ),
        1,
    )
    for name in names.split(",")
}
_DATE = re.compile(rf"\b(\d{{1,2}})\.\s?(?:(\d{{1,2}})\.\s?(\d{{4}}|\d{{2}})?|({_MONTHS})\s?(\d{{4}})?)", re.IGNORECASE)
_BORN = re.compile(r"\b(geb|geboren|geburtsdatum|geburtstag|zur welt|auf die welt|\*)\b|\*", re.IGNORECASE)
_DUE = re.compile(
    r"\b(et|entbindungstermin|geburtstermin|errechnet\w*|termin ist|kommt im|erwarte\w*)\b", re.IGNORECASE
)
_HOURS = re.compile(r"\b(25|35|45)\s*(?:h\b|std|stund|wochenstund)", re.IGNORECASE)
_INCOME = re.compile(
    r"(\d{1,3}(?:[. ]\d{3})+|\d{4,6})\s*(?:€|euro|eur)\b|(\d{1,3})\s?(?:tausend|k)\s?(?:€|euro|eur)?\b", re.IGNORECASE
)
_INCOME_CUE = re.compile(r"einkomm|verdien|brutto|netto|gehalt|jahres", re.IGNORECASE)
_WEEKDAYS = {
    "montag": "MO",
    "dienstag": "TU",
    "mittwoch": "WE",
    "donnerstag": "TH",
    "freitag": "FR",
    "samstag": "SA",
    "sonnabend": "SA",
    "sonntag": "SU",
}
_WEEKDAY = re.compile(
    r"\b(montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag)s?(?:(morgen|vormittag|mittag|nachmittag|abend)\w*)?\b",
    re.IGNORECASE,
)
_PART = re.compile(r"\b(morgens|vormittag\w*|mittags|nachmittag\w*|abend\w*|nachts)\b", re.IGNORECASE)
_PARTS = {
    "morgen": "morning",
    "vormit": "morning",
    "mittag": "noon",
    "nachmi": "afternoon",
    "abend": "evening",
    "abends": "evening",
    "nachts": "night",
}


@dataclass(frozen=True, slots=True)
class EntityTables:
    """Names that the city knows.

    districts  folded name or alias → the districts it may mean; more than one is ambiguous
    """

    districts: Mapping[str, tuple[str, ...]]


def _number(text: str) -> float:
    text = text.lower()
    if text in NUMBERS:
        return float(NUMBERS[text])
    return float(text.replace(",", "."))


def _ages(text: str) -> tuple[int, ...]:
    found: list[int] = []
    for match in _AGE.finditer(text):
        amount, _, unit, _ = match.groups()
        low = amount.lower()
        half = 6 if match[0].lower().find("halb", len(amount)) > 0 else 0
        if low in _HALVES:
            months = _HALVES[low]
        elif unit.lower().startswith("mo"):
            months = int(_number(amount))
        elif unit.lower().startswith("woche"):
            months = int(_number(amount) * 7 / 30.4)
        else:
            months = int(_number(amount) * 12) + half
        if months <= 216:
            found.append(months)
    for match in _AGE_ADJECTIVE.finditer(text):
        factor = 12 if match[2].lower().startswith("j") else 1
        found.append(int(_number(match[1]) * factor) if match[1].lower() not in _HALVES else _HALVES[match[1].lower()])
    if not found:
        found += [int(_number(m[1]) * 12) for m in _IS_AGE.finditer(text) if m[1].lower() not in _HALVES]
    return tuple(dict.fromkeys(m for m in found if m <= 216))


def _dates(text: str) -> tuple[tuple[str, int], ...]:
    """ISO dates with their position; a date without a year, or one that does not exist, is left out."""
    found: list[tuple[str, int]] = []
    for match in _DATE.finditer(text):
        day, month, year, name, name_year = match.groups()
        number = int(month) if month else _MONTH_NUMBER[name.lower()]
        written = year or name_year
        if not written:
            continue
        full = int(written) + (2000 if len(written) == 2 else 0)
        try:
            found.append((date(full, number, int(day)).isoformat(), match.start()))
        except ValueError:
            continue
    return tuple(found)


def find_entities(text: str, tokens: tuple[Token, ...], tables: EntityTables, today: date) -> Entities:
    """The values in the text. A date counts as a birth or due date only with a word that says so.

    today  decides whether a date near such a word is a birth (past) or a due date (future)
    """
    children = [Child(age_months=m) for m in _ages(text)]
    if _BORN.search(text) or _DUE.search(text):
        for iso, _ in _dates(text):
            if iso > today.isoformat():
                children.append(Child(due_date=iso))
            elif iso > f"{today.year - 18}":
                children.append(Child(birth_date=iso))
    districts: dict[str, None] = {}
    words = [t.text for t in tokens]
    for i in range(len(words)):
        for n in (3, 2, 1):
            names = tables.districts.get(" ".join(words[i : i + n]))
            if names and i + n <= len(words):
                for name in names:
                    districts[name] = None
                break
    weekday = _WEEKDAY.search(text)
    part = _PART.search(text)
    part_word = (weekday[2] if weekday and weekday[2] else part[1] if part else "") or ""
    hours = _HOURS.search(text)
    income = _INCOME.search(text) if _INCOME_CUE.search(text) else None
    names = tuple(districts)
    return Entities(
        children=tuple(children[:4]),
        district=names[0] if len(names) == 1 else None,
        districts=names if len(names) > 1 else (),
        weekday=_WEEKDAYS[weekday[1].lower()] if weekday else None,
        part_of_day=_PARTS.get(part_word.lower()[:6]) or _PARTS.get(part_word.lower()[:5]),
        hours_per_week=int(hours[1]) if hours else None,
        income_eur=_euros(income) if income else None,
    )


def _euros(match: re.Match[str]) -> int:
    if match[1]:
        return int(re.sub(r"\D", "", match[1]))
    return int(match[2]) * 1000
