"""Real PST files of other projects, and other programs' readings of any PST file."""

from __future__ import annotations

import email
import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from email.header import decode_header, make_header
from email.message import Message as Mail
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest

from connectors.archives import Message
from connectors.pst import PstArchive

SAMPLES = Path(os.environ.get("FODSPOR_SAMPLES", "")) / "outlook"
SECONDS = 120


def outlook_file() -> Path | None:
    """Return a sample PST with mails in it, or None where there are no sample files."""
    path = SAMPLES / "testPST.pst"
    return path if path.is_file() else None


def sample(name: str) -> Path:
    """Return a sample file, or skip the test and say why."""
    if not (SAMPLES / name).is_file():
        pytest.skip(f"no outlook/{name}: FODSPOR_SAMPLES names no folder with the sample files")
    return SAMPLES / name


@dataclass(frozen=True)
class Letter:
    """What two readers of one message must agree on."""

    subject: str
    sent: str
    sender: str
    bodies: tuple[str, ...]
    attachments: tuple[tuple[str, int, str], ...]  # name, bytes, SHA-256


def messages(path: Path) -> list[Message]:
    with path.open("rb") as stream:
        return [each for each in PstArchive(stream).messages() if isinstance(each, Message)]


def raw(path: Path) -> list[bytes]:
    """Return every item of a PST as MIME, in the order of the listing."""
    with path.open("rb") as stream:
        archive = PstArchive(stream)
        listed = [each for each in archive.messages() if isinstance(each, Message)]
        found = []
        for each in listed:
            with archive.open(each.locator) as opened:
                found.append(opened.read())
        return found


def letter(data: bytes) -> Letter:
    """Return what matters of a message, nested messages told by their own letters."""
    mail = email.message_from_bytes(data)
    bodies, attachments = [], []
    for part in leaves(mail):
        kind, name = part.get_content_type(), part.get_filename() or ""
        if kind == "message/rfc822":
            inner = part.get_payload()
            assert isinstance(inner, list)
            nested = inner[0]
            assert isinstance(nested, Mail)
            told = letter(nested.as_bytes())
            digest = hashlib.sha256(repr((told.bodies, told.attachments)).encode()).hexdigest()
            attachments.append((f"message: {told.subject}", len(told.attachments), digest))
            continue
        payload = part.get_payload(decode=True)
        assert isinstance(payload, bytes)
        if kind in ("text/plain", "text/html") and not name:
            charset = str(part.get_content_charset() or "utf-8")
            bodies.append(_spaced(payload.decode(charset, "replace")))
        else:
            attachments.append((name, len(payload), hashlib.sha256(payload).hexdigest()))
    return Letter(
        header(mail, "Subject"),
        _moment(mail),
        header(mail, "From"),
        tuple(filter(None, bodies)),
        tuple(sorted(attachments)),
    )


def leaves(mail: Mail) -> Iterator[Mail]:
    yield from _walked(mail) if mail.is_multipart() else (mail,)


def _walked(mail: Mail) -> Iterator[Mail]:
    inner = mail.get_payload()
    for part in inner if isinstance(inner, list) else ():
        assert isinstance(part, Mail)
        if part.get_content_type().startswith("multipart/"):
            yield from _walked(part)
        else:
            yield part


def header(mail: Mail, name: str) -> str:
    value = mail.get(name)
    return "" if value is None else _spaced(str(make_header(decode_header(str(value)))))


def _moment(mail: Mail) -> str:
    value = mail.get("Date")
    return "" if value is None else f"{parsedate_to_datetime(str(value)).timestamp():.0f}"


def _spaced(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def readpst(path: Path, into: Path) -> list[Path]:
    """Let Debian's readpst write every item of a PST into a folder; return the files."""
    if shutil.which("readpst") is None:
        pytest.skip("readpst is not installed (pst-utils)")
    into.mkdir(parents=True)
    subprocess.run(
        ["readpst", "-q", "-j", "0", "-D", "-e", "-8", "-o", str(into), str(path)],
        check=True,
        capture_output=True,
        timeout=SECONDS,
    )
    return sorted(each for each in into.rglob("*") if each.is_file())
