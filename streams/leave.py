"""Leaving at once: what a stage does when going on could lose or repeat work."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import time
from typing import Final, NoReturn

from messages.errors import BrokerError

EXIT_CODE: Final = 70
"""EX_SOFTWARE of sysexits.h: a supervisor starts the worker again."""
FENCED_CODE: Final = 75
"""EX_TEMPFAIL: a transaction of this worker was fenced. To be started again like any other; where
it comes back at once, two workers have one slot."""
SILENT_SECONDS: Final = 60.0


def leave(why: str, code: int = EXIT_CODE) -> NoReturn:
    """End the process without another commit. Restarting Faust's actor in place would step over
    the failed batch, because the next one's offset covers it."""
    sys.__stderr__.write(f"wangge: {why}\n")  # type: ignore[union-attr]
    sys.__stderr__.flush()  # type: ignore[union-attr]
    os._exit(code)


def leave_if_failed(task: asyncio.Task[None]) -> None:
    """A done-callback: what a commit raises must not wait for the next batch, which may be long."""
    if not task.cancelled() and (error := task.exception()) is not None:
        leave_for(error)


def leave_for(error: BaseException, where: str = "") -> NoReturn:
    """End the process because of ``error``, with the exit code that tells a fenced worker."""
    place = f"{where}: " if where else ""
    fenced = isinstance(error, BrokerError) and error.code == "broker.fenced"
    words = f"leaving at once: {place}{type(error).__name__}: {error}"
    leave(words, FENCED_CODE if fenced else EXIT_CODE)


class Watchdog(threading.Thread):
    """Leaves when the event loop has not answered for a minute: a zombie keeps its partitions."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(name="watchdog", daemon=True)
        self._loop = loop
        self._last = time.monotonic()
        self._stopped = threading.Event()

    def _beat(self) -> None:
        self._last = time.monotonic()

    def run(self) -> None:
        while not self._stopped.wait(SILENT_SECONDS / 12):
            if time.monotonic() - self._last > SILENT_SECONDS:
                leave(f"the event loop has been silent for {SILENT_SECONDS:g} s")
            try:
                self._loop.call_soon_threadsafe(self._beat)
            except RuntimeError:  # the loop is closed: the process is ending by itself
                return

    def stop(self) -> None:
        self._stopped.set()
