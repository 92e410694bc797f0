"""Changes to YAML files in place: comments, order and quotes stay; the only import of ruamel.yaml."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

Value = str | tuple[str, ...] | Mapping[str, str]
"""A field as text, a list of texts, or a mapping of texts."""

_FLOW = ("weekdays", "dates", "languages", "also")
"""Lists of short words, written in one line."""
_TIMES = ("from", "until")


@dataclass(frozen=True, slots=True)
class Edit:
    """New values for the fields of one record; None removes a field.

    index  which record of the list; None: a new one at its end
    """

    index: int | None
    fields: Mapping[str, Value | None]


def _yaml() -> YAML:
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 1_000_000
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def _dump(data: Any) -> str:
    out = io.StringIO()
    _yaml().dump(data, out)
    return out.getvalue()


def dump(data: Any) -> str:
    """Data as a YAML file; what is the same object in several places is written once and referred to."""
    return _dump(data)


def _scalar(text: str) -> Any:
    """The text so that it is written plain where that reads as the same text, else in double quotes.

    The bot reads every scalar as text: a day, a year or `true` needs no quotes.
    """
    try:
        plain = _yaml().load(f"- {text}\n")[0]
    except Exception:  # noqa: BLE001  whatever YAML stumbles over goes between quotes
        return DoubleQuotedScalarString(text)
    same = isinstance(plain, str | int) and str(plain) == text
    is_day = re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) is not None
    return plain if same or is_day or text in ("true", "false") else DoubleQuotedScalarString(text)


def _node(key: str, value: Value) -> Any:
    if isinstance(value, str):
        return _scalar(value)
    if isinstance(value, Mapping):
        quoted = key == "time"
        return CommentedMap(
            (k, DoubleQuotedScalarString(v) if quoted and k in _TIMES else _scalar(v)) for k, v in value.items()
        )
    sequence = CommentedSeq(_scalar(item) for item in value)
    if key in _FLOW:
        sequence.fa.set_flow_style()
    return sequence


def _replace(record: CommentedMap, key: str, value: Value) -> None:
    """Sets a field that is there; the blank lines and comments behind its old value stay behind the new one."""
    old, new = record[key], _node(key, value)
    if isinstance(new, CommentedMap) and isinstance(old, CommentedMap):
        for inner in [k for k in old if k not in new]:
            del old[inner]
        for inner, item in new.items():
            old[inner] = item
        return
    if isinstance(new, CommentedSeq) and isinstance(old, CommentedSeq) and old.fa.flow_style():
        new.fa.set_flow_style()
    tail = _tail_of(old)
    if tail is not None and isinstance(new, CommentedSeq) and not new.fa.flow_style():
        new.ca.items[len(new) - 1] = tail
        tail = None
    record[key] = new
    if tail is not None:
        record.ca.items[key] = [None, None, tail[0], None]


def _tail_of(node: Any) -> list[Any] | None:
    """The comment behind the last item of a list in block style."""
    if isinstance(node, CommentedSeq) and node and not node.fa.flow_style():
        tail: list[Any] | None = node.ca.items.get(len(node) - 1)
        return tail
    return None


def _insert(record: CommentedMap, key: str, value: Value, order: Sequence[str]) -> None:
    """Adds a field where it belongs in the order; never behind the last one, to which the blank line is bound."""
    later = order[order.index(key) + 1 :] if key in order else ()
    position = next((i for i, name in enumerate(record) if name in later), len(record) - 1)
    record.insert(max(1, position), key, _node(key, value))


def _remove(record: CommentedMap, key: str) -> None:
    if key in record and key != list(record)[-1]:
        del record[key]
    elif key in record:  # the blank line behind it is kept by the field before
        names = list(record)
        token = record.ca.items.pop(key, None)
        del record[key]
        if token is not None and len(names) > 1 and names[-2] not in record.ca.items:
            record.ca.items[names[-2]] = token


def _bare(text: str) -> str:
    """The text with plain line ends and without a byte order mark."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n")


def reformats(text: str) -> bool:
    """Whether writing would change more of the text than the fields: its indentation or line breaks are others."""
    bare = _bare(text)
    return bool(bare.strip()) and _dump(_yaml().load(bare)) != bare


def with_edits(text: str, key: str, edits: Sequence[Edit], order: Sequence[str]) -> str:
    """The text of a list file with the edits made.

    text   a file that the loader read without problems, or nothing: then a new file
    key    the name of the list
    order  of the fields of a record
    """
    bare = _bare(text)
    data = _yaml().load(bare) if bare.strip() else None
    if data is None:
        data = CommentedMap({key: CommentedSeq()})
    records = data[key]
    records.fa.set_block_style()
    for edit in edits:
        if edit.index is None:
            fields = sorted(edit.fields.items(), key=lambda f: order.index(f[0]) if f[0] in order else len(order))
            records.append(CommentedMap((k, _node(k, v)) for k, v in fields if v is not None))
            if len(records) > 1:
                records.yaml_set_comment_before_after_key(len(records) - 1, before="\n")
            continue
        record = records[edit.index]
        for name, value in edit.fields.items():
            if value is None:
                _remove(record, name)
            elif name in record:
                _replace(record, name, value)
            else:
                _insert(record, name, value, order)
    done = _dump(data)
    if "\r\n" in text:
        done = done.replace("\n", "\r\n")
    return ("\ufeff" if text.startswith("\ufeff") else "") + done
