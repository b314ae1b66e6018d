"""The searcher finds every form of a value it promises, and says nothing of clean bytes."""

from __future__ import annotations

import base64
import bz2
import gzip
import hashlib
import io
import itertools
import lzma
import random
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.demo import fake
from scanner.demo.forms import SHORTEST, written_forms
from scanner.demo.truth import Mark, Truth, canonical
from tests import leak

RNG = random.Random(4)
VALUES = {
    (kind, canonical(kind, written))
    for kind, written in (
        ("DK_CPR", fake.cpr(RNG)),
        ("DK_CPR", fake.cpr(RNG, born=fake.OLDEST)),  # day 01: it can lose its zero
        ("EMAIL_ADDRESS", fake.email(RNG)),
        ("PHONE_NUMBER", fake.phone(RNG)),
        ("IBAN_CODE", fake.iban(RNG)),
        ("IBAN_CODE", fake.iban(RNG, country="GB")),
        ("CREDIT_CARD", fake.card(RNG)),
        ("CREDIT_CARD", fake.card(RNG, brand="amex")),
        ("DK_BANK_ACCOUNT", fake.account(RNG)),
        ("PASSPORT_MRZ", fake.mrz(RNG)),
        ("PASSPORT_MRZ", fake.mrz(RNG, form="TD1")),
        ("PASSPORT_MRZ", fake.mrz(RNG, form="TD2")),
        ("DK_PASSPORT", fake.passport(RNG)),
        ("DK_DRIVER_LICENSE", fake.driver_license(RNG)),
        ("IP_ADDRESS", fake.ip(RNG)),
        ("IP_ADDRESS", fake.ip(RNG, version=6)),
    )
}
SEARCHER = leak.Searcher(VALUES)
CPR = next(value for kind, value in sorted(VALUES) if kind == "DK_CPR" and value[0] == "0")
PHONE = next(value for kind, value in VALUES if kind == "PHONE_NUMBER")
MAIL = next(value for kind, value in VALUES if kind == "EMAIL_ADDRESS")
TRUTH = Truth(1, planted=[Mark(kind, value, value, "text") for kind, value in VALUES])


def _found(data: bytes) -> set[tuple[str, str]]:
    return {SEARCHER.values[form] for _, form in SEARCHER.stream(io.BytesIO(data))}


def test_each_form_is_found_where_it_stands() -> None:
    text, places = bytearray(), []
    for form in SEARCHER.values:
        text += b"<>"
        places.append((len(text), form))
        text += form
    text += b"<>"
    found = set(SEARCHER.stream(io.BytesIO(bytes(text))))
    assert not [place for place in places if place not in found]


def _group(text: str, *lengths: int) -> list[str]:
    cuts = [sum(lengths[:at]) for at in range(len(lengths) + 1)]
    return [text[start:end] for start, end in itertools.pairwise(cuts)]


@pytest.mark.parametrize(
    ("value", "write"),
    [
        pytest.param(CPR, lambda text: f"{text[:6]}-{text[6:]}".encode(), id="CPR with a hyphen"),
        pytest.param(CPR, lambda text: f"{text[:6]} - {text[6:]}".encode(), id="CPR, wide hyphen"),
        pytest.param(CPR, lambda text: text[1:].encode(), id="CPR, lost zero"),
        pytest.param(CPR, lambda text: f"x={int(text)}.0;".encode(), id="CPR as a float"),
        pytest.param(CPR, lambda text: int(text).to_bytes(8, "big"), id="CPR as an integer"),
        pytest.param(
            CPR,
            lambda text: f"{text[:6]}\N{NO-BREAK SPACE}{text[6:]}".encode("cp865"),
            id="CPR, no-break space of the old code page",
        ),
        pytest.param(CPR, lambda text: text.encode("utf-16-le"), id="CPR in UTF-16"),
        pytest.param(CPR, lambda text: text.encode().hex().upper().encode(), id="CPR in hex"),
        pytest.param(
            CPR, lambda text: hashlib.sha256(text.encode()).hexdigest().encode(), id="plain hash"
        ),
        pytest.param(
            CPR, lambda text: hashlib.md5(text.encode()).digest(), id="plain hash in bytes"
        ),
        pytest.param(PHONE, lambda text: text.encode(), id="phone, E.164"),
        pytest.param(PHONE, lambda text: text[3:].encode(), id="phone, eight digits"),
        pytest.param(
            PHONE, lambda text: " ".join(_group(text[3:], 2, 2, 2, 2)).encode(), id="phone in pairs"
        ),
        pytest.param(PHONE, lambda text: ("0045" + text[3:]).encode(), id="phone with double zero"),
        pytest.param(MAIL, lambda text: text.upper().encode(), id="mail in capitals"),
        pytest.param(MAIL, lambda text: text.replace("@", "%40").encode(), id="mail in a URL"),
        pytest.param(MAIL, lambda text: text.replace("@", "=40").encode(), id="mail, QP header"),
    ],
)
def test_usual_spellings_are_forms(value: str, write: Callable[[str], bytes]) -> None:
    assert value in {found for _, found in _found(b"\n(" + write(value) + b")\n")}


