"""What is written, what of it is shown, and when it is gone; with SQLite and with PostgreSQL."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DatabaseError

from bot.storage import writing
from bot.storage.database import is_current
from bot.storage.digest import TopicCount, Wording, delete_counts, digest, read_digest
from bot.storage.events import COMMENT_DAYS, Judged, Replied, Unanswered, quarter_of
from bot.storage.tables import FEEDBACK, METADATA, RARE_WORDINGS, REPLIES, WORDINGS
from bot.storage.writing import delete_all, expire, hash_of, write

DAY = date(2026, 11, 22)
SECRET = "s" * 32
PONY = ("pony", "reiten")
FIFTY = """
import sys
from datetime import date
from bot.storage.database import open_database
from bot.storage.events import Replied, Unanswered
from bot.storage.writing import write
engine, day = open_database(sys.argv[1]), date(2026, 11, 22)
for _ in range(25):
    write(engine, [Replied(day, "kita", "answer", "de"), Unanswered(day, ("pony",))], "s" * 32)
"""


def dump(engine: Engine) -> str:
    """Everything that stands in the tables."""
    with engine.connect() as connection:
        rows = [tuple(map(str, row)) for t in METADATA.sorted_tables for row in connection.execute(select(t))]
    return "\n".join(map(repr, rows))


def ask(engine: Engine, times: int, words: tuple[str, ...] = PONY, day: date = DAY, secret: str = SECRET) -> None:
    for _ in range(times):
        write(engine, [Unanswered(day, words)], secret)


def test_replies_and_feedback_are_counted_by_day(engine: Engine) -> None:
    reply = Replied(DAY, "kita-beitrag", "answer", "de")
    write(
        engine, [reply, reply, Replied(DAY, "-", "fallback", "de"), Judged(DAY, "kita-beitrag", helpful=True)], SECRET
    )
    write(engine, [reply, Replied(DAY - timedelta(days=1), "sprache", "answer", "tr")], SECRET)
    write(engine, [Judged(DAY, "kita-beitrag", helpful=False), Judged(DAY, "ogs", helpful=False)], SECRET)
    found = read_digest(engine, DAY - timedelta(days=29), DAY)
    assert (found.replies, found.unanswered) == (5, 1)
    assert found.kinds == (("answer", 4), ("fallback", 1))
    assert found.langs == (("de", 4), ("tr", 1))
    assert found.topics == (
        TopicCount("kita-beitrag", 3, 1, 1),
        TopicCount("sprache", 1, 0, 0),
        TopicCount("ogs", 0, 0, 1),
    )
    assert read_digest(engine, DAY, DAY).replies == 4
    assert read_digest(engine, DAY + timedelta(days=1), DAY + timedelta(days=1)).replies == 0


def test_no_table_has_a_time_or_an_id_of_anyone() -> None:
    columns = {c.name: c.type.python_type for t in METADATA.sorted_tables for c in t.columns}
    assert set(columns) == {
        "day", "topic", "kind", "lang", "count", "helpful", "quarter", "hash", "words", "comment", "id"
    }  # fmt: skip
    assert columns["day"] is date


def test_a_wording_is_known_from_the_fifth_on(engine: Engine) -> None:
    ask(engine, 4)
    four = dump(engine)
    assert "pony" not in four
    assert "reiten" not in four
    found = read_digest(engine, DAY, DAY)
    assert (found.wordings, found.rare) == ((), 4)
    ask(engine, 1)
    found = read_digest(engine, DAY, DAY)
    assert found.wordings == (Wording("pony reiten", "2026-4", 5),)
    assert found.rare == 0
    assert hash_of(PONY, "2026-4", SECRET) not in dump(engine)
    ask(engine, 2)
    assert read_digest(engine, DAY, DAY).wordings == (Wording("pony reiten", "2026-4", 7),)


def test_five_in_one_batch_are_five(engine: Engine) -> None:
    write(engine, [Unanswered(DAY, PONY)] * 5 + [Unanswered(DAY, ("zirkus",))] * 4, SECRET)
    found = read_digest(engine, DAY, DAY)
    assert (found.wordings, found.rare) == ((Wording("pony reiten", "2026-4", 5),), 4)
    assert "zirkus" not in dump(engine)


def test_a_hash_needs_its_key_and_its_quarter(engine: Engine) -> None:
    found = {
        hash_of(PONY, "2026-4", SECRET), hash_of(PONY, "2027-1", SECRET), hash_of(PONY, "2026-4", "t" * 32),
        hash_of(("ponyreiten",), "2026-4", SECRET),
    }  # fmt: skip
    assert len(found) == 4
    ask(engine, 4, day=date(2026, 12, 31))
    ask(engine, 4, day=date(2027, 1, 1))
    ask(engine, 4, secret="t" * 32)  # after a restart with another key, counting begins again
    assert read_digest(engine, DAY, date(2027, 1, 1)).wordings == ()


def test_wordings_of_every_quarter_of_the_span(engine: Engine) -> None:
    ask(engine, 5, day=date(2026, 12, 31))
    ask(engine, 6, day=date(2027, 1, 1))
    assert [w.quarter for w in read_digest(engine, date(2026, 12, 3), date(2027, 1, 1)).wordings] == [
        "2027-1",
        "2026-4",
    ]
    assert [w.quarter for w in read_digest(engine, date(2027, 1, 1), date(2027, 1, 2)).wordings] == ["2027-1"]


def test_a_comment_lives_thirty_days(engine: Engine) -> None:
    write(engine, [Judged(DAY, "ogs", helpful=False, comment="Die Frist fehlt.")], SECRET)
    assert [(c.topic, c.helpful, c.text) for c in read_digest(engine, DAY, DAY).comments] == [
        ("ogs", False, "Die Frist fehlt.")
    ]
    assert expire(engine, DAY + timedelta(days=COMMENT_DAYS - 1)) == 0
    assert "Frist" in dump(engine)
    late = DAY + timedelta(days=COMMENT_DAYS)
    assert read_digest(engine, DAY, late).comments == ()  # even where nobody deleted it yet
    assert expire(engine, late) == 1
    assert "Frist" not in dump(engine)
    assert read_digest(engine, DAY, late).topics == (TopicCount("ogs", 0, 0, 1),)


def test_what_is_old_goes(engine: Engine) -> None:
    old = DAY - timedelta(days=900)
    for day in (old, DAY - timedelta(days=100), DAY):
        write(engine, [Replied(day, "ogs", "answer", "de"), Judged(day, "ogs", helpful=True)], SECRET)
        ask(engine, 5, day=day)
        ask(engine, 3, ("zirkus",), day)
    expire(engine, DAY)
    with engine.connect() as connection:
        for table in (REPLIES, FEEDBACK):
            assert old not in connection.scalars(select(table.c.day)).all()
        assert connection.scalars(select(RARE_WORDINGS.c.quarter)).all() == ["2026-4"]
        assert sorted(connection.scalars(select(WORDINGS.c.quarter))) == ["2026-3", "2026-4"]


def test_nobody_fills_the_disk(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "MOST_COMMENTS", 3)
    monkeypatch.setattr(writing, "MOST_RARE", 3)
    for _ in range(2):
        write(engine, [Judged(DAY, "ogs", helpful=True, comment=f"Nummer {i}") for i in range(2)], SECRET)
    for words in (("eins",), ("zwei",), ("drei",), ("vier",)):
        ask(engine, 1, words)
    ask(engine, 4, ("eins",))
    found = read_digest(engine, DAY, DAY)
    assert (len(found.comments), found.topics[0].helpful) == (3, 4)
    assert ([w.words for w in found.wordings], found.rare) == (["eins"], 2)
    ask(engine, 1, ("vier",))  # there is room again
    assert read_digest(engine, DAY, DAY).rare == 3


def test_all_can_be_deleted(engine: Engine, url: str) -> None:
    for url_of in (None, url):
        write(engine, [Judged(DAY, "ogs", helpful=True, comment="gut"), Replied(DAY, "ogs", "answer", "de")], SECRET)
        ask(engine, 7)
        assert dump(engine) != ""
        if url_of is None:
            delete_all(engine)
        else:
            delete_counts(url_of)
        assert dump(engine) == ""
    assert is_current(engine)
    assert digest(url, DAY, DAY).replies == 0


def test_two_processes_lose_no_count(engine: Engine, url: str) -> None:
    root = Path(__file__).parents[2]
    children = [subprocess.Popen([sys.executable, "-c", FIFTY, url], cwd=root) for _ in range(2)]
    assert [child.wait(60) for child in children] == [0, 0]
    found = read_digest(engine, DAY, DAY)
    assert found.replies == 50
    assert (found.wordings, found.rare) == ((Wording("pony", "2026-4", 50),), 0)


def test_a_digest_of_a_database_that_is_new(url: str) -> None:
    found = digest(url, DAY, DAY)
    assert (found.replies, found.topics, found.comments) == (0, (), ())
    assert found.as_data()["first"] == "2026-11-22"


def test_quarters() -> None:
    assert [quarter_of(date(2026, m, 1)) for m in (1, 3, 4, 6, 7, 9, 10, 12)] == [
        "2026-1", "2026-1", "2026-2", "2026-2", "2026-3", "2026-3", "2026-4", "2026-4"
    ]  # fmt: skip


def test_values_stay_out_of_errors(engine: Engine) -> None:
    with engine.connect() as connection, pytest.raises(DatabaseError) as error:
        connection.execute(text("INSERT INTO nowhere VALUES (:words)"), {"words": "Pflaumenmus"})
    assert "Pflaumenmus" not in str(error.value)
