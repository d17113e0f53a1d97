from screen_events import code, facts, screen

BAD = screen({"check": "sensor_quality"})


def test_a_reading_that_its_device_calls_bad_is_held_back():
    assert code(BAD, kind="reading", quality="bad") == "sensor_quality"
    assert code(BAD, kind="reading", quality="suspect") is None
    assert code(BAD) is None


def test_a_pack_says_which_qualities():
    rules = screen({"check": "sensor_quality", "quality": ["suspect"]})
    assert code(rules, kind="reading", quality="suspect") == "sensor_quality"
    assert code(rules, kind="reading", quality="bad") is None


def test_a_source_can_be_shut_out():
    rules = screen({"check": "source", "source": ["app"]})
    assert rules.check(facts()).finding.text == "from app"
    assert code(rules, source="hotline") is None


def test_a_source_can_be_trusted():
    blank = {"check": "blank"}
    rules = screen({"check": "source", "source": ["app"], "effect": "pass"}, blank)
    assert code(rules, text="") is None
    assert code(rules, text="", source="hotline") == "blank"
