"""A company whose files, mails, sheets, archives and people are named to attack who looks."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Sequence
from email.message import EmailMessage
from pathlib import Path

from scanner.demo import fake
from tests.warm import run as warm
from tests.web.browsing import PASSWORD

SECONDS = 300
IMAGE = "<img src=x onerror=alert(1)>"
NAMES = (
    IMAGE,
    '"><svg onload=alert(2)>',
    "' autofocus onfocus=alert(3) x='",
    "{{ 7 * 7 }}{% raw %}",
    "=HYPERLINK(A1)",
    "javascript:alert(4)",
    "\u202egnp.exe",
    "'; DROP TABLE document; --",
    "]]><!--",
)
"""What may be the name of a file, each of its own trick."""


class HostileCompany:
    """One device with one place, scanned for real below `home`. `person` is in most files."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.config = home / "centre" / "fodspor.toml"
        self.files = home / "files"
        self.person = fake.cpr(hyphen=True)
        self.people = [(fake.name(), fake.cpr(hyphen=True)) for _ in range(40)]
        self.files.mkdir()
        self._write()
        self.ask("init")
        text = self.config.read_text("utf-8").replace('label = ""', f"label = '{IMAGE}'", 1)
        employees = self.home / "employees.csv"
        employees.write_text(
            f"konto;navn;afdeling;fratrådt\nbo;{IMAGE} Bo;{IMAGE} Salg;2020-01-01\n", "utf-8"
        )
        text = text.replace('\nfile = ""\n', f"\nfile = '{employees}'\n")
        place = f"\n[[place]]\nname = '{IMAGE}'\npath = '{self.files}'\nowner = 'bo'\n"
        self.config.write_text(text + place, "utf-8")
        self.ask("scan", "--quiet", "--workers", "1", codes=(0, 3))
        for name, role, more in (
            ("ida", "compliance", ("--may", "sql")),
            ("eva", "compliance", ()),
            ("drift", "it", ()),
            ("rev", "auditor", ()),
            ("kunde", "service", ()),
            ("bo", "employee", ("--employee", "bo")),
        ):
            self.ask(
                *("serve", "account", "add", name, "--role", role, "--speaks", "da", *more),
                stdin=f"{PASSWORD}\n",
            )

    def ask(self, *arguments: str, stdin: str = "", codes: Sequence[int] = (0,)) -> str:
        """Run `fodspor`, and return what it wrote."""
        environment = {
            **os.environ,
            "FODSPOR_STATE": str(self.home / "state"),
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "PYTHONUTF8": "1",
        }
        command = ["-m", "scanner.cli", "--config", str(self.config), *arguments]
        code, out, err = warm(command, environment, stdin, SECONDS)
        assert code in codes, (code, out[-2000:], err[-2000:])
        return out

    def _write(self) -> None:
        listed = "".join(f"{name};{cpr}\n" for name, cpr in self.people)
        for number, name in enumerate(NAMES):
            folder = self.files / NAMES[number - 1]
            folder.mkdir(exist_ok=True)
            text = f"Navn;CPR-nr.\n{listed}Ny;{self.person}\n"
            (folder / f"{name}.csv").write_text(text + "\n" * (number % 2), "utf-8")
        for number, name in enumerate(NAMES):
            self._mail(number, name)
        self._workbook()
        with zipfile.ZipFile(self.files / "arkiv.zip", "w") as archive:
            for name in (*NAMES, "../../../etc/passwd", "C:\\Windows\\x.txt", "/etc/shadow"):
                archive.writestr(f"{name}.txt", f"CPR-nr. {self.person}")
        (self.files / f"{IMAGE}.docx").write_bytes(b"PK\x03\x04 broken")

    def _mail(self, number: int, name: str) -> None:
        message = EmailMessage()
        message["From"] = f'"{IMAGE}" <a{number}@example.com>'
        message["To"] = "b@example.com"
        message["Subject"] = f"{name} cpr {self.person}"
        message["Message-ID"] = f"<{number}@example.com>"
        message.set_content(f"Mit CPR-nr. er {self.person}.")
        message.add_attachment(
            f"CPR-nr. {self.person}".encode(), "text", "plain", filename=f"{name}.txt"
        )
        (self.files / f"brev {number}.eml").write_bytes(message.as_bytes())

    def _workbook(self) -> None:
        from openpyxl import Workbook

        book = Workbook()
        book.remove(book.active)
        for name in (IMAGE, "=1+1", "'\"><b>x", "{{ 7 }}"):
            sheet = book.create_sheet(name)
            sheet.append([f"CPR-nr. {IMAGE}", "=cmd|'/c calc'!A1"])
            sheet.append([self.person, "x"])
        out = io.BytesIO()
        book.save(out)
        (self.files / "ark.xlsx").write_bytes(out.getvalue())
