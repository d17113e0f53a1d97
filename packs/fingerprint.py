"""A pack's version: a hash of what its files say."""

from __future__ import annotations

import hashlib
from pathlib import Path

SUFFIXES = frozenset({".yaml", ".csv", ".npz"})
"""Of the files that the version covers; ``.npz`` is a trained model."""


def version_of(folder: Path) -> str:
    """16 hex digits of SHA-256 over names and bytes of the pack's YAML, CSV and NPZ files.

    Neither the folder's path nor a file's time counts. Boundary files have a version of their own.
    """
    digest = hashlib.sha256()
    for name, file in files_of(folder):
        if file.suffix not in SUFFIXES:
            continue
        body = file.read_bytes()
        # Lengths in front, so that no two different packs make the same stream of bytes.
        digest.update(f"{len(name.encode())}:{name}{len(body)}:".encode())
        digest.update(body)
    return digest.hexdigest()[:16]


def files_of(folder: Path) -> list[tuple[str, Path]]:
    """Every file of a pack by its name relative to ``folder``, by name; no dot file, and nothing
    out of a dot folder."""
    found = ((f.relative_to(folder).as_posix(), f) for f in folder.rglob("*") if f.is_file())
    return sorted(
        (name, file)
        for name, file in found
        if not any(part.startswith(".") for part in name.split("/"))
    )
