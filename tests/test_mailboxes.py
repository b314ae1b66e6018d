"""Mail archives and mailboxes on a disk: each message a document, read once."""

from __future__ import annotations

import io
import mailbox
import os
import zipfile
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from scanner.answers.findings import message_of
from scanner.demo import fake
from scanner.model import MAX_PROBLEMS, Problem, add_problem
from tests.conftest import Installation
from tests.letters import letter


def mbox(path: Path, *messages: EmailMessage) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    box = mailbox.mbox(path)
    for message in messages:
        box.add(message)
    box.close()
    return path


def scanned(installation: Installation, *options: str, code: int = 0) -> dict[str, Any]:
    ran = installation.run("scan", installation.files, "--json", *options, code=code)
    return ran.lines[0]


def masks(installation: Installation) -> list[str]:
    lines = installation.run("findings", "--kind", "DK_CPR", "--json", code=0).lines[:-1]
    return sorted(line["masked"] for line in lines)


def mask_of(number: str) -> str:
    return f"{number[:4]}••-••••"


def numbers(count: int) -> list[str]:
    made: list[str] = []
    while len(made) < count:
        number = fake.cpr(hyphen=True)
        if mask_of(number) not in map(mask_of, made):
            made.append(number)
    return made


def test_each_message_is_a_document_and_the_archive_one_more(installation: Installation) -> None:
    cpr = numbers(3)
    mbox(
        installation.files / "arkiv",
        *(letter(n, f"Kundens CPR-nr. er {each}") for n, each in enumerate(cpr)),
    )
    assert scanned(installation)["met"] == 4
    assert masks(installation) == sorted(map(mask_of, cpr))
    assert installation.rows(
        "SELECT count(DISTINCT item), count(DISTINCT path) FROM document WHERE item<>''"
    ) == [(3, 1)]


def test_what_is_appended_is_read_and_nothing_else(installation: Installation) -> None:
    cpr = numbers(5)
    path = installation.files / "arkiv.mbox"
    mbox(path, *(letter(n, f"CPR {each}") for n, each in enumerate(cpr[:3])))
    scanned(installation)
    read = installation.rows("SELECT id, read_at, token FROM document WHERE item<>'' ORDER BY id")
    mbox(path, *(letter(n, f"CPR {each}") for n, each in enumerate(cpr[3:], 3)))
    second = scanned(installation)
    assert (second["met"], second["unchanged"], second["gone"]) == (6, 3, 0)
    assert len(masks(installation)) == 5
    assert (
        installation.rows(
            "SELECT id, read_at, token FROM document WHERE item<>'' ORDER BY id LIMIT 3"
        )
        == read
    )
    assert scanned(installation)["unchanged"] == 6


def flagged(path: Path) -> None:
    box = mailbox.mbox(path)
    for key in box.keys():  # noqa: SIM118  (no mapping)
        message = box[key]
        message.set_flags("RO")
        box[key] = message
    box.close()


def compacted(path: Path) -> None:
    box = mailbox.mbox(path)
    box.remove(0)  # type: ignore[arg-type]
    box.flush()
    box.close()


@pytest.mark.parametrize(
    ("sent", "sender", "told"),
    [
        pytest.param(
            "2026-03-02T09:00:00", "b••@firma.dk", "2026-03-02 09:00 b••@firma.dk #", id="a mail"
        ),
        pytest.param("2026-03-02T09:00:00", "", "2026-03-02 09:00 #", id="a contact of Outlook"),
        pytest.param("", "", "#", id="nothing known"),
    ],
)
def test_what_a_message_lacks_leaves_no_gap_in_its_name(sent: str, sender: str, told: str) -> None:
    assert message_of(None, f"{sent}\x1f{sender}\x1fitem")[:-6] == told


