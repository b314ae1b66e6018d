"""One connection to one server, logged in. Asks for reading alone, and every wait has a bound."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import NamedTuple

from smbprotocol.connection import Capabilities, Connection, Request, SMB2Echo
from smbprotocol.dfs import DFSReferralRequest, DFSReferralResponse
from smbprotocol.exceptions import SMBAuthenticationError, SMBException, SMBResponseException
from smbprotocol.header import SMB2HeaderResponse
from smbprotocol.ioctl import CtlCode, IOCTLFlags, SMB2IOCTLRequest, SMB2IOCTLResponse
from smbprotocol.session import Session
from smbprotocol.structure import Structure
from smbprotocol.tree import TreeConnect

from connectors.secret import NoSecret
from connectors.smb.account import ShareAccount, lost
from connectors.smb.address import PORT
from connectors.smb.messages import Packed
from connectors.smb.status import GONE_SESSIONS, OK, lost_of

GOODBYE_SECONDS = 5
CREDITS = 512
"""Pieces of 64 kB that may be under way (MS-SMB2 3.3.1.2); a server grants what it likes."""
LISTING_BYTES = 1024 * 1024
_REFERRAL_BYTES = 56 * 1024


class Dropped(Exception):
    """The connection broke or fell silent. Another one may help."""


class Refusal(Exception):
    """The server said no. `status` is its word (connectors.smb.status)."""

    def __init__(self, status: int) -> None:
        super().__init__(f"status {status:#010x}")
        self.status = status


class Answer(NamedTuple):
    """What a server answered to one message: its status, and the body behind the header."""

    status: int
    body: bytes


class _Bounded(Connection):  # type: ignore[misc]  # the library has no types
    """A connection whose every wait ends, and that follows no link a server points to."""

    bound: float = 60.0

    def receive(
        self,
        request: Request,
        wait: bool = True,
        timeout: float | None = None,
        resolve_symlinks: bool = True,
    ) -> SMB2HeaderResponse:
        return super().receive(request, wait, timeout or self.bound, resolve_symlinks=False)


class Wire:
    """A connection that is logged in as it is made.

    Raises Unreadable with `lost` where another try would be of no use or do harm, Dropped where
    it may help.
    """

    def __init__(self, account: ShareAccount, host: str) -> None:
        self._connection = _Bounded(uuid.uuid4(), host, account.port or PORT)
        self._connection.bound = account.patience_seconds
        self._host = host
        self._trees: dict[str, TreeConnect] = {}
        try:
            self._session = self._logged_in(account)
            self._more_credits()
        except BaseException:
            self.shutdown()
            raise

    def _logged_in(self, account: ShareAccount) -> Session:
        try:
            self._connection.connect(timeout=account.connect_seconds)
        except SMBResponseException:  # no dialect that both speak
            raise lost("encryption" if account.encrypt else "unreachable") from None
        except (ValueError, SMBException, OSError):
            raise Dropped from None
        if account.encrypt and not self._connection.supports_encryption:
            raise lost("encryption")
        try:
            password = account.secret.fetch() if account.secret is not None else None
        except NoSecret:
            raise lost("secret") from None
        session = Session(
            self._connection,
            account.user or None,
            password,
            require_encryption=account.encrypt,
            auth_protocol=account.login,
        )
        try:
            session.connect()
        except SMBResponseException as error:
            raise lost(lost_of(error.status)) from None
        except SMBAuthenticationError:  # no ticket, or a server that is not who it should be
            raise lost("login") from None
        except (ValueError, ImportError):  # a way to log in that is not installed
            raise lost("login") from None
        except SMBException:
            raise (Dropped if not self._is_up else lost("login")) from None
        except OSError:
            raise Dropped from None
        return session

    def _more_credits(self) -> None:
        try:
            request = self._connection.send(
                SMB2Echo(), sid=self._session.session_id, credit_request=CREDITS
            )
            self._connection.receive(request)
        except (SMBException, OSError):
            raise Dropped from None

    @property
    def _is_up(self) -> bool:
        transport = self._connection.transport
        return transport is not None and transport.connected

    @property
    def piece_bytes(self) -> int:
        """How much one answer may carry."""
        return int(self._connection.max_read_size)

    @property
    def listing_bytes(self) -> int:
        """How much of a listing one answer may carry."""
        room = max(1, self.credits - 1) * 64 * 1024
        return min(int(self._connection.max_transact_size), LISTING_BYTES, room)

    @property
    def credits(self) -> int:
        """How many pieces of 64 kB may be asked for now."""
        window = self._connection.sequence_window
        return int(window["high"] - window["low"])

    @property
    def knows_dfs(self) -> bool:
        return bool(self._connection.server_capabilities.has_flag(Capabilities.SMB2_GLOBAL_CAP_DFS))

    def tree(self, share: str) -> TreeConnect:
        """Return a share of the server. Raises Refusal."""
        key = share.casefold()
        if key not in self._trees:
            tree = TreeConnect(self._session, rf"\\{self._host}\{share}")
            try:
                tree.connect()
            except SMBResponseException as error:
                raise _refused(error) from None
            except (SMBException, OSError):
                raise Dropped from None
            self._trees[key] = tree
        return self._trees[key]

    def send(self, tree: TreeConnect, *messages: Structure | Packed) -> list[Request]:
        """Send messages that are about one file, the first being the one that opens it."""
        try:
            sid, tid = self._session.session_id, tree.tree_connect_id
            if len(messages) == 1:
                return [self._connection.send(messages[0], sid, tid, credit_request=64)]
            return list(self._connection.send_compound(list(messages), sid, tid, related=True))
        except (SMBException, OSError, ValueError):
            raise Dropped from None

    def answers(self, requests: Sequence[Request]) -> list[Answer]:
        """Wait for the answers to what was sent."""
        return [self._answer(each) for each in requests]

    def _answer(self, request: Request) -> Answer:
        try:
            header = self._connection.receive(request)
        except SMBResponseException as error:
            if error.status in GONE_SESSIONS:
                raise Dropped from None
            return Answer(error.status, bytes(error.header["data"].get_value()))
        except (SMBException, OSError):
            raise Dropped from None
        return Answer(OK, bytes(header["data"].get_value()))

    def ask(self, tree: TreeConnect, message: Structure) -> bytes:
        """Send one message and return the body of its answer. Raises Refusal."""
        (answer,) = self.answers(self.send(tree, message))
        if answer.status != OK:
            raise Refusal(answer.status)
        return answer.body

    def referral(self, path: str) -> tuple[int, list[str]]:
        r"""Ask where a DFS path `\host\share\folder` leads.

        Returns how many characters of it were understood, and the paths that stand for them.
        """
        question = DFSReferralRequest()
        question["request_file_name"] = path
        message = SMB2IOCTLRequest()
        message["ctl_code"] = CtlCode.FSCTL_DFS_GET_REFERRALS
        message["file_id"] = b"\xff" * 16
        message["max_output_response"] = _REFERRAL_BYTES
        message["flags"] = IOCTLFlags.SMB2_0_IOCTL_IS_FSCTL
        message["buffer"] = question
        body = self.ask(self.tree("IPC$"), message)
        try:
            answer = SMB2IOCTLResponse()
            answer.unpack(body)
            told = DFSReferralResponse()
            told.unpack(answer["buffer"].get_value())
            entries = told["referral_entries"].get_value()
            targets = [each.network_address for each in entries]
            consumed = int(told["path_consumed"].get_value()) // 2
        except Exception:  # whatever a server may put there
            raise Dropped from None
        return consumed, [each for each in targets if isinstance(each, str)]

    def leave(self) -> None:
        """Say goodbye."""
        try:
            self._connection.bound = GOODBYE_SECONDS
            self._connection.disconnect(timeout=GOODBYE_SECONDS)
        except (SMBException, OSError, ValueError):
            self.shutdown()

    def shutdown(self) -> None:
        """Break the connection off without a word."""
        if self._connection.transport is not None:
            try:
                self._connection.disconnect(close=False)
            except (SMBException, OSError):
                pass


def _refused(error: SMBResponseException) -> Exception:
    return Dropped() if error.status in GONE_SESSIONS else Refusal(error.status)
