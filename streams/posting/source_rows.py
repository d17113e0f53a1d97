"""A producer's CSV rows as event bodies, by the mapping of the pack's ``sources/<name>.yaml``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import isfinite, nan
from typing import Any, Final
from zoneinfo import ZoneInfo

import orjson

from messages.errors import EventError, SettingsError
from messages.model import SCHEMA_VERSION, Body
from messages.topics import Lane
from packs.source import CsvMapping, SourceFile, TextColumns, TimeColumn
from rules.text import normalise
from streams.understanding.decode import decode

_KINDS: Final[dict[Lane, str]] = {
    "reports": "report",
    "urgent": "report",
    "alarms": "alarm",
    "readings": "reading",
}
HINT_KEY: Final = "category_hint"
"""The extension that carries the producer's words when the source maps none of them."""

_PLAIN: Final = ("reporter_ref", "device_id", "sensor", "state", "unit")


@dataclass(frozen=True, slots=True)
class RowError:
    """A row that is no event. ``row`` counts the data rows from 1.

    ``code``: ``row.skipped`` (the mapping says so), ``row.missing_value``, ``row.not_a_number``,
    ``row.not_a_time``, ``row.cells`` (more or fewer than the header), or the ``event.…`` code that
    the lane would give.
    """

    row: int
    code: str
    message: str
    column: str = ""


class _FaultyRowError(Exception):
    def __init__(self, code: str, message: str, column: str) -> None:
        super().__init__(message)
        self.code, self.message, self.column = code, message, column


def rows_to_events(
    rows: Iterable[Mapping[str, str]], source: SourceFile
) -> Iterator[Body | RowError]:
    """One body of the source's lane, or one :class:`RowError`, per row and in the rows' order.

    ``rows`` as ``csv.DictReader`` gives them. A row without a position is an event without one; it
    goes to triage. Raises ``settings.no_csv_mapping`` and ``settings.missing_column`` for what is
    wrong with the whole file.
    """
    if source.csv is None:
        raise SettingsError(
            "no_csv_mapping",
            f"source {source.name} has no csv mapping",
            mend=f"add `csv:` to sources/{source.name}.yaml",
        )
    mapped = _Rows(source, source.csv)
    for number, row in enumerate(rows, 1):
        if number == 1:
            _check_columns(row, source.csv, source.name)
        try:
            body = mapped.body(row)
            decode(source.lane, orjson.dumps(body))
        except _FaultyRowError as fault:
            yield RowError(number, fault.code, fault.message, fault.column)
        except EventError as error:
            yield RowError(number, error.code, error.message, error.field)
        else:
            yield body


def _check_columns(row: Mapping[str, str], mapping: CsvMapping, name: str) -> None:
    for column in _columns(mapping):
        if column not in row:
            raise SettingsError(
                "missing_column",
                f"the file has no column {column!r}; it has {', '.join(map(str, row))[:300]}",
                mend=f"mend the csv mapping in sources/{name}.yaml, or read the file as utf-8-sig",
            )


def _columns(mapping: CsvMapping) -> list[str]:
    found: list[str] = []
    for part in (mapping.text, mapping.address):
        found += part.columns if part else ()
    for time in (mapping.occurred_at, mapping.submitted_at):
        found += [time.column] if time else []
    found += [*mapping.category_hint, *mapping.extensions.values()]
    found += [skip.column for skip in mapping.skip_when]
    single = [getattr(mapping, field) for field in ("event_id", "lon", "lat", "value", *_PLAIN)]
    return found + [column for column in single if column is not None]


class _Rows:
    """One source's mapping, ready for many rows."""

    def __init__(self, source: SourceFile, mapping: CsvMapping) -> None:
        self._source = source
        self._mapping = mapping
        self._hints = {normalise(w).strip(): c for w, c in source.category_hints.items()}

    def body(self, row: Mapping[str, str]) -> Body:
        if None in row or None in row.values():
            raise _FaultyRowError("row.cells", "more or fewer cells than the header has", "")
        mapping = self._mapping
        for skip in mapping.skip_when:
            if row[skip.column].strip() in skip.equals:
                raise _FaultyRowError(
                    "row.skipped", f"{skip.column} is {row[skip.column]!r}", skip.column
                )
        body: Body = {
            "schema_version": SCHEMA_VERSION,
            "kind": _KINDS[self._source.lane],
            "event_id": _required(row, mapping.event_id),
            "source": self._source.name,
            "occurred_at": _time(row, mapping.occurred_at),
        }
        if mapping.submitted_at is not None and row[mapping.submitted_at.column].strip():
            body["submitted_at"] = _time(row, mapping.submitted_at)
        body |= self._position(row)
        if mapping.text is not None:
            body["text"] = _joined(row, mapping.text)
        if mapping.address is not None and (address := _joined(row, mapping.address)):
            body["address"] = address
        body |= self._plain(row)
        extensions = {k: row[c] for k, c in mapping.extensions.items() if row[c].strip()}
        body |= self._hint(row, extensions)
        if extensions:
            body["extensions"] = extensions
        return body

    def _position(self, row: Mapping[str, str]) -> Body:
        lon, lat = self._mapping.lon, self._mapping.lat
        if lon is None or lat is None or not (row[lon].strip() or row[lat].strip()):
            return {}
        point: Body = {"lon": _number(row, lon), "lat": _number(row, lat)}
        return {"position": point | {"datum": self._source.datum}}

    def _plain(self, row: Mapping[str, str]) -> Body:
        found: Body = {}
        for field in _PLAIN:
            column = getattr(self._mapping, field)
            if column is not None and row[column].strip():
                found[field] = row[column].strip()
        if (column := self._mapping.value) is not None and row[column].strip():
            found["value"] = _number(row, column)
        return found

    def _hint(self, row: Mapping[str, str], extensions: dict[str, Any]) -> Body:
        words = [row[column].strip() for column in self._mapping.category_hint]
        for word in words:
            code = self._hints.get(normalise(word))
            if code is not None:
                return {"category_hint": code}
        if said := " / ".join(dict.fromkeys(word for word in words if word)):
            extensions[HINT_KEY] = said  # unmapped, but not lost
        return {}


def _required(row: Mapping[str, str], column: str) -> str:
    value = row[column].strip()
    if not value:
        raise _FaultyRowError("row.missing_value", f"{column} is blank", column)
    return value


def _number(row: Mapping[str, str], column: str) -> float:
    value = _required(row, column)
    try:
        number = float(value)
    except ValueError:
        number = nan
    if isfinite(number):
        return number
    raise _FaultyRowError("row.not_a_number", f"{column} is {value!r}", column)


def _time(row: Mapping[str, str], time: TimeColumn) -> str:
    value = _required(row, time.column)
    try:
        # A time without an offset takes the mapping's zone; the pack asks for one of the two.
        moment = datetime.strptime(value, time.format)  # noqa: DTZ007
    except ValueError:
        message = f"{time.column} is {value!r}, not as {time.format!r}"
        raise _FaultyRowError("row.not_a_time", message, time.column) from None
    if moment.tzinfo is None and time.time_zone is not None:
        moment = moment.replace(tzinfo=ZoneInfo(time.time_zone))
    return moment.isoformat()


def _joined(row: Mapping[str, str], text: TextColumns) -> str:
    parts = dict.fromkeys(row[column].strip() for column in text.columns)
    return text.join.join(part for part in parts if part)
