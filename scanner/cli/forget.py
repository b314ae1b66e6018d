"""The command that deletes a place from the index, after asking."""

from __future__ import annotations

import sys
from typing import Any

import click

from scanner.cli import DONE, FAILED


@click.command("forget")
@click.argument("place")
@click.option("--device", help="The device, by label or id, where several have such a place.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def forget(options: dict[str, Any], place: str, device: str | None, yes: bool) -> int:
    """Delete a place from the index: documents, findings, history. The files stay.

    PLACE is its name, as answers show it, or its folder. Exit code 1: not confirmed.
    """
    from scanner.cli.answering import index_of
    from scanner.cli.settling import locked
    from scanner.index.forget import forget as delete
    from scanner.index.forget import forgettable, give_back
    from scanner.index.store import Decisions, Index, decisions_path
    from scanner.privacy import shown
    from scanner.setup import Setup

    setup = Setup.find(options["config"])
    path = index_of(options, setup.config)
    with Index(path, readonly=True) as opened:  # says so where there is none
        number = _named(opened, place, device)
    with Index(path) as index, locked(path, (number,)):
        found = forgettable(index, number)
        name = shown(found.name)
        click.echo(
            f"place {name}: {found.documents} documents ({found.gone} gone),"
            f" {found.findings} findings that no other place holds, {found.runs} runs"
            + (f" since {found.since[:10]}" if found.since else ""),
            err=True,
        )
        configured = {each.name for each in setup.config.place}
        if path == setup.config.index_path and found.name in configured:
            click.echo("it is in the configuration: the next scan reads it anew", err=True)
        if not yes:
            if not sys.stdin.isatty():
                raise click.UsageError("nobody can be asked here; give --yes to delete this")
            if not click.confirm("Delete this from the index for good?", err=True):
                click.echo("nothing was deleted", err=True)
                return FAILED
        with Decisions(decisions_path(path)) as decisions:
            delete(index, decisions, found)
        click.echo(f"place {name} is forgotten; the files were not touched")
        if not give_back(index):
            click.echo("'fodspor index compact' gives the space back")
    return DONE


def _named(index: Any, name: str, device: str | None) -> int:
    from scanner.privacy import shown

    labels = dict(index.connection.execute("SELECT id, label FROM device"))
    held = index.connection.execute(
        "SELECT id, name, display, device FROM place ORDER BY name"
    ).fetchall()
    for column in (1, 2):
        found = [
            row
            for row in held
            if shown(row[column]) == name and device in (None, row[3], labels.get(row[3]))
        ]
        if len(found) > 1:
            devices = ", ".join(sorted(shown(labels.get(row[3]) or row[3]) for row in found))
            raise click.UsageError(
                f"{len(found)} devices have a place {name!r}: name one of {devices} with --device"
            )
        if found:
            return int(found[0][0])
    known = ", ".join(shown(row[1]) for row in held[:20]) or "none"
    raise click.UsageError(f"no place {name!r} in the index; known: {known}")
