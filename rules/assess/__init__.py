"""How fast we act: a sum of named contributions, each in the decision's record."""

from rules.assess.assessor import Assessed, Assessor
from rules.assess.event import Event

__all__ = ["Assessed", "Assessor", "Event"]
