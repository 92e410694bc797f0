"""One topic in several layers: a later layer overrides keys and whole sides, facts are united."""

from __future__ import annotations

import pytest

from bot.content.models import Aspect

from .conftest import FACT, Town

LAND = "knowledge/land/entries/leistungen/kindergeld.yaml"
STADT = "knowledge/stadt/entries/leistungen/kindergeld.yaml"

LAND_ENTRY = """\
topic: kindergeld
title: Kindergeld vom Land
short: Das Land zahlt.
facts: [land.eins, land.zwei]
aspects:
  cost:
    text: Das kostet nichts.
    list: [Eines, Anderes]
    facts: [land.eins]
  deadline:
    text: Jederzeit.
"""

STADT_ENTRY = """\
topic: kindergeld
title: Kindergeld in Musterstadt
office: stadt.zentrale
checked: 2026-11-18
review_by: 2027-11-20
facts: [land.zwei, stadt.anmeldung]
aspects:
  cost:
    text: Hier kostet das auch nichts.
  duration:
    text: Kurz.
"""


@pytest.fixture
def layered(town: Town) -> Town:
    """The small town below a land that knows more."""
    town.edit("knowledge/city.yaml", "[stadt]", "[land, stadt]")
    facts = FACT.replace("stadt.neu", "land.eins") + FACT.replace("facts:\n", "").replace("stadt.neu", "land.zwei")
    town.write("knowledge/land/facts/alles.yaml", facts)
    town.write(LAND, LAND_ENTRY)
    town.write(STADT, STADT_ENTRY)
    return town


def test_the_layers_of_a_sound_topic(layered: Town) -> None:
    assert layered.new_problems() == ()
    entry = layered.content().entries["kindergeld"]
    assert entry.title == "Kindergeld in Musterstadt"  # the later layer overrides
    assert entry.short == "Das Land zahlt."  # or leaves what it does not say
    assert entry.facts == ("land.eins", "land.zwei", "stadt.anmeldung")  # facts are united, none twice


def test_a_later_layer_overrides_a_side_as_a_whole(layered: Town) -> None:
    sides = layered.content().entries["kindergeld"].aspects
    assert sides[Aspect.COST].text == "Hier kostet das auch nichts."
    assert sides[Aspect.COST].list == ()
    assert sides[Aspect.COST].facts == ()
    assert sides[Aspect.DEADLINE].text == "Jederzeit."
    assert sides[Aspect.DURATION].text == "Kurz."


def test_a_layer_may_add_sides_alone(layered: Town) -> None:
    layered.write(LAND, "topic: kindergeld\naspects:\n  place:\n    text: Überall.\n")
    layered.edit(STADT, "aspects:", "short: Die Stadt zahlt.\naspects:")
    assert layered.new_problems() == ()
    assert list(layered.content().entries["kindergeld"].aspects) == [Aspect.PLACE, Aspect.COST, Aspect.DURATION]


def test_every_problem_names_the_layer_that_it_stands_in(layered: Town) -> None:
    layered.edit(LAND, "land.zwei]", "land.drei]")
    layered.edit(LAND, "Jederzeit.", "Bis zum 15. Januar.")
    layered.edit(STADT, "stadt.anmeldung]", "stadt.anmeldng]")
    layered.edit(STADT, "Kurz.", "Nach 3 Tagen.")
    assert [p.split(" ")[0] for p in layered.new_problems()] == [
        f"{LAND}:4:", f"{LAND}:11:", f"{STADT}:6:", f"{STADT}:11:",
    ]  # fmt: skip


def test_an_invalid_fact_is_found_in_its_own_layer(layered: Town) -> None:
    layered.edit(STADT, "facts: [land.zwei, stadt.anmeldung]", "facts:\n  - land.zwei\n  - Anmeldung")
    (found,) = [p for p in layered.new_problems() if "Anmeldung" in p]
    assert found.startswith(f"{STADT}:8: „Anmeldung“ hat nicht die richtige Form")


def test_a_broken_layer_takes_its_topic_off_the_air(layered: Town) -> None:
    layered.write(LAND, "topic: [\n")
    content = layered.content()
    assert content.left_out == ("kindergeld",)
    assert len(content.problems) == 1
    assert content.problems[0].startswith(f"{LAND}:")


def test_a_layer_that_the_city_does_not_name_is_not_read(layered: Town) -> None:
    layered.edit("knowledge/city.yaml", "[land, stadt]", "[stadt]")
    content = layered.content()
    assert "land.eins" not in content.facts
    assert f"{LAND}:1: Hinweis: Diese Datei liest niemand. Steht sie im richtigen Ordner?" in layered.problems()


def test_later_layers_come_later_in_the_order_of_the_city(layered: Town) -> None:
    layered.edit("knowledge/city.yaml", "[land, stadt]", "[stadt, land]")
    assert layered.content().entries["kindergeld"].title == "Kindergeld vom Land"
