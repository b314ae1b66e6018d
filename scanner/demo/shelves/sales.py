"""Sales: offers, meetings, newsletters, fairs, mails, and one customer who is everywhere."""

from __future__ import annotations

from scanner.demo.content import Body, Cell, Grid, Pen
from scanner.demo.desk import ANNA, KAREN, MIKKEL, SHARE, Desk
from scanner.demo.mail import Letter, eml
from scanner.demo.packing import zipped
from scanner.demo.people import Person
from scanner.demo.plain import html_page
from scanner.demo.shelves.oddities import picture

SALES = f"{SHARE}/salg"
CPR, MAIL, PHONE = "DK_CPR", "EMAIL_ADDRESS", "PHONE_NUMBER"


def sales(desk: Desk) -> None:
    """Lay out the department's folder and the laptops of its employees."""
    _offers(desk)
    _cards_and_calendars(desk)
    _web(desk)
    _mails(desk)
    _one_customer(desk, desk.customers[0])


def _offers(desk: Desk) -> None:
    for number, writer in enumerate(("docx", "pdf", "docx", "pdf", "odt", "md", "txt", "pptx")):
        pen, person = Pen(), desk.customers[100 + number]
        body = Body(
            f"Tilbud til {person.name}",
            [
                "Tak for din henvendelse. Vi kan tilbyde:",
                Grid("Tilbud", ("Vare", "Pris"), [["Reol", "999,00"], ["Montering", "450,00"]]),
                f"Svar på mail {pen.put(MAIL, person.email, 'paragraph')} "
                f"eller telefon {pen.put(PHONE, person.pairs, 'paragraph')}.",
            ],
        )
        root = (f"{SALES}/Tilbud", f"{ANNA}/Documents/Tilbud", f"{MIKKEL}/Documents/Tilbud")[
            number % 3
        ]
        desk.write(f"{root}/Tilbud {number + 1}.{writer}", writer, body, pen, years=number * 0.7)


def _cards_and_calendars(desk: Desk) -> None:
    pen = Pen()
    rows: list[list[Cell]] = [
        [
            person.name,
            pen.put(MAIL, person.email, "EMAIL"),
            pen.put(PHONE, f"+45 {person.pairs}", "TEL"),
            pen.put("DK_ADDRESS", person.address, "ADR"),
            f"Cpr-nr. {pen.put(CPR, person.hyphened, 'NOTE')}" if number < 3 else "Mødt på messen",
        ]
        for number, person in enumerate(desk.customers[110:122])
    ]
    grid = Grid("Kontakter", ("Navn", "E-mail", "Telefon", "Adresse", "Note"), rows)
    desk.write(f"{ANNA}/Documents/Kontakter.vcf", "vcf", Body("Kontakter", [grid]), pen)
    pen = Pen()
    rows = [
        [
            f"Møde med {person.name}",
            pen.put(MAIL, person.email, "ATTENDEE"),
            f"Ring tlf. {pen.put(PHONE, person.pairs, 'DESCRIPTION')} dagen før",
        ]
        for person in desk.customers[122:128]
    ]
    grid = Grid("Møder", ("Titel", "Deltager", "Beskrivelse"), rows)
    desk.write(f"{ANNA}/Documents/Kalender.ics", "ics", Body("Kalender", [grid]), pen)


def _web(desk: Desk) -> None:
    pen, person = Pen(), desk.customers[130]
    body = Body(
        "Nyhedsbrev marts",
        [
            "Forårets møbler er kommet.",
            f"Afmeld hos {pen.put(MAIL, desk.owners['Anna Holm'].email, 'paragraph')}",
            f"Billede: {pen.none(MAIL, 'forside@2x.png', 'picture for fine screens')}",
        ],
    )
    desk.write(f"{SALES}/Nyhedsbreve/marts.html", "html", body, pen)
    pen = Pen()
    rows: list[list[Cell]] = [
        [
            one.name,
            pen.put(CPR, one.hyphened, "table without end tags"),
            pen.put(MAIL, one.email, "table without end tags"),
        ]
        for one in desk.customers[130:142]
    ]
    body = Body(
        "Udtræk fra webshop",
        [
            Grid("t", ("Navn", "CPR-nr.", "E-mail"), rows),
            f"Lavet af {pen.put(PHONE, '+45 ' + person.pairs, 'after the table')}",
        ],
    )
    desk.write(f"{MIKKEL}/Downloads/udtræk.htm", "html broken", body, pen)
    pen = Pen()
    rows = [
        [
            one.name,
            pen.put(CPR, one.cpr, "JSON key"),
            pen.put(MAIL, one.email, "JSON key"),
            pen.put(PHONE, f"0045{one.phone}", "JSON key"),
        ]
        for one in desk.customers[142:160]
    ]
    grid = Grid("kunder", ("navn", "cprNummer", "email", "telefon"), rows)
    desk.write(f"{SALES}/Webshop/kunder.json", "json", Body("Webshop", [grid]), pen)
    pen = Pen()
    rows = [
        [one.name, pen.put(CPR, one.hyphened, "element"), pen.put(MAIL, one.email, "element")]
        for one in desk.customers[160:172]
    ]
    grid = Grid("kunde", ("Navn", "CprNr", "Email"), rows)
    desk.write(f"{SALES}/Webshop/kunder.xml", "xml", Body("Webshop", [grid]), pen)
    pen = Pen()
    rows = [
        [one.name, pen.put(PHONE, one.pairs, "column"), pen.put(MAIL, one.email, "column")]
        for one in desk.customers[172:190]
    ]
    grid = Grid("lodder", ("Navn", "Telefon", "E-mail"), rows)
    desk.write(f"{KAREN}/Desktop/lodtrækning.txt", "csv pipe", Body("Lodtrækning", [grid]), pen)


