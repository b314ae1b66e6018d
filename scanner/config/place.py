"""The tables of a place: a folder, or a mailbox or share and how to log in. Reads no file."""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from connectors.imap.address import Address, is_address
from connectors.remote_account import WRITE, RemoteAddress, is_remote_address
from connectors.smb.address import ShareAddress, is_share_address
from scanner.config.table import Secret, Table


class ImapTable(Table):
    """How to log in to a mailbox, and how gently to read it."""

    password: Secret | None = Field(
        None, description="Where the password lies: keyring, env, command or file."
    )
    token: Secret | None = Field(
        None, description="Instead of a password, where an OAuth2 token comes from."
    )
    security: Literal["tls", "starttls", "none"] = Field(
        "tls", description='"tls" (port 993), "starttls" (143), "none" to this machine alone.'
    )
    ca_file: str = Field(
        "", description="The authority that signed the server's certificate; empty: the system's."
    )
    connections: int = Field(2, ge=1, le=50, description="Connections at a time, at most.")
    messages_per_second: float = Field(
        0.0, ge=0, description="Of all connections together; 0: as fast as the server gives."
    )
    megabytes_per_second: float = Field(0.0, ge=0, description="The same in megabytes.")
    shared: bool = Field(
        False, description="Read other people's and shared folders too, where there are any."
    )

    @model_validator(mode="after")
    def _one_secret(self) -> ImapTable:
        if (self.password is None) == (self.token is None):
            raise ValueError(
                "needs exactly one of password, token, such as "
                'password = {keyring = "fodspor/anna"}'
            )
        return self


class SmbTable(Table):
    """How to log in to a share, and how gently to read it."""

    user: str = Field("", description='Who reads, "DOMAIN\\\\user" or "user@domain".')
    password: Secret | None = Field(
        None, description="Where the password lies: keyring, env, command or file."
    )
    login: Literal["ntlm", "kerberos"] = Field(
        "ntlm", description='"ntlm", or "kerberos" with the ticket of the account that scans.'
    )
    encrypt: bool = Field(
        True, description="Encrypted (SMB 3) or not at all; false: signed, so nobody changes it."
    )
    connections: int = Field(
        4, ge=1, le=50, description="Readers at a time, at most, each with a connection."
    )
    open_files: int = Field(32, ge=1, description="Files held open at a time, at most.")
    megabytes_per_second: float = Field(
        0.0, ge=0, description="Of all connections together; 0: as fast as the server gives."
    )

    @model_validator(mode="after")
    def _login(self) -> SmbTable:
        if self.login == "ntlm" and (not self.user or self.password is None):
            raise ValueError(
                'needs user and password, such as user = "FIRMA\\\\scanner" and '
                'password = {keyring = "fodspor/share"}'
            )
        return self


class RemoteTable(Table):
    """How to log in to a server by SFTP, WebDAV or S3."""

    user: str = Field(min_length=1, description="Who reads; of S3 the access key.")
    password: Secret = Field(
        description="Where the password lies, of SFTP perhaps a private key, of S3 the secret key."
    )
    known_hosts: str = Field(
        "", description="File that vouches for an SFTP server; empty: the account's own."
    )
    endpoint: str = Field("", description="URL where S3 is spoken; empty: Amazon's.")
    ca_file: str = Field(
        "",
        description="Who signed a WebDAV server's certificate; empty: the usual authorities.",
    )


