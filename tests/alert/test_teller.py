"""Who is told of what, when, and how often; over restarts, and when something is amiss."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from scanner.alert.desktop import NotShown
from scanner.alert.policy import LATER
from scanner.alert.state import state_path
from scanner.index.store import decisions_path
from tests.alert.bench import Watched
from tests.alert.made import NOON, cpr

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
Watching = Callable[..., Watched]


@pytest.fixture
def watching(tmp_path: Path) -> Iterator[Watching]:
    made: list[Watched] = []

    def watch(extra: str = "", **options: str) -> Watched:
        watched = Watched(tmp_path / f"{len(made)}", extra, **options)
        made.append(watched)
        return watched

    yield watch
    for each in made:
        each.stop()


def test_a_word_a_line_and_one_in_the_log(watching: Watching) -> None:
    watched = watching()
    watched.save("Kundeliste.xlsx")
    watched.start().tell([watched.flagged("Kundeliste.xlsx")], NOON)
    assert state_path(watched.shelf.path).stat().st_mode & 0o077 == 0
    (word,) = watched.seen.words
    assert word.title == "Persondata i Kundeliste.xlsx"
    assert "ca. 1.990 CPR-numre (Ark1, B2)" in word.text
    (line,) = watched.lines
    assert (line["event"], line["level"], line["path"]) == (
        "flagged",
        "high",
        "/srv/share/Skrivebord/Kundeliste.xlsx",
    )
    assert watched.logged == [f"INFO flagged document {line['document']} (high): DK_CPR 1990"]


def test_the_word_says_who_else_is_told_by_this_configuration(watching: Watching) -> None:
    watched = watching(
        '[alert]\n[alert.mail]\nhost = "m.firma.dk"\nsender = "a@firma.dk"\n'
        'to = ["gdpr@firma.dk"]\nrisk = "critical"\n[alert.webhook]\nurl = "https://siem.firma.dk/x?token=t"\n'
        'secret = {env = "S"}\n[alert.apprise]\nurls = {env = "U"}\n'
    )
    text = watched.shelf.config.read_text("utf-8")
    watched.shelf.config.write_text(text.replace("[index]", '[index]\ndeliver = "/srv/d"'), "utf-8")
    watched.save("a.xlsx", "b.xlsx")
    teller = watched.start()
    teller.tell([watched.flagged("a.xlsx")], NOON)
    teller.tell([watched.flagged("b.xlsx", level="critical", risk=40.0)], NOON)
    last = [word.text.split("\n")[-1] for word in watched.seen.words]
    assert last[0].startswith(
        "Hvem ellers får besked: virksomhedens system på siem.firma.dk og virksomhedens"
        " beskedtjeneste. "
    )
    assert last[1].startswith("Hvem ellers får besked: gdpr@firma.dk, virksomhedens system")
    assert all(each.endswith("går videre til virksomhedens register.") for each in last)


def test_a_burst_is_one_word_about_the_worst(watching: Watching) -> None:
    watched = watching()
    watched.save("a.xlsx", "b.xlsx", "c.xlsx")
    watched.start().tell(
        [
            watched.flagged("a.xlsx", level="medium", risk=6.0),
            watched.flagged("b.xlsx", level="critical", risk=40.0),
            watched.flagged("c.xlsx"),
        ],
        NOON,
    )
    (word,) = watched.seen.words
    assert word.documents == tuple(map(watched.number, ("b.xlsx", "c.xlsx", "a.xlsx")))
    assert "»b.xlsx«" in word.text
    assert "Det gælder også 2 filer mere." in word.text
    assert len(watched.lines) == 3


@pytest.mark.parametrize("restart", [False, True])
def test_the_same_unchanged_file_is_never_told_twice(watching: Watching, restart: bool) -> None:
    watched = watching("per_day = 9\nper_hour = 9\n")
    watched.save("a.xlsx")
    one = watched.flagged("a.xlsx")
    watched.start().tell([one], NOON)
    if restart:
        watched.stop()
        watched.start(NOON + MINUTE)
    assert watched.teller is not None
    watched.teller.tell([one, one], NOON + MINUTE)
    assert (len(watched.seen.words), len(watched.lines)) == (1, 1)
    watched.teller.tell([watched.flagged("a.xlsx", mark=b"changed")], NOON + 2 * MINUTE)
    assert (len(watched.seen.words), len(watched.lines)) == (2, 2)


@pytest.mark.parametrize("restart", [False, True])
def test_what_the_limits_held_back_comes_in_one_word_the_next_day(
    watching: Watching, restart: bool
) -> None:
    watched = watching("per_hour = 9\n")
    names = [f"{number}.xlsx" for number in range(5)]
    watched.save(*names)
    teller = watched.start()
    for minute, name in enumerate(names):
        teller.tell([watched.flagged(name)], NOON + minute * MINUTE)
    assert len(watched.seen.words) == 2
    assert len(watched.lines) == 5, "lines wait for nothing"
    assert teller.tend(NOON + 10 * MINUTE) == 600.0
    if restart:
        watched.stop()
        teller = watched.start(NOON + DAY)
    teller.tend(NOON + DAY)
    assert len(watched.seen.words) == 3
    assert sorted(watched.seen.words[2].documents) == [watched.number(name) for name in names[2:]]
    teller.tend(NOON + DAY + MINUTE)
    assert len(watched.seen.words) == 3


@pytest.mark.parametrize(
    "settle",
    [
        pytest.param(lambda w: w.delete("b.xlsx"), id="deleted"),
        pytest.param(lambda w: w.save("b.xlsx", values=0), id="mended: it holds nothing any more"),
        pytest.param(lambda w: w.save("b.xlsx", kind="IBAN_CODE"), id="another kind than was told"),
    ],
)
def test_what_was_settled_meanwhile_is_not_told(
    watching: Watching, settle: Callable[[Watched], object]
) -> None:
    watched = watching("per_day = 1\n")
    watched.save("a.xlsx", "b.xlsx")
    teller = watched.start()
    teller.tell([watched.flagged("a.xlsx")], NOON)
    teller.tell([watched.flagged("b.xlsx")], NOON)
    settle(watched)
    teller.tend(NOON + DAY)
    assert len(watched.seen.words) == 1
    assert watched.logged[-1] == "INFO 1 documents were settled before they were told"


def test_quiet_hours_hold_the_word_and_nothing_else(watching: Watching) -> None:
    watched = watching('quiet = ["00:00-23:59"]\n')
    watched.save("a.xlsx")
    teller = watched.start()
    teller.tell([watched.flagged("a.xlsx")], NOON)
    assert watched.seen.words == []
    assert len(watched.lines) == 1
    moments = [NOON + timedelta(minutes=each) for each in range(24 * 60)]
    for moment in moments:
        teller.tend(moment)
    assert len(watched.seen.words) == 1


def test_the_first_four_weeks_are_silent_for_the_employee_alone(watching: Watching) -> None:
    watched = watching("silent_days = 28\n")
    watched.save("a.xlsx", "b.xlsx")
    watched.start().tell([watched.flagged("a.xlsx")], NOON)
    watched.stop()
    teller = watched.start(NOON + 27 * DAY)
    teller.tell([watched.flagged("b.xlsx")], NOON + 27 * DAY)
    assert watched.seen.words == []
    assert len(watched.lines) == 2
    teller.tend(NOON + 29 * DAY)
    assert watched.seen.words == [], "four weeks of files are no word"
    teller.tell([watched.flagged("b.xlsx")], NOON + 29 * DAY)
    assert len(watched.seen.words) == 1


def test_a_clock_that_was_ahead_does_not_silence_for_years(watching: Watching) -> None:
    watched = watching("silent_days = 28\n")
    watched.save("a.xlsx")
    watched.start(NOON + 3650 * DAY)
    watched.stop()
    watched.start(NOON)
    watched.stop()
    watched.start(NOON + 29 * DAY).tell([watched.flagged("a.xlsx")], NOON + 29 * DAY)
    assert len(watched.seen.words) == 1


def test_later_means_later(watching: Watching) -> None:
    watched = watching()
    watched.save("a.xlsx")
    teller = watched.start()
    teller.tell([watched.flagged("a.xlsx")], NOON)
    watched.seen.choose("later")
    teller.tend(NOON + MINUTE)
    teller.tend(NOON + LATER)
    assert len(watched.seen.words) == 1
    watched.stop()
    watched.start(NOON + LATER + MINUTE).tend(NOON + LATER + MINUTE)
    assert [word.documents for word in watched.seen.words] == [(watched.number("a.xlsx"),)] * 2


def test_a_great_burst_is_one_word_and_comes_again_whole(watching: Watching) -> None:
    watched = watching("per_day = 9\nper_hour = 9\n")
    watched.save("a.xlsx")
    (one,) = [watched.flagged("a.xlsx", level="critical", risk=40.0)]
    burst = [watched.flagged("a.xlsx", document=1000 + n, level="medium") for n in range(700)]
    with sqlite3.connect(watched.shelf.path) as index:  # seven hundred copies of it
        columns = [row[1] for row in index.execute("PRAGMA table_info(document)") if row[1] != "id"]
        for copy in burst:
            values = (f"x'{copy.document:032x}'" if c == "path_key" else c for c in columns)
            index.execute(
                f"INSERT INTO document(id, {', '.join(columns)})"
                f" SELECT {copy.document}, {', '.join(values)} FROM document WHERE id=?",
                (one.document,),
            )
            index.execute(
                "INSERT INTO occurrence(document, inner, inner_path, content, first_run)"
                " SELECT ?, inner, inner_path, content, first_run FROM occurrence WHERE document=?",
                (copy.document, one.document),
            )
    teller = watched.start()
    teller.tell([*burst, one], NOON)
    assert len(watched.lines) == 701
    assert watched.seen.words[0].documents[0] == one.document
    assert "Det gælder også 700 filer mere." in watched.seen.words[0].text
    watched.seen.choose("later")
    teller.tend(NOON + MINUTE)
    assert watched.logged[-1] == "INFO 701 documents are told again later"
    teller.tend(NOON + MINUTE + LATER)
    assert "Det gælder også 700 filer mere." in watched.seen.words[1].text
    teller.tell([*burst, one], NOON + DAY)
    assert (len(watched.seen.words), len(watched.lines)) == (2, 701)


def test_a_gathered_word_says_where_too(watching: Watching) -> None:
    hour = NOON.astimezone().hour
    watched = watching(f'quiet = ["{hour:02}:00-{(hour + 2) % 24:02}:00"]\n')
    watched.save("a.xlsx")
    teller = watched.start()
    teller.tell([watched.flagged("a.xlsx")], NOON)
    teller.tend(NOON + DAY / 2)
    (word,) = watched.seen.words
    assert "(linje 1)" in word.text
    assert "»a.xlsx« i mappen »Skrivebord«" in word.text


def test_a_word_that_nobody_can_see_is_given_up_after_a_month(watching: Watching) -> None:
    watched = watching()
    watched.save("a.xlsx")
    watched.seen.trouble = NotShown("nobody")
    teller = watched.start()
    teller.tell([watched.flagged("a.xlsx")], NOON)
    teller.tend(NOON + 31 * DAY)
    assert watched.logged[-1] == "ERROR 1 documents could not be told in 30 days"
    watched.seen.trouble = None
    teller.tend(NOON + 32 * DAY)
    assert watched.seen.words == []


def test_an_answer_to_a_word_of_before_touches_nothing_that_waits(watching: Watching) -> None:
    watched = watching("per_day = 1\n")
    watched.save("a.xlsx", "b.xlsx")
    teller = watched.start()
    for name in ("a.xlsx", "b.xlsx"):
        teller.tell([watched.flagged(name)], NOON)
    for _ in range(2):
        watched.seen.choose("later")
    teller.tend(NOON + MINUTE)
    teller.tend(NOON + DAY)
    assert sorted(watched.seen.words[-1].documents) == sorted(
        map(watched.number, ("a.xlsx", "b.xlsx"))
    )


def test_a_reply_is_a_verdict_with_its_reason(watching: Watching) -> None:
    watched = watching()
    watched.save("a.xlsx")
    teller = watched.start()
    teller.tell([watched.flagged("a.xlsx")], NOON)
    watched.seen.choose("reply", "Kundelisten hører til her")
    teller.tend(NOON + MINUTE)
    with sqlite3.connect(decisions_path(watched.shelf.path)) as decisions:
        assert decisions.execute(
            "SELECT document, decision, reason, until FROM verdict"
        ).fetchall() == [
            (watched.number("a.xlsx"), "belongs", "Kundelisten hører til her", "2027-11-30")
        ]
        assert decisions.execute("SELECT action FROM audit").fetchall() == [("verdict belongs",)]
    line = watched.lines[-1]
    assert (line["event"], line["verdict"], line["until"]) == ("verdict", "belongs", "2027-11-30")
    teller.tell([watched.flagged("a.xlsx", mark=b"saved again")], NOON + 2 * MINUTE)
    assert len(watched.seen.words) == 1
    assert len(watched.lines) == 2


@pytest.mark.parametrize(
    ("changes", "again", "said"),
    [
        pytest.param({"kinds": (cpr(14),)}, [], "", id="a little more"),
        pytest.param(
            {"kinds": (cpr(15),)}, ["grown"], "vokset med mere end en femtedel", id="grown"
        ),
        pytest.param(
            {"kinds": (cpr(12), cpr(3)._replace(kind="IBAN_CODE"))}, ["kind"], "ny slags", id="kind"
        ),
        pytest.param({"readable_by": "everyone"}, ["readers"], "flere kan læse den", id="readers"),
    ],
)
def test_a_verdict_reopens_and_the_words_say_why(
    watching: Watching, changes: dict[str, object], again: list[str], said: str
) -> None:
    watched = watching("per_day = 9\nper_hour = 9\n")
    watched.save("a.xlsx")
    watched.shelf.sql("UPDATE document SET readable_by='owner'")
    teller = watched.start()
    teller.tell([watched.flagged("a.xlsx", kinds=(cpr(12),))], NOON)
    watched.seen.choose("reply", "Kundelisten")
    teller.tend(NOON)
    told = {"kinds": (cpr(12),), "mark": b"new", **changes}
    teller.tell([watched.flagged("a.xlsx", **told)], NOON + MINUTE)
    assert len(watched.seen.words) == (2 if again else 1)
    if again:
        assert watched.lines[-1]["again"] == again
        assert said in watched.seen.words[-1].text
        with sqlite3.connect(decisions_path(watched.shelf.path)) as decisions:
            assert decisions.execute("SELECT undone IS NULL FROM verdict").fetchall() == [(0,)]


def test_a_document_that_moved_is_asked_about_again(watching: Watching) -> None:
    watched = watching()
    (number,) = watched.save("a.xlsx")
    teller = watched.start()
    teller.tell([watched.flagged("a.xlsx")], NOON)
    watched.seen.choose("reply", "Kundelisten")
    teller.tend(NOON)
    watched.shelf.sql("UPDATE document SET path_key=x'00' WHERE id=?", number)
    teller.tell([watched.flagged("a.xlsx")], NOON + MINUTE)
    assert watched.lines[-1]["again"] == ["moved"]


@pytest.mark.parametrize(
    ("extra", "level", "forbidden", "words", "lines"),
    [
        pytest.param("", "low", False, 0, 1, id="names and e-mail alone are low"),
        pytest.param("", "low", True, 1, 1, id="where nothing may lie"),
        pytest.param('risk = "high"\n', "medium", False, 0, 1, id="a higher threshold"),
        pytest.param('log_risk = "high"\n', "medium", False, 1, 0, id="a threshold of the log"),
        pytest.param("desktop = false\n", "critical", False, 0, 1, id="no word to the employee"),
    ],
)
def test_thresholds(
    watching: Watching, extra: str, level: str, forbidden: bool, words: int, lines: int
) -> None:
    watched = watching(extra)
    watched.save("a.xlsx")
    watched.start().tell(
        [watched.flagged("a.xlsx", level=level, risk=1.0, forbidden=forbidden)], NOON
    )
    assert (len(watched.seen.words), len(watched.lines)) == (words, lines)


def test_a_desktop_that_is_away_gets_the_word_when_it_is_back(watching: Watching) -> None:
    watched = watching()
    watched.save("a.xlsx", "b.xlsx")
    watched.seen.trouble = NotShown("nobody")
    teller = watched.start()
    teller.tell([watched.flagged("a.xlsx")], NOON)
    assert teller.tend(NOON + MINUTE) == 240.0
    teller.tell([watched.flagged("b.xlsx")], NOON + 2 * MINUTE)
    teller.tend(NOON + 5 * MINUTE)
    watched.seen.trouble = None
    teller.tend(NOON + 10 * MINUTE)
    assert [len(word.documents) for word in watched.seen.words] == [2]
    assert [line for line in watched.logged if "notification" in line] == [
        "ERROR notification: nobody; words wait until one can be shown"
    ]


def full(watched: Watched) -> None:
    """Let the state's file grow no further, as on a full disk."""
    assert watched.teller is not None
    connection = watched.teller._state._connection
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count={pages}")
    for table in ("meta VALUES (?, ?)", "told VALUES ('', ?, ?, '')"):
        with pytest.raises(sqlite3.OperationalError, match="full"):
            for number in range(100_000):
                connection.execute(f"INSERT INTO {table}", (str(number), "x" * 200))


