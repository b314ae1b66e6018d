"""Make the account of a configured share: where its password lies, not the password."""

from __future__ import annotations

from connectors.smb.account import ShareAccount
from scanner.config import PlaceTable
from scanner.mail_account import LoginSecret


def account_of(place: PlaceTable) -> ShareAccount:
    """Return who asks for a place that is a share."""
    smb = place.smb
    assert smb is not None
    address = place.share
    return ShareAccount(
        user=smb.user,
        host=address.host,
        port=address.port,
        secret=LoginSecret(smb.password.source()) if smb.password is not None else None,
        login=smb.login,
        encrypt=smb.encrypt,
        connections=smb.connections,
        bytes_per_second=smb.megabytes_per_second * 1_000_000,
        open_files=smb.open_files,
    )
