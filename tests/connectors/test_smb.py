"""Shares of a real Samba: what is met, whose it is, who can read it, and what a bad line does."""

from __future__ import annotations

import dataclasses
import itertools
import os
import pickle
from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors import Access, Document, Excluded, Told, Unreadable
from connectors.excludes import Excludes
from connectors.owners import OwnerRules
from connectors.smb.account import ShareAccount
from connectors.smb.connector import SmbConnector
from connectors.smb.session import Session
from tests.connectors.dovecot import Known
from tests.connectors.relay import Relay, relayed
from tests.connectors.samba import (
    ANNA,
    BO,
    FULL,
    READ,
    READ_CONTROL,
    Samba,
    account_at,
    connector_at,
    missing,
    running,
)

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing())
NUMBERS = itertools.count()
LONG = "/".join(f"en lang mappe med et langt navn {n:02}" for n in range(12)) + "/a"


@dataclasses.dataclass
class Place:
    """A folder of the share `data`, as a place of its own."""

    server: Samba
    folder: Path

    def put(self, name: str, content: bytes = b"hej", *, owner: str = ANNA) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        for each in (path, *path.parents):
            if each == self.server.share():
                break
            self.server.own(owner, each)
        return path

    def connector(self, **changes: object) -> SmbConnector:
        return connector_at(self.server, f"data/{self.folder.name}", **changes)  # type: ignore[arg-type]

    def walk(self, **changes: object) -> list[Document | Unreadable | Excluded]:
        return list(self.connector(**changes).walk())

    def documents(self, **changes: object) -> dict[str, Document]:
        met = [each for each in self.walk(**changes) if isinstance(each, Document)]
        root = self.connector().root
        return {os.fsdecode(each.path[len(root) + 1 :]): each for each in met}

    def access(self, name: str, **changes: object) -> Access:
        with self.documents(**changes)[name].open() as stream:
            assert isinstance(stream, Told)
            assert stream.access is not None
            return stream.access


@pytest.fixture
def place(samba: Samba) -> Place:
    folder = samba.share() / f"mappe{next(NUMBERS)}"
    folder.mkdir()
    samba.own(ANNA, folder)
    return Place(samba, folder)


@pytest.fixture
def relay(samba: Samba) -> Iterator[Relay]:
    with relayed(samba.port) as line:
        yield line


def over(relay: Relay, **changes: object) -> ShareAccount:
    """Return the account of Anna at the other end of the line."""
    given: dict[str, object] = {"user": ANNA, "host": "127.0.0.1", "secret": Known()}
    return ShareAccount(**{**given, "port": relay.port, **changes})  # type: ignore[arg-type]


# what a walk meets


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("Fælles/Ærøskøbing & Ålborg.txt", id="Danish letters"),
        pytest.param(LONG, id="400 characters"),
        pytest.param(".skjult", id="hidden"),
        pytest.param("100%20 [a] {b}.txt", id="signs that mean something elsewhere"),
        pytest.param("e\u0301t.txt", id="letters in two pieces"),
    ],
)  # fmt: skip
def test_names_come_as_they_are(place: Place, name: str) -> None:
    place.put(name, b"indhold")
    document = place.documents()[name]
    with document.open() as stream:
        assert stream.read() == b"indhold"
    assert place.connector().exists(document.path)


def test_trailing_dots_and_spaces_stay() -> None:
    with running(more="mangled names = no") as server:
        place = Place(server, server.share() / "m")
        for name in ("punktum.", "mellemrum ", "mappe. /fil."):
            place.put(name, name.encode())
        found = place.documents()
        assert set(found) == {"punktum.", "mellemrum ", "mappe. /fil."}
        for name, document in found.items():
            with document.open() as stream:
                assert stream.read().decode() == name


def test_listings_give_what_a_disk_gives(place: Place) -> None:
    path = place.put("a.txt", b"x" * 1234)
    os.utime(path, ns=(1_700_000_000_000_000_000, 1_650_000_000_123_456_700))
    document = place.documents()["a.txt"]
    assert (document.size, document.modified_ns) == (1234, 1_650_000_000_123_456_700)
    assert int.from_bytes(document.file_id, "little") == path.stat().st_ino
    path.rename(place.folder / "b.txt")
    moved = place.documents()["b.txt"]
    assert (moved.file_id, moved.size) == (document.file_id, document.size)


