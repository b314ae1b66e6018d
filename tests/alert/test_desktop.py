"""A real session bus shows the words, its buttons are pressed, and the answer is kept."""

from __future__ import annotations

import os
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from scanner.alert.desktop import Answer, Desktop, NotShown
from scanner.alert.wording import Word
from scanner.index.store import decisions_path
from scanner.messages import words
from tests.alert import notifications
from tests.alert.bench import Watched
from tests.alert.made import NOON
from tests.alert.notifications import Service, service, session_bus

pytestmark = pytest.mark.skipif(
    bool(notifications.missing()), reason=notifications.missing() or "-"
)

BUTTONS = ("actions", "body", "body-markup", "persistence")
REPLY = (*BUTTONS, "inline-reply")
WORD = Word("Persondata i R&D.xlsx", "»R&D <b>.xlsx« indeholder ca. 1.990 CPR-numre", (7, 8))


@pytest.fixture(scope="module")
def bus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with session_bus(tmp_path_factory.mktemp("bus")) as address:
        yield address


@pytest.fixture
def desktop(bus: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desktop]:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus)
    made = Desktop(words("da"))
    yield made
    made.close()
    assert [each.name for each in threading.enumerate() if each.name == "fodspor-desktop"] == []


def awaited(desktop: Desktop) -> Answer:
    """Return the next answer, when it has come."""
    return desktop._answers.get(timeout=notifications.SECONDS)


@pytest.mark.parametrize(
    ("capabilities", "folder", "actions"),
    [
        pytest.param(
            BUTTONS,
            True,
            {
                "open": "Åbn mappen",
                "belongs": "Det hører til her, fordi …",
                "later": "Senere",
            },
            id="buttons",
        ),
        pytest.param(
            REPLY,
            True,
            {
                "open": "Åbn mappen",
                "later": "Senere",
                "inline-reply": "Det hører til her, fordi …",
            },
            id="a reply field",
        ),
        pytest.param(
            BUTTONS,
            False,
            {"belongs": "Det hører til her, fordi …", "later": "Senere"},
            id="no folder of this machine",
        ),
    ],
)
def test_a_word_has_its_choices(
    desktop: Desktop, bus: str, capabilities: tuple[str, ...], folder: bool, actions: dict[str, str]
) -> None:
    with service(bus, *capabilities) as shows:
        desktop.show(WORD, folder=folder)
        assert shows.shown[0].actions == {"default": "", **actions}
        assert shows.shown[0].title == WORD.title
        assert shows.shown[0].body == "»R＆D ‹b›.xlsx« indeholder ca. 1.990 CPR-numre"


@pytest.mark.parametrize(
    ("act", "answer"),
    [
        pytest.param(lambda s: s.press("open"), Answer((7, 8), "open"), id="open"),
        pytest.param(lambda s: s.press("later"), Answer((7, 8), "later"), id="later"),
        pytest.param(lambda s: s.press("belongs"), Answer((7, 8), "belongs"), id="belongs"),
        pytest.param(
            lambda s: s.reply("fordi det er vores"),
            Answer((7, 8), "reply", "fordi det er vores"),
            id="the reply itself",
        ),
    ],
)
def test_what_is_chosen_arrives(
    desktop: Desktop, bus: str, act: Callable[[Service], None], answer: Answer
) -> None:
    with service(bus, *(REPLY if answer.choice == "reply" else BUTTONS)) as shows:
        desktop.show(WORD, folder=True)
        assert desktop.awaiting == 1
        act(shows)
        assert awaited(desktop) == answer
        assert desktop.awaiting == 0


def test_where_nothing_can_be_pressed_the_command_is_named(desktop: Desktop, bus: str) -> None:
    with service(bus, "body") as shows:
        desktop.show(WORD, folder=True)
        assert "fodspor belongs FIL" in shows.shown[0].body


def test_nobody_who_shows_notifications(desktop: Desktop) -> None:
    with pytest.raises(NotShown) as caught:
        desktop.show(WORD, folder=True)
    assert caught.value.trouble == "nobody"


