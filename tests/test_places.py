"""A file is one document, whatever place it is met in: wider, narrower, renamed, nested, linked."""

from __future__ import annotations

import json
import os
import random
import shlex
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from scanner.cli.settling import settled
from scanner.demo import fake
from scanner.index.run import PlaceRun
from scanner.index.store import Index
from scanner.places import Held, Plan, Root, plan
from scanner.setup import Setup
from scanner.tools import Tools
from tests.conftest import Installation
from tests.index_files import read

PLACE = "[[place]]\nname = {}\npath = {}\n"


def configured(installation: Installation, **places: Path | str) -> None:
    """Write the configuration anew, with these places."""
    before = installation.config.read_text("utf-8").partition("[[place]]")[0].rstrip()
    tables = [PLACE.format(json.dumps(n), json.dumps(str(p))) for n, p in places.items()]
    installation.config.write_text("\n\n".join([before, *tables]) + "\n", "utf-8")


def ids(installation: Installation) -> dict[str, int]:
    return {
        Path(path).name: number
        for number, path in installation.rows("SELECT id, display FROM document")
    }


def places(installation: Installation) -> dict[str, int]:
    """Return the names of places with the number of their documents."""
    return dict(
        installation.rows(
            "SELECT name, (SELECT count(*) FROM document WHERE place=p.id AND folder=0)"
            " FROM place p"
        )
    )


@pytest.fixture
def tree(installation: Installation) -> Installation:
    """Three folders in one another, a file with a number in each, ready to be scanned."""
    installation.config.write_text(
        installation.config.read_text("utf-8").partition("[[place]]")[0], "utf-8"
    )
    for name in ("a.txt", "salg/b.txt", "salg/syd/c.txt"):
        installation.write(name, f"cpr {fake.cpr()}")
    return installation


def test_a_wider_place_absorbs_what_was_scanned_before(tree: Installation) -> None:
    for folder in ("salg/syd/c.txt", "salg/syd", "salg"):
        tree.run("scan", tree.files / folder, code=0)
    before, contents = ids(tree), tree.rows("SELECT id, read_at FROM content ORDER BY id")
    lying = tree.rows("SELECT document, content, first_run FROM occurrence ORDER BY id")
    ran = tree.run("scan", tree.files, "--json", code=0)
    assert f"place {tree.files}/salg is part of {tree.files} now: 2 documents" in ran.err
    assert (ran.lines[0]["unchanged"], ran.lines[0]["met"], ran.lines[0]["gone"]) == (2, 3, 0)
    assert {name: ids(tree)[name] for name in before} == before
    assert tree.rows("SELECT id, read_at FROM content ORDER BY id")[:2] == contents
    assert tree.rows("SELECT document, content, first_run FROM occurrence ORDER BY id")[:2] == lying
    assert places(tree) == {str(tree.files): 3}
    runs = tree.rows("SELECT number, json_extract(coverage, '$.below') FROM run ORDER BY id")
    assert runs == [
        (1, f"{tree.files}/salg/syd/c.txt"),
        (2, f"{tree.files}/salg/syd"),
        (3, f"{tree.files}/salg"),
        (4, None),
    ]
    assert len(tree.run("findings", "--json", code=0).lines) == 4
    assert tree.run("index", "check", code=0)
    assert "now" not in tree.run("scan", tree.files, code=0).err


def test_a_folder_below_stays_part_of_what_was_scanned_above(tree: Installation) -> None:
    tree.run("scan", tree.files, code=0)
    line = tree.run("scan", tree.files / "salg", "--json", code=0).lines[0]
    assert (line["place"], line["unchanged"]) == (str(tree.files), 2)
    assert places(tree) == {str(tree.files): 3}


def test_a_renamed_place_is_the_same_place(tree: Installation) -> None:
    configured(tree, gammel=tree.files)
    tree.run("scan", code=0)
    before = ids(tree)
    configured(tree, ny=tree.files)
    ran = tree.run("scan", "--json", code=0)
    assert "place gammel is called ny now" in ran.err
    assert (ran.lines[0]["place"], ran.lines[0]["unchanged"]) == ("ny", 3)
    assert (ids(tree), places(tree)) == (before, {"ny": 3})
    assert ran.err.count("called") == 1
    assert "called" not in tree.run("scan", code=0).err