@pytest.mark.parametrize(
    ("change", "unchanged", "gone"),
    [
        pytest.param(flagged, 3, 0, id="flags change in place"),
        pytest.param(compacted, 2, 1, id="compacted: offsets move, one message is gone"),
    ],
)
def test_what_was_read_is_not_read_again(
    installation: Installation, change: Callable[[Path], None], unchanged: int, gone: int
) -> None:
    cpr = numbers(3)
    path = mbox(
        installation.files / "arkiv.mbox",
        *(letter(n, f"CPR {each}") for n, each in enumerate(cpr)),
    )
    scanned(installation)
    change(path)
    second = scanned(installation)
    assert (second["unchanged"], second["gone"]) == (unchanged, gone)
    assert len(masks(installation)) == 3 - gone


def test_a_changed_message_in_the_middle_is_read_alone(installation: Installation) -> None:
    cpr = numbers(4)
    path = installation.files / "arkiv.mbox"
    mbox(path, *(letter(n, f"CPR {each}") for n, each in enumerate(cpr[:3])))
    scanned(installation)
    path.write_bytes(path.read_bytes().replace(cpr[1].encode(), cpr[3].encode()))
    second = scanned(installation)
    assert second["unchanged"] == 2
    assert masks(installation) == sorted(mask_of(cpr[n]) for n in (0, 2, 3))


def test_messages_of_one_id_are_two_and_stay_two(installation: Installation) -> None:
    path = installation.files / "arkiv.mbox"
    cpr = numbers(3)
    mbox(path, letter(1, f"CPR {cpr[0]}"), letter(1, f"CPR {cpr[1]}"))
    scanned(installation)
    mbox(path, letter(1, f"CPR {cpr[2]}"))
    assert scanned(installation)["unchanged"] == 2
    assert len(masks(installation)) == 3
    assert scanned(installation)["unchanged"] == 4


def test_a_moved_archive_keeps_its_messages(installation: Installation) -> None:
    path = mbox(installation.files / "arkiv.mbox", *(letter(n) for n in range(3)))
    scanned(installation)
    before = installation.rows("SELECT id, item FROM document ORDER BY id")
    path.rename(installation.files / "gammel.mbox")
    second = scanned(installation)
    assert (second["moved"], second["gone"], second["unchanged"]) == (1, 0, 3)
    assert installation.rows("SELECT id, item FROM document ORDER BY id") == before
    assert {row[0] for row in installation.rows("SELECT display FROM document")} == {
        str(installation.files / "gammel.mbox")
    }


def test_a_deleted_archive_takes_its_messages_along(installation: Installation) -> None:
    mbox(installation.files / "arkiv.mbox", letter(1, f"CPR {fake.cpr()}"))
    installation.write("a.txt", "a")
    scanned(installation)
    (installation.files / "arkiv.mbox").unlink()
    assert scanned(installation)["gone"] == 2
    assert masks(installation) == []


def test_two_hard_links_of_an_archive_hold_the_messages_twice(installation: Installation) -> None:
    path = mbox(installation.files / "a.mbox", letter(1, f"CPR {fake.cpr()}"), letter(2))
    os.link(path, installation.files / "b.mbox")
    assert scanned(installation)["met"] == 6
    assert len(masks(installation)) == 2
    assert scanned(installation)["unchanged"] == 6


def test_private_messages_are_counted_and_not_read(installation: Installation) -> None:
    path = mbox(
        installation.files / "arkiv.mbox",
        letter(1, f"CPR {fake.cpr()}", Sensitivity="Private"),
        letter(2, f"CPR {fake.cpr()}"),
        letter(3, f"CPR {fake.cpr()}", **{"X-Gmail-Labels": "Indbakke,Privat"}),
    )
    for _ in range(2):
        found = scanned(installation)
        assert (found["met"], found["excluded"]) == (2, {"private": 2})
        assert len(masks(installation)) == 1
    mbox(path, letter(4))
    assert scanned(installation)["excluded"] == {"private": 2}


