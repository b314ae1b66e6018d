"""The parts of the IMAP connector that need no server: numbers, names, answers, addresses, pace."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.imap.address import Address, is_address, is_mailbox
from connectors.imap.listing import _nanoseconds
from connectors.imap.names import decoded, encoded
from connectors.imap.responses import namespaces, pairs, values
from connectors.imap.uids import UidSet
from connectors.pace import Pace

NUMBERS = st.sets(st.integers(1, 60))


@given(NUMBERS, NUMBERS)
def test_sets_of_numbers_are_sets(left: set[int], right: set[int]) -> None:
    one, two = UidSet.of(left), UidSet.of(right)
    assert set(one - two) == left - right
    assert set(one | two) == left | right
    assert set(one & two) == left & right
    assert len(one) == len(left)
    assert all((number in one) == (number in left) for number in range(62))
    assert UidSet.parsed(str(one)) == one


@given(NUMBERS, st.integers(1, 9))
def test_pieces_are_the_whole_in_order(numbers: set[int], size: int) -> None:
    pieces = list(UidSet.of(numbers).pieces(size))
    assert [n for piece in pieces for n in piece] == sorted(numbers)
    assert all(len(piece) == size for piece in pieces[:-1])


@pytest.mark.parametrize("text", ["0", "x", "1:", "1,,2", "4294967296", "*", "1:*", "-1"])
def test_what_is_no_set_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"sequence set|such a number"):
        UidSet.parsed(text)


def test_a_million_numbers_are_a_few_bytes() -> None:
    whole = UidSet.parsed("1:1000000")
    assert len(whole) == 1_000_000
    assert str(whole - UidSet.of([5])) == "1:4,6:1000000"


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_names_come_back_from_utf7(name: str) -> None:
    assert decoded(encoded(name).encode()) == name


@pytest.mark.parametrize(
    ("wire", "name"),
    [
        pytest.param(b"L&APg-n", "Løn", id="RFC 3501"),
        pytest.param(
            b"~peter/mail/&U,BTFw-/&ZeVnLIqe-", "~peter/mail/台北/日本語", id="its example"
        ),
        pytest.param(b"R&-D", "R&D", id="an ampersand"),
        pytest.param(b"&2D0-", "&2D0-", id="half a letter stays as it is"),
        pytest.param("Løn".encode(), "Løn", id="UTF-8 as it is"),
    ],
)
def test_names_as_servers_write_them(wire: bytes, name: str) -> None:
    assert decoded(wire) == name


@pytest.mark.parametrize(
    ("pieces", "held"),
    [
        pytest.param([b"1 (UID 5 FLAGS ())"], [b"1", [b"UID", b"5", b"FLAGS", []]], id="lists"),
        pytest.param(
            [(b"1 (BODY[HEADER.FIELDS (A B)] {3}", b"x(y"), b" UID 5)"],
            [b"1", [b"BODY[HEADER.FIELDS (A B)]", b"x(y", b"UID", b"5"]],
            id="a literal is taken as it is",
        ),
        pytest.param([b'"a\\"b\\\\" NIL nil "NIL"'], [b'a"b\\', None, None, b"NIL"], id="quotes"),
        pytest.param([b"(a))) b"], [[b"a"], b"b"], id="too many closed"),
        pytest.param([b'("a'], [[b"a"]], id="a quote left open"),
    ],
)
def test_answers_are_taken_apart(pieces: list[bytes | tuple[bytes, bytes]], held: object) -> None:
    assert values(pieces) == held


@given(st.lists(st.one_of(st.binary(), st.tuples(st.binary(), st.binary()))))
def test_no_answer_breaks_the_reading(pieces: list[bytes | tuple[bytes, bytes]]) -> None:
    for value in values(pieces):
        pairs(value)
    namespaces(pieces)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        pytest.param(b" 2-Mar-2026 10:00:00 +0100", 1_772_442_000, id="a blank for a digit"),
        pytest.param(b"14-NOV-2023 22:13:20 +0000", 1_700_000_000, id="capitals"),
        pytest.param(b"31-Feb-2023 22:13:20 +0000", 0, id="no such day"),
        pytest.param(b"14-Xxx-2023 22:13:20 +0000", 0, id="no such month"),
        pytest.param(b"14-arA-2023 22:13:20 +0000", 0, id="between two months"),
        pytest.param(None, 0, id="none"),
    ],
)
def test_times_of_arrival(text: bytes | None, seconds: int) -> None:
    assert _nanoseconds(text) == seconds * 10**9


@pytest.mark.parametrize(
    ("text", "user", "host", "port", "folders"),
    [
        pytest.param("imap://anna@h.example", "anna", "h.example", 0, (), id="plain"),
        pytest.param("IMAPS://anna@H.Example/", "anna", "h.example", 0, (), id="capitals"),
        pytest.param(
            "imap://a@b.example@h.example:99/", "a@b.example", "h.example", 99, (), id="@"
        ),
        pytest.param("imap://a%40b.example@h.example", "a@b.example", "h.example", 0, (), id="%40"),
        pytest.param("imap://a@[::1]:99/x", "a", "::1", 99, ("x",), id="an IPv6 address"),
        pytest.param("imap://a@h/INBOX/L%C3%B8n", "a", "h", 0, ("INBOX", "Løn"), id="a folder"),
        pytest.param("imap://a@h/INBOX/Løn/", "a", "h", 0, ("INBOX", "Løn"), id="as it is"),
    ],
)
def test_addresses(text: str, user: str, host: str, port: int, folders: tuple[str, ...]) -> None:
    assert is_address(text)
    found = Address.parsed(text)
    assert (found.user, found.host, found.port, found.folders) == (user, host, port, folders)
    assert is_mailbox(found.root)
    assert found.root.startswith(found.top)


@pytest.mark.parametrize(
    ("host", "is_this_machine"),
    [
        ("localhost", True),
        ("127.3.2.1", True),
        ("::1", True),
        ("h.example", False),
        ("10.0.0.1", False),
    ],
)
def test_which_host_is_this_machine(host: str, is_this_machine: bool) -> None:
    assert Address("a", host, 0, ()).is_loopback is is_this_machine


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += seconds


@pytest.mark.parametrize(
    ("per_second", "bytes_per_second", "seconds"),
    [
        pytest.param(0, 0, 0, id="as fast as it goes"),
        pytest.param(10, 0, 5, id="ten messages a second"),
        pytest.param(0, 1000, 50, id="a kilobyte a second"),
        pytest.param(10, 1000, 55, id="both"),
    ],
)
def test_a_pace_is_kept(per_second: float, bytes_per_second: float, seconds: float) -> None:
    clock = Clock()
    pace = Pace(per_second, bytes_per_second, clock, clock.wait)
    for _ in range(50):
        pace.took(1, 1000)
    assert clock.now - 100 == pytest.approx(seconds)
    assert pace.seconds(50, 50_000) == pytest.approx(seconds)


def test_time_that_went_by_is_not_waited_for_again() -> None:
    clock = Clock()
    pace = Pace(1, 0, clock, clock.wait)
    pace.took(1, 0)
    clock.now += 30
    pace.took(1, 0)
    assert clock.now == 132
