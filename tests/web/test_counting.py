"""What of a conversation is counted; and that no reply waits for it or fails with it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from starlette.testclient import TestClient

from bot.model import Answer, Candidate, Conversation, Decision, Kind, Question
from bot.pipeline import Bot
from bot.settings import load_settings
from bot.storage import database, writing
from bot.storage.digest import Digest, digest
from bot.storage.events import Replied
from bot.web import counting, routes
from bot.web.counting import find_wording
from tests.conftest import NOW

from .conftest import MakeClient

DAY = date(2026, 11, 22)
ANSWERED = "Was kostet die Kita?"
UNKNOWN = "Das Kind der Nachbarn schläft jede Nacht"
URGENT = "Mein Kind atmet nicht"


class Counted:
    """A client of a service that counts, and what it counted."""

    def __init__(self, client: TestClient, url: str) -> None:
        self.client, self.url = client, url
        self.recorder = client.app.state.service.recorder  # type: ignore[attr-defined]

    def ask(self, message: str, state: str | None = None) -> dict[str, Any]:
        response = self.client.post("/api/v1/chat", json={"message": message, "state": state})
        assert response.status_code == 200
        found: dict[str, Any] = response.json()
        return found

    def judge(self, state: str, **more: Any) -> None:
        body = {"state": state, "helpful": False, **more}
        assert self.client.post("/api/v1/feedback", json=body).status_code == 204

    def read(self) -> Digest:
        assert self.recorder.flush()
        return digest(self.url, DAY, DAY)


@pytest.fixture
def counted(make_client: MakeClient, tmp_path: Path) -> Counted:
    """A service with a database of its own."""
    url = f"sqlite:///{tmp_path / 'counts.sqlite3'}"
    return Counted(make_client(database_url=url), url)


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Makes every question get a reply of this kind."""

    def answer(decision: Decision, pending: tuple[str, ...] = ()) -> None:
        said = Conversation(pending=pending)
        monkeypatch.setattr(routes, "reply", lambda *_: Answer(decision, (), (), (), (), {}, said))

    return answer


# replies


def test_topic_kind_language_and_day_are_counted(counted: Counted) -> None:
    counted.ask(ANSWERED)
    counted.ask(ANSWERED)
    counted.ask("My baby is not breathing")
    counted.client.post("/chat", data={"frage": ANSWERED})
    found = counted.read()
    assert found.kinds == (("answer", 3), ("emergency", 1))
    assert dict(found.langs) == {"de": 3, "en": 1}
    assert [(t.topic, t.replies) for t in found.topics] == [("kita-beitrag", 3), ("medizinischer-notfall", 1)]


def test_what_is_refused_is_not_counted(counted: Counted) -> None:
    counted.client.post("/api/v1/chat", json={"message": ""})
    counted.client.post("/api/v1/chat", json={"message": ANSWERED, "state": "k1.x.y"})
    assert counted.read().replies == 0


def test_where_nothing_is_stored_everything_works(client: TestClient) -> None:
    assert client.app.state.service.recorder is None  # type: ignore[attr-defined]
    state = client.post("/api/v1/chat", json={"message": ANSWERED}).json()["state"]
    assert client.post("/api/v1/feedback", json={"state": state, "helpful": True}).status_code == 204


# wordings


