"""Mailboxes on a real mail server from config to answer: read once, told as people find them."""

from __future__ import annotations

import hashlib
import io
import os
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

import pytest

from connectors.archives import Mark, Message
from scanner.company_key import as_text, company_seal
from scanner.demo import fake
from scanner.index.store import Index
from scanner.rekey import rekey
from scanner.tools import tools_of
from tests.conftest import Installation, Ran
from tests.connectors.dovecot import (
    PASSWORD,
    Dovecot,
    account_at,
    deliver,
    maildir,
    missing,
    running,
)
from tests.here import Run, scan_here
from tests.leak import Searcher, search
from tests.letters import letter

RNG = random.Random(11)
BODIES = "BODY.PEEK[]"


def cpr_mail(number: int) -> EmailMessage:
    return letter(number, f"Kundens CPR-nr. er {fake.cpr(RNG, hyphen=True)}")


@dataclass
class Post:
    """An installation with one place, the mailbox of a user."""

    server: Dovecot
    user: str
    installation: Installation

    @property
    def folder(self) -> Path:
        return self.server.home(self.user)

    def lay(self, *names: str, mails: list[EmailMessage], first: int = 0) -> None:
        deliver(maildir(self.folder, *names), *mails, first=first)
        self.server.own(self.folder)

    def configure(self, more: str = "") -> None:
        self.installation.configure(
            f'[[place]]\nname = "post"\npath = "imap://{self.user}@localhost:{self.server.tls_port}"\n'
            f'[place.imap]\npassword = {{file = "login"}}\n'
            f'ca_file = "{self.server.certificates.authority}"\n{more}'
        )
        self.password(PASSWORD)

    def password(self, text: str) -> None:
        path = self.installation.folder / "home" / "login"
        path.write_text(text + "\n", "utf-8")
        path.chmod(0o600)

    def scan(self) -> Run:
        """Scan the mailbox and forget what the server was asked before."""
        self.server.forget_commands(self.user)
        return scan_here(self.installation, "post")

    def asked(self, word: str) -> list[str]:
        return [each for each in self.server.commands(self.user) if word in each]

    def held(self) -> list[str]:
        rows = self.installation.rows(
            "SELECT f.masked FROM document d JOIN occurrence o ON o.document=d.id"
            " JOIN finding f ON f.content=o.content WHERE d.gone_run IS NULL"
            " AND o.gone_run IS NULL AND f.kind='DK_CPR' ORDER BY 1"
        )
        return [masked for (masked,) in rows]


@pytest.fixture
def post(dovecot: Dovecot, installation: Installation) -> Post:
    made = Post(dovecot, dovecot.new_user(domain="@firma.dk"), installation)
    made.configure()
    return made


def test_what_did_not_change_is_not_even_opened(post: Post) -> None:
    post.lay(mails=[cpr_mail(n) for n in range(6)])
    post.lay("Løn", "2024", mails=[cpr_mail(9)])
    first = post.scan()
    assert first.met == (9, 0, 0)  # seven messages, two folders
    held = post.held()
    second = post.scan()
    assert second.met == (9, 9, 0)
    assert second.read == []
    assert second.counts.bytes_met == first.counts.bytes_met > 0
    assert post.asked("EXAMINE") == post.asked("FETCH") == []
    assert post.held() == held


def test_only_the_new_are_fetched_and_the_removed_are_gone(post: Post) -> None:
    post.lay(mails=[cpr_mail(n) for n in range(20)])
    post.scan()
    held = post.held()
    post.lay(mails=[cpr_mail(n) for n in (30, 31, 32)], first=30)
    oldest = sorted((post.folder / "Maildir" / "new").iterdir())[0]
    oldest.unlink()
    second = post.scan()
    assert second.met == (23, 19, 1)
    assert len(second.read) == 3
    (fetched,) = post.asked(BODIES)
    assert fetched.split()[2] == "21,22,23"
    assert len(post.held()) == 22
    assert len(set(held) & set(post.held())) >= 18  # two of twenty may share a mask


