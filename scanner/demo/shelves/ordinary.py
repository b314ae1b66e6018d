"""Documents without personal data, as most of a share is: price lists, minutes, guides, code."""

from __future__ import annotations

from collections.abc import Callable

from scanner.demo.content import Body, Cell, Grid, Pen
from scanner.demo.desk import ANNA, JENS, LARS, MIKKEL, SHARE, SOFIE, Desk

SENTENCES = (
    "Lageret tælles den sidste fredag i måneden.",
    "Vi afventer leverandørens svar på prisen for egetræ.",
    "Butikken holder åbent til kl. 18 i december.",
    "Budgettet for markedsføring er uændret i forhold til sidste år.",
    "Reolen leveres samlet og skal fastgøres til væggen.",
    "Reklamationer behandles inden for 14 dage.",
    "Fragten er gratis ved køb over 1.500 kr.",
    "Mødet sluttede kl. 15.30 uden bemærkninger.",
    "Ny skiltning hænges op i uge 24.",
    "Målet er en omsætning på 12,4 mio. kr.",
)
GOODS = ("Reol", "Lampe", "Stol", "Bord", "Skænk", "Hylde", "Sofa", "Tæppe", "Spejl", "Kommode")
ROOTS = (
    f"{SHARE}/salg/Materialer",
    f"{SHARE}/økonomi/Budget",
    f"{SHARE}/it/Vejledninger",
    f"{SHARE}/hr/Politikker",
    f"{ANNA}/Documents/Møder",
    f"{MIKKEL}/Documents/Møder",
    f"{SOFIE}/Documents/Møder",
    f"{JENS}/Documents/Budget",
    f"{LARS}/Documents/Drift",
)


def ordinary(desk: Desk, count: int) -> None:
    """Write `count` such files, over all devices and formats."""
    makers: tuple[tuple[str, str, str, Callable[[Desk, Pen], Body]], ...] = (
        ("Referat", "docx", "docx", _minutes),
        ("Prisliste", "xlsx", "xlsx", _prices),
        ("Referat", "txt", "txt", _minutes),
        ("Vejledning", "pdf", "pdf", _minutes),
        ("Noter", "md", "md", _minutes),
        ("Prisliste", "csv semicolon", "csv", _prices),
        ("Præsentation", "pptx", "pptx", _minutes),
        ("Vejledning", "odt", "odt", _minutes),
        ("Side", "html", "html", _minutes),
        ("Lager", "json", "json", _prices),
        ("Prisliste", "ods", "ods", _prices),
        ("Gammel prisliste", "xls", "xls", _prices),
    )
    for number in range(count):
        title, writer, ending, make = makers[number % len(makers)]
        root = ROOTS[number % len(ROOTS)]
        pen = Pen()
        body = make(desk, pen)
        years = desk.rng.uniform(0, 9)
        desk.write(f"{root}/{title} {number + 1:03}.{ending}", writer, body, pen, years=years)


def _minutes(desk: Desk, pen: Pen) -> Body:
    rng = desk.rng
    paragraphs = [" ".join(rng.sample(SENTENCES, 3)) for _ in range(rng.randrange(3, 9))]
    year = pen.none(
        "PHONE_NUMBER",
        f"20{rng.randrange(20, 27)}{rng.randrange(10, 13)}{rng.randrange(10, 29)}",
        "date",
    )
    return Body("Referat af møde", [*paragraphs, f"Arkiveret som {year}."])


def _prices(desk: Desk, pen: Pen) -> Body:
    rng = desk.rng
    rows: list[list[Cell]] = []
    for number in range(rng.randrange(12, 40)):
        part = pen.none(
            "PHONE_NUMBER", f"{rng.randrange(20, 90)}{rng.randrange(10**6):06}", "part number"
        )
        price = f"{rng.randrange(99, 9_999)},00"
        rows.append([part, f"{rng.choice(GOODS)} {number + 1}", price, rng.randrange(200)])
    return Body("Prisliste", [Grid("Priser", ("Varenr.", "Vare", "Pris", "Antal"), rows)])
