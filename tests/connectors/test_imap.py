"""Mailboxes on a real IMAP server: what is met, what is opened, and that nothing is changed."""

from __future__ import annotations

import hashlib
import io
import itertools
import pickle
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from connectors import Document, Excluded, Unreadable
from connectors.archives import Kept, Mark, Message
from connectors.excludes import Excludes
from connectors.imap.mailbox import ImapMailbox
from connectors.imap.wire import VERBS
from connectors.owners import OwnerRules
from scanner.config import PlaceTable
from scanner.mail_account import account_of
from tests.connectors.contract import ConnectorContract, content, documents
from tests.connectors.dovecot import (
    PASSWORD,
    Dovecot,
    Known,
    account_at,
    connector_at,
    deliver,
    maildir,
    missing,
    running,
    token,
)


@pytest.fixture
def user(dovecot: Dovecot) -> str:
    """A user with an empty mailbox."""
    return dovecot.new_user()


def filled(server: Dovecot, user: str, *names: str, count: int = 1, first: int = 0) -> None:
    letters = [letter(number) for number in range(first, first + count)]
    deliver(maildir(server.home(user), *names), *letters, first=first)
    server.own(server.home(user))


def letter(number: int, text: str = "Hej", more: str = "") -> bytes:
    head = (
        f"From: bo@firma.example\r\nTo: ida@kunde.example\r\nMessage-ID: <{number}@x.example>\r\n"
    )
    return f"{head}{more}Subject: Sag {number}\r\n\r\n{text}\r\n".encode()


class MailWorld:
    """An INBOX: each document of the contract is a message."""

    def __init__(self, server: Dovecot, user: str) -> None:
        self._server = server
        self._folder = maildir(server.home(user))
        self._numbers = itertools.count()
        self._held: dict[str, str] = {}
        self.connector = connector_at(server, user)

    def put(self, name: str, content: bytes) -> None:
        if name in self._held:
            self.remove(name)
        self._held[name] = f"{1_700_000_000 + next(self._numbers)}.M1P{len(name)}.{name}"
        text = b"Subject: " + name.encode() + b"\n\n" + content
        (self._folder / "new" / self._held[name]).write_bytes(text)
        self._server.own(self._folder)

    def remove(self, name: str) -> None:
        unique = self._held.pop(name)
        for path in self._folder.rglob(f"{unique}*"):
            path.unlink()

    def lose(self) -> None:
        self._server.stop()


class TestContract(ConnectorContract):
    @pytest.fixture
    def world(self, dovecot: Dovecot, user: str) -> Iterator[MailWorld]:
        yield MailWorld(dovecot, user)
        if not dovecot.is_running:
            dovecot.start()


def test_folders_are_met_by_the_names_people_gave_them(dovecot: Dovecot, user: str) -> None:
    for names in (("Løn & pension", "2024"), ("Åse",), ("日本",), ("a%b",)):
        filled(dovecot, user, *names)
    met = list(connector_at(dovecot, user).walk())
    assert {each.folder for each in met if isinstance(each, Document)} == {
        ("INBOX",),
        ("Løn & pension", "2024"),
        ("Åse",),
        ("日本",),
        ("a%b",),
    }
    paths = [each.path.rpartition(user.encode())[2] for each in met if isinstance(each, Document)]
    assert "/Løn & pension/2024".encode() in [path.replace(b"\\", b"/") for path in paths]
    assert len(paths) == len(set(paths)) == 5
    assert len(documents(connector_at(dovecot, user))) == 4


def test_a_folder_that_holds_no_messages_is_none(dovecot: Dovecot, user: str) -> None:
    filled(dovecot, user, "Kunder", "2024")  # no folder "Kunder": \Noselect
    met = [each for each in connector_at(dovecot, user).walk() if isinstance(each, Document)]
    assert [each.folder for each in met] == [("INBOX",), ("Kunder", "2024")]


def test_an_mbox_server_is_read_as_well(dovecot: Dovecot) -> None:
    name = dovecot.new_user(mbox=True)
    place = dovecot.home(name)
    for path, number in ((place / "inbox", 1), (place / "mbox" / "Kunder", 2)):
        text = letter(number).replace(b"\r\n", b"\n")
        path.write_bytes(b"From bo@firma.example Mon Mar  2 10:00:00 2026\n" + text + b"\n")
    dovecot.own(place)
    held = [content(each) for each in documents(connector_at(dovecot, name))]
    assert sorted(re.findall(rb"Subject: Sag \d", each)[0] for each in held) == [
        b"Subject: Sag 1",
        b"Subject: Sag 2",
    ]


