"""The widget's routes: the script in its versions, its hash, its languages, and the pages that show it."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from bot.pipeline import Bot
from bot.settings import SettingsError, load_settings
from bot.web import widget
from tests.web.conftest import MakeClient

LANGUAGES = {"de", "en", "tr", "ar", "uk", "ru", "pl", "ro"}
MOST_BYTES = 15_000
README = widget.SOURCES / "README.md"
FLOATING = "/widget/v1/familien-bot.js"
PINNED = f"/widget/{widget.VERSION}/familien-bot.js"


def test_the_script_is_small(client: TestClient) -> None:
    body = client.get(FLOATING).content
    assert len(gzip.compress(body, 9)) <= MOST_BYTES


def test_the_script_for_our_town_is_small(bot: Bot) -> None:
    assert len(widget.script(bot.content).packed) <= MOST_BYTES


def test_the_script_is_readable_as_served(client: TestClient) -> None:
    lines = client.get(FLOATING).text.split("\n")
    assert len(lines) > 1000
    assert max(map(len, lines)) < 400


def test_it_holds_the_german_words_and_whom_to_call(client: TestClient) -> None:
    text = client.get(FLOATING).text
    assert "Zentrale der Stadt Musterstadt" in text
    assert "0999 1-0" in text
    for word in json.loads((widget.SOURCES / "lang" / "de.json").read_text()).values():
        assert json.dumps(word, ensure_ascii=False) in text


@pytest.mark.parametrize(
    ("path", "cache"), [(FLOATING, "public, max-age=300"), (PINNED, "public, max-age=31536000, immutable")]
)
def test_headers(client: TestClient, path: str, cache: str) -> None:
    found = client.get(path, headers={"accept-encoding": "gzip"})
    assert found.headers["cache-control"] == cache
    assert found.headers["content-encoding"] == "gzip"
    assert found.headers["content-type"] == "text/javascript; charset=utf-8"
    assert found.headers["access-control-allow-origin"] == "*"
    assert found.headers["vary"] == "Accept-Encoding"
    assert "set-cookie" not in found.headers
    plain = client.get(path, headers={"accept-encoding": "gzip;q=0"})
    assert "content-encoding" not in plain.headers
    assert plain.content == found.content
    known = client.get(path, headers={"if-none-match": f'"x", W/{found.headers["etag"]}'})
    assert (known.status_code, known.content) == (304, b"")
    assert client.head(path).status_code == 200


def test_the_hash_is_that_of_the_script(client: TestClient) -> None:
    body = client.get(PINNED).content
    expected = "sha384-" + base64.b64encode(hashlib.sha384(body).digest()).decode()
    found = client.get(f"/widget/{widget.VERSION}/sri.json").json()
    assert found == {"version": widget.VERSION, "files": {"familien-bot.js": expected}}


@pytest.mark.parametrize("path", ["/widget/0.0.1/familien-bot.js", "/widget/0.0.1/sri.json", "/widget/v1/lang/xx.json",
                                  "/widget/..%2f/familien-bot.js", "/widget/v1/lang/..%2fde.json"])  # fmt: skip
def test_what_there_is_not(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_an_earlier_version_stays_as_it_was(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "releases" / "0.9.0").mkdir(parents=True)
    (tmp_path / "releases" / "0.9.0" / "musterstadt.js").write_text("// so war sie\n")
    monkeypatch.setattr(widget, "SOURCES", tmp_path)
    assert client.get("/widget/0.9.0/familien-bot.js").text == "// so war sie\n"


def test_what_was_released_is_changed_under_a_new_number_only() -> None:
    def code(script: bytes) -> str:
        return re.sub(r"^const TOWN = .*?^}$", "", script.decode(), flags=re.MULTILINE | re.DOTALL)

    found = list((widget.SOURCES / "releases" / widget.VERSION).glob("*.js"))
    assert found, f"{widget.VERSION} is not released: run tools/release_widget.py"
    for path in found:
        same = code(path.read_bytes()) == code(widget.build({"help": []}))
        assert same, f"{path.name} was released with other code: raise VERSION and run tools/release_widget.py"


def test_without_knowledge_there_is_still_help() -> None:
    text = widget.script(None).body.decode()
    assert 'phone: "112"' in text
    assert len(text) > 10_000


def test_the_languages_have_the_same_words() -> None:
    words = {path.stem: json.loads(path.read_text()) for path in (widget.SOURCES / "lang").glob("*.json")}
    assert set(words) == LANGUAGES
    for tag, found in words.items():
        assert list(found) == list(words["de"]), tag
        for key, text in found.items():
            assert re.findall(r"\{\w\}", text) == re.findall(r"\{\w\}", words["de"][key]), f"{tag}: {key}"
            assert text.strip() or (tag == "de" and key == "about_lang"), f"{tag}: {key}"


def test_every_word_is_used() -> None:
    source = "".join(path.read_text() for path in (widget.SOURCES / "src").glob("*.js"))
    failures = set(re.findall(r"Failure\('(\w+)'", source)) | set(re.findall(r"\d{3}: '(\w+)'", source))
    for key in json.loads((widget.SOURCES / "lang" / "de.json").read_text()):
        assert re.search(rf"\b(?:words|GERMAN)\.{key}\b", source) or key in failures | {"server"}, key


def test_a_language_can_be_loaded_by_any_page(client: TestClient) -> None:
    found = client.get("/widget/v1/lang/tr.json")
    assert found.json()["send"] == "Gönder"
    assert found.headers["access-control-allow-origin"] == "*"


def test_the_demo_page(client: TestClient) -> None:
    found = client.get("/")
    assert "familien-bot" in found.text
    assert FLOATING in found.text
    assert "integrity" in found.text
    policy = found.headers["content-security-policy"]
    assert "require-trusted-types-for 'script'" in policy
    assert "unsafe" not in policy


def test_who_may_frame_it(make_client: MakeClient) -> None:
    allowed = make_client(frame_ancestors=("https://www.example.org",))
    assert (
        allowed.get("/einbetten")
        .headers["content-security-policy"]
        .endswith("frame-ancestors 'self' https://www.example.org")
    )
    assert make_client().get("/einbetten").headers["content-security-policy"].endswith("frame-ancestors 'self'")


@pytest.mark.parametrize(
    "value", ["https://a.example;script-src *", "'unsafe'", "https://a.example/pfad", "javascript:x"]
)
def test_a_frame_ancestor_that_is_none(value: str) -> None:
    with pytest.raises(SettingsError, match="FRAME_ANCESTORS"):
        load_settings({"FAMILIENBOT_FRAME_ANCESTORS": value})


# the README, held to the tags above the class


def documented() -> dict[str, set[str]]:
    """What the class says about itself, by tag."""
    source = (widget.SOURCES / "src" / "element.js").read_text()
    tags: dict[str, set[str]] = {"attr": set(), "fires": set(), "method": set(), "csspart": set(), "cssprop": set()}
    for tag, rest in re.findall(r"^ \* @(\w+) +(.*)$", source, re.MULTILINE):
        if tag == "attr":
            tags[tag].add(re.sub(r"^\{[^}]*\} *", "", rest).split()[0])
        elif tag == "csspart":
            tags[tag].update(rest.split())
        else:
            tags[tag].add(re.split(r"[\s(]", rest)[0])
    return tags


@pytest.mark.parametrize(
    ("tag", "heading"),
    [
        ("attr", "Attribute"),
        ("fires", "Ereignisse"),
        ("method", "Methoden"),
        ("csspart", "Teile"),
        ("cssprop", "Eigenschaften"),
    ],
)
def test_the_readme_says_what_the_class_says(tag: str, heading: str) -> None:
    text = README.read_text()
    section = re.search(rf"^### {heading}\n(.*?)(?=^##)", text, re.MULTILINE | re.DOTALL)
    assert section, heading
    named = {re.split(r"[(]", name)[0] for name in re.findall(r"^\| `([^`]+)`", section[1], re.MULTILINE)}
    assert named == documented()[tag]


def test_the_class_says_what_it_does() -> None:
    source = "".join(path.read_text() for path in sorted((widget.SOURCES / "src").glob("*.js")))
    style = (widget.SOURCES / "src" / "style.css").read_text()
    found = documented()
    attributes = re.search(r"const ATTRIBUTES = \[(.*?)\]", source)
    assert attributes
    assert set(re.findall(r"'([\w-]+)'", attributes[1])) == found["attr"]
    assert {f"familien-bot-{name}" for name in re.findall(r"#tell\('(\w+)'\)", source)} == found["fires"]
    assert set(re.findall(r"part: '([\w-]+)'", source)) == found["csspart"]
    assert set(re.findall(r"--familien-bot-[\w-]+", style)) == found["cssprop"]
    for name in found["method"]:
        assert re.search(rf"^  (?:async )?{name}\(", source, re.MULTILINE), name


def test_the_readme_names_the_figures_of_the_code() -> None:
    text = README.read_text()
    assert f"/widget/{widget.VERSION}/" in text
    assert "FAMILIENBOT_FRAME_ANCESTORS" in text
    assert "FAMILIENBOT_ORIGINS" in text
    assert "require-trusted-types-for 'script'; trusted-types 'none'" in text
