"""Unicode, case, ß/ss, ä/ae, white space: `str → str`."""

from __future__ import annotations

import re
import unicodedata

_INVISIBLE = re.compile(
    r"[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe0e\ufe0f\ufeff\ud800-\udfff]"
)
"""Lone surrogates too. The soft hyphen is none of them: it stands within a word, which stays one."""
_QUOTES = str.maketrans(
    dict.fromkeys("’‘‛′`´", "'") | dict.fromkeys("“”„‟«»", '"') | dict.fromkeys("‐‑‒–—―−", "-") | {"…": "..."}
)
_QUOTE = re.compile(f"[{''.join(map(chr, _QUOTES))}]")
_GENDER = re.compile(r"(?<=[a-zäöüß])(?:(?:[*:_]|/-?|\(|I(?=n(?:nen)?\b))i?n(?:nen)?\)?)+(?![a-zäöüß])")
_GENDER_MARK = re.compile(r"[*:_/(]|In")
_DIGRAPH = re.compile(r"(?<![aeq])(a|o|u)e")
_REPEATED = re.compile(r"([^\W\d_])\1{2,}")


ROUNDS = 6
"""One form written out may make another („Lehrer:innnen“); no message that anybody types needs more than two."""


def clean(message: str) -> str:
    """The message in NFC without invisible characters, lines kept and all other white space collapsed.

    Lone surrogates become spaces.
    """
    text = message
    if not text.isascii():
        text = unicodedata.normalize("NFC", text.replace("\u00ad", ""))
    if not text.isprintable() or "\ufe0f" in text or "\ufe0e" in text:
        text = _INVISIBLE.sub(" ", text)
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)


def normalise(message: str) -> str:
    """What the matching reads: compatibility forms resolved, quotes and dashes unified, gender forms written out.

    „Erzieher*innen“, „Erzieher:innen“, „ErzieherInnen“ → „Erzieherinnen“; letters repeated for emphasis are
    shortened to two („neiiin“ → „neiin“). Idempotent. Case is kept.
    """
    text = clean(message)
    for _ in range(ROUNDS):
        before, text = text, _unify(text)
        if text == before:
            break
    return text


def _unify(text: str) -> str:
    if _QUOTE.search(text):
        text = text.translate(_QUOTES)  # before NFKC, which takes „´“ for a space with an accent
    if not unicodedata.is_normalized("NFKC", text):
        text = clean(unicodedata.normalize("NFKC", text))
    if _GENDER_MARK.search(text):
        text = _GENDER.sub(lambda m: "innen" if "nen" in m[0] else "in", text)
    return _REPEATED.sub(r"\1\1", text)


def fold(word: str) -> str:
    """The key under which a word is found however its umlauts are typed: „Plätze“, „plaetze“, „platze“ → „platze“.

    Different words may share a key: a fallback, never the word itself.
    """
    folded = word
    if not word.isascii():  # faster than `translate`, and called for every word
        folded = word.replace("ä", "a").replace("ö", "o").replace("ü", "u").replace("ß", "ss")
    return _DIGRAPH.sub(r"\1", folded) if "e" in folded[1:] else folded


def plain(message: str) -> str:
    """The words alone, lower case: two messages that differ in punctuation only are the same."""
    return " ".join(re.findall(r"\w+", normalise(message).lower()))
