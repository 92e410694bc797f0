"""Why a file cannot be read, in an editor's words: what YAML, or the bytes of the file, complain about."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bot.content.problems import Problem, Spot

QUOTE_IT = 'Setzen Sie den Text in „"…"“.'
LIKE_NEIGHBOURS = "Rücken Sie die Zeile so ein wie ihre Nachbarn."
QUOTED_MAX = 60
"""Characters of a line that a suggestion repeats."""

Cause = tuple[str, str]
"""Message and suggestion."""

INDENTATION: Cause = ("Die Einrückung passt nicht zu den Zeilen davor.", LIKE_NEIGHBOURS)
NO_COLON: Cause = ("Nach dem Schlüsselwort fehlt der Doppelpunkt.", "Schreiben Sie „schluessel: Text“.")
TAB: Cause = ("Hier steht ein Tabulator.", "Bitte mit Leerzeichen einrücken.")
NO_YAML: Cause = (
    "Die Datei ist kein gültiges YAML.",
    "Prüfen Sie Einrückung und Anführungszeichen dieser Zeile.",
)
CONTROL: Cause = ("Hier steht ein unsichtbares Steuerzeichen.", "Löschen Sie es.")
HIDDEN: Cause = (
    "Hier steht ein unsichtbares Zeichen, wohl mit dem Text kopiert.",
    "Löschen Sie die Stelle und tippen Sie sie neu.",
)
COLON = "Hier steht ein Doppelpunkt mit Leerzeichen mitten im Text."
BEHIND_QUOTE = "Hinter dem schließenden Anführungszeichen steht noch etwas."
OPEN_QUOTE = "Ein Anführungszeichen wird nicht geschlossen."
ALIAS = "Ein Stern am Anfang ist in YAML ein Verweis, kein Text."
ANCHOR = "Ein „&“ am Anfang ist in YAML eine Sprungmarke, kein Text."
TAG = "Ein Ausrufezeichen am Anfang ist in YAML ein Befehl, kein Text."
QUESTION = "Ein Fragezeichen am Anfang ist in YAML ein Befehl, kein Text."
BRACKET = "Eine Klammer am Anfang ist in YAML eine Liste, kein Text."
REFERENCE_FIRST = "Ein Verweis am Anfang braucht Anführungszeichen."

_CAUSES: Mapping[str, tuple[str, str]] = {
    "tab character": TAB,
    "found character '\\t'": TAB,
    "while scanning an alias": (ALIAS, ""),
    "while scanning an anchor": (ANCHOR, ""),
    "while scanning a tag": (TAG, ""),
    "invalid Unicode character escape": (
        "Hier steht ein Befehl „\\u…“ ohne gültiges Zeichen.",
        "Tippen Sie das Zeichen selbst.",
    ),
    "unknown escape": ('Ein Schrägstrich „\\“ ist zwischen „"…"“ ein Befehl.', "Schreiben Sie „\\\\“."),
    "hexdecimal": ('Ein Schrägstrich „\\“ ist zwischen „"…"“ ein Befehl.', "Schreiben Sie „\\\\“."),
    "scanning a block scalar": (
        "Hinter „>“ oder „|“ steht der Text erst in der nächsten Zeile.",
        "Beginnen Sie dort eine neue Zeile, zwei Leerzeichen weiter eingerückt.",
    ),
    "sequence entries are not allowed": (
        "Hier steht ein „- “ hinter einem Doppelpunkt.",
        "Beginnen Sie die Liste in der nächsten Zeile.",
    ),
    "cannot start any token": ("Ein Sonderzeichen steht am Anfang.", ""),
}
"""Part of YAML's own message → what it means and what to write; without a suggestion, the line in quotes."""

