"""Every code that people can meet has words in both languages, and the compiled words are fresh."""

from __future__ import annotations

import ast
import io
import random
import re
import string
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

from connectors import Lost, Reason
from connectors.excludes import DEFAULT_EXCLUDES, PRIVATE, SIZE
from detectors import Match, Table, load
from detectors.catalogue import EVIDENCE, LEVELS
from scanner.answers.kinds import PLANNED
from scanner.demo import fake
from scanner.demo.story import story
from scanner.demo.truth import Truth
from scanner.doctor import READERS_NEED, State
from scanner.kontrolfil import Found
from scanner.messages import FOLDER, LANGUAGES, Words, certainty, why, words
from scanner.model import Status
from scanner.nightly.installing import State as Installed
from scanner.nightly.nights import How
from scanner.nightly.status import Trouble
from scanner.risk import LEVELS as RISKS
from scanner.summary import NOTED, OUTCOMES
from scanner.web.pages import PAGES
from scanner.web.rights import ROLES

ROOT = Path(__file__).parent.parent
ANSWERS = [
    *sorted((ROOT / "scanner" / "answers").glob("*.py")),
    *sorted((ROOT / "scanner" / "cli").glob("*.py")),
    *sorted((ROOT / "scanner" / "nightly").glob("*.py")),
    *sorted((ROOT / "scanner" / "alert").glob("*.py")),
    *sorted((ROOT / "scanner" / "web").rglob("*.py")),
    *(ROOT / "scanner" / f"{name}.py" for name in ("doctor", "progress", "summary")),
]


def catalogue(language: str) -> Path:
    return FOLDER / language / "LC_MESSAGES" / "fodspor.po"


@pytest.fixture(params=LANGUAGES)
def held(request: pytest.FixtureRequest) -> Words:
    return words(request.param)


@pytest.mark.parametrize("code", EVIDENCE)
def test_evidence_of_the_built_in_detectors_has_words(held: Words, code: str) -> None:
    assert held.evidence(code) != code


def evidence_met() -> set[str]:
    """Return the codes that the detectors give for made-up values in many surroundings."""
    rng = random.Random(2)
    makers: list[Callable[[random.Random], str]] = [
        fake.cpr,
        lambda r: fake.cpr(r, hyphen=True),
        lambda r: fake.cpr(r, modulus11=False).lstrip("0"),
        lambda r: fake.cpr(r, replacement=True),
        fake.phone,
        lambda r: fake.phone(r, style="pairs"),
        lambda r: fake.phone(r, style="+45"),
        fake.email,
        fake.iban,
        fake.card,
        lambda r: fake.card(r, grouped=True),
        fake.account,
        fake.passport,
        fake.driver_license,
        fake.mrz,
        fake.ip,
    ]
    around = "{} |cpr: {}|faktura {}|kunde {}|tlf {}|konto {}|reg.nr. {}|pasnr {}|kørekort {}|x{}"
    texts = [
        form.format(make(rng)) for make in makers for form in around.split("|") for _ in range(20)
    ]
    found: set[str] = set()
    for detector in load():
        matches: list[Match] = []
        for text in texts:
            matches += (match for match in detector.find(text) if match.confidence > 0)
        for match in (*matches, *detector.judge(matches, Table((), {}))):
            found.update(match.evidence)
    return found


def test_evidence_that_is_met_has_words() -> None:
    met = evidence_met()
    assert len(met) > 25
    for language in LANGUAGES:
        assert not [code for code in met if words(language).evidence(code) == code]


def evidence_written() -> set[str]:
    """Return what `Pattern` and the user's own kinds may say, read from their source."""
    tree = ast.parse((ROOT / "detectors" / "pattern.py").read_text("utf-8"))
    documented = ast.get_docstring(
        next(n for n in tree.body if isinstance(n, ast.ClassDef) and n.name == "Pattern")
    )
    assert documented is not None
    said = re.search(r"Evidence: ([^.]+)\.", documented)
    assert said is not None
    return {code.strip() for code in said[1].replace("\n", " ").split(",")}


def test_evidence_of_patterns_has_words(held: Words) -> None:
    codes = evidence_written()
    assert {"check", "label", "against:word"} <= codes
    assert not [code for code in codes if held.evidence(code) == code]


RUNS = ("done", "interrupted", "failed", "offline", "killed", "running", "never")


