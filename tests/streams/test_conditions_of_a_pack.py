"""A condition in CEL is compiled with the city: its fault has file and line like any other."""

import pytest
from small_city import write_city

from messages.errors import PackError
from streams.city import City

ROUTING = """schema_version: 1
nodes:
  - route: storm
    match: {located: true, when: "%s"}
    to: city
  - {route: street-default, to: street}
"""


def city(tmp_path, condition):
    pack = write_city(tmp_path / "town")
    (pack / "routing.yaml").write_text(ROUTING % condition, "utf-8")
    return City.load(pack, tmp_path / "cache")


@pytest.mark.parametrize("condition", ["rain > 3", "reports >", "reports + 1", "category > 3"])
def test_a_condition_that_cannot_be_used_is_named_with_its_file_line_and_mend(tmp_path, condition):
    with pytest.raises(PackError) as caught:
        city(tmp_path, condition)
    error = caught.value
    assert (error.code, error.line) == ("pack.condition", 4)
    assert error.file.endswith("routing.yaml")
    assert "storm" in error.message
    assert error.mend


def test_a_sound_condition_is_part_of_the_tree(tmp_path):
    assert city(tmp_path, "reports > 2").router.routes[0].name == "storm"
