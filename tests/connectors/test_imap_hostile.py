"""A mail server that lies, dawdles or hangs up costs bounded bytes, and is told as what it is."""

from __future__ import annotations

import hashlib
import io
import itertools
import resource
import threading
from collections.abc import Callable, Iterator

import pytest

from connectors import Unreadable
from connectors.archives import Damaged, Message
from connectors.imap import wire
from connectors.imap.account import ATTEMPTS
from connectors.imap.mailbox import MAX_BREAKS, ImapMailbox
from connectors.imap.opening import PIECE_BYTES
from tests.connectors.dovecot import Known
from tests.connectors.liar import Answer, Liar, Script, honest, lying

ENOUGH_BYTES = 200 * 1024**2
"""What all tries together may take from a server that never stops."""


def endless(start: bytes, chunk: bytes) -> Iterator[bytes]:
    yield start
    yield from itertools.repeat(chunk)


def mailbox(liar: Liar, pauses: list[float] | None = None, **changes: object) -> ImapMailbox:
    """Return a mailbox of a liar, which is closed before the liar ends."""
    waited = pauses if pauses is not None else []
    box = ImapMailbox(liar.account(**changes), hashlib.sha256, io.BytesIO, waited.append)
    liar.at_end.callback(box.close)
    return box


def instead(verb: str, answer: Callable[[], Answer]) -> Script:
    """Return an honest script but for one verb."""
    truth = honest()

    def script(asked: str, arguments: str) -> Answer:
        return answer() if asked == verb else truth(asked, arguments)

    return script


LIES: dict[str, Callable[[], Answer]] = {
    "a literal of ten gigabytes": lambda: endless(
        b"* 1 FETCH (UID 1 BODY[]<0> {10737418240}\r\n", b"x" * 65536
    ),
    "a literal that is as long as was asked, and one more": lambda: (
        b"* 1 FETCH (UID 1 BODY[]<0> {%d}\r\n" % (PIECE_BYTES + 1)
        + bytes(PIECE_BYTES + 1)
        + b")\r\n"
    ),
    "a length of a thousand digits": lambda: (
        b"* 1 FETCH (UID 1 BODY[]<0> {" + b"9" * 5000 + b"}\r\nxx)\r\n"
    ),
    "a line without an end": lambda: endless(b"* 1 FETCH (UID 1 BODY[]<0> ", b"x" * 65536),
    "lines without an end": lambda: endless(b"", b"* 1 EXISTS\r\n" * 5000),
    "no IMAP": lambda: b"HTTP/1.1 200 OK\r\n\r\n",
    "somebody else's tag": lambda: b"QQQQ1 OK fetched\r\n",
    "parentheses without an end": lambda: endless(b"* 1 FETCH ", b"(" * 65536),
    "a literal cut short": lambda: None,
    "goodbye": lambda: b"* BYE going down\r\n",
}


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_for_a_message_ends_that_message(lie: str) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with lying(instead("UID FETCH", LIES[lie])) as liar:
        box = mailbox(liar)
        with pytest.raises(Unreadable) as trouble:
            box.open(b"INBOX", "7/1", 20)
        assert trouble.value.reason in ("corrupt", "offline")
        assert not trouble.value.lost
        assert liar.count("UID FETCH") == ATTEMPTS
    assert liar.sent < ENOUGH_BYTES
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown * 1024 < ENOUGH_BYTES


@pytest.mark.parametrize("lie", LIES)
@pytest.mark.parametrize("verb", ["LIST", "EXAMINE", "UID SEARCH"])
def test_a_lie_on_the_way_there_ends_the_try(verb: str, lie: str) -> None:
    with lying(instead(verb, LIES[lie])) as liar:
        box = mailbox(liar)
        with pytest.raises(Unreadable):
            list(box.folders() if verb == "LIST" else box.messages(b"INBOX", b"", (), None))
            raise Unreadable(b"", "vanished")  # some lies pass for an empty answer
    assert liar.sent < ENOUGH_BYTES


