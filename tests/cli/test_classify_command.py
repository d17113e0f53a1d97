"""`wangge classify`: rows in, the same rows with their category out; training and its figures."""

import csv
import io
import json
import shutil
import sys

import numpy as np
import pytest
import shapely
import typer
from typer.testing import CliRunner

from cli.classify import app as classify_app
from cli.new_pack import write_pack
from geo.layer import BoundaryLayer
from packs.trained import read_trained

app = typer.Typer()
app.add_typer(classify_app, name="classify")
app.command("other")(lambda: None)  # as in wangge, classify is one of several

ADDED = ["category", "category_name", "by", "probability", "evidence"]
TAXONOMY = """
schema_version: 1
categories:
  - {code: "0000", name: 未分类, priority: P3}
  - {code: "0101", name: 暴露垃圾, name_en: Exposed rubbish, priority: P4}
  - {code: "0403", name: 道路积水, name_en: Road flooding, priority: P2}
  - {code: "2101", name: 井盖缺损, name_en: Manhole cover missing, priority: P2}
  - {code: "2102", name: "[bold]路灯不亮", name_en: Street light out, priority: P4}
"""
CLASSIFY = """
schema_version: 1
minimum_score: 1.0
lexicon:
  - {category: "0403", weight: 2.0, words: [积水, flooded]}
  - {category: "2101", weight: 1.5, words: [井盖, manhole]}
"""
THINGS = {
    "0403": ["路口积水", "水淹了一条街", "水深没过膝盖", "flooded road", "street under water"],
    "2101": ["井盖没了", "盖板破了", "少个井盖", "manhole cover gone", "broken cover on the drain"],
    "2102": ["路灯不亮", "路灯坏了", "灯全灭了", "street light out", "dark street lamp"],
    "0101": ["垃圾成堆", "垃圾没人收", "一地垃圾", "rubbish piled up", "garbage everywhere"],
}


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """A pack of five categories whose lexicon knows two of them."""
    folder = tmp_path_factory.mktemp("towns") / "town"
    boxes = np.array([shapely.box(118.0, 32.0, 118.2, 32.1)])
    layers = [
        BoundaryLayer("district", ("D",), ("D",), (None,), boxes),
        BoundaryLayer("street", ("S",), ("S",), ("D",), boxes),
    ]
    write_pack(folder, layers, name="town", time_zone="UTC")
    (folder / "taxonomy.yaml").write_text(TAXONOMY, "utf-8")
    (folder / "classify.yaml").write_text(CLASSIFY, "utf-8")
    for source in (folder / "sources").glob("*.yaml"):
        kept = source.read_text("utf-8").partition("category_hints")[0]
        source.write_text(kept, "utf-8")
    return folder


@pytest.fixture(scope="module")
def labelled(tmp_path_factory):
    """Sixty invented texts, one in three with another twist."""
    file = tmp_path_factory.mktemp("texts") / "labelled.csv"
    lines = ["id,text,category,twist"]
    for code, said in THINGS.items():
        for thing in said:
            for i, frame in enumerate(("{}，请处理", "昨天起{}", '"{}, 快来!!"')):
                twist = ("plain", "plain", "mixed")[i]
                lines.append(f"{len(lines)},{frame.format(thing)},{code},{twist}")
    file.write_text("\n".join(lines) + "\n", "utf-8")
    return file


@pytest.fixture(scope="module")
def model(town, labelled, tmp_path_factory):
    pytest.importorskip("sklearn")
    file = tmp_path_factory.mktemp("models") / "classifier.npz"
    trained = run("train", labelled, "--pack", town, "--out", file)
    assert trained.exit_code == 0, trained.exception
    return file


def run(*arguments, text=None):
    body = text.encode() if isinstance(text, str) else text
    return CliRunner().invoke(app, ["classify", *map(str, arguments)], input=body)


def rows(text, *options):
    found = run(*options, "-", text=text)
    assert found.exit_code == 0, found.exception
    return list(csv.reader(io.StringIO(found.stdout)))


def test_the_same_rows_come_out_with_five_columns_more(town):
    assert rows('id,text\n7,"路口积水, 快来"\n8,你好\n', "--pack", town) == [
        ["id", "text", *ADDED],
        ["7", "路口积水, 快来", "0403", "道路积水", "lexicon", "", "积水 2"],
        ["8", "你好", "0000", "未分类", "default", "", ""],
    ]


def test_the_name_of_the_command_may_be_said(town, tmp_path):
    file = tmp_path / "a.csv"
    file.write_text("text\n积水\n", "utf-8")
    assert run("texts", file, "--pack", town).stdout == run(file, "--pack", town).stdout


