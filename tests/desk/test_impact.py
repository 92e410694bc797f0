"""The impact of an edit: every stored question before and after, and nobody reads the secret ones."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from bot.__main__ import app
from bot.desk.evaluation import Half, half_of
from bot.desk.impact import Impact, ImpactError, Preview, as_data, hidden, preview, shown, stored_questions
from bot.desk.impact_report import describe, differing_words, headline, marked, to_html
from bot.language import lexicon
from bot.pipeline import Bot
from bot.settings import Settings
from tests.content.conftest import Town, make_town

BEITRAG = "knowledge/stadt/entries/kita/kita-beitrag.yaml"
CASES = "knowledge/stadt/entries/kita/kita-beitrag.test.yaml"
SECRET = next(q for n in range(99) if half_of(q := f"Was kostet die Kita im Monat Nummer {n}?") is Half.REPORT)
READ = next(q for n in range(99) if half_of(q := f"Was kostet die Kita im Jahr Nummer {n}?") is Half.FIT)


def git(folder: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=Redaktion", "-c", "user.email=redaktion@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture(autouse=True)
def _few_words(monkeypatch: pytest.MonkeyPatch) -> None:
    words = lexicon.general_words()[: lexicon.GUARD_SIZE]
    monkeypatch.setattr(lexicon, "general_words", lambda: words)


@pytest.fixture
def edited(tmp_path: Path) -> Town:
    """A town in git with stored questions of each sort, nothing edited yet."""
    town = make_town(tmp_path / "town")
    town.write(CASES, "asks:\n  - Was zahlen wir für die Kita?\nbelongs_elsewhere: {}\nknown_failures: []\n")
    town.write(
        "tests/aspects.yaml", "questions:\n  kita-beitrag:\n    cost: Wie teuer ist die Kita?\nknown_failures: []\n"
    )
    rows = [{"q": q, "topics": ["kita-beitrag"], "style": "forum"} for q in (SECRET, READ)]
    town.write("tests/evaluation/forum.jsonl", "\n".join(json.dumps(row) for row in rows))
    talk = {"turns": [{"q": READ, "topics": ["kita-beitrag"]}, {"q": "Und wen frage ich?", "topics": ["kita-beitrag"]}]}
    town.write("tests/evaluation/dialogues.jsonl", json.dumps(talk))
    git(town.root, "init", "-q")
    git(town.root, "add", ".")
    git(town.root, "commit", "-qm", "Anfang")
    return town


@pytest.fixture
def edited_settings(edited: Town, small_settings: Settings, small_bot: Bot) -> Settings:
    """Settings of that town; its model is that of the small town."""
    return replace(small_settings, knowledge=edited.root / "knowledge", intents=edited.root / "intents")


def seen(settings: Settings, revision: str = "HEAD") -> Preview:
    return preview(settings, revision, lambda *_: None)


def printed(found: Preview) -> str:
    out = StringIO()
    describe(found.impact, found.titles, Console(file=out, width=160, highlight=False))
    return out.getvalue()


def test_all_stored_questions_are_asked(edited_settings: Settings) -> None:
    found = stored_questions(edited_settings)
    assert [(q.group, q.secret, len(q.turns)) for q in found] == [
        ("case", False, 0), ("aspect", False, 0), ("forum", True, 0), ("forum", False, 0),
        ("dialogue", False, 0), ("dialogue", False, 1),
    ]  # fmt: skip
    assert found[0].source.endswith("kita-beitrag.test.yaml:2")
    assert found[1].source.endswith("aspects.yaml:3")


def test_without_an_edit_nothing_changes(edited_settings: Settings) -> None:
    found = seen(edited_settings)
    assert found.impact.changes == ()
    assert found.impact.reused
    assert found.impact.before == found.impact.after
    assert "ändert sich keine Antwort" in printed(found)


def test_an_edited_text_changes_the_wording_and_reuses_the_model(edited: Town, edited_settings: Settings) -> None:
    edited.edit(BEITRAG, "text: Der Beitrag richtet", "text: Der monatliche Beitrag richtet")
    found = seen(edited_settings)
    assert found.impact.reused
    assert {c.what for c in found.impact.changes} == {"wording"}
    assert not found.impact.worse
    assert as_data(found.impact)["changed"]["wording"] == len(found.impact.changes)


def test_a_lost_answer_is_worse(edited: Town, edited_settings: Settings) -> None:
    edited.edit(BEITRAG, "office: ", "offize: ")  # its entry is broken and left out
    found = seen(edited_settings)
    assert len(found.impact.worse) >= 3
    assert found.impact.changes[0].is_worse
    assert "jetzt falsch" in printed(found)
    page = to_html(found.impact, found.titles, found.city)
    assert "jetzt falsch" in page
    assert "Was zahlen wir für die Kita?" in page


def test_an_utterance_that_is_moved_changes_topics(edited: Town, edited_settings: Settings) -> None:
    intent = edited.root / "intents/kita/kita-beitrag.yaml"
    other = edited.root / "intents/leistungen/kindergeld.yaml"
    mine = intent.read_text(encoding="utf-8")
    intent.write_text(other.read_text(encoding="utf-8").replace("topic: kindergeld", "topic: kita-beitrag"), "utf-8")
    other.write_text(mine.replace("topic: kita-beitrag", "topic: kindergeld"), "utf-8")
    found = seen(edited_settings)
    assert not found.impact.reused
    assert "topic" in {c.what for c in found.impact.changes}
    assert found.impact.worse


def test_secret_questions_are_only_counted(edited: Town, edited_settings: Settings) -> None:
    edited.edit(BEITRAG, "office: ", "offize: ")
    found = seen(edited_settings)
    assert SECRET in {c.asked.question for c in found.impact.changes}
    assert [(h.form, h.wanted, h.times, h.worse) for h in hidden(found.impact)] == [("forum", "kita-beitrag", 1, True)]
    assert READ in {c.asked.question for c in shown(found.impact)}
    for text in (
        printed(found),
        to_html(found.impact, found.titles, found.city),
        json.dumps(as_data(found.impact), ensure_ascii=False),
    ):
        assert SECRET not in text
        assert "Bewertung" in text or "hidden" in text


def test_what_cannot_be_compared_is_said(edited_settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(ImpactError, match="Die Fassung „gibtsnicht“ gibt es nicht"):
        seen(edited_settings, "gibtsnicht")
    with pytest.raises(ImpactError, match="Die Fassung „--help“ gibt es nicht"):
        seen(edited_settings, "--help")
    lost = make_town(tmp_path / "lost").root
    with pytest.raises(ImpactError, match="in keinem git-Verzeichnis"):
        seen(replace(edited_settings, knowledge=lost / "knowledge", intents=lost / "intents"))


def test_the_command_says_by_its_end_whether_something_was_lost(
    edited: Town, edited_settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, value in (("KNOWLEDGE", edited_settings.knowledge), ("INTENTS", edited_settings.intents),
                        ("CACHE", edited_settings.cache), ("NOW", "2026-11-22T10:00")):  # fmt: skip
        monkeypatch.setenv(f"FAMILIENBOT_{name}", str(value))
    done = CliRunner().invoke(app, ["diff", "--json"])
    assert (done.exit_code, json.loads(done.stdout)["worse"]) == (0, 0)
    edited.edit(BEITRAG, "office: ", "offize: ")
    page = tmp_path / "neu" / "impact.html"
    done = CliRunner().invoke(app, ["diff", "HEAD", "--html", str(page)])
    assert done.exit_code == 1
    assert "jetzt falsch" in page.read_text(encoding="utf-8")
    assert CliRunner().invoke(app, ["diff", "gibtsnicht"]).exit_code == 2


def test_what_differs_is_marked_and_escaped() -> None:
    old, new = marked("Es kostet <b>10</b> Euro", "Es kostet 12 Euro")
    assert "<del>&lt;b&gt;10&lt;/b&gt;</del>" in old
    assert new == "Es kostet <ins>12</ins> Euro"
    assert differing_words("a b c d e", "a b x d e") == ("a b c d e", "a b x d e")


def test_the_headline_counts() -> None:
    assert headline(Impact("HEAD", 12, ())) == "Von 12 gespeicherten Fragen ändert sich keine Antwort."
