"""A reader who types what the pages say, on a machine with a Kafka, a Redis and a worker.

What a page leaves to the reader – addresses, files, ids of that moment – is supplied here, and
nothing else: every other word of a command is the page's.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from waiting import until

from messages.topics import Topics
from streams.cluster.topic_reader import read_all

BIN = Path(sys.executable).parent
UNTIL_STOPPED = (
    ("wangge", "up"),
    ("wangge", "worker"),
    ("wangge", "watch"),
)
"""They go on until Ctrl-C, which comes as soon as they have said something."""
A_FINDING = {
    ("wangge", "replay"): "the demonstration day has lines that are no JSON",
    ("wangge", "shards", "move"): "what is not handed over yet is a finding",
    ("wangge", "compare"): "both registers differ, as they should here",
    ("wangge", "acl"): "nobody has applied them yet",
    ("wangge", "diff"): "the demonstration day has lines that are no events",
    ("wangge", "geo", "address"): "one of the addresses is ambiguous",
}
"""Commands that may end with 1 here, and why."""


class Reader:
    """``folder``: where the reader works. ``settings``: of the worker that is at work."""

    def __init__(self, folder: Path, settings: object, environment: dict[str, str]) -> None:
        self.folder, self._settings = folder, settings
        self._topics: Topics = settings.topics  # type: ignore[attr-defined]
        self._brokers: str = settings.brokers  # type: ignore[attr-defined]
        self._env = {
            **os.environ,
            **environment,
            "PATH": f"{BIN}:{os.environ['PATH']}",
            "COLUMNS": "120",
        }
        for name in ("WANGGE_EMBEDDED", "WANGGE_NAMESPACE"):
            self._env.pop(name, None)

    def types(self, statement: str) -> str:
        """What the command of the page says. Raises ``AssertionError`` with it where it fails."""
        line = self._filled(statement)
        if line.startswith("export "):
            given = (word.split("=", 1) for word in shlex.split(line, comments=True)[1:])
            self._env.update(dict(given))  # type: ignore[arg-type]
            return ""
        words = line.split()
        if tuple(words[:2]) in UNTIL_STOPPED and "--run" not in words:
            return self._until_it_speaks(line)
        done = self._run(line, 120)
        may = {0, 1} if any(tuple(words[: len(k)]) == k for k in A_FINDING) else {0}
        said = f"{line}\n{done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
        assert done.returncode in may, said
        assert "Traceback" not in done.stderr, said
        return done.stdout + done.stderr

    def _run(self, line: str, within: float) -> subprocess.CompletedProcess[str]:
        shell = ["bash", "-c", line]
        return subprocess.run(
            shell,
            cwd=self.folder,
            env=self._env,
            capture_output=True,
            text=True,
            timeout=within,
            check=False,
        )

    def _until_it_speaks(self, line: str) -> str:
        log = self.folder / "said.txt"
        with log.open("wb") as said:
            running = subprocess.Popen(
                ["bash", "-c", f"exec {line}"],
                cwd=self.folder,
                env=self._env,
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            until(lambda: log.stat().st_size > 0 or running.poll() is not None, within=60.0)
            assert running.poll() is None, f"{line}\n{log.read_text()}"
            running.send_signal(2)
            code = running.wait(40)
        finally:
            if running.poll() is None:
                running.kill()
        text = log.read_text()
        assert code in (0, 130), f"{line}\n{code}\n{text}"
        assert "Traceback" not in text, text
        return text

    # What a reader supplies --------------------------------------------------------------------

    def _filled(self, statement: str) -> str:
        for pattern, supply in self._supplied().items():
            if re.search(pattern, statement):
                statement = re.sub(pattern, supply(), statement)
        return statement

    def _supplied(self) -> dict[str, Callable[[], str]]:
        redis: str = self._settings.redis  # type: ignore[attr-defined]
        address = r"HOST:PORT|127\.0\.0\.1:PORT|(127\.0\.0\.1|localhost|kafka-1):9092"
        return {
            address: lambda: self._brokers,
            r"redis://redis-1:6379/0": lambda: redis,
            r"flood-\d{8}T\d{6}Z-[0-9a-f]{6}": self._order,
            r"\d{3}-\d{6}-\d{7} --unit street:\d+": self._case,
            r"003-flood\.320106-57\.1": lambda: self._alert("alert_id"),
            r"003-flood\.320106-57\.2 --unit street:\d+ --actor grid-17 --grid \d+": self._told,
            r"003-flood\.320106-57": lambda: self._alert("warning_id"),
            r"--pack cities/mine --source hotline": lambda: (
                "--pack cities/nanjing --source hotline-12345"  # whose columns are known
            ),
        }

    def _order(self) -> str:
        said = self._run("wangge mode list --json", 30).stdout
        return re.findall(r"flood-\d{8}T\d{6}Z-[0-9a-f]{6}", said)[-1]

    def _case(self) -> str:
        cases = {one["incident_id"]: one for one in self._read(self._topics.incidents)}
        (first, *_) = (
            one
            for one in cases.values()
            if one["status"] == "dispatched" and one["unit"].startswith("street:")
        )
        return f"{first['incident_id']} --unit {first['unit']}"

    def _alert(self, name: str) -> str:
        found = [one for one in self._read(self._topics.warnings) if "flood" in one["warning_id"]]
        return str(found[-1][name])

    def _notice(self) -> dict[str, str]:
        notices = until(
            lambda: [
                one
                for one in self._read(self._topics.notices)
                if one.get("audience") == "residents" and one["status"] == "draft"
            ]
        )
        return notices[-1]

    def _told(self) -> str:
        grid, alert = self._notice()["grid"], self._alert("alert_id")
        return f"{alert} --unit street:{grid[:9]} --actor grid-17 --grid {grid}"

    def _read(self, topic: str) -> Iterator[dict[str, str]]:
        return read_all(self._brokers, topic)


def statements(text: str) -> list[str]:
    """A block's commands: a here-document and a continued line belong to theirs."""
    found: list[str] = []
    ends = ""
    for line in text.replace("\\\n", " ").splitlines():
        if ends:
            found[-1] += f"\n{line}"
            ends = "" if line == ends else ends
        elif line.strip():
            found.append(line)
            document = re.search(r"<<(\w+)$", line)
            ends = document[1] if document else ""
    return found
