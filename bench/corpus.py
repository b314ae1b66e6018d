"""Write the mixed corpus that the benchmarks read: prose, source, digits and records, all made up.

Shares and sizes are those of the corpus that the goals were measured on: 5 555 files of 64.4 MB, of
which prose 15.0, source 18.0, digits without personal data 17.4 and records 14.0.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import sysconfig
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from scanner.demo import fake

CATEGORIES: dict[str, float] = {"prose": 15.0, "source": 18.0, "digits": 17.4, "records": 14.0}
"""MB (10^6 bytes) of each category in the full corpus."""
MEGABYTES = sum(CATEGORIES.values())
FILE_BYTES = 11_600
"""Mean size of a file: 64.4 MB in 5 555 files."""

Writer = Callable[[random.Random, int], tuple[str, str]]
"""Makes one text of about so many characters; returns it with its file name's ending."""


def _phrases(text: str) -> tuple[str, ...]:
    return tuple(phrase.strip() for phrase in text.replace("\n", "|").split("|") if phrase.strip())


_OPENINGS = _phrases("""
I forrige uge|Om morgenen|Efter mødet|Ved årets slutning|Når sæsonen begynder|Siden foråret
I praksis|Som aftalt|Trods regnen|Med tiden|På den måde|Derfor|Alligevel|I mellemtiden
""")
_SUBJECTS = _phrases("""
afdelingen|den nye leverandør|bestyrelsen|lageret i havnen|værkstedet|vores tekniker
udvalget|den gamle maskine|kantinen|projektgruppen|kommunen|skolen ved åen|foreningen
et hold frivillige|den ældste lastbil|rådgiveren|byggepladsen|bogholderiet|gæsterne|naboerne
""")
_VERBS = _phrases("""
har gennemgået|flytter|ønsker at forny|kan endnu ikke bruge|overvejer|beskriver|har bestilt
mangler|sammenligner|vil gerne beholde|undersøger|rydder op i|forbereder|fik repareret
""")
_OBJECTS = _phrases("""
de fleste tegninger|planen for efteråret|den lange rapport|køleanlægget|hele lagerhylden
aftalen|en kasse med gamle bøger|udstillingen|varmepumpen|kørselsplanen|årets regnskab
taget på hallen|forslaget til vedtægter|de brugte paller|skiltene langs vejen
""")
_ENDINGS = _phrases("""
fordi vejret blev koldere|mens de andre holder ferie|uden at spørge først
så snart der er plads|og det gik bedre end ventet|selv om prisen steg|inden fristen udløber
så arbejdet kan fortsætte|hvilket ingen havde regnet med|for at spare strøm
indtil en anden løsning er fundet
""")


def _prose(rng: random.Random, size: int) -> tuple[str, str]:
    out: list[str] = []
    length = 0
    while length < size:
        sentences = []
        for _ in range(rng.randint(3, 8)):
            subject, verb, thing = rng.choice(_SUBJECTS), rng.choice(_VERBS), rng.choice(_OBJECTS)
            form = rng.randrange(4)
            if form == 0:
                sentence = f"{rng.choice(_OPENINGS)} {verb} {subject} {thing}."
            elif form == 1:
                sentence = f"{subject} {verb} {thing}, {rng.choice(_ENDINGS)}."
            elif form == 2:
                sentence = f"{subject} {verb} {thing} og {rng.choice(_OBJECTS)}."
            else:
                sentence = f"{rng.choice(_OPENINGS)} talte vi om {thing}, {rng.choice(_ENDINGS)}."
            sentences.append(sentence[0].upper() + sentence[1:])
        if rng.random() < 0.05:
            sentences.append(
                f"Det skete i {rng.randint(1950, 2025)} på side {rng.randint(1, 400)}."
            )
        if rng.random() < 0.01:
            sentences.append(f"Skriv til {fake.email(rng)} eller ring på {fake.phone(rng)}.")
        out.append(" ".join(sentences))
        length += len(out[-1]) + 2
    return "\n\n".join(out) + "\n", rng.choice((".txt", ".md"))


