"""What the gazetteer makes of an event's address."""

from __future__ import annotations

from typing import Any

from geo.addresses import AddressMatch, Candidate
from geo.addresses.codes import Codes
from geo.layer import LEVELS
from messages.model import Body
from streams.ground.ground import Ground
from streams.ground.located import Located, finest, reason


def located_by(address: str, ground: Ground) -> Located | None:
    """Where an address is in the city; None where it names nothing that is known."""
    match = ground.gazetteer.find(address)
    if match.verdict == "none":
        return None
    codes = (match.district, match.street, match.community, match.grid)
    base = finest(codes, ground.territories)
    if match.verdict == "found" and base is not None:
        best = match.candidates[0]
        text = f"by address: {_said(best)}, {_where(codes)}"
        return base.as_found_by("address", reason("address", text))
    return _ambiguous(match, base, ground)


def _ambiguous(match: AddressMatch, base: Located | None, ground: Ground) -> Located:
    choices = [_choice(candidate) for candidate in match.candidates]
    names = ", ".join(f"{c['name']} {_where(_levels(c))} ({c['score']:.2f})" for c in choices)
    text = f"the address is ambiguous: {names}"
    if base is None or not base.found:
        return ground.unlocated("ambiguous_address", text, choices)
    why = reason("ambiguous_address", text)
    return base.as_found_by("address", why, why=text, choices=choices)


def _levels(choice: Body) -> Codes:
    return (
        choice.get("district"),
        choice.get("street"),
        choice.get("community"),
        choice.get("grid"),
    )


def _choice(candidate: Candidate) -> Body:
    entry: Any = candidate.entry
    choice: Body = {"name": entry.name}
    choice |= {k: v for k, v in zip(LEVELS, entry.codes, strict=True) if v is not None}
    choice["score"] = round(candidate.score, 3)
    return choice


def _said(candidate: Candidate) -> str:
    name = candidate.entry.name
    return (
        name if candidate.score == 1 else f"{name} ({candidate.score:.2f}, {candidate.matched!r})"
    )


def _where(codes: Codes) -> str:
    return "/".join(code for code in codes if code is not None) or "nowhere"
