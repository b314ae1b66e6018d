"""Say which devices a collected index knows: when each last reported, and which have not.

Places that two devices scanned both are told here too: their documents count twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from scanner.answers.opened import Opened
from scanner.messages import Words
from scanner.privacy import shown


@dataclass(frozen=True, slots=True)
class Reporting:
    """When a device last reported: `reported` by its own clock, `collected` by the centre's."""

    id: str
    device: str
    reported: str
    collected: str
    silent: bool

    def as_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "device": self.device,
            "reported": self.reported,
            "collected": self.collected,
            "silent": self.silent,
        }


@dataclass(frozen=True, slots=True)
class Device:
    """A device with what the company's index holds of it. `not_read`: partial and unread.

    `encryption`: whether its disk is, "on" or "off"; None where its system did not say.
    """

    reporting: Reporting
    last_run: str | None
    documents: int
    not_read: int
    encryption: str | None
    unknown_places: tuple[str, ...]
    """Places that its newest index does not know any more: told as they last were."""

    def as_dict(self) -> dict[str, Any]:
        return {
            **self.reporting.as_dict(),
            "last_run": self.last_run,
            "documents": self.documents,
            "not_read": self.not_read,
            "encryption": self.encryption,
            "unknown_places": list(self.unknown_places),
        }


@dataclass(frozen=True, slots=True)
class SharedPlace:
    """Two devices that scanned one share: known by its address, or by its name and contents."""

    devices: tuple[str, str]
    places: tuple[str, str]
    reason: str
    sampled: int
    common: int

    def as_dict(self) -> dict[str, Any]:
        return {
            "shared": [
                {"device": device, "place": place}
                for device, place in zip(self.devices, self.places, strict=True)
            ],
            "reason": self.reason,
            "sampled": self.sampled,
            "common": self.common,
        }


def reporting(opened: Opened, silent_days: int) -> list[Reporting]:
    """Return the devices of a collected index, by name; of a device's own index, none."""
    if not opened.collected:
        return []
    border = opened.moment - timedelta(days=silent_days)
    return [
        Reporting(
            number,
            shown(opened.devices.get(number, number)),
            reported,
            collected,
            datetime.fromisoformat(min(reported, collected)) < border,
        )
        for number, reported, collected in opened.connection.execute(
            "SELECT v.device, v.reported, v.collected FROM delivery v"
            " JOIN device d ON d.id=v.device ORDER BY d.label, v.device"
        ).fetchall()
    ]


def devices(opened: Opened, silent_days: int) -> list[Device]:
    """Return the devices with their figures, silent ones first."""
    execute = opened.connection.execute
    places = execute("SELECT id, device, name, unknown_since FROM place").fetchall()
    of_place = {row[0]: row[1] for row in places}
    documents = dict.fromkeys(of_place.values(), 0)
    not_read = dict.fromkeys(of_place.values(), 0)
    for place, status, number in execute(
        "SELECT place, status, count(*) FROM document WHERE gone_run IS NULL"
        " AND NOT coalesce(folder, 0) GROUP BY place, status"
    ):
        device = of_place[place]
        documents[device] += number
        if status in ("partial", "unread", "placeholder"):
            not_read[device] += number
    last = dict(execute("SELECT device, max(started) FROM run GROUP BY device").fetchall())
    encryption = dict(execute("SELECT id, encryption FROM device").fetchall())
    found = [
        Device(
            each,
            last.get(each.id),
            documents.get(each.id, 0),
            not_read.get(each.id, 0),
            encryption.get(each.id),
            tuple(shown(row[2]) for row in places if row[1] == each.id and row[3]),
        )
        for each in reporting(opened, silent_days)
    ]
    return sorted(found, key=lambda device: not device.reporting.silent)


def shared_places(opened: Opened) -> list[SharedPlace]:
    """Return the pairs of places that are one share, each pair once."""
    if not opened.collected:
        return []
    names = {
        number: (shown(opened.devices.get(device, device)), shown(name))
        for number, device, name in opened.connection.execute("SELECT id, device, name FROM place")
    }
    found: dict[frozenset[int], SharedPlace] = {}
    for place, other, reason, sampled, common in opened.connection.execute(
        "SELECT place, other, reason, sampled, common FROM shared_place ORDER BY place, other"
    ).fetchall():
        pair = frozenset((place, other))
        if place in names and other in names and pair not in found:
            (one, first), (two, second) = sorted((names[place], names[other]))
            found[pair] = SharedPlace(
                (one, two), (first, second), reason, sampled or 0, common or 0
            )
    return list(found.values())


def shared_in_words(pair: SharedPlace, words: Words) -> str:
    """Say that two devices scanned one share, and how that is known."""
    one, two = (
        f"{device}: {place}" for device, place in zip(pair.devices, pair.places, strict=True)
    )
    return words.text(
        f"shared by {pair.reason}", one=one, two=two, sampled=pair.sampled, common=pair.common
    )
