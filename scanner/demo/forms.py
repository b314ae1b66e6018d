"""List every way a value may stand written in bytes, so that a leak of it can be searched for.

Only for made-up values: nothing here belongs into a scan.
"""

from __future__ import annotations

import base64
import hashlib
import ipaddress
import json
import quopri
import struct
from collections.abc import Callable, Iterable
from urllib.parse import quote

SHORTEST = 6
"""Forms shorter than this many characters stand everywhere by chance and prove nothing."""
ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "latin-1", "cp1252", "cp865")
NBSP, HARD_HYPHEN, DASH = "\N{NO-BREAK SPACE}", "\N{NON-BREAKING HYPHEN}", "\N{EN DASH}"
_DIGESTS: tuple[Callable[[bytes], bytes], ...] = tuple(
    lambda data, name=name: hashlib.new(name, data, usedforsecurity=False).digest()  # type: ignore[misc]
    for name in ("md5", "sha1", "sha256", "sha512", "blake2b", "blake2s")
)


def written_forms(kind: str, value: str) -> set[bytes]:
    """Return the bytes that `value` (canonical, of `kind`) may stand as, SHORTEST or longer.

    Spellings as people and programs write them, each in several encodings; the usual ones also
    as hex, base64 (in its three alignments), percent, JSON, HTML and quoted-printable, and whole
    numbers as eight-byte integers and doubles. Empty for a value shorter than SHORTEST.
    """
    if len(value) < SHORTEST:
        return set()
    usual, rare = _spellings(kind, value)
    forms = {
        text.encode(encoding)
        for text in (*usual, *rare)
        for encoding in ENCODINGS
        if _fits(text, encoding)
    }
    for text in usual:
        forms.update(_transported(text))
    forms.update(_numbers(kind, value))
    return {form for form in forms if len(form) >= SHORTEST}


def digest_forms(kind: str, value: str) -> set[bytes]:
    """Return the unkeyed hashes of the usual spellings: of a CPR number they are as good as it.

    The first 16 bytes of each digest, raw, as hex and as base64; a shortened hash is found too.
    """
    from blake3 import blake3

    usual, _ = _spellings(kind, value)
    sources = {text.encode() for text in usual} | {f"{kind}\x1f{value}".encode()}
    digests = {digest(source)[:16] for source in sources for digest in _DIGESTS}
    digests |= {blake3(source).digest()[:16] for source in sources}
    forms = set(digests)
    for digest in digests:
        forms |= {digest.hex().encode(), digest.hex().upper().encode()}
        forms |= {base64.b64encode(digest)[:20], base64.urlsafe_b64encode(digest)[:20]}
    return forms