def test_an_archive_in_a_zip_is_read_whole(installation: Installation) -> None:
    cpr = numbers(2)
    path = mbox(
        installation.folder / "arkiv.mbox",
        letter(1, f"CPR {cpr[0]}"),
        letter(2, f"CPR {cpr[1]}"),
        letter(3, f"CPR {fake.cpr()}", Sensitivity="Private"),
    )
    with zipfile.ZipFile(installation.files / "alt.zip", "w") as packed:
        packed.write(path, "arkiv.mbox")
    found = scanned(installation)
    assert (found["met"], found["excluded"]) == (1, {"private": 1})
    lines = installation.run("findings", "--kind", "DK_CPR", "--json", code=0).lines[:-1]
    assert sorted(line["inner_path"] for line in lines) == [
        "arkiv.mbox › 1.eml",
        "arkiv.mbox › 2.eml",
    ]
    told = installation.run("person", stdin=cpr[1], code=0).out
    assert "arkiv.mbox › 2.eml (2026-03-02 09:00 •••@firma.example)" in told
    (line, _) = installation.run("person", "--json", stdin=cpr[0], code=0).lines
    assert line["message"] == "2026-03-02 09:00 •••@firma.example"


def test_an_attachment_sent_to_many_is_one_content(installation: Installation) -> None:
    messages = [letter(n) for n in range(5)]
    for message in messages:
        message.add_attachment(b"navn;cpr\nIda;030310-0001\n", "text", "csv", filename="liste.csv")
    mbox(installation.files / "arkiv.mbox", *messages)
    scanned(installation)
    assert installation.rows(
        "SELECT count(*) FROM occurrence WHERE inner LIKE '%liste.csv%' GROUP BY content"
    ) == [(5,)]


def test_a_new_detector_set_reads_all_messages_again(installation: Installation) -> None:
    mbox(installation.files / "arkiv.mbox", *(letter(n) for n in range(3)))
    scanned(installation)
    assert scanned(installation, "--full")["unchanged"] == 0
    assert scanned(installation)["unchanged"] == 4


def maildir(folder: Path) -> mailbox.Maildir:
    folder.parent.mkdir(parents=True, exist_ok=True)
    return mailbox.Maildir(folder)


def test_flags_and_moves_in_a_maildir_read_nothing(installation: Installation) -> None:
    box = maildir(installation.files / "Maildir")
    box.add_folder("Kunder")
    cpr = numbers(2)
    key = box.add(letter(1, f"CPR {cpr[0]}"))
    other = box.add(letter(2, f"CPR {cpr[1]}"))
    assert scanned(installation)["met"] == 2 + 1  # and the mark that a folder is one
    ids = installation.rows("SELECT id FROM document WHERE item<>'' ORDER BY id")
    fresh = installation.files / "Maildir" / "new" / key
    fresh.rename(installation.files / "Maildir" / "cur" / f"{key}:2,RS")
    second = scanned(installation)
    assert (second["unchanged"], second["gone"]) == (3, 0)
    moved = installation.files / "Maildir" / "new" / other
    moved.rename(installation.files / "Maildir" / ".Kunder" / "cur" / f"{other}:2,S")
    third = scanned(installation)
    assert (third["unchanged"], third["moved"], third["gone"]) == (3, 1, 0)
    assert installation.rows("SELECT id FROM document WHERE item<>'' ORDER BY id") == ids
    assert installation.rows(
        "SELECT mail_folder FROM document WHERE item<>'' AND mail_folder IS NOT NULL"
    ) == [('["Kunder"]',)]
    assert len(masks(installation)) == 2


def test_private_folders_of_a_maildir_are_counted(installation: Installation) -> None:
    box = maildir(installation.files / "Maildir")
    for name in ("Privat", "Kunder.Privat", "L&APg-n"):
        box.add_folder(name).add(letter(1, f"CPR {fake.cpr()}"))
    found = scanned(installation)
    assert found["excluded"]["private"] == 4  # two messages, and the marks of their folders
    assert len(masks(installation)) == 1
    assert installation.rows("SELECT mail_folder FROM document WHERE item<>''") == [('["Løn"]',)]


