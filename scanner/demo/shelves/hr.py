"""Human resources: contracts, payslips, applications, absence, identity papers."""

from __future__ import annotations

from scanner.demo import fake
from scanner.demo.content import Body, Cell, Grid, Pen, packed
from scanner.demo.desk import SHARE, SOFIE, Desk
from scanner.demo.mail import Letter, eml
from scanner.demo.packing import zipped
from scanner.demo.pdf import pdf, with_attachments
from scanner.demo.people import Person
from scanner.demo.writers import write

HR = f"{SHARE}/hr"
CPR, MAIL, PHONE, ACCOUNT = "DK_CPR", "EMAIL_ADDRESS", "PHONE_NUMBER", "DK_BANK_ACCOUNT"
ADDRESS = "DK_ADDRESS"


def human_resources(desk: Desk) -> None:
    """Lay out the department's folder and the laptop of its one employee."""
    _register(desk)
    _contracts(desk)
    _payslips(desk)
    _absence(desk)
    _papers(desk)
    _applications(desk)
    _meetings(desk)


def account_text(person: Person) -> str:
    return f"{person.account[:4]} {person.account[4:]}"


def _register(desk: Desk) -> None:
    pen = Pen()
    open_rows: list[list[Cell]] = []
    pay_rows: list[list[Cell]] = []
    for person in desk.staff:
        mail = pen.put(MAIL, person.email, "column")
        phone = pen.put(PHONE, f"+45 {person.pairs}", "column")
        open_rows.append([person.name, mail, phone])
        cpr = pen.number(CPR, person.cpr, "hidden sheet, number without its zero")
        account = pen.put(ACCOUNT, account_text(person), "hidden sheet")
        pay_rows.append([person.name, cpr, account, 28_000 + person.number % 97 * 250])
    body = Body(
        "Medarbejdere",
        [Grid("Kontakt", ("Navn", "E-mail", "Mobil"), open_rows)],
        {
            "header": f"Fortroligt – ansvarlig {pen.put(MAIL, desk.staff[0].email, 'page header')}",
            "footer": "Nordlys Handel, HR",
            "comment": f"Ring til {pen.put(PHONE, desk.staff[1].pairs, 'comment')} ved fejl",
            "author": "Sofie Lund",
        },
        Grid("Løn", ("Navn", "CPR-nummer", "Reg.nr. og kontonr.", "Månedsløn"), pay_rows),
    )
    desk.write(f"{HR}/Medarbejdere.xlsx", "xlsx", body, pen)


def _contracts(desk: Desk) -> None:
    sofie = desk.owners["Sofie Lund"]
    for number, person in enumerate(desk.staff[:5]):
        pen, relative = Pen(), desk.newcomers[number]
        cpr = pen.put(CPR, person.hyphened, "paragraph, split over runs")
        address = pen.put("DK_ADDRESS", person.address, "paragraph, split over runs")
        body = Body(
            "Ansættelseskontrakt",
            [
                f"Mellem Nordlys Handel og {person.name}, CPR-nr. {cpr}, {address}.",
                "Arbejdstiden er 37 timer om ugen. Opsigelse følger funktionærloven.",
                Grid(
                    "Vilkår",
                    ("Felt", "Indhold"),
                    [
                        ["Tiltrædelse", "1. marts 2026"],
                        [
                            "Lønkonto (reg.nr. og konto)",
                            pen.put(ACCOUNT, account_text(person), "table"),
                        ],
                        ["E-mail", pen.put(MAIL, person.email, "table")],
                    ],
                ),
            ],
            {
                "header": "Nordlys Handel – fortroligt",
                "footer": f"Kontakt: {pen.put(MAIL, sofie.email, 'footer')}",
                "footnote": f"Pårørende: tlf. {pen.put(PHONE, relative.pairs, 'footnote')}",
                "author": "Sofie Lund",
            },
            run_length=4,
        )
        desk.write(f"{HR}/Kontrakter/Kontrakt {person.name}.docx", "docx", body, pen, years=number)
    pen, person = Pen(), desk.staff[5]
    other = desk.newcomers[20]
    body = Body(
        "Tillæg til kontrakt",
        [f"Gælder {person.name}, personnummer {pen.put(CPR, person.hyphened, 'paragraph')}."],
        {
            "inserted": f"Ny sagsbehandler: {pen.put(MAIL, other.email, 'tracked insertion')}",
            "deleted": f"Tidligere CPR-nr. {pen.put(CPR, other.hyphened, 'tracked deletion')}",
            "box": f"Telefon {pen.put(PHONE, other.pairs, 'text box')}",
            "comment": f"Er cpr {pen.put(CPR, desk.newcomers[21].hyphened, 'comment')} rigtigt?",
        },
    )
    desk.write(f"{HR}/Kontrakter/Tillæg.docx", "docx", body, pen)


