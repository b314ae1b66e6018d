"""What a server's answers are taken apart into, hostile ones too; and addresses as people write."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.owners import is_sid, owner_of_sid
from connectors.smb.address import ShareAddress, name_bytes, names_below, path_of

pytest.importorskip("smbprotocol")

from connectors.smb import messages, security
from connectors.smb.messages import Lie

DOMAIN = "S-1-5-21-1-2-3"
OWNER = f"{DOMAIN}-1001"


@pytest.mark.parametrize(
    ("text", "host", "port", "share", "folders"),
    [
        pytest.param("smb://fil01/Fælles", "fil01", 0, "Fælles", (), id="a share"),
        pytest.param("SMB://FIL01:4450/D/Løn/24/", "fil01", 4450, "D", ("Løn", "24"), id="port"),
        pytest.param("smb://10.0.0.4/c$/Users", "10.0.0.4", 0, "c$", ("Users",), id="a drive"),
        pytest.param("smb://[fe80::1]:445/d", "fe80::1", 445, "d", (), id="IPv6"),
        pytest.param("smb://f/d/100% ok/a%20b", "f", 0, "d", ("100% ok", "a%20b"), id="per cent"),
    ],
)  # fmt: skip
def test_addresses_are_read(
    text: str, host: str, port: int, share: str, folders: tuple[str, ...]
) -> None:
    assert ShareAddress.parsed(text) == ShareAddress(host, port, share, folders)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        pytest.param("smb://fil01", "names no share", id="no share"),
        pytest.param("smb:///Fælles", "names no server", id="no server"),
        pytest.param("smb://anna:kode@fil01/Data", "user under", id="user and password"),
        pytest.param("smb://fil01/Data\\Løn", "with slashes", id="backslash"),
        pytest.param("smb://fil01/Data/../x", "names no folder", id="upwards"),
        pytest.param("smb://fil01:99999/Data", "names no server", id="port too large"),
    ],
)
def test_what_is_no_address_is_told(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        ShareAddress.parsed(text)


@given(st.lists(st.text(st.characters(blacklist_characters="/\\\0"), min_size=1), min_size=1))
def test_names_come_back_from_paths(names: list[str]) -> None:
    top = ShareAddress.parsed("smb://fil01/Data").top
    assert names_below(top, path_of(top, names)) == tuple(names)


def test_half_a_surrogate_pair_is_a_name() -> None:
    raw = struct.pack("<H", 0xD800) + "a".encode("utf-16-le")
    (entry,) = messages.entries(listed(raw))
    assert name_bytes(entry.name).decode("utf-8", "surrogatepass") == entry.name


def listed(name: bytes, size: int = 3, following: int = 0) -> bytes:
    """Return an entry of a listing as a server writes it (MS-FSCC 2.4.21)."""
    times = struct.pack("<qqqq", 0, 0, 133_500_000_000_000_001, 133_600_000_000_000_002)
    head = struct.pack("<II", following, 0) + times + struct.pack("<qq", size, size)
    rest = struct.pack("<IIIBB24sHQ", 0x20, len(name), 0, 0, 0, b"", 0, 77)
    return head + rest + name


def test_times_keep_their_hundred_nanoseconds() -> None:
    (entry,) = messages.entries(listed("a".encode("utf-16-le")))
    assert (entry.modified_ns % 1000, entry.changed_ns % 1000) == (100, 200)
    assert (entry.size, entry.file_id) == (3, 77)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"", id="empty"),
        pytest.param(listed("a/b".encode("utf-16-le")), id="a slash in a name"),
        pytest.param(listed("..\\b".encode("utf-16-le")), id="a name that leads upwards"),
        pytest.param(listed(b"\0\0"), id="a name of NUL"),
        pytest.param(listed(b"abc"), id="half a letter"),
        pytest.param(listed(b"a\0", size=-1), id="less than nothing"),
        pytest.param(listed(b"a\0", following=4), id="entries in each other"),
        pytest.param(listed(b"a\0", following=4000), id="behind the end"),
        pytest.param(listed(b"a\0")[:-1], id="cut off"),
    ],
)
def test_a_listing_that_cannot_be_true_is_refused(answer: bytes) -> None:
    with pytest.raises(Lie):
        list(messages.entries(answer))


@given(st.binary(max_size=400))
def test_no_answer_breaks_more_than_itself(answer: bytes) -> None:
    readers = (
        messages.opened,
        messages.data_of,
        messages.buffer_of,
        messages.streams_of,
        lambda body: list(messages.entries(body)),
    )
    for reader in readers:
        try:
            reader(answer)
        except Lie:
            pass
    assert security.parsed(answer).readable_by in ("", "owner", "group", "everyone")


# security descriptors


def sid(text: str) -> bytes:
    _, _, authority, *parts = text.split("-")
    numbers = [int(each) for each in parts]
    head = bytes((1, len(numbers))) + int(authority).to_bytes(6, "big")
    return head + struct.pack(f"<{len(numbers)}I", *numbers)


def ace(whose: str, *, kind: int = 0, flags: int = 0, mask: int = 1, front: bytes = b"") -> bytes:
    body = struct.pack("<I", mask) + front + sid(whose)
    return struct.pack("<BBH", kind, flags, 4 + len(body)) + body


def descriptor(*aces: bytes, present: bool = True, at: int = -1) -> bytes:
    owner = sid(OWNER)
    body = b"".join(aces)
    access_list = struct.pack("<BBHHH", 2, 0, 8 + len(body), len(aces), 0) + body
    where = 20 + len(owner) if at < 0 else at
    return (
        struct.pack("<BBHIIII", 1, 0, 0x8000 | (4 if present else 0), 20, 0, 0, where)
        + owner
        + access_list
    )


GUID = bytes(16)


@pytest.mark.parametrize(
    ("told", "audience"),
    [
        pytest.param(descriptor(ace(OWNER)), "owner", id="the owner"),
        pytest.param(descriptor(ace("S-1-3-4")), "owner", id="owner rights"),
        pytest.param(descriptor(ace("S-1-22-1-1000")), "group", id="another account"),
        pytest.param(descriptor(ace("S-1-1-0", flags=8)), "owner", id="for what is made below"),
        pytest.param(descriptor(ace("S-1-1-0", mask=0x80000000)), "everyone", id="read, generic"),
        pytest.param(descriptor(ace("S-1-1-0", mask=0x2)), "owner", id="write alone"),
        pytest.param(
            descriptor(ace("S-1-5-11", kind=1), ace("S-1-5-11")), "owner", id="denied before"
        ),
        pytest.param(
            descriptor(ace("S-1-5-11"), ace("S-1-5-11", kind=1)), "everyone", id="denied behind"
        ),
        pytest.param(
            descriptor(ace("S-1-5-21-9-9-9-1200", kind=1), ace("S-1-1-0")),
            "everyone",
            id="a group denied, everyone allowed",
        ),
        pytest.param(
            descriptor(ace("S-1-1-0", kind=5, front=struct.pack("<I", 3) + GUID * 2)),
            "everyone",
            id="an entry of an object",
        ),
        pytest.param(descriptor(ace("S-1-1-0", kind=2)), "owner", id="an audit entry"),
        pytest.param(descriptor(at=0), "everyone", id="no list at all"),
        pytest.param(descriptor(), "owner", id="an empty list"),
        pytest.param(descriptor(present=False), "", id="not told"),
        pytest.param(descriptor(ace("S-1-1-0"))[:-2], "", id="cut off"),
    ],
)
def test_who_can_read(told: bytes, audience: str) -> None:
    assert security.parsed(told).readable_by == audience


@pytest.mark.parametrize(
    ("text", "whether"),
    [
        pytest.param(OWNER, True, id="of a domain"),
        pytest.param("S-1-22-1-1000", True, id="of Unix"),
        pytest.param("S-1", False, id="too short"),
        pytest.param("S-1-5-21-a", False, id="letters"),
        pytest.param("Sag S-1-5-21-1", False, id="words around"),
    ],
)
def test_numbers_of_accounts_are_known(text: str, whether: bool) -> None:
    assert is_sid(text) is whether


@pytest.mark.parametrize(
    ("sid", "owner"),
    [
        pytest.param(f"{DOMAIN}-1107", f"{DOMAIN}-1107", id="an account or group of a domain"),
        pytest.param(f"{DOMAIN}-500", "", id="its administrator"),
        pytest.param("S-1-5-32-544", "", id="Administrators"),
        pytest.param("S-1-5-18", "", id="the system"),
        pytest.param("S-1-22-1-1000", "S-1-22-1-1000", id="a person's account on a Samba server"),
        pytest.param("S-1-22-1-0", "", id="its root"),
        pytest.param("", "", id="a descriptor that names none"),
    ],
)
def test_the_system_owns_nothing(sid: str, owner: str) -> None:
    assert owner_of_sid(sid) == owner
