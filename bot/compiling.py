"""Content through `language` and `matching` to the stored model: tables, weights, utterances."""

from __future__ import annotations

import gc
import hashlib
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime, timezone
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from bot.content.loading import CALIBRATION, Content, Loaded, digest_of, load, mark
from bot.content.models import EmergencyRules
from bot.language.analysis import Language, Tables, Word, analyse, load_pipeline
from bot.language.entities import EntityTables
from bot.language.spelling import Speller
from bot.matching.confidence import Calibration
from bot.matching.emergency import Emergencies, Pattern, Rule, RuleCompiler, rule_words
from bot.matching.features import Weights
from bot.matching.last_rules import CLASSES, last_rules
from bot.matching.ranking import MATTER, Intents
from bot.model import EMERGENCY_GROUP, Analysis, Question
from bot.pipeline import Bot
from bot.replying.direct import direct_messages
from bot.replying.offers import list_records
from bot.replying.wishes import search_words
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.matching.training import Example

FORMAT = 9
"""Raised whenever the stored form changes."""
KEEP = 4

Progress = Callable[[str], None]
_NO_TIME = datetime(2000, 1, 1, tzinfo=timezone.utc)  # noqa: UP017 - utterances are read outside of time


def _silent(step: str) -> None:
    """No progress shown."""


_STORED = ("language/*", "matching/features", "matching/ranking", "matching/training")
"""The code that decides what is in a stored model; how a message is decided on is not in it."""


@cache
def _code_digest(*rooms: str) -> str:
    """Hash over the code of these modules, given as patterns: a change of it makes new what was stored."""
    sha = hashlib.sha256()
    here = Path(__file__).parent
    for path in (*(p for room in rooms for p in sorted(here.glob(f"{room}.py"))), Path(__file__)):
        sha.update(path.read_bytes())
    return sha.hexdigest()[:8]


def load_calibration(knowledge: Path) -> Calibration:
    """The calibration of this knowledge, or the one beside the code where a city has none of its own, or a broken one.

    raises  FileNotFoundError when that one is missing
    """
    own = knowledge / CALIBRATION
    with suppress(OSError, ValueError, KeyError, TypeError):
        return _read_calibration(own)
    return _read_calibration(Path(__file__).parent / "matching" / CALIBRATION)


def _read_calibration(path: Path) -> Calibration:
    data = json.loads(path.read_text(encoding="utf-8"))
    net, margin, constant = map(float, data["emergency"])
    return Calibration(
        float(data["temperature"]),
        tuple(map(float, data["foreign"])),
        (net, margin, constant),
        tuple(map(float, data["context"])),
        tuple(map(float, data["carried"])),
        tuple(map(float, data["second"])),
    )


def calibration_problems(knowledge: Path) -> tuple[str, ...]:
    """What is wrong with the city's own calibration, in German; nothing where it has none."""
    path = knowledge / CALIBRATION
    try:
        _read_calibration(path)
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, KeyError, TypeError):
        advice = "„familienbot calibrate“ schreibt sie neu; bis dahin gilt die mitgelieferte."
        return (f"{path.parent.name}/{path.name}:1: Die Datei ist nicht lesbar. {advice}",)
    return ()


def districts_of(content: Content) -> dict[str, tuple[str, ...]]:
    """Every name of a district as written, and the districts it may mean; of a Bezirk and a Stadtteil the latter."""
    names: dict[str, tuple[str, ...]] = {}
    for district in content.districts:
        for name in (district.name, *district.aliases):
            names[name] = tuple(dict.fromkeys((*names.get(name, ()), district.name)))
    for district in content.districts:  # a district's own name wins over the same word as somebody's alias
        names[district.name] = (district.name,)
    for district in content.districts:
        names.setdefault(district.borough, (district.borough,))
    return names


def _rule_texts(rules: Iterable[EmergencyRules]) -> Iterable[str]:
    for file in rules:
        yield from rule_words([p for r in file.rules for p in (*r.all, *r.unless)] + list(file.silent), file.classes)


