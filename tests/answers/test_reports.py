"""The overview, the riskiest places, and what was not read."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors import Reason
from scanner.answers.mending import config_line
from scanner.answers.riskiest import folders
from scanner.config import Config, load_config
from scanner.messages import words
from tests.answers.shelf import Doc, Shelf, Value, cprs

LIMITS = Config().limits
PEOPLE = cprs(30, seed=8)
MAIL = Value("EMAIL_ADDRESS", "bo.holm@example.com", 0.85)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    made = Shelf(tmp_path)
    made.run(
        [
            Doc("/srv/share/hr/a.csv", PEOPLE[:20], owner="bo", content="a"),
            Doc("/srv/share/hr/b.csv", PEOPLE[10:30], owner="Anna"),
            Doc("/srv/share/hr/old/a.csv", PEOPLE[:20], owner="bo", content="a"),
            Doc("/srv/share/post.eml", (MAIL,)),
            Doc("/srv/share/locked.docx", status="unread", reason="encrypted", size=5000),
        ]
    )
    return made


def test_the_overview_counts_documents_values_and_hits(shelf: Shelf) -> None:
    lines = shelf.ask("report", "overview", "--json").lines
    assert lines[0] == {"documents": {"read": 4, "unread": 1}}
    kinds = {line["kind"]: line for line in lines if "kind" in line}
    assert kinds["DK_CPR"] == {
        "kind": "DK_CPR",
        "group": "confidential",
        "documents": 3,
        "values": 30,
        "hits": 60,
    }
    assert kinds["EMAIL_ADDRESS"]["group"] == "ordinary"
    (place,) = [line for line in lines if "place" in line]
    assert (place["documents"], place["with_findings"], place["risk"]) == (5, 4, "high")


def test_owners_come_by_name_not_by_number(shelf: Shelf) -> None:
    lines = shelf.ask("report", "overview", "--json").lines
    owners = [line for line in lines if "owner" in line]
    assert [line["owner"] for line in owners] == ["Anna", "bo", None]
    assert [line["documents"] for line in owners] == [1, 2, 2]


def test_the_overview_says_what_the_last_run_changed(shelf: Shelf) -> None:
    shelf.run(
        [
            Doc("/srv/share/hr/a.csv", PEOPLE[:20], owner="bo", content="a"),
            Doc("/srv/share/hr/b.csv", PEOPLE[10:30], owner="Anna"),
            Doc("/srv/share/new.txt", PEOPLE[:2]),
        ]
    )
    (line,) = [x for x in shelf.ask("report", "overview", "--json").lines if "change" in x]
    change = line["change"]
    assert (change["new_documents"], change["gone_documents"]) == (1, 3)
    assert change["new_findings"] == {"DK_CPR": 2}
    assert "1 new documents, 0 moved, 3 gone" in shelf.ask("report", "overview").out


def test_the_riskiest_documents_name_their_copies(shelf: Shelf) -> None:
    lines = shelf.ask("report", "risk", "--json").lines
    documents = [line for line in lines if line["what"] == "document"]
    assert [(x["path"], x["copies"]) for x in documents[:3]] == [
        ("/srv/share/hr/a.csv", 1),
        ("/srv/share/hr/b.csv", 0),
        ("/srv/share/hr/old/a.csv", 1),
    ]
    assert documents[0]["kinds"] == {"DK_CPR": 20}
    assert documents[-1]["risk"] == "low"


def test_a_folder_counts_each_value_once(shelf: Shelf) -> None:
    lines = shelf.ask("report", "risk", "--json").lines
    folder = next(line for line in lines if line["what"] == "folder")
    assert folder["path"] == "/srv/share/hr"
    assert (folder["documents"], folder["kinds"]) == (2, {"DK_CPR": 30})
    assert folder["owners"] == ["Anna", "bo"]


def test_a_folder_of_copies_is_no_riskier_than_one_of_them(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    copies = [Doc(f"/srv/share/many/{n}.csv", PEOPLE[:12], content="c") for n in range(30)]
    shelf.run([*copies, Doc("/srv/share/one/list.csv", PEOPLE[:15])])
    with shelf.opened() as opened:
        found = folders(opened, {"DK_CPR": "confidential"}, 2)
    assert [each.path for each in found] == ["/srv/share/one", "/srv/share/many"]
    assert found[1].kinds == {"DK_CPR": 12}


def test_unread_says_why_how_much_and_what_to_do(shelf: Shelf) -> None:
    (line,) = shelf.ask("report", "unread", "--json").lines
    assert (line["reason"], line["unread"], line["bytes"]) == ("encrypted", 1, 5000)
    assert line["what"] == "Password-protected"
    assert line["examples"][0]["path"] == "/srv/share/locked.docx"
    out = shelf.ask("report", "unread", language="da").out
    assert "Adgangskodebeskyttet: 1 ulæst (5,0\u00a0kB)" in out
    assert "Bed ejeren" in out
    assert '[privacy] passwords = [{file = "passwords.txt"}]' in out
    assert "share: locked.docx · uden ansvarlig" in out
    assert "ansvarlig uden ansvarlig" not in out
    assert line["config"] == '[privacy] passwords = [{file = "passwords.txt"}]'


@pytest.mark.parametrize(
    ("reason", "retry"),
    [
        pytest.param("locked", "in every run", id="locked"),
        pytest.param("timeout", "three runs with doubling gaps", id="timeout"),
        pytest.param("corrupt", "when the document, the reader", id="corrupt"),
        pytest.param("too_large", "or the limit changes", id="too large"),
        pytest.param("missing_extra", "when the part is installed", id="missing extra"),
    ],
)
def test_unread_says_when_it_is_tried_again(tmp_path: Path, reason: Reason, retry: str) -> None:
    shelf = Shelf(tmp_path)
    shelf.run([Doc("/srv/share/a.docx", status="unread", reason=reason)])
    assert retry in shelf.ask("report", "unread").out


@pytest.mark.parametrize(
    ("reason", "detail", "line"),
    [
        pytest.param("encrypted", "", '[privacy] passwords = [{file = "passwords.txt"}]', id="key"),
        pytest.param("memory", "", f"[limits] memory_bytes = {2 * LIMITS.memory_bytes}", id="room"),
        pytest.param("timeout", "", "[limits] deadline_seconds_per_mb = ", id="time"),
        pytest.param("too_large", "", "[limits] max_file_bytes = ", id="size"),
        pytest.param("limit", "max_parts", "[limits] max_parts = ", id="a limit of the config"),
        pytest.param("limit", "groups", None, id="a limit of a reader"),
        pytest.param("corrupt", "", None, id="no line mends it"),
    ],
)
def test_the_line_that_mends_it_loads(
    tmp_path: Path, reason: str, detail: str, line: str | None
) -> None:
    told = config_line(reason, detail, Config())
    if line is None:
        assert told is None
        return
    assert told is not None and told.startswith(line)
    table, _, setting = told.partition(" ")
    path = tmp_path / "fodspor.toml"
    path.write_text(f"{table}\n{setting}\n")
    assert load_config(path) != Config()


def test_unread_tells_folders_placeholders_and_parts_apart(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.run(
        [
            Doc("/srv/share/cloud.docx", status="placeholder", size=700),
            Doc("/srv/share/part.pdf", status="partial", reason="missing_extra", detail="ocr"),
        ],
        folders=["/srv/share/closed"],
    )
    lines = {line["reason"]: line for line in shelf.ask("report", "unread", "--json").lines}
    assert set(lines) == {"folder", "placeholder", "missing_extra"}
    assert lines["placeholder"]["bytes"] == 700
    assert lines["folder"]["examples"][0]["path"] == "/srv/share/closed"
    (part,) = lines["missing_extra"]["examples"][0]["parts"]
    assert (part["where"], part["reason"], part["detail"]) == (["page 2"], "missing_extra", "ocr")
    out = shelf.ask("report", "unread", language="da").out
    assert "En del af Fodspor er ikke installeret (ocr): 1 delvist læst" in out
    assert "    side 2" in out
    assert "1 mappe kunne ikke åbnes" in out


def test_examples_are_bounded_and_the_rest_counted(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.run(Doc(f"/srv/share/{n}.pdf", status="unread", reason="corrupt") for n in range(9))
    (line,) = shelf.ask("report", "unread", "--json", "--examples", "3").lines
    assert (line["unread"], len(line["examples"])) == (9, 3)
    assert "and 4 documents more" in shelf.ask("report", "unread").out


def test_every_reason_has_its_words_and_advice() -> None:
    from typing import get_args

    for language in ("en", "da"):
        held = words(language)
        for reason in (*get_args(Reason), "folder", "placeholder"):
            assert held.reason(reason) != reason
            assert held.advice(reason)
            assert held.retry(reason)
