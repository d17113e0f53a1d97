"""What a gazetteer answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from geo.addresses.codes import Codes
from geo.addresses.entry import AddressEntry

Verdict: TypeAlias = Literal["found", "ambiguous", "none"]
MOST: Final = 5


@dataclass(frozen=True, slots=True)
class Candidate:
    """One place that the address can mean.

    ``score``: 1 for a name as it is written in the gazetteer, less for a form of it, a misspelling
    or a name against which another part of the address speaks. ``matched``: the part of the
    address that named it, in the one spelling in which names are compared.
    """

    entry: AddressEntry
    score: float
    matched: str


@dataclass(frozen=True, slots=True)
class AddressMatch:
    """``candidates``: all that is plausible, best first, at most five, one for a territory.

    The codes go down to the level that is sure. ``found``: those of the only candidate (with what
    the rest of the address adds). ``ambiguous``: those that all plausible candidates share, which
    may be none; also a single candidate is ambiguous when something in the address speaks against
    it. ``none``: nothing in the address is known.
    """

    candidates: tuple[Candidate, ...]
    verdict: Verdict
    district: str | None = None
    street: str | None = None
    community: str | None = None
    grid: str | None = None


NOTHING: Final = AddressMatch((), "none")


def answer(candidates: Sequence[Candidate], verdict: Verdict, sure: Codes) -> AddressMatch:
    """The match with its candidates in order and one for a territory."""
    return AddressMatch(_ranked(candidates), verdict, *sure)


def _ranked(candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    if len(candidates) < 2:
        return tuple(candidates)
    best: dict[Codes, Candidate] = {}
    for candidate in candidates:
        codes = candidate.entry.codes
        if codes not in best or candidate.score > best[codes].score:
            best[codes] = candidate
    ranked = sorted(best.values(), key=_rank)
    # Among them the best of every district: it says why the district is unsure.
    districts: dict[str | None, Candidate] = {}
    for candidate in ranked:
        districts.setdefault(candidate.entry.district, candidate)
    firsts = list(districts.values())[:MOST]
    others = [candidate for candidate in ranked if candidate not in firsts]
    return tuple(sorted([*firsts, *others[: MOST - len(firsts)]], key=_rank))


def _rank(candidate: Candidate) -> tuple[float, tuple[str, ...]]:
    return -candidate.score, tuple(code or "" for code in candidate.entry.codes)
