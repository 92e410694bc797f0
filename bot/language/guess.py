"""The language that a message seems to be written in: script first, then function words; German by default."""

from __future__ import annotations

import re

from bot.model import Token

_SCRIPTS = {
    lang: re.compile(f"[{letters}]")
    for lang, letters in {
        "ru": r"\u0400-\u04ff",
        "ar": r"\u0600-\u06ff",
        "el": r"\u0370-\u03ff",
        "zh": r"\u3040-\u30ff\u4e00-\u9fff",
        "ko": r"\uac00-\ud7af",
        "he": r"\u0590-\u05ff",
        "hi": r"\u0900-\u097f",
        "ti": r"\u1200-\u137f",
    }.items()
}
_OTHER_SCRIPT = re.compile(r"[\u0370-\u06ff\u0900-\u097f\u1200-\u137f\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]")
_UKRAINIAN = re.compile(r"[іїєґІЇЄҐ]")
_PERSIAN = re.compile(r"[پچژگکی]")
_ARABIC = re.compile(r"[ةكيىأإؤ]")
_KANA = re.compile(r"[\u3040-\u30ff]")

_FUNCTION_WORDS = {
    "en": "the is are my i you to for of and in how what where can do does need have with me your please "
    "help child baby kids school when there this that it we want",
    "tr": "ve bir bu için var mı mi nasıl nerede çocuk çocuğum ne kadar istiyorum lazım bana benim merhaba "
    "yardım bebek olarak ile değil anaokulu",
    "pl": "jest w na do jak gdzie czy mam dla dziecko dziecka się nie proszę mogę i z to moje chcę kiedy potrzebuję",
    "ro": "este sunt la pentru cum unde copil copilul meu mea vreau am nu și si cu ce cât de un o trebuie "
    "bună mulțumesc",
    "fr": "le la les est je vous pour un une de des et où comment mon ma enfant quel quelle dans avec que pas",
    "es": "el la los es yo para un una de y dónde cómo mi niño hijo qué en con quiero puedo necesito está no",
    "it": "il la è io per un una di e dove come mio mia bambino che in con voglio posso ho non sono",
    "nl": "het een is ik voor van en waar hoe mijn kind wat met kan niet zijn",
    "hr": "je u na za kako gdje moje dijete i da li mogu ne sam što imam",
    "sq": "është në për si ku fëmija im dhe një të kam dua mund nuk",
    "ku": "ez di de ji bo çawa zarok min û ku heye dixwazim",
}  # fmt: skip
_BY_WORD: dict[str, tuple[str, ...]] = {}
for _lang, _words in _FUNCTION_WORDS.items():
    for _word in _words.split():
        _BY_WORD[_word] = (*_BY_WORD.get(_word, ()), _lang)

_GERMAN = frozenset(
    (
        "der die das den dem des ein eine einen einem einer ich du er sie es wir ihr mein meine meinen meiner "
        "mir mich dir dich uns ist sind war hat habe haben bin wie was wo wer wann warum welche welcher und "
        "oder aber nicht kein keine für mit von bei zu zum zur im am auf in aus kann muss soll will gibt es "
        "auch noch nur schon wenn dass man kind kita bitte hallo danke"
    ).split()
)


def guess_language(text: str, tokens: tuple[Token, ...]) -> str:
    """BCP 47 tag: another language only when its script or at least two of its words speak for it, else `de`."""
    if not text.isascii() and _OTHER_SCRIPT.search(text):
        letters = sum(c.isalpha() for c in text)
        for lang, pattern in _SCRIPTS.items():
            if len(pattern.findall(text)) * 2 > letters:
                return _neighbour(lang, text)
    votes: dict[str, int] = {}
    for token in tokens:
        for lang in _BY_WORD.get(token.text, ()):
            votes[lang] = votes.get(lang, 0) + 1
    if not votes or max(votes.values()) < 2:
        return "de"
    lang = max(votes, key=lambda name: (votes[name], name))
    german = sum(t.text in _GERMAN or (t.german and len(t.text) > 4 and t.text == t.word) for t in tokens)
    return lang if votes[lang] > german and votes[lang] * 4 >= len(tokens) else "de"


def _neighbour(lang: str, text: str) -> str:
    """The language itself, or the one of the same script whose own letters the text has."""
    if lang == "ru" and _UKRAINIAN.search(text):
        return "uk"
    if lang == "ar" and len(_PERSIAN.findall(text)) > len(_ARABIC.findall(text)):
        return "fa"
    if lang == "zh" and _KANA.search(text):
        return "ja"
    return lang
