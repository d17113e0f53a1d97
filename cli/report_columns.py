"""The columns of the monthly figures: their names, and how a line's cell is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple, TypeAlias

from incidents.figures import Figures

Number: TypeAlias = int | float | None


class Named(NamedTuple):
    """``city``: its name; ``units``: names, by unit such as ``street:320106001``. ``month``: such
    as 2026-10."""

    city: str
    units: Mapping[str, str]
    month: str

    def place(self, line: Figures) -> str:
        """What a line is called: the name of its street or district, else its code."""
        code = {"city": "", "district": line.district, "street": line.street}[line.level]
        if line.level == "city":
            return self.city
        return self.units.get(f"{line.level}:{code}", code) or "–"


class Column(NamedTuple):
    """``name``: in CSV. ``shape``: a number's format for a person; CSV has ``exact``."""

    name: str
    english: str
    chinese: str
    of: Callable[[Figures], Number]
    shape: str = ",d"
    exact: str = "d"

    def shown(self, line: Figures) -> str:
        """For a person; a dash where there is nothing to say."""
        found = self.of(line)
        return "–" if found is None else format(found, self.shape)

    def written(self, line: Figures) -> str:
        """For a program; empty where there is nothing to say."""
        found = self.of(line)
        return "" if found is None else format(found, self.exact)


def _share(name: str, english: str, chinese: str, of: Callable[[Figures], float | None]) -> Column:
    return Column(name, english, chinese, of, ".1%", ".4f")


def _minutes(seconds: float | None) -> float | None:
    return None if seconds is None else seconds / 60


COLUMNS: Final = (
    Column("received", "received", "受理", lambda line: line.received),
    Column("accepted", "accepted", "接单", lambda line: line.accepted),
    Column("accepted_in_time", "accepted in time", "按时接单", lambda line: line.accepted_in_time),
    Column("accepted_late", "accepted late", "超时接单", lambda line: line.accepted_late),
    _share("accepted_share", "accepted in time, %", "按时接单率", lambda line: line.accepted_share),
    Column("disposed", "disposed", "处置", lambda line: line.disposed),
    Column("disposed_in_time", "disposed in time", "按时处置", lambda line: line.disposed_in_time),
    Column("disposed_late", "disposed late", "超时处置", lambda line: line.disposed_late),
    _share("disposed_share", "disposed in time, %", "按时处置率", lambda line: line.disposed_share),
    Column("returned", "returned", "退回", lambda line: line.returned),
    Column("reopened", "reopened", "重开", lambda line: line.reopened),
    Column(
        "accept_min",
        "median min to accept",
        "接单中位(分)",
        lambda line: _minutes(line.accept_s),
        ",.1f",
        ".2f",
    ),
    Column(
        "dispose_min",
        "median min to dispose",
        "处置中位(分)",
        lambda line: _minutes(line.dispose_s),
        ",.1f",
        ".2f",
    ),
    Column("reports", "events", "上报", lambda line: line.reports),
    _share("merged_share", "merged", "合并率", lambda line: line.merged_share),
    Column("patrolled", "found on patrol", "巡查发现", lambda line: line.patrolled),
    _share("patrol_rate", "patrol rate", "巡查率", lambda line: line.patrol_rate),
    Column("void", "void", "作废", lambda line: line.void),
    _share("false_share", "false", "误报率", lambda line: line.false_share),
    Column("resolved", "resolved", "办结", lambda line: line.resolved),
    Column("checked", "checked", "核查", lambda line: line.checked),
    _share("recheck_rate", "re-checked", "核查率", lambda line: line.recheck_rate),
    Column("rated", "rated", "评价", lambda line: line.rated),
    Column(
        "satisfaction",
        "satisfaction of 5",
        "满意度(5分)",
        lambda line: line.satisfaction,
        ".2f",
        ".4f",
    ),
)
