"""Measure reading mail against the standard library: processor time, as ratios in one run.

The mails are made, the same every time: plain ones, text beside HTML, replies with what they
answer, encoded fields, attachments, mails in mails. Theirs is `mailbox`, every text of every part
decoded, and the built-in kinds' expressions over it; ours is every mail listed and read, without
and with the detectors. `--profile` says where ours goes.
"""

from __future__ import annotations

import argparse
import cProfile
import io
import mailbox
import pstats
import random
import re
import tempfile
import time
from collections.abc import Callable
from email import policy
from email.message import EmailMessage, Message
from email.parser import BytesParser
from pathlib import Path

from bench.peers import PATTERNS, seconds
from connectors.archives import Message as Listed
from connectors.mbox import MboxArchive
from scanner.examine import Session
from scanner.extract import Source
from scanner.extract.budget import Budget
from scanner.extract.eml import read
from scanner.extract.mailbox import _Unkeyed
from scanner.model import Limits, Part, Segment
from scanner.recipe import Recipe
from scanner.secret import SecretSource
from scanner.tools import Tools

MESSAGES = 5_000
ROUNDS = 3
"""The best of so many: other programs can only make a run slower."""
SAID = (
    "hej tak for mailen vi ser på sagen og vender tilbage med et svar inden fredag kunden har bedt"
    " om en ny aftale på ærø økonomi løn møde kontrakt bilag faktura levering aftalt venlig hilsen"
)
WORDS = SAID.split()
KIND = "message/rfc822"


def made(number: int, chance: random.Random) -> EmailMessage:
    """Return one mail; every tenth has an attachment of some 40 kB, every fiftieth a mail in it."""
    said = "\n".join(" ".join(chance.choices(WORDS, k=12)) for _ in range(chance.randint(3, 30)))
    if number % 3 == 0:
        quoted = "\n".join("> " + line for line in said.split("\n"))
        said += f"\n\nDen 23. nov. 2026 kl. 10.00 skrev Bo Beck <bo@kunde.example>:\n{quoted}\n"
    message = EmailMessage(policy.SMTP)
    message["From"] = "Søren Ærø <s@firma.example>" if number % 2 else "Bo <bo@firma.example>"
    message["To"] = ", ".join(
        f"Ida Holm <ida{each}@kunde.example>" for each in range(number % 5 + 1)
    )
    message["Subject"] = " ".join(chance.choices(WORDS, k=6))
    message["Date"] = f"Mon, {number % 28 + 1:02} Mar 2026 10:00:00 +0100"
    message["Message-ID"] = f"<{number}@firma.example>"
    for each in range(6):
        message["Received"] = f"from a{each}.example by b.example with ESMTPS id {number}{each}"
    message.set_content(said, cte="quoted-printable" if number % 2 else "base64")
    if number % 2:
        rows = "".join(f"<p style='margin:0'>{line}</p>" for line in said.split("\n"))
        message.add_alternative(f"<html><body>{rows}</body></html>", subtype="html")
    if number % 10 == 0:
        lines = "".join(f"{each};{' '.join(chance.choices(WORDS, k=6))}\n" for each in range(900))
        message.add_attachment(lines.encode(), "text", "csv", filename=f"liste {number}.csv")
    if number % 50 == 0 and number:
        message.add_attachment(made(number + 1, chance))
    return message


def write(path: Path, messages: int) -> None:
    chance = random.Random(5)
    with path.open("wb") as stream:
        for number in range(messages):
            stream.write(b"From - Mon Mar  2 10:00:00 2026\n")
            stream.write(made(number, chance).as_bytes(policy=policy.default) + b"\n")


def theirs(path: Path, rules: policy.Policy) -> int:
    """Return the matches of the expressions in every text of every mail."""
    expressions = [re.compile(each) for each in PATTERNS.values()]
    parser = BytesParser(policy=rules)
    found = 0
    for message in mailbox.mbox(path, factory=parser.parse):  # type: ignore[arg-type]
        texts = [str(value) for value in message.values()]
        for part in message.walk():
            payload = None if part.is_multipart() else part.get_payload(decode=True)
            if isinstance(payload, bytes) and part.get_content_maintype() == "text":
                texts.append(_text(payload, part))
        found += sum(1 for text in texts for each in expressions for _ in each.finditer(text))
    return found


def _text(payload: bytes, part: Message) -> str:
    return payload.decode(part.get_content_charset() or "utf-8", "replace")


def ours(path: Path, each: Callable[[bytes], object]) -> None:
    """List the mails of the mbox, and give each one to `each`."""
    with path.open("rb") as stream:
        archive = MboxArchive(stream, _Unkeyed)
        for event in archive.messages():
            if isinstance(event, Listed):
                with archive.open(event.locator) as opened:
                    each(opened.read())


def only_read(data: bytes) -> int:
    """Read one mail and the mails in it; return the characters."""
    source = Source(io.BytesIO(data), len(data), "message.eml", KIND)
    size = 0
    for event in read(source, Budget(Limits(), len(data))):
        if isinstance(event, Segment):
            size += len(event.text)
        elif isinstance(event, Part) and event.type == KIND:
            size += only_read(event.stream.read())
    return size


def main() -> None:
    """Print messages a second of each, and how they compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=MESSAGES)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--profile", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mails"
        write(path, given.messages)
        tools = Tools(Recipe(SecretSource(command=("echo", "00" * 32))))

        def examined(data: bytes) -> None:
            session = Session(tools, len(data), time.monotonic())
            session.content(io.BytesIO(data), "message.eml", (), 0, KIND)

        works: dict[str, Callable[[], object]] = {
            "mailbox, compat32, expressions": lambda: theirs(path, policy.compat32),
            "mailbox, default policy, expressions": lambda: theirs(path, policy.default),
            "Fodspor, read": lambda: ours(path, only_read),
            "Fodspor, read and examined": lambda: ours(path, examined),
        }
        if given.profile:
            profile = cProfile.Profile()
            profile.runcall(ours, path, only_read)
            pstats.Stats(profile).sort_stats("tottime").print_stats(35)
            return
        best = {
            name: min(seconds(work) for _ in range(given.rounds)) for name, work in works.items()
        }
        first = next(iter(best.values()))
        print(f"{given.messages} mails, {path.stat().st_size / 1e6:.0f} MB")
        for name, took in best.items():
            print(f"{name:38} {given.messages / took:8.0f} mails/s {first / took:6.2f}")


if __name__ == "__main__":
    main()
