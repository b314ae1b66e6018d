"""Pattern: detectors that are data, and those that users write in the configuration."""

from __future__ import annotations

import pickle
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors import FINDING, MAYBE, Column, Detector, Match, Table
from detectors.checks import Check, by_name, luhn, mod97, weighted
from detectors.gate import FindsIn, Gate
from detectors.pattern import Pattern, Stripped, custom
from detectors.untrusted import Untrusted
from detectors.words import Words
from scanner.demo import fake

CVR = Pattern(
    kind="DK_CVR",
    regex=r"(?<!\d)\d{8}(?!\d)",
    check=weighted((2, 7, 6, 5, 4, 3, 2, 1), 11),
    words=("cvr", "se-nr"),
    against=("ordre*", "faktura*"),
)


def table(header: str, rows: int = 20, shapes: int = 20, likely: int = 18) -> Table:
    return Table([Column(header, rows, {"DK_CVR": shapes}, {"DK_CVR": likely})], {})


def test_it_is_a_detector_and_the_gate_can_ask_it_for_a_stretch() -> None:
    assert isinstance(CVR, Detector)
    assert isinstance(CVR, FindsIn)
    assert (CVR.name, CVR.kinds) == ("dk_cvr", ("DK_CVR",))
    assert not Gate([CVR]).ungated


@pytest.mark.parametrize(
    ("text", "confidence", "evidence"),
    [
        pytest.param("CVR-nr. {0}", 0.85, ("check", "label"), id="check and label"),
        pytest.param("{0}", 0.45, ("check",), id="a check alone is a maybe"),
        pytest.param("Ordrenummer {0}", 0.05, ("check", "against:ordre*"), id="another number"),
        pytest.param("ordre 1, CVR: {0}", 0.85, ("check", "label"), id="the nearest word counts"),
        pytest.param("SE nr {0}", 0.85, ("check", "label"), id="separators in a word are free"),
        pytest.param("CVR{1}{0}", 0.45, ("check",), id="too far away"),
        pytest.param("CVR\n\n\n{0}", 0.45, ("check",), id="another paragraph"),
        pytest.param("CVR\n{0}", 0.85, ("check", "label"), id="on the line above"),
    ],
)
def test_what_a_match_is_worth(text: str, confidence: float, evidence: tuple[str, ...]) -> None:
    number = fake.cvr()
    (match,) = CVR.find(text.format(number, "." * 70))
    assert (match.value, match.confidence, match.evidence) == (number, confidence, evidence)


def test_what_the_check_refuses_only_counts() -> None:
    (match,) = CVR.find(f"CVR {fake.cvr(wrong_check=True)}")
    assert match.confidence == 0.0


def test_a_number_inside_a_longer_one_is_none() -> None:
    assert list(CVR.find(f"9{fake.cvr()}")) == []


@pytest.mark.parametrize(
    ("header", "confidence", "code"),
    [
        pytest.param("CVR-nummer", 0.85, "header", id="header speaks for it"),
        pytest.param("kundeCvr", 0.85, "header", id="words joined by case"),
        pytest.param("Fakturanr.", 0.05, "header-against:faktura*", id="header speaks against it"),
        pytest.param("Beløb", 0.45, None, id="header says nothing"),
    ],
)
def test_a_columns_header_speaks(header: str, confidence: float, code: str | None) -> None:
    (match,) = CVR.find(fake.cvr())
    (judged,) = CVR.judge([match._replace(column=0)], table(header))
    assert judged.confidence == confidence
    assert judged.evidence == ("check", *([code] if code else []))


def test_few_that_pass_in_a_column_look_like_chance() -> None:
    (match,) = CVR.find(fake.cvr())
    (judged,) = CVR.judge([match._replace(column=0)], table("nummer", shapes=100, likely=9))
    assert judged.evidence == ("check", "column:few")
    assert judged.confidence < MAYBE


def test_outside_a_column_nothing_changes() -> None:
    matches = list(CVR.find(f"{fake.cvr()} {fake.cvr()}"))
    assert list(CVR.judge(matches, Table([], {}))) == matches


def test_a_float_check_is_a_degree() -> None:
    half = Pattern(kind="X", regex=r"\d{4}", check=lambda value: 0.5)
    (match,) = half.find("1234")
    assert match.evidence == ("check:0.50",)
    assert match.confidence == pytest.approx(0.35)


