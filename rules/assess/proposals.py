"""Emergency levels that are proposed to an officer, never set."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from messages.model import Body
from rules.assess.given import Proposal
from rules.patterns import expand

_GRAVEST: Final = ("I", "II", "III", "IV")


class Proposals:
    """A pack's proposals, compiled, the gravest level first. ``codes``: of the taxonomy."""

    def __init__(self, proposals: Sequence[Proposal], codes: Sequence[str]) -> None:
        self._proposals = [
            (p, expand(p.category, codes), frozenset(p.layer or ()))
            for p in sorted(proposals, key=lambda p: _GRAVEST.index(p.level))
        ]

    def gravest(self, category: str, score: float, layers: Iterable[str]) -> Body | None:
        """An ``EmergencyProposal`` body of the gravest that holds, or None."""
        near = frozenset(layers)
        for proposal, categories, wanted in self._proposals:
            if (
                category in categories
                and score >= proposal.score
                and not (wanted and wanted.isdisjoint(near))
            ):
                reasons = [f"{category} with a score of {score:g}, from {proposal.score:g} on"]
                if wanted:
                    reasons.append(f"in {', '.join(sorted(wanted & near))}")
                return {
                    "level": proposal.level,
                    "emergency": proposal.emergency,
                    "text": f"{proposal.reason}: {'; '.join(reasons)}",
                }
        return None
