"""Another threshold or group is a matter of the index alone: answers, risks and totals follow."""

from __future__ import annotations

import json
import re

import pytest

from scanner.demo import fake
from scanner.index.rejudge import is_judged
from scanner.index.store import Decisions, Index, decisions_path
from scanner.judging import Judging
from tests.conftest import Installation

LONG_AGO = "2000-01-01T00:00:00+00:00"


def border(installation: Installation, borders: str) -> None:
    """Write thresholds into the configuration, in place of those that stand there."""
    text = installation.config.read_text("utf-8")
    (line,) = [each for each in text.splitlines() if each.startswith("finding = ")]
    installation.config.write_text(text.replace(line, f"finding = {borders}"), "utf-8")


def age(installation: Installation) -> None:
    """Make all that was read look as if that was long ago."""
    with Index(installation.index_path) as index:
        for table in ("document", "content"):
            index.connection.execute(f"UPDATE {table} SET read_at=?", (LONG_AGO,))


def read_since(installation: Installation) -> tuple[int, int]:
    """Return how many documents and contents were read since `age`."""
    (row,) = installation.rows(
        "SELECT (SELECT count(*) FROM document WHERE read_at<>?1),"
        " (SELECT count(*) FROM content WHERE read_at<>?1)",
        LONG_AGO,
    )
    return row


def kinds(installation: Installation, *options: str) -> set[str]:
    lines = installation.run("findings", "--json", *options, code=0).lines
    return {line["kind"] for line in lines if "kind" in line}


@pytest.fixture
def scanned(installation: Installation) -> Installation:
    installation.write("a.txt", f"CPR-nr. {fake.cpr(hyphen=True)}\n")
    installation.write("b.txt", f"Skriv til {fake.email()} i dag.\n")
    installation.run("scan", installation.files, code=0)
    age(installation)
    return installation


def risk(installation: Installation) -> list[float]:
    return [
        row[0]
        for row in installation.rows("SELECT risk FROM document WHERE folder=0 ORDER BY path")
    ]


def test_a_raised_threshold_acts_at_once_and_reads_nothing(scanned: Installation) -> None:
    before = risk(scanned)
    border(scanned, "{DK_CPR = 1}")
    *found, last = scanned.run("findings", "--json", code=0).lines
    assert {line["kind"] for line in found} == {"EMAIL_ADDRESS"}
    assert last["coverage"]["finding_from"] == {"DK_CPR": 1.0}
    assert risk(scanned) == [0.0, before[1]]
    assert {row[0] for row in scanned.rows("SELECT kind FROM totals")} == {"EMAIL_ADDRESS"}
    assert kinds(scanned, "--maybe") == {"DK_CPR", "EMAIL_ADDRESS"}
    assert read_since(scanned) == (0, 0)


def test_taken_back_everything_is_as_before(scanned: Installation) -> None:
    before, totals = risk(scanned), scanned.rows("SELECT * FROM totals ORDER BY kind")
    for borders in ("{DK_CPR = 1, EMAIL_ADDRESS = 1}", "{}"):
        border(scanned, borders)
        assert kinds(scanned) == ({"DK_CPR", "EMAIL_ADDRESS"} if borders == "{}" else set())
    assert risk(scanned) == before
    assert scanned.rows("SELECT * FROM totals ORDER BY kind") == totals


def test_a_lowered_threshold_makes_findings_of_maybes(installation: Installation) -> None:
    installation.write("a.txt", f"{fake.cpr(modulus11=True)}\n")
    installation.run("scan", installation.files, code=0)
    (held,) = installation.rows("SELECT kind, confidence FROM finding WHERE kind='DK_CPR'")
    above = held[1] >= 0.6
    border(installation, "{DK_CPR = 0.40}")
    assert kinds(installation) == {"DK_CPR"}
    border(installation, f"{{DK_CPR = {1.0 if above else 0.6}}}")
    assert kinds(installation) == set()


def test_a_scan_judges_first_and_leaves_what_holds_alone(scanned: Installation) -> None:
    border(scanned, "{DK_CPR = 1}")
    ran = scanned.run("scan", scanned.files, "--json", code=0)
    assert ran.lines[0]["unchanged"] == 2
    assert "Judged anew" in ran.err
    assert risk(scanned)[0] == 0.0
    assert read_since(scanned) == (0, 0)
    assert "Judged" not in scanned.run("scan", scanned.files, code=0).err


def test_a_container_weighs_what_lies_in_it_anew(installation: Installation) -> None:
    import io
    import zipfile

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.txt", f"CPR-nr. {fake.cpr(hyphen=True)}\n")
    installation.write("a.zip", packed.getvalue())
    installation.run("scan", installation.files, code=0)
    assert risk(installation)[0] > 0
    border(installation, "{DK_CPR = 1}")
    installation.run("index", "judge", code=0)
    assert risk(installation) == [0.0]


