"""What an assessor is compiled from: the parts of an assessment that it reads. See
``packs/assessment.py``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Contribution(Protocol):
    """Points that are added when all that is given holds; None asks nothing."""

    @property
    def name(self) -> str: ...
    @property
    def points(self) -> float: ...
    @property
    def category(self) -> Sequence[str] | None: ...
    @property
    def kind(self) -> Sequence[str] | None: ...
    @property
    def layer(self) -> Sequence[str] | None: ...
    @property
    def mode(self) -> Sequence[str] | None: ...
    @property
    def corroborated(self) -> bool | None: ...
    @property
    def reports(self) -> int | None: ...
    @property
    def magnitude(self) -> float | None: ...


class Proposal(Protocol):
    """An emergency level for events of these categories, from a score on."""

    @property
    def level(self) -> str: ...
    @property
    def emergency(self) -> str: ...
    @property
    def category(self) -> Sequence[str]: ...
    @property
    def score(self) -> float: ...
    @property
    def layer(self) -> Sequence[str] | None: ...
    @property
    def reason(self) -> str: ...


class Points(Protocol):
    """Where each priority begins."""

    @property
    def P1(self) -> float: ...  # noqa: N802  # named as a pack's file names it
    @property
    def P2(self) -> float: ...  # noqa: N802
    @property
    def P3(self) -> float: ...  # noqa: N802
    @property
    def P4(self) -> float: ...  # noqa: N802


class Assessment(Protocol):
    """What an event can be worth."""

    @property
    def points(self) -> Points: ...
    @property
    def contributions(self) -> Sequence[Contribution]: ...
    @property
    def proposals(self) -> Sequence[Proposal]: ...
