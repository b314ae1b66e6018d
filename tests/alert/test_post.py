"""What officers and IT are told arrives over real servers: once, in order, after failures too."""

from __future__ import annotations

import platform
import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from scanner.alert.post import LONGEST_WAIT, MAX_AGE, wait_after
from tests.alert import receiver as system
from tests.alert.bench import Watched
from tests.alert.made import NOON
from tests.alert.mail_server import PASSWORD, USER, MailBox, free_port, mail_server
from tests.alert.receiver import Received, receiver

NODE = platform.node()
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
Watching = Callable[[str], Watched]


@pytest.fixture
def watching(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watching]:
    monkeypatch.setenv("FODSPOR_TEST_MAIL", PASSWORD)
    monkeypatch.setenv("FODSPOR_TEST_HOOK", system.SECRET)
    made: list[Watched] = []

    def watch(extra: str) -> Watched:
        watched = Watched(tmp_path / f"watched {len(made)}", extra)
        watched.save(*(f"{number}.xlsx" for number in range(9)))
        made.append(watched)
        return watched

    yield watch
    for each in made:
        each.stop()


def hook(port: int, more: str = "") -> str:
    return (
        f'[alert]\n[alert.webhook]\nurl = "http://127.0.0.1:{port}/in?token=of-the-tests"\n'
        f'secret = {{env = "FODSPOR_TEST_HOOK"}}\n{more}'
    )


def mail(port: int, folder: Path, more: str = "") -> str:
    return (
        f'[alert]\n[alert.mail]\nhost = "localhost"\nport = {port}\nuser = "{USER}"\n'
        f'password = {{env = "FODSPOR_TEST_MAIL"}}\nca_file = "{folder.as_posix()}/authority.pem"\n'
        f'sender = "{USER}"\nto = ["gdpr@firma.dk", "it@firma.dk"]\n{more}'
    )


def save(watched: Watched, number: int, minute: float = 0, **changes: object) -> None:
    """Flag a document and do what is due."""
    assert watched.teller is not None
    at = NOON + minute * MINUTE
    told = watched.flagged(f"{number}.xlsx", mark=f"{number} {minute}".encode(), **changes)
    watched.teller.tell([told], at)
    watched.teller.tend(at)


def test_a_webhook_is_signed_and_says_what_the_lines_say(watching: Watching) -> None:
    received = Received(now=NOON.timestamp())
    with receiver(received) as port:
        watched = watching(hook(port))
        watched.start()
        save(watched, 1)
    assert [body["events"] for body in received.bodies] == [watched.lines]
    assert received.keys == [body["id"] for body in received.bodies]
    assert received.refused == []


def test_over_tls_by_the_companys_own_authority(watching: Watching, tmp_path: Path) -> None:
    received = Received()
    with receiver(received, tmp_path) as port:
        watched = watching(
            hook(port, f'ca_file = "{tmp_path.as_posix()}/authority.pem"').replace(
                "http:", "https:"
            )
        )
        watched.start()
        save(watched, 1)
        stranger = watching(hook(port).replace("http:", "https:"))
        stranger.start()
        save(stranger, 1)
    assert len(received.bodies) == 1
    assert any("not to be trusted" in line for line in stranger.logged)


def test_a_replayed_message_and_another_secret_are_refused(
    watching: Watching, monkeypatch: pytest.MonkeyPatch
) -> None:
    received = Received(now=(NOON + 10 * MINUTE).timestamp())
    with receiver(received) as port:
        watched = watching(hook(port))
        watched.start()
        save(watched, 1)  # as somebody who kept it would send it, ten minutes after
        monkeypatch.setenv("FODSPOR_TEST_HOOK", "another")
        save(watched, 2, 10)
    assert received.refused == ["too old", "signature"]
    assert received.bodies == []


