"""Documents are named shortly, and every answer says where the places are that it named."""

from __future__ import annotations

from pathlib import Path

from scanner.answers.naming import Naming
from scanner.messages import words
from tests.answers.shelf import Doc, Shelf, cprs

(CPR,) = cprs(1)


def test_a_place_and_the_path_below_it_lead_to_the_file(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.run([Doc("/srv/share/hr/løn.xlsx", (CPR,))])
    out = shelf.ask("findings").out
    assert "share: hr/løn.xlsx" in out
    assert "share: in /srv\n" in out


def test_a_place_that_is_named_otherwise_than_its_folder_is_spelt_out(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.run([Doc("/srv/share/a.txt", (CPR,))])
    shelf.sql("UPDATE place SET name='Fællesdrevet'")
    out = shelf.ask("findings", language="da").out
    assert "Fællesdrevet: a.txt" in out
    assert "Fællesdrevet er /srv/share\n" in out


def test_a_folder_given_by_hand_is_not_named_twice(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.run([Doc("/srv/share/a.txt", (CPR,))])
    shelf.sql("UPDATE place SET name='/srv/share'")
    out = shelf.ask("findings").out
    assert out.count("/srv/share") == 1
    assert "/srv/share/a.txt" in out


def test_places_of_one_name_on_two_devices_are_told_apart(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.run([Doc("/srv/share/a.txt", (CPR,))])
    shelf.run([Doc("/srv/share/b.txt", (CPR,))], device="device-2")
    out = shelf.ask("findings").out
    assert "LAPTOP-7/share: a.txt" in out
    assert "device-2/share: b.txt" in out
    assert "device-2/share: in /srv (device-2)" in out


def test_what_was_not_named_is_not_in_the_legend(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, places=("share", "mail"))
    shelf.run([Doc("/srv/share/a.txt", (CPR,))])
    shelf.run([Doc("/srv/mail/b.txt")], place="mail")
    with shelf.opened() as opened:
        naming = Naming(opened)
        assert list(naming.legend(words("en"))) == []
        assert naming.path("LAPTOP-7", "share", "/srv/share2/x") == "/srv/share2/x"
        assert naming.path("LAPTOP-7", "share", "/srv/share/x") == "share: x"
        assert list(naming.legend(words("en"))) == ["share: in /srv"]


def test_names_are_masked_as_ever(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    number = f"{CPR.value[:6]}-{CPR.value[6:]}"
    shelf.run([Doc(f"/srv/share/{number}/brev.txt", (CPR,))])
    out = shelf.ask("findings").out
    assert f"share: {CPR.value[:4]}••-••••/brev.txt" in out
    assert number not in out