def _payslips(desk: Desk) -> None:
    sofie = desk.owners["Sofie Lund"]
    for number, person in enumerate(desk.staff[6:14]):
        pen = Pen()
        body = Body(
            f"Lønseddel {number % 12 + 1:02}-2026",
            [
                f"{person.name}, {pen.put(ADDRESS, person.address, 'page text')}",
                f"CPR-nr.: {pen.put(CPR, person.hyphened, 'page text')}",
                f"Udbetales til reg.nr. {person.account[:4]} konto {person.account[4:]}",
                Grid(
                    "Løn", ("Post", "Beløb"), [["Grundløn", "31.500,00"], ["Pension", "2.520,00"]]
                ),
            ],
            {"footer": f"Spørgsmål: {pen.put(MAIL, sofie.email, 'page footer')}"},
        )
        pen.put(ACCOUNT, f"{person.account[:4]} konto {person.account[4:]}", "page text")
        path = f"{HR}/Løn/2026/Lønseddel {number + 1:02} {person.name}.pdf"
        slip = desk.write(path, "pdf", body, pen)
        if number == 0:
            copy = f"{SOFIE}/Downloads/Lønseddel (1).pdf"
            desk.add(copy, slip)
            desk.exact((path, ()), (copy, ()))
    pen, person = Pen(), desk.staff[14]
    body = Body("Stamkort", ["Udfyldes af medarbejderen."])
    data = pdf(
        body,
        fields=[
            ("Navn", person.name),
            ("CPR-nr.", pen.put(CPR, person.hyphened, "form field")),
            ("E-mail", pen.put(MAIL, person.email, "form field")),
        ],
    )
    desk.add(f"{HR}/Stamkort udfyldt.pdf", pen.content(data, "pdf"))


def _absence(desk: Desk) -> None:
    pen = Pen()
    rows: list[list[Cell]] = [
        [person.name, pen.put(CPR, person.cpr, "column"), 1 + person.number % 6]
        for person in desk.staff[4:16]
    ]
    boss = pen.put(MAIL, desk.owners["Sofie Lund"].email, "comment")
    body = Body(
        "Fravær",
        [Grid("Sygefravær", ("Navn", "CPR", "Dage"), rows)],
        {"comment": f"Spørg {boss}"},
        Grid(
            "Gammel",
            ("Navn", "E-mail"),
            [[desk.staff[2].name, pen.put(MAIL, desk.staff[2].email, "hidden sheet")]],
        ),
    )
    desk.write(f"{HR}/Sygefravær.ods", "ods", body, pen)
    pen, person = Pen(), desk.staff[15]
    body = Body(
        "Notat om fravær",
        [
            f"Samtale med {person.name} (cpr {pen.put(CPR, person.hyphened, 'paragraph')}).",
            Grid(
                "Aftale", ("Kontakt", "Telefon"), [["Mobil", pen.put(PHONE, person.pairs, "table")]]
            ),
        ],
        {"header": "Fortroligt", "author": "Sofie Lund"},
    )
    desk.write(f"{HR}/Samtaler/Notat.rtf", "rtf", body, pen, years=5.5)
    pen, person = Pen(), desk.staff[16]
    body = Body(
        "Personalehåndbog",
        ["Ferie aftales med nærmeste leder.", "Sygdom meldes før kl. 8.", "Rygning sker udendørs."],
        {
            "footer": f"HR: {pen.put(MAIL, desk.owners['Sofie Lund'].email, 'page footer')}",
            "footnote": f"Tillidsmand: tlf. {pen.put(PHONE, person.pairs, 'footnote')}",
            "comment": f"Slet eksemplet med cpr {pen.put(CPR, person.hyphened, 'comment')}",
        },
    )
    desk.write(f"{HR}/Personalehåndbog.odt", "odt", body, pen)