def test_failures_are_tried_again_in_order_and_arrive_once(watching: Watching) -> None:
    received = Received(answers=[500, 503, 429, 302])
    with receiver(received) as port:
        watched = watching(hook(port))
        teller = watched.start()
        for number in range(3):
            save(watched, number)
        assert received.asked == 1, "no more is sent while the first does not arrive"
        for hour in range(1, 8):
            teller.tend(NOON + timedelta(hours=hour))
    assert received.asked == 7
    told = [event["document"] for body in received.bodies for event in body["events"]]
    assert told == [watched.number(f"{number}.xlsx") for number in range(3)]
    assert len(set(received.keys)) == 3
    assert [line for line in watched.logged if "webhook" in line] == [
        "WARNING webhook: 127.0.0.1 answered 500; kept, tried again (try 1)",
        "INFO webhook arrives again, after 5 tries",
    ]
    assert "of-the-tests" not in str(watched.logged)


def test_what_is_refused_for_good_stops_no_other(watching: Watching) -> None:
    received = Received(answers=[413])
    with receiver(received) as port:
        watched = watching(hook(port))
        watched.start()
        save(watched, 1)
        save(watched, 2, 1)
    told = [event["document"] for body in received.bodies for event in body["events"]]
    assert told == [watched.number("2.xlsx")]
    assert any("not tried again" in line for line in watched.logged)


def test_a_system_that_is_away_gets_all_after_a_restart(watching: Watching) -> None:
    port = free_port()
    watched = watching(hook(port))
    watched.start()
    for number in range(4):
        save(watched, number)
    watched.stop()
    received = Received()
    with receiver(received, port=port):
        watched.start(NOON + DAY).tend(NOON + DAY)
    told = [event["document"] for body in received.bodies for event in body["events"]]
    assert told == [watched.number(f"{number}.xlsx") for number in range(4)]


@pytest.mark.parametrize("bound", ["age", "count"])
def test_what_waits_is_bounded_and_said(
    watching: Watching, monkeypatch: pytest.MonkeyPatch, bound: str
) -> None:
    monkeypatch.setattr("scanner.alert.post.MAX_PARCELS", 3)
    port = free_port()
    watched = watching(hook(port))
    teller = watched.start()
    for number in range(3 if bound == "age" else 5):
        save(watched, number)
    if bound == "age":
        teller.tend(NOON + MAX_AGE + DAY)
    dropped = [line for line in watched.logged if "dropped" in line]
    assert dropped == (
        ["ERROR webhook: 3 messages dropped unsent: older than 14 days"]
        if bound == "age"
        else ["ERROR webhook: 1 messages dropped unsent: too many wait"] * 2
    )


def test_a_burst_travels_in_parcels_of_a_hundred(watching: Watching) -> None:
    received = Received()
    with receiver(received) as port:
        watched = watching(hook(port))
        teller = watched.start()
        one = watched.flagged("1.xlsx")
        burst = [
            watched.flagged("1.xlsx", document=number, mark=one.mark)
            for number in range(1000, 1250)
        ]
        teller.tell(burst, NOON)
        teller.tend(NOON)
    assert [len(body["events"]) for body in received.bodies] == [100, 100, 50]


def test_the_threshold_of_each_channel(watching: Watching) -> None:
    received = Received()
    with receiver(received) as port:
        watched = watching(hook(port, 'risk = "high"'))
        watched.start()
        save(watched, 1, level="medium")
        save(watched, 2, level="critical")
    assert [event["level"] for body in received.bodies for event in body["events"]] == ["critical"]


