"""What an editor is told about `timetable.yaml`, and which steps a city takes from another's folder."""

from __future__ import annotations

import pytest

from bot.content.loading import load

from .conftest import Town

FILE = "knowledge/timetable.yaml"


def line_of(town: Town, text: str) -> int:
    lines = (town.root / FILE).read_text(encoding="utf-8").split("\n")
    return next(i for i, line in enumerate(lines, 1) if text in line)


def test_a_sound_timetable_is_read(town: Town) -> None:
    found = town.content().timetable
    assert found is not None
    assert [step.id for step in found.steps] == [
        "kindergeld", "vorsorge", "kita-start", "frist-vor-der-geburt", "zwillinge",
    ]  # fmt: skip
    assert found.steps[0].start == ()
    assert found.steps[0].latest is None


def test_it_may_be_missing(town: Town) -> None:
    (town.root / FILE).unlink()
    assert town.content().timetable is None
    assert town.new_problems() == ()


FRIST, LENGTHS = "plus {{fact:stadt.frist}}", "Möglich: days, weeks, months, years, mit einem ganzen Wert."
PHONE = "Rufen Sie die Praxis an."
PROBLEMS = [
    (FRIST, "plus {{fact:stadt.first}}", "Die Tatsache „stadt.first“ gibt es nicht. Meinten Sie „stadt.frist“?"),
    (FRIST, "plus drei Monate", "„plus drei Monate“ ist keine Rechnung mit Tagen. Schreiben Sie etwa „plus 3 months“"),
    (
        "age 3 months - 1 months",
        "age {{fact:stadt.kita-jahr}}",
        f"Mit „stadt.kita-jahr“ (08-01, day_of_year) lässt sich hier nicht rechnen. {LENGTHS}",
    ),
    ("plus 2 weeks", "next {{fact:stadt.frist}}", "Mit „stadt.frist“ (3, months) lässt sich hier nicht rechnen."),
    (
        "plus 2 weeks",
        "plus {{fact:stadt.anmeldung}}",
        f"Mit „stadt.anmeldung“ (ohne Wert, ohne Einheit) lässt sich hier nicht rechnen. {LENGTHS}",
    ),
    ("topic: kita-anmeldung", "topic: kita-anmeldun", "Das Thema „kita-anmeldun“ gibt es nicht. Meinten Sie"),
    (PHONE, "Rufen Sie bis zum 5. Mai an.", "Die Zahl „5“ steht von Hand im Text."),
    (PHONE, "Rufen Sie bis {date} an.", "„date“ braucht einen Tag. Ergänzen Sie „about“."),
    ("am {date}.", "am {tag}.", "Den Platzhalter „tag“ gibt es nicht. Möglich: {date}, {year}, {years}."),
    ("{born: false}", "{born: nö}", "„nö“ ist weder ja noch nein. Schreiben Sie „true“ oder „false“."),
    ("{born: false}", "{early_from: bald}", "„bald“ ist keine Zeitspanne. Schreiben Sie etwa „6 weeks“ oder „{{fact:"),
    ("{born: false}", "{since: bald}", "„bald“ ist kein Tag. Schreiben Sie 2026-11-22 oder „{{fact:bund.name}}“."),
    ("anchor: due", "anchor: termin", "„termin“ ist für „anchor“ nicht vorgesehen. Meinten Sie „term“?"),
    ("rule: Bei Mehrlingen", "regel: Bei Mehrlingen", "Hier fehlt „rule“. Ergänzen Sie „rule: …“."),
    ("one: ein Kind", "eins: ein Kind", "Hier fehlt „one“. Ergänzen Sie „one: …“."),
    ("id: zwillinge", "id: vorsorge", "Geben Sie dem Schritt einen anderen Namen."),
    ("steps:", "stufen:", "Diese Datei braucht eine Liste „steps:“. Die erste Zeile lautet „steps:“."),
]


@pytest.mark.parametrize("old, new, message", PROBLEMS)
def test_what_is_wrong_is_said_with_its_line(town: Town, old: str, new: str, message: str) -> None:
    text = (town.root / FILE).read_text(encoding="utf-8")
    town.write(FILE, text.replace(old, new, 1))
    found = [p for p in town.new_problems() if message in p]
    assert found, town.new_problems()
    if "steps:" not in old:
        place = found[0].split(": ", 1)[0]
        assert place.startswith(FILE + ":")


def test_the_line_is_that_of_the_operation(town: Town) -> None:
    town.edit(FILE, "plus 2 weeks", "plus 2 wochen")
    (problem,) = town.new_problems()
    assert problem.startswith(f"{FILE}:{line_of(town, 'plus 2 wochen')}: ")


def test_a_broken_step_is_left_out_and_the_rest_stays(town: Town) -> None:
    town.edit(FILE, "plus 2 weeks", "plus 2 wochen")
    found = town.content().timetable
    assert found is not None
    assert [step.id for step in found.steps] == ["kindergeld", "vorsorge", "kita-start", "frist-vor-der-geburt"]


def test_broken_sentences_leave_it_out(town: Town) -> None:
    town.edit(FILE, "  now: Jetzt\n", "")
    assert town.content().timetable is None
    assert any("Hier fehlt „now“" in p for p in town.new_problems())


def test_a_step_needs_a_day(town: Town) -> None:
    text = (town.root / FILE).read_text(encoding="utf-8")
    town.write(FILE, text.replace("    until:\n      - plus 2 weeks\n", "    latest: []\n"))
    assert any("„zwillinge“ hat keinen Tag" in p for p in town.new_problems())
    assert any("„latest“ steht ohne „until“" in p for p in town.new_problems())


CITY = """\
name: Dorf
timezone: Europe/Berlin
languages: [de]
default_contact: {contact}
layers: [{layers}]
base: ../knowledge
"""
OWN = """\
steps:
  - id: vorsorge
    title: Vorsorge hier
    text: Hier ist es anders.
    rule: Hier so
    topic: kindergeld
    facts: [dorf.eigen]
    from:
      - age 2 months
"""
DORF_FACTS = """\
facts:
  - id: dorf.eigen
    text: Etwas Eigenes
    source:
      label: Dorf
    checked: 2026-11-20
    kind: stable
"""


def test_a_city_takes_from_another_what_rests_on_its_layers(town: Town) -> None:
    """The steps of the other city that name facts of a layer which this one has not are not taken."""
    town.write("dorf/city.yaml", CITY.format(contact="stadt.zentrale", layers="stadt, dorf"))
    town.write("dorf/dorf/facts/eigen.yaml", DORF_FACTS)
    town.write("dorf/timetable.yaml", OWN)
    content = load(town.root / "dorf", town.root / "intents").content
    assert content is not None
    assert content.timetable is not None
    titles = {step.id: step.title for step in content.timetable.steps}
    assert titles["vorsorge"] == "Vorsorge hier"
    assert titles["kindergeld"] == "Kindergeld beantragen"
    town.write("dorf/city.yaml", CITY.format(contact="dorf.amt", layers="dorf"))
    content = load(town.root / "dorf", town.root / "intents").content
    assert content is not None
    assert content.timetable is not None
    assert [step.id for step in content.timetable.steps] == ["vorsorge"]
