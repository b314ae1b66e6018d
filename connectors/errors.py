"""Say in one word of the closed list why the platform refused. Names no path."""

from __future__ import annotations

import errno

from connectors import Reason

_BY_ERRNO: dict[str, Reason] = {
    # there is nothing any more, or something else: a link, a pipe, a file for a folder
    "ENOENT": "vanished",
    "ENOTDIR": "vanished",
    "ELOOP": "vanished",
    "ENXIO": "vanished",
    "ESTALE": "vanished",
    "EACCES": "no_access",
    "EPERM": "no_access",
    "EBUSY": "locked",
    "ETXTBSY": "locked",
    "EAGAIN": "locked",
    "ENOKEY": "encrypted",
    "EBADMSG": "corrupt",
    "EUCLEAN": "corrupt",
    "EFBIG": "too_large",
    "EOVERFLOW": "too_large",
    "ENAMETOOLONG": "limit",
    "EMFILE": "limit",
    "ENFILE": "limit",
    "ENOMEM": "memory",
    "EINVAL": "unsupported",
    "ENOSYS": "unsupported",
    "EOPNOTSUPP": "unsupported",
}
_BY_ERRNO_NUMBER = {
    getattr(errno, name): reason for name, reason in _BY_ERRNO.items() if hasattr(errno, name)
}

_BY_WINERROR: dict[int, Reason] = {
    # winerror.h; they are asked first, for Python folds many of them into one errno
    2: "vanished",
    3: "vanished",
    4: "limit",
    5: "no_access",
    8: "memory",
    14: "memory",
    23: "corrupt",  # CRC
    32: "locked",  # sharing violation
    33: "locked",  # lock violation
    50: "unsupported",
    206: "limit",  # name too long
    225: "no_access",  # stopped by the virus guard
    303: "vanished",  # delete pending
    1314: "no_access",
    1392: "corrupt",
    1920: "no_access",
    6002: "encrypted",
}


def reason_of(error: OSError) -> Reason:
    """Return why `error` kept something from being read.

    What is not known (EIO, a network or a disk that is away) is `offline`: tried on every run.
    """
    winerror = getattr(error, "winerror", None)
    if isinstance(winerror, int):
        return _BY_WINERROR.get(winerror, "offline")
    return _BY_ERRNO_NUMBER.get(error.errno or 0, "offline")
