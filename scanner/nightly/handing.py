"""Hand the report of a night over: as files in a folder, by mail. Reads no index."""

from __future__ import annotations

import re
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from pathlib import Path

from scanner.alert.smtp import MailServer, send
from scanner.platform import make_private_file

KEPT = 60
"""Reports that stay in the folder; older ones of our own names are removed."""
_OURS = re.compile(r"fodspor-\d{4}-\d\d-\d\d\.(?:html|txt)")


def put(folder: Path, night: datetime, text: str, page: str) -> list[Path]:
    """Write both forms, readable by this account alone, under the night's date; return where.

    One of the same date is replaced. Raises OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for ending, content in (("html", page), ("txt", text)):
        path = folder / f"fodspor-{night:%Y-%m-%d}.{ending}"
        write_whole(path, content)
        written.append(path)
    held = sorted(path for path in folder.iterdir() if _OURS.fullmatch(path.name))
    for path in held[: -2 * KEPT]:
        path.unlink()
    return written


def write_whole(path: Path, content: str, *, private: bool = True) -> None:
    """Write a file so that nobody meets half of it. Raises OSError."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    if private:
        make_private_file(fresh)
    fresh.write_text(content, encoding="utf-8", newline="\n")
    if not private:
        fresh.chmod(0o644)  # whatever the umask of a hardened unit is
    fresh.replace(path)


def mail_of(
    subject: str, text: str, page: str, sender: str, to: tuple[str, ...], now: datetime
) -> EmailMessage:
    """Return the report as a mail: text, and the page beside it."""
    message = EmailMessage()
    message["Subject"] = subject
    message["From"] = sender
    message["To"] = ", ".join(to)
    message["Date"] = format_datetime(now)
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday answers it
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(page, subtype="html", cte="quoted-printable")
    return message


def mail(message: EmailMessage, server: MailServer) -> None:
    """Send it. Raises scanner.alert.smtp.NotSent."""
    send(message, server)
