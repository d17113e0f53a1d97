"""A peer's server that cannot outlive the benchmark."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.geo.contenders.contender import AbsentError
from streams.embedded import child

_LEASH = "streams.embedded.leash"
_START_SECONDS = 30.0
_STOP_SECONDS = 15.0  # the leash itself gives the server six


@contextmanager
def leashed(
    name: str, command: Sequence[str | Path], log: Path, ready: Callable[[], bool]
) -> Iterator[None]:
    """While the server runs, once it is ``ready``. Raises :class:`AbsentError`."""
    leash = child.start(_LEASH, *map(str, command), log=log, env={"LC_ALL": "C"})
    try:
        ends = time.monotonic() + _START_SECONDS
        while not ready():
            if leash.poll() is not None or time.monotonic() > ends:
                raise AbsentError(f"{name} did not start: {child.tail(log)}")
            time.sleep(0.05)
        yield
    finally:
        child.stop(leash, _STOP_SECONDS)
