"""A child's age, dates, district, weekday, hours and income out of the words of a message. Guesses at no intent."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from bot.language.text import fold
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
_COUNT = r"(?:\d{1,2}(?:[.,]5)?|" + "|".join(sorted(NUMBERS, key=len, reverse=True)) + ")"
_COUNT_WORDS = frozenset(word for word in NUMBERS if not word.startswith(("ein", "nem", "null"))) | {"eins"}
"""Words that are a number and nothing else."""
_PARTS_OF_A_YEAR = {"anderthalb": 18, "dreiviertel": 9}
_UNITS = {"j": 12, "m": 1, "w": 7 / 30.4}
"""Months in a unit, by its first letter."""
_AGE = re.compile(
    rf"(?<!\d[.,])\b(?:(anderthalb|dreiviertel)|((?:ein(?:e[nm]?)?\s?)?(?:halbe[sn]?|\b1[/⁄]2))|({_COUNT})"
    rf"((?:\s*(?:und|,)?\s*ein\s?|\s*und\s+|(?<=\d)\s+)halb(?:e[sn]?)?|\s?1[/⁄]2)?)"
    r"[\s-]*(j(?:ahre?n?(?:alt)?|(?:ä|ae|a)hrig\w*)?|mon?|monat(?:en?|ig\w*)?|wochen?|w(?:ö|oe|o)chig\w*)\b"
    r"(\s+(?:alt|jung)|\s+schwanger)?"
)
_AGE_UNITS = ("jahr", "jähr", "jaehr", "monat", "woche", "wöchi", "woechi", "wochi")
_MONTH_NUMBER = {
    name: i
    for i, names in enumerate(
        ("januar februar märz,maerz,marz april mai juni juli august september oktober november dezember").split(),
        1,
    )
    for name in names.split(",")
}
_MONTHS = "|".join(_MONTH_NUMBER)
_IS_AGE = re.compile(
    rf"\b(?:ist|is|sind|wird|mit|ab|jetzt|gerade|schon|erst|fast|bald)\s+({_COUNT})"
    rf"(?=\s*(?:$|[!?;)]|,(?!\d)|\.(?!\s?(?:\d|{_MONTHS}|klasse|schuljahr|lebens|woche|ssw))|(?:und|geworden|alt)\b))"
)
_DATE = re.compile(rf"\b(\d{{1,2}})\.\s?(?:(\d{{1,2}})\.\s?(\d{{4}}|\d{{2}})\b|({_MONTHS})\s?(\d{{4}})\b)")
_BORN_OR_DUE = re.compile(
    r"\*|\b(?:geb|geboren|geburtsdatum|geburtstag|zur welt|auf die welt"
    r"|et|entbindungstermin|geburtstermin|errechnet\w*|termin ist|kommt im|erwarte\w*)\b"
)
_HOURS = re.compile(r"\b(25|35|45)[\s-]*(?:h\b|std|stund|wochenst)")
_INCOME = re.compile(
    r"(?<![\d.,])(?:(\d{1,3}(?:[. ]\d{3}){1,2}|\d{4,6})(?:,\d\d|,-+)?\s*(?:€|eur(?:os?)?\b)"
    r"|(\d{1,3})\s?(?:tausend(?:euro)?|tsd|k)\b)"
)
_INCOME_WORD = re.compile(r"(?:einkomm|eink(?:ü|ue)nft|verdien|brutto|netto)\w*|gehalts?\b")
INCOME_NEAR = 60
"""Characters between an income word and its amount, at most."""
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
_PARTS = {
    "morgen": "morning",
    "vormittag": "morning",
    "mittag": "noon",
    "nachmittag": "afternoon",
    "abend": "evening",
    "nacht": "night",
}
_TIME = re.compile(
    rf"\b(?:({'|'.join(_WEEKDAYS)})s?(?:[\s-]?(morgen|vormittag|mittag|nachmittag|abend|nacht)\w*)?\b"
    r"|(?<!guten )(?<!gute )(?<!schönen )(?:(morgen|mittag|nacht)s\b|(vormittag|nachmittag)|(abend)(?!essen|brot)))"
)
_TIME_PIECES = ("tag", "mittwoch", "abend", "morgens", "nachts")
"""One of them is in each word that the pattern above finds."""
_DIGIT = re.compile(r"\d")
OLDEST_MONTHS = 216


@dataclass(frozen=True)
class EntityTables:
    """Names that the city knows.

    districts  name or alias, as written and folded → the districts it may mean; more than one is ambiguous
    """

    districts: Mapping[str, tuple[str, ...]]

    @cached_property
    def longest(self) -> Mapping[str, int]:
        """How many words the longest name has that begins with this word; the word is folded."""
        found: dict[str, int] = {}
        for name in self.districts:
            words = fold(name).split()
            if words:
                found[words[0]] = max(len(words), found.get(words[0], 0))
        return found


def find_entities(text: str, tokens: tuple[Token, ...], tables: EntityTables, today: date) -> Entities:
    """The values in the text. A date counts as a birth or due date only with a word that says so.

    Patterns run only on a text with a piece of what they look for: most questions have no number at all.

    today   decides whether a date near such a word is a birth (past) or a due date (future)
    raises  nothing
    """
    text, typed = _lower(text), _lower(" ".join([t.text for t in tokens]))
    words, folded = typed.split(" "), fold(typed).split(" ")
    digit = _DIGIT.search(text) is not None
    children: list[Child] = []
    if digit or any(piece in text for piece in _AGE_UNITS) or not _COUNT_WORDS.isdisjoint(folded):
        children += [Child(age_months=months) for months in _ages(text)]
    if digit and _BORN_OR_DUE.search(text):
        for iso in _dates(text):
            if iso > today.isoformat():
                children.append(Child(due_date=iso))
            elif iso > f"{today.year - 18}":
                children.append(Child(birth_date=iso))
    weekday, part = _time(text) if any(piece in text for piece in _TIME_PIECES) else (None, None)
    hours = _HOURS.search(text) if digit else None
    districts = _districts(words, folded, tables)
    return Entities(
        children=tuple(children[:4]),
        district=districts[0] if len(districts) == 1 else None,
        districts=districts if len(districts) > 1 else (),
        weekday=weekday,
        part_of_day=part,
        hours_per_week=int(hours[1]) if hours else None,
        income_eur=_income(text) if digit else None,
    )


def _lower(text: str) -> str:
    """Lower case with the Turkish dotless and dotted „i“ as the German one, so that every match is in our tables."""
    text = text.lower()
    return text.replace("ı", "i").replace("\u0307", "")


def _number(text: str) -> float:
    return float(NUMBERS[text] if text in NUMBERS else text.replace(",", "."))


def _ages(text: str) -> tuple[int, ...]:
    """Months; „2 Jahre und 8 Monate“ is one child."""
    found: list[int] = []
    years_end = 0
    """Where years ended that months may still be added to, or 0."""
    for match in _AGE.finditer(text):
        part, half_year, count, half, unit, after = match.groups()
        if after and after.endswith("schwanger"):
            continue
        if part:
            months = float(_PARTS_OF_A_YEAR[part]) * _UNITS[unit[0]] / 12
        else:
            months = (0.5 if half_year else _number(count) + (0.5 if half else 0)) * _UNITS[unit[0]]
        if years_end and unit[0] == "m" and months < 12 and text[years_end : match.start()] in (" ", " und ", " u. "):
            found[-1] += int(months)
        else:
            found.append(int(months))
        years_end = match.end() if unit in ("jahr", "jahre", "jahren", "j") and not after else 0
    if not found:
        found = [int(_number(match[1]) * 12) for match in _IS_AGE.finditer(text)]
    return tuple(dict.fromkeys(months for months in found if months <= OLDEST_MONTHS))


def _dates(text: str) -> Iterator[str]:
    """ISO dates; a date without a year, or one that does not exist, is left out."""
    for match in _DATE.finditer(text):
        day, month, year, name, name_year = match.groups()
        written = year or name_year
        full = int(written) + (2000 if len(written) == 2 else 0)
        try:
            yield date(full, int(month) if month else _MONTH_NUMBER[name], int(day)).isoformat()
        except ValueError:
            continue


def _time(text: str) -> tuple[str | None, str | None]:
    """The first weekday and the part of day: the one written with it, else the first."""
    weekday = part = None
    for match in _TIME.finditer(text):
        day, with_day, *alone = match.groups()
        if day and weekday is None:
            weekday = _WEEKDAYS[day]
            if with_day:
                return weekday, _PARTS[with_day]
        part = part or next((_PARTS[word] for word in (with_day, *alone) if word), None)
    return weekday, part


def _districts(words: list[str], folded: list[str], tables: EntityTables) -> tuple[str, ...]:
    """The districts named, each once; a longer name uses up its words, and a name as typed goes before a folded one."""
    found: dict[str, None] = {}
    longest, districts = tables.longest, tables.districts
    free = 0
    for i, word in enumerate(folded):
        if word not in longest or i < free:
            continue
        for end in range(min(i + longest[word], len(folded)), i, -1):
            names = districts.get(" ".join(words[i:end])) or districts.get(" ".join(folded[i:end]))
            if names:
                found.update(dict.fromkeys(names))
                free = end
                break
    return tuple(found)


def _income(text: str) -> int | None:
    """The amount nearest to a word for income, in euros."""
    cues = [match.span() for match in _INCOME_WORD.finditer(text)]
    if not cues:
        return None
    near: list[tuple[int, int]] = []
    for match in _INCOME.finditer(text):
        euros = int(re.sub(r"\D", "", match[1])) if match[1] else int(match[2]) * 1000
        near.append((min(max(start - match.end(), match.start() - end, 0) for start, end in cues), euros))
    gap, euros = min(near, key=lambda found: found[0], default=(INCOME_NEAR + 1, 0))
    return euros if gap <= INCOME_NEAR else None
