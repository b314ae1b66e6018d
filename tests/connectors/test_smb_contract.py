"""A share of a real Samba keeps the contract of all connectors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from connectors.smb.connector import SmbConnector
from tests.connectors.contract import ConnectorContract
from tests.connectors.samba import ANNA, Samba, connector_at, missing, running

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing())


@dataclass
class ShareWorld:
    """An empty share."""

    server: Samba

    @property
    def connector(self) -> SmbConnector:
        return connector_at(self.server)

    def put(self, name: str, content: bytes) -> None:
        path = self.server.share() / name
        path.write_bytes(content)
        self.server.own(ANNA, path)

    def remove(self, name: str) -> None:
        (self.server.share() / name).unlink()

    def lose(self) -> None:
        self.server.stop()


class TestShare(ConnectorContract):
    @pytest.fixture
    def world(self) -> Iterator[ShareWorld]:
        with running() as server:
            yield ShareWorld(server)
