"""Where a fault begins. Each number with its reason; all lengths in metres, areas in m²."""

from __future__ import annotations

from typing import Final

DUST_M2: Final = 0.01
"""Smaller pieces are what arithmetic on degrees leaves, not land: 10 cm by 10 cm."""

ROUNDING_M2: Final = 1.0
"""Nobody reports an incident from within less than one square metre."""

ROUNDING_WIDTH_M: Final = 0.1
"""Six decimals of a degree are 11 cm: what is thinner comes from writing numbers down."""

SLIVER_WIDTH_M: Final = 3.0
"""The best a phone's position does outdoors is 3 to 5 m: a thinner strip holds no event that can
be told from its neighbour's. It shows a border that was drawn twice."""

SAME_POLYGON_FROM: Final = 0.999
"""Two territories that share this much of both are one polygon under two codes."""

COVERED_FROM: Final = 0.995
"""A border drawn twice, a metre apart, around a street of 2 km² (6 km long) is 0.3 % of it; a
parent with less than this under its children has lost land."""

FAR_M: Final = 20_000.0
"""A territory this far from where nine tenths of the set lie is in another place; harbour islands
and exclaves of a city lie nearer."""

SHIFT_FROM_M: Final = 20.0
"""Outlines of two good sources differ by some metres; old national datums by 50 to 150 m, GCJ-02
by 300 to 700 m, BD-09 by up to 1,300 m."""

SHIFT_EXPLAINED_BELOW: Final = 0.25
"""A datum or a shift explains a distance when it leaves less than this share of it."""

LEVEL_HOME_DEG: Final = 0.5
"""Half a degree around a layer still counts as its city when swapped axes are looked for."""
