"""A configuration for Decap CMS from the models of the knowledge: editors without git get forms that we need not write.

Decap writes a file anew: comments are lost, order and quotes may change, what stands in no form stays as it is.
"""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from bot.content.loading import SCHEMAS, Content
from bot.content.models import Aspect

Config = dict[str, Any]

BACKENDS = ("git-gateway", "gitlab", "github", "gitea", "bitbucket")
LONG = frozenset(
    {"text", "short", "notice", "note", "about", "off_text", "door", "hard_because", "hours", "accessible"}
)
"""Fields that are more than a line."""
FIXED = frozenset({"topic", "id", "matter"})
"""Names that other files refer to: shown, not changed by accident."""


@dataclass(frozen=True, slots=True)
class Sort:
    """A collection: the kind of file, and where such files are.

    root     `knowledge` or `intents`
    pattern  below it, as for `Path.glob`
    """

    name: str
    label: str
    kind: str
    root: str
    pattern: str
    hint: str = ""


SORTS = (
    Sort(
        "eintraege", "Antworten", "entry", "knowledge", "*/entries/**/*.yaml", "Was Eltern lesen, ein Thema je Datei."
    ),
    Sort("tatsachen", "Tatsachen", "fact", "knowledge", "*/facts/*.yaml", "Beträge, Fristen und Nummern, jede einmal."),
    Sort("stellen", "Stellen und Orte", "place", "knowledge", "*/places/*.yaml"),
    Sort("angebote", "Angebote", "offer", "knowledge", "*/offers/*.yaml"),
    Sort("beispielfragen", "Beispielfragen", "intent", "intents", "*/*.yaml", "Wie Eltern fragen, ein Thema je Datei."),
    Sort("testfragen", "Testfragen", "cases", "knowledge", "*/entries/**/*.test.yaml", "Nie zugleich Beispielfrage."),
    Sort("andere-stellen", "Sachen anderer Stellen", "neighbour", "knowledge", "*/neighbours.yaml"),
    Sort("fragen-andere", "Fragen an andere Stellen", "neighbour-intent", "intents", "neighbours/*.yaml"),
    Sort("arten", "Arten von Stellen und Angeboten", "kinds", "knowledge", "kinds.yaml"),
    Sort("stadtteile", "Stadtteile", "districts", "knowledge", "*/districts.yaml"),
    Sort("notfallnummern", "Notfallnummern", "lines", "knowledge", "safety/lines.yaml", "Nur zu zweit ändern."),
    Sort("begriffe", "Wörter für dieselbe Sache", "concepts", "intents", "lexicon/concepts*.yaml"),
    Sort("abkuerzungen", "Abkürzungen", "abbreviations", "intents", "lexicon/abbreviations.yaml"),
)

LEFT_OUT = {
    "emergency-rules": "Notfallregeln ändern nur zwei Personen zusammen, in den Dateien.",
    "harmless": "Gegenproben der Notfallregeln, sie gehören zu ihnen.",
    "city": "Einrichtung der Stadt, einmal.",
    "texts": "Feste Sätze des Bots, mit Platzhaltern.",
    "tables": "Rechentabellen mit Regeln; neue Werte kommen aus den Tatsachen.",
    "timetable": "Regeln des Familienfahrplans.",
    "import-map": "Kein Wissen: ordnet Spalten einer fremden Tabelle zu.",
}
"""Kinds of files that get no form, and why."""

LABELS: Mapping[str, str] = {
    "about": "Worum es geht", "abbreviations": "Abkürzungen", "accessible": "Barrierefreiheit", "address": "Anschrift",
    "age_months": "Alter in Monaten", "aliases": "Andere Schreibweisen", "also": "Weitere Arten",
    "always_open": "Immer erreichbar", "asks": "Muss dieses Thema beantworten", "aspects": "Seiten des Themas",
    "at": "Ort in Worten", "belongs_elsewhere": "Gehört woandershin", "borough": "Stadtbezirk", "capacity": "Plätze",
    "checked": "Geprüft am", "concepts": "Begriffe", "contact": "Ansprechstelle", "cost": "Kosten",
    "counts": "Zählt Tage bis", "dates": "Termine", "days": "Wochentage", "deadline": "Frist", "district": "Stadtteil",
    "districts": "Stadtteile", "door": "Einladung zum Weiterreden", "email": "E-Mail",
    "evidence": "Beleg (nur Redaktion)",
    "facts": "Tatsachen", "for": "Wofür", "from": "Von", "hard_because": "Warum schwer zu lesen",
    "historical": "Nur Erinnerung", "hours": "Zeiten", "id": "Name im System", "kind": "Art", "kinds": "Arten",
    "known_failures": "Geht heute noch daneben", "label": "Beschriftung", "languages": "Sprachen",
    "legal_basis": "Rechtsgrundlage", "lines": "Notfallnummern", "link": "Verweis", "links": "Verweise",
    "list": "Aufzählung",
    "long": "Langform", "matter": "Sache", "name": "Name", "neighbours": "Sachen anderer Stellen",
    "next": "Weitersuchen",
    "none": "Verneint", "note": "Notiz (nur Redaktion)", "notice": "Hinweis", "off": "Abgeschaltet",
    "off_text": "Text, solange abgeschaltet", "offers": "Angebote", "office": "Zuständige Stelle", "one": "Einzahl",
    "operator": "Träger", "own_words": "Fachwörter", "phone": "Telefon", "place": "Ort", "places": "Stellen",
    "quarter": "Quartier", "registration": "Anmeldung", "related": "Verwandte Themen", "review_by": "Wieder prüfen bis",
    "rhythm": "Rhythmus", "search": "Sucht nach", "see": "Steht bei anderem Thema", "services": "Was es dort gibt",
    "short": "Kurze Antwort", "situations": "Notlagen", "source": "Quelle", "source_date": "Stand der Quelle",
    "steps": "Schritte", "terms": "Wörter", "text": "Text", "time": "Uhrzeit", "title": "Überschrift", "topic": "Thema",
    "total": "Gesamtzahl", "unit": "Einheit", "until": "Bis", "url": "Internetadresse", "utterances": "Beispielfragen",
    "valid_from": "Gilt ab", "valid_until": "Gilt bis", "value": "Wert", "weekdays": "Wochentage", "words": "Wörter",
}  # fmt: skip

