"""Places, offers and their kinds: records that cannot be read, and rules across them."""

from __future__ import annotations

from datetime import date

import pytest

from .conftest import TODAY, Change, Town, edited, written

KINDS = "knowledge/kinds.yaml"
OFFERS = "knowledge/stadt/offers/treffs.yaml"
PLACES = "knowledge/stadt/places/alles.yaml"
DISTRICTS = "knowledge/stadt/districts.yaml"
BEITRAG = "knowledge/stadt/entries/kita/kita-beitrag.yaml"
BAD_TIME = "Schreiben Sie Uhrzeiten als 08:30."

KINDS_TEXT = """\
kinds:
  - id: amt
    title: Ämter
    one: Amt
    none: kein Amt
    words: [amt]
  - id: spielgruppe
    title: Spielgruppen
    one: Spielgruppe
    none: keine Spielgruppe
    words:
      - krabbelgruppe
      - spielgruppe
    total: stadt.gruppen
"""

OFFERS_TEXT = """\
offers:
  - id: stadt.spielkreis
    name: Spielkreis
    kind: spielgruppe
    place: stadt.jugendamt
    district: Altstadt
    age_months:
      from: 6
      until: 36
    weekdays: [TU, WE]
    time:
      from: "09:30"
      until: "11:00"
    cost: kostenlos
    source: {label: Stadt Musterstadt}
    checked: 2026-11-20
  - id: stadt.kinderfest
    name: Kinderfest
    kind: spielgruppe
    at: Marktplatz
    dates:
      - 2026-12-05
      - 2026-12-06
    source: {label: Stadt Musterstadt}
    checked: 2026-11-20
"""

GROUPS = """\
facts:
  - id: stadt.gruppen
    text: Zahl der Spielgruppen
    value: 12
    unit: count
    source: {label: Stadt Musterstadt}
    checked: 2026-11-20
    kind: stable
"""


@pytest.fixture
def playing(town: Town) -> Town:
    """The small town with two offers and the kinds to search them by."""
    town.write(KINDS, KINDS_TEXT)
    town.write(OFFERS, OFFERS_TEXT)
    town.write("knowledge/stadt/facts/gruppen.yaml", GROUPS)
    town.edit(BEITRAG, "related:", "search: [spielgruppe]\nrelated:")
    town.edit(DISTRICTS, "    borough: Mitte\n", "    borough: Mitte\n    aliases: [Stadtkern, Kern]\n")
    return town


def in_offers(old: str, new: str) -> Change:
    return edited(OFFERS, old, new)


def test_the_offers_of_a_sound_town(playing: Town) -> None:
    assert playing.new_problems() == ()
    content = playing.content()
    group = content.offers["stadt.spielkreis"]
    assert group.weekdays == ("TU", "WE")
    assert group.time is not None
    assert (group.time.start, group.time.end) == ("09:30", "11:00")
    assert (group.age_months.start, group.age_months.end) == (6, 36)
    feast = content.offers["stadt.kinderfest"]
    assert feast.dates == (date(2026, 12, 5), date(2026, 12, 6))
    assert (feast.time, feast.age_months.start, feast.weekdays, feast.historical) == (None, None, (), False)
    assert list(content.kinds) == ["amt", "spielgruppe"]
    assert content.entries["kita-beitrag"].search == ("spielgruppe",)


