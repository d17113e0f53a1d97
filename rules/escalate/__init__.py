"""How long a case may wait, on four clocks, and who hears when it waited too long."""

from rules.escalate.clock import elapsed, moment_after
from rules.escalate.limit import Clock, Limit
from rules.escalate.policy import Policy, Step
from rules.escalate.schedule import Due, due, elapsed_unpaused, limit_due, step_due

__all__ = [
    "Clock",
    "Due",
    "Limit",
    "Policy",
    "Step",
    "due",
    "elapsed",
    "elapsed_unpaused",
    "limit_due",
    "moment_after",
    "step_due",
]
