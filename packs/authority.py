"""``authority.yaml``: who may order what."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field, StringConstraints

from packs.assessment import EmergencyLevel
from packs.model import FileVersion, Label, PackModel

OfficerId: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][\w.@-]{0,63}$")]
Power: TypeAlias = Literal[
    "mode.propose", "mode.approve", "pack", "silence", "quarantine", "warning.sign"
]
Office: TypeAlias = Annotated[
    str, StringConstraints(pattern=r"^(city|(district|street):[0-9A-Za-z_-]{1,48})$")
]


class Officer(PackModel):
    """``office``: the city's may order for every area, a district's for its own. ``levels``: the
    emergency levels that the officer may set, and sign warnings of with the power for it (I and II
    are usually the province's)."""

    officer: OfficerId
    name: Label
    office: Office
    powers: tuple[Power, ...] = ()
    levels: tuple[EmergencyLevel, ...] = ()


class AuthorityFile(PackModel):
    """The file. ``approve_within_minutes``: an emergency start without approval ends by then."""

    schema_version: FileVersion
    approve_within_minutes: Annotated[int, Field(ge=1, le=240)] = 30
    longest_mode_hours: Annotated[int, Field(ge=1, le=24 * 60)] = 72
    officers: Annotated[tuple[Officer, ...], Field(min_length=1)]
