"""What search engines read of a topic's page: its questions and answers and the office, in the words of schema.org."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from bot.content.models import Entry, Place
from bot.model import Block
from bot.replying.answer import side_message

Data = dict[str, Any]


def _question(name: str, blocks: Iterable[Block]) -> Data:
    text = "\n\n".join(block.text for block in blocks)
    return {"@type": "Question", "name": name, "acceptedAnswer": {"@type": "Answer", "text": text}}


def _office(place: Place, city: str) -> Data:
    """The office with its ways to reach it; what is no public authority is an organisation."""
    ways = {"telephone": place.phone, "email": place.email, "url": place.url}
    known = {name: value for name, value in ways.items() if value}
    office: Data = {
        "@type": "GovernmentOffice" if place.kind == "amt" else "Organization",
        "name": place.name,
        **known,
        "areaServed": city,
    }
    if place.address:
        office["address"] = place.address
    if place.hours:
        office["description"] = place.hours
    if known:
        office["contactPoint"] = {"@type": "ContactPoint", "contactType": "Auskunft", **known}
    return office


def topic_data(
    entry: Entry, lead: Iterable[Block], sides: Mapping[str, Iterable[Block]], office: Place | None, city: str, url: str
) -> Data:
    """A topic as a page of questions and answers: the title with the short answer, then each side of it.

    sides  label → blocks, in the order of the page
    url    the whole address of the page
    """
    questions = [_question(entry.title, lead)]
    questions += [_question(side_message(entry.title, label), blocks) for label, blocks in sides.items()]
    page: Data = {
        "@type": "FAQPage",
        "@id": url,
        "url": url,
        "name": entry.title,
        "inLanguage": "de",
        "dateModified": entry.checked.isoformat(),
        "mainEntity": questions,
    }
    return {"@context": "https://schema.org", "@graph": [page, *([_office(office, city)] if office else [])]}
