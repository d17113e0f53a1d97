"""Phone numbers, resident ids, bank cards and passports.

How a number is told from the codes in urban reports (house, grid, asset, work order):

- A phone is told by its length and first digits. Codes of 12 to 20 digits begin with the code of
  a division (GB/T 2260, 11 to 82) and are longer. 400 and 800 numbers and short ones (12345,
  96777) belong to no person.
- A resident id (GB 11643) has a birthday in digits 7 to 14. In a grid code the street (3 digits),
  the community (3) and a running number stand there: a year 19xx or 20xx needs one of the few
  streets 190 to 209. A work order may be a division, the day and a running number; so a day from
  2020 on counts only with a correct check digit or a word such as 身份证 before it. Before
  2020, the check digit does not matter: people mistype.
- An id of 15 digits has yymmdd in digits 7 to 12. The usual grid code (street, community, three
  digits) has the street where the year is: 00 to 19 for 街道 and 镇, 20 to 39 for 乡 (GB/T 10114).
  Who was born before 1930 has had 18 digits for long (15 ended in 2013), so 30 to 99 count, and
  others after 身份证 only.
- A card number passes Luhn's test (ISO/IEC 7812-1, annex B) and begins as cards do. Codes of a
  division in Fujian, Guangdong or Sichuan begin so too, and asset codes have 16 digits; what can
  be a division's code is a card only after a word such as 卡号. UnionPay's 62 is also Gansu's,
  where one code in ten of 16 to 19 digits is taken for a card. Groups of four are always a card.
"""

from __future__ import annotations

import re
from typing import Final

from rules.masking.spans import END, Kind, Span

_PROVINCE: Final = "(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])"
_DAY: Final = (
    "(?:(?:0[13578]|1[02])(?:0[1-9]|[12][0-9]|3[01])"
    "|(?:0[469]|11)(?:0[1-9]|[12][0-9]|30)|02(?:0[1-9]|[12][0-9]))"
)
_GAP: Final = "[ -]{1,3}"
_NO_DATE: Final = "(?!20[0-3][0-9](?:0[1-9]|1[0-2])[0-3][0-9])"  # smoke-0417-20261123
_LOCAL_8: Final = f"{_NO_DATE}[2-9][0-9]{{3}}[ -]?[0-9]{{4}}"
_LOCAL: Final = f"{_NO_DATE}[2-9][0-9]{{2,3}}[ -]?[0-9]{{4}}"
_EXTENSION: Final = (
    rf"(?:\ ?(?:转|分机号?|[Ee][Xx][Tt]\.?|x|\#)[ :：]?[0-9]{{1,6}}{END}"
    rf"|-(?!1[3-9][0-9][ -])[0-9]{{3,5}}{END})?"
)
_SECOND: Final = rf"(?:[/、]{_LOCAL}{END})?"
_TOLL_FREE: Final = "(?:400|8(?:00|33|44|55|66|77|88))"

# Cheap: in most texts with digits no seven of them stand together, and nothing else is tried.
_SEVEN = re.compile(r"[0-9](?:[ .()（）-]{0,4}[0-9]){6}")
_RUN = re.compile("[0-9]+")
_NUMBER = re.compile(  # matched where a run of digits begins
    rf"""
    (?<![0*]\.)(?<![0-9*]{{2}}\.)    # no decimals; the 1. of a list is fine
    (?:
      (?P<resident>{_PROVINCE}[0-9]{{4}}(?P<r>[ -]?)(?:19|20)[0-9]{{2}}[ -]?{_DAY}
        (?P=r)[0-9]{{3}}[0-9Xx]){END}
    | (?P<old_resident>{_PROVINCE}[0-9]{{6}}{_DAY}[0-9]{{3}})(?![Xx]){END}
    | (?P<grouped_card>(?:4[0-9]|5[1-5]|35|6[0-9]|95)[0-9]{{2}}(?P<c>[ -])[0-9]{{4}}(?P=c)[0-9]{{4}}
        (?P=c)(?:[0-9]{{4}}(?P=c)[0-9]{{1,3}}{END}|[0-9]{{4}}{END}))
    | (?P<card>[0-9]{{16,19}}){END}
    | (?:(?:00)?86|0)?(?P<mobile>1[3-9][0-9](?:
          [0-9]{{8}}{END}
        | {_GAP}[0-9]{{4}}{_GAP}[0-9]{{4}}{END}
        | \.[0-9]{{4}}\.[0-9]{{4}}{END}
        | {_GAP}[0-9]{{8}}{END}
        | [0-9]{{4}}{_GAP}[0-9]{{4}}{END}
        | [0-9](?P<m>[ -])(?:[0-9]{{3}}(?P=m)[0-9]{{4}}{END}|[0-9]{{4}}(?P=m)[0-9]{{3}}{END})
      ))
    | (?:(?:(?<=\+)|00)86[ -]?[(（]?0?|0)(?:
          (?:10|2[0-9])[)）]?[ -]{{0,3}}(?P<landline>{_LOCAL_8}{END}{_SECOND}{_EXTENSION})
        | [3-9][0-9]{{2}}[)）]?[ -]{{0,3}}(?P<county_line>{_LOCAL}{END}{_SECOND}{_EXTENSION})
      )
    | (?<=\+)(?!86)(?P<abroad>[1-9](?:[ -]?[(]?[0-9][)]?){{7,14}}){END}
    | (?P<american>(?!{_TOLL_FREE})[2-9][0-9]{{2}}(?:\)\ ?|[.-])[2-9][0-9]{{2}}[.-][0-9]{{4}}){END}
    )
    """,
    re.VERBOSE,
)
_LOCAL_NUMBER = re.compile(
    "(?:电话|手机|座机|固话|致电|联系方式|tel|Tel|TEL|phone|Phone|call|Call)"
    rf"(?:号码|号)?(?:是|为)?[.:： ]{{0,3}}(?!{_TOLL_FREE})"
    rf"(?P<local>{_LOCAL}{END}{_SECOND}{_EXTENSION})(?![ -][0-9])"
)
_PASSPORT = re.compile(
    "(?:护照|通行证|passport|Passport|PASSPORT)(?: ?(?:[Nn]o|NO|[Nn]umber))?[^0-9A-Za-z]{0,8}"
    f"(?P<passport>[A-Za-z]{{1,2}}[0-9]{{7,8}})(?![A-Za-z]){END}"
)

