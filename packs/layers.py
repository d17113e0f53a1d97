"""The pack's layers: places that make an event graver or somebody else's, such as schools."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from messages.place import Datum
from packs.model import Label, PackModel, RelativePath, Slug


class ExposureLayer(PackModel):
    """One CSV of points: columns ``name``, ``lon``, ``lat`` (degrees of ``datum``) and, where a
    row has its own, ``radius_m``. An event within the radius lies in the layer."""

    layer: Slug
    name: Label
    name_en: Label | None = None
    file: RelativePath
    datum: Datum
    radius_m: Annotated[float, Field(gt=0, le=5_000)]
