"""A PostgreSQL server of the benchmark's own: a folder, a socket in it, and no port."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.geo.contenders.contender import AbsentError
from benchmarks.geo.contenders.leashed import leashed

_SETTINGS = {
    "listen_addresses": "",  # nobody but who may enter the folder
    "fsync": "off",
    "shared_buffers": "512MB",
    "work_mem": "64MB",
    "random_page_cost": "1.1",  # all of it lies in memory
    "jit": "off",  # compiling a query takes longer than a small batch
    "plan_cache_mode": "force_generic_plan",  # planning anew doubles what a single point costs
    "max_parallel_workers_per_gather": "0",  # one thread, as every way here; and starting more
    # costs a batch of 64 ten times what it saves
}


@contextmanager
def postgres() -> Iterator[tuple[Path, str]]:
    """The folder of the server's socket, and its user. Raises :class:`AbsentError`."""
    programs, user = _programs(), _user()
    with tempfile.TemporaryDirectory(prefix="wangge-pg-") as name:
        folder, data = Path(name), Path(name) / "data"
        shutil.chown(folder, user)
        made = subprocess.run(
            [
                *_as(user),
                *(programs / "initdb", "-D", data, "-U", user, "-A", "trust"),
                *("-E", "UTF8", "--locale=C", "--no-sync"),
            ],
            capture_output=True,
            text=True,
            cwd=folder,
        )
        if made.returncode:
            raise AbsentError(f"initdb failed: {made.stderr.strip().splitlines()[-1]}")
        command = [*_as(user), programs / "postgres", "-D", data, "-k", folder]
        for setting, value in _SETTINGS.items():
            command += ["-c", f"{setting}={value}"]
        with leashed("PostgreSQL", command, folder / "log", lambda: _ready(data)):
            yield folder, user


def _programs() -> Path:
    """Where initdb and postgres lie; Debian keeps them off the PATH."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not installed:
        raise AbsentError("PostgreSQL is not installed")
    return installed[-1].parent


def _user() -> str:
    """Whose process the server is: it refuses to be root's."""
    if os.getuid() != 0:
        return pwd.getpwuid(os.getuid()).pw_name
    if not shutil.which("setpriv"):
        raise AbsentError("PostgreSQL refuses to run as root, and there is no setpriv")
    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError:
        raise AbsentError("PostgreSQL refuses to run as root; there is no user postgres") from None


def _as(user: str) -> list[str | Path]:
    """What to put before a command; it becomes the command, and so keeps its pid."""
    if os.getuid() != 0:
        return []
    return ["setpriv", f"--reuid={user}", f"--regid={pwd.getpwnam(user).pw_gid}", "--clear-groups"]


def _ready(data: Path) -> bool:
    """Its pid file says when it takes connections."""
    status = data / "postmaster.pid"
    return status.exists() and status.read_text().rstrip().endswith("ready")