def test_a_flag_reads_nothing(post: Post) -> None:
    post.lay(mails=[cpr_mail(n) for n in range(4)])
    post.scan()
    for path in (post.folder / "Maildir" / "new").iterdir():
        path.rename(post.folder / "Maildir" / "cur" / f"{path.name}:2,FS")
    second = post.scan()
    assert second.met == (5, 5, 0)
    assert post.asked("FETCH") == []


def test_a_folder_that_was_renamed_is_moved_and_not_fetched(post: Post) -> None:
    post.lay("Kunder", mails=[cpr_mail(n) for n in range(5)])
    post.scan()
    before = post.installation.rows("SELECT id FROM document WHERE item<>'' ORDER BY id")
    (post.folder / "Maildir" / ".Kunder").rename(post.folder / "Maildir" / ".Arkiv")
    second = post.scan()
    assert post.asked(BODIES) == []
    assert second.counts.moved == 5
    after = post.installation.rows(
        "SELECT id FROM document WHERE item<>'' AND gone_run IS NULL AND display LIKE '%Arkiv'"
        " ORDER BY id"
    )
    assert after == before  # the same rows, so the same verdicts
    assert len(post.held()) == 5
    third = post.scan()
    assert third.counts.unchanged == third.counts.met


def test_a_message_that_was_moved_keeps_its_row(post: Post) -> None:
    post.lay(mails=[cpr_mail(n) for n in range(3)])
    post.lay("A", mails=[])
    post.scan()
    (row,) = post.installation.rows("SELECT id FROM document WHERE item LIKE '%/2'")
    path = sorted((post.folder / "Maildir" / "new").iterdir())[1]
    path.rename(post.folder / "Maildir" / ".A" / "new" / path.name)
    second = post.scan()
    assert (second.counts.moved, second.read) == (1, [])
    assert post.asked(BODIES) == []
    assert post.installation.rows(
        "SELECT id FROM document WHERE display LIKE '%/A' AND item<>'' AND gone_run IS NULL"
    ) == [row]


def test_numbers_made_anew_read_nothing_anew(post: Post) -> None:
    post.lay(mails=[cpr_mail(n) for n in range(5)])
    post.scan()
    held = post.held()
    for path in (post.folder / "Maildir").glob("dovecot*"):
        path.unlink()
    (post.folder / "Maildir" / "dovecot-uidlist").write_text(f"3 V4711 N1 G{'0a' * 16}\n")
    post.server.own(post.folder)
    second = post.scan()
    assert post.asked(BODIES) == []
    assert second.status == "done"
    assert (second.counts.met, second.counts.done) == (6, 6)
    assert post.held() == held
    assert post.installation.rows(
        "SELECT count(*) FROM document WHERE item LIKE '4711/%' AND gone_run IS NULL"
    ) == [(5,)]
    third = post.scan()
    assert third.met == (6, 6, 0)


def test_a_copy_in_another_folder_is_fetched_once(post: Post) -> None:
    mails = [cpr_mail(n) for n in range(4)]
    post.lay("Alle", mails=mails)
    post.lay(mails=mails[:3])
    first = post.scan()
    assert sum(len(each.split()[2].split(",")) for each in post.asked(BODIES)) == 4
    assert first.counts.met == first.counts.done == 9
    assert len(post.held()) == 7
    contents = "SELECT count(DISTINCT o.content), count(*) FROM occurrence o"
    assert post.installation.rows(contents) == [(4, 7)]
    post.lay("Kopier", mails=mails[3:], first=3)  # and in a later run
    second = post.scan()
    assert second.read == []
    assert post.asked(BODIES) == []
    assert post.installation.rows(contents) == [(4, 8)]


def test_a_folder_that_is_deleted_is_gone_with_all_in_it(post: Post) -> None:
    post.lay("Kunder", mails=[cpr_mail(n) for n in range(3)])
    post.lay(mails=[cpr_mail(9)])
    post.scan()
    shutil.rmtree(post.folder / "Maildir" / ".Kunder")
    second = post.scan()
    assert second.counts.gone == 4  # the folder too
    assert len(post.held()) == 1


