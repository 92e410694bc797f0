"""What is remembered of a conversation, and signing and reading `state`. Nothing is stored."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, fields, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from itsdangerous import Signer

from bot.model import Child, Conversation, Entities

VERSION = 1
MAX_TURNS = 5
"""After so many replies without a new topic, the old one is forgotten."""
MAX_AGE = timedelta(hours=2)
MAX_STATE_CHARS = 2048
_SALT = "familienbot.state"


class StateProblem(StrEnum):
    """Why a state could not be read: forged is an error of the client, the others start afresh."""

    FORGED = "forged"
    EXPIRED = "expired"
    UNKNOWN_KEY = "unknown-key"


class ForgedStateError(Exception):
    """A state that names a known key but was not signed with it, or is no state at all."""


TOGETHER = (("weekday", "weekdays", "date"), ("district", "districts"))
"""Values that belong together: of each row, a newer one replaces all older ones."""
WISH = ("children", "district", "districts", "weekday", "weekdays", "part_of_day", "date", "kinds", "offer")
"""What a search looks for."""


def remember(
    before: Conversation,
    topic: str | None,
    aspect: str | None,
    entities: Entities,
    pending: tuple[str, ...],
    *,
    searched: bool = False,
) -> Conversation:
    """The conversation after a reply: a topic answered is remembered, an old one forgotten after `MAX_TURNS`.

    searched  the entities are the whole wish: what was wished before and is not among them was given up
    """
    if searched:
        empty = Entities()
        older = replace(before.entities, **{name: getattr(empty, name) for name in WISH})
        before = replace(before, entities=older)
    turns = 0 if topic is not None and topic != before.topic else before.turns + 1
    forget = turns >= MAX_TURNS
    old = None if forget else before.topic
    return Conversation(
        topic=topic or old,
        aspect=aspect if topic else (before.aspect if old else None),  # no side without its topic
        entities=entities if forget else merge(before.entities, entities),
        pending=pending[:3],
        turns=0 if forget else turns,
    )


def merge(old: Entities, new: Entities) -> Entities:
    """The newer values, and the older ones where nothing newer was said."""
    newer = {f.name: value for f in fields(new) if (value := getattr(new, f.name)) not in (None, ())}
    for names in TOGETHER:
        if not newer.keys().isdisjoint(names):
            newer |= {name: getattr(new, name) for name in names}
    if new.income_eur is not None:  # a new amount does not inherit the period of the old one
        newer["income_period"] = new.income_period
    return replace(old, **(newer | {"matter": None, "doubtful": ()}))


def _to_wire(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _to_wire(v) for k, v in value.items() if v not in (None, (), [], {})}
    return [_to_wire(v) for v in value] if isinstance(value, list | tuple) else value


def entities_to_wire(entities: Entities) -> dict[str, Any]:
    """The values as ids and numbers, without those that were not mentioned."""
    wire = _to_wire(asdict(entities))
    assert isinstance(wire, dict)
    return wire


def sign(conversation: Conversation, secrets: Mapping[str, str], now: datetime) -> str:
    """The conversation as a signed token of at most 2 KB, with the id of the first key."""
    kid, key = next(iter(secrets.items()))
    body = {
        "v": VERSION, "kid": kid, "issued_at": int(now.timestamp()), "topic": conversation.topic,
        "aspect": conversation.aspect, "entities": entities_to_wire(conversation.entities),
        "pending": list(conversation.pending), "turns": conversation.turns,
    }  # fmt: skip
    raw = json.dumps(body, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    payload = base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
    return _signed(f"{kid}.{payload}", key)


def _signed(value: str, key: str) -> str:
    return Signer(key, salt=_SALT, sep=".").sign(value).decode()


def read_state(
    token: str, secrets: Mapping[str, str], now: datetime, topics: Collection[str]
) -> Conversation | StateProblem:
    """The conversation, or why it starts afresh.

    topics  the topics that exist: a state that names another one was signed for other knowledge and forgets it
    raises  ForgedStateError when a known key did not sign it, or when it is no state at all
    """
    kid, _, rest = token.partition(".")
    if len(token) > MAX_STATE_CHARS or not kid or not rest:
        raise ForgedStateError
    key = secrets.get(kid)
    if key is None:
        return StateProblem.UNKNOWN_KEY
    try:
        value = token.rpartition(".")[0]
        # whole strings: two bits of a signature's last letter say nothing, so decoded it would equal three others
        if not hmac.compare_digest(_signed(value, key).encode(), token.encode()):
            raise ForgedStateError
        payload = value.split(".", 1)[1]
        body = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        issued = datetime.fromtimestamp(body["issued_at"], tz=now.tzinfo)
    except (binascii.Error, ValueError, KeyError, IndexError, TypeError, OverflowError, OSError) as error:
        raise ForgedStateError from error
    if body.get("v") != VERSION or not timedelta(minutes=-5) <= now - issued <= MAX_AGE:
        return StateProblem.EXPIRED
    found: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in body["entities"].items()}
    entities = Entities(**(found | {"children": tuple(Child(**c) for c in found.get("children", ()))}))
    topic = body["topic"] if body["topic"] in topics else None
    return Conversation(
        topic=topic,
        aspect=body["aspect"] if topic else None,
        entities=entities,
        pending=tuple(t for t in body["pending"] if t in topics),
        turns=body["turns"],
    )
