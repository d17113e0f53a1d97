"""A YAML file as a model; what is wrong in it as one error that names the line and the mend."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any, TypeVar

import orjson
from pydantic import BaseModel, ValidationError

from messages.errors import PackError
from packs.document import Document, Where, read

M = TypeVar("M", bound=BaseModel)
_TARGETS = (
    "write city, district, street, dept, dept:CODE, linkage:CODE, district:CODE or street:CODE"
)
_MENDS = {
    "datum": "declare the datum of the producer's positions: wgs84, cgcs2000, gcj02 or bd09",
    "schema_version": "write `schema_version: 1` at the top; this release knows no other",
    "to": _TARGETS,
    "copies": _TARGETS,
    "file": "name a file inside the pack, such as boundaries/districts.geojson",
    "route": "use a-z, 0-9, - and _, such as street-default",
    "category": "write codes of taxonomy.yaml, or a prefix such as 04*",
}


def read_model(file: Path, model: type[M]) -> M:
    """The model of a YAML file. Raises :class:`PackError` with file, line and mend."""
    return parse(read(file), model)


def parse(document: Document, model: type[M]) -> M:
    """The model of a document. Raises :class:`PackError` about the first thing wrong in it."""
    try:
        # By way of JSON, because strict models take a list for a tuple only from there.
        return model.model_validate_json(orjson.dumps(document.data))
    except ValidationError as error:
        raise _explained(document, model, error) from None


def _explained(document: Document, model: type[BaseModel], error: ValidationError) -> PackError:
    found: list[Any] = error.errors(include_url=False)
    # In the file's order, and a misspelt field before the missing one that it causes, and that
    # before a list that is "too short" only because none of its items was right.
    late = {"missing": 1, "too_short": 2}
    first = min(found, key=lambda e: (late.get(e["type"], 0), document.line(e["loc"])))
    where: Where = first["loc"]
    field = next((part for part in reversed(where) if isinstance(part, str)), "")
    dotted = ".".join(str(part) for part in where)
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    match first["type"]:
        case "missing":
            code, message = "missing_field", f"{dotted} is missing"
            mend = _MENDS.get(field, f"add `{field}:` here")
        case "extra_forbidden":
            code, message = "unknown_field", f"{dotted} is not a field"
            mend = _likely(field, model)
            if first["input"] is None:  # {name: Pipes, mains}: YAML made a field of the second half
                mend += " A text with a comma in { } needs quotes."
        case "string_type" if isinstance(first["input"], int | float):
            code, message = "wrong_type", f"{dotted}: {first['input']!r} is not a text"
            mend = "put it in quotes: a code is a text, not a number"
        case kind if kind.endswith("_type"):
            code, message = "wrong_type", f"{dotted}: {first['msg']}"
            mend = _MENDS.get(field, "write a value of that type")
        case "value_error":  # one of our own, worded as what to do
            code, message = "wrong_value", f"{dotted or 'the file'} does not fit"
            mend = str(first["ctx"]["error"])
        case _:
            code, message = "wrong_value", f"{dotted or 'the file'}: {first['msg']}"
            mend = _MENDS.get(field, "write a value that fits")
    return document.error(code, message + more, where, mend=mend)


def _likely(field: str, model: type[BaseModel]) -> str:
    schema = model.model_json_schema()
    parts = [schema, *schema.get("$defs", {}).values()]
    names = {name for part in parts for name in part.get("properties", {})}
    near = difflib.get_close_matches(field, sorted(names), n=1)
    return f"Did you mean `{near[0]}`?" if near else "Take it out."
