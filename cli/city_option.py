"""Which city pack a command works on, and where built boundaries are kept."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from platformdirs import user_cache_path

CITIES: Final = Path(__file__).resolve().parents[1] / "cities"
DEFAULT_PACK: Final = CITIES / "nanjing"


def cache_folder() -> Path:
    """``WANGGE_CACHE``, or where this system keeps caches."""
    named = os.environ.get("WANGGE_CACHE")
    return Path(named) if named else user_cache_path("wangge")
