"""The configuration says what is wrong and where, and the example stays true."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from scanner.config import Config, ConfigError, example, load_config

ROOT = Path(__file__).parent.parent


def test_the_example_is_what_init_writes_and_loads() -> None:
    text = (ROOT / "config.example.toml").read_text("utf-8")
    assert text == example()
    assert load_config(ROOT / "config.example.toml").place[0].name == "share"


def test_the_example_with_every_option_switched_on_loads() -> None:
    lines = [re.sub(r"^# (?=[a-z_]+ = |\[\[)", "", line) for line in example().splitlines()]
    text = "\n".join(line for line in lines if not line.startswith("#"))
    text = (
        text.replace('keyring = ""\n', "").replace('env = ""\n', "").replace('command = ""\n', "")
    )
    assert Config.model_validate(tomllib.loads(text)).detect.kind[0].name == "CUSTOMER_NUMBER"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(
            "[limit]\n", "unknown table or key 'limit'; did you mean 'limits'?", id="table"
        ),
        pytest.param("[limits]\nworker = 1", "'worker'; did you mean 'workers'?", id="key"),
        pytest.param('[[place]]\nname = "a"', "[place] has no 'path'", id="missing"),
        pytest.param(
            '[[place]]\nname="a"\npath="/x"\n[[place]]\nname="a"\npath="/y"',
            "two places are named 'a'",
            id="double place",
        ),
        pytest.param("[limits]\nworkers = -1", "[limits] workers", id="out of range"),
        pytest.param('[key]\nenv = "A"\nfile = "b"', "exactly one", id="two sources of a secret"),
        pytest.param("not toml at all", "not valid TOML", id="no TOML"),
        pytest.param(
            '[key]\npassword = "hemmelig"', "unknown key 'password'", id="a secret itself"
        ),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "fodspor.toml"
    path.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    assert said in str(caught.value)
    assert "hemmelig" not in str(caught.value)


def test_paths_are_taken_from_where_the_file_lies(tmp_path: Path) -> None:
    path = tmp_path / "fodspor.toml"
    path.write_text('[index]\npath = "i.db"\n[[place]]\nname = "a"\npath = "files"')
    config = load_config(path)
    assert config.index_path == tmp_path / "i.db"
    assert config.place[0].path == str(tmp_path / "files")