CHECKS: dict[str, tuple[Change, str]] = {
    "an unknown kind of an offer": (
        in_offers("kind: spielgruppe\n    place", "kind: spielgrupe\n    place"),
        f"{OFFERS}:4: Die Art „spielgrupe“ gibt es nicht. Meinten Sie „spielgruppe“?",
    ),
    "an unknown kind of a place": (
        edited(PLACES, "Jugendamt Musterstadt\n    kind: amt", "Jugendamt Musterstadt\n    kind: behoerde"),
        f"{PLACES}:12: Die Art „behoerde“ gibt es nicht. Arten stehen in kinds.yaml.",
    ),
    "an unknown further kind of a place": (
        edited(
            PLACES, "Jugendamt Musterstadt\n    kind: amt", "Jugendamt Musterstadt\n    kind: amt\n    also: [kitta]"
        ),
        f"{PLACES}:13: Die Art „kitta“ gibt es nicht. Arten stehen in kinds.yaml.",
    ),
    "a kind that stands twice at a place": (
        edited(PLACES, "Jugendamt Musterstadt\n    kind: amt", "Jugendamt Musterstadt\n    kind: amt\n    also: [amt]"),
        f"{PLACES}:13: „amt“ steht schon unter „kind“. Löschen Sie es hier.",
    ),
    "an unknown kind of a topic": (
        edited(BEITRAG, "search: [spielgruppe]", "search: [spielgruppen]"),
        f"{BEITRAG}:6: Die Art „spielgruppen“ gibt es nicht. Meinten Sie „spielgruppe“?",
    ),
    "an unknown place of an offer": (
        in_offers("place: stadt.jugendamt", "place: stadt.jugendhaus"),
        f"{OFFERS}:5: Die Stelle „stadt.jugendhaus“ gibt es nicht. Meinten Sie „stadt.jugendamt“?",
    ),
    "an unknown district of an offer": (
        in_offers("district: Altstadt", "district: Altstdt"),
        f"{OFFERS}:6: Den Stadtteil „Altstdt“ gibt es nicht. Meinten Sie „Altstadt“?",
    ),
    "an unknown district of a place": (
        edited(PLACES, "    address:", "    district: Hafen\n    address:"),
        f"{PLACES}:15: Den Stadtteil „Hafen“ gibt es nicht. Stadtteile und Stadtbezirke stehen in districts.yaml.",
    ),
    "another name for a district": (
        in_offers("district: Altstadt", "district: Stadtkern"),
        f"{OFFERS}:6: „Stadtkern“ ist nur ein anderer Name für Altstadt. Schreiben Sie „Altstadt“.",
    ),
    "ages the wrong way round": (
        in_offers("until: 36", "until: 3"),
        f"{OFFERS}:7: Das Alter beginnt mit 6 Monaten und endet mit 3. Tauschen Sie „from“ und „until“.",
    ),
    "times the wrong way round": (
        in_offers('until: "11:00"', 'until: "09:00"'),
        f"{OFFERS}:11: Die Zeit beginnt um 09:30 und endet um 09:00. Prüfen Sie „from“ und „until“.",
    ),
    "a time without length": (
        in_offers('until: "11:00"', 'until: "09:30"'),
        f"{OFFERS}:11: Die Zeit beginnt um 09:30 und endet um 09:30. Prüfen Sie „from“ und „until“.",
    ),
    "a date on another weekday": (
        in_offers("    at: Marktplatz\n", "    at: Marktplatz\n    weekdays: [SU]\n"),
        f"{OFFERS}:23: Der 5. Dezember 2026 ist ein Samstag. Berichtigen Sie den Termin, "
        "oder löschen Sie „weekdays“: der Wochentag folgt aus dem Termin.",
    ),
    "an offer with the id of a place": (
        in_offers("id: stadt.spielkreis", "id: stadt.jugendamt"),
        f"{OFFERS}:2: „stadt.jugendamt“ heißt schon eine Stelle in {PLACES}:10. "
        "Geben Sie dem Angebot einen anderen Namen.",
    ),
    "an offer of another layer": (
        in_offers("id: stadt.spielkreis", "id: land.spielkreis"),
        f"{OFFERS}:2: „land.spielkreis“ steht in der Ebene „stadt“. Der Name beginnt mit „stadt.“.",
    ),
    "a reference in an offer": (
        in_offers("cost: kostenlos", 'cost: "{{fact:stadt.beitrag}}"'),
        f"{OFFERS}:14: Hier sind keine Verweise möglich. Nehmen Sie den Verweis heraus.",
    ),
    "an unknown total": (
        edited(KINDS, "total: stadt.gruppen", "total: stadt.grupen"),
        f"{KINDS}:14: Die Tatsache „stadt.grupen“ gibt es nicht. Meinten Sie „stadt.gruppen“?",
    ),
    "a total that is no number": (
        edited(KINDS, "total: stadt.gruppen", "total: stadt.beitrag"),
        f"{KINDS}:14: „stadt.beitrag“ ist keine Anzahl. Die Tatsache braucht „unit: count“.",
    ),
    "a word of two kinds": (
        edited(KINDS, "- spielgruppe\n    total", "- Amt\n    total"),
        f"{KINDS}:13: Das Wort „Amt“ steht auch bei „amt“. Ein Wort gehört zu genau einer Art.",
    ),
    "a word that stands twice": (
        edited(KINDS, "- spielgruppe\n    total", "- krabbelgruppe\n    total"),
        f"{KINDS}:13: Hinweis: Das Wort „krabbelgruppe“ steht hier zweimal. Löschen Sie eines davon.",
    ),
    "no kinds": (
        written(KINDS, "kinds: []\n"),
        "kinds.yaml:1: Es gibt keine Arten, nach denen man suchen kann. Nennen Sie sie in kinds.yaml.",
    ),
    # what the loader says
    "a weekday in German": (
        in_offers("[TU, WE]", "[DI]"),
        f"{OFFERS}:10: „DI“ ist für „weekdays“ nicht vorgesehen. Möglich: MO, TU, WE, TH, FR, SA, SU.",
    ),
    "a time with a point": (
        in_offers('from: "09:30"', "from: 9.30"),
        f"{OFFERS}:12: „9.30“ hat nicht die richtige Form für „from“. {BAD_TIME}",
    ),
    "a time without its beginning": (
        in_offers('      from: "09:30"\n', ""),
        f"{OFFERS}:11: Hier fehlt „from“. Ergänzen Sie „from: …“.",
    ),
    "an age in years": (
        in_offers("until: 36", "until: drei Jahre"),
        f"{OFFERS}:9: „drei Jahre“ ist keine ganze Zahl. Schreiben Sie nur Ziffern.",
    ),
    "a day that does not exist": (
        in_offers("2026-12-06", "2026-12-32"),
        f"{OFFERS}:23: „2026-12-32“ ist kein Datum. Der Dezember 2026 hat 31 Tage.",
    ),
    "a field that offers do not have": (
        in_offers("cost: kostenlos", "costs: keine"),
        f"{OFFERS}:14: „costs“ gibt es hier nicht. Meinten Sie „cost“?",
    ),
    "a second offer of the same id": (
        in_offers("stadt.kinderfest", "stadt.spielkreis"),
        f"{OFFERS}:17: „stadt.spielkreis“ steht schon in {OFFERS}:2. Löschen oder verbinden Sie eines davon.",
    ),
    "a file of offers without the list": (
        written(OFFERS, "angebote: []\n"),
        f"{OFFERS}:1: Diese Datei braucht eine Liste „offers:“. Die erste Zeile lautet „offers:“.",
    ),
}


