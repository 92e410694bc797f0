"""Where wording is thin: each list on examples made by hand, and the whole on the small town."""

from __future__ import annotations

import json
from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console
from typer.testing import CliRunner

from bot.__main__ import app
from bot.compiling import read
from bot.content.models import Aspect
from bot.desk.figures import Share
from bot.desk.gaps import (
    LISTED,
    AlarmWord,
    Gaps,
    Leaning,
    Slip,
    as_data,
    describe,
    find_alarm_words,
    find_gaps,
    find_leaning,
    find_reach,
    find_repeats,
    find_thin_sides,
    find_unknown_words,
    of_topic,
)
from bot.desk.utterances import training_rows
from bot.matching.training import Example
from bot.model import Analysis
from bot.pipeline import Bot
from bot.settings import Settings
from tests.conftest import SMALL

NOTHING = Analysis("", ())


def examples(*rows: tuple[str, str]) -> list[Example]:
    """Utterances with their class, as nobody has read them."""
    return [Example(text, NOTHING, label, None) for text, label in rows]


def words(*texts: str) -> list[frozenset[str]]:
    return [frozenset(text.split()) for text in texts]


@pytest.fixture(scope="module")
def gaps(small_bot: Bot) -> Gaps:
    """All gaps of the small town."""
    return find_gaps(small_bot)


def described(found: Gaps, bot: Bot, topic: str | None = None, width: int = 160) -> str:
    out = StringIO()
    describe(found, bot, Console(file=out, width=width, highlight=False), topic)
    return out.getvalue()


# each list


def test_the_topic_that_is_lost_most_stands_first_with_where_its_utterances_go() -> None:
    rows = examples(("a1", "a"), ("a2", "a"), ("b1", "b"), ("b2", "b"), ("b3", "b"), ("m", "~m"), ("n", "~n"))
    found = find_reach(rows, ["a", "b", "a", "~m", "a", "~n", "b"])
    assert [(r.topic, r.right) for r in found] == [
        ("b", Share(0, 3)),
        ("~n", Share(0, 1)),
        ("a", Share(1, 2)),
        ("~m", Share(1, 1)),  # another office's matter is refused as well
    ]
    assert found[0].slips == (Slip("a", Share(2, 3), ("b1", "b3")), Slip("~m", Share(1, 3), ("b2",)))


def test_a_topic_leans_on_the_word_that_nobody_else_has() -> None:
    rows = examples(*((str(i), "wolke") for i in range(5)), ("5", "sonne"), ("6", "sonne"), ("7", "~matter"))
    has = words("wolke grau", "wolke weich", "wolke", "himmel", "himmel grau", "grau himmel", "himmel", "matter")
    found = find_leaning(rows, has, ["wolke", "wolke", "sonne", "sonne", "wolke", "sonne", "sonne", "~matter"])
    assert found == (Leaning("wolke", "wolke", Share(3, 5), Share(2, 3), Share(1, 2)),)


def test_an_utterance_without_a_word_of_its_own_is_a_repeat() -> None:
    texts = ("Was kostet ein Kitaplatz im Monat?", "was kostet ein kitaplatz", "was kostet der hort", "Kitaplatz")
    rows = examples(*((text, "kita") for text in texts[:3]), (texts[1] + "?", "hort"), (texts[3], "kita"))
    has = words(*(row.text.lower().rstrip("?") for row in rows))
    (found,) = find_repeats(rows, has)
    assert (found.topic, found.utterance, found.of) == ("kita", texts[1], texts[0])
    assert 0.55 <= found.similarity < 1


def test_an_everyday_word_that_only_emergencies_have_needs_a_look_alike(small_bot: Bot) -> None:
    rows = examples(*((text, "gefahr") for text in "abc"), ("d", "kita"))
    has = words("pfanne herd", "pfanne herd", "pfanne xqzk herd", "herd")
    assert find_alarm_words(rows, has, (), frozenset({"gefahr"})) == (AlarmWord("pfanne", 3, ("gefahr",)),)
    look_alike = [read("Eine Pfanne", small_bot.language)]
    assert find_alarm_words(rows, has, look_alike, frozenset({"gefahr"})) == ()
    assert find_alarm_words(rows[:2], has[:2], (), frozenset({"gefahr"})) == ()


def test_a_side_that_nobody_asks_for_is_thin(small_bot: Bot) -> None:
    content = small_bot.content
    entry = content.entries["kita-anmeldung"]
    found = find_thin_sides(content)
    assert list(found) == sorted(found, key=lambda r: r.utterances)
    for row in found:
        assert content.entries[row.topic].aspects[Aspect(row.aspect)].see is None
        assert row.utterances == len(content.intents[row.topic].utterances.get(Aspect(row.aspect), ())) < 3
    answered = {a.value for a, text in entry.aspects.items() if text.see is None}
    thin = {r.aspect for r in found if r.topic == "kita-anmeldung"}
    assert answered - thin == {
        a for a in answered if len(content.intents[entry.topic].utterances.get(Aspect(a), ())) > 2
    }
    assert "documents" in thin


def test_words_that_no_table_knows(small_bot: Bot) -> None:
    texts = (
        "Was kostet die Schnurpselkita?",
        "Schnurpselkita bezahlen",
        "wo gibt es kitaplätze",
        "kiga in 44627 Altstadt",
    )
    rows = [Example(t, read(t, small_bot.language), "kita-beitrag", None) for t in texts]
    (found,) = find_unknown_words(rows, small_bot)
    assert (found.word, found.times, found.topics) == ("schnurpselkita", 2, ("kita-beitrag",))
    assert found.utterance == "Schnurpselkita bezahlen"