@given(before=st.binary(max_size=40), after=st.binary(max_size=40), urlsafe=st.booleans())
@settings(max_examples=60, deadline=None)
def test_base64_is_found_whatever_stands_around(before: bytes, after: bytes, urlsafe: bool) -> None:
    code = base64.urlsafe_b64encode if urlsafe else base64.b64encode
    assert ("DK_CPR", CPR) in _found(code(before + b" " + CPR.encode() + b" " + after))


@given(before=st.integers(0, 300), chunk=st.integers(16, 200))
@settings(max_examples=60, deadline=None)
def test_a_form_on_a_cut_is_found_once(before: int, chunk: int) -> None:
    data = b"-" * before + MAIL.encode() + b"-" * 300
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(leak, "CHUNK_BYTES", chunk)
        found = [hit for hit in SEARCHER.stream(io.BytesIO(data)) if hit[1] == MAIL.encode()]
    assert found == [(before, MAIL.encode())]


def test_random_bytes_and_numbers_hold_nothing() -> None:
    rng = random.Random(11)
    assert not _found(rng.randbytes(3_000_000))
    assert not _found(bytes(rng.choices(b"0123456789abcdef\n ", k=2_000_000)))


@pytest.mark.parametrize(
    "around",
    [
        pytest.param("17{0}22", id="inside a longer number"),
        pytest.param("9fe1{0}c0ffee12", id="inside a hash"),
    ],
)
def test_eight_digits_stand_by_chance(around: str) -> None:
    digits = PHONE[3:]
    assert not _found(around.format(digits).encode())
    assert _found(around.format(f" {digits} ").encode())


def test_short_values_have_no_forms() -> None:
    assert written_forms("DK_PASSPORT", "12345") == set()
    assert min(map(len, SEARCHER.values)) >= SHORTEST


def _database(path: Path, cell: object) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE finding (a, b)")
        connection.execute("INSERT INTO finding VALUES (1, ?)", [cell])
    connection.close()


def _zip(path: Path, text: bytes) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", text)


@pytest.mark.parametrize(
    ("name", "make"),
    [
        pytest.param("run.log", lambda path: path.write_text(f"cpr {CPR}"), id="plain log"),
        pytest.param(
            "run.log.gz", lambda path: path.write_bytes(gzip.compress(CPR.encode())), id="gzip log"
        ),
        pytest.param(
            "run.log.bz2", lambda path: path.write_bytes(bz2.compress(CPR.encode())), id="bzip2"
        ),
        pytest.param(
            "run.log.xz", lambda path: path.write_bytes(lzma.compress(CPR.encode())), id="xz"
        ),
        pytest.param("export.zip", lambda path: _zip(path, CPR.encode()), id="zip member"),
        pytest.param("index.db", lambda path: _database(path, CPR), id="database text"),
        pytest.param("index.db", lambda path: _database(path, int(CPR)), id="database integer"),
        pytest.param("index.db", lambda path: _database(path, float(CPR)), id="database real"),
        pytest.param(
            "index.db",
            lambda path: _database(path, "." * 3_950 + CPR * 60),
            id="database text over several pages",
        ),
        pytest.param(f"{CPR}.txt", lambda path: path.write_text("x"), id="file name"),
    ],
)
def test_files_are_searched_inside(
    tmp_path: Path, name: str, make: Callable[[Path], object]
) -> None:
    make(tmp_path / name)
    (tmp_path / "clean.txt").write_text("nothing here", encoding="utf-8")
    found = leak.leaks([tmp_path], TRUTH)
    assert {(one.file.name, one.value) for one in found} == {(name, CPR)}
    assert CPR not in repr(found).replace(name, "")


def test_what_is_allowed_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text(f"{MAIL} {CPR}", encoding="utf-8")
    found = leak.leaks([tmp_path / "a.log"], TRUTH, allow={MAIL.encode()})
    assert {one.kind for one in found} == {"DK_CPR"}


def test_names_are_counted_and_fail_nothing(tmp_path: Path) -> None:
    name = fake.name(random.Random(5))
    truth = Truth(1, names=[name])
    (tmp_path / "a.log").write_text(f"{name}\n{name.upper()}\n", encoding="utf-8")
    assert leak.leaks([tmp_path], truth) == []
    assert sum(leak.names_seen([tmp_path], truth).values()) == 2


def test_the_program_fails_on_a_leak_and_prints_no_value(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    TRUTH.save(tmp_path / "truth.json")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a.log").write_text("clean", encoding="utf-8")
    arguments = [str(tmp_path / "truth.json"), str(tmp_path / "out")]
    assert leak.main(arguments) == 0
    (tmp_path / "out" / "a.log").write_text(MAIL, encoding="utf-8")
    assert leak.main(arguments) == 1
    assert MAIL not in capsys.readouterr().out
