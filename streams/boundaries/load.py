"""A pack's boundary layers: read from its files or built by its recipe, and kept in a cache."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import orjson

from geo import tessellation
from geo.boundaries import BoundaryLayer, parse_layer
from geo.finding import Finding
from geo.nesting import nest
from messages.errors import BoundaryError
from packs import Pack, check_territories
from packs.city import LayerFile
from streams.boundaries.cache import FORMAT, cache_file, recall, store
from streams.boundaries.recipe import build_recipe, recipe_files

log = logging.getLogger("wangge.boundaries")


@dataclass(frozen=True, slots=True, eq=False)
class LoadedBoundaries:
    """``layers`` coarse to fine. ``version``: 16 hex digits of what they were made from.
    ``cached``: they came from the cache."""

    layers: tuple[BoundaryLayer, ...]
    version: str
    findings: tuple[Finding, ...]
    cached: bool


def load_layers(pack: Pack, cache_dir: Path) -> tuple[tuple[BoundaryLayer, ...], str]:
    """The pack's layers, coarse to fine, and the boundaries version.

    Raises :class:`BoundaryError` or :class:`PackError`; also where pack and boundaries speak of
    different districts or streets. What was odd is logged when it is built, and so is a cache that
    cannot be written.
    """
    loaded = load_boundaries(pack, cache_dir)
    for finding in () if loaded.cached else loaded.findings:
        log.warning("%s: %s", pack.folder.name, finding)
    return loaded.layers, loaded.version


def load_boundaries(pack: Pack, cache_dir: Path, *, fresh: bool = False) -> LoadedBoundaries:
    """As :func:`load_layers`, with all that is known of them. ``fresh``: never from the cache."""
    version = boundaries_version(pack)
    file = cache_file(cache_dir, version)
    kept = None if fresh else recall(file)
    if kept is None:
        layers, findings = _build(pack)
        try:
            store(file, layers, findings)
        except OSError as error:
            log.warning("boundaries are not cached: %s", error)
    else:
        layers, findings = kept
    codes = {layer.level: layer.codes for layer in layers}
    check_territories(pack, codes.get("district", ()), codes.get("street", ()))
    return LoadedBoundaries(layers, version, findings, kept is not None)


def boundaries_version(pack: Pack) -> str:
    """16 hex digits of SHA-256 over the boundary files and how they are read; no path, no time."""
    boundaries = pack.city.boundaries
    digest = hashlib.sha256(FORMAT.encode())
    if boundaries.recipe is not None:
        _add(digest, f"recipe {tessellation.VERSION}".encode())
        for file in recipe_files(pack.folder / boundaries.recipe):
            _add(digest, _bytes(file))
    for layer in boundaries.layers:
        # A file's name does not change what it says.
        _add(digest, layer.model_dump_json(exclude={"file"}).encode())
        _add(digest, _bytes(pack.folder / layer.file))
    return digest.hexdigest()[:16]


def read_layer(file: Path, layer: LayerFile) -> tuple[BoundaryLayer, tuple[Finding, ...]]:
    """One layer from its GeoJSON file, in WGS-84. Errors name the file."""
    try:
        return parse_layer(
            _json(file),
            level=layer.level,
            code=layer.code,
            name=layer.name,
            parent=layer.parent,
            crs=layer.crs,
            datum=layer.datum,
        )
    except BoundaryError as error:
        error.file = str(file)
        raise


def read_nested(
    files: Iterable[tuple[Path, LayerFile]],
) -> tuple[tuple[BoundaryLayer, ...], tuple[Finding, ...]]:
    """Layers from files, coarse to fine, with parents, and what was odd about them."""
    layers: list[BoundaryLayer] = []
    findings: list[Finding] = []
    for file, layer in files:
        read, found = read_layer(file, layer)
        layers.append(read)
        findings += found
    nested, found = nest(layers)
    return nested, (*findings, *found)


def _build(pack: Pack) -> tuple[tuple[BoundaryLayer, ...], tuple[Finding, ...]]:
    boundaries = pack.city.boundaries
    if boundaries.recipe is not None:
        return build_recipe(pack.folder / boundaries.recipe), ()
    return read_nested((pack.folder / layer.file, layer) for layer in boundaries.layers)


def _json(file: Path) -> object:
    body = _bytes(file).removeprefix(b"\xef\xbb\xbf")
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise BoundaryError(
            "not_json", f"line {error.lineno}: {error.msg}", file=file, mend="export it again"
        ) from None


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise BoundaryError(
            "unreadable_file",
            error.strerror or "cannot be read",
            file=file,
            mend="mend the path in city.yaml, or add the file",
        ) from None


def _add(digest: hashlib._Hash, part: bytes) -> None:
    # Lengths in front, so that no two different sets make the same stream of bytes.
    digest.update(f"{len(part)}:".encode())
    digest.update(part)
