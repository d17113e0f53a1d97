"""What a filter found, and what follows from it."""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

Effect: TypeAlias = Literal["quarantine", "mark", "pass"]


class Finding(NamedTuple):
    """``code`` for a console's filter (the pack's name of ours), ``text`` for a person."""

    code: str
    text: str
    effect: Effect = "quarantine"


class Screened(NamedTuple):
    """``finding``: why the event is put aside, or None. ``marks``: what else was found on the way,
    in the order of the filters; one whose effect is ``pass`` is the last and ended the search."""

    finding: Finding | None
    marks: tuple[Finding, ...] = ()


CLEAN = Screened(None)
