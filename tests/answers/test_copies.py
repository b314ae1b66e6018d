"""The same content, or nearly the same values, in several places: told once, counted exactly."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.answers import near
from scanner.answers.near import CONTAINED, FEWEST, near_copies
from scanner.demo import fake
from tests.answers.shelf import Doc, Shelf, Value, cprs

Parts = dict[tuple[str, ...], tuple[Value, ...]]
PEOPLE = cprs(400, seed=40)
OTHERS = cprs(60, seed=41)


def places(item: dict[str, Any]) -> list[str]:
    return [f"{p['path'].rpartition('/')[2]}|{p['inner_path']}" for p in item["places"]]


def told(shelf: Shelf, *arguments: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    lines = shelf.ask("report", "copies", "--json", *arguments).lines
    exact = [line for line in lines if line["copies"] == "exact"]
    return exact, [line for line in lines if line["copies"] == "near"]


def test_the_same_bytes_are_one_item_with_all_places(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    values = PEOPLE[:3]
    shelf.run(
        [
            Doc("/srv/share/a.csv", values, content="list", owner="anna"),
            Doc("/srv/share/b.csv", values, content="list"),
            Doc("/srv/share/mail.eml", parts={("list.csv",): values}),
            Doc("/srv/share/dull 1.txt", content="dull"),
            Doc("/srv/share/dull 2.txt", content="dull"),
            Doc("/srv/share/empty 1.txt", content="empty", size=0),
            Doc("/srv/share/empty 2.txt", content="empty", size=0),
        ]
    )
    (exact,), nearly = told(shelf)
    assert places(exact) == ["a.csv|", "b.csv|"]
    assert (exact["number"], exact["risk"], exact["kinds"]) == (2, "medium", {"DK_CPR": 3})
    assert nearly == []
    assert [places(item)[0] for item in told(shelf, "--all")[0]] == ["a.csv|", "dull 1.txt|"]


def test_a_copy_in_a_container_is_a_copy(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    inside: Parts = {("list.csv",): PEOPLE[:3]}
    shelf.run(
        [
            Doc("/srv/share/a.zip", parts=inside, content="zip"),
            Doc("/srv/share/b.zip", parts=inside, content="zip"),
        ]
    )
    (exact,), _ = told(shelf)
    assert places(exact) == ["a.zip|", "b.zip|"]
    assert exact["kinds"] == {"DK_CPR": 3}


def test_what_also_lies_outside_the_container_is_told_by_itself(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    name = "zip>('list.csv',)"
    inside: Parts = {("list.csv",): PEOPLE[:3]}
    shelf.run(
        [
            Doc("/srv/share/a.zip", parts=inside, content="zip"),
            Doc("/srv/share/b.zip", parts=inside, content="zip"),
            Doc("/srv/share/list.csv", PEOPLE[:3], content=name),
        ]
    )
    exact, _ = told(shelf)
    assert sorted(map(places, exact)) == [
        ["a.zip|", "b.zip|"],
        ["a.zip|list.csv", "b.zip|list.csv", "list.csv|"],
    ]


def test_a_near_copy_is_told_with_its_numbers(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.run(
        [
            Doc("/srv/share/kunder.csv", PEOPLE),
            Doc("/srv/share/old.csv", (*PEOPLE[:384], *OTHERS[:16]), content="old"),
            Doc("/srv/share/old copy.csv", (*PEOPLE[:384], *OTHERS[:16]), content="old"),
            Doc("/srv/share/aarhus.csv", PEOPLE[100:150]),
            Doc("/srv/share/unrelated.csv", OTHERS),
        ]
    )
    _, (cluster,) = told(shelf)
    assert places(cluster) == ["kunder.csv|"]
    old, aarhus = cluster["near"]
    assert (old["common"], old["values"], old["contained"]) == (384, 400, 0.96)
    assert old["jaccard"] == round(384 / 416, 4)
    assert places(old) == ["old.csv|", "old copy.csv|"]
    assert (aarhus["common"], aarhus["contained"]) == (50, 1.0)
    assert (old["extract"], aarhus["extract"]) == (False, True)
    out = shelf.ask("report", "copies").out
    assert "96\u00a0% the same values: 384 of 400" in out
    assert "Extracts: lists that lie in it, wholly or nearly" in out
    assert "100\u00a0% of its values: 50 of 50" in out
    danish = shelf.ask("report", "copies", language="da").out
    assert "96\u00a0% de samme værdier: 384 af 400" in danish


@pytest.mark.parametrize(
    ("second", "found"),
    [
        pytest.param(PEOPLE[:20], True, id="twenty values are a list"),
        pytest.param(PEOPLE[:19], False, id="nineteen are not"),
        pytest.param((*PEOPLE[:80], *OTHERS[:20]), True, id="80 % in the other"),
        pytest.param((*PEOPLE[:79], *OTHERS[:21]), False, id="79 % are not near"),
        pytest.param(
            tuple(replace(value, confidence=0.5) for value in PEOPLE),
            False,
            id="maybes do not count",
        ),
        pytest.param(
            tuple(Value("IP_ADDRESS", f"192.0.2.{n}") for n in range(50)), False, id="weak kinds"
        ),
    ],
)
def test_borders_of_nearness(tmp_path: Path, second: tuple[Value, ...], found: bool) -> None:
    shelf = Shelf(tmp_path)
    first = PEOPLE if second[0].kind == "DK_CPR" else second
    shelf.run([Doc("/srv/share/a.csv", first), Doc("/srv/share/b.csv", second)])
    assert bool(told(shelf)[1]) is found


def test_an_ignored_value_makes_no_copy(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.run([Doc("/srv/share/a.csv", PEOPLE[:20]), Doc("/srv/share/b.csv", PEOPLE[:20][::-1])])
    assert told(shelf)[1]
    shelf.ignore(PEOPLE[0])
    assert not told(shelf)[1]


def test_a_value_that_everybody_has_leads_to_no_comparison(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(near, "COMMON", 3)
    shelf = Shelf(tmp_path)
    lists = [cprs(30, seed=100 + n) for n in range(6)]
    firm = (Value("PHONE_NUMBER", f"+45{fake.phone(random.Random(12))}"),)
    shelf.run([Doc(f"/srv/share/{n}.csv", (*values, *firm)) for n, values in enumerate(lists)])
    assert told(shelf)[1] == []


def test_a_bound_that_bites_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = Shelf(tmp_path)
    shelf.run([Doc(f"/srv/share/{n}.csv", PEOPLE[n : 60 + n]) for n in range(3)])
    monkeypatch.setattr(near, "MAX_LISTS", 2)
    assert "There were too many lists to compare all" in shelf.ask("report", "copies").out
    assert shelf.ask("report", "copies", "--json").coverage["near_copies_cut"] is True


POOL = cprs(160, seed=60)


@settings(max_examples=25, deadline=None)
@given(
    lists=st.lists(
        st.tuples(st.integers(0, 120), st.integers(0, 110), st.integers(0, 3)),
        min_size=2,
        max_size=5,
    )
)
def test_near_copies_are_counted_exactly_and_none_is_missed(
    tmp_path_factory: pytest.TempPathFactory, lists: list[tuple[int, int, int]]
) -> None:
    """The law: what is told is the size of the real overlap; every list is told at most once; a
    list with a near copy that is not larger than itself is in some cluster."""
    shelf = Shelf(tmp_path_factory.mktemp("law"))
    sets = [
        frozenset(range(start, min(start + length, len(POOL)))) - set(range(start, start + skip))
        for start, length, skip in lists
    ]
    shelf.run(
        Doc(f"/srv/share/{n}.csv", tuple(POOL[at] for at in sorted(held)))
        for n, held in enumerate(sets)
    )
    with shelf.opened() as opened:
        found = near_copies(opened)
    assert not found.cut
    seen: list[int] = []
    for cluster in found.clusters:
        base = number(cluster.places)
        seen.append(base)
        assert cluster.values == len(sets[base])
        for member in cluster.near:
            other = number(member.places)
            seen.append(other)
            common = len(sets[base] & sets[other])
            assert (member.common, member.values) == (common, len(sets[other]))
            assert member.jaccard == common / len(sets[base] | sets[other])
            assert common >= CONTAINED * len(sets[other])
            assert len(sets[base]) >= len(sets[other]) >= FEWEST
    assert len(seen) == len(set(seen))
    for one in range(len(sets)):
        for other in range(one):
            smaller = min(len(sets[one]), len(sets[other]))
            if smaller >= FEWEST and len(sets[one] & sets[other]) >= CONTAINED * smaller:
                assert one in seen or other in seen


def number(lying: list[Any]) -> int:
    return int(lying[0].document.path.rpartition("/")[2].removesuffix(".csv"))
