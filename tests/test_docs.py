"""What users can touch is documented: every command, option, kind, reader and config key."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from detectors.catalogue import LEVELS
from scanner.cli import COMMANDS, cli
from scanner.config import Config, model_of
from scanner.extract.readers import READERS

ROOT = Path(__file__).parent.parent
DOCS = {path.name: path.read_text("utf-8") for path in (ROOT / "docs").glob("*.md")}
EVERYTHING = "\n".join(DOCS.values()) + (ROOT / "README.md").read_text("utf-8")
WANTED = (
    "index.md quickstart.md principles.md architecture.md detectors.md connectors.md readers.md"
    " operations.md privacy.md contributing.md answers.md commands.md quality.md scale.md alerts.md"
    " nightly.md"
)


def commands() -> list[tuple[str, click.Command]]:
    found: list[tuple[str, click.Command]] = []
    context = click.Context(cli)
    for name in COMMANDS:
        command = cli.get_command(context, name)
        assert command is not None
        found.append((name, command))
        if isinstance(command, click.Group):
            found += [(f"{name} {sub}", each) for sub, each in command.commands.items()]
    return found


@pytest.mark.parametrize("page", WANTED.split())
def test_every_page_is_there_and_linked(page: str) -> None:
    assert page in DOCS
    if page != "index.md":
        assert f"({page})" in DOCS["index.md"]


@pytest.mark.parametrize(("name", "command"), [pytest.param(*c, id=c[0]) for c in commands()])
def test_every_command_and_option_is_documented(name: str, command: click.Command) -> None:
    page = DOCS["commands.md"]
    assert f"fodspor {name}" in page
    for parameter in command.params:
        for option in parameter.opts if isinstance(parameter, click.Option) else ():
            assert f"`{option}" in page, option


@pytest.mark.parametrize("kind", sorted(LEVELS))
def test_every_kind_is_documented(kind: str) -> None:
    assert f"`{kind}`" in DOCS["detectors.md"]


@pytest.mark.parametrize("reader", [reader.name for reader in READERS])
def test_every_reader_is_documented(reader: str) -> None:
    assert f"`{reader}`" in DOCS["readers.md"]


def test_every_config_key_has_a_sentence() -> None:
    text = (ROOT / "config.example.toml").read_text("utf-8")
    for name, field in Config.model_fields.items():
        model = model_of(field.annotation)
        assert model is not None
        assert f"[{name}]" in text
        for key in model.model_fields:
            assert re.search(rf"^(# )?(\[\[?{name}\.)?{key}( =|\]\]?)", text, re.M), (name, key)


def test_links_between_pages_lead_somewhere() -> None:
    for page, text in DOCS.items():
        for target in re.findall(r"\]\(([^)#:]+\.md)(?:#[^)]*)?\)", text):
            assert (ROOT / "docs" / target).exists(), (page, target)


def test_every_picture_is_shown_and_small() -> None:
    shown = set(re.findall(r"\]\((?:docs/)?screenshots/([\w-]+\.png)\)", EVERYTHING))
    there = {path.name: path.stat().st_size for path in (ROOT / "docs/screenshots").iterdir()}
    assert shown == {*there}
    assert max(there.values()) < 150_000
    assert sum(there.values()) < 1_500_000


def test_the_word_that_promises_too_much_appears_nowhere() -> None:
    for path in [*(ROOT / "scanner").rglob("*.po"), *(ROOT / "docs").glob("*.md")]:
        text = path.read_text("utf-8").lower()
        assert not re.search(r"\b(gdpr-compliant|gdpr compliant)\b", text), path
