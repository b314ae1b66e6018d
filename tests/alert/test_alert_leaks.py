"""No planted value stands in any word, on any channel, in the state or in the log."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from scanner.demo import fake
from scanner.demo.truth import canonical
from scanner.flagged import Flagged, HeldKind
from scanner.names import display
from tests.alert import receiver as system
from tests.alert.bench import FOLDER, Watched
from tests.alert.made import NOON
from tests.alert.mail_server import PASSWORD, USER, MailBox, mail_server
from tests.alert.receiver import Received, receiver
from tests.answers.shelf import Doc, Value
from tests.leak import Searcher, search

MAKERS: dict[str, Callable[[], str]] = {
    "DK_CPR": lambda: fake.cpr(hyphen=True),
    "EMAIL_ADDRESS": fake.email,
    "CREDIT_CARD": fake.card,
    "IBAN_CODE": fake.iban,
}


@pytest.fixture
def planted() -> dict[str, str]:
    return {kind: make() for kind, make in MAKERS.items()}


@pytest.fixture
def watched(
    tmp_path: Path, planted: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Watched]:
    monkeypatch.setenv("FODSPOR_TEST_MAIL", PASSWORD)
    monkeypatch.setenv("FODSPOR_TEST_HOOK", system.SECRET)
    made = Watched(
        tmp_path / "watched",
        "[alert]\nper_day = 1\n"
        f'[alert.mail]\nhost = "localhost"\nport = 1\nuser = "{USER}"\n'
        f'password = {{env = "FODSPOR_TEST_MAIL"}}\nca_file = "{tmp_path}/authority.pem"\n'
        f'sender = "{USER}"\nto = ["gdpr@firma.dk"]\n'
        '[alert.webhook]\nurl = "http://127.0.0.1:1/"\nsecret = {env = "FODSPOR_TEST_HOOK"}\n',
    )
    for number, value in enumerate(planted.values()):
        held = tuple(Value(kind, each) for kind, each in planted.items())
        made.docs[str(number)] = Doc(f"{FOLDER}/{value}/{number} {value}.txt", held)
    made.shelf.run(made.docs.values())
    yield made
    made.stop()


def as_watching_flags(watched: Watched) -> list[Flagged]:
    """Return the documents with what the index has of them: names that hold a value are sealed."""
    names = watched.shelf.tools.names
    found = []
    for number, stored in watched.shelf.sql("SELECT id, path FROM document"):
        found.append(
            Flagged(
                document=number,
                place="share",
                path=stored,
                display=display(stored),
                owner="anna",
                kinds=tuple(
                    HeldKind(kind, "confidential", 1, 1, (names.sealed(f"Ark {MAKERS[kind]()}"),))
                    for kind in MAKERS
                ),
                risk=25.0,
                level="high",
                readable_by="owner",
                forbidden=True,
                mark=b"%d" % number,
                saved=NOON,
                rule="forbid * in Desktop",
            )
        )
    return found


def test_no_value_leaves(watched: Watched, planted: dict[str, str], tmp_path: Path) -> None:
    searcher = Searcher((kind, canonical(kind, value)) for kind, value in planted.items())
    box, received = MailBox(), Received()
    told = tmp_path / "told"
    with mail_server(tmp_path, box) as mail, receiver(received) as hook:
        text = watched.shelf.config.read_text("utf-8")
        text = text.replace("port = 1", f"port = {mail}").replace(
            "127.0.0.1:1/", f"127.0.0.1:{hook}/"
        )
        watched.shelf.config.write_text(text, "utf-8")
        teller = watched.start()
        burst = as_watching_flags(watched)
        teller.tell(burst[:1], NOON)
        watched.seen.choose("reply", f"fordi {' '.join(planted.values())} hører til her")
        for minute, each in enumerate(burst[1:]):
            teller.tell([each], NOON + timedelta(minutes=minute))
        waiting = list(watched.shelf.path.parent.glob("index-watch.db*"))
        assert len(waiting) >= 1
        assert list(search(waiting, searcher)) == [], "nor in what waits"
        teller.tend(NOON + timedelta(minutes=9))
        watched.stop()
        watched.start(NOON + timedelta(days=1)).tend(NOON + timedelta(days=1))
    assert (len(watched.seen.words), len(box.mails), len(received.bodies)) == (2, 1, 5)
    said = [f"{word.title}\n{word.text}" for word in watched.seen.words]
    said += [each.as_string() + str(each["Subject"]) + each.get_content() for each in box.mails]
    said += [str(received.bodies), watched.out.getvalue(), *watched.logged]
    told.write_text("\n".join(said), "utf-8")
    assert "••••" in told.read_text("utf-8")
    state = list(watched.shelf.path.parent.glob("index-*"))
    assert len(state) >= 2
    assert list(search([told, *state], searcher)) == []
    with told.open("a", encoding="utf-8") as file:
        file.write(f" {planted['DK_CPR']} ")
    assert list(search([told], searcher)) != [], "the search finds what is there"
