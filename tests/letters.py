"""The mail that tests of mailboxes send."""

from __future__ import annotations

from email.message import EmailMessage


def letter(number: int, text: str = "Hej", **fields: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Bo Bech <bo@firma.example>"
    message["To"] = "Ida <ida@kunde.example>"
    message["Subject"] = f"Sag {number}"
    message["Date"] = "Mon, 02 Mar 2026 10:00:00 +0100"
    message["Message-ID"] = f"<{number}@firma.example>"
    for name, value in fields.items():
        message[name] = value
    message.set_content(text)
    return message
