"""A real browser, the small town's service, and pages of a city that embed the widget from it."""

from __future__ import annotations

import shutil
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from threading import Thread
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, expect, sync_playwright
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route as ServerRoute
from starlette.types import ASGIApp

from bot.pipeline import Bot
from bot.settings import Settings
from bot.web.app import create_app

FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run",
)  # fmt: skip
WAIT_MS = 10_000
expect.set_options(timeout=WAIT_MS)
STRICT = (
    "default-src 'none'; script-src {bot}; connect-src {bot}; style-src 'self'; base-uri 'none'; form-action 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def serving(app: ASGIApp, port: int) -> Iterator[str]:
    """Serves the app in a thread; yields its address."""
    server = uvicorn.Server(uvicorn.Config(app, "127.0.0.1", port, log_config=None, access_log=False))
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        time.sleep(0.01)  # until the socket is bound; nothing tells
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(10)


@dataclass
class Site:
    """The pages of a city: other than the bot's in origin.

    address  of the site
    bot      address of the service
    pages    path → markup and Content-Security-Policy
    """

    address: str
    bot: str
    pages: dict[str, tuple[str, str]] = field(default_factory=dict)

    def add(self, body: str, *, policy: str = STRICT, head: str = "", html: str = 'lang="de"') -> str:
        """Adds a page; `{bot}` in it becomes the service's address. Its address."""
        path = f"/{len(self.pages)}"
        top = f"<!DOCTYPE html><html {html}><head><meta charset=utf-8><title>Stadt</title>{head}</head>"
        markup = f"{top}<body>{body}</body></html>"
        self.pages[path] = (markup.replace("{bot}", self.bot), policy.replace("{bot}", self.bot))
        return self.address + path


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Debian's browser; Playwright's own is never downloaded."""
    path = shutil.which("chromium")
    assert path, "Für die Tests des Widgets fehlt Chromium: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def site(small_settings: Settings, small_bot: Bot) -> Iterator[Site]:
    """A city's site, and the service that it may ask."""
    bot_port, site_port = free_port(), free_port()
    found = Site(f"http://127.0.0.1:{site_port}", f"http://127.0.0.1:{bot_port}")
    app = create_app(replace(small_settings, origins=(found.address,), frame_ancestors=(found.address,)))

    async def show(request: Request) -> HTMLResponse:
        markup, policy = found.pages.get(request.url.path, ("", ""))  # a browser asks for an icon, too
        return HTMLResponse(markup, headers={"content-security-policy": policy} if policy else {})

    pages = Starlette(routes=[ServerRoute("/{path}", show)])
    with serving(app, bot_port), serving(pages, site_port):
        assert app.state.service.finished.wait(30)
        yield found


Script = '<script defer src="{bot}/widget/v1/familien-bot.js"></script>'


FOCUSED = """() => {
  let found = document.activeElement
  while (found.shadowRoot?.activeElement) found = found.shadowRoot.activeElement
  return found.id || found.className || found.tagName.toLowerCase()
}"""


class Chat:
    """A page with the widget, used as a parent would, with a note of all that should not happen."""

    def __init__(self, page: Page, site: Site) -> None:
        self.page, self.site = page, site
        self.thrown: list[str] = []
        self.errors: list[str] = []
        self.warnings: list[str] = []
        self.requests: list[str] = []
        page.on("pageerror", lambda error: self.thrown.append(str(error)))
        page.on("console", self._note)
        page.on("request", lambda request: self.requests.append(request.url))

    def _note(self, message: ConsoleMessage) -> None:
        if message.type == "error" and "favicon" not in str(message.location):
            self.errors.append(message.text)
        elif message.type == "warning":
            self.warnings.append(message.text)

    def visit(self, body: str = Script, **options: Any) -> Chat:
        """Goes to a page of the city with this body."""
        self.page.goto(self.site.add(body, **options))
        return self

    @property
    def host(self) -> Locator:
        """The first widget."""
        return self.page.locator("familien-bot").first

    @property
    def launcher(self) -> Locator:
        """The button in the corner."""
        return self.page.locator(".launcher").first

    @property
    def panel(self) -> Locator:
        """What is opened."""
        return self.page.locator(".panel").first

    @property
    def entry(self) -> Locator:
        """Where one types."""
        return self.page.locator("textarea").first

    @property
    def status(self) -> Locator:
        """What is said beside the answers."""
        return self.page.locator("[role=status]").first

    @property
    def turns(self) -> Locator:
        """Questions with their answers."""
        return self.page.locator("article.turn")

    def open(self) -> Chat:
        """Clicks on the button."""
        self.launcher.click()
        self.panel.wait_for()
        return self

    def ask(self, message: str) -> Locator:
        """Types a question; its turn once it is answered."""
        before = self.turns.count()
        self.entry.fill(message)
        self.entry.press("Enter")
        turn = self.turns.nth(before)
        turn.wait_for()
        return turn

    def focused(self) -> str:
        """Class, id or tag of what has the focus, inside the widget or on the page."""
        return str(self.page.evaluate(FOCUSED))

    def reply_with(self, reply: Any, status: int = 200, headers: dict[str, str] | None = None) -> None:
        """Lets the service answer this from now on."""
        allowed = {"access-control-allow-origin": "*", "access-control-expose-headers": "retry-after"}

        def answer(route: Any) -> None:
            if route.request.method == "OPTIONS":
                route.fulfill(status=200, headers={**allowed, "access-control-allow-headers": "content-type"})
            elif isinstance(reply, str):
                route.fulfill(status=status, body=reply, headers={**allowed, **(headers or {})})
            else:
                route.fulfill(status=status, json=reply, headers={**allowed, **(headers or {})})

        self.page.unroute_all()
        self.page.route("**/api/v1/chat", answer)


OpenChat = Callable[..., Chat]


@pytest.fixture
def chat(chromium: Browser, site: Site) -> Iterator[OpenChat]:
    """Makes pages in fresh browsers; anything that a script throws fails the test."""
    contexts: list[BrowserContext] = []
    chats: list[Chat] = []

    def make(width: int = 1280, height: int = 800, **options: Any) -> Chat:
        context = chromium.new_context(viewport={"width": width, "height": height}, locale="de-DE", **options)
        context.set_default_timeout(WAIT_MS)
        contexts.append(context)
        chats.append(Chat(context.new_page(), site))
        return chats[-1]

    yield make
    for context in contexts:
        context.close()
    assert [error for one in chats for error in one.thrown] == []
