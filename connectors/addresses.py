"""Tell places that lie behind an address (mailboxes, shares, servers) from folders. Asks none."""

from __future__ import annotations

from connectors.imap.address import ACCOUNT_PARTS, Address, is_mailbox
from connectors.imap.address import is_address as is_mail_address
from connectors.remote_account import SERVER_PARTS as REMOTE_PARTS
from connectors.remote_account import RemoteAddress, is_on_remote, is_remote_address
from connectors.smb.address import SERVER_PARTS, ShareAddress, is_share, is_share_address


def is_address(path: str) -> bool:
    """Whether a place's path is meant as an address, well written or not."""
    return is_mail_address(path) or is_share_address(path) or is_remote_address(path)


def is_remote(path: bytes) -> bool:
    """Whether the path of a place or document lies behind an address."""
    return is_mailbox(path) or is_share(path) or is_on_remote(path)


def root_of(address: str) -> bytes:
    """Return the path of the place an address names. Raises ValueError that says what to write."""
    if is_share_address(address):
        return ShareAddress.parsed(address).root
    if is_remote_address(address):
        return RemoteAddress.parsed(address).root
    return Address.parsed(address).root


def parts_of_server(path: bytes) -> int:
    """Return how many parts of a path say where its server is, and nothing of what lies there."""
    if is_mailbox(path):
        return ACCOUNT_PARTS
    if is_on_remote(path):
        return REMOTE_PARTS
    return SERVER_PARTS if is_share(path) else 0
