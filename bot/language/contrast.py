"""What a message sets aside to say what it means: „keine Tagesmutter, sondern …“, „nicht OGS, …“."""

from __future__ import annotations

from bot.model import Token

NOT = frozenset("nicht nich net ned nit".split())
NONE = frozenset("kein keine keinen keinem keiner kei".split())
INSTEAD = frozenset("sondern lieber stattdessen".split())
"""Behind the thing set aside stands what is meant."""
ONLY = frozenset("nur bloß bloss".split())
"""The same, directly behind one word that is set aside: „nicht kündigen, nur ändern“."""
BESIDES = frozenset("nur bloß bloss allein auch".split())
"""„nicht nur …, sondern auch“ sets nothing aside."""
FILLING = frozenset(
    "der die das den dem des ein eine einen einem einer um für in im zur zum von vom mehr so diese dieser".split()
)
"""Words between the denial and the thing: the one behind them is set aside."""
REACH = 7
"""Words between the denial and „sondern“ at most."""
REST = 2
"""Words that must be left for them to be what is meant."""
NOT_NOUNS = frozenset(
    (
        "mehr genug so nur bloß ganz sicher wissen weiß weiss schlimm verstanden dass das wenn weil immer jeder alle "
        "ich wir er sie es mein meine vergessen klar kommen da hier schon gut wirklich böse"
    ).split()
)
"""Words behind a „nicht“ at the beginning that are not set aside."""


def _denied(words: list[str], start: int) -> int:
    """Where the thing that the denial at `start` sets aside ends; `start` when it sets nothing aside."""
    ahead = words[start + 1 : start + 1 + REACH]
    if not ahead or ahead[0] in BESIDES:
        return start
    for i, word in enumerate(ahead):
        if word in INSTEAD:
            following = words[start + 2 + i : start + 3 + i]
            return start if following and following[0] in BESIDES else start + 2 + i
    if words[start] in NOT and len(ahead) > 1 and ahead[1] in ONLY:
        return start + 3
    if words[start] in NOT and ahead[0] not in NOT_NOUNS:
        i = 0
        while i < len(ahead) and ahead[i] in FILLING:
            i += 1
        return start + 2 + i if i < len(ahead) else start
    return start


def without_denied(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    """The tokens without what is set aside in favour of the rest; all of them when hardly anything would be left."""
    words = [t.text for t in tokens]
    if not any(w in NOT or w in NONE for w in words):
        return tokens
    kept: list[Token] = []
    i = 0
    while i < len(words):
        end = i
        if words[i] in NONE or words[i] in NOT:
            end = _denied(words, i)
            told = any(w in INSTEAD or w in ONLY for w in words[i:end])
            if not told and (kept or words[i] in NONE):  # „nicht OGS“ at the beginning alone sets aside by itself
                end = i
        if end > i:
            i = end
        else:
            kept.append(tokens[i])
            i += 1
    return tuple(kept) if len(kept) >= REST else tokens
