"""One topic in several layers: a later layer overrides keys and whole sides, facts are united."""

from __future__ import annotations

import shutil
from dataclasses import dataclass

import pytest

from bot.content.loading import Loaded, load
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


CITY = """\
name: Neustadt
timezone: Europe/Berlin
languages: [de]
default_contact: ort.rathaus
layers: [land, ort]
base: ../knowledge
"""

RATHAUS = """\
places:
  - {id: ort.rathaus, name: Rathaus Neustadt, kind: amt, checked: 2026-11-20, source: {label: Neustadt}}
"""

OWN_CITY, OWN_ENTRY = "neustadt/city.yaml", "neustadt/ort/entries/leistungen/kindergeld.yaml"


@dataclass(frozen=True)
class Settlement(Town):
    """A second town in a folder beside the first, on which it builds."""

    def load(self) -> Loaded:
        return load(self.root / "neustadt", self.root / "intents")


@pytest.fixture
def settlement(layered: Town) -> Settlement:
    """A town with a place and one entry of its own; all else is in the land's layer and the base."""
    town = Settlement(layered.root)
    town.write(OWN_CITY, CITY)
    town.write("neustadt/ort/places/alles.yaml", RATHAUS)
    town.write(
        OWN_ENTRY, "topic: kindergeld\noffice: ort.rathaus\nchecked: 2026-11-18\nreview_by: 2027-11-20\ntitle: Geld\n"
    )
    return town


def test_a_town_takes_what_it_does_not_have_from_its_base(settlement: Settlement) -> None:
    content = settlement.content()
    assert content.city.name == "Neustadt"
    assert content.entries["kindergeld"].short == "Das Land zahlt."
    assert list(content.entries) == ["kindergeld"]  # the base's own entries belong to the base
    assert set(content.places) == {"ort.rathaus"}
    assert "land.eins" in content.facts
    assert content.texts.aspects
    assert content.lines


def test_a_towns_own_files_and_layers_hide_those_of_the_base(settlement: Settlement) -> None:
    texts = (settlement.root / "knowledge/texts.yaml").read_text(encoding="utf-8")
    settlement.write("neustadt/texts.yaml", texts)
    settlement.edit("neustadt/texts.yaml", "  cost: Kosten", "  cost: Preis")
    settlement.write("neustadt/land/facts/alles.yaml", FACT.replace("stadt.neu", "land.drei"))
    content = settlement.content()
    assert content.texts.aspects[Aspect.COST] == "Preis"
    assert set(content.facts) == {"land.drei"}


def test_a_problem_in_the_base_names_its_file(settlement: Settlement) -> None:
    settlement.edit(LAND, "short: Das Land zahlt.", "kurz: Das Land zahlt.")
    assert any(p.startswith(f"{LAND}:3: „kurz“ gibt es hier nicht.") for p in settlement.problems())


def test_the_digest_follows_the_base(settlement: Settlement) -> None:
    before = settlement.content().digest
    settlement.edit(LAND, "Jederzeit.", "Immer.")
    assert settlement.content().digest != before


@pytest.mark.parametrize(
    ("base", "message"),
    [
        (
            "../anderswo",
            "In „../anderswo“ liegt keine city.yaml. "
            "Nennen Sie den Ordner der anderen Stadt, von diesem aus: ../../knowledge.",
        ),
        (".", "Eine Stadt kann nicht auf sich selbst aufbauen. Löschen Sie die Zeile."),
    ],
)
def test_a_base_that_cannot_be_built_on_is_one_problem(settlement: Settlement, base: str, message: str) -> None:
    settlement.edit(OWN_CITY, "../knowledge", base)
    loaded = settlement.load()
    assert loaded.content is None
    assert tuple(map(str, loaded.problems)) == (f"{OWN_CITY}:6: {message}",)


def test_the_base_of_a_base_is_not_followed(settlement: Settlement) -> None:
    """Nor can two towns that name each other go round in circles."""
    settlement.edit("knowledge/city.yaml", "name: Musterstadt", "name: Musterstadt\nbase: ../neustadt")
    hint = (
        f"{OWN_CITY}:6: Hinweis: „../knowledge“ baut selbst auf einem Ordner auf: dort sucht niemand. Nennen Sie jenen."
    )
    assert hint in settlement.problems()
    assert settlement.content().city.name == "Neustadt"
    (settlement.root / "knowledge/texts.yaml").rename(settlement.root / "neustadt/texts.yaml")
    assert settlement.content().texts.aspects  # its own
    (settlement.root / "neustadt/texts.yaml").unlink()
    assert settlement.load().content is None


def test_two_folders_of_the_same_name(settlement: Settlement) -> None:
    """A town in its own repository calls its folder `knowledge` too."""
    shutil.move(settlement.root / "neustadt", settlement.root / "eigenes" / "knowledge")
    settlement.edit("eigenes/knowledge/city.yaml", "../knowledge", "../../knowledge")
    settlement.edit(LAND, "short: Das Land zahlt.", "kurz: Das Land zahlt.")
    loaded = load(settlement.root / "eigenes" / "knowledge", settlement.root / "intents")
    assert loaded.content is not None
    assert loaded.content.entries == {}
    assert any(str(p).startswith(f"{settlement.root.name}/{LAND}:3: „kurz“") for p in loaded.problems)
    settlement.edit(LAND, "kurz: Das Land zahlt.", "short: Das Land zahlt.")
    loaded = load(settlement.root / "eigenes" / "knowledge", settlement.root / "intents")
    assert loaded.content is not None
    assert list(loaded.content.entries) == ["kindergeld"]
