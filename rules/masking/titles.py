"""Words beside which a name stands."""

from __future__ import annotations

import re
from typing import Final

ROLES: Final = (
    *("联系人", "姓名", "报警人", "报案人", "报修人", "投诉人", "反映人", "反馈人", "举报人"),
    *("求助人", "来电人", "诉求人", "当事人", "申请人", "经办人", "负责人", "承租人", "监护人"),
    *("收件人", "事主", "失主"),
)
"""Fields of a ticket: what follows is a name, or nothing."""

PEOPLE: Final = (
    *("业主代表", "业主", "户主", "房主", "车主", "店主", "租客", "租户", "房东", "住户", "居民"),
    *("患者", "病人", "伤者", "死者", "司机师傅", "司机", "驾驶员", "骑手", "乘客", "家长"),
    *("学生", "老人", "邻居", "市民", "本人"),
)
"""Also subjects of a sentence: 业主高度关注."""

I_AM_CALLED: Final = ("我叫", "名叫", "他叫", "她叫", "我的名字是", "我名字是")
I_AM: Final = "我是"
"""What follows is seldom a name."""

ADDRESSES: Final = ("先生", "女士", "小姐")
HONORIFICS: Final = (
    *ADDRESSES,
    *("老师", "师傅", "阿姨", "大爷", "大妈", "大娘", "大姐", "大哥", "叔叔", "奶奶", "爷爷"),
    *("同志", "医生", "大夫", "护士", "警官", "律师", "教授", "经理", "主任"),
)
"""They follow a surname or a full name; those that are not mere addresses also a trade, a school
or a place: 高中老师."""

ENGLISH: Final = (
    *("Mr", "MR", "Ms", "Miss", "Mister", "Dr", "Prof", "name", "Name", "NAME", "contact"),
    *("Contact", "CONTACT", "caller", "Caller", "reporter", "Reporter", "complainant"),
    *("Complainant", "owner", "Owner", "tenant", "Tenant", "landlord", "Landlord", "resident"),
    *("Resident", "driver", "Driver", "patient", "Patient"),
)
"""Beginnings only; ``english`` reads more closely."""

TITLE: Final = re.compile("|".join((*ROLES, *PEOPLE, *I_AM_CALLED, I_AM, *HONORIFICS, *ENGLISH)))
