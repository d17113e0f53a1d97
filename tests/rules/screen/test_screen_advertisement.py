import time

import pytest
from screen_events import code, facts, screen

RULES = screen(
    {
        "check": "advertisement",
        "threshold": 2,
        "words": [
            {"weight": 1.5, "words": ["加微信", "办证"]},
            {"weight": 1, "words": ["兼职", "日结", "VIP"]},
            {"weight": -3, "words": ["小广告", "举报"]},
        ],
        "patterns": {"wechat": 2, "qq": 2, "phone": 0.5, "url": 2},
    }
)


@pytest.mark.parametrize(
    "text",
    [
        "兼职日结",
        "办证 13812345678",
        "办证 138-1234-5678",
        "加微信,高薪兼职",
        "兼职 ＶＩＰ",
    ],
)
def test_words_and_patterns_add_up_to_an_advertisement(text):
    assert code(RULES, text=text) == "advertisement"


@pytest.mark.parametrize(
    "text", ["兼职", "兼职 兼职 兼职", "办证 电话多少", "路口积水", "vipers", ""]
)
def test_under_the_threshold_it_is_none(text):
    assert code(RULES, text=text) is None


EACH = {
    name: screen({"check": "advertisement", "threshold": 1, "patterns": {name: 1}})
    for name in ("wechat", "qq", "phone", "url")
}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("wechat", "微信号: abc_12345"),
        ("wechat", "微信 13812345678"),
        ("wechat", "VX：hello-2024"),
        ("wechat", "weixin id wang88888"),
        ("wechat", "微信: 138******78"),
        ("qq", "QQ群 123456789"),
        ("qq", "扣扣号:12345678"),
        ("phone", "电话13812345678"),
        ("phone", "138 1234 5678"),
        ("phone", "电话138******78"),
        ("phone", "138-****-**78"),
        ("phone", "１３８-１２３４-５６７８"),
        ("url", "https://shop.example/x"),
        ("url", "看 www.abc.net 这里"),
        ("url", "来 abc-shop.top 看看"),
    ],
)
def test_a_way_to_be_reached_is_recognised(name, text):
    assert code(EACH[name], text=text) == "advertisement"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("wechat", "微信支付失败"),
        ("wechat", "微信群里有人说积水"),
        ("wechat", "微信 abc"),
        ("wechat", "convx: hello-2024"),
        ("qq", "qq 1234"),
        ("qq", "qq 123456789012"),
        ("qq", "QQ农场"),
        ("phone", "编号 9913812345678"),
        ("phone", "编号 138123456789"),
        ("phone", "12812345678"),
        ("phone", "138-12345678"),
        ("url", "水压 0.35 MPa, 12.5 cn"),
        ("url", "wang@mail.com 是我的邮箱"),
        ("url", "abc.community"),
    ],
)
def test_what_only_looks_like_one_is_not(name, text):
    assert code(EACH[name], text=text) is None


def test_words_of_a_complaint_weigh_against_it():
    assert code(RULES, text="举报 楼道里贴满兼职日结办证的小广告") is None


def test_the_reason_names_what_counted_and_never_the_account():
    text = RULES.check(facts(text="兼职 微信 wang88888")).finding.text
    assert text == "wechat (2), 兼职 (1): 3, and 2 is an advertisement"


@pytest.mark.parametrize(
    "piece", ["a", "a.", "1", "13", "微信 ", "vx vx", "www.", "http://", "-", "a-", "qq1", "加微信"]
)
def test_no_text_takes_long(piece):
    text = (piece * 4000)[:4000]
    began = time.process_time()
    RULES.check(facts(text=text))
    assert time.process_time() - began < 0.1
