"""Every pack that was ever activated, under its version: a folder that only grows.

::

    store/
      3f0c5b7a91d2e684/      a whole copy of a pack's folder, never changed and never removed
        city.yaml …
        .stored.json         hashes of the files that the version does not cover: boundaries
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Mapping
from contextlib import suppress
from errno import EEXIST, ENOTEMPTY
from pathlib import Path
from typing import BinaryIO, Final
from uuid import uuid4

import orjson

from messages.errors import PackError
from packs.fingerprint import SUFFIXES, files_of, version_of

VERSION: Final = re.compile(r"[0-9a-f]{16}")
MANIFEST: Final = ".stored.json"
PAPERS: Final = frozenset({".md"})
"""Kept too, but no decision reads them: they may differ between two packs of one version."""


class PackStore:
    """Content-addressed, so that any number of processes may put into one folder and read it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, pack: Path) -> str:
        """Store a copy of the pack in that folder, whole or not at all; its version. One that is
        stored already is left as it is.

        Dot files are left out. The pack is not checked: load it first. Raises :class:`PackError`
        ``pack.boundaries_differ`` for a version that is stored with other boundary files,
        ``pack.damaged`` where what is stored is no longer what was, ``pack.missing_folder``,
        ``pack.linked_folder``, ``pack.store_within``; ``OSError`` where it cannot be written.
        """
        self._refuse(pack)
        version = version_of(pack)
        if (self.folder / version).exists():
            self._compare(pack, version)
            return version
        # Beside its goal, because a rename is atomic only within one file system.
        draft = self.folder / f".draft-{os.getpid()}-{uuid4().hex[:8]}"
        try:
            _copy(pack, draft)
            # Of the copy: the pack's folder may have been edited meanwhile.
            version = version_of(draft)
            self._rename(draft, version)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
        return version

    def get(self, version: str) -> Path:
        """The folder of a stored version, once it has been hashed again and found whole.

        Raises :class:`PackError` ``pack.not_stored`` or ``pack.damaged``.
        """
        folder = self.folder / version
        if not VERSION.fullmatch(version) or not folder.is_dir():
            raise PackError(
                "not_stored",
                f"pack {version} is not in the store",
                file=self.folder,
                mend="put it there with `wangge pack store PACK`; every worker must see this "
                "folder (WANGGE_STORE)",
            )
        wrong = _wrong_with(folder, version)
        if wrong:
            raise PackError(
                "damaged",
                f"{wrong}: the folder does not hold what was stored as {version}",
                file=folder,
                mend="move the folder away and put the pack again, or restore it from a copy",
            )
        return folder

    def versions(self) -> tuple[str, ...]:
        """The versions that are stored, whole or not, the oldest first."""
        if not self.folder.is_dir():
            return ()
        found = (f for f in self.folder.iterdir() if VERSION.fullmatch(f.name) and f.is_dir())
        return tuple(sorted((f.name for f in found), key=lambda v: (self.stored_at(v), v)))

    def stored_at(self, version: str) -> float:
        """When a version was stored, in epoch seconds; 0 where that is not known."""
        try:
            return (self.folder / version / MANIFEST).stat().st_mtime
        except OSError:
            return 0.0

    def _refuse(self, pack: Path) -> None:
        """What would make no pack, or not the one that was loaded."""
        if not (pack / "city.yaml").is_file():
            raise PackError(
                "missing_folder", "no city.yaml in it", file=pack, mend="name a pack's folder"
            )
        if self.folder.resolve().is_relative_to(pack.resolve()):
            raise PackError(
                "store_within",
                f"the store {self.folder} lies in the pack that it would copy",
                file=pack,
                mend="set WANGGE_STORE to a folder outside",
            )
        for found in pack.rglob("*"):
            if found.is_symlink() and found.is_dir():
                raise PackError(
                    "linked_folder",
                    "a link to a folder: its files would be loaded and not stored",
                    file=found,
                    mend="copy the folder into the pack",
                )

    def _compare(self, pack: Path, version: str) -> None:
        stored, given = _manifest(self.get(version)) or {}, _uncovered(pack)
        for name in sorted(stored.keys() | given.keys()):
            if Path(name).suffix not in PAPERS and stored.get(name) != given.get(name):
                raise PackError(
                    "boundaries_differ",
                    f"version {version} is stored with another {name}; a decision's version must "
                    "tell which one it was",
                    file=pack / name,
                    mend="give the boundary set, or this file, another name in city.yaml: that "
                    "makes another version",
                )

    def _rename(self, draft: Path, version: str) -> None:
        try:
            draft.rename(self.folder / version)
        except OSError as error:
            if error.errno not in (EEXIST, ENOTEMPTY):
                raise
            self._compare(draft, version)  # another process was faster
        _sync_folder(self.folder)


def _copy(pack: Path, draft: Path) -> None:
    """The pack's files, on the disk for good."""
    draft.mkdir(parents=True)
    for name, file in files_of(pack):
        target = draft / name
        target.parent.mkdir(parents=True, exist_ok=True)
        with file.open("rb") as source, target.open("wb") as goal:
            shutil.copyfileobj(source, goal)
            _seal(goal, target)
    with (draft / MANIFEST).open("wb") as goal:
        goal.write(orjson.dumps(_uncovered(draft), option=orjson.OPT_INDENT_2))
        _seal(goal, draft / MANIFEST)
    for folder in (draft, *(f for f in draft.rglob("*") if f.is_dir())):
        _sync_folder(folder)


def _uncovered(folder: Path) -> dict[str, str]:
    """SHA-256 of every file that the version does not cover, by name."""
    return {
        name: hashlib.sha256(file.read_bytes()).hexdigest()
        for name, file in files_of(folder)
        if file.suffix not in SUFFIXES
    }


def _manifest(folder: Path) -> Mapping[str, str] | None:
    try:
        found = orjson.loads((folder / MANIFEST).read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return None
    return found if isinstance(found, dict) else None


def _wrong_with(folder: Path, version: str) -> str:
    """What is not as it was stored, in a few words; nothing where all is well."""
    stored = _manifest(folder)
    if stored is None:
        return f"no {MANIFEST} in it"
    try:
        if (found := version_of(folder)) != version:
            return f"its files make version {found}"
        given = _uncovered(folder)
    except OSError as error:
        return error.strerror or "a file cannot be read"
    return next((n for n in sorted(stored.keys() | given) if stored.get(n) != given.get(n)), "")


def _seal(stream: BinaryIO, file: Path) -> None:
    """A file's bytes to the disk, and nobody's to change."""
    stream.flush()
    os.fsync(stream.fileno())
    file.chmod(0o444)


def _sync_folder(folder: Path) -> None:
    """A folder's entries to the disk, on file systems that can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
