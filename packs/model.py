"""What all models of a pack's files have in common, and the field types with their limits."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
)

from messages.decision import EventKind, Priority

__all__ = ["EventKind", "Priority"]


def _inside_the_pack(path: str) -> str:
    if ".." in path.split("/"):
        raise ValueError("name a file inside the pack, without ..")
    return path


def _listed(words: object) -> object:
    if isinstance(words, str):
        return tuple(word.strip() for word in words.split("、"))
    return tuple(words) if isinstance(words, list) else words


FileVersion: TypeAlias = Literal[1]
CategoryCode: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z_-]{1,32}$")]
# A code that becomes part of a Kafka topic name and of a unit such as dept:gas.
UnitPart: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z_-]{1,48}$")]
Slug: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,47}$")]
Label: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=128)]
Word: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"\S")]
Words: TypeAlias = Annotated[
    tuple[Word, ...],
    Field(min_length=1),
    BeforeValidator(_listed),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]
"""A list of words, or one text of them with 、 between: hundreds are read so ten times as fast."""

RelativePath: TypeAlias = Annotated[
    str,
    StringConstraints(min_length=1, max_length=256, pattern=r"^[^/\\~][^\\]*$"),
    AfterValidator(_inside_the_pack),
]
Lon: TypeAlias = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Lat: TypeAlias = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]


class PackModel(BaseModel):
    """A frozen, strict model of one part of a pack's file: no unknown field, no conversion."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", populate_by_name=True)
