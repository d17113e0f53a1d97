import shutil
from pathlib import Path

import pytest

import packs
from messages.errors import PackError

SOUND = Path(__file__).parent / "sound"
DISTRICTS = ("990001", "990002")


def test_districts_that_agree_with_the_shards_pass():
    packs.check_territories(packs.load(SOUND), DISTRICTS, ("990001001",))


def test_a_district_without_a_shard_is_named():
    with pytest.raises(PackError) as caught:
        packs.check_territories(packs.load(SOUND), (*DISTRICTS, "990003"), ())
    assert caught.value.code == "pack.no_shard"
    assert "990003" in caught.value.message


def test_a_shard_of_a_district_that_the_boundaries_lack_names_its_line():
    with pytest.raises(PackError) as caught:
        packs.check_territories(packs.load(SOUND), ("990001",), ())
    assert (caught.value.code, caught.value.line) == ("pack.unknown_territory", 12)


@pytest.mark.parametrize(
    "route",
    [
        '{route: lake, match: {street: ["990001009"]}, to: street}',
        "{route: lake, to: street:990001009, continue: true}",
        "{route: lake, to: city, copies: [street:990001009], continue: true}",
    ],
)
def test_a_route_that_names_a_street_that_is_not_there_names_its_line(route, tmp_path):
    pack = Path(shutil.copytree(SOUND, tmp_path / "pack"))
    text = (pack / "routing.yaml").read_text()
    (pack / "routing.yaml").write_text(text.replace("nodes:\n", f"nodes:\n  - {route}\n"))
    with pytest.raises(PackError) as caught:
        packs.check_territories(packs.load(pack), DISTRICTS, ("990001001",))
    assert (caught.value.code, caught.value.line) == ("pack.unknown_territory", 3)