@pytest.mark.parametrize(("change", "message"), CHECKS.values(), ids=CHECKS.keys())
def test_a_rule(playing: Town, change: Change, message: str) -> None:
    change(playing)
    assert playing.new_problems() == (message,)


FINE: dict[str, Change] = {
    "a time without quotes": in_offers('from: "09:30"', "from: 09:30"),
    "a Stadtbezirk": in_offers("district: Altstadt", "district: Mitte"),
    "nothing said of where": in_offers("    place: stadt.jugendamt\n    district: Altstadt\n", ""),
    "only from an age on": in_offers("      until: 36\n", ""),
    "only until an age": in_offers("      from: 6\n", ""),
    "exactly one age": in_offers("until: 36", "until: 6"),
    "a time without an end": in_offers('      until: "11:00"\n', ""),
    "dates on their weekdays": in_offers("    at: Marktplatz\n", "    at: Marktplatz\n    weekdays: [SA, SU]\n"),
    "a kind that nothing has": edited(KINDS, "kinds:\n", "kinds:\n  - {id: fest, title: F, one: F, none: F}\n"),
}


@pytest.mark.parametrize("change", FINE.values(), ids=FINE.keys())
def test_what_an_offer_may_leave_open(playing: Town, change: Change) -> None:
    change(playing)
    assert playing.new_problems() == ()


def test_places_need_no_kinds(town: Town) -> None:
    assert town.new_problems() == ()
    assert town.content().kinds == {}


def test_a_name_for_two_districts_asks_which(playing: Town) -> None:
    second = "  - {name: Neustadt, borough: Mitte, aliases: [Kern], source: {label: S}, checked: 2026-11-20}\n"
    playing.edit(DISTRICTS, "districts:\n", f"districts:\n{second}")
    playing.edit(OFFERS, "district: Altstadt", "district: Kern")
    assert playing.new_problems() == (
        f"{OFFERS}:6: „Kern“ ist nur ein anderer Name für Neustadt und Altstadt. Schreiben Sie, welches.",
    )


@pytest.mark.parametrize(
    ("line", "today", "message"),
    [
        ("", date(2026, 12, 6), None),
        ("", date(2026, 12, 7), "21: Hinweis: „stadt.kinderfest“ war zuletzt am 6. Dezember 2026"),
        ("    historical: true\n", date(2026, 12, 7), None),
        ("    valid_until: 2026-11-30\n", date(2026, 11, 30), None),
        ("    valid_until: 2026-11-30\n", date(2026, 12, 1), "21: Hinweis: „stadt.kinderfest“ war zuletzt am 30. Nov"),
    ],
)
def test_what_is_over_is_worth_a_hint(playing: Town, line: str, today: date, message: str | None) -> None:
    playing.edit(OFFERS, "    at: Marktplatz\n", f"    at: Marktplatz\n{line}")
    assert today > TODAY
    found = [p for p in playing.problems(today) if "kinderfest" in p]
    if message is None:
        assert found == []
    else:
        (hint,) = found
        assert message in hint
        assert hint.endswith("wird nicht mehr gefunden. Tragen Sie den neuen Termin oder „historical: true“ ein.")


def test_a_broken_offer_leaves_the_others(playing: Town) -> None:
    playing.edit(OFFERS, "[TU, WE]", "[DI]")
    content = playing.content()
    assert list(content.offers) == ["stadt.kinderfest"]
    assert len(content.problems) == 1
