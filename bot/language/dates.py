"""Days, weekdays and parts of the day out of the words of a message, and a child's age on a day."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_NAMES = {
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
    "früh": "morning",
    "vormittag": "morning",
    "mittag": "noon",
    "nachmittag": "afternoon",
    "abend": "evening",
    "nacht": "night",
}
_DAY = "|".join(_NAMES)
_PART = "|".join(_PARTS)
_WEEKDAY = re.compile(rf"\b({_DAY})s?(?:[\s-]?(?:(morgen|vormittag|mittag|nachmittag|abend|nacht)\w*|(früh)\b))?\b")
_PART_ALONE = re.compile(
    r"(?<!guten )(?<!gute )(?<!schönen )\b(?:(?:morgen|mittag|nacht)s\b|frühmorgens|(?:spät)?(?:vor|nach)mittag"
    r"|mittagszeit|abend(?!essen|brot)|(?:am|über|gegen|jeden)\s(?:frühen\s)?(?:morgen|mittag)\b"
    r"|(?:in der|am)\sfrüh\b|in der nacht\b)"
)
_PART_WORD = re.compile(_PART)
_RELATIVE = re.compile(rf"\b((?:ü|ue|u)bermorgen|heute?|morgen)\b(?:\s(?:am\s)?({_PART})s?\b)?(?:\sin\s(\w+)\swoch)?")
_NO_TOMORROW = re.compile(
    r"(?:\b(?:gut(?:en?)?|schönen?|am|an (?:diesem|jedem)|jeden|gegen|zum|vom|früh(?:en|er)?|eines|in der|heute"
    rf"|(?:{_DAY})s?)[\s-]|\b(?:ab|bis|seit|als)\s)$"
)
"""What stands before a „morgen“ that is the time of day, or before a day that something lasts from or to."""
_COMING = re.compile(
    rf"\b((?:(?:ü|ue|u)ber)?n(?:ä|ae|a)chst|kommend|dies)e[nrsm]?\s(?:woche\s(?:am\s)?)?({_DAY})"
    rf"|\b({_DAY})s?(?:\w*\s)(?:in\s)?(?:der\s)?((?:(?:ü|ue|u)ber)?n(?:ä|ae|a)chst|kommend|dies)e[nr]?\swoche\b"
    rf"|\b({_DAY})\sin\s(\w+)\swoche"
)
_WEEK = re.compile(r"woche")
_WEEKS = {"1": 1, "einer": 1, "2": 2, "zwei": 2, "3": 3, "drei": 3, "4": 4, "vier": 4}
_NOT_THIS_DAY = re.compile(r"\b(?:nicht|auß?er|ausser|ohne|letzte[nr]?|vorige[nr]?|vergangene[nr]?)\s(?:am\s)?$")
_TO = re.compile(r"^\w*\s?(?:-|bis)\s?$")
_WEEKEND = re.compile(r"\bwochenend")
_WORKDAYS = re.compile(r"\b(?:unter der woche|(?:an )?(?:wochen|werk)tag(?:s|en)\b)")
_MONTH_NAMES = {
    name: i
    for i, names in enumerate(
        (
            "januar,jänner,jan februar,feb märz,maerz,marz,mär,mrz april,apr mai juni,jun juli,jul august,aug "
            "september,sept,sep oktober,okt november,nov dezember,dez"
        ).split(),
        1,
    )
    for name in names.split(",")
}
_MONTHS = "|".join(sorted(_MONTH_NAMES, key=len, reverse=True))
_UNITS = "erst zweit dritt viert fünft sechst siebt acht neunt zehnt elft zwölft".split()
_TENS = "dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn zwanzig".split()
_ONES = "ein zwei drei vier fünf sechs sieben acht neun".split()
_ORDINALS = {
    word: i
    for i, word in enumerate(
        [
            *_UNITS,
            *(f"{ten}st" if ten == "zwanzig" else f"{ten}t" for ten in _TENS),
            *(f"{one}undzwanzigst" for one in _ONES),
            "dreißigst",
            "einunddreißigst",
        ],
        1,
    )
}
_DATE = re.compile(
    rf"\b(?:(?P<iso>\d{{4}}-\d\d-\d\d)\b"
    rf"|(?:(?P<day>\d{{1,2}})\.?|(?P<word>{'|'.join(sorted(_ORDINALS, key=len, reverse=True))})e[nr]?)\s?"
    rf"(?P<name>{_MONTHS})\b\.?(?:\s?(?P<year>\d{{4}})\b)?"
    r"|(?P<number>\d{1,2})\.\s?(?P<month>\d{1,2})\.(?:\s?(?P<full>\d{4}|\d\d))?(?![\d.]|\s?uhr)"
    r"|(?<=am )(?P<short>\d{1,2})\.(?P<shorter>\d{1,2})(?![\d.,]|\s?(?:uhr|h\b|€|euro|%|prozent)))"
)
_NO_DAY = re.compile(
    r"\b(?:ab|seit|bis|vor|nach|vom|von|zum|um|gegen|stand|spätestens|frist)\s(?:dem\s|den\s|zum\s|ende\s)?$"
)
"""What stands before a date that something begins or ends with: no day to go somewhere."""
_SAYS_DAY = re.compile(rf"(?:\b(?:am|den|dem|der|zum|ab|vom|bis|datum:?|geboren|geb\.?|ist|{_DAY}),?\s|\*\s?)$")
_BIRTH = re.compile(r"\*|\b(?:geb|geboren|geburtsdatum|geburtstag|zur welt|auf die welt)\b")
_DUE = re.compile(
    r"\b(?:et|entbindungstermin|geburtstermin|errechnet\w*|termin ist|kommt im|erwarte\w*|wird|soll|schwanger)\b"
)
_PARENT = re.compile(r"\b(?:ich|wir|mama|mutter|papa|vater|mein mann|meine frau)\b[^.!?]{0,20}$")
_FEASTS = {"heiligabend": (12, 24), "silvester": (12, 31), "neujahr": (1, 1), "nikolaus": (12, 6)}
_FEAST = re.compile(rf"\b(?:an|am|zu)\s({'|'.join(_FEASTS)})(?:s?tag|s?abend)?\b")
PIECES = (
    "tag", "mittwoch", "abend", "morgen", "nacht", "nachts", "heut", "wochenend", "woche", "früh", "silvester",
    "neujahr", "nikolaus", "jan", "feb", "märz", "maerz", "marz", "mrz", "apr", "mai", "jun", "jul", "aug", "sep",
    "okt", "nov", "dez",
)  # fmt: skip
"""One of them is in each text with a day, unless a digit is."""
_BEFORE, _AFTER = 30, 16
"""Characters around a date within which a word says that it is of a birth."""
OLDEST_YEARS = 18
_CHILD_WORD = (
    r"(?:kind(?:er|ern|es)?|s(?:oh|öh)n\w*|t(?:o|ö)cht\w*|baby|junge|mädchen|enkel\w*|kleine[rn]?|zwilling\w*)"
)
_GROWN = re.compile(
    rf"\b{_CHILD_WORD}\b[^.!?0-9]{{0,25}}?\b(\d{{2,4}})(?:\s?[-–]?\s?j(?:ahr|ähr|aehr)|\s*(?:$|[.!?,)]))"
    r"|\bfür\s(?:eine[nrm]?\s|meine[nrm]?\s|unsere[nrm]?\s)?(\d{2,3})[\s-]?j(?:ä|ae|a)hr"
    rf"|\b(\d{{2,3}})[\s-]?j(?:ä|ae|a)hrige[nrs]?\s{_CHILD_WORD}\b"
)


@dataclass(frozen=True, slots=True)
class When:
    """When something is to be.

    weekday   of the day, or the first one named
    weekdays  all of them when several may be, as for a weekend
    day       ISO date, never before today
    """

    weekday: str | None = None
    weekdays: tuple[str, ...] = ()
    part_of_day: str | None = None
    day: str | None = None


NEVER = When()


def weekday_of(day: date) -> str:
    """`MO` to `SU`."""
    return WEEKDAYS[day.weekday()]


def age_in_months(birth: date, today: date) -> int:
    """Months completed on that day; below 0 before the birth.

    Who was born on a day that the month has not, is a month older from the first of the next one on (§ 188 BGB).
    """
    return (today.year - birth.year) * 12 + today.month - birth.month - (today.day < birth.day)


def find_when(text: str, today: date) -> When:
    """The day, weekday and part of day that the text names.

    text    lower case
    raises  nothing
    """
    named, part = _weekdays(text)
    days, day_part = _days(text, today)
    part = day_part or part
    if days:
        several = tuple(dict.fromkeys(weekday_of(day) for day in days))
        day = days[0].isoformat() if len(days) == 1 else None
        return When(several[0], several if len(several) > 1 else (), part, day)
    if not named and _WEEKEND.search(text):
        return When(None, ("SA", "SU"), part)
    if not named and _WORKDAYS.search(text):
        return When(None, WEEKDAYS[:5], part)
    return When(named[0] if named else None, named if len(named) > 1 else (), part)


def _weekdays(text: str) -> tuple[tuple[str, ...], str | None]:
    """The weekdays named, and the part of day: the one written with a weekday, else the first."""
    found: list[str] = []
    part: str | None = None
    end = 0
    """Where the weekday before ends."""
    for match in _WEEKDAY.finditer(text):
        if _NOT_THIS_DAY.search(text[: match.start()]):
            continue
        weekday, with_day = _NAMES[match[1]], match[2] or match[3]
        if found and _TO.search(text[end : match.start()]):
            found += WEEKDAYS[WEEKDAYS.index(found[-1]) + 1 : WEEKDAYS.index(weekday)]
        found.append(weekday)
        end = match.end()
        part = part or (_PARTS[with_day] if with_day else None)
    if part is None and (alone := _PART_ALONE.search(text)) and (word := _PART_WORD.search(alone[0])):
        part = _PARTS[word[0]]
    return tuple(dict.fromkeys(found)), part


def _days(text: str, today: date) -> tuple[list[date], str | None]:
    """The days from today on that the text names, each once in its order, and the part of day said with one."""
    found: dict[date, None] = dict.fromkeys(_dates(text, today))
    part: str | None = None
    for match in _FEAST.finditer(text):
        found[_next(*_FEASTS[match[1]], today)] = None
    if found:
        return list(found), None
    for match in _COMING.finditer(text):
        day = _coming(match, today)
        if day >= today:
            found[day] = None
    for match in _RELATIVE.finditer(text):
        word, with_day, weeks = match.groups()
        before = text[: match.start()]
        if _NO_TOMORROW.search(before) or (weeks and weeks not in _WEEKS):
            continue
        if (
            word == "morgen"
            and not with_day
            and not before.strip()
            and re.match(r"\s*(?:$|[,!.])", text[match.end() :])
        ):
            continue  # a greeting
        ahead = {"h": 0, "m": 1}.get(word[0], 2) + 7 * _WEEKS.get(weeks or "", 0)
        found[today + timedelta(ahead)] = None
        part = part or (_PARTS[with_day] if with_day else None)
    return list(found), part


def _coming(match: re.Match[str], today: date) -> date:
    """The day of „nächsten Dienstag“, „Dienstag nächster Woche“ or „Dienstag in einer Woche“."""
    word, day, after_day, after_word, counted_day, weeks = match.groups()
    weekday = WEEKDAYS.index(_NAMES[day or after_day or counted_day])
    ahead = (weekday - today.weekday()) % 7
    if counted_day:
        return today + timedelta(ahead + 7 * _WEEKS.get(weeks, 0))
    word = word or after_word
    over = word.startswith(("ü", "ub", "ueb"))
    if _WEEK.search(match[0]):
        monday = today - timedelta(today.weekday())
        return monday + timedelta(weekday + (0 if word == "dies" else 14 if over else 7))
    if ahead == 0 and word != "dies":
        ahead = 7
    return today + timedelta(ahead + (7 if over else 0))


def _next(month: int, day: int, today: date) -> date:
    """The first such day from today on.

    raises  ValueError when there is none in any year
    """
    for year in range(today.year, today.year + 9):
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found >= today:
            return found
    raise ValueError(f"no such day: {month}-{day}")


def _read(match: re.Match[str], today: date) -> tuple[date, bool]:
    """The day of a date, and whether its year is named.

    raises  ValueError when there is no such day
    """
    if match["iso"]:
        return date.fromisoformat(match["iso"]), True
    day = _ORDINALS[match["word"]] if match["word"] else int(match["day"] or match["number"] or match["short"])
    month = _MONTH_NAMES[match["name"]] if match["name"] else int(match["month"] or match["shorter"])
    year = match["year"] or match["full"]
    if year:
        return date(int(year) + (2000 if len(year) == 2 else 0), month, day), True
    return _next(month, day, today), False


def _is_of_birth(text: str, match: re.Match[str]) -> bool:
    """Whether a word near the date says that a child was or will be born then."""
    around = text[max(0, match.start() - _BEFORE) : match.start()], text[match.end() : match.end() + _AFTER]
    return any(_BIRTH.search(piece) or _DUE.search(piece) for piece in around)


def _dates(text: str, today: date) -> Iterator[date]:
    """The dates to come that are neither of a birth nor the begin or end of something."""
    for match in _DATE.finditer(text):
        if _NO_DAY.search(text[: match.start()]) or _is_of_birth(text, match):
            continue
        try:
            day, _ = _read(match, today)
        except ValueError:
            continue
        if day >= today:
            yield day


def find_doubts(text: str, today: date) -> tuple[str, ...]:
    """What cannot be as it was typed: `impossible_date`, `past_date`, `future_birth`, `old_birth` or `grown_child`.

    text  lower case
    """
    found: dict[str, None] = {}
    for match in _DATE.finditer(text):
        before = text[: match.start()]
        try:
            day, with_year = _read(match, today)
        except ValueError:
            if match["name"] or match["iso"] or _SAYS_DAY.search(before):
                found["impossible_date"] = None
            continue
        if not with_year:
            continue
        if not _is_of_birth(text, match):
            if day < today and not _NO_DAY.search(before):
                found["past_date"] = None
        elif not _PARENT.search(before):
            if day > today and not _DUE.search(text):
                found["future_birth"] = None
            elif age_in_months(day, today) > 12 * OLDEST_YEARS:
                found["old_birth"] = None
    for match in _GROWN.finditer(text):
        years = int(match[1] or match[2] or match[3])
        if years > OLDEST_YEARS and not 1900 <= years <= 2100:
            found["grown_child"] = None
    return tuple(found)
