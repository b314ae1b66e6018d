"""[alert] says what is wrong in it, and keeps secrets and addresses out of what it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.config import ConfigError, load_config

MAIL = '[alert.mail]\nhost = "mail.firma.dk"\nsender = "a@firma.dk"\nto = ["b@firma.dk"]\n'
HOOK = '[alert.webhook]\nurl = "https://siem.firma.dk/in"\nsecret = {env = "S"}\n'


def loaded(folder: Path, text: str) -> str:
    """Return what is said of a mistake in a configuration."""
    path = folder / "fodspor.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(
            MAIL.replace("a@firma.dk", "Anna <a@firma.dk>"), "needs a bare address", id="a name"
        ),
        pytest.param(
            MAIL.replace("b@firma.dk", "b@firma.dk\\nBcc: c@host.dk"), "bare", id="a second header"
        ),
        pytest.param(
            MAIL.replace('["b@firma.dk"]', "[]"), "at least one entry", id="nobody to send it to"
        ),
        pytest.param(MAIL + 'user = "a"', "needs user and password together", id="no password"),
        pytest.param(MAIL + 'security = "none"', "in the clear", id="to a server in the clear"),
        pytest.param(MAIL + 'password = "x"', "no secret is written here", id="a secret"),
        pytest.param(HOOK.replace("https", "http"), "in the clear", id="a webhook in the clear"),
        pytest.param(HOOK.replace("siem", "a:b@siem"), "leave the user out", id="a login"),
        pytest.param(HOOK.replace("https:", "ftp:"), "needs an address", id="no web address"),
        pytest.param(HOOK.replace("/in", "/in\\r\\nX: y"), "needs an address", id="a header"),
        pytest.param(HOOK.replace("siem.firma.dk", "[::x"), "needs an address", id="no host"),
        pytest.param('[alert]\nquiet = ["20-07"]', 'such as "20:00-07:00"', id="hours"),
        pytest.param(
            '[alert]\nquiet = ["00:00-12:00", "11:00-00:00"]', "leaves no minute", id="always quiet"
        ),
        pytest.param('[alert]\nrisk = "some"', "'low', 'medium', 'high'", id="no such level"),
        pytest.param("[alert]\nper_day = 0", "of 1 or more", id="never is desktop = false"),
    ],
)
def test_a_mistake_is_told(tmp_path: Path, text: str, said: str) -> None:
    assert said in loaded(tmp_path, text)


def test_files_lie_beside_the_configuration(tmp_path: Path) -> None:
    path = tmp_path / "fodspor.toml"
    path.write_text(
        MAIL + 'user = "a"\npassword = {file = "mail.secret"}\nca_file = "ca.pem"\n', "utf-8"
    )
    mail = load_config(path).alert.mail
    assert mail is not None
    server = mail.server()
    assert server.password is not None
    assert server.password.file == str(tmp_path / "mail.secret")
    assert server.ca_file == str(tmp_path / "ca.pem")
