"""What goes on, for whoever waits."""

from __future__ import annotations

import sys
import time


class Progress:
    """One line on the terminal; nothing where nobody watches."""

    def __init__(self, what: str) -> None:
        self._what, self._began = what, time.monotonic()

    def __call__(self, doing: str) -> None:
        """Say it; nothing at all clears the line."""
        if sys.stderr.isatty():
            seconds = time.monotonic() - self._began
            line = f"{self._what}, {seconds:.0f} s: {doing}" if doing else ""
            print(f"\r\033[K{line}", end="", file=sys.stderr, flush=True)
