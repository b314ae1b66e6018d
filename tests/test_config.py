"""The configuration says what is wrong and where, and the example stays true."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from scanner.config import Config, ConfigError, example, load_config, model_of
from scanner.config.mistakes import explain
from tests.conftest import Installation

BORN = "030310"
ROOT = Path(__file__).parent.parent


def test_the_example_is_what_init_writes_and_loads() -> None:
    text = (ROOT / "config.example.toml").read_text("utf-8")
    assert text == example()
    assert load_config(ROOT / "config.example.toml").place[0].name == "share"


def test_the_example_with_every_option_switched_on_loads() -> None:
    lines = [re.sub(r"^# (?=[a-z_]+ = |\[)", "", line) for line in example().splitlines()]
    text = "\n".join(line for line in lines if not line.startswith("#"))
    text = (
        text.replace('keyring = ""\n', "").replace('env = ""\n', "").replace('command = ""\n', "")
    )
    text = text.replace('token = ""\n', "")
    logins = ("imap", "smb", "remote")
    paths = ("imap://anna@mail.example", "smb://fil01/Fælles", "sftp://fil01/salg")
    for path, login in zip(paths, logins, strict=True):
        content = tomllib.loads(text.replace('"/srv/share"', f'"{path}"'))
        for other in {*logins} - {login}:
            del content["place"][0][other]
        assert Config.model_validate(content).detect.kind[0].name == "CUSTOMER_NUMBER"


PLACE = '[[place]]\nname = "a"\npath = "/x"\n'
MAILBOX = """[[place]]
name = "a"
path = "imap://anna@mail.example"
[place.imap]
password = {env = "P"}
"""
SERVER = """[[place]]
name = "a"
path = "webdav+http://sky.example/x"
[place.remote]
user = "anna"
password = {env = "P"}
"""
KIND = '[[detect.kind]]\nname = "OWN"\nregex = "x"\n'
FOREIGN = re.compile(
    r"Input|should be|valid (?:int|str|bool|num)|permitted|Extra|pydantic|Value err"
)
"""Words of the libraries below, which say nothing to whoever wrote the file."""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(
            "[limit]\n",
            ", line 1: unknown table or key 'limit'; did you mean 'limits'?",
            id="table",
        ),
        pytest.param(SERVER, "in the clear", id="a password in the clear"),
        pytest.param(
            SERVER.replace("webdav+http:", "sftp:").partition("[place.remote]")[0],
            "[place.remote]",
            id="a server without a login",
        ),
        pytest.param(
            SERVER.replace("webdav+http://sky.example", "/srv"),
            "no server's",
            id="a login without a server",
        ),
        pytest.param("[limits]\nworker = 1", "'worker'; did you mean 'workers'?", id="key"),
        pytest.param("[limits]\nWorkers = 1", "did you mean 'workers'?", id="a capital"),
        pytest.param("[index]\nzzz = 1", "'zzz'; known: path, keep_history_days", id="far off"),
        pytest.param(
            PLACE + "[index]\n" + PLACE + "ownr = 1",
            ", line 8: [place] number 2 has an unknown key 'ownr'; did you mean 'owner'?",
            id="a key of the second place",
        ),
        pytest.param(
            f'[limits]\n"{BORN}-1234" = 1', "unknown key '••••••-••••'", id="a value as a key"
        ),
        pytest.param(
            '[key]\npassword = "hemmelig"', "unknown key 'password'", id="a secret itself"
        ),
        pytest.param(
            "[limits]\nworkers = -1\nworker = 2", "'worker'", id="the unknown key comes first"
        ),
        pytest.param('[[place]]\nname = "a"', "[place] number 1 has no 'path'; add", id="missing"),
        pytest.param(
            '[limits]\n\nworkers = "hemmelig"',
            ", line 3: [limits] workers needs a whole number, without quotes",
            id="a text for a number",
        ),
        pytest.param('[limits]\nworkers = "4"', "without quotes", id="a number in quotes"),
        pytest.param("[limits]\nworkers = 1.5", "without quotes or decimals", id="no whole number"),
        pytest.param("[limits]\nworkers = true", "a whole number", id="true is no number"),
        pytest.param("[limits]\nmax_size = inf", "a whole number", id="inf is no whole number"),
        pytest.param("[limits]\nworkers = -1", "workers needs a number of 0 or more", id="too low"),
        pytest.param("[limits]\nmax_depth = 90", "needs a number of 50 or less", id="too high"),
        pytest.param("[limits]\ndeadline_seconds = 0", "needs a number above 0", id="not above"),
        pytest.param('[limits]\ndeadline_seconds = "60"', "a number, without quotes", id="float"),
        pytest.param("[limits]\ndefault_excludes = 1", "true or false", id="a number for a switch"),
        pytest.param(
            '[limits]\nexclude = "*.iso"',
            "exclude needs a list in brackets",
            id="a text for a list",
        ),
        pytest.param(
            '[limits]\nexclude = ["a", 1]',
            "exclude, entry 2, needs a text",
            id="a number in a list",
        ),
        pytest.param("[index]\npath = 1", "[index] path needs a text in quotes", id="no text"),
        pytest.param(
            '[[place]]\nname = ""\npath = "/x"',
            "number 1 name needs a text; it is empty",
            id="empty",
        ),
        pytest.param(PLACE + 'owners = "anna"', "owners needs a table in braces", id="no table"),
        pytest.param(
            PLACE + 'owners = {"/x" = 1}', "[place.owners]", id="an owner that is a number"
        ),
        pytest.param(
            '[place]\nname = "a"\npath = "/x"',
            "write [[place]] with two brackets",
            id="one bracket",
        ),
        pytest.param(
            'limits = "few"', "write [limits] and its keys below", id="a text for a table"
        ),
        pytest.param(
            KIND + 'level = "secret"',
            "number 1 level needs one of 'ordinary', 'confidential', 'special' or 'criminal'",
            id="none of the choices",
        ),
        pytest.param(
            KIND.replace("OWN", "own kind"), "[detect.kind] number 1 name needs 2 to 41", id="name"
        ),
        pytest.param('[key]\nenv = "A"\nfile = "b"', "exactly one", id="two sources of a secret"),
        pytest.param("[key]\n", "exactly one", id="no source of a secret"),
        pytest.param(
            '[privacy]\npasswords = "hemmelig"', "no secret is written here", id="a password itself"
        ),
        pytest.param(
            '[privacy]\npasswords = ["hemmelig"]',
            "no secret is written here",
            id="passwords themselves",
        ),
        pytest.param('[device]\nid = "laptop-7"', "line 2: [device] id is no UUID", id="device"),
        pytest.param(
            PLACE + PLACE.replace("/x", "/y"), "line 5: two places are named 'a'", id="double place"
        ),
        pytest.param(
            PLACE + PLACE.replace('"a"', '"b"'),
            "line 6: places 'a' and 'b' are one and the same folder",
            id="one folder twice",
        ),
        pytest.param(
            PLACE + PLACE.replace('"a"', '"b"').replace("/x", "/y/../x/"),
            "one and the same folder",
            id="one folder twice, spelled otherwise",
        ),
        pytest.param(
            PLACE.replace("/x", "imap://anna@mail.example"),
            "line 1: [place] number 1 has the path of a mailbox; add [place.imap]",
            id="a mailbox and no way to log in",
        ),
        pytest.param(
            MAILBOX.replace('password = {env = "P"}', ""),
            "line 4: [place] number 1 imap needs exactly one of password, token",
            id="no password",
        ),
        pytest.param(
            MAILBOX + 'token = {env = "T"}', "exactly one of password, token", id="two secrets"
        ),
        pytest.param(
            MAILBOX.replace('{env = "P"}', '"hemmelig"'),
            "line 5: [place.imap] number 1 password needs a table",
            id="the password of a mailbox itself",
        ),
        pytest.param(
            MAILBOX.replace("anna@", "anna:hemmelig@"),
            "line 3: [place] number 1 path no password is written here",
            id="a password in the address",
        ),
        pytest.param(MAILBOX.replace("anna@", ""), "names no user; write", id="nobody's mailbox"),
        pytest.param(MAILBOX.replace("mail.example", ""), "names no host", id="no host"),
        pytest.param(MAILBOX.replace("example", "example:99999"), "no host", id="no such port"),
        pytest.param(MAILBOX + 'security = "none"', "sends its password in the clear", id="no TLS"),
        pytest.param(MAILBOX + 'security = "ssl"', "'tls', 'starttls' or 'none'", id="no such"),
        pytest.param(
            PLACE + '[place.imap]\npassword = {env = "P"}',
            "has [place.imap], but its path is no mailbox",
            id="a folder with a password",
        ),
        pytest.param(
            PLACE + MAILBOX.replace('"a"', '"b"') + "conections = 1",
            ", line 9: [place.imap] number 2 has an unknown key 'conections'; did you mean",
            id="a key of the second place's mailbox",
        ),
        pytest.param(
            MAILBOX + MAILBOX.replace('"a"', '"b"').replace("imap:", "IMAPS:"),
            "one and the same folder",
            id="one mailbox twice",
        ),
        pytest.param("not toml at all", "line 1, column 5: not valid TOML; a line", id="no TOML"),
        pytest.param(
            "[limits]\n\nworkers 4", "line 3, column 9: not valid TOML", id="no equals sign"
        ),
        pytest.param("[limits]\nworkers = four", "line 2, column 11", id="a text without quotes"),
        pytest.param('[index]\npath = "D:\\data"', "a backslash twice", id="a path of Windows"),
        pytest.param('[index]\npath = "D:\\Users"', "a backslash twice", id="another one"),
        pytest.param('[index]\npath = "hemmelig\n', "close the text with a quote", id="open text"),
        pytest.param("[limits]\nexclude = [\n", "a list with ]", id="open list"),
        pytest.param("[limits]\n[limits]\n", "line 2", id="a table twice"),
        pytest.param("[limits]\nworkers = 1\nworkers = 2", "keep one", id="a key twice"),
        pytest.param("[limits\n", "line 1", id="an open bracket"),
        pytest.param(
            "[limits]\nworkers = -1\nmax_size = -1\nmax_depth = 0", "2 more mistakes", id="all"
        ),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "fodspor.toml"
    path.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    told = str(caught.value).removeprefix(str(path))
    assert said in told
    assert "hemmelig" not in told
    assert BORN not in told
    assert not FOREIGN.search(told)


def every_option() -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []

    def below(model: type[BaseModel], above: tuple[str, ...]) -> None:
        for key, field in model.model_fields.items():
            inner = model_of(field.annotation)
            if inner is None:
                found.append((*above, key))
            else:
                below(inner, (*above, key))

    below(Config, ())
    return found


@pytest.mark.parametrize("option", [pytest.param(o, id=".".join(o)) for o in every_option()])
@pytest.mark.parametrize(
    "value",
    [
        pytest.param(1979, id="number"),
        pytest.param(-1.5, id="negative"),
        pytest.param("", id="empty"),
        pytest.param("hemmelig", id="text"),
        pytest.param(True, id="true"),
        pytest.param(["hemmelig"], id="list"),
        pytest.param([1], id="list of numbers"),
        pytest.param({"hemmelig": 1}, id="table"),
        pytest.param([{"hemmelig": 1}], id="list of tables"),
    ],
)
def test_any_option_with_any_value_is_taken_or_refused_in_our_words(
    option: tuple[str, ...], value: object
) -> None:
    content: Any = value
    for step in reversed(option):
        content = {step: content}
    many: dict[tuple[str, ...], Any] = {
        ("place",): 0,
        ("detect", "kind"): 0,
        ("privacy", "passwords"): 0,
    }
    for where in many:
        if option[: len(where)] == where and len(option) > len(where):
            inner = content
            for step in where[:-1]:
                inner = inner[step]
            inner[where[-1]] = [inner[where[-1]]]
    try:
        Config.model_validate(content)
    except ValidationError as error:
        told = explain(error, "")
        assert not FOREIGN.search(told), told
        assert "cannot be used" not in told, told
        assert re.search(r"; |needs|add ", told), told
        assert "needs hemmelig" not in told


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param("[limits]\nworkers = 3".encode("utf-8-sig"), id="a mark in front"),
        pytest.param(b"[limits]\r\nworkers = 3\r\n", id="line ends of Windows"),
    ],
)
def test_what_editors_on_windows_write_is_read(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "fodspor.toml"
    path.write_bytes(raw)
    assert load_config(path).limits.workers == 3


def test_another_encoding_is_named(tmp_path: Path) -> None:
    path = tmp_path / "fodspor.toml"
    path.write_bytes("[device]\nlabel = 'Kælder'".encode("utf-16"))
    with pytest.raises(ConfigError, match="save it as UTF-8"):
        load_config(path)


def test_a_device_id_is_one_whatever_its_letters(tmp_path: Path) -> None:
    path = tmp_path / "fodspor.toml"
    path.write_text('[device]\nid = "6F9619FF-8B86-D011-B42D-00CF4FC964FF"')
    assert load_config(path).device.id == "6f9619ff-8b86-d011-b42d-00cf4fc964ff"


def test_a_mistake_is_one_sentence_on_the_command_line(installation: Installation) -> None:
    installation.configure('[[place]]\nname = "a"\npath = "/x"\nexcludes = ["hemmelig"]')
    for command in ("scan", "findings", "doctor"):
        ran = installation.run(command)
        told = ran.err + ran.out
        assert ran.code == (1 if command == "doctor" else 2)
        assert "[place] number 1 has an unknown key 'excludes'; did you mean 'exclude'?" in told
        assert "hemmelig" not in told
        assert "Traceback" not in told


def test_paths_are_taken_from_where_the_file_lies(tmp_path: Path) -> None:
    path = tmp_path / "fodspor.toml"
    path.write_text('[index]\npath = "i.db"\n[[place]]\nname = "a"\npath = "files"')
    config = load_config(path)
    assert config.index_path == tmp_path / "i.db"
    assert config.place[0].path == str(tmp_path / "files")


def test_files_with_secrets_lie_beside_the_configuration(tmp_path: Path) -> None:
    path = tmp_path / "fodspor.toml"
    path.write_text('[key]\nfile = "a.key"\n[privacy]\npasswords = [{file = "words.txt"}]\n')
    config = load_config(path)
    assert config.key_source.file == str(tmp_path / "a.key")
    assert [each.file for each in config.privacy.passwords] == [str(tmp_path / "words.txt")]