def test_what_is_private_is_counted_and_not_opened(dovecot: Dovecot, user: str) -> None:
    filled(dovecot, user, "Privat", "Ferie", count=2)
    secret = [letter(n, more="Sensitivity: Private\r\n") for n in (10, 11)]
    deliver(maildir(dovecot.home(user)), *secret, letter(12))
    dovecot.own(dovecot.home(user))
    connector = connector_at(dovecot, user)
    left_out = [each for each in connector.walk() if isinstance(each, Excluded)]
    assert [(each.rule, each.count) for each in left_out] == [("private", 2)]
    assert left_out[0].size > 0
    mailbox = connector.account.connect(hashlib.sha256, io.BytesIO)
    events = list(mailbox.messages(b"INBOX", b"", (), None))
    mailbox.close()
    assert sum(each.count for each in events if isinstance(each, Excluded)) == 2
    assert sum(isinstance(each, Message) for each in events) == 1
    assert not any("Privat" in each and "STATUS" not in each for each in dovecot.commands(user))


def test_messages_above_the_limit_are_left_out_and_counted_again(
    dovecot: Dovecot, user: str
) -> None:
    deliver(maildir(dovecot.home(user)), letter(1), letter(2, "x" * 5000))
    dovecot.own(dovecot.home(user))
    mailbox = account_at(dovecot, user).connect(hashlib.sha256, io.BytesIO)
    first = list(mailbox.messages(b"INBOX", b"", (), 2000))
    again = list(mailbox.messages(b"INBOX", state_of(first), (), 2000))
    wider = list(mailbox.messages(b"INBOX", state_of(first), (), None))
    mailbox.close()
    assert [(e.rule, e.count) for e in first if isinstance(e, Excluded)] == [("size", 1)]
    assert [(e.rule, e.count) for e in again if isinstance(e, Excluded)] == [("size", 1)]
    assert sum(isinstance(each, Message) for each in again) == 0
    assert sum(isinstance(each, Message) for each in wider) == 2


def laid(server: Dovecot, user: str) -> list[Path]:
    """Return the files of all messages of a user, oldest first."""
    found = [*server.home(user).rglob("new/*"), *server.home(user).rglob("cur/*")]
    return sorted(found, key=lambda path: path.name)


def state_of(events: Sequence[object]) -> bytes:
    return [each.state for each in events if isinstance(each, Mark)][-1]


def test_a_second_listing_asks_for_the_new_ones_alone(dovecot: Dovecot, user: str) -> None:
    filled(dovecot, user, count=30)
    mailbox = account_at(dovecot, user).connect(hashlib.sha256, io.BytesIO)
    first = list(mailbox.messages(b"INBOX", b"", (), None))
    filled(dovecot, user, count=3, first=100)
    laid(dovecot, user)[0].unlink()
    dovecot.forget_commands(user)
    second = list(mailbox.messages(b"INBOX", state_of(first), (), None))
    mailbox.close()
    assert sum(isinstance(each, Message) for each in first) == 30
    items = [each.item.partition("/")[2] for each in second if isinstance(each, Message)]
    assert items == ["31", "32", "33"]
    (kept,) = [each for each in second if isinstance(each, Kept)]
    assert [each.partition("/")[2] for each in kept.gone] == ["1"]


def test_what_is_asked_again_is_listed_again(dovecot: Dovecot, user: str) -> None:
    filled(dovecot, user, count=5)
    mailbox = account_at(dovecot, user).connect(hashlib.sha256, io.BytesIO)
    first = list(mailbox.messages(b"INBOX", b"", (), None))
    third = [each.item for each in first if isinstance(each, Message)][2]
    again = list(mailbox.messages(b"INBOX", state_of(first), (third, "1/1", "x"), None))
    mailbox.close()
    assert [each.item for each in again if isinstance(each, Message)] == [third]


