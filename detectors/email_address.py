"""Find mail addresses, and tell those of people from those of machines and functions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from detectors import Match, Shape, Table
from detectors.domains import COUNTRIES_TOO, FILE_ENDINGS, GENERIC, INTERNAL
from detectors.evidence import Evidence
from detectors.vocabulary import Vocabulary

_LATIN = "".join(map(chr, (*range(0xC0, 0xD7), *range(0xD8, 0xF7), *range(0xF8, 0x250))))
_LOCAL = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._%+'&-" + _LATIN
_LABEL = f"[0-9A-Za-z{_LATIN}](?:[0-9A-Za-z{_LATIN}-]{{0,61}}[0-9A-Za-z{_LATIN}])?"
_DOMAIN = re.compile(rf"(?:{_LABEL}\.){{1,8}}([0-9A-Za-z{_LATIN}-]{{2,63}})")
MAX_LOCAL, MAX_DOMAIN = 64, 253  # RFC 5321, 4.5.3.1
_ESCAPED = re.compile(r"%[0-9A-Fa-f]{2}")
_JSON_ESCAPE = re.compile(r"u[0-9A-Fa-f]{4}|[nrtbf]")
# What stands in angle brackets or quotes after a header or field of that name, folded lines too.
_MESSAGE_ID = re.compile(
    r"\b(?:message[-_]?id|in-reply-to|references|content-id)[\"']?\s*:"
    r"(?:[^\n]|\n[ \t])*[<\"']\Z"
)
_VERSION = re.compile(r"v?[0-9]+\.[0-9]")
_CREDENTIALS = re.compile(r"://[^\s/@\"'<>]{0,80}\Z")
_MACHINE = re.compile(
    r"[0-9A-Fa-f-]{20,}|[0-9]{8,}\.[0-9A-Za-z.]{6,}|(?=(?:[^0-9]*[0-9]){8})[^.]{24,}"
)
_ROLE = re.compile(
    r"(?:info|post|kontakt|contact|mail|mailbox|hovedpost(?:kasse)?|kontor|office|salg|sales|support"
    r"|service|kundeservice|admin|administration|hr|jobs?|karriere|faktura|invoice|billing|accounts?"
    r"|bogholderi|regnskab|finance|(?:no|do[-_]?not)[-_.]?reply|svar-?ikke|postmaster|webmaster|abuse"
    r"|hostmaster|mailer-daemon|root|daemon|git|hello|hej|reception|booking|ordrer?|orders?|indkob"
    r"|nyhedsbrev|newsletter|presse?|marketing|it|drift|helpdesk|dpo|gdpr|databeskyttelse|privacy"
    r"|security|noc|web|team|butik|shop|sikkerpost|digitalpost|notifications?|notify|alerts?|system"
    r"|test|bounces?|list|lists|announce|dev|users?|subscribe|unsubscribe)(?:[-_.+0-9].{0,30})?"
)
EMAIL_EVIDENCE = Evidence(
    "EMAIL_ADDRESS",
    {
        "address": 85,
        "role-address": -35,  # a company's box, not a person: a maybe
        "internal-domain": -15,  # firma.local: people inside
        "unusual-ending": -15,  # a top level domain that we do not know
        "message-id": -70,
        "machine": -50,  # a local part that only a program writes
        "label": 5,
        "header": 5,
        "against": 0,
        "header-against": 0,
    },
    Vocabulary(label=(r"e-?mail", r"mail", r"epost", r"e-post", r"mailto")),
)


@dataclass(frozen=True, slots=True)
class Email:
    """The detector of EMAIL_ADDRESS. Canonical: NFC, lower case, the domain in IDNA."""

    @property
    def name(self) -> str:
        return "email"

    @property
    def version(self) -> str:
        return "2"

    @property
    def kinds(self) -> tuple[str, ...]:
        return ("EMAIL_ADDRESS",)

    @property
    def shapes(self) -> tuple[Shape, ...]:
        # Two signs of the domain: enough for the gate, short for its automaton.
        return (
            Shape(rf"@[0-9A-Za-z{_LATIN[0]}-{_LATIN[-1]}][0-9A-Za-z{_LATIN[0]}-{_LATIN[-1]}.-]"),
        )

    def find(self, text: str) -> Iterator[Match]:
        """Yield addresses with a domain; `user@localhost` and `image@2x.png` are none."""
        return self.find_in(text, 0, len(text))

    def find_in(self, text: str, start: int, end: int) -> Iterator[Match]:
        """Yield the matches of `find` whose @ lies in text[start:end]."""
        at = text.find("@", start, end)
        while at >= 0:
            found = self._at(text, at)
            if found is not None:
                yield found
            at = text.find("@", at + 1, end)

    def judge(self, matches: Sequence[Match], table: Table) -> Iterator[Match]:
        """Yield each match with what its column's header says."""
        return EMAIL_EVIDENCE.judge(matches, table)

    def _at(self, text: str, at: int) -> Match | None:
        before = text[at - MAX_LOCAL - 1 if at > MAX_LOCAL else 0 : at]
        local = before[len(before.rstrip(_LOCAL)) :]
        if not local or len(local) > MAX_LOCAL:
            return None
        after = _DOMAIN.match(text, at + 1, at + 1 + MAX_DOMAIN)
        if after is None:
            return None
        domain, code = _domain(after[0])
        end = at + 1 + len(domain)
        local = _own(local, text[max(0, at - len(local) - 1) : at - len(local)])
        start = at - len(local)
        if not local or not code or _VERSION.match(domain) or text[end : end + 1] == "@":
            return None
        value = canonical_email(f"{local}@{domain}")
        mark = text[start - 1] if start else ""
        if not value or (mark == ":" and _CREDENTIALS.search(text[max(0, start - 160) : start])):
            return None
        if (local == "git" and text[end : end + 1] == ":") or text[start - 2 : start] == "//":
            return None
        codes: tuple[str, ...] = ("address",) if code == "known" else ("address", code)
        if _ROLE.fullmatch(local.lower()):
            codes += ("role-address",)
        if len(local) > 16 and _MACHINE.fullmatch(local):
            codes += ("machine",)
        if (
            mark
            and mark in "<\"'"
            and _MESSAGE_ID.search(text[max(0, start - 160) : start].lower())
        ) or (mark == ":" and text[max(0, start - 4) : start].lower() == "cid:"):
            codes += ("message-id",)
        return EMAIL_EVIDENCE.match(start, end, value, codes)