def test_a_file_called_as_a_command_is_told_apart_by_its_folder(town, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "train").write_text("text\n积水\n", "utf-8")
    assert "道路积水" in run("./train", "--pack", town).stdout


def test_options_may_stand_before_the_file(town):
    assert rows("said\n积水\n", "--text-column", "said", "--pack", town)[1][1] == "0403"


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (["--help"], ["FILE.csv", "train", "texts"]),
        ([], ["FILE.csv", "train", "texts"]),
        (["train", "--help"], ["--holdout", "--no-write", "LABELLED"]),
        (["texts", "--help"], ["--eval", "--trained", "FILE"]),
        (["x.csv", "--help"], ["--eval", "--trained", "FILE"]),
    ],
)
def test_help_is_there_for_both(arguments, shown):
    help_text = run(*arguments).output
    for word in shown:
        assert word in help_text


def test_a_row_too_long_or_too_short_keeps_the_columns_in_place(town):
    found = rows("id,text\n1\n2,积水,more,and more\n", "--pack", town)
    assert found[1] == ["1", "", "0000", "未分类", "default", "", ""]
    assert found[2] == ["2", "积水", *found[2][2:7], "more", "and more"]


def test_a_column_that_is_called_as_ours_keeps_its_name(town):
    found = rows("text,category\n积水,x\n", "--pack", town)
    assert found[0] == ["text", "category", "category_2", *ADDED[1:]]


def test_bytes_that_are_not_utf8_come_out_as_they_went_in(town):
    found = run("-", "--pack", town, text=b"text,note\n1,\xc4\xcf\xbe\xa9\n")
    assert b"\xc4\xcf\xbe\xa9" in found.stdout_bytes


def test_a_byte_order_mark_is_not_part_of_the_first_column(town):
    assert run("-", "--pack", town, text=b"\xef\xbb\xbftext\n1\n").exit_code == 0


def test_json_gives_one_object_a_row(town):
    found = run("-", "--pack", town, "--json", text=b"text,n\nflooded,\xff\nx,1,2\n")
    assert [json.loads(line) for line in found.stdout.splitlines()] == [
        {"text": "flooded", "n": "\ufffd", "category": "0403", "category_name": "道路积水",
         "by": "lexicon", "probability": None, "evidence": "flooded 2"},
        {"text": "x", "n": "1", "category": "0000", "category_name": "未分类", "by": "default",
         "probability": None, "evidence": "", "_more": ["2"]},
    ]  # fmt: skip


def test_the_summary_says_who_decided(town):
    found = run("-", "--pack", town, text="text\n积水\n你好\n你好\n")
    assert "3 rows: 2 default, 1 lexicon;" in found.stderr


def test_rows_can_go_to_a_file(town, tmp_path):
    out = tmp_path / "out.csv"
    found = run("-", "--pack", town, "--out", out, text="text\n积水\n")
    assert found.stdout == ""
    assert out.read_text("utf-8").splitlines()[1] == "积水,0403,道路积水,lexicon,,积水 2"


def test_the_file_that_is_read_is_not_written_over(town, tmp_path):
    file = tmp_path / "a.csv"
    file.write_text("text\n积水\n", "utf-8")
    assert run(file, "--pack", town, "--out", file).exception.code == "settings.out"
    assert file.read_text("utf-8") == "text\n积水\n"


@pytest.mark.parametrize(
    ("text", "options", "code"),
    [
        ("", [], "settings.column"),
        ("said\nx\n", [], "settings.column"),
        ("text,text\nx,y\n", [], "settings.column"),
        ("text\nx\n", ["--eval", "label"], "settings.column"),
        ("text\nx\n", ["--out", "/nowhere/out.csv"], "settings.out"),
        ("text\nx\n", ["--trained", "/nowhere/m.npz"], "pack.missing_file"),
    ],
)
def test_what_cannot_be_done_is_refused_with_a_mend(town, text, options, code):
    refused = run("-", "--pack", town, *options, text=text).exception
    assert refused.code == code
    assert refused.mend


def test_a_file_that_is_not_there_is_refused(town):
    assert run("/nowhere/x.csv", "--pack", town).exception.code == "settings.file"


def test_a_model_says_its_probability_and_what_it_went_by(town, model):
    found = rows("text\n路灯坏了\n", "--pack", town, "--trained", model, "--threshold", "0.1")
    _, category, name, by, probability, evidence = found[1]
    assert (category, name, by) == ("2102", "[bold]路灯不亮", "trained")
    assert 0.25 < float(probability) <= 1
    assert "灯" in evidence


def test_below_the_threshold_the_words_decide(town, model):
    text = "text\n路灯积水垃圾井盖\n"
    by_model = rows(text, "--pack", town, "--trained", model, "--threshold", "0")
    by_words = rows(text, "--pack", town, "--trained", model, "--threshold", "1")
    assert by_model[1][3] == "trained"
    assert by_words[1][3] == "lexicon"


