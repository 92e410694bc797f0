"""What is said when nothing else can be: it lives in the code, so that no broken file can take it off the air."""

from __future__ import annotations

from bot.content.loading import Content
from bot.model import Answer, Block, Decision, Kind, Question
from bot.replying.answer import LAST_RESORT

TEXT = (
    "Der Dienst kann gerade keine Fragen beantworten. "
    "Ist jemand in Gefahr, rufen Sie sofort eine dieser Nummern an. Das kostet nichts."
)
MORE_LINES = (
    ("Hilfetelefon für Frauen", "116 016", "Wenn es zu Hause nicht sicher ist"),
    ("TelefonSeelsorge", "0800 111 0 111", "Wenn Sie jetzt jemanden zum Reden brauchen"),
)
"""Open day and night, as in the facts bund.tel-hilfe-frauen-nummer and bund.tel-seelsorge-nummer."""


def emergency_numbers(lines: tuple[tuple[str, str, str], ...] = LAST_RESORT) -> list[Block]:
    """The numbers that help in an emergency, whatever else is broken."""
    return [
        Block(
            "contact",
            None,
            "contact",
            f"{purpose}: {phone} ({name}).",
            {"name": name, "phone": phone, "purpose": purpose},
        )
        for name, phone, purpose in lines
    ]


def last_resort(question: Question, content: Content | None) -> Answer:
    """The reply when none could be made: whom to ask, and the numbers that help in an emergency.

    content  None when there is none to serve
    """
    if content is None:
        blocks = [Block("text", None, None, TEXT), *emergency_numbers(LAST_RESORT + MORE_LINES)]
        return Answer(Decision(Kind.FALLBACK), tuple(blocks), (), (), (), {}, question.conversation)
    blocks = [Block("text", None, None, content.texts.fallback)]
    office = content.places.get(content.city.default_contact)
    if office is not None:
        text = ", ".join(part for part in (office.name, office.phone) if part)
        phone = {"phone": office.phone} if office.phone else {}
        blocks.append(Block("contact", None, "contact", text, {"name": office.name, **phone}))
    blocks += emergency_numbers()
    return Answer(Decision(Kind.FALLBACK), tuple(blocks), (), (), (), {}, question.conversation)
