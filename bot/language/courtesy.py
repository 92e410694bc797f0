"""Greetings, thanks and signatures around a question: they say nothing of what it is about."""

from __future__ import annotations

from bot.model import Token

OPENING = frozenset(
    (
        "hallo hallöchen halloo hi hey heyho moin moinsen servus tach tachchen guten tag morgen abend "
        "mahlzeit glück auf grüß gott liebe lieber liebes sehr geehrte geehrter damen und herren team "
        "zusammen leute ihr lieben euch allerseits mal eine kurze frage ich hätte hab habe bräuchte"
    ).split()
)
"""Words that may stand before the question; they are left out as long as nothing else stood before them."""
GREETING = frozenset(
    ("hallo hallöchen hi hey heyho moin moinsen servus tach guten mahlzeit glück grüß liebe liebes lieber sehr").split()
)
CLOSING = frozenset(
    (
        "danke dankeschön dank vielen lieben besten herzlichen schon im voraus vorab mal lg mfg vg gruß grüße "
        "gruss gruesse liebe viele freundliche freundlichen mit schöne schönen tag noch und bitte tschüss "
        "ciao"
    ).split()
)
THANKS = frozenset(("danke dankeschön dank lg mfg vg gruß grüße gruss gruesse tschüss ciao").split())
PLEASE = "bitte"
"""Says nothing wherever it stands."""
CORE, CORE_AFTER_GREETING = 3, 2
"""Words that must be left for the rest to be a question of its own: without thanks, and without a greeting alone."""


def without_courtesy(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    """The tokens without greeting and thanks around them; all of them when hardly anything would be left."""
    start, end = 0, len(tokens)
    if tokens and tokens[0].text in GREETING:
        while start < end and tokens[start].text in OPENING:
            start += 1
    tail = end
    while tail > start and tokens[tail - 1].text in CLOSING:
        tail -= 1
    if any(t.text in THANKS for t in tokens[tail:]):
        end = tail
    if end - start < (CORE if end < len(tokens) else CORE_AFTER_GREETING):
        start, end = 0, len(tokens)
    return tuple(t for t in tokens[start:end] if t.text != PLEASE) or tokens
