"""A Maildir that a real Dovecot delivers to, flags, moves and empties, in a scan."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import Installation
from tests.here import scan_here
from tests.letters import letter

NOBODY = 65534
SECONDS = 60
CONFIG = """
mail_location = maildir:{folder}/Maildir
log_path = {folder}/log
base_dir = {folder}/base
first_valid_uid = 1
ssl = no
namespace inbox {{
  inbox = yes
  separator = /
}}
"""
Doveadm = Callable[..., None]


@pytest.fixture
def mailbox() -> Iterator[tuple[Path, Doveadm]]:
    """A folder that is Dovecot's, and its doveadm; as root it refuses to touch mail."""
    if shutil.which("doveadm") is None:
        pytest.skip("Dovecot is not installed (dovecot-imapd)")
    folder = Path(tempfile.mkdtemp(prefix="mail"))
    config = folder / "dovecot.conf"
    config.write_text(CONFIG.format(folder=folder), "utf-8")
    account = NOBODY if os.getuid() == 0 else None
    if account is not None:
        os.chown(folder, account, account)

    def doveadm(*arguments: str, stdin: bytes = b"") -> None:
        subprocess.run(
            ["doveadm", "-c", str(config), *arguments],
            input=stdin,
            env={"USER": "nobody", "HOME": str(folder), "PATH": os.environ["PATH"]},
            cwd=folder,
            check=True,
            capture_output=True,
            timeout=SECONDS,
            user=account,
            group=account,
        )

    try:
        yield folder / "Maildir", doveadm
    finally:
        shutil.rmtree(folder)


def test_what_a_server_does_reads_nothing_again(
    installation: Installation, mailbox: tuple[Path, Doveadm]
) -> None:
    folder, doveadm = mailbox
    doveadm("mailbox", "create", "Kunder/Løn")
    for number in (1, 2, 3):
        doveadm("save", stdin=letter(number).as_bytes())
    first = scan_here(installation, folder)
    assert (len([each for each in first.read if each]), first.counts.reasons) == (3, {})
    query = "SELECT id FROM document WHERE item<>'' AND gone_run IS NULL ORDER BY id"
    before = installation.rows(query)

    doveadm("flags", "add", "\\Seen \\Flagged", "mailbox", "INBOX", "1")
    second = scan_here(installation, folder)
    assert (second.counts.gone, [each for each in second.read if each]) == (0, [])

    doveadm("move", "Kunder/Løn", "mailbox", "INBOX", "2")
    third = scan_here(installation, folder)
    assert (third.counts.moved, [each for each in third.read if each]) == (1, [])
    assert installation.rows(query) == before
    assert installation.rows(
        "SELECT mail_folder FROM document WHERE mail_folder IS NOT NULL AND item<>''"
    ) == [('["Kunder", "Løn"]',)]

    doveadm("expunge", "mailbox", "INBOX", "1")
    fourth = scan_here(installation, folder)
    assert fourth.counts.gone == 1
    assert len(installation.rows(query)) == 2