def test_an_empty_mail_folder_leaves_nothing_out(installation: Installation) -> None:
    mailbox.Maildir(installation.files / "tom", create=True)
    assert "Left out" not in installation.run("scan", installation.files, code=0).out
    assert "Left out" not in installation.run("report", "overview", code=0).out


def test_mh_folders_and_mail_files_are_read(installation: Installation) -> None:
    box = mailbox.MH(installation.files / "mh")
    cpr = numbers(2)
    for n, each in enumerate(cpr):
        box.add(letter(n, f"CPR {each}"))
    scanned(installation)
    assert masks(installation) == sorted(map(mask_of, cpr))


def test_a_truncated_archive_is_read_as_far_as_it_goes(installation: Installation) -> None:
    cpr = numbers(2)
    path = mbox(
        installation.files / "arkiv.mbox", letter(1, f"CPR {cpr[0]}"), letter(2, f"CPR {cpr[1]}")
    )
    data = path.read_bytes()
    path.write_bytes(data[: data.rindex(cpr[1].encode())])
    scanned(installation)
    assert masks(installation) == [mask_of(cpr[0])]
    path.write_bytes(data)
    assert scanned(installation)["unchanged"] == 1
    assert masks(installation) == sorted(map(mask_of, cpr))


@pytest.mark.parametrize(
    ("cut", "code"),
    [
        pytest.param(200, 3, id="within the attachment"),
        pytest.param(0, 0, id="whole"),
        pytest.param(-1, 0, id="the last boundary alone is missing"),
    ],
)
def test_a_mail_that_breaks_off_in_an_attachment_is_told(
    installation: Installation, cut: int, code: int
) -> None:
    sent = letter(1, "Hej")
    sent.add_attachment(b"a;b\n" * 200, maintype="text", subtype="csv", filename="liste.csv")
    path = mbox(installation.files / "arkiv.mbox", letter(2, "Hej"), sent)
    data = path.read_bytes()
    end = data.rindex(b"--===") if cut < 0 else len(data) - cut
    path.write_bytes(data[:end])
    met = scanned(installation, code=code)
    assert met["reasons"] == ({"truncated": 1} if code else {})


def test_inspect_names_the_messages_of_an_archive_as_answers_do(
    installation: Installation,
) -> None:
    path = mbox(
        installation.files / "arkiv.mbox",
        letter(1),
        letter(2, f"CPR {fake.cpr()}"),
        letter(3, f"CPR {fake.cpr()}", Sensitivity="Private"),
    )
    maildir(installation.files / "Maildir").add(letter(4, f"CPR {fake.cpr()}"))
    lines = installation.run("inspect", installation.files, "--json", code=0).lines
    shown = {line["path"]: line for line in lines if line.get("kind") == "DK_CPR"}
    assert shown[str(path)]["message"].startswith("2026-03-02 09:00 •••@firma.example #")
    assert shown[str(path)]["inner_path"] == ""
    told = installation.run("inspect", path, code=0)
    assert shown[str(path)]["message"] in told.out
    assert "2026-03-02 09:00 •••@firma.example #" in told.out
    scanned(installation)
    found = installation.run("findings", "--kind", "DK_CPR", "--json", code=0).lines[:-1]
    assert {line["path"]: line["message"] for line in found} == {
        path: line["message"] for path, line in shown.items()
    }


def test_what_the_index_keeps_of_a_letter_has_no_address(installation: Installation) -> None:
    mbox(installation.files / "arkiv.mbox", letter(1))
    scanned(installation)
    assert installation.rows("SELECT sent, sender, sender_domain, domains FROM letter") == [
        ("2026-03-02T09:00:00+00:00", "•••@firma.example", "firma.example", '["kunde.example"]')
    ]
    stored = b"".join(p.read_bytes() for p in installation.folder.rglob("*.db*"))
    assert b"ida@kunde" not in stored


