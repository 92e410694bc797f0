"""The widget: its sources as one script with the town's own data, languages as data, and where it can be seen."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from bot.content.loading import Content
from bot.content.models import Link
from bot.replying.answer import LAST_RESORT
from bot.settings import ROOT
from bot.web.pages import HEADERS, address_of, error_page, page
from bot.web.problems import ProblemError
from bot.web.service import get_bot, get_service

VERSION = "1.0.0"
"""Of the widget: raised with every change of its bytes, by the rules of semver."""
SOURCES = ROOT / "web_widget"
MODULES = ("words", "dom", "blocks", "transport", "contrast", "element", "define")
"""In this order they become one script."""
FILE = "familien-bot.js"
FLOATING = f"v{VERSION.partition('.')[0]}"
MAX_QUESTIONS = 5

FOREVER = "public, max-age=31536000, immutable"
FIVE_MINUTES = "public, max-age=300"
SHARED = {
    "access-control-allow-origin": "*",
    "cross-origin-resource-policy": "cross-origin",
    "x-content-type-options": "nosniff",
    "vary": "Accept-Encoding",
}
"""Any page may load these: they are the same for everyone and hold nothing that is secret."""
METHODS = ["GET", "HEAD"]
WIDGET_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'; "
)
"""What pages with the widget allow; who may frame them comes last."""

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it is sent: plain, compressed, and the hashes of it."""

    body: bytes
    media_type: str
    packed: bytes
    etag: str
    integrity: str


def make_asset(body: bytes, media_type: str) -> Asset:
    """The file with all that is computed once."""
    digest = hashlib.sha384(body).digest()
    etag = f'"{digest.hex()[:32]}"'
    integrity = "sha384-" + base64.b64encode(digest).decode()
    return Asset(body, media_type, gzip.compress(body, 9, mtime=0), etag, integrity)


# one script


def _as_link(link: Link) -> dict[str, Any]:
    return {"label": link.label, "url": link.url}


def _help_lines() -> list[dict[str, str]]:
    return [{"name": name, "phone": phone, "purpose": purpose} for name, phone, purpose in LAST_RESORT]


def town_data(content: Content) -> dict[str, Any]:
    """What the widget shows before it has asked anything, and when nothing answers."""
    city = content.city
    office = content.places.get(city.default_contact)
    contact = None
    if office is not None:
        fields = {"name": office.name, "phone": office.phone, "email": office.email, "hours": office.hours}
        contact = {name: value for name, value in {**fields, "url": office.url}.items() if value}
    titles = [content.entries[topic].title for topic in city.greeting_topics if topic in content.entries]
    return {
        "contact": contact,
        "links": [_as_link(city.search_link)] if city.search_link else [],
        "legal": [_as_link(link) for link in city.legal_links],
        "help": _help_lines(),
        "questions": titles[:MAX_QUESTIONS],
    }


