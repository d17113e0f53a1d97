"""What is odd about a boundary set but does not stop it: reported, never silent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

FindingCode: TypeAlias = Literal["ring_mended", "orphan", "ambiguous_parent"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One oddity of one territory. ``code`` is for filters, ``text`` for a person."""

    code: FindingCode
    level: str
    territory: str
    text: str

    def __str__(self) -> str:
        return f"{self.level} {self.territory}: {self.text} [{self.code}]"
