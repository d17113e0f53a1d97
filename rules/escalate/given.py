"""What an escalation policy is compiled from: the parts of the pack's that it reads. See
``packs/escalation.py``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol


class Step(Protocol):
    """Who hears when. ``after``: a limit, or in percent of the policy's own for ``of``."""

    @property
    def of(self) -> Literal["accept", "dispose"]: ...
    @property
    def after(self) -> str: ...
    @property
    def notify(self) -> Sequence[str]: ...
    @property
    def stage(self) -> str | None: ...
    @property
    def supervise(self) -> bool: ...


class Policy(Protocol):
    """One policy. A step's ``of`` has its limit, as the pack's model checks."""

    @property
    def policy(self) -> str: ...
    @property
    def accept(self) -> str | None: ...
    @property
    def dispose(self) -> str | None: ...
    @property
    def steps(self) -> Sequence[Step]: ...
