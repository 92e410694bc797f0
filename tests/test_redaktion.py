"""The guide for editors, done as it stands: its edits made, its commands run, what it shows compared.

The rule: of each story the fenced blocks are taken from top to bottom. `diff` edits the file that its first line names,
at the keys of its lines, so that another value in the file breaks nothing; `yaml` is a file to write; each line of
`sh` is run in a copy of our knowledge in git; each line of `text` stands in what the last `sh` printed, digits aside.
A story that teaches the model is run in the small town, whose model is built in seconds.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest
import uvicorn
from openpyxl import load_workbook
from typer.testing import CliRunner

from bot.__main__ import app
from bot.language import lexicon
from bot.pipeline import Bot
from bot.settings import ROOT, load_settings
from bot.storage.database import migrate, open_database
from bot.storage.events import Event, Replied, Unanswered
from bot.storage.writing import write
from bot.web.app import create_app
from tests.content.conftest import make_town

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # Starlette would like a successor of httpx that we do not have
    from starlette.testclient import TestClient

GUIDE = ROOT / "docs" / "redaktion.md"
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
DAY = date(2026, 11, 23)
LEARNED = {"Die aktuelle Höhe nennt Ihnen das Jugendamt.": "Der Beitrag richtet sich nach dem Einkommen"}
"""What the small town answers where the guide shows our own answer."""


@dataclass(frozen=True)
class Block:
    """A fenced block of the guide with what stands between the fences."""

    sort: str
    text: str

    @property
    def lines(self) -> list[str]:
        return self.text.splitlines()


@dataclass
class Desk:
    """An editor at work: the folder with the files, and what the last command printed.

    town  where the small town lies; it takes over once an example question was added
    """

    root: Path
    town: Path
    printed: str = ""
    codes: list[int] = field(default_factory=list)
    learned: bool = False

    def edit(self, block: Block) -> None:
        file, lines = block.lines[0].strip("@ "), block.lines[1:]
        amend(self.root / file, lines)
        if file.startswith("intents/") or self.learned:
            self.learned = True
            amend(self.town / file.replace("/herne/", "/stadt/"), lines)

    def run(self, block: Block) -> None:
        self.printed = ""
        for line in block.lines:
            words = shlex.split(line, comments=True)
            folder = self.town if self.learned and words[1] in ("ask", "diff") else self.root
            code, output = familienbot(words[1:], folder) if words[0] == "familienbot" else shell(line, folder)
            self.printed += output
            self.codes.append(code)

    def compare(self, block: Block) -> None:
        seen = " ".join(self.printed.split())
        for line in block.lines:
            wanted = LEARNED.get(line, line) if self.learned else line
            assert pattern(wanted).search(seen), f"„{wanted}“ is not what one sees:\n{self.printed}"


def pattern(line: str) -> re.Pattern[str]:
    """The line with any digits in place of its own."""
    return re.compile(re.sub(r"\d+", r"\\d+", re.escape(" ".join(line.split()))))


def key_of(line: str) -> str:
    """A line without its value; items of a list and the ids of records count whole."""
    text = line.strip()
    return text if text.startswith("- ") and '"' not in text else text.partition(": ")[0]


def amend(path: Path, lines: list[str]) -> None:
    """Makes the edit that a `diff` block shows."""
    found, at = path.read_text(encoding="utf-8").splitlines(), 0
    for line in lines:
        mark, text = line[0], line[1:]
        if mark == "+":
            found.insert(at, text)
            at += 1
            continue
        places = [i for i in range(at, len(found)) if key_of(found[i]) == key_of(text)]
        assert places, f"{path.name} has no line „{text.strip()}“ from line {at + 1} on"
        at = places[0] if mark == "-" else places[0] + 1
        if mark == "-":
            del found[at]
    path.write_text("\n".join(found) + "\n", encoding="utf-8")


def familienbot(words: list[str], folder: Path) -> tuple[int, str]:
    """Exit code and output of one of our commands, run in this folder; `> file` is heeded."""
    words, _, target = (words[: words.index(">")], ">", words[-1]) if ">" in words else (words, "", "")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        result = CliRunner().invoke(app, words)
    if target:
        (folder / target).write_text(result.stdout, encoding="utf-8")
    return result.exit_code, result.output


def shell(line: str, folder: Path) -> tuple[int, str]:
    """Exit code and output of any other command; a request goes to an app on these files."""
    if line.startswith("curl"):
        settings = load_settings(
            {"FAMILIENBOT_KNOWLEDGE": str(folder / "knowledge"), "FAMILIENBOT_DATABASE_URL": "off"}
        )
        service = create_app(settings)
        with TestClient(service) as client:
            assert service.state.service.finished.wait(60)
            return 0, client.get("/readyz").text
    done = subprocess.run(["bash", "-c", line], cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


def story(number: int) -> tuple[Block, ...]:
    """The blocks of a story from top to bottom."""
    text = GUIDE.read_text(encoding="utf-8")
    section = re.split(r"^## ", text, flags=re.MULTILINE)
    (found,) = [part for part in section if part.startswith(f"{number}. ")]
    return tuple(Block(*match) for match in FENCE.findall(found))


def follow(number: int, desk: Desk) -> list[int]:
    """Does all that a story says; the exit codes of its commands."""
    for block in story(number):
        if block.sort == "diff":
            desk.edit(block)
        elif block.sort == "yaml":
            (desk.root / block.lines[0].strip("# ")).write_text(block.text, encoding="utf-8")
        elif block.sort == "sh":
            desk.run(block)
        elif block.sort == "text":
            desk.compare(block)
    return desk.codes


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def _environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No setting of this machine but where the model is cached; a name for git, a day, and a file of counts."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [n for n in os.environ if n.startswith(("FAMILIENBOT_", "GIT_"))]:
            patch.delenv(name)
        counts = f"sqlite:///{tmp_path_factory.mktemp('counts') / 'counts.sqlite3'}"
        for name, value in {
            "FAMILIENBOT_NOW": f"{DAY}T10:00", "FAMILIENBOT_DATABASE_URL": counts, "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "Redaktion", "GIT_AUTHOR_EMAIL": "redaktion@example.org",
            "GIT_COMMITTER_NAME": "Redaktion", "GIT_COMMITTER_EMAIL": "redaktion@example.org",
        }.items():  # fmt: skip
            patch.setenv(name, value)
        yield


@pytest.fixture(scope="module")
def repository(_environment: None, tmp_path_factory: pytest.TempPathFactory, bot: Bot) -> Path:
    """Our knowledge in git, with a place to push to; its model is in the cache."""
    root = tmp_path_factory.mktemp("editor") / "familienbot"
    for name in ("knowledge", "intents"):
        shutil.copytree(ROOT / name, root / name)
    (root / "knowledge" / "aus.txt").unlink(missing_ok=True)
    for path in root.glob("knowledge/*/entries/*/*.test.yaml"):
        if path.parent.name not in ("kita", "familienzentrum"):
            path.unlink()  # `diff` asks all of them twice
    git(root.parent, "init", "-q", "--bare", "-b", "main", "host.git")
    git(root, "init", "-q", "-b", "main")
    git(root, "remote", "add", "origin", "../host.git")
    git(root, "add", ".")
    git(root, "commit", "-qm", "Anfang")
    git(root, "push", "-qu", "origin", "main")
    git(root, "tag", "anfang")
    return root


@pytest.fixture
def desk(repository: Path, tmp_path: Path) -> Desk:
    """An editor before the first step: nothing edited yet."""
    git(repository, "switch", "-q", "main")
    git(repository, "reset", "-q", "--hard", "anfang")
    git(repository, "clean", "-fdq")
    return Desk(repository, tmp_path / "town")


def value_of(desk: Desk, file: str, record: str) -> str:
    text = (desk.root / file).read_text(encoding="utf-8")
    return text.partition(f"- id: {record}\n")[2].partition("- id:")[0]


def test_a_fee_has_changed(desk: Desk) -> None:
    assert set(follow(1, desk)) == {0}
    assert '"status":"ready"' in desk.printed.replace(" ", "")
    assert git(desk.root, "log", "-1", "--format=%s", "origin/eintritt-familienpark").startswith(
        "Eintritt Familienpark"
    )
    changed = git(desk.root, "diff", "--stat", "anfang", "origin/eintritt-familienpark")
    assert "1 file changed" in changed
    assert "valid_from: 2026-11-01" in value_of(
        desk, "knowledge/herne/facts/familienzentrum-b.yaml", "herne.gysenberg-start-ziel"
    )


def test_many_amounts_at_the_end_of_the_year(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = re.findall(r"^\| (\w+\.[\w-]+) \| (.*) \|$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE)
    (heads,) = re.findall(r"^\| Kennung \| (.*) \|$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE)

    def fill_in() -> None:
        book = load_workbook(desk.root / "werte.xlsx")
        (first, *others) = book.worksheets[0].iter_rows()
        columns = {str(cell.value): i for i, cell in enumerate(first)}
        for record, values in rows:
            (row,) = [cells for cells in others if cells[columns["Kennung"]].value == record]
            for head, value in zip(heads.split(" | "), values.split(" | "), strict=True):
                row[columns[head]].value = value
        book.save(desk.root / "werte.xlsx")

    shown = Desk.compare

    def compare(self: Desk, block: Block) -> None:
        shown(self, block)
        if "in werte.xlsx" in block.text:
            fill_in()

    monkeypatch.setattr(Desk, "compare", compare)
    assert follow(2, desk) == [0, 0, 1, 0, 0]
    changed = value_of(desk, "knowledge/bund/facts/leistungen-a.yaml", "bund.kiz-hoehe-hoechst")
    assert "value: 301" in changed
    assert "valid_until: 2027-12-31" in changed


def test_a_question_is_misunderstood(desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    words = lexicon.general_words()[: lexicon.GUARD_SIZE]
    town = make_town(desk.town)
    town.write("knowledge/stadt/entries/kita/kita-beitrag.test.yaml", "asks:\n  - Was zahlen wir für die Kita?\n")
    git(desk.town, "init", "-q")
    git(desk.town, "add", ".")
    git(desk.town, "commit", "-qm", "Anfang")
    learn = Desk.edit

    def edit(self: Desk, block: Block) -> None:
        learn(self, block)
        monkeypatch.setattr(lexicon, "general_words", lambda: words)
        monkeypatch.setenv("FAMILIENBOT_CACHE", str(tmp_path / "cache"))

    monkeypatch.setattr(Desk, "edit", edit)
    assert set(follow(3, desk)) == {0}
    assert desk.learned


def test_a_new_offer(desk: Desk) -> None:
    assert follow(4, desk) == [0, 0, 0]


def test_something_has_to_go_at_once(desk: Desk) -> None:
    assert follow(5, desk) == [0, 0, 0]
    assert (desk.root / "knowledge" / "aus.txt").read_text(encoding="utf-8") == "kita-beitrag\n"


def test_what_was_not_answered(desk: Desk) -> None:
    url = os.environ["FAMILIENBOT_DATABASE_URL"]
    engine = open_database(url)
    migrate(engine)
    events: list[Event] = [Replied(DAY, "-", "fallback", "de"), *[Unanswered(DAY, ("pony", "reiten"))] * 5]
    write(engine, events, "s" * 32)
    assert follow(6, desk) == [0]


def test_taking_it_back(desk: Desk) -> None:
    fact = desk.root / "knowledge/herne/facts/familienzentrum-b.yaml"
    before = fact.read_text(encoding="utf-8")
    fact.write_text(before + "# live\n", encoding="utf-8")
    git(desk.root, "commit", "-qam", "Eine Änderung")
    fact.write_text("kaputt", encoding="utf-8")
    assert set(follow(7, desk)) == {0}
    assert fact.read_text(encoding="utf-8") == before
    assert git(desk.root, "rev-parse", "HEAD") == git(desk.root, "rev-parse", "origin/zuruecknehmen")


def test_messages_are_read(desk: Desk) -> None:
    assert follow(8, desk) == [1, 1, 1]


def test_without_git(desk: Desk) -> None:
    assert follow(9, desk) == [0, 0]
    assert "knowledge/herne/entries/kita/kita-beitrag.yaml" in (desk.root / "admin/config.yml").read_text(
        encoding="utf-8"
    )


def test_the_desk_of_the_guide_opens(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[object] = []
    monkeypatch.setattr(uvicorn, "run", lambda *_, **options: served.append(options["host"]))
    assert "`familienbot desk --open`" in GUIDE.read_text(encoding="utf-8")
    assert familienbot(["desk"], repository)[0] == 0
    assert served == ["127.0.0.1"]


def test_its_pictures_and_links_are_there() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    anchors = {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in re.findall(r"^## (.+)$", text, re.M)}
    for target in re.findall(r"\]\(([^)]+)\)", text):
        file, _, anchor = target.partition("#")
        if not file:
            assert anchor in anchors, target
        elif "://" not in file:
            assert (GUIDE.parent / file).is_file(), target
