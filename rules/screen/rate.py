"""``rate``: one reporter, device or source that sends more than it may."""

from __future__ import annotations

from typing import Literal, Protocol

import orjson

from rules.screen.facts import DeskFacts
from rules.screen.memory import Noted


class Given(Protocol):
    """How many events of what, within which time."""

    @property
    def by(self) -> Literal["reporter", "device", "source"]: ...
    @property
    def max(self) -> int: ...
    @property
    def window_minutes(self) -> float: ...


class Rate:
    """A sliding window, exact: of any stretch of ``window_minutes``, open at its beginning, at most
    ``max`` events are let through. Only those are remembered, by their times; one that is held
    back does not make the next one wait longer."""

    __slots__ = ("_by", "_max", "_window_s")

    def __init__(self, given: Given) -> None:
        self._by = given.by
        self._max = given.max
        self._window_s = given.window_minutes * 60

    def key(self, facts: DeskFacts) -> str | None:
        """The source, or whom of it the limit holds for; without a name there is no limit."""
        if self._by == "source":
            return facts.source
        whose = facts.reporter if self._by == "reporter" else facts.device
        return f"{facts.source} {whose}" if whose is not None else None

    def note(self, state: bytes | None, facts: DeskFacts, now: float) -> Noted:
        """See :class:`rules.screen.memory.Memory`."""
        window_s = self._window_s
        times: list[float] = []
        if state is not None:
            times = orjson.loads(state)["times"]
            # The sum that is also a due time: rounded alike, whoever looks.
            while times and times[0] + window_s <= now:
                del times[0]
            if len(times) >= self._max:
                minutes = f"{window_s / 60:g} min"
                text = f"{len(times)} of this {self._by} are in already within {minutes}"
                return text, state, times[-1] + window_s
        times.append(now)
        due = now + window_s
        return None, orjson.dumps({"v": 1, "due": due, "times": times}), due
