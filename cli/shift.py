"""Moments that a duty officer names: an hour of the shift, or a full time."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from messages.errors import SettingsError

_HOUR: Final = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


def began(text: str, now: float, zone: ZoneInfo) -> float:
    """Epoch seconds of ``20:00``, the latest such time before ``now`` on the city's clocks, or of a
    full time. Raises ``settings.since``, also for one that is not before ``now``."""
    hour = _HOUR.fullmatch(text)
    if hour is None:
        at = instant("since", text)
    else:
        local = datetime.fromtimestamp(now, zone)
        local = local.replace(hour=int(hour[1]), minute=int(hour[2]), second=0, microsecond=0)
        # A day less on the clock, which is 23 or 25 hours where the clocks are changed.
        for days in (0, 1, 2):
            at = (local.replace(fold=0) - timedelta(days=days)).timestamp()
            if at < now:
                break
    if at >= now:
        raise SettingsError("since", f"{text} is not before now", mend="name when the shift began")
    return at


def instant(option: str, text: str) -> float:
    """Epoch seconds of a full time. Raises ``settings.<option>``, also without an offset: the
    machine's clocks may not be the city's."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise SettingsError(
            option,
            f"{text!r} is no time that is read",
            mend="write 2026-11-26T20:00+08:00" + (", or 20:00" if option == "since" else ""),
        )
    return found.timestamp()
