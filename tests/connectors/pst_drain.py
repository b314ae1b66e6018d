"""Run as a program: read copies of a PST with damage in them to the end, and count what came.

Prints one line of JSON. Anything but Unreadable ends it with a traceback.
"""

from __future__ import annotations

import io
import json
import random
import sys
from collections import Counter

from connectors import Unreadable
from connectors.archives import Damaged, Message
from connectors.pst import PstArchive


def drain(data: bytes) -> Counter[str]:
    """Read all that a PST holds."""
    told: Counter[str] = Counter()
    try:
        archive = PstArchive(io.BytesIO(data))
        for each in archive.messages():
            told[type(each).__name__.lower()] += 1
            if isinstance(each, Damaged):
                told[f"damaged {each.reason}"] += 1
            elif isinstance(each, Message):
                try:
                    with archive.open(each.locator) as opened:
                        told["partly"] += b'boundary="unread"' in opened.read()
                        told["opened"] += 1
                except Unreadable as error:
                    told[f"closed {error.reason}"] += 1
    except Unreadable as error:
        told[f"unreadable {error.reason}"] += 1
    return told


def damaged(data: bytes, chance: random.Random) -> bytes:
    """Return a copy that is cut, or has bits turned, garbage in the middle or a wrong header."""
    form = chance.choice(("cut", "bits", "garbage", "header", "swapped"))
    if form == "cut":
        return data[: chance.randrange(len(data))]
    copy = bytearray(data)
    if form == "garbage":
        at = chance.randrange(len(copy))
        copy[at : at + 4096] = chance.randbytes(4096)
    elif form == "header":
        copy[chance.randrange(0x220)] = chance.randrange(256)
    elif form == "swapped":  # structures in each other's place
        first, second = (chance.randrange(len(copy) // 512) * 512 for _ in range(2))
        copy[first : first + 512], copy[second : second + 512] = (
            copy[second : second + 512],
            copy[first : first + 512],
        )
    used = [at for at in range(0, len(copy), 64) if any(copy[at : at + 64])]
    for _ in range(chance.choice((1, 5, 50, 500, 3000))):
        at = min(chance.choice(used) + chance.randrange(64), len(copy) - 1)
        copy[at] ^= 1 << chance.randrange(8)
    return bytes(copy)


def main(path: str, seed: int, rounds: int) -> None:
    with open(path, "rb") as stream:
        data = stream.read()
    chance = random.Random(seed)
    told: Counter[str] = Counter()
    for _ in range(rounds):
        told.update(drain(damaged(data, chance)))
    print(json.dumps(told))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
