"""up: a whole city for a bounded number of events, and what it leaves behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import orjson
import pytest
from typer.testing import CliRunner

from cli.main import app

pytestmark = pytest.mark.broker


def test_a_bounded_run_balances_and_its_folder_can_be_verified(tmp_path):
    run = tmp_path / "run"
    command = [sys.executable, "-m", "cli.main", "up", "--events", "600", "--rate", "0"]
    done = subprocess.run(
        [*command, "--run", str(run), "--json"], capture_output=True, text=True, timeout=110
    )
    assert done.returncode == 0, done.stderr
    summary = orjson.loads(done.stdout)
    assert summary["posted"] == 600
    assert summary["balances"] is True
    verified = CliRunner().invoke(app, ["ledger", "--verify", "--run", str(run)])
    assert verified.exit_code == 0, verified.output


def test_ctrl_c_ends_the_feed_decides_what_was_posted_and_leaves_with_0(tmp_path):
    command = [
        sys.executable,
        "-m",
        "cli.main",
        "up",
        "--rate",
        "300",
        "--run",
        str(tmp_path / "r"),
    ]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env={**os.environ}
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:  # the address line comes when the worker is ready
            if b"/-/ready" in line:
                break
        process.send_signal(signal.SIGINT)
        said = process.stdout.read().decode()
        code = process.wait(60)
    assert code == 0, said
    assert "The ledger balances" in said
