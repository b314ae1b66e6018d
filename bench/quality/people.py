"""Make up the people of the labelled corpus: names of a type for each set, and their numbers."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

from scanner.demo import danish, fake

Names = tuple[tuple[str, ...], tuple[str, ...]]


def _names(given: str, surnames: str) -> Names:
    return tuple(given.split()), tuple(part.strip() for part in surnames.split(","))


TYPES: dict[str, Names] = {
    "swedish": _names(
        "Gunilla Ulrika Annika Malin Göran Lennart Håkan Anders Björn Kerstin Torsten Linnéa",
        "Åkesson, Bergström, Lindqvist, Hellström, Sjögren, Öberg, Nyström, Wikström, Engdahl",
    ),
    "norwegian": _names(
        "Ingvild Ragnhild Turid Solvår Øystein Sindre Kjetil Trond Håvard Åshild Torunn Geir",
        "Haugen, Bakken, Solheim, Moen, Strømme, Lien, Fossum, Rønningen, Tveit, Aasen, Myhre",
    ),
    "double": _names(
        "Anne-Mette Lise-Lotte Hans-Jørgen Karl-Erik Ann-Sofie Ole-Christian Eva-Marie Per-Ole",
        "Kjær Mortensen, Lund-Petersen, Bech Nørgaard, Juul-Madsen, Holm Kristoffersen, Vang Bak",
    ),
    "english": _names(
        "Jennifer Ashley Heather Colin Graham Nigel Fiona Stuart Gareth Abigail Duncan Hazel",
        "Whitfield, Thornton, O'Brien, MacAllister, Hargreaves, Pemberton, Blackwood, Fletcher",
    ),
    "turkish": _names(
        "Ayşe Elif Gülsüm Hatice Hüseyin Mustafa Serkan Emre Fatma Burak Songül Cem",
        "Çelik, Öztürk, Şahin, Aydın, Koçak, Arslan, Doğan, Erdem, Polat, Güneş",
    ),
    "arabic": _names(
        "Noor Layla Samira Rania Khaled Tariq Nabil Youssef Amina Bilal Huda Ziad",
        "El-Sayed, Al-Khatib, Haddad, Mansour, Rahmani, Darwish, Abdi, Osman, Farouk, Salameh",
    ),
    "faroese": _names(
        "Bjørg Marjun Rannvá Súsanna Jógvan Høgni Tróndur Eyðun Óluva Pætur Beinir Turið",
        "Joensen, Djurhuus, Patursson, Højgaard í Lon, á Heygum, Dam-Jacobsen, Zachariasen",
    ),
    "greenlandic": _names(
        "Aviaja Nivi Paninnguaq Ivalo Malik Inuk Aqqaluk Minik Naja Pipaluk Kaali Miki",
        "Kleist, Lynge, Petrussen, Kreutzmann, Geisler, Motzfeldt, Heilmann, Egede, Rosing",
    ),
    "slavic": _names(
        "Agnieszka Katarzyna Małgorzata Wojciech Paweł Oksana Bohdan Ionuț Mihaela Zdeněk Jadwiga",
        "Kowalczyk, Wiśniewski, Szymańska, Kovalenko, Popescu, Dvořák, Zieliński, Hrytsenko",
    ),
    "asian": _names(
        "Thi-Hong Minh Suthan Priya Xiaoming Wei Kavitha Rajesh Linh Thanuja Jin Anh",
        "Phạm, Sivakumar, Thanabalasingam, Zhang, Huynh, Ramanathan, Yamamoto, Lê, Chaudhary",
    ),
    "continental": _names(
        "Friederike Jürgen Wolfgang Annelies Willem Thijs Chiara Giuseppe Mathilde Anselm Lorenzo",
        "von der Heide, van den Berg, de Vries, Müller-Lüdenscheidt, di Stefano, zu Putlitz",
    ),
    "icelandic": _names(
        "Guðrún Sigríður Þórdís Hildur Sigurður Þorsteinn Einar Halldór Ásta Gísli Bryndís Kári",
        "Sigurðardóttir, Jónsson, Þorvaldsdóttir, Gunnarsson, Helgadóttir, Ásgeirsson",
    ),
}
SETS: dict[str, tuple[int, tuple[str, ...]]] = {
    "train": (0, ("swedish", "norwegian", "double")),
    "tune": (1, ("english", "turkish", "arabic")),
    "report": (2, ("faroese", "greenlandic", "slavic", "asian", "continental", "icelandic")),
}
"""Which third of the Danish names a set draws from, and which name types only it has."""
DANISH_SHARE = 0.7
WITHOUT_MODULUS_11 = 0.03
"""Share of CPR numbers on an exempt date that fail modulus 11, as some issued since 2007 do."""
DOMAINS = ("example.com", "example.net", "example.org")  # RFC 2606
EXEMPT_YEARS = (1965, 1966, 1969, 1974, 1980, 1985, 1988, 1990)


def third(words: Sequence[str], which: int) -> tuple[str, ...]:
    """Return every third word, from `which` on: the sets share no Danish given or family name."""
    return tuple(words[which::3])


@dataclass
class Person:
    """Somebody made up; each number is drawn when it is first asked for."""

    rng: random.Random = field(repr=False)
    names: str = field(repr=False)

    @cached_property
    def _name(self) -> tuple[tuple[str, ...], str]:
        which, types = SETS[self.names]
        rng = self.rng
        if rng.random() < DANISH_SHARE:
            given = third(rng.choice((danish.WOMEN, danish.MEN)), which)
            count = rng.choice((1, 1, 2))
            return tuple(rng.sample(given, count)), rng.choice(third(danish.SURNAMES, which))
        first, last = TYPES[rng.choice(types)]
        return (rng.choice(first),), rng.choice(last)

    @property
    def given(self) -> tuple[str, ...]:
        return self._name[0]

    @property
    def surname(self) -> str:
        return self._name[1]

    @cached_property
    def born(self) -> date:
        if self.rng.random() < WITHOUT_MODULUS_11:
            return date(self.rng.choice(EXEMPT_YEARS), 1, 1)
        return fake.OLDEST + timedelta(days=self.rng.randrange(28_000))

    @cached_property
    def cpr(self) -> str:
        exempt = (self.born.month, self.born.day) == (1, 1) and self.born.year in EXEMPT_YEARS
        return fake.cpr(self.rng, born=self.born, modulus11=not exempt)

    @cached_property
    def phone(self) -> str:
        return fake.phone(self.rng)

    @cached_property
    def firm(self) -> str:
        word = fake.ascii_of(self.rng.choice(danish.SURNAMES)).lower()
        return f"{word}{self.rng.choice(('', '-data', 'byg', '-it'))}.{self.rng.choice(DOMAINS)}"

    @cached_property
    def email(self) -> str:
        first, last = (fake.ascii_of(each).lower() for each in (self.given[0], self.surname))
        last = last.replace(" ", "").replace("'", "")
        form = self.rng.randrange(5)
        year = self.born.year % 100
        local = (
            f"{first}.{last}",
            f"{first[:1]}{last[:3]}",
            f"{first}_{last}{year:02}",
            f"{first}{last}",
            f"{first[:1]}.{last}",
        )[form]
        local = "".join(sign for sign in local if sign.isalnum() or sign in "._-") or "mail"
        return f"{local}@{self.firm}"

    @cached_property
    def street(self) -> str:
        which = SETS[self.names][0]
        number = f"{self.rng.randrange(1, 180)}{self.rng.choice(('', '', '', 'A', 'B'))}"
        floor = self.rng.choice(danish.FLOORS)
        street = self.rng.choice(third(danish.STREETS, which))
        return f"{street} {number}{', ' + floor if floor else ''}"

    @cached_property
    def town(self) -> tuple[str, str]:
        return self.rng.choice(danish.TOWNS)

    @cached_property
    def account(self) -> str:
        return fake.account(self.rng).replace(" ", "")
