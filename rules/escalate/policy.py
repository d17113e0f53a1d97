"""An escalation policy, compiled: its limits, and its steps with times of their own.

A case keeps the policy that it was opened under, as JSON, whatever later packs say.
"""

from __future__ import annotations

from typing import Any, Final, Literal, NamedTuple, TypeAlias

from messages.errors import StateError
from rules.escalate import given
from rules.escalate.limit import Limit

VERSION: Final = 1
Of: TypeAlias = Literal["accept", "dispose"]
"""Until somebody accepts the case (接单), and until it is dealt with (处置)."""


class Step(NamedTuple):
    """``n``: from 1, in the pack's order. ``notify``: who co-owns the case from then on. ``stage``:
    what it is called then (超期 …), or an empty string. ``supervise``: it is supervised (督办)."""

    n: int
    of: Of
    after: Limit
    notify: tuple[str, ...]
    stage: str
    supervise: bool = False


class Policy(NamedTuple):
    """``accept`` and ``dispose``: None where there is no limit for it."""

    name: str
    accept: Limit | None
    dispose: Limit | None
    steps: tuple[Step, ...]

    @classmethod
    def compile(cls, policy: given.Policy) -> Policy:
        """A pack's policy, its percentages resolved."""
        limits = {
            "accept": None if policy.accept is None else Limit.parse(policy.accept),
            "dispose": None if policy.dispose is None else Limit.parse(policy.dispose),
        }
        steps = tuple(
            Step(
                n,
                one.of,
                _after(one.after, limits[one.of]),
                tuple(one.notify),
                one.stage or "",
                one.supervise,
            )
            for n, one in enumerate(policy.steps, start=1)
        )
        return cls(policy.policy, limits["accept"], limits["dispose"], steps)

    def to_json(self) -> dict[str, Any]:
        """The snapshot that a case keeps: lists, dicts, texts and numbers only."""
        return {
            "v": VERSION,
            "name": self.name,
            "accept": self.accept and self.accept.to_json(),
            "dispose": self.dispose and self.dispose.to_json(),
            "steps": [
                one._asdict() | {"after": one.after.to_json(), "notify": list(one.notify)}
                for one in self.steps
            ],
        }

    @classmethod
    def from_json(cls, found: dict[str, Any]) -> Policy:
        """What :meth:`to_json` gave, also after JSON.

        Raises :class:`StateError` (``state.policy_version``) for that of another version.
        """
        if found.get("v") != VERSION:
            raise StateError(
                "policy_version",
                f"a case's policy is of version {found.get('v')!r}; this build reads {VERSION}",
                mend="run the build that wrote it, or a later one",
            )
        accept, dispose = (
            None if found[of] is None else Limit.from_json(found[of])
            for of in ("accept", "dispose")
        )
        steps = tuple(
            Step(
                one["n"],
                one["of"],
                Limit.from_json(one["after"]),
                tuple(one["notify"]),
                one["stage"],
                one.get("supervise", False),
            )
            for one in found["steps"]
        )
        return cls(found["name"], accept, dispose, steps)


def _after(text: str, limit: Limit | None) -> Limit:
    if not text.endswith(" %"):
        return Limit.parse(text)
    assert limit is not None  # as the pack's model checks
    return limit.share(int(text.removesuffix(" %")))
