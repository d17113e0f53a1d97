"""The rules that make the unit of work safe. Each may be left out: then the check must notice."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rules:
    """All on: the design."""

    generation_checked: bool = True
    """Offsets are refused unless they come with the group's present generation."""
    offset_with_every_unit: bool = True
    """Also a unit of timers alone sends the offset, so that it is fenced."""
    ended_before_revoked: bool = True
    """A unit under way is committed or aborted before the partition is given back."""
    pending_waited_for: bool = True
    """The committed offset is read only when no transaction may still move it."""
    state_read_to_its_end: bool = True
    """A restore reads on to the end of the log, not to the last stable offset of the moment."""
    rewound_after_abort: bool = True
    """An aborted unit's events are read once more."""
    discarded_after_abort: bool = True
    """An aborted unit's writes do not reach the working set."""
    resumed_at_committed: bool = True
    """Reading goes on at the committed offset, not one behind it."""
    shown_after_commit: bool = True
    """Redis is written when the unit is committed, not before."""
    removal_with_firing: bool = True
    """A fired timer's removal is in the transaction that fires it."""
    chunks_guarded: bool = True
    """A chunk is loaded only where its own loader has begun; else somebody else has been here."""
    chunks_numbered: bool = True
    """And only onto the chunk before it: a view rolled back to half is told from a whole one."""
    records_outlive_their_version: bool = True
    """A record of the state counts although compaction has taken the ``@ver`` of its unit."""
    tombstones_waited_for: bool = True
    """A cursor older than the tombstones that are kept is of no use: all is loaded."""
