"""SFTP, WebDAV and S3: the contract of connectors with real servers, and nothing more."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from connectors import Told, Unreadable
from connectors.remote import RemoteConnector
from connectors.remote_account import RemoteAddress
from scanner.demo import fake
from scanner.examine import examine
from scanner.tools import tools_of
from tests.conftest import Installation
from tests.connectors.contract import (
    HOLM,
    ConnectorContract,
    World,
    documents,
    open_descriptors,
)
from tests.connectors.dovecot import Known
from tests.connectors.relay import relayed

servers = pytest.importorskip("tests.connectors.servers")
for package in ("sshfs", "webdav4", "s3fs", "moto", "wsgidav"):
    pytest.importorskip(package)


@pytest.mark.skipif(servers.SSHD is None, reason="no sshd: tests/system_packages.sh installs it")
class TestSftp(ConnectorContract):
    @pytest.fixture
    def world(self, tmp_path: Path) -> Iterator[World]:
        with servers.sftp(tmp_path) as world:
            yield world


class PooledContract(ConnectorContract):
    """Of a protocol whose library keeps connections, and lets them go as it pleases."""

    def test_a_walk_left_half_way_leaves_nothing_open(self, world: World) -> None:
        for name in "abc":
            world.put(name, HOLM)
        documents(world.connector)
        before = open_descriptors()
        for _ in range(5):
            next(iter(world.connector.walk()))
            gc.collect()
        after = open_descriptors()
        assert before is None or (after is not None and after <= before + 1)


class TestWebdav(PooledContract):
    @pytest.fixture
    def world(self, tmp_path: Path) -> Iterator[World]:
        with servers.webdav(tmp_path) as world:
            yield world


class TestS3(PooledContract):
    @pytest.fixture
    def world(self, tmp_path: Path) -> Iterator[World]:
        with servers.s3() as world:
            yield world


@pytest.mark.parametrize(
    ("address", "said"),
    [
        pytest.param("sftp://anna@fil01.firma.dk/x", "user", id="a user"),
        pytest.param("sftp:///x", "host", id="no host"),
        pytest.param("sftp://fil01:99999/x", "host", id="a port too high"),
        pytest.param("s3://firma/../x", "folder", id="a folder above"),
        pytest.param("ftp://fil01/x", "address", id="another protocol"),
    ],
)
def test_an_address_that_is_none_says_what_to_write(address: str, said: str) -> None:
    with pytest.raises(ValueError, match=said) as caught:
        RemoteAddress.parsed(address)
    assert "sftp://HOST/FOLDER" in str(caught.value)


def test_a_scan_reads_a_server_once_and_tells_what_it_leaves_out(
    installation: Installation,
) -> None:
    number = fake.cpr()
    folder = installation.folder / "served"
    folder.mkdir()
    with servers.webdav(folder) as world:
        world.put("kunde.txt", f"cpr-nr. {number}".encode())
        world.put("æøå/brev 100%.txt", f"cpr-nr. {number}!".encode())
        world.put("Privat/brev.txt", b"hemmeligt")
        port = world.connector.account.port
        password = installation.config.with_name("server")
        password.write_text(servers.PASSWORD + "\n", "utf-8")
        password.chmod(0o600)
        installation.configure(
            f'[[place]]\nname = "sky"\npath = "webdav+http://127.0.0.1:{port}"\n'
            '[place.remote]\nuser = "anna"\npassword = {file = "server"}\n'
        )
        first = installation.run("scan", "--json", code=0).lines[0]
        assert (first["met"], first["excluded"]["private"]) == (2, 1)
        found = installation.run("findings", "--json", code=0).lines[:-1]
        assert sorted(line["path"].rpartition("/")[2] for line in found) == [
            "brev 100%.txt",
            "kunde.txt",
        ]
        again = installation.run("scan", "--json", code=0).lines[0]
        assert again["unchanged"] == again["met"] == 2
        password.write_text("et andet\n", "utf-8")
        lost = installation.run("scan", "--json", code=3).lines[0]
        assert lost["status"] != "done"
        password.write_text(servers.PASSWORD + "\n", "utf-8")
    installation.run("scan", "--json", code=3)
    assert len(installation.run("findings", "--json", code=0).lines) == 3


@pytest.mark.skipif(servers.SSHD is None, reason="no sshd: tests/system_packages.sh installs it")
def test_why_a_server_is_out_of_reach_is_told(tmp_path: Path) -> None:
    from asyncssh import generate_private_key

    other = Known(generate_private_key("ssh-ed25519").export_private_key().decode())
    nobody = tmp_path / "nobody"
    nobody.write_text("")
    with servers.sftp(tmp_path) as world:
        connector = world.connector
        changes: dict[str, dict[str, Any]] = {
            "login": {"secret": other},
            "certificate": {"known_hosts": str(nobody)},
            "unreachable": {"port": 1},
        }
        for lost, change in changes.items():
            account = replace(connector.account, **change)
            assert why_lost(replace(connector, account=account)) == lost
        assert why_lost(replace(connector, root=connector.root + b"/nowhere")) == "folder"


def why_lost(connector: RemoteConnector) -> str:
    with pytest.raises(Unreadable) as trouble:
        list(connector.walk())
    return trouble.value.lost


def test_a_line_that_ends_in_mid_file_is_no_damage_of_the_file(
    installation: Installation, tmp_path: Path
) -> None:
    served = tmp_path / "served"
    served.mkdir()
    with servers.webdav(served) as world:
        world.put("stor.txt", b"linje efter linje\n" * 600_000)
        straight = world.connector.account
        with relayed(straight.port) as relay:
            account = replace(straight, port=relay.port)
            (document,) = documents(replace(world.connector, account=account))
            with document.open() as stream:  # a reader may make of a broken line what it will
                assert isinstance(stream, Told)
                assert stream.failed is None
                relay.cut_after, relay.cuts, relay.dies = 5_000_000, 1_000, True
                with pytest.raises(Unreadable):
                    stream.read()
                assert stream.failed is not None
                assert stream.failed.reason == "offline"
            recipe = installation.setup().recipe(None, with_index=False)
            outcome = examine(document, recipe)
            tools_of(recipe).leave()
    assert outcome.problem is not None
    assert outcome.problem.reason == "offline"
    assert outcome.readings == ()
