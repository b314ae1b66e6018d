"""Which documents are a kind by themselves, and which only speak of one."""

from __future__ import annotations

import pickle
from collections import Counter
from collections.abc import Mapping

import pytest

from detectors import FINDING, MAYBE, Detector, Match, Table
from detectors.gate import Gate
from detectors.papers import PAPERS, WEIGHTS, Papers, confidence

ALL = Papers(tuple(PAPERS))

CV = """
CV for Anna Holm
Nørregade 12, 8000 Aarhus C, anna.holm@example.com

Profil
Erfaren sælger med sans for orden.

Erhvervserfaring
2019-2026: sælger, Nordlys Handel
2012-2019: ekspedient, Bageren på Torvet

Uddannelse
2010: handelsskole

Sprog: dansk, engelsk og tysk
"""
CV_GUIDE = """
Sådan skriver du et godt CV
Her får du gode råd til dit CV. Et CV skal være på højst to sider.

Profil
Skriv tre linjer om dig selv.
Erhvervserfaring
Begynd med dit nuværende job.
Uddannelse
Nævn det nyeste først.
Sprog
Vær ærlig. Læs også vores tips til ansøgningen, eller skriv til job@example.com, tlf. 70 11 22 33.
"""
PAYSLIP = """
Lønseddel marts 2026
Anna Holm, cpr 010110-1234
Grundløn\t31.500,00
Pension 8 %\t2.520,00
AM-bidrag\t2.318,40
A-skat\t9.120,00
Til udbetaling\t17.541,60
"""
PAYSLIP_BLOG = """
Hvad står der på din lønseddel?
Mange læser den aldrig. AM-bidrag er 8 procent af bruttolønnen og går til staten. A-skat trækkes
af din
arbejdsgiver, og ATP er et fast beløb på 99 kr. om måneden. Til udbetaling er det beløb, du får:
måske
17.541 kr. Læs mere om feriepenge i næste indlæg, eller skriv til blog@example.com.
"""
CONTRACT = """
Ansættelseskontrakt
Mellem Nordlys Handel og Anna Holm, CPR-nr. 010110-1234

1. Tiltrædelse: 1. marts 2026
2. Arbejdstid: Arbejdstiden er 37 timer om ugen.
3. Løn: 31.500 kr.
4. Opsigelse: efter funktionærloven
"""
CONTRACT_FORM = """
Ansættelseskontrakt (skabelon)
Mellem [navn] og [navn], CPR-nr. ______________

1. Tiltrædelse: ______________
2. Arbejdstid: Arbejdstiden er ____ timer.
3. Løn: [beløb]
4. Opsigelse: efter funktionærloven
"""
CERTIFICATE = """
Rigspolitiet
Privat straffeattest
Udstedt til Anna Holm, 010110-1234
Kriminalregistret indeholder ingen oplysninger om den nævnte.
"""
CERTIFICATE_PRICES = """
Prisliste for attester
Straffeattest   0 kr. (udstedt til private)
Børneattest     0 kr.
Pasfoto       150 kr. Kontakt os på tlf. 70 11 22 33.
"""
NOTE = """
Lægeerklæring
Patient: Anna Holm, 010110-1234
Diagnose: tension
Objektivt: upåfaldende
Vurdering: kan arbejde på nedsat tid
"""
NOTE_NEWS = """
Færre lægeerklæringer til skolerne
Kommunen vil spare på lægeerklæringer. En lægeerklæring koster 400 kr., siger formanden.
Behandling: sagen behandles i byrådet. Konklusion: udvalget mødes igen.
"""

PERSON = {"DK_CPR": 1, "EMAIL_ADDRESS": 1}


def told(text: str, kinds: Mapping[str, int] = PERSON) -> dict[str, float]:
    """Return the papers that a text is, by kind."""
    return {match.kind: match.confidence for match in judged(text, kinds)}


