"""The trained classifier: what it guesses, that scikit-learn would guess the same, and training."""

import re
import sys
import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from messages.errors import SettingsError
from rules import training
from rules.trained import Alphabet, Guess, Trained, form_of, likelihood
from rules.training import (
    SHARES,
    at_thresholds,
    calibrate,
    calibration_error,
    evaluate,
    split,
    train,
)

LAW = settings(max_examples=60, deadline=None)
ALPHABET = np.array(sorted(map(ord, " abc井漏盖了水")), np.uint32)
CHARACTERS = Alphabet(ALPHABET)


def keys(*texts):
    """By text: the n-grams that are found in it."""
    rows, found = CHARACTERS.ngrams(texts)
    spelled = [CHARACTERS.spelled(int(key)) for key in found]
    return [
        sorted(s for s, r in zip(spelled, rows, strict=True) if r == i) for i in range(len(texts))
    ]


def by_hand(temperature=1.0, slope=1.0, offset=0.0):
    """Two categories: 水 speaks for 0403 by 2, 井盖 for 2101 by 3, each alone in its text."""
    _, found = CHARACTERS.ngrams(["水 井盖"])
    wanted = {"水": (2.0, 0.0), "井盖": (0.0, 3.0)}
    chosen = np.sort([key for key in found if CHARACTERS.spelled(int(key)) in wanted])
    return Trained(
        classes=("0403", "2101"),
        alphabet=ALPHABET,
        ngrams=chosen,
        scales=np.ones(2, np.float32),
        weights=np.array([wanted[CHARACTERS.spelled(int(key))] for key in chosen], np.float16),
        intercepts=np.array([0.5, 0.0], np.float32),
        calibration=(temperature, slope, offset),
    )


def softmax(*scores):
    raised = np.exp(scores)
    return raised / raised.sum()


def labelled():
    """Some sixty invented texts of four categories."""
    things = {
        "0403": ["路口积水", "水淹了一条街", "积水很深", "flooded road", "street under water"],
        "2101": ["井盖没了", "井盖破了", "少个井盖", "manhole cover gone", "broken manhole"],
        "2102": ["路灯不亮", "路灯坏了", "灯全灭了", "street light out", "dark street lamp"],
        "0101": ["垃圾成堆", "垃圾没人收", "一地垃圾", "rubbish piled up", "garbage everywhere"],
    }
    frames = ["%s，请处理", "昨天起%s", "%s!!"]
    pairs = [
        (frame % thing, code) for code, said in things.items() for thing in said for frame in frames
    ]
    return [text for text, _ in pairs], [code for _, code in pairs]


@pytest.fixture(scope="module")
def small():
    pytest.importorskip("sklearn")
    return train(*labelled(), seed=1)


def test_the_likeliest_category_is_guessed_with_its_probability():
    guess = by_hand().guess(["水"])[0]
    assert guess == Guess("0403", round(softmax(2.5, 0.0)[0], 4))


def test_a_text_s_n_grams_are_brought_to_length_one():
    # 水 and 井盖 count equally, each 1 / √2: 0.5 + 2 / √2 against 3 / √2.
    guess = by_hand().guess(["水 井盖"])[0]
    assert guess.category == "2101"
    assert guess.probability == round(softmax(0.5 + 2 / 2**0.5, 3 / 2**0.5)[1], 4)


def test_what_stands_there_often_counts_by_its_logarithm():
    value = 1 + np.log(3)
    length = np.hypot(value, 1)
    wanted = softmax(0.5 + 2 * value / length, 3 / length)
    assert by_hand().guess(["水水水 井盖"])[0] == Guess("0403", round(wanted[0], 4))


def test_between_equals_the_lower_code_is_guessed():
    even = replace(by_hand(), intercepts=np.zeros(2, np.float32))
    assert even.guess([""])[0] == Guess("0403", 0.5)


@pytest.mark.parametrize("text", ["", "   ", "未知的字", "a", "\0", "\ud800", "🚒" * 3])
def test_a_text_without_anything_known_gets_what_was_commonest(text):
    assert by_hand().guess([text])[0] == Guess("0403", round(softmax(0.5, 0.0)[0], 4))


