"""The network between a worker and a server, which can be cut: a TCP relay on loopback."""

from __future__ import annotations

import contextlib
import socket
from threading import Lock, Thread


class Cable:
    """``port`` leads to ``to`` while it is whole. Cut, nothing comes back and nobody is told, as
    with a switch without power."""

    def __init__(self, to: int) -> None:
        self.to = to
        self._whole = True
        self._lock = Lock()
        self._ends: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        Thread(target=self._accept, name="cable", daemon=True).start()

    def cut(self) -> None:
        """Swallow whatever is sent from now on."""
        self._whole = False

    def mend(self) -> None:
        """New connections go through; the old ones are gone."""
        self._whole = True
        self._drop()

    def close(self) -> None:
        """Take it away."""
        self._listener.close()
        self._drop()

    def _drop(self) -> None:
        with self._lock:
            ends, self._ends = self._ends, set()
        for end in ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(("127.0.0.1", self.to), 1.0)
            except OSError:
                near.close()
                continue
            far.settimeout(None)  # the second was for the connecting: silence is no fault
            with self._lock:
                self._ends |= {near, far}
            for source, sink in ((near, far), (far, near)):
                Thread(target=self._carry, args=(source, sink), daemon=True).start()

    def _carry(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if self._whole:
                    sink.sendall(data)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_RDWR)