def _own(local: str, before: str) -> str:
    """Return the part of `local` that belongs to the address: no escapes, no leading signs."""
    if before == "\\":
        escape = _JSON_ESCAPE.match(local)
        if escape:
            local = local[escape.end() :]
    for escaped in list(_ESCAPED.finditer(local))[-1:]:
        local = local[escaped.end() :]
    local = local.rpartition("..")[2]
    return "" if local.endswith(".") else local.lstrip("._%+'&-")


def _domain(written: str) -> tuple[str, str]:
    """Return the domain and known, internal-domain or unusual-ending; "" for none.

    The next word or a file ending behind a domain is cut off: firma.dk.Med, firma.dk.pdf.
    """
    labels = written.lower().split(".")
    code = _ending(labels)
    for cut in (1, 2):
        if code in ("known", "internal-domain") or len(labels) - cut < 2:
            break
        if _ending(labels[:-cut]) == "known":
            return written[: len(".".join(labels[:-cut]))], "known"
    return written, code


def _ending(labels: list[str]) -> str:
    ending = labels[-1]
    if ending in GENERIC:
        return "known"
    if len(ending) == 2 and ending.isalpha():
        if ending not in FILE_ENDINGS:
            return "known"
        return "known" if ending in COUNTRIES_TOO and not labels[0][0].isdigit() else ""
    if ending in INTERNAL:
        return "internal-domain"
    if ending in FILE_ENDINGS:
        return ""
    return "unusual-ending" if ending.isalpha() or ending.startswith("xn--") else ""


def canonical_email(written: str) -> str:
    """Return NFC, lower case, domain in IDNA; "" when the domain cannot be written so."""
    text = written.strip().lower()
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    local, _, domain = text.rpartition("@")
    if not local or not domain:
        return ""
    if not domain.isascii():
        import idna

        try:
            domain = idna.encode(domain, uts46=True).decode("ascii")
        except idna.IDNAError:
            return ""
    return f"{local}@{domain}"