def _fits(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _spellings(kind: str, value: str) -> tuple[list[str], list[str]]:
    """Return the usual spellings, which are also searched for in transport, and the rare ones."""
    match kind:
        case "DK_CPR":
            return _cpr(value)
        case "PHONE_NUMBER":
            return _phone(value)
        case "EMAIL_ADDRESS":
            return _email(value)
        case "IBAN_CODE":
            groups = _grouped(value, (4,) * 9)
            usual = [value, " ".join(groups), value.lower()]
            return usual, [sign.join(groups) for sign in (NBSP, "-", ".")]
        case "CREDIT_CARD":
            groups = _grouped(value, (4, 6, 5) if len(value) == 15 else (4,) * 5)
            usual = [value, " ".join(groups), "-".join(groups)]
            return usual, [sign.join(groups) for sign in (NBSP, ".")] + [value[::-1]]
        case "DK_BANK_ACCOUNT":
            return _account(value)
        case "PASSPORT_MRZ":
            return _mrz(value)
        case "IP_ADDRESS":
            address = ipaddress.ip_address(value)
            return list({value, address.exploded, value.upper()}), [address.reverse_pointer]
        case "DATE_OF_BIRTH":
            year, month, day = value.split("-")
            return [f"{day}.{month}.{year}", f"{day}-{month}-{year}"], []
        case "DK_ADDRESS":
            head = " ".join(value.split()[:2])
            return [value, value.title(), head.title(), head.upper()], [head]
        case "PERSON":
            return [value, value.upper(), value.lower()], []
        case _:
            triples = _grouped(value, (3,) * 5)
            pairs = _grouped(value, (2,) * 8)
            usual = list({value, value.lower()})
            return usual, [sign.join(some) for sign in " -." for some in (triples, pairs)]


def _grouped(text: str, lengths: Iterable[int]) -> list[str]:
    pieces = []
    for length in lengths:
        pieces.append(text[:length])
        text = text[length:]
    return [piece for piece in pieces if piece]


def _cpr(value: str) -> tuple[list[str], list[str]]:
    head, tail = value[:6], value[6:]
    day, month, year = head[:2], head[2:4], head[4:]
    usual = [value, f"{head}-{tail}", f"{head} {tail}"]
    rare = [f"{head}{sign}{tail}" for sign in (NBSP, HARD_HYPHEN, DASH, " - ", "/", ".", "_", "\n")]
    rare += [f"{head}\r\n{tail}", f"{head}-\n{tail}", f"{head}\t{tail}", value[::-1]]
    for sign in " -./":
        date = sign.join((day, month, year))
        rare += [date + joint + tail for joint in ("-", " ", ".", "")]
    if value[0] == "0":
        bare = value[1:]
        usual.append(bare)
        rare += [f"{bare}.0", f"{head[1:]}-{tail}", f"{head[1:]} {tail}"]
    return usual, rare


def _phone(value: str) -> tuple[list[str], list[str]]:
    if not value.startswith("+45") or len(value) != 11:
        return [value, value[1:], "00" + value[1:]], []
    digits = value[3:]
    pairs, halves = _grouped(digits, (2,) * 4), _grouped(digits, (4, 4))
    usual = [digits, value, " ".join(pairs), " ".join(halves)]
    # Alone, eight digits count only when no digit touches them: so these stand here as well.
    rare = ["0045" + digits, "45" + digits, "(+45)" + digits]
    rare += [sign.join(some) for sign in (NBSP, "-", ".") for some in (pairs, halves)]
    rare.append(" ".join(_grouped(digits, (2, 3, 3))))
    return usual, rare


def _email(value: str) -> tuple[list[str], list[str]]:
    local, _, domain = value.partition("@")
    usual = [value, value.upper()]
    rare = [
        f"{local.title()}@{domain}",
        f"{local.capitalize()}@{domain}",
        f"{local.upper()}@{domain}",
    ]
    rare += [f"{local}{sign}{domain}" for sign in (" @ ", "(at)", " (at) ", "[at]", "\\@", " at ")]
    rare += [value.replace(".", "[.]"), value[::-1]]
    try:
        rare.append(f"{local}@{domain.encode('idna').decode()}")
        rare.append(f"{local}@{domain.encode('ascii').decode('idna')}")
    except UnicodeError:
        pass  # the domain has only one spelling
    return usual, rare


def _account(value: str) -> tuple[list[str], list[str]]:
    branch, account = value[:4], value[4:]
    short = account.lstrip("0")
    usual = [value, f"{branch} {account}", f"{branch}-{account}"]
    rare = [f"{branch} {short}", f"{branch}-{short}", f"{branch}{short}", f"{branch}.{account}"]
    rare += [text for text in (account, short) if len(text) >= 8]
    return usual, [text for text in rare if len(text) >= 8]


def _mrz(value: str) -> tuple[list[str], list[str]]:
    width = {88: 44, 72: 36, 90: 30}.get(len(value), len(value))
    lines = _grouped(value, (width,) * 3)
    number = (lines[0][5:14] if width == 30 else lines[-1][:9]).rstrip("<")
    # A line's last thirty signs may be fillers and nothing else: lines that say too little are out.
    telling = [line for line in lines if len(line.replace("<", "")) >= 8]
    return [value, "\n".join(lines), *telling, number], ["\r\n".join(lines), " ".join(lines)]


def _transported(text: str) -> set[bytes]:
    data = text.encode()
    wide = text.encode("utf-16-le")
    forms = {source.hex().encode() for source in (data, wide)}
    forms |= {form.upper() for form in tuple(forms)}
    for source in (data, wide):
        forms |= _base64(source)
    each = [f"{byte:02x}" for byte in data]
    for before in ("%", "=", "\\x", "0x"):
        spelled = "".join(before + pair for pair in each)
        forms |= {spelled.encode(), "".join(before + pair.upper() for pair in each).encode()}
    forms |= {" ".join(each).encode(), ":".join(each).encode()}
    forms |= {quote(text, safe="").encode(), quote(text, safe="").lower().encode()}
    forms |= {quopri.encodestring(data).rstrip(b"\n"), quopri.encodestring(data, header=True)}
    forms |= {json.dumps(text)[1:-1].encode()}
    forms |= {"".join(f"\\u{ord(sign):04x}" for sign in text).encode()}
    forms |= {"".join(f"&#{ord(sign)};" for sign in text).encode()}
    forms |= {"".join(f"&#x{ord(sign):x};" for sign in text).encode()}
    forms |= {
        text.replace("@", sign).encode() for sign in ("&#64;", "&#x40;", "&commat;", "=40", "%40")
    }
    return forms


def _base64(data: bytes) -> set[bytes]:
    """Return what of `data` is seen whatever stands before it: one form for each alignment."""
    forms = set()
    for before in range(3):
        coded = base64.b64encode(bytes(before) + data)
        first = (0, 2, 3)[before]  # signs that the bytes before have a share in
        spare = (before + len(data)) % 3
        last = len(coded) - (0, 3, 2)[spare]  # padding, and the sign that what follows changes
        forms.add(coded[first:last])
    return forms | {form.replace(b"+", b"-").replace(b"/", b"_") for form in forms}


def _numbers(kind: str, value: str) -> set[bytes]:
    digits = value.removeprefix("+")
    if not digits.isascii() or not digits.isdigit() or kind == "IP_ADDRESS" or int(digits) >= 2**63:
        return set()
    number = int(digits)
    if number < 10_000_000:
        return set()
    return {
        struct.pack(order + sign, number if sign == "q" else float(number))
        for order in "<>"
        for sign in "qd"
    }