_MAGIC: Mapping[bytes, str] = {
    b"PK\x03\x04": "eine Word-, Excel- oder ZIP-Datei",
    b"\xd0\xcf\x11\xe0": "eine alte Word- oder Excel-Datei",
    b"%PDF": "eine PDF-Datei",
    b"{\\rtf": "eine Datei aus einem Schreibprogramm (RTF)",
    b"\x89PNG": "ein Bild",
    b"\xff\xd8\xff": "ein Bild",
    b"GIF8": "ein Bild",
    b"\x1f\x8b": "eine gepackte Datei",
    b"SQLite format": "eine Datenbank",
    b"<!DOCTYPE": "eine Internetseite",
    b"<html": "eine Internetseite",
}
"""How files begin that are no text of ours."""

_STRANGE = re.compile("[\u200b\u2060\ufeff\u00ad\u2028\u2029\x85]")
_MOJIBAKE = re.compile(r"[\wÀ-ÿ]*(?:Ã[\u0080-\u00bf\u0152-\u2122]|â€.)[\wÀ-ÿ]*")
_SIGNS = (*"\u200b\u2060\ufeff\u00ad\u2028\u2029\x85\ufffdÃ", "â€")
_CONFLICT = re.compile(r"^(<{7}|={7}|>{7})( .*)?$", re.MULTILINE)
_PARTS = re.compile(r"(\s*(?:- +)*(?:[a-z][a-z_-]*: +)?)(.*)")
_KEY = re.compile(r"[\s-]*[a-z_]+")


def lines_of(text: str) -> list[str]:
    """The lines as YAML counts them."""
    return re.split(r"\r\n|[\n\r\x85\u2028\u2029]", text)


def line_at(lines: list[str], number: int) -> str:
    """The line with this number, from 0 on; empty outside of the file."""
    return lines[number] if 0 <= number < len(lines) else ""


def shortened(text: str) -> str:
    """The text, or as much of it as a message can repeat."""
    return text if len(text) <= QUOTED_MAX else f"{text[:QUOTED_MAX].rstrip()} …"


def quoted(line: str) -> str:
    """What to write instead of a line whose text needs quotes."""
    found = _PARTS.fullmatch(line.rstrip())
    rest = found[2] if found else ""
    if found is None or not rest or rest in (">", "|") or len(rest) > 2 * QUOTED_MAX:
        return QUOTE_IT
    if len(rest) > 1 and rest[0] == rest[-1] and rest[0] in "\"'":
        rest = rest[1:-1]
    mark = "'" if '"' in rest and "'" not in rest else '"'
    if '"' in rest and mark == '"':
        rest = rest.replace('"', '\\"')
    return f"Schreiben Sie „{found[1].lstrip()}{mark}{shortened(rest)}{mark}“."


def foreign_format(raw: bytes) -> Cause | None:
    """What the file is instead of text of ours, by how it begins; None when it may be ours."""
    begin = raw.lstrip(b"\xef\xbb\xbf \r\n\t")[:64]
    for magic, what in _MAGIC.items():
        if begin.lower().startswith(magic.lower()):
            return (
                f"Das ist {what}, kein einfacher Text.",
                "Speichern Sie den Inhalt als einfachen Text mit der Endung .yaml.",
            )
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")) or (raw[1:16:2] == b"\0" * len(raw[1:16:2]) and len(raw) > 1):
        return (
            "Die Datei ist in UTF-16 gespeichert.",
            "Speichern Sie sie als UTF-8: „Speichern unter“, Codierung „UTF-8“.",
        )
    return None


def wrong_encoding(raw: bytes, error: UnicodeDecodeError) -> Cause:
    """The word at which it shows that the file is no UTF-8."""
    begin = raw.rfind(b"\n", 0, error.start) + 1
    end = raw.find(b"\n", error.start)
    line = raw[begin : end if end >= 0 else None].decode("cp1252", "replace")
    at = len(raw[begin : error.start].decode("cp1252", "replace"))
    word = next((m[0] for m in re.finditer(r"\w+", line) if m.start() <= at < m.end()), "")
    where = f" Das zeigt sich bei „{shortened(word)}“." if word else ""
    return (
        f"Die Datei ist nicht in UTF-8 gespeichert.{where}",
        "Speichern Sie sie neu: „Speichern unter“, Codierung „UTF-8“.",
    )


