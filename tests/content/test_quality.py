"""Hints about what is correct and could be better, each with its line; and what stays an error among them."""

from __future__ import annotations

import pytest
from textstat import textstat

from bot.content.checks import check
from bot.content.likeness import alike, similarity, trigrams
from bot.content.loading import load
from bot.content.quality import malformed
from bot.content.readability import is_hard, prose, reading_level
from bot.content.rendering import render_text
from bot.settings import ROOT

from .conftest import FACT, TODAY, Change, Town, edited, written

NEW = "knowledge/stadt/facts/neu.yaml"
KINDERGELD = "knowledge/stadt/entries/leistungen/kindergeld.yaml"
BEITRAG = "knowledge/stadt/entries/kita/kita-beitrag.yaml"
NOTFALL = "knowledge/stadt/entries/notfall/medizinischer-notfall.yaml"
LINES = "knowledge/safety/lines.yaml"
RULES = "knowledge/safety/rules.yaml"
TESTS = "knowledge/stadt/entries/kita/kita-beitrag.test.yaml"
OTHER_TESTS = "knowledge/stadt/entries/leistungen/kindergeld.test.yaml"
SHORT = "short: Kindergeld beantragen Sie bei der Familienkasse."


def short(text: str) -> Change:
    return edited(KINDERGELD, SHORT, f'short: "{text}"')


def side(text: str) -> Change:
    return edited(KINDERGELD, "short:", f"aspects:\n  cost:\n    text: {text}\nshort:")


def links(url: str) -> Change:
    return edited(KINDERGELD, "short:", f'links:\n  - label: Seite\n    url: "{url}"\nshort:')


LONG = "Sie gehen hin " + "und sagen es uns " * 6 + "bitte."
HARD = "Antragstellende Erziehungsberechtigte beantragen Familienleistungen grundsätzlich schriftlich. " * 3
CONTRADICTS = "„was kostet das“ soll hier „kita-beitrag“ sein und in"

HINTS: dict[str, tuple[Change, str]] = {
    "a long sentence": (
        side(LONG),
        f"{KINDERGELD}:8: Hinweis: Der Satz „Sie gehen hin und sagen es …“ hat 28 Wörter. "
        "Teilen Sie ihn: höchstens 25, besser 12.",
    ),
    "a long side": (
        side("Sie rufen uns an. " * 80),
        f"{KINDERGELD}:8: Hinweis: Dieser Text hat 1439 Zeichen. "
        "Kürzen Sie auf 1200 oder machen Sie Punkte daraus („list“, „steps“).",
    ),
    "a short answer that is hard to read": (
        short(HARD),
        f"{KINDERGELD}:6: Hinweis: Die kurze Antwort ist schwer zu lesen (Stufe 29,2 von höchstens 9). "
        "Nehmen Sie kürzere Wörter und Sätze, oder schreiben Sie in „hard_because“, warum es so bleibt.",
    ),
    "an address in a text": (
        side("Mehr steht auf www.example.org."),
        f"{KINDERGELD}:8: Hinweis: Die Adresse „www.example.org.“ steht im Text. "
        "Setzen Sie sie unter „links“, mit einem Namen.",
    ),
    "an address without encryption": (
        links("http://example.org/kind"),
        f"{KINDERGELD}:8: Hinweis: „http://example.org/kind“ ist unverschlüsselt. Schreiben Sie https://example.org/kind",
    ),
    "half an address": (
        links("https://example"),
        f"{KINDERGELD}:8: „https://example“ ist keine vollständige Adresse. "
        "Kopieren Sie sie aus der Adresszeile des Browsers.",
    ),
    "a point behind an address": (
        links("https://example.org/kind."),
        f"{KINDERGELD}:8: Die Adresse endet mit „.“. Schreiben Sie https://example.org/kind",
    ),
    "a fact that nothing uses": (
        written(NEW, FACT),
        f"{NEW}:2: Hinweis: Die Tatsache „stadt.neu“ benutzt kein Text. "
        "Nennen Sie sie in „facts“ oder löschen Sie sie.",
    ),
    "a line that nothing names": (
        edited(LINES, "lines:\n", "lines:\n  - {id: neue-hilfe, name: Hilfe, for: Eltern}\n"),
        f"{LINES}:2: Hinweis: Die Hilfe „neue-hilfe“ nennt keine Antwort. "
        "Nennen Sie sie in „lines“ oder löschen Sie sie.",
    ),
    "a situation that no rule finds": (
        edited(
            NOTFALL, "situations:\n", "situations:\n  - {id: sturm, text: Bleiben Sie im Haus., lines: [notruf-112]}\n"
        ),
        f"{NOTFALL}:10: Hinweis: Die Lage „sturm“ erkennt keine Regel. Ergänzen Sie eine in safety/rules.yaml.",
    ),
    "a topic without an entry": (
        edited("knowledge/topics.yaml", "  kindergeld:", "  elterngeld: Wie bekomme ich es?\n  kindergeld:"),
        "knowledge/topics.yaml:5: Hinweis: Zum Thema „elterngeld“ gibt es keinen Eintrag. "
        "Legen Sie entries/…/elterngeld.yaml an.",
    ),
    "a test twice": (
        written(TESTS, "asks:\n  - Was zahle ich?\n  - was zahle ich\n"),
        f"{TESTS}:3: Hinweis: „was zahle ich“ steht schon in Zeile 2. Löschen Sie eine davon.",
    ),
    "a test that another contradicts": (
        written(OTHER_TESTS, "asks:\n  - Was kostet das?\nbelongs_elsewhere: {kita-beitrag: [was kostet das]}\n"),
        f"{OTHER_TESTS}:3: {CONTRADICTS} {OTHER_TESTS}:2 „kindergeld“. "
        "Eine Frage hat eine Antwort: Löschen Sie eine der beiden.",
    ),
    "the same words in another topic": (
        edited(
            "intents/leistungen/kindergeld.yaml", "    - Kindergeld\n", "    - die Kita kostet was\n    - Kindergeld\n"
        ),
        "intents/leistungen/kindergeld.yaml:4: Hinweis: „die Kita kostet was“ hat dieselben Wörter wie "
        "„Was kostet die Kita?“ bei „kita-beitrag“. Fragen Sie hier nach etwas, das nur zu diesem Thema gehört.",
    ),
    "a telephone number by hand": (
        side("Rufen Sie an unter 02323 16-99 99."),
        f"{KINDERGELD}:8: Die Telefonnummer „02323 16-99 99“ steht von Hand im Text. "
        "Tragen Sie sie bei der Stelle ein und verweisen Sie mit {{place:….phone}}.",
    ),
    "a bank account by hand": (
        side("Überweisen Sie auf DE89 3704 0044 0532 0130 00."),
        f"{KINDERGELD}:8: Die Kontonummer „DE89 3704 0044 0532 0130 00“ steht von Hand im Text. "
        "Legen Sie eine Tatsache an und verweisen Sie mit {{fact:…}}.",
    ),
}