def test_a_name_of_a_file_is_judged_by_the_same_border(installation: Installation) -> None:
    installation.write(f"{fake.cpr(hyphen=True)}.txt", "intet her")
    installation.run("scan", installation.files, code=0)
    assert risk(installation)[0] > 0
    border(installation, "{DK_CPR = 1}")
    installation.run("index", "judge", code=0)
    assert risk(installation) == [0.0]
    assert kinds(installation) == set()


def test_a_new_file_is_weighed_by_the_border_too(scanned: Installation) -> None:
    border(scanned, "{DK_CPR = 1}")
    scanned.write("c.txt", f"CPR-nr. {fake.cpr(hyphen=True)}\n")
    scanned.run("scan", scanned.files, code=0)
    assert risk(scanned)[2] == 0.0
    assert kinds(scanned) == {"EMAIL_ADDRESS"}


def test_inspect_shows_what_counts(installation: Installation) -> None:
    path = installation.write("a.txt", f"CPR-nr. {fake.cpr(hyphen=True)}\n")
    border(installation, "{DK_CPR = 1}")
    assert installation.run("inspect", path, "--json").lines == []
    assert len(installation.run("inspect", path, "--json", "--maybe").lines) == 1


OWN = """
[[detect.kind]]
name = "CUSTOMER_NUMBER"
regex = "K-[0-9]{{6}}"
level = "{level}"
"""


def test_another_group_of_an_own_kind_changes_the_risk_alone(installation: Installation) -> None:
    installation.configure(OWN.format(level="ordinary"))
    installation.write("a.txt", "K-123456")
    installation.run("scan", installation.files, code=0)
    age(installation)
    low = risk(installation)[0]
    text = installation.config.read_text("utf-8")
    installation.config.write_text(text.replace('level = "ordinary"', 'level = "special"'), "utf-8")
    (line,) = installation.run("findings", "--json", code=0).lines[:-1]
    assert line["risk"] == "high"
    assert low < risk(installation)[0]
    assert read_since(installation) == (0, 0)


def test_the_audit_keeps_a_threshold_and_who_changed_it(scanned: Installation) -> None:
    border(scanned, "{DK_CPR = 0.8}")
    scanned.run("index", "judge", code=0)
    scanned.run("index", "judge", code=0)
    with Decisions(decisions_path(scanned.index_path)) as decisions:
        rows = decisions.connection.execute("SELECT action, subject, detail FROM audit").fetchall()
        assert rows == [("threshold", "DK_CPR", "0.60 > 0.80")]
        assert decisions.verify() is None


def test_what_another_configuration_wrote_meanwhile_is_weighed_again(
    scanned: Installation,
) -> None:
    from tests.index_files import run

    right = risk(scanned)
    with run(scanned):  # by the borders as they were when it began
        border(scanned, "{DK_CPR = 1}")
        scanned.run("index", "judge", code=0)
        with Index(scanned.index_path) as index:
            index.connection.execute("UPDATE document SET risk=77 WHERE risk=0 AND folder=0")
    with Index(scanned.index_path, readonly=True) as index:
        assert not is_judged(index, Judging.of({"DK_CPR": 1.0}, {}))
    scanned.run("index", "judge", code=0)
    assert risk(scanned) == [0.0, right[1]]


@pytest.mark.parametrize(
    ("borders", "said"),
    [
        pytest.param("{DK_CPR = 0.3}", "from 0.40 to 1", id="below what is kept"),
        pytest.param("{DK_CPR = 60}", "from 0.40 to 1", id="per cent"),
        pytest.param("{CPR = 0.7}", "did you mean 'DK_CPR'?", id="no such kind"),
        pytest.param('{DK_CPR = "0.7"}', "a number, without quotes", id="a text"),
        pytest.param("0.7", "a table in braces", id="one for all"),
    ],
)
def test_a_threshold_that_cannot_be_meant_is_refused(
    installation: Installation, borders: str, said: str
) -> None:
    border(installation, borders)
    ran = installation.run("findings", code=2)
    assert re.search(r"\[detect\]? ?\.?finding", ran.err)
    assert said in ran.err


def test_an_own_kind_may_have_a_threshold(installation: Installation) -> None:
    installation.configure(OWN.format(level="ordinary"))
    border(installation, "{CUSTOMER_NUMBER = 0.7}")
    installation.write("a.txt", "K-123456")
    installation.run("scan", installation.files, code=0)
    assert kinds(installation) == set()
    assert kinds(installation, "--maybe") == {"CUSTOMER_NUMBER"}


def test_a_judging_is_remembered_as_text() -> None:
    judging = Judging.of({"DK_CPR": 0.7, "PHONE_NUMBER": 0.6}, {"OWN": "special"})
    assert Judging.from_text(judging.as_text()) == judging
    assert json.loads(judging.as_text())["finding"] == {"DK_CPR": 0.7}
    assert list(judging.differing(Judging())) == ["DK_CPR", "OWN"]
