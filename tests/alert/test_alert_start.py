"""What the process that watches carries: little, and nobody who makes it wait."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from scanner.alert import open_teller
from scanner.config import load_config
from scanner.messages import words
from tests.alert import receiver as system
from tests.alert.bench import Watched
from tests.alert.made import NOON, flagged
from tests.alert.receiver import Received, receiver

HEAVY = ("spacy", "presidio_analyzer", "numpy", "desktop_notifier", "apprise", "sqlite_utils")
PROGRAM = """
import json, logging, sys
import scanner.alert
early = sorted(name for name in sys.modules if name.startswith(("scanner.alert.", "pydantic")))
from pathlib import Path
from scanner.config import load_config
from scanner.messages import words
config = load_config(Path(sys.argv[1]))
teller = scanner.alert.open_teller(
    config, Path(sys.argv[2]), words("da"), stdout=None, log=logging.getLogger("x"))
from tests.alert.made import NOON, flagged
teller.tell([flagged(level="low", display="a", path=b"a")], NOON)
seconds = teller.tend(NOON)
teller.close()
print(json.dumps([early, sorted(sys.modules), seconds]))
"""


def test_nothing_heavy_is_loaded_until_it_is_needed(tmp_path: Path) -> None:
    watched = Watched(tmp_path / "watched")
    watched.save("a.xlsx")
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, watched.shelf.config, watched.shelf.path],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    early, loaded, seconds = json.loads(done.stdout)
    assert early == []
    assert not {*HEAVY} & {*loaded}
    assert seconds == 600.0


KILLED = """
import logging, sys
from pathlib import Path
import scanner.alert
from scanner.config import load_config
from scanner.messages import words
from tests.alert.made import NOON, flagged
teller = scanner.alert.open_teller(
    load_config(Path(sys.argv[1])), Path(sys.argv[2]), words("da"),
    stdout=sys.stdout, log=logging.Logger("x"), clock=lambda: NOON)
for number in range(1, 120):
    teller.tell([flagged(number)], NOON)
"""


@pytest.mark.parametrize(
    "lines",
    [50, *(pytest.param(n, marks=pytest.mark.long) for n in range(1, 119, 5))],
)
def test_killed_at_any_moment_nothing_is_lost(tmp_path: Path, lines: int) -> None:
    watched = Watched(
        tmp_path / "watched",
        '[alert]\nper_day = 1\nquiet = ["00:00-23:59"]\n'
        '[alert.webhook]\nurl = "http://127.0.0.1:1/"\nsecret = {env = "FODSPOR_TEST_NONE"}\n',
    )
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, watched.shelf.config, watched.shelf.path],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    with process:
        assert process.stdout is not None
        for _ in range(lines):
            process.stdout.readline()
        process.kill()
    teller = watched.start()
    for number in range(1, 120):
        teller.tell([flagged(number)], NOON)
    parcels = teller._state.parcels("webhook", 10_000)
    told = {event["id"]: event["document"] for each in parcels for event in each.body["events"]}
    assert sorted(told.values()) == list(range(1, 120)), "each once, by its id"
    assert len(parcels) <= 120, "one may be told again, with the same id"
    assert teller._state.count_held(NOON) == 119
    watched.stop()


def test_a_server_that_hangs_delays_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FODSPOR_TEST_HOOK", system.SECRET)
    hold = threading.Event()
    received = Received(hold=hold)
    with receiver(received) as port:
        watched = Watched(
            tmp_path / "watched",
            "[alert]\ndesktop = false\n"
            f'[alert.webhook]\nurl = "http://127.0.0.1:{port}/"\n'
            'secret = {env = "FODSPOR_TEST_HOOK"}\n',
        )
        watched.save("a.xlsx", "b.xlsx")
        teller = open_teller(
            load_config(watched.shelf.config),
            watched.shelf.path,
            words("da"),
            stdout=watched.out,
            log=logging.Logger("alerts of a test"),
            clock=lambda: NOON,
        )
        teller.tell([watched.flagged("a.xlsx")], NOON)
        teller.tend(NOON)
        assert received.arrived.wait(20)
        teller.tell([watched.flagged("b.xlsx")], NOON)  # while the server still thinks
        teller.tend(NOON)
        assert len(watched.lines) == 2
        assert received.bodies == []
        hold.set()
        teller.close()
    told = [event["document"] for body in received.bodies for event in body["events"]]
    assert told[:1] == [watched.number("a.xlsx")]
    assert len(told) == len(set(told))


def test_what_arrived_but_was_not_answered_is_taken_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FODSPOR_TEST_HOOK", system.SECRET)
    received = Received(silent=1)
    with receiver(received) as port:
        watched = Watched(
            tmp_path / "watched",
            f'[alert]\n[alert.webhook]\nurl = "http://127.0.0.1:{port}/"\n'
            'secret = {env = "FODSPOR_TEST_HOOK"}\n',
        )
        watched.save("a.xlsx")
        teller = watched.start()
        teller.tell([watched.flagged("a.xlsx")], NOON)
        teller.tend(NOON)
        watched.stop()
        later = NOON.replace(hour=NOON.hour + 1)
        watched.start(later).tend(later)
        watched.stop()
    assert len(received.bodies) == 1
    assert received.refused == ["known"]
