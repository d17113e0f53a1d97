"""Which routes of a tree some event reaches, proved and not sampled: boxes over finite axes.

A route is a conjunction of questions. Over axes of finitely many points (what, how urgent, where,
when …) it is a box; what a route is left with is its box without those of the routes before it.
"""

from rules.reach.axis import Axis, Fragment
from rules.reach.difference import Difference, difference
from rules.reach.mutants import Mutant, mutants
from rules.reach.reached import Reach, reach
from rules.reach.sets import SetsError, subsets
from rules.reach.space import Space

__all__ = [
    "Axis",
    "Difference",
    "Fragment",
    "Mutant",
    "Reach",
    "SetsError",
    "Space",
    "difference",
    "mutants",
    "reach",
    "subsets",
]
