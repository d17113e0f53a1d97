"""A worker as a child of this process, on a leash: it ends when this process does."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from messages.errors import StateError
from streams.embedded import child
from streams.settings import Settings
from streams.worker import environment

_LEASH = "streams.embedded.leash"
_STOP_SECONDS = 9.0


class WorkerProcess:
    """One ``python -m streams.worker``. Raises :class:`StateError` ``state.worker_…``.

    ``module``: what follows ``python -m``, for another way to start the same worker.
    """

    def __init__(
        self, settings: Settings, log: Path, module: Sequence[str] = ("streams.worker",)
    ) -> None:
        self.settings = settings
        self.log = log
        command = [sys.executable, "-P", "-m", *module]
        self._leash = child.start(_LEASH, *command, log=log, env=environment(settings))
        assert self._leash.stdout is not None
        self.pid = int(self._leash.stdout.readline())

    @property
    def running(self) -> bool:
        return self._leash.poll() is None

    @property
    def exit_code(self) -> int | None:
        """With which code it has ended by itself; None while it runs."""
        return self._leash.poll()

    def check(self) -> None:
        """Raise ``state.worker_ended`` with its last words when it has ended by itself."""
        if not self.running:
            raise StateError("worker_ended", f"the worker ended: {child.tail(self.log, 5)}")

    def wait_ready(self, within: float) -> None:
        """Return once it has its partitions. Raises ``state.worker_late``."""
        deadline = time.monotonic() + within
        while not self._says_ready():
            self.check()
            if time.monotonic() > deadline:
                words = child.tail(self.log, 5)
                raise StateError("worker_late", f"not ready after {within:g} s: {words}")
            time.sleep(0.05)

    def terminate(self) -> float:
        """SIGTERM: it drains and leaves. Seconds that took."""
        began = time.monotonic()
        try:
            os.kill(self.pid, signal.SIGTERM)
            self._leash.wait(_STOP_SECONDS)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            pass
        child.stop(self._leash)
        return time.monotonic() - began

    def kill(self) -> None:
        """SIGKILL, as a machine that loses power does."""
        os.kill(self.pid, signal.SIGKILL)
        self._leash.wait(_STOP_SECONDS)
        child.stop(self._leash)

    def peak_memory_mb(self) -> float:
        """The most memory it has held so far (VmHWM of proc(5)), in MiB; 0 where unknown."""
        try:
            status = Path(f"/proc/{self.pid}/status").read_text()
        except OSError:
            return 0.0
        line = next((x for x in status.splitlines() if x.startswith("VmHWM")), "VmHWM: 0 kB")
        return int(line.split()[1]) / 1024

    def _says_ready(self) -> bool:
        url = f"http://127.0.0.1:{self.settings.web_port}/-/ready"
        try:
            with urllib.request.urlopen(url, timeout=1.0) as answer:
                return bool(json.load(answer)["ready"])
        except (urllib.error.URLError, OSError, ValueError):
            return False
