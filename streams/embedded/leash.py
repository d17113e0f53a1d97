"""Runs a command that must not outlive the process that asked for it.

    python -P -m streams.embedded.leash PARENT_PID COMMAND [ARGUMENT ...]

A child that is merely started survives a parent killed with SIGKILL. So a leash stands between:
it sees that the parent is gone (its end of the pipe on standard input closes, or the leash is given
to another parent) and ends the command; and should the leash itself be killed, Linux ends the
command through PR_SET_PDEATHSIG. That signal belongs to the *thread* that started the command, not
to its process; set from the parent it would end the server together with whichever thread started
it. The leash has one thread, which lives as long as it does.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable
from types import FrameType

GLANCE_SECONDS = 0.25
"""How often the leash looks for a parent that went without closing its pipe."""
_PR_SET_PDEATHSIG = 1
_GRACE_SECONDS = 6.0
"""A worker may take five seconds to drain."""


def parent_is_gone(parent: int) -> bool:
    """True when ``parent`` has ended: an orphan is given to another parent at once."""
    return os.getppid() != parent


def main(arguments: list[str]) -> int:
    """Run the command until it ends or the parent does; the command's exit code, or 0."""
    parent, command = int(arguments[0]), arguments[1:]
    signal.signal(signal.SIGTERM, _leave)
    server = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr,
        preexec_fn=_die_with_the_leash(),
    )
    sys.stdout.write(f"{server.pid}\n")
    sys.stdout.flush()
    try:
        while server.poll() is None:
            closed, _, _ = select.select([0], [], [], GLANCE_SECONDS)
            if (closed and not os.read(0, 4096)) or parent_is_gone(parent):
                return 0
        return server.returncode
    finally:
        _end(server)


def _end(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    try:
        server.wait(_GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def _die_with_the_leash() -> Callable[[], None] | None:
    if not sys.platform.startswith("linux"):
        return None
    libc, leash = ctypes.CDLL(None), os.getpid()

    def ask() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if parent_is_gone(leash):
            os._exit(1)

    return ask


def _leave(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main(sys.argv[1:]))
