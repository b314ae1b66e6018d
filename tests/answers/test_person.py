"""One person's places: what may be typed, what is found, what is said when nothing is."""

from __future__ import annotations

import os
import random
import re
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from detectors import load
from scanner.answers.written import Candidate, candidates, canonical_name, values_of
from scanner.cli.person import _decoded
from scanner.demo import fake
from scanner.demo.truth import canonical
from scanner.index.store import Decisions, Index, IndexTrouble, decisions_path
from tests.answers.shelf import Doc, Shelf, Value, cprs

RNG = random.Random(21)
(CPR,) = cprs(1, seed=3)
DIGITS = CPR.value
LOST_ZERO = fake.cpr(RNG, born=date(1990, 5, 3))
IBAN = fake.iban(RNG)
CARD = fake.card(RNG)
PASSPORT, LICENSE = fake.passport(RNG), fake.driver_license(RNG)
MRZ = fake.mrz(RNG)
ACCOUNT = fake.account(RNG)
PHONE = fake.phone(RNG)
PAIRS = " ".join(PHONE[at : at + 2] for at in range(0, 8, 2))


def grouped(text: str) -> str:
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


@pytest.mark.parametrize(
    ("written", "kind", "value"),
    [
        pytest.param(DIGITS, "DK_CPR", DIGITS, id="cpr without hyphen"),
        pytest.param(f"{DIGITS[:6]}-{DIGITS[6:]}", "DK_CPR", DIGITS, id="cpr with hyphen"),
        pytest.param(f"{DIGITS[:6]} {DIGITS[6:]}", "DK_CPR", DIGITS, id="cpr with a blank"),
        pytest.param(f"  {DIGITS[:6]} - {DIGITS[6:]} ", "DK_CPR", DIGITS, id="cpr with blanks"),
        pytest.param(f"{DIGITS[:6]}–{DIGITS[6:]}", "DK_CPR", DIGITS, id="cpr with a dash"),
        pytest.param(LOST_ZERO.lstrip("0"), "DK_CPR", LOST_ZERO, id="cpr without its zero"),
        pytest.param("Bo.Holm@Example.COM", "EMAIL_ADDRESS", "bo.holm@example.com", id="e-mail"),
        pytest.param("info@example.com", "EMAIL_ADDRESS", "info@example.com", id="a company's box"),
        pytest.param(PHONE, "PHONE_NUMBER", f"+45{PHONE}", id="phone plain"),
        pytest.param(PAIRS, "PHONE_NUMBER", f"+45{PHONE}", id="phone in pairs"),
        pytest.param(f"+45 {PAIRS}", "PHONE_NUMBER", f"+45{PHONE}", id="phone with country"),
        pytest.param(f"0045 {PHONE}", "PHONE_NUMBER", f"+45{PHONE}", id="phone with 0045"),
        pytest.param(IBAN, "IBAN_CODE", canonical("IBAN_CODE", IBAN), id="iban"),
        pytest.param(grouped(IBAN), "IBAN_CODE", canonical("IBAN_CODE", IBAN), id="iban in fours"),
        pytest.param(IBAN.lower(), "IBAN_CODE", canonical("IBAN_CODE", IBAN), id="iban in small"),
        pytest.param(grouped(CARD), "CREDIT_CARD", CARD, id="card in fours"),
        pytest.param(CARD, "CREDIT_CARD", CARD, id="card"),
        pytest.param(
            ACCOUNT, "DK_BANK_ACCOUNT", canonical("DK_BANK_ACCOUNT", ACCOUNT), id="account"
        ),
        pytest.param(PASSPORT, "DK_PASSPORT", PASSPORT, id="passport"),
        pytest.param(LICENSE, "DK_DRIVER_LICENSE", LICENSE, id="driving licence"),
        pytest.param(MRZ, "PASSPORT_MRZ", canonical("PASSPORT_MRZ", MRZ), id="passport's zone"),
        pytest.param("192.0.2.17", "IP_ADDRESS", "192.0.2.17", id="ip"),
        pytest.param("Holm, Anna Marie", "PERSON", "anna marie holm", id="a name"),
    ],
)
def test_what_is_written_is_understood(written: str, kind: str, value: str) -> None:
    assert Candidate(kind, value) in candidates(written, load(), {})


@pytest.mark.parametrize(
    "written",
    [
        pytest.param(f"cpr {DIGITS} 12345", id="digits that belong to nothing"),
        pytest.param("12345", id="too short for anything"),
        pytest.param("anna", id="one name is none"),
        pytest.param("image@2x", id="no domain"),
        pytest.param("x" * 300, id="long"),
    ],
)
def test_what_is_no_value_is_refused(tmp_path: Path, written: str) -> None:
    assert candidates(written, load(), {}) == []
    shelf = Shelf(tmp_path)
    shelf.run([Doc("/srv/share/a.txt", (CPR,))])
    told = shelf.ask("person", stdin=written, code=2)
    assert "value 1 is no value" in told.err
    assert written not in told.err


