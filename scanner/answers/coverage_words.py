"""Put coverage into sentences. Nothing that was not read is ever made to look harmless."""

from __future__ import annotations

from typing import Literal

from scanner.answers.coverage import Coverage, Rule
from scanner.messages import Words
from scanner.privacy import shown

SILENT_TOLD = 20
"""Silent devices told by name; the report of devices has all."""

Empty = Literal["", "all", "matching"]
"""Whether the answer before it is empty: nothing at all, or nothing that matches."""


def sentences(
    found: Coverage, words: Words, *, empty: Empty = "", command: bool = False
) -> list[str]:
    """Return the coverage in words; `empty`: nothing was found at all, or nothing that matches.

    `command`: name the command that tells more, for those who read it in a terminal.
    """
    lines = [_verdict(found, words, empty)]
    if found.in_vain:
        kinds = [words.kind(kind) for kind in found.in_vain]
        lines.append(words.text("coverage in vain", kinds=", ".join(kinds)))
    if found.reasons:
        listed = [
            f"{words.reason(reason)} ({words.number(count)})"
            for reason, count in found.reasons.most_common()
        ]
        why = words.text("coverage reasons", reasons=", ".join(listed))
        lines.append(_joined(why, words.text("coverage reasons see") if command else ""))
    lines += _devices_in_words(found, words)
    lines += _places_in_words(found, words)
    if found.statuses["no_text"]:
        lines.append(words.count("coverage no_text", found.statuses["no_text"]))
    if found.excluded:
        listed = [_rule_in_words(rule, words) for rule in found.excluded]
        lines.append(words.text("coverage excluded", rules=", ".join(listed)))
    if found.ignored_values:
        lines.append(
            words.count("coverage ignored", found.ignored_values, findings=found.ignored_findings)
        )
    if found.finding_from:
        borders = [
            f"{words.kind(kind)} {words.decimal(border, 2)}"
            for kind, border in found.finding_from.items()
        ]
        lines.append(words.text("coverage finding_from", kinds=", ".join(borders)))
    if not found.weighed:
        lines.append(words.text("coverage risk_outdated"))
    for place in found.places:
        if place.unwanted:
            here = ", ".join(map(words.kind, place.unwanted))
            name = f"{place.device}: {place.place}"
            lines.append(words.text("coverage unwanted", place=name, kinds=here))
    if found.not_looked_for:
        kinds = [words.kind(kind) for kind in found.not_looked_for]
        lines.append(words.text("coverage not_looked_for", kinds=", ".join(kinds)))
    return lines


def _verdict(found: Coverage, words: Words, empty: Empty) -> str:
    nothing = words.text(f"coverage nothing {empty}") if empty else ""
    if not found.places:
        return _joined(nothing and f"{nothing}.", words.text("coverage no_places"))
    if found.complete:
        said = words.count("coverage complete", found.documents, last=words.moment(found.last))
        return _joined(nothing and f"{nothing}.", said)
    missing = words.listed(_missing(found, words, "unread" if nothing else "of unread"))
    if nothing and missing:
        said = words.text("coverage but", nothing=nothing, missing=missing)
    elif missing:
        said = words.count("coverage met but", found.documents, missing=missing)
    else:
        said = _joined(nothing and f"{nothing}.", words.count("coverage met", found.documents))
    return _joined(said, words.text("coverage incomplete"))


def _missing(found: Coverage, words: Words, unread: str) -> list[str]:
    counts = (
        (unread, found.statuses["unread"]),
        ("partial", found.statuses["partial"]),
        ("placeholder", found.statuses["placeholder"]),
        ("folders", found.folders),
        ("silent", len(found.silent)),
    )
    return [words.count(f"coverage {name}", count) for name, count in counts if count]


def _devices_in_words(found: Coverage, words: Words) -> list[str]:
    """Say when the devices last reported: in sum, and the silent ones by name."""
    if not found.devices:
        return []
    times = [min(device.reported, device.collected) for device in found.devices]
    span = {"first": words.moment(min(times)), "last": words.moment(max(times))}
    lines = [words.count("coverage devices", len(times), **span)]
    for device in found.silent[:SILENT_TOLD]:
        when = words.moment(min(device.reported, device.collected))
        lines.append(words.text("coverage silent device", device=device.device, when=when))
    if len(found.silent) > SILENT_TOLD:
        lines.append(words.count("coverage silent more", len(found.silent) - SILENT_TOLD))
    return lines


def _places_in_words(found: Coverage, words: Words) -> list[str]:
    lines = []
    for place in found.places:
        values = {
            "place": f"{place.device}: {place.place}",
            "when": words.moment(place.last_started),
        }
        if place.unknown_since is not None:
            lines.append(words.text("place unknown", place=values["place"]))
        elif place.complete_run is None:
            lines.append(words.text("coverage never complete", **values))
        elif place.last_status != "done":
            lines.append(
                words.text(
                    "coverage last run",
                    **values,
                    status=words.run_status(place.last_status),
                    complete=words.moment(place.last_complete),
                )
            )
        elif place.below:
            lines.append(
                words.text(
                    "coverage below",
                    **values,
                    below=place.below,
                    complete=words.moment(place.last_complete),
                )
            )
    if found.never_scanned:
        lines.append(
            words.text("coverage never scanned", places=", ".join(map(shown, found.never_scanned)))
        )
    return lines


def _rule_in_words(rule: Rule, words: Words) -> str:
    count = words.number(rule.count)
    if rule.at_least:
        count = words.text("at least", number=count)
    return f"{words.rule(rule.rule)} {count} ({words.size(rule.bytes)})"


def _joined(*parts: str) -> str:
    return " ".join(part for part in parts if part)
