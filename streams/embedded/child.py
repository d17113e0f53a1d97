"""Starting this package's own modules as children that share nothing with the terminal."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
_STOP_SECONDS = 5.0


def start(
    module: str, *arguments: str, log: Path, env: Mapping[str, str] | None = None
) -> subprocess.Popen[str]:
    """``python -m module PARENT_PID ...`` with pipes on its input and output, errors into ``log``.

    ``env`` is added to this process's environment.

    A session of its own: Ctrl-C in the terminal must reach the worker first, which drains while
    the servers are still there.
    """
    with log.open("ab") as errors:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", module, str(os.getpid()), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            start_new_session=True,
            env={**os.environ, **(env or {}), "PYTHONPATH": str(_ROOT)},
        )


def stop(child: subprocess.Popen[str], within: float = _STOP_SECONDS) -> None:
    """Close the child's input, which it takes as its end, and wait for it."""
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            pipe.close()
    try:
        child.wait(within)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def tail(log: Path, lines: int = 3) -> str:
    """The last lines that a child wrote, on one line, for an error message."""
    try:
        text = log.read_text(errors="replace")
    except OSError:
        return "no log"
    return " / ".join(text.strip().splitlines()[-lines:]) or "it said nothing"
