"""Make up the people of the demo company: employees, customers and others, none of them twice."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date

from scanner.demo import fake

DOMAIN = "nordlys.example.com"  # below a reserved domain (RFC 2606)
WITHOUT_MODULUS_11 = 0.04
"""Share of made CPR numbers that fail modulus 11, as those issued since 2007 may."""
REPLACEMENTS = 0.01
"""Share of replacement CPR numbers (day raised by 60)."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody made up. Numbers are bare digits: `cpr` ten, `phone` eight, `account` 4 + 10."""

    number: int
    name: str = field(repr=False)
    cpr: str = field(repr=False)
    email: str = field(repr=False)
    phone: str = field(repr=False)
    address: str = field(repr=False)
    account: str = field(repr=False)

    @property
    def hyphened(self) -> str:
        return f"{self.cpr[:6]}-{self.cpr[6:]}"

    @property
    def born(self) -> date:
        """The birth date that the CPR number tells: nobody here is older than 99."""
        year = int(self.cpr[4:6])
        century = 2000 if self.cpr[6] in "456789" and year <= 36 else 1900
        return date(century + year, int(self.cpr[2:4]), int(self.cpr[:2]) % 60)

    @property
    def pairs(self) -> str:
        return " ".join(self.phone[at : at + 2] for at in (0, 2, 4, 6))


@dataclass(slots=True)
class Registry:
    """Makes people, each with numbers and an address that nobody else in the company has."""

    rng: random.Random
    seen: set[str] = field(default_factory=set, repr=False)
    names: list[str] = field(default_factory=list, repr=False)

    def person(
        self, *, domain: str | None = None, name: str = "", born: date | None = None
    ) -> Person:
        """Return a new person; an employee has the company's `domain`."""
        rng = self.rng
        plain = rng.random()
        modulus11 = plain > WITHOUT_MODULUS_11
        replacement = plain > 1 - REPLACEMENTS
        while True:
            called = name or fake.name(rng)
            cpr = fake.cpr(rng, born=born, modulus11=modulus11, replacement=replacement)
            email = fake.email(rng, name=called, domain=domain)
            phone = fake.phone(rng)
            account = fake.account(rng).replace(" ", "")
            if not self.seen & {cpr, email, phone, account}:
                break
        self.seen |= {cpr, email, phone, account}
        self.names.append(called)
        number = 10_000 + len(self.names)
        return Person(number, called, cpr, email, phone, fake.address(rng), account)

    def people(self, count: int, *, domain: str | None = None) -> list[Person]:
        """Return `count` new people."""
        return [self.person(domain=domain) for _ in range(count)]
