"""Filters of the templates: addresses that may be links, texts in paragraphs, days and hours in words."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from markupsafe import Markup, escape

from bot.content.rendering import german_date
from bot.replying.wording import LANGUAGES, listed

_ADDRESS = re.compile(r"\b(?:https?://|www\.)[^\s<>\"„“]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
"""Pages and mailboxes as they stand in a sentence."""
_WEB = re.compile(r"https?://[^/\s]\S*")
_PHONE = re.compile(r"\+?[0-9]+(?:[ -][0-9]+)*")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")

NEW_TAB = Markup('<span class="visually-hidden"> (öffnet in neuem Tab)</span>')


def web_url(url: str | None) -> str | None:
    """The address when it is one of the web, else None: no other scheme becomes a link."""
    return url if url and _WEB.fullmatch(url) else None


def tel_url(phone: str | None) -> str | None:
    """`tel:0232316` for „02323 16“; None for what is not one number alone, such as „112 oder 110“."""
    if not phone or _PHONE.fullmatch(phone.strip()) is None:
        return None
    return "tel:" + re.sub(r"[ -]", "", phone.strip())


def mail_url(email: str | None) -> str | None:
    """`mailto:…`; None for what is no mailbox."""
    return f"mailto:{email.strip()}" if email and _EMAIL.fullmatch(email.strip()) else None


def short_url(url: str) -> str:
    """The address as one would type it: without `https://` and without a slash at its end."""
    return re.sub(r"^https?://(www\.(?=[^/]+\.))?", "", url).rstrip("/")


def web_link(url: str | None, label: str) -> Markup:
    """A link to another site. It opens in a new tab, so that this page stays; the label alone where it may be none."""
    safe = web_url(url)
    if safe is None:
        return escape(label)
    return Markup('<a href="{}" target="_blank" rel="noopener">{}{}</a>').format(safe, label, NEW_TAB)


def _address_link(text: str) -> Markup:
    email = mail_url(text)
    if email:
        return Markup('<a href="{}">{}</a>').format(email, text)
    return web_link(text if text.startswith("http") else f"https://{text}", text)


def linked(text: str) -> Markup:
    """The text with the addresses in it as links; all else is escaped."""
    found, end = Markup(), 0
    for match in _ADDRESS.finditer(text):
        address = match.group().rstrip(".,;:!?)")
        found += escape(text[end : match.start()]) + _address_link(address)
        end = match.start() + len(address)
    return found + escape(text[end:])


def paragraphs(text: str) -> list[Markup]:
    """The paragraphs of a text, with the addresses in them as links."""
    parts = (part.strip() for part in re.split(r"\n\s*\n", text))
    return [Markup("<br>").join(linked(line) for line in part.split("\n")) for part in parts if part]


def moment_days(moment: Mapping[str, Any]) -> str:
    """When a step of a timetable is, in words."""
    if moment.get("when"):
        return str(moment["when"])
    until = moment.get("until")
    return german_date(moment["date"]) + (f" bis {german_date(until)}" if until else "")


def language_names(codes: list[str]) -> str:
    """„Deutsch und Türkisch“ for the tags of languages."""
    return listed([LANGUAGES.get(code, code) for code in codes])


def json_data(data: object) -> Markup:
    """JSON to stand in a `script` element of data: nothing in it can end that element."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return Markup(text)  # noqa: S704 - what could be markup is escaped above


FILTERS: dict[str, Callable[..., object]] = {
    f.__name__: f
    for f in (
        web_url, tel_url, mail_url, short_url, web_link, linked, paragraphs, moment_days, language_names,
        json_data,
    )
}  # fmt: skip
