"""Gather the name lists that training needs and the model ships, from sources named in NOTICE.

Only training imports this; it needs Faker.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module, resources
from pathlib import Path

from detectors.names.clusters import LANGUAGES, Clusters

FAKER = {
    "da": "da_DK", "nb": "no_NO", "sv": "sv_SE", "en": "en_US", "gb": "en_GB", "de": "de_DE",
    "tr": "tr_TR", "fr": "fr_FR", "es": "es_ES", "it": "it_IT", "nl": "nl_NL", "fi": "fi_FI",
    "ro": "ro_RO", "hr": "hr_HR", "cs": "cs_CZ", "pl": "pl_PL", "pt": "pt_PT", "is": "is_IS",
    "et": "et_EE", "lt": "lt_LT", "lv": "lv_LV", "hu": "hu_HU", "sk": "sk_SK", "in": "en_IN",
}  # fmt: skip
"""Faker's locales of names in Latin script, by the country's short name here."""
JAVASCRIPT = {
    "da": "da", "nb_NO": "nb", "sv": "sv", "en": "en", "de": "de", "fi": "fi", "pl": "pl",
    "tr": "tr", "nl": "nl", "fr": "fr", "es": "es", "it": "it", "ro": "ro", "hr": "hr",
    "cs_CZ": "cs", "vi": "vi", "af_ZA": "nl", "pt_PT": "pt", "hu": "hu", "lv": "lv",
    "en_IN": "in", "sk": "sk", "sr_RS_latin": "sr", "uz_UZ_latin": "tr", "az": "tr",
}  # fmt: skip
"""Locales of @faker-js/faker in `names_fakerjs.json`, by the short name here."""
COMMON = 10
"""Longer common words are not listed: they are never mistaken for names."""
HELD = 4
"""One name in so many is kept out of training texts, so that unseen names can be measured."""

_NAME = re.compile(r"[^\W\d_a-zà-öø-ÿ][^\W\d_]*(?:['’-][^\W\d_]+)*")
_SURNAMES = """
Hansen Nielsen Jensen Pedersen Andersen Christensen Larsen Sørensen Rasmussen Jørgensen Petersen
Madsen Kristensen Olsen Thomsen Christiansen Poulsen Johansen Møller Mortensen Knudsen Jakobsen
Jacobsen Mikkelsen Olesen Frederiksen Laursen Henriksen Lund Holm Schmidt Eriksen Kristiansen
Simonsen Clausen Svendsen Andreasen Iversen Jeppesen Mogensen Jespersen Vestergaard Nissen
Lauridsen Frandsen Østergaard Jepsen Hermansen Carlsen Kjær Nørgaard Dam Bech Bertelsen Bruun
Brandt Dahl Friis Berg Damgaard Winther Skov Toft Bach Krogh Søndergaard Juhl Bang Kofoed Bonde
Thygesen Ravn Dalgaard Enevoldsen Overgaard Sommer Bæk Hedegaard Lykke Gade Nygaard Munk Riis
Fischer Beck Bro Bundgaard Hjorth Lind Krarup Storm Kruse Ibsen Daugaard Skytte Thorup Hviid
"""
_ELSEWHERE = {
    "ar": (
        """Mohammed Mohamed Ahmed Ali Hassan Hussein Fatima Aisha Amina Omar Yusuf Ibrahim Khadija
        Zahra Maryam Abdul Abdullah Karim Layla Samira Nadia Hamza Bilal Said Rashid Nour Salma
        Jamal Tariq Faisal Zainab Mustafa Mahmoud Khaled Walid Rami Rania Hanan Farah Yasmin Iman
        Nabil Adel Ayman Amal Osama Haifa Dalia Bashir Marwan Ghada Sahar Ziad""",
        """Hassan Ali Khan Hussain Malik Mahmood Abdi Warsame Osman Farah Yusuf Mohamud Ibrahim
        Saleh Khalil Haddad Nasser Najjar Rahman Chaudhry Butt Iqbal Akhtar Shah Sheikh Qureshi Aziz
        Hamdan Darwish Khoury Issa Al-Masri El-Khatib Jama Nur Barzani Rashidi Sabri""",
    ),
    "zh": (
        """Wei Li Jing Min Hui Xin Yan Ling Mei Hong Jun Lei Tao Ming Yang Chen Fang Hiroshi Kenji
        Yuki Akira Haruto Sakura Jin Minho Seung Anh Linh Thanh Huong Tuan Duc""",
        """Wang Li Zhang Liu Chen Yang Huang Zhao Wu Zhou Xu Sun Ma Zhu Hu Guo He Lin Tanaka
        Nakamura Suzuki Sato Yamamoto Watanabe Kim Park Lee Choi Nguyen Tran Pham Le Vu Bui
        Dang""",
    ),
}  # written by hand: usual names of other scripts, as they are spelled here


@dataclass(frozen=True, slots=True)
class Pool:
    """Names of one country to make people of."""

    first: Sequence[str] = field(repr=False)
    last: Sequence[str] = field(repr=False)

    def part(self, *, held: bool) -> Pool:
        """Return the names that training leaves out (`held`), or those that it uses."""
        return Pool(
            [name for name in self.first if is_held(name) is held],
            [name for name in self.last if is_held(name) is held],
        )


def is_held(name: str) -> bool:
    """Whether a name is one of the quarter that no training text is made with."""
    digest = hashlib.md5(name.lower().encode(), usedforsecurity=False).hexdigest()
    return int(digest, 16) % HELD == 0


def pools(data: Path) -> dict[str, Pool]:
    """Return names by country, from Faker, `names_fakerjs.json` and those written here."""
    first: dict[str, set[str]] = {}
    last: dict[str, set[str]] = {}
    for country, locale in FAKER.items():
        provider = import_module(f"faker.providers.person.{locale}").Provider
        kinds = ("", "_male", "_female")
        first[country] = _names(getattr(provider, f"first_names{kind}", ()) for kind in kinds)
        last[country] = _names(getattr(provider, f"last_names{kind}", ()) for kind in kinds)
    whole = json.loads((data / "names_fakerjs.json").read_text("utf-8"))
    for locale, country in JAVASCRIPT.items():
        first.setdefault(country, set()).update(_names([whole[locale]["first"]]))
        last.setdefault(country, set()).update(_names([whole[locale]["last"]]))
    last["da"].update(_SURNAMES.split())
    for country, (given, family) in _ELSEWHERE.items():
        first[country], last[country] = set(given.split()), set(family.split())
    return {
        country: Pool(sorted(first[country]), sorted(last[country]))
        for country in sorted(first)
        if first[country] and last[country]
    }


def _names(lists: Iterable[Iterable[str] | Mapping[str, float]]) -> set[str]:
    return {name for each in lists for name in (each or ()) if _NAME.fullmatch(name)}


def places(data: Path) -> tuple[list[str], list[str]]:
    """Return the names of Danish towns, and of towns elsewhere."""
    whole = json.loads((data / "names_fakerjs.json").read_text("utf-8"))
    address = import_module("faker.providers.address.da_DK").Provider
    swedish = import_module("faker.providers.address.sv_SE").Provider
    danish = {*address.cities, *address.states, *whole["da"]["city"]}
    others = set(swedish.cities)
    for locale in ("nb_NO", "de", "pl", "en"):
        others |= set(whole[locale]["city"])
    return sorted(filter(_capital, danish)), sorted(filter(_capital, others - danish))


def _capital(name: str) -> bool:
    return name[:1].isupper()


def streets() -> list[str]:
    """Return the names of Danish streets."""
    return sorted(set(import_module("faker.providers.address.da_DK").Provider.street_names))


def listed(data: Path, words: Path, common: Iterable[str]) -> dict[str, str]:
    """Return every listed word in lower case with its class (see `lists.Lists`).

    `words` is a folder with da_DK.dic, sv_SE.dic and en_US.dic of hunspell; `common` are words
    seen in lower case in training texts.
    """
    classes: dict[str, set[str]] = {}

    def add(names: Iterable[str], letter: str) -> None:
        for name in names:
            if len(name) > 1:
                classes.setdefault(name.lower(), set()).add(letter)

    for pool in pools(data).values():
        add(pool.first, "F")
        add(pool.last, "L")
    with (data / "names_da_dacy.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            add([row["name"].strip()], "F" if row["first_name"] == "True" else "L")
    for towns in places(data):
        add(towns, "P")
    country_names = import_module("faker.providers.address.da_DK").Provider.countries
    add(country_names, "P")
    for language in ("da_DK", "sv_SE", "en_US"):
        proper, place, lower = _dictionary(words / f"{language}.dic", language == "da_DK")
        add(proper, "N")
        add(place, "P")
        add(lower, "C")
    add(common, "C")
    return {
        word: "".join(sorted(letters - {"N"} if letters & {"F", "L"} else letters))
        for word, letters in classes.items()
        if letters != {"C"} or len(word) <= COMMON
    }


def _dictionary(path: Path, danish: bool) -> tuple[list[str], list[str], list[str]]:
    """Return proper names, places and common words. In the Danish one flag 54 marks places."""
    proper: list[str] = []
    place: list[str] = []
    lower: list[str] = []
    for line in path.read_text("utf-8", errors="replace").splitlines()[1:]:
        word, _, flags = line.partition("/")
        if danish:
            flags = flags.split("\t")[0].split(" ")[0]
        if _NAME.fullmatch(word) and word[1:].islower():
            places_too = danish and "54" in flags.split(",")
            (place if places_too else proper).append(word)
        elif word.isalpha() and word.islower():
            lower.append(word)
    return proper, place, lower


def clustered(folder: Path) -> Clusters:
    """Return the clusters of a folder: for each language a packed JSON object, word to path."""
    words = {}
    for language in LANGUAGES:
        with gzip.open(
            folder / f"{language}_lexeme_cluster.json.gz", "rt", encoding="utf-8"
        ) as file:
            words[language] = json.load(file)
    return Clusters.made(words)


def installed() -> Path:
    """Return the folder of clusters in the package spacy-lookups-data."""
    return Path(str(resources.files("spacy_lookups_data") / "data"))
