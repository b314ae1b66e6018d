"""IT: logs, code, settings, backups in every kind of archive; encodings from old systems."""

from __future__ import annotations

import uuid

from scanner.demo import fake
from scanner.demo.content import Body, Cell, Content, Grid, Pen
from scanner.demo.desk import LARS, SHARE, Desk
from scanner.demo.packing import database, sevenzipped, single, tarred, zipped
from scanner.demo.writers import write

IT = f"{SHARE}/it"
CPR, MAIL, PHONE, IP = "DK_CPR", "EMAIL_ADDRESS", "PHONE_NUMBER", "IP_ADDRESS"
ADDRESS = "DK_ADDRESS"


def technology(desk: Desk) -> None:
    """Lay out the department's folder and the laptop of its one employee."""
    _logs(desk)
    _code(desk)
    _backups(desk)
    _encodings(desk)


def _log(desk: Desk, first: int) -> tuple[Content, Pen]:
    pen = Pen()
    lines = []
    for number, person in enumerate(desk.customers[first : first + 8]):
        cpr = pen.put(CPR, person.cpr, "log line")
        lines.append(f'2026-03-02T08:{number:02}:00Z INFO opslag {{"cpr": "{cpr}"}} svar 200')
        lines.append(
            f"2026-03-02T08:{number:02}:01Z DEBUG cache {uuid.UUID(int=desk.rng.getrandbits(128))}"
        )
    return write("log", Body("app", ["\n".join(lines)]), pen), pen


def _logs(desk: Desk) -> None:
    rng = desk.rng
    pen = Pen()
    lines = []
    for number in range(40):
        address = pen.put(IP, fake.ip(rng, version=6 if number % 8 == 7 else 4), "log line")
        lines.append(
            f'{address} - - [02/Mar/2026:08:{number:02}:00 +0100] "GET /logo@2x.png HTTP/1.1" 200'
        )
    pen.none(MAIL, "logo@2x.png", "picture for fine screens")
    lines.append(f"server version {pen.none(IP, '10.4.2.1', 'version')} build 4411")
    desk.write(f"{IT}/log/access.log", "log", Body("access", ["\n".join(lines)]), pen)
    for number, ending in enumerate(("gz", "bz2", "xz")):
        content, _ = _log(desk, 220 + 8 * number)
        desk.add(
            f"{IT}/log/app.{number + 1}.log.{ending}",
            single(content, f"app.{number + 1}.log", ending),
        )


def _code(desk: Desk) -> None:
    rng = desk.rng
    pen = Pen()
    epochs = [
        pen.none(CPR, str(1_609_459_200 + 86_400 * day), "seconds since 1970") for day in range(12)
    ]
    source = "\n".join(
        [
            '"""Nightly import."""',
            f'VERSION = "{pen.none(IP, "3.11.4.2", "version")}"',
            f'KEY = "{uuid.UUID(int=rng.getrandbits(128))}"',
            f"EPOCHS = [{', '.join(epochs)}]",
            f'BACKUP = "dump_{pen.none(PHONE, "20260302", "date")}.tar.gz"',
            f'PART = "{pen.none(PHONE, "4711-2233", "part number")}"  # varenr',
            "def load(rows):\n    return [row for row in rows if row]",
        ]
    )
    desk.write(f"{LARS}/Documents/kode/import.py", "txt", Body("# import", [source]), pen)
    pen = Pen()
    icon = pen.none(MAIL, "ikon@3x.png", "picture for fine screens")
    script = (
        f'import logo from "./{icon}";\n'
        f"export const pi = {pen.none(CPR, '3.1415926535', 'decimals')};\n"
    )
    desk.add(f"{LARS}/Documents/kode/app.js", pen.content(script.encode(), "js"))
    pen = Pen()
    mail = pen.put(MAIL, desk.owners["Lars Dam"].email, "JSON key")
    rows: list[list[Cell]] = [["drift", mail, pen.put(IP, fake.ip(rng), "JSON key")]]
    body = Body("settings", [Grid("alarm", ("navn", "email", "server"), rows)])
    desk.write(f"{LARS}/Documents/kode/settings.json", "json escaped", body, pen)
    sql = "CREATE TABLE vare (id INTEGER, navn TEXT);\nINSERT INTO vare VALUES (1, 'Reol');\n"
    desk.add(f"{LARS}/Documents/kode/schema.sql", Pen().content(sql.encode(), "sql"))