def test_no_texts_give_no_guesses():
    assert by_hand().guess([]) == []


@pytest.mark.parametrize("other", ["　水　", " 水\n", "\t水"])
def test_blanks_make_no_difference(other):
    assert by_hand().guess([other]) == by_hand().guess(["水"])


def test_width_and_case_make_no_difference(small):
    assert small.guess(["ＦＬＯＯＤＥＤ Road"]) == small.guess(["flooded road"])


def test_a_temperature_draws_probabilities_together_and_changes_no_category():
    guess = by_hand(temperature=2.0).guess(["水"])[0]
    assert guess == Guess("0403", round(softmax(1.25, 0.0)[0], 4))


def test_slope_and_offset_bend_the_probability():
    odds = 2.5 * 0.5 - 1.0  # of two categories the log-odds are the difference of the scores
    guess = by_hand(slope=0.5, offset=-1.0).guess(["水"])[0]
    assert guess == Guess("0403", round(1 / (1 + np.exp(-odds)), 4))


def test_the_evidence_is_what_spoke_most_for_a_category():
    model = by_hand()
    assert model.evidence("水 井盖", "2101") == (("井盖", round(1.5 / 2**0.5, 3)),)
    assert model.evidence("a", "2101") == ()


def test_single_characters_and_pairs_of_ascii_say_nothing():
    assert keys("ab") == [[" ab", " ab ", "ab "]]


def test_chinese_gives_one_two_and_three_characters():
    assert keys("井盖") == [[" 井", " 井盖", "井", "井盖", "井盖 ", "盖", "盖 "]]


def test_no_n_gram_crosses_from_one_text_to_the_next_or_over_a_strange_character():
    assert keys("井", "水x盖") == [[" 井", " 井 ", "井", "井 "], [" 水", "水", "盖", "盖 "]]


@LAW
@given(st.lists(st.text(" abc井漏盖了水x\0　Ａ", max_size=12), max_size=6))
def test_the_n_grams_are_those_of_plain_slicing(texts):
    assert keys(*texts) == [sorted(slices(text, set(map(chr, ALPHABET)))) for text in texts]


def slices(text, alphabet=None):
    """The n-grams of a text, the slow way."""
    form = form_of(text)
    for length in (1, 2, 3, 4):
        for start in range(len(form) - length + 1):
            gram = form[start : start + length]
            if alphabet is not None and not set(gram) <= alphabet:
                continue
            if length >= 3 if gram.isascii() else length <= 3:
                yield gram


@LAW
@given(st.lists(st.text(" 路口积水灯垃圾street floodrb,", max_size=40), min_size=1, max_size=12))
def test_a_guess_does_not_depend_on_the_texts_beside_it(small, texts):
    alone = [small.guess([text])[0] for text in texts]
    assert small.guess(texts) == alone
    assert (small.scores(texts) == np.vstack([small.scores([text]) for text in texts])).all()


@LAW
@given(st.lists(st.text(max_size=30), max_size=8))
@example(["\ud800\udfff", "\U0010ffff", "ß" * 3, "İ"])
def test_any_text_gets_a_category_and_a_probability(small, texts):
    for guess in small.guess(texts):
        assert guess.category in small.classes
        assert 0.0 <= guess.probability <= 1.0


def as_scikit_learn(model):
    """The same texts to the same numbers, by scikit-learn's own vectoriser and model.

    Only the weights are taken over, by the n-gram's characters.
    """
    text = pytest.importorskip("sklearn.feature_extraction.text")
    linear_model = pytest.importorskip("sklearn.linear_model")
    texts, _ = labelled()
    vectorizer = text.TfidfVectorizer(analyzer=slices, sublinear_tf=True)
    vectorizer.fit(texts)
    alphabet = Alphabet(model.alphabet)
    place = {alphabet.spelled(int(key)): i for i, key in enumerate(model.ngrams)}
    names = vectorizer.get_feature_names_out()
    shares = np.array([1.0 if g.isascii() else SHARES[len(g) - 1] for g in names])
    vectorizer.idf_ = vectorizer.idf_ * shares
    weights = np.zeros((len(names), len(model.classes)))
    for row, gram in enumerate(names):
        if gram in place:
            weights[row] = model.weights[place[gram]]
    logistic = linear_model.LogisticRegression()
    logistic.classes_ = np.array(model.classes)
    logistic.coef_, logistic.intercept_ = weights.T, model.intercepts.astype(np.float64)
    return vectorizer, logistic, names, place


