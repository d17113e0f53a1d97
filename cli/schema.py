"""``wangge schema``: the JSON Schema of everything that travels, and of a pack's files."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from messages.errors import SettingsError
from messages.schema import CONTRACT, json_schema
from packs.schema import PACK_FILES, pack_schema

NAMES = (*CONTRACT, *PACK_FILES)


def schema(
    name: Annotated[
        str | None, typer.Argument(help="One body or file, such as report or pack/routing.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Write NAME.schema.json files into this folder.")
    ] = None,
    json: Annotated[
        bool, typer.Option("--json", help="Without NAME: all schemas as one JSON object.")
    ] = False,
) -> None:
    """Print or export the JSON Schema (draft 2020-12) of the bodies that travel, and of the files
    of a city pack, for an editor. Without NAME: all names."""
    if name is not None and name not in NAMES:
        raise SettingsError(
            "schema", f"there is no body {name!r}", mend=f"one of {', '.join(NAMES)}"
        )
    names = [name] if name is not None else list(NAMES)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        for one in names:
            file = out / f"{one}.schema.json"
            file.parent.mkdir(exist_ok=True)
            file.write_bytes(_text(_schema(one)))
        sys.stderr.write(f"{len(names)} schemas written to {out}\n")
    elif name is not None:
        sys.stdout.write(_text(_schema(name)).decode())
    elif json:
        sys.stdout.write(_text({one: _schema(one) for one in names}).decode())
    else:
        sys.stdout.write("".join(f"{one}\n" for one in names))


def _schema(name: str) -> dict[str, Any]:
    return pack_schema(name) if name in PACK_FILES else json_schema(name)


def _text(schema: object) -> bytes:
    return orjson.dumps(schema, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