def test_another_uidvalidity_lists_all_and_keeps_nothing(dovecot: Dovecot, user: str) -> None:
    filled(dovecot, user, count=3)
    mailbox = account_at(dovecot, user).connect(hashlib.sha256, io.BytesIO)
    first = list(mailbox.messages(b"INBOX", b"", (), None))
    mailbox.close()
    renumber(dovecot, user)
    second = list(mailbox.messages(b"INBOX", state_of(first), (), None))
    mailbox.close()
    assert not any(isinstance(each, Kept) for each in second)
    old = {each.item: each.identity for each in first if isinstance(each, Message)}
    new = {each.item: each.identity for each in second if isinstance(each, Message)}
    assert not old.keys() & new.keys()
    assert sorted(old.values()) == sorted(new.values())
    assert len(set(new.values())) == 3


def renumber(server: Dovecot, user: str) -> None:
    """Have the server number a user's INBOX anew: its UIDVALIDITY changes."""
    for path in (server.home(user) / "Maildir").glob("dovecot*"):
        path.unlink()
    (server.home(user) / "Maildir" / "dovecot-uidlist").write_text(f"3 V4711 N1 G{'0a' * 16}\n")
    server.own(server.home(user))


def test_no_command_that_changes_anything_is_sent(dovecot: Dovecot, user: str) -> None:
    filled(dovecot, user, count=4)
    filled(dovecot, user, "Løn", count=2, first=50)
    deliver(maildir(dovecot.home(user)), letter(9, "y" * 3_000_000), first=90)
    dovecot.own(dovecot.home(user))
    for document in documents(connector_at(dovecot, user)):
        content(document)
    sent = [each for each in dovecot.commands(user) if each]
    assert sent
    verbs = {" ".join(each.split()[: 2 if each.startswith("UID ") else 1]) for each in sent}
    assert verbs == {
        "CAPABILITY",
        "NAMESPACE",
        "LIST",
        "EXAMINE",
        "UID SEARCH",
        "UID FETCH",
        "LOGOUT",
    }
    assert all("BODY.PEEK[" in each for each in sent if each.startswith("UID FETCH"))
    assert not any(re.search(r"BODY\[|RFC822(?!\.SIZE)", each) for each in sent)
    assert len(laid(dovecot, user)) == 7
    assert all(path.parent.name == "new" for path in laid(dovecot, user))  # not even seen


@pytest.mark.parametrize(
    "verb",
    [
        "SELECT",
        "STORE",
        "UID STORE",
        "APPEND",
        "EXPUNGE",
        "UID EXPUNGE",
        "COPY",
        "UID MOVE",
        "CREATE",
        "DELETE",
        "RENAME",
        "SUBSCRIBE",
        "CLOSE",
        "SETACL",
    ],
)
def test_a_command_that_changes_something_cannot_be_sent(
    dovecot: Dovecot, user: str, verb: str
) -> None:
    wire = account_at(dovecot, user).logged_in()
    with pytest.raises(ValueError, match="not for a reader"):
        wire.ask(verb)
    wire.leave()
    assert verb not in VERBS


@pytest.mark.parametrize("size", [0, 1, 999_999, 1024 * 1024, 1024 * 1024 + 1, 2 * 1024 * 1024])
def test_pieces_make_the_whole(dovecot: Dovecot, user: str, size: int) -> None:
    text = letter(1).removesuffix(b"\r\n") + bytes(32 + n % 90 for n in range(size)) + b"\r\n"
    deliver(maildir(dovecot.home(user)), text)
    dovecot.own(dovecot.home(user))
    (document,) = documents(connector_at(dovecot, user))
    assert document.size == len(text)
    assert content(document) == text


def test_small_messages_travel_together(dovecot: Dovecot, user: str) -> None:
    filled(dovecot, user, count=20)
    met = documents(connector_at(dovecot, user))
    mailbox = account_at(dovecot, user).connect(hashlib.sha256, io.BytesIO)
    dovecot.forget_commands(user)
    mailbox.expect([(each.locator, each.item, each.size) for each in met])
    held = [mailbox.open(each.locator, each.item, each.size).read() for each in met]
    mailbox.close()
    assert held == [letter(number) for number in range(20)]
    assert sum("UID FETCH" in each for each in dovecot.commands(user)) == 1


