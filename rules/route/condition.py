"""One condition in CEL, the escape hatch of a route.

The Common Expression Language: https://github.com/google/cel-spec. A condition is checked when it
is compiled: its names, its types on sample events, and that it says yes or no.
"""

from __future__ import annotations

import re
from typing import Final

import cel

from rules.route.facts import Facts

_STRING: Final = re.compile(r"""[rRbB]{0,2}("([^"\\]|\\.)*"|'([^'\\]|\\.)*')""")
_NAME: Final = re.compile(r"(?<![\w.])([A-Za-z_]\w*)\b(?!\s*\()")
_BOUND: Final = re.compile(r"\.(?:exists|exists_one|all|map|filter)\s*\(\s*([A-Za-z_]\w*)\s*,")
_WORDS: Final = frozenset({"true", "false", "null", "in"})
_FAILURES: Final = (TypeError, ValueError, RuntimeError, ArithmeticError, LookupError)
NAMES: Final = frozenset(Facts._fields)

_WHOLE: Final = Facts(
    "0000", "P1", "alarm", "iot", "D", "S", "C", "G", True, False, ("l",), ("m",), ("x",),
    sensor="smoke", state="alarm", value=1.5,
)  # fmt: skip
"""An event that lacks nothing: on it, a condition must answer."""


class ConditionError(Exception):
    """A condition that cannot be used; the text says why, for whoever wrote it."""


class Condition:
    """A compiled condition. ``source``: as the pack has it."""

    __slots__ = ("_program", "source")

    def __init__(self, source: str, program: cel.Program) -> None:
        self.source = source
        self._program = program

    @classmethod
    def compile(cls, source: str) -> Condition:
        """Raises :class:`ConditionError` for what cannot be parsed, names what no event has, or
        does not answer true or false."""
        try:
            condition = cls(source, cel.compile(source))
        except ValueError as error:
            raise ConditionError(f"not CEL: {' '.join(str(error).split())}") from None
        # By name and not only by trying, because && and ?: leave branches untried.
        unknown = sorted(_names(source) - NAMES)
        if unknown:
            raise ConditionError(f"no event has {unknown[0]!r}; it has {', '.join(sorted(NAMES))}")
        try:
            answer = condition._program.execute(_context(_WHOLE))
        except _FAILURES as error:
            raise ConditionError(f"it fails on an event: {' '.join(str(error).split())}") from None
        if not isinstance(answer, bool):
            raise ConditionError(f"it answers {answer!r}, not true or false")
        return condition

    def holds(self, facts: Facts) -> bool:
        """Whether the event meets it. A value that the event lacks, compared, is a no."""
        try:
            return self._program.execute(_context(facts)) is True
        except _FAILURES:
            return False


def _context(facts: Facts) -> dict[str, object]:
    context: dict[str, object] = facts._asdict()
    for name in ("layers", "modes", "marks"):
        context[name] = list(context[name])  # type: ignore[call-overload]
    return context


def _names(source: str) -> set[str]:
    bare = _STRING.sub('""', source)
    return set(_NAME.findall(bare)) - set(_BOUND.findall(bare)) - _WORDS