def test_the_model_that_the_pack_names_is_used(town, labelled, model, tmp_path):
    mine = tmp_path / "mine"
    shutil.copytree(town, mine)
    with (mine / "classify.yaml").open("a") as said:
        said.write("trained: {file: models.npz, threshold: 0.1}\n")
    (mine / "models.npz").write_bytes(model.read_bytes())
    assert rows("text\n路灯坏了\n", "--pack", mine)[1][3] == "trained"


@pytest.mark.parametrize("old", [None, b"broken"])
def test_the_model_that_the_pack_names_can_be_made(town, labelled, model, tmp_path, old):
    mine = tmp_path / "mine"
    shutil.copytree(town, mine)
    with (mine / "classify.yaml").open("a") as said:
        said.write("trained: {file: models.npz, threshold: 0.1}\n")
    if old is not None:
        (mine / "models.npz").write_bytes(old)
    assert run("train", labelled, "--pack", mine).exit_code == 0
    assert rows("text\n路灯坏了\n", "--pack", mine)[1][3] == "trained"


def test_without_scikit_learn_a_model_is_used_all_the_same(town, model, monkeypatch):
    for name in [n for n in sys.modules if n.split(".")[0] in ("sklearn", "scipy")]:
        monkeypatch.delitem(sys.modules, name)
    for name in ("sklearn", "scipy"):
        monkeypatch.setitem(sys.modules, name, None)
    found = rows("text\n路灯坏了\n", "--pack", town, "--trained", model, "--threshold", "0.1")
    assert found[1][3] == "trained"