def test_the_model_knows_the_n_grams_that_scikit_learn_finds(small):
    vectorizer, _, names, place = as_scikit_learn(small)
    texts, _ = labelled()
    frequency = np.asarray((vectorizer.transform(texts) > 0).sum(axis=0))[0]
    enough = {g for g, n in zip(names, frequency, strict=True) if n >= (1 if len(g) == 1 else 2)}
    assert set(place) == enough


@pytest.fixture(scope="module")
def peer(small):
    """scikit-learn's vectoriser over the model's n-grams alone, and its logistic regression."""
    vectorizer, logistic, names, place = as_scikit_learn(small)
    known = np.array([gram in place for gram in names])
    normalizer = pytest.importorskip("sklearn.preprocessing").Normalizer()

    def probabilities(texts):
        rows = vectorizer.transform(texts).toarray() * known
        return logistic.predict_proba(normalizer.transform(rows))

    return probabilities


@LAW
@given(
    st.lists(st.text("路口积水深井盖灯不亮垃圾请处理street flooded,! ", max_size=40), min_size=1)
)
def test_scores_and_probabilities_are_those_of_scikit_learn(small, peer, texts):
    uncalibrated = replace(small, calibration=(1.0, 1.0, 0.0))
    theirs = peer(texts)
    scores = uncalibrated.scores(texts).astype(np.float64)
    ours = np.exp(scores - scores.max(axis=1, keepdims=True))
    ours /= ours.sum(axis=1, keepdims=True)
    assert np.abs(ours - theirs).max() < 1e-5
    for guess, row in zip(uncalibrated.guess(texts), theirs, strict=True):
        assert abs(guess.probability - row.max()) < 1e-4
        assert row[small.classes.index(guess.category)] > row.max() - 1e-5


def test_training_is_what_scikit_learn_fits(small):
    pytest.importorskip("sklearn")
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import normalize

    texts, labels = labelled()
    alphabet = Alphabet(small.alphabet)
    names = [alphabet.spelled(int(key)) for key in small.ngrams]
    vectorizer = TfidfVectorizer(analyzer=slices, sublinear_tf=True, norm=None, vocabulary=names)
    shares = np.array([1.0 if g.isascii() else SHARES[len(g) - 1] for g in names])
    matrix = normalize(vectorizer.fit_transform(texts).multiply(shares).tocsr())
    fitted = LogisticRegression(C=training.PENALTY_INVERSE, tol=training.TOLERANCE)
    fitted.fit(matrix.astype(np.float32), labels)
    assert np.abs(fitted.coef_.T - small.weights).max() < 0.01
    assert np.abs(fitted.coef_).max() > 1


def test_equal_texts_and_seed_give_an_equal_model(small):
    again = train(*labelled(), seed=1)
    for name in ("alphabet", "ngrams", "scales", "weights", "intercepts"):
        assert (getattr(again, name) == getattr(small, name)).all(), name
    assert (again.classes, again.calibration) == (small.classes, small.calibration)


def test_what_was_learnt_is_known_again(small):
    texts, labels = labelled()
    assert [guess.category for guess in small.guess(texts)] == labels


def test_chinese_and_english_are_understood_by_parts_of_them(small):
    asked = ["马路上都是积水", "the manhole cover is missing", "楼下路灯不亮一周了", "垃圾堆着"]
    assert [g.category for g in small.guess(asked)] == ["0403", "2101", "2102", "0101"]


