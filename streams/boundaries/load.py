"""A pack's boundary layers: read from its files or built by its recipe, and kept in a cache."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from geo import tessellation
from geo.boundaries import BoundaryLayer, parse_layer
from geo.finding import Finding
from geo.nesting import nest
from geo.validity import Validity, between, valid_at
from messages.errors import SettingsError
from packs import Pack, check_territories
from packs.city import BoundarySet, LayerFile
from streams.boundaries.cache import FORMAT, cache_file, recall, store
from streams.boundaries.json_file import naming, read_bytes, read_json
from streams.boundaries.recipe import build_recipe, recipe_files

log = logging.getLogger("wangge.boundaries")


@dataclass(frozen=True, slots=True, eq=False)
class LoadedBoundaries:
    """One set. ``name`` as the pack has it; ``layers`` coarse to fine. ``version``: 16 hex digits
    of what they were made from. ``cached``: they came from the cache."""

    name: str
    valid: Validity
    layers: tuple[BoundaryLayer, ...]
    version: str
    findings: tuple[Finding, ...]
    cached: bool


def load_sets(pack: Pack, cache_dir: Path, *, fresh: bool = False) -> tuple[LoadedBoundaries, ...]:
    """Every boundary set of the pack, in the order of their time. ``fresh``: never from the cache.

    Raises :class:`BoundaryError` or :class:`PackError`; also where pack and boundaries speak of
    different districts or streets. What was odd is logged when it is built, and so is a cache that
    cannot be written.
    """
    sets = tuple(_load(pack, one, cache_dir, fresh) for one in pack.city.boundaries.dated())
    codes = {
        level: {
            c for one in sets for layer in one.layers if layer.level == level for c in layer.codes
        }
        for level in ("district", "street")
    }
    check_territories(pack, sorted(codes["district"]), sorted(codes["street"]))
    return sets


def load_boundaries(pack: Pack, cache_dir: Path, *, fresh: bool = False) -> LoadedBoundaries:
    """The latest of :func:`load_sets`."""
    return load_sets(pack, cache_dir, fresh=fresh)[-1]


def load_layers(pack: Pack, cache_dir: Path) -> tuple[tuple[BoundaryLayer, ...], str]:
    """The layers of the latest set, coarse to fine, and its version."""
    loaded = load_boundaries(pack, cache_dir)
    return loaded.layers, loaded.version


def chosen_set(sets: Sequence[LoadedBoundaries], name: str | None, now: float) -> LoadedBoundaries:
    """The set of that name, or without one the set for ``now`` (epoch seconds).

    Raises :class:`SettingsError` for a name that no set has.
    """
    if name is None:
        return sets[valid_at([one.valid for one in sets], now, now)]
    for one in sets:
        if one.name == name:
            return one
    known = ", ".join(one.name for one in sets)
    raise SettingsError(
        "boundaries", f"the pack has no boundary set {name!r}", mend=f"name one of {known}"
    )


def boundaries_version(pack: Pack, one: BoundarySet | None = None) -> str:
    """16 hex digits of SHA-256 over a set's files and how they are read; no path, no time.

    Neither its name nor its dates count. Without ``one``, the latest set's.
    """
    boundaries = one or pack.city.boundaries.dated()[-1]
    digest = hashlib.sha256(FORMAT.encode())
    if boundaries.recipe is not None:
        _add(digest, f"recipe {tessellation.VERSION}".encode())
        for file in recipe_files(pack.folder / boundaries.recipe):
            _add(digest, read_bytes(file))
    for layer in boundaries.layers:
        # A file's name does not change what it says.
        _add(digest, layer.model_dump_json(exclude={"file"}).encode())
        _add(digest, read_bytes(pack.folder / layer.file))
    return digest.hexdigest()[:16]


def read_layer(file: Path, layer: LayerFile) -> tuple[BoundaryLayer, tuple[Finding, ...]]:
    """One layer from its GeoJSON file, in WGS-84. Errors name the file."""
    with naming(file):
        return parse_layer(
            read_json(file),
            level=layer.level,
            code=layer.code,
            name=layer.name,
            parent=layer.parent,
            crs=layer.crs,
            datum=layer.datum,
            system=layer.system,
        )


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


def _load(pack: Pack, one: BoundarySet, cache_dir: Path, fresh: bool) -> LoadedBoundaries:
    version = boundaries_version(pack, one)
    file = cache_file(cache_dir, version)
    kept = None if fresh else recall(file)
    if kept is None:
        layers, findings = _build(pack, one)
        for finding in findings:
            log.warning("%s: %s", pack.folder.name, finding)
        try:
            store(file, layers, findings)
        except OSError as error:
            log.warning("boundaries are not cached: %s", error)
    else:
        layers, findings = kept
    valid = between(one.valid_from, one.valid_to, ZoneInfo(pack.city.time_zone))
    return LoadedBoundaries(one.name, valid, layers, version, findings, kept is not None)


def _build(pack: Pack, one: BoundarySet) -> tuple[tuple[BoundaryLayer, ...], tuple[Finding, ...]]:
    if one.recipe is not None:
        return build_recipe(pack.folder / one.recipe), ()
    return read_nested((pack.folder / layer.file, layer) for layer in one.layers)


def _add(digest: hashlib._Hash, part: bytes) -> None:
    # Lengths in front, so that no two different sets make the same stream of bytes.
    digest.update(f"{len(part)}:".encode())
    digest.update(part)
