"""What all models that travel have in common, and the field types with their limits."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

SCHEMA_VERSION = 1
"""Version of the bodies in this package. A body with another one is refused, never guessed."""

MAX_BODY_BYTES = 256 * 1024
"""A longer body is a dead letter. Pictures travel as links (``Media.url``), never inline."""

SchemaVersion: TypeAlias = Literal[1]
Id: TypeAlias = Annotated[
    str, StringConstraints(min_length=1, max_length=128, pattern=r"^[^\x00-\x1f]+$")
]
Code: TypeAlias = Annotated[
    str, StringConstraints(min_length=1, max_length=64, pattern=r"^[^\x00-\x20]+$")
]
Name: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=128)]
Text: TypeAlias = Annotated[str, StringConstraints(max_length=4000)]
ShortText: TypeAlias = Annotated[str, StringConstraints(max_length=500)]
Finite: TypeAlias = Annotated[float, Field(allow_inf_nan=False)]
Time: TypeAlias = AwareDatetime
Scalar: TypeAlias = str | int | float | bool | None
Consulted: TypeAlias = Scalar | tuple[str, ...]
"""A context value that a decision consulted: what explain, diff and replay read back."""


Body: TypeAlias = dict[str, Any]
"""A body between decode and encode on the hot path: a plain dict that obeys a model of ours.

Building and writing a nested model costs 20 to 30 µs, the same dict 2 to 3 µs (ADR 0005); the
tests hold every body that leaves the pipeline against its model.
"""


class Message(BaseModel):
    """A frozen, strict model: no unknown field, no silent conversion, no later change."""

    model_config = ConfigDict(
        frozen=True, strict=True, extra="forbid", validate_default=False, use_enum_values=True
    )

    def to_json(self) -> bytes:
        """The body as UTF-8 JSON, fields without a value left out."""
        return self.__pydantic_serializer__.to_json(self, exclude_none=True)

    @classmethod
    def from_json(cls, body: bytes | str) -> Any:
        """The model read from JSON. Raises ``pydantic.ValidationError``."""
        return cls.__pydantic_validator__.validate_json(body)

    @classmethod
    def from_record(cls, record: bytes) -> Any:
        """The model read from what the engine itself has kept; fields that only a later release
        knows are left out. Raises ``pydantic.ValidationError``."""
        return cls.__pydantic_validator__.validate_json(record, extra="ignore")
