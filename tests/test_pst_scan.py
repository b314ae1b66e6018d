"""Outlook's files in a scan: each item a document, read once, named as a person finds it."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from tests.conftest import Installation
from tests.connectors.pst_writer import (
    Attachment,
    Item,
    PstWriter,
    Wanted,
    binary,
    number,
    text,
    time,
)
from tests.test_mailboxes import mask_of, masks, numbers, scanned

THEN = 1_700_000_000 * 10**9


def mail(subject: str, words: str, **more: int) -> Item:
    properties: Wanted = {
        0x001A: text("IPM.Note"),
        0x0036: number(more.get("sensitivity", 0)),
        0x0037: text(subject),
        0x0039: time(THEN),
        0x0C1A: text("Bo Bech"),
        0x0C1F: text("bo@firma.example"),
        0x0E08: number(2000),
        0x1000: text(words),
        0x3008: time(THEN + more.get("later", 0)),
    }
    return Item(properties, [{0x0C15: number(1), 0x3003: text("ida@kunde.example")}])


def pst(path: Path, *items: tuple[str, Item]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = PstWriter(path)
    folders: dict[str, int] = {}
    for name, item in items:
        if name not in folders:
            folders[name] = writer.folder(writer.top, name)
        writer.message(folders[name], item)
    writer.close()
    return path


def test_each_item_is_a_document_and_only_what_is_new_is_read(installation: Installation) -> None:
    cpr = numbers(4)
    path = installation.files / "Outlook" / "arkiv.pst"
    items = [("Indbakke", mail(f"Sag {n}", f"CPR {each}")) for n, each in enumerate(cpr)]
    pst(path, *items[:3])
    assert scanned(installation)["met"] == 4
    assert masks(installation) == sorted(map(mask_of, cpr[:3]))
    query = "SELECT id, read_at, token FROM document WHERE item<>'' ORDER BY id"
    read = installation.rows(query)
    pst(path, *items)
    second = scanned(installation)
    assert (second["met"], second["unchanged"], second["gone"]) == (5, 3, 0)
    assert installation.rows(query)[:3] == read
    assert masks(installation) == sorted(map(mask_of, cpr))
    assert scanned(installation)["unchanged"] == 5


def test_a_changed_message_is_read_again_and_a_deleted_one_is_gone(
    installation: Installation,
) -> None:
    first, second, third = numbers(3)
    path = installation.files / "arkiv.pst"
    pst(path, ("Indbakke", mail("a", f"CPR {first}")), ("Indbakke", mail("b", f"CPR {second}")))
    scanned(installation)
    pst(path, ("Indbakke", mail("a", f"CPR {third}", later=10**9)))
    after = scanned(installation)
    assert (after["gone"], masks(installation)) == (1, [mask_of(third)])


def test_private_folders_and_messages_are_counted(installation: Installation) -> None:
    cpr = numbers(4)
    pst(
        installation.files / "arkiv.pst",
        ("Privat", mail("a", f"CPR {cpr[0]}")),
        ("Indbakke", mail("b", f"CPR {cpr[1]}", sensitivity=2)),
        ("Indbakke", mail("c", f"CPR {cpr[2]}")),
    )
    run = scanned(installation)
    assert run["met"] == 2
    assert masks(installation) == [mask_of(cpr[2])]
    assert installation.rows("SELECT sum(count) FROM excluded WHERE rule='private'") == [(2,)]


def test_attachments_and_messages_in_messages_are_read(installation: Installation) -> None:
    cpr = numbers(2)
    inner = mail("indeni", f"CPR {cpr[0]}")
    item = mail("ude", "se vedhæftet")
    item.attachments = [
        Attachment({0x3705: number(5), 0x3001: text("indeni")}, inner),
        Attachment(
            {
                0x3705: number(1),
                0x3707: text("kunder.csv"),
                0x3701: binary(f"navn;cpr\nBo;{cpr[1]}\n".encode()),
            }
        ),
    ]
    pst(installation.files / "arkiv.pst", ("Indbakke", item))
    scanned(installation)
    found = installation.run("findings", "--kind", "DK_CPR", "--json", code=0).lines[:-1]
    assert {line["inner_path"].rpartition(" › ")[2] for line in found} == {
        "indeni.eml",
        "kunder.csv",
    }


def test_a_pst_in_a_zip_is_read_by_the_same_code(installation: Installation) -> None:
    (cpr,) = numbers(1)
    path = pst(installation.folder / "arkiv.pst", ("Indbakke", mail("a", f"CPR {cpr}")))
    installation.files.mkdir(exist_ok=True)
    with zipfile.ZipFile(installation.files / "gammelt.zip", "w") as archive:
        archive.write(path, "arkiv.pst")
    scanned(installation)
    assert masks(installation) == [mask_of(cpr)]


@pytest.mark.parametrize("cut", [0.02, 0.5, 0.9])
def test_a_damaged_file_is_told(installation: Installation, cut: float) -> None:
    path = pst(installation.files / "arkiv.pst", ("Indbakke", mail("a", "x" * 50_000)))
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * cut)])
    scanned(installation, code=3)
    ((reason,),) = installation.rows("SELECT DISTINCT reason FROM document WHERE item=''")
    assert reason in ("truncated", "corrupt")


def test_a_folder_that_cannot_be_listed_whole_is_named(installation: Installation) -> None:
    (cpr,) = numbers(1)
    installation.files.mkdir(exist_ok=True)
    writer = PstWriter(installation.files / "arkiv.pst")
    for name in ("Indbakke", f"Sag {cpr}"):
        folder = writer.folder(writer.top, name)
        writer.message(folder, mail("a", "Hej"))
        writer.row(folder, 0x7FFF00 + 32 * len(name), {0x0E08: number(1)})  # an item that is lost
    writer.close()
    for _ in range(2):  # also when nothing changed since
        scanned(installation, code=3)
        told = installation.run("report", "unread", code=0).out
        lines = [line.strip() for line in told.splitlines()]
        assert "arkiv.pst · " in lines[lines.index("Indbakke") - 1]
        assert mask_of(cpr) in told
        assert cpr not in told
    stored = str(installation.rows('SELECT "where" FROM problem'))
    assert "Indbakke" in stored
    assert cpr not in stored
