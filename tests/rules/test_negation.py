"""What a text denies, with the words of the demonstration city."""

from pathlib import Path

import pytest

from packs.classify import ClassifyFile
from packs.yaml_file import read_model
from rules.lexicon import Lexicon

NANJING = Path(__file__).parents[2] / "cities" / "nanjing" / "classify.yaml"


@pytest.fixture(scope="module")
def lexicons():
    """Of the categories and of the urgent words: the same negation holds for both."""
    file = read_model(NANJING, ClassifyFile)
    return tuple(
        Lexicon((word for entry in entries for word in entry.words), file.negation)
        for entries in (file.lexicon, file.urgent_words)
    )


def read(lexicons, text):
    """The words that a text affirms, and those that it denies."""
    affirmed, denied = set(), set()
    for lexicon in lexicons:
        found = lexicon.find(text)
        affirmed |= {lexicon.words[i] for i in found.ids}
        denied |= {lexicon.words[i] for i in found.negated}
    return affirmed, denied


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("没有漏水", "漏水"),
        ("家里没漏水", "漏水"),
        ("不是着火", "着火"),
        ("并不是着火，是做饭的烟", "着火"),
        ("并非火灾", "火灾"),
        ("未发现冒烟", "冒烟"),
        ("现场未见明显积水", "积水"),
        ("没闻到燃气味", "燃气味"),
        ("楼道里没有闻到燃气味", "燃气味"),
        ("没有发现燃气泄漏的情况", "燃气泄漏"),
        ("没有人受伤", "有人受伤"),
        ("没有人受伤", "受伤"),
        ("没人受伤", "受伤"),
        ("无人受伤", "受伤"),
        ("无人员受伤", "人员受伤"),
        ("暂无人员被困", "被困"),
        ("未造成人员受伤", "人员受伤"),
        ("没有老人摔倒", "摔倒"),
        ("没有任何人落水", "落水"),
        ("没有行人被困", "被困"),
        ("不存在违建", "违建"),
        ("不存在消防隐患", "消防隐患"),
        ("尚未发生火灾", "火灾"),
        ("从未停电", "停电"),
        ("没有再次停水", "停水"),
        ("现在不漏水了", "漏水"),
        ("已经不冒烟了", "冒烟"),
        ("不再积水", "积水"),
        ("没有危险", "危险"),
        ("没有生命危险", "生命危险"),
        ("这不是停电", "停电"),
        ("没有道路积水", "积水"),
        ("没有水管爆裂", "水管爆"),
        ("没有水管爆裂", "没有水"),
        ("没有起火、冒烟", "冒烟"),
        ("没有起火或冒烟", "冒烟"),
        ("未见冒烟起火", "起火"),
        ("没有打架斗殴", "斗殴"),
        ("没有积水和垃圾", "垃圾"),
        ("没有发现漏水或者看到冒烟", "冒烟"),
        ("漏水问题已解决", "漏水"),
        ("漏水已经修好", "漏水"),
        ("积水和垃圾已清理", "积水"),
        ("路面积水已退去", "积水"),
        ("停电已恢复", "停电"),
        ("以前积水，现在没有积水了", "积水"),
        ("以前经常积水…现在没有积水了", "积水"),
        ("昨天停电，今天没有停电", "停电"),
        ("沒有著火，不是火災，没有火灾", "火灾"),
        ("没有 fire", "fire"),
        ("ＮＯ ＦＩＲＥ", "fire"),
        ("no smell of gas", "smell of gas"),
        ("There is no smell of gas here", "smell of gas"),
        ("not a fire", "fire"),
        ("It was not a real fire", "fire"),
        ("This isn't a fire", "fire"),
        ("This isn’t a fire", "fire"),
        ("no fire or smoke", "smoke"),
        ("there is no sign of fire", "fire"),
        ("no signs of any flooding", "flooding"),
        ("no visible smoke", "smoke"),
        ("We did not see any smoke", "smoke"),
        ("no one was injured", "injured"),
        ("nobody is trapped", "trapped"),
        ("no people trapped", "trapped"),
        ("The road is no longer flooded", "flooded"),
        ("The street is not flooded", "flooded"),
        ("nobody was hurt", "hurt"),
        ("there was never a gas leak", "gas leak"),
        ("there hasn't been any flooding", "flooding"),
        ("the pothole has been fixed", "pothole"),
        ("flooding has gone", "flooding"),
        ("Yesterday flooding, today no flooding", "flooding"),
        ("nothing dangerous", "dangerous"),
    ],
)
def test_a_word_that_the_text_denies_does_not_count(lexicons, text, word):
    affirmed, denied = read(lexicons, text)
    assert word in denied
    assert word not in affirmed


