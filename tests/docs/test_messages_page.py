"""docs/messages.md says what the contract says."""

from __future__ import annotations

import ast
import re

import pytest
from doc_pages import ROOT, blocks, code, table
from jsonschema import Draft202012Validator
from pydantic import TypeAdapter

from messages.model import MAX_BODY_BYTES
from messages.schema import CONTRACT, json_schema
from messages.topics import LANES
from packs.load import load
from streams.understanding.decode import _CODES

PAGE = ROOT / "docs" / "messages.md"
EXAMPLES = {block.name: block.text for block in blocks(PAGE, "json")}


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_what_its_model_reads(name):
    TypeAdapter(CONTRACT[name]).validate_json(EXAMPLES[name])


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_valid_by_the_published_schema(name):
    import json

    schema = json_schema(name)
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(json.loads(EXAMPLES[name]))


def test_every_body_of_the_contract_has_one_example():
    assert sorted(EXAMPLES) == sorted(CONTRACT)
    assert len(EXAMPLES) == len(blocks(PAGE, "json"))


def test_the_lanes_are_those_of_the_engine():
    assert [code(row[0]) for row in table(PAGE, "lane")] == list(LANES)


@pytest.mark.parametrize("row", table(PAGE, "field | at most"), ids=lambda row: row[0])
def test_a_limit_is_the_schema_s(row):
    said = int(re.sub(r"\D", "", row[1]))
    if row[0] == "body":
        assert said == MAX_BODY_BYTES
        return
    name, field = code(row[0]).split(".")
    limits = _limits(json_schema(name)["properties"][field])
    assert said in limits


def test_the_error_codes_are_those_that_the_engine_raises():
    said = {code(row[0]) for row in table(PAGE, "code")}
    raised = _codes_of("EventError") | set(_CODES.values()) | {"wrong_type"}
    assert said == {f"event.{one}" for one in raised}


def test_the_row_codes_are_those_of_the_csv_reader():
    source = (ROOT / "streams" / "posting" / "source_rows.py").read_text("utf-8")
    raised = set(re.findall(r'"(row\.[a-z_]+)"', source))
    assert {code(row[0]) for row in _second_table("code")} == raised


def test_the_reasons_of_quarantine_are_those_of_the_screen_and_the_desk():
    said = {code(row[0]) for row in table(PAGE, "reason")}
    filters = {one.filter for one in load(ROOT / "cities" / "nanjing").screening.filters}
    found = (_codes_of("Finding", f"streams/{one}/*.py") for one in ("understanding", "desk"))
    assert said == filters.union(*found)


def test_the_reasons_of_a_place_are_those_of_the_locator():
    said = {code(row[0]) for row in _second_table("reason")}
    sources = [
        ROOT / "streams" / "understanding" / "places.py",
        *(ROOT / "streams" / "ground").glob("*.py"),
    ]
    calls = r'(?:reason|unlocated|as_found_by)\(\s*"([a-z_]+)"'
    calls += r'|noting\([^()\n]*, "([a-z_]+)"\)'
    texts = [file.read_text("utf-8") for file in sources]
    given = {one or other for text in texts for one, other in re.findall(calls, text)}
    assert said == given | {"nearest"}  # which is its method


def _second_table(heading: str) -> list[list[str]]:
    """The page's other table with that heading."""
    text = PAGE.read_text("utf-8")
    _, _, after = text.partition(f"| {heading} |")
    _, _, after = after.partition(f"| {heading} |")
    rows = after.partition("\n")[2].partition("\n")[2].partition("\n\n")[0].splitlines()
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def _codes_of(call: str, pattern: str = "*/**/*.py", position: int = 0) -> set[str]:
    """The constant codes that calls of ``call`` pass, in the product's own files."""
    packages = ("messages", "geo", "rules", "streams", "packs", "incidents", "sinks", "cli")
    found: set[str] = set()
    for file in ROOT.glob(pattern):
        if file.relative_to(ROOT).parts[0] not in packages:
            continue
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == call:
                argument = node.args[position] if len(node.args) > position else None
                if isinstance(argument, ast.Constant):
                    found.add(str(argument.value))
    return found


def _limits(schema: dict) -> set[int]:
    parts = [schema, *schema.get("anyOf", [])]
    keys = ("maxLength", "maxItems", "maxProperties")
    return {part[key] for part in parts for key in keys if key in part}
