"""A Tile38 server of the benchmark's own: the one on the PATH, or built from its Go module."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.geo.contenders.contender import AbsentError
from benchmarks.geo.contenders.leashed import leashed

_MODULE = "github.com/tidwall/tile38/cmd/tile38-server@v1.36.3"
_CACHE = Path(".cache") / "bench-geo" / "bin"
_BUILD_SECONDS = 240.0


@contextmanager
def tile38() -> Iterator[Path]:
    """The server's socket. Raises :class:`AbsentError`."""
    program = _program()
    with tempfile.TemporaryDirectory(prefix="wangge-tile38-") as name:
        folder = Path(name)
        socket = folder / "socket"
        command = [program, "-q", "-s", socket, "-d", folder / "data", "--appendonly", "no"]
        with leashed("Tile38", command, folder / "log", socket.exists):
            yield socket


def _program() -> Path:
    found = shutil.which("tile38-server") or shutil.which("tile38-server", path=_CACHE.absolute())
    if found:
        return Path(found)
    if not shutil.which("go"):
        raise AbsentError("Tile38 is not installed, and neither is Go to build it")
    _CACHE.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "GOBIN": str(_CACHE.absolute())}
    try:
        built = subprocess.run(
            ["go", "install", _MODULE],
            capture_output=True,
            text=True,
            env=environment,
            timeout=_BUILD_SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise AbsentError(f"Tile38 was not built within {_BUILD_SECONDS:.0f} s") from None
    if built.returncode:
        why = (built.stderr.strip().splitlines() or ["no word"])[-1].strip()
        raise AbsentError(f"Tile38 could not be built from its Go module ({why})")
    return _CACHE.absolute() / "tile38-server"