@pytest.mark.parametrize("lie", ["a line without an end", "lines without an end", "no IMAP"])
def test_a_lie_at_the_door_is_a_server_out_of_reach(lie: str) -> None:
    pauses: list[float] = []
    with lying(instead("CAPABILITY", LIES[lie])) as liar:
        with pytest.raises(Unreadable) as trouble:
            list(mailbox(liar, pauses).folders())
        assert trouble.value.lost == "unreachable"
    assert len(pauses) == 2


def test_a_greeting_of_goodbye_is_tried_again_twice() -> None:
    greeting = b"* BYE too many connections\r\n"
    with lying(honest(), greeting) as liar, pytest.raises(Unreadable) as trouble:
        list(mailbox(liar).folders())
    assert trouble.value.lost == "unreachable"


@pytest.mark.parametrize(
    "chunk", [pytest.param(b"", id="silence"), pytest.param(b"* 1 EXISTS\r\n", id="a drip")]
)
def test_a_server_that_dawdles_is_left(chunk: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "ANSWER_SECONDS", 0.3)
    over = threading.Event()

    def dawdle() -> Iterator[bytes]:
        while not over.wait(0.05):
            yield chunk

    truth = honest()
    with lying(lambda v, a: dawdle() if v == "UID FETCH" else truth(v, a)) as liar:
        with pytest.raises(Unreadable) as trouble:
            mailbox(liar).open(b"INBOX", "7/1", 20)
        over.set()
    assert trouble.value.reason == "offline"


def test_a_message_that_never_ends_is_left_at_twice_its_size() -> None:
    truth = honest({1: b"x" * 40 * PIECE_BYTES})
    with lying(truth) as liar, pytest.raises(Unreadable) as trouble:
        mailbox(liar).open(b"INBOX", "7/1", 3 * PIECE_BYTES)
    assert trouble.value.reason == "corrupt"
    assert liar.sent < 9 * PIECE_BYTES


@pytest.mark.parametrize("said", [0, 1, 5000, 2_000_000])
def test_a_size_that_is_wrong_loses_nothing(said: int) -> None:
    text = b"Subject: x\r\n\r\n" + b"y" * 1000
    with lying(honest({1: text})) as liar:
        box = mailbox(liar)
        assert box.open(b"INBOX", "7/1", said).read() == text


