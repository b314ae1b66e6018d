"""Which numbers with full stops and colons are addresses of machines."""

from __future__ import annotations

import random
from ipaddress import ip_address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors import FINDING, MAYBE, Detector, Match
from detectors.ip_address import IP_EVIDENCE, Ip
from scanner.demo import fake
from tests.detectors.tables import column

IP = Ip()
FOUR, SIX = fake.ip(random.Random(4)), fake.ip(random.Random(6), version=6)


def found(text: str) -> list[Match]:
    return list(IP.find(text))


def test_it_is_a_detector() -> None:
    assert isinstance(IP, Detector)


@pytest.mark.parametrize(
    ("text", "codes", "expected"),
    [
        pytest.param(f"fra {FOUR} kl. 8", "address", 0.65, id="routed"),
        pytest.param(f"fra {SIX} kl. 8", "address", 0.65, id="routed, version 6"),
        pytest.param(f"{FOUR}:443", "address", 0.65, id="with a port"),
        pytest.param(f"http://{FOUR}/x", "address", 0.65, id="in a URL"),
        pytest.param(f"client {FOUR}", "address label", 0.95, id="labelled"),
        pytest.param("192.168.1.10", "address private-address", 0.45, id="private"),
        pytest.param("fe80::1", "address private-address", 0.45, id="link local"),
        pytest.param("2001:db8::1", "address private-address", 0.45, id="documentation"),
        pytest.param("ip 10.1.2.3", "address private-address label", 0.75, id="private, labelled"),
        pytest.param("1.2.3.4", "address low-numbers", 0.45, id="could be a heading"),
        pytest.param("2.5.29.19", "address low-numbers", 0.45, id="object identifier"),
        pytest.param("124.0.61.18", "address low-numbers", 0.45, id="could be a browser"),
        pytest.param("ip 124.0.61.18", "address label", 0.95, id="could be one, but labelled"),
        pytest.param("zip 1.2.3.4", "address low-numbers", 0.45, id="ends like a label"),
        pytest.param("ip 1.2.3.4", "address label", 0.95, id="could be, but labelled"),
        pytest.param("10.0.0.0/24", "address private-address network", 0.15, id="a network"),
        pytest.param(f"{FOUR}/32", "address", 0.65, id="a network of one machine"),
        pytest.param("version 80.1.2.3", "address against", 0.25, id="version"),
        pytest.param("Windows er på 80.1.2.3", "address against", 0.25, id="a program's version"),
        pytest.param("java 80.1.2.3", "address against", 0.25, id="another program's"),
        pytest.param("SQL Server 80.1.2.3", "address against", 0.25, id="no server's address"),
        pytest.param("Windows-server 80.1.2.3", "address label", 0.95, id="a server's address"),
        pytest.param("Browser/80.1.2.3", "address against", 0.25, id="product and version"),
        pytest.param("pakke-80.1.2.3.tar", "address against", 0.25, id="package and version"),
        pytest.param("pakke==80.1.2.3", "address against", 0.25, id="requirement"),
        pytest.param("Afsnit 1.2.3.4", "address low-numbers against", 0.05, id="heading"),
    ],
)
def test_addresses(text: str, codes: str, expected: float) -> None:
    (match,) = found(text)
    assert set(match.evidence) == set(codes.split())
    assert match.confidence == pytest.approx(expected)
    assert match.value == str(ip_address(text[match.start : match.end]))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("127.0.0.1", id="loopback"),
        pytest.param("::1", id="loopback, version 6"),
        pytest.param("0.0.0.0", id="unspecified"),
        pytest.param("224.0.0.251", id="multicast"),
        pytest.param("255.255.255.0", id="mask"),
        pytest.param("999.1.1.1", id="too large"),
        pytest.param("01.02.03.04", id="leading zeros: a date or a heading"),
        pytest.param("1.3.6.1.4.1", id="object identifier"),
        pytest.param("v1.2.3.4", id="version glued"),
        pytest.param("1.2.3", id="three parts"),
        pytest.param("std::abc::def", id="names of C++"),
        pytest.param("12:34:56", id="time"),
        pytest.param("2024-01-02T12:34:56.789", id="time and date"),
        pytest.param("00:1a:2b:3c:4d:5e", id="address of a network card"),
    ],
)
def test_what_is_none(text: str) -> None:
    assert found(text) == []


def test_headers() -> None:
    (match,) = column(IP, ["10.1.2.3"], "IP-adresse")
    assert match.evidence[-1] == "header"
    assert match.confidence >= FINDING
    (match,) = column(IP, ["80.1.2.3"], "Version")
    assert match.evidence[-1] == "header-against"
    assert match.confidence < MAYBE


def test_every_weight_is_met_above() -> None:
    met = "address private-address low-numbers network label header against header-against"
    assert set(IP_EVIDENCE.weights) == set(met.split())


@given(st.integers(0, 2**32), st.sampled_from([4, 6]))
@settings(max_examples=80, deadline=None)
def test_routed_addresses_are_found(seed: int, version: fake.IpVersion) -> None:
    address = fake.ip(random.Random(seed), version=version)
    (match,) = found(f"fra {address}, til")
    assert match.value == address == str(ip_address(match.value))


@given(st.text(alphabet="0123456789.:af /", max_size=120))
@settings(max_examples=100, deadline=None)
def test_any_text_gives_ordered_matches_inside_it(text: str) -> None:
    start = 0
    for match in found(text):
        assert start <= match.start < match.end <= len(text)
        start = match.start
        assert str(ip_address(text[match.start : match.end])) == match.value
