"""The rows that a command could not use: a CSV with line, code and mend, and nothing of the row."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from messages.errors import SettingsError

HEADER = ("line", "code", "mend")


class Rejects:
    """``counts``: the rows by code."""

    def __init__(self, text: TextIO) -> None:
        self.counts: Counter[str] = Counter()
        self._writer = csv.writer(text, lineterminator="\n")
        self._writer.writerow(HEADER)

    def add(self, line: int, code: str, mend: str) -> None:
        self.counts[code] += 1
        self._writer.writerow((line, code, mend))

    def __str__(self) -> str:
        return ", ".join(f"{n:,} {code}" for code, n in sorted(self.counts.items()))


@contextmanager
def rejects_file(file: Path) -> Iterator[Rejects]:
    """Written beside ``file`` and put there at the end, so that what stands there is whole, and of
    a command that ended well. Raises ``settings.rejects``."""
    half = file.with_name(f".{file.name}.half")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        text = half.open("w", encoding="utf-8", newline="")
    except OSError as error:
        raise SettingsError(
            "rejects", f"{file}: {error.strerror}", mend="name another file with --rejects"
        ) from None
    try:
        with text:
            yield Rejects(text)
        half.replace(file)
    finally:
        half.unlink(missing_ok=True)
