"""Built boundary layers on disk: one ``.npz`` a version, checked before it is believed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import numpy.typing as npt
import orjson
import shapely

from geo.finding import Finding
from geo.layer import BoundaryLayer

FORMAT = "wangge-boundaries-2"
_SEPARATOR = "\x1f"  # names and codes hold no control characters

Arrays = dict[str, npt.NDArray[Any]]


def cache_file(folder: Path, version: str) -> Path:
    """Where the layers of one boundaries version are kept."""
    return folder / "boundaries" / f"{version}.npz"


def store(file: Path, layers: Sequence[BoundaryLayer], findings: Sequence[Finding]) -> None:
    """Write the layers, whole or not at all. Raises ``OSError``."""
    arrays: Arrays = {}
    for row, layer in enumerate(layers):
        wkb = shapely.to_wkb(layer.geometries)
        lengths = np.fromiter((len(one) for one in wkb), np.int64, len(wkb))
        arrays[f"{row}.wkb"] = np.frombuffer(b"".join(wkb), np.uint8)
        arrays[f"{row}.offsets"] = np.concatenate(([0], np.cumsum(lengths)))
        arrays[f"{row}.codes"] = _packed(layer.codes)
        arrays[f"{row}.names"] = _packed(layer.names)
        arrays[f"{row}.parents"] = _packed([p or "" for p in layer.parents])
    found = [[f.code, f.level, f.territory, f.text] for f in findings]
    about = {
        "format": FORMAT,
        "levels": [[layer.level, layer.system] for layer in layers],
        "findings": found,
    }
    arrays["about"] = np.frombuffer(orjson.dumps(about), np.uint8)
    arrays["checksum"] = _checksum(arrays)
    file.parent.mkdir(parents=True, exist_ok=True)
    # Beside its goal, because a rename is atomic only within one file system.
    draft = file.with_name(f".{file.name}.{os.getpid()}.{uuid4().hex[:8]}")
    try:
        with draft.open("wb") as stream:
            np.savez(stream, **arrays)  # type: ignore[arg-type]
        draft.replace(file)
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def recall(file: Path) -> tuple[tuple[BoundaryLayer, ...], tuple[Finding, ...]] | None:
    """The layers of a cache file; None where it is absent, damaged or of another format."""
    try:
        with np.load(file, allow_pickle=False) as stored:
            arrays: Arrays = {name: stored[name] for name in stored.files}
        checksum = arrays.pop("checksum")
        if not np.array_equal(checksum, _checksum(arrays)):
            return None
        about = orjson.loads(arrays["about"].tobytes())
        if about["format"] != FORMAT:
            return None
        layers = tuple(_layer(arrays, row, *kind) for row, kind in enumerate(about["levels"]))
        return layers, tuple(Finding(*found) for found in about["findings"])
    except Exception:  # whatever a damaged archive makes of the libraries: it is built again
        return None


def _layer(arrays: Arrays, row: int, level: Any, system: Any) -> BoundaryLayer:
    body, ends = arrays[f"{row}.wkb"].tobytes(), arrays[f"{row}.offsets"].tolist()
    wkb = np.empty(len(ends) - 1, dtype=object)
    wkb[:] = [body[a:b] for a, b in pairwise(ends)]
    return BoundaryLayer(
        level,
        _unpacked(arrays[f"{row}.codes"]),
        _unpacked(arrays[f"{row}.names"]),
        tuple(p or None for p in _unpacked(arrays[f"{row}.parents"])),
        shapely.from_wkb(wkb),
        system,
    )


def _packed(texts: Sequence[str]) -> npt.NDArray[np.uint8]:
    return np.frombuffer(_SEPARATOR.join(texts).encode(), np.uint8)


def _unpacked(packed: npt.NDArray[Any]) -> tuple[str, ...]:
    return tuple(packed.tobytes().decode().split(_SEPARATOR))


def _checksum(arrays: Arrays) -> npt.NDArray[np.uint8]:
    digest = hashlib.sha256()
    for name in sorted(arrays):
        array = arrays[name]
        digest.update(f"{name} {array.dtype.str} {array.shape};".encode())
        digest.update(np.ascontiguousarray(array).data)
    return np.frombuffer(digest.digest(), np.uint8)