def test_words_known_beforehand_are_learnt():
    pytest.importorskip("sklearn")
    texts, labels = labelled()
    words = [("停电", "0601"), ("电路跳闸", "0601"), ("没电", "0601")]
    model = train(texts, labels, 1, words)
    assert model.guess(["小区停电"])[0].category == "0601"


def test_two_categories_are_enough():
    pytest.importorskip("sklearn")
    model = train(["积水深", "积水多", "灯不亮", "灯坏了"], ["w", "w", "l", "l"], 1)
    assert [g.category for g in model.guess(["积水", "灯"])] == ["w", "l"]


def test_two_categories_give_what_scikit_learn_would():
    # Of two classes scikit-learn keeps one row of weights; ours are its halves.
    linear_model = pytest.importorskip("sklearn.linear_model")
    texts, labels = labelled()
    chosen = [i for i, label in enumerate(labels) if label in ("0403", "2101")]
    texts, labels = [texts[i] for i in chosen], [labels[i] for i in chosen]
    model = replace(train(texts, labels, 1), calibration=(1.0, 1.0, 0.0))
    alphabet = Alphabet(model.alphabet)
    rows, columns, values = training.weighed(alphabet.ngrams(texts), model.ngrams, model.scales)
    matrix = np.zeros((len(texts), len(model.ngrams)))
    matrix[rows, columns] = values
    fitted = linear_model.LogisticRegression(C=training.PENALTY_INVERSE, tol=training.TOLERANCE)
    theirs = fitted.fit(matrix, labels).predict_proba(matrix).max(axis=1)
    ours = [guess.probability for guess in model.guess(texts)]
    assert np.abs(np.array(ours) - theirs).max() < 2e-3


@pytest.mark.parametrize(
    ("texts", "labels"), [([], []), (["a"], ["x"]), (["积水", "水"], ["x", "x"])]
)
def test_fewer_than_two_categories_are_refused(texts, labels):
    with pytest.raises(SettingsError) as refused:
        train(texts, labels, 1)
    assert refused.value.code == "settings.labelled_texts"


def test_texts_without_any_character_are_refused():
    pytest.importorskip("sklearn")
    with pytest.raises(SettingsError) as refused:
        train(["", " "], ["x", "y"], 1)
    assert refused.value.code == "settings.labelled_texts"


def test_without_scikit_learn_training_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.linear_model", None)
    with pytest.raises(SettingsError) as refused:
        train(*labelled(), seed=1)
    assert refused.value.code == "settings.classifier_extra"
    assert "pip install 'wangge[classifier]'" in refused.value.mend


def test_without_scikit_learn_a_model_still_guesses(monkeypatch):
    for name in ("sklearn", "scipy", "scipy.sparse", "sklearn.linear_model", "threadpoolctl"):
        monkeypatch.setitem(sys.modules, name, None)
    assert by_hand().guess(["水"])[0].category == "0403"


def test_a_part_of_every_label_is_held_out():
    texts, labels = labelled()
    learnt, held = split(texts, labels, 0.2, 1)
    assert sorted(learnt + held) == list(range(len(texts)))
    assert {code: sum(labels[i] == code for i in held) for code in set(labels)} == {
        "0403": 3, "2101": 3, "2102": 3, "0101": 3,
    }  # fmt: skip


def test_equal_texts_are_on_one_side():
    texts = ["积水", "积水 ", "井盖", "路灯", "路 灯", "垃圾"] * 5
    labels = ["a", "a", "a", "b", "b", "b"] * 5
    learnt, held = split(texts, labels, 0.4, 3)
    assert held
    assert not {form_of(texts[i]) for i in learnt} & {form_of(texts[i]) for i in held}


def test_a_label_with_one_text_is_learnt_and_not_held_out():
    learnt, held = split(["积水", "井盖", "井盖没了"], ["a", "b", "b"], 0.9, 1)
    assert 0 in learnt
    assert len(held) == 1


def test_another_seed_holds_out_others():
    texts, labels = labelled()
    assert split(texts, labels, 0.2, 1) != split(texts, labels, 0.2, 2)


