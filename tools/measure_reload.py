"""Reload under load, measured at a real server: `python tools/measure_reload.py [requests] [replacements]`.

A copy of the knowledge is served while its files are replaced, good and broken in turn, and several connections ask all
the time. Printed are failed requests, mixed answers, how long replies take before and meanwhile, and memory.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from threading import Event, Lock, Thread

ROOT = Path(__file__).resolve().parents[1]
ENTRY = "knowledge/herne/entries/leistungen/kindergeld.yaml"
ASKED = "Kindergeld"
PAUSE_S = 0.01
CONNECTIONS = 4
QUIET_S = 5.0
WAIT_S = 300.0


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def get(port: int, path: str, message: str | None = None) -> tuple[int, dict[str, object]]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        if message is None:
            connection.request("GET", path)
        else:
            connection.request("POST", path, json.dumps({"message": message}), {"content-type": "application/json"})
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    finally:
        connection.close()


def memory_mib(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:")) / 1024


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def measure(requests: int, replacements: int, folder: Path) -> bool:
    for name in ("knowledge", "intents"):
        shutil.copytree(ROOT / name, folder / name)
    entry = folder / ENTRY
    original = entry.read_text(encoding="utf-8")
    port = free_port()
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "FAMILIENBOT_KNOWLEDGE": str(folder / "knowledge"),
        "FAMILIENBOT_INTENTS": str(folder / "intents"),
        "FAMILIENBOT_PORT": str(port),
        "FAMILIENBOT_RATE_LIMIT": "0",
        "FAMILIENBOT_LOG_LEVEL": "error",
    }
    server = subprocess.Popen([sys.executable, "-m", "bot", "serve"], env=environment)
    replies: list[tuple[float, float, int, str, str]] = []
    lock, done = Lock(), Event()

    def ask() -> None:
        while not done.is_set():
            started = time.perf_counter()
            try:
                status, body = get(port, "/api/v1/chat", ASKED)
                text, digest = str(body["blocks"][0]["text"]), str(body["knowledge"])  # type: ignore[index]
            except (OSError, ValueError, KeyError, http.client.HTTPException):
                status, text, digest = 0, "", ""
            with lock:
                replies.append((started, (time.perf_counter() - started) * 1000, status, digest, text))
            done.wait(PAUSE_S)

    def reload() -> dict[str, object]:
        found = get(port, "/readyz")[1].get("reload", {})
        assert isinstance(found, dict)
        return found

    try:
        until = time.monotonic() + WAIT_S
        while True:
            try:
                if get(port, "/readyz")[0] == 200:
                    break
            except OSError:
                pass
            assert time.monotonic() < until, "not ready"
            time.sleep(0.2)
        sys.path.insert(0, str(ROOT))
        from bot.content.loading import digest_of

        def digest() -> str:
            return digest_of(folder / "knowledge", folder / "intents")

        texts = {digest(): str(get(port, "/api/v1/chat", ASKED)[1]["blocks"][0]["text"])}  # type: ignore[index]
        threads = [Thread(target=ask) for _ in range(CONNECTIONS)]
        for thread in threads:
            thread.start()
        time.sleep(QUIET_S)
        begun = time.perf_counter()
        memory, took = [memory_mib(server.pid)], []
        for i in range(replacements):
            good = i % 2 == 0
            short = f"Fassung {'x' * (i + 1)} gilt."
            edited = re.sub(r"^short: >-\n(?:  .*\n)+", f"short: {short}\n", original, flags=re.MULTILINE)
            entry.write_text(edited if good else f"title: [{' ' * i}", encoding="utf-8")
            if good:
                texts[digest()] = short
            started = time.monotonic()
            while int(str(reload().get("taken", 0))) + int(str(reload().get("refused", 0))) <= i:
                assert time.monotonic() - started < WAIT_S, f"replacement {i} was never seen: {reload()}"
                time.sleep(0.05)
            took.append(time.monotonic() - started)
            if good and reload()["state"] != "current":
                print(f"replacement {i}: {reload()}")
            memory.append(memory_mib(server.pid))
        while len(replies) < requests:
            time.sleep(0.1)
        done.set()
        for thread in threads:
            thread.join()
        last = reload()
    finally:
        done.set()
        server.terminate()
        server.wait(30)
    failed = [r for r in replies if r[2] != 200]
    mixed = [r for r in replies if r[2] == 200 and texts.get(r[3]) != r[4]]
    calm, busy = ([r[1] for r in replies if (r[0] < begun) == before] for before in (True, False))
    seen = len({r[3] for r in replies})
    print(f"requests {len(replies)}, failed {len(failed)}, mixed {len(mixed)}, versions seen {seen}")
    print(f"taken {last['taken']}, refused {last['refused']}; from the edit to the air {median(took):.1f} s (median)")
    for name, values in (("before", calm), ("meanwhile", busy)):
        print(
            f"{name}: median {median(values):.1f} ms, p99 {percentile(values, 0.99):.1f} ms, most {max(values):.1f} ms"
        )
    print("memory in MiB, every tenth:", " ".join(f"{m:.0f}" for m in memory[::10]))
    return not failed and not mixed


if __name__ == "__main__":
    counts = [int(text) for text in sys.argv[1:3]]
    with tempfile.TemporaryDirectory() as name:
        sys.exit(0 if measure(*(counts + [2000, 50][len(counts) :]), Path(name)) else 1)
