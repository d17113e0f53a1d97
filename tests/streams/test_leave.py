"""What a commit raises ends the process at once, also when no further batch comes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PROGRAM = """
import asyncio
from streams.leave import leave_if_failed

async def commit():
    {body}

async def main():
    task = asyncio.create_task(commit())
    task.add_done_callback(leave_if_failed)
    await asyncio.wait([task])
    await asyncio.sleep(0)  # the callback's turn

asyncio.run(main())
"""


def ran(body):
    return subprocess.run(
        [sys.executable, "-c", PROGRAM.format(body=body)],
        capture_output=True,
        text=True,
        timeout=30,
        cwd=Path(__file__).parents[2],
    )


def test_a_failed_commit_ends_the_process_with_70_and_says_why():
    result = ran("raise RuntimeError('the broker refused a record')")
    assert result.returncode == 70
    assert "the broker refused a record" in result.stderr


def test_a_commit_that_went_well_does_not():
    assert ran("pass").returncode == 0


def test_a_fenced_worker_ends_with_75_so_that_a_supervisor_can_tell():
    result = ran("from messages.errors import BrokerError; raise BrokerError('fenced', 'late')")
    assert result.returncode == 75
    assert "broker.fenced" in result.stderr
