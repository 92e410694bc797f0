"""The language that a message seems to be written in: script first, then function words; German by default."""

from __future__ import annotations

import re

from bot.model import Token

_SCRIPTS = (
    (re.compile(r"[іїєґІЇЄҐ]"), "uk"),
    (re.compile(r"[\u0400-\u04ff]"), "ru"),
    (re.compile(r"[پچژگ]"), "fa"),
    (re.compile(r"[\u0600-\u06ff]"), "ar"),
    (re.compile(r"[\u0370-\u03ff]"), "el"),
    (re.compile(r"[\u4e00-\u9fff]"), "zh"),
    (re.compile(r"[\u3040-\u30ff]"), "ja"),
    (re.compile(r"[\uac00-\ud7af]"), "ko"),
    (re.compile(r"[\u0590-\u05ff]"), "he"),
    (re.compile(r"[\u0900-\u097f]"), "hi"),
    (re.compile(r"[\u1200-\u137f]"), "ti"),
)

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
    letters = sum(c.isalpha() for c in text)
    for pattern, lang in _SCRIPTS:
        hits = len(pattern.findall(text))
        if hits and (lang == "uk" or hits * 2 > letters):
            if lang in ("uk", "fa") and letters and not re.search(r"[\u0400-\u06ff]{3}", text):
                continue
            return lang
    if not tokens:
        return "de"
    german = sum(t.text in _GERMAN or (t.german and len(t.text) > 4 and t.text == t.word) for t in tokens)
    votes: dict[str, int] = {}
    for token in tokens:
        for lang in _BY_WORD.get(token.text, ()):
            votes[lang] = votes.get(lang, 0) + 1
    if votes:
        lang = max(votes, key=lambda name: (votes[name], name))
        if votes[lang] >= 2 and votes[lang] > german and votes[lang] * 4 >= len(tokens):
            return lang
    return "de"
