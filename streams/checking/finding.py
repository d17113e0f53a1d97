"""What a check finds: a fault of the pack, or a note that nobody needs to act on today."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from packs.document import Document, Where
from packs.pack import Pack
from packs.tree import places

Severity: TypeAlias = Literal["finding", "note"]


@dataclass(frozen=True, slots=True)
class Finding:
    """``code``: stable, dotted, such as ``check.unreachable_route``. ``line``: from 1, 0 where no
    line is to blame. ``mend``: what to do about it."""

    code: str
    text: str
    file: str
    line: int
    mend: str
    severity: Severity = "finding"

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}: {self.text} [{self.code}]\n  mend: {self.mend}"


def at(
    document: Document,
    where: Where,
    code: str,
    text: str,
    mend: str,
    severity: Severity = "finding",
) -> Finding:
    """A finding about what stands at ``where`` in a file."""
    file, line = str(document.file), document.line(where)
    return Finding(f"check.{code}", text, file, line, mend, severity)


def at_route(
    pack: Pack, route: str, code: str, text: str, mend: str, severity: Severity = "finding"
) -> Finding:
    """A finding about a route, whichever file it stands in."""
    place = places(pack)[route]
    return at(pack.documents[place.file], place.where, code, text, mend, severity)