@pytest.mark.parametrize("name", HINTS)
def test_a_hint_stands_at_its_line(name: str, town: Town) -> None:
    change, expected = HINTS[name]
    change(town)
    assert expected in town.all_new_problems()


def test_a_topic_without_tests(town: Town) -> None:
    message = "Hinweis: Zum Thema „kindergeld“ gibt es keine Testfragen. Legen Sie daneben kindergeld.test.yaml an."
    assert f"{KINDERGELD}:1: {message}" in town.problems()
    town.write(OTHER_TESTS, "asks:\n  - Wie viel bekomme ich?\n")
    assert f"{KINDERGELD}:1: {message}" not in town.problems()


def test_what_a_base_has_for_others_is_not_unused() -> None:
    loaded = load(ROOT / "examples" / "beispielingen", ROOT / "intents")
    found = [str(p) for p in check(loaded, TODAY) if "benutzt kein Text" in p.message or "keinen Eintrag" in p.message]
    assert [p for p in found if not p.startswith("beispielingen/")] == []


def test_a_hard_answer_may_stay_for_a_reason(town: Town) -> None:
    town.edit(KINDERGELD, SHORT, f'short: "{HARD}"\nhard_because: Es ist ein Muster.')
    assert not [p for p in town.problems() if "schwer zu lesen" in p]


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org",
        "https://www.example.org/a/b?c=1&d=2#e",
        "https://web.archive.org/web/2020/https://example.org/",
        "https://straße.example/ü",
    ],
)
def test_a_sound_address(url: str) -> None:
    assert malformed(url) is None


@pytest.mark.parametrize(
    "url",
    [
        "https://", "https://a..b", "https://example.org//a", "https://me@example.org", "https://example.org:99999",
        "https://example.org:8080/", "https://exa mple.org", "https://[::1", "https://example.org)",
    ],
)  # fmt: skip
def test_a_malformed_address(url: str) -> None:
    assert malformed(url) is not None


def test_the_reading_level_is_the_one_of_textstat() -> None:
    content = load(ROOT / "knowledge", ROOT / "intents").content
    assert content is not None
    textstat.set_lang("de")
    for entry in content.entries.values():
        text = render_text(entry.short, content)
        level = reading_level(text)
        assert level == round(float(textstat.wiener_sachtextformel(prose(text), 1)), 1)
        assert is_hard(text) == (level > 9) or abs(level - 9) <= 0.1  # the level is rounded


def test_alike_texts_are_those_that_are_similar() -> None:
    texts = (
        "Was kostet die Kita?",
        "was kostet die kita denn",
        "Wo ist das Amt?",
        "Kita Kosten",
        "Was kostet eine Kita?",
    )
    for least in (0.3, 0.5, 0.7):
        pairs = [(i, j) for j in range(len(texts)) for i in range(j)]
        expected = {(i, j) for i, j in pairs if similarity(trigrams(texts[i]), trigrams(texts[j])) >= least}
        assert set(alike(texts, least)) == expected