@pytest.mark.parametrize(
    ("text", "word"),
    [
        # A negator inside a word of the lexicon.
        ("没有井盖", "井盖"),
        ("没有井盖", "没有井盖"),
        ("窨井没有井盖，有人掉下去", "井盖"),
        ("家里没有水", "没有水"),
        ("停电了 没电", "没电"),
        ("路灯不亮", "路灯不亮"),
        ("道路无法通行", "无法通行"),
        ("小区里有人遛狗不牵绳", "不牵绳"),
        ("工人没戴安全帽", "没戴安全帽"),
        ("马路上没有路灯", "路灯"),
        ("no water since morning", "no water"),
        ("no power in the whole street", "no power"),
        ("he is not breathing", "not breathing"),
        ("no street lights here", "street lights"),
        # Two negators.
        ("不是没有漏水", "漏水"),
        ("并非没有着火", "着火"),
        ("不是没有人受伤", "受伤"),
        ("it is not without smoke", "smoke"),
        # A comma, a full stop, a space between Chinese, a line end.
        ("没有，漏水了", "漏水"),
        ("我没有。着火了", "着火"),
        ("电话打了没有 漏水了", "漏水"),
        ("没有\n着火了", "着火"),
        ("No, fire on the roof", "fire"),
        ("They said no. Fire on the roof", "fire"),
        ("没有着火，冒烟很大", "冒烟"),
        ("没有着火但是冒烟", "冒烟"),
        ("没有漏水，是楼上漏水", "漏水"),
        # Something that is no filler stands between.
        ("没有人管的垃圾堆积", "垃圾堆积"),
        ("没人清理垃圾", "垃圾"),
        ("没扫垃圾", "垃圾"),
        ("没有及时清运垃圾", "垃圾"),
        ("无人处理积水", "积水"),
        ("没下雨就积水", "积水"),
        ("没几天又漏水", "漏水"),
        ("受不了油烟", "油烟"),
        ("止不住流血", "流血"),
        ("没修好的路灯", "路灯"),
        ("nobody removed the rubbish", "rubbish"),
        ("not cleared garbage", "garbage"),
        # Questions.
        ("是不是漏水了", "漏水"),
        ("有没有漏水", "漏水"),
        ("有没有人受伤", "有人受伤"),
        ("漏不漏水", "漏水"),
        ("会不会爆炸", "爆炸"),
        ("是否漏水", "漏水"),
        ("有无积水", "积水"),
        ("漏水了没有", "漏水"),
        # Turns of phrase, and 没 at the end of a word.
        ("不过积水很深", "积水"),
        ("不得不停水", "停水"),
        ("时不时停电", "停电"),
        ("不仅漏水", "漏水"),
        ("没人发现着火", "着火"),
        ("洪水淹没道路积水严重", "积水"),
        ("not only smoke but flames", "smoke"),
        ("no doubt flooding again", "flooding"),
        # What was said to be over is not, or is there again.
        ("以前积水，现在还是积水", "积水"),
        ("以前没有积水，现在积水", "积水"),
        ("以前路口积水", "积水"),
        ("漏水没有解决", "漏水"),
        ("漏水问题还没解决", "漏水"),
        ("积水已清理又积水", "积水"),
        ("the pothole has not been fixed", "pothole"),
        ("flooding, said to be fixed", "flooding"),
    ],
)
def test_a_word_that_the_text_does_not_deny_counts(lexicons, text, word):
    affirmed, denied = read(lexicons, text)
    assert word in affirmed
    assert word not in denied


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("落水管堵了", "落水"),
        ("乱停电动车", "停电"),
        ("看着火车开过", "着火"),
        ("物业没电话", "没电"),
        ("没有电动车", "没有电"),
    ],
)
def test_a_word_that_only_seems_to_be_there_is_not_found(lexicons, text, word):
    affirmed, _ = read(lexicons, text)
    assert word not in affirmed


def test_one_denial_does_not_reach_another_word(lexicons):
    affirmed, denied = read(lexicons, "没有冒烟，但是停电了")
    assert ("停电" in affirmed, "冒烟" in denied) == (True, True)
