"""What a question costs with 90, 900 and 9,000 topics: copies of our own, since nobody wrote so many.

Only the cost is measured. A copy has half the weights of the topic that it is made from, and its entry: the replies
stay those of our own topics, while all that grows with the number of topics grows. The features stay those of our own
utterances. With words of its own for every topic, the large matrix would grow with the square of the topics; it is
mapped, so that only the rows of words that are asked for come into memory.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.compiling import assemble, load_bot, restore_model, save_model
from bot.content.loading import Content
from bot.desk.evaluation import NOW
from bot.matching.ranking import MATTER, Intents
from bot.model import OUTSIDE, Question
from bot.pipeline import Bot, reply
from bot.settings import Settings, load_settings

SIZES = (90, 900, 9_000)
SHARE = 0.5
"""Of a topic's weights that a copy has."""
ROWS = 4096
"""Features that are copied at once: the matrix of 9,000 topics has more than a gigabyte."""
COPY = "--kopie-"
CHILD = "import sys; from bot.desk.scaling import answer_child; answer_child(sys.argv[1], int(sys.argv[2]))"

Figures = dict[str, float | int]


def copies(content: Content, count: int) -> dict[str, str]:
    """Synthetic topic → the one that it copies: so many that with ours there are `count` topics."""
    ours = sorted(t for t in content.intents if t in content.entries and t != OUTSIDE)
    return {f"{ours[i % len(ours)]}{COPY}{i}": ours[i % len(ours)] for i in range(max(0, count - len(content.intents)))}


def _widened(values: NDArray[Any], sources: Sequence[int], factors: NDArray[np.float16], path: Path) -> NDArray[Any]:
    """The columns in this order and scaled, in a file that is mapped."""
    wide: NDArray[Any] = np.lib.format.open_memmap(
        path, mode="w+", dtype=values.dtype, shape=(len(values), len(sources))
    )
    for start in range(0, len(values), ROWS):
        wide[start : start + ROWS] = values[start : start + ROWS][:, sources] * factors
    return wide


def widen_intents(intents: Intents, extra: Mapping[str, str], folder: Path) -> Intents:
    """The models with the copies among the topics; the matrix lies in the folder."""
    names = sorted((*intents.classes, *extra))  # matters begin with the last letter of all: they stay last
    matters = [name for name in names if name.startswith(MATTER)]
    classes = (*(name for name in names if not name.startswith(MATTER)), *matters)
    rest = range(len(intents.classes), len(intents.weights.bias))
    sources = [intents.index[extra.get(name, name)] for name in classes] + list(rest)
    factors = np.array([SHARE if name in extra else 1.0 for name in classes] + [1.0] * len(rest), dtype=np.float16)
    weights = intents.weights
    wide = replace(
        weights,
        values=_widened(weights.values, sources, factors, folder / "wide.npy"),
        bias=weights.bias[sources] - (factors < 1).astype(np.float32) * np.float32(SHARE),
        _kept={},
    )
    return replace(intents, classes=tuple(classes), weights=wide)


def widen_content(content: Content, extra: Mapping[str, str]) -> Content:
    """The content with an entry for every copy."""
    topics = {name: content.topics[source].model_copy(update={"id": name}) for name, source in extra.items()}
    entries = {name: content.entries[source].model_copy(update={"topic": name}) for name, source in extra.items()}
    return content.model_copy(
        update={"topics": {**content.topics, **topics}, "entries": {**content.entries, **entries}}
    )


def forget_words(bot: Bot) -> None:
    """Empties what is kept of the words that were asked: the next message finds a cold cache."""
    bot.intents.weights._kept.clear()
    bot.emergencies.kept.clear()


def time_replies(bot: Bot, messages: Sequence[str], *, cold: bool) -> list[float]:
    """Milliseconds of each reply; `cold`: every message with no word kept of those before."""
    times = []
    for message in messages:
        if cold:
            forget_words(bot)
        started = time.perf_counter()
        reply(Question(message, NOW), bot)
        times.append((time.perf_counter() - started) * 1000)
    return times


def figures_of(bot: Bot, messages: Sequence[str], prefix: str = "") -> Figures:
    """Median and 99th percentile with cold words and with warm ones."""
    found: Figures = {}
    for name, times in (
        ("cold_words", time_replies(bot, messages, cold=True)),
        ("warm", time_replies(bot, [*messages, *messages], cold=False)[len(messages) :]),
    ):
        found[f"{prefix}{name}_median_ms"] = median(times)
        found[f"{prefix}{name}_p99_ms"] = sorted(times)[min(len(times) - 1, int(0.99 * len(times)))]
    return found


def _rss_mib() -> float:
    """The resident memory of this process at its highest. `ru_maxrss` of a child begins with its parent's."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024
    except (OSError, StopIteration):
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak / 1024 / (1024 if sys.platform == "darwin" else 1)


def answer_child(path: str, count: int) -> None:
    """In a process of its own: loads the stored model, answers the messages of stdin, prints the figures."""
    settings = load_settings()
    content = load_bot(settings).content
    content = widen_content(content, copies(content, count))
    started = time.perf_counter()
    language, intents = restore_model(Path(path), settings.spacy_model)
    restored = time.perf_counter()
    bot = assemble(content, language, intents, settings)
    loaded: Figures = {
        "restore_s": restored - started,
        "assemble_s": time.perf_counter() - restored,
        "rss_loaded_mib": _rss_mib(),
    }
    figures = figures_of(bot, json.load(sys.stdin))
    sys.stdout.write(json.dumps({**loaded, **figures, "rss_mib": _rss_mib()}))


def bench_size(bot: Bot, count: int, messages: Sequence[str], environment: Mapping[str, str]) -> Figures:
    """The figures with so many topics, measured in a process of its own."""
    extra = copies(bot.content, count)
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        intents = widen_intents(bot.intents, extra, Path(folder))
        path = Path(folder) / "model-wide.npz"
        save_model(path, bot.language, intents)
        made: Figures = {
            "topics": len([name for name in intents.classes if not name.startswith(MATTER)]),
            "matters": len([name for name in intents.classes if name.startswith(MATTER)]),
            "matrix_mib": intents.weights.values.nbytes / 2**20,
            "make_s": time.perf_counter() - started,
        }
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-c", CHILD, str(path), str(count)],
            env=dict(environment),
            input=json.dumps(list(messages)).encode(),
            stdout=subprocess.PIPE,
            check=True,
        )
    return {**made, **json.loads(done.stdout)}


def bench_sizes(
    settings: Settings, messages: Sequence[str], environment: Mapping[str, str], sizes: Sequence[int] = SIZES
) -> dict[str, Figures]:
    """The figures by number of topics."""
    bot = load_bot(settings)
    return {str(count): bench_size(bot, count, messages, environment) for count in sizes}
