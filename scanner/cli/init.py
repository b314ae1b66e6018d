"""The command init: a new installation, alone or as one of a company's devices."""

from __future__ import annotations

import secrets
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scanner.cli import DONE
from scanner.cli.answering import spoken
from scanner.typed import typed

if TYPE_CHECKING:
    from scanner.privacy import Seal
    from scanner.secret import SecretSource
    from scanner.setup import Setup


@click.command()
@click.option("--place", metavar="FOLDER", help="A folder to scan, written into the config.")
@click.option(
    "--company", is_flag=True, help="Write the join file that gives other devices the key."
)
@click.option(
    "--join",
    metavar="FILE",
    type=click.Path(dir_okay=False),
    help="Take the company's key from its join file.",
)
@click.option(
    "--keyring", metavar="SERVICE/USER", help="Keep the key in the system keyring, not in a file."
)
@click.pass_obj
def init(
    options: dict[str, Any], place: str | None, company: bool, join: str | None, keyring: str | None
) -> int:
    """Write a commented config, a key file readable by you alone, and an empty index.

    Nothing that exists is overwritten. With --company or --join, what exists is gone on with.
    """
    from scanner.config import FOLDERS, ConfigError
    from scanner.joining import read_join_file
    from scanner.setup import Setup

    if company and join:
        raise click.UsageError("--company writes the company's key, --join takes it: give one")
    given = read_join_file(Path(join)) if join else None
    path = Path(options["config"] or FOLDERS.user_config_path / "fodspor.toml").absolute()
    if path.exists():
        if not company and given is None:
            name = typed(str(path))
            raise ConfigError(f"{name} exists already; delete it to begin anew, or edit it")
        if place or keyring:
            raise click.UsageError("--place and --keyring are for a new config; edit this one")
        setup = Setup.find(str(path))
        if given is not None:
            _adopt(options, setup, given)
            _log(setup, "key joined", given)
    else:
        setup = _begin(options, path, place, given, keyring)
    if company:
        _hand_out(options, setup)
    return DONE


def _begin(
    options: dict[str, Any], path: Path, place: str | None, given: Seal | None, keyring: str | None
) -> Setup:
    """Make what a new installation needs; `given`: the company's key."""
    from scanner.company_key import company_seal
    from scanner.config import FOLDERS, example, load_config
    from scanner.index.store import Index
    from scanner.secret import SecretSource
    from scanner.setup import Setup

    own = options["config"] is not None
    data = path.parent if own else FOLDERS.user_data_path
    key, index = data / "fodspor.key", data / "fodspor.db"
    path.parent.mkdir(parents=True, exist_ok=True)
    data.mkdir(parents=True, exist_ok=True)
    source = SecretSource(keyring=keyring) if keyring else SecretSource(file=str(key))
    _keep(source, given)
    text = example(
        device=str(uuid.uuid4()),
        key_file="fodspor.key" if own else str(key),
        index="fodspor.db" if own else str(index),
        place=str(Path(place).absolute()) if place else None,
        language=options["language"] or "en",
        keyring=keyring or "",
    )
    path.write_text(text, "utf-8")
    setup = Setup(load_config(path), path)
    with Index(setup.config.index_path) as opened:
        opened.claim_key(company_seal(setup.config.key_source).key_id)
    words = spoken(options, setup.config)
    click.echo(words.text("init config", path=path))
    click.echo(words.text("init key", path=source.describe() if keyring else key))
    click.echo(words.text("init index", path=setup.config.index_path))
    if given is not None:
        click.echo(words.text("init joined", id=given.key_id))
        _log(setup, "key joined", given)
    click.echo(words.text("init next with place" if place else "init next"))
    return setup


def _keep(source: SecretSource, given: Seal | None) -> None:
    """Store the company's key, or a new one; one that is there stays. Raises SecretError."""
    from scanner.company_key import KeyLost, company_seal, store
    from scanner.privacy import KEY_BYTES, Seal
    from scanner.secret import SecretError

    if source.file is not None and not Path(source.file).exists():
        held = None
    else:
        try:
            held = company_seal(source)
        except KeyLost:
            if source.file is not None:
                raise
            held = None
    if held is None:
        store(source, given or Seal(secrets.token_bytes(KEY_BYTES)))
    elif given is not None and given != held:
        raise SecretError(
            f"{source.describe()} holds another key ({held.key_id}, the join file {given.key_id}); "
            "move it away if nothing was scanned under it"
        )


def _adopt(options: dict[str, Any], setup: Setup, given: Seal) -> None:
    """Give a device that is set up the company's key, where that is still possible."""
    from scanner.cli.settling import alone
    from scanner.company_key import KeyLost, company_seal, store
    from scanner.index.store import Index, IndexTrouble
    from scanner.links import part_of
    from scanner.rotating import bring, take

    config = setup.config
    words = spoken(options, config)
    source, index = config.key_source, config.index_path
    try:
        held = company_seal(source)
    except KeyLost:
        held = None
    if held is not None and held != given and part_of(given, held.key_id) is not None:
        raise IndexTrouble(
            f"the join file has a newer key than this device ({held.key_id}): "
            "run 'fodspor key rotate --join FILE', which takes what was scanned with it"
        )
    if held is not None and held != given and part_of(held, given.key_id) is not None:
        raise IndexTrouble(
            f"the join file is older than this device's key ({held.key_id}); "
            "write a new one with 'fodspor init --company' on the machine that rotated it"
        )
    with alone(index):
        with Index(index) as opened:
            under = opened.meta("key_id")
        if held == given and under in (None, given.key_id):
            click.echo(words.text("init joined already", id=given.key_id))
            return
        if held in (None, given) and (under is None or part_of(given, under) is not None):
            store(source, given)
            bring(index, given)
        else:
            take(source, index, given)
    click.echo(words.text("init joined", id=given.key_id))


def _hand_out(options: dict[str, Any], setup: Setup) -> None:
    from scanner.company_key import company_seal
    from scanner.joining import join_path, write_join_file

    seal = company_seal(setup.config.key_source)
    path = join_path(setup.config.index_path, seal)
    new = write_join_file(path, seal)
    words = spoken(options, setup.config)
    click.echo(words.text("join file written" if new else "join file there", path=path))
    click.echo(words.text("join file carry", id=seal.key_id))
    _log(setup, "key handed out", seal)


def _log(setup: Setup, action: str, seal: Seal) -> None:
    """Write down that the company's key was carried."""
    from scanner.index.store import Decisions, decisions_path

    with Decisions(decisions_path(setup.config.index_path)) as decisions:
        decisions.log(action, seal.key_id)
