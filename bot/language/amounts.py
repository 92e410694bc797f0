"""How many children, ages in a row, and income with its period, out of the text of a message."""

from __future__ import annotations

import re

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
COUNT_WORDS = frozenset(word for word in NUMBERS if not word.startswith(("ein", "nem", "null"))) | {"eins"}
"""Words that are a number and nothing else."""


def _alternatives(words: frozenset[str] | dict[str, int]) -> str:
    return "|".join(sorted(words, key=lambda word: (-len(word), word)))


COUNT = rf"(?:\d{{1,2}}(?:[.,]5)?|{_alternatives(NUMBERS)})"
"""A number as it is said of an age."""

_PLAIN = rf"(?:\d{{1,2}}(?:[.,]5)?|{_alternatives(COUNT_WORDS)})"
_ROW = rf"(?<![\w.,-]){_PLAIN}(?:(?:,\s+|\s*(?:und|u\.|&|\+)\s*){_PLAIN})+"
_ROW_WITH_UNIT = re.compile(
    rf"(?<!zwischen )({_ROW})[\s-]*(j(?:ahre?n?\b|(?:ä|ae|a)hrig)|monate?n?\b|wochen?\b)(?!\s+(?:lang|später|frist))"
)
_ROW_ALONE = re.compile(
    r"\b(?:kindern?|zwillingen?|geschwistern?|söhnen?|töchtern?|beide|alle|sie|alter)\b[\s:(,]+"
    rf"(?:sind\s+|von\s+|im alter von\s+)?({_ROW})"
    r"(?!\w|\.\d|\s*(?:[€%/-]|uhr|h\b|std|stund|wochenst|tage?\b|mal\b|kind|kita|grupp|pl(?:ä|a)tz|prozent|person|eur))"
)
_PIECE = re.compile(_PLAIN)
_SEVERAL = re.compile(
    r"\b(?:kind|sohn|tochter|junge|mädchen|baby|bruder|schwester)\s*(?:\((\d{1,2})\)|,?\s(\d{1,2})(?=\s*(?:,|und\b|$)))"
)

_CHILDREN = re.compile(
    rf"(?<![\w.,-])({COUNT})\s*"
    r"(?:(?:klein|eigen|gemeinsam|minderjährig|schulpflichtig|erwachsen|älter|jünger)e[nr]?\s+)?"
    r"(kindern?|kids|söhnen?|töchtern?|jungs|mädchen)\b"
)
_ONE_CHILD = re.compile(r"(?<![\w.,-])(?:eine?n?r?m?|1)\s+(?:sohn|tochter|junge[n]?|mädchen|baby)\b")
_SINGLE = re.compile(r"(?<![\w.,-])1\s+kind\b")
_MULTIPLES = re.compile(r"\b(zwilling|drilling)")
_OTHER_CHILD = re.compile(
    r"\b(?:kind|sohn|söhn|tochter|töchter|bruder|brüder|schwester|geschwister|ältest|jüngst|groß)"
)
MOST_CHILDREN = 20
"""More children than that are a group, not a family."""

_MINUS = r"(?:(?<![\w.,)-])(?<!\d )-|\bminus\s)"
_MINUS_BEFORE = re.compile(rf"{_MINUS}$")
_NEGATIVE_AGE = re.compile(
    rf"{_MINUS}{COUNT}[\s-]*(?:j(?:ahr|ähr|aehr)|monat|woche)|\b(?:ist|sind|wird|werden)\s+{_MINUS}{COUNT}(?!\w)"
)
_NEGATIVE_COUNT = re.compile(rf"{_MINUS}{COUNT}\s*(?:kind|kids)")

_AMOUNT = re.compile(
    r"(?<![\d.,-])(?:(\d{1,3}(?:[. ]\d{3}){1,4}|\d{3,13}|0)(?:,\d\d|,-+)?\s*(€|euros?\b|eur\b)?(?![\d%])"
    r"|(\d{1,4}(?:[.,]\d{1,3})?|eine?r?|zwei|drei|zehn|hundert)\s?"
    r"(tausend(?:euro)?|tsd\b|k\b|mio\b|million(?:en)?|mrd\b|milliarden?))"
)
_FEW = {"ein": "1", "eine": "1", "einer": "1", "zwei": "2", "drei": "3", "zehn": "10", "hundert": "100"}
_TIMES = {"t": 1_000, "k": 1_000, "millia": 1_000_000_000, "mi": 1_000_000, "mr": 1_000_000_000}
"""By how the word begins, the longer beginning first."""
_INCOME_WORD = re.compile(r"(?:einkomm|eink(?:ü|ue)nft|verdien|brutto|netto)\w*|(?:monats|jahres)?gehalts?\b")
_NO_INCOME = re.compile(r"\b(?:keine?n?|ohne|null)\s+(?:eigenes?\s+)?(?:einkomm|eink(?:ü|ue)nft|verdienst|gehalt)")
_BEFORE = re.compile(r"\b(?:bei|mit|und|von|haben|etwa|rund|ca\.?|circa|ungefähr)\s+$")
_MONTH = re.compile(r"(?:\b(?:im|pro|je)|/)\s?monat\b|monatlich|\bmtl\b|monats(?:einkomm|gehalt|netto|lohn|brutto)")
_YEAR = re.compile(
    r"(?:\b(?:im|pro|je)|/)\s?jahr\b|j(?:ä|ae|a)hrlich|jahres(?:einkomm|eink(?:ü|ue)nft|gehalt|netto|brutto|lohn)"
)

