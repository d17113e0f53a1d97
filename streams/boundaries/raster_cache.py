"""Rasters on disk: mapped into memory, shared by workers, and checked before they are believed.

A file is one line of JSON, then the arrays, each at a multiple of 64 bytes. The line tells what
raster it is, where each array stands, and the SHA-256 of itself (without that) and of all arrays.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, fields
from math import prod
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import numpy as np
import numpy.typing as npt
import orjson

from geo.index import raster as rasters
from geo.index.frame import Frame
from geo.index.raster import Raster
from messages.place import Datum

FORMAT: Final = f"wangge-raster-1.{rasters.VERSION}"
_ALIGNED: Final = 64
_HEAD_BYTES: Final = 4096
_KINDS: Final[dict[str, np.dtype[Any]]] = {
    "int32": np.dtype(np.int32),
    "float64": np.dtype(np.float64),
}
_KEPT_S: Final = 60 * 86_400  # a raster that nobody has read for so long is taken away


def raster_file(folder: Path, version: str, datum: Datum) -> Path:
    """Where the raster of one boundaries version and datum is kept."""
    return folder / "rasters" / f"{version}-{datum}.raster"


def store_raster(file: Path, raster: Raster, version: str) -> None:
    """Write a raster, whole or not at all. Raises ``OSError``."""
    arrays = {name: getattr(raster, name) for name in _names()}
    places: dict[str, dict[str, Any]] = {}
    end = 0
    for name, array in arrays.items():
        places[name] = {"kind": str(array.dtype), "shape": array.shape, "at": end}
        end += _padded(array.nbytes)
    head = {
        "format": FORMAT,
        "version": version,
        "frame": asdict(raster.frame),
        "arrays": places,
    }
    digest = _begun(head)
    for part in _parts(arrays):
        digest.update(part)
    line = orjson.dumps({**head, "sha256": digest.hexdigest()})
    if len(line) >= _HEAD_BYTES:
        raise ValueError(f"a head of {len(line)} bytes")
    file.parent.mkdir(parents=True, exist_ok=True)
    # Beside its goal, because a rename is atomic only within one file system.
    draft = file.with_name(f".{file.name}.{os.getpid()}.{uuid4().hex[:8]}")
    try:
        with draft.open("wb") as stream:
            stream.write(line.ljust(_HEAD_BYTES - 1) + b"\n")
            for part in _parts(arrays):
                stream.write(part)
        draft.replace(file)
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def forget_unread(folder: Path, now: float) -> None:
    """Take away rasters that nobody has read for two months; ``now`` in epoch seconds. A worker
    that has one mapped keeps it. What cannot be taken away stays."""
    for file in (folder / "rasters").glob("*.raster"):
        with suppress(OSError):
            if now - file.stat().st_mtime > _KEPT_S:
                file.unlink()


def recall_raster(file: Path, version: str) -> Raster | None:
    """The raster in a file, its arrays mapped read-only; None where the file is absent, damaged, of
    another format, or of other boundaries. Its file time becomes now: it has been read."""
    try:
        with file.open("rb") as stream:
            head = orjson.loads(stream.read(_HEAD_BYTES))
            if head["format"] != FORMAT or head["version"] != version:
                return None
            said = head.pop("sha256")
            # Read, not mapped: what is only summed up need not stay in this process's memory.
            if hashlib.file_digest(stream, lambda: _begun(head)).hexdigest() != said:
                return None
            body = np.memmap(stream, np.uint8, "r", _HEAD_BYTES)
        arrays = {name: _array(body, **head["arrays"][name]) for name in _names()}
        raster = Raster(Frame(**head["frame"]), **arrays)
        with suppress(OSError):
            os.utime(file)
        return raster
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _names() -> list[str]:
    return [field.name for field in fields(Raster) if field.name != "frame"]


def _begun(head: dict[str, Any]) -> hashlib._Hash:
    return hashlib.sha256(orjson.dumps(head))


def _parts(arrays: dict[str, npt.NDArray[Any]]) -> Iterator[Any]:
    for array in arrays.values():
        yield np.ascontiguousarray(array).reshape(-1).view(np.uint8).data
        yield bytes(_padded(array.nbytes) - array.nbytes)


def _padded(count: int) -> int:
    return -(-count // _ALIGNED) * _ALIGNED


def _array(body: Any, kind: str, shape: list[int], at: int) -> Any:
    count = prod(shape) * _KINDS[kind].itemsize
    # An array over the map, not a map: a map's own look-ups cost several times as much.
    return np.asarray(body[at : at + count]).view(_KINDS[kind]).reshape(shape)
