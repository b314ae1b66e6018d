"""When a word is a sign of a special category: in a sentence or row with a person, else not."""

from __future__ import annotations

import pickle

import pytest

from detectors import FINDING, MAYBE, Beside, Column, Detector, Match, Table
from detectors.gate import Gate
from detectors.special import HIGHEST, WEIGHTS, Special
from detectors.special_words import HEADS, KINDS, LEXICONS, lexicon
from tests.detectors.special_texts import SILENT
from tests.detectors.tables import column, prose

SPECIAL = Special()
FILLER = "Mødet begyndte klokken ni, og dagsordenen blev godkendt uden bemærkninger. " * 8


def signs(text: str) -> list[tuple[str, float]]:
    return [(m.kind, m.confidence) for m in SPECIAL.find(text) if m.confidence >= MAYBE]


def test_it_is_a_detector_that_listens() -> None:
    assert isinstance(SPECIAL, Detector)
    assert isinstance(SPECIAL, Beside)
    assert pickle.loads(pickle.dumps(SPECIAL)).version == SPECIAL.version
    assert Special(("HEALTH",)).version != SPECIAL.version


ROWS = [
    pytest.param("Anna Holm er sygemeldt.", "HEALTH", 0.70, id="a state and a name"),
    pytest.param("Anna Holm har brystkræft.", "HEALTH", 0.60, id="a compound and a verb"),
    pytest.param(
        "Fravær: 010110-1234 er fraværende pga. depression.", "HEALTH", 0.70, id="a CPR number"
    ),
    pytest.param("Jeg er sygemeldt til fredag.", "HEALTH", 0.70, id="the writer"),
    pytest.param("Hun har fået konstateret diabetes.", "HEALTH", 0.45, id="she: a maybe"),
    pytest.param("Anna er syg i dag.", "HEALTH", 0.50, id="a first name: a maybe"),
    pytest.param("Kære Anna Holm, du er sygemeldt.", "HEALTH", 0.60, id="to the reader"),
    pytest.param("Navn: Xi Li\nDiagnose: Skizofreni", "HEALTH", 0.75, id="a form"),
    pytest.param("Navn\tXi Li\nAllergi\tnødder\nAfdeling\t3", "HEALTH", 0.75, id="a form of cells"),
    pytest.param(
        "Navn: Xi Li\nMedicin: 2 tabletter", "HEALTH", 0.75, id="a field that says something"
    ),
    pytest.param(
        "Anna Holm kom i går. Hun har fået konstateret diabetes.",
        *("HEALTH", 0.60),
        id="she was named in the sentence before",
    ),
    pytest.param(
        "Kære Xi Li\n\nVi har modtaget din sygemelding.", "HEALTH", 0.70, id="a letter's reader"
    ),
    pytest.param("Jeg har desværre fået lungebetændelse", "HEALTH", 0.70, id="the writer has it"),
    pytest.param("Anna Holm tager Ritalin.", "HEALTH", 0.60, id="a medicine that somebody takes"),
    pytest.param("Anna Holm er opereret i knæet.", "HEALTH", 0.60, id="an operation of a body"),
    pytest.param(
        "Anna Holm er henvist til psykiater.", "HEALTH", 0.60, id="where somebody is sent"
    ),
    pytest.param("010110-1234;Anna Holm;diabetes", "HEALTH", 0.70, id="a row"),
    pytest.param("Anna Holm has been diagnosed with asthma.", "HEALTH", 0.60, id="English"),
    pytest.param("Anna Holm er muslim.", "RELIGION", 0.70, id="faith"),
    pytest.param("Anna Holm er jødisk.", "RELIGION", 0.60, id="faith, an adjective"),
    pytest.param("anna.holm@firma.dk er medlem af Venstre.", "POLITICS", 0.70, id="a party"),
    pytest.param("Anna Holm er medlem af 3F.", "UNION_MEMBERSHIP", 0.60, id="a union"),
    pytest.param(
        "Anna Holm er tillidsmand i 3F.", "UNION_MEMBERSHIP", 0.70, id="elected by a union"
    ),
    pytest.param("Kontingent til FOA, Anna Holm", "UNION_MEMBERSHIP", 0.60, id="dues"),
    pytest.param(
        "Anna Holms kontingent til HK er 480 kr.", "UNION_MEMBERSHIP", 0.60, id="dues have a price"
    ),
    pytest.param("Navn: Xi Li\nFagforening: HK", "UNION_MEMBERSHIP", 0.75, id="a form of a union"),
    pytest.param(
        "Navn: Anna Holm\nFagforeningskontingent: 480,00",
        "UNION_MEMBERSHIP",
        0.84,
        id="a payslip's line",
    ),
    pytest.param("Peter Jensen er homoseksuel.", "SEXUALITY", 0.70, id="sexuality"),
    pytest.param("Anna Holm er af etnisk oprindelse fra Iran", "ETHNICITY", 0.70, id="origin"),
    pytest.param("Peter Jensen er tidligere straffet.", "CRIMINAL_RECORD", 0.70, id="an offence"),
    pytest.param("Anna Holm er dømt for tyveri.", "CRIMINAL_RECORD", 0.60, id="a conviction"),
    pytest.param(
        "Straffeattest for Anna Holm er modtaget med to anmærkninger.",
        *("CRIMINAL_RECORD", 0.60),
        id="a record that is not empty",
    ),
    pytest.param(
        "Anna Holm blev idømt en bøde på 4.000 kr.",
        "CRIMINAL_RECORD",
        0.60,
        id="a fine has a price",
    ),
    pytest.param(
        "Ansøger: Anna Holm, 010110-1234\nAttesten viser en dom for vold fra 2019.",
        *("CRIMINAL_RECORD", 0.70),
        id="the certificate of the one named before",
    ),
    pytest.param("Anna Holm er bærer af en genmutation.", "GENETIC", 0.60, id="genes"),
    pytest.param("Anna Holms fingeraftryk, 010110-1234, er afgivet", "BIOMETRIC", 0.70, id="body"),
]


