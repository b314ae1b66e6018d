"""Accounts: invoices, creditors, payments, card receipts, reminders."""

from __future__ import annotations

from scanner.demo import fake
from scanner.demo.content import Body, Cell, Grid, Pen
from scanner.demo.desk import JENS, SHARE, Desk
from scanner.demo.people import Person
from scanner.demo.shelves.hr import account_text

FINANCE = f"{SHARE}/økonomi"
CPR, MAIL, PHONE, ACCOUNT = "DK_CPR", "EMAIL_ADDRESS", "PHONE_NUMBER", "DK_BANK_ACCOUNT"
ADDRESS = "DK_ADDRESS"


def finance(desk: Desk) -> None:
    """Lay out the department's folder and the laptop of its one employee."""
    _invoices(desk)
    _payments(desk)
    _cards(desk)
    _reminders(desk)
    _codes(desk)


def _invoices(desk: Desk) -> None:
    rng = desk.rng
    for number in range(12):
        pen = Pen()
        invoice = f"{number * 2 + 1:02}0326{rng.randrange(10_000):04}"
        order = fake.cpr(rng)  # an order number may well pass modulus 11
        lines = [
            f"Fakturanr. {pen.none(CPR, invoice, 'invoice number')}",
            f"Ordrenr. {pen.none(CPR, order, 'order number')}",
            f"Sælger: Nordlys Handel, CVR {pen.none(PHONE, fake.cvr(rng), 'company number')}",
            f"P-nr. {pen.none(CPR, fake.p_number(rng), 'production unit')}",
            f"EAN {pen.none(PHONE, f'57980{rng.randrange(10**8):08}', 'EAN number')}",
        ]
        rows: list[list[Cell]] = [
            [f"{rng.randrange(20, 99)}-{rng.randrange(1000, 9999)}", "Reol, bøg", 2, "1.998,00"],
            [f"{rng.randrange(20, 99)}-{rng.randrange(1000, 9999)}", "Lampe", 1, "349,50"],
        ]
        body = Body(
            f"Faktura {number + 1}",
            [*lines, Grid("Linjer", ("Varenr.", "Vare", "Antal", "Pris"), rows)],
        )
        path = f"{FINANCE}/Fakturaer/2026/Faktura {invoice}.pdf"
        desk.write(path, "pdf", body, pen, years=0.1 + number * 0.6)
    for number, writer in enumerate(("docx", "html", "xlsx")):
        pen, person = Pen(), desk.customers[40 + number]
        account = f"{person.account[:4]} {person.account[4:]}"
        # a workbook has no place for paragraphs
        address = person.address if writer == "xlsx" else pen.put(ADDRESS, person.address, "line")
        body = Body(
            "Kreditnota",
            [
                f"Til {person.name}, {address}",
                Grid(
                    "Kreditnota",
                    ("Felt", "Værdi"),
                    [
                        [
                            "Bilagsnr.",
                            pen.none(
                                CPR,
                                f"1404{rng.randrange(10, 99)}{rng.randrange(10**4):04}",
                                "voucher number",
                            ),
                        ],
                        ["E-mail", pen.put(MAIL, person.email, "table")],
                        ["Reg.nr. og konto", pen.put(ACCOUNT, account, "table")],
                    ],
                ),
            ],
        )
        desk.write(f"{FINANCE}/Kreditnotaer/Kreditnota {number + 1}.{writer}", writer, body, pen)


def _payments(desk: Desk) -> None:
    rng = desk.rng
    pen = Pen()
    rows: list[list[Cell]] = []
    for number, country in enumerate(("DK", "DK", "SE", "NO", "DE", "GB", "NL", "FR", "DK", "FI")):
        person = desk.newcomers[36 + number]
        iban = fake.iban(rng, country=country, grouped=number % 2 == 0)
        written = pen.put("IBAN_CODE", iban, "column")
        rows.append([person.name, written, pen.put(MAIL, person.email, "column")])
    body = Body("Kreditorer", [Grid("Kreditorer", ("Navn", "IBAN", "E-mail"), rows)])
    desk.write(f"{FINANCE}/kreditorer.csv", "csv", body, pen)
    pen = Pen()
    rows = [
        [person.name, pen.put("IBAN_CODE", fake.iban(rng), "element"), "1250.00"]
        for person in desk.staff[:10]
    ]
    body = Body("Lønkørsel", [Grid("betaling", ("Modtager", "IBAN", "Beløb"), rows)])
    desk.write(f"{FINANCE}/Import/pain001.xml", "xml", body, pen)
    pen = Pen()
    rows = [
        [
            person.name,
            pen.put(ACCOUNT, account_text(person), "column"),
            pen.put(PHONE, person.phone, "column"),
        ]
        for person in desk.customers[60:80]
    ]
    body = Body(
        "Tilbagebetaling", [Grid("Udbetaling", ("Navn", "Reg.nr. og kontonr.", "Telefon"), rows)]
    )
    desk.write(f"{JENS}/Documents/Tilbagebetalinger.xlsx", "xlsx", body, pen)
    pen, person = Pen(), desk.customers[81]
    blank = person.hyphened.replace("-", " ")
    body = Body(
        "Aftale om afdrag",
        [
            f"{person.name} betaler 500 kr. om måneden fra reg.nr. {person.account[:4]} "
            f"kontonr. {person.account[4:]}.",
            f"Cpr-nr. {pen.put(CPR, blank, 'paragraph, blank for hyphen')}",
        ],
    )
    pen.put(ACCOUNT, f"{person.account[:4]} kontonr. {person.account[4:]}", "paragraph")
    desk.write(f"{JENS}/Documents/Afdrag.odt", "odt", body, pen, years=6.2)