def test_figures_of_a_few_guesses():
    report = evaluate(["a", "a", "a", "b"], ["a", "b", "c", "b"])
    assert report.by_category["a"] == (1.0, 1 / 3, 0.5, 3)
    assert report.by_category["b"] == (0.5, 1.0, 2 / 3, 1)
    assert report.by_category["c"] == (0.0, 0.0, 0.0, 0)
    assert report.accuracy == 0.5
    # c was only guessed: it has no recall to speak of, and is no part of the mean.
    assert report.macro_f1 == pytest.approx((0.5 + 2 / 3) / 2)
    assert report.confusions == (("a", "b", 1), ("a", "c", 1))
    assert report.calibration_error is None


def test_the_commonest_confusion_is_first():
    report = evaluate(["a", "b", "b"], ["c", "a", "a"])
    assert report.confusions[0] == ("b", "a", 2)


def test_nothing_to_evaluate_is_no_error():
    assert evaluate([], [], []).macro_f1 == 0.0


@LAW
@given(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("abcde")), min_size=1))
def test_figures_are_those_of_scikit_learn(pairs):
    metrics = pytest.importorskip("sklearn.metrics")
    labels, guessed = zip(*pairs, strict=True)
    codes = sorted(set(labels) | set(guessed))
    report = evaluate(labels, guessed)
    theirs = metrics.precision_recall_fscore_support(labels, guessed, labels=codes, zero_division=0)
    ours = np.array([report.by_category[code] for code in codes]).T
    assert np.allclose(ours, theirs)
    macro = metrics.f1_score(
        labels, guessed, labels=sorted(set(labels)), average="macro", zero_division=0
    )
    assert report.macro_f1 == pytest.approx(macro)


def test_the_calibration_error_is_the_distance_of_promise_and_truth():
    # Two bins: ten guesses at 0.9 of which six are right, ten at 0.3 of which three are.
    correct = [True] * 6 + [False] * 4 + [True] * 3 + [False] * 7
    probabilities = [0.9] * 10 + [0.3] * 10
    assert calibration_error(correct, probabilities) == pytest.approx(0.15)


def test_a_certain_guess_belongs_to_the_last_bin():
    assert calibration_error([True, False], [1.0, 1.0]) == pytest.approx(0.5)


def overconfident(sure, count=4000, classes=5):
    """Scores whose softmax is ``sure`` times as sharp as the truth, and the true classes."""
    random = np.random.default_rng(7)
    honest = random.normal(0, 1.5, (count, classes))
    shares = np.exp(honest) / np.exp(honest).sum(axis=1, keepdims=True)
    truth = (shares.cumsum(axis=1) < random.random((count, 1))).sum(axis=1)
    return honest * sure, truth


@pytest.mark.parametrize("sure", [0.4, 1.0, 3.0])
def test_the_temperature_found_is_how_much_too_sure_the_scores_are(sure):
    temperature, slope, offset = calibrate(*overconfident(sure))
    assert temperature == pytest.approx(sure, rel=0.1)
    assert slope == pytest.approx(1.0, abs=0.15)
    assert offset == pytest.approx(0.0, abs=0.15)


def test_calibration_makes_probabilities_truer():
    scores, truth = overconfident(3.0)
    right = scores[2000:].argmax(axis=1) == truth[2000:]
    before = calibration_error(right, likelihood(scores[2000:], 1.0, 1.0, 0.0))
    fitted = calibrate(scores[:2000], truth[:2000])
    after = calibration_error(right, likelihood(scores[2000:], *fitted))
    assert before > 0.15
    assert after < 0.05


def test_what_a_temperature_cannot_mend_the_curve_does():
    # Half of the scores are far too sharp, half far too flat: one divisor is wrong for both.
    scores, truth = overconfident(1.0)
    scores = scores * np.where(np.arange(len(truth)) % 2, 4.0, 0.4)[:, None]
    fitted = calibrate(scores[:2000], truth[:2000])
    right = scores[2000:].argmax(axis=1) == truth[2000:]
    by_temperature = likelihood(scores[2000:], fitted[0], 1.0, 0.0)
    bent = likelihood(scores[2000:], *fitted)
    assert calibration_error(right, bent) < calibration_error(right, by_temperature) / 1.5