def codes() -> list[tuple[str, str]]:
    rules = {rule for rule, _ in DEFAULT_EXCLUDES} | {
        PRIVATE,
        SIZE,
        "symlink",
        "shared",
        "place",
        "maildir_tmp",
        "outlook_internal",
        "special",
        "exclude",
        "kontrolfil",
    }
    return [
        *(("reason", reason) for reason in get_args(Reason)),
        *(("status", status) for status in get_args(Status)),
        *(("kind", kind) for kind in (*LEVELS, *PLANNED)),
        *(("group", group) for group in {*LEVELS.values(), *PLANNED.values()}),
        *(("level", level) for level in RISKS),
        *(("rule", rule) for rule in rules),
        *(("run", run) for run in RUNS),
        *(("summary lost", why) for why in get_args(Lost) if why),
        *(("how", how) for how in get_args(How)),
        *(("trouble", each) for each in {*get_args(Trouble)} - {"put_off", "missed"}),
        *(("kontrolfil", found) for found in get_args(Found) if found),
        *(("schedule", said) for said in ("installed", "removed", "nothing")),
        *(("schedule", state) for state in get_args(Installed)),
        *(("certainty", certainty(number)) for number in (0.4, 0.6, 0.99)),
        *(("doctor", package) for package in READERS_NEED),
        *(("doctor state", state) for state in get_args(State)),
        *(("role", role) for role in ROLES),
        *(("page", page.name) for page in PAGES),
    ]


@pytest.mark.parametrize(("group", "code"), sorted(codes()))
def test_every_closed_list_has_words(held: Words, group: str, code: str) -> None:
    assert held.has(f"{group} {code}")


STEPS = [step.title for step in story(Path("company"), Truth(1, person={"DK_CPR": "x" * 10}))]


def keys_used() -> set[tuple[str, bool]]:
    """Return the literal keys that the answers ask for; true where a number decides the form."""
    found: set[tuple[str, bool]] = set()
    for path in ANSWERS:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in ("text", "count")
                and (len(node.args) > 1 or node.func.attr == "text")
                and node.args
                and isinstance(node.args[0], ast.Constant)
                and isinstance(node.args[0].value, str)
            ):
                found.add((node.args[0].value, node.func.attr == "count"))
    found |= {(f"summary note {status}", False) for status in NOTED}
    for template in (ROOT / "scanner" / "web" / "templates").rglob("*.html"):
        for function, key in re.findall(r"\b([tn])\(\"([^\"]+)\"[,)]", template.read_text("utf-8")):
            found.add((key, function == "n"))
    for step in STEPS:
        found.add((step, False))
    for name in (*OUTCOMES, "unbegun", "found", "looked", "unchanged", "moved", "gone"):
        found.add((f"summary {name}", True))
    found |= {(f"report {state}", False) for state in ("well", "left", "fault")}
    found |= {("trouble put_off", True), ("trouble missed", True)}
    found |= {(f"status {name}", True) for name in ("left documents", "not read", "waiting")}
    found |= {("same values", False), ("extract", False), ("coverage of unread", True)}  # by name
    return found


def test_every_key_that_answers_use_has_words(held: Words) -> None:
    used = keys_used()
    assert len(used) > 30
    for key, counted in used:
        if counted:
            for number in (1, 2):
                message = held._catalogue.ngettext(key, f"{key} (many)", number)
                assert message not in (key, f"{key} (many)")
        else:
            assert held.has(key), key


