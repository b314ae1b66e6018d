"""Pack made documents: zip, tar, gzip, bzip2, xz, 7z, SQLite, and Office files with a password."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import sqlite3
import tarfile
import zipfile
from collections.abc import Sequence

from scanner.demo.content import MADE, Content, Grid, Pen, need, packed

Members = Sequence[tuple[str, Content]]


def zipped(members: Members, pen: Pen | None = None) -> Content:
    """Return a zip file. `pen` holds what was written in the members' names."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(_info(name), content.data)
    return packed(pen or Pen(), out.getvalue(), "zip", members)


def zipped_locked(members: Members, password: str) -> Content:
    """Return a zip file whose members are encrypted (AES-256); their names are not."""
    pyzipper = need("pyzipper")
    out = io.BytesIO()
    with pyzipper.AESZipFile(
        out, "w", compression=pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES
    ) as archive:
        archive.setpassword(password.encode())
        for name, content in members:
            archive.writestr(name, content.data)
    whole = packed(Pen(), out.getvalue(), "zip", members)
    return whole.locked(whole.data, "encrypted", statuses=("unread", "partial"))


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, MADE.timetuple()[:6])
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def tarred(members: Members) -> Content:
    """Return a tar file."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(content.data), int(MADE.timestamp())
            archive.addfile(info, io.BytesIO(content.data))
    return packed(Pen(), out.getvalue(), "tar", members)


def compressed(data: bytes, compression: str) -> bytes:
    """Return the bytes compressed; an empty name leaves them as they are."""
    match compression:
        case "gz":
            return gzip.compress(data, mtime=0)
        case "bz2":
            return bz2.compress(data)
        case "xz":
            return lzma.compress(data)
    return data


def single(content: Content, name: str, compression: str) -> Content:
    """Return one document compressed alone, as `name`.gz holds `name`."""
    data = compressed(content.data, compression)
    ending = f"tar.{compression}" if content.format == "tar" else compression
    return packed(Pen(), data, ending, [(name, content)])


def sevenzipped(members: Members, password: str = "") -> Content:
    """Return a 7z file; with a password its names are encrypted too."""
    py7zr = need("py7zr")
    out = io.BytesIO()
    with py7zr.SevenZipFile(
        out, "w", password=password or None, header_encryption=bool(password)
    ) as archive:
        for name, content in members:
            archive.writef(io.BytesIO(content.data), name)
    whole = packed(Pen(), out.getvalue(), "7z", members)
    return whole.locked(whole.data, "encrypted") if password else whole


def database(grids: Sequence[Grid]) -> bytes:
    """Return a SQLite database with a table a grid; numbers stay numbers."""
    with sqlite3.connect(":memory:") as connection:
        for grid in grids:
            columns = ", ".join(f'"{header}"' for header in grid.headers)
            marks = ", ".join("?" * len(grid.headers))
            connection.execute(f'CREATE TABLE "{grid.name}" ({columns})')
            connection.executemany(
                f'INSERT INTO "{grid.name}" VALUES ({marks})',
                [
                    [cell if isinstance(cell, int | float) else str(cell) for cell in row]
                    for row in grid.rows
                ],
            )
        connection.commit()
        data = connection.serialize()
    connection.close()
    return data


def office_locked(content: Content, password: str) -> Content:
    """Return a docx, xlsx or pptx that asks for a password on opening."""
    office = need("msoffcrypto.format.ooxml").OOXMLFile(io.BytesIO(content.data))
    out = io.BytesIO()
    office.encrypt(password, out)
    return content.locked(out.getvalue(), "encrypted")
