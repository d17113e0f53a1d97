"""Waiting for what a broker and a worker bring about, with a bound and never for a time."""

from __future__ import annotations

import time


def until(found, within=30.0):
    """The first true answer of ``found``; fails after ``within`` seconds."""
    deadline = time.monotonic() + within
    while not (answer := found()):
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.05)
    return answer
