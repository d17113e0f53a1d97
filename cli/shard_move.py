"""``wangge shards move``: what a move would change, and making it."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

import orjson
import typer

from cli.city_option import cache_folder
from incidents.state import MemoryState
from messages.errors import BrokerError
from messages.model import Body
from packs.shard_table import refuse_unfit, rewrite
from sinks.output import Output
from streams.city import City
from streams.cluster.brokers import Cluster, reach
from streams.control.fit import refuse_other_shards
from streams.desk.hand_over import hand_over_output
from streams.moving import Behind, hand_overs, left_behind
from streams.posting.poster import Poster
from streams.restore import restore
from streams.settings import Settings
from streams.wire import config


@dataclass(frozen=True, slots=True)
class Move:
    """One district's move. ``behind``: what other shards keep of it, None without a broker."""

    city: City
    district: str
    before: int
    to: int
    behind: list[Behind] | None

    @classmethod
    def of(
        cls, city: City, district: str, to: int, settings: Settings, cluster: Cluster | None
    ) -> Move:
        """What the move would change. Raises ``PackError`` for what cannot be, and ``BrokerError``
        or ``StateError`` where the shards' state cannot be read."""
        document = city.pack.documents["city.yaml"]
        refuse_unfit(document, city.pack.city, district, to)
        before = city.pack.city.shards.districts[district]
        if cluster is None:
            return cls(city, district, before, to, None)
        topic = settings.topics.desk
        if topic not in cluster.partitions:
            raise BrokerError("no_topic", f"there is no topic {topic}", mend="check --namespace")
        refuse_other_shards(cluster.partitions[topic], city)
        behind = left_behind(_states(city, settings), district, to, city, time.time())
        return cls(city, district, before, to, behind)

    @property
    def rewrites(self) -> bool:
        """Whether the table of the pack says otherwise."""
        return self.before != self.to

    @property
    def cases(self) -> int:
        """How many open cases the new shard is to hear of."""
        return sum(len(one.kept) for one in self.behind or ())

    @property
    def ids(self) -> int:
        """How many ids that were posted before the new shard is to hear of."""
        return sum(len(one.posted) for one in self.behind or ())

    def apply(self, settings: Settings, cluster: Cluster | None) -> None:
        """Hand over first, then write the table: a crash in between leaves hand-overs of which
        nothing comes until the district's events arrive, and a command that can be run again."""
        if cluster is not None and self.behind is not None:
            topic = settings.topics.desk
            _post(cluster, map(partial(hand_over_output, topic), self._bodies()))
        if self.rewrites:
            rewrite(self.city.pack.documents["city.yaml"], self.district, self.to)

    def _bodies(self) -> Iterable[Body]:
        return hand_overs(self.behind or (), self.to, self.city)

    def as_row(self, *, applied: bool) -> Body:
        """As one JSON object."""
        behind = None
        if self.behind is not None:
            behind = {str(one.shard): one.open for one in self.behind if one.open}
        return {
            "district": self.district,
            "from": self.before,
            "to": self.to,
            "line": self._line,
            "open_elsewhere": behind,
            "cases_to_hand_over": self.cases if behind is not None else None,
            "ids_to_hand_over": self.ids if behind is not None else None,
            "applied": applied,
        }

    def say(self, *, applied: bool) -> None:
        """The difference, and what there is to do next."""
        name = self.city.unit_names.get(f"district:{self.district}", "")
        title = f"{self.district} {name}".rstrip()
        if self.rewrites:
            done = "written" if applied else "would be written"
            typer.echo(f"{title}: shard {self.before} → {self.to}")
            typer.echo(f"  {self._file}:{self._line} {done}")
        else:
            typer.echo(f"{title}: shard {self.to}, as the table has it")
        for one in self.behind or ():
            if one.open:
                typer.echo(f"  {one.open:,} open cases stay on shard {one.shard} until they end")
        if self.behind is None:
            typer.echo("  no --brokers: open cases are not looked at, and none is handed over")
        elif self.cases or self.ids:
            done = "handed" if applied else "to be handed"
            typer.echo(
                f"  {self.cases:,} places of open cases and {self.ids:,} ids {done} over to "
                f"shard {self.to}"
            )
        else:
            typer.echo(f"  nothing is left to hand over to shard {self.to}")
        if not applied and (self.rewrites or self.cases or self.ids):
            typer.echo("nothing was changed: --apply does it")
        elif applied and self.rewrites:
            typer.echo(
                f"next: wangge pack activate {self.city.pack.folder}, and when that pack decides "
                "this command once more, for the cases that were opened meanwhile"
            )

    @property
    def _file(self) -> str:
        return str(self.city.pack.folder / "city.yaml")

    @property
    def _line(self) -> int:
        return self.city.pack.documents["city.yaml"].line(("shards", "districts", self.district))


def move(
    district: str,
    to: int,
    settings: Settings,
    *,
    with_brokers: bool,
    apply: bool,
    as_json: bool,
) -> None:
    """Show the move in the pack of the settings, and with ``apply`` make it."""
    city = City.load(settings.pack, cache_folder())
    cluster = reach(settings.brokers) if with_brokers else None
    found = Move.of(city, district, to, settings, cluster)
    if apply:
        found.apply(settings, cluster)
    if as_json:
        typer.echo(orjson.dumps(found.as_row(applied=apply)))
    else:
        found.say(applied=apply)


def _states(city: City, settings: Settings) -> dict[int, MemoryState]:
    conf = config.consumer(settings, f"{settings.namespace}.move", "move")
    return {shard: restore(conf, settings.topics.state, shard) for shard in range(city.shards)}


def _post(cluster: Cluster, outputs: Iterable[Output]) -> None:
    with Poster(cluster.brokers, idempotent=not cluster.practice_ground) as poster:
        poster.post(outputs)
        posted = poster.flush()
    if not posted.complete:
        raise BrokerError(
            "delivery",
            f"the broker did not take every hand-over: {'; '.join(posted.failures)}",
            mend="run the command again: what was taken is not handed over twice",
        )