def test_two_places_can_swap_their_names(tree: Installation) -> None:
    other = tree.folder / "andre"
    other.mkdir()
    (other / "d.txt").write_text("d")
    configured(tree, en=tree.files, to=other)
    tree.run("scan", code=0)
    before = ids(tree)
    configured(tree, to=tree.files, en=other)
    lines = tree.run("scan", "--json", code=0).lines
    assert [(line["place"], line["unchanged"]) for line in lines] == [("to", 3), ("en", 1)]
    assert (ids(tree), places(tree)) == (before, {"to": 3, "en": 1})


def test_a_folder_scanned_by_hand_takes_the_name_that_it_is_given(tree: Installation) -> None:
    tree.run("scan", tree.files, code=0)
    configured(tree, share=tree.files)
    assert tree.run("scan", "--json", code=0).lines[0]["unchanged"] == 3
    assert places(tree) == {"share": 3}


def test_a_folder_that_is_configured_no_more_keeps_its_name(tree: Installation) -> None:
    configured(tree, share=tree.files)
    tree.run("scan", code=0)
    configured(tree)
    line = tree.run("scan", tree.files, "--json", code=0).lines[0]
    assert (line["place"], line["unchanged"]) == ("share", 3)


def test_of_nested_places_the_inner_one_owns_its_folder(tree: Installation) -> None:
    configured(tree, ydre=tree.files, indre=tree.files / "salg")
    lines = tree.run("scan", "--json", code=0).lines
    assert [(line["place"], line["met"]) for line in lines] == [("ydre", 1), ("indre", 2)]
    size = sum((tree.files / "salg" / name).stat().st_size for name in ("b.txt", "syd/c.txt"))
    assert lines[0]["excluded"] == {"place": 2}
    assert lines[0]["excluded_bytes"] == {"place": size}
    assert places(tree) == {"ydre": 1, "indre": 2}
    assert "places of their own 2" in tree.run("findings", code=0).out
    given = tree.run("scan", tree.files / "salg" / "syd", "--json", code=0).lines
    assert [(line["place"], line["unchanged"]) for line in given] == [("indre", 1)]


@pytest.mark.parametrize(
    "folder", [pytest.param(".", id="the outer place"), pytest.param("..", id="around both")]
)
def test_what_lies_in_a_given_folder_is_scanned_whosever_it_is(
    tree: Installation, folder: str
) -> None:
    configured(tree, ydre=tree.files, indre=tree.files / "salg")
    given = tree.files / folder
    found = tree.run("scan", given, "--json").lines
    assert {line["place"] for line in found} >= {"ydre", "indre"}
    assert {name: count for name, count in places(tree).items() if "/" not in name} == {
        "ydre": 1,
        "indre": 2,
    }
    assert "6 documents" not in tree.run("inspect", tree.files, code=0).err
    assert "3 documents looked at" in tree.run("inspect", tree.files, code=0).err


def test_a_place_made_inside_another_takes_over_and_gives_back(tree: Installation) -> None:
    configured(tree, ydre=tree.files)
    tree.run("scan", code=0)
    before = ids(tree)
    configured(tree, ydre=tree.files, indre=tree.files / "salg")
    ran = tree.run("scan", "--json", code=0)
    assert "2 documents of place ydre belong to indre now" in ran.err
    assert [(line["unchanged"], line["gone"]) for line in ran.lines] == [(1, 0), (2, 0)]
    assert (ids(tree), places(tree)) == (before, {"ydre": 1, "indre": 2})
    configured(tree, ydre=tree.files)
    ran = tree.run("scan", "--json", code=0)
    assert "place indre is part of ydre now: 2 documents" in ran.err
    assert [(line["unchanged"], line["gone"]) for line in ran.lines] == [(3, 0)]
    assert (ids(tree), places(tree)) == (before, {"ydre": 3})


def test_a_wider_folder_of_the_same_name_absorbs_the_narrower(tree: Installation) -> None:
    configured(tree, share=tree.files / "salg")
    tree.run("scan", code=0)
    before = ids(tree)
    configured(tree, share=tree.files)
    assert tree.run("scan", "--json", code=0).lines[0]["unchanged"] == 2
    assert {name: ids(tree)[name] for name in before} == before
    assert places(tree) == {"share": 3}


def test_a_narrower_folder_of_the_same_name_leaves_the_rest_under_another(
    tree: Installation,
) -> None:
    configured(tree, share=tree.files)
    tree.run("scan", code=0)
    before = ids(tree)
    configured(tree, share=tree.files / "salg")
    ran = tree.run("scan", "--json", code=0)
    assert f"stays in the index as {tree.files}" in ran.err
    assert (ran.lines[0]["unchanged"], ran.lines[0]["gone"]) == (2, 0)
    assert (ids(tree), places(tree)) == (before, {"share": 2, str(tree.files): 1})


