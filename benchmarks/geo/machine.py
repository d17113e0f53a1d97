"""Where and with what this was measured."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import shapely

_LIBRARIES = ("numpy", "shapely", "rtree", "geopandas", "psycopg", "redis")


def machine() -> dict[str, str]:
    """Processor, load and versions, by what they are."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {
        "machine": f"{_processor()}, {cores} cores, load {os.getloadavg()[0]:.1f} at the start",
        "Python": platform.python_version(),
        "GEOS": shapely.geos_version_string,
        **{name: _version(name) for name in _LIBRARIES},
    }


def _processor() -> str:
    listed = Path("/proc/cpuinfo")
    lines = listed.read_text().splitlines() if listed.exists() else []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.processor() or platform.machine()


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