@given(weights=st.lists(st.floats(-2, 2), min_size=4, max_size=4), word=st.sampled_from("cox"))
def test_confidence_stays_between_nothing_and_certainty(weights: list[float], word: str) -> None:
    base, check, label, against = weights
    detector = Pattern(
        kind="X", regex=r"\d{4}", check=lambda _: True, words=("c",), against=("o",), weight=base,
        check_weight=check, label_weight=label, against_weight=against,
    )  # fmt: skip
    (match,) = detector.find(f"{word} 1234")
    assert 0 <= match.confidence <= 1


def test_normalise_makes_the_canonical_value_or_refuses() -> None:
    def even(value: str) -> str:
        if int(value) % 2:
            raise ValueError
        return "" if value == "1000" else f"<{value}>"

    found = Pattern(kind="X", regex=r"\d{4}", normalise=even).find("1001 1002 1000")
    assert [match.value for match in found] == ["<1002>"]


def test_it_pickles_and_its_version_follows_its_rules() -> None:
    again: Pattern = pickle.loads(pickle.dumps(CVR))
    assert again.version == CVR.version
    assert Pattern(kind="DK_CVR", regex=CVR.regex).version != CVR.version
    assert len({custom("A", "a1", weight=w).version for w in (0.5, 0.6)}) == 2


def test_nothing_prints_a_value() -> None:
    number = fake.cvr()
    (match,) = CVR.find(f"CVR {number}")
    assert number not in repr(match)


# Kinds of the configuration.


@pytest.mark.parametrize(
    ("regex", "options", "text", "found"),
    [
        pytest.param(r"\bK-\d{6}\b", {}, "K-123456, XK-123456", ["K-123456"], id="plain"),
        pytest.param("kunde[0-9]{3}", {"ignore_case": True}, "KUNDE123", ["KUNDE123"], id="case"),
        pytest.param("ærø[0-9]{3}", {"ignore_case": True}, "ÆRØ123", ["ÆRØ123"], id="Danish case"),
        pytest.param(r"\d{4} \d{4}", {"strip": " "}, "1234 5678", ["12345678"], id="stripped"),
        pytest.param(r"(?<!x)K\d{3}", {}, "K123 xK123", ["K123"], id="look-around, with timeout"),
        pytest.param(r"^ID:\d+$", {}, "ID:1\nx ID:2\nID:3", ["ID:1", "ID:3"], id="lines"),
        pytest.param(
            r"[^\W_]{3}-\d", {}, "abc-1 a_c-1 \U0001f600abc-2", ["abc-1", "abc-2"], id="W"
        ),
        pytest.param(
            r"\d{16}", {"check": "luhn"}, "4111111111111111", ["4111111111111111"], id="check"
        ),
    ],
)
def test_kinds_of_the_configuration(
    regex: str, options: dict[str, str | bool], text: str, found: list[str]
) -> None:
    detector = custom("MY_KIND", regex, **options)  # type: ignore[arg-type]
    assert [match.value for match in detector.find(text)] == found
    assert [match.value for _, match in Gate([detector]).find(text)] == found
    for match in detector.find(text):
        assert Stripped(" ")(text[match.start : match.end]) == Stripped(" ")(match.value)


def test_without_words_it_is_a_finding_and_with_words_only_beside_one() -> None:
    (alone,) = custom("A", "K[0-9]{4}").find("K1234")
    assert alone.confidence >= FINDING
    worded = custom("A", "K[0-9]{4}", words=["kunde*"])
    assert [m.confidence >= FINDING for m in worded.find("kundenr K1234" + "." * 80 + "K1234")] == [
        True,
        False,
    ]
    (other,) = worded.judge(
        [next(worded.find("K1234"))._replace(column=0)], Table([Column("Kunde", 1, {}, {})], {})
    )
    assert other.confidence >= FINDING


@pytest.mark.parametrize(
    ("regex", "options", "says"),
    [
        pytest.param("(", {}, "cannot be read", id="no expression"),
        pytest.param("a*", {}, "empty", id="matches nothing at all"),
        pytest.param("[[:alpha:]]+", {}, "literal", id="engines disagree about the class"),
        pytest.param("x{,3}", {}, "brace", id="engines disagree about the repeat"),
        pytest.param("a" * 3000, {}, "longer", id="too long"),
        pytest.param("a1", {"check": "sha1"}, "luhn", id="unknown check names the known"),
        pytest.param("a1", {"weight": 2.0}, "between 0 and 1", id="weight out of range"),
        pytest.param("a1", {"words": ["-"]}, "letter", id="a word without letters"),
    ],
)
def test_what_a_configuration_may_not_say(
    regex: str, options: dict[str, object], says: str
) -> None:
    with pytest.raises(ValueError, match=rf"^kind MY_KIND: .*{says}"):
        custom("MY_KIND", regex, **options)  # type: ignore[arg-type]


