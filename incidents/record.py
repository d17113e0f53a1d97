"""What a shard's records may hold that this release has not heard of: reading past it.

A rolling upgrade and its way back have neighbouring releases take each other's shards over. A later
one may add a field to an object and a value at the end of a tuple; it may not take one away, nor
give one another meaning under the same ``v``. Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

Named = TypeVar("Named", bound=NamedTuple)


def from_values(kind: type[Named], values: Sequence[Any]) -> Named:
    """The tuple of its values; those after the last that it knows are left out.

    Raises :class:`TypeError` where one that it needs is missing.
    """
    return kind(*values[: len(kind._fields)])


def known(found: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    """Of an object's fields those with these names, as far as it has them."""
    return {name: found[name] for name in names if name in found}