def test_a_place_whose_folder_was_moved_keeps_its_documents(tree: Installation) -> None:
    configured(tree, share=tree.files)
    tree.run("scan", code=0)
    before = ids(tree)
    moved = tree.files.rename(tree.folder / "flyttet")
    configured(tree, share=moved)
    ran = tree.run("scan", "--json", code=0)
    assert "place share lies in another folder now" in ran.err
    assert (ran.lines[0]["unchanged"], ran.lines[0]["gone"]) == (3, 0)
    assert (ids(tree), places(tree)) == (before, {"share": 3})


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights on Windows")
def test_a_link_to_a_folder_is_that_folder(tree: Installation) -> None:
    link = tree.folder / "genvej"
    link.symlink_to(tree.files / "salg")
    tree.run("scan", tree.files / "salg", code=0)
    before = ids(tree)
    for given in (link, link / "syd", f"{link}/./syd/.."):
        line = tree.run("scan", given, "--json", code=0).lines[0]
        assert line["place"] == f"{tree.files}/salg"
        assert line["unchanged"] == line["met"] > 0
    configured(tree, salg=link)
    assert tree.run("scan", "--json", code=0).lines[0]["unchanged"] == 2
    assert tree.run("scan", tree.files / "salg" / "syd", "--json").lines[0]["place"] == "salg"
    assert (ids(tree), places(tree)) == (before, {"salg": 2})
    shown = [row[0] for row in tree.rows("SELECT display FROM document")]
    assert all(path.startswith(str(link)) for path in shown)
    configured(tree)
    assert tree.run("scan", tree.files, "--json", code=0).lines[0]["unchanged"] == 2
    assert places(tree) == {str(tree.files): 3}
    assert {name: ids(tree)[name] for name in before} == before


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights on Windows")
def test_a_number_in_a_folder_is_a_finding_only_while_it_is_in_the_path(
    tree: Installation,
) -> None:
    number = fake.cpr(hyphen=True)
    folder = tree.files / number
    (tree.files / "salg").rename(folder)
    link = tree.folder / "genvej"
    link.symlink_to(folder)
    named = "SELECT count(*) FROM name_finding"
    tree.run("scan", folder, code=0)
    assert tree.rows(named) == [(2,)]
    configured(tree, salg=link)
    ran = tree.run("scan", code=0)
    assert tree.rows(named) == [(0,)]
    configured(tree)
    again = tree.run("scan", tree.files, code=0)
    assert tree.rows(named) == [(2,)]
    stored = b"".join(p.read_bytes() for p in tree.folder.glob("home/*.db*"))
    for told in (stored, ran.err.encode(), again.err.encode(), again.out.encode()):
        assert number.encode() not in told


@pytest.mark.parametrize(
    "spelled",
    [
        pytest.param("genvej", id="a link"),
        pytest.param("files/", id="a slash behind"),
        pytest.param("files/../files", id="a detour"),
        pytest.param("files/salg/..", id="another detour"),
    ],
)
def test_one_folder_configured_twice_is_a_mistake(tree: Installation, spelled: str) -> None:
    if sys.platform != "win32":
        (tree.folder / "genvej").symlink_to(tree.files)
    configured(tree, en=tree.files, to=f"{tree.folder}/{spelled}")
    for command in (("scan",), ("scan", "--estimate"), ("inspect", str(tree.files))):
        ran = tree.run(*command, code=2)
        assert "places 'en' and 'to' are one and the same folder; keep one of them" in ran.err
    ran = tree.run("doctor", code=1)
    assert "one and the same folder" in ran.out


def test_a_scan_of_a_place_under_way_is_not_absorbed(tree: Installation) -> None:
    from scanner.platform import FileLock

    tree.run("scan", tree.files / "salg", code=0)
    number = tree.rows("SELECT id FROM place")[0][0]
    with FileLock(tree.index_path.with_name(f"fodspor.db.place-{number}.lock")):
        ran = tree.run("scan", tree.files, code=1)
    assert "another scan" in ran.err
    assert places(tree) == {f"{tree.files}/salg": 2}
    tree.run("scan", tree.files, code=0)
    assert places(tree) == {str(tree.files): 3}