def test_rules_leave_out_and_count_what_they_do_on_a_disk(place: Place) -> None:
    for name in ("~$brev.docx", "a.tmp", "Privat/1", "Privat/x/2", "node_modules/m.js", "b"):
        place.put(name, b"y" * 10)
    place.put("stor", b"y" * 1000)
    place.put("PRIVAT.txt")
    rules = Excludes(("*.TMP",), max_size=500, fold_case=True)
    met = place.walk(excludes=rules)
    assert sorted((e.rule, e.count, e.size) for e in met if isinstance(e, Excluded)) == [
        ("exclude:*.TMP", 1, 10),
        ("lock_file", 1, 10),
        ("packages", 1, 10),
        ("private", 1, 3),
        ("private", 2, 20),
        ("size", 1, 1000),
    ]
    assert [os.path.basename(e.path) for e in met if isinstance(e, Document)] == [b"b"]


def test_a_place_in_a_private_folder_stays_closed(place: Place) -> None:
    place.put("Privat/a")
    connector = connector_at(place.server, f"data/{place.folder.name}/Privat")
    assert list(connector.walk()) == [Excluded("private", 1, 3)]


@pytest.mark.parametrize(
    ("below", "met"),
    [
        pytest.param("Løn", ["Løn/a", "Løn/x/b"], id="a folder"),
        pytest.param("Løn/a", ["Løn/a"], id="a file"),
    ],
)
def test_a_part_of_a_place_alone(place: Place, below: str, met: list[str]) -> None:
    for name in ("Løn/a", "Løn/x/b", "andet"):
        place.put(name)
    whole = place.documents()
    part = place.documents(below=place.connector().root + b"/" + below.encode())
    assert {name: each.version for name, each in part.items()} == {
        name: whole[name].version for name in met
    }
    assert {each.path for each in part.values()} == {whole[name].path for name in met}


@pytest.mark.parametrize("below", ["Løn/borte", "løn", "Løn/a/x"])
def test_a_part_that_is_not_there_is_lost(place: Place, below: str) -> None:
    place.put("Løn/a")
    with pytest.raises(Unreadable) as trouble:
        place.walk(below=place.connector().root + b"/" + below.encode())
    assert (trouble.value.lost, trouble.value.folder) == ("folder", True)


def test_a_file_can_be_a_place(place: Place) -> None:
    place.put("kunder.csv", b"a;b")
    connector = connector_at(place.server, f"data/{place.folder.name}/kunder.csv")
    (document,) = connector.walk()
    assert isinstance(document, Document)
    assert document.path == connector.root
    with document.open() as stream:
        assert stream.read() == b"a;b"


def test_a_folder_that_may_not_be_listed_leaves_the_others(place: Place) -> None:
    place.put("Bo/a", owner=BO)
    place.put("b")
    place.server.own(BO, place.folder / "Bo")
    (place.folder / "Bo").chmod(0o700)
    met = place.walk()
    (closed,) = (each for each in met if isinstance(each, Unreadable))
    assert (closed.reason, closed.folder) == ("no_access", True)
    assert closed.path.endswith(b"/Bo")
    assert list(place.documents()) == ["b"]


def test_what_lies_in_an_archive_store_is_not_fetched(samba: Samba) -> None:
    (samba.share("away") / "hentes.txt").write_bytes(b"x" * 100)
    (document,) = connector_at(samba, "away").walk()
    assert isinstance(document, Document)
    assert document.placeholder
    with pytest.raises(Unreadable) as trouble:
        document.open()
    assert trouble.value.reason == "offline"


def test_streams_beside_a_file_are_counted(place: Place) -> None:
    place.put("a.txt", b"kort")
    secret = place.put("kilde", b"i en anden")
    place.server.client("data", f'put {secret} "{place.folder.name}/a.txt:note"')
    left_out = place.access("a.txt").left_out
    assert left_out == (Excluded("stream", 1, len(b"i en anden")),)
    assert place.access("kilde").left_out == ()


# DFS


def test_links_of_dfs_are_followed(samba: Samba) -> None:
    (samba.share("other") / "Løn").mkdir(exist_ok=True)
    (samba.share("other") / "Løn" / "a.txt").write_bytes(b"bag et link")
    (samba.share("dfs") / "her.txt").write_bytes(b"foran")
    if not (samba.share("dfs") / "til").is_symlink():
        samba.link("til", "other")
        samba.link("ingen steder", "findes ikke")
    connector = connector_at(samba, "dfs")
    met = list(connector.walk())
    found = {e.path[len(connector.root) + 1 :].decode(): e for e in met if isinstance(e, Document)}
    assert set(found) == {"her.txt", "til/Løn/a.txt"}
    for name, text in (("til/Løn/a.txt", b"bag et link"), ("her.txt", b"foran")):
        with found[name].open() as stream:
            assert stream.read() == text
    (broken,) = (each for each in met if isinstance(each, Unreadable))
    assert broken.path.endswith(b"/ingen steder")
    assert broken.folder
    below = dataclasses.replace(connector, below=connector.root + "/til/Løn".encode())
    behind = found["til/Løn/a.txt"].path
    assert [each.path for each in below.walk() if isinstance(each, Document)] == [behind]
    assert connector.exists(behind)


