"""The straight line: scan a folder, ask the index, scan again."""

from __future__ import annotations

import os
import random
import sys
from pathlib import Path

import pytest

from scanner.demo import fake
from tests.conftest import Installation

BORN = "030310"
"""A birth before 1915: such a number names nobody alive."""


def statuses(installation: Installation) -> dict[str, int]:
    return dict(
        installation.rows("SELECT status, count(*) FROM document WHERE folder=0 GROUP BY status")
    )


def test_a_labelled_number_in_a_text_file_is_found_and_not_stored(
    installation: Installation,
) -> None:
    number = fake.cpr(hyphen=True)
    installation.write("notat.txt", f"Kunden har CPR-nr. {number} og vil gerne ringes op.\n")
    installation.run("scan", installation.files, "--workers", "1", code=0)
    found = installation.run("findings", "--json", code=0).lines
    assert [line["kind"] for line in found[:-1]] == ["DK_CPR"]
    assert found[0]["masked"].startswith(number[:4])
    assert found[0]["where"] == ["line 1"]
    assert "coverage" in found[-1]
    stored = b"".join(p.read_bytes() for p in installation.folder.rglob("*.db*"))
    assert number.encode() not in stored
    assert number.replace("-", "").encode() not in stored


def test_an_unchanged_document_is_not_read_again(installation: Installation) -> None:
    installation.write("a.txt", "intet her")
    first = installation.run("scan", installation.files, "--json", code=0).lines[0]
    second = installation.run("scan", installation.files, "--json", code=0).lines[0]
    assert (first["unchanged"], second["unchanged"]) == (0, 1)


def test_a_changed_document_is_read_again_and_its_past_is_kept(installation: Installation) -> None:
    numbers = [fake.cpr(hyphen=True) for _ in range(2)]
    installation.write("a.txt", f"cpr {numbers[0]}")
    installation.run("scan", installation.files, code=0)
    installation.write("a.txt", f"cpr-nummer {numbers[1]}")
    installation.run("scan", installation.files, code=0)
    rows = installation.rows(
        "SELECT gone_run IS NULL, masked FROM occurrence o"
        " JOIN finding f ON f.content=o.content ORDER BY o.id"
    )
    assert rows == [(0, f"{numbers[0][:4]}••-••••"), (1, f"{numbers[1][:4]}••-••••")]


def test_a_deleted_document_is_gone_and_can_come_back(installation: Installation) -> None:
    path = installation.write("a.txt", f"cpr {fake.cpr()}")
    installation.write("b.txt", "b")
    installation.run("scan", installation.files, code=0)
    content = path.read_bytes()
    path.unlink()
    summary = installation.run("scan", installation.files, "--json", code=0).lines[0]
    assert summary["gone"] == 1
    assert statuses(installation) == {"gone": 1, "read": 1}
    assert installation.run("findings", "--json", code=0).lines[:-1] == []
    path.write_bytes(content)
    installation.run("scan", installation.files, code=0)
    assert statuses(installation) == {"read": 2}
    assert len(installation.run("findings", "--json", code=0).lines) == 2


def test_a_moved_document_keeps_its_identity(installation: Installation) -> None:
    path = installation.write("old/a.txt", f"cpr {fake.cpr()}")
    installation.run("scan", installation.files, code=0)
    before = installation.rows("SELECT id FROM document")
    (installation.files / "new").mkdir()
    path.rename(installation.files / "new" / "b.txt")
    summary = installation.run("scan", installation.files, "--json", code=0).lines[0]
    assert (summary["moved"], summary["gone"]) == (1, 0)
    assert installation.rows("SELECT id FROM document") == before
    assert installation.rows("SELECT display FROM document")[0][0].endswith(
        os.path.join("new", "b.txt")
    )
    assert len(installation.rows("SELECT id FROM moved")) == 1
    assert len(installation.rows("SELECT id FROM occurrence")) == 1


def test_the_same_content_in_two_places_is_read_once(installation: Installation) -> None:
    text = f"cpr {fake.cpr()}"
    for name in ("a.txt", "b/c.txt", "d.txt"):
        installation.write(name, text)
    installation.run("scan", installation.files, code=0)
    assert installation.rows("SELECT count(*) FROM content") == [(1,)]
    assert installation.rows("SELECT count(*) FROM occurrence") == [(3,)]
    assert len(installation.run("findings", "--json", code=0).lines) == 4


def test_a_hard_link_is_read_once_and_both_paths_are_known(installation: Installation) -> None:
    path = installation.write("a.txt", f"cpr {fake.cpr()}")
    os.link(path, installation.files / "b.txt")
    installation.run("scan", installation.files, code=0)
    assert statuses(installation) == {"read": 2}
    assert installation.rows("SELECT count(DISTINCT content), count(*) FROM occurrence") == [(1, 2)]
    again = installation.run("scan", installation.files, "--json", code=0).lines[0]
    assert (again["unchanged"], again["moved"]) == (2, 0)


