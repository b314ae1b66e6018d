"""Say in one word what a server's status means (MS-ERREF 2.3.1). Names no path."""

from __future__ import annotations

from connectors import Lost, Reason

OK = 0
BUFFER_OVERFLOW = 0x80000005
NO_MORE_FILES = 0x80000006
NO_SUCH_FILE = 0xC000000F
END_OF_FILE = 0xC0000011
ACCESS_DENIED = 0xC0000022
NOT_A_DIRECTORY = 0xC0000103
BAD_NETWORK_NAME = 0xC00000CC
PATH_NOT_COVERED = 0xC0000257

GONE_SESSIONS = frozenset(
    (
        0xC00000C9,  # NETWORK_NAME_DELETED
        0xC0000203,  # USER_SESSION_DELETED
        0xC000035C,  # NETWORK_SESSION_EXPIRED
        0xC000020C,  # CONNECTION_DISCONNECTED
        0xC0000128,  # FILE_CLOSED
        0xC0000008,  # INVALID_HANDLE
    )
)
"""What a server says of a session, tree or handle that it no longer knows: connect anew."""

_REASONS: dict[int, Reason] = {
    0xC000000D: "unsupported",  # INVALID_PARAMETER
    NO_SUCH_FILE: "vanished",
    0xC0000010: "unsupported",  # INVALID_DEVICE_REQUEST
    ACCESS_DENIED: "no_access",
    0xC0000033: "unsupported",  # OBJECT_NAME_INVALID
    0xC0000034: "vanished",  # OBJECT_NAME_NOT_FOUND
    0xC0000039: "vanished",  # OBJECT_PATH_INVALID
    0xC000003A: "vanished",  # OBJECT_PATH_NOT_FOUND
    0xC000003B: "unsupported",  # OBJECT_PATH_SYNTAX_BAD
    0xC000003E: "corrupt",  # DATA_ERROR
    0xC000003F: "corrupt",  # CRC_ERROR
    0xC0000043: "locked",  # SHARING_VIOLATION
    0xC0000054: "locked",  # FILE_LOCK_CONFLICT
    0xC0000056: "vanished",  # DELETE_PENDING
    0xC0000061: "no_access",  # PRIVILEGE_NOT_HELD
    0xC00000BA: "vanished",  # FILE_IS_A_DIRECTORY
    0xC00000BB: "unsupported",  # NOT_SUPPORTED
    0xC00000CA: "no_access",  # NETWORK_ACCESS_DENIED
    NOT_A_DIRECTORY: "vanished",
    0xC0000106: "limit",  # NAME_TOO_LONG
    0xC000011F: "limit",  # TOO_MANY_OPENED_FILES
    0xC0000120: "locked",  # CANCELLED
    0xC0000906: "no_access",  # VIRUS_INFECTED
    0x8000002D: "vanished",  # STOPPED_ON_SYMLINK
}

_LOGIN: dict[int, Lost] = {
    0xC0000064: "login",  # NO_SUCH_USER
    0xC000006A: "login",  # WRONG_PASSWORD
    0xC000006D: "login",  # LOGON_FAILURE
    0xC000006E: "account",  # ACCOUNT_RESTRICTION
    0xC000006F: "account",  # INVALID_LOGON_HOURS
    0xC0000070: "account",  # INVALID_WORKSTATION
    0xC0000071: "account",  # PASSWORD_EXPIRED
    0xC0000072: "account",  # ACCOUNT_DISABLED
    0xC000015B: "account",  # LOGON_TYPE_NOT_GRANTED
    0xC0000193: "account",  # ACCOUNT_EXPIRED
    0xC0000224: "account",  # PASSWORD_MUST_CHANGE
    0xC0000234: "account",  # ACCOUNT_LOCKED_OUT
    0xC00000D0: "busy",  # REQUEST_NOT_ACCEPTED
    0xC00000CE: "busy",  # TOO_MANY_SESSIONS
    0xC0000205: "busy",  # INSUFF_SERVER_RESOURCES
    0xC000009A: "busy",  # INSUFFICIENT_RESOURCES
}


def reason_of(status: int) -> Reason:
    """Return why a server refused something; what is not known is tried on every run."""
    return _REASONS.get(status, "offline")


def lost_of(status: int) -> Lost:
    """Return why a server refused a login."""
    return _LOGIN.get(status, "login")
