"""Shares of a real Samba from config to answer: read once, changed in nothing, told as found."""

from __future__ import annotations

import itertools
import os
import random
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from connectors import Document, Unreadable
from connectors.smb.connector import SmbConnector
from scanner.demo import fake
from scanner.examine import examine
from scanner.executor import Executor, InProcess
from scanner.recipe import Recipe
from scanner.setup import Setup
from scanner.tools import tools_of
from tests.conftest import Installation
from tests.connectors.relay import Relay, relayed
from tests.connectors.samba import ANNA, AUDITED, BO, PASSWORD, Samba, missing, running
from tests.here import Run, scan_here
from tests.leak import Searcher, search

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing())
RNG = random.Random(17)
NUMBERS = itertools.count()


@dataclass
class Shared:
    """An installation with one place: a folder of the share `data`."""

    server: Samba
    installation: Installation
    folder: Path

    def put(self, name: str, content: str | bytes = "", *, owner: str = ANNA) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        text = content or f"Kundens CPR-nr. er {fake.cpr(RNG, hyphen=True)}"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        for each in (path, *path.parents):
            if each == self.server.share():
                break
            self.server.own(owner, each)
        return path

    @property
    def address(self) -> str:
        return f"smb://127.0.0.1:{self.server.port}/data/{self.folder.name}"

    def configure(self, more: str = "", *, address: str = "", name: str = "fælles") -> None:
        self.installation.configure(
            f'[[place]]\nname = "{name}"\npath = "{address or self.address}"\n{more}\n'
            f'[place.smb]\nuser = "{ANNA}"\npassword = {{file = "login"}}\n'
        )
        self.password(PASSWORD)

    def password(self, text: str) -> None:
        path = self.installation.folder / "home" / "login"
        path.write_text(text + "\n", "utf-8")
        path.chmod(0o600)

    def scan(self, path: str = "fælles") -> Run:
        return scan_here(self.installation, path)

    def rows(self, columns: str) -> list[tuple[object, ...]]:
        return self.installation.rows(
            f"SELECT {columns} FROM document WHERE gone_run IS NULL AND folder=0 ORDER BY display"
        )


@pytest.fixture
def shared(samba: Samba, installation: Installation) -> Shared:
    folder = samba.share() / f"sted{next(NUMBERS)}"
    folder.mkdir()
    samba.own(ANNA, folder)
    made = Shared(samba, installation, folder)
    made.configure()
    return made


def test_a_share_is_read_once_and_what_changed_again(shared: Shared) -> None:
    for number in range(8):
        shared.put(f"mappe/{number}.txt")
    first = shared.scan()
    assert first.met == (8, 0, 0)
    assert first.counts.with_findings == 8
    again = shared.scan()
    assert (again.met, again.read) == ((8, 8, 0), [])
    shared.put("mappe/3.txt", "nu uden")
    (shared.folder / "mappe" / "5.txt").unlink()
    third = shared.scan()
    assert third.met == (7, 6, 1)
    assert third.counts.with_findings == 6


def test_what_moved_keeps_its_row_and_its_owner(shared: Shared) -> None:
    shared.put("a/x.txt")
    shared.scan()
    before = shared.rows("id, owner, readable_by")
    (shared.folder / "b").mkdir()
    shared.server.own(ANNA, shared.folder / "b")
    (shared.folder / "a" / "x.txt").rename(shared.folder / "b" / "x.txt")
    second = shared.scan()
    assert second.counts.moved == 1
    assert shared.rows("id, owner, readable_by") == before


def test_who_owns_it_and_who_can_read_it_is_kept(shared: Shared) -> None:
    shared.put("alle.txt")
    shared.put("egen.txt").chmod(0o600)
    shared.put("holdet.txt").chmod(0o640)
    shared.scan()
    held = {str(key): value for key, value in shared.rows("display, readable_by")}
    assert {key.rpartition("/")[2]: value for key, value in held.items()} == {
        "alle.txt": "everyone",
        "egen.txt": "owner",
        "holdet.txt": "group",
    }
    ((owner,),) = set(shared.rows("owner"))
    assert owner == shared.server.owner("data", f"{shared.folder.name}/alle.txt")
    assert shared.installation.rows("SELECT DISTINCT owner FROM occurrence") == [(owner,)]


def test_who_can_read_it_is_asked_anew_with_everything_else(shared: Shared) -> None:
    shared.put("a.txt")
    shared.scan()
    before = shared.rows("readable_by")
    (shared.folder / "a.txt").chmod(0o640)
    scan_here(shared.installation, "fælles", full=True)  # Samba tells no change of this kind
    assert (before, shared.rows("readable_by")) == ([("everyone",)], [("group",)])


