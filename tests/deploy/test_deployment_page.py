"""docs/deployment.md: what it tells a reader to type, and what it says of the files."""

from __future__ import annotations

import re
import shlex

import pytest
from command_tree import take
from compose_file import CITY, ROOT, SERVICES, WORKERS, variables
from doc_pages import blocks, code, table

PAGE = ROOT / "docs" / "deployment.md"
LINES = [line for block in blocks(PAGE, "sh") for line in block.text.splitlines()]
COMPOSED = [
    shlex.split(line.partition("docker compose ")[2], comments=True)
    for line in LINES
    if "docker compose " in line
]
TAKES_SERVICES = {"up", "build", "restart", "stop", "exec", "run", "logs"}


@pytest.mark.parametrize("typed", COMPOSED, ids=" ".join)
def test_a_command_of_compose_names_services_that_there_are(typed):
    verb, *rest = typed
    assert verb in TAKES_SERVICES
    names = [word for word in rest if not word.startswith("-")]
    if verb in ("run", "exec"):
        names = names[:1]
    # The page adds one.
    assert set(names) <= SERVICES.keys() | {f"worker-{len(WORKERS)}"}


@pytest.mark.parametrize("typed", [one for one in COMPOSED if one[0] == "run"], ids=" ".join)
def test_a_command_in_a_container_is_one_of_ours(typed):
    take(typed[typed.index("wangge") + 1 :])


def test_every_service_is_explained():
    named = [re.findall(r"`([\w-]+)`", row[0]) for row in table(PAGE, "service")]
    assert {name for names in named for name in names} == SERVICES.keys()


def test_every_volume_is_explained():
    named = [re.findall(r"`([\w-]+)`", row[0]) for row in table(PAGE, "volume")]
    assert {name for names in named for name in names} == CITY["volumes"].keys()


def test_every_port_of_the_host_is_named_with_its_variable():
    published = {
        port.split(":")[1] for service in SERVICES.values() for port in service.get("ports", ())
    }
    rows = table(PAGE, "port")
    assert {row[0].split()[0] for row in rows} == published
    assert {code(row[0]) for row in rows} <= variables()


@pytest.mark.parametrize("row", table(PAGE, "what"), ids=lambda row: row[0][:40])
def test_what_three_brokers_change_stands_in_the_file(row):
    given = SERVICES["kafka"]["environment"] | SERVICES["worker-0"]["environment"]
    first = code(row[0])
    assert first in given or first in SERVICES
    if first in given and re.fullmatch(r"`[^`]+`|\d", row[1]):
        assert row[1].strip("`") in given[first]


def test_the_images_that_are_pulled_are_named():
    text = PAGE.read_text("utf-8")
    pulled = {one["image"].partition(":")[0] for one in SERVICES.values()} - {"wangge"}
    assert all(f"`{image}`" in text for image in pulled)