def test_nested_repeats_run_in_linear_time() -> None:
    detector = custom("X", "(a+)+b")
    assert list(detector.find("a" * 50_000)) == []


def test_what_only_a_backtracking_engine_runs_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("detectors.untrusted.TIMEOUT_SECONDS", 0.05)
    detector = custom("X", r"(?=[ax])(?:a|aa|a?a)+(?<!c)[bx]c")
    text = "a" * 5_000 + "b c x c"
    with pytest.raises(TimeoutError, match="kind X") as caught:
        list(detector.find(text))
    assert "aaa" not in str(caught.value)


@given(
    text=st.text("aAbB1 -.\næØ_\ud800\U0001f600", max_size=40),
    regex=st.sampled_from(
        [
            r"\w+",
            r"[\D]a",
            r"\s\S",
            r"[^\d\s]{2}",
            r"\ba",
            r"a\b",
            "^a",
            "a$",
            "[æa]+",
            r"\W+",
            "(?:a|Ø)1",
        ]
    ),
)
def test_re2_finds_what_re_finds(text: str, regex: str) -> None:
    untrusted = Untrusted("X", regex)
    assert untrusted.linear
    wanted = [found.span() for found in re.compile(regex, re.A | re.M).finditer(text)]
    assert list(untrusted.spans(text, 0, len(text), 0)) == wanted


# Checks and words.


@pytest.mark.parametrize(
    ("check", "value", "right"),
    [
        pytest.param(luhn, "4111 1111 1111 1111", True, id="test card"),
        pytest.param(luhn, "4111 1111 1111 1112", False, id="last digit"),
        pytest.param(luhn, "0", False, id="too short for a check"),
        pytest.param(luhn, "", False, id="nothing"),
        pytest.param(mod97, "GB82 WEST 1234 5698 7654 32", True, id="IBAN of the standard"),
        pytest.param(mod97, "GB82 WEST 1234 5698 7654 33", False, id="IBAN with an error"),
        pytest.param(mod97, "1" * 5000, False, id="hostile length"),
        pytest.param(mod97, "x", False, id="too short"),
        pytest.param(by_name("mod10:1,3,1,3,1,3,1,3,1,3,1,3,1"), "4006381333931", True, id="EAN"),
        pytest.param(by_name(" Luhn "), "4111111111111111", True, id="name, loosely written"),
    ],
)
def test_checks(check: Check, value: str, right: bool) -> None:
    assert bool(check(value)) is right


def test_weighted_wants_as_many_digits_as_weights() -> None:
    check = weighted((2, 7, 6, 5, 4, 3, 2, 1), 11)
    number = fake.cvr()
    assert check(number)
    assert check(f"{number[:2]} {number[2:]}")
    assert not check(number + "0")
    assert not check(fake.cvr(wrong_check=True))


@pytest.mark.parametrize("name", ["", "mod", "mod11", "mod1:1,2", "mod11:a", "modx:1", "crc32"])
def test_unknown_checks_are_errors_that_name_the_known(name: str) -> None:
    with pytest.raises(ValueError, match=r"luhn|modulus"):
        by_name(name)


@given(st.text())
def test_checks_never_raise(value: str) -> None:
    for check in (luhn, mod97, weighted((1, 2), 11)):
        assert check(value) in (True, False)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("CPR-nr.: ", "label", id="ending and case"),
        pytest.param("cprnummer ", "label", id="compound with nummer"),
        pytest.param("kunde_cpr=", "label", id="underscore parts words"),
        pytest.param("xcpr ", "", id="inside a word"),
        pytest.param("cprx ", "", id="start of another word"),
        pytest.param("cpr ordre ", "against:ordre*", id="the nearer one counts"),
        pytest.param("ordrenummer ", "against:ordre*", id="star: any ending"),
        pytest.param("cpr" + " " * 70, "", id="too far"),
    ],
)
def test_words_before_a_value(text: str, says: str) -> None:
    words = Words(("cpr",), ("ordre*",))
    assert words.before(f"Her står {text}0101010000", len(f"Her står {text}")) == says


def test_no_words_say_nothing() -> None:
    assert Words(()).before("cpr 1", 4) == ""
    assert Words(()).within("cpr") == ""


def test_a_match_knows_nothing_of_a_table_yet() -> None:
    (match,) = CVR.find(fake.cvr())
    assert isinstance(match, Match)
    assert (match.column, match.count) == (-1, 1)
