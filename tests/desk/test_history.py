"""Earlier states of the knowledge in git: found by their hash, and as they were."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.__main__ import app
from bot.compiling import load_content
from bot.content.loading import digest_of
from bot.desk import history
from bot.desk.history import HistoryError, Revision, find_revision, restore
from bot.pipeline import Bot
from bot.settings import Settings
from tests.content.conftest import Town, edited, make_town

FACTS = "knowledge/stadt/facts/alles.yaml"


def git(town: Town, *arguments: str) -> None:
    identity = ("-c", "user.name=Redaktion", "-c", "user.email=redaktion@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *identity, *arguments], cwd=town.root, check=True, capture_output=True)


@pytest.fixture
def town(tmp_path: Path) -> Town:
    """A town with three states: 100 euros, 110 euros in a commit of its own, and 120 euros that nobody checked in."""
    town = make_town(tmp_path / "town")
    git(town, "init", "--quiet")
    git(town, "add", ".")
    git(town, "commit", "--quiet", "-m", "Anfang")
    edited(FACTS, "value: 100", "value: 110")(town)
    git(town, "commit", "--quiet", "-am", "Neuer Beitrag")
    town.write("README.md", "Nichts vom Wissen\n")
    git(town, "add", ".")
    git(town, "commit", "--quiet", "-m", "Etwas anderes")
    return town


def settings_of(town: Town, cache: Path, given: Settings) -> Settings:
    return replace(given, knowledge=town.root / "knowledge", intents=town.root / "intents", cache=cache)


@pytest.fixture
def states(town: Town, small_settings: Settings, tmp_path: Path) -> tuple[Settings, str, str]:
    """The settings, and the hashes of the first and the second state; the files are a third one."""
    settings = settings_of(town, tmp_path, small_settings)
    second = digest_of(settings.knowledge, settings.intents)
    git(town, "checkout", "--quiet", "HEAD~2")
    first = digest_of(settings.knowledge, settings.intents)
    git(town, "checkout", "--quiet", "-")
    edited(FACTS, "value: 110", "value: 120")(town)
    return settings, first, second


def value(knowledge: Path) -> str:
    lines = (knowledge / "stadt/facts/alles.yaml").read_text(encoding="utf-8").splitlines()
    return next(line.split(": ")[1] for line in lines if "value: 1" in line)


def test_a_state_is_found_by_its_hash(states: tuple[Settings, str, str], tmp_path: Path) -> None:
    settings, first, second = states
    for digest, amount in ((first, "100"), (second[:8], "110"), (second.upper(), "110")):
        found = find_revision(digest, settings)
        assert found.digest.startswith(digest.lower())
        assert len(found.day) == 10
        knowledge, intents = restore(found, settings, tmp_path / digest)
        assert value(knowledge) == amount
        assert digest_of(knowledge, intents) == found.digest
        assert load_content(replace(settings, knowledge=knowledge, intents=intents)).digest == found.digest


def test_the_files_as_they_are_need_no_commit(states: tuple[Settings, str, str], tmp_path: Path) -> None:
    settings, _, _ = states
    here = digest_of(settings.knowledge, settings.intents)
    assert find_revision(here, settings) == Revision("", "", here)
    assert restore(Revision("", "", here), settings, tmp_path) == (settings.knowledge, settings.intents)


def test_what_was_computed_once_is_remembered(
    states: tuple[Settings, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, first, _ = states
    found = find_revision(first, settings)
    monkeypatch.setattr(history, "_extract", lambda *_: pytest.fail("it was known"))
    assert find_revision(first, settings) == found
    (settings.cache / history.FILE).write_text("kein JSON", encoding="utf-8")
    with pytest.raises(pytest.fail.Exception):
        find_revision(first, settings)


@pytest.mark.parametrize("digest", ["0" * 16, "abcdef"])
def test_a_hash_that_nobody_has(states: tuple[Settings, str, str], digest: str) -> None:
    with pytest.raises(HistoryError, match=r"Kein Stand des Wissens hat die Kennung „.*“; verglichen wurden 2 Stände"):
        find_revision(digest, states[0])


@pytest.mark.parametrize("digest", ["", "abc", "Was kostet die Kita?", "../../etc"])
def test_what_is_no_hash(states: tuple[Settings, str, str], digest: str) -> None:
    with pytest.raises(HistoryError, match="ist keine Kennung des Wissens"):
        find_revision(digest, states[0])


def test_without_git_nothing_is_known(tmp_path: Path, small_settings: Settings) -> None:
    town = make_town(tmp_path / "town")
    with pytest.raises(HistoryError, match="steht nicht unter git"):
        find_revision("0" * 16, settings_of(town, tmp_path, small_settings))


def test_the_command_answers_as_it_did_then(
    states: tuple[Settings, str, str], small_bot: Bot, small_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, first, second = states
    for name, folder in (("KNOWLEDGE", settings.knowledge), ("INTENTS", settings.intents)):
        monkeypatch.setenv(f"FAMILIENBOT_{name}", str(folder))
    monkeypatch.setenv("FAMILIENBOT_CACHE", str(small_settings.cache))  # the model is the same in all states
    monkeypatch.setenv("FAMILIENBOT_NOW", "2026-11-22T10:00")
    for digest, amount in ((first, "100"), (second, "110")):
        done = CliRunner().invoke(app, ["at", digest, "Was kostet die Kita?"])
        assert done.exit_code == 0
        assert f"höchstens {amount} Euro" in " ".join(done.stdout.split())
        assert done.stdout.startswith(f"Wissen {digest}: ")
    unknown = CliRunner().invoke(app, ["at", "0" * 16, "Was kostet die Kita?"])
    assert unknown.exit_code == 2
    assert "Kein Stand des Wissens hat die Kennung" in unknown.stderr
