"""The language of the safety rules: order, gaps, neighbours, alternatives, classes, prefixes, exceptions, distance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.compiling import build_emergencies, read
from bot.content.models import EmergencyRule, EmergencyRules
from bot.matching.emergency import (
    GAP,
    TOPIC_LEAD,
    WITHIN,
    Alarm,
    Emergencies,
    RuleCompiler,
    choose_alarm,
    find_emergency,
    rule_words,
)
from bot.model import Analysis, Token
from bot.pipeline import Bot

CLASSES = {
    "kind": ("kind", "baby", "sohn"),
    "gewalt": ("schlägt", "würgt", "prügel*"),
    "alle": ("<kind>", "oma"),
    "post": ("e-mail",),
}


def said(text: str) -> Analysis:
    """The words of the text, none of them repaired."""
    tokens = tuple(Token(w, w, w) for w in text.split())
    return Analysis(text=text, sentences=(tokens,), core=tokens)


def compiled(*rules: EmergencyRule, silent: tuple[str, ...] = ()) -> Emergencies:
    compiler = RuleCompiler()
    ready = [compiler.rule(rule, CLASSES) for rule in rules]
    return compiler.finish(ready, [compiler.pattern(p, CLASSES) for p in silent])


def alarm_of(analysis: Analysis, emergencies: Emergencies) -> Alarm | None:
    """The most urgent alarm."""
    return next(iter(find_emergency(analysis, emergencies).alarms), None)


def rule(*patterns: str, name: str = "r", **more: Any) -> EmergencyRule:
    return EmergencyRule(id=name, topic="notlage", situation="akut", all=patterns, **more)


def fires(text: str, *patterns: str, **more: Any) -> bool:
    return alarm_of(said(text), compiled(rule(*patterns, **more))) is not None


@pytest.mark.parametrize(
    "pattern, text, expected",
    [
        # order
        ("atmet nicht", "er atmet nicht", True),
        ("atmet nicht", "nicht er atmet", False),
        ("atmet nicht", "er atmet", False),
        # the gap
        ("atmet nicht", "atmet a b c nicht", True),
        ("atmet nicht", "atmet a b c d nicht", False),
        ("a b c", "a x x x b x x x c", True),
        # neighbours
        ("atmet +nicht", "atmet nicht", True),
        ("atmet +nicht", "atmet gar nicht", False),
        ("atmet +nicht", "atmet gar atmet nicht", True),
        ("a b +c", "a b c", True),
        ("a b +c", "a b x b c", True),  # the second b is the one that counts
        ("a b c +d", "a b x c b x x c d", True),
        ("a b +c", "a b x b x c", False),
        ("a b +c", "a x x x x b c", False),
        # hyphens: messages are split there
        ("e-mail", "eine e mail", True),
        ("e-mail", "mail e", False),
        ("e-mail", "e x mail", False),
        ("e-mail", "mail", False),
        ("kein e-mail +mehr", "kein x x x e mail mehr", True),
        ("kein +e-mail mehr", "kein x e mail mehr", False),
        ("brief|e-mail|fax weg", "e mail ist weg", True),
        ("brief|e-mail|fax weg", "brief ist weg", True),
        ("brief|e-mail|fax weg", "mail ist weg", False),
        ("e-mail* weg", "e mails weg", True),
        ("<post> weg", "e mail weg", True),
        ("<post> weg", "email weg", True),
        ("<post> weg", "mail weg", True),
        ("<post> weg", "e weg", False),
        ("brief /  / fax", "fax", True),
        ("brief /  / fax", "mail", False),
        # pictures
        ("😂|witz weg", "witz weg", True),
        ("😂", "witz", False),
        # alternatives
        ("atmet|hustet nicht", "hustet nicht", True),
        ("atmet|hustet nicht", "lacht nicht", False),
        ("atmet nicht / ist tot", "ist tot", True),
        ("atmet nicht / ist tot", "atmet tot", False),
        # classes, alone, among others, and in another class
        ("<kind> weg", "baby ist weg", True),
        ("<kind> weg", "oma ist weg", False),
        ("<kind>|oma weg", "oma ist weg", True),
        ("<alle> weg", "sohn ist weg", True),
        ("<alle> weg", "oma weg", True),
        # prefixes
        ("prügel*", "prügelei", True),
        ("prügel*", "verprügelt", False),
        ("<gewalt>", "prügelte", True),
        ("prügel*", "prugelei", True),
        # umlauts
        ("schlägt", "schlagt", True),
        ("schlägt", "schlaegt", True),
        ("SCHLÄGT", "schlägt", True),
        ("schlägt", "schlag", False),
    ],
)
def test_pattern(pattern: str, text: str, expected: bool) -> None:
    assert fires(text, pattern) is expected


@given(st.lists(st.sampled_from("abcx"), max_size=10).map(" ".join))
def test_a_pattern_is_found_wherever_it_stands(text: str) -> None:
    words = text.split()
    expected = any(
        words[i] == "a" and words[j] == "b" and words[j + 1 : j + 2] == ["c"]
        for i in range(len(words))
        for j in range(i + 1, min(len(words), i + GAP + 2))
    )
    assert fires(text, "a b +c") is expected


def test_a_word_with_a_hyphen_counts_in_exceptions_and_settings() -> None:
    assert not fires("weg war die e mail", "weg", unless=("brief|e-mail",))
    assert fires("weg war die mail", "weg", unless=("brief|e-mail",))
    assert find_emergency(said("die e mail"), compiled(rule("weg"), silent=("e-mail",))).harmless_setting


def test_the_gap_is_as_long_as_it_says() -> None:
    assert fires(" ".join(["a", *("x" * GAP), "b"]), "a b")
    assert not fires(" ".join(["a", *("x" * (GAP + 1)), "b"]), "a b")


def test_all_patterns_must_be_found_in_any_order() -> None:
    assert fires("er schlägt mein kind", "<kind>", "<gewalt>")
    assert fires("mein kind schlägt er", "<kind>", "<gewalt>")
    assert not fires("mein kind lacht", "<kind>", "<gewalt>")


def test_ordered_patterns_must_be_found_in_their_order() -> None:
    assert fires("mein kind schlägt er", "<kind>", "<gewalt>", ordered=True)
    assert not fires("er schlägt mein kind", "<kind>", "<gewalt>", ordered=True)


def test_an_ordered_pattern_begins_behind_the_end_of_the_one_before() -> None:
    assert not fires("mein kind schlägt nicht", "kind nicht", "schlägt", ordered=True)
    assert fires("mein kind nicht schlägt", "kind nicht", "schlägt", ordered=True)


def test_patterns_must_stand_near_each_other() -> None:
    text = "kind a b c d schlägt"
    assert fires(text, "kind", "schlägt", within=5)
    assert not fires(text, "kind", "schlägt", within=4)


def test_without_a_distance_the_usual_one_holds() -> None:
    assert fires(" ".join(["kind", *("x" * (WITHIN - 1)), "schlägt"]), "kind", "schlägt")
    assert not fires(" ".join(["kind", *("x" * WITHIN), "schlägt"]), "kind", "schlägt")


def test_a_near_pair_is_found_beside_a_far_one() -> None:
    assert fires("kind a b c d e f kind schlägt", "kind", "schlägt", within=2)
    assert fires("schlägt a b c d e f kind schlägt", "kind", "schlägt", within=2)


def test_three_patterns_are_near_as_a_whole() -> None:
    assert fires("a x b x c", "a", "b", "c", within=4)
    assert not fires("a x b x c", "a", "b", "c", within=3)


def test_one_word_is_not_two() -> None:
    assert not fires("mein freund", "mann|freund", "freund|vater")
    assert fires("der mann und der freund", "mann|freund", "freund|vater")
    assert not fires("kind kind", "kind", "kind", "kind")


@pytest.mark.parametrize("unless", ["film", "im film", "buch / film", "<kind>", "fil*"])
def test_an_exception_keeps_the_rule_silent_wherever_it_stands(unless: str) -> None:
    assert fires("er würgt sie im wald", "würgt", unless=(unless,))
    assert not fires("mein kind sah er würgt sie im film", "würgt", unless=(unless,))


def test_the_first_rule_that_fires_decides() -> None:
    first, second = rule("kind", name="first"), rule("kind weg", name="second")
    names = []
    for order in ((first, second), (second, first)):
        alarm = alarm_of(said("kind weg"), compiled(*order))
        assert alarm is not None
        names.append(alarm.rule)
    assert names == ["first", "second"]


def test_all_rules_that_fire_are_told_most_urgent_first() -> None:
    emergencies = compiled(rule("weg", name="a"), rule("oma", name="b"), rule("kind", name="c"))
    assert [a.rule for a in find_emergency(said("kind ist weg"), emergencies).alarms] == ["a", "c"]


FIRST, SECOND = Alarm("gefahr", "akut", "a"), Alarm("krise", "suizid", "b", "en")


@pytest.mark.parametrize(
    "scores, chosen",
    [
        ({}, FIRST),  # nothing ranked: the most urgent
        ({"gefahr": 0.1, "krise": 0.1}, FIRST),
        ({"gefahr": 0.1, "krise": 0.2}, SECOND),  # among the rules that fired the ranking says which
        ({"gefahr": 0.1, "krise": -0.2, "andere": 0.1 + TOPIC_LEAD / 2}, FIRST),  # no lead against both
        ({"gefahr": 0.0, "krise": -0.2, "andere": TOPIC_LEAD}, Alarm("andere", None, "a")),  # only its topic is known
    ],
)
def test_the_ranking_says_which_emergency_it_is(scores: dict[str, float], chosen: Alarm) -> None:
    assert choose_alarm((FIRST, SECOND), scores) == chosen


def test_an_alarm_says_what_it_is_about() -> None:
    found = alarm_of(said("hilfe"), compiled(rule("hilfe", name="sos", lang="en")))
    assert found is not None
    assert (found.topic, found.situation, found.rule, found.lang) == ("notlage", "akut", "sos", "en")


def test_nothing_is_said_in_no_words() -> None:
    finding = find_emergency(said(""), compiled(rule("hilfe"), silent=("film",)))
    assert finding.alarms == ()
    assert not finding.harmless_setting


def test_a_harmless_setting_is_seen_but_hides_no_alarm() -> None:
    emergencies = compiled(rule("hilfe"), silent=("im film",))
    assert find_emergency(said("das war im film"), emergencies).harmless_setting
    assert not find_emergency(said("ein film im wald"), emergencies).harmless_setting
    assert alarm_of(said("hilfe im film"), emergencies) is not None


@pytest.mark.parametrize(
    "token",
    [
        Token("x", "würgt", "x"),
        Token("x", "x", "würgt"),
        Token("x", "x", "x", ("hand", "würgt")),
    ],
)
def test_a_word_counts_as_typed_as_repaired_in_its_base_form_and_by_its_last_part(token: Token) -> None:
    emergencies = compiled(rule("würgt"))
    assert alarm_of(Analysis(text="x", sentences=((token,),)), emergencies) is not None


def test_the_first_part_of_a_compound_is_not_the_word() -> None:
    token = Token("kindergarten", "kindergarten", "kindergarten", ("kind", "garten"))
    assert alarm_of(Analysis(text="", sentences=((token,),)), compiled(rule("kind"))) is None


def test_a_pattern_may_reach_over_sentences() -> None:
    tokens = said("mein kind schlägt um sich").tokens
    analysis = Analysis(text="", sentences=(tokens[:2], tokens[2:]))
    assert alarm_of(analysis, compiled(rule("kind schlägt"))) is not None


def test_an_unknown_class_is_an_error_of_the_rule_alone(small_bot: Bot) -> None:
    with pytest.raises(KeyError):
        compiled(rule("<gibtsnicht>"))
    broken = EmergencyRules(rules=(rule("<gibtsnicht>"), rule("hilfe", name="good")))
    emergencies = build_emergencies(small_bot.content.model_copy(update={"emergency_rules": (broken,)}))
    assert [r.id for r in emergencies.rules] == ["good"]


def test_rule_words_are_the_whole_words() -> None:
    words = rule_words(["atmet|hustet +nicht / <kind> weg", "prügel*"], {"kind": ("baby", "säug*")})
    assert words == {"atmet", "hustet", "nicht", "weg", "baby"}


@pytest.mark.parametrize(
    "message",
    [
        "Mein Kind atmet nicht",
        "mein KIND ATMET NICHT!!!",
        "mein kimd atmet nicht",
        "mein kind atmmet nicht",
        "mein kind atmet niht",
        "Hilfe. Meine Töchter atmet nicht",
        "meine tochtr atmet gar nicht mehr",
        "baby... atmet... nicht...",
        "Mein Baby\natmet nicht",
    ],
)
def test_a_typo_in_a_word_of_a_rule_is_mended(message: str, small_bot: Bot) -> None:
    alarm = alarm_of(read(message, small_bot.language), small_bot.emergencies)
    assert alarm is not None
    assert alarm.rule == "atmet-nicht"


@pytest.mark.parametrize("message", ["Mein Kind lernt lesen", "Der Teig atmet nicht", "Was kostet die Kita?", ""])
def test_no_alarm(message: str, small_bot: Bot) -> None:
    assert alarm_of(read(message, small_bot.language), small_bot.emergencies) is None


WORDS = st.lists(st.sampled_from(("kind", "schlägt", "film", "nicht", "x")), max_size=12).map(" ".join)


@given(WORDS, WORDS)
def test_what_is_said_besides_takes_no_alarm_away(text: str, more: str) -> None:
    emergencies = compiled(rule("kind", "schlägt"))
    if alarm_of(said(text), emergencies) is not None:
        assert alarm_of(said(f"{more} {text} {more}"), emergencies) is not None


@given(WORDS)
def test_a_rule_fires_as_its_definition_says(text: str) -> None:
    words = text.split()
    pairs = [(i, j) for i, a in enumerate(words) for j, b in enumerate(words) if a == "kind" and b == "schlägt"]
    expected = any(abs(i - j) <= 3 for i, j in pairs) and "film" not in words
    assert fires(text, "kind", "schlägt", within=3, unless=("film",)) is expected


def test_the_memory_of_words_changes_nothing(small_bot: Bot) -> None:
    analysis = read("mein kind atmet nicht", small_bot.language)
    fresh: Mapping[str, Any] = {"kept": {}}
    assert find_emergency(analysis, replace(small_bot.emergencies, **fresh)) == find_emergency(
        analysis, small_bot.emergencies
    )
