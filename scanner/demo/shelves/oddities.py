"""What goes wrong on a real share: locked, broken, empty, wrongly named, private, without text."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from scanner.demo import pdf
from scanner.demo.content import Body, Content, Grid, Pen
from scanner.demo.desk import ANNA, JENS, KAREN, LARS, MIKKEL, SHARE, SOFIE, Desk
from scanner.demo.packing import compressed, office_locked, sevenzipped, zipped, zipped_locked
from scanner.demo.people import Person
from scanner.demo.writers import write

CPR, MAIL, PHONE = "DK_CPR", "EMAIL_ADDRESS", "PHONE_NUMBER"
PASSWORD = "sommer2026"
NO_TEXT = ("no_text",)
PICTURE = ("no_text", "unread", "partial")
"""Pictures may hold text that only character recognition reads: saying so is right as well."""


def oddities(desk: Desk) -> None:
    """Lay them out, over all devices."""
    people = iter(desk.newcomers[60:])
    _locked(desk, people)
    _broken(desk, people)
    _empty(desk)
    _misnamed(desk, people)
    _named(desk, people)
    _left_out(desk, people)
    _without_text(desk)


def _note(person: Person, writer: str = "docx") -> Content:
    pen = Pen()
    body = Body(
        "Notat",
        [
            f"{person.name}, CPR-nr. {pen.put(CPR, person.hyphened, 'paragraph')}",
            f"Mail: {pen.put(MAIL, person.email, 'paragraph')}",
            *("Der er aftalt et nyt møde i næste måned." for _ in range(30)),
        ],
    )
    return write(writer, body, pen)


def _table(person: Person, writer: str) -> Content:
    pen = Pen()
    rows = [
        [
            person.name,
            pen.put(CPR, person.hyphened, "column"),
            pen.put(MAIL, person.email, "column"),
        ]
    ]
    return write(writer, Body("Ark", [Grid("Ark1", ("Navn", "CPR-nr.", "E-mail"), rows)]), pen)


def _locked(desk: Desk, people: Iterator[Person]) -> None:
    person = people.__next__
    for name, content in (
        ("Løntillæg.docx", office_locked(_note(person()), PASSWORD)),
        ("Bonus.xlsx", office_locked(_table(person(), "xlsx"), PASSWORD)),
        ("Løn.zip", zipped_locked([("løn.xlsx", _table(person(), "xlsx"))], PASSWORD)),
        ("Løn.7z", sevenzipped([("løn.csv", _table(person(), "csv"))], PASSWORD)),
    ):
        desk.add(f"{SHARE}/hr/Låst/{name}", content)
    plain = _note(person(), "pdf")
    desk.add(
        f"{SOFIE}/Documents/Aftale.pdf", plain.locked(pdf.locked(plain.data, PASSWORD), "encrypted")
    )
    pen, someone = Pen(), person()
    body = Body(
        "Beskyttet mod rettelser", [f"CPR-nr. {pen.put(CPR, someone.hyphened, 'page text')}"]
    )
    open_to_all = pen.content(pdf.pdf(body, owner_password=PASSWORD), "pdf")
    desk.add(f"{SOFIE}/Documents/Kun til læsning.pdf", open_to_all)
    mixed = zipped(
        [
            ("åben.txt", _note(person(), "txt")),
            ("lukket.xlsx", office_locked(_table(person(), "xlsx"), PASSWORD)),
        ]
    )
    desk.add(f"{SOFIE}/Documents/Blandet.zip", mixed)


def _broken(desk: Desk, people: Iterator[Person]) -> None:
    person = people.__next__
    desk.add(f"{KAREN}/Documents/Halv.docx", _note(person()).broken(0.6), years=4)
    desk.add(f"{KAREN}/Documents/Halv.xlsx", _table(person(), "xlsx").broken(0.5), years=4)
    half = _note(person(), "pdf").broken(0.5)
    # A reader may mend a PDF without its end: reading all of it is right as well.
    mended = Content(
        half.data, "pdf", half.marks, (), ("unread", "partial", "read", "no_text"), half.reasons
    )
    desk.add(f"{KAREN}/Documents/Halv.pdf", mended, years=4)
    desk.add(
        f"{MIKKEL}/Downloads/Afbrudt.zip",
        zipped([("a.docx", _note(person())), ("b.txt", _note(person(), "txt"))]).broken(0.7),
    )
    text = _note(person(), "txt")
    packed = Content(
        compressed(text.data * 40, "gz"),
        "gz",
        tuple(mark.inside("notat.txt") for mark in text.marks),
    )
    desk.add(f"{LARS}/Downloads/notat.txt.gz", packed.broken(0.8))
    garbage = desk.rng.randbytes(3_000)
    statuses = ("unread", "partial", "no_text")
    desk.add(
        f"{LARS}/Downloads/ødelagt.xls",
        Content(
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + garbage,
            "xls",
            (),
            (),
            statuses,
            ("corrupt", "truncated", "unsupported"),
        ),
    )
    desk.add(
        f"{LARS}/Downloads/ødelagt.7z",
        Content(
            b"7z\xbc\xaf\x27\x1c\x00\x04" + garbage,
            "7z",
            (),
            (),
            statuses,
            ("corrupt", "truncated", "unsupported"),
        ),
    )


def _empty(desk: Desk) -> None:
    either = ("read", "no_text")
    for path in (f"{ANNA}/Skrivebord/Nyt tekstdokument.txt", f"{JENS}/Documents/Nyt dokument.docx"):
        desk.add(path, Content(b"", path.rpartition(".")[2], statuses=either))
    desk.add(f"{JENS}/Documents/Tom mappe.zip", zipped([]))
    desk.write(f"{JENS}/Documents/Tomt ark.xlsx", "xlsx", Body("", [Grid("Ark1", (), [])]), Pen())
    desk.add(f"{JENS}/Documents/blanke.txt", Content(b" \r\n" * 50, "txt"))


def _misnamed(desk: Desk, people: Iterator[Person]) -> None:
    person = people.__next__
    desk.add(f"{MIKKEL}/Downloads/eksport.txt", _table(person(), "xlsx"))
    desk.add(f"{MIKKEL}/Downloads/rapport.xls", _table(person(), "html"))
    desk.add(f"{MIKKEL}/Downloads/brev", _note(person(), "docx"))
    desk.add(f"{MIKKEL}/Downloads/aftale.docx", _note(person(), "pdf"))
    desk.add(f"{ANNA}/Hentede filer/kunder.dat", _table(person(), "csv semicolon"))
    desk.add(f"{ANNA}/Hentede filer/arkiv.bak", zipped([("notat.rtf", _note(person(), "rtf"))]))
    desk.add(f"{ANNA}/Hentede filer/foto.jpg", _note(person(), "txt"))


def _named(desk: Desk, people: Iterator[Person]) -> None:
    person = people.__next__
    someone = person()
    pen = Pen(list(_note(someone).marks))
    name = f"Opsigelse {pen.put(CPR, someone.hyphened, 'file name')}.docx"
    desk.add(f"{SHARE}/hr/Opsigelser/{name}", pen.content(_note(someone).data, "docx"))
    note = _note(person(), "txt")
    pen = Pen(list(note.marks))
    folder = pen.put(CPR, person().hyphened, "folder name")
    desk.add(f"{SHARE}/hr/Sager/{folder}/notat.txt", pen.content(note.data, "txt"))
    someone = person()
    pen = Pen()
    mail = pen.put(MAIL, someone.email, "file name")
    body = Body(
        "Korrespondance", [f"Skrevet med {pen.put(PHONE, '+45 ' + someone.pairs, 'paragraph')}"]
    )
    desk.write(f"{ANNA}/Documents/Post fra {mail} i marts.md", "md", body, pen)
    someone = person()
    pen = Pen()
    sheet = f"Cpr {pen.put(CPR, someone.hyphened, 'sheet name')}"
    grid = Grid(sheet, ("Dato", "Note"), [["2026-03-02", "Ringet op"]])
    desk.write(f"{ANNA}/Documents/Kundeark.xlsx", "xlsx", Body("Kundeark", [grid]), pen)


def _left_out(desk: Desk, people: Iterator[Person]) -> None:
    person = people.__next__
    desk.add(f"{MIKKEL}/Documents/Privat/Lægebrev.docx", _note(person()), excluded=True)
    desk.add(f"{SOFIE}/Personligt/Skilsmisse.pdf", _note(person(), "pdf"), excluded=True)
    desk.add(
        f"{SHARE}/salg/Kunder/~$Kundeliste.xlsx",
        Content(b"\x09Anna Holm" + b" " * 155, "lock"),
        excluded=True,
    )


def picture() -> Content:
    """Return a small grey PNG picture; no text in it."""

    def chunk(tag: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + tag + data + struct.pack(">I", zlib.crc32(tag + data))

    size = 24
    rows = b"".join(
        b"\x00" + bytes((at * 9 + across * 3) % 256 for across in range(size)) for at in range(size)
    )
    header = struct.pack(">IIBBBBB", size, size, 8, 0, 0, 0, 0)
    data = (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )
    return Content(data, "png", statuses=PICTURE, reasons=("unsupported", "missing_extra"))


def _without_text(desk: Desk) -> None:
    noise = desk.rng.randbytes
    jpeg = (
        b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
        + noise(4_000)
        + b"\xff\xd9"
    )
    program = b"MZ" + bytes(58) + struct.pack("<I", 64) + b"PE\x00\x00\x4c\x01" + noise(6_000)
    sound = b"ID3\x03\x00\x00\x00\x00\x00\x00" + b"\xff\xfb\x90\x64" + noise(5_000)
    video = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + noise(5_000)
    for path, data in (
        (f"{LARS}/Downloads/opsætning.exe", program),
        (f"{MIKKEL}/Musik/jingle.mp3", sound),
        (f"{MIKKEL}/Videoer/stand.mp4", video),
    ):
        desk.add(path, Content(data, path.rpartition(".")[2], statuses=NO_TEXT))
    reasons = (*picture().reasons, "corrupt")
    desk.add(f"{ANNA}/Billeder/messe.jpg", Content(jpeg, "jpg", (), (), PICTURE, reasons))
    desk.add(f"{ANNA}/Billeder/logo@2x.png", picture())
