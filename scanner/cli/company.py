"""The commands of one index from many devices: deliver and collect."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scanner.cli import DONE, UNREAD
from scanner.cli.answering import spoken
from scanner.typed import typed

if TYPE_CHECKING:
    from scanner.company.collect import Collected
    from scanner.config import Config
    from scanner.index.store import Index
    from scanner.messages import Words
    from scanner.privacy import Seal
    from scanner.setup import Setup


@click.command()
@click.argument("folder", required=False, type=click.Path(file_okay=False))
@click.option("--quiet", is_flag=True, help="Say nothing unless something is amiss.")
@click.pass_obj
def deliver(options: dict[str, Any], folder: str | None, quiet: bool) -> int:
    """Put a whole copy of this device's index into FOLDER, for the company's index.

    Without FOLDER: the one of [index] deliver. Does nothing when nothing changed since.
    """
    from scanner.company.deliver import deliver as hand_over
    from scanner.platform import private_temp
    from scanner.setup import Setup, state_folder

    setup = Setup.find(options["config"])
    words = spoken(options, setup.config)
    target = folder or setup.config.index.deliver
    if not target:
        raise click.UsageError("name a FOLDER, or write [index] deliver in the configuration")
    with private_temp(state_folder()) as temp:
        done = hand_over(setup.config.index_path, setup.device(), Path(target), temp)
    if not quiet:
        key = "delivered" if done.changed else "delivered already"
        click.echo(words.text(key, path=typed(str(done.path)), size=words.size(done.bytes)))
    return DONE


@click.command()
@click.argument("paths", nargs=-1, metavar="[FILE|FOLDER]…", type=click.Path())
@click.option("--quiet", is_flag=True, help="Say only what was refused.")
@click.option("--json", "as_json", is_flag=True, help="A line for each file, as JSON.")
@click.pass_obj
def collect(options: dict[str, Any], paths: tuple[str, ...], quiet: bool, as_json: bool) -> int:
    """Merge the indexes that devices handed over into the company's index.

    FOLDER: all databases in it. Without any: [collect] folders. Each file is merged wholly or not
    at all, and the newest of a device counts. Exit code 3: something was refused.
    """
    from scanner.company.collect import Centre, files_in
    from scanner.company.wrapping import centre_seal, make_key
    from scanner.company_key import company_seal
    from scanner.index.store import Index, IndexTrouble
    from scanner.log import last_line, open_log
    from scanner.platform import FileLock, LockedError, lower_priority, private_temp
    from scanner.progress import waiting
    from scanner.setup import Setup, state_folder

    setup = Setup.find(options["config"])
    config = setup.config
    words = spoken(options, config)
    given = [Path(path) for path in paths or config.collect.folders]
    if not given:
        raise click.UsageError(
            "name files or folders, or write [collect] folders in the configuration"
        )
    state = state_folder()
    log = open_log(state / "logs", "collect")
    lower_priority()
    path = config.collected_path
    if path == config.index_path:
        raise IndexTrouble(
            f"{path} is the index of this device; name another file in [collect] index"
        )
    company = company_seal(config.key_source)
    made = make_key(config)
    if made is not None:
        click.echo(words.text("collect key made", path=typed(str(made))), err=True)
    seal = centre_seal(config)
    refused = merged = False
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with (
            last_line(log),
            FileLock(path.with_name(f"{path.name}.collect.lock")),
            private_temp(state) as temp,
            _temporary(temp),
            Index(path) as index,
        ):
            centre = Centre(index, company, seal, temp)
            for each in _files(files_in(given)):
                with waiting(words.text("collect waiting", file=typed(each.name)), quiet=as_json):
                    done = centre.collect(each)
                log.info("collect %s %s %s", done.what, done.device or "-", done.code or "-")
                refused |= done.what == "refused"
                merged |= done.what == "merged"
                _tell(done, words, quiet=quiet, as_json=as_json)
            _know_employees(setup, index, seal, merged=merged)
            if not as_json:
                _tell_shares(config, words, quiet=quiet)
    except LockedError as error:
        raise IndexTrouble(f"another collect is running: {error}") from None
    return UNREAD if refused else DONE


def _know_employees(setup: Setup, index: Index, seal: Seal, *, merged: bool) -> None:
    """Make owners that devices know by account the employees of the centre's list."""
    from scanner.config import ConfigError
    from scanner.index.employees import settle
    from scanner.tools import Tools

    try:
        employees = setup.with_employees().employees
    except ConfigError as error:  # the list is help: what was handed over counts all the same
        click.echo(f"fodspor: {error}; owners stay as they are", err=True)
        return
    if len(employees):
        masked = Tools(setup.recipe(None), seal).names.masked
        settle(index, employees, masked, again=merged)


def _files(found: Iterator[Path]) -> Iterator[Path]:
    try:
        yield from found
    except OSError as error:
        from scanner.index.store import IndexTrouble

        name = typed(str(error.filename or ""))
        raise IndexTrouble(f"{name} cannot be listed ({error.strerror}); check the path") from None


@contextmanager
def _temporary(folder: Path) -> Iterator[None]:
    """Let SQLite keep what does not fit into memory in a folder of ours."""
    before = os.environ.get("SQLITE_TMPDIR")
    os.environ["SQLITE_TMPDIR"] = str(folder)
    try:
        yield
    finally:
        if before is None:
            del os.environ["SQLITE_TMPDIR"]
        else:
            os.environ["SQLITE_TMPDIR"] = before


def _tell(done: Collected, words: Words, *, quiet: bool, as_json: bool) -> None:
    from scanner.privacy import shown
    from scanner.render import write_json

    if as_json:
        line = {
            "file": typed(str(done.path)),
            "what": done.what,
            "device": done.device or None,
            "label": shown(done.label) or None,
            "reported": done.reported or None,
            "documents": done.documents,
            "new": done.new,
            "closed": done.closed,
            "reason": done.code or None,
        }
        write_json([line])
        return
    if quiet and done.what != "refused":
        return
    name = typed(str(done.path))
    if done.what == "refused":
        click.echo(f"{name}: " + words.text(f"collect refused {done.code}", **dict(done.values)))
        return
    facts = {"file": name, "device": shown(done.label), "when": words.moment(done.reported)}
    if done.what == "merged":
        facts["documents"] = words.count("summary documents", done.documents)
        click.echo(words.text("collect merged", **facts, new=done.new, closed=done.closed))
    else:
        click.echo(words.text(f"collect {done.what}", **facts))


def _tell_shares(config: Config, words: Words, *, quiet: bool) -> None:
    from scanner.answers.devices import shared_in_words, shared_places
    from scanner.answers.opened import opened

    if quiet:
        return
    with opened(config.collected_path) as held:
        for pair in shared_places(held):
            click.echo(shared_in_words(pair, words))
