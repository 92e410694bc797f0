"""How fast the bot is and what it needs: in process, as a process and over HTTP, beside the baselines in one run."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import TypeVar

from rich.console import Console
from rich.table import Table

from bot.compiling import load_bot
from bot.desk.baselines import Baseline, fit_baselines, judge_message
from bot.desk.evaluation import NOW, SETS, Half, load_set
from bot.desk.report import FOLDER, OUT, fit_questions
from bot.desk.scaling import bench_sizes, figures_of
from bot.desk.utterances import training_rows
from bot.language.analysis import analyse
from bot.matching.emergency import find_emergency
from bot.matching.ranking import rank
from bot.model import Question
from bot.pipeline import Bot, reply
from bot.settings import ROOT, Settings

PASSES = 3
STARTS = 5
BASELINE_QUESTIONS = 150
"""Questions that each baseline answers: some take 40 ms for one."""
RSS_QUESTIONS = 500
SIZED = 3
"""Of so many questions one is asked with more topics than we have."""
HTTP_S = 3.0
CONNECTIONS = 16
READY_S = 60.0
CHAT = "/api/v1/chat"

Figures = dict[str, float | int]
T = TypeVar("T")

START = """
from bot.compiling import load_bot
from bot.settings import load_settings
load_bot(load_settings())
print("ready", flush=True)
"""
MEMORY = """
import json, sys
from importlib.util import find_spec
if find_spec("bot.web.app"):
    import bot.web.app
    import uvicorn
from bot.compiling import load_bot
from bot.desk.evaluation import NOW
from bot.model import Question
from bot.pipeline import reply
from bot.settings import load_settings
bot = load_bot(load_settings())
for message in json.load(sys.stdin):
    reply(Question(message, NOW), bot)
try:
    with open("/proc/self/status") as status:
        print(next(int(line.split()[1]) for line in status if line.startswith("VmHWM:")))
