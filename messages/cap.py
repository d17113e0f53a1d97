"""The terms of CAP 1.2 that a warning is told in: its code lists, and the texts it can carry.

Source: OASIS Common Alerting Protocol 1.2 (2010), section 3.2.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal, TypeAlias

from pydantic import StringConstraints

AlertStatus: TypeAlias = Literal["Actual", "Exercise", "System", "Test", "Draft"]
MsgType: TypeAlias = Literal["Alert", "Update", "Cancel"]
Scope: TypeAlias = Literal["Public", "Restricted", "Private"]
EmergencyClass: TypeAlias = Literal[
    "natural_disaster", "accident", "public_health", "social_security"
]
Hazard: TypeAlias = Literal[
    "Geo",
    "Met",
    "Safety",
    "Security",
    "Rescue",
    "Fire",
    "Health",
    "Env",
    "Transport",
    "Infra",
    "CBRNE",
    "Other",
]
"""CAP's ``category``; our own word, because ours is a code of the city's taxonomy."""

Level: TypeAlias = Literal["I", "II", "III", "IV"]
Colour: TypeAlias = Literal["red", "orange", "yellow", "blue"]
COLOURS: Final[dict[Level, Colour]] = {"I": "red", "II": "orange", "III": "yellow", "IV": "blue"}
"""Statutory: the Emergency Response Law (突发事件应对法) marks the four levels so."""

Urgency: TypeAlias = Literal["Immediate", "Expected", "Future", "Past", "Unknown"]
Severity: TypeAlias = Literal["Extreme", "Severe", "Moderate", "Minor", "Unknown"]
Certainty: TypeAlias = Literal["Observed", "Likely", "Possible", "Unlikely", "Unknown"]

# CAP forbids space, comma, < and & in identifiers; ours keep to ASCII besides.
CapId: TypeAlias = Annotated[
    str, StringConstraints(pattern=r"^[0-9A-Za-z][0-9A-Za-z._:@/+-]{0,199}$")
]
WarningId: TypeAlias = Annotated[CapId, StringConstraints(max_length=192)]
# XML 1.0, production 2: characters that no XML can hold, and the ends of lines that it changes.
_LINE: Final = r"^[^\x00-\x1f\ufffe\uffff]*[^\x00-\x20\ufffe\uffff][^\x00-\x1f\ufffe\uffff]*$"
Line: TypeAlias = Annotated[str, StringConstraints(max_length=128, pattern=_LINE)]
Headline: TypeAlias = Annotated[str, StringConstraints(max_length=500, pattern=_LINE)]
Prose: TypeAlias = Annotated[
    str, StringConstraints(max_length=4000, pattern=r"^[^\x00-\x08\x0b-\x1f\ufffe\uffff]*$")
]
