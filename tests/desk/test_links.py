"""Dead links, asked for on this machine alone."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread

import pytest

from bot.content.problems import Problem, Spot
from bot.desk.links import WORKERS, dead_links

STATUS = {"/da": 200, "/weg": 404, "/fort": 410, "/kaputt": 503, "/ohne-head": 200}


class _Pages(BaseHTTPRequestHandler):
    busy = 0
    most = 0
    asked = 0
    lock = Lock()

    def _answer(self) -> None:
        with self.lock:
            type(self).asked += 1
            type(self).busy += 1
            type(self).most = max(self.most, self.busy)
        path = self.path.partition("?")[0]
        status = 405 if path == "/ohne-head" and self.command == "HEAD" else STATUS[path]
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()
        with self.lock:
            type(self).busy -= 1

    do_HEAD = do_GET = _answer  # noqa: N815 - names of http.server

    def log_message(self, *args: object) -> None:
        """Silent."""


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of pages on this machine."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    _Pages.busy = _Pages.most = _Pages.asked = 0
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Pages)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def found(*urls: str, total_s: float = 30.0) -> dict[int, Problem]:
    """The problems by the place of the address among these."""
    addresses = {url: Spot("knowledge/x.yaml", i) for i, url in enumerate(urls)}
    return {p.spot.line: p for p in dead_links(addresses, total_s=total_s)}


def test_pages_that_are_there(site: str) -> None:
    assert found(f"{site}/da", f"{site}/ohne-head") == {}


def test_pages_that_are_gone_are_errors(site: str) -> None:
    problems = found(f"{site}/weg", f"{site}/fort", f"{site}/da")
    assert {line: p.level for line, p in problems.items()} == {0: "error", 1: "error"}
    assert str(problems[0]) == (
        f"knowledge/x.yaml:0: Die Seite {site}/weg gibt es nicht mehr. "
        "Suchen Sie die neue Adresse oder löschen Sie den Link."
    )


def test_pages_that_fail_today_are_hints(site: str) -> None:
    problems = found(f"{site}/kaputt", "http://127.0.0.1:1/")
    assert [problems[i].level for i in (0, 1)] == ["warning", "warning"]
    assert problems[0].message == f"{site}/kaputt antwortet mit Fehler 503."
    assert problems[1].message == "http://127.0.0.1:1/ ist nicht zu erreichen."


def test_each_address_is_asked_for_once_and_a_few_at_a_time(site: str) -> None:
    steps: list[None] = []
    addresses = {f"{site}/da?{i}": Spot("x", 1) for i in range(60)}
    assert list(dead_links(addresses, lambda: steps.append(None))) == []
    assert _Pages.asked == len(steps) == 60
    assert _Pages.most <= WORKERS


def test_after_the_time_nothing_is_asked_for(site: str) -> None:
    problems = found(f"{site}/da", total_s=0.0)
    assert problems[0].message == f"{site}/da wurde nicht mehr geprüft: die Zeit war um."
    assert _Pages.asked == 0
