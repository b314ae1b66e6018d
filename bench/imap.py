"""Measure a mailbox on a server: against Python's imaplib and an expression, and from run to run.

The server is a real Dovecot on loopback (needs root and dovecot-imapd). The other fetches every
message with `imaplib`, fifty at a time, and looks through its bodies with one expression, as
`bench.mailboxes` does. Both wait for the server, so seconds of the clock are told beside those of
the processor. Then scans in workers: what the server sent, and memory, for the first run, one of
nothing new, one behind ten new messages, and one behind a message with a large attachment.
"""

from __future__ import annotations

import argparse
import email
import imaplib
import ssl
import sys
import tempfile
import time
from pathlib import Path

from bench.mailboxes import CPR, Place, letters, ours
from tests.connectors.dovecot import PASSWORD, Dovecot, deliver, maildir, missing, running

MESSAGES = 2_000
AT_ONCE = 50
LARGE_BYTES = 36_000_000
"""Of the attachment; some 50 MB on the wire."""


def other(server: Dovecot, user: str) -> tuple[int, float]:
    """Return messages fetched and looked through, and seconds of the processor."""
    trusted = ssl.create_default_context(cafile=str(server.certificates.authority))
    began = time.process_time()
    count = 0
    with imaplib.IMAP4_SSL("localhost", server.tls_port, ssl_context=trusted) as line:
        line.authenticate("PLAIN", lambda _: f"\0{user}\0{PASSWORD}".encode())
        _, (held,) = line.select("INBOX", readonly=True)
        total = int(held or b"0")
        for first in range(1, total + 1, AT_ONCE):
            _, told = line.fetch(f"{first}:{min(total, first + AT_ONCE - 1)}", "(UID BODY.PEEK[])")
            for each in told:
                if not isinstance(each, tuple):
                    continue
                count += 1
                for part in email.message_from_bytes(each[1]).walk():
                    payload = None if part.is_multipart() else part.get_payload(decode=True)
                    if isinstance(payload, bytes):
                        CPR.findall(payload.decode("utf-8", "replace"))
    return count, time.process_time() - began


def placed(folder: Path, server: Dovecot, user: str) -> Place:
    """Return an installation with one place `post`, the mailbox of a user."""
    place = Place(folder)
    home = folder / "home"
    (home / "login").write_text(PASSWORD + "\n", "utf-8")
    (home / "login").chmod(0o600)
    with (home / "fodspor.toml").open("a", encoding="utf-8") as file:
        file.write(
            f'\n[[place]]\nname = "post"\npath = "imap://{user}@localhost:{server.tls_port}"\n'
            f'[place.imap]\npassword = {{file = "login"}}\n'
            f'ca_file = "{server.certificates.authority}"\n'
        )
    return place


def sent_bytes(log: Path) -> int:
    """Return the bytes of a session that the server sent: its log has a time before each line."""
    with log.open("rb") as lines:
        return sum(len(line) - line.index(b" ") - 1 for line in lines if b" " in line)


def ratio(folder: Path, server: Dovecot, user: str, messages: int) -> None:
    """Print what a scan in one process takes beside imaplib and an expression."""
    place = placed(folder, server, user)
    began = time.monotonic()
    count, theirs = other(server, user)
    their_clock = time.monotonic() - began
    began = time.monotonic()
    met, seconds = ours(place, "post")
    clock = time.monotonic() - began
    assert count == messages
    assert met > messages  # and its folders
    print(f"{messages} messages     processor s   clock s")
    print(f"imaplib           {theirs:10.2f} {their_clock:9.2f}")
    print(f"scan              {seconds:10.2f} {clock:9.2f}")
    print(f"ratio             {seconds / theirs:10.1f} {clock / their_clock:9.1f}")


def runs(folder: Path, server: Dovecot, user: str, messages: int) -> None:
    """Print what the runs from the first on take, and what the server sent for them."""
    place = placed(folder, server, user)
    box = maildir(server.home(user))

    def append() -> None:
        deliver(box, *letters(messages, 10), first=messages)
        server.own(box)

    def large() -> None:
        deliver(box, *letters(messages + 10, 1, LARGE_BYTES), first=messages + 10)
        server.own(box)

    steps = (("first", None), ("nothing new", None), ("ten new", append), ("50 MB", large))
    for name, change in steps:
        if change is not None:
            change()
        server.forget_commands(user)
        told = place.scan(1, "post")
        sent = sum(map(sent_bytes, (server.folder / "raw" / user).glob("*.out")))
        asked = len(server.commands(user))
        del told["read MB"]  # of the disk: a mailbox is read from the line
        line = "  ".join(f"{key} {value}" for key, value in told.items())
        print(f"{name:12} {line}  sent MB {sent / 1e6:.2f}  commands {asked}")


def main() -> None:
    """Print the ratio, then the runs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=MESSAGES)
    given = parser.parse_args()
    if why := missing():
        sys.exit(why)
    with tempfile.TemporaryDirectory() as folder, running() as server:
        user = server.new_user(domain="@firma.dk")
        box = maildir(server.home(user))
        deliver(box, *letters(0, given.messages))
        server.own(box)
        ratio(Path(folder) / "ratio", server, user, given.messages)
        runs(Path(folder) / "runs", server, user, given.messages)


if __name__ == "__main__":
    main()
