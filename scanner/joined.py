"""Count a value once that stands in several renderings of one text, or in a mail's address fields.

Knows no format: a segment says what it is another rendering of, and which spans are address fields.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from detectors import Match
from scanner.model import Place

Told = tuple[Match, Sequence[Place]]
"""A distinct value of one column with its final confidence, and its first places."""

ADDRESS_KINDS = frozenset(("EMAIL_ADDRESS", "PERSON"))
"""Kinds that every mail has in its address fields, whatever it is about."""
ADDRESS_CONFIDENCE = 0.50
"""The highest that these have there: a maybe (docs/detectors.md, Address fields)."""
ADDRESS_CODE = "address-field"


def joined(
    main: Iterable[Told],
    renderings: Mapping[int, Iterable[Told]],
    addresses: Mapping[int, Iterable[Told]],
) -> Iterator[Told]:
    """Yield the values of one content, each with the count and places of one rendering.

    That of `main` where it has the value, else of the first of `renderings` that has it; the
    surest evidence of all counts. What stands in `addresses` (by rendering as well, 0 the main
    one) is added to what the text has; what stands there alone is a maybe.
    """
    texts = _merged({0: main, **renderings})
    fields = _merged(addresses)
    for key, told in fields.items():
        if key in texts:
            texts[key].extend(told)
        else:
            texts[key] = [(_lowered(match), places) for match, places in told]
    for told in texts.values():
        yield from told


def _merged(renderings: Mapping[int, Iterable[Told]]) -> dict[tuple[str, str], list[Told]]:
    kept: dict[tuple[str, str], list[Told]] = {}
    owner: dict[tuple[str, str], int] = {}
    for number in sorted(renderings):
        for match, places in renderings[number]:
            key = (match.kind, match.value)
            if owner.setdefault(key, number) == number:
                kept.setdefault(key, []).append((match, places))
                continue
            first, its_places = kept[key][0]
            if match.confidence > first.confidence:
                surer = match._replace(column=first.column, count=first.count)
                kept[key][0] = (surer, its_places)
    return kept


def _lowered(match: Match) -> Match:
    return match._replace(
        confidence=min(match.confidence, ADDRESS_CONFIDENCE),
        evidence=(*match.evidence, ADDRESS_CODE),
    )
