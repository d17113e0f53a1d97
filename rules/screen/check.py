"""One check: what it finds on one event, in figures."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from rules.screen.facts import ScreenFacts

Check: TypeAlias = Callable[[ScreenFacts, str], str | None]
"""From an event's facts and its text in normal form (``rules/text.py``) to what was found, or None.

A closure, as it is called a dozen times an event and finds its parameters faster than a method.
"""
