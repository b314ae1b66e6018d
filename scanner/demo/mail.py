"""Write made mails as .eml files, with attachments, inline pictures and mails within mails."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from typing import Literal

from scanner.demo.content import Content, Pen, packed

Encoding = Literal["7bit", "8bit", "quoted-printable", "base64"]
TYPES = {
    "xlsx": ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "docx": ("application", "vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "pdf": ("application", "pdf"),
    "zip": ("application", "zip"),
    "png": ("image", "png"),
}


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail before it is written. Addresses are "Name <address>"; `html` is a second body.

    `inline` pictures are (file name, content id, content) and stand beside the HTML.
    """

    sender: str = field(repr=False)
    to: Sequence[str] = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    date: str  # RFC 5322
    message_id: str = field(repr=False)
    html: str = field(default="", repr=False)
    encoding: Encoding = "quoted-printable"
    charset: str = "utf-8"
    attachments: Sequence[tuple[str, Content]] = field(default=(), repr=False)
    inline: Sequence[tuple[str, str, Content]] = field(default=(), repr=False)
    nested: Sequence[tuple[str, Content]] = field(default=(), repr=False)


def eml(letter: Letter, pen: Pen) -> Content:
    """Return the mail; `pen` holds what was written in its headers, bodies and part names.

    `nested` mails are message/rfc822 parts; their name in the truth is their own subject.
    """
    message = _message(letter)
    for name, content in letter.nested:
        inner = _parsed(content.data)
        message.add_attachment(inner, filename=name)
    members = [
        *letter.attachments,
        *((name, content) for name, _, content in letter.inline),
        *letter.nested,
    ]
    if message.is_multipart():
        _fixed_boundaries(message)
    data = message.as_bytes(policy=policy.SMTP)
    return packed(pen, data, "eml", members)


def _message(letter: Letter) -> EmailMessage:
    message = EmailMessage(policy=policy.SMTP)
    message["From"] = letter.sender
    message["To"] = ", ".join(letter.to)
    message["Subject"] = letter.subject
    message["Date"] = letter.date
    message["Message-ID"] = letter.message_id
    message.set_content(letter.text, charset=letter.charset, cte=letter.encoding)
    if letter.html:
        message.add_alternative(letter.html, subtype="html", cte=letter.encoding)
        body = message.get_body(("html",))
        for name, identity, content in letter.inline:
            if isinstance(body, EmailMessage):
                body.add_related(
                    content.data,
                    "image",
                    "png",
                    cid=f"<{identity}>",
                    filename=name,
                    disposition="inline",
                )
    for name, content in letter.attachments:
        main, sub = TYPES.get(content.format, ("application", "octet-stream"))
        message.add_attachment(content.data, main, sub, filename=name)
    return message


def _parsed(data: bytes) -> EmailMessage:
    from email import message_from_bytes

    parsed = message_from_bytes(data, policy=policy.SMTP)
    if not isinstance(parsed, EmailMessage):
        raise TypeError("the SMTP policy makes EmailMessage")
    return parsed


def _fixed_boundaries(message: EmailMessage) -> None:
    # The library draws boundaries at random; the same seed should give the same bytes.
    for number, part in enumerate(message.walk()):
        if part.is_multipart() and part.get_content_maintype() == "multipart":
            part.set_boundary(f"=_nordlys_{number:03}")


def mbox(letters: Sequence[Content]) -> Content:
    """Return a mail archive as Thunderbird keeps one: the mails one after another (mboxrd)."""
    out = []
    for letter in letters:
        lines = letter.data.replace(b"\r\n", b"\n").split(b"\n")
        kept = [b">" + line if line.lstrip(b">").startswith(b"From ") else line for line in lines]
        out += [b"From - Mon Mar  9 10:05:00 2026", *kept, b""]
    marks = tuple(mark for letter in letters for mark in letter.marks)
    negatives = tuple(none for letter in letters for none in letter.negatives)
    return Content(b"\n".join(out), "mbox", marks, negatives)