KILLED = """
import os, sys
import scanner.cli.settling as settling
from scanner.cli import main
before, steps = settling.carry_out, iter(range(int(sys.argv.pop())))
def killed(index, *rest):
    index.connection.set_progress_handler(lambda: next(steps, None) is None and os._exit(9), 50)
    done = before(index, *rest)
    index.connection.set_progress_handler(None, 0)
    return done
settling.carry_out = killed
main()
"""


@pytest.mark.long
def test_killed_while_a_place_is_absorbed_nothing_is_lost_or_doubled(tree: Installation) -> None:
    for number in range(60):
        tree.write(f"salg/{number % 3}/{number}.txt", f"cpr {fake.cpr()}")
    tree.run("scan", tree.files / "salg", code=0)
    held = tree.rows("SELECT id, place, path_key FROM document ORDER BY id")
    runs = tree.rows("SELECT id, place, number, coverage FROM run ORDER BY id")
    command = tree.command("scan", tree.files)
    killed, steps = 0, 0
    while True:
        steps = steps * 2 + 1
        done = subprocess.run(
            [command[0], "-c", KILLED, *command[3:], str(steps)],
            env=tree.environment,
            capture_output=True,
            check=False,
        )
        if done.returncode != 9:
            break
        killed += 1
        assert tree.rows("SELECT id, place, path_key FROM document ORDER BY id") == held
        assert tree.rows("SELECT id, place, number, coverage FROM run ORDER BY id") == runs
    assert killed > 2
    assert done.returncode == 0, done.stderr
    assert [row[0] for row in tree.rows("SELECT id FROM document ORDER BY id")][:62] == [
        row[0] for row in held
    ]
    assert places(tree) == {str(tree.files): 63}
    assert tree.run("index", "check", code=0)


@pytest.mark.skipif(
    sys.platform != "linux" or shutil.which("unshare") is None or os.geteuid() != 0,
    reason="mounting needs Linux and root",
)
def test_a_place_on_another_file_system_changes_hands_and_is_not_read_again(
    tree: Installation,
) -> None:
    mounted = tree.files / "salg"
    own = tree.folder / "home" / "own.toml"
    config = tree.config.read_text("utf-8")
    own.write_text(config + "\n" + PLACE.format('"indre"', json.dumps(str(mounted))), "utf-8")
    scan = [*tree.command("scan"), "--json"]
    inner = [part if part != str(tree.config) else str(own) for part in scan]
    steps = [
        [*scan, str(mounted)],
        [*scan, str(tree.files)],
        [*inner, str(tree.files)],
        [*scan, str(tree.files)],
    ]
    script = f"mount -t tmpfs prøve {mounted} && echo x > {mounted}/x.txt || exit 77\n"
    script += "\n".join(shlex.join(step) for step in steps)
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", script],
        env=tree.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == 77:
        pytest.skip("mounting is not allowed here")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    found = [(line["met"], line["unchanged"], line["gone"]) for line in lines]
    assert found == [(1, 0, 0), (2, 1, 0), (1, 1, 0), (1, 1, 0), (2, 2, 0)], done.stderr


FOLDERS = ("", "x", "x/y", "x/y/z", "w", "w/v")


def scanned(setup: Setup, tools: Tools, given: Sequence[str]) -> Iterator[bytes]:
    """Scan without workers, everything read as empty; yield the ids of files that were read."""
    with Index(setup.config.index_path) as index:
        for asked in setup.targets(given):
            with settled(asked, setup, index, tools, quiet=True) as target:
                made = PlaceRun(
                    index,
                    tools,
                    device=target.device,
                    place=target.place,
                    root=target.root,
                    below=target.below,
                )
                for each in made.stale(target.connector.walk()):
                    yield each.file_id
                    made.record(read(each))
                made.finish("done")


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights on Windows")
@pytest.mark.parametrize("seed", range(12))
def test_whatever_is_configured_and_scanned_a_file_is_one_document(
    installation: Installation, seed: int
) -> None:
    chance = random.Random(seed)
    for folder in FOLDERS:
        installation.write(f"{folder}/{folder.count('/')}{len(folder)}.txt", folder)
    links = [installation.folder / f"link{number}" for number in range(len(FOLDERS))]
    for link, folder in zip(links, FOLDERS, strict=True):
        link.symlink_to(installation.files / folder)
    tools, reads, known = installation.tools(), Counter[bytes](), dict[bytes, int]()
    for _ in range(25):
        chosen = chance.sample(range(len(FOLDERS)), chance.randrange(4))
        names = chance.sample("abcdef", len(chosen))
        roots = [chance.choice([installation.files / FOLDERS[n], links[n]]) for n in chosen]
        configured(installation, **dict(zip(names, roots, strict=True)))
        number = chance.randrange(len(FOLDERS))
        given = [str(chance.choice([installation.files / FOLDERS[number], links[number]]))]
        if chosen and chance.random() < 0.5:
            given = []
        reads.update(scanned(installation.setup(), tools, given))
        rows = installation.rows(
            "SELECT d.file_id, d.id, d.status, d.display, p.display FROM document d"
            " JOIN place p ON p.id=d.place"
        )
        assert {row[2] for row in rows} <= {"read"}
        assert len({row[0] for row in rows}) == len(rows)
        assert all(path == root or path.startswith(f"{root}/") for *_, path, root in rows)
        for file_id, number, *_ in rows:
            assert known.setdefault(file_id, number) == number
        assert installation.rows(
            "SELECT count(*) FROM run WHERE place NOT IN (SELECT id FROM place)"
        ) == [(0,)]
    assert set(reads.values()) == {1}
    with Index(installation.index_path) as index:
        assert index.check() == []


