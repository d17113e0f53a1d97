"""Two lists of any length, matched by a digest: split into parts on disk, a part in memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

_PARTS: Final = 64
"""Of ten million subjects a part is 160,000: some 40 MB."""


class Entry(NamedTuple):
    """Where a list has a subject, and in which line it says so."""

    digest: str
    grid: str
    line: int


class Parts:
    """The entries of one list in files of ``folder``, by the first digits of the digest, so that
    parts in their order are all digests in order."""

    def __init__(self, folder: Path, name: str, stack: ExitStack) -> None:
        self._files = [folder / f"{name}-{part}" for part in range(_PARTS)]
        self._open: list[BinaryIO] = [stack.enter_context(file.open("w+b")) for file in self._files]

    def add(self, digest: bytes, grid: str, line: int) -> None:
        said = f"{digest.hex()} {line} {grid}\n".encode(errors="surrogateescape")
        self._open[digest[0] * _PARTS // 256].write(said)

    def read(self, part: int) -> Iterator[Entry]:
        """In the order of the list."""
        file = self._open[part]
        file.seek(0)
        for said in file:
            digest, line, grid = said.decode(errors="surrogateescape").rstrip("\n").split(" ", 2)
            yield Entry(digest, grid, int(line))


class Matched(NamedTuple):
    """A subject of either list: its first entry in each, None where it stands in one only."""

    digest: str
    first: Entry | None
    second: Entry | None


def matched(first: Parts, second: Parts, repeats: tuple[list[int], list[int]]) -> Iterator[Matched]:
    """Every subject once, by its digest. The lines of further entries go into ``repeats``."""
    for part in range(_PARTS):
        sides: list[dict[str, Entry]] = []
        for parts, again in zip((first, second), repeats, strict=True):
            side: dict[str, Entry] = {}
            for entry in parts.read(part):
                if side.setdefault(entry.digest, entry) is not entry:
                    again.append(entry.line)
            sides.append(side)
        one, other = sides
        for digest in sorted(one.keys() | other.keys()):
            yield Matched(digest, one.get(digest), other.get(digest))
