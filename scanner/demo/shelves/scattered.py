"""What makes an access request hard: a scan, a mail archive, a namesake; a seventh customer list.

It draws from a source of chance of its own, so that everything else stays the same under a seed.
"""

from __future__ import annotations

import random
from dataclasses import replace

from scanner.demo.content import Body, Content, Pen
from scanner.demo.desk import JENS, MIKKEL, SHARE, Desk
from scanner.demo.mail import Letter, eml, mbox
from scanner.demo.pdf import scanned
from scanner.demo.people import Person, Registry
from scanner.demo.writers import write

CPR, MAIL, PHONE = "DK_CPR", "EMAIL_ADDRESS", "PHONE_NUMBER"
SCAN = f"{SHARE}/salg/Klager/Skannet klage.pdf"
NAMESAKE = f"{JENS}/Documents/Afdragsordning.docx"
ARCHIVE = f"{MIKKEL}/Thunderbird/Klager"
SEVENTH = f"{SHARE}/økonomi/Revision/Kundeliste.xlsx"


def scattered(desk: Desk) -> Person:
    """Lay them out, and return the namesake. The customer list must be there."""
    person = desk.customers[0]
    everybody = (*desk.customers, *desk.newcomers, *desk.staff, *desk.owners.values())
    seen = {each for one in everybody for each in (one.cpr, one.email, one.phone, one.account)}
    registry = Registry(random.Random(f"scattered {desk.truth.seed}"), seen)
    namesake = registry.person(name=person.name)
    _scan(desk, person)
    _namesake(desk, namesake)
    _archive(desk, person)
    _seventh(desk)
    return namesake


def _scan(desk: Desk, person: Person) -> None:
    """Write a letter as a scanner does: a picture of a page, without a letter of text."""
    pen = Pen()
    body = Body(
        "Klage",
        [
            f"{person.name}, CPR-nr. {pen.put(CPR, person.hyphened, 'picture of a page', 'maybe')}",
            "Jeg klager hermed over leveringen af min reol.",
        ],
    )
    page = write("pdf", body, pen)
    statuses = ("unread", "partial", "read", "no_text")
    reasons = ("missing_extra", "unsupported")
    picture = replace(page, data=scanned(page.data), statuses=statuses, reasons=reasons)
    desk.add(SCAN, picture, years=1.5)


def _namesake(desk: Desk, namesake: Person) -> None:
    pen = Pen()
    body = Body(
        "Afdragsordning",
        [
            f"Kunde: {namesake.name}, CPR-nr. {pen.put(CPR, namesake.hyphened, 'paragraph')}",
            f"Mail {pen.put(MAIL, namesake.email, 'paragraph')}",
            "Der betales 300 kr. om måneden fra april.",
        ],
    )
    desk.add(NAMESAKE, write("docx", body, pen), years=0.8)


def _archive(desk: Desk, person: Person) -> None:
    mikkel = desk.owners["Mikkel Bach"]
    pen = Pen()
    first = eml(
        Letter(
            f"{person.name} <{pen.address(person.email, 'From')}>",
            [f"Mikkel Bach <{pen.address(mikkel.email, 'To')}>"],
            "Min klage, igen",
            f"Hej\n\nJeg har ikke hørt fra jer. Mit cpr-nr. er "
            f"{pen.put(CPR, person.hyphened, 'body')}.\n\n{person.name}\n",
            "Mon, 09 Mar 2026 07:40:00 +0100",
            pen.none(MAIL, "<klage.118@mail.example.org>", "message id"),
        ),
        pen,
    )
    pen = Pen()
    second = eml(
        Letter(
            f"Mikkel Bach <{pen.address(mikkel.email, 'From')}>",
            [f"Anna Holm <{pen.address(desk.owners['Anna Holm'].email, 'To')}>"],
            "Frokost",
            "Skal vi spise kl. 12?\n",
            "Mon, 09 Mar 2026 10:02:00 +0100",
            pen.none(MAIL, "<frokost.1@mail.example.org>", "message id"),
        ),
        pen,
    )
    desk.add(ARCHIVE, mbox([first, second]), years=0.3)


def _seventh(desk: Desk) -> None:
    """Put the customer list into a seventh place."""
    at, listed = next((at, one) for at, one in enumerate(desk.truth.copies) if len(one.places) >= 6)
    original = listed.places[0][0]
    marks = tuple(
        replace(mark, path="", format="")
        for mark in desk.truth.planted
        if mark.path == original and not mark.inner
    )
    data = (desk.folder / original).read_bytes()
    desk.add(SEVENTH, Content(data, "xlsx", marks), years=0.4)
    places = (*listed.places, (SEVENTH, ()))
    desk.truth.copies[at] = replace(listed, places=places)
