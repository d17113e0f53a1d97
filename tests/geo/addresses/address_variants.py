"""How tickets write an address: deterministic variants of every community, and what comes of them.

An answer is *right* (found, this community), *open* (ambiguous, none, or found but coarser and not
wrong), *beside* (found, another community of the right district) or *wrong* (found, in another
district). Nothing may ever be wrong.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from rapidfuzz.distance import OSA

from geo.addresses import AddressEntry, Gazetteer

ENDS = (
    "社区居民委员会",
    "社区居委会",
    "社区村委会",
    "村村委会",
    "居委会",
    "村委会",
    "社区",
    " Community",
)
NOISE = (
    "附近",
    "旁边",
    "对面",
    "门口",
    "12号",
    "3栋2单元",
    "十二号地下车库",
    "东侧",
    " 13800000000",
)
ENGLISH_NOISE = (" No. 12", ", near the gate", " 12", ", opposite")


@dataclass(frozen=True)
class Target:
    """A community with the names of what it lies in."""

    city: str
    district: str
    street: str
    name: str
    entry: AddressEntry

    @property
    def core(self) -> str:
        for end in ENDS:
            if self.name.endswith(end) and len(self.name) > len(end):
                return self.name.removesuffix(end)
        return self.name

    @property
    def end(self) -> str:
        return self.name.removeprefix(self.core)

    @property
    def latin(self) -> bool:
        return self.name.isascii()

    def written(self, name: str, *, city=False, district=True, street=True) -> str:
        """The parts in the order of their language."""
        parts = [
            self.city if city else "",
            self.district if district else "",
            self.street if street else "",
            name,
        ]
        if self.latin:
            return ", ".join(part for part in reversed(parts) if part)
        return "".join(parts)


@dataclass
class Score:
    """Counts of the four outcomes for one sort of variants."""

    counts: Counter = field(default_factory=Counter)

    @property
    def total(self) -> int:
        return self.counts.total()

    @property
    def right(self) -> float:
        return self.counts["right"] / max(1, self.total)

    def __str__(self) -> str:
        return (
            f"{self.total:6} variants  right {self.right:7.2%}  open {self.counts['open']:5}"
            f"  beside {self.counts['beside']:4}  wrong {self.counts['wrong']:3}"
        )


def targets_of(entries: list[AddressEntry], city: str) -> list[Target]:
    """Every community of a gazetteer whose district and street it names."""
    names = {
        (e.kind, e.codes[0 if e.kind == "district" else 1]): e.name
        for e in entries
        if e.kind in ("district", "street")
    }
    return [
        Target(city, names["district", e.district], names["street", e.street], e.name, e)
        for e in entries
        if e.kind == "community"
    ]


def outcome(gazetteer: Gazetteer, address: str, target: Target) -> str:
    found = gazetteer.find(address)
    entry = target.entry
    if found.verdict != "found":
        return "open"
    if found.district != entry.district:
        return "wrong"
    if found.community == entry.community:
        return "right"
    truth = (entry.street, entry.community)
    said = (found.street, found.community)
    coarser = all(s is None or s == t for s, t in zip(said, truth, strict=True))
    return "open" if coarser else "beside"


def score(
    gazetteer: Gazetteer, variants: Iterator[tuple[str, Target]], misses: list | None = None
) -> Score:
    result = Score()
    for address, target in variants:
        came = outcome(gazetteer, address, target)
        result.counts[came] += 1
        if misses is not None and came != "right":
            misses.append((came, address, target.name))
    return result


def verbatim(targets: list[Target], **parts) -> Iterator[tuple[str, Target]]:
    for target in targets:
        yield target.written(target.name, **parts), target


def other_forms(targets: list[Target], seed: int = 1) -> Iterator[tuple[str, Target]]:
    """Forms that people use for the same name, with the district or the street in front."""
    chance = random.Random(seed)
    for t in targets:
        noise = chance.choice(ENGLISH_NOISE if t.latin else NOISE)
        yield t.written(t.name, city=True), t
        yield t.written(t.name, street=False) + noise, t
        yield t.written(t.name, district=False), t
        yield t.written(t.core), t
        yield t.written(t.core + ("" if t.latin else "社区" if "社区" in t.end else "村")), t
        yield t.written(t.name) + noise, t
        yield "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in t.written(t.name)), t
        if t.latin:
            yield t.written(t.name.upper()).replace(" ", "   "), t
        else:
            yield " ".join(t.written(t.name)), t
            yield (
                t.written(t.name.replace("村委会", "村民委员会").replace("居委会", "居民委员会")),
                t,
            )
            yield "江苏省" + t.city + t.written(t.core + t.end, street=False), t


Slip = Callable[[str, random.Random, list[str]], str]


def changed(name: str, chance: random.Random, letters: list[str]) -> str:
    at = chance.randrange(len(name))
    return name[:at] + chance.choice(letters) + name[at + 1 :]


def dropped(name: str, chance: random.Random, letters: list[str]) -> str:
    at = chance.randrange(len(name))
    return name[:at] + name[at + 1 :]


def swapped(name: str, chance: random.Random, letters: list[str]) -> str:
    at = chance.randrange(max(1, len(name) - 1))
    return name[:at] + name[at + 1 : at + 2] + name[at : at + 1] + name[at + 2 :]


SLIPS: tuple[Slip, ...] = (changed, dropped, swapped)


def slips(
    targets: list[Target], *, core_only: bool, seed: int = 2, **parts
) -> Iterator[tuple[str, Target]]:
    """One slip in every name, each sort of slip once. ``core_only``: in what tells the name apart.

    A slip that changes nothing, or that makes another community's name of it, is left out: nobody
    could tell.
    """
    chance = random.Random(seed)
    cores: dict[str, set[str]] = defaultdict(set)
    for target in targets:
        cores[target.core.casefold()].add(target.district)
    letters = sorted({c for t in targets for c in t.core.casefold() if c.isalpha()})
    for target in targets:
        for slip in SLIPS:
            if core_only:
                core = slip(target.core, chance, letters)
                name = core + target.end
            else:
                name = slip(target.name, chance, letters)
                core = name.removesuffix(target.end)
            another = {core.casefold(), core + "村"} & cores.keys()
            if name == target.name or another or not core:
                continue
            yield target.written(name, **parts), target


def decidable(targets: list[Target], **how) -> Iterator[tuple[str, Target]]:
    """The slips of which the true name is the only nearest one in the territory that is named."""
    around: dict[tuple[str, str], list[str]] = defaultdict(list)
    for t in targets:
        around[t.district, ""].append(t.name.casefold())
        around[t.district, t.street].append(t.name.casefold())
    named = how.get("street", True)
    for address, t in slips(targets, **how):
        if t.latin:
            name = address.split(",")[0].casefold()
        else:
            name = address.removeprefix(t.district).removeprefix(t.street if named else "")
        apart = sorted(
            OSA.distance(name, known) for known in around[t.district, t.street if named else ""]
        )
        own = OSA.distance(name, t.name.casefold())
        if own == apart[0] and apart.count(own) == 1:
            yield address, t


def wrong_district(targets: list[Target], seed: int = 3) -> Iterator[tuple[str, Target]]:
    """Every name in a district that has no community and no street of that name."""
    chance = random.Random(seed)
    names: dict[str, set[str]] = defaultdict(set)
    for t in targets:
        names[t.district] |= {t.core[:2], t.street[:2]}
    for t in targets:
        strange = sorted(d for d in names if d != t.district and t.core[:2] not in names[d])
        if strange:
            district = chance.choice(strange)
            parts = [t.name, district] if t.latin else [district, t.name]
            yield (", " if t.latin else "").join(parts), t