def test_a_line_that_breaks_in_a_message_goes_on_where_it_broke() -> None:
    text = bytes(n % 251 for n in range(3 * PIECE_BYTES + 10))
    truth, asked = honest({1: text}), []

    def script(verb: str, arguments: str) -> Answer:
        if verb == "UID FETCH":
            asked.append(arguments)
            if len(asked) in (2, 4):
                return None
        return truth(verb, arguments)

    with lying(script) as liar:
        box = mailbox(liar)
        assert box.open(b"INBOX", "7/1", len(text)).read() == text
    offsets = [int(each.partition("<")[2].partition(".")[0]) // PIECE_BYTES for each in asked]
    assert offsets == [0, 1, 1, 2, 2, 3]
    assert liar.count("AUTHENTICATE") == 3


def test_growing_pauses_between_tries_to_come_back() -> None:
    pauses: list[float] = []
    with lying(honest()) as liar:
        box = mailbox(liar, pauses)
        box.open(b"INBOX", "7/1", 20)
        liar.greeting = b"* BYE restarting\r\n"
        box._break()
        with pytest.raises(Unreadable) as trouble:
            box.open(b"INBOX", "7/1", 20)
    assert trouble.value.lost == "unreachable"
    assert pauses == sorted(pauses)
    assert len(pauses) == 6
    assert sum(pauses) < 60


def test_one_refused_login_is_the_only_one() -> None:
    with lying(instead("AUTHENTICATE", lambda: b"NO [AUTHENTICATIONFAILED] no")) as liar:
        box = mailbox(liar, secret=Known("forkert"))
        for item in ("7/1", "7/2", "7/3"):
            with pytest.raises(Unreadable) as trouble:
                box.open(b"INBOX", item, 10)
            assert trouble.value.lost == "login"
    assert liar.count("AUTHENTICATE") + liar.count("LOGIN") == 1


@pytest.mark.parametrize(
    ("script", "greeting"),
    [
        pytest.param(honest(), b"* OK ready\r\n", id="not offered"),
        pytest.param(honest(), b"* PREAUTH you are in\r\n", id="logged in before it"),
        pytest.param(
            instead("CAPABILITY", lambda: b"* CAPABILITY IMAP4rev1 STARTTLS\r\n"),
            b"* OK ready\r\n",
            id="offered, and not given",
        ),
        pytest.param(
            lambda v, a: (
                b"* CAPABILITY IMAP4rev1 STARTTLS\r\n" if v == "CAPABILITY" else b"NO not today"
            ),
            b"* OK ready\r\n",
            id="refused",
        ),
    ],
)
def test_no_password_goes_out_without_tls_where_it_was_asked(
    script: Script, greeting: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "CONNECT_SECONDS", 0.5)
    with lying(script, greeting) as liar:
        with pytest.raises(Unreadable) as trouble:
            list(mailbox(liar, security="starttls").folders())
        assert trouble.value.lost in ("tls", "unreachable")
    assert liar.count("AUTHENTICATE") + liar.count("LOGIN") == 0


def test_a_server_that_forbids_a_login_gets_none() -> None:
    told = b"* CAPABILITY IMAP4rev1 LOGINDISABLED\r\n"
    with lying(instead("CAPABILITY", lambda: told)) as liar, pytest.raises(Unreadable):
        list(mailbox(liar).folders())
    assert liar.count("LOGIN") == 0


def test_a_server_of_old_is_read_by_its_plainest_commands() -> None:
    script = instead("CAPABILITY", lambda: b"* CAPABILITY IMAP4\r\n")
    with lying(script) as liar:
        box = mailbox(liar, secret=Known("ord"))
        (folder,) = box.folders()
        (message,) = (e for e in box.messages(folder.key, b"", (), None) if isinstance(e, Message))
        assert box.open(folder.key, message.item, message.size).read()
    verbs = {each.split()[0] for each in liar.said}
    assert verbs == {"CAPABILITY", "LOGIN", "LIST", "STATUS", "EXAMINE", "UID", "LOGOUT"}


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(b'{22}\r\nx\r\nA1 DELETE "INBOX"\r\n', id="a command in its name"),
        pytest.param(b'"x\x00y"', id="a zero"),
        pytest.param(b'"&AAoADQ-"', id="a line end in UTF-7"),
        pytest.param(b'"&////"', id="no UTF-7"),
        pytest.param("Løn".encode(), id="UTF-8"),
        pytest.param(b'"\xff\xfe"', id="no text"),
        pytest.param(b'"a\\"b\\\\c"', id="quotes"),
        pytest.param(b'"' + b"x" * 100_000 + b'"', id="long"),
        pytest.param(b'"/"', id="a separator alone"),
        pytest.param(b'""', id="nothing"),
        pytest.param(b"NIL", id="NIL"),
    ],
)
def test_a_folder_of_any_name_is_listed_or_passed_by(name: bytes) -> None:
    listing = b'* LIST () "/" INBOX\r\n* LIST () "/" ' + name + b"\r\n"
    with lying(instead("LIST", lambda: listing)) as liar:
        box = mailbox(liar)
        found = {each.names: each for each in box.folders()}
        for each in found.values():
            try:
                list(box.messages(each.key, b"", (), None))
            except Unreadable as trouble:
                assert trouble.reason == "unsupported"
    assert ("INBOX",) in found
    assert not any("DELETE" in each.split()[0] for each in liar.said if each)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"* ESEARCH (TAG x) UID ALL 1:4294967295\r\n", id="four billion"),
        pytest.param(b"* ESEARCH (TAG x) UID ALL 0:9\r\n", id="from nought"),
        pytest.param(b"* ESEARCH (TAG x) UID ALL 1:99999999999999999999\r\n", id="beyond"),
        pytest.param(b"* ESEARCH (TAG x) UID ALL hello\r\n", id="no numbers"),
    ],
)
def test_numbers_that_cannot_be_are_not_believed(answer: bytes) -> None:
    with lying(instead("UID SEARCH", lambda: answer)) as liar:
        box = mailbox(liar)
        with pytest.raises(Unreadable) as trouble:
            list(box.messages(b"INBOX", b"", (), None))
    assert trouble.value.reason in ("limit", "corrupt")
    assert liar.count("UID FETCH") == 0


