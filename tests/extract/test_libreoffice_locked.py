"""Documents that LibreOffice stored under a password: opened with it, else told as encrypted."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from functools import cache

import pytest

from tests.extract import office_files, soffice
from tests.extract.office_files import Planted
from tests.extract.seen import Seen, read

PASSWORD = "hemmelig æøå"


def letter() -> tuple[bytes, Planted]:
    """A plain document: of the one with everything in it LibreOffice 7.4 dies under a password."""
    from docx import Document

    document = Document()
    planted: Planted = {}
    for number in range(1, 31):
        value = f"afsnit{number}@nordlys.example.com"
        document.add_paragraph(f"Skriv til {value} i dag")
        planted[value] = (f"paragraph {number}",)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue(), planted


MADE: dict[str, tuple[str, Callable[[], tuple[bytes, Planted]]]] = {
    "xls": ("xlsx", lambda: office_files.xlsx(chart=False)),
    "xlsx": ("xlsx", lambda: office_files.xlsx(chart=False)),
    "ods": ("xlsx", lambda: office_files.xlsx(chart=False)),
    "docx": ("docx", letter),
    "odt": ("docx", office_files.docx),
}
OFTEN = ("xls", "xlsx", "ods")  # the three ways of locking; docx and odt share theirs
every = pytest.mark.parametrize(
    "target",
    [pytest.param(each, marks=() if each in OFTEN else pytest.mark.long) for each in MADE],
)
openable = pytest.mark.parametrize("target", ["ods", pytest.param("odt", marks=pytest.mark.long)])


@cache
def source(target: str) -> tuple[str, tuple[bytes, Planted]]:
    """The ending and the document that is stored as `target`, made once: so is what comes of it."""
    ending, make = MADE[target]
    return ending, make()


def locked(target: str) -> tuple[bytes, Planted]:
    ending, (data, planted) = source(target)
    return soffice.locked(data, ending, target, PASSWORD), planted


def opened(target: str, data: bytes, *passwords: str) -> Seen:
    """Read as the scan does: encrypted Office Open XML gives the document as its one part."""
    if target not in ("xlsx", "docx"):
        return read(data, target, passwords=passwords)
    seen = read(data, "encrypted", passwords=passwords)
    return read(seen.parts["document.encrypted"], target) if seen.parts else seen


@every
def test_the_right_password_gives_what_the_open_document_has(target: str) -> None:
    data, planted = locked(target)
    ending, (original, _) = source(target)
    plain = read(soffice.converted(original, ending, target), target)
    seen = opened(target, data, "forkert", PASSWORD)
    assert seen.reasons == plain.reasons
    wanted = {value for value in planted if value in plain.text}
    assert len(wanted) > 20
    assert [planted[value] for value in wanted if value not in seen.text] == []
    assert all(seen.places(value) == plain.places(value) for value in wanted)


@every
@pytest.mark.parametrize("passwords", [(), ("forkert",)], ids=["none", "a wrong one"])
def test_without_it_the_document_is_encrypted_and_nothing_else(
    target: str, passwords: tuple[str, ...]
) -> None:
    data, _ = locked(target)
    seen = opened(target, data, *passwords)
    assert seen.reasons == ["encrypted"]
    assert seen.text == ""


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        pytest.param(
            b'iteration-count="100000"', b'iteration-count="999999999"', "limit", id="endless"
        ),
        pytest.param(b"aes256-cbc", b"aes256-gcm", "encrypted", id="a method we do not know"),
        pytest.param(b"PBKDF2", b"argon2id", "encrypted", id="a key we do not know"),
        pytest.param(
            b'initialisation-vector="', b'initialisation-vector="!', "corrupt", id="no base64"
        ),
        pytest.param(
            b'iteration-count="100000"', b'iteration-count="-1"', "encrypted", id="no count"
        ),
    ],
)
@openable
def test_a_manifest_that_lies_is_refused(target: str, old: bytes, new: bytes, reason: str) -> None:
    data, _ = locked(target)
    changed = _with(data, "META-INF/manifest.xml", lambda raw: raw.replace(old, new))
    assert changed != data
    assert opened(target, changed, PASSWORD).reasons == [reason]


@openable
def test_a_changed_member_is_told(target: str) -> None:
    data, _ = locked(target)
    changed = _with(data, "content.xml", lambda raw: raw[:64] + bytes(16) + raw[80:])
    assert opened(target, changed, PASSWORD).reasons


def _with(data: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for each in old.namelist():
            raw = old.read(each)
            new.writestr(each, change(raw) if each == name else raw)
    return out.getvalue()
