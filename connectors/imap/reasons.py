"""Say in one word of the closed list why a server refused. Repeats none of its words."""

from __future__ import annotations

from connectors import Reason
from connectors.imap.wire import Refusal

_BY_CODE: dict[str, Reason] = {
    # RFC 5530, and RFC 9051, 7.1
    "NONEXISTENT": "vanished",
    "EXPUNGEISSUED": "vanished",
    "TRYCREATE": "vanished",
    "NOPERM": "no_access",
    "AUTHORIZATIONFAILED": "no_access",
    "PRIVACYREQUIRED": "no_access",
    "INUSE": "locked",
    "CORRUPTION": "corrupt",
    "SERVERBUG": "corrupt",
    "LIMIT": "limit",
    "TOOBIG": "limit",
    "CANNOT": "unsupported",
}


def reason_of(refusal: Refusal) -> Reason:
    """Return why; what is not known is `offline`: tried in every run."""
    return _BY_CODE.get(refusal.code, "offline")
