"""How easily a text is read: the first Wiener Sachtextformel, computed by textstat."""

from __future__ import annotations

import re

from bot.content.rendering import MONTHS

FORMULA = "Wiener Sachtextformel 1"
LIMITS = (6.0, 9.0)
"""Up to the first, a text is easy; beyond the second, hard. The numbers are about school years."""

_BRACKETS = re.compile(r"\s*\([^()]*\)")
_CONTACT = re.compile(r"(?:\S+@\S+?|https?://\S+?|www\.\S+?)(?=[.,;]*(?:\s|$))|\b0\d[\d /-]{3,}\d\b")
_ORDINAL = re.compile(rf"(?<=\d)\.(?=\s+(?:{'|'.join(MONTHS)})\b)")
_ABBREVIATION = re.compile(r"\b(St|Dr|z|B|bzw|ca|Nr|Abs)\.\s")


def prose(text: str) -> str:
    """What a parent reads as sentences: official terms in brackets, numbers to call and addresses of pages left out.

    The point of „1. August“ ends no sentence.
    """
    text = _CONTACT.sub("", _BRACKETS.sub("", text))
    text = _ABBREVIATION.sub(r"\1 ", _ORDINAL.sub("", text))
    return " ".join(re.sub(r"[:,]?\s*(?=[.,;](?:\s|$))", "", text).split())


def reading_level(text: str) -> float:
    """The score of the text with one decimal: about the school year from which on it is understood, 4 to 15."""
    from textstat import textstat

    textstat.set_lang("de")
    return round(float(textstat.wiener_sachtextformel(prose(text), 1)), 1)
