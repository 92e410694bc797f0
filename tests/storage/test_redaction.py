"""What of a comment may stay: German words that are no names. No number, no address, nobody's name."""

from __future__ import annotations

import re

import pytest

from bot.pipeline import Bot
from bot.storage.redaction import GONE, MAX_CHARS, redact

KEPT = [
    "Die Antwort war gut, aber die Telefonnummer stimmt nicht mehr.",
    "Der Link zum Formular ging nicht. Es war zu lang und schwer zu verstehen!",
    "Es fehlt, was die Kita für mehrere Kinder kostet.",
    "Das Jugendamt hat nicht geantwortet, ich bin verzweifelt.",
    "Ihr schreibt „im Rathaus“, das ist aber umgezogen.",
]
SECRETS = [
    "0172 / 12 34 56 7", "02323 16-2222", "+49(0)2325 555", "0 1 7 2 3 4 5", "null eins sieben zwei drei vier",
    "anna.mueller@gmx.de", "anna punkt schmidt ät gmx punkt de", "ayse(at)web.de", "b.k@stadt-herne.de",
    "https://www.facebook.com/yilmaz.herne", "www.kowalski.de", "insta: mami_2020",
    "DE89 3704 0044 0532 0130 00", "de89370400440532013000", "DE89-3704-0044-0532-0130-00",
    "Hauptstraße 12a", "Am Alten Hof 3", "an der Linde 5", "44649 Herne", "Bahnhofstr. 7-9", "Holsterhauserstrasse",
    "Ayşe Yılmaz", "Peter Wolf", "Frau klein", "Familie Koch", "Hans-Peter von der Heide", "JOHANNES KOWALSKI",
    "Mohammed", "mein Sohn max", "meine Tochter rosa", "Herr Dr. Schneider", "LG Sabine", "Olena", "Øyvind",
    "3.5.2021", "03/05/21", "3. Mai 2021", "am dritten Mai zweitausendzwanzig", "2021-05-03", "Mai 2021", "geb. 3.5.",
    "einundzwanzigster März",
]  # fmt: skip
"""Telephone numbers, e-mail, pages, IBAN, addresses, names, dates of birth."""
HARMLESS = frozenset("am an der die frau familie von mein sohn meine tochter herr dr lg geb insta bin ich".split())
FRAMES = ["{}", "Die Antwort war gut, {} und danke", "{}. Es war gut!", "Ich bin {}, gruß", "({})"]


def words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))


@pytest.mark.parametrize("comment", KEPT)
def test_what_editors_need_stays(small_bot: Bot, comment: str) -> None:
    assert redact(comment, small_bot.language) == comment


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("frame", FRAMES)
def test_nothing_says_who_wrote_it(small_bot: Bot, secret: str, frame: str) -> None:
    found = redact(frame.format(secret), small_bot.language)
    assert words(found) & words(secret) <= HARMLESS
    assert not any(c.isdigit() or c == "@" for c in found)


def test_words_that_nobody_knows_go(small_bot: Bot) -> None:
    found = redact("Die Kita Xqzwtrpl ist gut", small_bot.language)
    assert found == f"Die Kita {GONE} ist gut"


@pytest.mark.parametrize(
    "comment", ["", " ", "0172 1234567", "Ayşe Yılmaz", "👍👍", "\u202e\u200b", "[…] […]", "...", "\x00"]
)
def test_where_nothing_is_left_nothing_is_kept(small_bot: Bot, comment: str) -> None:
    assert redact(comment, small_bot.language) == ""


def test_it_ends(small_bot: Bot) -> None:
    for comment in (
        "a@" * 500,
        "1 " * 500,
        "straße 1 " * 120,
        "punkt " * 200,
        "ein ät " * 200,
        "x" * 5000,
        "am am am " * 300,
    ):
        assert len(redact(comment, small_bot.language)) <= MAX_CHARS