def test_a_message_the_server_fails_at_costs_none_of_its_neighbours() -> None:
    held = {uid: b"Subject: %d\r\n\r\n" % uid for uid in range(1, 41)}
    truth = honest(held)

    def script(verb: str, arguments: str) -> Answer:
        first, _, last = arguments.partition(" ")[0].partition(":")
        if verb == "UID FETCH" and int(first) <= 23 <= int(last or first):
            return b"NO [SERVERBUG] cannot"
        return truth(verb, arguments)

    with lying(script) as liar:
        box = mailbox(liar)
        events = list(box.messages(b"INBOX", b"", (), None))
    assert sum(isinstance(each, Message) for each in events) == 39
    assert [each.reason for each in events if isinstance(each, Damaged)] == ["corrupt"]


def test_a_server_that_breaks_again_and_again_is_given_up() -> None:
    held = {uid: b"Subject: %d\r\n\r\n" % uid for uid in range(1, 1000)}
    truth = honest(held)
    script: Script = lambda v, a: None if v == "UID FETCH" else truth(v, a)  # noqa: E731
    with lying(script) as liar, pytest.raises(Unreadable) as trouble:
        list(mailbox(liar).messages(b"INBOX", b"", (), None))
    assert trouble.value.lost == "unreachable"
    assert liar.count("AUTHENTICATE") <= MAX_BREAKS + 1


def test_what_was_not_asked_for_is_passed_by() -> None:
    told = b"* 9 FETCH (UID 99 RFC822.SIZE 5)\r\n* 1 FETCH (FLAGS (\\Seen))\r\n"
    told += b"* 1 FETCH (UID 1 RFC822.SIZE 5 INTERNALDATE NIL BODY[HEADER] NIL)\r\n"
    with lying(instead("UID FETCH", lambda: told)) as liar:
        box = mailbox(liar)
        events = list(box.messages(b"INBOX", b"", (), None))
    assert [each.item for each in events if isinstance(each, Message)] == ["7/1"]


def test_a_message_that_is_not_told_is_not_passed_by() -> None:
    held = {uid: b"Subject: %d\r\n\r\n" % uid for uid in (1, 2, 3)}
    truth, lost = honest(held), honest({uid: held[uid] for uid in (1, 3)})
    script: Script = lambda v, a: (lost if v == "UID FETCH" else truth)(v, a)  # noqa: E731
    with lying(script) as liar:
        events = list(mailbox(liar).messages(b"INBOX", b"", (), None))
    assert [each.item for each in events if isinstance(each, Message)] == ["7/1", "7/3"]
    assert [each.reason for each in events if isinstance(each, Damaged)] == ["vanished"]


def test_a_message_of_which_nothing_comes_is_no_empty_one() -> None:
    nothing = b"* 1 FETCH (UID 1 BODY[]<0> NIL)\r\n"
    with lying(instead("UID FETCH", lambda: nothing)) as liar, pytest.raises(Unreadable) as trouble:
        mailbox(liar).open(b"INBOX", "7/1", 1000)
    assert trouble.value.reason == "corrupt"