except OSError:
    import resource
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(peak // 1024 if sys.platform == "darwin" else peak)
"""
"""Peak memory in KiB. `VmHWM` first: `ru_maxrss` of a child begins with its parent's."""
SERVED = """
from bot.settings import load_settings
from bot.web.app import serve
serve(load_settings())
"""
EMPTY = """
import sys
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel
class Message(BaseModel):
    message: str
    state: str | None = None
    lang: str | None = None
app = FastAPI()
@app.post("/api/v1/chat")
async def chat(message: Message) -> dict[str, str]:
    return {"kind": "answer"}
@app.get("/readyz")
async def readyz() -> dict[str, str]:
    return {}
uvicorn.run(app, port=int(sys.argv[1]), access_log=False, log_level="warning")
"""
"""The least that FastAPI can do with the same request."""


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which so large a share of the values lies; at least one value is needed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def time_each(items: Sequence[T], act: Callable[[T], object]) -> list[float]:
    """How long each item takes, in milliseconds."""
    times = []
    for item in items:
        started = time.perf_counter()
        act(item)
        times.append((time.perf_counter() - started) * 1000)
    return times


def _answering(bot: Bot) -> Callable[[str], object]:
    return lambda message: reply(Question(message, NOW), bot)


def bench_replies(bot: Bot, messages: Sequence[str]) -> Figures:
    """First reply, cold pass and warm passes of a bot that has answered nothing yet."""
    passes = [time_each(messages, _answering(bot)) for _ in range(PASSES)]
    warm = [t for times in passes[1:] for t in times]
    return {
        "questions": len(messages),
        "first_reply_ms": passes[0][0],
        "cold_median_ms": median(passes[0]),
        "cold_p99_ms": percentile(passes[0], 0.99),
        "median_ms": median(warm),
        "p99_ms": percentile(warm, 0.99),
    }


def bench_stages(bot: Bot, messages: Sequence[str]) -> Figures:
    """The median of each stage between message and decision; a decision may rank parts of the message, too."""
    questions = [Question(m, NOW) for m in messages]
    analyses = [analyse(q, bot.language) for q in questions]

    def stage(act: Callable[[int], object]) -> float:
        return median(time_each(range(len(messages)), act))

    return {
        "analyse_ms": stage(lambda i: analyse(questions[i], bot.language)),
        "find_emergency_ms": stage(lambda i: find_emergency(analyses[i], bot.emergencies)),
        "rank_ms": stage(lambda i: rank(analyses[i], bot.intents)),
    }


def bench_baselines(baselines: Sequence[Baseline], messages: Sequence[str], bot: Bot) -> dict[str, Figures]:
    """The median of each baseline, and how many times that the bot takes on the same messages in the same run."""
    some = messages[:: max(1, len(messages) // BASELINE_QUESTIONS)]
    ours = median(time_each(some, _answering(bot)))
    found: dict[str, Figures] = {}
    for baseline in baselines:
        theirs = median(time_each(some, lambda message, b=baseline: judge_message(message, b)))  # type: ignore[misc]
        found[baseline.name] = {"median_ms": theirs, "bot_over_baseline": ours / theirs}
    return found


def _environment(settings: Settings, **more: str) -> dict[str, str]:
    """The environment of a child with the same knowledge, and with the same modules wherever it starts."""
    own = {
        "FAMILIENBOT_KNOWLEDGE": str(settings.knowledge.resolve()),
        "FAMILIENBOT_INTENTS": str(settings.intents.resolve()),
        "FAMILIENBOT_CACHE": str(settings.cache.resolve()),
        "FAMILIENBOT_SPACY_MODEL": settings.spacy_model or "",
        "FAMILIENBOT_WORKERS": "1",
        "PYTHONPATH": str(ROOT),
    }
    return {**os.environ, **own, **more}  # the children's settings, not ours: those come in as an argument


def _python(code: str, *arguments: str) -> list[str]:
    return [sys.executable, "-c", code, *arguments]


def bench_starts(settings: Settings) -> Figures:
    """From the start of a process until it could answer, with a stored model."""
    times = []
    for _ in range(STARTS):
        started = time.perf_counter()
        with subprocess.Popen(_python(START), env=_environment(settings), stdout=subprocess.PIPE) as child:  # noqa: S603
            ready = child.stdout.readline() if child.stdout else b""
            times.append(time.perf_counter() - started)
        if ready != b"ready\n":
            raise RuntimeError("The process that loads the bot ended before it was ready")
    return {"start_to_ready_s": median(times), "slowest_s": max(times)}


def bench_memory(settings: Settings, messages: Sequence[str]) -> Figures:
    """The peak memory of a fresh process that has loaded what serving loads, after 500 replies."""
    repeated = (list(messages) * (RSS_QUESTIONS // max(1, len(messages)) + 1))[:RSS_QUESTIONS]
    done = subprocess.run(  # noqa: S603
        _python(MEMORY),
        env=_environment(settings),
        input=json.dumps(repeated).encode(),
        stdout=subprocess.PIPE,
        check=True,
    )
    return {"peak_rss_mib": int(done.stdout) / 1024}


def bench_compiling(settings: Settings) -> Figures:
    """How long it takes to read the content, compile the model and store it, in a fresh process."""
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        subprocess.run(  # noqa: S603
            _python(START), env=_environment(settings, FAMILIENBOT_CACHE=folder), stdout=subprocess.DEVNULL, check=True
        )
        return {"compile_s": time.perf_counter() - started}


def free_port() -> int:
    """A port of this machine that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def _exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> int:
    """The status of the response, read to its end."""
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")
    )
    await reader.readexactly(length)
    return int(head.split(b" ", 2)[1])


def _request(message: str) -> bytes:
    body = json.dumps({"message": message}).encode()
    head = (
        f"POST {CHAT} HTTP/1.1",
        "Host: 127.0.0.1",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
    )
    return "\r\n".join((*head, "", "")).encode() + body


async def _load(port: int, messages: Sequence[str], seconds: float) -> tuple[int, int]:
    """(responses 200, other responses) over so many kept-alive connections and seconds."""
    requests = [_request(m) for m in messages]
    until = time.perf_counter() + seconds
    counts = [0, 0]

    async def connection(first: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        at = first
        while time.perf_counter() < until:
            status = await _exchange(reader, writer, requests[at % len(requests)])
            counts[status != 200] += 1
            at += CONNECTIONS
        writer.close()
        await writer.wait_closed()

    await asyncio.gather(*(connection(i) for i in range(CONNECTIONS)))
    return counts[0], counts[1]


def _is_ready(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as probe:
            probe.sendall(b"GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            return probe.recv(64).split(b" ")[1:2] == [b"200"]
    except OSError:
        return False


@contextmanager
def _server(code: str, settings: Settings) -> Iterator[int]:
    """The port of a server in a child process that is ready; it ends with the block."""
    port = free_port()
    counts = tempfile.TemporaryDirectory()  # our own stay free of what is asked here
    environment = _environment(
        settings,
        FAMILIENBOT_RATE_LIMIT="0",
        FAMILIENBOT_HOST="127.0.0.1",
        FAMILIENBOT_PORT=str(port),
        FAMILIENBOT_DATABASE_URL=f"sqlite:///{counts.name}/counts.sqlite3",
    )
    child = subprocess.Popen(  # noqa: S603
        _python(code, str(port)), env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        until = time.monotonic() + READY_S
        while not _is_ready(port):
            if child.poll() is not None or time.monotonic() > until:
                raise RuntimeError("The server of the measurement did not get ready")
            time.sleep(0.05)
        yield port
    finally:
        child.terminate()
        child.wait(10)
        counts.cleanup()


def bench_http(settings: Settings, messages: Sequence[str], seconds: float = HTTP_S) -> Figures:
    """Requests per second of the chat and of an endpoint that does nothing, and their ratio."""
    rates: dict[str, float] = {}
    failed = 0
    for name, code in (("empty", EMPTY), ("chat", SERVED)):
        with _server(code, settings) as port:
            asyncio.run(_load(port, messages, seconds / 6))  # warms the server
            good, bad = asyncio.run(_load(port, messages, seconds))
            rates[name] = good / seconds
            failed += bad
    return {
        "chat_per_s": rates["chat"],
        "empty_per_s": rates["empty"],
        "chat_over_empty": rates["chat"] / rates["empty"],
        "failed": failed,
    }


def _rounded(value: object) -> object:
    if isinstance(value, Mapping):
        return {k: _rounded(v) for k, v in value.items()}
    return float(f"{value:.4g}") if isinstance(value, float) else value


def _rows(figures: Mapping[str, object], group: str = "") -> Iterator[tuple[str, str]]:
    for name, value in figures.items():
        if isinstance(value, Mapping):
            yield from _rows(value, f"{group}{name}: ")
        else:
            yield group + name, str(value)


def bench_check(settings: Settings) -> Figures:
    """How long `familienbot check` takes as a process, and how many files it reads."""
    command = [sys.executable, "-m", "bot", "check", "--json"]
    environment = _environment(settings)
    taken_s: list[float] = []
    for _ in range(PASSES):
        start_s = time.perf_counter()
        subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False)  # noqa: S603
        taken_s.append(time.perf_counter() - start_s)
    files = sum(len(list(root.rglob("*.yaml"))) for root in (settings.knowledge, settings.intents))
    return {"median_s": median(taken_s), "best_s": min(taken_s), "files": files}


def run_bench(
    settings: Settings,
    compiling: bool = False,
    baselines: bool = True,
    out: Path | None = OUT,
    console: Console | None = None,
) -> dict[str, object]:
    """The command `familienbot bench`: measures, prints, and writes `bench.json` to `out` unless it is None.

    compiling  whether the model is compiled once more, in a temporary folder, to see how long it takes
    """
    console = console or Console()
    with console.status("…") as status:
        load_bot(settings, status.update)  # stores the model when it is not
        bot = replace(load_bot(settings), off=frozenset(), all_off=False)
        messages = [q.question for name in SETS for q in load_set(FOLDER, name, Half.FIT)]
        status.update("Antworten")
        found: dict[str, object] = {"cpus": os.cpu_count() or 0, "python": sys.version.split()[0]}
        found["reply"] = bench_replies(bot, messages)
        found["words"] = figures_of(bot, messages)
        found["stages"] = bench_stages(bot, messages)
        status.update("Prüfung")
        found["check"] = bench_check(settings)
        status.update("Starts")
        found["start"] = bench_starts(settings)
        status.update("Speicher")
        found["memory"] = bench_memory(settings, messages)
        status.update("90, 900 und 9000 Themen")
        found["topics"] = bench_sizes(settings, messages[::SIZED], _environment(settings))
        if find_spec("bot.web.app"):
            status.update("HTTP")
            found["http"] = bench_http(settings, messages)
        if compiling:
            status.update("Modell bauen")
            found["compiling"] = bench_compiling(settings)
        if baselines:
            questions = fit_questions(bot, FOLDER)
            fitted = fit_baselines(training_rows(bot.content), questions, status.update, tune=False)
            found["baselines"] = bench_baselines(fitted, messages, bot)
    result = {name: _rounded(value) for name, value in found.items()}
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        (out / "bench.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    table = Table("Messung", "Wert")
    for row in _rows(result):
        table.add_row(*row)
    console.print(table)
    return result