def test_what_could_not_be_opened_keeps_what_was_told_before(shared: Shared) -> None:
    path = shared.put("a.txt")
    shared.scan()
    before = shared.rows("owner, readable_by")
    path.write_text("andet")
    with shared.server.locking("data", f"{shared.folder.name}/a.txt", user=ANNA):
        second = shared.scan()
    assert second.counts.reasons == {"locked": 1}
    assert shared.rows("owner, readable_by") == before


@pytest.mark.parametrize(
    ("more", "owner"),
    [
        pytest.param('owner = "Fælles"', "Fælles", id="the place's"),
        pytest.param('owners = {"{owner}" = "{owner}"}', "anna", id="a home folder's"),
    ],
)
def test_a_rule_knows_the_owner_better(
    samba: Samba, installation: Installation, more: str, owner: str
) -> None:
    folder = samba.share() / f"hjem{next(NUMBERS)}"
    shared = Shared(samba, installation, folder)
    shared.put("anna/a.txt")
    shared.configure(more)
    shared.scan()
    assert shared.rows("owner") == [(owner,)]


def test_a_folder_alone_closes_nothing_else(shared: Shared) -> None:
    for name in ("Løn/a.txt", "Løn/b.txt", "Andet/c.txt"):
        shared.put(name)
    shared.scan()
    (shared.folder / "Løn" / "a.txt").unlink()
    (shared.folder / "Andet" / "c.txt").unlink()
    part = shared.scan(f"{shared.address}/Løn")
    assert part.met == (1, 1, 1)
    assert shared.scan().counts.gone == 1


def test_a_place_within_a_place_owns_its_folder(shared: Shared) -> None:
    shared.put("Løn/a.txt")
    shared.put("b.txt")
    shared.configure(address=f"{shared.address}/Løn", name="løn")
    outer, inner = shared.scan(), shared.scan("løn")
    assert (outer.counts.met, outer.counts.excluded["place"], inner.counts.met) == (1, 1, 1)


def test_an_archive_on_a_share_is_read_message_by_message(shared: Shared) -> None:
    mails = "".join(
        f"From a@b Mon Jan  1 00:00:00 2024\nSubject: {n}\nMessage-ID: <{n}@x>\n\n"
        f"CPR-nr. {fake.cpr(RNG)}\n\n"
        for n in range(5)
    )
    shared.put("post.mbox", mails)
    first = shared.scan()
    assert first.counts.met == 6
    assert first.counts.with_findings == 5
    assert shared.scan().met == (6, 6, 0)
    assert set(shared.rows("readable_by")) == {("everyone",)}


class Unlocking:
    """Examines here, and lets go of a file when everything has been tried once."""

    width = 1

    def __init__(self, recipe: Recipe, opened: list[bytes], let_go: Iterator[None]) -> None:
        self._here = InProcess(recipe)
        self._opened = opened
        self._let_go = let_go

    def submit(self, batch: tuple[Document, ...], deadline: float) -> object:
        if any(each.path in self._opened for each in batch):
            next(self._let_go, None)
        self._opened += [each.path for each in batch]
        return self._here.submit(batch, deadline)


def test_what_a_user_holds_open_is_tried_again_at_the_end(shared: Shared) -> None:
    for name in ("a.txt", "bog.txt", "c.txt"):
        shared.put(name)
    opened: list[bytes] = []

    def held() -> Iterator[None]:
        with shared.server.locking("data", f"{shared.folder.name}/bog.txt", user=ANNA):
            yield
        yield

    holding = held()
    next(holding)

    def executor(recipe: Recipe) -> Executor:
        return Unlocking(recipe, opened, holding)  # type: ignore[return-value]

    ran = scan_here(shared.installation, "fælles", executor=executor)
    assert ran.counts.statuses == {"read": 3}
    assert [os.path.basename(each) for each in opened].count(b"bog.txt") == 2
    assert len(opened) == 4


def test_what_stays_locked_is_told_once(shared: Shared) -> None:
    for name in ("a.txt", "bog.txt"):
        shared.put(name)
    with shared.server.locking("data", f"{shared.folder.name}/bog.txt", user=ANNA):
        ran = shared.scan()
    assert (ran.counts.met, ran.counts.reasons) == (2, {"locked": 1})
    assert shared.scan().counts.statuses == {"read": 2}


# the line