def _cards(desk: Desk) -> None:
    rng = desk.rng
    pen = Pen()
    brands: tuple[fake.Brand, ...] = ("visa", "mastercard", "amex", "dankort")
    lines = []
    for number in range(12):
        card = fake.card(rng, brand=brands[number % 4], grouped=number % 3 == 1)
        label = ("betaling kort", "kortnr.", "card_number=")[number % 3]
        # Alone, sixteen digits that pass Luhn are weak: one random number in ten does.
        written = pen.put("CREDIT_CARD", card, "log line", "finding" if number % 3 else "maybe")
        lines.append(f"2026-03-02 10:{number:02}:11 {label} {written} beløb 249,00 OK")
    wrong = fake.card(rng)
    wrong = wrong[:-1] + str((int(wrong[-1]) + 1) % 10)
    lines.append(f"2026-03-02 11:00:00 trace {pen.none('CREDIT_CARD', wrong, 'Luhn digit wrong')}")
    body = Body("Kortterminal", ["\n".join(lines)])
    desk.write(f"{FINANCE}/Kort/terminal.log", "log", body, pen)
    pen, person = Pen(), desk.customers[83]
    card = fake.card(rng, brand="mastercard", grouped=True)
    body = Body(
        "Rejseafregning",
        [
            f"Udlagt af {person.name} på kortnr. {pen.put('CREDIT_CARD', card, 'paragraph')}",
            f"Kontakt: {pen.put(MAIL, person.email, 'paragraph')}",
        ],
    )
    desk.write(f"{JENS}/Documents/Rejseafregning.docx", "docx", body, pen)


def _reminders(desk: Desk) -> None:
    jens = desk.owners["Jens Krogh"]

    def letter(person: Person, pen: Pen) -> Body:
        return Body(
            "Rykker",
            [
                f"Kære {person.name}",
                "Vi har ikke modtaget din betaling.",
                f"Din konto hos os står på cpr-nr. {pen.put(CPR, person.hyphened, 'paragraph')}.",
                f"Ring på {pen.put(PHONE, jens.pairs, 'paragraph')} ved spørgsmål.",
            ],
        )

    for number, writer in enumerate(("docx", "pdf", "odt", "rtf", "html", "txt cp1252")):
        pen = Pen()
        body = letter(desk.customers[90 + number], pen)
        name = f"Rykker {number + 1}.{writer.split(' ')[0]}"
        desk.write(f"{FINANCE}/Rykkere/{name}", writer, body, pen, years=number * 1.1)


def _codes(desk: Desk) -> None:
    rng = desk.rng
    pen = Pen()
    rows: list[list[Cell]] = []
    for number in range(40):
        head = f"{number % 28 + 1:02}{number % 12 + 1:02}{20 + number % 6}"
        rows.append(
            [
                pen.none(CPR, f"{head}{rng.randrange(10_000):04}", "invoice number"),
                pen.none(PHONE, fake.cvr(rng), "company number"),
                pen.none(CPR, fake.p_number(rng), "production unit"),
                pen.none(PHONE, f"57980{rng.randrange(10**8):08}", "EAN number"),
                pen.none(PHONE, f"{rng.randrange(20, 90)}{rng.randrange(10**6):06}", "part number"),
            ]
        )
    headers = ("Fakturanr.", "CVR-nr.", "P-nummer", "EAN", "Varenr.")
    body = Body("Fakturajournal", [Grid("Journal", headers, rows)])
    desk.write(f"{FINANCE}/Fakturajournal.xlsx", "xlsx", body, pen)
    desk.write(f"{JENS}/Skrivebord/journal.csv", "csv semicolon", body, pen)