def test_rows_without_a_score_for_the_truth_do_not_count():
    scores, truth = overconfident(2.0)
    strange = np.full((1000, 5), 0.0)
    strange[:, 0] = -np.inf
    more = np.vstack([scores, strange])
    assert calibrate(more, np.append(truth, np.zeros(1000, int))) == calibrate(scores, truth)


def test_nothing_to_calibrate_by_leaves_probabilities_alone():
    assert calibrate(np.full((2, 3), -np.inf), np.array([0, 1])) == (1.0, 1.0, 0.0)


@LAW
@given(st.lists(st.tuples(*[st.floats(-30, 30)] * 3, st.integers(0, 2)), min_size=1, max_size=40))
def test_a_calibration_is_always_finite_and_keeps_the_order(rows):
    scores = np.array([row[:3] for row in rows])
    temperature, slope, offset = calibrate(scores, np.array([row[3] for row in rows]))
    assert temperature > 0 and slope > 0 and np.isfinite(offset)


def test_thresholds_show_what_they_would_let_through():
    guesses = [Guess("a", 0.95), Guess("b", 0.55), Guess("0000", 0.99), Guess("a", 0.15)]
    rows = at_thresholds(["a", "a", "b", "b"], guesses, ["b", "a", "b", "b"])
    assert [row.threshold for row in rows] == [t / 10 for t in range(1, 10)]
    # At 0.1 three are believed, one of them right; 0000 never is.
    assert (rows[0].believed, rows[0].right) == (0.75, 1 / 3)
    assert (rows[8].believed, rows[8].right, rows[8].macro_f1) == (0.25, 1.0, 1.0)


def test_a_threshold_that_nothing_reaches_has_no_share_of_right_ones():
    assert at_thresholds(["a"], [Guess("a", 0.05)], ["b"])[0].right is None


@pytest.fixture(scope="module")
def large():
    """Ten thousand invented texts of some thirty characters, 67 categories."""
    random = np.random.default_rng(1)
    characters = [chr(0x4E00 + int(i)) for i in random.choice(6000, 1500, replace=False)]
    shares = 1 / np.arange(1, 1501)
    codes = [f"{i:04}" for i in range(67)]
    signs = {code: ["".join(random.choice(characters, 3)) for _ in range(12)] for code in codes}
    fillers = random.choice(characters, (10_000, 27), p=shares / shares.sum())
    places = random.integers([67, 12, 27], size=(10_000, 3)).tolist()
    texts, labels = [], []
    for filler, (code, sign, at) in zip(map("".join, fillers), places, strict=True):
        texts.append(filler[:at] + signs[codes[code]][sign] + filler[at:])
        labels.append(codes[code])
    return texts, labels


@pytest.mark.slow
def test_ten_thousand_texts_are_learnt_in_a_minute_of_one_core(large):
    pytest.importorskip("sklearn")
    texts, labels = large
    began = time.process_time()
    model = train(texts, labels, 1)
    assert time.process_time() - began < 60
    assert len(model.classes) == 67


def test_a_thousand_texts_take_less_than_sixty_microseconds_each(large):
    texts, _ = large
    random = np.random.default_rng(2)
    points = np.unique([ord(c) for c in re.sub(r"\s", "", "".join(texts))]).astype(np.uint32)
    _, found = Alphabet(points).ngrams(texts)
    ngrams, frequency = np.unique(found, return_counts=True)
    ngrams = np.sort(ngrams[np.argsort(-frequency, kind="stable")[:30_000]])
    model = Trained(
        classes=tuple(f"{i:04}" for i in range(67)),
        alphabet=points,
        ngrams=ngrams,
        scales=random.uniform(1, 9, len(ngrams)).astype(np.float32),
        weights=random.normal(0, 1, (len(ngrams), 67)).astype(np.float16),
        intercepts=np.zeros(67, np.float32),
    )
    took = []
    for _ in range(5):
        began = time.process_time()
        model.guess(texts[:1000])
        took.append(time.process_time() - began)
    assert min(took) < 0.060
