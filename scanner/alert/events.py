"""Say what happened as a machine reads it: JSON lines, the webhook's body. Holds no found value."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from scanner.alert.neutral import NAME_SIGNS, PATH_SIGNS, neutral
from scanner.alert.policy import level_told
from scanner.flagged import Flagged

Event = dict[str, Any]
"""One line of JSON; docs/alerts.md, Lines, has every key."""

ID_BYTES = 16
STEPS = 12
"""Steps of a place that are told: parts inside parts, then sheet and cell."""


def event_of(flagged: Flagged, device: str, at: datetime, again: tuple[str, ...] = ()) -> Event:
    """Return the event of a flagged document. `again`: why its verdict no longer holds."""
    return {
        "event": "flagged",
        "id": event_id(device, flagged.document, flagged.mark, flagged.saved),
        "at": stamp(at),
        "device": device,
        "place": neutral(flagged.place),
        "document": flagged.document,
        "path": neutral(flagged.display, PATH_SIGNS),
        "owner": neutral(flagged.owner) if flagged.owner else None,
        "level": level_told(flagged.level, forbidden=flagged.forbidden),
        "risk": flagged.risk,
        "forbidden": flagged.forbidden,
        "rule": neutral(flagged.rule, NAME_SIGNS * 2),
        "readable_by": flagged.readable_by,
        "saved": stamp(flagged.saved),
        "again": list(again),
        "kinds": [
            {
                "kind": held.kind,
                "group": held.group,
                "values": held.values,
                "hits": held.hits,
                "where": [neutral(step) for step in held.where[:STEPS]],
            }
            for held in flagged.kinds
        ],
    }


def verdict_event(
    device: str, document: int, path: str, reason: str, until: str, at: datetime
) -> Event:
    """Return the event of an answer "it belongs here"; `reason` is masked already."""
    return {
        "event": "verdict",
        "id": event_id(device, document, reason.encode(), at),
        "at": stamp(at),
        "device": device,
        "document": document,
        "path": neutral(path, PATH_SIGNS),
        "verdict": "belongs",
        "reason": reason,
        "until": until,
    }


def event_id(device: str, document: int, mark: bytes, at: datetime) -> str:
    """Return what names an event: the same wherever and however often it is told."""
    told = b"\x1f".join((device.encode(), str(document).encode(), mark, stamp(at).encode()))
    return hashlib.sha256(told).digest()[:ID_BYTES].hex()


def line_of(event: Event) -> str:
    """Return an event as one line."""
    return json.dumps(event, ensure_ascii=False)


def log_line(event: Event) -> str:
    """Return an event as the log has it: numbers and kinds, no name of anything."""
    if event["event"] == "verdict":
        return f"document {event['document']} belongs here, it was answered, until {event['until']}"
    kinds = ", ".join(f"{held['kind']} {held['values']}" for held in event["kinds"])
    where = " where it may not lie" if event["forbidden"] else ""
    again = f"; told again: {', '.join(event['again'])}" if event["again"] else ""
    return f"flagged document {event['document']} ({event['level']}){where}: {kinds}{again}"


def stamp(at: datetime) -> str:
    """Return a time as every line has it: UTC, ISO 8601, seconds."""
    return at.astimezone(UTC).isoformat(timespec="seconds")
