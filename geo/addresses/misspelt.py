"""What a misspelt name may be, when no exact one is left: how much may be wrong, and how near
another place may be before nothing is sure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from geo.addresses.codes import NOWHERE, Codes, joined
from geo.addresses.joining import Joint, meet, plausible
from geo.addresses.likeness import Near, NearNames
from geo.addresses.naming import community_end
from geo.addresses.vocabulary import VILLAGE_ENDS
from geo.addresses.wanted import Wanted

_SHORT: Final = 4
"""A name of fewer characters is never believed with a slip unless a district or street is named."""
_LONG: Final = 6
"""The same for a name that does not say what it is."""
_TIE: Final = 1e-9


class Guess(NamedTuple):
    """``joints``: where a misspelt name can be meant, in the district or street that the address
    names. ``elsewhere``: places against it. ``believed``: whether a single joint is sure."""

    joints: list[Joint]
    elsewhere: list[Joint]
    believed: bool


NO_GUESS: Final = Guess([], [], False)


def guess(name: Wanted, within: Sequence[Joint], names: NearNames, codes: Sequence[Codes]) -> Guess:
    """The places whose names are nearest to ``name``. ``within``: what the exact names agree on.

    ``codes``: of every entry by its row.
    """
    if any(joint.codes != NOWHERE for joint in within):
        return _in_the_named_territory(name, within, names, codes)
    return _anywhere(name, names, codes)


def _in_the_named_territory(
    name: Wanted, within: Sequence[Joint], names: NearNames, codes: Sequence[Codes]
) -> Guess:
    scope = within[0].codes if len(within) == 1 else None
    slips = _tolerated(name, named=True)
    near = names.near(name, scope, slips) if slips else []
    fitting = [n for n in near if _fits(n, within, codes)]
    if not fitting:
        ends = names.near_ends(name, scope)
        fitting = [n for n in ends if _fits(n, within, codes)]
    if fitting:
        nearest = _of_the_same_sort(_nearest(fitting), name, names)
        joints = plausible(meet(within, _joints(nearest, name, codes)))
        return Guess(joints, [], believed=True)
    # Nothing like it where the address says; a long name that stands elsewhere speaks against.
    if name.says_so and len(name.core) >= _SHORT:
        abroad = names.near(name, None, 1)
        return Guess([], _joints(_nearest(abroad), name, codes), believed=False)
    return NO_GUESS


def _anywhere(name: Wanted, names: NearNames, codes: Sequence[Codes]) -> Guess:
    slips = _tolerated(name, named=False)
    if not slips:
        return NO_GUESS
    near = names.near(name, None, slips)
    if not near:
        return NO_GUESS
    fewest = min(n.slips for n in near)
    if len(name.core) > _SHORT and fewest == slips:
        near = names.near(name, None, slips + 1)
    # Whoever is one slip further off can be meant as well.
    close = [n for n in near if n.slips <= fewest + 1]
    least = _SHORT if name.says_so else _LONG
    long_enough = all(n.shorter >= least for n in close)
    return Guess(plausible(_joints(close, name, codes)), [], believed=long_enough)


def _tolerated(name: Wanted, *, named: bool) -> int:
    """How many slips a name may have. The shorter it is and the less is said, the fewer."""
    length = len(name.core)
    if name.core.isascii():
        return 0 if length < 4 else 1 if length < 8 else 2
    if named and name.says_so:
        return 1 if length < 6 else 2
    if named:
        return 0 if length < 4 else 1 if length < 8 else 2
    return 0 if length < 3 else 1 if length < 8 else 2


def _fits(near: Near, within: Sequence[Joint], codes: Sequence[Codes]) -> bool:
    return any(joined(joint.codes, codes[near.row]) is not None for joint in within)


def _nearest(near: Sequence[Near]) -> list[Near]:
    """Those that are exactly as near as the nearest: a tie."""
    best = max((n.likeness for n in near), default=0.0)
    return [n for n in near if n.likeness >= best - _TIE]


def _of_the_same_sort(tied: list[Near], name: Wanted, names: NearNames) -> list[Near]:
    """Of 花旗社区 and 花旗村 the one that the address calls so, if there is one."""
    asked = community_end(name.whole)
    if not asked or len(tied) < 2:
        return tied
    same = [n for n in tied if names.ends[n.row] == asked]
    return same or [n for n in tied if _village(names.ends[n.row]) == _village(asked)] or tied


def _village(end: str) -> bool:
    return end in VILLAGE_ENDS


def _joints(near: Sequence[Near], name: Wanted, codes: Sequence[Codes]) -> list[Joint]:
    """All of one worth, because nothing tells which of them is meant."""
    worth = round(max((n.likeness for n in near), default=0.0), 3)
    return [Joint(codes[n.row], worth, n.row, name.whole) for n in near]