def _papers(desk: Desk) -> None:
    rng = desk.rng
    one, two, three = desk.newcomers[22:25]
    pen = Pen()
    zone = pen.put("PASSPORT_MRZ", fake.mrz(rng, name=one.name), "lines")
    number = pen.put("DK_PASSPORT", fake.passport(rng), "line")
    licence = pen.put("DK_DRIVER_LICENSE", fake.driver_license(rng), "line")
    card = pen.put("DK_HEALTH_CARD", fake.health_card(rng), "line")
    wrong = list(fake.mrz(rng, name=three.name))
    for check in (-1, -17, -25, -35):  # of the whole, the expiry, the birth and the number
        wrong[check] = str((int(wrong[check]) + 1) % 10)
    bad = pen.put("PASSPORT_MRZ", "".join(wrong), "lines, check digits wrong", "maybe")
    body = Body(
        "Rejseoplysninger",
        [
            "Aflæst ved ansættelsen:",
            zone,
            f"Pasnummer {number} ({two.name}), udstedt i Danmark.",
            f"Kørekortnr. {licence}, kategori B.",
            f"EU-sygesikringskort {card}.",
            "Forkert aflæst, skal scannes igen:",
            bad,
        ],
    )
    desk.write(f"{HR}/Rejser/Pas og kørekort.txt", "txt", body, pen, years=2.5)
    pen = Pen()
    card = pen.put("PASSPORT_MRZ", fake.mrz(rng, form="TD1", name=two.name), "lines")
    body = Body(
        "Opholdskort",
        [*card.split("\n"), f"Pasnr. {pen.put('DK_PASSPORT', fake.passport(rng), 'paragraph')}"],
    )
    desk.write(f"{HR}/Rejser/Opholdskort.docx", "docx", body, pen)
    pen = Pen()
    visa = pen.put("PASSPORT_MRZ", fake.mrz(rng, form="TD2", name=three.name), "page text")
    licence = pen.put("DK_DRIVER_LICENSE", fake.driver_license(rng), "page text")
    body = Body("Rejsekort", [*visa.split("\n"), f"Kørekort nr. {licence}"])
    desk.write(f"{HR}/Rejser/Rejsekort.pdf", "pdf", body, pen)