INCOME_NEAR = 60
"""Characters between an income word and its amount, at most."""
INCOME_TOUCHES = 12
"""Characters between an income word and an amount that is small or names no currency, at most."""
INCOME_ALONE = 10_000
"""From so many euros on, an amount is taken for an income without a word that says so."""
PERIOD_NEAR = 30
"""Characters between an amount and what says that it is of a month or of a year, at most."""
MOST_EUROS = 10**12


def number(text: str) -> float:
    """The value of a number in digits or words."""
    return float(NUMBERS[text] if text in NUMBERS else text.replace(",", "."))


def ages_in_a_row(text: str) -> tuple[tuple[float, str], ...]:
    """Ages that share one unit or none, „4 und 8 Jahre“, „2 Kinder (3 und 5)“: each with its unit, years unless named.

    Equal ages stay: two children may be of one age.
    """
    found = _ROW_WITH_UNIT.search(text)
    row, unit = (found[1], found[2]) if found else ("", "jahre")
    if not found and (alone := _ROW_ALONE.search(text)):
        row = alone[1]
    if row:
        return tuple((number(piece), unit) for piece in _PIECE.findall(row))
    several = [age or other for age, other in _SEVERAL.findall(text)]
    return tuple((number(age), "jahre") for age in several) if len(several) > 1 else ()


def multiples(text: str) -> int:
    """How many children of one age the message is about: 2 for twins alone, 3 for triplets, else 1."""
    found = _MULTIPLES.search(text)
    if not found or _OTHER_CHILD.search(text):
        return 1
    return 2 if found[1] == "zwilling" else 3


def count_children(text: str) -> int | None:
    """How many children the message speaks of; None when it does not say. „3 Kinder“, „zwei Söhne und eine Tochter“."""
    counted = [(int(number(n)), word) for n, word in _CHILDREN.findall(text)]
    whole = [n for n, word in counted if word.startswith(("kind", "kids")) and n != 1]
    if whole:
        return max(whole) if max(whole) <= MOST_CHILDREN else None
    if _SINGLE.search(text):
        return 1
    total = sum(n for n, _ in counted) + len(_ONE_CHILD.findall(text))
    if 2 <= total <= MOST_CHILDREN:
        return total
    found = _MULTIPLES.search(text)
    return None if found is None else 2 if found[1] == "zwilling" else 3


def is_negative(text: str, start: int) -> bool:
    """Whether a minus stands before the number that begins there; a dash between two numbers is none."""
    return _MINUS_BEFORE.search(text[max(0, start - 7) : start]) is not None


def doubtful_values(text: str) -> tuple[str, ...]:
    """The names of values that cannot be as they were typed: a negative age or number of children."""
    found = (("age", _NEGATIVE_AGE), ("child_count", _NEGATIVE_COUNT))
    return tuple(name for name, pattern in found if pattern.search(text))


def _euros(match: re.Match[str]) -> int:
    written, _, few, times = match.groups()
    if written:
        return int(re.sub(r"\D", "", written))
    factor = next(value for piece, value in _TIMES.items() if times.startswith(piece))
    return int(float(_FEW.get(few, few).replace(",", ".")) * factor)


def _is_money(match: re.Match[str], euros: int, gap: int) -> bool:
    """Whether the amount may be an income that far from a word for it."""
    written, currency, _, _ = match.groups()
    if currency or not written:
        return gap <= (INCOME_NEAR if euros >= 1000 else INCOME_TOUCHES)
    is_year = len(written) == 4 and 1900 <= euros <= 2100
    return gap <= (INCOME_TOUCHES if euros else 2) and not is_year


def _alone(match: re.Match[str], euros: int, text: str) -> bool:
    """Whether the amount is an income without a word that says so: a large one, „bei 48.000 Euro“, or all there is."""
    if euros < INCOME_ALONE or not (match[2] or match[4]):
        return False
    around = text[match.end() : match.end() + PERIOD_NEAR]
    return bool(_BEFORE.search(text[: match.start()]) or _YEAR.search(around) or match.start() == 0 == len(around))


def _period(text: str, start: int, end: int) -> str | None:
    """`month` or `year`, whichever is said nearest to the amount."""
    near: list[tuple[int, str]] = []
    for period, pattern in (("month", _MONTH), ("year", _YEAR)):
        near += [(max(m.start() - end, start - m.end(), 0), period) for m in pattern.finditer(text)]
    gap, period = min(near, default=(PERIOD_NEAR + 1, ""))
    return period if gap <= PERIOD_NEAR else None


def find_income(text: str) -> tuple[int | None, str | None]:
    """Euros, and `month` or `year` if it is said; of several amounts that nearest to a word for income."""
    cues = [match.span() for match in _INCOME_WORD.finditer(text)]
    near: list[tuple[int, int, re.Match[str]]] = []
    for match in _AMOUNT.finditer(text):
        euros = _euros(match)
        gap = min((max(start - match.end(), match.start() - end, 0) for start, end in cues), default=None)
        if gap is None:
            gap = INCOME_NEAR if _alone(match, euros, text) else INCOME_NEAR + 1
        if gap <= INCOME_NEAR and (not cues or _is_money(match, euros, gap)):
            near.append((gap, min(euros, MOST_EUROS), match))
    if near:
        _, euros, match = min(near, key=lambda found: found[0])
        return euros, _period(text, match.start(), match.end())
    return (0, None) if _NO_INCOME.search(text) else (None, None)
