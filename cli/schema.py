"""``wangge schema``: the JSON Schema of everything that travels."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import orjson
import typer

from messages.errors import SettingsError
from messages.schema import CONTRACT, json_schema


def schema(
    name: Annotated[
        str | None, typer.Argument(help="One body, such as report; without it, all names.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Write NAME.schema.json files into this folder.")
    ] = None,
    json: Annotated[
        bool, typer.Option("--json", help="Without NAME: all schemas as one JSON object.")
    ] = False,
) -> None:
    """Print or export the JSON Schema (draft 2020-12) of the bodies that travel."""
    if name is not None and name not in CONTRACT:
        raise SettingsError(
            "schema", f"there is no body {name!r}", mend=f"one of {', '.join(CONTRACT)}"
        )
    names = [name] if name is not None else list(CONTRACT)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        for one in names:
            (out / f"{one}.schema.json").write_bytes(_text(json_schema(one)))
        sys.stderr.write(f"{len(names)} schemas written to {out}\n")
    elif name is not None:
        sys.stdout.write(_text(json_schema(name)).decode())
    elif json:
        sys.stdout.write(_text({one: json_schema(one) for one in names}).decode())
    else:
        sys.stdout.write("".join(f"{one}\n" for one in names))


def _text(schema: object) -> bytes:
    return orjson.dumps(schema, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
