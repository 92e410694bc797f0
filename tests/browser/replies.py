"""Replies of every kind with blocks of every type, as the API describes them."""

from __future__ import annotations

from typing import Any

SOURCE = {"label": "§ 5 KiBiz", "url": "https://example.org/kibiz", "date": "2025-08", "checked": "2026-11-20"}


def block(name_of_type: str, text: str = "Text.", /, **fields: Any) -> dict[str, Any]:
    """A block."""
    return {"type": name_of_type, "topic": "kita-anmeldung", "aspect": "overview", "text": text, **fields}


def reply(*blocks: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A reply; what is not given is that of an answer."""
    return {
        "kind": "answer",
        "topics": ["kita-anmeldung"],
        "aspects": ["overview"],
        "candidates": [],
        "asks": None,
        "confidence": 0.9,
        "safety": False,
        "blocks": list(blocks),
        "links": [],
        "sources": [SOURCE],
        "suggestions": [],
        "entities": {},
        "lang": "de",
        "knowledge": "0",
        "state": "k.a.b",
        **fields,
    }


LINE = block(
    "contact",
    "Bei Lebensgefahr: 112.",
    name="Notruf",
    phone="112",
    purpose="Bei Lebensgefahr",
    hours="rund um die Uhr",
    languages=["en", "tr"],
    url="https://example.org/hilfe",
)
NO_PHONE = block("contact", "nora.", name="Notruf-App nora", purpose="Ohne zu sprechen")

ANSWER = reply(
    block("text", "Erster Absatz, mehr auf www.example.org.\n\nZweiter Absatz\nmit Zeile, post@example.org."),
    block("list", "- eins", items=["eins", "zwei"], title="Was Sie brauchen"),
    block(
        "steps",
        "1. eins",
        items=[
            {"text": "Öffnen Sie die Seite.", "link": {"label": "Zur Seite", "url": "https://example.org/"}},
            {"text": "Warten Sie.", "deadline": "bis 15. März"},
        ],
    ),
    block(
        "contact",
        "Jugendamt",
        name="Jugendamt",
        phone="02323 16-0",
        email="amt@example.org",
        hours="Mo 9 bis 12 Uhr",
        address="Hauptstraße 241, 44649 Herne",
        url="https://example.org/amt",
        languages=["de", "tr"],
    ),
    block(
        "table", "Tabelle", head=["Einkommen", "Beitrag"], rows=[["bis 20.000", "0 Euro"], ["bis 30.000", "40 Euro"]]
    ),
    block(
        "timeline",
        "Zeiten",
        items=[
            {
                "date": "2026-05-03",
                "until": "2026-11-30",
                "when": "3. Mai bis 30. November 2026",
                "text": "Kindergeld",
                "source": SOURCE,
            }
        ],
    ),
    block("notice", "Ein Hinweis.", level="info"),
    block("notice", "Hier ist Hilfe.", level="help"),
    links=[{"label": "Kita-Navigator", "url": "https://example.org/navigator"}],
    suggestions=[{"label": "Unterlagen", "message": "Unterlagen"}, {"label": "Frist", "message": "Frist"}],
)
OFFERS = reply(
    block("text", "Das passt:"),
    block(
        "offer",
        "Spielgruppe.",
        id="a.b",
        name="Spielgruppe Bachkiesel",
        kind="spielgruppe",
        kind_title="Spielgruppen",
        about="Für Kinder mit Eltern.",
        place="Haus am Bach",
        address="Talstraße 1",
        district="Wanne",
        weekdays=["TU", "FR"],
        time={"from": "09:30", "until": "11:00"},
        age="ab 12 Monaten",
        cost="2 Euro",
        registration="ohne Anmeldung",
        phone="02323 111",
        source=SOURCE,
        when="dienstags und freitags, 9.30 bis 11 Uhr",
        fit="sure",
        ask=["accessible"],
        ask_text="Barrierefreiheit",
    ),
    kind="offers",
    topics=["eltern-kind-gruppe"],
)
CLARIFY = reply(
    block("text", "Meinen Sie eines davon?"),
    kind="clarify",
    topics=[],
    asks="topic",
    sources=[],
    suggestions=[
        {"label": "Was die Kita kostet", "message": "Was die Kita kostet"},
        {"label": "Essen", "message": "Essen"},
    ],
)
FALLBACK = reply(
    block("text", "Das weiß ich nicht."),
    block("contact", "Zentrale", name="Zentrale", phone="02323 16-0"),
    kind="fallback",
    topics=[],
    sources=[],
)
SMALLTALK = reply(block("text", "Guten Tag."), kind="smalltalk", topics=["begruessung"])
EMERGENCY = reply(
    LINE,
    NO_PHONE,
    block("text", "Rufen Sie an."),
    kind="emergency",
    topics=["medizinischer-notfall"],
    safety=True,
)
VIOLENCE = reply(
    block("notice", "In an emergency call 110.", level="danger", lang="en"),
    LINE,
    block("text", "Rufen Sie an."),
    kind="emergency",
    topics=["haeusliche-gewalt"],
    safety=True,
)

ALL = {
    "answer": ANSWER,
    "offers": OFFERS,
    "clarify": CLARIFY,
    "fallback": FALLBACK,
    "smalltalk": SMALLTALK,
    "emergency": EMERGENCY,
    "violence": VIOLENCE,
}
