"""How a scan is told while it runs: what is known, and no number that nobody knows."""

from __future__ import annotations

import io
from collections import Counter
from dataclasses import replace

import pytest

from connectors.mailserver import FOLDER
from scanner.index.counts import Counts
from scanner.messages import words
from scanner.model import Listing, Outcome
from scanner.progress import PLAIN_CEILING_SECONDS, end_of, plain, told, waiting
from tests import index_files
from tests.conftest import Installation


def counts(met: int, done: int, expected: int = 0, *, walked: bool = False) -> Counts:
    return Counts(
        met=met, expected=expected, walked=walked, statuses=Counter(read=done), bytes_done=1500
    )


@pytest.mark.parametrize(
    ("so_far", "says", "end"),
    [
        pytest.param(counts(30, 10), "10 done of 30 met so far", None, id="first run"),
        pytest.param(
            counts(30, 10, 90), "10 done of 30 met so far, 90 last time", 90, id="as last time"
        ),
        pytest.param(counts(95, 90, 90), "90 done of 95 met so far,", None, id="more than last"),
        pytest.param(counts(30, 10, 90, walked=True), "10 done of 30,", 30, id="walk has ended"),
        pytest.param(
            replace(counts(30, 10, walked=True), listing=1),
            "10 done of 30 met so far,",
            None,
            id="a mailbox is still listed",
        ),
    ],
)
def test_the_end_is_told_only_as_far_as_it_is_known(
    so_far: Counts, says: str, end: int | None
) -> None:
    assert told(so_far, words("en")).startswith(says)
    assert "1.5\u00a0kB" in told(so_far, words("en"))
    assert "%" not in told(so_far, words("en"))
    assert end_of(so_far) == end


def test_plain_lines_come_less_often_as_time_goes_by() -> None:
    now = 0.0
    lines: list[tuple[float, str]] = []
    show = plain("place", words("en"), lambda line: lines.append((now, line)), clock=lambda: now)
    for second in range(8 * 3600):
        now = float(second)
        show(counts(30, 10), None)
    times = [time for time, _ in lines]
    assert times[:4] == [10, 30, 70, 150]
    assert times[-1] - times[-2] == PLAIN_CEILING_SECONDS
    assert len(lines) < 60
    assert lines[0][1].startswith("place: 10 done")


def test_a_run_expects_what_the_last_whole_run_met(installation: Installation) -> None:
    documents = [index_files.document(name) for name in ("a", "b", "c")]
    expected = []
    for met in (documents, documents[:2]):
        with index_files.run(installation) as run:
            expected.append(run.counts.expected)
            for each in run.stale(iter(met)):
                run.record(index_files.read(each))
    assert expected == [0, 3]


def test_the_end_is_not_known_while_a_mail_folder_is_listed(installation: Installation) -> None:
    folder = replace(index_files.document("INBOX"), type=FOLDER)
    with index_files.run(installation) as run:
        list(run.stale(iter([folder])))
        run.counts.walked = True
        known = [run.counts.all_met]
        for more in (True, False):
            piece = Listing(FOLDER, "", (), (), kept=False, more=more, state=b"")
            list(run.take(Outcome(folder, "read", listing=piece)))
            known.append(run.counts.all_met)
    assert known == [False, False, True]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stream", "quiet", "shown"),
    [
        pytest.param(Terminal, False, True, id="on a terminal"),
        pytest.param(Terminal, True, False, id="asked to be quiet"),
        pytest.param(io.StringIO, False, False, id="in a pipe"),
    ],
)
def test_what_is_waited_for_is_shown_on_a_terminal(
    monkeypatch: pytest.MonkeyPatch, stream: type[io.StringIO], quiet: bool, shown: bool
) -> None:
    said = stream()
    monkeypatch.setattr("sys.stderr", said)
    monkeypatch.setenv("TERM", "xterm")
    with waiting("collecting [a].db", quiet=quiet):
        pass
    assert ("collecting [a].db" in said.getvalue()) is shown