def test_a_full_disk_is_said_and_nothing_is_lost_or_doubled(watching: Watching) -> None:
    watched = watching("per_day = 1\n")
    names = [f"{number}.xlsx" for number in range(30)]
    watched.save(*names)
    teller = watched.start()
    full(watched)
    for number, name in enumerate(names):
        teller.tell([watched.flagged(name, rule="x" * 200)], NOON + number * MINUTE)
        teller.tend(NOON + number * MINUTE)
    assert len(watched.lines) == 30
    teller.tell([watched.flagged(name, rule="x" * 200) for name in names], NOON + 31 * MINUTE)
    assert len(watched.lines) == 30
    assert any("the disk is full" in line for line in watched.logged)
    assert len(teller._memory._unwritten.waiting) > 9
    teller._state._connection.execute("PRAGMA max_page_count=100000")
    for day in range(1, 4):
        teller.tend(NOON + day * DAY)
    told = [document for word in watched.seen.words for document in word.documents]
    assert sorted(told) == sorted(map(watched.number, names))
    assert len(watched.seen.words) == 2


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(b"no database at all, but text " * 200, id="no database"),
        pytest.param(None, id="cut off"),
    ],
)
def test_a_broken_state_is_moved_aside(watching: Watching, damage: bytes | None) -> None:
    watched = watching()
    watched.save("a.xlsx")
    watched.start().tell([watched.flagged("a.xlsx")], NOON)
    watched.stop()
    path = state_path(watched.shelf.path)
    path.write_bytes(path.read_bytes()[:9000] if damage is None else damage)
    watched.start(NOON + DAY).tell([watched.flagged("a.xlsx")], NOON + DAY)
    assert len(watched.seen.words) == 2, "rather twice than never"
    assert len(list(path.parent.glob("index-watch.db.broken-20261201T110000"))) == 1
    assert any("was damaged: moved to" in line for line in watched.logged)
    assert path.stat().st_mode & 0o077 == 0