class PlaceTable(Table):
    name: str = Field(min_length=1, description="The place's name in answers.")
    path: str = Field(
        description="The folder to scan, absolute; or the address of a mailbox, share or server."
    )
    owner: str = Field("", description="Whose place it is; empty: by rules, then by file owner.")
    owners: dict[str, str] = Field(
        default_factory=dict,
        description='Path = owner, such as "D:/home/{owner}" = "{owner}"; the first match decides.',
    )
    exclude: tuple[str, ...] = Field(
        (), description="Globs left out here, besides [limits] exclude."
    )
    special_categories: Literal["", "on", "off"] = Field(
        "", description='Special categories here: "on", "off"; empty: as [special_categories] says.'
    )
    kontrolfil: str = Field(
        "", description="File that every run must find here, planted by 'fodspor kontrolfil plant'."
    )
    imap: ImapTable | None = Field(None, description="How to log in, where the path is a mailbox.")
    smb: SmbTable | None = Field(None, description="How to log in, where the path is a share.")
    remote: RemoteTable | None = Field(
        None, description="How to log in, where the path is one of SFTP, WebDAV or S3."
    )

    @field_validator("path")
    @classmethod
    def _address(cls, given: str) -> str:
        if is_address(given):
            Address.parsed(given)
        if is_share_address(given):
            ShareAddress.parsed(given)
        if is_remote_address(given):
            RemoteAddress.parsed(given)
        return given

    @model_validator(mode="after")
    def _mailbox(self) -> PlaceTable:
        if is_address(self.path) != (self.imap is not None):
            raise ValueError(
                "has the path of a mailbox; add [place.imap] below it with password or token"
                if self.imap is None
                else "has [place.imap], but its path is no mailbox; "
                'write path = "imap://USER@HOST", or leave [place.imap] out'
            )
        clear = self.imap is not None and self.imap.security == "none"
        if clear and not self.address.is_loopback:
            raise ValueError(
                'sends its password in the clear; security = "none" is for a server on '
                'this machine alone, write "tls" or "starttls"'
            )
        return self

    @model_validator(mode="after")
    def _share(self) -> PlaceTable:
        if is_share_address(self.path) != (self.smb is not None):
            raise ValueError(
                "has the path of a share; add [place.smb] below it with user and password"
                if self.smb is None
                else "has [place.smb], but its path is no share; "
                'write path = "smb://SERVER/SHARE", or leave [place.smb] out'
            )
        return self

    @model_validator(mode="after")
    def _remote(self) -> PlaceTable:
        if is_remote_address(self.path) != (self.remote is not None):
            raise ValueError(
                "has the path of a server; add [place.remote] below it with user and password"
                if self.remote is None
                else "has [place.remote], but its path is no server's; "
                f"{WRITE}, or leave [place.remote] out"
            )
        if self.remote is None:
            return self
        address = RemoteAddress.parsed(self.path)
        clear = address.kind == "webdav+http" or self.remote.endpoint.startswith("http:")
        host = urlsplit(self.remote.endpoint).hostname if self.remote.endpoint else address.host
        if clear and host not in ("localhost", "127.0.0.1", "[::1]", "::1"):
            raise ValueError("sends what it reads in the clear; write https, or scan on the server")
        return self

    @model_validator(mode="after")
    def _kontrolfil(self) -> PlaceTable:
        if not self.kontrolfil:
            return self
        if self.imap is not None:
            raise ValueError("has a kontrolfil, which a mailbox cannot hold; leave it out")
        names = self.kontrolfil.split("/")
        if not all(names) or {".", ".."} & {*names} or set(self.kontrolfil) & set("\\:\0"):
            raise ValueError(
                "has a kontrolfil that lies outside; write its path below the place, "
                'such as "Fodspor-kontrolfil.txt", with slashes between folders'
            )
        return self

    @property
    def root(self) -> bytes | None:
        """The path that documents behind an address begin with; None for a folder's path."""
        if self.imap is not None:
            return self.address.root
        if self.remote is not None:
            return RemoteAddress.parsed(self.path).root
        return self.share.root if self.smb is not None else None

    @property
    def share(self) -> ShareAddress:
        """The share that the path names. Raises ValueError for a folder's path."""
        return ShareAddress.parsed(self.path)

    @property
    def address(self) -> Address:
        """The mailbox that the path names. Raises ValueError for a folder's path."""
        return Address.parsed(self.path)
