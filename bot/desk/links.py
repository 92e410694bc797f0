"""Which of our links are dead: every address is asked for once, a few at a time, within a limit of time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from bot.content.problems import Problem, Spot

WORKERS = 8
TIMEOUT_S = 10.0
TOTAL_S = 300.0
"""After that no further address is asked for."""
GONE = (404, 410)
NO_HEAD = (400, 403, 405, 406, 500, 501)
"""Answers of servers that know no HEAD: they are asked with GET."""
AGENT = "familienbot-check/1 (checks whether pages still exist)"

Progress = Callable[[], None]
Found = tuple[str, str, str] | None
"""Message, suggestion and level; None when the page is there."""


def _status(url: str, method: str) -> int:
    request = Request(url, method=method, headers={"User-Agent": AGENT})  # noqa: S310 - the model allows http(s) alone
    try:
        with urlopen(request, timeout=TIMEOUT_S) as response:  # noqa: S310
            return int(response.status)
    except HTTPError as error:
        error.close()
        return error.code


def visit(url: str, until: float) -> Found:
    """What is wrong with this page.

    until  the `time.monotonic` from which on nothing is asked for any more
    """
    if time.monotonic() >= until:
        return f"{url} wurde nicht mehr geprüft: die Zeit war um.", "Prüfen Sie später noch einmal.", "warning"
    try:
        status = _status(url, "HEAD")
        if status in NO_HEAD:
            status = _status(url, "GET")
    except (OSError, HTTPException, ValueError):
        return f"{url} ist nicht zu erreichen.", "Öffnen Sie die Seite im Browser: Gibt es sie noch?", "warning"
    if status in GONE:
        return f"Die Seite {url} gibt es nicht mehr.", "Suchen Sie die neue Adresse oder löschen Sie den Link.", "error"
    if status >= 400:
        return f"{url} antwortet mit Fehler {status}.", "Öffnen Sie die Seite im Browser: Gibt es sie noch?", "warning"
    return None


def dead_links(
    addresses: Mapping[str, Spot], progress: Progress = lambda: None, total_s: float = TOTAL_S
) -> Iterator[Problem]:
    """The problems of addresses that do not answer as a page does; `progress` is called after each."""
    until = time.monotonic() + total_s
    with ThreadPoolExecutor(WORKERS) as pool:
        asked: dict[Future[Found], Spot] = {pool.submit(visit, url, until): spot for url, spot in addresses.items()}
        for done in as_completed(asked):
            progress()
            found = done.result()
            if found is not None:
                message, suggestion, level = found
                yield Problem(asked[done], message, suggestion, level)
