"""The Redis view of one shard: the apply script's answers, and loading in guarded chunks.

That :meth:`View.apply` answers as the real script does is tested against a real server.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, TypeVar

from incidents.state import Version, Write
from model.rules import Rules

T = TypeVar("T")
Records = dict[tuple[str, str], Write]


class UnreachableError(Exception):
    """No answer; what was asked may have been done."""


class Shown(NamedTuple):
    """What the view holds. ``number``: a version, ``loading:…``, or "0" where there is none."""

    number: str
    version: Version
    cursor: int
    records: Records

    @property
    def whole(self) -> bool:
        return self.number.isdigit() and self.number != "0"


EMPTY = Shown("0", Version(), 0, {})


class View:
    """``up`` False: unreachable. ``deaf`` counts answers that get lost although it was done."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self.shown = EMPTY
        self.up = True
        self.deaf = 0
        self.seen: list[Shown] = []
        """Every whole view there ever was: for the check."""

    def read(self) -> Shown:
        self._reach()
        return self.shown

    def apply(self, base: int, version: Version, writes: Iterable[Write], cursor: int) -> str:
        """``OK``, ``SAME`` or ``STALE <number>``, as the script of incidents/redis_state.py."""
        self._reach()
        current = self.shown.number
        if current == str(version.number):
            answer = "SAME"
        elif current != str(base):
            answer = f"STALE {current}"
        else:
            answer = "OK"
            self._set(Shown(str(version.number), version, cursor, self._with(writes)))
        return self._answer(answer)

    # Catching up ----------------------------------------------------------------------------

    def begin(self, found: Shown, loader: str, *, wipe: bool) -> bool:
        """Take the view for loading if it still stands at ``found``."""
        self._reach()
        if self._rules.chunks_guarded and self.shown.number != found.number:
            return self._answer(False)
        records = {} if wipe else self.shown.records
        self._set(self.shown._replace(number=f"loading:{loader}:0", records=records))
        return self._answer(True)

    def load(self, loader: str, chunk: int, writes: Iterable[Write]) -> bool:
        """The ``chunk``-th chunk, if the one before it is the last that was loaded."""
        self._reach()
        if not self._loaded(loader, chunk - 1):
            return self._answer(False)
        number = f"loading:{loader}:{chunk}"
        self._set(self.shown._replace(number=number, records=self._with(writes)))
        return self._answer(True)

    def finish(self, loader: str, chunks: int, version: Version, cursor: int) -> bool:
        """All chunks are there: from now on the view is at ``version``."""
        self._reach()
        if not self._loaded(loader, chunks):
            return self._answer(False)
        self._set(Shown(str(version.number), version, cursor, self.shown.records))
        return self._answer(True)

    def _loaded(self, loader: str, chunk: int) -> bool:
        number, rules = self.shown.number, self._rules
        if rules.chunks_guarded and rules.chunks_numbered:
            return number == f"loading:{loader}:{chunk}"
        return number.startswith(f"loading:{loader}:") or not rules.chunks_guarded

    # Faults ---------------------------------------------------------------------------------

    def become(self, shown: Shown) -> None:
        """Emptied, or rolled back to an older snapshot."""
        self._set(shown)

    def _reach(self) -> None:
        if not self.up:
            raise UnreachableError

    def _answer(self, answer: T) -> T:
        if self.deaf:
            self.deaf -= 1
            raise UnreachableError
        return answer

    def _with(self, writes: Iterable[Write]) -> Records:
        records = dict(self.shown.records)
        for write in writes:
            if write.value:
                records[write.kind, write.key] = write
            else:
                records.pop((write.kind, write.key), None)
        return records

    def _set(self, shown: Shown) -> None:
        self.shown = shown
        if shown.whole:
            self.seen.append(shown)
