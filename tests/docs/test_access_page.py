"""docs/access.md lists what may be set, and who may do what."""

from __future__ import annotations

import re

from doc_pages import ROOT, code, table

from cli.city_option import DEFAULT_PACK
from messages.topics import Topics
from messages.unit import CITY, Unit
from packs.load import load
from streams.cluster.access import access_plan
from streams.cluster.security import KafkaSecurity, RedisSecurity

PAGE = ROOT / "docs" / "access.md"


def test_the_connection_s_variables_are_listed_with_their_defaults():
    said = {code(row[0]): row[1] for row in table(PAGE, "connection")}
    assert said == {
        f"{model.model_config['env_prefix']}{name.upper()}": f"`{field.default}`"
        for model in (KafkaSecurity, RedisSecurity)
        for name, field in model.model_fields.items()
    }


def test_every_kind_of_name_that_the_plan_knows_is_described():
    pack = load(DEFAULT_PACK)
    units = [CITY, Unit("street", "320106003")]
    plan = access_plan(Topics("wangge"), units=units, sources=pack.sources.values())
    kinds = {re.sub(r"^User:wangge\.(\w+).*", r"\1", grant.principal) for grant in plan}
    said = {code(row[0]).removeprefix("{ns}.").partition(".")[0] for row in table(PAGE, "name")}
    assert said == kinds
