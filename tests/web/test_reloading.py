"""Hot reload: what an edit does to the running service, and what it cannot do."""

from __future__ import annotations

import gc
import json
import logging
import shutil
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Barrier, Event, Lock, Thread
from typing import Any

import pytest
from starlette.testclient import TestClient

from bot import compiling, preparing
from bot.content.loading import digest_of
from bot.pipeline import Bot
from bot.preparing import Prepared, Served, prepare
from bot.settings import Settings
from bot.web.app import create_app
from bot.web.reloading import CALM_S, PreparationProcess, Reloader
from bot.web.service import Service
from tests.conftest import SMALL

from .test_problems import CHAT, check_problem

ENTRY = "knowledge/stadt/entries/leistungen/kindergeld.yaml"
ASKED = "Was ist Kindergeld?"
BROKEN = "topic: kindergeld\ntitle: ["
OLD = "Kindergeld beantragen Sie bei der Familienkasse."


def entry(short: str, more: str = "") -> str:
    """The entry with another short answer; its title stays, so the model does, too."""
    head = "topic: kindergeld\ntitle: Kindergeld\noffice: stadt.zentrale\nchecked: 2026-11-18\nreview_by: 2027-11-20\n"
    return f"{head}short: {short}\n{more}"


@dataclass(slots=True)
class Now:
    """Made ready at once, in this process; `hold` keeps it unfinished."""

    settings: Settings
    served: Served | None
    hold: Event = field(default_factory=Event)
    stopped: bool = False

    def poll(self) -> Prepared | None:
        return None if self.hold.is_set() else prepare(self.settings, self.served)

    def stop(self) -> None:
        self.stopped = True


@dataclass(slots=True)
class Running:
    """A service on files that a test may change, with the hand that turns its watch."""

    root: Path
    client: TestClient
    reloader: Reloader
    now_s: list[float]

    @property
    def service(self) -> Service:
        return self.reloader.service

    def write(self, text: str | bytes, file: str = ENTRY) -> None:
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)

    def step(self, passed_s: float = 0.0) -> None:
        self.now_s[0] += passed_s
        self.reloader.step()

    def settle(self) -> None:
        """Turns until what is in the files was taken or refused."""
        for passed_s in (0.0, CALM_S, 0.0):
            self.step(passed_s)
        assert self.reloader.running is None

    def chat(self, message: str = ASKED) -> dict[str, Any]:
        response = self.client.post(CHAT, json={"message": message})
        assert response.status_code == 200
        found: dict[str, Any] = response.json()
        return found

    def answer(self, message: str = ASKED) -> str:
        return str(self.chat(message)["blocks"][0]["text"])

    def reload(self) -> dict[str, Any]:
        found: dict[str, Any] = self.client.get("/readyz").json().get("reload", {})
        return found


Start = Callable[..., Running]


@pytest.fixture
def start(tmp_path: Path, small_settings: Settings, small_bot: Bot) -> Start:
    """Starts a service on a copy of the small town, or on other folders; nothing turns its watch but the test."""

    def begin(folder: Path | None = None, cache: Path | None = None, **changes: Any) -> Running:
        root = tmp_path / "town"
        shutil.copytree(SMALL, root)
        base = folder or root
        settings = replace(small_settings, knowledge=base / "knowledge", intents=base / "intents", **changes)
        app, now_s = create_app(settings), [0.0]
        reloader = Reloader(app.state.service, Now, lambda: now_s[0])
        reloader.load()
        return Running(root, TestClient(app), reloader, now_s)  # without a context: the app watches nothing itself

    return begin


def test_a_good_edit_is_on_the_air(start: Start) -> None:
    town = start()
    before = town.chat()
    assert before["blocks"][0]["text"] == OLD
    town.settle()
    assert town.reload() == {}
    town.write(entry("Kindergeld ist da."))
    town.settle()
    after = town.chat()
    assert after["blocks"][0]["text"] == "Kindergeld ist da."
    assert after["knowledge"] == digest_of(town.root / "knowledge", town.root / "intents") != before["knowledge"]
    assert town.reload() == {"state": "current", "taken": 1, "refused": 0}
    assert town.client.get("/version").json()["knowledge"] == after["knowledge"]


def test_of_the_model_all_is_kept_that_two_threads_may_read(start: Start) -> None:
    town = start()
    before = town.service.bot
    town.write(entry("Neu."))
    town.settle()
    after = town.service.bot
    assert before is not None
    assert after is not None
    assert after.intents is before.intents
    assert after.language.tables is before.language.tables
    assert after.language.nlp is not before.language.nlp  # spaCy's store of words bears one thread