def _applications(desk: Desk) -> None:
    sofie = desk.owners["Sofie Lund"]
    for number, person in enumerate(desk.newcomers[30:35]):
        pen = Pen()
        vita_pen = Pen()
        body = Body(
            f"CV for {person.name}",
            [
                f"{vita_pen.put(ADDRESS, person.address, 'paragraph')}. "
                f"Tlf. {vita_pen.put(PHONE, person.pairs, 'paragraph')}",
                f"E-mail: {vita_pen.put(MAIL, person.email, 'paragraph')}",
                f"Personnummer: {vita_pen.put(CPR, person.hyphened, 'paragraph')}",
                f"Født {vita_pen.put('DATE_OF_BIRTH', f'{person.born:%d.%m.%Y}', 'paragraph')}.",
                "Erfaring: lager, salg og kundeservice.",
                "Uddannelse: handelsskole.",
                "Sprog: dansk og engelsk.",
            ],
        )
        vita = write("docx" if number % 2 else "pdf", body, vita_pen)
        name = f"CV {person.name}.{vita.format}"
        text = (
            f"Kære Sofie\n\nHermed min ansøgning. Mit CPR-nummer er "
            f"{pen.put(CPR, person.hyphened, 'body')}, og jeg kan træffes på "
            f"{pen.put(PHONE, '+45 ' + person.pairs, 'body')}.\n\n"
            f"Med venlig hilsen\n{person.name}\n"
        )
        letter = Letter(
            f"{person.name} <{pen.address(person.email, 'From')}>",
            [f"Sofie Lund <{pen.address(sofie.email, 'To')}>"],
            f"Ansøgning som sælger – {person.name}",
            text,
            f"Tue, {3 + number:02} Mar 2026 14:05:00 +0100",
            pen.none("EMAIL_ADDRESS", f"<CAF{number}x9dQ=1@mail.example.net>", "message id"),
            encoding=("quoted-printable", "base64", "8bit")[number % 3],
            charset=("utf-8", "iso-8859-1", "utf-8")[number % 3],
            attachments=[(name, vita)],
        )
        application = eml(letter, pen)
        desk.add(f"{HR}/Ansøgninger/Ansøgning {number + 1}.eml", application)
        if number == 0:
            mailed = f"{HR}/Ansøgninger/Ansøgning 1.eml"
            both = f"{SOFIE}/Documents/Ansøgninger marts.zip"
            desk.add(both, zipped([("Ansøgning 1.eml", application), (name, vita)]))
            desk.exact((mailed, ()), (both, ("Ansøgning 1.eml",)))
            nested = (both, ("Ansøgning 1.eml", name))
            desk.exact((mailed, (name,)), (both, (name,)), nested)


def _meetings(desk: Desk) -> None:
    pen, person = Pen(), desk.staff[17]
    body = Body(
        "Velkommen til Nordlys",
        [
            "Dagens program: rundvisning, it og frokost.",
            Grid(
                "Hjælp",
                ("Hvem", "E-mail"),
                [["It", pen.put(MAIL, desk.owners["Lars Dam"].email, "table")]],
            ),
        ],
        {
            "notes": f"Husk at slette cpr {pen.put(CPR, person.hyphened, 'speaker notes')}",
            "box": f"Vagt: tlf. {pen.put(PHONE, person.pairs, 'text box in a group')}",
            "author": "Sofie Lund",
        },
        Grid(
            "Skjult",
            ("Navn", "CPR-nr."),
            [[person.name, pen.put(CPR, desk.staff[18].hyphened, "hidden slide")]],
        ),
    )
    desk.write(f"{HR}/Onboarding.pptx", "pptx", body, pen)
    pen = Pen()
    body = Body(
        "Trivsel 2026",
        [f"Skriv til {pen.put(MAIL, person.email, 'slide')}", "Svarprocenten var 84."],
        {"notes": f"Kontakt {person.name}, tlf. {pen.put(PHONE, person.pairs, 'speaker notes')}"},
    )
    desk.write(f"{HR}/Trivsel.odp", "odp", body, pen)
    pen, person = Pen(), desk.staff[19]
    inner = Body(
        "Fuldmagt",
        [f"Fuldmagt til {person.name}, CPR {pen.put(CPR, person.hyphened, 'attached file')}."],
    )
    attached = write("txt", inner, pen)
    outer = Pen()
    body = Body(
        "Pensionsaftale",
        ["Aftalen er vedhæftet som fil."],
        {
            "comment": f"Ring {outer.put(PHONE, '+45 ' + person.pairs, 'annotation')}",
            "subject": f"Til {outer.put(MAIL, person.email, 'document properties')}",
        },
    )
    data = with_attachments(pdf(body), [("fuldmagt.txt", attached.data)])
    desk.add(f"{HR}/Pension.pdf", packed(outer, data, "pdf", [("fuldmagt.txt", attached)]))
