"""``wangge geo address``: verdicts in text and JSON, and the exit code."""

import json

import pytest
from typer.testing import CliRunner

from cli.main import app

SURE = "玄武区梅园新村街道兰园社区12号"
IN_TWO_DISTRICTS = "高桥社区"


def run(*arguments, typed=None):
    return CliRunner().invoke(app, ["geo", "address", *arguments], input=typed)


def test_an_address_that_is_sure_exits_0_and_names_its_territory():
    done = run(SURE)
    assert done.exit_code == 0
    assert "320102002007" in done.stdout
    assert "found" in done.stdout


@pytest.mark.parametrize("address", [IN_TWO_DISTRICTS, "某地"])
def test_an_address_that_is_not_sure_exits_1(address):
    assert run(SURE, address).exit_code == 1


def test_json_has_one_line_an_address_with_all_candidates():
    done = run("--json", "-", typed=f"{SURE}\n\n{IN_TWO_DISTRICTS}\n")
    first, second = map(json.loads, done.stdout.splitlines())
    assert (first["verdict"], first["street"]) == ("found", "320102002")
    assert (second["verdict"], second["district"]) == ("ambiguous", None)
    assert {c["district"] for c in second["candidates"]} == {"320104", "320115"}


def test_what_looks_like_markup_is_text():
    assert "玄武区[/b][bold]" in run("玄武区[/b][bold]").stdout


def test_a_set_that_the_pack_does_not_have_is_a_usage_error():
    done = run(SURE, "--boundaries", "autumn")
    assert done.exit_code != 0
    assert "autumn" in str(done.exception)
