"""Golden tests at work: their events go through ``understand`` and ``judge`` as all others do."""

from streams.checking.golden.check import Golden, check_golden
from streams.checking.golden.failures import failures
from streams.checking.golden.run import Played, play

__all__ = ["Golden", "Played", "check_golden", "failures", "play"]
