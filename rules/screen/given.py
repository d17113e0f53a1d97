"""What the screen is compiled from: the parts of ``packs/screening.py`` that it reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from rules.screen.finding import Effect


class Filter(Protocol):
    """What all filters have. The parameters of a check are asked for where it is made."""

    @property
    def filter(self) -> str: ...
    @property
    def check(self) -> str: ...
    @property
    def effect(self) -> Effect: ...
    @property
    def reason(self) -> str | None: ...
    @property
    def source(self) -> Sequence[str] | None: ...
    @property
    def kind(self) -> Sequence[str] | None: ...
    @property
    def category(self) -> Sequence[str] | None: ...
    @property
    def life_safety_bypass(self) -> bool: ...


class Screening(Protocol):
    """The file. Its order is the order in which filters are tried."""

    @property
    def filters(self) -> Sequence[Filter]: ...
