"""A limit of time (时限): so much of one of the four clocks."""

from __future__ import annotations

import re
from typing import Final, Literal, NamedTuple, TypeAlias

from messages.errors import PackError

Clock: TypeAlias = Literal["continuous", "natural_day", "working_hours", "working_days"]
"""Continuous hours, natural days (自然日), working hours (工作时) and working days (工作日)."""

_UNITS: Final[dict[str, tuple[Clock, int]]] = {
    "min": ("continuous", 60),
    "h": ("continuous", 3600),
    "d": ("natural_day", 1),
    "working h": ("working_hours", 3600),
    "working d": ("working_days", 1),
}
_TEXT: Final = re.compile(r"([1-9][0-9]{0,3}) (min|h|d|working h|working d)")


class Limit(NamedTuple):
    """``amount``: in its clock's own unit: seconds, natural days, working seconds, working days."""

    amount: float
    clock: Clock

    @classmethod
    def parse(cls, text: str) -> Limit:
        """The limit that a pack writes as ``15 min``, ``4 h``, ``7 d``, ``2 working h`` or
        ``1 working d``.

        Raises :class:`PackError` (``pack.bad_limit``), which a pack's model rules out.
        """
        found = _TEXT.fullmatch(text)
        if found is None:
            raise PackError(
                "bad_limit", f"{text!r} is no limit of time", mend="write one such as 2 working h"
            )
        clock, unit = _UNITS[found[2]]
        return cls(float(int(found[1]) * unit), clock)

    def share(self, percent: float) -> Limit:
        """That part of it, on the same clock; 150 percent is half as long again."""
        return Limit(self.amount * percent / 100, self.clock)

    def __str__(self) -> str:
        """As in a pack, for a person: ``2.25 working d``; minutes where hours are not whole."""
        clock: Clock = self.clock
        in_minutes = clock == "continuous" and self.amount % 3600
        unit = "min" if in_minutes else _LARGEST[clock]
        return f"{self.amount / _UNITS[unit][1]:g} {unit}"

    def to_json(self) -> list[float | str]:
        """Amount and clock, for a snapshot."""
        return [self.amount, self.clock]

    @classmethod
    def from_json(cls, found: list[float | str]) -> Limit:
        """What :meth:`to_json` gave, also after JSON."""
        amount, clock = found[:2]  # a later release may say more
        return cls(float(amount), _CLOCKS[str(clock)])


_LARGEST: Final[dict[Clock, str]] = {clock: unit for unit, (clock, _) in _UNITS.items()}
_CLOCKS: Final[dict[str, Clock]] = {clock: clock for clock in _LARGEST}