def test_a_state_that_cannot_be_written_is_kept_in_memory(watching: Watching) -> None:
    watched = watching()
    watched.save("a.xlsx")
    state_path(watched.shelf.path).mkdir()
    teller = watched.start()
    teller.tell([watched.flagged("a.xlsx")] * 2, NOON)
    teller.tell([watched.flagged("a.xlsx")], NOON + MINUTE)
    assert len(watched.seen.words) == 1
    assert "is not remembered" in watched.logged[0]


def test_what_is_shown_can_be_opened(watching: Watching, tmp_path: Path) -> None:
    watched = watching("per_day = 9\nper_hour = 9\n")
    watched.save("a.xlsx", "b.xlsx")
    teller = watched.start()
    teller.tell([watched.flagged("a.xlsx")], NOON)
    teller.tell([watched.flagged("b.xlsx", path=b"smb://fil01/salg/b.xlsx")], NOON)
    assert watched.seen.folders == [True, False]


@pytest.mark.parametrize(
    ("command", "named"),
    [
        pytest.param(("/no/such/program",), True, id="no such program"),
        pytest.param((sys.executable, "-c", "raise SystemExit(3)"), True, id="no display"),
        pytest.param((sys.executable, "-c", "raise SystemExit(1)"), True, id="it broke"),
        pytest.param((sys.executable, "-c", "raise SystemExit(4)"), False, id="closed"),
        pytest.param((sys.executable, "-c", "print(' ')"), False, id="nothing written"),
    ],
)
def test_no_window_for_the_reason_names_the_command(
    watching: Watching, command: tuple[str, ...], named: bool
) -> None:
    watched = watching()
    watched.save("a.xlsx")
    teller = watched.start(command=command)
    teller.tell([watched.flagged("a.xlsx")], NOON)
    watched.seen.choose("belongs")
    teller.tend(NOON)
    assert teller._employee is not None
    for question in teller._employee._answering._questions:
        question.process.wait(20)
    teller.tend(NOON)
    assert [
        "fodspor belongs FIL" in text and "a.xlsx" in text for _, text in watched.seen.told
    ] == ([True] if named else [])
    assert not decisions_path(watched.shelf.path).exists()


def test_nobody_who_reads_the_lines_stops_nothing(watching: Watching) -> None:
    watched = watching()
    watched.save("a.xlsx", "b.xlsx")
    teller = watched.start()
    watched.out.close()
    teller.tell([watched.flagged("a.xlsx")], NOON)
    teller.tell([watched.flagged("b.xlsx")], NOON)
    assert len(watched.seen.words) == 2
    assert [line for line in watched.logged if "nobody reads" in line] == [
        "ERROR nobody reads the lines any more (ValueError)"
    ]


def test_closing_lets_the_desktop_go(watching: Watching) -> None:
    watched = watching()
    watched.start()
    watched.stop()
    assert watched.seen.closed
