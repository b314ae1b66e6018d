"""Write the demo company: devices, a share, documents in every format, and the truth about them."""

from __future__ import annotations

import random
from pathlib import Path

from scanner.demo.desk import OWNERS, Desk
from scanner.demo.people import DOMAIN, Person, Registry
from scanner.demo.shelves.finance import finance
from scanner.demo.shelves.hr import human_resources
from scanner.demo.shelves.lists import customer_lists
from scanner.demo.shelves.oddities import oddities
from scanner.demo.shelves.ordinary import ordinary
from scanner.demo.shelves.sales import sales
from scanner.demo.shelves.scattered import scattered
from scanner.demo.shelves.technology import technology
from scanner.demo.truth import Truth, canonical

CUSTOMERS, NEWCOMERS, STAFF = 400, 110, 24


def truth_path(folder: Path) -> Path:
    """Return where the truth about the company in `folder` lies: beside it, never inside."""
    return folder.parent / f"{folder.name}-truth.json"


def make_company(
    folder: Path, *, seed: int = 1, files: int = 240, truth: Path | None = None
) -> Truth:
    """Write the company's files below `folder`, which must be empty or new, and return the truth.

    The same seed gives the same people, values, files and truth. Documents without personal data
    are added until there are `files` of them; the planned ones are always written. `truth` is
    where the truth goes, by default `truth_path(folder)`. Raises FileExistsError for a folder
    that holds something, ValueError for a truth inside it, DemoExtraMissing without fodspor[demo].
    """
    target = truth or truth_path(folder)
    if folder.resolve() in target.resolve().parents:
        raise ValueError("the truth must lie outside the folder that is scanned")
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError("the folder for the demo company is not empty")
    folder.mkdir(parents=True, exist_ok=True)
    rng = random.Random(seed)
    registry = Registry(rng)
    owners = {name: registry.person(domain=DOMAIN, name=name) for name in OWNERS}
    whole = Truth(seed)
    desk = Desk(
        folder=folder,
        rng=rng,
        owners=owners,
        staff=registry.people(STAFF, domain=DOMAIN),
        customers=registry.people(CUSTOMERS),
        newcomers=registry.people(NEWCOMERS),
        truth=whole,
    )
    for shelf in (customer_lists, human_resources, finance, sales, technology, oddities):
        shelf(desk)
    namesake = scattered(desk)
    ordinary(desk, max(0, files - len(whole.files)))
    whole.names = registry.names
    everybody = (*desk.customers, *desk.newcomers, *desk.staff, *owners.values(), namesake)
    whole.people = [_identifiers(each) for each in everybody]
    whole.person = {**_identifiers(desk.customers[0]), "PERSON": desk.customers[0].name}
    whole.save(target)
    return whole


def _identifiers(person: Person) -> dict[str, str]:
    return {
        "DK_CPR": person.cpr,
        "EMAIL_ADDRESS": person.email,
        "PHONE_NUMBER": canonical("PHONE_NUMBER", person.phone),
    }