_REFERS = {
    "office": "places", "contact": "places", "place": "places", "facts": "facts", "counts": "facts", "total": "facts",
    "related": "topics", "see": "topics", "search": "kinds", "also": "kinds", "lines": "lines",
}  # fmt: skip
"""Fields that hold ids of other records."""
_OF_KINDS = ("Place", "Offer")
"""Models whose `kind` is one of kinds.yaml."""


class Forms:
    """Builds forms; the same options are the same object, so that the YAML names them once."""

    def __init__(self, content: Content) -> None:
        self.content = content
        self.options = {
            "places": [_option(p.name, i) for i, p in content.places.items()],
            "facts": [_option(f.text[:80], i) for i, f in content.facts.items()],
            "topics": [_option(_topic_title(t, content), t) for t in content.topics],
            "kinds": [_option(k.title, i) for i, k in content.kinds.items()],
            "lines": [_option(line.name, i) for i, line in content.lines.items()],
        }

    def fields(self, model: type[BaseModel]) -> list[Config]:
        """A widget for each field of the model that a form can show."""
        found = (self._field(f.alias or name, f, model) for name, f in model.model_fields.items())
        return [field for field in found if field is not None]

    def _field(self, name: str, info: FieldInfo, model: type[BaseModel]) -> Config | None:
        widget = self._widget(name, info.annotation, model)
        if widget is None:
            return None
        base: Config = {"name": name, "label": LABELS[name], **widget}
        if name not in _required(model):
            base["required"] = False
        if info.description:
            base["hint"] = info.description
        if name in FIXED and model.__name__ in ("Entry", "Intent", "NeighbourIntent"):
            base["hint"] = f"{info.description or ''} Bitte nicht ändern: Andere Dateien verweisen darauf.".strip()
        pattern = None if widget["widget"] != "string" else _pattern(info)
        if pattern:
            base["pattern"] = [pattern, "Das hat nicht die erwartete Form."]
        return base

    def _widget(self, name: str, annotation: Any, model: type[BaseModel]) -> Config | None:
        kind = _bare(annotation)
        origin = get_origin(kind)
        if name in _REFERS or (name == "kind" and model.__name__ in _OF_KINDS):
            options = self.options[_REFERS.get(name, "kinds")]
            refers = origin is tuple or kind is str
            if refers and _element(kind) is str:
                return {"widget": "select", "multiple": True, "options": options} if origin is tuple else {
                    "widget": "select", "options": options,
                }  # fmt: skip
        if origin is Literal:
            return {"widget": "select", "options": [str(v) for v in get_args(kind)]}
        if origin is tuple:
            return self._list(name, _element(kind), model)
        if origin is not None and issubclass(origin, Mapping):
            key, value = get_args(kind)
            return self._by_aspect(key, value, model)
        return self._plain(name, kind)

    def _plain(self, name: str, kind: Any) -> Config | None:
        if not isinstance(kind, type):
            return None
        if issubclass(kind, BaseModel):
            return {"widget": "object", "collapsed": True, "fields": self.fields(kind)}
        if issubclass(kind, Enum):
            return {"widget": "select", "options": [str(v.value) for v in kind]}
        if issubclass(kind, bool):
            return {"widget": "boolean"}
        if issubclass(kind, int):
            return {"widget": "number", "value_type": "int"}
        if issubclass(kind, date):
            return {"widget": "datetime", "date_format": "YYYY-MM-DD", "time_format": False, "picker_utc": True}
        return {"widget": "text" if name in LONG else "string"}

    def _list(self, name: str, element: Any, model: type[BaseModel]) -> Config | None:
        if get_origin(element) is Literal:
            return {"widget": "select", "multiple": True, "options": [str(v) for v in get_args(element)]}
        if isinstance(element, type) and issubclass(element, BaseModel):
            names = [f.alias or n for n, f in element.model_fields.items()]
            title = next(n for n in ("name", "title", "text", "label", "term", "id", *names) if n in names)
            summary = f"{{{{fields.{title}}}}}"
            return {"widget": "list", "collapsed": True, "summary": summary, "fields": self.fields(element)}
        inner = self._widget("", element, model)
        if inner is None:
            return None
        return {"widget": "list", "field": {"name": "item", "label": LABELS.get(name, name), **inner}}

    def _by_aspect(self, key: Any, value: Any, model: type[BaseModel]) -> Config | None:
        """A mapping by side; one by free names has no form, and what stands there stays as it is."""
        if _bare(key) is not Aspect:
            return None
        inner = self._widget("", value, model)
        if inner is None:
            return None
        names = self.content.texts.aspects
        sides = [{"name": a.value, "label": names.get(a, a.value), "required": False, **inner} for a in Aspect]
        for side in sides:
            if "field" in side:
                side["field"] = {**side["field"], "label": side["label"]}
        return {"widget": "object", "collapsed": True, "fields": sides}


