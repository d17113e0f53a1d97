"""What units do to a case: who may do what in which state, and what comes of it."""

from incidents.acting.act import act
from incidents.acting.outcome import Acted, Refused, Setting

__all__ = ["Acted", "Refused", "Setting", "act"]