@pytest.fixture
def over_a_line(samba: Samba, installation: Installation) -> Iterator[tuple[Shared, Relay]]:
    folder = samba.share() / f"linje{next(NUMBERS)}"
    made = Shared(samba, installation, folder)
    for number in range(40):
        made.put(f"{number:02}.txt")
    with relayed(samba.port) as relay:
        made.configure(address=f"smb://127.0.0.1:{relay.port}/data/{folder.name}")
        yield made, relay


def test_a_wrong_password_is_tried_once_and_closes_nothing(
    over_a_line: tuple[Shared, Relay],
) -> None:
    shared, relay = over_a_line
    shared.scan()
    relay.connections = 0
    shared.password("forkert")
    ran = shared.installation.run("scan", "--json", code=3)
    (line,) = ran.lines
    assert (line["status"], line["lost"], line["gone"]) == ("offline", "login", 0)
    assert relay.connections == 1
    assert len(shared.rows("id")) == 40
    told = shared.installation.run("scan").out
    assert "refused the login" in told


@pytest.mark.parametrize("option", [(), ("--estimate",)], ids=["scan", "estimate"])
def test_a_refused_login_is_not_tried_for_the_next_place(
    over_a_line: tuple[Shared, Relay], option: tuple[str, ...]
) -> None:
    shared, relay = over_a_line
    address = f"smb://127.0.0.1:{relay.port}/data/{shared.folder.name}"
    shared.put("Løn/a.txt")
    shared.configure(address=f"{address}/Løn", name="løn")
    shared.password("forkert")
    ran = shared.installation.run("scan", "--json", *option, code=3)
    assert [(line["status"], line["lost"]) for line in ran.lines] == [("offline", "login")] * 2
    assert relay.connections == 1


def test_a_server_that_breaks_off_costs_no_document(over_a_line: tuple[Shared, Relay]) -> None:
    shared, relay = over_a_line
    relay.cut_after, relay.cuts = 9_000, 3
    ran = shared.scan()
    assert ran.counts.statuses == {"read": 40}
    assert relay.cuts == 0


def test_a_server_that_stays_away_ends_the_place_and_nothing_is_gone(
    over_a_line: tuple[Shared, Relay],
) -> None:
    shared, relay = over_a_line
    shared.scan()
    relay.refuse = True
    ran = shared.scan()
    assert (ran.status, ran.counts.gone) == ("offline", 0)
    assert len(shared.rows("id")) == 40


@pytest.mark.parametrize(
    "megabytes",
    [pytest.param(20, id="as it is hashed"), pytest.param(60, id="as a reader has it")],
)
def test_a_line_that_ends_in_mid_file_is_no_damage_of_the_file(
    over_a_line: tuple[Shared, Relay], megabytes: int
) -> None:
    shared, relay = over_a_line
    path = shared.put("stor.txt", b"linje efter linje\n" * 2_100_000)
    (target,) = Setup.find(str(shared.installation.config)).targets(["fælles"])
    connector = target.connector
    assert isinstance(connector, SmbConnector)
    hasty = replace(connector.account, patience_seconds=3.0)
    connector = replace(connector, account=hasty, below=connector.root + b"/stor.txt")
    (document,) = connector.walk()
    assert isinstance(document, Document)
    assert document.size == path.stat().st_size > 32 * 1024**2
    relay.cut_after, relay.cuts, relay.dies = megabytes * 1_000_000, 1, True
    recipe = shared.installation.setup().recipe(None, with_index=False)
    outcome = examine(document, recipe)
    tools_of(recipe).leave()
    assert outcome.problem is not None
    assert (outcome.problem.reason, outcome.lost) == ("offline", "unreachable")
    assert outcome.readings == ()


def test_several_readers_keep_to_their_number(over_a_line: tuple[Shared, Relay]) -> None:
    shared, relay = over_a_line
    shared.installation.configure("connections = 2\nopen_files = 2\nmegabytes_per_second = 5.0\n")
    ran = shared.installation.run("scan", "--json", "--workers", "4", code=0)
    assert ran.lines[0]["statuses"] == {"read": 40}
    assert 2 <= relay.connections <= 3  # the walk's and those of two workers


# what is told


def test_doctor_says_where_the_password_lies(shared: Shared) -> None:
    told = shared.installation.run("doctor").out
    assert re.search(r"share +fælles: the password lies in", told)
    (shared.installation.folder / "home" / "login").unlink()
    assert re.search(
        r"share +fælles: .*login does not exist", shared.installation.run("doctor").out
    )


