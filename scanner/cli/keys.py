"""The commands of the company key: show it without telling it, rotate it, act on a stolen one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scanner.cli import DONE
from scanner.cli.answering import spoken

if TYPE_CHECKING:
    from scanner.compromised import Device, Situation
    from scanner.messages import Words

STEPS = 6
"""Steps of the procedure for a stolen device, "stolen step 1" and so on in the catalogue."""


@click.group()
def key() -> None:
    """Show or rotate the company key; what to do when a device is stolen."""


@key.command("show")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_obj
def key_show(options: dict[str, Any], as_json: bool) -> int:
    """Say which key this is, of how many links, where it lies, and what is under it.

    Never the key itself.
    """
    from scanner.company_key import company_seal
    from scanner.rotating import state_of
    from scanner.setup import Setup

    config = Setup.find(options["config"]).config
    seal = company_seal(config.key_source)
    state = state_of(config.index_path, seal)
    where = config.key_source.describe()
    if as_json:
        told = {"key_id": seal.key_id, "links": len(seal.keys), "where": where, "index": state}
        click.echo(json.dumps(told, ensure_ascii=False))
        return DONE
    words = spoken(options, config)
    click.echo(words.text("key is", id=seal.key_id, where=where))
    click.echo(words.count("key links", len(seal.keys)))
    click.echo(words.text(f"key index {state}", path=config.index_path))
    return DONE


@key.command("rotate")
@click.option(
    "--join",
    metavar="FILE",
    type=click.Path(dir_okay=False),
    help="Take the new key from the join file of the machine that rotated it.",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def key_rotate(options: dict[str, Any], join: str | None, yes: bool) -> int:
    """Add a new key to the chain, and bring index, decisions and register of this device under it.

    Nothing is read again. Stopped at any moment, the next call goes on where it was.
    """
    from scanner.cli.settling import alone
    from scanner.company_key import company_seal, is_writable
    from scanner.index.store import Decisions, decisions_path
    from scanner.joining import read_join_file
    from scanner.progress import waiting
    from scanner.rekey import ROTATED
    from scanner.rotating import new_link, rotate, state_of, to_store_by_hand
    from scanner.setup import Setup

    setup = Setup.find(options["config"])
    config, words = setup.config, spoken(options, setup.config)
    given = read_join_file(Path(join)) if join else None
    index, source = config.index_path, config.key_source
    if given is None and not yes and state_of(index, company_seal(source)) != "unfinished":
        click.confirm(words.text("rotate?"), abort=True, err=True)
    with alone(index):
        present = company_seal(source)
        goes_on = state_of(index, present) == "unfinished"
        if goes_on:
            click.echo(words.text("rotate goes on"))
        target = given or (present if goes_on else new_link(present))
        if target == present and not goes_on:
            click.echo(words.text("rotate nothing", id=present.key_id))
            return DONE
        if target != present and not is_writable(source):
            path = to_store_by_hand(index, present, target, keep=given is None)
            click.echo(words.text("rotate by hand", where=source.describe(), path=path))
            return DONE
        is_new = not decisions_path(index).exists()
        with waiting(words.text("rotate waiting")):
            done = rotate(source, index, target)
        if is_new:
            with Decisions(decisions_path(index)) as decisions:
                decisions.log(ROTATED, done.after, f"from {done.before}")
    click.echo(words.text("rotate done", before=done.before, after=done.after))
    if done.unopened:
        click.echo(words.count("rotate unopened", done.unopened))
    click.echo(words.text("rotate copy", where=source.describe()))
    if given is None:
        click.echo(words.text("rotate others"))
    return DONE


@key.command("compromised")
@click.argument("device")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_obj
def key_compromised(options: dict[str, Any], device: str, as_json: bool) -> int:
    """Write down that DEVICE (its name or id) was stolen, and say step by step what to do now."""
    from scanner.compromised import devices, mark
    from scanner.setup import Setup

    setup = Setup.find(options["config"])
    words = spoken(options, setup.config)
    index = setup.config.index_path
    known = devices(index, setup.config.collected_path)
    named, unknown = _device(known, device)
    found = mark(index, named, known, unknown=unknown, own=setup.config.device.id)
    steps = [words.text(f"stolen step {n}", device=named.label) for n in range(1, STEPS + 1)]
    if as_json:
        told = found.as_dict() | {
            "steps": [step.splitlines() for step in steps],
            "can": words.text("stolen can"),
            "cannot": words.text("stolen cannot"),
        }
        click.echo(json.dumps(told, ensure_ascii=False))
        return DONE
    _told(found, steps, words)
    return DONE


def _device(known: list[Device], said: str) -> tuple[Device, bool]:
    """Return the device that is meant, and whether the index does not know it."""
    from scanner.compromised import Device
    from scanner.privacy import shown
    from scanner.typed import typed

    for matching in (
        [each for each in known if said in (each.id, each.label)],
        [each for each in known if each.label.casefold() == said.casefold()],
        [each for each in known if len(said) >= 4 and each.id.startswith(said)],
    ):
        if len(matching) == 1:
            return matching[0], False
        if matching:
            raise click.UsageError(
                f"{len(matching)} devices are called {typed(said)}; name one by its id: "
                + ", ".join(each.id for each in matching)
            )
    return Device(shown(typed(said)), shown(typed(said)), ""), True


def _told(found: Situation, steps: list[str], words: Words) -> None:
    name = found.device.label
    click.echo(words.text("stolen marked", device=name, when=words.moment(found.told)))
    if found.unknown:
        click.echo(words.text("stolen unknown", device=name))
    elif found.device.last_seen:
        click.echo(words.text("stolen seen", when=words.moment(found.device.last_seen)))
    click.echo()
    click.echo(words.text("stolen can"))
    click.echo(words.text("stolen cannot"))
    click.echo()
    for number, step in enumerate(steps, 1):
        first, *more = step.splitlines()
        click.echo(f"{number}. {first}")
        for line in more:
            click.echo(f"   {line}")
    click.echo()
    if found.rotated:
        click.echo(words.text("stolen rotated", when=words.moment(found.rotated)))
    else:
        click.echo(words.text("stolen not rotated"))
    if found.waiting:
        click.echo(words.count("stolen waiting", len(found.waiting)))
        for each in found.waiting:
            when = words.moment(each.last_seen) if each.last_seen else "-"
            click.echo(f"  {each.label}  {when}  {each.id}")
    else:
        click.echo(words.text("stolen none waiting"))
