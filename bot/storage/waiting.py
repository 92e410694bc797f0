"""Questions back whose answer is still awaited: in memory alone, a few minutes, known words of the domain at most."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.storage.events import Unanswered

PATIENCE = timedelta(minutes=15)
"""A question back that nobody answered within this time was not understood."""
MOST = 1000


@dataclass(slots=True)
class Waiting:
    """What was asked back, oldest first, by the state that went out with it: nothing else ties two turns together.

    Where several processes serve, another one may get the next message: then the question counts as not understood.
    """

    held: OrderedDict[bytes, tuple[datetime, Unanswered]] = field(default_factory=OrderedDict, repr=False)

    def hold(self, state: str, asked: Unanswered, now: datetime) -> tuple[Unanswered, ...]:
        """Keeps the wording until its choice is picked; what comes back has waited too long, or has no more room."""
        given_up, key = [], _key(state)
        old = self.held.pop(key, None)
        if old is not None:  # the same question back in the same second: two states alike
            given_up.append(old[1])
        self.held[key] = (now, asked)
        while len(self.held) > MOST:
            given_up.append(self.held.popitem(last=False)[1][1])
        return (*given_up, *self.overdue(now))

    def settle(self, state: str, *, picked: bool) -> Unanswered | None:
        """Forgets what was asked back with this state; its wording comes back when none of the choices was picked."""
        found = self.held.pop(_key(state), None)
        return None if found is None or picked else found[1]

    def overdue(self, now: datetime) -> tuple[Unanswered, ...]:
        """Forgets and hands out what has waited too long."""
        found = []
        while self.held and next(iter(self.held.values()))[0] + PATIENCE <= now:
            found.append(self.held.popitem(last=False)[1][1])
        return tuple(found)

    def rest(self) -> tuple[Unanswered, ...]:
        """Forgets and hands out everything: the service ends."""
        found = tuple(asked for _, asked in self.held.values())
        self.held.clear()
        return found


def _key(state: str) -> bytes:
    """A state itself is not kept: it says what was understood."""
    return hashlib.sha256(state.encode()).digest()
