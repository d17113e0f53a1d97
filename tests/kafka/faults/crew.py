"""Workers under a supervisor that starts them again, as a city's machine would."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterator
from threading import Event, RLock, Thread

from streams.embedded.worker_process import WorkerProcess


class Crew:
    """``hire``: starts the worker of a slot. ``restarts``: how often one was started again."""

    def __init__(self, hire: Callable[[str], WorkerProcess]) -> None:
        self._hire = hire
        self._workers: dict[str, WorkerProcess] = {}
        self._lock = RLock()
        self._stop = Event()
        self.restarts = 0
        Thread(target=self._supervise, name="supervisor", daemon=True).start()

    def start(self, *slots: str) -> None:
        """Return when these work."""
        with self._lock:
            for slot in slots:
                self._workers[slot] = self._hire(slot)
            workers = [self._workers[slot] for slot in slots]
        for worker in workers:
            worker.wait_ready(90)

    def kill(self, slot: str) -> None:
        """SIGKILL; the supervisor starts it again."""
        with self._lock:
            self._workers[slot].kill()

    def dismiss(self, slot: str) -> None:
        """SIGTERM, and it is not started again."""
        with self._lock:
            worker = self._workers.pop(slot)
        worker.terminate()

    @contextlib.contextmanager
    def asleep(self, slot: str) -> Iterator[None]:
        """SIGSTOP, and SIGCONT at the end of the block."""
        with self._lock:
            pid = self._workers[slot].pid
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)

    def lose(self, slot: str) -> None:
        """SIGKILL, and it does not come back: its machine is gone."""
        with self._lock:
            worker = self._workers.pop(slot)
        worker.kill()

    @property
    def slots(self) -> list[str]:
        """Those that should be at work."""
        with self._lock:
            return sorted(self._workers)

    def running(self, slot: str) -> bool:
        """Whether its process is there."""
        with self._lock:
            return self._workers[slot].running

    def peak_memory_mb(self) -> float:
        """The most that any of them has held so far."""
        with self._lock:
            return max(worker.peak_memory_mb() for worker in self._workers.values())

    def drain(self) -> None:
        """All end what they have in hand, and leave."""
        self._stop.set()
        with self._lock:
            workers, self._workers = list(self._workers.values()), {}
        for worker in workers:
            with contextlib.suppress(ProcessLookupError):
                worker.terminate()

    def _supervise(self) -> None:
        while not self._stop.wait(0.2):
            with self._lock:
                for slot, worker in self._workers.items():
                    if not worker.running and not self._stop.is_set():
                        worker.terminate()  # what is left of its leash
                        self._workers[slot] = self._hire(slot)
                        self.restarts += 1


def until(found: Callable[[], bool], within: float) -> bool:
    """Whether it came about in time."""
    deadline = time.monotonic() + within
    while not found():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True
