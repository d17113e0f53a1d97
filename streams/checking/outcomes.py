"""What became of every event of a batch, by its offset, as readers of the topics see it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import orjson

from messages.model import Body
from streams.pipeline import Decided
from streams.wire.records import Records


def outcomes(decided: Decided, records: Records) -> dict[int, Body]:
    """Offset → body of :class:`messages.decision.Decision`; of what ends without one (ignored,
    dead) the ``outcome``, and a dead letter's ``code`` and ``message``."""
    found = dict(_by_offset(decided.decisions, decided.dead))
    found |= {records.offsets[row]: {"outcome": "ignored"} for row, _ in decided.understood.ignored}
    return found


def wire(body: Body) -> Body:
    """The body through the wire's bytes and back, as the next stage, or a reader, sees it."""
    plain: Body = orjson.loads(orjson.dumps(body, option=orjson.OPT_UTC_Z))
    return plain


def dead(letter: Body) -> Body:
    """A dead letter as an outcome."""
    return {"outcome": "dead", "code": letter["code"], "message": letter["message"]}


def _by_offset(decisions: Iterable[Body], letters: Iterable[Body]) -> Iterator[tuple[int, Body]]:
    for decision in decisions:
        yield decision["origin"]["offset"], wire(decision)
    for letter in letters:
        yield letter["origin"]["offset"], dead(letter)
