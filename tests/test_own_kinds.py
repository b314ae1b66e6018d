"""A changed kind of one's own reads what it can concern; the index is as after a full read."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors import Column, Match, Table
from detectors.checks import luhn
from detectors.pattern import custom
from scanner.index.store import Index
from scanner.own_kinds import Described, OwnKind
from tests.conftest import Installation
from tests.here import scan_here
from tests.test_judging import age, border

LABELLED, BARE, OTHER = "label.txt", "bare.txt", "none.txt"
IN_ZIP, TOUCHING, NAMED, BARE_NAME = (
    "pakke.zip",
    "touch.txt",
    "kundenr K-445566.txt",
    "K-556677.txt",
)
ALL = {LABELLED, BARE, OTHER, IN_ZIP, TOUCHING, NAMED, BARE_NAME}


def _passing(start: int) -> str:
    """Return the first number from `start` on of which the digits pass Luhn."""
    return next(str(number) for number in range(start, start + 20) if luhn(str(number)))


def write_files(installation: Installation) -> None:
    one, two, three = map(_passing, (123456, 234567, 345678))
    installation.write(LABELLED, f"Kundenr: K-{one} har ringet.\n")
    installation.write(BARE, f"Delen K-{two} er sendt.\n")
    installation.write(OTHER, "Intet her, og intet der.\n")
    installation.write(TOUCHING, f"Tlf. K-{_passing(212121)}22 svarer.\n")
    installation.write(NAMED, "Kun navnet.\n")
    installation.write(BARE_NAME, "Kun et andet navn.\n")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.txt", f"Del K-{three}.\n")
        archive.writestr("b.txt", "Intet i denne.\n")
    installation.write(IN_ZIP, packed.getvalue())


def table(**keys: Any) -> str:
    given = {"name": "CUSTOMER_NUMBER", "regex": "K-[0-9]{6}", "words": ["kundenr"]} | keys
    lines = [f"{k} = {str(v) if not isinstance(v, str) else repr(v)}" for k, v in given.items()]
    return "\n".join(["[[detect.kind]]", *lines]).replace("True", "true")


def configure(installation: Installation, *tables: str) -> None:
    head = installation.config.read_text("utf-8").partition("# OWN")[0].rstrip()
    installation.config.write_text("\n".join((head, "# OWN", *tables)) + "\n", "utf-8")


def state(installation: Installation) -> list[tuple[Any, ...]]:
    """Return all that the index says of what was found, but for when."""
    columns = "kind, hex(fingerprint), masked, round(confidence, 3), evidence, count, places"
    return sorted(
        installation.rows(
            f"SELECT d.display, d.risk, o.inner_path, {columns}, c.risk FROM document d"
            " JOIN occurrence o ON o.document=d.id AND o.gone_run IS NULL"
            " JOIN content c ON c.id=o.content JOIN finding f ON f.content=c.id"
        )
        + installation.rows(
            f"SELECT d.display, d.risk, '', {columns}, 0 FROM document d"
            " JOIN name_finding n ON n.document=d.id"
        )
        + installation.rows("SELECT kind, documents, distinct_values, hits FROM totals"),
        key=repr,
    )


def documents_read(installation: Installation) -> set[str]:
    from tests.test_judging import LONG_AGO

    rows = installation.rows("SELECT path FROM document WHERE read_at<>?", LONG_AGO)
    tools = installation.tools()
    from scanner.names import unsealed_path

    return {unsealed_path(path, tools.seal).rpartition(b"/")[2].decode() for (path,) in rows}


def contents_read(installation: Installation) -> int:
    from tests.test_judging import LONG_AGO

    return int(installation.rows("SELECT count(*) FROM content WHERE read_at<>?", LONG_AGO)[0][0])


W3, W6 = table(weight=0.3), table(weight=0.6)


@pytest.mark.parametrize(
    ("before", "after", "read"),
    [
        pytest.param(W3, table(weight=0.35), {TOUCHING}, id="a weight, no border crossed"),
        pytest.param(W6, table(weight=0.8), {TOUCHING}, id="a weight above the border"),
        pytest.param(W3, W6, {BARE, IN_ZIP, TOUCHING}, id="what was too weak may be kept now"),
        pytest.param(
            W6, W3, {LABELLED, BARE, IN_ZIP, TOUCHING}, id="what falls may have hidden others"
        ),
        pytest.param(
            W3,
            table(words=["kundenr", "delen"]),
            {BARE, IN_ZIP, TOUCHING},
            id="a new word may stand beside what has none",
        ),
        pytest.param(
            table(words=["kundenr", "delen"]),
            W3,
            {LABELLED, BARE, TOUCHING},
            id="a word less may be the one that labelled",
        ),
        pytest.param(
            table(words=["delen", "kundenr"]),
            table(words=["kundenr", "delen"]),
            set(),
            id="the order of words says nothing",
        ),
        pytest.param(W3, "", {LABELLED}, id="the kind is no more"),
        pytest.param(W6, table(weight=0.6, regex="K-[0-9]{4,6}"), ALL, id="another expression"),
        pytest.param(W6, table(weight=0.6, strip="-"), ALL, id="other values"),
        pytest.param("", W3, ALL, id="a new kind may be anywhere"),
        pytest.param(W3, table(weight=0), ALL, id="worth nothing, no name is sealed for it"),
        pytest.param(
            table(weight=0.6, check="luhn"),
            table(weight=0.7, check="luhn"),
            {LABELLED, BARE, IN_ZIP, TOUCHING},
            id="a checked kind's columns are not kept",
        ),
        pytest.param(
            table(weight=0.2, check="luhn"),
            table(weight=0.3, check="luhn"),
            {TOUCHING},
            id="a checked kind that nothing but a label makes a finding",
        ),
        pytest.param(W3, table(weight=0.3, level="special"), set(), id="the group alone"),
    ],
)
def test_only_what_can_be_concerned_is_read_and_the_index_is_right(
    installation: Installation, before: str, after: str, read: set[str]
) -> None:
    configure(installation, before)
    write_files(installation)
    scan_here(installation)
    age(installation)
    configure(installation, after)
    line = installation.run("scan", installation.files, "--json", code=0).lines[0]
    assert documents_read(installation) == read
    assert line["unchanged"] == len(ALL) - len(read)
    judged = state(installation)
    assert scan_here(installation).met == (len(ALL), len(ALL), 0)
    assert len(scan_here(installation, full=True).read) == len(ALL)
    assert state(installation) == judged


def test_of_an_archive_only_the_concerned_member_is_read(installation: Installation) -> None:
    configure(installation, W3)
    write_files(installation)
    (installation.files / BARE).unlink()
    (installation.files / TOUCHING).unlink()
    scan_here(installation)
    age(installation)
    configure(installation, W6)
    installation.run("scan", installation.files, code=0)
    assert documents_read(installation) == {IN_ZIP}
    assert contents_read(installation) == 2  # the archive, and one of its two members


def test_back_again_before_the_scan_reads_nothing(installation: Installation) -> None:
    configure(installation, W3)
    write_files(installation)
    scan_here(installation)
    held = state(installation)
    age(installation)
    configure(installation, table(weight=0.39))
    told = installation.run("index", "judge", code=0).out
    assert "6 documents judged anew" in told
    assert "1 document to be read again" in told
    configure(installation, W3)
    installation.run("scan", installation.files, code=0)
    assert documents_read(installation) == set()
    assert state(installation) == held


def test_a_result_from_before_shapes_were_kept_is_read_when_it_may_be_concerned(
    installation: Installation,
) -> None:
    configure(installation, W3)
    write_files(installation)
    scan_here(installation)
    age(installation)
    with Index(installation.index_path) as index:
        index.connection.execute("UPDATE content SET shapes=NULL")
    configure(installation, table(words=["kundenr", "delen"]))
    installation.run("scan", installation.files, code=0)
    assert documents_read(installation) == ALL


def test_a_place_that_is_away_is_judged_too(installation: Installation) -> None:
    configure(installation, W6)
    installation.write("a/x.txt", "K-123456")
    installation.write("b/y.txt", "K-234567")
    for name in "ab":
        installation.run("scan", installation.files / name, code=0)
    configure(installation, table(weight=0.9))
    installation.run("scan", installation.files / "a", code=0)
    assert installation.rows("SELECT DISTINCT confidence FROM finding") == [(0.9,)]


def test_a_threshold_and_a_weight_together(installation: Installation) -> None:
    configure(installation, W6)
    installation.write("x.txt", "K-123456")
    scan_here(installation)
    configure(installation, table(weight=0.65))
    border(installation, "{CUSTOMER_NUMBER = 0.7}")
    installation.run("scan", installation.files, code=0)
    assert installation.rows("SELECT risk FROM document WHERE folder=0") == [(0.0,)]


def test_the_index_keeps_no_word_of_the_configuration(installation: Installation) -> None:
    configure(installation, table(words=["projektelefant"]))
    write_files(installation)
    installation.run("scan", installation.files, code=0)
    stored = b"".join(
        path.read_bytes() for path in installation.index_path.parent.glob("fodspor.db*")
    )
    assert b"projektelefant" not in stored
    assert b"K-[0-9]" not in stored


def described(**own: OwnKind) -> Described:
    return Described("others", own)


def test_a_description_survives_the_index() -> None:
    held = described(OWN=OwnKind.of(custom("OWN", "K-[0-9]{6}", words=("kunde", "nr"))))
    assert Described.from_text(held.as_text()) == held
    assert held.concerned(held) == {}
    assert held.concerned(Described("another", held.own)) is None


@given(
    weight=st.floats(0, 1),
    rows=st.integers(0, 30),
    likely=st.integers(0, 30),
    header=st.sampled_from(["", "Kundenr", "Ordre"]),
    text=st.sampled_from(["K-123455", "kunde K-123455", "ordre K-123455", "K-123456"]),
    check=st.sampled_from(["", "luhn"]),
)
def test_evidence_tells_the_confidence(
    weight: float, rows: int, likely: int, header: str, text: str, check: str
) -> None:
    pattern = custom(
        "OWN", "K-[0-9]{6}", words=("kunde",), against=("ordre",), weight=weight, check=check
    )
    kinds: Mapping[str, int] = {"OWN": rows}
    columns = [Column(header, rows, kinds, {"OWN": min(likely, rows)})]
    found: list[Match] = [each for each in pattern.find(text) if each.confidence > 0]
    for match in found:
        assert pattern.confidence(match.evidence) == match.confidence
    placed = [match._replace(column=0) for match in found]
    for match in pattern.judge(placed, Table(columns, {})):
        assert pattern.confidence(match.evidence) == match.confidence
