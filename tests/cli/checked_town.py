"""A small city with a sound pack: what ``check`` and ``diff`` are tried on.

It is the one that the checks themselves are tested on, in ``tests/streams/checking``.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "streams"))
from small_city import at, edit, write_city

__all__ = ["at", "edit", "write_town"]

SOUND = Path(__file__).resolve().parents[1] / "streams" / "checking" / "sound"


def write_town(folder: Path) -> Path:
    """Write the pack; the folder."""
    write_city(folder)
    shutil.rmtree(folder / "sources")
    shutil.copytree(SOUND, folder, dirs_exist_ok=True)
    return folder