def conflict_problem(text: str, file: str) -> Problem | None:
    """The first mark that a merge of two versions left behind."""
    found = _CONFLICT.search(text)
    if found is None:
        return None
    message = f"Hier stehen zwei Fassungen untereinander („{found[1]}“), die noch niemand verbunden hat."
    suggestion = "Behalten Sie die richtige und löschen Sie die Zeilen mit <<<<<<<, ======= und >>>>>>>."
    return Problem(Spot(file, text.count("\n", 0, found.start()) + 1), message, suggestion)


def _mended(word: str) -> str | None:
    try:
        return word.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return None


def without_strange(text: str, file: str) -> tuple[str, list[Problem]]:
    """The text without characters that nobody sees or typed, and a problem for the first of them in each line."""
    if text.isascii() or not any(
        sign in text for sign in _SIGNS
    ):  # a search of each file would take a third of a second
        return text, []
    problems: list[Problem] = []
    for number, line in enumerate(text.split("\n"), 1):
        if found := _STRANGE.search(line):
            problems.append(Problem(Spot(file, number, found.start() + 1), *HIDDEN))
        elif "\ufffd" in line:
            spot = Spot(file, number, line.index("\ufffd") + 1)
            problems.append(Problem(spot, "Hier ging ein Zeichen verloren: „\ufffd“.", "Tippen Sie das Wort neu."))
        elif (broken := _MOJIBAKE.search(line)) and (word := _mended(broken[0])):
            message = f"In „{broken[0]}“ ging ein Umlaut oder Zeichen verloren."
            problems.append(Problem(Spot(file, number, broken.start() + 1), message, f"Schreiben Sie „{word}“."))
    return _STRANGE.sub("", text), problems


def _missing_colon(line: str) -> Cause:
    """Why a line that should begin with a key does not."""
    found = re.fullmatch(r"(\s*-)([^\s-].*)", line)
    if found:
        return "Hinter dem Strich fehlt ein Leerzeichen.", f"Schreiben Sie „- {shortened(found[2].strip())}“."
    found = re.fullmatch(r"[\s-]*([A-Za-z_]+)(:|\s*=|\s*：)\s*(\S.*)", line)
    if found:
        instead = f"Schreiben Sie „{shortened(found[1])}: {shortened(found[3])}“."
        if found[2] == ":":
            return "Hinter dem Doppelpunkt fehlt ein Leerzeichen.", instead
        return f"Hinter „{found[1]}“ steht „{found[2].strip()}“ statt eines Doppelpunkts.", instead
    if len(line.split()) > 1:
        return (
            "Diese Zeile hat kein Schlüsselwort.",
            "Gehört sie zum Text darüber, rücken Sie sie weiter ein als dessen Schlüsselwort.",
        )
    word = line.strip().removeprefix("- ")
    return NO_COLON[0], f"Schreiben Sie „{word}: …“." if re.fullmatch(r"[A-Za-z_]+", word) else NO_COLON[1]


def _begins_with_bracket(line: str) -> Cause | None:
    rest = (_PARTS.fullmatch(line) or ["", "", ""])[2]
    if rest.startswith("{{"):
        return REFERENCE_FIRST, quoted(line)
    return (BRACKET, quoted(line)) if re.match(r"[\[{].*[\]}]\s*[^\s,#\]}]", rest) else None


def _unclosed(line: str) -> Cause:
    if re.search(r",\s*,|\[\s*,", line):
        return "In der Liste steht ein Komma zu viel.", "Löschen Sie es."
    return "Eine Klammer wird nicht geschlossen.", "Ergänzen Sie sie, oder beginnen Sie jede Zeile mit „- “."


def _open_quote(line: str) -> Cause:
    if re.search(r"[“”„‘’]\s*$", line):
        fixed = re.sub(r"[“”„‘’]\s*$", '"' if '"' in line else "'", line).strip()
        return (
            "Das schließende Anführungszeichen ist ein anderes als das öffnende.",
            f"Schreiben Sie „{shortened(fixed)}“.",
        )
    return OPEN_QUOTE, "Ergänzen Sie das schließende Zeichen."


