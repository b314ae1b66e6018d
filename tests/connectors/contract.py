"""What every connector must do, as tests: subclass ConnectorContract and give it a world."""

from __future__ import annotations

import gc
import hashlib
import io
import os
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest

from connectors import Connector, Document, Excluded, Unreadable
from connectors.archives import Message
from connectors.mailserver import FOLDER, MailConnector

HOLM = b"Kunde: Anna Marie Holm"
BECK = b"Kunde: Bo Beck"
REASONS_OF_A_LOST_PLACE = {"offline", "no_access"}


class World(Protocol):
    """A place that a test can change from outside, and the connector that looks at it."""

    @property
    def connector(self) -> Connector: ...

    def put(self, name: str, content: bytes) -> None:
        """Add a document that holds `content`, or change the one of that name."""

    def remove(self, name: str) -> None: ...

    def lose(self) -> None:
        """Take the whole place away, as when a disk is pulled or a server stops."""


def documents(connector: Connector) -> list[Document]:
    """Return what a walk meets, and of the folders of a mail server the messages in them."""
    found: list[Document] = []
    for met in connector.walk():
        if isinstance(met, Document):
            found += listed(met) if met.type == FOLDER else [met]
    return found


def listed(folder: Document) -> list[Document]:
    connector = folder.connector
    assert isinstance(connector, MailConnector)
    mailbox = connector.account.connect(hashlib.sha256, io.BytesIO)
    try:
        events = list(mailbox.messages(folder.locator, b"", (), None))
    finally:
        mailbox.close()
    return [connector.message(folder, each) for each in events if isinstance(each, Message)]


def content(document: Document) -> bytes:
    with document.open() as stream:
        return stream.read()


def open_descriptors() -> int | None:
    folder = Path("/proc/self/fd")
    return len(os.listdir(folder)) if folder.exists() else None


class ConnectorContract:
    """Subclass it, and give a fixture `world`: an empty place."""

    @pytest.fixture
    def world(self, tmp_path: Path) -> Iterator[World]:
        raise NotImplementedError

    def test_an_empty_place_holds_nothing(self, world: World) -> None:
        assert documents(world.connector) == []

    def test_yields_nothing_but_the_three_kinds(self, world: World) -> None:
        world.put("a", HOLM)
        assert {type(met) for met in world.connector.walk()} <= {Document, Unreadable, Excluded}

    def test_every_document_once_with_its_bytes(self, world: World) -> None:
        for name, text in (("a", HOLM), ("b", BECK), ("c", HOLM)):
            world.put(name, text)
        found = documents(world.connector)
        assert len(found) == len({(each.path, each.item) for each in found}) == 3
        assert sum(HOLM in content(each) for each in found) == 2
        assert sum(BECK in content(each) for each in found) == 1

    def test_two_walks_agree_to_the_letter(self, world: World) -> None:
        for name in "cab":
            world.put(name, name.encode())
        assert list(world.connector.walk()) == list(world.connector.walk())

    def test_a_change_changes_its_token_and_no_other(self, world: World) -> None:
        world.put("a", HOLM)
        world.put("b", HOLM)
        before = {(each.path, each.item): each.version for each in documents(world.connector)}
        world.put("b", BECK * 2)
        after = {(each.path, each.item): each.version for each in documents(world.connector)}
        kept = set(before.items()) & set(after.items())
        assert len(kept) == 1
        assert len(after) == 2

    def test_a_removed_document_is_met_no_more(self, world: World) -> None:
        world.put("a", HOLM)
        world.put("b", BECK)
        world.remove("a")
        assert [BECK in content(each) for each in documents(world.connector)] == [True]

    def test_opening_what_was_removed_says_vanished(self, world: World) -> None:
        world.put("a", HOLM)
        (document,) = documents(world.connector)
        world.remove("a")
        with pytest.raises(Unreadable) as trouble:
            document.open()
        assert trouble.value.reason == "vanished"
        assert str(trouble.value) == "vanished"

    def test_metadata_is_within_bounds(self, world: World) -> None:
        world.put("a", HOLM)
        (document,) = documents(world.connector)
        assert document.size >= len(HOLM)
        assert -(2**63) < document.modified_ns < 2**63
        assert document.version
        assert document.links >= 1
        assert document.owner is None or document.owner
        assert not document.placeholder

    def test_file_ids_name_one_file_each(self, world: World) -> None:
        for name in "abc":
            world.put(name, HOLM)
        ids = [each.file_id for each in documents(world.connector) if each.file_id]
        assert len(ids) == len(set(ids))

    def test_the_stream_can_be_sought_and_opened_twice(self, world: World) -> None:
        world.put("a", HOLM)
        (document,) = documents(world.connector)
        with document.open() as first, document.open() as second:
            assert first.seekable()
            whole = first.read()
            assert second.read() == whole
            first.seek(-3, os.SEEK_END)
            assert first.read() == whole[-3:]
            first.seek(2)
            assert first.tell() == 2
            assert first.read(4) == whole[2:6]

    def test_a_worker_gets_it_by_pickle_small_and_whole(self, world: World) -> None:
        world.put("a", HOLM)
        (document,) = documents(world.connector)
        sent = pickle.dumps(document)
        assert len(sent) < 4096
        arrived = pickle.loads(sent)
        assert arrived == document
        assert HOLM in content(arrived)

    def test_nothing_prints_where_it_lies(self, world: World) -> None:
        world.put("hemmelig", HOLM)
        (document,) = documents(world.connector)
        shown = repr(document) + repr(world.connector)
        assert os.fsdecode(os.path.basename(document.path)) not in shown
        assert os.fsdecode(os.path.dirname(document.path)) not in shown

    def test_exists_until_it_is_removed(self, world: World) -> None:
        world.put("a", HOLM)
        (document,) = documents(world.connector)
        assert world.connector.exists(document.path)
        world.remove("a")
        if not document.item:
            assert not world.connector.exists(document.path)

    def test_a_lost_place_raises_and_nothing_counts_as_gone(self, world: World) -> None:
        world.put("a", HOLM)
        (document,) = documents(world.connector)
        world.lose()
        with pytest.raises(Unreadable) as trouble:
            list(world.connector.walk())
        assert trouble.value.reason in REASONS_OF_A_LOST_PLACE
        assert trouble.value.folder
        assert world.connector.exists(document.path)

    def test_a_walk_left_half_way_leaves_nothing_open(self, world: World) -> None:
        for name in "abc":
            world.put(name, HOLM)
        documents(world.connector)
        before = open_descriptors()
        walk = iter(world.connector.walk())
        next(walk)
        del walk
        gc.collect()
        assert open_descriptors() == before
