"""``--level``, ``--crs`` and ``--datum`` of ``wangge city init``, as layer files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import cast, get_args

from geo.boundaries import LEVELS, Level
from messages.errors import SettingsError
from messages.place import Datum
from packs.city import LayerFile


def layer_files(
    levels: Sequence[str], crs: Sequence[str], datums: Sequence[str]
) -> list[tuple[Path, LayerFile]]:
    """Files with how to read them, coarse to fine. Raises :class:`SettingsError`."""
    given = _by_level("level", levels)
    crs_of = _by_level("crs", crs)
    datum_of = _by_level("datum", datums)
    for option, found in (("crs", crs_of), ("datum", datum_of)):
        for level in found.keys() - given.keys():
            raise SettingsError(
                option, f"--{option} for {level}, which has no --level", mend="add it, or drop this"
            )
    for level, datum in datum_of.items():
        if datum not in get_args(Datum):
            raise SettingsError(
                "datum", f"{datum!r} for {level}", mend=f"use {', '.join(get_args(Datum))}"
            )
    return [
        _layer_file(level, given[level], crs_of, datum_of) for level in LEVELS if level in given
    ]


def _layer_file(
    level: Level, spec: str, crs: Mapping[Level, str], datums: Mapping[Level, str]
) -> tuple[Path, LayerFile]:
    file, code, name = _split(level, spec)
    if not file.is_file():
        raise SettingsError("level", f"{file} for {level} is no file", mend="mend the path")
    return file, LayerFile(
        level=level,
        file=file.name,
        code=code,
        name=name,
        crs=crs.get(level),
        datum=cast(Datum, datums.get(level, "wgs84")),
    )


def _split(level: Level, spec: str) -> tuple[Path, str, str | None]:
    """FILE:CODE[:NAME]. A file's own name may hold colons: the longest that exists is meant."""
    parts = spec.split(":")
    ways = [(parts[:-n], parts[-n:]) for n in (1, 2) if len(parts) > n]
    if not ways or not all(parts):
        raise SettingsError(
            "level",
            f"--level {level}={spec} names no file and code",
            mend=f"write --level {level}=FILE:CODE or {level}=FILE:CODE:NAME",
        )
    for file, rest in ways:
        path = Path(":".join(file))
        if path.is_file():
            return path, rest[0], rest[1] if len(rest) > 1 else None
    return Path(parts[0]), parts[1], parts[2] if len(parts) > 2 else None


def _by_level(option: str, pairs: Sequence[str]) -> dict[Level, str]:
    found: dict[Level, str] = {}
    for pair in pairs:
        level, equals, value = pair.partition("=")
        if level not in LEVELS or not equals or not value:
            raise SettingsError(
                option,
                f"--{option} {pair} does not start with a level",
                mend=f"write --{option} LEVEL=…, LEVEL one of {', '.join(LEVELS)}",
            )
        if level in found:
            raise SettingsError(option, f"--{option} for {level} twice", mend="keep one")
        found[level] = value
    return found