_LEVELS = ("INFO", "WARN", "DEBUG")


def _log(rng: random.Random, size: int) -> str:
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=rng.randrange(10_000_000))
    out: list[str] = []
    length = 0
    while length < size:
        at += timedelta(milliseconds=rng.randrange(3_000))
        line = (
            f"{at:%Y-%m-%d %H:%M:%S}.{rng.randrange(1000):03d} {rng.choice(_LEVELS)}"
            f" [{rng.randrange(10**6):06d}] job={rng.randrange(10**10):010d}"
            f" took {rng.random() * 900:.3f} ms bytes={rng.randrange(10**7)}"
            f" trace={rng.getrandbits(64):016x} at={int(at.timestamp() * 1000)}"
        )
        out.append(line)
        length += len(line) + 1
    return "\n".join(out) + "\n"


def _orders(rng: random.Random, size: int) -> str:
    out = ["ordrenr;varenr;antal;pris;oprettet;ean;lager"]
    length, number = 0, rng.randrange(10**9, 9 * 10**9)
    while length < size:
        number += rng.randrange(1, 50)
        row = (
            f"{number};{rng.randrange(10**5):05d}-{rng.randrange(10**3):03d};"
            f"{rng.randint(1, 99)};{rng.randint(5, 9000)},{rng.randrange(100):02d};"
            f"{1_700_000_000 + rng.randrange(10**8)};"
            f"57{rng.randrange(10**11):011d};{rng.randrange(100, 999)}"
        )
        out.append(row)
        length += len(row) + 1
    return "\n".join(out) + "\n"


