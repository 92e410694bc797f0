"""Unicode, case, ß/ss, ä/ae, white space: `str → str`."""

from __future__ import annotations

import re
import unicodedata

_INVISIBLE = re.compile(
    r"[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe0e\ufe0f\ufeff]"
)
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_SPACE = re.compile(r"\s+")
_QUOTES = str.maketrans(
    {
        "’": "'",
        "‘": "'",
        "`": "'",
        "´": "'",
        "“": '"',
        "”": '"',
        "„": '"',
        "«": '"',
        "»": '"',
        "–": "-",
        "—": "-",
        "‑": "-",
        "…": "...",
    }
)
_GENDER = re.compile(r"(?<=[a-zäöüß])(?:[*:_]|/-?|\(|I(?=n(?:nen)?\b))(?:i?n)(nen)?\)?(?![a-zäöüß])", re.UNICODE)
_FOLD = str.maketrans({"ä": "a", "ö": "o", "ü": "u", "ß": "ss"})
_DIGRAPH = re.compile(r"(?<![aeq])(a|o|u)e")
_REPEATED = re.compile(r"([^\W\d_])\1{2,}")


def clean(message: str) -> str:
    """The message in NFC without invisible characters, white space collapsed. Lone surrogates become spaces."""
    text = unicodedata.normalize("NFC", _SURROGATE.sub(" ", message))
    return _SPACE.sub(" ", _INVISIBLE.sub(" ", text)).strip()


def normalise(message: str) -> str:
    """What the matching reads: compatibility forms resolved, quotes and dashes unified, gender forms written out.

    „Erzieher*innen“, „Erzieher:innen“, „ErzieherInnen“ → „Erzieherinnen“; letters repeated for emphasis are
    shortened to two („neiiin“ → „neiin“). Idempotent. Case is kept.
    """
    text = clean(unicodedata.normalize("NFKC", clean(message)).translate(_QUOTES))
    text = _GENDER.sub(lambda m: "innen" if m[1] else "in", text)
    return clean(unicodedata.normalize("NFKC", _REPEATED.sub(r"\1\1", text)))


def fold(word: str) -> str:
    """The key under which a word is found however its umlauts are typed: „Plätze“, „plaetze“, „platze“ → „platze“.

    Different words may share a key: a fallback, never the word itself.
    """
    folded = word.translate(_FOLD)
    return _DIGRAPH.sub(r"\1", folded) if "e" in folded[1:] else folded


def plain(message: str) -> str:
    """The words alone, lower case: two messages that differ in punctuation only are the same."""
    return " ".join(re.findall(r"\w+", normalise(message).lower()))
