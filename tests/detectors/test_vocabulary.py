"""Which word near a value speaks for it: the nearest, on its line, once."""

from __future__ import annotations

import pytest

from detectors.vocabulary import BEFORE, Vocabulary

WORDS = Vocabulary(
    label=(r"cpr", r"personnr"),
    person=(r"født",),
    compound=(r"ordre",),
    alone=(r"order", r"tlf"),
    customer=(r"kunde",),
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("cpr: #", "label", id="in front"),
        pytest.param("CPR #", "label", id="case does not matter"),
        pytest.param("#", "", id="nothing"),
        pytest.param("født #", "person", id="a weak word"),
        pytest.param("cpr, født #", "label", id="a weak word takes no label away"),
        pytest.param("født, cpr #", "label", id="a label over a weak word"),
        pytest.param("tlf #", "against", id="against"),
        pytest.param("salgsordre #", "against", id="tail of a compound"),
        pytest.param("border #", "", id="only inside another word"),
        pytest.param("kunde #", "customer", id="customer"),
        pytest.param("cpr og tlf #", "against", id="the nearest counts"),
        pytest.param("tlf og cpr #", "label", id="a later label overrides"),
        pytest.param("tlf 22334455 og #", "", id="a word against takes one number"),
        pytest.param("cpr 2233 tlf 4455 #", "label", id="used up: the label before it holds"),
        pytest.param("tlf\nAnna #", "", id="a word against holds for its line"),
        pytest.param("tlf:\n#", "against", id="or right in front of the next"),
        pytest.param("cpr\nAnna #", "label", id="a label reaches over lines"),
        pytest.param("tlf-nummer:\n#", "against", id="its ending is no other word"),
        pytest.param("a;cpr;tlf\n1;22;#", "", id="a head speaks for the cells of its column"),
        pytest.param("a;cpr;tlf\n1;#;22", "label", id="which it is told by the cells behind"),
        pytest.param("a;cpr;b\n1;2;3\n4;#;5", "label", id="further down too"),
        pytest.param("a,cpr,b\n1,#,3", "label", id="commas as well"),
        pytest.param("a, født og\nb #", "person", id="a comma and a blank is a sentence"),
        pytest.param("cpr\t1\ntal\t#", "", id="a key speaks for its own row"),
        pytest.param("cpr 4455\nsag nr. #", "", id="used up, and the line says something else"),
        pytest.param("cpr 44 55\nsag nr. #", "", id="a number in pairs is one as well"),
        pytest.param("cpr 4455\n#", "label", id="a list below its word"),
        pytest.param("# (cpr)", "label", id="in brackets behind"),
        pytest.param("# (født)", "", id="a weak word behind says nothing"),
        pytest.param("# cpr: 1", "", id="behind, it belongs to the next"),
        pytest.param("cpr" + " " * (BEFORE - 3) + "#", "label", id="as far as is looked"),
        pytest.param("cpr" + " " * (BEFORE - 2) + "#", "", id="too far"),
    ],
)
def test_near(text: str, said: str) -> None:
    at = text.index("#")
    assert WORDS.near(text, at, at + 1) == said


@pytest.mark.parametrize(
    ("header", "said"),
    [
        pytest.param("CPR-nr.", "label", id="label"),
        pytest.param("Kunde-CPR", "label", id="a label wins wherever it stands"),
        pytest.param("cprTlf", "label", id="and before another"),
        pytest.param("kundensTlf", "against", id="camel case"),
        pytest.param("orderId", "against", id="camel case, first"),
        pytest.param("Kundenr", "customer", id="customer"),
        pytest.param("Født", "person", id="weak word"),
        pytest.param("Border", "", id="inside another word"),
        pytest.param("", "", id="none"),
        pytest.param("x" * 300 + "cpr", "", id="only the beginning of a very long one"),
    ],
)
def test_header(header: str, said: str) -> None:
    assert WORDS.header(header) == said
