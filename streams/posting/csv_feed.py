"""A producer's CSV file as checked events, through its mapping in a city pack."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from messages.errors import SettingsError
from messages.topics import Lane
from packs.load import load
from packs.source import SourceFile
from streams.posting import feed
from streams.posting.feed import Fed, Refused
from streams.posting.source_rows import RowError, rows_to_events


def source_of(pack: Path | None, name: str | None) -> SourceFile:
    """The pack's source of that name. Raises ``settings.source`` or :class:`PackError`."""
    if pack is None or name is None:
        raise SettingsError(
            "source",
            "a CSV file says nothing by itself",
            mend="add --pack DIR and --source NAME, one of the pack's sources",
        )
    sources = load(pack).sources
    if name not in sources:
        raise SettingsError(
            "source", f"{pack} has no source {name!r}", mend=f"one of {', '.join(sorted(sources))}"
        )
    return sources[name]


def read_csv(
    lines: Iterable[bytes], source: SourceFile, lane: Lane | None = None
) -> Iterator[Fed | Refused]:
    """Each data row (from 1), checked. UTF-8, with or without a byte order mark.

    ``lane`` overrides the source's. Raises ``settings.csv`` for a file that is not CSV in UTF-8,
    and what :func:`streams.posting.source_rows.rows_to_events` raises for a whole file.
    """
    for row, found in enumerate(rows_to_events(_rows(lines), source), 1):
        if isinstance(found, RowError):
            yield Refused(found.row, found.code, found.message)
        else:
            yield feed.check(row, found, lane or source.lane)


def _rows(lines: Iterable[bytes]) -> Iterator[Mapping[str, str]]:
    text = codecs.iterdecode(lines, "utf-8-sig")
    try:
        yield from csv.DictReader(text, strict=True)
    except (UnicodeDecodeError, csv.Error) as error:
        raise SettingsError(
            "csv", f"the file is not CSV in UTF-8: {error}", mend="save it as CSV in UTF-8"
        ) from None
