"""Natural days (自然日): the clock on the city's wall, which daylight saving sets forward and back.

A day is from any reading to the same reading of the next day, and an hour is its 24th part,
however long the day lasts. An hour that the clocks skip passes in an instant. When an hour comes
twice, only the first counts: time stands still through the second.
"""

from __future__ import annotations

import datetime
from math import ceil, floor
from typing import Final
from zoneinfo import ZoneInfo

from rules.calendar import change_of_clocks, first_shown, offset_s

DAY_S: Final = 86_400
SLACK_S: Final = 1e-5
"""Epoch seconds are exact to 0.24 µs; what ends that close to a standstill ends before it."""


def shown_s(epoch_s: float, zone: ZoneInfo) -> float:
    """What the wall has shown at most until then: seconds since 1970-01-01 00:00 as the city's
    clocks count them. Never falls."""
    second = floor(epoch_s)
    local = datetime.datetime.fromtimestamp(second, zone)
    if not local.fold:
        return epoch_s + offset_s(local)
    former = offset_s(local.replace(fold=0))
    same_reading = second - (former - offset_s(local))
    return change_of_clocks(zone, same_reading, second) + former


def reached(wall_s: float, zone: ZoneInfo) -> float:
    """The first moment (epoch s) whose :func:`shown_s` is ``wall_s`` or more."""
    # The second before it, because a skip or a standstill may begin at wall_s itself.
    second = ceil(wall_s - SLACK_S) - 1
    local = datetime.datetime(1970, 1, 1, tzinfo=zone) + datetime.timedelta(seconds=second)
    if local.replace(fold=1).timestamp() < local.timestamp():  # skipped
        return first_shown(local)
    return local.timestamp() + (wall_s - second)
