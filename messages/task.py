"""Verification tasks (人员核查): a grid worker looks whether a record is true in one grid."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, TypeAlias

from pydantic import Field, StringConstraints, model_validator

from messages.model import Code, Id, Message, Name, SchemaVersion, ShortText, Time

Outcome: TypeAlias = Literal["confirmed", "absent", "corrected", "unreachable"]
"""``corrected``: the subject is there no more, and the worker knows in which grid it is."""

Pseudonym: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[A-Z2-7]{26}$")]
"""128 bits in base32 (RFC 4648), without padding. Task ids have the same form."""


class Task(Message):
    """One record to verify in one grid. ``task_id`` is a function of subject, grid and campaign, so
    that what is imported twice is one task.

    ``code`` and ``text`` say what to verify and hold no personal data. ``street`` and ``district``
    are the grid's administrative parents. ``due_on``: the last day, by the city's calendar.
    """

    schema_version: SchemaVersion = 1
    kind: Literal["task"] = "task"
    task_id: Pseudonym
    campaign: Name
    subject: Pseudonym
    grid: Code
    street: Code
    district: Code
    code: Code
    text: ShortText = ""
    created_at: Time
    due_on: date


class _Found(Message):
    schema_version: SchemaVersion = 1
    task_id: Pseudonym
    outcome: Outcome
    by: Id
    at: Time
    corrected_grid: Annotated[Code | None, Field(description="Only where it is corrected.")] = None
    note: ShortText = ""

    @model_validator(mode="after")
    def _corrected_says_where(self) -> _Found:
        if (self.outcome == "corrected") != (self.corrected_grid is not None):
            raise ValueError("corrected_grid goes with the outcome corrected, and only with it")
        return self

    @property
    def finding(self) -> tuple[str, str | None]:
        """What was found: two who found the same agree."""
        return self.outcome, self.corrected_grid


class TaskOutcome(_Found):
    """What a grid worker (``by``) found."""

    kind: Literal["outcome"] = "outcome"


class RecheckOutcome(_Found):
    """What another person (``by``) found who looked again."""

    kind: Literal["recheck"] = "recheck"
