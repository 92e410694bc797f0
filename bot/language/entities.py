"""A child's age, dates, district, weekday, hours and income out of the words of a message. Guesses at no intent."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from bot.language.amounts import (
    COUNT,
    COUNT_WORDS,
    ages_in_a_row,
    count_children,
    doubtful_values,
    find_income,
    is_negative,
    multiples,
    number,
)
from bot.language.dates import NEVER, PIECES, find_when
from bot.language.text import fold
from bot.model import Child, Entities, Token

_PARTS_OF_A_YEAR = {"anderthalb": 18, "dreiviertel": 9}
_UNITS = {"j": 12, "m": 1, "w": 7 / 30.4}
"""Months in a unit, by its first letter."""
_AGE = re.compile(
    rf"(?<!\d[.,])\b(?:(anderthalb|dreiviertel)|((?:ein(?:e[nm]?)?\s?)?(?:halbe[sn]?|\b1[/⁄]2))|({COUNT})"
    rf"((?:\s*(?:und|,)?\s*ein\s?|\s*und\s+|(?<=\d)\s+)halb(?:e[sn]?)?|\s?1[/⁄]2)?)"
    r"[\s-]*(j(?:ahre?n?(?:alt)?|(?:ä|ae|a)hrig\w*)?|mon?|monat(?:en?|ig\w*)?|wochen?|w(?:ö|oe|o)chig\w*)\b"
    r"(\s+(?:alt|jung)|\s+schwanger)?"
)
_AGE_UNITS = ("jahr", "jähr", "jaehr", "monat", "woche", "wöchi", "woechi", "wochi", "zwilling", "drilling")
_FAMILY_WORDS = COUNT_WORDS | {"null", "sohn", "tochter"}
"""Words of a message that may say how many children there are or how old; folded."""
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
    rf"\b(?:ist|is|sind|wird|mit|ab|jetzt|gerade|schon|erst|fast|bald)\s+({COUNT})"
    rf"(?=\s*(?:$|[!?;)]|,(?!\d)|\.(?!\s?(?:\d|{_MONTHS}|klasse|schuljahr|lebens|woche|ssw))|(?:und|geworden|alt)\b))"
)
_DATE = re.compile(rf"\b(\d{{1,2}})\.\s?(?:(\d{{1,2}})\.\s?(\d{{4}}|\d{{2}})\b|({_MONTHS})\s?(\d{{4}})\b)")
_BORN_OR_DUE = re.compile(
    r"\*|\b(?:geb|geboren|geburtsdatum|geburtstag|zur welt|auf die welt"
    r"|et|entbindungstermin|geburtstermin|errechnet\w*|termin ist|kommt im|erwarte\w*)\b"
)
_HOURS = re.compile(r"\b(25|35|45)[\s-]*(?:h\b|std|stund|wochenst)")
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
    child_count: int | None = None
    doubtful: tuple[str, ...] = ()
    if digit or any(piece in text for piece in _AGE_UNITS) or not _FAMILY_WORDS.isdisjoint(folded):
        children += [Child(age_months=months) for months in _ages(text)]
        child_count, doubtful = count_children(text), doubtful_values(text)
    if digit and _BORN_OR_DUE.search(text):
        for iso in _dates(text):
            if iso > today.isoformat():
                children.append(Child(due_date=iso))
            elif iso > f"{today.year - 18}":
                children.append(Child(birth_date=iso))
    when = find_when(text, today) if digit or any(piece in text for piece in PIECES) else NEVER
    hours = _HOURS.search(text) if digit else None
    income, period = find_income(text) if digit or "eink" in text or "milli" in text else (None, None)
    districts = _districts(words, folded, tables)
    return Entities(
        children=tuple(children[:4]),
        district=districts[0] if len(districts) == 1 else None,
        districts=districts if len(districts) > 1 else (),
        weekday=when.weekday,
        weekdays=when.weekdays,
        part_of_day=when.part_of_day,
        date=when.day,
        hours_per_week=int(hours[1]) if hours else None,
        income_eur=income,
        income_period=period,
        child_count=child_count,
        doubtful=doubtful,
    )


def _lower(text: str) -> str:
    """Lower case with the Turkish dotless and dotted „i“ as the German one, so that every match is in our tables."""
    text = text.lower().replace("\n", " ")
    return text.replace("ı", "i").replace("\u0307", "")


def _ages(text: str) -> tuple[int, ...]:
    """Months; „2 Jahre und 8 Monate“ is one child, „2 und 8 Jahre“ are two, twins of one age as well."""
    row = [int(value * _UNITS[unit[0]]) for value, unit in ages_in_a_row(text)]
    found: list[int] = []
    years_end = 0
    """Where years ended that months may still be added to, or 0."""
    for match in _AGE.finditer(text):
        part, half_year, count, half, unit, after = match.groups()
        if (after and after.endswith("schwanger")) or is_negative(text, match.start()):
            continue
        if part:
            months = float(_PARTS_OF_A_YEAR[part]) * _UNITS[unit[0]] / 12
        else:
            months = (0.5 if half_year else number(count) + (0.5 if half else 0)) * _UNITS[unit[0]]
        if years_end and unit[0] == "m" and months < 12 and text[years_end : match.start()] in (" ", " und ", " u. "):
            found[-1] += int(months)
        else:
            found.append(int(months))
        years_end = match.end() if unit in ("jahr", "jahre", "jahren", "j") and not after else 0
    if not found and not row:
        found = [int(number(match[1]) * 12) for match in _IS_AGE.finditer(text)]
    ages = [months for months in (*row, *dict.fromkeys(m for m in found if m not in row)) if months <= OLDEST_MONTHS]
    return tuple(ages * multiples(text) if len(ages) == 1 else ages)


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