def _backups(desk: Desk) -> None:
    def table(first: int, writer: str) -> Content:
        pen = Pen()
        rows: list[list[Cell]] = [
            [
                person.name,
                pen.put(CPR, person.hyphened, "column"),
                pen.put(MAIL, person.email, "column"),
            ]
            for person in desk.customers[first : first + 10]
        ]
        grid = Grid("Kunder", ("Navn", "CPR-nr.", "E-mail"), rows)
        return write(writer, Body("Udtræk", [grid]), pen)

    desk.add(
        f"{IT}/backup/uge 09.tar",
        tarred([("uge 09/kunder.csv", table(250, "csv")), ("uge 09/læs mig.md", table(260, "md"))]),
    )
    for week, writer, compression in ((10, "xlsx", "gz"), (11, "docx", "xz")):
        member = (f"uge {week}/kunder.{writer}", table(week * 10 + 170, writer))
        whole = single(tarred([member]), f"uge {week}.tar", compression)
        desk.add(f"{IT}/backup/uge {week}.tar.{compression}", whole)
    desk.add(
        f"{IT}/backup/uge 12.7z",
        sevenzipped(
            [
                ("uge 12/kunder.ods", table(290, "ods")),
                ("uge 12/kunder.csv", table(300, "csv semicolon")),
            ]
        ),
    )
    inner = zipped([("økonomi/kundeoversigt æøå.xlsx", table(310, "xlsx"))])
    middle = zipped([("indre.zip", inner), ("kunder.json", table(320, "json"))])
    desk.add(f"{LARS}/Downloads/Gammel server.zip", zipped([("arkiv/midt.zip", middle)]))
    pen = Pen()
    rows: list[list[Cell]] = [
        [
            number,
            pen.number(CPR, person.cpr, "integer column"),
            pen.put(MAIL, person.email, "text column"),
            pen.put(PHONE, f"+45{person.phone}", "text column"),
        ]
        for number, person in enumerate(desk.customers[330:350])
    ]
    data = database([Grid("bruger", ("id", "cpr", "email", "telefon"), rows)])
    desk.add(f"{LARS}/Documents/kode/test.db", pen.content(data, "sqlite"))


def _encodings(desk: Desk) -> None:
    writers = (
        "txt",
        "txt utf-8-sig",
        "txt utf-16",
        "txt utf-16 without BOM",
        "txt cp1252",
        "txt cp865",
    )
    for number, writer in enumerate(writers):
        pen, person = Pen(), desk.customers[350 + number]
        body = Body(
            "Kundeark fra det gamle system",
            [
                f"Navn: {person.name}",
                f"Adresse: {pen.put(ADDRESS, person.address, 'line')}",
                f"CPR-nr.: {pen.put(CPR, person.hyphened, 'line')}",
                f"E-mail: {pen.put(MAIL, person.email, 'line')}",
                f"Telefon: {pen.put(PHONE, person.phone, 'line')}",
                "Bemærkning: Kunden ønsker levering på Ærø før påske. Måske også til Åse på øen.",
            ],
        )
        desk.write(
            f"{IT}/gammelt system/kunde {number + 1}.txt", writer, body, pen, years=8 + number
        )
    forms = (
        ("{0} {1}", "cpr-nr. ", "finding"),
        ("{0}–{1}", "CPR: ", "finding"),
        ("{0} - {1}", "personnummer ", "finding"),
        ("{0}\N{NON-BREAKING HYPHEN}{1}", "CPR-nr. ", "finding"),
        ("{0}\N{NO-BREAK SPACE}{1}", "cpr ", "finding"),
        ("{0}{1}", "CPR-nummer: ", "finding"),
        ("{0}{1}", "", "maybe"),
    )
    pen = Pen()
    lines = []
    for number, (form, label, expected) in enumerate(forms):
        person = desk.customers[360 + number]
        written = form.format(person.cpr[:6], person.cpr[6:])
        pen.put(
            CPR,
            written,
            f"line, {label.strip(' :') or 'no label'}",
            "maybe" if expected == "maybe" else "finding",
        )
        lines.append(f"{label}{written} ({person.name})")
    desk.write(
        f"{LARS}/Documents/skrivemåder.txt", "txt", Body("Skrivemåder", ["\n".join(lines)]), pen
    )