def test_a_private_folder_is_counted_and_not_opened(installation: Installation) -> None:
    number = fake.cpr()
    installation.write("Privat/mit.txt", f"cpr {number}")
    summary = installation.run("scan", installation.files, "--json", code=0).lines[0]
    assert summary["excluded"] == {"private": 1}
    assert installation.rows("SELECT rule, count, bytes FROM excluded") == [
        ("private", 1, len(f"cpr {number}"))
    ]
    assert statuses(installation) == {}


def test_a_number_in_a_file_name_is_a_finding_and_stands_nowhere(
    installation: Installation,
) -> None:
    number = fake.cpr(hyphen=True)
    installation.write(f"Kontrakt {number}.txt", "Ingen data i selve filen")
    installation.run("scan", installation.files, code=0)
    found = installation.run("findings", "--json", code=0).lines
    assert [(line["kind"], line["where"]) for line in found[:-1]] == [("DK_CPR", ["name"])]
    everything = b"".join(p.read_bytes() for p in installation.folder.glob("home/*.db*"))
    for form in (number, number.replace("-", "")):
        assert form.encode() not in everything
        assert form not in found[0]["path"]
    again = installation.run("scan", installation.files, "--json", code=0).lines[0]
    assert again["unchanged"] == 1


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        pytest.param(("scan",), 2, id="no place named and none configured"),
        pytest.param(("scan", "/does/not/exist"), 2, id="a path that is not there"),
        pytest.param(("--nonsense",), 2, id="an unknown option"),
    ],
)
def test_a_wrong_use_is_exit_code_2(
    installation: Installation, arguments: tuple[str, ...], code: int
) -> None:
    ran = installation.run(*arguments, code=code)
    assert "Traceback" not in ran.err


def test_the_id_of_the_example_is_no_device(installation: Installation) -> None:
    text = installation.config.read_text("utf-8")
    own = installation.setup().device()
    nobody = "00000000-0000-0000-0000-000000000000"
    installation.config.write_text(text.replace(own, nobody), "utf-8")
    assert "has no id yet" in installation.run("scan", installation.files, code=2).err


def test_something_unread_is_exit_code_3(installation: Installation) -> None:
    installation.write("kapot.pdf", b"%PDF-1.4\n\x00\x01\x02 not a pdf")
    ran = installation.run("scan", installation.files, "--json", code=3)
    assert ran.lines[0]["statuses"] == {"unread": 1}


def test_a_folder_that_cannot_be_listed_closes_nothing_below(installation: Installation) -> None:
    if sys.platform == "win32":
        pytest.skip("permissions are made with POSIX modes")
    installation.write("laast/a.txt", f"cpr {fake.cpr()}")
    installation.run("scan", installation.files, code=0)
    from connectors import Unreadable
    from scanner.index.run import PlaceRun

    setup = installation.setup()
    tools = installation.tools()
    from scanner.index.store import Index

    with Index(installation.index_path) as index:
        run = PlaceRun(
            index,
            tools,
            device=setup.device(),
            place=str(installation.files),
            root=os.fsencode(installation.files),
        )
        denied = Unreadable(os.fsencode(installation.files / "laast"), "no_access", folder=True)
        assert list(run.stale([denied])) == []
        run.finish("done")
    assert run.counts.gone == 0
    assert installation.rows("SELECT count(*) FROM occurrence WHERE gone_run IS NULL") == [(1,)]


def test_two_scans_of_one_place_at_once_are_refused(installation: Installation) -> None:
    from scanner.platform import FileLock

    installation.run("scan", installation.files, code=0)
    place = installation.rows("SELECT id FROM place")[0][0]
    with FileLock(installation.index_path.with_name(f"fodspor.db.place-{place}.lock")):
        ran = installation.run("scan", installation.files, code=1)
    assert "another scan" in ran.err


def test_an_estimate_tells_what_is_away_and_goes_on(installation: Installation) -> None:
    installation.write("a.txt", "intet")
    for name, path in (("away", installation.folder / "away"), ("here", installation.files)):
        installation.configure(f'[[place]]\nname = "{name}"\npath = "{path}"')
    away, here = installation.run("scan", "--estimate", "--json", code=3).lines
    assert away == {"place": "away", "status": "offline", "reason": "offline"}
    assert here["files"] == 1


def test_an_estimate_reads_nothing(installation: Installation) -> None:
    installation.write("a.txt", "x" * 1000)
    ran = installation.run("scan", installation.files, "--estimate", "--json", code=0)
    assert (ran.lines[0]["files"], ran.lines[0]["bytes"]) == (1, 1000)
    assert installation.rows("SELECT count(*) FROM document") == [(0,)]