def test_a_kind_can_be_forced() -> None:
    read = candidates(PHONE, load(), {}, {"DK_DRIVER_LICENSE"})
    assert read == [Candidate("DK_DRIVER_LICENSE", PHONE)]
    assert candidates(PHONE, load(), {}, {"DK_CPR"}) == []


@pytest.mark.parametrize(
    ("written", "name"),
    [
        pytest.param("Anna Marie Holm", "anna marie holm", id="as people say it"),
        pytest.param("HOLM, Anna Marie", "anna marie holm", id="as registers say it"),
        pytest.param("Dr. Anna Holm", "anna holm", id="title"),
        pytest.param("Søren Åberg-Ørsted", "søren åberg-ørsted", id="Danish letters"),
        pytest.param("Anna", "", id="one word"),
        pytest.param("Anna Holm 42", "", id="digits"),
    ],
)
def test_names_are_brought_to_one_form(written: str, name: str) -> None:
    assert canonical_name(written) == name


@pytest.mark.parametrize("language", ["en", "da"])
def test_before_the_first_scan_the_next_step_is_named(tmp_path: Path, language: str) -> None:
    out = Shelf(tmp_path).ask("person", stdin=DIGITS, language=language).out
    assert "'fodspor scan FOLDER'" in out or "'fodspor scan MAPPE'" in out


def test_lines_are_values_and_a_zone_is_one() -> None:
    assert values_of(f" a@b.dk \n\n{MRZ}\n{PHONE}\n") == ["a@b.dk", MRZ, PHONE]
    with pytest.raises(ValueError, match="too much at once"):
        values_of("x\n" * 51)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    made = Shelf(tmp_path)
    line = (CPR, Value("EMAIL_ADDRESS", "bo.holm@example.com", 0.85, ("address",)))
    made.run(
        [
            Doc("/srv/share/list.csv", line, content="list", owner="anna"),
            Doc("/srv/share/old/list copy.csv", line, content="list", owner="bo"),
            Doc(
                "/srv/share/mail.eml",
                parts={("bilag.zip", "side.pdf"): (replace(CPR, confidence=0.45, count=3),)},
            ),
            Doc(f"/srv/share/{DIGITS[:6]}-{DIGITS[6:]}.pdf", status="unread", reason="encrypted"),
            Doc("/srv/share/other.txt", cprs(2, seed=77)),
        ]
    )
    return made


def test_every_place_is_told_and_copies_once(shelf: Shelf) -> None:
    out = shelf.ask("person", stdin=f"{DIGITS[:6]}-{DIGITS[6:]}\n").out
    assert f"Looked for: CPR number {DIGITS[:4]}••-••••" in out
    assert "The same content in 2 places:" in out
    assert out.count("list.csv") == out.count("list copy.csv") == 1
    assert "mail.eml › bilag.zip › side.pdf" in out
    assert "possible · 3 times" in out
    assert "certain · 1 time" in out
    assert "in the name" in out
    assert "other.txt" not in out
    assert "What is unread may hold it too." in out


def test_json_names_the_content_that_copies_share(shelf: Shelf) -> None:
    told = shelf.ask("person", "--json", stdin=DIGITS)
    by_path = {line["path"].rpartition("/")[2]: line for line in told.lines}
    assert len(told.lines) == len(by_path) == 4
    assert by_path["list.csv"]["content"] == by_path["list copy.csv"]["content"]
    assert by_path["mail.eml"]["certainty"] == "possible"
    assert by_path["list.csv"]["owner"] == "anna"
    assert told.coverage["looked_for"] == [
        {
            "kind": "DK_CPR",
            "masked": f"{DIGITS[:4]}••-••••",
            "fingerprint": shelf.seal.fingerprint("DK_CPR", DIGITS).hex()[:12],
        }
    ]
    assert told.coverage["key_id"] == shelf.seal.key_id
    assert told.coverage["contents"] == 3
    assert not told.coverage["complete"]


def test_the_first_contents_are_told_when_asked_for_and_the_rest_counted(shelf: Shelf) -> None:
    out = shelf.ask("person", "--limit", "1", stdin=DIGITS, language="da").out
    assert "De første 1 af 3 indhold" in out
    told = shelf.ask("person", "--json", "--limit", "1", stdin=DIGITS)
    assert len({line["content"] for line in told.lines}) == 1
    assert told.coverage["contents"] == 3


