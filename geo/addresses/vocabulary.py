"""Words around names: what ends a name, what leads to it and what trails after it."""

from __future__ import annotations

import re
from typing import Final

COMMUNITY_ENDS: Final = ("社区居民委员会", "社区居委会", "社区", "居民委员会", "居委会")
VILLAGE_ENDS: Final = ("村村民委员会", "村民委员会", "村村委会", "村委会", "村")
MIXED_ENDS: Final = ("社区村民委员会", "社区村委会")
STREET_ENDS: Final = ("街道办事处", "街道办", "街道", "镇", "乡")
DISTRICT_ENDS: Final = ("区", "县", "市")
ENGLISH_ENDS: Final = {
    "community": (
        " community",
        " neighbourhood committee",
        " residents committee",
        " neighbourhood",
        " village committee",
        " village",
    ),
    "street": (" subdistrict", " street", " township", " town"),
    "district": (" district", " county"),
}

_LEADS = (
    "我在|我住在?|家住|住在?|位于|地处|坐落于?|在|到|去|于|至|从|的|是|有|靠近|临近|近"
    "|地址|地点|位置|事发地|市民|反映|投诉|来电|请到"
)
_SIDES = (
    "附近|旁边?|对面|对过|斜对面|隔壁|周边|周围|一带|门口|门前|门外|大门|正门"
    "|[东西南北前后侧][门侧面边]"
)
_HOUSES = "号|弄|栋|幢|单元|室|层|楼|组|队|期|座|户"
_SITES = (
    ".[^号].?(?:路|街|巷)|大道|胡同|里弄|公路|高速|大桥|小区|花园|新村|公寓|大厦|广场|公园|医院|学校|小学|中学"
    "|大学|学院|幼儿园|超市|市场|商场|酒店|宾馆|饭店|车站|地铁站|银行|派出所|工地|公司|园区"
    "|校区|厂区|景区|片区|开发区|工业区|城区"
)
_LATIN_LEADS = "near|at|in|on|of|by|the|opposite|behind|beside|next to|corner|and|from|to|no|number"

ENDS_APART = re.compile(rf"(?:{_LEADS}|{_SIDES}|{_HOUSES}|{_SITES}|[0-9]|\b(?:{_LATIN_LEADS})) ?$")
"""Text that ends so has nothing to do with the name after it."""

STARTS_APART = re.compile(
    rf" ?(?:[0-9]|{_SIDES}|[一二三四五六七八九十百〇零]+(?:{_HOUSES})|[甲乙丙丁]?[0-9]"
    r"|院内|内|路口|交叉口|交汇|交界|地下车库|地下室|停车场|车库|楼[上下]|至|到|的|有|发生|出现"
    r"|(?:near|at|in|on|opposite|behind|beside|next|no|number|corner|crossing|and|area)\b)"
)
"""Text that starts so has nothing to do with the name before it."""

LEAD = re.compile(
    r"(?:我在|我住在?|家住|住在|位于|地处|坐落于?|靠近|临近|地址|地点|位置|事发地|市民|反映|投诉|来电|请到"
    rf"|(?:{_LATIN_LEADS}) |[0-9]+ )+"
)
"""What leads to a name and is never the start of one."""

NOT_A_NAME = re.compile(
    rf"(?:[0-9#].*|{_SIDES}|[一二三四五六七八九十百〇零]+(?:{_HOUSES}).*|地下车库|停车场|路口|交叉口)"
)
"""What follows the misspelt name in a piece of text, from its first match on."""

COMMUNITY_AHEAD = re.compile(r".{1,10}?(?:社区|居委会|村委会|居民委员会|村民委员会)")
"""Text that starts with a community's name, known or not."""

NO_TERRITORY = re.compile(
    "(?:[小社园校厂片景城库院]|住宅|生活|工业|开发|休息|服务|商业|办公|宿舍|步行)区$|^.区$"
    "|[超城夜菜集门股]市$"
)
"""区 and 市 as the end of other things: 小区, 生活区, 超市."""

TERRITORY = re.compile(
    r"(?P<name>[^0-9a-z ]{1,10}?)(?:(?P<city>省|市|州|自治区)|(?P<district>区|县)"
    r"|(?P<street>街道办事处|街道|镇|乡)"
    r"|(?P<community>社区居民委员会|社区居委会|社区村委会|社区|居委会|村民委员会|村委会))$"
)
LATIN_TERRITORY = re.compile(
    r"(?P<name>[a-z]+(?: [a-z]+){0,3}?) (?:(?P<city>city|province)|(?P<district>district|county)"
    r"|(?P<street>subdistrict|town|township)|(?P<community>community|neighbourhood))$"
)
"""A name that calls itself a territory, at the end of a text."""

SITE = re.compile(
    r"(?:小学|中学|大学|学校|学院|幼儿园|医院|派出所|银行|超市|市场|商场|酒店|宾馆|饭店|车站|地铁站|公司|公园"
    r"|广场|大厦|路|街|巷)$"
)
"""A name that ends so is that of a site, and no slip for a name that does not."""

FRAGMENT = re.compile(r"[社区村居民委会员]{2,}")
"""The ruins of 社区居委会: the name before it was not what it seemed to be."""

TELLING: Final = frozenset("东西南北中上下左右前后内外新老大小一二三四五六七八九十0123456789")
"""One of these for another is another name, not a slip: 中山东路, 中山北路."""
TELLING_WORDS: Final = frozenset(
    {"north", "south", "east", "west", "northern", "southern", "eastern", "western"}
    | {"upper", "lower", "inner", "outer", "new", "old", "great", "little"}
    | {"first", "second", "third", "fourth", "fifth", "one", "two", "three", "four", "five"}
)