def test_a_stream_of_any_kind_will_do() -> None:
    from connectors.mbox import MboxArchive
    from scanner.privacy import Seal

    assert [
        type(event).__name__
        for event in MboxArchive(
            io.BytesIO(b"From \nSubject: a\n\nb\n"), Seal(bytes(32)).hasher
        ).messages()
    ] == ["Message", "Mark"]


def test_a_message_is_named_as_a_person_finds_it(installation: Installation) -> None:
    mbox(installation.files / "arkiv.mbox", letter(1, f"CPR {fake.cpr()}"))
    scanned(installation)
    line = installation.run("findings", "--kind", "DK_CPR", "--json", code=0).lines[0]
    assert line["message"].startswith("2026-03-02 09:00 •••@firma.example #")
    assert line["path"] == str(installation.files / "arkiv.mbox")
    assert "› 2026-03-02 09:00 •••@firma.example #" in installation.run("findings", code=0).out


def with_domains(installation: Installation, *domains: str) -> None:
    text = installation.config.read_text("utf-8")
    listed = ", ".join(f'"{each}"' for each in domains)
    assert "\ndomains = []\n" in text
    text = text.replace("\ndomains = []\n", f"\ndomains = [{listed}]\n")
    installation.config.write_text(text, "utf-8")


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        pytest.param({}, 1, id="to a customer's own domain"),
        pytest.param({"To": "ida@firma.example"}, 0, id="within the house"),
        pytest.param({"To": "ida@salg.firma.example"}, 0, id="to a domain below the house's"),
        pytest.param({"To": "ida@xfirma.example"}, 1, id="to a domain that only ends alike"),
        pytest.param({"Cc": "x@anden.example", "To": "i@firma.example"}, 1, id="a copy went out"),
        pytest.param({"From": "kunde@kunde.example"}, 0, id="a customer wrote it"),
    ],
)
def test_what_left_the_house_is_told(
    installation: Installation, fields: dict[str, str], told: int
) -> None:
    message = letter(1, f"CPR {fake.cpr()}")
    for name, value in fields.items():
        del message[name]
        message[name] = value
    mbox(installation.files / "arkiv.mbox", message, letter(2, "Intet her"))
    scanned(installation)
    with_domains(installation, "firma.example")
    found = installation.run("report", "outside", "--json", code=0).lines[:-1]
    assert [each["kinds"] for each in found] == [{"DK_CPR": 1}] * told


def test_what_was_attached_counts_as_sent(installation: Installation) -> None:
    message = letter(1)
    listed = "navn;cpr\n" + "".join(f"Ida;{each}\n" for each in numbers(3))
    message.add_attachment(listed.encode(), "text", "csv", filename="liste.csv")
    mbox(installation.files / "arkiv.mbox", message)
    scanned(installation)
    with_domains(installation, "firma.example")
    found = installation.run("report", "outside", "--json", code=0).lines[0]
    assert (found["kinds"], found["outside"]) == ({"DK_CPR": 3}, ["kunde.example"])
    assert "kunde.example" in installation.run("report", "outside", code=0).out
    assert (
        "uden for virksomheden"
        in installation.run("--language", "da", "report", "outside", code=0).out
    )


def test_the_houses_domains_must_be_known(installation: Installation) -> None:
    mbox(installation.files / "arkiv.mbox", letter(1))
    scanned(installation)
    assert "[mail] domains" in installation.run("report", "outside", code=2).err


def test_of_many_damages_the_first_are_told_and_that_there_are_more() -> None:
    problems: list[Problem] = []
    for _ in range(3 * MAX_PROBLEMS):
        add_problem(problems, Problem((), "corrupt"))
    assert len(problems) == MAX_PROBLEMS + 1
    assert (problems[-1].reason, problems[-1].detail) == ("limit", "more problems")