def vocabulary_texts(content: Content) -> list[str]:
    """All texts whose words the bot knows: utterances, entries, rules, look-alikes."""
    texts = [u for i in content.intents.values() for us in i.utterances.values() for u in us]
    texts += [u for i in content.neighbour_intents.values() for u in i.utterances]
    texts += content.harmless
    texts += sorted(_rule_texts(content.emergency_rules))
    texts += [entry.title for entry in content.entries.values()]
    return texts


def build_emergencies(content: Content) -> Emergencies:
    """The compiled rules in the order of their files; one that names an unknown class is left out.

    Where there is none, the fewest hold that live in the code.
    """
    compiler = RuleCompiler()
    rules: list[Rule] = []
    silent: list[Pattern] = []
    if not any(file.rules for file in content.emergency_rules):
        emergencies = [t for t, info in content.topics.items() if info.group == EMERGENCY_GROUP]
        rules += [compiler.rule(rule, CLASSES) for rule in last_rules(emergencies)]
    for file in content.emergency_rules:
        for rule in file.rules:
            with suppress(KeyError):
                rules.append(compiler.rule(rule, file.classes))
        with suppress(KeyError):
            silent += [compiler.pattern(p, file.classes) for p in file.silent]
    return compiler.finish(rules, silent)


def read(text: str, language: Language) -> Analysis:
    """A text of ours as it would be read in a message."""
    return analyse(Question(text, _NO_TIME), language)


def build_language(content: Content, spacy_model: str | None) -> Language:
    """The German pipeline with tables compiled from this content."""
    from bot.language.lexicon import build_tables

    tables = build_tables(
        vocabulary_texts(content),
        {c.id: c.terms for c in content.concepts},
        content.abbreviations,
        districts_of(content),
    )
    return Language(load_pipeline(spacy_model), tables)


def labelled_utterances(content: Content) -> list[tuple[str, str, str | None]]:
    """All utterances as (text, class, aspect), topics first, in the order of their files."""
    rows: list[tuple[str, str, str | None]] = []
    for topic, intent in sorted(content.intents.items()):
        rows += [(u, topic, aspect.value) for aspect, us in intent.utterances.items() for u in us]
    for matter, neighbour in sorted(content.neighbour_intents.items()):
        rows += [(u, MATTER + matter, None) for u in neighbour.utterances]
    return rows


TITLE_SHARE = 1 / 60
"""The share of a topic's utterances that its title counts for, at least as one: it is the plainest way to name it."""


def read_examples(content: Content, language: Language) -> list[Example]:
    """The utterances and the titles of the topics, as they are read."""
    from bot.matching.training import Example

    examples = [Example(u, read(u, language), label, aspect) for u, label, aspect in labelled_utterances(content)]
    for topic, intent in sorted(content.intents.items()):
        if topic in content.entries:
            title = content.entries[topic].title
            count = sum(len(utterances) for utterances in intent.utterances.values())
            examples.append(Example(title, read(title, language), topic, None, max(1.0, count * TITLE_SHARE)))
    return examples


def fit_intents(content: Content, language: Language, progress: Progress = _silent) -> Intents:
    """The models for the utterances as this language reads them."""
    from bot.matching.training import fit

    progress("Beispielfragen lesen")
    examples = read_examples(content, language)
    harmless = [read(u, language) for u in sorted(content.harmless)]  # files have no order
    emergency = frozenset(t for t, info in content.topics.items() if info.group == EMERGENCY_GROUP)
    fitted = fit(examples, harmless, emergency, progress)
    return Intents(
        fitted.topics,
        fitted.aspects,
        fitted.weights,
        frozenset(fitted.topics) & emergency,
        fitted.spreads,
    )


def build(content: Content, spacy_model: str | None = None, progress: Progress = _silent) -> tuple[Language, Intents]:
    """The language and the ranking for this content: seconds of work, nothing is stored."""
    progress("Wörter und Grundformen")
    language = build_language(content, spacy_model)
    return language, fit_intents(content, language, progress)


