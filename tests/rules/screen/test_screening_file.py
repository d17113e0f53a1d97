"""What a pack's screening.yaml may say, alone and beside the other files."""

import shutil
from pathlib import Path

import pytest

import packs
from messages.errors import PackError
from packs.checks import filters
from packs.screening import ScreeningFile
from packs.yaml_file import read_model

SOUND = Path(__file__).parents[2] / "packs" / "sound"
HEAD = "schema_version: 1\nfilters:\n"
POINT = "filter: b, check: default_point, at_least: 50, window_hours: 24"


def refused(tmp_path, line):
    """The error about a file of one good filter and ``line``, which is the fourth."""
    file = tmp_path / "screening.yaml"
    file.write_text(f"{HEAD}  - {{filter: a, check: blank}}\n  - {line}\n")
    with pytest.raises(PackError) as caught:
        read_model(file, ScreeningFile)
    assert caught.value.line == 4
    assert caught.value.mend
    return caught.value.code.removeprefix("pack.")


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("{filter: b, check: odd}", "wrong_value"),
        ("{filter: b}", "wrong_value"),
        ("{check: blank}", "missing_field"),
        ("{filter: B b, check: blank}", "wrong_value"),
        ("{filter: b, check: blank, effect: delete}", "wrong_value"),
        ("{filter: b, check: blank, window_hours: 2}", "unknown_field"),
        ("{filter: b, check: future}", "missing_field"),
        ("{filter: b, check: impossible_position}", "wrong_value"),
        ("{filter: b, check: source}", "missing_field"),
        ("{filter: b, check: test_message}", "wrong_value"),
        ("{filter: b, check: advertisement, threshold: 2, patterns: {qq: 1}}", "wrong_value"),
        ("{filter: b, check: repeat, window_hours: 2, effect: pass}", "wrong_value"),
        ("{filter: b, check: rate, by: reporter, max: 0, window_minutes: 1}", "wrong_value"),
        ("{filter: b, check: rate, by: nobody, max: 1, window_minutes: 1}", "wrong_value"),
        (f"{{{POINT}, share: 0.01}}", "wrong_value"),
    ],
)
def test_a_filter_that_cannot_work_is_refused_where_it_stands(tmp_path, line, error):
    assert refused(tmp_path, line) == error


@pytest.fixture
def cross(tmp_path):
    """The error of the cross-check of a pack whose filters are these lines; the first is line 3."""

    def cross(*lines):
        folder = Path(shutil.copytree(SOUND, tmp_path / "pack"))
        text = HEAD + "".join(f"  - {line}\n" for line in lines)
        (folder / "screening.yaml").write_text(text)
        with pytest.raises(PackError) as caught:
            filters.check(packs.load(folder))
        assert caught.value.mend
        assert Path(caught.value.file).name == "screening.yaml"
        return caught.value.code.removeprefix("pack."), caught.value.line

    return cross


def test_two_filters_of_one_name_are_refused(cross):
    again = "{filter: a, check: blank}"
    assert cross(again, "{filter: b, check: blank}", again) == ("duplicate_filter", 5)


def test_a_second_repeat_is_refused(cross):
    first = "{filter: a, check: repeat, window_hours: 2}"
    second = "{filter: b, check: repeat, window_hours: 3}"
    assert cross(first, second) == ("second_repeat", 4)


def test_a_source_that_the_pack_lacks_is_refused(cross):
    assert cross("{filter: a, check: blank, source: [app, ap]}") == ("unknown_source", 3)


@pytest.mark.parametrize("code", ["0409", "09*"])
def test_a_category_that_no_event_has_is_refused(cross, code):
    line = f'{{filter: a, check: blank, category: ["0401", "{code}"]}}'
    assert cross(line) == ("unknown_category", 3)


def test_a_pack_whose_names_all_exist_is_sound():
    filters.check(packs.load(SOUND))