def test_one_that_could_not_be_read_is_asked_for_alone(post: Post) -> None:
    post.lay(mails=[cpr_mail(n) for n in range(8)])
    post.scan()
    with_trouble = "UPDATE document SET status='unread', mend='offline=' WHERE item LIKE '%/3'"

    with Index(post.installation.index_path) as index, index.transaction() as connection:
        connection.execute(with_trouble)
    second = post.scan()
    assert second.met == (9, 7, 0)  # the folder is listed again
    assert [each.split()[2] for each in post.asked("UID FETCH")] == ["3", "3"]


def test_a_folder_the_server_cannot_open_leaves_the_others_and_its_own(post: Post) -> None:
    post.lay("Kunder", mails=[cpr_mail(n) for n in range(3)])
    post.lay(mails=[cpr_mail(9)])
    post.scan()
    closed = post.folder / "Maildir" / ".Kunder"
    shutil.chown(closed, "root", "root")
    closed.chmod(0o700)
    second = post.scan()
    assert second.status == "done"
    assert second.counts.gone == 0
    assert sum(second.counts.folders.values()) + second.counts.statuses["unread"] == 1
    assert len(post.held()) == 4
    closed.chmod(0o755)
    post.server.own(post.folder)
    assert post.scan().counts.unchanged >= 4


def test_what_is_private_is_counted_in_every_run(post: Post) -> None:
    post.lay("Privat", mails=[cpr_mail(1)])
    post.lay(mails=[letter(2, Sensitivity="Private"), letter(3)])
    for _ in range(2):
        run = post.scan()
        assert run.counts.excluded == {"private": 2}
        assert run.counts.statuses == {"read": 2}  # a message, and the folder it lies in
    assert post.asked("Privat") == []


def test_a_scan_of_one_folder_closes_nothing_elsewhere(post: Post) -> None:
    post.lay("Kunder", mails=[cpr_mail(n) for n in range(3)])
    post.lay(mails=[cpr_mail(9)])
    post.scan()
    sorted((post.folder / "Maildir" / "new").iterdir())[0].unlink()
    address = f"imap://{post.user}@localhost:{post.server.tls_port}/Kunder"
    run = scan_here(post.installation, address)
    assert run.met == (4, 4, 0)
    assert len(post.held()) == 4


def test_a_killed_run_goes_on_where_it_was(post: Post) -> None:
    post.lay(mails=[cpr_mail(n) for n in range(60)])
    first = scan_here(post.installation, "post", stop_after=20)
    assert first.status == "interrupted"
    second = post.scan()
    assert second.status == "done"
    assert len(second.read) + len(first.read) == 60
    assert len(post.held()) == 60
    assert post.scan().counts.unchanged == 61


# what people see


@pytest.fixture(scope="module")
def told(dovecot: Dovecot, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Post]:
    installation = Installation(tmp_path_factory.mktemp("told"))
    installation.files.mkdir()
    installation.run("init", code=0)
    made = Post(dovecot, dovecot.new_user(domain="@firma.dk"), installation)
    made.configure("connections = 1\n")
    text = installation.config.read_text("utf-8")
    text = text.replace("domains = []", 'domains = ["firma.example"]')
    installation.config.write_text(text, "utf-8")
    told = cpr_mail(1)
    told.add_attachment(
        f"Navn;CPR\nAnna;{fake.cpr(RNG, hyphen=True)}\n".encode(),
        maintype="text",
        subtype="csv",
        filename="kunder.csv",
    )
    broken = letter(2)
    broken.add_attachment(
        b"%PDF-1.4 nothing", maintype="application", subtype="pdf", filename="x.pdf"
    )
    made.lay("Løn & pension", mails=[told, broken])
    yield made


