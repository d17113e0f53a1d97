"""Which tasks another person looks at again, and who that is."""

from __future__ import annotations

from collections.abc import Sequence

from incidents.tasks.pseudonym import hashed

_WHOLE = 1 << 64


def sampled(task_id: str, salt: str, share: float) -> bool:
    """Whether a task is in the sample: always the same answer, and for ``share`` (0 to 1) of many
    tasks yes. A larger share only adds tasks."""
    return _number(salt, task_id) < share * _WHOLE


def rotation(task_id: str, people: Sequence[str]) -> Sequence[str]:
    """The people in the order in which the task asks them; each task begins with another one."""
    start = _number("rotation", task_id) % len(people) if people else 0
    return [*people[start:], *people[:start]]


def agreement(agreed: int, contradicted: int) -> float | None:
    """The share of re-checks that found the same, 0 to 1; None where nobody has re-checked."""
    compared = agreed + contradicted
    return agreed / compared if compared else None


def _number(*parts: str) -> int:
    return int.from_bytes(hashed(*parts)[:8])
