"""From names to the territories on which all of them agree."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple, TypeAlias

from geo.addresses.codes import NOWHERE, Codes, holds, joined
from geo.addresses.spans import Reading, Span

MOST_NAMES: Final = 12
"""Different names in one address; a text with more is no address."""
MOST_JOINTS: Final = 2_000


class Joint(NamedTuple):
    """One territory that the names agree on. ``row``: of the entry that is named most finely,
    -1 before any. ``worth``: the product of the forms' worths. ``named``: in which form."""

    codes: Codes
    worth: float
    row: int
    named: str


START: Final = Joint(NOWHERE, 1.0, -1, "")

ReadingsOf: TypeAlias = Callable[[Span], Sequence[Reading]]


class Agreement(NamedTuple):
    """``joints``: what the names agree on, at least :data:`START`. ``against``: readings of names
    that fit none of it; then nothing is sure."""

    joints: list[Joint]
    against: list[Joint]


def agree(spans: Sequence[Span], readings_of: ReadingsOf, codes: Sequence[Codes]) -> Agreement:
    """Names taken together, coarse ones first: 玄武区 leaves one of two communities 新庄.

    ``codes``: of every entry by its row.
    """
    different = list({span.text: span for span in reversed(spans) if span.readings}.values())
    different.sort(key=_coarse_first)
    joints = [START]
    against: list[Joint] = []
    for span in different[:MOST_NAMES]:
        options = [Joint(codes[row], worth, row, span.text) for row, worth in readings_of(span)]
        met = meet(joints, options)
        if 0 < len(met) <= MOST_JOINTS:
            joints = met
        else:
            against += options[:MOST_JOINTS]
    if len(different) > MOST_NAMES:
        against += joints
    return Agreement(joints, against)


def meet(joints: Sequence[Joint], options: Sequence[Joint]) -> list[Joint]:
    """Every joint with every option that fits it, each territory once; empty when none does."""
    if len(joints) == 1 and joints[0] is START:
        return _each_once(options)
    if len(joints) == len(options) == 1:
        (joint,), (option,) = joints, options
        codes = joined(joint.codes, option.codes)
        return [] if codes is None else [_both(joint, option, codes)]
    finer: dict[Codes, Joint] = {}
    same: dict[Codes, Joint] = {}
    for joint in joints:
        for option in options:
            codes = joined(joint.codes, option.codes)
            if codes is None:
                continue
            found = same if codes == joint.codes else finer
            if codes not in found or found[codes].worth < joint.worth * option.worth:
                found[codes] = _both(joint, option, codes)
    # A name said twice means the finer thing the second time: 泰山街道泰山.
    return list((finer or same).values())


def _both(joint: Joint, option: Joint, codes: Codes) -> Joint:
    return Joint(codes, joint.worth * option.worth, option.row, option.named)


def _each_once(options: Sequence[Joint]) -> list[Joint]:
    best: dict[Codes, Joint] = {}
    for option in options:
        if option.codes not in best or best[option.codes].worth < option.worth:
            best[option.codes] = option
    return list(best.values())


def plausible(joints: Sequence[Joint]) -> list[Joint]:
    """The joints between which the address does not tell.

    Within one district the best form leaves no other beside it: 新庄村 is 新庄村委会 rather than
    新庄社区. Another district's stays, however good the best one is. Of two joints of which one
    holds the other, the coarser is sure.
    """
    if len(joints) == 1:
        return list(joints)
    best: dict[str | None, float] = {}
    for joint in joints:
        best[joint.codes[0]] = max(joint.worth, best.get(joint.codes[0], 0.0))
    left = [joint for joint in joints if joint.worth >= best[joint.codes[0]]]
    if len(left) < 2:
        return left
    everywhere = {joint.codes for joint in left}
    return [joint for joint in left if not _lies_in_another(joint.codes, everywhere)]


def _lies_in_another(codes: Codes, everywhere: set[Codes]) -> bool:
    """Whether another of the territories holds this one."""
    return any(other != codes and holds(other, codes) for other in everywhere)


def _coarse_first(span: Span) -> tuple[int, int]:
    return span.rank, span.start