def judged(text: str, kinds: Mapping[str, int]) -> list[Match]:
    counts: Counter[str] = Counter()
    held: dict[tuple[str, str], Match] = {}
    for match in ALL.find(text):
        counts[match.value] += 1
        held.setdefault((match.kind, match.value), match)
    matches = [match._replace(count=counts[match.value]) for match in held.values()]
    found = list(ALL.judge(matches, Table([], kinds)))
    assert len(found) == len(matches)
    return [match for match in found if match.confidence >= MAYBE]


def test_it_is_a_detector() -> None:
    assert isinstance(ALL, Detector)
    assert pickle.loads(pickle.dumps(ALL)).kinds == tuple(PAPERS)
    assert Gate([ALL]).ungated == {}


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        pytest.param(CV, "CV", 0.82, id="a CV"),
        pytest.param(PAYSLIP, "PAYSLIP", 0.90, id="a payslip"),
        pytest.param(CONTRACT, "EMPLOYMENT_CONTRACT", 0.95, id="a contract"),
        pytest.param(CERTIFICATE, "CRIMINAL_CERTIFICATE", 0.74, id="a certificate"),
        pytest.param(NOTE, "MEDICAL_NOTE", 0.82, id="a doctor's note"),
    ],
)
def test_papers(text: str, kind: str, expected: float) -> None:
    assert told(text) == {kind: pytest.approx(expected)}
    (paper,) = judged(text, PERSON)
    assert paper.value == kind.lower()
    assert paper.count == 1
    assert sum(m.confidence >= MAYBE for _, m in Gate([ALL]).find(text)) == 0, "cues alone"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(CV_GUIDE, id="how to write a CV"),
        pytest.param(PAYSLIP_BLOG, id="a blog on payslips"),
        pytest.param(CONTRACT_FORM, id="an empty contract"),
        pytest.param(CERTIFICATE_PRICES, id="prices of certificates"),
        pytest.param(NOTE_NEWS, id="news on doctors' notes"),
        pytest.param("CV\n", id="a heading alone"),
        pytest.param("Vi har modtaget dit CV og din lønseddel for marts.", id="a mail about them"),
        pytest.param("Profil\nSprog: dansk\nUddannelse: ingen\nErfaring: to år\n", id="untitled"),
    ],
)
def test_what_only_speaks_of_one(text: str) -> None:
    assert told(text, {**PERSON, "PHONE_NUMBER": 1}) == {}


@pytest.mark.parametrize("text", [CV, PAYSLIP, CONTRACT, CERTIFICATE, NOTE])
def test_a_paper_about_nobody_is_none(text: str) -> None:
    assert told(text, {}) == {}
    assert told(text, {"IP_ADDRESS": 3}) == {}


def test_a_payslip_without_a_heading() -> None:
    text = PAYSLIP.replace("Lønseddel marts 2026", "Nordlys Handel")
    assert told(text) == {"PAYSLIP": pytest.approx(0.60)}
    assert told(text.replace("Pension", "Frokost")) == {}


def test_a_cv_needs_no_number() -> None:
    assert told(CV, {"PHONE_NUMBER": 1})["CV"] >= FINDING
    assert told(PAYSLIP, {"PHONE_NUMBER": 1}) == {}


def test_cues_lie_where_the_gate_looks() -> None:
    text = ("Det er en smuk dag. " * 60).join(["", CV, PAYSLIP, CONTRACT, CERTIFICATE, NOTE, ""])
    assert [match for _, match in Gate([ALL]).find(text)] == list(ALL.find(text))


def test_every_weight_counts() -> None:
    codes = ("titled", "parts:2", "owner")
    assert confidence(codes) == 0.66
    assert confidence(("titled", "parts:2", "contact")) == 0.56
    assert confidence((*codes, "guide")) == confidence((*codes, "blank")) == 0.26
    assert confidence(("titled", "parts:9", "owner")) == 0.95
    assert set(WEIGHTS) == {"titled", "parts", "owner", "contact", "guide", "blank"}
