"""What a pack says of a case's life beside its limits: windows, counts and caps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple, Protocol

_DAY_S: Final = 86_400.0


class Life(Protocol):
    """The part of ``packs/escalation.py`` that it is compiled from."""

    @property
    def return_within_days(self) -> float: ...
    @property
    def arbitrate_at(self) -> int: ...
    @property
    def extensions(self) -> int: ...
    @property
    def suspend_days(self) -> float: ...
    @property
    def suspend_for(self) -> Sequence[str]: ...
    @property
    def close_unchecked(self) -> Sequence[str]: ...
    @property
    def reopen_within_days(self) -> float: ...
    @property
    def kept_days(self) -> float: ...
    @property
    def remind_minutes(self) -> float: ...


class Lifecycle(NamedTuple):
    """``return_within_s``: after it was dispatched. ``arbitrate_at``: the return or reopening with
    which the district has the last word. ``extensions``: how many. ``suspend_for_s``: at most, and
    ``suspend_for``: reason codes, any where there are none. ``close_unchecked``: priorities that
    need no check. ``reopen_within_s``: after it was closed. ``kept_s``: how long an ended case
    stays in the desk's state. ``remind_s``: how often what nobody has accepted or acknowledged is
    said again, once all steps are taken."""

    return_within_s: float = 2 * _DAY_S
    arbitrate_at: int = 3
    extensions: int = 2
    suspend_for_s: float = 90 * _DAY_S
    suspend_for: tuple[str, ...] = ()
    close_unchecked: tuple[str, ...] = ("P4",)
    reopen_within_s: float = 15 * _DAY_S
    kept_s: float = 30 * _DAY_S
    remind_s: float = 1800.0

    @classmethod
    def compile(cls, life: Life) -> Lifecycle:
        """The pack's, in seconds."""
        return cls(
            life.return_within_days * _DAY_S,
            life.arbitrate_at,
            life.extensions,
            life.suspend_days * _DAY_S,
            tuple(life.suspend_for),
            tuple(life.close_unchecked),
            life.reopen_within_days * _DAY_S,
            life.kept_days * _DAY_S,
            life.remind_minutes * 60,
        )
