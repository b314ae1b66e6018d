"""A test goes over every configured channel, and the command says which arrived."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.alert import notifications
from tests.alert import receiver as system
from tests.alert.mail_server import PASSWORD, USER, MailBox, free_port, mail_server
from tests.alert.notifications import service, session_bus
from tests.alert.receiver import Received, receiver
from tests.conftest import Installation


@pytest.mark.skipif(bool(notifications.missing()), reason=notifications.missing() or "-")
def test_every_channel(
    installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    box, received, other = MailBox(), Received(), Received(verify=False)
    monkeypatch.setenv("FODSPOR_TEST_MAIL", PASSWORD)
    monkeypatch.setenv("FODSPOR_TEST_HOOK", system.SECRET)
    with (
        session_bus(tmp_path) as bus,
        service(bus, "body") as shows,
        mail_server(tmp_path, box) as mail,
        receiver(received) as hook,
        receiver(other) as urls,
    ):
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus)
        monkeypatch.setenv("FODSPOR_TEST_URLS", f"json://127.0.0.1:{urls}/")
        installation.configure(
            f'[alert.mail]\nhost = "localhost"\nport = {mail}\nuser = "{USER}"\n'
            f'password = {{env = "FODSPOR_TEST_MAIL"}}\nca_file = "{tmp_path}/authority.pem"\n'
            f'sender = "{USER}"\nto = ["gdpr@firma.dk"]\n'
            f'[alert.webhook]\nurl = "http://127.0.0.1:{hook}/"\n'
            'secret = {env = "FODSPOR_TEST_HOOK"}\n'
            '[alert.apprise]\nurls = {env = "FODSPOR_TEST_URLS"}'
        )
        ran = installation.run("--language", "en", "alert", "test", code=0)
        doctor = installation.run("--language", "en", "doctor", code=0).out
    assert ran.out.splitlines() == [
        "notification: arrived",
        "mail: arrived",
        "webhook: arrived",
        "apprise: arrived",
    ]
    assert (len(shows.shown), len(box.mails), len(other.bodies)) == (1, 1, 1)
    assert received.bodies[0]["events"][0]["event"] == "test"
    for name in ("notifications", "mail", "webhook", "apprise"):
        assert f"ok       {name}" in doctor


def test_what_does_not_arrive_is_said(
    installation: Installation, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/none")
    installation.configure(
        f'[alert.webhook]\nurl = "http://127.0.0.1:{free_port()}/in?token=of-the-tests"\n'
        'secret = {env = "FODSPOR_TEST_NONE"}'
    )
    ran = installation.run("--language", "en", "alert", "test", code=1)
    assert "notification: did not arrive: nothing shows notifications" in ran.out
    assert "webhook: did not arrive: environment variable FODSPOR_TEST_NONE is not set" in ran.out
    assert "of-the-tests" not in ran.out + ran.err
    doctor = installation.run("--language", "en", "doctor", code=1).out
    assert "missing  notifications     nothing shows" in doctor
    assert "fault    webhook           environment variable" in doctor


def test_no_channel_at_all(installation: Installation) -> None:
    text = installation.config.read_text("utf-8")
    installation.config.write_text(text.replace("desktop = true", "desktop = false"), "utf-8")
    assert "No channel" in installation.run("--language", "en", "alert", "test", code=1).err