# Of each group: its kind, and how many characters stay in front and behind.
_STAYS: Final[dict[str, tuple[Kind, int, int]]] = {
    "mobile": ("phone", 3, 2),
    "landline": ("phone", 0, 0),
    "county_line": ("phone", 0, 0),
    "abroad": ("phone", 3, 2),
    "american": ("phone", 3, 2),
    "local": ("phone", 0, 0),
    "resident": ("id_number", 1, 1),
    "old_resident": ("id_number", 1, 1),
    "passport": ("id_number", 1, 0),
    "grouped_card": ("card", 1, 1),
    "card": ("card", 1, 1),
}
OF_A_PERSON: Final = ("身份证", "证件", "ID card", "ID number", "ID no")
OF_A_CARD: Final = (
    *("卡号", "银行卡", "储蓄卡", "信用卡", "借记卡", "工资卡", "账号", "账户", "帐号", "帐户"),
    *("转账", "汇款", "打款"),
    *("bank card", "card no", "card number", "account"),
)
_CARD_START = re.compile("4|5[1-5]|35|6[02]|9558")
_DIVISION = re.compile(f"{_PROVINCE}(?:0[1-9]|[12][0-9]|3[0-4]|5[1-3]|90)[0-8][0-9]")


def find_numbers(form: str) -> list[Span]:
    """Every number of a person, without the digits that stay."""
    if _SEVEN.search(form) is None:
        return []
    spans: list[Span] = []
    done = 0
    for run in _RUN.finditer(form):
        if run.start() >= done and (found := _NUMBER.match(form, run.start())):
            done = found.end()
            spans += _hidden(found)
    for found in _LOCAL_NUMBER.finditer(form):
        spans += _hidden(found)
    for found in _PASSPORT.finditer(form):
        spans += _hidden(found)
    return spans


def _hidden(found: re.Match[str]) -> list[Span]:
    name, form = found.lastgroup or "", found.string
    start, end = found.span(name)
    if name == "resident" and not _is_resident(form, start, end):
        name = "card"
    if (name == "old_resident" and not _is_old_resident(form, start)) or (
        name == "card" and not _is_card(form, start, end)
    ):
        return []
    kind, front, behind = _STAYS[name]
    return [Span(kind, start + front, end - behind)]


def _is_resident(form: str, start: int, end: int) -> bool:
    digits = form[start:end].replace(" ", "").replace("-", "")
    return digits[6:10] < "2020" or _checks(digits) or _after(OF_A_PERSON, form, start)


def _is_old_resident(form: str, start: int) -> bool:
    return form[start + 6] >= "3" or _after(OF_A_PERSON, form, start)


def _is_card(form: str, start: int, end: int) -> bool:
    digits = form[start:end]
    if _after(OF_A_CARD, form, start):
        return True
    if not (digits.isdecimal() and _CARD_START.match(digits) and _luhn(digits)):
        return False
    return digits.startswith("62") or _DIVISION.match(digits) is None


def _after(words: tuple[str, ...], form: str, start: int) -> bool:
    before = form[max(0, start - 12) : start]
    return any(word in before for word in words)


def _checks(digits: str) -> bool:
    """Check digit of GB 11643-1999 (ISO 7064, MOD 11-2)."""
    total = sum(int(digit) << (17 - i) for i, digit in enumerate(digits[:17]))
    return "10X98765432"[total % 11] == digits[17].upper()


def _luhn(digits: str) -> bool:
    odd, even = digits[-1::-2], digits[-2::-2]
    return (sum(map(int, odd)) + sum(sum(divmod(2 * int(d), 10)) for d in even)) % 10 == 0
