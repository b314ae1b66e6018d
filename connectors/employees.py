"""Read the list of employees that a directory exports, and find the one that somebody names.

`owners.csv`: one line for each employee, with any of the columns below under the names that
Windows' and other directories give them, or Danish ones; UTF-8, UTF-16 or cp1252; separated by
comma, semicolon or tab. docs/connectors.md (Employees) tells it to people. Writes nothing.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

MAX_BYTES = 256 * 1024**2
MAX_EMPLOYEES = 1_000_000
MAX_ADDRESSES = 100

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "account": ("samaccountname", "account", "konto", "brugernavn", "username", "login", "bruger"),
    "sid": ("sid", "objectsid"),
    "name": ("displayname", "navn", "name", "fuldenavn", "fullname", "medarbejder", "cn"),
    "address": (
        *("mail", "email", "emailaddress", "mailaddresses", "mailadresse", "mailadresser"),
        *("primarysmtpaddress", "userprincipalname", "upn", "proxyaddresses", "emailaddresses"),
    ),
    "manager": ("manager", "leder", "chef", "nærmesteleder"),
    "department": ("department", "afdeling"),
    "home": ("homedirectory", "home", "hjemmemappe", "hjemmedrev"),
    "left": (
        *("left", "fratrådt", "fratrådtden", "accountexpirationdate", "accountexpires"),
        *("enddate", "slutdato"),
    ),
    "enabled": ("enabled", "aktiv", "active"),
    "distinguished": ("distinguishedname", "dn"),
}
"""What is read, under which heads (letters and digits only, small); the first that is there wins,
of addresses all."""

_NO = frozenset({"false", "falsk", "nej", "no", "0", "n"})
_NEVER = frozenset({"", "0", "never", "aldrig", "9223372036854775807"})
_SPLIT = re.compile(r"[;,|\s]+")
_SID_HEX = re.compile(r"X'([0-9a-fA-F]{16,136})'")
_COMMON_NAME = re.compile(r"CN=((?:\\.|[^,\\])+)", re.IGNORECASE)
_FILETIME_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)


class BadList(ValueError):
    """The list cannot be understood: says why and what to do. Quotes no row."""


@dataclass(frozen=True, slots=True)
class Employee:
    """One employee. `account` names them in the index: the account, else SID, else name.

    `left`: the day (ISO 8601) from which the account is closed, "yes" without a date, or empty.
    """

    account: str
    sid: str = ""
    name: str = field(default="", repr=False)
    department: str = ""
    manager: str = field(default="", repr=False)
    left: str = ""
    home: str = field(default="", repr=False)
    addresses: tuple[str, ...] = field(default=(), repr=False)


class Employees:
    """The employees of one list, found by whatever names them."""

    def __init__(self, employees: Iterable[Employee] = (), *, unusable: int = 0) -> None:
        self._all: dict[str, Employee] = {}
        self._by: dict[str, str] = {}
        self.unusable = unusable
        """Lines that name nobody, or somebody whom an earlier line named."""
        names: dict[str, list[str]] = {}
        for each in employees:
            if each.account.casefold() in self._by:
                self.unusable += 1
                continue
            self._all[each.account] = each
            for name in (each.account, each.sid, *each.addresses):
                if name:
                    self._by.setdefault(name.casefold(), each.account)
            if each.name:
                names.setdefault(each.name.casefold(), []).append(each.account)
        for name, accounts in names.items():
            if len(accounts) == 1:  # of two of one name nobody knows which is meant
                self._by.setdefault(name, accounts[0])

    def __len__(self) -> int:
        return len(self._all)

    def __iter__(self) -> Iterator[Employee]:
        return iter(self._all.values())

    def find(self, owner: str) -> Employee | None:
        r"""Return whom an account (`anna`, `FIRMA\anna`), SID, address or full name means."""
        named = owner.strip().casefold()
        account = self._by.get(named)
        if account is None and "\\" in named:
            account = self._by.get(named.rpartition("\\")[2])
        return None if account is None else self._all[account]

    def homes(self) -> Iterator[tuple[str, str]]:
        """Yield each home folder with the account of whose it is."""
        for each in self:
            if each.home:
                yield each.home, each.account


def read_employees(path: Path) -> Employees:
    """Read a list of employees. Raises OSError, BadList."""
    if path.stat().st_size > MAX_BYTES:
        raise BadList(f"{path} is larger than {MAX_BYTES} bytes; export fewer columns")
    text = _decoded(path.read_bytes())
    head = text.lstrip("\r\n").partition("\n")[0]
    if head.startswith("#TYPE"):  # Export-Csv of Windows PowerShell 5
        text = text.lstrip("\r\n").partition("\n")[2]
        head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    try:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=False)
        heads = [re.sub(r"[^\w]|_", "", each.casefold()) for each in next(rows, [])]
        columns = {
            what: [heads.index(name) for name in names if name in heads]
            for what, names in COLUMNS.items()
        }
        if not any(columns[each] for each in ("account", "sid", "address", "name")):
            raise BadList(
                f"{path} has no column that names an employee; its first line must hold one of"
                " account, SID, mail, name (docs/connectors.md, Employees)"
            )
        found, unusable = _employees(rows, columns)
    except csv.Error as error:
        raise BadList(f"{path} is no CSV file: {error}") from None
    return Employees(_with_managers(found), unusable=unusable)


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _employees(
    rows: Iterator[list[str]], columns: Mapping[str, Sequence[int]]
) -> tuple[list[tuple[Employee, str]], int]:
    """Return the employees, each with the name that the directory itself gives; and bad lines."""
    found: list[tuple[Employee, str]] = []
    unusable = 0
    for row in rows:
        if not any(map(str.strip, row)):
            continue
        if len(found) >= MAX_EMPLOYEES:
            raise BadList(f"more than {MAX_EMPLOYEES} employees")

        def cell(what: str, row: list[str] = row) -> str:
            held = (row[at].strip() for at in columns[what] if at < len(row))
            return next(filter(None, held), "")

        sid, name = _sid(cell("sid")), cell("name")
        addresses = tuple(_addresses(row[at] for at in columns["address"] if at < len(row)))
        account = cell("account").rpartition("\\")[2] or sid or (addresses or ("",))[0] or name
        if not account:
            unusable += 1
            continue
        left = _left(cell("left"))
        if not left and cell("enabled").casefold() in _NO:
            left = "yes"
        found.append(
            (
                Employee(
                    account,
                    sid,
                    name,
                    cell("department"),
                    cell("manager"),
                    left,
                    cell("home"),
                    addresses,
                ),
                cell("distinguished"),
            )
        )
    return found, unusable


def _with_managers(found: Sequence[tuple[Employee, str]]) -> Iterator[Employee]:
    """Give each employee the manager's name where the list says an account or a directory's."""
    names = {each.account.casefold(): each.name for each, _ in found}
    names |= {called.casefold(): each.name for each, called in found if called}
    for each, _ in found:
        said = names.get(each.manager.casefold().rpartition("\\")[2]) or names.get(
            each.manager.casefold()
        )
        common = _COMMON_NAME.match(each.manager)
        if not said and common:
            said = re.sub(r"\\(.)", r"\1", common[1])
        yield replace(each, manager=said or each.manager)


def _sid(text: str) -> str:
    """Return a security identifier as it is written; csvde exports its bytes instead."""
    held = _SID_HEX.fullmatch(text)
    return sid_text(bytes.fromhex(held[1])) if held else text.upper()


def sid_text(data: bytes) -> str:
    """Return the bytes of a SID (MS-DTYP 2.4.2.2) as text; empty for what is none."""
    if len(data) < 8 or len(data) < 8 + 4 * data[1]:
        return ""
    below = (int.from_bytes(data[8 + 4 * n : 12 + 4 * n], "little") for n in range(data[1]))
    return "-".join(map(str, ("S", data[0], int.from_bytes(data[2:8], "big"), *below)))


def _addresses(cells: Iterable[str]) -> list[str]:
    """Return the mail addresses in cells: one or several, as Exchange writes them (SMTP:…)."""
    found: dict[str, None] = {}
    for cell in cells:
        for each in _SPLIT.split(cell)[:MAX_ADDRESSES]:
            address = each.rpartition(":")[2].casefold()
            if "@" in address:
                found[address] = None
    return list(found)


def _left(text: str) -> str:
    """Return a day as ISO 8601, "yes" for what says no day, empty for never."""
    said = text.casefold()
    if said in _NEVER or said in _NO:
        return ""
    if said.isdigit() and len(said) >= 17:  # 100 ns since 1601, as accountExpires holds it
        try:
            return (_FILETIME_EPOCH + timedelta(microseconds=int(said) // 10)).date().isoformat()
        except OverflowError:
            return ""
    for form in ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y", "%Y%m%d"):
        try:
            day = said.split()[0].partition("t")[0] if form != "%Y%m%d" else said[:8]
            return datetime.strptime(day, form).replace(tzinfo=UTC).date().isoformat()
        except ValueError:
            continue
    return "yes"


def has_left(left: str, today: date) -> bool:
    """Whether somebody of this `left` is gone on a day."""
    return left == "yes" or bool(left and left <= today.isoformat())
