"""Which detectors there are, and how others add theirs."""

from __future__ import annotations

import pickle
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import EntryPoint

import pytest

from detectors import Detector, Headed, Match, catalogue, load
from detectors.catalogue import BUILT_IN, EVIDENCE, LEVELS, kinds_of, select
from detectors.gate import Gate
from detectors.pattern import Pattern
from scanner.demo import fake

OTHER = Pattern(kind="OTHER", regex="[0-9]{3}-x")


@pytest.fixture
def entry_points(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[EntryPoint]]:
    points: list[EntryPoint] = []
    monkeypatch.setattr(catalogue, "entry_points", lambda group: points)
    catalogue.all_detectors.cache_clear()
    yield points
    catalogue.all_detectors.cache_clear()


def point(name: str, value: str) -> EntryPoint:
    return EntryPoint(name, f"tests.detectors.test_catalogue:{value}", catalogue.ENTRY_POINTS)


def make() -> Detector:
    return OTHER


def make_two() -> tuple[Detector, ...]:
    return (OTHER, Pattern(kind="THIRD", regex="y[0-9]"))


NOT_ONE = 17


def broken() -> Detector:
    raise RuntimeError("cannot load its model")


def test_every_kind_is_found_by_one_detector_and_has_a_level() -> None:
    kinds = [kind for each in BUILT_IN for kind in each.kinds]
    assert len(kinds) == len(set(kinds))
    assert set(LEVELS) == set(kinds)
    assert set(LEVELS.values()) <= {"ordinary", "confidential", "special", "criminal"}


def test_names_are_unique_and_versions_stable() -> None:
    assert len({each.name for each in BUILT_IN}) == len(BUILT_IN)
    assert [each.version for each in BUILT_IN] == [each.version for each in BUILT_IN]


@pytest.mark.parametrize("detector", BUILT_IN, ids=lambda each: each.name)
def test_detectors_pickle(detector: Detector) -> None:
    again = pickle.loads(pickle.dumps(detector))
    assert (again.name, again.version) == (detector.name, detector.version)


def test_select_keeps_the_order() -> None:
    chosen = select(["PHONE_NUMBER", "DK_CPR"])
    assert kinds_of(chosen) == ("DK_CPR", "PHONE_NUMBER")
    assert load(["DK_CPR"]) == select(["DK_CPR"])
    assert kinds_of()[: len(kinds_of(BUILT_IN))] == kinds_of(BUILT_IN)


@pytest.mark.parametrize(
    ("kind", "hint"), [("CPR", "unknown kind CPR"), ("dk_crp", "did you mean DK_CPR")]
)
def test_an_unknown_kind_is_named(kind: str, hint: str) -> None:
    with pytest.raises(ValueError, match=hint):
        select([kind])


@pytest.mark.parametrize(
    ("value", "kinds"),
    [
        pytest.param("OTHER", ("OTHER",), id="a detector"),
        pytest.param("make", ("OTHER",), id="something that makes one"),
        pytest.param("make_two", ("OTHER", "THIRD"), id="something that makes several"),
    ],
)
def test_entry_points(entry_points: list[EntryPoint], value: str, kinds: tuple[str, ...]) -> None:
    entry_points.append(point("mine", value))
    assert kinds_of(select())[-len(kinds) :] == kinds


def test_an_entry_point_without_a_detector_is_named(entry_points: list[EntryPoint]) -> None:
    entry_points.append(point("mine", "NOT_ONE"))
    with pytest.raises(TypeError, match="entry point mine"):
        select()


def test_an_entry_point_that_breaks_is_not_passed_over(entry_points: list[EntryPoint]) -> None:
    entry_points.append(point("mine", "broken"))
    with pytest.raises(RuntimeError, match="its model"):
        select()


def test_every_evidence_code_is_listed() -> None:
    text = "\n".join(
        [
            f"CPR {fake.cpr()}; {fake.cpr(hyphen=True)}",
            f"{fake.email()} info@firma.dk",
            f"tlf {fake.phone(style='pairs')} ordre {fake.phone()}",
            f"konto {fake.account()} IBAN {fake.iban()} {fake.card(grouped=True)}",
            f"pas {fake.passport()} kørekort {fake.driver_license()} {fake.ip()}",
            fake.mrz(),
        ]
    )
    codes = {code for each in BUILT_IN for match in each.find(text) for code in match.evidence}
    assert codes
    assert {code if code in EVIDENCE else code.partition(":")[0] for code in codes} <= set(EVIDENCE)


@pytest.mark.parametrize("detector", BUILT_IN, ids=lambda each: each.name)
def test_the_gate_can_stand_in_front(detector: Detector) -> None:
    parts = detector.parts if isinstance(detector, Headed) else (detector,)
    assert Gate(parts).ungated == {}


def test_gated_finds_what_ungated_finds() -> None:
    filler = " Det er en smuk dag, og vi skal på tur i skoven med hele familien. " * 6
    pieces = [
        f"CPR {fake.cpr()}",
        fake.cpr(hyphen=True).replace("-", " \u2013 "),
        fake.cpr(hyphen=True).replace("-", "\u2011"),
        "170580-1AB4",
        re.sub(r"^(..)(..)", r"\1/\2/", fake.cpr(hyphen=True)),
        fake.cpr(hyphen=True).replace("-", "-\u200b"),
        f"tlf {fake.phone(style='(+45)')}",
        f"{fake.phone(style='pairs')} og +44 20 7946 0958",
        f"{fake.email()} og anna@blåbærgrød.dk",
        f"{fake.iban(grouped=True)} {fake.iban(country='FR')}",
        f"{fake.card(grouped=True)} {fake.card(brand='amex', grouped=True)}",
        f"reg.nr. 1234 konto 567890 {fake.account()}",
        f"pasnr. {fake.passport()} kørekort {fake.driver_license()}",
        f"{fake.ip()} {fake.ip(version=6)}",
        f"Anna Holm, {fake.address()}",
        f"født 17.05.1980, EU-kort {fake.health_card()}",
        "\nCV\nLønseddel\nAnsættelseskontrakt\n",
        *(f"\n{fake.mrz(form=form)}\n" for form in ("TD3", "TD2", "TD1")),
    ]
    text = filler.join(["", *pieces, ""])
    alone: list[tuple[int, Match]] = [
        (number, match) for number, each in enumerate(BUILT_IN) for match in each.find(text)
    ]
    assert {match.kind for _, match in alone} == set(LEVELS) - {"CUSTOMER_TABLE"}, (
        "a table is no text"
    )
    assert sorted(Gate(BUILT_IN).find(text)) == sorted(alone)


def test_loading_imports_nothing_heavy() -> None:
    code = (
        "import sys, detectors; detectors.load();"
        "heavy = 'phonenumbers', 'idna', 'spacy', 'presidio_analyzer';"
        "print([name for name in heavy if name in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"