def test_what_was_left_out_is_said(shelf: Shelf) -> None:
    told = shelf.ask("person", stdin=f"CPR-nr.: {DIGITS} (kunde)", language="da")
    assert f"Ledt efter: CPR-nummer {DIGITS[:4]}••-••••" in told.out
    assert "Det, der stod omkring, er udeladt." in told.out
    assert DIGITS not in told.out + told.err


def test_nine_digits_are_said_to_be_looked_for_as_a_cpr_number_too(shelf: Shelf) -> None:
    out = shelf.ask("person", stdin=LOST_ZERO.lstrip("0")).out
    assert f"CPR number {LOST_ZERO[:4]}••-••••" in out
    assert "a CPR number that lost its leading zero too" in out
    assert "lost its leading zero" not in shelf.ask("person", stdin=DIGITS).out


def test_a_label_that_is_wrong_is_said_to_be(shelf: Shelf) -> None:
    out = shelf.ask("person", stdin=f"cpr-nr. {PHONE}").out
    assert "The label says CPR number, but the value is none" in out
    assert "phone number" in out


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_values_are_read_in_the_encodings_that_programs_write(encoding: str) -> None:
    assert _decoded("Søren Ågård".encode(encoding)) == "Søren Ågård"


def test_a_damaged_index_is_named_not_answered_for(shelf: Shelf) -> None:
    """Where look-ups find nothing because pages are broken, "no findings" would be a lie."""
    shelf.sql("VACUUM")
    shelf.sql("PRAGMA wal_checkpoint(TRUNCATE)")
    with Index(shelf.path) as index:
        (page,) = index.connection.execute("PRAGMA page_size").fetchone()
        (root,) = index.connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE tbl_name='problem' AND type='table'"
        ).fetchone()
    held = bytearray(shelf.path.read_bytes())
    held[(root - 1) * page : root * page] = b"\xa9" * page
    shelf.path.write_bytes(held)
    assert "list.csv" in shelf.ask("person", stdin=DIGITS).out
    with pytest.raises(IndexTrouble, match="damaged"):
        shelf.ask("person", stdin="nobody@example.com")


def test_several_values_of_one_person(shelf: Shelf) -> None:
    told = shelf.ask("person", "--json", stdin=f"{DIGITS}\nBO.HOLM@example.com\n")
    assert {line["kind"] for line in told.lines} == {"DK_CPR", "EMAIL_ADDRESS"}


def test_not_found_is_told_with_what_may_hide_it(shelf: Shelf) -> None:
    out = shelf.ask("person", stdin="nobody@example.com", language="da").out
    assert "Ingen fund, men 1 dokument er ulæst. Svaret er ikke fuldstændigt." in out
    assert "Det ulæste kan også indeholde det." in out


def test_a_name_is_said_not_to_be_indexed(shelf: Shelf) -> None:
    out = shelf.ask("person", stdin="Bo Holm").out
    assert "The index holds no names yet" in out
    assert shelf.ask("person", "--json", stdin="Bo Holm").coverage["names_indexed"] is False


@pytest.mark.parametrize(
    ("path", "is_named"),
    [
        pytest.param("Kunder/Bo Holm.docx", True, id="a file"),
        pytest.param("Kunder/HOLM, BO/aftale.pdf", True, id="a folder, surname first"),
        pytest.param("bo_holm_2024.pdf", True, id="written with underscores"),
        pytest.param("Bo Erik Holms sag.pdf", True, id="another name between, and of his"),
        pytest.param("bo.holm.eml", True, id="written with dots"),
        pytest.param("C:\\Sager\\Bo Holm\\a.txt", True, id="a Windows path"),
        pytest.param("Bo/Holm/a.txt", False, id="two folders"),
        pytest.param("Holm.docx", False, id="one of two names"),
        pytest.param("Bo Holmgaard.docx", False, id="another surname"),
        pytest.param("Bo og tre fra Holm.docx", False, id="far from each other"),
    ],
)
def test_a_path_that_names_somebody_is_possible(tmp_path: Path, path: str, is_named: bool) -> None:
    shelf = Shelf(tmp_path)
    shelf.run([Doc(f"/srv/share/{path}"), Doc("/srv/share/andet.txt", cprs(1, seed=5))])
    told = shelf.ask("person", "--json", stdin="Holm, Bo").lines
    paths = [line["path"] for line in told if "path" in line]
    assert paths == ([f"/srv/share/{path}"] if is_named else [])
    assert all(line["certainty"] == "possible" for line in told if "path" in line)


