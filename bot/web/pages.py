"""What pages made on the server share: they work without scripts, load nothing from elsewhere and leave no trace."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response
from starlette.routing import NoMatchFound

from bot.content.loading import Content
from bot.content.rendering import german_date
from bot.settings import Settings
from bot.web import markup

HERE = Path(__file__).parent
STATIC = HERE / "static"

HEADERS = {
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "content-security-policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
}
"""Of every page. Pages that may stand in a frame say so themselves."""

_SENTENCES = {
    400: "Das Formular kam nicht richtig an. Bitte gehen Sie zurück und versuchen Sie es noch einmal.",
    404: "Diese Seite gibt es nicht.",
    413: "Das war zu viel auf einmal. Bitte gehen Sie zurück und versuchen Sie es noch einmal.",
    415: "Das Formular kam nicht richtig an. Bitte gehen Sie zurück und versuchen Sie es noch einmal.",
    429: "Gerade kommen sehr viele Anfragen. Bitte warten Sie eine Minute und versuchen Sie es noch einmal.",
    503: "Der Dienst ist gerade nicht bereit. Bitte versuchen Sie es gleich noch einmal.",
}
_MENU = {"chat_page": "Frage stellen", "topics_page": "Alle Themen", "timetable_page": "Familienfahrplan"}
"""Names of routes with what the menu calls them; those that there are not are left out."""


@cache
def _templates() -> Environment:
    templates = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters |= {"german_date": german_date, **markup.FILTERS}
    return templates


@cache
def _style_version() -> str:
    return hashlib.sha256((STATIC / "pages.css").read_bytes()).hexdigest()[:12]


def _root(request: Request) -> str:
    return str(request.scope.get("root_path", "")).rstrip("/")


def path_of(request: Request, name: str, **parts: str) -> str | None:
    """The path of a route of ours, or None as long as there is none of this name."""
    try:
        return _root(request) + str(request.app.url_path_for(name, **parts))
    except NoMatchFound:
        return None


def address_of(request: Request, settings: Settings, name: str, **parts: str) -> str:
    """The whole address of a route of ours: below `BASE_URL` where it is set, else as it was asked for."""
    path = str(request.app.url_path_for(name, **parts))
    return (settings.base_url or f"{request.url.scheme}://{request.url.netloc}{_root(request)}") + path


def _menu(request: Request, content: Content | None) -> list[tuple[str, str]]:
    paths = {name: path_of(request, name) for name in _MENU}
    if content is None or content.timetable is None:
        paths.pop("timetable_page")
    return [(_MENU[name], path) for name, path in paths.items() if path]


def page(
    request: Request,
    template: str,
    content: Content | None,
    values: Mapping[str, object],
    *,
    status: int = 200,
    headers: Mapping[str, str] = HEADERS,
) -> Response:
    """The page of a template. All of them know `root`, `city`, `legal_links`, `menu` and their own `path`."""
    common = {
        "root": _root(request),
        "style_version": _style_version(),
        "city": content.city.name if content else "",
        "legal_links": content.city.legal_links if content else (),
        "menu": _menu(request, content),
        "path": request.url.path,
    }
    return HTMLResponse(_templates().get_template(template).render({**common, **values}), status, dict(headers))


def error_page(request: Request, error: HTTPException, content: Content | None, back: str) -> Response:
    """The page that says in one sentence why another cannot be shown, with the way back."""
    text = _SENTENCES.get(error.status_code, "Die Seite kann gerade nicht gezeigt werden.")
    headers = {**HEADERS, **(error.headers or {})}
    values = {"title": "Das hat nicht geklappt", "text": text, "back": back}
    return page(request, "message.html", content, values, status=error.status_code, headers=headers)