def root(name: str, path: str, true: str = "") -> Root:
    return Root(name, path.encode(), (true or path).encode())


def held(number: int, name: str, path: str, true: str = "", *, away: bool = False) -> Held:
    return Held(number, root(name, path, true), away)


@pytest.mark.parametrize(
    ("places", "names", "target", "expected"),
    [
        pytest.param([], [], root("/a", "/a"), {"target": None}, id="the first scan"),
        pytest.param([held(1, "/a", "/a")], [], root("/a", "/a"), {"target": 1}, id="again"),
        pytest.param(
            [held(1, "/a", "/a")],
            [],
            root("/a/b", "/a/b"),
            {"target": 1, "below": b"/a/b"},
            id="below",
        ),
        pytest.param(
            [held(1, "/a/b", "/a/b")], [], root("/a", "/a"), {"absorbed": (1,)}, id="above"
        ),
        pytest.param(
            [held(1, "/ab", "/ab")], [], root("/a", "/a"), {}, id="beside, with a like name"
        ),
        pytest.param(
            [held(1, "a", "/a")],
            [root("b", "/a")],
            root("b", "/a"),
            {"names": {1: "b"}},
            id="named",
        ),
        pytest.param(
            [held(1, "a", "/l", "/a")],
            [root("a", "/a")],
            root("a", "/a"),
            {"roots": {1: root("a", "/a")}},
            id="spelled otherwise",
        ),
        pytest.param(
            [held(1, "a", "/x", away=True)],
            [root("a", "/y")],
            root("a", "/y"),
            {"roots": {1: root("a", "/y")}},
            id="the folder was moved",
        ),
        pytest.param(
            [held(1, "a", "/x")],
            [root("a", "/y")],
            root("a", "/y"),
            {"put_aside": (1,), "target": None},
            id="another folder has the name now",
        ),
        pytest.param(
            [held(1, "a", "/x", away=True), held(2, "b", "/y")],
            [root("a", "/y")],
            root("a", "/y"),
            {"names": {2: "a"}, "put_aside": (1,), "target": 2},
            id="the folder goes before the name",
        ),
        pytest.param(
            [held(1, "/a/b/c", "/a/b/c")],
            [root("i", "/a/b")],
            root("/a", "/a"),
            {"absorbed": ()},
            id="what lies in an inner place is not absorbed by the outer one",
        ),
        pytest.param(
            [held(1, "w", "/a")],
            [root("w", "/a"), root("i", "/a/b"), root("j", "/a/b/c")],
            root("w", "/a"),
            {"new": (b"/a/b/c", b"/a/b")},
            id="innermost places take over first",
        ),
    ],
)
def test_a_plan_says_what_must_change(
    places: list[Held], names: list[Root], target: Root, expected: dict[str, object]
) -> None:
    made: Plan = plan(places, names, target)
    told = {
        "names": made.names,
        "roots": made.roots,
        "put_aside": made.put_aside,
        "new": tuple(each.path for each in made.new),
        "target": made.target,
        "below": made.below,
        "absorbed": made.absorbed,
    }
    nothing: dict[str, object] = {
        "names": {},
        "roots": {},
        "put_aside": (),
        "below": None,
        "absorbed": (),
    }
    wanted = nothing | {key: told[key] for key in ("target", "new")} | expected
    assert told == wanted