def _parts(rng: random.Random, size: int) -> str:
    rows = [
        {
            "id": rng.randrange(10**12),
            "sku": f"{rng.randrange(10**6):06d}-{rng.randrange(10**4):04d}",
            "weight": round(rng.random() * 100, 4),
            "position": [round(rng.random() * 180, 6), round(rng.random() * 90, 6)],
            "batch": f"{rng.getrandbits(32):08x}-{rng.getrandbits(16):04x}",
        }
        for _ in range(max(1, size // 130))
    ]
    return json.dumps(rows, indent=rng.choice((None, 1)))


def _digits(rng: random.Random, size: int) -> tuple[str, str]:
    make, ending = rng.choice(((_log, ".log"), (_orders, ".csv"), (_parts, ".json")))
    return make(rng, size), ending


_TITLES = (
    "montør",
    "bogholder",
    "lagermedarbejder",
    "pædagog",
    "salgskonsulent",
    "elev",
    "chauffør",
)
_SITES = ("Hal 3, Industrivej", "Kontor, Havnegade", "Lager syd", "Butikken ved torvet")


def _staff(rng: random.Random, size: int) -> str:
    out = ["nr;navn;titel;afdeling;cpr-nr;telefon;e-mail;iban;løntrin;bemærkning"]
    length = 0
    while length < size:
        name = fake.name(rng)
        row = (
            f"{rng.randrange(1000, 9999)};{name};{rng.choice(_TITLES)};{rng.choice(_SITES)};"
            f"{fake.cpr(rng, hyphen=rng.random() < 0.6)};"
            f"{fake.phone(rng, style=rng.choice(('plain', 'pairs', '+45')))};"
            f"{fake.email(rng, name=name)};{fake.iban(rng)};{rng.randint(1, 40)};"
            f"{_prose(rng, 60)[0].split('.')[0]}"
        )
        out.append(row)
        length += len(row) + 1
    return "\n".join(out) + "\n"


def _mail(rng: random.Random, size: int) -> str:
    name, other = fake.name(rng), fake.name(rng)
    body, _ = _prose(rng, max(2_500, size - 700))
    return (
        f"From: {name} <{fake.email(rng, name=name)}>\n"
        f"To: {other} <{fake.email(rng, name=other)}>\n"
        f"Subject: Vedr. sagen\nDate: Mon, 02 Feb 2026 10:{rng.randrange(60):02d}:00 +0100\n\n"
        f"Kære {other.split()[0]}\n\n{body}\n"
        f"CPR-nr.: {fake.cpr(rng, hyphen=True)}\nTlf. {fake.phone(rng, style='pairs')}\n"
        f"Udbetales til {fake.iban(rng)}.\n\nVenlig hilsen\n{name}\n{fake.address(rng)}\n"
    )


def _form(rng: random.Random, size: int) -> str:
    out: list[str] = []
    length = 0
    while length < size:
        name = fake.name(rng)
        body, _ = _prose(rng, 1_400)
        out.append(
            f"Navn: {name}\nPersonnummer: {fake.cpr(rng, hyphen=rng.random() < 0.8)}\n"
            f"Adresse: {fake.address(rng)}\nTelefon: {fake.phone(rng)}\n"
            f"E-mail: {fake.email(rng, name=name)}\nKonto: {fake.iban(rng)}\nBemærkninger: {body}\n"
        )
        length += len(out[-1])
    return "\n".join(out)


_RECORDS = (_mail, _mail, _form, _form, _staff)


def _records(rng: random.Random, size: int) -> tuple[str, str]:
    make = rng.choice(_RECORDS)
    return make(rng, size), ".csv" if make is _staff else ".txt"


def library() -> list[Path]:
    """Return the standard library's and the installed packages' own source and docs, sorted."""
    roots = {Path(sysconfig.get_paths()[folder]) for folder in ("stdlib", "purelib")}
    endings = (".py", ".rst", ".md", ".txt")
    return sorted({path for root in roots for end in endings for path in root.rglob(f"*{end}")})


def _sources(rng: random.Random, size: int) -> Iterator[tuple[str, str]]:
    """Yield real source and docs: the standard library's and the installed packages' own."""
    written = 0
    paths = library()
    rng.shuffle(paths)
    for path in paths:
        if written >= size:
            return
        if 400 <= path.stat().st_size <= 400_000:
            text = path.read_text("utf-8", errors="replace")
            written += len(text)
            yield text, path.suffix


def _made(make: Writer, rng: random.Random, size: int) -> Iterator[tuple[str, str]]:
    written = 0
    while written < size:
        # A log-normal spread: many small files, a few of some hundred KB.
        want = int(min(400_000, max(400, FILE_BYTES * rng.lognormvariate(-0.5, 1.0))))
        text, ending = make(rng, min(want, size - written + 400))
        written += len(text)
        yield text, ending


def make(folder: Path, megabytes: float = MEGABYTES, seed: int = 1) -> dict[str, list[Path]]:
    """Write the corpus below `folder` and return its files by category; the same under one seed.

    They lie in one folder "files", a folder for each category. A finished corpus of this size and
    seed is used as it is.
    """
    folder = folder / f"{megabytes:g}-{seed}"
    mark = folder / "made.json"
    if mark.exists():
        names: dict[str, list[str]] = json.loads(mark.read_text("utf-8"))
        return {category: [folder / name for name in each] for category, each in names.items()}
    makers: dict[str, Writer] = {"prose": _prose, "digits": _digits, "records": _records}
    files: dict[str, list[Path]] = {}
    for category, full in CATEGORIES.items():
        size = int(full / MEGABYTES * megabytes * 1_000_000)
        rng = random.Random(f"{seed} {category}")
        texts = _made(makers[category], rng, size) if category in makers else _sources(rng, size)
        files[category] = []
        for number, (text, ending) in zip(itertools.count(), texts, strict=False):
            name = f"{category}-{number:05d}{ending}"
            path = folder / "files" / category / f"{number // 500:02d}" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8", newline="\n")
            files[category].append(path)
    relative = {
        category: [path.relative_to(folder).as_posix() for path in each]
        for category, each in files.items()
    }
    mark.write_text(json.dumps(relative), "utf-8")
    return files


def main() -> None:
    """Write the corpus to the folder that is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--megabytes", type=float, default=MEGABYTES)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    for category, files in make(given.folder, given.megabytes, given.seed).items():
        size = sum(path.stat().st_size for path in files) / 1_000_000
        print(f"{category:8} {len(files):5} files {size:6.1f} MB")


if __name__ == "__main__":
    main()
