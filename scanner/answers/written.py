"""Read a value as a person writes it: which kinds it can be, and its canonical form in each.

The detectors decide; nothing here keeps, prints or stores a value.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from detectors import Detector
from detectors.names.canonical import canonical, short

LABELS: Mapping[str, tuple[str, ...]] = {
    "DK_CPR": ("cpr",),
    "EMAIL_ADDRESS": ("e-mail",),
    "PHONE_NUMBER": ("telefon",),
    "IBAN_CODE": ("iban",),
    "CREDIT_CARD": ("kortnummer",),
    "DK_BANK_ACCOUNT": ("reg. og kontonr", "konto"),
    "DK_PASSPORT": ("pasnr", "passport"),
    "DK_DRIVER_LICENSE": ("kørekort",),
    "IP_ADDRESS": ("ip",),
}
"""Words that a detector may want to see in front of a value of the kind."""
MAX_CHARACTERS = 400
MAX_VALUES = 50
_MRZ_LINE = re.compile(r"[A-Z0-9<]{30}|[A-Z0-9<]{36}|[A-Z0-9<]{44}")
_NAME = re.compile(r"[^\W\d_]+(?:[ ,.'’-]+[^\W\d_]+)+\.?")


@dataclass(frozen=True, slots=True)
class Candidate:
    """One way to understand what was written. `value` is canonical and never printed."""

    kind: str
    value: str = field(repr=False)


def values_of(text: str) -> list[str]:
    """Return the values in what was piped in: one a line; the lines of a passport's zone are one.

    Raises ValueError for more than MAX_VALUES or a value longer than MAX_CHARACTERS.
    """
    values: list[str] = []
    open_zone = False
    for line in text.splitlines():
        held = line.strip()
        if not held:
            continue
        zone = _MRZ_LINE.fullmatch(held) is not None and "<" in held
        if zone and open_zone and values[-1].count("\n") < 2:
            values[-1] += f"\n{held}"
        else:
            values.append(held)
        open_zone = zone
        if len(values) > MAX_VALUES or len(values[-1]) > MAX_CHARACTERS:
            raise ValueError(
                f"too much at once: at most {MAX_VALUES} values of {MAX_CHARACTERS} characters"
            )
    return values


def candidates(
    written: str,
    detectors: Sequence[Detector],
    words: Mapping[str, Sequence[str]],
    kinds: Collection[str] = (),
) -> list[Candidate]:
    """Return every kind that the whole of `written` can be, by the detectors themselves.

    `words` are those of the config's own kinds; `kinds` keeps only these. A name is a candidate
    when nothing else is, or when PERSON is asked for; its first and last word are one as well.
    """
    found: dict[Candidate, None] = {}
    for detector in detectors:
        for kind in detector.kinds:
            if kind == "PERSON" or (kinds and kind not in kinds):
                continue
            labels = (*LABELS.get(kind, ()), *words.get(kind, ()))
            for value in _read(detector, kind, written, labels):
                found[Candidate(kind, value)] = None
    if (not found and not kinds) or "PERSON" in kinds:
        name = canonical_name(written)
        if name:
            found[Candidate("PERSON", name)] = None
            found[Candidate("PERSON", short(name))] = None
    return list(found)


def _read(detector: Detector, kind: str, written: str, labels: Iterable[str]) -> Iterator[str]:
    prefixes = ("", *(f"{label}: " for label in labels))
    for form in _forms(written):
        for prefix in prefixes:
            text = prefix + form
            values = [
                match.value
                for match in detector.find(text)
                if match.kind == kind
                and match.value
                and match.confidence > 0
                and match.start <= len(prefix)
                and match.end >= len(text)
            ]
            if values:
                yield values[0]
                return


def _forms(written: str) -> list[str]:
    text = unicodedata.normalize("NFC", written.strip())
    compact = re.sub(r"[\s\u00a0\u202f.\-–]+", "", text)
    return list(dict.fromkeys((text, re.sub(r"[ \t\u00a0]+", " ", text), compact)))


def canonical_name(written: str) -> str:
    """Return a name as it is fingerprinted: NFKC, case-folded, no titles, given names first.

    "Holm, Anna Marie" and "Anna Marie Holm" are one name. Empty for what is none.
    """
    text = unicodedata.normalize("NFKC", written).strip()
    name = canonical(text) if _NAME.fullmatch(text) else ""
    return name if " " in name else ""
