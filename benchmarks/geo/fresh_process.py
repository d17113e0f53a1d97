"""Work in a process that has held and built nothing before."""

from __future__ import annotations

import multiprocessing
import signal
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, TypeVar

Result = TypeVar("Result")

_STOP_SECONDS = 30.0


def in_fresh_process(work: Callable[..., Result], *arguments: Any) -> Result:
    """What ``work`` returns. Exits when its process fails, whose own words are on the terminal."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_send, args=(there, work, arguments))
    process.start()
    there.close()
    try:
        return here.recv()
    except EOFError:
        sys.exit(1)
    finally:
        process.terminate()  # harmless where it has ended
        process.join(_STOP_SECONDS)


def leave_politely() -> None:
    """Make SIGTERM an exit like any other, so that servers that were started stop too."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


def _send(there: Connection, work: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    leave_politely()
    there.send(work(*arguments))