def test_what_lies_in_a_folder_named_after_somebody_is_one_thing(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.run([Doc(f"/srv/share/Åse Bjørnø/{n}.txt") for n in range(3)])
    out = shelf.ask("person", stdin="Åse Bjørnø").out
    assert "3 documents in a folder of that name:" in out
    assert "the path names somebody of this name" in out
    assert all(f"{n}.txt" in out for n in range(3))


def test_what_is_gone_is_told_when_asked_for(shelf: Shelf) -> None:
    shelf.run([Doc("/srv/share/other.txt", cprs(2, seed=77))])
    assert shelf.ask("person", "--json", stdin=DIGITS).lines == []
    gone = shelf.ask("person", "--json", "--gone", stdin=DIGITS).lines
    assert {line["status"] for line in gone} == {"gone"}
    assert len(gone) == 4


def test_the_look_up_is_logged_by_fingerprint(shelf: Shelf) -> None:
    shelf.ask("person", stdin=DIGITS)
    with Decisions(decisions_path(shelf.path)) as decisions:
        rows = decisions.connection.execute("SELECT action, subject, detail FROM audit").fetchall()
        assert decisions.verify() is None
    assert rows == [("person", shelf.seal.fingerprint("DK_CPR", DIGITS).hex(), "DK_CPR")]
    stored = b"".join(path.read_bytes() for path in shelf.folder.glob("*.db*"))
    assert DIGITS.encode() not in stored


def test_the_wrong_key_is_no_answer(shelf: Shelf) -> None:
    key = shelf.folder / "fodspor.key"
    key.write_text("66" * 32 + "\n")
    with pytest.raises(IndexTrouble, match="another company key"):
        shelf.ask("person", stdin=DIGITS)


def test_a_kind_of_ones_own(tmp_path: Path) -> None:
    table = '[[detect.kind]]\nname = "CUSTOMER_NUMBER"\nregex = "K-[0-9]{6}"\nwords = ["kundenr"]\n'
    shelf = Shelf(tmp_path, extra=table)
    shelf.run([Doc("/srv/share/a.txt", (Value("CUSTOMER_NUMBER", "K-123456"),))])
    (line,) = shelf.ask("person", "--json", stdin="K-123456").lines
    assert line["kind"] == "CUSTOMER_NUMBER"


def test_nothing_typed_is_nothing_looked_for(shelf: Shelf) -> None:
    assert "no value given" in shelf.ask("person", stdin="\n \n", code=2).err


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")
@pytest.mark.parametrize("hidden", [False, True], ids=["shown while typed", "hidden"])
def test_on_a_terminal_the_value_is_asked_for_and_does_not_stay(shelf: Shelf, hidden: bool) -> None:
    import pty
    import select

    command = [sys.executable, "-m", "scanner.cli", "--config", str(shelf.config), "person"]
    child, terminal = pty.fork()
    if child == 0:  # pragma: no cover
        os.chdir(Path(__file__).parents[2])
        os.execv(sys.executable, command + ["--hidden"] * hidden)
    screen = b""
    while b"name" not in screen:
        screen += os.read(terminal, 1000)
    os.write(terminal, DIGITS.encode() + b"\n")
    while select.select([terminal], [], [], 60)[0]:
        try:
            read = os.read(terminal, 4096)
        except OSError:  # Linux says so at the end
            break
        if not read:
            break
        screen += read
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    os.close(terminal)
    kept = re.sub(rb"[^\n]*\n\x1b\[1A\x1b\[2K", b"", screen)  # what the cursor went back over
    assert DIGITS.encode() not in kept
    assert (DIGITS.encode() in screen) is not hidden
    assert f"{DIGITS[:4]}••-••••".encode() in kept


def test_what_is_gone_is_mentioned_when_it_was_not_asked_for(shelf: Shelf) -> None:
    assert "held it" not in shelf.ask("person", stdin=DIGITS).out
    shelf.run([Doc("/srv/share/other.txt", cprs(2, seed=77))])
    told = shelf.ask("person", stdin=DIGITS).out
    count = len(
        {line["path"] for line in shelf.ask("person", "--json", "--gone", stdin=DIGITS).lines}
    )
    assert f"{count} documents held it and are gone" in told
    assert "--gone" in told
    assert shelf.ask("person", "--json", stdin=DIGITS).coverage["gone"] == count
    assert "held it and are gone" not in shelf.ask("person", "--gone", stdin=DIGITS).out
    assert f"{count} dokumenter" in shelf.ask("person", stdin=DIGITS, language="da").out


@pytest.mark.parametrize(
    ("status", "said"),
    [
        pytest.param("done", False, id="whole"),
        pytest.param("offline", True, id="the place was away"),
        pytest.param("interrupted", True, id="the scan was stopped"),
    ],
)
def test_places_not_scanned_to_the_end_may_hold_it(shelf: Shelf, status: str, said: bool) -> None:
    shelf.run([Doc("/srv/share/other.txt", cprs(2, seed=77))], status=status)
    told = shelf.ask("person", stdin=DIGITS).out
    assert ("may hold it too" in told) is said
