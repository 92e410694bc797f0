"""The check's problems as JSON and as code hosts want them."""

from __future__ import annotations

import json
from pathlib import Path

from bot.content.problems import Problem, Spot
from bot.desk.check_report import as_github, as_gitlab, as_json, path_in_repository

ROOTS = (Path("/repo/knowledge"), Path("/repo/intents"))
HERE = Path("/repo")
COLON = Problem(Spot("knowledge/a,b.yaml", 3, 7), "Hier steht ein Doppelpunkt: 100 %.", "Schreiben Sie\n„x“.")
HINT = Problem(Spot("intents/kita/x.yaml", 1), "Nur 3 Beispielfragen.", "Mindestens 40.", "warning")


def test_github_shows_it_at_the_line() -> None:
    assert as_github([COLON, HINT], ROOTS, HERE).splitlines() == [
        "::error file=knowledge/a%2Cb.yaml,line=3,col=7,title=familienbot check::"
        "Hier steht ein Doppelpunkt: 100 %25. Schreiben Sie%0A„x“.",
        "::warning file=intents/kita/x.yaml,line=1,title=familienbot check::Nur 3 Beispielfragen. Mindestens 40.",
    ]


def test_gitlab_takes_it_as_code_quality() -> None:
    first, second = json.loads(as_gitlab([COLON, HINT], ROOTS, HERE))
    assert first["location"] == {"path": "knowledge/a,b.yaml", "lines": {"begin": 3}}
    assert (first["severity"], second["severity"]) == ("major", "minor")
    assert second["description"] == "Nur 3 Beispielfragen. Mindestens 40."
    assert second["check_name"] == "familienbot-check"


def test_a_fingerprint_knows_the_problem_and_not_the_line() -> None:
    moved = Problem(Spot(HINT.spot.file, 9), HINT.message, HINT.suggestion, HINT.level)
    (here,), (there,) = (json.loads(as_gitlab([p], ROOTS, HERE)) for p in (HINT, moved))
    assert here["fingerprint"] == there["fingerprint"]
    both = json.loads(as_gitlab([HINT, moved], ROOTS, HERE))
    assert both[0]["fingerprint"] != both[1]["fingerprint"]


def test_json_has_every_part() -> None:
    assert json.loads(as_json([COLON]))[0] == {
        "file": "knowledge/a,b.yaml", "line": 3, "column": 7, "level": "error",
        "message": COLON.message, "suggestion": COLON.suggestion,
    }  # fmt: skip


def test_a_city_below_a_folder_is_named_from_the_repository_on() -> None:
    roots = (Path("/repo/examples/stadt/knowledge"), Path("/repo/examples/stadt/intents"))
    assert path_in_repository("knowledge/x.yaml", roots, HERE) == "examples/stadt/knowledge/x.yaml"
    assert path_in_repository("knowledge/x.yaml", roots, Path("/else")) == "/repo/examples/stadt/knowledge/x.yaml"
    assert path_in_repository("kinds.yaml", roots, HERE) == "kinds.yaml"
