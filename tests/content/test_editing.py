"""Changes to YAML in place: what is not changed stays as it was typed."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
import yaml

from bot.content.editing import Edit, Value, reformats, with_edits

ORDER = ("id", "name", "kind", "also", "address", "phone", "time", "services", "source", "checked", "note")

TYPED = """\
# Kitas, von Hand gepflegt
places:
  # Die erste
  - id: a.eins   # bleibt so
    name: "Kita Eins"
    phone: '0999 1'
    services:
      - Garten   # groß
      - Musik

  # Die zweite
  - id: a.zwei
    name: Kita Zwei
    address: >-
      Am Markt 1,
      99999 Musterstadt
    source: {label: Stadt, url: https://example.org}
    note: >-
      eine lange
      Notiz

  # Ende
"""


def edited(*edits: tuple[int | None, dict[str, Value | None]]) -> str:
    return with_edits(TYPED, "places", [Edit(i, fields) for i, fields in edits], ORDER)


def test_nothing_to_do_changes_nothing() -> None:
    assert edited() == TYPED
    assert not reformats(TYPED)


@pytest.mark.parametrize(
    ("fields", "old", "new"),
    [
        ({"name": "Kita Neu"}, '"Kita Eins"', '"Kita Neu"'),
        ({"name": "Kita: Neu"}, '"Kita Eins"', '"Kita: Neu"'),
        ({"name": "Kita #1"}, '"Kita Eins"', '"Kita #1"'),
        ({"name": "Kita # Eins"}, '"Kita Eins"', '"Kita # Eins"'),
        ({"phone": "02323"}, "'0999 1'", '"02323"'),
        ({"phone": "null"}, "'0999 1'", '"null"'),
        ({"phone": "- 5"}, "'0999 1'", '"- 5"'),
        ({"phone": "2026"}, "'0999 1'", "2026"),
        ({"phone": "2026-11-22"}, "'0999 1'", "2026-11-22"),
        ({"id": "a.neu"}, "a.eins ", "a.neu  "),  # the comment keeps its column
        ({"phone": None}, "    phone: '0999 1'\n", ""),
        ({"kind": "kita"}, '"Kita Eins"\n', '"Kita Eins"\n    kind: kita\n'),
        ({"also": ("kita", "treff")}, '"Kita Eins"\n', '"Kita Eins"\n    also: [kita, treff]\n'),
        ({"note": "Neu"}, "    services:\n", "    note: Neu\n    services:\n"),
        (
            {"time": {"from": "09:30", "until": "11:00"}},
            "    services:\n",
            '    time:\n      from: "09:30"\n      until: "11:00"\n    services:\n',
        ),
        ({"services": ("Turnen",)}, "      - Garten   # groß\n      - Musik\n", "      - Turnen\n"),
    ],
)
def test_one_field_of_the_first_record(fields: dict[str, Value | None], old: str, new: str) -> None:
    assert edited((0, fields)) == TYPED.replace(old, new, 1)


@pytest.mark.parametrize(
    ("fields", "old", "new"),
    [
        ({"address": "Am Markt 2"}, "      Am Markt 1,\n      99999 Musterstadt", "      Am Markt 2"),
        ({"source": {"label": "Land"}}, "{label: Stadt, url: https://example.org}", "{label: Land}"),
        ({"note": "kurz"}, "      eine lange\n      Notiz", "      kurz"),
        ({"checked": "2026-11-22"}, "    note:", "    checked: 2026-11-22\n    note:"),
    ],
)
def test_one_field_of_the_last_record(fields: dict[str, Value | None], old: str, new: str) -> None:
    assert edited((1, fields)) == TYPED.replace(old, new, 1)


def test_new_records_stand_at_the_end_in_the_order_of_the_fields() -> None:
    new: dict[str, Value | None] = {
        "note": "x",
        "name": "Kita Drei",
        "id": "a.drei",
        "services": ("Wald",),
        "phone": None,
    }
    assert edited((None, new)) == TYPED + (
        "\n  - id: a.drei\n    name: Kita Drei\n    services:\n      - Wald\n    note: x\n"
    )


def test_a_new_file() -> None:
    text = with_edits("", "places", [Edit(None, {"id": "a.b", "name": "B"}), Edit(None, {"id": "a.c"})], ORDER)
    assert text == "places:\n  - id: a.b\n    name: B\n\n  - id: a.c\n"


@pytest.mark.parametrize("empty", ["places: []\n", "# leer\nplaces: []\n"])
def test_an_empty_list_becomes_one_in_lines(empty: str) -> None:
    text = with_edits(empty, "places", [Edit(None, {"id": "a.b"})], ORDER)
    assert text.endswith("places:\n  - id: a.b\n")
    assert text.startswith(empty.partition("places")[0])


def test_line_ends_and_byte_order_mark_stay() -> None:
    windows = "\ufeff" + TYPED.replace("\n", "\r\n")
    done = with_edits(windows, "places", [Edit(0, {"name": "Neu"})], ORDER)
    assert done == windows.replace("Kita Eins", "Neu")
    assert not reformats(windows)


def test_another_indentation_is_told_and_loses_nothing() -> None:
    flat = "places:\n- id: a.b   # eins\n  name: B\n  # zwei\n- {id: a.c,\n   name: C}\n"
    assert reformats(flat)
    done = with_edits(flat, "places", [Edit(0, {"name": "Neu"})], ORDER)
    assert yaml.safe_load(done) == {"places": [{"id": "a.b", "name": "Neu"}, {"id": "a.c", "name": "C"}]}
    assert "# eins" in done
    assert "# zwei" in done


@pytest.mark.parametrize("last", [("phone",), ("phone", "services"), ("services",), ("id", "name")])
def test_removing_the_last_fields_keeps_the_records_apart(last: Sequence[str]) -> None:
    text = "places:\n  - id: a.b\n    name: B\n    phone: 1\n    services: [x]\n\n  - id: a.c\n"
    done = with_edits(text, "places", [Edit(0, dict.fromkeys(reversed(last)))], ORDER)
    assert "\n\n  - id: a.c\n" in done
    assert len(yaml.safe_load(done)["places"]) == 2