def test_without_scikit_learn_training_says_what_to_install(town, labelled, monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.linear_model", None)
    refused = run("train", labelled, "--pack", town, "--no-write").exception
    assert refused.code == "settings.classifier_extra"
    assert "wangge[classifier]" in refused.mend


def test_a_model_of_another_taxonomy_is_told(town, model, tmp_path):
    other = tmp_path / "other"
    shutil.copytree(town, other)
    fewer = "\n".join(line for line in TAXONOMY.splitlines() if "2102" not in line)
    (other / "taxonomy.yaml").write_text(fewer, "utf-8")
    refused = run("-", "--pack", other, "--trained", model, text="text\nx\n").exception
    assert refused.code == "pack.unknown_category"
    assert "2102" in refused.message


def test_eval_prints_figures_in_place_of_the_rows(town, labelled):
    found = run(labelled, "--eval", "category", "--pack", town)
    assert found.exit_code == 0
    assert "macro-F1" in found.stdout
    assert "[bold]路灯不亮" in found.stdout
    assert "worst confusions of lexicon" in found.stdout
    assert "路口积水" not in found.stdout


def test_eval_counts_what_the_lexicon_got_right(town):
    text = "text,label\n积水,0403\n井盖,2101\n井盖积水,2101\n灯,2102\n"
    found = run("-", "--eval", "label", "--pack", town, "--json", text=text)
    said = json.loads(found.stdout)
    lexicon = said["ways"]["lexicon"]
    assert said["texts"] == 4
    assert lexicon["accuracy"] == 0.5
    assert lexicon["categories"]["0403"] == {
        "precision": 0.5, "recall": 1.0, "f1": pytest.approx(2 / 3), "support": 1,
    }  # fmt: skip
    assert lexicon["macro_f1"] == pytest.approx((2 / 3 + 2 / 3 + 0) / 3)
    assert lexicon["confusions"] == [
        {"label": "2101", "guessed": "0403", "texts": 1},
        {"label": "2102", "guessed": "0000", "texts": 1},
    ]
    assert list(said["ways"]) == ["lexicon"]


def test_eval_with_a_model_compares_the_three(town, labelled, model):
    found = run(
        labelled, "--eval", "category", "--pack", town, "--trained", model, "--threshold", "0.3",
        "--json",
    )  # fmt: skip
    said = json.loads(found.stdout)
    assert list(said["ways"]) == ["lexicon", "trained", "both"]
    assert said["ways"]["trained"]["macro_f1"] == 1.0  # it learnt these very texts
    assert 0.3 < said["ways"]["lexicon"]["macro_f1"] < 0.5
    at = next(row for row in said["thresholds"] if row["threshold"] == said["threshold"])
    assert at["macro_f1"] == said["ways"]["both"]["macro_f1"]


def test_eval_can_write_the_rows_too(town, labelled, tmp_path):
    out = tmp_path / "out.csv"
    run(labelled, "--eval", "category", "--pack", town, "--out", out)
    assert len(out.read_text("utf-8").splitlines()) == 61


def test_eval_names_the_lines_of_unknown_labels(town):
    text = "text,label\n积水,0403\n\n井盖,9999\n"
    found = run("-", "--eval", "label", "--pack", town, text=text)
    assert found.exception.code == "settings.labelled_rows"
    assert "-:4: the pack has no category '9999'" in found.stderr


def test_nothing_to_evaluate_gives_noughts(town):
    found = run("-", "--eval", "label", "--pack", town, "--json", text="text,label\n")
    assert json.loads(found.stdout)["ways"]["lexicon"]["macro_f1"] == 0.0


def test_every_bad_row_is_named_by_its_line(town, tmp_path):
    file = tmp_path / "bad.csv"
    file.write_bytes(b'text,category\n"two\nlines",0403\nx,9999\n,0403\n\n\xc4\xcf,0403\ny\n')
    found = run("train", file, "--pack", town)
    assert found.exception.code == "settings.labelled_rows"
    assert "4 of 5 rows" in found.exception.message
    assert found.stderr.splitlines() == [
        f"{file}:4: the pack has no category '9999'",
        f"{file}:5: no text",
        f"{file}:7: not UTF-8",
        f"{file}:8: the pack has no category ''",
    ]


def test_many_bad_rows_are_counted(town, tmp_path):
    file = tmp_path / "bad.csv"
    file.write_text("text,category\n" + "x,9999\n" * 40, "utf-8")
    found = run("train", file, "--pack", town)
    assert "… and 25 more" in found.stderr


@pytest.mark.parametrize("text", ["text,category\n", "text,category\n积水,0403\n井盖,2101\n"])
def test_too_few_texts_are_refused(town, tmp_path, text):
    file = tmp_path / "few.csv"
    file.write_text(text, "utf-8")
    assert run("train", file, "--pack", town).exception.code == "settings.labelled_texts"


def test_training_shows_the_lexicon_the_model_and_both(town, labelled, model):
    found = run("train", labelled, "--pack", town, "--no-write")
    for word in ("lexicon", "trained", "both", "plain", "mixed", "calibration error", "threshold"):
        assert word in found.stdout
    assert "training on 44 texts, 16 held out" in found.stderr


def test_figures_are_of_texts_that_were_not_learnt(town, labelled, model):
    found = run("train", labelled, "--pack", town, "--no-write", "--json", "--holdout", "0.2")
    said = json.loads(found.stdout)
    assert (said["trained_on"], said["texts"]) == (48, 12)
    assert "file" not in said
    twists = said["ways"]["trained"]["twists"]
    assert sum(one["texts"] for one in twists.values()) == 12
    assert set(twists) == {"plain", "mixed"}
    # The lexicon knows two of the four categories, the model all of them.
    assert said["ways"]["trained"]["macro_f1"] > said["ways"]["lexicon"]["macro_f1"]
    assert said["ways"]["trained"]["calibration_error"] >= 0


def test_no_write_writes_nothing(town, labelled, model):
    before = sorted(town.rglob("*"))
    run("train", labelled, "--pack", town, "--no-write")
    assert sorted(town.rglob("*")) == before


def test_equal_texts_and_seed_give_equal_files(town, labelled, model, tmp_path):
    run("train", labelled, "--pack", town, "--out", tmp_path / "again.npz")
    assert (tmp_path / "again.npz").read_bytes() == model.read_bytes()


def test_the_pack_s_own_words_are_learnt_unless_told_otherwise(town, tmp_path):
    pytest.importorskip("sklearn")
    file = tmp_path / "few.csv"
    file.write_text("text,category\n甲乙,0101\n丙丁,0101\n戊己,0403\n庚辛,0403\n", "utf-8")
    for option, learnt in (("--words", 12), ("--no-words", 0)):
        goal = tmp_path / f"{learnt}.npz"
        found = run("train", file, "--pack", town, "--json", option, "--out", goal)
        assert json.loads(found.stdout)["words"] == learnt
    assert read_trained(tmp_path / "12.npz").classes == ("0101", "0403", "2101", "2102")
    assert read_trained(tmp_path / "0.npz").classes == ("0101", "0403")


def test_other_columns_may_hold_text_and_label(town, tmp_path):
    pytest.importorskip("sklearn")
    file = tmp_path / "other.csv"
    file.write_text("t,c\n垃圾多,0101\n垃圾少,0101\n积水多,0403\n积水少,0403\n", "utf-8")
    found = run(
        "train", file, "--text-column", "t", "--label-column", "c", "--pack", town,
        "--out", tmp_path / "m.npz",
    )  # fmt: skip
    assert found.exit_code == 0
    assert f"wrote {tmp_path / 'm.npz'}" in found.stdout