def test_mails_are_gathered(watching: Watching, tmp_path: Path) -> None:
    box = MailBox()
    with mail_server(tmp_path, box) as port:
        watched = watching(mail(port, tmp_path))
        watched.start()
        save(watched, 0)
        for minute in range(1, 5):
            save(watched, minute, minute)
        assert len(box.mails) == 1
        assert watched.teller is not None
        assert watched.teller.tend(NOON + 5 * MINUTE) == 600.0
        watched.teller.tend(NOON + 15 * MINUTE)
        watched.teller.tend(NOON + 40 * MINUTE)
    assert [mail["Subject"] for mail in box.mails] == [
        f"Fodspor: 1 fil med persondata på {NODE} (værst: høj)",
        f"Fodspor: 4 filer med persondata på {NODE} (værst: høj)",
    ]
    text = box.mails[1].get_content()
    assert text.count("ca. 1.990 CPR-numre (Ark1, B2)") == 4
    assert "/srv/share/Skrivebord/4.xlsx" in text
    assert box.mails[1]["Auto-Submitted"] == "auto-generated"
    assert box.recipients == [["gdpr@firma.dk", "it@firma.dk"]] * 2


def test_a_mail_is_the_same_however_often_it_is_tried(watching: Watching, tmp_path: Path) -> None:
    port = free_port()
    watched = watching(mail(port, tmp_path))
    teller = watched.start()
    box = MailBox(answer="451 later")
    with mail_server(tmp_path, box, port=port):
        save(watched, 1)
    save(watched, 2, 1)  # the server is down
    watched.stop()
    box.answer = ""
    with mail_server(tmp_path, box, port=port):
        teller = watched.start(NOON + DAY)
        teller.tend(NOON + DAY)
        teller.tend(NOON + DAY + 20 * MINUTE)
    assert [("1.xlsx" in m.get_content(), "2.xlsx" in m.get_content()) for m in box.mails] == [
        (True, False),
        (False, True),
    ]
    assert len({mail["Message-ID"] for mail in box.mails}) == 2


@pytest.mark.parametrize(
    ("tries", "longest"),
    [
        pytest.param(1, timedelta(seconds=30), id="half a minute"),
        pytest.param(4, timedelta(minutes=4), id="doubling"),
        pytest.param(8, LONGEST_WAIT, id="an hour at most"),
        pytest.param(10_000, LONGEST_WAIT, id="for ever"),
    ],
)
def test_the_wait_grows_and_differs_between_devices(tries: int, longest: timedelta) -> None:
    waits = {wait_after(tries, random.Random(seed).random()) for seed in range(50)}
    assert len(waits) == 50
    assert longest / 2 <= min(waits) < max(waits) <= longest


def test_anything_else_goes_through_apprise(
    watching: Watching, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("apprise", reason="the extra notify")
    received, down = Received(verify=False), free_port()
    with receiver(received) as port:
        monkeypatch.setenv(
            "FODSPOR_TEST_URLS", f"json://127.0.0.1:{port}/a\njson://127.0.0.1:{down}/b\n"
        )
        watched = watching('[alert]\n[alert.apprise]\nurls = {env = "FODSPOR_TEST_URLS"}\n')
        teller = watched.start()
        save(watched, 1)
        other = Received(verify=False)
        with receiver(other, port=down):
            teller.tend(NOON + timedelta(hours=1))
    assert len(received.bodies) == len(other.bodies) == 1, "who has it does not get it again"
    assert "1 fil med persondata" in received.bodies[0]["title"]
    assert "ca. 1.990 CPR-numre" in received.bodies[0]["message"]
    assert [line for line in watched.logged if "apprise" in line] == [
        "WARNING apprise: line 2 of the addresses did not take it; kept, tried again (try 1)",
        "INFO apprise arrives again, after 2 tries",
    ]


def test_a_secret_that_is_missing_keeps_the_message(
    watching: Watching, monkeypatch: pytest.MonkeyPatch
) -> None:
    received = Received()
    with receiver(received) as port:
        watched = watching(hook(port))
        teller = watched.start()
        monkeypatch.delenv("FODSPOR_TEST_HOOK")
        save(watched, 1)
        monkeypatch.setenv("FODSPOR_TEST_HOOK", system.SECRET)
        teller.tend(NOON + timedelta(hours=1))
    assert len(received.bodies) == 1
    assert any("FODSPOR_TEST_HOOK is not set" in line for line in watched.logged)