@pytest.mark.parametrize(("text", "kind", "expected"), ROWS)
def test_a_word_and_a_person(text: str, kind: str, expected: float) -> None:
    assert max(sure for each, sure in signs(text) if each == kind) == pytest.approx(expected)
    buried = f"{FILLER}{text}\n\n{FILLER}"
    assert [m for _, m in Gate([SPECIAL]).find(buried)] == list(SPECIAL.find(buried))
    assert kind in {found for found, _ in signs(f"{FILLER}\n\n{text}\n\n{FILLER}")}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Depression rammer mange.", id="nobody"),
        pytest.param("Anna Holm kommer. Temaet er depression.", id="another sentence"),
        pytest.param("Anna Holm har skrevet en bog om kræft.", id="what a book is about"),
        pytest.param("Anna Holm forsker i diabetes.", id="what somebody works on"),
        pytest.param("Overlæge Anna Holm behandler epilepsi.", id="a doctor"),
        pytest.param("Fysioterapi ved gigt 450 kr, Anna Holm", id="a price"),
        pytest.param("Hvis du er sygemeldt, så ring til Anna Holm.", id="if"),
        pytest.param("Når medarbejderen er sygemeldt, skal lederen ringe.", id="a rule"),
        pytest.param("Vi behandler oplysninger om helbred, fx allergi.", id="a policy"),
        pytest.param("Spørgsmål om barsel og gravide: hr@firma.dk", id="a shared mailbox"),
        pytest.param("For 3F: Anna Holm, anna.holm@firma.dk", id="a union's contact"),
        pytest.param("Anna Holm drejer til venstre.", id="left"),
        pytest.param("Kære Anna Holm\n\nLider du af migræne?", id="a question to a customer"),
        pytest.param("Er du sygemeldt, kan du ringe til Anna Holm.", id="if, in another order"),
        pytest.param("Navn: Anna Holm\nAllergi: nej\nMedicin: ingen", id="a form that says no"),
        pytest.param("Navn: Anna Holm\nMedicin:\nDiagnose:", id="a form that is empty"),
        pytest.param("Anna Holm sælger medicin.", id="a form's word in a sentence"),
        pytest.param("Anna Holm er tidligere opereret ud af bestyrelsen.", id="no body"),
        pytest.param("Anna Holms straffeattest er uden anmærkninger.", id="a record that is empty"),
        pytest.param("Anna Holm er ikke tidligere straffet.", id="not convicted"),
        pytest.param("Anna Holm har anmærkninger til budgettet.", id="remarks on something else"),
        pytest.param("Anna Holm anmelder en film om røveri.", id="an offence that nobody did"),
        pytest.param("Banken er dømt til at betale Anna Holm.", id="another sort of judgment"),
        pytest.param("Medarbejder;Lønnr.;Sygedage;Årsag", id="heads of a table"),
        pytest.param("Anna Holm mødte tre muslimer.", id="many of them"),
        pytest.param("Statsminister Mette Holm (S) mødte Enhedslisten.", id="politicians"),
        pytest.param("ssh key fingerprint SHA256 of anna@host.example", id="a key's fingerprint"),
    ],
)
def test_what_is_no_sign(text: str) -> None:
    assert signs(text) == []


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in SILENT.items()])
def test_long_texts_about_nobody_are_silent(text: str) -> None:
    assert len(list(SPECIAL.find(text))) >= 3, "it has the words"
    assert [match for match in prose(SPECIAL, text) if match.confidence >= MAYBE] == []


def test_the_values_say_the_category_and_the_lemma_alone() -> None:
    text = "Anna Holm har brystkræft. Peter Jensen har lungekræft."
    assert {match.value for match in SPECIAL.find(text)} == {"health/cancer"}
    words = {word.strip("*") for word in LEXICONS["HEALTH"].split()}
    for row in ROWS:
        for match in SPECIAL.find(str(row.values[0])):
            assert not words & {code for code in match.evidence if code not in WEIGHTS}


def test_no_sign_is_certain() -> None:
    text = "Navn: Anna Holm\nCPR: 010110-1234\nDiagnose: har skizofreni, er sygemeldt"
    assert max(match.confidence for match in SPECIAL.find(text)) <= HIGHEST / 100 < 0.85


