"""An order made from a command's words, checked here first, posted, and answered by a worker."""

from __future__ import annotations

import re
import secrets
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, NoReturn

import orjson
import typer
from pydantic import ValidationError

from geo.territory import territories_by_code
from messages.errors import SettingsError
from messages.order import AnyOrder, ModeOrder
from packs.load import load
from streams.boundaries.load import load_sets
from streams.cluster.brokers import reach
from streams.control.giving import give, standing_now
from streams.control.mandate import Mandate
from streams.control.orders import check, stands_already
from streams.settings import Settings

_DURATION: Final = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")


@dataclass(frozen=True, slots=True)
class Giving:
    """Where an order goes, and how its fate is told. ``wait``: seconds for a worker's answer."""

    pack: Path
    brokers: str | None
    namespace: str | None
    wait: float
    as_json: bool

    def give(self, order: AnyOrder) -> None:
        """Check the order as a worker will, post it, and tell what has become of it.

        Leaves with exit code 1 when it is refused, or when no worker has answered in time.
        """
        settings = Settings.read(brokers=self.brokers, namespace=self.namespace)
        mandate = mandate_of(self.pack, settings.cache)
        cluster, topics = reach(settings.brokers), settings.topics
        standing = standing_now(cluster, topics)
        refused = check(order, standing, mandate, time.time())
        if refused is not None:
            self._refuse(order, refused.code, refused.message, refused.mend)
        if stands_already(order, standing):
            self._accept(order, "on the record already")
            return
        answer = give(order, cluster, topics, within=self.wait)
        if answer is None:
            self._refuse(
                order,
                "broker.nobody_reads",
                f"posted, but no worker has answered within {self.wait:g} s",
                "start one (`wangge worker`): it will check the order then",
            )
        if not answer.accepted:
            self._refuse(order, answer.code, answer.message, "")
        self._accept(order, _outcome(order, mandate))

    def _accept(self, order: AnyOrder, what: str) -> None:
        row = {"order_id": order.order_id, "accepted": True, "message": what}
        text = orjson.dumps(row).decode() if self.as_json else f"{order.order_id}: {what}"
        sys.stdout.write(f"{text}\n")

    def _refuse(self, order: AnyOrder, code: str, message: str, mend: str) -> NoReturn:
        row = {"order_id": order.order_id, "accepted": False, "code": code, "message": message}
        if self.as_json:
            sys.stdout.write(orjson.dumps(row).decode() + "\n")
        else:
            more = f"\n  mend: {mend}" if mend else ""
            sys.stderr.write(f"wangge: {order.order_id}: {message} [{code}]{more}\n")
        raise typer.Exit(1)


def mandate_of(pack: Path, cache: Path) -> Mandate:
    """Who may order what by a pack folder; its boundaries come from the cache."""
    loaded = load(pack)
    territories = [
        (territory.level, code, territory.district)
        for one in load_sets(loaded, cache)
        for level in territories_by_code(one.layers)
        for code, territory in level.items()
    ]
    return Mandate.of(loaded, territories)


def made(model: Any, order_id: str, author: str, reason: str, at: datetime, **fields: Any) -> Any:
    """The order. Raises ``settings.order`` for what no order may hold, such as a strange area."""
    try:
        return model(
            schema_version=1,
            order_id=order_id,
            author=author,
            reason=reason,
            effective_at=at,
            **fields,
        )
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise SettingsError("order", f"{field}: {first['msg']}", mend="see --help") from None


def after(begins: datetime, duration: str) -> datetime:
    """When what begins then and lasts so long ends. Raises ``settings.duration``."""
    try:
        return begins + duration_of(duration)
    except OverflowError:
        raise SettingsError("duration", f"{duration!r} is too long", mend="write 6h") from None


def new_id(what: str) -> str:
    """An order id that tells what and when, and is nobody else's."""
    return f"{what}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"


def moment_of(text: str | None) -> datetime:
    """A time with its zone; now where none is given. Raises ``settings.time``."""
    if text is None:
        return datetime.now(UTC)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise SettingsError(
            "time", f"{text!r} is no time with a zone", mend="write 2026-11-23T20:00+08:00"
        )
    return found


def duration_of(text: str) -> timedelta:
    """Such as ``6h``, ``90m``, ``1d12h``. Raises ``settings.duration``."""
    match = _DURATION.fullmatch(text)
    if match is None or not any(match.groups()):
        raise SettingsError("duration", f"{text!r} is no duration", mend="write 6h, 90m or 1d12h")
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def _outcome(order: AnyOrder, mandate: Mandate) -> str:
    if not isinstance(order, ModeOrder):
        return "accepted"
    if order.approver is not None:
        return "accepted: in force from its start to its end"
    if order.emergency and mandate.authority is not None:
        minutes = mandate.authority.approve_within_minutes
        return f"accepted: it ends after {minutes} minutes unless another officer approves it"
    return "accepted as a proposal: in force once another officer has approved it"
