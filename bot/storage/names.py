"""Names of people, and the words beside which a name is expected. Used where text is kept, never to find people."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import import_module

LANGUAGES = (
    "de_DE", "de_AT", "de_CH", "tr_TR", "pl_PL", "ro_RO", "ru_RU", "uk_UA", "ar_AA", "en_GB", "fr_FR", "it_IT",
    "es_ES", "nl_NL", "hr_HR", "el_GR", "bg_BG", "pt_PT", "cs_CZ", "hu_HU",
)  # fmt: skip
"""Whose names are looked up. Any other is no German word, and falls for that alone."""

TITLES = frozenset("frau frl fräulein herr herrn hr fr familie fam dr prof doktor onkel tante oma opa".split())
"""Words that a name follows, however it is written."""
KIN = frozenset(
    (
        "sohn tochter kind baby mann frau mutter mama vater papa bruder schwester freund freundin partner partnerin "
        "junge mädchen enkel enkelin nichte neffe zwillinge jungs kleiner kleine großer große ältester älteste "
        "jüngster jüngste erzieherin erzieher tagesmutter heißt heisst heißen heisse heiße name namens von lg mfg gruß "
        "grüße gruss gruesse ich bin"
    ).split()
)
"""Words beside which a word that is on a list of names is one, even in lower case."""
WORDS = frozenset("beste corona döner job kläre ramadan salami solange".split())
"""First names of somebody that are words in nearly every sentence."""


@dataclass(frozen=True, slots=True)
class Names:
    """First and last names in lower case; many of the last ones are words as well."""

    first: frozenset[str]
    last: frozenset[str]


@cache
def known_names() -> Names:
    """The names of the languages above, from Faker's lists; read when they are first needed, 14 MB."""
    first: set[str] = set()
    last: set[str] = set()
    for language in LANGUAGES:
        provider = import_module(f"faker.providers.person.{language}").Provider
        for attribute in dir(provider):
            into = first if attribute.startswith("first_name") else last if attribute.startswith("last_name") else None
            listed = getattr(provider, attribute)
            if into is not None and not callable(listed):
                into.update(part.lower() for name in listed for part in name.replace("-", " ").split())
    return Names(frozenset(first - WORDS), frozenset(last))