def _tables_to_json(tables: Tables) -> dict[str, Any]:
    return {
        "forms": {f: [w.lemma, list(w.parts)] for f, w in tables.forms.items()},
        "inflected": dict(tables.inflected),
        "atoms": dict(tables.atoms),
        "own_atoms": sorted(tables.own_atoms),
        "words": list(tables.speller.words),
        "folded": tables.speller.folded,
        "guard": sorted(tables.speller.guard),
        "abbreviations": {k: list(v) for k, v in tables.abbreviations.items()},
        "phrases": {k: [[list(w), c] for w, c in v] for k, v in tables.phrases.items()},
        "entities": asdict(tables.entities),
    }


def _tables_from_json(data: dict[str, Any], keys: Any, targets: Any) -> Tables:
    one = sys.intern  # the same word stands in several tables: once in memory is enough
    atoms = {one(k): one(v) for k, v in data["atoms"].items()}
    forms = {one(f): Word(one(lemma), tuple(map(one, parts))) for f, (lemma, parts) in data["forms"].items()}
    return Tables(
        forms=forms,
        inflected={one(k): one(v) for k, v in data["inflected"].items()},
        atoms=atoms,
        own_atoms={w: atoms[w] for w in data["own_atoms"]},
        speller=Speller(
            tuple(map(one, data["words"])),
            {one(k): v for k, v in data["folded"].items()},
            keys,
            targets,
            frozenset(map(one, data["guard"])),
        ),
        abbreviations={k: tuple(v) for k, v in data["abbreviations"].items()},
        phrases={k: tuple((tuple(w), c) for w, c in v) for k, v in data["phrases"].items()},
        entities=EntityTables({k: tuple(v) for k, v in data["entities"]["districts"].items()}),
    )


def model_key(content: Content, spacy_model: str | None) -> str:
    """Hash over all that a model is built from, in whatever order the files came.

    An edited answer changes none of it, so it is on the air in seconds.
    """
    sha = hashlib.sha256(f"{FORMAT} {_code_digest(*_STORED)} {spacy_model}".encode())
    inputs = (
        labelled_utterances(content),
        sorted((topic, entry.title) for topic, entry in content.entries.items()),
        sorted(vocabulary_texts(content)),
        sorted(content.harmless),
        sorted((c.id, c.terms) for c in content.concepts),
        sorted(content.abbreviations.items()),
        sorted(districts_of(content).items()),
        sorted((t, info.group) for t, info in content.topics.items()),
    )
    sha.update(json.dumps(inputs, ensure_ascii=False).encode())
    return sha.hexdigest()[:16]