def messages_of(read: Catalog) -> dict[str, tuple[str, ...]]:
    """Return the messages by their key, one or two forms each."""
    return {
        message.id if isinstance(message.id, str) else message.id[0]: _forms(message.string)
        for message in read
        if message.id
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_key_stands_once(language: str) -> None:
    text = (FOLDER / language / "LC_MESSAGES" / "fodspor.po").read_text("utf-8")
    keys = re.findall(r"^msgid (.*)$", text, re.MULTILINE)
    assert len(keys) == len(set(keys)) > 500


@pytest.mark.parametrize("language", LANGUAGES)
def test_compiled_words_are_up_to_date(language: str) -> None:
    """If this fails: pybabel compile -d scanner/locale -D fodspor"""
    path = catalogue(language)
    with path.open("rb") as file:
        fresh = io.BytesIO()
        write_mo(fresh, read_po(file, locale=language))
    with path.with_suffix(".mo").open("rb") as file:
        compiled = messages_of(read_mo(file))
    fresh.seek(0)
    assert compiled == messages_of(read_mo(fresh))


def test_both_languages_say_the_same_things() -> None:
    with catalogue("en").open("rb") as english, catalogue("da").open("rb") as danish:
        one = messages_of(read_po(english))
        two = messages_of(read_po(danish))
    assert one.keys() == two.keys()
    for key, message in one.items():
        assert all(message) and all(two[key]), key
        for left, right in zip(message, two[key], strict=True):
            assert fields(left) == fields(right), key


def _forms(message: object) -> tuple[str, ...]:
    return tuple(message) if isinstance(message, list | tuple) else (str(message),)


def fields(message: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(message) if name is not None}


@pytest.mark.parametrize(
    ("code", "english", "danish"),
    [
        pytest.param(
            "label:cpr",
            "the word cpr stands near it",
            "ordet cpr står ved siden af",
            id="a parameter has its place",
        ),
        pytest.param(
            "modulus-11:x",
            "modulus 11 fits (x)",
            "modulus 11 passer (x)",
            id="a parameter nobody planned stands behind",
        ),
        pytest.param("label:{0.x}", None, None, id="a parameter is no template"),
        pytest.param("new-code", "new-code", "new-code", id="an unknown code stays"),
        pytest.param("new-code:a", "new-code:a", "new-code:a", id="with its parameter"),
    ],
)
def test_evidence_in_words(code: str, english: str | None, danish: str | None) -> None:
    for language, expected in (("en", english), ("da", danish)):
        said = why([code], language)
        assert said == expected if expected else "{0.x}" in said


@given(st.lists(st.text(max_size=40), max_size=5))
def test_no_code_breaks_the_words(evidence: list[str]) -> None:
    for language in LANGUAGES:
        assert isinstance(why(evidence, language), str)


@pytest.mark.parametrize(
    ("said", "english", "danish"),
    [
        pytest.param(lambda w: w.number(1990), "1\u00a0990", "1.990", id="thousands"),
        pytest.param(lambda w: w.number(999), "999", "999", id="below a thousand"),
        pytest.param(lambda w: w.decimal(0.95, 2), "0.95", "0,95", id="decimals"),
        pytest.param(lambda w: w.size(9_400_000_000), "9.4\u00a0GB", "9,4\u00a0GB", id="bytes"),
        pytest.param(lambda w: w.size(999_999), "1.0\u00a0MB", "1,0\u00a0MB", id="no 1000 kB"),
        pytest.param(lambda w: w.percent(384, 400), "96\u00a0%", "96\u00a0%", id="percent"),
        pytest.param(
            lambda w: w.percent(999, 1000), "99\u00a0%", "99\u00a0%", id="100 % means all"
        ),
        pytest.param(lambda w: w.date(""), "", "", id="no date"),
        pytest.param(lambda w: w.date("nonsense"), "", "", id="what is no date"),
        pytest.param(
            lambda w: w.date("2026-11-23T12:00:00+00:00"), "2026-11-23", "23-11-2026", id="date"
        ),
        pytest.param(
            lambda w: w.count("coverage unread", 1990),
            "1\u00a0990 documents are unread",
            "1.990 dokumenter er ulæste",
            id="a number in a sentence",
        ),
        pytest.param(
            lambda w: w.where(("Ark1", "B14", "page 3", "line x")),
            "Ark1, B14, page 3, line x",
            "Ark1, B14, side 3, line x",
            id="steps; what is no step of ours stays",
        ),
        pytest.param(
            lambda w: w.where(("table Kunder", "column E-mail", "row 7")),
            "table Kunder, column E-mail, row 7",
            "tabel Kunder, kolonne E-mail, række 7",
            id="names of a database stay",
        ),
        pytest.param(
            lambda w: w.rule("exclude:*.bak"), "own rule (*.bak)", "egen regel (*.bak)", id="rule"
        ),
        pytest.param(
            lambda w: w.listed(["a", "b", "c"]), "a, b and c", "a, b og c", id="a list read out"
        ),
    ],
)
def test_numbers_dates_and_lists(said: object, english: str, danish: str) -> None:
    assert callable(said)
    assert said(words("en")) == english
    assert said(words("da")) == danish


def test_an_unknown_language_is_an_error() -> None:
    with pytest.raises(ValueError, match="known: en, da"):
        Words("fr")
