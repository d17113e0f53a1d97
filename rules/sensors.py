"""What a device says: alarms by their state, readings by their limits, with hysteresis."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final, Literal, NamedTuple, TypeAlias

from messages.decision import Priority
from rules.given import Limit, Limits, Taxonomy

Level: TypeAlias = Literal["normal", "pre_alarm", "alarm"]
UPKEEP_STATES: Final = frozenset({"fault", "tamper", "offline"})
"""States that speak of the device and not of what it watches."""


DANGERS: Final = frozenset({"alarm", "pre_alarm"})


class Watch(NamedTuple):
    """One kind of device, compiled. ``priorities``: of an alarm, by its state."""

    code: str
    category: str
    upkeep: str
    unit: str
    priorities: Mapping[str, Priority]
    limits: Limits | None

    def category_of(self, state: str | None) -> str:
        """The category of an alarm in that state: a broken smoke detector is not a fire."""
        return self.upkeep if state in UPKEEP_STATES else self.category

    def level(self, value: float, before: str = "normal") -> Level:
        """Where a value stands. ``before``: the device's level so far; one that has been reached is
        kept until the value has come back inside by the hysteresis."""
        limits = self.limits
        if limits is None:
            return "normal"
        if _beyond(limits, value, limits.hysteresis if before == "alarm" else 0.0):
            return "alarm"
        pre = limits.pre_alarm
        if pre is not None and _beyond(
            pre, value, limits.hysteresis if before != "normal" else 0.0
        ):
            return "pre_alarm"
        return "normal"

    def priority(self, level: str) -> Priority | None:
        """The priority of a reading at that level, or of an alarm in that state."""
        return self.priorities.get(level)

    def limit_priority(self, level: str) -> Priority | None:
        """The priority that the limit of a reading's level gives."""
        if self.limits is None or level == "normal":
            return None
        pre = self.limits.pre_alarm
        return pre.priority if level == "pre_alarm" and pre is not None else self.limits.priority

    def magnitude(self, value: float | None) -> float:
        """How many times its limit a value is, from 1; of a limit below, the limit how many times
        the value. 0 inside, without limits, or where a limit of 0 has no multiples."""
        limits = self.limits
        if limits is None or value is None:
            return 0.0
        if limits.above is not None and value > limits.above > 0:
            return value / limits.above
        if limits.below is not None and value < limits.below:
            return limits.below / value if value > 0 else math.inf
        return 0.0

    def beyond(self, value: float, level: str) -> str:
        """For a person: which limit a value of that level is beyond, such as ``above 0.27``."""
        limit = self.limits.pre_alarm if self.limits and level == "pre_alarm" else self.limits
        if limit is None:
            return "within its limits"
        if limit.above is not None and value > limit.above:
            return f"above {limit.above:g}"
        if limit.below is not None and value < limit.below:
            return f"below {limit.below:g}"
        return "not back inside its limits"


def _beyond(limit: Limit, value: float, inside: float) -> bool:
    above, below = limit.above, limit.below
    # Rounded, because 0.15 - 0.05 is not 0.1 to a computer, and is to who wrote it.
    return (above is not None and value > (round(above - inside, 9) if inside else above)) or (
        below is not None and value < (round(below + inside, 9) if inside else below)
    )


def watches(taxonomy: Taxonomy) -> dict[str, Watch]:
    """The pack's kinds of device by their code."""
    return {
        s.code: Watch(
            s.code,
            s.category,
            s.upkeep or s.category,
            s.unit or "",
            {str(state): priority for state, priority in s.states.items()},
            s.limits,
        )
        for s in taxonomy.sensors
    }