def test_an_answer_names_mailbox_folder_time_and_sender(told: Post) -> None:
    ran = told.installation.run("scan", "--json", "--workers", "2", code=3)
    assert ran.lines[0]["statuses"] == {"read": 3, "partial": 1}
    lines = told.installation.run("findings", "--json", code=0).lines[:-1]
    attached = next(line for line in lines if line["inner_path"])
    assert attached["place"] == "post"
    assert attached["inner_path"] == "kunder.csv"
    assert re.search(r"@firma\.dk[/\\]Løn & pension$", attached["path"])
    assert re.fullmatch(r"2026-03-02 09:00 •••@firma.example #\w{6}", attached["message"])
    assert attached["owner"].endswith("••@firma.dk")
    assert told.user not in str(lines)
    text = told.installation.run("findings", code=0).out
    assert "post: Løn & pension › 2026-03-02 09:00 •••@firma.example" in text
    assert sum(line["kind"] == "EMAIL_ADDRESS" for line in lines) == 0  # not for its address


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(("report", "unread"), "post: Løn & pension › 2026-03-02", id="unread"),
        pytest.param(("report", "outside"), "kunde.example", id="outside"),
        pytest.param(("report", "overview"), "post", id="overview"),
        pytest.param(("doctor",), "mailbox", id="doctor"),
    ],
)
def test_reports_know_mailboxes(told: Post, arguments: tuple[str, ...], said: str) -> None:
    for language in ("en", "da"):
        ran = told.installation.run("--language", language, *arguments, code=0)
        assert said in ran.out
        assert PASSWORD not in ran.out


def test_an_estimate_counts_messages_and_reads_none(told: Post) -> None:
    told.server.forget_commands(told.user)
    (line,) = told.installation.run("scan", "--estimate", "--json", "post", code=0).lines
    assert line["files"] == 4  # two messages, two folders
    assert line["bytes"] > 500
    assert {each.split()[0] for each in told.server.commands(told.user) if each} == {
        "CAPABILITY",
        "NAMESPACE",
        "LIST",
        "LOGOUT",
    }


def test_a_folder_that_the_server_does_not_have_is_told(told: Post) -> None:
    address = f"imap://{told.user}@localhost:{told.server.tls_port}"
    ran = told.installation.run("scan", f"{address}/Kunderne", code=3)
    assert "Nothing of this name lies there" in ran.out
    (line,) = told.installation.run("scan", f"{address}/Kunderne", "--json", code=3).lines
    assert (line["status"], line["lost"], line["gone"]) == ("offline", "folder", 0)
    (line,) = told.installation.run("scan", f"{address}/inbox", "--json", code=0).lines
    assert (line["status"], line["met"]) == ("done", 1)  # INBOX is one folder in any case


def test_an_estimate_of_a_mailbox_out_of_reach_says_why(told: Post) -> None:
    told.password("forkert")
    try:
        ran = told.installation.run("scan", "--estimate", code=3)
        (line,) = told.installation.run("scan", "--estimate", "--json", code=3).lines
    finally:
        told.password(PASSWORD)
    assert "post: the place was out of reach · The server refused the login" in ran.out
    assert line == {
        "place": "post",
        "status": "offline",
        "reason": "no_access",
        "lost": "login",
    }


def test_a_refused_login_is_told_and_the_other_places_are_read(told: Post) -> None:
    told.installation.write("a.txt", "intet")
    told.installation.configure(f'[[place]]\nname = "disk"\npath = "{told.installation.files}"')
    told.password("forkert")
    try:
        english = told.installation.run("scan", code=3)
        danish = told.installation.run("--language", "da", "scan", "--json", code=3)
        spoken = told.installation.run("--language", "da", "scan", code=3)
    finally:
        told.password(PASSWORD)
    assert "The server refused the login" in english.out
    assert "Serveren afviste login" in spoken.out
    lines = {line["place"]: line for line in danish.lines}
    assert (lines["post"]["status"], lines["post"]["lost"]) == ("offline", "login")
    assert lines["disk"]["status"] == "done"
    assert lines["post"]["gone"] == 0
    assert "forkert" not in english.out + english.err + danish.out + spoken.err