def test_a_broken_edit_is_told_and_changes_nothing(start: Start, caplog: pytest.LogCaptureFixture) -> None:
    town = start()
    town.write(BROKEN)
    town.settle()
    assert town.answer() == OLD
    problem = (
        f"{ENTRY}:3: Eine Klammer wird nicht geschlossen. Ergänzen Sie sie, oder beginnen Sie jede Zeile mit „- “."
    )
    assert town.reload() == {"state": "refused", "taken": 0, "refused": 1, "problems": [problem]}
    assert problem in caplog.text
    town.settle()
    assert town.reload()["refused"] == 1  # the same files are not tried again
    town.write(entry("Wieder ganz."))
    town.settle()
    assert town.answer() == "Wieder ganz."
    assert town.reload() == {"state": "current", "taken": 1, "refused": 1}


def test_a_broken_edit_taken_back_is_no_longer_told(start: Start) -> None:
    town = start()
    old = (town.root / ENTRY).read_text(encoding="utf-8")
    town.write(BROKEN)
    town.settle()
    town.write(old)
    town.settle()
    assert town.reload() == {"state": "current", "taken": 0, "refused": 1}
    assert town.answer() == OLD


def test_an_edit_is_not_blamed_for_what_was_wrong_before(start: Start, tmp_path: Path) -> None:
    folder = tmp_path / "old"
    shutil.copytree(SMALL, folder)
    (folder / "knowledge/stadt/entries/kita/kita-beitrag.yaml").write_text("topic: kita-beitrag\ntitle: [\n")
    town = start(folder)
    assert town.client.get("/readyz").json()["degraded"][0] == "kita-beitrag"
    (folder / ENTRY).write_text(entry("Kindergeld ist da."), encoding="utf-8")
    (folder / "knowledge/stadt/entries/kita/kita-beitrag.yaml").write_text("\ntopic: kita-beitrag\ntitle: [\n")
    town.settle()
    assert town.answer() == "Kindergeld ist da."


def test_a_reference_that_leads_nowhere_is_refused(start: Start) -> None:
    town = start()
    town.write(entry("Es sind {{fact:stadt.gibt-es-nicht}}."))
    town.settle()
    assert town.answer() == OLD
    assert town.reload()["problems"] == ["„kindergeld“ verweist auf „fact:stadt.gibt-es-nicht“, das es nicht gibt."]


def test_a_file_written_in_several_steps_is_read_once_it_is_whole(start: Start) -> None:
    town = start()
    whole = entry("Kindergeld ist da.")
    for part in ("", whole[:30], whole[:70]):
        town.write(part)
        town.step(CALM_S - 0.1)
        town.step(CALM_S - 0.1)
        assert town.reloader.running is None
    town.write(whole)
    town.settle()
    assert town.answer() == "Kindergeld ist da."
    assert town.reload()["refused"] == 0


def test_drafts_and_locks_of_editing_programs_are_not_read(start: Start) -> None:
    town = start()
    folder = (town.root / ENTRY).parent
    (folder / ".#kindergeld.yaml").symlink_to("redaktion@rechner.1234")
    for name in (".kindergeld.yaml.swp", "kindergeld.yaml~", "4913", "._kindergeld.yaml"):
        (folder / name).write_text("title: [")
    town.settle()
    assert town.reload() == {}


