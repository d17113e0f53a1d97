"""ledger: the proof from what was published; exit 1 when it does not hold."""

from __future__ import annotations

import orjson
from typer.testing import CliRunner

from cli.main import app
from messages.errors import SettingsError


def invoke(*arguments):
    return CliRunner().invoke(app, ["ledger", *map(str, arguments)], env={"WANGGE_BROKERS": ""})


def test_a_run_that_balances_is_verified(made_run):
    result = invoke("--verify", "--run", made_run)
    assert result.exit_code == 0, result.output
    assert "verified: 2 offsets" in result.output


def test_a_run_that_lost_a_decision_is_a_finding(made_run):
    (made_run / "decisions.ndjson").write_bytes(b"")
    result = invoke("--verify", "--run", made_run)
    assert result.exit_code == 1
    assert "does not balance in 1 of 1 partitions" in result.output


def test_an_empty_run_proves_nothing_and_is_a_finding(made_run):
    for name in ("ledger", "decisions", "dead"):
        (made_run / f"{name}.ndjson").write_bytes(b"")
    assert invoke("--verify", "--run", made_run).exit_code == 1


def test_without_verify_it_only_shows(made_run):
    (made_run / "decisions.ndjson").write_bytes(b"")
    assert invoke("--run", made_run).exit_code == 0


def test_json_is_one_line_a_partition(made_run):
    (line,) = invoke("--json", "--run", made_run).output.splitlines()
    row = orjson.loads(line)
    assert (row["read"], row["routed"], row["dead"], row["balances"]) == (2, 1, 1, True)


def test_neither_a_run_nor_a_broker_is_a_usage_error():
    assert isinstance(invoke().exception, SettingsError)
