"""The shipped model: as it is asked by a scan, as a spaCy pipeline, and inside presidio."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.names import COMPONENT, MODEL, tagger
from detectors.names.crf import Name, Tagger
from detectors.names.tokens import lines

LETTER = (
    "Kære Kirsten\n\nJeg har talt med Anders Bo Knudsen fra Danske Bank i Odense.\n\n"
    "Med venlig hilsen\nMette Lykke Sommer\nSalgschef\n"
)


def people(text: str) -> list[str]:
    return [text[n.start : n.end] for n in tagger().find([text])[0] if n.label == "PERSON"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        pytest.param(LETTER, ["Kirsten", "Anders Bo Knudsen", "Mette Lykke Sommer"], id="letter"),
        pytest.param("Navn: Hansen, Anna Marie", ["Hansen, Anna Marie"], id="surname first"),
        pytest.param("Att.: ANNA HOLM", ["ANNA HOLM"], id="capitals"),
        pytest.param("navn: anna holm", ["anna holm"], id="small letters behind a label"),
        pytest.param("Sagsbehandler: A. Holm", ["A. Holm"], id="initial"),
        pytest.param(
            "Fra: Bo Lund <bo@example.com>\nTil: Eva Friis <eva@example.com>",
            ["Bo Lund", "Eva Friis"],
            id="mail header",
        ),
        pytest.param("17;Fatima Hassan;Odense;Aktiv", ["Fatima Hassan"], id="row of CSV"),
        pytest.param("Faktura nr. 17 til betaling den 3. maj", [], id="nobody"),
        pytest.param("", [], id="empty"),
        pytest.param("\n \n\t\n", [], id="blank"),
    ],
)
def test_people_are_found(text: str, names: list[str]) -> None:
    assert people(text) == names


def test_a_name_says_how_sure_it_is() -> None:
    names = tagger().find([LETTER])[0]
    assert {name.label for name in names} == {"PERSON", "LOCATION", "ORGANIZATION"}
    assert all(0 < name.probability <= 1 for name in names)
    assert max(name.probability for name in names) > 0.9


def test_a_batch_finds_what_each_text_alone_does() -> None:
    texts = [LETTER, "", "Navn: Anna Holm", "x" * 5000, "Hej Bo\n" * 300, LETTER.upper()]
    whole = tagger().find(texts)
    for text, names in zip(texts, whole, strict=True):
        (alone,) = tagger().find([text])
        assert [name[:3] for name in alone] == [name[:3] for name in names]


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=400))
def test_any_text_has_names_in_order_and_apart(text: str) -> None:
    end = 0
    for name in tagger().find([text])[0]:
        assert end <= name.start < name.end <= len(text)
        assert text[name.start : name.end].strip() == text[name.start : name.end]
        end = name.end


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200))
def test_tokens_leave_out_blanks_only(text: str) -> None:
    held = [text[s + a : s + b] for s, _, spans in lines(text) for a, b in spans]
    assert "".join("".join(each.split()) for each in held) == "".join(text.split())


def test_words_are_forgotten_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("detectors.names.crf.REMEMBERED", 50)
    fresh = Tagger.load(COMPONENT)
    for number in range(30):
        fresh.find([f"ord{number}a ord{number}b Anna Holm"])
        assert fresh._count < 70
    assert [name.label for name in fresh.find(["Navn: Anna Holm"])[0]] == ["PERSON"]


def test_the_model_is_small_and_says_its_licence() -> None:
    size = sum(path.stat().st_size for path in MODEL.rglob("*") if path.is_file())
    assert size <= 12_000_000
    licence = (MODEL / "LICENSE").read_text("utf-8")
    for source in ("CC BY-SA 4.0", "UNER", "NorNE", "Danmarks Statistik", "Faker", "hunspell"):
        assert source in licence


def test_asking_the_model_imports_no_spacy() -> None:
    code = (
        "import sys; from detectors.names import tagger;"
        "assert tagger().find(['Navn: Anna Holm'])[0];"
        "print('spacy' in sys.modules, 'presidio_analyzer' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["False", "False"]


def test_it_is_a_spacy_pipeline() -> None:
    spacy = pytest.importorskip("spacy")
    nlp = spacy.load(MODEL)
    texts = [LETTER, "Navn:\tAnna  Holm\r\n\n Bo ", "", "  ", "17;Fatima Hassan;Odense"]
    docs = list(nlp.pipe(texts, batch_size=2))
    for text, doc, names in zip(texts, docs, tagger().find(texts), strict=True):
        assert doc.text == text
        found = [(e.start_char, e.end_char, e.label_) for e in doc.ents]
        assert found == [(name.start, name.end, name.label) for name in names]
        assert all(0 < entity._.probability <= 1 for entity in doc.ents)
    assert [e.text for e in nlp(LETTER).ents if e.label_ == "PERSON"] == people(LETTER)


def test_the_pipeline_can_be_saved_again(tmp_path: Path) -> None:
    spacy = pytest.importorskip("spacy")
    spacy.load(MODEL).to_disk(tmp_path / "copy")
    again = spacy.load(tmp_path / "copy")
    assert [e.text for e in again("Navn: Anna Holm").ents] == ["Anna Holm"]


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=200))
def test_spacy_documents_hold_the_whole_text(text: str) -> None:
    from detectors.names.pipeline import Tokenizer

    spacy = pytest.importorskip("spacy")
    assert Tokenizer(spacy.blank("da").vocab)(text).text == text


def test_it_runs_in_presidio() -> None:
    presidio = pytest.importorskip("presidio_analyzer")
    from presidio_analyzer.nlp_engine import NlpEngineProvider

    engine = NlpEngineProvider(
        nlp_configuration={
            "nlp_engine_name": "spacy",
            "models": [{"lang_code": "da", "model_name": str(MODEL)}],
            "ner_model_configuration": {
                "model_to_presidio_entity_mapping": {
                    "PERSON": "PERSON",
                    "LOCATION": "LOCATION",
                    "ORGANIZATION": "ORGANIZATION",
                },
                "labels_to_ignore": ["ORGANIZATION"],
            },
        }
    ).create_engine()
    registry = presidio.RecognizerRegistry(supported_languages=["da"])
    from presidio_analyzer.predefined_recognizers import SpacyRecognizer

    registry.add_recognizer(SpacyRecognizer(supported_language="da"))
    analyzer = presidio.AnalyzerEngine(
        registry=registry, nlp_engine=engine, supported_languages=["da"]
    )
    results = analyzer.analyze(LETTER, language="da", entities=["PERSON"])
    assert sorted(LETTER[each.start : each.end] for each in results) == sorted(people(LETTER))


def test_a_span_prints_no_text() -> None:
    assert "Anna" not in repr(Name(0, 4, "PERSON", 0.9))
