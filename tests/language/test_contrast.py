"""What is set aside in favour of what is meant."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language.contrast import without_denied
from bot.model import Token


def tokens(text: str) -> tuple[Token, ...]:
    return tuple(Token(w, w, w, (), known=True, german=True) for w in text.split())


def left(text: str) -> str:
    return " ".join(t.text for t in without_denied(tokens(text)))


@pytest.mark.parametrize(
    "text, expected",
    [
        ("keine krippe sondern eine tagesmutter gesucht", "eine tagesmutter gesucht"),
        ("ich brauche keinen antrag mehr lieber einen termin", "ich brauche einen termin"),
        ("geht nicht um die schule sondern um die kita", "geht um die kita"),
        ("nicht die gebühren wann öffnet ihr", "wann öffnet ihr"),
        ("ich will nicht abmelden nur die gruppe tauschen", "ich will die gruppe tauschen"),
    ],
)
def test_what_is_set_aside_is_left_out(text: str, expected: str) -> None:
    assert left(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "wir haben keinen platz bekommen",
        "kein platz was nun",
        "ich kann nicht mehr",
        "er schlägt nicht nur mich sondern auch die kinder",
        "mein sohn spricht noch nicht",
        "nicht schlimm aber was kostet das",
        "kein kindergeld sondern kinderzuschlag",
        "nicht",
        "",
    ],
)
def test_a_denial_alone_sets_nothing_aside(text: str) -> None:
    assert left(text) == text


@given(st.lists(st.sampled_from("nicht kein keine sondern lieber nur kita platz der um auch".split()), max_size=12))
def test_nothing_is_added_and_the_order_stays(words: list[str]) -> None:
    kept = [t.text for t in without_denied(tokens(" ".join(words)))]
    rest = iter(words)
    assert all(word in rest for word in kept)
    assert bool(kept) is bool(words)
