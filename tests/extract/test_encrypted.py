"""Office documents under a password: opened with the right one, else told as encrypted."""

from __future__ import annotations

import io
import struct

import pytest

from tests.extract import office_files
from tests.extract.seen import read


def locked(data: bytes, password: str) -> bytes:
    import msoffcrypto

    out = io.BytesIO()
    msoffcrypto.OfficeFile(io.BytesIO(data)).encrypt(password, out)
    return out.getvalue()


def test_the_right_password_gives_the_document() -> None:
    data, planted = office_files.xlsx()
    secret = locked(data, "hemmelig")
    seen = read(secret, "encrypted", passwords=("forkert", "hemmelig"), name="løn")
    assert list(seen.parts) == ["løn.encrypted"]
    inner = read(seen.parts["løn.encrypted"], "xlsx")
    assert all(value in inner.text for value in planted)


@pytest.mark.parametrize("passwords", [(), ("forkert",)])
def test_without_it_the_document_is_encrypted(passwords: tuple[str, ...]) -> None:
    secret = locked(office_files.xlsx()[0], "hemmelig")
    assert read(secret, "encrypted", passwords=passwords).reasons == ["encrypted"]


def test_write_protection_asks_for_no_password() -> None:
    data = office_files.xlsx_with("Hej")
    seen = read(locked(data, "VelvetSweatshop"), "encrypted")
    assert list(seen.parts.values()) == [data]


@pytest.mark.parametrize("percent", [10, 50, 90])
def test_a_cut_one_is_never_silent(percent: int) -> None:
    secret = locked(office_files.xlsx()[0], "hemmelig")
    cut = secret[: len(secret) * percent // 100]
    assert read(cut, "encrypted", passwords=("hemmelig",)).reasons


def test_an_encrypted_xls_is_encrypted_not_corrupt() -> None:
    import xlwt
    from xlwt.CompoundDoc import XlsDoc

    book = xlwt.Workbook()
    book.add_sheet("Ark1").write(0, 0, "x")
    stream = book.get_biff_data()
    (size,) = struct.unpack_from("<H", stream, 2)
    filepass = struct.pack(
        "<HHHHH", 0x2F, 6, 0, 0x1234, 0x5678
    )  # XOR obfuscation, [MS-XLS] 2.4.117
    changed = stream[: 4 + size] + filepass + stream[4 + size :]
    out = io.BytesIO()
    XlsDoc().save(out, changed)
    assert read(out.getvalue(), "xls").reasons == ["encrypted"]