def test_a_text_about_a_topic_needs_more_than_a_name() -> None:
    text = "Demens kan ramme. " * 30 + "Anna Holm har demens."
    assert [each.confidence for each in prose(SPECIAL, text) if each.confidence >= MAYBE] == []
    sure = prose(SPECIAL, text.replace("Anna Holm", "Cpr 010110-1234"))
    assert any(each.confidence >= FINDING for each in sure)


# Columns and neighbours


@pytest.mark.parametrize("kind", KINDS)
def test_every_category_has_heads(kind: str) -> None:
    assert kind in HEADS


def test_a_column_of_a_category_beside_one_of_names() -> None:
    cells = ["diabetes", "gigt", "depression"]
    columns = [Column("Navn", 3, {}, {}), Column("Diagnose", 3, {}, {})]
    found = [match._replace(column=1) for cell in cells for match in SPECIAL.find(cell)]
    judged = list(SPECIAL.judge(found, Table(columns, {})))
    assert all({"header", "named"} <= set(match.evidence) for match in judged)
    assert all(match.confidence >= FINDING for match in judged)
    assert [match.value for match in judged] == [
        "health/diabetes",
        "health/joint",
        "health/depression",
    ]


def test_a_column_of_a_category_without_people_is_a_list_of_words() -> None:
    assert [
        m for m in column(SPECIAL, ["diabetes", "gigt"], "Diagnose") if m.confidence >= MAYBE
    ] == []


def test_a_person_that_another_detector_found() -> None:
    text = "Først dette. Xi Li har demens."
    (match,) = SPECIAL.find(text)
    assert match.confidence < MAYBE
    low, high = SPECIAL.stretch(text, match)
    assert text[low:high] == "Xi Li har demens."
    raised = SPECIAL.beside(match, "PERSON")
    assert (raised.value, raised.confidence) == ("health/dementia", 0.7)
    assert SPECIAL.beside(raised, "DK_CPR") == raised


@pytest.mark.parametrize(
    ("text", "numbers", "expected"),
    [
        pytest.param("Blev sygemeldt i maj.", 1, 0.65, id="a content about one person"),
        pytest.param("Blev sygemeldt i maj.", 0, 0.05, id="about nobody"),
        pytest.param("Blev sygemeldt i maj.", 9, 0.05, id="about many"),
        pytest.param("Hvis man er sygemeldt", 1, 0.05, id="a rule in it"),
        pytest.param("Der er pollenallergi.", 1, 0.55, id="what somebody may have: a maybe"),
    ],
)
def test_the_cpr_number_of_the_whole_content(text: str, numbers: int, expected: float) -> None:
    (match,) = SPECIAL.judge([*SPECIAL.find(text)], Table((), {"DK_CPR": numbers}))
    assert match.confidence == pytest.approx(expected)


def test_a_person_beside_a_word_that_nothing_joins_to_them() -> None:
    (match,) = SPECIAL.find("Demens, Xi Li")
    assert SPECIAL.beside(match, "PERSON").confidence < MAYBE


def test_names_beside_parties_are_news() -> None:
    (match,) = SPECIAL.find("Xi Li er medlem af Moderaterne")
    assert SPECIAL.beside(match, "PERSON").confidence < MAYBE
    assert SPECIAL.beside(match, "DK_CPR").confidence >= FINDING


# The lexicon


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("sygemeldingen", "sick-leave"),
        ("Brystkræft", "cancer"),
        ("depressionen", "depression"),
        ("homoseksuelle", "homosexual"),
        ("psykoser", "psychosis"),
        ("asthma", "lung"),
        ("dna-profil", "test"),
        ("3F", "union-name"),
    ],
)
def test_inflections_and_compounds(written: str, code: str) -> None:
    words = lexicon(KINDS)
    lemma = words.of(written)
    assert lemma is not None
    assert lemma.code == code
    assert [m.value.partition("/")[2].strip("\x1f") for m in SPECIAL.find(f"x {written} x")] == [
        code
    ]


@pytest.mark.parametrize(
    "written", ["kristendom", "muslimer", "kommunister", "straffesag", "aidsfond"]
)
def test_other_words(written: str) -> None:
    assert [
        match for match in SPECIAL.find(f"Anna Holm har {written}") if match.confidence >= MAYBE
    ] == []


def test_every_weight_has_a_row() -> None:
    texts = [str(row.values[0]) for row in ROWS] + [
        "Navn: Xi Li har kræft, hvis",
        "Medarbejderen er gravid",
        "Min gigt er blevet værre.",
    ]
    shown = {code for text in texts for match in SPECIAL.find(text) for code in match.evidence}
    shown |= {
        code
        for match in SPECIAL.find(
            "Bo Holm er medlem af Moderaterne. Anna Lind er medlem af Venstre"
        )
        for code in match.evidence
    }
    assert shown | {"person", "header", "topic", "owner"} == set(WEIGHTS)


def test_nothing_of_a_match_is_printed() -> None:
    (match,) = SPECIAL.find("Anna Holm er muslim.")
    assert "islam" not in repr(match)
    assert isinstance(match, Match)