def yaml_problem(error: Exception, file: str, text: str) -> Problem:
    """YAML's message as one cause that an editor understands."""
    position = getattr(error, "position", None)
    if position is not None:  # the reader counts bytes
        before = text.encode()[:position].decode(errors="ignore")
        line = before.count("\n") + 1
        return Problem(Spot(file, line, len(before) - before.rfind("\n")), *CONTROL)
    conflict = conflict_problem(text, file)
    if conflict is not None:
        return conflict
    begin, mark = getattr(error, "context_mark", None), getattr(error, "problem_mark", None)
    mark = mark or begin
    if mark is None:
        return Problem(Spot(file, 1), *NO_YAML)
    return _cause_at(str(error), begin, mark, file, lines_of(text))


def _cause_at(message: str, begin: Any, mark: Any, file: str, lines: list[str]) -> Problem:
    """The cause by YAML's message and the places where the piece began and where YAML stumbled."""
    spot, line = Spot(file, mark.line + 1), line_at(lines, mark.line)
    before = line[: mark.column]
    for number in (mark.line, mark.line - 1):
        indented = line_at(lines, number)
        if re.match(r"\s*\u00a0|\s*[\w-]+:\u00a0", indented):
            at = Spot(file, number + 1, indented.index("\u00a0") + 1)
            message = "Hier steht ein geschütztes Leerzeichen, wohl mit dem Text kopiert."
            return Problem(at, message, "Ersetzen Sie es durch ein gewöhnliches Leerzeichen.")
    if not before.strip() and "\t" in line[: mark.column + 1]:
        return Problem(spot, *TAB)
    if "mapping values are not allowed" in message:
        return _colon(mark, file, lines)
    for number in (mark.line, begin.line if begin else mark.line):
        bracket = _begins_with_bracket(line_at(lines, number))
        if bracket is not None:
            return Problem(Spot(file, number + 1), *bracket)
    if any(part in message for part in ("expected key", "expected '-' indicator", "expected <block end>")):
        if before.rstrip().endswith(('"', "'")):
            return Problem(Spot(file, mark.line + 1, mark.column + 1), BEHIND_QUOTE, quoted(line))
        return Problem(spot, *(INDENTATION if not begin or _looks_like_yaml(line) else _missing_colon(line)))
    started = line_at(lines, begin.line) if begin is not None else line
    at_begin = Spot(file, begin.line + 1) if begin is not None else spot
    if "could not find expected ':'" in message:
        return Problem(at_begin, *_missing_colon(started))
    if any(part in message for part in ("unknown escape", "Unicode character escape", "hexdecimal")):
        spot = Spot(file, mark.line + 1, mark.column)
    elif "scanning a quoted scalar" in message:
        return Problem(at_begin, *_open_quote(started))
    elif "parsing a flow" in message:
        return Problem(at_begin, *_unclosed(started))
    elif "an alias" in message or "an anchor" in message:
        spot, line = at_begin, started
    for part, (why, suggestion) in _CAUSES.items():
        if part in message:
            return Problem(spot, why, suggestion or quoted(line))
    return Problem(spot, *NO_YAML)


def _looks_like_yaml(line: str) -> bool:
    return re.match(r"\s*(- |-$|[\w-]+:( |$))", line) is not None


def _colon(mark: Any, file: str, lines: list[str]) -> Problem:
    """A colon where none may stand: in a text, behind a line without one, or because the indentation is wrong."""
    line, above = line_at(lines, mark.line), line_at(lines, mark.line - 1)
    if _KEY.fullmatch(above):
        return Problem(Spot(file, mark.line), *_missing_colon(above))
    if _KEY.fullmatch(line[: mark.column]):
        return Problem(Spot(file, mark.line + 1), *INDENTATION)
    if re.match(r"\s*[\w-]+(:\S|\s*=|\s*：)", above) and _looks_like_yaml(line):
        return Problem(Spot(file, mark.line), *_missing_colon(above))
    return Problem(Spot(file, mark.line + 1, mark.column + 1), COLON, quoted(line))