def test_files_that_change_while_they_are_read_are_read_again(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    town = start()
    load = compiling.load_content

    def meanwhile(settings: Settings) -> Any:
        found = load(settings)
        monkeypatch.setattr(preparing, "load_content", load)
        town.write(entry("Die zweite Fassung."))
        return found

    monkeypatch.setattr(preparing, "load_content", meanwhile)
    town.write(entry("Die erste Fassung, etwas länger."))
    town.settle()
    assert town.answer() == OLD
    town.settle()
    assert town.answer() == "Die zweite Fassung."
    assert town.reload() == {"state": "current", "taken": 1, "refused": 0}


def test_a_link_above_the_folders_is_swapped(start: Start, tmp_path: Path) -> None:
    for name in ("one", "two"):
        shutil.copytree(SMALL, tmp_path / name)
    (tmp_path / "two" / ENTRY).write_text(entry("Aus dem zweiten Ordner."), encoding="utf-8")
    current = tmp_path / "current"
    current.symlink_to("one")
    town = start(current)
    assert town.answer() == OLD
    (tmp_path / "next").symlink_to("two")
    (tmp_path / "next").replace(current)
    town.settle()
    assert town.answer() == "Aus dem zweiten Ordner."


def test_a_mounted_configmap_is_read_and_followed(start: Start, tmp_path: Path) -> None:
    mount = tmp_path / "mount"
    for name in ("knowledge", "intents"):
        shutil.copytree(SMALL / name, mount / name / "..1")
        (mount / name / "..data").symlink_to("..1")
        for path in (SMALL / name).iterdir():
            (mount / name / path.name).symlink_to(f"..data/{path.name}")
    town = start(mount)
    assert town.answer() == OLD
    assert "degraded" not in town.client.get("/readyz").json()
    shutil.copytree(mount / "knowledge/..1", mount / "knowledge/..2")
    (mount / "knowledge/..2" / ENTRY.removeprefix("knowledge/")).write_text(entry("Neu."), encoding="utf-8")
    (mount / "knowledge/..new").symlink_to("..2")
    (mount / "knowledge/..new").replace(mount / "knowledge/..data")
    town.settle()
    assert town.answer() == "Neu."


@pytest.mark.parametrize("folder", ["knowledge", "knowledge/stadt", "knowledge/safety", "knowledge/stadt/entries"])
def test_a_folder_that_is_deleted_stays_on_the_air(folder: str, start: Start, tmp_path: Path) -> None:
    town = start()
    (town.root / folder).rename(tmp_path / "away")
    town.settle()
    assert town.reload()["state"] == "refused"
    assert town.answer() == OLD
    assert town.chat("Mein Kind atmet nicht")["kind"] == "emergency"
    (tmp_path / "away").rename(town.root / folder)
    town.settle()
    assert town.reload()["state"] == "current"


def test_a_broken_calibration_is_refused(start: Start) -> None:
    town = start()
    town.write("{", "knowledge/calibration.json")
    town.settle()
    assert "calibration.json:1" in town.reload()["problems"][0]
    shutil.copy(SMALL / "knowledge/calibration.json", town.root / "knowledge")
    town.settle()
    assert town.reload() == {"state": "current", "taken": 0, "refused": 1}


def test_a_new_calibration_is_taken(start: Start) -> None:
    town = start()
    old = json.loads((SMALL / "knowledge/calibration.json").read_text())
    town.write(json.dumps({**old, "temperature": 2.5}), "knowledge/calibration.json")
    town.settle()
    assert town.service.bot is not None
    assert town.service.bot.calibration.temperature == 2.5


def test_a_broken_calibration_at_the_start_gives_way_to_the_one_beside_the_code(start: Start, tmp_path: Path) -> None:
    folder = tmp_path / "broken"
    shutil.copytree(SMALL, folder)
    (folder / "knowledge/calibration.json").write_text('{"temperature": 1}')
    town = start(folder)
    assert town.answer() == OLD
    (problem,) = town.client.get("/readyz").json()["degraded"]
    assert problem.startswith("knowledge/calibration.json:1: ")
    (folder / ENTRY).write_text(entry("Neu."), encoding="utf-8")  # an edit is not blamed for it
    town.settle()
    assert town.answer() == "Neu."


def test_a_preparation_that_breaks_off_is_told(start: Start) -> None:
    town = start()
    town.reloader.start = lambda *_: Ended()
    town.write(entry("Neu."))
    town.settle()
    assert town.reload()["problems"] == ["Abgebrochen."]
    assert town.answer() == OLD


class Ended:
    """A preparation that came to nothing."""

    def poll(self) -> Prepared:
        return Prepared(problems=("Abgebrochen.",))

    def stop(self) -> None:
        raise AssertionError


def test_a_version_that_cannot_be_fetched_is_refused(start: Start, caplog: pytest.LogCaptureFixture) -> None:
    town = start()
    town.write(entry("Neu."))
    town.step()
    town.step(CALM_S)
    found = town.reloader.running
    assert found is not None
    prepared = found.poll()
    assert prepared is not None
    compiling.content_path(town.service.settings, prepared.digest).unlink()
    town.reloader.running = Given(prepared)
    town.step()
    assert town.answer() == OLD
    assert town.reload()["problems"] == ["Die neue Fassung ließ sich nicht laden. Der Grund steht im Protokoll."]


@dataclass(slots=True)
class Given(Ended):
    """A preparation with this outcome."""

    prepared: Prepared

    def poll(self) -> Prepared:
        return self.prepared


# Switches


def test_a_topic_is_switched_off_by_its_entry(start: Start) -> None:
    town = start()
    town.write(entry("Neu.", "off: true\noff_text: Wir schreiben das gerade neu.\n"))
    town.settle()
    assert town.answer() == "Wir schreiben das gerade neu."


def test_the_file_of_switches_works_at_once(start: Start) -> None:
    town = start(disabled_topics=frozenset({"kita-beitrag"}))
    town.write("# Wasserschaden\nKindergeld  # bis Montag\n", "knowledge/aus.txt")
    town.step()
    assert (
        town.answer() == town.answer("Was kostet die Kita?") == "Zu diesem Thema wird die Antwort gerade überarbeitet."
    )
    town.write("\ufeffAlles\r\n", "knowledge/aus.txt")
    town.step()
    assert town.answer() == "Der Dienst macht gerade Pause."
    assert town.chat("Mein Kind atmet nicht")["kind"] == "emergency"
    (town.root / "knowledge/aus.txt").unlink()
    town.step()
    assert town.answer() == OLD
    assert town.reload() == {}


def test_switches_work_while_an_edit_is_broken_and_another_is_being_built(start: Start) -> None:
    town = start()
    town.write(BROKEN)
    town.settle()
    town.write("kindergeld\n", "knowledge/aus.txt")
    town.step()
    assert "überarbeitet" in town.answer()
    town.write(entry("Neu."))
    town.step()
    town.step(CALM_S)
    assert isinstance(town.reloader.running, Now)
    town.reloader.running.hold.set()
    town.write("alles\n", "knowledge/aus.txt")
    town.step()
    assert town.reload()["state"] == "building"
    assert "Pause" in town.answer()
    town.reloader.running.hold.clear()
    (town.root / "knowledge/aus.txt").unlink()
    town.step()
    assert town.answer() == "Neu."


def test_a_switch_stays_when_another_version_comes(start: Start) -> None:
    town = start()
    town.write("kindergeld\n", "knowledge/aus.txt")
    town.write(entry("Neu."))
    town.settle()
    assert town.reload()["taken"] == 1
    assert "überarbeitet" in town.answer()


def test_a_switch_that_nobody_knows_is_told(start: Start) -> None:
    town = start()
    town.write("kindergled\n", "knowledge/aus.txt")
    town.step()
    (problem,) = town.client.get("/readyz").json()["degraded"]
    assert problem == "knowledge/aus.txt:1: Das Thema „kindergled“ gibt es nicht. Meinten Sie „kindergeld“?"


def test_switches_that_cannot_be_read_stay_as_they_were(start: Start) -> None:
    town = start()
    town.write("kindergeld\n", "knowledge/aus.txt")
    town.step()
    (town.root / "knowledge/aus.txt").unlink()
    (town.root / "knowledge/aus.txt").mkdir()
    town.step()
    assert "überarbeitet" in town.answer()


# The last resort


@pytest.mark.parametrize("file", ["city.yaml", "texts.yaml", "topics.yaml", ""])
def test_without_knowledge_emergencies_are_answered(file: str, start: Start, tmp_path: Path) -> None:
    folder = tmp_path / "broken"
    shutil.copytree(SMALL, folder)
    if file:
        (folder / "knowledge" / file).write_text("]", encoding="utf-8")
    else:
        shutil.rmtree(folder / "knowledge")
    town = start(folder)
    reply = town.chat("Mein Kind atmet nicht")
    assert reply["blocks"][0]["text"].startswith("Der Dienst kann gerade keine Fragen beantworten.")
    assert [b["phone"] for b in reply["blocks"][1:]] == ["112", "110", "116 016", "0800 111 0 111"]
    assert (reply["kind"], reply["knowledge"]) == ("fallback", "")
    again = town.client.post(CHAT, json={"message": "Hallo?", "state": reply["state"]})
    assert again.status_code == 200
    check_problem(town.client.post(CHAT, json={"message": "x", "state": reply["state"][:-3] + "abc"}), 400)
    for response in (town.client.get("/chat"), town.client.post("/chat", data={"frage": "Mein Kind atmet nicht"})):
        assert response.status_code == 200
        assert "0800 111 0 111" in response.text
        assert 'name="frage"' in response.text
    ready = town.client.get("/readyz")
    check_problem(ready, 503)
    assert any(f"knowledge/{file or 'city.yaml'}:1" in e["reason"] for e in ready.json()["errors"])
    check_problem(town.client.get("/api/v1/topics"), 503)


def test_knowledge_that_is_mended_is_served_without_a_restart(start: Start, tmp_path: Path) -> None:
    folder = tmp_path / "broken"
    shutil.copytree(SMALL, folder)
    (folder / "knowledge/city.yaml").unlink()
    town = start(folder)
    assert town.client.get("/readyz").status_code == 503
    shutil.copy(SMALL / "knowledge/city.yaml", folder / "knowledge")
    town.settle()
    assert town.answer() == OLD
    assert town.client.get("/readyz").json()["reload"] == {"state": "current", "taken": 1, "refused": 0}


# Processes


def finish(preparation: PreparationProcess) -> Prepared:
    preparation._process.wait(60)
    found = preparation.poll()
    assert found is not None
    return found


def test_a_process_of_its_own_makes_the_next_version_ready(start: Start) -> None:
    town = start()
    settings = town.service.settings
    town.write(entry("Neu."))
    good = PreparationProcess(settings, Served())
    assert finish(good).digest == digest_of(settings.knowledge, settings.intents)
    town.write(BROKEN)
    bad = finish(PreparationProcess(settings, Served(entries=7)))
    assert (bad.digest, len(bad.problems), bad.mark != "") == ("", 1, True)


def test_a_process_that_is_stopped_or_fails(start: Start) -> None:
    town = start()
    settings = town.service.settings
    stopped = PreparationProcess(settings, None)
    stopped.stop()
    assert stopped._process.returncode is not None
    failed = PreparationProcess(replace(settings, intents=Path("\0")), None)
    assert "ließ sich nicht bauen (Code 1)" in finish(failed).problems[0]
    late = PreparationProcess(settings, None)
    late._until_s = 0.0
    found = late.poll()
    assert found is not None
    assert "nicht fertig" in found.problems[0]


def test_a_cache_that_cannot_be_written_is_told(start: Start, tmp_path: Path) -> None:
    town = start()
    (tmp_path / "file").touch()
    town.write(entry("Neu."))
    prepared = prepare(replace(town.service.settings, cache=tmp_path / "file"), Served())
    assert prepared.problems == ("Der Cache-Ordner ist nicht beschreibbar (FAMILIENBOT_CACHE).",)


def test_of_several_workers_one_builds(
    start: Start, small_bot: Bot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = start()
    settings = replace(town.service.settings, cache=tmp_path / "cache")
    built: list[str] = []
    inside, most, lock = 0, 0, Lock()

    def build(content: Any, *_: object) -> Any:
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        built.append(content.digest)
        with lock:
            inside -= 1
        return small_bot.language, small_bot.intents

    monkeypatch.setattr(preparing, "build", build)
    barrier = Barrier(4)

    def worker(_: int) -> Prepared:
        barrier.wait(30)
        return prepare(settings, Served())

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(worker, range(4)))
    assert len({p.digest for p in found}) == 1
    assert found[0].digest == built[0]
    assert (len(built), most) == (1, 1)


def test_the_app_watches_while_it_runs(start: Start) -> None:
    town = start()
    with TestClient(town.client.app) as client:
        assert town.service.finished.wait(30)
        assert client.get("/readyz").status_code == 200


# Under load


def test_no_request_fails_and_no_answer_is_mixed_while_files_are_replaced(
    start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    """2,000 requests, 50 replacements, good and broken in turn."""
    caplog.set_level(logging.CRITICAL, "familienbot")
    town = start()
    texts = {town.chat()["knowledge"]: OLD}
    bots: list[weakref.ref[Bot]] = []
    sizes: list[int] = []
    done = Event()

    def replace_files() -> None:
        try:
            for i in range(50):
                good = i % 2 == 0
                short = (
                    f"Fassung {'eins zwei drei vier fünf sechs sieben acht neun zehn'.split()[i // 2 % 10]} {'x' * i}."
                )
                town.write(entry(short) if good else BROKEN + " " * i)
                if good:
                    texts[digest_of(town.root / "knowledge", town.root / "intents")] = short
                town.settle()
                assert town.service.bot is not None
                if not any(ref() is town.service.bot for ref in bots):
                    bots.append(weakref.ref(town.service.bot))
                gc.collect()
                sizes.append(gc.get_freeze_count() + len(gc.get_objects()))
        finally:
            done.set()

    thread = Thread(target=replace_files)
    thread.start()
    replies: list[dict[str, Any]] = []
    while not done.is_set() or len(replies) < 2000:
        replies.append(town.chat())
    thread.join()
    mixed = [r for r in replies if texts[r["knowledge"]] != r["blocks"][0]["text"]]
    assert not mixed
    assert len({r["knowledge"] for r in replies}) > 10
    assert town.reload() | {"problems": []} == {"state": "refused", "taken": 25, "refused": 25, "problems": []}
    gc.collect()
    assert sum(ref() is not None for ref in bots) == 1
    assert sizes[-1] < 1.02 * sizes[10]
