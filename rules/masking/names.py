"""Chinese names beside a title: 联系人：张三丰 becomes 联系人：张**, 王小明先生 becomes 王**先生.

A surname with a title (王先生) names one among many thousands and stays. A name that stands
without any title is not found: 高明 is a name, a word and half a place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from rules.masking.not_names import NOT_NAMES
from rules.masking.spans import Span
from rules.masking.surnames import AS_WORDS, COMPOUND, GIVEN, SURNAMES
from rules.masking.titles import ADDRESSES, HONORIFICS, I_AM, I_AM_CALLED, PEOPLE, ROLES

_HAN: Final = "[\u4e00-\u9fff]"
_GIVEN: Final = f"[{GIVEN}]"
# Hardly any given name has one of these.
_SELDOM: Final = (
    "不没了的是有在要太很都已到去被把给跟让就也还再才只该说称住路坏漏堵停无着过个某"
    "总哥姐叔婶姨嫂爷奶部组队局所处办室院厂店站"
)
_ANY: Final = f"(?:{_GIVEN}|(?![{_SELDOM}]){_HAN})"
_HONORIFICS: Final = "|".join(HONORIFICS)
_COMPOUND: Final = "|".join(COMPOUND)
_SURNAME: Final = f"(?:{_COMPOUND}|[{SURNAMES}])(?!{_HONORIFICS})"
_PLAIN_SURNAME: Final = (
    f"(?:{_COMPOUND}|[{''.join(c for c in SURNAMES if c not in AS_WORDS)}])(?!{_HONORIFICS})"
)

# What a name ends at. A star is no end: what it hides may have been part of a longer word.
_STOP: Final = r"(?=\Z|[^\w*]|[0-9A-Za-z_]|电话|手机|微信|身份证|联系)"
_KIN: Final = "的(?:邻居|同事|朋友|家属|家长|爸爸|妈妈|父亲|母亲|丈夫|妻子|老公|老婆|儿子|女儿)"
_GOES_ON: Final = (
    rf"(?=\Z|[^\w*]|[0-9A-Za-z_]|{_HONORIFICS}|电话|手机|微信|身份证|联系"
    "|反映|说|称|表示|认为|要求|希望|来电|致电|来访|投诉|举报|报警|报修|求助|咨询|反馈|开车|驾驶"
    "|操作|拖欠|擅自|私自|酒后|逆行|走失|受伤|去世|多次|再次|一直|正在|今年|今天|今日|昨天|昨晚|家住|住|的|在|于|因"
    "|把|被|将|要|已|也|又|还|不|没|是|有|等|从|向|对|给|让|和|与|及|来|去|到|找|带|打|骂|撞|闯|占|摔|晕|倒|男|女)"
)


def _until(given: str, *ends: str) -> str:
    """One or two characters; the better end wins: 王红来， is three characters and 王红来电 two."""
    return f"({'|'.join(f'{given}{{1,2}}?{end}' for end in ends)})"


_LINK: Final = "(?:姓名|名字)?(?:是|为|名叫|叫)?"
_MARK: Final = "[ ]?[:：=（(【\\[][ ]?"
_DOTTED: Final = f"{_HAN}{{0,7}}·{_HAN}{{1,8}}(?:·{_HAN}{{1,8}})?"

# Each alternative: surname in one group, what is hidden in the next.
_FIELD = re.compile(
    f"(?:{'|'.join(ROLES)}){_LINK}{_MARK}(?:"
    f"({_SURNAME}){_until(_ANY, _STOP, _GOES_ON)}"
    f"|({_SURNAME}[ ])({_GIVEN}){_STOP}"
    f"|({_HAN})({_DOTTED})(?!{_HAN}|[*]))"
)
_CALLED = re.compile(
    f"(?:{'|'.join(I_AM_CALLED)})[ ：:]{{0,2}}({_PLAIN_SURNAME}){_until(_GIVEN, _STOP, _GOES_ON)}"
)
_SENTENCE = re.compile(
    f"(?:{'|'.join((*ROLES, *PEOPLE))}){_LINK}(?:"
    f"{_MARK}({_SURNAME}){_until(_ANY, _STOP, _GOES_ON)}"
    f"|[ ]?({_PLAIN_SURNAME}){_until(_GIVEN, _STOP, _GOES_ON)})"
)
_I_AM = re.compile(f"{I_AM}[ ：:]{{0,2}}({_PLAIN_SURNAME}){_until(_GIVEN, _STOP, f'(?={_KIN})')}")
_NUMBER_FOLLOWS = re.compile("(?:联系)?(?:电话|手机|方式)号?(?:码|是|为)?[:： ]{0,2}[0-9+（(]")
_HONORIFIC = re.compile(_HONORIFICS)
_BEFORE_HONORIFIC = re.compile(rf"({_PLAIN_SURNAME})({_GIVEN}{{1,2}})\Z")
_LONGEST: Final = 4


def find_names(form: str) -> list[Span]:
    """The given names; titles and surnames stay."""
    return [*_after_titles(form), *_before_honorifics(form)]


def _after_titles(form: str) -> Iterator[Span]:
    for pattern in (_FIELD, _CALLED, _SENTENCE, _I_AM):
        for found in pattern.finditer(form):
            group = found.lastindex or 0
            surname, given = found[group - 1], found[group]
            # 联系人：高远 is a name; 业主高远 may be the beginning of anything.
            sure = pattern in (_FIELD, _CALLED) or _NUMBER_FOLLOWS.match(form, found.end())
            if not _is_word(surname + given) or (sure and len(given) == 1 and given in GIVEN):
                yield Span("name", *found.span(group))


def _before_honorifics(form: str) -> Iterator[Span]:
    for honorific in _HONORIFIC.finditer(form):
        end = honorific.start()
        found = _BEFORE_HONORIFIC.search(form[max(0, end - _LONGEST) : end])
        if found is None:
            continue
        surname, given = found.groups()
        # 高中老师, but 高远先生; 高中林老师, whose surname is 林.
        if honorific[0] not in ADDRESSES and _is_word(surname + given):
            continue
        if len(given) == 2 and given[1] in SURNAMES and _is_word(surname + given[0]):
            continue
        yield Span("name", end - len(given), end)


def _is_word(name: str) -> bool:
    """高兴, and 王家, which is a family."""
    return name in NOT_NAMES or name[1:] == "家"