@pytest.fixture
def fallback(answering: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is known, and the small town's few topics do not make every message look like an emergency."""
    answering(Decision(Kind.FALLBACK))
    monkeypatch.setattr(counting, "_is_near_an_emergency", lambda *_: False)


def test_a_wording_stands_in_the_digest_from_five_on(counted: Counted, fallback: None) -> None:
    for i in range(4):
        counted.ask(f"{UNKNOWN} Xqzwtrpl {i}")
    found = counted.read()
    assert (found.wordings, found.rare, found.unanswered) == ((), 4, 4)
    counted.ask(UNKNOWN)
    (wording,) = counted.read().wordings
    assert (wording.words, wording.count, wording.quarter) == ("kind", 5, "2026-4")


@pytest.mark.parametrize(
    "decision",
    [
        Decision(Kind.ANSWER, ("kita-beitrag",)),
        Decision(Kind.EMERGENCY, ("medizinischer-notfall",)),
        Decision(Kind.SMALLTALK, ("begruessung",)),
        Decision(Kind.FALLBACK, help_line=True),
        Decision(Kind.FALLBACK, candidates=(Candidate("medizinischer-notfall", 0.01),)),
        Decision(Kind.FALLBACK, candidates=(Candidate("haeusliche-gewalt", 0.01),)),
        Decision(Kind.CLARIFY, asks="topic", choices=(Candidate("kinderschutz", 0.1),)),
        Decision(Kind.CLARIFY, asks="district"),
    ],
)
def test_no_wording_of_an_answer_or_near_an_emergency(small_bot: Bot, fallback: None, decision: Decision) -> None:
    question = Question(UNKNOWN, NOW)
    assert find_wording(question, Decision(Kind.FALLBACK), small_bot) is not None
    assert find_wording(question, decision, small_bot) is None


def test_no_wording_that_sounds_alarming_whatever_was_replied(small_bot: Bot, fallback: None) -> None:
    assert find_wording(Question(URGENT, NOW), Decision(Kind.FALLBACK), small_bot) is None
    assert find_wording(Question("Xqzwtrpl 4711", NOW), Decision(Kind.FALLBACK), small_bot) is None
    assert (
        find_wording(Question("How much is the kita fee for my child", NOW), Decision(Kind.FALLBACK), small_bot) is None
    )


def test_nor_near_one(small_bot: Bot) -> None:
    assert find_wording(Question("Reitunterricht Kind", NOW), Decision(Kind.FALLBACK), small_bot) is None


CLARIFY = Decision(
    Kind.CLARIFY, asks="topic", choices=(Candidate("kita-beitrag", 0.4), Candidate("kita-anmeldung", 0.3))
)


@pytest.fixture
def asked_back(counted: Counted, fallback: None, answering: Callable[..., None]) -> Callable[[], str]:
    """Asks what is asked back; the state after it."""

    def ask() -> str:
        answering(CLARIFY, pending=("kita-beitrag", "kita-anmeldung"))
        return str(counted.ask(UNKNOWN)["state"])

    return ask


def test_a_question_back_whose_choice_is_picked_was_answered(
    counted: Counted, asked_back: Callable[[], str], answering: Callable[..., None]
) -> None:
    state = asked_back()
    assert counted.read().rare == 0
    answering(Decision(Kind.ANSWER, ("kita-anmeldung",), ("overview",)))
    counted.ask("das zweite", state)
    assert counted.read().rare == 0
    assert not counted.client.app.state.service.waiting.held  # type: ignore[attr-defined]


def test_one_whose_choice_is_not_picked_was_not(
    counted: Counted, asked_back: Callable[[], str], answering: Callable[..., None]
) -> None:
    state = asked_back()
    answering(Decision(Kind.ANSWER, ("kindergeld",), ("overview",)))
    counted.ask("etwas ganz anderes", state)
    assert counted.read().rare == 1


def test_nor_one_that_nobody_answers_until_the_service_ends(counted: Counted, asked_back: Callable[[], str]) -> None:
    asked_back()
    counted.client.app.state.service.stop_counting()  # type: ignore[attr-defined]
    assert digest(counted.url, DAY, DAY).rare == 1


# feedback


def test_feedback_is_counted_by_topic(counted: Counted) -> None:
    state = counted.ask(ANSWERED)["state"]
    counted.judge(state)
    counted.judge(state, helpful=True)
    counted.judge("fremd.x.y")
    assert [(t.topic, t.helpful, t.unhelpful) for t in counted.read().topics] == [("kita-beitrag", 1, 1), ("-", 0, 1)]


@pytest.mark.parametrize("consent", [{}, {"consent": False}, {"consent": None}])
def test_without_consent_no_comment_is_kept(counted: Counted, consent: dict[str, Any]) -> None:
    counted.judge(counted.ask(ANSWERED)["state"], comment="Die Antwort war gut.", **consent)
    found = counted.read()
    assert (found.comments, found.topics[0].unhelpful) == ((), 1)


def test_with_consent_it_is_kept_redacted(counted: Counted) -> None:
    comment = "Die Antwort war gut. Tel. 0172 1234567, Gruß Ayşe Yılmaz"
    counted.judge(counted.ask(ANSWERED)["state"], comment=comment, consent=True)
    (kept,) = counted.read().comments
    assert (kept.day, kept.topic, kept.helpful) == (DAY, "kita-beitrag", False)
    assert kept.text == "Die Antwort war gut. Tel. […], Gruß […]"


def test_near_an_emergency_or_without_topic_not_even_then(counted: Counted) -> None:
    comment = {"comment": "Die Antwort war gut.", "consent": True}
    counted.judge(counted.ask(URGENT)["state"], **comment)
    counted.judge("fremd.x.y", **comment)
    state = counted.ask(ANSWERED)["state"]
    counted.judge(state, comment=f"Die Antwort war gut. {URGENT}", consent=True)
    counted.judge(state, comment="0172 1234567", consent=True)
    found = counted.read()
    assert found.comments == ()
    assert sum(t.unhelpful for t in found.topics) == 4


# the page without scripts


def test_the_page_asks_whether_it_helped_and_for_a_comment(counted: Counted) -> None:
    html = counted.client.post("/chat", data={"frage": ANSWERED}).text
    assert "War das hilfreich?" in html
    assert 'name="bemerkung"' in html
    box = html[html.index('<input type="checkbox"') :].partition(">")[0]
    assert 'name="einverstanden"' in box
    assert "checked" not in box
    assert "Nach 30 Tagen löscht er sie." in html
    assert "Gezählt wird nur" in html
    for message in (URGENT, "hallo"):
        assert "War das hilfreich?" not in counted.client.post("/chat", data={"frage": message}).text


def test_without_a_place_for_comments_it_asks_for_none(client: TestClient) -> None:
    html = client.post("/chat", data={"frage": ANSWERED}).text
    assert "War das hilfreich?" in html
    assert "bemerkung" not in html
    assert "Gezählt wird" not in html


@pytest.fixture
def form(counted: Counted) -> dict[str, str]:
    """The form below an answer, nothing filled in but the comment."""
    return {"bewertet": str(counted.ask(ANSWERED)["state"]), "bemerkung": "Die Antwort war gut.", "hilfreich": "ja"}


def test_a_comment_from_the_page(counted: Counted, form: dict[str, str]) -> None:
    response = counted.client.post("/chat/rueckmeldung", data={**form, "einverstanden": "ja"})
    assert response.status_code == 200
    assert "Vielen Dank für Ihre Rückmeldung.</p>" in response.text
    assert f'name="stand" value="{form["bewertet"]}"' in response.text  # the conversation goes on
    found = counted.read()
    assert [c.text for c in found.comments] == ["Die Antwort war gut."]
    assert found.topics[0].helpful == 1


def test_a_comment_without_the_tick_is_not_kept_and_the_page_says_so(counted: Counted, form: dict[str, str]) -> None:
    response = counted.client.post("/chat/rueckmeldung", data=form)
    assert "Ihre Bemerkung haben wir nicht behalten: Dafür fehlt Ihr Häkchen." in response.text
    found = counted.read()
    assert (found.comments, found.topics[0].helpful) == ((), 1)


def test_a_word_of_thanks_for_a_press_alone(counted: Counted, form: dict[str, str]) -> None:
    response = counted.client.post("/chat/rueckmeldung", data={**form, "bemerkung": "", "hilfreich": "nein"})
    assert "Vielen Dank für Ihre Rückmeldung.</p>" in response.text
    assert counted.read().topics[0].unhelpful == 1


@pytest.mark.parametrize(
    ("data", "status"),
    [({}, 400), ({"bewertet": "k1.x.y"}, 400), ({"bewertet": "x" * 9000}, 400), ({"bemerkung": "x" * 30000}, 413)],
)
def test_a_form_that_is_wrong_says_so(counted: Counted, data: dict[str, str], status: int) -> None:
    response = counted.client.post("/chat/rueckmeldung", data={"hilfreich": "ja", **data})
    assert response.status_code == status
    if status == 400:
        assert 'role="alert"' in response.text
    assert counted.read().topics == ()


# nothing fails, nothing waits


@pytest.mark.parametrize("pragma", ["query_only = ON", "max_page_count = 1"], ids=["read-only", "full"])
def test_a_disk_that_is_full_or_read_only_fails_no_reply(
    counted: Counted, pragma: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    prepare = database._prepare_sqlite

    def broken(connection: Any, record: object) -> None:
        prepare(connection, record)
        connection.execute(f"PRAGMA {pragma}")

    counted.ask(ANSWERED)
    counted.read()
    monkeypatch.setattr(database, "_prepare_sqlite", broken)
    counted.recorder._engine = None  # the next transaction opens it anew
    for i in range(300):
        counted.recorder.add(Replied(DAY, f"topic-{i:0>200}", "answer", "de"))
    state = counted.ask(ANSWERED)["state"]
    counted.judge(state, comment="Die Antwort war gut.", consent=True)
    assert counted.recorder.flush()
    assert "counts cannot be stored: OperationalError" in caplog.text
    monkeypatch.setattr(database, "_prepare_sqlite", prepare)
    assert counted.read().replies == 302


@pytest.mark.parametrize("part", ["find_wording", "redact"])
def test_an_error_in_counting_is_logged_without_its_words(
    counted: Counted, part: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise ValueError("Zwetschgenkuchen")

    monkeypatch.setattr(counting, part, fail)
    reply = counted.ask(ANSWERED)
    assert reply["topics"] == ["kita-beitrag"]
    counted.judge(reply["state"], comment="Die Antwort war gut.", consent=True)
    assert [r.levelno for r in caplog.records if "counting failed: ValueError" in r.getMessage()] == [logging.ERROR]
    assert "Zwetschgenkuchen" not in caplog.text


def test_a_slow_database_delays_no_reply(counted: Counted, monkeypatch: pytest.MonkeyPatch) -> None:
    held, go = Event(), Event()

    def slow(*_: object) -> None:
        held.set()
        go.wait(30)

    monkeypatch.setattr(writing, "write", slow)
    counted.ask(ANSWERED)
    assert counted.recorder.flush(0.0) is False
    assert held.wait(30)
    assert counted.ask(ANSWERED)["kind"] == "answer"  # while the thread hangs
    assert not go.is_set()
    go.set()


# settings


def test_it_counts_in_a_file_of_its_own_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert load_settings({}).database_url == f"sqlite:///{tmp_path}/familienbot/counts.sqlite3"
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert load_settings({}).database_url == f"sqlite:///{tmp_path}/.local/state/familienbot/counts.sqlite3"
    for off in ("off", "aus", "0", " OFF "):
        assert load_settings({"FAMILIENBOT_DATABASE_URL": off}).database_url == ""
    given = {"FAMILIENBOT_DATABASE_URL": "postgres://a:geheim@b/c"}
    assert load_settings(given).database_url == "postgresql://a:geheim@b/c"
    assert "geheim" not in repr(load_settings(given))


def test_a_home_that_nobody_has_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless(*_: object) -> Path:
        raise RuntimeError

    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    monkeypatch.setattr(Path, "home", homeless)
    assert load_settings({"FAMILIENBOT_CACHE": "/tmp/x"}).database_url.startswith("sqlite:////dev/null/")