def test_an_address_outside_the_config_is_told(shared: Shared) -> None:
    ran = shared.installation.run("scan", "smb://fil01/Andet", code=2)
    assert "[place.smb]" in ran.err


# promises


WRITES = re.compile(
    r"\|(?:pwrite|pwrite_send|ftruncate|fallocate|mkdirat|unlinkat|renameat|linkat|symlinkat|mknodat"
    r"|fchmod|fchown|lchown|fntimes|fsetxattr|fremovexattr|fset_nt_acl|fset_dos_attributes"
    r"|sys_acl_set_fd|fsync|offload_write_send)\|"
)


def test_a_scan_changes_nothing_on_the_share(installation: Installation) -> None:
    with running(of_data=AUDITED) as server:
        shared = Shared(server, installation, server.share() / "sted")
        for number in range(12):
            shared.put(f"mappe/{number}.txt")
        shared.put("stor.txt", "x" * 3_000_000)
        shared.configure()
        server.client("data", "put /etc/hostname sted/prøve.txt; del sted/prøve.txt")
        assert len(WRITES.findall(server.log)) >= 2  # what a write looks like
        at = len(server.log)
        before = states(server.share())
        ran = installation.run("scan", "--json", code=0)
        assert ran.lines[0]["statuses"] == {"read": 13}
        told = server.log[at:]
        assert told.count("|openat|") > 13
        assert WRITES.findall(told) == []
        assert states(server.share()) == before


def states(folder: Path) -> dict[str, tuple[object, ...]]:
    """Return what a disk says of all files, but for when they were last read."""
    found: dict[str, tuple[object, ...]] = {}
    for path in (folder, *sorted(folder.rglob("*"))):
        info = path.stat()
        times = (info.st_mtime_ns, info.st_ctime_ns)
        found[str(path)] = (*times, info.st_mode, info.st_uid, info.st_size)
        if path.is_file():
            found[str(path)] += (path.read_bytes(),)
    return found


def test_no_planted_value_stands_anywhere_but_on_the_share(shared: Shared) -> None:
    values = {("DK_CPR", fake.cpr(RNG)) for _ in range(40)}
    values |= {("EMAIL_ADDRESS", fake.email(RNG)) for _ in range(20)}
    values |= {("PHONE_NUMBER", fake.phone(RNG)) for _ in range(20)}
    for number, (_, value) in enumerate(sorted(values)):
        shared.put(f"{number}.txt", f"Her: {value}")
    long = "\n".join(f"CPR {value}" for kind, value in sorted(values) if kind == "DK_CPR")
    shared.put("stor.txt", long + "\n" + "x y z " * 300_000)
    secret = next(value for kind, value in sorted(values) if kind == "DK_CPR")
    shared.put(f"Sag {secret[:6]}-{secret[6:]}/a.txt", "intet")
    (shared.folder / "bo").mkdir()
    shared.server.own(BO, shared.folder / "bo")
    (shared.folder / "bo").chmod(0o700)
    out = shared.installation.folder / "out"
    out.mkdir()
    commands = ("scan", "scan --json", "findings", "findings --json", "report unread", "doctor")
    for count, command in enumerate((*commands, "scan --estimate", "report overview")):
        ran = shared.installation.run(*command.split())
        assert ran.code in (0, 3), (command, ran.err)
        (out / f"{count}.txt").write_text(ran.out + ran.err, "utf-8")
    home = shared.installation.folder / "home"
    places = [shared.installation.folder / "state", out, *home.glob("*.db*")]
    assert list(search([*places, home / "fodspor.toml"], Searcher(values))) == []
    found = shared.installation.rows("SELECT count(DISTINCT fingerprint) FROM finding")[0][0]
    assert found >= 60  # a telephone number alone on its line may be anything
    known = {("PASSWORD", PASSWORD)}
    assert list(search([*places, home / "fodspor.toml"], Searcher(known))) == []


def test_a_missing_extra_ends_the_place_with_words(
    shared: Shared, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [each for each in sys.modules if each.partition(".")[0] == "smbprotocol"]:
        monkeypatch.setitem(sys.modules, name, None)
    for name in [each for each in sys.modules if each.startswith("connectors.smb.")]:
        if name.rpartition(".")[2] in (
            "share",
            "wire",
            "messages",
            "opening",
            "session",
            "walking",
        ):
            monkeypatch.delitem(sys.modules, name)
    (target,) = Setup.find(str(shared.installation.config)).targets(["fælles"])
    with pytest.raises(Unreadable) as trouble:
        list(target.connector.walk())
    assert (trouble.value.reason, trouble.value.lost) == ("missing_extra", "extra")