def test_file_ids_of_two_volumes_are_told_apart(samba: Samba) -> None:
    test_links_of_dfs_are_followed(samba)
    by_link = {e.path: e for e in connector_at(samba, "dfs").walk() if isinstance(e, Document)}
    straight = {e.path: e for e in connector_at(samba, "other").walk() if isinstance(e, Document)}
    (behind,) = (each for path, each in by_link.items() if b"/til/" in path)
    (direct,) = (each for path, each in straight.items() if path.endswith("Løn/a.txt".encode()))
    assert behind.file_id[:8] == direct.file_id
    assert len(behind.file_id) == 16


# opening


@pytest.mark.parametrize(
    "size",
    [
        pytest.param(0, id="empty"),
        pytest.param(64 * 1024, id="one answer"),
        pytest.param(64 * 1024 + 1, id="a byte more"),
        pytest.param(1024 * 1024 + 1, id="several answers"),
        pytest.param(33 * 1024 * 1024, id="too large for memory"),
    ],
)
def test_all_bytes_come_whatever_the_size(place: Place, size: int) -> None:
    content = os.urandom(size)
    place.put("a", content)
    with place.documents()["a"].open() as stream:
        assert stream.read() == content
        assert stream.seek(0, os.SEEK_END) == size
        stream.seek(size // 2)
        assert stream.read(100) == content[size // 2 :][:100]


@pytest.mark.parametrize(
    ("more", "dialect"),
    [
        pytest.param("smb2 max read = 65536\nsmb2 max trans = 65536", "SMB3", id="small answers"),
        pytest.param("smb2 max credits = 128", "SMB3", id="few credits"),
        pytest.param("", "SMB2_10", id="the oldest dialect"),
    ],
)
def test_a_server_may_be_narrow(more: str, dialect: str) -> None:
    with running(more=more, newest=dialect) as server:
        place = Place(server, server.share() / "m")
        contents = {"a": b"", "b": b"x" * 70_000, "c": os.urandom(3_000_000)}
        contents |= {f"{'en fil med et langt navn' * 5} {n:03}": b"%d" % n for n in range(300)}
        for name, content in contents.items():
            place.put(name, content)
        account = account_at(server, encrypt=dialect == "SMB3")
        found = place.documents(account=account)
        assert set(found) == set(contents)
        session = Session(place.connector(account=account))
        for batch in (list(found)[at : at + 32] for at in range(0, len(found), 32)):
            session.expect([found[name] for name in batch])
            for name in batch:
                assert session.open(found[name]).read() == contents[name]
        session.close()


def test_a_file_that_grew_since_it_was_listed_is_read_whole(place: Place) -> None:
    path = place.put("a", b"x" * 100)
    document = place.documents()["a"]
    path.write_bytes(b"y" * 200_000)
    with document.open() as stream:
        assert len(stream.read()) == 200_000


def test_others_may_write_and_delete_while_a_large_file_is_read(place: Place) -> None:
    place.put("a", bytes(33 * 1024 * 1024))
    with place.documents()["a"].open() as stream:
        stream.read(10)
        name = f"{place.folder.name}/a"
        told = place.server.client("data", f"put /etc/hostname {name}; del {name}")
        assert "NT_STATUS" not in told.stdout + told.stderr


def test_what_a_user_holds_open_is_locked(place: Place) -> None:
    place.put("bog.xlsx")
    document = place.documents()["bog.xlsx"]
    with place.server.locking("data", f"{place.folder.name}/bog.xlsx"):
        with pytest.raises(Unreadable) as trouble:
            document.open()
        assert trouble.value.reason == "locked"
    with document.open() as stream:
        assert stream.read() == b"hej"


# who owns it, who can read it


@pytest.mark.parametrize(
    ("sid", "allowed", "rights", "audience"),
    [
        pytest.param("S-1-1-0", True, READ, "everyone", id="Everyone"),
        pytest.param("S-1-5-11", True, READ, "everyone", id="Authenticated Users"),
        pytest.param("S-1-5-32-545", True, READ, "everyone", id="Users"),
        pytest.param("S-1-5-21-1-2-3-513", True, READ, "everyone", id="Domain Users"),
        pytest.param("S-1-5-21-1-2-3-1109", True, READ, "group", id="a group"),
        pytest.param("S-1-5-21-1-2-3-512", True, FULL, "owner", id="Domain Admins"),
        pytest.param("S-1-5-32-544", True, FULL, "owner", id="Administrators"),
        pytest.param("S-1-5-18", True, FULL, "owner", id="the system"),
        pytest.param("S-1-1-0", False, READ, "owner", id="denied"),
        pytest.param("S-1-1-0", True, READ_CONTROL, "owner", id="no right to read"),
    ],
)
def test_who_can_read_a_file(
    place: Place, sid: str, allowed: bool, rights: int, audience: str
) -> None:
    place.put("a.txt")
    mine = place.access("a.txt").owner
    assert mine is not None
    name = f"{place.folder.name}/a.txt"
    place.server.allow("data", name, (mine, True, FULL), (sid, allowed, rights))
    assert place.access("a.txt").readable_by == audience


@pytest.mark.parametrize(
    ("mode", "audience"),
    [
        pytest.param(0o600, "owner", id="the owner alone"),
        pytest.param(0o640, "group", id="a group"),
        pytest.param(0o644, "everyone", id="everyone"),
    ],
)
def test_posix_modes_say_it_too(place: Place, mode: int, audience: str) -> None:
    place.put("a.txt").chmod(mode)
    assert place.access("a.txt").readable_by == audience


def test_the_owner_is_the_files_own_unless_a_rule_knows_better(place: Place) -> None:
    place.put("anna/a.txt")
    place.put("b.txt", owner=BO)
    place.server.own(ANNA, place.folder)
    owner = place.access("anna/a.txt").owner
    assert owner is not None
    assert owner.startswith("S-1-5-21-")
    assert owner == place.server.owner("data", f"{place.folder.name}/anna/a.txt")
    assert place.access("b.txt").owner not in (owner, None)
    rules = OwnerRules((("{owner}", "{owner}"),), fold_case=True)
    assert place.documents(owners=rules)["anna/a.txt"].owner == "anna"
    assert place.access("anna/a.txt", owners=rules).owner == "anna"
    nobody = OwnerRules((("**", ""),), fold_case=True)
    assert place.access("anna/a.txt", owners=nobody).owner is None


# logging in


@pytest.mark.parametrize(
    ("changes", "lost"),
    [
        pytest.param({"secret": Known("forkert")}, "login", id="wrong password"),
        pytest.param({"user": "ingen"}, "login", id="no such user"),
        pytest.param({"user": "WORKGROUP\\" + BO, "secret": Known("x")}, "login", id="domain"),
    ],
)
def test_a_refused_login_is_tried_once(
    place: Place, relay: Relay, changes: dict[str, object], lost: str
) -> None:
    account = over(relay, **changes)
    with pytest.raises(Unreadable) as trouble:
        list(connector_at(place.server, account=account).walk())
    assert (trouble.value.lost, trouble.value.reason) == (lost, "no_access")
    assert relay.connections == 1


def test_an_account_that_is_disabled_is_told_from_a_wrong_password() -> None:
    with running() as server:
        server._run("smbpasswd", "-c", server.config, "-d", ANNA)
        with pytest.raises(Unreadable) as trouble:
            list(connector_at(server).walk())
        assert trouble.value.lost == "account"


@pytest.mark.parametrize("share", ["closed", "findes ikke"])
def test_a_share_that_is_not_for_us(samba: Samba, share: str) -> None:
    with pytest.raises(Unreadable) as trouble:
        list(connector_at(samba, share).walk())
    assert trouble.value.lost == "share"


def test_nothing_goes_unencrypted_unless_it_is_allowed() -> None:
    with running(newest="SMB2_10", encrypt="off") as server:
        server.share().joinpath("a").write_bytes(b"hej")
        with pytest.raises(Unreadable) as trouble:
            list(connector_at(server).walk())
        assert trouble.value.lost == "encryption"
        signed = account_at(server, encrypt=False)
        (document,) = connector_at(server, account=signed).walk()
        assert isinstance(document, Document)
        with document.open() as stream:
            assert stream.read() == b"hej"


@pytest.mark.parametrize(("encrypt", "lost"), [(True, "encryption"), (False, "unreachable")])
def test_a_server_that_speaks_nothing_we_do_is_told_at_once(encrypt: bool, lost: str) -> None:
    with running(newest="SMB2_02") as server, relayed(server.port) as line:
        with pytest.raises(Unreadable) as trouble:
            list(connector_at(server, account=over(line, encrypt=encrypt)).walk())
        assert (trouble.value.lost, line.connections) == (lost, 1)


def test_a_server_that_insists_on_encryption_gets_it() -> None:
    with running(encrypt="required") as server:
        server.share().joinpath("a").write_bytes(b"hej")
        (document,) = connector_at(server).walk()
        assert isinstance(document, Document)
        with document.open() as stream:
            assert stream.read() == b"hej"


def test_no_content_is_readable_on_the_line(place: Place) -> None:
    place.put("a", b"klartekst " * 50)
    for encrypt in (True, False):
        with relayed(place.server.port) as line, line.heard() as heard:
            account = over(line, encrypt=encrypt)
            place_at = connector_at(place.server, f"data/{place.folder.name}", account=account)
            (document,) = place_at.walk()
            assert isinstance(document, Document)
            with document.open() as stream:
                stream.read()
        assert (b"klartekst" in bytes(heard)) is not encrypt


# a bad line


def test_a_connection_that_breaks_in_mid_file_goes_on_where_it_was(
    place: Place, relay: Relay
) -> None:
    content = os.urandom(40_000_000)
    place.put("a", content)
    connector = place.connector(account=over(relay))
    (document,) = connector.walk()
    assert isinstance(document, Document)
    relay.cut_after, relay.cuts = 15_000_000, 2
    with document.open() as stream:
        assert stream.read() == content
    assert relay.cuts == 0
    assert relay.passed < 1.8 * len(content)


@pytest.mark.parametrize(
    "size", [pytest.param(100, id="small"), pytest.param(9_000_000, id="large")]
)
def test_a_broken_connection_is_made_anew(place: Place, relay: Relay, size: int) -> None:
    place.put("a", bytes(size))
    connector = place.connector(account=over(relay))
    (document,) = connector.walk()
    assert isinstance(document, Document)
    relay.cut_after, relay.cuts = 1_200, 1
    with document.open() as stream:
        assert len(stream.read()) == size
    assert relay.cuts == 0


def test_a_server_that_goes_away_in_mid_file_fails_it_and_says_so(
    place: Place, relay: Relay
) -> None:
    place.put("a", bytes(40_000_000))
    connector = place.connector(account=over(relay, patience_seconds=2.0))
    (document,) = connector.walk()
    assert isinstance(document, Document)
    with document.open() as stream:
        stream.read(1_000_000)
        relay.refuse = True
        relay.cut()
        with pytest.raises(Unreadable) as trouble:
            stream.read()
        assert (trouble.value.reason, trouble.value.lost) == ("offline", "unreachable")
        assert isinstance(stream, Told)
        assert stream.failed is not None


def test_an_answer_that_cannot_be_true_is_asked_for_once(place: Place, relay: Relay) -> None:
    from connectors.smb.messages import Lie

    asked: list[str] = []

    def lied_to(wire: object, tree: object, path: str) -> None:
        asked.append(path)
        raise Lie

    share = place.connector(account=over(relay)).connect()
    with pytest.raises(Unreadable) as trouble:
        share.there((place.folder.name,), lied_to)
    assert (trouble.value.reason, trouble.value.lost) == ("corrupt", "")
    assert share.listing((place.folder.name,)) == []
    share.close()
    assert (len(asked), relay.connections) == (1, 1)


def test_a_slow_line_is_waited_for(place: Place, relay: Relay) -> None:
    place.put("a", bytes(3_000_000))
    connector = place.connector(account=over(relay, patience_seconds=8.0))
    (document,) = connector.walk()
    assert isinstance(document, Document)
    relay.bytes_per_second = 1_000_000.0
    relay.connections = 0
    with document.open() as stream:
        assert len(stream.read()) == 3_000_000
    assert relay.connections == 1


def test_a_server_that_falls_silent_is_not_waited_for(place: Place, relay: Relay) -> None:
    place.put("a", bytes(1000))
    connector = place.connector(account=over(relay, patience_seconds=1.0))
    (document,) = connector.walk()
    assert isinstance(document, Document)
    relay.silent = True
    with pytest.raises(Unreadable) as trouble:
        document.open()
    assert trouble.value.reason == "offline"


def test_a_pace_is_kept(place: Place) -> None:
    waited: list[float] = []
    account = account_at(place.server, bytes_per_second=1_000_000.0, connections=2)
    pace = account.pace()
    pace.wait = waited.append
    pace.clock = lambda: 0.0
    pace.took(1, 1_000_000)
    assert waited == [2.0]  # half of the pace for each of two connections


def test_a_connector_goes_to_a_worker_without_its_password(place: Place) -> None:
    place.put("a")
    (document,) = place.walk()
    assert isinstance(document, Document)
    arrived = pickle.loads(pickle.dumps(document))
    with arrived.open() as stream:
        assert stream.read() == b"hej"
