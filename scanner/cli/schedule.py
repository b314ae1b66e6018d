"""The command schedule: let the system's scheduler start the nightly scan, or watch mode."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from scanner.cli import DONE, FAILED, UNREAD
from scanner.cli.answering import spoken

if TYPE_CHECKING:
    from scanner.config import Config
    from scanner.nightly.installing import Kind, Scheduler
    from scanner.setup import Setup

KINDS = ("systemd", "cron", "windows", "launchd")


def _options(command: Callable[..., int]) -> Callable[..., int]:
    for option in (
        click.option("--watch", is_flag=True, help="Watch mode instead of the nightly scan."),
        click.option("--system", is_flag=True, help="For the machine, not for your account."),
        click.option(
            "--as", "kind", type=click.Choice(KINDS), help="The scheduler; else this system's own."
        ),
    ):
        command = option(command)
    return command


@click.group()
def schedule() -> None:
    """Let the system's scheduler start the nightly scan, or watch mode."""


@schedule.command("install")
@_options
@click.pass_obj
def schedule_install(options: dict[str, Any], kind: Kind | None, system: bool, watch: bool) -> int:
    """Write the scheduler's entry as [schedule] says. Again: writes what differs."""
    setup, held = _scheduler(options, kind, system, watch, acts=True)
    return _acted(options, setup.config, held, held.install, "schedule installed")


@schedule.command("remove")
@_options
@click.pass_obj
def schedule_remove(options: dict[str, Any], kind: Kind | None, system: bool, watch: bool) -> int:
    """Take the scheduler's entry away; nothing of it stays."""
    setup, held = _scheduler(options, kind, system, watch, acts=True)
    return _acted(options, setup.config, held, held.remove, "schedule removed")


@schedule.command("show")
@_options
@click.option("--json", "as_json", is_flag=True, help="As JSON lines.")
@click.pass_obj
def schedule_show(
    options: dict[str, Any], kind: Kind | None, system: bool, watch: bool, as_json: bool
) -> int:
    """Print exactly what would be written, and whether it is there. Exit code 3: it is not."""
    setup, held = _scheduler(options, kind, system, watch, acts=False)
    words = spoken(options, setup.config)
    entries = held.entries()
    for entry in entries:
        if as_json:
            told = {"name": entry.name, "state": entry.state, "text": entry.text}
            click.echo(json.dumps(told | {"there": entry.there}))
            continue
        click.echo(f"# {entry.name}: {words.text(f'schedule {entry.state}')}")
        click.echo(entry.text)
    return DONE if all(entry.state == "same" for entry in entries) else UNREAD


def _scheduler(
    options: dict[str, Any], kind: Kind | None, system: bool, watch: bool, *, acts: bool
) -> tuple[Setup, Scheduler]:
    from scanner.nightly.installing import fits, scheduler, usual
    from scanner.nightly.plan import plan_of
    from scanner.setup import Setup

    kind = kind or usual()
    if acts and not fits(kind):
        raise click.UsageError(f"this system has no {kind}; 'fodspor schedule show' prints it")
    if system and kind in ("cron", "launchd"):
        raise click.UsageError(f"--system is for systemd and windows; of {kind} be that account")
    setup = Setup.find(options["config"])
    return setup, scheduler(kind, plan_of(setup, watch=watch), system=system)


def _acted(
    options: dict[str, Any],
    config: Config,
    held: Scheduler,
    act: Callable[[], list[str]],
    done: str,
) -> int:
    from scanner.nightly.installing import Trouble

    words = spoken(options, config)
    there = any(entry.state != "none" for entry in held.entries())
    try:
        left = act()
    except Trouble as error:
        click.echo(f"fodspor: {error}", err=True)
        return FAILED
    if done == "schedule removed" and not there:
        done = "schedule nothing"
    click.echo(words.text(done, names=", ".join(entry.name for entry in held.entries())))
    if left:
        click.echo(words.text("schedule left"))
        for line in left:
            click.echo(f"  {line}")
    return DONE