def test_one_that_vanished_is_told_among_those_that_travel(dovecot: Dovecot, user: str) -> None:
    filled(dovecot, user, count=3)
    met = documents(connector_at(dovecot, user))
    laid(dovecot, user)[1].unlink()
    mailbox = account_at(dovecot, user).connect(hashlib.sha256, io.BytesIO)
    mailbox.expect([(each.locator, each.item, each.size) for each in met])
    told = []
    for each in met:
        try:
            told.append(mailbox.open(each.locator, each.item, each.size).read()[:5].decode())
        except Unreadable as trouble:
            told.append(trouble.reason)
    mailbox.close()
    assert told == ["From:", "vanished", "From:"]


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param(lambda s: {}, id="TLS and a password"),
        pytest.param(lambda s: {"security": "starttls", "port": s.port}, id="STARTTLS"),
        pytest.param(lambda s: {"security": "none", "port": s.port}, id="plain, to this machine"),
        pytest.param(lambda s: {"host": "127.0.0.1"}, id="an address for a name"),
    ],
)
def test_ways_to_connect(
    dovecot: Dovecot, user: str, changes: Callable[[Dovecot], dict[str, object]]
) -> None:
    account = account_at(dovecot, user, **changes(dovecot))
    account.logged_in().leave()


@pytest.mark.parametrize("offered", ["AUTH=OAUTHBEARER", "AUTH=XOAUTH2"])
def test_a_token_logs_in(
    dovecot: Dovecot, user: str, offered: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = account_at(dovecot, user, secret=Known(token(user)), oauth=True)
    wire = account._reached()
    wire.offers = frozenset({offered})
    account._log_in(wire)
    assert wire.state == "AUTH"
    wire.leave()
    assert re.search(rf"Login: user=<{user}>, method={offered[5:]}", dovecot.log)


@pytest.mark.parametrize(
    ("changes", "why", "reason"),
    [
        pytest.param({"secret": Known("forkert")}, "login", "no_access", id="wrong password"),
        pytest.param({"secret": Known("x\r\ny")}, "login", "no_access", id="no password at all"),
        pytest.param({"user": "x"}, "login", "no_access", id="no such user"),
        pytest.param(
            {"secret": Known("ey.no.token"), "oauth": True}, "login", "no_access", id="bad token"
        ),
        pytest.param({"ca_file": ""}, "certificate", "no_access", id="authority not believed"),
        pytest.param({"ca_file": "nowhere.pem"}, "authority", "no_access", id="no such file"),
        pytest.param({"host": "127.0.0.2"}, "unreachable", "offline", id="nobody answers"),
        pytest.param({"host": "no.such.invalid"}, "unreachable", "offline", id="no such host"),
    ],
)
def test_a_mailbox_out_of_reach_says_why(
    dovecot: Dovecot, user: str, changes: dict[str, object], why: str, reason: str
) -> None:
    account = account_at(dovecot, user, **changes)
    pauses: list[float] = []
    mailbox = ImapMailbox(account, hashlib.sha256, io.BytesIO, pauses.append)
    for _ in range(3):
        with pytest.raises(Unreadable) as trouble:
            list(mailbox.folders())
        assert (trouble.value.lost, trouble.value.reason) == (why, reason)
        assert trouble.value.folder
    assert len(pauses) == (2 if why == "unreachable" else 0)


def test_a_server_that_offers_no_tls_gets_no_password(dovecot: Dovecot, user: str) -> None:
    account = account_at(dovecot, user, port=dovecot.port)  # speaks plain there
    with pytest.raises(Unreadable) as trouble:
        account.logged_in()
    assert trouble.value.lost == "tls"
    assert user not in "".join(dovecot.log.splitlines()[-1:])


def place_at(server: Dovecot, user: str, variable: str) -> PlaceTable:
    """Return a mailbox as it is configured."""
    imap = {"password": {"env": variable}, "ca_file": str(server.certificates.authority)}
    path = f"imap://{user}@localhost:{server.tls_port}"
    return PlaceTable.model_validate({"name": "post", "path": path, "imap": imap})


def test_an_account_pickles_without_its_secret(
    dovecot: Dovecot, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = account_of(place_at(dovecot, user, "FODSPOR_TEST_SECRET"))
    monkeypatch.setenv("FODSPOR_TEST_SECRET", PASSWORD)
    sent = pickle.dumps(connector_at(dovecot, user, account=account))
    assert PASSWORD.encode() not in sent
    pickle.loads(sent).account.logged_in().leave()
    assert user not in repr(account)


def test_other_peoples_folders_are_counted_or_read() -> None:
    more = """
namespace shared {{
  type = public
  separator = .
  prefix = Fælles.
  location = maildir:{dir}/mail/public
  list = yes
  subscriptions = no
}}
namespace others {{
  type = shared
  separator = .
  prefix = Andre.%%n.
  location = maildir:{dir}/mail/%%n/Maildir
  list = children
  subscriptions = no
}}
"""
    if reason := missing():
        pytest.skip(reason)
    with running(more=more) as server:
        anna = server.new_user()
        deliver(maildir(server.home(anna)), letter(1))
        public = server.folder / "mail" / "public"
        deliver(maildir(public.parent / "p"), b"")
        (public.parent / "p" / "Maildir").rename(public)
        inner = public / ".Salg"
        for part in ("cur", "new", "tmp"):
            (inner / part).mkdir(parents=True)
        deliver(inner, letter(2), letter(3))
        server.own(server.folder / "mail")
        alone = list(connector_at(server, anna).walk())
        account = account_at(server, anna, shared=True)
        both = list(connector_at(server, anna, account=account).walk())
    assert sum(e.count for e in alone if isinstance(e, Excluded) and e.rule == "shared") == 3
    read = {e.folder: e.owner for e in both if isinstance(e, Document)}
    assert read == {("INBOX",): anna, ("Fælles",): None, ("Fælles", "Salg"): None}


def test_rules_and_owners_hold_in_a_mailbox(dovecot: Dovecot, user: str) -> None:
    for names in (("Kunder", "2019"), ("Kunder", "2024"), ("Spam",)):
        filled(dovecot, user, *names)
    connector = connector_at(
        dovecot,
        user,
        excludes=Excludes(("Kunder/2019", "Spam/"), defaults=False),
        owners=OwnerRules((("Kunder/**", "salg"),), account=False),
    )
    met = list(connector.walk())
    assert {e.folder: e.owner for e in met if isinstance(e, Document)} == {
        ("INBOX",): user,
        ("Kunder", "2024"): "salg",
    }
    assert sorted(e.rule for e in met if isinstance(e, Excluded)) == [
        "exclude:Kunder/2019",
        "exclude:Spam/",
    ]


def test_a_place_can_be_a_folder_and_leave_out_another(dovecot: Dovecot, user: str) -> None:
    for names in (("Kunder", "A"), ("Kunder", "B"), ("Andet",)):
        filled(dovecot, user, *names)
    whole = connector_at(dovecot, user)
    kunder = whole.top + b"/Kunder" if b"/" in whole.top else whole.top + b"\\Kunder"
    part = connector_at(dovecot, user, root=kunder)
    rest = connector_at(dovecot, user, places=(kunder,))
    assert [e.folder for e in part.walk() if isinstance(e, Document)] == [
        ("Kunder", "A"),
        ("Kunder", "B"),
    ]
    met = list(rest.walk())
    assert [e.folder for e in met if isinstance(e, Document)] == [("Andet",), ("INBOX",)]
    assert sum(e.count for e in met if isinstance(e, Excluded) and e.rule == "place") == 2


def test_a_folder_that_vanished_is_told_and_the_next_is_listed(dovecot: Dovecot, user: str) -> None:
    filled(dovecot, user, count=2)
    mailbox = account_at(dovecot, user).connect(hashlib.sha256, io.BytesIO)
    with pytest.raises(Unreadable) as trouble:
        list(mailbox.messages(b"Borte", b"", (), None))
    assert trouble.value.reason in ("vanished", "offline")  # Dovecot 2.3 gives no code
    assert not trouble.value.lost
    assert sum(isinstance(e, Message) for e in mailbox.messages(b"INBOX", b"", (), None)) == 2
    mailbox.close()


def test_connections_beyond_what_the_server_takes_are_told() -> None:
    if reason := missing():
        pytest.skip(reason)
    with running(connections=1) as server:
        anna = server.new_user()
        first = account_at(server, anna).logged_in()
        with pytest.raises(Unreadable) as trouble:
            account_at(server, anna).logged_in()
        first.leave()
    assert (trouble.value.lost, trouble.value.reason) == ("busy", "offline")
