"""`wangge topics apply` where it must say no."""

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from cli import topics
from messages.errors import BrokerError, PackError
from streams.cluster import brokers

NANJING = Path(__file__).parents[2] / "cities" / "nanjing"
app = typer.Typer()
app.add_typer(topics.app, name="topics")


def invoke(*arguments):
    return CliRunner().invoke(app, ["topics", "apply", *map(str, arguments)])


def test_a_folder_that_is_no_pack_is_an_error(tmp_path):
    assert isinstance(invoke(tmp_path, "--brokers", "127.0.0.1:1").exception, PackError)


def test_a_broker_that_is_not_there_is_an_error(monkeypatch):
    monkeypatch.setattr(brokers, "REACH_SECONDS", 0.5)
    error = invoke(NANJING, "--brokers", "127.0.0.1:1").exception
    assert isinstance(error, BrokerError)
    assert "broker.unreachable" in str(error)


@pytest.mark.broker
def test_an_embedded_broker_is_refused(stack):
    error = invoke(NANJING, "--brokers", stack.brokers).exception
    assert "broker.practice_ground" in str(error)
