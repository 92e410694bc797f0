"""Every answer as a page to read, as a leaflet to print, and all of them in a list; and what search engines ask for."""

from __future__ import annotations

from difflib import get_close_matches
from xml.sax.saxutils import escape

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, Response

from bot.content.models import Aspect
from bot.model import EMERGENCY_GROUP, OUTSIDE, TALK_GROUP
from bot.replying.answer import topic_page
from bot.replying.page import Page
from bot.web.pages import STATIC, address_of, error_page, page, path_of
from bot.web.routes import is_switched_off, off_answer
from bot.web.structured_data import topic_data
from bot.web.topic_views import (
    Asked,
    Group,
    TopicLink,
    asked_of,
    leaflet_sides,
    leaflet_size,
    off_view,
    view_of,
)

UNEXPLAINED = (EMERGENCY_GROUP, TALK_GROUP, OUTSIDE)
"""Groups whose topics are listed by their title alone: it is neutral on a screen that others may see."""
METHODS = ["GET", "HEAD"]

router = APIRouter(include_in_schema=False)


def _canonical(asked: Asked, name: str, **parts: str) -> str | None:
    """The one address under which search engines are to know a page; only the town knows it."""
    return address_of(asked.request, asked.settings, name, **parts) if asked.settings.base_url else None


def _missing(asked: Asked, topic: str) -> Response:
    """The page for an address that we do not have, with the nearest topics, all topics and a telephone number."""
    known = [name for name in asked.content.entries if asked.is_shown(name)]
    contact = Page(asked.content, asked.question.today, frozenset())
    contact.contact(asked.content.city.default_contact, None, "contact")
    values = {
        "near": [asked.link(name) for name in get_close_matches(topic[:60], known, n=3)],
        "back": path_of(asked.request, "topics_page"),
        "contact": contact.blocks,
    }
    return page(asked.request, "topic_missing.html", asked.content, values, status=404)


@router.api_route("/themen", methods=METHODS, name="topics_page")
async def topics_list(request: Request) -> Response:
    """All topics by their groups, help first."""
    try:
        asked = asked_of(request)
    except HTTPException as error:
        return error_page(request, error, None, "/themen")
    content = asked.content
    groups: dict[str, list[TopicLink]] = {EMERGENCY_GROUP: []}
    for name, info in content.topics.items():
        if name in content.entries:
            link = asked.link(name)
            question = "" if info.group in UNEXPLAINED or info.description == link.title else info.description
            groups.setdefault(info.group, []).append(TopicLink(link.title, link.path, link.address, question))
    titles = content.texts.groups
    values = {
        "groups": [Group(g, titles.get(g, g.capitalize()), tuple(links)) for g, links in groups.items() if links],
        "canonical": _canonical(asked, "topics_page"),
    }
    return page(request, "topic_list.html", content, values)


@router.api_route("/themen/{id}", methods=METHODS, name="topic_page")
async def topic_read(request: Request, id: str) -> Response:  # noqa: A002 - the name in the path
    """One answer with all its sides."""
    try:
        asked = asked_of(request)
    except HTTPException as error:
        return error_page(request, error, None, f"/themen/{id}")
    content = asked.content
    if id not in content.entries:
        return _missing(asked, id)
    entry = content.entries[id]
    off = is_switched_off(id, asked.bot)
    data = None
    if off:
        answer = off_answer(id, asked.bot, asked.question)
        view = off_view(asked, id, answer)
    else:
        answer = topic_page(id, content, asked.question)
        view = view_of(asked, id, answer, tuple(Aspect))
        sides = {section.title: section.blocks for section in view.sections if section.blocks}
        office = content.places.get(entry.office)
        data = topic_data(entry, view.lead, sides, office, content.city.name, asked.address(id))
    leaflet = None if off or asked.bot.groups[id] == TALK_GROUP else path_of(request, "leaflet_page", id=id)
    values = {
        "topic": view,
        "off": off,
        "canonical": _canonical(asked, "topic_page", id=id),
        "structured_data": data,
        "leaflet": leaflet,
        "links": answer.links,
        "related": [asked.link(name) for name in entry.related if not off and asked.is_shown(name)],
        "sources": answer.sources,
        "checked": entry.checked.isoformat(),
    }
    return page(request, "topic.html", content, values)


@router.api_route("/themen/{id}/merkblatt", methods=METHODS, name="leaflet_page")
async def leaflet(request: Request, id: str) -> Response:  # noqa: A002 - the name in the path
    """One answer on one sheet of paper."""
    try:
        asked = asked_of(request)
    except HTTPException as error:
        return error_page(request, error, None, f"/themen/{id}/merkblatt")
    content = asked.content
    if id not in content.entries:
        return _missing(asked, id)
    if is_switched_off(id, asked.bot):
        answer = off_answer(id, asked.bot, asked.question)
        view = off_view(asked, id, answer)
    else:
        sides = leaflet_sides(content.entries[id])
        answer = topic_page(id, content, asked.question, sides, borrow=True, off=asked.bot.off)
        view = view_of(asked, id, answer, (*sides, Aspect.CONTACT))
    values = {
        "topic": view,
        "size": leaflet_size(view, answer),
        "sources": list(
            {(s.label, s.date): s for s in answer.sources}.values()
        ),  # on paper their pages cannot be told apart
        "checked": content.entries[id].checked.isoformat(),
        "today": asked.question.today.isoformat(),
        "address": asked.address(id),
        "back": path_of(request, "topic_page", id=id),
    }
    return page(request, "leaflet.html", content, values)


@router.api_route("/themen/{rest:path}", methods=METHODS)
async def no_topic(request: Request, rest: str) -> Response:
    """What is below `/themen` and is none of the above."""
    try:
        return _missing(asked_of(request), rest.strip("/").partition("/")[0])
    except HTTPException as error:
        return error_page(request, error, None, "/themen")


@router.api_route("/favicon.ico", methods=METHODS)
async def icon() -> Response:
    """The icon for whoever does not read which one a page names."""
    return FileResponse(STATIC / "icon.svg", headers={"cache-control": "public, max-age=86400"})


@router.api_route("/sitemap.xml", methods=METHODS)
async def sitemap(request: Request) -> Response:
    """The addresses of all topics for search engines."""
    asked = asked_of(request)
    entries = asked.content.entries
    newest = max((entry.checked for entry in entries.values()), default=None)
    pages = [(address_of(request, asked.settings, "topics_page"), newest)]
    pages += [(asked.address(name), entries[name].checked) for name in asked.content.topics if name in entries]
    rows = "".join(
        f"<url><loc>{escape(address)}</loc><lastmod>{checked.isoformat() if checked else ''}</lastmod></url>\n"
        for address, checked in pages
    )
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{rows}</urlset>\n'
    )
    return Response(text, headers={"x-content-type-options": "nosniff"}, media_type="application/xml")