def test_full_reads_everything_again(installation: Installation) -> None:
    installation.write("a.txt", "x")
    installation.run("scan", installation.files, code=0)
    again = installation.run("scan", installation.files, "--full", "--json", code=0).lines[0]
    assert again["unchanged"] == 0


def test_a_part_of_a_place_belongs_to_the_place(installation: Installation, tmp_path: Path) -> None:
    installation.configure(f'[[place]]\nname = "filer"\npath = "{installation.files}"')
    installation.write("a/x.txt", "x")
    installation.write("b/y.txt", "y")
    installation.run("scan", code=0)
    (installation.files / "a" / "x.txt").unlink()
    (installation.files / "b" / "y.txt").unlink()
    installation.run("scan", installation.files / "a", code=0)
    assert statuses(installation) == {"gone": 1, "read": 1}
    assert installation.rows("SELECT count(*) FROM place") == [(1,)]


def test_a_number_of_random_files_each_have_exactly_one_outcome(installation: Installation) -> None:
    chance = random.Random(4)
    for number in range(150):
        installation.write(f"{number % 7}/{number}.bin", chance.randbytes(chance.randrange(3000)))
    installation.run("scan", installation.files, "--workers", "2")
    assert sum(statuses(installation).values()) == 150


def test_a_place_that_is_suddenly_empty_is_offline_and_closes_nothing(
    installation: Installation,
) -> None:
    path = installation.write("a.txt", f"cpr {fake.cpr()}")
    installation.run("scan", installation.files, code=0)
    path.unlink()
    line = installation.run("scan", installation.files, "--json", code=3).lines[0]
    assert (line["status"], line["gone"], line["folders"]) == ("offline", 0, {"offline": 1})
    assert statuses(installation) == {"read": 1}
    line = installation.run("scan", installation.files, "--json", "--full", code=0).lines[0]
    assert (line["status"], line["gone"]) == ("done", 1)


def test_a_sparse_hole_costs_nothing(installation: Installation) -> None:
    path = installation.write("hole.log", f"cpr {fake.cpr()}\n".ljust(65536, "x"))
    with path.open("r+b") as file:
        file.truncate(3 * 1024**3)
    if path.stat().st_blocks * 512 > 1024**2:
        pytest.skip("this file system keeps no holes")
    installation.run("scan", installation.files, code=0)
    assert len(installation.run("findings", "--json", code=0).lines) == 2


def test_our_own_files_are_left_out(installation: Installation) -> None:
    installation.run("scan", installation.folder)
    line = installation.run("scan", installation.folder, "--json").lines[0]
    shown = [row[0] for row in installation.rows("SELECT display FROM document")]
    assert not [name for name in shown if ".db" in name or "/state/" in name or ".key" in name]
    assert line["excluded"]


def test_a_folder_named_by_a_number_is_masked_as_a_place(installation: Installation) -> None:
    number = fake.cpr(hyphen=True)
    installation.write(f"{number}/a.txt", "x")
    ran = installation.run("scan", installation.files / number, code=0)
    again = installation.run("scan", installation.files / number, "--json", code=0)
    assert again.lines[0]["unchanged"] == 1
    stored = b"".join(p.read_bytes() for p in installation.folder.glob("home/*.db*"))
    logged = b"".join(p.read_bytes() for p in (installation.folder / "state").rglob("*.log"))
    for place in (stored, logged, ran.out.encode(), ran.err.encode(), again.out.encode()):
        assert number.encode() not in place


def test_a_folder_below_one_scanned_before_belongs_to_it(installation: Installation) -> None:
    installation.write("a/x.txt", f"cpr {fake.cpr()}")
    installation.write("y.txt", "y")
    installation.run("scan", installation.files, code=0)
    for place in (installation.files / "a", installation.files / "a" / "x.txt"):
        line = installation.run("scan", place, "--json", code=0).lines[0]
        assert (line["unchanged"], line["gone"]) == (1, 0)
    assert installation.rows("SELECT count(*) FROM place") == [(1,)]
    assert statuses(installation) == {"read": 2}


def test_inspect_says_what_it_looked_at(installation: Installation) -> None:
    installation.write("Privat/a.txt", "x")
    installation.write("b\x1b[31m.txt", f"cpr {fake.cpr()}")
    ran = installation.run("inspect", installation.files, code=0)
    assert "1 document looked at, 1 value, 0 not read or not wholly, 1 left out by rules" in ran.err
    assert "\x1b" not in ran.out


def test_a_value_typed_as_an_argument_is_not_repeated(installation: Installation) -> None:
    number = fake.cpr(hyphen=True)
    ran = installation.run("person", number, code=2)
    assert number not in ran.err + ran.out
    assert "stdin" in ran.err