def _without_notes(script: str) -> str:
    """The lines of a module that do something; its notes stay in the repository. Names and lines stay as written."""
    text = re.sub(r"^ */\*\*.*?\*/\n", "", script, flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"^ *// .*\n| // [a-zA-Z].*$", "", text, flags=re.MULTILINE)
    return re.sub(r"^ +", lambda found: "\t" * (len(found[0]) // 2), re.sub(r"\n{2,}", "\n", text), flags=re.MULTILINE)


def _without_space(style: str) -> str:
    """The style sheet without notes and the spaces that say nothing, a rule on a line where it is not too long."""
    text = re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL)
    text = re.sub(r"\n\s*", "\n", text).strip()
    text = re.sub(r" ?([{};,]) ?", r"\1", text).replace(": ", ":")
    rules = re.compile(r"\{[^{}]{,300}\}")
    return rules.sub(lambda rule: rule[0].replace("\n", ""), text).replace(";}", "}")


def _literal(value: Any) -> str:
    """The value in JavaScript, an object without a prototype: what a page adds to all objects is none of its fields."""
    if isinstance(value, dict):
        return (
            "{\n" + "".join(f"{name}: {_literal(one)},\n" for name, one in {"__proto__": None, **value}.items()) + "}"
        )
    if isinstance(value, list):
        return "[" + ", ".join(map(_literal, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def _template(text: str) -> str:
    """The text as a template literal, with its lines as they are."""
    escaped = text.replace("\\", "\\\\").replace("`", "\\`").replace("${", "\\${")
    return f"`{escaped}`"


def build(town: dict[str, Any], sources: Path = SOURCES) -> bytes:
    """The script: the modules one after the other, with the style, the German words and the town's data in them."""
    constants = {
        "STYLE": _template(_without_space((sources / "src" / "style.css").read_text(encoding="utf-8"))),
        "GERMAN": _literal(json.loads((sources / "lang" / "de.json").read_bytes())),
        "TOWN": _literal(town),
    }
    lines = [f"const {name} = {text}\n" for name, text in constants.items()]
    modules = [_without_notes((sources / "src" / f"{name}.js").read_text(encoding="utf-8")) for name in MODULES]
    head = f"// <familien-bot> {VERSION}, EUPL-1.2. How to embed it: web_widget/README.md\n(() => {{\n'use strict'\n\n"
    return (head + "\n".join([*lines, *modules]) + "})()\n").encode()


@lru_cache(maxsize=4)
def _script(town: str) -> Asset:
    return make_asset(build(json.loads(town)), "text/javascript; charset=utf-8")


def script(content: Content | None) -> Asset:
    """The script for this town; without any content it knows the lines of help alone."""
    if content is None:
        town: dict[str, Any] = {"help": _help_lines()}
    else:
        town = town_data(content)
    return _script(json.dumps(town))


@cache
def languages() -> dict[str, Asset]:
    """The words of each interface language but German, which is in the script."""
    found = sorted((SOURCES / "lang").glob("*.json"))
    return {
        path.stem: make_asset(
            json.dumps(json.loads(path.read_bytes()), ensure_ascii=False).encode(), "application/json"
        )
        for path in found
    }


def send(request: Request, asset: Asset, cache_control: str) -> Response:
    """The file, compressed where the browser can read that; 304 where it has it already."""
    headers = {**SHARED, "cache-control": cache_control, "etag": asset.etag}
    known = request.headers.get("if-none-match", "")
    if asset.etag in [tag.strip().removeprefix("W/") for tag in known.split(",")]:
        return Response(status_code=304, headers=headers)
    accepted = [part.partition(";") for part in request.headers.get("accept-encoding", "").lower().split(",")]
    if any(name.strip() == "gzip" and not re.fullmatch(r"q=0(\.0*)?", rest.strip()) for name, _, rest in accepted):
        return Response(asset.packed, headers={**headers, "content-encoding": "gzip"}, media_type=asset.media_type)
    return Response(asset.body, headers=headers, media_type=asset.media_type)


def released(version: str, city: str) -> bytes | None:
    """The script of a version as it was released, and as pages that name its hash expect it; else None."""
    if not re.fullmatch(r"\d+\.\d+\.\d+", version):
        return None
    path = SOURCES / "releases" / version / f"{re.sub(r'[^a-z0-9]+', '-', city.lower())}.js"
    return path.read_bytes() if path.is_file() else None


def _pinned(request: Request, version: str) -> Asset:
    """The script of a version.

    raises  ProblemError 404 where there is no such version, 503 as long as the town is not known
    """
    content = get_bot(get_service(request)).content
    kept = released(version, content.city.name)
    if kept is not None:
        return make_asset(kept, "text/javascript; charset=utf-8")
    if version != VERSION:
        raise ProblemError(404, "There is no such version of the widget.")
    return script(content)


@router.api_route(f"/widget/{FLOATING}/{FILE}", methods=METHODS, name="widget")
async def floating_script(request: Request) -> Response:
    """The newest script of this major version."""
    bot = get_service(request).bot
    return send(request, script(bot.content if bot else None), FIVE_MINUTES if bot else "no-store")


@router.api_route(f"/widget/{FLOATING}/lang/{{tag}}.json", methods=METHODS)
async def language(request: Request, tag: str) -> Response:
    """The words of the interface in another language."""
    if tag not in languages():
        raise ProblemError(404, "The widget does not speak this language.")
    return send(request, languages()[tag], FIVE_MINUTES)


@router.api_route(f"/widget/{{version}}/{FILE}", methods=METHODS, name="pinned_widget")
async def pinned_script(request: Request, version: str) -> Response:
    """The script of one version, for pages that name its hash."""
    return send(request, _pinned(request, version), FOREVER)


@router.api_route("/widget/{version}/sri.json", methods=METHODS)
async def integrity(request: Request, version: str) -> Response:
    """The hash of the script of a version, as an `integrity` attribute names it."""
    asset = _pinned(request, version)
    body = {"version": version, "files": {FILE: asset.integrity}}
    return JSONResponse(body, headers={**SHARED, "cache-control": FIVE_MINUTES})


# pages with the widget


def policy(frame_ancestors: str) -> dict[str, str]:
    """The headers of a page with the widget."""
    return {**HEADERS, "content-security-policy": f"{WIDGET_POLICY}frame-ancestors {frame_ancestors}"}


@router.api_route("/", methods=METHODS, name="demo_page")
async def demo(request: Request) -> Response:
    """The widget on a page like a city's, with the lines to copy."""
    service = get_service(request)
    try:
        content = get_bot(service).content
    except HTTPException as error:
        return error_page(request, error, None, "/")
    values = {
        "version": VERSION,
        "floating": address_of(request, service.settings, "widget"),
        "pinned": address_of(request, service.settings, "pinned_widget", version=VERSION),
        "integrity": _pinned(request, VERSION).integrity,
        "topics": [
            (topic, content.entries[topic].title) for topic in content.city.greeting_topics if topic in content.entries
        ],
    }
    return page(request, "demo.html", content, values, headers=policy("'none'"))


@router.api_route("/einbetten", methods=METHODS, name="embed_page")
async def embed(request: Request) -> Response:
    """The widget alone, for a frame on the pages that the settings name."""
    service = get_service(request)
    try:
        content = get_bot(service).content
    except HTTPException as error:
        return error_page(request, error, None, "/einbetten")
    return page(
        request, "embed.html", content, {}, headers=policy(" ".join(("'self'", *service.settings.frame_ancestors)))
    )
