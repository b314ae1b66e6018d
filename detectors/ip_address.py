"""Find IP addresses of machines, and tell them from versions, headings and networks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

from detectors import Match, Shape, Table
from detectors.edges import starting_in
from detectors.evidence import Evidence
from detectors.vocabulary import Vocabulary, whole

_FOUR = re.compile(r"[0-9](?<![0-9A-Za-z.].)[0-9]{0,2}(?:\.[0-9]{1,3}){3}(?![0-9A-Za-z]|\.[0-9])")
# Global, unique local and link local addresses begin with 2, 3 or f.
_SIX = re.compile(
    r"[23Ff](?<![0-9A-Za-z:.].)[0-9A-Fa-f]{2,3}(?::[0-9A-Fa-f]{0,4}){2,7}(?![0-9A-Za-z:])"
)
IP_EVIDENCE = Evidence(
    "IP_ADDRESS",
    {
        "address": 65,
        "private-address": -20,  # tells of a machine inside, of a person only with its log
        "low-numbers": -20,  # rather a version, a heading or an object identifier
        "network": -30,  # a network, not a machine
        "label": 30,
        "header": 30,
        "against": -40,
        "header-against": -40,
    },
    Vocabulary(
        label=(
            *whole(r"ip\b", r"ip[-_. ]?a"),
            r"ipv[46]",
            r"host",
            r"client",
            r"remote",
            r"server",
            r"addr",
        ),
        alone=(
            r"version",
            r"ver\b",
            r"v\b",
            r"release",
            r"build",
            r"firmware",
            r"afsnit",
            r"kapitel",
            r"section",
            r"punkt",
            r"oid\b",
            r"udgave",
            r"rev\b",
            r"dns",
        ),
    ),
)
_SOFTWARE = re.compile(
    r"(?<![A-Za-zæøå])(?:windows|office|java|driver|bios|firefox|chrome|edge|safari|acrobat|adobe"
    r"|zoom|teams|sql server|\.net|framework|plugin|pakken?|package|patch|opdateret til|kernel"
    r"|runtime|sdk|jdk|mindst være)"
    r"(?:(?!server|host|client|klient|remote|addr|ip\b)[^0-9\n\"'=@]){0,16}\Z",
    re.IGNORECASE,
)
"""The name of a program shortly in front: what follows is its version."""
_NAMED = re.compile(r"\bip\b|addr|adresse|ipv|host", re.IGNORECASE)
_PRODUCT = re.compile(r"[0-9A-Za-z)][/_-]\Z|==\Z")  # Browser/80.0.1.2, package-1.2.3.4
LOW = 20
"""Versions and headings seldom have a part as high."""
_OBJECT_ROOTS = frozenset(((1, 2), (1, 3), (2, 5), (2, 16), (2, 23)))
"""How object identifiers begin: 2.5.29.19 is a part of certificates."""
_BROWSERS = range(60, 160)
"""Versions of browsers of the years 2017-2026: 124.0.61.18."""
# First numbers of IPv4 addresses of which ipaddress must say whether they are private or special.
_SPECIAL = frozenset((0, 10, 100, 127, 169, 172, 192, 198, 203, *range(224, 256)))


@dataclass(frozen=True, slots=True)
class Ip:
    """The detector of IP_ADDRESS. Loopback, multicast and unspecified addresses are none."""

    @property
    def name(self) -> str:
        return "ip"

    @property
    def version(self) -> str:
        return "3"

    @property
    def kinds(self) -> tuple[str, ...]:
        return ("IP_ADDRESS",)

    @property
    def shapes(self) -> tuple[Shape, ...]:
        return (
            Shape(r"[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]"),
            Shape(r"[23Ff][0-9A-Fa-f]{2,3}:[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:]{0,34}"),
        )

    def find(self, text: str) -> Iterator[Match]:
        """Yield addresses of machines, as `ipaddress` prints them."""
        return self.find_in(text, 0, len(text))

    def find_in(self, text: str, low: int, high: int) -> Iterator[Match]:
        """Yield the matches of `find` that start in text[low:high]."""
        spans: Iterable[re.Match[str]] = starting_in(_FOUR, text, low, high)
        if text.find("::", low, high) >= 0 or text.count(":", low, high) > 6:
            spans = sorted((*spans, *starting_in(_SIX, text, low, high)), key=re.Match.start)
        for found in spans:
            start, end = found.span()
            codes, value = _address(found[0])
            if not codes:
                continue
            if text[end : end + 1] == "/" and _is_network(found[0], text[end + 1 : end + 4]):
                codes += ("network",)
            said = IP_EVIDENCE.words.near(text, start, end)
            if _PRODUCT.search(text[max(0, start - 3) : start]):
                said = "against"
            if not said or said == "label":
                before = text[max(0, start - 40) : start]
                named = said == "label" and _NAMED.search(before) is not None
                if not named and _SOFTWARE.search(before):
                    said = "against"
                elif said == "label" and "low-numbers" in codes:
                    codes = tuple(code for code in codes if code != "low-numbers")
            yield IP_EVIDENCE.match(start, end, value, (*codes, said) if said else codes)

    def judge(self, matches: Sequence[Match], table: Table) -> Iterator[Match]:
        """Yield each match with what its column's header says."""
        return IP_EVIDENCE.judge(matches, table)


def _address(written: str) -> tuple[tuple[str, ...], str]:
    """Return evidence and canonical form; no evidence for what is no machine's address."""
    if ":" not in written:
        parts = written.split(".")
        if any(len(part) > 1 and part[0] == "0" for part in parts):
            return (), ""
        numbers = [int(part) for part in parts]
        if max(numbers) > 255:
            return (), ""
        if numbers[0] in _SPECIAL:
            four = IPv4Address(written)
            if (
                four.is_loopback
                or four.is_multicast
                or four.is_unspecified
                or numbers[0] in (0, 255)
            ):
                return (), ""
            if four.is_private or four.is_reserved:
                return ("address", "private-address"), written
        low = (
            max(numbers) < LOW
            or tuple(numbers[:2]) in _OBJECT_ROOTS
            or (numbers[0] in _BROWSERS and numbers[1] == 0)
        )
        return (("address", "low-numbers") if low else ("address",)), written
    try:
        six = IPv6Address(written)
    except ValueError:
        return (), ""
    if six.is_loopback or six.is_multicast or six.is_unspecified or six.is_reserved:
        return (), ""
    return (("address", "private-address") if six.is_private else ("address",)), str(six)


def _is_network(written: str, after: str) -> bool:
    bits = re.match(r"[0-9]{1,3}", after)
    if bits is None or ":" in written:
        return bits is not None
    free = 32 - min(int(bits[0]), 32)
    return free > 0 and int(IPv4Address(written)) % (1 << free) == 0
