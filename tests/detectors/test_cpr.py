"""When a number is taken for a CPR number. No literal belongs to anybody born after 1914."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from datetime import date, timedelta
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors import FINDING, MAYBE, Detector, Match
from detectors.cpr import INVISIBLE, LABELLED, WEIGHTS, Cpr, confidence
from detectors.cpr_number import canonical, dated
from scanner.demo import fake
from tests.detectors.tables import column, prose

TODAY = date(2026, 11, 23)
CPR = Cpr(TODAY)
RNG = random.Random(20261123)
BORN = date(1980, 5, 17)


def plain(*, modulus11: bool = True, replacement: bool = False) -> str:
    return fake.cpr(RNG, born=BORN, modulus11=modulus11, replacement=replacement)


def hyphened(*, modulus11: bool = True, replacement: bool = False) -> str:
    number = plain(modulus11=modulus11, replacement=replacement)
    return f"{number[:6]}-{number[6:]}"


def near(text: str) -> list[Match]:
    return [match for match in CPR.find(text) if match.confidence > 0]


def only(text: str) -> Match:
    (match,) = near(text)
    return match


def sure(text: str) -> list[float]:
    return [match.confidence for match in CPR.find(text) if match.confidence >= MAYBE]


def test_it_is_a_detector() -> None:
    assert isinstance(CPR, Detector)


# Every weight once: a text, and the evidence that must be all of it.
WEIGHED: list[tuple[str, Callable[[], str], str]] = [
    ("a date and modulus 11", lambda: f"tal {plain()} her", "birth-date modulus-11"),
    ("a date alone", lambda: f"tal {plain(modulus11=False)} her", "birth-date modulus-fails"),
    ("born 1890", lambda: fake.cpr(RNG, born=date(1890, 5, 17)), "date modulus-11"),
    ("hyphen", hyphened, "birth-date modulus-11 separator"),
    ("blank", lambda: hyphened().replace("-", " "), "birth-date modulus-11 space"),
    ("slash", lambda: hyphened().replace("-", "/"), "birth-date modulus-11 odd-separator"),
    ("full stop", lambda: hyphened().replace("-", "."), "birth-date modulus-11 odd-separator"),
    ("line break", lambda: hyphened().replace("-", "\n"), "birth-date modulus-11 split"),
    ("tab", lambda: hyphened().replace("-", "\t"), "birth-date modulus-11 split"),
    (
        "a date in pieces",
        lambda: re.sub(r"^(..)(..)", r"\1.\2.", hyphened()),
        "birth-date modulus-11 separator pieces",
    ),
    (
        "hyphen and line break",
        lambda: hyphened().replace("-", "-\n"),
        "birth-date modulus-11 separator split",
    ),
    (
        "replacement number",
        lambda: plain(replacement=True),
        "birth-date modulus-11 replacement",
    ),
    ("eCPR", lambda: "170580-1AB4", "birth-date lettered separator"),
    ("word", lambda: f"CPR-nr. {plain()}", "birth-date modulus-11 label"),
    ("word of a person", lambda: f"Født: {plain()}", "birth-date modulus-11 person"),
    ("word against it", lambda: f"Ordrenr. {plain()}", "birth-date modulus-11 against"),
    ("nr. alone", lambda: f"gammelt nr. {hyphened()}", "birth-date modulus-11 separator numbered"),
    ("customer number", lambda: f"Kundenr. {plain()}", "birth-date modulus-11 customer"),
    ("something touches it", lambda: f"+{plain()}", "birth-date modulus-11 edge"),
    ("in a file's name", lambda: f"aftale_{plain()}.pdf", "birth-date modulus-11 joined"),
    (
        "in a row of numbers",
        lambda: "113 " + hyphened().replace("-", " "),
        "birth-date modulus-11 space number-row",
    ),
    ("serial 0000", lambda: "170511-0000", "birth-date modulus-fails separator placeholder"),
]


@pytest.mark.parametrize(
    ("text", "evidence"),
    [pytest.param(text, codes, id=name) for name, text, codes in WEIGHED],
)
def test_evidence_and_its_weight(text: Callable[[], str], evidence: str) -> None:
    match = only(text())
    assert set(match.evidence) == set(evidence.split())
    total = sum(WEIGHTS[code] for code in match.evidence)
    if "label" not in match.evidence:
        assert match.confidence == pytest.approx(min(max(total, 1), 99) / 100)


def test_exempt_date() -> None:
    number = fake.cpr(RNG, born=date(1962, 1, 1), modulus11=False)
    assert only(number).evidence == ("birth-date", "exempt-date")
    assert only(number).confidence == 0.45


def test_lost_zero() -> None:
    number = fake.cpr(RNG, born=date(1980, 5, 7))
    assert only(number[1:]).evidence == ("birth-date", "modulus-11", "lost-zero")
    assert only(f"{number[1:]}.0").value == number, "a spreadsheet's float"
    assert only(f"{number}.0").evidence == ("birth-date", "modulus-11")


JUDGED = ("header", "header-against", "header-customer", "column:most", "column:few", "serial-run")


def test_every_weight_has_a_row() -> None:
    rows = {code for _, _, codes in WEIGHED for code in codes.split()}
    assert rows | {"exempt-date", "lost-zero", *JUDGED} == set(WEIGHTS)


@pytest.mark.parametrize(
    ("evidence", "expected"),
    [
        pytest.param("birth-date modulus-11", 0.45, id="plain and modulus 11: a maybe"),
        pytest.param("birth-date modulus-11 separator", 0.65, id="R4: form and check"),
        pytest.param("birth-date modulus-11 space", 0.60, id="R4: blank and check, just"),
        pytest.param("birth-date modulus-fails separator", 0.35, id="form alone is dropped"),
        pytest.param("birth-date modulus-fails label", 0.65, id="R6: label, no check"),
        pytest.param("birth-date modulus-fails odd-separator label", 0.65, id="label, slash"),
        pytest.param("birth-date modulus-fails lost-zero label", 0.65, id="label, lost zero"),
        pytest.param("birth-date modulus-fails joined label", 0.65, id="label, in a file name"),
        pytest.param("birth-date modulus-fails edge label", 0.35, id="label, but no clean edge"),
        pytest.param("birth-date modulus-fails split label", 0.55, id="label, two cells: maybe"),
        pytest.param("birth-date modulus-11 split label", 0.85, id="label, two cells, check"),
        pytest.param("birth-date lettered separator", 0.35, id="eCPR needs a label or column"),
        pytest.param("birth-date lettered separator label", 0.85, id="eCPR labelled"),
        pytest.param("birth-date lettered separator column:most", 0.60, id="eCPR in a column"),
        pytest.param("birth-date modulus-11 lost-zero", 0.35, id="nine digits alone are dropped"),
        pytest.param("birth-date modulus-11 lost-zero column:most", 0.60, id="nine in a column"),
        pytest.param("birth-date modulus-11 column:most", 0.70, id="plain in a column"),
        pytest.param("birth-date modulus-11 separator against", 0.25, id="order number"),
        pytest.param("birth-date modulus-11 separator customer", 0.45, id="customer: a maybe"),
        pytest.param("birth-date modulus-11 separator column:few", 0.45, id="column of others"),
        pytest.param("date modulus-fails label", 0.50, id="labelled, nobody alive: a maybe"),
        pytest.param("date modulus-11 separator", 0.50, id="1858-99 or future: a maybe"),
        pytest.param("birth-date modulus-11 separator label header", 0.99, id="never certain"),
        pytest.param("date modulus-fails edge against", 0.01, id="never nothing"),
    ],
)
def test_confidence(evidence: str, expected: float) -> None:
    assert confidence(tuple(evidence.split())) == pytest.approx(expected)


def n(day: int, month: int = 1, year: int = 1980, between: str = "-") -> str:
    number = fake.cpr(RNG, born=date(year, month, day))
    return number[:6] + between + number[6:]


@pytest.mark.parametrize("between", ["", "-", " ", " - ", "\u2013", " \u2013 ", "\u2011", "\u2010"])
@pytest.mark.parametrize("modulus11", [True, False])
def test_labelled_living_and_clean_is_a_finding(between: str, modulus11: bool) -> None:
    number = plain(modulus11=modulus11)
    for text in (
        f"CPR-nr.: {number[:6]}{between}{number[6:]}, Anna",
        f'{{"personnummer": "{number[:6]}{between}{number[6:]}"}}',
        f"<cprNummer>{number[:6]}{between}{number[6:]}</cprNummer>",
        f"CPR\n{number[:6]}{between}{number[6:]}\n",
        f"{number[:6]}{between}{number[6:]} (cpr)",
    ):
        match = only(text)
        assert match.value == number
        assert match.confidence >= LABELLED, text


@pytest.mark.parametrize(
    "between",
    [
        pytest.param(sign, id=f"U+{ord(sign):04X}")
        for sign in "\u00ad\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
    ],
)
def test_every_dash_is_a_hyphen(between: str) -> None:
    assert only(n(4, between=between)).confidence == 0.65


@pytest.mark.parametrize("blank", [" ", "\u00a0", "\u2007", "\u2009", "\u202f"])
def test_every_blank_separates(blank: str) -> None:
    assert only(n(4, between=blank)).confidence == 0.60
    assert only(n(4, between=f"{blank}-{blank}")).confidence == 0.65


@pytest.mark.parametrize(
    "form",
    [
        pytest.param(r"\1.\2.\3-\4", id="full stops"),
        pytest.param(r"\1/\2/\3-\4", id="slashes"),
        pytest.param(r"\1.\2.\3 - \4", id="blanks round the dash"),
        pytest.param("\\1.\\2.\\3\u2013\\4", id="long dash"),
    ],
)
def test_a_date_in_pieces(form: str) -> None:
    written = re.sub(r"(..)(..)(..)(....)", form, plain())
    assert only(f"Anna Holm {written}, Aarhus").confidence == 0.60
    unchecked = re.sub(r"(..)(..)(..)(....)", form, plain(modulus11=False))
    assert sure(f"Anna Holm {unchecked}, Aarhus") == []
    assert only(f"CPR-nr.: {unchecked}").confidence >= LABELLED
    assert canonical(written) == only(written).value


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            lambda: re.sub(r"(..)(..)(..)", r"\1.\2.\3-", plain(), count=1)[:-1], id="short"
        ),
        pytest.param(lambda: "2." + re.sub(r"^(..)(..)", r"\1.\2.", n(6)), id="a version"),
        pytest.param(lambda: "version " + re.sub(r"^(..)(..)", r"\1.\2.", n(6)), id="a named one"),
        pytest.param(lambda: "10." + re.sub(r"^(..)(..)", r"\1.\2.", n(10)), id="an IP and ports"),
        pytest.param(lambda: re.sub(r"^(..)(..)", r"\1.\2/", n(6)), id="mixed marks"),
        pytest.param(lambda: re.sub(r"^(..)(..)", r"\1.\2.", n(6)) + ".1", id="decimals behind"),
        pytest.param(lambda: re.sub(r"^(..)(..)", r"\1.\2.", n(6)) + "-03", id="a longer row"),
        pytest.param(lambda: "30.02.80-1234", id="no date"),
        pytest.param(lambda: "31.12.2019-2020", id="a date and a year"),
        pytest.param(lambda: "192.168.10.11-1024", id="an IP range"),
        pytest.param(lambda: "1.12.2019 - 1.12.2020", id="a span of dates"),
        pytest.param(lambda: "01.07.19-30.06.20", id="a financial year"),
        pytest.param(lambda: "12.10.15-2016", id="a date and a year, check fails"),
    ],
)
def test_dates_and_versions_are_no_dates_in_pieces(text: Callable[[], str]) -> None:
    assert sure(f"se {text()} her") == []


@pytest.mark.parametrize("sign", [f"{ord(each):04X}" for each in INVISIBLE])
def test_a_sign_without_width_is_nothing(sign: str) -> None:
    nothing = chr(int(sign, 16))
    number = n(4)
    for text in (f"{number[:7]}{nothing}{number[7:]}", f"{number[:6]}{nothing}{number[6:]}"):
        match = only(text)
        assert match.value == canonical(number)
        assert match.confidence == 0.65
    bare = number.replace("-", nothing)
    assert only(bare).confidence == only(bare.replace(nothing, "")).confidence
    assert canonical(bare) == only(bare).value


@pytest.mark.parametrize(
    "word",
    [
        "cpr", "CPR", "Cpr.nr.", "cpr-nr", "CPRNR", "cpr nummer", "CPR/Personnr", "personnummer",
        "Person-nr.", "pers.nr.", "pers. nr", "Fødselsnummer", "foedselsnr", "cp-nr.",
        "PersonCivilRegistrationIdentifier", "Sundhedskort", "personal identification number",
    ],
)  # fmt: skip
def test_words_that_label(word: str) -> None:
    number = plain(modulus11=False)
    assert only(f"{word}: {number}").confidence >= LABELLED
    (match,) = column(CPR, [number], word)
    assert match.confidence >= LABELLED
    assert "header" in match.evidence


@pytest.mark.parametrize(
    "word",
    [
        "ordrenr", "Salgsordre", "order no", "fakturanr.", "Bilagsnummer", "varenr", "serienr",
        "sagsnr.", "P-nr.", "P-nummer", "pnr", "tlf", "telefon", "konto", "EAN", "GLN", "CVR",
        "timestamp", "epoch", "uSNChanged", "tracking", "løbenr",
    ],
)  # fmt: skip
def test_words_against(word: str) -> None:
    number = hyphened()
    assert sure(f"{word} {number}") == []
    assert sure(f"{word} 88776655 vedr. {number}") == [0.65], "they take the first number only"
    assert sure(f"{word}\nAnna Holm {number}") == [0.65], "and only on their line"
    assert sure(f"{word} / cpr {number}")[0] >= LABELLED, "a later label overrides"
    (match,) = column(CPR, [number], word)
    assert "header-against" in match.evidence
    assert match.confidence < MAYBE


@pytest.mark.parametrize(
    "text",
    [
        "De to personer er {}",
        "personen med {}",
        "medarbejder {}",
        "den ansatte, {}",
        "afdøde {}",
        "arvingen {}",
        "barnet {}",
        "pårørende: {}",
    ],
)
def test_words_of_a_person_make_a_bare_number_a_finding(text: str) -> None:
    assert sure(text.format(plain())) == [0.65]
    assert sure(text.format(plain(modulus11=False))) == []


@pytest.mark.parametrize(
    "text",
    ["personale {}", "medarbejdernr. {}", "barnevogn {}", "personligt {}", "transat {}"],
)
def test_words_that_only_begin_like_a_persons_say_nothing(text: str) -> None:
    assert sure(text.format(plain())) == [0.45]


@pytest.mark.parametrize(
    "text",
    ["border {}", "Et clean {}", "record {}", "kontor {}", "Partner {}", "reference {}"],
)
def test_words_that_only_contain_one_say_nothing(text: str) -> None:
    assert sure(text.format(hyphened())) == [0.65]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("12{}", id="a longer run in front"),
        pytest.param("{}34", id="a longer run behind"),
        pytest.param("a{}", id="a letter in front"),
        pytest.param("{}b", id="a letter behind"),
        pytest.param("12.{}", id="decimals"),
        pytest.param("{}.75", id="decimals behind"),
        pytest.param("3f2a-{}-9c", id="groups of a GUID"),
        pytest.param("12:{}", id="time"),
        pytest.param("{}%", id="percent"),
    ],
)
def test_pieces_of_something_longer_are_none(text: str) -> None:
    assert sure(text.format(plain())) == []


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("{}", id="alone"),
        pytest.param("a,{},b", id="CSV with commas"),
        pytest.param("7;{};8", id="CSV, digits beside"),
        pytest.param("7,{},8", id="CSV with commas, digits beside"),
        pytest.param("7\t{}\t8", id="a sheet's row"),
        pytest.param('"{}"', id="quoted"),
        pytest.param("[{}]", id="brackets"),
        pytest.param("<td>{}</td>", id="HTML"),
        pytest.param("id={}&x", id="query"),
        pytest.param("slut {}.", id="end of a sentence"),
        pytest.param("slut {}?", id="question"),
        pytest.param("\\n{}\\n", id="escaped line breaks of JSON"),
    ],
)
def test_fields_and_sentences_are_clean(text: str) -> None:
    assert sure(text.format(hyphened())) == [0.65]


@pytest.mark.parametrize(
    "name", ["{}.pdf", "Hansen {}.docx", "Hansen_{}_aftale.pdf", "Aftale-{}.pdf", "{}-Hansen.pdf"]
)
def test_names_of_files(name: str) -> None:
    assert sure(name.format(hyphened()))[0] >= FINDING


def test_replacement_numbers_need_a_label_or_a_column() -> None:
    number = hyphened(replacement=True)
    assert sure(number) == [0.55], "a maybe"
    assert only(f"erstatningspersonnummer {number}").confidence >= LABELLED
    assert only(f"cpr {hyphened(replacement=True, modulus11=False)}").confidence >= LABELLED


def test_glued_label() -> None:
    assert only(f"CPR{plain()}").confidence >= LABELLED
    assert only(f"cprnr{plain(modulus11=False)}").confidence >= LABELLED


# Columns


def column_of(number: Callable[[], str], rows: int = 40) -> list[str]:
    return [number() for _ in range(rows)]


def findings(matches: list[Match]) -> int:
    return sum(match.confidence >= FINDING for match in matches)


def maybes(matches: list[Match]) -> int:
    return sum(match.confidence >= MAYBE for match in matches)


def test_a_column_of_bare_numbers_speaks_for_itself() -> None:
    judged = column(CPR, column_of(lambda: fake.cpr(RNG)))
    assert findings(judged) == len(judged)
    assert all("column:most" in match.evidence for match in judged)


def test_a_column_kept_as_numbers_gives_the_zeros_back() -> None:
    numbers = column_of(lambda: fake.cpr(RNG), 60)
    for form in ("{}", "{}.0"):
        judged = column(CPR, [form.format(int(number)) for number in numbers])
        assert {match.value for match in judged if match.confidence >= FINDING} == set(numbers)


def test_a_column_with_a_header_needs_no_check() -> None:
    numbers = column_of(lambda: fake.cpr(RNG, modulus11=False), 3)
    assert findings(column(CPR, numbers, "CPR-nr.")) == 3
    assert findings(column(CPR, numbers, "Navn")) == 0


def test_a_customer_number_that_is_one_is_found() -> None:
    judged = column(CPR, column_of(lambda: fake.cpr(RNG)), "Kundenr")
    assert findings(judged) == len(judged)


def test_a_mixed_column_is_not_the_only_way_in() -> None:
    foreign = column_of(lambda: f"{RNG.randrange(10**6):06}-{RNG.randrange(10**4):04}", 30)
    own = column_of(lambda: fake.cpr(RNG, hyphen=True), 26)
    judged = column(CPR, foreign + own)
    found = {match.value for match in judged if match.confidence >= FINDING}
    assert {canonical(number) for number in own} <= found


SERIAL = count(1)
NOISE = [
    pytest.param(lambda: str(RNG.randrange(10**9, 10**10)), id="random ten digits"),
    pytest.param(lambda: str(RNG.randrange(10**8, 10**9)), id="random nine digits"),
    pytest.param(lambda: str(1_704_067_200 + RNG.randrange(31_536_000)), id="seconds of 2024"),
    pytest.param(fake.p_number, id="P-numbers"),
    pytest.param(
        lambda: f"{date(2024, 1, 1) + timedelta(RNG.randrange(366)):%d%m%y}{next(SERIAL):04}",
        id="invoices: day, month, year, serial",
    ),
    pytest.param(
        lambda: f"{date(2024, 1, 1) + timedelta(RNG.randrange(366)):%d%m%y}-{next(SERIAL):04}",
        id="invoices with a hyphen",
    ),
    pytest.param(
        lambda: f"{RNG.randrange(10**6):06}-{RNG.randrange(10**4):04}", id="stock numbers 6-4"
    ),
    pytest.param(
        lambda: (
            f"{date(1950, 1, 1) + timedelta(RNG.randrange(20000)):%y%m%d}-{RNG.randrange(10**4):04}"
        ),
        id="Swedish numbers",
    ),
]


@pytest.mark.parametrize("number", NOISE)
def test_columns_of_other_numbers_are_no_findings(number: Callable[[], str]) -> None:
    cells = column_of(number, 400)
    assert findings(column(CPR, cells)) == 0
    assert findings(column(CPR, cells, "Fakturanr.")) == 0


@pytest.mark.parametrize("number", NOISE[:5])
def test_text_of_other_bare_numbers_has_no_findings(number: Callable[[], str]) -> None:
    text = "\n".join(f"linje {number()} slut" for _ in range(400))
    assert findings(prose(CPR, text)) == 0


def test_dated_serials_with_a_hyphen_in_text_have_no_findings() -> None:
    lines = [f"Se {cell} og betal" for cell in column_of(NOISE[5].values[0], 400)]  # type: ignore[arg-type]
    assert findings(prose(CPR, "\n".join(lines))) == 0


def test_a_text_of_bare_numbers_speaks_for_itself() -> None:
    text = "\n".join(f"linje {fake.cpr(RNG)} slut" for _ in range(12))
    assert findings(prose(CPR, text)) == 12


def test_a_text_of_numbers_leaves_its_order_numbers_alone() -> None:
    lines = [f"linje {fake.cpr(RNG)} slut" for _ in range(12)]
    order = plain()
    found = prose(CPR, "\n".join([*lines, f"ordrenr. {order}"]))
    assert order not in {match.value for match in found if match.confidence >= MAYBE}


def test_numbers_counted_upwards_are_a_run() -> None:
    # as many as stay below the other evidence
    cells = [f"010511-{serial}" for serial in range(1000, 1012)]
    judged = column(CPR, cells)
    assert all("serial-run" in match.evidence for match in judged)
    assert findings(judged) == 0


def test_one_value_twice_is_one_match_that_keeps_its_column() -> None:
    number = hyphened()
    (match,) = column(CPR, [number, number, number])
    assert match.count == 3
    assert match.column == 0


# Laws

NUMBERS = st.builds(
    lambda seed, born, passes, replacement: fake.cpr(
        random.Random(seed), born=born, modulus11=passes, replacement=replacement
    ),
    st.integers(0, 2**32),
    st.dates(date(1900, 1, 1), TODAY),
    st.booleans(),
    st.booleans(),
)
BETWEEN = st.sampled_from(
    ["", "-", " ", " - ", "\u2013", "\u2011", "\u00a0", "/", ".", "\n", "-\n", "-\u200b", "\u2060"]
)


@given(NUMBERS, BETWEEN, st.text(max_size=20), st.text(max_size=20))
@settings(max_examples=100, deadline=None)
def test_a_slice_of_the_text_is_the_value(number: str, between: str, a: str, b: str) -> None:
    text = f"{a} cpr {number[:6]}{between}{number[6:]} {b}"
    matches = near(text)
    assert number in {match.value for match in matches}
    for match in matches:
        assert canonical(text[match.start : match.end]) == match.value
        assert canonical(match.value) == match.value
        assert dated(match.value, TODAY)
        assert 0 < match.confidence < 1


@given(NUMBERS)
@settings(max_examples=60, deadline=None)
def test_a_separator_never_loses_the_find(number: str) -> None:
    bare = only(f"tal {number} her").confidence
    for between in ("-", " ", " - ", "\u2013", "\u2011", "\u00a0"):
        assert only(f"tal {number[:6]}{between}{number[6:]} her").confidence >= bare


@given(NUMBERS, st.sampled_from("./"), st.sampled_from(["-", " - ", "\u2011"]))
@settings(max_examples=60, deadline=None)
def test_a_labelled_date_in_pieces_is_its_number(number: str, mark: str, dash: str) -> None:
    written = f"{number[:2]}{mark}{number[2:4]}{mark}{number[4:6]}{dash}{number[6:]}"
    match = only(f"cpr {written} x")
    assert (match.value, canonical(written)) == (number, number)
    assert match.confidence >= LABELLED


@given(st.text(alphabet="0123456789 -/.,;\nabCPRcpr\u2011\u00a0", max_size=200))
@settings(max_examples=100, deadline=None)
def test_any_text_gives_ordered_matches_inside_it(text: str) -> None:
    end = 0
    for match in CPR.find(text):
        assert end <= match.start < match.end <= len(text)
        assert match.evidence
        assert match.confidence > 0
        end = match.end


@given(
    st.lists(
        st.tuples(
            st.from_regex(r"\A[0-9]{4,6}\Z"),
            st.sampled_from(("", "-", " ", " - ", "\u2011", "\u200b", ".0")),
            st.from_regex(r"\A[0-9]{3,5}\Z"),
            st.sampled_from((" ", ", ", "\n", "a", "-")),
        ),
        max_size=12,
    )
)
@settings(max_examples=300, deadline=None)
def test_what_has_the_shape_and_a_date_is_a_match(
    pieces: list[tuple[str, str, str, str]],
) -> None:
    text = " " + "".join(map("".join, pieces))
    matches = {match.start: match for match in CPR.find(text)}
    shapes = CPR.shapes_in(text)
    for at in shapes:
        found = re.match(r"[0-9]{9,10}|[0-9]{6}[^0-9]{1,3}[0-9]{4}", text[at:])
        assert found
        has_date = bool(dated(canonical(found[0]), TODAY))
        alone = text[at - 1] in " \n" and (text[at + len(found[0]) :] + " ")[0] in " \n,"
        assert at in matches or not (has_date and alone)
        assert has_date or at not in matches
    odd = {"odd-separator", "split", "lettered", "pieces"}
    for at, match in matches.items():
        assert at in shapes or not odd.isdisjoint(match.evidence)


def test_base_rate_of_random_numbers() -> None:
    rng = random.Random(7)
    texts = [f"nr {rng.randrange(10**10):010} x" for _ in range(20_000)]
    matches = [match for text in texts for match in CPR.find(text)]
    assert all(CPR.shapes_in(text) == [3] for text in texts), "each counts as a shape"
    share = sum(match.confidence > 0 for match in matches) / 20_000
    assert 0.06 < share < 0.09, "days and replacement days"
    assert not any(match.confidence >= FINDING for match in matches)
    assert sum(match.confidence >= MAYBE for match in matches) < 20_000 * 0.006


def test_nothing_of_a_match_is_printed() -> None:
    match = only(f"cpr {plain()}")
    assert not re.search(r"\d{6}", repr(match))