def _write(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Writes a file whole or not at all, whoever reads or writes it at the same time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            write(file)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    kind = path.name.split("-")[0]
    old = sorted(path.parent.glob(f"{kind}-*{path.suffix}"), key=lambda p: p.stat().st_mtime, reverse=True)
    for stale in old[KEEP:]:
        stale.unlink(missing_ok=True)


def _values_path(path: Path) -> Path:
    """Where the large matrix of a model lies: a file of its own, so that the system maps it and processes share it."""
    return path.with_name(path.name.replace("model-", "weights-")).with_suffix(".npy")


def save_model(path: Path, language: Language, intents: Intents) -> None:
    """Stores the model."""
    meta = {
        "tables": _tables_to_json(language.tables),
        "rows": list(intents.weights.rows),
        "classes": intents.classes,
        "aspects": intents.aspects,
        "alarms": sorted(intents.alarms),
        "spreads": dict(intents.spreads),
    }
    arrays: dict[str, Any] = {
        "meta": np.frombuffer(json.dumps(meta, ensure_ascii=False).encode(), dtype=np.uint8),
        "norms": intents.weights.norms,
        "bias": intents.weights.bias,
        "keys": language.tables.speller.keys,
        "targets": language.tables.speller.targets,
    }
    _write(_values_path(path), lambda file: np.save(file, intents.weights.values))
    _write(path, lambda file: np.savez(file, **arrays))


def restore_model(path: Path, spacy_model: str | None) -> tuple[Language, Intents]:
    """The stored model.

    raises  OSError, ValueError or KeyError when the file is not a whole model
    """
    with np.load(path) as stored:
        arrays = {name: stored[name] for name in stored.files}
    meta = json.loads(arrays["meta"].tobytes())
    values = np.asarray(np.load(_values_path(path), mmap_mode="r"))
    rows = {key: i for i, key in enumerate(meta["rows"])}
    if len(values) != len(rows):
        raise ValueError("the two files of the model belong to different ones")
    weights = Weights(rows, values, arrays["norms"], arrays["bias"])
    tables = _tables_from_json(meta["tables"], arrays["keys"], arrays["targets"])
    intents = Intents(
        tuple(meta["classes"]), tuple(meta["aspects"]), weights, frozenset(meta["alarms"]), meta["spreads"]
    )
    return Language(load_pipeline(spacy_model), tables), intents


def stored_content(settings: Settings, digest: str) -> Content:
    """The content with this hash from the cache.

    raises  OSError or ValueError when it is not there, or not whole
    """
    return Content.model_validate_json(content_path(settings, digest).read_bytes())


CALM_READS = 3
"""How often the folders are read anew when files change meanwhile."""


def content_path(settings: Settings, digest: str) -> Path:
    """Where the content with this hash is stored."""
    return settings.cache / f"content-{digest}-{_code_digest('content/*')}.json"


def _load_calmly(settings: Settings) -> tuple[Loaded, bool]:
    """What stands in the folders, and whether no file changed while it was read: else it is of two versions."""
    for _ in range(CALM_READS):
        before = mark(settings.knowledge, settings.intents)
        loaded = load(settings.knowledge, settings.intents)
        if mark(settings.knowledge, settings.intents) == before:
            return loaded, True
    return loaded, False


def load_content(settings: Settings) -> Content:
    """The content of the folders, from the cache when nothing changed.

    raises  NothingToServeError when the content has no city, texts or topics
    """
    with suppress(OSError, ValueError):
        return stored_content(settings, digest_of(settings.knowledge, settings.intents))
    loaded, calm = _load_calmly(settings)
    if loaded.content is None:
        raise NothingToServeError(tuple(map(str, loaded.problems)))
    content = loaded.content
    if calm:  # else its hash says nothing
        with suppress(OSError):
            _write(content_path(settings, content.digest), lambda file: file.write(_to_json(content)))
    return content


def _to_json(content: Content) -> bytes:
    """The content as it is stored."""
    return content.model_dump_json(by_alias=True).encode()


def assemble(content: Content, language: Language, intents: Intents, settings: Settings) -> Bot:
    """The bot that answers, from its parts."""
    listing = list_records(content)
    return Bot(
        content=content,
        language=language,
        intents=intents,
        emergencies=build_emergencies(content),
        calibration=load_calibration(settings.knowledge),
        titles={topic: read(entry.title, language) for topic, entry in content.entries.items()},
        direct=direct_messages(content),
        groups={t: info.group for t, info in content.topics.items()},
        listing=listing,
        search_words=search_words(content, listing),
        off=settings.disabled_topics,
        all_off=settings.off,
    )


def settle() -> None:
    """Frees what an older bot left, and lets later collections pass over the new one: it lives for long."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()


class NothingToServeError(Exception):
    """The knowledge is so broken that there is nothing but the last resort.

    problems  with file and line, in German
    """

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("; ".join(problems[:3]))
        self.problems = problems


def model_path(content: Content, settings: Settings) -> Path:
    """Where the model for this content is stored."""
    return settings.cache / f"model-{model_key(content, settings.spacy_model)}.npz"


def load_model(content: Content, settings: Settings, progress: Progress = _silent) -> tuple[Language, Intents]:
    """The stored model for this content, else one that is built and stored."""
    path = model_path(content, settings)
    try:
        return restore_model(path, settings.spacy_model)
    except FileNotFoundError:
        pass
    except (OSError, ValueError, KeyError):
        path.unlink(missing_ok=True)
    language, intents = build(content, settings.spacy_model, progress)
    progress("Speichern")
    with suppress(OSError):  # a read-only disk: the model is built again at the next start
        save_model(path, language, intents)
    return language, intents


def load_bot(settings: Settings, progress: Progress = _silent) -> Bot:
    """The bot for the folders of the settings: from the stored model, or built and stored.

    raises  NothingToServeError when the content has no city, texts or topics
    """
    progress("Wissen lesen")
    content = load_content(settings)
    language, intents = load_model(content, settings, progress)
    bot = assemble(content, language, intents, settings)
    settle()
    return bot
