"""Two gazetteers that nobody lives in: the same shape, names invented, with real collisions."""

from __future__ import annotations

import random

from geo.addresses import AddressEntry

DISTRICTS = ("青禾区", "白渡区", "云桥区", "石屏区", "临芦区")
ENGLISH_DISTRICTS = ("Harrow", "Millbank", "Northgate", "Selwick", "Thornby")
FIRST = "桂柳松梅竹荷菱芦枫杏桐槐榆棠萍苔溪泉岭湾坡塘渡桥滩矶"
SECOND = "香月云霞晴雨雪风朗明秀安宁泰丰盈芳远望归晓暮清华"
THIRD = "里园庄坊营巷台亭阁寺庙门"
ENGLISH_FIRST = (
    "Amber",
    "Birch",
    "Cobble",
    "Dapple",
    "Elder",
    "Fallow",
    "Gorse",
    "Heather",
    "Ivory",
)
ENGLISH_SECOND = ("Mill", "Well", "Bridge", "Orchard", "Quay", "Meadow", "Lantern", "Kiln", "Ferry")
STREETS, COMMUNITIES = 6, 9


def chinese_city(seed: int = 7) -> list[AddressEntry]:
    """5 districts, 30 streets, 270 communities; some fifteen of their names are given twice."""
    chance = random.Random(seed)
    entries: list[AddressEntry] = []
    given: list[str] = []
    for d, district in enumerate(DISTRICTS):
        code = f"9901{d:02}"
        entries.append(AddressEntry(district, "district", code))
        for s in range(STREETS):
            street = f"{code}{s:03}"
            town = chance.random() < 0.2
            name = chance.choice(FIRST) + chance.choice(SECOND) + ("镇" if town else "街道")
            entries.append(AddressEntry(name, "street", code, street))
            here: set[str] = set()
            while len(here) < COMMUNITIES:
                if given and chance.random() < 0.06:
                    core = chance.choice(given)
                else:
                    core = chance.choice(FIRST) + chance.choice(SECOND) + chance.choice(THIRD)
                    core = core[: 2 if chance.random() < 0.3 else 3]
                if core in here:
                    continue
                end = "村委会" if town else chance.choice(("社区居委会", "社区居委会", "社区"))
                community = f"{street}{len(here):03}"
                entries.append(AddressEntry(core + end, "community", code, street, community))
                here.add(core)
                given.append(core)
    return entries


def english_city(seed: int = 8) -> list[AddressEntry]:
    """5 districts, 15 streets, 90 communities with names of two words, some given twice."""
    chance = random.Random(seed)
    entries: list[AddressEntry] = []
    streets = [f"{a}{b.lower()}" for a in ENGLISH_FIRST for b in ENGLISH_SECOND]
    chance.shuffle(streets)
    for d, district in enumerate(ENGLISH_DISTRICTS):
        code = f"E{d}"
        # The districts give the same names; a district gives each of its own once.
        pairs = [(a, b) for a in ENGLISH_FIRST for b in ENGLISH_SECOND]
        chance.shuffle(pairs)
        entries.append(AddressEntry(f"{district} District", "district", code))
        for s in range(3):
            street = f"{code}-{s}"
            entries.append(AddressEntry(f"{streets.pop()} Subdistrict", "street", code, street))
            for c, (a, b) in enumerate([pairs.pop() for _ in range(6)]):
                name = f"{a} {b} Community"
                entries.append(AddressEntry(name, "community", code, street, f"{street}-{c}"))
    return entries
