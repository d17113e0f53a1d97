"""The command itself: exit codes, one-line errors, no tracebacks."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from streams.embedded.redis_server import free_port


def wangge(*arguments, **env):
    return subprocess.run(
        [sys.executable, "-m", "cli.main", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, **env},
    )


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--help"], 0),
        (["no-such-command"], 2),
        (["explain", "x"], 2),
        (["explain", "x", "--run", "no-such-folder"], 1),
        (["worker", "--pack", "no-such-pack"], 2),
        (["schema", "no-such-body"], 2),
    ],
)
def test_exit_codes_are_0_ok_1_finding_2_usage_or_configuration(arguments, code):
    result = wangge(*arguments)
    assert result.returncode == code, result.stderr
    assert "Traceback" not in result.stderr


def test_an_error_is_a_line_with_its_code_and_a_mend():
    result = wangge("worker", "--pack", "no-such-pack")
    assert result.stderr.startswith("wangge: ")
    assert "[pack.missing_folder]" in result.stderr
    assert "mend:" in result.stderr


def test_a_broker_that_is_not_there_is_told_within_ten_seconds():
    result = wangge("watch", "--queue", "city", "--brokers", f"127.0.0.1:{free_port()}")
    assert result.returncode == 2
    assert "[broker.unreachable]" in result.stderr


def test_a_reader_that_closes_the_pipe_ends_the_command_quietly():
    command = f"{sys.executable} -m cli.main schema | head -c 10"
    result = subprocess.run(
        ["bash", "-c", command], capture_output=True, text=True, timeout=60, check=False
    )
    assert "Traceback" not in result.stderr
    assert "BrokenPipe" not in result.stderr
