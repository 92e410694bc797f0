"""A child's birth or due date as parents type it: „3.5.25“, „Mai 2025“, „wird im März drei“, „ET 12.2.“."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from bot.language.amounts import NUMBERS

LONGEST_PREGNANCY = timedelta(days=300)
"""No due date that a parent knows lies further ahead."""
LONGEST_OVERDUE = timedelta(days=21)
"""So long after a due date the child may still be on its way."""
EARLIEST_BIRTH = timedelta(days=140)
"""A child that lives is not born longer before its due date than this."""
OLDEST_YEARS = 18
CUE_NEAR = 40
"""Characters between a date and the word before it that says what it is; behind it, half of that."""


class BirthProblem(StrEnum):
    """Why no date could be taken from a text; each has its sentence in `timetable.yaml`."""

    NO_DATE = "no_date"
    NO_SUCH_DAY = "no_such_day"
    FUTURE = "future"
    TOO_FAR = "too_far"
    TOO_OLD = "too_old"
    OVERDUE = "overdue"
    MISMATCH = "mismatch"


class Precision(StrEnum):
    """How exactly a date is known: the day, about the day, or the month, with its first day standing for it."""

    DAY = "day"
    ABOUT = "about"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Birth:
    """When a child was or will be born; of a child that is born, the due date may be known besides."""

    birth: date | None = None
    due: date | None = None
    precision: Precision = Precision.DAY


_MONTHS = {
    name: i
    for i, names in enumerate(
        (
            "januar,jänner,jan februar,feber,feb märz,maerz,marz,mrz april,apr mai juni,jun juli,jul august,aug "
            "september,sept,sep oktober,okt november,nov dezember,dez"
        ).split(),
        1,
    )
    for name in names.split(",")
}
_MONTH = "(" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\b\.?"
_AGES = {word: n for word, n in NUMBERS.items() if 1 <= n <= OLDEST_YEARS and not word.startswith("nem")}
_AGE = r"(\d{1,2}|" + "|".join(sorted(_AGES, key=len, reverse=True)) + r")\b(?!\s*(?:monat|woche|tag|uhr|\.\s?\d))"
_COUNT = r"(\d{1,2}|" + "|".join(sorted(NUMBERS, key=len, reverse=True)) + ")"
_YEAR = r"'?(\d{4}|\d{2})\b"

_TURNS = (
    re.compile(
        rf"\b(wird|werden|wurde|ist)\s(?:[^\W\d]+\s){{0,4}}?(?:(\d{{1,2}})\.\s?)?(?:{_MONTH}|(\d{{1,2}})\.)\s?{_AGE}"
    ),
    re.compile(rf"\b(?:(\d{{1,2}})\.\s?)?{_MONTH}\s(wird|werden|wurde|ist)\s(?:[^\W\d]+\s){{0,3}}?{_AGE}"),
)
_FORMS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?<![\d-])(\d{4})-(\d{1,2})-(\d{1,2})(?![\d-])"), "ymd"),
    (re.compile(rf"(?<![\d.])(\d{{1,2}})[./-]\s?(\d{{1,2}})[./-]\s?{_YEAR}"), "dmy"),
    (re.compile(rf"(?<!\d)(\d{{1,2}})\.?\s?{_MONTH}\s?{_YEAR}"), "dmy"),
    (re.compile(rf"(?<!\d)(\d{{1,2}})\.?\s?{_MONTH}"), "dm"),
    (re.compile(r"(?<![\d.])(\d{1,2})\.\s?(\d{1,2})\.(?!\s?\d)"), "dm"),
    (re.compile(r"(?<![\d-])(\d{4})[-/](\d{1,2})(?![\d/-])"), "ym"),
    (re.compile(r"(?<![\d./-])(\d{1,2})\s?[./-]\s?(\d{4})(?![\d./-])"), "my"),
    (re.compile(rf"\b{_MONTH}\s?{_YEAR}"), "my"),
)
"""How a date is written, the surest first, and what its parts are: year, month, day."""
_BARE_FORMS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?<!\d)(\d{2})(\d{2})(\d{4})(?!\d)"), "dmy"),
    (re.compile(r"(?<!\d)(\d{2})(\d{2})(\d{2})(?!\d)"), "dmy"),
    (re.compile(r"(?<![\d./-])(\d{1,2})/(1[3-9]|[2-9]\d)(?![\d./-])"), "my"),
    (re.compile(r"(?<![\d./-])(\d{1,2})[./](\d{1,2})(?![\d./-])"), "dm"),
)
"""Digits that are a date only where one was asked for."""
_MONTH_ALONE = re.compile(rf"\b{_MONTH}")
_AGO = re.compile(
    rf"\bvor\s(?:etwa\s|ca\.?\s|rund\s|knapp\s|genau\s)?{_COUNT}\s(tag|woche|monat)e?n?\b"
    rf"|\b{_COUNT}[\s-](tag|woche|monat)e?n?\s(?:alt|jung)\b"
)
_DAYS_AGO = {"heute": 0, "gestern": 1, "vorgestern": 2}
_DAY_AGO = re.compile(r"\b(heute|gestern|vorgestern)\b(?=$|.{0,20}\b(?:geboren|zur welt|auf die welt)\b)")
_WEEK_OF_PREGNANCY = re.compile(r"\b(\d{1,2})\.?\s?(?:ssw\b|schwangerschaftswoche|woche\s(?:schwanger|der schwanger))")
_CUE = re.compile(
    r"(?P<due>\bv?et\b|\be\.t\.|entbindungstermin|geburtstermin|errechnet|\berwarte\w*"
    r"|\b(?:kommen|bekomm\w*)\b(?=.{0,40}\b(?:kind|baby|zwilling|drilling|nachwuchs))"
    r"|\bkommt\b(?!.{0,30}\b(?:in die|in den|zur schule)\b)|\btermin\s(?:ist|am)\b"
    r"|\btermin:|\bschwanger\b|\bunterwegs\b|\bsoll\b)"
    r"|(?P<birth>\*|\bgeb\b|\bgeboren\b|geburtsdatum|geburtstag|zur welt|auf (?:die|der) welt|\bkam\b)"
)
PREGNANCY_WEEKS = 40


@dataclass(frozen=True, slots=True)
class _Written:
    """A date as it stands in a text: where, its parts as far as written, and its kind, `birth` or `due`, if said."""

    at: int
    until: int
    month: int
    day: int | None = None
    year: int | None = None
    kind: str | None = None
    about: bool = False


def _full_year(text: str, today: date) -> int:
    year = int(text)
    if len(text) == 4:
        return year
    return year + (2000 if 2000 + year <= today.year + 1 else 1900)


def _number(text: str) -> int:
    return NUMBERS[text] if text in NUMBERS else int(text)


def _month(text: str) -> int:
    return _MONTHS[text] if text in _MONTHS else int(text)


def _masked(text: str, span: tuple[int, int]) -> str:
    return text[: span[0]] + " " * (span[1] - span[0]) + text[span[1] :]


def _turning(text: str, today: date) -> Iterator[_Written]:
    """„Wird im März drei“: the birthday that comes, or the one that was, and the age."""
    for n, pattern in enumerate(_TURNS):
        for match in pattern.finditer(text):
            if n == 0:
                verb, day, name, number, age_text = match.groups()
                if name is None and day is None:
                    continue
            else:
                (day, name, verb, age_text), number = match.groups(), None
            month, age = _month(name or number or "0"), _number(age_text)
            if not 1 <= month <= 12 or not 1 <= age <= OLDEST_YEARS:
                continue
            over = verb in ("wurde", "ist")
            written = (month, int(day)) if day else (month,)
            now = (today.month, today.day)[: len(written)]
            year = today.year - (1 if over and written > now else 0) + (1 if not over and written < now else 0)
            yield _Written(*match.span(), month, int(day) if day else None, year - age, "birth")


def _days_before(match: re.Match[str], days: int, kind: str, today: date) -> _Written:
    day = today - timedelta(days=days)
    return _Written(*match.span(), day.month, day.day, day.year, kind, about=True)


def _relative(text: str, today: date) -> Iterator[_Written]:
    """„Vor drei Wochen“, „8 Monate alt“, „gestern geboren“, „30. SSW“."""
    for match in _AGO.finditer(text):
        count, unit = _number(match[1] or match[3]), match[2] or match[4]
        if unit == "monat":
            index = today.year * 12 + today.month - 1 - count
            yield _Written(*match.span(), index % 12 + 1, None, index // 12, "birth", about=True)
        else:
            yield _days_before(match, count * (7 if unit == "woche" else 1), "birth", today)
    for match in _DAY_AGO.finditer(text):
        yield replace(_days_before(match, _DAYS_AGO[match[1]], "birth", today), about=False)
    for match in _WEEK_OF_PREGNANCY.finditer(text):
        weeks = int(match[1])
        if 4 <= weeks <= PREGNANCY_WEEKS + 2:  # the week has begun: half of it is counted
            yield _days_before(match, -((PREGNANCY_WEEKS - weeks) * 7 + 4), "due", today)


def _written(text: str, today: date, *, asked: bool) -> list[_Written]:
    """All dates in the text in its order; none within another."""
    found: list[_Written] = []
    for written in (*_turning(text, today), *_relative(text, today)):
        if text[written.at : written.until].strip():
            found.append(written)
            text = _masked(text, (written.at, written.until))
    for pattern, parts in (*_FORMS, *(_BARE_FORMS if asked else ())):
        for match in list(pattern.finditer(text)):
            values = dict(zip(parts, match.groups(), strict=True))
            day, year = values.get("d"), values.get("y")
            found.append(
                _Written(
                    *match.span(),
                    _month(values["m"]),
                    int(day) if day else None,
                    _full_year(year, today) if year else None,
                )
            )
            text = _masked(text, match.span())
    found += [_Written(*match.span(), _MONTHS[match[1]]) for match in _MONTH_ALONE.finditer(text)]
    return sorted(found, key=lambda w: w.at)


def _kinds(found: list[_Written], text: str) -> list[str | None]:
    """What each date is: by the word before it, if no other date stands between, else by one right behind it."""
    cues = list(_CUE.finditer(text))
    kinds: list[str | None] = [written.kind for written in found]
    free_from = 0
    for i, written in enumerate(found):
        before = [c for c in cues if free_from <= c.start() and 0 <= written.at - c.end() <= CUE_NEAR]
        if kinds[i] is None and before:
            kinds[i] = before[-1].lastgroup
            cues.remove(before[-1])
        free_from = written.until
    for i, written in enumerate(found):
        behind = [c for c in cues if 0 <= c.start() - written.until <= CUE_NEAR // 2]
        if kinds[i] is None and behind:
            kinds[i] = behind[0].lastgroup
            cues.remove(behind[0])
    return kinds


def _days(written: _Written, year: int) -> tuple[date, date] | None:
    """The first and the last day that are meant; None when there is no such day."""
    if not 1 <= written.month <= 12 or not 1900 <= year <= 2200:
        return None
    last = monthrange(year, written.month)[1]
    if written.day is None:
        return date(year, written.month, 1), date(year, written.month, last)
    if not 1 <= written.day <= last:
        return None
    day = date(year, written.month, written.day)
    return day, day


def _likeliest(written: _Written, kind: str | None, today: date) -> tuple[date, date] | None:
    """The days meant where no year is written: the last birthday, the next due date, else whichever is nearest."""
    years = [days for year in range(today.year - 8, today.year + 9) if (days := _days(written, year))]
    sensible = [days for days in years if _judge(days, kind, today)[1] is None]
    if kind == "birth" and sensible:
        return sensible[-1]
    if kind == "due" and sensible:
        return sensible[0]
    return min(sensible or years, key=lambda days: abs((days[0] - today).days), default=None)


def _years_before(today: date, years: int) -> date:
    return today.replace(year=today.year - years, day=min(today.day, 28))


def _judge(days: tuple[date, date], kind: str | None, today: date) -> tuple[str, BirthProblem | None]:
    """Whether it is a birth or a due date, and what is wrong with it."""
    first, last = days
    if kind is None:
        kind = "due" if first > today else "birth"
    if kind == "birth":
        if first > today:
            return kind, BirthProblem.FUTURE
        return kind, BirthProblem.TOO_OLD if first < _years_before(today, OLDEST_YEARS) else None
    if first > today + LONGEST_PREGNANCY:
        return kind, BirthProblem.TOO_FAR
    return kind, BirthProblem.OVERDUE if last < today - LONGEST_OVERDUE else None


def _due_beside(written: _Written, birth: date) -> date | None:
    """The due date of a child that is born, in the year that is nearest to the birth where none is written."""
    years = (written.year,) if written.year else (birth.year - 1, birth.year, birth.year + 1)
    days = [found[0] for year in years if (found := _days(written, year))]
    return min(days, key=lambda day: abs((day - birth).days), default=None)


def parse_birth(text: str, today: date, expected: str | None = None, *, asked: bool = True) -> Birth | BirthProblem:
    """The birth or due date in the text, or why there is none.

    A date in the past is a birth, one in the future a due date, unless a word beside it says otherwise. Where the year
    is missing, the nearest sensible one is meant.

    expected  what a date is, `birth` or `due`, that has no such word beside it
    asked     whether the text answers the question for a date. In any other text a date needs such a word, or is a
              whole one in the past
    raises    nothing
    """
    text = " ".join(text.lower().replace("ı", "i").replace("\u0307", "").split())
    births: list[Birth] = []
    dues: list[tuple[_Written, date | None]] = []
    problems: list[BirthProblem] = []
    found = _written(text, today, asked=asked)
    for written, said in zip(found, _kinds(found, text), strict=True):
        kind = said or expected
        whole = written.day is not None and written.year is not None
        if kind is None and not asked and not whole:
            continue
        days = _likeliest(written, kind, today) if written.year is None else _days(written, written.year)
        if days is None:
            problems.append(BirthProblem.NO_SUCH_DAY)
            continue
        precision = Precision.MONTH if written.day is None else Precision.ABOUT if written.about else Precision.DAY
        judged, wrong = _judge(days, kind, today)
        if kind is None and not asked and (judged, wrong) != ("birth", None):
            continue
        if judged == "due":
            dues.append((written, None if wrong else days[0]))
        elif wrong is None:
            births.append(Birth(birth=days[0], precision=precision))
        problems += [wrong] if wrong else []
    if births:
        due = _due_beside(dues[0][0], births[0].birth or today) if dues else None
        both = replace(births[0], due=due)
        return both if fits(both) else BirthProblem.MISMATCH
    for written, day in dues:
        if day is not None:
            exact = Precision.ABOUT if written.about else Precision.DAY
            return Birth(due=day, precision=exact if written.day else Precision.MONTH)
    surest = [p for p in problems if p is not BirthProblem.NO_SUCH_DAY]
    return next(iter(surest or problems), BirthProblem.NO_DATE)


def fits(birth: Birth) -> bool:
    """Whether a birth and a due date can be those of one child."""
    if birth.birth is None or birth.due is None:
        return True
    slack = timedelta(days=31 if birth.precision is Precision.MONTH else 0)
    return -LONGEST_OVERDUE - slack <= birth.due - birth.birth <= EARLIEST_BIRTH + slack