def _mails(desk: Desk) -> None:
    anna, mikkel = desk.owners["Anna Holm"], desk.owners["Mikkel Bach"]
    for number in range(6):
        pen, person = Pen(), desk.customers[200 + number]
        inline = (("logo.png", "image001.png@01DA7C2F.5E3B1A40", picture()),)
        cpr = pen.put(CPR, person.hyphened, "body")
        text = f"Hej Anna\n\nMit cpr-nr. er {cpr}.\n\n{person.name}\n"
        page = Body(
            "Hej Anna",
            [
                f"Mit cpr-nr. er {person.hyphened}.",
                f"Ring på {pen.put(PHONE, person.pairs, 'HTML body')}.",
            ],
        )
        letter = Letter(
            f"{person.name} <{pen.address(person.email, 'From')}>",
            [f"Anna Holm <{pen.address(anna.email, 'To')}>"],
            "Spørgsmål til levering på Ærø",
            text,
            f"Wed, {4 + number:02} Mar 2026 08:15:00 +0100",
            pen.none(MAIL, f"<{number}b7.4411.x@mail.example.org>", "message id"),
            html=html_page(page) if number % 2 else "",
            encoding=("quoted-printable", "base64")[number % 2],
            inline=inline if number % 2 else (),
        )
        if number % 2 == 0:
            pen.marks = [mark for mark in pen.marks if mark.where != "HTML body"]
        else:
            pen.none(MAIL, inline[0][1], "content id of a picture")
        first = eml(letter, pen)
        if number < 4:
            desk.add(f"{ANNA}/Documents/Mail/Spørgsmål {number + 1}.eml", first)
            continue
        outer = Pen()
        forward = Letter(
            f"Anna Holm <{outer.address(anna.email, 'From')}>",
            [f"Mikkel Bach <{outer.address(mikkel.email, 'To')}>"],
            f"VS: sag om {outer.put(CPR, desk.customers[210 + number].hyphened, 'subject')}",
            "Tager du den?\n",
            f"Thu, {5 + number:02} Mar 2026 10:00:00 +0100",
            outer.none(MAIL, f"<fw{number}.99@mail.nordlys.example.com>", "message id"),
            nested=[("Spørgsmål til levering på Ærø.eml", first)],
        )
        desk.add(f"{MIKKEL}/Documents/Mail/Videresendt {number - 3}.eml", eml(forward, outer))


def _one_customer(desk: Desk, person: Person) -> None:
    """Put one customer wherever a request for access would have to look."""
    pen = Pen()
    body = Body(
        "Klage over levering",
        [
            f"Kunde: {person.name}, CPR-nr. {pen.put(CPR, person.hyphened, 'paragraph')}",
            f"Telefon {pen.put(PHONE, person.pairs, 'paragraph')}",
            f"Mail {pen.put(MAIL, person.email, 'paragraph')}",
            "Reolen manglede to hylder. Der er aftalt omlevering.",
        ],
    )
    complaint = desk.write(f"{SALES}/Klager/Klage 117.docx", "docx", body, pen, years=1.5)
    pen = Pen()
    written = pen.put(CPR, person.hyphened, "file name")
    body = Body("Notat", [f"Kunden ringede. Tlf. {pen.put(PHONE, person.pairs, 'paragraph')}"])
    desk.write(f"{SALES}/Klager/Notat {written}.pdf", "pdf", body, pen)
    pen = Pen()
    member = f"Klager/{pen.put(CPR, person.cpr, 'name of a zip member', 'maybe')}.docx"
    desk.add(f"{KAREN}/Documents/Klager 2024.zip", zipped([(member, complaint)], pen), years=1.4)
    pen = Pen()
    mikkel = desk.owners["Mikkel Bach"]
    attached = f"Klage {pen.put(CPR, person.hyphened, 'name of an attachment')}.docx"
    letter = Letter(
        f"{person.name} <{pen.address(person.email, 'From')}>",
        [f"Mikkel Bach <{pen.address(mikkel.email, 'To')}>"],
        "Min klage",
        "Hej\n\nSe vedhæftede.\n",
        "Fri, 06 Mar 2026 12:00:00 +0100",
        pen.none(MAIL, "<klage.117@mail.example.org>", "message id"),
        attachments=[(attached, complaint)],
    )
    desk.add(f"{MIKKEL}/Documents/Mail/Min klage.eml", eml(letter, pen))
    desk.exact(
        (f"{SALES}/Klager/Klage 117.docx", ()),
        (f"{KAREN}/Documents/Klager 2024.zip", (member,)),
        (f"{MIKKEL}/Documents/Mail/Min klage.eml", (attached,)),
    )
    pen = Pen()
    grid = Grid("Aktive", ("Kunde", "Status"), [["K-10400", "aktiv"]])
    hidden = Grid(
        "Lukkede",
        ("Kunde", "CPR-nr.", "Mobil"),
        [
            [
                person.name,
                pen.put(CPR, person.hyphened, "hidden sheet"),
                pen.put(PHONE, person.phone, "hidden sheet"),
            ]
        ],
    )
    desk.write(f"{ANNA}/Documents/Sager.xls", "xls", Body("Sager", [grid], {}, hidden), pen)
