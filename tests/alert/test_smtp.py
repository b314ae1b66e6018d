"""Mail is handed to a real server, encrypted and to nobody who cannot show who they are."""

from __future__ import annotations

from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest

from scanner.alert.smtp import MailServer, NotSent, Security, send
from scanner.secret import SecretSource
from tests.alert.mail_server import PASSWORD, USER, MailBox, free_port, mail_server

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
"""The library does not see that a server which begins with TLS is encrypted."""


@pytest.fixture
def password(monkeypatch: pytest.MonkeyPatch) -> SecretSource:
    monkeypatch.setenv("FODSPOR_TEST_MAIL", PASSWORD)
    return SecretSource(env="FODSPOR_TEST_MAIL")


def mail(*to: str) -> EmailMessage:
    made = EmailMessage()
    made["Subject"] = "Kundeliste på skrivebordet"
    made["From"] = USER
    made["To"] = ", ".join(to or ("gdpr@firma.dk",))
    made.set_content("ca. 1.990 CPR-numre\n")
    return made


def reached(folder: Path, port: int, password: SecretSource | None) -> MailServer:
    return MailServer(
        "localhost",
        port,
        user=USER if password else "",
        password=password,
        ca_file=str(folder / "authority.pem"),
        timeout_seconds=10,
    )


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_mail_arrives_encrypted(
    tmp_path: Path, password: SecretSource, security: Security
) -> None:
    box = MailBox()
    with mail_server(tmp_path, box, security=security) as port:
        send(
            mail("gdpr@firma.dk", "it@firma.dk"),
            replace(reached(tmp_path, port, password), security=security),
        )
    assert box.recipients == [["gdpr@firma.dk", "it@firma.dk"]]
    assert box.mails[0]["Subject"] == "Kundeliste på skrivebordet"
    assert box.encrypted == [True]


def test_without_login_to_this_machine(tmp_path: Path) -> None:
    box = MailBox()
    with mail_server(tmp_path, box, security="none", login=False) as port:
        send(mail(), MailServer("127.0.0.1", port, "none"))
    assert len(box.mails) == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param({"ca_file": ""}, "not to be trusted", id="an authority nobody knows"),
        pytest.param({"ca_file": "none.pem"}, "cannot be read", id="no such authority"),
        pytest.param({"user": "other@firma.dk"}, "refused the login", id="another user"),
        pytest.param({"user": "", "password": None}, "answered 530", id="no login"),
        pytest.param({"security": "tls"}, "is not reached", id="TLS where STARTTLS is spoken"),
        pytest.param(
            {"password": SecretSource(env="FODSPOR_TEST_NOT_SET")}, "is not set", id="no password"
        ),
    ],
)
def test_nothing_is_sent(
    tmp_path: Path, password: SecretSource, change: dict[str, object], said: str
) -> None:
    box = MailBox()
    with mail_server(tmp_path, box) as port:
        server = replace(reached(tmp_path, port, password), **change)  # type: ignore[arg-type]
        with pytest.raises(NotSent, match=said) as caught:
            send(mail(), server)
    assert not caught.value.final
    assert PASSWORD not in str(caught.value)
    assert box.mails == []


def test_a_certificate_of_another_server_is_not_enough(
    tmp_path: Path, password: SecretSource
) -> None:
    box = MailBox()
    with (
        mail_server(tmp_path, box, named="other.example") as port,
        pytest.raises(NotSent, match="not to be trusted"),
    ):
        send(mail(), reached(tmp_path, port, password))
    assert box.mails == []


def test_a_server_that_offers_no_starttls_gets_nothing(tmp_path: Path) -> None:
    box = MailBox()
    with (
        mail_server(tmp_path, box, security="none", login=False) as port,
        pytest.raises(NotSent, match="offers no STARTTLS"),
    ):
        send(mail(), MailServer("localhost", port))
    assert box.mails == []


@pytest.mark.parametrize(
    ("box", "final"),
    [
        pytest.param(MailBox(answer="451 try later"), False, id="later"),
        pytest.param(MailBox(answer="554 no"), True, id="this mail never"),
        pytest.param(MailBox(refused=frozenset({"gdpr@firma.dk"})), True, id="no such recipient"),
    ],
)
def test_what_the_server_refuses(
    tmp_path: Path, password: SecretSource, box: MailBox, final: bool
) -> None:
    with mail_server(tmp_path, box) as port, pytest.raises(NotSent) as caught:
        send(mail(), reached(tmp_path, port, password))
    assert caught.value.final is final
    assert "gdpr@firma.dk" not in str(caught.value)


def test_the_recipients_that_are_known_get_it_once(tmp_path: Path, password: SecretSource) -> None:
    box = MailBox(refused=frozenset({"left@firma.dk"}))
    with (
        mail_server(tmp_path, box) as port,
        pytest.raises(NotSent, match="1 of the recipients") as caught,
    ):
        send(mail("gdpr@firma.dk", "left@firma.dk"), reached(tmp_path, port, password))
    assert caught.value.final
    assert box.recipients == [["gdpr@firma.dk"]]


def test_a_server_that_is_down_and_comes_back(tmp_path: Path, password: SecretSource) -> None:
    port, box = free_port(), MailBox()
    with mail_server(tmp_path, box, port=port):
        pass
    with pytest.raises(NotSent, match="is not reached"):
        send(mail(), reached(tmp_path, port, password))
    with mail_server(tmp_path, box, port=port):
        send(mail(), reached(tmp_path, port, password))
    assert len(box.mails) == 1
