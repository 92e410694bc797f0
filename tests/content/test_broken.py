"""Every way to break a file that we know of: one fault, one message at its line, and what to write instead."""

# ruff: noqa: E501 - a message is easier to read in one piece

from __future__ import annotations

import os
from pathlib import Path
from time import perf_counter

import pytest

from bot.content.causes import QUOTE_IT
from bot.content.documents import MAX_FILE_BYTES

from .conftest import ENTRY, FACT, Town

ENTRY_FILE = "knowledge/stadt/entries/leistungen/kindergeld.yaml"
FACT_FILE = "knowledge/stadt/facts/neu.yaml"
TEST_FILE = "knowledge/stadt/entries/kita/kita-beitrag.test.yaml"

BROKEN: dict[str, tuple[str, str | bytes, str]] = {
    "a tab before a key": (
        FACT_FILE,
        FACT.replace("    text", "\ttext"),
        "3: Hier steht ein Tabulator. Bitte mit Leerzeichen einrücken.",
    ),
    "indented less than its neighbours": (
        FACT_FILE,
        FACT.replace("    text", "   text"),
        "3: Die Einrückung passt nicht zu den Zeilen davor. Rücken Sie die Zeile so ein wie ihre Nachbarn.",
    ),
    "indented more than its neighbours": (
        FACT_FILE,
        FACT.replace("    text", "     text"),
        "3: Die Einrückung passt nicht zu den Zeilen davor. Rücken Sie die Zeile so ein wie ihre Nachbarn.",
    ),
    "a key that is not indented below its parent": (
        FACT_FILE,
        FACT.replace("      label", "    label"),
        "5: „label“ gehört unter „source“. Rücken Sie die Zeile weiter ein als „source:“.",
    ),
    "no space behind the dash": (
        TEST_FILE,
        "asks:\n  -Was kostet das?\n",
        "2: Hinter dem Strich fehlt ein Leerzeichen. Schreiben Sie „- Was kostet das?“.",
    ),
    "no space behind a later dash": (
        TEST_FILE,
        "asks:\n  - Was kostet das?\n  -Und das?\n",
        "3: Hinter dem Strich fehlt ein Leerzeichen. Schreiben Sie „- Und das?“.",
    ),
    "no space behind the colon": (
        ENTRY_FILE,
        ENTRY.replace("title: Kindergeld", "title:Kindergeld"),
        "2: Hinter dem Doppelpunkt fehlt ein Leerzeichen. Schreiben Sie „title: Kindergeld“.",
    ),
    "no space behind the last colon": (
        ENTRY_FILE,
        ENTRY.replace("short: Kin", "short:Kin"),
        "6: Hinter dem Doppelpunkt fehlt ein Leerzeichen. Schreiben Sie „short: Kindergeld beantragen Sie bei der Familienkasse.“.",
    ),
    "a key twice": (
        ENTRY_FILE,
        ENTRY.replace("title: K", "title: Geld\ntitle: K"),
        "3: „title“ steht hier zweimal, zuerst in Zeile 2. Löschen oder verbinden Sie eines davon.",
    ),
    "a key twice in a record": (
        FACT_FILE,
        FACT + "    kind: stable\n",
        "8: „kind“ steht hier zweimal, zuerst in Zeile 7. Löschen oder verbinden Sie eines davon.",
    ),
    "typographic quotes around a text": (
        ENTRY_FILE,
        ENTRY.replace("title: Kindergeld", "title: „Kindergeld“"),
        "2:8: Hinweis: Diese Anführungszeichen werden mit angezeigt. Gehören sie nicht zum Text, löschen Sie sie.",
    ),
    "a typographic quote closes a plain one": (
        ENTRY_FILE,
        ENTRY.replace("title: Kindergeld", 'title: "Kindergeld”'),
        '2: Das schließende Anführungszeichen ist ein anderes als das öffnende. Schreiben Sie „title: "Kindergeld"“.',
    ),
    "a plain quote closes a typographic one": (
        ENTRY_FILE,
        ENTRY.replace("title: Kindergeld", 'title: „Kindergeld"'),
        "2:8: Hinweis: Diese Anführungszeichen werden mit angezeigt. Gehören sie nicht zum Text, löschen Sie sie.",
    ),
    "typographic quotes around an id": (
        ENTRY_FILE,
        ENTRY.replace("office: stadt.zentrale", "office: „stadt.zentrale“"),
        "3: „„stadt.zentrale““ hat nicht die richtige Form für „office“. Schreiben Sie „stadt.zentrale“.",
    ),
    "quotes within quotes": (
        ENTRY_FILE,
        ENTRY.replace("title: Kindergeld", 'title: "Das "Kindergeld" hier"'),
        "2:14: Hinter dem schließenden Anführungszeichen steht noch etwas. Schreiben Sie „title: 'Das \"Kindergeld\" hier'“.",
    ),
    "an apostrophe between single quotes": (
        ENTRY_FILE,
        ENTRY.replace("title: Kindergeld", "title: 'Wie geht's'"),
        '2:18: Hinter dem schließenden Anführungszeichen steht noch etwas. Schreiben Sie „title: "Wie geht\'s"“.',
    ),
    "indented with no-break spaces": (
        FACT_FILE,
        FACT.replace("    text", "\u00a0\u00a0\u00a0\u00a0text"),
        "3:1: Hier steht ein geschütztes Leerzeichen, wohl mit dem Text kopiert. Ersetzen Sie es durch ein gewöhnliches Leerzeichen.",
    ),
    "a no-break space behind the colon": (
        FACT_FILE,
        FACT.replace("text: Eine", "text:\u00a0Eine"),
        "3:10: Hier steht ein geschütztes Leerzeichen, wohl mit dem Text kopiert. Ersetzen Sie es durch ein gewöhnliches Leerzeichen.",
    ),
    "an invisible character in a key": (
        ENTRY_FILE,
        ENTRY.replace("title", "\u200btitle"),
        "2:1: Hier steht ein unsichtbares Zeichen, wohl mit dem Text kopiert. Löschen Sie die Stelle und tippen Sie sie neu.",
    ),
    "an invisible character in an id": (
        ENTRY_FILE,
        ENTRY.replace("stadt.zentrale", "stadt.zent\u200brale"),
        "3:19: Hier steht ein unsichtbares Zeichen, wohl mit dem Text kopiert. Löschen Sie die Stelle und tippen Sie sie neu.",
    ),
    "a soft hyphen in an id": (
        ENTRY_FILE,
        ENTRY.replace("stadt.zentrale", "stadt.zent\u00adrale"),
        "3:19: Hier steht ein unsichtbares Zeichen, wohl mit dem Text kopiert. Löschen Sie die Stelle und tippen Sie sie neu.",
    ),
    "en dashes instead of hyphens": (
        TEST_FILE,
        "asks:\n  – Was kostet das?\n  – Und das?\n",
        "2: „–“ beginnt keine Liste. Schreiben Sie „- Was kostet das?“.",
    ),
    "en dashes in a day": (
        ENTRY_FILE,
        ENTRY.replace("2027-11-20", "2027–11–20"),
        "5: „2027–11–20“ ist kein Datum. Schreiben Sie 2027-11-20.",
    ),
    "another colon": (
        ENTRY_FILE,
        ENTRY.replace("title: ", "title： "),
        "2: Hinter „title“ steht „：“ statt eines Doppelpunkts. Schreiben Sie „title: Kindergeld“.",
    ),
    "a key with a capital": (
        ENTRY_FILE,
        ENTRY.replace("title: ", "Title: "),
        "2: „Title“ gibt es hier nicht. Meinten Sie „title“?",
    ),
    "an umlaut in an id": (
        ENTRY_FILE,
        ENTRY.replace("office: stadt.zentrale", "office: stadt.büro"),
        "3: „stadt.büro“ hat nicht die richtige Form für „office“. Schreiben Sie „stadt.buero“.",
    ),
    "capitals in an id": (
        ENTRY_FILE,
        ENTRY.replace("office: stadt.zentrale", "office: Stadt.Zentrale"),
        "3: „Stadt.Zentrale“ hat nicht die richtige Form für „office“. Schreiben Sie „stadt.zentrale“.",
    ),
    "a day that does not exist": (
        ENTRY_FILE,
        ENTRY.replace("2027-11-20", "2027-02-30"),
        "5: „2027-02-30“ ist kein Datum. Der Februar 2027 hat 28 Tage.",
    ),
    "a day with a time": (
        ENTRY_FILE,
        ENTRY.replace("2027-11-20", "2027-11-20 08:00"),
        "5: „2027-11-20 08:00“ ist kein Datum. Schreiben Sie 2027-11-20.",
    ),
    "a day as Germans write it": (
        ENTRY_FILE,
        ENTRY.replace("2027-11-20", "20.11.2027"),
        "5: „20.11.2027“ ist kein Datum. Schreiben Sie 2027-11-20.",
    ),
    "a question mark first": (
        TEST_FILE,
        "asks:\n  ? Was kostet das\n",
        '2: Ein Fragezeichen am Anfang ist in YAML ein Befehl, kein Text. Schreiben Sie „"? Was kostet das"“.',
    ),
    "a question mark first in an item": (
        TEST_FILE,
        "asks:\n  - ? Was\n",
        '2: Ein Fragezeichen am Anfang ist in YAML ein Befehl, kein Text. Schreiben Sie „- "? Was"“.',
    ),
    "a bracket first in an item": (
        TEST_FILE,
        "asks:\n  - [Kita] was kostet das?\n",
        '2: Eine Klammer am Anfang ist in YAML eine Liste, kein Text. Schreiben Sie „- "[Kita] was kostet das?"“.',
    ),
    "a bracket first": (
        ENTRY_FILE,
        ENTRY.replace("short: Kin", "short: [Neu] Kin"),
        '6: Eine Klammer am Anfang ist in YAML eine Liste, kein Text. Schreiben Sie „short: "[Neu] Kindergeld beantragen Sie bei der Familienkasse."“.',
    ),
    "a brace first": (
        ENTRY_FILE,
        ENTRY.replace("short: Kin", "short: {Neu} Kin"),
        '6: Eine Klammer am Anfang ist in YAML eine Liste, kein Text. Schreiben Sie „short: "{Neu} Kindergeld beantragen Sie bei der Familienkasse."“.',
    ),
    "a reference first": (
        ENTRY_FILE,
        ENTRY.replace("short: Kindergeld", "short: {{place:stadt.zentrale}}"),
        '6: Ein Verweis am Anfang braucht Anführungszeichen. Schreiben Sie „short: "{{place:stadt.zentrale}} beantragen Sie bei der Familienkass …"“.',
    ),
    "a per cent sign first": (
        ENTRY_FILE,
        ENTRY.replace("title: Kindergeld", "title: %Kindergeld"),
        '2: Ein Sonderzeichen steht am Anfang. Schreiben Sie „title: "%Kindergeld"“.',
    ),
    "an at sign first": (
        ENTRY_FILE,
        ENTRY.replace("title: Kindergeld", "title: @Kindergeld"),
        '2: Ein Sonderzeichen steht am Anfang. Schreiben Sie „title: "@Kindergeld"“.',
    ),
    "a backtick first": (
        ENTRY_FILE,
        ENTRY.replace("title: Kindergeld", "title: `Kindergeld`"),
        '2: Ein Sonderzeichen steht am Anfang. Schreiben Sie „title: "`Kindergeld`"“.',
    ),
    "a number sign first": (
        ENTRY_FILE,
        ENTRY.replace("title: Kindergeld", "title: #Kindergeld"),
        '2:8: Ab „#Kindergeld“ liest YAML einen Kommentar. Schreiben Sie „title: "#Kindergeld"“.',
    ),
    "a number sign cuts a text": (
        ENTRY_FILE,
        ENTRY.replace("title: Kindergeld", "title: Kindergeld #neu"),
        '2:19: Hinweis: Ab „#neu“ liest YAML einen Kommentar. Gehört es dazu? Schreiben Sie „title: "Kindergeld #neu"“.',
    ),
    "a merge key": (
        FACT_FILE,
        FACT.replace("    text", "    <<: *vorlage\n    text"),
        "3: „<<“ holt in YAML Zeilen von anderswo; das geht hier nicht. Schreiben Sie die Zeilen selbst hierher.",
    ),
    "a tag that would run a program": (
        FACT_FILE,
        FACT.replace("text: Eine", "text: !!python/object/apply:os.system [Eine]\n    note: Eine"),
        '3: Ein Ausrufezeichen am Anfang ist in YAML ein Befehl, kein Text. Schreiben Sie „text: "!!python/object/apply:os.system [Eine]"“.',
    ),
    "a tag": (
        FACT_FILE,
        FACT.replace("text: Eine", "text: !!str Eine"),
        '3: Ein Ausrufezeichen am Anfang ist in YAML ein Befehl, kein Text. Schreiben Sie „text: "!!str Eine neue Tatsache"“.',
    ),
    "two documents": (
        FACT_FILE,
        FACT + "---\n" + FACT,
        "8: Mit „---“ beginnt hier ein zweites Dokument. Löschen Sie diese Zeile.",
    ),
    "a list without items": (
        FACT_FILE,
        "facts:\n",
        "1: Die Liste „facts“ ist leer. Füllen oder löschen Sie die Datei.",
    ),
    "a table": (
        TEST_FILE,
        "Frage;Thema\nWas kostet das?;kita\n",
        "1: Hier werden Angaben mit Schlüsselwort erwartet. Schreiben Sie je Zeile „schluessel: Text“.",
    ),
    "a text alone": (
        TEST_FILE,
        "Was kostet das?\n",
        "1: Hier werden Angaben mit Schlüsselwort erwartet. Schreiben Sie je Zeile „schluessel: Text“.",
    ),
    "a page": (
        TEST_FILE,
        "<html><body>Login</body></html>\n",
        "1: Das ist eine Internetseite, kein einfacher Text. Speichern Sie den Inhalt als einfachen Text mit der Endung .yaml.",
    ),
    "two versions not merged": (
        ENTRY_FILE,
        ENTRY.replace("title: Kindergeld\n", "<<<<<<< HEAD\ntitle: Kindergeld\n=======\ntitle: Geld\n>>>>>>> andere\n"),
        "2: Hier stehen zwei Fassungen untereinander („<<<<<<<“), die noch niemand verbunden hat. Behalten Sie die richtige und löschen Sie die Zeilen mit <<<<<<<, ======= und >>>>>>>.",
    ),
    "a file of a word processor": (
        ENTRY_FILE,
        "{\\rtf1\\ansi Kindergeld}\n",
        "1: Das ist eine Datei aus einem Schreibprogramm (RTF), kein einfacher Text. Speichern Sie den Inhalt als einfachen Text mit der Endung .yaml.",
    ),
    "a picture": (
        ENTRY_FILE,
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
        "1: Das ist ein Bild, kein einfacher Text. Speichern Sie den Inhalt als einfachen Text mit der Endung .yaml.",
    ),
    "a packed document": (
        ENTRY_FILE,
        b"PK\x03\x04\x14\x00\x06\x00\x08\x00",
        "1: Das ist eine Word-, Excel- oder ZIP-Datei, kein einfacher Text. Speichern Sie den Inhalt als einfachen Text mit der Endung .yaml.",
    ),
    "UTF-16": (
        ENTRY_FILE,
        ENTRY.encode("utf-16"),
        "1: Die Datei ist in UTF-16 gespeichert. Speichern Sie sie als UTF-8: „Speichern unter“, Codierung „UTF-8“.",
    ),
    "UTF-16 without a mark": (
        ENTRY_FILE,
        ENTRY.encode("utf-16-le"),
        "1: Die Datei ist in UTF-16 gespeichert. Speichern Sie sie als UTF-8: „Speichern unter“, Codierung „UTF-8“.",
    ),
    "another encoding": (
        ENTRY_FILE,
        ENTRY.replace("Kindergeld", "Gebühr").encode("latin-1"),
        "2: Die Datei ist nicht in UTF-8 gespeichert. Das zeigt sich bei „Gebühr“. Speichern Sie sie neu: „Speichern unter“, Codierung „UTF-8“.",
    ),
    "a line of a million letters": (
        ENTRY_FILE,
        ENTRY.replace("title: Kindergeld", "title: " + "a" * 1000000),
        "2: „title“ ist zu lang. Höchstens 60 Zeichen.",
    ),
    "a key of two thousand letters": (
        ENTRY_FILE,
        ENTRY.replace("title: Kindergeld", "a" * 2000 + ": x"),
        "2: Hinter dem Doppelpunkt fehlt ein Leerzeichen. Schreiben Sie „aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa …: x“.",
    ),
    "a zero byte": (
        ENTRY_FILE,
        ENTRY.replace("title: Kindergeld", "title: Kinder\0geld"),
        "2:14: Hier steht ein unsichtbares Steuerzeichen. Löschen Sie es.",
    ),
    "a folded text that is not indented": (
        ENTRY_FILE,
        ENTRY.replace("short: Kin", "short: >\nKin"),
        "7: Diese Zeile hat kein Schlüsselwort. Gehört sie zum Text darüber, rücken Sie sie weiter ein als dessen Schlüsselwort.",
    ),
    "text behind a folding mark": (
        ENTRY_FILE,
        ENTRY.replace("short: Kin", "short: > Kin"),
        "6: Hinter „>“ oder „|“ steht der Text erst in der nächsten Zeile. Beginnen Sie dort eine neue Zeile, zwei Leerzeichen weiter eingerückt.",
    ),
    "a second line that is not indented": (
        ENTRY_FILE,
        ENTRY.rstrip() + "\nUnd das noch.\n",
        "7: Diese Zeile hat kein Schlüsselwort. Gehört sie zum Text darüber, rücken Sie sie weiter ein als dessen Schlüsselwort.",
    ),
    "a colon in a second line": (
        ENTRY_FILE,
        ENTRY.rstrip() + "\n  Noch: etwas.\n",
        '7:7: Hier steht ein Doppelpunkt mit Leerzeichen mitten im Text. Schreiben Sie „"Noch: etwas."“.',
    ),
    "an item indented further": (
        ENTRY_FILE,
        ENTRY + "related:\n- kita-beitrag\n - kita-anmeldung\n",
        "9: Dieser Punkt ist weiter eingerückt als die anderen und hängt sich an den davor. Rücken Sie die Zeile so ein wie ihre Nachbarn.",
    ),
    "a list with commas alone": (
        ENTRY_FILE,
        ENTRY + "related: kita-beitrag, kita-anmeldung\n",
        "7: „related“ muss eine Liste sein. Schreiben Sie „related: [kita-beitrag, kita-anmeldung]“.",
    ),
    "keys instead of items": (
        ENTRY_FILE,
        ENTRY + "related:\n  kita-beitrag: ja\n",
        "7: „related“ muss eine Liste sein. Jede Zeile beginnt mit „- “, ohne Doppelpunkt.",
    ),
    "an open bracket": (
        ENTRY_FILE,
        ENTRY + "related: [kita-beitrag, kita-anmeldung\n",
        "7: Eine Klammer wird nicht geschlossen. Ergänzen Sie sie, oder beginnen Sie jede Zeile mit „- “.",
    ),
    "a bracket closed by another": (
        ENTRY_FILE,
        ENTRY + "related: [kita-beitrag)\n",
        "7: Eine Klammer wird nicht geschlossen. Ergänzen Sie sie, oder beginnen Sie jede Zeile mit „- “.",
    ),
    "a comma too many": (
        ENTRY_FILE,
        ENTRY + "related: [kita-beitrag,, kita-anmeldung]\n",
        "7: In der Liste steht ein Komma zu viel. Löschen Sie es.",
    ),
    "an open brace": (
        FACT_FILE,
        "facts:\n  - {id: stadt.neu, text: x\n",
        "2: Eine Klammer wird nicht geschlossen. Ergänzen Sie sie, oder beginnen Sie jede Zeile mit „- “.",
    ),
    "an ampersand first": (
        ENTRY_FILE,
        ENTRY.replace("title: Kindergeld", "title: &Kindergeld"),
        '2: Ein „&“ am Anfang ist in YAML eine Sprungmarke, kein Text. Schreiben Sie „title: "&Kindergeld"“.',
    ),
    "a star first": (
        ENTRY_FILE,
        ENTRY.replace("title: Kindergeld", "title: *Kindergeld*"),
        '2: Ein Stern am Anfang ist in YAML ein Verweis, kein Text. Schreiben Sie „title: "*Kindergeld*"“.',
    ),
    "a vertical bar first": (
        ENTRY_FILE,
        ENTRY.replace("title: Kindergeld", "title: | Kindergeld"),
        "2: Hinter „>“ oder „|“ steht der Text erst in der nächsten Zeile. Beginnen Sie dort eine neue Zeile, zwei Leerzeichen weiter eingerückt.",
    ),
    "an angle first": (
        ENTRY_FILE,
        ENTRY.replace("title: Kindergeld", "title: >Kindergeld"),
        "2: Hinter „>“ oder „|“ steht der Text erst in der nächsten Zeile. Beginnen Sie dort eine neue Zeile, zwei Leerzeichen weiter eingerückt.",
    ),
    "an exclamation mark first": (
        ENTRY_FILE,
        ENTRY.replace("title: Kindergeld", "title: !Kindergeld"),
        '2: Ein Ausrufezeichen am Anfang ist in YAML ein Befehl, kein Text. Schreiben Sie „title: "!Kindergeld"“.',
    ),
    "a dash behind a colon": (
        ENTRY_FILE,
        ENTRY.replace("title: Kindergeld", "title: - Kindergeld"),
        "2: Hier steht ein „- “ hinter einem Doppelpunkt. Beginnen Sie die Liste in der nächsten Zeile.",
    ),
    "a colon last": (
        ENTRY_FILE,
        ENTRY.replace("title: Kindergeld", "title: Kindergeld:"),
        '2:18: Hier steht ein Doppelpunkt mit Leerzeichen mitten im Text. Schreiben Sie „title: "Kindergeld:"“.',
    ),
    "a colon in a text": (
        ENTRY_FILE,
        ENTRY.replace("title: Kindergeld", "title: Geld: Kindergeld"),
        '2:12: Hier steht ein Doppelpunkt mit Leerzeichen mitten im Text. Schreiben Sie „title: "Geld: Kindergeld"“.',
    ),
    "a reference to an unknown fact": (
        ENTRY_FILE,
        ENTRY.replace("title", "title").replace("short: Kin", "short: Es {{fact:stadt.gibtsnicht}} Kin"),
        "6: Die Tatsache „stadt.gibtsnicht“ gibt es nicht. Meinten Sie „stadt.frist“?",
    ),
    "a reference in single braces": (
        ENTRY_FILE,
        ENTRY.replace("short: Kin", "short: Es {fact:stadt.beitrag} Kin"),
        "6: Ein Verweis mit Klammern ist nicht lesbar. Form: {{fact:herne.name}} oder {{place:herne.name.phone}}.",
    ),
    "a reference in triple braces": (
        ENTRY_FILE,
        ENTRY.replace("short: Kin", "short: Es {{{fact:stadt.beitrag}}} Kin"),
        "6: Ein Verweis mit Klammern ist nicht lesbar. Form: {{fact:herne.name}} oder {{place:herne.name.phone}}.",
    ),
    "a reference that is not closed": (
        ENTRY_FILE,
        ENTRY.replace("short: Kin", "short: Es {{fact:stadt.beitrag} Kin"),
        "6: Ein Verweis mit Klammern ist nicht lesbar. Form: {{fact:herne.name}} oder {{place:herne.name.phone}}.",
    ),
    "a reference to an unknown kind": (
        ENTRY_FILE,
        ENTRY.replace("short: Kin", "short: Es {{tatsache:stadt.beitrag}} Kin"),
        "6: Ein Verweis mit Klammern ist nicht lesbar. Form: {{fact:herne.name}} oder {{place:herne.name.phone}}.",
    ),
    "a reference with spaces around the colon": (
        ENTRY_FILE,
        ENTRY.replace("short: Kin", "short: Es {{ fact : stadt.beitrag }} Kin"),
        '6:19: Hier steht ein Doppelpunkt mit Leerzeichen mitten im Text. Schreiben Sie „short: "Es {{ fact : stadt.beitrag }} Kindergeld beantragen Sie bei …"“.',
    ),
    "a reference in a title": (
        ENTRY_FILE,
        ENTRY.replace("title: Kindergeld", "title: Geld {{fact:stadt.beitrag}}"),
        "2: Hier sind keine Verweise möglich. Nehmen Sie den Verweis heraus.",
    ),
    "null": (
        ENTRY_FILE,
        ENTRY.replace("title: Kindergeld", "title: null"),
        "2: „title“ ist leer. Füllen Sie es oder löschen Sie die Zeile.",
    ),
    "a tilde": (
        ENTRY_FILE,
        ENTRY.replace("title: Kindergeld", "title: ~"),
        "2: „title“ ist leer. Füllen Sie es oder löschen Sie die Zeile.",
    ),
    "a list instead of keys": (
        ENTRY_FILE,
        "- topic: kindergeld\n",
        "1: Hier werden Angaben mit Schlüsselwort erwartet. Schreiben Sie je Zeile „schluessel: Text“.",
    ),
    "a word alone": (
        ENTRY_FILE,
        "kindergeld\n",
        "1: Hier werden Angaben mit Schlüsselwort erwartet. Schreiben Sie je Zeile „schluessel: Text“.",
    ),
    "a number alone": (
        ENTRY_FILE,
        "42\n",
        "1: Hier werden Angaben mit Schlüsselwort erwartet. Schreiben Sie je Zeile „schluessel: Text“.",
    ),
    "null alone": (
        ENTRY_FILE,
        "~\n",
        "1: Die Datei ist leer. Füllen oder löschen Sie sie.",
    ),
    "lists in lists without end": (
        ENTRY_FILE,
        "[" * 500000,
        "1: Hier ist zu tief verschachtelt. Rücken Sie die Zeile so ein wie ihre Nachbarn.",
    ),
    "braces in braces": (
        ENTRY_FILE,
        "a: " + "{a: " * 100 + "}" * 100,
        "1: Hier ist zu tief verschachtelt. Rücken Sie die Zeile so ein wie ihre Nachbarn.",
    ),
    "a key without a colon": (
        ENTRY_FILE,
        ENTRY.replace("title: Kindergeld", "title"),
        "2: Nach dem Schlüsselwort fehlt der Doppelpunkt. Schreiben Sie „title: …“.",
    ),
    "a comma instead of a colon": (
        ENTRY_FILE,
        ENTRY.replace("title: Kindergeld", "title, Kindergeld"),
        "2: Diese Zeile hat kein Schlüsselwort. Gehört sie zum Text darüber, rücken Sie sie weiter ein als dessen Schlüsselwort.",
    ),
    "an equals sign instead of a colon": (
        ENTRY_FILE,
        ENTRY.replace("title: Kindergeld", "title = Kindergeld"),
        "2: Hinter „title“ steht „=“ statt eines Doppelpunkts. Schreiben Sie „title: Kindergeld“.",
    ),
    "a control character": (
        ENTRY_FILE,
        ENTRY.replace("title: Kindergeld", "title: Kinder\x0bgeld"),
        "2:14: Hier steht ein unsichtbares Steuerzeichen. Löschen Sie es.",
    ),
    "an invisible line end": (
        ENTRY_FILE,
        ENTRY.replace("title: Kindergeld", "title: Kinder\u2028geld"),
        "2:14: Hier steht ein unsichtbares Zeichen, wohl mit dem Text kopiert. Löschen Sie die Stelle und tippen Sie sie neu.",
    ),
    "a byte order mark within": (
        ENTRY_FILE,
        ENTRY.replace("title: Kindergeld", "title: \ufeffKindergeld"),
        "2:8: Hier steht ein unsichtbares Zeichen, wohl mit dem Text kopiert. Löschen Sie die Stelle und tippen Sie sie neu.",
    ),
    "half a character": (
        ENTRY_FILE,
        ENTRY.replace("title: Kindergeld", 'title: "\\ud800"'),
        "2:10: Hier steht ein Befehl „\\u…“ ohne gültiges Zeichen. Tippen Sie das Zeichen selbst.",
    ),
    "a backslash between quotes": (
        ENTRY_FILE,
        ENTRY.replace("title: Kindergeld", 'title: "C:\\Kita"'),
        '2:10: Ein Schrägstrich „\\“ ist zwischen „"…"“ ein Befehl. Schreiben Sie „\\\\“.',
    ),
    "a character that got lost": (
        ENTRY_FILE,
        ENTRY.replace("title: Kindergeld", "title: Geb\ufffdhr"),
        "2:11: Hier ging ein Zeichen verloren: „�“. Tippen Sie das Wort neu.",
    ),
    "an umlaut that got lost": (
        ENTRY_FILE,
        ENTRY.replace("title: Kindergeld", "title: GebÃ¼hr"),
        "2:8: In „GebÃ¼hr“ ging ein Umlaut oder Zeichen verloren. Schreiben Sie „Gebühr“.",
    ),
    "a second ending": (
        "knowledge/stadt/facts/neu.yaml.txt",
        FACT,
        "1: Dateien auf „.yaml.txt“ liest niemand. Benennen Sie sie um in neu.yaml, oder löschen Sie sie.",
    ),
    "an ending in capitals": (
        "knowledge/stadt/facts/neu.YAML",
        FACT,
        "1: Dateien auf „.YAML“ liest niemand. Benennen Sie sie in .yaml um.",
    ),
    "another ending": (
        "knowledge/stadt/facts/neu.yml",
        FACT,
        "1: Dateien auf „.yml“ liest niemand. Benennen Sie sie in .yaml um.",
    ),
    "a copy beside the file": (
        "knowledge/stadt/entries/leistungen/kindergeld (1).yaml",
        ENTRY,
        "1: „topic“ ist „kindergeld“, die Datei heißt aber kindergeld (1).yaml. Benennen Sie die Datei um in kindergeld.yaml.",
    ),
    "a space in the name of the file": (
        "knowledge/stadt/entries/leistungen/kinder geld.yaml",
        ENTRY,
        "1: „topic“ ist „kindergeld“, die Datei heißt aber kinder geld.yaml. Benennen Sie die Datei um in kindergeld.yaml.",
    ),
    "a capital in the name of the file": (
        "knowledge/stadt/entries/leistungen/Kindergeld.yaml",
        ENTRY,
        "1: „topic“ ist „kindergeld“, die Datei heißt aber Kindergeld.yaml. Benennen Sie die Datei um in kindergeld.yaml.",
    ),
    "a test for an unknown topic": (
        "knowledge/stadt/entries/kita/kita-beitrg.test.yaml",
        "asks: [Was?]\n",
        "1: Das Thema „kita-beitrg“ gibt es nicht. Meinten Sie „kita-beitrag“?",
    ),
    "an id in two files": (
        FACT_FILE,
        FACT.replace("stadt.neu", "stadt.beitrag"),
        "2: „stadt.beitrag“ steht schon in knowledge/stadt/facts/alles.yaml:2. Löschen oder verbinden Sie eines davon.",
    ),
    "related to itself": (
        ENTRY_FILE,
        ENTRY + "related: [kindergeld]\n",
        "7: Das Thema ist mit sich selbst verwandt. Löschen Sie diesen Namen.",
    ),
    "related twice": (
        ENTRY_FILE,
        ENTRY + "related: [kita-beitrag, kita-beitrag]\n",
        "7: Hinweis: „kita-beitrag“ steht hier zweimal. Löschen Sie eines davon.",
    ),
    "a side that leads to itself": (
        ENTRY_FILE,
        ENTRY + "aspects:\n  cost:\n    see: kindergeld\n",
        "9: Das Thema verweist auf sich selbst. Schreiben Sie hier den Text.",
    ),
    "a tab in a text": (
        TEST_FILE,
        "asks: Was\n\tkostet das?\n",
        "2: Hier steht ein Tabulator. Bitte mit Leerzeichen einrücken.",
    ),
    "an open quote": (
        TEST_FILE,
        'asks:\n  - "Was kostet das?\n  - Und das?\n',
        "2: Ein Anführungszeichen wird nicht geschlossen. Ergänzen Sie das schließende Zeichen.",
    ),
    "words behind a quote": (
        TEST_FILE,
        'asks:\n  - "Was" kostet das?\n',
        "2:11: Hinter dem schließenden Anführungszeichen steht noch etwas. Schreiben Sie „- '\"Was\" kostet das?'“.",
    ),
    "a colon between typographic quotes": (
        TEST_FILE,
        "asks: “Frage: gilt das?”\n",
        '1:13: Hier steht ein Doppelpunkt mit Leerzeichen mitten im Text. Schreiben Sie „asks: "“Frage: gilt das?”"“.',
    ),
    "a long text with a colon": (
        TEST_FILE,
        f"asks:\n  - Frage: {'sehr ' * 40}lang: das?\n",
        f"2:216: Hier steht ein Doppelpunkt mit Leerzeichen mitten im Text. {QUOTE_IT}",
    ),
    "indented further than the key before": (
        TEST_FILE,
        "asks:\n  - Was?\nbelongs_elsewhere: {}\n  known_failures: []\n",
        "4: Die Einrückung passt nicht zu den Zeilen davor. Rücken Sie die Zeile so ein wie ihre Nachbarn.",
    ),
    "a star and a space first": (
        TEST_FILE,
        "asks:\n  - * Was?\n",
        '2: Ein Stern am Anfang ist in YAML ein Verweis, kein Text. Schreiben Sie „- "* Was?"“.',
    ),
    "a directive": (
        TEST_FILE,
        "%YAML 9.9\n---\nasks: []\n",
        "1: Die Datei ist kein gültiges YAML. Prüfen Sie Einrückung und Anführungszeichen dieser Zeile.",
    ),
    "nothing": (TEST_FILE, "", "1: Die Datei ist leer. Füllen oder löschen Sie sie."),
    "a comment alone": (TEST_FILE, "# kommt noch\n", "1: Die Datei ist leer. Füllen oder löschen Sie sie."),
    "lists in lists in lines": (
        TEST_FILE,
        "- " * 500_000,
        "1: Hier ist zu tief verschachtelt. Rücken Sie die Zeile so ein wie ihre Nachbarn.",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_one_fault_has_one_message(name: str, town: Town) -> None:
    file, text, expected = BROKEN[name]
    town.write(file, text)
    assert town.new_problems() == (f"{file}:{expected}",)


FINE: dict[str, tuple[str, str | bytes]] = {
    "a tab behind the colon": (FACT_FILE, FACT.replace("text: Eine", "text:\tEine")),
    "a tab before a comment": (FACT_FILE, FACT.replace("Tatsache\n", "Tatsache\t# x\n")),
    "a space before the colon": (ENTRY_FILE, ENTRY.replace("title: ", "title : ")),
    "a time without quotes": (FACT_FILE, FACT + "    value: 08:30\n    unit: time\n"),
    "a telephone number without quotes": (FACT_FILE, FACT + "    value: 02323 161631\n    unit: phone\n"),
    "a day in quotes": (ENTRY_FILE, ENTRY.replace("2027-11-20", '"2027-11-20"')),
    "a comment": (ENTRY_FILE, ENTRY.replace("title: Kindergeld", "title: Kindergeld # neu")),
    "yes": (ENTRY_FILE, ENTRY + "off: yes\n"),
    "on": (ENTRY_FILE, ENTRY + "off: on\n"),
    "no": (ENTRY_FILE, ENTRY.replace("title: Kindergeld", "title: no")),
    "Ja": (ENTRY_FILE, ENTRY + "off: Ja\n"),
    "True": (ENTRY_FILE, ENTRY + "off: True\n"),
    "the end of the document": (FACT_FILE, FACT + "...\n"),
    "the beginning of the document": (FACT_FILE, "---\n" + FACT),
    "JSON": (FACT_FILE, '{"facts": []}'),
    "line ends of an old Mac": (ENTRY_FILE, ENTRY.replace("\n", "\r").encode()),
    "an address": (ENTRY_FILE, ENTRY.replace("title: Kindergeld", "title: https://www.herne.de")),
    "a key in the long form": (ENTRY_FILE, ENTRY.replace("title: Kindergeld", "? title\n: Kindergeld")),
    "Windows line ends in a part": (ENTRY_FILE, ENTRY.replace("\n", "\r\n", 2).encode()),
    "an umlaut of two characters": (ENTRY_FILE, ENTRY.replace("title: Kindergeld", "title: Gebu\u0308hr")),
    "Windows line ends": (ENTRY_FILE, ENTRY.replace("\n", "\r\n")),
    "a byte order mark": (ENTRY_FILE, "\ufeff" + ENTRY),
    "a cycle of related topics": (ENTRY_FILE, ENTRY + "related: [kita-beitrag]\n"),
}


@pytest.mark.parametrize("name", FINE)
def test_what_looks_broken_and_is_not(name: str, town: Town) -> None:
    file, text = FINE[name]
    town.write(file, text)
    assert town.new_problems() == ()


def test_a_cycle_of_sides_is_named_at_both_ends(town: Town) -> None:
    town.write(ENTRY_FILE, ENTRY + "aspects:\n  cost:\n    see: kita-anmeldung\n")
    other = "knowledge/stadt/entries/kita/kita-anmeldung.yaml"
    town.edit(other, "  documents:\n", "  cost: {see: kindergeld}\n  documents:\n")
    found = town.new_problems()
    assert [p.split(": ")[0] for p in found] == [f"{other}:21", f"{ENTRY_FILE}:9"]
    assert found[1].endswith("„kita-anmeldung“ verweist bei „cost“ selbst weiter. Eines der beiden braucht den Text.")


def test_a_file_of_50_megabytes_is_not_read(town: Town) -> None:
    town.write(FACT_FILE, "")
    os.truncate(town.root / FACT_FILE, 50_000_000)
    start_s = perf_counter()
    assert town.new_problems() == (
        f"{FACT_FILE}:1: Die Datei ist mit 50,0 MB zu groß. Teilen Sie sie: höchstens 2 MB.",
    )
    assert perf_counter() - start_s < 5


def test_the_largest_file_that_is_read(town: Town) -> None:
    town.write(FACT_FILE, FACT + "#" * (MAX_FILE_BYTES - len(FACT.encode())))
    assert town.new_problems() == ()


def test_a_folder_where_a_file_should_be(town: Town) -> None:
    (town.root / FACT_FILE).mkdir()
    expected = "Hier wird eine Datei erwartet, es ist aber ein Ordner. Benennen Sie den Ordner um."
    assert town.new_problems() == (f"{FACT_FILE}:1: {expected}",)


def test_a_pipe_is_not_waited_for(town: Town) -> None:
    os.mkfifo(town.root / FACT_FILE)
    expected = "Das ist keine gewöhnliche Datei. Löschen Sie sie und legen Sie eine neue an."
    assert town.new_problems() == (f"{FACT_FILE}:1: {expected}",)


def test_a_link_that_leads_nowhere(town: Town) -> None:
    (town.root / FACT_FILE).symlink_to("gibt-es-nicht.yaml")
    expected = "Diese Verknüpfung führt zu keiner Datei. Löschen Sie sie oder legen Sie die Datei an."
    assert town.new_problems() == (f"{FACT_FILE}:1: {expected}",)


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (PermissionError, "Die Datei darf nicht gelesen werden. Geben Sie ihr Leserechte."),
        (OSError, "Die Datei lässt sich nicht lesen. Speichern Sie sie neu."),
    ],
)
def test_a_file_that_must_not_be_read(
    town: Town, monkeypatch: pytest.MonkeyPatch, error: type[OSError], message: str
) -> None:
    """Root may read everything: the refusal is made here."""
    read_bytes = Path.read_bytes

    def refuse(path: Path) -> bytes:
        if path.name == "neu.yaml":
            raise error
        return read_bytes(path)

    town.write(FACT_FILE, FACT)
    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert town.new_problems() == (f"{FACT_FILE}:1: {message}",)


