"""A folder has one spelling, whatever links, cases or forms of letters a path is written with."""

from __future__ import annotations

import os
import sys
import unicodedata
from pathlib import Path

import pytest

from connectors.spelling import _on_disk, chosen, real, same

NFC, NFD = "Kælder-å", unicodedata.normalize("NFD", "Kælder-å")


@pytest.mark.parametrize(
    ("name", "names", "meant"),
    [
        pytest.param("Salg", ["salg", "Salg"], "Salg", id="the name itself goes first"),
        pytest.param("SALG", ["Salg"], "Salg", id="another case"),
        pytest.param(NFC, [NFD], NFD, id="composed letters, decomposed on the disk"),
        pytest.param(NFC.upper(), ["x", NFD], NFD, id="both"),
        pytest.param("Salg", ["Salg2"], "Salg", id="no such name"),
        pytest.param("a\udcff", ["A\udcff"], "A\udcff", id="a name that is no text"),
    ],
)
def test_the_name_that_is_meant(name: str, names: list[str], meant: str) -> None:
    assert chosen(os.fsencode(name), [os.fsencode(each) for each in names]) == os.fsencode(meant)


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights on Windows")
def test_links_and_detours_are_followed(tmp_path: Path) -> None:
    true = Path(os.path.realpath(tmp_path)) / "Salg" / "Syd"
    true.mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "Salg")
    (tmp_path / "link2").symlink_to("link")
    for path in ("Salg/Syd", "link/Syd", "link2/Syd/", "Salg/Syd/../Syd", "link2/./Syd"):
        assert real(os.fsencode(tmp_path) + b"/" + path.encode()) == os.fsencode(true)


def test_what_is_not_there_stays_as_written(tmp_path: Path) -> None:
    folder = os.path.realpath(os.fsencode(tmp_path))
    path = os.path.join(folder, b"Ikke", b"her\xff" if sys.platform == "linux" else b"her")
    assert real(path) == path
    assert not same(path, folder)
    assert same(path, path)


@pytest.mark.skipif(sys.platform == "win32", reason="hard links and cases are POSIX here")
def test_two_names_of_one_file_are_not_mixed_up(tmp_path: Path) -> None:
    (tmp_path / "salg").write_text("x")
    try:
        os.link(tmp_path / "salg", tmp_path / "SALG")
    except FileExistsError:
        pytest.skip("this file system takes both names for one")
    for name in (b"salg", b"SALG"):
        assert _on_disk(os.fsencode(tmp_path), name) == name


def test_one_spelling_where_the_disk_takes_several_for_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is played: none that folds names is at hand where the tests run."""
    (tmp_path / "Salg").mkdir()
    lstat = os.lstat

    def folding(path: bytes) -> os.stat_result:
        folder, name = os.path.split(path)
        return lstat(os.path.join(folder, b"Salg") if name.lower() == b"salg" else path)

    monkeypatch.setattr("connectors.spelling.os.lstat", folding)
    assert _on_disk(os.fsencode(tmp_path), b"sALG") == b"Salg"
