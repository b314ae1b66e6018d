"""The demo company for tests and pictures of the pages: devices, a centre, accounts, the truth."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from scanner.demo.company import make_company
from scanner.demo.content import Pen
from scanner.demo.desk import KAREN
from scanner.demo.devices import CENTRE, config_of, scan_and_collect, scan_one
from scanner.demo.truth import Truth
from tests.connectors.pst_planted import Mail, planted
from tests.warm import run as warm
from tests.web.browsing import PASSWORD

SECONDS = 300
PEOPLE = (
    *(
        ("ida", "compliance", "da"),
        ("eva", "compliance", "en"),
    ),
    *(("drift", "it", "da"), ("ops", "it", "en")),
)
"""Accounts: name, role, language."""
OUTLOOK = f"{KAREN}/Documents/Outlook-filer/arkiv.pst"
"""Where the mail archive of Outlook lies, if there is one: on a laptop no other count is of."""


@dataclass(frozen=True, slots=True)
class Company:
    """A made company below `home`, scanned and collected."""

    home: Path
    truth: Truth = field(repr=False)
    outlook: Mail | None = None
    """The mail in the archive of Outlook, as it was sent; None: there is no such archive."""

    @property
    def files(self) -> Path:
        return self.home / "files"

    @property
    def config(self) -> Path:
        """The configuration of the machine that holds the company's index."""
        return config_of(self.home, CENTRE)

    @property
    def state(self) -> Path:
        """What the commands log and keep for a while."""
        return self.home / "state"

    def ask(self, arguments: Sequence[str], stdin: str = "", codes: Sequence[int] = (0, 3)) -> str:
        """Run `fodspor` with these arguments, and return what it wrote."""
        environment = {
            **os.environ,
            "FODSPOR_STATE": str(self.state),
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "PYTHONUTF8": "1",
        }
        code, out, err = warm(["-m", "scanner.cli", *arguments], environment, stdin, SECONDS)
        assert code in codes, (code, out[-2000:], err[-2000:])
        return out

    def centre(self, *arguments: str, stdin: str = "", codes: Sequence[int] = (0,)) -> str:
        """Run a command at the centre."""
        return self.ask(["--config", str(self.config), *arguments], stdin, codes)

    def add(self, name: str, role: str, language: str, *more: str) -> None:
        """Make an account."""
        self.centre(
            *("serve", "account", "add", name, "--role", role, "--speaks", language, *more),
            stdin=f"{PASSWORD}\n",
        )

    def scan(self, device: str) -> None:
        """Let one device scan itself again, and the centre collect."""
        scan_one(self.home, device, self.ask)
        self.centre("collect", "--quiet")


def company(home: Path, *, seed: int = 1, outlook: Path | None = None) -> Company:
    """Make the company below `home`, let its devices scan themselves, and collect.

    `outlook` is a PST of Outlook's own writing: a copy lies on a laptop, and one of its mails is
    from the person who is in many places.
    """
    truth = make_company(home / "files", seed=seed)
    made = Company(home, truth, _into_outlook(home / "files", truth, outlook) if outlook else None)
    scan_and_collect(home, made.files, made.ask)
    for name, role, language in PEOPLE:
        made.add(name, role, language)
    return made


def _into_outlook(files: Path, truth: Truth, original: Path) -> Mail:
    """Write the archive, with a mail of the person in it, tell the truth, and return the mail."""
    person, pen = truth.person, Pen()
    number = pen.put("DK_CPR", f"{person['DK_CPR'][:6]}-{person['DK_CPR'][6:]}", "body")
    address = pen.put("EMAIL_ADDRESS", person["EMAIL_ADDRESS"], "body")
    text = (
        f"Min reol er gået i stykker.\r\nCPR-nr. {number}, mail {address}, {person['PERSON']}\r\n"
    )
    mail = planted(original, files / OUTLOOK, text)
    truth.planted += [replace(mark, path=OUTLOOK, format="pst") for mark in pen.marks]
    return mail