# the whole


def test_every_utterance_is_held_out_once(gaps: Gaps, small_bot: Bot) -> None:
    rows = training_rows(small_bot.content)
    assert sum(gaps.utterances.values()) == len(rows)
    assert {r.topic: r.right.of for r in gaps.reach} == gaps.utterances
    for row in gaps.reach:
        assert row.right.of == row.right.hits + sum(s.share.hits for s in row.slips)
        assert all(len(s.examples) == s.share.hits for s in row.slips)
    assert list(gaps.utterances.values()) == sorted(gaps.utterances.values())


def test_emergencies_and_look_alikes_are_judged(gaps: Gaps, small_bot: Bot) -> None:
    (row,) = gaps.alarms
    assert row.topic == "medizinischer-notfall"
    assert row.rule.of == row.found.of == row.safe.of == gaps.utterances[row.topic]
    assert row.rule.hits <= row.found.hits <= row.safe.hits == row.safe.of - len(row.missed)
    alike, ordinary = gaps.false_alarms
    assert (alike.alarms.of, ordinary.alarms.of) == (
        len(small_bot.content.harmless),
        sum(n for label, n in gaps.utterances.items() if label != row.topic),
    )
    for false in gaps.false_alarms:
        assert len(false.examples) == false.alarms.hits
        assert false.rule.hits <= false.alarms.hits


def test_the_same_bot_has_the_same_gaps(gaps: Gaps, small_bot: Bot) -> None:
    assert find_gaps(small_bot) == gaps


def test_one_topic_has_its_own_gaps_and_what_others_send_to_it(gaps: Gaps) -> None:
    found = of_topic(gaps, "kita-beitrag")
    assert set(found.utterances) == {"kita-beitrag"}
    for row in found.reach:
        assert row.topic == "kita-beitrag" or {s.to for s in row.slips} == {"kita-beitrag"}
    assert {r.topic for r in found.sides} | {r.topic for r in found.repeats} <= {"kita-beitrag"}
    assert (found.alarms, found.false_alarms) == ((), ())


def test_as_data_everything_is_there(gaps: Gaps) -> None:
    data = as_data(gaps)
    assert json.loads(json.dumps(data)) == data
    assert len(data["reach"]) == len(gaps.reach)
    assert data["alarms"][0]["found"].keys() == {"hits", "of", "share", "low", "high"}


def test_in_words_each_table_says_what_to_do(gaps: Gaps, small_bot: Bot) -> None:
    text = described(gaps, small_bot)
    assert text.startswith(f"{sum(gaps.utterances.values())} Beispielfragen zu allen Themen")
    for title in ("Themen mit den wenigsten Fragen", "Notlagen, ohne sich selbst gelernt", "Fehlalarme"):
        assert title in text
    assert "Mindestens 40; was oft gefragt wird, braucht mehr." in text


def test_long_tables_are_cut_and_one_topic_is_shown_whole(gaps: Gaps, small_bot: Bot) -> None:
    rows = tuple(AlarmWord(f"wort{i}", 3, ("[red]gefahr",)) for i in range(LISTED + 5))
    many = replace(gaps, alarm_words=rows)
    text = described(many, small_bot)
    assert f"Dies sind {LISTED} von {LISTED + 5}, --json zeigt alle." in text
    assert f"wort{LISTED}" not in text
    assert "[red]gefahr" in text
    assert f"wort{LISTED + 4}" in described(many, small_bot, "gefahr")


def test_too_few_utterances_for_a_cross_validation(gaps: Gaps, small_bot: Bot) -> None:
    empty = replace(gaps, reach=(), leaning=(), alarms=(), false_alarms=())
    text = described(empty, small_bot)
    assert "Zu wenige Beispielfragen für eine Gegenprobe." in text
    assert "Verwechslungen" not in text
    kept = {"kindergeld": small_bot.content.intents["kindergeld"]}
    few = small_bot.content.model_copy(update={"intents": kept, "neighbour_intents": {}})
    few_gaps = find_gaps(replace(small_bot, content=few))
    assert few_gaps.utterances == {"kindergeld": 5}


# the command


@pytest.fixture
def _small_town(small_bot: Bot, small_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAMILIENBOT_KNOWLEDGE", str(SMALL / "knowledge"))
    monkeypatch.setenv("FAMILIENBOT_INTENTS", str(SMALL / "intents"))
    monkeypatch.setenv("FAMILIENBOT_CACHE", str(small_settings.cache))


@pytest.mark.usefixtures("_small_town")
def test_the_command_ends_with_0(gaps: Gaps) -> None:
    shown = CliRunner().invoke(app, ["gaps"])
    assert (shown.exit_code, "Beispielfragen zu allen Themen" in shown.stdout) == (0, True)
    data = CliRunner().invoke(app, ["gaps", "--json"])
    assert (data.exit_code, json.loads(data.stdout)) == (0, as_data(gaps))
    one = CliRunner().invoke(app, ["gaps", "--topic", "kita-beitrag", "--json"])
    assert (one.exit_code, json.loads(one.stdout)) == (0, as_data(of_topic(gaps, "kita-beitrag")))


@pytest.mark.usefixtures("_small_town")
def test_a_topic_without_utterances_is_refused() -> None:
    result = CliRunner().invoke(app, ["gaps", "--topic", "kita-beitrg"])
    assert result.exit_code == 2
    assert "Meinten Sie „kita-beitrag“?" in " ".join(result.stderr.split())
