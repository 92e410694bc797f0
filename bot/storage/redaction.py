"""A comment without what could say who wrote it. Rather a word too many goes than one too few.

Not a list of what is taken out, but of what may stay: German words that are known and are no names. So every
number goes (telephone, IBAN, date of birth, house number, postal code), every address on the web or of e-mail, and
every name that is no German word, however it is written. A list of names is needed only for those that are words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.language.amounts import COUNT_WORDS
from bot.language.analysis import Language, split_compound
from bot.language.text import clean
from bot.storage.names import KIN, TITLES, Names, known_names

GONE = "[…]"
"""What stands for everything that was taken out."""
MAX_CHARS = 1000

_ONLINE = re.compile(
    r"\S*(?:@|＠|://|www\.)\S*|(?:\b\w+\s+(?:punkt|dot)\s+)*\b[\w.+-]+\s*[(\[{<]?\s*\b(?:at|ät|aet|klammeraffe)\b\s*[)\]}>]?\s*[\w.-]+"
    r"\s*(?:\.|[(\[{<]?\s*\b(?:punkt|dot)\b\s*[)\]}>]?)\s*\w+",
    re.IGNORECASE,
)
"""Addresses of e-mail and pages, also „anna punkt b ät gmx punkt de“."""
_STREET = (
    r"stra(?:ß|ss)en?|str|weg|platz|allee|gasse|ring|damm|ufer|chaussee|pfad|hof|berg|feld|kamp|wall|markt"
    r"|br(?:ü|ue)cke"
)
_HOUSE = r"\d{1,4}\s?[a-zA-Z]?\b(?:\s?[-/]\s?\d{1,4}\s?[a-zA-Z]?\b)?"
_ADDRESS = re.compile(
    rf"(?:\b\w+(?:[-\s]\w+){{0,2}}?[-\s])?\b\w*(?:{_STREET})\b\.?,?\s*(?:nr\.?\s*)?{_HOUSE}"  # Am Alten Hof 3
    rf"|\b(?:am|an|auf|im|in|zum|zur|unter|vor|hinter)(?:\s(?:der|dem|den))?\s\w+(?:\s\w+)?\s{_HOUSE}(?=\W|$)"
    r"|\b\w{3,}(?:stra(?:ß|ss)e|str\.|weg|gasse|allee)(?=\W|$)"
    r"|\b\d{5}\s+\w+(?:-\w+)*",
    re.IGNORECASE,
)
_MONTH = (
    r"jan(?:uar|\.)|jänner|feb(?:ruar|\.)|mär(?:z|\.)|maerz|apr(?:il|\.)|mai|jun[io]?\b\.?|jul[iy]?\b\.?|aug(?:ust|\.)|"
    r"sept?(?:ember|\.)|okt(?:ober|\.)|nov(?:ember|\.)|dez(?:ember|\.)"
)
_DATE = re.compile(
    rf"\b(?:\d{{1,2}}\.?|\w+(?:ten|sten|ter|ster|te|ste))\s*(?:{_MONTH})(?:\s*'?\d{{2,4}}|(?:\s\w*(?:tausend|hundert)\w*))?"
    rf"|\b(?:{_MONTH})\s*'?\d{{2,4}}|\w*(?:tausend|hundert)und\w+",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[\w./+()-]*\d[\w./+()-]*(?:[\s/()+.-]+[\w./+()-]*\d[\w./+()-]*)*")
"""Everything with a digit in it, and all that are joined to it by spaces or signs."""
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_SIGNS = re.compile(r"[^\w\s.,;:!?()\"'„“”‚‘’…/%€–-]+")
_GONE = re.compile(rf"{re.escape(GONE)}(?:[\s.,;:/()'\"-]*{re.escape(GONE)})+")
_NUMERALS = COUNT_WORDS | frozenset(
    "null eins dreißig dreissig vierzig fünfzig fuenfzig sechzig siebzig achtzig neunzig hundert tausend".split()
)
_NUMERAL_IN_WORD = re.compile(
    r"^(?:(?:ein|zwei|drei|vier|fünf|fuenf|sechs|sieben|acht|neun|zehn|elf|zwölf|\w+zehn)?(?:und)?)"
    r"(?:zwanzig|dreißig|dreissig|vierzig|fünfzig|fuenfzig|sechzig|siebzig|achtzig|neunzig|hundert\w*|tausend\w*)$"
)


def redact(comment: str, language: Language) -> str:
    """The comment as it may be kept, at most `MAX_CHARS`; empty where nothing but „[…]“ would be left."""
    text = clean(comment).replace("\n", " ")[:MAX_CHARS]
    for pattern in (_ONLINE, _DATE, _ADDRESS, _NUMBER):
        text = pattern.sub(f" {GONE} ", text)
    text = "".join(_words(text, language, known_names()))
    text = _GONE.sub(GONE, " ".join(text.split()))
    text = re.sub(r"\s+([.,;:!?])", r"\1", text).strip()[:MAX_CHARS]
    return text if _WORD.search(text) else ""


def _words(text: str, language: Language, names: Names) -> Iterator[str]:
    """The text in pieces, each word as it was or gone, and no sign that is no punctuation."""
    before, end = "", 0
    for match in _WORD.finditer(text):
        yield _plain_signs(text[end : match.start()])
        word = match[0]
        yield word if _may_stay(word, before, language, names) else GONE
        before, end = word.lower(), match.end()
    yield _plain_signs(text[end:])


def _plain_signs(text: str) -> str:
    return GONE.join(_SIGNS.sub(" ", part) for part in text.split(GONE))


def _may_stay(word: str, before: str, language: Language, names: Names) -> bool:
    """Whether the word is German and no name; `before` is the word before it, lower case."""
    low, tables = word.lower(), language.tables
    if before in TITLES or low in _NUMERALS or _NUMERAL_IN_WORD.match(low) or low in tables.entities.longest:
        return False
    if low in language.nlp.Defaults.stop_words:
        return True
    if low in names.first or (low in names.last and (word != low or before in KIN)):
        return False
    return (
        low in tables.forms
        or low in tables.inflected
        or low in tables.abbreviations
        or low in tables.speller.guard
        or bool(split_compound(low, tables.own_atoms))
    )