def _option(label: str, value: str) -> dict[str, str]:
    return {"label": f"{label} ({value})", "value": value}


def _topic_title(topic: str, content: Content) -> str:
    entry = content.entries.get(topic)
    return entry.title if entry else topic


def _bare(annotation: Any) -> Any:
    """The type without `None` and without the conditions on it."""
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation = get_args(annotation)[0]
        elif origin in (Union, types.UnionType):
            annotation = next(a for a in get_args(annotation) if a is not type(None))
        else:
            return annotation


def _element(annotation: Any) -> Any:
    return _bare(get_args(annotation)[0]) if get_origin(annotation) is tuple else annotation


def _required(model: type[BaseModel]) -> set[str]:
    """The fields without which a file is refused: of an entry only its topic, for its layers share the rest."""
    extra = model.model_config.get("json_schema_extra")
    named = extra.get("required") if isinstance(extra, dict) else None
    if isinstance(named, list):
        return set(map(str, named))
    return {info.alias or name for name, info in model.model_fields.items() if info.is_required()}


def _pattern(info: FieldInfo) -> str | None:
    """The regular expression that a text must match, if the model has one."""
    parts = [info, *(a for a in (info.annotation, *get_args(info.annotation)) if get_origin(a) is Annotated)]
    conditions = (c for part in parts for c in getattr(part, "metadata", getattr(part, "__metadata__", ())))
    return next((c.pattern for c in conditions if isinstance(getattr(c, "pattern", None), str)), None)


def _label(path: Path, kind: str, content: Content) -> str:
    topic = path.name.split(".")[0]
    if kind in ("entry", "intent", "cases"):
        return _topic_title(topic, content)
    if kind == "neighbour-intent":
        matter = content.neighbours.get(topic)
        return matter.title if matter else topic
    return topic


def _files(sort: Sort, roots: Mapping[str, Path]) -> Iterator[Path]:
    other = ("neighbours", "lexicon", "safety")
    for path in sorted(roots[sort.root].glob(sort.pattern)):
        is_case = path.name.endswith(".test.yaml")
        if is_case == (sort.kind == "cases") and not (sort.kind == "intent" and path.parent.name in other):
            yield path


def configuration(content: Content, knowledge: Path, intents: Path, top: Path, backend: Mapping[str, str]) -> Config:
    """The whole configuration.

    top      the repository's top folder: paths of files are named from there
    backend  `name`, and what else that host needs, such as `repo`
    """
    forms = Forms(content)
    roots = {"knowledge": knowledge.resolve(), "intents": intents.resolve()}
    collections = []
    for sort in SORTS:
        fields = forms.fields(SCHEMAS[sort.kind])
        files = []
        for path in _files(sort, roots):
            below = path.relative_to(roots[sort.root]).with_suffix("")
            layer = f" ({below.parts[0]})" if sort.root == "knowledge" and len(below.parts) > 1 else ""
            files.append(
                {
                    "name": "-".join(below.parts).replace(".", "-"),
                    "label": _label(path, sort.kind, content) + layer,
                    "file": path.relative_to(top.resolve()).as_posix(),
                    "fields": fields,
                }
            )
        if files:
            about = {"description": sort.hint} if sort.hint else {}
            collections.append({"name": sort.name, "label": sort.label, **about, "files": files})
    return {
        "backend": {**backend, "branch": backend.get("branch", "main")},
        "publish_mode": "editorial_workflow",
        "locale": "de",
        "media_folder": "admin/media",
        "slug": {"encoding": "ascii", "clean_accents": True},
        "collections": collections,
    }
