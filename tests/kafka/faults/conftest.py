"""The demonstration city, and the table of faults at the end of the run."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from kafka_server import KafkaServer
from site_at_work import Town
from table import FIGURES, ROWS, table


@pytest.fixture(scope="session")
def town() -> Town:
    return Town.read()


@pytest.fixture
def own_kafka(kafka_server: KafkaServer) -> KafkaServer:
    """The test's Kafka itself, which is killed and started again."""
    return kafka_server


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a file system of its own, of 64 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64m", "wangge-test", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("only root may mount a small disk")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """What the faults did, as a table, and what was measured beside it."""
    for lines in (table() if ROWS else (), FIGURES):
        for number, line in enumerate(lines):
            terminalreporter.write_line(line if number else f"\n{line}")
