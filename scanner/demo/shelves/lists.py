"""The customer list: one workbook, its exact copies, and the copies that somebody edited."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from scanner.demo.content import Body, Cell, Content, Grid, Pen
from scanner.demo.desk import ANNA, JENS, KAREN, LARS, MIKKEL, SHARE, SOFIE, Desk
from scanner.demo.mail import Letter, eml
from scanner.demo.packing import database, office_locked, zipped
from scanner.demo.people import Person
from scanner.demo.writers import write

HEADERS = ("Kundenr.", "Navn", "CPR-nr.", "E-mail", "Telefon", "Adresse")
PASSWORD = "nordlys-2026"


def customer_grid(
    people: Sequence[Person], pen: Pen, *, written: str = "hyphen", name: str = "Kunder"
) -> Grid:
    """Return a list with CPR number, e-mail and phone of everybody; `written` is how numbers are.

    "hyphen" and pairs, "bare" digits, or "number": numbers in cells, leading zeros lost.
    """
    rows: list[list[Cell]] = []
    for person in people:
        cpr: Cell
        phone: Cell
        if written == "number":
            cpr = pen.number("DK_CPR", person.cpr, "column of numbers")
            phone = pen.number("PHONE_NUMBER", person.phone, "column of numbers")
        elif written == "bare":
            cpr = pen.put("DK_CPR", person.cpr, "column")
            phone = pen.put("PHONE_NUMBER", person.phone, "column")
        else:
            cpr = pen.put("DK_CPR", person.hyphened, "column")
            phone = pen.put("PHONE_NUMBER", person.pairs, "column")
        email = pen.put("EMAIL_ADDRESS", person.email, "column")
        address = pen.put("DK_ADDRESS", person.address, "column")
        rows.append([f"K-{person.number}", person.name, cpr, email, phone, address])
    return Grid(name, HEADERS, rows)


def _listed(people: Sequence[Person], writer: str, written: str = "hyphen") -> Content:
    pen = Pen()
    return write(writer, Body("Kundeliste", [customer_grid(people, pen, written=written)]), pen)


def customer_lists(desk: Desk) -> None:
    """Lay out the list on the share, on four devices, in a zip, in a mail and in edited copies."""
    everyone = list(desk.customers)
    whole = _listed(everyone, "xlsx")
    original = f"{SHARE}/salg/Kunder/Kundeliste.xlsx"
    copies = (
        f"{ANNA}/Skrivebord/Kundeliste.xlsx",
        f"{MIKKEL}/Downloads/Kundeliste (1).xlsx",
        f"{KAREN}/Desktop/Gammel pc/Kundeliste.xlsx",
    )
    for path in (original, *copies):
        desk.add(path, whole, years=0.4)
    packed_in = f"{ANNA}/Documents/Til revisor.zip"
    desk.add(packed_in, zipped([("Kunder/Kundeliste.xlsx", whole), _readme()]))
    mailed_in = f"{MIKKEL}/Documents/Mail/Kundeliste til messen.eml"
    desk.add(mailed_in, _mailed(desk, whole))
    desk.exact(
        *((path, ()) for path in (original, *copies)),
        (packed_in, ("Kunder/Kundeliste.xlsx",)),
        (mailed_in, ("Kundeliste.xlsx",)),
    )
    desk.add(f"{ANNA}/Documents/Privat/Kundeliste hjemme.xlsx", whole, excluded=True)
    desk.add(f"{LARS}/Documents/Kundeliste (kode).xlsx", office_locked(whole, PASSWORD))

    def near(path: str, content: Content, years: float) -> None:
        desk.near((original, ()), (path, ()), (whole, desk.add(path, content, years=years)))

    edited = [*everyone[:150], *everyone[156:], *desk.newcomers[:8]]
    shuffled = everyone[:]
    desk.rng.shuffle(shuffled)
    table: Callable[[Pen], Grid] = lambda pen: customer_grid(everyone, pen, written="bare")  # noqa: E731
    pen = Pen()
    backup = pen.content(database([table(pen), _orders(desk, pen)]), "sqlite")
    near(f"{MIKKEL}/Documents/Kundeliste rettet.xlsx", _listed(edited, "xlsx"), 0.1)
    near(f"{SHARE}/økonomi/Import/kundeliste.csv", _listed(shuffled, "csv semicolon cp1252"), 0.6)
    near(f"{KAREN}/Documents/Kundeliste 2023.xls", _listed(everyone[:310], "xls", "number"), 3.1)
    near(f"{ANNA}/Hentede filer/kunder_export.tsv", _listed(everyone[4:], "tsv utf-16"), 0.3)
    near(f"{SHARE}/salg/Kunder/kunder.jsonl", _listed(everyone[:397], "jsonl", "bare"), 0.5)
    near(f"{JENS}/Documents/Kunder til rykker.ods", _listed(everyone[20:], "ods"), 1.2)
    near(f"{SHARE}/it/backup/crm.sqlite", backup, 0.2)
    near(f"{SOFIE}/Downloads/kundeliste.pdf", _listed(everyone[:380], "pdf"), 2.2)


def _readme() -> tuple[str, Content]:
    pen = Pen()
    return "læs mig.txt", write("txt", Body("Til revisor", ["Listen er trukket fra CRM."]), pen)


def _orders(desk: Desk, pen: Pen) -> Grid:
    rows: list[list[Cell]] = []
    for number in range(60):
        day = 1 + number % 28
        order = pen.none("DK_CPR", f"{day:02}0326{desk.rng.randrange(10_000):04}", "order number")
        rows.append([order, f"K-{10_100 + number}", 100 + number, "leveret"])
    return Grid("ordrer", ("ordrenr", "kundenr", "antal", "status"), rows)


def _mailed(desk: Desk, whole: Content) -> Content:
    pen = Pen()
    sender, receiver = desk.owners["Mikkel Bach"], desk.newcomers[9]
    mail = pen.address(sender.email, "From")
    to = pen.address(receiver.email, "To")
    return eml(
        Letter(
            f"Mikkel Bach <{mail}>",
            [f"{receiver.name} <{to}>"],
            "Kundeliste til messen",
            "Hej\n\nListen er vedhæftet. Slet den, når messen er slut.\n\nMikkel\n",
            "Mon, 02 Mar 2026 09:30:00 +0100",
            pen.none(
                "EMAIL_ADDRESS", "<20260302083000.7A1F@mail.nordlys.example.com>", "message id"
            ),
            attachments=[("Kundeliste.xlsx", whole)],
        ),
        pen,
    )