BOMB = "facts:\n  - &a0 [ha, ha]\n" + "".join(f"  - &a{i} [*a{i - 1}, *a{i - 1}]\n" for i in range(1, 60))


def test_an_alias_bomb_ends_at_once(town: Town) -> None:
    town.write(FACT_FILE, BOMB)
    start_s = perf_counter()
    found = town.new_problems()
    assert perf_counter() - start_s < 5
    expected = f"{FACT_FILE}:61: Ein „&“ am Anfang ist in YAML eine Sprungmarke, kein Text. "
    assert f'{expected}Schreiben Sie „- "&a59 [*a58, *a58]"“.' in found


def test_a_topic_in_two_folders_of_a_layer(town: Town) -> None:
    first = "knowledge/stadt/entries/kita/kindergeld.yaml"
    town.write(first, ENTRY)
    message = f"Das Thema „kindergeld“ steht in dieser Ebene schon in {first}. Behalten Sie eine der beiden Dateien."
    assert town.new_problems() == (f"{ENTRY_FILE}:1: {message}",)


def test_utterances_of_a_topic_in_two_folders(town: Town) -> None:
    first = "intents/kita/kindergeld.yaml"
    town.write(first, "topic: kindergeld\nutterances: {overview: [a b c, d e f, g h i]}\n")
    message = f"Beispielfragen zu „kindergeld“ stehen schon in {first}. Verbinden Sie beide zu einer Datei."
    assert f"intents/leistungen/kindergeld.yaml:1: {message}" in town.new_problems()


def test_two_versions_of_a_whole_file(town: Town) -> None:
    town.write(ENTRY_FILE, f"<<<<<<< HEAD\n{ENTRY}=======\n{ENTRY}>>>>>>> andere\n")
    (found,) = town.new_problems()
    assert found.startswith(f"{ENTRY_FILE}:1: Hier stehen zwei Fassungen untereinander")


def test_a_broken_file_leaves_all_others(town: Town) -> None:
    town.write(FACT_FILE, "facts:\n\t- id\n")
    town.edit(ENTRY_FILE, "short:", "shrt:")
    assert len(town.new_problems()) == 2
    assert "kita-beitrag" in town.content().entries
