"""An answer sorted for its pages: lines of help, the short answer, then its sides under their headings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import takewhile

from fastapi import Request

from bot.content.loading import Content
from bot.content.models import Aspect, Entry
from bot.model import Answer, Block, Question
from bot.pipeline import Bot
from bot.settings import Settings
from bot.web.pages import address_of, path_of
from bot.web.routes import is_switched_off
from bot.web.service import get_bot, get_service, now_in

LEAFLET_SIDES = (Aspect.PROCEDURE, Aspect.DOCUMENTS, Aspect.DEADLINE)
"""What a leaflet tells beside the short answer: what to do, what to bring, by when."""
LINE_CHARS = 95
LEAFLET_SIZES = ((40, ""), (48, "dense"))
"""Up to how many lines a leaflet is printed in which size; what is longer in the smallest: one page holds it."""


@dataclass(frozen=True, slots=True)
class TopicLink:
    """A topic that can be read on another page."""

    title: str
    path: str
    address: str
    question: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Topics under one heading."""

    id: str
    title: str
    topics: tuple[TopicLink, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """One side of a topic; where another topic owns it, that one."""

    id: str
    title: str
    blocks: tuple[Block, ...]
    owner: TopicLink | None = None


@dataclass(frozen=True, slots=True)
class TopicView:
    """A topic as its pages show it.

    lines  emergency lines, before all else
    lead   the short answer; all blocks of a topic that is switched off
    """

    title: str
    short: str
    lines: tuple[Block, ...]
    lead: tuple[Block, ...]
    sections: tuple[Section, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """A request with all that a page needs to answer it."""

    request: Request
    settings: Settings
    bot: Bot
    question: Question

    @property
    def content(self) -> Content:
        """What editors wrote."""
        return self.bot.content

    def link(self, topic: str) -> TopicLink:
        """The way to a topic's page."""
        path = path_of(self.request, "topic_page", id=topic)
        assert path is not None
        return TopicLink(self.content.entries[topic].title, path, self.address(topic))

    def address(self, topic: str) -> str:
        """The whole address of a topic's page."""
        return address_of(self.request, self.settings, "topic_page", id=topic)

    def is_shown(self, topic: str) -> bool:
        """Whether there is such a topic and it is not switched off."""
        return topic in self.content.entries and not is_switched_off(topic, self.bot)


def asked_of(request: Request) -> Asked:
    """The request with the bot.

    raises  ProblemError 503 while there is none
    """
    service = get_service(request)
    bot = get_bot(service)
    return Asked(request, service.settings, bot, Question("", now_in(bot.content, service.settings)))


# a topic in sections


def _sections(asked: Asked, entry: Entry, blocks: Iterable[Block], sides: Iterable[Aspect]) -> Iterator[Section]:
    rest = list(blocks)
    for side in sides:
        found = tuple(block for block in rest if block.aspect == side)
        text = entry.aspects.get(side)
        owner = asked.link(text.see) if text and text.see and asked.is_shown(text.see) else None
        if found or owner:
            yield Section(side.value, asked.content.texts.aspects.get(side, side.value), found, owner)


def view_of(asked: Asked, topic: str, answer: Answer, sides: Iterable[Aspect]) -> TopicView:
    """The answer's blocks, sorted: lines of help, the short answer, then the sides in this order."""
    entry = asked.content.entries[topic]
    lines = tuple(takewhile(lambda block: block.type == "contact", answer.blocks))
    short, *rest = answer.blocks[len(lines) :]
    summary = " ".join(short.text.split())
    return TopicView(entry.title, summary, lines, (short,), tuple(_sections(asked, entry, rest, sides)))


def off_view(asked: Asked, topic: str, answer: Answer) -> TopicView:
    """All blocks of a topic that is switched off, as they are."""
    return TopicView(asked.content.entries[topic].title, answer.blocks[0].text, (), answer.blocks)


# a leaflet


def leaflet_sides(entry: Entry) -> tuple[Aspect, ...]:
    """The sides on the leaflet; of a topic that has none of them its overview."""
    found = tuple(side for side in LEAFLET_SIDES if side in entry.aspects)
    return found or (Aspect.OVERVIEW,)


def leaflet_lines(view: TopicView, answer: Answer) -> int:
    """About how many lines the leaflet has in print. Fonts differ from printer to printer, so it counts generously."""
    count = 5 * ((len(view.lines) + 1) // 2) + 2 * len(view.sections)  # lines of help stand in pairs
    for block in answer.blocks[len(view.lines) :]:
        count += sum(1 + len(line) // LINE_CHARS for line in block.text.split("\n") if line)
        if block.type == "steps":
            count += sum(("deadline" in step) + ("link" in step) for step in block.data["items"])
        elif block.type == "contact":
            count += len(block.data)
        elif block.type == "notice":
            count += 1
    return count + sum(len(source.label) + 20 for source in answer.sources) // LINE_CHARS


def leaflet_size(view: TopicView, answer: Answer) -> str:
    """The name of the size in which one page holds the leaflet."""
    lines = leaflet_lines(view, answer)
    return next((size for most, size in LEAFLET_SIZES if lines <= most), "densest")
