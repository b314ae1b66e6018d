"""The command kontrolfil: plant the made-up file that every run of a place must find."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from scanner.cli import DONE, FAILED
from scanner.cli.answering import spoken
from scanner.typed import typed


@click.group()
def kontrolfil() -> None:
    """Plant the file that every run of a place must find. Nothing else is ever written there."""


@kontrolfil.command("plant")
@click.argument("place")
@click.option(
    "--to", type=click.Path(dir_okay=False), help="Write it here, to be carried to the place."
)
@click.pass_obj
def kontrolfil_plant(options: dict[str, Any], place: str, to: str | None) -> int:
    """Write the kontrolfil of PLACE, a name of the configuration, where it is to lie.

    What lies there already is never overwritten. The audit keeps that it was planted.
    """
    from scanner.index.store import Decisions, decisions_path
    from scanner.kontrolfil import NAME, path_in, planted
    from scanner.setup import Setup

    setup = Setup.find(options["config"])
    words = spoken(options, setup.config)
    held = next((each for each in setup.config.place if each.name == place), None)
    if held is None:
        known = ", ".join(typed(each.name) for each in setup.config.place) or "none"
        raise click.UsageError(f"no place {typed(place)!r} in the configuration; known: {known}")
    if held.imap is not None:
        raise click.UsageError("a mailbox cannot hold a kontrolfil")
    if held.root is not None and to is None:
        raise click.UsageError(
            "Fodspor writes to no server; write it with --to FILE, and carry it there"
        )
    name = held.kontrolfil or NAME
    path = Path(to) if to else Path(os.fsdecode(path_in(os.fsencode(held.path), name)))
    content = planted(setup.device()).content
    try:
        with path.open("xb") as file:
            file.write(content)
    except FileExistsError:
        if path.read_bytes() != content:
            click.echo(words.text("kontrolfil other", path=typed(str(path))), err=True)
            return FAILED
    except OSError as error:
        why = error.strerror or type(error).__name__
        click.echo(words.text("kontrolfil failed", path=typed(str(path)), why=why), err=True)
        return FAILED
    else:
        with Decisions(decisions_path(setup.config.index_path)) as decisions:
            decisions.log("kontrolfil plant", typed(place))
    click.echo(words.text("kontrolfil planted", path=typed(str(path))))
    if not held.kontrolfil:
        click.echo(words.text("kontrolfil line", place=typed(place)))
        click.echo(f'kontrolfil = "{name}"')
    return DONE