def test_a_secret_that_is_not_there_is_told_by_doctor(told: Post) -> None:
    path = told.installation.folder / "home" / "login"
    path.rename(path.with_suffix(".away"))
    try:
        scanned = told.installation.run("scan", "--json", "post", code=3)
        doctor = told.installation.run("doctor", code=1)
    finally:
        path.with_suffix(".away").rename(path)
    assert scanned.lines[0]["lost"] == "secret"
    assert re.search(r"mailbox +post: .*login does not exist", doctor.out)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        pytest.param("imap://bo@mail.example", "is in no place of the config", id="another one"),
        pytest.param("imap://mail.example", "names no user", id="no user"),
        pytest.param("imap://a:hemmelig@mail.example", "no password is written", id="a password"),
    ],
)
def test_an_address_that_is_no_place_is_told(told: Post, given: str, said: str) -> None:
    ran = told.installation.run("scan", given, code=2)
    assert said in ran.err
    assert "hemmelig" not in ran.err


# trouble on the way


def scanning(post: Post) -> subprocess.Popen[str]:
    return subprocess.Popen(
        post.installation.command("scan", "--json", "--workers", "1"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=post.installation.environment,
    )


def ended(process: subprocess.Popen[str]) -> Ran:
    out, err = process.communicate(timeout=240)
    return Ran(process.returncode, out, err)


@pytest.fixture
def own_server(installation: Installation) -> Iterator[Post]:
    """A server that may be stopped, with enough mail to be stopped at."""
    if reason := missing():
        pytest.skip(reason)
    with running() as server:
        made = Post(server, server.new_user(), installation)
        made.configure("connections = 1\nmessages_per_second = 20\n")
        made.lay(mails=[cpr_mail(n) for n in range(160)])
        yield made


def until_fetching(post: Post, process: subprocess.Popen[str]) -> None:
    while process.poll() is None:
        if post.asked(BODIES):
            return
        try:
            process.wait(0.02)
        except subprocess.TimeoutExpired:
            pass
    raise AssertionError("the scan ended before it was to be disturbed")


@pytest.mark.long
def test_a_server_that_restarts_in_mid_run_costs_no_message(own_server: Post) -> None:
    process = scanning(own_server)
    until_fetching(own_server, process)
    own_server.server.kill()
    own_server.server.start()
    ran = ended(process)
    assert ran.code == 0, (ran.out, ran.err)
    assert ran.lines[0]["statuses"] == {"read": 161}
    assert len(own_server.held()) == 160


@pytest.mark.long  # waits its pauses out; a share that stays away is tried in each run
def test_a_server_that_stays_away_ends_the_place_and_nothing_is_gone(own_server: Post) -> None:
    process = scanning(own_server)
    until_fetching(own_server, process)
    own_server.server.kill()
    ran = ended(process)
    assert ran.code == 3
    (line,) = ran.lines
    assert (line["status"], line["lost"], line["gone"]) == ("offline", "unreachable", 0)
    assert line["reasons"] == {}  # no message is blamed
    kept = len(own_server.held())
    own_server.server.start()
    second = own_server.scan()
    assert second.status == "done"
    assert len(own_server.held()) == 160 >= kept


# size


def test_no_planted_value_stands_anywhere_but_on_the_server(post: Post) -> None:
    values = {("DK_CPR", fake.cpr(RNG)) for _ in range(40)}
    values |= {("EMAIL_ADDRESS", fake.email(RNG)) for _ in range(20)}
    values |= {("PHONE_NUMBER", fake.phone(RNG)) for _ in range(20)}
    mails = [letter(n, f"Her: {value}") for n, (_, value) in enumerate(sorted(values))]
    large = letter(99, "x" * 60 + "\n" + "CPR " + "\n".join(v for k, v in values if k == "DK_CPR"))
    large.add_attachment(os.urandom(3_000_000), maintype="application", subtype="x", filename="x")
    post.lay(mails=[*mails, large])
    number = next(value for kind, value in sorted(values) if kind == "DK_CPR")
    post.lay(f"Sag {number[:6]}-{number[6:]}", mails=[letter(200)])
    out = post.installation.folder / "out"
    out.mkdir()
    commands = ("scan", "scan --json", "findings", "findings --json", "report unread", "doctor")
    for count, command in enumerate((*commands, "scan --estimate", "report overview")):
        ran = post.installation.run(*command.split())
        assert ran.code in (0, 3), (command, ran.err)
        (out / f"{count}.txt").write_text(ran.out + ran.err, "utf-8")
    home = post.installation.folder / "home"
    places = [post.installation.folder / "state", out, *home.glob("*.db*")]
    whose = ("EMAIL_ADDRESS", post.user)  # stands in the configuration, and masked elsewhere
    assert list(search([*places, home / "fodspor.toml"], Searcher(values))) == []
    assert list(search(places, Searcher({whose}))) == []
    assert post.held()


PEAK = """
import resource, sys, hashlib, io, tempfile, gc
from connectors.imap.account import ImapAccount
from connectors.mailserver import SPOOL_BYTES
class Known:
    def fetch(self):
        return sys.argv[4]
account = ImapAccount(sys.argv[1], "localhost", int(sys.argv[2]), Known(), ca_file=sys.argv[3])
box = account.connect(hashlib.sha256, lambda: tempfile.SpooledTemporaryFile(SPOOL_BYTES))
events = [e for e in box.messages(b"INBOX", b"", (), None) if getattr(e, "item", "")]
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
small, large = sorted(events, key=lambda e: e.size)
box.open(b"INBOX", small.item, small.size).read()
before = peak()
size = 0
with box.open(b"INBOX", large.item, large.size) as stream:
    while chunk := stream.read(65536):
        size += len(chunk)
box.close()
print(large.size, size, peak() - before)
"""


def test_an_attachment_of_50_mb_is_fetched_in_flat_memory(post: Post) -> None:
    large = letter(1)
    large.add_attachment(bytes(50_000_000), maintype="application", subtype="x", filename="x.bin")
    post.lay(mails=[letter(2), large])
    command = [sys.executable, "-c", PEAK, post.user, str(post.server.tls_port)]
    done = subprocess.run(
        [*command, str(post.server.certificates.authority), PASSWORD],
        capture_output=True,
        text=True,
        check=False,
        env=post.installation.environment,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    said, got, grown = map(int, done.stdout.split())
    assert said == got > 67_000_000
    assert grown < 16_000_000


def test_a_folder_of_10_000_messages_is_listed_in_pieces(post: Post) -> None:
    count = 10_000
    folder = maildir(post.folder) / "new"
    for number in range(count):
        text = b"Subject: %d\r\nMessage-ID: <%d@x.test>\r\n\r\nHej\r\n" % (number, number)
        (folder / f"{1_700_000_000 + number}.M{number}P1.host").write_bytes(text)
    post.server.own(folder.parent)
    box = account_at(post.server, post.user).connect(hashlib.sha256, io.BytesIO)
    events = list(box.messages(b"INBOX", b"", (), None))
    marks = [each for each in events if isinstance(each, Mark)]
    assert sum(isinstance(each, Message) for each in events) == count
    assert len(marks) == count // 500 + 1
    assert len(marks[-1].state) < 200
    post.server.forget_commands(post.user)
    again = list(box.messages(b"INBOX", marks[-1].state, (), None))
    box.close()
    assert sum(isinstance(each, Message) for each in again) == 0
    assert post.asked("FETCH") == []


def test_under_a_rotated_key_no_message_is_fetched_and_a_moved_one_is_known(post: Post) -> None:
    post.lay(mails=[cpr_mail(n) for n in range(3)])
    post.lay("A", mails=[])
    post.scan()
    old = company_seal(post.installation.setup().config.key_source)
    new = old.linked(bytes(range(32)))
    with Index(post.installation.index_path) as index:
        rekey(index.connection, old, new)
    post.installation.config.with_name("fodspor.key").write_text(as_text(new.keys))
    tools_of.cache_clear()
    path = sorted((post.folder / "Maildir" / "new").iterdir())[1]
    path.rename(post.folder / "Maildir" / ".A" / "new" / path.name)
    second = post.scan()
    assert (second.counts.moved, second.read, post.asked(BODIES)) == (1, [], [])
    tools_of.cache_clear()