def test_no_session(desktop: Desktop, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/none")
    with pytest.raises(NotShown) as caught:
        desktop.tell("a", "b")
    assert caught.value.trouble == "nobody"


def test_without_the_extra(desktop: Desktop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "desktop_notifier", None)
    with pytest.raises(NotShown) as caught:
        desktop.show(WORD, folder=True)
    assert caught.value.trouble == "extra"


def test_a_service_that_ended_and_came_back(desktop: Desktop, bus: str) -> None:
    with service(bus, *BUTTONS):
        desktop.show(WORD, folder=True)
    with pytest.raises(NotShown):
        desktop.show(WORD, folder=True)
    with service(bus, *REPLY) as shows:
        desktop.show(WORD, folder=True)
        assert "inline-reply" in shows.shown[0].actions


def until(watched: Watched, what: Callable[[], bool], at: datetime) -> None:
    """Tend, as watching does, until something has come about."""
    assert watched.teller is not None
    pause = threading.Event()
    for number in range(400):
        watched.teller.tend(at + timedelta(milliseconds=number))
        if what():
            return
        pause.wait(0.05)
    raise AssertionError("it did not come about")


def verdicts(watched: Watched) -> list[tuple[object, ...]]:
    path = decisions_path(watched.shelf.path)
    if not path.exists():
        return []
    with sqlite3.connect(path) as decisions:
        found: list[tuple[object, ...]] = decisions.execute(
            "SELECT document, decision, reason FROM verdict"
        ).fetchall()
    return found


@pytest.mark.parametrize("way", ["reply", "window"])
def test_the_answer_is_in_the_decisions(
    tmp_path: Path, bus: str, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus)
    watched = Watched(tmp_path / "watched")
    watched.save("Kundeliste.xlsx")
    desktop = Desktop(words("da"))
    writes = (sys.executable, "-c", "import sys; sys.stdin.read(); print('fordi vi skal')")
    with service(bus, *(REPLY if way == "reply" else BUTTONS)) as shows:
        teller = watched.start(desktop=desktop, command=writes)
        teller.tell([watched.flagged("Kundeliste.xlsx")], NOON)
        assert "»Kundeliste.xlsx« i mappen »Skrivebord«" in shows.shown[0].body
        if way == "reply":
            shows.reply("fordi vi skal")
        else:
            shows.press("belongs")
        until(watched, lambda: bool(verdicts(watched)), NOON)
        watched.stop()
    assert verdicts(watched) == [(watched.number("Kundeliste.xlsx"), "belongs", "fordi vi skal")]


@pytest.mark.skipif(not os.path.exists("/bin/sh"), reason="a program of its own for xdg-open")
def test_the_folder_is_shown_and_the_document_not_opened(
    tmp_path: Path, bus: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = tmp_path / "opened"
    program = tmp_path / "bin" / "xdg-open"
    program.parent.mkdir()
    program.write_text(
        f'#!/bin/sh\nprintf "%s" "$*" > "{opened}.new"; mv "{opened}.new" "{opened}"\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus)
    watched = Watched(tmp_path / "watched")
    watched.save("a.xlsx")
    with service(bus, *BUTTONS) as shows:
        watched.start(desktop=Desktop(words("da"))).tell([watched.flagged("a.xlsx")], NOON)
        shows.press("open")
        until(watched, opened.exists, NOON)
        watched.stop()
    assert opened.read_text() == "/srv/share/Skrivebord"


def test_without_a_display_the_command_is_named(
    tmp_path: Path, bus: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus)
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    watched = Watched(tmp_path / "watched")
    watched.save("a.xlsx")
    with service(bus, *BUTTONS) as shows:
        watched.start(desktop=Desktop(words("da"))).tell([watched.flagged("a.xlsx")], NOON)
        shows.press("belongs")
        until(watched, lambda: len(shows.shown) == 2, NOON)
        watched.stop()
    assert "fodspor belongs FIL" in shows.shown[1].body
    assert verdicts(watched) == []
